"""Accounts as actors outside a request: for jobs, which act for who asked, and for `--as NAME` on the command line."""

from __future__ import annotations

from sqlalchemy import TextClause, text

from hrms.core import clock, scope
from hrms.core.actor import Actor, Grant, missing
from hrms.core.db import db

_BY_ID = text("SELECT account_state(a, :today) AS state FROM accounts a WHERE a.id = :given")
_BY_NAME = text("SELECT account_state(a, :today) AS state FROM accounts a WHERE a.username = :given")


def actor_of(account_id: int, via: str) -> Actor:
    """Return an account as an actor with its grants of today. Raises `NotFound` when it cannot act."""
    return _actor(_BY_ID, account_id, via)


def actor_named(username: str, via: str) -> Actor:
    """Return the account of a user name as an actor. Raises `NotFound` as `actor_of` does."""
    return _actor(_BY_NAME, username.strip().lower(), via)


def _actor(statement: TextClause, given: int | str, via: str) -> Actor:
    with scope.everything():
        state = db.session.execute(statement, {"given": given, "today": clock.today()}).scalar_one_or_none()
    if state is None or state["closed"] or state["locked"]:
        raise missing("account")
    grants = tuple(Grant.of(grant) for grant in state["grants"])
    return Actor(
        account_id=int(state["account_id"]),
        name=str(state["name"]),
        grants=grants,
        person_id=state["person_id"],
        via=via,
    )
