"""The figures the made-up careers follow: pay scales, ranks, retirement months, leadership coefficients; read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from hrms.core import catalogues
from hrms.people.rules.retirement import RetirementAges, retirement_by_birth_month
from hrms.people.rules.steps import PayGroup, read_pay_scales

# What the catalogue leaves to a decision: figures of the demo's own, none of them law.
_BY_DECISION = {
    "council_office_chief": "0.90",
    "council_office_deputy": "0.70",
    "province_inspector_chief": "0.90",
    "province_inspector_deputy": "0.70",
    "zone_board_head": "0.90",
    "zone_board_deputy": "0.70",
    "ranger_station_head": "0.30",
    "commune_council_vice_chair": "0.50",
    "hospital_director": "0.80",
    "hospital_deputy_director": "0.60",
    "hospital_ward_head": "0.40",
    "head_nurse": "0.30",
    "unit_director": "0.60",
    "unit_deputy_director": "0.40",
    "health_station_head": "0.20",
    "college_rector": "0.90",
    "college_vice_rector": "0.70",
}


@dataclass(frozen=True, slots=True)
class RankLaw:
    """One rank: its name and the row of the pay scale it stands in."""

    code: str
    name: str
    scale: PayGroup


@dataclass(frozen=True, slots=True)
class Law:
    """Everything the generator asks of the law."""

    ranks: dict[str, RankLaw]
    retires_on: dict[tuple[str, int, int], date]
    coefficients: dict[tuple[str, str], Decimal]

    def coefficient(self, post: str, place: str) -> Decimal:
        """Return the coefficient of a leadership post. Raises KeyError where neither catalogue nor demo has one."""
        found = self.coefficients.get((post, place))
        return found if found is not None else Decimal(_BY_DECISION[post])


@cache
def law() -> Law:
    """Read the catalogues. Raises KeyError when a rank stands in a group that the pay scales lack."""
    folder = catalogues.FOLDER
    scales = read_pay_scales(catalogues.read_csv(folder / "pay_scales.csv"))
    ranks = {
        row["code"]: RankLaw(row["code"], row["name_vi"], scales[int(row["table"]), row["group"]])
        for row in catalogues.read_csv(folder / "ranks.csv")
    }
    ages = RetirementAges.from_rows(catalogues.read_csv(folder / "retirement_ages.csv"))
    months = {(sex.value, year, month): day for sex, year, month, day in retirement_by_birth_month(ages, 1940, 2012)}
    coefficients = {
        (row["post"], row["place"]): Decimal(row["coefficient"])
        for row in catalogues.read_csv(folder / "leadership_coefficients.csv")
    }
    return Law(ranks, months, coefficients)
