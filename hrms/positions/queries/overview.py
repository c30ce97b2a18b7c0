"""The establishment of a part of the tree as rows of a page: agencies opened line by line, their positions, the report.

All figures are those of `queries.establishment`; here they are only chosen, put in order and added by position.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from hrms.core.db import db
from hrms.positions.models import QuotaMovement
from hrms.positions.rules.establishment import Figures, add_up
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.ledger import Movement, MovementKind, in_year
from hrms.positions.rules.tree import Establishment, Node, NodeFigures

QUOTAS: tuple[QuotaKind, ...] = (QuotaKind.CIVIL, QuotaKind.PUBLIC)
"""The two quotas, side by side; contract labour stands outside both."""


@dataclass(frozen=True, slots=True)
class PositionRow:
    """A position of an agency, with all under it unless those are rows of their own."""

    name: str
    figures: Figures
    line_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """A line of the page: an agency with all under it, by kind of quota, and whether it can be opened."""

    node: Node
    level: int
    children: int
    opened: bool
    figures: Mapping[QuotaKind, NodeFigures]
    positions: Sequence[PositionRow] = ()

    def of(self, kind: QuotaKind) -> Figures | None:
        """Return the figures of one kind, None where the agency has nothing to do with it."""
        found = self.figures.get(kind)
        return found.tree if found else None

    def has_quota(self, kind: QuotaKind) -> bool:
        """Say whether it, or something under it, was given a quota of its own; else the one above covers it."""
        found = self.figures.get(kind)
        return found is not None and (found.given or bool(found.passed_on))


def rows(found: Establishment, opened: Collection[int] | None, *, positions: bool = False) -> list[AgencyRow]:
    """Return the agencies shown: the tops and what is right under an opened one; `opened` None opens the tops.

    With `positions`, each is followed by its positions: its own when it is opened, else those of all under it too.
    """
    wanted = {node.id for node in found.tops} if opened is None else set(opened)
    children: dict[int, int] = defaultdict(int)
    for node in found.nodes.values():
        if node.parent_id is not None:
            children[node.parent_id] += 1
    shown: set[int] = set()
    under: dict[int, int] = {}
    for node in found.nodes.values():
        parent = node.parent_id
        if parent is None or (parent in shown and parent in wanted):
            shown.add(node.id)
            under[node.id] = node.id
        else:
            under[node.id] = under[parent]
    by_agency = _positions(found, under) if positions else {}
    return [
        AgencyRow(
            node, node.level, children[node.id], node.id in wanted and bool(children[node.id]),
            found.figures.get(node.id, {}), by_agency.get(node.id, ()),
        )
        for node in found.nodes.values()
        if node.id in shown
    ]  # fmt: skip


def _positions(found: Establishment, under: Mapping[int, int]) -> dict[int, list[PositionRow]]:
    grouped: dict[int, dict[tuple[int, QuotaKind], list[int]]] = defaultdict(lambda: defaultdict(list))
    for line_id, one in found.lines.items():
        if (row := under.get(one.line.agency_id)) is not None:
            grouped[row][one.line.position_id, one.line.kind].append(line_id)
    made: dict[int, list[PositionRow]] = {}
    for agency_id, lines in grouped.items():
        ordered = sorted(lines.values(), key=lambda ids: _place(found, ids[0]))
        made[agency_id] = [
            PositionRow(found.lines[ids[0]].line.name, _together([found.lines[one].figures for one in ids]), tuple(ids))
            for ids in ordered
        ]
    return made


def _together(figures: Sequence[Figures]) -> Figures:
    return figures[0] if len(figures) == 1 else add_up(figures, figures[0].kind)


def _place(found: Establishment, line_id: int) -> tuple[str, int, int, int]:
    line = found.lines[line_id].line
    groups = {"leadership": 0, "professional": 1, "support": 2}
    return line.kind.value, groups[line.group.value], line.place, line.position_id


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A line of the report on a quota: what was given for the year and adjusted in it, and the figures of the day."""

    name: str
    given: int
    adjusted: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Report:
    """The report on one quota: a line an agency right under the top, and all together."""

    kind: QuotaKind
    rows: Sequence[ReportRow]
    total: ReportRow


def report(
    found: Establishment, kind: QuotaKind, movements: Mapping[tuple[int, QuotaKind], Sequence[Movement]]
) -> Report:
    """Return the report of a kind; `movements` are those of the agencies' own quotas (`quota_movements`)."""
    tops = found.tops
    below: dict[int | None, list[Node]] = defaultdict(list)
    for node in found.nodes.values():
        below[node.parent_id].append(node)
    listed = below[tops[0].id] if len(tops) == 1 else list(tops)

    def year_of(node: Node) -> tuple[int, int]:
        counted = found.of(node.id, kind)
        if counted is not None and counted.given:
            return in_year(movements.get((node.id, kind), ()), found.day)
        parts = [year_of(child) for child in below[node.id]]
        return sum(part[0] for part in parts), sum(part[1] for part in parts)

    lines = []
    if len(tops) == 1 and (own := found.of(tops[0].id, kind)) is not None:
        at_top = own.own if own.given else Figures(kind, present=own.own.present, retiring_12m=own.own.retiring_12m)
        if at_top.present or (own.given and at_top.assigned):
            lines.append(ReportRow("", *_rest(own, [year_of(node) for node in listed], year_of(tops[0])), at_top))
    lines += [
        ReportRow(node.name, *year_of(node), counted.tree)
        for node in listed
        if (counted := found.of(node.id, kind)) is not None
    ]
    total = [year_of(node) for node in tops]
    everything = ReportRow("", sum(one[0] for one in total), sum(one[1] for one in total), found.total(kind))
    return Report(kind, lines, everything)


def _rest(own: NodeFigures, below: Iterable[tuple[int, int]], whole: tuple[int, int]) -> tuple[int, int]:
    """Return what the top keeps for itself of what it was given and what was adjusted."""
    if not own.given:
        return 0, 0
    parts = list(below)
    return whole[0] - sum(part[0] for part in parts), whole[1] - sum(part[1] for part in parts)


def quota_movements(agency_ids: Collection[int], day: date) -> dict[tuple[int, QuotaKind], list[Movement]]:
    """Return the ledger of the agencies' own quotas up to a day, by agency and kind; one statement."""
    of = QuotaMovement
    query = select(
        of.id, of.agency_id, of.quota_kind, of.kind, of.amount, of.effective_on, of.reserve, of.reverses_id
    ).where(of.agency_id.in_(agency_ids), of.line_id.is_(None), of.effective_on <= day)
    found: dict[tuple[int, QuotaKind], list[Movement]] = defaultdict(list)
    for row in db.session.execute(query):
        kind = QuotaKind(row.quota_kind)
        found[row.agency_id, kind].append(
            Movement(
                row.agency_id, kind, MovementKind(row.kind), row.amount, row.effective_on, None, row.reserve, row.id,
                row.reverses_id,
            )
        )  # fmt: skip
    return dict(found)
