"""How everybody in a part of the tree fits the frame of their seat: four statements however many people there are.

The verdicts are those of `rules.fit`, one by one; a proposal from the record, which somebody confirms when a person is
placed. Frames, seats and ranks are those of the day asked for; degrees and courses are what the record holds now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import column, text
from sqlalchemy.types import BigInteger, Text

from hrms.core import catalogues, clock
from hrms.core.db import db
from hrms.core.i18n import select_locale
from hrms.core.paging import LIMIT, Page, cut, decode, typed_values
from hrms.figures.changes import kept_by_law
from hrms.people.queries import law
from hrms.positions.queries.frames import Frames, frames_for
from hrms.positions.queries.part import INSIDE, PLACE, Part
from hrms.positions.rules.fit import LEVELS, Check, Holder, Ladder, Measure, Verdict, checks, fit_of, measure, verdicts
from hrms.positions.rules.frames import Framework, Requirements
from hrms.positions.rules.kinds import FitOutcome, QuotaKind

# The courses are looked up person by person: how many people there are is not known to the planner beforehand.
_PEOPLE = text(f"""
WITH seated AS MATERIALIZED (
  SELECT s.person_id, s.line_id, l.position_id, s.agency_id, {PLACE} AS place_id, l.quota_kind, s.career_grade,
    s.rank_code
  FROM staff_at(:day) s JOIN agencies a ON a.id = s.agency_id AND {INSIDE}
  JOIN establishment_lines l ON l.id = s.line_id)
SELECT s.*, p.degree, p.major, p.theory_level, p.state_management_level, p.it_level, p.language_level,
  p.professional_certificate, e.majors, e.certificates
FROM seated s JOIN people p ON p.id = s.person_id
LEFT JOIN LATERAL (
  SELECT array_agg(major) FILTER (WHERE section = 'professional' AND major IS NOT NULL) AS majors,
    array_agg(coalesce(certificate, major)) FILTER (WHERE section <> 'professional') AS certificates
  FROM person_education WHERE person_id = s.person_id AND coalesce(certificate, major) IS NOT NULL) e ON true
""")  # noqa: S608 - parts of this program
_ASSESSED = text("""
SELECT person_id, jsonb_object_agg(competency_code, level) AS levels FROM (
  SELECT DISTINCT ON (person_id, competency_code) person_id, competency_code, level FROM competency_assessments
  WHERE assessed_on <= :day ORDER BY person_id, competency_code, assessed_on DESC) n
GROUP BY person_id
""")
_POSITIONS = text("SELECT id, name, ranks, least_rank, grade_min, grade_max FROM job_positions")
_SHOWN = """
SELECT c.person_id, c.full_name, c.staff_code, c.sort_key, a.name AS agency FROM people_current c
JOIN unnest(CAST(:people AS bigint[]), CAST(:places AS bigint[])) AS g(person_id, agency_id)
  ON g.person_id = c.person_id
