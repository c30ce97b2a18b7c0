"""The job that takes a step of every round of a province."""

from __future__ import annotations

from sqlalchemy import select

from hrms.accounts import queries as accounts
from hrms.core import scope, tasks
from hrms.core.db import db
from hrms.core.errors import HrmsError
from hrms.core.i18n import render
from hrms.core.jobs import in_app, queue
from hrms.core.models import Task
from hrms.performance.services import province
from hrms.performance.services.rounds import JOB


@queue.task(name=JOB)
@in_app
def take_step(task_id: int) -> None:
    """Take the step with the rights the account holds when the job runs; progress counts agencies."""
    with scope.everything():
        task = db.session.scalars(select(Task).where(Task.id == task_id)).one()
        asked, account_id = dict(task.arguments), task.account_id
        actor = accounts.actor_of(account_id or 0, via="job")
    db.session.rollback()
    try:
        done = province.run(
            actor, int(asked["root_id"]), int(asked["year"]), str(asked["step"]),
            lambda count, total: tasks.report(task_id, count, total),
        )  # fmt: skip
    except tasks.Cancelled:
        return
    except HrmsError as error:
        tasks.finish(task_id, {"error": " ".join(render(problem) for problem in error.problems)}, failed=True)
        return
    except BaseException:
        tasks.finish(task_id, {}, failed=True)
        raise
    refused = [f"{name}: {render(problem)}" for name, problem in done.refused]
    tasks.finish(task_id, {"rounds": done.rounds, "refused": refused})
