"""What the pages of sheets register: menu, the record's tab, the first page's cards, words of the trail, the paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from hrms.core import clock, hooks
from hrms.core.actor import Actor
from hrms.core.i18n import N_, _
from hrms.core.permissions import Permission
from hrms.pay.papers import slip as papers
from hrms.pay.queries import sheet_lists
from hrms.pay.routes.sheets.landing import GROUP, LANDS
from hrms.positions.queries.part import Part

P = Permission
_FIELDS: dict[str, str] = {
    "pay_run.month": N_("Tháng"), "pay_run.rows": N_("Số người"), "pay_run.format": N_("Dạng tệp"),
    "pay_slip.month": N_("Tháng"),
}  # fmt: skip


def register() -> None:
    """Leave the part of these pages in the core's registries."""
    hooks.menu.append(hooks.MenuItem(GROUP, N_("Tổng quan tiền lương"), "pay.index", LANDS, 600))
    hooks.menu.append(hooks.MenuItem(GROUP, N_("Phiếu lương của tôi"), "pay.own", (P.SELF_VIEW,), 602))
    hooks.menu.append(hooks.MenuItem(GROUP, N_("Bảng lương tháng"), "pay.runs", (P.PAY_VIEW,), 604))
    hooks.tabs.append(hooks.Tab(N_("Phiếu lương"), "pay.person", (P.PAY_VIEW,), own=True, order=27))
    hooks.cards.append(hooks.Card("pay/sheets/_home.html", load_waiting, 18))
    hooks.entity_labels["pay_slip"] = N_("Phiếu lương")
    hooks.entity_links["pay_run"] = lambda found: url_for("pay.run", run_id=found)
    hooks.entity_links["pay_slip"] = lambda found: url_for("pay.slip", slip_id=found)
    hooks.sentences["pay_run.exported"] = lambda event: _(
        "lấy ra bảng lương tháng %(month)s: %(rows)s người", month=_said(event, "month"), rows=_said(event, "rows")
    )
    hooks.sentences["pay_slip.printed"] = lambda event: _("in phiếu lương tháng %(month)s", month=_said(event, "month"))
    for name, words in _FIELDS.items():
        hooks.field_labels.setdefault(name, words)
    papers.register()


def load_waiting(actor: Actor) -> Mapping[str, Any] | None:
    """Return how far the sheets of the month are for who computes or approves them; None for others and when done."""
    if not (actor.may(P.PAY_MANAGE) or actor.may(P.PAY_APPROVE)):
        return None
    found = sheet_lists.landing(Part(actor.scope(P.PAY_VIEW), None), clock.today().replace(day=1))
    return {"found": found} if found.sums.computed else None


def _said(event: Mapping[str, Any], name: str) -> str:
    return str((event.get("after") or {}).get(name) or "")
