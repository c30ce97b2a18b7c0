"""What happens to a score sheet between its opening and its publication, by `rules.sheets`; each step is an event.

Every step locks the sheet first and refuses a stale version, so two who work on one sheet come one after the other and
the second sees what the first wrote. Only the authority's words give points; one's own give `self_score`. The database
holds it too: nobody writes points on their own sheet, nobody changes one that was published. `services.publishing`
publishes and corrects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select, text

from hrms.agencies.models import Agency
from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.people.models import Person
from hrms.performance.models import ScoreSheet, WorkItem
from hrms.performance.queries.answering import may_touch
from hrms.performance.queries.criteria import Terms
from hrms.performance.queries.sheets import last_day, led_by
from hrms.performance.rules.formula import Formula, Leader, Role, check
from hrms.performance.rules.general import general_total
from hrms.performance.rules.sheets import Action
from hrms.performance.rules.work import ItemState, SheetState
from hrms.performance.services import reckoning, stepping
from hrms.performance.services.authority import may_score, may_score_each, places_of
from hrms.performance.services.periods import groups
from hrms.performance.services.publishing import correct, publish

__all__ = [
    "Judgement", "correct", "may_score", "may_score_each", "places_of", "publish", "reroute", "score", "self_score",
    "send_back", "take_back",
]  # fmt: skip

P = Permission
_USUAL = text("SELECT f.authority_id FROM sheet_places(ARRAY[CAST(:person AS bigint)], :day, CAST(:groups AS jsonb)) f")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the authority finds of one product: done or not, and on which day."""

    done: bool
    done_on: date | None = None


def self_score(
    actor: Actor,
    sheet_id: int,
    general: Mapping[str, Decimal | None],
    leader: Leader | None,
    note: str,
    *,
    version: int,
) -> None:
    """Write what somebody says of their own sheet and hand it to the authority; gives `self_score`, never points.

    Raises `NotFound`, `Forbidden` for another's sheet, `Stale`, `Refused`.
    """
    sheet = stepping.own(actor, sheet_id, Action.SELF_SCORE, version)
    terms = stepping.terms_of(sheet)
    points = _general(general, terms)
    _check_leader(sheet, leader, terms)
    if note and len(note) > stepping.NOTE_MOST:
        raise Refused(stepping.too_long())
    sheet.self_general, sheet.self_leader = points, _leader(sheet, leader)
    sheet.self_note, sheet.self_at = nfc(note).strip() or None, clock.now()
    stepping.step(actor, sheet, Action.SELF_SCORE, "self_scored")


def take_back(actor: Actor, sheet_id: int, *, version: int) -> None:
    """Let somebody take their own sheet back before the authority has scored it. Raises as `self_score`."""
    sheet = stepping.own(actor, sheet_id, Action.TAKE_BACK, version)
    stepping.step(actor, sheet, Action.TAKE_BACK, "taken_back")


def send_back(actor: Actor, sheet_id: int, reason: str, *, version: int) -> None:
    """Return a sheet to its owner with the reason. Raises `NotFound`, `Forbidden`, `Stale`, `Refused`."""
    reason = stepping.reason_of(reason)
    sheet = stepping.locked(sheet_id, version)
    stepping.judge(actor, sheet, Action.RETURN, reason)
    sheet.return_reason = reason
    stepping.step(actor, sheet, Action.RETURN, "returned", reason)


