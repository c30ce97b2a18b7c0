"""A career on the pay scale: first placement, regular and early raises, promotions, seniority beyond the last step.

Regular raises follow the months of the scale, promotions the re-slotting of TT 02/2007/TT-BNV (the next coefficient not
below the old one; the clock runs on when the gain is less than a step).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from hrms.core.dates import add_months, months_between
from seed.demo.law import RankLaw

FIRST_BEYOND = 5


@dataclass(slots=True)
class Standing:
    """Rank, step and coefficient from a day on; `why` is recruitment, raise, early, promotion or beyond."""

    since: date
    rank: RankLaw
    rank_since: date
    step: int
    step_since: date
    why: str
    percent: int | None = None
    beyond: int = 0
    beyond_since: date | None = None
    written: Decimal | None = None
    """A coefficient that was written down wrong, where the demo wants one."""

    @property
    def coefficient(self) -> Decimal:
        """The coefficient of the step, unless another was written down."""
        return self.rank.scale.coefficients[self.step - 1] if self.written is None else self.written


def career(
    rng: Random,
    ranks: list[RankLaw],
    placed_on: date,
    first_step: int,
    promotions: list[date],
    today: date,
    *,
    lively: bool = True,
) -> list[Standing]:
    """Return the standings from `placed_on` to `today`, oldest first.

    `ranks` are held one after the other, the next from each day of `promotions`. `lively` lets some raises come early.
    """
    now = Standing(placed_on, ranks[0], placed_on, first_step, placed_on, "recruitment")
    found = [now]
    waiting = [day for day in promotions if placed_on < day <= today]
    level = 0
    while True:
        due = _due(rng, now, lively)
        if waiting and level + 1 < len(ranks) and waiting[0] <= due:
            level += 1
            now = _promoted(now, ranks[level], waiting.pop(0))
        elif due > today:
            return found
        elif now.step < now.rank.scale.steps:
            regular = add_months(now.step_since, now.rank.scale.months_per_step)
            why = "early" if due < regular else "raise"
            now = Standing(due, now.rank, now.rank_since, now.step + 1, due, why)
        else:
            percent = now.beyond + 1 if now.beyond else FIRST_BEYOND
            now = Standing(due, now.rank, now.rank_since, now.step, now.step_since, "beyond", None, percent, due)
        found.append(now)


def _due(rng: Random, now: Standing, lively: bool) -> date:
    if now.beyond_since is not None:
        return add_months(now.beyond_since, 12)
    months = now.rank.scale.months_per_step
    if lively and now.step < now.rank.scale.steps and now.why == "raise" and rng.random() < 0.06:
        months -= rng.choice((6, 9, 12))
    return add_months(now.step_since, months)


def _promoted(now: Standing, rank: RankLaw, day: date) -> Standing:
    old, new = now.coefficient, rank.scale.coefficients
    step = next((n for n, c in enumerate(new, 1) if c >= old), len(new))
    gain = new[step - 1] - old
    scale = now.rank.scale.coefficients
    single = scale[1] - scale[0]
    clock = day if gain >= single or now.beyond else now.step_since
    if months_between(clock, day) >= rank.scale.months_per_step:
        clock = day
    return Standing(day, rank, day, step, clock, "promotion")
