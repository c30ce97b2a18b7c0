"""Sheets held for writing on their work: locked first, then read, then judged; who may write, while which state.

A sheet is locked before anything on it changes, so that two who work on two products of one sheet come one after the
other and the points reckoned last know both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.people.models import Person
from hrms.performance.models import ScoreSheet, ScoringPeriod, WorkItem
from hrms.performance.rules.work import WITH_ITS_OWNER, SheetState
from hrms.performance.services.authority import may_score_each

ENTITY = "work_item"
_LOCK = text("SELECT id FROM score_sheets WHERE id = ANY (:ids) ORDER BY id FOR UPDATE")
_TOLD = ("title", "code", "kind", "state", "quantity", "units", "due_on")


@dataclass(frozen=True, slots=True)
class Held:
    """A sheet with its period (none for months taken over), the path of its agency, and whose it is."""

    sheet: ScoreSheet
    period: ScoringPeriod | None
    agency_path: list[int]
    person: str
    scope_ids: list[int]

    @property
    def is_published(self) -> bool:
        """Say whether nothing on it changes any more."""
        return self.sheet.state == SheetState.PUBLISHED or self.sheet.superseded_at is not None


def hold(sheet_ids: Collection[int], *, lock: bool = True) -> dict[int, Held]:
    """Return sheets by id, locked in the order of their ids; two statements. Raises `NotFound` for one out of sight."""
    wanted = sorted(set(sheet_ids))
    if lock:
        db.session.execute(_LOCK, {"ids": wanted})
    query = (
        select(ScoreSheet, ScoringPeriod, Agency.scope_ids, Person.full_name, Person.scope_ids)
        .join(Agency, Agency.id == ScoreSheet.agency_id)
        .join(Person, Person.id == ScoreSheet.person_id)
        .outerjoin(ScoringPeriod, ScoringPeriod.id == ScoreSheet.period_id)
        .where(ScoreSheet.id.in_(wanted))
        .execution_options(populate_existing=True)
    )
    found = {row[0].id: Held(row[0], row[1], list(row[2]), row[3], list(row[4])) for row in db.session.execute(query)}
    if len(found) != len(wanted):
        raise missing("sheet")
    return found


def judge(actor: Actor, held: Held) -> Problem | None:
    """Return why the actor cannot write on the work of a sheet, None when they can; `IN_THE_WAY` has the codes.

    HR and heads of its agency, or whoever scores it; once it is scored only the latter; nobody on their own.
    """
    return judge_each(actor, [held])[held.sheet.id]


def judge_each(actor: Actor, found: Collection[Held]) -> dict[int, Problem | None]:
    """Return the same for many sheets, by id; three statements when some are asked of by right of scoring."""
    waiting = {one.sheet.id: _barred(actor, one) for one in found}
    asked = [one.sheet for one in found if waiting[one.sheet.id] is None and not _by_right(actor, one)]
    scoring = may_score_each(actor, asked) if asked else {}
    for one in found:
        problem = scoring.get(one.sheet.id)
        if problem is None:
            continue
        if one.sheet.state == SheetState.SCORED and actor.may(Permission.PERFORMANCE_ASSIGN, at=one.agency_path):
            text_ = N_("Phiếu đã được chấm: chỉ người có thẩm quyền chấm phiếu này mới giao, xác nhận thêm được.")
            problem = Problem("", "scored", text_)
        waiting[one.sheet.id] = problem
    return waiting


IN_THE_WAY = frozenset({"own_sheet", "published", "scored"})
"""Codes of reasons that lie in whose sheet it is or where it stands; all others say that the right is missing."""


def _by_right(actor: Actor, held: Held) -> bool:
    return held.sheet.state != SheetState.SCORED and actor.may(Permission.PERFORMANCE_ASSIGN, at=held.agency_path)


def _barred(actor: Actor, held: Held) -> Problem | None:
    if actor.person_id is not None and actor.person_id == held.sheet.person_id:
        text_ = N_("Phiếu của chính bạn: việc do người có thẩm quyền giao và xác nhận. Bạn chỉ báo cáo và đề xuất.")
        return Problem("", "own_sheet", text_)
    if held.is_published:
        text_ = N_(
            "Phiếu đã công khai nên không sửa được nữa. Muốn sửa, người có thẩm quyền lập phiếu đính chính."
        )  # fmt: skip
        return Problem("", "published", text_)
    return None


def hold_to_write(actor: Actor, sheet_ids: Collection[int]) -> dict[int, Held]:
    """Return sheets locked for writing on their work. Raises `NotFound`, `Forbidden`, `Refused` naming the people."""
    found = hold(sheet_ids)
    problems: dict[str, tuple[Problem, list[str]]] = {}
    for sheet_id, problem in judge_each(actor, list(found.values())).items():
        held = found[sheet_id]
        if problem is not None and problem.code not in IN_THE_WAY:
            raise Forbidden(problem)
        if problem is not None:
            problems.setdefault(problem.code, (problem, []))[1].append(held.person)
    if len(found) == 1 and problems:
        raise Refused(*(problem for problem, _names in problems.values()))
    if problems:
        raise Refused(*(_of_several(problem, names) for problem, names in problems.values()))
    return found


_SEVERAL = {
    "own_sheet": N_("Danh sách có chính bạn (%(names)s): việc của bạn do người có thẩm quyền giao. Hãy bỏ tên bạn."),
    "published": N_("Phiếu của %(names)s đã công khai nên không giao thêm được. Hãy bỏ những người này."),
    "scored": N_("Phiếu của %(names)s đã được chấm; chỉ người chấm mới giao thêm được. Hãy bỏ các tên này."),
}
NAMES_SHOWN = 10


def _of_several(problem: Problem, names: Sequence[str]) -> Problem:
    shown = ", ".join(names[:NAMES_SHOWN]) + (" …" if len(names) > NAMES_SHOWN else "")
    return Problem("", problem.code, _SEVERAL[problem.code], {"names": shown})


def hold_own(actor: Actor, sheet_id: int) -> Held:
    """Return one's own sheet, locked, while it is with its owner. Raises `NotFound`, `Forbidden`, `Refused`."""
    held = hold([sheet_id])[sheet_id]
    if not actor.is_holder(held.sheet.person_id):
        raise Forbidden(Problem("", "not_own", N_("Chỉ người được giao mới báo cáo, đề xuất trên phiếu của mình.")))
    if held.is_published or SheetState(held.sheet.state) not in WITH_ITS_OWNER:
        text_ = (
            N_("Bạn đã gửi phiếu tự chấm. Hãy rút phiếu về rồi báo cáo, đề xuất.")
            if held.sheet.state == SheetState.SELF_SCORED
            else N_("Phiếu đã được chấm hoặc công khai nên không báo cáo thêm được.")
        )
        raise Refused(Problem("", "not_with_owner", text_))
    return held


