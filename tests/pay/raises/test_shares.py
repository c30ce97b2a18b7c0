"""Shares of funds: the examples of the law, schemes of provinces as data, and no đồng lost or made."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.pay.rules.incentives import Scheme, SchemeKind, Sharer, check, share
from hrms.people.rules.kinds import PersonKind
from hrms.performance.rules.classes import RatingClass
from tests.pay.raises.asking import INCENTIVE, ask

BONUS = INCENTIVE["scheme"]
SALARY = "5920200"  # 2.34 × 2,530,000

HCM = {
    "kind": "percent_of_max", "max_coefficient": "1.8", "cap": "0.8", "period_months": 3,
    "weights": {"excellent": 100, "good": 80, "satisfactory": 0, "unsatisfactory": 0},
    "source": "NQ 27/2025/NQ-HĐND; QĐ 20/2024/QĐ-UBND Đ12",
}  # fmt: skip
DA_NANG = {
    "kind": "coefficient", "cap": "0.8", "period_months": 3,
    "weights": {"excellent": "0.5", "good": "0.3", "satisfactory": "0.1", "unsatisfactory": 0},
    "floors": {"excellent": "1500000", "good": "1500000", "satisfactory": "500000"},
    "source": "NQ 136/2024/QH15",
}  # fmt: skip
HAI_PHONG = {
    "kind": "coefficient", "period_months": 3,
    "kind_weights": {
        "civil_servant": {"excellent": "0.8", "good": "0.8", "satisfactory": "0.6", "unsatisfactory": 0},
        "public_employee": {"excellent": "0.6", "good": "0.6", "satisfactory": "0.4", "unsatisfactory": 0},
    },
}  # fmt: skip
HA_NOI_MONTH = {
    "kind": "coefficient", "period_months": 1, "cap": "0.5", "source": "NQ 81/2025/NQ-HĐND",
    "weights": dict.fromkeys(("excellent", "good", "satisfactory", "unsatisfactory", "none"), "0.5"),
}  # fmt: skip
HA_NOI_YEAR = {
    "kind": "points", "cap": "0.3", "by_coefficient": True,
    "weights": {"excellent": 1, "good": 1, "satisfactory": 1, "unsatisfactory": 0},
}  # fmt: skip


def _amounts(folder: Path, **facts: Any) -> tuple[list[int], int]:
    found = ask(folder, "incentive", {"fund": "100000000000", **facts})
    shares = [int(one["amount"]) for one in found["shares"]]
    assert sum(shares) + int(found["remainder"]) + int(found["reserved"]) == int(found["fund"])
    return shares, int(found["remainder"])


def _person(name: str, rating: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "class": rating, **more}


@pytest.mark.parametrize(
    ("of", "fund"),
    [
        ({"coefficients": "165.5", "year": 2026}, "483591000"),
        ({"coefficients": "165.5", "year": 2027}, "502458000"),
        ({"kind": "extra", "coefficients": "165.5", "year": 2027}, "5024580000"),
        ({"kind": "advance", "coefficients": "165.5", "year": 2026, "quarter": 4}, "753687000"),
    ],
)
def test_funds_come_from_the_base_salary_of_each_month(tmp_path: Path, of: Any, fund: str) -> None:
    assert ask(tmp_path, "incentive", {"scheme": BONUS, "fund_of": of})["fund"] == fund


def test_the_worked_split_of_a_bonus_fund(tmp_path: Path) -> None:
    classes = ["excellent"] * 7 + ["good"] * 38 + ["satisfactory"] * 4
    people = [_person(f"p{number}", rating) for number, rating in enumerate(classes)]
    found = ask(tmp_path, "incentive", {"scheme": BONUS, "fund": "483591000", "people": people})
    assert found["reserved"] == "48359100"
    assert found["per_point"] == "8992394.63"
    assert {one["amount"] for one in found["shares"][:7]} == {"10790873"}
    assert {one["amount"] for one in found["shares"][7:45]} == {"8992394"}
    assert {one["amount"] for one in found["shares"][45:]} == {"4496197"}
    assert sum(int(one["amount"]) for one in found["shares"]) == 435_231_871
    assert found["remainder"] == "29"


def test_points_are_by_the_months_worked(tmp_path: Path) -> None:
    people = [_person("whole", "good"), _person("half", "good", months=6), _person("none", "unsatisfactory")]
    shares, left = _amounts(tmp_path, scheme={**BONUS, "ad_hoc_percent": 0}, fund="300", people=people)  # type: ignore[dict-item]
    assert (shares, left) == ([200, 100, 0], 0)


def test_a_fund_without_points_stays_whole(tmp_path: Path) -> None:
    people = [_person("p1", "unsatisfactory")]
    assert _amounts(tmp_path, scheme=BONUS, fund="1000", people=people) == ([0], 900)


def test_ho_chi_minh_city(tmp_path: Path) -> None:
    people = [
        _person("top", "excellent", salary=SALARY), _person("good", "good", salary=SALARY, months=2),
        _person("fair", "satisfactory", salary=SALARY),
        _person("outside", "excellent", salary=SALARY, most_a_month="3000000"),
    ]  # fmt: skip
    shares, _left = _amounts(tmp_path, scheme=HCM, people=people, salary_fund="100000000000")
    assert shares == [31_969_080, 17_050_176, 0, 9_000_000]


def test_da_nang_has_floors(tmp_path: Path) -> None:
    people = [
        _person("top", "excellent", salary=SALARY, months=1), _person("good", "good", salary="4000000", months=1),
        _person("fair", "satisfactory", salary="4000000", months=1),
        _person("bad", "unsatisfactory", salary=SALARY, months=1),
    ]  # fmt: skip
    shares, _left = _amounts(tmp_path, scheme=DA_NANG, people=people, salary_fund="100000000000")
    assert shares == [2_960_100, 1_500_000, 500_000, 0]


def test_the_cap_of_the_salary_fund_shrinks_all_alike(tmp_path: Path) -> None:
    people = [
        _person("one", "excellent", salary="8000000", months=1),
        _person("two", "good", salary="10000000", months=1),
    ]
    shares, left = _amounts(tmp_path, scheme=DA_NANG, people=people, salary_fund="1750001", fund="9000000")
    assert shares == [800_000, 600_000]  # 4,000,000 and 3,000,000 in 1,400,000
    assert left == 7_600_000


def test_hai_phong_by_kind_of_person(tmp_path: Path) -> None:
    people = [
        _person("civil", "good", salary="10000000", months=1),
        _person("public", "satisfactory", salary="10000000", months=3, kind="public_employee"),
    ]
    assert _amounts(tmp_path, scheme=HAI_PHONG, people=people)[0] == [8_000_000, 12_000_000]


def test_ha_noi_in_two_schemes(tmp_path: Path) -> None:
    people = [_person("one", "none", salary="10000000"), _person("two", "good", salary="6000000")]
    shares, _left = _amounts(tmp_path, scheme=HA_NOI_MONTH, people=people, salary_fund="16000000")
    assert shares == [5_000_000, 3_000_000]
    people = [_person("one", "unsatisfactory", coefficient="4.40"), _person("two", "good", coefficient="2.34"),
              _person("three", "excellent", coefficient="4.68")]  # fmt: skip
    shares, _left = _amounts(tmp_path, scheme=HA_NOI_YEAR, people=people, salary_fund="10000000", fund="3000000")
    assert shares == [0, 1_000_000, 2_000_000]


def test_amounts_a_month(tmp_path: Path) -> None:
    scheme = {"kind": "amount", "weights": {"excellent": 1000000, "good": 700000}, "most_a_month": "900000"}
    people = [_person("one", "excellent", months=12), _person("two", "good", months=5)]
    assert _amounts(tmp_path, scheme=scheme, people=people)[0] == [10_800_000, 3_500_000]


WEIGHTS = st.fixed_dictionaries({rating: st.decimals(0, 2, places=3) for rating in RatingClass})
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(RatingClass), st.integers(0, 12), st.sampled_from(PersonKind), st.integers(0, 50_000_000),
        st.decimals(1, 10, places=2), st.none() | st.integers(0, 5_000_000),
    ),
    max_size=12,
)  # fmt: skip


@given(
    st.sampled_from(SchemeKind), WEIGHTS, st.decimals(0, 100, places=2), st.none() | st.decimals(0, 2, places=2),
    st.integers(0, 10**12), st.integers(0, 10**11), PEOPLE, st.booleans(),
)  # fmt: skip
def test_no_dong_is_lost_or_made(
    kind: SchemeKind, weights: dict[RatingClass, Decimal], ad_hoc: Decimal, cap: Decimal | None, fund: int,
    salary_fund: int, drawn: list[Any], by_coefficient: bool,
) -> None:  # fmt: skip
    points = kind is SchemeKind.POINTS
    people = [
        Sharer(f"p{number}", rating, months, who, salary, coefficient, None if points else limit)
        for number, (rating, months, who, salary, coefficient, limit) in enumerate(drawn)
    ]
    scheme = Scheme(
        kind, weights, ad_hoc_percent=ad_hoc, cap=cap, by_coefficient=by_coefficient and points,
        max_coefficient=Decimal("1.8") if kind is SchemeKind.PERCENT_OF_MAX else None,
        floors={} if points else {RatingClass.GOOD: 500_000},
    )  # fmt: skip
    assert not check(scheme, fund, people, salary_fund)
    found = share(scheme, fund, people, salary_fund)
    paid = sum(one.amount for one in found.shares)
    assert paid + found.remainder + found.reserved == fund
    assert found.remainder >= 0
    assert all(one.amount >= 0 for one in found.shares)
    assert cap is None or paid <= salary_fund * cap
    if points and cap is None and found.per_point:
        assert found.remainder < max(len(people), 1)
    again = share(scheme, fund, people[::-1], salary_fund)
    assert again.shares == found.shares[::-1]
