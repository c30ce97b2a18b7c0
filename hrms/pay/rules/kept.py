"""Reasons as they are kept beside an answer, and read again: days, decimals and counts stay what they were. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from hrms.core.rules import Reason

Code = tuple[str, Mapping[str, Any]]
"""A sentence by its code and what fills it."""


def keep_reasons(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Return reasons as JSON."""
    return [
        {"text": one.text, "figure": one.figure, "source": one.source, "params": keep(one.params)} for one in reasons
    ]


def read_reasons(rows: Iterable[Mapping[str, Any]]) -> list[Reason]:
    """Return reasons as they were kept."""
    return [Reason(one["text"], one["figure"], one["source"], read(one["params"])) for one in rows]


def keep_codes(codes: Iterable[Code]) -> list[dict[str, Any]]:
    """Return codes with what fills their sentences as JSON."""
    return [{"code": code, "params": keep(params)} for code, params in codes]


def read_codes(rows: Iterable[Mapping[str, Any]]) -> list[Code]:
    """Return codes as they were kept."""
    return [(one["code"], read(one["params"])) for one in rows]


def keep(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as JSON: a day as `{"day": …}`, a decimal as `{"number": …}`."""
    return {name: _keep(value) for name, value in params.items()}


def read(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as they were."""
    return {name: _read(value) for name, value in params.items()}


def _keep(value: Any) -> Any:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return {"number": str(value)} if isinstance(value, Decimal) else value


def _read(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return date.fromisoformat(value["day"]) if "day" in value else Decimal(value["number"])
