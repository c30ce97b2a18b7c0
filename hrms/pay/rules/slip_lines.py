"""The amounts of a slip added up: by month, side and code; two months beside each other. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from hrms.pay.rules.lines import DEDUCTION, LINE, NAMES, SIDES, place

_SIDES = {side: number for number, side in enumerate(SIDES)}


class Amount(Protocol):
    """A line as it is stored: `for_month` is the first day of the month it belongs to; `amount` may be below 0."""

    for_month: date
    side: str
    code: str
    amount: Decimal


def place_of(side: str, code: str) -> tuple[int, int, str]:
    """Return the place of a line on a sheet: the side, then the order of the law; codes this version lacks last."""
    return _SIDES.get(side, len(_SIDES)), place(code) if code in NAMES else len(NAMES), code


@dataclass(slots=True)
class Sums:
    """Đồng of one month of one slip by side and code."""

    month: date
    by: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    def of(self, side: str) -> list[tuple[str, Decimal]]:
        """Return the lines of a side in the order of a sheet."""
        return [(code, self.by[one, code]) for one, code in sorted(self.by, key=lambda k: place_of(*k)) if one == side]

    def total(self, side: str) -> Decimal:
        """Return the sum of a side."""
        return sum((amount for (one, _code), amount in self.by.items() if one == side), Decimal(0))

    @property
    def net(self) -> Decimal:
        """Return what is received after deductions."""
        return self.total(LINE) - self.total(DEDUCTION)


def by_month(lines: Iterable[Amount]) -> list[Sums]:
    """Return the sums of each month, newest first."""
    months: dict[date, Sums] = {}
    for one in lines:
        sums = months.setdefault(one.for_month, Sums(one.for_month)).by
        sums[one.side, one.code] = sums.get((one.side, one.code), Decimal(0)) + one.amount
    return [months[month] for month in sorted(months, reverse=True)]


@dataclass(frozen=True, slots=True)
class LineChange:
    """One line of two months beside each other, in đồng; None where a month has no such line."""

    side: str
    code: str
    before: Decimal | None
    after: Decimal | None

    @property
    def difference(self) -> Decimal:
        """Return how much more the later month is."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


def changes(before: Sums | None, after: Sums | None) -> Sequence[LineChange]:
    """Return the lines in which two months differ, in the order of a sheet."""
    old, new = (one.by if one else {} for one in (before, after))
    keys = sorted(old.keys() | new.keys(), key=lambda key: place_of(*key))
    found = [LineChange(*key, old.get(key), new.get(key)) for key in keys]
    return [one for one in found if one.difference]
