"""The ledger of one person as it is read: each entry with what it was for, whether it stands, and running sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hrms.core import clock, settings
from hrms.core.actor import missing
from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, cut, decode_ids
from hrms.training.queries import learners
from hrms.training.rules.kinds import OPEN_STATES
from hrms.training.rules.learner import Standing
from hrms.training.rules.owed import compliance, credits_shown

LONGEST_PERIOD = 10
"""A period has at most so many years; caps are read for all of them."""

_ROWS = """
SELECT e.id, e.person_id, e.earned_on, e.kind, e.form, e.hours, e.source, coalesce(c.name, e.title, '') AS name,
  c.code AS course_code, e.class_id, k.code AS class_code, k.name AS class_name, e.enrolment_id, e.evidence_id, e.proof,
  e.reverses_id, e.reason, r.id AS reversed_by, e.recorded_at, e.batch_id
FROM credit_entries e LEFT JOIN courses c ON c.id = e.course_id LEFT JOIN training_classes k ON k.id = e.class_id
LEFT JOIN credit_entries r ON r.reverses_id = e.id
"""
_OF_PERSON = text(f"{_ROWS} WHERE e.person_id = :person ORDER BY e.earned_on, e.id")
_ONE = text(f"{_ROWS} WHERE e.id = :id")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the ledger; `name` is the course's or what it was in words, `reversed_by` the entry that undid it."""

    id: int
    person_id: int
    earned_on: date
    kind: str
    form: str
    hours: Decimal
    source: str
    name: str
    course_code: str | None
    class_id: int | None
    class_code: str | None
    class_name: str | None
    enrolment_id: int | None
    evidence_id: int | None
    proof: str | None
    reverses_id: int | None
    reason: str | None
    reversed_by: int | None
    recorded_at: datetime
    batch_id: int | None

    @property
    def stands(self) -> bool:
        """Say whether it is an entry of its own that nobody reversed."""
        return self.reverses_id is None and self.reversed_by is None


@dataclass(frozen=True, slots=True)
class Line:
    """An entry with the sum of hours up to it, and that sum as credits."""

    entry: Entry
    sum: Decimal
    credits: Decimal


def entries_of(person_id: int) -> list[Entry]:
    """Return every entry of a person in the order of the days; nothing for somebody out of sight."""
    return [Entry(**row) for row in db.session.execute(_OF_PERSON, {"person": person_id}).mappings()]


def standing_between(person_id: int, first: date, last: date, but_evidence: int) -> list[Entry]:
    """Return the standing entries of a person whose last day lies in these days, those of one evidence left out."""
    return [
        one
        for one in entries_of(person_id)
        if one.stands and first <= one.earned_on <= last and one.evidence_id != but_evidence
    ]


def get_entry(entry_id: int, person_id: int | None = None) -> Entry:
    """Return an entry the reader may see, of that person when one is named. Raises `NotFound`."""
    row = db.session.execute(_ONE, {"id": entry_id}).mappings().one_or_none()
    if row is None or person_id not in {None, row["person_id"]}:
        raise missing("entry")
    return Entry(**row)


def lines(entries: Sequence[Entry], year: int | None = None) -> list[Line]:
    """Return the entries of a year (None: all) with running sums that begin at 0."""
    per_credit = settings.get("training.hours_per_credit")
    total, made = Decimal(0), []
    for one in entries:
        if year is None or one.earned_on.year == year:
            total += one.hours
            made.append(Line(one, total, Decimal(credits_shown(total, per_credit))))
    return made


def sums_by_kind(entries: Sequence[Entry], year: int | None = None) -> Mapping[str, Decimal]:
    """Return the hours of a year (None: all) by content; what was reversed is nothing."""
    found: dict[str, Decimal] = {}
    for one in entries:
        if year is None or one.earned_on.year == year:
            found[one.kind] = found.get(one.kind, Decimal(0)) + one.hours
    return {kind: hours for kind, hours in found.items() if hours}


@dataclass(frozen=True, slots=True)
class Duty:
    """What somebody owes by one requirement in a year and where they stand, with the steps."""

    name: str
    standing: Standing


def duties_of(person_id: int, year: int) -> list[Duty]:
    """Return what a person owes in a year, in the order of the requirements, what is open first.

    Worked out now from the facts the reader sees; a fixed number of statements.
    """
    learner = learners.learners([person_id]).get(person_id)
    if learner is None:
        return []
    requirements = learners.requirements()
    ground = learners.ground(clock.today(), range(year - LONGEST_PERIOD, year + 1))
    found = compliance(requirements, learner, year, ground).standings
    made = [Duty(requirements[one.requirement_id][-1].name, one) for one in found]
    return sorted(made, key=lambda duty: duty.standing.state not in OPEN_STATES)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a list of entries is narrowed to; `changed_since`: written on that instant or later."""

    person_id: int | None = None
    year: int | None = None
    changed_since: datetime | None = None


def list_entries(roots: Sequence[int], asked: Conditions, after: str | None = None, limit: int = LIMIT) -> Page[Any]:
    """Return entries of people under `roots` in the order they were written; a reversal is an entry of its own."""
    where = ["p.scope_ids && CAST(:roots AS bigint[])"]
    given: dict[str, Any] = {"roots": list(roots), "most": limit + 1}
    if after:
        given["after"] = decode_ids(after, 1)[0]
        where.append("e.id > :after")
    if asked.person_id is not None:
        given["person"] = asked.person_id
        where.append("e.person_id = :person")
    if asked.year is not None:
        given |= {"first": date(asked.year, 1, 1), "next": date(asked.year + 1, 1, 1)}
        where.append("e.earned_on >= :first AND e.earned_on < :next")
    if asked.changed_since is not None:
        given["since"] = asked.changed_since
        where.append("e.recorded_at >= :since")
    query = (
        f"SELECT x.*, p.full_name, p.staff_code FROM ({_ROWS} JOIN people p ON p.id = e.person_id"  # noqa: S608 - ours
        f" WHERE {' AND '.join(where)} ORDER BY e.id LIMIT :most) x JOIN people p ON p.id = x.person_id ORDER BY x.id"
    )
    return cut(db.session.execute(text(query), given).all(), limit, ("id",), after=after, before=None)
