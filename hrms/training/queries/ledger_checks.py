"""What `hrms check` proves of the ledger of credits, by ids only."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.i18n import _

_LIVE = "e.source <> 'reversal' AND NOT EXISTS (SELECT 1 FROM credit_entries r WHERE r.reverses_id = e.id)"
_CROOKED = text("""
SELECT r.id FROM credit_entries r JOIN credit_entries e ON e.id = r.reverses_id
WHERE e.reverses_id IS NOT NULL OR r.hours <> -e.hours
   OR (r.person_id, r.kind, r.form, r.earned_on) <> (e.person_id, e.kind, e.form, e.earned_on)
   OR r.course_id IS DISTINCT FROM e.course_id OR r.class_id IS DISTINCT FROM e.class_id
   OR r.enrolment_id IS DISTINCT FROM e.enrolment_id OR r.evidence_id IS DISTINCT FROM e.evidence_id
ORDER BY r.id
""")
_COMPLETIONS = text(f"""
SELECT n.id, count(e.id) AS entries FROM enrolments n
LEFT JOIN credit_entries e ON e.enrolment_id = n.id AND e.source = 'class' AND {_LIVE}
WHERE n.state = 'completed' GROUP BY n.id HAVING count(e.id) <> 1 ORDER BY n.id
""")  # noqa: S608 - a constant of ours
_FROM_NOTHING = text(f"""
SELECT e.id FROM credit_entries e LEFT JOIN enrolments n ON n.id = e.enrolment_id
WHERE e.source = 'class' AND {_LIVE}
  AND (n.id IS NULL OR n.state <> 'completed' OR n.person_id <> e.person_id OR n.class_id IS DISTINCT FROM e.class_id)
UNION ALL
SELECT e.id FROM credit_entries e LEFT JOIN training_evidence v ON v.id = e.evidence_id
WHERE e.source = 'evidence' AND {_LIVE}
  AND (v.id IS NULL OR v.state <> 'accepted' OR v.person_id <> e.person_id OR v.recognised_hours <> e.hours)
ORDER BY 1
""")  # noqa: S608 - a constant of ours
_ACCEPTED = text(f"""
SELECT v.id, count(e.id) AS entries FROM training_evidence v
LEFT JOIN credit_entries e ON e.evidence_id = v.id AND e.source = 'evidence' AND {_LIVE}
WHERE v.state = 'accepted' GROUP BY v.id HAVING count(e.id) <> 1 ORDER BY v.id
""")  # noqa: S608 - a constant of ours
_SUMS = text(f"""
SELECT e.person_id FROM credit_entries e GROUP BY e.person_id
HAVING sum(e.hours) <> coalesce(sum(e.hours) FILTER (WHERE {_LIVE}), 0) ORDER BY e.person_id
""")  # noqa: S608 - a constant of ours


def check_reversals() -> Sequence[str]:
    """Return the reversals that are not the exact opposite of their entry."""
    return [_("bút toán hủy số %(id)s không ngược đúng bút toán nó hủy", id=i) for i in db.session.scalars(_CROOKED)]


def check_sources() -> Sequence[str]:
    """Return completions and accepted evidence without exactly one live entry, and live entries from nothing."""
    return [
        *(
            _("ghi danh số %(id)s hoàn thành mà có %(entries)s bút toán còn hiệu lực", id=row.id, entries=row.entries)
            for row in db.session.execute(_COMPLETIONS)
        ),
        *(
            _("minh chứng số %(id)s đã duyệt mà có %(entries)s bút toán còn hiệu lực", id=row.id, entries=row.entries)
            for row in db.session.execute(_ACCEPTED)
        ),
        *(
            _("bút toán số %(id)s không có lớp hoàn thành hoặc minh chứng đã công nhận", id=i)
            for i in db.session.scalars(_FROM_NOTHING)
        ),
    ]  # fmt: skip


def check_sums() -> Sequence[str]:
    """Return the people whose hours in all differ from those of the entries still standing."""
    return [_("tổng số tiết của hồ sơ số %(id)s lệch sổ", id=i) for i in db.session.scalars(_SUMS)]
