"""What commitments and repayments register: menu, words of the trail, calendar, checks, paper, warnings."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask import url_for

from hrms.core import hooks
from hrms.core.i18n import N_, _, render
from hrms.core.jinja import register_labels, show_number
from hrms.core.permissions import Permission
from hrms.training.kinds import bound
from hrms.training.papers import repayment as papers
from hrms.training.queries import payback_checks, payback_due
from hrms.training.rules import council, repayment
from hrms.training.rules.commitments import COMMITMENT_LABELS, REPAYMENT_LABELS, CommitmentState, RepaymentState
from hrms.training.rules.repayment import CASE_LABELS, EXEMPTION_LABELS, Case, Exemption
from hrms.training.services.commitments import ENTITY

GROUP = N_("Đào tạo, bồi dưỡng")


def register() -> None:
    """Leave the part of paying back in the core's registries."""
    hooks.menu.append(
        hooks.MenuItem(GROUP, N_("Cam kết, đền bù"), "training.commitments", (Permission.TRAINING_VIEW,), 360)
    )
    hooks.due_sources.append(payback_due.SOURCE)
    hooks.checks.append(
        hooks.Check(N_("cam kết và hồ sơ đền bù khớp nhau, tiền nộp không quá số phải nộp"), payback_checks.run)
    )
    papers.register()
    bound.register()
    for labels in (
        COMMITMENT_LABELS, REPAYMENT_LABELS, CASE_LABELS, EXEMPTION_LABELS, repayment.ROUNDING_LABELS,
        council.ROLE_LABELS,
    ):  # fmt: skip
        register_labels(labels)
    hooks.entity_labels[ENTITY] = N_("Cam kết phục vụ sau đào tạo")
    hooks.entity_links[ENTITY] = lambda found: url_for("training.commitment", commitment_id=found)
    hooks.sentences.update(
        {
            "commitment.created": lambda e: _("ghi cam kết phục vụ sau khóa “%(name)s”", name=_said(e, "programme")),
            "commitment.edited": _edited,
            "commitment.closed": lambda e: _(
                "kết thúc cam kết phục vụ: %(state)s", state=_state(COMMITMENT_LABELS, CommitmentState, e)
            ),
            "commitment.reopened": _reopened,
            "repayment.opened": lambda e: _(
                "lập hồ sơ xét đền bù chi phí đào tạo: %(amount)s đồng", amount=_amount(e, "amount")
            ),
            "repayment.cancelled": _cancelled,
            "repayment.council": lambda e: _(
                "ghi hội đồng xét đền bù: %(state)s", state=_state(REPAYMENT_LABELS, RepaymentState, e)
            ),
            "repayment.decided": lambda e: _(
                "ghi quyết định đền bù chi phí đào tạo: %(amount)s đồng", amount=_amount(e, "amount")
            ),
            "repayment.decision_undone": _undone,
            "repayment.paid": lambda e: _("ghi nộp tiền đền bù: %(amount)s đồng", amount=_amount(e, "amount")),
            "repayment.payment_reversed": lambda e: _(
                "hủy khoản nộp đền bù: %(amount)s đồng", amount=_amount(e, "amount")
            ),
            "repayment.printed": _printed,
        }
    )
    for name, words in _FIELDS.items():
        hooks.field_labels.setdefault(name, words)
        hooks.field_labels[f"{ENTITY}.{name}"] = words
    hooks.field_values.update(
        {
            "repay_case": lambda value: render(CASE_LABELS[Case(value)]),
            "exempt_ground": lambda value: render(EXEMPTION_LABELS[Exemption(value)]),
            f"{ENTITY}.state": _state_words,
            **{f"{ENTITY}.{name}": _money for name in _MONEY},
        }
    )


_MONEY = ("cost", "amount", "left", "recommended_amount", "central_cost", "local_cost", "other_cost")
_FIELDS = {
    "programme": N_("Khóa đào tạo"), "institution": N_("Cơ sở đào tạo"), "country": N_("Nước"),
    "starts_on": N_("Bắt đầu"), "ends_on": N_("Kết thúc khóa học"), "returned_on": N_("Trở lại làm việc từ"),
    "committed_months": N_("Số tháng cam kết"), "central_cost": N_("Ngân sách trung ương"),
    "local_cost": N_("Ngân sách địa phương"), "other_cost": N_("Nguồn khác"), "note": N_("Ghi chú"),
    "decision_id": N_("Quyết định (mã trong sổ)"), "state": N_("Tình trạng"), "closed_on": N_("Ngày kết thúc"),
    "repay_case": N_("Trường hợp đền bù"), "happened_on": N_("Ngày phát sinh"), "cost": N_("Chi phí đào tạo"),
    "served_months": N_("Số tháng đã phục vụ"), "years_before": N_("Số năm công tác trước khóa học"),
    "reduction_percent": N_("Tỷ lệ giảm"), "amount": N_("Số tiền"),
    "exempt_ground": N_("Lý do không phải đền bù"), "council_met_on": N_("Ngày họp hội đồng"),
    "recommended_on": N_("Ngày kiến nghị"), "recommended_amount": N_("Số tiền kiến nghị"), "council": N_("Hội đồng"),
    "decided_on": N_("Ngày quyết định"), "due_on": N_("Hạn nộp"), "paid_on": N_("Ngày nộp"), "left": N_("Còn lại"),
    "decision": N_("Quyết định"),
}  # fmt: skip


def _said(event: Mapping[str, Any], name: str) -> str:
    return str((event.get("after") or {}).get(name) or "")


def _amount(event: Mapping[str, Any], name: str) -> str:
    return _money((event.get("after") or {}).get(name))


def _money(value: Any) -> str:
    return show_number(Decimal(str(value or 0)))


def _state(labels: Mapping[Any, str], known: type[StrEnum], event: Mapping[str, Any]) -> str:
    value = (event.get("after") or {}).get("state")
    return render(labels[known(value)]) if value in set(known) else ""


def _state_words(value: Any) -> str:
    if value in set(CommitmentState):
        return render(COMMITMENT_LABELS[CommitmentState(value)])
    return render(REPAYMENT_LABELS[RepaymentState(value)]) if value in set(RepaymentState) else str(value)


def _edited(_event: Mapping[str, Any]) -> str:
    return _("sửa cam kết phục vụ sau đào tạo")


def _reopened(_event: Mapping[str, Any]) -> str:
    return _("mở lại cam kết phục vụ sau đào tạo")


def _cancelled(_event: Mapping[str, Any]) -> str:
    return _("hủy hồ sơ xét đền bù chi phí đào tạo")


def _undone(_event: Mapping[str, Any]) -> str:
    return _("hủy quyết định đền bù chi phí đào tạo đã ghi")


def _printed(_event: Mapping[str, Any]) -> str:
    return _("in bảng tính đền bù chi phí đào tạo")
