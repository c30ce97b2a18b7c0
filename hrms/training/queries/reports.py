"""What was learnt in a period: turns and distinct people by kind of object and content, women, minorities, money.

A turn is an entry of the ledger that was not reversed; hours taught are none. Somebody counts where they worked and
as what they were on the day they finished. `known_on` tells all of it as the records were known then, which is how a
report once sent is read again; class budgets have no history and are those of today.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import text

from hrms.core.db import db
from hrms.positions.queries.part import INSIDE, Part
from hrms.training.rules.kinds import CourseKind
from hrms.training.rules.reporting import Learner, content_of

MAJORITY = "01"
"""The Kinh in the catalogue `ethnic_groups`: whoever is of another group is counted as minority."""
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Asked:
    """The days a report is of, half open, and the moment it is known at; None: now."""

    first: date
    until: date
    known_on: datetime | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A row of the report, or all rows together: turns, people, and turns by content; money in đồng."""

    turns: int = 0
    people: int = 0
    women: int = 0
    minorities: int = 0
    abroad: int = 0
    central: int = 0
    local: int = 0
    other: int = 0
    contents: Mapping[str, int] = field(default_factory=dict)

    @property
    def cost(self) -> int:
        """Return what was spent from all sources."""
        return self.central + self.local + self.other


@dataclass(frozen=True, slots=True)
class Results:
    """The report: a row for every kind of object, and the total, in which each person counts once."""

    rows: Mapping[Learner, Result]
    total: Result


_OBJECT = """CASE
  WHEN l.person_kind = 'public_employee' THEN CASE WHEN l.leads THEN 'public_leader' ELSE 'public_staff' END
  WHEN l.person_kind = 'cadre' THEN CASE WHEN l.commune THEN 'cadre_commune' ELSE 'cadre_province' END
  WHEN l.person_kind = 'civil_servant' AND l.commune
    THEN CASE WHEN l.leads THEN 'leader_commune' ELSE 'civil_commune' END
  WHEN l.person_kind = 'civil_servant' AND l.leads THEN 'leader_province'
  WHEN l.person_kind = 'civil_servant' THEN CASE l.pay_group WHEN 'A3' THEN 'senior' WHEN 'A2' THEN 'principal'
    WHEN 'A1' THEN 'specialist' WHEN 'A0' THEN 'assistant' ELSE 'civil_other' END
  ELSE 'contract' END"""


def results(part: Part, asked: Asked) -> Results:
    """Return the report of a part of the tree; one statement. What a class cost is shared by those who finished it."""
    statement = text(f"""
WITH learnt AS MATERIALIZED (
  SELECT e.*, a.scope_ids FROM learnt_between(:first, :until, :known, :majority) e
  JOIN agencies a ON a.id = e.agency_id AND {INSIDE}
), communes AS MATERIALIZED (SELECT coalesce(array_agg(id), '{{}}') AS ids FROM agencies WHERE kind = 'commune'),
money AS MATERIALIZED (
  SELECT k.id, k.abroad, k.central_budget / nullif(n.completed, 0) AS central,
    k.local_budget / nullif(n.completed, 0) AS local, k.other_budget / nullif(n.completed, 0) AS other
  FROM training_classes k
  JOIN class_counts(ARRAY(SELECT DISTINCT class_id FROM learnt WHERE class_id IS NOT NULL)) n ON n.class_id = k.id
), turns AS MATERIALIZED (
  SELECT {_OBJECT} AS object, l.learner, l.kind, c.level, left(c.code, 4) AS code, l.woman, l.minority, m.abroad,
    m.central, m.local, m.other
  FROM (SELECT learnt.*, learnt.scope_ids && communes.ids AS commune FROM learnt CROSS JOIN communes) l
  LEFT JOIN courses c ON c.id = l.course_id LEFT JOIN money m ON m.id = l.class_id
)
SELECT object, kind, level, code, count(*)::integer AS turns, count(*) FILTER (WHERE woman)::integer AS women,
  count(*) FILTER (WHERE minority)::integer AS minorities,
  count(*) FILTER (WHERE abroad)::integer AS abroad, coalesce(sum(central), 0) AS central,
  coalesce(sum(local), 0) AS local, coalesce(sum(other), 0) AS other, NULL::integer AS people
FROM turns GROUP BY object, kind, level, code
UNION ALL
SELECT object, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, count(*)::integer
FROM (SELECT DISTINCT object, learner FROM turns) d GROUP BY object
UNION ALL
SELECT NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, count(*)::integer FROM (SELECT DISTINCT learner FROM turns) d
""")  # noqa: S608 - parts of this program
    values = {
        **part.params, "first": asked.first, "until": asked.until, "known": asked.known_on, "majority": MAJORITY,
    }  # fmt: skip
    found: dict[str | None, list[Any]] = {}
    for row in db.session.execute(statement, values):
        found.setdefault(row.object, []).append(row)
    everyone = [row for rows in found.values() for row in rows if row.kind is not None] + found.pop(None, [])
    return Results({Learner(str(key)): _result(rows) for key, rows in found.items()}, _result(everyone))


