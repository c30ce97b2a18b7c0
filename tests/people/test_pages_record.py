"""The pages of a record: by role, by tab, what is hidden, what it costs, what a refused form keeps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert

from hrms.audit.models import AuditEvent
from hrms.core import clock, scope
from hrms.core.db import db
from hrms.people.models import FamilyMember, Person, PersonAllowance, PersonPost, PersonRank, WorkPeriod
from tests.counting import statements
from tests.inspection import mistakes
from tests.province import Province

TABS = (
    "", "/career", "/absences", "/education", "/salary", "/merits", "/family", "/background", "/assets", "/history",
    "/print",
)  # fmt: skip


def page(province: Province, username: str, name: str, tab: str = "") -> Any:
    return province.client(username).get(f"/people/{province.people[name]}{tab}")


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_in_order_for_who_may(province: Province, tab: str) -> None:
    answer = page(province, "tochuc", "Lý Thị Cẩm", tab)
    assert answer.status_code == 200
    assert mistakes(answer.text) == []


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_costs_a_fixed_number_of_statements(province: Province, tab: str) -> None:
    client = province.client("tochuc")
    person_id = province.people["Lý Thị Cẩm"]
    address = f"/people/{person_id}{tab}"
    with scope.everything():
        db.session.add(FamilyMember(person_id=person_id, side="own", relation="mother", full_name="Mẹ"))
        db.session.commit()
    client.get(address)
    with statements() as first:
        client.get(address)
    with scope.everything():
        for n in range(30):
            db.session.add(FamilyMember(person_id=person_id, side="own", relation="child", full_name=f"Con {n}"))
        db.session.commit()
    with statements() as more:
        client.get(address)
    assert len(more) == len(first)
    assert len(first) <= 8, "\n".join(first)


SECRETS = {
    "people.sensitive.origin": ("Khmer-bí-mật", "ethnic_group"),
    "people.sensitive.party": ("Bí thư-bí-mật", "party_concurrent_posts"),
    "people.sensitive.health": ("Sức-khỏe-bí-mật", "health_state"),
    "people.sensitive.history": ("Lịch-sử-bí-mật", "history_arrest"),
    "people.sensitive.family": ("Xuất-thân-bí-mật", "family_origin"),
    "people.sensitive.assets": ("Đất-bí-mật", "land_business"),
}


@pytest.fixture
def secretive(province: Province) -> Province:
    """Somebody whose every guarded group holds words that are easy to look for."""
    with scope.everything():
        person = db.session.get_one(Person, province.people["Lý Thị Cẩm"])
        for words, column in SECRETS.values():
            setattr(person, column, words)
        db.session.add(FamilyMember(person_id=person.id, side="own", relation="mother", full_name="Mẹ-bí-mật"))
        db.session.commit()
    return province


def test_guarded_groups_are_absent_without_their_permission(secretive: Province) -> None:
    allowed = secretive.client("tochuc")
    head = secretive.client("thutruong")
    seen = "".join(allowed.get(f"/people/{secretive.people['Lý Thị Cẩm']}{tab}").text for tab in TABS)
    hidden = "".join(
        head.get(f"/people/{secretive.people['Lý Thị Cẩm']}{tab}").text for tab in ("", *TABS[1:6], "/print")
    )
    for words, _column in SECRETS.values():
        assert words in seen
    assert "Mẹ-bí-mật" in seen
    # The head holds the party's group and no other.
    assert "Bí thư-bí-mật" in hidden
    for words in ("Khmer-bí-mật", "Sức-khỏe-bí-mật", "Lịch-sử-bí-mật", "Xuất-thân-bí-mật", "Đất-bí-mật", "Mẹ-bí-mật"):
        assert words not in hidden
    for tab in ("/family", "/background", "/assets", "/history"):
        assert page(secretive, "thutruong", "Lý Thị Cẩm", tab).status_code == 403


def test_amounts_are_absent_without_the_pay_permission(province: Province) -> None:
    person_id = province.people["Lý Thị Cẩm"]
    with scope.everything():
        db.session.get_one(Person, person_id).position_pay_amount = Decimal(91234567)
        db.session.add(
            PersonAllowance(
                person_id=person_id, allowance_kind="attraction", amount=Decimal(7654321), form="amount",
                valid_from=date(2026, 1, 1), recorded_at=clock.now(), basis="old_data",
            )
        )  # fmt: skip
        db.session.commit()
    seen = {
        username: "".join(page(province, username, "Lý Thị Cẩm", tab).text for tab in ("", *TABS[1:6], "/print"))
        + province.client(username).get(f"/api/v1/people/{person_id}/facts/allowance").text
        + province.client(username).get(f"/api/v1/people/{person_id}?full=1").text
        for username in ("tochuc", "thutruong", "sonoivu")
    }
    for amount, raw in (("91.234.567", "91234567"), ("7.654.321", "7654321")):
        assert amount in seen["tochuc"]
        assert amount in seen["sonoivu"]
        assert amount not in seen["thutruong"]
        assert raw not in seen["thutruong"]
    assert "theo mức tiền" in seen["thutruong"]
    assert province.client("thutruong").get(f"/people/{person_id}/edit/position_pay").status_code == 403


def test_one_sees_all_of_ones_own_record_and_changes_nothing(secretive: Province) -> None:
    with scope.everything():
        own = db.session.get_one(Person, secretive.people["Nguyễn Văn Hùng"])
        own.family_origin, own.health_state = "Của-tôi", "Khỏe-của-tôi"
        db.session.commit()
    client = secretive.client("canbo")
    first = client.get(f"/people/{secretive.people['Nguyễn Văn Hùng']}")
    assert first.status_code == 200
    assert "Của-tôi" in first.text
    assert "Khỏe-của-tôi" in first.text
    assert f"{own.national_id}" in first.text
    assert "/edit/" not in first.text
    assert "Ghi quyết định" not in first.text
    for tab in ("/family", "/background", "/assets", "/print"):
        assert client.get(f"/people/{own.id}{tab}").status_code == 200
    assert client.get(f"/people/{own.id}/history").status_code == 403
    assert client.get(f"/people/{own.id}/edit/identity").status_code == 403
    assert client.submit(f"/people/{own.id}/edit/identity", {"full_name": "Khác"}).status_code == 403
    assert client.get(f"/people/{secretive.people['Lý Thị Cẩm']}").status_code == 404


def test_the_number_is_masked_until_revealed_and_the_look_is_logged(province: Province) -> None:
    person_id = province.people["Lý Thị Cẩm"]
    with scope.everything():
        number = db.session.get_one(Person, person_id).national_id
    client = province.client("tochuc")
    assert number is not None
    for tab in ("", "/edit/identity", "/print"):
        assert number not in client.get(f"/people/{person_id}{tab}").text
    shown = client.submit(f"/people/{person_id}/reveal")
    assert number in shown.text
    with scope.everything():
        assert db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "person.revealed_id")).one()
    assert province.client("thutruong").submit(f"/people/{person_id}/reveal").status_code == 403


def test_a_view_of_guarded_groups_is_logged(province: Province) -> None:
    client = province.client("tochuc")
    for _ in range(2):
        client.get(f"/people/{province.people['Lý Thị Cẩm']}/assets")
    with scope.everything():
        events = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "person.viewed")).all()
    assert [event.after for event in events] == [{"groups": ["assets"]}]


def test_a_group_is_edited_and_a_refused_form_keeps_what_was_typed(province: Province) -> None:
    person_id = province.people["Lý Thị Cẩm"]
    client = province.client("tochuc")
    with scope.everything():
        before = db.session.get_one(Person, person_id)
        version, number = before.version, before.national_id
    form = {
        "version": version,
        "full_name": "Lý Thị Cẩm",
        "sex": "female",
        "birth_date": "30/02/1994",
        "phone": "sai số",
    }
    refused = client.submit(f"/people/{person_id}/edit/identity", form)
    assert refused.status_code == 422
    assert "30/02/1994" in refused.text
    assert mistakes(refused.text) == []
    done = client.submit(
        f"/people/{person_id}/edit/identity", form | {"birth_date": "27/11/1994", "phone": "0912 345 678"}
    )
    assert done.status_code == 303
    with scope.everything():
        after = db.session.get_one(Person, person_id, populate_existing=True)
        assert (after.phone, after.national_id, after.version) == ("0912 345 678", number, version + 1)
    stale = client.submit(
        f"/people/{person_id}/edit/identity", form | {"birth_date": "27/11/1994", "phone": "0900000000"}
    )
    assert stale.status_code == 412
    assert "0900000000" in stale.text


def test_a_row_is_added_removed_and_brought_back(province: Province) -> None:
    person_id = province.people["Lý Thị Cẩm"]
    client = province.client("tochuc")
    added = client.submit(f"/people/{person_id}/tables/work/new", {"from_on": "8/2015", "agency_name": "Sở Xây dựng"})
    assert added.status_code == 303
    shown = client.get(f"/people/{person_id}/career").text
    assert "08/2015" in shown
    with scope.everything():
        row_id = db.session.scalars(db.select(WorkPeriod.id).where(WorkPeriod.person_id == person_id)).one()
    removed = client.submit(f"/people/{person_id}/tables/work/{row_id}/remove", {"version": 1}, follow_redirects=True)
    assert "Sở Xây dựng</td>" not in removed.text
    client.submit(f"/people/{person_id}/tables/work/{row_id}/restore")
    assert "08/2015" in client.get(f"/people/{person_id}/career").text


def test_one_decision_carries_facts_and_the_timeline_tells_them(province: Province) -> None:
    person_id = province.people["Lý Thị Cẩm"]
    client = province.client("tochuc")
    with scope.everything():
        version = db.session.get_one(Person, person_id).version
    form = {
        "version": version, "decision_basis": "new", "decision_number": "905/QĐ-SXD", "decision_signed_on": "1/10/2026",
        "decision_issuer": "Sở Xây dựng", "decision_kind": "step_raise", "decision_subject": "Nâng bậc lương",
        "kinds": ["rank", "allowance"], "valid_from": "1/10/2026", "rank__rank_code": "01.003", "rank__step": "3",
        "allowance__allowance_kind": "responsibility", "allowance__coefficient": "0,1",
    }  # fmt: skip
    wrong = client.submit(f"/people/{person_id}/facts/new", form | {"rank__step": "12", "decision_number": ""})
    assert wrong.status_code == 422
    assert mistakes(wrong.text) == []
    assert client.submit(f"/people/{person_id}/facts/new", form).status_code == 303
    again = client.submit(f"/people/{person_id}/facts/new", form, follow_redirects=True)
    assert "không có gì thay đổi" in again.text
    shown = client.get(f"/people/{person_id}/career").text
    assert "905/QĐ-SXD" in shown
    assert "bậc 3/9" in shown
    assert "3,00" in shown


def test_a_corrected_fact_stays_in_sight_and_the_clocks_show_what_was_known(province: Province) -> None:
    person_id = province.people["Lý Thị Cẩm"]
    client = province.client("tochuc")
    with scope.everything():
        found = db.session.get_one(Person, person_id)
        version = found.version
        fact = db.session.scalars(db.select(PersonRank).where(PersonRank.person_id == person_id)).one()
        db.session.execute(db.update(PersonRank).where(PersonRank.id == fact.id).values(superseded_at=None))
    form = {
        "version": version, "rank_code": "01.003", "step": "3", "coefficient": "", "valid_from": "1/3/2024",
        "why": "Ghi nhầm bậc",
        "decision_basis": "old_data",
    }  # fmt: skip
    address = f"/people/{person_id}/facts/rank/{fact.id}"
    assert client.get(address).status_code == 200
    assert client.submit(address, form | {"why": ""}).status_code == 422
    done = client.submit(address, form)
    assert done.status_code == 303, done.text[done.text.find("error-summary") :][:900]
    shown = client.get(f"/people/{person_id}/career").text
    assert "đã đính chính" in shown
    assert client.get(f"/people/{person_id}/career?as_at=01/01/2023").status_code == 200
    old = client.get(f"/people/{person_id}?known_on=01/01/2020").text
    assert "bậc 3/9" not in old
    ended = client.get(f"{address}/end")
    assert ended.status_code == 404


def test_a_new_record_is_made_on_paper(province: Province) -> None:
    client = province.client("tochuc")
    form = {
        "full_name": "Trần Thị Mới", "sex": "female", "birth_date": "2/3/1999", "national_id": "092199000777",
        "kind": "civil_servant", "using_agency_id": str(province.agencies["B1"]),
        "using_agency_id-text": "Phòng Quy hoạch (H13.09.01)", "since": "1/9/2026", "rank_code": "01.003", "step": "1",
        "decision_basis": "old_data",
    }  # fmt: skip
    wrong = client.submit("/people/new", form | {"national_id": "092099000777", "full_name": "=cmd()"})
    assert wrong.status_code == 422
    assert "nêu lý do" in wrong.text
    assert mistakes(wrong.text) == []
    done = client.submit("/people/new", form)
    assert done.status_code == 303, done.text
    shown = client.get(done.headers["Location"]).text
    assert "Trần Thị Mới" in shown
    assert "2,34" in shown
    again = client.submit("/people/new", form)
    assert again.status_code == 422
    assert "Trần Thị Mới" in again.text


def test_a_withdrawn_fact_is_not_called_corrected(province: Province) -> None:
    person_id = province.people["Lý Thị Cẩm"]
    client = province.client("tochuc")
    with scope.everything():
        version = db.session.get_one(Person, person_id).version
        db.session.execute(
            insert(PersonPost).values(
                person_id=person_id, slot=0, post_name="Phó Trưởng phòng", appointed_on=date(2024, 3, 1),
                valid_from=date(2024, 3, 1), basis="old_data",
            )
        )  # fmt: skip
        db.session.commit()
        fact_id = db.session.scalars(db.select(PersonPost.id).where(PersonPost.person_id == person_id)).one()
    address = f"/people/{person_id}/facts/post/{fact_id}/withdraw"
    done = client.submit(address, {"version": version, "reason": "Ghi nhầm người"})
    assert done.status_code == 303, done.text[done.text.find("error-summary") :][:900]
    shown = client.get(f"/people/{person_id}/career").text
    assert "đã rút" in shown
    assert "rút ngày" in shown
    assert "đã đính chính" not in shown


def test_who_sees_a_record_stands_under_its_head_card(province: Province) -> None:
    answer = page(province, "tochuc", "Lý Thị Cẩm", "/access")
    assert mistakes(answer.text) == []
    head = page(province, "tochuc", "Lý Thị Cẩm", "/history").text
    for words in ("Ngày nghỉ hưu", "CT-000006", "********0006", "In sơ yếu lý lịch", "Các phần của hồ sơ"):
        assert words in answer.text
        assert words in head
    assert "Tài khoản xem được hồ sơ" in answer.text


def test_a_look_is_told_without_speaking_of_changes(province: Province) -> None:
    page(province, "sonoivu", "Lý Thị Cẩm", "/family")
    told = page(province, "sonoivu", "Lý Thị Cẩm", "/history").text
    assert "<summary>chi tiết</summary>" in told
    assert "mục thay đổi" not in told


def test_an_empty_list_offers_only_what_the_reader_may_use(province: Province) -> None:
    assert "số định danh đủ 12 chữ số" in province.client("tochuc").get("/people?q=Khongco").text
    assert "số định danh đủ 12 chữ số" not in province.client("thutruong").get("/people?q=Khongco").text


def test_the_first_page_of_who_sees_no_records_says_so(province: Province) -> None:
    shown = province.client("admin").get("/").text
    assert "Vai trò của bạn không xem hồ sơ" in shown
    assert "Cơ quan, đơn vị" in shown


def test_the_waived_second_factor_is_named_only_where_one_is_required(province: Province) -> None:
    for username, named in (("admin", True), ("sonoivu", True), ("tochuc", False), ("canbo", False)):
        shown = province.client(username).get("/").text
        assert "mọi hồ sơ đều bịa ra" in shown
        assert ("miễn bước xác thực thứ hai" in shown) is named, username
