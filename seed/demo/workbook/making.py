"""Write the workbook: titles, headers of two lines, mixed hands, and the rows with known faults."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter

from hrms.core import clock
from seed.demo.drafts import Draft, Drafter
from seed.demo.law import law
from seed.demo.names import FEMALE, MALE
from seed.demo.roles import CIVIL, WOMEN
from seed.demo.seating import fit
from seed.demo.tree import Tree, Unit, build_tree
from seed.demo.workbook.columns import EXCHANGE, PAY_LIST, WIDE_LIST, Column
from seed.demo.workbook.faults import FAULTS
from seed.demo.workbook.values import Hand, facts_of, names, shown

FIRST_NUMBER = 500_001
"""Where the codes of these people begin, so that none is a person of the province."""
PREFIX = "NM-"
_PLAIN = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "dd/mm/yyyy",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One row that must be refused: its number in the file, the header of the column at fault, the problem's code."""

    row: int
    column: str
    code: str


@dataclass(slots=True)
class Manifest:
    """What is in the file: rows of people, those at fault, and the meaning of every good row by its number."""

    layout: str
    rows: int = 0
    errors: list[Fault] = field(default_factory=list)
    truth: dict[int, dict[str, Any]] = field(default_factory=dict)
    seconds: float = 0.0

    def keys(self) -> dict[str, Any]:
        """Return what the command prints."""
        return {
            "layout": self.layout,
            "rows": self.rows,
            "errors": [asdict(f) for f in self.errors],
            "seconds": round(self.seconds, 2),
        }

    def write_truth(self, path: Path) -> None:
        """Write one JSON object a line: the row's number and the value of every field, decimals as strings."""
        with path.open("w", encoding="utf-8") as handle:
            for row, values in self.truth.items():
                plain = {key: str(value) if isinstance(value, Decimal) else value for key, value in values.items()}
                handle.write(json.dumps({"row": row, **plain}, ensure_ascii=False) + "\n")


def make_workbook(
    path: Path, rows: int, seed: int, *, layout: str = "list", faults: int = 0, today: date | None = None
) -> Manifest:
    """Write `rows` people into a new workbook at `path`; `faults` of them cannot be accepted (layout "list" only).

    Raises KeyError for an unknown layout, OSError when the file cannot be written.
    """
    began = time.monotonic()
    manifest = Manifest(layout)
    day = today or clock.today()
    rng = Random(seed ^ 0x5EED)
    tree = build_tree()
    book = xlsxwriter.Workbook(str(path), _PLAIN)
    try:
        LAYOUTS[layout](Task(book, tree, rng, day, manifest, faults, _people(rng, tree, rows, day, layout)))
    finally:
        book.close()
    manifest.seconds = time.monotonic() - began
    return manifest


@dataclass(frozen=True, slots=True)
class Task:
    """What a layout needs to write its sheets."""

    book: Any
    tree: Tree
    rng: Random
    today: date
    manifest: Manifest
    faults: int
    people: Iterator[Draft]


def _people(rng: Random, tree: Tree, rows: int, today: date, layout: str) -> Iterator[Draft]:
    if layout == "bm03":
        able = [s for s in tree.seats if s.role.kind == CIVIL]
        seats = [able[n % len(able)] for n in range(rows)]
    else:
        seats = fit(tree, rows, rng)
    drafter = Drafter(rng, law(), today, PREFIX)
    for number, seat in enumerate(seats, start=FIRST_NUMBER):
        share = min(1.0, max(0.0, WOMEN[seat.role.group] + seat.role.female * 0.4))
        yield drafter.draft(number, seat, FEMALE if rng.random() < share else MALE)


def _wide_list(task: Task) -> None:
    book, today, manifest = task.book, task.today, task.manifest
    sheet = book.add_worksheet("Danh sách CBCCVC")
    first = _titles(
        book,
        sheet,
        WIDE_LIST,
        (
            "ỦY BAN NHÂN DÂN THÀNH PHỐ CẦN THƠ",
            "SỞ NỘI VỤ",
            "",
            "DANH SÁCH CÁN BỘ, CÔNG CHỨC, VIÊN CHỨC",
            f"(Số liệu đến ngày {today:%d/%m/%Y})",
            "",
        ),
    )
    hand = Hand(task.rng)
    drafts = list(task.people)
    spoilt = _spread(len(drafts), task.faults)
    dates = book.add_format({"num_format": "dd/mm/yyyy"})
    kind = 0
    for n, draft in enumerate(drafts):
        facts = facts_of(draft, today)
        cells = {key: hand.cell(key, value) for key, value in facts.items()}
        cells["managing_agency"] = draft.seat.managing.name
        cells["using_agency_name"] = draft.seat.using.name
        row = first + n
        if n in spoilt:
            fault = FAULTS[kind % len(FAULTS)]
            while any(key not in facts for key in fault.needs):
                kind += 1
                fault = FAULTS[kind % len(FAULTS)]
            kind += 1
            fault.spoil(cells, facts)
            column = next(c for c in WIDE_LIST if c.key == fault.key)
            manifest.errors.append(Fault(row + 1, column.path, fault.code))
        else:
            manifest.truth[row + 1] = {c.key: facts[c.key] for c in WIDE_LIST if c.key in facts}
        _write_row(sheet, row, [cells.get(c.key) if c.key else n + 1 for c in WIDE_LIST], dates)
    manifest.rows = len(drafts)
    _signatures(sheet, first + len(drafts) + 1, len(drafts), today)


