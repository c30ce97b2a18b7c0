"""Schemes of bonuses and extra income: models to copy, the list of a reader's part, those in force for an agency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, text, true
from sqlalchemy.orm import aliased

from hrms.agencies.models import Agency
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.db import db
from hrms.core.i18n import select_locale
from hrms.core.paging import LIMIT, Order, Page, cut, decode, order_by, seek, typed_values
from hrms.core.permissions import Permission
from hrms.pay.models import IncentiveRound, IncentiveScheme
from hrms.pay.rules.incentives import Scheme, SchemeKind
from hrms.pay.rules.schemes import Eligible, Period, Purpose, RatingOf, SchemeState, Terms, read_terms
from hrms.people.queries import law
from hrms.people.rules.absences import AbsenceKind
from hrms.people.rules.kinds import PersonKind
from hrms.performance.rules.classes import RatingClass

P = Permission
READ = (P.PAY_VIEW, P.PAY_SCHEMES, P.SELF_VIEW)
MANAGED = (P.PAY_VIEW, P.PAY_SCHEMES)
HELD = (SchemeState.IN_FORCE.value, SchemeState.ENDED.value)


@dataclass(frozen=True, slots=True)
class Model:
    """A scheme of the catalogue, to be copied."""

    code: str
    name_vi: str
    name_en: str
    terms: Terms
    valid_from: date
    valid_to: date | None
    source: str
    mark: str

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return self.name_en if select_locale() == "en" else self.name_vi


def models() -> list[Model]:
    """Return the models of the catalogue in its order."""
    return [
        Model(
            row["code"], row["name_vi"], row["name_en"], _terms(row), date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None, row["source"], row["mark"],
        )
        for row in law.rows("incentive_models")
    ]  # fmt: skip


def find_model(code: str) -> Model | None:
    """Return a model by its code."""
    return next((one for one in models() if one.code == code), None)


def _terms(row: Mapping[str, Any]) -> Terms:
    kinds: dict[PersonKind, dict[RatingClass, Decimal]] = defaultdict(dict)
    for name, value in _pairs(row["kind_weights"]):
        kind, rating = name.split("/")
        kinds[PersonKind(kind)][RatingClass(rating)] = Decimal(value)
    scheme = Scheme(
        SchemeKind(row["kind"]), {RatingClass(name): Decimal(value) for name, value in _pairs(row["weights"])},
        kind_weights=dict(kinds), ad_hoc_percent=Decimal(row["ad_hoc_percent"] or 0),
        floors={RatingClass(name): int(value) for name, value in _pairs(row["floors"])},
        most_a_month=int(row["most_a_month"]) if row["most_a_month"] else None,
        max_coefficient=_number(row["max_coefficient"]), cap=_number(row["cap"]),
        by_coefficient=row["by_coefficient"] == "1", source=row["source"],
    )  # fmt: skip
    eligible = Eligible(
        frozenset(PersonKind(one) for one in row["kinds"].split("|")), int(row["least_months"]),
        frozenset(AbsenceKind(one) for one in (row["uncounted"] or "").split("|") if one),
        RatingClass(row["unrated"]) if row["unrated"] else None,
    )  # fmt: skip
    return Terms(
        scheme, Purpose(row["purpose"]), _number(row["fund_percent"]), _number(row["advance_percent"]),
        RatingOf(row["rating_of"]), Period(row["period"]), eligible,
    )  # fmt: skip


def _pairs(given: str | None) -> list[tuple[str, str]]:
    return [(name, value) for name, value in (one.split(":") for one in (given or "").split("|") if one)]


def _number(given: str | None) -> Decimal | None:
    return Decimal(given) if given else None


@dataclass(frozen=True, slots=True)
class SchemeFilters:
    """What the list of schemes is narrowed to."""

    under: int | None = None
    purpose: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """A scheme in the list with its agency and how many rounds follow it."""

    found: IncentiveScheme
    agency: str
    valid_from: date
    sort_key: str
    id: int
    rounds: int


_ORDER: Order = (
    (Agency.__table__.c.sort_key, False), (IncentiveScheme.__table__.c.valid_from, True),
    (IncentiveScheme.__table__.c.id, True),
)  # fmt: skip
_KEYS = ("sort_key", "valid_from", "id")


def list_schemes(
    actor: Actor, filters: SchemeFilters, *, after: str | None = None, before: str | None = None, limit: int = LIMIT
) -> Page[SchemeRow]:
    """Return a page of the schemes the reader may see, by agency, the latest first; two statements."""
    found: Any = (
        select(IncentiveScheme, Agency.name, Agency.sort_key, IncentiveScheme.valid_from, IncentiveScheme.id)
        .join(Agency, Agency.id == IncentiveScheme.agency_id)
        .where(visible(actor), *_narrowed(filters))
        .order_by(*order_by(_ORDER, back=bool(before)))
        .limit(limit + 1)
    )
    cursor = after or before
    if cursor:
        values = typed_values(_ORDER, decode(cursor, len(_ORDER)))
        found = found.where(seek(_ORDER, values, back=bool(before)))
    page = cut(list(db.session.execute(found)), limit, _KEYS, after=after, before=before)
    counted = _rounds([row.id for row in page.items])
    rows = [
        SchemeRow(row[0], row[1], row.valid_from, row.sort_key, row.id, counted.get(row.id, 0)) for row in page.items
    ]
    return Page(rows, page.next, page.previous)


def _narrowed(filters: SchemeFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.under is not None:
        found.append(Agency.scope_ids.contains([filters.under]))
    if filters.purpose:
        found.append(IncentiveScheme.purpose == filters.purpose)
    if filters.state:
        found.append(IncentiveScheme.state == filters.state)
    return found


def _rounds(ids: Collection[int]) -> dict[int, int]:
    query = (
        select(IncentiveRound.scheme_id, func.count())
        .where(IncentiveRound.scheme_id.in_(ids), IncentiveRound.state != "cancelled")
        .group_by(IncentiveRound.scheme_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)} if ids else {}


def visible(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "a scheme the reader may see": of their part, and those above that hold for it.

    Who holds no permission of pay sees those in force alone: a scheme is public inside the agency (NĐ 161/2026/NĐ-CP
    Đ4), its draft is not.
    """
    managed, own = actor.scope(*MANAGED), actor.scope(P.SELF_VIEW)
    if actor.is_system or EVERYTHING in managed:
        return true()
    parts: list[ColumnElement[bool]] = []
    if managed:
        parts.append(_reached(managed, above=IncentiveScheme.state.in_(HELD)))
    if own:
        parts.append(_reached(own, above=IncentiveScheme.state.in_(HELD)) & IncentiveScheme.state.in_(HELD))
    return or_(*parts) if parts else IncentiveScheme.id.is_(None)


