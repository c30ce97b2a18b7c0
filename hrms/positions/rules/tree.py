"""The figures of an establishment over a tree of agencies, from what stands on the ledger and who sits where on a day.

An agency with a quota of its own answers for itself and for whatever under it has none. What it gave on to agencies
under it is theirs: its own part is its quota less theirs, so that over a tree nothing counts twice. Unused and over are
added side by side, never netted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from hrms.positions.rules.establishment import Counting, Figures, Holders, add_up, figures
from hrms.positions.rules.kinds import PositionGroup, QuotaKind, SeatRole
from hrms.positions.rules.ledger import Account, Quota


@dataclass(frozen=True, slots=True)
class Node:
    """An agency as it stood on the day; `parent_id` None at a top of what is looked at."""

    id: int
    name: str
    kind: str
    parent_id: int | None
    level: int
    sector: str | None = None


@dataclass(frozen=True, slots=True)
class LineFact:
    """A line of an agency: a position of the catalogue with what the agency wrote to it."""

    id: int
    agency_id: int
    position_id: int
    kind: QuotaKind
    name: str
    group: PositionGroup
    code: str | None = None
    work_field: str | None = None
    base_position_id: int | None = None
    leadership_post: str | None = None
    grade_min: int | None = None
    grade_max: int | None = None
    shares: Mapping[str, object] = field(default_factory=dict)
    note: str | None = None
    version: int = 1
    place: int = 0


@dataclass(frozen=True, slots=True)
class Ground:
    """All that the figures of a day follow from.

    `nodes` in tree order; `people` work in an agency, by agency and kind, and `sitting` in their main seat, by line;
    `others` hold a seat that is not their main one, by line; `guests` are seconded to an agency, by agency and kind;
    `recruiting` and `proposed` are seats kept, by line.
    """

    day: date
    counting: Counting
    nodes: Sequence[Node]
    lines: Mapping[int, LineFact]
    balances: Mapping[Account, int]
    people: Mapping[tuple[int, QuotaKind], Sequence[Holders]]
    sitting: Mapping[int, Sequence[Holders]]
    others: Mapping[int, Sequence[Holders]]
    guests: Mapping[tuple[int, QuotaKind], int]
    recruiting: Mapping[int, int] = field(default_factory=dict)
    proposed: Mapping[int, int] = field(default_factory=dict)
    with_quota: frozenset[tuple[int, QuotaKind]] = frozenset()
    """Agencies that were ever given a quota of a kind, by the day: only these answer for it."""

    def changed(self, changes: Mapping[Account, int]) -> Ground:
        """Return the same with quotas or seats moved by some amounts, to ask what would follow; nothing is written."""
        moved = dict(self.balances)
        for account, amount in changes.items():
            moved[account] = moved.get(account, 0) + amount
        given = {(account.agency_id, account.kind) for account in changes if account.line_id is None}
        return replace(self, balances=moved, with_quota=self.with_quota | given)


@dataclass(frozen=True, slots=True)
class LineFigures:
    """A line with its figures; `proposed` are seats kept for proposals on their way."""

    line: LineFact
    figures: Figures
    proposed: int = 0


@dataclass(frozen=True, slots=True)
class NodeFigures:
    """The figures of one agency for one kind of quota.

    `given`: it has a quota of its own. `quota` is that quota whole, `passed_on` what of it agencies under it were
    given. `own` is its own part against the people it answers for (itself and what under it has no quota); without a
    quota only the people of the agency itself, nothing unused or over. `tree` is the agency with all under it.
    `seats` are the seats of its own lines, `tree_seats` with all under it; `answers_id` is the agency whose quota
    covers it, None where there is none; `answered_seats` the seats of all lines it answers for.
    """

    node: Node
    kind: QuotaKind
    given: bool
    quota: Quota
    passed_on: int
    own: Figures
    tree: Figures
    seats: int
    tree_seats: int
    answers_id: int | None
    answered_seats: int

    @property
    def unplaced(self) -> int:
        """Return how much of the quota is on no line yet, nor given on; below nothing when too much was given."""
        return self.quota.assigned - self.passed_on - self.answered_seats


@dataclass(frozen=True, slots=True)
class Establishment:
    """Figures of all agencies and lines as at `day`; an agency has figures of the kinds it has anything to do with."""

    day: date
    counting: Counting
    nodes: Mapping[int, Node]
    lines: Mapping[int, LineFigures]
    figures: Mapping[int, Mapping[QuotaKind, NodeFigures]]
    lines_of: Mapping[int, Sequence[LineFigures]]

    @property
    def tops(self) -> Sequence[Node]:
        """Return the agencies with nothing above them in what was looked at."""
        return [node for node in self.nodes.values() if node.parent_id is None]

    def of(self, agency_id: int, kind: QuotaKind) -> NodeFigures | None:
        """Return the figures of an agency for a kind; None where it has none."""
        return self.figures.get(agency_id, {}).get(kind)

    def total(self, kind: QuotaKind) -> Figures:
        """Return the figures of everything looked at for a kind."""
        tops = [self.of(node.id, kind) for node in self.tops]
        return add_up([one.tree for one in tops if one is not None], kind)


def establish(ground: Ground) -> Establishment:
    """Return the figures of a day. Work grows with agencies and lines, not with people."""
    lines = {line_id: _line(ground, line) for line_id, line in ground.lines.items()}
    lines_of: dict[int, list[LineFigures]] = defaultdict(list)
    for one in sorted(lines.values(), key=lambda one: (one.line.place, one.line.id)):
        lines_of[one.line.agency_id].append(one)
    found: dict[int, dict[QuotaKind, NodeFigures]] = {node.id: {} for node in ground.nodes}
    for kind in QuotaKind:
        for counted in _of_kind(ground, kind, lines_of):
            found[counted.node.id][kind] = counted
    return Establishment(ground.day, ground.counting, {n.id: n for n in ground.nodes}, lines, found, dict(lines_of))


def _line(ground: Ground, line: LineFact) -> LineFigures:
    holders = (*ground.sitting.get(line.id, ()), *ground.others.get(line.id, ()))
    seats = ground.balances.get(Account(line.agency_id, line.id, line.kind), 0)
    kept = ground.recruiting.get(line.id, 0)
    counted = figures(line.kind, seats, holders, ground.counting, recruiting=kept)
    proposed = ground.proposed.get(line.id, 0)
    if proposed:
        counted = replace(counted, vacant=max(0, counted.vacant - proposed))
    return LineFigures(line, counted, proposed)


@dataclass(slots=True)
class _Part:
    """What is gathered of an agency on the way up: the people and seats it answers for, and the sums of its tree."""

    holders: list[Holders]
    recruiting: int
    seats: int
    tree: Figures
    tree_seats: int
    passed_on: int = 0


def _of_kind(ground: Ground, kind: QuotaKind, lines_of: Mapping[int, Sequence[LineFigures]]) -> Sequence[NodeFigures]:
    parts: dict[int, _Part] = {}
    own: dict[int, Figures] = {}
    for node in ground.nodes:
        lines = [one for one in lines_of.get(node.id, ()) if one.line.kind is kind]
        holders = list(ground.people.get((node.id, kind), ()))
        holders += [
            other for one in lines for other in ground.others.get(one.line.id, ()) if other.role != SeatRole.SECONDED
        ]
        if guests := ground.guests.get((node.id, kind), 0):
            holders.append(Holders(SeatRole.SECONDED, guests))
        recruiting = sum(one.figures.recruiting for one in lines)
        seats = sum(one.figures.assigned for one in lines)
        there = figures(kind, 0, holders, ground.counting, recruiting=recruiting)
        parts[node.id] = _Part(holders, recruiting, seats, replace(there, over=0), seats)
        own[node.id] = parts[node.id].tree
    answers = _answering(ground, kind)
    for node in reversed(ground.nodes):
        part = parts[node.id]
        quota = _quota(ground, node.id, kind)
        given = (node.id, kind) in ground.with_quota
        if given:
            mine = figures(
                kind, max(0, quota.assigned - part.passed_on), part.holders, ground.counting, reserve=quota.reserve,
                recruiting=part.recruiting,
            )  # fmt: skip
            own[node.id] = mine
            part.tree = replace(
                part.tree, assigned=quota.assigned, reserve=part.tree.reserve + quota.reserve,
                unused=part.tree.unused + mine.unused, over=part.tree.over + mine.over,
                vacant=part.tree.vacant + mine.vacant,
            )  # fmt: skip
        above = parts.get(node.parent_id) if node.parent_id is not None else None
        if above is None:
            continue
        above.tree = add_up([above.tree, part.tree], kind)
        above.tree_seats += part.tree_seats
        if given:
            above.passed_on += quota.assigned + quota.reserve
        else:
            above.passed_on += part.passed_on
            above.holders += part.holders
            above.recruiting += part.recruiting
            above.seats += part.seats
    return [
        NodeFigures(
            node, kind, (node.id, kind) in ground.with_quota, _quota(ground, node.id, kind), parts[node.id].passed_on,
            own[node.id], parts[node.id].tree, sum(one.figures.assigned for one in lines_of.get(node.id, ())
                                                   if one.line.kind is kind),
            parts[node.id].tree_seats, answers[node.id], parts[node.id].seats,
        )
        for node in ground.nodes
        if _concerns(ground, node.id, kind, parts[node.id], lines_of)
    ]  # fmt: skip


def _quota(ground: Ground, agency_id: int, kind: QuotaKind) -> Quota:
    return Quota(
        ground.balances.get(Account(agency_id, None, kind), 0),
        ground.balances.get(Account(agency_id, None, kind, reserve=True), 0),
    )


def _answering(ground: Ground, kind: QuotaKind) -> dict[int, int | None]:
    """Return for each agency the one whose quota covers it: itself or the nearest above with one."""
    found: dict[int, int | None] = {}
    for node in ground.nodes:
        above = found.get(node.parent_id) if node.parent_id is not None else None
        found[node.id] = node.id if (node.id, kind) in ground.with_quota else above
    return found


def _concerns(
    ground: Ground, agency_id: int, kind: QuotaKind, part: _Part, lines_of: Mapping[int, Sequence[LineFigures]]
) -> bool:
    tree = part.tree
    return (
        (agency_id, kind) in ground.with_quota
        or any(one.line.kind is kind for one in lines_of.get(agency_id, ()))
        or bool(part.tree_seats or tree.assigned or tree.present or tree.seconded_out or tree.seconded_in)
        or bool(tree.on_leave or tree.recruiting)
    )
