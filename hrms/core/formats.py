"""How dates and numbers are written for people, and read from them. Standard library only.

Dates are dd/mm/yyyy in both languages; numbers follow the locale: `1.234,56` in Vietnamese, `1,234.56` in English.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from hrms.core.dates import PartialDate

_OPEN_END = {"vi": "nay", "en": "now"}
_MAX_DIGITS = 30


class BadNumber(ValueError):
    """A text that is not a number. `code` is "not_a_number" or "out_of_range"; `value` as given."""

    def __init__(self, code: str, value: object) -> None:
        super().__init__(f"{code}: {value!r}")
        self.code = code
        self.value = value


def format_date(day: date | PartialDate | None, locale: str = "vi") -> str:
    """Return dd/mm/yyyy (mm/yyyy or yyyy when only that is known; with the hour for a datetime); "" for None."""
    del locale  # the civil service writes dates the same way in both languages
    if day is None:
        return ""
    if isinstance(day, PartialDate):
        return day.shown()
    shown = f"{day.day:02d}/{day.month:02d}/{day.year:04d}"
    return f"{shown} {day.hour:02d}:{day.minute:02d}" if isinstance(day, datetime) else shown


def format_interval(valid_from: date | None, valid_to: date | None, locale: str = "vi") -> str:
    """Return `[valid_from, valid_to)` with its last day: “01/02/2024 – 29/02/2024”, “01/02/2024 – nay”."""
    start = format_date(valid_from) or "…"
    if valid_to is None:
        return f"{start} – {_OPEN_END.get(locale, _OPEN_END['vi'])}"
    end = format_date(valid_to - timedelta(days=1))
    return start if start == end else f"{start} – {end}"


def format_number(value: Decimal | int | None, locale: str = "vi", places: int | None = None) -> str:
    """Return `value` with thousands marks, rounded half up to `places` decimals (None: its own); "" for None."""
    if value is None:
        return ""
    number = Decimal(value)
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{number:,f}"
    return text if locale == "en" else text.translate(str.maketrans(",.", ".,"))


def format_coefficient(value: Decimal | None, locale: str = "vi") -> str:
    """Return a pay coefficient with two decimals, more only when it has more: “3,33”; "" for None."""
    if value is None:
        return ""
    exponent = value.normalize().as_tuple().exponent
    own = -exponent if isinstance(exponent, int) else 0
    return format_number(value, locale, max(2, own))


def parse_decimal(value: object, *, whole: bool = False) -> Decimal:
    """Read a number with decimal comma or point: `3,33`, `3.33`, `1.234.567,5`, `1,234,567.5`, `6 %`, or a number cell.

    One mark alone is the decimal mark, unless `whole` says that the field holds whole amounts (đồng), where `2.530` and
    `2,530` are two thousand five hundred and thirty. Float noise beyond nine decimals is dropped. Raises BadNumber.
    """
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, int) and not isinstance(value, bool):
        number = Decimal(value)
    elif isinstance(value, float) and math.isfinite(value):
        number = Decimal(repr(round(value, 9)))
    elif isinstance(value, str):
        number = Decimal(_plain_number(value, whole))
    else:
        raise BadNumber("not_a_number", value)
    if not number.is_finite():
        raise BadNumber("not_a_number", value)
    if abs(number.adjusted()) > _MAX_DIGITS:
        raise BadNumber("out_of_range", value)
    return number


def _plain_number(value: str, whole: bool) -> str:
    text = value.strip().removesuffix("%").strip().replace("\u2212", "-")
    text = re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))", "", text)
    if len(text) > _MAX_DIGITS or not re.fullmatch(r"[+-]?[0-9]+([.,][0-9]+)*", text):
        raise BadNumber("not_a_number", value)
    marks = [c for c in text if c in ".,"]
    if not marks:
        return text
    grouping = _grouping_mark(text, marks, whole)
    decimal = marks[-1] if marks[-1] != grouping else ""
    head, _, tail = text.rpartition(decimal) if decimal else (text, "", "")
    if decimal and decimal in head:
        raise BadNumber("not_a_number", value)
    if grouping:
        if not re.fullmatch(rf"[+-]?[0-9]{{1,3}}({re.escape(grouping)}[0-9]{{3}})+", head):
            raise BadNumber("not_a_number", value)
        head = head.replace(grouping, "")
    return f"{head}.{tail}" if decimal else head


def _grouping_mark(text: str, marks: list[str], whole: bool) -> str:
    """Return the mark that parts thousands in `text`, "" when none does."""
    if len(set(marks)) == 2:
        return marks[0]
    if len(marks) > 1 or (whole and re.fullmatch(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}", text)):
        return marks[0]
    return ""
