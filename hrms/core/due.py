"""What falls due: a day, why, and the action that settles it. Domains register sources in `hooks.due_sources`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hrms.core.rules import Reason


@dataclass(frozen=True, slots=True)
class DueKind:
    """A kind of line of the calendar.

    `settled_by` are codes of kinds of decision, the first is the one offered; without any, `endpoint` is the page of
    the record (it takes `person_id`) where the matter is written down. `by` says who must see to it: the `using` or
    the `managing` agency.
    """

    code: str
    label: str
    settled_by: tuple[str, ...] = ()
    endpoint: str = "people.show"
    by: str = "using"
    order: int = 100
    while_proposed: bool = False
    """Its clock runs from a day typed into a proposal: the line ends with that."""


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that must be done by the end of `due_on`.

    `key` tells apart several of a kind about one person. `remind` are earlier days on which to begin; `ends_on` is the
    last day of what ends (a term, a stay). `what` is a message id with places for `params`; `reasons` say by which
    article the day follows.
    """

    code: str
    due_on: date
    reasons: tuple[Reason, ...]
    key: str = ""
    remind: tuple[date, ...] = ()
    ends_on: date | None = None
    what: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DueOf:
    """A line of the calendar about one person."""

    person_id: int
    due: Due


Lines = Sequence[DueOf]
