"""What is over and accepted: how many, why, and by when it is solved. `hrms check` accepts exactly that."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select, text

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, dated, hooks
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.positions.models import EstablishmentLine, Overage
from hrms.positions.queries import establishment as reading
from hrms.positions.rules.establishment import Accepted, check_acceptance
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.limits import Rule, solve_by

P = Permission
LEVELS: dict[Rule, str] = {Rule.QUOTA: "quota_kind", Rule.RANK_RATIO: "rank", Rule.GRADE_RATIO: "grade"}
"""What the level of an excess is of, where the rule has one."""


def law_day(rule: Rule, from_on: date) -> date | None:
    """Return the last day the law gives to solve an excess of a rule; None where it names none."""
    found = solve_by(rule, reading.limits(from_on), reading.choices().province.reorganised_on)
    return found.day if found else None


def record(
    actor: Actor,
    rule: Rule,
    agency_id: int,
    *,
    excess: int,
    reason: str,
    from_on: date,
    solve_by: date | None = None,
    line_id: int | None = None,
    level: str = "",
    decision_id: int | None = None,
) -> None:
    """Accept an excess from a day on, until it is ended; without `solve_by` the law's last day stands.

    Raises `NotFound`, `Forbidden` without the right to give quotas over the agency, `Refused` with all that is wrong.
    """
    agency = _agency(actor, agency_id)
    problems: list[Problem] = []
    last = law_day(rule, from_on)
    accepted = Accepted(rule, excess, nfc(reason), solve_by or last)
    if not 1 <= excess <= 100_000:
        words = N_("Số vượt phải từ 1 đến 100.000, đang ghi %(excess)s.")
        problems.append(Problem("excess", "bad_number", words, {"excess": excess}))
    problems += check_acceptance(accepted, from_on, last)
    if rule is Rule.LINE or line_id is not None:
        line = db.session.get(EstablishmentLine, line_id) if line_id else None
        if line is None or line.agency_id != agency_id:
            words = N_("Chưa chọn vị trí của cơ quan này. Hãy chọn vị trí bị vượt.")
            problems.append(Problem("line_id", "required", words))
    if rule is Rule.QUOTA and level not in set(QuotaKind):
        problems.append(Problem("level", "required", N_("Chưa chọn loại biên chế bị vượt. Hãy chọn một loại.")))
    if rule in {Rule.RANK_RATIO, Rule.GRADE_RATIO} and not level:
        problems.append(Problem("level", "required", N_("Chưa chọn ngạch hoặc bậc bị vượt. Hãy chọn một mức.")))
    refuse_if(problems)
    _lock(agency_id)
    if decision_id is not None:
        for register in hooks.papers:
            register.cite(actor, decision_id, agency.scope_ids)
    lay(actor, rule, agency_id, line_id, level, accepted, from_on, decision_id=decision_id)


def lay(
    actor: Actor,
    rule: Rule,
    agency_id: int,
    line_id: int | None,
    level: str,
    accepted: Accepted,
    from_on: date,
    *,
    decision_id: int | None = None,
    batch_id: int | None = None,
) -> None:
    """Write an accepted excess that was judged, and tell of it; the caller holds the agency's lock."""
    key = {"rule": rule.value, "agency_id": agency_id, "line_key": line_id or 0, "level": level}
    dated.replace(
        Overage, key, {"excess": accepted.excess, "reason": accepted.reason, "solve_by": accepted.solve_by},
        valid_from=from_on, decision_id=decision_id, recorded_by=actor.account_id, batch_id=batch_id,
    )  # fmt: skip
    _tell(actor, "overage.recorded", agency_id, {
        **key, "excess": accepted.excess, "solve_by": accepted.solve_by, "valid_from": from_on,
    }, accepted.reason)  # fmt: skip


def end(actor: Actor, overage_id: int, *, on: date, reason: str = "") -> None:
    """End an accepted excess: from `on` on it is solved. Raises `NotFound`, `Forbidden`, `Refused`."""
    found = db.session.scalar(select(Overage).where(Overage.id == overage_id, dated.at(Overage)))
    if found is None:
        raise missing("overage")
    _agency(actor, found.agency_id)
    if on > clock.today():
        words = N_("Ngày hết vượt %(day)s ở tương lai. Hãy ghi khi đã giải quyết xong.")
        raise Refused(Problem("on", "in_the_future", words, {"day": on}))
    _lock(found.agency_id)
    key = {name: getattr(found, name) for name in Overage.__dated_key__}
    dated.erase(Overage, key, valid_from=max(on, found.valid_from))
    _tell(actor, "overage.ended", found.agency_id, {**key, "on": on}, reason)


def take_back(actor: Actor, batch_id: int, reason: str) -> None:
    """Take back the excesses a batch accepted, its cuts being undone; one laid over an earlier excess stays."""
    laid = db.session.scalars(select(Overage).where(Overage.batch_id == batch_id, Overage.superseded_at.is_(None)))
    for one in laid.all():
        key = {name: getattr(one, name) for name in Overage.__dated_key__}
        earlier = select(Overage.id).where(
            *(getattr(Overage, name) == value for name, value in key.items()),
            Overage.superseded_at == one.recorded_at,
        )
        if db.session.scalar(earlier.limit(1)) is None:
            _lock(one.agency_id)
            dated.erase(Overage, key, valid_from=one.valid_from)
            _tell(actor, "overage.ended", one.agency_id, {**key, "on": one.valid_from}, reason)


def _agency(actor: Actor, agency_id: int) -> Agency:
    found = db.session.get(Agency, agency_id)
    if found is None or not actor.may(P.POSITIONS_VIEW, at=found.scope_ids):
        raise missing("agency")
    # As with the quota itself: an agency's excess is accepted from above.
    actor.require(P.POSITIONS_QUOTA, at=found.scope_ids if found.parent_id is None else found.scope_ids[:-1])
    return found


def _lock(agency_id: int) -> None:
    db.session.execute(text("SELECT id FROM agencies WHERE id = :id FOR NO KEY UPDATE"), {"id": agency_id})


def _tell(actor: Actor, action: str, agency_id: int, after: dict[str, Any], reason: str) -> None:
    agency = db.session.get_one(Agency, agency_id)
    audit.record(
        actor, action, "agency", agency_id, scope_ids=agency.scope_ids, agency_id=agency_id,
        after=audit.plain(after), reason=nfc(reason) or None,
    )  # fmt: skip
