"""Exact numbers of points: fractions inside, decimals half up outside. Use `half_up`, `stored`, `exact`. Pure."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

PLACES = 6
"""Decimals that points and ratios are stored with."""
SHOWN_PLACES = 2


def exact(value: Decimal | int | Fraction) -> Fraction:
    """Return the number as a fraction: nothing is lost on the way."""
    return Fraction(value)


def half_up(value: Fraction | Decimal, places: int) -> Decimal:
    """Return the number with so many decimals, halves away from zero: 67.665 → 67.67."""
    scaled = math.floor(abs(Fraction(value)) * 10**places + Fraction(1, 2))
    return Decimal(-scaled if value < 0 else scaled).scaleb(-places)


def stored(value: Fraction | Decimal) -> Decimal:
    """Return the number with the six decimals it is stored with."""
    return half_up(value, PLACES)


def shown(value: Fraction | Decimal) -> str:
    """Return the number as an answer or a form shows it: two decimals, "95.17"."""
    return str(half_up(value, SHOWN_PLACES))
