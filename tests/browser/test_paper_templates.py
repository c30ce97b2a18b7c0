"""Replacing a template in the browser: a broken one says its line, a good one is tried, used and taken back."""

from __future__ import annotations

from pathlib import Path

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.layout import sheets

GOOD = '#import "layout.typ": print-papers\n#print-papers(json("papers.json"))\n= Bản thử của tỉnh\n'
BROKEN = '#import "layout.typ": print-papers\n#print-paper(json("papers.json"))\n'


def _upload(visitor: Visitor, name: str, content: str) -> None:
    file = {"name": name, "mimeType": "text/plain", "buffer": content.encode()}
    visitor.page.get_by_label("Tệp mẫu").set_input_files([file])
    visitor.press("Tải lên")
    assert "Đã nhận tệp" in visitor.text()


def test_a_template_is_replaced_and_taken_back(visit: Visit) -> None:
    visitor = visit("admin")
    visitor.open("/documents/templates")
    assert visitor.axe() == []
    visitor.press("Mẫu chung theo Nghị định 30/2020/NĐ-CP")
    _upload(visitor, "hong.typ", BROKEN)
    with visitor.expecting(422):
        visitor.press("Dùng mẫu này")
    assert "dòng 2, cột 2" in visitor.text("main")
    assert visitor.axe() == []
    _upload(visitor, "mau-tinh.typ", GOOD)
    with visitor.page.expect_download() as started:
        visitor.page.get_by_role("button", name="In thử").first.click()
    assert any("Bản thử của tỉnh" in page.text for page in sheets(Path(started.value.path()).read_bytes()))
    visitor.page.get_by_role("row", name="mau-tinh.typ").get_by_role("button", name="Dùng mẫu này").click()
    visitor.settle()
    assert "Từ nay dùng mẫu “mau-tinh.typ”" in visitor.text()
    assert visitor.axe() == []
    visitor.narrow()
    assert visitor.overflow() == []
    visitor.wide()
    visitor.press("Dùng lại mẫu có sẵn")
    assert "Từ nay dùng lại mẫu có sẵn" in visitor.text()
