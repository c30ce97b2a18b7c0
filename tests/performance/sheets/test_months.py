"""Months scored in Excel before the system: whole or nothing, each wrong row with its reason, nobody's own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused
from hrms.core.permissions import Permission, Role
from hrms.performance.models import ResultReport, ScoreSheet
from hrms.performance.services import months, publishing
from hrms.performance.services.months import Row
from tests.performance.after.published import make_relatives
from tests.performance.making import add_holder, add_period, add_regulation, add_sheet, points
from tests.province import Province

WHO, OTHER = "Nguyễn Văn Hùng", "Nguyen Van Hung"
CODE, OTHERS = "CT-000007", "CT-000008"
D = Decimal

pytestmark = pytest.mark.usefixtures("context")


def enters(actor: Actor) -> Actor:
    scope.enter_for(actor, Permission.PERFORMANCE_MANAGE)
    return actor


def sheets(province: Province, name: str = WHO) -> list[Any]:
    with scope.everything():
        query = select(ScoreSheet).where(
            ScoreSheet.person_id == province.people[name], ScoreSheet.superseded_at.is_(None)
        )
        return list(db.session.scalars(query.order_by(ScoreSheet.number)))


def codes(judged: months.Judged) -> list[str]:
    return [one.problem.code for one in judged.faults]


def test_months_are_taken_in_as_published_sheets(province: Province) -> None:
    actor = enters(province.actor("tochuc"))
    rows = [
        Row(2, CODE, WHO, "1", "27,5", "67,67", "95,17"), Row(3, CODE, WHO, "2", "", "", "93.1"),
        Row(4, OTHERS, "", "1", "30", "60.123456"), Row(5, CODE, WHO, "3"),
    ]  # fmt: skip
    judged = months.take_in(actor, province.agencies["B"], 2026, rows, filename="thang.xlsx")
    assert (judged.lines, judged.people, len(judged.months)) == (4, 2, 3)
    first, second = sheets(province)
    assert (first.score, first.general_points, first.result_points) == (D("95.17"), D("27.5"), D("67.67"))
    assert (second.score, second.general_points) == (D("93.1"), None)
    assert {(one.state, one.source, one.period_id, one.role) for one in (first, second)} == {
        ("published", "imported", None, "staff")
    }
    assert first.authority_id == first.agency_id == province.agencies["B1"]
    assert sheets(province, OTHER)[0].score == D("90.123456")
    with scope.everything():
        assert db.session.query(ResultReport).count() == 3
        assert db.session.execute(text("SELECT refresh_sheets(:ids)"), {"ids": [first.id]}).scalar_one() == 0
    assert points(first.id)["score"] == D("95.17")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (Row(2, "CT-999999", "", "1", "", "", "90"), "unknown_code"),
        (Row(2, "", "", "1", "", "", "90"), "unknown_code"),
        (Row(2, "CT-000001", "", "1", "", "", "90"), "unknown_code"),
        (Row(2, CODE, "Người khác", "1", "", "", "90"), "other_name"), (Row(2, CODE, "", "13", "", "", "90"), "month"),
        (Row(2, CODE, "", "một", "", "", "90"), "month"), (Row(2, CODE, "", "11", "", "", "90"), "ahead"),
        (Row(2, CODE, "", "1", "", "", "100,01"), "points"), (Row(2, CODE, "", "1", "31", "60"), "points"),
        (Row(2, CODE, "", "1", "30", "71"), "points"), (Row(2, CODE, "", "1", "", "", "-1"), "points"),
        (Row(2, CODE, "", "1", "", "", "chín mươi"), "number"), (Row(2, CODE, "", "1", "", "", "NaN"), "number"),
        (Row(2, CODE, "", "1", "30", "", "90"), "one_part"), (Row(2, CODE, "", "1", "30", "60", "91"), "sum"),
        (Row(2, CODE, "", "1", "", "", "90.1234567"), "points"),
    ],
)  # fmt: skip
def test_each_wrong_row_has_its_reason_and_nothing_is_written(province: Province, row: Row, code: str) -> None:
    actor = enters(province.actor("tochuc"))
    rows = [Row(1, OTHERS, "", "1", "", "", "90"), row]
    judged = months.judge(actor, province.agencies["B"], 2026, rows)
    assert codes(judged) == [code]
    assert judged.faults[0].row == 2
    with pytest.raises(Refused):
        months.take_in(actor, province.agencies["B"], 2026, rows)
    assert sheets(province, OTHER) == []


def test_a_month_twice_or_with_a_sheet_is_refused(province: Province) -> None:
    add_sheet(province, WHO, number=1)
    add_sheet(province, WHO, add_period(province, kind="quarter", number=2))
    actor = enters(province.actor("tochuc"))
    rows = [Row(number, CODE, "", month, "", "", "90") for number, month in ((2, "1"), (3, "5"), (4, "7"), (5, "7"))]
    judged = months.judge(actor, province.agencies["B"], 2026, rows)
    assert [(one.row, one.problem.code) for one in judged.faults] == [(2, "has_sheet"), (3, "has_sheet"), (5, "twice")]


def test_a_second_file_corrects_the_first_with_its_reason(province: Province) -> None:
    actor = enters(province.actor("tochuc"))
    months.take_in(actor, province.agencies["B"], 2026, [Row(2, CODE, "", "1", "", "", "90")])
    old = sheets(province)[0].id
    again = [Row(2, CODE, "", "1", "", "", "91")]
    enters(actor)
    assert codes(months.judge(actor, province.agencies["B"], 2026, again)) == ["taken_in"]
    months.take_in(actor, province.agencies["B"], 2026, again, reason="Cộng nhầm tiêu chí chung")
    new = sheets(province)[0]
    assert (new.score, new.supersedes_id, new.correction) == (D(91), old, "Cộng nhầm tiêu chí chung")
    assert points(old)["score"] == D(90)


def test_nobody_takes_in_their_own(province: Province) -> None:
    actor = enters(add_holder(province, "tochucb", Role.HR_AGENCY, "B", OTHER))
    rows = [Row(2, CODE, "", "1", "", "", "100"), Row(3, OTHERS, "", "1", "", "", "100")]
    judged = months.judge(actor, province.agencies["B"], 2026, rows)
    assert [(one.row, one.problem.code) for one in judged.faults] == [(3, "own")]
    assert OTHERS not in {row[0] for row in months.template(actor, province.agencies["B"], 2026)[1]}


def test_nobody_takes_in_those_of_a_relative(province: Province) -> None:
    make_relatives(province, WHO, "Lý Thị Cẩm")
    actor = enters(add_holder(province, "vo", Role.HR_AGENCY, "B", person="Lý Thị Cẩm"))
    rows = [Row(2, CODE, "", "1", "", "", "99"), Row(3, OTHERS, "", "1", "", "", "90")]
    judged = months.judge(actor, province.agencies["B"], 2026, rows)
    assert [(one.row, one.problem.code) for one in judged.faults] == [(2, "kin")]
    with pytest.raises(Refused):
        months.take_in(actor, province.agencies["B"], 2026, rows)


@pytest.mark.parametrize("name", ["thutruong", "canbo", "thanhtra", "vanthu", "admin"])
def test_only_hr_takes_in(province: Province, name: str) -> None:
    with pytest.raises(Forbidden):
        months.take_in(enters(province.actor(name)), province.agencies["B"], 2026, [])


def test_the_template_has_the_months_over_without_a_sheet(province: Province) -> None:
    for month in range(1, 10):
        add_sheet(province, WHO, number=month)
    _headers, rows, _widths = months.template(enters(province.actor("tochuc")), province.agencies["B"], 2026)
    assert [row[3] for row in rows if row[0] == CODE] == [10]
    assert [row[3] for row in rows if row[0] == OTHERS] == list(range(1, 11))
    assert {row[0] for row in rows} == {"CT-000005", "CT-000006", CODE, OTHERS}


def test_who_cannot_be_scored_is_named(province: Province) -> None:
    """Teachers before their decree, a cadre: no set of criteria with points is theirs."""
    add_regulation(province, "C1")
    actor = enters(province.actor("sonoivu"))
    rows = [Row(2, "CT-000009", "", "1", "", "", "90"), Row(3, "CT-000011", "", "8", "", "", "90")]
    judged = months.judge(actor, province.agencies["C"], 2026, rows)
    assert [(one.row, one.problem.code) for one in judged.faults] == [(2, "no_set")]
    assert [one.row for one in judged.months] == [3]


def test_months_may_wait_with_their_period(province: Province) -> None:
    actor = enters(province.actor("tochuc"))
    rows = [Row(2, CODE, "", "10", "", "", "90")]
    with pytest.raises(Refused) as caught:
        months.take_in(actor, province.agencies["B"], 2026, rows, published=False)
    assert caught.value.problems[0].code == "no_period"
    period = add_period(province, starts_on=date(2026, 10, 1))
    enters(actor)
    months.take_in(actor, province.agencies["B"], 2026, rows, published=False)
    assert sheets(province)[0].state == "scored"
    enters(actor)
    assert publishing.publish(actor, period) == 1