def _pay_list(task: Task) -> None:
    book, today, manifest = task.book, task.today, task.manifest
    sheet = book.add_worksheet("BM03")
    first = _titles(
        book,
        sheet,
        PAY_LIST,
        (
            "BM03/BNV",
            "BÁO CÁO DANH SÁCH VÀ TIỀN LƯƠNG CÔNG CHỨC",
            f"NĂM {today.year}",
            "",
        ),
    )
    unique = _unique_names(task.tree)
    dates = book.add_format({"num_format": "dd/mm/yyyy"})
    n = 0
    for n, draft in enumerate(task.people, start=1):
        facts = facts_of(draft, today)
        at = _named(draft.seat.using, unique)
        draws = {a.kind: a.coefficient for a in draft.allowances if a.coefficient is not None}
        held = (today - date.fromisoformat(facts["rank_since"])).days // 365 if "rank_since" in facts else 0
        cells: dict[str, Any] = {
            "full_name": facts["full_name"],
            f"birth_date_{draft.sex}": shown("birth_date", facts["birth_date"]),
            "leadership_post": draft.role.post_name if draft.post else draft.role.position,
            "using_agency_name": at.name,
            "rank_held_for": f"{held} năm",
            "coefficient": f"{facts['coefficient']:.2f}".replace(".", ","),
            "rank": facts["rank"],
            "position_allowance": float(facts["position_allowance"]) if "position_allowance" in facts else None,
            "responsibility_allowance": _float(draws.get("responsibility")),
            "regional_allowance": _float(draws.get("regional")),
            "beyond_scale_percent": facts.get("beyond_scale_percent"),
            "note": facts.get("note"),
        }
        row = first + n - 1
        manifest.truth[row + 1] = {
            "full_name": facts["full_name"],
            "sex": draft.sex,
            "birth_date": facts["birth_date"],
            "using_agency": at.code,
            "coefficient": facts["coefficient"],
            "rank": facts["rank"],
        }
        _write_row(
            sheet, row, [cells.get(c.key) if c.key else (n if c.header == "TT" else None) for c in PAY_LIST], dates
        )
    manifest.rows = n
    _signatures(sheet, first + n + 1, n, today)


def _exchange(task: Task) -> None:
    book, today, manifest = task.book, task.today, task.manifest
    sheets = {name: book.add_worksheet(name) for name in EXCHANGE}
    bold = book.add_format({"bold": True})
    for name, columns in EXCHANGE.items():
        for place, (_key, header) in enumerate(columns):
            sheets[name].write_string(0, place, header, bold)
    rows = dict.fromkeys(EXCHANGE, 1)

    def put(name: str, values: dict[str, Any]) -> None:
        row = rows[name]
        for place, (key, _header) in enumerate(EXCHANGE[name]):
            value = values.get(key)
            if value is not None:
                sheets[name].write(row, place, value)
        rows[name] = row + 1

    for draft in task.people:
        facts = facts_of(draft, today)
        manifest.truth[rows["Hồ sơ"] + 1] = {k: facts[k] for k, _header in EXCHANGE["Hồ sơ"] if k in facts}
        manifest.rows += 1
        main = {key: _number(shown(key, value)) for key, value in facts.items()}
        main |= {
            "using_agency_name": draft.seat.using.name,
            "managing_agency_code": draft.seat.managing.code,
            "managing_agency": draft.seat.managing.name,
        }
        put("Hồ sơ", main)
        key = {"staff_code": facts["staff_code"]}
        for work in draft.work:
            put(
                "Quá trình công tác", key | {**work, "from_on": _month(work["from_on"]), "to_on": _month(work["to_on"])}
            )
        _pay_rows(draft, today, lambda values, key=key: put("Quá trình lương", key | values))  # type: ignore[misc] # mypy cannot infer a lambda with a default
        for allowance in draft.allowances:
            put(
                "Quá trình phụ cấp",
                key
                | {
                    "from_on": f"{allowance.since:%d/%m/%Y}",
                    "kind": names("allowance_kinds")[allowance.kind],
                    "coefficient": _float(allowance.coefficient),
                    "percent": allowance.percent,
                    "form": names("allowance_forms")[allowance.form],
                },
            )
        for study in draft.education:
            if study["section"] == "language":
                put(
                    "Ngoại ngữ",
                    key
                    | {
                        "language": names("languages")[study["language"]],
                        "level": names("language_levels")[study["level"]],
                    },
                )
            elif study["section"] == "it":
                put("Tin học", key | {"level": names("it_levels")[study["level"]]})
            elif study["section"] == "professional":
                put(
                    "Đào tạo, bồi dưỡng",
                    key
                    | {
                        "from_on": _month(study["from_on"]),
                        "to_on": _month(study["to_on"]),
                        "major": study["major"],
                        "degree": names("degrees")[study["degree"]],
                        "institution": study["institution"],
                        "grade": names("graduation_grades")[study["grade"]],
                        "country": "Việt Nam",
                    },
                )
        for year, rating, by in draft.ratings:
            put("Đánh giá, phân loại", key | {"rating": names("rating_classes")[rating], "year": year, "rated_by": by})


