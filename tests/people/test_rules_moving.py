"""Transfer, rotation, secondment: every condition, every term, with its article (NĐ 170/2025, NĐ 300/2026)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hrms.decisions.rules.conditions import Outcome, Supplier, obstacles, with_answers
from hrms.people.rules import moving
from hrms.people.rules.moving import Stay, Stretch
from hrms.people.rules.parameters import parameters_on
from tests.people.catalogue_rows import rows

FIGURES = parameters_on(rows("parameters"), date(2026, 11, 20))


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "last", "met"),
    [
        ("2026-12-01", "2029-11-30", True),  # 36 months to the day
        ("2026-12-01", "2029-11-29", False),
        ("2026-12-01", "2031-11-30", True),
        ("2024-02-29", "2027-02-27", True),  # a short February
    ],
)
def test_a_rotation_lasts_at_least_36_months(start: str, last: str, met: bool) -> None:
    (found,) = moving.rotation_length(d(start), d(last), FIGURES)
    assert (found.outcome is Outcome.MET, found.blocking, found.source) == (
        met, True, "NĐ 170/2025/NĐ-CP Đ50 (luân chuyển)",
    )  # fmt: skip
    assert (found.supplier is None) is met


@pytest.mark.parametrize(
    ("stays", "start", "end", "urgent", "expected"),
    [
        ([], "2026-12-01", "2029-12-01", False, ("short_enough", Outcome.MET)),
        ([], "2026-12-01", "2029-12-02", False, ("short_enough", Outcome.NOT_MET)),
        ([], "2026-12-01", "2029-12-02", True, ("urgent_task", Outcome.UNKNOWN)),
        # What goes on without a gap is one secondment.
        ([("2024-12-01", "2026-12-01")], "2026-12-01", "2027-12-01", False, ("short_enough", Outcome.MET)),
        ([("2024-12-01", "2026-12-01")], "2026-12-01", "2027-12-02", False, ("short_enough", Outcome.NOT_MET)),
        ([("2024-12-01", "2026-11-30")], "2026-12-01", "2029-12-01", False, ("short_enough", Outcome.MET)),
        ([("2023-12-01", "2024-12-01"), ("2024-12-01", "2026-12-01")], "2026-12-01", "2026-12-02", False,
         ("short_enough", Outcome.NOT_MET)),
    ],
)  # fmt: skip
def test_a_secondment_lasts_3_years_at_most_longer_only_for_an_urgent_task(
    stays: list[tuple[str, str]], start: str, end: str, urgent: bool, expected: tuple[str, Outcome]
) -> None:
    known = [Stay(7, d(begun), d(until)) for begun, until in stays]
    (found,) = moving.secondment_length(known, Stay(7, d(start), d(end)), FIGURES, urgent=urgent)
    assert (found.code, found.outcome) == expected
    if urgent:
        # Only the receiving agency can say that the task is unfinished.
        assert (found.supplier, found.answerable) == (Supplier.RECEIVING_AGENCY, True)
        assert obstacles([found])
        assert not obstacles(with_answers([found], {"urgent_task": {"met": True, "note": "Công văn 15"}}))


def test_a_stay_at_another_agency_is_not_added() -> None:
    known = [Stay(8, d("2024-12-01"), d("2026-12-01"))]
    (found,) = moving.secondment_length(known, Stay(7, d("2026-12-01"), d("2029-12-01")), FIGURES, urgent=False)
    assert found.outcome is Outcome.MET


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (("2026-01-01", "2026-12-02"), "seconded_already"),
        (("2027-11-30", "2028-01-01"), "seconded_already"),
        (("2026-01-01", None), "seconded_already"),
        (("2026-01-01", "2026-12-01"), None),
        (("2027-12-01", None), None),
    ],
)
def test_one_is_seconded_to_one_place_at_a_time(other: tuple[str, str | None], code: str | None) -> None:
    stay = Stay(9, d(other[0]), d(other[1]) if other[1] else None)
    found = moving.overlapping([stay], Stay(7, d("2026-12-01"), d("2027-12-01")))
    assert [problem.code for problem in found] == ([code] if code else [])


def test_a_term_that_ends_before_it_starts_names_both_days() -> None:
    (found,) = moving.check_term(d("2026-12-01"), d("2026-11-30"))
    assert found.text % {"last": "30/11/2026", "start": "01/12/2026"} == (
        "Ngày cuối 30/11/2026 trước ngày có hiệu lực 01/12/2026. Hãy sửa một trong hai ngày."
    )
    assert moving.check_term(d("2026-12-01"), d("2026-12-01")) == []
    assert [problem.code for problem in moving.check_term(d("2026-12-01"), None)] == ["required"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("0.7", "0.5", [("0.7", "2026-12-01", "2027-06-01"), ("0.5", "2027-06-01", None)]),
        ("0.5", "0.5", [("0.5", "2026-12-01", None)]),
        (None, "0.5", [("0.5", "2026-12-01", None)]),
        ("0.7", None, [(None, "2026-12-01", None)]),
    ],
)
def test_a_lower_post_keeps_the_former_allowance_for_6_months(
    old: str | None, new: str | None, expected: list[tuple[str | None, str, str | None]]
) -> None:
    def number(text: str | None) -> Decimal | None:
        return Decimal(text) if text else None

    found = moving.kept_allowance(number(old), number(new), d("2026-12-01"), FIGURES)
    assert found == [Stretch(number(c), d(start), d(end) if end else None) for c, start, end in expected]


def test_six_months_from_the_end_of_a_long_month() -> None:
    first, second = moving.kept_allowance(Decimal("0.7"), Decimal("0.5"), d("2026-08-31"), FIGURES)
    assert (first.end, second.start) == (d("2027-02-28"), d("2027-02-28"))


def test_a_transfer_gives_no_higher_post() -> None:
    assert [p.code for p in moving.higher_post(Decimal("0.5"), Decimal("0.7"))] == ["higher_post"]
    assert [p.code for p in moving.higher_post(None, Decimal("0.2"))] == ["higher_post"]
    assert moving.higher_post(Decimal("0.5"), Decimal("0.5")) == []


def test_only_the_receiving_agency_answers_for_its_agreement() -> None:
    found = moving.receiver_agrees("Sở Tài chính")
    assert (found.outcome, found.supplier, found.answerable) == (Outcome.UNKNOWN, Supplier.RECEIVING_AGENCY, True)
    refused = with_answers([found], {"receiver_agrees": {"met": False, "note": "không nhận"}})
    assert obstacles(refused)


def test_a_day_before_the_law_has_no_figures_of_it() -> None:
    old = parameters_on(rows("parameters"), d("2020-01-01"))
    assert moving.rotation_length(d("2020-01-01"), d("2020-02-01"), old) == []
    assert moving.secondment_length([], Stay(1, d("2020-01-01"), d("2030-01-01")), old, urgent=False) == []
