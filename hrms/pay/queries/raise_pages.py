"""Reads of the pages of raises: lists, one list with its people, one raise, quotas of early raises by agency."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, text

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.paging import LIMIT, Order, Page, cut, decode, order_by, seek, typed_values
from hrms.core.permissions import Permission
from hrms.decisions.models import Decision
from hrms.pay.models import EarlyQuota, RaiseItem, RaiseList
from hrms.pay.rules.raising import WAITING
from hrms.people.models import PersonCurrent
from hrms.people.queries.naming import is_named
from hrms.positions.queries.part import Part

P = Permission
EVERYTHING = 20_000
_L, _A, _I, _C, _Q = (
    one.__table__.c for one in (RaiseList, Agency, RaiseItem, PersonCurrent, EarlyQuota)
)  # fmt: skip
_LIST_ORDER: Order = (
    (_L.year, True), (_L.kind, False), (_L.quarter, True), (_A.sort_key, False), (_L.id, True),
)  # fmt: skip
_LIST_KEYS = ("year", "kind", "quarter", "sort_key", "id")
_ITEM_ORDER: Order = ((_C.sort_key, False), (_I.id, False))
_QUOTA_ORDER: Order = ((_A.sort_key, False), (_Q.id, False))
LIST_STATES = ("proposed", "sent", "decided", "cancelled")
ITEM_FILTERS = ("proposed", "waiting", "left_out", "sent", "decided")
KINDS = ("step", "beyond_scale", "early", "retirement")
_OPEN = text("""
SELECT l.person_id, s.id, s.state FROM submission_lines l JOIN submissions s ON s.id = l.submission_id
WHERE l.person_id = ANY (CAST(:ids AS bigint[])) AND l.kind IN ('step_raise', 'beyond_scale', 'early_raise')
  AND l.state IN ('pending', 'signed') AND s.values ->> 'list' = :list
""")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list of lists asks for; empty means any."""

    year: int | None = None
    quarter: int | None = None
    kind: str | None = None
    state: str | None = None
    has: str | None = None
    """Only lists with somebody on them (`people`), with somebody proposed, or with somebody to be looked at."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The people of a list by how far they are; `waiting` are doubtful cases nobody has looked at yet."""

    proposed: int = 0
    waiting: int = 0
    left_out: int = 0
    sent: int = 0
    decided: int = 0

    @property
    def people(self) -> int:
        """Return everybody on the list."""
        return self.proposed + self.waiting + self.left_out + self.sent + self.decided


@dataclass(frozen=True, slots=True)
class ListRow:
    """A list of the reader's part, with its agency and its people by state; those counted whom the reader may see."""

    id: int
    kind: str
    year: int
    quarter: int | None
    state: str
    computed_at: Any
    version: int
    agency_id: int
    agency: str
    sort_key: str
    counts: Counts


def list_lists(
    part: Part, filters: Filters, *, after: str | None = None, before: str | None = None, limit: int = LIMIT
) -> Page[ListRow]:
    """Return a page of lists, the newest first; two statements."""
    found: Any = (
        select(
            _L.id, _L.kind, _L.year, _L.quarter, _L.state, _L.computed_at, _L.version, _L.agency_id,
            _A.name.label("agency"), _A.sort_key,
        )
        .select_from(RaiseList)
        .join(Agency, _A.id == _L.agency_id)
        .where(_A.scope_ids.overlap(list(part.roots)), *_list_conditions(filters))
        .order_by(*order_by(_LIST_ORDER, back=bool(before)))
        .limit(limit + 1)
    )  # fmt: skip
    cursor = after or before
    if cursor:
        found = found.where(seek(_LIST_ORDER, typed_values(_LIST_ORDER, decode(cursor, 5)), back=bool(before)))
    page = cut(list(db.session.execute(found)), limit, _LIST_KEYS, after=after, before=before)
    counted = count_items([row.id for row in page.items])
    rows = [ListRow(**row._asdict(), counts=counted.get(row.id, Counts())) for row in page.items]
    return Page(rows, page.next, page.previous)


def _list_conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_L.state == filters.state] if filters.state else [_L.state != "cancelled"]
    for column, wanted in ((_L.year, filters.year), (_L.quarter, filters.quarter), (_L.kind, filters.kind)):
        if wanted is not None:
            found.append(column == wanted)
    if filters.has:
        of: dict[str, list[ColumnElement[bool]]] = {
            "people": [], "proposed": [_I.state == "proposed"],
            "waiting": [_I.state == "left_out", _I.left_out_reason == WAITING],
        }  # fmt: skip
        found.append(select(_I.id).where(_I.list_id == _L.id, *of[filters.has]).exists())
    return found


