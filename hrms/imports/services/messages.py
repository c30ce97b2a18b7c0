"""Problems and cells as JSON keeps them, so that a sentence kept today is read tomorrow in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hrms.core.dates import PartialDate
from hrms.core.i18n import render
from hrms.core.rules import Problem

_MARK = "$"


def _put(value: Any) -> Any:
    if isinstance(value, datetime):
        return {_MARK: "moment", "v": value.isoformat()}
    if isinstance(value, date):
        return {_MARK: "date", "v": value.isoformat()}
    if isinstance(value, PartialDate):
        return {_MARK: "partial", "v": value.iso}
    if isinstance(value, Decimal):
        return {_MARK: "decimal", "v": str(value)}
    if isinstance(value, str | int | float | bool) or value is None:
        return getattr(value, "value", value)
    return str(value)


def _take(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    kind, text = value[_MARK], value["v"]
    readers: dict[str, Any] = {
        "moment": datetime.fromisoformat, "date": date.fromisoformat, "decimal": Decimal,
        "partial": lambda iso: PartialDate(*(int(part) for part in iso.split("-"))),
    }  # fmt: skip
    return readers[kind](text)


def pack(problem: Problem, column: str = "", value: str = "", cell: str = "") -> dict[str, Any]:
    """Return a problem as JSON, with the header, the value and the cell it was met in."""
    return {
        "field": problem.field, "code": problem.code, "text": problem.text, "severity": problem.severity,
        "params": {name: _put(param) for name, param in problem.params.items()},
        "column": column, "value": value, "cell": cell,
    }  # fmt: skip


def unpack(kept: Mapping[str, Any]) -> Problem:
    """Return the problem that `pack` kept."""
    params = {name: _take(param) for name, param in kept["params"].items()}
    return Problem(kept["field"], kept["code"], kept["text"], params, kept["severity"])


def sentence(kept: Mapping[str, Any]) -> str:
    """Return a kept problem as a sentence in the reader's language."""
    return render(unpack(kept))


def pack_cells(cells: list[Any]) -> list[Any]:
    """Return the cells of a row as JSON, such that they can be written into a workbook again."""
    while cells and cells[-1] in {"", None}:
        cells = cells[:-1]
    return [_put(cell) for cell in cells]


def unpack_cells(kept: list[Any]) -> list[Any]:
    """Return the cells that `pack_cells` kept."""
    return [_take(cell) for cell in kept]
