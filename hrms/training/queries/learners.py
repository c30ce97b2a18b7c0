"""People as the rules of what is owed see them, read in a fixed number of statements under the reader's own scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hrms.core import settings
from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.people.queries import law
from hrms.people.rules.kinds import IN_SERVICE
from hrms.training.rules.kinds import (
    CourseKind,
    Gate,
    LearningForm,
    RequirementTarget,
    RequirementWhat,
)
from hrms.training.rules.learner import Away, Fact, Ground, Holding, Learner, Learnt, Requirement
from hrms.training.rules.ledger import recognised
from hrms.training.rules.spans import OPEN, Span, merged

LEVEL_CATALOGUES: Mapping[str, tuple[str, str]] = {
    "theory": ("theory_levels", "theory_level"),
    "management": ("state_management_levels", "state_management_level"),
    "defence": ("defence_training_groups", "defence_training"),
    "it": ("it_levels", "it_level"),
    "language": ("language_levels", "language_level"),
}
"""Section of the record's levels → its catalogue and the column of the person."""

_VERSIONS = text("""
SELECT r.name, v.*, min(v.valid_from) OVER (PARTITION BY v.requirement_id) AS first_on
FROM requirement_versions v JOIN training_requirements r ON r.id = v.requirement_id
WHERE v.superseded_at IS NULL ORDER BY r.place, r.id, v.valid_from
""")
_CAPS = text("""
SELECT form, cap_hours, factor, valid_from, valid_to FROM recognition_rules WHERE superseded_at IS NULL
""")
_RANKS = text("SELECT catalogue, code, name_vi, rank FROM catalogue_items WHERE catalogue = ANY (:names)")
_FACTS = text("""
SELECT person_id, 'person_kind' AS target, kind AS code, valid_from, valid_to, NULL::date AS began, status
FROM person_status WHERE superseded_at IS NULL AND person_id = ANY (:ids)
UNION ALL
SELECT person_id, 'rank', rank_code, valid_from, valid_to, NULL, NULL FROM person_rank
WHERE superseded_at IS NULL AND person_id = ANY (:ids)
UNION ALL
SELECT person_id, 'post', coalesce(post_code, ''), valid_from, valid_to, appointed_on, NULL FROM person_post
WHERE superseded_at IS NULL AND person_id = ANY (:ids)
UNION ALL
SELECT a.person_id, t.target, CASE t.target WHEN 'position' THEN j.key ELSE j.position_group END,
  a.valid_from, a.valid_to, NULL, NULL
FROM assignments a JOIN establishment_lines l ON l.id = a.line_id JOIN job_positions j ON j.id = l.position_id
CROSS JOIN (VALUES ('position'), ('position_group')) t(target)
WHERE a.superseded_at IS NULL AND a.role IN ('main', 'concurrent') AND a.person_id = ANY (:ids)
""")
_AWAY = text("""
SELECT person_id, absence_kind, valid_from, valid_to, expected_until FROM person_absence
WHERE superseded_at IS NULL AND person_id = ANY (:ids)
""")
_ENTRIES = text("""
SELECT e.person_id, e.kind, e.form, e.hours, e.earned_on, c.code, v.valid_months,
  e.source <> 'reversal' AND NOT EXISTS (SELECT 1 FROM credit_entries x WHERE x.reverses_id = e.id) AS stands
FROM credit_entries e LEFT JOIN courses c ON c.id = e.course_id
LEFT JOIN course_versions v ON v.course_id = e.course_id AND v.superseded_at IS NULL AND v.valid_from <= e.earned_on
  AND (v.valid_to IS NULL OR v.valid_to > e.earned_on)
WHERE e.person_id = ANY (:ids) ORDER BY e.person_id, e.earned_on, e.id
""")
_CERTIFICATES = text("""
SELECT t.person_id, c.code, t.issued_on, t.valid_until FROM certificates t JOIN courses c ON c.id = t.course_id
WHERE t.revoked_on IS NULL AND t.person_id = ANY (:ids)
""")
_AHEAD = text("""
SELECT e.person_id, c.kind, c.code, k.form, k.hours, k.ends_on, r.factor
FROM enrolments e JOIN training_classes k ON k.id = e.class_id JOIN courses c ON c.id = k.course_id
LEFT JOIN recognition_rules r ON r.form = k.form AND r.superseded_at IS NULL AND r.valid_from <= k.ends_on
  AND (r.valid_to IS NULL OR r.valid_to > k.ends_on)
WHERE e.state = 'accepted' AND k.state NOT IN ('completed', 'cancelled') AND e.person_id = ANY (:ids)
""")
_LEVELS = text("""
SELECT id, theory_level, state_management_level, defence_training, it_level, language_level FROM people
WHERE id = ANY (:ids)
""")


