"""Text files with separated cells: which encoding, which separator, and the rows one after another."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hrms.core.text import fold
from hrms.imports.reading import refusals

_SAMPLE = 256 * 1024
_SEPARATORS = ",;\t|"
_MAX_CELL = 131_072
# Excel writes the separator on a first line of its own when asked to.
_SEPARATOR_LINE = re.compile(r"\ufeff?sep=(.?)", re.IGNORECASE)
_LEGACY_MARKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    # How “họ và tên”, “ngày”, “Nguyễn”, “đơn vị” look when the old one-byte fonts are read as Latin.
    ("TCVN3 (.VnTime)", ("tªn", "ngµy", "nguyôn", "trçn", "®¬n v", "giíi", "hä vµ", "chøc v", "n÷")),
    ("VNI (VNI-Times)", ("teân", "ngaøy", "nguyeãn", "traàn", "ñôn vò", "giôùi", "hoï vaø", "chöùc", "nöõ")),
)
_COMMON_WORDS = frozenset({
    "ho", "ten", "ngay", "sinh", "nam", "nu", "nguyen", "tran", "le", "pham", "hoang", "don", "vi", "co", "quan",
    "chuc", "vu", "so", "hieu", "gioi", "tinh", "dan", "toc", "can", "cuoc", "luong", "he", "bac", "ngach", "ma",
    "ghi", "chu", "tt", "stt",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text file is written."""

    encoding: str
    separator: str


def legacy_font(text: str) -> str | None:
    """Return the name of the pre-Unicode Vietnamese font `text` was typed in, or None."""
    lowered = text.lower()
    for name, marks in _LEGACY_MARKS:
        if sum(mark in lowered for mark in marks) >= 2:
            return name
    return None


def recognise(path: Path) -> Dialect:
    """Return encoding and separator of a text file. Raises UnreadableFile for an unknown or outdated encoding."""
    encoding = _encoding(path)
    with path.open("rb") as stream:
        sample = stream.read(_SAMPLE)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    return Dialect(encoding, _separator(text))


def read_rows(path: Path, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """Yield (number of the row as a spreadsheet would show it, from 1; cells in NFC); wholly empty rows are left out.

    Raises UnreadableFile where a quote is never closed or a cell is longer than 131.072 characters.
    """
    compose = unicodedata.normalize
    csv.field_size_limit(_MAX_CELL)
    number = 0
    with path.open(encoding=dialect.encoding, newline="") as stream:
        reader = csv.reader(_without_nul(stream), delimiter=dialect.separator, strict=True)
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise refusals.broken_delimited(number) from error
            except UnicodeDecodeError as error:
                raise refusals.unknown_encoding() from error
            if any(cells) and not (number == 1 and _SEPARATOR_LINE.match(",".join(cells))):
                text = "\x1f".join(cells)
                yield number, (cells if text.isascii() else compose("NFC", text).split("\x1f"))


def _without_nul(stream: Iterator[str]) -> Iterator[str]:
    for text in stream:
        yield text.replace("\x00", "").replace("\x1f", " ") if "\x00" in text or "\x1f" in text else text


def _encoding(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith(codecs.BOM_UTF8):
        return _checked(path, "utf-8-sig")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked(path, "utf-16")
    if head.count(0) > len(head) * 0.1:
        return _checked(path, "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be")
    if _decodes(path, "utf-8"):
        return "utf-8"
    with path.open("rb") as stream:
        sample = stream.read(_SAMPLE)
    if font := legacy_font(sample.decode("cp1252", "replace")):
        raise refusals.legacy_font(font)
    if not _decodes(path, "cp1258") or not _looks_vietnamese(sample.decode("cp1258", "replace")):
        raise refusals.unknown_encoding()
    return "cp1258"


def _checked(path: Path, encoding: str) -> str:
    if not _decodes(path, encoding):
        raise refusals.unknown_encoding()
    return encoding


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as stream:
            while piece := stream.read(1024 * 1024):
                decoder.decode(piece)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _looks_vietnamese(text: str) -> bool:
    words = fold(unicodedata.normalize("NFC", text[:20_000])).split()
    known = sum(word in _COMMON_WORDS for word in words)
    return known >= max(2, len(words) // 200)


def _separator(text: str) -> str:
    """Return the separator that parts most lines into the same, largest number of cells."""
    if (stated := _SEPARATOR_LINE.match(text)) and stated[1] in _SEPARATORS:
        return stated[1]
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    best, best_score = ",", 0.0
    for separator in _SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=separator) if row]
        except csv.Error:
            continue
        wide = [width for width in widths if width > 1]
        if not wide:
            continue
        usual = max(set(wide), key=wide.count)
        score = wide.count(usual) / len(widths) * min(usual, 50) ** 0.5
        if score > best_score:
            best, best_score = separator, score
    return best
