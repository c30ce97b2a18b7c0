"""Reading the settings with who changed them, and the catalogues with their sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, text

from hrms.core import clock
from hrms.core.actor import missing
from hrms.core.catalogues import FOLDER, generic_files, read_csv
from hrms.core.db import db
from hrms.core.i18n import render
from hrms.core.models import CatalogueItem, Holiday, Setting
from hrms.core.settings import KNOWN, Known
from hrms.figures import changes

_GENERIC = ("code", "name_vi", "name_en", "parent", "aliases", "code_bnv")
_META = ("valid_from", "valid_to", "source", "mark")
_WITH_CODES = {"agencies.province_code": "provinces_now"}
"""Setting → the catalogue whose codes it takes."""
# Agencies stand in a domain above this one: the province and the agencies directly under it.
_AGENCIES = text(
    "SELECT code, name FROM agencies WHERE code IS NOT NULL AND kind IN ('province', 'department')"
    " AND (closed_on IS NULL OR closed_on > :today) ORDER BY depth, order_no, sort_key"
)
_WITH_AGENCIES = {"decisions.home_affairs_code"}
"""Settings that name an agency by its code."""
# The account's name stands in a table of a domain above this one; row security answers by the reader's own scope.
_NAMES = text("SELECT id, display_name FROM accounts WHERE id = ANY (:ids)")


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting as it stands: what the program knows of it, its value, and the last change, if there was one."""

    name: str
    known: Known
    value: Any
    changed_at: datetime | None = None
    changed_by: str | None = None
    reason: str | None = None

    @property
    def version(self) -> str:
        """Return what a form sends back to prove that it saw this value."""
        return self.changed_at.isoformat() if self.changed_at else ""


def list_settings() -> list[SettingRow]:
    """Return every setting the program knows, in the order they are declared."""
    stored = {row.name: row for row in db.session.scalars(select(Setting))}
    ids = sorted({row.changed_by for row in stored.values() if row.changed_by is not None})
    names = {row.id: row.display_name for row in db.session.execute(_NAMES, {"ids": ids})} if ids else {}
    return [
        SettingRow(name, known, known.default)
        if (row := stored.get(name)) is None
        else SettingRow(name, known, row.value, row.changed_at, names.get(row.changed_by or 0), row.note)
        for name, known in KNOWN.items()
    ]


def get_setting(name: str) -> SettingRow:
    """Return one setting. Raises `NotFound` for a name nobody declared."""
    if name not in KNOWN:
        raise missing("setting")
    return next(row for row in list_settings() if row.name == name)


def codes_for(name: str) -> Sequence[tuple[str, str]]:
    """Return the (code, name) pairs a setting may be set to; () when it takes any value within its bounds."""
    if name in _WITH_AGENCIES:
        return [(row.code, row.name) for row in db.session.execute(_AGENCIES, {"today": clock.today()})]
    if name in KNOWN and KNOWN[name].choices:
        return [(code, render(words)) for code, words in KNOWN[name].choices]
    catalogue = _WITH_CODES.get(name)
    return [(row["code"], row["name"]) for row in read_csv(FOLDER / f"{catalogue}.csv")] if catalogue else ()


def list_catalogues() -> list[tuple[str, int, Mapping[str, int]]]:
    """Return (name, rows, rows by mark) of every catalogue: code lists from the database, tables as texts left them."""
    found: dict[str, dict[str, int]] = {}
    counted = select(CatalogueItem.catalogue, CatalogueItem.mark, func.count()).group_by(
        CatalogueItem.catalogue, CatalogueItem.mark
    )
    for catalogue, mark, rows in db.session.execute(counted):
        found.setdefault(catalogue, {})[mark] = rows
    for path in set(FOLDER.glob("*.csv")) - set(generic_files()):
        marks = found.setdefault(path.stem, {})
        for row in changes.rows(path.stem):
            marks[row["mark"] or "U"] = marks.get(row["mark"] or "U", 0) + 1
    return [(name, sum(marks.values()), marks) for name, marks in sorted(found.items())]


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A row of a catalogue: cells in the order of the columns, and what every row has."""

    cells: Sequence[Any]
    valid_from: date | None
    valid_to: date | None
    source: str
    mark: str


def get_catalogue(name: str) -> tuple[list[str], list[CatalogueRow]]:
    """Return the columns of a catalogue and its rows; columns nobody filled are left out. Raises `NotFound`."""
    generic = select(CatalogueItem).where(CatalogueItem.catalogue == name).order_by(CatalogueItem.rank)
    rows: list[dict[str, Any]] = [
        {column: getattr(item, column) for column in (*_GENERIC, *_META)} for item in db.session.scalars(generic)
    ]
    if not rows:
        # The name comes from an address: it is looked up among the files, never made into a path.
        path = next((path for path in FOLDER.glob("*.csv") if path.stem == name), None)
        if path is None:
            raise missing("catalogue")
        rows = [dict(row) for row in changes.rows(path.stem)]
    columns = [c for c in (rows[0] if rows else ()) if c not in _META and any(row[c] for row in rows)]
    return columns, [
        CatalogueRow(
            [", ".join(row[c]) if isinstance(row[c], list) else row[c] for c in columns],
            _day(row.get("valid_from")), _day(row.get("valid_to")), row["source"] or "", row["mark"] or "U",
        )
        for row in rows
    ]  # fmt: skip


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def list_holidays(year: int) -> list[Holiday]:
    """Return the days of the table of holidays in a year, those taken out too, in order."""
    within = Holiday.day.between(date(year, 1, 1), date(year, 12, 31))
    return list(db.session.scalars(select(Holiday).where(within).order_by(Holiday.day)))


def holiday_years() -> list[int]:
    """Return the years the table has days of."""
    year = func.extract("year", Holiday.day)
    return sorted(int(found) for found in db.session.scalars(select(year).group_by(year)))


def find_holiday(day: date) -> Holiday | None:
    """Return a day of the table of holidays."""
    return db.session.get(Holiday, day)


def version_of(row: Holiday | None) -> str:
    """Return what a form sends back to prove that it saw this day as it is."""
    return row.changed_at.isoformat() if row is not None and row.changed_at else ""
