"""What a scenario supposes: things added, changed, taken away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock
from hrms.core.actor import missing
from hrms.core.dates import add_months
from hrms.core.errors import Refused
from hrms.core.formats import BadNumber
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.web import actor
from hrms.figures.changes import whole
from hrms.figures.models import FigureChange
from hrms.pay.forms.whatif import FORMS, ChangeForm, SchemeForm, TextForm, data_of, problems_of
from hrms.pay.queries import scenarios as queries
from hrms.pay.queries import schemes
from hrms.pay.queries.scenarios import Look
from hrms.pay.routes.base import blueprint
from hrms.pay.routes.whatif.asking import crumbs, opened, run_form, sent_version, step
from hrms.pay.routes.whatif.words import group_words, post_words
from hrms.pay.rules import supposed
from hrms.pay.rules.schemes import write_terms
from hrms.pay.rules.supposed import CHANGE_LABELS, Change, ChangeKind, in_force
from hrms.pay.services import scenarios as services
from hrms.people.queries import law

P = Permission
SHOWN_SCHEMES = 200
_STAFF_TABLE = "4"
"""Drivers, guards and the like: their groups have no common letters and few people."""
LAST_DAY_OF_PLACEMENT = "placing.deadline_public"


@blueprint.route("/pay/what-if/<int:scenario_id>/changes/new", access=P.PAY_MANAGE, methods=["GET", "POST"])
def add_change(scenario_id: int) -> ResponseReturnValue:
    """Suppose one thing more: what kind, then its figures."""
    look = opened(scenario_id, manages=True)
    given = request.args.get("kind", "")
    drafts = queries.list_drafts() if actor().may(P.PAY_LAW) else ()
    kinds = [one for one in ChangeKind if one is not ChangeKind.TEXT or drafts]
    if given not in set(kinds):
        page = render_template(
            "pay/whatif/kinds.html", seen=look, crumbs=crumbs(look),
            kinds=[(one.value, render(CHANGE_LABELS[one])) for one in kinds],
            back=url_for("pay.scenario", scenario_id=scenario_id),
        )  # fmt: skip
        return page, 200 if request.method == "GET" else 422
    kind = ChangeKind(given)
    form: Any = FORMS[kind](data=_begin(kind, look))

    def act(change: Change) -> str:
        services.add_change(actor(), scenario_id, change, version=sent_version())
        flash(_("Đã thêm. Hãy tính lại phương án."), "ok")
        return url_for("pay.scenario", scenario_id=scenario_id)

    return _run(form, kind, look, act, drafts)


@blueprint.route("/pay/what-if/<int:scenario_id>/changes/<int:place>", access=P.PAY_MANAGE, methods=["GET", "POST"])
def edit_change(scenario_id: int, place: int) -> ResponseReturnValue:
    """Change the figures of something supposed."""
    look = opened(scenario_id, manages=True)
    change = _at(look, place)
    if isinstance(change, supposed.Text | supposed.Incentive):
        # It was copied from a text or a scheme; another copy is taken by adding it anew.
        return redirect(url_for("pay.scenario", scenario_id=scenario_id), 303)
    form: Any = FORMS[change.kind](data={**data_of(change), "version": str(look.found.version)})

    def act(new: Change) -> str:
        services.replace_change(actor(), scenario_id, place, new, version=sent_version())
        flash(_("Đã sửa. Hãy tính lại phương án."), "ok")
        return url_for("pay.scenario", scenario_id=scenario_id)

    return _run(form, change.kind, look, act)


@blueprint.route("/pay/what-if/<int:scenario_id>/changes/<int:place>/remove", access=P.PAY_MANAGE, methods=["POST"])
def remove_change(scenario_id: int, place: int) -> ResponseReturnValue:
    """Suppose something no more."""
    look = opened(scenario_id, manages=True)
    _at(look, place)
    back = url_for("pay.scenario", scenario_id=scenario_id)

    def act() -> str:
        services.remove_change(actor(), scenario_id, place, version=sent_version())
        return back

    return step(back, act)


def _at(look: Look, place: int) -> Change:
    """Return the change at a place counted from 1. Raises `NotFound`."""
    if not 1 <= place <= len(look.changes):
        raise missing("change")
    return look.changes[place - 1]


def _begin(kind: ChangeKind, look: Look) -> dict[str, Any]:
    """Return what a new form begins with: the first day of the period, the figure in force."""
    data: dict[str, Any] = {"version": str(look.found.version), "start": look.found.starts_on}
    if kind is ChangeKind.BASE_SALARY:
        now = next(iter(in_force(law.rows("base_salaries"), look.found.starts_on)), None)
        data["amount"] = int(now["amount"]) if now else None
    elif kind is ChangeKind.ALLOWANCE:
        data |= {"give": "all", "form": "percent"}
    elif kind is ChangeKind.INSURANCE:
        data["side"] = "employer"
    elif kind is ChangeKind.PLACEMENT:
        known = law.parameters(look.found.starts_on).get(LAST_DAY_OF_PLACEMENT)
        until = add_months(look.found.starts_on, 12 * look.found.years)
        if known and look.found.starts_on <= (last := date.fromisoformat(known.value)) < until:
            data["start"] = last
    elif kind is ChangeKind.INCENTIVE:
        data["year"] = clock.today().year - 1
    return data


def _run(form: Any, kind: ChangeKind, look: Look, act: Any, drafts: Sequence[FigureChange] = ()) -> ResponseReturnValue:
    _offer(form, look, drafts)

    def done() -> str:
        wrong = problems_of(form)
        if wrong:
            raise Refused(*wrong)
        try:
            change = _copied(form, look, drafts) or form.change()
        except BadNumber as error:
            words = N_("“%(value)s” không phải là số. Hãy ghi như 2,34; 2,67; 3,00.")
            raise Refused(Problem("coefficients", "not_a_number", words, {"value": str(error.value)})) from error
        return str(act(change))

    return run_form(
        form, done, title=render(CHANGE_LABELS[kind]), submit=_("Ghi"), crumbs=crumbs(look),
        back=url_for("pay.scenario", scenario_id=look.found.id),
        groups=[(render(CHANGE_LABELS[kind]), str(form.hint), list(form.groups))],
    )  # fmt: skip


def _offer(form: ChangeForm, look: Look, drafts: Sequence[FigureChange]) -> None:
    """Put the catalogues of the period's first day into a form."""
    day = look.found.starts_on
    groups = dict.fromkeys(f"{row['table']}:{row['group']}" for row in in_force(law.rows("pay_scales"), day))
    posts = dict.fromkeys(
        f"{row['post']}:{row['place']}" for row in in_force(law.rows("leadership_coefficients"), day)
    )  # fmt: skip
    known = _schemes() if isinstance(form, SchemeForm) else []
    form.offer(
        {
            "group": [("", _("Mọi loại")), *((key, group_words(key)) for key in groups)],
            "groups_of": [(one, one) for one in dict.fromkeys(key[2:] for key in groups if key[0] != _STAFF_TABLE)],
            "post": [("", _("Mọi chức vụ")), *((key, post_words(key)) for key in posts)],
            "scheme": [("", _("— chọn —")), *known],
            "instead": [("", _("Chưa chi gì")), *known],
            "text": [("", _("— chọn —")), *((str(one.id), f"{one.number}: {one.title}"[:150]) for one in drafts)],
        }
    )


