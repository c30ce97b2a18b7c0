"""What if: the change spreads as it says, both sides are told, and not a row is written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import text

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.core.rules import Problem
from hrms.positions.queries import what_if
from hrms.positions.queries.part import part_of
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.what_if import Change, read_change
from tests.inspection import mistakes
from tests.positions.seating import add_line, sit
from tests.positions.test_overview import give
from tests.province import Province

CIVIL = QuotaKind.CIVIL
WRITTEN = (
    "quota_movements", "establishment_lines", "seat_reservations", "overages", "assignments", "people_current",
    "position_gaps", "submissions", "decisions", "settings",
)  # fmt: skip


@pytest.fixture
def staffed(province: Province) -> Province:
    """Quotas of 20 at the top, 4 at A (all used), 10 at B, of which B1 has 4."""
    give(province, "root", 20)
    give(province, "A", 4)
    give(province, "B", 10)
    give(province, "B1", 4)
    sit(province, "Võ Minh Đức", add_line(province, "B", 2))
    return province


def _try(province: Province, changes: dict[str, Change], for_all: Change | None = None) -> what_if.WhatIf:
    who = province.enter("sonoivu", Permission.POSITIONS_VIEW)
    given = {(province.agencies[place], CIVIL): change for place, change in changes.items()}
    return what_if.try_out(who, part_of(who, None), clock.today(), given, {CIVIL: for_all} if for_all else {})


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("-5", Change(Decimal(-5))),
        ("+3", Change(Decimal(3))),
        (" −2,5 % ", Change(Decimal("-2.5"), percent=True)),
        ("", None),
        ("0", None),
    ],
)
def test_a_change_is_read_as_people_write_it(written: str, read: Change | None) -> None:
    assert read_change(written, "x") == read


@pytest.mark.parametrize("written", ["abc", "1,5", "-101%", "999999999", "5%%", "--1"])
def test_what_is_no_change_is_named(written: str) -> None:
    assert isinstance(read_change(written, "x"), Problem)


def test_a_cut_below_the_present_shows_what_would_be_over(staffed: Province) -> None:
    found = _try(staffed, {"A": Change(Decimal(-1))})
    before, after = found.now.of(staffed.agencies["A"], CIVIL), found.after.of(staffed.agencies["A"], CIVIL)
    assert before is not None
    assert after is not None
    assert (before.tree.over, after.tree.over, after.tree.assigned) == (0, 1, 3)
    assert found.after.total(CIVIL).assigned == found.now.total(CIVIL).assigned - 1
    assert found.after.total(CIVIL).unused == found.now.total(CIVIL).unused, "nothing is netted"


def test_a_share_reaches_every_quota_under_the_agency(staffed: Province) -> None:
    found = _try(staffed, {"B": Change(Decimal(-50), percent=True)})
    whole, below = (found.after.of(staffed.agencies[place], CIVIL) for place in ("B", "B1"))
    assert whole is not None
    assert below is not None
    assert (below.quota.assigned, whole.quota.assigned, whole.own.assigned) == (2, 5, 3)


def test_the_change_of_one_agency_goes_before_the_one_for_all(staffed: Province) -> None:
    found = _try(staffed, {"A": Change(Decimal(2))}, Change(Decimal(-50), percent=True))
    first, other = (found.after.of(staffed.agencies[place], CIVIL) for place in ("A", "B"))
    assert first is not None
    assert other is not None
    assert (first.quota.assigned, other.quota.assigned) == (6, 5)


def test_a_quota_below_nothing_is_refused_by_name(staffed: Province) -> None:
    found = _try(staffed, {"A": Change(Decimal(-5))})
    assert found.after is found.now
    assert [problem.params["agency"] for problem in found.problems] == ["Sở Nội vụ"]
    page = staffed.client("sonoivu").get(f"/positions/what-if?c{staffed.agencies['A']}.civil=-5")
    assert page.status_code == 422
    assert "Sở Nội vụ được giao 4" in page.text
    assert mistakes(page.text) == []


def test_ten_years_end_with_those_who_have_not_retired(staffed: Province) -> None:
    with scope.everything():
        leaves = db.session.execute(
            text("SELECT retires_on FROM people_current WHERE full_name = 'Nguyễn Hoà Dũng'")
        ).scalar_one()
        db.session.rollback()
    found = _try(staffed, {"A": Change(Decimal(-1))})
    told = {now.year: (now, after) for now, after in found.years[CIVIL]}
    assert list(told) == list(range(2026, 2037))
    now, after = told[leaves.year - 1]
    assert after.over == now.over + 1
    now, after = told[leaves.year]
    assert after.over == now.over == 0, "the one who was over has retired"
    assert after.present == told[leaves.year - 1][1].present - 1


def test_trying_writes_nothing(staffed: Province) -> None:
    state = "SELECT '{0}', count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM {0} t"
    counting = " UNION ALL ".join(state.format(name) for name in WRITTEN)

    def rows() -> list[tuple[str, int, str]]:
        with scope.everything():
            found = [tuple(row) for row in db.session.execute(text(counting))]
            db.session.rollback()
        return found

    before = rows()
    client = staffed.client("sonoivu")
    page = client.get(f"/positions/what-if?all.civil=-10%25&c{staffed.agencies['A']}.civil=%2B1")
    assert page.status_code == 200
    assert mistakes(page.text) == []
    assert "→" in page.text
    assert client.get("/positions/what-if.xlsx?all.civil=-10%25").status_code == 200
    assert rows() == before


def test_empty_boxes_leave_the_address(staffed: Province) -> None:
    answer = staffed.client("sonoivu").get(f"/positions/what-if?all.civil=-1&c{staffed.agencies['A']}.civil=")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/positions/what-if?all.civil=-1"


def test_a_reader_tries_within_their_own_part(staffed: Province) -> None:
    page = staffed.client("tochuc").get(f"/positions/what-if?c{staffed.agencies['A']}.civil=-4")
    assert page.status_code == 200
    assert "Sở Nội vụ" not in page.text
