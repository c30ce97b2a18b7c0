"""The exchange workbook of people: a sheet that imports back without a change, as far as its reader may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from hrms.accounts import services as accounts
from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock
from hrms.core.actor import EVERYTHING, Actor
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.imports.reading.field import Field, Kind
from hrms.imports.reading.fields import PEOPLE
from hrms.imports.services.references import AgencyNames, Names, build_context
from hrms.people.importer import EXPORTED, stream_exchange
from hrms.people.rules.personal_id import mask

SHEET_ROWS = 1_000_000
_SOURCE = {
    "status_since": "status_from", "managing_agency_code": "managing_agency", "using_agency_code": "using_agency",
    "rank_code": "rank", "rank_name": "rank",
}  # fmt: skip
"""Columns of the file that show another key of the state."""
_CATALOGUES = {"kind": "kinds", "status": "statuses", "leadership_post": "leadership_posts"}
_SEXES = {"male": "Nam", "female": "Nữ"}
_NUMBERS = frozenset({Kind.DECIMAL, Kind.INTEGER, Kind.MONEY, Kind.PERCENT, Kind.STEP, Kind.YEAR})

_CELL = 32_767
"""The longest text a cell takes."""

Writer = Callable[[str], Any]
_Plan = tuple[Writer, dict[str, str] | None]
"""A column as rows are written: how its values are, and the words written before where a value has words."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the workbook: its field, the place of its value in the state, how the value is written."""

    field: Field
    key: str
    number: bool
    write: Writer


def export_people(
    actor: Actor,
    path: Path,
    *,
    agency: Agency | None = None,
    as_at: date | None = None,
    known_on: datetime | None = None,
) -> int:
    """Write everybody in the actor's scope (under `agency` when given) to a workbook at `path`; returns the rows.

    Guarded columns are left out without their permission, ID numbers masked without the right to reveal them.
    Every ID number shown in full is one reveal, noted for the file as a whole.
    """
    actor.require(Permission.PEOPLE_EXPORT, at=agency.scope_ids if agency else None)
    today = clock.today()
    day = as_at or today
    columns = _columns(actor, agency if day == today and known_on is None else None)
    keys = [column.key for column in columns]
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "bg_color": "#E8EEF5", "border": 1, "text_wrap": True})
    plan: list[_Plan] = [(float if column.number else column.write, _memory(column)) for column in columns]
    rows = 0
    sheet: Any = None
    roots = [agency.id] if agency else []
    for values in stream_exchange(actor, keys, roots, day=day, today=today, known=known_on):
        line = rows % SHEET_ROWS + 1
        if line == 1:
            sheet = _sheet(book, columns, head, rows // SHEET_ROWS)
        _write_row(sheet, line, plan, values)
        rows += 1
    if sheet is None:
        _sheet(book, columns, head, 0)
    book.close()
    if _note(actor, agency, rows, full=any(c.field.key == "national_id" and c.write is _plain for c in columns)):
        path.unlink(missing_ok=True)  # the account has just been locked for taking out too much: nothing is handed over
        return 0
    return rows


def _write_row(sheet: Any, line: int, plan: Sequence[_Plan], values: list[str]) -> None:
    text, number = sheet.write_string, sheet.write_number
    place = -1
    for value, (write, memory) in zip(values, plan, strict=True):
        place += 1
        if not value:
            continue
        if memory is not None:
            words = memory.get(value)
            if words is None:
                words = memory[value] = write(value)
            text(line, place, words)
        elif write is float:
            number(line, place, float(value))
        else:
            text(line, place, value if len(value) < _CELL else value[:_CELL])


def _holds(actor: Actor, permission: Permission, agency: Agency | None) -> bool:
    """Say whether the actor holds a permission over everybody the file can name: the agency, or all they may export."""
    if actor.is_system:
        return True
    if agency is not None:
        return actor.may(permission, at=agency.scope_ids)
    roots = actor.scope(Permission.PEOPLE_EXPORT)
    reaches = db.session.scalars(db.select(Agency.scope_ids).where(Agency.id.in_(roots))).all()
    return bool(reaches) and all(actor.may(permission, at=reach) for reach in reaches)


def _columns(actor: Actor, agency: Agency | None) -> list[_Column]:
    context = build_context()
    names, agencies = Names(context), AgencyNames(context)
    full = _holds(actor, Permission.PEOPLE_REVEAL_ID, agency)
    found = []
    for field in PEOPLE.fields:
        key = _SOURCE.get(field.key, field.key)
        if key not in EXPORTED:
            continue
        if field.guard and not _holds(actor, field.guard, agency):
            continue
        found.append(_Column(field, key, field.kind in _NUMBERS, _writer(field, names, agencies, full=full)))
    return found


def _writer(field: Field, names: Names, agencies: AgencyNames, *, full: bool) -> Writer:
    if field.key == "national_id":
        return _plain if full else mask
    if field.kind is Kind.SEX:
        return lambda value: _SEXES.get(value, value)
    if field.key.endswith("_agency"):
        return agencies.write
    if field.key == "rank_name":
        return lambda value: names.write("ranks", value)
    catalogue = _CATALOGUES.get(field.key) or (field.catalogue if field.kind is Kind.CATALOGUE else "")
    if catalogue:
        return lambda value: names.write(catalogue, value)
    if field.kind in {Kind.DATE, Kind.PARTIAL_DATE}:
        return lambda value: "/".join(reversed(value.split("-")))
    return _plain


def _plain(value: str) -> str:
    return value


def _memory(column: _Column) -> dict[str, str] | None:
    """Return where the words of a column's values are kept, None where a value is written as it is."""
    return None if column.number or column.write is _plain else {}


def _sheet(book: Any, columns: Sequence[_Column], head: Any, number: int) -> Any:
    # Headers and values are Vietnamese in every language: the file is an exchange format, not a page.
    sheet = book.add_worksheet(PEOPLE.label_vi if number == 0 else f"{PEOPLE.label_vi} {number + 1}")
    for place, column in enumerate(columns):
        sheet.set_column(place, place, 14)
        sheet.write_string(0, place, column.field.label_vi, head)
    sheet.freeze_panes(1, 0)
    return sheet


def _note(actor: Actor, agency: Agency | None, rows: int, *, full: bool) -> bool:
    after = {"kind": "people.exchange", "rows": rows, "id_numbers_in_full": full}
    audit.record(
        actor, "people.exported", "people", None, scope_ids=[EVERYTHING, *((agency.id,) if agency else ())],
        agency_id=agency.id if agency else None, after=after,
    )  # fmt: skip
    audit.mark_read(actor, "people.exchange", rows)
    return accounts.check_bulk(actor)


def agency_by_code(code: str) -> Agency | None:
    """Return the agency of a code, None when there is none."""
    found: Agency | None = db.session.scalars(db.select(Agency).where(Agency.code == code)).one_or_none()
    return found
