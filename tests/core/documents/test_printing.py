"""Papers as they come out of the press: the layout of NĐ 30/2020, long lists, batches, what a template may not do."""

from __future__ import annotations

import io
import shutil
import socket
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn

from hrms.core.documents import Article, Paper
from hrms.core.documents.press import LAYOUT, Fault, Form, Limits, run
from hrms.core.documents.printing import built_in, problem_of
from tests.core.documents import samples
from tests.layout import docx_problems, pdf_problems, sheets

SHORT = Limits(10, 1024)
NASTY = '<b>&amp; "x" {{ 7*7 }} {% if %} {# # #} #set #panic() $x$ @ref *đậm* _n_ \\ ]] ~ // /* <!-- ]]>'


def pdf(*papers: Paper) -> bytes:
    return run(Form.TYPST, built_in(Form.TYPST), papers)


def word(*papers: Paper) -> bytes:
    return run(Form.DOCX, built_in(Form.DOCX), papers)


def letters(content: bytes) -> str:
    return "".join(part.text or "" for part in Document(io.BytesIO(content)).element.body.iter(qn("w:t")))


@pytest.mark.parametrize("make", samples.ALL, ids=lambda make: make.__name__)
def test_a_paper_keeps_to_the_layout(make: Callable[[], Paper]) -> None:
    assert pdf_problems(pdf(make())) == []
    assert docx_problems(word(make())) == []


def test_a_batch_is_one_file_with_pages_of_their_own() -> None:
    papers = [make() for make in samples.ALL]
    whole = pdf(*papers)
    assert pdf_problems(whole) == []
    alone = [len(sheets(pdf(paper))) for paper in papers]
    assert len(sheets(whole)) == sum(alone)
    many = word(*papers)
    assert docx_problems(many) == []
    assert len(Document(io.BytesIO(many)).sections) == len(papers) + 2  # the two annexes count their own pages


def test_the_header_of_a_long_list_is_repeated_and_its_pages_are_numbered() -> None:
    pages = sheets(pdf(samples.with_list(300)))
    listed = [page for page in pages if page.find("STT")]
    assert len(listed) > 6
    assert [page.runs[0].text for page in pages[2 : len(listed)]] == [str(n) for n in range(2, len(listed))]
    assert all(page.find("Chức vụ, đơn vị") for page in listed)
    assert "300" in " ".join(page.text for page in pages)
    table = next(t for t in Document(io.BytesIO(word(samples.with_list(300)))).tables if len(t.rows) > 100)
    assert len(table.rows) == 301
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


@pytest.mark.parametrize("count", range(14, 24))
def test_no_page_holds_a_signature_alone(count: int) -> None:
    """The last paragraph goes with the signature, wherever the page ends."""
    pages = sheets(pdf(replace(samples.decision(), articles=[Article([f"Khoản {n}." for n in range(count)])])))
    signed = next(page for page in pages if page.find("Nơi nhận:"))
    assert any(run.text.endswith("./.") for run in signed.runs)
    assert all("Trần Văn Đức" not in page.text for page in pages if page is not signed)


def test_a_turned_sheet_gives_its_list_the_whole_width() -> None:
    paper = samples.with_list(5, wide=True)
    assert [page.wide > page.high for page in sheets(pdf(paper))] == [False, True, False]
    document = Document(io.BytesIO(word(paper)))
    assert [section.page_width > section.page_height for section in document.sections] == [False, True, False]
    first, second = (t for t in document.tables if len(t.columns) == 5)
    for table, room in ((first, 252), (second, 165)):
        assert sum(cell.width.mm for cell in table.rows[1].cells) == pytest.approx(room, abs=1)
        assert table.rows[1].cells[1].width > 4 * table.rows[1].cells[0].width