def _copied(form: ChangeForm, look: Look, drafts: Sequence[FigureChange]) -> Change | None:
    """Return a change whose figures are copied: a text's rows, a scheme's terms as they are now; None for others."""
    if isinstance(form, TextForm):
        found = next(one for one in drafts if str(one.id) == form.text.data)
        rows = whole(found.rows, found.valid_from, found.source, found.mark)
        return supposed.Text(start=found.valid_from, number=found.number, given=tuple(rows))
    if not isinstance(form, SchemeForm):
        return None
    name, terms, eligible = _scheme(form.scheme.data or "")
    old = _scheme(form.instead.data) if form.instead.data else ("", None, None)
    return supposed.Incentive(
        start=look.found.starts_on, year=int(form.year.data or 0), name=name, terms=terms, eligible=eligible,
        before_name=old[0], before_terms=old[1], before_eligible=old[2],
    )  # fmt: skip


def _scheme(key: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Return name and terms of a scheme of the program or of a model. Raises `NotFound`."""
    which, _colon, rest = key.partition(":")
    if which == "model":
        model = schemes.find_model(rest)
        if model is None:
            raise missing("incentive_scheme")
        return (model.name, *write_terms(model.terms))
    found, _agency = schemes.get_scheme(actor(), int(rest))
    return found.name, dict(found.terms), dict(found.eligible)


def _schemes() -> list[tuple[str, str]]:
    """Return the schemes the reader may see, then the models."""
    page = schemes.list_schemes(actor(), schemes.SchemeFilters(), limit=SHOWN_SCHEMES)
    own = [(f"scheme:{row.found.id}", f"{row.found.name} ({row.agency})"[:150]) for row in page.items]
    models = [(f"model:{one.code}", _("Mẫu: %(name)s", name=one.name)[:150]) for one in schemes.models()]
    return [*own, *models]
