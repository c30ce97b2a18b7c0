"""Helpers of the import tests: lists written to files, the commands called inside the test's application."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import python_calamine as calamine
from sqlalchemy import text

from hrms.core import scope
from hrms.core.db import db
from hrms.imports import cli
from tests.imports import workbooks

HEADER = (
    "Số hiệu CBCCVC", "Họ và tên", "Giới tính", "Ngày sinh", "Số định danh cá nhân", "Loại", "Cơ quan sử dụng",
    "Ngày tuyển dụng", "Mã ngạch", "Bậc lương", "Hệ số lương", "Ngày hưởng bậc lương", "Dân tộc", "Chức vụ",
    "Ngày bổ nhiệm chức vụ", "Phụ cấp chức vụ", "Số điện thoại",
)  # fmt: skip
ROWS: tuple[tuple[Any, ...], ...] = (
    ("NV-1", "Lê Thị Bưởi", "Nữ", "12/04/1988", "092188770001", "Công chức", "Phòng Quy hoạch", "01/09/2012", "01.003",
     4, 3.33, "01/03/2024", "Kinh", "Trưởng phòng", "01/02/2023", "0,5", "0912000111"),
    ("NV-2", "Phan Văn Cam", "Nam", "03/1980", "092080770002", "Viên chức", "H13.40.01", "15/08/2005", "V.07.03.29",
     "6", "3,99", "01/05/2023", "Khơ-me", "", "", "", ""),
    ("NV-3", "Tô Hoài Đỗ", "Nam", "1975", "092075770003", "Công chức", "Sở Nội vụ", "01/01/2000", "01.002", 2, 4.74,
     "01/06/2022", "Hoa", "", "", "", ""),
)  # fmt: skip


def book(path: Path, rows: Sequence[Sequence[Any]] = ROWS, header: Sequence[str] = HEADER) -> Path:
    """Write a list with its header."""
    return workbooks.xlsx(path, [header, *rows])


def changed(row: int, **cells: Any) -> list[tuple[Any, ...]]:
    """Return the rows with cells of one replaced, named by their headers with underscores for blanks."""
    rows = [list(one) for one in ROWS]
    for name, value in cells.items():
        rows[row][[h.replace(" ", "_") for h in HEADER].index(name)] = value
    return [tuple(one) for one in rows]


def bring(path: Path, **options: Any) -> dict[str, Any]:
    """Call `hrms import people` inside the application's context."""
    given = {
        "agency": None, "dry_run": False, "as_name": None, "errors": None, "all_or_nothing": False, "kind": "",
        "override_reason": "", "timings": False, **options,
    }  # fmt: skip
    try:
        return dict(cli.import_people.callback.__wrapped__(file=path, **given))  # type: ignore[union-attr]
    finally:
        scope.leave()
        db.session.remove()


def take_back(batch: int, **options: Any) -> dict[str, Any]:
    """Call `hrms import undo`."""
    try:
        return dict(cli.undo_import.callback.__wrapped__(batch=batch, as_name=options.get("as_name")))  # type: ignore[union-attr]
    finally:
        scope.leave()
        db.session.remove()


def take_out(path: Path, **options: Any) -> list[list[Any]]:
    """Call `hrms export people` and return the cells of the workbook."""
    given = {"as_name": None, "agency": None, "as_at": None, "known_on": None, **options}
    try:
        cli.export_people_command.callback.__wrapped__(out=path, **given)  # type: ignore[union-attr]
    finally:
        scope.leave()
        db.session.remove()
    return calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def one(statement: str, **parameters: Any) -> Any:
    """Return the first row of a statement that sees everything."""
    with scope.everything():
        row = db.session.execute(text(statement), parameters).first()
    db.session.remove()
    return row


def every(statement: str, **parameters: Any) -> list[Any]:
    """Return all rows of a statement that sees everything."""
    with scope.everything():
        rows = db.session.execute(text(statement), parameters).all()
    db.session.remove()
    return list(rows)
