"""Stretches of days as sorted, disjoint half-open pairs; an open end is `date.max`. Standard library only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

Span = tuple[date, date]
Spans = tuple[Span, ...]

OPEN = date.max
"""The end of what has no end yet."""


def merged(spans: Iterable[Span]) -> Spans:
    """Return the days of `spans` as few stretches as can be; those that adjoin or overlap become one."""
    found: list[Span] = []
    for start, end in sorted(one for one in spans if one[0] < one[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def common(first: Spans, second: Spans) -> Spans:
    """Return the days in both."""
    return merged((max(a, c), min(b, d)) for a, b in first for c, d in second)


def without(spans: Spans, taken: Spans) -> Spans:
    """Return the days of `spans` that are not in `taken`."""
    for start, end in taken:
        spans = tuple(
            part for a, b in spans for part in ((a, min(b, start)), (max(a, end), b)) if part[0] < part[1]
        )  # fmt: skip
    return merged(spans)


def days(spans: Spans) -> int:
    """Return how many days there are."""
    return sum((end - start).days for start, end in spans)


def holds(spans: Spans, day: date) -> bool:
    """Say whether `day` is in one of the stretches."""
    return any(start <= day < end for start, end in spans)


def year_of(year: int, years: int = 1) -> Span:
    """Return the calendar years that end with `year`: 1/1 of the first to before 1/1 of the next."""
    return date(year - years + 1, 1, 1), date(year + 1, 1, 1)


def day_after(day: date) -> date:
    """Return the next day."""
    return day + timedelta(days=1)
