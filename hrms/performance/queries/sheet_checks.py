"""What `hrms check` proves of score sheets: points, days, owners of the work, nobody scored twice for one month."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.i18n import _
from hrms.performance.services import reckoning

_OWNER = text("""
SELECT i.id FROM work_items i JOIN score_sheets s ON s.id = i.sheet_id WHERE i.person_id <> s.person_id ORDER BY i.id
""")
_TWICE = text("""
SELECT DISTINCT q.id FROM score_sheets q JOIN score_sheets m ON m.person_id = q.person_id AND m.year = q.year
  AND m.kind = 'month' AND (m.number + 2) / 3 = q.number AND m.superseded_at IS NULL
WHERE q.kind = 'quarter' AND q.superseded_at IS NULL ORDER BY q.id
""")
_PUBLISHED = text("""
SELECT id FROM score_sheets WHERE (state = 'published') <> (published_on IS NOT NULL) OR (state = 'published'
  AND score IS DISTINCT FROM LEAST(general_points + result_points, 999.999999) AND source = 'scored') ORDER BY id
""")


def points() -> Sequence[str]:
    """Return the sheets not yet published whose points are not what their work gives."""
    return [f"score_sheets id={sheet} person_id={person}" for sheet, person in reckoning.differences()]


def records() -> Sequence[str]:
    """Return a sentence for each sheet or product that contradicts itself; three statements."""
    return [
        *(_("sản phẩm số %(id)s không cùng người với phiếu của nó", id=one) for one in db.session.scalars(_OWNER)),
        *(_("phiếu quý số %(id)s trùng với phiếu tháng của cùng người", id=one) for one in db.session.scalars(_TWICE)),
        *(
            _("phiếu số %(id)s: ngày công khai hoặc tổng điểm không khớp trạng thái", id=one)
            for one in db.session.scalars(_PUBLISHED)
        ),
    ]
