"""The kinds of decision that walk the path; each domain registers its own, and the path knows nothing else of them.

A kind says which fields a proposal has, gathers facts set-based, checks them by the rules of its own domain, words the
changes, the grounds and the paper, and writes the facts when the decision has its number.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from hrms.core.actor import Actor
from hrms.core.rules import Problem, Reason
from hrms.decisions import samples
from hrms.decisions.models import Decision, SubmissionLine
from hrms.decisions.rules.conditions import Change, Condition
from hrms.decisions.rules.register import DecisionKind


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a proposal. `type`: text, long_text, date, months, agency, post, choice, yes_no, decision.

    `per_person`: asked for each person, else once for the list. `choices` returns `(value, words)` pairs. Values are
    kept as JSON: dates ISO, agencies and decisions as ids.
    """

    name: str
    label: str
    type: str
    required: bool = True
    per_person: bool = False
    hint: str = ""
    choices: Callable[[], Sequence[tuple[str, str]]] | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What the path needs to know of one person; `facts` is the kind's own."""

    person_id: int
    name: str
    staff_code: str | None
    version: int
    scope_ids: Sequence[int]
    person_kind: str | None
    post_group: str
    """Of the post held, or of the post the proposal gives where that decides who signs."""
    rank_code: str | None
    managing_agency_id: int | None
    using_agency_id: int | None
    facts: Any = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """One person's proposal: the list's values and the person's own laid over them, and the day of effect."""

    subject: Subject
    values: Mapping[str, Any]
    effective_on: date


@dataclass(frozen=True, slots=True)
class Wording:
    """What the paper says: its summary (trích yếu), articles, who receives it. Lines are plain text."""

    summary: str
    articles: Sequence[str]
    recipients: Sequence[str] = field(default_factory=tuple)


class Kind(ABC):
    """A kind of decision. Subclasses are registered once, at start-up, with `register()`."""

    code: ClassVar[str]
    label: ClassVar[str]
    register_kind: ClassVar[DecisionKind]
    fields: ClassVar[tuple[Field, ...]] = ()
    lists: ClassVar[bool] = True
    """Several people can go up together."""
    symbol: ClassVar[str] = "QĐ"
    """The kind of document in the number's symbol: QĐ for decisions, TB for notices."""
    order: ClassVar[int] = 100

    @abstractmethod
    def subjects(self, person_ids: Sequence[int], on: date, values: Mapping[str, Any]) -> Mapping[int, Subject]:
        """Return what is known of each person on the day; a fixed number of statements. Unseen people are left out."""

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself in the proposal: an end before its start, a post already held."""
        del proposed
        return ()

    def signer(self, subject: Subject) -> int | None:
        """Return the agency that must sign whatever the table of decentralisation says; None where the table does."""
        del subject
        return None

    @abstractmethod
    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions of the law for this person, each with outcome and article."""

    @abstractmethod
    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return what becomes different, old → new in words."""

    @abstractmethod
    def grounds(self, proposed: Proposed) -> Sequence[Reason]:
        """Return the articles and papers the decision rests on, in the order they are printed."""

    @abstractmethod
    def wording(self, proposed: Proposed) -> Wording:
        """Return what one person's decision says."""

    @abstractmethod
    def apply(self, actor: Actor, decision: Decision, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Write what the decision makes true, from its day of effect on; called once, when it has its number.

        The caller has opened the scope and holds the transaction; facts cite `decision.id`. Raises `Refused`.
        """


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind, and the kind of paper its decisions are printed as; a domain's `hooks.py` calls this at start-up."""
    _kinds[kind.code] = kind
    samples.register(kind.code, kind.label, kind.symbol)


def clear() -> None:
    """Forget all kinds; `hooks.register()` of this domain begins with it."""
    _kinds.clear()


def get(code: str) -> Kind | None:
    """Return the kind with this code, or None."""
    return _kinds.get(code)


def all_kinds() -> list[Kind]:
    """Return all kinds in the order they are offered."""
    return sorted(_kinds.values(), key=lambda kind: (kind.order, kind.code))
