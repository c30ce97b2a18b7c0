"""Jobs somebody asked for and waits on: with whose rights they run, how they report, stop and end, in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hrms.accounts.queries.actors import actor_of
from hrms.core import scope, tasks
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import HrmsError
from hrms.core.i18n import render
from hrms.core.jobs import in_app, queue
from hrms.core.models import Task
from hrms.core.rules import Problem


@dataclass(frozen=True, slots=True)
class Asked:
    """What a job is asked: the arguments of `core.tasks.start`, when, and how to tell how far it is.

    `report(done, total)` raises to stop the work between two units once somebody cancelled it.
    """

    values: Mapping[str, Any]
    asked_at: datetime
    report: Callable[[int, int], None]

    def whole(self, name: str) -> int:
        """Return an argument as a whole number."""
        return int(self.values[name])

    def words(self, name: str) -> str:
        """Return an argument as text."""
        return str(self.values[name])


Work = Callable[[Actor, Asked], dict[str, Any]]


def carries_out(job: str) -> Callable[[Work], Callable[[int], None]]:
    """Decorate the function that does the job `job`; what it returns is the task's result.

    It is called with the rights the account holds when the job runs, not when it was asked for. What it refuses is the
    task's error; anything else ends the task as failed and is raised. Killed, it is called again with the same.
    """

    def decorate(work: Work) -> Callable[[int], None]:
        def run(task_id: int) -> None:
            with scope.everything():
                task = db.session.scalars(select(Task).where(Task.id == task_id)).one()
                asked = Asked(
                    dict(task.arguments), task.created_at, lambda done, total: tasks.report(task_id, done, total)
                )
                actor = actor_of(task.account_id or 0, via="job")
            db.session.rollback()
            try:
                result = work(actor, asked)
            except tasks.Cancelled:
                return
            except HrmsError as error:
                tasks.finish(task_id, {"error": " ".join(render(problem) for problem in error.problems)}, failed=True)
            except BaseException:
                tasks.finish(task_id, {}, failed=True)
                raise
            else:
                tasks.finish(task_id, result)

        run.__name__, run.__doc__, run.__module__ = work.__name__, work.__doc__, work.__module__
        queue.task(name=job)(in_app(run))
        return run

    return decorate


def in_words(refused: Sequence[tuple[str, Problem]]) -> list[str]:
    """Return what single agencies refused, as a result keeps it: the name and why."""
    return [f"{name}: {render(problem)}" for name, problem in refused]
