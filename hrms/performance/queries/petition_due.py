"""The lines of the calendar that come from petitions: each is to be answered within seven working days."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.due import Due, DueKind, DueOf
from hrms.core.hooks import DueSource
from hrms.core.rules import N_
from hrms.people.queries import law
from hrms.performance.services.petitions import decree_of, due_on

KINDS = (
    DueKind(
        "petition", N_("Trả lời kiến nghị kết quả xếp loại"), endpoint="performance.person_petitions", by="managing",
        order=94,
    ),
)  # fmt: skip
REMIND_WORKING_DAYS = 2
_ROWS = text("""
SELECT p.id, p.person_id, p.submitted_on, p.due_on, t.year, s.code FROM petitions p
JOIN ratings t ON t.id = p.rating_id JOIN rating_rounds r ON r.id = t.round_id JOIN criteria_sets s ON s.id = r.set_id
WHERE p.state = 'open' AND p.due_on <= :until AND (CAST(:ids AS bigint[]) IS NULL OR p.person_id = ANY (:ids))
""")


def lines(person_ids: Collection[int] | None, today: date, until: date) -> Sequence[DueOf]:
    """Return what falls due up to `until`, and what is overdue, for some people or all: one statement."""
    del today
    values = {"ids": sorted(person_ids) if person_ids is not None else None, "until": until}
    working = law.holidays().add
    found: list[DueOf] = []
    for row in db.session.execute(_ROWS, values):
        _day, why = due_on(row.submitted_on, decree_of(row.code))
        remind = (working(row.due_on, -REMIND_WORKING_DAYS),)
        what, params = N_("Kiến nghị về kết quả xếp loại năm %(year)s"), {"year": row.year}
        found.append(DueOf(row.person_id, Due("petition", row.due_on, (why,), str(row.id), remind, None, what, params)))
    return found


SOURCE = DueSource(KINDS, lines)
