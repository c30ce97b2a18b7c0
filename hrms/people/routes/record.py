"""The pages of one person: the record and its tabs, the printed form, the history, the look at the ID number."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.audit.queries.events import HISTORY, list_for_person
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.queries import record as reading
from hrms.people.queries import showing
from hrms.people.queries.told import list_papers
from hrms.people.routes.base import blueprint
from hrms.people.routes.page import VIEW, note, page, read
from hrms.people.rules.sheet import CLOSED, GROUP_OF, SECTIONS, TABLES_BY_KEY, Item, Table
from hrms.people.services.looking import reveal_national_id

P = Permission
FIRST_TAB_GUARDS = tuple(
    dict.fromkeys(GROUP_OF[n].guard for s in SECTIONS for n in s.names if n in GROUP_OF and GROUP_OF[n].guard)
)


@blueprint.route("/people/<int:person_id>", access=VIEW)
def show(person_id: int) -> ResponseReturnValue:
    """Show items 1 to 32 and 38 of the form, each with its number, in the form's order."""
    record = read(person_id)
    shown = page("people/show.html", record, boxes=showing.boxes(record))
    note(record, FIRST_TAB_GUARDS)
    return shown


@blueprint.route("/people/<int:person_id>/reveal", access=(P.PEOPLE_REVEAL_ID, P.SELF_VIEW), methods=["POST"])
def reveal(person_id: int) -> ResponseReturnValue:
    """Show the first tab with the whole ID number; the look is logged."""
    read(person_id)
    with transaction():
        number = reveal_national_id(actor(), person_id)
    if number is None:
        flash(_("Bạn đã xem quá nhiều số trong một giờ nên tài khoản bị khóa. Hãy liên hệ quản trị viên."), "danger")
    record = read(person_id)
    return page("people/show.html", record, shown_id=number, boxes=showing.boxes(record))


@blueprint.route("/people/<int:person_id>/career", access=VIEW)
def career(person_id: int) -> ResponseReturnValue:
    """Show the dated facts as a timeline, and item 33."""
    record = read(person_id)
    tables = reading.list_rows(person_id, ["work"])
    events = reading.timeline(record)
    papers = showing.Papers(record, [event.fact for event in events])
    return page(
        "people/career.html",
        record,
        items=showing.timeline_items(record, papers, events),
        step=reading.next_step(record),
        retirement=reading.retires(record),
        told=list_papers(record),
        tables=_tables(["work"], tables),
    )


@blueprint.route("/people/<int:person_id>/education", access=VIEW)
def education(person_id: int) -> ResponseReturnValue:
    """Show tables 32.1 to 32.6."""
    record = read(person_id)
    rows = reading.list_rows(person_id, ["education"])["education"]
    table = TABLES_BY_KEY["education"]
    parts = [
        {
            "table": table, "label": words, "preset": {"section": section}, "numbered": True,
            "columns": showing.columns_of(table, mine, without=("section",)), "rows": mine,
        }
        for section, words in CLOSED["education_sections"].items()
        for mine in [[row for row in rows if row["section"] == section]]
    ]  # fmt: skip
    return page("people/tables.html", record, parts=parts)


@blueprint.route("/people/<int:person_id>/salary", access=VIEW)
def salary(person_id: int) -> ResponseReturnValue:
    """Show 37.1 and 37.2: ranks, steps and allowances through the years, with the next raise and why."""
    record = read(person_id)
    events = [e for e in reading.timeline(record) if e.fact.kind in {"rank", "allowance"}]
    papers = showing.Papers(record, [event.fact for event in events])
    items = showing.timeline_items(record, papers, events)
    return page(
        "people/salary.html",
        record,
        ranks=[i for i in items if i["fact"].kind == "rank"],
        allowances=[i for i in items if i["fact"].kind == "allowance"],
        step=reading.next_step(record),
        measure=showing.measure,
    )


@blueprint.route("/people/<int:person_id>/merits", access=VIEW)
def merits(person_id: int) -> ResponseReturnValue:
    """Show 35.1, 35.2 and the ratings of the years."""
    record = read(person_id)
    names = ["reward", "discipline", "rating"]
    return page("people/tables.html", record, parts=_tables(names, reading.list_rows(person_id, names)))


