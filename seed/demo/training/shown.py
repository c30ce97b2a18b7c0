"""Something true to show on every page of training: plans, certificates, ratings, effects asked about, reviews.

Written by the program's own services where they number or judge something, else as plain rows of the owner.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import psycopg

from hrms.core.actor import Actor
from hrms.decisions.rules import DecisionKind
from hrms.training.services import certificates, impact
from seed.demo.papers import Register
from seed.demo.training.writer import TrainingWriter
from seed.demo.tree import CONSTRUCTION_CODE

_PLAN = """
INSERT INTO training_plans (agency_id, year, state, title, submitted_on, approved_on, decision_id, changed_at,
                            recorded_at)
VALUES (%(agency)s, %(year)s, %(state)s, %(title)s, %(submitted)s, %(approved)s, %(decision)s, %(moment)s, %(moment)s)
RETURNING id
"""
_LINES = """
INSERT INTO training_plan_lines (plan_id, course_id, quarter, classes, learners, central_budget, local_budget,
                                 other_budget, needs, recorded_at)
SELECT %(plan)s, k.course_id, extract(quarter FROM min(k.starts_on)), count(*), coalesce(sum(k.seats), 0), 0,
       coalesce(sum(k.local_budget), 0), 0, 0, %(moment)s
FROM training_classes k WHERE k.agency_id = ANY (%(run_by)s) GROUP BY k.course_id
"""
_LINK = """
UPDATE training_classes k SET plan_line_id = l.id FROM training_plan_lines l
WHERE l.plan_id = %(plan)s AND l.course_id = k.course_id AND k.agency_id = ANY (%(run_by)s) AND k.id %% 9 <> 0
"""
_FINISHED = """
SELECT k.id, array_agg(e.id) AS learners, max(k.ends_on) AS ended FROM training_classes k
JOIN enrolments e ON e.class_id = k.id AND e.state = 'completed'
WHERE k.agency_id = %s AND k.state = 'completed' AND k.ends_on > %s
GROUP BY k.id HAVING count(*) >= 8 ORDER BY k.id LIMIT %s
"""
_RATE = """
INSERT INTO class_ratings (enrolment_id, class_id, person_id, scores, recorded_at)
SELECT e.id, e.class_id, e.person_id, jsonb_build_object('programme', 3 + e.id %% 3, 'learner', 4, 'teacher',
       4 + e.id %% 2, 'facility', 3 + e.id %% 2, 'course', 4, 'effect', 3 + e.id %% 3), %s
FROM enrolments e WHERE e.class_id = ANY (%s) AND e.state = 'completed' AND e.id %% 5 <> 0
"""
_REVIEWED = """
UPDATE training_evidence SET state = CASE id %% 3 WHEN 0 THEN 'returned' ELSE 'refused' END, reviewed_at = %s,
       remarks = CASE id %% 3 WHEN 0 THEN 'Bổ sung bản quét giấy chứng nhận.'
                              ELSE 'Nội dung không thuộc kiến thức, kỹ năng theo vị trí việc làm.' END
WHERE id %% 4 = 1
"""
_ANSWERED = """
WITH judged AS (
  UPDATE impact_checks SET level_before = coalesce(level_before, 2),
         level_after = LEAST(5, coalesce(level_before, 2) + (id %% 3 <> 0)::integer),
         applied = (ARRAY['often', 'sometimes', 'often', 'never', 'sometimes'])[1 + id %% 5],
         answered_on = due_on - (id %% 12)::integer, version = 2
  WHERE due_on < %s AND id %% 9 <> 0
  RETURNING person_id, competency_code, level_after, answered_on)
INSERT INTO competency_assessments (person_id, competency_code, level, assessed_on, assessed_by)
SELECT DISTINCT ON (person_id, competency_code, answered_on) person_id, competency_code, level_after, answered_on,
       'Thủ trưởng đơn vị'
FROM judged ON CONFLICT DO NOTHING
"""
_CERTIFIED, _RATED = 4, 14


def write(connection: psycopg.Connection[Any], drawn: TrainingWriter, today: date, moment: datetime) -> None:
    """Write it in the caller's transaction, which sees everything, after classes and sign-ins."""
    _plans(connection, drawn, today, moment)
    connection.execute(_REVIEWED, [moment - timedelta(days=1)])
    since = today - timedelta(days=120)
    classes = connection.execute(_FINISHED, [drawn.school.id, since, _RATED]).fetchall()
    connection.execute(_RATE, [moment, [number for number, _learners, _ended in classes]])
    _certify(drawn, classes[:_CERTIFIED], today)
    impact.raise_for(None)
    connection.execute(_ANSWERED, [today])


def approval_day(year: int) -> date:
    """Return the day on which plans for a year were approved."""
    return date(year - 1, 12, 19)


def cite(drawn: TrainingWriter, register: Register, today: date) -> None:
    """Enter the decisions that approve this year's plans; before the register is written."""
    day = approval_day(today.year)
    for unit in (drawn.tree.root, drawn.tree.unit(CONSTRUCTION_CODE)):
        drawn.approvals[unit.id] = register.cite(
            DecisionKind.OTHER, unit, day, unit.scope, effective_on=day,
            subject=f"Về việc phê duyệt Kế hoạch đào tạo, bồi dưỡng năm {today.year}",
        )  # fmt: skip


def _plans(connection: psycopg.Connection[Any], drawn: TrainingWriter, today: date, moment: datetime) -> None:
    """Write this year's approved plans of the province and of a department, and the province's next one."""
    root, department = drawn.tree.root, drawn.tree.unit(CONSTRUCTION_CODE)
    year = today.year
    for agency, of_year, state, run_by in (
        (root, year, "approved", [drawn.school.id, drawn.home_affairs.id]),
        (department, year, "approved", [department.id]),
        (root, year + 1, "draft", [drawn.school.id]),
    ):
        approved = approval_day(of_year) if state == "approved" else None
        found = connection.execute(
            _PLAN,
            {
                "agency": agency.id, "year": of_year, "state": state, "submitted": approved, "approved": approved,
                "decision": drawn.approvals.get(agency.id) if approved else None,
                "title": f"Kế hoạch đào tạo, bồi dưỡng năm {of_year} của {agency.name}", "moment": moment,
            },
        ).fetchone()  # fmt: skip
        given = {"plan": found[0] if found else None, "run_by": run_by, "moment": moment}
        connection.execute(_LINES, given)
        if approved:
            connection.execute(_LINK, given)


def _certify(drawn: TrainingWriter, classes: list[tuple[Any, ...]], today: date) -> None:
    """Issue the papers of some finished classes, and take one of them back."""
    actor = Actor.system("tỉnh mẫu", via="cli")
    rng = Random(f"{len(classes)} certificates")
    signature = certificates.Signature("HIỆU TRƯỞNG", "Nguyễn Thị Minh Châu", drawn.school.place.name)
    made: list[int] = []
    for number, learners, ended in classes:
        made += certificates.issue(actor, number, learners, signature, min(ended + timedelta(days=7), today))
    if made:
        certificates.revoke(actor, rng.choice(made), "In sai ngày sinh, cấp lại theo hồ sơ.")
