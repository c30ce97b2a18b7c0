"""The effect of classes: what is to be judged, one judgement, how competencies changed by course."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.errors import Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.counting import count_shown
from hrms.people.routes.finding import settled_address
from hrms.positions.queries.part import part_of
from hrms.training.forms.after import ImpactForm
from hrms.training.queries import impact as queries
from hrms.training.routes.base import blueprint
from hrms.training.rules.after import APPLIED_LABELS, FEWEST, Applied, change_of
from hrms.training.services import impact as services

P = Permission
READS = (P.TRAINING_NOMINATE, P.TRAINING_VIEW)


def _may_answer(row: Any) -> bool:
    """Say whether the reader manages the learner: never for oneself."""
    who = actor()
    return who.person_id != row.ImpactCheck.person_id and who.may(P.TRAINING_NOMINATE, at=row.scope_ids)


@blueprint.route("/training/impact", access=READS)
def impact() -> ResponseReturnValue:
    """List what is to be judged, the longest due first."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    part = part_of(actor(), request.args.get("agency", "").strip() or None, P.TRAINING_VIEW)
    filters = queries.parse({**request.args.to_dict(), "agency": str(part.agency_id or "")})
    found = queries.list_checks(filters, after=request.args.get("after"), before=request.args.get("before"))
    count_shown(row.ImpactCheck.person_id for row in found.items)
    return render_template(
        "training/after/impact.html",
        page=found,
        total=queries.count_checks(filters),
        filters=filters,
        part=part,
        today=clock.today(),
        may_answer=_may_answer,
        change_of=change_of,
        applied_words=lambda value: render(APPLIED_LABELS[Applied(value)]),
        states=[
            ("open", _("Đến hạn trong 30 ngày")), ("overdue", _("Quá hạn")), ("coming", _("Chưa đến hạn")),
            ("answered", _("Đã đánh giá")),
        ],
    )  # fmt: skip


@blueprint.route("/training/impact/courses", access=P.TRAINING_VIEW)
def impact_courses() -> ResponseReturnValue:
    """Show how competencies changed after each course; figures of fewer than five people are hidden."""
    return render_template(
        "training/after/effects.html", effects=queries.effects(), fewest=FEWEST,
        crumbs=[(_("Tác động sau lớp"), url_for("training.impact"))],
    )  # fmt: skip


@blueprint.route("/training/impact/<int:impact_id>", access=P.TRAINING_NOMINATE, methods=["GET", "POST"])
def impact_check(impact_id: int) -> ResponseReturnValue:
    """Show one question about a learner's competency, and keep the answer."""
    row = queries.get_check(impact_id)
    actor().require(P.TRAINING_NOMINATE, at=row.scope_ids)
    one = row.ImpactCheck
    if request.method == "GET":
        form = ImpactForm(formdata=None, data={"version": one.version})
    else:
        form = ImpactForm()
    form.offer()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            given = form.version.data or ""
            try:
                with transaction():
                    services.answer(
                        actor(), impact_id, int(form.level_after.data), form.applied.data, form.note.data or "",
                        version=int(given) if given.isascii() and given.isdigit() else None,
                    )  # fmt: skip
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
                row = queries.get_check(impact_id)
            else:
                flash(_("Đã ghi đánh giá."), "ok")
                return redirect(url_for("training.impact"), 303)
    one = row.ImpactCheck
    before = one.level_before
    if before is None and one.answered_on is None:
        before = queries.level_before(one.person_id, one.competency_code, row.starts_on)
    page = render_template(
        "training/after/check.html", row=row, one=one, before=before, form=form, may_answer=_may_answer(row),
        change=change_of(one.level_before, one.level_after), own=actor().person_id == one.person_id,
        crumbs=[(_("Tác động sau lớp"), url_for("training.impact"))],
    )  # fmt: skip
    return page, status
