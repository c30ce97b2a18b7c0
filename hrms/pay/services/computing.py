"""Computing sheets: the month of each person an agency pays, and what earlier approved months still lack.

Nothing is chosen for anybody, so it runs without a person: whoever computes is on the sheet like everybody else. A
sheet that is not approved is computed again as often as wanted; an approved one never.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select, text

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, dated, revision, scope, tasks
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.db import db
from hrms.core.errors import HrmsError, Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.scope import Scope
from hrms.core.unit import transaction
from hrms.pay.models import PayRun
from hrms.pay.queries import law_days
from hrms.pay.queries.gathering import PersonPay, Reckoner, gather
from hrms.pay.queries.paying import DIVISION, Payers
from hrms.pay.rules import month as months
from hrms.pay.rules.doubts import Doubt
from hrms.pay.rules.figures import NoFigure
from hrms.pay.services import sheet_writing
from hrms.pay.services.settling import UNCOMPUTABLE, Owed, owed
from hrms.pay.services.sheet_writing import Sheet
from hrms.people.rules.kinds import PersonKind

P = Permission
JOB = "pay.sheets"
AT_ONCE = 40
"""Agencies a unit of the province's job computes: what is read for many at once costs a fraction."""
Report = Callable[[int, int], None]
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('pay_runs ' || :agency, 0))")
_CONSEQUENCES = text("""
SELECT person_id, min(year) AS year FROM rating_consequences
WHERE state = 'open' AND person_id = ANY (CAST(:ids AS bigint[])) GROUP BY person_id
""")
_DONE_SINCE = text("""
SELECT agency_id FROM pay_runs WHERE month = :month AND state <> 'cancelled'
  AND (state = 'approved' OR (CAST(:since AS timestamptz) IS NOT NULL AND computed_at >= :since))
""")


@dataclass(slots=True)
class Done:
    """What came of the job: how many sheets were computed, and which agencies refused, by name with why."""

    sheets: int = 0
    refused: list[tuple[str, Problem]] = field(default_factory=list)


def lock(agency_ids: Collection[int]) -> None:
    """Let one transaction at a time compute or approve sheets of these agencies."""
    for one in sorted(agency_ids):
        db.session.execute(_LOCK, {"agency": str(one)})


def program_scope(agency_ids: Collection[int]) -> Scope:
    """Return what the program sees while it computes: everybody, also who has left, and these agencies' amounts."""
    return Scope(people=(EVERYTHING,), pay=tuple(sorted(agency_ids)))


def compute(actor: Actor, agency_id: int, month: date) -> int:
    """Compute the sheet of an agency for the month of a day, again where it was not approved; returns the run's id.

    Needs `pay.manage` there. Raises `NotFound`, `Forbidden`, `Refused`: a division, a month ahead, an approved sheet,
    nobody to pay.
    """
    agency = db.session.get(Agency, agency_id)
    if agency is None:
        raise missing("agency")
    actor.require(P.PAY_MANAGE, at=agency.scope_ids)
    first = _month(month)
    if agency.kind == DIVISION:
        sentence = N_("%(agency)s là bộ phận, không lập bảng lương riêng. Hãy chọn cơ quan, đơn vị quản lý bộ phận.")
        raise Refused(Problem("agency_id", "division", sentence, {"agency": agency.name}))
    made = compute_many(actor, [agency_id], first)
    if agency_id in made:
        return made[agency_id]
    params = {"agency": agency.name, "month": f"{first:%m/%Y}"}
    if _approved(agency_id, first):
        sentence = N_("Bảng lương tháng %(month)s của %(agency)s đã duyệt, không tính lại được.")
        raise Refused(Problem("month", "approved", sentence, params))
    sentence = N_("%(agency)s không trả lương cho ai trong tháng %(month)s. Hãy xem lại cơ quan và tháng.")
    raise Refused(Problem("agency_id", "nobody", sentence, params))


