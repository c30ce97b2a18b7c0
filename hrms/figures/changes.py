"""The catalogues of the law as they stand: the seed files with the rows of every applied text, read once for a state.

Outside an application there is no database: the seed files alone. `supposing` lays rows over them for a block, for
previews and what-if; nothing is written and nobody else sees it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import lru_cache, wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

from sqlalchemy import select

from hrms.core import revision
from hrms.core.catalogues import FOLDER, read_csv
from hrms.core.db import db
from hrms.figures.models import FigureChange
from hrms.figures.overlay import CATALOGUE, CHANGEABLE, Row, overlaid

P = ParamSpec("P")
T = TypeVar("T")


class State(NamedTuple):
    """Which law holds here and now: the revision of the transaction, and what is supposed beyond it."""

    revision: int
    supposed: tuple[str, ...]


_supposed: ContextVar[tuple[str, ...]] = ContextVar("supposed", default=())


def state() -> State:
    """Return the key under which anything computed from the law may be kept."""
    return State(revision.current(), _supposed.get())


@contextmanager
def supposing(rows: Iterable[Row]) -> Iterator[None]:
    """Within the block the figures are as if `rows` had been applied last; blocks inside each other add up.

    A row is one of a seed file with the name of its `catalogue`: `{"catalogue": "base_salaries", "amount": "3000000",
    "valid_from": "2027-01-01", "source": "…", "mark": "U"}`; see `figures.overlay`. Raises KeyError for a catalogue
    that no text changes.
    """
    given = tuple(
        json.dumps({**row, CATALOGUE: CHANGEABLE[row[CATALOGUE]].name}, sort_keys=True, default=str) for row in rows
    )
    token = _supposed.set((*_supposed.get(), *given))
    try:
        yield
    finally:
        _supposed.reset(token)


def rows(name: str) -> tuple[Mapping[str, Any], ...]:
    """Return the rows of a catalogue: of the seed, and of the texts applied to it."""
    if name not in CHANGEABLE:
        return _seed(name)
    return _rows(state(), name)


def kept_by_law(*, most: int | None = 64) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep what a function computes from the law, under the state it was computed in; `most` answers at most.

    Its arguments are hashable. A change of the law, or a supposition, makes it compute again.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        kept: Callable[..., T] = lru_cache(maxsize=most)(lambda _state, *args, **kwargs: function(*args, **kwargs))

        @wraps(function)
        def asked(*args: P.args, **kwargs: P.kwargs) -> T:
            return kept(state(), *args, **kwargs)

        return asked

    return decorate


@lru_cache
def _seed(name: str) -> tuple[Mapping[str, Any], ...]:
    return tuple(read_csv(FOLDER / f"{name}.csv"))


@lru_cache(maxsize=128)
def _rows(at: State, name: str) -> tuple[Mapping[str, Any], ...]:
    return overlaid(name, _seed(name), (*_applied(at.revision), *(json.loads(row) for row in at.supposed)))


@lru_cache(maxsize=8)
def _applied(at: int) -> tuple[Row, ...]:
    """Return the rows of every applied text, in the order they were applied."""
    if not at:
        return ()
    columns = (FigureChange.rows, FigureChange.valid_from, FigureChange.source, FigureChange.mark)
    applied = select(*columns).where(FigureChange.state == "applied")
    found = db.session.execute(applied.order_by(FigureChange.applied_at, FigureChange.id))
    return tuple(row for one in found for row in whole(one.rows, one.valid_from, one.source, one.mark))


def whole(given: Iterable[Row], valid_from: date, source: str, mark: str) -> list[dict[str, Any]]:
    """Return a text's rows with what it says of all of them where a row does not say it: first day, source, mark."""
    common = {"valid_from": valid_from.isoformat(), "source": source, "mark": mark}
    return [{**row, **{name: row.get(name) or value for name, value in common.items()}} for row in given]
