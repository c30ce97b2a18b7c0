"""Raises before their day for merit: quotas of a year, who may have one, who is chosen within the quota.

TT 08/2013/TT-BNV Đ3; TT 03/2021/TT-BNV. Sharing quotas out and gathering a list choose nothing for anybody, so they run
without a person after the right was checked; choosing one person does not, and nobody chooses themself.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, text

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, revision, scope
from hrms.core.actor import Actor, missing
from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem, Reason
from hrms.core.scope import Scope
from hrms.pay.models import RaiseItem, RaiseList
from hrms.pay.queries import early as queries
from hrms.pay.queries import raising
from hrms.pay.queries.early import Former, Standing
from hrms.pay.queries.raising import Raise
from hrms.pay.rules import early
from hrms.pay.rules.early import EarlyFacts, Quota
from hrms.pay.rules.merits import Merit
from hrms.pay.rules.raising import RaiseKind
from hrms.pay.services.raising import lock_item, settle
from hrms.pay.services.sending import ENTITY, check_lapse
from hrms.people.queries import law
from hrms.people.rules.parameters import Parameter

P = Permission
KIND = "early"
FIRST_YEAR = 2013
OUTSIDE = N_("Ngoài chỉ tiêu của năm")
TIED = N_("Ngang thành tích ở chỗ cuối của chỉ tiêu: cơ quan chọn theo quy chế")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
_PUT = text("""
INSERT INTO early_quotas AS q (year, agency_id, pool_id, assigned, quota, remainder, given, recorded_by)
SELECT :year, g.agency_id, g.pool_id, g.assigned, g.quota, g.remainder, g.given, :account
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(
  agency_id bigint, pool_id bigint, assigned integer, quota integer, remainder integer, given integer)
ON CONFLICT (year, agency_id) DO UPDATE SET pool_id = excluded.pool_id, assigned = excluded.assigned,
  quota = excluded.quota, remainder = excluded.remainder, given = excluded.given, version = q.version + 1,
  recorded_at = clock_timestamp(), recorded_by = excluded.recorded_by
""")
_GONE = text("""
DELETE FROM early_quotas q USING agencies a
WHERE q.year = :year AND a.id = q.agency_id AND :root = ANY (a.scope_ids)
  AND q.agency_id <> ALL (CAST(:ids AS bigint[]))
""")
_CLEAR = text("DELETE FROM raise_items WHERE list_id = :list AND state IN ('proposed', 'left_out', 'cancelled')")
_ITEM = text("""
INSERT INTO raise_items
  (list_id, person_id, agency_id, kind, rank_code, pay_table, pay_group, from_step, from_coefficient, from_percent,
   to_step, to_coefficient, to_percent, step_since, due_on, effective_on, early_months, merit, doubts, reasons, state,
   left_out_reason, recorded_by)
SELECT :list, g.person_id, g.agency_id, 'early', g.rank_code, g.pay_table, g.pay_group, g.from_step,
  g.from_coefficient, g.from_percent, g.to_step, g.to_coefficient, 0, g.step_since, g.due_on, g.effective_on,
  g.early_months, g.merit, g.doubts, g.reasons, g.state, g.left_out_reason, :account
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(
  person_id bigint, agency_id bigint, rank_code text, pay_table integer, pay_group text, from_step integer,
  from_coefficient numeric, from_percent numeric, to_step integer, to_coefficient numeric, step_since date,
  due_on date, effective_on date, early_months integer, merit jsonb, doubts jsonb, reasons jsonb, state text,
  left_out_reason text)
