"""Reading the calendar: one page of lines, how many there are, the lines of a feed; under the reader's own scope."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, any_, func, literal, or_, select, true
from sqlalchemy.orm import aliased

from hrms.agencies.models import Agency
from hrms.core import clock
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.dates import add_months, last_day_of_month
from hrms.core.db import bigints, db
from hrms.core.errors import Refused
from hrms.core.i18n import render
from hrms.core.paging import LIMIT, Order, Page, cut, decode, order_by, seek, typed_values
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem, Reason
from hrms.deadlines.models import CalendarFeed, DueLine
from hrms.deadlines.services import kinds
from hrms.decisions.models import SubmissionLine
from hrms.people.models import PersonCurrent

OVERDUE, MONTH = "overdue", "month"
ALL = "all"
"""What is overdue and the year to come: what a feed has; no tab of the page."""
WINDOWS: Mapping[str, str] = {
    OVERDUE: N_("Quá hạn"), MONTH: N_("Trong tháng này"), "3": N_("3 tháng tới"), "6": N_("6 tháng tới"),
    "12": N_("12 tháng tới"),
}  # fmt: skip
KEYS = ("due_on", "person_id", "code", "key")
FEED_MOST = 5_000
PROPOSED_MOST = 300
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class DueFilters:
    """What the calendar is narrowed to. No window: what is overdue and the 3 months to come.

    `agency` is a code or id, everything under it included; `person` an id; `mine`: what the reader's own agencies
    must see to; `open_only`: nothing under way yet.
    """

    window: str | None = None
    kind: str | None = None
    agency: str | None = None
    person: int | None = None
    mine: bool = False
    open_only: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the calendar reads: roots of the tree, the agency asked for."""

    roots: tuple[int, ...]
    agency_id: int | None = None
    agency_name: str = ""


def reach(actor: Actor, agency: str | None = None, permission: Permission = Permission.PEOPLE_VIEW) -> Reach:
    """Return what the calendar may read: the asked agency inside the actor's scope. Raises `NotFound` outside it."""
    roots = actor.scope(permission)
    if not agency:
        return Reach(roots)
    c = Agency.__table__.c
    asked = c.id == int(agency) if agency.isascii() and agency.isdigit() and len(agency) < 19 else c.code == agency
    found = db.session.execute(select(c.id, c.name, c.scope_ids).where(asked)).one_or_none()
    if found is None or not any(root in found.scope_ids for root in roots):
        raise missing("agency")
    return Reach((found.id,), found.id, found.name)


def parse(args: Mapping[str, str]) -> DueFilters:
    """Return the conditions of an address. Raises `Refused` naming every value that cannot be one."""
    given = {name: (args.get(name) or "").strip() for name in ("window", "kind", "agency", "person")}
    problems = []
    words = N_("Điều kiện “%(value)s” không có trong danh mục. Hãy chọn lại.")
    for name, known in (("window", WINDOWS), ("kind", kinds())):
        if given[name] and given[name] not in known:
            problems.append(Problem(name, "unknown", words, {"value": given[name][:40]}))
    person = given["person"]
    if person and not (person.isascii() and person.isdigit() and len(person) < 19):
        problems.append(Problem("person", "unknown", words, {"value": person[:40]}))
    if problems:
        raise Refused(*problems)
    return DueFilters(
        given["window"] or None, given["kind"] or None, given["agency"] or None, int(person) if person else None,
        bool(args.get("mine")), bool(args.get("open")),
    )  # fmt: skip


def _last(window: str | None, today: date) -> date:
    """Return the last day of a window."""
    if window == OVERDUE:
        return today - timedelta(days=1)
    if window == MONTH:
        return last_day_of_month(today)
    return add_months(today, 12 if window == ALL else int(window or "3"))


def _window(window: str | None, today: date) -> ColumnElement[bool]:
    within = DueLine.due_on <= _last(window, today)
    return within if window in (None, OVERDUE, ALL) else and_(DueLine.due_on >= today, within)


def _submission() -> ColumnElement[int | None]:
    """Return the submission under way that settles a line, of those the reader takes part in."""
    line = SubmissionLine
    return (
        select(func.max(line.submission_id))
        .where(
            line.person_id == DueLine.person_id,
            line.state.in_(["pending", "signed"]),
            line.kind == any_(DueLine.settled_by),
        )
        .correlate(DueLine)
        .scalar_subquery()
    )


def _under(roots: Sequence[int]) -> ColumnElement[bool]:
    if EVERYTHING in roots:
        return true()
    return DueLine.scope_ids.op("&&")(bigints(roots))


def _conditions(actor: Actor, asked: DueFilters, where: Reach) -> list[ColumnElement[bool]]:
    found = [_under(where.roots)]
    carried = [kind.code for kind in kinds().values() if kind.while_proposed]
    if carried:
        found.append(or_(DueLine.code.not_in(carried), _submission().is_not(None)))
    if asked.kind is not None:
        found.append(DueLine.code == asked.kind)
    if asked.person is not None:
        found.append(DueLine.person_id == asked.person)
    if asked.mine:
        roots = actor.scope(Permission.DECISIONS_PROPOSE, Permission.PEOPLE_VIEW)
        found.append(DueLine.responsible_id.in_(roots))
    if asked.open_only:
        found.append(_submission().is_(None))
    return found


