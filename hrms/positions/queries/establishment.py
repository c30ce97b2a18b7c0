"""How many seats, who sits in them, what is unused and over: of agencies and lines, as at any day.

`read()` and `establish()` of `rules.tree` are what pages, checks, workbooks and the API build on. Everything comes from
the ledger, the assignments and the record by six statements, however large the tree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import select, text

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency, AgencyFact
from hrms.core import scope, settings
from hrms.core.actor import Actor
from hrms.core.dated import at
from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.people.queries import law
from hrms.people.rules.absences import AbsenceKind
from hrms.positions.rules.establishment import RETIRING_MONTHS, Counting, Holders
from hrms.positions.rules.kinds import PositionGroup, QuotaKind, SeatRole
from hrms.positions.rules.ledger import Account
from hrms.positions.rules.limits import Limits, Place, limits_on
from hrms.positions.rules.ratios import Reading, Rounding
from hrms.positions.rules.structure import Province
from hrms.positions.rules.tree import Establishment, Ground, LineFact, Node, establish

ON_LEAVE = AbsenceKind.UNPAID_LEAVE.value
"""The absence that a province may choose not to count; the others always count."""

# Thousands of rows a page: looking a member up costs a tenth of making it anew.
_KINDS = {kind.value: kind for kind in QuotaKind}
_GROUPS = {group.value: group for group in PositionGroup}


@dataclass(frozen=True, slots=True)
class Choices:
    """What the province chose where the law is silent: who counts, how ratios are rounded and read, what it is."""

    counting: Counting
    rounding: Rounding
    reading: Reading
    province: Province


def choices() -> Choices:
    """Return the settings of positions, in one statement."""
    values = settings.get_all("positions.")
    return Choices(
        Counting.from_settings(values),
        Rounding(values["positions.ratio_rounding"]),
        Reading(values["positions.grade_reading"]),
        Province(
            Place(values["positions.province_class"]), int(values["positions.formed_from"]),
            date.fromisoformat(values["positions.reorganised_on"]),
        ),
    )  # fmt: skip


def limits(day: date) -> Limits:
    """Return the figures of the law in force on a day; read once in a process."""
    return _limits(day)


@lru_cache(maxsize=16)
def _limits(day: date) -> Limits:
    return limits_on(law.rows("position_limits"), day)


def read(actor: Actor, day: date, *, under: int | None = None) -> Establishment:
    """Return the figures of the actor's part of the tree (of `under` and all below it) as at `day`: six statements."""
    return establish(gather(actor, day, under=under))


def gather(actor: Actor, day: date, *, under: int | None = None) -> Ground:
    """Return what the figures of a day follow from; `Ground.changed()` asks what a change would bring.

    The transaction has the scope of `positions.view`; `under` must lie within it.
    """
    chosen = choices()
    nodes = list_nodes(actor, day, under=under)
    ids = [node.id for node in nodes]
    given = {"ids": ids, "day": day}
    balances: dict[Account, int] = {}
    with_quota = set()
    for row in db.session.execute(_LEDGER, given).all():
        kind = _KINDS[row.quota_kind]
        balances[Account(row.agency_id, row.line_id, kind, row.reserve)] = row.amount
        if row.line_id is None:
            with_quota.add((row.agency_id, kind))
    lines = {row.id: _line(row) for row in db.session.execute(_LINES, given).all()}
    people: dict[tuple[int, QuotaKind], list[Holders]] = defaultdict(list)
    sitting: dict[int, list[Holders]] = defaultdict(list)
    until = add_months(day, RETIRING_MONTHS)
    for row in db.session.execute(_STAFF, {**given, "until": until, "leave": ON_LEAVE}).all():
        one = Holders(SeatRole.MAIN, row.people, row.out, row.leave, row.retiring)
        if row.here:
            people[row.agency_id, _KINDS[row.quota_kind]].append(one)
        if row.line_id is not None:
            sitting[row.line_id].append(one)
    others: dict[int, list[Holders]] = defaultdict(list)
    guests: dict[tuple[int, QuotaKind], int] = {}
    kept: dict[str, dict[int, int]] = {"recruitment": {}, "proposal": {}}
    for row in db.session.execute(_BESIDE, given):
        if row.what == "seat":
            others[row.id].append(Holders(SeatRole(row.key), row.number))
        elif row.what == "guest":
            guests[row.id, _KINDS[row.key]] = row.number
        else:
            kept[row.key][row.id] = row.number
    return Ground(
        day, chosen.counting, nodes, lines, balances, people, sitting, others, guests, kept["recruitment"],
        kept["proposal"], frozenset(with_quota),
    )  # fmt: skip


