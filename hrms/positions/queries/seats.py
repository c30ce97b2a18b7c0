"""Who takes the seats of lines over some days, how many seats the ledger gives them, and who holds which grade there.

Ids of whoever sits there come from the database whatever the reader sees; names only of people in the reader's sight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import text

from hrms.core import settings
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.people.queries import law
from hrms.positions.rules import ratios
from hrms.positions.rules.establishment import Counting
from hrms.positions.rules.kinds import SeatRole
from hrms.positions.rules.ledger import value_on
from hrms.positions.rules.limits import Limits, limits_on
from hrms.positions.rules.seats import Held, Occupation, Seats

FOREVER = date(9999, 12, 31)
RECRUITING = frozenset({"recruitment", "work_contract", "reception"})
"""Kinds of decision that fill the seats kept for a recruitment."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its position and its agency. `scope_ids` is the path of the agency, beginning with 0."""

    id: int
    agency_id: int
    agency: str
    scope_ids: tuple[int, ...]
    position_id: int
    position: str
    quota_kind: str
    position_group: str
    code: str | None
    field: str | None
    leadership_post: str | None
    ranks: tuple[str, ...]
    least_rank: str | None
    grade_min: int | None
    grade_max: int | None
    keeps_base_grade: bool
    base_position_id: int | None
    base_position: str | None
    shares: Mapping[str, Any]
    active: bool
    steps: tuple[tuple[date, int], ...] = ()
    """Seats by the ledger: from this day, so many."""

    def seats_on(self, day: date) -> int:
        """Return the seats of a day."""
        return value_on(self.steps, day)

    @property
    def named(self) -> Seats:
        """Return the line as the rules of seats name it."""
        return Seats(self.position, self.agency, self.steps)

    @property
    def grades(self) -> range:
        """Return the career grades the catalogue lets the position use; empty for none."""
        if self.grade_min is None or self.grade_max is None:
            return range(0)
        return range(self.grade_min, self.grade_max + 1)


_LINES = text("""
SELECT l.id, l.agency_id, a.name AS agency, a.scope_ids, l.position_id, j.name AS position, l.quota_kind,
  j.position_group, l.code, l.field, j.leadership_post, j.ranks, j.least_rank, j.grade_min, j.grade_max,
  j.keeps_base_grade, l.base_position_id, b.name AS base_position, l.shares, j.active, s.steps
FROM establishment_lines l JOIN agencies a ON a.id = l.agency_id JOIN job_positions j ON j.id = l.position_id
LEFT JOIN job_positions b ON b.id = l.base_position_id
LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_array(t.effective_on, t.seats) ORDER BY t.effective_on) AS steps FROM (
    SELECT m.effective_on, sum(sum(m.amount)) OVER (ORDER BY m.effective_on) AS seats FROM quota_movements m
    WHERE m.line_id = l.id AND NOT m.reserve GROUP BY m.effective_on) t) s ON true
WHERE l.id = ANY (:lines)
""")


def lines_of(ids: Collection[int]) -> dict[int, Line]:
    """Return lines by id with their seats, in one statement."""
    if not ids:
        return {}
    found = {}
    for row in db.session.execute(_LINES, {"lines": sorted(set(ids))}).mappings():
        given = dict(row)
        steps = tuple((date.fromisoformat(day), int(seats)) for day, seats in given.pop("steps") or ())
        for name in ("scope_ids", "ranks"):
            given[name] = tuple(given[name])
        found[row["id"]] = Line(**given, steps=steps)
    return found


@dataclass(frozen=True, slots=True)
class Choices:
    """How the province counts and reads the law where it is open."""

    counting: Counting
    rounding: ratios.Rounding
    reading: ratios.Reading


def choices() -> Choices:
    """Return the settings of the province, in one statement."""
    given = settings.get_all("positions.")
    return Choices(
        Counting.from_settings(given),
        ratios.Rounding(given["positions.ratio_rounding"]),
        ratios.Reading(given["positions.grade_reading"]),
    )


def limits(on: date) -> Limits:
    """Return the limits of the law on a day."""
    return limits_on(law.rows("position_limits"), on)


