"""Pages of schemes: the list with the models, one scheme, writing it, putting it in force, ending it."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core import clock, hooks
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.pay.forms import incentives as forms
from hrms.pay.models import IncentiveScheme
from hrms.pay.queries import schemes as queries
from hrms.pay.queries.schemes import SchemeFilters
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.incentives import words
from hrms.pay.routes.incentives.asking import decision_of, only_registered, run_form, step, with_paper
from hrms.pay.rules.schemes import (
    KIND_WORDS,
    PERIOD_WORDS,
    PURPOSE_LABELS,
    RATING_OF_LABELS,
    SCHEME_STATES,
    SchemeState,
    Terms,
)
from hrms.pay.services import schemes as services
from hrms.people.routes.finding import settled_address
from hrms.people.rules.absences import ABSENCE_LABELS
from hrms.people.rules.kinds import KIND_LABELS, PersonKind
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass
from hrms.positions.queries.part import part_of
from hrms.positions.routes.seeing.asking import asked_number, asked_one_of
from hrms.training.routes.courses import mark_tone, mark_words

P = Permission
FORM = "pay/incentives/scheme_form.html"


@blueprint.route("/pay/schemes", access=queries.READ)
def schemes() -> ResponseReturnValue:
    """List the schemes that hold for the reader's part, and the models to copy."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    who = actor()
    part = part_of(who, request.args.get("agency", "").strip() or None, *_reads(who))
    filters = SchemeFilters(
        part.agency_id, asked_one_of("purpose", PURPOSE_LABELS), asked_one_of("state", SCHEME_STATES)
    )
    anyone = ("", _("Tất cả"))
    return render_template(
        "pay/incentives/schemes.html",
        page=queries.list_schemes(who, filters, after=request.args.get("after"), before=request.args.get("before")),
        models=queries.models() if who.may(P.PAY_SCHEMES) else [],
        part=part,
        filters=filters,
        purposes=[anyone, *forms.choices(PURPOSE_LABELS)],
        states=[anyone, *forms.choices(SCHEME_STATES)],
        words=words,
        purpose_labels=PURPOSE_LABELS,
        state_labels=SCHEME_STATES,
        kind_words=KIND_WORDS,
        mark_words=mark_words,
        mark_tone=mark_tone,
        may_make=who.may(P.PAY_SCHEMES),
    )


def _reads(who: Any) -> tuple[Permission]:
    return (next((one for one in queries.READ if who.may(one)), P.PAY_VIEW),)


@blueprint.route("/pay/schemes/model", access=P.PAY_SCHEMES)
def scheme_model() -> ResponseReturnValue:
    """Show a model of the catalogue (`?model=`)."""
    found = queries.find_model(request.args.get("model", "")[:60])
    if found is None:
        return redirect(url_for("pay.schemes"))
    return render_template(
        "pay/incentives/model.html", model=found, **shown(found.terms), mark_words=mark_words, mark_tone=mark_tone,
        crumbs=[(_("Quy chế chi"), url_for("pay.schemes"))],
    )  # fmt: skip


@blueprint.route("/pay/schemes/<int:scheme_id>", access=queries.READ)
def scheme(scheme_id: int) -> ResponseReturnValue:
    """Show a scheme: what each class gives, its fund, who shares, the rounds by it."""
    who = actor()
    found, agency = queries.get_scheme(who, scheme_id)
    paper: Any = None
    if found.decision_id:
        paper = hooks.papers[0].describe([found.decision_id]).get(found.decision_id)
    state = SchemeState(found.state)
    manages = who.may(P.PAY_SCHEMES, at=agency.scope_ids)
    return render_template(
        "pay/incentives/scheme.html", scheme=found, agency=agency, state=state, paper=paper,
        **shown(queries.terms_of(found)), state_labels=SCHEME_STATES,
        may_edit=manages and state is SchemeState.DRAFT, may_end=manages and state is SchemeState.IN_FORCE,
        may_copy=who.may(P.PAY_SCHEMES), may_open=manages and state is not SchemeState.DRAFT,
        sees_rounds=who.may(P.PAY_VIEW), crumbs=[(_("Quy chế chi"), url_for("pay.schemes"))],
    )  # fmt: skip


