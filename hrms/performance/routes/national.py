"""Pages of the results for the national database: what waits, the file, its sending, the answer."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.errors import HrmsError, Refused
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.performance.forms import after as forms
from hrms.performance.papers import national as papers
from hrms.performance.queries import national as reading
from hrms.performance.queries.national import Choice
from hrms.performance.routes.base import blueprint
from hrms.performance.routes.petitions import take
from hrms.performance.routes.showing import show
from hrms.performance.rules.outcomes import PERIOD_LABELS
from hrms.performance.services import national as writing
from hrms.performance.services import national_file
from hrms.positions.queries.part import part_of

P = Permission
FILTER_LABELS = {
    "waiting": N_("Chờ gửi"), "overdue": N_("Quá hạn gửi"), "refused": N_("Bị từ chối"), "sent": N_("Đã gửi"),
    "confirmed": N_("Đã được nhận"),
}  # fmt: skip
TONES = {"waiting": "info", "overdue": "bad", "refused": "bad", "sent": "none", "confirmed": "ok"}


@blueprint.route("/performance/national", access=P.PERFORMANCE_VIEW)
def national() -> ResponseReturnValue:
    """Show what waits by agency, the rows of one state, the files built; overdue in red."""
    who = actor()
    part = part_of(who, request.args.get("agency", "").strip() or None, P.PERFORMANCE_VIEW)
    narrowed = request.args.get("state", "").strip() or "waiting"
    if narrowed not in reading.FILTERS:
        raise Refused(_unknown("state", narrowed))
    choice = _choice(request.args)
    may_send = who.may(P.PERFORMANCE_MANAGE) and who.may(P.PEOPLE_EXPORT)
    files = reading.files_of(who) if may_send else []
    return show(
        "performance/after/national.html", part=part, narrowed=narrowed, choice=choice,
        agencies=reading.by_agency(part), may_send=may_send, files=files, words=_file_words,
        page=reading.list_results(part, narrowed, choice, after=request.args.get("after")),
        waits=bool(files) and reading.waiting_of(files[0].result["ids"]) > 0, today=clock.today(),
        tone_of=_tone, labels=FILTER_LABELS, period=period_words,
        states=[(name, render(words)) for name, words in FILTER_LABELS.items()],
        kinds=[("", _("— tất cả —")), *((name, render(words)) for name, words in PERIOD_LABELS.items())],
    )  # fmt: skip


def period_words(row: Any) -> str:
    """Return the period of a result in words: Tháng 3/2026, Quý 1/2026, Năm 2026."""
    kind = render(PERIOD_LABELS[row.kind])
    return f"{kind} {row.number}/{row.year}" if row.number else f"{kind} {row.year}"


def _tone(row: Any) -> tuple[str, str]:
    state = "overdue" if reading.is_late(row, clock.today()) else row.state
    return render(FILTER_LABELS[state]), TONES[state]


def _file_words(found: Any) -> str:
    asked = found.arguments
    kind = render(PERIOD_LABELS[asked["kind"]]) if asked.get("kind") else _("mọi kỳ")
    return " ".join(str(part) for part in (kind, asked.get("number"), asked.get("year")) if part)


def _choice(given: Any) -> Choice:
    kind = str(given.get("kind", "")).strip() or None
    if kind is not None and kind not in PERIOD_LABELS:
        raise Refused(_unknown("kind", kind))
    return Choice(kind, _number(given, "year", 9999), _number(given, "number", 12))


def _number(given: Any, name: str, most: int) -> int | None:
    text = str(given.get(name, "")).strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) <= most):
        raise Refused(_unknown(name, text))
    return int(text) or None


def _unknown(name: str, value: str) -> Problem:
    return Problem(name, "unknown", N_("Điều kiện “%(value)s” không có trong danh mục. Hãy chọn lại."),
                   {"value": value[:40]})  # fmt: skip


@blueprint.route("/performance/national/file", access=P.PERFORMANCE_MANAGE, methods=["POST"])
def build_national_file() -> ResponseReturnValue:
    """Have the file of a choice built in the background."""
    agency = request.form.get("agency", "").strip() or None
    try:
        with transaction():
            task_id = national_file.start(actor(), agency, _choice(request.form))
    except Refused as refused:
        return _back(refused, agency)
    return redirect(url_for("core.task", task_id=task_id), 303)


@blueprint.route("/performance/national/files/<int:task_id>/sent", access=P.PERFORMANCE_MANAGE, methods=["POST"])
def national_file_sent(task_id: int) -> ResponseReturnValue:
    """Mark the results of a file one built as sent."""
    try:
        with transaction():
            count = national_file.mark_sent(actor(), task_id)
    except Refused as refused:
        return _back(refused, None)
    flash(_("Đã đánh dấu gửi %(count)s kết quả.", count=count), "ok")
    return redirect(url_for("performance.national", state="sent"), 303)


@blueprint.route("/performance/national/answers", access=P.PERFORMANCE_MANAGE, methods=["GET", "POST"])
def national_answers() -> ResponseReturnValue:
    """Take in what the national database answered, row by row; all of it or nothing."""
    form: Any = forms.AnswerFileForm()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                if not form.file.data:
                    raise Refused(Problem("file", "required", N_("Chưa chọn tệp trả lời.")))
                answers = papers.read_answers(form.file.data.stream, form.file.data.filename or "")
                with transaction():
                    count = writing.take_answers(actor(), answers)
            except Refused as refused:
                status = take(form, refused)
            else:
                flash(_("Đã ghi trả lời của %(count)s kết quả.", count=count), "ok")
                return redirect(url_for("performance.national", state="refused"), 303)
    return show("performance/after/answers.html", form=form), status


def _back(refused: HrmsError, agency: str | None) -> ResponseReturnValue:
    flash(" ".join(render(one) for one in refused.problems), "bad")
    return redirect(url_for("performance.national", agency=agency), 303)