_TAKEN = text("SELECT * FROM seats_taken(CAST(:lines AS bigint[]), :start, :till)")
_KEPT = text("""
SELECT r.line_id, r.kind, r.seats, r.valid_from, r.valid_to, r.person_id, r.submission_id, r.note, s.party_ids,
  s.kind AS paper
FROM seat_reservations r LEFT JOIN submissions s ON s.id = r.submission_id
WHERE r.line_id = ANY (:lines) AND r.released_at IS NULL
  AND daterange(r.valid_from, r.valid_to) && daterange(:start, :till)
ORDER BY r.id
""")
_NAMES = text("SELECT id, full_name, scope_ids FROM people WHERE id = ANY (:ids)")
_AWAY = text("""
SELECT person_id, 'out' AS why, valid_from, valid_to FROM person_agency
WHERE person_id = ANY (:ids) AND superseded_at IS NULL AND membership = 'seconded_in'
UNION ALL
SELECT person_id, 'leave', valid_from, valid_to FROM person_absence
WHERE person_id = ANY (:ids) AND superseded_at IS NULL AND absence_kind = 'unpaid_leave'
""")


def occupations(
    lines: Collection[int],
    start: date,
    end: date | None,
    counting: Counting,
    *,
    actor: Actor | None = None,
    but_submission: int | None = None,
) -> dict[int, list[Occupation]]:
    """Return who takes seats of these lines within `[start, end)`, and what is kept for whom, by line.

    With an `actor`, only people they may see are named, whatever the transaction sees; else those in its sight.
    Reservations of `but_submission` are left out. Of seats kept for a recruitment, those its own proposals hold by now
    count once.
    """
    found: dict[int, list[Occupation]] = {line: [] for line in lines}
    if not found:
        return found
    given = {"lines": sorted(found), "start": start, "till": end}
    for row in db.session.execute(_TAKEN, given):
        found[row.line_id].append(Occupation(row.person_id, row.valid_from, row.valid_to, SeatRole(row.role)))
    known: dict[int, int] = {}
    kept = [
        row
        for row in db.session.execute(_KEPT, given)
        if row.submission_id is None or row.submission_id != but_submission
    ]
    recruits = Counter(row.line_id for row in kept if row.paper in RECRUITING)
    for row in kept:
        held = Held.PROPOSAL if row.kind == "proposal" else Held.RECRUITMENT
        who = row.person_id if held is Held.PROPOSAL else None
        used = min(recruits[row.line_id], row.seats) if held is Held.RECRUITMENT else 0
        recruits[row.line_id] -= used
        if used == row.seats:
            continue
        found[row.line_id].append(
            Occupation(who, row.valid_from, row.valid_to, SeatRole.MAIN, None, row.seats - used, held)
        )
        if held is Held.PROPOSAL and row.submission_id is not None and _takes_part(actor, row.party_ids):
            known[row.person_id] = row.submission_id
    ids = {one.person_id for rows in found.values() for one in rows if one.person_id is not None}
    names = _named(ids, actor)
    for line, rows in found.items():
        found[line] = [_say(one, names, known) for one in rows]
    if not (counting.seconded_at_sender and counting.leave_counts):
        _split(found, ids)
    return found


def _takes_part(actor: Actor | None, parties: Sequence[int] | None) -> bool:
    """Without an actor the row itself says so: the policy shows a submission to nobody else."""
    if parties is None:
        return False
    return actor is None or actor.is_system or bool(set(parties) & set(actor.scope(*_PATH)))


_PATH = (
    Permission.DECISIONS_PROPOSE, Permission.DECISIONS_APPRAISE, Permission.DECISIONS_SIGN, Permission.DECISIONS_NUMBER,
)  # fmt: skip


def _named(ids: Collection[int], actor: Actor | None) -> dict[int, str]:
    if not ids:
        return {}
    return {
        row.id: row.full_name
        for row in db.session.execute(_NAMES, {"ids": sorted(ids)})
        if actor is None or actor.may(Permission.PEOPLE_VIEW, at=row.scope_ids)
    }


def _say(one: Occupation, names: Mapping[int, str], known: Mapping[int, int]) -> Occupation:
    if one.person_id is None:
        return one
    name = names.get(one.person_id)
    if one.held is Held.PROPOSAL and one.person_id in known:
        number = known[one.person_id]
        name = (
            _("%(name)s (hồ sơ trình số %(number)s)", name=name, number=number)
            if name
            else _("hồ sơ trình số %(number)s", number=number)
        )
    return replace(one, name=name)


