"""Which field a header means: the synonyms of `fields`, compared without case, accents, spaces and decoration."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache

from hrms.core.text import fold
from hrms.imports.reading.field import Field, SheetKind
from hrms.imports.reading.fields import IGNORED_HEADERS, SHEETS

SEPARATOR = " / "
"""Between the lines of a header: “Phụ cấp / Chức vụ”."""

_PARENTHESES = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_ENUMERATOR = re.compile(r"^\(?\d{1,2}(?:\.\d)?[.):]+\s*|^[IVXLC]+[.)]\s+|\s*\*+$")
# Under these groups a plain “Hệ số” or “Từ ngày” is not the person's current one.
_FOREIGN_GROUPS = re.compile(r"\b(de nghi|du kien|dang ky|vo|chong|cha|me|con|gia dinh|quy hoach|cu|truoc)\b")


@dataclass(frozen=True, slots=True)
class Match:
    """What a header means and how sure that is (0 to 1). `field` None with confidence 1: known, nothing to import."""

    field: Field | None
    confidence: float


class Lexicon:
    """The headers of one kind of sheet."""

    def __init__(self, sheet: SheetKind) -> None:
        self.sheet = sheet
        self._words: dict[str, Field | None] = {}
        self._squeezed: dict[str, Field | None] = {}
        for field in sheet.fields:
            for header in field.headers:
                self._words.setdefault(fold(header), field)
        for header in IGNORED_HEADERS:
            self._words.setdefault(fold(header), None)
        for words, meant in self._words.items():
            self._squeezed.setdefault(words.replace(" ", ""), meant)

    def knows(self, text: str) -> bool:
        """Say whether one line of a header is a header of this sheet, exactly or but for decoration."""
        return any(form in self._words or form.replace(" ", "") in self._squeezed for form in _forms(text))

    def match(self, path: str) -> Match | None:
        """Return what the header path means, or None when nothing fits."""
        parts = path.split(SEPARATOR)
        for text, confidence in _readings(parts):
            for form in _forms(text):
                if form in self._words:
                    return self._judged(self._words[form], parts, text, confidence)
                if (squeezed := form.replace(" ", "")) in self._squeezed:
                    return self._judged(self._squeezed[squeezed], parts, text, confidence - 0.05)
        return self._near(fold(path))

    def _judged(self, field: Field | None, parts: list[str], text: str, confidence: float) -> Match | None:
        if len(parts) == 1 or text != parts[-1]:
            return Match(field, confidence)
        groups = fold(" ".join(parts[:-1]))
        if _FOREIGN_GROUPS.search(groups):
            return None
        if "phu cap" in groups and field is not None and "allowance" not in field.fact and "beyond" not in field.key:
            return None
        return Match(field, confidence)

    def _near(self, words: str) -> Match | None:
        if len(words) < 6:
            return None
        close = difflib.get_close_matches(words, self._words, n=1, cutoff=0.88)
        return Match(self._words[close[0]], 0.6) if close else None


def _readings(parts: list[str]) -> list[tuple[str, float]]:
    """Return the texts a header path can be read as, surest first: the whole, then its last line, then its first."""
    if len(parts) == 1:
        return [(parts[0], 1.0)]
    whole = " ".join(parts)
    return [(whole, 1.0), *((" ".join(parts[n:]), 0.9) for n in range(1, len(parts) - 1)), (parts[-1], 0.85)]


def _forms(text: str) -> list[str]:
    """Return the folded text, then without brackets, without numbering, without both."""
    plain = _PARENTHESES.sub(" ", text) if "(" in text or "[" in text else text
    bare = _ENUMERATOR.sub("", text.strip())
    # Most texts have neither, and are folded once: a sheet's first sixty rows are all looked through for a header.
    written = dict.fromkeys((text, plain, bare, bare if plain is text else _ENUMERATOR.sub("", plain.strip())))
    return list(dict.fromkeys(folded for form in written if (folded := fold(form))))


@cache
def lexicon(key: str) -> Lexicon:
    """Return the lexicon of the kind of sheet with that key."""
    return Lexicon(SHEETS[key])


@cache
def sheet_names() -> dict[str, str]:
    """Return folded sheet name → key of the kind of sheet."""
    names: dict[str, str] = {}
    for sheet in SHEETS.values():
        for name in (sheet.label_vi, sheet.label_en, *sheet.names):
            names.setdefault(fold(name).replace(" ", ""), sheet.key)
    return names
