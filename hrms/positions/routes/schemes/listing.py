"""The list of schemes, a new one, one as a whole, its comparison with what is in force, its head and chapters."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core import clock, hooks
from hrms.core.errors import Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.positions.forms import schemes as forms
from hrms.positions.queries import schemes
from hrms.positions.queries.scheme_look import look
from hrms.positions.queries.schemes import Filters
from hrms.positions.routes.base import blueprint
from hrms.positions.routes.schemes.path import TONES, edit_words, opened, page, version_of
from hrms.positions.rules.kinds import QUOTA_LABELS, QuotaKind
from hrms.positions.rules.schemes import CHANGE_LABELS, STATE_LABELS, STEP_LABELS, Change, State, Step
from hrms.positions.services import schemes as services

P = Permission
VIEW, MANAGE = P.POSITIONS_VIEW, P.POSITIONS_MANAGE
EDITS_SHOWN = 15


@blueprint.route("/positions/schemes", access=VIEW, endpoint="schemes")
def index() -> ResponseReturnValue:
    """List the schemes of the reader's part, newest first, with the clock that runs."""
    state, kind = request.args.get("state", ""), request.args.get("kind", "")
    agency = None
    if request.args.get("agency", "").strip():
        agency = agencies.find_visible(actor(), request.args["agency"].strip(), VIEW)
    filters = Filters(
        state if state in set(State) else None, kind if kind in {"civil", "public"} else None,
        agency.id if agency else None, waiting=request.args.get("waiting") == "1",
    )  # fmt: skip
    found = schemes.list_schemes(actor(), filters, after=request.args.get("after"), before=request.args.get("before"))
    form = forms.FilterForm(formdata=None, data={"state": filters.state, "kind": filters.kind})
    form.offer()
    chips = [
        {"label": label, "value": value, "key": key}
        for key, label, value in (
            ("state", _("Bước"), render(STATE_LABELS[State(filters.state)]) if filters.state else ""),
            ("kind", _("Loại biên chế"), render(QUOTA_LABELS[QuotaKind(filters.kind)]) if filters.kind else ""),
            ("agency", _("Cơ quan"), agency.name if agency else ""),
            ("waiting", _("Đang chờ"), _("thẩm định, quyết định") if filters.waiting else ""),
        )
        if value
    ]
    return render_template(
        "positions/schemes/list.html", page=found, chips=chips, form=form, running=schemes.running, today=clock.today(),
        states=STATE_LABELS, tones=TONES, State=State, quota_words=_quota_words, may_manage=actor().may(MANAGE),
    )  # fmt: skip


def _quota_words(kind: str) -> str:
    return render(QUOTA_LABELS[QuotaKind(kind)])


@blueprint.route("/positions/schemes/new", access=MANAGE, methods=["GET", "POST"], endpoint="new_scheme")
def new() -> ResponseReturnValue:
    """Begin a scheme."""
    who = actor()
    form: Any = forms.NewForm()
    form.offer()

    def label_of(value: str) -> str | None:
        found = agencies.find_agency(int(value)) if value.isdecimal() else None
        return found.name if found is not None and who.may(MANAGE, at=found.scope_ids) else None

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(one.id), one.name) for one in agencies.list_choices(who, words, permissions=(MANAGE,))]

    if request.method == "GET":
        own = [root for root in who.scope(MANAGE) if root]
        asked = request.args.get("agency", "")
        if asked.isascii() and asked.isdigit() and len(asked) < 19:
            form.agency.data = asked
        elif len(own) == 1:
            form.agency.data = str(own[0])
    form.agency.configure(source=url_for("agencies.choices"), label_of=label_of, find=find)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    made = services.create(
                        who, int(form.agency.data), QuotaKind(form.quota_kind.data), form.title.data,
                        from_force=bool(form.from_force.data),
                    )  # fmt: skip
                flash(_("Đã lập đề án. Bước đầu: thống kê công việc."), "ok")
                return redirect(url_for("positions.scheme_works", scheme_id=made.id), 303)
            except Refused as error:
                form.take(error.problems)
                status = error.status
    crumbs = [(_("Đề án vị trí việc làm"), url_for("positions.schemes"))]
    return render_template("positions/schemes/new.html", form=form, crumbs=crumbs), status


@blueprint.route("/positions/schemes/<int:scheme_id>", access=VIEW, endpoint="scheme")
def show(scheme_id: int) -> ResponseReturnValue:
    """Show a scheme as a whole: where it stands, its dossier, what keeps it, its story."""
    return whole(scheme_id)


