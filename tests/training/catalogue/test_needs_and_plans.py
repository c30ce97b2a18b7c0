"""What people need, by the programme that closes it; yearly plans made from it, approved, beside what was done."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select, update

from hrms.audit.models import AuditEvent
from hrms.core import hooks, scope
from hrms.core.db import db
from hrms.core.documents import render_docx, render_pdf
from hrms.positions.models import EstablishmentLine, JobPosition, PositionGap
from hrms.training.models import Course, TrainingClass, TrainingPlan, TrainingPlanLine
from hrms.training.papers import plan as paper
from hrms.training.queries import needs as queries
from hrms.training.rules.kinds import CourseKind
from hrms.training.rules.needs import NeedSource, Offered, classes_for, closing, source_of
from hrms.training.rules.plans import Sums, line_problems, step_problems, total
from hrms.training.rules.states import PlanState
from hrms.training.services import standing
from tests.inspection import mistakes
from tests.layout import docx_problems, pdf_problems
from tests.province import Province
from tests.training.making import add_class, add_hours, add_row, enrol

THEO = "Trung cấp lý luận chính trị"


def course_id(code: str) -> int:
    return db.session.scalars(select(Course.id).where(Course.code == code)).one()


def put_gap(province: Province, name: str, requirement: str, required: str) -> None:
    with scope.everything():
        position = db.session.scalars(select(JobPosition.id).where(JobPosition.key == "cc.commune.II.17")).one()
        held = select(EstablishmentLine.id).where(
            EstablishmentLine.agency_id == province.agencies["B"], EstablishmentLine.position_id == position
        )
        line = db.session.scalar(held) or add_row(
            EstablishmentLine, agency_id=province.agencies["B"], quota_kind="civil", shares={}, position_id=position
        )
        add_row(
            PositionGap, person_id=province.people[name], line_id=line, requirement=requirement,
            params={"required": required, "has": "Sơ cấp"}, found_on=date(2026, 1, 1),
        )  # fmt: skip
        db.session.commit()


def reckon() -> None:
    with scope.everything():
        standing.refresh(None)
        db.session.commit()


def needed(province: Province) -> None:
    """Two people of B lack what one course closes, one of them twice; another of A lacks it too."""
    put_gap(province, "Lý Thị Cẩm", "theory_level", "Trung cấp")
    put_gap(province, "Võ Minh Đức", "theory_level", "Trung cấp")
    put_gap(province, "Nguyễn Hòa Bình", "theory_level", "Trung cấp")
    put_gap(province, "Võ Minh Đức", "competency:G3", "3")
    put_gap(province, "Võ Minh Đức", "least_degree", "Đại học")


NOBODY: frozenset[str] = frozenset()
PUBLIC = frozenset({"public_employee"})
COURSES = [
    Offered(1, "A", "Một", CourseKind.POSITION, None, Decimal(40), {"G3": 3}, NOBODY, NOBODY, NOBODY),
    Offered(2, "B", "Hai", CourseKind.POSITION, None, Decimal(24), {"G3": 2}, frozenset({"p.1"}), NOBODY, NOBODY),
    Offered(3, "C", "Ba", CourseKind.LEADERSHIP, None, Decimal(8), {"G3": 5}, NOBODY, NOBODY, NOBODY),
    Offered(4, "D", "Bốn", CourseKind.POLITICAL_THEORY, "intermediate", Decimal(900), {}, NOBODY, NOBODY, NOBODY),
    Offered(
        5, "E", "Bồi dưỡng kế toán trưởng", CourseKind.POSITION, None, Decimal(8), {}, NOBODY, frozenset({"V.1"}),
        PUBLIC,
    ),
    Offered(6, "F", "Sáu", CourseKind.DIGITAL, None, Decimal(16), {"G6": 2}, NOBODY, NOBODY, NOBODY),
]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "course"),
    [
        ("gap|competency:G3|3|", 1),  # what is for one position or for leaders is no answer for everybody
        ("gap|competency:G3|2|", 1), ("gap|competency:G3|5|", 1), ("gap|competency:M9|1|", None),
        ("gap|theory_level|Trung cấp|", 4), ("gap|theory_level|Cao cấp|", None), ("gap|it_level|Cơ bản|", 6),
        ("gap|certificate:Kế toán trưởng|Kế toán trưởng|V.1", 5),
        ("course|7", 3), ("course|8", None), ("waiting|2", 2),
        ("hours|1|p.1||civil_servant", 2), ("hours|1|p.9|V.1|public_employee", 5), ("hours|1|p.9|V.1|contract", None),
        ("hours|1|||", None),
    ],
)  # fmt: skip
def test_the_shortest_programme_that_closes_a_need(key: str, course: int | None) -> None:
    levels = {"Trung cấp": "intermediate", "Cao cấp": "advanced"}
    assert closing(key, COURSES, {7: ["X", "C", "A"], 8: ["X"]}, lambda _name, asked: levels.get(asked)) == course
    assert source_of(key) in set(NeedSource)


def test_needs_count_each_person_once_and_within_the_scope(province: Province) -> None:
    needed(province)
    add_hours(province, "Nguyễn Văn Hùng", "27.5", date(2026, 5, 5))
    reckon()
    theory, writing = course_id("LLCT.TC"), course_id("VT.G3")
    page = province.client("tochuc").get("/training/needs")
    assert mistakes(page.text) == []
    assert THEO in page.text
    with province.app.app_context():
        province.enter("tochuc", "training.view")
        found = queries.list_needs(
            queries.Part((province.agencies["B"],), province.agencies["B"]), 2026, date(2026, 11, 21)
        )
        counts = {one.course_id: (one.people, one.late) for one in found.groups}
        db.session.rollback()
    assert counts[theory] == (2, 0)
    assert counts[writing] == (1, 0)
    assert counts[course_id("QPAN.4")][0] == 4
    assert counts[queries.NO_COURSE] == (4, 0)  # hours, of people whose seat names no programme
    assert found.people == 4
    assert found.by_source == {
        NeedSource.GAP: 2, NeedSource.COURSE: 4, NeedSource.HOURS: 4, NeedSource.WAITING: 0,
    }  # fmt: skip
    everywhere = province.client("sonoivu").get(f"/training/needs/people?course={theory}").text
    assert "Nguyễn Hòa Bình" in everywhere
    people = province.client("tochuc").get(f"/training/needs/people?course={theory}")
    assert mistakes(people.text) == []
    assert "Lý Thị Cẩm" in people.text
    assert "Nguyễn Hòa Bình" not in people.text
    late = province.client("tochuc").get("/training/needs/people?source=course").text
    assert "hạn " in late
    hours = province.client("tochuc").get("/training/needs/people?source=hours").text
    assert "còn thiếu 12,5 tiết" in hours
    assert province.client("tochuc").get(f"/training/needs?agency={province.agencies['A']}").status_code == 404


def test_who_has_a_seat_needs_it_no_more_and_who_waits_does(province: Province) -> None:
    needed(province)
    theory = course_id("LLCT.TC")
    held = add_class(province, "B", course=theory, state="open", starts_on=date(2026, 12, 1))
    enrol(province, held, "Lý Thị Cẩm", state="accepted")
    enrol(province, held, "Nguyễn Văn Hùng", state="waiting")
    people = province.client("tochuc").get(f"/training/needs/people?course={theory}").text
    assert "Lý Thị Cẩm" not in people
    assert "Nguyễn Văn Hùng" in people
    assert "chưa có chỗ" in people


def test_needs_leave_as_workbooks(province: Province) -> None:
    needed(province)
    book = load_workbook(BytesIO(province.client("tochuc").get("/training/needs/export.xlsx").data))
    rows = {row[1]: row for row in book.worksheets[0].iter_rows(values_only=True)}
    assert rows[THEO][2] == 2
    names = load_workbook(BytesIO(province.client("tochuc").get("/training/needs/people.xlsx").data))
    cells = [row[0] for row in names.worksheets[0].iter_rows(values_only=True)]
    assert cells.count("Võ Minh Đức") == 2
    assert province.client("thutruong").get("/training/needs/people.xlsx").status_code in {200, 403}
    with scope.everything():
        said = db.session.scalars(select(AuditEvent.after).where(AuditEvent.action == "training.exported")).all()
    assert [one and one["kind"] for one in said] == ["needs"]


def make_plan(province: Province, client: Any, place: str = "B", **more: Any) -> TrainingPlan:
    sent = {
        "agency": str(province.agencies[place]),
        "year": "2027",
        "title": "Kế hoạch thử năm 2027",
        "note": "Một\nHai",
    }
    answer = client.submit("/training/plans/new", {**sent, **more})
    assert answer.status_code == 303, answer.text
    db.session.expire_all()
    return db.session.get_one(TrainingPlan, int(answer.location.rsplit("/", 1)[1]))


def act(client: Any, plan: TrainingPlan, what: str, **sent: Any) -> Any:
    db.session.expire_all()
    version = db.session.get_one(TrainingPlan, plan.id).version
    return client.submit(f"/training/plans/{plan.id}/{what}", {"version": str(version), **sent})


def test_a_plan_from_needs_to_its_approval(province: Province) -> None:
    needed(province)
    client, keeper = province.client("tochuc"), province.client("sonoivu")
    assert mistakes(client.get("/training/plans").text) == []
    assert mistakes(client.get("/training/plans/new").text) == []
    plan = make_plan(province, client)
    page = f"/training/plans/{plan.id}"
    assert mistakes(client.get(page).text) == []
    refused = act(client, plan, "submit")
    assert refused.status_code == 303
    assert "chưa có chương trình nào" in client.get(page).text
    assert act(client, plan, "needs").status_code == 303
    lines = db.session.scalars(select(TrainingPlanLine).where(TrainingPlanLine.plan_id == plan.id)).all()
    by_course = {line.course_id: line for line in lines}
    theory = by_course[course_id("LLCT.TC")]
    assert (theory.learners, theory.needs, theory.classes) == (2, 2, 1)
    assert act(client, plan, "needs").status_code == 303
    assert "Không có nhu cầu nào ngoài" in client.get(page).text
    money = {
        "quarter": "2",
        "classes": "1",
        "learners": "45",
        "local_budget": "120.000.000",
        "central_budget": "5000000",
    }
    assert mistakes(client.get(f"{page}/lines/{theory.id}").text) == []
    assert act(client, plan, f"lines/{theory.id}", **money).status_code == 303
    assert act(client, plan, f"lines/{by_course[course_id('VT.G3')].id}/remove").status_code == 303
    added = act(
        client, plan, "lines/new", course=str(course_id("SO.AI")), learners="30", classes="1", other_budget="7000"
    )
    assert added.status_code == 303
    shown = client.get(page).text
    assert "120.000.000" in shown
    assert mistakes(shown) == []
    assert act(keeper, plan, "approve").status_code == 422
    assert act(client, plan, "submit").status_code == 303
    assert act(client, plan, f"lines/{theory.id}", **money).status_code == 422
    assert client.get(f"{page}/approve").status_code == 403
    assert mistakes(keeper.get(f"{page}/approve").text) == []
    assert act(keeper, plan, "return").status_code == 422
    assert act(keeper, plan, "return", remarks="Thiếu thời gian mở lớp").status_code == 303
    assert "Thiếu thời gian mở lớp" in client.get(page).text
    assert act(client, plan, "submit").status_code == 303
    cited = {
        "decision_basis": "new", "decision_number": "33/QĐ-UBND", "decision_signed_on": "15/11/2026",
        "decision_issuer": "UBND thành phố Cần Thơ", "decision_kind": "other", "decision_subject": "Phê duyệt kế hoạch",
    }  # fmt: skip
    assert act(keeper, plan, "approve", decision_basis="old_data").status_code == 422
    approved = act(keeper, plan, "approve", **cited)
    assert approved.status_code == 303, approved.text
    db.session.expire_all()
    plan = db.session.get_one(TrainingPlan, plan.id)
    assert (plan.state, plan.decision_id is not None) == ("approved", True)
    assert "33/QĐ-UBND" in keeper.get(page).text
    assert act(client, plan, "withdraw", remarks="Không cần nữa").status_code == 403
    assert "ghi phê duyệt kế hoạch đào tạo" in keeper.get("/audit").text
    assert act(keeper, plan, "withdraw", remarks="Sắp xếp lại tổ chức").status_code == 303
    assert "Sắp xếp lại tổ chức" in client.get(page).text


def test_what_is_planned_stands_beside_what_was_done(province: Province) -> None:
    client = province.client("tochuc")
    plan = make_plan(province, client, year="2026", title="Kế hoạch năm 2026")
    course = course_id("VT.G3")
    act(client, plan, "lines/new", course=str(course), learners="80", classes="2", local_budget="90000000")
    line = db.session.scalars(select(TrainingPlanLine.id).where(TrainingPlanLine.plan_id == plan.id)).one()
    held = add_class(province, "B", course=course, state="completed", starts_on=date(2026, 3, 2))
    outside = add_class(province, "B", course=course, state="completed", starts_on=date(2026, 4, 6))
    with scope.everything():
        db.session.execute(
            update(TrainingClass).where(TrainingClass.id == held).values(plan_line_id=line, local_budget=40_000_000)
        )
        db.session.execute(update(TrainingClass).where(TrainingClass.id == outside).values(other_budget=9_000_000))
        db.session.commit()
    enrol(province, held, "Lý Thị Cẩm", state="completed", closed_on=date(2026, 3, 6))
    page = client.get(f"/training/plans/{plan.id}").text
    assert "40.000.000" in page
    assert "9.000.000" in page
    book = load_workbook(BytesIO(client.get(f"/training/plans/{plan.id}/plan.xlsx").data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[1][3:7] == (2, 1, 80, 1)
    assert rows[1][9:11] == (90_000_000, 40_000_000)
    printed = client.get(f"/training/plans/{plan.id}/plan.pdf")
    assert printed.data[:5] == b"%PDF-"
    assert "xuất kế hoạch đào tạo" in province.client("sonoivu").get("/audit").text


def test_a_plan_belongs_to_its_agency_and_its_form_is_written_once(province: Province) -> None:
    client = province.client("tochuc")
    plan = make_plan(province, client)
    sent = {"version": "1", "course": str(course_id("SO.AI")), "learners": "30", "classes": "1"}
    assert client.submit(f"/training/plans/{plan.id}/lines/new", sent).status_code == 303
    assert client.submit(f"/training/plans/{plan.id}/lines/new", sent).status_code == 412
    twice = {"agency": str(province.agencies["B"]), "year": "2027", "title": "Lần nữa"}
    assert "đã có kế hoạch năm 2027" in client.submit("/training/plans/new", twice).text
    far = {**twice, "year": "2031"}
    assert "hai năm tới" in client.submit("/training/plans/new", far).text
    theirs = {**twice, "agency": str(province.agencies["A"])}
    assert client.submit("/training/plans/new", theirs).status_code == 422
    at_a = make_plan(province, province.client("sonoivu"), "A")
    assert client.get(f"/training/plans/{at_a.id}").status_code == 404
    assert client.get(f"/training/plans/{plan.id}/lines/999999999").status_code == 404
    head = province.client("thutruong")
    assert head.get(f"/training/plans/{plan.id}").status_code == 200
    assert act(head, plan, "submit").status_code == 403
    assert province.client("canbo").get("/training/plans").status_code == 403
    listed = client.get("/training/plans?year=2027").text
    assert "Kế hoạch thử năm 2027" in listed
    assert "Kế hoạch thử năm 2027" not in client.get("/training/plans?state=approved").text


def test_rules_of_lines_and_steps() -> None:
    good = {"quarter": 1, "classes": 1, "learners": 40, "local_budget": Decimal(1)}
    assert line_problems(good) == []
    for change, field in (
        ({"quarter": 5}, "quarter"), ({"learners": 0}, "learners"), ({"classes": 9999}, "classes"),
        ({"other_budget": Decimal(-1)}, "other_budget"), ({"local_budget": Decimal("0.5")}, "local_budget"),
    ):  # fmt: skip
        assert [one.field for one in line_problems({**good, **change})] == [field]
    assert [one.code for one in step_problems("submit", PlanState.DRAFT, 0)] == ["no_lines"]
    assert step_problems("submit", PlanState.RETURNED, 1) == []
    assert [one.code for one in step_problems("approve", PlanState.DRAFT, 1)] == ["wrong_state"]
    assert total([Sums(1, 2, Decimal(3)), Sums(1, 1, Decimal(1), Decimal(5))]).money == Decimal(9)
    assert [classes_for(n) for n in (0, 1, 40, 41)] == [0, 1, 1, 2]
    assert standing.refresh([]) == 0


def test_the_paper_of_a_plan_is_laid_out_as_the_decree_says(app: Flask) -> None:
    with app.app_context():
        papers = list(hooks.paper_kinds[paper.KEY].sample())
        pdf = render_pdf(papers, paper.KEY)
        word = render_docx(papers[0], paper.KEY)
    assert pdf_problems(pdf) == []
    assert docx_problems(word) == []
