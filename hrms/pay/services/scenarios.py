"""What-if scenarios: made, changed, copied, computed, removed. They read the record and write nothing but themselves.

Computing runs in a transaction that the database holds to reading, so that a supposition cannot touch what is real.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete as sql_delete
from sqlalchemy import insert, text, update

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.audit.services import recording as audit
from hrms.core import clock, scope, tasks
from hrms.core.actor import Actor
from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.scope import Scope
from hrms.core.unit import transaction
from hrms.pay.models import PayScenario
from hrms.pay.queries import scenarios as queries
from hrms.pay.queries.paying import Payers
from hrms.pay.queries.scenarios import JOB, Look
from hrms.pay.rules.supposed import Change, Incentive
from hrms.pay.rules.supposed_all import write
from hrms.pay.services import supposing
from hrms.pay.services.supposing_shares import cost_of_scheme
from hrms.people.queries import law

P = Permission
MOST_CHANGES = 12
MOST_YEARS = 10
WHOLE_TREE = 0
_READ_ONLY = text("SET TRANSACTION READ ONLY")


def create(actor: Actor, agency_id: int, name: str, starts_on: date, years: int) -> int:
    """Make an empty scenario of the people an agency and those under it pay; returns its id.

    The period begins with the month of `starts_on` and lasts `years` years. Raises `Forbidden`, `Refused`.
    """
    agency = _payer(actor, agency_id)
    values = {"agency_id": agency.id, "name": name, **_period(starts_on, years)}
    made = insert(PayScenario).values(**values, changes=[], state="draft", recorded_by=actor.account_id)
    scenario_id = int(db.session.execute(made.returning(PayScenario.id)).scalar_one())
    _note(actor, "created", scenario_id, agency, {"scenario": name})
    return scenario_id


def edit(
    actor: Actor, scenario_id: int, agency_id: int, name: str, starts_on: date, years: int, *, version: int
) -> None:
    """Change name, agency or period; another agency or period has to be computed anew. Raises `Stale`, `Refused`."""
    look = _open(actor, scenario_id, version)
    agency = _payer(actor, agency_id)
    values = {"agency_id": agency.id, **_period(starts_on, years)}
    same = all(getattr(look.found, key) == value for key, value in values.items())
    if not same:
        _check(look.changes, values["starts_on"], values["years"])
    _write(actor, look, {**values, "name": name}, keeps=same)
    _note(actor, "edited", scenario_id, agency, {"scenario": name})


def copy(actor: Actor, scenario_id: int, name: str) -> int:
    """Make a scenario with the same changes under another name, not yet computed; returns its id."""
    look = queries.get(actor, scenario_id)
    made = create(actor, look.agency.id, name, look.found.starts_on, look.found.years)
    changes = list(look.found.changes)
    db.session.execute(update(PayScenario).where(PayScenario.id == made).values(changes=changes))
    return made


def add_change(actor: Actor, scenario_id: int, change: Change, *, version: int) -> None:
    """Suppose one thing more. Raises `Refused` naming what is wrong with it, `Stale`."""
    look = _open(actor, scenario_id, version)
    if len(look.changes) >= MOST_CHANGES:
        words = N_("Một phương án có nhiều nhất %(most)s thay đổi. Hãy lập phương án khác.")
        raise Refused(Problem("", "too_many", words, {"most": MOST_CHANGES}))
    _put(actor, look, [*look.changes, change])


def replace_change(actor: Actor, scenario_id: int, place: int, change: Change, *, version: int) -> None:
    """Suppose something else in the place of a change, counted from 1. Raises `NotFound`, `Refused`, `Stale`."""
    look = _open(actor, scenario_id, version)
    at = index_of(look, place)
    _put(actor, look, [*look.changes[:at], change, *look.changes[at + 1 :]])


def remove_change(actor: Actor, scenario_id: int, place: int, *, version: int) -> None:
    """Suppose a thing no more. Raises `NotFound`, `Stale`."""
    look = _open(actor, scenario_id, version)
    at = index_of(look, place)
    _put(actor, look, [*look.changes[:at], *look.changes[at + 1 :]])


def index_of(look: Look, place: int) -> int:
    """Return the index of a change by its place counted from 1. Raises `Refused` where there is none."""
    if not 1 <= place <= len(look.changes):
        words = N_("Thay đổi này không còn trong phương án. Hãy mở lại phương án.")
        raise Refused(Problem("", "no_change", words))
    return place - 1


def delete(actor: Actor, scenario_id: int, *, version: int) -> None:
    """Remove a scenario. Raises `Stale`."""
    look = _open(actor, scenario_id, version)
    db.session.execute(sql_delete(PayScenario).where(PayScenario.id == scenario_id))
    _note(actor, "deleted", scenario_id, look.agency, {"scenario": look.found.name})


def start(actor: Actor, scenario_id: int, *, version: int) -> int:
    """Have a scenario computed in the background; returns the task. Raises `Refused` without a change, `Stale`."""
    look = _open(actor, scenario_id, version)
    if not look.changes:
        words = N_("Phương án chưa có thay đổi nào để tính. Hãy thêm ít nhất một thay đổi.")
        raise Refused(Problem("", "no_change", words))
    values = {"state": "computing", "result": None, "computed_at": None, "version": PayScenario.version + 1}
    db.session.execute(update(PayScenario).where(PayScenario.id == scenario_id).values(**values))
    return tasks.start(actor, JOB, JOB, scenario_id=scenario_id, version=version + 1)


def note_export(actor: Actor, looks: Sequence[Look]) -> None:
    """Put into the trail that scenarios were taken out as a file."""
    for look in looks:
        actor.require(P.PAY_VIEW, at=look.agency.scope_ids)
        _note(actor, "exported", look.found.id, look.agency, {"scenario": look.found.name})


def compute(
    actor: Actor, scenario_id: int, version: int, report: Callable[[int, int], None] = lambda _done, _total: None
) -> bool:
    """Compute a scenario and keep what it costs; False when it was changed meanwhile, and nothing is kept.

    Opens and ends its own transactions. `report(done, total)` may raise to stop; the scenario is a draft then.
    """
    scope.enter_for(actor, P.PAY_VIEW)
    with transaction():
        look = queries.get(actor, scenario_id)
        actor.require(P.PAY_MANAGE, at=look.agency.scope_ids)
    if look.found.version != version:
        return False
    try:
        result = _result(look, report)
    except BaseException:
        _keep(actor, look, version, {"state": "draft"})
        raise
    return _keep(actor, look, version, {"state": "computed", "result": result, "computed_at": clock.now()}, told=True)


def _result(look: Look, report: Callable[[int, int], None]) -> dict[str, Any]:
    """Return what a scenario costs, read in a transaction in which the database lets nothing be written."""
    root = look.agency.id
    # Without a person: what is paid to the one who asks is counted like everybody's.
    with scope.entered(Scope(people=(root,), pay=(root,))):
        db.session.rollback()
        _read_only()
        try:
            paying = None if look.agency.depth == 0 else Payers.read().under([root])
            cost = supposing.cost(
                look.changes, agency_ids=paying, first=look.found.starts_on, months=look.found.years * 12,
                report=report,
            )  # fmt: skip
            schemes = [one for one in look.changes if isinstance(one, Incentive)]
            return cost.as_json() | {"shares": [cost_of_scheme(one, paying).as_json() for one in schemes]}
        finally:
            db.session.rollback()


def _read_only() -> None:
    """Let the database refuse every write until this transaction ends."""
    db.session.execute(_READ_ONLY)


def _keep(actor: Actor, look: Look, version: int, values: dict[str, Any], *, told: bool = False) -> bool:
    scope.enter_for(actor, P.PAY_VIEW)
    with transaction():
        mine = update(PayScenario).where(PayScenario.id == look.found.id, PayScenario.version == version)
        kept = bool(db.session.execute(mine.values(**values).returning(PayScenario.id)).all())
        if kept and told:
            _note(actor, "computed", look.found.id, look.agency, {"scenario": look.found.name})
    return kept


def _open(actor: Actor, scenario_id: int, version: int) -> Look:
    """Return a scenario locked for a change. Raises `NotFound`, `Forbidden`, `Stale`."""
    look = queries.get(actor, scenario_id, lock=True)
    actor.require(P.PAY_MANAGE, at=look.agency.scope_ids)
    if look.found.version != version:
        raise Stale
    return look


def _payer(actor: Actor, agency_id: int) -> Agency:
    """Return the agency a scenario is about: one that pays people, or has such agencies under it."""
    actor.require(P.PAY_MANAGE)
    agency = agencies.get_agency(actor, agency_id, P.PAY_MANAGE)
    actor.require(P.PAY_MANAGE, at=agency.scope_ids)
    if not Payers.read().under([agency.id]):
        words = N_("%(name)s không phải cơ quan trả lương. Hãy chọn cơ quan chủ quản của đơn vị này.")
        raise Refused(Problem("agency", "pays_nobody", words, {"name": agency.name}))
    return agency


def _period(starts_on: date, years: int) -> dict[str, Any]:
    today = clock.today()
    if not 1 <= years <= MOST_YEARS:
        words = N_("Số năm phải từ 1 đến %(most)s. Hãy sửa.")
        raise Refused(Problem("years", "years", words, {"most": MOST_YEARS}))
    if abs(starts_on.year - today.year) > MOST_YEARS:
        words = N_("Phương án phải bắt đầu trong khoảng %(most)s năm trước hoặc sau năm nay. Hãy sửa ngày.")
        raise Refused(Problem("starts_on", "too_far", words, {"most": MOST_YEARS}))
    return {"starts_on": starts_on.replace(day=1), "years": years}


def _check(changes: Sequence[Change], starts_on: date, years: int) -> None:
    until = add_months(starts_on, years * 12)
    for change in changes:
        if not starts_on <= change.start < until:
            words = N_("Ngày %(day)s nằm ngoài thời gian của phương án (%(first)s đến hết %(last)s). Hãy sửa ngày.")
            last = add_months(until, -1)
            shown = {"day": change.start, "first": starts_on, "last": f"{last:%m/%Y}"}
            raise Refused(Problem("start", "outside", words, shown))


def _put(actor: Actor, look: Look, changes: Sequence[Change]) -> None:
    _check(changes, look.found.starts_on, look.found.years)
    for change in changes:
        refuse_if(change.check(law.rows))
    _write(actor, look, {"changes": [write(one) for one in changes]}, keeps=False)
    _note(actor, "edited", look.found.id, look.agency, {"scenario": look.found.name, "changes": len(changes)})


def _write(actor: Actor, look: Look, values: dict[str, Any], *, keeps: bool) -> None:
    anew: dict[str, Any] = {} if keeps else {"state": "draft", "result": None, "computed_at": None}
    changed = update(PayScenario).where(PayScenario.id == look.found.id)
    more = {"version": PayScenario.version + 1, "recorded_by": actor.account_id}
    db.session.execute(changed.values(**values, **anew, **more))


def _note(actor: Actor, verb: str, scenario_id: int, agency: Agency, after: dict[str, Any]) -> None:
    audit.record(
        actor, f"scenario.{verb}", "scenario", scenario_id, scope_ids=agency.scope_ids,
        after={**after, "agency": agency.name},
    )  # fmt: skip
