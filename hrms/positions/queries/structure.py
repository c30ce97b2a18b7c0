"""The map of what is too much: quotas, seats, ranks, grades, deputies over the tree, and who is counted by one limit.

What each limit says comes from `queries.judging`; here the answers are put into cells of a table, excess added and
never netted, and a limit is followed to the names behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import column, text
from sqlalchemy.types import BigInteger, Text

from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, cut, decode, typed_values
from hrms.core.rules import N_
from hrms.people.queries import law
from hrms.positions.queries.judging import (
    DEPUTIES_OF_COMMUNE_OFFICES,
    HEADS_OF_SO,
    AcceptedRow,
    Verdict,
    answered,
    deputy_lines,
)
from hrms.positions.queries.overview import AgencyRow
from hrms.positions.rules import ratios
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.limits import Rule
from hrms.positions.rules.tree import Establishment

COLUMNS: Mapping[str, str] = {
    "quota:civil": N_("Biên chế công chức"),
    "quota:public": N_("Biên chế viên chức"),
    "line": N_("Chỗ của vị trí"),
    f"rank:{ratios.SENIOR}": N_("Chuyên viên cao cấp"),
    f"rank:{ratios.PRINCIPAL}": N_("Chuyên viên chính"),
    "grade:5": N_("Bậc 5"),
    "grade:4": N_("Bậc 4"),
    "grade:3": N_("Bậc 3"),
    "grade:2": N_("Bậc 2"),
    "grade:1": N_("Bậc 1"),
    "deputies": N_("Cấp phó"),
    "division_size": N_("Quy mô phòng"),
}
"""The columns of the map, each with its marked words."""


_RATIOS = frozenset({Rule.RANK_RATIO, Rule.GRADE_RATIO, Rule.DEPUTIES})
"""Limits that are told when they are reached; that seats and quotas are is what they are for."""


class Tone(StrEnum):
    """What a cell says: too much, too much but written down, at the limit, below it."""

    OVER = "over"
    ACCEPTED = "accepted"
    FULL = "full"
    WITHIN = "within"


@dataclass(slots=True)
class Cell:
    """The limits of one kind under one agency: people counted, people allowed, the excess, and what of it is accepted.

    `full` counts limits that are reached. For the size of divisions `held` and `limit` are posts and the least posts.
    """

    held: int = 0
    limit: int = 0
    over: int = 0
    accepted: int = 0
    full: int = 0
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def tone(self) -> Tone:
        """Return what the cell says."""
        if self.over > self.accepted:
            return Tone.OVER
        if self.over:
            return Tone.ACCEPTED
        return Tone.FULL if self.full else Tone.WITHIN

    @property
    def percent(self) -> int | None:
        """Return the people counted as a share of those allowed; None where nobody is."""
        return round(100 * self.held / self.limit) if self.limit else None

    def take(self, verdict: Verdict, accepted: AcceptedRow | None) -> None:
        """Add one limit."""
        self.held += verdict.held
        self.limit += verdict.limit or 0
        self.over += verdict.over
        self.accepted += min(verdict.over, accepted.accepted.excess) if accepted else 0
        self.full += verdict.rule in _RATIOS and verdict.over == 0 and verdict.limit == verdict.held > 0
        self.verdicts.append(verdict)


def column_of(verdict: Verdict) -> str | None:
    """Return the column a limit stands in; None for limits of no column, such as of contract labour."""
    if verdict.rule is Rule.QUOTA:
        name = f"quota:{verdict.level}"
    elif verdict.rule is Rule.GRADE_RATIO:
        name = verdict.level
    elif verdict.rule is Rule.RANK_RATIO:
        rank = law.ranks().get(verdict.level)
        name = f"rank:{ratios.rank_level(rank.group) if rank else ''}"
    else:
        name = verdict.rule.value
    return name if name in COLUMNS else None


def cells(
    found: Establishment,
    verdicts: Sequence[Verdict],
    accepted: Mapping[tuple[str, int, int, str], AcceptedRow],
    shown: Collection[int],
) -> dict[int, dict[str, Cell]]:
    """Return the cells of the agencies shown by agency and column: each with everything under it.

    Limits over the whole province stand at its top alone.
    """
    above: dict[int, list[int]] = {}
    for node in found.nodes.values():
        upper = above.get(node.parent_id, []) if node.parent_id is not None else []
        above[node.id] = [*upper, node.id]
    wanted = set(shown)
    made: dict[int, dict[str, Cell]] = defaultdict(dict)
    for verdict in verdicts:
        name = column_of(verdict)
        if name is None:
            continue
        row = accepted.get(verdict.key)
        for agency_id in above[verdict.agency_id]:
            if agency_id in wanted:
                made[agency_id].setdefault(name, Cell()).take(verdict, row)
    return dict(made)


def heads(rows: Sequence[AgencyRow], made: Mapping[int, Mapping[str, Cell]]) -> list[str]:
    """Return the columns that say anything about the rows, in their order."""
    used = {name for row in rows for name in made.get(row.node.id, ())}
    return [name for name in COLUMNS if name in used]


@dataclass(frozen=True, slots=True)
class Counted:
    """Whom a limit counts: holders of lines, or people of agencies; of a grade or of ranks, or all of them."""

    line_ids: Sequence[int] | None = None
    agency_ids: Sequence[int] | None = None
    grade: int | None = None
    ranks: Sequence[str] | None = None
    kind: QuotaKind | None = None


def counted_by(found: Establishment, verdict: Verdict) -> Counted:
    """Return whom a limit counts, by the same lines and agencies as `queries.judging` counted them."""
    at = verdict.agency_id
    if verdict.rule is Rule.QUOTA:
        kind = QuotaKind(verdict.level)
        return Counted(agency_ids=answered(found, at, kind), kind=kind)
    if verdict.rule is Rule.LINE:
        return Counted(line_ids=[verdict.line_id or 0])
    if verdict.rule is Rule.GRADE_RATIO:
        line = found.lines[verdict.line_id or 0].line
        attached = [one.line.id for one in found.lines_of.get(at, ()) if one.line.base_position_id == line.position_id]
        return Counted(line_ids=[line.id, *attached], grade=int(verdict.level.removeprefix("grade:")))
    province = found.nodes[at].kind == "province"
    if verdict.rule is Rule.DEPUTIES:
        if not province:
            return Counted(line_ids=[one.line.id for one in deputy_lines(found, at)])
        return Counted(
            line_ids=[one.line.id for one in found.lines.values() if one.line.leadership_post in HEADS_OF_SO]
        )
    if verdict.rule is Rule.DIVISION_SIZE:
        return Counted(agency_ids=[at], kind=QuotaKind.CIVIL)
    if verdict.line_id is not None:
        return Counted(line_ids=[verdict.line_id], ranks=[verdict.level])
    ranks = [code for code, rank in law.ranks().items() if ratios.rank_level(rank.group) == verdict.level]
    if not province:
        return Counted(agency_ids=answered(found, at), ranks=ranks, kind=QuotaKind.CIVIL)
    if verdict.level == ratios.SENIOR:
        offices = [node.id for node in found.nodes.values() if node.kind == "department"]
        return Counted(line_ids=[one.line.id for office in offices for one in deputy_lines(found, office)], ranks=ranks)
    return Counted(
        line_ids=[
            one.line.id for one in found.lines.values() if one.line.leadership_post in DEPUTIES_OF_COMMUNE_OFFICES
        ],
        ranks=ranks,
    )


_ORDER = ((column("sort_key", Text()), False), (column("person_id", BigInteger()), False))


def list_counted(counted: Counted, day: Any, *, after: str | None = None, limit: int = LIMIT) -> tuple[Page[Any], int]:
    """Return a page of the people a limit counts, of those the reader sees by name, and how many it counts."""
    conditions = ["true"]
    values: dict[str, Any] = {"day": day, "limit": limit + 1}
    for condition, name, value in (
        ("s.line_id = ANY (CAST(:lines AS bigint[]))", "lines", counted.line_ids),
        ("s.agency_id = ANY (CAST(:agencies AS bigint[]))", "agencies", counted.agency_ids),
        ("s.career_grade = :grade", "grade", counted.grade),
        ("s.rank_code = ANY (CAST(:ranks AS text[]))", "ranks", counted.ranks),
        ("s.quota_kind = :kind", "kind", counted.kind),
    ):
        if value is not None:
            conditions.append(condition)
            values[name] = value if isinstance(value, int | str) else list(value)
    seek = ""
    if after:
        last = typed_values(_ORDER, decode(after, 2))
        values |= {"after_key": last[0], "after_id": last[1]}
        seek = "WHERE (c.sort_key, c.person_id) > (:after_key, :after_id)"
    statement = text(f"""
      WITH found AS MATERIALIZED (SELECT s.* FROM staff_at(:day) s WHERE {" AND ".join(conditions)}),
      counted AS (SELECT count(*) AS everybody FROM found),
      shown AS (
        SELECT m.person_id, m.career_grade, m.rank_code, c.full_name, c.staff_code, c.sort_key, a.name AS agency,
          j.name AS position
        FROM found m JOIN people_current c ON c.person_id = m.person_id JOIN agencies a ON a.id = m.agency_id
        LEFT JOIN establishment_lines l ON l.id = m.line_id LEFT JOIN job_positions j ON j.id = l.position_id
        {seek} ORDER BY c.sort_key, c.person_id LIMIT :limit)
      SELECT counted.everybody, shown.* FROM counted LEFT JOIN shown ON true ORDER BY sort_key, person_id
    """)  # noqa: S608 - the conditions are this program's own
    rows = db.session.execute(statement, values).all()
    people = [row for row in rows if row.person_id is not None]
    return cut(people, limit, ("sort_key", "person_id"), after=after, before=None), rows[0].everybody