@pytest.mark.skipif(shutil.which("pdffonts") is None, reason="poppler is not installed; pdf_problems() reads the same")
def test_every_face_is_embedded(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(pdf(samples.decision()))
    listed = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert len(listed) == 4
    assert all("Times" in line or "Termes" in line for line in listed)
    assert all(line.split()[-5] == "yes" for line in listed)


def test_every_vietnamese_letter_is_set_in_the_same_face() -> None:
    every = "AĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXY ÀẢÃÁẠẰẲẴẮẶẦẨẪẤẬÈẺẼÉẸỀỂỄẾỆÌỈĨÍỊÒỎÕÓỌỒỔỖỐỘỜỞỠỚỢÙỦŨÚỤỪỬỮỨỰỲỶỸÝỴ"
    (page,) = sheets(pdf(replace(samples.letter(), paragraphs=[every, every.lower(), "“” ‘’ – — … § °"])))
    assert every[:26] in page.text
    assert {run.face.split("+")[1].rpartition("-Identity")[0].split("-")[0] for run in page.runs} <= {
        "TeXGyreTermes", "TimesNewRomanPSMT", "TimesNewRomanPS",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("left: 30mm", "left: 20mm"), "outside the sides"),
        (("top: 20mm", "top: 12mm"), "upper or lower margin"),
        (('bold(12pt, "CỘNG', 'bold(10pt, "CỘNG'), "is 10.0"),
        (("42%", "90%"), "the rule under the agency"),
        (("upright(13pt, paper.number)", "bold(13pt, paper.number)"), "Bold"),
        (("slanted(13pt, paper.date)", "upright(13pt, paper.date)"), "the date is missing"),
        (("if number > 1 ", "if number > 2 "), "page number 2 is missing"),
        (("upright(11pt, one)", "upright(13pt, one)"), "“- Như Điều 2;” is 13.0"),
        (('"TeX Gyre Termes"', '"Libertinus Serif"'), "is not Times New Roman"),
        (("26mm", "5mm"), "no room for a signature"),
    ],
)
def test_the_checks_see_what_is_wrong(change: tuple[str, str], said: str) -> None:
    """A layout that breaks one rule is found out by the rule's own check."""
    whole = LAYOUT.read_text(encoding="utf-8")
    assert change[0] in whole
    broken = whole.replace(*change) + '\n#print-papers(json("papers.json"))\n'
    if "Times New Roman" in change[0] or "Termes" in change[0]:
        broken = broken.replace('"Times New Roman", ', "")
    found = pdf_problems(run(Form.TYPST, broken.encode(), [samples.with_list(60)]))
    assert any(said in problem for problem in found), found


@pytest.mark.parametrize("text", [NASTY, "a\nb\r\nc\td\x07\x0c\x00\x1b[31m e", "\ud800 \ufffe x", "{_{ 1 }_}"])
def test_values_stay_text(text: str) -> None:
    """Marks of Typst, Jinja and XML in a name are printed as they are; nothing of them is carried out."""
    paper = replace(samples.decision(), issuing_agency=text, articles=[Article([text])], recipients=[text])
    shown = " ".join(paper.lines()["articles"][0]["first"].removesuffix("./.").split())
    printed = " ".join(" ".join(page.text for page in sheets(pdf(paper))).split())
    assert shown.replace(" ", "") in printed.replace(" ", "").replace("\xad", "")
    if text != "{_{ 1 }_}":  # docxtpl writes its own escape for two braces as the braces
        assert shown.replace(" ", "") in letters(word(paper)).replace(" ", "")
    assert "49" not in printed.replace("“", "")


# What a template may not do


def fault(form: Form, template: bytes, limits: Limits = SHORT) -> Fault:
    with pytest.raises(Fault) as caught:
        run(form, template, [samples.decision()], limits)
    return caught.value


def test_a_fault_names_line_and_column() -> None:
    found = fault(Form.TYPST, b'#import "layout.typ": print-papers\n\n#prnt-papers(1)\n')
    assert (found.code, found.line, found.column) == ("template", 3, 2)
    assert "prnt-papers" in found.detail
    assert problem_of(found).code == "template_template"


@pytest.mark.parametrize("path", ["/etc/hostname", "../../../../etc/hostname", "/proc/self/environ"])
def test_a_template_reads_nothing_outside_its_folder(path: str) -> None:
    found = fault(Form.TYPST, f'#read("{path}")'.encode())
    assert found.code == "template"


def test_a_template_fetches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Typst looks for packages through a proxy where one is named: the press names a closed port, not its caller's."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        for name in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{server.getsockname()[1]}")
        found = fault(Form.TYPST, b'#import "@preview/example:1.0.0": *')
        assert problem_of(found).code == "template_package"
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_template_that_never_ends_is_stopped() -> None:
    found = fault(Form.TYPST, b"#let f(n) = { let i = 0; while true { i += 1 } }\n#f(1)", Limits(2, 1024))
    assert found.code in {"time", "template"}
    endless = b"#for i in range(100000000) { [x] }"
    assert fault(Form.TYPST, endless, Limits(2, 400)).code in {"time", "memory"}


def _template(text: str) -> bytes:
    document = Document()
    document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ papers.append(1) }}",
        "{{ self._TemplateReference__context }}{{ cycler.__init__.__globals__.os.getcwd() }}",
        "{{ papers[0].nothing_of_this_name }}",
        "{% for x in papers %}",
        "{{ 1 / 0 }}",
        "{% include '/etc/hostname' %}",
        "{{ 'x' * 10 ** 10 }}",
    ],
)
def test_a_word_template_stays_in_its_sandbox(text: str) -> None:
    assert fault(Form.DOCX, _template(text), Limits(10, 700)).code in {"template", "memory"}


def test_a_word_fault_names_the_words_beside_it() -> None:
    found = fault(Form.DOCX, _template("Bổ nhiệm {{ papers[0].summary | nope }}"))
    assert "nope" in found.detail
    assert "Bổ nhiệm" in found.near


def test_a_long_loop_in_a_word_template_is_stopped() -> None:
    endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    assert fault(Form.DOCX, _template(endless), Limits(3, 700)).code == "time"


def test_no_papers_are_no_file() -> None:
    with pytest.raises(ValueError, match="no papers"):
        run(Form.TYPST, built_in(Form.TYPST), [])
