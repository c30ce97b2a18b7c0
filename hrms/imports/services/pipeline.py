"""One pass over a file: read in chunks, judged, staged; then either told (a check) or written (an application).

The same pass serves both, so what is applied has been judged under the locks of its own transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Busy, HrmsError, Stale
from hrms.core.rules import N_, Problem
from hrms.imports.reading.fields import SHEETS
from hrms.imports.reading.files import Workbook
from hrms.imports.reading.headers import DataRow, TableReader
from hrms.imports.reading.parsed import Context
from hrms.imports.reading.records import RecordReader
from hrms.imports.registry import MAIN_SHEET, Importer, Run, Wanted
from hrms.imports.services.plans import columns_of, fields_of, open_file, sheet_of, to_read
from hrms.imports.services.references import build_context
from hrms.imports.services.telling import Teller, Told
from hrms.people.importer.staging import PEOPLE as STAGED

CHUNK = 2_000
TRIES = 3
LOCK = 7_310_402
"""The advisory lock under which one import at a time is applied."""


class NotAsShown(HrmsError):
    """Applying would not do what the preview showed, since records changed meanwhile; nothing was written."""

    status = 409


@dataclass(frozen=True, slots=True)
class Job:
    """What one pass works on. `batch_id` None: a trial of the command line, which keeps nothing."""

    importer: Importer
    actor: Actor
    plan: Mapping[str, Any]
    path: Path
    filename: str
    batch_id: int | None = None
    agency: str = ""
    keep_all: bool = False
    """Keep every row for the preview; otherwise only those refused or to be looked at."""
    expected: str = ""
    """The digest of the preview that was agreed to, "" when nobody saw one."""
    all_or_nothing: bool = False


@dataclass(slots=True)
class Outcome:
    """What a pass came to: `counts` as the batch keeps them; `digest` names exactly what would be written."""

    counts: dict[str, Any]
    errors: list[dict[str, Any]]
    digest: str
    written: bool = False
    moment: datetime | None = None
    timings: dict[str, float] = field(default_factory=dict)


class Pass:
    """One pass over one file, in a transaction and a scope of the caller's."""

    def __init__(self, job: Job, report: Callable[[int], None]) -> None:
        self.job = job
        self.report = report
        self.rows = 0
        self.timings: dict[str, float] = {}
        self.teller = Teller(keep_all=job.keep_all)
        self._mark = time.perf_counter()

    def timed(self, name: str) -> None:
        """Add the time since the last call to a stage."""
        now = time.perf_counter()
        self.timings[name] = self.timings.get(name, 0.0) + now - self._mark
        self._mark = now

    def read(self) -> Run:
        """Judge and stage every row of every sheet."""
        job = self.job
        context = build_context()
        run = job.importer.open(
            Wanted(job.actor, clock.today(), fields_of(job.plan), job.batch_id, job.agency,
                   str(job.plan.get("kind", "")), str(job.plan.get("override_reason", "")))
        )  # fmt: skip
        self.timed("prepare")
        with open_file(job.path, job.filename) as workbook:
            self.timed("open")
            for kept in job.plan["sheets"]:
                self._read_sheet(workbook, kept, run, context)
            for kind, refused in run.settle().items():
                for number, problem in refused:
                    self.teller.late.setdefault(kind, {}).setdefault(number, []).append(problem)
            self.timed("settle")
            self._tell_late(workbook)
        return run

    def _read_sheet(self, workbook: Workbook, kept: Mapping[str, Any], run: Run, context: Context) -> None:
        sheet = to_read(kept)
        reader = RecordReader(SHEETS[sheet.kind], columns_of(kept), sheet.mapping, context)
        told = Told.of(sheet, kept["columns"])
        main = sheet.kind == MAIN_SHEET
        if not main:
            run.open_part(sheet.kind)
        for rows in _chunks(TableReader(sheet_of(workbook, sheet.name), sheet.header).rows()):
            self.timed("read")
            records = [reader.read(row) for row in rows]
            self.timed("parse")
            verdicts = run.take(records) if main else run.take_part(sheet.kind, records)
            self.timed("judge")
            void = self.teller.tell(told, rows, verdicts)
            if void:
                run.void(void)
            self.rows += len(rows)
            self.report(self.rows)
            self.timed("tell")

    def _tell_late(self, workbook: Workbook) -> None:
        for kept in self.job.plan["sheets"]:
            wanted = self.teller.late.get(kept["kind"])
            if wanted:
                sheet = to_read(kept)
                rows = TableReader(sheet_of(workbook, sheet.name), sheet.header).rows()
                self.teller.tell_late(Told.of(sheet, kept["columns"]), {r.number: r for r in rows if r.number in wanted})

    def counts(self, run: Run) -> dict[str, Any]:
        """Return how many rows do what: of the main sheet, and of each further one under `sheets`."""
        tally = self.teller.tally
        sheets = {
            key: {"rows": p.rows, "created": p.created, "updated": p.updated, "unchanged": p.unchanged,
                  "refused": p.refused}
            for key, p in run.parts.items()
        }  # fmt: skip
        if any(kept["kind"] == MAIN_SHEET for kept in self.job.plan["sheets"]):
            created, changed, refused = tally["create"], tally["change"], tally["refused"]
            rows = sum(tally.values())
            updated = min(changed + run.touched_by_parts, rows - refused - created)
        else:
            rows, refused, created, updated = (
                sum(sheet[name] for sheet in sheets.values()) for name in ("rows", "refused", "created", "updated")
            )
        accepted = rows - refused
        return {
            "rows": rows, "accepted": accepted, "refused": refused, "created": created, "updated": updated,
            "unchanged": accepted - created - updated, "flagged": self.teller.flagged, "sheets": sheets,
        }  # fmt: skip