def _select(actor: Actor, asked: DueFilters, where: Reach, today: date) -> tuple[Select[Any], Order]:
    responsible = aliased(Agency)
    c, d = PersonCurrent, DueLine
    statement = (
        select(
            d.person_id, d.code, d.key, d.due_on, d.remind, d.ends_on, d.what, d.params, d.reasons, d.settled_by,
            c.full_name, c.staff_code, c.job_position, c.post_name, c.scope_ids, Agency.name.label("agency"),
            responsible.name.label("responsible"), d.responsible_id, d.agency_id, _submission().label("submission_id"),
        )
        .join(c, c.person_id == d.person_id)
        .outerjoin(Agency, Agency.id == d.agency_id)
        .outerjoin(responsible, responsible.id == d.responsible_id)
        .where(*_conditions(actor, asked, where), _window(asked.window, today))
    )  # fmt: skip
    keys: list[ColumnElement[Any]] = [DueLine.__table__.c[name] for name in KEYS]
    return statement, [(key, False) for key in keys]


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is shown: in the reader's language, with how many days are left (negative: late by so many)."""

    row: Any
    label: str
    what: str
    days_left: int
    soon: bool
    """Not due yet, but past a day on which one should begin."""
    reasons: tuple[Reason, ...]

    def __getattr__(self, name: str) -> Any:
        """Return a column of the line."""
        return getattr(self.row, name)


def _shown(row: Any, today: date) -> Line:
    kind = kinds().get(row.code)
    reasons = tuple(
        Reason(one["text"], one["figure"], one["source"], typed(one["params"])) for one in row.reasons
    )  # fmt: skip
    soon = row.due_on >= today and any(day <= today for day in row.remind)
    what = render(Reason(row.what, "", "", typed(row.params))) if row.what else ""
    return Line(row, render(kind.label) if kind else row.code, what, (row.due_on - today).days, soon, reasons)


def typed(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return kept parameters with the days among them as days again."""
    return {
        name: date.fromisoformat(value) if isinstance(value, str) and _ISO.fullmatch(value) else value
        for name, value in params.items()
    }


def list_due(
    actor: Actor,
    asked: DueFilters,
    where: Reach,
    *,
    after: str | None = None,
    before: str | None = None,
    limit: int = LIMIT,
) -> Page[Line]:
    """Return one page of the calendar under `where`, the longest overdue at the head; one statement."""
    actor.require(Permission.PEOPLE_VIEW)
    if not where.roots:
        return Page(())
    today = clock.today()
    statement, order = _select(actor, asked, where, today)
    cursor = before or after
    if cursor:
        statement = statement.where(seek(order, typed_values(order, decode(cursor, 4)), back=before is not None))
    found = db.session.execute(statement.order_by(*order_by(order, back=before is not None)).limit(limit + 1)).all()
    page = cut(found, limit, KEYS, after=after, before=before)
    return Page([_shown(row, today) for row in page.items], page.next, page.previous)


def all_due(actor: Actor, asked: DueFilters, where: Reach, most: int) -> list[Line]:
    """Return the lines for an export or a feed, `most` at the most; one statement."""
    actor.require(Permission.PEOPLE_VIEW)
    if not where.roots:
        return []
    today = clock.today()
    statement, order = _select(actor, asked, where, today)
    return [_shown(row, today) for row in db.session.execute(statement.order_by(*order_by(order)).limit(most))]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many lines there are in each window, and of each kind in the window asked for."""

    windows: Mapping[str, int]
    kinds: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many lines the list has."""
        return sum(self.kinds.values())


def count_due(actor: Actor, asked: DueFilters, where: Reach) -> Counts:
    """Return how many lines each window and each kind has; one statement."""
    actor.require(Permission.PEOPLE_VIEW)
    if not where.roots:
        return Counts(dict.fromkeys(WINDOWS, 0), {})
    today = clock.today()
    counted = [func.count().filter(_window(window, today)).label(f"w{window}") for window in WINDOWS]
    chosen = func.count().filter(_window(asked.window, today)).label("chosen")
    statement = (
        select(DueLine.code, chosen, *counted)
        .where(*_conditions(actor, asked, where), DueLine.due_on <= _last("12", today))
        .group_by(DueLine.code)
    )
    rows = db.session.execute(statement).all()
    windows = {window: sum(getattr(row, f"w{window}") for row in rows) for window in WINDOWS}
    return Counts(windows, {row.code: row.chosen for row in rows if row.chosen})


def count_soon(actor: Actor, where: Reach, days: int) -> tuple[int, int]:
    """Return how many lines are overdue and how many fall due within `days`; one statement."""
    actor.require(Permission.PEOPLE_VIEW)
    today = clock.today()
    statement = select(
        func.count().filter(DueLine.due_on < today),
        func.count().filter(DueLine.due_on.between(today, today + timedelta(days=days))),
    ).where(_under(where.roots), DueLine.due_on <= today + timedelta(days=days))
    overdue, soon = db.session.execute(statement).one()
    return overdue, soon


def chosen(actor: Actor, pairs: Sequence[tuple[str, int]]) -> list[Any]:
    """Return code, person and settling kinds of the lines ticked, of those the reader sees."""
    roots = actor.scope(Permission.PEOPLE_VIEW)
    if not pairs or not roots:
        return []
    wanted = or_(*(and_(DueLine.code == code, DueLine.person_id == person_id) for code, person_id in pairs))
    return list(
        db.session.execute(
            select(DueLine.code, DueLine.person_id, DueLine.settled_by)
            .where(_under(roots), wanted)
            .order_by(DueLine.due_on, DueLine.person_id)
        )
    )


def own_feed(actor: Actor) -> CalendarFeed | None:
    """Return the reader's own calendar address that works, without its token, which nobody keeps."""
    return db.session.scalars(
        select(CalendarFeed).where(
            CalendarFeed.account_id == literal(actor.account_id), CalendarFeed.revoked_at.is_(None)
        )
    ).one_or_none()
