"""Criteria sets and regulations through their pages: read, a version from a day on, who has a regulation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from hrms.core import scope
from hrms.core.db import db
from hrms.performance.models import AgencyRegulation, CriteriaSet, CriteriaVersion
from hrms.performance.queries import criteria
from hrms.performance.rules.criteria import read_items, write_items
from hrms.performance.rules.formula import Criterion, Role
from tests.counting import statements
from tests.inspection import mistakes
from tests.province import Province

ITEMS = "1. Nhóm một\n1.1 | 10 | Đạo đức nghề nghiệp\n2. Nhóm hai\n2.1 | 12,5 | Năng lực\n2.2 | 7.5 | Phối hợp"
WEIGHTS = {
    "staff_quantity": "20", "staff_quality": "32", "staff_progress": "18", "leader_quantity": "15",
    "leader_quality": "20", "leader_progress": "10", "leader_subordinates": "10", "leader_unit": "8",
    "leader_cohesion": "7",
}  # fmt: skip
OWN: dict[str, Any] = {
    "number": "12/QC-BV", "issued_on": "20/11/2026", "title": "Quy chế đánh giá viên chức", "period_kind": "month",
    "valid_from": "01/12/2026", "items": ITEMS, "step": "0,5", "self_days": "3", "cap_result": "0",
    "tie_order": "result,mean,general,months,code", **WEIGHTS,
}  # fmt: skip


def set_of(code: str) -> CriteriaSet:
    return db.session.scalars(select(CriteriaSet).where(CriteriaSet.code == code)).one()


def regulate(province: Province, place: str, username: str = "sonoivu", code: str = "233/2026", **more: Any) -> Any:
    address = f"/performance/regulations/{province.agencies[place]}/{set_of(code).id}/edit"
    return province.client(username).submit(address, {**OWN, **more})


def test_everybody_reads_the_sets_and_only_the_province_changes_them(province: Province) -> None:
    client = province.client("canbo")
    page = client.get("/performance/criteria")
    assert mistakes(page.text) == []
    assert "335/2025" in page.text
    assert "56/2015" not in page.text
    assert "56/2015" in client.get("/performance/criteria?ended=1").text
    assert "56/2015" in client.get("/performance/criteria?as_at=01/01/2018").text
    civil = set_of("335/2025").id
    shown = client.get(f"/performance/criteria/{civil}")
    assert mistakes(shown.text) == []
    for words in ("Ý thức kỷ luật", "(a + b + c) / 3", "2,5", "20%"):
        assert words in shown.text
    assert "Thay đổi từ một ngày" not in shown.text
    assert client.get(f"/performance/criteria/{civil}/edit").status_code == 403
    assert province.client("tochuc").get(f"/performance/criteria/{civil}/edit").status_code == 403
    unit = client.get(f"/performance/criteria/{set_of('233/2026').id}").text
    assert "Tiêu chí đ nhóm 1" in unit
    assert client.get("/performance/criteria/999999").status_code == 404


def test_pages_read_a_fixed_number_of_statements(province: Province) -> None:
    client = province.client("sonoivu")
    for address in ("/performance/criteria", "/performance/regulations", "/performance/products"):
        client.get(address)
        with statements() as seen:
            client.get(address)
        assert len(seen) <= 14, address


def test_the_province_writes_a_version_and_sees_first_how_many_it_is_for(province: Province) -> None:
    client = province.client("sonoivu")
    civil = set_of("335/2025")
    address = f"/performance/criteria/{civil.id}/edit"
    page = client.get(address)
    assert mistakes(page.text) == []
    assert "I.1 | 5 | Phẩm chất chính trị" in page.text
    version = criteria.criteria_at("335/2025", date(2026, 11, 1))
    assert version is not None
    form: dict[str, Any] = {
        "version": str(civil.version), "person_kinds": ["civil_servant", "contract"], "general_max": "30",
        "result_max": "70", "penalty": "25", "excellent": "90", "good": "70", "satisfactory": "50",
        "quota_percent": "20", "quota_outstanding": "25", "items": write_items(version.items),
        "source": "NĐ 335/2025/NĐ-CP; QĐ 9/QĐ-UBND", "valid_from": "01/01/2027", "decision_basis": "old_data",
    }  # fmt: skip
    asked = client.submit(address, form)
    assert asked.status_code == 200
    assert "Chưa ghi" in asked.text
    assert mistakes(asked.text) == []
    stamp = asked.text.split('name="confirmed"')[1].split('value="')[1].split('"')[0]
    answer = client.submit(address, {**form, "confirmed": stamp})
    assert answer.status_code == 303
    db.session.expire_all()
    versions = db.session.scalars(
        select(CriteriaVersion).where(CriteriaVersion.set_id == civil.id, CriteriaVersion.superseded_at.is_(None))
    ).all()
    assert {(one.valid_from, one.valid_to, one.mark) for one in versions} == {
        (date(2026, 1, 1), date(2027, 1, 1), "C"), (date(2027, 1, 1), None, "P"),
    }  # fmt: skip
    assert len(max(versions, key=lambda one: one.valid_from).items) == 10
    assert client.submit(address, {**form, "confirmed": stamp}).status_code == 412
    assert "thay đổi bộ tiêu chí đánh giá 335/2025" in client.get("/audit").text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"general_max": "40"}, "phải bằng 100"),
        ({"good": "95"}, "giảm dần"),
        ({"quota_outstanding": "10"}, "nhỏ hơn tỷ lệ thường"),
        ({"items": "I.1 | năm | Đạo đức"}, "không đọc được"),
        ({"items": "I.1 | 5 | Đạo đức"}, "phải bằng 30"),
        ({"person_kinds": []}, "Chưa chọn loại cán bộ"),
        ({"source": ""}, "còn trống"),
    ],
)
def test_a_version_that_contradicts_itself_is_refused(province: Province, more: dict[str, Any], said: str) -> None:
    civil = set_of("335/2025")
    form = {
        "version": str(civil.version), "person_kinds": ["civil_servant"], "general_max": "30", "result_max": "70",
        "penalty": "25", "excellent": "90", "good": "70", "satisfactory": "50", "quota_percent": "20",
        "quota_outstanding": "25", "items": "I.1 | 30 | Đạo đức", "source": "QĐ 9", "valid_from": "01/01/2027",
        "decision_basis": "old_data",
    }  # fmt: skip
    answer = province.client("sonoivu").submit(f"/performance/criteria/{civil.id}/edit", {**form, **more})
    assert answer.status_code == 422
    assert said in answer.text


def test_criteria_are_read_from_lines_and_written_back() -> None:
    items, problems = read_items(ITEMS)
    assert problems == []
    assert [(one["code"], one["group"], one["max"]) for one in items] == [
        ("1.1", "1", "10"), ("2.1", "2", "12.5"), ("2.2", "2", "7.5"),
    ]  # fmt: skip
    assert items[1]["group_name"] == "Nhóm hai"
    assert read_items(write_items(items)) == (items, [])
    for line in ("I.1 | 5 |", " | 5 | Đạo đức", "I.1 | 0 | Đạo đức", "I.1 | 1.234 | Đạo đức", "I.1 | NaN | Đạo đức"):
        assert read_items(line)[1], line


def test_a_regulation_holds_for_the_agency_and_below_until_one_nearer(province: Province) -> None:
    assert regulate(province, "C").status_code == 303
    on = date(2026, 12, 5)
    formula, regulation, whose = criteria.formula_for(province.agencies["C1"], "233/2026", on)
    assert regulation is not None
    assert whose is not None
    assert whose.id == province.agencies["C"]
    assert formula.weights == {
        Criterion.QUANTITY: Decimal(20), Criterion.QUALITY: Decimal(32), Criterion.PROGRESS: Decimal(18),
    }  # fmt: skip
    assert formula.cap is False
    leader, _regulation, _whose = criteria.formula_for(province.agencies["C1"], "233/2026", on, role=Role.DEPUTY)
    assert leader.weights is not None
    assert sum(leader.weights.values()) == 70
    terms = criteria.terms_for(province.agencies["C1"], "233/2026", on)
    assert (terms.step, terms.self_days, terms.score_days) == (Decimal("0.5"), 3, 10)
    assert terms.tie_order[0] == "result"
    assert [one.max for one in terms.general_items] == [Decimal(10), Decimal("12.5"), Decimal("7.5")]
    assert criteria.formula_for(province.agencies["B"], "233/2026", on)[1] is None
    assert criteria.formula_for(province.agencies["C1"], "233/2026", date(2026, 11, 30))[1] is None
    seen = db.session.scalars(select(AgencyRegulation.id)).one()
    assert regulate(province, "C1", number="5/QC-TH", valid_from="01/01/2027").status_code == 303
    assert regulate(province, "C", seen=str(seen), number="13/QC").status_code == 303
    assert regulate(province, "C", seen=str(seen), number="14/QC").status_code == 412
    nearest = criteria.formula_for(province.agencies["C1"], "233/2026", date(2027, 2, 1))
    assert nearest[1] is not None
    assert nearest[1].number == "5/QC-TH"
    address = f"/performance/regulations/{province.agencies['C1']}?as_at=05/12/2026"
    assert province.client("canbo").get(address).status_code == 404
    page = province.client("thanhtra").get(address)
    assert mistakes(page.text) == []
    assert "UBND phường Ninh Kiều" in page.text
    assert "13/QC" in page.text
    assert "Ghi quy chế từ một ngày" not in page.text


def test_a_civil_regulation_keeps_the_decrees_formula(province: Province) -> None:
    answer = regulate(province, "B", username="tochuc", code="335/2025", contract="y", rounding="two_decimals")
    assert answer.status_code == 303
    formula, regulation, _whose = criteria.formula_for(province.agencies["B1"], "335/2025", date(2026, 12, 1))
    assert regulation is not None
    assert (regulation.contract, regulation.weights, regulation.items) == (True, None, None)
    assert formula.weights is None
    page = province.client("tochuc").get(answer.location)
    assert mistakes(page.text) == []
    assert "Ghi quy chế từ một ngày" in page.text
    assert "ghi quy chế đánh giá của Sở Xây dựng" in province.client("tochuc").get("/audit").text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"staff_progress": "19"}, "phải bằng 70"),
        ({"leader_cohesion": ""}, "Chưa có điểm tối đa"),
        ({"items": ""}, "còn trống"),
        ({"items": "1.1 | 29 | Đạo đức"}, "phải bằng 30"),
        ({"number": ""}, "còn trống"),
        ({"step": "0"}, "nhỏ hơn"),
        ({"self_days": "61"}, "lớn hơn"),
        ({"valid_from": "01/01/2026"}, "không chấm điểm"),
        ({"last_day": "01/01/2026"}, "từ ngày bắt đầu"),
    ],
)
def test_a_regulation_that_does_not_add_up_is_refused(province: Province, more: dict[str, Any], said: str) -> None:
    answer = regulate(province, "C1", **more)
    assert answer.status_code == 422
    assert said in answer.text
    assert db.session.scalars(select(AgencyRegulation.id)).all() == []


def test_who_has_no_regulation_by_the_day_it_is_due(province: Province) -> None:
    client = province.client("sonoivu")
    page = client.get("/performance/regulations")
    assert mistakes(page.text) == []
    assert "30/11/2026" in page.text
    assert "Trường Tiểu học Ngô Quyền" in page.text
    assert "chưa có quy chế" in page.text
    regulate(province, "C", valid_from="01/11/2026")
    after = client.get("/performance/regulations").text
    assert "theo quy chế cấp trên" in after
    assert "Trường Tiểu học" not in client.get("/performance/regulations?state=none").text
    assert "Sở Xây dựng" in client.get("/performance/regulations?of=bodies").text
    book = load_workbook(BytesIO(client.get("/performance/regulations/export.xlsx").data))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[1][1:4] == ("Trường Tiểu học Ngô Quyền", "theo quy chế cấp trên", "12/QC-BV")
    narrow = province.client("tochuc").get("/performance/regulations?of=bodies").text
    assert "Sở Xây dựng" in narrow
    assert "Sở Nội vụ" not in narrow


def test_regulations_are_written_by_ones_own_hr_only(province: Province) -> None:
    civil = set_of("335/2025").id
    client = province.client("tochuc")
    outside, inside = province.agencies["A"], province.agencies["B"]
    assert client.get(f"/performance/regulations/{outside}/{civil}/edit").status_code == 404
    assert client.get(f"/performance/regulations/{inside}/{civil}/edit").status_code == 200
    for username in ("thutruong", "canbo", "thanhtra", "vanthu"):
        assert province.client(username).get(f"/performance/regulations/{inside}/{civil}/edit").status_code == 403
    chosen = client.submit("/performance/regulations/new", {"agency": str(inside), "criteria": str(civil)})
    assert chosen.status_code == 303
    assert mistakes(client.get("/performance/regulations/new").text) == []
    form = client.get(chosen.location).text
    assert mistakes(form) == []
    assert "hiện là “0,25”" in form
    assert "staff_quantity" not in form


def test_a_regulation_ends_on_a_day_with_a_reason(province: Province) -> None:
    regulate(province, "C1")
    kept = db.session.scalars(select(AgencyRegulation)).one()
    address = f"/performance/regulations/{kept.agency_id}/{kept.set_id}/end"
    client = province.client("sonoivu")
    assert mistakes(client.get(address).text) == []
    form = {"seen": str(kept.id), "valid_from": "01/02/2027"}
    assert client.submit(address, form).status_code == 422
    assert client.submit(address, {**form, "reason": "Sáp nhập"}).status_code == 303
    with scope.everything():
        assert criteria.formula_for(kept.agency_id, "233/2026", date(2027, 3, 1))[1] is None
        assert criteria.formula_for(kept.agency_id, "233/2026", date(2027, 1, 1))[1] is not None