def _split(found: dict[int, list[Occupation]], ids: Collection[int]) -> None:
    """Say on which days who sits in a seat is seconded elsewhere or on unpaid leave."""
    away: dict[int, list[Any]] = {}
    for row in db.session.execute(_AWAY, {"ids": sorted(ids)}):
        away.setdefault(row.person_id, []).append(row)
    for line, rows in found.items():
        found[line] = [part for one in rows for part in _parts(one, away.get(one.person_id or 0, ()))]


def _parts(one: Occupation, away: Iterable[Any]) -> list[Occupation]:
    stays = [row for row in away if row.valid_from < (one.end or FOREVER) and (row.valid_to or FOREVER) > one.start]
    if not stays or one.held is not Held.ASSIGNMENT:
        return [one]
    end = one.end or FOREVER
    days = sorted(
        {one.start, end}
        | {day for row in stays for day in (row.valid_from, row.valid_to or FOREVER) if one.start < day < end}
    )
    return [
        replace(
            one, start=start, end=None if till == FOREVER else till,
            seconded_out=any(r.why == "out" and r.valid_from <= start < (r.valid_to or FOREVER) for r in stays),
            on_leave=any(r.why == "leave" and r.valid_from <= start < (r.valid_to or FOREVER) for r in stays),
        )
        for start, till in pairwise(days)
    ]  # fmt: skip


_LEVELS = text("""
SELECT l.id AS line_id, f.person_id, f.career_grade, r.rank_code, l.agency_id, l.base_position_id, l.position_id
FROM establishment_lines l
JOIN establishment_lines asked ON asked.agency_id = l.agency_id
  AND (asked.id = l.id OR l.base_position_id = asked.position_id)
JOIN assignments f ON f.line_id = l.id AND f.slot = 0 AND f.superseded_at IS NULL AND f.valid_from <= :on
  AND (f.valid_to IS NULL OR f.valid_to > :on)
LEFT JOIN person_rank r ON r.person_id = f.person_id AND r.superseded_at IS NULL AND r.valid_from <= :on
  AND (r.valid_to IS NULL OR r.valid_to > :on)
WHERE asked.id = ANY (:lines)
""")
_ATTACHED = text("""
SELECT asked.id AS asked, l.id FROM establishment_lines l JOIN establishment_lines asked
  ON asked.agency_id = l.agency_id AND l.base_position_id = asked.position_id
WHERE asked.id = ANY (:lines)
""")


@dataclass(frozen=True, slots=True)
class Levels:
    """Who has which career grade and rank in a line on a day, and in the management lines attached to it."""

    grades: Mapping[int, int | None]
    ranks: Mapping[int, str | None]
    manager_grades: Mapping[int, int | None]
    manager_posts: int


def levels(lines: Collection[Line], on: date) -> dict[int, Levels]:
    """Return the grades and ranks held in lines on a day by person; three statements."""
    if not lines:
        return {}
    ids = sorted(line.id for line in lines)
    rows = db.session.execute(_LEVELS, {"lines": ids, "on": on}).all()
    attached: dict[int, set[int]] = {}
    for row in db.session.execute(_ATTACHED, {"lines": ids}):
        attached.setdefault(row.asked, set()).add(row.id)
    managing = lines_of({one for found in attached.values() for one in found})
    return {
        line.id: Levels(
            grades={row.person_id: row.career_grade for row in rows if row.line_id == line.id},
            ranks={row.person_id: row.rank_code for row in rows if row.line_id == line.id},
            manager_grades={
                row.person_id: row.career_grade for row in rows if row.line_id in attached.get(line.id, set())
            },
            manager_posts=sum(managing[one].seats_on(on) for one in attached.get(line.id, ())),
        )
        for line in lines
    }


def open_reservations(line_id: int) -> Sequence[Mapping[str, Any]]:
    """Return what is kept of a line now: kind, seats, days, for whom where the reader may see them, by what paper."""
    statement = text("""
SELECT r.id, r.kind, r.seats, r.valid_from, r.valid_to, r.note, r.submission_id, r.decision_id, p.full_name AS person,
  p.id AS person_id, s.title, d.number AS decision_number, d.symbol AS decision_symbol
FROM seat_reservations r LEFT JOIN people p ON p.id = r.person_id LEFT JOIN submissions s ON s.id = r.submission_id
LEFT JOIN decisions d ON d.id = r.decision_id
WHERE r.line_id = :line AND r.released_at IS NULL ORDER BY r.valid_from, r.id
""")
    return [dict(row) for row in db.session.execute(statement, {"line": line_id}).mappings()]
