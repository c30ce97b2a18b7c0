"""The pages of the establishment: an agency, a line, the ledger and its forms, as people use them."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from hrms.core import scope
from hrms.core.db import db
from hrms.positions.models import EstablishmentLine, JobPosition, Overage, QuotaMovement
from hrms.positions.rules.ledger import MovementKind
from tests.positions.seating import add_line, sit
from tests.positions.test_quotas import give
from tests.province import Province

DAY = date(2026, 1, 1)
OLD = {"decision_basis": "old_data"}
OFFICER = "cc.specialised.04"


@pytest.fixture
def filled(province: Province) -> tuple[Province, int]:
    """Sở Xây dựng with a quota of 4, a line of two seats in its division and one person in it."""
    give(province, "sonoivu", ("root", 20), ("B", 4))
    line = add_line(province, "B1", 2, key=OFFICER)
    sit(province, "Lý Thị Cẩm", line, DAY)
    return province, line


def test_an_agency_shows_seats_people_and_what_is_vacant(filled: tuple[Province, int]) -> None:
    province, line = filled
    page = province.client("tochuc").get(f"/positions/agencies/{province.agencies['B1']}").text
    assert "Lý Thị Cẩm" in page
    assert "1 chỗ trống" in page
    assert f"/positions/lines/{line}" in page
    assert "Nguyễn Văn Hùng" in page  # works there without a seat
    assert "<svg" in page
    above = province.client("tochuc").get(f"/positions/agencies/{province.agencies['B']}").text
    assert "4 / 4" in above
    assert "Phòng Quy hoạch" in above


def test_an_agency_as_it_stood_before_has_no_seats(filled: tuple[Province, int]) -> None:
    province, _line = filled
    page = province.client("tochuc").get(f"/positions/agencies/{province.agencies['B1']}?as_at=2025-12-31").text
    assert "Có người" not in page
    assert "Lý Thị Cẩm" in page


def test_an_agency_without_lines_says_what_to_do(province: Province) -> None:
    page = province.client("tochuc").get(f"/positions/agencies/{province.agencies['B1']}").text
    assert "Cơ quan chưa có vị trí việc làm nào" in page
    assert "Thêm vị trí đầu tiên" in page
    ledger = province.client("sonoivu").get("/positions/quotas").text
    assert "Chưa có bút toán nào" in ledger


def test_what_is_over_is_marked_with_its_reason(filled: tuple[Province, int]) -> None:
    province, line = filled
    sit(province, "Nguyễn Văn Hùng", line, DAY)
    sit(province, "Nguyen Van Hung", line, DAY)
    client = province.client("sonoivu")
    page = client.get(f"/positions/agencies/{province.agencies['B1']}").text
    assert "lệch 1" in page
    answer = client.submit(
        f"/positions/agencies/{province.agencies['B1']}/overages/new",
        {"rule": "line", "line": str(line), "excess": "1", "reason": "Có từ trước", "from_on": "01/01/2026",
         "solve_by": "01/07/2027", **OLD},
    )  # fmt: skip
    assert answer.status_code == 303
    page = client.get(f"/positions/agencies/{province.agencies['B1']}").text
    assert "lệch 1, đã ghi nhận" in page
    assert "Có từ trước" in page
    overage = db.session.scalars(select(Overage)).one()
    answer = client.submit(
        f"/positions/overages/{overage.id}/end", {"on": "21/11/2026", "reason": "Đã chuyển một người"}
    )
    assert answer.status_code == 303
    assert "đã ghi nhận" not in client.get(f"/positions/agencies/{province.agencies['B1']}").text


def test_a_line_shows_its_people_ledger_and_kept_seats(filled: tuple[Province, int]) -> None:
    province, line = filled
    client = province.client("tochuc")
    answer = client.submit(
        f"/positions/lines/{line}/reserve",
        {"seats": "1", "valid_from": "01/12/2026", "valid_to": "", "note": "KH 12/KH-SXD"},
    )
    assert answer.status_code == 303
    page = client.get(f"/positions/lines/{line}").text
    assert "Lý Thị Cẩm" in page
    assert "KH 12/KH-SXD" in page
    assert "+2" in page
    answer = client.submit(
        f"/positions/lines/{line}/reserve", {"seats": "1", "valid_from": "01/12/2026", "note": "KH 13/KH-SXD"}
    )
    assert answer.status_code == 422


def test_an_officer_opens_a_line_with_seats(filled: tuple[Province, int]) -> None:
    province, _line = filled
    with scope.everything():
        position = db.session.scalars(select(JobPosition.id).where(JobPosition.key == "cc.leadership.05")).one()
        commune = db.session.scalars(select(JobPosition.id).where(JobPosition.key == "cc.commune.II.17")).one()
    client = province.client("tochuc")
    address = f"/positions/agencies/{province.agencies['B1']}/lines/new"
    given = {"on": "01/01/2026", "seats": "1", "code": "SXD.01", **OLD}
    refused = client.submit(address, {"position": str(commune), **given})
    assert refused.status_code == 422
    assert "không dùng cho Phòng Quy hoạch" in refused.text
    answer = client.submit(address, {"position": str(position), **given})
    assert answer.status_code == 303, answer.text
    made = db.session.scalars(select(EstablishmentLine).where(EstablishmentLine.position_id == position)).one()
    assert made.code == "SXD.01"
    answer = client.submit(
        f"/positions/lines/{made.id}/edit", {"code": "SXD.02", "shares": "x", "version": made.version}
    )
    assert answer.status_code == 422
    answer = client.submit(f"/positions/lines/{made.id}/edit", {"code": "SXD.02", "version": str(made.version)})
    assert answer.status_code == 303
    assert "SXD.02" in client.get(f"/positions/lines/{made.id}").text


def test_seats_are_given_and_taken_back_on_the_page(filled: tuple[Province, int]) -> None:
    province, line = filled
    client = province.client("tochuc")
    address = f"/positions/lines/{line}/seats"
    given = {"kind": "adjusted", "effective_on": "01/06/2026", **OLD}
    refused = client.submit(address, {"amount": "9", **given})
    assert refused.status_code == 422
    assert "vượt" in refused.text
    answer = client.submit(address, {"amount": "-2", **given})
    assert answer.status_code == 422
    answer = client.submit(address, {"amount": "-2", "accept_reason": "Cắt vị trí", "accept_by": "31/12/2026", **given})
    assert answer.status_code == 303
    entry = db.session.scalars(select(QuotaMovement).order_by(QuotaMovement.id.desc())).first()
    assert entry is not None
    answer = client.submit(f"/positions/quotas/{entry.id}/reverse", {"reason": "Nhầm", **OLD})
    assert answer.status_code == 303
    assert "đã hủy" in client.get(f"/positions/lines/{line}").text


def test_the_yearly_table_is_previewed_then_written(province: Province) -> None:
    give(province, "sonoivu", ("root", 20))
    client = province.client("sonoivu")
    fields = {"quota_kind": "civil", "effective_on": "01/01/2026", "note": "NQ 50/NQ-HĐND", **OLD}
    numbers = {f"quota-{province.agencies[key]}": value for key, value in (("A", "8"), ("B", "30"), ("C", "2"))}
    page = client.submit("/positions/quotas/table", {**fields, **numbers, "step": "preview"})
    assert page.status_code == 422
    assert "Sở Xây dựng" in page.text
    assert db.session.scalar(select(db.func.count(QuotaMovement.id))) == 1
    numbers[f"quota-{province.agencies['B']}"] = "6"
    page = client.submit("/positions/quotas/table", {**fields, **numbers, "step": "preview"})
    assert page.status_code == 200
    assert "ghi được" in page.text
    assert db.session.scalar(select(db.func.count(QuotaMovement.id))) == 1
    answer = client.submit("/positions/quotas/table", {**fields, **numbers, "step": "write"})
    assert answer.status_code == 303
    rows = db.session.scalars(select(QuotaMovement).where(QuotaMovement.kind == MovementKind.ASSIGNED.value)).all()
    assert sorted(row.amount for row in rows) == [2, 6, 8, 20]
    ledger = client.get("/positions/quotas?level=agency").text
    assert "NQ 50/NQ-HĐND" in ledger


def test_one_agency_is_given_its_quota(province: Province) -> None:
    client = province.client("sonoivu")
    given = {
        "agency": str(province.agencies["root"]), "quota_kind": "civil", "kind": "assigned", "amount": "50",
        "effective_on": "01/01/2026", **OLD,
    }  # fmt: skip
    assert client.submit("/positions/quotas/new", given).status_code == 303
    refused = client.submit("/positions/quotas/new", {**given, "amount": "-60", "kind": "adjusted"})
    assert refused.status_code == 422
    assert "không giảm được" in refused.text


def test_workbooks_hold_what_is_shown(filled: tuple[Province, int]) -> None:
    province, _line = filled
    client = province.client("tochuc")
    sheet = openpyxl.load_workbook(
        io.BytesIO(client.get(f"/positions/agencies/{province.agencies['B1']}/export.xlsx").data)
    ).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][6:9] == [2, 1, 1]
    ledger = openpyxl.load_workbook(io.BytesIO(client.get("/positions/quotas/export.xlsx").data)).active
    assert ledger is not None
    assert ledger.max_row == 3  # the agency's own part: its quota and the seats


def test_outside_ones_part_nothing_is_told(filled: tuple[Province, int]) -> None:
    province, line = filled
    client = province.client("thanhtra")
    assert client.get(f"/positions/agencies/{province.agencies['B1']}").status_code == 404
    assert client.get(f"/positions/lines/{line}").status_code == 404
    assert "Sở Xây dựng" not in client.get("/positions/quotas").text


def test_programs_read_lines_and_add_entries(filled: tuple[Province, int]) -> None:
    province, line = filled
    client = province.client("tochuc")
    listed = client.get("/api/v1/establishment?limit=1").json
    assert listed is not None
    assert [one["id"] for one in listed["items"]] == [line]
    assert listed["items"][0]["figures"]["vacant"] == 1
    seen = client.get(f"/api/v1/establishment/agencies/{province.agencies['B1']}")
    given = {
        "agency_id": province.agencies["B1"], "line_id": line, "quota_kind": "civil", "kind": "adjusted", "amount": 1,
        "effective_on": "2026-06-01", "old_data": True,
    }  # fmt: skip
    token = {"X-CSRFToken": client.token()}
    assert client.post("/api/v1/establishment/movements", json=given, headers=token).status_code == 428
    headers = {**token, "If-Match": seen.headers["ETag"]}
    made = client.post("/api/v1/establishment/movements", json=given, headers=headers)
    assert made.status_code == 201, made.text
    assert client.post("/api/v1/establishment/movements", json=given, headers=headers).status_code == 412
    ledger = client.get("/api/v1/establishment/movements").json
    assert ledger is not None
    assert [one["amount"] for one in ledger["items"]] == [4, 2, 1]
    too_many = client.post(
        "/api/v1/establishment/movements",
        json={**given, "amount": 9},
        headers={**token, "If-Match": made.headers["ETag"]},
    )
    assert too_many.status_code == 422
