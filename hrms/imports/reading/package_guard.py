"""Looks through the parts of a zipped workbook before it is loaded: sizes, intactness, how far each sheet reaches.

The loader holds a sheet as one block from its first to its last filled cell, so two stray cells far apart would cost
gigabytes. Here every part is unpacked once, in pieces, under limits that do not trust what the file says of itself.
"""

from __future__ import annotations

import re
import struct
import xml.parsers.expat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from hrms.imports.reading import refusals
from hrms.imports.reading.cells import column_index
from hrms.imports.reading.extent import Extent

_PIECE = 1024 * 1024
_TAIL = 256
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_WORKSHEET = re.compile(r"xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
_ROW = re.compile(rb'<row [^>]*?\br="(\d{1,9})"')
# Finds only cells that are not in columns A to Z and rows up to 99.999; group 1 is the column when it has two letters.
_WIDE_CELL = re.compile(rb'<c[\s>/](?!r="[A-Z]\d{1,5}")(?:r="([A-Z]{2})\d{1,5}")?')
_PREFIXED = re.compile(rb"<[A-Za-z_][\w.-]*:(?:worksheet|sheetData)\b")


def guard_package(path: Path) -> dict[str, Extent]:
    """Return the extent of every worksheet part by its path inside the package, "content.xml" parts as `content.xml#n`.

    Raises UnreadableFile for a bomb, a damaged part, a forbidden document type or a sheet that reaches too far.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as stream:
            infos = archive.infolist()
            _check_directory(infos)
            extents: dict[str, Extent] = {}
            for info in infos:
                pieces = _unpacked(stream, info)
                if _WORKSHEET.search(info.filename):
                    extents[info.filename] = _sheet_extent(stream, info)
                elif info.filename == "content.xml":
                    extents.update(_content_extents(pieces))
                else:
                    for piece in pieces:
                        _refuse_doctype(info.filename, piece)
            return extents
    except refusals.DAMAGE as error:
        raise refusals.corrupt() from error


def _check_directory(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > refusals.MAX_PARTS or sum(info.file_size for info in infos) > refusals.MAX_UNPACKED_BYTES:
        raise refusals.zip_bomb()
    for info in infos:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refusals.corrupt()
        sheet = _WORKSHEET.search(info.filename) or info.filename == "content.xml"
        if not sheet and info.file_size > refusals.MAX_PART_BYTES:
            raise refusals.zip_bomb()
        if (
            info.file_size > refusals.RATIO_FREE_BYTES
            and info.file_size > max(info.compress_size, 1) * refusals.MAX_RATIO
        ):
            raise refusals.zip_bomb()


def _unpacked(stream: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the part unpacked in pieces of at most 1 MB; it must be exactly as long as the directory says."""
    stream.seek(info.header_offset)
    header = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
    if header[0] != b"PK\x03\x04":
        raise zipfile.BadZipFile(info.filename)
    stream.seek(header[9] + header[10], 1)
    position, packed_left, produced, crc = stream.tell(), info.compress_size, 0, 0
    inflate = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
    waiting = b""
    while True:
        if not waiting and packed_left:
            stream.seek(position)
            waiting = stream.read(min(_PIECE, packed_left))
            if not waiting:
                raise zipfile.BadZipFile(info.filename)
            position += len(waiting)
            packed_left -= len(waiting)
        if inflate is None:
            piece, waiting = waiting, b""
        else:
            piece = inflate.decompress(waiting, _PIECE)
            waiting = inflate.unconsumed_tail
        produced += len(piece)
        if produced > info.file_size:
            raise refusals.zip_bomb()
        crc = zlib.crc32(piece, crc)
        if piece:
            yield piece
        elif not packed_left and not waiting:
            break
    ended = inflate is None or inflate.eof
    if not ended or produced != info.file_size or crc != info.CRC:
        raise zipfile.BadZipFile(info.filename)


def _refuse_doctype(name: str, piece: bytes) -> None:
    if name.endswith((".xml", ".rels")) and (b"<!DOCTYPE" in piece or b"<!ENTITY" in piece):
        raise refusals.zip_bomb()


def _sheet_extent(stream: BinaryIO, info: zipfile.ZipInfo) -> Extent:
    """Return the extent of one worksheet: by quick search where it is written the usual way, else by its elements."""
    extent = Extent()
    letters: set[bytes] = set()
    tail = b""
    first = True
    for piece in _unpacked(stream, info):
        _refuse_doctype(info.filename, piece)
        text = tail + piece
        if first and _PREFIXED.search(text):
            return _exact_extent(_unpacked(stream, info))
        first = False
        cut = text.rfind(b"<", max(len(text) - _TAIL, 0))
        cut = len(text) if cut < 0 else cut
        tail, text = text[cut:], text[:cut]
        found = set(_WIDE_CELL.findall(text))
        if b"" in found:
            return _exact_extent(_unpacked(stream, info))
        letters |= found
        extent.errors += text.count(b't="e"')
        if rows := _ROW.findall(text):
            extent.rows = max(extent.rows, *map(int, rows))
    extent.columns = max((column_index(letter.decode()) + 1 for letter in letters), default=26)
    # Rows are taken from the row elements; cells that name other rows could lie up to row 99.999.
    within = extent.columns <= refusals.MAX_COLUMNS and extent.columns * 99_999 <= refusals.MAX_CELLS
    if not within or extent.rows * extent.columns > refusals.MAX_CELLS:
        return _exact_extent(_unpacked(stream, info))
    return extent


def _exact_extent(pieces: Iterator[bytes]) -> Extent:
    """Return the extent counting only cells that hold something, wherever the file says they are."""
    extent = Extent()
    row = column = 0
    filled = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, filled
        local = name.rpartition(":")[2]
        if local == "row":
            row, column = int(attributes.get("r", row + 1)), 0
        elif local == "c":
            filled = False
            if attributes.get("t") == "e":
                extent.errors += 1
            if reference := attributes.get("r"):
                name_part = reference.rstrip("0123456789")
                row, column = int(reference[len(name_part) :]), column_index(name_part) + 1
            else:
                column += 1
        elif local in ("v", "is") and not filled:
            filled = True
            extent.widen(row, column)

    _parse(pieces, start)
    return extent


def _content_extents(pieces: Iterator[bytes]) -> dict[str, Extent]:
    """Return the extent of every table of an OpenDocument spreadsheet, keyed content.xml#0, content.xml#1 and so on."""
    extents: list[Extent] = []
    row = column = repeat = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, repeat
        if name == "table:table":
            extents.append(Extent(name=attributes.get("table:name", "")))
            row = column = 0
        elif name == "table:table-row":
            row += repeat
            repeat, column = int(attributes.get("table:number-rows-repeated", 1)), 0
        elif name in ("table:table-cell", "table:covered-table-cell"):
            column += int(attributes.get("table:number-columns-repeated", 1))
            if extents and ("office:value-type" in attributes or "table:formula" in attributes):
                extents[-1].widen(row + repeat, column)
        elif name == "text:p" and extents and column:
            extents[-1].widen(row + repeat, column)

    def reset_at_table_end(name: str) -> None:
        nonlocal row, repeat
        if name == "table:table":
            row = repeat = 0

    _parse(pieces, start, reset_at_table_end)
    return {f"content.xml#{number}": extent for number, extent in enumerate(extents)}


def _parse(
    pieces: Iterator[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
) -> None:
    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler = start
    if end is not None:
        parser.EndElementHandler = end

    def refuse(*_declared: object) -> None:
        raise refusals.zip_bomb()

    parser.StartDoctypeDeclHandler = refuse
    for piece in pieces:
        parser.Parse(piece, False)
    parser.Parse(b"", True)
