"""The job that works out what a draft of a new text would change."""

from __future__ import annotations

from sqlalchemy import select

from hrms.accounts import queries as accounts
from hrms.core import scope, tasks
from hrms.core.db import db
from hrms.core.errors import HrmsError
from hrms.core.i18n import render
from hrms.core.jobs import in_app, queue
from hrms.core.models import Task
from hrms.core.unit import transaction
from hrms.pay.services import changes


@queue.task(name=changes.JOB)
@in_app
def preview(task_id: int) -> None:
    """Work the preview out with the rights the account holds when the job runs; progress counts people."""
    with scope.everything():
        task = db.session.scalars(select(Task).where(Task.id == task_id)).one()
        change_id, account_id = int(task.arguments["change_id"]), task.account_id
        actor = accounts.actor_of(account_id or 0, via="job")
    db.session.rollback()
    try:
        with transaction():
            changes.preview(actor, change_id, lambda done, total: tasks.report(task_id, done, total))
    except tasks.Cancelled:
        return
    except HrmsError as error:
        tasks.finish(task_id, {"error": " ".join(render(problem) for problem in error.problems)}, failed=True)
        return
    except BaseException:
        tasks.finish(task_id, {}, failed=True)
        raise
    tasks.finish(task_id, {})
