"""The vectors of the law sheets as files of facts, with what each answer must say; asked as commands and as pages.

§ numbers are those of the sheet on pay, evaluation and retirement; “5.8” and “6” those of the sheet of catalogues.
"""

from __future__ import annotations

from typing import Any

Vector = tuple[str, str, dict[str, Any], dict[str, Any]]
"""Where it is written, the question, the facts, the keys of the answer (`line:x`, `deduction:x` name an amount)."""

DUTY = [{"code": "public_duty"}]


def _pay(coefficient: str, leadership: str, **wanted: str) -> Vector:
    facts = {"on": "2026-11-01", "coefficient": coefficient, "leadership_coefficient": leadership, "allowances": DUTY}
    return "§1.7", "pay", facts, wanted


def _base(day: str, salary: str) -> Vector:
    return "§2", "pay", {"on": day, "coefficient": "1"}, {"line:salary": salary}


A1 = {"group": "A1", "step": 3, "step_since": "2024-03-01", "as_at": "2026-11-21"}
REPRIMAND = {"type": "discipline", "form": "reprimand", "on": "2025-05-10"}
UNSATISFACTORY = {"type": "rating", "year": 2025, "class": "unsatisfactory"}
UNPAID = {"type": "unpaid_leave", "from": "2025-01-01", "to": "2025-05-01"}


def _due(events: list[dict[str, Any]], due_on: str, section: str = "§3.1", **more: Any) -> Vector:
    facts = {**A1, **more}
    return section, "step-raise", {**facts, "events": events} if events else facts, {"due_on": due_on}


def _early(step_since: str, lacking: int, earliest: str | None) -> Vector:
    facts = {"group": "A1", "step": 3, "step_since": step_since, "as_at": "2026-11-21",
             "early": {"year": 2026, "achievements": ["2025-12-01"]}}  # fmt: skip
    wanted = {"early_raise.eligible": earliest is not None, "early_raise.lacking_months": lacking,
              "early_raise.earliest": earliest}  # fmt: skip
    return "§3.2", "step-raise", facts, wanted


def _beyond(since: str, percent: int, following: str) -> Vector:
    facts = {"group": "A1", "step": 9, "step_since": since, "as_at": "2026-11-21"}
    return "§3.3", "step-raise", facts, {"due_on": None, "beyond_scale_percent": percent, "next_percent_on": following}


SINCE, DECIDED = "2024-05-01", "2026-09-01"


def _placed(old: str, coefficient: str, new: str, step: int, to: str, clock: str, **more: Any) -> Vector:
    reason = more.pop("reason", "promotion")
    table = 3 if reason == "grade_conversion" else 2
    held = {"table": table, "group": old, "coefficient": coefficient, "step_since": SINCE, **more}
    facts = {"from": held, "to": {"table": table, "group": new}, "decided_on": DECIDED, "reason": reason}
    return "§3.4", "placement", facts, {"step": step, "coefficient": to, "clock_from": clock, "reserved": "0.00"}


def _severance(years: int, months: int, amount: str, on: str = "2026-09-01") -> Vector:
    facts = {"on": on, "case": "own_wish", "monthly_pay": "12000000", "years": years, "months": months}
    return "5.8", "severance", facts, {"amount": amount}


TEACHER = {"on": "2026-11-01", "kind": "public_employee", "coefficient": "4.34"}


def _allowance(facts: dict[str, Any], one: dict[str, Any], amount: str) -> Vector:
    return "§4.1", "pay", {**facts, "allowances": [one]}, {f"line:{one['code']}": amount}


_OFFICER = {"on": "2026-11-01", "coefficient": "5.08", "leadership_coefficient": "0.30"}
CLASSES = ["excellent"] * 7 + ["good"] * 38 + ["satisfactory"] * 4
SPLIT = {
    "scheme": {"kind": "points", "ad_hoc_percent": "10",
               "weights": {"excellent": "1.2", "good": "1.0", "satisfactory": "0.5", "unsatisfactory": "0"}},
    "people": [{"id": f"p{number}", "class": name, "months": 12} for number, name in enumerate(CLASSES, 1)],
}  # fmt: skip


