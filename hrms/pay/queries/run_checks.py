"""What `hrms check` proves of sheets: sums add up, states and months agree, amounts are what the kept facts give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hrms.core import revision
from hrms.core.db import db
from hrms.core.i18n import _
from hrms.pay.queries import law_days
from hrms.pay.queries.gathering import month_of
from hrms.pay.rules import stretches
from hrms.pay.rules.figures import NoFigure

AT_ONCE = 5_000
LATEST = 3
"""How many of the latest months are computed again: what is approved cannot change any more."""
_SLIPS = text("""
WITH l AS MATERIALIZED (
  SELECT slip_id, coalesce(sum(amount) FILTER (WHERE side = 'line'), 0) AS gross,
    coalesce(sum(amount) FILTER (WHERE side = 'deduction'), 0) AS deductions,
    coalesce(sum(amount) FILTER (WHERE side = 'employer'), 0) AS employer,
    coalesce(sum(CASE side WHEN 'line' THEN amount WHEN 'deduction' THEN -amount END)
      FILTER (WHERE for_month < month), 0) AS arrears
  FROM pay_lines GROUP BY slip_id
)
SELECT s.id FROM pay_slips s LEFT JOIN l ON l.slip_id = s.id
WHERE (s.gross, s.deductions, s.employer, s.arrears)
    IS DISTINCT FROM (coalesce(l.gross, 0), coalesce(l.deductions, 0), coalesce(l.employer, 0), coalesce(l.arrears, 0))
  OR s.net <> s.gross - s.deductions
ORDER BY s.id LIMIT 100
""")
_RUNS = text("""
WITH s AS MATERIALIZED (
  SELECT run_id, count(*) AS people, count(*) FILTER (WHERE doubts <> '[]') AS doubtful, sum(gross) AS gross,
    sum(deductions) AS deductions, sum(employer) AS employer, sum(net) AS net, sum(arrears) AS arrears,
    bool_or(state <> 'approved') AS open, bool_or(state = 'approved') AS approved, min(month) AS first,
    max(month) AS last
  FROM pay_slips GROUP BY run_id
)
SELECT r.id FROM pay_runs r LEFT JOIN s ON s.run_id = r.id
WHERE (r.people, r.doubtful, r.gross, r.deductions, r.employer, r.net, r.arrears) IS DISTINCT FROM (
    coalesce(s.people, 0), coalesce(s.doubtful, 0), coalesce(s.gross, 0), coalesce(s.deductions, 0),
    coalesce(s.employer, 0), coalesce(s.net, 0), coalesce(s.arrears, 0))
  OR CASE r.state WHEN 'approved' THEN coalesce(s.open, false) WHEN 'cancelled' THEN s.run_id IS NOT NULL
     ELSE coalesce(s.approved, false) END
  OR (r.state = 'approved') <> (r.approved_at IS NOT NULL)
  OR s.first <> r.month OR s.last <> r.month
ORDER BY r.id LIMIT 100
""")
_LINES = text("""
SELECT DISTINCT l.slip_id FROM pay_lines l JOIN pay_slips s ON s.id = l.slip_id
WHERE l.for_month > l.month OR l.month <> s.month OR l.for_month <> date_trunc('month', l.for_month)
ORDER BY l.slip_id LIMIT 100
""")
_FACTS = text("""
SELECT s.id, s.month, s.facts, coalesce(
    (SELECT jsonb_object_agg(l.side || ' ' || l.code, l.amount::text)
     FROM pay_lines l WHERE l.slip_id = s.id AND l.for_month = s.month), '{}') AS lines
FROM pay_slips s JOIN pay_runs r ON r.id = s.run_id AND r.law_revision = :law
WHERE s.id > :after
  AND s.month > (SELECT max(month) FROM pay_runs WHERE state <> 'cancelled') - :latest * interval '1 month'
ORDER BY s.id LIMIT :most
""")


def sums() -> Sequence[str]:
    """Return a sentence for each slip or sheet whose sums, months or states contradict each other; three statements."""
    return [
        *(_("phiếu lương số %(id)s: tổng không bằng các dòng", id=one) for one in db.session.scalars(_SLIPS)),
        *(_("bảng lương số %(id)s: tổng hoặc tình trạng không khớp các phiếu", id=one)
          for one in db.session.scalars(_RUNS)),
        *(_("phiếu lương số %(id)s: có dòng của tháng không hợp lệ", id=one) for one in db.session.scalars(_LINES)),
    ]  # fmt: skip


def amounts() -> Sequence[str]:
    """Return a sentence for each slip of the latest months that is not what its kept facts give by the same law."""
    return [_("phiếu lương số %(id)s không đúng kết quả tính từ dữ liệu đã giữ", id=one) for one in wrong()]


def wrong() -> Iterable[int]:
    """Return slips whose own month is not what the rule makes of the facts they keep."""
    after, law = 0, revision.current()
    while rows := db.session.execute(
        _FACTS, {"after": after, "law": law, "latest": LATEST, "most": AT_ONCE}
    ).all():  # fmt: skip
        after = rows[-1].id
        yield from (row.id for row in rows if not _stands(row.month, row.facts, row.lines))


def _stands(first: date, facts: Sequence[Any], lines: dict[str, str]) -> bool:
    unpaid, limit = sum(int(one.get("unpaid", 0)) for one in facts), law_days.unpaid_limit(first)
    contributes = limit is None or unpaid < limit.number
    try:
        kept = ((one.start, one.end, one.kind, one.facts) for one in stretches.read(facts))
        made = month_of(first, contributes, tuple(kept))
    except NoFigure:
        return not lines
    expected = {f"{side} {line.code}": line.amount for side, several in made.sides for line in several}
    return expected == {key: Decimal(value) for key, value in lines.items()}
