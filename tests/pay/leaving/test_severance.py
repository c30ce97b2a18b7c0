"""Severance cases: by the rule of the day of leaving, from the record; held, put right, paid; who sees and writes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from hrms.audit.queries.reading import masked
from hrms.core import clock, dated, scope
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.pay.leaving_hooks import _check
from hrms.pay.services import severance
from hrms.people.models import PersonStatus
from hrms.people.rules.leaving import CASE_LABELS, Case
from tests.inspection import mistakes
from tests.pay import making
from tests.pay.leaving.objects import add_case
from tests.province import TODAY, Province
from tests.training.payback.promising import paper, promise, set_record

DUC, CAM, HUNG, MY = making.OFFICER, "Lý Thị Cẩm", "Nguyễn Văn Hùng", making.TEACHER
P = Permission
WISH = CASE_LABELS[Case.OWN_WISH]


def leave(
    province: Province, name: str, on: date, *, why: str | None = WISH, status: str = "left",
    kind: str = "civil_servant", recruited: str = "2016-05-01", decision: int | None = None,
) -> None:  # fmt: skip
    """Let somebody leave on a day, at work since `recruited`."""
    set_record(province, name, recruited_on=recruited)
    with scope.everything():
        person = province.people[name]
        values = {"status": status, "kind": kind, "reason": why}
        dated.replace(PersonStatus, {"person_id": person}, values, valid_from=on, decision_id=decision)
        db.session.execute(text("SELECT refresh_people(:ids, :today)"), {"ids": [person], "today": TODAY.date()})
        db.session.commit()


def gather(province: Province, place: str = "B", by: str = "sonoivu") -> severance.Gathered:
    """Gather the cases of an agency."""
    actor = province.enter(by, P.PAY_MANAGE)
    with transaction():
        return severance.compute(actor, province.agencies[place])


def case(province: Province, name: str) -> Any:
    """Return the newest case of somebody as a row."""
    with scope.everything():
        query = text("SELECT * FROM severance_cases WHERE person_id = :id ORDER BY id DESC LIMIT 1")
        return db.session.execute(query, {"id": province.people[name]}).one_or_none()


def codes(row: Any) -> list[str]:
    return [one["code"] for one in row.holds]


@pytest.mark.parametrize(
    ("left_on", "recruited", "years", "months_of_pay", "base"),
    [
        (date(2026, 9, 1), "2016-07-01", "10", "5", 2_530_000),  # 10 years 2 months
        (date(2026, 9, 1), "2016-05-01", "10.5", "5.25", 2_530_000),  # 10 years 4 months
        (date(2026, 9, 1), "2016-02-01", "11", "5.5", 2_530_000),  # 10 years 7 months
        (date(2026, 9, 1), "2026-01-01", "0", "1", 2_530_000),  # 8 months
        (date(2026, 8, 1), "2016-04-01", "10.5", "5.25", 2_530_000),
        (date(2026, 7, 31), "2016-03-31", "10.5", "18.75", 2_340_000),  # 3 + 1.5 × 10.5, pay of June
    ],
)
def test_the_rule_of_the_day_of_leaving(
    province: Province, left_on: date, recruited: str, years: str, months_of_pay: str, base: int
) -> None:
    making.add_allowance(province, DUC, "public_duty", percent="25")
    leave(province, DUC, left_on, recruited=recruited)
    assert gather(province) == severance.Gathered(1, 0, 0)
    found = case(province, DUC)
    pay = base * (Decimal("4.74") + Decimal("0.5"))  # with his post, without the public-duty allowance
    assert (found.state, found.leaving_case, found.monthly_pay, found.years) == (
        "computed", "own_wish", pay, Decimal(years),
    )  # fmt: skip
    assert found.amount == (pay * Decimal(months_of_pay)).quantize(Decimal(1))
    assert gather(province) == severance.Gathered(0, 0, 0)
    with scope.everything():
        assert _check() == []


def test_the_pay_follows_what_is_recorded_later(province: Province) -> None:
    leave(province, DUC, date(2026, 9, 1))
    gather(province)
    before = case(province, DUC)
    making.set_rank(province, DUC, "5.08", group="A2.1", rank="01.002", since=date(2026, 5, 1), until=date(2026, 9, 1))
    assert gather(province) == severance.Gathered(0, 1, 0)
    after = case(province, DUC)
    assert (before.monthly_pay, after.monthly_pay) == (2_530_000 * Decimal("5.24"), 2_530_000 * Decimal("5.58"))
    assert after.version == before.version + 1


def test_who_gets_none_and_who_goes_by_another_law(province: Province) -> None:
    leave(province, DUC, date(2026, 9, 1), why=None, status="retired")
    leave(province, CAM, date(2026, 9, 1), why=CASE_LABELS[Case.UNFIT])
    leave(province, HUNG, date(2026, 9, 1), why="Lý do khác hẳn")
    leave(province, MY, date(2026, 9, 1), kind="public_employee", recruited="2005-01-01")
    gather(province)
    gather(province, "C1")
    assert [(case(province, name).state, codes(case(province, name))) for name in (DUC, CAM, HUNG)] == [
        ("computed", []), ("held", ["labour_law", "kind_before"]), ("held", ["no_case", "kind_before"]),
    ]  # fmt: skip
    teacher = case(province, MY)
    # Insured against unemployment since 01/01/2009: 212 of 260 months.
    assert (teacher.worked_months, teacher.insured_months, "labour_law" in codes(teacher)) == (260, 212, True)


def test_a_partly_known_day_of_recruitment_is_said(province: Province) -> None:
    leave(province, DUC, date(2026, 9, 1), recruited="2016")
    gather(province)
    found = case(province, DUC)
    assert (found.worked_months, found.state) == (128, "computed")
    assert codes(found) == ["start_partly", "kind_before"]


@pytest.mark.parametrize(("left_on", "held"), [(date(2026, 9, 1), True), (date(2026, 7, 1), False)])
def test_what_is_promised_holds_the_payment_since_august_2026(province: Province, left_on: date, held: bool) -> None:
    commitment = promise(province, DUC)
    leave(province, DUC, left_on)
    gather(province)
    found = case(province, DUC)
    assert found.owed > 0
    assert (found.state == "held") == held
    assert [code.removesuffix("_noted") for code in codes(found)[:2]] == ["debt", "commitment"]
    actor = province.enter("sonoivu", P.PAY_MANAGE)
    if held:
        with pytest.raises(Refused) as refused, transaction():
            severance.pay(actor, found.id, date(2026, 11, 20), settled=True, version=found.version)
        assert {one.code for one in refused.value.problems} == {"debt", "commitment"}
        with scope.everything():
            db.session.execute(
                text("UPDATE training_commitments SET state = 'released' WHERE id = :id"), {"id": commitment}
            )
            db.session.commit()
        actor = province.enter("sonoivu", P.PAY_MANAGE)
    with transaction():
        severance.pay(actor, found.id, date(2026, 11, 20), settled=True, version=found.version)
    assert case(province, DUC).state == "paid"
    assert gather(province) == severance.Gathered(0, 0, 0)


def test_put_right_by_hand_stays(province: Province) -> None:
    leave(province, CAM, date(2026, 9, 1), why=CASE_LABELS[Case.UNFIT])
    gather(province)
    found = case(province, CAM)
    actor = province.enter("sonoivu", P.PAY_MANAGE)
    given: dict[str, Any] = {"leaving_case": "unfit", "worked_months": 124, "insured_months": 0, "note": "BLLĐ Đ46"}
    with pytest.raises(Refused) as refused, transaction():
        severance.put_right(actor, found.id, **{**given, "insured_months": 200}, amount=None, version=found.version)
    assert [one.code for one in refused.value.problems] == ["more_than_worked"]
    with pytest.raises(Stale), transaction():
        severance.put_right(actor, found.id, **given, amount=40_000_000, version=found.version + 1)
    with transaction():
        severance.put_right(actor, found.id, **given, amount=40_000_000, version=found.version)
    found = case(province, CAM)
    assert (found.state, found.amount, found.note) == ("computed", 40_000_000, "BLLĐ Đ46")
    assert gather(province) == severance.Gathered(0, 0, 0)
    actor = province.enter("sonoivu", P.PAY_MANAGE)
    with transaction():
        severance.put_right(actor, found.id, **{**given, "leaving_case": "own_wish"}, amount=None, version=None)
    assert case(province, CAM).amount == 2_530_000 * Decimal("2.67") * Decimal("5.25")


def test_paying_asks_for_the_day_and_the_settlement(province: Province) -> None:
    leave(province, DUC, date(2026, 9, 1))
    gather(province)
    found = case(province, DUC)
    actor = province.enter("sonoivu", P.PAY_MANAGE)
    for day, settled, code in (
        (date(2026, 8, 31), True, "day"), (clock.today() + timedelta(days=1), True, "day"), (None, True, "day"),
        (date(2026, 11, 20), False, "unsettled"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused, transaction():
            severance.pay(actor, found.id, day, settled=settled, version=found.version)
        assert [one.code for one in refused.value.problems] == [code]
    with transaction():
        severance.pay(actor, found.id, date(2026, 11, 20), settled=True, version=found.version)
    with pytest.raises(Refused), transaction():
        severance.cancel(actor, found.id, "Nhầm", version=None)


def test_the_trail_keeps_the_amount_to_those_who_see_pay(province: Province) -> None:
    leave(province, DUC, date(2026, 9, 1))
    gather(province)
    actor = province.enter("sonoivu", P.PAY_MANAGE)
    with transaction():
        severance.pay(actor, case(province, DUC).id, date(2026, 11, 20), settled=True, version=None)
    with scope.everything():
        query = "SELECT entity, after, scope_ids FROM audit_events WHERE action = 'severance.paid'"
        event = db.session.execute(text(query)).one()
    assert Decimal(event.after["amount"]) > 0
    for username, shown in (("sonoivu", True), ("thanhtra", False), ("thutruong", False), ("admin", False)):
        found = masked(province.actor(username), event.entity, event.after, event.scope_ids)
        assert found is not None
        assert (found["amount"] == event.after["amount"]) == shown, username


def test_a_case_whose_leaving_was_taken_back_is_dropped(province: Province) -> None:
    leave(province, DUC, date(2026, 9, 1))
    gather(province)
    making.set_status(province, DUC, "serving", since=date(2026, 9, 1))
    with scope.everything():
        assert _check() == [f"severance_cases id={case(province, DUC).id}"]
    assert gather(province) == severance.Gathered(0, 0, 1)
    assert case(province, DUC).state == "cancelled"


def test_a_case_comes_over_to_who_pays(province: Province) -> None:
    leave(province, DUC, date(2026, 9, 1))
    with scope.everything():
        add_case(province.people[DUC], province.agencies["C"], amount=Decimal(1))
        db.session.commit()
    assert gather(province) == severance.Gathered(0, 1, 0)
    found = case(province, DUC)
    assert (found.agency_id, found.amount > 1) == (province.agencies["B"], True)
    assert gather(province, "C") == severance.Gathered(0, 0, 0)


def test_nobody_settles_their_own_and_a_manager_sees_nothing(province: Province) -> None:
    leave(province, DUC, date(2026, 9, 1))
    gather(province)
    found = case(province, DUC)
    own = province.enter("sonoivu", P.PAY_MANAGE)
    mine = type(own)(**{**{name: getattr(own, name) for name in own.__slots__}, "person_id": found.person_id})
    with pytest.raises(Forbidden), transaction():
        severance.pay(mine, found.id, date(2026, 11, 20), settled=True, version=None)
    province.enter("thutruong", P.PEOPLE_VIEW)
    assert db.session.execute(text("SELECT count(*) FROM severance_cases")).scalar_one() == 0
    db.session.rollback()
    for address in ("/pay/severance", f"/pay/severance/{found.id}"):
        assert province.client("giangvien").get(address).status_code in {403, 404}
    assert province.client("thutruong").get("/pay/severance/export.xlsx").status_code == 403


def test_the_pages(province: Province) -> None:
    promise(province, CAM)
    leave(province, DUC, date(2026, 9, 1), decision=paper(province))
    leave(province, CAM, date(2026, 9, 1))
    browser = province.client("sonoivu")
    empty = browser.get("/pay/severance")
    assert mistakes(empty.text) == []
    agency = {"agency": province.agencies["B"], "agency-text": "Sở Xây dựng"}
    assert browser.submit("/pay/severance/gather", agency).status_code == 303
    page = browser.get("/pay/severance")
    assert mistakes(page.text) == []
    assert DUC in page.text
    assert CAM in page.text
    found = case(province, DUC)
    shown = browser.get(f"/pay/severance/{found.id}")
    assert mistakes(shown.text) == []
    assert "62.960.000" not in shown.text
    assert f"{found.amount:,}".replace(",", ".") in shown.text
    assert "NĐ 300/2026/NĐ-CP" in shown.text
    assert "77/QĐ-SXD" in shown.text
    held = browser.get(f"/pay/severance/{case(province, CAM).id}")
    assert "cam kết phục vụ" in held.text
    english = province.client("sonoivu")
    english.submit("/locale", {"locale": "en"})
    for address in ("/pay/severance", f"/pay/severance/{found.id}", f"/pay/severance/{found.id}/edit"):
        answer = english.get(address)
        assert answer.status_code == 200
        assert mistakes(answer.text, "en") == []
    paid = browser.submit(f"/pay/severance/{found.id}/pay", {"paid_on": "20/11/2026", "settled": "y", "version": "1"})
    assert paid.status_code == 303, paid.text[-2000:]
    assert browser.get("/pay/severance?state=paid").text.count(DUC) == 1
    assert browser.get("/pay/severance/export.xlsx?state=all").mimetype.endswith("sheet")
    assert browser.get("/pay/severance?state=x").status_code == 422
