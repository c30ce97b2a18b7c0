"""What leaving, the list for social insurance and trying register: menu, words of the trail, checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import text

from hrms.core import hooks, tasks
from hrms.core.db import db
from hrms.core.i18n import N_, _, render
from hrms.core.permissions import Permission
from hrms.pay import insurance_jobs
from hrms.pay.rules.insured_list import REPORT_STATE_LABELS, ReportState
from hrms.pay.rules.severing import LEAVING_LABELS, STATE_LABELS, State
from hrms.pay.services.insurance import ENTITY as REPORT
from hrms.pay.services.insurance import JOB
from hrms.pay.services.severance import ENTITY as CASE

__all__ = ["insurance_jobs", "register"]

P = Permission
GROUP = N_("Tiền lương")
_WRONG = text("""
SELECT 'severance_cases id=' || s.id AS found FROM severance_cases s
WHERE s.state IN ('computed', 'held') AND NOT EXISTS (
  SELECT 1 FROM person_status t WHERE t.person_id = s.person_id AND t.superseded_at IS NULL
    AND t.status IN ('left', 'retired') AND t.valid_from = s.left_on)
UNION ALL
SELECT 'severance_cases id=' || s.id FROM severance_cases s WHERE s.state = 'paid' AND s.amount <= 0
UNION ALL
SELECT 'insurance_reports id=' || r.id FROM insurance_reports r WHERE (r.state = 'sent') <> (r.sent_on IS NOT NULL)
LIMIT 100
""")


def register() -> None:
    """Leave the part of leaving, of the list for social insurance and of trying in the core's registries."""
    for label, endpoint, permissions, order in (
        (N_("Trợ cấp thôi việc"), "pay.severances", (P.PAY_VIEW,), 660),
        (N_("Tăng, giảm bảo hiểm xã hội"), "pay.insurance", (P.PAY_VIEW,), 670),
        (N_("Tính thử theo luật"), "pay.try_index", (P.PAY_VIEW, P.PAY_LAW, P.SELF_VIEW), 690),
    ):
        hooks.menu.append(hooks.MenuItem(GROUP, label, endpoint, permissions, order))
    tasks.kinds[JOB] = tasks.Kind(N_("Lập danh sách bảo hiểm xã hội của các cơ quan"), "/pay/insurance")
    hooks.checks.append(hooks.Check(N_("trợ cấp thôi việc, danh sách bảo hiểm xã hội đúng với hồ sơ"), _check))
    hooks.guarded_fields[f"{CASE}.amount"] = P.PAY_VIEW
    hooks.entity_links[CASE] = lambda found: url_for("pay.severance", severance_id=found)
    hooks.entity_links[REPORT] = lambda found: url_for("pay.insurance_report", report_id=found)
    hooks.sentences.update(
        {
            "severance.gathered": lambda e: _(
                "tổng hợp trợ cấp thôi việc: %(made)s mới, %(changed)s tính lại", made=_said(e, "made"),
                changed=_said(e, "changed"),
            ),
            "severance.put_right": lambda _e: _("sửa trợ cấp thôi việc"),
            "severance.paid": lambda _e: _("ghi đã chi trợ cấp thôi việc"),
            "severance.cancelled": lambda _e: _("bỏ trường hợp trợ cấp thôi việc"),
            "insurance_report.made": lambda e: _(
                "lập danh sách tăng, giảm bảo hiểm xã hội tháng %(month)s", month=_said(e, "month")
            ),
            "insurance_report.sent": lambda _e: _("ghi đã gửi danh sách tăng, giảm bảo hiểm xã hội"),
        }
    )  # fmt: skip
    for name, words in _FIELDS.items():
        hooks.field_labels.setdefault(name, words)
    hooks.field_values[f"{CASE}.state"] = lambda value: _worded(value, STATE_LABELS, State)
    hooks.field_values[f"{REPORT}.state"] = lambda value: _worded(value, REPORT_STATE_LABELS, ReportState)
    hooks.field_values[f"{CASE}.leaving_case"] = lambda value: render(LEAVING_LABELS.get(str(value), str(value)))


_FIELDS = {
    f"{CASE}.leaving_case": N_("Lý do thôi việc"), f"{CASE}.amount": N_("Trợ cấp (đồng)"),
    f"{CASE}.state": N_("Tình trạng"), f"{CASE}.paid_on": N_("Ngày chi"), f"{CASE}.made": N_("Trường hợp mới"),
    f"{CASE}.changed": N_("Tính lại"), f"{CASE}.dropped": N_("Bỏ"), f"{REPORT}.month": N_("Tháng"),
    f"{REPORT}.state": N_("Tình trạng"), f"{REPORT}.sent_on": N_("Ngày gửi"),
    f"{REPORT}.increase": N_("Tăng người"), f"{REPORT}.decrease": N_("Giảm người"),
    f"{REPORT}.pay_up": N_("Tăng mức đóng"), f"{REPORT}.pay_down": N_("Giảm mức đóng"),
    f"{REPORT}.arrears": N_("Truy đóng, giảm đóng các tháng trước"),
}  # fmt: skip


def _said(event: Mapping[str, Any], name: str) -> str:
    return str((event.get("after") or {}).get(name, ""))


def _worded(value: Any, labels: Mapping[Any, str], kind: Any) -> str:
    return render(labels[kind(value)]) if value in set(kind) else str(value)


def _check() -> Sequence[str]:
    """Prove that open cases are of people who left on their day, that paid ones paid something, sent lists a day."""
    return [row.found for row in db.session.execute(_WRONG)]
