"""Where one stands in pay: one's own newest slip, the sheets of the month, the other parts of the menu."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock, hooks
from hrms.core.dates import add_months
from hrms.core.i18n import N_, render
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.pay.queries import sheet_lists as lists
from hrms.pay.queries import sheet_pages as pages
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.sheets import words
from hrms.positions.queries.part import part_of

P = Permission
GROUP = N_("Tiền lương")
LANDS = (P.PAY_VIEW, P.PAY_MANAGE, P.PAY_APPROVE, P.PAY_SCHEMES, P.PAY_LAW, P.SELF_VIEW)


@blueprint.route("/pay", access=LANDS)
def index() -> ResponseReturnValue:
    """Show what the reader has to do about pay: own slip, this month's and last month's sheets, the other parts."""
    who, first = actor(), clock.today().replace(day=1)
    own = pages.latest_own(who.person_id) if who.person_id and who.may(P.SELF_VIEW) else None
    part = part_of(who, None, P.PAY_VIEW) if who.may(P.PAY_VIEW) else None
    return render_template(
        "pay/sheets/index.html", own=own, has_own=bool(who.person_id and who.may(P.SELF_VIEW)), words=words,
        found=[lists.landing(part, month) for month in (first, add_months(first, -1))] if part else [],
        years=lists.list_years(part, first) if part else [], parts=_parts(),
        manages=who.may(P.PAY_MANAGE),
    )  # fmt: skip


def _parts() -> list[dict[str, Any]]:
    """Return the other entries of the menu's group that the reader may open."""
    who = actor()
    return [
        {"label": render(item.label), "url": url_for(item.endpoint)}
        for item in sorted(hooks.menu, key=lambda one: one.order)
        if item.group == GROUP and item.endpoint != "pay.index" and item.endpoint in current_app.view_functions
        and (not item.permissions or any(who.may(one) for one in item.permissions))
    ]  # fmt: skip
