"""Whether a printed paper keeps to NĐ 30/2020/NĐ-CP annex I: `pdf_problems()` and `docx_problems()` name what does not.

They look at the finished file only: places, sizes and faces of the letters, lengths of the rules, marks at line ends.
Lengths are in points; 1 mm = 2.835 points.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from hrms.core.documents.widths import width

MM = 72 / 25.4
A4 = (210 * MM, 297 * MM)
NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
FACES = re.compile(r"TimesNewRoman|TeXGyreTermes")
NUMBER = re.compile(r"Số: (\d{2,}[a-z]?|\xa0+)/[A-ZĐƯ][A-ZĐƯr]*(-[A-ZĐƯ0-9]+)+")
DATE = re.compile(r"ngày\s(0[1-9]|[12]\d|3[01]|…)\stháng\s(0[12]|[3-9]|1[0-2]|…)\snăm\s(\d{4}|…)")
SLACK = 1.5


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one face and size: where they begin, on which baseline (points from the lower left corner)."""

    text: str
    x: float
    y: float
    face: str
    size: float

    @property
    def bold(self) -> bool:
        """Say whether the face is bold."""
        return "Bold" in self.face

    @property
    def italic(self) -> bool:
        """Say whether the face is slanted."""
        return "Italic" in self.face

    @property
    def end(self) -> float:
        """Return where the letters end, by the widths of the face."""
        return self.x + width(self.text, self.size, bold=self.bold)

    @property
    def middle(self) -> float:
        """Return the middle of the letters."""
        return (self.x + self.end) / 2


@dataclass(slots=True)
class Sheet:
    """One page: its size, its letters from top to bottom, the horizontal rules as (x, y, length)."""

    wide: float
    high: float
    runs: list[Run] = field(default_factory=list)
    rules: list[tuple[float, float, float]] = field(default_factory=list)

    def find(self, pattern: str) -> list[Run]:
        """Return the runs whose whole text is of the pattern."""
        return [run for run in self.runs if re.fullmatch(pattern, run.text, re.DOTALL)]

    def rule_under(self, run: Run, before: float) -> float | None:
        """Return the length of the rule under a run and above `before`."""
        found = [r for r in self.rules if before < r[1] < run.y and r[0] <= run.middle <= r[0] + r[2]]
        return found[0][2] if found else None

    @property
    def text(self) -> str:
        """Return all the letters."""
        return " ".join(run.text for run in self.runs)


def sheets(pdf: bytes) -> list[Sheet]:
    """Return the pages of a PDF."""
    found = []
    for page in PdfReader(io.BytesIO(pdf)).pages:
        sheet = Sheet(float(page.mediabox.width), float(page.mediabox.height))
        begun: list[tuple[float, float]] = []

        def letters(text: str, cm: Any, tm: Any, face: Any, size: float, sheet: Sheet = sheet) -> None:
            shown = text.strip("\n ")
            if shown:
                # A blank in front may be the reader's own, between two cells: the place is that of the letters.
                sheet.runs.append(Run(shown, cm[4] + tm[4], cm[5] + tm[5], str(face["/BaseFont"]), float(size)))

        def lines(operator: bytes, arguments: Any, cm: Any, _tm: Any, sheet: Sheet = sheet, begun: Any = begun) -> None:
            if operator in {b"m", b"l"}:
                x, y = (float(a) for a in arguments)
                point = (cm[0] * x + cm[2] * y + cm[4], cm[1] * x + cm[3] * y + cm[5])
                if operator == b"l" and begun and abs(begun[-1][1] - point[1]) < 0.1:
                    start, end = sorted((begun[-1][0], point[0]))
                    sheet.rules.append((start, point[1], end - start))
                begun.append(point)

        page.extract_text(visitor_text=letters, visitor_operand_before=lines)
        found.append(sheet)
    return found


def pdf_problems(pdf: bytes) -> list[str]:
    """Return what is wrong with the layout of a PDF of one or more papers, each problem with its page."""
    said: list[str] = []
    number = 0
    for place, sheet in enumerate(sheets(pdf), 1):
        first = bool(sheet.find(re.escape(NATION)))
        annexed = any(re.match("(Phụ lục|Danh sách)", run.text) and run.bold for run in sheet.runs[:1])
        number = 1 if first or annexed else number + 1
        problems = [*_page(sheet, number), *(_first_page(sheet) if first else ())]
        said += [f"page {place}: {problem}" for problem in problems]
    return [*said, *_faces(pdf)]


