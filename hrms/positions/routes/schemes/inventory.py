"""Steps 1 and 2 of the path: the work inventory, pasted or typed, and its groups."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core.errors import Refused, Stale
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.queries import law
from hrms.positions.forms import schemes as forms
from hrms.positions.queries import scheme_lines, schemes
from hrms.positions.routes.base import blueprint
from hrms.positions.routes.schemes.path import Opened, ids, opened, page, refused, say_stale, version_of, whole
from hrms.positions.rules import works as rules
from hrms.positions.rules.kinds import GROUP_LABELS, PositionGroup
from hrms.positions.services import schemes as services

P = Permission
VIEW, MANAGE = P.POSITIONS_VIEW, P.POSITIONS_MANAGE
_ONE = "/positions/schemes/<int:scheme_id>"
_DASH = "\u00a0\u00a0"


def unit_choices(found: Opened) -> list[tuple[str, str]]:
    """Return the units of a scheme for a select, those inside set in."""
    return [(str(unit.id), f"{_DASH * unit.level}{unit.name}") for unit in schemes.units_of(found.scheme)]


def line_choices(found: Opened) -> list[tuple[str, str]]:
    """Return the proposed lines for a select: position and unit."""
    return [(str(row.line.id), f"{row.position.name} · {row.unit}") for row in scheme_lines.list_lines(found.scheme.id)]


def _configure_person(form: Any, found: Opened) -> None:
    units = [unit.id for unit in schemes.units_of(found.scheme)]
    form.person.configure(
        source=url_for("positions.scheme_people", scheme_id=found.scheme.id),
        label_of=lambda value: dict(schemes.find_people("", units, limit=100_000)).get(value),
        find=lambda words: schemes.find_people(words, units),
    )


@blueprint.route(f"{_ONE}/people", access=MANAGE, endpoint="scheme_people")
def people(scheme_id: int) -> ResponseReturnValue:
    """Answer a search box with the people of the scheme's units."""
    found = opened(scheme_id)
    units = [unit.id for unit in schemes.units_of(found.scheme)]
    rows = schemes.find_people(request.args.get("q", "")[:200], units, limit=schemes.CHOICES + 1)
    items = [{"value": value, "label": words, "note": ""} for value, words in rows[: schemes.CHOICES]]
    return jsonify(items=items, more=len(rows) > schemes.CHOICES)


@blueprint.route(f"{_ONE}/works", access=VIEW, endpoint="scheme_works")
def works(scheme_id: int) -> ResponseReturnValue:
    """List the inventory, unit by unit and person by person, with hours a year."""
    found = opened(scheme_id)
    unit_id = whole(request.args.get("unit", ""))
    rows = schemes.list_works(scheme_id, unit_id=unit_id)
    figures = law.parameters()
    problems = rules.check_works([schemes.as_work(row.work) for row in rows], figures)
    return page(
        "positions/schemes/works.html", found, rows=rows, units=unit_choices(found), unit_id=unit_id,
        problems=problems, hours=sum((row.hours for row in rows), Decimal(0)), year=rules.hours_a_year(figures),
        lines=line_choices(found) if found.may_edit else [],
    )  # fmt: skip


def _work_of(form: Any) -> services.NewWork:
    return services.NewWork(
        unit_id=int(form.unit.data), name=form.name.data or "", times_a_year=form.times_a_year.data or Decimal(0),
        hours_each=form.hours_each.data or Decimal(0), person_id=whole(form.person.data or ""),
        product=form.product.data or "", regular=bool(form.regular.data), group=form.group.data or None,
        line_id=whole(form.line.data or ""), note=form.note.data or "",
    )  # fmt: skip


@blueprint.route(f"{_ONE}/works/new", access=MANAGE, methods=["GET", "POST"], endpoint="scheme_new_work")
def new_work(scheme_id: int) -> ResponseReturnValue:
    """Add a piece of work."""
    found = opened(scheme_id)
    form: Any = forms.WorkForm(data={"unit": request.args.get("unit", ""), "person": request.args.get("person")})
    form.offer(unit_choices(found), line_choices(found))
    _configure_person(form, found)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    services.add_works(actor(), scheme_id, [_work_of(form)])
                flash(_("Đã thêm công việc."), "ok")
                if request.form.get("more"):
                    again = {"unit": form.unit.data, "person": form.person.data}
                    return redirect(url_for("positions.scheme_new_work", scheme_id=scheme_id, **again), 303)
                return redirect(url_for("positions.scheme_works", scheme_id=scheme_id), 303)
            except Refused as error:
                form.take(error.problems)
    return page("positions/schemes/work.html", found, form=form, work=None), status


@blueprint.route(f"{_ONE}/works/<int:work_id>", access=MANAGE, methods=["GET", "POST"], endpoint="scheme_work")
def work(scheme_id: int, work_id: int) -> ResponseReturnValue:
    """Change a piece of work; whoever comes second is told, and keeps what they typed."""
    found = opened(scheme_id)
    row = schemes.get_work(scheme_id, work_id)
    form: Any = forms.WorkForm(
        data={
            "version": row.version, "unit": str(row.unit_id), "person": str(row.person_id) if row.person_id else None,
            "name": row.name, "product": row.product, "times_a_year": row.times_a_year, "hours_each": row.hours_each,
            "regular": row.regular, "group": row.work_group or "", "line": str(row.scheme_line_id or ""),
            "note": row.note,
        }
    )  # fmt: skip
    form.offer(unit_choices(found), line_choices(found))
    _configure_person(form, found)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    services.edit_work(actor(), scheme_id, work_id, _work_of(form), version=version_of(form))
                flash(_("Đã lưu công việc."), "ok")
                return redirect(url_for("positions.scheme_works", scheme_id=scheme_id), 303)
            except Refused as error:
                form.take(error.problems)
            except Stale as error:
                status, found = error.status, opened(scheme_id)
                row = schemes.get_work(scheme_id, work_id)
                form.take([say_stale(found, row.recorded_by)])
                form.version.data = row.version
    return page("positions/schemes/work.html", found, form=form, work=row), status