def _month(day: date) -> date:
    first = months.first_of(day)
    if first > months.after(months.first_of(clock.today())):
        sentence = N_("Tháng %(month)s chưa tới: chỉ lập bảng lương đến hết tháng sau. Hãy chọn lại tháng.")
        raise Refused(Problem("month", "ahead", sentence, {"month": f"{first:%m/%Y}"}))
    try:
        law_days.figures_of(first, PersonKind.CIVIL_SERVANT)
    except NoFigure as error:
        sentence = N_("Danh mục chưa có “%(name)s” của tháng %(month)s. Hãy chọn tháng khác hoặc bổ sung danh mục.")
        params = {"name": error.problem.params["name"], "month": f"{first:%m/%Y}"}
        raise Refused(Problem("month", "no_figure", sentence, params)) from error
    return first


def _approved(agency_id: int, month: date) -> bool:
    with scope.entered(program_scope([agency_id])):
        query = select(PayRun.id).where(
            PayRun.agency_id == agency_id, PayRun.month == month, PayRun.state == "approved"
        )  # fmt: skip
        return db.session.scalar(query) is not None


def compute_many(
    actor: Actor, agency_ids: Collection[int], month: date, payers: Payers | None = None
) -> dict[int, int]:
    """Compute the sheets of several agencies for a month after the permission was asked; run ids by agency.

    Agencies with an approved sheet of the month, and those without anybody to pay, are left out. A fixed number of
    statements for 5,000 people.
    """
    lock(agency_ids)
    moment = dated.recording_moment()
    with scope.entered(program_scope(agency_ids)):
        standing = _standing(agency_ids, month)
        asked = {one for one in agency_ids if (run := standing.get(one)) is None or run.state != "approved"}
        if not asked:
            return {}
        tree = payers or Payers.read()
        law, reckoner = revision.current(), Reckoner()
        late = owed(asked, month, law, reckoner, tree)
        sheets = {one: Sheet() for one in asked}
        for person in gather(month, months.after(month), agency_ids=asked, payers=tree):
            for agency_id in _payers_of(person):
                found = late.pop((agency_id, person.person_id), None)
                _add(sheets[agency_id], person, agency_id, month, reckoner, found)
        for (agency_id, person_id), left in sorted(late.items()):
            _add(sheets[agency_id], PersonPay(person_id, ()), agency_id, month, reckoner, left)
        _consequences(sheets)
        written = _write(actor, sheets, standing, month, law, moment)
    _tell(actor, written, month, sheets)
    return {run.agency_id: run.id for run in written}


