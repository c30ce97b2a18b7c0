"""Money and points are decimals or fractions end to end."""

from __future__ import annotations

from tests.no_floats import files, floats, main


def test_the_rule_finds_them() -> None:
    assert len(list(floats("def f(x: float) -> int:\n    return int(x * 0.25 + 1e3)\n"))) == 3
    assert not list(floats("x = Decimal('0.25') * 2  # 0.5\n"))


def test_money_and_points_have_none() -> None:
    assert len(files()) > 100
    assert main() == 0
