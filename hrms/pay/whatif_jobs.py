"""The job that computes a scenario."""

from __future__ import annotations

from sqlalchemy import select

from hrms.accounts import queries as accounts
from hrms.core import scope, tasks
from hrms.core.db import db
from hrms.core.errors import HrmsError
from hrms.core.i18n import render
from hrms.core.jobs import in_app, queue
from hrms.core.models import Task
from hrms.core.rules import N_, Problem
from hrms.pay.queries.scenarios import JOB
from hrms.pay.services import scenarios

CHANGED = Problem("", "changed", N_("Phương án đã được sửa trong lúc tính. Hãy tính lại."))


@queue.task(name=JOB)
@in_app
def compute_scenario(task_id: int) -> None:
    """Compute with the rights the account holds when the job runs; progress counts people read."""
    with scope.everything():
        task = db.session.scalars(select(Task).where(Task.id == task_id)).one()
        asked, account_id = dict(task.arguments), task.account_id
        actor = accounts.actor_of(account_id or 0, via="job")
    db.session.rollback()
    try:
        kept = scenarios.compute(
            actor, int(asked["scenario_id"]), int(asked["version"]),
            lambda done, total: tasks.report(task_id, done, total),
        )  # fmt: skip
    except tasks.Cancelled:
        return
    except HrmsError as error:
        tasks.finish(task_id, {"error": " ".join(render(problem) for problem in error.problems)}, failed=True)
        return
    except BaseException:
        tasks.finish(task_id, {}, failed=True)
        raise
    tasks.finish(task_id, {} if kept else {"error": render(CHANGED)}, failed=not kept)