def _faces(pdf: bytes) -> Iterator[str]:
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for face in (page["/Resources"].get("/Font") or {}).values():
            below = face.get_object()["/DescendantFonts"][0].get_object()
            name, descriptor = str(below["/BaseFont"]), below["/FontDescriptor"].get_object()
            if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor):
                yield f"{name} is not embedded"
            if not FACES.search(name):
                yield f"{name} is not Times New Roman or a face of its widths"


def _page(sheet: Sheet, number: int) -> Iterator[str]:
    size = sorted((sheet.wide, sheet.high))
    if any(abs(a - b) > 1 for a, b in zip(size, A4, strict=True)):
        yield f"{sheet.wide:.0f} × {sheet.high:.0f} is not A4"
    top = sheet.high - 20 * MM
    numbers = [run for run in sheet.runs if run.y > top]
    if number == 1 and numbers:
        yield "the first page shows a number"
    if number > 1:
        if [run.text for run in numbers] != [str(number)]:
            yield f"page number {number} is missing: {[run.text for run in numbers]}"
        for run in numbers:
            middle = (30 * MM + sheet.wide - 15 * MM) / 2
            if not 13 <= run.size <= 14 or run.bold or run.italic or abs(run.middle - middle) > SLACK:
                yield f"the page number is {run.size} {run.face}, its middle at {run.middle:.0f}, not {middle:.0f}"
    for run in (run for run in sheet.runs if run.y <= top):
        # The blanks of a justified line may be narrower than those that were added up.
        if run.x < 30 * MM - SLACK or run.end > sheet.wide - 15 * MM + 4 * MM:
            yield f"“{run.text[:40]}” stands from {run.x:.0f} to {run.end:.0f}, outside the sides"
        if run.y + run.size * 0.7 > top or run.y < 20 * MM - SLACK:
            yield f"“{run.text[:40]}” stands in the upper or lower margin"


def _first_page(sheet: Sheet) -> Iterator[str]:
    nation, motto = sheet.find(re.escape(NATION))[0], sheet.find(re.escape(MOTTO))
    half = nation.x - 2
    if nation is not max(sheet.runs, key=lambda run: (run.y, run.x)):
        yield "the nation's name is not top right"
    yield from _look(nation, (12, 13), bold=True)
    if not motto or not 0 < nation.y - motto[0].y < 20 or abs(motto[0].middle - nation.middle) > SLACK:
        yield "the motto is not centred under the nation's name"
        return
    yield from _look(motto[0], (13, 14), bold=True)
    under = sheet.rule_under(motto[0], motto[0].y - 9)
    if under is None or abs(under - (motto[0].end - motto[0].x)) > SLACK:
        yield f"the rule under the motto is {under} long"
    agency = [run for run in sheet.runs if run.end < half and run.y > motto[0].y - 40 and run.text.isupper()]
    names = [run for run in agency if run.bold]
    if not names:
        yield "the agency is missing"
        return
    for run in agency:
        yield from _look(run, (12, 13), bold=run.bold)
    if any(run.bold and other.y < run.y and not other.bold for run in agency for other in agency):
        yield "the superior agency stands under the agency"
    yield from _share(sheet, names, "the agency")
    yield from _reference(sheet, names, nation)
    yield from _kind(sheet)
    yield from _body(sheet)
    yield from _foot(sheet)


def _look(run: Run, sizes: tuple[float, float], *, bold: bool = False, italic: bool = False) -> Iterator[str]:
    if not sizes[0] <= run.size <= sizes[1] or run.bold != bold or run.italic != italic:
        yield f"“{run.text[:40]}” is {run.size} {run.face}"


def _share(sheet: Sheet, lines: list[Run], what: str) -> Iterator[str]:
    last = min(lines, key=lambda run: run.y)
    longest = max(run.end - run.x for run in lines)
    under = sheet.rule_under(last, last.y - 14)
    if under is None or not longest / 3 - SLACK <= under <= longest / 2 + SLACK:
        yield f"the rule under {what} is {under} long, {what} {longest:.0f}"


