"""What planned work registers: menu, labels, sentences and words of the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from hrms.core import hooks
from hrms.core.i18n import N_, render
from hrms.core.jinja import register_labels
from hrms.performance.queries import work_checks
from hrms.performance.queries.objectives import READS
from hrms.performance.rules import objectives, work

GROUP = N_("Đánh giá, xếp loại")
_SENTENCES: dict[str, str] = {
    "work_objective.added": N_("lập mục tiêu “%(name)s”"),
    "work_objective.edited": N_("sửa mục tiêu “%(name)s”"),
    "work_objective.approved": N_("duyệt mục tiêu “%(name)s”"),
    "work_objective.recorded": N_("ghi kết quả mục tiêu “%(name)s”"),
    "work_objective.dropped": N_("bỏ mục tiêu “%(name)s”"),
    "work_objective.exported": N_("xuất mục tiêu công tác"),
    "work_item.given": N_("giao sản phẩm, công việc"),
    "work_item.imported": N_("giao sản phẩm, công việc từ tệp Excel"),
    "work_item.taken_over": N_("ghi nhận thay sản phẩm “%(name)s”"),
    "work_item.handed_over": N_("giao người khác nhận thay sản phẩm “%(name)s”"),
    "work_item.dropped": N_("rút sản phẩm “%(name)s”"),
    "work_item.proposed": N_("đề xuất sản phẩm “%(name)s”"),
    "work_item.proposal_withdrawn": N_("rút đề xuất sản phẩm “%(name)s”"),
    "work_item.accepted": N_("đồng ý đề xuất sản phẩm “%(name)s”"),
    "work_item.refused": N_("không đồng ý đề xuất sản phẩm “%(name)s”"),
    "work_item.reported": N_("báo cáo kết quả sản phẩm “%(name)s”"),
    "work_item.found": N_("ghi không đạt hoặc chậm của sản phẩm “%(name)s”"),
    "work_item.finding_withdrawn": N_("rút lần ghi không đạt hoặc chậm của sản phẩm “%(name)s”"),
}
_FIELDS: dict[str, dict[str, str]] = {
    "work_objective": {
        "name": N_("Mục tiêu"), "code": N_("Mã"), "objective": N_("Mục tiêu"), "indicator": N_("Chỉ số đo"),
        "measure": N_("Đơn vị tính"), "direction": N_("Chiều tốt"), "baseline": N_("Mức ban đầu"),
        "target": N_("Chỉ tiêu"), "weight": N_("Trọng số"), "due_on": N_("Hạn"), "actual": N_("Đã đạt"),
        "evidence": N_("Minh chứng"), "parent_id": N_("Phục vụ mục tiêu cấp trên (mã)"),
    },
    "work_item": {
        "title": N_("Sản phẩm, công việc"), "code": N_("Mã sản phẩm"), "kind": N_("Loại giao"),
        "state": N_("Tình trạng"), "quantity": N_("Số lượng"), "units": N_("Đơn vị quy đổi"), "due_on": N_("Hạn"),
        "reported": N_("Kết quả"),
        "progress": N_("Tiến độ (%)"), "evidence": N_("Kết quả, minh chứng"), "finding": N_("Loại"),
        "found_on": N_("Ngày phát hiện"), "cause": N_("Nội dung, nguyên nhân"), "excused": N_("Khách quan"),
        "from_person": N_("Nhận thay"), "to_person": N_("Người nhận thay"),
    },
    "sheet": {"items": N_("Số sản phẩm"), "units": N_("Đơn vị quy đổi")},
    "period": {"filename": N_("Tệp"), "rows": N_("Số dòng"), "people": N_("Số người")},
}  # fmt: skip


def register() -> None:
    """Leave the part of planned work in the core's registries."""
    hooks.menu.append(hooks.MenuItem(GROUP, N_("Mục tiêu công tác"), "performance.objectives", READS, 520))
    words = N_("số lần không đạt, chậm của sản phẩm bằng các lần đã ghi; mục tiêu phục vụ mục tiêu cấp trên cùng năm")
    hooks.checks.append(hooks.Check(words, work_checks.run))
    for labels in (
        work.ITEM_KIND_LABELS, work.ITEM_STATE_LABELS, work.REPORTED_LABELS, work.FINDING_LABELS,
        objectives.OBJECTIVE_LABELS, objectives.DIRECTION_LABELS,
    ):  # fmt: skip
        register_labels(labels)
    for action, words in _SENTENCES.items():
        hooks.sentences[action] = _sentence(words)
    hooks.entity_labels["work_objective"] = N_("Mục tiêu công tác")
    hooks.entity_labels["work_item"] = N_("Sản phẩm, công việc được giao")
    hooks.entity_links["work_objective"] = lambda found: url_for("performance.objective", objective_id=found)
    hooks.entity_links["work_item"] = lambda found: url_for("performance.item", item_id=found)
    for entity, fields in _FIELDS.items():
        for name, words in fields.items():
            hooks.field_labels[f"{entity}.{name}"] = words
    for name, known in (
        ("work_item.kind", work.ITEM_KIND_LABELS), ("work_item.state", work.ITEM_STATE_LABELS),
        ("work_item.reported", work.REPORTED_LABELS), ("work_item.finding", work.FINDING_LABELS),
        ("work_objective.direction", objectives.DIRECTION_LABELS),
    ):  # fmt: skip
        hooks.field_values[name] = _worded(known)


def _worded(known: Mapping[Any, str]) -> Callable[[Any], str]:
    words = {str(key.value): said for key, said in known.items()}
    return lambda value: render(words[str(value)]) if str(value) in words else str(value)


def _sentence(words: str) -> Callable[[Mapping[str, Any]], str]:
    def say(event: Mapping[str, Any]) -> str:
        told = {**(event.get("before") or {}), **(event.get("after") or {})}
        return render(words, name=str(told.get("name") or told.get("title") or ""))

    return say
