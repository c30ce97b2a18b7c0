"""The reports: turns and distinct people, what is kept back, money, positions, hours, gaps; files as the form is."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert, text

from hrms.core import clock, dated, scope
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.people.models import PersonAgency
from hrms.positions.models import PositionGap
from hrms.positions.queries.part import part_of
from hrms.training.models import TrainingPlan, TrainingPlanLine
from hrms.training.queries import reports, spread
from hrms.training.queries.reports import Asked, Results
from hrms.training.rules.kinds import CourseKind
from hrms.training.rules.reporting import Learner
from tests.inspection import mistakes
from tests.layout import pdf_problems
from tests.positions.seating import OFFICER, add_line, sit
from tests.province import Province
from tests.training import making
from tests.training.seeing.conftest import NOW, YEAR

P = Permission
WHOLE = Asked(date(YEAR, 1, 1), date(YEAR + 1, 1, 1))
PAGES = ("", "/plan", "/positions", "/hours", "/gaps", "/repayments")
FILES = ("results.xlsx", "results.pdf", "plan.xlsx", "positions.xlsx", "hours.xlsx", "gaps.xlsx")


def results(province: Province, username: str = "sonoivu", asked: Asked = WHOLE) -> Results:
    who = province.enter(username, P.TRAINING_VIEW)
    return reports.results(part_of(who, None, P.TRAINING_VIEW), asked)


def test_turns_and_people_are_counted_apart(learnt: Province) -> None:
    total = results(learnt).total
    assert (total.turns, total.people, total.women, total.minorities) == (3, 2, 1, 0)
    assert total.contents == {"position": 2, "theory_other": 1}
    rows = results(learnt).rows
    assert {key: (row.turns, row.people) for key, row in rows.items()} == {
        Learner.PRINCIPAL: (2, 1), Learner.SPECIALIST: (1, 1),
    }  # fmt: skip
    assert results(learnt, "tochuc").total.turns == 1, "only of the reader's own part"


def test_a_class_is_paid_by_those_who_finished_it(learnt: Province) -> None:
    found = results(learnt)
    assert (found.total.local, found.total.central, found.total.cost) == (8_000_000, 2_000_000, 10_000_000)
    assert found.rows[Learner.SPECIALIST].local == 4_000_000
    assert results(learnt, "tochuc").total.cost == 5_000_000, "half of the learners are theirs"


def test_teaching_and_what_was_reversed_are_no_turns(learnt: Province) -> None:
    making.add_hours(learnt, "Võ Minh Đức", 8, date(2026, 4, 1), kind="teaching", form="teaching")
    wrong = making.add_hours(learnt, "Võ Minh Đức", 8, date(2026, 4, 1))
    assert results(learnt).total.turns == 4
    making.add_hours(learnt, "Võ Minh Đức", -8, date(2026, 4, 1), source="reversal", reverses_id=wrong, reason="Nhầm")
    assert results(learnt).total.turns == 3


def test_a_report_is_of_its_days_and_of_what_was_known(learnt: Province) -> None:
    first_quarter = Asked(date(YEAR, 1, 1), date(YEAR, 4, 1))
    assert results(learnt, asked=first_quarter).total.turns == 2
    locked = Asked(WHOLE.first, WHOLE.until, datetime.now(UTC))
    making.add_hours(learnt, "Võ Minh Đức", 8, date(2026, 4, 1))
    assert results(learnt).total.turns == 4
    assert results(learnt, asked=locked).total.turns == 3, "as it was sent"
    reversal = making.add_hours(learnt, "Thạch Sa Rây", 8, date(2026, 4, 2))
    known = datetime.now(UTC) + timedelta(microseconds=1)
    making.add_hours(
        learnt, "Thạch Sa Rây", -8, date(2026, 4, 2), source="reversal", reverses_id=reversal, reason="Nhầm"
    )
    assert results(learnt, asked=Asked(WHOLE.first, WHOLE.until, known)).total.turns == 5, "not reversed yet then"


def test_somebody_counts_as_what_they_were_on_the_day(learnt: Province) -> None:
    cadre, teacher = "Thạch Sa Rây", "Huỳnh Thị Mỹ"
    making.add_hours(learnt, cadre, 8, date(2026, 4, 1))
    making.add_hours(learnt, teacher, 8, date(2026, 4, 1), kind="digital", form="online")
    making.add_hours(learnt, "Phạm Quốc Đạt", 8, date(2026, 4, 1))
    rows = results(learnt).rows
    assert rows[Learner.CADRE_COMMUNE].minorities == 1
    assert rows[Learner.PUBLIC_STAFF].contents == {"digital": 1}
    assert rows[Learner.LEADER_COMMUNE].turns == 1, "holds a post"
    making.add_hours(learnt, teacher, 8, date(2024, 1, 15))
    before = Asked(date(2024, 1, 1), date(2025, 1, 1))
    assert results(learnt, asked=before).total.turns == 0, "worked nowhere here yet"


def test_who_has_left_since_still_counts_where_they_learnt(learnt: Province) -> None:
    who = learnt.people["Lý Thị Cẩm"]
    with scope.everything():
        for membership in ("using", "managing"):
            dated.replace(
                PersonAgency, {"person_id": who, "membership": membership, "slot": 0},
                {"agency_id": learnt.agencies["C"]}, valid_from=date(2026, 10, 1),
            )  # fmt: skip
        db.session.execute(text("SELECT refresh_people(NULL, :day)"), {"day": clock.today()})
        db.session.commit()
    assert results(learnt, "tochuc").total.turns == 1
    assert results(learnt, "thanhtra").total.turns == 0, "learnt before they came"
    learnt.enter("tochuc", P.TRAINING_VIEW)
    seen = db.session.execute(text("SELECT count(*) FROM people WHERE id = :id"), {"id": who}).scalar_one()
    assert seen == 0, "counted, not shown"


def test_small_counts_are_shown_to_those_alone_who_see_ethnic_groups(learnt: Province) -> None:
    head = learnt.client("thutruong").get("/training/reports").text
    assert "&lt;5" in head
    assert "dưới 5 không hiện" in head
    officer = learnt.client("tochuc").get("/training/reports").text
    assert "&lt;5" not in officer
    book = load_workbook(io.BytesIO(learnt.client("thutruong").get("/training/reports/results.xlsx").data))
    cells = [cell for row in book.active.values for cell in row]
    assert "<5" in cells


@pytest.mark.parametrize("username", ["sonoivu", "tochuc", "thutruong", "thanhtra"])
def test_all_pages_open_in_both_languages_with_and_without_figures(learnt: Province, username: str) -> None:
    client = learnt.client(username)
    for locale in ("vi", "en"):
        with client.session_transaction() as cookie:
            cookie["locale"] = locale
        for page in PAGES:
            for asked in ("", f"?year={YEAR - 2}&period=q3"):
                answer = client.get(f"/training/reports{page}{asked}")
                assert answer.status_code == 200, page
                assert mistakes(answer.text, locale) == [], (locale, page, asked)


def test_who_does_not_see_training_gets_nothing(learnt: Province) -> None:
    for username in ("canbo", "giangvien", "vanthu", "admin"):
        client = learnt.client(username)
        for page in (*PAGES, *(f"/{name}" for name in FILES)):
            assert client.get(f"/training/reports{page}").status_code == 403, (username, page)
    outside = learnt.agencies["A"]
    client = learnt.client("tochuc")
    for page in (*PAGES, *(f"/{name}" for name in FILES)):
        assert client.get(f"/training/reports{page}?agency={outside}").status_code == 404, page


def test_the_yearly_report_names_its_day_and_its_locked_copy(learnt: Province) -> None:
    client = learnt.client("sonoivu")
    assert "trước ngày 31/01/2027" in client.get("/training/reports").text
    past = client.get(f"/training/reports?year={YEAR - 1}").text
    assert "chốt ngày 31/01/2026" in past
    assert "known_on=2026-01-31" in past
    with clock.frozen(NOW):
        locked = client.get(f"/training/reports?year={YEAR - 1}&known_on=2026-01-31").text
    assert "Số liệu như đã ghi nhận đến" in locked


def test_files_come_in_the_layout_of_the_form(learnt: Province) -> None:
    client = learnt.client("sonoivu")
    sheet = load_workbook(io.BytesIO(client.get("/training/reports/results.xlsx").data)).active
    rows = list(sheet.values)
    said = [cell for row in rows for cell in row if cell is not None]
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Đối tượng", "Lý luận chính trị", "NSTW", "NGƯỜI LẬP BIỂU"):
        assert words in said, words
    total = next(row for row in rows if row[1] == "Cộng")
    assert total[2:6] == (3, 2, 1, 0)
    assert sum(1 for row in rows if isinstance(row[0], int)) == len(Learner)
    pdf = client.get("/training/reports/results.pdf").data
    assert pdf_problems(pdf) == []
    for name in FILES:
        answer = client.get(f"/training/reports/{name}?period=q4")
        assert answer.status_code == 200, name
        assert "attachment" in answer.headers["Content-Disposition"]


def test_plans_stand_beside_what_was_run(learnt: Province) -> None:
    course = making.add_course("Kỹ năng số", kind="digital", hours="16")
    with scope.everything():
        for state, learners in (("approved", 60), ("draft", 999)):
            plan = making.add_row(
                TrainingPlan, agency_id=learnt.agencies["A"], year=YEAR, state=state, title="Kế hoạch",
                changed_at=NOW,
            )  # fmt: skip
            making.add_row(
                TrainingPlanLine, plan_id=plan, course_id=course, classes=2, learners=learners, central_budget=0,
                local_budget=50_000_000, other_budget=0, needs=0,
            )  # fmt: skip
        db.session.commit()
    who = learnt.enter("sonoivu", P.TRAINING_VIEW)
    lines, total = reports.plan_and_cost(part_of(who, None, P.TRAINING_VIEW), YEAR, WHOLE)
    by_kind = {line.kind: line for line in lines}
    assert (by_kind[CourseKind.DIGITAL].planned_learners, by_kind[CourseKind.DIGITAL].classes) == (60, 0)
    run = by_kind[CourseKind.POSITION]
    assert (run.classes, run.learners, run.learner_hours, run.cost) == (1, 2, Decimal(80), 10_000_000)
    assert (run.per(run.classes), run.per(run.learners), run.per(run.learner_hours)) == (10_000_000, 5_000_000, 125_000)
    assert by_kind[CourseKind.DIGITAL].per(0) is None
    assert (total.planned_cost, total.cost) == (50_000_000, 10_000_000)


def test_holders_of_a_position_are_covered_by_courses_of_it(learnt: Province) -> None:
    line = add_line(learnt, "B1", 3)
    for name in ("Lý Thị Cẩm", "Nguyễn Văn Hùng"):
        sit(learnt, name, line)
    with scope.everything():
        db.session.execute(text("SELECT refresh_people(NULL, :day)"), {"day": clock.today()})
        db.session.commit()
    who = learnt.enter("tochuc", P.TRAINING_VIEW)

    def row() -> Any:
        (found,) = spread.positions(part_of(who, None, P.TRAINING_VIEW), WHOLE.first, WHOLE.until)
        return found

    assert (row().key, row().holders, row().own, row().knowledge, row().hours) == (OFFICER, 2, 0, 1, 24)
    meant = making.add_course(positions=[OFFICER])
    making.add_hours(learnt, "Nguyễn Văn Hùng", 8, date(2026, 7, 1), kind="digital", course_id=meant, title=None)
    learnt.enter("tochuc", P.TRAINING_VIEW)
    assert (row().own, row().knowledge, row().courses) == (1, 1, row().courses)
    assert row().courses >= 1


def test_hours_are_spread_by_kind_age_and_agency(learnt: Province) -> None:
    who = learnt.enter("sonoivu", P.TRAINING_VIEW)
    found = spread.hours(
        part_of(who, None, P.TRAINING_VIEW), WHOLE.first, WHOLE.until, {"civil_servant": "Công chức", "cadre": "Cán bộ"}
    )
    (everybody,) = found["all"]
    assert (everybody.people, everybody.turns, everybody.hours) == (12, 3, Decimal(72))
    assert everybody.bands == (10, 0, 1, 1, 0)
    assert everybody.mean == Decimal("6.0")
    assert [one.people for one in found["kind"]] == [9, 1]
    assert sum(one.people for one in found["age"]) == sum(one.people for one in found["place"]) == 12


def test_a_gap_settled_after_a_course_that_raises_it_is_told(learnt: Province) -> None:
    line = add_line(learnt, "B1", 3)
    raising = making.add_course(competencies=[{"code": "G3", "level": 3}])
    with scope.everything():
        for name, settled in (("Lý Thị Cẩm", date(2026, 6, 1)), ("Nguyễn Văn Hùng", None), ("Võ Minh Đức", None)):
            db.session.execute(
                insert(PositionGap).values(
                    person_id=learnt.people[name], line_id=line, requirement="competency:G3", params={},
                    found_on=date(2026, 2, 1), settled_on=settled,
                )
            )  # fmt: skip
        db.session.commit()
    for name in ("Lý Thị Cẩm", "Nguyễn Văn Hùng"):
        making.add_hours(learnt, name, 8, date(2026, 5, 1), course_id=raising, title=None)
    who = learnt.enter("tochuc", P.TRAINING_VIEW)
    (row,) = spread.gaps(part_of(who, None, P.TRAINING_VIEW), WHOLE.first, WHOLE.until)
    assert (row.open, row.found, row.settled, row.after_class, row.learnt) == (2, 3, 1, 1, 1)
    assert "Năng lực: " in learnt.client("tochuc").get("/training/reports/gaps").text
