"""Lists of people: filtered, sorted, searched, today or as at another day; always a page, always in scope."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, case, cast, func, literal, null, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlalchemy.types import BigInteger, Boolean, Date, Integer, Text

from hrms.agencies.models import Agency
from hrms.core import clock, dated, dates
from hrms.core import text as words
from hrms.core.actor import EVERYTHING, Actor
from hrms.core.db import PLANNED_ONCE, bigints, db
from hrms.core.paging import LIMIT, Order, Page, cut, decode, order_by, seek, typed_values
from hrms.core.permissions import Permission
from hrms.people.models import (
    Person,
    PersonAbsence,
    PersonAgency,
    PersonCurrent,
    PersonPost,
    PersonRank,
    PersonStatus,
    Rank,
)
from hrms.people.queries.columns import COLUMNS, Column
from hrms.people.queries.filters import COUNT_MOST, Filters, Reach, conditions, found_by, held_over, within
from hrms.people.rules.kinds import IN_SERVICE

BACK_SOON = 30
"""Days within which somebody away counts as soon back."""
FOUND_MOST = 1_000
"""The bearers of a name are counted no further: nobody turns fifty pages of namesakes."""
SEARCH_MOST = 5_000
"""A name combined with other conditions looks at the first so many bearers of it."""

_SORT_COLUMNS = {
    "name": "sort_key", "birth_date": "born_on", "coefficient": "coefficient", "next_step_on": "next_step_on",
    "retires_on": "retires_on",
}  # fmt: skip

# Made once: an alias made anew has to copy every column of its table.
_PERSON, _RANK = Person.__table__.alias("person"), Rank.__table__.alias("rank")
_AGENCY, _ABOVE = Agency.__table__.alias("agency"), Agency.__table__.alias("above")

# With conditions, people are counted as far as a province reaches; in a nation a rare condition would read everybody.
_EVERYBODY = select(text("reltuples")).select_from(text("pg_class")).where(text("oid = 'people_current'::regclass"))
_MOST = case((_EVERYBODY.scalar_subquery() > 10 * COUNT_MOST, FOUND_MOST), else_=COUNT_MOST)


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows match, counted no further than `COUNT_MOST`; `hidden` belonged then but may not be named today."""

    value: int
    capped: bool
    hidden: int = 0


def source(filters: Filters, where: Reach) -> FromClause:
    """Return what the list reads: the current rows, or rows of the same shape made from the facts of another day."""
    if not filters.in_the_past:
        return PersonCurrent.__table__
    return _then(filters.as_at or clock.today(), filters.known_on, EVERYTHING not in where.roots)


@lru_cache(maxsize=32)
def _then(day: date, known: datetime | None, placed: bool) -> FromClause:
    """Return the rows of another day; kept, since many pages ask for the same day and it takes long to put together."""
    current = PersonCurrent.__table__
    using = aliased(PersonAgency)
    status, post, rank = aliased(PersonStatus), aliased(PersonPost), aliased(PersonRank)
    away = aliased(PersonAbsence)
    joined = (
        current.join(
            using,
            and_(using.person_id == current.c.person_id, using.membership == "using", dated.at(using, day, known)),
        )
        .outerjoin(status, and_(status.person_id == current.c.person_id, dated.at(status, day, known)))
        .outerjoin(post, and_(post.person_id == current.c.person_id, post.slot == 0, dated.at(post, day, known)))
        .outerjoin(rank, and_(rank.person_id == current.c.person_id, dated.at(rank, day, known)))
        .outerjoin(away, and_(away.person_id == current.c.person_id, dated.at(away, day, known)))
    )
    replaced: dict[str, Any] = {
        "agency_id": using.agency_id, "status": status.status, "kind": status.kind, "post_code": post.post_code,
        "post_name": post.post_name, "rank_code": rank.rank_code, "pay_table": rank.pay_table,
        "pay_group": rank.pay_group, "step": rank.step, "coefficient": rank.coefficient,
        "beyond_scale_percent": rank.beyond_scale_percent, "step_since": rank.step_since,
        "steps": cast(null(), Integer), "next_step_on": cast(null(), Date), "job_position": cast(null(), Text),
        "line_id": cast(null(), BigInteger), "position_id": cast(null(), BigInteger),
        "position_code": cast(null(), Text), "unit_name": cast(null(), Text),
        "managing_agency_id": cast(null(), BigInteger),
        "seconded_to_id": cast(null(), BigInteger), "retires_on": current.c.retires_on,
        "absent_as": away.absence_kind,
        "back_on": func.coalesce(away.valid_to, away.expected_until + 1),
    }  # fmt: skip
    # What the reader may see of a person follows from where they belong today; `place_ids` is where they did then.
    places: Any = current.c.scope_ids
    if placed:
        place = aliased(Agency)
        joined = joined.join(place, place.id == using.agency_id)
        places = place.scope_ids
    chosen = [replaced.get(column.name, column).label(column.name) for column in current.columns]
    chosen.append(places.label("place_ids"))
    return select(*chosen).select_from(joined).subquery("then")


