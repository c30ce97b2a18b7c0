"""Reads of the agency tree. The tree itself is open to whoever is signed in; which part is shown is decided here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from vietnam_provinces import Province, Ward

from hrms.agencies.models import Agency, AgencyFact
from hrms.agencies.rules import normal_code
from hrms.core import clock
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.dated import at
from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, decode_ids, encode
from hrms.core.permissions import Permission
from hrms.core.text import fold

CHOICES = 20
SEARCH_MOST = 300


def visible(actor: Actor, *permissions: Permission) -> ColumnElement[bool]:
    """Return the condition "within the actor's part of the tree" (by `agencies.view` unless told otherwise)."""
    roots = actor.scope(*(permissions or (Permission.AGENCIES_VIEW,)))
    if EVERYTHING in roots:
        return sa.true()
    reach: ColumnElement[bool] = sa.cast(Agency.scope_ids, ARRAY(sa.BigInteger())).overlap([*roots])
    return reach


def get_agency(actor: Actor, agency_id: int, *permissions: Permission) -> Agency:
    """Return an agency within the actor's part of the tree. Raises `NotFound`, also for one outside it."""
    found = db.session.scalar(select(Agency).where(Agency.id == agency_id, visible(actor, *permissions)))
    if found is None:
        raise missing("agency")
    return found


def find_visible(actor: Actor, given: str, *permissions: Permission) -> Agency:
    """Return the agency of the actor's part by its code or id, as addresses name it. Raises `NotFound`."""
    code = normal_code(given)
    by = Agency.id == int(given) if given.isascii() and given.isdigit() and len(given) < 19 else Agency.code == code
    found = db.session.scalar(select(Agency).where(by, visible(actor, *permissions)))
    if found is None:
        raise missing("agency")
    return found


def find_agency(agency_id: int | None) -> Agency | None:
    """Return an agency by id wherever it is, or None; for services, which check the scope themselves."""
    return None if agency_id is None else db.session.get(Agency, agency_id, populate_existing=True)


def find_by_code(code: str | None) -> Agency | None:
    """Return the agency with this electronic identification code wherever it is, or None."""
    code = normal_code(code)
    return None if code is None else db.session.scalar(select(Agency).where(Agency.code == code))


def find_by_codes(codes: Iterable[str]) -> dict[str, Agency]:
    """Return the agencies with these codes, by code; unknown ones are left out."""
    wanted = {code for code in map(normal_code, codes) if code}
    return {a.code or "": a for a in db.session.scalars(select(Agency).where(Agency.code.in_(wanted)))}


_LONG_AND_SHORT = (("uy ban nhan dan", "ubnd"), ("hoi dong nhan dan", "hdnd"))


def find_by_name(name: str) -> list[Agency]:
    """Return the agencies whose name, read without case and accents, is this one; more than one may be.

    “Ủy ban nhân dân …” and “UBND …” are the same.
    """
    key = _name_key(name)
    if not key:
        return []
    spellings = {fold(name), key, *(key.replace(short, long) for long, short in _LONG_AND_SHORT)}
    near = db.session.scalars(
        select(Agency)
        .where(sa.or_(*(Agency.search_key.contains(f" {words} ", autoescape=True) for words in sorted(spellings))))
        .order_by(Agency.id)
    )
    return [agency for agency in near if key in {_name_key(agency.name), _name_key(agency.short_name or "")}]


def _name_key(name: str) -> str:
    folded = fold(name)
    for long, short in _LONG_AND_SHORT:
        folded = folded.replace(long, short)
    return folded


def subtree_ids(roots: Collection[int]) -> list[int]:
    """Return the ids of `roots` and of all agencies under them, closed ones included; root 0 is everything."""
    if EVERYTHING in roots:
        return list(db.session.scalars(select(Agency.id)))
    found = text("SELECT id FROM agencies WHERE path <@ ARRAY(SELECT path FROM agencies WHERE id = ANY (:roots))")
    return list(db.session.scalars(found, {"roots": list(roots)}))


def scope_ids_of(agency_ids: Collection[int]) -> list[int]:
    """Return the closure of agency ids (beginning with 0) of several agencies together."""
    closures = db.session.scalars(select(Agency.scope_ids).where(Agency.id.in_(agency_ids)))
    return sorted({0, *(i for closure in closures for i in closure)})