JOIN agencies a ON a.id = g.agency_id {seek} ORDER BY c.sort_key, c.person_id {limit}
"""
_ORDER = ((column("sort_key", Text()), False), (column("person_id", BigInteger()), False))


class Judged(NamedTuple):
    """One person at their main seat; `lacking` are the codes of what is missing or to be completed.

    Without a frame in force (`framed`) only ranks and grades of the catalogue judge.
    """

    person_id: int
    agency_id: int
    place_id: int
    position_id: int
    outcome: FitOutcome
    lacking: tuple[str, ...]
    confirm: int
    framed: bool
    holder: Holder
    asked: Measure


@dataclass(frozen=True, slots=True)
class Fitness:
    """Everybody judged, and the names of positions."""

    people: Sequence[Judged]
    positions: Mapping[int, str]

    def counts(self) -> Counter[FitOutcome]:
        """Return how many there are of every outcome."""
        return Counter(one.outcome for one in self.people)

    def by(self, key: str) -> dict[int, Counter[FitOutcome]]:
        """Return the outcomes by `place_id` or `position_id`."""
        found: dict[int, Counter[FitOutcome]] = {}
        for one in self.people:
            found.setdefault(getattr(one, key), Counter())[one.outcome] += 1
        return found

    def lacks(self) -> Counter[str]:
        """Return how many lack what; certificates and competencies each by their own code."""
        return Counter(code for one in self.people for code in one.lacking)

    def narrowed(
        self, outcome: str | None = None, position_id: int | None = None, lacking: str | None = None
    ) -> list[Judged]:
        """Return those of an outcome, a position, a lack; None for any."""
        return [
            one
            for one in self.people
            if (outcome is None or one.outcome == outcome)
            and (position_id is None or one.position_id == position_id)
            and (lacking is None or lacking in one.lacking)
        ]


def heights() -> Mapping[str, int]:
    """Return the place of each rank on the ladder of ranks: by its pay group, A3.1 above A2.1 above A1."""
    return _heights(clock.today())


@kept_by_law()
def _heights(day: date) -> Mapping[str, int]:
    order = {"C": 1, "B": 2, "A0": 3, "A1": 4, "A2": 5, "A3": 6}
    return {code: order[key] for code, rank in law.ranks(day).items() if (key := rank.group.split(".")[0]) in order}


def judge(part: Part, day: date, frames: Frames | None = None) -> Fitness:
    """Return everybody in service inside the part who has a main seat, judged by the frame in force that day.

    The transaction's scope says who is read.
    """
    frames = frames or frames_for(None, day)
    positions = {row.id: row for row in db.session.execute(_POSITIONS)}
    assessed = {row.person_id: row.levels for row in db.session.execute(_ASSESSED, {"day": day})}
    orders = {
        name: {code: item.rank for code, item in catalogues.items(name).items()} for name, _words in LEVELS.values()
    }
    known = heights()
    ladders = {
        key: Ladder(frozenset(row.ranks), known.get(row.least_rank) if row.least_rank else None)
        for key, row in positions.items()
    }
    measures: dict[tuple[int | None, int, int | None, str], Measure] = {}
    found = []
    for row in db.session.execute(_PEOPLE, {**part.params, "day": day}):
        holder = Holder(
            row.degree, texts(row.major, row.majors), row.theory_level, row.state_management_level, row.it_level,
            row.language_level, texts(row.professional_certificate, row.certificates),
            assessed.get(row.person_id, {}), row.rank_code, known.get(row.rank_code), row.career_grade,
        )  # fmt: skip
        judging = frames.of(row.line_id)
        key = (judging.version_id if judging else None, row.position_id, row.career_grade, row.quota_kind)
        asked = measures.get(key)
        if asked is None:
            position = positions[row.position_id]
            bare = Requirements(grade_from=position.grade_min, grade_to=position.grade_max)
            requirements = judging.requirements if judging else bare
            used = requirements.grades or bare.grades
            asked = measure(
                Framework.PUBLIC if row.quota_kind == QuotaKind.PUBLIC else Framework.CIVIL,
                requirements, judging.needs if judging else (), orders, ladders[row.position_id],
                grade=row.career_grade if row.career_grade in used else None,
            )  # fmt: skip
            measures[key] = asked
        said = verdicts(asked, holder)
        lacking = tuple(code for code, verdict in said if verdict in (Verdict.MISSING, Verdict.LATER))
        confirm = sum(verdict is Verdict.CONFIRM for _code, verdict in said)
        place = (row.person_id, row.agency_id, row.place_id, row.position_id)
        found.append(Judged(*place, fit_of(said), lacking, confirm, judging is not None, holder, asked))
    return Fitness(found, {key: row.name for key, row in positions.items()})


def texts(first: str | None, more: Iterable[str] | None) -> tuple[str, ...]:
    """Return the field or course of the record's head and those of its table, each once."""
    return tuple(dict.fromkeys(one for one in (first, *(more or ())) if one))


def names() -> dict[str, Mapping[str, str]]:
    """Return the names that `rules.fit.checks` words its answers with; one statement."""
    english = select_locale() == "en"
    found: dict[str, Mapping[str, str]] = {
        name: {code: item.name for code, item in catalogues.items(name).items()} for name, _words in LEVELS.values()
    }
    found["ranks"] = {code: rank.name_en if english else rank.name_vi for code, rank in law.ranks().items()}
    found["competencies"] = {
        row.code: row.name for row in db.session.execute(text("SELECT code, name FROM competencies"))
    }
    return found


def list_people(people: Sequence[Judged], *, after: str | None = None, limit: int = LIMIT) -> Page[tuple[Any, Judged]]:
    """Return a page of those judged whom the reader sees by name, in the order of names; one statement."""
    seek, values = "", _ids(people)
    if after:
        last = typed_values(_ORDER, decode(after, 2))
        values |= {"after_key": last[0], "after_id": last[1]}
        seek = "WHERE (c.sort_key, c.person_id) > (:after_key, :after_id)"
    statement = text(_SHOWN.format(seek=seek, limit="LIMIT :most"))
    rows = db.session.execute(statement, {**values, "most": limit + 1}).all()
    page = cut(rows, limit, ("sort_key", "person_id"), after=after, before=None)
    return Page(_joined(page.items, people), page.next, page.previous)


def all_people(people: Sequence[Judged]) -> list[tuple[Any, Judged]]:
    """Return all of those judged whom the reader sees by name, in the order of names; one statement."""
    rows = db.session.execute(text(_SHOWN.format(seek="", limit="")), _ids(people)).all()
    return _joined(rows, people)


def _ids(people: Sequence[Judged]) -> dict[str, Any]:
    return {"people": [one.person_id for one in people], "places": [one.agency_id for one in people]}


def _joined(rows: Sequence[Any], people: Sequence[Judged]) -> list[tuple[Any, Judged]]:
    known = {one.person_id: one for one in people}
    return [(row, known[row.person_id]) for row in rows]


def lacks_of(one: Judged, words: Mapping[str, Mapping[str, str]]) -> list[Check]:
    """Return what somebody lacks, in the words of the checking sheet; `words` are `names()`."""
    return [
        check for check in checks(one.asked, one.holder, words) if check.outcome in (Verdict.MISSING, Verdict.LATER)
    ]
