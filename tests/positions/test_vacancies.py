"""Free seats and seats that become free; the wave of retirement; the limits over the tree; how everybody fits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, text

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.positions.models import SeatReservation
from hrms.positions.queries import (
    establishment,
    fit,
    fitness,
    judging,
    overview,
    retirement,
    seats,
    structure,
    vacancies,
)
from hrms.positions.queries.part import part_of
from hrms.positions.queries.structure import Tone
from hrms.positions.rules.kinds import FitOutcome, QuotaKind
from hrms.positions.rules.limits import Rule
from tests.counting import statements
from tests.inspection import mistakes
from tests.positions.seating import OFFICER, OTHER, TEACHER, add_line, sit
from tests.positions.test_overview import give
from tests.province import Province, add_person


@pytest.fixture
def staffed(province: Province) -> Province:
    """A line of three seats in B1 with one person, one kept for a recruitment; a full line in B; a school's line."""
    give(province, "root", 20)
    give(province, "B", 10)
    give(province, "C1", 2, "public")
    line = add_line(province, "B1", 3)
    sit(province, "Lý Thị Cẩm", line)
    with scope.everything():
        db.session.execute(
            insert(SeatReservation).values(line_id=line, kind="recruitment", seats=1, valid_from=date(2026, 2, 1))
        )
        db.session.commit()
    sit(province, "Võ Minh Đức", add_line(province, "B", 1, key=OTHER), date(2026, 3, 1), clock.today() + timedelta(40))
    school = add_line(province, "C1", 2, key=TEACHER)
    sit(province, "Huỳnh Thị Mỹ", school, career_grade=4)
    sit(province, "Danh Thị Đào", school, career_grade=4)
    return province


def _vacant(
    province: Province, username: str = "sonoivu", asked: vacancies.Filters | None = None
) -> list[tuple[str, int]]:
    who = province.enter(username, Permission.POSITIONS_VIEW)
    found = vacancies.list_vacancies(establishment.read(who, clock.today()), asked or vacancies.Filters())
    return [(one.agency, one.free) for one in found.page.items]


def test_what_is_kept_is_not_free(staffed: Province) -> None:
    assert _vacant(staffed) == [("Phòng Quy hoạch", 1)]
    who = staffed.enter("sonoivu", Permission.POSITIONS_VIEW)
    found = vacancies.list_vacancies(establishment.read(who, clock.today()), vacancies.Filters())
    (one,) = found.page.items
    assert (one.recruiting, one.seats, one.above, one.since) == (1, 3, "Sở Xây dựng", date(2026, 1, 1))
    assert one.suggested == 2, "both others of the division have no seat"


def test_filters_narrow_and_pages_follow_each_other(staffed: Province) -> None:
    for place, key in (("A", OFFICER), ("A1", OTHER), ("C", OFFICER)):
        add_line(staffed, place, 1, key=key)
    assert _vacant(staffed, asked=vacancies.Filters(kind="public")) == []
    assert len(_vacant(staffed, asked=vacancies.Filters(kind="civil"))) == 4
    who = staffed.enter("sonoivu", Permission.POSITIONS_VIEW)
    state = establishment.read(who, clock.today())
    seen: list[str] = []
    after = None
    while True:
        page = vacancies.list_vacancies(state, vacancies.Filters(), after=after, limit=2).page
        seen += [one.agency for one in page.items]
        after = page.next
        if after is None:
            break
    assert seen == ["Sở Nội vụ", "Phòng Công chức, viên chức", "Phòng Quy hoạch", "UBND phường Ninh Kiều"]


def test_a_reader_sees_the_free_seats_of_their_own_part(staffed: Province) -> None:
    add_line(staffed, "A", 1)
    assert _vacant(staffed, "tochuc") == [("Phòng Quy hoạch", 1)]
    page = staffed.client("tochuc").get("/positions/vacancies")
    assert page.status_code == 200
    assert mistakes(page.text) == []
    assert "Bố trí" in page.text
    assert "Sở Nội vụ" not in page.text
    assert staffed.client("tochuc").get("/positions/vacancies?after=%00x").status_code == 422
    assert staffed.client("tochuc").get("/positions/vacancies?kind=x").status_code == 422


def test_seats_become_free_when_an_assignment_ends_or_somebody_retires(staffed: Province) -> None:
    who = staffed.enter("sonoivu", Permission.POSITIONS_VIEW)
    part = part_of(who, None)
    page, number = vacancies.list_coming(part, clock.today(), 3, vacancies.Filters())
    assert [(row.agency, row.seats, row.retirements, row.free_on) for row in page.items] == [
        ("Sở Xây dựng", 1, 0, clock.today() + timedelta(40))
    ]
    assert number == 1
    assert vacancies.list_coming(part, clock.today(), 3, vacancies.Filters(kind="public"))[1] == 0
    with scope.everything():
        leaves = db.session.execute(
            text("SELECT retires_on FROM people_current WHERE full_name = 'Lý Thị Cẩm'")
        ).scalar_one()
    staffed.enter("sonoivu", Permission.POSITIONS_VIEW)
    page, _number = vacancies.list_coming(part, leaves - timedelta(20), 3, vacancies.Filters(kind="civil"))
    (row,) = page.items
    assert (row.agency, row.retirements, row.free_on) == ("Phòng Quy hoạch", 1, leaves + timedelta(1))


def test_programs_read_the_vacancies(staffed: Province) -> None:
    answer = staffed.client("tochuc").get("/api/v1/vacancies?kind=civil")
    assert [(one["agency"], one["free"]) for one in answer.json["items"]] == [("Phòng Quy hoạch", 1)]
    assert staffed.client("tochuc").get("/api/v1/vacancies?kind=gold").status_code == 422
    assert staffed.client("canbo").get("/api/v1/vacancies").status_code == 403


