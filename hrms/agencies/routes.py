"""Pages of the tree: the tree, one agency, its reorganisations, the chart, the export, choices for search boxes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from hrms.agencies import forms, queries, services
from hrms.agencies.models import Agency
from hrms.agencies.queries import TreeRow
from hrms.agencies.rules import KIND_LABELS, SECTOR_LABELS, AgencyKind, Sector
from hrms.audit import queries as audit
from hrms.core import charts, clock, hooks, workbook
from hrms.core.actor import missing
from hrms.core.charts import Node
from hrms.core.dated import OLD_DATA_LABEL
from hrms.core.errors import Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.jinja import show_interval, show_number
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.unit import transaction
from hrms.core.web import HrmsBlueprint, actor

blueprint = HrmsBlueprint("agencies", __name__)
View, Manage = Permission.AGENCIES_VIEW, Permission.AGENCIES_MANAGE
OPENED_MOST = 200
CHART_BOXES = 150


def kind_words(kind: str | None) -> str:
    """Return the words of a kind, the value itself for one of an older version."""
    return render(KIND_LABELS[AgencyKind(kind)]) if kind in set(AgencyKind) else kind or ""


def sector_words(sector: str | None) -> str:
    """Return the words of a sector, "" for none."""
    return render(SECTOR_LABELS[Sector(sector)]) if sector in set(Sector) else sector or ""


def _opened() -> tuple[list[int], bool]:
    """Return the ids of the opened lines and whether the address names any."""
    given = request.args.get("open")
    if given is None:
        return [], False
    return [int(part) for part in given.split(".") if part.isascii() and part.isdigit() and len(part) < 19][
        :OPENED_MOST
    ], True


def _toggle(opened: list[int]) -> Callable[[int], str]:
    """Return what `open` in the address becomes when a line is opened or closed."""

    def toggled(agency_id: int) -> str:
        kept = [i for i in opened if i != agency_id] if agency_id in opened else [*opened, agency_id]
        return ".".join(map(str, kept)) or "0"

    return toggled


@blueprint.route("/agencies", access=View)
def index() -> ResponseReturnValue:
    """Show the tree: the reader's part, opened line by line, searched, or as it stood on a day."""
    who = actor()
    as_at, known_on = asked_dates()
    today = clock.today()
    q = request.args.get("q", "").strip()[:200]
    with_closed = request.args.get("closed") == "1"
    opened, said = _opened()
    if not said:
        opened = queries.list_roots(who)
    past = None
    if as_at is not None or known_on is not None:
        past = queries.tree_at(who, as_at or today, known_on)
    rows = [] if past is not None else queries.list_tree(who, opened, today=today, q=q, with_closed=with_closed)
    return render_template(
        "agencies/tree.html",
        rows=rows,
        past=past,
        q=q,
        with_closed=with_closed,
        toggle=_toggle(opened),
        today=today,
        kind_words=kind_words,
        people_url=_people_url,
        most=queries.SEARCH_MOST,
    )


def _people_url(agency: Agency) -> str | None:
    """Return the address of the people of an agency and all below it."""
    if not any(item.endpoint == "people.index" for item in hooks.menu) or not actor().may(Permission.PEOPLE_VIEW):
        return None
    return url_for("people.index", agency=agency.code or agency.id, status="present")


@blueprint.route("/agencies/choices", access=View)
def choices() -> ResponseReturnValue:
    """Answer a search box with agencies of the reader's part; `for=manage`: those the reader may reorganise."""
    permissions = (Manage,) if request.args.get("for") == "manage" else (View,)
    found = queries.list_choices(
        actor(), request.args.get("q", "")[:200], permissions=permissions, limit=queries.CHOICES + 1
    )
    parents = queries.names({a.parent_id for a in found if a.parent_id})
    items = [
        {
            "value": str(a.id),
            "label": a.name,
            "note": " · ".join(part for part in (a.code, parents.get(a.parent_id or 0)) if part),
        }
        for a in found[: queries.CHOICES]
    ]
    return jsonify(items=items, more=len(found) > queries.CHOICES)


def _asked_agency() -> Agency | None:
    given = request.args.get("agency", "").strip()
    return queries.find_visible(actor(), given) if given else None


