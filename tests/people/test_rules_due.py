"""Every due day of a person's service, with its article; records-positions-training §6.1–6.2, catalogues §5.3–5.9."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from hrms.core.catalogues import FOLDER, read_csv
from hrms.core.dates import PartialDate, add_working_days
from hrms.core.due import Due
from hrms.people.rules import due as rules
from hrms.people.rules.absences import AbsenceKind
from hrms.people.rules.due import Away, Law, Term
from hrms.people.rules.kinds import PersonKind, Sex
from hrms.people.rules.parameters import Parameter, parameters_on
from hrms.people.rules.retirement import Retirement, RetirementAges, RetirementTerms, retirement

TODAY = date(2026, 11, 21)
ROWS = list(read_csv(FOLDER / "parameters.csv"))
AGES = RetirementAges.from_rows(read_csv(FOLDER / "retirement_ages.csv"))
OFF = {date.fromisoformat(row["date"]) for row in read_csv(FOLDER / "holidays.csv") if row["kind"] == "holiday"}


def figures(day: date) -> Mapping[str, Parameter]:
    return parameters_on(ROWS, day)


def law(day: date = TODAY, off: set[date] | None = None) -> Law:
    known = figures(day)
    days = OFF if off is None else off
    return Law(known, RetirementTerms.from_parameters(known), lambda start, count: add_working_days(start, count, days))


def by_code(lines: list[Due]) -> dict[str, Due]:
    return {one.code: one for one in lines}


def sources(one: Due) -> str:
    return " | ".join(reason.source for reason in one.reasons)


def retires(born: str, sex: Sex = Sex.MALE) -> Retirement:
    return retirement(PartialDate.parse(born), sex, AGES, RetirementTerms.from_parameters(figures(TODAY)))


@pytest.mark.parametrize(
    ("born", "sex", "last", "notice", "decision"),
    [
        ("1965-02-15", Sex.MALE, date(2026, 8, 31), date(2026, 2, 28), date(2026, 5, 31)),
        ("1965-09-03", Sex.MALE, date(2027, 6, 30), date(2026, 12, 30), date(2027, 3, 30)),
        ("1970-03-20", Sex.FEMALE, date(2027, 7, 31), date(2027, 1, 31), date(2027, 4, 30)),
        ("1966-04", Sex.MALE, date(2028, 4, 30), date(2027, 10, 30), date(2028, 1, 30)),
    ],
)
def test_retirement_notice_6_months_and_decision_3_months_before(
    born: str, sex: Sex, last: date, notice: date, decision: date
) -> None:
    found = by_code(rules.retirement_due(retires(born, sex), law(), date(2026, 1, 1), noticed=False))
    assert found["retirement_notice"].due_on == notice
    assert found["retirement_decision"].due_on == decision
    assert found["retirement_notice"].ends_on == last
    for one in found.values():
        assert "NĐ 170/2025/NĐ-CP Đ61–63" in sources(one)
        assert "NĐ 135/2020/NĐ-CP" in sources(one)


def test_retirement_is_remembered_9_months_before() -> None:
    found = by_code(rules.retirement_due(retires("1965-09-03"), law(), TODAY, noticed=False))
    assert found["retirement_notice"].remind == (date(2026, 9, 30),)
    assert found["retirement_decision"].remind == (date(2026, 12, 30),)


def test_once_noticed_only_the_decision_is_left_by_the_day_the_notice_names() -> None:
    told = date(2027, 9, 30)  # put off by three months
    found = by_code(rules.retirement_due(retires("1965-09-03"), law(), TODAY, noticed=True, told_day=told))
    assert set(found) == {"retirement_decision"}
    assert found["retirement_decision"].due_on == date(2027, 6, 30)


def test_after_the_day_a_notice_makes_no_sense_any_more() -> None:
    assert set(by_code(rules.retirement_due(retires("1965-02-15"), law(), TODAY, noticed=False))) == {
        "retirement_decision"
    }


def term(until: date | None = date(2027, 2, 28), **more: object) -> Term:
    given = {"slot": 0, "name": "Trưởng phòng", "since": date(2022, 3, 1), "until": until, "months": 60, **more}
    return Term(**given)  # type: ignore[arg-type] # built from parts


def working_days_before(last: date, count: int, off: set[date] = OFF) -> date:
    day = last
    while count:
        day -= timedelta(days=1)
        count -= day.weekday() < 5 and day not in off
    return day


def test_reappointment_is_announced_90_working_days_before_and_decided_one_before() -> None:
    found = by_code(rules.term_due(term(), None, law()))
    assert found["reappointing_start"].due_on == working_days_before(date(2027, 2, 28), 90)
    assert found["reappointing_start"].remind == (working_days_before(date(2027, 2, 28), 120),)
    assert "NĐ 170/2025/NĐ-CP Đ39 k1; HD 45-HD/BTCTW" in sources(found["reappointing_start"])
    assert found["reappointing_decision"].due_on == date(2027, 2, 26)  # 27 and 28 are a weekend
    assert found["reappointing_decision"].remind == (date(2027, 1, 29),)
    assert "NĐ 170/2025/NĐ-CP Đ36 k3" in sources(found["reappointing_decision"])


def test_a_holiday_more_moves_the_day_a_working_day_forward() -> None:
    plain = by_code(rules.term_due(term(), None, law()))["reappointing_start"].due_on
    more = by_code(rules.term_due(term(), None, law(off=OFF | {date(2026, 11, 24)})))["reappointing_start"].due_on
    assert more == working_days_before(plain, 1)


@pytest.mark.parametrize(
    ("retires_on", "months", "code"),
    [
        (date(2029, 2, 28), 60, "reappointing_start"),  # exactly 24 months
        (date(2029, 1, 31), 60, "prolonging_start"),  # 23
        (date(2028, 8, 31), 36, "reappointing_start"),  # exactly 18 of a three-year term
        (date(2028, 7, 31), 36, "prolonging_start"),
    ],
)
def test_under_24_months_or_18_of_a_short_term_it_is_prolonged(retires_on: date, months: int, code: str) -> None:
    found = by_code(rules.term_due(term(months=months), retires_on, law()))
    assert code in found
    if code == "prolonging_start":
        assert "Đ36 k2" in sources(found[code]) or "HD 45-HD/BTCTW" in sources(found[code])


@pytest.mark.parametrize(
    "one", [term(until=None), term(elected=True), term(acting=True)], ids=["no last day", "elected", "acting"]
)
def test_what_is_not_renewed_by_decision_has_no_day(one: Term) -> None:
    assert rules.term_due(one, None, law()) == []


def test_who_retires_by_the_end_of_the_term_is_not_reappointed() -> None:
    assert rules.term_due(term(), date(2027, 2, 28), law()) == []


def test_before_hd_45_there_were_no_working_days_to_count() -> None:
    assert rules.term_due(term(), None, law(date(2025, 8, 1))) == []


def test_acting_lasts_12_months_at_most() -> None:
    one = term(acting=True, since=date(2026, 9, 1), until=None)
    found = rules.acting_due(one, law())[0]
    assert found.due_on == date(2027, 8, 31)
    assert found.remind == (date(2027, 8, 1),)
    assert "NĐ 170/2025/NĐ-CP Đ34 k3, sửa đổi tại NĐ 300/2026/NĐ-CP" in sources(found)


def test_acting_ends_with_its_own_decision_when_that_is_earlier() -> None:
    one = term(acting=True, since=date(2026, 9, 1), until=date(2027, 2, 28))
    assert rules.acting_due(one, law())[0].due_on == date(2027, 2, 28)


def test_acting_beyond_12_months_at_the_change_had_3_months() -> None:
    one = term(acting=True, since=date(2025, 1, 1), until=None)
    found = rules.acting_due(one, law())[0]
    assert found.due_on == date(2026, 9, 30)
    assert "NĐ 300/2026/NĐ-CP" in found.reasons[-1].source


def test_secondment_lasts_3_years_at_most_and_is_remembered_90_days_before() -> None:
    found = rules.secondment_due("Sở Xây dựng", date(2024, 5, 1), None, law())[0]
    assert found.due_on == date(2027, 4, 30)
    assert found.remind == (date(2027, 1, 30),)
    assert "NĐ 170/2025/NĐ-CP (biệt phái)" in sources(found)


def test_secondment_ends_with_its_decision() -> None:
    assert rules.secondment_due("Sở", date(2025, 1, 1), date(2026, 12, 31), law())[0].due_on == date(2026, 12, 31)


def test_rotation_lasts_36_months_and_is_remembered_at_33() -> None:
    found = rules.rotation_due(date(2024, 3, 1), None, law())[0]
    assert found.due_on == date(2027, 2, 28)
    assert found.remind == (date(2026, 12, 1),)
    assert "NĐ 170/2025/NĐ-CP Đ50 (luân chuyển)" in sources(found)


def test_a_longer_rotation_ends_with_its_decision() -> None:
    assert rules.rotation_due(date(2024, 3, 1), date(2028, 2, 29), law())[0].due_on == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("degree", "last"),
    [("university", date(2027, 2, 28)), ("college", date(2026, 11, 30)), ("intermediate", date(2026, 8, 31)),
     (None, date(2027, 2, 28))],
)  # fmt: skip
def test_probation_of_public_employees_hired_before_the_change(degree: str | None, last: date) -> None:
    since = date(2026, 3, 1)
    found = rules.probation_due(PersonKind.PUBLIC_EMPLOYEE, since, None, degree, figures(since), law())[0]
    assert found.due_on == last
    assert found.remind == (last - timedelta(days=30), last - timedelta(days=10))
    assert "NĐ 115/2020/NĐ-CP Đ21" in sources(found)


def test_no_probation_since_the_change() -> None:
    for kind, since in ((PersonKind.PUBLIC_EMPLOYEE, date(2026, 7, 1)), (PersonKind.CIVIL_SERVANT, date(2025, 7, 1))):
        assert rules.probation_due(kind, since, None, "university", figures(since), law()) == []


def test_probation_as_its_decision_gave_it() -> None:
    since = date(2026, 3, 1)
    found = rules.probation_due(PersonKind.PUBLIC_EMPLOYEE, since, 6, "university", figures(since), law())[0]
    assert found.due_on == date(2026, 8, 31)


def test_the_end_of_a_contract_is_announced_60_days_before_remembered_90() -> None:
    found = rules.contract_due(date(2027, 3, 31), law())[0]
    assert found.due_on == date(2027, 1, 30)
    assert found.remind == (date(2026, 12, 31),)
    assert "NĐ 29/2012/NĐ-CP" in sources(found)


def test_discipline_has_effect_for_12_months() -> None:
    found = rules.discipline_due("7", PartialDate(2026, 3, 10), None, "Khiển trách", law(), TODAY)[0]
    assert found.due_on == date(2027, 3, 9)
    assert "NĐ 172/2025/NĐ-CP; NĐ 234/2026/NĐ-CP" in sources(found)
    assert rules.discipline_due("7", PartialDate(2025, 11, 1), None, "Khiển trách", law(), TODAY) == []
    assert rules.discipline_due("7", None, None, "Khiển trách", law(), TODAY) == []
    written = rules.discipline_due("7", PartialDate(2026, 3, 10), PartialDate(2027, 1, 1), "x", law(), TODAY)[0]
    assert written.due_on == date(2026, 12, 31)


@pytest.mark.parametrize(("complex_case", "last"), [(False, date(2026, 4, 1)), (True, date(2026, 5, 31))])
def test_a_breach_is_decided_90_or_150_days_after_it_was_found(complex_case: bool, last: date) -> None:
    found = rules.breach_due("1", date(2026, 1, 1), law(), complex_case=complex_case)[0]
    assert found.due_on == last
    assert found.remind == (date(2026, 3, 2), date(2026, 3, 22))
    assert "NĐ 172/2025/NĐ-CP; NĐ 234/2026/NĐ-CP" in sources(found)


def test_maternity_ends_after_6_months_by_law_or_as_foreseen() -> None:
    since = date(2026, 8, 1)
    by_law = rules.absence_due(Away(AbsenceKind.MATERNITY_LEAVE, since, None, None), law(), figures(since))[0]
    assert by_law.due_on == date(2027, 1, 31)
    assert "Luật BHXH 41/2024/QH15 Đ53" in sources(by_law)
    foreseen = Away(AbsenceKind.MATERNITY_LEAVE, since, None, date(2027, 2, 28))
    assert rules.absence_due(foreseen, law(), figures(since))[0].due_on == date(2027, 2, 28)


def test_an_absence_nobody_knows_the_end_of_has_no_day() -> None:
    assert rules.absence_due(Away(AbsenceKind.DETENTION, TODAY, None, None), law(), figures(TODAY)) == []


def test_a_suspension_lasts_30_working_days_and_30_more_at_most() -> None:
    since = date(2026, 10, 1)
    first = rules.absence_due(Away(AbsenceKind.SUSPENSION, since, None, None), law(), figures(since))[0]
    assert first.code == "suspension_end"
    assert first.due_on == add_working_days(since - timedelta(days=1), 30, OFF)
    longest = Away(AbsenceKind.SUSPENSION, since, None, date(2027, 6, 30))
    assert rules.absence_due(longest, law(), figures(since))[0].due_on == add_working_days(
        since - timedelta(days=1), 60, OFF
    )
    assert "NĐ 170/2025/NĐ-CP (tạm đình chỉ công tác)" in sources(first)


def test_who_is_suspended_and_prosecuted_waits_for_the_case() -> None:
    away = Away(AbsenceKind.SUSPENSION, date(2026, 10, 1), None, None, prosecuted=True)
    assert rules.absence_due(away, law(), figures(TODAY)) == []


def test_the_file_of_a_newcomer_is_complete_in_30_days_remembered_on_the_25th() -> None:
    found = rules.record_due(date(2026, 11, 2), law(), TODAY)[0]
    assert found.due_on == date(2026, 12, 2)
    assert found.remind == (date(2026, 11, 27),)
    assert "TT 07/2019/TT-BNV Đ10" in sources(found)
    assert rules.record_due(date(2026, 10, 1), law(), TODAY) == []


@pytest.mark.parametrize(
    ("kind", "values", "code", "last", "article"),
    [
        ("leaving", {"asked_on": "2026-11-02"}, "leaving_answer", date(2026, 12, 2), "Đ57"),
        ("leaving", {"rated_on": "2026-11-02"}, "leaving_rating", date(2026, 12, 2), "NĐ 170/2025/NĐ-CP"),
        ("appointment", {"asked_on": "2026-11-02"}, "policy_answer", date(2026, 11, 23), "Đ33 k1"),
        ("appointment", {"agreed_on": "2026-11-02"}, "process_end", date(2026, 12, 14), "Đ33 k1"),
        ("relief", {"begun_on": "2026-11-02"}, "relief_propose", date(2026, 11, 16), "Đ52 k3"),
        ("relief", {"proposed_on": "2026-11-02"}, "relief_decide", date(2026, 11, 16), "Đ52 k3"),
    ],
)
def test_clocks_of_a_proposal_under_way(kind: str, values: dict[str, str], code: str, last: date, article: str) -> None:
    found = by_code(rules.clocks_due(kind, values, law()))
    assert set(found) == {code}
    assert found[code].due_on == last
    assert article in sources(found[code])


def test_a_step_taken_stops_its_clock() -> None:
    taken = {"asked_on": "2026-11-02", "agreed_on": "2026-11-10", "done_on": "2026-11-20"}
    assert rules.clocks_due("appointment", taken, law()) == []
    assert rules.clocks_due("transfer", {"asked_on": "2026-11-02"}, law()) == []
    assert rules.clocks_due("leaving", {"asked_on": "không rõ"}, law()) == []


def test_what_ends_after_somebody_left_is_left_out() -> None:
    lines = rules.term_due(term(), None, law())
    assert rules.before_leaving(lines, date(2027, 1, 1)) == []
    assert rules.before_leaving(lines, date(2027, 12, 1)) == lines
    assert rules.before_leaving(lines, None) == lines
