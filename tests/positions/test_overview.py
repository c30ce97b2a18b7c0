"""The landing page and its report: two quotas side by side, never netted, in a fixed number of statements."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from sqlalchemy import insert

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.people.services import current
from hrms.positions.models import QuotaMovement
from hrms.positions.queries import establishment, home, overview
from hrms.positions.rules.kinds import QuotaKind
from tests.counting import statements
from tests.inspection import mistakes
from tests.positions.seating import SINCE, TEACHER, add_line, sit
from tests.province import Province, add_person

MOST = 10


def give(
    province: Province, place: str, amount: int, kind: str = "civil", *, on: date = SINCE, why: str = "assigned"
) -> None:
    """Write an entry of an agency's own quota."""
    with scope.everything():
        db.session.execute(
            insert(QuotaMovement).values(
                agency_id=province.agencies[place], quota_kind=kind, kind=why, amount=amount, effective_on=on,
                basis="old_data",
            )
        )  # fmt: skip
        db.session.commit()


@pytest.fixture
def staffed(province: Province) -> Province:
    """Quotas at A (too few), B (too many) and C1, lines with some of their people."""
    give(province, "root", 20)
    give(province, "A", 3)
    give(province, "B", 10)
    give(province, "C1", 1, "public")
    sit(province, "Nguyễn Hòa Bình", add_line(province, "A"))
    sit(province, "Võ Minh Đức", add_line(province, "B", 3))
    sit(province, "Huỳnh Thị Mỹ", add_line(province, "C1", 2, key=TEACHER), career_grade=3)
    return province


def _read(province: Province, username: str = "sonoivu") -> establishment.Establishment:
    who = province.enter(username, Permission.POSITIONS_VIEW)
    return establishment.read(who, clock.today())


def _own(seen: list[str]) -> int:
    """Return how many statements were sent, the one that opens a transaction's scope left out."""
    return sum("set_config" not in one for one in seen)


def test_unused_and_over_stand_side_by_side(staffed: Province) -> None:
    found = _read(staffed)
    rows = {row.node.name: row for row in overview.rows(found, None)}
    whole = rows["UBND thành phố Cần Thơ"].of(QuotaKind.CIVIL)
    department, other = rows["Sở Nội vụ"].of(QuotaKind.CIVIL), rows["Sở Xây dựng"].of(QuotaKind.CIVIL)
    assert department is not None
    assert other is not None
    assert whole is not None
    assert (department.assigned, department.present, department.unused, department.over) == (3, 4, 0, 1)
    assert (other.assigned, other.present, other.unused, other.over) == (10, 4, 6, 0)
    assert whole.over == 1
    assert whole.unused == 6 + max(0, 20 - 3 - 10 - 2), "the two of C count against what the top keeps"
    assert rows["UBND phường Ninh Kiều"].of(QuotaKind.PUBLIC) is not None


def test_only_opened_lines_show_what_is_under_them(staffed: Province) -> None:
    found = _read(staffed)
    first = [row.node.name for row in overview.rows(found, None)]
    assert first == ["UBND thành phố Cần Thơ", "Sở Nội vụ", "Sở Xây dựng", "UBND phường Ninh Kiều"]
    assert [row.node.name for row in overview.rows(found, [])] == ["UBND thành phố Cần Thơ"]
    opened = overview.rows(found, [staffed.agencies["root"], staffed.agencies["C"]], positions=True)
    school = next(row for row in opened if row.node.id == staffed.agencies["C1"])
    assert [(one.figures.assigned, one.figures.present) for one in school.positions] == [(2, 1)]
    ward = next(row for row in opened if row.node.id == staffed.agencies["C"])
    assert ward.opened
    assert not ward.positions


def test_an_agency_that_is_not_opened_shows_the_positions_of_all_under_it(staffed: Province) -> None:
    ward = next(
        row for row in overview.rows(_read(staffed), None, positions=True) if row.node.id == staffed.agencies["C"]
    )
    assert [(one.figures.kind, one.figures.assigned) for one in ward.positions] == [(QuotaKind.PUBLIC, 2)]


def test_the_overview_takes_no_more_statements_for_more_people(staffed: Province) -> None:
    client = staffed.client("sonoivu")
    client.get("/positions?positions=1")
    with statements() as few:
        answer = client.get("/positions?positions=1")
    assert answer.status_code == 200
    assert mistakes(answer.text) == []
    with scope.everything():
        for number in range(100, 130):
            add_person(staffed, number, name="Trần Văn Thêm")
        db.session.commit()
    for place in ("A1", "B1", "C"):
        add_line(staffed, place, 5)
    with statements() as more:
        client.get("/positions?positions=1")
    assert len(few) == len(more) <= MOST


