"""Catalogues of products: copied from the model, put right, approved on a decision, added to, from a workbook."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import load_workbook
from sqlalchemy import func, select

from hrms.core import scope
from hrms.core.db import db
from hrms.performance.models import ProductCatalogue, WorkProduct
from hrms.performance.queries import products as queries
from hrms.performance.rules.products import (
    Group,
    factor_of,
    group_problems,
    product_problems,
    read_groups,
    write_groups,
)
from hrms.performance.services.product_import import HEADERS
from tests.inspection import mistakes
from tests.province import Province

GROUPS = "N1 | 1 | 10 | Đơn giản\nN2 | 11 | 50\nN3 | 51 | 100\nN4 | 101 | 200"
HEADER = {
    "code": "sxd.2026", "name": "Danh mục của Sở Xây dựng", "standard_product": "Soạn công văn", "note": "",
    "standard_points": "5", "groups": GROUPS,
}  # fmt: skip
ONE = {"code": "XD.01", "task": "Thẩm định dự án", "output": "Báo cáo thẩm định", "points": "70", "unit": "Phòng"}
CITED = {
    "decision_basis": "new", "decision_number": "44/QĐ-SXD", "decision_signed_on": "15/11/2026",
    "decision_issuer": "Sở Xây dựng", "decision_kind": "other", "decision_subject": "Phê duyệt danh mục",
}  # fmt: skip


def model() -> ProductCatalogue:
    return db.session.scalars(select(ProductCatalogue).where(ProductCatalogue.state == "model")).one()


def fresh(catalogue_id: int) -> ProductCatalogue:
    db.session.expire_all()
    return db.session.get_one(ProductCatalogue, catalogue_id)


def copy(province: Province, username: str = "tochuc", **more: Any) -> ProductCatalogue:
    """Copy the model for Sở Xây dựng."""
    form = {**HEADER, "agency": str(province.agencies["B"]), "agency-text": "Sở Xây dựng", **more}
    answer = province.client(username).submit(f"/performance/products/{model().id}/copy", form)
    assert answer.status_code == 303, answer.text
    return fresh(int(answer.location.rsplit("/", 1)[1]))


def post(province: Province, username: str, catalogue_id: int, step: str, **form: Any) -> Any:
    form.setdefault("version", str(fresh(catalogue_id).version))
    return province.client(username).submit(f"/performance/products/{catalogue_id}/{step}", form)


def product(catalogue_id: int, code: str) -> WorkProduct:
    db.session.expire_all()
    found = queries.find_product_code(catalogue_id, code)
    assert found is not None
    return found


def test_the_model_is_found_searched_and_taken_out(province: Province) -> None:
    client = province.client("thutruong")
    page = client.get("/performance/products")
    assert mistakes(page.text) == []
    assert "Danh mục mẫu của cấp xã" in page.text
    address = f"/performance/products/{model().id}"
    shown = client.get(address)
    assert mistakes(shown.text) == []
    for words in ("371", "Soạn thảo văn bản hành chính đơn giản", "N4: 101–200", "after="):
        assert words in shown.text
    found = client.get(f"{address}?q=quy pham phap luat").text
    assert "DC.QPPL.02" in found
    assert "HCC.01" not in found
    narrowed = client.get(f"{address}?unit=Văn phòng HĐND-UBND&complexity=N1").text
    assert "VP.04" in narrowed
    assert "QL.01" not in narrowed
    assert "Không có sản phẩm nào" in client.get(f"{address}?q=khongcogihet").text
    sheet = load_workbook(io.BytesIO(client.get(f"{address}/products.xlsx").data)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == HEADERS
    assert len(rows) == 372
    assert rows[1][1:3] == ("QL.01", "Lãnh đạo, quản lý")
    assert rows[1][6:10] == ("N3", "51–100", 70, 14)
    printed = client.get(f"{address}/print")
    assert mistakes(printed.text) == []
    assert printed.text.count('<td class="tnum">') == 371
    assert province.client("canbo").get(address).status_code == 403
    assert client.get("/performance/products/999999").status_code == 404


def test_a_copy_has_every_product_with_factors_by_its_own_standard(province: Province) -> None:
    made = copy(province, standard_points="10", standard_product="Báo cáo nhanh")
    assert (made.code, made.state, made.from_id) == ("SXD.2026", "draft", model().id)
    with scope.everything():
        kept = db.session.scalars(select(WorkProduct).where(WorkProduct.catalogue_id == made.id)).all()
    assert len(kept) == 371
    assert all(one.factor == factor_of(one.points, Decimal(10)) and one.state == "active" for one in kept)
    page = province.client("tochuc").get(f"/performance/products/{made.id}")
    assert mistakes(page.text) == []
    assert "Nhập từ tệp" in page.text
    assert "Phê duyệt</a>" not in page.text
    answer = post(
        province, "tochuc", made.id, "edit", name=made.name, standard_product="Báo cáo nhanh", standard_points="5",
        groups="A | 1 | 100\nB | 101 | 200",
    )  # fmt: skip
    assert answer.status_code == 303
    assert (product(made.id, "QL.01").factor, product(made.id, "QL.01").complexity) == (14, "A")
    lost = post(
        province, "tochuc", made.id, "edit", name=made.name, standard_product="Báo cáo", standard_points="5",
        groups="A | 1 | 100",
    )  # fmt: skip
    assert lost.status_code == 422
    assert "không thuộc khung nhóm nào" in lost.text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"groups": "N1 | 1 | 10\nN2 | 10 | 50"}, "chồng lên nhau"),
        ({"groups": "\n".join(f"N{n} | {n * 10} | {n * 10 + 5}" for n in range(1, 7))}, "nhiều nhất 5 nhóm"),
        ({"groups": "N1 | một | 10"}, "không đọc được"),
        ({"standard_points": "0"}, "nhỏ hơn"),
        ({"code": "MAU.XA.2026"}, "Đã có danh mục mang mã này"),
        ({"name": ""}, "còn trống"),
        ({"agency": "", "agency-text": ""}, "còn trống"),
    ],
)
def test_a_header_that_does_not_hold_is_refused(province: Province, more: dict[str, str], said: str) -> None:
    form = {**HEADER, "agency": str(province.agencies["B"]), "agency-text": "Sở Xây dựng", **more}
    answer = province.client("tochuc").submit("/performance/products/new", form)
    assert answer.status_code == 422
    assert said in answer.text


def test_products_of_a_draft_are_added_changed_and_removed(province: Province) -> None:
    made = copy(province)
    assert mistakes(province.client("tochuc").get(f"/performance/products/{made.id}/add").text) == []
    assert post(province, "tochuc", made.id, "add", **ONE).status_code == 303
    kept = product(made.id, "XD.01")
    assert (kept.factor, kept.complexity, kept.state, kept.place) == (14, "N3", "active", 372)
    assert kept.search_key == " xd 01 phong tham dinh du an bao cao tham dinh"
    assert "mang mã này" in post(province, "tochuc", made.id, "add", **ONE).text
    outside = post(province, "tochuc", made.id, "add", **{**ONE, "code": "XD.02", "points": "300"})
    assert "không thuộc khung của nhóm nào" in outside.text
    edit = f"{kept.id}/edit"
    assert mistakes(province.client("tochuc").get(f"/performance/products/{made.id}/{edit}").text) == []
    stale = post(province, "tochuc", made.id, edit, **{**ONE, "version": "9"})
    assert stale.status_code == 412
    changed = post(province, "tochuc", made.id, edit, **{**ONE, "points": "12,5", "version": str(kept.version)})
    assert changed.status_code == 303
    kept = product(made.id, "XD.01")
    assert (kept.factor, kept.complexity) == (Decimal("2.5"), "N2")
    post(province, "tochuc", made.id, f"{kept.id}/remove", version=str(kept.version))
    assert queries.find_product_code(made.id, "XD.01") is None
    assert "thêm sản phẩm vào danh mục" in province.client("tochuc").get("/audit").text


def test_a_catalogue_is_approved_on_a_decision_then_grows_by_proposals_only(province: Province) -> None:
    made = copy(province)
    assert list(queries.products_for(province.agencies["B1"])) == []
    page = province.client("sonoivu").get(f"/performance/products/{made.id}/approve")
    assert mistakes(page.text) == []
    assert post(province, "tochuc", made.id, "approve", **CITED).status_code == 403
    assert post(province, "sonoivu", made.id, "approve", decision_basis="old_data").status_code == 422
    assert post(province, "sonoivu", made.id, "approve", **CITED).status_code == 303
    done = fresh(made.id)
    assert (done.state, done.decision_id is not None) == ("approved", True)
    assert len(queries.products_for(province.agencies["B1"])) == 371
    assert len(queries.products_for(province.agencies["B1"], "bao cao chuyen de")) >= 1
    assert list(queries.products_for(province.agencies["A1"])) == []
    assert "44/QĐ-SXD" in province.client("tochuc").get(f"/performance/products/{made.id}").text
    edit = post(province, "tochuc", made.id, "edit", name="X", standard_product="Y", standard_points="5", groups=GROUPS)
    assert edit.status_code == 422
    first = product(made.id, "QL.01")
    assert post(province, "tochuc", made.id, f"{first.id}/edit", **{**ONE, "version": "1"}).status_code == 422

    assert post(province, "thutruong", made.id, "add", **ONE).status_code == 303
    asked = product(made.id, "XD.01")
    assert asked.state == "proposed"
    assert len(queries.products_for(province.agencies["B1"])) == 371
    shown = province.client("thutruong").get(f"/performance/products/{made.id}?state=proposed")
    assert mistakes(shown.text) == []
    assert "Từ chối" in shown.text
    accept = f"{asked.id}/accept"
    assert post(province, "tochuc", made.id, accept, version=str(asked.version)).status_code == 403
    assert post(province, "thutruong", made.id, accept, version=str(asked.version)).status_code == 303
    assert len(queries.products_for(province.agencies["B1"])) == 372
    retire = f"{asked.id}/retire"
    assert post(province, "thutruong", made.id, retire, version="2").status_code == 422
    assert post(province, "thutruong", made.id, retire, version="2", reason="Trùng việc khác").status_code == 303
    assert len(queries.products_for(province.agencies["B1"])) == 371
    assert product(made.id, "XD.01").note == "Trùng việc khác"

    newer = copy(province, code="SXD.2027")
    cited = {**CITED, "decision_number": "45/QĐ-SXD"}
    assert post(province, "sonoivu", newer.id, "approve", **cited).status_code == 303
    assert (fresh(made.id).state, fresh(newer.id).state) == ("withdrawn", "approved")
    standing = queries.approved_catalogue(province.agencies["B1"])
    assert standing is not None
    reason = {"reason": "Sắp xếp lại"}
    assert post(province, "tochuc", standing.id, "withdraw", **reason).status_code == 403
    assert post(province, "thutruong", standing.id, "withdraw", **reason).status_code == 303
    assert queries.approved_catalogue(province.agencies["B1"]) is None


def test_a_head_approves_on_a_decision_of_the_register_only(province: Province) -> None:
    made = copy(province)
    page = province.client("thutruong").get(f"/performance/products/{made.id}/approve")
    assert mistakes(page.text) == []
    assert "Nhập quyết định mới" not in page.text
    assert post(province, "thutruong", made.id, "approve", **CITED).status_code == 422
    other = copy(province, code="SXD.2025")
    assert post(province, "sonoivu", other.id, "approve", **CITED).status_code == 303
    cited = {"decision_basis": "existing", "decision_id": str(fresh(other.id).decision_id)}
    assert post(province, "thutruong", made.id, "approve", **cited).status_code == 303
    assert (fresh(made.id).state, fresh(other.id).state) == ("approved", "withdrawn")


def test_others_neither_see_nor_write_the_drafts_of_an_agency(province: Province) -> None:
    made = copy(province)
    for username, status in (("canbo", 403), ("vanthu", 403), ("thanhtra", 404), ("thutruong", 200)):
        assert province.client(username).get(f"/performance/products/{made.id}").status_code == status, username
    for step in ("edit", "add"):
        assert province.client("thanhtra").get(f"/performance/products/{made.id}/{step}").status_code in {403, 404}
    assert province.client("thutruong").get(f"/performance/products/{made.id}/edit").status_code == 403
    assert province.client("tochuc").get(f"/performance/products/{model().id}/edit").status_code == 404
    assert post(province, "tochuc", model().id, "add", **ONE).status_code == 404
    form = {**HEADER, "agency": str(province.agencies["A"]), "agency-text": "Sở Nội vụ"}
    assert province.client("tochuc").submit("/performance/products/new", form).status_code == 422


def test_groups_and_products_are_judged_by_their_ranges() -> None:
    groups, problems = read_groups(GROUPS)
    assert problems == []
    assert groups[0] == Group("N1", "Đơn giản", Decimal(1), Decimal(10))
    assert read_groups(write_groups(groups)) == (groups, [])
    assert group_problems(groups) == []
    assert [one.code for one in group_problems([])] == ["no_groups"]
    upside = [Group("A", "", Decimal(9), Decimal(3)), Group("A", "", Decimal(0), Decimal(2))]
    assert {one.code for one in group_problems(upside)} >= {"group_range", "group_twice"}
    fine = {"code": "A.1", "task": "Việc", "points": Decimal(50), "complexity": "N2"}
    assert product_problems(fine, groups) == []
    assert [one.code for one in product_problems({**fine, "complexity": "N3"}, groups)] == ["outside_group"]
    assert [one.code for one in product_problems({**fine, "complexity": "N9"}, groups)] == ["unknown_group"]
    assert [one.code for one in product_problems({**fine, "complexity": "", "points": Decimal("10.5")}, groups)] == [
        "no_group"
    ]
    assert {one.code for one in product_problems({"code": "a b", "task": ""}, groups)} == {"bad_code", "required"}
    assert factor_of(Decimal(1), Decimal(3)) == Decimal("0.3333")
    assert factor_of(Decimal(2), Decimal(3)) == Decimal("0.6667")


def book(path: Path, *rows: dict[str, Any]) -> Path:
    """Write a workbook as offices have it: titles above, the columns of the published catalogues, sums below."""
    made = xlsxwriter.Workbook(str(path))
    sheet = made.add_worksheet("Danh mục")
    sheet.write(0, 0, "DANH MỤC SẢN PHẨM, CÔNG VIỆC")
    for column, header in enumerate(HEADERS):
        sheet.write(2, column, header)
    for number, row in enumerate(rows, start=1):
        line = {"STT": number, **row}
        for column, header in enumerate(HEADERS):
            if line.get(header) is not None:
                sheet.write(2 + number, column, line[header])
    made.close()
    return path


NEW = {"Mã CV": "XD.01", "Nhiệm vụ": "Thẩm định dự án", "Nhóm": "N3", "Điểm chấm": 70, "Hệ số quy đổi": 14}
CHANGED = {
    "Mã CV": "QL.01", "Nhiệm vụ": "Chỉ đạo chương trình công tác", "Điểm chấm": "80", "Hệ số quy đổi": "16",
}  # fmt: skip


def bring(province: Province, catalogue_id: int, path: Path, username: str = "tochuc") -> Any:
    return province.client(username).submit(
        f"/performance/products/{catalogue_id}/import", {"file": (io.BytesIO(path.read_bytes()), "danh-muc.xlsx")},
        content_type="multipart/form-data",
    )  # fmt: skip


def seal(page: str) -> str:
    found = re.search(r'name="seal" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_workbook_is_shown_then_written_whole(province: Province, tmp_path: Path) -> None:
    made = copy(province)
    client = province.client("tochuc")
    assert mistakes(client.get(f"/performance/products/{made.id}/import").text) == []
    shown = bring(province, made.id, book(tmp_path / "a.xlsx", NEW, CHANGED))
    assert shown.status_code == 200
    assert mistakes(shown.text) == []
    assert "Ghi sản phẩm" in shown.text
    with scope.everything():
        assert queries.find_product_code(made.id, "XD.01") is None
    client = province.client("tochuc")
    shown = client.submit(
        f"/performance/products/{made.id}/import",
        {"file": (io.BytesIO((tmp_path / "a.xlsx").read_bytes()), "danh-muc.xlsx")}, content_type="multipart/form-data",
    )  # fmt: skip
    other = province.client("sonoivu").submit(
        f"/performance/products/{made.id}/import/apply", {"seal": seal(shown.text)}
    )  # fmt: skip
    assert other.status_code == 422
    answer = client.submit(f"/performance/products/{made.id}/import/apply", {"seal": seal(shown.text)})
    assert answer.status_code == 303
    assert product(made.id, "XD.01").factor == 14
    changed = product(made.id, "QL.01")
    assert (changed.points, changed.factor, changed.complexity, changed.version) == (80, 16, "N3", 2)
    assert db.session.scalar(select(func.count()).where(WorkProduct.catalogue_id == made.id)) == 372
    assert "thêm 1, sửa 1" in client.get(answer.location).text
    again = client.submit(
        f"/performance/products/{made.id}/import",
        {"file": (io.BytesIO((tmp_path / "a.xlsx").read_bytes()), "danh-muc.xlsx")}, content_type="multipart/form-data",
    )  # fmt: skip
    assert "Không có gì để ghi" in again.text


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({**NEW, "Mã CV": None}, "Mã sản phẩm còn trống"),
        ({**NEW, "Nhiệm vụ": None}, "Tên nhiệm vụ còn trống"),
        ({**NEW, "Nhóm": "N2"}, "không thuộc khung"),
        ({**NEW, "Nhóm": "N9"}, "Không có nhóm phức tạp"),
        ({**NEW, "Điểm chấm": "bảy mươi"}, "không phải là số"),
        ({**NEW, "Điểm chấm": -3}, "lớn hơn 0"),
        ({**NEW, "Hệ số quy đổi": 13}, "khác điểm"),
        ({**NEW, "Mã CV": "QL.01 "}, "đã có ở dòng"),
    ],
)
def test_one_bad_row_keeps_the_whole_file_out(
    province: Province, tmp_path: Path, bad: dict[str, Any], said: str
) -> None:
    made = copy(province)
    client = province.client("tochuc")
    path = book(tmp_path / "b.xlsx", CHANGED, bad)
    shown = client.submit(
        f"/performance/products/{made.id}/import", {"file": (io.BytesIO(path.read_bytes()), "danh-muc.xlsx")},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert said in shown.text
    assert mistakes(shown.text) == []
    assert "Ghi sản phẩm" not in shown.text
    sealed = {"seal": seal(shown.text)}
    assert client.submit(f"/performance/products/{made.id}/import/apply", sealed).status_code == 422
    assert product(made.id, "QL.01").points == 70
    back = client.submit(f"/performance/products/{made.id}/import/mistakes.xlsx", sealed)
    sheet = load_workbook(io.BytesIO(back.data)).worksheets[0]
    assert any(said in str(row[-1]) for row in sheet.iter_rows(values_only=True))


def test_an_approved_catalogue_takes_no_file(province: Province, tmp_path: Path) -> None:
    made = copy(province)
    assert post(province, "sonoivu", made.id, "approve", **CITED).status_code == 303
    shown = bring(province, made.id, book(tmp_path / "c.xlsx", NEW))
    assert "Chỉ nhập được vào danh mục đang soạn" in shown.text
    assert "Ghi sản phẩm" not in shown.text
    assert bring(province, made.id, book(tmp_path / "d.xlsx", NEW), "thutruong").status_code == 403
