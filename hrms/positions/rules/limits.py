"""Limits of the law on positions and structure: the catalogue `position_limits`, a row a figure, place and size.

Columns: key, value, unit, place (class of the province, empty for all), size_from and size_to (both included), the
period, source and mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from hrms.core.dates import add_months
from hrms.core.rules import N_, Reason


class Place(StrEnum):
    """Class of a province (phân loại đơn vị hành chính cấp tỉnh); special: Hà Nội, TP. Hồ Chí Minh."""

    SPECIAL = "special"
    CLASS_1 = "class_1"
    CLASS_2 = "class_2"
    CLASS_3 = "class_3"


PLACE_LABELS: dict[Place, str] = {
    Place.SPECIAL: N_("Hà Nội, TP. Hồ Chí Minh"),
    Place.CLASS_1: N_("Tỉnh, thành phố loại I"),
    Place.CLASS_2: N_("Tỉnh, thành phố loại II"),
    Place.CLASS_3: N_("Tỉnh, thành phố loại III"),
}


class Rule(StrEnum):
    """What may be exceeded: an accepted excess (overage) names one of these."""

    QUOTA = "quota"
    LINE = "line"
    RANK_RATIO = "rank_ratio"
    GRADE_RATIO = "grade_ratio"
    DEPUTIES = "deputies"
    DIVISION_SIZE = "division_size"


RULE_LABELS: dict[Rule, str] = {
    Rule.QUOTA: N_("Biên chế của cơ quan"),
    Rule.LINE: N_("Số chỗ của vị trí"),
    Rule.RANK_RATIO: N_("Tỷ lệ ngạch"),
    Rule.GRADE_RATIO: N_("Tỷ lệ bậc nghề nghiệp"),
    Rule.DEPUTIES: N_("Số cấp phó"),
    Rule.DIVISION_SIZE: N_("Số biên chế tối thiểu của phòng"),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """One figure as of a day with the article it comes from; `size_to` None is without end."""

    value: str
    source: str
    place: str = ""
    size_from: int = 0
    size_to: int | None = None

    @property
    def number(self) -> int:
        """Return a figure that is a whole number."""
        return int(self.value)

    @property
    def percent(self) -> Decimal:
        """Return a figure in percent."""
        return Decimal(self.value)


Limits = Mapping[str, tuple[Limit, ...]]


def limits_on(rows: Iterable[Mapping[str, str | None]], day: date) -> Limits:
    """Return the figures of the catalogue in force on `day` by key; empty cells are "" or None."""
    shown = day.isoformat()
    found: dict[str, list[Limit]] = {}
    for row in rows:
        if not (row["valid_from"] or "") <= shown < (row["valid_to"] or "9999"):
            continue
        last = row["size_to"]
        limit = Limit(
            row["value"] or "", row["source"] or "", row["place"] or "", int(row["size_from"] or 0),
            int(last) if last else None,
        )  # fmt: skip
        found.setdefault(row["key"] or "", []).append(limit)
    return {key: tuple(values) for key, values in found.items()}


def find(limits: Limits, key: str, *, place: str = "", size: int = 0) -> Limit | None:
    """Return the figure for a class of province and a size; None where the law of the day has none."""
    return next(
        (
            one
            for one in limits.get(key, ())
            if one.place in {"", place} and one.size_from <= size and (one.size_to is None or size <= one.size_to)
        ),
        None,
    )


@dataclass(frozen=True, slots=True)
class SolveBy:
    """The last day by which the law wants an excess solved, and why."""

    day: date
    reason: Reason


def solve_by(rule: Rule, limits: Limits, reorganised_on: date | None = None) -> SolveBy | None:
    """Return by when an excess of `rule` must be gone; None where the law names no day.

    Deputies: some months from `reorganised_on`, the day the province was reorganised (NĐ 150/2025/NĐ-CP); ratios: a
    day of the law (NĐ 232/2026/NĐ-CP Đ18).
    """
    if rule is Rule.DEPUTIES:
        months = find(limits, "solve.deputies_months")
        if months is None or reorganised_on is None:
            return None
        day = add_months(reorganised_on, months.number)
        text = N_("Sắp xếp ngày %(since)s, giải quyết số dôi dư trong %(months)s tháng: chậm nhất %(day)s.")
        params = {"since": reorganised_on, "months": months.number, "day": day}
        return SolveBy(day, Reason(text, day.isoformat(), months.source, params))
    last = find(limits, f"solve.{rule.value}")
    if last is None:
        return None
    day = date.fromisoformat(last.value)
    text = N_("Giải quyết số vượt tỷ lệ chậm nhất %(day)s.")
    return SolveBy(day, Reason(text, day.isoformat(), last.source, {"day": day}))
