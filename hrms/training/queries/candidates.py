"""What records say of people who are to be sent to a class: facts for the conditions, requirements they miss, gaps.

Everything is read under the reader's own scope, a fixed number of statements for any number of people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from hrms.core import catalogues, settings
from hrms.core.dates import PartialDate
from hrms.core.db import db
from hrms.core.i18n import render
from hrms.core.permissions import Permission
from hrms.core.rules import Reason
from hrms.people.queries import law
from hrms.people.rules.absences import ABSENCE_LABELS, AbsenceKind
from hrms.people.rules.kinds import IN_SERVICE
from hrms.positions.queries.frames import frames_for
from hrms.training.models import Course, CourseVersion, TrainingClass
from hrms.training.rules.classes import priority_of
from hrms.training.rules.eligibility import (
    AgeOn,
    Busy,
    Candidate,
    Check,
    Held,
    Priority,
    Result,
    Sending,
    SendingKind,
    checks,
    priorities,
    worst,
)
from hrms.training.rules.kinds import CourseKind

MAJORITY = "01"
"""The Kinh in the catalogue `ethnic_groups`."""
CHILDREN = ("child", "adopted_child")
POSTGRADUATE_LEVELS = frozenset({"master", "specialist_1", "doctor", "specialist_2", "doctor_of_science"})
GUARDS: Mapping[Priority, Permission] = {
    Priority.CHILD: Permission.PEOPLE_FAMILY, Priority.MINORITY: Permission.PEOPLE_ORIGIN,
}  # fmt: skip
"""Why somebody comes first may come from a guarded part of the record: the reason is told to whoever may read it."""

_IN_FORCE = "{0}.superseded_at IS NULL AND {0}.valid_from <= :on AND ({0}.valid_to IS NULL OR {0}.valid_to > :on)"
_PEOPLE = text(f"""
SELECT p.id, p.full_name, p.staff_code, p.scope_ids, p.recruited_on, p.birth_date, p.sex, p.ethnic_group,
  c.retires_on, c.kind, c.status, c.rank_code, c.line_id, c.agency_id, a.name AS agency, j.key AS position,
  o.post_code, o.post_name, o.appointed_on
FROM people p LEFT JOIN people_current c ON c.person_id = p.id LEFT JOIN agencies a ON a.id = c.agency_id
LEFT JOIN job_positions j ON j.id = c.position_id
LEFT JOIN LATERAL (
  SELECT f.post_code, f.post_name, coalesce(f.appointed_on, f.valid_from) AS appointed_on FROM person_post f
  WHERE f.person_id = p.id AND {_IN_FORCE.format("f")} ORDER BY f.slot LIMIT 1) o ON true
WHERE p.id = ANY (:ids)
""")  # noqa: S608 - the parts are ours
_FACTS = text("""
SELECT person_id, 'rating' AS what, jsonb_build_object('year', year, 'rating', rating) AS said
  FROM person_rating WHERE person_id = ANY (:ids)
UNION ALL
SELECT person_id, 'child', jsonb_build_object('year', birth_year)
  FROM person_family WHERE person_id = ANY (:ids) AND relation = ANY (:children) AND birth_year IS NOT NULL
UNION ALL
SELECT f.person_id, 'held', jsonb_build_object('course', k.code, 'from', f.issued_on, 'to', f.valid_until)
  FROM certificates f JOIN courses k ON k.id = f.course_id WHERE f.person_id = ANY (:ids) AND f.revoked_on IS NULL
UNION ALL
SELECT f.person_id, 'away', jsonb_build_object(
    'kind', f.absence_kind, 'from', f.valid_from, 'to', coalesce(f.valid_to - 1, f.expected_until))
  FROM person_absence f WHERE f.person_id = ANY (:ids) AND f.superseded_at IS NULL AND f.valid_from <= :ends
  AND (f.valid_to IS NULL OR f.valid_to > :on)
UNION ALL
SELECT e.person_id, 'class', jsonb_build_object('name', k.name, 'from', k.starts_on, 'to', k.ends_on)
  FROM enrolments e JOIN training_classes k ON k.id = e.class_id
  WHERE e.person_id = ANY (:ids) AND e.state = 'accepted' AND k.id <> :class AND k.state IN ('open', 'running')
  AND k.starts_on <= :ends AND k.ends_on >= :on
UNION ALL
SELECT s.person_id, 'owed', jsonb_build_object('name', r.name, 'state', s.state, 'risk', s.at_risk)
  FROM training_standing s JOIN training_requirements r ON r.id = s.requirement_id
  JOIN requirement_versions v ON v.requirement_id = r.id AND v.superseded_at IS NULL AND v.valid_from <= :on
    AND (v.valid_to IS NULL OR v.valid_to > :on)
  WHERE s.person_id = ANY (:ids) AND s.year = :year AND s.state IN ('overdue', 'due', 'short')
  AND (:code = ANY (v.courses) OR v.what = 'hours' AND :kind = ANY (v.counts))
UNION ALL
SELECT person_id, 'level', jsonb_build_object('code', competency_code, 'level', level) FROM (
  SELECT DISTINCT ON (person_id, competency_code) person_id, competency_code, level FROM competency_assessments
  WHERE person_id = ANY (:ids) AND competency_code = ANY (:raised)
  ORDER BY person_id, competency_code, assessed_on DESC) newest
""")


@dataclass(frozen=True, slots=True)
class Answers:
    """What whoever nominates says of the sending that no record holds."""

    commitment_months: int | None = None
    field_fits: bool | None = None
    first: bool = True


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody looked at for a class: the conditions one by one, why they come first, and the figure of the order."""

    person_id: int
    name: str
    staff_code: str | None
    agency: str
    agency_id: int | None
    scope_ids: Sequence[int]
    checks: Sequence[Check]
    priorities: Sequence[tuple[Priority, Reason]]
    in_service: bool = True

    @property
    def result(self) -> Result:
        """Return what the conditions come to."""
        return worst(self.checks)

    @property
    def priority(self) -> int:
        """Return the figure of the waiting list's order, smaller first."""
        return priority_of([one for one, _reason in self.priorities])


