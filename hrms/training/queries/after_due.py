"""The lines of the calendar that follow a class: its effect is to be judged, a certificate runs out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from sqlalchemy import text

from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.due import Due, DueKind, DueOf
from hrms.core.hooks import DueSource
from hrms.core.rules import N_, Reason
from hrms.people.rules.kinds import IN_SERVICE

KINDS = (
    DueKind("impact_check", N_("Đánh giá tác động sau lớp"), endpoint="training.impact", order=96),
    DueKind("certificate_end", N_("Chứng chỉ hết hiệu lực"), endpoint="training.certificates", order=97),
)
REMIND_DAYS, REMIND_MONTHS = 14, 3
LATE_MONTHS = 12
"""A certificate that ran out longer ago is history: what must be held is a requirement's own matter."""
_CHECKS = text("""
SELECT i.person_id, i.id, i.due_on, k.name AS class, c.name AS competency
FROM impact_checks i
JOIN enrolments e ON e.id = i.enrolment_id AND e.state = 'completed'
JOIN training_classes k ON k.id = i.class_id
JOIN competencies c ON c.code = i.competency_code
WHERE i.answered_on IS NULL AND i.due_on <= :until AND (CAST(:ids AS bigint[]) IS NULL OR i.person_id = ANY (:ids))
  AND EXISTS (SELECT 1 FROM person_status s WHERE s.person_id = i.person_id AND s.superseded_at IS NULL
    AND s.valid_from <= :today AND (s.valid_to IS NULL OR s.valid_to > :today) AND s.status = ANY (:serving))
""")
_ENDING = text("""
SELECT t.person_id, t.id, t.number, t.programme, t.valid_until
FROM certificates t
WHERE t.revoked_on IS NULL AND t.valid_until <= :until AND t.valid_until >= :since
  AND (CAST(:ids AS bigint[]) IS NULL OR t.person_id = ANY (:ids))
  AND NOT EXISTS (SELECT 1 FROM certificates n WHERE n.person_id = t.person_id AND n.course_id = t.course_id
    AND n.revoked_on IS NULL AND (n.valid_until IS NULL OR n.valid_until > t.valid_until))
  AND EXISTS (SELECT 1 FROM person_status s WHERE s.person_id = t.person_id AND s.superseded_at IS NULL
    AND s.valid_from <= :today AND (s.valid_to IS NULL OR s.valid_to > :today) AND s.status = ANY (:serving))
""")


def lines(person_ids: Collection[int] | None, today: date, until: date) -> Sequence[DueOf]:
    """Return what falls due up to `until`, and what is overdue, for some people or all: two statements."""
    values = {
        "ids": sorted(person_ids) if person_ids is not None else None, "today": today, "until": until,
        "serving": [status.value for status in IN_SERVICE], "since": add_months(today, -LATE_MONTHS),
    }  # fmt: skip
    found: list[DueOf] = []
    for row in db.session.execute(_CHECKS, values):
        what = N_("Lớp “%(class)s”, năng lực %(competency)s")
        params = {"class": row[3], "competency": row.competency}
        why = Reason(N_("Người quản lý đánh giá tác động sau khi lớp kết thúc, chậm nhất %(day)s."),
                     row.due_on.isoformat(), "", {"day": row.due_on})  # fmt: skip
        remind = (row.due_on - timedelta(days=REMIND_DAYS),)
        found.append(
            DueOf(row.person_id, Due("impact_check", row.due_on, (why,), str(row.id), remind, None, what, params))
        )
    for row in db.session.execute(_ENDING, values):
        what = N_("Số %(number)s, %(programme)s")
        params = {"number": row.number, "programme": row.programme}
        why = Reason(N_("Có giá trị đến hết ngày %(day)s."), row.valid_until.isoformat(), "", {"day": row.valid_until})
        remind = (add_months(row.valid_until, -REMIND_MONTHS),)
        due = Due("certificate_end", row.valid_until, (why,), str(row.id), remind, row.valid_until, what, params)
        found.append(DueOf(row.person_id, due))
    return found


SOURCE = DueSource(KINDS, lines)
