"""Bringing the catalogues of positions and competencies to what the seed files say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_
from sqlalchemy.dialects.postgresql import insert

from hrms.core import catalogues, text
from hrms.core.db import db
from hrms.positions.models import Competency, CompetencyLevel, JobPosition

_OWN = ("version", "recorded_at", "recorded_by", "decision_id", "id")


def load() -> int:
    """Fill the catalogues as the owner; returns the rows seen. A row that agrees already is not written."""
    positions = [_position(row, place) for place, row in enumerate(_rows("job_positions"), start=1)]
    competencies = [
        {
            "code": row["code"], "framework": row["framework"], "competency_group": row["group"], "name": row["name"],
            "name_others": row["name_others"] or None, "place": int(row["place"]), "source": row["source"],
            "mark": row["mark"],
        }
        for row in _rows("competencies")
    ]  # fmt: skip
    levels = [
        {
            "competency_code": row["competency"], "level": int(row["level"]), "words": row["words"],
            "words_others": row["words_others"] or None, "source": row["source"], "mark": row["mark"],
        }
        for row in _rows("competency_levels")
    ]  # fmt: skip
    _upsert(JobPosition, positions, ["key"])
    _upsert(Competency, competencies, ["code"])
    _upsert(CompetencyLevel, levels, ["competency_code", "level"])
    return len(positions) + len(competencies) + len(levels)


def _rows(name: str) -> list[dict[str, Any]]:
    return list(catalogues.read_csv(catalogues.FOLDER / f"{name}.csv"))


def _number(value: str | None) -> int | None:
    return int(value) if value else None


def _position(row: dict[str, Any], place: int) -> dict[str, Any]:
    return {
        "key": row["key"], "catalogue": row["catalogue"], "number": row["number"] or None, "place": place,
        "name": row["name"], "position_group": row["position_group"], "quota_kind": row["quota_kind"],
        "field": row["field"] or None, "ranks": (row["ranks"] or "").split(), "least_rank": row["least_rank"] or None,
        "grade_min": _number(row["grade_min"]), "grade_max": _number(row["grade_max"]),
        "leadership_post": row["leadership_post"] or None, "keeps_base_grade": row["keeps_base_grade"] == "true",
        "active": row["active"] == "true", "valid_from": row["valid_from"] or None, "valid_to": row["valid_to"] or None,
        "source": row["source"], "mark": row["mark"], **keys_of(row["name"]),
    }  # fmt: skip


def keys_of(name: str) -> dict[str, str]:
    """Return the keys a position is sorted (as its words stand) and searched by."""
    sort_key = "!".join(text.name_sort_key(word) for word in name.split())
    return {"sort_key": sort_key, "search_key": f" {text.fold(name)}"}


def _upsert(model: type[Any], rows: Sequence[dict[str, Any]], keys: Sequence[str]) -> None:
    statement = insert(model)
    kept = {column.name: column for column in statement.excluded if column.name in rows[0] and column.name not in keys}
    differs = or_(*[getattr(model, name).is_distinct_from(column) for name, column in kept.items()])
    db.session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=kept, where=differs), list(rows))
