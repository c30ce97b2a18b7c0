"""What a pass tells of each row: kept for the preview, the result page and the workbook of refused rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.i18n import render
from hrms.core.rules import Problem
from hrms.imports.reading.cells import column_name
from hrms.imports.reading.fields import SHEETS
from hrms.imports.reading.headers import DataRow
from hrms.imports.reading.parsed import shown
from hrms.imports.registry import MAIN_SHEET
from hrms.imports.services.messages import pack, pack_cells
from hrms.imports.services.plans import SheetToRead
from hrms.people.importer import CHANGE, CREATE, REFUSED, SAME, Verdict
from hrms.people.importer.run import twin
from hrms.people.importer.staging import copy_lines

ERRORS_TOLD = 100
ORDER = {key: place for place, key in enumerate(SHEETS)}
_TABLE = "import_told"
_BUFFER = 500
_OUTCOMES = (SAME, CREATE, CHANGE, REFUSED)
_COLUMNS = ("sheet", "row_no", "outcome", "person_id", "cells", "problems", "changes")
_JOINED = {
    "rank": ("rank_code", "rank_name"),
    "using_agency": ("using_agency_code", "using_agency", "unit_code"),
    "managing_agency": ("managing_agency_code", "managing_agency"),
    "birth_date": ("birth_date", "birth_date_male", "birth_date_female"),
    "sex": ("sex", "birth_date_male"),
}
"""Where to look for the cell of a field that several columns can give."""


@dataclass(slots=True)
class Told:
    """A sheet as its rows are told of: header and place of each field."""

    key: str
    name: str
    paths: dict[str, str]
    places: dict[str, int]

    @classmethod
    def of(cls, sheet: SheetToRead, columns: Sequence[Mapping[str, Any]]) -> Told:
        """Return it for a sheet of the plan."""
        paths = {column["index"]: column["path"] for column in columns}
        return cls(
            sheet.kind,
            sheet.name,
            {key: paths.get(index, key) for index, key in sheet.mapping.items()},
            {key: index for index, key in sheet.mapping.items()},
        )

    def where(self, problem: Problem, cells: Sequence[Any]) -> tuple[str, str, str]:
        """Return header, value and column letter of the cell a problem is about, "" where it is about none."""
        for key in _JOINED.get(problem.field, (problem.field,)):
            place = self.places.get(key)
            if place is not None:
                value = cells[place] if 0 <= place < len(cells) else ""
                return self.paths[key], "" if value == "" else shown(value), column_name(place) if place >= 0 else ""
        return str(problem.params.get("column", "")), str(problem.params.get("value", "")), ""

    def text_at(self, key: str, cells: Sequence[Any]) -> str:
        """Return a field's cell as shown, "" when it has none."""
        place = self.places.get(key, -1)
        return shown(cells[place]) if 0 <= place < len(cells) and cells[place] != "" else ""


