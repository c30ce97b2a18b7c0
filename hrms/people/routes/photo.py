"""The photograph of a record: shown to whoever sees the record, changed by whoever may edit it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import files
from hrms.core.errors import Forbidden, Refused
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.counting import count_shown
from hrms.people.forms.photo import PhotoForm
from hrms.people.queries.record import photo_of
from hrms.people.routes.base import blueprint
from hrms.people.routes.page import VIEW, below, read
from hrms.people.services.photo import remove_photo, set_photo

P = Permission


@blueprint.route("/people/<int:person_id>/photo", access=VIEW)
def photo(person_id: int) -> ResponseReturnValue:
    """Answer with the photograph; 404 where the record would be, and where there is none."""
    if not actor().is_holder(person_id):
        count_shown([person_id])
    found = files.get(photo_of(person_id))
    return files.send(found, _("anh-ho-so-%(id)s.jpg", id=person_id), inline=True)


@blueprint.route("/people/<int:person_id>/photo/edit", access=P.PEOPLE_EDIT, methods=["GET", "POST"])
def edit_photo(person_id: int) -> ResponseReturnValue:
    """Show the photograph and take another."""
    record = read(person_id)
    if not record.may(P.PEOPLE_EDIT):
        raise Forbidden(Problem("", "forbidden", N_("Tài khoản của bạn không có quyền sửa hồ sơ này.")))
    form = PhotoForm()
    back = url_for("people.show", person_id=person_id)
    status = 200
    if request.method == "POST":
        status = 422
        upload = form.photo.data
        if form.validate() and upload is not None:
            try:
                with transaction():
                    done = set_photo(actor(), person_id, upload.stream, upload.filename or "")
                flash(_("Đã lưu ảnh.") if done.written else _("Không có gì thay đổi."), "success")
                return redirect(back, 303)
            except Refused as refused:
                form.take(refused.problems)
    words = _("Ảnh 4 × 6")
    return render_template(
        "people/photo.html", form=form, person=record.person, heading=words, crumbs=below(record, words), back=back
    ), status


@blueprint.route("/people/<int:person_id>/photo/remove", access=P.PEOPLE_EDIT, methods=["POST"])
def drop_photo(person_id: int) -> ResponseReturnValue:
    """Take the photograph off the record."""
    with transaction():
        done = remove_photo(actor(), person_id)
    flash(_("Đã xóa ảnh.") if done.written else _("Không có gì thay đổi."), "success")
    return redirect(url_for("people.show", person_id=person_id), 303)
