"""The record's part of the first page: people by kind, sex and age, who retires soon and why, what needs a look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from hrms.core import clock, dates, settings
from hrms.core.actor import Actor
from hrms.core.charts import AgeBand
from hrms.core.dates import PartialDate
from hrms.core.db import db
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.people.models import PersonCurrent
from hrms.people.queries import law
from hrms.people.queries.filters import PRESENT, Filters, reach
from hrms.people.queries.finding import list_retiring, load_figures
from hrms.people.rules.kinds import KIND_LABELS, PersonKind, Sex
from hrms.people.rules.retirement import Retirement, retirement

YOUNGEST, OLDEST, STEP = 20, 60, 5


def why_retires(birth_date: str | None, sex: str | None) -> Retirement | None:
    """Return when somebody retires and why, from a birth date (perhaps of the year only) and sex; None when unknown."""
    if not birth_date or not sex:
        return None
    return retirement(PartialDate.parse(birth_date), Sex(sex), law.retirement_ages(), law.retirement_terms())


def load_overview(actor: Actor) -> Mapping[str, Any] | None:
    """Return the figures of everybody under the reader, or None for somebody who sees no list; four statements."""
    if not actor.may(Permission.PEOPLE_VIEW):
        return None
    where = reach(actor, Filters(status=PRESENT))
    today = clock.today()
    months = int(settings.get("people.retirement_notice_months"))
    until = dates.add_months(today, months)
    ages = range(YOUNGEST, OLDEST + STEP, STEP)
    figures = load_figures(where, today, until, ages)
    retiring = [
        {
            "id": row.person_id, "name": row.full_name, "agency": row.agency, "retires_on": row.retires_on,
            "why": why_retires(row.birth_date, row.sex),
        }
        for row in list_retiring(where, today, until)
    ]  # fmt: skip
    bands = []
    for age in ages:
        label = _("dưới %(age)s", age=age + STEP) if age == YOUNGEST else f"{age}–{age + STEP - 1}"
        if age == OLDEST:
            label = _("từ %(age)s", age=age)
        men = sum(people for _kind, sex, band, people in figures.groups if (band, sex) == (age, Sex.MALE))
        women = sum(people for _kind, sex, band, people in figures.groups if (band, sex) == (age, Sex.FEMALE))
        bands.append(AgeBand(label, men, women))
    kinds = []
    for kind in PersonKind:
        men = sum(people for of, sex, _band, people in figures.groups if (of, sex) == (kind, Sex.MALE))
        women = sum(people for of, sex, _band, people in figures.groups if (of, sex) == (kind, Sex.FEMALE))
        if men or women:
            kinds.append((render(KIND_LABELS[kind]), men, women, men + women))
    return {"due": figures, "bands": bands, "kinds": kinds, "retiring": retiring, "months": months, "year": today.year}


def load_own(actor: Actor) -> Mapping[str, Any] | None:
    """Return what an official's first page says of themself, or None for an account without a person."""
    if actor.person_id is None or not actor.may(Permission.SELF_VIEW):
        return None
    row = db.session.scalars(select(PersonCurrent).where(PersonCurrent.person_id == actor.person_id)).one_or_none()
    if row is None:
        return None
    return {"person": row, "why": why_retires(row.birth_date, row.sex)}
