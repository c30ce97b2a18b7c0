"""What a raise that takes effect in the past is worth until today: the arrears of its item, for who may see amounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hrms.core import clock
from hrms.pay.queries.figures import pay_figures
from hrms.pay.queries.gathering import gather
from hrms.pay.rules import arrears
from hrms.pay.rules.arrears import Arrears
from hrms.pay.rules.figures import NoFigure


def arrears_of(item: Any) -> Arrears | None:
    """Return the arrears of a raise from its day to the end of this month, in whole đồng, by the facts of that day.

    None for a raise still to come, or where a month cannot be computed. Approved sheets follow by their own
    differences; this says beforehand how much it will be. The transaction must see the person's amounts.
    """
    today = clock.today()
    if item.effective_on > today:
        return None
    found = next(gather(item.effective_on, today + timedelta(days=1), person_ids=[item.person_id]), None)
    stretch = found.stretches[0] if found is not None and found.stretches else None
    if stretch is None:
        return None
    kind = stretch.kind
    before = replace(
        stretch.facts, coefficient=item.from_coefficient, beyond_scale_percent=item.from_percent or Decimal(0)
    )
    after = replace(stretch.facts, coefficient=item.to_coefficient, beyond_scale_percent=item.to_percent or Decimal(0))
    span = (item.effective_on, today)
    try:
        if arrears.check_arrears(before, after, *span, lambda day: pay_figures(day, kind)):
            return None
        return arrears.arrears(before, after, *span, lambda day: pay_figures(day, kind))
    except NoFigure:
        return None
