"""Background work of sheets: the periods of a province opened, points made again after the criteria changed."""

from __future__ import annotations

from sqlalchemy import select

from hrms.accounts import queries as accounts
from hrms.core import scope, tasks
from hrms.core.db import db
from hrms.core.errors import HrmsError
from hrms.core.i18n import render
from hrms.core.jobs import in_app, queue
from hrms.core.models import Task
from hrms.core.permissions import Permission
from hrms.performance.services import periods, reckoning


@queue.task(name=periods.JOB)
@in_app
def open_periods(task_id: int) -> None:
    """Open periods with the rights the account holds when the job runs; progress counts agencies."""
    with scope.everything():
        task = db.session.scalars(select(Task).where(Task.id == task_id)).one()
        asked, account_id = dict(task.arguments), task.account_id
        actor = accounts.actor_of(account_id or 0, via="job")
    db.session.rollback()
    scope.enter_for(actor, Permission.PERFORMANCE_MANAGE)
    try:
        done = periods.open_each(
            actor, int(asked["root_id"]), int(asked["year"]), str(asked["period_kind"]), int(asked["number"]),
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
    tasks.finish(task_id, {"agencies": done.agencies, "refused": refused})


@queue.task(name=reckoning.JOB)
@in_app
def refresh_waiting(root_id: int | None = None) -> None:
    """Reckon what is not published again: the criteria, a regulation or a setting has changed."""
    reckoning.refresh_waiting(root_id)
