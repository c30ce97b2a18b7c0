"""Keeping and forgetting filters by name."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.people.models import SavedFilter

MOST = 50


def save_filter(actor: Actor, page: str, name: str, query: str) -> None:
    """Keep `query` under `name` for the actor's account; the same name again replaces it. Raises `Refused` past 50."""
    actor.require(Permission.PEOPLE_VIEW)
    kept = db.session.scalars(select(SavedFilter.name).where(SavedFilter.account_id == actor.account_id)).all()
    if len(kept) >= MOST and name not in kept:
        raise Refused(Problem("name", "too_many", N_("Đã lưu 50 bộ lọc. Hãy bỏ bớt một bộ lọc cũ trước.")))
    values = {"account_id": actor.account_id, "page": page, "name": name.strip(), "query": query}
    statement = insert(SavedFilter).values(values)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["account_id", "page", "name"], set_={"query": statement.excluded.query}
        )
    )


def delete_filter(actor: Actor, filter_id: int) -> None:
    """Forget one of the actor's own filters. Raises `NotFound` for anybody else's."""
    actor.require(Permission.PEOPLE_VIEW)
    found = db.session.execute(
        delete(SavedFilter)
        .where(SavedFilter.id == filter_id, SavedFilter.account_id == actor.account_id)
        .returning(SavedFilter.id)
    ).scalar_one_or_none()
    if found is None:
        raise missing("filter")
