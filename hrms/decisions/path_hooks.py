"""What the path of decisions lends to the rest: its entry of the menu, the first page's card, its sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from hrms.core import hooks, scope
from hrms.core.actor import Actor
from hrms.core.i18n import N_, _, render
from hrms.core.jinja import register_labels
from hrms.decisions import kinds, queries, samples
from hrms.decisions.rules.conditions import OUTCOME_LABELS, SUPPLIER_LABELS
from hrms.decisions.rules.force import FORCE_LABELS, RELATION_LABELS
from hrms.decisions.rules.path import LINE_LABELS, STATE_LABELS, STEP_LABELS, TASK_LABELS


def register() -> None:
    """Register the path; kinds come from the domains above, each at its own start."""
    kinds.clear()
    samples.register_common()
    hooks.menu.append(
        hooks.MenuItem(N_("Hằng ngày"), N_("Trình, ký, vào số"), "submissions.desk", queries.TAKING_PART, 38)
    )
    hooks.cards.append(hooks.Card("decisions/_home_desk.html", load_card, 5))
    hooks.sentences.update(_SENTENCES)
    hooks.entity_links["submission"] = lambda submission_id: url_for("submissions.show", submission_id=submission_id)
    hooks.entity_labels["submission"] = N_("Hồ sơ trình")
    hooks.entity_labels["number_book"] = N_("Sổ số")
    for name, words in _LABELS.items():
        hooks.field_labels.setdefault(name, words)
    hooks.field_values.setdefault("submission.kind", _kind_words)
    hooks.field_values.setdefault("submission.paper", lambda code: render(PAPER_LABELS.get(code, code)))
    for labels in (
        STATE_LABELS, LINE_LABELS, STEP_LABELS, OUTCOME_LABELS, SUPPLIER_LABELS, FORCE_LABELS, RELATION_LABELS,
    ):  # fmt: skip
        register_labels(labels)


def load_card(who: Actor) -> Mapping[str, Any] | None:
    """Return how much waits for the reader by task, None when nothing does."""
    if not any(who.may(permission) for permission in queries.TAKING_PART):
        return None
    with scope.entered(scope.Scope.of(who, *queries.TAKING_PART)):
        counts = [(name, count) for name, (count, _first) in queries.waiting(who, most=1).items()]
    return {"counts": counts, "words": TASK_LABELS} if counts else None


def _kind_words(code: str) -> str:
    found = kinds.get(code)
    return render(found.label) if found else code


def _title(event: Mapping[str, Any]) -> str:
    return str((event.get("after") or {}).get("title") or "")


def _says(words: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda event: _(words, title=_title(event))


def _reference(event: Mapping[str, Any]) -> dict[str, str]:
    after = event.get("after") or {}
    number, symbol = after.get("number") or "", after.get("symbol") or ""
    return {"reference": f"{number}/{symbol}" if symbol else str(number), "by": str(after.get("by") or "")}


def _book(event: Mapping[str, Any]) -> dict[str, str]:
    after = event.get("after") or {}
    return {"symbol": str(after.get("symbol") or ""), "year": str(after.get("year") or "")}


PAPER_LABELS = {
    "quyet-dinh": N_("quyết định, dự thảo"),
    "to-trinh": N_("tờ trình"),
    "bang-ra-soat": N_("bảng rà soát"),
}


def _paper(event: Mapping[str, Any]) -> str:
    code = str((event.get("after") or {}).get("paper") or "")
    return render(PAPER_LABELS[code]) if code in PAPER_LABELS else code


_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "submission.created": _says(N_("lập dự thảo hồ sơ trình “%(title)s”")),
    "submission.edited": _says(N_("sửa dự thảo hồ sơ trình “%(title)s”")),
    "submission.people_added": _says(N_("thêm người vào hồ sơ trình “%(title)s”")),
    "submission.people_removed": _says(N_("bỏ người khỏi hồ sơ trình “%(title)s”")),
    "submission.answered": _says(N_("xác nhận một điều kiện của hồ sơ trình “%(title)s”")),
    "submission.submitted": _says(N_("trình hồ sơ “%(title)s”")),
    "submission.taken_back": _says(N_("rút hồ sơ trình “%(title)s” về dự thảo")),
    "submission.dropped": _says(N_("thôi trình hồ sơ “%(title)s”")),
    "submission.appraised": _says(N_("thẩm định đạt hồ sơ trình “%(title)s”")),
    "submission.returned": _says(N_("trả lại hồ sơ trình “%(title)s”")),
    "submission.signed": _says(N_("ký hồ sơ trình “%(title)s”")),
    "submission.refused": _says(N_("không ký người trong hồ sơ trình “%(title)s”")),
    "submission.registered": _says(N_("vào số quyết định của hồ sơ trình “%(title)s”")),
    "submission.exported": _says(N_("xuất bảng rà soát của hồ sơ trình “%(title)s”")),
    "submission.printed": lambda e: _("in %(paper)s của hồ sơ trình “%(title)s”", paper=_paper(e), title=_title(e)),
    "decision.printed": lambda e: _("in quyết định %(reference)s", reference=_reference(e)["reference"]),
    "number_book.opened": lambda e: _("mở sổ số %(symbol)s năm %(year)s", **_book(e)),
    "number_book.closed": lambda e: _("đóng sổ số %(symbol)s năm %(year)s", **_book(e)),
    "decision.replaced": lambda e: _("thay thế quyết định %(reference)s bằng quyết định %(by)s", **_reference(e)),
    "decision.amended": lambda e: _("đính chính quyết định %(reference)s bằng quyết định %(by)s", **_reference(e)),
    "decision.cancelled": lambda e: _("hủy bỏ quyết định %(reference)s bằng quyết định %(by)s", **_reference(e)),
    "decision.scanned": lambda e: _("đính kèm bản quét quyết định %(reference)s", reference=_reference(e)["reference"]),
}
_LABELS = {
    "submission.title": N_("Tiêu đề tờ trình"),
    "submission.kind": N_("Loại quyết định"),
    "submission.people": N_("Số người"),
    "submission.condition": N_("Điều kiện"),
    "submission.met": N_("Đạt"),
    "submission.note": N_("Căn cứ của xác nhận"),
    "submission.decision": N_("Quyết định"),
    "submission.paper": N_("Văn bản"),
    "submission.effective_on": N_("Ngày có hiệu lực"),
    "decision.by": N_("Bằng quyết định"),
    "number_book.symbol": N_("Ký hiệu"),
    "number_book.year": N_("Năm"),
    "number_book.next_number": N_("Số tới"),
    "decision.filename": N_("Tên tệp"),
}