def _fund(kind: str, year: int, fund: str, quarter: int | None = None) -> Vector:
    of = {"kind": kind, "coefficients": "165.5", "year": year} | ({"quarter": quarter} if quarter else {})
    facts = {"scheme": {"kind": "points", "weights": {"good": "1"}}, "fund_of": of,
             "people": [{"id": "p1", "class": "good", "months": 12}]}  # fmt: skip
    return "§5", "incentive", facts, {"fund": fund}


def _short(days: int, due_on: str) -> Vector:
    return _due([{"type": "unpaid_leave", "working_days": days}], due_on)


def _rate(scheme: dict[str, Any], people: list[dict[str, Any]], amounts: list[str]) -> Vector:
    facts = {"scheme": scheme, "fund": "1000000000", "people": people}
    return "§5.3", "incentive", facts, {"amounts": amounts}


def _retired(sex: str, born: str, age: str, retires_on: str, pension_from: str, section: str = "§7.4") -> Vector:
    wanted = {"age": age, "retires_on": retires_on, "pension_from": pension_from}
    return section, "retirement", {"born": born, "sex": sex}, wanted


_PRINTED = """
M 1964-09 01/2026 1964-10 05/2026 1964-11 06/2026 1964-12 07/2026 1965-01 08/2026 1965-02 09/2026 1965-03 10/2026
M 1965-04 11/2026 1965-05 12/2026 1965-06 01/2027 1965-07 05/2027 1965-08 06/2027 1965-09 07/2027 1965-10 08/2027
M 1965-11 09/2027 1965-12 10/2027
F 1969-04 01/2026 1969-05 06/2026 1969-06 07/2026 1969-07 08/2026 1969-08 09/2026 1969-09 10/2026 1969-10 11/2026
F 1969-11 12/2026 1969-12 01/2027 1970-01 06/2027 1970-02 07/2027 1970-03 08/2027 1970-04 09/2027 1970-05 10/2027
F 1970-06 11/2027 1970-07 12/2027
"""
"""Rows of the printed Appendix I of NĐ 135/2020/NĐ-CP: born, the month from which the pension is paid."""


def _printed() -> list[Vector]:
    found: list[Vector] = []
    for row in _PRINTED.split("\n"):
        sex, *rest = row.split() or [""]
        for born, pays in zip(rest[::2], rest[1::2], strict=True):
            month, year = pays.split("/")
            wanted = {"pension_from": f"{year}-{month}-01"}
            found.append(("Appendix I", "retirement", {"born": born, "sex": sex}, wanted))
    return found


