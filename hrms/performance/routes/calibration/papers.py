"""Papers of a round: minutes of the meeting, the list of results, the notice, and the classes published inside."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock, hooks
from hrms.core.documents import Paper, render_docx, render_pdf
from hrms.core.errors import Forbidden, Refused
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.decisions.papers import offices
from hrms.people.queries.filters import Reach
from hrms.people.services import export as exports
from hrms.performance.forms.rounds import MinutesForm, minutes_data
from hrms.performance.papers import rounds as papers
from hrms.performance.queries import calibration as queries
from hrms.performance.queries import judged, self_rating
from hrms.performance.routes.base import blueprint
from hrms.performance.routes.calibration.asking import WORKS, crumbs, opened, run_form, title_of
from hrms.performance.routes.calibration.table import CHANGEABLE, WITHOUT_POINTS, quota_of
from hrms.performance.routes.calibration.words import CLASS_TONES, ROUND_LABELS, reason_words
from hrms.performance.rules.classes import RatingClass
from hrms.performance.rules.numbers import half_up
from hrms.performance.services import deciding
from hrms.positions.queries.part import Part
from hrms.positions.routes.seeing.asking import send_names

P = Permission
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LAWS = {"equal": "NĐ 335/2025/NĐ-CP", "weights": "NĐ 233/2026/NĐ-CP", "none": "NĐ 90/2020/NĐ-CP, NĐ 48/2023/NĐ-CP",
        "recorded": "quy định của Đảng"}  # fmt: skip


def said_of(one: queries.Opened) -> papers.Said:
    """Return what the papers of a round say."""
    found, agency = one.found, one.agency
    method = queries.method_of(found)
    people = [
        papers.Named(
            line.name, line.staff_code or "", line.position or "", line.unit,
            line.periods, line.mean,
            RatingClass(line.rating.by_points) if line.rating.by_points else None, line.standing, line.group or "",
            "; ".join(reason_words(line.rating.reasons)),
        )
        for line in queries.list_everybody(found.id)
    ]  # fmt: skip
    decision, day = "", found.decided_on
    if found.decision_id:
        described = hooks.papers[0].describe([found.decision_id]).get(found.decision_id)
        decision = f"Quyết định số {described['reference']}" if described else "Quyết định xếp loại"
    changes = [
        (name, papers.class_words(_class(change.old)), papers.class_words(_class(change.new)), change.reason)
        for change, name in judged.list_round_changes(found.id)
    ]
    quota = quota_of(found, method)
    words = ""
    taken = sum(one.rating is RatingClass.EXCELLENT for one in people)
    if quota is not None and quota.agency.at_or_above:
        words = (
            f"Tỷ lệ hoàn thành xuất sắc: tối đa {quota.agency.maximum} người, đã xếp {taken} người"
            f" trong {quota.agency.at_or_above} người đủ điểm."
        )
    return papers.Said(
        offices.offices([agency.id])[agency.id], found.year, LAWS[method], people, decision, day,
        method not in WITHOUT_POINTS, words, [row.group.name for row in queries.list_groups(found.id)[0]], changes,
    )  # fmt: skip


def _class(value: str | None) -> RatingClass | None:
    return RatingClass(value) if value else None


def send_paper(one: queries.Opened, made: Paper, key: str, name: str, form: str, rows: int) -> ResponseReturnValue:
    """Give a paper of a round as PDF or Word; noted in the trail, and counted like every list taken out."""
    content = render_pdf([made], key) if form == "pdf" else render_docx(made, key)
    with transaction():
        locked = exports.note_export(actor(), name, rows, Reach((one.agency.id,), one.agency.id))
    if locked:
        raise Forbidden(exports.BULK_LOCKED)
    kind = "application/pdf" if form == "pdf" else WORD
    return send_file(BytesIO(content), mimetype=kind, as_attachment=True, download_name=f"{name}.{form}")


@blueprint.route(
    "/performance/rounds/<int:round_id>/minutes", access={"GET": P.PERFORMANCE_VIEW, "POST": WORKS},
    methods=["GET", "POST"],
)  # fmt: skip
def round_minutes(round_id: int) -> ResponseReturnValue:
    """Show the minutes of the meeting, or write them: with them the round comes to its meeting."""
    who, one = actor(), opened(round_id)
    minutes = queries.find_minutes(round_id)
    writes = any(who.may(right, at=one.agency.scope_ids) for right in WORKS) and one.found.state in CHANGEABLE
    if request.method == "GET" and not writes:
        return render_template(
            "performance/rounds/minutes.html", one=one, minutes=minutes, title=_("Biên bản họp"), crumbs=crumbs(one),
            changes=judged.list_round_changes(round_id), class_of=RatingClass,
        )  # fmt: skip
    form: Any = MinutesForm(data=minutes_data(minutes, clock.today()))

    def act(sent: Any) -> str:
        deciding.to_meeting(who, round_id, {"met_on": sent.met_on.data, **sent.content()})
        return _("Đã ghi biên bản họp.")

    return run_form(
        form, "performance/rounds/minutes_form.html", url_for("performance.round", round_id=round_id), act, one=one,
        minutes=minutes, crumbs=crumbs(one), title=_("Biên bản họp"), round_title=title_of(one),
        changes=judged.list_round_changes(round_id), class_of=RatingClass,
    )  # fmt: skip


def _minutes_paper(round_id: int) -> tuple[queries.Opened, Paper, int]:
    one = opened(round_id)
    found = queries.find_minutes(round_id)
    if found is None:
        raise Refused(Problem("", "no_minutes", N_("Chưa có biên bản họp. Hãy ghi biên bản rồi in.")))
    said = said_of(one)
    return one, papers.minutes(said, found.met_on, found.content), len(said.people)


@blueprint.route("/performance/rounds/<int:round_id>/minutes.<any(pdf, docx):form>", access=P.PERFORMANCE_VIEW)
def print_round_minutes(round_id: int, form: str) -> ResponseReturnValue:
    """Give the minutes as a paper."""
    one, made, rows = _minutes_paper(round_id)
    return send_paper(one, made, papers.MINUTES, f"bien-ban-hop-xep-loai-{one.found.year}", form, rows)


@blueprint.route("/performance/rounds/<int:round_id>/list", access=P.PERFORMANCE_VIEW)
def round_list(round_id: int) -> ResponseReturnValue:
    """Show the list of results as it is printed, and the notice."""
    one = opened(round_id)
    said = said_of(one)
    return render_template(
        "performance/rounds/results.html",
        one=one,
        said=said,
        counts=papers.class_counts(said.people),
        crumbs=crumbs(one),
        class_tones=CLASS_TONES,
        labels=ROUND_LABELS,
        title=_("Danh sách kết quả"),
    )


@blueprint.route("/performance/rounds/<int:round_id>/list.<any(pdf, docx):form>", access=P.PERFORMANCE_VIEW)
def print_round_list(round_id: int, form: str) -> ResponseReturnValue:
    """Give the list of results as a paper."""
    one = opened(round_id)
    said = said_of(one)
    name = f"danh-sach-xep-loai-{one.found.year}"
    return send_paper(one, papers.results(said), papers.RESULTS, name, form, len(said.people))


@blueprint.route("/performance/rounds/<int:round_id>/notice.<any(pdf, docx):form>", access=P.PERFORMANCE_VIEW)
def print_round_notice(round_id: int, form: str) -> ResponseReturnValue:
    """Give the notice of the results: classes without points."""
    one = opened(round_id)
    said = said_of(one)
    name = f"thong-bao-xep-loai-{one.found.year}"
    return send_paper(one, papers.notice(said), papers.NOTICE, name, form, len(said.people))


@blueprint.route("/performance/rounds/<int:round_id>/list.xlsx", access=P.PERFORMANCE_VIEW)
def export_round_list(round_id: int) -> ResponseReturnValue:
    """Give the list of results as a workbook."""
    one = opened(round_id)
    said = said_of(one)
    headers = ["TT", "Số hiệu", "Họ và tên", "Chức vụ, vị trí", "Đơn vị", "Điểm năm", "Mức xếp loại", "Ghi chú"]
    rows = [
        [
            place, line.staff_code, line.name, line.position, line.unit,
            half_up(line.mean, 2) if line.mean is not None else None, papers.class_words(line.rating), line.note,
        ]
        for place, line in enumerate(said.people, 1)
    ]  # fmt: skip
    part = Part((one.agency.id,), one.agency.id, one.agency)
    return send_names(
        "rating_results", f"Xếp loại {one.found.year}", headers, rows, f"ket-qua-xep-loai-{one.found.year}.xlsx", part,
        widths=(6, 14, 28, 30, 34, 10, 28, 40),
    )  # fmt: skip


@blueprint.route("/performance/own/published/<int:round_id>", access=P.SELF_VIEW)
def round_published(round_id: int) -> ResponseReturnValue:
    """Show people of a round each other's published class, without points (NĐ 335/2025/NĐ-CP Đ21)."""
    mine = self_rating.get_mine(round_id)
    rows = self_rating.list_published(round_id) if mine is not None and mine.published else []
    return render_template(
        "performance/rounds/published.html", mine=mine, rows=rows, class_tones=CLASS_TONES,
        title=_("Kết quả xếp loại năm %(year)s", year=mine.year if mine else ""),
        crumbs=[(_("Tự đánh giá, xếp loại năm"), url_for("performance.own_rating", round=round_id))],
    )  # fmt: skip
