"""The lines of the calendar that come from score sheets: those to fill in, those to score, once the period is over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from hrms.core import settings
from hrms.core.db import db
from hrms.core.due import Due, DueKind, DueOf
from hrms.core.hooks import DueSource
from hrms.core.rules import N_, Reason

SELF, SCORE = "self_score", "score_sheet"
KINDS = (
    DueKind(SELF, N_("Tự chấm phiếu đánh giá"), endpoint="performance.person", order=92),
    DueKind(SCORE, N_("Chấm điểm phiếu đánh giá"), endpoint="performance.person", order=93),
)
_ROWS = text("""
SELECT s.id, s.person_id, s.state, s.year, s.kind, s.number, p.self_due_on, p.score_due_on
FROM score_sheets s JOIN scoring_periods p ON p.id = s.period_id
WHERE s.state IN ('open', 'returned', 'self_scored') AND s.superseded_at IS NULL AND p.ends_on <= :today
  AND (CAST(:ids AS bigint[]) IS NULL OR s.person_id = ANY (:ids))
ORDER BY s.person_id, s.id
""")


def lines(person_ids: Collection[int] | None, today: date, until: date) -> Sequence[DueOf]:
    """Return the sheets that wait, of some people or of all; two statements.

    One with its owner falls due on the day to score oneself; once that has passed it waits for the authority too.
    """
    del until
    ids = None if person_ids is None else sorted(person_ids)
    ahead = timedelta(days=int(settings.get("performance.remind_days")))
    found: list[DueOf] = []
    for row in db.session.execute(_ROWS, {"ids": ids, "today": today}):
        if row.state != "self_scored":
            found.append(_line(row, SELF, row.self_due_on, ahead))
        if row.state == "self_scored" or row.self_due_on < today:
            found.append(_line(row, SCORE, row.score_due_on, ahead))
    return found


def _line(row: Any, code: str, due_on: date, ahead: timedelta) -> DueOf:
    what = (
        (N_("Tự chấm phiếu tháng %(number)s/%(year)s"), N_("Chấm điểm phiếu tháng %(number)s/%(year)s"))
        if row.kind == "month"
        else (N_("Tự chấm phiếu quý %(number)s/%(year)s"), N_("Chấm điểm phiếu quý %(number)s/%(year)s"))
    )[code == SCORE]
    why = (
        N_("Hạn tự chấm theo quy chế đánh giá, hoặc theo tham số của tỉnh."),
        N_("Hạn chấm điểm theo quy chế đánh giá, hoặc theo tham số của tỉnh."),
    )[code == SCORE]
    reason = Reason(why, due_on.isoformat(), "NĐ 335/2025/NĐ-CP Đ17 k3, Đ18")
    params = {"number": row.number, "year": row.year}
    return DueOf(row.person_id, Due(code, due_on, (reason,), str(row.id), (due_on - ahead,), None, what, params))


SOURCE = DueSource(KINDS, lines)
