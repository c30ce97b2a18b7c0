"""The calendar as pages: what falls due, for whom, and the way out; holidays and records change it at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, text

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.deadlines import services
from hrms.people.models import PersonAgency, PersonPost
from tests.counting import statements
from tests.province import TODAY, Province, add_person

HERE = date(2026, 11, 21)


@pytest.fixture
def due(province: Province) -> Iterator[Province]:
    """A province with somebody at B who retires on 30/06/2027, one who should have, a term and a stay that end."""
    with clock.frozen(TODAY):
        with scope.everything():
            people = province.people
            people["soon"] = add_person(province, 901, name="Lê Văn Tám", born="1965-09-03", place="B1")
            people["late"] = add_person(province, 902, name="Lê Văn Chín", born="1965-02-15", place="B")
            people["head"] = add_person(province, 903, name="Trần Trưởng", born="1980-01-01", place="B")
            people["away"] = add_person(province, 904, name="Mai Biệt Phái", born="1990-01-01", place="A")
            common = {"basis": "old_data", "valid_from": date(2022, 3, 1)}
            db.session.execute(
                insert(PersonPost).values(
                    person_id=people["head"], slot=0, post_name="Trưởng phòng", appointed_on=date(2022, 3, 1),
                    term_until=date(2027, 2, 28), **common,
                )
            )  # fmt: skip
            db.session.execute(
                insert(PersonAgency).values(
                    person_id=people["away"], membership="seconded_in", slot=0, agency_id=province.agencies["B"],
                    basis="old_data", valid_from=date(2025, 1, 1), valid_to=date(2027, 1, 1),
                )
            )  # fmt: skip
            db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": HERE})
            services.refresh(None)
            db.session.commit()
        yield province


def test_what_falls_due_stands_with_its_day_article_and_action(due: Province) -> None:
    page = due.client("tochuc").get("/calendar?window=12")
    assert page.status_code == 200
    for words in ("Lê Văn Tám", "30/12/2026", "Thông báo nghỉ hưu", "NĐ 170/2025/NĐ-CP Đ61–63", "Trần Trưởng",
                  "Mai Biệt Phái", "31/12/2026"):  # fmt: skip
        assert words in page.text, words
    assert f"kind=retirement_notice&amp;people={due.people['soon']}" in page.text


def test_overdue_is_a_list_of_its_own(due: Province) -> None:
    page = due.client("tochuc").get("/calendar?window=overdue").text
    assert "Lê Văn Chín" in page
    assert "Quyết định nghỉ hưu" in page
    assert "Lê Văn Tám" not in page
    assert "quá 174 ngày" in page  # 31/05/2026 to 21/11/2026


def test_nobody_sees_lines_beyond_the_own_reach(due: Province) -> None:
    own = due.client("thanhtra").get("/calendar?window=12").text
    assert "Lê Văn Tám" not in own
    assert "Không có việc nào đến hạn" in own
    assert due.client("thanhtra").get(f"/calendar?agency={due.agencies['B']}").status_code == 404
    assert due.client("canbo").get("/calendar").status_code == 403


def test_sender_and_receiver_both_see_that_a_secondment_ends(due: Province) -> None:
    assert "Mai Biệt Phái" in due.client("tochuc").get("/calendar?kind=secondment_end&window=6").text
    assert "Mai Biệt Phái" in due.client("sonoivu").get("/calendar?kind=secondment_end&window=6").text


def test_the_page_takes_a_fixed_number_of_statements(due: Province) -> None:
    client = due.client("tochuc")
    client.get("/calendar")
    with statements() as seen:
        client.get("/calendar?window=12")
    assert len(seen) <= 8, seen
    with scope.everything():
        for number in range(60):
            add_person(due, 1000 + number, name=f"Lê Văn Đông {number}", born="1965-09-03", place="B1")
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": HERE})
        services.refresh(None)
        db.session.commit()
    with statements() as more:
        client.get("/calendar?window=12")
    assert len(more) == len(seen), more


def test_pages_of_lines_join_without_gap_or_repetition(due: Province) -> None:
    with scope.everything():
        for number in range(70):
            add_person(due, 1000 + number, name=f"Lê Văn Đông {number}", born="1965-09-03", place="B1")
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": HERE})
        services.refresh(None)
        db.session.commit()
    from hrms.deadlines import queries

    who = due.enter("tochuc")
    asked, where = queries.DueFilters(window="12"), queries.reach(who)
    everything = [(one.due_on, one.person_id, one.code) for one in queries.all_due(who, asked, where, 1000)]
    walked: list[tuple[date, int, str]] = []
    cursor: str | None = None
    while True:
        page = queries.list_due(who, asked, where, after=cursor, limit=20)
        walked += [(one.due_on, one.person_id, one.code) for one in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert walked == everything
    assert len(everything) == queries.count_due(who, asked, where).total > 140


def test_lines_ticked_lead_to_one_proposal(due: Province) -> None:
    client = due.client("tochuc")
    soon, late = due.people["soon"], due.people["late"]
    answer = client.get(f"/calendar/propose?line=retirement_decision:{soon}&line=retirement_decision:{late}")
    assert answer.status_code in {302, 303}
    assert answer.headers["Location"].endswith(f"kind=retirement&people={late}.{soon}")
    mixed = client.get(
        f"/calendar/propose?line=retirement_decision:{soon}&line=retirement_notice:{soon}&back=window=12"
    )
    assert mixed.headers["Location"].endswith("/calendar?window=12")


def test_lines_of_people_beyond_the_reach_lead_nowhere(due: Province) -> None:
    other = due.people["Thạch Sa Rây"]
    answer = due.client("tochuc").get(f"/calendar/propose?line=retirement_decision:{other}")
    assert "/calendar" in answer.headers["Location"]
    assert str(other) not in answer.headers["Location"]


def test_the_workbook_has_what_the_list_shows(due: Province) -> None:
    answer = due.client("tochuc").get("/calendar/export.xlsx?window=12")
    assert answer.status_code == 200
    assert answer.data[:2] == b"PK"
    from io import BytesIO

    from openpyxl import load_workbook

    rows = list(load_workbook(BytesIO(answer.data), read_only=True).active.iter_rows(values_only=True))
    assert {"Lê Văn Tám", "Trần Trưởng"} <= {row[4] for row in rows[1:]}


def test_a_bad_condition_is_named(due: Province) -> None:
    page = due.client("tochuc").get("/calendar?window=soon")
    assert page.status_code == 422
    assert "soon" in page.text


def test_the_first_page_counts_what_is_overdue(due: Province) -> None:
    page = due.client("tochuc").get("/").text
    assert "Việc quá hạn" in page
    assert "Việc đến hạn trong 30 ngày" in page


def test_in_english(due: Province) -> None:
    with scope.everything():
        db.session.execute(text("UPDATE accounts SET locale = 'en' WHERE id = :id"), {"id": due.accounts["tochuc"]})
        db.session.commit()
    page = due.client("tochuc").get("/calendar?window=12").text
    for words in ("Calendar of what falls due", "Begin reappointment", "days left", "Secondment ends"):
        assert words in page, words
    assert "Bắt đầu bổ nhiệm lại" not in page


def test_lines_are_what_facts_and_rules_give(due: Province) -> None:
    from hrms.core import hooks

    check = next(one for one in hooks.checks if one.name == "deadlines.lines")
    with scope.everything():
        assert check.run() == []
        db.session.execute(
            text("UPDATE people SET birth_date = '1966-01-01' WHERE id = :id"), {"id": due.people["soon"]}
        )
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": HERE})
        assert len(list(check.run())) == 2


def test_a_day_later_every_line_stands_a_day_nearer(due: Province) -> None:
    before = due.client("tochuc").get("/calendar?window=12").text
    with clock.frozen(TODAY + timedelta(days=1)):
        after = due.client("tochuc").get("/calendar?window=12").text
    assert "còn 39 ngày" in before
    assert "còn 38 ngày" in after


def test_a_program_reads_the_same_lines(due: Province) -> None:
    answer = due.client("tochuc").get("/api/v1/calendar?window=12&kind=retirement_notice")
    assert answer.status_code == 200
    assert answer.json is not None
    line = answer.json["items"][0]
    assert (line["full_name"], line["due_on"], line["days_left"]) == ("Lê Văn Tám", "2026-12-30", 39)
    assert line["why"][-1]["source"] == "NĐ 170/2025/NĐ-CP Đ61–63"
    assert line["settled_by"][0] == "retirement_notice"
    assert due.client("thanhtra").get("/api/v1/calendar?window=12&kind=retirement_notice").json == {
        "items": [], "next": None,
    }  # fmt: skip
    assert due.client("tochuc").get("/api/v1/calendar?window=x").status_code == 422
    assert due.client("canbo").get("/api/v1/calendar").status_code == 403
