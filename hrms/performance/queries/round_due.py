"""The lines of the calendar that come from rounds, on the record of the head of the agency they wait for.

To classify before 15/12 (special sectors 15/01), to settle what December left provisional by 31/01, and for units of
viên chức the regulation by 30/11/2026 (NĐ 233/2026/NĐ-CP Đ18 k3).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.due import Due, DueKind, DueOf
from hrms.core.hooks import DueSource
from hrms.core.rules import N_, Reason
from hrms.people.queries import law
from hrms.performance.queries.rounds import HEADS
from hrms.performance.rules.formula import Decree
from hrms.performance.rules.rounds import settle_by

CLASSIFY = DueKind("rating_round", N_("Xếp loại chất lượng cuối năm"), order=40)
SETTLE = DueKind("rating_settle", N_("Chốt xếp loại sau tháng 12"), order=42)
REGULATION = DueKind("rating_regulation", N_("Ban hành quy chế đánh giá viên chức"), order=44)
REGULATION_BY = date(2026, 11, 30)
TOLD_FROM = date(2026, 9, 1)
TOLD_UNTIL = date(2027, 1, 1)
"""From the new year on nobody waits for the regulation of 2026 any more."""
_ROUNDS = text("""
SELECT DISTINCT ON (c.person_id, r.year, r.id) c.person_id, r.id, r.year, r.due_on, r.state, s.name AS set_name
FROM rating_rounds r JOIN criteria_sets s ON s.id = r.set_id
JOIN people_current c ON c.agency_id = r.agency_id AND c.post_code = ANY (:heads)
WHERE (CAST(:ids AS bigint[]) IS NULL OR c.person_id = ANY (:ids))
  AND CASE WHEN r.state IN ('collecting', 'proposed', 'meeting') THEN r.due_on <= :until
           WHEN r.state = 'published' THEN make_date(r.year + 1, 1, 31) <= :until AND EXISTS (
             SELECT 1 FROM ratings t WHERE t.round_id = r.id AND t.superseded_at IS NULL AND t.provisional)
           ELSE false END
ORDER BY c.person_id, r.year, r.id
""")
_WITHOUT = text("""
SELECT DISTINCT c.person_id, a.id, a.name FROM agencies a
JOIN people_current c ON c.agency_id = a.id AND c.post_code = ANY (:heads)
WHERE a.kind = 'service_unit' AND (a.closed_on IS NULL OR a.closed_on > :today)
  AND (CAST(:ids AS bigint[]) IS NULL OR c.person_id = ANY (:ids))
  AND NOT EXISTS (
    SELECT 1 FROM agency_regulations g JOIN criteria_sets s ON s.id = g.set_id AND s.code = :code
    WHERE g.agency_id = ANY (a.scope_ids) AND g.superseded_at IS NULL
      AND (g.valid_to IS NULL OR g.valid_to > :today))
ORDER BY c.person_id, a.id
""")


def lines(person_ids: Collection[int] | None, today: date, until: date) -> list[DueOf]:
    """Return what rounds and regulations wait for, one line for each head they wait for; two statements."""
    ids = None if person_ids is None else sorted(person_ids)
    heads = [code for code, post in law.posts().items() if post.group in HEADS]
    found = []
    for row in db.session.execute(_ROUNDS, {"ids": ids, "heads": heads, "until": until}):
        params = {"year": str(row.year), "set": row.set_name}
        settling = row.state == "published"
        day = settle_by(row.year) if settling else row.due_on
        text_ = (
            N_("Chốt kết quả năm %(year)s (%(set)s) khi có điểm tháng 12.")
            if settling
            else N_("Xếp loại năm %(year)s (%(set)s).")
        )
        source = "NĐ 335/2025/NĐ-CP Đ17 k3" if settling else "NĐ 335/2025/NĐ-CP Đ19; NĐ 233/2026/NĐ-CP Đ15"
        reason = Reason(text_, day.isoformat(), source, params)
        kind = SETTLE if settling else CLASSIFY
        found.append(DueOf(row.person_id, Due(kind.code, day, (reason,), key=str(row.id), what=text_, params=params)))
    if TOLD_FROM <= today < TOLD_UNTIL and until >= REGULATION_BY:
        found += _regulations(ids, heads, today)
    return found


def _regulations(ids: list[int] | None, heads: list[str], today: date) -> list[DueOf]:
    text_ = N_("%(agency)s chưa có quy chế đánh giá: không có đến 30/11/2026 thì năm 2026 xếp loại không chấm điểm.")
    return [
        DueOf(
            row.person_id,
            Due(
                REGULATION.code, REGULATION_BY,
                (Reason(text_, REGULATION_BY.isoformat(), "NĐ 233/2026/NĐ-CP Đ18 k3, Đ20 k1", {"agency": row.name}),),
                key=str(row.id), what=text_, params={"agency": row.name},
            ),
        )
        for row in db.session.execute(
            _WITHOUT, {"ids": ids, "heads": heads, "today": today, "code": Decree.PUBLIC.value}
        )
    ]  # fmt: skip


SOURCE = DueSource((CLASSIFY, SETTLE, REGULATION), lines)
