"""The forms of the reports: where each thing learnt is counted, the days of a period, what is kept back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.core import catalogues
from hrms.training.rules.kinds import PROGRAMME_KINDS, CourseKind
from hrms.training.rules.reporting import CONTENTS, LEAST_SHOWN, Period, content_of, days_of, kept_back, locked_on

K = CourseKind


@pytest.mark.parametrize(
    ("kind", "level", "code", "column"),
    [
        (K.POLITICAL_THEORY, "advanced", "LLCT.CC", "theory_advanced"),
        (K.POLITICAL_THEORY, None, "LLCT.CN", "theory_other"),
        (K.STATE_MANAGEMENT, "principal", "QLNN.CVC", "management_principal"),
        (K.STATE_MANAGEMENT, "assistant", "QLNN.CS", "management_assistant"),
        (K.LEADERSHIP, "department", "LD.SO", "leader_department"),
        (K.LEADERSHIP, "division", "LD.PHONG.XA", "leader_division"),
        (K.DEGREE, "master", "SDH.THS", "degree_master"),
        (K.DEGREE, "intermediate", None, "degree_other"),
        (K.POSITION, None, "VT.G3", "position"),
        (K.DIGITAL, None, "SO.AI", "digital"),
        (K.DIGITAL, "basic", "TH.CB", "it"),
        (K.LANGUAGE, "level_3", "NN.EN.3", "language"),
        (K.LANGUAGE, None, "TDT.KHMER", "ethnic_language"),
        (K.DEFENCE, "group_4", "QPAN.4", "defence"),
        (K.OTHER, None, None, "other"),
    ],
)
def test_each_thing_learnt_stands_in_one_column(kind: CourseKind, level: str, code: str, column: str) -> None:
    assert content_of(kind, level, code) == column


def test_no_course_of_the_catalogue_is_left_out() -> None:
    known = {one.key for one in CONTENTS}
    rows = list(catalogues.read_csv(catalogues.FOLDER / "courses.csv"))
    assert rows
    for row in rows:
        assert content_of(CourseKind(str(row["kind"])), row["level"], row["code"]) in known, row["code"]
    assert {content_of(kind, None, None) for kind in PROGRAMME_KINDS} <= known


def test_quarters_halves_and_the_year_meet_without_a_gap() -> None:
    quarters = [days_of(2028, one) for one in (Period.FIRST, Period.SECOND, Period.THIRD, Period.FOURTH)]
    assert [first for first, _until in quarters[1:]] == [until for _first, until in quarters[:-1]]
    assert (quarters[0][0], quarters[-1][1]) == days_of(2028, Period.YEAR) == (date(2028, 1, 1), date(2029, 1, 1))
    assert days_of(2028, Period.FIRST_HALF)[1] == days_of(2028, Period.SECOND_HALF)[0] == date(2028, 7, 1)
    assert days_of(2028, Period.NINE_MONTHS) == (date(2028, 1, 1), date(2028, 10, 1))
    assert quarters[0][1] - timedelta(days=1) == date(2028, 3, 31)


def test_the_yearly_report_is_locked_at_the_end_of_january() -> None:
    assert locked_on(2026) == date(2027, 1, 31)


def test_small_counts_are_kept_back() -> None:
    assert kept_back([0, 7, 40, 47]) == [0, 7, 40, 47]
    assert kept_back([2, 3, 40, 45]) == [None, None, 40, 45]
    assert kept_back([2, 9, 40, 51]) == [None, None, 40, 51], "else the total would tell the one left out"
    assert kept_back([3, 0, 0, 3]) == [None, 0, 0, None]
    assert kept_back([0, 0, 0]) == [0, 0, 0]


@given(st.lists(st.integers(0, 30), max_size=8))
def test_what_is_kept_back_cannot_be_reckoned_from_the_rest(parts: list[int]) -> None:
    *shown, total = kept_back([*parts, sum(parts)])
    for value, given_value in zip([*shown, total], [*parts, sum(parts)], strict=True):
        assert value in {None, given_value}
        assert value is None or value == 0 or value >= LEAST_SHOWN
    hidden = [place for place, value in enumerate(shown) if value is None]
    if total is not None and any(0 < one < LEAST_SHOWN for one in parts):
        assert len(hidden) >= 2
