"""The dated figures of pay, read from the catalogues once; no database needed."""

from __future__ import annotations

from datetime import date

from hrms.figures.changes import kept_by_law
from hrms.pay.rules.figures import PayFigures, Tables, figures_on
from hrms.people.queries import law
from hrms.people.rules.kinds import PersonKind


@kept_by_law()
def tables() -> Tables:
    """Return the catalogues a month's pay is computed from."""
    names = ("base_salaries", "allowance_rules", "insurance_rates", "parameters")
    return Tables(*(law.rows(name) for name in names))


@kept_by_law(most=1024)
def pay_figures(day: date, kind: PersonKind) -> PayFigures:
    """Return the figures of a day for one kind of person. Raises `hrms.pay.rules.figures.NoFigure`."""
    return figures_on(tables(), day, kind)
