"""What of training needs ids the database gave: who teaches, reports waiting for review, promises to serve."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import psycopg

from hrms.core.dates import add_months
from seed.demo.drafts import SERVING, Draft
from seed.demo.roles import CIVIL
from seed.demo.training.choosing import teaches
from seed.demo.training.writer import TrainingWriter

_REPORTS = (
    ("Khóa học trực tuyến: Kỹ năng phân tích dữ liệu", "Nền tảng học trực tuyến mở", "digital", "online", 12),
    (
        "Hội thảo khoa học cấp thành phố, có tham luận",
        "Liên hiệp các Hội Khoa học và Kỹ thuật",
        "position",
        "research",
        8,
    ),
    ("Tự học: Luật Cán bộ, công chức và văn bản hướng dẫn", None, "position", "self_study", 10),
    ("Bồi dưỡng nghiệp vụ đấu thầu", "Trung tâm bồi dưỡng nghiệp vụ", "position", "class", 24),
)
_EVIDENCE = """
INSERT INTO training_evidence (person_id, state, title, provider, kind, form, hours, started_on, ended_on, submitted_at,
                               recorded_at)
VALUES (%s, 'submitted', %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_COMMITMENT = """
INSERT INTO training_commitments (person_id, state, course_id, programme, institution, starts_on, ends_on, returned_on,
                                  committed_months, central_cost, local_cost, other_cost, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 0, %s, 0, %s)
"""


def write(
    connection: psycopg.Connection[Any], drawn: TrainingWriter, people: Sequence[Draft], today: date, moment: datetime
) -> None:
    """Write it in the caller's transaction, after the sign-ins are made."""
    connection.execute("UPDATE training_providers SET agency_id = %s WHERE code = 'TCT'", [drawn.school.id])
    connection.execute(
        "INSERT INTO class_trainers (class_id, account_id)"
        " SELECT c, a.id FROM unnest(%s::bigint[]) c, accounts a WHERE a.username = 'giangvien'",
        [drawn.taught],
    )
    rng = Random(f"{len(people)} after training")
    serving = [draft for draft in people if draft.fate == SERVING]
    with connection.cursor() as cursor:
        cursor.executemany(_EVIDENCE, [_report(draft, rng, today, moment) for draft in serving[7::311]])
        cursor.executemany(_COMMITMENT, [*_promises(drawn, serving, rng, today, moment)])


def _report(draft: Draft, rng: Random, today: date, moment: datetime) -> tuple[Any, ...]:
    title, provider, kind, form, hours = rng.choice(_REPORTS)
    ended = today - timedelta(days=rng.randint(12, 90))
    submitted = moment - timedelta(days=rng.randint(1, 10))
    return (draft.number, title, provider, kind, form, hours, ended - timedelta(days=6), ended, submitted, moment)


def _promises(
    drawn: TrainingWriter, serving: Sequence[Draft], rng: Random, today: date, moment: datetime
) -> list[tuple[Any, ...]]:
    """Return commitments of people sent to a master's course: some study, most serve what they promised."""
    course = drawn.courses["SDH.THS"]
    found = []
    for draft in serving[13::397]:
        if draft.role.kind != CIVIL and not teaches(draft.role):
            continue
        starts = date(today.year - rng.randint(1, 6), 9, 15)
        cost = rng.choice((48, 54, 60)) * 1_000_000
        if starts < add_months(draft.recruited_on, 36):
            continue
        ends = add_months(starts, 24)
        back = ends + timedelta(days=15)
        found.append(
            (
                draft.number, "serving" if back <= today else "studying", course.id, "Thạc sĩ Quản lý công",
                "Đại học Cần Thơ", starts, ends, back if back <= today else None, 72, cost, moment,
            )
        )  # fmt: skip
    return found
