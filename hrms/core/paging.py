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
    plain = [v.isoformat() if isinstance(v, date | datetime) else str(v) if isinstance(v, Decimal) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str, length: int) -> list[Any]:
    """Return the values of a cursor with `length` of them; raises `Refused` for one that this program did not make."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, UnicodeDecodeError):
        values = None
    if not isinstance(values, list) or len(values) != length:
        raise Refused(Problem("after", "bad_cursor", N_("Dấu trang không hợp lệ. Hãy mở lại danh sách từ đầu.")))
    return values


def seek(columns: Sequence[tuple[ColumnElement[Any], bool]], values: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition "after the row with `values`" for columns sorted each (column, descending?); nulls last.

    The usual row comparison cannot mix directions nor pass nulls, so the lexicographic condition is spelled out.
    """
    alternatives: list[ColumnElement[bool]] = []
    equal: list[ColumnElement[bool]] = []
    for (column, descending), value in zip(columns, values, strict=True):
        if value is None:
            after: ColumnElement[bool] = false()
            same: ColumnElement[bool] = column.is_(None)
        else:
            typed = literal(value, column.type)
            after = or_(column < typed if descending else column > typed, column.is_(None))
            same = column == typed
        alternatives.append(and_(*equal, after))
        equal.append(same)
    return or_(*alternatives)
