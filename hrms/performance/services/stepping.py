"""The parts every step on a sheet is made of: locking, judging, reckoning, the event, the trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.people.services.current import tell_changed
from hrms.performance.models import CriteriaSet, ScoreSheet, ScoringPeriod, SheetEvent
from hrms.performance.queries.criteria import Terms, terms_for
from hrms.performance.queries.sheets import last_day
from hrms.performance.rules import sheets as rules
from hrms.performance.rules.sheets import Action, Party
from hrms.performance.rules.work import SheetState
from hrms.performance.services import reckoning
from hrms.performance.services.authority import may_score

ENTITY = "sheet"
NOTE_MOST = 2_000


def terms_of(sheet: ScoreSheet) -> Terms:
    """Return what holds of a sheet on the last day of its period. Raises `Refused` when its criteria do not."""
    criteria = db.session.get_one(CriteriaSet, sheet.set_id)
    return terms_for(sheet.agency_id, criteria.code, last_day(sheet.year, sheet.kind, sheet.number))


def note_event(actor: Actor, sheet: ScoreSheet, what: str, reason: str | None = None) -> None:
    """Append what happened to a sheet."""
    db.session.add(
        SheetEvent(
            sheet_id=sheet.id, person_id=sheet.person_id, what=what, score=sheet.score, reason=reason,
            actor=actor.name, recorded_by=actor.account_id,
        )
    )  # fmt: skip
    db.session.flush()


def tell(
    actor: Actor, did: str, sheet: ScoreSheet, reason: str | None = None, *, before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write into the trail what was done with a sheet."""
    place = db.session.get_one(Agency, sheet.agency_id)
    said = {"period": f"{sheet.kind} {sheet.number}/{sheet.year}", **(after or {})}
    audit.record(
        actor, f"{ENTITY}.{did}", ENTITY, sheet.id, person_id=sheet.person_id, agency_id=sheet.agency_id,
        scope_ids=place.scope_ids, before=before, after=said, reason=reason,
    )  # fmt: skip


def locked(sheet_id: int, version: int | None = None) -> ScoreSheet:
    """Return a sheet, locked, as it is now. Raises `NotFound`, `Stale`."""
    # Read before it is locked: a row one may see but not write (a published one of one's own) is refused by name, not
    # as missing.
    query = select(ScoreSheet).where(ScoreSheet.id == sheet_id).execution_options(populate_existing=True)
    seen = db.session.scalar(query)
    if seen is None:
        raise missing("sheet")
    found = db.session.scalar(query.with_for_update()) or seen
    if version is not None and version != found.version:
        raise Stale
    return found


def own(actor: Actor, sheet_id: int, action: Action, version: int) -> ScoreSheet:
    """Return one's own sheet, locked, for an action. Raises `NotFound`, `Forbidden`, `Refused`, `Stale`."""
    sheet = locked(sheet_id)
    if not actor.is_holder(sheet.person_id):
        raise Forbidden(Problem("", "not_own", N_("Chỉ chính người được đánh giá mới tự chấm phiếu của mình.")))
    if sheet.superseded_at is not None:
        raise Refused(published())
    if problem := rules.may(action, SheetState(sheet.state), {Party.SELF}):
        raise Refused(problem)
    if version != sheet.version:
        raise Stale
    return sheet


def judge(actor: Actor, sheet: ScoreSheet, action: Action, reason: str = "") -> None:
    """Check that the actor scores this sheet and that it stands where the action begins. Raises as the actions do."""
    if problem := may_score(actor, sheet):
        raise Forbidden(problem)
    if sheet.superseded_at is not None:
        raise Refused(published())
    problem = rules.may(
        action, SheetState(sheet.state), {Party.AUTHORITY}, overdue=is_overdue(sheet), reason=reason
    )  # fmt: skip
    if problem:
        raise Refused(problem)
    if sheet.source == "imported":
        words = N_("Tháng này nhập từ tệp Excel nên không chấm lại từng sản phẩm được. Hãy nhập tệp đính chính.")
        raise Refused(Problem("", "imported", words))


def is_overdue(sheet: ScoreSheet) -> bool:
    """Say whether the day to score oneself has passed: the authority need not wait any longer."""
    if sheet.period_id is None:
        return True
    due = db.session.scalar(select(ScoringPeriod.self_due_on).where(ScoringPeriod.id == sheet.period_id))
    return due is None or clock.today() > due


def not_own(actor: Actor, sheet: ScoreSheet) -> None:
    """Refuse whoever the sheet is about. Raises `Forbidden`."""
    if problem := rules.conflict(actor.person_id, sheet.person_id):
        raise Forbidden(problem)


def step(actor: Actor, sheet: ScoreSheet, action: Action, what: str, reason: str | None = None) -> None:
    """Bring a sheet to the state an action ends in, reckon it, note it."""
    before = sheet.state
    sheet.state = rules.transition(action).end.value
    sheet.version += 1
    db.session.flush()
    reckoning.refresh([sheet.id])
    note_event(actor, sheet, what, reason)
    # The points stand in the event alone: officers read the trail of their own record, points only once published.
    tell(actor, what, sheet, reason, before={"state": before}, after={"state": sheet.state})
    tell_changed([sheet.person_id])


def reason_of(reason: str) -> str:
    """Return a reason, trimmed. Raises `Refused` for none, or one too long."""
    words = nfc(reason).strip()
    if not words:
        raise Refused(Problem("reason", "reason_missing", N_("Chưa ghi lý do. Hãy ghi vì sao.")))
    if len(words) > NOTE_MOST:
        raise Refused(too_long("reason"))
    return words


def too_long(field: str = "note") -> Problem:
    """Return the problem of words that do not fit."""
    return Problem(field, "too_long", N_("Nội dung quá dài. Hãy viết không quá %(most)s ký tự."), {"most": NOTE_MOST})


def published() -> Problem:
    """Return the problem of a sheet that nothing changes any more."""
    return Problem("state", "published", N_("Phiếu đã công khai hoặc đã được thay nên không sửa được nữa."))
