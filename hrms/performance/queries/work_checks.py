"""What `hrms check` proves of work: counts are the sum of findings, objectives serve what lies above them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.i18n import _

_COUNTS = text("""
SELECT i.id FROM work_items i
LEFT JOIN (SELECT item_id, count(*) FILTER (WHERE kind = 'failed_check') AS failed,
  count(*) FILTER (WHERE kind = 'late') AS late
  FROM work_findings WHERE NOT excused AND withdrawn_on IS NULL GROUP BY item_id) f ON f.item_id = i.id
WHERE (i.failed_checks, i.late_count) <> (coalesce(f.failed, 0), coalesce(f.late, 0)) ORDER BY i.id
""")
_YEARS = text("""
SELECT o.id FROM work_objectives o JOIN work_objectives p ON p.id = o.parent_id
WHERE p.year <> o.year OR p.agency_id = o.agency_id ORDER BY o.id
""")


def run() -> Sequence[str]:
    """Return a sentence for each product or objective that contradicts itself; two statements."""
    return [
        *(
            _("sản phẩm số %(id)s: số lần không đạt, chậm khác với các lần đã ghi", id=one)
            for one in db.session.scalars(_COUNTS)
        ),
        *(
            _("mục tiêu số %(id)s phục vụ mục tiêu khác năm hoặc cùng cơ quan", id=one)
            for one in db.session.scalars(_YEARS)
        ),
    ]
