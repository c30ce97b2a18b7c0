"""Bringing the tables of the law that SQL joins to what the seed files say."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql import insert

from hrms.core.db import db
from hrms.people.models import PayScaleStep, Rank, RetirementMonth
from hrms.people.queries import law
from hrms.people.rules.retirement import retirement_by_birth_month

FIRST_BIRTH_YEAR, LAST_BIRTH_YEAR = 1920, 2030


def load() -> int:
    """Fill pay scale steps, ranks and retirement months as the owner; returns the rows seen."""
    steps = [
        {
            "pay_table": int(row["table"]), "pay_group": row["group"], "step": int(row["step"]),
            "coefficient": row["coefficient"], "months_per_step": int(row["months_per_step"]),
            "source": row["source"] or "", "mark": row["mark"] or "",
        }
        for row in law.rows("pay_scales")
    ]  # fmt: skip
    ranks = [
        {
            "code": row["code"], "name_vi": row["name_vi"], "name_en": row["name_en"] or row["name_vi"],
            "person_kind": row["person_kind"], "pay_table": int(row["table"]), "pay_group": row["group"],
            "valid_from": row["valid_from"], "valid_to": row["valid_to"], "source": row["source"] or "",
            "mark": row["mark"] or "",
        }
        for row in law.rows("ranks")
    ]  # fmt: skip
    months = [
        {"sex": sex.value, "birth_year": year, "birth_month": month, "retires_on": day}
        for sex, year, month, day in retirement_by_birth_month(law.retirement_ages(), FIRST_BIRTH_YEAR, LAST_BIRTH_YEAR)
    ]
    _upsert(PayScaleStep, steps)
    _upsert(Rank, ranks)
    _upsert(RetirementMonth, months)
    return len(steps) + len(ranks) + len(months)


def _upsert(model: type[Any], values: list[dict[str, Any]]) -> None:
    keys = [column.name for column in model.__table__.primary_key]
    statement = insert(model)
    kept = {column.name: column for column in statement.excluded if column.name not in keys}
    db.session.execute(statement.on_conflict_do_update(index_elements=keys, set_=kept), values)
