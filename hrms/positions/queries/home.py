"""What the first page says of seats and quotas: one statement a reader, by the rules all other pages count by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import text

from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.dates import last_day
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.positions.queries.establishment import ON_LEAVE, limits
from hrms.positions.rules.establishment import Counting, Holders, add_up, figures
from hrms.positions.rules.kinds import QuotaKind, SeatRole
from hrms.positions.rules.limits import Rule, find

P = Permission
SHOWN = 6
"""How many acting holders the card of a head names."""

_CHOICES = """(SELECT coalesce(jsonb_object_agg(name, value), '{}') FROM settings WHERE name LIKE 'positions.%')"""
_QUOTAS = text(f"""
SELECT 'quota' AS what, m.agency_id, m.quota_kind, a.scope_ids,
  coalesce(sum(m.amount) FILTER (WHERE NOT m.reserve), 0)::integer AS number, sum(m.amount)::integer AS beside,
  false AS out, false AS leave, {_CHOICES} AS choices
FROM quota_movements m JOIN agencies a ON a.id = m.agency_id AND a.scope_ids && CAST(:roots AS bigint[])
WHERE m.line_id IS NULL AND m.effective_on <= :day
GROUP BY 2, 3, 4
UNION ALL
SELECT CASE WHEN p.elected THEN 'elected' ELSE 'people' END, p.agency_id, p.quota_kind, a.scope_ids, p.people, p.placed,
  p.out, p.leave, NULL FROM (
  SELECT c.agency_id, coalesce(l.quota_kind, CASE c.kind WHEN 'public_employee' THEN 'public' WHEN 'contract'
      THEN 'contract' WHEN 'part_time' THEN 'contract' ELSE 'civil' END) AS quota_kind,
    c.seconded_to_id IS NOT NULL AS out, c.absent_as IS NOT DISTINCT FROM :leave AS leave,
    -- Whoever was elected holds no position of the catalogues, so nobody waits for them to be placed.
    coalesce(c.kind = 'cadre' AND c.line_id IS NULL, false) AS elected,
    count(*)::integer AS people, count(c.line_id)::integer AS placed
  FROM people_current c LEFT JOIN establishment_lines l ON l.id = c.line_id
  WHERE c.status NOT IN ('left', 'retired', 'deceased') AND EXISTS (SELECT 1 FROM establishment_lines)
  GROUP BY 1, 2, 3, 4, 5) p
JOIN agencies a ON a.id = p.agency_id AND a.scope_ids && CAST(:roots AS bigint[])
UNION ALL
SELECT 'returned', NULL, NULL, NULL, count(*)::integer, 0, false, false, NULL FROM position_schemes
WHERE state IN ('returned', 'incomplete') AND scope_ids && CAST(:roots AS bigint[])
""")  # noqa: S608 - parts of this program
_HEAD = text(f"""
WITH lines AS MATERIALIZED (
  SELECT l.id, l.quota_kind, coalesce(sum(m.amount), 0)::integer AS seats
  FROM establishment_lines l JOIN agencies a ON a.id = l.agency_id AND a.scope_ids && CAST(:roots AS bigint[])
  LEFT JOIN quota_movements m ON m.line_id = l.id AND NOT m.reserve AND m.effective_on <= :day GROUP BY l.id
), held AS MATERIALIZED (
  SELECT f.person_id, f.line_id, f.role, f.valid_to FROM assignments f
  WHERE f.role IN ('acting', 'in_charge') AND f.superseded_at IS NULL AND f.valid_from <= :day
    AND (f.valid_to IS NULL OR f.valid_to > :day)
), acting AS (
  SELECT h.person_id, c.full_name, h.role, h.valid_to, j.name AS position, a.name AS agency
  FROM held h JOIN lines ON lines.id = h.line_id JOIN establishment_lines l ON l.id = h.line_id
  JOIN job_positions j ON j.id = l.position_id JOIN agencies a ON a.id = l.agency_id
  JOIN people_current c ON c.person_id = h.person_id
)
SELECT 'line' AS what, id, quota_kind AS key, seats AS number, false AS out, false AS leave,
  NULL::text AS name, NULL::text AS position, NULL::text AS agency, NULL::date AS till, {_CHOICES} AS choices
FROM lines
UNION ALL
SELECT 'main', c.line_id, '', count(*)::integer, c.seconded_to_id IS NOT NULL,
  c.absent_as IS NOT DISTINCT FROM :leave, NULL, NULL, NULL, NULL, NULL
