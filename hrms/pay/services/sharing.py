"""Rounds of bonuses and extra income: opened, shared, awards put in, decided. NĐ 161/2026/NĐ-CP Đ4; NĐ 75/2026/NĐ-CP.

Sharing chooses nothing for anybody: it runs without a person, over the one agency. Leaving somebody out and awarding a
bonus choose, and refuse one's own row and a close relative's. What is decided never changes.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused
from hrms.core.formats import format_date
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.pay.models import IncentiveRound, IncentiveScheme, IncentiveShare
from hrms.pay.queries import members as people
from hrms.pay.queries.members import Gathered
from hrms.pay.queries.schemes import HELD
from hrms.pay.rules.schemes import LeftOut, PayoutState, Period, Step
from hrms.pay.services.awarding import award, reserve_left, take_award
from hrms.pay.services.paying_out import clear, put, standing
from hrms.pay.services.payout_lock import Locked, keep_terms, lock, program, tell, written
from hrms.pay.services.reckoning import Asked, Reckoned, reckon
from hrms.performance.queries.answering import may_touch
from hrms.performance.services.conferring import cite

__all__ = [
    "award", "cancel", "decide", "leave_out", "open_round", "reserve_left", "set_fund", "share", "share_locked",
    "standing", "take_award", "take_back",
]  # fmt: skip
P = Permission
REASON_LENGTH = 1000
FIRST_YEAR = 2024
AT_ONCE = 2_000


def open_round(
    actor: Actor, scheme_id: int, agency_id: int, year: int, step: Step, *, quarter: int | None = None,
    fund: int | None = None, note: str | None = None,
) -> int:  # fmt: skip
    """Open a round of an agency by a scheme in force for it; its id. `fund` in đồng, None: what the scheme makes it.

    An advance is of a quarter; a settlement of what the scheme settles; an ad hoc round of the year. Raises
    `Forbidden`, `NotFound`, `Refused`.
    """
    agency = db.session.get(Agency, agency_id)
    if agency is None:
        raise missing("agency")
    actor.require(P.PAY_SCHEMES, at=agency.scope_ids)
    scheme = db.session.get(IncentiveScheme, scheme_id)
    if scheme is None or scheme.agency_id not in agency.scope_ids or scheme.state not in HELD:
        raise missing("incentive_scheme")
    check_period(scheme, agency, year, step, quarter)
    found = new_round(actor, scheme, agency_id, year, step, quarter, fund, nfc(note or "") or None)
    try:
        with db.session.begin_nested():
            db.session.add(found)
            db.session.flush()
    except IntegrityError as error:
        text_ = N_("Đợt chi này đã có. Hãy mở đợt đang có, hoặc hủy đợt đó rồi mở lại.")
        raise Refused(Problem("scheme", "exists", text_)) from error
    one = lock(actor, found.id, P.PAY_SCHEMES)
    if step is Step.AD_HOC:
        left = reserve_left(one)
        _set_ad_hoc_fund(one, fund, left)
    tell(actor, one, "opened")
    return found.id


def new_round(
    actor: Actor, scheme: IncentiveScheme, agency_id: int, year: int, step: Step, quarter: int | None,
    fund: int | None = None, note: str | None = None,
) -> IncentiveRound:  # fmt: skip
    """Return a round that is not written yet; `fund` in đồng, None: what the scheme makes it."""
    return IncentiveRound(
        scheme_id=scheme.id, agency_id=agency_id, year=year, quarter=quarter, step=step.value,
        state=PayoutState.DRAFT.value, fund=Decimal(fund or 0), salary_fund=None, reserved=Decimal(0),
        shared=Decimal(0), remainder=Decimal(fund or 0), terms={**keep_terms(scheme), "given": fund is not None},
        note=note, recorded_by=actor.account_id, version=1,
    )  # fmt: skip


def check_period(scheme: IncentiveScheme, agency: Agency, year: int, step: Step, quarter: int | None) -> None:
    """Raise `Refused` for a period that is not the scheme's, still to come, or an agency that pays nobody itself."""
    today, problems = clock.today(), []
    if agency.kind == "division":
        text_ = N_("%(agency)s là phòng, ban bên trong; đợt chi lập cho cơ quan, đơn vị trả lương. Hãy chọn lại.")
        problems.append(Problem("agency", "division", text_, {"agency": agency.name}))
    if not FIRST_YEAR <= year <= today.year:
        text_ = N_("Năm phải từ %(first)s đến %(last)s. Hãy nhập lại.")
        problems.append(Problem("year", "year", text_, {"first": str(FIRST_YEAR), "last": str(today.year)}))
    quarterly = step is Step.ADVANCE or (step is Step.SETTLEMENT and scheme.terms["period"] == Period.QUARTER)
    if quarterly != (quarter is not None):
        words = {
            Step.ADVANCE: N_("Tạm ứng theo quý. Hãy chọn quý."),
            Step.SETTLEMENT: N_("Quy chế này chi theo quý. Hãy chọn quý.") if quarterly
            else N_("Quy chế này quyết toán cả năm. Hãy bỏ chọn quý."),
            Step.AD_HOC: N_("Thưởng đột xuất lập theo năm. Hãy bỏ chọn quý."),
        }  # fmt: skip
        problems.append(Problem("quarter", "quarter", words[step]))
    if not problems:
        first = date(year, 1 if quarter is None else quarter * 3 - 2, 1)
        last = people.months(year, quarter)[-1].end
        if first > today:
            text_ = N_("Kỳ bắt đầu ngày %(day)s, chưa đến. Hãy chọn kỳ trước.")
            problems.append(Problem("quarter", "future", text_, {"day": format_date(first)}))
        if scheme.valid_from >= last or (scheme.valid_to is not None and scheme.valid_to <= first):
            text_ = N_("Quy chế không áp dụng trong kỳ này. Hãy chọn quy chế khác hoặc kỳ khác.")
            problems.append(Problem("scheme", "not_in_force", text_))
    if problems:
        raise Refused(*problems)


