"""Ad hoc bonuses (thưởng đột xuất): amounts for single achievements out of what the year's fund keeps for them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select, text

from hrms.audit import services as audit
from hrms.core import scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.pay.models import IncentiveShare
from hrms.pay.queries import members
from hrms.pay.rules.schemes import PayoutState, Step, fund_limits
from hrms.pay.rules.serving import salary_fund
from hrms.pay.services.payout_lock import Locked, lock, program, written
from hrms.pay.services.reckoning import Asked, law_percent
from hrms.people.models import Person
from hrms.performance.queries.answering import may_touch

P = Permission
WORDS_LENGTH = 1000
_OTHERS = text("""
SELECT coalesce(sum(r.fund), 0) FROM incentive_rounds r
WHERE r.scheme_id = :scheme AND r.agency_id = :agency AND r.year = :year AND r.step = 'ad_hoc'
  AND r.state <> 'cancelled' AND r.id <> :round
""")


def reserve_left(one: Locked) -> int | None:
    """Return the đồng left for ad hoc bonuses of the year beside the other such rounds; None: nothing is kept for them.

    As much as the scheme keeps of the year's fund by the salaries known today.
    """
    percent = one.terms.scheme.ad_hoc_percent
    if not percent:
        return None
    found = one.found
    asked = Asked(one.terms, Step.SETTLEMENT, found.year, None)
    law, source = law_percent(asked)
    with scope.entered(program(one.agency)):
        known = members.gather([one.agency.id], found.year, None, one.terms).members.get(one.agency.id, ())
        others = db.session.execute(
            _OTHERS, {"scheme": found.scheme_id, "agency": one.agency.id, "year": found.year, "round": found.id}
        ).scalar_one()
    base = Fraction(salary_fund(known, one.terms.eligible.kinds))
    most = fund_limits(one.terms, Step.SETTLEMENT, base, law, source, 0).most
    return None if most is None else max(int(most * Fraction(percent) / 100) - int(others), 0)


def award(actor: Actor, round_id: int, person_id: int, amount: int, reason: str, *, version: int) -> int:
    """Put a bonus of `amount` đồng for somebody's achievement into an ad hoc round; the share's id.

    Raises `Forbidden` for oneself and close relatives, `NotFound` for who is not of the agency, `Refused` above the
    fund, for nothing, or a second time.
    """
    one = _ad_hoc(actor, round_id, version)
    words, problems = nfc(reason), []
    if not words or len(words) > WORDS_LENGTH:
        text_ = N_("Hãy ghi thành tích, nhiều nhất %(most)s ký tự.")
        problems.append(Problem("reason", "reason", text_, {"most": WORDS_LENGTH}))
    left = int(one.found.fund - one.found.shared)
    if not 0 < amount <= left:
        text_ = N_("Mức thưởng phải lớn hơn 0 và không quá số còn lại %(left)s đồng. Hãy sửa.")
        problems.append(Problem("amount", "above_fund", text_, {"left": Decimal(left)}))
    if problems:
        raise Refused(*problems)
    _keep_away(actor, person_id)
    with scope.entered(program(one.agency)):
        terms = one.terms
        known = members.gather([one.agency.id], one.found.year, None, terms).members.get(one.agency.id, ())
        member = next((found for found in known if found.person_id == person_id), None)
        if member is None:
            text_ = N_("Người này không thuộc %(agency)s trong năm %(year)s. Hãy chọn người khác.")
            params = {"agency": one.agency.name, "year": str(one.found.year)}
            raise Refused(Problem("person", "not_of_agency", text_, params))
        if member.kind not in terms.eligible.kinds:
            raise Refused(
                Problem("person", "kind", N_("Người này không thuộc đối tượng của quy chế. Hãy chọn người khác."))
            )
        twice = select(IncentiveShare.id).where(
            IncentiveShare.round_id == round_id, IncentiveShare.person_id == person_id
        )
        if db.session.scalar(twice) is not None:
            text_ = N_("Người này đã có khoản thưởng trong đợt. Hãy bỏ khoản cũ rồi ghi lại.")
            raise Refused(Problem("person", "twice", text_))
        made = IncentiveShare(
            round_id=round_id, person_id=person_id, agency_id=member.agency_id, kind=member.kind.value, rating=None,
            months=0, coefficient=member.coefficient, salary=Decimal(0), points=Decimal(0), amount=Decimal(amount),
            advanced=Decimal(0), due=Decimal(amount), left_out=None, note=words,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        made_id = made.id
    _sum(one, amount)
    _tell(actor, one, person_id, "awarded", words)
    return made_id


def take_award(actor: Actor, share_id: int, *, version: int) -> None:
    """Take a bonus out of an ad hoc round that is not decided."""
    found = db.session.get(IncentiveShare, share_id)
    if found is None:
        raise missing("incentive_share")
    one = _ad_hoc(actor, found.round_id, version)
    person_id, amount = found.person_id, int(found.amount)
    _keep_away(actor, person_id)
    with scope.entered(program(one.agency)):
        db.session.delete(found)
        db.session.flush()
    _sum(one, -amount)
    _tell(actor, one, person_id, "unawarded", None)


def _ad_hoc(actor: Actor, round_id: int, version: int) -> Locked:
    one = lock(actor, round_id, P.PAY_SCHEMES, version=version)
    if one.step is not Step.AD_HOC:
        raise Refused(Problem("", "not_ad_hoc", N_("Chỉ đợt thưởng đột xuất mới ghi mức thưởng từng người.")))
    return one


def _keep_away(actor: Actor, person_id: int) -> None:
    problem = may_touch(actor, person_id)
    if problem is None:
        return
    own = N_("Không ai được tự ghi hay bỏ khoản thưởng của chính mình. Hãy để người khác làm.")
    raise Forbidden(Problem("", "own", own) if problem.code == "own" else problem)


def _sum(one: Locked, more: int) -> None:
    found = one.found
    found.shared += more
    found.remainder = found.fund - found.shared
    found.state = (PayoutState.SHARED if found.shared else PayoutState.DRAFT).value
    written(found)


def _tell(actor: Actor, one: Locked, person_id: int, verb: str, reason: str | None) -> None:
    person = db.session.get(Person, person_id)
    audit.record(
        actor, f"incentive_round.{verb}", "incentive_round", one.found.id, person_id=person_id,
        scope_ids=list(person.scope_ids) if person else one.agency.scope_ids, agency_id=one.agency.id,
        after={"round": one.found.terms["name"], "year": one.found.year}, reason=reason,
    )  # fmt: skip
