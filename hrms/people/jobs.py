"""Background work of the record: large exports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from hrms.accounts import queries as accounts
from hrms.agencies import queries as agencies
from hrms.core import scope, tasks
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import HrmsError
from hrms.core.i18n import render
from hrms.core.jobs import in_app, queue
from hrms.core.models import Task
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.people.queries.columns import Column, chosen
from hrms.people.queries.filters import Filters, Reach, reach
from hrms.people.services.export import BULK_LOCKED, export_list


def frozen(filters: Filters) -> dict[str, Any]:
    """Return the conditions as a job's arguments keep them: plain JSON."""
    values = {name: getattr(filters, name) for name in filters.__slots__}
    return {
        name: value.isoformat() if isinstance(value, date | datetime) else value
        for name, value in values.items()
        if value not in {None, ""}
    }


def thawed(values: dict[str, Any]) -> Filters:
    """Return the conditions a job was given."""
    moved = dict(values)
    if "as_at" in moved:
        moved["as_at"] = date.fromisoformat(moved["as_at"])
    if "known_on" in moved:
        moved["known_on"] = datetime.fromisoformat(moved["known_on"])
    return Filters(**moved)


def _needs(actor: Actor, where: Reach, columns: Sequence[Column], filters: Filters) -> list[tuple[str, list[int]]]:
    """Return what one must still hold, and over which closures of agency ids, when the file is fetched days later."""
    guards = sorted({*filters.guarded, *(column.needs for column in columns if column.needs)})
    asked = [(Permission.PEOPLE_EXPORT, root) for root in where.roots]
    asked += [(guard, root) for guard in guards for root in actor.scope(guard)]
    return [(permission.value, agencies.scope_ids_of([root])) for permission, root in asked]


@queue.task(name="people.export_list")
@in_app
def run_export(task_id: int) -> None:
    """Write a long list to a workbook, with the rights the account holds when the job runs, not when it asked."""
    with scope.everything():
        task = db.session.scalars(select(Task).where(Task.id == task_id)).one()
        actor = accounts.actor_of(task.account_id or 0, via="job")
    db.session.rollback()
    arguments = task.arguments
    scope.enter_for(actor, Permission.PEOPLE_EXPORT)
    name, path = tasks.new_result(".xlsx")
    try:
        with transaction():
            filters = thawed(arguments["filters"])
            where = reach(actor, filters, Permission.PEOPLE_EXPORT)
            columns = chosen(actor, arguments["columns"])
            needs = _needs(actor, where, columns, filters)
            total = int(arguments.get("rows", 0))
            made = export_list(
                actor, filters, where, columns, path, report=lambda done: tasks.report(task_id, done, max(total, done))
            )
    except tasks.Cancelled:
        path.unlink(missing_ok=True)
        return
    except HrmsError as error:
        path.unlink(missing_ok=True)
        tasks.finish(task_id, {"error": " ".join(render(problem) for problem in error.problems)}, failed=True)
        return
    except BaseException:
        path.unlink(missing_ok=True)
        tasks.finish(task_id, {}, failed=True)
        raise
    if made.locked:
        path.unlink(missing_ok=True)
        tasks.finish(task_id, {"error": render(BULK_LOCKED)}, failed=True)
        return
    tasks.finish(task_id, {"file": name, "name": "danh-sach.xlsx", "rows": made.rows, "needs": needs})
