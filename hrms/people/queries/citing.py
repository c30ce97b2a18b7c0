"""What a decision changed: the dated facts that cite it, only of people the reader may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select

from hrms.agencies.models import Agency
from hrms.core.db import db
from hrms.core.formats import format_date, format_interval
from hrms.core.i18n import select_locale
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.people.models import FACTS, Person, PersonPaper
from hrms.people.queries import showing
from hrms.people.queries.record import FACT_KINDS, FactRow
from hrms.people.queries.told import kind_words

MOST = 500
"""Facts listed of one decision; a mass decision is read through its people's records."""


def cited_by(decision_id: int) -> Sequence[Mapping[str, Any]]:
    """Return the facts in force that cite a decision: who, the record's address, what, when; seven statements."""
    found: list[dict[str, Any]] = []
    for kind, model in zip(FACT_KINDS, FACTS, strict=True):
        agency = getattr(model, "agency_id", None)
        query = select(model, Person.full_name, Person.sort_key, Agency.name if agency is not None else Person.note)
        query = query.join(Person, Person.id == model.person_id)
        if agency is not None:
            query = query.outerjoin(Agency, Agency.id == agency)
        rows = db.session.execute(
            query.where(model.decision_id == decision_id, model.superseded_at.is_(None))
            .order_by(Person.sort_key, model.id)
            .limit(MOST)
        )
        for row, name, key, place in rows:
            fact = FactRow(
                kind, row.id, row.valid_from, row.valid_to, row.recorded_at, None, row.decision_id, row.basis,
                {column.name: getattr(row, column.name) for column in model.__table__.columns},
                place if agency is not None else None,
            )  # fmt: skip
            title, rest = showing.words(fact)
            found.append(
                {
                    "id": row.person_id, "who": name, "url": _address(row.person_id),
                    "what": f"{title}, {rest}" if rest else title,
                    "when": format_interval(row.valid_from, row.valid_to, select_locale()), "key": key,
                }
            )  # fmt: skip
    found += _without_facts(decision_id, {one["id"] for one in found})
    return sorted(found, key=lambda one: one["key"])


def _address(person_id: int) -> str | None:
    """Return the record's address for readers of records; văn thư sees whom a decision names, not their files."""
    return url_for("people.career", person_id=person_id) if actor().may(Permission.PEOPLE_VIEW) else None


def _without_facts(decision_id: int, told: set[int]) -> list[dict[str, Any]]:
    """Return whom a decision was about without leaving a fact in force: a notice, an end."""
    query = (
        select(PersonPaper, Person.full_name, Person.sort_key)
        .join(Person, Person.id == PersonPaper.person_id)
        .where(
            PersonPaper.decision_id == decision_id, PersonPaper.person_id.not_in(told), PersonPaper.undone_by.is_(None)
        )
        .order_by(Person.sort_key)
        .limit(MOST)
    )
    return [
        {
            "id": paper.person_id, "who": name, "url": _address(paper.person_id),
            "what": kind_words(paper.kind),
            "when": format_date(paper.happens_on, select_locale()),
            "key": key,
        }
        for paper, name, key in db.session.execute(query)
    ]  # fmt: skip
