"""What a decision on classes needs to know: the ratings of a list, their round, what it is called."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.i18n import render
from hrms.core.rules import N_, Problem
from hrms.core.text import fold
from hrms.performance.models import RatingRound
from hrms.performance.queries import rounds
from hrms.performance.services import solving

MOST = 20
_RATINGS = """
SELECT t.id, t.person_id, t.round_id, t.year, t.mean, t.by_points, t.proposed, t.final, t.state, t.provisional,
  t.months, t.version, r.agency_id AS round_agency_id, s.code AS set_code, g.name AS group_name
FROM ratings t JOIN rating_rounds r ON r.id = t.round_id JOIN criteria_sets s ON s.id = r.set_id
LEFT JOIN rating_groups g ON g.id = t.group_id
WHERE t.person_id = ANY (CAST(:ids AS bigint[])) AND t.superseded_at IS NULL
"""
_IN_ROUND = text(f"{_RATINGS} AND t.round_id = :round")
_IN_YEAR = text(f"{_RATINGS} AND t.year = :year AND t.state = 'published'")
_ROUNDS = text("""
SELECT r.id, r.year, a.name, s.name AS set_name FROM rating_rounds r
JOIN agencies a ON a.id = r.agency_id JOIN criteria_sets s ON s.id = r.set_id
WHERE r.state IN ('proposed', 'meeting') ORDER BY r.year DESC, a.sort_key, r.id LIMIT 1000
""")
_NAMES = text("""
SELECT r.id, r.year, a.name, s.name AS set_name FROM rating_rounds r
JOIN agencies a ON a.id = r.agency_id JOIN criteria_sets s ON s.id = r.set_id WHERE r.id = ANY (CAST(:ids AS bigint[]))
""")
_ROUND = text("""
SELECT r.id, r.year, r.state, r.agency_id, a.name, s.code AS set_code, s.name AS set_name, m.met_on
FROM rating_rounds r JOIN agencies a ON a.id = r.agency_id JOIN criteria_sets s ON s.id = r.set_id
LEFT JOIN rating_minutes m ON m.round_id = r.id WHERE r.id = :id
""")


@dataclass(frozen=True, slots=True)
class Whole:
    """A round as a list of it is judged: who sits in it, when the meeting was, which limits the list breaks."""

    id: int
    year: int
    state: str
    agency_id: int
    agency: str
    set_code: str
    met_on: date | None
    people: frozenset[int]
    overfull: tuple[Problem, ...]


def ratings_in(round_id: int, person_ids: Sequence[int]) -> dict[int, Any]:
    """Return the ratings of a round by person; one statement."""
    rows = db.session.execute(_IN_ROUND, {"ids": list(person_ids), "round": round_id})
    return {row.person_id: row for row in rows}


def published_in(year: int, person_ids: Sequence[int]) -> dict[int, Any]:
    """Return the published ratings of a year that hold, by person; one statement."""
    rows = db.session.execute(_IN_YEAR, {"ids": list(person_ids), "year": year})
    return {row.person_id: row for row in rows}


def whole(round_id: int, classes: Mapping[int, str] | None = None) -> Whole | None:
    """Return a round, its limits as the list stands with `classes` (rating → class) in place; three statements."""
    row = db.session.execute(_ROUND, {"id": round_id}).one_or_none()
    if row is None:
        return None
    everybody = rounds.standing(round_id)
    changed = classes or {}
    listed = [(one.group, one.by_points, changed.get(one.id, one.final or one.proposed)) for one in everybody]
    over = solving.overfull(db.session.get_one(RatingRound, round_id), row.set_code, listed)
    people = frozenset(one.person_id for one in everybody)
    return Whole(
        row.id, row.year, row.state, row.agency_id, row.name, row.set_code, row.met_on, people, tuple(over)
    )  # fmt: skip


def find_rounds(words: str) -> Sequence[tuple[str, str]]:
    """Return `(id, words)` of rounds that may be decided, by words typed without script."""
    wanted = fold(words).split()
    found = [(str(row.id), _words(row)) for row in db.session.execute(_ROUNDS)]
    return [one for one in found if all(word in fold(one[1]) for word in wanted)][:MOST]


def round_names(ids: Collection[int]) -> Mapping[int, str]:
    """Return the words of rounds in scope by id."""
    return {row.id: _words(row) for row in db.session.execute(_NAMES, {"ids": list(ids)})} if ids else {}


def _words(row: Any) -> str:
    words = N_("Đợt xếp loại năm %(year)s, %(agency)s (%(set)s)")
    return render(words, year=row.year, agency=row.name, set=row.set_name)
