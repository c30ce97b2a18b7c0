"""January: December is in, so means, classes and the quota of published rounds are looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, text

from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.rules import N_, Problem
from hrms.performance.models import CriteriaSet, Rating, RatingRound
from hrms.performance.queries import rounds as queries
from hrms.performance.rules import settling as rules
from hrms.performance.rules.classes import RatingClass
from hrms.performance.rules.gathered import POINTS, Classified
from hrms.performance.rules.quota import Contender, OrderKey
from hrms.performance.rules.rounds import RoundStep
from hrms.performance.services import conferring, solving
from hrms.performance.services.round_lock import lock, require_decides, require_prepares, starts

WHY = "Chốt kết quả năm sau khi có điểm tháng 12; xét lại mức và tỷ lệ."
_SETTLED = text("""
UPDATE rating_rounds SET state = 'settled', settled_on = :today, version = version + 1 WHERE id = :id
""")


@dataclass(frozen=True, slots=True)
class Settling:
    """What settling a round would do: ratings to be written again, those whose class changes, people still waiting.

    `again` holds the old rating, what its year says now, and the class; `changed` old id → (class before, class now).
    """

    again: tuple[tuple[Rating, Classified, str], ...]
    changed: dict[int, tuple[str, str]]
    waiting: int


def preview(round_id: int) -> Settling:
    """Return what settling a published round would do today, without writing. The caller sees everything in it."""
    of_round = db.session.get_one(RatingRound, round_id)
    code = db.session.get_one(CriteriaSet, of_round.set_id).code
    found = list(
        db.session.scalars(
            select(Rating).where(Rating.round_id == round_id, Rating.superseded_at.is_(None)).order_by(Rating.id)
        )
    )
    if not any(one.facts.get("method") in POINTS for one in found):
        return Settling((), {}, 0)
    kept = conferring.read_anew(found, of_round)
    classes = _classes(of_round, code, found, kept)
    again = tuple((one, kept[one.id], classes[one.id]) for one in found if _differs(one, kept[one.id], classes[one.id]))
    changed = {one.id: (one.final or "", classes[one.id]) for one in found if classes[one.id] != one.final}
    return Settling(again, changed, sum(kept[one.id].provisional for one in found))


def _differs(old: Rating, kept: Classified, final: str) -> bool:
    return (old.final, old.provisional, dict(old.months), old.by_points) != (
        final, kept.provisional, kept.months, kept.by_points,
    )  # fmt: skip


def _classes(of_round: RatingRound, code: str, found: Sequence[Rating], kept: dict[int, Classified]) -> dict[int, str]:
    places = {row.id: row for row in queries.standing(of_round.id)}
    people = []
    for one in found:
        now = kept[one.id]
        values = {
            OrderKey.MEAN: now.mean, OrderKey.RESULT: solving.number(now.facts["result"]),
            OrderKey.GENERAL: solving.number(now.facts["general"]),
            OrderKey.MONTHS: int(now.facts.get("worked", 0)),
            OrderKey.SENIORITY: places[one.id].recruited_on,
            OrderKey.STAFF_CODE: places[one.id].staff_code,
        }  # fmt: skip
        reached = now.by_points is RatingClass.EXCELLENT
        people.append(
            rules.Published(
                Contender(one.id, reached, places[one.id].group, values), RatingClass(one.final or "none"),
                RatingClass(one.by_points or "none"), now.by_points or RatingClass.NONE,
            )
        )  # fmt: skip
    limited = of_round.quota_percent < solving.NO_LIMIT
    rule = solving.rule_of(of_round, code) if limited else None
    return {int(ident): str(one) for ident, one in rules.settle(people, rule, solving.order_of(of_round)).items()}


def settle(actor: Actor, round_id: int, decision_id: int | None = None) -> list[int]:
    """Take December in: means, classes and quota again; published → settled. Ids of the new ratings with another class.

    Where no class changes nothing is decided, and whoever prepares the round may do it; where one does, a decision is
    needed and whoever decides must (NĐ 335/2025/NĐ-CP Đ21 k3). Raises `Refused` before January, or while months are
    missing without a cause or an organisation has no class.
    """
    one = lock(round_id, starts(RoundStep.SETTLE))
    require_prepares(actor, one)
    if clock.today() < date(one.found.year + 1, 1, 1):
        sentence = N_("Năm %(year)s chưa hết. Hãy chốt từ ngày 01/01/%(next)s, khi đã có điểm tháng 12.")
        params = {"year": str(one.found.year), "next": str(one.found.year + 1)}
        raise Refused(Problem("", "too_early", sentence, params))
    with scope.everything():
        found = preview(round_id)
        _check(found, decision_id)
    reference = None
    if found.changed:
        require_decides(actor, one.agency)
    if found.changed and decision_id is not None:
        reference = conferring.cite(actor, decision_id, one.at)
    with scope.everything():
        made = conferring.replace(actor, found.again, decision_id=decision_id, stage="settled", reason=WHY)
        db.session.execute(_SETTLED, {"id": round_id, "today": clock.today()})
    db.session.expire_all()
    after = {
        "round": one.agency.name, "year": one.found.year, "people": len(made), "changed": len(found.changed),
        "decision": reference,
    }  # fmt: skip
    audit.record(
        actor, "round.settled", "round", round_id, scope_ids=one.at, agency_id=one.agency.id, after=after
    )  # fmt: skip
    return [made[old] for old in found.changed]


def _check(found: Settling, decision_id: int | None) -> None:
    if found.waiting:
        sentence = N_("Còn %(count)s người chưa đủ điểm các kỳ, hoặc cơ quan của họ chưa được xếp loại. Hãy chấm điểm, "
                      "ghi lý do vắng hoặc xếp loại cơ quan rồi chốt.")  # fmt: skip
        raise Refused(Problem("", "waiting", sentence, {"count": found.waiting}))
    if found.changed and decision_id is None:
        sentence = N_("Có %(count)s người đổi mức xếp loại sau tháng 12. Hãy chọn quyết định thay đổi kết quả.")
        raise Refused(Problem("decision", "decision_needed", sentence, {"count": len(found.changed)}))