def _order(filters: Filters, rows: FromClause) -> tuple[Order, list[str]]:
    name = filters.sort.removeprefix("-")
    descending = filters.sort.startswith("-")
    key = _SORT_COLUMNS[name]
    order: list[tuple[ColumnElement[Any], bool]] = [(rows.c[key], descending)]
    keys = [key]
    if key != "sort_key":
        order.append((rows.c.sort_key, False))
        keys.append("sort_key")
    order.append((rows.c.person_id, descending and key == "sort_key"))
    return order, [*keys, "person_id"]


def inside(filters: Filters, rows: FromClause, where: Reach) -> ColumnElement[bool]:
    """Return the condition that a row of `source` belongs under `where`, on the day asked for."""
    if filters.in_the_past:
        then: ColumnElement[bool] = rows.c.place_ids.op("&&", return_type=Boolean())(bigints(where.roots))
        return then if where.guarded is None else and_(then, held_over(rows, where.guarded))
    return within(rows, where)


def _held(actor: Actor, columns: Sequence[Column]) -> tuple[tuple[int, ...], ...]:
    """Return for each column the roots under which the actor may see it."""
    return tuple((EVERYTHING,) if column.needs is None else actor.scope(column.needs) for column in columns)


def _select(actor: Actor, columns: Sequence[Column], rows: FromClause, keys: Sequence[str]) -> Select[Any]:
    """Return the SELECT of a list: the id, the sort values, and each column once, null where it may not be seen."""
    return _written(columns, _held(actor, columns), rows, keys)


def _written(
    columns: Sequence[Column], held: Sequence[tuple[int, ...]], rows: FromClause, keys: Sequence[str]
) -> Select[Any]:
    base = {
        "name": rows.c.full_name, "agency": _AGENCY.c.name, "agency_code": _AGENCY.c.code, "rank_name": _RANK.c.name_vi,
    }  # fmt: skip
    wanted: dict[str, Any] = {"person_id": rows.c.person_id, "full_name": rows.c.full_name}
    for key in (
        "staff_code",
        "unit_name",
        "step",
        "steps",
        "post_name",
        "status",
        "beyond_scale_percent",
        "kind",
        "absent_as",
    ):
        wanted[key] = rows.c[key]
    wanted["agency"], wanted["agency_code"] = _AGENCY.c.name, _AGENCY.c.code
    wanted["above"] = case((_AGENCY.c.depth > 1, _ABOVE.c.name), else_=None)
    for column, roots in zip(columns, held, strict=True):
        if column.from_person:
            value: Any = _PERSON.c[column.key]
        else:
            value = base[column.key] if column.key in base else rows.c[column.key]
        wanted[column.key] = value if EVERYTHING in roots else case((held_over(rows, roots), value), else_=None)
    for key in keys:
        wanted.setdefault(key, rows.c[key])
    joined = rows.outerjoin(_AGENCY, _AGENCY.c.id == rows.c.agency_id)
    joined = joined.outerjoin(_ABOVE, _ABOVE.c.id == _AGENCY.c.parent_id)
    if any(column.key == "rank_name" for column in columns):
        joined = joined.outerjoin(_RANK, _RANK.c.code == rows.c.rank_code)
    if any(column.from_person for column in columns):
        joined = joined.join(_PERSON, _PERSON.c.id == rows.c.person_id)
    return select(*[value.label(name) for name, value in wanted.items()]).select_from(joined)


