"""The working calendar: holidays and swapped working days as the province keeps them, read once in a transaction."""

from __future__ import annotations

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
    def of(cls, rows: list[tuple[date, str]]) -> Holidays:
        """Return the calendar of (day, kind) rows; days that are not confirmed count as working days."""
        by_kind = {kind: frozenset(day for day, its in rows if its == kind) for kind in ("holiday", "worked")}
        return cls(by_kind["holiday"], by_kind["worked"])


@lru_cache
def _seeded() -> Holidays:
    return Holidays.of([(date.fromisoformat(row["date"]), row["kind"]) for row in read_csv(FOLDER / "holidays.csv")])


def current() -> Holidays:
    """Return the working calendar; without a database, or before it was filled, that of the seed."""
    if not has_app_context():
        return _seeded()
    kept: Holidays | None = db.session().info.get(_KEY)
    if kept is None:
        rows = [(row.day, row.kind) for row in db.session.execute(select(Holiday.day, Holiday.kind))]
        kept = Holidays.of(rows) if rows else _seeded()
        db.session().info[_KEY] = kept
    return kept


def forget() -> None:
    """Read the table again at the next use; for whoever changed it in this transaction."""
    db.session().info.pop(_KEY, None)


@event.listens_for(Session, "after_begin")
def _begin(session: Session, transaction: Any, connection: Any) -> None:
    """Let no transaction count by a table read in another one: the next request sees what another changed."""
    del connection
    if not transaction.nested:
        session.info.pop(_KEY, None)


def load() -> int:
    """Add the seed's days that the table lacks, as the owner; what the province changed stays. Returns rows."""
    rows = [
        {
            "day": date.fromisoformat(row["date"]), "name_vi": row["name_vi"], "name_en": row["name_en"],
            "kind": row["kind"], "source": row["source"] or "", "mark": row["mark"] or "U",
        }
        for row in read_csv(FOLDER / "holidays.csv")
    ]  # fmt: skip
    db.session.execute(insert(Holiday).values(rows).on_conflict_do_nothing())
    return len(rows)
