"""Writing a text of the law: its head, its rows one by one, a whole pay group or a file; throwing a draft away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core.actor import missing
from hrms.core.errors import HrmsError, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.figures.models import FigureChange
from hrms.figures.overlay import CHANGEABLE
from hrms.pay.forms import texts as forms
from hrms.pay.queries import texts as queries
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.law import words
from hrms.pay.routes.law.pages import crumbs
from hrms.pay.rules.texts import State
from hrms.pay.services import changes
from hrms.people.queries import law

P = words.P
FIELDS = {"valid_to": "last_day", "unit": "value"}
"""Column of a row → the field of its form."""


def version_of(form: Any) -> int | None:
    """Return the version a form was opened on; None when it says none."""
    said = str(form.version.data or "")
    return int(said) if said.isdigit() and len(said) < 16 else None


def draft_of(change_id: int) -> FigureChange:
    """Return a draft to be changed. Raises `Forbidden`, `NotFound`, `Refused` for a text that is no draft."""
    words.require_law()
    found = queries.get_text(change_id, drafts=True)
    if found.state != State.DRAFT:
        raise Refused(Problem("", "not_draft", N_("Văn bản đã áp dụng thì không sửa, xóa được.")))
    return found


def tried(form: Any, work: Callable[[], None]) -> int:
    """Do the work in a unit; returns 303, or with the reasons on the form the status of its refusal."""
    try:
        with transaction():
            work()
    except (Refused, Stale) as refused:
        form.take(Problem(FIELDS.get(one.field, one.field), one.code, one.text, one.params) for one in refused.problems)
        return refused.status
    return 303


def _head(form: Any) -> dict[str, Any]:
    return {name: form[name].data for name in changes.TOLD}


@blueprint.route("/pay/law/new", access=P.PAY_LAW, methods=["GET", "POST"])
def new_decree() -> ResponseReturnValue:
    """Write the head of a new text; its rows come next."""
    words.require_law()
    form: Any = forms.TextForm(data={"mark": "C"}).offer()
    status, made = 200, 0
    if request.method == "POST":
        status = 422
        if form.validate():

            def write() -> None:
                nonlocal made
                made = changes.draft(actor(), _head(form))

            status = tried(form, write)
            if status == 303:
                flash(_("Đã ghi văn bản. Hãy thêm các mức mới."), "ok")
                return redirect(url_for("pay.decree", change_id=made), 303)
    return render_template("pay/law/head.html", form=form, found=None, crumbs=crumbs()), status


@blueprint.route("/pay/law/<int:change_id>/edit", access=P.PAY_LAW, methods=["GET", "POST"])
def edit_decree(change_id: int) -> ResponseReturnValue:
    """Put the head of a draft right."""
    found = draft_of(change_id)
    data = {name: getattr(found, name) for name in changes.TOLD} | {"version": found.version}
    form: Any = forms.TextForm(data=data).offer()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            status = tried(form, lambda: changes.edit(actor(), change_id, _head(form), version=version_of(form)))
            if status == 303:
                flash(_("Đã sửa văn bản."), "ok")
                return redirect(url_for("pay.decree", change_id=change_id), 303)
    return render_template("pay/law/head.html", form=form, found=found, crumbs=_of(found)), status


def _of(found: FigureChange) -> list[tuple[str, str | None]]:
    return crumbs((found.number, url_for("pay.decree", change_id=found.id)))


@blueprint.route("/pay/law/<int:change_id>/rows", access=P.PAY_LAW, methods=["GET", "POST"])
def decree_row(change_id: int) -> ResponseReturnValue:
    """Write a row of a draft: `of` names the catalogue, `at` the row put right; other names fill the form."""
    found = draft_of(change_id)
    at = _place(found)
    name = str(found.rows[at]["catalogue"]) if at is not None else request.args.get("of", "")
    if name not in CHANGEABLE:
        raise missing("catalogue")
    given = _given(found, name, at)
    form = forms.row_form(name, {**given, "version": found.version}, single=at is not None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            rows = forms.rows_from(name, form, _steps_before(found, form) if name == "pay_scales" else 0)
            status = tried(
                form,
                lambda: changes.put_rows(
                    actor(), change_id, rows, at=at, whole_group=name == "pay_scales" and at is None,
                    version=version_of(form),
                ),
            )  # fmt: skip
            if status == 303:
                flash(_("Đã ghi %(n)s dòng.", n=len(rows)), "ok")
                return redirect(url_for("pay.decree", change_id=change_id), 303)
    page = render_template(
        "pay/law/row.html", form=form, found=found, name=name, at=at, words=words, order=forms.order_of(form),
        held=_held(found, name, given), crumbs=_of(found),
    )  # fmt: skip
    return page, status


def _place(found: FigureChange) -> int | None:
    said = request.args.get("at", "")
    if not said:
        return None
    if not said.isdigit() or len(said) > 4 or int(said) >= len(found.rows):
        raise missing("row")
    return int(said)


def _given(found: FigureChange, name: str, at: int | None) -> Mapping[str, Any]:
    """Return what the form begins with: the row itself, or the cells the address names with the rest as it is now."""
    if at is not None:
        row: Mapping[str, Any] = found.rows[at]
        return row
    known = CHANGEABLE[name]
    asked = {column: request.args[column] for column in known.columns if request.args.get(column)}
    if name == "pay_scales" and "table" in asked and "group" in asked:
        group = (asked["table"], asked["group"])
        steps = [row for row in _before(found, name) if (row["table"], row["group"]) == group]
        steps.sort(key=lambda row: int(row["step"]))
        shown = "; ".join(row["coefficient"].replace(".", ",") for row in steps)
        months = {"months_per_step": steps[0]["months_per_step"]} if steps else {}
        return {"table": asked["table"], "group": asked["group"], "coefficients": shown, **months}
    keys = [*known.key, *([known.kinds] if known.kinds else [])]
    same = [row for row in _before(found, name) if asked and all(row[key] == asked.get(key) for key in keys)]
    kept = {column: same[0][column] for column in known.values if same and column != known.kinds}
    return {**kept, **asked} if asked else {}


def _before(found: FigureChange, name: str) -> list[Mapping[str, Any]]:
    return law.in_force(name, found.valid_from - timedelta(days=1))


def _steps_before(found: FigureChange, form: Any) -> int:
    asked = (str(int(form.table.data or 0)), form.group.data)
    return sum((row["table"], row["group"]) == asked for row in _before(found, "pay_scales"))


def _held(found: FigureChange, name: str, given: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the rows of the same key in force the day before the text, to be read beside the form."""
    known = CHANGEABLE[name]
    rows = _before(found, name)
    if not known.key:
        return rows
    keys = [key for key in known.key if key != "step"]
    return [row for row in rows if given and all(row[key] == given.get(key) for key in keys)]


