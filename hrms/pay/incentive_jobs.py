"""The job that opens and shares the rounds of a province."""

from __future__ import annotations

from sqlalchemy import select

from hrms.accounts import queries as accounts
from hrms.core import scope, tasks
from hrms.core.db import db
from hrms.core.errors import HrmsError
from hrms.core.i18n import render
from hrms.core.jobs import in_app, queue
from hrms.core.models import Task
from hrms.pay.rules.schemes import Purpose, Step
from hrms.pay.services.sharing_all import JOB, Run, perform


@queue.task(name=JOB)
@in_app
def share_rounds(task_id: int) -> None:
    """Share with the rights the account holds when the job runs; progress counts agencies."""
    with scope.everything():
        task = db.session.scalars(select(Task).where(Task.id == task_id)).one()
        asked, account_id = dict(task.arguments), task.account_id
        actor = accounts.actor_of(account_id or 0, via="job")
    db.session.rollback()
    run = Run(
        int(asked["root_id"]), int(asked["year"]), Purpose(asked["purpose"]), Step(asked["step"]), asked["quarter"]
    )
    try:
        done = perform(actor, run, lambda count, total: tasks.report(task_id, count, total))
    except tasks.Cancelled:
        return
    except HrmsError as error:
        tasks.finish(task_id, {"error": " ".join(render(problem) for problem in error.problems)}, failed=True)
        return
    except BaseException:
        tasks.finish(task_id, {}, failed=True)
        raise
    refused = [f"{name}: {render(problem)}" for name, problem in done.refused]
    tasks.finish(task_id, {"rounds": done.rounds, "without": done.without, "refused": refused})
