"""The official form of a frame: what it says in which order, how it is laid out, its templates, who may print it."""

from __future__ import annotations

import io

import pytest
from docx import Document
from pypdf import PdfReader
from sqlalchemy import text

from hrms.core import hooks
from hrms.core.db import db
from hrms.core.documents import render_docx_batch, render_pdf
from hrms.positions.papers.frame import KEYS
from hrms.positions.rules.frames import Framework
from tests.layout import docx_problems, pdf_problems
from tests.positions.test_frames import position, put_frame
from tests.province import Province, signed_in_scope

PARTS_PUBLIC = (
    "I. Thông tin chung", "II. Mục tiêu", "III. Công việc", "VI. Khung năng lực", "VII.1. Mối quan hệ bên trong",
    "VII.2. Mối quan hệ bên ngoài", "VIII.1. Phạm vi quyền hạn", "IX. Yêu cầu",
)  # fmt: skip
PARTS_CIVIL = (
    "Thông tin chung", "1. Mục tiêu", "2. Các công việc và tiêu chí đánh giá", "3.1. Mối quan hệ bên trong",
    "3.2. Mối quan hệ bên ngoài", "4. Phạm vi quyền hạn", "5.1. Yêu cầu về trình độ", "5.2. Yêu cầu về năng lực",
)  # fmt: skip


def model(key: str) -> int:
    found = text(
        "SELECT f.id FROM position_frames f JOIN job_positions j ON j.id = f.position_id"
        " WHERE j.key = :key AND f.agency_id IS NULL"
    )
    with signed_in_scope():
        return int(db.session.execute(found, {"key": key}).scalar_one())


def words(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize(
    ("key", "parts"),
    [("vc.pl2.067", PARTS_PUBLIC), ("cc.commune.II.17", PARTS_CIVIL), ("vc.pl1.001", ("IV. Công việc",))],
)
def test_the_form_prints_in_its_order_and_keeps_to_the_layout(
    province: Province, key: str, parts: tuple[str, ...]
) -> None:
    client, address = province.client("tochuc"), f"/positions/frames/{model(key)}"
    answer = client.get(f"{address}/paper.pdf")
    assert answer.status_code == 200
    assert pdf_problems(answer.data) == []
    said = words(answer.data)
    assert [said.index(part) for part in parts] == sorted(said.index(part) for part in parts)
    assert "BẢN MÔ TẢ CÔNG VIỆC VÀ KHUNG NĂNG LỰC" in said
    assert "CHỦ TỊCH" in said
    word = client.get(f"{address}/paper.docx")
    assert docx_problems(word.data) == []
    tables = Document(io.BytesIO(word.data)).tables
    assert any("Cấp độ" in cell.text for table in tables for cell in table.rows[0].cells)


def test_the_form_is_vietnamese_in_any_language(province: Province) -> None:
    client = province.client("tochuc")
    client.submit("/locale", {"locale": "en"})
    assert "Khung năng lực" in words(client.get(f"/positions/frames/{model('vc.pl2.067')}/paper.pdf").data)


def test_an_agencys_own_form_is_signed_by_its_head_and_bears_its_code(province: Province) -> None:
    with signed_in_scope():
        one = position("cc.specialised.01")
        put_frame(one, province.agencies["B"], content={"objective": "Tham mưu để việc đúng hạn"})
        db.session.execute(
            text(
                "INSERT INTO establishment_lines (agency_id, position_id, quota_kind, code, shares)"
                " VALUES (:a, :p, 'civil', 'SXD-TM.01', '{}')"
            ),
            {"a": province.agencies["B"], "p": one},
        )
        frame = db.session.execute(
            text("SELECT id FROM position_frames WHERE position_id = :p AND agency_id = :a"),
            {"p": one, "a": province.agencies["B"]},
        ).scalar_one()
    said = words(province.client("tochuc").get(f"/positions/frames/{frame}/paper.pdf").data)
    assert "SỞ XÂY DỰNG" in said
    assert "GIÁM ĐỐC" in said
    assert "SXD-TM.01" in said
    outside = province.client("thanhtra").get(f"/positions/frames/{frame}/paper.pdf")
    assert outside.status_code == 404


def test_a_day_without_a_version_has_no_paper(province: Province) -> None:
    address = f"/positions/frames/{model('vc.pl2.067')}"
    assert province.client("tochuc").get(f"{address}/paper.pdf?as_at=01/01/2020").status_code == 404
    assert "không có bản nào có hiệu lực" in province.client("tochuc").get(f"{address}?as_at=01/01/2020").text


@pytest.mark.parametrize("framework", list(Framework))
def test_each_form_has_a_template_of_its_own_to_replace(province: Province, framework: Framework) -> None:
    made = hooks.paper_kinds[KEYS[framework]].sample()
    assert pdf_problems(render_pdf(made, KEYS[framework])) == []
    assert docx_problems(render_docx_batch(made, KEYS[framework])) == []
