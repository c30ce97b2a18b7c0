"""The steps of the path, each a form that is posted to its own address and answers with the submission's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core.actor import Actor, missing
from hrms.core.errors import NotFound, Refused, Stale
from hrms.core.forms import read_date
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.decisions import queries
from hrms.decisions.routes.showing import given_answers, page_of
from hrms.decisions.routes.submissions import _changed_people, blueprint
from hrms.decisions.services import path, submissions

P = Permission
Act = Callable[[Actor, int | None], Any]


def _take(submission_id: int, act: Act, said: str) -> ResponseReturnValue:
    """Take a step: back to the page when it is done, the page with the problems and what was typed when refused."""
    queries.get_submission(actor(), submission_id)
    given = request.form.get("version", "")
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Refused(Problem("version", "required", N_("Thiếu phiên bản của hồ sơ. Hãy tải lại trang rồi bấm lại.")))
    try:
        with transaction():
            act(actor(), int(given))
    except (Refused, Stale) as error:
        return page_of(queries.get_submission(actor(), submission_id), error.status, error.problems, request.form)
    flash(said, "ok")
    try:
        queries.get_submission(actor(), submission_id)
    except NotFound:
        # What was given back is no longer on this reader's desk.
        return redirect(url_for("submissions.desk"), 303)
    return redirect(url_for("submissions.show", submission_id=submission_id), 303)


def _lines() -> list[int]:
    return [int(one) for one in request.form.getlist("line") if one.isascii() and one.isdigit() and len(one) < 19]


def _remark() -> str:
    return request.form.get("remark", "")


@blueprint.route("/decisions/submissions/<int:submission_id>/submit", access=P.DECISIONS_PROPOSE, methods=["POST"])
def submit(submission_id: int) -> ResponseReturnValue:
    """Send a draft up."""
    return _take(submission_id, lambda who, v: submissions.submit(who, submission_id, version=v), _("Đã trình."))


@blueprint.route("/decisions/submissions/<int:submission_id>/take-back", access=P.DECISIONS_PROPOSE, methods=["POST"])
def take_back(submission_id: int) -> ResponseReturnValue:
    """Take a submission back before anybody appraised it."""
    return _take(
        submission_id,
        lambda who, v: submissions.take_back(who, submission_id, version=v),
        _("Đã rút về dự thảo. Sửa xong thì trình lại."),
    )


@blueprint.route("/decisions/submissions/<int:submission_id>/drop", access=P.DECISIONS_PROPOSE, methods=["POST"])
def drop(submission_id: int) -> ResponseReturnValue:
    """Give a submission up."""
    return _take(
        submission_id,
        lambda who, v: submissions.drop(who, submission_id, remark=_remark(), version=v),
        _("Đã thôi trình hồ sơ này."),
    )


@blueprint.route("/decisions/submissions/<int:submission_id>/people", access=P.DECISIONS_PROPOSE, methods=["POST"])
def add_people(submission_id: int) -> ResponseReturnValue:
    """Add people to a draft: typed or pasted."""

    def act(who: Actor, version: int | None) -> None:
        ids, problems = _changed_people([], "add")
        if problems:
            raise Refused(*problems)
        submissions.add_people(who, submission_id, ids, version=version)

    return _take(submission_id, act, _("Đã thêm vào danh sách."))


@blueprint.route("/decisions/submissions/<int:submission_id>/remove", access=P.DECISIONS_PROPOSE, methods=["POST"])
def remove_people(submission_id: int) -> ResponseReturnValue:
    """Take the ticked people out of a draft."""

    def act(who: Actor, version: int | None) -> None:
        if not _lines():
            raise Refused(Problem("lines", "nobody", N_("Chưa đánh dấu ai. Hãy đánh dấu người cần bỏ.")))
        submissions.remove_lines(who, submission_id, _lines(), version=version)

    return _take(submission_id, act, _("Đã bỏ khỏi danh sách."))


@blueprint.route("/decisions/submissions/<int:submission_id>/answer", access=P.DECISIONS_PROPOSE, methods=["POST"])
def answer(submission_id: int) -> ResponseReturnValue:
    """Vouch for conditions the system cannot know, for the whole list: those whose answer was changed."""
    return _take(
        submission_id,
        lambda who, v: submissions.answer_many(who, submission_id, _answers(submission_id), version=v),
        _("Đã ghi xác nhận."),
    )


def _answers(submission_id: int) -> dict[str, submissions.Answer]:
    """Return what was answered otherwise than it stands: met or not, another ground, an answer taken back."""
    now = given_answers(queries.list_lines(submission_id, states=submissions.OPEN))
    found = {}
    for name, value in request.form.items():
        code = name.removeprefix("met-")
        if code == name:
            continue
        met = {"yes": True, "no": False}.get(value)
        note = request.form.get(f"note-{code}", "")
        before = now.get(code)
        if met is None and before is None:
            continue
        if before is None or (met, note.strip()) != (before["met"], before["note"]):
            found[code] = submissions.Answer(met, note)
    return found


@blueprint.route("/decisions/submissions/<int:submission_id>/appraise", access=P.DECISIONS_APPRAISE, methods=["POST"])
def appraise(submission_id: int) -> ResponseReturnValue:
    """Pass a submission on to the signer."""
    return _take(
        submission_id,
        lambda who, v: path.appraise(who, submission_id, remark=_remark(), version=v),
        _("Đã thẩm định đạt, chuyển người ký."),
    )


@blueprint.route(
    "/decisions/submissions/<int:submission_id>/return",
    access=(P.DECISIONS_APPRAISE, P.DECISIONS_SIGN),
    methods=["POST"],
)
def return_it(submission_id: int) -> ResponseReturnValue:
    """Give a submission back with a remark."""
    return _take(
        submission_id,
        lambda who, v: path.return_with_remark(who, submission_id, _remark(), version=v),
        _("Đã trả lại cơ quan trình."),
    )


@blueprint.route("/decisions/submissions/<int:submission_id>/sign", access=P.DECISIONS_SIGN, methods=["POST"])
def sign(submission_id: int) -> ResponseReturnValue:
    """Sign for the ticked people, or for all."""

    def act(who: Actor, version: int | None) -> None:
        chosen = None if request.form.get("who") == "all" else _lines()
        if chosen == []:
            raise Refused(Problem("lines", "nobody", N_("Chưa đánh dấu ai. Hãy đánh dấu người cần ký.")))
        title = request.form.get("signer_title", "")
        if not title.strip():
            text = N_("Chưa nhập chức vụ người ký. Hãy nhập như sẽ in trên quyết định, ví dụ Giám đốc.")
            raise Refused(Problem("signer_title", "required", text))
        path.sign(who, submission_id, chosen, signer_title=title, version=version)

    return _take(submission_id, act, _("Đã ký. Văn thư sẽ vào số."))


@blueprint.route("/decisions/submissions/<int:submission_id>/refuse", access=P.DECISIONS_SIGN, methods=["POST"])
def refuse(submission_id: int) -> ResponseReturnValue:
    """Leave the ticked people unsigned, with the reason."""
    return _take(
        submission_id,
        lambda who, v: path.refuse(who, submission_id, _lines(), _remark(), version=v),
        _("Đã ghi không ký."),
    )


@blueprint.route("/decisions/submissions/<int:submission_id>/register", access=P.DECISIONS_NUMBER, methods=["POST"])
def register(submission_id: int) -> ResponseReturnValue:
    """Give what was signed its number, and make it true."""

    def act(who: Actor, version: int | None) -> None:
        chosen = _lines()
        if not chosen:
            raise Refused(Problem("lines", "nobody", N_("Chưa đánh dấu ai. Hãy đánh dấu người cần vào số.")))
        path.register(who, submission_id, _numbers(submission_id, chosen), chosen, version=version)

    return _take(submission_id, act, _("Đã vào số. Quyết định có hiệu lực từ ngày ghi trong quyết định."))


def _numbers(submission_id: int, chosen: list[int]) -> path.Numbers:
    """Return the numbers typed, or the wish for those of the book. Raises `Refused` for a date that is none."""
    symbol, day = request.form.get("symbol", ""), request.form.get("signed_on", "").strip()
    signed_on = None
    if day:
        try:
            signed_on = read_date(day).exact
        except ValueError:
            signed_on = None
        if signed_on is None:
            text = N_("“%(value)s” không phải là ngày. Hãy ghi dạng 01/07/2026.")
            raise Refused(Problem("signed_on", "not_a_date", text, {"value": day[:40]}))
    if request.form.get("from") == "book":
        return path.Numbers(symbol, signed_on)
    found = queries.get_submission(actor(), submission_id)
    if found.one_paper:
        return path.Numbers(symbol, signed_on, request.form.get("number", ""))
    if any(line < 0 for line in chosen):
        raise missing("line")
    return path.Numbers(symbol, signed_on, {line: request.form.get(f"number-{line}", "") for line in chosen})
