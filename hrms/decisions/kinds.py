"""The kinds of decision that walk the path; each domain registers its own, and the path knows nothing else of them.

A kind says which fields a proposal has, gathers facts set-based, checks them by the rules of its own domain, words the
changes, the grounds and the paper, and writes the facts when the decision has its number.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, ClassVar

from hrms.core.actor import Actor
from hrms.core.rules import Problem, Reason
from hrms.decisions import samples
from hrms.decisions.models import Decision, Submission, SubmissionLine
from hrms.decisions.rules.conditions import Change, Condition
from hrms.decisions.rules.register import DecisionKind


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a proposal. `type`: text, long_text, date, months, agency, post, choice, yes_no, decision, record.

    `per_person`: asked for each person, else once for the list. `choices` returns `(value, words)` pairs. Values are
    kept as JSON: dates ISO, agencies, decisions and records as ids. A record is something of a domain above: `records`
    says how its readers find and name it.
    """

    name: str
    label: str
    type: str
    required: bool = True
    per_person: bool = False
    hint: str = ""
    choices: Callable[[], Sequence[tuple[str, str]]] | None = None
    records: Records | None = None


@dataclass(frozen=True, slots=True)
class Records:
    """What a field of the type `record` chooses from, under the transaction's own scope.

    `source` is the endpoint a search box asks; `find` answers words typed without script with `(id, words)`; `names`
    gives `{id: words}` of those that exist and may be named here.
    """

    source: str
    find: Callable[[str], Sequence[tuple[str, str]]]
    names: Callable[[Collection[int]], Mapping[int, str]]


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
    more: Mapping[str, Any] = field(default_factory=dict)
    """What `Kind.prepare()` read for these very values, by name."""


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
    own_days: ClassVar[bool] = False
    """Each person's part takes effect on a day of its own, which a list's paper says in its annex alone."""
    symbol: ClassVar[str] = "QĐ"
    """The kind of document in the number's symbol: QĐ for decisions, TB for notices."""
    order: ClassVar[int] = 100

    @abstractmethod
    def subjects(self, person_ids: Sequence[int], on: date, values: Mapping[str, Any]) -> Mapping[int, Subject]:
        """Return what is known of each person on the day; a fixed number of statements. Unseen people are left out."""

    def prepare(self, proposed: Sequence[Proposed]) -> Sequence[Proposed]:
        """Return the proposals with what their own values need to be judged by (`more`); a fixed number of statements.

        Called once for a list, before anything is asked of one of them.
        """
        return proposed

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

    def taken_up(self, actor: Actor, submission: Submission, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Hold what the proposal needs while it is on its way, when it leaves the proposer's hands. Raises `Refused`.

        The transaction sees everything.
        """
        del actor, submission, lines

    def let_go(self, submission_id: int, person_ids: Collection[int]) -> None:
        """Free what `taken_up()` held for these people: it came back, was given up, not signed, or has its number.

        The transaction sees everything.
        """
        del submission_id, person_ids


class Extension(ABC):
    """What a domain above adds to a kind: fields of its own, and what follows from them. All optional but `apply()`.

    Each method is that of `Kind`; what it returns comes after what the kind says.
    """

    fields: ClassVar[tuple[Field, ...]] = ()

    def prepare(self, proposed: Sequence[Proposed]) -> Sequence[Proposed]:
        """Return the proposals with what the extension's values need to be judged by."""
        return proposed

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself."""
        del proposed
        return ()

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return further conditions."""
        del proposed
        return ()

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return further changes."""
        del proposed
        return ()

    def article(self, proposed: Proposed) -> str:
        """Return an article that goes before the last one; "" for none."""
        del proposed
        return ""

    @abstractmethod
    def apply(self, actor: Actor, decision: Decision, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Write what the extension makes true, after the kind has written its own."""

    def taken_up(self, actor: Actor, submission: Submission, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Hold what the proposal needs while it is on its way."""
        del actor, submission, lines

    def let_go(self, submission_id: int, person_ids: Collection[int]) -> None:
        """Free it again."""
        del submission_id, person_ids


class Extended(Kind):
    """A kind with an extension; what neither is asked about is the kind's own."""

    def __init__(self, kind: Kind, extension: Extension) -> None:
        self.kind, self.extension = kind, extension
        for name in ("code", "label", "register_kind", "lists", "own_days", "symbol", "order"):
            setattr(self, name, getattr(kind, name))
        self.fields = (*kind.fields, *extension.fields)  # type: ignore[misc] # of this kind as extended

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["kind"], name)

    def subjects(self, person_ids: Sequence[int], on: date, values: Mapping[str, Any]) -> Mapping[int, Subject]:
        """Return what is known of each person."""
        return self.kind.subjects(person_ids, on, values)

    def prepare(self, proposed: Sequence[Proposed]) -> Sequence[Proposed]:
        """Return the proposals with what their values need."""
        return self.extension.prepare(self.kind.prepare(proposed))

    def problems(self, proposed: Proposed) -> Sequence[Problem]:
        """Return what contradicts itself."""
        return [*self.kind.problems(proposed), *self.extension.problems(proposed)]

    def signer(self, subject: Subject) -> int | None:
        """Return the agency that must sign."""
        return self.kind.signer(subject)

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return the conditions of both."""
        return [*self.kind.conditions(proposed), *self.extension.conditions(proposed)]

    def changes(self, proposed: Proposed) -> Sequence[Change]:
        """Return the changes of both."""
        return [*self.kind.changes(proposed), *self.extension.changes(proposed)]

    def grounds(self, proposed: Proposed) -> Sequence[Reason]:
        """Return the grounds of the kind."""
        return self.kind.grounds(proposed)

    def wording(self, proposed: Proposed) -> Wording:
        """Return the wording of the kind, with the extension's article before the last."""
        said, article = self.kind.wording(proposed), self.extension.article(proposed)
        if not article:
            return said
        *first, last = said.articles
        return replace(said, articles=[*first, article, last])

    def apply(self, actor: Actor, decision: Decision, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Write what both make true."""
        self.kind.apply(actor, decision, lines)
        self.extension.apply(actor, decision, lines)

    def taken_up(self, actor: Actor, submission: Submission, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Hold what both need."""
        self.kind.taken_up(actor, submission, lines)
        self.extension.taken_up(actor, submission, lines)

    def let_go(self, submission_id: int, person_ids: Collection[int]) -> None:
        """Free what both hold."""
        self.kind.let_go(submission_id, person_ids)
        self.extension.let_go(submission_id, person_ids)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind, and the kind of paper its decisions are printed as; a domain's `hooks.py` calls this at start-up."""
    _kinds[kind.code] = kind
    samples.register(kind.code, kind.label, kind.symbol)


def extend(code: str, extension: Extension) -> None:
    """Add to a kind that is registered already; a domain's `hooks.py` calls this at start-up. Raises `KeyError`."""
    _kinds[code] = Extended(_kinds[code], extension)


def clear() -> None:
    """Forget all kinds; `hooks.register()` of this domain begins with it."""
    _kinds.clear()


def get(code: str) -> Kind | None:
    """Return the kind with this code, or None."""
    return _kinds.get(code)


def all_kinds() -> list[Kind]:
    """Return all kinds in the order they are offered."""
    return sorted(_kinds.values(), key=lambda kind: (kind.order, kind.code))
