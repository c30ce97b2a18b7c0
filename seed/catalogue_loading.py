"""Bring the dated tables of the law to what `seed/catalogues/*.csv` says: after each migration and at each start.

Only the owner of the database may do this; the web pages change single codes through their own service.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import text

from hrms.core import catalogues, clock, holidays
from hrms.core.db import db
from hrms.core.unit import transaction
from hrms.decisions.services.powers import load as load_powers
from hrms.people.rules.retirement import RetirementAges, retirement_by_birth_month
from hrms.people.rules.steps import read_pay_scales
from hrms.performance.services.catalogue import load as load_performance
from hrms.positions.services.catalogue import load as load_positions
from hrms.positions.services.models import load_models
from hrms.training.services.catalogue import load as load_training
from seed.model_frames import model_frames

FIRST_BIRTH_YEAR = 1930
LAST_BIRTH_YEAR = 2012

_SCALES = text(
    "INSERT INTO pay_scale_steps AS t (pay_table, pay_group, step, coefficient, months_per_step, source, mark)"
    " SELECT * FROM unnest(CAST(:pay_table AS integer[]), CAST(:pay_group AS text[]), CAST(:step AS integer[]),"
    " CAST(:coefficient AS numeric[]), CAST(:months AS integer[]), CAST(:source AS text[]), CAST(:mark AS text[]))"
    " ON CONFLICT (pay_table, pay_group, step) DO UPDATE SET coefficient = excluded.coefficient,"
    " months_per_step = excluded.months_per_step, source = excluded.source, mark = excluded.mark"
    " WHERE (t.coefficient, t.months_per_step, t.source, t.mark)"
    " IS DISTINCT FROM (excluded.coefficient, excluded.months_per_step, excluded.source, excluded.mark)"
)
_RANKS = text(
    "INSERT INTO ranks AS t"
    " (code, name_vi, name_en, person_kind, pay_table, pay_group, valid_from, valid_to, source, mark)"
    " SELECT * FROM unnest(CAST(:code AS text[]), CAST(:name_vi AS text[]), CAST(:name_en AS text[]),"
    " CAST(:person_kind AS text[]), CAST(:pay_table AS integer[]), CAST(:pay_group AS text[]),"
    " CAST(:valid_from AS date[]), CAST(:valid_to AS date[]), CAST(:source AS text[]), CAST(:mark AS text[]))"
    " ON CONFLICT (code) DO UPDATE SET name_vi = excluded.name_vi, name_en = excluded.name_en,"
    " person_kind = excluded.person_kind, pay_table = excluded.pay_table, pay_group = excluded.pay_group,"
    " valid_from = excluded.valid_from, valid_to = excluded.valid_to, source = excluded.source, mark = excluded.mark"
    " WHERE t IS DISTINCT FROM excluded"
)
_RETIREMENT = text(
    "INSERT INTO retirement_months AS t (sex, birth_year, birth_month, retires_on)"
    " SELECT * FROM unnest(CAST(:sex AS text[]), CAST(:year AS integer[]), CAST(:month AS integer[]),"
    " CAST(:retires_on AS date[]))"
    " ON CONFLICT (sex, birth_year, birth_month) DO UPDATE SET retires_on = excluded.retires_on"
    " WHERE t.retires_on IS DISTINCT FROM excluded.retires_on"
)


def load_catalogues(owner_url: str) -> int:
    """Load every seed file as the owner of the database, in one transaction; returns the rows that the files hold.

    Safe to run again: what already agrees is not written. Raises ValueError when a file contradicts itself (a gap
    between steps, a retirement age that falls).
    """
    app = Flask("hrms.seed")
    app.config.update(SQLALCHEMY_DATABASE_URI=owner_url, SQLALCHEMY_ENGINE_OPTIONS={"pool_size": 1})
    db.init_app(app)
    with app.app_context():
        try:
            with transaction():
                seen = catalogues.load() + load_powers() + holidays.load() + load_positions()
                seen += load_models(model_frames()) + load_training() + load_performance()
                for statement, rows in ((_SCALES, _scales()), (_RANKS, _ranks()), (_RETIREMENT, _retirement())):
                    columns = _columns(rows)
                    db.session.execute(statement, columns)
                    seen += len(next(iter(columns.values())))
        finally:
            db.session.remove()
            db.engine.dispose()
    return seen


def _columns(rows: Iterator[dict[str, Any]]) -> dict[str, list[Any]]:
    """Turn rows into one list a column, as `unnest` takes them: a single statement whatever the number of rows."""
    found = list(rows)
    return {name: [row[name] for row in found] for name in found[0]}


def _scales() -> Iterator[dict[str, Any]]:
    rows = list(catalogues.read_csv(catalogues.FOLDER / "pay_scales.csv"))
    read_pay_scales(rows)
    for row in rows:
        yield {
            "pay_table": int(row["table"]),
            "pay_group": row["group"],
            "step": int(row["step"]),
            "coefficient": row["coefficient"],
            "months": int(row["months_per_step"]),
            "source": row["source"] or "",
            "mark": row["mark"] or "",
        }


def _ranks() -> Iterator[dict[str, Any]]:
    for row in catalogues.read_csv(catalogues.FOLDER / "ranks.csv"):
        yield {
            "code": row["code"],
            "name_vi": row["name_vi"],
            "name_en": row["name_en"],
            "person_kind": row["person_kind"],
            "pay_table": int(row["table"]),
            "pay_group": row["group"],
            "valid_from": row["valid_from"],
            "valid_to": row["valid_to"],
            "source": row["source"] or "",
            "mark": row["mark"] or "",
        }


def _retirement() -> Iterator[dict[str, Any]]:
    ages = RetirementAges.from_rows(catalogues.read_csv(catalogues.FOLDER / "retirement_ages.csv"))
    last = max(LAST_BIRTH_YEAR, clock.today().year - 14)
    for sex, year, month, retires_on in retirement_by_birth_month(ages, FIRST_BIRTH_YEAR, last):
        yield {"sex": sex.value, "year": year, "month": month, "retires_on": retires_on}
