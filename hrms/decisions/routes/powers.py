"""Pages of the table of decentralisation: who proposes, appraises and signs what; adding, changing, ending a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.agencies.rules import KIND_LABELS as AGENCY_KINDS
from hrms.core import clock
from hrms.core.actor import missing
from hrms.core.dates import last_day
from hrms.core.errors import NotFound, Refused, Stale
from hrms.core.i18n import N_, _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.decisions.forms.powers import EndPowerForm, PowerForm, PowersFilterForm
from hrms.decisions.models import DecentralisationRule
from hrms.decisions.queries import powers as queries
from hrms.decisions.routes.register import blueprint
from hrms.decisions.rules.powers import PARTY_LABELS, PERSON_KIND_LABELS, POST_GROUP_LABELS, Party, PostGroup
from hrms.decisions.services import powers as services
from hrms.figures.rules import MARK_LABELS, MARK_TONES
from hrms.figures.services import province_closure

View, Powers = Permission.DECISIONS_VIEW, Permission.DECISIONS_POWERS
MARKS = {**MARK_LABELS, "P": N_("do tỉnh đặt")}
TONES = {**MARK_TONES, "P": "ok"}


def case_words(row: DecentralisationRule, names: Mapping[int, str]) -> list[str]:
    """Return a row's conditions in words, [] for one that holds for everybody."""
    kinds = {kind.value: words for kind, words in AGENCY_KINDS.items()}
    found = []
    if row.post_group:
        found.append(render(POST_GROUP_LABELS[PostGroup(row.post_group)]))
    if row.person_kind:
        found.append(render(PERSON_KIND_LABELS.get(row.person_kind, row.person_kind)))
    if row.rank_code:
        found.append(_("ngạch, chức danh %(code)s", code=row.rank_code))
    if row.managing_agency_id:
        found.append(_("do %(agency)s quản lý", agency=names.get(row.managing_agency_id, "?")))
    if row.managing_kind:
        found.append(_("cơ quan quản lý là %(kind)s", kind=render(kinds.get(row.managing_kind, row.managing_kind))))
    if row.using_kind:
        found.append(_("cơ quan sử dụng là %(kind)s", kind=render(kinds.get(row.using_kind, row.using_kind))))
    return found


def party_words(party: str | None) -> str:
    """Return a party in words, a dash for none."""
    return render(PARTY_LABELS[Party(party)]) if party else "—"


def action_words(code: str | None) -> str:
    """Return an action in words; a row without one holds for all."""
    return render(queries.action_words(code)) if code else _("Mọi việc")


def _page() -> dict[str, Any]:
    """Return what both the table and its print show, as the address asks."""
    action = request.args.get("action", "")
    action = action if action in queries.action_codes() else ""
    today, everything = clock.today(), request.args.get("all") == "1"
    rows = sorted(queries.list_powers(action or None, None if everything else today), key=_place)
    names = agencies.names({row.managing_agency_id for row in rows if row.managing_agency_id})
    return {
        "rows": rows, "action": action, "everything": everything, "today": today, "names": names,
        "case_words": case_words, "party_words": party_words, "action_words": action_words, "marks": MARKS,
        "tones": TONES,
    }  # fmt: skip


def _place(row: DecentralisationRule) -> tuple[int, int, str, str, str]:
    """Return where a row stands: the general ones first, then by action, by the height of the post, by kind."""
    actions, posts = list(queries.action_codes()), list(PostGroup)
    return (
        actions.index(row.action) + 1 if row.action in actions else 0 if row.action is None else len(actions) + 1,
        posts.index(PostGroup(row.post_group)) + 1 if row.post_group else 0,
        row.person_kind or "", row.using_kind or "", row.valid_from.isoformat(),
    )  # fmt: skip


@blueprint.route("/decisions/powers", access=(View, Powers))
def powers() -> ResponseReturnValue:
    """Show the table: the rows in force, for an action with those that hold for all."""
    page = _page()
    form = PowersFilterForm(formdata=None, data={"action": page["action"], "all": "1" if page["everything"] else ""})
    form.action.choices = [("", _("— tất cả —")), *_actions()]
    form.all.choices = [("", _("đang có hiệu lực")), ("1", _("cả dòng cũ và dòng sắp tới"))]
    chips = [{"key": "action", "label": _("Việc"), "value": action_words(page["action"])}] if page["action"] else []
    if page["everything"]:
        chips.append({"key": "all", "label": _("Hiệu lực"), "value": _("cả dòng cũ và dòng sắp tới")})
    return render_template(
        "decisions/powers.html", form=form, chips=chips, crumbs=_crumbs()[:1], may_change=_may_change(), **page
    )


@blueprint.route("/decisions/powers/print", access=(View, Powers))
def print_powers() -> ResponseReturnValue:
    """Show the same as a sheet of paper."""
    return render_template("decisions/powers_print.html", back=url_for("decisions.powers"), **_page())


