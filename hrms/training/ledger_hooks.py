"""What the ledger, the evidence and the record's tab register: checks, the tab, menu, files, sentences, words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask import url_for

from hrms.core import hooks
from hrms.core.formats import format_date, format_number
from hrms.core.i18n import N_, _, render, select_locale
from hrms.core.permissions import Permission
from hrms.training.models import TrainingEvidence
from hrms.training.queries import evidence, ledger_checks
from hrms.training.rules.kinds import COURSE_KIND_LABELS, FORM_LABELS, SOURCE_LABELS, CourseKind, LearningForm

P = Permission
GROUP = N_("Đào tạo, bồi dưỡng")


def register() -> None:
    """Leave this part in the core's registries."""
    hooks.tabs.append(hooks.Tab(N_("Đào tạo, bồi dưỡng"), "training.person", (P.TRAINING_VIEW,), own=True, order=24))
    hooks.menu.append(hooks.MenuItem(GROUP, N_("Minh chứng chờ duyệt"), "training.evidence", (P.TRAINING_MANAGE,), 436))
    hooks.menu.append(hooks.MenuItem(GROUP, N_("Đào tạo của tôi"), "training.index", (P.SELF_VIEW,), 425))
    hooks.cards.append(hooks.Card("training/evidence/_home.html", evidence.load_home, 21))
    hooks.file_columns.append(TrainingEvidence.sha256)
    hooks.checks.extend(
        (
            hooks.Check(N_("bút toán hủy ngược đúng bút toán bị hủy"), ledger_checks.check_reversals),
            hooks.Check(N_("mỗi kết quả đào tạo có đúng một bút toán"), ledger_checks.check_sources),
            hooks.Check(N_("tổng số tiết bằng các bút toán còn hiệu lực"), ledger_checks.check_sums),
        )
    )  # fmt: skip
    hooks.entity_labels["credit_entry"] = N_("Bút toán tiết học")
    hooks.entity_labels["training_evidence"] = N_("Minh chứng đào tạo")
    hooks.entity_links["training_evidence"] = lambda i: url_for("training.evidence_item", evidence_id=i)
    hooks.sentences.update(
        {
            "credit.posted": _posted, "credit.reversed": _reversed,
            "training_evidence.submitted": lambda e: _(
                "khai minh chứng đào tạo “%(title)s”, %(hours)s tiết", title=_after(e, "title"), hours=_hours(e)
            ),
            "training_evidence.edited": lambda _event: _("sửa minh chứng đào tạo và gửi lại"),
            "training_evidence.withdrawn": lambda e: _("rút minh chứng đào tạo “%(title)s”", title=_after(e, "title")),
            "training_evidence.accepted": lambda e: _(
                "công nhận %(hours)s tiết của “%(title)s”", title=_after(e, "title"),
                hours=_hours(e, "recognised_hours"),
            ),
            "training_evidence.returned": lambda e: _(
                "trả lại minh chứng “%(title)s” để bổ sung", title=_after(e, "title")
            ),
            "training_evidence.refused": lambda e: _("không công nhận “%(title)s”", title=_after(e, "title")),
            "training_evidence.reopened": lambda e: _("xét lại minh chứng “%(title)s”", title=_after(e, "title")),
            "training.history_exported": lambda _event: _("lấy lịch sử đào tạo ra tệp"),
        }
    )  # fmt: skip
    for entity in ("credit_entry", "training_evidence"):
        for name, words in _FIELDS.items():
            hooks.field_labels[f"{entity}.{name}"] = words
        hooks.field_values[f"{entity}.kind"] = _kind
        hooks.field_values[f"{entity}.form"] = _form
        hooks.field_values[f"{entity}.source"] = _source


_FIELDS = {
    "kind": N_("Nội dung"), "form": N_("Hình thức học"), "hours": N_("Số tiết"),
    "earned_on": N_("Ngày hoàn thành"), "source": N_("Nguồn"), "course_id": N_("Chương trình (mã)"),
    "class_id": N_("Lớp (mã)"), "title": N_("Tên khóa học"), "proof": N_("Số văn bằng, chứng chỉ"),
    "reverses": N_("Hủy bút toán"), "provider": N_("Nơi tổ chức"), "started_on": N_("Từ ngày"),
    "ended_on": N_("Đến ngày"), "certificate_number": N_("Số văn bằng, chứng chỉ"),
    "file_name": N_("Tệp minh chứng"), "note": N_("Ghi chú"), "recognised_hours": N_("Số tiết công nhận"),
    "remarks": N_("Ý kiến của người duyệt"),
}  # fmt: skip


def _after(event: Mapping[str, Any], name: str) -> str:
    return str((event.get("after") or {}).get(name) or "")


def _hours(event: Mapping[str, Any], name: str = "hours") -> str:
    found = _after(event, name).removeprefix("-")
    return format_number(Decimal(found), select_locale()) if found else ""


def _posted(event: Mapping[str, Any]) -> str:
    return _(
        "ghi %(hours)s tiết, hoàn thành ngày %(day)s (%(source)s)", hours=_hours(event), day=_day(event),
        source=_source(_after(event, "source")),
    )  # fmt: skip


def _reversed(event: Mapping[str, Any]) -> str:
    return _("hủy %(hours)s tiết đã ghi cho ngày %(day)s", hours=_hours(event), day=_day(event))


def _day(event: Mapping[str, Any]) -> str:
    found = _after(event, "earned_on")
    return format_date(date.fromisoformat(found)) if found else ""


def _kind(value: Any) -> str:
    return render(COURSE_KIND_LABELS[CourseKind(value)]) if value in set(CourseKind) else str(value)


def _form(value: Any) -> str:
    return render(FORM_LABELS[LearningForm(value)]) if value in set(LearningForm) else str(value)


def _source(value: Any) -> str:
    return next((render(words) for one, words in SOURCE_LABELS.items() if one == value), str(value))
