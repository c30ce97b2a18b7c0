"""What schemes register in the core: menu entry, card of the first page, sentences of the trail, template, labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from hrms.core import clock, hooks
from hrms.core.actor import Actor
from hrms.core.i18n import _, render
from hrms.core.jinja import register_labels
from hrms.core.permissions import Permission
from hrms.core.rules import N_
from hrms.positions.papers import scheme as papers
from hrms.positions.queries import schemes
from hrms.positions.rules.schemes import ADJUSTING_LABELS, CHANGE_LABELS, STATE_LABELS, State
from hrms.positions.services.schemes import EDIT_WORDS

P = Permission
_SAID: dict[str, str] = {
    "created": N_("lập đề án vị trí việc làm “%(title)s”"),
    "submit": N_("trình đề án vị trí việc làm “%(title)s”"),
    "note_incomplete": N_("thông báo bổ sung hồ sơ đề án “%(title)s”"),
    "accept": N_("xác nhận hồ sơ đề án “%(title)s” đủ"),
    "appraise": N_("ghi kết quả thẩm định đề án “%(title)s”"),
    "return": N_("trả lại đề án “%(title)s” kèm nhận xét"),
    "approve": N_("ghi phê duyệt đề án “%(title)s”"),
    "withdraw": N_("rút đề án “%(title)s”"),
    "printed": N_("in đề án “%(title)s”"),
    "exported": N_("xuất tổng hợp vị trí việc làm của đề án “%(title)s”"),
}
_FIELDS = {
    "title": N_("Tên đề án"), "state": N_("Bước"), "edit": N_("Việc đã sửa"), "seats": N_("Số chỗ"),
    "shares": N_("Tỷ lệ"), "grade_from": N_("Bậc thấp nhất"), "grade_to": N_("Bậc cao nhất"),
    "base_position_id": N_("Vị trí gốc (mã)"), "unit_id": N_("Đơn vị (mã)"), "works": N_("Số công việc"),
    "group": N_("Nhóm công việc"), "adjusting_reason": N_("Lý do điều chỉnh"), "request": N_("Văn bản đề nghị"),
    "self_financing": N_("Tự chủ tài chính"), "times_a_year": N_("Số lượng một năm"), "product": N_("Sản phẩm đầu ra"),
    "hours_each": N_("Số giờ mỗi lần"), "regular": N_("Thường xuyên"), "work_group": N_("Nhóm công việc"),
    "scheme_line_id": N_("Vị trí trong đề án (mã)"), "people": N_("Số người trong phụ lục"), "field": N_("Lĩnh vực"),
}  # fmt: skip


def register() -> None:
    """Leave what schemes have for the frame of the program."""
    hooks.menu.append(hooks.MenuItem(N_("Vị trí việc làm"), N_("Đề án"), "positions.schemes", (P.POSITIONS_VIEW,), 360))
    hooks.cards.append(hooks.Card("positions/schemes/_home.html", _home, 45))
    for verb, words in _SAID.items():
        hooks.sentences[f"position_scheme.{verb}"] = _sentence(words)
    hooks.sentences["position_scheme.edited"] = _edited
    hooks.entity_labels["position_scheme"] = N_("Đề án vị trí việc làm")
    hooks.entity_links["position_scheme"] = lambda scheme_id: url_for("positions.scheme", scheme_id=scheme_id)
    for name, words in _FIELDS.items():
        hooks.field_labels[f"position_scheme.{name}"] = words
    hooks.field_values["position_scheme.state"] = lambda value: render(STATE_LABELS[State(value)])
    hooks.field_values["position_scheme.edit"] = _edit_words
    for labels in (STATE_LABELS, CHANGE_LABELS, ADJUSTING_LABELS):
        register_labels(labels)
    papers.register()


def _sentence(words: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda event: render(words, title=_title(event))


def _title(event: Mapping[str, Any]) -> str:
    return str((event.get("after") or {}).get("title") or "")


def _edit_words(remark: Any) -> str:
    code, _bar, what = str(remark or "").partition("|")
    return render(EDIT_WORDS[code], what=what) if code in EDIT_WORDS else what


def _edited(event: Mapping[str, Any]) -> str:
    did = _edit_words((event.get("after") or {}).get("edit"))
    return _("đề án “%(title)s”: %(did)s", title=_title(event), did=did)


def _home(actor: Actor) -> Mapping[str, Any] | None:
    """Return the card: what waits for the appraiser with its clock, and what came back to the agency."""
    waiting = schemes.open_ones(actor, P.POSITIONS_APPRAISE, [State.SUBMITTED, State.APPRAISED])
    back = schemes.open_ones(actor, P.POSITIONS_MANAGE, [State.RETURNED, State.INCOMPLETE])
    if actor.may(P.POSITIONS_APPRAISE):
        # What Sở Nội vụ itself sent back is the agency's to mend.
        back = []
    if not waiting and not back:
        return None
    return {
        "rows": [*waiting, *back], "running": schemes.running, "today": clock.today(), "states": STATE_LABELS,
        "State": State,
    }  # fmt: skip
