"""Points of sheets, made again from their work: in the database, in one statement, by `hrms.performance.rules.scoring`.

Use `refresh` after anything on a sheet has changed, in the same transaction; `ask` when the criteria, a regulation or a
setting has. Published sheets keep the points they were published with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import inspect, text

from hrms.core import jobs, scope
from hrms.core.db import db
from hrms.core.unit import transaction
from hrms.performance.models import ScoreSheet

MOST_AT_ONCE = 20_000
"""Sheets reckoned in one statement; with ten products each it takes a second or two."""
SETTING = "performance.cap_result"
"""The one setting of the province that points depend on."""
JOB = "performance.refresh_sheets"
_REFRESH = text("SELECT refresh_sheets(CAST(:ids AS bigint[]))")
_DIFFERS = text("SELECT sheet_id, person_id FROM sheets_differ(CAST(:ids AS bigint[]))")
_WAITING = text("""
SELECT s.id FROM score_sheets s JOIN agencies a ON a.id = s.agency_id
WHERE s.state <> 'published' AND s.superseded_at IS NULL AND s.source = 'scored' AND s.id > :after
  AND (CAST(:root AS bigint) IS NULL OR :root = ANY (a.scope_ids))
ORDER BY s.id LIMIT :most
""")
_ALL = text("""
SELECT s.id FROM score_sheets s
WHERE s.superseded_at IS NULL AND s.source = 'scored' AND s.state <> 'published' AND s.id > :after
ORDER BY s.id LIMIT :most
""")


def refresh(sheet_ids: Collection[int]) -> int:
    """Make the points of these sheets again; returns how many changed. In the caller's transaction.

    Chooses nothing for anybody, so it also reckons the sheet of whoever asks.
    """
    if not sheet_ids:
        return 0
    db.session.flush()
    changed = 0
    ids = sorted(set(sheet_ids))
    for first in range(0, len(ids), MOST_AT_ONCE):
        changed += int(db.session.execute(_REFRESH, {"ids": ids[first : first + MOST_AT_ONCE]}).scalar_one())
    if changed:
        forget(set(ids))
    return changed


def forget(ids: Collection[int]) -> None:
    """Let the session read sheets again whose points the database has written."""
    for one in list(db.session.identity_map.values()):
        if isinstance(one, ScoreSheet) and _key(one) in ids:
            db.session.expire(one)


def _key(one: Any) -> int | None:
    # Not `one.id`: a row that has been forgotten before would be read again just to be asked.
    identity = inspect(one).identity
    return int(identity[0]) if identity else None


def ask(root_id: int | None) -> None:
    """Ask for `refresh_waiting` as a job of the current transaction: what points are counted by has changed."""
    jobs.defer(JOB, root_id=root_id)


def refresh_waiting(root_id: int | None = None) -> int:
    """Make the points of every sheet not yet published again, under an agency or everywhere; a unit per chunk.

    What was done stays done when the process is killed, and doing it again changes nothing. Returns how many changed.
    """
    changed, after = 0, 0
    while True:
        with scope.everything(), transaction():
            ids = list(db.session.scalars(_WAITING, {"after": after, "root": root_id, "most": MOST_AT_ONCE}))
            changed += refresh(ids)
        if len(ids) < MOST_AT_ONCE:
            return changed
        after = ids[-1]


def differences() -> Iterator[tuple[int, int]]:
    """Yield (sheet, person) whose points are not what their work gives, under the caller's scope; chunk by chunk."""
    after = 0
    while True:
        ids: Sequence[int] = db.session.scalars(_ALL, {"after": after, "most": MOST_AT_ONCE}).all()
        for row in db.session.execute(_DIFFERS, {"ids": list(ids)}) if ids else ():
            yield row.sheet_id, row.person_id
        if len(ids) < MOST_AT_ONCE:
            return
        after = ids[-1]
