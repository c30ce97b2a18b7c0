"""One pass over a file: read in chunks, judged, staged; then either told (a check) or written (an application).

The same pass serves both, so what is applied has been judged under the locks of its own transaction.
"""

from __future__ import annotations

import gc
import marshal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from operator import itemgetter
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

CHUNK = 300
_PLAIN = 2
"""The format of `marshal` without references: equal values make equal bytes."""
READING_VERSION = 1
"""To be raised when the meaning of a cell changes: rows imported before are then judged anew."""
_NO_CHUNK: tuple[list[DataRow], list[bytes]] = ([], [])
TRIES = 3
LOCK = 7_310_402
"""The advisory lock under which one import at a time is applied."""


class NotAsShown(HrmsError):
    """Applying would not do what the preview showed, since records changed meanwhile; nothing was written."""

    status = 409


class RowsRefused(HrmsError):
    """All or nothing was asked for, and some rows are refused; nothing may be committed of the pass."""

    status = 422

    def __init__(self, outcome: Outcome) -> None:
        words = N_(
            "Có %(count)s dòng bị từ chối nên không ghi dòng nào. Hãy sửa các dòng đó, hoặc chỉ ghi các dòng đạt."
        )
        refused = outcome.counts["refused"] + sum(sheet["refused"] for sheet in outcome.counts["sheets"].values())
        super().__init__(Problem("", "rows_refused", words, {"count": refused}))
        self.outcome = outcome


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
    workbook: Workbook | None = None
    """The file, where the caller has opened it already."""
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

    def __init__(self, job: Job, report: Callable[[int], None], *, writing: bool) -> None:
        self.job = job
        self.report = report
        self.writing = writing
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
        job, plan = self.job, self.job.plan
        context = build_context()
        main = [kept for kept in plan["sheets"] if kept["kind"] == MAIN_SHEET]
        further = [kept for kept in plan["sheets"] if kept["kind"] != MAIN_SHEET]
        run = job.importer.open(
            Wanted(job.actor, clock.today(), fields_of(plan), job.batch_id, job.agency, str(plan.get("kind", "")),
                   str(plan.get("override_reason", "")), self.writing, bool(further))
        )  # fmt: skip
        self.teller.wait = run.wait
        self.timed("prepare")
        with _opened(job) as workbook, _few_collections():
            self.timed("open")
            try:
                for kept in main:
                    self._read_main(workbook, kept, run, context)
                run.finish_people()
                self.timed("finish people")
                for kept in further:
                    self._read_further(workbook, kept, run, context)
                for kind, refused in run.settle().items():
                    for number, problem in refused:
                        self.teller.late.setdefault(kind, {}).setdefault(number, []).append(problem)
                self.timed("settle")
                self._tell_late(workbook)
            finally:
                run.close()
        return run

    def _read_main(self, workbook: Workbook, kept: Mapping[str, Any], run: Run, context: Context) -> None:
        sheet = to_read(kept)
        reader = RecordReader(SHEETS[sheet.kind], columns_of(kept), sheet.mapping, context)
        told = Told.of(sheet, kept["columns"])
        names = RowNames(sheet.mapping, terms=(self.job.agency, str(self.job.plan.get("kind", "")), context))
        table = TableReader(sheet_of(workbook, sheet.name), sheet.header)
        chunks = self._named(_chunks(table.rows()), names)
        rows, digests = next(chunks, _NO_CHUNK)
        known = run.recall(digests)
        while rows:
            # The next rows are read and this chunk's are parsed while the database inserts those before: it is asked
            # for the first time after that.
            following = next(chunks, _NO_CHUNK)
            unknown = [(row, digest) for row, digest in zip(rows, digests, strict=True) if digest not in known]
            records = [reader.read(row) for row, _digest in unknown]
            self.timed("parse")
            recalled = run.recall(following[1])
            self.teller.make_room()
            self.timed("recall")
            judged = iter(run.take(records, [digest for _row, digest in unknown]) if records else ())
            verdicts = [
                run.take_recalled(row.number, known[digest]) if digest in known else next(judged)
                for row, digest in zip(rows, digests, strict=True)
            ]
            self.timed("judge")
            self._told(told, rows, verdicts, run)
            (rows, digests), known = following, recalled

    def _named(self, chunks: Iterator[list[DataRow]], names: RowNames) -> Iterator[tuple[list[DataRow], list[bytes]]]:
        for rows in chunks:
            self.timed("read")
            digests = [names.digest(row) for row in rows]
            self.timed("digest")
            yield rows, digests

    def _read_further(self, workbook: Workbook, kept: Mapping[str, Any], run: Run, context: Context) -> None:
        sheet = to_read(kept)
        reader = RecordReader(SHEETS[sheet.kind], columns_of(kept), sheet.mapping, context)
        told = Told.of(sheet, kept["columns"])
        run.open_part(sheet.kind)
        for rows in _chunks(TableReader(sheet_of(workbook, sheet.name), sheet.header).rows()):
            self.timed("read")
            records = [reader.read(row) for row in rows]
            self.timed("parse")
            verdicts = run.take_part(sheet.kind, records)
            self.teller.make_room()
            self.timed("judge")
            self._told(told, rows, verdicts, run)

    def _told(self, told: Told, rows: list[DataRow], verdicts: list[Any], run: Run) -> None:
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
                self.teller.tell_late(
                    Told.of(sheet, kept["columns"]), {r.number: r for r in rows if r.number in wanted}
                )

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
    work = Pass(job, report, writing=False)
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
    work = Pass(job, report, writing=True)
    run = work.read()
    counts = work.counts(run)
    digest = work.teller.digest.hexdigest()
    outcome = Outcome(counts, work.teller.errors, digest, timings=work.timings)
    if job.expected and digest != job.expected:
        words = N_("Hồ sơ đã thay đổi sau khi bạn xem trước nên kết quả sẽ khác. Hãy xem lại bảng mới rồi áp dụng.")
        raise NotAsShown(Problem("", "not_as_shown", words))
    something = counts["created"] or counts["updated"]
    refused = counts["refused"] + sum(sheet["refused"] for sheet in counts["sheets"].values())
    if job.all_or_nothing and refused:
        raise RowsRefused(outcome)
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
                words = N_(
                    "Hồ sơ trong tệp đang được người khác sửa liên tục. Chưa thay đổi gì; hãy áp dụng lại sau ít phút."
                )
                raise Busy(Problem("", "busy", words)) from race
    raise AssertionError


