"""One rating: everything its class rests on, its changes and versions; changing it, superseding it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hrms.core import hooks
from hrms.core.errors import Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.performance.forms.rounds import (
    ChangeForm,
    ConcludeForm,
    RecordForm,
    RemarkForm,
    SupersedeForm,
    WeighForm,
    class_choices,
)
from hrms.performance.queries import calibration as queries
from hrms.performance.queries import judged as judging
from hrms.performance.queries.self_rating import find_said
from hrms.performance.routes.base import blueprint
from hrms.performance.routes.calibration.asking import (
    WORKS,
    crumbs,
    decision_of,
    only_registered,
    run_form,
    sent_version,
    take,
    with_paper,
)
from hrms.performance.routes.calibration.table import may_change
from hrms.performance.routes.calibration.words import (
    CLASS_TONES,
    ROLE_LABELS,
    ROUND_LABELS,
    STAGE_LABELS,
    reason_words,
)
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass, Thresholds
from hrms.performance.rules.gathered import open_classes, reasons_of
from hrms.performance.rules.yearly import CAUSE_LABELS, MonthCause
from hrms.performance.services import deciding

P = Permission


@blueprint.route("/performance/ratings/<int:rating_id>", access=(P.PERFORMANCE_VIEW, P.SELF_VIEW))
def rating(rating_id: int) -> ResponseReturnValue:
    """Show a class with every step to it: months, facts, limits, quota, changes, versions."""
    return _page(judging.get_rating(actor(), rating_id))


def _page(judged: judging.Judged, form: Any = None, status: int = 200) -> ResponseReturnValue:
    who, found = actor(), judged.rating
    own = who.is_holder(found.person_id)
    method = queries.method_of(judged.round)
    answer = reasons_of(found.year, found.months, found.causes, found.facts) if found.facts.get("method") else None
    changeable = found.state == "open" and may_change(who, judged.round, judged.agency, method)
    blocked = deciding.may_change(who, found) if changeable else None
    choices = open_classes(method, found.by_points, found.facts)
    if form is None and changeable and blocked is None and method != "recorded":
        form = _change_form(found, choices)
    elif form is None and changeable and blocked is None:
        form = RecordForm(formdata=None, data={"version": str(found.version), "rating": found.proposed or ""})
    sees_all = who.may(P.PERFORMANCE_VIEW, at=judged.agency.scope_ids)
    cited: Any = {}
    if found.decision_id and who.may(P.DECISIONS_VIEW):
        cited = hooks.papers[0].describe([found.decision_id])
    page = render_template(
        "performance/ratings/show.html",
        one=judged,
        found=found,
        own=own,
        title=_("Xếp loại năm %(year)s: %(name)s", year=found.year, name=judged.name),
        points=_points(found),
        causes={int(key): render(CAUSE_LABELS[MonthCause(value)]) for key, value in found.causes.items()},
        answer=answer,
        near=Thresholds().shown_but_not_reached(answer.exact_mean) if answer and answer.exact_mean else None,
        said=find_said(found.round_id, found.person_id) if sees_all or own else None,
        changes=judging.list_changes(found.id) if sees_all else [],
        versions=judging.list_versions(found),
        standing=RatingClass(value) if (value := found.final or found.proposed or found.by_points) else None,
        labels=CLASS_LABELS,
        class_of=RatingClass,
        class_tones=CLASS_TONES,
        round_labels=ROUND_LABELS,
        stages=STAGE_LABELS,
        roles=ROLE_LABELS,
        limits=reason_words(found.reasons),
        form=form if changeable and blocked is None else None,
        blocked=blocked if changeable else None,
        recorded=method == "recorded",
        sees_all=sees_all,
        paper=cited.get(found.decision_id),
        may_rate=who.may(P.PERFORMANCE_RATE, at=judged.agency.scope_ids) and not own,
        may_petition=own and found.state == "published" and found.superseded_at is None,
        crumbs=crumbs(queries.Opened(judged.round, judged.agency, judged.set)) if sees_all else [],
    )
    return page, status


def _change_form(found: Any, choices: Any) -> Any:
    form: Any = ChangeForm(formdata=None, data={"version": str(found.version)})
    standing = found.final or found.proposed or found.by_points
    offered = [pair for pair in class_choices() if pair[0] in set(choices) and pair[0] != standing]
    form.rating.choices = [("", _("— chọn —")), *offered]
    return form if offered else None


def _points(found: Any) -> list[tuple[int, Decimal | None]]:
    kind = found.months.get("kind", "month")
    count = 4 if kind == "quarter" else 12
    kept = {number: found.months.get(str(number)) for number in range(1, count + 1)}
    return [(number, Decimal(points) if points is not None else None) for number, points in kept.items()]


@blueprint.route("/performance/ratings/<int:rating_id>/change", access=WORKS, methods=["POST"])
def change_rating(rating_id: int) -> ResponseReturnValue:
    """Change a proposed class with a reason; from the table one comes back to it."""
    judged = judging.get_rating(actor(), rating_id)
    recorded = queries.method_of(judged.round) == "recorded"
    form: Any = RecordForm() if recorded else ChangeForm()
    back = url_for("performance.round", round_id=judged.round.id, _anchor=f"rating-{rating_id}")

    def act(sent: Any) -> str:
        reason = sent.reason() if recorded else sent.reason.data
        deciding.change(actor(), rating_id, sent.rating.data, reason, version=sent_version(sent))
        name = judged.name
        return _("Đã đổi mức của %(name)s.", name=name)

    return _run_on_page(judged, form, back, act)


def _run_on_page(judged: judging.Judged, form: Any, back: str, act: Any) -> ResponseReturnValue:
    """Run a form that stands on the page of the rating; what refuses comes back on it."""
    if not form.validate():
        return _page(judged, form, 422)
    try:
        with transaction():
            words = act(form)
    except (Refused, Stale) as refused:
        take(form, refused)
        return _page(judging.get_rating(actor(), judged.rating.id), form, refused.status)
    flash(words, "ok")
    return redirect(back, 303)


@blueprint.route("/performance/ratings/<int:rating_id>/remark", access=WORKS, methods=["GET", "POST"])
def remark_rating(rating_id: int) -> ResponseReturnValue:
    """Write the remarks of those who decide on Mẫu 02."""
    judged = judging.get_rating(actor(), rating_id)
    data = {"version": str(judged.rating.version), "remarks": judged.rating.remarks}

    def act(sent: Any) -> str:
        deciding.remark(actor(), rating_id, sent.remarks.data, version=sent_version(sent))
        return _("Đã ghi nhận xét.")

    return _on_rating(judged, RemarkForm(data=data), _("Nhận xét của cấp có thẩm quyền"), _("Ghi"), act)


@blueprint.route("/performance/ratings/<int:rating_id>/weigh", access=P.PERFORMANCE_RATE, methods=["GET", "POST"])
def weigh_rating(rating_id: int) -> ResponseReturnValue:
    """Say that a discipline was for no violation of duty, or take that back."""
    judged = judging.get_rating(actor(), rating_id)
    acts = [(str(one["act"]), str(one["words"] or one["act"])) for one in judged.rating.facts.get("discipline", [])]
    form: Any = WeighForm(data={"version": str(judged.rating.version)})
    form.act.choices = acts

    def act(sent: Any) -> str:
        deciding.weigh_discipline(
            actor(), rating_id, sent.act.data, sent.reason.data, counts=sent.counts.data == "yes",
            version=sent_version(sent),
        )  # fmt: skip
        return _("Đã ghi; mức xếp loại được tính lại.")

    return _on_rating(judged, form, _("Kỷ luật có tính vào xếp loại không"), _("Ghi"), act)


@blueprint.route("/performance/ratings/<int:rating_id>/conclude", access=P.PERFORMANCE_RATE, methods=["GET", "POST"])
def conclude_rating(rating_id: int) -> ResponseReturnValue:
    """Write a conclusion that makes or mitigates the class."""
    judged = judging.get_rating(actor(), rating_id)

    def act(sent: Any) -> str:
        deciding.conclude(
            actor(), rating_id, sent.finding.data, sent.reason.data, holds=sent.holds.data == "yes",
            version=sent_version(sent),
        )  # fmt: skip
        return _("Đã ghi; mức xếp loại được tính lại.")

    form = ConcludeForm(data={"version": str(judged.rating.version)})
    return _on_rating(judged, form, _("Kết luận về người này"), _("Ghi"), act)


@blueprint.route("/performance/ratings/<int:rating_id>/supersede", access=P.PERFORMANCE_RATE, methods=["GET", "POST"])
def supersede_rating(rating_id: int) -> ResponseReturnValue:
    """Replace a published class by a decision."""
    who = actor()
    judged = judging.get_rating(who, rating_id)
    who.require(P.PERFORMANCE_RATE, at=judged.agency.scope_ids)
    form: Any = with_paper(SupersedeForm)(paper_kind="rating", data={"version": str(judged.rating.version)})
    only_registered(form, who, judged.agency)

    def act(sent: Any) -> str:
        decision_id = decision_of(sent, who, judged.agency)
        deciding.supersede(who, rating_id, sent.rating.data, decision_id, sent.reason.data)
        return _("Đã thay kết quả xếp loại của %(name)s.", name=judged.name)

    return _on_rating(
        judged, form, _("Thay kết quả xếp loại"), _("Thay kết quả"), act, template="performance/rounds/decide.html"
    )


def _on_rating(
    judged: judging.Judged, form: Any, title: str, submit: str, act: Any, template: str = "performance/rounds/step.html"
) -> ResponseReturnValue:
    one = queries.Opened(judged.round, judged.agency, judged.set)
    back = url_for("performance.rating", rating_id=judged.rating.id)
    way = [*crumbs(one), (judged.name, back)]
    return run_form(form, template, back, act, title=title, submit=submit, one=one, crumbs=way, of=judged.name)
