"""Today and now, in one place, so that a test or a demonstration can stand on another day.

The province's day begins at midnight in Asia/Ho_Chi_Minh; instants are stored in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_frozen: ContextVar[datetime | None] = ContextVar("hrms_frozen_now", default=None)


def now() -> datetime:
    """Return the present instant, timezone-aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """Return the date in Việt Nam."""
    return now().astimezone(ZONE).date()


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Within the block `now()` is `moment` (timezone-aware); for tests and for the deterministic demo province."""
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
