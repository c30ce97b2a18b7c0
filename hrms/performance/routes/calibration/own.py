"""Mẫu 02 of the reader: months of the year, their mean, what one says of oneself; as a page and as a paper."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from hrms.core.documents import render_docx, render_pdf
from hrms.core.errors import NotFound
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.web import actor
from hrms.decisions.papers import offices
from hrms.people.models import PersonCurrent
from hrms.performance.forms.rounds import SelfForm, self_data
from hrms.performance.models import Rating
from hrms.performance.papers import self_rating as paper
from hrms.performance.papers.rounds import class_words
from hrms.performance.queries import self_rating as queries
from hrms.performance.routes.base import blueprint
from hrms.performance.routes.calibration.asking import run_form, sent_version
from hrms.performance.routes.calibration.papers import WORD
from hrms.performance.routes.calibration.words import CLASS_TONES, ROUND_LABELS
from hrms.performance.rules.classes import RatingClass
from hrms.performance.rules.yearly import CAUSE_LABELS, MonthCause
from hrms.performance.services import self_rating as services
from hrms.positions.routes.seeing.asking import asked_number

P = Permission
WITHOUT_POINTS = ("90/2020", "party")
"""Sets of criteria that give no points."""


@blueprint.route("/performance/own/rating", access=P.SELF_VIEW, methods=["GET", "POST"])
def own_rating() -> ResponseReturnValue:
    """Show the reader's own year and let them write Mẫu 02 while the round is open."""
    who = actor()
    person = queries.get_person(who)
    mine = queries.get_mine(asked_number("round"))
    if mine is None:
        return render_template("performance/own/none.html", title=_("Tự đánh giá, xếp loại năm"))
    said = queries.find_said(mine.id, person.person_id)
    form: Any = SelfForm(data=self_data(said))

    def act(sent: Any) -> str:
        services.say(
            who, mine.id, RatingClass(sent.wanted.data), sent.strengths.data, sent.weaknesses.data,
            version=sent_version(sent),
        )  # fmt: skip
        return _("Đã ghi phiếu tự đánh giá.")

    if request.method == "POST" and not mine.may_say:
        flash(_("Đợt xếp loại đã có quyết định nên phiếu tự đánh giá không sửa được nữa."), "bad")
        return redirect(url_for("performance.own_rating", round=mine.id), 303)
    return run_form(
        form,
        "performance/own/rating.html",
        url_for("performance.own_rating", round=mine.id),
        act,
        title=_("Tự đánh giá, xếp loại năm %(year)s", year=mine.year),
        mine=mine,
        rounds=queries.list_mine(),
        said=said,
        person=person,
        months=queries.months_of(person.person_id, mine.year),
        scored=mine.set_code not in WITHOUT_POINTS,
        rating=queries.find_rating(mine.id, person.person_id),
        class_of=RatingClass,
        class_words=class_words,
        class_tones=CLASS_TONES,
        labels=ROUND_LABELS,
    )


def sheet_of(mine: queries.Mine, person: PersonCurrent) -> paper.Sheet:
    """Return Mẫu 02 of the reader as it stands."""
    said = queries.find_said(mine.id, person.person_id)
    months = queries.months_of(person.person_id, mine.year)
    found = queries.find_rating(mine.id, person.person_id)
    return paper.Sheet(
        offices.offices([mine.agency_id])[mine.agency_id],
        mine.year,
        person.full_name,
        person.born_on.strftime("%d/%m/%Y") if person.born_on and len(person.birth_date or "") == 10 else "",
        person.post_name or person.job_position or "",
        queries.unit_of(person),
        months.points,
        months.kind,
        _causes(found),
        months.mean,
        RatingClass(said.wanted) if said and said.wanted else None,
        (said.strengths if said else "") or "",
        (said.weaknesses if said else "") or "",
        (found.remarks if found else "") or "",
        RatingClass(found.final) if found and found.final else None,
        bool(found and found.role != "staff"),
        mine.set_code not in WITHOUT_POINTS,
    )


def _causes(found: Rating | None) -> dict[int, str]:
    """Return why months have no points, as the published class says; nothing before."""
    if found is None:
        return {}
    with force_locale("vi"):
        return {int(key): render(CAUSE_LABELS[MonthCause(value)]) for key, value in found.causes.items()}


@blueprint.route("/performance/own/rating/<int:round_id>.<any(pdf, docx):form>", access=P.SELF_VIEW)
def print_own_rating(round_id: int, form: str) -> ResponseReturnValue:
    """Give the reader's own Mẫu 02 as a paper. Raises `NotFound` for a round they are not in."""
    person = queries.get_person(actor())
    mine = queries.get_mine(round_id)
    if mine is None:
        raise NotFound(Problem("round", "not_found", N_("Không tìm thấy, hoặc nằm ngoài phạm vi của bạn.")))
    made = paper.paper(sheet_of(mine, person))
    content = render_pdf([made], paper.KEY) if form == "pdf" else render_docx(made, paper.KEY)
    return send_file(
        BytesIO(content), mimetype="application/pdf" if form == "pdf" else WORD, as_attachment=True,
        download_name=f"mau-02-{mine.year}.{form}",
    )  # fmt: skip
