"""Points are never shown as reaching a threshold they do not reach."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hrms.performance.rules.outcomes import shown_points
from hrms.performance.services.petitions import lines_of


@pytest.mark.parametrize(
    ("score", "shown"),
    [
        ("89.996000", "89.996"), ("89.999999", "89.999999"), ("89.994999", "89.99"), ("90.000000", "90.00"),
        ("69.995000", "69.995"), ("49.999600", "49.9996"), ("95.166667", "95.17"), ("92.066667", "92.07"),
    ],
)  # fmt: skip
def test_what_is_shown_of_points(score: str, shown: str) -> None:
    assert str(shown_points(Decimal(score))) == shown


def test_a_text_keeps_its_lines() -> None:
    assert lines_of("  Một \r\n\r\n hai  ba ") == "Một\nhai ba"
