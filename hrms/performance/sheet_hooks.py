"""What score sheets register: following the record and the settings, lines of the calendar, checks, words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from hrms.core import hooks, tasks
from hrms.core.i18n import N_, render
from hrms.core.rules import Problem
from hrms.core.unit import explain_constraint
from hrms.performance import sheet_jobs
from hrms.performance.queries import sheet_checks, sheet_due
from hrms.performance.rules.sheets import STATE_LABELS
from hrms.performance.rules.work import SheetState
from hrms.performance.services import periods, reckoning

__all__ = ["register", "sheet_jobs"]

_SENTENCES: dict[str, str] = {
    "period.opened": N_("mở kỳ đánh giá %(period)s"),
    "period.joined": N_("bổ sung phiếu vào kỳ đánh giá %(period)s"),
    "period.published": N_("công khai kết quả kỳ đánh giá %(period)s"),
    "period.closed": N_("khóa kỳ đánh giá %(period)s"),
    "sheet.taken_in": N_("nhập điểm các tháng năm %(year)s từ tệp Excel"),
    "sheet.self_scored": N_("tự chấm phiếu đánh giá %(period)s"),
    "sheet.taken_back": N_("lấy lại phiếu đánh giá %(period)s"),
    "sheet.returned": N_("trả lại phiếu đánh giá %(period)s"),
    "sheet.scored": N_("chấm điểm phiếu đánh giá %(period)s"),
    "sheet.rescored": N_("chấm lại phiếu đánh giá %(period)s"),
    "sheet.corrected": N_("lập phiếu đính chính cho phiếu đánh giá %(period)s"),
    "sheet.rerouted": N_("chuyển phiếu đánh giá %(period)s cho người khác chấm"),
}
_FIELDS: dict[str, dict[str, str]] = {
    "sheet": {
        "period": N_("Kỳ"), "state": N_("Tình trạng"), "score": N_("Điểm"), "authority_id": N_("Nơi chấm (mã)"),
        "supersedes_id": N_("Thay cho phiếu (mã)"), "filename": N_("Tệp"), "year": N_("Năm"),
        "count": N_("Số phiếu"), "people": N_("Số người"),
    },
    "period": {"period": N_("Kỳ"), "count": N_("Số phiếu")},
}  # fmt: skip
for _name in ("uq_score_sheets_person", "uq_scoring_periods_number"):
    explain_constraint(
        _name, Problem("", "taken", N_("Kỳ hoặc phiếu này vừa được người khác lập. Hãy tải lại trang."))
    )  # fmt: skip


def register() -> None:
    """Leave the part of score sheets in the core's registries; before the calendar's, whose lines follow the sheets."""
    hooks.people_changed.append(periods.follow)
    hooks.setting_changed.append(_follow_setting)
    hooks.due_sources.append(sheet_due.SOURCE)
    hooks.checks.append(hooks.Check(N_("điểm của phiếu đánh giá đúng với sản phẩm trên phiếu"), sheet_checks.points))
    hooks.checks.append(hooks.Check(N_("phiếu đánh giá không tự mâu thuẫn, không trùng kỳ"), sheet_checks.records))
    tasks.kinds[periods.JOB] = tasks.Kind(N_("Mở kỳ đánh giá cho các cơ quan"), "/performance/periods")
    for action, words in _SENTENCES.items():
        hooks.sentences[action] = _sentence(words)
    for entity, fields in _FIELDS.items():
        for name, label in fields.items():
            hooks.field_labels[f"{entity}.{name}"] = label
    hooks.field_values["sheet.state"] = lambda value: render(STATE_LABELS[SheetState(value)])
    hooks.entity_links["sheet"] = lambda found: url_for("performance.sheet", sheet_id=found)
    hooks.entity_links["period"] = lambda found: url_for("performance.period", period_id=found)


def _follow_setting(name: str) -> None:
    if name == reckoning.SETTING:
        reckoning.ask(None)


def _sentence(words: str) -> Callable[[Mapping[str, Any]], str]:
    def told(event: Mapping[str, Any]) -> str:
        said = event.get("after") or event.get("before") or {}
        return render(words, period=_period(said), year=str(said.get("year") or ""))

    return told


def _period(said: Mapping[str, Any]) -> str:
    kind, _space, rest = str(said.get("period") or "").partition(" ")
    return render(
        {"month": N_("tháng %(number)s"), "quarter": N_("quý %(number)s")}.get(kind, "%(number)s"), number=rest
    )
