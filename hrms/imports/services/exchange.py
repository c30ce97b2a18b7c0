"""The exchange workbook of people: a sheet that imports back without a change, as far as its reader may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from hrms.accounts import services as accounts
from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock
from hrms.core.actor import EVERYTHING, Actor
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.core.plain_workbook import PlainWorkbook, number_cell, text_cell
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

Writer = Callable[[str], Any]
_Plan = tuple[Writer, dict[str, str] | None]
"""A column as rows are written: how its values are, and the cells written before where a value has words."""


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
    headers = [column.field.label_vi for column in columns]
    people = stream_exchange(actor, keys, [agency.id] if agency else [], day=day, today=today, known=known_on)
    plan: list[_Plan] = [(float if column.number else column.write, _memory(column)) for column in columns]
    rows = number = 0
    with PlainWorkbook(path) as book:
        ahead = next(people, None)
        while ahead is not None or number == 0:
            # Headers and values are Vietnamese in every language: the file is an exchange format, not a page.
            book.sheet(PEOPLE.label_vi if number == 0 else f"{PEOPLE.label_vi} {number + 1}", headers, 14)
            if ahead is not None:
                of_sheet = chain((ahead,), islice(people, SHEET_ROWS - 1))
                rows += book.rows(_cells(plan, values) for values in of_sheet)
            ahead = next(people, None)
            number += 1
    if _note(actor, agency, rows, full=any(c.field.key == "national_id" and c.write is _plain for c in columns)):
        path.unlink(missing_ok=True)  # the account has just been locked for taking out too much: nothing is handed over
        return 0
    return rows


def _cells(plan: Sequence[_Plan], values: Sequence[str]) -> list[str]:
    cells = []
    for value, (write, memory) in zip(values, plan, strict=True):
        if not value:
            cells.append("")
        elif memory is not None:
            cell = memory.get(value)
            if cell is None:
                cell = memory[value] = text_cell(write(value))
            cells.append(cell)
        elif write is float:
            cells.append(number_cell(float(value)))
        else:
            cells.append(text_cell(value))
    return cells


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
        if field.group and not _holds(actor, Permission(f"people.sensitive.{field.group}"), agency):
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
    """Return where the cells of a column's values are kept, None where a value is written as it is."""
    return None if column.number or column.write is _plain else {}


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