def item_of(item_id: int) -> WorkItem:
    """Return a product as read, without a lock. Raises `NotFound`."""
    found = db.session.get(WorkItem, item_id)
    if found is None:
        raise missing("item")
    return found


def lock_item(item_id: int, version: int | None) -> WorkItem:
    """Return a product, locked, as it is now; its sheet is locked already. Raises `NotFound`, `Stale`."""
    query = select(WorkItem).where(WorkItem.id == item_id).with_for_update()
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise missing("item")
    if version is not None and version != found.version:
        raise Stale
    return found


def touch(item: WorkItem) -> None:
    """Count a change of a product."""
    item.version += 1
    db.session.flush()


def note(
    actor: Actor, did: str, held: Held, item: WorkItem, *, before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None, reason: str | None = None,
) -> None:  # fmt: skip
    """Write into the trail what happened to a product."""
    audit.record(
        actor, f"{ENTITY}.{did}", ENTITY, item.id, person_id=item.person_id, scope_ids=held.scope_ids,
        before=dict(before) if before else None, after={"title": item.title, **(after or {})}, reason=reason,
    )  # fmt: skip


def told(item: WorkItem) -> dict[str, Any]:
    """Return what the trail keeps of a product that was given."""
    return {name: getattr(item, name) for name in _TOLD if getattr(item, name) is not None}
