"""What `hrms check` proves of commitments and repayments."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from hrms.core import scope
from hrms.core.db import db
from hrms.core.i18n import _

_WRONG = text("""
WITH paid AS (
  SELECT r.id, r.commitment_id, r.state, r.amount, r.person_id,
    (SELECT coalesce(sum(p.amount), 0) FROM repayment_payments p WHERE p.repayment_id = r.id) AS sum
  FROM training_repayments r
)
SELECT 'paid' AS what, id FROM paid WHERE sum < 0 OR sum > amount OR (state = 'paid') <> (sum = amount AND amount > 0)
  OR (state IN ('open', 'recommended', 'exempt', 'cancelled') AND sum <> 0)
UNION ALL
SELECT 'state', p.id FROM paid p JOIN training_commitments t ON t.id = p.commitment_id
WHERE (p.state = 'paid' AND t.state <> 'repaid') OR (p.state = 'exempt' AND t.state <> 'released')
  OR p.person_id <> t.person_id
UNION ALL
SELECT 'commitment', t.id FROM training_commitments t
WHERE (t.state = 'repaid' AND NOT EXISTS (SELECT 1 FROM paid p WHERE p.commitment_id = t.id AND p.state = 'paid'))
  OR (t.state = 'serving') <> (t.returned_on IS NOT NULL) AND t.state IN ('studying', 'serving')
ORDER BY 1, 2
""")


def run() -> Sequence[str]:
    """Return a sentence for each case or commitment that contradicts its own money or state; one statement."""
    with scope.everything():
        rows = db.session.execute(_WRONG).all()
    words = {
        "paid": _("tiền nộp không khớp số phải đền bù"), "state": _("tình trạng cam kết không khớp hồ sơ đền bù"),
        "commitment": _("tình trạng cam kết không khớp"),
    }  # fmt: skip
    return [_("%(what)s: số %(id)s", what=words[row.what], id=row.id) for row in rows]