def names(ids: Collection[int]) -> dict[int, str]:
    """Return the present names of agencies by id."""
    found = db.session.execute(select(Agency.id, Agency.name).where(Agency.id.in_({i for i in ids if i})))
    return {row.id: row.name for row in found}


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way from the root; `inside` says whether the reader may open it."""

    id: int
    name: str
    inside: bool


def breadcrumb(actor: Actor, agency: Agency) -> list[Crumb]:
    """Return the agencies above this one, from the root; of those beyond the reader's part the name alone."""
    above = [i for i in agency.scope_ids if i not in {0, agency.id}]
    if not above:
        return []
    found = {a.id: a for a in db.session.scalars(select(Agency).where(Agency.id.in_(above)))}
    return [
        Crumb(i, found[i].name, actor.may(Permission.AGENCIES_VIEW, at=found[i].scope_ids)) for i in above if i in found
    ]


def _words(q: str) -> list[ColumnElement[bool]]:
    """Return the conditions "every word typed begins a word of the name, or the text is in the code"."""
    code = "".join(q.split()).lower()
    conditions = [Agency.search_key.contains(f" {word}", autoescape=True) for word in fold(q).split()[:8]]
    by_name = sa.and_(*conditions) if conditions else sa.false()
    if "." in code or any(c.isdigit() for c in code):
        return [sa.or_(by_name, Agency.search_key.contains(code, autoescape=True))]
    return [by_name]


def list_choices(
    actor: Actor,
    q: str,
    *,
    permissions: Sequence[Permission] = (),
    kinds: Collection[str] = (),
    with_closed: bool = False,
    limit: int = CHOICES,
) -> list[Agency]:
    """Return what a search box offers: inside the actor's part, by words of the name or by code, in tree order."""
    query = select(Agency).where(visible(actor, *permissions)).order_by(Agency.depth, Agency.order_no, Agency.sort_key)
    if q.strip():
        query = query.where(*_words(q))
    if kinds:
        query = query.where(Agency.kind.in_(kinds))
    if not with_closed:
        query = query.where(sa.or_(Agency.closed_on.is_(None), Agency.closed_on > clock.today()))
    return list(db.session.scalars(query.limit(limit)))


@dataclass(slots=True)
class TreeRow:
    """A line of the tree: the agency, how many people are in it, with all below it, and whether it can be opened."""

    agency: Agency
    own: int = 0
    total: int = 0
    children: int = 0
    opened: bool = False
    level: int = 0
    rows: list[TreeRow] = field(default_factory=list)


_COUNTS = text("""
WITH there AS MATERIALIZED (
  SELECT agency_id, count(*) AS people FROM people_current
  WHERE status NOT IN ('left', 'retired', 'deceased') AND agency_id = ANY (ARRAY(
    SELECT d.id FROM agencies n JOIN agencies d ON d.path <@ n.path WHERE n.id = ANY (:ids)))
  GROUP BY agency_id
)
SELECT s.id, coalesce(sum(t.people) FILTER (WHERE t.agency_id = s.id), 0)::bigint AS own, sum(t.people)::bigint AS total
FROM there t JOIN agencies a ON a.id = t.agency_id CROSS JOIN LATERAL unnest(a.scope_ids) AS s(id)
WHERE s.id = ANY (:ids) GROUP BY s.id
""")


