"""What a text of the law may bring: each cell of each catalogue it may change, and the law as a whole afterwards. Pure.

A row is text cell by text cell, as in the seed files; every mistake is said with its column, value and remedy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from hrms.core.rules import N_, Problem
from hrms.figures.overlay import CATALOGUE, CHANGEABLE, ENDS, Changeable
from hrms.pay.rules.amounts import Rounding
from hrms.pay.rules.figures import AllowanceCode, Base, Form, Insurance, NoFigure, PartMonth, Side, Tables, figures_on
from hrms.people.rules.kinds import PersonKind
from hrms.people.rules.steps import read_pay_scales

FIRST_DAY = date(2004, 10, 1)
"""NĐ 204/2004/NĐ-CP: the catalogues have nothing before it."""
MOST_ROWS = 500
PLACES = ("special", "other", "class_1", "class_2", "class_3", "any")
_PAID_KINDS = (PersonKind.CADRE, PersonKind.CIVIL_SERVANT, PersonKind.PUBLIC_EMPLOYEE, PersonKind.CONTRACT)
KINDS = tuple(kind.value for kind in _PAID_KINDS)
FORMS = tuple(form.value for form in Form)
ALLOWANCE_PERCENT = ".allowance_percent"
PERCENT_UNIT = "percent"
_LONGEST = {"source": 300, "name_vi": 200, "name_en": 200, "code": 40, "group": 20, "key": 100}

Row = Mapping[str, Any]


class State(StrEnum):
    """How far a text has come."""

    DRAFT = "draft"
    APPLIED = "applied"
    UNDONE = "undone"


STATE_LABELS: dict[State, str] = {
    State.DRAFT: N_("bản thảo"), State.APPLIED: N_("đang áp dụng"), State.UNDONE: N_("đã bỏ áp dụng"),
}  # fmt: skip
PLACE_LABELS: dict[str, str] = {
    "special": N_("đô thị loại đặc biệt"), "other": N_("đô thị loại I, tỉnh còn lại"), "class_1": N_("loại I, hạng I"),
    "class_2": N_("loại II, hạng II"), "class_3": N_("loại III, hạng III"), "any": N_("mọi nơi"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """The codes a row may name: leadership posts, and the stand-alone figures with their units."""

    posts: Collection[str]
    units: Mapping[str, str]
    values: Mapping[str, Collection[str]]
    """By unit, the values already used of it: where it counts nothing, one of them is meant."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """How one cell is read: `test` answers what is wrong, None for nothing; an empty cell passes where `optional`."""

    test: Callable[[str], str | None]
    optional: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)


def _number(least: str, most: str, places: int = 0, *, optional: bool = False) -> _Cell:
    bottom, top = Decimal(least), Decimal(most)

    def test(value: str) -> str | None:
        try:
            number = Decimal(value) if re.fullmatch(r"\d{1,12}(\.\d{1,6})?", value) else None
        except InvalidOperation:  # pragma: no cover - the pattern lets no other number pass
            number = None
        if number is None or number != round(number, places):
            if not places:
                return N_("“%(value)s” không phải số nguyên viết liền, không dấu. Hãy sửa lại.")
            return N_("“%(value)s” không phải số, hoặc có quá %(places)s chữ số thập phân. Viết như 2.34.")
        if not bottom <= number <= top:
            return N_("%(value)s nằm ngoài mức từ %(least)s đến %(most)s. Hãy xem lại văn bản.")
        return None

    return _Cell(test, optional, {"least": bottom, "most": top, "places": places})


def _one_of(codes: Collection[str], *, optional: bool = False) -> _Cell:
    def test(value: str) -> str | None:
        return None if value in codes else N_("“%(value)s” không có trong danh mục: %(codes)s.")

    return _Cell(test, optional, {"codes": ", ".join(codes)})


def _several_of(codes: Collection[str]) -> _Cell:
    def test(value: str) -> str | None:
        given = value.split("|")
        if len(set(given)) != len(given) or not set(given) <= set(codes):
            return N_("“%(value)s” phải là các mã %(codes)s, cách nhau bằng dấu |, mỗi mã một lần.")
        return None

    return _Cell(test, params={"codes": ", ".join(codes)})


def _words(*, optional: bool = False) -> _Cell:
    return _Cell(lambda _value: None, optional)


_KINDS = tuple(kind.value for kind in PersonKind)
_CELLS: Mapping[str, Mapping[str, _Cell]] = {
    "base_salaries": {"amount": _number("100000", "100000000")},
    "pay_scales": {
        "table": _number("1", "9"), "group": _words(), "months_per_step": _number("1", "120"),
        "step": _number("1", "30"), "coefficient": _number("0.01", "20", 3),
    },
    "ranks": {
        "code": _words(), "name_vi": _words(), "name_en": _words(optional=True), "person_kind": _one_of(_KINDS),
        "table": _number("1", "9"), "group": _words(),
    },
    "leadership_coefficients": {
        "post": _words(), "place": _one_of(PLACES), "coefficient": _number("0.01", "5", 3),
    },
    "allowance_rules": {
        "code": _one_of(tuple(AllowanceCode)), "person_kinds": _several_of(KINDS), "forms": _several_of(FORMS),
        "base": _one_of(tuple(Base), optional=True), "insured": _one_of(("0", "1")),
        "full_days": _number("1", "31", optional=True),
    },
    "insurance_rates": {
        "insurance": _one_of(tuple(Insurance)), "side": _one_of(tuple(Side)), "percent": _number("0", "100", 2),
        "person_kinds": _several_of(KINDS),
    },
    "parameters": {"key": _words(), "value": _words(), "unit": _words()},
}  # fmt: skip
_COUNTED = frozenset(
    {"months", "percent", "years", "days", "working_days", "hours", "times", "people", "steps", "grades", "grade"}
)


def row_problems(row: Row, first: date, known: Known) -> list[Problem]:
    """Return what is wrong with a row of a text in force from `first`; [] when it may be laid over the catalogue."""
    name = str(row.get(CATALOGUE) or "")
    catalogue = CHANGEABLE.get(name)
    if catalogue is None:
        text = N_("“%(value)s” không phải danh mục sửa được bằng văn bản mới: %(codes)s.")
        return [Problem(CATALOGUE, "unknown_catalogue", text, {"value": name, "codes": ", ".join(CHANGEABLE)})]
    extra = sorted(set(row) - {*catalogue.columns, CATALOGUE, ENDS})
    found = [
        Problem(
            column, "unknown_column", N_("Danh mục này không có cột “%(column)s”. Hãy bỏ cột ấy."), {"column": column}
        )
        for column in extra
    ]
    asked = {*catalogue.key, *([catalogue.kinds] if catalogue.kinds else [])} if row.get(ENDS) else None
    for column, cell in _CELLS[name].items():
        if asked is None or column in asked:
            found += _cell_problems(column, cell, row.get(column))
    found += _day_problems(row, first)
    if not found:
        found += _meaning_problems(catalogue, row, known)
    return found


def _cell_problems(column: str, cell: _Cell, value: Any) -> list[Problem]:
    if value is None or not str(value).strip():
        if cell.optional:
            return []
        return [Problem(column, "required", N_("Cột “%(column)s” còn trống. Hãy điền."), {"column": column})]
    text = str(value)
    if len(text) > _LONGEST.get(column, 100):
        return [Problem(column, "too_long", N_("Cột “%(column)s” dài quá. Hãy viết ngắn lại."), {"column": column})]
    wrong = cell.test(text)
    if wrong is None:
        return []
    params = {"value": text[:60], **cell.params}
    return [Problem(column, "bad_value", wrong, params)]


def _day_problems(row: Row, first: date) -> list[Problem]:
    found, days = [], {}
    for column in ("valid_from", "valid_to"):
        value = row.get(column)
        if not value:
            continue
        try:
            days[column] = date.fromisoformat(str(value))
        except ValueError:
            text = N_("“%(value)s” không phải ngày. Viết năm-tháng-ngày, ví dụ 2027-01-01.")
            found.append(Problem(column, "bad_date", text, {"value": str(value)[:40]}))
    start = days.get("valid_from", first)
    if start < first:
        text = N_("Dòng áp dụng từ %(start)s, trước ngày văn bản có hiệu lực %(first)s. Hãy sửa một trong hai ngày.")
        found.append(Problem("valid_from", "before_text", text, {"start": start, "first": first}))
    if "valid_to" in days and days["valid_to"] <= start:
        text = N_("Ngày hết áp dụng phải sau ngày bắt đầu %(start)s. Hãy sửa lại.")
        found.append(Problem("valid_to", "dates_out_of_order", text, {"start": start}))
    return found


def _meaning_problems(catalogue: Changeable, row: Row, known: Known) -> list[Problem]:
    """Return what is wrong with cells that are right one by one."""
    if catalogue.name == "leadership_coefficients" and row["post"] not in known.posts:
        text = N_("“%(value)s” không có trong danh mục chức vụ. Hãy thêm chức vụ vào danh mục trước.")
        return [Problem("post", "unknown_code", text, {"value": row["post"]})]
    if catalogue.name == "parameters":
        return _parameter_problems(row, known)
    if catalogue.name == "allowance_rules" and not row.get(ENDS):
        return _rule_problems(row)
    return []


def _rule_problems(row: Row) -> list[Problem]:
    if Form.PERCENT in row["forms"].split("|") and not row.get("base"):
        return [
            Problem("base", "required", N_("Phụ cấp tính theo phần trăm phải ghi tính trên gì: pay hoặc pay_reserved."))
        ]
    return []


def _parameter_problems(row: Row, known: Known) -> list[Problem]:
    key, unit = row["key"], unit_of(row["key"], known)
    if unit is None:
        text = N_("Chương trình không dùng mức “%(value)s”. Hãy chọn một mức đang có.")
        return [Problem("key", "unknown_code", text, {"value": key})]
    if row.get(ENDS):
        return []
    if row["unit"] != unit:
        text = N_("Mức “%(key)s” tính bằng %(unit)s, không phải %(value)s. Hãy sửa lại.")
        return [Problem("unit", "wrong_unit", text, {"key": key, "unit": unit, "value": row["unit"]})]
    wrong = _value_wrong(str(row["value"]), unit, known)
    return [] if wrong is None else [Problem("value", "bad_value", wrong, {"value": row["value"], "unit": unit})]


def unit_of(key: str, known: Known) -> str | None:
    """Return the unit of a stand-alone figure; None for one the program does not use."""
    if (found := known.units.get(key)) is not None:
        return found
    code = key.removesuffix(ALLOWANCE_PERCENT)
    return PERCENT_UNIT if code != key and code in set(AllowanceCode) else None


def _value_wrong(value: str, unit: str, known: Known) -> str | None:
    if unit in _COUNTED:
        if re.fullmatch(r"\d{1,6}(\.\d{1,4})?", value):
            return None
        return N_("“%(value)s” không phải số; mức này tính bằng %(unit)s.")
    if unit == "yes_no":
        return None if value in {"0", "1"} else N_("“%(value)s” phải là 1 (có) hoặc 0 (không).")
    if unit == "date":
        try:
            date.fromisoformat(value)
        except ValueError:
            return N_("“%(value)s” không phải ngày. Viết năm-tháng-ngày, ví dụ 2027-01-01.")
        return None
    allowed = {"rounding": tuple(Rounding), "way": tuple(PartMonth)}.get(unit) or known.values.get(unit, ())
    return None if value in allowed else N_("“%(value)s” chưa được dùng với đơn vị %(unit)s. Hãy chọn giá trị đang có.")


def rows_problems(rows: Sequence[Row], first: date, known: Known) -> list[Problem]:
    """Return what is wrong with all rows of a text, each said with its place, counted from 1."""
    if not rows:
        return [Problem("", "no_rows", N_("Văn bản chưa có dòng nào. Hãy thêm ít nhất một mức mới."))]
    if len(rows) > MOST_ROWS:
        text = N_("Một văn bản nhiều nhất %(most)s dòng. Hãy chia ra.")
        return [Problem("", "too_many_rows", text, {"most": MOST_ROWS})]
    found: list[Problem] = []
    seen: dict[tuple[Any, ...], int] = {}
    for place, row in enumerate(rows, start=1):
        wrong = row_problems(row, first, known)
        found += [_at(place, one) for one in wrong]
        if wrong:
            continue
        for key in _keys(row, first):
            if key in seen:
                text = N_("Dòng %(row)s: cùng nội dung và ngày với dòng %(other)s. Hãy bỏ một dòng.")
                found.append(Problem("", "twice", text, {"row": place, "other": seen[key]}))
                break
            seen[key] = place
    return found


def _keys(row: Row, first: date) -> Iterable[tuple[Any, ...]]:
    known = CHANGEABLE[row[CATALOGUE]]
    start = row.get("valid_from") or first.isoformat()
    for kind in str(row[known.kinds]).split("|") if known.kinds else ("",):
        yield (known.name, *(row.get(column) for column in known.key), kind, start)


def _at(place: int, problem: Problem) -> Problem:
    text = N_("Dòng %(row)s: %(wrong)s")
    return Problem(problem.field, problem.code, text, {"row": place, "wrong": problem})


def scale_rows(
    table: str, group: str, months: str, coefficients: Sequence[str], steps_before: int
) -> list[dict[str, Any]]:
    """Return a whole pay group as rows: a step each from step 1; steps it had beyond them end."""
    given = [
        {CATALOGUE: "pay_scales", "table": table, "group": group, "months_per_step": months, "step": str(step),
         "coefficient": coefficient}
        for step, coefficient in enumerate(coefficients, start=1)
    ]  # fmt: skip
    ended = [
        {CATALOGUE: "pay_scales", "table": table, "group": group, "step": str(step), ENDS: True}
        for step in range(len(coefficients) + 1, steps_before + 1)
    ]
    return [*given, *ended]


RowsOn = Callable[[str, date], Sequence[Row]]
"""The rows of a catalogue in force on a day, by its name."""


def law_problems(days: Iterable[date], rows_on: RowsOn) -> list[Problem]:
    """Return what no longer fits together in the law of some days: gaps between steps, ranks without a pay group.

    Everything a month's pay needs must be there for every kind of person from 2014 on, when the catalogues are whole.
    """
    found: list[Problem] = []
    for day in sorted(set(days)):
        try:
            scales = read_pay_scales(rows_on("pay_scales", day))
        except ValueError:
            text = N_("Từ %(day)s có nhóm lương thiếu bậc ở giữa. Hãy nhập đủ các bậc từ bậc 1.")
            found.append(Problem("", "scale_gap", text, {"day": day}))
            continue
        lost = [row["code"] for row in rows_on("ranks", day) if (int(row["table"]), row["group"]) not in scales]
        if lost:
            text = N_(
                "Từ %(day)s các ngạch %(ranks)s không có nhóm lương. Hãy nhập nhóm lương hoặc chuyển nhóm cho ngạch."
            )
            found.append(Problem("", "rank_without_group", text, {"day": day, "ranks": ", ".join(lost[:5])}))
        found += _missing_figures(day, rows_on)
    return found


_WHOLE_FROM = date(2014, 1, 1)


def _missing_figures(day: date, rows_on: RowsOn) -> list[Problem]:
    if day < _WHOLE_FROM:
        return []
    names = ("base_salaries", "allowance_rules", "insurance_rates", "parameters")
    tables = Tables(*(rows_on(name, day) for name in names))
    for kind in _PAID_KINDS:
        try:
            figures_on(tables, day, kind)
        except NoFigure as missing:
            return [missing.problem]
    return []