def list_people(
    actor: Actor,
    filters: Filters,
    where: Reach,
    columns: Sequence[Column],
    *,
    after: str | None = None,
    before: str | None = None,
    limit: int = LIMIT,
    extra: Sequence[str] = (),
) -> Page[Any]:
    """Return one page of people under `where` that match `filters`, in one statement whatever the rows.

    `extra` names further columns of `people_current` that the caller needs unshown, such as `scope_ids`.
    """
    actor.require(Permission.PEOPLE_VIEW)
    if not where.roots:
        return Page(())
    rows = source(filters, where)
    exact = found_by(actor, filters.q, rows) if filters.q else None
    if filters.q and exact is None:
        return _search(actor, filters, where, columns, after=after, limit=limit, extra=extra)
    order, keys = _order(filters, rows)
    back = before is not None
    cursor = before or after
    values = typed_values(order, decode(cursor, len(order))) if cursor else None
    if keys[0] == "sort_key" and not filters.in_the_past and not filters.narrows():
        backwards = back != filters.sort.startswith("-")
        after_key, after_id = values or (None, None)
        found = db.session.execute(
            _by_name(tuple(columns), _held(actor, columns), tuple(extra), backwards),
            {"roots": [*where.roots], "most": limit + 1, "after_key": after_key, "after_id": after_id},
        ).all()
    else:
        # The page first, the names of its agencies and ranks after: sorting carries nothing that is not shown.
        chosen = select(rows).where(inside(filters, rows, where), *conditions(filters, rows))
        if exact is not None:
            chosen = chosen.where(exact)
        if values is not None:
            chosen = chosen.where(seek(order, values, back=back))
        rows = chosen.order_by(*order_by(order, back=back)).limit(limit + 1).subquery("page")
        order, _ = _order(filters, rows)
        statement = _select(actor, columns, rows, [*keys, *extra])
        found = db.session.execute(statement.order_by(*order_by(order, back=back))).all()
    return cut(found, limit, keys, after=after, before=before)


@lru_cache(maxsize=128)
def _by_name(
    columns: tuple[Column, ...], held: tuple[tuple[int, ...], ...], extra: tuple[str, ...], backwards: bool
) -> Select[Any]:
    """Return the statement of a page in the order of names; kept, since it takes longer to write than to answer.

    It takes `roots`, `most`, and the place after which the page begins (`after_key`, `after_id`; None: at the start).
    """
    rows = PersonCurrent.__table__
    members = func.list_members(
        bindparam("roots", type_=ARRAY(BigInteger)), bindparam("most", type_=Integer),
        bindparam("after_key", type_=Text), bindparam("after_id", type_=BigInteger), literal(backwards),
    ).table_valued("person_id").render_derived().alias("member")  # fmt: skip
    statement = _written(columns, held, rows, ["sort_key", "person_id", *extra])
    statement = statement.join_from(rows, members, members.c.person_id == rows.c.person_id)
    order: Order = [(rows.c.sort_key, backwards), (rows.c.person_id, backwards)]
    return statement.order_by(*order_by(order)).execution_options(**PLANNED_ONCE)


def _hits(filters: Filters, where: Reach, most: int, after: Sequence[Any] | None) -> Any:
    accented, folded = words.search_query(filters.q)
    tier, key, person_id = after or (None, None, None)
    roots = bigints(where.roots)
    return func.search_people(
        cast(literal(accented), Text), cast(literal(folded), Text), roots, most,
        cast(literal(tier), Integer), cast(literal(key), Text), cast(literal(person_id), BigInteger),
    ).table_valued("person_id", "tier", "sort_key", "found")  # fmt: skip


_HIT: Order = [(cast(null(), kind), False) for kind in (Integer(), Text(), BigInteger())]
"""What the cursor of a search holds."""


