"""What a file really is, told from its first bytes and its parts, never from its name."""

from __future__ import annotations

import zipfile
from enum import StrEnum
from pathlib import Path

from hrms.core.rules import N_
from hrms.imports.reading import refusals


class FileKind(StrEnum):
    """The kinds of file that can be read."""

    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    TEXT = "text"


_HEAD = 4096
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", N_("ảnh PNG")),
    (b"\xff\xd8\xff", N_("ảnh JPEG")),
    (b"GIF8", N_("ảnh GIF")),
    (b"BM", N_("ảnh BMP")),
    (b"II*\x00", N_("ảnh TIFF")),
    (b"MM\x00*", N_("ảnh TIFF")),
    (b"%PDF", N_("tệp PDF")),
    (b"Rar!", N_("tệp nén RAR")),
    (b"7z\xbc\xaf\x27\x1c", N_("tệp nén 7z")),
    (b"\x1f\x8b", N_("tệp nén GZ")),
    (b"{\\rtf", N_("văn bản RTF")),
    (b"MZ", N_("chương trình máy tính")),
    (b"\x7fELF", N_("chương trình máy tính")),
    (b"ID3", N_("tệp âm thanh")),
    (b"OggS", N_("tệp âm thanh")),
    (b"SQLite format 3\x00", N_("tệp cơ sở dữ liệu")),
)
_OTHER_PACKAGES: tuple[tuple[str, str], ...] = (
    ("word/", N_("văn bản Word")),
    ("ppt/", N_("bản trình chiếu PowerPoint")),
    ("Index/", N_("bảng tính Numbers của Apple")),
    ("xl/workbook.bin", N_("bảng tính nhị phân .xlsb")),
)
_ODF_OTHERS = {
    b"application/vnd.oasis.opendocument.text": N_("văn bản LibreOffice"),
    b"application/vnd.oasis.opendocument.presentation": N_("bản trình chiếu LibreOffice"),
}
_ODS_TYPES = (
    b"application/vnd.oasis.opendocument.spreadsheet",
    b"application/vnd.oasis.opendocument.spreadsheet-template",
)


def sniff(path: Path) -> FileKind:
    """Return what the file holds. Raises UnreadableFile when it is empty, too large, protected or something else."""
    size = path.stat().st_size
    if size == 0:
        raise refusals.empty_file()
    if size > refusals.MAX_FILE_BYTES:
        raise refusals.too_large(size)
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if head.startswith(b"PK"):
        return _sniff_zip(path)
    if head.startswith(_OLE2):
        return _sniff_ole2(path)
    _refuse_known_binary(head)
    _refuse_markup(head)
    return FileKind.TEXT


def _refuse_known_binary(head: bytes) -> None:
    for signature, what in _SIGNATURES:
        # "BM" and "MZ" may also begin a text: only with the control bytes of a binary do they mean one.
        if head.startswith(signature) and (len(signature) > 2 or _has_controls(head)):
            raise refusals.other_content(what)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        raise refusals.other_content(N_("ảnh WEBP"))
    if head[4:8] == b"ftyp":
        raise refusals.other_content(N_("ảnh hoặc phim chụp bằng điện thoại"))
    if _has_controls(head) and not _looks_utf16(head):
        raise refusals.other_content(N_("dữ liệu nhị phân không rõ loại"))


def _refuse_markup(head: bytes) -> None:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")) or b"<html" in text[:1024]:
        raise refusals.other_content(N_("trang HTML được đổi đuôi"))
    if text.startswith((b"<?xml", b"<svg")):
        spreadsheet = b"urn:schemas-microsoft-com:office:spreadsheet" in text
        raise refusals.other_content(N_("bảng tính XML 2003") if spreadsheet else N_("tệp XML"))


def _has_controls(head: bytes) -> bool:
    return any(byte < 32 and byte not in (9, 10, 11, 12, 13, 26, 27) for byte in head)


def _looks_utf16(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    # Separators, digits and most letters of a header have a zero high byte, always on the same side.
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    return (even > half * 0.3 and odd < half * 0.02) or (odd > half * 0.3 and even < half * 0.02)


def _sniff_zip(path: Path) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            names = {info.filename for info in infos}
            if any(info.flag_bits & 0x1 for info in infos):
                raise refusals.password_protected()
            if "mimetype" in names or "content.xml" in names:
                return _sniff_odf(archive, names)
            if "[Content_Types].xml" in names and "xl/workbook.xml" in names:
                return FileKind.XLSX
            for prefix, what in _OTHER_PACKAGES:
                if any(name.startswith(prefix) for name in names):
                    raise refusals.other_content(what)
            raise refusals.other_content(N_("tệp nén ZIP"))
    except refusals.DAMAGE as error:
        raise refusals.corrupt() from error


def _sniff_odf(archive: zipfile.ZipFile, names: set[str]) -> FileKind:
    kind = _small(archive, "mimetype") if "mimetype" in names else _ODS_TYPES[0]
    if kind.strip() not in _ODS_TYPES:
        raise refusals.other_content(_ODF_OTHERS.get(kind.strip(), N_("tệp nén ZIP")))
    if "META-INF/manifest.xml" in names and b"encryption-data" in _small(archive, "META-INF/manifest.xml"):
        raise refusals.password_protected()
    if "content.xml" not in names:
        raise refusals.password_protected() if "encrypted-package" in names else refusals.corrupt()
    return FileKind.ODS


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(1024 * 1024)


def _sniff_ole2(path: Path) -> FileKind:
    content = path.read_bytes()
    named = {name: f"{name}\0".encode("utf-16-le") in content for name in ("EncryptedPackage", "Workbook", "Book")}
    if named["EncryptedPackage"]:
        raise refusals.password_protected()
    if named["Workbook"] or named["Book"]:
        return FileKind.XLS
    for name, what in (("WordDocument", N_("văn bản Word")), ("PowerPoint", N_("bản trình chiếu PowerPoint"))):
        if name.encode("utf-16-le") in content:
            raise refusals.other_content(what)
    if len(content) < 4096:
        raise refusals.corrupt()
    raise refusals.other_content(N_("dữ liệu nhị phân không rõ loại"))