def test_the_wave_keeps_the_quotas_apart_and_leads_to_names(staffed: Province) -> None:
    who = staffed.enter("sonoivu", Permission.POSITIONS_VIEW)
    wave = retirement.wave(part_of(who, None), clock.today())
    everybody = {kind: wave.total(kind) for kind in QuotaKind}
    for kind in (QuotaKind.CIVIL, QuotaKind.PUBLIC):
        assert sum(row.total for row in wave.places[kind]) == everybody[kind]
        assert sum(row.total for row in wave.positions[kind]) == everybody[kind]
    page, number = retirement.list_leavers(part_of(who, None), clock.today(), retirement.Asked(kind=QuotaKind.CIVIL))
    assert number == everybody[QuotaKind.CIVIL] == len(page.items) > 0
    year = page.items[0].retires_on.year
    client = staffed.client("sonoivu")
    shown = client.get(f"/positions/retirement/people?kind=civil&year={year}")
    assert shown.status_code == 200
    assert page.items[0].full_name in shown.text
    assert mistakes(shown.text) == []
    assert mistakes(client.get("/positions/retirement").text) == []
    other = staffed.client("tochuc").get("/positions/retirement/people?kind=civil").text
    assert "Nguyễn Hoà Dũng" not in other, "somebody of another agency"


def test_a_limit_passed_is_told_in_words_and_followed_to_names(staffed: Province) -> None:
    who = staffed.enter("sonoivu", Permission.POSITIONS_VIEW)
    found = establishment.read(who, clock.today())
    verdicts = judging.judge(found, establishment.choices())
    rows = overview.rows(found, None)
    cells = structure.cells(found, verdicts, {}, [row.node.id for row in rows])
    cell = cells[staffed.agencies["C"]]["grade:4"]
    assert (cell.held, cell.limit, cell.over, cell.tone) == (2, 1, 1, Tone.OVER), "two of two, at most half of them"
    assert cells[staffed.agencies["root"]]["grade:4"].over == 1
    over = next(one for one in verdicts if one.rule is Rule.GRADE_RATIO and one.over)
    page, number = structure.list_counted(structure.counted_by(found, over), clock.today())
    assert number == 2
    assert {row.full_name for row in page.items} == {"Huỳnh Thị Mỹ", "Danh Thị Đào"}
    client = staffed.client("sonoivu")
    shown = client.get("/positions/structure")
    assert "▲" in shown.text
    assert "vượt 1" in shown.text
    assert mistakes(shown.text) == []
    listed = client.get("/positions/structure/cell?agency=H13.40&column=grade:4")
    assert "NĐ 232/2026/NĐ-CP Đ10" in listed.text
    assert mistakes(listed.text) == []
    names = client.get(
        f"/positions/structure/people?agency={over.agency_id}&rule=grade_ratio&line={over.line_id}&level=grade:4"
    )
    assert "Danh Thị Đào" in names.text
    assert mistakes(names.text) == []
    away = staffed.client("tochuc")
    assert away.get(f"/positions/structure/people?agency={over.agency_id}&rule=grade_ratio").status_code == 404
    assert client.get(f"/positions/structure/people?agency={staffed.agencies['B']}&rule=line").status_code == 404


def test_everybody_is_judged_as_one_person_is(staffed: Province) -> None:
    who = staffed.enter("sonoivu", Permission.PEOPLE_VIEW)
    found = fitness.judge(part_of(who, None), clock.today())
    assert len(found.people) == 4
    lines = db.session.execute(
        text("SELECT person_id, line_id, career_grade FROM assignments WHERE superseded_at IS NULL")
    ).all()
    known = seats.lines_of({row.line_id for row in lines})
    single = fit.judge([(row.person_id, known[row.line_id], row.career_grade) for row in lines], clock.today())
    words = fitness.names()
    for one in found.people:
        line_id = next(row.line_id for row in lines if row.person_id == one.person_id)
        told = single[one.person_id, line_id]
        assert {check.code for check in fitness.lacks_of(one, words)} == {
            check.code for check in told.checks if check.outcome in {"missing", "later"}
        }
    page = fitness.list_people(found.narrowed(outcome=found.people[0].outcome))
    assert found.people[0].person_id in {row.person_id for row, _one in page.items}
    client = staffed.client("sonoivu")
    for address in ("/positions/fitness", f"/positions/fitness/people?outcome={FitOutcome.MET.value}"):
        shown = client.get(address)
        assert shown.status_code == 200
        assert mistakes(shown.text) == []
    assert "Huỳnh Thị Mỹ" not in staffed.client("tochuc").get("/positions/fitness/people").text


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/positions/vacancies", 11),
        ("/positions/vacancies?months=12", 4),
        ("/positions/structure", 12),
        ("/positions/retirement", 4),
        ("/positions/what-if?all.civil=-10%25", 14),
        ("/positions/fitness", 9),
    ],
)
def test_statements_do_not_grow_with_the_rows(staffed: Province, address: str, most: int) -> None:
    client = staffed.client("sonoivu")
    client.get(address)
    with statements() as few:
        client.get(address)
    with scope.everything():
        names = [f"Trần Văn Thêm {number}" for number in range(20)]
        for number, name in enumerate(names):
            staffed.people[name] = add_person(staffed, 100 + number, name=name)
        db.session.commit()
    line = add_line(staffed, "A1", 30)
    for name in names:
        sit(staffed, name, line)
    for place in ("A", "C"):
        add_line(staffed, place, 5, key=OTHER)
    with statements() as more:
        client.get(address)
    assert len(few) == len(more) <= most, "\n".join(more)
