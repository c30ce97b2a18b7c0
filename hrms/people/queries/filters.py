"""The conditions of a list of people: read from an address, kept by name, turned into SQL in one place.

Conditions on guarded columns (ethnic group, religion, party) need their permission and reach only as far as it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, FromClause, and_, func, or_, select, true

from hrms.agencies.models import Agency
from hrms.core import clock, dates, scope
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.catalogues import items
from hrms.core.db import PLANNED_ONCE, bigints, db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.people.rules.absences import AbsenceKind
from hrms.people.rules.kinds import IN_SERVICE, EmploymentStatus, PersonKind, Sex

STEP_DUE = {
    "overdue": N_("Quá hạn"), "month": N_("Trong tháng này"), "quarter": N_("Trong quý này"),
    "year": N_("Trong năm nay"),
}  # fmt: skip
PRESENT = "present"
"""The pseudo-status of everybody who has not left: what headcounts count."""
ANY = "any"
"""Away for whatever reason."""
SORTS = ("name", "birth_date", "coefficient", "next_step_on", "retires_on")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. Text as typed; codes of catalogues; None for "any"."""

    q: str = ""
    agency: str | None = None
    kind: str | None = None
    status: str | None = None
    rank: str | None = None
    position: str | None = None
    sex: str | None = None
    age_from: int | None = None
    age_to: int | None = None
    degree: str | None = None
    theory: str | None = None
    step_due: str | None = None
    retires_in: int | None = None
    ethnic_group: str | None = None
    party: str | None = None
    old_data: str | None = None
    absent: str | None = None
    as_at: date | None = None
    known_on: datetime | None = None
    sort: str = "name"

    @property
    def guarded(self) -> tuple[Permission, ...]:
        """Return the permissions the conditions need beside `people.view`."""
        needed = []
        if self.ethnic_group:
            needed.append(Permission.PEOPLE_ORIGIN)
        if self.party:
            needed.append(Permission.PEOPLE_PARTY)
        return tuple(needed)

    @property
    def in_the_past(self) -> bool:
        """Say whether the list is asked as at another day or as known earlier."""
        return (self.as_at is not None and self.as_at != clock.today()) or self.known_on is not None

    def narrows(self) -> bool:
        """Say whether anything but the agency and the two dates chooses among the people."""
        plain = Filters(agency=self.agency, as_at=self.as_at, known_on=self.known_on, sort=self.sort)
        return self != plain

    def any_condition(self) -> bool:
        """Say whether anything narrows the list."""
        plain = Filters()
        return any(getattr(self, f.name) != getattr(plain, f.name) for f in fields(self) if f.name != "sort")


NUMBERS = {
    "age_from": (N_("Tuổi từ"), 14, 100),
    "age_to": (N_("Tuổi đến"), 14, 100),
    "retires_in": (N_("Năm nghỉ hưu"), 1990, 2100),
}


def parse(args: Mapping[str, str], as_at: date | None = None, known_on: datetime | None = None) -> Filters:
    """Return the conditions of an address. Raises `Refused` naming every value that cannot be one."""
    problems: list[Problem] = []
    values: dict[str, Any] = {"as_at": as_at, "known_on": known_on}
    for name in ("agency", "rank", "position"):
        values[name] = args.get(name, "").strip() or None
    values["q"] = " ".join(args.get("q", "").split())[:200]
    closed: dict[str, set[str]] = {
        "kind": {*PersonKind},
        "status": {*EmploymentStatus, PRESENT},
        "sex": {*Sex},
        "step_due": {*STEP_DUE},
        "party": {"yes", "no"},
        "old_data": {"yes"},
        "absent": {ANY, *AbsenceKind},
        "degree": {*items("degrees")},
        "theory": {*items("theory_levels")},
        "ethnic_group": {*items("ethnic_groups")},
    }
    for name, allowed in closed.items():
        given = args.get(name, "").strip()
        if given and given not in allowed:
            problems.append(
                Problem(
                    name,
                    "unknown",
                    N_("Điều kiện “%(value)s” không có trong danh mục. Hãy chọn lại."),
                    {"value": given},
                )
            )
        values[name] = given or None
    for name, (label, low, high) in NUMBERS.items():
        given = args.get(name, "").strip()
        if not given:
            continue
        if not given.isascii() or not given.isdigit() or not low <= int(given) <= high:
            problems.append(
                Problem(
                    name,
                    "not_in_range",
                    N_("%(label)s là “%(value)s”; cần một số từ %(low)s đến %(high)s."),
                    {"label": label, "value": given, "low": low, "high": high},
                )
            )
        else:
            values[name] = int(given)
    sort = args.get("sort", "").strip() or "name"
    if sort.removeprefix("-") not in SORTS:
        problems.append(Problem("sort", "unknown", N_("Không sắp xếp được theo “%(value)s”."), {"value": sort}))
    if problems:
        raise Refused(*problems)
    return Filters(**values, sort=sort)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one list reads: the roots it is limited to, the agency asked for, and how many people belong there."""

    roots: tuple[int, ...]
    agency_id: int | None = None
    agency_name: str = ""
    agency_code: str | None = None
    members: int | None = None
    """Counted up to `COUNT_MOST + 1`, or to `FEW + 1` where conditions narrow the list; None: not counted."""
    guarded: tuple[int, ...] | None = None
    """Where the permissions of guarded conditions are held; None when the list has none."""

    @property
    def few(self) -> bool:
        """Say whether it is cheaper to find the members first than to walk everybody's names."""
        return self.members is not None and self.members <= FEW


FEW = 2_500
COUNT_MOST = 30_000
"""A whole province is counted to the last person; beyond, the words are “more than”."""


