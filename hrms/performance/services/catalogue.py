"""Bringing criteria sets and model catalogues of products to what the seed files say.

What the province has written itself is left alone: only rows that nobody touched are kept to what the files say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from hrms.core import catalogues, dated
from hrms.core.db import db
from hrms.core.text import fold
from hrms.performance.models import CriteriaSet, CriteriaVersion, ProductCatalogue, WorkProduct
from hrms.performance.rules.products import factor_of

Row = dict[str, Any]


def load() -> int:
    """Fill sets and models as the owner; returns the rows seen. A row that agrees already is not written."""
    sets, items = _rows("criteria_sets"), _rows("criteria_items")
    models, products = _rows("product_catalogues"), _rows("work_products")
    _load_sets(sets, items)
    _load_products(models, products)
    return len(sets) + len(items) + len(models) + len(products)


def search_key(*words: str | None) -> str:
    """Return the key a product is searched by: its words folded, each after a blank."""
    return f" {fold(' '.join(one for one in words if one))}"


def _rows(name: str) -> list[Row]:
    return list(catalogues.read_csv(catalogues.FOLDER / f"{name}.csv"))


def _load_sets(rows: Sequence[Row], items: Sequence[Row]) -> None:
    headers = {row["code"]: {"code": row["code"], "name": row["name"]} for row in rows}
    _upsert(CriteriaSet, [{**header, "place": place} for place, header in enumerate(headers.values(), start=1)], "code")
    ids = {row.code: row.id for row in db.session.execute(select(CriteriaSet.code, CriteriaSet.id))}
    wanted: dict[int, list[Row]] = {}
    for row in rows:
        own = [one for one in items if (one["set"], one["valid_from"]) == (row["code"], row["valid_from"])]
        wanted.setdefault(ids[row["code"]], []).append(_version(row, own))
    stored: dict[int, list[CriteriaVersion]] = {}
    for one in db.session.scalars(select(CriteriaVersion).where(CriteriaVersion.set_id.in_(wanted))):
        stored.setdefault(one.set_id, []).append(one)
    renewed = [owner for owner, facts in wanted.items() if owner in stored and _differs(stored[owner], facts)]
    moment = dated.recording_moment()
    if renewed:
        old = update(CriteriaVersion).where(
            CriteriaVersion.set_id.in_(renewed), CriteriaVersion.superseded_at.is_(None)
        )
        db.session.execute(old.values(superseded_at=moment))
    added = [
        {"set_id": owner, **fact, "recorded_at": moment, "basis": dated.BASIS_OLD_DATA}
        for owner, facts in wanted.items()
        if owner not in stored or owner in renewed
        for fact in facts
    ]
    if added:
        db.session.execute(insert(CriteriaVersion), added)


def _version(row: Row, items: Sequence[Row]) -> Row:
    return {
        "person_kinds": (row["person_kinds"] or "").split("|"), "method": row["method"],
        "items": [
            {name: one[name] for name in ("code", "group", "group_name", "text", "max")} for one in items
        ],
        "general_max": Decimal(row["general_max"]), "result_max": Decimal(row["result_max"]), "weights": None,
        "penalty": Decimal(row["penalty"]), "thresholds": _pairs(row["thresholds"]),
        "quota_percent": Decimal(row["quota_percent"]), "quota_outstanding": Decimal(row["quota_outstanding"]),
        "source": row["source"], "mark": row["mark"], "valid_from": date.fromisoformat(row["valid_from"]),
        "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    }  # fmt: skip


def _pairs(value: str | None) -> dict[str, str]:
    return dict(one.split(":", 1) for one in (value or "").split("|") if one)


def _differs(rows: Sequence[CriteriaVersion], facts: Sequence[Row]) -> bool:
    if any(row.recorded_by is not None for row in rows):
        return False
    current = sorted((row for row in rows if row.superseded_at is None), key=lambda row: row.valid_from)
    if len(current) != len(facts):
        return True
    ordered = sorted(facts, key=lambda fact: fact["valid_from"])
    return any(
        getattr(row, name) != value for row, fact in zip(current, ordered, strict=True) for name, value in fact.items()
    )


def _load_products(models: Sequence[Row], rows: Sequence[Row]) -> None:
    _upsert(ProductCatalogue, [_model(row) for row in models], "code")
    standards = {row["code"]: Decimal(row["standard_points"]) for row in models}
    ids = {row.code: row.id for row in db.session.execute(select(ProductCatalogue.code, ProductCatalogue.id))}
    places: dict[str, int] = {}
    made = []
    for row in rows:
        places[row["catalogue"]] = places.get(row["catalogue"], 0) + 1
        made.append(_product(row, ids, places[row["catalogue"]], standards[row["catalogue"]]))
    _upsert(WorkProduct, made, "catalogue_id", "code")


def _model(row: Row) -> Row:
    groups = [one.split(":") for one in row["groups"].split("|")]
    return {
        "code": row["code"], "name": row["name"], "agency_id": None, "state": "model",
        "standard_product": row["standard_product"], "standard_points": Decimal(row["standard_points"]),
        "groups": [{"code": code, "name": "", "from": least, "to": most} for code, least, most in groups],
        "source": row["source"], "mark": row["mark"],
    }  # fmt: skip


def _product(row: Row, ids: Mapping[str, int], place: int, standard: Decimal) -> Row:
    points, factor = Decimal(row["points"]), Decimal(row["factor"])
    if factor != factor_of(points, standard):
        message = f"{row['code']}: {factor} is not {points} / {standard}"
        raise ValueError(message)
    names = ("code", "unit", "task", "detail", "output")
    return {
        "catalogue_id": ids[row["catalogue"]], "place": place, **{name: row[name] for name in names},
        "complexity": row["complexity"], "points": points, "factor": factor, "state": "active",
        "search_key": search_key(*(row[name] for name in names)),
    }  # fmt: skip


def _upsert(model: type[Any], rows: Sequence[Row], *key: str) -> None:
    """Add rows by their key; change one only while nobody of the province has."""
    statement = insert(model)
    kept = {one.name: one for one in statement.excluded if one.name in rows[0] and one.name not in key}
    differs = or_(*[getattr(model, name).is_distinct_from(column) for name, column in kept.items()])
    untouched = (model.recorded_by.is_(None)) & (model.version == 1)
    done = statement.on_conflict_do_update(index_elements=list(key), set_=kept, where=untouched & differs)
    db.session.execute(done, list(rows))
