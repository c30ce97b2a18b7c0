"""Pages of the import of work given: the file, the preview with reasons by row, writing it, the mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Flask, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage

from hrms.core import workbook
from hrms.core.errors import HrmsError, Refused
from hrms.core.forms import FileField, Form, Required
from hrms.core.i18n import _, _l, render
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import HrmsBlueprint, actor
from hrms.imports.services import storage
from hrms.imports.work.reading import MOST, REASON, Listing, read_work
from hrms.performance.queries import work
from hrms.performance.queries.work import WRITES
from hrms.performance.services import bringing
from hrms.performance.services.bringing import Fault, Judged

blueprint = HrmsBlueprint("work_import", __name__)
SHOWN = 300
SECONDS = 2 * 60 * 60
"""A preview can be applied so long; then the file is chosen again."""


class WorkFileForm(Form):
    """The filled workbook."""

    file = FileField(
        _l("Tệp giao việc đã điền"),
        validators=[Required(_l("Chưa chọn tệp. Hãy chọn tệp giao việc (.xlsx, .xls, .ods hoặc .csv)."))],
        description=_l(
            "Mỗi dòng một sản phẩm của một người; một người nhiều sản phẩm thì chép dòng. Dòng không ghi sản phẩm được "
            "bỏ qua."
        ),
        render_kw={"accept": ".xlsx,.xls,.ods,.csv,.txt"},
    )


@dataclass(frozen=True, slots=True)
class _Brought:
    period_id: int
    digest: str
    filename: str

    @property
    def listing(self) -> Listing:
        return read_work(storage.path_of(self.digest), self.filename)


@dataclass(frozen=True, slots=True)
class _Row:
    """A fault as it is shown."""

    row: int
    cell: str
    column: str
    value: str
    reason: str


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="work-import")


@blueprint.route("/performance/periods/<int:period_id>/assign/import", access=WRITES, methods=["GET", "POST"])
def bring(period_id: int) -> ResponseReturnValue:
    """Choose a filled workbook, and show what it would give; nothing is written."""
    period, agency = work.get_period(actor(), period_id)
    form = WorkFileForm()
    status = 200
    if request.method == "POST":
        status = 422
        upload = form.file.data
        if form.validate() and isinstance(upload, FileStorage):
            filename = (upload.filename or "")[:200]
            try:
                digest, _size = storage.keep(upload.stream)
                listing = _Brought(period_id, digest, filename).listing
            except HrmsError as error:
                if error.status not in {400, 422}:
                    raise
                form.take(error.problems)
            else:
                seal = str(_seal().dumps([digest, filename, period_id, actor().account_id]))
                return _show(bringing.judge(actor(), period_id, listing.rows), listing, filename, seal)
    return render_template(
        "imports/work.html", form=form, period=period, agency=agency, most=MOST, crumbs=_crumbs(period_id)
    ), status  # fmt: skip


def _show(
    judged: Judged, listing: Listing, filename: str, seal: str, status: int = 200
) -> ResponseReturnValue:  # fmt: skip
    return render_template(
        "imports/work_preview.html", period=judged.period, agency=judged.agency, judged=judged, listing=listing,
        filename=filename, seal=seal, refused=[_row(listing, one) for one in judged.faults[:SHOWN]],
        problems=[render(one) for one in judged.problems], most_shown=SHOWN, crumbs=_crumbs(judged.period.id),
    ), status  # fmt: skip


def _row(listing: Listing, fault: Fault) -> _Row:
    return _Row(
        fault.row, listing.cell(fault.row, fault.column), listing.header(fault.column), fault.value,
        render(fault.problem),
    )  # fmt: skip


def _crumbs(period_id: int) -> list[tuple[str, str]]:
    return [(_("Giao việc của kỳ"), url_for("performance.assign", period_id=period_id))]


def _sealed(period_id: int) -> _Brought:
    """Return the file of a preview that this account was shown of this period. Raises `Refused`."""
    expired = N_("Bản xem trước đã hết hạn hoặc không phải của bạn. Hãy chọn lại tệp.")
    try:
        digest, filename, of_period, account_id = _seal().loads(request.form.get("seal", ""), max_age=SECONDS)
    except (BadData, ValueError, TypeError):
        raise Refused(Problem("file", "preview_expired", expired)) from None
    if account_id != actor().account_id or of_period != period_id or not storage.path_of(str(digest)).exists():
        raise Refused(Problem("file", "preview_expired", expired))
    return _Brought(period_id, str(digest), str(filename))


@blueprint.route("/performance/periods/<int:period_id>/assign/import/apply", access=WRITES, methods=["POST"])
def apply(period_id: int) -> ResponseReturnValue:
    """Give what was shown, all of it at once."""
    work.get_period(actor(), period_id)
    brought = _sealed(period_id)
    listing = brought.listing
    try:
        with transaction():
            judged = bringing.apply(actor(), period_id, listing.rows, filename=brought.filename)
    except Refused as refused:
        again = bringing.judge(actor(), period_id, listing.rows)
        again.problems = again.problems or [one for one in refused.problems if not again.faults]
        return _show(again, listing, brought.filename, request.form.get("seal", ""), 422)
    flash(
        _("Đã giao %(n)s sản phẩm cho %(people)s người.", n=len(judged.items), people=len(judged.people)), "ok"
    )  # fmt: skip
    return redirect(url_for("performance.assign", period_id=period_id), 303)


@blueprint.route("/performance/periods/<int:period_id>/assign/import/mistakes.xlsx", access=WRITES, methods=["POST"])
def mistakes(period_id: int) -> ResponseReturnValue:
    """Give the workbook back with the reasons beside the rows refused."""
    work.get_period(actor(), period_id)
    brought = _sealed(period_id)
    listing = brought.listing
    made = _mistakes_book(bringing.judge(actor(), period_id, listing.rows), listing)
    name = brought.filename.rpartition(".")[0] or brought.filename
    return send_file(made, as_attachment=True, download_name=f"{name}-can-sua.xlsx")


def _mistakes_book(judged: Judged, listing: Listing) -> BytesIO:
    why: dict[int, list[str]] = {}
    for one in judged.faults:
        why.setdefault(one.row, []).append(render(one.problem))
    width = len(listing.headers)
    rows = [[*_cells(listing.raw[row.number], width), " ".join(why.get(row.number, ()))] for row in listing.rows]
    return workbook.in_memory(_("Giao việc"), [*listing.headers, REASON], rows, widths=(*(16,) * width, 80))


def _cells(cells: list[Any], width: int) -> list[Any]:
    made = list(cells[:width]) + [""] * (width - len(cells))
    return ["" if isinstance(one, bool) else one for one in made]


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
