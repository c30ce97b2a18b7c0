"""Văn thư's books of numbers: opened, closed, opened again."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core import clock
from hrms.core.errors import Refused
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.decisions.forms.proposing import BookForm
from hrms.decisions.routes.submissions import blueprint
from hrms.decisions.services import numbering

Number = Permission.DECISIONS_NUMBER


@blueprint.route("/decisions/books", access=Number, methods=["GET", "POST"])
def books() -> ResponseReturnValue:
    """List the books of the agencies the reader numbers for; open a new one."""
    own = agencies.names(actor().scope(Number))
    form = BookForm(data={"year": clock.today().year, "first": 1, "agency": str(next(iter(own), ""))})
    form.agency.choices = [(str(agency_id), name) for agency_id, name in own.items()]
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    book = numbering.open_book(
                        actor(), int(form.agency.data or 0), int(form.year.data or 0), str(form.symbol.data),
                        first=int(form.first.data or 0),
                    )  # fmt: skip
                flash(_("Đã mở sổ %(symbol)s năm %(year)s.", symbol=book.symbol, year=book.year), "ok")
                return redirect(url_for("submissions.books"), 303)
            except Refused as refused:
                form.take(refused.problems)
    found = numbering.list_books(actor())
    return render_template("decisions/submissions/books.html", books=found, places=own, form=form), status


@blueprint.route("/decisions/books/<int:book_id>/close", access=Number, methods=["POST"])
def close_book(book_id: int) -> ResponseReturnValue:
    """Close a book: numbers are typed again."""
    with transaction():
        book = numbering.close_book(actor(), book_id)
    flash(_("Đã đóng sổ %(symbol)s năm %(year)s.", symbol=book.symbol, year=book.year), "ok")
    return redirect(url_for("submissions.books"), 303)


@blueprint.route("/decisions/books/<int:book_id>/reopen", access=Number, methods=["POST"])
def reopen_book(book_id: int) -> ResponseReturnValue:
    """Open a closed book again where it stopped."""
    with transaction():
        book = numbering.reopen_book(actor(), book_id)
    flash(_("Đã mở lại sổ %(symbol)s năm %(year)s.", symbol=book.symbol, year=book.year), "ok")
    return redirect(url_for("submissions.books"), 303)