FROM people_current c JOIN lines ON lines.id = c.line_id GROUP BY 2, 5, 6
UNION ALL
SELECT 'other', o.line_id, o.role, count(*)::integer, false, false, NULL, NULL, NULL, NULL, NULL
FROM other_seats_at(:day) o GROUP BY 2, 3
UNION ALL
SELECT 'kept', r.line_id, r.kind, sum(r.seats)::integer, false, false, NULL, NULL, NULL, NULL, NULL
FROM seat_reservations r JOIN lines ON lines.id = r.line_id
WHERE r.valid_from <= :day AND (r.valid_to IS NULL OR r.valid_to > :day) AND r.released_at IS NULL GROUP BY 2, 3
UNION ALL
SELECT 'acting', person_id, role, 1, false, false, full_name, position, agency, valid_to, NULL FROM acting
""")  # noqa: S608 - parts of this program


def _counting(rows: Sequence[Any]) -> Counting:
    choices: Mapping[str, Any] = next((row.choices for row in rows if row.choices), {})
    return Counting.from_settings({name: value for name, value in choices.items() if str(value) in {"0", "1"}})


def load_card(actor: Actor) -> Mapping[str, Any] | None:
    """Return the quotas of the reader's part and how far the placing has come; None without `positions.view`."""
    if not actor.may(P.POSITIONS_VIEW) or not (actor.may(P.POSITIONS_MANAGE) or not actor.may(P.DECISIONS_SIGN)):
        return None
    day = clock.today()
    asked = {"day": day, "leave": ON_LEAVE, "roots": list(actor.scope(P.POSITIONS_VIEW))}
    told = db.session.execute(_QUOTAS, asked).all()
    rows = [row for row in told if row.what != "returned"]
    returned = sum(row.number for row in told if row.what == "returned")
    if not rows and not returned:
        return None
    counting = _counting(rows)
    given = {(row.agency_id, row.quota_kind): row for row in rows if row.what == "quota"}
    holders: dict[tuple[int | None, str], list[Holders]] = {}
    passed: dict[tuple[int | None, str], int] = {}
    people = placed = 0
    for row in rows:
        # What an agency without a quota has counts at the nearest above that has one; a quota is of the one above.
        above = row.scope_ids[:-1] if row.what == "quota" else row.scope_ids
        key = next(
            ((i, row.quota_kind) for i in reversed(above) if (i, row.quota_kind) in given), (None, row.quota_kind)
        )
        if row.what == "quota":
            passed[key] = passed.get(key, 0) + row.beside
            continue
        holders.setdefault(key, []).append(Holders(SeatRole.MAIN, row.number, row.out, row.leave))
        if row.what == "people":
            people, placed = people + row.number, placed + row.beside
    quotas = []
    for kind in (QuotaKind.CIVIL, QuotaKind.PUBLIC):
        mine = [row for (_agency, of), row in given.items() if of == kind]
        parts = [
            figures(
                kind, max(0, row.number - passed.get((row.agency_id, kind), 0)), holders.get((row.agency_id, kind), ()),
                counting,
            )
            for row in mine
        ]  # fmt: skip
        loose = figures(kind, 0, holders.get((None, kind), ()), counting)
        if mine or loose.present:
            total = add_up(parts, kind)
            tops = [row for row in mine if not any((i, kind) in given for i in row.scope_ids[:-1])]
            assigned = sum(row.number for row in tops)
            quotas.append((kind, assigned, total.present + loose.present, total.unused, total.over))
    return {
        "quotas": quotas, "people": people, "placed": placed, "until": _placed_by(day),
        "manages": actor.may(P.POSITIONS_MANAGE),
        "returned": returned if actor.may(P.POSITIONS_MANAGE) else 0,
    }  # fmt: skip


def _placed_by(day: date) -> date | None:
    """Return the day by which everybody must be placed (NĐ 232/2026/NĐ-CP Đ18)."""
    law = find(limits(day), f"solve.{Rule.GRADE_RATIO.value}")
    return date.fromisoformat(law.value) if law else None


def load_head(actor: Actor) -> Mapping[str, Any] | None:
    """Return the free seats of a head's agencies and who acts for whom there; None for other readers."""
    if actor.may(P.POSITIONS_MANAGE) or not (actor.may(P.POSITIONS_VIEW) and actor.may(P.DECISIONS_SIGN)):
        return None
    given = {"day": clock.today(), "leave": ON_LEAVE, "roots": list(actor.scope(P.POSITIONS_VIEW))}
    rows = db.session.execute(_HEAD, given).all()
    counting = _counting(rows)
    holders: dict[int, list[Holders]] = {}
    kept: dict[str, dict[int, int]] = {"recruitment": {}, "proposal": {}}
    for row in rows:
        if row.what in {"main", "other"}:
            role = SeatRole(row.key or SeatRole.MAIN)
            holders.setdefault(row.id, []).append(Holders(role, row.number, row.out, row.leave))
        elif row.what == "kept":
            kept[row.key][row.id] = row.number
    free = dict.fromkeys(QuotaKind, 0)
    for row in rows:
        if row.what == "line":
            kind = QuotaKind(row.key)
            recruiting = kept["recruitment"].get(row.id, 0)
            counted = figures(kind, row.number, holders.get(row.id, ()), counting, recruiting=recruiting)
            free[kind] += max(0, counted.vacant - kept["proposal"].get(row.id, 0))
    acting = sorted((row for row in rows if row.what == "acting"), key=lambda row: (row.till or date.max, row.id))
    return {
        "free": [(kind, number) for kind, number in free.items() if number],
        "acting": [(row, SeatRole(row.key), last_day(row.till)) for row in acting[:SHOWN]], "everybody": len(acting),
    }  # fmt: skip
