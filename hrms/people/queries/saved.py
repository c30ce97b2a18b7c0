"""Filters kept by name; each account sees its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from hrms.core.actor import Actor
from hrms.core.db import PLANNED_ONCE, db
from hrms.people.models import SavedFilter

_c = SavedFilter.__table__.c
_SAVED = (
    select(_c.id, _c.name, _c.query)
    .where(_c.account_id == bindparam("account_id"), _c.page == bindparam("page"))
    .order_by(_c.name)
    .execution_options(**PLANNED_ONCE)
)


def list_saved(actor: Actor, page: str) -> Sequence[Any]:
    """Return the account's filters of one page by name: `id`, `name` and `query` of each."""
    return db.session.execute(_SAVED, {"account_id": actor.account_id, "page": page}).all()
