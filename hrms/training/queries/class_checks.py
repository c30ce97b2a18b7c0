"""What `hrms check` proves of classes: seats, days, nominations that belong to their enrolment."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.i18n import _

_OVER = text("""
SELECT k.id, k.seats, count(*) AS seated FROM training_classes k JOIN enrolments e ON e.class_id = k.id
WHERE e.state IN ('accepted', 'completed', 'failed') GROUP BY k.id HAVING count(*) > k.seats ORDER BY k.id
""")
_OUTSIDE = text("""
SELECT DISTINCT k.id FROM training_classes k JOIN class_sessions s ON s.class_id = k.id
WHERE s.held_on NOT BETWEEN k.starts_on AND k.ends_on ORDER BY k.id
""")
_APART = text("""
SELECT n.enrolment_id FROM nominations n JOIN enrolments e ON e.id = n.enrolment_id
WHERE (e.class_id, e.person_id) IS DISTINCT FROM (n.class_id, n.person_id) ORDER BY n.enrolment_id
""")


def run() -> Sequence[str]:
    """Return a sentence for each class or nomination that contradicts itself; three statements."""
    return [
        *(
            _("lớp số %(id)s có %(seated)s học viên mà chỉ có %(seats)s chỗ", id=row.id, seated=row.seated,
              seats=row.seats)
            for row in db.session.execute(_OVER)
        ),
        *(_("lớp số %(id)s có buổi học ngoài ngày của lớp", id=found) for found in db.session.scalars(_OUTSIDE)),
        *(
            _("đề nghị cử số %(id)s không khớp học viên của nó", id=found)
            for found in db.session.scalars(_APART)
        ),
    ]  # fmt: skip
