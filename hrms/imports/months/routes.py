"""Pages that take in months scored before the system: the template, the file, the preview with reasons, writing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Flask, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage

from hrms.agencies.models import Agency
from hrms.core import clock, workbook
from hrms.core.actor import missing
from hrms.core.db import db
from hrms.core.errors import HrmsError, Refused
from hrms.core.forms import FileField, Form, RadioField, Required, TextAreaField, YearField
from hrms.core.i18n import _, _l, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import HrmsBlueprint, actor
from hrms.imports.months.reading import MOST, REASON, Listing, read_months
from hrms.imports.services import storage
from hrms.performance.services import months
from hrms.performance.services.months import Fault, Judged

blueprint = HrmsBlueprint("months_import", __name__)
WRITES = (Permission.PERFORMANCE_MANAGE,)
SHOWN = 300
FIRST_YEAR = 2026
"""NĐ 335/2025/NĐ-CP: nobody has points of an earlier year."""
SECONDS = 2 * 60 * 60
"""A preview can be applied so long; then the file is chosen again."""
STATES = {"published": N_("Đã công khai"), "scored": N_("Chờ công khai cùng kỳ đánh giá đang mở")}


class MonthsFileForm(Form):
    """A workbook of points of months."""

    year = YearField(_l("Năm"), [Required()], least=FIRST_YEAR, most=2100, render_kw={"width": "s"})
    file = FileField(
        _l("Tệp điểm các tháng"),
        validators=[Required(_l("Chưa chọn tệp. Hãy chọn tệp điểm các tháng (.xlsx, .xls, .ods hoặc .csv)."))],
        description=_l("Mỗi dòng một tháng của một người. Dòng không ghi điểm được bỏ qua."),
        render_kw={"accept": ".xlsx,.xls,.ods,.csv,.txt"},
    )
    state = RadioField(_l("Điểm trong tệp"), [Required()])
    reason = TextAreaField(
        _l("Lý do đính chính"), description=_l("Chỉ ghi khi tệp sửa điểm đã nhập trước đây."), longest=500
    )

    def offer(self) -> None:
        """Give the choice its words in the reader's language."""
        self.state.choices = [(value, render(words)) for value, words in STATES.items()]


@dataclass(frozen=True, slots=True)
class _Brought:
    """A file that was shown: where it lies and what was said with it."""

    digest: str
    filename: str
    year: int
    published: bool
    reason: str

    @property
    def listing(self) -> Listing:
        return read_months(storage.path_of(self.digest), self.filename)


@dataclass(frozen=True, slots=True)
class _Row:
    """A fault as it is shown."""

    row: int
    cell: str
    column: str
    value: str
    reason: str


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="months-import")


def _agency(agency_id: int) -> Agency:
    found = db.session.get(Agency, agency_id)
    if found is None or not actor().may(Permission.PERFORMANCE_MANAGE, at=found.scope_ids):
        raise missing("agency")
    return found


@blueprint.route("/performance/months/<int:agency_id>/import", access=WRITES, methods=["GET", "POST"])
def bring(agency_id: int) -> ResponseReturnValue:
    """Choose a workbook of points, and show what it would take in; nothing is written."""
    agency = _agency(agency_id)
    form = MonthsFileForm()
    form.offer()
    status = 200
    if request.method == "POST":
        status = 422
        upload = form.file.data
        if form.validate() and isinstance(upload, FileStorage):
            filename = (upload.filename or "")[:200]
            try:
                digest, _size = storage.keep(upload.stream)
                brought = _Brought(
                    digest, filename, int(form.year.data or 0), form.state.data == "published",
                    (form.reason.data or "").strip(),
                )  # fmt: skip
                listing = brought.listing
            except HrmsError as error:
                if error.status not in {400, 422}:
                    raise
                form.take(error.problems)
            else:
                return _show(agency, brought, listing)
    else:
        form.year.data = clock.today().year
        form.state.data = "published"
    return render_template("imports/months.html", form=form, agency=agency, year=clock.today().year, most=MOST), status


@blueprint.route("/performance/months/<int:agency_id>/template.xlsx", access=WRITES)
def template(agency_id: int) -> ResponseReturnValue:
    """Give the template of a year (the running one unless asked): each month over that somebody has no sheet of."""
    _agency(agency_id)
    asked = request.args.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == len("2026") else clock.today().year
    year = min(max(year, FIRST_YEAR), clock.today().year)
    headers, rows, widths = months.template(actor(), agency_id, year)
    made = workbook.in_memory(_("Điểm các tháng"), [render(one) for one in headers], rows, widths=widths)
    return send_file(made, as_attachment=True, download_name=f"diem-thang-{year}.xlsx")


