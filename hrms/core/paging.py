"""Keyset pages: a cursor names the last row seen, so page 500 costs what page 1 costs."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, and_, false, literal, or_

from hrms.core.errors import Refused
from hrms.core.rules import N_, Problem

Item = TypeVar("Item")
LIMIT = 50
LIMIT_MAX = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list: its rows and the cursors of the pages around it (None where there is none)."""

    items: Sequence[Item]
    next: str | None = None
    previous: str | None = None


def encode(values: Sequence[Any]) -> str:
    """Return an opaque cursor for the sort values of a row (the last of them unique)."""
    plain = [
        v.isoformat() if isinstance(v, date | datetime) else str(v) if isinstance(v, Decimal) else v for v in values
    ]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str, length: int) -> list[Any]:
    """Return the values of a cursor with `length` of them; raises `Refused` for one that this program did not make."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, UnicodeDecodeError):
        values = None
    if not isinstance(values, list) or len(values) != length:
        raise _bad_cursor()
    return values


Order = Sequence[tuple[ColumnElement[Any], bool]]
"""Sort columns as (column, descending?), the last of them unique. Nulls come last in either direction."""


def order_by(order: Order, *, back: bool = False) -> list[ColumnElement[Any]]:
    """Return the ORDER BY of a page, or with `back` its mirror image, for reading the page before a row."""
    terms: list[ColumnElement[Any]] = []
    for column, descending in order:
        term = column.desc() if descending != back else column.asc()
        terms.append((term.nulls_first() if back else term.nulls_last()) if getattr(column, "nullable", True) else term)
    return terms


def seek(order: Order, values: Sequence[Any], *, back: bool = False) -> ColumnElement[bool]:
    """Return the condition "after the row with `values`" in `order`, or with `back` "before it".

    The usual row comparison cannot mix directions nor pass nulls, so the lexicographic condition is spelled out.
    """
    alternatives: list[ColumnElement[bool]] = []
    equal: list[ColumnElement[bool]] = []
    for (column, descending), value in zip(order, values, strict=True):
        if value is None:
            beyond: ColumnElement[bool] = column.is_not(None) if back else false()
            same: ColumnElement[bool] = column.is_(None)
        else:
            typed = literal(value, column.type)
            beyond = column < typed if descending != back else column > typed
            if not back:
                beyond = or_(beyond, column.is_(None)) if getattr(column, "nullable", True) else beyond
            same = column == typed
        alternatives.append(and_(*equal, beyond))
        equal.append(same)
    return or_(*alternatives)


def typed_values(order: Order, values: Sequence[Any]) -> list[Any]:
    """Return a cursor's plain values as the columns' own types. Raises `Refused` for values of another list."""
    try:
        return [_typed(column, value) for (column, _), value in zip(order, values, strict=True)]
    except (ValueError, TypeError, ArithmeticError) as error:
        raise _bad_cursor() from error


def _typed(column: ColumnElement[Any], value: Any) -> Any:
    if value is None:
        return None
    python = column.type.python_type
    if python is date:
        return date.fromisoformat(value)
    if python is Decimal:
        return Decimal(value)
    if python is int:
        return int(value)
    return str(value)


def decode_ids(cursor: str, length: int) -> list[int]:
    """Return the values of a cursor that are all ids. Raises `Refused` for anything else."""
    values = decode(cursor, length)
    if any(type(value) is not int or not -1 <= value < 2**63 for value in values):
        raise _bad_cursor()
    return values


def _bad_cursor() -> Refused:
    return Refused(Problem("after", "bad_cursor", N_("Dấu trang không hợp lệ. Hãy mở lại danh sách từ đầu.")))


def cut(rows: Sequence[Any], limit: int, keys: Sequence[str], *, after: str | None, before: str | None) -> Page[Any]:
    """Return the page of `rows`, of which one more than `limit` was read; `keys` name the sort values in a row.

    With `before` the rows come mirrored and are turned round here.
    """
    more = len(rows) > limit
    kept = list(rows[:limit])
    if before:
        kept.reverse()
    if not kept:
        return Page((), None, None)

    def cursor(row: Any) -> str:
        return encode([getattr(row, key) for key in keys])

    has_next = more if not before else True
    has_previous = more if before else bool(after)
    return Page(kept, cursor(kept[-1]) if has_next else None, cursor(kept[0]) if has_previous else None)
