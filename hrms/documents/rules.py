"""What an uploaded template may be: its form by its name, and what is wrong with its bytes before anybody tries it."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from hrms.core.rules import N_, Problem

MOST_BYTES = 2 * 2**20
"""Two megabytes: a template with a coat of arms is a hundredth of that."""
MOST_UNPACKED = 40 * 2**20
MOST_PARTS = 300
FORMS = {".typ": "typst", ".docx": "docx"}
FORM_LABELS = {"typst": N_("PDF (Typst)"), "docx": N_("Word")}
_MAIN = "word/document.xml"
_DOCUMENT = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_OUTSIDE = re.compile(rb"<Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>", re.IGNORECASE)


def form_of(name: str) -> str | None:
    """Return the form a file's name says, None for another kind of file."""
    return next((form for ending, form in FORMS.items() if name.lower().endswith(ending)), None)


def file_problems(name: str, content: bytes) -> list[Problem]:
    """Return what is wrong with a file: kind, size, encoding, what a Word file must not carry. Its size is in bytes."""
    form = form_of(name)
    if form is None:
        words = N_("Tệp “%(name)s” không phải mẫu. Hãy chọn tệp .typ (in PDF) hoặc .docx (in Word).")
        return [Problem("file", "not_a_template", words, {"name": name[:80]})]
    if not content:
        return [Problem("file", "empty", N_("Tệp “%(name)s” trống. Hãy chọn lại tệp."), {"name": name[:80]})]
    if len(content) > MOST_BYTES:
        words = N_("Tệp nặng %(size)s KB, quá mức %(most)s KB của một mẫu. Hãy bỏ ảnh lớn rồi tải lại.")
        return [Problem("file", "too_large", words, {"size": len(content) // 1024, "most": MOST_BYTES // 1024})]
    return _text_problems(content) if form == "typst" else _word_problems(content)


def _text_problems(content: bytes) -> list[Problem]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        words = N_("Tệp .typ phải là văn bản UTF-8; dòng %(line)s có ký tự không đọc được. Hãy lưu lại bằng UTF-8.")
        return [Problem("file", "not_utf8", words, {"line": line})]
    if "\0" in text:
        words = N_("Tệp .typ có ký tự không phải chữ. Hãy lưu lại bằng một trình soạn thảo văn bản.")
        return [Problem("file", "not_text", words)]
    return []


def _word_problems(content: bytes) -> list[Problem]:
    broken = Problem(
        "file", "not_word", N_("Tệp .docx không mở được. Hãy mở bằng Word, lưu lại dạng .docx rồi tải lên.")
    )
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            parts = packed.infolist()
            # The sizes a file claims are checked again while it is read: a part ends where it said it would.
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                words = N_("Tệp .docx có quá nhiều phần hoặc giải nén ra quá lớn. Hãy bỏ ảnh lớn rồi tải lại.")
                return [Problem("file", "too_large_unpacked", words)]
            names = {part.filename for part in parts}
            if _MAIN not in names or "[Content_Types].xml" not in names:
                return [broken]
            if _DOCUMENT not in packed.read("[Content_Types].xml") or any("vba" in name.lower() for name in names):
                words = N_("Tệp chứa macro hoặc không phải văn bản Word thường. Hãy lưu lại dạng .docx không có macro.")
                return [Problem("file", "macros", words)]
            relations = b"".join(packed.read(name) for name in sorted(names) if name.endswith(".rels"))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError, OSError):
        return [broken]
    if any(b"/hyperlink" not in found for found in _OUTSIDE.findall(relations)):
        words = N_("Tệp .docx lấy ảnh hoặc mẫu từ địa chỉ bên ngoài. Hãy chèn hẳn vào tệp rồi tải lại.")
        return [Problem("file", "outside", words)]
    return []
