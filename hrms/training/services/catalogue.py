"""Bringing providers, courses, requirements and recognition to what the seed files say.

What the province has written itself is left alone: only rows that nobody touched are kept to what the files say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from hrms.agencies.models import Agency
from hrms.core import catalogues, dated, text
from hrms.core.db import db
from hrms.training.models import (
    Course,
    CourseVersion,
    RecognitionRule,
    RequirementVersion,
    TrainingProvider,
    TrainingRequirement,
)

Row = dict[str, Any]


def load() -> int:
    """Fill the catalogues as the owner; returns the rows seen. A row that agrees already is not written."""
    providers, courses = _rows("training_providers"), _rows("courses")
    requirements, recognition = _rows("training_requirements"), _rows("recognition_rules")
    _load_providers(providers)
    _load_courses(courses)
    _load_requirements(requirements)
    _lay(RecognitionRule, "form", {}, recognition, _recognition)
    return len(providers) + len(courses) + len(requirements) + len(recognition)


def course_keys(name: str) -> dict[str, str]:
    """Return the keys a course is sorted (as its words stand) and searched by."""
    sort_key = "!".join(text.name_sort_key(word) for word in name.split())
    return {"sort_key": sort_key, "search_key": f" {text.fold(name)}"}


def _rows(name: str) -> list[Row]:
    return list(catalogues.read_csv(catalogues.FOLDER / f"{name}.csv"))


def _load_providers(rows: Sequence[Row]) -> None:
    codes = [row["agency_code"] for row in rows if row["agency_code"]]
    found = db.session.execute(select(Agency.code, Agency.id).where(Agency.code.in_(codes)))
    agencies = {str(code): agency_id for code, agency_id in found}
    _upsert(
        TrainingProvider,
        [
            {
                "code": row["code"], "name": row["name"], "agency_id": agencies.get(row["agency_code"] or ""),
                "may_certify": _truth(row["may_certify"]), "active": True, "source": row["source"], "mark": row["mark"],
            }
            for row in rows
        ],
    )  # fmt: skip


def _load_courses(rows: Sequence[Row]) -> None:
    headers = {
        row["code"]: {
            "code": row["code"], "name": row["name"], "kind": row["kind"], "level": row["level"],
            "source": row["source"], "mark": row["mark"], **course_keys(row["name"]),
        }
        for row in rows
    }  # fmt: skip
    _upsert(Course, list(headers.values()))
    providers = _ids(TrainingProvider)

    def version(row: Row) -> Row:
        return {
            "hours": Decimal(row["hours"]), "form": row["form"], "certificate": row["certificate"],
            "valid_months": _number(row["valid_months"]),
            "provider_ids": sorted(providers[code] for code in _list(row["providers"])),
            "competencies": _competencies(row["competencies"]), "positions": _list(row["positions"]),
            "ranks": _list(row["ranks"]), "post_groups": _list(row["post_groups"]),
            "person_kinds": _list(row["person_kinds"]), "objectives": row["objectives"], "content": None,
            "assessment": row["assessment"], "note": f"{row['weeks']} tuần" if row["weeks"] else None,
        }  # fmt: skip

    _lay(CourseVersion, "course_id", _ids(Course), rows, version)


def _load_requirements(rows: Sequence[Row]) -> None:
    headers = {row["code"]: {"code": row["code"], "name": row["name"]} for row in rows}
    _upsert(
        TrainingRequirement,
        [{**header, "place": place} for place, header in enumerate(headers.values(), start=1)],
    )
    _lay(RequirementVersion, "requirement_id", _ids(TrainingRequirement), rows, _requirement)


def _requirement(row: Row) -> Row:
    return {
        "target": row["target"], "target_codes": _list(row["target_codes"]), "what": row["what"],
        "hours": Decimal(row["hours"]) if row["hours"] else None, "counts": _list(row["counts"]),
        "period_years": int(row["period_years"] or 1), "carry_hours": Decimal(row["carry_hours"] or 0),
        "pro_rata": _truth(row["pro_rata"]), "exempt_absences": _list(row["exempt_absences"]),
        "exempt_days": int(row["exempt_days"] or 0), "grace_months": int(row["grace_months"] or 0),
        "courses": _list(row["courses"]), "level_section": row["level_section"], "level_least": row["level_least"],
        "due_months": _number(row["due_months"]), "exempt_before": _day(row["exempt_before"]),
        "keep_valid": _truth(row["keep_valid"]), "gate": row["gate"], "source": row["source"], "mark": row["mark"],
    }  # fmt: skip


def _recognition(row: Row) -> Row:
    return {
        "factor": Decimal(row["factor"]), "cap_hours": Decimal(row["cap_hours"]) if row["cap_hours"] else None,
        "needs_proof": _truth(row["needs_proof"]), "note": None, "source": row["source"], "mark": row["mark"],
    }  # fmt: skip


def _list(value: str | None) -> list[str]:
    return [one.strip() for one in (value or "").split("|") if one.strip()]


def _competencies(value: str | None) -> list[Any]:
    found = []
    for one in _list(value):
        code, _colon, level = one.partition(":")
        found.append({"code": code, "level": _number(level)})
    return found


def _number(value: str | None) -> int | None:
    return int(value) if value else None


def _truth(value: str | None) -> bool:
    return value == "true"


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _ids(model: type[Any]) -> dict[str, int]:
    return {row.code: row.id for row in db.session.execute(select(model.code, model.id))}


def _upsert(model: type[Any], rows: Sequence[Row]) -> None:
    """Add headers by code; change one only while nobody of the province has."""
    statement = insert(model)
    kept = {one.name: one for one in statement.excluded if one.name in rows[0] and one.name != "code"}
    differs = or_(*[getattr(model, name).is_distinct_from(column) for name, column in kept.items()])
    untouched = (model.recorded_by.is_(None)) & (model.version == 1)
    done = statement.on_conflict_do_update(index_elements=["code"], set_=kept, where=untouched & differs)
    db.session.execute(done, list(rows))


def _lay(model: type[Any], key: str, ids: Mapping[str, int], rows: Iterable[Row], values: Callable[[Row], Row]) -> None:
    """Write the dated rows of each owner that has none, or whose rows only the files wrote and now word anew."""
    wanted: dict[Any, list[Row]] = {}
    for row in rows:
        owner = ids[row["code"]] if ids else row[key]
        fact = {**values(row), "valid_from": _day(row["valid_from"]), "valid_to": _day(row.get("valid_to"))}
        wanted.setdefault(owner, []).append(fact)
    owner_column = getattr(model, key)
    stored: dict[Any, list[Any]] = {}
    for one in db.session.scalars(select(model).where(owner_column.in_(wanted))):
        stored.setdefault(getattr(one, key), []).append(one)
    renewed = [owner for owner, facts in wanted.items() if owner in stored and _differs(stored[owner], facts)]
    moment = dated.recording_moment()
    if renewed:
        old = update(model).where(owner_column.in_(renewed), model.superseded_at.is_(None))
        db.session.execute(old.values(superseded_at=moment))
    added = [
        {key: owner, **fact, "recorded_at": moment, "basis": dated.BASIS_OLD_DATA}
        for owner, facts in wanted.items()
        if owner not in stored or owner in renewed
        for fact in facts
    ]
    if added:
        db.session.execute(insert(model), added)


def _differs(rows: Sequence[Any], facts: Sequence[Row]) -> bool:
    if any(row.recorded_by is not None for row in rows):
        return False
    current = sorted((row for row in rows if row.superseded_at is None), key=lambda row: row.valid_from)
    if len(current) != len(facts):
        return True
    ordered = sorted(facts, key=lambda fact: fact["valid_from"])
    return any(
        getattr(row, name) != value for row, fact in zip(current, ordered, strict=True) for name, value in fact.items()
    )
