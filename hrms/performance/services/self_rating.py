"""Mẫu 02 in a person's own words (NĐ 335/2025/NĐ-CP Đ21; NĐ 233/2026/NĐ-CP Đ15): written while the round is open."""

from __future__ import annotations

from hrms.audit import services as audit
from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale
from hrms.core.rules import N_, Problem
from hrms.performance.models import SelfRating
from hrms.performance.queries import self_rating as queries
from hrms.performance.rules.classes import RatingClass


def say(
    actor: Actor, round_id: int, wanted: RatingClass, strengths: str | None, weaknesses: str | None, *, version: int
) -> SelfRating:
    """Write or rewrite what the actor says of their own year; `version` 0 for the first time.

    Raises `Forbidden` for an account of nobody, `NotFound` for a round the person is not in, `Refused` once it is
    decided, `Stale` when it was written elsewhere meanwhile.
    """
    if actor.person_id is None or not actor.is_holder(actor.person_id):
        raise Forbidden(Problem("", "forbidden", N_("Tài khoản không gắn với hồ sơ nào nên không tự xếp loại được.")))
    mine = queries.get_mine(round_id)
    if mine is None or not mine.may_say:
        text = N_("Đợt xếp loại đã có quyết định nên phiếu tự đánh giá không sửa được nữa. Có thể gửi kiến nghị.")
        raise Refused(Problem("", "round_decided", text))
    person = queries.get_person(actor)
    found = queries.find_said(round_id, person.person_id)
    if (found.version if found else 0) != version:
        raise Stale
    if found is None:
        found = SelfRating(round_id=round_id, person_id=person.person_id, recorded_by=actor.account_id)
        db.session.add(found)
    found.wanted, found.strengths, found.weaknesses = wanted.value, strengths, weaknesses
    found.recorded_at, found.recorded_by = clock.now(), actor.account_id
    db.session.flush()
    audit.record(
        actor, "rating.self_said", "self_rating", found.id, person_id=person.person_id,
        scope_ids=list(person.scope_ids), after={"year": mine.year, "wanted": wanted.value},
    )  # fmt: skip
    return found