@contextmanager
def near(actor: Actor, agency: Agency) -> Iterator[None]:
    """Within the block the transaction sees no more of the tree than the agency's office of the first level.

    What is said of one agency hangs on the people of its office; a reader of the whole province need not read all of
    them for it. Never widens what the actor sees.
    """
    office = agency.scope_ids[2:3]
    if not office or not set(actor.scope(Permission.POSITIONS_VIEW)) & set(agency.scope_ids[:2]):
        yield
        return
    with scope.entered(scope.Scope(people=tuple(office))):
        yield


def list_nodes(actor: Actor, day: date, *, under: int | None = None) -> list[Node]:
    """Return the agencies of the actor's part as the tree stood on a day, in tree order; `under`: one and all below."""
    query = (
        select(
            AgencyFact.agency_id, AgencyFact.name, AgencyFact.kind, AgencyFact.parent_id, Agency.sector
        )
        .join(Agency, Agency.id == AgencyFact.agency_id)
        .where(at(AgencyFact, day), ~AgencyFact.closed, agencies.visible(actor, Permission.POSITIONS_VIEW))
        .order_by(Agency.order_no, Agency.sort_key, Agency.id)
    )  # fmt: skip
    rows = list(db.session.execute(query))
    shown = {row.agency_id for row in rows}
    below: dict[int | None, list[Any]] = defaultdict(list)
    for row in rows:
        top = row.agency_id == under if under is not None else row.parent_id not in shown
        below[None if top else row.parent_id or -1].append(row)
    found: list[Node] = []
    pending = [(row, 0) for row in reversed(below[None])]
    while pending:
        row, level = pending.pop()
        found.append(Node(row.agency_id, row.name, row.kind, row.parent_id if level else None, level, row.sector))
        pending += [(child, level + 1) for child in reversed(below.get(row.agency_id, ()))]
    return found


_LEDGER = text("""
SELECT agency_id, line_id, quota_kind, reserve, sum(amount)::integer AS amount FROM quota_movements
WHERE agency_id = ANY (:ids) AND effective_on <= :day GROUP BY 1, 2, 3, 4
""")
_LINES = text("""
SELECT l.id, l.agency_id, l.position_id, l.quota_kind, j.name, j.position_group, l.code, l.field, l.base_position_id,
  j.leadership_post, j.grade_min, j.grade_max, l.shares, l.note, l.version, j.place
FROM establishment_lines l JOIN job_positions j ON j.id = l.position_id WHERE l.agency_id = ANY (:ids)
""")
# A main seat may belong to an agency above or below the one the person works in: `here` says where they work.
_STAFF = text("""
SELECT s.agency_id, s.quota_kind, s.line_id, s.agency_id = ANY (:ids) AS here, s.seconded_to IS NOT NULL AS out,
  s.absence_kind IS NOT DISTINCT FROM :leave AS leave,
  coalesce(s.retires_on BETWEEN :day AND :until, false) AS retiring, count(*)::integer AS people
FROM staff_at(:day) s GROUP BY 1, 2, 3, 4, 5, 6, 7
""")
_BESIDE = text("""
SELECT 'seat' AS what, o.line_id AS id, o.role AS key, count(*)::integer AS number
FROM other_seats_at(:day) o GROUP BY 2, 3
UNION ALL
SELECT 'guest', m.agency_id,
  CASE s.kind WHEN 'public_employee' THEN 'public' WHEN 'contract' THEN 'contract' WHEN 'part_time' THEN 'contract'
    ELSE 'civil' END, count(*)::integer
FROM person_agency m JOIN person_status s ON s.person_id = m.person_id AND s.superseded_at IS NULL
  AND s.valid_from <= :day AND (s.valid_to IS NULL OR s.valid_to > :day)
  AND s.status NOT IN ('left', 'retired', 'deceased')
WHERE m.membership = 'seconded_in' AND m.superseded_at IS NULL AND m.valid_from <= :day
  AND (m.valid_to IS NULL OR m.valid_to > :day) AND m.agency_id = ANY (:ids)
GROUP BY 2, 3
UNION ALL
SELECT 'kept', r.line_id, r.kind, sum(r.seats)::integer
FROM seat_reservations r JOIN establishment_lines l ON l.id = r.line_id AND l.agency_id = ANY (:ids)
WHERE r.valid_from <= :day AND (r.valid_to IS NULL OR r.valid_to > :day) AND r.released_at IS NULL
GROUP BY 2, 3
""")


def _line(row: Any) -> LineFact:
    return LineFact(
        row.id, row.agency_id, row.position_id, _KINDS[row.quota_kind], row.name, _GROUPS[row.position_group],
        row.code, row.field, row.base_position_id, row.leadership_post, row.grade_min, row.grade_max, row.shares,
        row.note, row.version, row.place,
    )  # fmt: skip
