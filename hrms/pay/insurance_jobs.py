"""The job that makes the lists for social insurance of a month of every agency under one."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from hrms.accounts import queries as accounts
from hrms.core import scope, tasks
from hrms.core.db import db
from hrms.core.errors import HrmsError
from hrms.core.i18n import render
from hrms.core.jobs import in_app, queue
from hrms.core.models import Task
from hrms.pay.services import insurance


@queue.task(name=insurance.JOB)
@in_app
def make_lists(task_id: int) -> None:
    """Make them with the rights the account holds when the job runs; progress counts agencies."""
    with scope.everything():
        task = db.session.scalars(select(Task).where(Task.id == task_id)).one()
        asked, account_id = dict(task.arguments), task.account_id
        actor = accounts.actor_of(account_id or 0, via="job")
    db.session.rollback()
    try:
        done = insurance.run_all(
            actor, int(asked["root_id"]), date.fromisoformat(str(asked["month"])),
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
    tasks.finish(task_id, {"lists": done.lists, "refused": refused})
