"""The register of absences as others read it: who was away between two days, and the list of who is away."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, any_, case, func, or_, select

from hrms.agencies.models import Agency
from hrms.core import clock, dated
from hrms.core.actor import Actor
from hrms.core.db import bigints, db
from hrms.core.errors import Refused
from hrms.core.paging import LIMIT, Order, Page, cut, decode, order_by, seek, typed_values
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.people.models import PersonAbsence
from hrms.people.queries.filters import ANY, Filters, Reach
from hrms.people.queries.finding import BACK_SOON, inside, source
from hrms.people.rules.absences import AbsenceKind, Stretch

_ABOVE = Agency.__table__.alias("above")
RETURNS = {
    "soon": N_("Trở lại trong 30 ngày"), "overdue": N_("Đã quá ngày dự kiến trở lại"),
    "unknown": N_("Chưa rõ ngày trở lại"),
}  # fmt: skip


def absences_between(
    person_ids: Collection[int], start: date, end: date, *, known_on: datetime | None = None
) -> Mapping[int, Sequence[Stretch]]:
    """Return the absences of people that touch `[start, end)`, as known now or on an instant; one statement.

    Each has its own whole interval, not cut to the window (`rules.absences.months_absent` cuts); an open one ends in
    None, whatever was foreseen, for only a paper ends it. People without an absence are left out; people the
    transaction may not see are not there. Step clock, scored months, training hours and headcount read it.
    """
    found: dict[int, list[Stretch]] = {}
    a = PersonAbsence
    rows = db.session.execute(
        select(a.person_id, a.absence_kind, a.valid_from, a.valid_to, a.working_days)
        .where(
            a.person_id == any_(bigints(person_ids)),
            dated.at(a, None, known_on),
            a.valid_from < end,
            or_(a.valid_to.is_(None), a.valid_to > start),
        )
        .order_by(a.person_id, a.valid_from)
    )
    for row in rows:
        stretch = Stretch(AbsenceKind(row.absence_kind), row.valid_from, row.valid_to, row.working_days)
        found.setdefault(row.person_id, []).append(stretch)
    return found


@dataclass(frozen=True, slots=True)
class AwayFilters:
    """What the list of who is away is narrowed to; `returns` is a key of `RETURNS`."""

    kind: AbsenceKind | None = None
    returns: str | None = None
    agency: str | None = None
    as_at: date | None = None
    known_on: datetime | None = None

    @property
    def people(self) -> Filters:
        """The same for the list of people: where and when, of those who are away."""
        return Filters(agency=self.agency, absent=ANY, as_at=self.as_at, known_on=self.known_on)


def parse(args: Mapping[str, str], as_at: date | None = None, known_on: datetime | None = None) -> AwayFilters:
    """Return the conditions of an address. Raises `Refused` naming every value that cannot be one."""
    problems = []
    given = {name: args.get(name, "").strip() for name in ("kind", "returns", "agency")}
    for name, known in (("kind", {*AbsenceKind}), ("returns", {*RETURNS})):
        if given[name] and given[name] not in known:
            words = N_("Điều kiện “%(value)s” không có trong danh mục. Hãy chọn lại.")
            problems.append(Problem(name, "unknown", words, {"value": given[name][:40]}))
    if problems:
        raise Refused(*problems)
    kind = AbsenceKind(given["kind"]) if given["kind"] else None
    return AwayFilters(kind, given["returns"] or None, given["agency"] or None, as_at, known_on)


def _select(asked: AwayFilters, where: Reach) -> tuple[Select[Any], Order]:
    """Return the statement of who is away on the day asked for, and its order: the day back, then names."""
    rows = source(asked.people, where)
    day = asked.as_at or clock.today()
    a = PersonAbsence
    back = func.coalesce(a.valid_to, a.expected_until + 1)
    chosen: dict[str, Any] = {
        "person_id": rows.c.person_id, "full_name": rows.c.full_name, "staff_code": rows.c.staff_code,
        "job_position": rows.c.job_position, "post_name": rows.c.post_name, "sort_key": rows.c.sort_key,
        "agency": Agency.name, "above": case((Agency.depth > 1, _ABOVE.c.name), else_=None),
        "kind": a.absence_kind, "valid_from": a.valid_from, "valid_to": a.valid_to,
        "expected_until": a.expected_until, "back_on": back, "working_days": a.working_days, "children": a.children,
        "abroad": a.abroad, "prosecuted": a.prosecuted, "decision_id": a.decision_id,
    }  # fmt: skip
    conditions: list[ColumnElement[bool]] = [inside(asked.people, rows, where), rows.c.absent_as.is_not(None)]
    if asked.kind is not None:
        conditions.append(a.absence_kind == asked.kind.value)
    if asked.returns == "soon":
        conditions += [back > day, back <= day + timedelta(days=BACK_SOON)]
    elif asked.returns == "overdue":
        conditions.append(back <= day)
    elif asked.returns == "unknown":
        conditions.append(back.is_(None))
    statement = (
        select(*[value.label(name) for name, value in chosen.items()])
        .select_from(rows)
        .join(a, and_(a.person_id == rows.c.person_id, dated.at(a, day, asked.known_on)))
        .outerjoin(Agency, Agency.id == rows.c.agency_id)
        .outerjoin(_ABOVE, _ABOVE.c.id == Agency.parent_id)
        .where(*conditions)
    )
    return statement, [(back, False), (rows.c.sort_key, False), (rows.c.person_id, False)]


def list_away(
    actor: Actor,
    asked: AwayFilters,
    where: Reach,
    *,
    after: str | None = None,
    before: str | None = None,
    limit: int = LIMIT,
) -> Page[Any]:
    """Return one page of who is away under `where`, who comes back first at the head; never why, in words."""
    actor.require(Permission.PEOPLE_VIEW)
    if not where.roots:
        return Page(())
    statement, order = _select(asked, where)
    cursor = before or after
    if cursor:
        statement = statement.where(seek(order, typed_values(order, decode(cursor, 3)), back=before is not None))
    found = db.session.execute(statement.order_by(*order_by(order, back=before is not None)).limit(limit + 1)).all()
    return cut(found, limit, ["back_on", "sort_key", "person_id"], after=after, before=before)


def count_away(actor: Actor, asked: AwayFilters, where: Reach) -> tuple[int, Mapping[str, int]]:
    """Return how many are away, and how many of each kind."""
    actor.require(Permission.PEOPLE_VIEW)
    if not where.roots:
        return 0, {}
    statement, _order = _select(asked, where)
    inner = statement.subquery()
    rows = db.session.execute(select(inner.c.kind, func.count().label("people")).group_by(inner.c.kind)).all()
    by_kind = {row.kind: row.people for row in rows}
    return sum(by_kind.values()), by_kind


def all_away(actor: Actor, asked: AwayFilters, where: Reach, most: int) -> Sequence[Any]:
    """Return the rows of the list for an export, `most` at the most."""
    actor.require(Permission.PEOPLE_EXPORT)
    if not where.roots:
        return ()
    statement, order = _select(asked, where)
    return db.session.execute(statement.order_by(*order_by(order)).limit(most)).all()
