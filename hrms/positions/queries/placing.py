"""Bulk placing by 01/7/2027: who of an agency has no main seat, which seats are free, what is proposed, how far it is.

What is proposed follows from the record and the ledger alone, so it is worked out whenever the page is asked for; only
what somebody chose otherwise travels with the form.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import text

from hrms.agencies.models import Agency
from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.decisions import queries as decisions
from hrms.decisions.rules.powers import PostGroup
from hrms.decisions.services.drafting import PEOPLE_MOST
from hrms.people.queries import law
from hrms.positions.queries.choosing import free_seats
from hrms.positions.queries.establishment import list_nodes
from hrms.positions.queries.seats import Line, lines_of
from hrms.positions.rules import placing
from hrms.positions.rules.kinds import PositionGroup, QuotaKind
from hrms.positions.rules.placing import Occupant, Placement, Seat
from hrms.positions.rules.titles import group_of_title

QUOTAS = (QuotaKind.CIVIL, QuotaKind.PUBLIC)
PLACE, MOVE = "assignment", "position_change"
"""The kinds of decision: who has no main seat is placed, who has one changes it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody in service, with what the seat is proposed by; `taken` says that a proposal is already on its way."""

    occupant: Occupant
    name: str
    staff_code: str | None
    unit: str
    unit_path: tuple[int, ...]
    post: str | None
    line_id: int | None
    grade: int | None
    taken: bool = False

    @property
    def person_id(self) -> int:
        """Return the person."""
        return self.occupant.person_id

    @property
    def kind(self) -> str:
        """Return the kind of decision that would seat them."""
        return MOVE if self.line_id is not None else PLACE


@dataclass(frozen=True, slots=True)
class Proposal:
    """Everybody of one agency to be placed from a day on, the lines with free seats, and what is proposed for each."""

    agency: Agency
    on: date
    people: Sequence[Candidate]
    lines: Mapping[int, Line]
    free: Mapping[int, int]
    seats: Mapping[int, Seat]
    placements: Mapping[int, Placement]
    kept: frozenset[int] = frozenset()
    """People who keep the seat they have, since nothing else can be proposed for them."""
    too_many: bool = False
    """There are more people than one submission may have; nobody was read."""

    def options(self, one: Candidate) -> list[Line]:
        """Return the lines somebody can be given: of their kind, at their unit, under it or above it."""
        return [line for line in self.lines.values() if self.offers(one, line)]

    @staticmethod
    def offers(one: Candidate, line: Line) -> bool:
        """Say whether somebody can be given a line."""
        same = line.quota_kind == one.occupant.quota_kind.value
        return same and bears(one.unit_path, one.occupant.unit_id, line.scope_ids, line.agency_id)


def bears(unit_path: Sequence[int], unit_id: int, line_path: Sequence[int], line_agency: int) -> bool:
    """Say whether a seat may be held by who works at a unit: the unit's own, one above or under it; not the root's."""
    return line_agency in unit_path[2:] or unit_id in line_path


_PEOPLE = text("""
SELECT s.person_id, p.full_name, p.staff_code, p.job_position, s.agency_id, a.name AS unit, a.scope_ids, s.quota_kind,
  s.rank_code, r.pay_group, s.line_id, s.career_grade, posts.codes, posts.names
FROM staff_at(:on) s
JOIN agencies a ON a.id = s.agency_id AND :agency = ANY (a.scope_ids)
JOIN people p ON p.id = s.person_id
LEFT JOIN person_rank r ON r.person_id = p.id AND r.superseded_at IS NULL AND r.valid_from <= :on
  AND (r.valid_to IS NULL OR r.valid_to > :on)
LEFT JOIN LATERAL (
  SELECT array_agg(f.post_code ORDER BY f.slot) FILTER (WHERE f.post_code IS NOT NULL) AS codes,
    array_agg(f.post_name ORDER BY f.slot) AS names
  FROM person_post f WHERE f.person_id = p.id AND f.superseded_at IS NULL AND f.valid_from <= :on
    AND (f.valid_to IS NULL OR f.valid_to > :on)) posts ON true