def _may_change() -> bool:
    return actor().may(Powers, at=province_closure())


def _actions() -> list[tuple[str, str]]:
    return [(code, render(words)) for code, words in queries.action_codes().items()]


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Quyết định"), url_for("decisions.index")), (_("Phân cấp"), url_for("decisions.powers"))]


def _prepare(form: PowerForm) -> None:
    anything = ("", _("— bất kỳ —"))
    kinds = [anything, *((kind.value, render(words)) for kind, words in AGENCY_KINDS.items())]
    parties = [(party.value, render(words)) for party, words in PARTY_LABELS.items()]
    form.action.choices = [("", _("Mọi việc")), *_actions()]
    form.post_group.choices = [anything, *((one.value, render(words)) for one, words in POST_GROUP_LABELS.items())]
    form.person_kind.choices = [anything, *((code, render(words)) for code, words in PERSON_KIND_LABELS.items())]
    form.managing_kind.choices, form.using_kind.choices = kinds, kinds
    form.proposes.choices, form.signs.choices = [("", ""), *parties], [("", ""), *parties]
    form.appraises.choices = [("", _("Không qua thẩm định")), *parties]

    def name_of(value: str) -> str | None:
        try:
            return agencies.find_visible(actor(), value).name
        except NotFound:
            return None

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(one.id), one.name) for one in agencies.list_choices(actor(), words)]

    form.managing_agency_id.configure(source=url_for("agencies.choices"), label_of=name_of, find=find)


def _values(form: PowerForm) -> dict[str, Any]:
    values = {name: form[name].data for name in services.COLUMNS}
    agency = values["managing_agency_id"]
    values["managing_agency_id"] = int(agency) if agency else None
    return {**values, "valid_from": form.start.data, "last_day": form.last_day.data}


def _version(form: Any) -> int:
    given = str(form.version.data or "")
    if not (given.isascii() and given.isdigit()):
        raise missing("version")
    return int(given)


@blueprint.route("/decisions/powers/new", access=Powers, methods=["GET", "POST"])
def add_power() -> ResponseReturnValue:
    """Add a row."""
    form = PowerForm(data={"start": clock.today()})
    _prepare(form)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    services.add_power(actor(), _values(form))
            except Refused as refused:
                form.take(refused.problems)
            else:
                flash(_("Đã thêm dòng phân cấp."), "ok")
                return redirect(url_for("decisions.powers", action=form.action.data or None, all=1), 303)
    return render_template("decisions/power.html", form=form, row=None, crumbs=_crumbs()), status


@blueprint.route("/decisions/powers/<int:rule_id>/edit", access=Powers, methods=["GET", "POST"])
def change_power(rule_id: int) -> ResponseReturnValue:
    """Have another row stand in this one's place from a day on."""
    row = queries.get_power(rule_id)
    data = {name: getattr(row, name) or "" for name in services.COLUMNS}
    agency = row.managing_agency_id
    form = PowerForm(
        data={**data, "managing_agency_id": str(agency) if agency else None, "version": row.version,
              "start": max(clock.today(), row.valid_from)}
    )  # fmt: skip
    _prepare(form)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    services.change_power(actor(), row, _values(form), start=form.start.data, version=_version(form))
            except Stale as stale:
                status = stale.status
                form.take(stale.problems)
            except Refused as refused:
                form.take(refused.problems)
            else:
                flash(_("Đã thay đổi dòng phân cấp; dòng cũ còn trong bảng, có ngày kết thúc."), "ok")
                return redirect(url_for("decisions.powers", all=1), 303)
    used = queries.count_uses(rule_id)
    return render_template(
        "decisions/power.html", form=form, row=row, used=used, last_day=last_day(row.valid_to), crumbs=_crumbs()
    ), status


@blueprint.route("/decisions/powers/<int:rule_id>/end", access=Powers, methods=["GET", "POST"])
def end_power(rule_id: int) -> ResponseReturnValue:
    """Have a row hold for the last time on a day."""
    row = queries.get_power(rule_id)
    form = EndPowerForm(data={"version": row.version, "last_day": max(clock.today(), row.valid_from)})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    services.end_power(actor(), row, last=form.last_day.data, version=_version(form))
            except Stale as stale:
                status = stale.status
                form.take(stale.problems)
            except Refused as refused:
                form.take(refused.problems)
            else:
                flash(_("Đã ghi ngày cuối của dòng phân cấp."), "ok")
                return redirect(url_for("decisions.powers", all=1), 303)
    words = case_words(row, agencies.names([row.managing_agency_id] if row.managing_agency_id else []))
    return render_template(
        "decisions/power_end.html", form=form, row=row, words=words, action_words=action_words,
        party_words=party_words, crumbs=_crumbs(),
    ), status  # fmt: skip
