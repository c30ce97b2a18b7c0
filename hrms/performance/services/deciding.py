"""Deciding the classes of a round: meeting, decision, publication, and what replaces a published class later.

Changes before the decision are `services.changing`, January is `services.settling`; both are named here as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, text

from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused
from hrms.core.formats import format_date
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.performance.models import Rating, RatingMinutes
from hrms.performance.queries import rounds as queries
from hrms.performance.queries.answering import CIVIL_SET, may_answer, may_touch
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass
from hrms.performance.rules.rounds import RoundState, RoundStep
from hrms.performance.services import conferring, solving
from hrms.performance.services.changing import (
    change,
    check_open,
    classes_open,
    conclude,
    may_change,
    remark,
    said,
    weigh_discipline,
)
from hrms.performance.services.conferring import cite
from hrms.performance.services.round_lock import Locked, lock, require_decides, require_prepares, starts
from hrms.performance.services.settling import settle

__all__ = [
    "back_to_proposal", "change", "classes_open", "conclude", "decide", "may_change", "publish", "remark", "settle",
    "supersede", "supersede_many", "to_meeting", "weigh_discipline",
]  # fmt: skip
MINUTES = ("place", "chair", "secretary", "present", "absent", "course", "opinions", "votes", "conclusion")
MINUTES_LENGTH = 20_000
_DECIDE = text("""
UPDATE ratings SET final = proposed, state = 'decided', decision_id = :decision, version = version + 1
WHERE round_id = :round AND superseded_at IS NULL AND state = 'open'
""")
_MANAGING = text("SELECT person_id, managing_agency_id FROM people_current WHERE person_id = ANY (:ids)")


def to_meeting(actor: Actor, round_id: int, minutes: Mapping[str, Any]) -> None:
    """Write the minutes of the meeting and take the round there: proposed → meeting, or meeting again.

    `minutes`: `met_on` (date), place, chair, secretary, present, absent, course, opinions, votes, conclusion.
    Raises `Forbidden`, `Refused`: no conclusion, a day ahead, too long.
    """
    one = lock(round_id, starts(RoundStep.MEET))
    require_prepares(actor, one)
    met_on = minutes.get("met_on")
    problems = []
    if not isinstance(met_on, date) or met_on > clock.today() or met_on < date(one.found.year, 1, 1):
        sentence = N_("Ngày họp phải từ đầu năm %(year)s đến hôm nay. Hãy nhập lại.")
        problems.append(Problem("met_on", "day", sentence, {"year": str(one.found.year)}))
    content = {name: _plain(minutes[name]) for name in MINUTES if minutes.get(name) not in (None, "")}
    if not content.get("conclusion"):
        problems.append(Problem("conclusion", "missing", N_("Chưa ghi kết luận của cuộc họp. Hãy ghi kết luận.")))
    for name, value in content.items():
        if len(str(value)) > MINUTES_LENGTH:
            sentence = N_("Nội dung dài quá %(most)s ký tự. Hãy viết ngắn hơn.")
            problems.append(Problem(name, "too_long", sentence, {"most": MINUTES_LENGTH}))
    if problems:
        raise Refused(*problems)
    found = db.session.get(RatingMinutes, round_id, with_for_update=True)
    if found is None:
        found = RatingMinutes(round_id=round_id, agency_id=one.agency.id, recorded_by=actor.account_id)
        db.session.add(found)
    else:
        found.version += 1
    found.met_on, found.content = _day(met_on), content
    _move(one, RoundState.MEETING)
    _tell(actor, one, "met", met_on=met_on)


def _day(given: Any) -> date:
    if not isinstance(given, date):
        raise TypeError(given)
    return given


def _plain(value: Any) -> Any:
    return "\n".join(line for one in value.splitlines() if (line := nfc(one))) if isinstance(value, str) else value


def back_to_proposal(actor: Actor, round_id: int, reason: str) -> None:
    """Send a round from its meeting back to the advising body: meeting → proposed."""
    one = lock(round_id, starts(RoundStep.BACK_TO_PROPOSAL))
    require_prepares(actor, one)
    why = said(reason)
    _move(one, RoundState.PROPOSED)
    _tell(actor, one, "sent_back", reason=why)


def decide(actor: Actor, round_id: int, decision_id: int, on: date) -> None:
    """Decide the classes by a decision of the register: meeting → decided. By exactly the head of the deciding agency.

    Raises `Forbidden`, `Refused`: no minutes, somebody without a class, the quota exceeded, oneself in the round.
    """
    one = lock(round_id, starts(RoundStep.DECIDE))
    require_decides(actor, one.agency)
    minutes = db.session.get(RatingMinutes, round_id)
    earliest = minutes.met_on if minutes is not None else date(one.found.year, 1, 1)
    if not earliest <= on <= clock.today():
        sentence = N_("Ngày quyết định phải từ ngày họp %(met)s đến hôm nay. Hãy nhập lại.")
        raise Refused(Problem("on", "day", sentence, {"met": format_date(earliest)}))
    reference = cite(actor, decision_id, one.at)
    with scope.everything():
        rows = queries.standing(round_id)
        check_list(one, rows, actor.person_id)
        db.session.execute(_DECIDE, {"round": round_id, "decision": decision_id})
    one.found.decision_id, one.found.decided_on = decision_id, on
    _move(one, RoundState.DECIDED)
    _tell(actor, one, "decided", decision=reference, people=len(rows))


def check_list(one: Locked, rows: Sequence[queries.Standing], person_id: int | None) -> None:
    """Raise `Refused` for a list that cannot be decided: nobody decides it complete, within the law, on themself."""
    if person_id is not None and any(row.person_id == person_id for row in rows):
        sentence = N_("Ông/bà có tên trong đợt này nên không tự quyết định. Cấp trên trực tiếp quyết định.")
        raise Forbidden(Problem("", "own", sentence))
    waiting = sum(row.proposed is None for row in rows)
    if waiting or not rows:
        sentence = N_("Còn %(count)s người chưa có mức đề xuất. Hãy đưa đợt về bước đề xuất để bổ sung.")
        raise Refused(Problem("", "without_class", sentence, {"count": waiting}))
    for row in rows:
        check_open(row.facts["method"], row.by_points, row.facts, row.proposed or "")
    solving.check_groups(one.found.id, rows)
    problems = solving.overfull(
        one.found, one.criteria.code, [(row.group, row.by_points, row.proposed) for row in rows]
    )
    if problems:
        raise Refused(*problems)


def publish(actor: Actor, round_id: int, on: date) -> list[int]:
    """Publish inside the agency and write the classes into the records: decided → published; ids of the ratings.

    Raises `Forbidden`, `Refused`: before the decision or ahead of today.
    """
    one = lock(round_id, starts(RoundStep.PUBLISH))
    require_prepares(actor, one)
    decided = one.found.decided_on or on
    if not decided <= on <= clock.today():
        sentence = N_("Ngày công khai phải từ ngày quyết định %(day)s đến hôm nay. Hãy nhập lại.")
        raise Refused(Problem("on", "day", sentence, {"day": format_date(decided)}))
    one.found.published_on = on
    _move(one, RoundState.PUBLISHED)
    with scope.everything():
        made = conferring.publish_round(actor, one, on)
    _tell(actor, one, "published", people=len(made))
    return made


def supersede(actor: Actor, rating_id: int, new_class: str, decision_id: int, reason: str) -> int:
    """Replace a published class (a petition, a wrong result: NĐ 335/2025/NĐ-CP Đ21 k3); id of the new rating.

    The year is read anew, the quota checked again. Công chức: by the head of the managing agency; viên chức: by who
    classified. Raises `Forbidden`, `Refused`.
    """
    return supersede_many(actor, [(rating_id, new_class)], decision_id, reason)[0]


def supersede_many(actor: Actor, changes: Sequence[tuple[int, str]], decision_id: int, reason: str) -> list[int]:
    """Replace several classes of one round by one decision; the quota is checked after all of them.

    So a place that becomes wrongly given can be taken back in the same step. Raises as `supersede`.
    """
    wanted = dict(changes)
    found, one = _published(sorted(wanted))
    why = said(reason)
    _require_replaces(actor, found, one)
    cite(actor, decision_id, one.at)
    with scope.everything():
        kept = conferring.read_anew(found, one.found)
        for rating in found:
            new = kept[rating.id]
            check_open(new.facts["method"], new.by_points, new.facts, wanted[rating.id])
            if wanted[rating.id] == rating.final and len(found) == 1 and new.mean == rating.mean:
                sentence = N_("Kết quả vẫn là “%(rating)s”, không có gì để thay. Hãy chọn mức khác.")
                params = {"rating": CLASS_LABELS[RatingClass(wanted[rating.id])]}
                raise Refused(Problem("new_class", "same", sentence, params))
        rows = [
            (row.group, kept[row.id].by_points if row.id in kept else row.by_points, wanted.get(row.id, row.final))
            for row in queries.standing(one.found.id)
        ]
        problems = solving.overfull(one.found, one.criteria.code, rows)
        if problems:
            raise Refused(*problems)
        made = conferring.replace(
            actor, [(rating, kept[rating.id], wanted[rating.id]) for rating in found], decision_id=decision_id,
            stage="petition", reason=why,
        )  # fmt: skip
    _tell(actor, one, "superseded", reason=why, people=len(made))
    return [made[rating_id] for rating_id, _new in changes]


def _published(rating_ids: Sequence[int]) -> tuple[list[Rating], Locked]:
    """Return published ratings under the lock of their round."""
    round_ids = set(db.session.scalars(select(Rating.round_id).where(Rating.id.in_(rating_ids))))
    if len(round_ids) != 1:
        raise missing("rating")
    one = lock(round_ids.pop(), (RoundState.PUBLISHED, RoundState.SETTLED))
    rows = select(Rating).where(Rating.id.in_(rating_ids)).execution_options(populate_existing=True)
    found = list(db.session.scalars(rows.order_by(Rating.id)))
    if len(found) != len(rating_ids):
        raise missing("rating")
    if any(rating.state != "published" or rating.superseded_at is not None for rating in found):
        sentence = N_("Kết quả này đã được thay bằng kết quả khác. Hãy mở kết quả đang có hiệu lực.")
        raise Refused(Problem("", "superseded", sentence))
    return found, one


def _require_replaces(actor: Actor, found: Sequence[Rating], one: Locked) -> None:
    if actor.is_system:
        return
    if one.criteria.code != CIVIL_SET:
        require_decides(actor, one.agency)
        for rating in found:
            barred = may_touch(actor, rating.person_id)
            if barred is not None:
                raise Forbidden(barred)
        return
    people = [rating.person_id for rating in found]
    managing = {row.person_id: row.managing_agency_id for row in db.session.execute(_MANAGING, {"ids": people})}
    for rating in found:
        barred = may_answer(actor, rating.person_id, managing.get(rating.person_id) or one.agency.id)
        if barred is not None:
            raise Forbidden(barred)


def _move(one: Locked, state: RoundState) -> None:
    one.found.state = state
    one.found.version += 1
    db.session.flush()


def _tell(actor: Actor, one: Locked, what: str, *, reason: str | None = None, **after: Any) -> None:
    audit.record(
        actor, f"round.{what}", "round", one.found.id, scope_ids=one.at, agency_id=one.agency.id,
        after={"round": one.agency.name, "year": one.found.year, **after}, reason=reason,
    )  # fmt: skip
