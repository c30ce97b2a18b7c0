"""One slip: its lines, the earlier months paid again, the doubts, and why each amount is what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.rules import Reason
from hrms.core.web import actor
from hrms.pay.queries import sheet_pages as pages
from hrms.pay.queries.sheet_pages import Slip
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.sheets import why, words
from hrms.pay.rules import slip_lines
from hrms.pay.rules.slip_lines import Sums
from hrms.people.counting import count_shown

P = Permission
SEES = (P.PAY_VIEW, P.SELF_VIEW)


@dataclass(frozen=True, slots=True)
class MonthOf:
    """A month on a slip: its sums, and the steps that lead to what the month is worth by what is known now."""

    sums: Sums
    reasons: Sequence[Reason]
    differs: bool
    """Whether the figures of the law changed since, so that the steps lead to another amount than the lines."""


@dataclass(frozen=True, slots=True)
class Look:
    """A slip as pages and papers show it; `own` is the slip's own month, `past` the earlier ones, newest first."""

    slip: Slip
    own: MonthOf
    past: Sequence[MonthOf]
    mine: bool

    @property
    def row(self) -> Any:
        """Return the slip's own row."""
        return self.slip.row


def look(slip_id: int) -> Look:
    """Return a slip the reader may see with its reasons. Raises `NotFound`."""
    found = pages.get_slip(slip_id)
    mine = actor().is_holder(found.row.person_id)
    if not mine:
        count_shown([found.row.person_id])
    return laid(found, mine=mine)


def laid(found: Slip, *, mine: bool, explained: bool = True) -> Look:
    """Return a slip with its lines by month; without `explained` the steps are left out."""
    months = {one.month: one for one in slip_lines.by_month(found.lines)}
    told = why.steps(found.row) if explained else {}
    own = months.pop(found.row.month, Sums(found.row.month))
    return Look(found, _month(own, told, whole=True), [_month(one, told, whole=False) for one in months.values()], mine)


def _month(sums: Sums, told: Mapping[date, why.Told], *, whole: bool) -> MonthOf:
    found = told.get(sums.month)
    if found is None:
        return MonthOf(sums, (), differs=False)
    due = sums.net if whole else sums.net + (found.paid or 0)
    return MonthOf(sums, found.reasons, differs=bool(found.reasons) and found.net != due)


@blueprint.route("/pay/slips/<int:slip_id>", access=SEES)
def slip(slip_id: int) -> ResponseReturnValue:
    """Show one slip: its lines, earlier months, doubts, and the reasons of each month."""
    found = look(slip_id)
    row = found.row
    if found.mine:
        way: list[tuple[str, str | None]] = [(_("Phiếu lương của tôi"), url_for("pay.own"))]
    else:
        way = [(_("Bảng lương tháng"), url_for("pay.runs", month=words.month_key(row.month)))]
        if row.run_state:
            way.append((row.paying, url_for("pay.run", run_id=row.run_id)))
    return render_template(
        "pay/sheets/slip.html", found=found, slip=row, words=words, crumbs=way,
        doubts=why.doubts(row.doubts) if not found.mine else (),
        opens_record=not found.mine and row.person_scope_ids is not None,
    )  # fmt: skip