def count_people(ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return, by agency, the people in it and those in it and all below: who work there and the reader may see."""
    if not ids:
        return {}
    found = {row.id: (row.own, row.total) for row in db.session.execute(_COUNTS, {"ids": list(ids)})}
    return {agency_id: found.get(agency_id, (0, 0)) for agency_id in ids}


def _live(today: date, with_closed: bool) -> list[ColumnElement[bool]]:
    return [] if with_closed else [sa.or_(Agency.closed_on.is_(None), Agency.closed_on > today)]


def _ordered(query: Select[Agency]) -> Select[Agency]:
    return query.order_by(Agency.order_no, Agency.sort_key, Agency.id)


def list_roots(actor: Actor) -> list[int]:
    """Return the ids of the tops of the actor's part of the tree."""
    roots = actor.scope(Permission.AGENCIES_VIEW)
    if EVERYTHING in roots:
        return list(db.session.scalars(select(Agency.id).where(Agency.parent_id.is_(None))))
    return list(roots)


def list_tree(
    actor: Actor,
    opened: Collection[int],
    *,
    today: date,
    q: str = "",
    with_closed: bool = False,
    most: int = SEARCH_MOST,
) -> list[TreeRow]:
    """Return the lines of the tree page: the reader's roots, the children of each opened one, or what a search finds.

    A search lists what it found flat, as far as `most`. Counts come from one statement for all lines.
    """
    roots = actor.scope(Permission.AGENCIES_VIEW)
    live = _live(today, with_closed)
    if q.strip():
        found = db.session.scalars(_ordered(select(Agency).where(visible(actor), *_words(q), *live)).limit(most)).all()
        return _counted([TreeRow(a) for a in found], today, with_closed)
    tops: ColumnElement[bool] = Agency.parent_id.is_(None) if EVERYTHING in roots else Agency.id.in_(roots)
    query = select(Agency).where(visible(actor), sa.or_(tops, Agency.parent_id.in_(opened)), *live)
    rows = {a.id: TreeRow(a) for a in db.session.scalars(_ordered(query))}
    first: list[TreeRow] = []
    for row in rows.values():
        parent = rows.get(row.agency.parent_id or 0)
        if parent is not None and parent.agency.id in opened:
            parent.rows.append(row)
            parent.opened = True
        elif row.agency.parent_id not in rows:
            first.append(row)
    flat: list[TreeRow] = []

    def walk(found: Iterable[TreeRow], level: int) -> None:
        for row in found:
            row.level = level
            flat.append(row)
            walk(row.rows, level + 1)

    walk(first, 0)
    return _counted(flat, today, with_closed)


def _counted(rows: list[TreeRow], today: date, with_closed: bool) -> list[TreeRow]:
    ids = [row.agency.id for row in rows]
    people = count_people(ids)
    below = select(Agency.parent_id, func.count()).where(Agency.parent_id.in_(ids), *_live(today, with_closed))
    children = {row[0]: row[1] for row in db.session.execute(below.group_by(Agency.parent_id))}
    for row in rows:
        row.own, row.total = people.get(row.agency.id, (0, 0))
        row.children = children.get(row.agency.id, 0)
    return rows


def list_under(actor: Actor, agency_id: int | None, *, with_closed: bool, today: date) -> list[TreeRow]:
    """Return an agency and all under it (None: the reader's whole part) in tree order, counted."""
    query = select(Agency).where(visible(actor), *_live(today, with_closed))
    if agency_id is not None:
        query = query.where(Agency.scope_ids.contains([agency_id]))
    found = {a.id: TreeRow(a) for a in db.session.scalars(_ordered(query))}
    first: list[TreeRow] = []
    for row in found.values():
        parent = found.get(row.agency.parent_id or 0)
        (parent.rows if parent else first).append(row)
    flat: list[TreeRow] = []

    def walk(rows: Iterable[TreeRow], level: int) -> None:
        for row in rows:
            row.level = level
            flat.append(row)
            walk(row.rows, level + 1)

    walk(first, 0)
    return _counted(flat, today, with_closed)


def list_chart(actor: Actor, agency_id: int | None, *, today: date, most: int) -> tuple[list[TreeRow], bool]:
    """Return the tops (or one agency) with two levels under each, counted; and whether some were left out."""
    tops = [agency_id] if agency_id is not None else list_roots(actor)
    depth = select(func.min(Agency.depth)).where(Agency.id.in_(tops)).scalar_subquery()
    query = (
        select(Agency)
        .where(visible(actor), sa.cast(Agency.scope_ids, ARRAY(sa.BigInteger())).overlap(tops))
        .where(Agency.depth <= depth + 2, *_live(today, with_closed=False))
        .order_by(Agency.depth, Agency.order_no, Agency.sort_key, Agency.id)
        .limit(most + 1)
    )
    found = list(db.session.scalars(query))
    rows = {a.id: TreeRow(a) for a in found[:most]}
    first = []
    for row in rows.values():
        parent = rows.get(row.agency.parent_id or 0)
        if parent is not None:
            parent.rows.append(row)
        else:
            first.append(row)
    _counted(list(rows.values()), today, with_closed=False)
    return first, len(found) > most


def count_below(agency: Agency) -> tuple[int, int]:
    """Return how many open agencies are under one, and how many people the reader may see in it and below."""
    below = select(func.count()).where(Agency.scope_ids.contains([agency.id]), Agency.id != agency.id)
    number = db.session.scalar(below.where(*_live(clock.today(), with_closed=False)))
    return int(number or 0), count_people([agency.id]).get(agency.id, (0, 0))[1]


def list_children(agency: Agency, *, today: date, with_closed: bool = False) -> list[TreeRow]:
    """Return the agencies directly under one, counted."""
    found = db.session.scalars(
        _ordered(select(Agency).where(Agency.parent_id == agency.id, *_live(today, with_closed)))
    ).all()
    return _counted([TreeRow(a) for a in found], today, with_closed)


def list_page(
    actor: Actor,
    *,
    q: str = "",
    kind: str | None = None,
    parent_id: int | None = None,
    with_closed: bool = False,
    after: str | None = None,
    limit: int = LIMIT,
) -> Page[Agency]:
    """Return a page of the actor's agencies by id, for other systems to follow."""
    query = select(Agency).where(visible(actor)).order_by(Agency.id).limit(limit + 1)
    if q.strip():
        query = query.where(*_words(q))
    if kind:
        query = query.where(Agency.kind == kind)
    if parent_id is not None:
        query = query.where(Agency.parent_id == parent_id)
    if not with_closed:
        query = query.where(sa.or_(Agency.closed_on.is_(None), Agency.closed_on > clock.today()))
    if after:
        (last,) = decode_ids(after, 1)
        query = query.where(Agency.id > last)
    rows = list(db.session.scalars(query))
    return Page(rows[:limit], encode([rows[limit - 1].id]) if len(rows) > limit else None)


def list_history(agency: Agency, known_on: datetime | None = None) -> Sequence[AgencyFact]:
    """Return what the agency was called and where it stood, newest first, as known now or on an instant."""
    query = select(AgencyFact).where(AgencyFact.agency_id == agency.id, at(AgencyFact, None, known_on))
    return db.session.scalars(query.order_by(AgencyFact.valid_from.desc())).all()


def list_citing(decision_id: int) -> list[tuple[AgencyFact, str | None]]:
    """Return the facts of the tree that rest on a decision, each with the name of the agency above it."""
    above = aliased(Agency)
    query = (
        select(AgencyFact, above.name)
        .outerjoin(above, above.id == AgencyFact.parent_id)
        .where(AgencyFact.decision_id == decision_id, at(AgencyFact))
        .order_by(AgencyFact.valid_from, AgencyFact.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def names_at(ids: Collection[int], on: date, known_on: datetime | None = None) -> dict[int, str]:
    """Return what agencies were called on a day, by id; those that did not exist then are left out."""
    query = select(AgencyFact.agency_id, AgencyFact.name).where(
        AgencyFact.agency_id.in_(ids), at(AgencyFact, on, known_on)
    )
    return {row.agency_id: row.name for row in db.session.execute(query)}


@dataclass(frozen=True, slots=True)
class PlaceAt:
    """Where an agency stood on a day and what it was called then."""

    id: int
    name: str
    kind: str
    parent_id: int | None
    level: int


def tree_at(actor: Actor, on: date, known_on: datetime | None = None) -> list[PlaceAt]:
    """Return the tree as it stood on a day, in tree order, of the agencies the actor may see today."""
    query = (
        select(AgencyFact, Agency.order_no, Agency.sort_key)
        .join(Agency, Agency.id == AgencyFact.agency_id)
        .where(at(AgencyFact, on, known_on), ~AgencyFact.closed, visible(actor))
        .order_by(Agency.order_no, Agency.sort_key, Agency.id)
    )
    facts: list[AgencyFact] = [row[0] for row in db.session.execute(query)]
    shown = {fact.agency_id for fact in facts}
    under: dict[int | None, list[AgencyFact]] = {}
    for fact in facts:
        under.setdefault(fact.parent_id if fact.parent_id in shown else None, []).append(fact)
    found: list[PlaceAt] = []

    def walk(parent: int | None, level: int) -> None:
        for fact in under.get(parent, []):
            found.append(PlaceAt(fact.agency_id, fact.name, fact.kind, fact.parent_id, level))
            walk(fact.agency_id, level + 1)

    walk(None, 0)
    return found


@dataclass(frozen=True, slots=True)
class WardChoice:
    """A commune-level unit (xã, phường, đặc khu) or a province: its code of five or two digits (QĐ 19/2025/QĐ-TTg)."""

    code: str
    name: str
    kind: str


@cache
def list_provinces() -> tuple[WardChoice, ...]:
    """Return the 34 provinces in the order of their codes (QĐ 19/2025/QĐ-TTg)."""
    found = sorted(Province.iter_all(), key=lambda province: int(province.code))
    return tuple(WardChoice(f"{int(p.code):02d}", str(p.name), str(p.division_type.value)) for p in found)


@cache
def list_wards(province_code: str) -> tuple[WardChoice, ...]:
    """Return the communes, wards and special zones of a province (“92”), by code; empty for an unknown province."""
    found = [ward for ward in _wards() if f"{int(ward.province_code):02d}" == province_code]
    return tuple(WardChoice(f"{int(w.code):05d}", str(w.name), str(w.division_type.value)) for w in found)


@cache
def _wards() -> tuple[Any, ...]:
    return tuple(sorted(Ward.iter_all(), key=lambda ward: int(ward.code)))


@cache
def find_ward(code: str) -> WardChoice | None:
    """Return the commune-level unit with this five-digit code, or None."""
    if not (len(code) == 5 and code.isascii() and code.isdigit()):
        return None
    found = next((w for w in _wards() if int(w.code) == int(code)), None)
    return WardChoice(code, str(found.name), str(found.division_type.value)) if found else None


def find_province_of(ward_code: str) -> WardChoice | None:
    """Return the province a commune-level unit lies in, or None for an unknown code."""
    found = next((w for w in _wards() if ward_code.isdigit() and int(w.code) == int(ward_code)), None)
    if found is None:
        return None
    return next(p for p in list_provinces() if int(p.code) == int(found.province_code))
