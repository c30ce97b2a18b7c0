"""Reads of the catalogues: job positions as chosen and as used, competencies with the words of their levels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.paging import LIMIT, Order, Page, cut, decode, order_by, seek, typed_values
from hrms.core.permissions import Permission
from hrms.core.text import fold
from hrms.positions.models import Competency, CompetencyLevel, EstablishmentLine, JobPosition
from hrms.positions.rules.kinds import Catalogue, PositionGroup, QuotaKind

CHOICES = 20
LINES_SHOWN = 200
_PLACE: ColumnElement[Any] = JobPosition.__table__.c.place
_ID: ColumnElement[Any] = JobPosition.__table__.c.id
_ORDER: Order = ((_PLACE, False), (_ID, False))
_KEYS = ("place", "id")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of positions asks for; empty means any. `ended` also shows what is no longer in force."""

    q: str = ""
    catalogue: str | None = None
    group: str | None = None
    kind: str | None = None
    field: str | None = None
    ended: bool = False


def parse(args: Any) -> Filters:
    """Return the filters an address names; values of no closed list are left aside."""

    def one_of(name: str, known: Iterable[str]) -> str | None:
        value = args.get(name, "")
        return value if value in set(known) else None

    return Filters(
        q=args.get("q", "").strip()[:200],
        catalogue=one_of("catalogue", Catalogue),
        group=one_of("group", PositionGroup),
        kind=one_of("kind", QuotaKind),
        field=args.get("field", "").strip()[:200] or None,
        ended=args.get("ended", "") == "1",
    )


def in_force(on: date) -> ColumnElement[bool]:
    """Return the condition "may be chosen on a day"."""
    return and_(
        JobPosition.active,
        or_(JobPosition.valid_from.is_(None), JobPosition.valid_from <= on),
        or_(JobPosition.valid_to.is_(None), JobPosition.valid_to > on),
    )


def _words(q: str) -> list[ColumnElement[bool]]:
    return [JobPosition.search_key.contains(f" {word}", autoescape=True) for word in fold(q).split()]


def _conditions(filters: Filters, on: date) -> list[ColumnElement[bool]]:
    found = _words(filters.q)
    for column, value in (
        (JobPosition.catalogue, filters.catalogue),
        (JobPosition.position_group, filters.group),
        (JobPosition.quota_kind, filters.kind),
        (JobPosition.field, filters.field),
    ):
        if value is not None:
            found.append(column == value)
    return found if filters.ended else [*found, in_force(on)]


def list_positions(
    filters: Filters, on: date, *, after: str | None = None, before: str | None = None, limit: int = LIMIT
) -> Page[JobPosition]:
    """Return a page of positions in the order of the catalogues."""
    query: Select[Any] = select(JobPosition).where(*_conditions(filters, on))
    if cursor := before or after:
        query = query.where(seek(_ORDER, typed_values(_ORDER, decode(cursor, 2)), back=bool(before)))
    rows = db.session.scalars(query.order_by(*order_by(_ORDER, back=bool(before))).limit(limit + 1)).all()
    return cut(rows, limit, _KEYS, after=after, before=before)


def count_positions(filters: Filters, on: date) -> int:
    """Return how many positions the filters leave."""
    return int(db.session.scalar(select(func.count()).select_from(JobPosition).where(*_conditions(filters, on))) or 0)


def list_all(filters: Filters, on: date) -> Sequence[JobPosition]:
    """Return every position the filters leave, for an export."""
    query = select(JobPosition).where(*_conditions(filters, on))
    return db.session.scalars(query.order_by(JobPosition.place, JobPosition.id)).all()


def list_fields() -> Sequence[str]:
    """Return the fields of work the catalogues name, in their order."""
    query = select(JobPosition.field).where(JobPosition.field.is_not(None)).group_by(JobPosition.field)
    return [str(name) for name in db.session.scalars(query.order_by(func.min(JobPosition.place)))]


def list_choices(q: str, on: date, *, limit: int = CHOICES) -> Sequence[JobPosition]:
    """Return what a search box offers: positions in force whose name has every word typed."""
    query = select(JobPosition).where(in_force(on), *_words(q)).order_by(JobPosition.place, JobPosition.id)
    return db.session.scalars(query.limit(limit)).all()


def get_position(position_id: int) -> JobPosition:
    """Return a position of the catalogue. Raises `NotFound`."""
    found = db.session.get(JobPosition, position_id)
    if found is None:
        raise missing("position")
    return found


