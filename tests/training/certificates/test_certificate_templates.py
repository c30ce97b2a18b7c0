"""Certificates have a layout of their own, which an administrator may replace; the common template never sets them."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

from pypdf import PdfReader
from sqlalchemy import select

from hrms.core import scope
from hrms.core.db import db
from hrms.core.documents.models import DocumentTemplate
from hrms.core.documents.press import Form
from hrms.core.documents.printing import built_in, in_force
from hrms.training.papers import certificate
from tests.province import Province
from tests.training.making import add_row

PAGE = "/documents/templates/training.certificate"
OWN = b"""#set page(width: 100mm, height: 50mm)
#for one in json("papers.json") [ #one.heading of #one.person.at(0).at(1), #one.number
#pagebreak(weak: true) ]
"""


def test_the_layout_is_its_own_and_pdf_alone(province: Province) -> None:
    client = province.client("admin")
    assert client.get("/documents/templates").status_code == 200
    page = client.get(PAGE).text
    assert page.count("/sample") == 1
    assert client.get(f"{PAGE}/typst/file").data == certificate.LAYOUT.read_bytes()
    sample = client.get(f"{PAGE}/typst/sample")
    pages = PdfReader(BytesIO(sample.data)).pages
    assert len(pages) == 2
    assert "NGUYỄN THỊ NGỌC PHƯỢNG" in pages[0].extract_text()
    assert client.get(f"{PAGE}/docx/sample").status_code == 404
    sent = {"file": (BytesIO(built_in(Form.DOCX)), "mau.docx")}
    refused = client.submit(PAGE, sent, content_type="multipart/form-data")
    assert refused.status_code == 422
    assert "chỉ in PDF" in refused.text


def test_an_administrator_replaces_it(province: Province) -> None:
    client = province.client("admin")
    sent = {"file": (BytesIO(OWN), "mau.typ")}
    assert client.submit(PAGE, sent, content_type="multipart/form-data").status_code == 303
    [template] = db.session.scalars(select(DocumentTemplate)).all()
    assert client.submit(f"/documents/templates/versions/{template.id}/activate").status_code == 303
    assert in_force("training.certificate", Form.TYPST).content == OWN
    assert in_force("training.attestation", Form.TYPST).content == certificate.LAYOUT.read_bytes()
    printed = PdfReader(BytesIO(client.get(f"{PAGE}/typst/sample").data))
    assert "CHỨNG CHỈ of NGUYỄN THỊ" in printed.pages[0].extract_text()


def test_a_common_template_does_not_set_certificates(province: Province) -> None:
    with scope.everything():
        add_row(
            DocumentTemplate, kind="official", form="typst", file_name="chung.typ", content=b"#[none]",
            uploaded_name="Thử", active_from=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip
    assert in_force("training.certificate", Form.TYPST).content == certificate.LAYOUT.read_bytes()
    assert in_force("decisions.appointment", Form.TYPST).content == b"#[none]"