WHERE :everybody OR s.line_id IS NULL
ORDER BY array_length(a.scope_ids, 1), a.order_no, a.sort_key, a.id, p.sort_key, p.id LIMIT :most
""")
_LINES = text("""
SELECT l.id FROM establishment_lines l JOIN agencies a ON a.id = l.agency_id
WHERE a.id = ANY (:above) OR a.scope_ids && CAST(:units AS bigint[]) ORDER BY l.id
""")


def read(agency: Agency, on: date, *, everybody: bool = False) -> Proposal:
    """Return the proposal of an agency and all under it; a fixed number of statements.

    With `everybody`, people who have a main seat are placed anew too, and theirs count as free.
    """
    given = {"agency": agency.id, "on": on, "everybody": everybody, "most": PEOPLE_MOST + 1}
    rows = db.session.execute(_PEOPLE, given).all()
    if len(rows) > PEOPLE_MOST:
        return Proposal(agency, on, (), {}, {}, {}, {}, too_many=True)
    above = sorted({one for row in rows for one in row.scope_ids})
    ids = db.session.scalars(_LINES, {"above": above, "units": sorted({row.agency_id for row in rows})}).all()
    lines = {one.id: one for one in _sorted(lines_of(ids).values()) if one.seats_on(on) > 0}
    free = {line: seats[0] for line, seats in free_seats(list(lines.values()), on).items()}
    with scope.everything():
        known = {row.person_id for row in rows}
        taken = {kind: decisions.open_elsewhere(kind, known) for kind in (PLACE, MOVE)} if known else {}
    people = [_candidate(row) for row in rows]
    people = [replace(one, taken=one.person_id in taken.get(one.kind, ())) for one in people]
    open_to = [one for one in people if not one.taken]
    for one in open_to:
        if one.line_id in free:
            free[one.line_id] += 1
    kept: set[int] = set()
    while True:
        seats = {line.id: _seat(line, free[line.id]) for line in lines.values()}
        placements = propose([one for one in open_to if one.person_id not in kept], lines, seats, on)
        stay = [
            one
            for one in open_to
            if one.line_id in free and one.person_id in placements and placements[one.person_id].line_id is None
        ]
        if not stay:
            return Proposal(agency, on, people, lines, free, seats, placements, frozenset(kept))
        # Their seat is not free after all, so the others are asked again.
        for one in stay:
            kept.add(one.person_id)
            free[one.line_id or 0] -= 1


def propose(
    people: Sequence[Candidate], lines: Mapping[int, Line], seats: Mapping[int, Seat], on: date
) -> dict[int, Placement]:
    """Return what is proposed for each person, unit by unit from the leaves up: own seats before those above."""
    figures = law.parameters(max(on, clock.today()))
    ranks = {code: one.name_vi for code, one in law.ranks().items()}
    by_unit: dict[int, list[Candidate]] = defaultdict(list)
    for one in people:
        by_unit[one.occupant.unit_id].append(one)
    left = {line: seat.free for line, seat in seats.items()}
    found: dict[int, Placement] = {}
    for unit, here in sorted(by_unit.items(), key=lambda item: (-len(item[1][0].unit_path), item[0])):
        path = here[0].unit_path
        borne = [
            replace(seat, free=left[line], leadership_post=seat.leadership_post or _general(seat))
            for line, seat in seats.items()
            if bears(path, unit, lines[line].scope_ids, lines[line].agency_id)
        ]
        for placement in placing.propose([_titled(one, borne) for one in here], borne, figures, ranks):
            found[placement.person_id] = placement
            if placement.line_id is not None:
                left[placement.line_id] -= 1
    return found


def _general(seat: Seat) -> str | None:
    """Return the name under which a general title of viên chức managers is matched, None for any other position."""
    general = seat.quota_kind is QuotaKind.PUBLIC and seat.group is PositionGroup.LEADERSHIP
    return f"position:{seat.position_id}" if general else None


def _titled(one: Candidate, borne: Sequence[Seat]) -> Occupant:
    """Return somebody to be placed, with the general title of their unit that is most like the post they hold."""
    groups = {law.post_group(code) for code in one.occupant.posts} - {PostGroup.NONE}
    alike = [
        seat
        for seat in borne
        if seat.leadership_post is not None
        and seat.leadership_post == _general(seat)
        and group_of_title(seat.name) in groups
    ]
    if not alike or one.occupant.quota_kind is not QuotaKind.PUBLIC:
        return one.occupant
    best = max(alike, key=lambda seat: (placing.likeness(one.post or "", seat.name), seat.free > 0, -seat.line_id))
    return replace(one.occupant, posts=(*one.occupant.posts, best.leadership_post or ""))


def _sorted(lines: Collection[Line]) -> list[Line]:
    return sorted(lines, key=lambda one: (len(one.scope_ids), one.agency_id, one.position, one.id))


def _candidate(row: Any) -> Candidate:
    kind = QuotaKind(row.quota_kind)
    rank = law.ranks().get(row.rank_code)
    occupant = Occupant(
        row.person_id, row.agency_id, kind, row.rank_code, row.pay_group or (rank.group if rank else None),
        tuple(row.codes or ()), row.job_position or "",
    )  # fmt: skip
    return Candidate(
        occupant, row.full_name, row.staff_code, row.unit, tuple(row.scope_ids), (row.names or [None])[0], row.line_id,
        row.career_grade,
    )  # fmt: skip


def _seat(line: Line, free: int) -> Seat:
    return Seat(
        line.id, line.agency_id, line.position_id, line.position, QuotaKind(line.quota_kind),
        PositionGroup(line.position_group), free, frozenset(line.ranks), line.grade_min, line.grade_max,
        line.leadership_post, line.field or "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an agency and all under it have got, by kind of quota: so many placed of so many in service."""

    agency_id: int
    name: str
    level: int
    below: int
    people: Mapping[QuotaKind, int]
    placed: Mapping[QuotaKind, int]
    elected: int = 0
    """Of those without a main seat: cán bộ, who hold an elected post that the catalogue may not have."""

    @property
    def left(self) -> int:
        """Return how many have no main seat yet, of both quotas."""
        return sum(self.people[kind] - self.placed[kind] for kind in QUOTAS)


