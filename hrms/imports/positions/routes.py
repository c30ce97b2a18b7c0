"""Pages of the import of an approved list of positions: the file, the preview, applying it, undoing it, a sample."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Flask, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core import workbook
from hrms.core.errors import HrmsError, NotFound, Refused
from hrms.core.forms import ComboField, DateField, FileField, Form, Required, TextField
from hrms.core.i18n import _, _l, render
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import HrmsBlueprint, actor
from hrms.decisions import queries as decisions
from hrms.decisions.forms.register import words_of
from hrms.imports import queries
from hrms.imports.models import ImportBatch
from hrms.imports.positions import services
from hrms.imports.positions.reading import FIELDS, LABELS, MOST
from hrms.imports.rules import state_words
from hrms.imports.services import storage
from hrms.positions.queries.seats import lines_of
from hrms.positions.rules.kinds import QUOTA_LABELS

blueprint = HrmsBlueprint("position_import", __name__)
WHO = services.WHO
SHOWN_REFUSED, SHOWN_ROWS = 300, 100
SECONDS = 2 * 60 * 60
"""A preview can be applied so long; then the file is chosen again."""


class ListForm(Form):
    """The file, whose list it is, the decision that approved it, from when, and what is said of an excess."""

    file = FileField(
        _l("Tệp danh sách vị trí việc làm"),
        validators=[Required(_l("Chưa chọn tệp. Hãy chọn tệp .xlsx, .xls, .ods hoặc .csv."))],
        description=_l("Bảng tính hoặc .csv có cột Vị trí việc làm, Phân bổ biên chế năm; các cột khác theo mẫu."),
        render_kw={"accept": ".xlsx,.xls,.ods,.csv,.txt"},
    )
    agency = ComboField(_l("Danh sách của cơ quan"), validators=[Required()])
    decision = ComboField(
        _l("Quyết định phê duyệt"), validators=[Required()],
        description=_l("Gõ số quyết định, ví dụ 905/QĐ-SNV, hoặc vài chữ của trích yếu."),
    )  # fmt: skip
    effective_on = DateField(
        _l("Áp dụng từ ngày"), render_kw={"width": "s"}, description=_l("Để trống nếu từ ngày quyết định có hiệu lực.")
    )
    reason = TextField(
        _l("Lý do còn người vượt số mới"), longest=500,
        description=_l("Chỉ ghi khi danh sách giảm số lượng xuống dưới số người đang giữ vị trí."),
    )  # fmt: skip
    solve_by = DateField(_l("Hạn giải quyết người vượt"), render_kw={"width": "s"})

    def prepare(self) -> None:
        """Offer the agencies whose positions the actor manages and the register; the only agency is chosen already."""

        def label_of(value: str) -> str | None:
            found = _agency(value)
            return found.name if found else None

        def find(words: str) -> list[tuple[str, str]]:
            return [(str(one.id), one.name) for one in agencies.list_choices(actor(), words, permissions=(WHO,))]

        self.agency.configure(source=url_for("agencies.choices"), label_of=label_of, find=find)
        roots = actor().scope(WHO)
        if not self.agency.data and len(roots) == 1 and not self.is_submitted():
            self.agency.data = str(roots[0])
        self.decision.configure(source=url_for("decisions.choices"), label_of=_decision_words, find=_find_decisions)


def _agency(value: str) -> Agency | None:
    try:
        return agencies.get_agency(actor(), int(value), WHO) if value.isdecimal() and len(value) < 19 else None
    except NotFound:
        return None


def _decision_words(value: str) -> str | None:
    try:
        return words_of(decisions.get_decision(int(value))) if value.isdecimal() and len(value) < 19 else None
    except NotFound:
        return None


def _find_decisions(typed: str) -> list[tuple[str, str]]:
    found = decisions.find_by_reference(typed) or decisions.list_choices(typed)
    return [(str(one.id), words_of(one)) for one in found]


def _seal() -> URLSafeTimedSerializer:
    """Return what signs a preview: nobody applies a file that another account brought."""
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="position-import")


@blueprint.route("/positions/import", access=WHO, methods=["GET", "POST"])
def bring() -> ResponseReturnValue:
    """Take a file and show what it would do, and which rows are refused; nothing is written."""
    form = ListForm()
    form.prepare()
    status = 200
    if form.is_submitted():
        status = 422
        upload: Any = form.file.data
        if form.validate() and isinstance(upload, FileStorage):
            agency = agencies.get_agency(actor(), int(form.agency.data or 0), WHO)
            paper = decisions.get_decision(int(form.decision.data or 0))
            on = form.effective_on.data or paper.effective_on or paper.signed_on
            filename = (upload.filename or "")[:200]
            try:
                digest, size = storage.keep(upload.stream)
                brought = services.Brought(
                    agency, storage.path_of(digest), filename, paper.id, on, (form.reason.data or "").strip(),
                    form.solve_by.data,
                )  # fmt: skip
                found = services.preview(actor(), brought)
            except HrmsError as error:
                if error.status not in {400, 422}:
                    raise
                form.take(error.problems)
            else:
                kept = [
                    digest, size, filename, agency.id, paper.id, on.isoformat(), brought.reason,
                    brought.solve_by.isoformat() if brought.solve_by else "", actor().account_id,
                ]  # fmt: skip
                return _show(found, brought, str(_seal().dumps(kept)))
    lists = services.list_lists(actor())
    return render_template(
        "imports/positions.html", form=form, most=MOST, lists=lists, words=_state, crumbs=_crumbs(),
        places=agencies.names([one.agency_id for one in lists]), counts=services.counts_of,
        names=queries.account_names([one.account_id for one in lists if one.account_id]),
    ), status  # fmt: skip


def _state(state: str) -> tuple[str, str]:
    """Return the words of a list's state in the reader's language, and its tone."""
    words, tone = state_words(state)
    return render(words), tone


def _show(
    found: services.Outcome, brought: services.Brought, seal: str, problems: tuple[Problem, ...] = ()
) -> ResponseReturnValue:
    news = [one for one in found.plan.entries if one.is_news]
    seats: dict[str, list[int]] = {}
    for one in found.plan.entries:
        before_after = seats.setdefault(QUOTA_LABELS[one.quota_kind], [0, 0])
        before_after[0] += one.now
        before_after[1] += one.now + one.amount
    return render_template(
        "imports/positions_preview.html", found=found, brought=brought, seal=seal, news=news[:SHOWN_ROWS],
        more=max(0, len(news) - SHOWN_ROWS), refused=found.refused[:SHOWN_REFUSED], seats=seats,
        decision=_decision_words(str(brought.decision_id)), labels=LABELS, problems=[render(one) for one in problems],
        crumbs=[*_crumbs(), (_("Nhập danh sách vị trí"), url_for("position_import.bring"))],
    ), 422 if problems else 200  # fmt: skip


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Vị trí việc làm"), url_for("positions.index"))]


def _sealed() -> tuple[services.Brought, str, int]:
    """Return the file of a preview that this account was shown, with its digest and size. Raises `Refused`."""
    expired = N_("Bản xem trước đã hết hạn hoặc không phải của bạn. Hãy chọn lại tệp.")
    try:
        digest, size, filename, agency_id, decision_id, on, reason, solve_by, account_id = _seal().loads(
            request.form.get("seal", ""), max_age=SECONDS
        )
    except (BadData, ValueError):
        raise Refused(Problem("file", "preview_expired", expired)) from None
    path = storage.path_of(str(digest))
    if account_id != actor().account_id or not path.exists():
        raise Refused(Problem("file", "preview_expired", expired))
    brought = services.Brought(
        agencies.get_agency(actor(), int(agency_id), WHO), path, str(filename), int(decision_id),
        date.fromisoformat(on), str(reason), date.fromisoformat(solve_by) if solve_by else None,
    )  # fmt: skip
    return brought, str(digest), int(size)


@blueprint.route("/positions/import/apply", access=WHO, methods=["POST"])
def apply() -> ResponseReturnValue:
    """Write a list that was shown, all of it at once."""
    brought, digest, size = _sealed()
    try:
        with transaction():
            batch = services.apply(actor(), brought, digest, size)
    except Refused as refused:
        again = services.preview(actor(), brought)
        return _show(again, brought, request.form.get("seal", ""), refused.problems)
    counts = services.counts_of(batch)
    flash(
        _("Đã nhập danh sách của %(agency)s: %(created)s vị trí mới, %(updated)s thay đổi, %(unchanged)s không đổi.",
          agency=brought.agency.name, created=counts["created"], updated=counts["updated"],
          unchanged=counts["unchanged"]),
        "ok",
    )  # fmt: skip
    return redirect(url_for("position_import.show", list_id=batch.id), 303)


@blueprint.route("/positions/import/mistakes.xlsx", access=WHO, methods=["POST"])
def mistakes() -> ResponseReturnValue:
    """Give the list back with the reasons beside the rows refused."""
    brought, _digest, _size = _sealed()
    made = services.mistakes_book(services.preview(actor(), brought))
    name = brought.filename.rpartition(".")[0] or brought.filename
    return send_file(made, as_attachment=True, download_name=f"{name}-can-sua.xlsx")


@blueprint.route("/positions/import/sample.xlsx", access=WHO)
def sample() -> ResponseReturnValue:
    """Give an empty list with the columns that are read."""
    headers = [one.label_vi for one in FIELDS]
    made = workbook.in_memory(_("Danh sách vị trí"), headers, [], widths=(6, 28, 44, 24, 22, 14, 24, 24, 9, 9, 30, 28))
    return send_file(made, as_attachment=True, download_name="mau-danh-sach-vi-tri-viec-lam.xlsx")


@blueprint.route("/positions/import/<int:list_id>", access=WHO)
def show(list_id: int) -> ResponseReturnValue:
    """Show what a list did, and offer to take it back."""
    return _batch(services.get_list(actor(), list_id))


def _batch(batch: ImportBatch, status: int = 200, problems: tuple[Problem, ...] = ()) -> ResponseReturnValue:
    changed = [int(one["id"]) for one in batch.plan.get("before", ())]
    names = {one.id: one.position for one in lines_of(changed).values()}
    return render_template(
        "imports/positions_batch.html", batch=batch, counts=services.counts_of(batch), words=_state,
        undone=batch.counts.get("undone"), decision=_decision_words(str(batch.plan.get("decision_id", ""))),
        decision_id=batch.plan.get("decision_id"), on=date.fromisoformat(batch.plan["effective_on"]),
        place=agencies.names([batch.agency_id]).get(batch.agency_id, ""), changed=sorted(names.values())[:SHOWN_ROWS],
        problems=[render(one) for one in problems], reason=request.form.get("reason", ""),
        crumbs=[*_crumbs(), (_("Nhập danh sách vị trí"), url_for("position_import.bring"))],
    ), status  # fmt: skip


@blueprint.route("/positions/import/<int:list_id>/undo", access=WHO, methods=["POST"])
def undo(list_id: int) -> ResponseReturnValue:
    """Take a list back."""
    try:
        with transaction():
            undone = services.undo(actor(), list_id, reason=request.form.get("reason", "")[:500])
    except Refused as refused:
        return _batch(services.get_list(actor(), list_id), 422, refused.problems)
    flash(
        _("Đã hoàn tác: hủy %(reversed)s bút toán, trả lại %(restored)s vị trí.", reversed=undone.reversed,
          restored=undone.restored), "ok",
    )  # fmt: skip
    if undone.kept:
        flash(_("Giữ nguyên vì đã được sửa sau đợt nhập: %(names)s", names="; ".join(undone.kept[:10])), "warn")
    return redirect(url_for("position_import.show", list_id=list_id), 303)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
