"""Schemes of bonuses and extra income: a draft, its issue, its end. One that is in force is not edited, but followed.

The regulation (quy chế tiền thưởng) is issued by the head of the agency or unit and public inside (NĐ 161/2026/NĐ-CP
Đ4); here it is data, kept for the agency and those below it that have none of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, Stale
from hrms.core.formats import format_date
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.pay.models import IncentiveRound, IncentiveScheme
from hrms.pay.rules.schemes import SCHEME_STATES, SchemeState, Terms, check_terms, write_terms
from hrms.performance.services.conferring import cite

P = Permission
NAME_LENGTH = 300
NOTE_LENGTH = 4000
FIRST_DAY = date(2024, 7, 1)
"""Before it no law had a bonus fund (NĐ 73/2024/NĐ-CP)."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a form says of a scheme."""

    name: str
    valid_from: date
    terms: Terms
    note: str | None = None
    mark: str = "K"


def make(actor: Actor, agency: Agency, given: Given) -> int:
    """Begin a scheme of an agency as a draft; its id. Raises `Forbidden`, `Refused`."""
    actor.require(P.PAY_SCHEMES, at=agency.scope_ids)
    values = _values(given)
    found = IncentiveScheme(agency_id=agency.id, state=SchemeState.DRAFT.value, recorded_by=actor.account_id, **values)
    db.session.add(found)
    db.session.flush()
    _tell(actor, "made", found, agency)
    return found.id


def change(actor: Actor, scheme_id: int, given: Given, *, version: int) -> None:
    """Put a draft right. Raises `NotFound`, `Forbidden`, `Stale`, `Refused` for one that is in force."""
    found, agency = _locked(actor, scheme_id, (SchemeState.DRAFT,), version)
    for name, value in _values(given).items():
        setattr(found, name, value)
    _written(found)
    _tell(actor, "changed", found, agency)


def issue(actor: Actor, scheme_id: int, decision_id: int | None, *, version: int) -> None:
    """Put a draft in force, by a decision of the register where there is one. Raises as `change`."""
    found, agency = _locked(actor, scheme_id, (SchemeState.DRAFT,), version)
    reference = cite(actor, decision_id, agency.scope_ids) if decision_id else None
    found.state, found.decision_id = SchemeState.IN_FORCE.value, decision_id
    _written(found)
    _tell(actor, "issued", found, agency, decision=reference)


def end(actor: Actor, scheme_id: int, last_day: date, *, version: int) -> None:
    """End a scheme after its last day. Raises as `change`, and when a round of a later period follows it."""
    found, agency = _locked(actor, scheme_id, (SchemeState.IN_FORCE,), version)
    if last_day < found.valid_from:
        text = N_("Ngày cuối phải từ ngày bắt đầu %(day)s trở đi. Hãy nhập lại.")
        raise Refused(Problem("last_day", "before_start", text, {"day": format_date(found.valid_from)}))
    query = select(IncentiveRound.year).where(
        IncentiveRound.scheme_id == scheme_id, IncentiveRound.state != "cancelled", IncentiveRound.year > last_day.year
    )
    later = db.session.scalars(query.limit(1)).first()
    if later is not None:
        text = N_("Đã có đợt chi năm %(year)s theo quy chế này. Hãy hủy đợt đó hoặc chọn ngày cuối muộn hơn.")
        raise Refused(Problem("last_day", "followed", text, {"year": str(later)}))
    found.valid_to = last_day + timedelta(days=1)
    if found.valid_to <= clock.today():
        found.state = SchemeState.ENDED.value
    _written(found)
    _tell(actor, "ended", found, agency)


def remove(actor: Actor, scheme_id: int, *, version: int) -> None:
    """Remove a draft. Raises as `change`."""
    found, agency = _locked(actor, scheme_id, (SchemeState.DRAFT,), version)
    _tell(actor, "removed", found, agency)
    db.session.delete(found)
    db.session.flush()


def _values(given: Given) -> dict[str, Any]:
    name, note = nfc(given.name), nfc(given.note or "") or None
    problems = check_terms(given.terms)
    if not name or len(name) > NAME_LENGTH:
        text = N_("Tên quy chế phải có, nhiều nhất %(most)s ký tự. Hãy sửa.")
        problems.append(Problem("name", "name", text, {"most": NAME_LENGTH}))
    if note and len(note) > NOTE_LENGTH:
        text = N_("Ghi chú dài quá %(most)s ký tự. Hãy viết ngắn hơn.")
        problems.append(Problem("note", "too_long", text, {"most": NOTE_LENGTH}))
    if given.valid_from < FIRST_DAY:
        text = N_("Ngày áp dụng phải từ %(day)s: trước đó luật chưa có quỹ tiền thưởng. Hãy sửa.")
        problems.append(Problem("valid_from", "too_early", text, {"day": format_date(FIRST_DAY)}))
    if not given.terms.scheme.source:
        problems.append(Problem("source", "required", N_("Chưa ghi căn cứ. Hãy ghi văn bản của quy chế.")))
    if problems:
        raise Refused(*problems)
    terms, eligible = write_terms(given.terms)
    return {
        "name": name, "purpose": given.terms.purpose.value, "valid_from": given.valid_from, "terms": terms,
        "eligible": eligible, "source": given.terms.scheme.source, "mark": given.mark, "note": note,
    }  # fmt: skip


def _locked(
    actor: Actor, scheme_id: int, states: tuple[SchemeState, ...], version: int
) -> tuple[IncentiveScheme, Agency]:  # fmt: skip
    found = db.session.scalar(
        select(IncentiveScheme)
        .where(IncentiveScheme.id == scheme_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise missing("incentive_scheme")
    agency = db.session.get_one(Agency, found.agency_id)
    actor.require(P.PAY_SCHEMES, at=agency.scope_ids)
    if found.version != version:
        raise Stale
    if found.state not in states:
        text = N_(
            "Quy chế ở tình trạng “%(state)s”, không làm được việc này. Muốn đổi, hãy sao chép thành quy chế mới."
        )
        raise Refused(Problem("", "wrong_state", text, {"state": SCHEME_STATES[SchemeState(found.state)]}))
    return found, agency


def _written(found: IncentiveScheme) -> None:
    found.version += 1
    db.session.flush()


def _tell(actor: Actor, verb: str, found: IncentiveScheme, agency: Agency, **more: Any) -> None:
    after: Mapping[str, Any] = {
        "name": found.name, "agency": agency.name, "purpose": found.purpose, "valid_from": found.valid_from.isoformat(),
        "valid_to": found.valid_to.isoformat() if found.valid_to else None, "kind": found.terms["kind"], **more,
    }  # fmt: skip
    audit.record(
        actor, f"incentive_scheme.{verb}", "incentive_scheme", found.id, scope_ids=agency.scope_ids,
        agency_id=agency.id, after={name: value for name, value in after.items() if value is not None},
    )  # fmt: skip
