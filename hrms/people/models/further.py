"""Facts about people that a domain above keeps: written, told, corrected and taken back like the record's own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class FurtherFact:
    """A kind of dated fact: its table (a `Dated` model with `person_id`), its words and its checks.

    `label` is marked words; `check(checker, given, valid_from, valid_to)` returns key, values and problems, as
    `services.fact_checks.Checked`; `words(values)` tells a fact of the audit trail in the reader's language.
    """

    kind: str
    model: type[Any]
    label: str
    check: Callable[[Any, Mapping[str, Any], date, date | None], Any]
    words: Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Cut:
    """Days of a further fact that were emptied because others no longer bear it: what taking a paper back goes by."""

    person_id: int
    kind: str
    key: Mapping[str, Any]
    start: date
    end: date | None
    told: Mapping[str, Any]
    """The fact as it stood, for the trail."""


facts: dict[str, FurtherFact] = {}
models: dict[str, type[Any]] = {}
"""Kind → table of the same facts."""
followers: list[Callable[[Collection[int]], Sequence[Cut]]] = []
"""Called with ids of people after their facts were laid, under their locks: each ends what no longer holds."""


def register(fact: FurtherFact) -> None:
    """Add a kind of fact; a domain's `hooks.py` calls this at start-up."""
    facts[fact.kind] = fact
    models[fact.kind] = fact.model


def clear() -> None:
    """Forget all registrations; `people.hooks.register()` begins with it."""
    facts.clear()
    models.clear()
    followers.clear()
