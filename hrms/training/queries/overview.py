"""Where a part of the tree stands by its training duties: figures by agency and requirement, and the people behind.

Read from `training_standing`, which holds each person's rows of a year; people are counted where they work today and
under the reader's own scope. Somebody is met when nothing of theirs is short or overdue; short and overdue may meet in
one person, so those two columns do not add up to the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import column, text
from sqlalchemy.types import BigInteger, Text

from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, cut, decode, typed_values
from hrms.core.rules import N_
from hrms.core.text import search_query
from hrms.positions.queries.part import INSIDE, PLACE, Part

STATES: Mapping[str, str] = {
    "met": N_("Đạt yêu cầu"),
    "short": N_("Thiếu tiết"),
    "overdue": N_("Quá hạn chương trình"),
    "exempt": N_("Được miễn"),
    "at_risk": N_("Nguy cơ thiếu đến 31/12"),
}
"""What somebody can be, all duties taken together; the words of the columns."""
CONDITIONS: Mapping[str, str] = {
    "met": "NOT short AND NOT overdue AND NOT exempt", "short": "short", "overdue": "overdue", "exempt": "exempt",
    "at_risk": "at_risk",
}  # fmt: skip
EVERYBODY = 50_000
SERVING = "c.status NOT IN ('left', 'retired', 'deceased')"
_ORDER = ((column("sort_key", Text()), False), (column("person_id", BigInteger()), False))
_FIGURES = ", ".join(f"count(*) FILTER (WHERE {condition}) AS {name}" for name, condition in CONDITIONS.items())


@dataclass(frozen=True, slots=True)
class Filters:
    """What a page is narrowed to; None and "" for any. `kind` is a kind of person, `state` a key of `STATES`."""

    year: int
    requirement_id: int | None = None
    kind: str | None = None
    state: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """How many people owe something, and how they stand; `id` and `name` of the agency or the requirement."""

    id: int | None
    name: str
    owing: int = 0
    met: int = 0
    short: int = 0
    overdue: int = 0
    exempt: int = 0
    at_risk: int = 0

    @property
    def share(self) -> int | None:
        """Return how many per cent of those who are not exempt meet everything, rounded down; None for nobody."""
        asked = self.owing - self.exempt
        return self.met * 100 // asked if asked else None

    def of(self, state: str) -> int:
        """Return the figure of a key of `STATES`."""
        return int(getattr(self, state))


@dataclass(frozen=True, slots=True)
class Compliance:
    """The figures of a part: together, by agency right under its top, and by requirement."""

    total: Figures
    places: Sequence[Figures]
    requirements: Sequence[Figures]


def _narrowed(asked: Filters) -> tuple[str, dict[str, Any]]:
    """Return the conditions over `training_standing s`, `people_current c`, and their values."""
    conditions = ""
    values: dict[str, Any] = {"year": asked.year}
    if asked.requirement_id is not None:
        conditions += " AND s.requirement_id = :requirement"
        values["requirement"] = asked.requirement_id
    if asked.kind:
        conditions += " AND c.kind = :kind"
        values["kind"] = asked.kind
    exact, folded = search_query(asked.words)
    if asked.words:
        words = []
        if folded:
            words.append("c.search_words @@ to_tsquery('simple', :folded)")
            values["folded"] = folded
        if exact:
            words.append("c.search_words @@ to_tsquery('simple', :exact)")
            values["exact"] = exact
        named = " AND ".join(words) or "false"
        conditions += f" AND (({named}) OR c.staff_code = :code)"
        values["code"] = asked.words.strip().upper()
    return conditions, values


def _standing(conditions: str) -> str:
    return f"""
standing AS MATERIALIZED (
  SELECT s.person_id, s.requirement_id, s.state, s.at_risk, {PLACE} AS place_id
  FROM training_standing s
  JOIN people_current c ON c.person_id = s.person_id AND {SERVING}
  JOIN agencies a ON a.id = c.agency_id AND {INSIDE}
  WHERE s.year = :year{conditions}
), duties AS MATERIALIZED (
  SELECT person_id, place_id, bool_or(state = 'short') AS short, bool_or(state = 'overdue') AS overdue,
    bool_and(state = 'exempt') AS exempt, bool_or(at_risk) AS at_risk
  FROM standing GROUP BY person_id, place_id
)"""  # noqa: S608 - parts of this program


def compliance(part: Part, asked: Filters) -> Compliance:
    """Return the figures of a part in a year, narrowed to a requirement or a kind of people; two statements."""
    conditions, values = _narrowed(asked)
    statement = text(f"""
WITH {_standing(conditions)}
SELECT CASE WHEN grouping(place_id) = 0 THEN 'place' ELSE 'total' END AS by, place_id AS id, count(*) AS owing,
  {_FIGURES}
FROM duties GROUP BY GROUPING SETS ((place_id), ())
UNION ALL
SELECT 'requirement', requirement_id, count(*), {_FIGURES}
FROM (SELECT requirement_id, state = 'short' AS short, state = 'overdue' AS overdue, state = 'exempt' AS exempt, at_risk
  FROM standing) d
