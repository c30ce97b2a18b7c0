"""An official paper as a value: what NĐ 30/2020/NĐ-CP annex I asks for, and how its fixed lines are written.

A paper holds text; both printers (`typst/layout.typ`, `word.py`) set the lines that `lines()`
makes and decide nothing themselves, so that the PDF and the Word file say the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from hrms.core.documents.widths import even_lines, rule

_UNPRINTABLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe\uffff]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_BLANK = "\u00a0" * 5
"""Where văn thư writes the number; kept together with the slash that follows."""
_UNKNOWN = "…"
_LEFT, _WHOLE = 187, 460
"""Room in points of the left half of the masthead, and of a line of the body."""


class Printable(Protocol):
    """What a template sets: a paper, or something with a layout of its own, as lines fit for JSON."""

    def lines(self) -> dict[str, Any]:
        """Return every line as it is printed: plain text in plain lists and dictionaries."""
        ...


class Capacity(StrEnum):
    """In whose name somebody signs (annex I, part I, section II, 7b)."""

    OWN = ""
    ON_BEHALF = "TM."
    ACTING = "Q."
    FOR_HEAD = "KT."
    BY_ORDER = "TL."
    BY_AUTHORITY = "TUQ."


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs: “KT. GIÁM ĐỐC / PHÓ GIÁM ĐỐC / Trần Thị B” is `Signing("Phó Giám đốc", "Trần Thị B", KT, "Giám đốc")`.

    `instead_of` is the post or the body the capacity is about; without it the capacity stands before `title`
    (“Q. GIÁM ĐỐC”). `name` is written without academic titles.
    """

    title: str
    name: str = ""
    capacity: Capacity = Capacity.OWN
    instead_of: str = ""

    def lines(self) -> dict[str, Any]:
        """Return the heading lines in capitals and the name."""
        heads = [self.instead_of, self.title] if self.instead_of else [self.title]
        capitals = [clean(head).upper() for head in heads if head]
        if self.capacity and capitals:
            capitals[0] = f"{self.capacity} {capitals[0]}"
        return {"heads": capitals, "name": clean(self.name)}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its header, its share of the width, and where its text stands (left, center, right)."""

    label: str
    share: float = 1
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """A list or a sheet; its header is repeated on every page. `size` is the height of the letters in points."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    size: float = 12

    def lines(self) -> dict[str, Any]:
        """Return columns and rows as text, each row as long as the header."""
        width = len(self.columns)
        return {
            "caption": clean(self.caption),
            "size": self.size,
            "columns": [{"label": clean(c.label), "share": c.share, "align": c.align} for c in self.columns],
            "rows": [[_text(row[place]) if place < len(row) else "" for place in range(width)] for row in self.rows],
        }