@blueprint.route("/agencies/export.xlsx", access=View)
def export() -> ResponseReturnValue:
    """Give the tree, or what is under one agency, as a workbook."""
    who = actor()
    top = _asked_agency()
    with_closed = request.args.get("closed") == "1"
    with transaction():
        found = services.export(who, top, with_closed=with_closed)
    counted = who.may(Permission.PEOPLE_VIEW)
    headers = [
        _("Mã định danh"), _("Tên cơ quan, đơn vị"), _("Loại"), _("Lĩnh vực"), _("Cơ quan cấp trên"), _("Cấp"),
        _("Xã, phường"), _("Địa chỉ"), _("Điện thoại"), _("Thư điện tử"), _("Trang thông tin"), _("Thành lập"),
        _("Chấm dứt từ"),
    ]  # fmt: skip
    if counted:
        headers += [_("Số người"), _("Kể cả đơn vị trực thuộc")]
    names = queries.names({row.agency.parent_id for row in found if row.agency.parent_id})

    def line(row: TreeRow) -> list[Any]:
        a = row.agency
        ward = queries.find_ward(a.ward_code) if a.ward_code else None
        cells = [
            a.code, a.name, kind_words(a.kind), sector_words(a.sector), names.get(a.parent_id or 0), row.level + 1,
            ward.name if ward else None, a.address, a.phone, a.email, a.website, a.opened_on, a.closed_on,
        ]  # fmt: skip
        return [*cells, row.own, row.total] if counted else cells

    widths = (16, 50, 26, 24, 40, 6, 20, 36, 16, 26, 26, 12, 12, 10, 12)
    made = workbook.in_memory(_("Cơ quan, đơn vị"), headers, map(line, found), widths=widths)
    return send_file(made, as_attachment=True, download_name="co-quan-don-vi.xlsx")


@blueprint.route("/agencies/chart", access=View)
def chart() -> ResponseReturnValue:
    """Show the tree, or what is under one agency, as a picture two levels deep with its table; it prints."""
    who = actor()
    top = _asked_agency()
    rows, more = queries.list_chart(who, top.id if top else None, today=clock.today(), most=CHART_BOXES)
    counted = who.may(Permission.PEOPLE_VIEW)
    pictures = [(row, charts.tree(_node(row, counted), row.agency.name), _lines(row, counted)) for row in rows]
    return render_template(
        "agencies/chart.html", pictures=pictures, top=top, more=more, most=CHART_BOXES, kind_words=kind_words,
        counted=counted, crumbs=_crumbs(top) if top else [(_("Cơ quan, đơn vị"), url_for("agencies.index"))],
    )  # fmt: skip


def _node(row: TreeRow, counted: bool) -> Node:
    note = kind_words(row.agency.kind)
    if counted:
        note = f"{note} · " + _("%(n)s người", n=show_number(row.total))
    url = url_for("agencies.show", agency_id=row.agency.id)
    return Node(row.agency.name, note, url, tuple(_node(child, counted) for child in row.rows))


def _lines(row: TreeRow, counted: bool, parent: str = "") -> list[tuple[str, ...]]:
    """Return the lines of the table under the picture."""
    cells = (row.agency.name, kind_words(row.agency.kind), parent or "—")
    line = (*cells, show_number(row.total)) if counted else cells
    return [line, *(found for child in row.rows for found in _lines(child, counted, row.agency.name))]


def _crumbs(agency: Agency, *, last: bool = True) -> list[tuple[str, str | None]]:
    steps: list[tuple[str, str | None]] = [
        (_("Cơ quan, đơn vị"), url_for("agencies.index")),
        *(
            (crumb.name, url_for("agencies.show", agency_id=crumb.id) if crumb.inside else None)
            for crumb in queries.breadcrumb(actor(), agency)
        ),
    ]
    if last:
        steps.append((agency.name, url_for("agencies.show", agency_id=agency.id)))
    return steps


