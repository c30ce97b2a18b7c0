"""Large lists of text and numbers as an Excel workbook, row by row: one header line, plain cells, nothing kept.

A general writer keeps every cell's place, format and kind until its row is done. A list of a whole province has one and
a half million cells of two kinds, so its rows are written out at once and packed on the way (ISO/IEC 29500).
Text is text: a cell that begins with = is no formula.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Self
from xml.sax.saxutils import escape, quoteattr

CELL_LENGTH = 32_767
"""The longest text a cell takes."""
_BUFFER = 500
"""Rows packed at a time."""
_UNUSUAL = re.compile("[&<>\x00-\x1f\ufffe\uffff]|_x|^ | $")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE8EEF5"/><bgColor indexed="64"/></patternFill></fill>'
    "</fills>"
    '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
    '<border><left style="thin"/><right style="thin"/><top style="thin"/><bottom style="thin"/><diagonal/></border>'
    '</borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="2" borderId="1" xfId="0" applyFont="1" applyFill="1" applyBorder="1"'
    ' applyAlignment="1"><alignment wrapText="1"/></xf></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def text_cell(text: str) -> str:
    """Return what follows a cell's place where the cell holds this text."""
    if len(text) > CELL_LENGTH:
        text = text[:CELL_LENGTH]
    if _UNUSUAL.search(text) is None:
        return f'" t="inlineStr"><is><t>{text}</t></is></c>'
    # A sign that XML cannot hold is written by its number, and so is an underscore that would be taken for that.
    held = escape(_NOT_IN_XML.sub(lambda sign: f"_x{ord(sign[0]):04X}_", text))
    return f'" t="inlineStr"><is><t xml:space="preserve">{held}</t></is></c>'


def number_cell(number: float) -> str:
    """Return what follows a cell's place where the cell holds this number."""
    return f'"><v>{number:.16G}</v></c>'


def column_letters(count: int) -> list[str]:
    """Return the names of the first columns: A, B … AA."""
    names = []
    for place in range(count):
        name, rest = "", place + 1
        while rest:
            rest, letter = divmod(rest - 1, 26)
            name = chr(65 + letter) + name
        names.append(name)
    return names


class PlainWorkbook:
    """A workbook under way, used as a context: `sheet`, then `rows`, as often as there are any.

    It is put at its path when the context ends, and not at all after an error. Raises OSError when it cannot be.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the context ends
        self._package = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)
        self._names: list[str] = []
        self._part: IO[bytes] | None = None
        self._opening: list[str] = []
        self._line = 0

    def sheet(self, name: str, headers: Sequence[str], width: float) -> None:
        """Begin the next sheet: `headers` in its frozen first line, every column `width` characters wide."""
        self._end_sheet()
        self._names.append(name)
        self._part = self._package.open(f"xl/worksheets/sheet{len(self._names)}.xml", "w", force_zip64=True)
        self._opening = [f'<c r="{letters}' for letters in column_letters(len(headers))]
        self._line = 1
        cells = (
            f"{opening}1" + text_cell(header).replace('" t=', '" s="1" t=', 1)
            for opening, header in zip(self._opening, headers, strict=True)
        )
        self._part.write(
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="{len(headers)}" width="{width}"'
            f' customWidth="1"/></cols><sheetData><row r="1">{"".join(cells)}</row>'.encode()
        )

    def rows(self, rows: Iterable[Sequence[str]]) -> int:
        """Write rows of cells, each "" or as `text_cell` and `number_cell` return it; returns how many they were."""
        part, opening = self._part, self._opening
        if part is None:
            raise RuntimeError
        first = line = self._line
        written: list[str] = []
        for row in rows:
            line += 1
            cells = [f"{start}{line}{cell}" for start, cell in zip(opening, row, strict=True) if cell]
            written.append(f'<row r="{line}">{"".join(cells)}</row>')
            if len(written) == _BUFFER:
                part.write("".join(written).encode())
                written.clear()
        part.write("".join(written).encode())
        self._line = line
        return line - first

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_details: object) -> None:
        try:
            self._end_sheet()
            if error is None:
                self._name_parts()
            self._package.close()
            if error is None:
                self._file.seek(0)
                with self._path.open("wb") as target:
                    shutil.copyfileobj(self._file, target, 1 << 20)
        finally:
            self._file.close()

    def _name_parts(self) -> None:
        numbers = range(1, len(self._names) + 1)
        sheets = "".join(
            f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
            for number, name in zip(numbers, self._names, strict=True)
        )
        links = "".join(
            f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
            for number in numbers
        )
        kinds = "".join(
            f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_KIND}worksheet+xml"/>'
            for number in numbers
        )
        parts = {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}styles+xml"/>{kinds}</Types>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}'
            f'<Relationship Id="rId{len(self._names) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
            "</Relationships>",
        }
        for name, content in parts.items():
            self._package.writestr(name, _HEAD + content)
        self._package.writestr("xl/styles.xml", _STYLES)

    def _end_sheet(self) -> None:
        if self._part is not None:
            self._part.write(b"</sheetData></worksheet>")
            self._part.close()
            self._part = None
