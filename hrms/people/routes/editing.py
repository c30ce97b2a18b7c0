"""Changing a record without a decision: a new one, a group of items, a row of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core import hooks
from hrms.core.actor import missing
from hrms.core.errors import Forbidden, HrmsError, Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people import services
from hrms.people.forms import record as forms
from hrms.people.queries import codes, showing
from hrms.people.queries import record as reading
from hrms.people.routes.base import blueprint
from hrms.people.routes.page import agency_options, below, note, read
from hrms.people.rules.personal_id import mask
from hrms.people.rules.sheet import GROUPS_BY_KEY, ITEMS, TABLES_BY_KEY, Item, Shape, Table
from hrms.people.services import NewPerson, Paper
from hrms.people.services.parts import add_part, edit_part, remove_part, restore_part

P = Permission
_TAB_OF = {
    "education": "people.education", "career": "people.career", "history": "people.background",
    "merits": "people.merits", "family": "people.family",
}  # fmt: skip
_TAB_OF_GROUP = {"history": "people.background", "assets": "people.assets"}


def paper_of(form: Any, scope_ids: Any) -> Paper:
    """Return the paper the form's chooser names, entering it in the register on the way."""
    papers = hooks.papers[0]
    if form.decision_basis.data == "old_data":
        return Paper(old_data=True)
    return Paper(papers.read(actor(), form.data, scope_ids))


def paper_mixins() -> tuple[type[Any], ...]:
    """Return the classes a form that rests on paper mixes in."""
    return (hooks.papers[0].fields,)


