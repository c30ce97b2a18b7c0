"""Achievements that may bring a raise before its day, and how many months early each may bring at most.

The law says "highest first" and at most 12 months (TT 08/2013/TT-BNV Đ3); months by level are the regulation of the
province or agency: parameters `raise.early_merit_months.<code of the award>`, shown as unsure. An award without a
figure brings none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hrms.people.rules.absences import Figures

KEY = "raise.early_merit_months."


@dataclass(frozen=True, slots=True)
class Merit:
    """An award of a year: its code, the months it may bring, the decision and who gave it, "" where not recorded."""

    code: str
    year: int
    months: int
    decision: str = ""
    by: str = ""

    def day(self, last_early: date | None) -> date:
        """Return the day it counts as recognised: the record keeps the year alone, so the last day of it.

        In the year of a former early raise it counts as from before that raise, since the record does not say
        otherwise: what was rewarded once brings no second raise.
        """
        return date(self.year, 1, 1) if last_early and self.year == last_early.year else date(self.year, 12, 31)


def months_for(code: str | None, figures: Figures) -> int:
    """Return the months an award may bring, 0 for one the regulation does not name."""
    found = figures.get(f"{KEY}{code}") if code else None
    return int(found.value) if found else 0


def ordered(given: Sequence[Merit]) -> list[Merit]:
    """Return the awards, the highest first: more months, then the later year."""
    return sorted(given, key=lambda one: (-one.months, -one.year, one.code))
