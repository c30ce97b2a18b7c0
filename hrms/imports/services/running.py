"""What the jobs do: read, check, apply, undo. Each finds its batch in the state that asked for it, or does nothing.

Progress and failure are written beside the work's own transaction, so that they are seen at once; the work itself ends
with the batch's new state in the same transaction. A worker killed in the middle leaves nothing but the request, and
the job is done again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from hrms.accounts import queries as accounts
from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import HrmsError
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.imports.models import ImportBatch
from hrms.imports.reading.headers import TableReader
from hrms.imports.registry import IMPORTERS
from hrms.imports.services import storage
from hrms.imports.services.messages import pack
from hrms.imports.services.pipeline import LOCK, Job, NotAsShown, Outcome, apply, check, retried
from hrms.imports.services.plans import build_plan, open_file, sheet_of, to_read
from hrms.people.importer.terms import code_of

log = logging.getLogger(__name__)

UNDO_KEPT_TOLD = 200


class Cancelled(Exception):
    """The batch was given up while its job was working."""


def read_batch(batch_id: int) -> None:
    """Read an uploaded file and propose a mapping."""
    batch = _begin(batch_id, ("uploaded", "reading"), "reading")
    if batch is None:
        return
    with _failing(batch_id, ("reading",)):
        actor = _actor(batch)
        scope.enter_for(actor, Permission.IMPORTS_RUN)
        path = storage.path_of(batch.file_hash)
        with open_file(path, batch.filename) as workbook:
            plan = build_plan(workbook, actor.scope(Permission.IMPORTS_RUN))
            total = 0
            for kept in plan["sheets"]:
                sheet = to_read(kept)
                kept["rows"] = sum(1 for _row in TableReader(sheet_of(workbook, sheet.name), sheet.header).rows())
                total += kept["rows"]
        with transaction():
            _end(batch_id, "reading", state="mapped", plan={**plan, "by": batch.plan.get("by")}, total=total)


def check_batch(batch_id: int) -> None:
    """Judge every row of a mapped file and keep what the preview shows."""
    batch = _begin(batch_id, ("checking",), "checking")
    if batch is None:
        return
    with _failing(batch_id, ("checking",)):
        actor = _actor(batch)
        scope.enter_for(actor, Permission.IMPORTS_RUN)
        with transaction():
            outcome = check(_job(batch, actor, keep_all=True), _reporter(batch))
            _end(
                batch_id,
                "checking",
                state="ready",
                done=_total(batch),
                counts={**outcome.counts, "digest": outcome.digest},
            )


def apply_batch(batch_id: int) -> None:
    """Write what the preview showed, in one transaction; when it would now be something else, show that instead."""
    batch = _begin(batch_id, ("applying",), "applying")
    if batch is None:
        return
    with _failing(batch_id, ("applying",)):
        actor = _actor(batch)
        scope.enter_for(actor, Permission.IMPORTS_RUN)
        job = _job(
            batch, actor, expected=str(batch.counts.get("digest", "")), all_or_nothing=batch.plan.get("mode") == "all"
        )
        try:
            retried(lambda: _apply_once(batch, job))
        except NotAsShown:
            db.session.rollback()
            with transaction():
                outcome = check(_job(batch, actor, keep_all=True), _reporter(batch))
                counts = {**outcome.counts, "digest": outcome.digest, "moved": True}
                _end(batch_id, "applying", state="ready", counts=counts)


def _apply_once(batch: ImportBatch, job: Job) -> Outcome:
    with transaction():
        outcome = apply(job, _reporter(batch))
        finish_applied(job.actor, batch.id, batch.scope_ids, batch.agency_id, outcome, "applying")
    return outcome


def finish_applied(
    actor: Actor, batch_id: int, scope_ids: list[int], agency_id: int, outcome: Outcome, came_from: str
) -> None:
    """Note in the transaction of the writing that the batch is applied: its counts, its instant, its event."""
    counts = outcome.counts
    # The instant of the facts is the batch's own: undoing finds by it what was written and what was superseded.
    _end(batch_id, came_from, state="applied", counts={**counts, "digest": outcome.digest},
         applied_at=outcome.moment or func.clock_timestamp())  # fmt: skip
    told = {name: counts[name] for name in ("rows", "accepted", "refused", "created", "updated", "unchanged")}
    audit.record(actor, "import.applied", "import", batch_id, scope_ids=scope_ids, agency_id=agency_id, after=told)


def undo_asked(batch_id: int) -> None:
    """Undo an applied batch, in one transaction."""
    batch = _begin(batch_id, ("undoing",), "undoing")
    if batch is None:
        return
    with _failing(batch_id, ("undoing",), back="applied"):
        actor = _actor(batch)
        scope.enter_for(actor, Permission.IMPORTS_RUN)
        with transaction():
            undo_now(actor, batch, "undoing")


def undo_now(actor: Actor, batch: ImportBatch, came_from: str) -> dict[str, Any]:
    """Undo a batch in the caller's transaction and return what that came to: deleted, restored, kept."""
    actor.require(Permission.IMPORTS_RUN, at=batch.scope_ids)
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    undone = IMPORTERS[batch.importer].undo(actor, batch.id, batch.applied_at or clock.now())
    told = {"deleted": undone.deleted, "restored": undone.restored, "kept": len(undone.kept)}
    _end(batch.id, came_from, state="undone", counts={**batch.counts, "undone": told}, undone_at=func.clock_timestamp())
    audit.record(
        actor, "import.undone", "import", batch.id, scope_ids=batch.scope_ids, agency_id=batch.agency_id, after=told
    )
    return {**told, "names": [name for _id, name in undone.kept[:UNDO_KEPT_TOLD]]}


