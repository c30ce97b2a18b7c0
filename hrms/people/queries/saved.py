"""Filters kept by name; each account sees its own."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from hrms.core.actor import Actor
from hrms.core.db import PLANNED_ONCE, db
from hrms.people.models import SavedFilter


def list_saved(actor: Actor, page: str) -> Sequence[SavedFilter]:
    """Return the account's filters of one page by name."""
    statement = (
        select(SavedFilter)
        .where(SavedFilter.account_id == actor.account_id, SavedFilter.page == page)
        .order_by(SavedFilter.name)
        .execution_options(**PLANNED_ONCE)
    )
    return db.session.scalars(statement).all()
