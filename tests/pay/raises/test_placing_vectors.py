"""Placement: the tables of TT 02/2007/TT-BNV Mục II, the official worked examples, moves down and sideways."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.pay.rules.placing import Held, PlacingReason, check, place
from hrms.people.rules.steps import PayGroup, read_pay_scales
from tests.pay.raises.asking import ask
from tests.people.catalogue_rows import rows

SINCE, DECIDED = "2024-05-01", "2026-09-01"
SCALES = read_pay_scales(rows("pay_scales"))


def _placed(folder: Path, facts: Any) -> tuple[int, str, str, str]:
    found = ask(folder, "placement", {"decided_on": DECIDED, **facts})
    return found["step"], found["coefficient"], found["reserved"], found["clock_from"]


@pytest.mark.parametrize(
    ("old", "coefficient", "percent", "new", "reason", "wanted"),
    [
        ("A1", "3.66", 0, "A2.1", "promotion", (1, "4.40", "0.00", DECIDED)),
        ("A1", "3.99", 0, "A2.1", "promotion", (1, "4.40", "0.00", DECIDED)),
        ("A1", "4.32", 0, "A2.1", "promotion", (1, "4.40", "0.00", SINCE)),
        ("A1", "4.98", 0, "A2.1", "promotion", (3, "5.08", "0.00", SINCE)),
        ("A1", "4.98", 6, "A2.1", "promotion", (4, "5.42", "0.00", DECIDED)),
        ("A2.1", "5.76", 0, "A3.1", "promotion", (1, "6.20", "0.00", DECIDED)),
        ("A2.1", "6.10", 0, "A3.1", "promotion", (1, "6.20", "0.00", SINCE)),
        ("A0", "3.03", 0, "A1", "promotion", (4, "3.33", "0.00", SINCE)),
        ("B", "3.86", 0, "A1", "promotion", (6, "3.99", "0.00", SINCE)),
        ("A2.2", "5.02", 0, "A2.1", "grade_conversion", (3, "5.08", "0.00", SINCE)),
        ("A2.1", "5.08", 0, "A2.1", "grade_conversion", (3, "5.08", "0.00", SINCE)),
        ("A3.2", "5.75", 0, "A3.1", "grade_conversion", (1, "6.20", "0.00", DECIDED)),
        # 4.89 and 12 % are 5.4768, above the last step of A1, 4.98.
        ("A0", "4.89", 12, "A1", "promotion", (9, "4.98", "0.50", DECIDED)),
        ("A1", "3.00", 0, "A1", "same_level", (3, "3.00", "0.00", SINCE)),
        ("A2.2", "4.34", 0, "A2.1", "same_level", (1, "4.40", "0.00", SINCE)),
        ("A2.1", "5.08", 0, "A2.2", "same_level", (3, "4.68", "0.40", SINCE)),
        ("A2.1", "5.08", 0, "A1", "lower_unfit", (3, "3.00", "0.00", SINCE)),
        ("A2.1", "5.08", 0, "A1", "lower_by_own_wish", (3, "3.00", "2.08", SINCE)),
        ("A0", "4.89", 0, "A0", "same_level", (10, "4.89", "0.00", SINCE)),
    ],
)
def test_the_table(
    tmp_path: Path, old: str, coefficient: str, percent: int, new: str, reason: str, wanted: Any
) -> None:
    held = {"group": old, "coefficient": coefficient, "beyond_scale_percent": percent, "step_since": SINCE, "table": 3}
    facts = {"from": held, "to": {"group": new, "table": 3}, "reason": reason}
    assert _placed(tmp_path, facts) == wanted


def test_a_sideways_move_keeps_seniority_and_step_date_as_the_official_example(tmp_path: Path) -> None:
    held = {"table": 2, "group": "A1", "coefficient": "3.00", "step_since": "2013-05-01"}
    facts = {"from": held, "to": {"table": 3, "group": "A1"}, "decided_on": "2015-02-01", "reason": "same_level"}
    assert _placed(tmp_path, facts) == (3, "3.00", "0.00", "2013-05-01")
    held = {"group": "A1", "coefficient": "4.98", "beyond_scale_percent": 7, "step_since": SINCE}
    facts = {"from": held, "to": {"table": 3, "group": "A1"}, "decided_on": DECIDED, "reason": "same_level"}
    assert ask(tmp_path, "placement", facts)["beyond_scale_percent"] == 7


def test_what_was_reserved_enters_the_next_promotion_and_ends(tmp_path: Path) -> None:
    held = {"group": "A1", "coefficient": "4.98", "reserved": "0.45", "step_since": SINCE}
    assert _placed(tmp_path, {"from": held, "to": {"group": "A2.1"}})[:3] == (5, "5.76", "0.00")


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        # §1.2: a title of group B, 101 months insured, 6 of them probation: step 4, 23 months over.
        ({"to": {"table": 3, "group": "B"}, "insured": {"months": 101, "probation_months": 6}},
         (4, "2.46", "0.00", "2024-10-01")),
        # The official example: college, insured from 01/6/2005, A0 3.03 until now, placed in a title of group B.
        ({"to": {"table": 3, "group": "B"}, "insured": {"months": 117, "probation_months": 6}, "degree": "college",
          "decided_on": "2015-03-01",
          "from": {"table": 3, "group": "A0", "coefficient": "3.03", "step_since": "2014-12-01"}},
         (6, "2.86", "0.17", "2013-12-01")),
        ({"to": {"group": "A1"}, "degree": "doctorate"}, (3, "3.00", "0.00", DECIDED)),
        ({"to": {"group": "A1"}, "degree": "master"}, (2, "2.67", "0.00", DECIDED)),
        ({"to": {"group": "A1"}, "degree": "other"}, (1, "2.34", "0.00", DECIDED)),
        ({"to": {"group": "B"}, "degree": "college"}, (2, "2.06", "0.00", DECIDED)),
        ({"to": {"group": "B"}, "degree": "other"}, (1, "1.86", "0.00", DECIDED)),
        # At the last step all months over stay: they count toward seniority beyond the scale.
        ({"to": {"group": "A1"}, "insured": {"months": 324}}, (9, "4.98", "0.00", "2023-09-01")),
    ],
)  # fmt: skip
def test_first_placement(tmp_path: Path, facts: Any, wanted: Any) -> None:
    assert _placed(tmp_path, facts) == wanted


GROUPS = st.sampled_from(sorted((scale for scale in SCALES.values() if scale.table == 2), key=lambda one: one.group))


@given(GROUPS, GROUPS, st.data())
def test_nobody_loses_by_a_promotion_and_the_clock_is_one_of_two_days(
    old: PayGroup, new: PayGroup, data: st.DataObject
) -> None:
    coefficient = data.draw(st.sampled_from(old.coefficients))
    percent = data.draw(st.integers(0, 20)) if coefficient == old.coefficients[-1] else 0
    held = Held(old, coefficient, percent, date(2024, 5, 1))
    if check(held, new, date(2026, 9, 1), PlacingReason.PROMOTION):
        assert new.coefficients[0] <= old.coefficients[0]
        return
    found = place(held, new, date(2026, 9, 1))
    assert found.coefficient == new.coefficients[found.step - 1]
    assert found.coefficient + found.reserved >= held.worth - Decimal("0.005")
    assert found.reserved == 0 or found.step == new.steps
    assert found.step == 1 or new.coefficients[found.step - 2] < held.worth
    assert found.clock_from in {date(2024, 5, 1), date(2026, 9, 1)}
    assert found.clock_from == date(2026, 9, 1) or not percent
