"""The lines of the calendar that come from raises: the list of a quarter, 15 days before the quarter begins.

On the record of the head of each legal agency, as other lines that wait for an agency; the line goes when the list is
made. An agency that never made one is not told about the quarter that runs: what is overdue stands on the first page.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import text

from hrms.core import settings
from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.due import Due, DueKind, DueOf
from hrms.core.hooks import DueSource
from hrms.core.rules import N_, Reason
from hrms.people.queries import law
from hrms.performance.queries.rounds import HEADS

LIST = DueKind("raise_list", N_("Lập danh sách nâng bậc lương"), order=46)
SOURCE_OF_LAW = "TT 08/2013/TT-BNV Đ2; TT 03/2021/TT-BNV"
REMIND = "pay.raise_remind_days"
_WAITING = text("""
SELECT DISTINCT ON (c.person_id, q.first_day) c.person_id, a.name, q.first_day
FROM people_current c JOIN agencies a ON a.id = c.agency_id
CROSS JOIN unnest(CAST(:quarters AS date[])) AS q(first_day)
WHERE c.post_code = ANY (:heads) AND (CAST(:ids AS bigint[]) IS NULL OR c.person_id = ANY (:ids))
  AND (a.kind <> 'division' OR a.parent_id IS NULL) AND (a.closed_on IS NULL OR a.closed_on > :today)
  AND (q.first_day > :today OR EXISTS (
    SELECT 1 FROM raise_lists l WHERE l.agency_id = a.id AND l.kind = 'regular' AND l.state <> 'cancelled'))
  AND NOT EXISTS (
    SELECT 1 FROM raise_lists l WHERE l.agency_id = a.id AND l.kind = 'regular' AND l.state <> 'cancelled'
      AND l.year = EXTRACT(year FROM q.first_day) AND l.quarter = EXTRACT(quarter FROM q.first_day))
ORDER BY c.person_id, q.first_day
""")
HEADS_NOW = text("SELECT person_id FROM people_current WHERE post_code = ANY (:heads) ORDER BY person_id")


def lines(person_ids: Collection[int] | None, today: date, until: date) -> list[DueOf]:
    """Return the lists of quarters that are still to be made, a line for each head; one statement."""
    before = int(settings.get(REMIND))
    first = quarter_start(today)
    quarters = [
        day for day in (add_months(first, 3 * number) for number in range(6)) if day - timedelta(days=before) <= until
    ]
    ids = None if person_ids is None else sorted(person_ids)
    given = {"ids": ids, "heads": heads(), "today": today, "quarters": quarters}
    return [
        DueOf(row.person_id, _due(row.first_day, row.first_day - timedelta(days=before), before, row.name))
        for row in db.session.execute(_WAITING, given)
    ]


def heads() -> list[str]:
    """Return the codes of the posts whose holders head an agency."""
    return [code for code, post in law.posts().items() if post.group in HEADS]


def quarter_start(day: date) -> date:
    """Return the first day of the quarter of a day."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def _due(first: date, day: date, before: int, agency: str) -> Due:
    quarter, year = (first.month + 2) // 3, str(first.year)
    what = N_("Danh sách nâng bậc lương quý %(quarter)s năm %(year)s của %(agency)s")
    text_ = N_("Quý %(quarter)s năm %(year)s bắt đầu ngày %(first)s; nhắc lập danh sách trước %(days)s ngày.")
    params = {"quarter": quarter, "year": year, "agency": agency}
    reason = Reason(text_, day.isoformat(), SOURCE_OF_LAW, {**params, "first": first, "days": before})
    return Due(LIST.code, day, (reason,), key=f"{year}Q{quarter}", what=what, params=params)


SOURCE = DueSource((LIST,), lines)