def _pay_rows(draft: Draft, today: date, put: Callable[[dict[str, Any]], None]) -> None:
    held = [s for s in draft.standings if s.since <= today]
    for n, s in enumerate(held):
        until = f"{held[n + 1].since:%d/%m/%Y}" if n + 1 < len(held) else None
        put(
            {
                "from_on": f"{s.since:%d/%m/%Y}",
                "to_on": until,
                "rank": s.rank.code,
                "step": s.step,
                "coefficient": float(s.coefficient),
                "percent": s.percent or 100,
            }
        )


LAYOUTS: dict[str, Callable[[Task], None]] = {"list": _wide_list, "t1": _exchange, "bm03": _pay_list}
"""The layouts by the name the command takes: the wide list, the eight-sheet exchange workbook, the list with pay."""


def _titles(book: Any, sheet: Any, columns: Sequence[Column], titles: Sequence[str]) -> int:
    """Write the titles and a header of two lines with merged cells; return the first row of data, from 0."""
    bold = book.add_format({"bold": True, "align": "center"})
    head = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1})
    for row, title in enumerate(titles):
        if title:
            sheet.merge_range(row, 0, row, 8, title, bold)
    top = len(titles)
    place = 0
    while place < len(columns):
        column = columns[place]
        sheet.set_column(place, place, column.width)
        if not column.group:
            sheet.merge_range(top, place, top + 1, place, column.header, head)
            place += 1
            continue
        end = place
        while end + 1 < len(columns) and columns[end + 1].group == column.group:
            end += 1
        sheet.merge_range(top, place, top, end, column.group, head)
        for n in range(place, end + 1):
            sheet.set_column(n, n, columns[n].width)
            sheet.write_string(top + 1, n, columns[n].header, head)
        place = end + 1
    for n in range(len(columns)):
        sheet.write_string(top + 2, n, f"({n + 1})", bold)
    sheet.freeze_panes(top + 3, 3)
    return top + 3


def _write_row(sheet: Any, row: int, values: Sequence[Any], dates: Any) -> None:
    for place, value in enumerate(values):
        if value is None:
            continue
        if isinstance(value, str):
            sheet.write_string(row, place, value)
        elif isinstance(value, date):
            sheet.write_datetime(row, place, value, dates)
        else:
            sheet.write_number(row, place, value)


def _signatures(sheet: Any, row: int, count: int, today: date) -> None:
    sheet.write_string(row, 1, f"Danh sách này có {count} người.")
    sheet.write_string(row + 1, 8, f"Cần Thơ, ngày {today.day} tháng {today.month} năm {today.year}")
    sheet.write_string(row + 2, 2, "NGƯỜI LẬP BIỂU")
    sheet.write_string(row + 2, 8, "GIÁM ĐỐC")


def _spread(rows: int, faults: int) -> set[int]:
    """Return which rows are at fault: spread evenly, none of them the first."""
    wanted = min(faults, rows)
    return {(2 * n + 1) * rows // (2 * wanted) for n in range(wanted)} if wanted else set()


def _unique_names(tree: Tree) -> set[str]:
    counts: dict[str, int] = {}
    for unit in tree.units:
        counts[unit.name] = counts.get(unit.name, 0) + 1
    return {name for name, count in counts.items() if count == 1}


def _named(unit: Unit, unique: set[str]) -> Unit:
    """Return the unit, or the nearest above whose name is its own: a list without codes cannot say more."""
    while unit.name not in unique and unit.parent is not None:
        unit = unit.parent
    return unit


def _month(value: str | None) -> str | None:
    return "/".join(reversed(value.split("-"))) if value else None


def _float(value: Decimal | None) -> float | None:
    return float(value) if value is not None else None


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
