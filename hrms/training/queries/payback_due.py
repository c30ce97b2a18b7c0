"""The lines of the calendar that come from commitments and repayments: one statement, then the rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.due import DueKind, DueOf
from hrms.core.hooks import DueSource
from hrms.core.rules import N_
from hrms.people.queries import law
from hrms.people.rules.kinds import EmploymentStatus
from hrms.training.rules import commitments as rules
from hrms.training.rules.commitments import Case, RepaymentState

PAGE = "training.person_commitments"
KINDS = (
    DueKind("repayment_open", N_("Lập hồ sơ xét đền bù chi phí đào tạo"), endpoint=PAGE, by="managing", order=90),
    DueKind("repayment_recommend", N_("Hội đồng kiến nghị mức đền bù"), endpoint=PAGE, by="managing", order=91),
    DueKind("repayment_due", N_("Nộp tiền đền bù chi phí đào tạo"), endpoint=PAGE, by="managing", order=92),
    DueKind("commitment_end", N_("Hết thời gian cam kết phục vụ sau đào tạo"), endpoint=PAGE, order=93),
)
_ROWS = text("""
SELECT t.id, t.person_id, t.programme, t.state, t.returned_on, t.committed_months, r.state AS case_state,
  r.council_met_on, r.recommended_on, r.due_on, r.amount,
  (SELECT coalesce(sum(p.amount), 0) FROM repayment_payments p WHERE p.repayment_id = r.id) AS paid,
  (SELECT min(f.valid_from) FROM person_status f WHERE f.person_id = t.person_id AND f.superseded_at IS NULL
     AND f.status = :left AND f.valid_from > t.starts_on) AS left_on,
  c.status = ANY (:ended) AS ended
FROM training_commitments t JOIN people_current c ON c.person_id = t.person_id
LEFT JOIN training_repayments r ON r.commitment_id = t.id AND r.state <> 'cancelled'
WHERE (CAST(:ids AS bigint[]) IS NULL OR t.person_id = ANY (:ids))
  AND (t.state IN ('studying', 'serving') OR r.state = 'decided')
""")


def lines(person_ids: Collection[int] | None, today: date, until: date) -> Sequence[DueOf]:
    """Return what falls due up to `until`, and what is overdue, for some people or all: one statement."""
    values = {
        "ids": sorted(person_ids) if person_ids is not None else None,
        "left": EmploymentStatus.LEFT.value,
        "ended": [EmploymentStatus.RETIRED.value, EmploymentStatus.DECEASED.value],
    }
    figures, working = law.parameters(today), law.holidays().add
    found: list[DueOf] = []
    for row in db.session.execute(_ROWS, values):
        # Whoever left was bound on that day or is not asked any more, however long ago it was. Retirement and death are
        # no cases of Đ6.
        day = row.left_on if row.left_on is not None and row.left_on < today else today
        one = Case(
            str(row.id), row.programme,
            not row.ended and rules.runs(row.state, row.returned_on, row.committed_months, day),
            rules.last_day(row.returned_on, row.committed_months), row.left_on,
            RepaymentState(row.case_state) if row.case_state else None,
            None if row.recommended_on else row.council_met_on, row.due_on, int((row.amount or 0) - row.paid),
        )  # fmt: skip
        found += [DueOf(row.person_id, due) for due in rules.due(one, figures, working, today) if due.due_on <= until]
    return found


SOURCE = DueSource(KINDS, lines)
