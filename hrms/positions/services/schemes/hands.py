"""What every change of a scheme begins and ends with: the scheme locked, the right at its agency, a step written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import select

from hrms.audit import services as audit
from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.positions.models import PositionScheme, SchemeLine, SchemeStep, SchemeWork
from hrms.positions.rules.schemes import OPEN, STATE_LABELS, State, Step

P = Permission
LONGEST_REMARK = 4000

EDIT_WORDS: dict[str, str] = {
    "created": N_("lập đề án"),
    "head": N_("sửa phần chung và thuyết minh"),
    "works_added": N_("thêm công việc: %(what)s"),
    "work_edited": N_("sửa công việc: %(what)s"),
    "work_removed": N_("xóa công việc: %(what)s"),
    "grouped": N_("phân nhóm công việc: %(what)s"),
    "linked": N_("gắn công việc với vị trí: %(what)s"),
    "line_added": N_("thêm vị trí: %(what)s"),
    "line_edited": N_("sửa vị trí: %(what)s"),
    "line_removed": N_("bỏ vị trí: %(what)s"),
    "seats": N_("sửa số chỗ: %(what)s"),
    "frame": N_("đề xuất bản mô tả, khung năng lực: %(what)s"),
    "frame_dropped": N_("bỏ đề xuất bản mô tả, khung năng lực: %(what)s"),
}
"""What an edit did, kept as `<code>|<what>` in the remark of its step."""


def see(actor: Actor, scheme_id: int) -> PositionScheme:
    """Return a scheme of the actor's part, locked until the transaction ends. Raises `NotFound`."""
    found = db.session.scalar(
        select(PositionScheme)
        .where(PositionScheme.id == scheme_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None or not actor.may(P.POSITIONS_VIEW, at=found.scope_ids):
        raise missing("scheme")
    return found


def take(actor: Actor, scheme_id: int, *, alone: bool = False) -> PositionScheme:
    """Return a scheme that may be written, kept from changing its state meanwhile; several may write rows at once.

    `alone` is for who writes the scheme's own row: two who first shared it and then both wanted it would wait for
    each other. Raises `NotFound`, `Forbidden`, `Refused` when it is not the agency's turn.
    """
    actor.require(P.POSITIONS_MANAGE)
    found = db.session.scalar(
        select(PositionScheme)
        .where(PositionScheme.id == scheme_id)
        .with_for_update(read=not alone)
        .execution_options(populate_existing=True)
    )
    if found is None or not actor.may(P.POSITIONS_VIEW, at=found.scope_ids):
        raise missing("scheme")
    actor.require(P.POSITIONS_MANAGE, at=found.scope_ids)
    if State(found.state) not in OPEN:
        text = N_("Đề án đang ở bước “%(state)s” nên không sửa được. Hãy chờ kết quả, hoặc rút đề án.")
        raise Refused(Problem("", "not_open", text, {"state": STATE_LABELS[State(found.state)]}))
    return found


Row = TypeVar("Row", SchemeLine, SchemeWork)


def row_of(model: type[Row], scheme: PositionScheme, row_id: int, version: int) -> Row:
    """Return a row of a scheme, locked, when nobody wrote it since it was seen. Raises `NotFound`, `Stale`."""
    found = db.session.scalar(
        select(model)
        .where(model.id == row_id, model.scheme_id == scheme.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise missing("row")
    if found.version != version:
        raise Stale
    return found


def touched(actor: Actor, row: SchemeLine | SchemeWork) -> None:
    """Mark a row as written now, by the actor: the next who saved an older one is told."""
    row.version += 1
    row.recorded_by = actor.account_id
    row.recorded_at = clock.now()
    db.session.flush()


def note_edit(
    actor: Actor,
    scheme: PositionScheme,
    code: str,
    what: str = "",
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write down who changed what of a scheme, in its own story and in the trail."""
    remark = f"{code}|{what}"[:LONGEST_REMARK]
    add_step(actor, scheme, Step.EDIT, remark)
    # The row of the scheme itself is left alone: who writes another row at the same moment does not have to wait.
    tell(actor, "position_scheme.edited", scheme, {"edit": remark, **(after or {})}, before)


def add_step(actor: Actor, scheme: PositionScheme, step: Step, remark: str | None = None) -> None:
    """Append a step to the story of a scheme."""
    db.session.add(
        SchemeStep(
            scheme_id=scheme.id, step=step.value, account_id=actor.account_id, name=actor.name, remark=remark or None,
            happened_on=clock.today(),
        )
    )  # fmt: skip
    db.session.flush()


def tell(
    actor: Actor,
    action: str,
    scheme: PositionScheme,
    after: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Append an event to the trail of the scheme's agency."""
    audit.record(
        actor, action, "position_scheme", scheme.id, scope_ids=scheme.scope_ids, agency_id=scheme.agency_id,
        before=audit.plain(before) if before else None, after=audit.plain({"title": scheme.title, **after}),
        reason=reason,
    )  # fmt: skip
