"""One sheet: its sums beside the month before, its slips, who changed and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import revision
from hrms.core.actor import missing
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.rules import Reason
from hrms.core.web import actor
from hrms.pay.queries import past_months
from hrms.pay.queries import sheet_pages as pages
from hrms.pay.queries.sheet_pages import SlipFilters
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.sheets import words
from hrms.pay.routes.sheets.why import doubts, said_change
from hrms.pay.rules import slip_lines
from hrms.people.counting import count_shown
from hrms.positions.routes.seeing.asking import asked_number, asked_one_of

P = Permission
SUMS = ("people", "gross", "deductions", "net", "arrears", "employer")


def read(run_id: int, permission: Permission = P.PAY_VIEW) -> Any:
    """Return a sheet the reader may see. Raises `NotFound`, `Forbidden` without `permission` at its agency."""
    found = pages.get_run(run_id)
    if not actor().may(P.PAY_VIEW, at=found.agency_scope_ids):
        raise missing("pay_run")
    actor().require(permission, at=found.agency_scope_ids)
    return found


def crumbs(found: Any, *more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """Return the way back to the month, and with `more` to the sheet."""
    way: list[tuple[str, str | None]] = [
        (_("Bảng lương tháng"), url_for("pay.runs", month=words.month_key(found.month)))
    ]
    if more:
        way.append((found.agency, url_for("pay.run", run_id=found.id)))
    return [*way, *more]


@blueprint.route("/pay/runs/<int:run_id>", access=P.PAY_VIEW)
def run(run_id: int) -> ResponseReturnValue:
    """Show a sheet: its sums beside the month before, the people on it, what may be done next."""
    return page_of(run_id)


def page_of(run_id: int, status: int = 200, problems: Sequence[str] = ()) -> ResponseReturnValue:
    """Return the page of a sheet, with what a step on it was refused for."""
    found = read(run_id)
    who = actor()
    asked = SlipFilters(
        asked_one_of("show", pages.ONLY) or "", request.args.get("q", "").strip()[:200], asked_number("unit")
    )
    slips = pages.list_slips(found, asked, after=request.args.get("after"), before=request.args.get("before"))
    count_shown({row.person_id for row in slips.page.items})
    at = found.agency_scope_ids
    return render_template(
        "pay/sheets/run.html", run=found, asked=asked, page=slips.page, sums=slips.sums, words=words,
        names=pages.names_of([row.person_id for row in slips.page.items if row.full_name is None]),
        units=pages.list_units(run_id), problems=problems, compared=_compared(found), crumbs=crumbs(found),
        doubts=doubts, law_changed=found.state == "computed" and found.law_revision < revision.current(),
        narrowed=bool(asked.only or asked.words or asked.unit is not None),
        newer=past_months.outdated(found) if found.state == "computed" else None,
        choices=[("", _("Tất cả")), ("doubtful", _("Cần xem")), ("arrears", _("Có truy lĩnh, truy thu")),
              ("changed", _("Khác tháng trước"))],
        may_compute=who.may(P.PAY_MANAGE, at=at),
        may_approve=who.may(P.PAY_APPROVE, at=at),
        may_export=who.may(P.PEOPLE_EXPORT, at=at),
    ), status  # fmt: skip


def _compared(found: Any) -> Sequence[tuple[str, Any, Any]]:
    """Return the sums of this month and of the one before by name; () without one before."""
    if found.before_id is None:
        return ()
    return [(name, getattr(found, f"before_{name}"), getattr(found, name)) for name in SUMS]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """Somebody whose pay changed: what it was and is, line by line, and why."""

    person_id: int
    name: str
    staff_code: str
    slip_id: int | None
    before: Decimal | None
    after: Decimal | None
    lines: Sequence[slip_lines.LineChange]
    why: Sequence[Reason]

    @property
    def difference(self) -> Decimal:
        """Return how much more this month is, đồng."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


@blueprint.route("/pay/runs/<int:run_id>/changes", access=P.PAY_VIEW)
def run_changes(run_id: int) -> ResponseReturnValue:
    """Show whose pay of the month is not what it was the month before, line by line, and why; arrears are left out."""
    found = read(run_id)
    page, sums = (
        pages.list_changes(found, after=request.args.get("after"), before=request.args.get("before"))
        if found.before_id
        else (None, {})
    )
    items = page.items if page else ()
    count_shown({row.person_id for row in items})
    names = pages.names_of([row.person_id for row in items if row.full_name is None])
    return render_template(
        "pay/sheets/changes.html", run=found, words=words, page=page,
        rows=[_change(row, sums, names) for row in items], crumbs=crumbs(found, (_("Khác tháng trước"), None)),
    )  # fmt: skip


def _change(row: Any, sums: Any, names: Any) -> ChangeRow:
    gone = names.get(row.person_id)
    old, new = (_own_month(sums.get(one, ())) for one in (row.old_id, row.slip_id))
    return ChangeRow(
        row.person_id, row.full_name or (gone.full_name if gone else words.name_of(row)),
        row.staff_code or (gone.staff_code if gone else None) or "", row.slip_id, row.old_own, row.own,
        slip_lines.changes(old, new), said_change(row.old_facts, row.facts),
    )  # fmt: skip


def _own_month(found: Sequence[Any]) -> slip_lines.Sums | None:
    return next((one for one in slip_lines.by_month(found) if one.month == found[0].month), None) if found else None
