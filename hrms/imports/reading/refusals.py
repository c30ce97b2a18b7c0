"""Why a file cannot be read, in words for the officer who chose it, and how large a file may be."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import Any
from xml.parsers.expat import ExpatError

from hrms.core.errors import HrmsError
from hrms.core.rules import N_, Problem

MAX_FILE_BYTES = 100 * 1024 * 1024
"""The file as uploaded, in bytes."""
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
"""All parts of a workbook together, unpacked, in bytes."""
MAX_PART_BYTES = 200 * 1024 * 1024
"""One part that is not a worksheet (texts, styles, a picture), unpacked, in bytes."""
MAX_RATIO = 200
"""How many times larger than packed a part of more than `RATIO_FREE_BYTES` may be; real lists stay under 60."""
RATIO_FREE_BYTES = 50 * 1024 * 1024
MAX_PARTS = 2_000
MAX_ROWS = 200_000
"""Rows of one sheet that are not wholly empty."""
MAX_COLUMNS = 300
MAX_CELLS = 12_000_000
"""Rows × columns up to the last filled cell of a sheet: what the reader must hold in memory."""
MAX_SHEETS = 60


DAMAGE: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ExpatError,
    OSError,
    EOFError,
    KeyError,
    ValueError,
    RuntimeError,
)
"""What the standard library raises on a damaged package (RuntimeError: locked or packed in an unknown way)."""


class UnreadableFile(HrmsError):
    """The file is refused as a whole; nothing of it was used. `text` is a Vietnamese message id for `params`."""

    status = 422

    def __init__(self, code: str, text: str, **params: Any) -> None:
        super().__init__(Problem("file", code, text, params))
        self.code = code
        self.text = text
        self.params = params


def empty_file() -> UnreadableFile:
    """Return the refusal of a file without a byte."""
    return UnreadableFile("empty_file", N_("Tệp trống, không có byte nào. Hãy lưu lại danh sách rồi chọn lại tệp."))


def too_large(size: int) -> UnreadableFile:
    """Return the refusal of a file of `size` bytes, more than `MAX_FILE_BYTES`."""
    return UnreadableFile(
        "file_too_large",
        N_("Tệp nặng %(size)s MB, quá mức %(limit)s MB. Hãy bỏ ảnh và các trang không cần, hoặc tách thành nhiều tệp."),
        size=-(-size // 1024 // 1024),
        limit=MAX_FILE_BYTES // 1024 // 1024,
    )


def other_content(what: str) -> UnreadableFile:
    """Return the refusal of a file that holds something else; `what` is a message id such as “ảnh PNG”."""
    return UnreadableFile(
        "not_a_workbook",
        N_(
            "Nội dung tệp là %(what)s, không phải bảng tính. Hãy mở danh sách bằng Excel hoặc LibreOffice và lưu thành "
            ".xlsx, .xls, .ods hoặc .csv."
        ),
        what=what,
    )


def password_protected() -> UnreadableFile:
    """Return the refusal of a locked file."""
    return UnreadableFile(
        "password_protected",
        N_("Tệp được đặt mật khẩu nên không đọc được. Hãy mở tệp, bỏ mật khẩu, lưu lại rồi chọn lại."),
    )


def corrupt() -> UnreadableFile:
    """Return the refusal of a damaged or truncated file."""
    return UnreadableFile(
        "corrupt",
        N_("Tệp bị hỏng hoặc tải lên thiếu nên không đọc được. Hãy mở lại bằng Excel, lưu thành tệp mới rồi chọn lại."),
    )


def zip_bomb() -> UnreadableFile:
    """Return the refusal of a package that would unpack to far more than any list."""
    return UnreadableFile(
        "zip_bomb",
        N_(
            "Tệp nén giải ra lớn bất thường (quá %(limit)s MB hoặc quá %(ratio)s lần) nên không "
            "được mở. Hãy chép riêng "
            "vùng dữ liệu sang một bảng tính mới, lưu lại rồi chọn lại."
        ),
        limit=MAX_UNPACKED_BYTES // 1024 // 1024,
        ratio=MAX_RATIO,
    )


def too_many_rows(sheet: str) -> UnreadableFile:
    """Return the refusal of a sheet with more than `MAX_ROWS` filled rows."""
    return UnreadableFile(
        "too_many_rows",
        N_("Trang “%(sheet)s” có hơn %(limit)s dòng có dữ liệu. Hãy tách thành nhiều tệp."),
        sheet=sheet,
        limit=MAX_ROWS,
    )


def too_many_columns(sheet: str, column: str) -> UnreadableFile:
    """Return the refusal of a sheet whose data reach beyond `MAX_COLUMNS`; `column` as a spreadsheet names it."""
    return UnreadableFile(
        "too_many_columns",
        N_("Trang “%(sheet)s” có dữ liệu đến cột %(column)s, quá mức %(limit)s cột. Hãy xóa các cột thừa bên phải."),
        sheet=sheet,
        column=column,
        limit=MAX_COLUMNS,
    )


def too_far(sheet: str, cell: str) -> UnreadableFile:
    """Return the refusal of a sheet whose last filled cell lies too far out to load."""
    return UnreadableFile(
        "too_many_cells",
        N_(
            "Trang “%(sheet)s” có dữ liệu đến tận ô %(cell)s, quá rộng để đọc. Hãy xóa các ô lẻ nằm xa danh sách, hoặc "
            "tách thành nhiều tệp."
        ),
        sheet=sheet,
        cell=cell,
    )


def too_many_sheets(count: int) -> UnreadableFile:
    """Return the refusal of a workbook with more than `MAX_SHEETS` sheets."""
    return UnreadableFile(
        "too_many_sheets",
        N_("Tệp có %(count)s trang tính, quá mức %(limit)s. Hãy chỉ để lại các trang cần nhập."),
        count=count,
        limit=MAX_SHEETS,
    )


def no_data() -> UnreadableFile:
    """Return the refusal of a file without a filled cell."""
    return UnreadableFile(
        "no_data", N_("Tệp không có ô nào có dữ liệu. Hãy kiểm tra xem đã chọn đúng tệp và đã lưu danh sách chưa.")
    )


def unknown_encoding() -> UnreadableFile:
    """Return the refusal of a text whose encoding is not one of those read."""
    return UnreadableFile(
        "unknown_encoding",
        N_("Không nhận ra bảng mã chữ Việt của tệp văn bản. Hãy lưu lại thành “CSV UTF-8” hoặc .xlsx rồi chọn lại."),
    )


def legacy_font(name: str) -> UnreadableFile:
    """Return the refusal of texts typed for a font from before Unicode; `name` is the encoding."""
    return UnreadableFile(
        "legacy_font",
        N_(
            "Chữ trong tệp gõ bằng phông cũ %(name)s, không phải Unicode. Hãy chuyển sang Unicode dựng sẵn (bằng công "
            "cụ chuyển mã của bộ gõ), lưu lại rồi chọn lại."
        ),
        name=name,
    )


def broken_delimited(row: int) -> UnreadableFile:
    """Return the refusal of a text file that breaks near that row."""
    return UnreadableFile(
        "broken_delimited",
        N_(
            "Tệp văn bản hỏng ở khoảng dòng %(row)s: ô quá dài hoặc thiếu dấu ngoặc kép đóng. Hãy "
            "sửa dòng đó rồi chọn lại."
        ),
        row=row,
    )
