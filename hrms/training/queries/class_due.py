"""The lines of the calendar that come from classes: the first day of those somebody has a seat in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.due import Due, DueKind, DueOf
from hrms.core.hooks import DueSource
from hrms.core.rules import N_, Reason

STARTS = DueKind("class_start", N_("Lớp đào tạo, bồi dưỡng khai giảng"), endpoint="training.person", order=90)
_STARTS = text("""
SELECT e.person_id, k.id, k.name, k.starts_on, k.ends_on, k.place FROM enrolments e
JOIN training_classes k ON k.id = e.class_id
WHERE e.state = 'accepted' AND k.state IN ('open', 'running') AND k.starts_on >= :today AND k.starts_on <= :until
  AND (CAST(:ids AS bigint[]) IS NULL OR e.person_id = ANY (:ids))
ORDER BY e.person_id, k.starts_on
""")


def lines(person_ids: Collection[int] | None, today: date, until: date) -> list[DueOf]:
    """Return the first days ahead of the classes people have a seat in; one statement."""
    ids = None if person_ids is None else sorted(person_ids)
    rows = db.session.execute(_STARTS, {"ids": ids, "today": today, "until": until})
    return [
        DueOf(
            row.person_id,
            Due(
                STARTS.code, row.starts_on,
                (Reason(N_("Được nhận vào lớp “%(name)s”."), row.starts_on.isoformat(), "", {"name": row.name}),),
                key=str(row.id), ends_on=row.ends_on, what="%(name)s", params={"name": row.name},
            ),
        )
        for row in rows
    ]  # fmt: skip


SOURCE = DueSource((STARTS,), lines)