def _search(
    actor: Actor,
    filters: Filters,
    where: Reach,
    columns: Sequence[Column],
    *,
    after: str | None,
    limit: int,
    extra: Sequence[str] = (),
) -> Page[Any]:
    """Return a page of those the typed words name: exact accents first, then the rest, each in the order of names."""
    _, folded = words.search_query(filters.q)
    if not folded:
        return Page(())
    values = typed_values(_HIT, decode(after, 3)) if after else None
    narrowed = bool(conditions(filters, PersonCurrent.__table__)) or filters.in_the_past
    hits = _hits(filters, where, SEARCH_MOST if narrowed else limit + 1, None if narrowed else values).alias("hit")
    rows = source(filters, where)
    counted: ColumnElement[Any] = hits.c.found
    if narrowed:
        counted = null() if values else func.count().over()
    chosen = select(rows, _required(hits.c.tier, Integer()).label("tier"), counted.label("found"))
    chosen = chosen.join_from(rows, hits, hits.c.person_id == rows.c.person_id).where(*conditions(filters, rows))
    order: Order = [(_required(hits.c.tier, Integer()), False), (rows.c.sort_key, False), (rows.c.person_id, False)]
    if values and narrowed:
        chosen = chosen.where(seek(order, values))
    rows = chosen.order_by(*order_by(order)).limit(limit + 1).subquery("page")
    order = [(rows.c.tier, False), (rows.c.sort_key, False), (rows.c.person_id, False)]
    statement = _select(actor, columns, rows, ["sort_key", "person_id", *extra]).add_columns(rows.c.tier, rows.c.found)
    found = db.session.execute(statement.order_by(*order_by(order))).all()
    page = cut(found, limit, ["tier", "sort_key", "person_id"], after=None, before=None)
    return Page(page.items, page.next, None)


def _required(column: ColumnElement[Any], kind: Any) -> ColumnElement[Any]:
    return cast(column, kind)


def count_people(actor: Actor, filters: Filters, where: Reach, page: Page[Any] | None = None) -> Count:
    """Return how many match, counted up to `COUNT_MOST`; as at another day also how many may not be named today.

    A `page` of the same list may tell what was counted on the way.
    """
    actor.require(Permission.PEOPLE_VIEW)
    if not where.roots:
        return Count(0, capped=False)
    if where.members is not None and not filters.narrows():
        return Count(min(where.members, COUNT_MOST), where.members > COUNT_MOST)
    if filters.in_the_past and not filters.narrows():
        return _count_belonged(filters, where)
    rows = source(filters, where)
    exact = found_by(actor, filters.q, rows) if filters.q else None
    if filters.q and exact is None:
        found = getattr(page.items[0], "found", None) if page and page.items else None
        return _count_found(filters, where, rows) if found is None else Count(found, capped=False)
    statement = select(rows.c.person_id).where(inside(filters, rows, where), *conditions(filters, rows))
    if exact is not None:
        statement = statement.where(exact)
    most: Any = literal(FOUND_MOST) if filters.in_the_past else _MOST
    inner = statement.limit(most + 1).subquery()
    counted = db.session.execute(select(func.count().label("value"), most.label("most")).select_from(inner)).one()
    return Count(min(counted.value, counted.most), counted.value > counted.most)


def _count_belonged(filters: Filters, where: Reach) -> Count:
    """Return how many belonged on the day asked for, and how many of them may not be named today."""
    belonged = func.count_belonged(
        bigints(where.roots), filters.as_at or clock.today(), filters.known_on, COUNT_MOST + 1
    )
    found = db.session.execute(select(text("total"), text("named")).select_from(belonged)).one()
    if found.total > COUNT_MOST:
        return Count(COUNT_MOST, capped=True)
    return Count(found.named, capped=False, hidden=found.total - found.named)


def _count_found(filters: Filters, where: Reach, rows: FromClause) -> Count:
    """Return how many bear the typed words and match the rest, counted up to `FOUND_MOST`."""
    _, folded = words.search_query(filters.q)
    if not folded:
        return Count(0, capped=False)
    narrowing = conditions(filters, rows)
    if narrowing or filters.in_the_past:
        hits = _hits(filters, where, SEARCH_MOST, None).alias("hit")
        inner = select(rows.c.person_id).where(rows.c.person_id.in_(select(hits.c.person_id)), *narrowing)
        statement = select(func.count()).select_from(inner.limit(FOUND_MOST + 1).subquery())
    else:
        statement = select(func.count_found(folded, bigints(where.roots), FOUND_MOST + 1))
    value = int(db.session.execute(statement).scalar_one())
    return Count(min(value, FOUND_MOST), value > FOUND_MOST)


