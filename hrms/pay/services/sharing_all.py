"""The same round of every agency of a province, some at a time: each batch a unit of its own, a kill loses one at most.

What is done shows in the rounds themselves; started again, the run finds what is left. What is decided stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from hrms.agencies.models import Agency
from hrms.core import clock, scope, tasks
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.db import db
from hrms.core.errors import HrmsError, Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.scope import Scope
from hrms.core.unit import transaction
from hrms.pay.models import IncentiveRound, IncentiveScheme
from hrms.pay.queries import members
from hrms.pay.queries import schemes as queries
from hrms.pay.rules.schemes import PayoutState, Period, Purpose, Step
from hrms.pay.services import sharing
from hrms.pay.services.payout_lock import lock, tell
from hrms.performance.services.rounds import deciding_under

P = Permission
JOB = "pay.share"
AT_ONCE = 25
"""Agencies a unit takes: what is read for many at once costs a fraction of what it costs one by one."""
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Run:
    """What is asked: rounds of a purpose, step and period under an agency."""

    root_id: int
    year: int
    purpose: Purpose
    step: Step
    quarter: int | None = None


@dataclass(slots=True)
class Done:
    """What came of a run: rounds shared, agencies without a scheme, and who refused, by name with why."""

    rounds: int = 0
    without: int = 0
    refused: list[tuple[str, Problem]] = field(default_factory=list)


def share_all(actor: Actor, run: Run) -> int:
    """Open and share the rounds of every agency under one as a job with progress; its task's id.

    Needs `pay.schemes` over the agency now and when the job runs. Raises `Forbidden`, `NotFound`, `Refused`.
    """
    agency = db.session.get(Agency, run.root_id)
    if agency is None:
        raise missing("agency")
    actor.require(P.PAY_SCHEMES, at=agency.scope_ids)
    _check(run)
    return tasks.start(
        actor, JOB, JOB, root_id=run.root_id, year=run.year, purpose=run.purpose.value, step=run.step.value,
        quarter=run.quarter,
    )  # fmt: skip


def _check(run: Run) -> None:
    today = clock.today()
    if not sharing.FIRST_YEAR <= run.year <= today.year:
        text = N_("Năm phải từ %(first)s đến %(last)s. Hãy nhập lại.")
        params = {"first": str(sharing.FIRST_YEAR), "last": str(today.year)}
        raise Refused(Problem("year", "year", text, params))
    if run.step is Step.AD_HOC:
        raise Refused(Problem("step", "ad_hoc", N_("Thưởng đột xuất lập riêng từng cơ quan. Hãy chọn việc khác.")))
    if run.step is Step.ADVANCE and run.quarter is None:
        raise Refused(Problem("quarter", "quarter", N_("Tạm ứng theo quý. Hãy chọn quý.")))


def perform(actor: Actor, run: Run, report: Report = lambda _done, _total: None) -> Done:
    """Share what is left of a run; commits after each batch. `report(done, total)` may raise to stop between two."""
    scope.enter_for(actor, P.PAY_SCHEMES)
    with transaction():
        agency = db.session.get_one(Agency, run.root_id)
        actor.require(P.PAY_SCHEMES, at=agency.scope_ids)
        batches, without = _todo(run)
    done, total, count = Done(without=without), sum(len(ids) for _scheme, ids in batches), 0
    for scheme_id, agency_ids in batches:
        report(count, total)
        try:
            with transaction():
                done.rounds += _take(actor, scheme_id, agency_ids, run)
        except HrmsError:
            # One of them refuses: each alone, so that the others have theirs.
            for agency_id in agency_ids:
                try:
                    with transaction():
                        done.rounds += _take(actor, scheme_id, [agency_id], run)
                except HrmsError as error:
                    done.refused.append((_name(agency_id), error.problems[0]))
        count += len(agency_ids)
        db.session.expunge_all()
    report(total, total)
    return done


def _name(agency_id: int) -> str:
    return str(db.session.scalars(select(Agency.name).where(Agency.id == agency_id)).one())


def _todo(run: Run) -> tuple[list[tuple[int, list[int]]], int]:
    """Return batches of agencies by scheme that are not decided yet, and how many agencies have no scheme."""
    ids = deciding_under(run.root_id)
    day = min(members.months(run.year, run.quarter)[-1].start, clock.today())
    held = queries.in_force_for(ids, day, run.purpose.value)
    quarterly = run.quarter is not None
    by_scheme: dict[int, list[int]] = defaultdict(list)
    for agency_id in ids:
        for scheme in held.get(agency_id, ()):
            if run.step is Step.ADVANCE or (scheme.terms["period"] == Period.QUARTER) == quarterly:
                by_scheme[scheme.id].append(agency_id)
    query = select(IncentiveRound.scheme_id, IncentiveRound.agency_id).where(
        IncentiveRound.scheme_id.in_(by_scheme), IncentiveRound.year == run.year, IncentiveRound.step == run.step.value,
        IncentiveRound.quarter.is_not_distinct_from(run.quarter), IncentiveRound.state == PayoutState.DECIDED.value,
    )  # fmt: skip
    decided = {(row.scheme_id, row.agency_id) for row in db.session.execute(query)}
    found = []
    for scheme_id, agency_ids in by_scheme.items():
        left = [one for one in agency_ids if (scheme_id, one) not in decided]
        found += [(scheme_id, left[start : start + AT_ONCE]) for start in range(0, len(left), AT_ONCE)]
    return found, sum(1 for one in ids if not held.get(one))


def _take(actor: Actor, scheme_id: int, agency_ids: Sequence[int], run: Run) -> int:
    known = sharing.rounds_of([scheme_id], run.year, run.step, run.quarter)
    scheme = db.session.get_one(IncentiveScheme, scheme_id)
    terms = queries.terms_of(scheme)
    with scope.entered(Scope(people=(EVERYTHING,), pay=tuple(agency_ids))):
        gathered = members.gather(agency_ids, run.year, run.quarter, terms)
    shared = 0
    for agency_id in agency_ids:
        if not gathered.members.get(agency_id):
            continue
        round_id = known.get((scheme_id, agency_id)) or sharing.open_round(
            actor, scheme_id, agency_id, run.year, run.step, quarter=run.quarter
        )
        one = lock(actor, round_id, P.PAY_SCHEMES)
        done = sharing.share_locked(one, gathered)
        tell(actor, one, "shared", shared_sum=str(done.shared), people=sum(1 for line in done.lines if line.sharer))
        shared += 1
    return shared
