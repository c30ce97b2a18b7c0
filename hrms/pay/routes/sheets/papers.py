"""Sheets and slips as files: the accountant's workbook, lines as CSV, slips as PDF, the sheet to be signed.

Whoever takes people's amounts out of the system is noted and counted as with every list of people.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

from flask import Response, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from hrms.accounts import services as accounts
from hrms.audit import services as audit
from hrms.core import clock
from hrms.core.documents import Paper, render_pdf
from hrms.core.errors import Forbidden, Refused
from hrms.core.i18n import N_, _
from hrms.core.permissions import Permission
from hrms.core.rules import Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.decisions.papers import offices
from hrms.pay.papers import book
from hrms.pay.papers import slip as papers
from hrms.pay.queries import sheet_books as books
from hrms.pay.queries import sheet_pages as pages
from hrms.pay.queries.sheet_books import LineConditions
from hrms.pay.queries.sheet_pages import Slip
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.sheets import words
from hrms.pay.routes.sheets.run import crumbs, read
from hrms.pay.routes.sheets.slip import SEES, laid, look
from hrms.pay.rules import lines
from hrms.pay.rules.slip_lines import Sums, place_of
from hrms.people.services.export import BULK_LOCKED

P = Permission
MOST = 500
"""Slips in one PDF."""


def _exporting(run_id: int) -> Any:
    """Return a sheet whose people the reader may take out. Raises `NotFound`, `Forbidden`."""
    found = read(run_id)
    actor().require(P.PEOPLE_EXPORT, at=found.agency_scope_ids)
    return found


def _note(found: Any, form: str, people: int) -> None:
    """Write into the trail that a sheet was taken out. Raises `Forbidden` when that has just locked the account."""
    with transaction():
        audit.record(
            actor(), "pay_run.exported", "pay_run", found.id, agency_id=found.agency_id,
            scope_ids=found.agency_scope_ids, after={"month": words.month_key(found.month), "format": form,
                                                     "rows": people},
        )  # fmt: skip
        audit.mark_read(actor(), "pay.run", people)
        locked = accounts.check_bulk(actor())
    if locked:
        raise Forbidden(BULK_LOCKED)


def _name(found: Any, ending: str) -> str:
    return f"bang-luong-{found.month:%Y-%m}-{found.agency_code or found.agency_id}.{ending}"


@blueprint.route("/pay/runs/<int:run_id>/book.xlsx", access=P.PAY_VIEW)
def run_book(run_id: int) -> ResponseReturnValue:
    """Give a sheet as the accountant's workbook: a row a person, a column a line; and line by line."""
    found = _exporting(run_id)
    rows = books.book_of(run_id)
    _note(found, "xlsx", len(rows))
    said = book.Sheet(found.agency, found.month, words.state_words(found.state), _facts(found))
    made = book.workbook(said, rows, books.every_line(LineConditions(run=run_id)), words.kind_words)
    return send_file(made, as_attachment=True, download_name=_name(found, "xlsx"))


def _facts(found: Any) -> list[tuple[str, str]]:
    return [
        (_("Cơ quan trả lương"), found.agency),
        (_("Tháng"), f"{found.month:%m/%Y}"),
        (_("Tình trạng"), words.state_words(found.state)),
        (_("Tính lúc"), f"{found.computed_at.astimezone(clock.ZONE):%d/%m/%Y %H:%M}"),
        (_("Duyệt lúc"), f"{found.approved_at.astimezone(clock.ZONE):%d/%m/%Y %H:%M}" if found.approved_at else ""),
        (_("Làm tròn"), words.rounding_words(found.rounding)),
        (_("Tháng không trọn"), words.part_month_words(found.part_month)),
        (_("Người xuất"), actor().name),
        (_("Thời điểm"), f"{clock.now().astimezone(clock.ZONE):%d/%m/%Y %H:%M}"),
        (_("Đơn vị tiền"), _("đồng")),
        (_("Thực nhận"), _("Trước thuế thu nhập cá nhân và đoàn phí công đoàn")),
    ]


