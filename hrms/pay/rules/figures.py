"""The dated figures a month's pay needs: base salary, allowances, insurance, suspension, rounding.

Each has its article and its mark: "C" checked, "K" known, "U" unsure, a default that every answer names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from hrms.core.rules import N_, Problem
from hrms.pay.rules.amounts import Rounding
from hrms.people.rules.kinds import PersonKind

UNSURE = "U"


class AllowanceCode(StrEnum):
    """The allowances beside salary, in the order of a sheet."""

    PUBLIC_DUTY = "public_duty"
    REGIONAL = "regional"
    CONCURRENT = "concurrent"
    SENIORITY = "seniority"
    PROFESSION_INCENTIVE = "profession_incentive"
    ATTRACTION = "attraction"
    SPECIAL = "special"
    MOBILITY = "mobility"
    HAZARD = "hazard"
    RESPONSIBILITY = "responsibility"
    PARTY_UNION = "party_union"
    OTHER = "other"


class Form(StrEnum):
    """How an allowance is given (TT 06/2023/TT-BNV)."""

    COEFFICIENT = "coefficient"
    PERCENT = "percent"
    AMOUNT = "amount"


class Base(StrEnum):
    """What a percentage is of: salary, leadership allowance, beyond-scale seniority; reserved difference."""

    PAY = "pay"
    PAY_RESERVED = "pay_reserved"


class Insurance(StrEnum):
    """The compulsory insurances, in the order of a sheet."""

    SOCIAL = "social_insurance"
    ACCIDENT = "accident_insurance"
    HEALTH = "health_insurance"
    UNEMPLOYMENT = "unemployment_insurance"


class Side(StrEnum):
    """Who pays a contribution."""

    EMPLOYEE = "employee"
    EMPLOYER = "employer"


class PartMonth(StrEnum):
    """How part of a month is paid."""

    CALENDAR_DAYS = "calendar_days"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as of a day: its value, its article, its mark."""

    value: str
    source: str
    mark: str

    @property
    def number(self) -> Decimal:
        """Return the value as a number."""
        return Decimal(self.value)

    @property
    def holds(self) -> bool:
        """Say whether a yes_no figure is yes."""
        return self.value == "1"


@dataclass(frozen=True, slots=True)
class AllowanceRule:
    """How one allowance is computed: its forms, what a percentage is of, whether insured, the days of a full month.

    `percent` is the law's own percentage where it leaves none to the case.
    """

    code: AllowanceCode
    forms: frozenset[Form]
    base: Base
    insured: bool
    full_days: int | None
    percent: Figure | None
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class Suspension:
    """What is paid of a month of suspension: a part, with or without the leadership and other allowances."""

    paid_percent: Figure
    prosecuted_percent: Figure
    keeps_leadership: Figure
    keeps_allowances: Figure


@dataclass(frozen=True, slots=True)
class PayFigures:
    """Everything of one day for one kind of person. `suspension` is None where the data has none."""

    day: date
    kind: PersonKind
    base_salary: Figure
    allowances: Mapping[AllowanceCode, AllowanceRule]
    rates: Mapping[tuple[Side, Insurance], Figure]
    cap_times: Figure
    rounding: Figure
    part_month: Figure
    suspension: Suspension | None

    @property
    def way(self) -> Rounding:
        """Return how amounts become whole đồng."""
        return Rounding(self.rounding.value)


@dataclass(frozen=True, slots=True)
class Tables:
    """Rows of the catalogues, read once."""

    base_salaries: Iterable[Mapping[str, Any]]
    allowance_rules: Iterable[Mapping[str, Any]]
    insurance_rates: Iterable[Mapping[str, Any]]
    parameters: Iterable[Mapping[str, Any]]


class NoFigure(LookupError):
    """The catalogues have no figure of that day; `problem` names it."""

    def __init__(self, name: str, day: date) -> None:
        text = N_("Danh mục chưa có “%(name)s” của ngày %(day)s. Hãy chọn ngày khác hoặc bổ sung danh mục.")
        self.problem = Problem("on", "no_figure", text, {"name": name, "day": day})
        super().__init__(name)


def _in_force(rows: Iterable[Mapping[str, Any]], day: date) -> Iterator[Mapping[str, Any]]:
    shown = day.isoformat()
    return (row for row in rows if (row["valid_from"] or "") <= shown < (row["valid_to"] or "9999"))


def _of_kind(rows: Iterable[Mapping[str, Any]], kind: PersonKind) -> Iterator[Mapping[str, Any]]:
    return (row for row in rows if kind.value in row["person_kinds"].split("|"))


def figures_on(tables: Tables, day: date, kind: PersonKind) -> PayFigures:
    """Return the figures in force on `day` for `kind`. Raises `NoFigure` naming what the catalogues lack."""
    stand_alone = {
        row["key"]: Figure(row["value"], row["source"], row["mark"]) for row in _in_force(tables.parameters, day)
    }
    salary = next(_in_force(tables.base_salaries, day), None)
    if salary is None:
        raise NoFigure(N_("Mức lương cơ sở"), day)
    rates = {
        (Side(row["side"]), Insurance(row["insurance"])): Figure(row["percent"], row["source"], row["mark"])
        for row in _of_kind(_in_force(tables.insurance_rates, day), kind)
    }
    for name, needed in _NEEDED_RATES.items():
        if (Side.EMPLOYEE, needed) not in rates:
            raise NoFigure(name, day)
    for name, key in _NEEDED.items():
        if key not in stand_alone:
            raise NoFigure(name, day)
    suspension = [stand_alone.get(f"suspension.{name}") for name in Suspension.__dataclass_fields__]
    return PayFigures(
        day, kind, Figure(salary["amount"], salary["source"], salary["mark"]),
        {
            AllowanceCode(row["code"]): _allowance(row, stand_alone)
            for row in _of_kind(_in_force(tables.allowance_rules, day), kind)
        },
        rates, stand_alone["insurance.cap_times"], stand_alone["pay.rounding"], stand_alone["pay.part_month"],
        Suspension(*[one for one in suspension if one]) if all(suspension) else None,
    )  # fmt: skip


_NEEDED_RATES = {
    N_("Tỷ lệ đóng bảo hiểm xã hội"): Insurance.SOCIAL, N_("Tỷ lệ đóng bảo hiểm y tế"): Insurance.HEALTH,
}  # fmt: skip
_NEEDED = {
    N_("Mức trần đóng bảo hiểm"): "insurance.cap_times", N_("Cách làm tròn tiền"): "pay.rounding",
    N_("Cách tính tháng không trọn"): "pay.part_month",
}  # fmt: skip


def _allowance(row: Mapping[str, Any], stand_alone: Mapping[str, Figure]) -> AllowanceRule:
    return AllowanceRule(
        AllowanceCode(row["code"]), frozenset(Form(form) for form in row["forms"].split("|")),
        Base(row["base"] or Base.PAY), row["insured"] == "1", int(row["full_days"]) if row["full_days"] else None,
        stand_alone.get(f"{row['code']}.allowance_percent"), row["source"], row["mark"],
    )  # fmt: skip
