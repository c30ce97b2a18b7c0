"""Looks into an .xls file (BIFF records inside an OLE2 compound file) before it is loaded.

The loader trusts the container's table of sectors, and holds a sheet as one block up to its last filled cell; a file
that was cut short, or one stray cell at the end of the sheet, would cost a crash or a gigabyte.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from hrms.imports.reading import refusals
from hrms.imports.reading.extent import Extent, check_extent

_DIRECT_ENTRIES = 109
_FREE = 0xFFFFFFFF
_SPECIAL = 0xFFFFFFFA
_STREAMS = ("Workbook", "Book")

_BOF, _EOF, _LOCKED, _SHEET, _DIMENSIONS = 0x0809, 0x000A, 0x002F, 0x0085, 0x0200
_BIFF8 = 0x0600
_ONE_CELL = frozenset((0x0006, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E))
_MANY_NUMBERS = 0x00BD


def check_compound_file(path: Path) -> None:
    """Raise UnreadableFile when the file is cut short, locked, or has a sheet that reaches too far."""
    try:
        stream = _workbook_stream(path.read_bytes())
        for name, extent in _extents(stream):
            check_extent(name, extent)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise refusals.corrupt() from error


def _workbook_stream(content: bytes) -> bytes:
    """Return the bytes of the workbook's stream; empty when the stream is small and lies in the mini table."""
    (shift,) = struct.unpack_from("<H", content, 30)
    if shift not in {9, 12}:
        raise refusals.corrupt()
    size = 1 << shift
    table = _sector_table(content, size)
    directory = _chain(content, table, struct.unpack_from("<I", content, 48)[0], size)
    for at in range(0, len(directory) - 127, 128):
        (length,) = struct.unpack_from("<H", directory, at + 64)
        if directory[at : at + max(length - 2, 0)].decode("utf-16-le", "replace") in _STREAMS:
            first, bytes_long = struct.unpack_from("<II", directory, at + 116)
            if bytes_long < struct.unpack_from("<I", content, 56)[0]:
                return b""
            return _chain(content, table, first, size)[:bytes_long]
    raise refusals.corrupt()


def _sector_table(content: bytes, size: int) -> list[int]:
    (tables, extra_at) = (*struct.unpack_from("<I", content, 44), *struct.unpack_from("<I", content, 68))
    places = list(struct.unpack_from(f"<{_DIRECT_ENTRIES}I", content, 76))
    while extra_at < _SPECIAL and len(places) < tables:
        *more, extra_at = struct.unpack_from(f"<{size // 4}I", content, (extra_at + 1) * size)
        places.extend(more)
    table: list[int] = []
    for place in places[:tables]:
        table.extend(struct.unpack_from(f"<{size // 4}I", content, (place + 1) * size))
    last = max((n for n, entry in enumerate(table) if entry != _FREE), default=0)
    # The last sector may be shorter than the others.
    if (last + 1) * size >= len(content):
        raise refusals.corrupt()
    return table


def _chain(content: bytes, table: list[int], first: int, size: int) -> bytes:
    pieces: list[bytes] = []
    while first < _SPECIAL:
        if len(pieces) > len(table):
            raise refusals.corrupt()
        pieces.append(content[(first + 1) * size : (first + 2) * size])
        first = table[first]
    return b"".join(pieces)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield (kind, place of the content, length) of the records from `at` to the end of the part."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, at + 4, length
        if kind == _EOF:
            return
        at += 4 + length


def _extents(stream: bytes) -> Iterator[tuple[str, Extent]]:
    biff8 = False
    for kind, at, _length in _records(stream, 0):
        if kind == _LOCKED:
            raise refusals.password_protected()
        if kind == _BOF:
            biff8 = struct.unpack_from("<H", stream, at)[0] == _BIFF8
        if kind == _SHEET and biff8:
            start, _visible, what, letters, wide = struct.unpack_from("<IBBBB", stream, at)
            if what == 0:
                encoding = "utf-16-le" if wide & 1 else "latin-1"
                name = stream[at + 8 : at + 8 + letters * (1 + (wide & 1))].decode(encoding)
                yield name, _sheet_extent(stream, start)


def _sheet_extent(stream: bytes, start: int) -> Extent:
    """Return what the sheet says of itself or, when that is too far, how far its filled cells really reach."""
    for kind, at, length in _records(stream, start):
        if kind == _DIMENSIONS and length >= 12:
            _first_row, rows, _first_column, columns = struct.unpack_from("<IIHH", stream, at)
            if columns <= refusals.MAX_COLUMNS and rows * columns <= refusals.MAX_CELLS:
                return Extent(rows, columns)
            break
    extent = Extent()
    for kind, at, length in _records(stream, start):
        if kind in _ONE_CELL:
            row, column = struct.unpack_from("<HH", stream, at)
            extent.widen(row + 1, column + 1)
        elif kind == _MANY_NUMBERS:
            (row,) = struct.unpack_from("<H", stream, at)
            (column,) = struct.unpack_from("<H", stream, at + length - 2)
            extent.widen(row + 1, column + 1)
    return extent
