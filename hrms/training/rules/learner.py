"""What the rules of training know of a person, what may be asked of them, and where that leaves them. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hrms.core.rules import Reason
from hrms.training.rules.kinds import (
    CourseKind,
    Gate,
    LearningForm,
    RequirementTarget,
    RequirementWhat,
    StandingState,
)
from hrms.training.rules.spans import OPEN, Span, Spans, day_after

ZERO = Decimal("0.00")
Caps = Mapping[tuple[LearningForm, int], Decimal]
"""Most hours of a form that count in a calendar year; a pair that is not there has no cap."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One version of a requirement, in force from `valid_from` to before `valid_to`.

    `level_least` is the rank of the level within its catalogue; `first_on` the first day the requirement was ever in
    force, from which a course it asks for may be due.
    """

    id: int
    name: str
    what: RequirementWhat
    target: RequirementTarget
    codes: frozenset[str] = frozenset()
    valid_from: date = date.min
    valid_to: date | None = None
    hours: Decimal = ZERO
    counts: frozenset[CourseKind] = frozenset()
    period_years: int = 1
    carry_hours: Decimal = ZERO
    pro_rata: bool = True
    exempt_absences: frozenset[str] = frozenset()
    exempt_days: int = 0
    grace_months: int = 0
    courses: frozenset[str] = frozenset()
    level_section: str | None = None
    level_least: int | None = None
    due_months: int | None = None
    exempt_before: date | None = None
    keep_valid: bool = False
    gate: Gate = Gate.OFF
    source: str = ""
    first_on: date | None = None

    @property
    def span(self) -> Span:
        """The days on which it is in force."""
        return self.valid_from, self.valid_to or OPEN


@dataclass(frozen=True, slots=True)
class Fact:
    """Something true of a person that a requirement can aim at, half open.

    `began_on`: the day a post was given where the record knows an earlier one than the fact begins on.
    """

    target: RequirementTarget
    code: str
    valid_from: date
    valid_to: date | None = None
    began_on: date | None = None

    @property
    def span(self) -> Span:
        """The days on which it is true."""
        return self.valid_from, self.valid_to or OPEN


@dataclass(frozen=True, slots=True)
class Away:
    """An absence by its kind; `expected_until` is the last day foreseen while its end is open."""

    kind: str
    valid_from: date
    valid_to: date | None = None
    expected_until: date | None = None

    def span(self, today: date) -> Span:
        """Return its days: to the day foreseen, but never to before tomorrow while it is still open."""
        if self.valid_to is not None:
            return self.valid_from, self.valid_to
        if self.expected_until is None:
            return self.valid_from, OPEN
        return self.valid_from, day_after(max(self.expected_until, today))


@dataclass(frozen=True, slots=True)
class Learnt:
    """Recognised hours of one entry (a reversal has them negative), or of a class ahead: its last day, its hours."""

    kind: CourseKind
    form: LearningForm
    hours: Decimal
    on: date
    course: str | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """A course somebody has finished: since when, and the last day of its certificate, None for ever."""

    course: str
    since: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Learner:
    """What is known of a person: days in service, facts, absences, hours, courses, recorded levels by section."""

    service: Spans
    facts: tuple[Fact, ...] = ()
    away: tuple[Away, ...] = ()
    entries: tuple[Learnt, ...] = ()
    planned: tuple[Learnt, ...] = ()
    holdings: tuple[Holding, ...] = ()
    levels: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What is the same for everybody: the day, the caps, and whether hours taught count for those who lead only."""

    today: date
    caps: Caps
    teaching_for_all: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to one requirement in one year."""

    requirement_id: int
    year: int
    what: RequirementWhat
    state: StandingState
    reasons: tuple[Reason, ...]
    days_owed: int = 0
    required: Decimal | None = None
    counted: Decimal | None = None
    carried: Decimal | None = None
    planned: Decimal | None = None
    missing: Decimal | None = None
    at_risk: bool = False
    since: date | None = None
    due_on: date | None = None
    gate: Gate = Gate.OFF