def sending_of(found: TrainingClass, course: Course, version: CourseVersion | None, answers: Answers) -> Sending:
    """Return a class as the conditions see it."""
    kind = SendingKind.COURSE
    if course.kind == CourseKind.DEGREE and (course.level or "") in POSTGRADUATE_LEVELS:
        kind = SendingKind.POSTGRADUATE
    elif found.abroad:
        kind = SendingKind.ABROAD
    return Sending(
        found.starts_on, found.ends_on, course.code, CourseKind(course.kind), kind, None, answers.first,
        answers.commitment_months, answers.field_fits,
        kinds=frozenset(version.person_kinds if version else ()),
        ranks=frozenset(version.ranks if version else ()),
        positions=frozenset(version.positions if version else ()),
        posts=frozenset(version.post_groups if version else ()),
    )  # fmt: skip


def look_at(
    people: Collection[int],
    found: TrainingClass,
    course: Course,
    version: CourseVersion | None,
    answers: Answers | None = None,
) -> dict[int, Looked]:
    """Return the people in sight among these with their conditions for a class, by id; five statements."""
    if not people:
        return {}
    on = found.starts_on
    raised = {str(one["code"]): one.get("level") for one in (version.competencies if version else ())}
    rows = db.session.execute(_PEOPLE, {"ids": sorted(people), "on": on}).all()
    told = _facts([row.id for row in rows], found, course, sorted(raised))
    needs = _needs([row.line_id for row in rows if row.line_id], on) if raised else {}
    to, figures = sending_of(found, course, version, answers or Answers()), law.parameters(on)
    age_on, heights = AgeOn(settings.get("training.age_on")), _heights()
    looked: dict[int, Looked] = {}
    for row in rows:
        who = _candidate(row, told[row.id], _gaps(told[row.id], needs.get(row.line_id, {}), raised))
        looked[row.id] = Looked(
            row.id, row.full_name, row.staff_code, row.agency or "", row.agency_id, row.scope_ids,
            checks(who, to, figures, heights, age_on=age_on), priorities(who, on, figures),
            row.status in IN_SERVICE,
        )  # fmt: skip
    return looked


Facts = Mapping[str, Sequence[Mapping[str, Any]]]


def _facts(
    ids: Sequence[int], found: TrainingClass, course: Course, raised: Sequence[str]
) -> dict[int, dict[str, list[Mapping[str, Any]]]]:
    told: dict[int, dict[str, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    given = {
        "ids": list(ids), "on": found.starts_on, "ends": found.ends_on, "class": found.id, "code": course.code,
        "kind": course.kind, "year": found.starts_on.year, "children": list(CHILDREN), "raised": list(raised),
    }  # fmt: skip
    for row in db.session.execute(_FACTS, given):
        told[row.person_id][row.what].append(row.said)
    return told


def _heights() -> Mapping[str, int]:
    return {code: one.rank or 0 for code, one in catalogues.items("rating_classes").items()}


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _partial(value: Any) -> PartialDate | None:
    return PartialDate.parse(str(value)) if value else None


def _candidate(row: Any, told: Facts, gaps: Sequence[str]) -> Candidate:
    joined, groups = _partial(row.recruited_on), law.posts()
    post = groups[row.post_code].group.value if row.post_code in groups else row.post_code or row.post_name
    return Candidate(
        # Of a day known in part only the last it can be is sure to be no shorter a service than there was.
        joined_on=joined.latest() if joined else None,
        born=_partial(row.birth_date),
        retires_on=row.retires_on,
        ratings={one["year"]: one["rating"] for one in told["rating"]},
        kind=row.kind,
        rank=row.rank_code,
        position=row.position,
        post=post,
        appointed_on=row.appointed_on,
        woman=row.sex == "female",
        minority=bool(row.ethnic_group) and row.ethnic_group != MAJORITY,
        children_born=tuple(PartialDate.parse(str(one["year"])) for one in told["child"]),
        held=tuple(Held(one["course"], date.fromisoformat(one["from"]), _day(one["to"])) for one in told["held"]),
        absences=tuple(
            Busy(_absence(one["kind"]), date.fromisoformat(one["from"]), _day(one["to"])) for one in told["away"]
        ),
        classes=tuple(Busy(one["name"], date.fromisoformat(one["from"]), _day(one["to"])) for one in told["class"]),
        overdue=tuple(one["name"] for one in told["owed"] if one["state"] == "overdue"),
        gaps=(*(one["name"] for one in told["owed"] if one["state"] != "overdue" and one["risk"]), *gaps),
    )


def _absence(kind: str) -> str:
    return render(ABSENCE_LABELS[AbsenceKind(kind)]) if kind in set(AbsenceKind) else kind


def _needs(lines: Sequence[int], on: date) -> dict[int, dict[str, int]]:
    """Return the levels the frame of each seat asks for, by line and competency; one statement."""
    frames = frames_for(set(lines), on)
    found = {}
    for line in lines:
        judging = frames.of(line)
        if judging is not None:
            found[line] = {one.code: one.level_min for one in judging.needs if one.level_min is not None}
    return found


def _gaps(told: Facts, needs: Mapping[str, int], raised: Mapping[str, int | None]) -> list[str]:
    """Return the codes of competencies the class raises that the seat asks for and an assessment found too low."""
    levels = {one["code"]: one["level"] for one in told["level"]}
    return [code for code in raised if code in needs and code in levels and levels[code] < needs[code]]
