"""What would follow from other quotas: the figures, the limits and the ten years to come, now and after; only read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.rules import Problem
from hrms.positions.queries import establishment, judging
from hrms.positions.queries.judging import Verdict
from hrms.positions.queries.overview import QUOTAS
from hrms.positions.queries.part import INSIDE, Part
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.limits import Rule
from hrms.positions.rules.tree import Establishment, Node, establish
from hrms.positions.rules.what_if import Change, Year, check_spread, horizon, project, spread

_LEAVING = text(f"""
SELECT s.agency_id, s.quota_kind, CASE WHEN s.retires_on < :day THEN 0
  ELSE extract(year FROM s.retires_on)::integer END AS year, count(*)::integer AS people
FROM staff_at(:day) s JOIN agencies a ON a.id = s.agency_id AND {INSIDE} WHERE s.retires_on < :until
GROUP BY 1, 2, 3
""")  # noqa: S608 - parts of this program


@dataclass(frozen=True, slots=True)
class Moved:
    """A limit that would become another: what it says now and after."""

    now: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The two sides: `problems` say why a change cannot be; then both sides are the present one."""

    now: Establishment
    after: Establishment
    rows: Sequence[Node]
    limits: Sequence[Moved]
    years: Mapping[QuotaKind, Sequence[tuple[Year, Year]]]
    problems: Sequence[Problem]


def try_out(
    actor: Actor, part: Part, day: date, changes: Mapping[tuple[int, QuotaKind], Change],
    for_all: Mapping[QuotaKind, Change],
) -> WhatIf:  # fmt: skip
    """Return what the part of the tree would look like as at `day`; eleven statements, none of which writes.

    `for_all` holds for every agency listed that has no change of its own for the kind.
    """
    ground = establishment.gather(actor, day, under=part.agency_id)
    now = establish(ground)
    rows = listed(now)
    wanted = dict(changes)
    for kind, change in for_all.items():
        for node in rows:
            wanted.setdefault((node.id, kind), change)
    known = {node.id for node in rows}
    moved = spread(now, {key: change for key, change in wanted.items() if key[0] in known})
    problems = check_spread(now, moved)
    after = now if problems or not moved else establish(ground.changed(moved))
    chosen = establishment.choices()
    limits: list[Moved] = []
    if after is not now:
        before = {one.key: one for one in judging.judge(now, chosen)}
        limits = [
            Moved(before[one.key], one)
            for one in judging.judge(after, chosen)
            if one.key in before
            and one.rule is not Rule.QUOTA
            and (one.limit, one.over) != (before[one.key].limit, before[one.key].over)
        ]
    leaving = _leaving(part, day)
    years = horizon(day)
    told = {
        kind: list(zip(project(now, kind, leaving, years), project(after, kind, leaving, years), strict=True))
        for kind in QUOTAS
    }
    return WhatIf(now, after, rows, limits, told, problems)


def listed(found: Establishment) -> list[Node]:
    """Return the agencies whose quotas may be tried: those right under the one top, else the tops."""
    tops = list(found.tops)
    if len(tops) != 1:
        return tops
    below = [node for node in found.nodes.values() if node.parent_id == tops[0].id]
    having = [node for node in below if any((one := found.of(node.id, kind)) and one.given for kind in QUOTAS)]
    return having or tops


def _leaving(part: Part, day: date) -> dict[tuple[int, QuotaKind], dict[int, int]]:
    found: dict[tuple[int, QuotaKind], dict[int, int]] = defaultdict(dict)
    until = date(horizon(day)[-1] + 1, 1, 1)
    for row in db.session.execute(_LEAVING, {**part.params, "day": day, "until": until}):
        found[row.agency_id, QuotaKind(row.quota_kind)][row.year] = row.people
    return dict(found)
