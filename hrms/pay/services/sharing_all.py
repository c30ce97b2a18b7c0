"""The same round of every agency of a province, some at a time: each batch a unit of its own, a kill loses one at most.

What is done shows in the rounds themselves; started again, the run finds what is left. What is decided stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, scope, tasks
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.scope import Scope
from hrms.core.unit import transaction
from hrms.pay.models import IncentiveRound, IncentiveScheme
from hrms.pay.queries import members
from hrms.pay.queries import schemes as queries
from hrms.pay.rules.schemes import PayoutState, Period, Purpose, Step
from hrms.pay.services import sharing
from hrms.pay.services.paying_out import put, standing_of
from hrms.pay.services.payout_lock import OPEN, kept_terms
from hrms.pay.services.reckoning import Asked, Reckoned, reckon
from hrms.performance.services.rounds import deciding_under

P = Permission
JOB = "pay.share"
AT_ONCE = 100
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
        with transaction():
            _take(actor, scheme_id, agency_ids, run, done)
        count += len(agency_ids)
        db.session.expunge_all()
    report(total, total)
    return done


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


def _take(actor: Actor, scheme_id: int, agency_ids: Sequence[int], run: Run, done: Done) -> None:
    """Open and share the rounds of some agencies by one scheme; what refuses one stops none of the others."""
    scheme = db.session.get_one(IncentiveScheme, scheme_id)
    terms = queries.terms_of(scheme)
    agencies = {one.id: one for one in db.session.scalars(select(Agency).where(Agency.id.in_(agency_ids)))}
    known = _locked(scheme_id, agency_ids, run)
    pairs: list[tuple[IncentiveRound, Reckoned]] = []
    opened: list[int] = []
    with scope.entered(Scope(people=(EVERYTHING,), pay=tuple(agency_ids))):
        gathered = members.gather(agency_ids, run.year, run.quarter, terms)
        ids = [one.id for one in known.values()]
        before = standing_of(scheme_id, agency_ids, run.year, run.step, run.quarter, ids)
        for agency_id in agency_ids:
            found = known.get(agency_id)
            people = gathered.members.get(agency_id, ())
            if found is None and not any(one.kind in terms.eligible.kinds for one in people):
                continue
            try:
                if found is None:
                    sharing.check_period(scheme, agencies[agency_id], run.year, run.step, run.quarter)
                given = int(found.fund) if found is not None and found.terms.get("given") else None
                asked = Asked(terms if found is None else kept_terms(found), run.step, run.year, run.quarter, given)
                reckoned = reckon(asked, gathered, agency_id, before.get(agency_id))
            except Refused as refused:
                done.refused.append((agencies[agency_id].name, refused.problems[0]))
                continue
            if found is None:
                found = sharing.new_round(actor, scheme, agency_id, run.year, run.step, run.quarter)
                db.session.add(found)
                opened.append(agency_id)
            pairs.append((found, reckoned))
        db.session.flush()
        if pairs:
            put(pairs)
    done.rounds += len(pairs)
    _tell(actor, [(found, agencies[found.agency_id], reckoned) for found, reckoned in pairs], set(opened))


def _locked(scheme_id: int, agency_ids: Sequence[int], run: Run) -> dict[int, IncentiveRound]:
    """Return the rounds there are, by agency, each under its lock; none of them is decided."""
    query = select(IncentiveRound).where(
        IncentiveRound.scheme_id == scheme_id, IncentiveRound.agency_id.in_(agency_ids),
        IncentiveRound.year == run.year, IncentiveRound.step == run.step.value,
        IncentiveRound.quarter.is_not_distinct_from(run.quarter), IncentiveRound.state.in_([one.value for one in OPEN]),
    )  # fmt: skip
    return {one.agency_id: one for one in db.session.scalars(query.order_by(IncentiveRound.id).with_for_update())}


def _tell(actor: Actor, made: Sequence[tuple[IncentiveRound, Agency, Reckoned]], opened: set[int]) -> None:
    def event(found: IncentiveRound, agency: Agency, **more: Any) -> dict[str, Any]:
        after = {
            "round": found.terms["name"], "agency": agency.name, "year": found.year, "quarter": found.quarter,
            "step": found.step, **more,
        }  # fmt: skip
        return {
            "entity_id": found.id, "scope_ids": agency.scope_ids, "agency_id": agency.id,
            "after": {name: value for name, value in after.items() if value is not None},
        }  # fmt: skip

    audit.record_many(
        actor, "incentive_round.opened", "incentive_round",
        [event(found, agency) for found, agency, _done in made if agency.id in opened],
    )  # fmt: skip
    audit.record_many(
        actor, "incentive_round.shared", "incentive_round",
        [
            event(found, agency, shared_sum=str(done.shared), people=sum(1 for line in done.lines if line.sharer))
            for found, agency, done in made
        ],
    )  # fmt: skip
