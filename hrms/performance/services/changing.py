"""Changes of somebody's class before the decision: by whom, within what the law leaves open, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.performance.models import Rating, RatingChange, RatingRound
from hrms.performance.queries import rounds as queries
from hrms.performance.queries.answering import may_touch
from hrms.performance.rules import gathered
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass
from hrms.performance.rules.formula import Decree
from hrms.performance.rules.gathered import POINTS, open_classes
from hrms.performance.rules.rounds import BEFORE_DECISION, RoundState
from hrms.performance.services import solving
from hrms.performance.services.round_lock import Locked, decides, lock, require_decides, require_prepares

TEXT_LENGTH = 2_000
FINDINGS = ("degenerated", "own_fault_reported")
"""What whoever decides may find of a person besides discipline (Đ20 k4b; NĐ 233/2026/NĐ-CP Đ12)."""


def said(given: str, name: str = "reason") -> str:
    """Return a reason as written. Raises `Refused` for none, or one too long."""
    text = nfc(given or "").strip()
    if not text or len(text) > TEXT_LENGTH:
        sentence = N_("Chưa ghi lý do, hoặc lý do dài quá %(most)s ký tự. Hãy ghi lý do của thay đổi này.")
        raise Refused(Problem(name, "reason_missing", sentence, {"most": TEXT_LENGTH}))
    return text


def may_change(actor: Actor, rating: Rating) -> Problem | None:
    """Return why the actor may not touch this person's class (oneself, spouse, kin, not who decides), None: they may.

    Two statements for the relatives.
    """
    barred = may_touch(actor, rating.person_id)
    if barred is not None:
        return barred
    found = db.session.get_one(RatingRound, rating.round_id)
    agency = db.session.get_one(Agency, found.agency_id)
    advises = found.state != RoundState.MEETING and actor.may(Permission.PERFORMANCE_MANAGE, at=agency.scope_ids)
    if advises or decides(actor, agency):
        return None
    sentence = N_("Chỉ người đứng đầu %(agency)s quyết định xếp loại của đợt này.")
    return Problem("", "not_who_decides", sentence, {"agency": agency.name})


def classes_open(rating: Rating) -> tuple[str, ...]:
    """Return the classes the law leaves open for a person besides the quota, highest first."""
    return tuple(one.value for one in open_classes(rating.facts["method"], rating.by_points, rating.facts))


def take(actor: Actor, rating_id: int, version: int) -> tuple[Rating, Locked]:
    """Lock a person's class that is not decided yet, its round first. Raises `NotFound`, `Stale`, `Refused`."""
    round_id = db.session.scalar(select(Rating.round_id).where(Rating.id == rating_id))
    if round_id is None:
        raise missing("rating")
    one = lock(round_id, BEFORE_DECISION)
    found = db.session.scalar(
        select(Rating).where(Rating.id == rating_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        # The row policies let nobody lock their own class.
        raise Forbidden(Problem("", "own", N_("Không ai được tự xử lý kết quả xếp loại của chính mình.")))
    if found.version != version or found.superseded_at is not None:
        raise Stale
    barred = may_touch(actor, found.person_id)
    if barred is not None:
        raise Forbidden(barred)
    return found, one


def note(actor: Actor, rating: Rating, stage: str, old: str | None, new: str | None, reason: str) -> None:
    """Write a change into the history of the class."""
    db.session.execute(
        insert(RatingChange).inline().values(
            rating_id=rating.id, person_id=rating.person_id, stage=stage, old=old, new=new, reason=reason,
            actor=actor.name, recorded_by=actor.account_id,
        )
    )  # fmt: skip


def change(actor: Actor, rating_id: int, new_class: str, reason: str, *, version: int) -> None:
    """Change a proposed class, by the advising body while proposed, by who decides until the decision.

    Raises `Forbidden`, `Stale`, `Refused`: no reason, not open by points, the quota exceeded, oneself or kin.
    """
    found, one = take(actor, rating_id, version)
    if one.found.state == RoundState.MEETING:
        require_decides(actor, one.agency)
    else:
        require_prepares(actor, one)
    why = said(reason)
    if one.found.state == RoundState.COLLECTING and found.facts["method"] in POINTS:
        sentence = N_("Đợt chưa xét tỷ lệ. Hãy xét tỷ lệ để có đề xuất theo điểm rồi mới thay đổi.")
        raise Refused(Problem("", "not_proposed", sentence))
    check_open(found.facts["method"], found.by_points, found.facts, new_class)
    old = found.proposed or found.by_points
    if old == new_class:
        raise Refused(Problem("new_class", "same", N_("Mức mới giống mức đang có. Hãy chọn mức khác.")))
    rows = [
        (row.group, row.by_points, new_class if row.id == found.id else row.proposed or row.by_points)
        for row in queries.standing(one.found.id)
    ]
    if new_class == RatingClass.EXCELLENT:
        refuse_overfull(one, rows)
    found.proposed = new_class
    found.version += 1
    db.session.flush()
    stage = "meeting" if one.found.state == RoundState.MEETING else "proposed"
    note(actor, found, stage, old, new_class, why)
    tell(actor, "rating.changed", found, one, {"rating": old}, {"rating": new_class}, why)


def check_open(method: str, by_points: str | None, facts: Mapping[str, Any], new_class: str) -> None:
    """Raise `Refused` for a class the law does not leave open, and say which it does."""
    free = open_classes(method, by_points, facts)
    if new_class in free:
        return
    if new_class not in set(RatingClass):
        raise Refused(Problem("new_class", "unknown", N_("Không có mức này. Hãy chọn một mức trong danh sách.")))
    sentence = N_("Mức “%(new)s” trái với điểm và các điều kiện của năm. Người này chỉ có thể là “%(best)s” hoặc mức "
                  "tỷ lệ cho phép.")  # fmt: skip
    params = {"new": CLASS_LABELS[RatingClass(new_class)], "best": CLASS_LABELS[free[0]]}
    raise Refused(Problem("new_class", "not_open", sentence, params))


def refuse_overfull(one: Locked, rows: list[tuple[str | None, str | None, str | None]]) -> None:
    """Raise `Refused` for a list with more at the top than the quota allows."""
    problems = solving.overfull(one.found, one.criteria.code, rows)
    if problems:
        raise Refused(*(replace(problem, field="new_class") for problem in problems))


def remark(actor: Actor, rating_id: int, remarks: str, *, version: int) -> None:
    """Write the authority's remarks (for those who lead, the Party committee's too)."""
    found, one = take(actor, rating_id, version)
    require_prepares(actor, one)
    words = nfc(remarks or "").strip()
    if len(words) > TEXT_LENGTH:
        sentence = N_("Nhận xét dài quá %(most)s ký tự. Hãy viết ngắn hơn.")
        raise Refused(Problem("remarks", "too_long", sentence, {"most": TEXT_LENGTH}))
    found.remarks = words or None
    found.version += 1
    db.session.flush()
    tell(actor, "rating.remarked", found, one, None, {}, None)


def weigh_discipline(actor: Actor, rating_id: int, act: str, reason: str, *, counts: bool, version: int) -> None:
    """Say that a discipline was for no violation of duty (`counts` False) and does not make the class; or take it back.

    `act` is the key of the act in `facts["discipline"]`. By who decides, before the decision; the class is reckoned
    anew and the round is to be proposed again. Raises `Forbidden`, `Stale`, `Refused`.
    """
    found, one = take(actor, rating_id, version)
    require_decides(actor, one.agency)
    why = said(reason)
    if act not in {measure["act"] for measure in found.facts["discipline"]}:
        raise Refused(Problem("act", "unknown", N_("Hồ sơ không có kỷ luật về việc này. Hãy chọn lại.")))
    weighed = dict(found.facts.get("weighed", {}))
    acts = dict(weighed.get("acts", {}))
    if counts:
        acts.pop(act, None)
    else:
        acts[act] = why
    weighed["acts"] = acts
    if not acts:
        del weighed["acts"]
    _reckon(actor, found, one, weighed, why)


def conclude(actor: Actor, rating_id: int, finding: str, reason: str, *, holds: bool, version: int) -> None:
    """Say that a finding holds of a person, or does not (any more): `degenerated` or `own_fault_reported`.

    Degeneration concluded makes the class "không hoàn thành" (Đ20 k4b); a manager of viên chức who found, reported and
    mended what went wrong is not brought down by it (NĐ 233/2026/NĐ-CP Đ12). As `weigh_discipline` otherwise.
    """
    found, one = take(actor, rating_id, version)
    require_decides(actor, one.agency)
    why = said(reason)
    if finding not in FINDINGS:
        raise Refused(Problem("finding", "unknown", N_("Không có kết luận loại này. Hãy chọn lại.")))
    if finding == "own_fault_reported" and found.facts["decree"] != Decree.PUBLIC:
        sentence = N_("Chỉ viên chức quản lý được xem xét giảm nhẹ khi tự phát hiện, báo cáo, khắc phục.")
        raise Refused(Problem("finding", "civil", sentence))
    weighed = dict(found.facts.get("weighed", {}))
    if holds:
        weighed[finding] = why
    else:
        weighed.pop(finding, None)
    _reckon(actor, found, one, weighed, why)


def _reckon(actor: Actor, found: Rating, one: Locked, weighed: Mapping[str, Any], why: str) -> None:
    kept = gathered.reckon(found.year, found.months, found.causes, found.facts, weighed)
    old = found.by_points
    found.facts, found.provisional, found.mean = kept.facts, kept.provisional, kept.mean
    found.by_points, found.reasons = kept.by_points, list(kept.reasons)
    # The proposal rested on the class before; the quota is to be solved again.
    found.proposed = kept.by_points.value if kept.by_points and kept.facts["method"] not in POINTS else None
    found.version += 1
    one.found.state = RoundState.COLLECTING
    one.found.version += 1
    db.session.flush()
    note(actor, found, "computed", old, kept.by_points, why)
    tell(actor, "rating.weighed", found, one, {"rating": old}, {"rating": kept.by_points}, why)


def tell(
    actor: Actor,
    action: str,
    rating: Rating,
    one: Locked,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    reason: str | None,
) -> None:
    """Write a step about one person's class into the trail."""
    audit.record(
        actor, action, "year_rating", rating.id, scope_ids=one.at, person_id=rating.person_id, agency_id=one.agency.id,
        before=before, after={**after, "round": one.agency.name, "year": rating.year}, reason=reason,
    )  # fmt: skip