def _reference(sheet: Sheet, names: list[Run], nation: Run) -> Iterator[str]:
    numbers = [run for run in sheet.runs if run.text.startswith("Số:")]
    dates = [run for run in sheet.runs if DATE.search(run.text) and run.italic and run.x > nation.x - 20 * MM]
    for run in numbers:
        if not NUMBER.fullmatch(run.text):
            yield f"“{run.text}” is no number and symbol"
        yield from _look(run, (13, 13))
        if abs(run.middle - names[0].middle) > SLACK or run.y > min(name.y for name in names):
            yield "the number is not centred under the agency"
    if numbers and not dates:
        yield "the date is missing or not written as it must be"
    for run in dates[:1]:
        yield from _look(run, (13, 14), italic=True)
        if (numbers and abs(run.y - numbers[0].y) > 20) or abs(run.middle - nation.middle) > 8:
            yield "the place and date are not beside the number, centred under the motto"


def _kind(sheet: Sheet) -> Iterator[str]:
    middle = (30 * MM + sheet.wide - 15 * MM) / 2
    # A long line is shorter than its letters by the pairs that stand closer: its end is an estimate.
    centred = [
        run
        for run in sheet.runs
        if abs(run.middle - middle) < max(SLACK, (run.end - run.x) / 100) and run.bold and not run.text.endswith(":")
    ]
    if not centred:
        if not any(run.text.startswith("V/v") and 12 <= run.size <= 13 and not run.bold for run in sheet.runs):
            yield "neither the kind of paper nor “V/v” is there"
        return
    kind, *rest = sorted(centred, key=lambda run: -run.y)
    yield from _look(kind, (13, 14), bold=True)
    if not kind.text.isupper():
        yield "the kind of paper is not in capitals"
    summary = [run for run in rest if not run.text.isupper() and run.y > kind.y - 60]
    for run in summary:
        yield from _look(run, (13, 14), bold=True)
    if summary:
        yield from _share(sheet, summary, "the summary")


def _body(sheet: Sheet) -> Iterator[str]:
    text = [run for run in sheet.runs if run.size >= 13]
    grounds = [run for run in text if run.italic and run.y < sheet.high - 60 * MM and run.x < 60 * MM]
    whole = "\n".join(run.text for run in grounds)
    starts = re.findall(r"(?:^|\n)((?:Căn cứ|Theo đề nghị).*?)(?=\n(?:Căn cứ|Theo đề nghị)|\Z)", whole, re.DOTALL)
    for place, ground in enumerate(starts, 1):
        if not ground.endswith("." if place == len(starts) else ";"):
            yield f"“{ground[-30:]}” ends with another mark"
    for run in sheet.find(r"Điều \d+\."):
        yield from _look(run, (13, 14), bold=True)
        if not (abs(run.x - 40 * MM) < SLACK or abs(run.x - 42.7 * MM) < SLACK):
            yield f"“{run.text}” begins at {run.x:.0f}"
    prose = [run for run in text if run.x < 43 * MM + SLACK and not run.bold and run.end > sheet.wide - 40 * MM]
    for one, other in pairwise(sorted({run.y for run in prose}, reverse=True)):
        step = one - other
        if step < 1.15 * 13 or (step > 1.5 * 1.15 * 14 and step < 28):
            yield f"lines of the body are {step:.1f} apart"


def _foot(sheet: Sheet) -> Iterator[str]:
    noted = sheet.find("Nơi nhận:")
    if not noted:
        return
    yield from _look(noted[0], (12, 12), bold=True, italic=True)
    listed = [run for run in sheet.runs if run.text.startswith("- ") and run.y < noted[0].y and run.x < 31 * MM]
    for run in listed:
        yield from _look(run, (11, 11))
    if listed and (not listed[-1].text.endswith(".") or not all(run.text.endswith(";") for run in listed[:-1])):
        yield "the recipients end with other marks"
    if not any(run.text.startswith("- Lưu: VT") for run in listed):
        yield "“Lưu: VT” is missing"
    signed = [run for run in sheet.runs if run.bold and run.x > sheet.wide / 2 - 20 and run.y < noted[0].y + 4]
    heads, names = [run for run in signed if run.text.isupper()], [run for run in signed if not run.text.isupper()]
    for run in signed:
        yield from _look(run, (13, 14), bold=True)
    if not heads or abs(heads[0].y - noted[0].y) > 4:
        yield "the signer's title does not stand beside the recipients"
    if names and heads and abs(names[0].middle - heads[0].middle) > SLACK:
        yield "the signer's name is not centred under the title"
    if names and heads and heads[-1].y - names[0].y < 15 * MM:
        yield "there is no room for a signature"
    body = [run.text for run in sheet.runs if run.y > noted[0].y + 4 and run.size >= 13]
    if body and not body[-1].endswith("./."):
        yield f"the body ends in “{body[-1][-20:]}”, not “./.”"


