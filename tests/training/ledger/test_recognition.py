"""What is recognised of a report, and what of it counts: by examples and for any figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.training.rules.kinds import NEVER_COUNTED, CourseKind, LearningForm
from hrms.training.rules.recognition import Claim, Rule, check_review, recognise

HOURS = st.decimals("0.01", "5000", places=2)


def _claim(kind: CourseKind, hours: Decimal, *, leads: bool = False) -> Claim:
    form = LearningForm.TEACHING if kind is CourseKind.TEACHING else LearningForm.ONLINE
    return Claim(kind, form, hours, date(2026, 3, 2), date(2026, 3, 4), "Khóa", proved=True, leads=leads)


@pytest.mark.parametrize(
    ("hours", "factor", "cap", "used", "recognised", "counts"),
    [
        ("16", "1", None, "0", "16", "16"),
        ("16", "1", "24", "20", "16", "4"),
        ("16", "1", "24", "24", "16", "0"),
        ("16", "1", "24", "40", "16", "0"),
        ("16", "0.5", "8", "0", "8", "8"),
        ("0.25", "0.5", "8", "0", "0.13", "0.13"),
        ("16", "1", "24", "-5", "16", "16"),
    ],
)
def test_factor_and_cap(hours: str, factor: str, cap: str | None, used: str, recognised: str, counts: str) -> None:
    rule = Rule(Decimal(factor), Decimal(cap) if cap else None)
    found = recognise(_claim(CourseKind.POSITION, Decimal(hours)), rule, Decimal(used))
    assert (found.hours, found.counts) == (Decimal(recognised), Decimal(counts))


@given(HOURS, st.decimals("0.01", "10", places=2), HOURS, HOURS, st.sampled_from(CourseKind), st.booleans())
def test_what_counts_is_never_more_than_recognised_or_left(
    hours: Decimal, factor: Decimal, cap: Decimal, used: Decimal, kind: CourseKind, leads: bool
) -> None:
    found = recognise(_claim(kind, hours, leads=leads), Rule(factor, cap), used)
    assert 0 <= found.counts <= found.hours
    assert found.counts <= max(cap - used, Decimal(0))
    assert found.reasons
    if kind in NEVER_COUNTED or (kind is CourseKind.TEACHING and not leads):
        assert found.counts == 0


@given(HOURS, HOURS, st.booleans())
def test_a_review_never_gives_more_than_the_rule(hours: Decimal, given_hours: Decimal, said: bool) -> None:
    claim, rule = _claim(CourseKind.POSITION, hours), Rule()
    problems = check_review(claim, rule, given_hours, "Lý do" if said else "")
    assert (problems == []) == (given_hours == hours or (said and given_hours < hours))