def _standing(agency_ids: Collection[int], month: date) -> dict[int, PayRun]:
    query = (
        select(PayRun)
        .where(PayRun.agency_id.in_(sorted(agency_ids)), PayRun.month == month, PayRun.state != "cancelled")
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {run.agency_id: run for run in db.session.scalars(query)}


def _payers_of(person: PersonPay) -> Sequence[int]:
    found = [*(one.paying_id for one in person.stretches), *(one.paying_id for one in person.away)]
    return tuple(dict.fromkeys(found))


def _add(sheet: Sheet, person: PersonPay, agency_id: int, month: date, reckoner: Reckoner, late: Owed | None) -> None:
    """Put a person on a sheet: with pay, with a difference, or with what could not be computed."""
    pay = reckoner.month(person, month, agency_id)
    mine = reckoner.part(person, month, agency_id)
    away = [one for one in person.away if one.paying_id == agency_id]
    doubts = list(person.doubts) if mine or any(one.why in UNCOMPUTABLE for one in away) else []
    doubts += late.doubts if late else []
    if not pay.lines and late is None and not doubts:
        return
    last = mine[-1] if mine else away[-1] if away else None
    kind = last.kind.value if last else (late.kind if late else "") or PersonKind.CIVIL_SERVANT.value
    unit = last.agency_id if last else (late.agency_id if late else 0) or agency_id
    slip = sheet_writing.slip(person.person_id, unit, kind, pay, mine, late, doubts, reckoner.unpaid(person, month))
    if slip.net < 0:
        slip.doubts.append(Doubt.of("negative"))
    sheet.slips.append(slip)


def _consequences(sheets: Mapping[int, Sheet]) -> None:
    """Say on each slip whose class changed and whose money was not looked at again since."""
    slips = {slip.person_id: slip for sheet in sheets.values() for slip in sheet.slips}
    rows = db.session.execute(_CONSEQUENCES, {"ids": sorted(slips)}) if slips else ()
    for row in rows:
        slips[row.person_id].doubts.append(Doubt.of("class_changed", year=row.year))


def _write(
    actor: Actor,
    sheets: Mapping[int, Sheet],
    standing: Mapping[int, PayRun],
    month: date,
    law: int,
    moment: datetime,
) -> list[PayRun]:
    written = []
    figures = law_days.figures_of(month, PersonKind.CIVIL_SERVANT)
    for agency_id in sorted(sheets):
        run, sheet = standing.get(agency_id), sheets[agency_id]
        if run is None:
            if not sheet.slips:
                continue
            run = PayRun(agency_id=agency_id, month=month, state="computed", recorded_by=actor.account_id)
            db.session.add(run)
        run.rounding, run.part_month, run.law_revision = figures.rounding.value, figures.part_month.value, law
        run.computed_at, run.computed_by = moment, actor.account_id
        for name, value in sheet.sums().items():
            setattr(run, name, value)
        written.append(run)
    db.session.flush()
    sheet_writing.replace(month, [(run.id, sheets[run.agency_id]) for run in written])
    return written


def _tell(actor: Actor, written: Sequence[PayRun], month: date, sheets: Mapping[int, Sheet]) -> None:
    places = {
        row.id: row.scope_ids
        for row in db.session.execute(
            select(Agency.id, Agency.scope_ids).where(Agency.id.in_([run.agency_id for run in written]))
        )
    }
    audit.record_many(
        actor, "pay_run.computed", "pay_run",
        [
            {"entity_id": run.id, "scope_ids": places[run.agency_id],
             "after": {"month": f"{month:%m/%Y}", "people": run.people, "doubtful": run.doubtful,
                       "late_people": sum(1 for slip in sheets[run.agency_id].slips if slip.past)}}
            for run in written
        ],
    )  # fmt: skip


def compute_all(actor: Actor, root_id: int, month: date) -> int:
    """Ask for the sheets of a month of every agency at or below a root, as a job with progress; the task's id.

    Needs `pay.manage` at the root. Raises `NotFound`, `Forbidden`, `Refused` (a month ahead).
    """
    agency = db.session.get(Agency, root_id)
    if agency is None:
        raise missing("agency")
    actor.require(P.PAY_MANAGE, at=agency.scope_ids)
    return tasks.start(actor, JOB, JOB, root_id=root_id, month=_month(month).isoformat())


def run_all(
    actor: Actor, root_id: int, month: date, *, since: datetime | None = None, report: Report = lambda _done, _all: None
) -> Done:
    """Compute the month's sheets under a root, some agencies at a time, each a unit of its own; commits after each.

    Approved sheets stay, and so do those computed at or after `since`: started again, the job does what is left.
    `report(done, total)` may raise to stop between two units. What one agency refuses does not stop the others.
    """
    scope.enter_for(actor, P.PAY_MANAGE)
    with transaction():
        agency = db.session.get_one(Agency, root_id)
        actor.require(P.PAY_MANAGE, at=agency.scope_ids)
        payers = Payers.read()
        with scope.entered(Scope(pay=tuple(agency.scope_ids[-1:]))):
            done_before = set(db.session.scalars(_DONE_SINCE, {"month": month, "since": since}))
    todo = [one for one in payers.under([root_id]) if one not in done_before]
    done = Done()
    for start in range(0, len(todo), AT_ONCE):
        report(start, len(todo))
        _batch(actor, todo[start : start + AT_ONCE], month, payers, done)
        db.session.expunge_all()
    report(len(todo), len(todo))
    return done


def _batch(actor: Actor, agency_ids: Sequence[int], month: date, payers: Payers, done: Done) -> None:
    try:
        with transaction():
            done.sheets += len(compute_many(actor, agency_ids, month, payers))
    except HrmsError as error:
        if len(agency_ids) == 1:
            with transaction():
                name = db.session.get_one(Agency, agency_ids[0]).name
            done.refused.append((name, error.problems[0]))
            return
        for one in agency_ids:
            _batch(actor, [one], month, payers, done)
