"""Opens a file of any accepted kind as a workbook of sheets, each a lazy iterator of rows with their numbers.

What is accepted is told from the content. Numbers, dates and texts come as Python values; formulas as their last
result; nothing is evaluated and no macro runs.
"""

from __future__ import annotations

import posixpath
import xml.parsers.expat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Self

import python_calamine as calamine

from hrms.imports.reading import refusals
from hrms.imports.reading.cells import cell_name
from hrms.imports.reading.compound_file import check_compound_file
from hrms.imports.reading.delimited import Dialect, read_rows, recognise
from hrms.imports.reading.extent import Extent, check_extent
from hrms.imports.reading.package_guard import guard_package
from hrms.imports.reading.refusals import UnreadableFile
from hrms.imports.reading.sniff import FileKind, sniff

__all__ = ["Cell", "Row", "Sheet", "UnreadableFile", "Workbook", "open_workbook"]

Cell = str | int | float | bool | date | datetime | time | timedelta
"""One cell; an empty one is ""."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not wholly empty: its number in the file, from 1, and its cells from column A on."""

    number: int
    cells: list[Any]


class Sheet:
    """One sheet. `rows()` may be called again; each call reads from the top. Raises UnreadableFile while reading."""

    def __init__(
        self,
        name: str,
        read: Callable[[], Iterator[Row]],
        *,
        hidden: bool = False,
        merged: Callable[[], list[tuple[int, int, int, int]]] | None = None,
        error_cells: int = 0,
    ) -> None:
        self.name = name
        self.hidden = hidden
        self.error_cells = error_cells
        """Cells that hold an Excel error such as #N/A; they are read as empty, so the user should be told."""
        self._read = read
        self._merged = merged

    def rows(self) -> Iterator[Row]:
        """Yield the rows that hold something, in order. Stops with UnreadableFile beyond `MAX_ROWS` of them."""
        for count, row in enumerate(self._read(), start=1):
            if count > refusals.MAX_ROWS:
                raise refusals.too_many_rows(self.name)
            yield row

    def head(self, count: int) -> list[Row]:
        """Return the first `count` rows that hold something."""
        rows: list[Row] = []
        for row in self.rows():
            rows.append(row)
            if len(rows) == count:
                break
        return rows

    def merged(self) -> list[tuple[int, int, int, int]]:
        """Return merged ranges as (first row, first column, last row, last column), rows from 1, columns from 0."""
        return self._merged() if self._merged else []


class Workbook:
    """An opened file. Use as a context manager, or `close()` it; only the sheet read last is held in memory."""

    def __init__(self, filename: str, kind: FileKind, sheets: list[Sheet], close: Callable[[], None]) -> None:
        self.filename = filename
        self.kind = kind
        self.sheets = sheets
        self.close = close

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def open_workbook(path: Path, filename: str) -> Workbook:
    """Open the file at `path`, called `filename` by its owner (shown only, never used to tell the kind).

    Raises UnreadableFile with a sentence when it is empty, protected, damaged, a bomb, or no workbook at all.
    """
    kind = sniff(path)
    workbook = _open_text(path, filename) if kind is FileKind.TEXT else _open_calamine(path, filename, kind)
    if not any(True for sheet in workbook.sheets for _row in sheet.head(1)):
        workbook.close()
        raise refusals.no_data()
    return workbook


def _open_text(path: Path, filename: str) -> Workbook:
    dialect: Dialect = recognise(path)

    def read() -> Iterator[Row]:
        for number, cells in read_rows(path, dialect):
            if len(cells) > refusals.MAX_COLUMNS and any(cells[refusals.MAX_COLUMNS :]):
                raise refusals.too_many_columns(Path(filename).stem, str(len(cells)))
            if any(cell and not cell.isspace() for cell in cells):
                yield Row(number, list(cells))

    return Workbook(filename, FileKind.TEXT, [Sheet(Path(filename).stem, read)], lambda: None)


