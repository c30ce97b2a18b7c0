"""Builds real files of every kind for the tests of reading."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import xlwt
from odf import table, text
from odf.opendocument import OpenDocumentSpreadsheet

Rows = Sequence[Sequence[Any]]

PEOPLE_ROWS: Rows = (
    ("STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Hệ số lương"),
    (1, "Nguyễn Văn Hoà", date(1980, 5, 3), "Nam", "092080001234", 3.33),
    (2, "Đặng Thị Thúy", "03/1985", "Nữ", "092185004567", "2,34"),
)


def xlsx(path: Path, sheets: dict[str, Rows] | Rows, merged: Sequence[str] = (), hidden: Sequence[str] = ()) -> Path:
    """Write an .xlsx workbook; `merged` are ranges of its first sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in _named(sheets).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name in hidden:
            sheet.sheet_state = "hidden"
    for area in merged:
        book.worksheets[0].merge_cells(area)
    book.save(path)
    return path


def xls(path: Path, sheets: dict[str, Rows] | Rows) -> Path:
    """Write an .xls workbook."""
    book = xlwt.Workbook()
    day = xlwt.easyxf(num_format_str="dd/mm/yyyy")
    for name, rows in _named(sheets).items():
        sheet = book.add_sheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write(r, c, cell, day)
                elif cell is not None:
                    sheet.write(r, c, cell)
    book.save(str(path))
    return path


def ods(path: Path, sheets: dict[str, Rows] | Rows) -> Path:
    """Write an .ods workbook."""
    book = OpenDocumentSpreadsheet()
    for name, rows in _named(sheets).items():
        sheet = table.Table(name=name)
        for row in rows:
            line = table.TableRow()
            for cell in row:
                line.addElement(_ods_cell(cell))
            sheet.addElement(line)
        book.spreadsheet.addElement(sheet)
    book.save(str(path))
    return path


def delimited(path: Path, rows: Rows, encoding: str = "utf-8", separator: str = ",", bom: bytes = b"") -> Path:
    """Write a text file with separated cells."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    for row in rows:
        writer.writerow([f"{c:%d/%m/%Y}" if isinstance(c, date) else c for c in row])
    path.write_bytes(bom + out.getvalue().encode(encoding))
    return path


def _named(sheets: dict[str, Rows] | Rows) -> dict[str, Rows]:
    return sheets if isinstance(sheets, dict) else {"Danh sách": sheets}


def _ods_cell(value: Any) -> table.TableCell:
    if isinstance(value, date):
        cell = table.TableCell(valuetype="date", datevalue=value.isoformat())
    elif isinstance(value, (int, float)):
        cell = table.TableCell(valuetype="float", value=value)
    elif value in (None, ""):
        return table.TableCell()
    else:
        cell = table.TableCell(valuetype="string")
    cell.addElement(text.P(text=str(value)))
    return cell