def stream_people(
    actor: Actor, filters: Filters, where: Reach, columns: Sequence[Column], batch: int = 2000
) -> Iterator[Sequence[Any]]:
    """Yield all matching rows in the list's order, in batches read through a server-side cursor."""
    actor.require(Permission.PEOPLE_EXPORT)
    rows = source(filters, where)
    order, keys = _order(filters, rows)
    statement = _select(actor, columns, rows, keys).where(inside(filters, rows, where), *conditions(filters, rows))
    if filters.q:
        exact = found_by(actor, filters.q, rows)
        if exact is None:
            most = 1_000_000
            hits = _hits(filters, where, most, None).alias("hit")
            statement = statement.join_from(rows, hits, hits.c.person_id == rows.c.person_id)
            order = [(_required(hits.c.tier, Integer()), False), *order]
        else:
            statement = statement.where(exact)
    result = db.session.execute(statement.order_by(*order_by(order)).execution_options(yield_per=batch))
    yield from result.partitions(batch)


def list_choices(actor: Actor, q: str, limit: int = 10) -> dict[str, Any]:
    """Return people for a search box: ids, and words that tell namesakes apart; `more` when typing on would help."""
    filters = Filters(q=" ".join(q.split())[:200])
    where = Reach(actor.scope(Permission.PEOPLE_VIEW))
    columns = [COLUMNS["birth_date"]]
    page = list_people(actor, filters, where, columns, limit=limit)
    items = [
        {
            "value": row.person_id,
            "label": row.full_name,
            "note": " · ".join(part for part in (row.staff_code, row.agency) if part),
        }
        for row in page.items
    ]
    return {"items": items, "more": page.next is not None}


def list_retiring(where: Reach, first: date, last: date, limit: int = 12) -> Sequence[Any]:
    """Return the next to retire between two days, soonest first."""
    current = PersonCurrent.__table__
    statement = (
        select(
            current.c.person_id, current.c.full_name, current.c.sex, current.c.birth_date, current.c.retires_on,
            Agency.name.label("agency"),
        )
        .outerjoin(Agency, Agency.id == current.c.agency_id)
        .where(within(current, where), current.c.retires_on.between(first, last))
        .order_by(current.c.retires_on, current.c.sort_key, current.c.person_id)
        .limit(limit)
    )  # fmt: skip
    return db.session.execute(statement).all()


@dataclass(frozen=True, slots=True)
class Figures:
    """What the first page counts of those in service; `groups` are rows of kind, sex, the band's least age, people."""

    people: int
    retiring: int
    past_retirement: int
    steps_overdue: int
    steps_quarter: int
    old_data: int
    no_id: int
    absent: int
    back_soon: int
    back_overdue: int
    birth_unsure: int
    groups: Sequence[tuple[str, str, int | None, int]]


def load_figures(where: Reach, today: date, retiring_before: date, ages: Sequence[int]) -> Figures:
    """Return the counts of the first page, read in one pass: people by kind, sex and age, retirements, steps, gaps.

    `ages` are the least ages of the bands, ascending; the first holds everybody younger too.
    """
    current = PersonCurrent.__table__
    c = current.c
    quarter = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    after = dates.add_months(quarter, 3)
    # Of each band but the first, the first day of birth that is too late for it.
    edges = [dates.add_months(today, -12 * age) + timedelta(days=1) for age in reversed(ages[1:])]
    band = func.width_bucket(c.born_on, bindparam("edges", edges, ARRAY(Date)))
    counted = {
        "people": func.count(),
        "retiring": func.count().filter(c.retires_on.between(today, retiring_before)),
        "past_retirement": func.count().filter(c.retires_on < today),
        "steps_overdue": func.count().filter(c.next_step_on < today),
        "steps_quarter": func.count().filter(and_(c.next_step_on >= quarter, c.next_step_on < after)),
        "old_data": func.count().filter(c.old_data_facts > 0),
        "no_id": func.count().filter(c.national_id.is_(None)),
        "absent": func.count().filter(c.absent_as.is_not(None)),
        "back_soon": func.count().filter(c.back_on > today, c.back_on <= today + timedelta(days=BACK_SOON)),
        "back_overdue": func.count().filter(c.back_on <= today),
        "birth_unsure": func.count().filter(func.length(c.birth_date) < 10),
    }
    statement = (
        select(c.kind, c.sex, band.label("band"), *[figure.label(name) for name, figure in counted.items()])
        .where(within(current, where), c.status.in_([*IN_SERVICE]))
        .group_by(c.kind, c.sex, text("band"))
    )
    rows = db.session.execute(statement).all()
    groups = [
        (row.kind, row.sex, None if row.band is None else ages[len(ages) - 1 - row.band], row.people) for row in rows
    ]
    return Figures(**{name: sum(getattr(row, name) for row in rows) for name in counted}, groups=groups)