def _result(rows: Sequence[Any]) -> Result:
    contents: dict[str, int] = {}
    for row in rows:
        if row.kind is not None:
            content = content_of(CourseKind(row.kind), row.level, row.code)
            contents[content] = contents.get(content, 0) + row.turns

    def total(name: str) -> Any:
        return sum(getattr(row, name) for row in rows)

    people = next((row.people for row in rows if row.people is not None), 0)
    return Result(
        total("turns"), people, total("women"), total("minorities"), total("abroad"), whole(total("central")),
        whole(total("local")), whole(total("other")), contents,
    )  # fmt: skip


def whole(amount: Decimal | None) -> int:
    """Return an amount in whole đồng, half up."""
    return int(Decimal(amount or 0).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Line:
    """What was planned of a kind of course for a year, and what was run of it in the period; money in đồng."""

    kind: CourseKind
    planned_classes: int = 0
    planned_learners: int = 0
    planned_cost: int = 0
    classes: int = 0
    learners: int = 0
    learner_hours: Decimal = ZERO
    central: int = 0
    local: int = 0
    other: int = 0

    @property
    def cost(self) -> int:
        """Return what the classes that were run cost, from all sources."""
        return self.central + self.local + self.other

    def per(self, count: Decimal | int) -> int | None:
        """Return the cost for one of `count`, in whole đồng; None of nothing."""
        return whole(Decimal(self.cost) / Decimal(count)) if count else None


_PLAN = text(f"""
SELECT c.kind, sum(l.classes)::integer AS planned_classes, sum(l.learners)::integer AS planned_learners,
  sum(l.central_budget + l.local_budget + l.other_budget) AS planned_cost, 0 AS classes, 0 AS learners,
  0::numeric AS learner_hours, 0::numeric AS central, 0::numeric AS local, 0::numeric AS other
FROM training_plan_lines l JOIN training_plans p ON p.id = l.plan_id AND p.state = 'approved' AND p.year = :year
JOIN agencies a ON a.id = p.agency_id AND {INSIDE}
JOIN courses c ON c.id = l.course_id GROUP BY c.kind
UNION ALL
SELECT c.kind, 0, 0, 0, count(*)::integer, coalesce(sum(n.completed), 0)::integer,
  coalesce(sum(n.completed * k.hours), 0), sum(k.central_budget), sum(k.local_budget), sum(k.other_budget)
FROM training_classes k JOIN agencies a ON a.id = k.agency_id AND {INSIDE}
JOIN courses c ON c.id = k.course_id
LEFT JOIN class_counts(ARRAY(SELECT id FROM training_classes WHERE state = 'completed' AND ends_on >= :first
  AND ends_on < :until)) n ON n.class_id = k.id
WHERE k.state = 'completed' AND k.ends_on >= :first AND k.ends_on < :until GROUP BY c.kind
""")  # noqa: S608 - parts of this program


def plan_and_cost(part: Part, year: int, asked: Asked) -> tuple[Sequence[Line], Line]:
    """Return by kind of course what approved plans of a part say of a year and what its agencies ran; one statement.

    Learners are all who finished the classes, wherever they work. The second is the sum.
    """
    values = {**part.params, "year": year, "first": asked.first, "until": asked.until}
    found: dict[CourseKind, list[Any]] = {}
    for row in db.session.execute(_PLAN, values):
        found.setdefault(CourseKind(row.kind), []).append(row)
    lines = [_line(kind, found[kind]) for kind in CourseKind if kind in found]
    everything = [row for rows in found.values() for row in rows]
    return lines, _line(CourseKind.OTHER, everything)


def _line(kind: CourseKind, rows: Sequence[Any]) -> Line:
    def total(name: str) -> Decimal:
        return sum((Decimal(getattr(row, name) or 0) for row in rows), ZERO)

    return Line(
        kind, int(total("planned_classes")), int(total("planned_learners")), whole(total("planned_cost")),
        int(total("classes")), int(total("learners")), total("learner_hours"), whole(total("central")),
        whole(total("local")), whole(total("other")),
    )  # fmt: skip
