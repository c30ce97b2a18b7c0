"""The monthly list for social insurance: who comes, goes, changes; approved sheets first; sent lists stay."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import text

from hrms.core import clock, scope
from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.pay.rules.insured_list import Insured, Past, What, compare
from hrms.pay.services import insurance
from tests.counting import statements
from tests.inspection import mistakes
from tests.pay import making
from tests.pay.leaving.test_severance import leave
from tests.pay.sheets.running import at, close, compute
from tests.province import Province

# Võ Minh Đức has 4.74 and a post of 0.5.
DUC, CAM, HUNG, OTHER, MY = making.OFFICER, "Lý Thị Cẩm", "Nguyễn Văn Hùng", "Nguyen Van Hung", making.TEACHER
P = Permission
MONTH = date(2026, 10, 1)


def make(province: Province, month: date = MONTH, place: str = "B") -> int:
    """Make the list of an agency; its id."""
    actor = province.enter("sonoivu", P.PAY_MANAGE)
    with transaction():
        return insurance.compute(actor, province.agencies[place], month)


def lines(province: Province, report_id: int) -> dict[str, tuple[Any, ...]]:
    """Return the lines of a list by name: what, why, before, after."""
    names = {number: name for name, number in province.people.items()}
    with scope.everything():
        rows = db.session.execute(
            text("SELECT * FROM insurance_changes WHERE report_id = :id ORDER BY id"), {"id": report_id}
        )
        return {names[row.person_id]: (row.what, row.reason, row.base_before, row.base_after) for row in rows}


def pay(coefficient: str, base: int = 2_530_000) -> Decimal:
    return Decimal(coefficient) * base


def test_a_quiet_month_has_an_empty_list(province: Province) -> None:
    assert lines(province, make(province)) == {}


def test_who_comes_goes_and_changes(province: Province) -> None:
    leave(province, DUC, date(2026, 10, 1))
    making.add_absence(province, CAM, "maternity_leave", date(2026, 10, 1), date(2027, 4, 1))
    making.set_rank(province, HUNG, "3.99", step=6, since=date(2026, 10, 1))
    making.add_post(province, OTHER, "0.30", since=date(2026, 10, 1))
    making.add_official(province, "Người Mới", "B1", since=date(2026, 10, 1))
    assert lines(province, make(province)) == {
        DUC: ("decrease", "left", pay("5.24"), 0),
        CAM: ("decrease", "maternity_leave", pay("2.67"), 0),
        HUNG: ("pay_up", "coefficient", pay("3.66"), pay("3.99")),
        OTHER: ("pay_up", "leadership", pay("3.66"), pay("3.96")),
        "Người Mới": ("increase", "joined", 0, pay("2.34")),
    }


def test_a_new_base_salary_changes_everybody(province: Province) -> None:
    found = lines(province, make(province, date(2026, 7, 1)))
    assert found[DUC] == ("pay_up", "base_salary", pay("5.24", 2_340_000), pay("5.24"))
    assert {one[:2] for one in found.values()} == {("pay_up", "base_salary")}
    assert len(found) == 4


def test_who_moves_leaves_one_list_and_comes_on_another(province: Province) -> None:
    making.move(province, DUC, "C", since=date(2026, 10, 16))
    assert lines(province, make(province))[DUC] == ("decrease", "moved_out", pay("5.24"), 0)
    assert lines(province, make(province, place="C"))[DUC] == ("increase", "moved_in", 0, pay("5.24"))
    # whoever leaves late in a month has contributed for it
    leave(province, HUNG, date(2026, 10, 28))
    assert HUNG not in lines(province, make(province))
    assert lines(province, make(province, date(2026, 11, 1)))[HUNG][:2] == ("decrease", "left")


def test_who_comes_back_is_named_so(province: Province) -> None:
    making.add_absence(province, CAM, "unpaid_leave", date(2026, 8, 1), date(2026, 10, 1))
    assert lines(province, make(province))[CAM] == ("increase", "returned", 0, pay("2.67"))
    assert lines(province, make(province, date(2026, 8, 1)))[CAM][:2] == ("decrease", "unpaid_leave")


def test_approved_sheets_come_first_and_arrears_are_listed(province: Province) -> None:
    close(province, at(8), at(9))
    making.set_rank(province, HUNG, "3.99", step=6, since=date(2026, 8, 1))
    compute(province, at(10))
    report = make(province)
    found = lines(province, report)
    # the approved September was paid by 3.66, whatever the record says now
    with scope.everything():
        rows = db.session.execute(
            text("SELECT what, base_before, base_after, since, through, difference FROM insurance_changes"
                 " WHERE report_id = :id AND person_id = :person ORDER BY what DESC"),
            {"id": report, "person": province.people[HUNG]},
        ).all()  # fmt: skip
    assert [tuple(row[:3]) for row in rows] == [("pay_up", pay("3.66"), pay("3.99")), ("arrears", 0, 0)]
    difference = pay("0.33") * 2
    # 8 and 1.5 % of the person, 17.5 and 3 % of the agency, each month rounded line by line
    assert rows[1].difference == pytest.approx(difference * Decimal("0.30"), abs=8)
    assert (rows[1].since, rows[1].through) == (at(8), at(9))
    assert set(found) == {HUNG}


def test_a_sent_list_stays(province: Province) -> None:
    making.set_rank(province, HUNG, "3.99", step=6, since=date(2026, 10, 1))
    report = make(province)
    actor = province.enter("sonoivu", P.PAY_MANAGE)
    for day in (None, date(2026, 9, 30), clock.today() + timedelta(days=1)):
        with pytest.raises(Refused), transaction():
            insurance.mark_sent(actor, report, day, "", version=None)
    with transaction():
        insurance.mark_sent(actor, report, date(2026, 11, 3), "Hồ sơ 123", version=1)
    with pytest.raises(Refused) as refused:
        make(province)
    assert [one.code for one in refused.value.problems] == ["sent"]
    with pytest.raises(Refused), transaction():
        insurance.mark_sent(province.enter("sonoivu", P.PAY_MANAGE), report, date(2026, 11, 3), "", version=None)


def test_what_cannot_be_listed(province: Province) -> None:
    for place, month, code in (
        ("B1", MONTH, "division"), ("B", add_months(clock.today(), 1), "month"), ("B", date(2025, 6, 1), "month"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            make(province, month, place)
        assert [one.code for one in refused.value.problems] == [code]


def test_every_agency_under_one_makes_its_list(province: Province) -> None:
    making.set_rank(province, HUNG, "3.99", step=6, since=MONTH)
    sent = make(province, place="C")
    with transaction():
        insurance.mark_sent(province.enter("sonoivu", P.PAY_MANAGE), sent, date(2026, 11, 3), "", version=None)
    seen: list[tuple[int, int]] = []
    done = insurance.run_all(
        province.actor("sonoivu"), province.agencies["root"], MONTH, lambda *counts: seen.append(counts)
    )
    # the department A, B and the school C1 pay somebody; the province itself nobody, and C's list was sent
    assert (done.lists, done.refused) == (3, [])
    assert seen[-1] == (4, 4)
    with scope.everything():
        made = set(db.session.scalars(text("SELECT agency_id FROM insurance_reports")))
    assert made == {province.agencies[place] for place in ("A", "B", "C", "C1")}


def test_a_number_of_statements_that_people_do_not_change(province: Province) -> None:
    make(province)
    with statements() as few:
        make(province)
    for number in range(8):
        making.add_official(province, f"Người {number}", "B", since=date(2026, 10, 1))
    with statements() as many:
        make(province)
    assert len(many) == len(few) + 1  # the one that writes the lines


def test_the_pages_and_the_workbook(province: Province) -> None:
    making.set_rank(province, HUNG, "3.99", step=6, since=date(2026, 10, 1))
    making.add_absence(province, CAM, "maternity_leave", date(2026, 10, 1), date(2027, 4, 1))
    browser = province.client("sonoivu")
    assert mistakes(browser.get("/pay/insurance").text) == []
    sent = {"agency": province.agencies["B"], "agency-text": "Sở Xây dựng", "month": "2026-10"}
    made = browser.submit("/pay/insurance/new", sent)
    assert made.status_code == 303, made.text[-2000:]
    address = made.headers["Location"]
    page = browser.get(address)
    assert mistakes(page.text) == []
    assert "Nghỉ thai sản" in page.text
    assert "10.094.700" in page.text
    assert HUNG not in browser.get(f"{address}?what=decrease").text
    assert browser.get(f"{address}?what=x").status_code == 422
    assert browser.get("/pay/insurance?month=2026-10").text.count("Sở Xây dựng") >= 1
    assert browser.get("/pay/insurance?month=10").status_code == 422
    book = load_workbook(BytesIO(browser.get(f"{address}/d02.xlsx").data)).active
    assert book is not None
    rows = list(book.iter_rows(values_only=True))
    assert rows[0][:4] == ("STT", "Nội dung", "Họ và tên", "Mã số BHXH")
    by_name = {row[2]: row for row in rows[1:]}
    assert by_name[HUNG][7] == 3.99
    assert by_name[CAM][7] == 2.67
    assert (by_name[CAM][12], by_name[CAM][14], by_name[CAM][15]) == (6755100, "10/2026", "09/2026")
    assert browser.submit(f"{address}/again").status_code == 303
    english = province.client("sonoivu")
    english.submit("/locale", {"locale": "en"})
    for one in (address, "/pay/insurance", "/pay/insurance/new", f"{address}/sent"):
        answer = english.get(one)
        assert answer.status_code == 200
        assert mistakes(answer.text, "en") == []
    assert browser.submit(f"{address}/sent", {"sent_on": "03/11/2026", "note": "", "version": "2"}).status_code == 303
    assert province.client("thutruong").get(address).status_code == 403


BASES = st.dictionaries(st.integers(1, 6), st.sampled_from([0, 100, 200]).map(lambda base: Insured(Decimal(base))))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine draws slowly
@given(BASES, BASES)
def test_the_list_turns_one_month_into_the_other(before: dict[int, Insured], after: dict[int, Insured]) -> None:
    found = compare(MONTH, before, after, {})
    assert len({one.person_id for one in found}) == len(found)
    now = {person: one.base for person, one in before.items() if one.base}
    for one in found:
        assert one.before == now.get(one.person_id, 0)
        now[one.person_id] = one.after
    assert {person: base for person, base in now.items() if base} == {
        person: one.base for person, one in after.items() if one.base
    }
    back = compare(MONTH, after, before, {})
    assert {(one.person_id, one.before, one.after) for one in back} == {
        (one.person_id, one.after, one.before) for one in found
    }


def test_past_months_are_listed_beside(province: Province) -> None:
    del province
    past = {1: Past(Decimal(500), at(8), at(9)), 2: Past(Decimal(0), at(8), at(8))}
    found = compare(MONTH, {}, {}, past)
    assert [(one.what, one.difference, one.since, one.through) for one in found] == [
        (What.ARREARS, Decimal(500), at(8), at(9))
    ]