@blueprint.route("/pay/law/<int:change_id>/rows/drop", access=P.PAY_LAW, methods=["POST"])
def drop_decree_row(change_id: int) -> ResponseReturnValue:
    """Take a row out of a draft."""
    draft_of(change_id)
    at, version = (request.form.get(name, "") for name in ("at", "version"))
    if not at.isdigit() or len(at) > 4:
        raise missing("row")
    return _posted(change_id, _("Đã bỏ dòng."), lambda: changes.drop_row(
        actor(), change_id, int(at), version=int(version) if version.isdigit() else None
    ))  # fmt: skip


def _posted(change_id: int, words_: str, work: Callable[[], None]) -> ResponseReturnValue:
    """Do what a button asks for and go back to the text; a refusal is said there."""
    try:
        with transaction():
            work()
        flash(words_, "ok")
    except (Refused, Stale) as refused:
        _flash(refused)
    return redirect(url_for("pay.decree", change_id=change_id), 303)


def _flash(refused: HrmsError) -> None:
    for problem in refused.problems:
        flash(render(problem), "bad")


@blueprint.route("/pay/law/<int:change_id>/file", access=P.PAY_LAW, methods=["GET", "POST"])
def decree_file(change_id: int) -> ResponseReturnValue:
    """Take rows of one catalogue from a file into a draft, all of them or none."""
    found = draft_of(change_id)
    form: Any = forms.RowsFileForm(data={"version": found.version, "catalogue": request.args.get("of")}).offer()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            status, count = _take_file(change_id, form)
            if status == 303:
                flash(_("Đã thêm %(n)s dòng từ tệp.", n=count), "ok")
                return redirect(url_for("pay.decree", change_id=change_id), 303)
    page = render_template(
        "pay/law/file.html", form=form, found=found, samples=forms.catalogue_choices(), words=words, crumbs=_of(found)
    )
    return page, status


def _take_file(change_id: int, form: Any) -> tuple[int, int]:
    if not form.file.data:
        form.take([Problem("file", "required", N_("Chưa chọn tệp CSV."))])
        return 422, 0
    rows, problems = forms.read_rows(form.catalogue.data, form.file.data.stream)
    if problems:
        form.take(problems)
        return 422, 0

    def write() -> None:
        changes.put_rows(actor(), change_id, rows, version=version_of(form))

    status = 303
    try:
        with transaction():
            write()
    except (Refused, Stale) as refused:
        form.take(Problem("file", one.code, one.text, one.params) for one in refused.problems[:20])
        status = refused.status
    return status, len(rows)


@blueprint.route("/pay/law/<int:change_id>/remove", access=P.PAY_LAW, methods=["POST"])
def remove_decree(change_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    found = draft_of(change_id)
    number, version = found.number, request.form.get("version", "")
    try:
        with transaction():
            changes.remove(actor(), change_id, version=int(version) if version.isdigit() else None)
    except (Refused, Stale) as refused:
        _flash(refused)
        return redirect(url_for("pay.decree", change_id=change_id), 303)
    flash(_("Đã xóa bản thảo “%(number)s”.", number=number), "ok")
    return redirect(url_for("pay.decrees"), 303)