@blueprint.route(f"{_ONE}/works/<int:work_id>/remove", access=MANAGE, methods=["POST"], endpoint="scheme_remove_work")
def remove_work(scheme_id: int, work_id: int) -> ResponseReturnValue:
    """Remove a piece of work."""
    opened(scheme_id)
    schemes.get_work(scheme_id, work_id)
    try:
        with transaction():
            services.remove_work(actor(), scheme_id, work_id, version=version_of())
        flash(_("Đã xóa công việc."), "ok")
    except (Refused, Stale) as error:
        refused(error)
    return redirect(url_for("positions.scheme_works", scheme_id=scheme_id), 303)


@blueprint.route(f"{_ONE}/works/paste", access=MANAGE, methods=["GET", "POST"], endpoint="scheme_paste")
def paste(scheme_id: int) -> ResponseReturnValue:
    """Take cells copied from a sheet: all rows or none, each mistake named by its line."""
    found = opened(scheme_id)
    form: Any = forms.PasteForm(data={"unit": request.args.get("unit", "")})
    form.unit.choices = unit_choices(found)
    _configure_person(form, found)
    status = 200
    if request.method == "POST":
        status = 422
        # Cells are kept as they came: the field would make one blank of a tab.
        cells = request.form.get("cells", "")
        if form.validate():
            read = services.read_pasted(cells, int(form.unit.data), whole(form.person.data or ""))
            form.take(read.problems)
            if not read.problems:
                try:
                    with transaction():
                        made = services.add_works(actor(), scheme_id, read.works)
                    flash(_("Đã thêm %(count)s công việc.", count=len(made)), "ok")
                    return redirect(url_for("positions.scheme_works", scheme_id=scheme_id), 303)
                except Refused as error:
                    form.take(error.problems)
        form.cells.data = cells
    return page("positions/schemes/paste.html", found, form=form), status


@blueprint.route(f"{_ONE}/works/copy", access=MANAGE, methods=["POST"], endpoint="scheme_copy_works")
def copy(scheme_id: int) -> ResponseReturnValue:
    """Add the duties of the frame of a proposed position as work of its unit."""
    opened(scheme_id)
    line_id = whole(request.form.get("line", ""))
    if line_id is None:
        flash(_("Chưa chọn vị trí. Hãy chọn vị trí để chép công việc từ bản mô tả."), "bad")
        return redirect(url_for("positions.scheme_works", scheme_id=scheme_id), 303)
    try:
        with transaction():
            count = services.copy_duties(actor(), scheme_id, line_id)
        if count:
            flash(_("Đã chép %(count)s công việc. Hãy ghi số lượng và số giờ của từng việc.", count=count), "ok")
        else:
            flash(_("Các công việc của bản mô tả đã có trong bảng thống kê."), "info")
    except Refused as error:
        refused(error)
    return redirect(url_for("positions.scheme_works", scheme_id=scheme_id), 303)


@blueprint.route(f"{_ONE}/groups", access=VIEW, methods=["GET"], endpoint="scheme_groups")
def groups(scheme_id: int) -> ResponseReturnValue:
    """Show the work by group, with what each name points to."""
    found = opened(scheme_id)
    rows = schemes.list_works(scheme_id)
    guesses = {row.work.id: rules.guess_group(row.work.name) for row in rows if row.work.work_group is None}
    hours = rules.hours_by_group([schemes.as_work(row.work) for row in rows])
    return page(
        "positions/schemes/groups.html", found, rows=rows, guesses=guesses, hours=hours, words=GROUP_LABELS,
        groups=forms.group_choices()[1:], lines=line_choices(found) if found.may_edit else [],
    )  # fmt: skip


@blueprint.route(f"{_ONE}/groups", access=MANAGE, methods=["POST"], endpoint="scheme_set_groups")
def set_groups(scheme_id: int) -> ResponseReturnValue:
    """Put the ticked work into a group, each where its words point, or give it to a position."""
    opened(scheme_id)
    do, ticked = request.form.get("do", ""), ids("work")
    if do == "guess" and not ticked:
        ticked = [row.work.id for row in schemes.list_works(scheme_id, ungrouped=True)]
    try:
        if not ticked:
            flash(_("Chưa đánh dấu công việc nào. Hãy đánh dấu ở đầu dòng."), "bad")
        elif do == "line":
            with transaction():
                count = services.link_works(actor(), scheme_id, ticked, whole(request.form.get("line", "")))
            flash(_("Đã gắn %(count)s công việc với vị trí.", count=count), "ok")
        else:
            given = request.form.get("group", "")
            group = PositionGroup(given) if do != "guess" and given in set(PositionGroup) else None
            if do != "guess" and group is None:
                flash(_("Chưa chọn nhóm. Hãy chọn một nhóm."), "bad")
            else:
                with transaction():
                    count = services.group_works(actor(), scheme_id, ticked, group)
                flash(_("Đã phân nhóm %(count)s công việc.", count=count), "ok")
    except Refused as error:
        refused(error)
    return redirect(url_for("positions.scheme_groups", scheme_id=scheme_id), 303)
