"""The reasons of a slip: the steps of its month and of each earlier month paid again, what changed since last month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from hrms.core.rules import N_, Problem, Reason
from hrms.pay.queries import law_days
from hrms.pay.routes.sheets.words import PART_MONTH_LABELS
from hrms.pay.rules import comparing, month, stretches
from hrms.pay.rules import doubts as doubting
from hrms.pay.rules.amounts import ROUNDING_LABELS
from hrms.pay.rules.figures import NoFigure
from hrms.pay.rules.stretches import Stretch

_WAYS: dict[str, str] = {**{way.value: words for way, words in ROUNDING_LABELS.items()}, **PART_MONTH_LABELS}
"""Figures that name a way of computing → its words."""
Kept = Sequence[Mapping[str, Any]]


def said_change(before: Kept | None, after: Kept | None) -> list[Reason]:
    """Return why the pay of two months differs, by the facts both were computed from; None for a month without."""
    old, new = (None if side is None else stretches.read(side) for side in (before, after))
    return comparing.why(old, new, _bases(old, new))


def _bases(before: Sequence[Stretch] | None, after: Sequence[Stretch] | None) -> tuple[Decimal, Decimal] | None:
    """Return the base salaries of the last days of two months, in đồng; None where a month has none."""
    if not before or not after:
        return None
    try:
        old, new = (law_days.figures_of(side[-1].start, side[-1].kind).base_salary.number for side in (before, after))
    except NoFigure:
        return None
    return old, new


@dataclass(frozen=True, slots=True)
class Told:
    """Why a month is what it is, the net amount the steps lead to, and what was approved for it before, in đồng."""

    reasons: Sequence[Reason]
    net: Decimal
    paid: Decimal | None = None


def steps(slip: Any) -> dict[date, Told]:
    """Return the steps of each month of a slip by its first day: the own month and earlier ones paid again."""
    found: dict[date, Told] = {}
    unpaid = sum(int(one.get("unpaid", 0)) for one in slip.facts)
    if (own := _told(slip.month, slip.facts, unpaid)) is not None:
        found[slip.month] = own
    for one in slip.past:
        first, paid = date.fromisoformat(one["month"]), Decimal(one["before"]["net"])
        told = _told(first, one["stretches"], int(one.get("unpaid", 0))) or Told((), Decimal(0))
        text = N_("Đúng ra %(due)s đồng, đã duyệt %(paid)s đồng: chênh lệch vào bảng lương này.")
        params = {"due": told.net, "paid": paid}
        found[first] = Told((*told.reasons, Reason(text, str(told.net - paid), "", params)), told.net, paid)
    return found


def _told(first: date, kept: Kept, unpaid: int) -> Told | None:
    mine = stretches.read(kept)
    if not mine:
        return None
    try:
        least = law_days.unpaid_limit(first)
        reasons = [
            replace(one, figure=_WAYS.get(one.figure, one.figure))
            for one in month.explain(first, mine, law_days.figures_of, unpaid=unpaid, least=least)
        ]
        contributes = least is None or unpaid < least.number
        return Told(reasons, month.month_pay(first, mine, law_days.figures_of, contributes=contributes).net)
    except NoFigure:
        return None


def doubts(kept: Kept) -> list[Problem]:
    """Return the doubts of a slip as sentences."""
    return [one.problem for one in doubting.read(kept)]