def set_fund(actor: Actor, round_id: int, fund: int | None, *, version: int) -> None:
    """Put another fund in đồng, None: what the scheme makes it; a shared round is shared again."""
    one = lock(actor, round_id, P.PAY_SCHEMES, version=version)
    before = int(one.found.fund)
    if one.step is Step.AD_HOC:
        _set_ad_hoc_fund(one, fund, reserve_left(one))
        written(one.found)
    else:
        one.found.terms = {**one.found.terms, "given": fund is not None}
        one.found.fund = Decimal(fund or 0)
        share_locked(one)
    audit.record(
        actor, "incentive_round.funded", "incentive_round", round_id, scope_ids=one.agency.scope_ids,
        agency_id=one.agency.id, before={"fund": str(before)},
        after={"fund": str(one.found.fund), "round": one.found.terms["name"], "year": one.found.year},
    )  # fmt: skip


def _set_ad_hoc_fund(one: Locked, fund: int | None, left: int | None) -> None:
    if fund is not None and left is not None and fund > left:
        text_ = N_("Quỹ %(fund)s đồng vượt phần còn lại cho thưởng đột xuất của năm: %(left)s đồng. Hãy nhập ít hơn.")
        raise Refused(Problem("fund", "above_limit", text_, {"fund": Decimal(fund), "left": Decimal(left)}))
    chosen = left if fund is None else fund
    if chosen is None:
        text_ = N_("Quy chế không giữ phần nào cho thưởng đột xuất. Hãy nhập quỹ (đồng).")
        raise Refused(Problem("fund", "required", text_))
    total = Decimal(chosen)
    if total < one.found.shared:
        text_ = N_("Quỹ ít hơn số đã ghi thưởng %(shared)s đồng. Hãy bỏ bớt khoản thưởng trước.")
        raise Refused(Problem("fund", "below_awards", text_, {"shared": one.found.shared}))
    one.found.fund, one.found.remainder = total, total - one.found.shared


def share(actor: Actor, round_id: int, *, version: int | None = None) -> Reckoned:
    """Compute everybody's share of a round, again as often as wanted until it is decided; returns what came of it.

    By `pay.schemes` at the agency. Needs the people's facts and classes as they stand now. Raises `Refused`.
    """
    one = lock(actor, round_id, P.PAY_SCHEMES, version=version)
    if one.step is Step.AD_HOC:
        text_ = N_("Thưởng đột xuất ghi từng người, không chia theo xếp loại.")
        raise Refused(Problem("", "ad_hoc", text_))
    found = share_locked(one)
    tell(actor, one, "shared", shared_sum=str(found.shared), people=sum(1 for line in found.lines if line.sharer))
    return found


def share_locked(one: Locked, gathered: Gathered | None = None) -> Reckoned:
    """Compute and write the shares of a locked round; `gathered` where the caller has read its people already."""
    with scope.entered(program(one.agency)):
        known = gathered or people.gather([one.agency.id], one.found.year, one.found.quarter, one.terms)
        done = reckon(asked_of(one), known, one.agency.id, standing(one))
        put([(one.found, done)])
    return done


def asked_of(one: Locked) -> Asked:
    """Return what a round asks: its own fund only where one was given."""
    found = one.found
    given = int(found.fund) if found.terms.get("given") else None
    return Asked(one.terms, one.step, found.year, found.quarter, given)


def leave_out(actor: Actor, share_id: int, reason: str, *, version: int) -> None:
    """Leave somebody out of a round by hand; the fund is shared among the others. Not oneself, not a close relative."""
    words = said(reason)
    one, found = _chosen(actor, share_id, version)
    with scope.entered(program(one.agency)):
        found.left_out, found.note = LeftOut.HAND.value, words
        db.session.flush()
    share_locked(one)
    _tell_person(actor, one, found.person_id, "left_out", words)


