"""Bringing the tables of the law that SQL joins to what the catalogues say today: seed files and applied texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import text

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.unit import transaction
from hrms.people.queries import law
from hrms.people.rules.retirement import retirement_by_birth_month
from hrms.people.rules.steps import read_pay_scales

FIRST_BIRTH_YEAR = 1930
LAST_BIRTH_YEAR = 2012

_SCALES = text(
    "WITH given AS (SELECT * FROM unnest(CAST(:pay_table AS integer[]), CAST(:pay_group AS text[]),"
    " CAST(:step AS integer[]), CAST(:coefficient AS numeric[]), CAST(:months AS integer[]), CAST(:source AS text[]),"
    " CAST(:mark AS text[])) AS g (pay_table, pay_group, step, coefficient, months, source, mark)),"
    " gone AS (DELETE FROM pay_scale_steps t WHERE NOT EXISTS (SELECT 1 FROM given g"
    " WHERE (g.pay_table, g.pay_group, g.step) = (t.pay_table, t.pay_group, t.step)) RETURNING 1),"
    " laid AS (INSERT INTO pay_scale_steps AS t"
    " (pay_table, pay_group, step, coefficient, months_per_step, source, mark)"
    " SELECT * FROM given"
    " ON CONFLICT (pay_table, pay_group, step) DO UPDATE SET coefficient = excluded.coefficient,"
    " months_per_step = excluded.months_per_step, source = excluded.source, mark = excluded.mark"
    " WHERE (t.coefficient, t.months_per_step, t.source, t.mark)"
    " IS DISTINCT FROM (excluded.coefficient, excluded.months_per_step, excluded.source, excluded.mark) RETURNING 1)"
    " SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM laid)"
)
_RANKS = text(
    "WITH given AS (SELECT * FROM unnest(CAST(:code AS text[]), CAST(:name_vi AS text[]), CAST(:name_en AS text[]),"
    " CAST(:person_kind AS text[]), CAST(:pay_table AS integer[]), CAST(:pay_group AS text[]),"
    " CAST(:valid_from AS date[]), CAST(:valid_to AS date[]), CAST(:source AS text[]), CAST(:mark AS text[]))"
    " AS g (code, name_vi, name_en, person_kind, pay_table, pay_group, valid_from, valid_to, source, mark)),"
    " gone AS (DELETE FROM ranks t WHERE NOT EXISTS (SELECT 1 FROM given g WHERE g.code = t.code) RETURNING 1),"
    " laid AS (INSERT INTO ranks AS t"
    " (code, name_vi, name_en, person_kind, pay_table, pay_group, valid_from, valid_to, source, mark)"
    " SELECT * FROM given"
    " ON CONFLICT (code) DO UPDATE SET name_vi = excluded.name_vi, name_en = excluded.name_en,"
    " person_kind = excluded.person_kind, pay_table = excluded.pay_table, pay_group = excluded.pay_group,"
    " valid_from = excluded.valid_from, valid_to = excluded.valid_to, source = excluded.source, mark = excluded.mark"
    " WHERE t IS DISTINCT FROM excluded RETURNING 1)"
    " SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM laid)"
)
_REFRESH = text("SELECT refresh_people(NULL, :today)")
_RETIREMENT = text(
    "INSERT INTO retirement_months AS t (sex, birth_year, birth_month, retires_on)"
    " SELECT * FROM unnest(CAST(:sex AS text[]), CAST(:year AS integer[]), CAST(:month AS integer[]),"
    " CAST(:retires_on AS date[]))"
    " ON CONFLICT (sex, birth_year, birth_month) DO UPDATE SET retires_on = excluded.retires_on"
    " WHERE t.retires_on IS DISTINCT FROM excluded.retires_on"
)


def load() -> int:
    """Fill pay scale steps, ranks and retirement months; returns the rows seen. Raises ValueError on a gap."""
    scales, ranks, months = (list(rows) for rows in (_scales(clock.today()), _ranks(clock.today()), _retirement()))
    _laid(_SCALES, scales)
    _laid(_RANKS, ranks)
    _laid(_RETIREMENT, months)
    return len(scales) + len(ranks) + len(months)


def follow(day: date) -> int:
    """Bring pay scale steps and ranks to what is in force on a day, in the caller's transaction; returns rows changed.

    Two statements; what already agrees is not written. Where something changed, the current rows of all people are
    made again. Raises ValueError on a gap between steps.
    """
    changed = int(_laid(_SCALES, _scales(day)).scalar_one()) + int(_laid(_RANKS, _ranks(day)).scalar_one())
    if changed:
        with scope.everything():
            db.session.execute(_REFRESH, {"today": day})
    return changed


def follow_daily() -> None:
    """After midnight: a scale that begins today is the one the lists join."""
    with transaction():
        follow(clock.today())


def _laid(statement: Any, rows: Iterable[Mapping[str, Any]]) -> Any:
    """Write rows given as one list a column, as `unnest` takes them: a single statement whatever the number of rows."""
    found = list(rows)
    return db.session.execute(statement, {name: [row[name] for row in found] for name in found[0]})


def _scales(day: date) -> Iterable[dict[str, Any]]:
    rows = law.in_force("pay_scales", day)
    read_pay_scales(rows)
    for row in rows:
        yield {
            "pay_table": int(row["table"]), "pay_group": row["group"], "step": int(row["step"]),
            "coefficient": row["coefficient"], "months": int(row["months_per_step"]), "source": row["source"] or "",
            "mark": row["mark"] or "",
        }  # fmt: skip


def _ranks(day: date) -> Iterable[dict[str, Any]]:
    for code, row in law.rank_rows(day).items():
        yield {
            "code": code, "name_vi": row["name_vi"], "name_en": row["name_en"] or row["name_vi"],
            "person_kind": row["person_kind"], "pay_table": int(row["table"]), "pay_group": row["group"],
            "valid_from": row["valid_from"], "valid_to": row["valid_to"], "source": row["source"] or "",
            "mark": row["mark"] or "",
        }  # fmt: skip


def _retirement() -> Iterable[dict[str, Any]]:
    last = max(LAST_BIRTH_YEAR, clock.today().year - 14)
    for sex, year, month, day in retirement_by_birth_month(law.retirement_ages(), FIRST_BIRTH_YEAR, last):
        yield {"sex": sex.value, "year": year, "month": month, "retires_on": day}