def whole(scheme_id: int, problems: Any = ()) -> str:
    """Return the page of a scheme as a whole, with what a step was refused for."""
    found = opened(scheme_id)
    looked = look(found.scheme)
    every = services.problems_of(looked) if found.may_edit else []
    ids = [found.scheme.decision_id] if found.scheme.decision_id else []
    papers = hooks.papers[0].describe(ids) if ids and hooks.papers else {}
    told = (Change.ADDED, Change.DROPPED, Change.CHANGED)
    tally = {change: sum(one.kind is change for one in looked.changes) for change in told}
    return page(
        "positions/schemes/show.html", found, seen=looked, refused=problems,
        errors=[one for one in every if one.severity != "warning"],
        warnings=[one for one in every if one.severity == "warning"],
        clocks=schemes.clocks_of(found.scheme, [one for one in found.steps if one.step != Step.EDIT.value]),
        today=clock.today(), story=_story(found.steps), edits=_edits(found.steps), tally=tally, changes=CHANGE_LABELS,
        paper=papers.get(found.scheme.decision_id or 0), quota_words=_quota_words,
        remark=next((one for one in reversed(found.steps) if one.step in {"note_incomplete", "return"}), None),
    )  # fmt: skip


def _story(steps: Any) -> list[dict[str, Any]]:
    return [
        {"title": render(STEP_LABELS[Step(one.step)]), "name": one.name, "remark": one.remark, "at": one.recorded_at}
        for one in reversed(steps)
        if one.step != Step.EDIT.value
    ]


def _edits(steps: Any) -> list[dict[str, Any]]:
    edits = [one for one in reversed(steps) if one.step == Step.EDIT.value][:EDITS_SHOWN]
    return [{"name": one.name, "what": edit_words(one.remark), "at": one.recorded_at} for one in edits]


@blueprint.route("/positions/schemes/<int:scheme_id>/compare", access=VIEW, endpoint="scheme_compare")
def compare(scheme_id: int) -> ResponseReturnValue:
    """Compare what a scheme proposes with what is in force, line by line."""
    found = opened(scheme_id)
    looked = look(found.scheme)
    units = {unit.id: unit.name for unit in looked.units}
    same = request.args.get("same") == "1"
    shown = [one for one in looked.changes if same or one.kind is not Change.SAME]
    return page(
        "positions/schemes/compare.html", found, seen=looked, listed=shown, units=units, words=CHANGE_LABELS, same=same,
        tones={Change.ADDED: "ok", Change.DROPPED: "bad", Change.CHANGED: "warn", Change.SAME: "none"},
    )  # fmt: skip


@blueprint.route(
    "/positions/schemes/<int:scheme_id>/text", access=MANAGE, methods=["GET", "POST"], endpoint="scheme_head"
)
def head(scheme_id: int) -> ResponseReturnValue:
    """Write what a scheme says as a whole: letter, day, reason, five chapters."""
    found = opened(scheme_id)
    scheme = found.scheme
    chapters = scheme.content.get("chapters") or {}
    form: Any = forms.HeadForm(
        data={
            "version": scheme.version, "title": scheme.title, "effective_on": scheme.effective_on,
            "reason": scheme.reason or "", "request": scheme.checklist.get("request", ""),
            "self_financing": bool(scheme.content.get("self_financing")),
            **{f"chapter_{place}": chapters.get(number, "") for place, number in enumerate(services.CHAPTERS, 1)},
        }
    )  # fmt: skip
    form.offer()
    if scheme.quota_kind != QuotaKind.PUBLIC.value:
        del form.self_financing
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    services.edit_head(
                        actor(), scheme_id,
                        services.Head(
                            form.title.data, form.effective_on.data, form.reason.data or None, form.chapters(),
                            form.request.data or "",
                            bool(form.self_financing.data) if "self_financing" in form else False,
                        ),
                        version=version_of(form),
                    )  # fmt: skip
                flash(_("Đã lưu phần thuyết minh."), "ok")
                return redirect(url_for("positions.scheme_head", scheme_id=scheme_id), 303)
            except (Refused, Stale) as error:
                form.take(error.problems)
                status = error.status
                if isinstance(error, Stale):
                    found = opened(scheme_id)
                    form.version.data = found.scheme.version
    return page("positions/schemes/text.html", found, form=form), status
