"""Reads of the pages of rounds: the list, one round, its table of people, its counts, groups, minutes, changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, case, func, select, text

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.paging import LIMIT, Order, Page, cut, decode, order_by, seek, typed_values
from hrms.core.permissions import Permission
from hrms.people.models import PersonCurrent
from hrms.people.queries.naming import is_named
from hrms.performance.models import (
    CriteriaSet,
    CriteriaVersion,
    Rating,
    RatingGroup,
    RatingMinutes,
    RatingRound,
)
from hrms.performance.rules.classes import RatingClass
from hrms.performance.rules.rounds import BEFORE_DECISION
from hrms.performance.rules.spread import Sums, spread

P = Permission
_R = RatingRound.__table__.c
_LIST_ORDER: Order = ((_R.year, True), (Agency.__table__.c.sort_key, False), (_R.id, True))
_LIST_KEYS = ("year", "sort_key", "id")
_TABLE_MOST = 20_000
CLASSES = tuple(RatingClass)
STANDING: ColumnElement[Any] = func.coalesce(Rating.final, Rating.proposed, Rating.by_points)
"""The class as it stands now: decided, else proposed after the quota, else by points."""
_RANK = case({one.value: place for place, one in enumerate(CLASSES)}, value=STANDING, else_=len(CLASSES))


@dataclass(frozen=True, slots=True)
class ListFilters:
    """What the list of rounds asks for; empty means any."""

    year: int | None = None
    set_id: int | None = None
    state: str | None = None
    under: int | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round of the list with its agency and how far it is; `people` counts whom the reader may see."""

    found: RatingRound
    agency: str
    set_name: str
    year: int
    sort_key: str
    id: int
    people: int = 0
    classed: int = 0

    def late(self, today: date) -> bool:
        """Say whether the last day to classify has passed without a decision."""
        return self.found.state in BEFORE_DECISION and today > self.found.due_on


def list_rounds(
    actor: Actor,
    filters: ListFilters,
    today: date,
    *,
    after: str | None = None,
    before: str | None = None,
    limit: int = LIMIT,
) -> Page[RoundRow]:
    """Return a page of rounds of the reader's part, newest year first; two statements."""
    found: Any = (
        select(
            RatingRound, Agency.name, CriteriaSet.name.label("set_name"), RatingRound.year, Agency.sort_key,
            RatingRound.id,
        )
        .join(Agency, Agency.id == RatingRound.agency_id)
        .join(CriteriaSet, CriteriaSet.id == RatingRound.set_id)
        .where(*_list_conditions(actor, filters, today))
        .order_by(*order_by(_LIST_ORDER, back=bool(before)))
        .limit(limit + 1)
    )  # fmt: skip
    cursor = after or before
    if cursor:
        values = typed_values(_LIST_ORDER, decode(cursor, len(_LIST_ORDER)))
        found = found.where(seek(_LIST_ORDER, values, back=bool(before)))
    page = cut(list(db.session.execute(found)), limit, _LIST_KEYS, after=after, before=before)
    counted = _counts([row.id for row in page.items])
    rows = [
        RoundRow(row[0], row[1], row[2], row.year, row.sort_key, row.id, *counted.get(row.id, (0, 0)))
        for row in page.items
    ]
    return Page(rows, page.next, page.previous)


def _list_conditions(actor: Actor, filters: ListFilters, today: date) -> list[ColumnElement[bool]]:
    found = [agencies.visible(actor, P.PERFORMANCE_VIEW)]
    if filters.year is not None:
        found.append(RatingRound.year == filters.year)
    if filters.set_id is not None:
        found.append(RatingRound.set_id == filters.set_id)
    if filters.state is not None:
        found.append(RatingRound.state == filters.state)
    if filters.under is not None:
        found.append(Agency.scope_ids.contains([filters.under]))
    if filters.late:
        found += [RatingRound.due_on < today, RatingRound.state.in_(BEFORE_DECISION)]
    return found


def _counts(round_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    if not round_ids:
        return {}
    classed = func.count().filter(STANDING.is_not(None), STANDING != RatingClass.NONE)
    query = (
        select(Rating.round_id, func.count(), classed)
        .where(Rating.round_id.in_(round_ids), Rating.superseded_at.is_(None))
        .group_by(Rating.round_id)
    )
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query)}


