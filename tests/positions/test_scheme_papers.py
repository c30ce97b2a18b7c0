"""A scheme printed whole: chapters, nine annexes with their columns, laid out as official papers are."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from docx import Document
from pypdf import PdfReader

from hrms.core.documents import render_docx, render_pdf
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.positions.papers import scheme as papers
from hrms.positions.queries.scheme_look import look
from hrms.positions.queries.scheme_staff import list_staff
from hrms.positions.rules.frames import Asked, Content, Duty, Need, Requirements, Section
from hrms.positions.services import schemes as services
from tests.layout import docx_problems, pdf_problems
from tests.positions.scheming import add, again, begin, say, seats_to_give, specialised
from tests.province import Province

P = Permission
ANNEXES = (
    "THỐNG KÊ CÔNG VIỆC CÁ NHÂN", "THỐNG KÊ CÔNG VIỆC CỦA ĐƠN VỊ", "PHÂN NHÓM CÔNG VIỆC",
    "THỰC TRẠNG ĐỘI NGŨ LÃNH ĐẠO, QUẢN LÝ", "THỰC TRẠNG ĐỘI NGŨ CHUYÊN MÔN, HỖ TRỢ", "DANH MỤC VỊ TRÍ VIỆC LÀM",
    "BẢN MÔ TẢ CÔNG VIỆC", "KHUNG NĂNG LỰC", "TỔNG HỢP VỊ TRÍ VIỆC LÀM, BIÊN CHẾ, CƠ CẤU NGẠCH, BẬC",
)  # fmt: skip
CONTENT = Content(
    objective="Tham mưu quản lý nhà nước về quy hoạch xây dựng nhằm bảo đảm đúng hạn, đúng quy định.",
    duties=(Duty(Section.WORK, "Xây dựng văn bản", "Chủ trì soạn thảo văn bản được giao", "Dự thảo", "Đúng hạn"),),
    competencies=(Need("G1", 3, 3),),
    requirements_text=Asked(degree="Đại học trở lên"),
)


@pytest.fixture
def office(province: Province) -> Iterator[Province]:
    """Sở Xây dựng with twenty seats to give, and model frames of two positions."""
    with seats_to_give(province) as given:
        yield given


def filled(office: Province) -> int:
    """Return a scheme with work, positions, a proposed text and its chapters."""
    scheme = begin(office)
    one, two = specialised(2)
    first = add(office, scheme, "B1", one, 3)
    add(office, scheme, "B", two, 2)
    unit, person = office.agencies["B1"], office.people["Lý Thị Cẩm"]
    works = [
        services.NewWork(unit, "Thẩm định đồ án quy hoạch", Decimal(40), Decimal(24), person, "Báo cáo"),
        services.NewWork(unit, "Trực lễ tân hội nghị", Decimal(6), Decimal(4), person, regular=False),
        services.NewWork(unit, "Phân công, điều hành công việc của phòng", Decimal(50), Decimal(3), product="Kế hoạch"),
    ]  # fmt: skip
    who = office.enter("tochuc", P.POSITIONS_MANAGE)
    with transaction():
        services.add_works(who, scheme.id, works)
    with transaction():
        services.propose_frame(who, scheme.id, first.id, Requirements(least_degree="university"), CONTENT, version=1)
    say(
        office,
        scheme,
        chapters={"I": "Luật Cán bộ, công chức;\nNghị định số 361/2025/NĐ-CP.", "V": "Đề nghị phê duyệt."},
    )
    return scheme.id


def printed(office: Province, scheme_id: int) -> tuple[bytes, bytes]:
    """Return the PDF and the Word file."""
    from hrms.positions.models import PositionScheme

    office.enter("tochuc", P.POSITIONS_VIEW)
    seen = look(again(PositionScheme(id=scheme_id)))
    made = papers.scheme_paper(seen, list_staff([unit.id for unit in seen.units], "civil"))
    return render_pdf([made], papers.KEY), render_docx(made, papers.KEY)


def words(pdf: bytes) -> str:
    """Return what a PDF says, on one line."""
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_whole_scheme_keeps_to_the_layout_and_has_its_nine_annexes(office: Province) -> None:
    pdf, docx = printed(office, filled(office))
    if folder := os.environ.get("HRMS_LOOK"):
        Path(folder, "scheme.pdf").write_bytes(pdf)
        Path(folder, "scheme.docx").write_bytes(docx)
    assert pdf_problems(pdf) == []
    assert docx_problems(docx) == []
    said = words(pdf)
    places = [said.find(f"Phụ lục {number} {title}") for number, title in zip(
        ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"), ANNEXES, strict=True
    )]  # fmt: skip
    assert -1 not in places, dict(zip(ANNEXES, places, strict=True))
    assert places == sorted(places)
    for chapter in ("I. CƠ SỞ PHÁP LÝ", "II. HỆ THỐNG VỊ TRÍ", "III. BIÊN CHẾ", "IV. CƠ CẤU", "V. KIẾN NGHỊ"):
        assert chapter in said, chapter
    for cell in ("Lý Thị Cẩm – Phòng Quy hoạch", "không thường xuyên", "1994", "Chủ trì soạn thảo văn bản được giao",
                 "Số chỗ đề nghị: 5", "Cộng"):  # fmt: skip
        assert cell in said, cell
    assert "Thực trạng đội ngũ".upper() in "\n".join(p.text for p in Document(io.BytesIO(docx)).paragraphs)


def test_an_empty_draft_prints_too_and_says_that_it_is_one(office: Province) -> None:
    pdf, _docx = printed(office, begin(office).id)
    assert pdf_problems(pdf) == []
    said = words(pdf)
    assert "DỰ THẢO" in said
    assert "Không có." in said


def test_the_sample_of_the_template_prints(office: Province) -> None:
    from hrms.core import hooks

    del office
    sample = list(hooks.paper_kinds[papers.KEY].sample())
    assert pdf_problems(render_pdf(sample, papers.KEY)) == []


def test_files_are_given_over_the_page_and_the_trail_says_so(office: Province) -> None:
    address = f"/positions/schemes/{filled(office)}"
    client = office.client("tochuc")
    answer = client.get(f"{address}/de-an.pdf")
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF")
    assert client.get(f"{address}/de-an.docx").data.startswith(b"PK")
    assert "in đề án" in client.get("/audit").text
