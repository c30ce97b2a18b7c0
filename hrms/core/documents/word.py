"""The built-in Word template: made here rather than kept as a file, so that every size and margin can be read.

It is a plain document with Jinja's marks in its text, which opens in Word as any other: an administrator downloads it,
changes it there and uploads it as a template of their own. Sizes are those of NĐ 30/2020/NĐ-CP annex I, as in
`typst/layout.typ`.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from hrms.core.documents.widths import RULE

FONT = "Times New Roman"
MASTHEAD = (67, 98)
"""Widths in mm of the agency's half and the nation's half."""
_INDENT = Mm(12.7)


@dataclass(frozen=True, slots=True)
class _Look:
    size: float = 14
    bold: bool = False
    italic: bool = False
    underline: bool = False


@lru_cache(maxsize=1)
def built_in() -> bytes:
    """Return the template as a .docx file."""
    document = Document()
    _set_up(document)
    _Writer(document).write()
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _set_up(document: Any) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(14)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), FONT)
    for theme in ("asciiTheme", "hAnsiTheme", "cstheme", "eastAsiaTheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    normal.element.rPr.append(language)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance, section.footer_distance = Mm(9), Mm(9)
    section.different_first_page_header_footer = True
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")
    columns = section._sectPr.find(qn("w:cols"))  # noqa: SLF001 - python-docx has no word for it
    columns.addprevious(start) if columns is not None else section._sectPr.append(start)  # noqa: SLF001 - the same
    header = section.header
    header.is_linked_to_previous = section.first_page_header.is_linked_to_previous = False
    number = header.paragraphs[0]
    number.alignment = ALIGN.CENTER
    run = number.add_run()
    run.font.size = Pt(13)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)  # noqa: SLF001 - fields have no word either


class _Writer:
    def __init__(self, document: Any) -> None:
        self.document = document
        self.box: Any = document

    def write(self) -> None:
        self.mark("for paper in papers")
        self.masthead()
        self.title()
        self.body()
        self.foot()
        self.section_end("paper.wide")
        self.mark("for annex in paper.annexes")
        self.annex()
        self.section_end("annex.wide")
        self.mark("endfor")
        self.mark("endfor")

    # Parts of a paragraph

    def mark(self, statement: str) -> None:
        """A paragraph that is only a statement: it leaves nothing behind."""
        self.box.add_paragraph(f"{{%p {statement} %}}")

    def line(
        self, text: str, look: _Look = _Look(), align: Any = ALIGN.CENTER, before: float = 0, after: float = 0
    ) -> Any:
        paragraph = self.box.add_paragraph()
        self.run(paragraph, text, look)
        paragraph.alignment = align
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)
        # The mark at its end is as high as its letters: a line of small ones would be a high line.
        properties = OxmlElement("w:rPr")
        size = OxmlElement("w:sz")
        size.set(qn("w:val"), str(round(2 * look.size)))
        properties.append(size)
        paragraph._p.get_or_add_pPr().append(properties)  # noqa: SLF001 - python-docx has no word for it
        return paragraph

    @staticmethod
    def run(paragraph: Any, text: str, look: _Look = _Look()) -> None:
        run = paragraph.add_run(text)
        run.font.size = Pt(look.size)
        run.font.bold, run.font.italic, run.font.underline = (
            look.bold or None, look.italic or None, look.underline or None,
        )  # fmt: skip

    def rule(self, text: str) -> None:
        """A line under what stands above: of letters, so that every program shows it and anybody can change it."""
        self.line(text, _Look(RULE, bold=True), after=2)

    def prose(self, text: str, look: _Look = _Look(), *, indent: bool = True) -> Any:
        paragraph = self.line(text, look, ALIGN.JUSTIFY, before=0, after=6)
        paragraph.paragraph_format.line_spacing = 1.08
        if indent:
            paragraph.paragraph_format.first_line_indent = _INDENT
        return paragraph

    def halves(self, left: float, right: float) -> tuple[Any, Any]:
        """A table of two cells without lines, which no page parts."""
        table = self.box.add_table(rows=1, cols=2)
        table.autofit = False
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        self.margins(table, 0)
        row = table.rows[0]
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)  # noqa: SLF001 - the same
        for cell, width in zip(row.cells, (left, right), strict=True):
            cell.width = Mm(width)
        for column, width in zip(table.columns, (left, right), strict=True):
            column.width = Mm(width)
        left_cell, right_cell = row.cells
        return left_cell, right_cell

    @staticmethod
    def margins(table: Any, twentieths: int) -> None:
        """Set how far text stands from the sides of its cell, in twentieths of a point."""
        margins = OxmlElement("w:tblCellMar")
        for side in ("left", "right"):
            edge = OxmlElement(f"w:{side}")
            edge.set(qn("w:w"), str(twentieths))
            edge.set(qn("w:type"), "dxa")
            margins.append(edge)
        properties = table._tbl.tblPr  # noqa: SLF001 - python-docx has no word for it
        look = properties.find(qn("w:tblLook"))
        properties.insert(len(properties) if look is None else properties.index(look), margins)

    def within(self, cell: Any) -> None:
        """Write into a cell from here on; its own first paragraph goes."""
        self.box = cell
        first = cell.paragraphs[0]._p  # noqa: SLF001 - python-docx removes nothing itself
        first.getparent().remove(first)

    # Parts of a paper

    def masthead(self) -> None:
        agency, nation = self.halves(*MASTHEAD)
        self.within(agency)
        self.mark("if paper.superior")
        self.line("{{ paper.superior }}", _Look(12))
        self.mark("endif")
        self.line("{{ paper.agency }}", _Look(12, bold=True))
        self.rule("{{ paper.agency_rule }}")
        self.within(nation)
        self.line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", _Look(12, bold=True))
        self.line("Độc lập - Tự do - Hạnh phúc", _Look(13, bold=True, underline=True))
        self.box = self.document
        gap = self.line("", _Look(2))
        gap.paragraph_format.line_spacing = Pt(4)
        number, day = self.halves(*MASTHEAD)
        self.within(number)
        self.line("{{ paper.number }}", _Look(13))
        self.mark("if not paper.kind")
        self.line("{{ paper.summary }}", _Look(12), before=6)
        self.mark("endif")
        self.mark("if paper.mark")
        self.line("{{ paper.mark }}", _Look(12, bold=True), before=6)
        self.mark("endif")
        self.within(day)
        self.line("{{ paper.date }}", _Look(13, italic=True))
        self.box = self.document

    def title(self) -> None:
        strong = _Look(14, bold=True)
        self.mark("if paper.kind")
        self.line("{{ paper.kind }}", strong, before=16)
        self.line("{{ paper.summary }}", strong)
        self.rule("{{ paper.summary_rule }}")
        self.mark("endif")
        self.mark("if paper.addressees | length == 1")
        self.line("Kính gửi: {{ paper.addressees[0][:-1] }}", before=14, after=8)
        self.mark("elif paper.addressees")
        asked = self.line("Kính gửi:", align=ALIGN.LEFT, before=14)
        asked.paragraph_format.left_indent = Mm(38)
        self.mark("for name in paper.addressees")
        asked = self.line("- {{ name }}", align=ALIGN.LEFT)
        asked.paragraph_format.left_indent = Mm(60)
        self.mark("endfor")
        self.mark("endif")

    def body(self) -> None:
        strong = _Look(14, bold=True)
        self.mark("if paper.authority")
        self.line("{{ paper.authority }}", strong, before=12, after=8)
        self.mark("else")
        self.line("", _Look(8))
        self.mark("endif")
        self.each("ground", "paper.grounds", _Look(14, italic=True))
        self.each("one", "paper.paragraphs")
        self.mark("if paper.enacting")
        self.line("{{ paper.enacting }}", strong, before=6, after=10).paragraph_format.keep_with_next = True
        self.mark("endif")
        self.mark("for article in paper.articles")
        self.mark("if article.title")
        self.prose("{{ article.label }} {{ article.title }}", strong).paragraph_format.keep_with_next = True
        self.prose("{{ article.first }}")
        self.mark("else")
        first = self.prose("{{ article.label }}", strong)
        self.run(first, " {{ article.first }}")
        self.mark("endif")
        self.each("one", "article.rest")
        self.mark("endfor")
        self.tables("paper.tables")
        self.each("one", "paper.closing")

    def each(self, name: str, of: str, look: _Look = _Look()) -> None:
        self.mark(f"for {name} in {of}")
        self.prose(f"{{{{ {name} }}}}", look)
        self.mark("endfor")

    def tables(self, of: str) -> None:
        self.mark(f"for table in {of}")
        self.mark("if table.caption")
        self.line("{{ table.caption }}", _Look(12, bold=True), ALIGN.LEFT, before=6, after=3)
        self.mark("endif")
        table = self.document.add_table(rows=4, cols=3)
        table.style = "Table Grid"
        self.margins(table, 60)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        header, start, row, end = table.rows
        repeated = OxmlElement("w:tblHeader")
        header._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001 - python-docx has no word for it
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - the same
        start.cells[0].text, end.cells[0].text = "{%tr for row in table.rows %}", "{%tr endfor %}"
        header.cells[0].text, header.cells[2].text = "{%tc for column in table.columns %}", "{%tc endfor %}"
        row.cells[0].text, row.cells[2].text = "{%tc for value in row %}", "{%tc endfor %}"
        self.within(header.cells[1])
        self.line("{{ column.label }}", _Look(12, bold=True), before=2, after=2)
        self.within(row.cells[1])
        for place, align in (("center", ALIGN.CENTER), ("right", ALIGN.RIGHT)):
            self.mark(f"{'if' if place == 'center' else 'elif'} table.columns[loop.index0].align == '{place}'")
            self.line("{{ value }}", _Look(12), align, before=2, after=2)
        self.mark("else")
        self.line("{{ value }}", _Look(12), ALIGN.LEFT, before=2, after=2)
        self.mark("endif")
        self.box = self.document
        self.line("", _Look(6))
        self.mark("endfor")

    def signature(self, who: str) -> None:
        self.mark(f"if {who}")
        self.mark(f"for head in {who}.heads")
        self.line("{{ head }}", _Look(14, bold=True))
        self.mark("endfor")
        # The place of the signature and the seal: 26 mm.
        self.line(f"{{{{ {who}.name }}}}", _Look(14, bold=True), before=74)
        self.mark("endif")

    def foot(self) -> None:
        self.line("", _Look(6))
        left, right = self.halves(82.5, 82.5)
        self.within(left)
        self.signature("paper.beside")
        self.mark("if paper.recipients and not paper.beside")
        self.line("Nơi nhận:", _Look(12, bold=True, italic=True), ALIGN.LEFT)
        self.mark("for one in paper.recipients")
        self.line("{{ one }}", _Look(11), ALIGN.LEFT)
        self.mark("endfor")
        self.mark("endif")
        # A cell without a paragraph would not open.
        self.line("", _Look(2))
        self.within(right)
        self.signature("paper.signing")
        self.line("", _Look(2))
        self.box = self.document

    def annex(self) -> None:
        strong = _Look(14, bold=True)
        self.line("{{ annex.heading }}", strong)
        self.mark("if annex.title")
        self.line("{{ annex.title }}", strong)
        self.mark("endif")
        self.mark("if annex.reference")
        self.line("{{ annex.reference }}", _Look(14, italic=True), after=8)
        self.mark("endif")
        self.each("one", "annex.paragraphs")
        self.tables("annex.tables")

    def section_end(self, wide: str) -> None:
        """End the part here, upright or landscape: the part counts its own pages."""
        for turned in (True, False):
            self.mark(f"if {wide}" if turned else "else")
            paragraph = self.line("", _Look(1))
            paragraph.paragraph_format.line_spacing = Pt(1)
            section = deepcopy(self.document.sections[-1]._sectPr)  # noqa: SLF001 - a part is copied as it is
            paragraph._p.get_or_add_pPr().append(section)  # noqa: SLF001 - the same
            if turned:
                size = section.find(qn("w:pgSz"))
                width, height = size.get(qn("w:w")), size.get(qn("w:h"))
                size.set(qn("w:w"), height)
                size.set(qn("w:h"), width)
                size.set(qn("w:orient"), "landscape")
        self.mark("endif")