def count_items(list_ids: Collection[int]) -> dict[int, Counts]:
    """Return the people of lists by state; one statement."""
    if not list_ids:
        return {}
    waiting = and_(_I.state == "left_out", _I.left_out_reason == WAITING)
    of = {name: _I.state == name for name in ("proposed", "sent", "decided")}
    of |= {"waiting": waiting, "left_out": and_(_I.state == "left_out", _I.left_out_reason != WAITING)}
    query = (
        select(_I.list_id, *(func.count().filter(condition).label(name) for name, condition in of.items()))
        .where(_I.list_id.in_(list_ids))
        .group_by(_I.list_id)
    )
    return {
        row.list_id: Counts(row.proposed, row.waiting, row.left_out, row.sent, row.decided)
        for row in db.session.execute(query)
    }


def list_years(part: Part) -> list[int]:
    """Return the years the part has lists of, newest first."""
    query = (
        select(_L.year)
        .select_from(RaiseList)
        .join(Agency, _A.id == _L.agency_id)
        .where(_A.scope_ids.overlap(list(part.roots)))
    )
    return sorted(db.session.scalars(query.distinct()), reverse=True)


@dataclass(frozen=True, slots=True)
class Opened:
    """A list with its agency and its people by state."""

    found: RaiseList
    agency: Agency
    counts: Counts


def get_list(actor: Actor, list_id: int, permission: Permission = P.PAY_VIEW) -> Opened:
    """Return a list of the reader's part. Raises `NotFound`, also for one outside it; two statements."""
    query = (
        select(RaiseList, Agency)
        .join(Agency, Agency.id == RaiseList.agency_id)
        .where(RaiseList.id == list_id, agencies.visible(actor, permission))
    )
    row: Any = db.session.execute(query).one_or_none()
    if row is None:
        raise missing("raise_list")
    return Opened(row[0], row[1], count_items([list_id]).get(list_id, Counts()))


@dataclass(frozen=True, slots=True)
class ItemFilters:
    """What the table of a list asks for; empty means any."""

    state: str | None = None
    kind: str | None = None
    q: str = ""

    @property
    def empty(self) -> bool:
        """Whether everybody is asked for."""
        return not (self.state or self.kind or self.q)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """Somebody of a list; `submission` is the open proposal they are in, None without one."""

    item: RaiseItem
    name: str
    staff_code: str | None
    unit: str
    sort_key: str
    id: int
    submission_id: int | None = None
    submission_state: str | None = None


def list_items(
    list_id: int, filters: ItemFilters, *, after: str | None = None, before: str | None = None, limit: int = LIMIT
) -> Page[ItemRow]:
    """Return a page of the people of a list by name; two statements."""
    query = _items(list_id, filters).order_by(*order_by(_ITEM_ORDER, back=bool(before))).limit(limit + 1)
    cursor = after or before
    if cursor:
        query = query.where(seek(_ITEM_ORDER, typed_values(_ITEM_ORDER, decode(cursor, 2)), back=bool(before)))
    page = cut(list(db.session.execute(query)), limit, ("sort_key", "id"), after=after, before=before)
    under_way = submissions_of(list_id, [row[0].person_id for row in page.items])
    rows = [ItemRow(*row, *under_way.get(row[0].person_id, (None, None))) for row in page.items]
    return Page(rows, page.next, page.previous)


def _items(list_id: int, filters: ItemFilters) -> Select[Any]:
    query: Select[Any] = (
        select(RaiseItem, _C.full_name, _C.staff_code, Agency.name, _C.sort_key.label("sort_key"), _I.id.label("id"))
        .join(PersonCurrent, _C.person_id == _I.person_id)
        .join(Agency, _A.id == _I.agency_id)
        .where(_I.list_id == list_id)
    )
    if filters.kind:
        query = query.where(_I.kind == filters.kind)
    if filters.state == "waiting":
        query = query.where(_I.state == "left_out", _I.left_out_reason == WAITING)
    elif filters.state:
        query = query.where(_I.state == filters.state)
        if filters.state == "left_out":
            query = query.where(_I.left_out_reason != WAITING)
    if filters.q:
        query = query.where(is_named(filters.q))
    return query


def list_everybody(list_id: int, filters: ItemFilters | None = None) -> list[ItemRow]:
    """Return everybody of a list for files and print, in the order of the page; one statement."""
    query = _items(list_id, filters or ItemFilters()).order_by(*order_by(_ITEM_ORDER)).limit(EVERYTHING)
    return [ItemRow(*row) for row in db.session.execute(query)]