def list_years(actor: Actor) -> list[int]:
    """Return the years the reader's part has rounds of, newest first."""
    query = select(RatingRound.year).join(Agency, Agency.id == RatingRound.agency_id).distinct()
    return sorted(db.session.scalars(query.where(agencies.visible(actor, P.PERFORMANCE_VIEW))), reverse=True)


def list_sets() -> list[CriteriaSet]:
    """Return the sets of criteria in their order."""
    return list(db.session.scalars(select(CriteriaSet).order_by(CriteriaSet.place, CriteriaSet.id)))


@dataclass(frozen=True, slots=True)
class Opened:
    """A round with its agency, its set of criteria and the method of it (equal, weights, none, recorded)."""

    found: RatingRound
    agency: Agency
    set: CriteriaSet


def get_round(actor: Actor, round_id: int, *permissions: Permission) -> Opened:
    """Return a round of the reader's part (by `performance.view`). Raises `NotFound`, also for one outside it."""
    query = (
        select(RatingRound, Agency, CriteriaSet)
        .join(Agency, Agency.id == RatingRound.agency_id)
        .join(CriteriaSet, CriteriaSet.id == RatingRound.set_id)
        .where(RatingRound.id == round_id, agencies.visible(actor, *(permissions or (P.PERFORMANCE_VIEW,))))
    )
    row: Any = db.session.execute(query).one_or_none()
    if row is None:
        raise missing("round")
    return Opened(row[0], row[1], row[2])


def method_of(found: RatingRound) -> str:
    """Return how a round classifies: equal, weights, none (without points) or recorded, as of its year's end."""
    last = date(found.year, 12, 31)
    query = (
        select(CriteriaVersion.method)
        .where(
            CriteriaVersion.set_id == found.set_id, CriteriaVersion.superseded_at.is_(None),
            CriteriaVersion.valid_from <= last,
        )
        .order_by(CriteriaVersion.valid_from.desc())
        .limit(1)
    )  # fmt: skip
    return db.session.scalar(query) or "equal"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the table of a round asks for; empty means any. `group` 0: without one. `changed`: not as by points."""

    unit: int | None = None
    group: int | None = None
    rating: str | None = None
    role: str | None = None
    changed: bool = False
    q: str = ""
    sort: str = "-mean"

    @property
    def empty(self) -> bool:
        """Whether everybody is asked for."""
        return not (self.unit or self.group is not None or self.rating or self.role or self.changed or self.q)


@dataclass(frozen=True, slots=True)
class Line:
    """A person of the table."""

    rating: Rating
    name: str
    staff_code: str | None
    unit: str
    position: str | None
    group: str | None
    mean: Decimal | None
    sort_key: str
    rank: int
    id: int

    @property
    def standing(self) -> RatingClass | None:
        """Return the class as it stands now."""
        found = self.rating.final or self.rating.proposed or self.rating.by_points
        return RatingClass(found) if found else None

    @property
    def periods(self) -> int:
        """Return how many months (or quarters) have points."""
        return sum(key.isdigit() for key in self.rating.months)

    @property
    def changed(self) -> bool:
        """Whether the class is not the one of the points."""
        return self.standing is not None and self.standing.value != self.rating.by_points


_C = PersonCurrent.__table__.c
_MEAN = Rating.__table__.c.mean
_ID = Rating.__table__.c.id
SORTS: dict[str, Order] = {
    "-mean": ((_MEAN, True), (_C.sort_key, False), (_ID, False)),
    "mean": ((_MEAN, False), (_C.sort_key, False), (_ID, False)),
    "name": ((_C.sort_key, False), (_ID, False)),
    "-name": ((_C.sort_key, True), (_ID, False)),
}
_KEYS = {"mean": ("mean", "sort_key", "id"), "name": ("sort_key", "id")}


def _table(round_id: int, filters: Filters) -> Select[Any]:
    found: Any = (
        select(
            Rating, _C.full_name, _C.staff_code, Agency.name, func.coalesce(_C.post_name, _C.job_position),
            RatingGroup.name, Rating.mean.label("mean"), _C.sort_key.label("sort_key"), _RANK.label("rank"),
            Rating.id.label("id"),
        )
        .join(PersonCurrent, PersonCurrent.person_id == Rating.person_id)
        .join(Agency, Agency.id == Rating.agency_id)
        .outerjoin(RatingGroup, RatingGroup.id == Rating.group_id)
        .where(Rating.round_id == round_id, Rating.superseded_at.is_(None), *_conditions(filters))
    )  # fmt: skip
    return cast("Select[Any]", found)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.unit is not None:
        found.append(Rating.agency_id == filters.unit)
    if filters.group is not None:
        found.append(Rating.group_id == filters.group if filters.group else Rating.group_id.is_(None))
    if filters.rating:
        found.append(STANDING.in_((filters.rating,)))
    if filters.role:
        found.append(Rating.role == filters.role)
    if filters.changed:
        found.append(STANDING.is_distinct_from(Rating.by_points))
    if filters.q:
        found.append(is_named(filters.q))
    return found


def list_people(
    round_id: int, filters: Filters, *, after: str | None = None, before: str | None = None, limit: int = LIMIT
) -> Page[Line]:
    """Return a page of the table; one statement."""
    order = SORTS[filters.sort]
    keys = _KEYS[filters.sort.removeprefix("-")]
    query = _table(round_id, filters).order_by(*order_by(order, back=bool(before))).limit(limit + 1)
    cursor = after or before
    if cursor:
        query = query.where(seek(order, typed_values(order, decode(cursor, len(order))), back=bool(before)))
    page = cut(list(db.session.execute(query)), limit, keys, after=after, before=before)
    return Page([Line(*row) for row in page.items], page.next, page.previous)


def list_everybody(round_id: int, filters: Filters | None = None) -> list[Line]:
    """Return everybody of a round for files: highest class first, then by points, then by name."""
    asked = filters or Filters()
    query = _table(round_id, asked).order_by("rank", *order_by(SORTS["-mean"]))
    return [Line(*row) for row in db.session.execute(query.limit(_TABLE_MOST))]


def people_of(round_id: int) -> list[int]:
    """Return the ids of everybody of a round."""
    query = select(Rating.person_id).where(Rating.round_id == round_id, Rating.superseded_at.is_(None))
    return list(db.session.scalars(query.order_by(Rating.person_id)))


@dataclass(frozen=True, slots=True)
class UnitCount:
    """People of a unit by class as it stands; `sums` of the points there are."""

    agency_id: int
    name: str
    people: int
    by_class: Mapping[RatingClass, int]
    waiting: int
    changed: int
    provisional: int
    sums: Sums

    @property
    def mean(self) -> Decimal | None:
        """Return the mean of the unit's means."""
        return spread(self.sums).mean


