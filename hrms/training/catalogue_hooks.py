"""What courses, requirements, needs and plans register: menu entries, sentences and words of the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from hrms.core import hooks
from hrms.core.i18n import N_, _, render
from hrms.core.permissions import Permission
from hrms.training import jobs
from hrms.training.papers import plan
from hrms.training.rules.kinds import (
    COURSE_KIND_LABELS,
    FORM_LABELS,
    GATE_LABELS,
    TARGET_LABELS,
    WHAT_LABELS,
    CourseKind,
    Gate,
    LearningForm,
    RequirementTarget,
    RequirementWhat,
)
from hrms.training.rules.states import CERTIFICATE_LABELS, CertificateKind

__all__ = ["jobs", "register"]

P = Permission
GROUP = N_("Đào tạo, bồi dưỡng")
READ = (P.TRAINING_VIEW, P.TRAINING_TEACH, P.SELF_VIEW)
_MENU: tuple[tuple[str, str, tuple[Permission, ...], int], ...] = (
    (N_("Nhu cầu đào tạo"), "training.needs", (P.TRAINING_VIEW,), 406),
    (N_("Kế hoạch đào tạo"), "training.plans", (P.TRAINING_VIEW,), 408),
    (N_("Chương trình"), "training.courses", READ, 430),
    (N_("Yêu cầu bắt buộc"), "training.requirements", READ, 440),
)
_SAID: dict[str, tuple[str, str]] = {
    "course.added": (N_("thêm chương trình đào tạo “%(name)s”"), "course"),
    "course.renamed": (N_("sửa tên, loại chương trình đào tạo “%(name)s”"), "course"),
    "course.written": (N_("ghi nội dung chương trình đào tạo “%(name)s”"), "course"),
    "course.withdrawn": (N_("thôi áp dụng chương trình đào tạo “%(name)s”"), "course"),
    "provider.added": (N_("thêm cơ sở đào tạo “%(name)s”"), "provider"),
    "provider.changed": (N_("sửa cơ sở đào tạo “%(name)s”"), "provider"),
    "requirement.added": (N_("thêm yêu cầu đào tạo “%(name)s”"), "requirement"),
    "requirement.renamed": (N_("sửa tên yêu cầu đào tạo “%(name)s”"), "requirement"),
    "requirement.written": (N_("thay đổi yêu cầu đào tạo “%(name)s”"), "requirement"),
    "training_plan.made": (N_("lập kế hoạch đào tạo “%(name)s”"), "title"),
    "training_plan.changed": (N_("sửa kế hoạch đào tạo “%(name)s”"), "title"),
    "training_plan.line_added": (N_("thêm chương trình vào kế hoạch đào tạo “%(name)s”"), "title"),
    "training_plan.line_changed": (N_("sửa chương trình trong kế hoạch đào tạo “%(name)s”"), "title"),
    "training_plan.line_removed": (N_("bỏ chương trình khỏi kế hoạch đào tạo “%(name)s”"), "title"),
    "training_plan.needs_taken": (N_("lấy nhu cầu vào kế hoạch đào tạo “%(name)s”"), "title"),
    "training_plan.submitted": (N_("trình kế hoạch đào tạo “%(name)s”"), "title"),
    "training_plan.returned": (N_("trả lại kế hoạch đào tạo “%(name)s”"), "title"),
    "training_plan.approved": (N_("ghi phê duyệt kế hoạch đào tạo “%(name)s”"), "title"),
    "training_plan.withdrawn": (N_("rút kế hoạch đào tạo “%(name)s”"), "title"),
    "training_plan.printed": (N_("xuất kế hoạch đào tạo “%(name)s”"), "title"),
    "requirement.withdrawn": (N_("thôi áp dụng yêu cầu đào tạo “%(name)s”"), "requirement"),
}
_FIELDS: dict[str, dict[str, str]] = {
    "course": {
        "course": N_("Chương trình"), "code": N_("Mã"), "kind": N_("Loại chương trình"), "level": N_("Trình độ, cấp"),
        "hours": N_("Số tiết"), "form": N_("Hình thức"), "certificate": N_("Kết thúc được cấp"),
        "valid_months": N_("Hiệu lực của chứng chỉ (tháng)"), "parts": N_("Mục đã sửa"), "source": N_("Nguồn"),
        "valid_from": N_("Từ ngày"), "valid_to": N_("Đến trước ngày"),
    },
    "training_provider": {
        "provider": N_("Cơ sở đào tạo"), "may_certify": N_("Được cấp chứng chỉ"), "active": N_("Đang sử dụng"),
        "agency_id": N_("Đơn vị (mã)"), "source": N_("Nguồn"),
    },
    "training_requirement": {
        "requirement": N_("Yêu cầu"), "code": N_("Mã"), "target": N_("Yêu cầu với"),
        "target_codes": N_("Đối tượng (mã)"),
        "what": N_("Phải có"), "gate": N_("Khi chưa đạt"), "hours": N_("Số tiết"), "period_years": N_("Kỳ (năm)"),
        "courses": N_("Chương trình đáp ứng"), "due_months": N_("Thời hạn (tháng)"), "valid_from": N_("Từ ngày"),
        "valid_to": N_("Đến trước ngày"),
    },
    "training_plan": {
        "title": N_("Kế hoạch"), "year": N_("Năm"), "course": N_("Chương trình"), "quarter": N_("Quý"),
        "classes": N_("Số lớp"), "learners": N_("Số học viên"), "lines": N_("Số chương trình"),
        "central_budget": N_("Ngân sách trung ương (đồng)"), "local_budget": N_("Ngân sách địa phương (đồng)"),
        "other_budget": N_("Nguồn khác (đồng)"), "note": N_("Ghi chú"), "file": N_("Loại tệp"),
    },
    "recognition_rule": {
        "form": N_("Hình thức"), "factor": N_("Hệ số"), "cap_hours": N_("Số tiết nhiều nhất một năm"),
        "needs_proof": N_("Phải có minh chứng"), "valid_from": N_("Từ ngày"),
    },
}  # fmt: skip


def register() -> None:
    """Leave this part of the domain in the core's registries."""
    for label, endpoint, permissions, order in _MENU:
        hooks.menu.append(hooks.MenuItem(GROUP, label, endpoint, permissions, order))
    for action, (words, field) in _SAID.items():
        hooks.sentences[action] = _sentence(words, field)
    hooks.entity_labels["course"] = N_("Chương trình đào tạo")
    hooks.entity_labels["training_provider"] = N_("Cơ sở đào tạo")
    hooks.entity_links["course"] = lambda found: url_for("training.course", course_id=found)
    for entity, fields in _FIELDS.items():
        for name, words in fields.items():
            hooks.field_labels[f"{entity}.{name}"] = words
    hooks.field_values["course.kind"] = lambda value: render(COURSE_KIND_LABELS[CourseKind(value)])
    hooks.field_values["course.form"] = lambda value: render(FORM_LABELS[LearningForm(value)])
    hooks.field_values["course.certificate"] = lambda value: render(CERTIFICATE_LABELS[CertificateKind(value)])
    hooks.field_values["course.parts"] = _parts
    hooks.sentences["recognition.written"] = _recognised
    hooks.entity_labels["training_requirement"] = N_("Yêu cầu đào tạo")
    hooks.entity_labels["training_plan"] = N_("Kế hoạch đào tạo")
    hooks.entity_links["training_plan"] = lambda found: url_for("training.plan", plan_id=found)
    plan.register()
    hooks.entity_labels["recognition_rule"] = N_("Công nhận theo hình thức học")
    hooks.entity_links["training_requirement"] = lambda found: url_for("training.requirement", requirement_id=found)
    hooks.field_values["training_requirement.target"] = lambda value: render(TARGET_LABELS[RequirementTarget(value)])
    hooks.field_values["training_requirement.what"] = lambda value: render(WHAT_LABELS[RequirementWhat(value)])
    hooks.field_values["training_requirement.gate"] = lambda value: render(GATE_LABELS[Gate(value)])
    hooks.field_values["recognition_rule.form"] = lambda value: render(FORM_LABELS[LearningForm(value)])


