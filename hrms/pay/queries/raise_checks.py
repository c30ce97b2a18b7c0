"""What `hrms check` proves of raises: the day in the current rows is the clock's, lists and items agree."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.i18n import _
from hrms.pay.queries import raising

MOST = 100
_DAYS = text("SELECT person_id, next_step_on FROM people_current WHERE next_step_on IS NOT NULL OR status = 'serving'")
_ITEMS = text("""
SELECT i.id FROM raise_items i
WHERE (i.state IN ('sent', 'decided')) <> (i.submission_id IS NOT NULL OR i.decision_id IS NOT NULL)
  OR (i.state = 'decided') <> (i.decision_id IS NOT NULL)
  OR i.to_step < i.from_step OR (i.to_step = i.from_step AND i.to_percent <= i.from_percent)
  OR i.effective_on > i.due_on
ORDER BY i.id LIMIT :most
""")
_LISTS = text("""
SELECT l.id FROM raise_lists l
JOIN (SELECT list_id, bool_or(state = 'proposed') AS proposed, bool_or(state = 'sent') AS sent FROM raise_items
      GROUP BY list_id) n ON n.list_id = l.id
WHERE (l.state = 'sent' AND (n.proposed OR NOT n.sent)) OR (l.state = 'decided' AND (n.proposed OR n.sent))
ORDER BY l.id LIMIT :most
""")


def run() -> Sequence[str]:
    """Say of whom the day of the next raise is another than the clock's, and which items or lists contradict."""
    days = raising.days_of_all()
    kept = {row.person_id: row.next_step_on for row in db.session.execute(_DAYS)}
    wrong = sorted(person_id for person_id in kept.keys() | days.keys() if kept.get(person_id) != days.get(person_id))
    said = [_("hồ sơ %(id)s: ngày nâng bậc tới khác với cách tính", id=person_id) for person_id in wrong[:MOST]]
    said += [
        _("mục %(id)s của danh sách nâng bậc mâu thuẫn", id=found)
        for found in db.session.scalars(_ITEMS, {"most": MOST})
    ]
    said += [
        _("danh sách nâng bậc %(id)s ở bước khác với các mục của nó", id=found)
        for found in db.session.scalars(_LISTS, {"most": MOST})
    ]
    return said