def _show(
    agency: Agency, brought: _Brought, listing: Listing, status: int = 200, *, problems: Sequence[Problem] = ()
) -> ResponseReturnValue:
    judged = months.judge(actor(), agency.id, brought.year, listing.rows, reason=brought.reason)
    said = [
        brought.digest, brought.filename, brought.year, brought.published, brought.reason, agency.id,
        actor().account_id,
    ]  # fmt: skip
    return render_template(
        "imports/months_preview.html", agency=agency, judged=judged, listing=listing, brought=brought,
        seal=str(_seal().dumps(said)), refused=[_row(listing, one) for one in judged.faults[:SHOWN]],
        problems=[render(one) for one in problems], most_shown=SHOWN, state=STATES[_state(brought)],
    ), status  # fmt: skip


def _state(brought: _Brought) -> str:
    return "published" if brought.published else "scored"


def _row(listing: Listing, fault: Fault) -> _Row:
    return _Row(
        fault.row, listing.cell(fault.row, fault.column), listing.header(fault.column), fault.value,
        render(fault.problem),
    )  # fmt: skip


def _sealed(agency_id: int) -> _Brought:
    """Return the file of a preview that this account was shown of this agency. Raises `Refused`."""
    expired = N_("Bản xem trước đã hết hạn hoặc không phải của bạn. Hãy chọn lại tệp.")
    try:
        said = _seal().loads(request.form.get("seal", ""), max_age=SECONDS)
        digest, filename, year, published, reason, of_agency, account_id = said
    except (BadData, ValueError, TypeError):
        raise Refused(Problem("file", "preview_expired", expired)) from None
    if account_id != actor().account_id or of_agency != agency_id or not storage.path_of(str(digest)).exists():
        raise Refused(Problem("file", "preview_expired", expired))
    return _Brought(str(digest), str(filename), int(year), bool(published), str(reason))


@blueprint.route("/performance/months/<int:agency_id>/import/apply", access=WRITES, methods=["POST"])
def apply(agency_id: int) -> ResponseReturnValue:
    """Take in what was shown, all of it at once."""
    agency = _agency(agency_id)
    brought = _sealed(agency_id)
    listing = brought.listing
    try:
        with transaction():
            judged = months.take_in(
                actor(), agency_id, brought.year, listing.rows, published=brought.published, reason=brought.reason,
                filename=brought.filename,
            )  # fmt: skip
    except Refused as refused:
        return _show(agency, brought, listing, 422, problems=refused.problems[:1])
    flash(
        _("Đã nhập %(n)s tháng của %(people)s người.", n=len(judged.months), people=judged.people), "ok"
    )  # fmt: skip
    return redirect(url_for("performance.periods"), 303)


@blueprint.route("/performance/months/<int:agency_id>/import/mistakes.xlsx", access=WRITES, methods=["POST"])
def mistakes(agency_id: int) -> ResponseReturnValue:
    """Give the workbook back with the reasons beside the rows refused."""
    _agency(agency_id)
    brought = _sealed(agency_id)
    listing = brought.listing
    judged = months.judge(actor(), agency_id, brought.year, listing.rows, reason=brought.reason)
    name = brought.filename.rpartition(".")[0] or brought.filename
    return send_file(_mistakes_book(judged, listing), as_attachment=True, download_name=f"{name}-can-sua.xlsx")


def _mistakes_book(judged: Judged, listing: Listing) -> BytesIO:
    why: dict[int, list[str]] = {}
    for one in judged.faults:
        why.setdefault(one.row, []).append(render(one.problem))
    width = len(listing.headers)
    rows = [[*_cells(listing.raw[row.number], width), " ".join(why.get(row.number, ()))] for row in listing.rows]
    return workbook.in_memory(_("Điểm các tháng"), [*listing.headers, REASON], rows, widths=(*(16,) * width, 80))


def _cells(cells: list[Any], width: int) -> list[Any]:
    made = list(cells[:width]) + [""] * (width - len(cells))
    return ["" if isinstance(one, bool) else one for one in made]


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
