"""Figures of the law that stand alone: the catalogue `parameters`, a row a figure and period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Parameter:
    """One figure as of a day, with the article it comes from."""

    value: str
    source: str


def parameters_on(rows: Iterable[Mapping[str, str]], day: date) -> dict[str, Parameter]:
    """Return the figures in force on `day` by key; rows have key, value, source, valid_from, valid_to (ISO or "")."""
    shown = day.isoformat()
    return {
        row["key"]: Parameter(row["value"], row["source"])
        for row in rows
        if (row["valid_from"] or "") <= shown < (row["valid_to"] or "9999")
    }


def whole(figures: Mapping[str, Parameter], key: str) -> int | None:
    """Return a figure that is a whole number, None where the law of the day has none."""
    found = figures.get(key)
    return None if found is None else int(found.value)


def is_on(figures: Mapping[str, Parameter], key: str) -> bool:
    """Say whether a rule of the unit `yes_no` holds on the day; not where the law of the day has none."""
    found = figures.get(key)
    return found is not None and found.value == "1"
