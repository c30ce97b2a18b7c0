"""What another scheme of bonuses or extra income would cost for the people and classes of a year. Pure.

Of two sets of amounts by person: sums by agency, how many gain and lose how much a month; groups of few are hidden as
in `rules.cost_tables`. Amounts in whole đồng of the year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hrms.pay.rules.cost_tables import together
from hrms.pay.rules.costs import PLACES, band_of

MONTHS = 12


@dataclass(frozen=True, slots=True)
class ShareLine:
    """What one agency pays by each scheme, or several of few people together."""

    agency_ids: tuple[int, ...]
    people: int
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class ShareCost:
    """A year by one scheme ("" for none) and by another. `refused`: agencies whose fund could not be reckoned.

    `gains`, `losses` and `sizes` (people by size of change a month) are None and () where all together are few.
    """

    year: int
    name_before: str
    name_after: str
    people: int
    before: Decimal
    after: Decimal
    gains: int | None
    losses: int | None
    refused: int
    agencies: tuple[ShareLine, ...]
    sizes: tuple[int, ...]
    least: int

    @property
    def more(self) -> Decimal:
        """Return how much more a year costs."""
        return self.after - self.before

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON keeps it: amounts as text."""
        return {
            "year": self.year, "name_before": self.name_before, "name_after": self.name_after, "people": self.people,
            "before": str(self.before), "after": str(self.after), "gains": self.gains, "losses": self.losses,
            "refused": self.refused, "sizes": list(self.sizes), "least": self.least,
            "agencies": [
                [list(one.agency_ids), one.people, str(one.before), str(one.after)] for one in self.agencies
            ],
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> ShareCost:
        """Return what `as_json` kept. Raises `KeyError`, `ValueError` for anything else."""
        return cls(
            kept["year"], kept["name_before"], kept["name_after"], kept["people"], Decimal(kept["before"]),
            Decimal(kept["after"]), kept["gains"], kept["losses"], kept["refused"],
            tuple(
                ShareLine(tuple(ids), people, Decimal(before), Decimal(after))
                for ids, people, before, after in kept["agencies"]
            ),
            tuple(kept["sizes"]), kept["least"],
        )  # fmt: skip


Amounts = Mapping[int, Mapping[int, int]]
"""By agency and person, whole đồng of the year."""


def share_cost(
    year: int, names: tuple[str, str], before: Amounts, after: Amounts, refused: int, least: int
) -> ShareCost:
    """Return what the scheme of `after` costs beside that of `before`."""
    agencies = list(dict.fromkeys([*before, *after]))
    people = {one: len(before.get(one, {}).keys() | after.get(one, {}).keys()) for one in agencies}
    sums = {
        one: (sum(before.get(one, {}).values()), sum(after.get(one, {}).values())) for one in agencies if people[one]
    }  # fmt: skip
    sizes, gains, losses = [0] * PLACES, 0, 0
    for one in sums:
        old, new = before.get(one, {}), after.get(one, {})
        for person_id in old.keys() | new.keys():
            change = Decimal(new.get(person_id, 0) - old.get(person_id, 0))
            gains, losses = gains + (change > 0), losses + (change < 0)
            sizes[band_of((change / MONTHS).quantize(Decimal(1), ROUND_HALF_UP), exactly=change)] += 1
    everybody = sum(people.values())
    few = everybody < least
    rows = [] if few else together({one: people[one] for one in sums}, least)
    return ShareCost(
        year, *names, everybody, Decimal(sum(old for old, _new in sums.values())),
        Decimal(sum(new for _old, new in sums.values())), None if few else gains, None if few else losses, refused,
        tuple(
            ShareLine(
                keys, sum(people[key] for key in keys), Decimal(sum(sums[key][0] for key in keys)),
                Decimal(sum(sums[key][1] for key in keys)),
            )
            for keys in rows
        ),
        () if few else tuple(sizes), least,
    )  # fmt: skip
