"""What the pages of a score sheet read: the sheet with its person, its work and findings, its criteria, its events.

Under the reader's own scope: a sheet that is neither in it nor the reader's own is not there. Use `look`, `looks`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import aliased

from hrms.agencies.models import Agency
from hrms.core.actor import missing
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.people.models import PersonCurrent
from hrms.performance.models import CriteriaSet, ScoreSheet, ScoringPeriod, SheetEvent, WorkFinding, WorkItem
from hrms.performance.queries.criteria import SCORED, Terms, terms_of
from hrms.performance.queries.sheets import last_day
from hrms.performance.rules.work import ItemState


@dataclass(frozen=True, slots=True)
class Who:
    """Whose sheet it is."""

    person_id: int
    full_name: str
    staff_code: str | None
    post: str | None
    scope_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class Line:
    """A product of a sheet with what was found about it, withdrawn findings last."""

    item: WorkItem
    findings: Sequence[WorkFinding]

    @property
    def is_given(self) -> bool:
        """Say whether it counts: what was proposed, refused or dropped does not."""
        return self.item.state == ItemState.GIVEN


@dataclass(frozen=True, slots=True)
class Look:
    """Everything a page of a sheet shows; `terms` is None where the criteria give no points."""

    sheet: ScoreSheet
    who: Who
    agency: str
    authority: str | None
    criteria: CriteriaSet
    period: ScoringPeriod | None
    terms: Terms | None
    lines: Sequence[Line]
    events: Sequence[SheetEvent] = field(default_factory=tuple)

    @property
    def given(self) -> Sequence[Line]:
        """Return the products that count."""
        return [one for one in self.lines if one.is_given]


def look(sheet_id: int, *, events: bool = True) -> Look:
    """Return a sheet for its page; eight statements, one less without events. Raises `NotFound`."""
    found = looks([sheet_id])
    if not found:
        raise missing("sheet")
    return replace(found[0], events=events_of(sheet_id)) if events else found[0]


def looks(sheet_ids: Sequence[int]) -> Sequence[Look]:
    """Return sheets with their work and terms, by unit and name; three statements and four a set of criteria."""
    authority = aliased(Agency)
    query = (
        select(
            ScoreSheet, ScoringPeriod, CriteriaSet, Agency.name, authority.name, PersonCurrent.full_name,
            PersonCurrent.staff_code, PersonCurrent.job_position, PersonCurrent.post_name, PersonCurrent.scope_ids,
        )
        .join(CriteriaSet, CriteriaSet.id == ScoreSheet.set_id)
        .join(Agency, Agency.id == ScoreSheet.agency_id)
        .join(PersonCurrent, PersonCurrent.person_id == ScoreSheet.person_id)
        .outerjoin(authority, authority.id == ScoreSheet.authority_id)
        .outerjoin(ScoringPeriod, ScoringPeriod.id == ScoreSheet.period_id)
        .where(ScoreSheet.id.in_(sheet_ids))
        .order_by(Agency.depth, Agency.sort_key, Agency.id, PersonCurrent.sort_key, ScoreSheet.id)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    rows = db.session.execute(query).all()
    terms = _terms_of([(row[0], row[2]) for row in rows])
    lines = lines_of([row[0].id for row in rows])
    return [
        Look(
            sheet, Who(sheet.person_id, name, code, post or position, list(scope_ids)), agency, above, criteria, period,
            terms.get(sheet.id), lines.get(sheet.id, ()),
        )
        for sheet, period, criteria, agency, above, name, code, position, post, scope_ids in rows
    ]  # fmt: skip


def _terms_of(sheets: Sequence[tuple[ScoreSheet, CriteriaSet]]) -> dict[int, Terms]:
    """Return what holds of each sheet; none for criteria that were not in force or give no points."""
    wanted: dict[tuple[str, date], list[ScoreSheet]] = {}
    for sheet, criteria in sheets:
        day = last_day(sheet.year, sheet.kind, sheet.number)
        wanted.setdefault((criteria.code, day), []).append(sheet)
    found: dict[int, Terms] = {}
    for (code, day), of in wanted.items():
        try:
            terms = terms_of(sorted({one.agency_id for one in of}), code, day)
        except Refused:
            continue
        for one in of:
            if terms[one.agency_id].version.method in SCORED:
                found[one.id] = terms[one.agency_id]
    return found


def lines_of(sheet_ids: Sequence[int]) -> Mapping[int, Sequence[Line]]:
    """Return the products of sheets by sheet, what was given from the start first; two statements."""
    items = db.session.scalars(
        select(WorkItem)
        .where(WorkItem.sheet_id.in_(sheet_ids))
        .order_by(WorkItem.state != ItemState.GIVEN, WorkItem.kind != "assigned", WorkItem.id)
        .execution_options(populate_existing=True)
    ).all()
    found = findings_of([one.id for one in items])
    made: dict[int, list[Line]] = {}
    for one in items:
        made.setdefault(one.sheet_id, []).append(Line(one, found.get(one.id, ())))
    return made


def findings_of(item_ids: Sequence[int]) -> Mapping[int, Sequence[WorkFinding]]:
    """Return what was found about products, by product."""
    made: dict[int, list[WorkFinding]] = {}
    query = select(WorkFinding).where(WorkFinding.item_id.in_(item_ids))
    for one in db.session.scalars(query.order_by(WorkFinding.withdrawn_on.is_not(None), WorkFinding.found_on)):
        made.setdefault(one.item_id, []).append(one)
    return made


def events_of(sheet_id: int) -> Sequence[SheetEvent]:
    """Return what happened to a sheet, newest first."""
    query = select(SheetEvent).where(SheetEvent.sheet_id == sheet_id)
    return db.session.scalars(query.order_by(SheetEvent.recorded_at.desc(), SheetEvent.id.desc())).all()


def newer_of(sheet: ScoreSheet) -> int | None:
    """Return the id of the sheet that took the place of a superseded one."""
    if sheet.superseded_at is None:
        return None
    return db.session.scalar(select(ScoreSheet.id).where(ScoreSheet.supersedes_id == sheet.id))
