"""What a file is, by how it begins; its name does not count."""

from __future__ import annotations

from pathlib import Path

from hrms.core.files.accepting import MediaType
from hrms.core.rules import N_

START = 1024
"""A PDF may have as many bytes before its header (ISO 32000-1, annex H); other kinds begin with their own."""
_BEGINNINGS: tuple[tuple[bytes, MediaType | str], ...] = (
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"GIF8", N_("ảnh GIF")),
    (b"BM", N_("ảnh BMP")),
    (b"II*\x00", N_("ảnh TIFF")),
    (b"MM\x00*", N_("ảnh TIFF")),
    (b"PK\x03\x04", N_("tệp nén hoặc tệp Word, Excel")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", N_("tệp Word, Excel đời cũ")),
    (b"Rar!", N_("tệp nén")),
    (b"7z\xbc\xaf\x27\x1c", N_("tệp nén")),
    (b"MZ", N_("tệp chương trình")),
    (b"\x7fELF", N_("tệp chương trình")),
    (b"{\\rtf", N_("văn bản RTF")),
)
NAMES = {MediaType.PDF: "PDF", MediaType.JPEG: N_("ảnh JPEG"), MediaType.PNG: N_("ảnh PNG")}
UNKNOWN = N_("tệp không rõ loại")


def sniff(path: Path) -> MediaType | str:
    """Return the kind of a file that may be kept, else the marked words for what it is."""
    with path.open("rb") as handle:
        start = handle.read(START)
    for beginning, kind in _BEGINNINGS:
        if start.startswith(beginning):
            return kind
    if b"%PDF-" in start:
        return MediaType.PDF
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return N_("ảnh WEBP")
    if start[4:8] == b"ftyp":
        return N_("ảnh hoặc phim chụp bằng điện thoại")
    if start.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html", b"<?xml", b"<svg")):
        return N_("trang web hoặc tệp XML")
    return N_("tệp văn bản thường") if _is_text(start) else UNKNOWN


def _is_text(start: bytes) -> bool:
    try:
        text = start.decode(errors="strict")
    except UnicodeDecodeError as error:
        if error.start < len(start) - 4:  # a letter cut in two by the end of what was read does not count
            return False
        text = start[: error.start].decode()
    return all(letter.isprintable() or letter in "\r\n\t\f" for letter in text)
