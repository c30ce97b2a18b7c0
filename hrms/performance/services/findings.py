"""What was found about a product: a failed check, a lateness, its cause, whether it is excused; withdrawn, not edited.

Each that nothing excuses takes a quarter of the product's quality or progress (NĐ 335/2025/NĐ-CP Đ14); the counts on
the product are always the sum of its findings.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, text

from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, refuse_if
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.performance.models import WorkFinding, WorkItem
from hrms.performance.queries.answering import may_touch
from hrms.performance.rules.work import TEXT_LENGTH, FindingKind, ItemState, finding_problems
from hrms.performance.services import reckoning
from hrms.performance.services.holding import Held, hold_to_write, item_of, lock_item, note

FINDINGS_MOST = 100
"""Findings of one product; the fifth takes the last quarter already."""
_COUNT = text("""
UPDATE work_items w SET version = w.version + 1, failed_checks = f.failed, late_count = f.late
FROM (SELECT count(*) FILTER (WHERE kind = 'failed_check') AS failed, count(*) FILTER (WHERE kind = 'late') AS late
  FROM work_findings WHERE item_id = :item AND NOT excused AND withdrawn_on IS NULL) f
WHERE w.id = :item
""")


def find(
    actor: Actor, item_id: int, kind: FindingKind, on: date | None, cause: str, excused: bool,
    version: int | None = None,
) -> int:  # fmt: skip
    """Write a finding of a product; returns its id. Raises `Refused`, `Stale`, `Forbidden`."""
    held, item = _held(actor, item_id, version)
    said = nfc(cause)[:TEXT_LENGTH]
    if item.state != ItemState.GIVEN:
        raise Refused(Problem("", "not_given", N_("Sản phẩm này chưa được giao hoặc đã rút nên không ghi được.")))
    problems = finding_problems(on, said, held.period.starts_on if held.period else None, clock.today())
    count = db.session.query(WorkFinding).filter_by(item_id=item_id).count()
    if count >= FINDINGS_MOST:
        words = N_("Sản phẩm đã có %(n)s lần ghi. Hãy kiểm tra lại các lần đã ghi.")
        problems.append(Problem("", "too_many", words, {"n": count}))
    refuse_if(problems)
    found = WorkFinding(
        item_id=item_id, person_id=item.person_id, kind=kind.value, found_on=on, cause=said, excused=excused,
        recorded_by=actor.account_id,
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    after = {"finding": kind.value, "found_on": on, "cause": said, "excused": excused}
    _count(held, item)
    note(actor, "found", held, item, after=after)
    return found.id


def withdraw_finding(actor: Actor, finding_id: int, reason: str) -> int:
    """Withdraw a finding with a reason; returns the product's id. Raises `Refused`, `Forbidden`, `NotFound`."""
    finding = db.session.get(WorkFinding, finding_id)
    if finding is None:
        raise missing("finding")
    held, item = _held(actor, finding.item_id, None)
    finding = db.session.scalars(
        select(WorkFinding).where(WorkFinding.id == finding_id).execution_options(populate_existing=True)
    ).one()
    why = nfc(reason)[:TEXT_LENGTH]
    problems = []
    if finding.withdrawn_on is not None:
        problems.append(Problem("", "withdrawn", N_("Lần ghi này đã rút trước đó.")))
    if not why:
        problems.append(Problem("reason", "required", N_("Chưa ghi lý do rút. Hãy ghi lần ghi này sai ở đâu.")))
    refuse_if(problems)
    finding.withdrawn_on, finding.withdrawn_reason = clock.today(), why
    db.session.flush()
    _count(held, item)
    before = {"finding": finding.kind, "found_on": finding.found_on, "cause": finding.cause}
    note(actor, "finding_withdrawn", held, item, before=before, reason=why)
    return item.id


def _count(held: Held, item: WorkItem) -> None:
    db.session.flush()
    db.session.execute(_COUNT, {"item": item.id})
    db.session.refresh(item)
    reckoning.refresh([held.sheet.id])


def _held(actor: Actor, item_id: int, version: int | None) -> tuple[Held, WorkItem]:
    sheet_id = item_of(item_id).sheet_id
    held = hold_to_write(actor, [sheet_id])[sheet_id]
    # A finding takes points, its withdrawal gives them back: as with scoring, not for one's own kin.
    if barred := may_touch(actor, held.sheet.person_id):
        raise Forbidden(barred)
    return held, lock_item(item_id, version)
