"""Pages of the import of a filled roster: the file, the preview with reasons by row, writing it, the mistakes."""

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
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import HrmsBlueprint, actor
from hrms.imports.rosters.reading import MOST, REASON, Listing, read_roster
from hrms.imports.services import storage
from hrms.training.models import TrainingClass
from hrms.training.queries import desk
from hrms.training.services import rosters
from hrms.training.services.rosters import Fault, Judged

blueprint = HrmsBlueprint("roster_import", __name__)
WHO = Permission.TRAINING_TEACH
SHOWN = 300
SECONDS = 2 * 60 * 60
"""A preview can be applied so long; then the file is chosen again."""


class RosterForm(Form):
    """The filled roster."""

    file = FileField(
        _l("Danh sách lớp đã điền"),
        validators=[Required(_l("Chưa chọn tệp. Hãy chọn danh sách đã điền (.xlsx, .xls, .ods hoặc .csv)."))],
        description=_l(
            "Điền vào tệp tải từ trang lớp: x có mặt, V vắng, P vắng có phép; điểm; kết quả. Ô trống giữ nguyên."
        ),
        render_kw={"accept": ".xlsx,.xls,.ods,.csv,.txt"},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Brought:
    class_id: int
    digest: str
    filename: str

    @property
    def listing(self) -> Listing:
        return read_roster(storage.path_of(self.digest), self.filename)


@dataclass(frozen=True, slots=True)
class _Row:
    """A fault as it is shown."""

    row: int
    cell: str
    column: str
    value: str
    reason: str


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="roster-import")


@blueprint.route("/training/desk/<int:class_id>/roster", access=WHO, methods=["GET", "POST"])
def bring(class_id: int) -> ResponseReturnValue:
    """Choose a filled roster, and show what it would do; nothing is written."""
    found = desk.own_class(actor(), class_id)
    form = RosterForm()
    status = 200
    if request.method == "POST":
        status = 422
        upload = form.file.data
        if form.validate() and isinstance(upload, FileStorage):
            filename = (upload.filename or "")[:200]
            try:
                digest, _size = storage.keep(upload.stream)
                brought = _Brought(class_id, digest, filename)
                listing = brought.listing
            except HrmsError as error:
                if error.status not in {400, 422}:
                    raise
                form.take(error.problems)
            else:
                seal = str(_seal().dumps([digest, filename, class_id, actor().account_id]))
                return _show(_judge(brought, listing), listing, filename, seal)
    return render_template(
        "imports/roster.html", form=form, found=found, most=MOST, crumbs=_crumbs(found)
    ), status  # fmt: skip


def _judge(brought: _Brought, listing: Listing) -> Judged:
    return rosters.judge(actor(), brought.class_id, listing.rows, listing.days)


def _show(
    judged: Judged, listing: Listing, filename: str, seal: str, status: int = 200
) -> ResponseReturnValue:  # fmt: skip
    found = judged.training_class
    return render_template(
        "imports/roster_preview.html", found=found, judged=judged, listing=listing, filename=filename, seal=seal,
        refused=[_row(listing, one) for one in judged.faults[:SHOWN]],
        problems=[render(one) for one in judged.problems],
        completes=sum(one.completes for one in judged.outcomes.values()), most_shown=SHOWN, crumbs=_crumbs(found),
    ), status  # fmt: skip


def _row(listing: Listing, fault: Fault) -> _Row:
    return _Row(
        fault.row, listing.cell(fault.row, fault.column), listing.header(fault.column), fault.value,
        render(fault.problem),
    )  # fmt: skip


def _crumbs(found: TrainingClass) -> list[tuple[str, str]]:
    return [
        (_("Lớp của tôi"), url_for("training.desk")), (found.name, url_for("training.desk_class", class_id=found.id)),
    ]  # fmt: skip


def _sealed(class_id: int) -> _Brought:
    """Return the file of a preview that this account was shown of this class. Raises `Refused`."""
    expired = N_("Bản xem trước đã hết hạn hoặc không phải của bạn. Hãy chọn lại tệp.")
    try:
        digest, filename, of_class, account_id = _seal().loads(request.form.get("seal", ""), max_age=SECONDS)
    except (BadData, ValueError, TypeError):
        raise Refused(Problem("file", "preview_expired", expired)) from None
    if account_id != actor().account_id or of_class != class_id or not storage.path_of(str(digest)).exists():
        raise Refused(Problem("file", "preview_expired", expired))
    return _Brought(class_id, str(digest), str(filename))


@blueprint.route("/training/desk/<int:class_id>/roster/apply", access=WHO, methods=["POST"])
def apply(class_id: int) -> ResponseReturnValue:
    """Write a roster that was shown, all of it at once."""
    desk.own_class(actor(), class_id)
    brought = _sealed(class_id)
    listing = brought.listing
    try:
        with transaction():
            judged = rosters.apply(actor(), class_id, listing.rows, listing.days, filename=brought.filename)
    except Refused as refused:
        again = _judge(brought, listing)
        again.problems = again.problems or [one for one in refused.problems if not again.faults]
        return _show(again, listing, brought.filename, request.form.get("seal", ""), 422)
    flash(
        _("Đã ghi danh sách: %(presences)s lượt điểm danh, %(marks)s điểm, %(outcomes)s kết quả.",
          presences=len(judged.presences), marks=len(judged.marks), outcomes=len(judged.outcomes)), "ok",
    )  # fmt: skip
    return redirect(url_for("training.desk_class", class_id=class_id), 303)


@blueprint.route("/training/desk/<int:class_id>/roster/mistakes.xlsx", access=WHO, methods=["POST"])
def mistakes(class_id: int) -> ResponseReturnValue:
    """Give the roster back with the reasons beside the rows refused."""
    desk.own_class(actor(), class_id)
    brought = _sealed(class_id)
    listing = brought.listing
    made = _mistakes_book(_judge(brought, listing), listing)
    name = brought.filename.rpartition(".")[0] or brought.filename
    return send_file(made, as_attachment=True, download_name=f"{name}-can-sua.xlsx")


def _mistakes_book(judged: Judged, listing: Listing) -> BytesIO:
    why: dict[int, list[str]] = {}
    for one in judged.faults:
        why.setdefault(one.row, []).append(render(one.problem))
    width = len(listing.headers)
    rows = [[*_cells(listing.raw[row.number], width), " ".join(why.get(row.number, ()))] for row in listing.rows]
    return workbook.in_memory(
        _("Danh sách lớp"), [*listing.headers, REASON], rows, widths=(*(16,) * width, 80)
    )  # fmt: skip


def _cells(cells: list[Any], width: int) -> list[Any]:
    made = list(cells[:width]) + [""] * (width - len(cells))
    return ["" if isinstance(one, bool) else one for one in made]


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