def _sentence(words: str, field: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda event: render(words, name=_said(event, field))


def _said(event: Mapping[str, Any], name: str) -> str:
    return str((event.get("after") or event.get("before") or {}).get(name) or "")


def _recognised(event: Mapping[str, Any]) -> str:
    form = _said(event, "form")
    words = render(FORM_LABELS[LearningForm(form)]) if form in set(LearningForm) else form
    return _("quy định cách công nhận hình thức học “%(form)s”", form=words)


_PARTS: dict[str, str] = {
    "hours": N_("số tiết"), "form": N_("hình thức"), "certificate": N_("giấy tờ được cấp"),
    "valid_months": N_("hiệu lực chứng chỉ"), "provider_ids": N_("cơ sở được tổ chức"),
    "competencies": N_("năng lực được nâng"), "positions": N_("vị trí việc làm"), "ranks": N_("ngạch, chức danh"),
    "post_groups": N_("nhóm chức vụ"), "person_kinds": N_("loại cán bộ"), "objectives": N_("mục tiêu"),
    "content": N_("nội dung"), "assessment": N_("cách đánh giá"), "note": N_("ghi chú"),
}  # fmt: skip


def _parts(value: Any) -> str:
    names = [one for one in str(value or "").split(", ") if one]
    return ", ".join(render(_PARTS[one]) if one in _PARTS else one for one in names) or _("không mục nào")
