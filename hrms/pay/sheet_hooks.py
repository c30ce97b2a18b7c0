"""What the computing of sheets registers: the job, the checks, words of the trail, a lost race in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hrms.core import hooks, tasks
from hrms.core.i18n import N_, render
from hrms.core.rules import Problem
from hrms.core.unit import explain_constraint
from hrms.pay import sheet_jobs
from hrms.pay.queries import run_checks
from hrms.pay.services import computing
from hrms.pay.services.runs import STATE_LABELS

__all__ = ["register", "sheet_jobs"]

_SENTENCES: dict[str, str] = {
    "pay_run.computed": N_("tính bảng lương tháng %(month)s: %(people)s người, %(doubtful)s người cần xem"),
    "pay_run.approved": N_("duyệt bảng lương tháng %(month)s: %(people)s người"),
    "pay_run.cancelled": N_("hủy bảng lương tháng %(month)s"),
}
_FIELDS: dict[str, str] = {
    "pay_run.month": N_("Tháng"), "pay_run.people": N_("Số người"), "pay_run.doubtful": N_("Số người cần xem"),
    "pay_run.late_people": N_("Số người có truy lĩnh, truy thu"), "pay_run.state": N_("Tình trạng"),
}  # fmt: skip
explain_constraint(
    "uq_pay_runs_month",
    Problem("month", "taken", N_("Bảng lương tháng này vừa được người khác tính. Hãy tải lại trang.")),
)


def register() -> None:
    """Leave the part of computing sheets in the core's registries."""
    tasks.kinds[computing.JOB] = tasks.Kind(N_("Tính bảng lương của các cơ quan"), "/pay/runs")
    hooks.checks.append(hooks.Check(N_("tổng, tình trạng của bảng lương khớp từng phiếu, từng dòng"), run_checks.sums))
    hooks.checks.append(
        hooks.Check(N_("phiếu lương các tháng gần đây đúng kết quả tính từ dữ liệu đã giữ"), run_checks.amounts)
    )
    for action, words in _SENTENCES.items():
        hooks.sentences[action] = _sentence(words)
    for name, label in _FIELDS.items():
        hooks.field_labels[name] = label
    hooks.field_values["pay_run.state"] = lambda value: render(STATE_LABELS[value])


def _sentence(words: str) -> Callable[[Mapping[str, Any]], str]:
    def told(event: Mapping[str, Any]) -> str:
        said = event.get("after") or {}
        return render(words, **{name: str(said.get(name) or 0) for name in ("month", "people", "doubtful")})

    return told
