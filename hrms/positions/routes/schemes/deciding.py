"""The way of a scheme: hand in, look through, appraise, return, approve, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core.errors import Refused, Stale
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.routes.editing import paper_of
from hrms.positions.forms import schemes as forms
from hrms.positions.queries.scheme_look import look
from hrms.positions.routes.base import blueprint
from hrms.positions.routes.schemes.listing import whole
from hrms.positions.routes.schemes.path import opened, page, version_of
from hrms.positions.rules.schemes import REVIEW, Step
from hrms.positions.services import schemes as services
from hrms.positions.services.quotas import Acceptance

P = Permission
MANAGE, APPRAISE = P.POSITIONS_MANAGE, P.POSITIONS_APPRAISE
_ONE = "/positions/schemes/<int:scheme_id>"


def _act(scheme_id: int, act: Callable[[], Any], said: str) -> ResponseReturnValue:
    """Take a step; a refusal is shown on the page of the scheme with everything it names."""
    opened(scheme_id)
    try:
        with transaction():
            act()
    except (Refused, Stale) as error:
        return whole(scheme_id, list(error.problems)), error.status
    flash(said, "ok")
    return redirect(url_for("positions.scheme", scheme_id=scheme_id), 303)


@blueprint.route(f"{_ONE}/submit", access=MANAGE, methods=["POST"], endpoint="scheme_submit")
def submit(scheme_id: int) -> ResponseReturnValue:
    """Hand a scheme in."""
    version = version_of()
    return _act(scheme_id, lambda: services.submit(actor(), scheme_id, version=version), _("Đã trình đề án."))


@blueprint.route(f"{_ONE}/accept", access=APPRAISE, methods=["POST"], endpoint="scheme_accept")
def accept(scheme_id: int) -> ResponseReturnValue:
    """Confirm that the dossier is whole."""
    version = version_of()
    return _act(
        scheme_id, lambda: services.accept(actor(), scheme_id, version=version),
        _("Đã xác nhận hồ sơ đủ. Thời hạn thẩm định tính từ ngày nhận hồ sơ."),
    )  # fmt: skip


@blueprint.route(f"{_ONE}/incomplete", access=APPRAISE, methods=["GET", "POST"], endpoint="scheme_incomplete")
def note_incomplete(scheme_id: int) -> ResponseReturnValue:
    """Tell the agency what the dossier lacks."""
    return _remark(
        scheme_id, Step.NOTE_INCOMPLETE, services.note_incomplete, _("Thông báo bổ sung hồ sơ"),
        _("Đã gửi thông báo bổ sung hồ sơ."),
        _("Ghi rõ thành phần hồ sơ còn thiếu; cơ quan trình sẽ thấy nội dung này."),
    )  # fmt: skip


@blueprint.route(f"{_ONE}/return", access=APPRAISE, methods=["GET", "POST"], endpoint="scheme_return")
def send_back(scheme_id: int) -> ResponseReturnValue:
    """Return a scheme with remarks."""
    return _remark(
        scheme_id, Step.RETURN, services.send_back, _("Trả lại đề án"), _("Đã trả lại đề án kèm nhận xét."),
        _("Ghi việc cần sửa; cơ quan trình sẽ thấy nội dung này."),
    )  # fmt: skip


@blueprint.route(f"{_ONE}/withdraw", access=MANAGE, methods=["GET", "POST"], endpoint="scheme_withdraw")
def withdraw(scheme_id: int) -> ResponseReturnValue:
    """Take a scheme back for good."""
    return _remark(
        scheme_id, Step.WITHDRAW, services.withdraw, _("Rút đề án"), _("Đã rút đề án."),
        _("Đề án đã rút không trình lại được; nội dung vẫn xem được. Lý do không bắt buộc."),
    )  # fmt: skip


def _remark(
    scheme_id: int, step: Step, act: Callable[..., Any], heading: str, said: str, lead: str
) -> ResponseReturnValue:
    """Ask for the words of a step and take it."""
    found = opened(scheme_id)
    form: Any = forms.RemarkForm(data={"version": found.scheme.version})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    act(actor(), scheme_id, form.remark.data or "", version=version_of(form))
                flash(said, "ok")
                return redirect(url_for("positions.scheme", scheme_id=scheme_id), 303)
            except (Refused, Stale) as error:
                form.take(error.problems)
                status = error.status
                if isinstance(error, Stale):
                    found = opened(scheme_id)
                    form.version.data = found.scheme.version
    return page(
        "positions/schemes/remark.html", found, form=form, heading=heading, intro=lead, open=step in found.allowed
    ), status


@blueprint.route(f"{_ONE}/appraise", access=APPRAISE, methods=["GET", "POST"], endpoint="scheme_appraise")
def appraise(scheme_id: int) -> ResponseReturnValue:
    """Answer the four contents of the review: report, or return with remarks."""
    found = opened(scheme_id)
    kept = found.scheme.checklist.get("review") or {}
    fit = {True: "yes", False: "no"}
    form: Any = forms.review_form()(
        data={
            "version": found.scheme.version,
            **{f"fit_{code}": fit.get(kept.get(code, {}).get("fit")) for code in REVIEW},
            **{f"on_{code}": kept.get(code, {}).get("remark", "") for code in REVIEW},
        }
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    if request.form.get("do") == "return":
                        services.send_back(
                            actor(), scheme_id, form.remark.data or "", version=version_of(form), review=form.answers()
                        )
                    else:
                        services.appraise(actor(), scheme_id, form.answers(), version=version_of(form))
                back = request.form.get("do") == "return"
                flash(_("Đã trả lại đề án kèm nhận xét.") if back else _("Đã ghi kết quả thẩm định."), "ok")
                return redirect(url_for("positions.scheme", scheme_id=scheme_id), 303)
            except (Refused, Stale) as error:
                _take(form, error)
                status = error.status
                if isinstance(error, Stale):
                    found = opened(scheme_id)
                    form.version.data = found.scheme.version
    return page(
        "positions/schemes/appraise.html", found, form=form, seen=look(found.scheme), review=REVIEW,
        open=Step.APPRAISE in found.allowed,
    ), status  # fmt: skip


def _take(form: Any, error: Refused | Stale) -> None:
    for problem in error.problems:
        code = problem.field.removeprefix("review.")
        name = f"on_{code}" if problem.code == "remark_missing" else f"fit_{code}"
        form.take(
            [type(problem)(name if code in REVIEW else problem.field, problem.code, problem.text, problem.params)]
        )


@blueprint.route(f"{_ONE}/approve", access=APPRAISE, methods=["GET", "POST"], endpoint="scheme_approve")
def approve(scheme_id: int) -> ResponseReturnValue:
    """Name the decision, and bring about what it approves."""
    found = opened(scheme_id)
    form: Any = forms.approve_form()(
        data={"version": found.scheme.version, "effective_on": found.scheme.effective_on, "decision_basis": "new"}
    )
    form.require_paper()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            reason = (form.over_reason.data or "").strip()
            acceptance = Acceptance(reason, form.solve_by.data) if reason else None
            try:
                with transaction():
                    done = services.approve(
                        actor(), scheme_id, paper_of(form, found.scheme.scope_ids).decision_id, form.effective_on.data,
                        version=version_of(form), acceptance=acceptance,
                    )  # fmt: skip
                flash(
                    _(
                        "Đã phê duyệt: %(lines)s vị trí, %(entries)s bút toán biên chế, %(frames)s bản mô tả.",
                        lines=done["lines"], entries=done["entries"], frames=done["frames"],
                    ),
                    "ok",
                )  # fmt: skip
                return redirect(url_for("positions.scheme", scheme_id=scheme_id), 303)
            except (Refused, Stale) as error:
                form.take(error.problems)
                status = error.status
                if isinstance(error, Stale):
                    found = opened(scheme_id)
                    form.version.data = found.scheme.version
    return page(
        "positions/schemes/approve.html", found, form=form, seen=look(found.scheme), open=Step.APPROVE in found.allowed
    ), status
