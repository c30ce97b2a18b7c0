"""What people say of their own work: progress and evidence, what cannot be done, what they propose to take on.

Nothing of it gives points: the authority confirms (NĐ 335/2025/NĐ-CP Đ18 k2).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hrms.audit import services as audit
from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused, refuse_if
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.performance.models import WorkItem
from hrms.performance.rules.work import (
    TEXT_LENGTH,
    ItemState,
    Reported,
    report_problems,
    units_of,
)
from hrms.performance.services import reckoning
from hrms.performance.services.assigning import Line, settle_one
from hrms.performance.services.holding import Held, hold_own, item_of, lock_item, note, told, touch

PROPOSALS_MOST = 100
"""Open proposals on one sheet."""


def report(
    actor: Actor, item_id: int, reported: Reported, progress: int, evidence: str, version: int | None = None
) -> None:
    """Say how far one's own product has come (per cent), with evidence, or that it cannot be done and why.

    Raises `Refused`, `Stale`, `Forbidden` on another's sheet.
    """
    held, item = _own_item(actor, item_id, version)
    if item.state != ItemState.GIVEN:
        text = N_("Sản phẩm này chưa được giao hoặc đã rút nên chưa báo cáo được.")
        raise Refused(Problem("", "not_given", text))
    said = nfc(evidence)[:TEXT_LENGTH]
    so_far = 100 if reported is Reported.DONE else progress
    refuse_if(report_problems(reported, so_far, said))
    before = {"reported": item.reported, "progress": item.progress, "evidence": item.evidence}
    item.reported, item.progress, item.evidence = reported.value, so_far, said or None
    item.reported_on = None if reported is Reported.OPEN else clock.today()
    touch(item)
    old, new = audit.changed(
        before, {"reported": item.reported, "progress": item.progress, "evidence": item.evidence}
    )  # fmt: skip
    note(actor, "reported", held, item, before=old, after=new)
    reckoning.refresh([item.sheet_id])


def propose(actor: Actor, sheet_id: int, line: Line) -> int:
    """Propose a product for one's own sheet; it counts once the authority accepted it. Returns the item's id."""
    held = hold_own(actor, sheet_id)
    waiting = db.session.query(WorkItem).filter_by(sheet_id=sheet_id, state=ItemState.PROPOSED.value).count()
    if waiting >= PROPOSALS_MOST:
        text = N_("Phiếu đã có %(n)s đề xuất đang chờ. Hãy chờ trả lời hoặc rút bớt.")
        raise Refused(Problem("", "too_many", text, {"n": waiting}))
    settled = settle_one(replace(line, quantity=line.quantity or Decimal(0)), held)
    item = WorkItem(
        sheet_id=sheet_id, person_id=held.sheet.person_id, product_id=settled.product_id,
        objective_id=settled.objective_id, code=settled.code, title=settled.title, output=settled.output,
        kind=settled.kind.value, state=ItemState.PROPOSED.value, quantity=settled.quantity,
        units=units_of(settled.quantity, settled.factor or Decimal(0)), due_on=settled.due_on, reported="open",
        progress=0, failed_checks=0, late_count=0, recorded_by=actor.account_id,
    )  # fmt: skip
    db.session.add(item)
    db.session.flush()
    note(actor, "proposed", held, item, after=told(item))
    return item.id


def withdraw_proposal(actor: Actor, item_id: int, version: int | None = None) -> int:
    """Take back a proposal nobody has answered; returns the id of its sheet. Raises `Refused`, `Stale`, `Forbidden`."""
    held, item = _own_item(actor, item_id, version)
    if item.state != ItemState.PROPOSED:
        raise Refused(Problem("", "not_proposed", N_("Đề xuất này đã được trả lời nên không rút được nữa.")))
    note(actor, "proposal_withdrawn", held, item, before=told(item))
    db.session.delete(item)
    db.session.flush()
    return held.sheet.id


def _own_item(actor: Actor, item_id: int, version: int | None) -> tuple[Held, WorkItem]:
    held = hold_own(actor, item_of(item_id).sheet_id)
    return held, lock_item(item_id, version)