def score(
    actor: Actor,
    sheet_id: int,
    general: Mapping[str, Decimal | None],
    leader: Leader | None,
    note: str,
    judgements: Mapping[int, Judgement],
    *,
    version: int,
) -> Decimal:
    """Write what the authority finds: products done, general points, leader criteria; returns the points.

    Every product given must be judged, now or before; a head's criterion d must agree with the points of those they
    lead (Đ15 k2). Raises `NotFound`, `Forbidden`, `Stale`, `Refused`.
    """
    sheet = stepping.locked(sheet_id, version)
    action = Action.RESCORE if sheet.state == SheetState.SCORED else Action.SCORE
    stepping.judge(actor, sheet, action)
    terms = stepping.terms_of(sheet)
    problems = [*_judge_items(sheet, judgements)]
    points = _general(general, terms, problems)
    _check_leader(sheet, leader, terms, problems)
    if len(note) > stepping.NOTE_MOST:
        problems.append(stepping.too_long())
    if problems:
        raise Refused(*problems)
    sheet.general, sheet.leader, sheet.note = points, _leader(sheet, leader), nfc(note).strip() or None
    db.session.flush()
    reckoning.refresh([sheet.id])
    if sheet.score is None:
        words = N_("Kỳ này chưa giao sản phẩm nào nên không có mẫu số để tính điểm. Hãy giao ít nhất một sản phẩm.")
        raise Refused(Problem("", "nothing_assigned", words))
    sheet.scored_at, sheet.scored_by, sheet.return_reason = clock.now(), actor.account_id, None
    stepping.step(actor, sheet, action, "rescored" if action is Action.RESCORE else "scored")
    return sheet.score


def reroute(actor: Actor, sheet_id: int, authority_id: int, reason: str, *, version: int | None = None) -> None:
    """Give a sheet to the head of another agency to score: kin, a head who moved, a field led by another.

    For HR of the sheet's agency; the agency named is one the person or the sheet belongs to, or one above. Raises
    `NotFound`, `Forbidden`, `Stale`, `Refused`.
    """
    reason = stepping.reason_of(reason)
    sheet = stepping.locked(sheet_id, version)
    place, person = db.session.get_one(Agency, sheet.agency_id), db.session.get_one(Person, sheet.person_id)
    actor.require(P.PERFORMANCE_MANAGE, at=[*place.scope_ids, *person.scope_ids])
    stepping.not_own(actor, sheet)
    if barred := may_touch(actor, sheet.person_id):
        raise Forbidden(barred)
    if sheet.state == SheetState.PUBLISHED or sheet.superseded_at is not None:
        raise Refused(stepping.published())
    new = db.session.get(Agency, authority_id)
    if new is None or authority_id not in {*place.scope_ids, *person.scope_ids}:
        words = N_(
            "Người chấm phải đứng đầu cơ quan, đơn vị của người được đánh giá, hoặc cấp trên của nó. Hãy chọn lại."
        )
        raise Refused(Problem("authority_id", "not_above", words))
    if sheet.role == Role.HEAD and _is_below(sheet, place, authority_id):
        words = N_("Người đứng đầu do cấp trên chấm, không do cấp dưới chấm thay ở đơn vị mình (Đ10). Hãy chọn lại.")
        raise Refused(Problem("authority_id", "own_unit", words))
    if authority_id == sheet.authority_id:
        words = N_("“%(place)s” đang là nơi chấm phiếu này. Hãy chọn nơi khác.")
        raise Refused(Problem("authority_id", "same", words, {"place": new.name}))
    before, sheet.authority_id = sheet.authority_id, authority_id
    sheet.version += 1
    db.session.flush()
    stepping.note_event(actor, sheet, "rerouted", reason)
    stepping.tell(
        actor, "rerouted", sheet, reason, before={"authority_id": before}, after={"authority_id": authority_id}
    )


def _is_below(sheet: ScoreSheet, place: Agency, authority_id: int) -> bool:
    """Say whether an agency lies below the one that scores a head by the decree: there only those led could act."""
    day = last_day(sheet.year, sheet.kind, sheet.number)
    usual = db.session.scalar(_USUAL, {"person": sheet.person_id, "day": day, "groups": groups()})
    path = list(place.scope_ids)
    return usual in path and authority_id in path[path.index(usual) + 1 :]


