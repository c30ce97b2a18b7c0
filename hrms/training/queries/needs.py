"""What a part of the tree needs to learn: gaps of seats, required programmes, hours, places; by what would close it.

Needs are found set-based under the reader's own scope and named by keys (`rules.needs`); the few keys are matched with
programmes here, then people are counted by programme, each once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import column, select, text
from sqlalchemy.types import BigInteger, Text

from hrms.core import catalogues, dated
from hrms.core.db import db
from hrms.core.formats import format_date, format_number
from hrms.core.i18n import _, get_locale, render
from hrms.core.paging import LIMIT, Page, cut, decode, typed_values
from hrms.core.text import fold
from hrms.positions.models import Competency
from hrms.positions.queries.part import INSIDE, Part
from hrms.positions.rules.fit import LEVELS
from hrms.training.models import Course, CourseVersion, RequirementVersion, TrainingRequirement
from hrms.training.queries.overview import SERVING
from hrms.training.rules.courses import tidy
from hrms.training.rules.kinds import CourseKind
from hrms.training.rules.needs import NeedSource, Offered, closing, source_of

NO_COURSE = 0
"""In the place of a programme's id: no programme in force closes it, or it is for the planner to choose one."""
EVERYBODY = 50_000
_ORDER = ((column("sort_key", Text()), False), (column("person_id", BigInteger()), False))
_TRAINABLE = "('theory_level', 'state_management_level', 'it_level', 'language_level')"
_NEED = f"""
staff AS MATERIALIZED (
  SELECT c.person_id, c.kind, c.rank_code, c.position_id FROM people_current c JOIN agencies a ON a.id = c.agency_id
  WHERE {SERVING} AND {INSIDE}
), need AS MATERIALIZED (
  SELECT g.person_id, 'gap|' || g.requirement || '|' || coalesce(g.params ->> 'required', '') || '|'
      || CASE WHEN g.requirement LIKE 'certificate:%' THEN coalesce(s.rank_code, '') ELSE '' END AS key,
    g.params ->> 'has' AS detail, false AS late
  FROM position_gaps g JOIN staff s ON s.person_id = g.person_id
  WHERE g.settled_on IS NULL AND (g.requirement IN {_TRAINABLE} OR g.requirement LIKE 'competency:%'
    OR g.requirement LIKE 'certificate:%')
  UNION ALL
  SELECT t.person_id, 'course|' || t.requirement_id, t.due_on::text, t.state = 'overdue'
  FROM training_standing t JOIN staff s ON s.person_id = t.person_id
  WHERE t.year = :year AND t.what = 'course' AND t.state IN ('due', 'overdue')
  UNION ALL
  SELECT t.person_id,
    'hours|' || t.requirement_id || '|' || coalesce(j.key, '') || '|' || coalesce(s.rank_code, '') || '|'
      || coalesce(s.kind, ''),
    (t.missing - coalesce(t.planned, 0))::text, false
  FROM training_standing t JOIN staff s ON s.person_id = t.person_id LEFT JOIN job_positions j ON j.id = s.position_id
  WHERE t.year = :year AND t.what = 'hours' AND t.state = 'short' AND t.at_risk
  UNION ALL
  SELECT e.person_id, 'waiting|' || k.course_id, k.name, false
  FROM enrolments e JOIN staff s ON s.person_id = e.person_id JOIN training_classes k ON k.id = e.class_id
  WHERE e.state = 'waiting' OR (e.state IN ('nominated', 'accepted') AND k.state = 'cancelled')
)"""  # noqa: S608 - parts of this program
_KEYS = text(f"WITH {_NEED} SELECT DISTINCT key FROM need")  # noqa: S608 - parts of this program
# Who has a seat in a class of the programme that is still to end is on the way already.
_MATCHED = f"""{_NEED}, matched AS MATERIALIZED (
  SELECT n.person_id, n.key, n.detail, n.late, m.course_id
  FROM need n JOIN unnest(CAST(:keys AS text[]), CAST(:courses AS bigint[])) AS m(key, course_id) ON m.key = n.key
  WHERE NOT EXISTS (
    SELECT 1 FROM enrolments e JOIN training_classes k ON k.id = e.class_id
    WHERE e.person_id = n.person_id AND e.state = 'accepted' AND k.course_id = m.course_id
      AND k.state IN ('open', 'running'))
)"""  # noqa: S608 - parts of this program
_COUNTS = text(f"""WITH {_MATCHED}
SELECT course_id, split_part(key, '|', 1) AS source, count(DISTINCT person_id) AS people,
  count(DISTINCT person_id) FILTER (WHERE late) AS late, grouping(course_id) AS total
FROM matched
GROUP BY GROUPING SETS ((course_id), (course_id, split_part(key, '|', 1)), (split_part(key, '|', 1)), ())
""")  # noqa: S608 - parts of this program
_SEATS = text("""
SELECT course_id, count(*) AS classes, sum(seats) AS seats FROM training_classes
WHERE course_id = ANY (:courses) AND state IN ('open', 'running') AND ends_on >= :today GROUP BY course_id
""")