class _Loader:
    """Loads sheets of one calamine workbook, one at a time."""

    def __init__(self, book: calamine.CalamineWorkbook, extents: list[Extent | None]) -> None:
        self.book = book
        self.extents = extents
        self.loaded: tuple[int, calamine.CalamineSheet] | None = None

    def sheet(self, index: int, name: str) -> calamine.CalamineSheet:
        if self.loaded and self.loaded[0] == index:
            return self.loaded[1]
        self.loaded = None
        extent = self.extents[index]
        if extent is not None:
            check_extent(name, extent)
        with _damage_refused():
            sheet = self.book.get_sheet_by_index(index)
        if sheet.end is not None:
            check_extent(name, Extent(sheet.end[0] + 1, sheet.end[1] + 1))
        self.loaded = (index, sheet)
        return sheet

    def rows(self, index: int, name: str) -> Iterator[Row]:
        sheet = self.sheet(index, name)
        if sheet.start is None:
            return
        missing_left = [""] * sheet.start[1]
        blank = ("", None)
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            for cell in cells:
                if cell not in blank and not (isinstance(cell, str) and cell.isspace()):
                    yield Row(number, missing_left + cells if missing_left else cells)
                    break

    def merged(self, index: int, name: str) -> list[tuple[int, int, int, int]]:
        ranges = self.sheet(index, name).merged_cell_ranges or []
        return [(first[0] + 1, first[1], last[0] + 1, last[1]) for first, last in ranges]

    def close(self) -> None:
        self.loaded = None
        self.book.close()


@contextmanager
def _damage_refused() -> Iterator[None]:
    """Turn what the loader raises on a damaged or locked file into a refusal."""
    try:
        yield
    except calamine.PasswordError as error:
        raise refusals.password_protected() from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise refusals.corrupt() from error
    except BaseException as error:
        # A defect of the loader met by a damaged file arrives as a panic, which is no Exception.
        if type(error).__name__ == "PanicException":
            raise refusals.corrupt() from error
        raise


def _guarded(path: Path, kind: FileKind) -> dict[str, Extent]:
    if kind is FileKind.XLS:
        check_compound_file(path)
        return {}
    parts = guard_package(path)
    if kind is FileKind.ODS:
        # The loader reads all sheets of this kind at once.
        for extent in parts.values():
            check_extent(extent.name, extent)
        widest = max(parts.values(), key=lambda extent: extent.rows * extent.columns, default=Extent())
        if sum(extent.rows * extent.columns for extent in parts.values()) > refusals.MAX_CELLS:
            raise refusals.too_far(widest.name, cell_name(widest.rows - 1, widest.columns - 1))
    return parts


def _open_calamine(path: Path, filename: str, kind: FileKind) -> Workbook:
    parts = _guarded(path, kind)
    with _damage_refused():
        book = calamine.CalamineWorkbook.from_path(path)
        metadata = book.sheets_metadata
    if len(metadata) > refusals.MAX_SHEETS:
        raise refusals.too_many_sheets(len(metadata))
    part_of = _sheet_parts(path) if kind is FileKind.XLSX else {}
    extents = [
        parts.get(part_of.get(meta.name, "")) if kind is FileKind.XLSX else parts.get(f"content.xml#{number}")
        for number, meta in enumerate(metadata)
    ]
    loader = _Loader(book, extents)
    sheets = [
        _sheet(loader, number, meta, extents[number])
        for number, meta in enumerate(metadata)
        if meta.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    return Workbook(filename, kind, sheets, loader.close)


def _sheet(loader: _Loader, number: int, meta: calamine.SheetMetadata, extent: Extent | None) -> Sheet:
    return Sheet(
        meta.name,
        lambda: loader.rows(number, meta.name),
        hidden=meta.visible != calamine.SheetVisibleEnum.Visible,
        merged=lambda: loader.merged(number, meta.name),
        error_cells=extent.errors if extent else 0,
    )


def _sheet_parts(path: Path) -> dict[str, str]:
    """Return the part of the package that holds each worksheet, by the sheet's name."""
    targets: dict[str, str] = {}
    ids: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            )

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "sheet":
            for key, value in attributes.items():
                if key.rpartition(":")[2] == "id":
                    ids[attributes.get("name", "")] = value

    try:
        with zipfile.ZipFile(path) as archive:
            _walk(archive.read("xl/_rels/workbook.xml.rels"), relation)
            _walk(archive.read("xl/workbook.xml"), sheet)
    except refusals.DAMAGE as error:
        raise refusals.corrupt() from error
    return {name: targets.get(identity, "") for name, identity in ids.items()}


def _walk(content: bytes, start: Callable[[str, dict[str, str]], None]) -> None:
    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(content, True)