GROUP BY requirement_id
""")  # noqa: S608 - parts of this program
    rows = db.session.execute(statement, {**part.params, **values}).all()
    names = _names(rows)
    total = Figures(None, "")
    found: dict[str, list[tuple[Any, Figures]]] = {"place": [], "requirement": []}
    for row in rows:
        counts = [getattr(row, name) for name in CONDITIONS]
        if row.by == "total":
            total = Figures(None, "", row.owing, *counts)
        elif (row.by, row.id) in names:
            name, order = names[row.by, row.id]
            # What is of the top itself stands before the branches under it.
            beneath = row.by == "place" and row.id != part.top
            found[row.by].append(((beneath, *order), Figures(row.id, name, row.owing, *counts)))
    ordered = {by: [figures for _order, figures in sorted(kept, key=lambda one: one[0])] for by, kept in found.items()}
    return Compliance(total, ordered["place"], ordered["requirement"])


_NAMES = text("""
SELECT 'place' AS of, id, name, order_no AS place, sort_key FROM agencies WHERE id = ANY (:places)
UNION ALL SELECT 'requirement', id, name, place, code FROM training_requirements WHERE id = ANY (:requirements)
""")


def _names(rows: Iterable[Any]) -> dict[tuple[str, int], tuple[str, Any]]:
    ids: dict[str, set[int]] = {"place": set(), "requirement": set(), "total": set()}
    for row in rows:
        if row.id is not None:
            ids[row.by].add(row.id)
    given = {"places": sorted(ids["place"]), "requirements": sorted(ids["requirement"])}
    return {
        (row.of, row.id): (row.name, (row.place, row.sort_key, row.id)) for row in db.session.execute(_NAMES, given)
    }


def list_requirements() -> Sequence[Any]:
    """Return all requirements as (id, code, name) in their order; one statement."""
    return db.session.execute(text("SELECT id, code, name FROM training_requirements ORDER BY place, code")).all()


@dataclass(frozen=True, slots=True)
class Duty:
    """One row of somebody's standing, with the name of its requirement."""

    requirement_id: int
    name: str
    what: str
    state: str
    at_risk: bool
    days_owed: int
    required: Any
    counted: Any
    carried: Any
    planned: Any
    missing: Any
    since: date | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a list with what they owe, and the key they stand by."""

    person_id: int
    full_name: str
    sort_key: str
    staff_code: str | None
    agency: str
    kind: str | None
    duties: Sequence[Duty] = ()


@dataclass(frozen=True, slots=True)
class People:
    """A page of people and how many there are in all."""

    page: Page[Person]
    everybody: int


_SHOWN = "c.person_id, c.full_name, c.sort_key, c.staff_code, a.name AS agency, c.kind"
_DUTIES = """
SELECT s.person_id, s.requirement_id, r.name, s.what, s.state, s.at_risk, s.days_owed, s.required, s.counted, s.carried,
  s.planned, s.missing, s.since, s.due_on
FROM training_standing s JOIN training_requirements r ON r.id = s.requirement_id
WHERE s.year = :year AND s.person_id = ANY (:people){narrowed} ORDER BY s.person_id, r.place, r.code
"""
_WITHIN = {
    "short": " AND s.state = 'short'", "overdue": " AND s.state = 'overdue'", "at_risk": " AND s.at_risk",
}  # fmt: skip


def list_people(part: Part, asked: Filters, *, after: str | None = None, limit: int = LIMIT) -> People:
    """Return a page of those who owe something, by name, each with the duties the page is about; two statements.

    Of a state only the duties that are in it are told.
    """
    conditions, values = _narrowed(asked)
    where = f"WHERE {CONDITIONS[asked.state]}" if asked.state else ""
    seek = ""
    if after:
        last = typed_values(_ORDER, decode(after, 2))
        values |= {"after_key": last[0], "after_id": last[1]}
        seek = "WHERE (c.sort_key, c.person_id) > (:after_key, :after_id)"
    statement = text(f"""
WITH {_standing(conditions)}, wanted AS MATERIALIZED (SELECT person_id FROM duties {where})
SELECT {_SHOWN}, (SELECT count(*) FROM wanted) AS everybody
FROM wanted JOIN people_current c ON c.person_id = wanted.person_id JOIN agencies a ON a.id = c.agency_id
{seek} ORDER BY c.sort_key, c.person_id LIMIT :most
""")  # noqa: S608 - parts of this program
    rows = db.session.execute(statement, {**part.params, **values, "most": limit + 1}).all()
    page = cut(rows, limit, ("sort_key", "person_id"), after=after, before=None)
    duties = _duties(asked, [row.person_id for row in page.items])
    people = [
        Person(
            row.person_id, row.full_name, row.sort_key, row.staff_code, row.agency, row.kind,
            duties.get(row.person_id, ()),
        )
        for row in page.items
    ]  # fmt: skip
    return People(Page(people, page.next, page.previous), rows[0].everybody if rows else 0)


def _duties(asked: Filters, people: Sequence[int]) -> Mapping[int, Sequence[Duty]]:
    found: dict[int, list[Duty]] = {}
    if not people:
        return found
    narrowed = _WITHIN.get(asked.state or "", "")
    values: dict[str, Any] = {"year": asked.year, "people": list(people)}
    if asked.requirement_id is not None:
        narrowed += " AND s.requirement_id = :requirement"
        values["requirement"] = asked.requirement_id
    for person_id, *rest in db.session.execute(text(_DUTIES.format(narrowed=narrowed)), values):
        found.setdefault(person_id, []).append(Duty(*rest))
    return found
