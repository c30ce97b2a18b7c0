"""What goes in and out of an import, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from hrms.core.rules import Problem

CREATE, CHANGE, SAME, REFUSED = "create", "change", "same", "refused"


class RowIn(Protocol):
    """A row as it was read: its number in the file, values by field key, and what reading found wrong."""

    number: int
    values: dict[str, Any]
    problems: list[Problem]


@dataclass(slots=True)
class Verdict:
    """What importing one row would do.

    `changes` maps a field to its value now and the new one, in the stored form; `title` names the person.
    """

    number: int
    outcome: str
    title: str = ""
    code: str = ""
    person_id: int | None = None
    problems: Sequence[Problem] = ()
    changes: Mapping[str, tuple[str | None, str]] = field(default_factory=dict)


def blocks(problems: Sequence[Problem], *, overridden: bool = False) -> bool:
    """Say whether a row with these problems is refused; `overridden` lets those pass that a reason can excuse."""
    return any(p.severity == "error" or (p.severity == "override" and not overridden) for p in problems)