# Sick leave of a whole limit of six months, and what is over it.
SICK = {"type": "sick_leave", "from": "2024-06-01", "to": "2024-12-01"}
VECTORS: list[Vector] = [
    _pay("5.08", "0.30", **{
        "line:salary": "12852400", "line:leadership": "759000", "line:public_duty": "3402850", "gross": "17014250",
        "deduction:social_insurance": "1088912", "deduction:health_insurance": "204171", "net": "15721167",
        "insurance_base": "13611400",
    }),
    _pay("2.34", "0", **{
        "line:salary": "5920200", "line:public_duty": "1480050", "gross": "7400250",
        "deduction:social_insurance": "473616", "deduction:health_insurance": "88803", "net": "6837831",
    }),
    _pay("6.20", "0.90", **{
        "line:salary": "15686000", "line:leadership": "2277000", "line:public_duty": "4490750", "gross": "22453750",
        "deduction:social_insurance": "1437040", "deduction:health_insurance": "269445", "net": "20747265",
    }),
    _base("2026-06-30", "2340000"), _base("2026-07-01", "2530000"), _base("2023-06-30", "1490000"),
    _base("2016-04-30", "1150000"),
    _due([], "2027-03-01"),
    _due([REPRIMAND], "2027-06-01"),
    _due([UNSATISFACTORY], "2027-09-01"),
    _due([UNPAID], "2027-07-01"),
    _due([], "2027-05-01", group="B", step_since="2025-05-01"),
    _short(10, "2027-03-01"), _short(11, "2027-04-01"),
    _due([{**REPRIMAND, "on": "2026-05-10"}], "2027-06-01", "6"),
    _due([{**REPRIMAND, "form": "warning", "on": "2026-05-10"}, {**UNSATISFACTORY, "year": 2026}], "2028-03-01", "6"),
    _due([{**UNSATISFACTORY, "year": 2024}, {**UNSATISFACTORY, "year": 2026}], "2028-03-01", "6"),
    _early("2024-09-01", 8, "2026-09-01"), _early("2025-03-01", 14, None),
    ("§3.2", "early-raise-quota", {"units": [{"id": "u1", "assigned": 47}]}, {"total": 4, "units": [
        {"id": "u1", "quota": 4, "remainder": 7}]}),
    ("§3.2", "early-raise-quota", {"units": [{"id": "u1", "assigned": 47}, {"id": "u2", "assigned": 9}]},
     {"total": 5, "pooled": 1}),
    _beyond("2018-05-01", 10, "2027-05-01"), _beyond("2023-12-01", 0, "2026-12-01"),
    _placed("A1", "3.66", "A2.1", 1, "4.40", DECIDED), _placed("A1", "3.99", "A2.1", 1, "4.40", DECIDED),
    _placed("A1", "4.32", "A2.1", 1, "4.40", SINCE), _placed("A1", "4.98", "A2.1", 3, "5.08", SINCE),
    _placed("A1", "4.98", "A2.1", 4, "5.42", DECIDED, beyond_scale_percent=6),
    _placed("A2.1", "5.76", "A3.1", 1, "6.20", DECIDED), _placed("A2.1", "6.10", "A3.1", 1, "6.20", SINCE),
    _placed("A0", "3.03", "A1", 4, "3.33", SINCE), _placed("B", "3.86", "A1", 6, "3.99", SINCE),
    _placed("A2.2", "5.02", "A2.1", 3, "5.08", SINCE, reason="grade_conversion"),
    ("§1.2", "placement", {"to": {"table": 3, "group": "B"}, "decided_on": DECIDED,
                           "insured": {"months": 101, "probation_months": 6}},
     {"step": 4, "coefficient": "2.46", "clock_from": "2024-10-01"}),
    ("§1.2", "placement", {"to": {"table": 2, "group": "A1"}, "decided_on": DECIDED, "degree": "doctorate"},
     {"step": 3, "coefficient": "3.00"}),
    ("§1.2", "placement", {"to": {"table": 2, "group": "A1"}, "decided_on": DECIDED, "degree": "master"},
     {"step": 2, "coefficient": "2.67"}),
    ("§3.4", "placement", {"from": {"table": 2, "group": "A0", "coefficient": "3.03", "step_since": "2014-12-01"},
                           "to": {"table": 3, "group": "B"}, "decided_on": "2015-06-01", "degree": "college",
                           "insured": {"months": 120, "probation_months": 6}},
     {"step": 6, "coefficient": "2.86", "reserved": "0.17", "clock_from": "2013-12-01"}),
    ("§3.4", "placement", {"from": {"table": 3, "group": "A1", "coefficient": "3.00", "step_since": "2013-05-01"},
                           "to": {"table": 3, "group": "A1"}, "decided_on": "2015-02-01", "reason": "same_level"},
     {"step": 3, "coefficient": "3.00", "clock_from": "2013-05-01"}),
    _allowance(_OFFICER, {"code": "regional", "coefficient": "0.5"}, "1265000"),
    _allowance(_OFFICER, {"code": "concurrent"}, "1361140"),
    _allowance(TEACHER, {"code": "seniority", "percent": "12"}, "1317624"),
    _allowance(TEACHER, {"code": "profession_incentive", "percent": "30"}, "3294060"),
    _allowance(TEACHER, {"code": "profession_incentive", "percent": "30", "days": 20}, "2994600"),
    _fund("bonus", 2026, "483591000"), _fund("bonus", 2027, "502458000"),
    _fund("advance", 2026, "753687000", 4),
    ("§5.1", "incentive", {**SPLIT, "fund": "483591000"}, {
        "reserved": "48359100", "remainder": "29",
        "amounts": ["10790873"] * 7 + ["8992394"] * 38 + ["4496197"] * 4,
    }),
    # TP.HCM: 1.8 × the salary is the most, of which a good one gets 80 %
    _rate({"kind": "percent_of_max", "max_coefficient": "1.8", "weights": {"excellent": "100", "good": "80"}},
          [{"id": "p1", "class": "excellent", "months": 3, "salary": "10000000"},
           {"id": "p2", "class": "good", "months": 3, "salary": "10000000", "most_a_month": "3000000"}],
          ["54000000", "9000000"]),
    # Đà Nẵng: 0.5 / 0.3 / 0.1 × the salary with floors
    _rate({"kind": "coefficient", "period_months": 3,
           "weights": {"excellent": "0.5", "good": "0.3", "satisfactory": "0.1", "unsatisfactory": "0"},
           "floors": {"excellent": "1500000", "good": "1500000", "satisfactory": "500000"}},
          [{"id": "p1", "class": "excellent", "months": 3, "salary": "10000000"},
           {"id": "p2", "class": "good", "months": 3, "salary": "4000000"},
           {"id": "p3", "class": "satisfactory", "months": 2, "salary": "4000000"},
           {"id": "p4", "class": "unsatisfactory", "months": 3, "salary": "4000000"}],
          ["15000000", "4500000", "1000000", "0"]),
    # Hải Phòng: other weights for public employees
    _rate({"kind": "coefficient", "weights": {"excellent": "0.8", "good": "0.8", "satisfactory": "0.6"},
           "kind_weights": {"public_employee": {"excellent": "0.6", "good": "0.6", "satisfactory": "0.4"}}},
          [{"id": "p1", "class": "good", "months": 1, "salary": "10000000"},
           {"id": "p2", "class": "satisfactory", "months": 1, "salary": "10000000", "kind": "public_employee"}],
          ["8000000", "4000000"]),
    _severance(10, 2, "60000000"), _severance(10, 4, "63000000"), _severance(10, 7, "66000000"),
    _severance(0, 8, "12000000"), _severance(10, 4, "225000000", on="2026-07-31"),
    ("§3.2", "arrears", {"before": {"coefficient": "3.99"}, "after": {"coefficient": "4.32"}, "from": "2026-05-01",
                         "through": "2026-11", "allowances": DUTY},
     {"gross": "7148625", "net": "6605332", "line:salary": "5718900"}),
    ("§1.6", "arrears", {"coefficient": "4.40", "before": {}, "after": {"leadership_coefficient": "0.60"},
                         "from": "2025-07-01", "through": "2026-01", "allowances": DUTY},
     {"line:leadership": "9828000", "deduction:social_insurance": "786240"}),
    _due([SICK, {"type": "sick_leave", "working_days": 41}], "2027-05-01", "6"),
    _due([SICK, {"type": "sick_leave", "working_days": 40}], "2027-04-01", "6"),
    _retired("M", "1961-01", "60y3m", "2021-04-30", "2021-05-01"),
    _retired("M", "1961-10", "60y6m", "2022-04-30", "2022-05-01"),
    _retired("M", "1963-04", "61y0m", "2024-04-30", "2024-05-01"),
    _retired("M", "1964-01", "61y3m", "2025-04-30", "2025-05-01"),
    _retired("M", "1965-01", "61y6m", "2026-07-31", "2026-08-01"),
    _retired("M", "1965-07", "61y9m", "2027-04-30", "2027-05-01"),
    _retired("M", "1966-04", "62y0m", "2028-04-30", "2028-05-01"),
    _retired("F", "1966-01", "55y4m", "2021-05-31", "2021-06-01"),
    _retired("F", "1967-05", "56y0m", "2023-05-31", "2023-06-01"),
    _retired("F", "1969-01", "56y8m", "2025-09-30", "2025-10-01"),
    _retired("F", "1969-05", "57y0m", "2026-05-31", "2026-06-01"),
    _retired("F", "1969-12", "57y0m", "2026-12-31", "2027-01-01"),
    _retired("F", "1970-09", "57y8m", "2028-05-31", "2028-06-01"),
    _retired("F", "1976-01", "60y0m", "2036-01-31", "2036-02-01"),
    ("§7.6", "retirement", {"born": "1965-04-15", "sex": "M"},
     {"retires_on": "2026-10-31", "notice_by": "2026-04-30", "decision_by": "2026-07-31"}),
    *_printed(),
]  # fmt: skip