def take_back(actor: Actor, share_id: int, *, version: int) -> None:
    """Take somebody back who was left out by hand."""
    one, found = _chosen(actor, share_id, version)
    if found.left_out != LeftOut.HAND:
        raise Refused(Problem("", "not_left_out", N_("Người này không do ai đưa ra khỏi danh sách.")))
    with scope.entered(program(one.agency)):
        found.left_out = found.note = None
        db.session.flush()
    share_locked(one)
    _tell_person(actor, one, found.person_id, "taken_back", None)


def _chosen(actor: Actor, share_id: int, version: int) -> tuple[Locked, IncentiveShare]:
    found = db.session.get(IncentiveShare, share_id)
    if found is None:
        raise missing("incentive_share")
    one = lock(actor, found.round_id, P.PAY_SCHEMES, (PayoutState.SHARED,), version)
    if one.step is Step.AD_HOC:
        raise Refused(
            Problem("", "ad_hoc", N_("Khoản thưởng đột xuất thì bỏ khoản thưởng, không đưa ra khỏi danh sách."))
        )
    if problem := may_touch(actor, found.person_id):
        own = N_("Không ai được tự đưa mình vào hay ra khỏi danh sách chi. Hãy để người khác làm.")
        raise Forbidden(Problem("", "own", own) if problem.code == "own" else problem)
    return one, found


def _tell_person(actor: Actor, one: Locked, person_id: int, verb: str, reason: str | None) -> None:
    audit.record(
        actor, f"incentive_round.{verb}", "incentive_round", one.found.id, scope_ids=one.agency.scope_ids,
        agency_id=one.agency.id, person_id=person_id, reason=reason,
        after={"round": one.found.terms["name"], "year": one.found.year},
    )  # fmt: skip


def said(reason: str) -> str:
    """Return a reason given by hand. Raises `Refused` for none or one that is too long."""
    words = nfc(reason)
    if not words or len(words) > REASON_LENGTH:
        text_ = N_("Hãy ghi lý do, nhiều nhất %(most)s ký tự.")
        raise Refused(Problem("reason", "reason", text_, {"most": REASON_LENGTH}))
    return words


def decide(actor: Actor, round_id: int, decision_id: int, on: date, *, version: int) -> None:
    """Decide a shared round by a decision of the register; from here on nothing of it changes. By `pay.approve`.

    Raises `Forbidden`, `Stale`, `Refused`: nothing to pay, a day ahead or before the shares were computed.
    """
    one = lock(actor, round_id, P.PAY_APPROVE, (PayoutState.SHARED,), version)
    found = one.found
    if on > clock.today() or on.year < found.year:
        text_ = N_("Ngày quyết định phải từ đầu năm %(year)s đến hôm nay. Hãy nhập lại.")
        raise Refused(Problem("decided_on", "day", text_, {"year": str(found.year)}))
    with scope.entered(program(one.agency)):
        _check_sum(found)
    reference = cite(actor, decision_id, one.agency.scope_ids)
    found.decision_id, found.decided_on = decision_id, on
    found.state = PayoutState.DECIDED.value
    written(found)
    tell(actor, one, "decided", decision=reference, shared_sum=str(found.shared))


_SUM = text("""
SELECT coalesce(sum(amount), 0) AS paid, count(*) FILTER (WHERE amount <> 0 OR due <> 0) AS people
FROM incentive_shares WHERE round_id = :round
""")


def _check_sum(found: IncentiveRound) -> None:
    """Raise `Refused` when the shares are not what the round says, or above its fund: nothing is decided on trust."""
    row = db.session.execute(_SUM, {"round": found.id}).one()
    if not row.people:
        raise Refused(Problem("", "nothing", N_("Đợt chưa có ai được chi. Hãy chia quỹ hoặc ghi thưởng trước.")))
    if row.paid != found.shared or found.reserved + found.shared + found.remainder != found.fund or found.remainder < 0:
        text_ = N_("Tổng các phần không khớp quỹ của đợt. Hãy chia lại rồi quyết định.")
        raise Refused(Problem("", "sum", text_))


def cancel(actor: Actor, round_id: int, reason: str, *, version: int) -> None:
    """Call off a round that is not decided; its shares go, its history stays."""
    words = said(reason)
    one = lock(actor, round_id, P.PAY_SCHEMES, version=version)
    with scope.entered(program(one.agency)):
        clear([round_id])
    one.found.state, one.found.shared = PayoutState.CANCELLED.value, Decimal(0)
    one.found.reserved, one.found.remainder = Decimal(0), one.found.fund
    written(one.found)
    tell(actor, one, "cancelled", reason=words)
