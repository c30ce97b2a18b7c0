"""Pages of the import of products: the file, the preview with reasons by row, writing it, the mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage

from hrms.agencies.models import Agency
from hrms.core import workbook
from hrms.core.errors import HrmsError, NotFound, Refused
from hrms.core.forms import FileField, Form, Required
from hrms.core.i18n import _, _l, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import HrmsBlueprint, actor
from hrms.imports.products.reading import MOST, REASON, Listing, read_products
from hrms.imports.services import storage
from hrms.performance.models import ProductCatalogue
from hrms.performance.queries import products as queries
from hrms.performance.services import product_import as service
from hrms.performance.services.product_import import Fault, Judged

blueprint = HrmsBlueprint("product_import", __name__)
WHO = Permission.PERFORMANCE_MANAGE
SHOWN = 300
SECONDS = 2 * 60 * 60
"""A preview can be applied so long; then the file is chosen again."""


class ProductsForm(Form):
    """The workbook of products."""

    file = FileField(
        _l("Danh mục sản phẩm"),
        validators=[Required(_l("Chưa chọn tệp. Hãy chọn danh mục (.xlsx, .xls, .ods hoặc .csv)."))],
        description=_l(
            "Cột: Mã CV, Phòng, ban chuyên môn, Nhiệm vụ, Công việc chi tiết, Sản phẩm đầu ra, Nhóm, Điểm chấm, "
            "Hệ số quy đổi, Ghi chú. Mã đã có thì sửa, mã mới thì thêm."
        ),
        render_kw={"accept": ".xlsx,.xls,.ods,.csv,.txt"},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Brought:
    digest: str
    filename: str

    @property
    def listing(self) -> Listing:
        return read_products(storage.path_of(self.digest), self.filename)


@dataclass(frozen=True, slots=True)
class _Row:
    """A fault as it is shown."""

    row: int
    cell: str
    column: str
    value: str
    reason: str


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="product-import")


def _open(catalogue_id: int) -> tuple[ProductCatalogue, Agency]:
    """Return a catalogue whose products the reader writes. Raises `NotFound` for a model, `Forbidden`."""
    found, agency = queries.get_catalogue(actor(), catalogue_id)
    if agency is None:
        raise NotFound
    actor().require(WHO, at=agency.scope_ids)
    return found, agency


@blueprint.route("/performance/products/<int:catalogue_id>/import", access=WHO, methods=["GET", "POST"])
def bring(catalogue_id: int) -> ResponseReturnValue:
    """Choose a workbook, and show what it would do; nothing is written."""
    found, agency = _open(catalogue_id)
    form = ProductsForm()
    status = 200
    if request.method == "POST":
        status = 422
        upload = form.file.data
        if form.validate() and isinstance(upload, FileStorage):
            filename = (upload.filename or "")[:200]
            try:
                digest, _size = storage.keep(upload.stream)
                listing = _Brought(digest, filename).listing
            except HrmsError as error:
                if error.status not in {400, 422}:
                    raise
                form.take(error.problems)
            else:
                seal = str(_seal().dumps([digest, filename, catalogue_id, actor().account_id]))
                return _show(service.judge(actor(), found, agency, listing.rows), listing, filename, seal)
    page = render_template("imports/products.html", form=form, found=found, most=MOST, crumbs=_crumbs(found))
    return page, status


def _show(judged: Judged, listing: Listing, filename: str, seal: str, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "imports/products_preview.html", found=judged.catalogue, judged=judged, listing=listing, filename=filename,
        seal=seal, refused=[_row(listing, one) for one in judged.faults[:SHOWN]],
        problems=[render(one) for one in judged.problems], most_shown=SHOWN, crumbs=_crumbs(judged.catalogue),
    ), status  # fmt: skip


def _row(listing: Listing, fault: Fault) -> _Row:
    return _Row(
        fault.row, listing.cell(fault.row, fault.column), listing.header(fault.column), fault.value,
        render(fault.problem),
    )  # fmt: skip


def _crumbs(found: ProductCatalogue) -> list[tuple[str, str]]:
    return [
        (_("Danh mục sản phẩm, công việc"), url_for("performance.products")),
        (found.name, url_for("performance.product_catalogue", catalogue_id=found.id)),
    ]


def _sealed(catalogue_id: int) -> _Brought:
    """Return the file of a preview that this account was shown of this catalogue. Raises `Refused`."""
    expired = N_("Bản xem trước đã hết hạn hoặc không phải của bạn. Hãy chọn lại tệp.")
    try:
        digest, filename, of_catalogue, account_id = _seal().loads(request.form.get("seal", ""), max_age=SECONDS)
    except (BadData, ValueError, TypeError):
        raise Refused(Problem("file", "preview_expired", expired)) from None
    ours = account_id == actor().account_id and of_catalogue == catalogue_id
    if not ours or not storage.path_of(str(digest)).exists():
        raise Refused(Problem("file", "preview_expired", expired))
    return _Brought(str(digest), str(filename))


@blueprint.route("/performance/products/<int:catalogue_id>/import/apply", access=WHO, methods=["POST"])
def apply(catalogue_id: int) -> ResponseReturnValue:
    """Write a file that was shown, all of it at once."""
    found, agency = _open(catalogue_id)
    brought = _sealed(catalogue_id)
    listing = brought.listing
    try:
        with transaction():
            judged = service.apply(actor(), found, agency, listing.rows, filename=brought.filename)
    except Refused as refused:
        again = service.judge(actor(), found, agency, listing.rows)
        again.problems = again.problems or [one for one in refused.problems if not again.faults]
        return _show(again, listing, brought.filename, request.form.get("seal", ""), 422)
    flash(_("Đã nhập: thêm %(added)s, sửa %(changed)s sản phẩm.",
            added=len(judged.added), changed=len(judged.changed)), "ok")  # fmt: skip
    return redirect(url_for("performance.product_catalogue", catalogue_id=catalogue_id), 303)


@blueprint.route("/performance/products/<int:catalogue_id>/import/mistakes.xlsx", access=WHO, methods=["POST"])
def mistakes(catalogue_id: int) -> ResponseReturnValue:
    """Give the file back with the reasons beside the rows refused."""
    found, agency = _open(catalogue_id)
    brought = _sealed(catalogue_id)
    listing = brought.listing
    judged = service.judge(actor(), found, agency, listing.rows)
    why: dict[int, list[str]] = {}
    for one in judged.faults:
        why.setdefault(one.row, []).append(render(one.problem))
    width = len(listing.headers)
    rows = [[*_cells(listing.raw[row.number], width), " ".join(why.get(row.number, ()))] for row in listing.rows]
    made = workbook.in_memory(
        "Danh mục quy đổi", [*listing.headers, REASON], rows, widths=(*(16,) * width, 80)
    )  # fmt: skip
    name = brought.filename.rpartition(".")[0] or brought.filename
    return send_file(made, as_attachment=True, download_name=f"{name}-can-sua.xlsx")


def _cells(cells: list[Any], width: int) -> list[Any]:
    made = list(cells[:width]) + [""] * (width - len(cells))
    return ["" if isinstance(one, bool) else one for one in made]


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