def heal(batch: ImportBatch) -> bool:
    """Mark a batch failed whose job is over without having moved it, as after a lost database; returns whether it was.

    Asked when somebody looks at a batch that seems to be at work.
    """
    alive = db.session.execute(
        text(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = ANY (:names) AND status IN ('todo', 'doing')"
            " AND (args ->> 'batch_id')::bigint = :batch"
        ),
        {"batch": batch.id, "names": ["imports.read", "imports.check", "imports.apply", "imports.undo"]},
    ).scalar_one()
    if alive or batch.state not in {"uploaded", "reading", "checking", "applying", "undoing"}:
        return False
    lost = Problem("", "lost", N_("Việc này bị ngắt giữa chừng; chưa thay đổi gì. Hãy làm lại."))
    _put(batch.id, (batch.state,), state="applied" if batch.state == "undoing" else "failed", failure=pack(lost))
    return True


# The batch beside the work's transaction ------------------------------------------------------------------------


def _begin(batch_id: int, states: tuple[str, ...], state: str) -> ImportBatch | None:
    """Return the batch when it waits for this work, moved to `state`; None when it does not (any more)."""
    if not _put(batch_id, states, state=state, done=0, failure=None):
        return None
    with scope.everything():
        batch = db.session.scalars(select(ImportBatch).where(ImportBatch.id == batch_id)).one()
        db.session.expunge(batch)
    db.session.rollback()
    return batch


def _put(batch_id: int, states: tuple[str, ...], **values: Any) -> bool:
    """Write to the batch in a transaction of its own, if it is in one of `states`; say whether it was."""
    statement = update(ImportBatch).where(ImportBatch.id == batch_id, ImportBatch.state.in_(states))
    with db.engine.begin() as connection:
        everything = scope.literal(scope.ALL.people)
        connection.execute(text("SELECT set_config('hrms.scope', :scope, true)"), {"scope": everything})
        return bool(connection.execute(statement.values(**values)).rowcount)


def _end(batch_id: int, came_from: str, **values: Any) -> None:
    """Move the batch on in the work's own transaction. Raises `Cancelled` when it was given up meanwhile."""
    statement = (
        update(ImportBatch)
        .where(ImportBatch.id == batch_id, ImportBatch.state == came_from)
        .values(version=ImportBatch.version + 1, **values)
    )
    if db.session.execute(statement.execution_options(synchronize_session=False)).rowcount == 0:  # type: ignore[attr-defined] # a cursor result
        raise Cancelled


@contextmanager
def _failing(batch_id: int, states: tuple[str, ...], back: str = "failed") -> Iterator[None]:
    """Give the batch the sentence of whatever ends the work; a defect is raised again, for the log."""
    try:
        yield
    except Cancelled:
        db.session.rollback()
    except HrmsError as error:
        db.session.rollback()
        _put(batch_id, states, state=back, failure=pack(error.problems[0]))
    except (DBAPIError, OSError) as error:
        db.session.rollback()
        log.exception("import work failed")
        _put(batch_id, states, state=back, failure=pack(_technical(error)))
    except BaseException:
        db.session.rollback()
        defect = Problem(
            "", "defect", N_("Chương trình gặp lỗi và chưa thay đổi gì. Hãy báo quản trị viên số của đợt nhập này.")
        )
        _put(batch_id, states, state=back, failure=pack(defect))
        raise


def _technical(error: DBAPIError | OSError) -> Problem:
    from psycopg import errors as pg

    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, pg.DiskFull) or (isinstance(cause, OSError) and cause.errno == 28):
        return Problem(
            "",
            "disk_full",
            N_("Máy chủ hết chỗ trên đĩa nên chưa ghi gì. Hãy báo quản trị viên giải phóng đĩa rồi làm lại."),
        )
    if isinstance(cause, FileNotFoundError):
        return Problem("", "file_gone", N_("Tệp đã tải lên không còn được giữ. Hãy tải lại tệp."))
    return Problem("", "database", N_("Cơ sở dữ liệu bị ngắt giữa chừng nên chưa ghi gì. Hãy làm lại sau ít phút."))


def _actor(batch: ImportBatch) -> Actor:
    """Return who asked for the work, with the rights held now. Raises `Forbidden` where they no longer reach."""
    by = batch.plan.get("by")
    actor = accounts.actor_of(int(by), via="job") if by is not None else Actor.system(via="job")
    db.session.rollback()
    actor.require(Permission.IMPORTS_RUN, at=batch.scope_ids)
    return actor


def _job(batch: ImportBatch, actor: Actor, **options: Any) -> Job:
    return Job(
        IMPORTERS[batch.importer], actor, batch.plan, storage.path_of(batch.file_hash), batch.filename, batch.id,
        default_agency(batch.agency_id), **options,
    )  # fmt: skip


def default_agency(agency_id: int) -> str:
    """Return the code rows get that name no agency: the batch's own; "" for the province as a whole."""
    agency = db.session.get(Agency, agency_id)
    return "" if agency is None or agency.parent_id is None else code_of(agency.id, agency.code)


def _total(batch: ImportBatch) -> int:
    return sum(int(sheet.get("rows", 0)) for sheet in batch.plan.get("sheets", ()))


def _reporter(batch: ImportBatch) -> Callable[[int], None]:
    total, state = _total(batch), batch.state

    def report(done: int) -> None:
        if not _put(batch.id, (state,), done=done, total=max(total, done)):
            raise Cancelled

    return report
