"""What January makes of published classes: December is in, so means, classes and the quota are looked at again. Pure.

Use `Published`, `settle`. NĐ 335/2025/NĐ-CP Đ17 k3, Đ20 k5, Đ21 k3. The law asks for a check, not for a new contest: a
class that still follows from the points stays, whoever was left out by the quota or by the body stays at good, and only
then do those who have newly reached the top take what places are left [our reading].
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hrms.performance.rules.classes import RatingClass
from hrms.performance.rules.quota import Contender, OrderKey, Rule, ranked

TOP = (RatingClass.EXCELLENT, RatingClass.GOOD)


@dataclass(frozen=True, slots=True)
class Published:
    """Somebody with a published class: `final`, the class by points it came from (`before`) and now (`now`)."""

    contender: Contender
    final: RatingClass
    before: RatingClass
    now: RatingClass


def settle(people: Sequence[Published], rule: Rule | None, order: Sequence[OrderKey]) -> dict[int | str, RatingClass]:
    """Return everybody's class with the year complete, by id; `rule` None: no quota."""
    found = {one.contender.id: one.now for one in people}
    reached = [one for one in people if one.now is RatingClass.EXCELLENT]
    held = {one.contender.id for one in reached if one.final is RatingClass.EXCELLENT}
    fresh = {one.contender.id for one in reached if one.before is not RatingClass.EXCELLENT}
    for one in reached:
        if one.contender.id not in held | fresh:
            found[one.contender.id] = RatingClass.GOOD
    if rule is None:
        return found
    good = [one.contender for one in people if one.now in TOP]
    everyone, top = Counter(one.group for one in good), Counter(one.contender.group for one in reached)
    whole = rule.maximum(len(good), len(reached))
    most = {group: rule.maximum(everyone[group], top[group]) for group in everyone if group is not None}
    taken: Counter[str | None] = Counter()
    waiting = [one.contender for one in reached if one.contender.id in held | fresh]
    in_order = ranked((one for one in waiting if one.id in held), order)
    in_order += ranked((one for one in waiting if one.id in fresh), order)
    for contender in in_order:
        group = contender.group
        if taken.total() >= whole or (group is not None and taken[group] >= most[group]):
            found[contender.id] = RatingClass.GOOD
        else:
            taken[group] += 1
    return found