def requirements() -> dict[int, list[Requirement]]:
    """Return the versions of every requirement as known now by its id, in the order of lists."""
    ranks = _ranks()
    found: dict[int, list[Requirement]] = defaultdict(list)
    for row in db.session.execute(_VERSIONS):
        found[row.requirement_id].append(
            Requirement(
                row.requirement_id, row.name, RequirementWhat(row.what), RequirementTarget(row.target),
                frozenset(row.target_codes), row.valid_from, row.valid_to, row.hours or Decimal(0),
                frozenset(CourseKind(one) for one in row.counts), row.period_years, row.carry_hours, row.pro_rata,
                frozenset(row.exempt_absences), row.exempt_days, row.grace_months, frozenset(row.courses),
                row.level_section, _least(row, ranks), row.due_months, row.exempt_before, row.keep_valid,
                Gate(row.gate), row.source, row.first_on,
            )
        )  # fmt: skip
    return dict(found)


def ground(today: date, years: Collection[int]) -> Ground:
    """Return what is the same for everybody: the caps of these calendar years, and whose teaching counts."""
    caps: dict[tuple[LearningForm, int], Decimal] = {}
    for row in db.session.execute(_CAPS):
        for year in years:
            last = date(year, 12, 31)
            if row.cap_hours is not None and row.valid_from <= last and (row.valid_to is None or row.valid_to > last):
                caps[LearningForm(row.form), year] = row.cap_hours
    return Ground(today, caps, settings.get("training.teaching_for") == "all")


def learners(person_ids: Collection[int]) -> dict[int, Learner]:
    """Return what the rules need to know of people, seven statements for any number; unknown ids are left out."""
    ids = {"ids": list(person_ids)}
    levels = _levels(ids)
    service: dict[int, list[Span]] = defaultdict(list)
    facts: dict[int, list[Fact]] = defaultdict(list)
    groups = post_groups()
    for row in db.session.execute(_FACTS, ids):
        span = (row.valid_from, row.valid_to or OPEN)
        if row.status in IN_SERVICE:
            service[row.person_id].append(span)
        if row.code is None:
            continue
        target = RequirementTarget(row.target)
        facts[row.person_id].append(Fact(target, row.code, row.valid_from, row.valid_to, row.began))
        if target is RequirementTarget.POST and row.code in groups:
            group = Fact(RequirementTarget.POST_GROUP, groups[row.code], row.valid_from, row.valid_to, row.began)
            facts[row.person_id].append(group)
    away: dict[int, list[Away]] = defaultdict(list)
    for row in db.session.execute(_AWAY, ids):
        away[row.person_id].append(Away(row.absence_kind, row.valid_from, row.valid_to, row.expected_until))
    entries: dict[int, list[Learnt]] = defaultdict(list)
    holdings: dict[int, list[Holding]] = defaultdict(list)
    for row in db.session.execute(_ENTRIES, ids):
        learnt = Learnt(CourseKind(row.kind), LearningForm(row.form), row.hours, row.earned_on, row.code)
        entries[row.person_id].append(learnt)
        if row.stands and row.code is not None:
            holdings[row.person_id].append(Holding(row.code, row.earned_on, _until(row.earned_on, row.valid_months)))
    for row in db.session.execute(_CERTIFICATES, ids):
        holdings[row.person_id].append(Holding(row.code, row.issued_on, row.valid_until))
    planned: dict[int, list[Learnt]] = defaultdict(list)
    for row in db.session.execute(_AHEAD, ids):
        hours = recognised(row.hours, row.factor if row.factor is not None else Decimal(1))
        planned[row.person_id].append(
            Learnt(CourseKind(row.kind), LearningForm(row.form), hours, row.ends_on, row.code)
        )  # fmt: skip
    return {
        i: Learner(
            merged(service[i]), tuple(facts[i]), tuple(away[i]), tuple(entries[i]), tuple(planned[i]),
            tuple(holdings[i]), mine,
        )
        for i, mine in levels.items()
    }  # fmt: skip


def post_groups() -> dict[str, str]:
    """Return the group of every leadership post of the catalogue, as the database's own computation takes it."""
    return {code: str(post.group.value) for code, post in law.posts().items()}


def _until(since: date, months: int | None) -> date | None:
    return None if months is None else add_months(since, months) - timedelta(days=1)


def _ranks() -> dict[tuple[str, str], int]:
    """Return the rank of each level, by its code and by its name: the record has some by the one, some by the other."""
    names = [catalogue for catalogue, _ in LEVEL_CATALOGUES.values()]
    return {
        (row.catalogue, said): row.rank
        for row in db.session.execute(_RANKS, {"names": names})
        for said in (row.name_vi, row.code)
    }


def _least(row: Any, ranks: Mapping[tuple[str, str], int]) -> int | None:
    if row.level_section not in LEVEL_CATALOGUES or row.level_least is None:
        return None
    return ranks.get((LEVEL_CATALOGUES[row.level_section][0], row.level_least))


def _levels(ids: Mapping[str, Sequence[int]]) -> dict[int, dict[str, int]]:
    ranks = _ranks()
    found: dict[int, dict[str, int]] = {}
    for row in db.session.execute(_LEVELS, ids):
        mine = {}
        for section, (catalogue, column) in LEVEL_CATALOGUES.items():
            rank = ranks.get((catalogue, getattr(row, column) or ""))
            if rank is not None:
                mine[section] = rank
        found[row.id] = mine
    return found