def count_units(round_id: int) -> list[UnitCount]:
    """Return the people of a round by unit and class, units in tree order; one statement."""
    of = [func.count().filter(STANDING.in_((one.value,))) for one in CLASSES]
    query = (
        select(
            Rating.agency_id, Agency.name, func.count(), func.count().filter(STANDING.is_(None)),
            func.count().filter(STANDING.is_distinct_from(Rating.by_points)), func.count().filter(Rating.provisional),
            func.count(Rating.mean), func.coalesce(func.sum(Rating.mean), 0),
            func.coalesce(func.sum(Rating.mean * Rating.mean), 0), *of,
        )
        .join(Agency, Agency.id == Rating.agency_id)
        .where(Rating.round_id == round_id, Rating.superseded_at.is_(None))
        .group_by(Rating.agency_id, Agency.name, Agency.path)
        .order_by(Agency.path)
    )  # fmt: skip
    return [
        UnitCount(
            row[0], row[1], row[2], dict(zip(CLASSES, row[9:], strict=True)), row[3], row[4], row[5],
            Sums(row[6] or 0, row[7] or Decimal(0), row[8] or Decimal(0)),
        )
        for row in db.session.execute(query)
    ]  # fmt: skip


def whole(units: Sequence[UnitCount]) -> UnitCount:
    """Return the sum of units."""
    by_class = {one: sum(unit.by_class[one] for unit in units) for one in CLASSES}
    names = ("people", "waiting", "changed", "provisional")
    sums = {name: sum(getattr(unit, name) for unit in units) for name in names}
    points = Sums(
        sum(unit.sums.count for unit in units), sum((unit.sums.total for unit in units), Decimal(0)),
        sum((unit.sums.squares for unit in units), Decimal(0)),
    )  # fmt: skip
    return UnitCount(
        0, "", sums["people"], by_class, sums["waiting"], sums["changed"], sums["provisional"], points
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Province:
    """The province's year under one set of criteria: people with a class by points, and the sums of their means."""

    people: int
    sums: Sums
    by_class: Mapping[RatingClass, int]

    @property
    def mean(self) -> Decimal | None:
        """Return the mean of all means there are."""
        return spread(self.sums).mean

    def share(self, rating: RatingClass) -> int:
        """Return the whole per cent of people with a class by points."""
        return round(self.by_class.get(rating, 0) * 100 / self.people)


_SPREAD = text("SELECT * FROM rating_spread(:year, :set, :least)")


def find_province(year: int, set_id: int, least: int) -> Province | None:
    """Return how the province stands in a year, None while fewer than `least` people have a class; no names in it."""
    row: Any = db.session.execute(_SPREAD, {"year": year, "set": set_id, "least": least}).one_or_none()
    if row is None:
        return None
    by_class = {
        RatingClass.EXCELLENT: row.excellent, RatingClass.GOOD: row.good, RatingClass.SATISFACTORY: row.satisfactory,
        RatingClass.UNSATISFACTORY: row.unsatisfactory,
    }  # fmt: skip
    sums = Sums(row.with_mean, row.points or Decimal(0), row.squares or Decimal(0))
    return Province(row.people, sums, by_class)


def list_below_points(round_id: int) -> list[tuple[int, str]]:
    """Return who has the points of the top class and stands lower, by points; at most 200."""
    query = (
        select(Rating.id, _C.full_name)
        .join(PersonCurrent, PersonCurrent.person_id == Rating.person_id)
        .where(
            Rating.round_id == round_id, Rating.superseded_at.is_(None), Rating.by_points == RatingClass.EXCELLENT,
            STANDING.is_distinct_from(RatingClass.EXCELLENT.value),
        )
        .order_by(Rating.mean.desc(), Rating.id)
        .limit(200)
    )  # fmt: skip
    return [(row[0], row[1]) for row in db.session.execute(query)]


def names_of(rating_ids: Collection[int]) -> dict[int, str]:
    """Return the names behind ratings the reader sees."""
    if not rating_ids:
        return {}
    query = select(Rating.id, _C.full_name).join(PersonCurrent, PersonCurrent.person_id == Rating.person_id)
    return {row[0]: row[1] for row in db.session.execute(query.where(Rating.id.in_(rating_ids)))}


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group of similar tasks with its people: all, good or better by points, at the points of the top class."""

    group: RatingGroup
    people: int
    good: int
    at_top: int
    excellent: int


def list_groups(round_id: int) -> tuple[list[GroupRow], int]:
    """Return the groups of a round by code with their counts, and how many people have none; two statements."""
    query = select(RatingGroup).where(RatingGroup.round_id == round_id).order_by(RatingGroup.code)
    groups = list(db.session.scalars(query))
    good = Rating.by_points.in_((RatingClass.EXCELLENT, RatingClass.GOOD))
    counts = (
        select(
            Rating.group_id, func.count(), func.count().filter(good),
            func.count().filter(Rating.by_points == RatingClass.EXCELLENT),
            func.count().filter(STANDING == RatingClass.EXCELLENT),
        )
        .where(Rating.round_id == round_id, Rating.superseded_at.is_(None))
        .group_by(Rating.group_id)
    )  # fmt: skip
    counted = {row[0]: row[1:] for row in db.session.execute(counts)}
    rows = [GroupRow(one, *counted.get(one.id, (0, 0, 0, 0))) for one in groups]
    return rows, counted.get(None, (0,))[0]


def get_group(round_id: int, group_id: int) -> RatingGroup:
    """Return a group of a round. Raises `NotFound`."""
    found = db.session.get(RatingGroup, group_id)
    if found is None or found.round_id != round_id:
        raise missing("group")
    return found


def find_minutes(round_id: int) -> RatingMinutes | None:
    """Return the minutes of a round's meeting, None before they are written."""
    return db.session.get(RatingMinutes, round_id)