@blueprint.route("/agencies/<int:agency_id>", access=View)
def show(agency_id: int) -> ResponseReturnValue:
    """Show an agency: what it is, contacts, what is under it, its people, its names and places over time."""
    who = actor()
    agency = queries.get_agency(who, agency_id)
    facts = queries.list_history(agency)
    others = queries.names({i for fact in facts for i in (fact.parent_id, fact.merged_into_id) if i})
    papers: dict[int, Any] = {}
    cited = [fact.decision_id for fact in facts if fact.decision_id]
    if cited and who.may(Permission.DECISIONS_VIEW):
        for register in hooks.papers:
            papers.update(register.describe(cited))
    children = queries.list_children(agency, today=clock.today())
    own, total = queries.count_people([agency.id]).get(agency.id, (0, 0))
    return render_template(
        "agencies/show.html",
        agency=agency,
        timeline=[_stretch(fact, others, papers) for fact in facts],
        children=children,
        own=own,
        total=total,
        events=audit.list_for(who, "agency", agency.id)
        if who.may(Permission.AUDIT_VIEW, at=agency.scope_ids)
        else None,
        heir=_heir(agency),
        ward=queries.find_ward(agency.ward_code) if agency.ward_code else None,
        may_manage=who.may(Manage, at=agency.scope_ids),
        closed=agency.closed_on is not None and agency.closed_on <= clock.today(),
        today=clock.today(),
        kind_words=kind_words,
        sector_words=sector_words,
        people_url=_people_url,
        crumbs=_crumbs(agency, last=False),
    )


def _heir(agency: Agency) -> tuple[str, str | None] | None:
    """Return the name of the agency that took over, with its address when the reader may open it."""
    heir = queries.find_agency(agency.merged_into_id)
    if heir is None:
        return None
    inside = actor().may(View, at=heir.scope_ids)
    return heir.name, url_for("agencies.show", agency_id=heir.id) if inside else None


def _stretch(fact: Any, others: dict[int, str], papers: dict[int, Any]) -> dict[str, Any]:
    paper = papers.get(fact.decision_id or 0)
    source, tag = "", Markup("")
    if paper:
        words = _("Quyết định %(reference)s", reference=paper["reference"])
        tag = Markup('<a href="{}">{}</a>').format(paper["url"], words)
    elif fact.decision_id:
        source = _("Quyết định ngoài phạm vi của bạn")
    else:
        source = render(OLD_DATA_LABEL)
    if fact.closed:
        heir = others.get(fact.merged_into_id or 0)
        title, rest = _("Chấm dứt hoạt động"), _("sáp nhập vào %(name)s", name=heir) if heir else ""
    else:
        parent = others.get(fact.parent_id or 0)
        title, rest = fact.name, _("trực thuộc %(name)s", name=parent) if parent else ""
    return {
        "title": title,
        "rest": rest,
        "when": show_interval(fact),
        "source": source,
        "past": fact.valid_to is not None and fact.valid_to <= clock.today(),
        "tag": tag,
    }


def _manageable(agency_id: int) -> Agency:
    """Return an agency the actor may reorganise: 404 outside the actor's part, 403 inside without the right."""
    agency = queries.get_agency(actor(), agency_id)
    actor().require(Manage, at=agency.scope_ids)
    return agency


def _chosen(field: Any) -> int | None:
    return int(field.data) if field.data else None


def _version(form: Any) -> int:
    given = str(form.version.data or "")
    if not (given.isascii() and given.isdigit()):
        raise missing("version")
    return int(given)


def _paper(form: Any, scope_ids: list[int]) -> int | None:
    return hooks.papers[0].read(actor(), form.data, scope_ids)


