"""The file of results for the national database: JSON as sent, the same rows as a workbook to look at, in one archive.

The shape of the JSON is described in `docs/result-file.md`. Reading an answer is here too, so that both sides of the
exchange stand side by side.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from hrms.core import clock, workbook
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.rules import N_, Problem
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass
from hrms.performance.rules.outcomes import PERIOD_LABELS
from hrms.performance.services.national import Answer

FORMAT = "hrms-results/1"
MOST_ANSWERS = 200_000


@dataclass(frozen=True, slots=True)
class Made:
    """A file as it was built: its rows, their ids, and the SHA-256 of the JSON."""

    rows: int
    ids: Sequence[int]
    checksum: str


def entry(row: Any) -> dict[str, Any]:
    """Return one result as the JSON has it."""
    return {
        "id": row.id, "national_id": getattr(row, "national_id", None), "staff_code": row.staff_code,
        "full_name": row.full_name, "agency_code": row.agency_code, "agency": row.agency, "period": row.kind,
        "year": row.year, "number": row.number or None, "score": row.result.get("score"),
        "class": row.result.get("class"), "published_on": row.made_on.isoformat(), "replaces": row.supersedes_id,
    }  # fmt: skip


def build(path: Path, batches: Iterable[Sequence[Any]], report: Callable[[int], None]) -> Made:
    """Write the archive at `path`; `report` is told how many rows are done and may raise to stop."""
    ids: list[int] = []
    digest = hashlib.sha256()
    with TemporaryDirectory(dir=path.parent) as folder:
        plain, sheet = Path(folder) / "ket-qua.json", Path(folder) / "ket-qua.xlsx"
        table: list[tuple[Any, ...]] = []
        with plain.open("wb") as out:

            def put(words: str) -> None:
                raw = words.encode()
                digest.update(raw)
                out.write(raw)

            put(json.dumps({"format": FORMAT, "made_at": clock.now().isoformat()})[:-1] + ', "results": [')
            for batch in batches:
                for row in batch:
                    one = entry(row)
                    put(("\n" if not ids else ",\n") + json.dumps(one, ensure_ascii=False))
                    ids.append(row.id)
                    table.append(_cells(one))
                report(len(ids))
            put(f'\n], "count": {len(ids)}}}\n')
        workbook.write(
            sheet, _("Kết quả"), _headers(), table, widths=(10, 16, 14, 28, 14, 36, 12, 8, 8, 10, 24, 14, 12)
        )
        with ZipFile(path, "w", ZIP_DEFLATED) as archive:
            archive.write(plain, plain.name)
            archive.write(sheet, sheet.name)
            archive.writestr("sha256.txt", f"{digest.hexdigest()}  {plain.name}\n")
    return Made(len(ids), ids, digest.hexdigest())


def _headers() -> tuple[str, ...]:
    return (
        _("Mã"), _("Số định danh"), _("Số hiệu"), _("Họ và tên"), _("Mã cơ quan"), _("Cơ quan, đơn vị"), _("Kỳ"),
        _("Năm"), _("Số"), _("Điểm"), _("Xếp loại"), _("Ngày công khai"), _("Thay mã"),
    )  # fmt: skip


def _cells(one: dict[str, Any]) -> tuple[Any, ...]:
    score = one["score"]
    # Points leave as they were reckoned, with all their decimals: as text, for a spreadsheet would round them.
    return (
        one["id"], one["national_id"], one["staff_code"], one["full_name"], one["agency_code"], one["agency"],
        render(PERIOD_LABELS[one["period"]]), one["year"], one["number"], score,
        class_words(one["class"]), one["published_on"], one["replaces"],
    )  # fmt: skip


def class_words(code: str | None) -> str:
    """Return a class in words of the reader's language, "" for none."""
    return render(CLASS_LABELS[RatingClass(code)]) if code else ""


def read_answers(stream: BinaryIO, name: str) -> list[Answer]:
    """Return the rows of an answer, JSON or CSV, as they stand. Raises `Refused` for a file that is neither."""
    raw = stream.read()
    if name.lower().endswith(".json"):
        return _from_json(raw)
    if name.lower().endswith(".csv"):
        return _from_csv(raw)
    raise Refused(Problem("file", "bad_type", N_("Tệp trả lời phải là .json hoặc .csv.")))


def _from_json(raw: bytes) -> list[Answer]:
    try:
        given = json.loads(raw.decode("utf-8-sig"))
        rows = given["answers"] if isinstance(given, dict) else given
        listed = [(one["id"], one["state"], one.get("message")) for one in rows]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        words = N_("Tệp trả lời phải có danh sách “answers”, mỗi dòng gồm id, state, message.")
        raise Refused(Problem("file", "bad_shape", words)) from error
    return _answers(enumerate(listed, 1))


def _from_csv(raw: bytes) -> list[Answer]:
    try:
        words = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        refusal = N_("Tệp CSV không phải mã UTF-8. Hãy lưu lại dạng “CSV UTF-8”.")
        raise Refused(Problem("file", "not_utf8", refusal)) from error
    delimiter = ";" if words.partition("\n")[0].count(";") else ","
    try:
        rows = list(csv.reader(StringIO(words), delimiter=delimiter))
    except csv.Error as error:
        raise Refused(Problem("file", "unreadable", N_("Không đọc được tệp CSV. Hãy lưu lại tệp."))) from error
    listed = [(place, (*row, "", "")[:3]) for place, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    # A header line names the columns; its first cell is no number.
    return _answers(listed[1:] if listed and not listed[0][1][0].strip().isdigit() else listed)


def _answers(rows: Iterable[tuple[int, Sequence[Any]]]) -> list[Answer]:
    found: list[Answer] = []
    problems: list[Problem] = []
    for place, (given, state, message) in rows:
        text = str(given).strip()
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            words = N_("Dòng %(row)s: mã “%(value)s” không phải là số. Mã có trong tệp đã gửi.")
            problems.append(Problem("file", "bad_id", words, {"row": place, "value": text[:40]}))
            continue
        found.append(Answer(place, int(text), str(state or "").strip().lower(), str(message or "").strip()))
        if len(found) > MOST_ANSWERS:
            words = N_("Tệp có hơn %(most)s dòng. Hãy chia thành nhiều tệp.")
            raise Refused(Problem("file", "too_many", words, {"most": MOST_ANSWERS}))
    if problems:
        raise Refused(*problems)
    return found
