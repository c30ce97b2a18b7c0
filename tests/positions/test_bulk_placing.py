"""Placing a whole agency: how far it is, what is proposed, rows changed and left out, the drafts it becomes."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert, select

from hrms.agencies import queries as agencies
from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.decisions.models import Submission, SubmissionLine
from hrms.decisions.rules.powers import PostGroup
from hrms.decisions.services import submissions
from hrms.people.models import PersonPost
from hrms.positions.queries import placing as queries
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.titles import group_of_title
from hrms.positions.services import placing
from tests.counting import statements
from tests.inspection import mistakes
from tests.positions.seating import OTHER, TEACHER, add_line, sit
from tests.province import TODAY, Province

P = Permission
DAY = date(2026, 12, 1)
HUNG, SAME, CAM, DUC = "Nguyễn Văn Hùng", "Nguyen Van Hung", "Lý Thị Cẩm", "Võ Minh Đức"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


def read(province: Province, place: str = "B", username: str = "tochuc", **more: Any) -> queries.Proposal:
    who = province.enter(username, P.DECISIONS_PROPOSE)
    return queries.read(agencies.get_agency(who, province.agencies[place], P.DECISIONS_PROPOSE), DAY, **more)


def rows(province: Province, choices: dict[int, int] | None = None, **more: Any) -> dict[str, placing.Row]:
    return {row.person.name: row for row in placing.rows_of(read(province, **more), choices or {})}


def test_everybody_without_a_seat_is_proposed_one_of_their_rank(province: Province) -> None:
    mine, other = add_line(province, "B1", 2), add_line(province, "B", 3, key=OTHER)
    sit(province, CAM, other)
    found = rows(province)
    assert set(found) == {HUNG, SAME, DUC}
    assert all(row.line is not None for row in found.values())
    assert {row.line.id for row in found.values() if row.line} <= {mine, other}
    placements = read(province).placements
    assert all(one.reasons for one in placements.values())
    assert rows(province, everybody=True).keys() == {HUNG, SAME, DUC, CAM}


def test_nobody_is_proposed_a_seat_of_a_sibling_or_one_that_is_taken(province: Province) -> None:
    line = add_line(province, "B", 1)
    add_line(province, "A1", 5)
    found = [row for row in rows(province).values() if row.line is not None]
    assert [row.line.id for row in found if row.line] == [line]
    sit(province, CAM, line)
    assert all(row.line is None for row in rows(province).values())


def test_rows_are_changed_left_out_and_refused_when_the_seats_are_gone(province: Province) -> None:
    first, second = add_line(province, "B1", 1), add_line(province, "B", 4, key=OTHER)
    ids = province.people
    found = rows(province, {ids[HUNG]: first, ids[SAME]: first, ids[CAM]: placing.SKIP, ids[DUC]: second})
    problems = {name: row.problem.code if row.problem else None for name, row in found.items()}
    assert sorted(filter(None, problems.values())) == ["no_seat_left"]
    assert {name for name, code in problems.items() if code} < {HUNG, SAME}
    assert found[CAM].line is None
    assert found[CAM].chosen
    elsewhere = add_line(province, "A1", 2)
    strange = rows(province, {ids[DUC]: elsewhere, ids[HUNG]: 999_999})
    assert strange[DUC].line is None
    assert strange[HUNG].line is None


def test_more_people_than_a_submission_has_are_not_read(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    add_line(province, "B1", 2)
    monkeypatch.setattr(queries, "PEOPLE_MOST", 3)
    found = read(province)
    assert found.too_many
    assert found.people == ()
    page = province.client("tochuc").get(f"/positions/placing/{province.agencies['B']}")
    assert page.status_code == 200
    assert mistakes(page.text) == []
    assert "Xem các cơ quan" in page.text


def test_a_teacher_gets_the_grade_of_their_pay_group(province: Province) -> None:
    add_line(province, "C1", 2, key=TEACHER)
    found = rows(province, place="C1", username="sonoivu")
    assert {row.grade for row in found.values()} == {3}


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("Người đứng đầu đơn vị sự nghiệp công lập và tương đương", PostGroup.AGENCY_HEAD),
        ("Cấp phó của người đứng đầu đơn vị sự nghiệp công lập", PostGroup.AGENCY_DEPUTY),
        ("Trưởng bộ môn và tương đương thuộc khoa, phòng", PostGroup.DIVISION_HEAD),
        ("Tổ trưởng tổ chuyên môn và tương đương", PostGroup.DIVISION_HEAD),
        ("Phó Tổ trưởng tổ chuyên môn và tương đương", PostGroup.DIVISION_DEPUTY),
        ("Giáo viên tiểu học", PostGroup.NONE),
    ],
)
def test_the_general_titles_of_managers_stand_for_groups_of_posts(name: str, group: PostGroup) -> None:
    assert group_of_title(name) is group


def test_a_headteacher_gets_the_general_title(province: Province) -> None:
    add_line(province, "C1", 2, key=TEACHER)
    leads = [add_line(province, "C1", 1, key=f"vc.pl1.00{number}") for number in (1, 2, 3, 7)]
    with scope.everything():
        for name, code, words in (
            ("Huỳnh Thị Mỹ", "primary_school_principal", "Hiệu trưởng"),
            ("Danh Thị Đào", "school_group_head", "Tổ trưởng chuyên môn"),
        ):
            db.session.execute(
                insert(PersonPost).values(
                    person_id=province.people[name], slot=0, post_code=code, post_name=words,
                    valid_from=date(2025, 1, 1), basis="old_data",
                )
            )  # fmt: skip
        db.session.commit()
    found = rows(province, place="C1", username="sonoivu")
    assert [found[name].line.id for name in ("Huỳnh Thị Mỹ", "Danh Thị Đào") if found[name].line] == [
        leads[0],
        leads[3],
    ]
    assert {row.grade for row in found.values()} == {3}


def test_the_rows_become_one_draft_with_the_fit_as_confirmed(province: Province) -> None:
    add_line(province, "B1", 2)
    add_line(province, "B", 4, key=OTHER)
    found = read(province)
    chosen = placing.rows_of(found, {province.people[CAM]: placing.SKIP})
    told = placing.preview(province.enter("tochuc", P.DECISIONS_PROPOSE), found, chosen)
    assert list(told.problems) == []
    assert sum(len(part.rows) for _kind, part in told.parts) == 3
    with transaction():
        made = placing.make_drafts(province.enter("tochuc", P.DECISIONS_PROPOSE), found, chosen, confirmed=True)
    with scope.everything():
        kept = db.session.scalars(select(Submission).where(Submission.id.in_([one.id for one in made]))).all()
        assert {one.kind for one in kept} == {"assignment"}
        lines = db.session.scalars(select(SubmissionLine)).all()
        assert {one.person_name for one in lines} == {HUNG, SAME, DUC}
        assert all(one.values["line"] for one in lines)
        # Nobody's record has a degree: what was confirmed is what the record says.
        assert {one.values["fit"] for one in lines} == {"unmet"}
    with pytest.raises(Refused) as refused, transaction():
        submissions.submit(province.enter("tochuc", P.DECISIONS_PROPOSE), made[0].id)
    assert {one.code for one in refused.value.problems} == {"fit"}
    again = rows(province)
    assert {name for name, row in again.items() if row.person.taken} == {HUNG, SAME, DUC}
    assert all(row.line is None for row in again.values() if row.person.taken)


def test_placing_anew_proposes_changes_for_who_has_a_seat(province: Province) -> None:
    old, new = add_line(province, "B1", 1), add_line(province, "B1", 2, key=OTHER)
    sit(province, CAM, old)
    found = read(province, everybody=True)
    chosen = placing.rows_of(found, {province.people[CAM]: new, province.people[HUNG]: old})
    with transaction():
        made = placing.make_drafts(province.enter("tochuc", P.DECISIONS_PROPOSE), found, [
            row for row in chosen if row.person.name == CAM
        ])  # fmt: skip
    assert [one.kind for one in made] == ["position_change"]


def test_who_cannot_be_placed_anew_keeps_the_seat_they_have(province: Province) -> None:
    only = add_line(province, "B1", 1, key="cc.commune.II.33")
    mine = add_line(province, "B1", 1)
    sit(province, CAM, only)
    sit(province, HUNG, mine)
    found = read(province, everybody=True)
    made = {row.person.name: row for row in placing.rows_of(found, {})}
    assert made[CAM].line is not None
    assert made[CAM].line.id == only
    assert not made[CAM].is_news
    assert found.free[only] == 0
    assert sum(row.line is not None and row.line.id == mine for row in made.values()) == 1


def test_nothing_is_drafted_while_a_row_is_refused(province: Province) -> None:
    line = add_line(province, "B1", 1)
    found = read(province)
    chosen = placing.rows_of(found, {province.people[HUNG]: line, province.people[CAM]: line})
    with pytest.raises(Refused) as refused, transaction():
        placing.make_drafts(province.enter("tochuc", P.DECISIONS_PROPOSE), found, chosen)
    assert {one.code for one in refused.value.problems} == {"no_seat_left"}
    empty = placing.rows_of(found, dict.fromkeys(province.people.values(), placing.SKIP))
    with pytest.raises(Refused):
        placing.make_drafts(province.enter("tochuc", P.DECISIONS_PROPOSE), found, empty)
    with scope.everything():
        assert db.session.scalars(select(Submission)).all() == []


def test_how_far_everybody_is(province: Province) -> None:
    line = add_line(province, "B1", 2)
    sit(province, CAM, line)
    who = province.enter("sonoivu", P.POSITIONS_VIEW)
    found = {row.name: row for row in queries.progress(who, DAY)}
    works = found["Sở Xây dựng"]
    assert (works.placed[QuotaKind.CIVIL], works.people[QuotaKind.CIVIL], works.left) == (1, 4, 3)
    top = found["UBND thành phố Cần Thơ"]
    assert top.people[QuotaKind.PUBLIC] == 2
    assert top.placed[QuotaKind.CIVIL] == 1
    mine = queries.progress(province.enter("tochuc", P.POSITIONS_VIEW), DAY)
    assert [row.name for row in mine] == ["Sở Xây dựng", "Phòng Quy hoạch"]
    assert queries.deadlines(DAY)[QuotaKind.CIVIL][0] == date(2027, 7, 1)


def test_the_statements_do_not_grow_with_the_people(province: Province) -> None:
    add_line(province, "B1", 9)
    with statements() as few:
        read(province)
    with statements() as many:
        read(province, place="root", username="sonoivu")
    assert len(few) == len(many) <= 14


# Pages


def test_the_pages_keep_what_was_chosen_and_make_the_draft(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hrms.positions.routes.placing.PAGE", 2)
    line = add_line(province, "B1", 2)
    add_line(province, "B", 4, key=OTHER)
    client, ids = province.client("tochuc"), province.people
    page = client.get("/positions/placing")
    assert mistakes(page.text) == []
    assert "còn 222 ngày" in page.text
    address = f"/positions/placing/{province.agencies['B']}"
    page = client.get(address)
    assert mistakes(page.text) == []
    (first,) = set(re.findall(r'name="line-(\d+)"', page.text)) & {str(ids[DUC])}
    form = {"csrf_token": client.token(), "on": "01/12/2026", "kept": "{}"}
    page = client.post(address, data={**form, f"line-{first}": "0", "go": "page:2"})
    kept = json.loads(_kept(page.text))
    assert kept == {first: 0}
    page = client.post(address, data={**form, "kept": json.dumps(kept), f"line-{ids[CAM]}": str(line), "go": "page:1"})
    assert json.loads(_kept(page.text)) == {first: 0, str(ids[CAM]): line}
    assert re.search(rf'name="line-{first}".*?<option value="0" selected>', page.text, re.DOTALL)
    book = client.post(f"{address}/proposal.xlsx", data={**form, "kept": _kept(page.text)})
    sheet = load_workbook(io.BytesIO(book.data)).active
    assert sheet is not None
    assert {sheet.cell(row, 2).value for row in range(2, 6)} == {HUNG, SAME, CAM, DUC}
    page = client.post(address, data={**form, "kept": _kept(page.text), "go": "preview"})
    assert page.status_code == 200
    assert mistakes(page.text) == []
    assert "Sở Xây dựng ký" in page.text
    done = client.post(address, data={**form, "kept": _kept(page.text), "go": "draft", "title": "Bố trí 2027"})
    assert done.status_code == 303
    with scope.everything():
        (made,) = db.session.scalars(select(Submission)).all()
        assert (made.title, made.effective_on) == ("Bố trí 2027", DAY)
        assert len(db.session.scalars(select(SubmissionLine)).all()) == 3


def test_a_form_that_makes_no_sense_does_no_harm(province: Province) -> None:
    add_line(province, "B1", 2)
    client = province.client("tochuc")
    address = f"/positions/placing/{province.agencies['B']}"
    form = {"csrf_token": client.token()}
    for kept in ("x", "[1]", '{"a": 1}', '{"1": "x"}', '{"5": -3}'):
        assert client.post(address, data={**form, "kept": kept, "go": "page:9"}).status_code == 200
    assert client.post(address, data={**form, "on": "hôm nay"}).status_code == 422
    assert client.get(f"/positions/placing/{province.agencies['A']}").status_code == 404


def _kept(text: str) -> str:
    found = re.search(r'name="kept" value="([^"]*)"', text)
    assert found is not None
    return found[1].replace("&#34;", '"').replace("&quot;", '"')