def test_a_reader_sees_their_own_part_alone(staffed: Province) -> None:
    text = staffed.client("tochuc").get("/positions").text
    assert "Sở Xây dựng" in text
    assert "Sở Nội vụ" not in text
    assert staffed.client("tochuc").get("/positions?agency=H13.05").status_code == 404


def test_the_workbook_has_the_lines_of_the_page(staffed: Province) -> None:
    answer = staffed.client("sonoivu").get("/positions/export.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.values)
    assert [row[1] for row in rows[1:]] == [
        "UBND thành phố Cần Thơ", "Sở Nội vụ", "Sở Xây dựng", "UBND phường Ninh Kiều",
    ]  # fmt: skip
    assert rows[2][3:7] == (3, 4, 0, 1)


def test_the_figures_are_of_the_day_asked_for(staffed: Province) -> None:
    give(staffed, "A", 5, on=date(2026, 9, 1), why="adjusted")
    who = staffed.enter("sonoivu", Permission.POSITIONS_VIEW)
    for day, assigned in ((date(2026, 8, 31), 3), (date(2026, 9, 1), 8)):
        of = establishment.read(who, day).of(staffed.agencies["A"], QuotaKind.CIVIL)
        assert of is not None
        assert of.tree.assigned == assigned
    assert staffed.client("sonoivu").get("/positions?as_at=31/08/2026").status_code == 200


def test_the_report_tells_what_was_given_and_what_was_adjusted(staffed: Province) -> None:
    give(staffed, "B", -2, on=date(2026, 9, 1), why="adjusted")
    found = _read(staffed)
    told = overview.report(found, QuotaKind.CIVIL, overview.quota_movements(found.nodes, found.day))
    rows = {row.name: (row.given, row.adjusted, row.figures.assigned) for row in told.rows}
    assert rows["Sở Xây dựng"] == (10, -2, 8)
    assert rows["Sở Nội vụ"] == (3, 0, 3)
    assert rows[""] == (7, 2, 9), "what the top keeps rises by what it took back"
    assert (told.total.given, told.total.adjusted) == (20, 0)
    page = staffed.client("sonoivu").get("/positions/report")
    assert page.status_code == 200
    assert mistakes(page.text) == []


def test_the_first_page_says_the_same_as_the_overview_in_one_statement(staffed: Province) -> None:
    who = staffed.enter("sonoivu", Permission.PEOPLE_VIEW)
    with statements() as seen:
        card = home.load_card(who)
    assert _own(seen) == 1
    assert card is not None
    found = _read(staffed)
    told = {kind: (assigned, present, unused, over) for kind, assigned, present, unused, over in card["quotas"]}
    for kind in (QuotaKind.CIVIL, QuotaKind.PUBLIC):
        total = found.total(kind)
        assert told[kind] == (total.assigned, total.present, total.unused, total.over)


def test_the_first_page_of_a_head_tells_free_seats_and_who_acts(staffed: Province) -> None:
    line = add_line(staffed, "B1", 1)
    sit(staffed, "Lý Thị Cẩm", line, until=date(2027, 1, 1), role="in_charge")
    with scope.everything():
        current.refresh(staffed.people.values())
        db.session.commit()
    who = staffed.enter("thutruong", Permission.PEOPLE_VIEW)
    with statements() as seen:
        card = home.load_head(who)
    assert _own(seen) == 1
    assert card is not None
    assert card["free"] == [(QuotaKind.CIVIL, 2 + 1)]
    assert [(row.name, until) for row, _role, until in card["acting"]] == [("Lý Thị Cẩm", date(2026, 12, 31))]
    assert home.load_head(staffed.enter("sonoivu", Permission.PEOPLE_VIEW)) is None
    assert home.load_card(staffed.enter("canbo", Permission.PEOPLE_VIEW)) is None
    assert mistakes(staffed.client("thutruong").get("/").text) == []


def test_a_day_of_recording_is_said_to_be_left_out(staffed: Province) -> None:
    page = staffed.client("sonoivu").get("/positions?as_at=2026-11-01&known_on=2026-11-01")
    assert page.status_code == 200
    assert "ngày ghi nhận không dùng ở trang này" in page.text
    assert "theo dữ liệu biết đến" not in page.text
