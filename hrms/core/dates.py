"""Calendar arithmetic, half-known dates, dates as people type them, working days. Standard library only.

Intervals in this system are half open, `[from, to)`; people are shown the last day (`last_day`).
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

MIN_YEAR = 1900
MAX_YEAR = 2100

_SERIAL_EPOCH = date(1899, 12, 30)
_SERIAL_LAST = 73050  # 31/12/2099
_SERIAL_LEAP_DAY = 60  # Excel counts a 29/02/1900 that never was


class BadDate(ValueError):
    """A value that is not a date. `code` is "not_a_date", "no_such_day" (30/02) or "out_of_range"; `value` as given."""

    def __init__(self, code: str, value: object) -> None:
        super().__init__(f"{code}: {value!r}")
        self.code = code
        self.value = value


def add_months(day: date, months: int) -> date:
    """Return the day `months` later (earlier when negative), or the last of a shorter month: 31/10 less 6 → 30/4."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Return the number of whole months from `start` to `end`: the greatest n with `add_months(start, n) <= end`.

    Negative when `end` is before `start`.
    """
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def last_day_of_month(day: date) -> date:
    """Return the last day of the month of `day`."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def last_day(valid_to: date | None) -> date | None:
    """Return the last day of an interval that ends before `valid_to`; None when it has no end."""
    return None if valid_to is None else valid_to - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of which the day, or the day and the month, may be unknown, as in old records.

    Raises BadDate when the parts make no date.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.month is None and self.day is not None:
            raise BadDate("not_a_date", f"{self.day}/?/{self.year}")
        try:
            date(self.year, self.month or 1, self.day or 1)
            if self.month == 0 or self.day == 0:
                raise ValueError
        except ValueError:
            raise BadDate(
                "no_such_day", "/".join(str(p) for p in (self.day, self.month, self.year) if p is not None)
            ) from None

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """Return the fully known date."""
        return cls(day.year, day.month, day.day)

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Return the date written as `iso` or as `shown`. Raises BadDate."""
        return parse_date(text).value

    @property
    def iso(self) -> str:
        """The stored form: `1970`, `1970-05` or `1970-05-03`; it sorts by time."""
        return (
            f"{self.year:04d}" + (f"-{self.month:02d}" if self.month else "") + (f"-{self.day:02d}" if self.day else "")
        )

    @property
    def exact(self) -> date | None:
        """The date when it is fully known, else None."""
        return date(self.year, self.month, self.day) if self.month and self.day else None

    def earliest(self) -> date:
        """Return the first day it can be."""
        return date(self.year, self.month or 1, self.day or 1)

    def latest(self) -> date:
        """Return the last day it can be."""
        if self.day:
            return self.earliest()
        return last_day_of_month(date(self.year, self.month or 12, 1))

    def shown(self) -> str:
        """Return dd/mm/yyyy, mm/yyyy or yyyy."""
        return (
            (f"{self.day:02d}/" if self.day else "") + (f"{self.month:02d}/" if self.month else "") + f"{self.year:04d}"
        )


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """What a cell meant. `century_guessed`: only two digits of the year were written, so show it to the user."""

    value: PartialDate
    century_guessed: bool = False

    @property
    def exact(self) -> date | None:
        """The date when it is fully known, else None."""
        return self.value.exact


_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")
_WORDS = re.compile(r"^(?:ngày\s*(?P<d>\d{1,2})\s*)?tháng\s*(?P<m>\d{1,2})\s*năm\s*(?P<y>\d{4})$", re.IGNORECASE)
_DMY = re.compile(r"^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})$")
_YMD = re.compile(r"^(\d{4})([/.-])(\d{1,2})\2(\d{1,2})$")
_MY = re.compile(r"^(\d{1,2})[/.-](\d{4})$")
_YM = re.compile(r"^(\d{4})[/.-](\d{1,2})$")


def parse_date(value: object, *, century_pivot: int | None = None) -> ParsedDate:
    """Read a date as it stands in a form or a workbook cell.

    Accepts `1/7/2026`, `01-07-2026`, `01.07.2026`, `01072026`, `2026-07-01`, `ngày 1 tháng 7 năm 2026`, `d-m-yy`,
    `mm/yyyy` (also `2026-07`), a year alone, 00 for an unknown day or month, date and datetime objects, and Excel
    serial numbers of the 1900 system (a number from 1900 to 2100 is a year). Two-digit years up to `century_pivot`
    are 20yy, above it 19yy; without a pivot they are refused. Raises BadDate.
    """
    if isinstance(value, datetime):
        return _ranged(PartialDate.of(value.date()), value)
    if isinstance(value, date):
        return _ranged(PartialDate.of(value), value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _parse_number(value)
    if isinstance(value, str):
        return _parse_text(value, century_pivot)
    raise BadDate("not_a_date", value)


def _ranged(found: PartialDate, value: object, century_guessed: bool = False) -> ParsedDate:
    if not MIN_YEAR <= found.year <= MAX_YEAR:
        raise BadDate("out_of_range", value)
    return ParsedDate(found, century_guessed)


def _build(year: int, month: int, day: int, value: object, century_guessed: bool = False) -> ParsedDate:
    # Old lists write 00/00/1970 for an unknown day and month.
    if not month and day:
        raise BadDate("no_such_day", value)
    try:
        found = PartialDate(year, month or None, day or None)
    except BadDate:
        code = "out_of_range" if not MIN_YEAR <= year <= MAX_YEAR else "no_such_day"
        raise BadDate(code, value) from None
    return _ranged(found, value, century_guessed)


def _parse_number(value: float) -> ParsedDate:
    if not math.isfinite(value):
        raise BadDate("not_a_date", value)
    whole = int(value)
    if whole == value and MIN_YEAR <= whole <= MAX_YEAR:
        return ParsedDate(PartialDate(whole))
    if whole == value and 1_01_1000 <= whole <= 31_12_9999:
        # 01072026 typed into a number cell has lost its leading zero.
        return _parse_text(f"{whole:08d}", None)
    if not 1 <= whole <= _SERIAL_LAST:
        raise BadDate("out_of_range", value)
    if whole == _SERIAL_LEAP_DAY:
        raise BadDate("no_such_day", value)
    return _ranged(PartialDate.of(_SERIAL_EPOCH + timedelta(days=whole + (whole < _SERIAL_LEAP_DAY))), value)


def _parse_text(value: str, century_pivot: int | None) -> ParsedDate:
    text = _TIME.sub("", " ".join(value.split())).strip()
    if found := _WORDS.match(text):
        return _build(int(found["y"]), int(found["m"]), int(found["d"] or 0), value)
    text = text.replace(" ", "")
    if not text.isascii():
        raise BadDate("not_a_date", value)
    if found := _DMY.match(text):
        day, month, year = int(found[1]), int(found[3]), int(found[4])
        if len(found[4]) == 4:
            return _build(year, month, day, value)
        if century_pivot is None:
            raise BadDate("not_a_date", value)
        return _build(year + (2000 if year <= century_pivot else 1900), month, day, value, century_guessed=True)
    if found := _YMD.match(text):
        return _build(int(found[1]), int(found[3]), int(found[4]), value)
    if found := _MY.match(text):
        return _build(int(found[2]), int(found[1]), 0, value)
    if found := _YM.match(text):
        return _build(int(found[1]), int(found[2]), 0, value)
    if re.fullmatch(r"\d{8}", text):
        year = int(text[4:])
        if MIN_YEAR <= year <= MAX_YEAR:
            return _build(year, int(text[2:4]), int(text[:2]), value)
        return _build(int(text[:4]), int(text[4:6]), int(text[6:]), value)
    if re.fullmatch(r"\d{4}", text):
        return _build(int(text), 0, 0, value)
    raise BadDate("not_a_date", value)


def is_working_day(day: date, holidays: Collection[date] = (), working_weekends: Collection[date] = ()) -> bool:
    """Say whether offices work on `day`: Monday to Friday and no holiday, or a weekend day worked in exchange."""
    return day in working_weekends or (day.weekday() < 5 and day not in holidays)


def add_working_days(
    day: date, count: int, holidays: Collection[date] = (), working_weekends: Collection[date] = ()
) -> date:
    """Return the `count`-th working day after `day` (before it when negative); `day` itself is never counted.

    With count 0 returns `day`.
    """
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day, holidays, working_weekends)
    return day


def working_days_between(
    start: date, end: date, holidays: Collection[date] = (), working_weekends: Collection[date] = ()
) -> int:
    """Return the number of working days in `[start, end)`; 0 when `end` is not after `start`."""
    days = (start + timedelta(days=n) for n in range(max((end - start).days, 0)))
    return sum(is_working_day(day, holidays, working_weekends) for day in days)
