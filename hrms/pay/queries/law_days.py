"""The days on which the law's figures of pay change: between two of them every figure of a day is the same."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from hrms.figures.changes import kept_by_law
from hrms.pay.queries.figures import pay_figures
from hrms.pay.rules.figures import Figure, PayFigures
from hrms.people.queries import law
from hrms.people.rules.kinds import PersonKind

CATALOGUES = (
    "base_salaries", "allowance_rules", "insurance_rates", "leadership_coefficients", "pay_scales", "parameters",
)  # fmt: skip
PREFIXES = ("pay.", "insurance.", "suspension.")
_SUFFIX = ".allowance_percent"
UNPAID_DAYS = "insurance.unpaid_working_days"


@kept_by_law()
def law_days() -> tuple[date, ...]:
    """Return every day on which a figure of pay begins or ends, in order."""
    found: set[date] = set()
    for name in CATALOGUES:
        for row in law.rows(name):
            if name == "parameters" and not (row["key"].startswith(PREFIXES) or row["key"].endswith(_SUFFIX)):
                continue
            found |= {date.fromisoformat(day) for key in ("valid_from", "valid_to") if (day := row.get(key))}
    return tuple(sorted(found))


def epoch(day: date) -> date:
    """Return the last day on or before `day` on which a figure changed: all figures are the same on both."""
    return before(law_days(), day)


def before(days: tuple[date, ...], day: date) -> date:
    """Return the last of `days`, which are in order, on or before a day; `date.min` when there is none."""
    at = bisect_right(days, day)
    return days[at - 1] if at else date.min


def figures_of(day: date, kind: PersonKind) -> PayFigures:
    """Return the figures of a day for a kind of person. Raises `hrms.pay.rules.figures.NoFigure`.

    Their `day` is the one from which they hold, so that all days of one law share them.
    """
    return pay_figures(epoch(day), kind)


@kept_by_law(most=4096)
def places_at(post: str, start: date) -> Mapping[str, Decimal]:
    """Return the leadership coefficients of a post by place as of the day a law begins (`epoch`)."""
    return {place: one.coefficient for place, one in law.post_coefficients(post, start).items()}


def unpaid_limit(day: date) -> Figure | None:
    """Return from how many working days without pay in a month on nobody contributes; None without such a rule."""
    return _figure(UNPAID_DAYS, epoch(day))


def absence_percent(kind: str, day: date) -> Figure | None:
    """Return the part of pay that the agency pays during an absence of this kind; None where nothing says it."""
    return _figure(f"pay.absence_percent.{kind}", epoch(day))


@kept_by_law(most=1024)
def _figure(key: str, start: date) -> Figure | None:
    found = next((row for row in law.in_force("parameters", start) if row["key"] == key), None)
    return Figure(found["value"], found["source"], found["mark"]) if found else None


@kept_by_law(most=4096)
def own_percents(code: str, since: date, start: date) -> frozenset[Decimal]:
    """Return the percentages that were the law's own for an allowance on some day of `[since, start]`.

    Who has one of them recorded has what the law says on `start`; empty where it says nothing there.
    """
    key = f"{code}{_SUFFIX}"
    if key not in law.parameters(start):
        return frozenset()
    first, last = since.isoformat(), start.isoformat()
    return frozenset(
        Decimal(row["value"])
        for row in law.rows("parameters")
        if row["key"] == key and (row["valid_from"] or "") <= last and (row["valid_to"] or "9999") > first
    )
