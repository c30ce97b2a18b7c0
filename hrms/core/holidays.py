"""The working calendar: holidays and swapped working days as the province keeps them, read once in a transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask import has_app_context
from sqlalchemy import event, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hrms.core.catalogues import FOLDER, read_csv
from hrms.core.dates import add_working_days, working_days_between
from hrms.core.db import db
from hrms.core.models import Holiday

_KEY = "hrms.holidays"


@dataclass(frozen=True, slots=True)
class Holidays:
    """The table of holidays as `core.dates` takes it: days off, and weekend days worked in exchange."""

    off: frozenset[date]
    worked: frozenset[date]

    def add(self, day: date, count: int) -> date:
        """Return the `count`-th working day after `day`, before it when negative."""
        return add_working_days(day, count, self.off, self.worked)

    def between(self, start: date, end: date) -> int:
        """Return the number of working days in `[start, end)`."""
        return working_days_between(start, end, self.off, self.worked)

    @classmethod
    def of(cls, rows: Mapping[date, str]) -> Holidays:
        """Return the calendar of kinds by day; days that are not confirmed count as working days."""
        by_kind = {kind: frozenset(day for day, its in rows.items() if its == kind) for kind in ("holiday", "worked")}
        return cls(by_kind["holiday"], by_kind["worked"])


@lru_cache
def _seeded() -> Mapping[date, str]:
    return {date.fromisoformat(row["date"]): row["kind"] for row in read_csv(FOLDER / "holidays.csv")}


def current() -> Holidays:
    """Return the working calendar: the seed's days as the province changed them; without a database, the seed's."""
    if not has_app_context():
        return Holidays.of(_seeded())
    kept: Holidays | None = db.session().info.get(_KEY)
    if kept is None:
        changed = {row.day: row.kind for row in db.session.execute(select(Holiday.day, Holiday.kind))}
        kept = Holidays.of({**_seeded(), **changed})
        db.session().info[_KEY] = kept
    return kept


def forget() -> None:
    """Read the table again at the next use; for whoever changed it in this transaction."""
    db.session().info.pop(_KEY, None)


@event.listens_for(Session, "after_transaction_end")
def _end(session: Session, transaction: Any) -> None:
    """Let no transaction count by a table read in another one: the next request sees what another changed."""
    if transaction.parent is None:
        session.info.pop(_KEY, None)


def load() -> int:
    """Bring the days nobody changed to what the seed says, as the owner; returns the rows seen."""
    rows = [
        {
            "day": date.fromisoformat(row["date"]), "name_vi": row["name_vi"], "name_en": row["name_en"],
            "kind": row["kind"], "source": row["source"] or "", "mark": row["mark"] or "U",
        }
        for row in read_csv(FOLDER / "holidays.csv")
    ]  # fmt: skip
    statement = insert(Holiday).values(rows)
    keep = {name: statement.excluded[name] for name in rows[0] if name != "day"}
    untouched = Holiday.changed_at.is_(None)
    db.session.execute(statement.on_conflict_do_update(index_elements=["day"], set_=keep, where=untouched))
    return len(rows)
