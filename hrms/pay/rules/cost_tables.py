"""What a what-if found, as it may be kept and shown: sums by year and agency, counts from which nobody is recognised.

Agencies of few people are added up together, sizes of change are shown as `hrms.performance.rules.hiding` allows. Only
this form leaves the program's memory: kept as JSON in a scenario or in the preview of a new text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from hrms.core.rules import N_
from hrms.pay.rules.costs import PLACES, ZERO, Count, Place, Sums, month_at
from hrms.pay.rules.lines import FEW
from hrms.performance.rules import hiding

BAND_LABELS: tuple[str, ...] = (
    N_("Giảm trên 2 triệu đồng"), N_("Giảm trên 1 đến 2 triệu đồng"), N_("Giảm trên 500 nghìn đến 1 triệu đồng"),
    N_("Giảm trên 100 đến 500 nghìn đồng"), N_("Giảm đến 100 nghìn đồng"), N_("Không đổi"),
    N_("Tăng đến 100 nghìn đồng"), N_("Tăng trên 100 đến 500 nghìn đồng"), N_("Tăng trên 500 nghìn đến 1 triệu đồng"),
    N_("Tăng trên 1 đến 2 triệu đồng"), N_("Tăng trên 2 triệu đồng"),
)  # fmt: skip
"""Words of the sizes of change a month, in the order of `costs.BANDS`."""
DIMENSIONS: Mapping[str, str] = {"kind": N_("Loại nhân sự"), "group": N_("Loại bảng lương")}
Key = TypeVar("Key", int, str)
_SUMS = ("gross", "deductions", "employer")


@dataclass(frozen=True, slots=True)
class Year:
    """One calendar year of the period: its sums by the law in force and by the supposed one."""

    year: int
    before: Sums
    after: Sums


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """What one agency spends, or several of few people together; `month` and `arrears` are differences."""

    agency_ids: tuple[int, ...]
    people: int
    changed: int | None
    before: Sums
    after: Sums
    month: Sums
    arrears: Sums
    years: tuple[Decimal, ...] = ()
    """How much more each year of the period costs, in the order of `Cost.years`."""


@dataclass(frozen=True, slots=True)
class SpreadRow:
    """How many people of a group, or of several together, by size of change; None for a hidden count."""

    groups: tuple[str, ...]
    people: int
    counts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """Counts by group of one dimension; `columns` are sizes of change counted together."""

    dimension: str
    columns: tuple[tuple[int, ...], ...]
    rows: tuple[SpreadRow, ...]
    totals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a what-if costs over a period, in đồng.

    `month` is the month looked at: by the law in force and as supposed; `ahead` how much more twelve months from it
    cost; `arrears` how much more the approved months would have cost, which is due as differences. `doubtful` people
    are not in any sum: their facts contradict the law. `least` is the smallest group shown.
    """

    first: date
    months: int
    looked_at: date
    people: int
    doubtful: int
    unplaced: int
    changed: int | None
    gains: int | None
    losses: int | None
    month: tuple[Sums, Sums]
    ahead: Sums
    arrears: Sums
    arrears_months: int
    years: tuple[Year, ...]
    agencies: tuple[AgencyLine, ...]
    codes: tuple[tuple[str, str, Decimal, Decimal], ...]
    spread: tuple[Spread, ...]
    least: int
    sizes: tuple[int, ...] = ()
    """How many people of all by size of change, as `BAND_LABELS` names them; () where there are too few people."""

    @property
    def before(self) -> Sums:
        """Return the whole period by the law in force."""
        return sum((one.before for one in self.years), Sums())

    @property
    def after(self) -> Sums:
        """Return the whole period as supposed."""
        return sum((one.after for one in self.years), Sums())

    @property
    def more(self) -> Sums:
        """Return how much more the whole period costs."""
        return self.after - self.before

    @property
    def month_more(self) -> Sums:
        """Return how much more the month looked at costs."""
        return self.month[1] - self.month[0]

    @property
    def names_few(self) -> bool:
        """Say whether so few people change that every sum would be theirs."""
        return self.changed is None or 0 < self.changed < self.least

    @property
    def has_few(self) -> bool:
        """Say whether there are too few people to show anything but sums."""
        return self.people < self.least

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON keeps it: amounts as text, days as ISO dates."""
        return {
            "first": self.first.isoformat(), "months": self.months, "looked_at": self.looked_at.isoformat(),
            "people": self.people, "doubtful": self.doubtful, "unplaced": self.unplaced, "changed": self.changed,
            "gains": self.gains, "losses": self.losses, "month": [_sums(one) for one in self.month],
            "ahead": _sums(self.ahead), "arrears": _sums(self.arrears), "arrears_months": self.arrears_months,
            "years": [
                {"year": one.year, "before": _sums(one.before), "after": _sums(one.after)} for one in self.years
            ],
            "agencies": [
                {
                    "ids": list(one.agency_ids), "people": one.people, "changed": one.changed,
                    "before": _sums(one.before), "after": _sums(one.after), "month": _sums(one.month),
                    "arrears": _sums(one.arrears), "years": [str(each) for each in one.years],
                }
                for one in self.agencies
            ],
            "codes": [[side, code, str(old), str(new)] for side, code, old, new in self.codes],
            "spread": [
                {
                    "dimension": one.dimension, "columns": [list(each) for each in one.columns],
                    "totals": list(one.totals),
                    "rows": [[list(row.groups), row.people, list(row.counts)] for row in one.rows],
                }
                for one in self.spread
            ],
            "least": self.least, "sizes": list(self.sizes),
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Cost:
        """Return what `as_json` kept. Raises `KeyError`, `ValueError` for anything else."""
        old, new = (_read(one) for one in kept["month"])
        return cls(
            date.fromisoformat(kept["first"]), int(kept["months"]), date.fromisoformat(kept["looked_at"]),
            int(kept["people"]), int(kept["doubtful"]), int(kept["unplaced"]), kept["changed"], kept["gains"],
            kept["losses"], (old, new), _read(kept["ahead"]), _read(kept["arrears"]), int(kept["arrears_months"]),
            tuple(Year(int(one["year"]), _read(one["before"]), _read(one["after"])) for one in kept["years"]),
            tuple(
                AgencyLine(
                    tuple(one["ids"]), int(one["people"]), one["changed"], _read(one["before"]),
                    _read(one["after"]), _read(one["month"]), _read(one["arrears"]),
                    tuple(Decimal(each) for each in one.get("years") or ()),
                )
                for one in kept["agencies"]
            ),
            tuple((side, code, Decimal(before), Decimal(after)) for side, code, before, after in kept["codes"]),
            tuple(
                Spread(
                    one["dimension"], tuple(tuple(each) for each in one["columns"]),
                    tuple(SpreadRow(tuple(groups), people, tuple(counts)) for groups, people, counts in one["rows"]),
                    tuple(one["totals"]),
                )
                for one in kept["spread"]
            ),
            int(kept["least"]), tuple(kept.get("sizes") or ()),
        )  # fmt: skip


def _sums(sums: Sums) -> list[str]:
    return [str(getattr(sums, name)) for name in _SUMS]


def _read(kept: Sequence[str]) -> Sums:
    return Sums(*(Decimal(one) for one in kept))


def cost_of(count: Count, unplaced: int, least: int) -> Cost:
    """Return what was counted as it may be shown where groups under `least` people are not."""
    few = count.people < least
    arrears = sum((one.arrears for one in count.places.values()), Sums())
    approved = {place for places in count.approved.values() for place in places}
    spread = [] if few else [_spread(name, groups, least) for name, groups in sorted(count.spread.items())]
    return Cost(
        count.first, count.months, month_at(count.first, count.looked_at), count.people, count.doubtful, unplaced,
        *_changed(count, few=few), count.month, count.ahead, arrears, len(approved),
        tuple(Year(year, before, after) for year, (before, after) in sorted(count.years.items())),
        () if few else _agencies(count.places, sorted(count.years), least),
        _codes(count, least),
        tuple(one for one in spread if one is not None), least, () if few else _sizes(count),
    )  # fmt: skip


def _changed(count: Count, *, few: bool) -> tuple[int | None, int | None, int | None]:
    """Return how many of all change, gain and lose; None where all together are few.

    Of everybody together even a small count says nothing of whom; by agency and by group it would.
    """
    if few:
        return None, None, None
    gains = sum(one.gains for one in count.places.values())
    losses = sum(one.losses for one in count.places.values())
    return gains + losses, gains, losses


def _sizes(count: Count) -> tuple[int, ...]:
    groups = next(iter(count.spread.values()), {}).values()
    return tuple(sum(row[place] for row in groups) for place in range(PLACES))


def _codes(count: Count, least: int) -> tuple[tuple[str, str, Decimal, Decimal], ...]:
    """Return the lines of the month looked at; those few people have are added up by side, as agencies are."""
    found: list[tuple[str, str, Decimal, Decimal]] = []
    for side in sorted({side for side, _code in count.codes}):
        holders = {code: number for (one, code), number in count.holders.items() if one == side}
        for codes in together(holders, least):
            old, new = (sum((count.codes[side, code][which] for code in codes), ZERO) for which in (0, 1))
            found.append((side, codes[0] if len(codes) == 1 else FEW, old, new))
    return tuple(sorted(found))


def together(people: Mapping[Key, int], least: int, changed: Mapping[Key, int] | None = None) -> list[tuple[Key, ...]]:
    """Return agencies, or lines, as rows of a table: those of few people in one, with the smallest other while too few.

    `changed` says how many of them change: what a few who change gain would be told by their agency's sum.
    """
    change = changed or {}
    few: list[Key] = [key for key, number in people.items() if number < least or 0 < change.get(key, 0) < least]
    others = sorted((key for key in people if key not in few), key=lambda key: (not change.get(key), people[key]))
    while few and others:
        moved = sum(change.get(key, 0) for key in few)
        if sum(people[key] for key in few) >= least and not 0 < moved < least:
            break
        few.append(others.pop(0))
    joined: set[Key] = set(few)
    rows: list[tuple[Key, ...]] = [(key,) for key in people if key not in joined]
    if few:
        rows.append(tuple(few))
    return rows


def _agencies(places: Mapping[int, Place], years: Sequence[int], least: int) -> tuple[AgencyLine, ...]:
    kept = {key: one for key, one in places.items() if one.people or one.before != Sums() or one.after != Sums()}
    people, changed = ({key: getattr(one, name) for key, one in kept.items()} for name in ("people", "changed"))
    rows = together(people, least, changed)
    return tuple(_line(keys, [kept[key] for key in keys], years, least) for keys in rows)


def _line(ids: tuple[int, ...], several: Sequence[Place], years: Sequence[int], least: int) -> AgencyLine:
    people, changed = sum(one.people for one in several), sum(one.changed for one in several)
    return AgencyLine(
        ids, people,
        # A few who change among many, or a few who do not, would be named by their agency.
        changed if changed in {0, people} or least <= changed <= people - least else None,
        sum((one.before for one in several), Sums()), sum((one.after for one in several), Sums()),
        sum((one.month for one in several), Sums()), sum((one.arrears for one in several), Sums()),
        tuple(sum((one.years.get(year, ZERO) for one in several), ZERO) for year in years),
    )  # fmt: skip


def _spread(dimension: str, groups: Mapping[str, Sequence[int]], least: int) -> Spread | None:
    found = hiding.table(dict(sorted(groups.items())), PLACES, least)
    if found is None or not found.people:
        return None
    rows = tuple(SpreadRow(row.keys, row.people, row.counts) for row in found.rows)
    return Spread(dimension, found.columns, rows, found.totals)


def most_of(values: Sequence[Decimal]) -> Decimal:
    """Return the greatest of some amounts without their signs, at least one đồng: the end of a scale."""
    return max([abs(one) for one in values] + [Decimal(1)])
