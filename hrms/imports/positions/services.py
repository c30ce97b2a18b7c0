"""What an approved list would do, doing it, and taking it back: a list is written whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import select

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, workbook
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.decisions import queries as decisions
from hrms.imports.models import ImportBatch
from hrms.imports.positions.reading import REASON, Listing, RefusedRow, read_list
from hrms.imports.services.batches import insert_batch
from hrms.positions import importer
from hrms.positions.services.quotas import Acceptance

KEY = "positions"
WHO = Permission.POSITIONS_MANAGE
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Brought:
    """A list as brought: the file, the agency, the decision that approved it, from when, and what is said of excess."""

    agency: Agency
    path: Path
    filename: str
    decision_id: int
    on: date
    reason: str = ""
    solve_by: date | None = None

    @property
    def acceptance(self) -> Acceptance | None:
        """Return why a cut below the people present is made all the same, None when nothing is said."""
        return Acceptance(self.reason, self.solve_by) if self.reason else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a list comes to: the file as read, what would be done, everything refused in the order of the file."""

    listing: Listing
    plan: importer.Plan
    refused: Sequence[RefusedRow]

    @property
    def refused_rows(self) -> int:
        """Return how many rows have something wrong."""
        return len({one.row for one in self.refused})

    @property
    def is_ready(self) -> bool:
        """Say whether the list can be written: nothing wrong, and something new."""
        return not self.refused and any(one.is_news for one in self.plan.entries)


def preview(actor: Actor, brought: Brought) -> Outcome:
    """Return what a list would do; nothing is written. Raises `Forbidden`, `NotFound`, `UnreadableFile`."""
    actor.require(WHO, at=brought.agency.scope_ids)
    listing = read_list(brought.path, brought.filename)
    plan = importer.preview(actor, brought.agency, listing.rows, brought.on, brought.acceptance)
    for row, problems in listing.problems.items():
        plan.refuse(row, problems)
    refused = [listing.at(row, problem) for row in sorted(plan.problems) for problem in plan.problems[row]]
    return Outcome(listing, plan, refused)


def apply(actor: Actor, brought: Brought, digest: str, size: int) -> ImportBatch:
    """Write a list and its batch in the caller's transaction. Raises as `preview`, and `Refused` with every reason."""
    actor.require(WHO, at=brought.agency.scope_ids)
    listing = read_list(brought.path, brought.filename)
    if listing.problems:
        raise Refused(*[problem for problems in listing.problems.values() for problem in problems])
    decisions.get_decision(brought.decision_id)
    plan = {"decision_id": brought.decision_id, "effective_on": brought.on.isoformat()}
    batch_id = insert_batch(
        actor, brought.agency, brought.filename, digest, size, state="applied", plan=plan, importer=KEY
    )
    told = importer.apply_list(
        actor, brought.agency, listing.rows, brought.on, decision_id=brought.decision_id, batch_id=batch_id,
        acceptance=brought.acceptance,
    )  # fmt: skip
    batch = db.session.get_one(ImportBatch, batch_id)
    batch.counts = {**told.counts, "rows": len(listing.rows)}
    batch.plan = {**batch.plan, "before": told.before}
    batch.applied_at = clock.now()
    db.session.flush()
    audit.record(
        actor, "positions.list_imported", "position_import", batch.id, scope_ids=batch.scope_ids,
        agency_id=batch.agency_id, after=audit.plain({"filename": batch.filename, **told.counts}),
    )  # fmt: skip
    return batch


def undo(actor: Actor, list_id: int, *, reason: str) -> importer.Undone:
    """Take a written list back. Raises `NotFound`, `Forbidden`, `Refused`: without a reason, undone already, in use."""
    batch = get_list(actor, list_id, lock=True)
    if batch.state == "undone":
        raise Refused(Problem("", "already_undone", N_("Đợt nhập này đã được hoàn tác; không hoàn tác lần nữa.")))
    if not reason.strip():
        raise Refused(Problem("reason", "required", N_("Chưa ghi lý do hoàn tác. Hãy ghi danh sách sai ở đâu.")))
    agency = db.session.get_one(Agency, batch.agency_id)
    undone = importer.undo_list(
        actor, agency, batch.id, batch.plan.get("before", ()), batch.plan.get("decision_id"), reason.strip()
    )
    batch.state, batch.undone_at = "undone", clock.now()
    batch.version += 1
    told = {"reversed": undone.reversed, "restored": undone.restored, "kept": len(undone.kept)}
    batch.counts = {**batch.counts, "undone": told}
    db.session.flush()
    audit.record(
        actor, "positions.list_undone", "position_import", batch.id, scope_ids=batch.scope_ids,
        agency_id=batch.agency_id, after=told, reason=reason.strip(),
    )  # fmt: skip
    return undone


def get_list(actor: Actor, list_id: int, *, lock: bool = False) -> ImportBatch:
    """Return a written list of the actor's part. Raises `NotFound`."""
    query = select(ImportBatch).where(ImportBatch.id == list_id, ImportBatch.importer == KEY)
    if lock:
        query = query.with_for_update()
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None or not actor.may(WHO, at=found.scope_ids):
        raise missing("batch")
    return found


def list_lists(actor: Actor, limit: int = SHOWN) -> Sequence[ImportBatch]:
    """Return the lists written last in the actor's part, newest first."""
    actor.require(WHO)
    query = select(ImportBatch).where(ImportBatch.importer == KEY).order_by(ImportBatch.id.desc()).limit(limit)
    return db.session.scalars(query).all()


def mistakes_book(found: Outcome) -> BytesIO:
    """Return the whole list as a workbook, the reasons beside rows refused, to be put right and brought again."""
    why: dict[int, list[str]] = {}
    for one in found.refused:
        why.setdefault(one.row, []).append(render(one.problem))
    width = len(found.listing.headers)
    rows = [
        [*(_cells(found.listing.raw[row.number], width)), " ".join(why.get(row.number, ()))]
        for row in found.listing.rows
    ]
    headers = [*(header.rpartition(" / ")[2] for header in found.listing.headers), REASON]
    return workbook.in_memory(_("Danh sách vị trí"), headers, rows, widths=(*(16,) * width, 80))


def _cells(cells: Sequence[Any], width: int) -> list[Any]:
    made = list(cells[:width]) + [""] * (width - len(cells))
    return ["" if isinstance(one, bool) else one for one in made]


def counts_of(batch: ImportBatch) -> Mapping[str, int]:
    """Return the figures of a batch."""
    return {name: int(value) for name, value in batch.counts.items() if isinstance(value, int)}
