"""Publishing the sheets of a period, and correcting one that was published by another that takes its place.

What is published goes to its owner and to the national database, and never changes. Publishing chooses nothing for
anybody: it also touches the sheet of whoever publishes, so it runs without a person.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import insert, select, text, update

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import Base, db
from hrms.core.errors import Forbidden, Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.performance.models import ScoreSheet, ScoringPeriod, WorkFinding, WorkItem
from hrms.performance.rules.sheets import Action
from hrms.performance.rules.work import SheetState
from hrms.performance.services import national, reckoning, stepping
from hrms.performance.services.authority import may_score_each

P = Permission
_PUBLISH = text("""
WITH made AS (
  UPDATE score_sheets s SET state = 'published', published_on = :today, version = s.version + 1
  WHERE s.id = ANY (CAST(:ids AS bigint[])) AND s.state = 'scored' AND s.superseded_at IS NULL
  RETURNING s.id, s.person_id, s.score
), told AS (
  INSERT INTO sheet_events (sheet_id, person_id, what, score, actor, recorded_by)
  SELECT id, person_id, 'published', score, :name, :account FROM made RETURNING sheet_id
)
SELECT sheet_id FROM told ORDER BY sheet_id
""")
_COPIED_ITEMS = [
    "person_id", "product_id", "objective_id", "code", "title", "output", "kind", "state", "quantity", "units",
    "due_on", "from_person_id", "reported", "reported_on", "progress", "evidence", "done", "done_on", "failed_checks",
    "late_count", "note",
]  # fmt: skip
_COPIED_FINDINGS = ["person_id", "kind", "found_on", "cause", "excused"]
_NOT_COPIED = frozenset(
    {
        "id", "state", "published_on", "superseded_at", "supersedes_id", "correction", "recorded_at", "recorded_by",
        "version", "return_reason",
    }
)  # fmt: skip


def publish(actor: Actor, period_id: int, sheet_ids: Collection[int] | None = None) -> int:
    """Publish the scored sheets of a period, or some of them; returns how many. What is not scored yet waits.

    For HR of the period's agency; of given sheets also for who scores them all. Notes them for the national database.
    Raises `NotFound`, `Forbidden`, `Refused` when none of them is ready.
    """
    period = db.session.get(ScoringPeriod, period_id)
    if period is None:
        raise missing("period")
    place = db.session.get_one(Agency, period.agency_id)
    db.session.flush()
    with scope.everything():
        query = select(ScoreSheet).where(
            ScoreSheet.period_id == period_id, ScoreSheet.state == SheetState.SCORED, ScoreSheet.superseded_at.is_(None)
        )
        if sheet_ids is not None:
            query = query.where(ScoreSheet.id.in_(sheet_ids))
        if not actor.may(P.PERFORMANCE_MANAGE, at=place.scope_ids):
            _only_scorer(actor, query, sheet_ids)
        ids = list(db.session.scalars(query.with_only_columns(ScoreSheet.id).order_by(ScoreSheet.id)))
        _ready(ids, sheet_ids)
        done = _publish(actor, ids)
    after = {"count": len(done), "period": f"{period.kind} {period.number}/{period.year}"}
    audit.record(
        actor, "period.published", "period", period_id, agency_id=place.id, scope_ids=place.scope_ids, after=after
    )  # fmt: skip
    return len(done)


def _only_scorer(actor: Actor, query: Any, sheet_ids: Collection[int] | None) -> None:
    forbidden = Problem("", "forbidden", N_("Tài khoản của bạn không có quyền làm việc này."))
    if sheet_ids is None or not sheet_ids:
        raise Forbidden(forbidden)
    sheets = db.session.scalars(query).all()
    refused = [problem for problem in may_score_each(actor, sheets).values() if problem is not None]
    if refused or len(sheets) != len(set(sheet_ids)):
        raise Forbidden(refused[0] if refused else forbidden)


def _ready(ids: Collection[int], asked: Collection[int] | None) -> None:
    if asked is not None and len(ids) != len(set(asked)):
        words = N_(
            "%(count)s phiếu chưa chấm xong, đã công khai hoặc không thuộc kỳ này. Hãy tải lại trang rồi chọn lại."
        )
        raise Refused(Problem("sheet_ids", "not_scored", words, {"count": len(set(asked)) - len(ids)}))
    if not ids:
        words = N_("Kỳ này chưa có phiếu nào đã chấm mà chưa công khai. Hãy chấm điểm trước.")
        raise Refused(Problem("", "nothing_to_publish", words))


def _publish(actor: Actor, ids: Collection[int]) -> list[int]:
    """Publish sheets within a scope without a person; returns those that were."""
    given = {"ids": list(ids), "today": clock.today(), "name": actor.name, "account": actor.account_id}
    done = list(db.session.scalars(_PUBLISH, given))
    reckoning.forget(done)
    national.note_sheets(done)
    return done


def correct(actor: Actor, sheet_id: int, reason: str) -> int:
    """Begin the correction of a published sheet: a copy of it, scored, that takes its place; returns the copy's id.

    The authority then scores the copy again and publishes it; the old one stays to be read. Raises `NotFound`,
    `Forbidden`, `Refused`.
    """
    reason = stepping.reason_of(reason)
    old = stepping.locked(sheet_id)
    stepping.judge(actor, old, Action.SUPERSEDE, reason)
    old.superseded_at = clock.now()
    old.version += 1
    db.session.flush()
    columns = [one.name for one in ScoreSheet.__table__.columns if one.name not in _NOT_COPIED]
    made: int = db.session.execute(
        insert(ScoreSheet)
        .values(
            **{name: getattr(old, name) for name in columns}, state=SheetState.SCORED.value, supersedes_id=old.id,
            correction=reason, recorded_by=actor.account_id,
        )
        .returning(ScoreSheet.id)
    ).scalar_one()  # fmt: skip
    _copy_work(old.id, made, actor)
    stepping.note_event(actor, old, "superseded", reason)
    new = stepping.locked(made)
    stepping.note_event(actor, new, "opened", reason)
    stepping.tell(actor, "corrected", new, reason, after={"supersedes_id": old.id})
    return made


def _copy_work(old_id: int, new_id: int, actor: Actor) -> None:
    """Copy the products of a sheet and their findings that hold to another sheet."""
    items, findings = Base.metadata.tables[WorkItem.__tablename__], Base.metadata.tables[WorkFinding.__tablename__]
    for one in (
        db.session.execute(select(items).where(items.c.sheet_id == old_id).order_by(items.c.id)).mappings().all()
    ):
        values = {name: one[name] for name in _COPIED_ITEMS}
        copied = db.session.execute(
            insert(items).values(**values, sheet_id=new_id, recorded_by=actor.account_id).returning(items.c.id)
        ).scalar_one()
        names = [findings.c[name] for name in _COPIED_FINDINGS]
        kept = select(*names).where(findings.c.item_id == one["id"], findings.c.withdrawn_on.is_(None))
        rows = [
            {**row, "item_id": copied, "recorded_by": actor.account_id} for row in db.session.execute(kept).mappings()
        ]
        if rows:
            db.session.execute(insert(findings), rows)


def drop_scored(sheet_ids: Collection[int]) -> None:
    """Mark sheets as superseded, within a scope without a person: others take their place in the same transaction."""
    db.session.execute(
        update(ScoreSheet)
        .where(ScoreSheet.id.in_(sheet_ids), ScoreSheet.superseded_at.is_(None))
        .values(superseded_at=clock.now(), version=ScoreSheet.version + 1)
        .execution_options(synchronize_session=False)
    )
    reckoning.forget(sheet_ids)
