"""Scenarios on their pages: made, changed, computed, compared, taken out; real data stay as they are."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import InternalError

from hrms.core import scope
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.pay.models import PayScenario
from hrms.pay.queries import scenarios as queries
from hrms.pay.rules.supposed import BaseSalary, Placement, Scale
from hrms.pay.services import scenarios as services
from tests.conftest import Database
from tests.counting import statements
from tests.pay import making
from tests.province import PEOPLE, Province

P = Permission
D = Decimal
FIRST = date(2027, 1, 1)
HIGHER = BaseSalary(start=date(2027, 7, 1), amount=D(3_000_000))


@pytest.fixture
def paid(province: Province) -> Province:
    making.add_usual(province, *(name for name, *_rest in PEOPLE if not name.startswith(("Huỳnh", "Danh"))))
    return province


def make(province: Province, *changes: Any, username: str = "sonoivu", place: str = "root", name: str = "Thử") -> int:
    who = province.enter(username, P.PAY_MANAGE)
    with transaction():
        made = services.create(who, province.agencies[place], name, FIRST, 2)
        for number, change in enumerate(changes, start=1):
            services.add_change(who, made, change, version=number)
    return made


def compute(province: Province, scenario_id: int, username: str = "sonoivu") -> None:
    who = province.enter(username, P.PAY_MANAGE)
    version = queries.get(who, scenario_id).found.version
    assert services.compute(who, scenario_id, version)
    scope.enter_for(who, P.PAY_VIEW)


def test_from_the_form_to_the_costs(paid: Province) -> None:
    browser = paid.client("sonoivu")
    assert "Chưa có phương án nào" in browser.get("/pay/what-if").text
    sent = browser.submit(
        "/pay/what-if/new",
        {"name": "Lương cơ sở 3 triệu", "agency": str(paid.agencies["root"]), "agency-text": "UBND thành phố Cần Thơ",
         "starts_on": "01/01/2027", "years": "2"},
    )  # fmt: skip
    assert sent.status_code == 303
    address = sent.headers["Location"]
    version = "1"
    assert "Chưa giả định gì" in browser.get(address).text
    kinds = browser.get(f"{address}/changes/new").text
    assert "Mức lương cơ sở khác" in kinds
    form = browser.get(f"{address}/changes/new?kind=base_salary").text
    assert "2.530.000" in form
    refused = browser.submit(
        f"{address}/changes/new?kind=base_salary", {"version": version, "start": "01/07/2027", "amount": "30000"}
    )
    assert refused.status_code == 422
    assert "quá mười lần" in refused.text
    sent = browser.submit(
        f"{address}/changes/new?kind=base_salary", {"version": version, "start": "01/07/2027", "amount": "3.000.000"}
    )
    assert sent.status_code == 303
    shown = browser.get(address).text
    assert "Mức lương cơ sở 3.000.000 đồng từ 01/07/2027" in shown
    assert "NĐ 161/2026/NĐ-CP" in shown
    assert browser.submit(f"{address}/compute", {"version": "2"}).status_code == 303
    waiting = browser.get(address).text
    assert "Đang chờ đến lượt" in waiting
    with scope.everything():
        found = db.session.scalars(select(PayScenario)).one()
        scenario_id, version = found.id, found.version
    compute(paid, scenario_id)
    done = browser.get(address).text
    assert "Theo năm (đồng)" in done
    assert "Ai tăng, ai giảm" in done
    assert f"trên {len(PEOPLE)} người" in done
    assert "Vì sao?" in done


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("allowance", {"start": "01/01/2027", "code": "other", "give": "all", "form": "amount", "value": "500000",
                       "kinds": "public_employee", "ranks": "V.07"}, "Phụ cấp khác 500.000 đồng một tháng"),
        ("allowance", {"start": "01/01/2027", "code": "public_duty", "give": "stop"}, "Thôi chi phụ cấp công vụ"),
        ("scale", {"start": "01/01/2027", "group": "2:A1", "percent": "5"}, "Hệ số lương loại A1, bảng 2: +5%"),
        ("scale", {"start": "01/01/2027", "group": "1:CGCC", "coefficients": "9,0; 9,5; 10,1"}, "9,00; 9,50; 10,10"),
        ("leadership", {"start": "01/01/2027", "percent": "10"}, "Hệ số phụ cấp chức vụ mọi chức vụ: +10%"),
        ("leadership", {"start": "01/01/2027", "post": "division_head:other", "coefficient": "0,55"}, "0,55"),
        ("insurance", {"start": "01/01/2028", "insurance": "social_insurance", "side": "employer", "percent": "18"},
         "Cơ quan đóng bảo hiểm xã hội 18%"),
        ("raises", {"start": "01/01/2027"}, "Nâng bậc lương thường xuyên đúng hạn từ 01/01/2027"),
        ("placement", {"start": "01/07/2027"}, "Xếp bậc nghề nghiệp cho viên chức từ 01/07/2027"),
    ],
)  # fmt: skip
def test_every_kind_of_change_has_its_form(paid: Province, kind: str, data: dict[str, str], said: str) -> None:
    made = make(paid)
    browser = paid.client("sonoivu")
    address = f"/pay/what-if/{made}"
    assert browser.get(f"{address}/changes/new?kind={kind}").status_code == 200
    sent = browser.submit(f"{address}/changes/new?kind={kind}", {"version": "1", **data})
    assert sent.status_code == 303, sent.text
    assert said in browser.get(address).text
    assert browser.get(f"{address}/changes/1").status_code == 200
    again = browser.submit(f"{address}/changes/1", {"version": "2", **data})
    assert again.status_code == 303, again.text
    compute(paid, made)
    assert browser.get(address).status_code == 200
    assert browser.submit(f"{address}/changes/1/remove", {"version": "3"}).status_code == 303
    assert "Chưa giả định gì" in browser.get(address).text


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("scale", {"start": "01/01/2027", "group": "2:A1"}, "Hãy ghi một trong hai"),
        ("scale", {"start": "01/01/2027", "group": "2:A1", "coefficients": "2,34; 2,67"}, "có 9 bậc, đã ghi 2 hệ số"),
        ("scale", {"start": "01/01/2027", "group": "1:CGCC", "coefficients": "9; x; 10"}, "không phải là số"),
        ("scale", {"start": "01/01/2027", "group": "1:CGCC", "coefficients": "9; 8; 10"}, "tăng dần"),
        ("leadership", {"start": "01/01/2027", "coefficient": "0,5"}, "Hãy chọn chức vụ"),
        ("insurance", {"start": "01/01/2027", "insurance": "accident_insurance", "side": "employee", "percent": "1"},
         "không đóng loại bảo hiểm"),
        ("base_salary", {"start": "01/01/2030", "amount": "3000000"}, "nằm ngoài thời gian của phương án"),
        ("allowance", {"start": "01/01/2027", "code": "other", "give": "all", "form": "percent", "value": "300"},
         "Mức lớn nhất"),
        ("allowance", {"start": "01/01/2027", "code": "public_duty", "give": "all", "form": "percent", "value": "30",
                       "leaders": "yes"}, "do văn bản ấn định chung"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(paid: Province, kind: str, data: dict[str, str], said: str) -> None:
    made = make(paid)
    sent = paid.client("sonoivu").submit(f"/pay/what-if/{made}/changes/new?kind={kind}", {"version": "1", **data})
    assert sent.status_code == 422
    assert said in sent.text


def test_side_by_side_with_a_workbook(paid: Province) -> None:
    one = make(paid, HIGHER, name="Lương cơ sở 3 triệu")
    other = make(paid, Placement(start=date(2027, 7, 1)), Scale(start=FIRST, percent=D(10)), name="Bảng lương mới")
    third = make(paid, name="Chưa tính")
    for scenario_id in (one, other):
        compute(paid, scenario_id)
    browser = paid.client("sonoivu")
    listed = browser.get("/pay/what-if").text
    assert "So sánh các phương án đã chọn" in listed
    shown = browser.get(f"/pay/what-if/compare?ids={one}&ids={other}&ids={third}").text
    for words in ("Lương cơ sở 3 triệu", "Bảng lương mới", "“Chưa tính” chưa tính", "Chi phí tăng năm 2028"):
        assert words in shown
    assert shown.count("<svg") >= 3
    answer = browser.get(f"/pay/what-if/compare.xlsx?ids={one},{other}")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    rows = {row[0]: row[1:] for row in book["So sánh"].iter_rows(values_only=True)}
    with scope.everything():
        costs = [look.cost for look in queries.list_chosen([one, other])]
    assert all(costs)
    assert rows["Chi phí tăng cả thời gian"] == tuple(int(cost.more.cost) for cost in costs if cost)
    single = browser.get(f"/pay/what-if/{one}.xlsx")
    sheets = openpyxl.load_workbook(io.BytesIO(single.data))
    assert sheets.sheetnames == [
        "Giả định",
        "Theo năm",
        "Theo cơ quan",
        "Theo cơ quan, năm",
        "Theo khoản",
        "Tăng, giảm",
    ]
    years = list(sheets["Theo năm"].iter_rows(values_only=True))
    assert costs[0] is not None
    assert years[-1][3] == int(costs[0].more.cost)
    assert browser.get(f"/pay/what-if/{third}.xlsx").status_code == 422
    assert browser.get("/pay/what-if/compare.xlsx").status_code == 422
    assert browser.get("/pay/what-if/compare?ids=x").status_code == 422
    assert browser.get("/pay/what-if/compare").status_code == 200


def test_who_may_see_and_write(paid: Province) -> None:
    made = make(paid, HIGHER, username="tochuc", place="B")
    compute(paid, made, "tochuc")
    address = f"/pay/what-if/{made}"
    for username, status in {"tochuc": 200, "sonoivu": 200, "thanhtra": 404, "thutruong": 403, "admin": 403,
                             "canbo": 403}.items():  # fmt: skip
        assert paid.client(username).get(address).status_code == status, username
    above = make(paid, HIGHER)
    assert paid.client("tochuc").get(f"/pay/what-if/{above}").status_code == 404
    with pytest.raises(NotFound):
        services.delete(paid.enter("tochuc", P.PAY_MANAGE), above, version=2)
    inspector = paid.enter("thanhtra", P.PAY_VIEW)
    with pytest.raises((Forbidden, NotFound)):
        services.create(inspector, paid.agencies["C"], "x", FIRST, 1)


def test_divisions_old_versions_and_empty_ones_are_refused(paid: Province) -> None:
    who = paid.enter("sonoivu", P.PAY_MANAGE)
    with pytest.raises(Refused) as division:
        services.create(who, paid.agencies["A1"], "x", FIRST, 1)
    assert division.value.problems[0].code == "pays_nobody"
    made = make(paid)
    with pytest.raises(Refused) as empty:
        services.start(who, made, version=1)
    assert empty.value.problems[0].code == "no_change"
    with pytest.raises(Stale):
        services.add_change(who, made, HIGHER, version=7)
    for number in range(1, services.MOST_CHANGES + 1):
        services.add_change(who, made, HIGHER, version=number)
    with pytest.raises(Refused):
        services.add_change(who, made, HIGHER, version=services.MOST_CHANGES + 1)


def test_copied_edited_and_removed(paid: Province) -> None:
    made = make(paid, HIGHER)
    compute(paid, made)
    browser = paid.client("sonoivu")
    address = f"/pay/what-if/{made}"
    sent = browser.submit(f"{address}/copy", {"name": "Bản sao"})
    copied = browser.get(sent.headers["Location"]).text
    assert "Mức lương cơ sở 3.000.000" in copied
    assert "Chưa có kết quả" in copied
    root = {"agency": str(paid.agencies["root"]), "agency-text": "UBND thành phố Cần Thơ"}
    name = {"version": "2", "name": "Tên khác", "starts_on": "15/01/2027", "years": "2", **root}
    assert browser.submit(f"{address}/edit", name).status_code == 303
    assert "Theo năm (đồng)" in browser.get(address).text, "a name changes no figure"
    outside = browser.submit(f"{address}/edit", {**name, "version": "3", "starts_on": "01/01/2028"})
    assert outside.status_code == 422
    assert browser.submit(f"{address}/edit", {**name, "version": "3", "years": "3"}).status_code == 303
    assert "Chưa có kết quả" in browser.get(address).text
    assert "không lấy lại được" in browser.get(f"{address}/delete").text
    assert browser.submit(f"{address}/delete", {"version": "4"}).status_code == 303
    assert browser.get(address).status_code == 404


def test_a_page_of_any_length_asks_the_same_few_statements(paid: Province) -> None:
    browser = paid.client("sonoivu")
    make(paid, HIGHER)
    browser.get("/pay/what-if")
    with statements() as few:
        browser.get("/pay/what-if")
    for number in range(60):
        make(paid, name=f"Phương án {number}")
    with statements() as many:
        listed = browser.get("/pay/what-if")
    assert len(many) == len(few) <= 8
    assert "Sau" in listed.text


@pytest.mark.committed
def test_computing_touches_nothing_but_the_scenario(
    paid: Province, database: Database, run_jobs: Callable[[], None]
) -> None:
    made = make(paid, HIGHER, Placement(start=date(2027, 7, 1)), Scale(start=FIRST, percent=D(10)))
    before = contents(database)
    who = paid.enter("sonoivu", P.PAY_MANAGE)
    assert services.compute(who, made, 4)
    after = contents(database)
    assert {name for name in after if after[name] != before[name]} == {"pay_scenarios", "audit_events"}
    browser = paid.client("sonoivu")
    assert browser.submit(f"/pay/what-if/{made}/compute", {"version": "4"}).status_code == 303
    run_jobs()
    shown = browser.get(f"/pay/what-if/{made}").text
    assert "Theo năm (đồng)" in shown
    db.session.rollback()
    with scope.everything():
        services._read_only()
        with pytest.raises(InternalError, match="read-only"):
            db.session.execute(text("UPDATE people SET full_name = full_name"))
    db.session.rollback()


def contents(database: Database) -> dict[str, str]:
    """A fingerprint of every row of every table."""
    engine = create_engine(database.superuser_url)
    with engine.connect() as connection:
        names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        rows = "coalesce(string_agg(t::text, '|' ORDER BY t::text), '')"
        found = {name: str(connection.scalar(text(f"SELECT md5({rows}) FROM {name} t"))) for name in names}
    engine.dispose()
    return found
