"""Whole đồng of exact amounts: each line is rounded once (TT 13/2026/TT-BNV Đ3 states no rounding: a local rule)."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from enum import StrEnum

from hrms.core.rules import N_

HUNDRED = Decimal(100)


class Rounding(StrEnum):
    """How an exact amount becomes whole đồng."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"
    UP = "up"


ROUNDING_LABELS: dict[Rounding, str] = {
    Rounding.HALF_UP: N_("nửa đồng làm tròn lên"),
    Rounding.HALF_EVEN: N_("nửa đồng làm tròn về số chẵn"),
    Rounding.DOWN: N_("bỏ phần lẻ"),
    Rounding.UP: N_("phần lẻ tính thành một đồng"),
}

_WAYS = {
    Rounding.HALF_UP: ROUND_HALF_UP, Rounding.HALF_EVEN: ROUND_HALF_EVEN, Rounding.DOWN: ROUND_DOWN,
    Rounding.UP: ROUND_UP,
}  # fmt: skip


def to_dong(amount: Decimal, rounding: Rounding) -> Decimal:
    """Return the amount in whole đồng; signs are kept apart, so a debt is rounded as the claim is."""
    return amount.quantize(Decimal(1), _WAYS[rounding]) + 0  # no negative zero


def plain(amount: Decimal) -> Decimal:
    """Return the same amount without decimals that say nothing: 13611400.00 → 13611400."""
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount


def percent_of(amount: Decimal, percent: Decimal) -> Decimal:
    """Return the exact part of an amount."""
    return amount * percent / HUNDRED