def _reached(roots: Collection[int], *, above: ColumnElement[bool]) -> ColumnElement[bool]:
    place = aliased(Agency)
    over = select(func.unnest(place.scope_ids)).where(place.id.in_(roots))
    inside: ColumnElement[bool] = Agency.scope_ids.overlap(list(roots))
    return or_(inside, Agency.id.in_(over) & above)


def get_scheme(actor: Actor, scheme_id: int) -> tuple[IncentiveScheme, Agency]:
    """Return a scheme the reader may see, with whose it is. Raises `NotFound`."""
    query = (
        select(IncentiveScheme, Agency)
        .join(Agency, Agency.id == IncentiveScheme.agency_id)
        .where(IncentiveScheme.id == scheme_id, visible(actor))
    )
    row: Any = db.session.execute(query).one_or_none()
    if row is None:
        raise missing("incentive_scheme")
    return row[0], row[1]


def terms_of(found: IncentiveScheme) -> Terms:
    """Return the terms a scheme keeps."""
    return read_terms(found.terms, found.eligible)


_NEAREST = text("""
SELECT DISTINCT ON (a.id, s.purpose) a.id AS agency_id, s.purpose, s.agency_id AS holder_id
FROM agencies a
JOIN incentive_schemes s ON s.agency_id = ANY (a.scope_ids)
JOIN agencies h ON h.id = s.agency_id
WHERE a.id = ANY (CAST(:ids AS bigint[])) AND s.state IN ('in_force', 'ended') AND s.valid_from <= :day
  AND (s.valid_to IS NULL OR s.valid_to > :day)
ORDER BY a.id, s.purpose, h.depth DESC
""")


def in_force_for(
    agency_ids: Collection[int], day: date, purpose: str | None = None
) -> dict[int, list[IncentiveScheme]]:
    """Return the schemes that hold for each agency on a day: by purpose, of the nearest agency that has any.

    Two statements. An agency may hold several of one purpose at once (a monthly part and one at the year's end).
    """
    rows = db.session.execute(_NEAREST, {"ids": sorted(agency_ids), "day": day}).all()
    wanted = [(row.agency_id, row.purpose, row.holder_id) for row in rows if purpose in {None, row.purpose}]
    query = select(IncentiveScheme).where(
        IncentiveScheme.agency_id.in_({holder for _agency, _purpose, holder in wanted}),
        IncentiveScheme.state.in_(HELD), IncentiveScheme.valid_from <= day,
        or_(IncentiveScheme.valid_to.is_(None), IncentiveScheme.valid_to > day),
    )  # fmt: skip
    kept: dict[tuple[int, str], list[IncentiveScheme]] = defaultdict(list)
    for one in db.session.scalars(query.order_by(IncentiveScheme.id)):
        kept[one.agency_id, one.purpose].append(one)
    found: dict[int, list[IncentiveScheme]] = defaultdict(list)
    for agency_id, of, holder in wanted:
        found[agency_id] += kept.get((holder, of), [])
    return found