def docx_problems(content: bytes) -> list[str]:
    """Return what is wrong with the layout of a Word file: page, margins, faces, sizes, page numbers."""
    document = Document(io.BytesIO(content))
    said = []
    for section in document.sections:
        sides = sorted((section.page_width.mm, section.page_height.mm))
        if [round(side) for side in sides] != [210, 297]:
            said.append(f"{sides} is not A4")
        for name, low, high in (
            ("top_margin", 20, 25), ("bottom_margin", 20, 25), ("left_margin", 30, 35), ("right_margin", 15, 20),
        ):  # fmt: skip
            if not low <= round(getattr(section, name).mm, 1) <= high:
                said.append(f"{name} is {getattr(section, name).mm:.1f} mm")
        if not section.different_first_page_header_footer:
            said.append("the first page shows a number")
        start = section._sectPr.find(qn("w:pgNumType"))
        if start is None or start.get(qn("w:start")) != "1":
            said.append("a part does not count its pages from 1")
    header = document.sections[0].header.paragraphs[0]
    if "PAGE" not in "".join(part.text or "" for part in header._p.iter(qn("w:instrText"))):
        said.append("there is no page number")
    if header.alignment != 1 or not 13 <= header.runs[0].font.size.pt <= 14:
        said.append("the page number is not centred, 13 to 14")
    faces = {str(e.get(qn("w:ascii"))) for e in document.element.body.iter(qn("w:rFonts"))}
    faces.add(document.styles["Normal"].font.name)
    if faces - {"Times New Roman"}:
        said.append(f"other faces: {faces}")
    return [*said, *_word_looks(document)]


LOOKS: dict[str, tuple[float, float, bool, bool]] = {
    re.escape(NATION): (12, 13, True, False),
    re.escape(MOTTO): (13, 14, True, False),
    r"Số: .*": (13, 13, False, False),
    r"[^,]+, ngày\s.*": (13, 14, False, True),
    r"(QUYẾT ĐỊNH|TỜ TRÌNH|THÔNG BÁO|PHIẾU KIỂM TRA)": (13, 14, True, False),
    r"(Căn cứ|Theo đề nghị) .*": (13, 14, False, True),
    r"QUYẾT ĐỊNH:": (13, 14, True, False),
    r"Điều \d+\.": (13, 14, True, False),
    r"Nơi nhận:": (12, 12, True, True),
    r"- (Lưu: |Như ).*": (11, 11, False, False),
    r"(TM\.|Q\.|KT\.|TL\.|TUQ\.) [^a-z]+": (13, 14, True, False),
    r"Phụ lục( [IVX]+)?": (14, 14, True, False),
    r"\(Kèm theo .*\)": (13, 14, False, True),
}
"""What a run of a Word file says → least and greatest size, bold, slanted."""


def _word_looks(document: Any) -> Iterator[str]:
    for run in document.element.body.iter(qn("w:r")):
        text = "".join(part.text or "" for part in run.iter(qn("w:t"))).strip()
        looks = next((look for pattern, look in LOOKS.items() if re.fullmatch(pattern, text, re.DOTALL)), None)
        if looks is None:
            continue
        properties = run.find(qn("w:rPr"))
        size = properties.find(qn("w:sz"))
        points = int(size.get(qn("w:val"))) / 2 if size is not None else 14
        bold, italic = (properties.find(qn(name)) is not None for name in ("w:b", "w:i"))
        if not looks[0] <= points <= looks[1] or (bold, italic) != looks[2:]:
            yield f"“{text[:40]}” is {points} bold={bold} italic={italic}"