def reach(actor: Actor, filters: Filters, *permissions: Permission) -> Reach:
    """Return what the list may read: the asked agency inside the scope of every permission needed.

    Raises `NotFound` for an agency that does not exist or lies outside, `Forbidden` for a guarded condition.
    """
    roots = actor.scope(*(permissions or (Permission.PEOPLE_VIEW,)))
    guarded: tuple[int, ...] | None = None
    for permission in filters.guarded:
        actor.require(permission)
        held = actor.scope(permission)
        guarded = held if guarded is None else _meet(guarded, held)
        roots = _meet(roots, held)
    agency = None
    if filters.agency:
        c = Agency.__table__.c
        asked = c.id == int(filters.agency) if filters.agency.isdecimal() else c.code == filters.agency
        agency = db.session.execute(select(c.id, c.name, c.code, c.scope_ids).where(asked)).one_or_none()
        if agency is None or not any(root in agency.scope_ids for root in roots):
            raise missing("agency")
        roots = (agency.id,)
    members = None
    if roots and not filters.q and not filters.in_the_past:
        most = (FEW if filters.narrows() else COUNT_MOST) + 1
        counted = select(func.count_members(bigints(roots), most)).execution_options(**PLANNED_ONCE)
        members = db.session.execute(counted).scalar_one()
    if agency is None:
        return Reach(roots, members=members, guarded=guarded)
    return Reach(roots, agency.id, agency.name, agency.code, members, guarded)


def _meet(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    """Return the roots of what lies under both sets of roots."""
    if EVERYTHING in one or set(one) <= set(other):
        return other if EVERYTHING in one else one
    if EVERYTHING in other:
        return one
    paths = {
        row.id: row.scope_ids
        for row in db.session.execute(select(Agency.id, Agency.scope_ids).where(Agency.id.in_({*one, *other})))
    }
    under = [root for root in one if any(upper in paths.get(root, ()) for upper in other)]
    under += [root for root in other if any(upper in paths.get(root, ()) for upper in one)]
    return tuple(sorted(set(under)))


def within(rows: FromClause, where: Reach) -> ColumnElement[bool]:
    """Return the condition that a row belongs under the roots of `where`."""
    roots = bigints(where.roots)
    if where.few:
        return rows.c.person_id.in_(select(func.members_of(roots)))
    if scope.sees_just(where.roots):
        return true()  # the row policy has asked each row the very same; asking twice is a third of a count's time
    return rows.c.scope_ids.op("&&")(roots)


def held_over(rows: FromClause, roots: tuple[int, ...]) -> ColumnElement[bool]:
    """Return the condition that the person of a row belongs today under one of `roots`."""
    return true() if EVERYTHING in roots else rows.c.scope_ids.op("&&", return_type=Boolean())(bigints(roots))


def conditions(filters: Filters, rows: FromClause) -> list[ColumnElement[bool]]:
    """Return the SQL conditions over `rows`, which has the columns of `people_current` (or their like at a date)."""
    day = filters.as_at or clock.today()
    c = rows.c
    found: list[ColumnElement[bool]] = []
    for name, column in (
        ("kind", c.kind), ("rank", c.rank_code), ("sex", c.sex), ("degree", c.degree),
        ("theory", c.theory_level), ("ethnic_group", c.ethnic_group),
    ):  # fmt: skip
        value = getattr(filters, name)
        if value is not None:
            found.append(column == value)
    if filters.status == PRESENT:
        found.append(c.status.in_([*IN_SERVICE]))
    elif filters.status is not None:
        found.append(c.status == filters.status)
    if filters.position:
        found.append(c.job_position == filters.position)
    if filters.age_from is not None:
        found.append(c.born_on <= dates.add_months(day, -12 * filters.age_from))
    if filters.age_to is not None:
        found.append(c.born_on > dates.add_months(day, -12 * (filters.age_to + 1)))
    if filters.party is not None:
        found.append(c.party_member.is_(filters.party == "yes"))
    if filters.absent == ANY:
        found.append(c.absent_as.is_not(None))
    elif filters.absent is not None:
        found.append(c.absent_as == filters.absent)
    if filters.old_data:
        found.append(c.old_data_facts > 0)
    if filters.retires_in is not None:
        found.append(c.retires_on.between(date(filters.retires_in, 1, 1), date(filters.retires_in, 12, 31)))
    if filters.step_due is not None:
        found.append(_step_due(filters.step_due, c.next_step_on, day))
    return found


def _step_due(which: str, column: ColumnElement[date | None], day: date) -> ColumnElement[bool]:
    if which == "overdue":
        return column < day
    if which == "month":
        first, after = day.replace(day=1), dates.add_months(day.replace(day=1), 1)
    elif which == "quarter":
        first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        after = dates.add_months(first, 3)
    else:
        first, after = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return and_(column >= first, column < after)


def found_by(actor: Actor, q: str, rows: FromClause) -> ColumnElement[bool] | None:
    """Return the condition for a staff code or an ID number typed into the box; None when it is a name.

    An ID number finds only where the actor may reveal it: all but two digits follow from the mask, the sex and the
    year of birth, so whoever may not would only have to try a hundred.
    """
    compact = q.replace(" ", "").replace(".", "")
    if compact.isascii() and compact.isdigit() and len(compact) >= 9:
        return and_(rows.c.national_id == compact, held_over(rows, actor.scope(Permission.PEOPLE_REVEAL_ID)))
    if any(letter.isdigit() for letter in q):
        upper = q.upper()
        return or_(rows.c.staff_code.op("^@")(upper), rows.c.staff_code == q)
    return None
