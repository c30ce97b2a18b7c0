"""Reads of the register, under the reader's own scope: the row policy shows an entry to those it concerns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, select

from hrms.agencies import queries as agencies
from hrms.core import hooks
from hrms.core.actor import missing
from hrms.core.db import db
from hrms.core.paging import LIMIT, Order, Page, cut, decode, order_by, seek, typed_values
from hrms.core.text import fold
from hrms.decisions.models import Decision
from hrms.decisions.rules import parse_reference

CHOICES = 20
COUNT_CAP = 10_000


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list may be narrowed by; `agency_id` takes in everything under it, as issuer or as the one concerned."""

    q: str = ""
    year: int | None = None
    kind: str | None = None
    issuer: str = ""
    agency_id: int | None = None


def get_decision(decision_id: int) -> Decision:
    """Return an entry the reader may see. Raises `NotFound`."""
    found = db.session.scalar(select(Decision).where(Decision.id == decision_id))
    if found is None:
        raise missing("decision")
    return found


def find_in_register(issuer_key: str, year: int, number: str, symbol: str) -> Decision | None:
    """Return the visible entry with this number of this issuer's register in a year, or None."""
    return db.session.scalar(
        select(Decision).where(
            Decision.issuer_key == issuer_key,
            sa.extract("year", Decision.signed_on) == year,
            Decision.number == number,
            Decision.symbol == symbol,
        )
    )


def issuer_key(issuer_agency_id: int | None, issuer_name: str) -> str:
    """Return what a number is unique within: the agency, or the folded name of a body outside the tree."""
    return f"agency:{issuer_agency_id}" if issuer_agency_id is not None else fold(issuer_name)


def search_key(reference: str, subject: str, issuer_name: str, signer_name: str | None) -> str:
    """Return the folded words an entry is found by, beginning with its reference as it is written."""
    return f" {fold(reference)} {fold(' '.join([subject, issuer_name, signer_name or '']))}"


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    words = [*fold(filters.q).split()[:8], *fold(filters.issuer).split()[:8]]
    found: list[ColumnElement[bool]] = [Decision.search_key.contains(f" {word}", autoescape=True) for word in words]
    if filters.year is not None:
        year = min(max(filters.year, 1), 9998)
        found.append(Decision.signed_on.between(date(year, 1, 1), date(year, 12, 31)))
    if filters.kind:
        found.append(Decision.kind == filters.kind)
    if filters.agency_id is not None:
        found.append(Decision.scope_ids.contains([filters.agency_id]))
    return found


_ORDER: Order = [
    (cast("ColumnElement[Any]", Decision.signed_on), True),
    (cast("ColumnElement[Any]", Decision.id), True),
]


def list_decisions(
    filters: Filters, *, after: str | None = None, before: str | None = None, limit: int = LIMIT
) -> Page[Decision]:
    """Return a page of the register, newest first."""
    query: Select[Any] = select(Decision).where(*_conditions(filters))
    if cursor := before or after:
        query = query.where(seek(_ORDER, typed_values(_ORDER, decode(cursor, 2)), back=bool(before)))
    rows = db.session.scalars(query.order_by(*order_by(_ORDER, back=bool(before))).limit(limit + 1)).all()
    return cut(rows, limit, ("signed_on", "id"), after=after, before=before)


def count_decisions(filters: Filters) -> int:
    """Return how many entries the filters leave, counted as far as `COUNT_CAP` + 1."""
    inner = select(Decision.id).where(*_conditions(filters)).limit(COUNT_CAP + 1).subquery()
    return int(db.session.scalar(select(sa.func.count()).select_from(inner)) or 0)


def list_all(filters: Filters, *, limit: int) -> Sequence[Decision]:
    """Return the entries the filters leave, newest first, as far as `limit`; for exports."""
    query = select(Decision).where(*_conditions(filters))
    return db.session.scalars(query.order_by(Decision.signed_on.desc(), Decision.id.desc()).limit(limit)).all()


def list_choices(q: str, *, limit: int = CHOICES) -> Sequence[Decision]:
    """Return the entries a search box offers: by number, subject, issuer or signer, newest first."""
    query = select(Decision).where(Decision.withdrawn_at.is_(None), *_conditions(Filters(q=q)))
    return db.session.scalars(query.order_by(Decision.signed_on.desc(), Decision.id.desc()).limit(limit)).all()


def find_by_reference(text: str) -> Sequence[Decision]:
    """Return the visible entries with this number (and symbol, when typed), newest first; at most a choice's worth."""
    reference = parse_reference(text)
    if reference is None:
        return []
    query = select(Decision).where(Decision.number == reference.number, Decision.withdrawn_at.is_(None))
    if reference.symbol:
        query = query.where(Decision.symbol == reference.symbol)
    return db.session.scalars(query.order_by(Decision.signed_on.desc()).limit(CHOICES)).all()


def references(ids: Collection[int]) -> dict[int, Decision]:
    """Return the visible ones of some entries by id; for pages whose facts cite them."""
    wanted = {i for i in ids if i}
    if not wanted:
        return {}
    return {d.id: d for d in db.session.scalars(select(Decision).where(Decision.id.in_(wanted)))}


def citations(decision_id: int) -> dict[str, Sequence[Mapping[str, Any]]]:
    """Return what a decision changed, by domain: each fact as the domain words it, only what the reader may see."""
    return {name: found for name, find in hooks.citations.items() if (found := find(decision_id))}


def issuer_names(decisions: Collection[Decision]) -> dict[int, str]:
    """Return the present names of the issuing agencies, by agency id."""
    return agencies.names({d.issuer_agency_id for d in decisions if d.issuer_agency_id})
