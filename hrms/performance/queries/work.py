"""Reads of work: the people of a period, one product with its findings, who could take it over, duties of seats."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import aliased

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core import dated
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.core.text import fold
from hrms.people.models import Person
from hrms.performance.models import ScoreSheet, ScoringPeriod, WorkFinding, WorkItem, WorkObjective
from hrms.performance.rules.work import ItemKind, ItemState, Reported, SheetState
from hrms.positions.models import Assignment, FrameVersion
from hrms.positions.queries.frames import frames_for
from hrms.positions.rules.frames import BadContent, from_json

P = Permission
READS = (P.PERFORMANCE_VIEW, P.PERFORMANCE_ASSIGN, P.PERFORMANCE_SCORE)
WRITES = (P.PERFORMANCE_ASSIGN, P.PERFORMANCE_SCORE)
PEOPLE_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody of a period: their sheet, how many products it has and how many converted units make its U."""

    sheet_id: int
    person_id: int
    name: str
    staff_code: str | None
    unit_id: int
    unit: str
    role: str
    state: SheetState
    items: int
    units: Decimal
    proposed: int


@dataclass(frozen=True, slots=True)
class People:
    """Who of a period was asked for: those shown, and how many there are."""

    shown: Sequence[Worker]
    total: int


@dataclass(frozen=True, slots=True)
class Look:
    """A product with whose it is, where, in which period, and everything found about it."""

    item: WorkItem
    sheet: ScoreSheet
    period: ScoringPeriod | None
    person: Person
    agency: Agency
    objective: WorkObjective | None
    from_person: str | None
    findings: Sequence[WorkFinding]

    @property
    def kind(self) -> ItemKind:
        """Return how it came on the sheet."""
        return ItemKind(self.item.kind)

    @property
    def state(self) -> ItemState:
        """Return where it stands."""
        return ItemState(self.item.state)

    @property
    def reported(self) -> Reported:
        """Return what its owner says."""
        return Reported(self.item.reported)

    @property
    def factor(self) -> Decimal:
        """Return converted units of one piece."""
        return (self.item.units / self.item.quantity).quantize(Decimal("0.0001"))


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty of a position frame: what it says, the frame's version, and the people of the period who hold it."""

    key: str
    title: str
    output: str
    sheet_ids: Sequence[int]
    holders: Sequence[str]


def get_period(actor: Actor, period_id: int) -> tuple[ScoringPeriod, Agency]:
    """Return a period of the reader's part with its agency. Raises `NotFound`."""
    query = (
        select(ScoringPeriod, Agency)
        .join(Agency, Agency.id == ScoringPeriod.agency_id)
        .where(ScoringPeriod.id == period_id, agencies.visible(actor, *READS))
    )
    row: Any = db.session.execute(query).one_or_none()
    if row is None:
        raise missing("period")
    return row[0], row[1]


_PEOPLE = """
SELECT s.id AS sheet_id, s.person_id, p.full_name, p.staff_code, s.agency_id, a.name AS unit, s.role, s.state,
  coalesce(w.items, 0) AS items, coalesce(w.units, 0) AS units, coalesce(w.proposed, 0) AS proposed
FROM score_sheets s JOIN people p ON p.id = s.person_id JOIN agencies a ON a.id = s.agency_id
LEFT JOIN (SELECT sheet_id, count(*) FILTER (WHERE state = 'given') AS items,
  sum(units) FILTER (WHERE state = 'given' AND kind = 'assigned') AS units,
  count(*) FILTER (WHERE state = 'proposed') AS proposed
  FROM work_items WHERE sheet_id IN (SELECT id FROM score_sheets WHERE period_id = :period) GROUP BY sheet_id
) w ON w.sheet_id = s.id
WHERE s.period_id = :period AND s.superseded_at IS NULL AND s.state <> 'published' {where}
ORDER BY a.path, p.sort_key, s.id
"""


def list_people(period_id: int, *, words: str = "", unit_id: int | None = None, mine: int | None = None) -> People:
    """Return the people of a period whose sheets are not published, by unit and name; one statement.

    `words` narrows to names or staff codes with all of them, accents aside; `mine` leaves one's own sheet out.
    """
    where, values = [], {"period": period_id}
    if unit_id is not None:
        where.append("AND a.scope_ids @> ARRAY[CAST(:unit AS bigint)]")
        values["unit"] = unit_id
    if mine is not None:
        where.append("AND s.person_id <> :mine")
        values["mine"] = mine
    rows = db.session.execute(text(_PEOPLE.format(where=" ".join(where))), values).all()
    asked = fold(words).split()
    found = [row for row in rows if all(word in fold(f"{row.full_name} {row.staff_code or ''}") for word in asked)]
    return People([_worker(row) for row in found], len(found))


def _worker(row: Any) -> Worker:
    return Worker(
        row.sheet_id, row.person_id, row.full_name, row.staff_code, row.agency_id, row.unit, row.role,
        SheetState(row.state), row.items, Decimal(row.units), row.proposed,
    )  # fmt: skip


