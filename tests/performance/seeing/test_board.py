"""The board of what is late: each thing once, in the reader's part only, as plain SQL counts it."""

from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl
import pytest

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.core.scope import Scope
from hrms.performance.models import Petition
from hrms.performance.queries import late as queries
from hrms.positions.queries.part import part_of
from tests.counting import statements
from tests.performance.after.published import add_rating, add_round
from tests.performance.making import add_item, add_period, add_row, add_sheet
from tests.province import Province

P = Permission
HUNG, CAM, DUC, DUNG = "Nguyễn Văn Hùng", "Lý Thị Cẩm", "Võ Minh Đức", "Nguyễn Hoà Dũng"


@pytest.fixture
def late(province: Province) -> Province:
    """In B: a product, a self-score, a score, a publication, a round, a petition; in A: a score."""
    today = clock.today()
    self_late = add_period(
        province, "B", number=10, self_due_on=today - timedelta(days=2), score_due_on=today + timedelta(days=5)
    )
    both_late = add_period(
        province, "B", number=9, self_due_on=today - timedelta(days=20), score_due_on=today - timedelta(days=10)
    )
    add_sheet(province, HUNG, self_late, authority="B")
    sheet = add_sheet(province, CAM, self_late, authority="B", state="self_scored")
    add_item(sheet, due_on=today - timedelta(days=1), title="Thẩm định hồ sơ quá hạn")
    add_item(sheet, due_on=today)
    add_item(sheet, due_on=today - timedelta(days=1), done=True)
    add_sheet(province, HUNG, both_late, authority="B")
    add_sheet(province, DUC, both_late, authority="B", state="scored")
    add_sheet(province, CAM, both_late, authority="B", state="published")
    of = add_round(province, "B", year=2025, state="proposed")
    rating = add_rating(province, add_round(province, "B", year=2024, state="settled"), HUNG)
    # The one petition may come from nobody but the person.
    with scope.entered(Scope(people=(0,), person_id=province.people[HUNG])):
        add_row(
            Petition, rating_id=rating, person_id=province.people[HUNG], agency_id=province.agencies["B"],
            submitted_on=today - timedelta(days=5), due_on=today + timedelta(days=2), text="Đề nghị xem lại",
            state="open",
        )  # fmt: skip
        db.session.commit()
    other = add_period(province, "A", number=9, score_due_on=today - timedelta(days=3))
    add_sheet(province, DUNG, other, authority="A", state="self_scored")
    assert of
    return province


ALL = {"item": 1, "self": 1, "score": 2, "publish": 1, "round": 1, "petition": 1}


def test_each_thing_once(late: Province) -> None:
    who = late.enter("sonoivu", P.PERFORMANCE_VIEW)
    counts = queries.count_late(part_of(who, None, P.PERFORMANCE_VIEW), clock.today())
    assert dict(counts.kinds) == ALL
    assert sum(unit.all for unit in counts.units) == counts.all == 7
    page = queries.list_late(part_of(who, None, P.PERFORMANCE_VIEW), clock.today())
    assert sorted(row.kind for row in page.items) == sorted(
        ["item", "self", "score", "score", "publish", "round", "petition"]
    )
    days = [row.due_on for row in page.items]
    assert days == sorted(days), "the longest overdue first"


def test_only_of_the_readers_part(late: Province) -> None:
    who = late.enter("thutruong", P.PERFORMANCE_VIEW)
    counts = queries.count_late(part_of(who, None, P.PERFORMANCE_VIEW), clock.today())
    assert dict(counts.kinds) == ALL | {"score": 1}
    page = late.client("thutruong").get("/performance/board")
    assert page.status_code == 200
    assert "Nguyễn Hoà Dũng" not in page.text
    assert "Thẩm định hồ sơ quá hạn" in page.text
    assert late.client("thanhtra").get("/performance/board").text.count("Không có việc quá hạn") == 1


@pytest.mark.parametrize(
    ("username", "status"),
    [("sonoivu", 200), ("tochuc", 200), ("thutruong", 200), ("thanhtra", 200), ("canbo", 403), ("giangvien", 403),
     ("vanthu", 403), ("admin", 403)],
)  # fmt: skip
def test_who_opens_it(province: Province, username: str, status: int) -> None:
    client = province.client(username)
    assert client.get("/performance/board").status_code == status
    assert client.get("/performance/board.xlsx").status_code == status


def test_an_agency_outside_is_not_there(late: Province) -> None:
    client = late.client("thutruong")
    assert client.get(f"/performance/board?agency={late.agencies['A']}").status_code == 404
    assert client.get(f"/performance/board.xlsx?agency={late.agencies['A']}").status_code == 404
    assert client.get("/performance/board?kind=nothing").status_code == 422
    assert client.get("/performance/board?after=rubbish").status_code == 422


def test_filters_pages_and_the_workbook_agree(late: Province) -> None:
    who = late.enter("sonoivu", P.PERFORMANCE_VIEW)
    part, today = part_of(who, None, P.PERFORMANCE_VIEW), clock.today()
    seen, after = [], None
    while True:
        page = queries.list_late(part, today, after=after, limit=2)
        seen += [(row.kind, row.id) for row in page.items]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 7
    client = late.client("sonoivu")
    only = client.get("/performance/board?kind=petition").text
    assert only.count("còn 2 ngày") == 1
    book = openpyxl.load_workbook(io.BytesIO(client.get("/performance/board.xlsx").data))
    rows = list(book.active.iter_rows(min_row=2, values_only=True))
    assert len(rows) == 7
    assert {row[3] for row in rows if row[3]} == {HUNG, CAM, DUNG}


def test_settled_late_in_the_next_year(province: Province) -> None:
    add_round(province, "B", year=2024)
    add_round(province, "C", year=2024, state="settled", settled_on=date(2025, 1, 20))
    who = province.enter("sonoivu", P.PERFORMANCE_VIEW)
    page = queries.list_late(part_of(who, None, P.PERFORMANCE_VIEW), clock.today(), "round")
    assert [(row.due_on, row.what) for row in page.items] == [(date(2025, 1, 31), "published")]


def test_links_open_and_statements_are_few(late: Province) -> None:
    client = late.client("sonoivu")
    client.get("/performance/board")
    with statements() as sent:
        assert client.get("/performance/board").status_code == 200
    assert len(sent) <= 8, sent


def test_the_first_page_names_it_to_who_manages(late: Province) -> None:
    assert "/performance/board?kind=score" in late.client("thutruong").get("/").text
    assert "/performance/board?kind=" not in late.client("canbo").get("/").text
