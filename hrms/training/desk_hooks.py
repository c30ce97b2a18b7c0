"""What the trainer's desk registers: its menu entry, the card of the first page, sentences and words of the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from hrms.core import clock, hooks
from hrms.core.actor import Actor
from hrms.core.i18n import N_, _, render
from hrms.core.permissions import Permission
from hrms.core.rules import Problem
from hrms.training.queries import desk
from hrms.training.rules.desk import CLOSED, next_step
from hrms.training.rules.states import PRESENCE_LABELS, ClassState

GROUP = N_("Đào tạo, bồi dưỡng")
ON_CARD = 5
_FIELDS = {
    "class": N_("Lớp"), "session": N_("Buổi"), "held_on": N_("Ngày học"), "presences": N_("Điểm danh"),
    "count_present": N_("Số người có mặt"), "count_absent": N_("Số người vắng"),
    "count_excused": N_("Số người vắng có phép"), "marks": N_("Điểm"), "count": N_("Số học viên"),
    "completed": N_("Số người hoàn thành"), "failed": N_("Số người không hoàn thành"), "hours": N_("Số tiết mỗi người"),
    "left": N_("Số người chưa có kết quả"), "exceptions": N_("Khác với đề xuất, lý do"),
    "reversed": N_("Số bút toán hủy"), "filename": N_("Tệp"), "rows": N_("Số dòng"), "outcomes": N_("Số kết quả"),
}  # fmt: skip


def register() -> None:
    """Leave the desk's part in the core's registries."""
    hooks.menu.append(hooks.MenuItem(GROUP, N_("Lớp của tôi"), "training.desk", (Permission.TRAINING_TEACH,), 400))
    hooks.cards.append(hooks.Card("training/desk/_home.html", _card, 15))
    hooks.sentences |= {
        "training_class.attendance_taken": _attendance,
        "training_class.marks_set": _said(
            N_("ghi điểm cho %(count)s học viên lớp %(name)s"), ("count", "count"), ("name", "class")
        ),
        "training_class.completed": _said(
            N_("kết thúc lớp %(name)s: %(completed)s người hoàn thành, %(failed)s người không hoàn thành"),
            ("name", "class"), ("completed", "completed"), ("failed", "failed"),
        ),
        "training_class.reopened": _said(
            N_("mở lại lớp %(name)s, hủy %(count)s bút toán"), ("name", "class"), ("count", "reversed")
        ),
        "training_class.roster_imported": _said(
            N_("nhập danh sách lớp %(name)s từ tệp: %(count)s dòng"), ("name", "class"), ("count", "rows")
        ),
    }  # fmt: skip
    hooks.entity_labels.setdefault("training_class", N_("Lớp đào tạo, bồi dưỡng"))
    hooks.entity_links.setdefault(
        "training_class", lambda class_id: url_for("training.training_class", class_id=class_id)
    )
    for name, words in _FIELDS.items():
        hooks.field_labels.setdefault(f"training_class.{name}", words)
    hooks.field_values["training_class.presences"] = _presences
    hooks.field_values["training_class.marks"] = _pairs
    hooks.field_values["training_class.exceptions"] = _pairs


def _after(event: Mapping[str, Any], name: str) -> str:
    value = (event.get("after") or {}).get(name)
    return "" if value is None or isinstance(value, dict) else str(value)


def _said(words: str, *places: tuple[str, str]) -> Callable[[Mapping[str, Any]], str]:
    return lambda event: render(words, **{name: _after(event, field) for name, field in places})


def _attendance(event: Mapping[str, Any]) -> str:
    names = {"name": _after(event, "class"), "number": _after(event, "session")}
    if (event.get("before") or {}).get("presences"):
        return _("sửa điểm danh buổi %(number)s lớp %(name)s", **names)
    return _("điểm danh buổi %(number)s lớp %(name)s", **names)


def _presences(value: Any) -> str:
    known = {kind.value: words for kind, words in PRESENCE_LABELS.items()}
    if not isinstance(value, Mapping):
        return str(value or "")
    return "; ".join(f"{code}: {render(known[kind]) if kind in known else kind}" for code, kind in value.items())


def _pairs(value: Any) -> str:
    if not isinstance(value, Mapping):
        return str(value or "")
    return "; ".join(f"{code}: {said or '—'}" for code, said in value.items())


def _card(actor: Actor) -> Mapping[str, Any] | None:
    """Return what the first page says of a trainer's open classes, None for those who teach none."""
    if not actor.may(Permission.TRAINING_TEACH):
        return None
    today = clock.today()
    items = []
    for one in desk.taught(actor, today):
        found = one.training_class
        if ClassState(found.state) in CLOSED:
            continue
        step = next_step(
            found.state, one.meetings, learners=one.learners, unmarked=one.unmarked, ends_on=found.ends_on, today=today
        )
        items.append({"class": found, "words": render(Problem("", "", step.text, step.params)), "urgent": step.urgent})
    return {"items": items[:ON_CARD], "more": max(0, len(items) - ON_CARD)}