def open_lists(items: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the lists that open fields offer while typing, by catalogue."""
    found = {item.catalogue for item in items if item.shape is Shape.OPEN_CODE}
    return [(catalogue, codes.choices(catalogue, empty=False)) for catalogue in sorted(found)]


def take(form: Any, error: HrmsError) -> int:
    """Put a refusal beside the fields it names and return the status to answer with."""
    form.take(error.problems)
    return error.status


@blueprint.route("/people/new", access=P.PEOPLE_CREATE, methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Make a record with its first facts."""
    form = forms.new_form(ITEMS, paper_mixins(), codes.choices)(paper_kind="recruitment")
    for name in ("using_agency_id", "managing_agency_id"):
        form[name].configure(**agency_options())
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    person_id = _create(form)
                flash(_("Đã lập hồ sơ %(name)s. Hãy bổ sung các mục còn thiếu.", name=form.full_name.data), "success")
                return redirect(url_for("people.show", person_id=person_id), 303)
            except Refused as refused:
                status = take(form, refused)
    return render_template(
        "people/new.html",
        form=form,
        groups=[(render(words), names) for words, names in forms.NEW_GROUPS],
        crumbs=[(_("Hồ sơ"), url_for("people.index")), (_("Lập hồ sơ"), None)],
        chooser=hooks.papers[0].template,
    ), status


def _create(form: Any) -> int:
    using = int(form.using_agency_id.data)
    managing = int(form.managing_agency_id.data or using)
    place = agencies.scope_ids_of([using])
    new = NewPerson(
        values={name: form[name].data for name in forms.NEW_NAMES if form[name].data is not None},
        kind=form.kind.data,
        using_agency_id=using,
        managing_agency_id=managing,
        since=form.since.data,
        rank={n: form[n].data for n in ("rank_code", "rank_since", "step", "coefficient", "step_since")},
        post={n: form[n].data for n in ("post_code", "post_name", "appointed_on")},
        not_duplicate=bool(form.not_duplicate.data),
    )
    who = actor()
    if not who.may(P.PEOPLE_CREATE, at=place):
        words = N_("Cơ quan sử dụng nằm ngoài phạm vi của bạn; chọn cơ quan khác.")
        raise Refused(Problem("using_agency_id", "agency_out_of_scope", words))
    return services.create_person(who, new, paper_of(form, place))


@blueprint.route("/people/<int:person_id>/edit/<group>", access=P.PEOPLE_EDIT, methods=["GET", "POST"])
def edit(person_id: int, group: str) -> ResponseReturnValue:
    """Change one group of undated items."""
    found = GROUPS_BY_KEY.get(group)
    if found is None:
        raise missing("group")
    record = read(person_id, found.guard)
    if not record.may(P.PEOPLE_EDIT):
        raise Forbidden(Problem("", "forbidden", N_("Tài khoản của bạn không có quyền sửa hồ sơ này.")))
    made = forms.items_form(found.items, codes.choices)
    stored = {item.name: getattr(record.person, item.name) for item in found.items}
    form: Any = made(data={**forms.data_of(stored, found.items), "version": record.person.version})
    if "national_id" in stored:
        _cover(form, record)
    back = url_for(_TAB_OF_GROUP.get(group, "people.show"), person_id=person_id)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    done = services.edit_person(
                        actor(), person_id, _edited(form, stored), version=forms.version_of(form)
                    )
                _say(done.written, _("Đã lưu %(count)s mục.", count=done.written))
                return redirect(back, 303)
            except (Refused, Stale) as refused:
                status = take(form, refused)
                if isinstance(refused, Stale):
                    form.version.data = reading.get_record(actor(), person_id).person.version
    words = render(found.label)
    shown = render_template(
        "people/edit.html", form=form, person=record.person, heading=words, crumbs=below(record, words), back=back,
        lists=open_lists(found.items),
    )  # fmt: skip
    note(record, [found.guard])
    return shown, status


def _cover(form: Any, record: reading.Record) -> None:
    """Leave the ID number out of the form: it is shown whole only by a reveal, which is logged."""
    if request.method == "GET":
        form.national_id.data = None
    if record.person.national_id:
        form.national_id.description = _(
            "Đang ghi %(number)s. Bỏ trống thì giữ nguyên.", number=mask(record.person.national_id)
        )


def _edited(form: Any, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form says; an ID number left empty is kept as it is."""
    values = forms.values_of(form, stored)
    if "national_id" in values and not values["national_id"]:
        del values["national_id"]
    return values


def _say(written: int, words: str) -> None:
    flash(words, "success") if written else flash(_("Không có gì thay đổi."), "info")


def _table(person_id: int, table: str) -> tuple[reading.Record, Table, str]:
    spec = TABLES_BY_KEY.get(table)
    if spec is None:
        raise missing("table")
    record = read(person_id, spec.guard)
    if not record.may(P.PEOPLE_EDIT):
        raise Forbidden(Problem("", "forbidden", N_("Tài khoản của bạn không có quyền sửa hồ sơ này.")))
    return record, spec, url_for(_TAB_OF[spec.tab], person_id=person_id)


@blueprint.route("/people/<int:person_id>/tables/<table>/new", access=P.PEOPLE_EDIT, methods=["GET", "POST"])
def new_row(person_id: int, table: str) -> ResponseReturnValue:
    """Add a row to a table of the form."""
    record, spec, back = _table(person_id, table)
    preset = {item.name: request.args[item.name] for item in spec.items if request.args.get(item.name)}
    form: Any = forms.items_form(spec.items, codes.choices)(data=forms.data_of(preset, spec.items) | {"version": ""})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    done = add_part(actor(), person_id, table, _given(form, spec.items))
                _say(done.written, _("Đã thêm một dòng vào “%(table)s”.", table=render(spec.label)))
                return redirect(back, 303)
            except Refused as refused:
                status = take(form, refused)
    words = _("Thêm: %(table)s", table=render(spec.label))
    return _row_page(form, record, spec, words, back), status


@blueprint.route("/people/<int:person_id>/tables/<table>/<int:row_id>", access=P.PEOPLE_EDIT, methods=["GET", "POST"])
def edit_row(person_id: int, table: str, row_id: int) -> ResponseReturnValue:
    """Change a row of a table of the form."""
    record, spec, back = _table(person_id, table)
    row = _find_row(person_id, table, row_id)
    form: Any = forms.items_form(spec.items, codes.choices)(
        data=forms.data_of(row, spec.items) | {"version": row["version"]}
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    version = forms.version_of(form)
                    done = edit_part(actor(), person_id, table, row_id, _given(form, spec.items), version=version)
                _say(done.written, _("Đã lưu dòng của “%(table)s”.", table=render(spec.label)))
                return redirect(back, 303)
            except (Refused, Stale) as refused:
                status = take(form, refused)
                if isinstance(refused, Stale):
                    form.version.data = _find_row(person_id, table, row_id)["version"]
    words = _("Sửa: %(table)s", table=render(spec.label))
    return _row_page(form, record, spec, words, back, row=row), status


@blueprint.route("/people/<int:person_id>/tables/<table>/<int:row_id>/remove", access=P.PEOPLE_EDIT, methods=["POST"])
def remove_row(person_id: int, table: str, row_id: int) -> ResponseReturnValue:
    """Remove a row; the next page offers to bring it back."""
    _record, spec, back = _table(person_id, table)
    version = request.form.get("version", "")
    with transaction():
        remove_part(actor(), person_id, table, row_id, version=int(version) if version.isdecimal() else None)
    flash(_("Đã xóa một dòng của “%(table)s”.", table=render(spec.label)), "success")
    return redirect(f"{back}?removed={table}.{row_id}", 303)


@blueprint.route("/people/<int:person_id>/tables/<table>/<int:row_id>/restore", access=P.PEOPLE_EDIT, methods=["POST"])
def restore_row(person_id: int, table: str, row_id: int) -> ResponseReturnValue:
    """Bring a removed row back."""
    _record, spec, back = _table(person_id, table)
    with transaction():
        done = restore_part(actor(), person_id, table, row_id)
    _say(done.written, _("Đã đưa dòng trở lại “%(table)s”.", table=render(spec.label)))
    return redirect(back, 303)


def _given(form: Any, items: tuple[Item, ...]) -> Mapping[str, Any]:
    return forms.values_of(form, [item.name for item in items])


def _find_row(person_id: int, table: str, row_id: int) -> reading.Row:
    found: reading.Row | None = next(
        (row for row in reading.list_rows(person_id, [table])[table] if row["id"] == row_id), None
    )
    if found is None:
        raise missing("part")
    return found


def _row_page(
    form: Any, record: reading.Record, spec: Table, words: str, back: str, row: reading.Row | None = None
) -> str:
    shown = " · ".join(value for value in showing.cells(spec, row)[:4] if value) if row is not None else ""
    made = render_template(
        "people/edit.html", form=form, person=record.person, heading=words, crumbs=below(record, words), back=back,
        lists=open_lists(spec.items), row=row, row_words=shown,
        remove_url=url_for("people.remove_row", person_id=record.person.id, table=spec.key, row_id=row["id"])
        if row is not None else None,
    )  # fmt: skip
    note(record, [spec.guard])
    return made