@blueprint.route("/people/<int:person_id>/family", access=(P.PEOPLE_FAMILY, P.SELF_VIEW))
def family(person_id: int) -> ResponseReturnValue:
    """Show 36.1 and 36.2."""
    guard = TABLES_BY_KEY["family"].guard
    record = read(person_id, guard)
    rows = reading.list_rows(person_id, ["family"])["family"]
    table = TABLES_BY_KEY["family"]
    parts = [
        {
            "table": table, "label": words, "preset": {"side": side}, "numbered": True,
            "columns": showing.columns_of(table, mine, without=("side",)), "rows": mine,
        }
        for side, words in CLOSED["family_sides"].items()
        for mine in [[row for row in rows if row["side"] == side]]
    ]  # fmt: skip
    shown = page("people/tables.html", record, parts=parts)
    note(record, [guard])
    return shown


@blueprint.route("/people/<int:person_id>/background", access=(P.PEOPLE_HISTORY, P.SELF_VIEW))
def background(person_id: int) -> ResponseReturnValue:
    """Show 34.1 to 34.3."""
    guard = TABLES_BY_KEY["old_regime"].guard
    record = read(person_id, guard)
    names = ["old_regime", "foreign_tie"]
    shown = page(
        "people/tables.html",
        record,
        boxes=[showing.group_box(record, "history")],
        parts=_tables(names, reading.list_rows(person_id, names)),
    )
    note(record, [guard])
    return shown


@blueprint.route("/people/<int:person_id>/assets", access=(P.PEOPLE_ASSETS, P.SELF_VIEW))
def assets(person_id: int) -> ResponseReturnValue:
    """Show 37.3."""
    guard = GROUP_OF["income_salary"].guard
    record = read(person_id, guard)
    shown = page("people/tables.html", record, boxes=[showing.group_box(record, "assets")], parts=[])
    note(record, [guard])
    return shown


@blueprint.route("/people/<int:person_id>/history", access=P.AUDIT_VIEW)
def history(person_id: int) -> ResponseReturnValue:
    """Show who did what to the record, newest first."""
    record = read(person_id)
    before = request.args.get("before", "")
    events = list_for_person(actor(), person_id, before=int(before) if before.isdecimal() else None)
    older = url_for("people.history", person_id=person_id, before=events[-1].id) if len(events) == HISTORY else None
    return page("people/history.html", record, events=events, older=older)


@blueprint.route("/people/<int:person_id>/print", access=VIEW)
def print_sheet(person_id: int) -> ResponseReturnValue:
    """Show the whole form for the printer, items 1 to 38, without what the reader may not see."""
    record = read(person_id)
    visible = [key for key, table in TABLES_BY_KEY.items() if record.sees(table.guard)]
    rows = reading.list_rows(person_id, visible)
    guards = [*FIRST_TAB_GUARDS, *[table.guard for table in TABLES_BY_KEY.values()], GROUP_OF["income_salary"].guard]
    shown = render_template(
        "people/print.html",
        record=record,
        person=record.person,
        paragraphs=showing.paragraphs(showing.boxes(record, editable=False)),
        tables=_sheet_tables(visible, rows),
        history=showing.group_box(record, "history"),
        assets=showing.group_box(record, "assets"),
        ranks=[f for f in record.facts if f.kind == "rank" and f.known(record.known_on)],
        allowances=[f for f in record.facts if f.kind == "allowance" and f.known(record.known_on)],
        words=showing.words,
        back=url_for("people.show", person_id=person_id),
    )
    note(record, guards)
    return shown


def _sheet_tables(names: list[str], rows: dict[str, list[reading.Row]]) -> list[dict[str, Any]]:
    """Return the tables as the printed form has them: 32 and 36 in parts, one for each number."""
    parts: list[dict[str, Any]] = []
    for name in names:
        table = TABLES_BY_KEY[name]
        split = {"education": ("section", "education_sections"), "family": ("side", "family_sides")}.get(name)
        if split is None:
            words = f"{table.number} {render(table.label)}"
            parts.append(
                {"key": name, "label": words, "columns": _print_columns(table, rows[name]), "rows": rows[name]}
            )
            continue
        column, catalogue = split
        for code, label in CLOSED[catalogue].items():
            mine = [row for row in rows[name] if row[column] == code]
            if mine or code != "ethnic_language":
                columns = [item for item in _print_columns(table, mine) if item.name != column]
                parts.append({"key": name, "label": render(label), "columns": columns, "rows": mine})
    return parts


def _print_columns(table: Table, rows: list[reading.Row]) -> list[Item]:
    return showing.columns_of(table, rows) if rows else [*table.items[:6]]


def _tables(names: list[str], rows: dict[str, list[reading.Row]]) -> list[dict[str, object]]:
    return [
        {
            "table": TABLES_BY_KEY[name], "label": TABLES_BY_KEY[name].label, "preset": {},
            "columns": showing.columns_of(TABLES_BY_KEY[name], rows[name]), "rows": rows[name],
        }
        for name in names
    ]  # fmt: skip
