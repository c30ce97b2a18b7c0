"""What classes register: the menu, labels, the summons, lines of the calendar, sentences and words of the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from hrms.core import hooks
from hrms.core.i18n import N_, render
from hrms.core.jinja import register_labels
from hrms.training.papers import invitation
from hrms.training.queries import class_checks, class_due
from hrms.training.queries.classes import READS
from hrms.training.rules import classes, eligibility
from hrms.training.rules.states import ACCEPTS_LABELS, CLASS_LABELS, Accepts, ClassState

GROUP = N_("Đào tạo, bồi dưỡng")
_CLASS: dict[str, str] = {
    "class.added": N_("lập lớp “%(name)s”"),
    "class.edited": N_("sửa lớp “%(name)s”"),
    "class.sessions_laid": N_("lập lịch học của lớp “%(name)s”"),
    "class.session_saved": N_("ghi một buổi học của lớp “%(name)s”"),
    "class.session_removed": N_("bỏ một buổi học của lớp “%(name)s”"),
    "class.opened": N_("mở lớp “%(name)s” để nhận học viên"),
    "class.cancelled": N_("hủy lớp “%(name)s”"),
    "class.invited": N_("in giấy triệu tập học viên lớp “%(name)s”"),
    "enrolment.nominated": N_("cử đi học lớp “%(name)s”"),
    "enrolment.accepted": N_("nhận vào lớp “%(name)s”"),
    "enrolment.declined": N_("không nhận vào lớp “%(name)s”"),
    "enrolment.withdrawn": N_("rút tên khỏi lớp “%(name)s”"),
    "enrolment.restored": N_("đưa lại vào danh sách lớp “%(name)s”"),
}
_FIELDS: dict[str, dict[str, str]] = {
    "training_class": {
        "class": N_("Lớp"), "code": N_("Mã lớp"), "course": N_("Chương trình"), "name": N_("Tên lớp"),
        "starts_on": N_("Ngày khai giảng"), "ends_on": N_("Ngày kết thúc"), "seats": N_("Số chỗ"),
        "sessions": N_("Số buổi học"), "place": N_("Địa điểm"), "abroad": N_("Học ở nước ngoài"),
        "country": N_("Nước đến học"), "nominate_by": N_("Hạn cử học viên"), "accepts": N_("Cách nhận học viên"),
        "least_attendance": N_("Phải dự ít nhất (phần trăm số tiết)"), "pass_mark": N_("Điểm đạt"),
        "central_budget": N_("Ngân sách trung ương (đồng)"), "local_budget": N_("Ngân sách địa phương (đồng)"),
        "other_budget": N_("Nguồn khác (đồng)"), "note": N_("Ghi chú"), "trainers": N_("Giảng viên (mã tài khoản)"),
        "provider_id": N_("Cơ sở đào tạo (mã)"), "plan_line_id": N_("Dòng kế hoạch (mã)"),
        "decision_id": N_("Quyết định mở lớp (mã)"), "state": N_("Trạng thái"), "held_on": N_("Ngày học"),
        "hours": N_("Số tiết"), "people": N_("Số người"),
    },
    "enrolment": {"class": N_("Lớp"), "code": N_("Mã lớp")},
}  # fmt: skip


def register() -> None:
    """Leave the part of classes in the core's registries."""
    hooks.menu.append(hooks.MenuItem(GROUP, N_("Lớp đào tạo, bồi dưỡng"), "training.classes", READS, 440))
    for labels in (eligibility.RESULT_LABELS, eligibility.PRIORITY_LABELS, classes.PART_LABELS):
        register_labels(labels)
    invitation.register()
    hooks.due_sources.append(class_due.SOURCE)
    words = N_("lớp không quá số chỗ, buổi học nằm trong ngày của lớp, đề nghị cử khớp học viên")
    hooks.checks.append(hooks.Check(words, class_checks.run))
    for action, words in _CLASS.items():
        hooks.sentences[action] = _sentence(words)
    hooks.entity_labels["training_class"] = N_("Lớp đào tạo, bồi dưỡng")
    hooks.entity_labels["enrolment"] = N_("Học viên của lớp")
    hooks.entity_links["training_class"] = lambda found: url_for("training.training_class", class_id=found)
    for entity, fields in _FIELDS.items():
        for name, words in fields.items():
            hooks.field_labels[f"{entity}.{name}"] = words
    hooks.field_values["training_class.state"] = lambda value: render(CLASS_LABELS[ClassState(value)])
    hooks.field_values["training_class.accepts"] = lambda value: render(ACCEPTS_LABELS[Accepts(value)])


def _sentence(words: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda event: render(words, name=str((event.get("after") or event.get("before") or {}).get("class") or ""))
