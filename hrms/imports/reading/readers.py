"""How each kind of value is read from a cell that is not empty: dates, numbers, names of catalogues and the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from hrms.core.dates import BadDate, ParsedDate, PartialDate, parse_date
from hrms.core.formats import BadNumber, parse_decimal
from hrms.core.rules import N_
from hrms.core.text import fold
from hrms.imports.reading.catalogue import Catalogue, Found
from hrms.imports.reading.field import Field, Kind, Unknown
from hrms.imports.reading.parsed import CellError, Context, as_text
from hrms.people.rules.kinds import Sex
from hrms.people.rules.personal_id import clean_personal_id

Reader = Callable[[Any], Any]
V = TypeVar("V")

_STEP = re.compile(r"(?:bac )?(\d{1,2})(?: ?/ ?(\d{1,2}))?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_SEXES = {
    "nam": Sex.MALE, "nu": Sex.FEMALE, "m": Sex.MALE, "f": Sex.FEMALE, "male": Sex.MALE, "female": Sex.FEMALE,
    "ong": Sex.MALE, "ba": Sex.FEMALE, "trai": Sex.MALE, "gai": Sex.FEMALE, "gioi nam": Sex.MALE,
    "gioi nu": Sex.FEMALE,
}  # fmt: skip
_YES = frozenset(("co", "x", "1", "dung", "true", "yes", "da", "v"))
_NO = frozenset(("khong", "0", "sai", "false", "no", "chua", "o"))


def _text(field: Field, _context: Context) -> Reader:
    named = field.key == "full_name"

    def read(raw: Any) -> str:
        text = as_text(raw)
        if named and (not isinstance(raw, str) or re.search(r"\d", text) or not any(map(str.isalpha, text))):
            raise CellError(
                "not_a_name", N_("Cột “%(column)s”: “%(value)s” không phải họ tên. Hãy ghi họ và tên bằng chữ.")
            )
        if field.digits and not isinstance(raw, str) and len(text) == field.digits - 1:
            raise CellError(
                "lost_zero",
                N_(
                    "Cột “%(column)s”: %(value)s có %(count)s chữ số, có thể bảng tính đã bỏ số 0 ở "
                    "đầu. Hãy kiểm tra và "
                    "định dạng cột là văn bản."
                ),
                severity="warning",
                value=text,
                count=len(text),
            )
        return text

    return read


def _moment(raw: Any, pivot: int) -> ParsedDate | None:
    """Return the date of a cell, None for what only looks like a time. Raises CellError."""
    if isinstance(raw, str) and _SERIAL.fullmatch(raw):
        raw = float(raw)
    if isinstance(raw, time):
        # An empty cell fetched by a formula and formatted as a date arrives as midnight.
        return None
    try:
        return parse_date(raw, century_pivot=pivot)
    except BadDate as bad:
        raise _bad_date(bad.code) from bad


def _bad_date(code: str) -> CellError:
    texts = {
        "no_such_day": N_("Cột “%(column)s”: không có ngày %(value)s trong lịch. Hãy ghi lại theo dd/mm/yyyy."),
        "out_of_range": N_("Cột “%(column)s”: %(value)s nằm ngoài khoảng năm 1900–2100. Hãy ghi lại theo dd/mm/yyyy."),
        "not_a_date": N_(
            "Cột “%(column)s”: “%(value)s” không phải ngày. Hãy ghi dd/mm/yyyy; chỉ biết tháng, năm "
            "thì ghi mm/yyyy hoặc "
            "yyyy."
        ),
    }
    return CellError(code, texts[code])


def _century(value: V, found: ParsedDate) -> V:
    if found.century_guessed:
        raise CellError(
            "century_guessed",
            N_("Cột “%(column)s”: “%(value)s” chỉ có hai chữ số năm, được hiểu là %(meant)s. Hãy kiểm tra."),
            severity="warning",
            value=value,
            meant=found.value.shown(),
        )
    return value


def _partial_date(field: Field, context: Context) -> Reader:
    pivot, last = context.today.year % 100, context.today
    birth = field.key.startswith("birth_date")

    def read(raw: Any) -> PartialDate | None:
        if raw.__class__ is date and 1900 <= raw.year <= 2100:
            value = PartialDate(raw.year, raw.month, raw.day)
            found = None
        else:
            found = _moment(raw, pivot)
            if found is None:
                return None
            value = found.value
        if birth and value.earliest() > last:
            raise CellError(
                "in_future", N_("Cột “%(column)s”: ngày sinh %(value)s ở sau hôm nay. Hãy kiểm tra lại năm.")
            )
        return _century(value, found) if found else value

    return read


def _date(_field: Field, context: Context) -> Reader:
    pivot = context.today.year % 100

    def read(raw: Any) -> date | None:
        found = _moment(raw, pivot)
        if found is None:
            return None
        if found.exact is None:
            raise CellError(
                "day_needed", N_("Cột “%(column)s”: “%(value)s” thiếu ngày. Hãy ghi đủ ngày, tháng, năm dd/mm/yyyy.")
            )
        return _century(found.exact, found)

    return read


def _number(raw: Any, *, whole: bool = False) -> Decimal:
    if isinstance(raw, (date, time, timedelta)):
        raise CellError(
            "became_date",
            N_(
                "Cột “%(column)s”: bảng tính đã đổi số thành ngày %(value)s. Hãy định dạng ô là văn "
                "bản hoặc số rồi gõ lại."
            ),
        )
    try:
        return parse_decimal(raw, whole=whole)
    except BadNumber as bad:
        raise _not_a_number() from bad


def _not_a_number() -> CellError:
    return CellError(
        "not_a_number", N_("Cột “%(column)s”: “%(value)s” không phải số. Hãy ghi số, ví dụ 2,34 hoặc 2.34.")
    )


def _bounded(number: Decimal, field: Field) -> Decimal:
    if (field.low is not None and number < field.low) or (field.high is not None and number > field.high):
        raise CellError(
            "out_of_bounds",
            N_("Cột “%(column)s”: %(value)s nằm ngoài khoảng %(low)s–%(high)s. Hãy kiểm tra lại."),
            low=field.low,
            high=field.high,
        )
    return number


def _decimal(field: Field, _context: Context) -> Reader:
    quantum = Decimal(1).scaleb(-field.places)

    def read(raw: Any) -> Decimal:
        number = _bounded(_number(raw), field)
        rounded = number.quantize(quantum)
        if rounded != number:
            raise CellError(
                "too_precise",
                N_("Cột “%(column)s”: %(value)s có quá %(places)s chữ số thập phân. Hãy ghi lại cho đúng."),
                places=field.places,
            )
        return rounded

    return read


def _whole(field: Field, _context: Context) -> Reader:
    money = field.kind is Kind.MONEY

    def read(raw: Any) -> int:
        number = _number(raw, whole=money)
        if number != number.to_integral_value():
            raise CellError("not_whole", N_("Cột “%(column)s”: %(value)s phải là số nguyên. Hãy ghi lại."))
        return int(_bounded(number, field))

    return read


def _percent(field: Field, _context: Context) -> Reader:
    def read(raw: Any) -> Decimal:
        number = _number(raw)
        if 0 < number < 1 and not (isinstance(raw, str) and "%" in raw):
            # A cell formatted as percent holds 0.05 for 5 %.
            percent = (number * 100).quantize(Decimal("0.01"))
            raise CellError(
                "percent_fraction",
                N_("Cột “%(column)s”: %(value)s được hiểu là %(meant)s%%. Hãy kiểm tra."),
                severity="warning",
                value=_bounded(percent, field),
                meant=f"{percent.normalize():f}",
            )
        if number == 1 and not isinstance(raw, str) and field.key.endswith("pay_percent"):
            return Decimal("100.00")
        return _bounded(number, field).quantize(Decimal("0.01"))

    return read


def _bool(_field: Field, _context: Context) -> Reader:
    def read(raw: Any) -> bool:
        words = fold(as_text(raw))
        if words not in _YES and words not in _NO:
            raise CellError(
                "not_yes_no", N_("Cột “%(column)s”: “%(value)s” không rõ là có hay không. Hãy ghi Có hoặc Không.")
            )
        return words in _YES

    return read


def _sex(_field: Field, _context: Context) -> Reader:
    def read(raw: Any) -> Sex:
        found = _SEXES.get(fold(as_text(raw)))
        if found is None:
            raise CellError("not_a_sex", N_("Cột “%(column)s”: “%(value)s” không phải giới tính. Hãy ghi Nam hoặc Nữ."))
        return found

    return read


def _personal_id(_field: Field, _context: Context) -> Reader:
    def read(raw: Any) -> str | None:
        text = clean_personal_id(raw)
        if re.fullmatch(r"\*{8}[0-9]{4}", text):
            # A number that was masked when the file was written: it says nothing new.
            return None
        if re.fullmatch(r"[0-9]{12}", text):
            return text
        if not re.fullmatch(r"[0-9]+", text):
            raise CellError(
                "id_not_digits",
                N_(
                    "Cột “%(column)s”: “%(value)s” có ký tự không phải chữ số. Hãy ghi đủ 12 chữ số, định dạng văn bản."
                ),
            )
        if len(text) in (10, 11):
            raise CellError(
                "id_lost_zero",
                N_(
                    "Cột “%(column)s”: %(value)s có %(count)s chữ số, có thể bảng tính đã bỏ số 0 ở "
                    "đầu. Hãy định dạng cột "
                    "là văn bản và ghi đủ 12 chữ số."
                ),
                count=len(text),
            )
        if len(text) == 9:
            raise CellError(
                "id_is_old",
                N_("Cột “%(column)s”: %(value)s là số CMND cũ 9 chữ số. Hãy ghi số định danh cá nhân 12 chữ số."),
            )
        raise CellError(
            "id_length",
            N_("Cột “%(column)s”: %(value)s có %(count)s chữ số. Hãy ghi đủ 12 chữ số."),
            count=len(text),
        )

    return read


def _step(field: Field, _context: Context) -> Reader:
    def read(raw: Any) -> int:
        if isinstance(raw, str) and (found := _STEP.fullmatch("/".join(fold(part) for part in raw.split("/")))):
            step, steps = int(found[1]), int(found[2] or field.high or 99)
        else:
            number = _number(raw)
            if number != number.to_integral_value():
                raise CellError("not_whole", N_("Cột “%(column)s”: %(value)s phải là số nguyên. Hãy ghi lại."))
            step, steps = int(number), field.high or 99
        if not (field.low or 1) <= step <= steps:
            raise CellError(
                "out_of_bounds",
                N_("Cột “%(column)s”: %(value)s nằm ngoài khoảng %(low)s–%(high)s. Hãy kiểm tra lại."),
                low=field.low or 1,
                high=steps,
            )
        return step

    return read


def _catalogue(field: Field, context: Context) -> Reader:
    name = {Kind.AGENCY: "agencies", Kind.RANK: "ranks"}.get(field.kind, field.catalogue)
    catalogue = context.catalogues.get(name)
    rank = field.kind is Kind.RANK

    def read(raw: Any) -> str:
        text = as_text(raw)
        if catalogue is None:
            return text
        found = catalogue.find(text)
        if found.code is None and rank:
            found = _rank(catalogue, raw, text) or found
        if found.code is not None:
            return found.code
        raise _unknown(field, catalogue, text, found)

    return read


def _rank(catalogue: Catalogue, raw: Any, text: str) -> Found | None:
    """Try the spellings of a rank code: 1.003 for 01.003 (a number cell), 01003, and a name that ends in its code."""
    tries = []
    try:
        number = parse_decimal(raw if not isinstance(raw, str) else text)
        tries += [f"{number:06.3f}", f"{number / 1000:06.3f}" if number == int(number) else ""]
    except BadNumber:
        tries += re.findall(r"\(?([A-Z]?\.?\d{2}(?:\.\d{2,3})+)\)?", text)
        tries.append(re.sub(r"\s*\([^)]*\)", "", text))
    for attempt in tries:
        if attempt and (found := catalogue.find(attempt)).code is not None:
            return found
    return None


def _unknown(field: Field, catalogue: Catalogue, text: str, found: Found) -> CellError:
    severity = "error" if field.unknown is Unknown.REFUSE else "warning"
    kept = text if field.unknown is Unknown.KEEP else None
    if found.codes:
        names = "; ".join(f"{code} {catalogue.names[code]}" for code in found.codes[:5])
        return CellError(
            "ambiguous",
            N_("Cột “%(column)s”: “%(value)s” có thể là nhiều mục: %(names)s. Hãy ghi mã hoặc tên đầy đủ."),
            severity=severity,
            value=kept,
            names=names,
        )
    if found.bare_number:
        return CellError(
            "bare_number",
            N_(
                "Cột “%(column)s”: “%(value)s” chỉ là một con số, mỗi nơi đánh số một khác. Hãy ghi tên trong danh mục."
            ),
            severity=severity,
        )
    near = catalogue.near(text)
    if near:
        return CellError(
            "unknown_value",
            N_("Cột “%(column)s”: “%(value)s” không có trong danh mục. Có phải là “%(near)s”? Hãy sửa lại cho đúng."),
            severity=severity,
            value=kept,
            near=near,
        )
    return CellError(
        "unknown_value",
        N_("Cột “%(column)s”: “%(value)s” không có trong danh mục. Hãy chọn đúng tên trong danh mục."),
        severity=severity,
        value=kept,
    )


READERS: dict[Kind, Callable[[Field, Context], Reader]] = {
    Kind.TEXT: _text,
    Kind.DATE: _date,
    Kind.PARTIAL_DATE: _partial_date,
    Kind.DECIMAL: _decimal,
    Kind.INTEGER: _whole,
    Kind.YEAR: _whole,
    Kind.MONEY: _whole,
    Kind.PERCENT: _percent,
    Kind.BOOL: _bool,
    Kind.SEX: _sex,
    Kind.PERSONAL_ID: _personal_id,
    Kind.STEP: _step,
    Kind.CATALOGUE: _catalogue,
    Kind.AGENCY: _catalogue,
    Kind.RANK: _catalogue,
}