@contextmanager
def _opened(job: Job) -> Iterator[Workbook]:
    if job.workbook is not None:
        yield job.workbook
    else:
        with open_file(job.path, job.filename) as workbook:
            yield workbook


@contextmanager
def _few_collections() -> Iterator[None]:
    """Look for cycles seldom while millions of values come and go that form none."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class RowNames:
    """Names rows by what they say: mapped cells, mapping, the terms of the batch and all names a cell can stand for."""

    def __init__(self, mapping: Mapping[int, str], terms: tuple[str, str, Context]) -> None:
        agency, kind, context = terms
        self._places = sorted(index for index in mapping if index >= 0)
        self._width = (self._places[-1] + 1) if self._places else 0
        self._take: Callable[[list[Any]], Any] = itemgetter(*self._places) if self._places else tuple
        self._grouped = any(index < 0 for index in mapping)
        names = [(name, known.fingerprint()) for name, known in sorted(context.catalogues.items())]
        start = repr((READING_VERSION, sorted(mapping.items()), agency, kind, names))
        self._start = blake2b(start.encode(), digest_size=16)

    def digest(self, row: DataRow) -> bytes:
        """Return the row's name."""
        cells = row.cells
        if len(cells) < self._width:
            cells = cells + [""] * (self._width - len(cells))
        found = self._start.copy()
        said = self._take(cells)
        try:
            found.update(marshal.dumps(said, _PLAIN))
        except ValueError:
            found.update(repr(said).encode())
        if self._grouped:
            found.update(row.group.encode())
        return found.digest()


def _chunks(rows: Iterator[DataRow]) -> Iterator[list[DataRow]]:
    chunk: list[DataRow] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