@dataclass(slots=True)
class Group:
    """A programme with the distinct people who need it, by why; `course` null: none in force closes it."""

    course: Course | None
    people: int = 0
    late: int = 0
    by_source: dict[NeedSource, int] = field(default_factory=dict)
    classes: int = 0
    seats: int = 0

    @property
    def course_id(self) -> int:
        """Return the programme's id, 0 for none."""
        return self.course.id if self.course else NO_COURSE


@dataclass(slots=True)
class Needs:
    """The groups, most people first, those without a programme last; distinct people in all and by source."""

    groups: list[Group]
    people: int
    by_source: dict[NeedSource, int]


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing somebody needs, in words: why, what, and what is known of it."""

    source: NeedSource
    words: str
    note: str
    late: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a list with what they need, and the key they stand by."""

    person_id: int
    full_name: str
    sort_key: str
    staff_code: str | None
    agency: str
    lacks: Sequence[Lack]


@dataclass(frozen=True, slots=True)
class People:
    """A page of people and how many there are in all."""

    page: Page[Person]
    everybody: int


def offered(on: date) -> list[Offered]:
    """Return the programmes in force on a day, as the rule reads them."""
    query = select(Course, CourseVersion).join(CourseVersion, CourseVersion.course_id == Course.id)
    return [
        Offered(
            course.id, course.code, course.name, CourseKind(course.kind), course.level, version.hours,
            {str(one["code"]): one.get("level") for one in version.competencies}, frozenset(version.positions),
            frozenset(version.ranks), frozenset(version.person_kinds),
        )
        for course, version in db.session.execute(query.where(dated.at(CourseVersion, on)))
    ]  # fmt: skip


def _accepted(on: date) -> dict[int, Sequence[str]]:
    query = select(RequirementVersion.requirement_id, RequirementVersion.courses)
    found = db.session.execute(query.where(dated.at(RequirementVersion, on), RequirementVersion.what == "course"))
    return {row.requirement_id: row.courses for row in found}


def _resolve(name: str, asked: str) -> str | None:
    if name not in LEVELS:
        return None
    items = catalogues.items(LEVELS[name][0])
    wanted = fold(asked)
    return next(
        (code for code, item in items.items() if wanted in {fold(item.name_vi), fold(item.name_en), code}), None
    )


def mapping(part: Part, year: int, on: date) -> dict[str, int]:
    """Return, for every key needed in a part, the id of the programme that closes it, `NO_COURSE` for none."""
    keys = db.session.execute(_KEYS, {**part.params, "year": year}).scalars().all()
    courses, accepted = offered(on), _accepted(on)
    return {key: closing(key, courses, accepted, _resolve) or NO_COURSE for key in keys}


def list_needs(part: Part, year: int, on: date) -> Needs:
    """Return what a part needs in a year, by programme; six statements."""
    known = mapping(part, year, on)
    rows = db.session.execute(_COUNTS, _params(part, year, known)).all()
    ids = {row.course_id for row in rows if row.course_id}
    courses = {one.id: one for one in db.session.scalars(select(Course).where(Course.id.in_(ids)))}
    groups: dict[int, Group] = {}
    total, by_source = 0, dict.fromkeys(NeedSource, 0)
    for row in rows:
        if row.total:
            if row.source is None:
                total = row.people
            else:
                by_source[NeedSource(row.source)] = row.people
            continue
        group = groups.setdefault(row.course_id, Group(courses.get(row.course_id)))
        if row.source is None:
            group.people, group.late = row.people, row.late
        else:
            group.by_source[NeedSource(row.source)] = row.people
    for row in db.session.execute(_SEATS, {"courses": list(ids), "today": on}):
        groups[row.course_id].classes, groups[row.course_id].seats = row.classes, row.seats
    ordered = sorted(groups.values(), key=lambda one: (one.course is None, -one.people, one.course_id))
    return Needs(ordered, total, by_source)


