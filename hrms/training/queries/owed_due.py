"""The lines of the calendar about what is owed: courses by their day, the year's hours, certificates that expire.

Read from `training_standing`, two statements. A requirement that nobody considers (`gate` off) makes no line. Hours are
asked for from 30/11 on (RULE-TR-7), of whoever will not have them by 31/12: the rest of the year everybody is short.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.due import Due, DueKind, DueOf
from hrms.core.hooks import DueSource
from hrms.core.rules import N_, Reason
from hrms.people.queries import law
from hrms.people.rules.kinds import IN_SERVICE
from hrms.people.rules.parameters import whole
from hrms.training.rules.owed import tell

PAGE = "training.person"
KINDS = (
    DueKind("training_course", N_("Học chương trình bắt buộc"), endpoint=PAGE, order=94),
    DueKind("training_hours", N_("Học đủ số tiết trong năm"), endpoint=PAGE, order=95),
    DueKind("certificate_expiry", N_("Chứng chỉ hết hạn"), endpoint=PAGE, order=96),
)

_OWED = text("""
SELECT s.person_id, s.requirement_id, s.what, s.due_on, s.since, s.required, s.counted, s.carried, s.missing, r.name,
  v.source, v.due_months
FROM training_standing s
JOIN training_requirements r ON r.id = s.requirement_id
JOIN requirement_versions v ON v.requirement_id = s.requirement_id AND v.superseded_at IS NULL
  AND v.valid_from <= :today AND (v.valid_to IS NULL OR v.valid_to > :today) AND v.gate <> 'off'
WHERE s.year = :year AND s.due_on <= :until AND (CAST(:ids AS bigint[]) IS NULL OR s.person_id = ANY (:ids))
  AND (s.state IN ('due', 'overdue') OR (s.state = 'short' AND s.at_risk AND :today >= :listed_on))
""")
_EXPIRING = text("""
SELECT t.person_id, t.id, t.programme, t.number, t.valid_until
FROM certificates t
WHERE t.revoked_on IS NULL AND t.valid_until <= :until AND (CAST(:ids AS bigint[]) IS NULL OR t.person_id = ANY (:ids))
  AND EXISTS (SELECT 1 FROM people_current c WHERE c.person_id = t.person_id AND c.status = ANY (:serving))
  AND NOT EXISTS (SELECT 1 FROM certificates n WHERE n.person_id = t.person_id AND n.course_id = t.course_id
    AND n.revoked_on IS NULL AND n.id <> t.id AND (n.valid_until IS NULL OR n.valid_until > t.valid_until))
""")


def lines(person_ids: Collection[int] | None, today: date, until: date) -> Sequence[DueOf]:
    """Return what falls due up to `until`, and what is overdue, for some people or all."""
    figures = law.parameters(today)
    last = date(today.year, 12, 31)
    listed_on = last - timedelta(days=whole(figures, "remind.training_year_days") or 0)
    before = [whole(figures, f"remind.training_{name}_months") or 0 for name in ("first", "last")]
    ids = sorted(person_ids) if person_ids is not None else None
    values = {"ids": ids, "today": today, "until": until, "year": today.year, "listed_on": listed_on}
    found = []
    for row in db.session.execute(_OWED, values):
        remind = tuple(add_months(row.due_on, -months) for months in before) if row.what == "course" else (listed_on,)
        code = "training_course" if row.what == "course" else "training_hours"
        due = Due(
            code, row.due_on, _reasons(row), str(row.requirement_id), remind, None, N_("%(requirement)s"),
            {"requirement": row.name},
        )  # fmt: skip
        found.append(DueOf(row.person_id, due))
    months = whole(figures, "remind.certificate_months") or 0
    serving = [status.value for status in IN_SERVICE]
    for row in db.session.execute(_EXPIRING, {"ids": ids, "until": until, "serving": serving}):
        text_said = N_("Chứng chỉ %(number)s có giá trị đến hết %(day)s.")
        told = tell(text_said, row.valid_until, "", {"number": row.number, "day": row.valid_until})
        due = Due(
            "certificate_expiry", row.valid_until, (told,), str(row.id), (add_months(row.valid_until, -months),),
            row.valid_until, N_("Chứng chỉ “%(programme)s”"), {"programme": row.programme},
        )  # fmt: skip
        found.append(DueOf(row.person_id, due))
    return found


def _reasons(row: Any) -> tuple[Reason, ...]:
    if row.what == "course":
        first = N_("%(name)s: thuộc diện từ %(since)s.")
        second = N_("Phải có trong %(months)s tháng: chậm nhất %(day)s.")
        return (
            tell(first, row.since, row.source, {"name": row.name, "since": row.since}),
            tell(second, row.due_on, row.source, {"months": row.due_months or 0, "day": row.due_on}),
        )
    have = row.counted + row.carried
    text_said = N_("Phải có %(required)s tiết trong năm, đã có %(have)s tiết, còn thiếu %(missing)s tiết.")
    params = {"required": row.required, "have": have, "missing": row.missing}
    return (tell(text_said, row.missing, row.source, params),)


SOURCE = DueSource(KINDS, lines)
