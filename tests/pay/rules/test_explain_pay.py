"""`hrms explain pay`, `arrears` and `severance`: the answers of the documented facts, and facts that are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from hrms.pay.cli import explain

DUTY = [{"code": "public_duty"}]
PAY = {
    "on": "2026-11-01", "kind": "civil_servant", "coefficient": "5.08", "beyond_scale_percent": 0, "reserved": "0.00",
    "leadership_coefficient": "0.30", "reserved_leadership": {"coefficient": "0.00", "until": None},
    "allowances": DUTY, "suspended": None, "unemployment_insurance": False,
}  # fmt: skip
ARREARS = {
    "before": {"coefficient": "3.99"}, "after": {"coefficient": "4.32"}, "from": "2026-05-01", "through": "2026-11",
    "kind": "civil_servant", "allowances": DUTY,
}  # fmt: skip
SEVERANCE = {"on": "2026-09-01", "case": "own_wish", "monthly_pay": "12000000", "years": 10, "months": 4}
TEACHER = {"on": "2026-11-01", "kind": "public_employee", "coefficient": "4.34"}
SUSPENDED = {
    "coefficient": "5.08", "beyond_scale_percent": "5", "reserved": "0.10", "leadership_coefficient": "0.30",
    "allowances": [*DUTY, {"code": "seniority", "percent": "10"}, {"code": "regional", "coefficient": "0.2"}],
}  # fmt: skip


def ask(tmp_path: Path, name: str, facts: Any) -> dict[str, Any]:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(facts), encoding="utf-8")
    found: Any = explain.commands[name].callback(path)  # type: ignore[misc] # it has one
    assert all(set(one) == {"text", "figure", "source"} for one in found["reasons"])
    assert found["reasons"]
    return dict(found)


def by_code(lines: list[dict[str, str]]) -> dict[str, str]:
    assert len({line["code"] for line in lines}) == len(lines)
    return {line["code"]: line["amount"] for line in lines}


def test_the_documented_month(tmp_path: Path) -> None:
    found = ask(tmp_path, "pay", PAY)
    assert found["lines"] == [
        {"code": "salary", "amount": "12852400"}, {"code": "leadership", "amount": "759000"},
        {"code": "public_duty", "amount": "3402850"},
    ]  # fmt: skip
    assert found["deductions"] == [
        {"code": "social_insurance", "amount": "1088912"}, {"code": "health_insurance", "amount": "204171"},
    ]  # fmt: skip
    assert (found["gross"], found["net"], found["insurance_base"]) == ("17014250", "15721167", "13611400")
    assert any("NĐ 161/2026/NĐ-CP" in one["source"] for one in found["reasons"])
    assert any("NĐ 34/2012/NĐ-CP" in one["source"] for one in found["reasons"])
    unsure = [one for one in found["reasons"] if "Chưa chắc chắn" in one["text"]]
    assert [one["figure"] for one in unsure] == ["half_up"]


def test_what_is_not_given_takes_the_default(tmp_path: Path) -> None:
    short = {"on": "2026-11-01", "coefficient": "5.08", "leadership_coefficient": "0.30", "allowances": DUTY}
    assert ask(tmp_path, "pay", short) == ask(tmp_path, "pay", PAY)


@pytest.mark.parametrize(
    ("coefficient", "leadership", "salary", "duty", "gross", "social", "health", "net"),
    [
        ("2.34", "0", "5920200", "1480050", "7400250", "473616", "88803", "6837831"),
        ("6.20", "0.90", "15686000", "4490750", "22453750", "1437040", "269445", "20747265"),
    ],
)
def test_people_of_the_sheet(
    tmp_path: Path, coefficient: str, leadership: str, salary: str, duty: str, gross: str, social: str, health: str,
    net: str,
) -> None:  # fmt: skip
    facts = {**PAY, "coefficient": coefficient, "leadership_coefficient": leadership}
    found = ask(tmp_path, "pay", facts)
    lines, taken = by_code(found["lines"]), by_code(found["deductions"])
    assert (lines["salary"], lines["public_duty"], found["gross"], found["net"]) == (salary, duty, gross, net)
    assert taken == {"social_insurance": social, "health_insurance": health}


@pytest.mark.parametrize(
    ("facts", "code", "amount"),
    [
        ({**PAY, "allowances": [{"code": "regional", "coefficient": "0.5"}]}, "regional", "1265000"),
        ({**PAY, "allowances": [{"code": "concurrent"}]}, "concurrent", "1361140"),
        ({**PAY, "allowances": [{"code": "concurrent", "percent": "10"}]}, "concurrent", "1361140"),
        ({**TEACHER, "allowances": [{"code": "seniority", "percent": "12"}]}, "seniority", "1317624"),
        ({**TEACHER, "allowances": [{"code": "profession_incentive", "percent": "30"}]},
         "profession_incentive", "3294060"),
        ({**TEACHER, "allowances": [{"code": "profession_incentive", "percent": "30", "days": 20}]},
         "profession_incentive", "2994600"),
        # of a teacher's the reserved difference is part
        ({**TEACHER, "reserved": "1.00", "allowances": [{"code": "profession_incentive", "percent": "30"}]},
         "profession_incentive", "4053060"),
        ({**PAY, "reserved": "1.00"}, "public_duty", "3402850"),
        ({**PAY, "coefficient": "4.98", "beyond_scale_percent": 10, "leadership_coefficient": "0"},
         "beyond_scale", "1259940"),
        ({**PAY, "allowances": [{"code": "other", "amount": "350000"}]}, "other", "350000"),
        ({**PAY, "allowances": [{"code": "party_union"}]}, "party_union", "4083420"),
        # reserved leadership: the higher, up to its end
        ({**PAY, "reserved_leadership": {"coefficient": "0.50", "until": "2026-11-02"}}, "leadership", "1265000"),
        ({**PAY, "reserved_leadership": {"coefficient": "0.50"}}, "leadership", "1265000"),
        ({**PAY, "reserved_leadership": {"coefficient": "0.50", "until": "2026-11-01"}}, "leadership", "759000"),
        ({**PAY, "reserved_leadership": {"coefficient": "0.20", "until": None}}, "leadership", "759000"),
        # a day decides the base salary
        ({**PAY, "on": "2026-06-30"}, "salary", "11887200"),
        ({**PAY, "on": "2026-07-01"}, "salary", "12852400"),
        ({**PAY, "on": "2023-06-30"}, "salary", "7569200"),
        ({**PAY, "on": "2016-04-30"}, "salary", "5842000"),
    ],
)  # fmt: skip
def test_lines_of_the_sheet(tmp_path: Path, facts: dict[str, Any], code: str, amount: str) -> None:
    assert by_code(ask(tmp_path, "pay", facts)["lines"])[code] == amount


def test_each_side_insures_by_kind(tmp_path: Path) -> None:
    found = ask(tmp_path, "pay", {**TEACHER, "allowances": [{"code": "seniority", "percent": "12"}]})
    assert found["insurance_base"] == "12297824"
    assert by_code(found["deductions"]) == {
        "social_insurance": "983826", "health_insurance": "184467", "unemployment_insurance": "122978",
    }  # fmt: skip
    assert by_code(found["employer"]) == {
        "social_insurance": "2090630", "accident_insurance": "61489", "health_insurance": "368935",
        "unemployment_insurance": "122978",
    }  # fmt: skip
    assert "unemployment_insurance" not in by_code(ask(tmp_path, "pay", PAY)["employer"])
    without = ask(tmp_path, "pay", {**TEACHER, "unemployment_insurance": False})
    assert "unemployment_insurance" not in by_code(without["deductions"])


@pytest.mark.parametrize(("on", "ceiling"), [("2026-06-30", "46800000"), ("2026-07-01", "50600000")])
def test_insurance_has_a_ceiling(tmp_path: Path, on: str, ceiling: str) -> None:
    found = ask(tmp_path, "pay", {"on": on, "coefficient": "19.99", "leadership_coefficient": "1"})
    assert found["insurance_base"] == ceiling
    assert by_code(found["deductions"])["social_insurance"] == str(int(ceiling) * 8 // 100)


def test_suspension_by_the_rule_of_its_day(tmp_path: Path) -> None:
    before = ask(tmp_path, "pay", {**SUSPENDED, "on": "2026-07-31", "suspended": {"prosecuted": False}})
    # half of salary, beyond scale, reserved and seniority on (salary + beyond scale); nothing else
    assert by_code(before["lines"]) == {
        "salary": "6426200", "beyond_scale": "321310", "reserved": "126500", "seniority": "674751",
    }  # fmt: skip
    since = ask(tmp_path, "pay", {**SUSPENDED, "on": "2026-08-01", "suspended": {"prosecuted": False}})
    whole = {key: value for key, value in SUSPENDED.items() if key != "leadership_coefficient"}
    assert since["lines"] == ask(tmp_path, "pay", {**whole, "on": "2026-08-01"})["lines"]
    assert "leadership" not in by_code(since["lines"])
    assert any("phụ cấp khác khi tạm đình chỉ" in one["text"] for one in since["reasons"])
    stopped = ask(tmp_path, "pay", {**SUSPENDED, "on": "2026-08-01", "suspended": {"prosecuted": True}})
    assert (stopped["gross"], stopped["net"]) == ("0", "0")
    assert any("NĐ 300/2026/NĐ-CP Đ26" in one["source"] for one in stopped["reasons"])
    unsure = ask(tmp_path, "pay", {**SUSPENDED, "on": "2026-07-31", "suspended": {"prosecuted": True}})
    assert unsure["gross"] == before["gross"]
    assert any("mức hưởng khi tạm đình chỉ" in one["text"] for one in unsure["reasons"])


def test_the_documented_arrears(tmp_path: Path) -> None:
    found = ask(tmp_path, "arrears", ARREARS)
    assert [(one["month"], one["gross"]) for one in found["months"]] == [
        ("2026-05", "965250"), ("2026-06", "965250"), ("2026-07", "1043625"), ("2026-08", "1043625"),
        ("2026-09", "1043625"), ("2026-10", "1043625"), ("2026-11", "1043625"),
    ]  # fmt: skip
    assert (found["gross"], found["net"]) == ("7148625", "6605332")
    assert by_code(found["deductions"]) == {"social_insurance": "457512", "health_insurance": "85781"}
    assert by_code(found["lines"]) == {"salary": "5718900", "public_duty": "1429725"}


def test_arrears_are_the_difference_of_the_sheets(tmp_path: Path) -> None:
    """What was taken off on each sheet, rounded there, is what the arrears put right."""
    found = ask(tmp_path, "arrears", ARREARS)
    for month in found["months"]:
        common = {"on": f"{month['month']}-01", "allowances": DUTY}
        old, new = (ask(tmp_path, "pay", {**common, **ARREARS[side]}) for side in ("before", "after"))  # type: ignore[dict-item]
        assert int(month["gross"]) == int(new["gross"]) - int(old["gross"])
        assert int(month["net"]) == int(new["net"]) - int(old["net"])


def test_arrears_from_within_a_month(tmp_path: Path) -> None:
    found = ask(tmp_path, "arrears", {**ARREARS, "from": "2026-11-16"})
    assert [one["month"] for one in found["months"]] == ["2026-11"]
    assert by_code(found["lines"]) == {"salary": "417450", "public_duty": "104363"}
    assert any("cách tính tháng không trọn" in one["text"] for one in found["reasons"])


def test_a_late_leadership_allowance(tmp_path: Path) -> None:
    """NĐ 07/2026/NĐ-CP Đ3: from none to 0.60, back to the day the post was taken."""
    facts = {"coefficient": "4.40", "before": {}, "after": {"leadership_coefficient": "0.60"}, "from": "2025-07-01",
             "through": "2026-01", "allowances": DUTY}  # fmt: skip
    found = ask(tmp_path, "arrears", facts)
    assert by_code(found["lines"]) == {"leadership": "9828000", "public_duty": "2457000"}
    assert by_code(found["deductions"]) == {"social_insurance": "786240", "health_insurance": "147420"}


@pytest.mark.parametrize(
    ("facts", "amount"),
    [
        (SEVERANCE, "63000000"),
        ({**SEVERANCE, "months": 2}, "60000000"),
        ({**SEVERANCE, "months": 7}, "66000000"),
        ({**SEVERANCE, "years": 0, "months": 8}, "12000000"),
        ({**SEVERANCE, "years": 0, "months": 5}, "0"),
        ({**SEVERANCE, "insured_months": 24}, "51000000"),
        ({**SEVERANCE, "on": "2026-07-31"}, "225000000"),  # 3 months and 1.5 months × 10.5 years
    ],
)
def test_severance(tmp_path: Path, facts: dict[str, Any], amount: str) -> None:
    assert ask(tmp_path, "severance", facts)["amount"] == amount


@pytest.mark.parametrize(
    ("name", "facts", "said"),
    [
        ("pay", {**PAY, "salary_grade": 3}, "salary_grade"),
        ("pay", {**PAY, "allowances": [{"code": "sailing", "percent": "5"}]}, "allowances"),
        ("pay", {**PAY, "allowances": [{"code": "public_duty", "rate": "25"}]}, "allowances"),
        ("pay", {**PAY, "allowances": [*DUTY, *DUTY]}, "hai lần"),
        ("pay", {**PAY, "allowances": [{"code": "public_duty", "percent": "30"}]}, "25"),
        ("pay", {**PAY, "allowances": [{"code": "regional"}]}, "coefficient"),
        ("pay", {**PAY, "allowances": [{"code": "regional", "percent": "5"}]}, "percent"),
        ("pay", {**PAY, "allowances": [{"code": "regional", "coefficient": "0.5", "amount": "1"}]}, "đúng một"),
        ("pay", {**PAY, "allowances": [{"code": "regional", "coefficient": "0.5", "days": 3}]}, "days"),
        ("pay", {**TEACHER, "allowances": [{"code": "profession_incentive", "percent": "30", "days": 23}]}, "22"),
        ("pay", {**TEACHER, "allowances": DUTY}, "Viên chức"),
        ("pay", {**PAY, "unemployment_insurance": True}, "unemployment_insurance"),
        ("pay", {**PAY, "coefficient": "0"}, "coefficient"),
        ("pay", {**PAY, "coefficient": "-2.34"}, "coefficient"),
        ("pay", {**PAY, "coefficient": "NaN"}, "coefficient"),
        ("pay", {**PAY, "coefficient": "1e30"}, "coefficient"),
        ("pay", {**PAY, "coefficient": "2.34001"}, "coefficient"),
        ("pay", {"on": "2026-11-01"}, "coefficient"),
        ("pay", {**PAY, "allowances": [{"code": "other", "amount": "-1"}]}, "allowances"),
        ("pay", {**PAY, "on": "2004-09-30"}, "Mức lương cơ sở"),
        ("pay", {**PAY, "on": "2009-09-30"}, "bảo hiểm"),
        ("pay", {**PAY, "kind": "part_time"}, "bảo hiểm"),
        ("pay", {**PAY, "on": "2019-01-01", "suspended": {"prosecuted": False}}, "tạm đình chỉ"),
        ("arrears", {**ARREARS, "coefficient": "3.00"}, "coefficient"),
        ("arrears", {**ARREARS, "before": {}}, "coefficient"),
        ("arrears", {**ARREARS, "before": {"coefficient": "3.99", "on": "2026-01-01"}}, "before"),
        ("arrears", {**ARREARS, "through": "2026-04"}, "04/2026"),
        ("arrears", {**ARREARS, "through": "2026-13"}, "through"),
        ("arrears", {**ARREARS, "through": "2076-13"}, "through"),
        ("arrears", {**ARREARS, "from": "1926-01-01"}, "600"),
        ("arrears", {**ARREARS, "from": "2004-05-01"}, "Mức lương cơ sở"),
        ("arrears", {**ARREARS, "on": "2026-05-01"}, "on"),
        ("severance", {**SEVERANCE, "monthly_pay": "12000000.5"}, "monthly_pay"),
        ("severance", {**SEVERANCE, "case": "unfit"}, "luật về lao động"),
        ("severance", {**SEVERANCE, "on": "2025-06-30"}, "30/06/2025"),
        ("severance", {**SEVERANCE, "insured_months": 125}, "insured_months"),
        ("severance", {**SEVERANCE, "reason": "x"}, "reason"),
    ],
)  # fmt: skip
def test_unusable_facts_are_refused(tmp_path: Path, name: str, facts: dict[str, Any], said: str) -> None:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(facts), encoding="utf-8")
    result = CliRunner().invoke(explain, [name, str(path)])
    assert result.exit_code == 2
    assert said in result.output
    assert not isinstance(result.exception, click.Abort)
