"""Months worked out by hand from the law, whole sheets computed of them: amounts written down, not computed here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.pay import making
from tests.pay.sheets.running import amounts, at, compute
from tests.province import Province

DUC, MY = making.OFFICER, making.TEACHER
# Đức: 4,74 × 2.530.000 = 11.992.200 and a post of 0,5 = 1.265.000; Mỹ: 3,99 × 2.530.000 = 10.094.700.


def whole(**given: str) -> dict[str, Decimal]:
    return {code: Decimal(amount) for code, amount in given.items()}


def of(province: Province, name: str, month: date, place: str = "B", side: str = "line") -> dict[str, Decimal]:
    return amounts(compute(province, month, place), province.people[name], side=side)


def test_half_of_the_pay_until_july_all_of_it_without_the_post_from_august(province: Province) -> None:
    """NĐ 170/2025 Đ56 k6, then NĐ 300/2026 Đ26: suspended from 16/7 to 15/8."""
    making.add_usual(province, DUC)
    making.add_post(province, DUC, "0.5")
    making.add_absence(province, DUC, "suspension", date(2026, 7, 16), date(2026, 8, 16), prosecuted=False)
    july = of(province, DUC, at(7))
    # 11.992.200 × (15 + 16 × 0,5) ÷ 31; 1.265.000 × 15 ÷ 31; 25 % × 13.257.200 × 15 ÷ 31.
    assert july == whole(salary="8897439", leadership="612097", public_duty="1603694")
    august = of(province, DUC, at(8))
    assert august["salary"] == Decimal(11_992_200)
    assert august["leadership"] == Decimal(652_903)  # 1.265.000 × 16 ÷ 31


def test_who_is_prosecuted_gets_nothing_from_august(province: Province) -> None:
    making.add_usual(province, DUC)
    making.add_absence(province, DUC, "suspension", date(2026, 8, 11), date(2026, 10, 1), prosecuted=True)
    # 10 of 31 days.
    assert of(province, DUC, at(8))["salary"] == Decimal(3_868_452)
    assert sum(of(province, DUC, at(9)).values()) == 0


def test_a_reserved_leadership_allowance_ends_inside_a_month(province: Province) -> None:
    making.add_post(province, DUC, "0.5")
    making.add_allowance(province, DUC, "leadership", coefficient="0.7", until=date(2026, 10, 11))
    # 2.530.000 × (0,7 × 10 + 0,5 × 21) ÷ 31 = 1.428.225,8
    assert of(province, DUC, at(10)) == whole(salary="11992200", leadership="1428226")


def test_a_public_employee_contributes_to_unemployment_insurance(province: Province) -> None:
    assert of(province, MY, at(10), "C1") == whole(salary="10094700")
    assert of(province, MY, at(10), "C1", "deduction") == whole(
        social_insurance="807576", health_insurance="151421", unemployment_insurance="100947"
    )


def test_fifteen_working_days_without_pay_are_not_insured_thirteen_are(province: Province) -> None:
    """Luật BHXH 41/2024 Đ33 k5; 15 working days lie in 07–25/9/2026, 13 in 07–23/9."""
    making.add_absence(province, MY, "unpaid_leave", date(2026, 9, 7), date(2026, 9, 26))
    making.add_absence(province, "Danh Thị Đào", "unpaid_leave", date(2026, 9, 7), date(2026, 9, 24))
    run = compute(province, at(9), "C1")
    mine, other = province.people[MY], province.people["Danh Thị Đào"]
    assert amounts(run, mine)["salary"] == Decimal(3_701_390)  # 10.094.700 × 11 ÷ 30
    assert sum(amounts(run, mine, side="deduction").values()) == 0
    assert amounts(run, other)["salary"] == Decimal(2_927_210)  # 2,67 × 2.530.000 × 13 ÷ 30
    assert amounts(run, other, side="deduction")["social_insurance"] == Decimal(234_177)  # 8 % of it


def test_two_agencies_share_a_month_by_days(province: Province) -> None:
    for membership in ("using", "managing"):
        making.move(province, DUC, "A", since=date(2026, 10, 16), membership=membership)
    # 11.992.200 × 15 ÷ 31 and × 16 ÷ 31.
    assert of(province, DUC, at(10), "B")["salary"] == Decimal(5_802_677)
    assert of(province, DUC, at(10), "A")["salary"] == Decimal(6_189_523)
    both = [of(province, DUC, at(10), place, "deduction")["social_insurance"] for place in ("B", "A")]
    assert both == [Decimal(513_182), Decimal(547_394)]  # 8 % × 13.257.200, with the post, by days


def test_the_sender_pays_whom_it_lends(province: Province) -> None:
    """NĐ 300/2026 Đ10–11."""
    making.move(province, DUC, "A", since=date(2026, 10, 5), until=date(2027, 4, 5), membership="seconded_in")
    assert of(province, DUC, at(10), "B")["salary"] == Decimal(11_992_200)
    assert of(province, DUC, at(10), "A") == {}


def test_who_begins_on_the_eleventh_has_two_thirds_of_september(province: Province) -> None:
    making.add_official(province, "Người Mới", "B", since=date(2026, 9, 11))
    making.set_rank(province, "Người Mới", "3.66", since=date(2026, 9, 11), step=5)
    making.add_usual(province, "Người Mới", since=date(2026, 9, 11))
    assert of(province, "Người Mới", at(9)) == whole(salary="6173200", public_duty="1543300")