@blueprint.route("/agencies/new", access=Manage, methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Open an agency."""
    parent = _asked_agency()
    form = forms.with_paper(forms.CreateForm)(
        data={"parent": str(parent.id) if parent else None}, paper_kind="organisation"
    )
    form.prepare(actor())
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    above = queries.get_agency(actor(), int(form.parent.data), Manage)
                    agency = services.create_agency(
                        actor(), name=form.name.data, kind=form.kind.data, parent_id=above.id,
                        valid_from=form.valid_from.data, decision_id=_paper(form, above.scope_ids), **form.contacts(),
                    )  # fmt: skip
                flash(_("Đã ghi “%(name)s”.", name=agency.name), "ok")
                return redirect(url_for("agencies.show", agency_id=agency.id), 303)
            except Refused as refused:
                form.take(refused.problems)
    crumbs = _crumbs(parent) if parent else [(_("Cơ quan, đơn vị"), url_for("agencies.index"))]
    return render_template("agencies/new.html", form=form, crumbs=crumbs, parent=parent), status


def _reorganise(
    agency_id: int,
    shape: Any,
    template: str,
    done: Callable[[Agency], str],
    act: Callable[[Agency, Any, int], Agency],
    start: Callable[[Agency], dict[str, Any]] = lambda _agency: {},
    **more: Any,
) -> ResponseReturnValue:
    """Show a form that changes one agency, and do it: problems and a stale version come back with what was typed."""
    agency = _manageable(agency_id)
    options = {"paper_kind": "organisation"} if shape is not forms.ContactsForm else {}
    built = forms.with_paper(shape) if options else shape
    form = built(data={"version": agency.version, **start(agency)}, **options)
    form.prepare(actor())
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    agency = act(agency, form, _version(form))
                flash(done(agency), "ok")
                return redirect(url_for("agencies.show", agency_id=agency.id), 303)
            except Stale as stale:
                status = stale.status
                form.take(stale.problems)
            except Refused as refused:
                form.take(refused.problems)
    return render_template(template, form=form, agency=agency, crumbs=_crumbs(agency), **more), status


@blueprint.route("/agencies/<int:agency_id>/rename", access=Manage, methods=["GET", "POST"])
def rename(agency_id: int) -> ResponseReturnValue:
    """Give an agency another name or kind from a day on."""
    return _reorganise(
        agency_id,
        forms.RenameForm,
        "agencies/rename.html",
        lambda agency: _("Đã ghi tên “%(name)s”.", name=agency.name),
        lambda agency, form, version: services.rename_agency(
            actor(), agency, name=form.name.data, kind=form.kind.data, valid_from=form.valid_from.data,
            decision_id=_paper(form, agency.scope_ids), version=version,
        ),
        lambda agency: {"name": agency.name, "kind": agency.kind},
    )  # fmt: skip


@blueprint.route("/agencies/<int:agency_id>/move", access=Manage, methods=["GET", "POST"])
def move(agency_id: int) -> ResponseReturnValue:
    """Put an agency, with all below it, under another from a day on."""

    def act(agency: Agency, form: Any, version: int) -> Agency:
        above = queries.get_agency(actor(), int(form.parent.data), Manage)
        reach = sorted({*agency.scope_ids, *above.scope_ids})
        return services.move_agency(
            actor(), agency, parent_id=above.id, valid_from=form.valid_from.data, decision_id=_paper(form, reach),
            version=version,
        )  # fmt: skip

    below, people = queries.count_below(queries.get_agency(actor(), agency_id))
    return _reorganise(
        agency_id,
        forms.MoveForm,
        "agencies/move.html",
        lambda agency: _("Đã ghi việc chuyển “%(name)s”.", name=agency.name),
        act,
        below=below,
        people=people,
    )


@blueprint.route("/agencies/<int:agency_id>/close", access=Manage, methods=["GET", "POST"])
def close(agency_id: int) -> ResponseReturnValue:
    """End an agency."""
    below, people = queries.count_below(queries.get_agency(actor(), agency_id))
    return _reorganise(
        agency_id,
        forms.CloseForm,
        "agencies/close.html",
        lambda agency: _("Đã ghi việc chấm dứt hoạt động của “%(name)s”.", name=agency.name),
        lambda agency, form, version: services.close_agency(
            actor(), agency, closed_on=form.closed_on.data, merged_into_id=_chosen(form.merged_into),
            decision_id=_paper(form, agency.scope_ids), version=version,
        ),
        below=below,
        people=people,
    )  # fmt: skip


@blueprint.route("/agencies/<int:agency_id>/reopen", access=Manage, methods=["GET", "POST"])
def reopen(agency_id: int) -> ResponseReturnValue:
    """Undo or correct a closing by a later decision."""
    return _reorganise(
        agency_id,
        forms.ReopenForm,
        "agencies/reopen.html",
        lambda agency: _("“%(name)s” hoạt động trở lại.", name=agency.name),
        lambda agency, form, version: services.reopen_agency(
            actor(), agency, valid_from=form.valid_from.data, decision_id=_paper(form, agency.scope_ids),
            version=version,
        ),
        lambda agency: {"valid_from": agency.closed_on},
    )  # fmt: skip


@blueprint.route("/agencies/<int:agency_id>/contacts", access=Manage, methods=["GET", "POST"])
def contacts(agency_id: int) -> ResponseReturnValue:
    """Change what is not dated: code, address, telephone, order."""
    names = services.CONTACTS
    return _reorganise(
        agency_id,
        forms.ContactsForm,
        "agencies/contacts.html",
        lambda agency: _("Đã sửa thông tin của “%(name)s”.", name=agency.name),
        lambda agency, form, version: services.edit_contacts(actor(), agency, form.contacts(), version=version),
        lambda agency: {name: getattr(agency, name) for name in names},
    )


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
