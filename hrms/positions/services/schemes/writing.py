"""Making a scheme and its head: title, day, reason, chapters, the agency's letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from hrms.agencies import queries as agencies
from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.positions.models import PositionScheme, SchemeLine
from hrms.positions.queries import scheme_lines, schemes
from hrms.positions.rules.kinds import QUOTA_LABELS, QuotaKind
from hrms.positions.rules.schemes import Adjusting, State
from hrms.positions.services.schemes.hands import note_edit, take, tell

P = Permission
CHAPTERS: dict[str, str] = {
    "I": N_("Cơ sở pháp lý và sự cần thiết"),
    "II": N_("Hệ thống vị trí việc làm"),
    "III": N_("Biên chế"),
    "IV": N_("Cơ cấu ngạch, bậc và tỷ lệ"),
    "V": N_("Kiến nghị, đề xuất"),
}
"""The chapters of a scheme, by number."""
LONGEST_CHAPTER = 20_000
_LOCK_OFFSET = 7_000_000_000
"""Keeps two schemes of one agency from being made at the same moment."""

_GROUNDS = {
    QuotaKind.CIVIL: (
        "Luật Cán bộ, công chức số 80/2025/QH15;\n"
        "Nghị định số 361/2025/NĐ-CP của Chính phủ về vị trí việc làm công chức;\n"
        "Chức năng, nhiệm vụ, cơ cấu tổ chức của cơ quan."
    ),
    QuotaKind.PUBLIC: (
        "Luật Viên chức;\n"
        "Nghị định số 232/2026/NĐ-CP của Chính phủ về vị trí việc làm viên chức;\n"
        "Chức năng, nhiệm vụ, cơ cấu tổ chức của đơn vị."
    ),
}
"""With what a new scheme's first chapter begins; the agency writes on."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a scheme says as a whole; `chapters` by number, `request` the number and day of the agency's letter."""

    title: str
    effective_on: date | None = None
    reason: str | None = None
    chapters: Mapping[str, str] | None = None
    request: str = ""
    self_financing: bool = False


def create(
    actor: Actor, agency_id: int, quota_kind: QuotaKind, title: str, *, from_force: bool = True
) -> PositionScheme:
    """Make a draft for an agency; with `from_force` it begins with the lines that stand today.

    Raises `NotFound`, `Forbidden`, `Refused` when the agency has another scheme of the kind on its way.
    """
    actor.require(P.POSITIONS_MANAGE)
    agency = agencies.find_agency(agency_id)
    if agency is None or not actor.may(P.POSITIONS_VIEW, at=agency.scope_ids):
        raise missing("agency")
    actor.require(P.POSITIONS_MANAGE, at=agency.scope_ids)
    words = nfc(title)
    problems = [] if words else [Problem("title", "required", N_("Chưa ghi tên đề án. Hãy ghi tên."))]
    if quota_kind is QuotaKind.CONTRACT:
        sentence = N_("Đề án lập cho công chức hoặc viên chức. Hãy chọn một loại.")
        problems.append(Problem("quota_kind", "contract_alone", sentence))
    refuse_if(problems)
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_OFFSET + agency_id})
    other = schemes.open_scheme_of(agency_id, quota_kind.value)
    if other is not None:
        sentence = N_("%(agency)s đang có đề án chưa xong: “%(title)s” (%(kind)s). Hãy sửa đề án đó hoặc rút trước.")
        params = {"agency": agency.name, "title": other.title, "kind": QUOTA_LABELS[quota_kind]}
        raise Refused(Problem("agency", "scheme_open", sentence, params))
    made = PositionScheme(
        agency_id=agency_id, scope_ids=list(agency.scope_ids), quota_kind=quota_kind.value, title=words,
        state=State.DRAFT.value, content={"chapters": {"I": _GROUNDS[quota_kind]}}, checklist={},
        recorded_by=actor.account_id, changed_at=clock.now(),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    tell(actor, "position_scheme.created", made, {"quota_kind": quota_kind.value})
    note_edit(actor, made, "created")
    if from_force:
        _copy_force(actor, made)
    return made


def _copy_force(actor: Actor, scheme: PositionScheme) -> None:
    """Begin with what is in force: the agency drops and adds, instead of typing everything again."""
    units = [unit.id for unit in schemes.units_of(scheme)]
    for one in scheme_lines.present_lines(units, scheme.quota_kind, clock.today()):
        if one.seats > 0:
            db.session.add(
                SchemeLine(
                    scheme_id=scheme.id, unit_id=one.unit_id, position_id=one.position_id, code=one.code,
                    field=one.field, seats=one.seats, shares=dict(one.shares), base_position_id=one.base_position_id,
                    grade_from=one.frame.grade_from if one.frame else None,
                    grade_to=one.frame.grade_to if one.frame else None, frame={}, recorded_by=actor.account_id,
                )
            )  # fmt: skip
    db.session.flush()


def edit_head(actor: Actor, scheme_id: int, head: Head, *, version: int) -> PositionScheme:
    """Change what a scheme says as a whole. Raises `NotFound`, `Forbidden`, `Stale`, `Refused`."""
    scheme = take(actor, scheme_id, alone=True)
    if scheme.version != version:
        raise Stale
    problems = []
    title = nfc(head.title)
    if not title:
        problems.append(Problem("title", "required", N_("Chưa ghi tên đề án. Hãy ghi tên.")))
    if head.reason is not None and head.reason not in set(Adjusting):
        problems.append(Problem("reason", "unknown", N_("Lý do không có trong danh sách. Hãy chọn lại.")))
    for place, number in enumerate(CHAPTERS, 1):
        words = (head.chapters or {}).get(number, "")
        if len(words) > LONGEST_CHAPTER:
            sentence = N_("Phần %(number)s dài %(length)s ký tự. Hãy rút còn %(most)s ký tự.")
            params = {"number": number, "length": len(words), "most": LONGEST_CHAPTER}
            problems.append(Problem(f"chapter_{place}", "too_long", sentence, params))
    refuse_if(problems)
    before = _told(scheme)
    scheme.title, scheme.effective_on, scheme.reason = title, head.effective_on, head.reason
    kept = dict(scheme.content)
    if head.chapters is not None:
        kept["chapters"] = {number: words.strip() for number, words in head.chapters.items() if number in CHAPTERS}
    kept["self_financing"] = head.self_financing
    scheme.content = kept
    scheme.checklist = {**scheme.checklist, "request": nfc(head.request)}
    scheme.version += 1
    scheme.changed_at = clock.now()
    db.session.flush()
    after = _told(scheme)
    differs = [name for name in after if after[name] != before[name]]
    note_edit(
        actor, scheme, "head", before={n: before[n] for n in differs}, after={n: after[n] for n in differs}
    )  # fmt: skip
    return scheme


def _told(scheme: PositionScheme) -> dict[str, Any]:
    return {
        "title": scheme.title, "effective_on": scheme.effective_on, "adjusting_reason": scheme.reason,
        "request": scheme.checklist.get("request", ""),
        "self_financing": bool(scheme.content.get("self_financing")),
    }  # fmt: skip
