"""The record's words in the trail: sentences of its events, names of fields, values of codes, and what is guarded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from flask import url_for
from sqlalchemy import select

from hrms.core import hooks
from hrms.core.db import db
from hrms.core.formats import format_date
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_
from hrms.people.models import Person, further
from hrms.people.queries import codes
from hrms.people.rules.sheet import FACT_ITEMS, FACT_LABELS, GROUPS, TABLES, Item, Shape, Table

Event = Mapping[str, Any]
_CREATED_PREFIXES = ("status", "agency", "rank", "post", "allowance")


def register() -> None:
    """Register sentences, field names and values, and the permission each guarded field needs."""
    hooks.sentences.update(
        {
            "person.created": lambda _event: _("lập hồ sơ"),
            "person.edited": _edited,
            "person.fact_recorded": lambda e: _("ghi diễn biến: %(what)s", what=_what(e, "after")),
            "person.fact_ended": lambda e: _("ghi kết thúc: %(what)s", what=_what(e, "after")),
            "person.fact_corrected": lambda e: _("đính chính: %(what)s", what=_what(e, "after")),
            "person.fact_withdrawn": lambda e: _("rút diễn biến ghi sai: %(what)s", what=_what(e, "before")),
            "person.fact_restored": lambda e: _("khôi phục: %(what)s", what=_what(e, "after")),
            "person.paper_noted": lambda e: _("ghi văn bản không làm thay đổi diễn biến: %(what)s", what=_noted(e)),
            "person.revealed_id": _revealed,
            "people.id_revealed": _revealed,  # what lists called it before; the trail keeps such rows for ever
            "person.viewed": _viewed,
            "person.photo_set": lambda e: _("thay ảnh") if (e.get("before") or {}).get("photo") else _("thêm ảnh"),
            "person.photo_removed": lambda _event: _("xóa ảnh"),
            "people.refreshed": lambda e: _(
                "cập nhật %(count)s hồ sơ có diễn biến đến ngày hiệu lực", count=(e.get("after") or {}).get("people", 0)
            ),
        }
    )
    for table in TABLES:
        hooks.entity_labels[table.entity] = table.label
        hooks.sentences[f"{table.entity}.added"] = _row_sentence(N_("thêm dòng vào “%(table)s”"), table)
        hooks.sentences[f"{table.entity}.edited"] = _row_sentence(N_("sửa dòng của “%(table)s”"), table)
        hooks.sentences[f"{table.entity}.removed"] = _row_sentence(N_("xóa dòng của “%(table)s”"), table)
        for item in table.items:
            _field(f"{table.key}.{item.name}", item)
            if table.guard:
                hooks.guarded_fields[f"{table.key}.{item.name}"] = Permission(table.guard)
    for group in GROUPS:
        for item in group.items:
            _field(item.name, item)
            if group.guard:
                hooks.guarded_fields[item.name] = Permission(group.guard)
    hooks.guarded_fields["national_id"] = Permission.PEOPLE_REVEAL_ID
    hooks.guarded_fields["absence_reason"] = Permission.PEOPLE_HEALTH
    hooks.field_labels["fact"] = N_("Diễn biến")
    hooks.field_values["fact"] = lambda value: fact_label(str(value))
    hooks.field_labels["groups"] = N_("Nhóm thông tin")
    hooks.field_values["groups"] = _group
    hooks.field_labels["photo"] = N_("Ảnh")
    hooks.field_values["photo"] = lambda value: _("ảnh có mã %(mark)s", mark=str(value)[:8])
    hooks.field_labels["paper"] = N_("Văn bản")
    hooks.field_values["paper"] = lambda value: render(str(value))
    hooks.field_labels["people"] = N_("Số hồ sơ")
    hooks.field_labels["ending_decision_id"] = N_("Quyết định kết thúc (mã trong sổ)")
    for kind, items in FACT_ITEMS.items():
        for item in items:
            for name in (item.name, f"{kind}.{item.name}"):
                if name not in hooks.field_labels:
                    _field(name, item)
        for name, words in (("valid_from", N_("Từ ngày")), ("valid_to", N_("Đến trước ngày"))):
            hooks.field_labels[f"{kind}.{name}"] = words
    for name, words in _MORE.items():
        hooks.field_labels.setdefault(name, words)
        for kind in _CREATED_PREFIXES:
            hooks.field_labels.setdefault(f"{kind}.{name}", words)
    hooks.entity_links["person"] = lambda person_id: url_for("people.show", person_id=person_id)
    hooks.entity_names["person"] = _names


_MORE = {
    "slot": N_("Thứ tự"),
    "pay_table": N_("Bảng lương"),
    "pay_group": N_("Loại trong bảng lương"),
    "decision_id": N_("Quyết định (mã trong sổ)"),
}


def _names(ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    found = db.session.execute(select(Person.id, Person.full_name).where(Person.id.in_(ids)))
    return {row.id: row.full_name for row in found}


def _field(name: str, item: Item) -> None:
    hooks.field_labels[name] = item.label
    if item.shape in {Shape.CODE, Shape.OPEN_CODE, Shape.PARTIAL, Shape.MONEY, Shape.DECIMAL, Shape.FLAG}:
        hooks.field_values[name] = partial(codes.show, item)


def _revealed(_event: Event) -> str:
    return _("xem đủ số định danh cá nhân")


def _row_sentence(message: str, table: Table) -> Callable[[Event], str]:
    return lambda _event: render(message, table=render(table.label))


def _edited(event: Event) -> str:
    names = [render(hooks.field_labels.get(name, name)) for name in event.get("after") or {}]
    shown = ", ".join(names[:3])
    if len(names) > 3:
        return _("sửa %(items)s và %(more)s mục khác", items=shown, more=len(names) - 3)
    return _("sửa %(items)s", items=shown)


def _noted(event: Event) -> str:
    after = event.get("after") or {}
    return f"{render(str(after.get('paper') or ''))} {after.get('decision') or ''}".strip()


def _viewed(event: Event) -> str:
    groups = (event.get("after") or {}).get("groups", [])
    return _("xem nhóm thông tin: %(groups)s", groups="; ".join(_group(name) for name in groups))


def _group(name: Any) -> str:
    return render(_GROUPS.get(str(name), str(name)))


def fact_label(kind: str) -> str:
    """Return the words of a kind of fact, of this domain or of one above it."""
    own = further.facts.get(kind)
    return render(own.label if own else FACT_LABELS.get(kind, kind))


_GROUPS = {
    "origin": N_("Dân tộc, tôn giáo"), "party": N_("Đảng, đoàn thể"), "health": N_("Sức khỏe"),
    "history": N_("Lịch sử bản thân"), "family": N_("Quan hệ gia đình"), "assets": N_("Thu nhập, tài sản"),
}  # fmt: skip


def _what(event: Event, side: str) -> str:
    """Return a fact of an event in a few words: “Ngạch, bậc, hệ số lương từ 01/03/2024: 01.003, 4, 3,33”."""
    values = event.get(side) or event.get("before") or {}
    kind = str(values.get("fact", ""))
    label = fact_label(kind)
    own = further.facts.get(kind)
    said = (
        [own.words(values)]
        if own
        else [
            _told(kind, item, codes.show(item, _number(item, values.get(item.name))))
            for item in FACT_ITEMS.get(kind, ())
            if item.name in _TOLD.get(kind, ()) and values.get(item.name) not in {None, ""}
        ]
    )
    if values.get("decision"):
        said.append(_("Quyết định %(reference)s", reference=values["decision"]))
    start = values.get("valid_from")
    day = _("từ %(day)s", day=format_date(_day(start))) if start else ""
    return f"{label} {day}: {', '.join(said)}" if said else f"{label} {day}".strip()


def _told(kind: str, item: Item, words: str) -> str:
    if kind == "rank" and item.name == "step":
        return _("bậc %(step)s", step=words)
    if kind == "rank" and item.name == "coefficient":
        return _("hệ số %(coefficient)s", coefficient=words)
    return words


_TOLD = {
    "status": ("status", "kind"), "agency": ("membership",), "post": ("post_name",),
    "rank": ("rank_code", "step", "coefficient"), "allowance": ("allowance_kind",), "absence": ("absence_kind",),
}  # fmt: skip


def _day(value: Any) -> Any:
    return codes.partial(str(value))


def _number(item: Item, value: Any) -> Any:
    return Decimal(str(value)) if item.shape in {Shape.DECIMAL, Shape.MONEY} and value is not None else value
