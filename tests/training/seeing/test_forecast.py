"""Who will miss by the end of the year, and which open classes close it with the least hours while seats last."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

from bs4 import BeautifulSoup
from openpyxl import load_workbook

from hrms.core import clock, scope
from hrms.core.permissions import Permission
from hrms.training.queries import offers
from tests.inspection import mistakes
from tests.province import Province
from tests.training import making
from tests.training.seeing.conftest import YEAR, make_standing

P = Permission
TODAY = date(2026, 11, 22)
SOON = date(2026, 12, 7)


def people(province: Province, *names: str) -> list[int]:
    return [province.people[name] for name in names]


def propose(province: Province, username: str, *names: str) -> offers.Proposals:
    province.enter(username, P.TRAINING_VIEW)
    return offers.propose_to(people(province, *names), YEAR, TODAY)


def test_an_accepted_class_before_the_end_of_the_year_takes_the_risk_away(learnt: Province) -> None:
    client = learnt.client("tochuc")
    assert "Lý Thị Cẩm" in client.get("/training/forecast/people").text
    coming = making.add_class(learnt, "B", starts_on=SOON, hours="16", days=2)
    making.enrol(learnt, coming, "Lý Thị Cẩm", state="accepted")
    make_standing()
    page = client.get("/training/forecast/people").text
    assert "Lý Thị Cẩm" not in page
    assert "Võ Minh Đức" in page


def test_the_least_hours_that_close_the_gap_are_proposed(learnt: Province) -> None:
    long = making.add_class(learnt, "root", starts_on=SOON, hours="40")
    short = making.add_class(learnt, "root", starts_on=SOON, hours="16", days=2)
    making.add_class(
        learnt, "root", starts_on=SOON, hours="8", days=1, course=making.add_course(kind="political_theory", hours="8")
    )  # fmt: skip
    found = propose(learnt, "tochuc", "Lý Thị Cẩm", "Võ Minh Đức")
    cam, duc = people(learnt, "Lý Thị Cẩm", "Võ Minh Đức")
    assert [one.id for one in found.by_person[cam].offers] == [short], "16 hours are missing"
    assert [one.id for one in found.by_person[duc].offers] == [long], "40 hours are missing"
    assert found.by_person[cam].closes


def test_seats_run_down_in_the_order_of_the_list(learnt: Province) -> None:
    taken = making.add_class(learnt, "root", starts_on=SOON, hours="40", seats=2)
    making.enrol(learnt, taken, "Phạm Quốc Đạt", state="accepted")
    found = propose(learnt, "tochuc", "Võ Minh Đức", "Nguyễn Văn Hùng")
    duc, hung = people(learnt, "Võ Minh Đức", "Nguyễn Văn Hùng")
    assert [one.id for one in found.by_person[duc].offers] == [taken], "the seat of somebody out of sight counts"
    assert found.by_person[hung].offers == ()
    assert [(one.id, who) for one, who in found.by_class] == [(taken, [duc])]


def test_closed_late_full_and_unsuitable_classes_are_not_proposed(learnt: Province) -> None:
    making.add_class(learnt, "root", starts_on=SOON, state="draft")
    making.add_class(learnt, "root", starts_on=date(2026, 12, 28), days=7)
    making.add_class(learnt, "root", starts_on=SOON, nominate_by=date(2026, 11, 20))
    making.add_class(learnt, "C", starts_on=SOON)
    teachers = making.add_course(person_kinds=["public_employee"])
    making.add_class(learnt, "root", starts_on=SOON, course=teachers)
    own = making.add_class(learnt, "root", starts_on=SOON)
    making.enrol(learnt, own, "Võ Minh Đức", state="nominated")
    assert propose(learnt, "tochuc", "Võ Minh Đức").by_class == []


def test_a_class_of_ones_own_agency_is_proposed_and_leads_to_the_nomination(learnt: Province) -> None:
    made = making.add_class(learnt, "B", starts_on=SOON, name="Lớp bù tiết")
    client = learnt.client("tochuc")
    page = client.get("/training/forecast/people").text
    link = next(a for a in BeautifulSoup(page, "html.parser").select("a.btn") if "Cử" in a.get_text())
    address = str(link["href"])
    assert f"/training/classes/{made}/nominate" in address
    nomination = client.get(address)
    assert nomination.status_code == 200
    for name in ("Võ Minh Đức", "Nguyễn Văn Hùng"):
        assert name in nomination.text
    inspector = learnt.client("thanhtra").get("/training/forecast/people").text
    assert "/nominate" not in inspector, "an inspector does not nominate"


def test_pages_are_in_order_in_both_languages_and_the_red_list_has_its_day(learnt: Province) -> None:
    making.add_class(learnt, "B", starts_on=SOON)
    client = learnt.client("sonoivu")
    for locale in ("vi", "en"):
        with client.session_transaction() as cookie:
            cookie["locale"] = locale
        for path in ("forecast", "forecast/people", "forecast?kind=contract", "forecast/people?q=khong-co-ai"):
            answer = client.get(f"/training/{path}")
            assert answer.status_code == 200, path
            assert mistakes(answer.text, locale) == [], (locale, path)
    client = learnt.client("sonoivu")
    assert "Danh sách đỏ lập từ ngày 30/11/2026, còn 8 ngày" in client.get("/training/forecast").text
    with clock.frozen(datetime(2026, 11, 30, 3, tzinfo=UTC)):
        client = learnt.client("sonoivu")
        assert "thuộc danh sách đỏ của năm" in client.get("/training/forecast").text
        assert "<h1>Danh sách đỏ" in client.get("/training/forecast/people").text.replace("\n", "")


def test_nobody_at_risk_is_said(learnt: Province) -> None:
    with scope.everything():
        for name in learnt.people:
            making.add_hours(learnt, name, 120, date(2026, 9, 1))
    make_standing()
    page = learnt.client("thanhtra").get("/training/forecast?requirement=1&kind=civil_servant").text
    assert "Không ai có nguy cơ thiếu" in page or "Chưa có ai phải thực hiện" in page


def test_the_workbook_names_the_proposed_classes(learnt: Province) -> None:
    making.add_class(learnt, "B", starts_on=SOON, name="Lớp bù tiết")
    made = learnt.client("tochuc").get("/training/forecast/people.xlsx")
    rows = list(load_workbook(io.BytesIO(made.data)).active.values)
    assert rows[0][-1] == "Lớp đề xuất"
    assert {row[0] for row in rows[1:]} <= {"Võ Minh Đức", "Lý Thị Cẩm", "Nguyễn Văn Hùng", "Nguyen Van Hung"}
    assert any(row[-1] == "Lớp bù tiết" for row in rows[1:])
