"""What the program does by itself: the daily work of all domains, and jobs whose worker died.

The daily work (facts that come into force, accounts that close, seals, old files) runs once a day in Việt Nam: by the
worker just after midnight, at start-up, and at the latest before a day's first request. Each part is safe to run again,
so a part that fails is tried again by the next of these, and the day is marked done only when all have passed.
"""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

from flask import Flask, current_app
from procrastinate import JobContext
from procrastinate.jobs import Status
from sqlalchemy import text

from hrms.core import clock, hooks
from hrms.core.db import db
from hrms.core.jobs import in_app, queue

LOCK = 7_240_052  # any number of our own: one process does the day's work, the others wait for it
NAME = "upkeep.day"
WAIT = "20s"
ATTEMPTS = 5
_DONE = text("SELECT value #>> '{}' FROM settings WHERE name = :name")
_MARK = text(
    "INSERT INTO settings (name, value, note) VALUES (:name, to_jsonb(CAST(:day AS text)), '')"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = clock_timestamp()"
)
log = logging.getLogger(__name__)


def ensure(app: Flask) -> None:
    """Do the day's work unless it is done; costs a comparison once this process has seen it done."""
    today = clock.today()
    if app.extensions.get("hrms.day") == today:
        return
    run_day(today)
    app.extensions["hrms.day"] = today


def run_day(today: date) -> bool:
    """Do the day's work unless it is done; return whether all parts have passed. Waits for a process that is at it."""
    with db.engine.connect() as gate:
        gate.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": WAIT})
        gate.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        if gate.execute(_DONE, {"name": NAME}).scalar_one_or_none() == today.isoformat():
            return True
        passed = True
        for part in hooks.daily:
            try:
                part()
            except Exception:
                db.session.rollback()
                passed = False
                log.exception("daily work failed", extra={"part": f"{part.__module__}.{part.__name__}"})
        if passed:
            gate.execute(_MARK, {"name": NAME, "day": today.isoformat()})
        gate.commit()
    return passed


def before_request() -> None:
    """Before a day's first request in this process: nobody is shown yesterday."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 - the proxy's own way
    if app.config.get("UPKEEP_ON_REQUEST", True):
        ensure(app)


@queue.periodic(cron="1 17 * * *")  # 00:01 in Việt Nam
@queue.task(name="core.daily")
@in_app
def daily(timestamp: int) -> None:
    """Do the day's work from the worker."""
    del timestamp
    run_day(clock.today())


@queue.periodic(cron="* * * * *")
@queue.task(name="core.stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Give jobs whose worker died back to the queue; one that has killed its worker again and again is given up."""
    del timestamp
    manager: Any = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        if job.attempts >= ATTEMPTS:
            await manager.finish_job(job, status=Status.FAILED, delete_job=False)
        else:
            await manager.retry_job(job)
