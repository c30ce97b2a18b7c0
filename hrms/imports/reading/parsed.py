"""What reading a cell comes to: a value, a problem, or both; and what reading needs to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date, datetime, time
from typing import Any

from hrms.core.rules import Problem
from hrms.core.text import nfc
from hrms.imports.reading.catalogue import Catalogue

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a cell came to. A blocking problem leaves `value` None; a warning stands beside the value used."""

    value: Any = None
    problem: Problem | None = None

    @property
    def refused(self) -> bool:
        """Say whether the row cannot be taken because of this cell."""
        return self.problem is not None and self.problem.severity == "error"


EMPTY = Parsed()

Parser = Callable[[Any], Parsed]


@dataclass(frozen=True, slots=True)
class Context:
    """What reading needs to know of the day and of the catalogues (by name; "ranks" and "agencies" among them).

    A catalogue that is not given is not checked: its texts are taken as written.
    """

    today: date
    catalogues: Mapping[str, Catalogue] = default(default_factory=dict)


class CellError(Exception):
    """A cell that is refused or flagged: the parts of its problem, and the value used all the same (warnings only)."""

    def __init__(self, code: str, text: str, *, severity: str = "error", value: Any = None, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.severity = severity
        self.value = value
        self.params = params


def shown(raw: Any) -> str:
    """Return a cell's value as a sentence quotes it: dates dd/mm/yyyy, long texts cut at 60 characters."""
    if isinstance(raw, datetime) and raw.time() == time():
        raw = raw.date()
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return f"{raw.day:02d}/{raw.month:02d}/{raw.year}"
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = nfc(str(raw))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def as_text(raw: Any) -> str:
    """Return a cell as the text a person would have typed: whole numbers without a point, dates dd/mm/yyyy."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "1" if raw else "0"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() and abs(raw) < 1e15 else repr(raw)
    return shown(raw)
