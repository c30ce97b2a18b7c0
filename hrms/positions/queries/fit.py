"""How given people would fit given seats: their records against the frames that judge those seats on a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from hrms.core import catalogues
from hrms.core.db import db
from hrms.positions.queries.fitness import heights, names, texts
from hrms.positions.queries.frames import Frames, Judging, frames_for
from hrms.positions.queries.seats import Line
from hrms.positions.rules.fit import LEVELS, Check, Holder, Ladder, checks, measure
from hrms.positions.rules.frames import Framework, Requirements
from hrms.positions.rules.kinds import QuotaKind

_HOLDERS = text("""
SELECT p.id, p.degree, p.major, p.theory_level, p.state_management_level, p.it_level, p.language_level,
  p.professional_certificate, coalesce(s.career_grade, p.career_grade) AS career_grade, r.rank_code, e.majors,
  e.certificates, n.levels
FROM people p
LEFT JOIN assignments s ON s.person_id = p.id AND s.slot = 0 AND s.superseded_at IS NULL AND s.valid_from <= :on
  AND (s.valid_to IS NULL OR s.valid_to > :on)
LEFT JOIN person_rank r ON r.person_id = p.id AND r.superseded_at IS NULL AND r.valid_from <= :on
  AND (r.valid_to IS NULL OR r.valid_to > :on)
LEFT JOIN LATERAL (
  SELECT array_agg(major) FILTER (WHERE section = 'professional' AND major IS NOT NULL) AS majors,
    array_agg(coalesce(certificate, major)) FILTER (WHERE section <> 'professional') AS certificates
  FROM person_education WHERE person_id = p.id AND coalesce(certificate, major) IS NOT NULL) e ON true
LEFT JOIN LATERAL (
  SELECT jsonb_object_agg(competency_code, level) AS levels FROM (
    SELECT DISTINCT ON (competency_code) competency_code, level FROM competency_assessments
    WHERE person_id = p.id AND assessed_on <= :on ORDER BY competency_code, assessed_on DESC) newest) n ON true
WHERE p.id = ANY (:people)
""")


def holders(people: Collection[int], on: date) -> dict[int, Holder]:
    """Return what the record says of people in sight, with grade and rank of the day; one statement."""
    known = heights()
    return {
        row.id: Holder(
            row.degree, texts(row.major, row.majors), row.theory_level, row.state_management_level, row.it_level,
            row.language_level, texts(row.professional_certificate, row.certificates), row.levels or {}, row.rank_code,
            known.get(row.rank_code), row.career_grade,
        )
        for row in db.session.execute(_HOLDERS, {"people": sorted(set(people)), "on": on})
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one person fits one seat; `frame` is None where nothing but the catalogue judges."""

    checks: tuple[Check, ...]
    frame: Judging | None
    grades: range


def judge(
    wanted: Sequence[tuple[int, Line, int | None]], on: date, frames: Frames | None = None
) -> dict[tuple[int, int], Judgement]:
    """Return how people fit lines on a day by (person id, line id); `wanted` are person, line and career grade.

    A seat without a frame is judged by what the catalogue says of its position: ranks and grades. Three statements.
    """
    if not wanted:
        return {}
    frames = frames or frames_for({line.id for _person, line, _grade in wanted}, on)
    found = holders({person for person, _line, _grade in wanted}, on)
    orders = {name: {code: one.rank for code, one in catalogues.items(name).items()} for name, _w in LEVELS.values()}
    words: dict[str, Mapping[str, str]] = names()
    told = {}
    for person, line, grade in wanted:
        if person not in found:
            continue
        judging = frames.of(line.id)
        bare = Requirements(grade_from=line.grade_min, grade_to=line.grade_max)
        requirements = judging.requirements if judging else bare
        used = requirements.grades or line.grades
        least: Any = heights().get(line.least_rank) if line.least_rank else None
        asked = measure(
            Framework.PUBLIC if line.quota_kind == QuotaKind.PUBLIC else Framework.CIVIL,
            requirements, judging.needs if judging else (), orders, Ladder(frozenset(line.ranks), least),
            grade=grade if grade in used else None,
        )  # fmt: skip
        told[person, line.id] = Judgement(tuple(checks(asked, found[person], words)), judging, used)
    return told