def check(job: Job, report: Callable[[int], None] = lambda _rows: None) -> Outcome:
    """Judge the whole file and keep what the preview shows, in the caller's transaction; nothing else is written."""
    work = Pass(job, report)
    run = work.read()
    if job.batch_id is not None:
        work.teller.keep(job.batch_id)
    work.timed("keep")
    return Outcome(work.counts(run), work.teller.errors, work.teller.digest.hexdigest(), timings=work.timings)


def apply(job: Job, report: Callable[[int], None] = lambda _rows: None) -> Outcome:
    """Judge the whole file again under locks and write what is accepted, in the caller's transaction.

    Raises `NotAsShown` when that is not what the preview showed; `Stale` when a record was edited meanwhile, and
    `IntegrityError` when another made a number its own: the caller rolls back and tries again (`retried`).
    """
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    work = Pass(job, report)
    run = work.read()
    counts = work.counts(run)
    digest = work.teller.digest.hexdigest()
    outcome = Outcome(counts, work.teller.errors, digest, timings=work.timings)
    if job.expected and digest != job.expected:
        words = N_("Hồ sơ đã thay đổi sau khi bạn xem trước nên kết quả sẽ khác. Hãy xem lại bảng mới rồi áp dụng.")
        raise NotAsShown(Problem("", "not_as_shown", words))
    something = counts["created"] or counts["updated"]
    refused = counts["refused"] + sum(sheet["refused"] for sheet in counts["sheets"].values())
    if not (job.all_or_nothing and refused):
        outcome.written = True
        if something or any(sheet["created"] or sheet["updated"] for sheet in counts["sheets"].values()):
            applier = run.lock()
            work.timed("lock")
            applied = run.apply(applier, lambda step: work.timed(f"before {step}"))
            outcome.moment = applied.moment
            work.timed("trail")
    if job.batch_id is not None and not job.expected:
        if outcome.moment is not None:
            work.teller.link_new(STAGED)
        work.teller.keep(job.batch_id)
    work.timed("keep")
    return outcome


def retried(once: Callable[[], Outcome]) -> Outcome:
    """Run a pass that writes; when a record changed under it, roll back and run it again, at most `TRIES` times.

    Raises `Busy` when the records never hold still.
    """
    for attempt in range(TRIES):
        try:
            return once()
        except (Stale, IntegrityError) as race:
            db.session.rollback()
            if attempt == TRIES - 1:
                words = N_("Hồ sơ trong tệp đang được người khác sửa liên tục. Chưa thay đổi gì; hãy áp dụng lại sau ít phút.")
                raise Busy(Problem("", "busy", words)) from race
    raise AssertionError


def _chunks(rows: Iterator[DataRow]) -> Iterator[list[DataRow]]:
    chunk: list[DataRow] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
