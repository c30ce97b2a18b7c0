"""Which coefficient is paid when the law's figures change after a fact was recorded.

A recorded leadership coefficient that is the catalogue's of its day follows the catalogue's later rows of the same post
and place; one agreed otherwise stays as it is. A recorded step stays the step: its coefficient follows a scale that
changed after the fact began, where it was the scale's of its day. (NĐ 204/2004/NĐ-CP Đ6, Đ7; NĐ 07/2026/NĐ-CP Đ3.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hrms.people.rules.steps import PayGroup

Places = Callable[[str, date], Mapping[str, Decimal]]
"""The coefficients of a post by place, in force on a day; empty when the law names none."""
Scales = Callable[[date], Mapping[tuple[int, str], PayGroup]]


@dataclass(frozen=True, slots=True)
class Followed:
    """The coefficient of a day; `doubt` says what makes it doubtful, "" when nothing does."""

    coefficient: Decimal
    doubt: str = ""


def leadership(recorded: Decimal, post: str | None, since: date, day: date, places: Places) -> Followed:
    """Return the leadership coefficient on `day` of a post recorded from `since` with `recorded`.

    Where several places have the recorded coefficient and part later, it stays and is doubtful: `places_part`.
    """
    if not post:
        return Followed(recorded)
    then, now = places(post, since), places(post, day)
    later = {now[place] for place, value in then.items() if value == recorded and place in now}
    if not later:
        return Followed(recorded)
    if len(later) > 1:
        return Followed(recorded, "places_part")
    return Followed(later.pop())


def step(
    recorded: Decimal, table: int | None, group: str | None, number: int | None, since: date, day: date, scales: Scales
) -> Followed:
    """Return the coefficient on `day` of a step recorded from `since`.

    Doubtful where the recorded coefficient is not the scale's: `not_of_scale`; it is paid as recorded.
    """
    if table is None or group is None:
        return Followed(recorded, "no_scale")
    then = scales(since).get((table, group)) or scales(day).get((table, group))
    if then is None:
        return Followed(recorded, "no_scale")
    at = number if number is not None else then.step_of(recorded)
    if at is None or not 1 <= at <= then.steps or then.coefficients[at - 1] != recorded:
        return Followed(recorded, "not_of_scale")
    now = scales(day).get((table, group))
    if now is None or at > now.steps:
        return Followed(recorded, "no_scale")
    return Followed(now.coefficients[at - 1])