@dataclass(frozen=True, slots=True)
class Article:
    """One “Điều”: its paragraphs, the first on the line of its number; `title`, if any, is bold on that line."""

    paragraphs: Sequence[str]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Annex:
    """A sheet that goes with a paper: it starts a page and counts its own pages (annex I, part I, section III, 1đ).

    `heading` is “Phụ lục” (numbered in Roman figures when there are several) or “Danh sách” and the like, unnumbered.
    """

    title: str
    tables: Sequence[Table] = ()
    paragraphs: Sequence[str] = ()
    heading: str = "Phụ lục"
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A decision, a submission, a notice, a letter, a sheet.

    - `kind_name`: “Quyết định”, printed in capitals; "" makes it a letter (công văn), whose summary follows “V/v”.
    - `symbol`: “QĐ-SNV”, what follows the slash. `number`: None until văn thư gives one; figures below 10 get a 0.
    - `issued_on`: None while it is drafted; `year` may then be known already.
    - `authority`: who decides, in capitals above the grounds (“Giám đốc Sở Nội vụ”); `grounds`: each căn cứ without its
      closing mark; `enacting`: “Quyết định:”, printed in capitals.
    - `paragraphs` come before, `articles` after the enacting line; then `tables`, then `closing`. The last line of all
      this ends in “./.”.
    - `addressees`: who is asked (“Kính gửi”). `recipients`: each line of “Nơi nhận” without dash and mark; `kept`: what
      follows “Lưu:”. `beside`: a second signature in the place of the recipients, on working sheets.
    - `wide`: the sheet itself is landscape, for tables that are no annex.
    - `mark`: “Dự thảo”, in capitals under the number; nothing on a paper that is signed.
    - `issuer_in_words`: how annexes name the issuer (“Giám đốc Sở Nội vụ”); the issuing agency when empty.
    """

    summary: str
    issuing_agency: str
    symbol: str = ""
    kind_name: str = ""
    superior_agency: str = ""
    number: int | str | None = None
    place: str = ""
    issued_on: date | None = None
    year: int | None = None
    authority: str = ""
    grounds: Sequence[str] = ()
    enacting: str = ""
    addressees: Sequence[str] = ()
    paragraphs: Sequence[str] = ()
    articles: Sequence[Article] = ()
    tables: Sequence[Table] = ()
    closing: Sequence[str] = ()
    signing: Signing | None = None
    beside: Signing | None = None
    recipients: Sequence[str] = ()
    kept: str = ""
    annexes: Sequence[Annex] = ()
    wide: bool = False
    issuer_in_words: str = ""
    mark: str = ""
    language: str = field(default="vi")

    def number_line(self) -> str:
        """Return “Số: 05/QĐ-SNV”, the number left blank until there is one; "" for a sheet without a symbol."""
        return f"Số: {self._reference()}" if self.symbol else ""

    def date_line(self) -> str:
        """Return “An Giang, ngày 05 tháng 01 năm 2027”; "" for a sheet without a place."""
        # A long place may stand alone on its line; a date is never broken.
        day = date_in_words(self.issued_on, self.year).replace(" ", "\u00a0")
        return f"{clean(self.place)}, {day}" if self.place else ""

    def _reference(self) -> str:
        number = "" if self.number is None else clean(str(self.number))
        return f"{number.zfill(2) if number.isdigit() else number or _BLANK}/{clean(self.symbol)}"

    def lines(self) -> dict[str, Any]:
        """Return every line as it is printed: plain text in plain lists and dictionaries, fit for JSON."""
        agency = even_lines(clean(self.issuing_agency).upper(), 12, _LEFT, bold=True)
        kind = clean(self.kind_name)
        summary = clean(self.summary)
        if kind:
            summary = even_lines(summary, 14, _WHOLE * 0.85, bold=True)
        else:
            summary = even_lines(f"V/v {summary.removeprefix('V/v ')}", 12, _LEFT * 0.9)
        return {
            "language": self.language,
            "superior": even_lines(clean(self.superior_agency).upper(), 12, _LEFT),
            "agency": agency,
            "agency_rule": rule(agency, 12, part=0.42, room=_LEFT),
            "number": self.number_line(),
            "date": self.date_line(),
            "mark": clean(self.mark).upper(),
            "kind": kind.upper(),
            "summary": summary,
            "summary_rule": rule(summary, 14, part=0.4, room=_WHOLE),
            "addressees": _listed([clean(each) for each in self.addressees]),
            "authority": clean(self.authority).upper(),
            "grounds": _listed([clean(ground) for ground in self.grounds]),
            "enacting": clean(self.enacting).upper(),
            **self._body(),
            "signing": self.signing.lines() if self.signing else None,
            "beside": self.beside.lines() if self.beside else None,
            "recipients": self._recipients(),
            "wide": self.wide,
            "annexes": [self._annex(place, annex) for place, annex in enumerate(self.annexes)],
        }

    def _body(self) -> dict[str, Any]:
        opening, closing = _paragraphs(self.paragraphs), _paragraphs(self.closing)
        articles: list[dict[str, Any]] = []
        for place, article in enumerate(self.articles, 1):
            first, *rest = _paragraphs(article.paragraphs) or [""]
            articles.append({"label": f"Điều {place}.", "title": clean(article.title), "first": first, "rest": rest})
        if closing:
            closing[-1] = _ended(closing[-1])
        elif articles and not self.tables:
            last = articles[-1]
            if last["rest"]:
                last["rest"][-1] = _ended(last["rest"][-1])
            else:
                last["first"] = _ended(last["first"])
        elif opening and not articles and not self.tables:
            opening[-1] = _ended(opening[-1])
        return {
            "paragraphs": opening,
            "articles": articles,
            "tables": [table.lines() for table in self.tables],
            "closing": closing,
        }

    def _recipients(self) -> list[str]:
        kept = [f"Lưu: {clean(self.kept)}"] if self.kept else []
        return [f"- {line}" for line in _listed([*(clean(each) for each in self.recipients), *kept])]

    def _annex(self, place: int, annex: Annex) -> dict[str, Any]:
        heading = clean(annex.heading)
        same = [other for other in self.annexes if clean(other.heading) == "Phụ lục"]
        if heading == "Phụ lục" and len(same) > 1:
            heading = f"Phụ lục {_roman(1 + sum(clean(other.heading) == 'Phụ lục' for other in self.annexes[:place]))}"
        issuer = clean(self.issuer_in_words or self.issuing_agency)
        reference = f"số {self._reference()} {date_in_words(self.issued_on, self.year)} của {issuer}"
        return {
            "heading": heading,
            "title": clean(annex.title).upper(),
            "reference": f"(Kèm theo {clean(self.kind_name) or 'Công văn'} {reference})" if self.symbol else "",
            "paragraphs": _paragraphs(annex.paragraphs),
            "tables": [table.lines() for table in annex.tables],
            "wide": annex.landscape,
        }


def date_in_words(day: date | None, year: int | None = None) -> str:
    """Return “ngày 05 tháng 01 năm 2027”: days below 10 and the months 1 and 2 with a zero; dots for what is open."""
    if day is None:
        return f"ngày {_UNKNOWN} tháng {_UNKNOWN} năm {year or _UNKNOWN}"
    return f"ngày {day.day:02} tháng {f'{day.month:02}' if day.month < 3 else day.month} năm {day.year}"


def clean(text: str) -> str:
    """Return `text` in NFC on one line, without what no printer can set."""
    return " ".join(_text(text).split(" ")).replace("\n", " ").strip()


def _text(text: str) -> str:
    """Return `text` in NFC; its own line breaks stay, everything else that is no letter becomes a blank or nothing."""
    whole = _SURROGATES.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    whole = unicodedata.normalize("NFC", _UNPRINTABLE.sub("", whole))
    # The printers break lines at \n alone; a separator of another kind would be set as a box.
    return re.sub(" {2,}", " ", re.sub("[\u2028\u2029]", "\n", whole)).strip(" \n")


def _paragraphs(texts: Sequence[str]) -> list[str]:
    """Return the paragraphs; a line break within a text begins another."""
    return [line for text in texts for line in map(str.strip, _text(text).split("\n")) if line]


def _listed(texts: Sequence[str]) -> list[str]:
    """Return the lines with “;” after each and “.” after the last."""
    bare = [text.rstrip(" ;.,") for text in texts]
    return [f"{line};" for line in bare[:-1]] + [f"{line}." for line in bare[-1:]]


def _ended(text: str) -> str:
    """Return the last line of a body with its closing mark “./.”."""
    return f"{text.removesuffix('./.').rstrip(' ;.')}./."


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        while number >= value:
            written += letters
            number -= value
    return written