def shown(terms: Terms) -> dict[str, Any]:
    """Return what a page says of terms: a row for each class, with each kind of person that has its own weights."""
    scheme_, kinds = terms.scheme, list(terms.scheme.kind_weights)
    rows = [
        (
            rating, scheme_.weights.get(rating), [scheme_.kind_weights[kind].get(rating) for kind in kinds],
            scheme_.floors.get(rating),
        )
        for rating in RatingClass
        if rating in scheme_.weights or any(rating in own for own in scheme_.kind_weights.values())
    ]  # fmt: skip
    return {
        "terms": terms, "rows": rows, "own_kinds": [render(KIND_LABELS[kind]) for kind in kinds], "words": words,
        "kind_words": KIND_WORDS, "purpose_labels": PURPOSE_LABELS, "period_words": PERIOD_WORDS,
        "rating_words": RATING_OF_LABELS, "class_labels": CLASS_LABELS, "class_tones": words.CLASS_TONES,
        "who": [render(KIND_LABELS[kind]) for kind in PersonKind if kind in terms.eligible.kinds],
        "away": [render(words_) for kind, words_ in ABSENCE_LABELS.items() if kind in terms.eligible.uncounted],
    }  # fmt: skip


def _groups() -> list[tuple[str, str | None, tuple[str, ...]]]:
    return [(render(title), render(hint) if hint else None, names) for title, hint, names in forms.GROUPS]


@blueprint.route("/pay/schemes/new", access=P.PAY_SCHEMES, methods=["GET", "POST"])
def new_scheme() -> ResponseReturnValue:
    """Begin a scheme: empty, from a model (`?model=`), or from another scheme (`?from=`)."""
    who = actor()
    data = _beginning(who)
    roots = who.scope(P.PAY_SCHEMES)
    if len(roots) == 1 and roots[0]:
        data.setdefault("agency", str(roots[0]))
    form: Any = forms.SchemeForm(data=data).fill()
    words.configure_agency(form.agency, P.PAY_SCHEMES)

    def act(sent: Any) -> str:
        agency = agencies.get_agency(who, int(sent.agency.data), P.PAY_SCHEMES)
        made = services.make(who, agency, _given(sent))
        sent.went = url_for("pay.scheme", scheme_id=made)
        return _("Đã lập quy chế ở dạng dự thảo. Hãy xem lại rồi cho áp dụng.")

    return run_form(
        form, FORM, url_for("pay.schemes"), act, title=_("Lập quy chế chi"), submit=_("Ghi dự thảo"), groups=_groups(),
        crumbs=[(_("Quy chế chi"), url_for("pay.schemes"))],
    )  # fmt: skip


def _beginning(who: Any) -> dict[str, Any]:
    model = queries.find_model(request.args.get("model", "")[:60])
    if model is not None:
        return forms.model_data(model)
    copied = asked_number("from")
    if copied is not None:
        found, agency = queries.get_scheme(who, copied)
        data = forms.scheme_data(found, queries.terms_of(found))
        if not who.may(P.PAY_SCHEMES, at=agency.scope_ids):
            del data["agency"]
        return data
    usual = queries.find_model("bonus_points")
    start = {"valid_from": clock.today().replace(month=1, day=1)}
    return (forms.terms_data(usual.terms) | {"source": ""} if usual else {}) | start


def _given(form: Any) -> services.Given:
    terms, problems = form.terms()
    if problems:
        raise Refused(*problems)
    return services.Given(form.name.data, form.valid_from.data, terms, form.note.data)


def _owned(scheme_id: int) -> tuple[IncentiveScheme, Agency]:
    found, agency = queries.get_scheme(actor(), scheme_id)
    actor().require(P.PAY_SCHEMES, at=agency.scope_ids)
    return found, agency


