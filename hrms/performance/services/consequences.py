"""The money and the step that rest on a class which was changed: flagged for whoever pays, settled with a note.

Bonus (NĐ 161/2026/NĐ-CP Đ4), extra income (NĐ 75/2026/NĐ-CP) and the step raise of the year read the class of the
year; a class replaced later (NĐ 335/2025/NĐ-CP Đ21 k3) means that what was paid is looked at again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text

from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.scope import Scope
from hrms.core.text import nfc
from hrms.people.models import Person
from hrms.performance.models import RatingConsequence
from hrms.performance.queries.answering import may_touch
from hrms.performance.rules.outcomes import NOTE_LENGTH, What

P = Permission
RETURNED = "Kết quả xếp loại đã trở lại như khi chi trả."
"""Written into the record, so in Vietnamese whoever reads: what is open ends when the class is what it was."""

# Whoever is replaced twice before anybody looked has one flag: what was paid by the first class against the last.
_MOVE = text("""
UPDATE rating_consequences q SET rating_id = :rating, new = :new, version = q.version + 1,
  state = CASE WHEN q.old = :new THEN 'settled' ELSE q.state END,
  settled_on = CASE WHEN q.old = :new THEN CAST(:today AS date) END,
  note = CASE WHEN q.old = :new THEN :returned END
FROM ratings t
WHERE t.id = :rating AND q.person_id = t.person_id AND q.year = t.year AND q.state = 'open' AND q.rating_id <> t.id
RETURNING q.what
""")
_FLAG = text("""
INSERT INTO rating_consequences (rating_id, person_id, year, what, old, new, state, recorded_by)
SELECT t.id, t.person_id, t.year, w.what, :old, :new, 'open', :by
FROM ratings t CROSS JOIN unnest(CAST(:whats AS text[])) AS w(what)
WHERE t.id = :rating
ON CONFLICT (rating_id, what) DO NOTHING
RETURNING what
""")


def flag(rating_id: int, old: str | None, new: str | None, *, by: int | None = None) -> int:
    """Flag what rests on a class that has just become `new`; `rating_id` is the rating that holds now.

    Nothing is flagged when the class stayed. Chooses nothing for anybody, so it runs without a person. Returns how
    many flags are new or were moved to this rating.
    """
    if old == new:
        return 0
    db.session.flush()
    values: dict[str, Any] = {"rating": rating_id, "old": old, "new": new, "by": by}
    with scope.entered(Scope(people=(EVERYTHING,))):
        moved = [
            row.what
            for row in db.session.execute(_MOVE, values | {"today": clock.today(), "returned": RETURNED})
        ]  # fmt: skip
        left = [one.value for one in What if one.value not in moved]
        made = db.session.execute(_FLAG, values | {"whats": left}).all() if left else []
    return len(moved) + len(made)


def settle(actor: Actor, consequence_id: int, note: str, version: int | None) -> None:
    """Say what was done about a flag. Raises `NotFound`, `Forbidden` (own, kin), `Stale`, `Refused` without a note."""
    actor.require(P.PERFORMANCE_MANAGE)
    found, person = _locked(consequence_id)
    actor.require(P.PERFORMANCE_MANAGE, at=person.scope_ids)
    if problem := may_touch(actor, person.id):
        raise Forbidden(problem)
    if version is not None and version != found.version:
        raise Stale
    if found.state != "open":
        raise Refused(Problem("", "settled_already", N_("Việc này đã được rà soát.")))
    words = nfc(note)
    if not words:
        text_ = N_("Chưa ghi kết quả rà soát. Hãy ghi số tiền truy lĩnh, thu hồi, hoặc lý do giữ nguyên.")
        raise Refused(Problem("note", "required", text_))
    if len(words) > NOTE_LENGTH:
        text_ = N_("Kết quả rà soát dài quá %(most)s ký tự. Hãy viết ngắn hơn.")
        raise Refused(Problem("note", "too_long", text_, {"most": NOTE_LENGTH}))
    found.state, found.settled_on, found.note = "settled", clock.today(), words
    found.version += 1
    db.session.flush()
    audit.record(
        actor, "consequence.settled", "consequence", found.id, person_id=person.id, scope_ids=list(person.scope_ids),
        before={"state": "open"}, after={"state": "settled", "what": found.what, "year": found.year}, reason=words,
    )  # fmt: skip


def _locked(consequence_id: int) -> tuple[RatingConsequence, Person]:
    row = db.session.execute(
        select(RatingConsequence, Person)
        .join(Person, Person.id == RatingConsequence.person_id)
        .where(RatingConsequence.id == consequence_id)
        .with_for_update(of=RatingConsequence)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise missing("consequence")
    found, person = row
    return found, person
