"""Rating a class as one of its learners; sums of ratings for whoever runs or teaches."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.training.forms import after as forms
from hrms.training.queries import ratings as queries
from hrms.training.routes.base import blueprint
from hrms.training.rules.after import ASPECT_LABELS, FEWEST, RATED_DAYS, rating_problems
from hrms.training.services import rating as services

P = Permission
READS = (P.TRAINING_VIEW, P.TRAINING_TEACH)
_WHY_CLOSED = {"not_a_learner", "too_early", "too_late"}


@blueprint.route("/training/classes/<int:class_id>/rate", access=P.SELF_VIEW, methods=["GET", "POST"])
def rate_class(class_id: int) -> ResponseReturnValue:
    """Show and keep one's own rating of a class."""
    own = queries.own_enrolment(actor(), class_id)
    kind = forms.rating_form()
    if request.method == "GET":
        kept = own.rating
        given = {**{name: str(score) for name, score in kept.scores.items()}, "comment": kept.comment} if kept else {}
        form = kind(formdata=None, data=given)
    else:
        form = kind()
    forms.offer_scores(form)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    services.rate(actor(), class_id, forms.scores_of(form), form.comment.data or "")
            except Refused as refused:
                form.take(refused.problems)
            else:
                flash(_("Đã ghi đánh giá. Cảm ơn bạn."), "ok")
                return redirect(url_for("training.rate_class", class_id=class_id), 303)
    found = rating_problems(own.enrolment.state, own.ends_on, own.ended_on, clock.today(), {}, "")
    closed = next((one for one in found if one.code in _WHY_CLOSED), None)
    page = render_template(
        "training/after/rate.html", own=own, form=form, closed=render(closed) if closed else "", fewest=FEWEST,
        crumbs=[(_("Đào tạo của tôi"), url_for("training.person", person_id=actor().person_id))],
    )  # fmt: skip
    return page, status


def _year() -> int | None:
    given = request.args.get("year", "").strip()
    return int(given) if given.isascii() and given.isdigit() and 1990 <= int(given[:4]) <= 2100 else None


@blueprint.route("/training/ratings", access=READS)
def ratings() -> ResponseReturnValue:
    """Show what classes scored: by course, by provider, one by one; sums of five ratings and more alone."""
    year = _year() if "year" in request.args else clock.today().year
    found = queries.rated_classes(actor(), year=year)
    by = request.args.get("by", "course")
    by = by if by in {"course", "provider", "class"} else "course"
    return render_template(
        "training/after/ratings.html",
        found=found,
        by=by,
        sums=queries.sums(found, by) if by != "class" else [],
        year=year,
        years=[clock.today().year - back for back in range(5)],
        aspects=ASPECT_LABELS,
        fewest=FEWEST,
    )


@blueprint.route("/training/classes/<int:class_id>/ratings", access=READS)
def class_ratings(class_id: int) -> ResponseReturnValue:
    """Show what one class scored, and what its learners wrote once nobody rates it any more."""
    found = queries.get_rated(actor(), class_id)
    return render_template(
        "training/after/class.html",
        found=found,
        comments=queries.comments_of(class_id) if found.means else [],
        aspects=ASPECT_LABELS,
        fewest=FEWEST,
        days=RATED_DAYS,
        crumbs=[(_("Đánh giá lớp học"), url_for("training.ratings"))],
    )
