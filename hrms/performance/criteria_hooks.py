"""What criteria, regulations and catalogues of products register: loader, menu entries, sentences of the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from hrms.core import hooks
from hrms.core.i18n import N_, render
from hrms.core.permissions import Permission
from hrms.performance.rules.criteria import METHOD_LABELS, PERIOD_LABELS, Method
from hrms.performance.services import catalogue

P = Permission
GROUP = N_("Đánh giá, xếp loại")
READ = (P.PERFORMANCE_VIEW, P.PERFORMANCE_ASSIGN, P.PERFORMANCE_CRITERIA)
_MENU: tuple[tuple[str, str, tuple[Permission, ...], int], ...] = (
    (N_("Danh mục sản phẩm"), "performance.products", READ, 585),
    (N_("Quy chế đánh giá"), "performance.regulations", (P.PERFORMANCE_VIEW, P.PERFORMANCE_MANAGE), 590),
    (N_("Bộ tiêu chí"), "performance.criteria", (P.PERFORMANCE_VIEW, P.SELF_VIEW), 595),
)
_SAID: dict[str, tuple[str, str]] = {
    "criteria.written": (N_("thay đổi bộ tiêu chí đánh giá %(name)s"), "criteria"),
    "regulation.written": (N_("ghi quy chế đánh giá của %(name)s"), "agency"),
    "regulation.withdrawn": (N_("thôi áp dụng quy chế đánh giá của %(name)s"), "agency"),
    "product.made": (N_("lập danh mục sản phẩm “%(name)s”"), "name"),
    "product.copied": (N_("sao chép thành danh mục sản phẩm “%(name)s”"), "name"),
    "product.changed": (N_("sửa danh mục sản phẩm “%(name)s”"), "name"),
    "product.product_added": (N_("thêm sản phẩm vào danh mục “%(name)s”"), "name"),
    "product.product_proposed": (N_("đề nghị bổ sung sản phẩm vào danh mục “%(name)s”"), "name"),
    "product.product_changed": (N_("sửa sản phẩm trong danh mục “%(name)s”"), "name"),
    "product.product_removed": (N_("bỏ sản phẩm khỏi danh mục “%(name)s”"), "name"),
    "product.product_accepted": (N_("phê duyệt bổ sung sản phẩm vào danh mục “%(name)s”"), "name"),
    "product.product_refused": (N_("từ chối bổ sung sản phẩm vào danh mục “%(name)s”"), "name"),
    "product.product_retired": (N_("thôi dùng sản phẩm của danh mục “%(name)s”"), "name"),
    "product.approved": (N_("ghi phê duyệt danh mục sản phẩm “%(name)s”"), "name"),
    "product.withdrawn": (N_("rút danh mục sản phẩm “%(name)s”"), "name"),
    "product.imported": (N_("nhập sản phẩm từ tệp vào danh mục “%(name)s”"), "name"),
    "product.printed": (N_("xuất danh mục sản phẩm “%(name)s”"), "name"),
}
_FIELDS: dict[str, dict[str, str]] = {
    "criteria": {
        "criteria": N_("Bộ tiêu chí"), "method": N_("Cách đánh giá"), "general_max": N_("Điểm tiêu chí chung"),
        "result_max": N_("Điểm kết quả"), "penalty": N_("Phần trừ mỗi lần"),
        "quota_percent": N_("Tỷ lệ hoàn thành xuất sắc (%)"), "quota_outstanding": N_("Tỷ lệ nơi nổi trội (%)"),
        "excellent": N_("Mức hoàn thành xuất sắc"), "good": N_("Mức hoàn thành tốt"),
        "satisfactory": N_("Mức hoàn thành"), "items": N_("Số tiêu chí chung"), "source": N_("Nguồn"),
        "valid_from": N_("Từ ngày"), "valid_to": N_("Đến trước ngày"),
    },
    "regulation": {
        "agency": N_("Cơ quan"), "criteria": N_("Bộ tiêu chí"), "number": N_("Số, ký hiệu"),
        "issued_on": N_("Ngày ban hành"), "period_kind": N_("Kỳ chấm điểm"), "valid_from": N_("Từ ngày"),
        "valid_to": N_("Đến trước ngày"),
    },
    "product": {
        "name": N_("Danh mục"), "product": N_("Nhiệm vụ"), "code": N_("Mã"), "points": N_("Điểm chấm"),
        "factor": N_("Hệ số quy đổi"), "complexity": N_("Nhóm"), "products": N_("Số sản phẩm"),
        "from": N_("Sao chép từ"), "standard_points": N_("Điểm của sản phẩm chuẩn"),
        "replaced": N_("Số danh mục được thay"), "file": N_("Loại tệp"), "filename": N_("Tệp"),
        "rows": N_("Số dòng"), "added": N_("Số sản phẩm thêm"), "changed": N_("Số sản phẩm sửa"),
    },
}  # fmt: skip


def register() -> None:
    """Leave this part of the domain in the core's registries."""
    hooks.loaders.append(catalogue.load)
    for label, endpoint, permissions, order in _MENU:
        hooks.menu.append(hooks.MenuItem(GROUP, label, endpoint, permissions, order))
    for action, (words, name) in _SAID.items():
        hooks.sentences[action] = _sentence(words, name)
    for entity, fields in _FIELDS.items():
        for name, words in fields.items():
            hooks.field_labels[f"{entity}.{name}"] = words
    hooks.field_values["criteria.method"] = lambda value: render(METHOD_LABELS[Method(value)])
    hooks.field_values["regulation.period_kind"] = lambda value: render(PERIOD_LABELS[str(value)])
    hooks.entity_links["criteria"] = lambda found: url_for("performance.criteria_set", set_id=found)
    hooks.entity_links["regulation"] = lambda found: url_for("performance.regulation", agency_id=found)
    hooks.entity_links["product"] = lambda found: url_for("performance.product_catalogue", catalogue_id=found)


def _sentence(words: str, name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda event: render(words, name=(event.get("after") or event.get("before") or {}).get(name) or "")