def _general(
    given: Mapping[str, Decimal | None], terms: Terms, problems: list[Problem] | None = None
) -> dict[str, str]:  # fmt: skip
    found = general_total(given, terms.general_items, step=terms.step)
    wrong = list(found.problems)
    names = {one.code: one.name or one.code for one in terms.general_items}
    for code in found.missing:
        words = N_("Chưa cho điểm “%(item)s”. Hãy nhập số từ 0 đến %(most)s.")
        most = next(one.max for one in terms.general_items if one.code == code)
        wrong.append(Problem(f"general.{code}", "missing", words, {"item": names[code], "most": most}))
    if not terms.general_items:
        words = N_("Quy chế chưa đặt điểm tối đa của tiêu chí chung nên chưa chấm được. Hãy bổ sung quy chế.")
        wrong.append(Problem("", "no_items", words))
    if problems is None and wrong:
        raise Refused(*wrong)
    if problems is not None:
        problems += wrong
    return {code: format(points.normalize(), "f") for code, points in given.items() if points is not None}


def _leader(sheet: ScoreSheet, leader: Leader | None) -> dict[str, str] | None:
    if leader is None or sheet.role == Role.STAFF:
        return None
    return {
        "subordinates": format(leader.subordinates, "f"), "unit": format(leader.unit, "f"),
        "cohesion": format(leader.cohesion, "f"),
    }  # fmt: skip


def _check_leader(
    sheet: ScoreSheet, leader: Leader | None, terms: Terms, problems: list[Problem] | None = None
) -> None:  # fmt: skip
    role = Role(sheet.role)
    formula: Formula = terms.formula(role)
    wrong = [one for one in check((), Decimal(0), role, leader, formula) if one.field.startswith("leader")]
    if not wrong and problems is not None and role is Role.HEAD and leader is not None and formula.leader_values:
        led = led_by(sheet, formula.thresholds)
        if led.value is not None and leader.subordinates != led.value:
            words = N_(
                "Tiêu chí d phải là %(value)s: trong %(people)s người thuộc quyền đã chấm có %(below)s người dưới mức "
                "hoàn thành nhiệm vụ. Hãy chọn %(value)s."
            )
            params = {"value": led.value, "people": led.scored, "below": led.below}
            wrong.append(Problem("leader.subordinates", "not_as_led", words, params))
    if problems is None and wrong:
        raise Refused(*wrong)
    if problems is not None:
        problems += wrong


def _judge_items(sheet: ScoreSheet, judgements: Mapping[int, Judgement]) -> Sequence[Problem]:
    query = select(WorkItem).where(WorkItem.sheet_id == sheet.id, WorkItem.state == ItemState.GIVEN)
    items = db.session.scalars(
        query.order_by(WorkItem.id).with_for_update().execution_options(populate_existing=True)
    ).all()
    problems: list[Problem] = []
    if unknown := set(judgements) - {one.id for one in items}:
        words = N_("%(count)s sản phẩm vừa được thêm, rút hoặc không thuộc phiếu này. Hãy tải lại trang rồi chấm lại.")
        problems.append(Problem("items", "unknown_item", words, {"count": len(unknown)}))
    if left := [one for one in items if one.done is None and one.id not in judgements]:
        words = N_("Chưa xác nhận %(count)s sản phẩm: %(titles)s. Hãy ghi đã hoàn thành hay chưa.")
        titles = ", ".join(one.title[:60] for one in left[:3]) + (" …" if len(left) > 3 else "")
        problems.append(Problem("items", "unjudged", words, {"count": len(left), "titles": titles}))
    today = clock.today()
    for one in items:
        judged = judgements.get(one.id)
        if judged is None:
            continue
        if judged.done_on is not None and judged.done_on > today:
            words = N_("Ngày hoàn thành của “%(title)s” chưa đến. Hãy nhập ngày đến hôm nay.")
            problems.append(Problem("items", "done_ahead", words, {"title": one.title[:80]}))
            continue
        on = (judged.done_on or one.done_on or one.reported_on or today) if judged.done else None
        if (one.done, one.done_on) != (judged.done, on):
            one.done, one.done_on = judged.done, on
            one.version += 1
    return problems
