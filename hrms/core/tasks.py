"""Long work as its owner sees it: a row with progress, cancel, a result file; the work itself is a job.

Arguments name ids and filters, never personal data. A result file lies under `HRMS_HOME/results/`, outside the web
root, is given to the account that asked for it only, and is removed after `KEEP_DAYS`.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import insert, select, text, update

from hrms.core import clock, jobs, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.models import Task

KEEP_DAYS = 7
OVER = frozenset({"done", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of task is called, and the page it came from."""

    title: str
    back: str


kinds: dict[str, Kind] = {}
"""Registered by the domains' hooks: kind → its words."""


class Cancelled(Exception):
    """The owner no longer wants the result; raised inside the job at its next report."""


def start(actor: Actor, kind: str, job: str, **arguments: Any) -> int:
    """Note the task and defer its job in the current transaction; returns the task's id."""
    task_id = db.session.execute(
        insert(Task)
        .values(account_id=actor.account_id, kind=kind, arguments=arguments, state="waiting")
        .returning(Task.id)
    ).scalar_one()
    jobs.defer(job, task_id=task_id)
    return int(task_id)


def get_own(actor: Actor, task_id: int) -> Task:
    """Return a task of the actor's own account; anybody else's is not there."""
    found = db.session.scalars(select(Task).where(Task.id == task_id)).one_or_none()
    if found is None or actor.account_id is None or found.account_id != actor.account_id:
        raise missing("task")
    return found


def cancel(actor: Actor, task_id: int) -> None:
    """Ask a waiting or running task to stop; one that is over stays as it is."""
    found = get_own(actor, task_id)
    if found.state not in OVER:
        found.state = "cancelled"
        found.finished_at = clock.now()


def report(task_id: int, done: int, total: int) -> None:
    """Say how far the job is, visibly at once although the job's own transaction goes on. Raises `Cancelled`."""
    _write(task_id, {"done": done, "total": total, "state": "running"}, unless_over=True)


def finish(task_id: int, result: dict[str, Any], *, failed: bool = False) -> None:
    """Say that the job is over and what came of it."""
    values = {"result": result, "state": "failed" if failed else "done", "finished_at": clock.now()}
    _write(task_id, values, unless_over=False)


def _write(task_id: int, values: dict[str, Any], *, unless_over: bool) -> None:
    statement = update(Task).where(Task.id == task_id)
    if unless_over:
        statement = statement.where(Task.state.not_in(OVER))
    with db.engine.begin() as connection:
        connection.execute(
            text("SELECT set_config('hrms.scope', :scope, true)"), {"scope": scope.literal(scope.ALL.people)}
        )
        if connection.execute(statement.values(**values)).rowcount == 0 and unless_over:
            raise Cancelled


def result_path(name: str) -> Path:
    """Return the path of a result file by the name `new_result` made."""
    return Path(current_app.config["HRMS_HOME"]) / "results" / Path(name).name


def new_result(suffix: str) -> tuple[str, Path]:
    """Return a fresh unguessable name and its path for a result file; the folder is private."""
    name = secrets.token_urlsafe(24) + suffix
    path = result_path(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return name, path


def sweep() -> None:
    """Remove result files older than `KEEP_DAYS`; part of the daily work."""
    folder = result_path("x").parent
    oldest = (clock.now() - timedelta(days=KEEP_DAYS)).timestamp()
    for path in folder.glob("*") if folder.is_dir() else ():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
