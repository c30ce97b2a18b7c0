"""What the gate reads before it knows who is asking: one statement, through functions that tell one account only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from hrms.core import clock, settings
from hrms.core.db import PLANNED_ONCE, db

_FIGURE = "coalesce((SELECT value #>> '{}' FROM settings WHERE name = '%s'), :%s)::integer"
_IDLE = _FIGURE % ("accounts.idle_minutes", "idle")
_DAYS = _FIGURE % ("accounts.admin_password_days", "days")
_SESSION = text(
    f"SELECT session_actor(:token, :at, make_interval(mins => {_IDLE}), :longest, :today) AS state,"
    f" {_IDLE} AS idle_minutes, {_DAYS} AS password_days"
).execution_options(**PLANNED_ONCE)
_TOKEN = text("SELECT token_actor(:token, :at, :today) AS state")


def find_session_state(token_hash: str, longest: timedelta) -> Mapping[str, Any] | None:
    """Return what a session's token opens: the account with its grants of today, or `{"expired": true}`, or None.

    `longest` is how long a session may last whatever its holder does; idle minutes are the province's setting and come
    back as `idle_minutes`, with `password_days` for administrators. Notes that the session was seen.
    """
    row = db.session.execute(
        _SESSION,
        {
            "token": token_hash,
            "at": clock.now(),
            "longest": longest,
            "today": clock.today(),
            "idle": str(settings.KNOWN["accounts.idle_minutes"].default),
            "days": str(settings.KNOWN["accounts.admin_password_days"].default),
        },
    ).one()
    if row.state is None:
        return None
    return {**row.state, "idle_minutes": row.idle_minutes, "password_days": row.password_days}


def find_token_state(token_hash: str) -> Mapping[str, Any] | None:
    """Return the account an API token opens, with `permissions` when the token holds fewer; None when it opens none."""
    parameters = {"token": token_hash, "at": clock.now(), "today": clock.today()}
    state: Mapping[str, Any] | None = db.session.execute(_TOKEN, parameters).scalar_one()
    return state