class Teller:
    """Counts the verdicts and keeps the rows worth showing: the whole main sheet, or those not plainly accepted."""

    def __init__(self, *, keep_all: bool) -> None:
        self.keep_all = keep_all
        self._lines: list[str] = []
        self.wait: Callable[[], None] = lambda: None
        self.tally = {"create": 0, "change": 0, "same": 0, "refused": 0}
        self.flagged = 0
        self.errors: list[dict[str, Any]] = []
        self.digest = blake2b(digest_size=16)
        self.late: dict[str, dict[int, list[Problem]]] = {}
        self._outcome = bytearray()
        db.session.connection().exec_driver_sql(
            f"CREATE TEMPORARY TABLE {_TABLE} (sheet integer, row_no integer, outcome text, "
            "person_id bigint, cells text,"
            " problems text, changes text) ON COMMIT DROP"
        )

    def tell(self, sheet: Told, rows: Sequence[DataRow], verdicts: Sequence[Verdict]) -> list[int]:
        """Take the verdicts of a chunk; returns the numbers of earlier rows that these contradict."""
        main = sheet.key == MAIN_SHEET
        lines: list[str] = []
        void: list[int] = []
        for row, verdict in zip(rows, verdicts, strict=True):
            if main:
                self.tally[verdict.outcome] += 1
                self._note(row.number, verdict.outcome)
            if verdict.outcome == REFUSED:
                lines.append(self._line(sheet, verdict, row.cells, row.group))
                self._count_errors(sheet, verdict, row.cells)
                void += self._contradicted(sheet, verdict)
                continue
            if verdict.problems and main:
                self.flagged += 1
            if main and verdict.outcome != SAME:
                self.digest.update(f"{row.number}{verdict.outcome}{verdict.person_id}{verdict.changes}".encode())
            if verdict.problems or (self.keep_all and main):
                lines.append(self._line(sheet, verdict, row.cells, row.group))
        self._lines += lines
        return void

    def make_room(self) -> None:
        """Copy what has been told into the database once it is much; called when nobody else is at the connection."""
        if len(self._lines) > _BUFFER:
            self.flush()

    def _note(self, number: int, outcome: str) -> None:
        if len(self._outcome) <= number:
            self._outcome.extend(bytes(number + 1_000 - len(self._outcome)))
        self._outcome[number] = _OUTCOMES.index(outcome)

    def flush(self) -> None:
        """Copy what has been told so far into the database."""
        lines, self._lines = self._lines, []
        if lines:
            self.wait()
            copy_lines(_TABLE, _COLUMNS, lines)

    def _contradicted(self, sheet: Told, verdict: Verdict) -> list[int]:
        void = []
        for problem in verdict.problems:
            if problem.code == "twice_in_file":
                first = int(problem.params["row"])
                if _OUTCOMES[self._outcome[first]] != REFUSED:
                    void.append(first)
                    back = twin(problem.field, verdict.number)
                    self.late.setdefault(sheet.key, {}).setdefault(first, []).append(back)
        return void

    def tell_late(self, sheet: Told, rows: Mapping[int, DataRow]) -> None:
        """Tell of rows found wrong only after they had been taken; `rows` are they, read again."""
        lines = []
        for number, row in rows.items():
            cells = row.cells
            problems = self.late[sheet.key][number]
            verdict = Verdict(
                number, REFUSED, sheet.text_at("full_name", cells), sheet.text_at("staff_code", cells), None, problems
            )
            lines.append(self._line(sheet, verdict, cells, row.group))
            self._count_errors(sheet, verdict, cells)
            self.digest.update(f"{sheet.key}{number}".encode())
            if sheet.key == MAIN_SHEET:
                self.tally[_OUTCOMES[self._outcome[number]]] -= 1
                self.tally[REFUSED] += 1
        self.flush()
        sql = text(f"DELETE FROM {_TABLE} WHERE sheet = :sheet AND row_no = ANY (:rows)")  # noqa: S608 - own names
        db.session.execute(sql, {"sheet": ORDER[sheet.key], "rows": sorted(rows)})
        copy_lines(_TABLE, _COLUMNS, lines)
        self.errors.sort(key=lambda error: (ORDER.get(error["kind"], 0), error["row"]))

    @staticmethod
    def _line(sheet: Told, verdict: Verdict, cells: Sequence[Any], group: str) -> str:
        kept: dict[str, Any] = {"name": verdict.title, "code": verdict.code}
        if verdict.outcome == REFUSED:
            kept |= {"raw": pack_cells(list(cells)), "group": group}
        problems = [pack(problem, *sheet.where(problem, cells)) for problem in verdict.problems]
        values = (
            str(ORDER[sheet.key]), str(verdict.number), verdict.outcome, str(verdict.person_id or ""),
            json.dumps(kept, ensure_ascii=False), json.dumps(problems, ensure_ascii=False) if problems else "",
            json.dumps(verdict.changes, ensure_ascii=False) if verdict.changes else "",
        )  # fmt: skip
        return "\t".join(values) + "\n"

    def _count_errors(self, sheet: Told, verdict: Verdict, cells: Sequence[Any]) -> None:
        for problem in verdict.problems:
            if problem.severity != "warning" and len(self.errors) < ERRORS_TOLD:
                column, value, letter = sheet.where(problem, cells)
                self.errors.append({
                    "kind": sheet.key, "sheet": sheet.name, "row": verdict.number, "column": column, "cell": letter,
                    "value": value, "code": problem.code, "message": render(problem),
                })  # fmt: skip

    def keep(self, batch_id: int) -> None:
        """Put what was told in place of what an earlier pass told of this batch."""
        self.flush()
        db.session.execute(text("DELETE FROM import_rows WHERE batch_id = :batch"), {"batch": batch_id})
        sql = (
            f"INSERT INTO import_rows (batch_id, {', '.join(_COLUMNS)}) SELECT :batch, "  # noqa: S608 - own names
            "sheet, row_no, outcome, person_id,"
            f" cells::jsonb, problems::jsonb, changes::jsonb FROM {_TABLE}"
        )
        db.session.execute(text(sql), {"batch": batch_id})

    def link_new(self, staged: str) -> None:
        """Let the kept rows of new people name the person that was made; `staged` is the table of what was staged."""
        self.flush()
        sql = (
            f"UPDATE {_TABLE} t SET person_id = s.person_id FROM {staged} s"  # noqa: S608 - own names
            f" WHERE s.is_new AND t.sheet = {ORDER[MAIN_SHEET]} AND t.row_no = s.row_no AND t.outcome = '{CREATE}'"
        )
        db.session.execute(text(sql))
