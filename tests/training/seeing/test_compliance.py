"""Who meets what they owe: figures by agency and requirement, names with reasons, files, how far each reader sees."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from hrms.core import scope
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.positions.queries.part import part_of
from hrms.training.queries import overview
from hrms.training.queries.overview import CONDITIONS, Filters
from tests.counting import statements
from tests.inspection import mistakes
from tests.province import Province, add_person
from tests.training import making
from tests.training.seeing.conftest import YEAR, make_standing

P = Permission


def figures(province: Province, username: str, agency: str | None = None, **filters: object) -> overview.Compliance:
    who = province.enter(username, P.TRAINING_VIEW)
    given = str(province.agencies[agency]) if agency else None
    return overview.compliance(part_of(who, given, P.TRAINING_VIEW), Filters(YEAR, **filters))  # type: ignore[arg-type] # the tests' own words


def requirement(code: str) -> int:
    return int(
        db.session.execute(text("SELECT id FROM training_requirements WHERE code = :c"), {"c": code}).scalar_one()
    )


def test_everybody_counts_once_and_figures_agree_with_the_names(learnt: Province) -> None:
    found = figures(learnt, "sonoivu")
    assert found.total.owing == 12
    assert found.total.owing == sum(row.owing for row in found.places)
    who = learnt.enter("sonoivu", P.TRAINING_VIEW)
    part = part_of(who, None, P.TRAINING_VIEW)
    for state in CONDITIONS:
        people = overview.list_people(part, Filters(YEAR, state=state))
        assert people.everybody == found.total.of(state) == sum(row.of(state) for row in found.places), state
        assert len(people.page.items) == people.everybody
    assert found.total.owing == found.total.met + found.total.exempt + len(
        {one.person_id for state in ("short", "overdue")
         for one in overview.list_people(part, Filters(YEAR, state=state)).page.items}
    )  # fmt: skip


def test_hours_of_the_yearly_duty_make_met_and_short(learnt: Province) -> None:
    yearly = requirement("NAM.CONGCHUC")
    found = figures(learnt, "sonoivu", requirement_id=yearly)
    by_name = {row.name: row for row in found.places}
    assert (by_name["Sở Nội vụ"].met, by_name["Sở Nội vụ"].short) == (1, 3)
    assert (by_name["Sở Xây dựng"].met, by_name["Sở Xây dựng"].short) == (0, 4)
    assert by_name["Sở Nội vụ"].share == 25
    (row,) = found.requirements
    assert (row.id, row.owing, row.met, row.short) == (yearly, 9, 1, 8)
    who = learnt.enter("sonoivu", P.TRAINING_VIEW)
    people = overview.list_people(
        part_of(who, None, P.TRAINING_VIEW), Filters(YEAR, requirement_id=yearly, words="cam")
    )
    (one,) = people.page.items
    (duty,) = one.duties
    assert (one.full_name, duty.required, duty.counted, duty.missing, duty.due_on) == (
        "Lý Thị Cẩm", Decimal(40), Decimal(24), Decimal(16), date(2026, 12, 31),
    )  # fmt: skip


def test_kind_code_and_words_narrow(learnt: Province) -> None:
    assert figures(learnt, "sonoivu", kind="public_employee").total.owing == 2
    assert figures(learnt, "sonoivu", kind="contract").total.owing == 0
    who = learnt.enter("sonoivu", P.TRAINING_VIEW)
    part = part_of(who, None, P.TRAINING_VIEW)

    def names(words: str) -> list[str]:
        return [one.full_name for one in overview.list_people(part, Filters(YEAR, words=words)).page.items]

    assert names("thach sa") == ["Thạch Sa Rây"]
    assert names("hùng") == ["Nguyễn Văn Hùng"], "typed with accents, accents count"
    assert len(names("hung")) == 2
    code = db.session.execute(
        text("SELECT staff_code FROM people_current WHERE full_name = 'Thạch Sa Rây'")
    ).scalar_one()
    assert names(str(code).lower()) == ["Thạch Sa Rây"]
    assert names("!!") == []


def test_a_reader_counts_their_own_part_alone(learnt: Province) -> None:
    found = figures(learnt, "tochuc")
    assert [row.name for row in found.places] == ["Sở Xây dựng", "Phòng Quy hoạch"]
    assert found.total.owing == 4
    assert figures(learnt, "thanhtra").total.owing == 4
    client = learnt.client("tochuc")
    outside = learnt.agencies["A"]
    for path in ("compliance", "compliance/people", "compliance/export.xlsx", "compliance/people.xlsx", "forecast",
                 "forecast/people", "forecast/people.xlsx"):  # fmt: skip
        assert client.get(f"/training/{path}?agency={outside}").status_code == 404, path


def test_pages_follow_each_other_and_each_name_comes_once(learnt: Province) -> None:
    who = learnt.enter("sonoivu", P.TRAINING_VIEW)
    part = part_of(who, None, P.TRAINING_VIEW)
    seen: list[str] = []
    after = None
    while True:
        people = overview.list_people(part, Filters(YEAR), after=after, limit=5)
        assert people.everybody == 12
        seen += [one.full_name for one in people.page.items]
        after = people.page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 12


def test_the_pages_are_in_order_in_both_languages(learnt: Province) -> None:
    client = learnt.client("sonoivu")
    for locale in ("vi", "en"):
        with client.session_transaction() as cookie:
            cookie["locale"] = locale
        for path in ("compliance", "compliance/people", "compliance?state=short&kind=civil_servant",
                     "compliance/people?q=khong-co-ai", f"compliance?year={YEAR - 3}"):  # fmt: skip
            answer = client.get(f"/training/{path}")
            assert answer.status_code == 200, path
            assert mistakes(answer.text, locale) == [], (locale, path)


def test_the_list_says_what_is_missing_and_why(learnt: Province) -> None:
    client = learnt.client("tochuc")
    page = client.get("/training/compliance/people?q=Cẩm").text
    assert "được tính 24 trên 40 tiết" in page
    assert "còn thiếu 16 tiết" in page
    assert "Vì sao?" in page
    assert "NĐ 171/2025/NĐ-CP" in page, "the steps of the rule with its article"
    assert "Nguyễn Hòa Bình" not in client.get("/training/compliance/people").text


def test_an_agency_typed_without_script_is_settled(learnt: Province) -> None:
    answer = learnt.client("sonoivu").get("/training/compliance?agency-text=Sở Xây dựng&agency=")
    assert answer.status_code == 302
    assert "agency=H13.09" in answer.headers["Location"]


@pytest.mark.parametrize("asked", ["year=1999", "year=2027", "year=x", "state=lost", "kind=nobody", "requirement=x"])
def test_an_unknown_condition_is_named(learnt: Province, asked: str) -> None:
    answer = learnt.client("sonoivu").get(f"/training/compliance?{asked}")
    assert answer.status_code == 422
    assert asked.partition("=")[2] in answer.text


def test_statements_do_not_grow_with_people(learnt: Province) -> None:
    def count(path: str) -> int:
        client = learnt.client("sonoivu")
        client.get(path)
        with statements() as sent:
            assert client.get(path).status_code == 200
        return len(sent)

    paths = ("/training/compliance", "/training/compliance/people", "/training/forecast", "/training/forecast/people")
    before = {path: count(path) for path in paths}
    with scope.everything():
        for number in range(30):
            add_person(learnt, 700 + number, name=f"Trần Văn Thêm {number}", place="A1")
        db.session.execute(text("SELECT refresh_people(NULL, :day)"), {"day": date(2026, 11, 22)})
        db.session.commit()
    make_standing()
    after = {path: count(path) for path in paths}
    assert after == before
    assert before["/training/compliance"] <= 8
    assert before["/training/compliance/people"] <= 22


def test_the_workbooks_hold_what_the_pages_show(learnt: Province) -> None:
    client = learnt.client("tochuc")
    made = client.get("/training/compliance/export.xlsx")
    rows = list(load_workbook(io.BytesIO(made.data)).active.values)
    assert rows[0][:4] == ("Theo", "Tên", "Số người phải thực hiện", "Đạt yêu cầu")
    assert rows[-1][:3] == ("Cộng", None, 4)
    names = client.get("/training/compliance/people.xlsx?q=Cẩm")
    rows = list(load_workbook(io.BytesIO(names.data)).active.values)
    yearly = next(row for row in rows if row[3] and "hằng năm" in str(row[3]))
    assert yearly[0] == "Lý Thị Cẩm"
    assert yearly[5:9] == (40, 24, 0, 0)
    with scope.everything():
        actions = set(db.session.scalars(text("SELECT action FROM audit_events")))
    assert "training.exported" in actions


def test_what_was_reversed_is_owed_again(learnt: Province) -> None:
    entry = making.add_hours(learnt, "Võ Minh Đức", 40, date(2026, 6, 1))
    make_standing()
    assert figures(learnt, "tochuc", requirement_id=requirement("NAM.CONGCHUC")).total.met == 1
    making.add_hours(
        learnt, "Võ Minh Đức", -40, date(2026, 6, 1), source="reversal", reverses_id=entry, reason="Ghi nhầm"
    )
    make_standing()
    assert figures(learnt, "tochuc", requirement_id=requirement("NAM.CONGCHUC")).total.met == 0


def test_first_pages_say_what_is_left_to_do(learnt: Province) -> None:
    own = learnt.client("canbo").get("/").text
    assert "Bạn đã có 0/40 tiết" in own
    assert "còn thiếu 40 tiết" in own
    assert "Khai minh chứng" in own
    under = learnt.client("tochuc").get("/").text
    assert "Thiếu tiết bồi dưỡng năm 2026" in under
    assert "4 / 4" in under
    assert "Thiếu tiết bồi dưỡng" not in learnt.client("giangvien").get("/").text
    assert "Thiếu tiết bồi dưỡng" not in own


def test_an_earlier_year_is_reckoned_when_somebody_asks(learnt: Province) -> None:
    year = YEAR - 2
    assert "Chưa có ai phải thực hiện" in learnt.client("tochuc").get(f"/training/compliance?year={year}").text
    client = learnt.client("sonoivu")
    assert f"Tính năm {year}" in client.get(f"/training/compliance?year={year}").text
    assert learnt.client("tochuc").post("/training/compliance/reckon", data={"year": year}).status_code in {400, 403}
    answer = client.post("/training/compliance/reckon", data={"year": year, "csrf_token": client.token()})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/training/compliance?year={year}")
    page = client.get(f"/training/compliance?year={year}").text
    assert "Chưa có ai phải thực hiện" not in page
    assert f"Tính năm {year}" not in page
    answer = client.post("/training/compliance/reckon", data={"year": YEAR + 1, "csrf_token": client.token()})
    assert answer.status_code == 422
