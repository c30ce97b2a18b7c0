"""The lines of the calendar that follow a class: its effect is to be judged by whoever manages the learner."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.due import Due, DueKind, DueOf
from hrms.core.hooks import DueSource
from hrms.core.rules import N_, Reason
from hrms.people.rules.kinds import IN_SERVICE

KINDS = (DueKind("impact_check", N_("Đánh giá tác động sau lớp"), endpoint="training.impact", order=98),)
REMIND_DAYS = 14
_CHECKS = text("""
SELECT i.person_id, i.enrolment_id, min(i.due_on) AS due_on, k.name AS class,
  string_agg(c.name, ', ' ORDER BY c.place) AS competencies
FROM impact_checks i
JOIN enrolments e ON e.id = i.enrolment_id AND e.state = 'completed'
JOIN training_classes k ON k.id = i.class_id
JOIN competencies c ON c.code = i.competency_code
WHERE i.answered_on IS NULL AND i.due_on <= :until AND (CAST(:ids AS bigint[]) IS NULL OR i.person_id = ANY (:ids))
  AND EXISTS (SELECT 1 FROM people_current p WHERE p.person_id = i.person_id AND p.status = ANY (:serving))
GROUP BY i.person_id, i.enrolment_id, k.name
""")


def lines(person_ids: Collection[int] | None, today: date, until: date) -> Sequence[DueOf]:
    """Return what falls due up to `until`, and what is overdue, for some people or all: one statement."""
    del today
    values = {
        "ids": sorted(person_ids) if person_ids is not None else None, "until": until,
        "serving": [status.value for status in IN_SERVICE],
    }  # fmt: skip
    found: list[DueOf] = []
    for row in db.session.execute(_CHECKS, values):
        what = N_("Lớp “%(class)s”, năng lực: %(competencies)s")
        params = {"class": row[3], "competencies": row.competencies}
        why = Reason(N_("Người quản lý đánh giá tác động sau khi lớp kết thúc, chậm nhất %(day)s."),
                     row.due_on.isoformat(), "", {"day": row.due_on})  # fmt: skip
        remind = (row.due_on - timedelta(days=REMIND_DAYS),)
        found.append(
            DueOf(
                row.person_id,
                Due("impact_check", row.due_on, (why,), str(row.enrolment_id), remind, None, what, params),
            )
        )
    return found


SOURCE = DueSource(KINDS, lines)
