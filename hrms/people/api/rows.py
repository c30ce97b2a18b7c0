"""`/api/v1/people/<id>/tables/<table>`: rows of the form's tables as JSON, read and written through the services."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import jsonify, url_for
from werkzeug.wrappers import Response

from hrms.core.actor import missing
from hrms.core.api import etag, require_version
from hrms.core.errors import Forbidden
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.api.base import OfPerson, blueprint
from hrms.people.queries import record as reading
from hrms.people.queries.record import Record, Row
from hrms.people.rules.sheet import TABLES_BY_KEY, Table
from hrms.people.services.looking import note_views
from hrms.people.services.parts import add_part, edit_part, remove_part, restore_part

P = Permission
VIEW = (P.PEOPLE_VIEW, P.SELF_VIEW)


class RowList(ma.Schema):
    """The rows of a table of the form."""

    items = ma.fields.List(ma.fields.Dict())


class RowBody(ma.Schema):
    """The columns of a row by name; of a change, a column not named stays as it is."""

    values = ma.fields.Dict(required=True, keys=ma.fields.String())


class RowItem(ma.Schema):
    """A row: its id, its own version, and beside them the columns of its table by name."""

    id = ma.fields.Integer()
    version = ma.fields.Integer()


def _open(person_id: int, table: str) -> tuple[Record, Table]:
    """Return the record and the table; 404 for an unknown one, 403 for a guarded one without its permission."""
    spec = TABLES_BY_KEY.get(table)
    if spec is None:
        raise missing("table")
    record = reading.get_record(actor(), person_id)
    if not record.sees(spec.guard):
        raise Forbidden(Problem("", "forbidden", N_("Tài khoản của bạn không có quyền xem phần này của hồ sơ.")))
    return record, spec


def _shown(row: Row, spec: Table) -> dict[str, Any]:
    return {"id": row["id"], "version": row["version"], **{item.name: row[item.name] for item in spec.items}}


def _find(person_id: int, spec: Table, row_id: int | None) -> Row:
    rows = reading.list_rows(person_id, [spec.key])[spec.key]
    found: Row | None = next((row for row in rows if row["id"] == row_id), None)
    if found is None:
        raise missing("row")
    return found


def _answer(person_id: int, spec: Table, row_id: int | None, status: int = 200) -> Response:
    row = _find(person_id, spec, row_id)
    response = jsonify(_shown(row, spec))
    response.status_code = status
    if status == 201:
        place = {"person_id": person_id, "table": spec.key, "row_id": row["id"]}
        response.headers["Location"] = url_for("people_api.TableRow", **place)
    return etag(response, row["version"])


@blueprint.route("/<int:person_id>/tables/<table>", access={"GET": VIEW, "POST": P.PEOPLE_EDIT})
class Tables(OfPerson):
    """The rows of a table of the form: education, work, old_regime, foreign_tie, reward, discipline, rating, family."""

    @blueprint.response(200, RowList)
    def get(self, person_id: int, table: str) -> dict[str, Any]:
        """List the rows, oldest first; 403 for a guarded table without its permission."""
        record, spec = _open(person_id, table)
        rows = reading.list_rows(person_id, [table])[table]
        if spec.guard and not record.own:
            with transaction():
                note_views(actor(), record.person, [spec.guard])
        return {"items": [_shown(row, spec) for row in rows]}

    @blueprint.arguments(RowBody)
    @blueprint.response(201, RowItem)
    def post(self, given: dict[str, Any], person_id: int, table: str) -> Response:
        """Add a row. One that says exactly the same as a row already there answers 200 and changes nothing."""
        _record, spec = _open(person_id, table)
        with transaction():
            done = add_part(actor(), person_id, table, given["values"])
        return _answer(person_id, spec, done.row_id, 201 if done.written else 200)


@blueprint.route(
    "/<int:person_id>/tables/<table>/<int:row_id>",
    access={"GET": VIEW, "PATCH": P.PEOPLE_EDIT, "DELETE": P.PEOPLE_EDIT},
)
class TableRow(OfPerson):
    """One row; the version of `If-Match` is the row's own."""

    @blueprint.response(200, RowItem)
    def get(self, person_id: int, table: str, row_id: int) -> Response:
        """Show a row."""
        record, spec = _open(person_id, table)
        answer = _answer(person_id, spec, row_id)
        if spec.guard and not record.own:
            with transaction():
                note_views(actor(), record.person, [spec.guard])
        return answer

    @blueprint.arguments(RowBody)
    @blueprint.response(200, RowItem)
    def patch(self, given: dict[str, Any], person_id: int, table: str, row_id: int) -> Response:
        """Change columns of a row; needs `If-Match`."""
        _record, spec = _open(person_id, table)
        version = _find(person_id, spec, row_id)["version"]
        require_version(version)
        with transaction():
            edit_part(actor(), person_id, table, row_id, given["values"], version=version)
        return _answer(person_id, spec, row_id)

    @blueprint.response(204)
    def delete(self, person_id: int, table: str, row_id: int) -> None:
        """Remove a row; needs `If-Match`. `…/restore` brings it back."""
        _record, spec = _open(person_id, table)
        version = _find(person_id, spec, row_id)["version"]
        require_version(version)
        with transaction():
            remove_part(actor(), person_id, table, row_id, version=version)


@blueprint.route("/<int:person_id>/tables/<table>/<int:row_id>/restore", access=P.PEOPLE_EDIT)
class RestoredRow(OfPerson):
    """A removed row, brought back."""

    @blueprint.response(201, RowItem)
    def post(self, person_id: int, table: str, row_id: int) -> Response:
        """Bring a removed row back as it was, under a new id; one that stands already answers 200."""
        _record, spec = _open(person_id, table)
        with transaction():
            done = restore_part(actor(), person_id, table, row_id)
        return _answer(person_id, spec, done.row_id, 201 if done.written else 200)