def same_name(name: str, since: date) -> JobPosition | None:
    """Return the position that reads the same without case, accents and signs and is not ended before a day."""
    query = select(JobPosition).where(
        JobPosition.search_key == f" {fold(name)}",
        or_(JobPosition.valid_to.is_(None), JobPosition.valid_to > since),
    )
    return db.session.scalar(query.order_by(JobPosition.id).limit(1))


def last_own() -> tuple[int, int]:
    """Return the highest number among the province's own rows (`own.<n>`), and the last place of all."""
    number = func.max(sa.cast(func.substr(JobPosition.key, 5), sa.BigInteger)).filter(JobPosition.key.like("own.%"))
    row = db.session.execute(select(number, func.max(JobPosition.place))).one()
    return int(row[0] or 0), int(row[1] or 0)


@dataclass(frozen=True, slots=True)
class Used:
    """A line of the establishment where a position is used: `seats` given and `held` by a person on the day."""

    line_id: int
    agency_id: int
    agency: str
    above: str | None
    """The agency a unit belongs to; null for one right under the root."""
    code: str | None
    field: str | None
    seats: int
    held: int


# A unit is named with the agency of the first level it stands under: “Văn phòng” alone says nothing.
_ABOVE = sa.case(
    (
        Agency.depth > 1,
        sa.select(sa.literal_column("u.name")).select_from(sa.text("agencies u")).where(
            sa.text("u.id = agencies.scope_ids[3]")
        ).scalar_subquery(),
    )
)  # fmt: skip
_SEATS = text("""
SELECT l.id AS line_id, coalesce(m.seats, 0) AS seats, coalesce(h.held, 0) AS held FROM unnest(:lines) AS l(id)
LEFT JOIN (
  SELECT line_id, sum(amount) AS seats FROM quota_movements
  WHERE line_id = ANY (:lines) AND NOT reserve AND effective_on <= :on GROUP BY line_id) m ON m.line_id = l.id
LEFT JOIN (
  SELECT line_id, count(*) AS held FROM (
    SELECT line_id FROM staff_at(:on) WHERE line_id = ANY (:lines)
    UNION ALL SELECT line_id FROM other_seats_at(:on) WHERE line_id = ANY (:lines) AND role = 'concurrent') s
  GROUP BY line_id) h ON h.line_id = l.id
""").bindparams(sa.bindparam("lines", type_=sa.ARRAY(sa.BigInteger())))


def list_uses(actor: Actor, position_id: int, on: date, *, limit: int = LINES_SHOWN) -> tuple[list[Used], int]:
    """Return where the actor's part of the tree uses a position, in tree order, at most `limit`; and how many lines."""
    query = (
        select(EstablishmentLine, Agency.name, _ABOVE, func.count().over())
        .join(Agency, Agency.id == EstablishmentLine.agency_id)
        .where(EstablishmentLine.position_id == position_id, agencies.visible(actor, Permission.POSITIONS_VIEW))
    )
    rows = db.session.execute(query.order_by(Agency.path, Agency.id).limit(limit)).all()
    if not rows:
        return [], 0
    given = {"lines": [row[0].id for row in rows], "on": on}
    known = {row.line_id: row for row in db.session.execute(_SEATS, given)}
    return [
        Used(
            line.id, line.agency_id, name, above, line.code, line.field, int(known[line.id].seats),
            int(known[line.id].held),
        )
        for line, name, above, _total in rows
    ], int(rows[0][3])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """A competency of the dictionary with its levels: level → row."""

    competency: Competency
    levels: dict[int, CompetencyLevel]


def dictionary(framework: str | None = None) -> list[Known]:
    """Return the competencies of a framework (of both for None) in their order, with the words of their levels."""
    query = select(Competency).order_by(Competency.framework, Competency.place, Competency.code)
    if framework is not None:
        query = query.where(Competency.framework == framework)
    found = {one.code: Known(one, {}) for one in db.session.scalars(query)}
    levels = select(CompetencyLevel).where(CompetencyLevel.competency_code.in_(found))
    for level in db.session.scalars(levels.order_by(CompetencyLevel.level)):
        found[level.competency_code].levels[level.level] = level
    return list(found.values())


def competencies_of(framework: str) -> dict[str, Competency]:
    """Return the competencies of a framework by code, without the words of their levels."""
    query = select(Competency).where(Competency.framework == framework)
    return {one.code: one for one in db.session.scalars(query)}