def _crumbs(found: IncentiveScheme) -> list[tuple[str, str]]:
    return [(_("Quy chế chi"), url_for("pay.schemes")), (found.name, url_for("pay.scheme", scheme_id=found.id))]


@blueprint.route("/pay/schemes/<int:scheme_id>/edit", access=P.PAY_SCHEMES, methods=["GET", "POST"])
def edit_scheme(scheme_id: int) -> ResponseReturnValue:
    """Put a draft right."""
    found, _agency = _owned(scheme_id)
    form: Any = forms.SchemeForm(data=forms.scheme_data(found, queries.terms_of(found))).fill()
    del form.agency

    def act(sent: Any) -> str:
        services.change(actor(), scheme_id, _given(sent), version=words.sent_version(sent))
        return _("Đã sửa dự thảo.")

    groups = [(title, hint, tuple(name for name in names if name != "agency")) for title, hint, names in _groups()]
    return run_form(
        form, FORM, url_for("pay.scheme", scheme_id=scheme_id), act, title=_("Sửa quy chế chi"), submit=_("Ghi"),
        groups=groups, crumbs=_crumbs(found),
    )  # fmt: skip


@blueprint.route("/pay/schemes/<int:scheme_id>/issue", access=P.PAY_SCHEMES, methods=["GET", "POST"])
def issue_scheme(scheme_id: int) -> ResponseReturnValue:
    """Put a draft in force, by the decision that issues it."""
    found, agency = _owned(scheme_id)
    who = actor()
    form: Any = with_paper(forms.IssueForm)(paper_kind="other", data={"version": str(found.version)})
    only_registered(form, who, agency.scope_ids)
    form.decision_basis.choices = [("none", _("Chưa có trong sổ quyết định")), *form.decision_basis.choices]
    if not form.is_submitted():
        form.decision_basis.data = "none"

    def act(sent: Any) -> str:
        decision = None if sent.decision_basis.data == "none" else decision_of(sent, who, agency.scope_ids)
        services.issue(who, scheme_id, decision, version=words.sent_version(sent))
        return _("Quy chế đã áp dụng. Mọi người trong cơ quan xem được.")

    return run_form(
        form, "pay/incentives/decide.html", url_for("pay.scheme", scheme_id=scheme_id), act, of=found.name,
        title=_("Cho áp dụng quy chế"), submit=_("Áp dụng"), crumbs=_crumbs(found), names=[],
        hint=_("Sau khi áp dụng, quy chế không sửa được nữa. Muốn đổi thì sao chép thành quy chế mới và cho quy chế "
               "này hết áp dụng."),
    )  # fmt: skip


@blueprint.route("/pay/schemes/<int:scheme_id>/end", access=P.PAY_SCHEMES, methods=["GET", "POST"])
def end_scheme(scheme_id: int) -> ResponseReturnValue:
    """End a scheme."""
    found, _agency = _owned(scheme_id)
    form = forms.EndForm(data={"version": str(found.version), "last_day": clock.today()})

    def act(sent: Any) -> str:
        services.end(actor(), scheme_id, sent.last_day.data, version=words.sent_version(sent))
        return _("Đã ghi ngày hết áp dụng.")

    return run_form(
        form, "pay/incentives/step.html", url_for("pay.scheme", scheme_id=scheme_id), act, of=found.name,
        title=_("Hết áp dụng quy chế"), submit=_("Ghi"), crumbs=_crumbs(found),
    )  # fmt: skip


@blueprint.route("/pay/schemes/<int:scheme_id>/remove", access=P.PAY_SCHEMES, methods=["POST"])
def remove_scheme(scheme_id: int) -> ResponseReturnValue:
    """Remove a draft."""
    _owned(scheme_id)

    def act() -> str:
        services.remove(actor(), scheme_id, version=words.sent_version())
        return _("Đã bỏ dự thảo.")

    return step(url_for("pay.schemes"), act)
