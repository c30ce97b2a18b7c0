"""The checks of an absence: what its kind allows, its days, nobody away twice at once, nobody away who has left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hrms.core import dated
from hrms.core.actor import Actor
from hrms.core.dates import last_day
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.people.models import Person, PersonStatus
from hrms.people.queries import law
from hrms.people.rules.absences import ABSENCE_LABELS, REASON_GUARDS, AbsenceKind, expected_end
from hrms.people.rules.kinds import IN_SERVICE, STATUS_LABELS, EmploymentStatus

_OF_ONE_KIND = {
    "children": (AbsenceKind.MATERNITY_LEAVE, N_("Số con sinh lần này")),
    "abroad": (AbsenceKind.STUDY, N_("Học ở nước ngoài")),
    "prosecuted": (AbsenceKind.SUSPENSION, N_("Bị khởi tố")),
}


def check_absence(
    person: Person, values: dict[str, Any], valid_from: date, valid_to: date | None, others: Sequence[Any]
) -> list[Problem]:
    """Fill in what follows from the kind and return what is wrong; `others` are the absences in force beside this one.

    The end foreseen of maternity leave and of a suspension comes from the law where the paper says none.
    """
    kind = AbsenceKind(values["absence_kind"])
    problems = [*_of_kind(kind, values), *_days(values, valid_from, valid_to)]
    problems += _overlaps(kind, valid_from, valid_to, others)
    problems += _has_left(person, valid_from)
    if not problems and valid_to is None and values.get("expected_until") is None:
        found = expected_end(
            kind, valid_from, law.parameters(valid_from), law.holidays().add,
            children=values["children"] or 1, prosecuted=bool(values["prosecuted"]),
        )  # fmt: skip
        values["expected_until"] = found.last_day
    return problems


def with_hidden_reason(actor: Actor, person: Person, row: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of a correction with the words of why kept, where the corrector may not see them."""
    guard = REASON_GUARDS.get(AbsenceKind(row.absence_kind))
    if guard is None or actor.may(Permission(guard), at=person.scope_ids) or values.get("absence_reason"):
        return values
    return {**values, "absence_reason": row.absence_reason}


def _of_kind(kind: AbsenceKind, values: dict[str, Any]) -> list[Problem]:
    problems = []
    for name, (own, label) in _OF_ONE_KIND.items():
        said = values.get(name)
        if kind is own:
            values[name] = (said or 1) if name == "children" else bool(said)
            continue
        values[name] = None
        if said:
            words = N_("“%(field)s” chỉ ghi với %(own)s; bỏ mục này hoặc chọn lại loại thời gian nghỉ.")
            problems.append(Problem(name, "of_another_kind", words, {"field": label, "own": ABSENCE_LABELS[own]}))
    return problems


def _days(values: Mapping[str, Any], valid_from: date, valid_to: date | None) -> list[Problem]:
    problems = []
    until, days = values.get("expected_until"), values.get("working_days")
    if until is not None and until < valid_from:
        words = N_("Ngày dự kiến nghỉ đến %(until)s trước ngày bắt đầu nghỉ %(start)s; sửa lại.")
        problems.append(Problem("expected_until", "dates_out_of_order", words, {"until": until, "start": valid_from}))
    if days is not None and valid_to is None:
        words = N_("Số ngày làm việc chỉ ghi khi đã có ngày cuối; ghi ngày cuối hoặc bỏ trống.")
        problems.append(Problem("working_days", "needs_last_day", words))
    if days is not None and valid_to is not None and days > (valid_to - valid_from).days:
        words = N_("Số ngày làm việc %(days)s nhiều hơn %(most)s ngày của đợt nghỉ; sửa một trong hai.")
        problems.append(
            Problem("working_days", "too_many", words, {"days": days, "most": (valid_to - valid_from).days})
        )
    return problems


def _overlaps(kind: AbsenceKind, valid_from: date, valid_to: date | None, others: Sequence[Any]) -> list[Problem]:
    """Refuse a second absence on a day; the same one again, perhaps on another paper, is no second one."""
    for row in others:
        if (row.valid_from, row.valid_to, row.absence_kind) == (valid_from, valid_to, kind.value):
            continue
        if (valid_to is None or row.valid_from < valid_to) and (row.valid_to is None or row.valid_to > valid_from):
            words = N_(
                "Người này đã có %(kind)s từ %(start)s đến %(end)s; sửa ngày, hoặc kết thúc hay đính chính đợt nghỉ đó."
            )
            end = last_day(row.valid_to) or N_("nay")
            params = {"kind": ABSENCE_LABELS[AbsenceKind(row.absence_kind)], "start": row.valid_from, "end": end}
            return [Problem("valid_from", "absent_already", words, params)]
    return []


def _has_left(person: Person, valid_from: date) -> list[Problem]:
    found = db.session.execute(
        db.select(PersonStatus.status, PersonStatus.valid_from).where(
            PersonStatus.person_id == person.id, dated.at(PersonStatus, valid_from)
        )
    ).one_or_none()
    if found is None or EmploymentStatus(found.status) in IN_SERVICE:
        return []
    words = N_("Ngày %(day)s người này không còn công tác (%(status)s từ %(since)s); sửa ngày bắt đầu nghỉ.")
    params = {"day": valid_from, "status": STATUS_LABELS[EmploymentStatus(found.status)], "since": found.valid_from}
    return [Problem("valid_from", "not_in_service", words, params)]