def submissions_of(list_id: int, person_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Return the open proposals people of a list are in, as (id, state), those the reader takes part in."""
    if not person_ids:
        return {}
    rows = db.session.execute(_OPEN, {"ids": list(person_ids), "list": str(list_id)})
    return {row.person_id: (row.id, row.state) for row in rows}


@dataclass(frozen=True, slots=True)
class OneItem:
    """A raise as its page shows it; `listed` is None for somebody who reads their own decided one."""

    item: RaiseItem
    name: str
    staff_code: str | None
    unit: str
    scope_ids: Sequence[int]
    listed: RaiseList | None
    agency: str | None
    decision: Decision | None


def get_item(item_id: int) -> OneItem:
    """Return a raise the reader may see: of their part, or their own once it is decided. Raises `NotFound`."""
    query = (
        select(RaiseItem, _C.full_name, _C.staff_code, Agency.name, _C.scope_ids, RaiseList, Decision)
        .join(PersonCurrent, _C.person_id == _I.person_id)
        .join(Agency, _A.id == _I.agency_id)
        .outerjoin(RaiseList, RaiseList.id == _I.list_id)
        .outerjoin(Decision, Decision.id == _I.decision_id)
        .where(_I.id == item_id)
    )
    row: Any = db.session.execute(query).one_or_none()
    if row is None:
        raise missing("raise_item")
    listed = row[5]
    place = agencies.find_agency(listed.agency_id) if listed is not None else None
    of = place.name if place is not None else None
    return OneItem(row[0], row[1], row[2], row[3], row[4], listed, of, row[6])


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """The early raises of an agency in a year: what it has, what is used, its list."""

    id: int
    agency_id: int
    agency: str
    sort_key: str
    pool_id: int
    assigned: int
    quota: int
    remainder: int
    given: int
    counts: Counts
    list_id: int | None

    @property
    def most(self) -> int:
        """Return the raises the agency may give."""
        return self.quota + self.given

    @property
    def taken(self) -> int:
        """Return the raises proposed, on their way or decided."""
        return self.counts.proposed + self.counts.sent + self.counts.decided


def list_quotas(
    part: Part, year: int, *, after: str | None = None, before: str | None = None, limit: int = LIMIT
) -> Page[QuotaRow]:
    """Return a page of the quotas of a year in the part, by agency; two statements."""
    early = and_(_L.agency_id == _Q.agency_id, _L.year == _Q.year, _L.kind == "early", _L.state != "cancelled")
    query: Any = (
        select(
            _Q.id, _Q.agency_id, _A.name.label("agency"), _A.sort_key, _Q.pool_id, _Q.assigned, _Q.quota,
            _Q.remainder, _Q.given, _L.id.label("list_id"),
        )
        .select_from(EarlyQuota)
        .join(Agency, _A.id == _Q.agency_id)
        .outerjoin(RaiseList, early)
        .where(_Q.year == year, _A.scope_ids.overlap(list(part.roots)))
        .order_by(*order_by(_QUOTA_ORDER, back=bool(before)))
        .limit(limit + 1)
    )  # fmt: skip
    cursor = after or before
    if cursor:
        query = query.where(seek(_QUOTA_ORDER, typed_values(_QUOTA_ORDER, decode(cursor, 2)), back=bool(before)))
    page = cut(list(db.session.execute(query)), limit, ("sort_key", "id"), after=after, before=before)
    counted = count_items([row.list_id for row in page.items if row.list_id])
    rows = [QuotaRow(**row._asdict(), counts=counted.get(row.list_id, Counts())) for row in page.items]
    return Page(rows, page.next, page.previous)


@dataclass(frozen=True, slots=True)
class Sums:
    """The quotas of a part in a year, all together."""

    agencies: int
    assigned: int
    quota: int
    given: int


def sum_quotas(part: Part, year: int) -> Sums:
    """Return the quotas of a year in the part; one statement."""
    query = (
        select(
            func.count(), func.coalesce(func.sum(_Q.assigned), 0), func.coalesce(func.sum(_Q.quota), 0),
            func.coalesce(func.sum(_Q.given), 0),
        )
        .select_from(EarlyQuota)
        .join(Agency, _A.id == _Q.agency_id)
        .where(_Q.year == year, _A.scope_ids.overlap(list(part.roots)))
    )  # fmt: skip
    return Sums(*(int(one) for one in db.session.execute(query).one()))
