"""New texts of the law: their list, one text with what each row replaces, catalogues in force with their sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, text

from hrms.core import scope
from hrms.core.actor import EVERYTHING, missing
from hrms.core.db import db
from hrms.core.paging import LIMIT, Order, Page, cut, decode, order_by, seek, typed_values
from hrms.core.scope import Scope
from hrms.figures.changes import whole
from hrms.figures.models import FigureChange
from hrms.figures.overlay import CATALOGUE, CHANGEABLE, ENDS
from hrms.pay.rules.texts import State
from hrms.people.queries import law

_ORDER: Order = ((FigureChange.__table__.c.valid_from, True), (FigureChange.__table__.c.id, True))
_KEYS = ("valid_from", "id")
_NAMES = text("SELECT id, display_name FROM accounts WHERE id = ANY (:ids)")
_APPROVED = text(
    "SELECT count(*) AS sheets, count(DISTINCT month) AS months, max(month) AS last FROM pay_runs"
    " WHERE state = 'approved' AND month >= date_trunc('month', CAST(:first AS date))"
)


def list_texts(
    state: State | None, *, drafts: bool, after: str | None = None, before: str | None = None, limit: int = LIMIT
) -> Page[FigureChange]:
    """Return a page of the texts, the latest day first; without `drafts` only those that are or were the law."""
    found = select(FigureChange).order_by(*order_by(_ORDER, back=bool(before))).limit(limit + 1)
    if not drafts:
        found = found.where(FigureChange.state != State.DRAFT.value)
    if state is not None:
        found = found.where(FigureChange.state == state.value)
    cursor = after or before
    if cursor:
        values = typed_values(_ORDER, decode(cursor, len(_ORDER)))
        found = found.where(seek(_ORDER, values, back=bool(before)))
    return cut(list(db.session.scalars(found)), limit, _KEYS, after=after, before=before)


def count_texts(*, drafts: bool) -> Mapping[State, int]:
    """Return how many texts there are in each state; one statement."""
    counted = select(FigureChange.state, func.count()).group_by(FigureChange.state)
    found: dict[str, int] = {row[0]: row[1] for row in db.session.execute(counted)}
    return {state: found.get(state.value, 0) for state in State if drafts or state is not State.DRAFT}


def get_text(change_id: int, *, drafts: bool) -> FigureChange:
    """Return a text. Raises `NotFound`; a draft is there only for who writes texts."""
    found = db.session.get(FigureChange, change_id)
    if found is None or (found.state == State.DRAFT and not drafts):
        raise missing("figure_change")
    return found


def names_of(found: FigureChange) -> Mapping[int, str]:
    """Return the names of the accounts that wrote, applied and undid a text, as far as the reader may see them."""
    ids = sorted({one for one in (found.recorded_by, found.applied_by, found.undone_by) if one is not None})
    return {row.id: row.display_name for row in db.session.execute(_NAMES, {"ids": ids})} if ids else {}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a text: whole, and the rows of the same key that hold the day before it (none for a new figure).

    `place` is where it stands in the text, from 0.
    """

    place: int
    catalogue: str
    row: Mapping[str, Any]
    replaced: Sequence[Mapping[str, Any]]

    @property
    def ends(self) -> bool:
        """Say whether the text only ends the figure."""
        return bool(self.row.get(ENDS))


def lines_of(found: FigureChange) -> list[Line]:
    """Return a text's rows, each with what it replaces in the law as it is now."""
    rows = whole(found.rows, found.valid_from, found.source, found.mark)
    return [Line(place, row[CATALOGUE], row, _replaced(row)) for place, row in enumerate(rows)]


def _replaced(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    known = CHANGEABLE[row[CATALOGUE]]
    eve = date.fromisoformat(row["valid_from"]) - timedelta(days=1)
    kinds = set(str(row.get(known.kinds)).split("|")) if known.kinds else set()
    return [
        one
        for one in law.in_force(known.name, eve)
        if all(one.get(column) == row.get(column) for column in known.key)
        and (not known.kinds or kinds & set(str(one[known.kinds]).split("|")))
    ]


@dataclass(frozen=True, slots=True)
class Approved:
    """What of approved sheets rests on the figures from a day on."""

    sheets: int
    months: int
    last: date | None


def approved_since(first: date) -> Approved:
    """Return how many sheets of months from that of `first` on are approved, over the whole province; one statement.

    Counts only, so it is told to who sees no amounts.
    """
    with scope.entered(Scope(pay=(EVERYTHING,))):
        row = db.session.execute(_APPROVED, {"first": first}).one()
    return Approved(row.sheets, row.months, row.last)


def history_of(name: str) -> Sequence[Mapping[str, Any]]:
    """Return every row of a catalogue that texts may change, past and to come. Raises `NotFound` for another name."""
    if name not in CHANGEABLE:
        raise missing("catalogue")
    return law.rows(name)