def get_item(item_id: int) -> Look:
    """Return a product the reader may see (their own, or of their part) with its findings; two statements.

    Raises `NotFound`.
    """
    other = aliased(Person)
    giver = select(other.full_name).where(other.id == WorkItem.from_person_id).scalar_subquery()
    query = (
        select(WorkItem, ScoreSheet, ScoringPeriod, Person, Agency, WorkObjective, giver)
        .join(ScoreSheet, ScoreSheet.id == WorkItem.sheet_id)
        .join(Person, Person.id == WorkItem.person_id)
        .join(Agency, Agency.id == ScoreSheet.agency_id)
        .outerjoin(ScoringPeriod, ScoringPeriod.id == ScoreSheet.period_id)
        .outerjoin(WorkObjective, WorkObjective.id == WorkItem.objective_id)
        .where(WorkItem.id == item_id)
    )
    row: Any = db.session.execute(query).one_or_none()
    if row is None:
        raise missing("item")
    listed = select(WorkFinding).where(WorkFinding.item_id == item_id).order_by(WorkFinding.found_on, WorkFinding.id)
    return Look(row[0], row[1], row[2], row[3], row[4], row[5], row[6], db.session.scalars(listed).all())


def item_of_finding(finding_id: int) -> tuple[WorkFinding, Look]:
    """Return a finding with its product. Raises `NotFound`."""
    found = db.session.get(WorkFinding, finding_id)
    if found is None:
        raise missing("finding")
    return found, get_item(found.item_id)


def list_takers(look: Look, mine: int | None) -> list[tuple[int, str]]:
    """Return who could take a product over: other sheets of the same period, (sheet, name and unit), by name."""
    query = (
        select(ScoreSheet.id, Person.full_name, Person.staff_code, Agency.name)
        .join(Person, Person.id == ScoreSheet.person_id)
        .join(Agency, Agency.id == ScoreSheet.agency_id)
        .where(
            ScoreSheet.year == look.sheet.year, ScoreSheet.kind == look.sheet.kind,
            ScoreSheet.number == look.sheet.number, ScoreSheet.superseded_at.is_(None),
            ScoreSheet.state != SheetState.PUBLISHED.value, ScoreSheet.person_id != look.item.person_id,
            ScoreSheet.period_id == look.sheet.period_id,
        )
        .order_by(Person.sort_key, ScoreSheet.id)
    )  # fmt: skip
    if mine is not None:
        query = query.where(ScoreSheet.person_id != mine)
    return [(row[0], f"{row[1]} · {row[2] or ''} · {row[3]}") for row in db.session.execute(query)]


def get_sheet(sheet_id: int) -> tuple[ScoreSheet, ScoringPeriod | None, Person, Agency]:
    """Return a sheet the reader may see with its period, person and agency. Raises `NotFound`."""
    query = (
        select(ScoreSheet, ScoringPeriod, Person, Agency)
        .join(Person, Person.id == ScoreSheet.person_id)
        .join(Agency, Agency.id == ScoreSheet.agency_id)
        .outerjoin(ScoringPeriod, ScoringPeriod.id == ScoreSheet.period_id)
        .where(ScoreSheet.id == sheet_id)
    )
    row: Any = db.session.execute(query).one_or_none()
    if row is None:
        raise missing("sheet")
    return row[0], row[1], row[2], row[3]


def list_duties(workers: Collection[Worker], on: date) -> list[Duty]:
    """Return the duties of the seats these people hold on a day, as their position frames say; three statements."""
    by_person = {one.person_id: one for one in workers}
    query = select(Assignment.person_id, Assignment.line_id).where(
        Assignment.person_id.in_(by_person), Assignment.slot == 0, dated.at(Assignment, on)
    )
    seats = [(row.person_id, row.line_id) for row in db.session.execute(query)]
    if not seats:
        return []
    frames = frames_for({line for _person, line in seats}, on)
    holders: dict[int, list[Worker]] = {}
    for person, line in seats:
        judged = frames.of(line)
        if judged is not None:
            holders.setdefault(judged.version_id, []).append(by_person[person])
    versions = db.session.execute(
        select(FrameVersion.id, FrameVersion.content).where(FrameVersion.id.in_(holders)).order_by(FrameVersion.id)
    )
    found = []
    for version_id, content in versions:
        try:
            duties = from_json(content).duties
        except BadContent:  # a damaged frame is for `hrms check` to name, not for this page to fall over
            continue
        for place, duty in enumerate(duties):
            title = duty.work or duty.task
            if title:
                people = holders[version_id]
                key = f"d{version_id}.{place}"
                names, ids = [one.name for one in people], [one.sheet_id for one in people]
                found.append(Duty(key, title, duty.output, ids, names))
    return found


def codes_of(period_id: int) -> dict[str, Worker]:
    """Return the people of a period by folded staff code; one statement."""
    return {fold(one.staff_code): one for one in list_people(period_id).shown if one.staff_code}


def given_on(sheet_ids: Collection[int]) -> set[tuple[int, int | None, str]]:
    """Return what people have been given from the start: (sheet, product, title)."""
    query = select(WorkItem.sheet_id, WorkItem.product_id, WorkItem.title).where(
        WorkItem.sheet_id.in_(sheet_ids), WorkItem.state == ItemState.GIVEN.value,
        WorkItem.kind == ItemKind.ASSIGNED.value,
    )  # fmt: skip
    return {(row[0], row[1], row[2]) for row in db.session.execute(query)}
