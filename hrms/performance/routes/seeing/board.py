"""The board of what is late under a head or an officer: by kind and unit, a list to act from, a workbook."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.people.counting import count_shown
from hrms.people.routes.finding import settled_address
from hrms.performance.queries import late as queries
from hrms.performance.queries.late import KINDS
from hrms.performance.routes.base import blueprint
from hrms.performance.routes.sheet_view import period_words
from hrms.performance.rules.rounds import ROUND_LABELS, RoundState
from hrms.positions.queries.part import Part, part_of
from hrms.positions.routes.seeing.asking import asked_one_of, kept, send_names

P = Permission


def _part() -> Part:
    return part_of(actor(), request.args.get("agency", "").strip() or None, P.PERFORMANCE_VIEW)


@blueprint.route("/performance/board", access=P.PERFORMANCE_VIEW)
def board() -> ResponseReturnValue:
    """Show what is past its day in the reader's part, the longest first, and petitions near theirs."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    part, kind, today = _part(), asked_one_of("kind", KINDS), clock.today()
    counts = queries.count_late(part, today)
    found = queries.list_late(part, today, kind, after=request.args.get("after"))
    count_shown({row.person_id for row in found.items if row.person_id is not None})
    return render_template(
        "performance/seeing/board.html",
        part=part,
        kind=kind,
        counts=counts,
        page=found,
        today=today,
        labels=KINDS,
        kinds=[("", _("Tất cả")), *((key, render(words)) for key, words in KINDS.items())],
        what_of=what_of,
        url_of=url_of,
        days_of=lambda row: (today - row.due_on).days,
        may_export=actor().may(P.PEOPLE_EXPORT, at=part.agency.scope_ids if part.agency else None),
        file_url=url_for("performance.export_board", **kept("agency", "kind")),
    )


def what_of(row: Any) -> str:
    """Return what is late in words: the period, the year, what stands in the way."""
    if row.kind == "round":
        state = render(ROUND_LABELS[RoundState(row.what)])
        return _("Đợt xếp loại năm %(year)s: %(state)s", year=row.year, state=state)
    if row.kind == "petition":
        return _("Kiến nghị kết quả xếp loại năm %(year)s", year=row.year)
    period = period_words(row.period, row.number, row.year)
    if row.kind == "publish":
        return _("%(period)s: %(count)s phiếu đã chấm chưa công khai", period=period, count=row.things)
    return period


def url_of(row: Any) -> str:
    """Return where it is settled."""
    match row.kind:
        case "item":
            return url_for("performance.item", item_id=row.id)
        case "publish":
            return url_for("performance.period", period_id=row.id)
        case "round":
            return url_for("performance.round", round_id=row.id)
        case "petition":
            return url_for("performance.petition", petition_id=row.id)
        case _:
            return url_for("performance.sheet", sheet_id=row.id)


@blueprint.route("/performance/board.xlsx", access=P.PERFORMANCE_VIEW)
def export_board() -> ResponseReturnValue:
    """Give the board's list, all pages of it, as a workbook."""
    part, kind, today = _part(), asked_one_of("kind", KINDS), clock.today()
    actor().require(P.PEOPLE_EXPORT, at=part.agency.scope_ids if part.agency else None)
    found = queries.list_late(part, today, kind, limit=queries.EVERYTHING).items
    rows = [
        (
            render(KINDS[row.kind]), row.due_on, max((today - row.due_on).days, 0), row.full_name, row.staff_code,
            row.agency, what_of(row), row.what if row.kind == "item" else None,
        )
        for row in found
    ]  # fmt: skip
    headers = (
        _("Việc"), _("Hạn"), _("Số ngày quá hạn"), _("Họ và tên"), _("Số hiệu"), _("Cơ quan, đơn vị"), _("Kỳ, đợt"),
        _("Sản phẩm"),
    )  # fmt: skip
    return send_names(
        "performance.board", _("Việc quá hạn"), headers, rows, f"viec-qua-han-{today.isoformat()}.xlsx", part,
        widths=(30, 12, 12, 28, 14, 40, 40, 60),
    )  # fmt: skip