@blueprint.route("/pay/runs/<int:run_id>/lines.csv", access=P.PAY_VIEW)
def run_csv(run_id: int) -> ResponseReturnValue:
    """Give a sheet line by line as CSV (UTF-8 with BOM), for payroll software."""
    found = _exporting(run_id)
    rows = books.book_of(run_id)
    _note(found, "csv", len(rows))
    lines_of = books.every_line(LineConditions(run=run_id))
    answer = Response("".join(book.csv_of(lines_of, book.named(rows))), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename={_name(found, 'csv')}"
    return answer


@blueprint.route("/pay/runs/<int:run_id>/print", access=P.PAY_VIEW)
def run_print(run_id: int) -> ResponseReturnValue:
    """Show a sheet as the table that is printed and signed, with a place for everybody's hand."""
    found = _exporting(run_id)
    rows = books.book_of(run_id)
    _note(found, "print", len(rows))
    office = offices.offices([found.agency_id])[found.agency_id]
    codes = sorted({key for row in rows for key in row.own}, key=lambda key: place_of(*key))
    shown = [key for key in codes if key[0] != lines.EMPLOYER]
    return render_template(
        "pay/sheets/print.html", run=found, rows=rows, office=office, words=words, codes=shown,
        totals={key: sum((row.own.get(key, Decimal(0)) for row in rows), Decimal(0)) for key in shown},
        crumbs=crumbs(found),
    )  # fmt: skip


@blueprint.route("/pay/runs/<int:run_id>/slips.pdf", access=P.PAY_VIEW)
def run_pdf(run_id: int) -> ResponseReturnValue:
    """Give everybody's slip of a sheet as one PDF. Raises `Refused` for more people than one file takes."""
    found = _exporting(run_id)
    if not 0 < found.people <= MOST:
        text = N_("Bảng lương có %(n)s người; một tệp in được từ 1 đến %(most)s phiếu. Hãy in từng phiếu cần dùng.")
        raise Refused(Problem("", "too_many", text, {"n": found.people, "most": MOST}))
    slips = pages.slips_of(run_id)
    made = _papers(slips)
    _note(found, "pdf", len(slips))
    return send_file(
        BytesIO(render_pdf(made, papers.KEY)), mimetype="application/pdf", as_attachment=True,
        download_name=_name(found, "pdf"),
    )  # fmt: skip


@blueprint.route("/pay/slips/<int:slip_id>/slip.pdf", access=SEES)
def slip_pdf(slip_id: int) -> ResponseReturnValue:
    """Give one slip as PDF; the owner's own, or that of somebody whose pay the reader may see."""
    found = look(slip_id)
    content = render_pdf(_papers([found.slip]), papers.KEY)
    row = found.row
    if not found.mine:
        with transaction():
            audit.record(
                actor(), "pay_slip.printed", "pay_slip", slip_id, person_id=row.person_id,
                scope_ids=list(row.person_scope_ids or row.paying_scope_ids),
                after={"month": words.month_key(row.month)},
            )  # fmt: skip
    return send_file(
        BytesIO(content), mimetype="application/pdf", as_attachment=True,
        download_name=f"phieu-luong-{row.month:%Y-%m}-{slip_id}.pdf",
    )  # fmt: skip


def _papers(slips: Sequence[Slip]) -> list[Paper]:
    """Return slips as papers, in Vietnamese; two statements."""
    issuers = offices.offices({one.row.paying_id for one in slips})
    with force_locale("vi"):
        return [_paper(one, issuers[one.row.paying_id]) for one in slips]


def _paper(found: Slip, office: offices.Office) -> Paper:
    row, shown = found.row, laid(found, mine=True, explained=False)
    return papers.paper(
        papers.Said(
            office=office, name=found.name, code=found.staff_code, post=row.post or "", unit=row.unit,
            month=_month(shown.own.sums), past=[_month(one.sums) for one in shown.past], net=row.net,
            insurance_base=row.insurance_base, draft=row.state != "approved",
            issued_on=row.approved_at.astimezone(clock.ZONE).date() if row.approved_at else None,
        )
    )  # fmt: skip


def _month(sums: Sums) -> papers.Month:
    def side(name: str) -> list[papers.Amount]:
        return [papers.Amount(words.line_words(code), amount) for code, amount in sums.of(name)]

    return papers.Month(sums.month, side(lines.LINE), side(lines.DEDUCTION), side(lines.EMPLOYER))
