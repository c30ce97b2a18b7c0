"""Regular raises that are still to be decided, supposed to come on their day, one step after the other. Pure.

The first comes on the day of the clock (`rules.raises`) as the record keeps it; of a step that begins later, and from
then on, when the time of the step is over (TT 08/2013/TT-BNV Đ2). What may prolong a later step is not foreseen, nor is
seniority beyond the scale.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import ClassVar

from hrms.core.dates import add_months
from hrms.pay.rules.month import Stretch
from hrms.pay.rules.supposed import Change, ChangeKind, Person, Scales


@dataclass(frozen=True, slots=True, kw_only=True)
class Raises(Change):
    """Every regular raise from `start` on, and those overdue on that day."""

    kind: ClassVar[ChangeKind] = ChangeKind.RAISES

    def over(self, one: Stretch, person: Person, scales: Scales) -> list[Stretch]:
        """Return the days cut at each raise, with the coefficient of its step; the same for who has no step."""
        if person.table is None or person.group is None or person.step is None or person.since is None:
            return [one]
        key = person.table, person.group
        group = scales(one.start).get(key)
        if group is None or person.step >= group.steps or group.coefficients[person.step - 1] != one.facts.coefficient:
            return [one]
        raised_on: list[date] = []
        due = person.next_on or add_months(person.since, group.months_per_step)
        while due < one.end and person.step + len(raised_on) < group.steps:
            raised_on.append(max(due, self.start))
            due = add_months(due, group.months_per_step)
        edges = [one.start, *sorted({day for day in raised_on if one.start < day < one.end}), one.end]
        found = []
        for start, end in pairwise(edges):
            step = person.step + sum(1 for day in raised_on if day <= start)
            now = scales(start).get(key, group)
            coefficient = now.coefficients[min(step, now.steps) - 1]
            found.append(replace(one, start=start, end=end, facts=replace(one.facts, coefficient=coefficient)))
        return found
