"""Building the file of results for the national database in the background."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from hrms.accounts import queries as accounts
from hrms.agencies import queries as agencies
from hrms.core import scope, tasks
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import HrmsError, Refused
from hrms.core.i18n import render
from hrms.core.jobs import in_app, queue
from hrms.core.models import Task
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.people.queries.filters import Reach
from hrms.people.services.export import BULK_LOCKED, note_export
from hrms.performance.papers import national as papers
from hrms.performance.queries import national as reading
from hrms.performance.queries.national import FILE_KIND, Choice
from hrms.performance.services import national
from hrms.positions.queries.part import Part, part_of

P = Permission
NEEDS = (P.PERFORMANCE_MANAGE, P.PEOPLE_EXPORT)
NAME = "ket-qua-danh-gia.zip"


def start(actor: Actor, agency: str | None, choice: Choice) -> int:
    """Ask for a file of what waits in a part of the tree; returns the task's id. Raises `Refused` when nothing does."""
    part = _part(actor, agency)
    rows = reading.count_to_send(part, choice)
    if not rows:
        raise Refused(Problem("", "nothing_to_send", N_("Không có kết quả nào chờ gửi theo lựa chọn này.")))
    return tasks.start(actor, FILE_KIND, FILE_KIND, agency=agency, rows=rows, **choice.values())


def mark_sent(actor: Actor, task_id: int) -> int:
    """Mark the results of a file that one built as sent. Raises `NotFound` for another's, `Refused`."""
    found = tasks.get_own(actor, task_id)
    result = found.result or {}
    if found.kind != FILE_KIND or found.state != "done" or "checksum" not in result:
        raise Refused(Problem("", "no_file", N_("Tệp này chưa dựng xong nên chưa đánh dấu gửi được.")))
    return national.mark_sent(actor, result["ids"], result["name"], result["checksum"])


def _part(actor: Actor, agency: str | None) -> Part:
    """Return the part of the tree, asked again with every right the file needs. Raises `NotFound`, `Forbidden`."""
    part = part_of(actor, agency, P.PERFORMANCE_MANAGE)
    for permission in NEEDS:
        actor.require(permission, at=part.agency.scope_ids if part.agency else None)
    return part


@queue.task(name=FILE_KIND)
@in_app
def build(task_id: int) -> None:
    """Write the file, with the rights the account holds when the job runs, not when it asked."""
    with scope.everything():
        task = db.session.scalars(select(Task).where(Task.id == task_id)).one()
        actor = accounts.actor_of(task.account_id or 0, via="job")
        asked: dict[str, Any] = dict(task.arguments)
    db.session.rollback()
    scope.enter_for(actor, P.PERFORMANCE_MANAGE)
    name, path = tasks.new_result(".zip")
    try:
        with transaction():
            made, locked, needs = _write(actor, task_id, asked, path)
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
    if locked:
        path.unlink(missing_ok=True)
        tasks.finish(task_id, {"error": render(BULK_LOCKED)}, failed=True)
        return
    result = {
        "file": name, "name": NAME, "rows": made.rows, "ids": list(made.ids), "checksum": made.checksum,
        "needs": needs,
    }  # fmt: skip
    tasks.finish(task_id, result)


def _write(actor: Actor, task_id: int, asked: dict[str, Any], path: Any) -> tuple[papers.Made, bool, list[Any]]:
    part = _part(actor, asked.get("agency"))
    choice = Choice(asked.get("kind"), asked.get("year"), asked.get("number"))
    closures = agencies.scope_ids_of(list(part.roots)) if part.agency else None
    by_number = actor.may(P.PEOPLE_REVEAL_ID, at=closures)
    total = int(asked.get("rows", 0))
    batches = reading.stream_to_send(part, choice, national_ids=by_number)
    made = papers.build(path, batches, lambda done: tasks.report(task_id, done, max(total, done)))
    locked = note_export(actor, "performance.national", made.rows, Reach(part.roots, part.agency_id))
    wanted = [*NEEDS, P.PEOPLE_REVEAL_ID] if by_number else list(NEEDS)
    needs = [(one.value, agencies.scope_ids_of([root])) for one in wanted for root in part.roots if root]
    return made, locked, needs