ON CONFLICT (list_id, person_id) DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be raised early: the regular raise, the achievement, the months, the day, why."""

    raise_: Raise
    merits: Sequence[Merit]
    former: Former | None
    by_early: bool
    months: int
    effective_on: date
    reasons: Sequence[Reason]

    @property
    def rank(self) -> tuple[int, bool]:
        """Return what the order goes by: the level of achievement, then no early raise before. Alike, people choose."""
        return -self.merits[0].months, self.former is not None


def assign_quota(actor: Actor, root_id: int, year: int) -> int:
    """Share out the early raises of a year among the agencies at and under `root_id`; returns how many have some.

    10 % of the headcount assigned at 31/12, remainders pooled upward. Again replaces what was shared. Needs
    `pay.manage` over the agency. Raises `NotFound`, `Forbidden`, `Refused` where the ledger gives nobody any headcount.
    """
    agency = _agency(actor, root_id)
    _check_year(year)
    with scope.entered(Scope(people=(root_id,))):
        db.session.execute(_LOCK, {"key": f"early_quotas {root_id} {year}"})
        shared, rows = share(root_id, year)
        if not rows:
            words = N_("Chưa có biên chế được giao đến ngày 31/12/%(year)s. Hãy ghi giao biên chế trước.")
            raise Refused(Problem("agency", "no_headcount", words, {"year": str(year)}))
        db.session.execute(_GONE, {"year": year, "root": root_id, "ids": [row["agency_id"] for row in rows]})
        db.session.execute(_PUT, {"year": year, "rows": json.dumps(rows), "account": actor.account_id})
    audit.record(
        actor, "early_quota.assigned", ENTITY, None, scope_ids=agency.scope_ids, agency_id=agency.id,
        after={"list": agency.name, "year": year, "agencies": len(rows), "people": shared.total},
    )  # fmt: skip
    return len(rows)


def share(root_id: int, year: int) -> tuple[Quota, list[dict[str, Any]]]:
    """Return the quotas of a year under an agency, with their reasons, and their rows; writes nothing.

    The caller has opened the scope.
    """
    found = queries.headcounts([root_id], date(year, 12, 31))
    shared = early.quota(queries.units_of(found), _figures(year))
    above = {one.agency_id: one.above_id for one in found}
    rows = [
        {
            "agency_id": int(one.id), "pool_id": above[int(one.id)], "assigned": one.assigned, "quota": one.quota,
            "remainder": int(one.remainder), "given": one.given,
        }
        for one in shared.units
    ]  # fmt: skip
    return shared, rows


def propose(actor: Actor, agency_id: int, year: int) -> int:
    """Make the list of those of an agency who may be raised early in a year, or make it anew; returns its id.

    The highest achievements within the quota are proposed, the rest left out; of those alike at the last place nobody
    is. What is sent or decided stays. Needs `pay.manage` over the agency. Raises `NotFound`, `Forbidden`, `Refused`:
    no quota, a quota that has lapsed.
    """
    agency = _agency(actor, agency_id)
    _check_year(year)
    check_lapse(year)
    db.session.execute(_LOCK, {"key": f"raise_lists {agency_id} early {year}"})
    with scope.entered(Scope(people=(agency_id,))):
        held = queries.standing(agency_id, year)
        if held is None:
            words = N_("%(agency)s chưa có chỉ tiêu nâng bậc trước thời hạn năm %(year)s. Hãy tính chỉ tiêu trước.")
            raise Refused(Problem("agency", "no_quota", words, {"agency": agency.name, "year": str(year)}))
        found = _list_of(actor, agency_id, year)
        db.session.execute(_CLEAR, {"list": found.id})
        rows = _rows(candidates(agency_id, year), queries.standing(agency_id, year) or held)
        if rows:
            given = {"list": found.id, "rows": json.dumps(rows, default=str), "account": actor.account_id}
            db.session.execute(_ITEM, given)
        settle([found.id])
    audit.record(
        actor, "early_list.proposed", ENTITY, found.id, scope_ids=agency.scope_ids, agency_id=agency.id,
        after={"list": agency.name, "year": year, "people": len(rows)},
    )  # fmt: skip
    return found.id


def candidates(agency_id: int, year: int) -> list[Candidate]:
    """Return who of an agency's own people may be raised early in a year, the first first; writes nothing.

    Lacking at most 12 months at 31/12, an achievement in the window, nobody blamed, not twice in a row. Seven
    statements for any number of people; the caller has opened the scope.
    """
    figures = _figures(year)
    last = date(year, 12, 31)
    until = add_months(last, int(figures["raise.early_lacking_months"].value))
    near = [
        one for one in raising.due([agency_id], until) if one.kind in {RaiseKind.STEP, RaiseKind.RETIREMENT}
        and one.due_on > last
    ]  # fmt: skip
    ids = [one.person_id for one in near]
    if not ids:
        return []
    reckoned, former = raising.clock_of(ids), queries.former_raises(ids)
    scales = law.pay_scales()
    lengths = {one.months_per_step for one in scales.values()}
    first = min(early.window(year, months, figures)[0].year for months in lengths)
    awards = queries.achievements(ids, first, year, last)
    found = []
    for one in near:
        known, before, given = reckoned.get(one.person_id), former.get(one.person_id), awards.get(one.person_id, [])
        if known is None or not given or one.held.table is None or one.held.group is None:
            continue
        judged = _judge(one, year, given, before, known.blamed, figures)
        if judged is not None:
            found.append(judged)
    return sorted(found, key=lambda one: (one.rank, one.raise_.due_on, one.raise_.person_id))


def _judge(
    one: Raise, year: int, given: Sequence[Merit], before: Former | None, blamed: bool, figures: Any
) -> Candidate | None:
    group = law.pay_scales()[one.held.table or 0, one.held.group or ""]
    start, end = early.window(year, group.months_per_step, figures)
    last = before.decided_on if before else None
    useful = [
        merit for merit in given
        if start.year <= merit.year <= end.year and (last is None or merit.day(last) > last)
    ]  # fmt: skip
    by_early = before is not None and (before.to_step, before.effective_on) == (one.from_step, one.held.step_since)
    if not useful:
        return None
    months = useful[0].months
    facts = EarlyFacts(
        year, one.due_on, group.months_per_step, [merit.day(last) for merit in useful], blamed=blamed,
        by_early_raise=by_early, last_early_on=last, months=months,
    )  # fmt: skip
    answer = early.early(facts, figures)
    if not answer.eligible or answer.earliest is None:
        return None
    return Candidate(one, useful, before, by_early, months, answer.earliest, answer.reasons)


def _rows(found: Sequence[Candidate], held: Standing) -> list[dict[str, Any]]:
    """Return the rows of a list: within what is left of the quota proposed, unless others are alike at its end."""
    left = max(0, held.left)
    alike = found[left].rank if 0 < left < len(found) and found[left - 1].rank == found[left].rank else None
    rows = []
    for place, one in enumerate(found):
        if place < left and one.rank != alike:
            reason = None
        else:
            reason = TIED if one.rank == alike else OUTSIDE
        rows.append(_row(one, reason))
    return rows


def _row(one: Candidate, reason: str | None) -> dict[str, Any]:
    best, due = one.merits[0], one.raise_
    last = one.former.decided_on if one.former else None
    merit = {
        "code": best.code, "year": best.year, "decision": best.decision, "by": best.by,
        "days": [each.day(last).isoformat() for each in one.merits], "by_early_raise": one.by_early,
        "last_early_on": last.isoformat() if last else None,
    }  # fmt: skip
    return {
        "person_id": due.person_id, "agency_id": due.agency_id, "rank_code": due.held.rank_code,
        "pay_table": due.held.table, "pay_group": due.held.group, "from_step": due.from_step,
        "from_coefficient": str(due.from_coefficient), "from_percent": str(due.held.percent),
        "to_step": due.from_step + 1, "to_coefficient": str(due.to_coefficient), "step_since": due.held.step_since,
        "due_on": due.due_on, "effective_on": one.effective_on, "early_months": one.months, "merit": merit,
        "doubts": [asdict(doubt) for doubt in due.doubts], "reasons": [asdict(each) for each in one.reasons],
        "state": "left_out" if reason else "proposed", "left_out_reason": reason,
    }  # fmt: skip


def choose(actor: Actor, item_id: int, *, months: int | None = None, version: int) -> None:
    """Choose somebody of an early list within the quota, or change how many months early; nobody chooses themself.

    `months` from 1 to the most the law allows; what the achievement brings unless given. Needs `pay.manage` over the
    person. Raises `NotFound`, `Forbidden`, `Stale`, `Refused`: over the quota, a quota that has lapsed.
    """
    item = lock_item(actor, item_id, version, ("left_out", "proposed"))
    listed = db.session.get_one(RaiseList, item.list_id)
    if listed.kind != KIND:
        raise Refused(Problem("", "wrong_list", N_("Người này không ở danh sách nâng bậc trước thời hạn.")))
    check_lapse(listed.year)
    most = int(_figures(listed.year)["raise.early_most_months"].value)
    chosen = months if months is not None else item.early_months
    if chosen is None or not 1 <= chosen <= most:
        words = N_("Số tháng nâng trước thời hạn phải từ 1 đến %(most)s.")
        raise Refused(Problem("months", "months", words, {"most": most}))
    db.session.execute(_LOCK, {"key": f"raise_lists {listed.agency_id} early {listed.year}"})
    with scope.entered(Scope(people=(listed.agency_id,))):
        held = queries.standing(listed.agency_id, listed.year)
    if item.state == "left_out" and (held is None or held.left < 1):
        words = N_("Đã chọn đủ chỉ tiêu %(most)s người. Hãy để lại một người khác trước.")
        raise Refused(Problem("", "over_quota", words, {"most": held.most if held else 0}))
    _choose(actor, item, chosen)


def _choose(actor: Actor, item: RaiseItem, months: int) -> None:
    before = {"state": item.state, "early_months": item.early_months}
    item.state, item.left_out_reason = "proposed", None
    item.early_months, item.effective_on = months, add_months(item.due_on, -months)
    item.version += 1
    settle([item.list_id])
    agency = db.session.get_one(Agency, item.agency_id)
    audit.record(
        actor, "early_raise.chosen", "raise_item", item.id, scope_ids=agency.scope_ids, person_id=item.person_id,
        agency_id=item.agency_id, before=before,
        after={"list": agency.name, "state": item.state, "early_months": months},
    )  # fmt: skip


def _list_of(actor: Actor, agency_id: int, year: int) -> RaiseList:
    query = select(RaiseList).where(
        RaiseList.agency_id == agency_id, RaiseList.kind == KIND, RaiseList.year == year,
        RaiseList.state != "cancelled",
    )  # fmt: skip
    found = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        found = RaiseList(
            agency_id=agency_id, kind=KIND, year=year, quarter=None, state="proposed", law_revision=0,
            computed_at=clock.now(), recorded_by=actor.account_id,
        )  # fmt: skip
        db.session.add(found)
    else:
        found.version += 1
    found.law_revision, found.computed_at, found.computed_by = revision.current(), clock.now(), actor.account_id
    db.session.flush()
    return found


def _agency(actor: Actor, agency_id: int) -> Agency:
    actor.require(P.PAY_MANAGE)
    found = db.session.get(Agency, agency_id)
    if found is None:
        raise missing("agency")
    actor.require(P.PAY_MANAGE, at=found.scope_ids)
    return found


def _check_year(year: int) -> None:
    latest = clock.today().year + 1
    if not FIRST_YEAR < year <= latest:
        words = N_("Không xét nâng bậc trước thời hạn năm %(year)s. Hãy chọn năm từ %(first)s đến %(last)s.")
        params = {"year": str(year), "first": str(FIRST_YEAR + 1), "last": str(latest)}
        raise Refused(Problem("year", "year", words, params))


def _figures(year: int) -> dict[str, Parameter]:
    return dict(law.parameters(date(year, 12, 31)))