def _params(part: Part, year: int, known: Mapping[str, int], **more: Any) -> dict[str, Any]:
    return {**part.params, "year": year, "keys": list(known), "courses": list(known.values()), **more}


def list_people(
    part: Part,
    year: int,
    on: date,
    course_id: int | None,
    source: NeedSource | None,
    *,
    after: str | None = None,
    limit: int = LIMIT,
) -> People:
    """Return a page of those who need a programme (None: anything), by name, each with what they need of it."""
    known = {
        key: found for key, found in mapping(part, year, on).items()
        if (course_id is None or found == course_id) and (source is None or source_of(key) is source)
    }  # fmt: skip
    values = _params(part, year, known)
    seek = ""
    if after:
        last = typed_values(_ORDER, decode(after, 2))
        values |= {"after_key": last[0], "after_id": last[1]}
        seek = "WHERE (c.sort_key, c.person_id) > (:after_key, :after_id)"
    statement = text(f"""
WITH {_MATCHED}, wanted AS MATERIALIZED (
  SELECT person_id, jsonb_agg(DISTINCT jsonb_build_object('key', key, 'detail', detail, 'late', late)) AS lacks
  FROM matched GROUP BY person_id)
SELECT c.person_id, c.full_name, c.sort_key, c.staff_code, a.name AS agency, w.lacks,
  (SELECT count(*) FROM wanted) AS everybody
FROM wanted w JOIN people_current c ON c.person_id = w.person_id JOIN agencies a ON a.id = c.agency_id
{seek} ORDER BY c.sort_key, c.person_id LIMIT :most
""")  # noqa: S608 - parts of this program
    rows = db.session.execute(statement, {**values, "most": limit + 1}).all()
    page = cut(rows, limit, ("sort_key", "person_id"), after=after, before=None)
    names = _Names.read()
    people = [
        Person(
            row.person_id, row.full_name, row.sort_key, row.staff_code, row.agency,
            [names.lack(one) for one in sorted(row.lacks, key=lambda one: (not one["late"], one["key"]))],
        )
        for row in page.items
    ]  # fmt: skip
    return People(Page(people, page.next, page.previous), rows[0].everybody if rows else 0)


@dataclass(frozen=True, slots=True)
class _Names:
    """The names that words of needs take, read once for a list."""

    requirements: Mapping[int, str]
    competencies: Mapping[str, str]

    @classmethod
    def read(cls) -> _Names:
        requirements = db.session.execute(select(TrainingRequirement.id, TrainingRequirement.name))
        competencies = db.session.execute(select(Competency.code, Competency.name))
        return cls({row.id: row.name for row in requirements}, {row.code: row.name for row in competencies})

    def lack(self, one: Mapping[str, Any]) -> Lack:
        source, _bar, rest = str(one["key"]).partition("|")
        detail, late = str(one["detail"] or ""), bool(one["late"])
        kind = NeedSource(source)
        if kind is NeedSource.WAITING:
            return Lack(kind, _("Đã được cử, chưa có chỗ"), detail, late)
        if kind is NeedSource.GAP:
            requirement, asked, _rank = rest.split("|")
            return Lack(kind, self._gap(requirement, asked), _("đang có: %(has)s", has=detail) if detail else "", late)
        name = self.requirements.get(int(rest.partition("|")[0]), "")
        if kind is NeedSource.HOURS:
            return Lack(kind, name, _("còn thiếu %(n)s tiết", n=_hours(detail)), late)
        note = _("hạn %(day)s", day=_day(detail)) if detail else ""
        return Lack(kind, name, note, late)

    def _gap(self, requirement: str, asked: str) -> str:
        name, _colon, code = requirement.partition(":")
        if name == "competency":
            words = self.competencies.get(code, code)
            return _("Năng lực %(code)s %(name)s: từ cấp độ %(level)s", code=code, name=words, level=asked)
        if name == "certificate":
            return _("Bồi dưỡng, chứng chỉ: %(name)s", name=code)
        return f"{render(LEVELS[name][1])}: {asked}" if name in LEVELS else asked


def _hours(given: str) -> str:
    return format_number(tidy(Decimal(given)), str(get_locale() or "vi"))


def _day(given: str) -> str:
    return format_date(date.fromisoformat(given))