_PROGRESS = text("""
SELECT s.agency_id, s.quota_kind, count(*)::integer AS people, count(s.line_id)::integer AS placed,
  (count(*) FILTER (WHERE s.line_id IS NULL AND k.kind = 'cadre'))::integer AS elected
FROM staff_at(:on) s
LEFT JOIN person_status k ON k.person_id = s.person_id AND k.superseded_at IS NULL AND k.valid_from <= :on
  AND (k.valid_to IS NULL OR k.valid_to > :on)
GROUP BY 1, 2
""")


def progress(actor: Actor, on: date, *, under: int | None = None) -> list[Progress]:
    """Return how far the tops of the reader's part (or one agency) and those right under them are, tree order.

    Whatever is deeper counts in those; `below` is how many agencies are.
    """
    nodes = list_nodes(actor, on, under=under)
    people: dict[int, dict[QuotaKind, int]] = defaultdict(lambda: dict.fromkeys(QuotaKind, 0))
    placed: dict[int, dict[QuotaKind, int]] = defaultdict(lambda: dict.fromkeys(QuotaKind, 0))
    elected: dict[int, int] = defaultdict(int)
    for row in db.session.execute(_PROGRESS, {"on": on}):
        elected[row.agency_id] += row.elected
        people[row.agency_id][QuotaKind(row.quota_kind)] += row.people
        placed[row.agency_id][QuotaKind(row.quota_kind)] += row.placed
    below: dict[int, int] = defaultdict(int)
    for node in reversed(nodes):
        if node.parent_id is not None:
            below[node.parent_id] += 1
            elected[node.parent_id] += elected[node.id]
            for counted in (people, placed):
                for kind in QuotaKind:
                    counted[node.parent_id][kind] += counted[node.id][kind]
    return [
        Progress(node.id, node.name, node.level, below[node.id], people[node.id], placed[node.id], elected[node.id])
        for node in nodes
        if node.level <= 1 and any(people[node.id][kind] for kind in QUOTAS)
    ]


def deadlines(on: date) -> dict[QuotaKind, tuple[date, str]]:
    """Return by when everybody of each quota is placed, with its article."""
    figures = law.parameters(on)
    found = {kind: placing.deadline(kind, figures) for kind in QUOTAS}
    return {kind: day for kind, day in found.items() if day is not None}
