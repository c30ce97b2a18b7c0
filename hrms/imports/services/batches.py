"""A batch from upload to undo, as requests ask for it; the work itself is done by jobs (`running`).

Each request moves the batch to the state that its job looks for, in the transaction that defers the job: asked twice,
done once.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import IO, Any

from sqlalchemy import insert, select

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import jobs
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.imports.models import ImportBatch
from hrms.imports.reading.fields import SHEETS
from hrms.imports.reading.sniff import sniff
from hrms.imports.services import storage
from hrms.imports.services.plans import check_plan
from hrms.imports.services.profiles import save_profile

NAME_LENGTH = 200


def agency_for(actor: Actor, agency_id: int) -> Agency:
    """Return the agency a batch is for. Raises `NotFound` where the actor may not import."""
    agency = db.session.get(Agency, agency_id)
    if agency is None or not actor.may(Permission.IMPORTS_RUN, at=agency.scope_ids):
        raise missing("agency")
    return agency


def insert_batch(
    actor: Actor,
    agency: Agency,
    filename: str,
    digest: str,
    size: int,
    *,
    state: str,
    plan: Mapping[str, Any] | None = None,
    importer: str = "people",
) -> int:
    """Insert a batch and return its id; the event is in the same transaction."""
    name = nfc(PurePath(filename.replace("\\", "/")).name)[:NAME_LENGTH] or "tệp"
    batch_id = int(
        db.session.execute(
            insert(ImportBatch)
            .values(
                importer=importer, account_id=actor.account_id, agency_id=agency.id, scope_ids=agency.scope_ids,
                filename=name, file_hash=digest, file_size=size, state=state,
                plan={**(plan or {}), "by": actor.account_id},
            )
            .returning(ImportBatch.id)
        ).scalar_one()
    )  # fmt: skip
    audit.record(
        actor, "import.uploaded", "import", batch_id, scope_ids=agency.scope_ids, agency_id=agency.id,
        after={"filename": name, "size": size, "hash": digest},
    )  # fmt: skip
    return batch_id


def create_batch(actor: Actor, agency_id: int, stream: IO[bytes], filename: str) -> int:
    """Keep an uploaded file, make its batch and ask for it to be read; returns the batch's id.

    Raises `UnreadableFile` at once for what is plainly no list: empty, a picture, locked with a password.
    """
    actor.require(Permission.IMPORTS_RUN)
    agency = agency_for(actor, agency_id)
    digest, size = storage.keep(stream)
    sniff(storage.path_of(digest))
    batch_id = insert_batch(actor, agency, filename, digest, size, state="uploaded")
    _defer(batch_id, "imports.read")
    return batch_id


def change_mapping(
    actor: Actor,
    batch_id: int,
    mappings: Mapping[str, Mapping[str, str]],
    *,
    kind: str = "",
    override_reason: str = "",
    profile_name: str = "",
    version: int | None = None,
) -> ImportBatch:
    """Take the officer's mapping (sheet name → column number → field, "" for none) and ask for the check.

    A sheet that is not named is left out. Raises `Refused` with everything wrong, `Stale` when another corrected it.
    """
    batch = _lock(actor, batch_id, {"mapped"}, version)
    sheets = []
    for sheet in batch.plan["sheets"]:
        if sheet["name"] in mappings:
            given = mappings[sheet["name"]]
            allowed = {str(column["index"]) for column in sheet["columns"]}
            sheets.append({**sheet, "mapping": {i: k for i, k in given.items() if k and i in allowed}})
    plan = {**batch.plan, "sheets": sheets, "kind": kind, "override_reason": override_reason.strip()[:300]}
    problems = check_plan(actor, plan, batch.scope_ids)
    if problems:
        raise Refused(*[problem for _sheet, problem in problems])
    dropped = [s for s in batch.plan["sheets"] if s["name"] not in mappings]
    plan["set_aside"] = [*batch.plan.get("set_aside", []), *dropped]
    batch.plan = plan
    if profile_name.strip():
        main = next((s for s in sheets if s["kind"] == next(iter(SHEETS))), sheets[0])
        save_profile(actor, batch, main, profile_name)
    _move(batch, "checking")
    _ask(batch, actor, "imports.check")
    return batch


def reopen_mapping(actor: Actor, batch_id: int, *, version: int | None = None) -> None:
    """Go back from the preview, or from a failed check, to the mapping."""
    batch = _lock(actor, batch_id, {"ready", "failed", "mapped"}, version)
    if not batch.plan.get("sheets"):
        raise Refused(Problem("", "not_read", N_("Tệp này chưa đọc được nên không có cột để ghép. Hãy tải lại tệp.")))
    back = batch.plan.get("set_aside", [])
    order = list(SHEETS)
    sheets = sorted([*batch.plan["sheets"], *back], key=lambda sheet: order.index(sheet["kind"]))
    batch.plan = {**batch.plan, "sheets": sheets, "set_aside": []}
    batch.failure = None
    _move(batch, "mapped")


def recheck(actor: Actor, batch_id: int) -> None:
    """Check again what was checked before, since records changed."""
    batch = _lock(actor, batch_id, {"ready"})
    _move(batch, "checking")
    _ask(batch, actor, "imports.check")


def ask_apply(actor: Actor, batch_id: int, mode: str, *, version: int | None = None) -> None:
    """Ask for what the preview shows to be written: `mode` "all" (every row or nothing) or "good" (only good rows).

    Asked again while it is being done or after, nothing happens. Raises `Refused` for "all" while rows are refused.
    """
    batch = _lock(actor, batch_id, {"ready", "applying", "applied"})
    if batch.state != "ready":
        return
    if version is not None and version != batch.version:
        raise Stale
    if mode not in {"all", "good"}:
        raise Refused(Problem("mode", "unknown_mode", N_("Hãy chọn áp dụng tất cả hoặc chỉ các dòng đạt.")))
    counts = batch.counts
    if mode == "all" and _refused(counts):
        words = N_("Có %(count)s dòng bị từ chối nên không áp dụng tất cả được. Hãy chọn chỉ áp dụng các dòng đạt.")
        raise Refused(Problem("mode", "rows_refused", words, {"count": _refused(counts)}))
    if not counts.get("accepted") and not any(s["created"] or s["updated"] for s in counts.get("sheets", {}).values()):
        raise Refused(
            Problem("mode", "nothing_accepted", N_("Không có dòng nào đạt để áp dụng. Hãy sửa tệp rồi tải lại."))
        )
    batch.plan = {**batch.plan, "mode": mode}
    _move(batch, "applying")
    _ask(batch, actor, "imports.apply")


def _refused(counts: Mapping[str, Any]) -> int:
    return int(counts.get("refused", 0)) + sum(int(s["refused"]) for s in counts.get("sheets", {}).values())


def ask_undo(actor: Actor, batch_id: int) -> None:
    """Ask for a batch to be undone; asked again meanwhile, nothing happens. Raises `Refused` once undone."""
    batch = _lock(actor, batch_id, {"applied", "undoing", "undone"})
    if batch.state == "undone":
        raise Refused(Problem("", "already_undone", N_("Đợt nhập này đã được hoàn tác; không hoàn tác lần nữa.")))
    if batch.state == "applied":
        _move(batch, "undoing")
        _ask(batch, actor, "imports.undo")


def cancel(actor: Actor, batch_id: int) -> None:
    """Give a batch up before it is applied; nothing of it is written. One that is over stays as it is."""
    batch = _lock(actor, batch_id, None)
    if batch.state in {"uploaded", "reading", "mapped", "checking", "ready", "applying"}:
        _move(batch, "cancelled")
        audit.record(
            actor, "import.cancelled", "import", batch.id, scope_ids=batch.scope_ids, agency_id=batch.agency_id,
            after={"filename": batch.filename},
        )  # fmt: skip


def _lock(actor: Actor, batch_id: int, states: set[str] | None, version: int | None = None) -> ImportBatch:
    """Return the batch, locked; raise `NotFound` beyond scope, `Stale` when it moved on or is in another state."""
    actor.require(Permission.IMPORTS_RUN)
    batch = db.session.scalars(
        select(ImportBatch)
        .where(ImportBatch.id == batch_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if batch is None or not actor.may(Permission.IMPORTS_RUN, at=batch.scope_ids):
        raise missing("batch")
    if (states is not None and batch.state not in states) or (version is not None and version != batch.version):
        raise Stale
    return batch


def _move(batch: ImportBatch, state: str) -> None:
    batch.state = state
    batch.done = batch.total = 0
    batch.version += 1


def _ask(batch: ImportBatch, actor: Actor, job: str) -> None:
    batch.plan = {**batch.plan, "by": actor.account_id}
    db.session.flush()
    _defer(batch.id, job)


def _defer(batch_id: int, job: str) -> None:
    jobs.defer(job, batch_id=batch_id)
