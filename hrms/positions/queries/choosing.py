"""Lines to choose from: by words of the position, the agency or the agency's own code, with the seats still free."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import text

from hrms.core import clock
from hrms.core.db import db
from hrms.core.text import fold
from hrms.people.queries import law
from hrms.positions.queries.catalogue import list_choices as list_positions
from hrms.positions.queries.seats import Line, choices, lines_of, occupations
from hrms.positions.rules.seats import peak

__all__ = ["find_lines", "free_seats", "line_names", "lines_of", "list_choices"]

MOST = 10
_FOUND = """
SELECT l.id FROM establishment_lines l JOIN agencies a ON a.id = l.agency_id
JOIN job_positions j ON j.id = l.position_id
WHERE a.scope_ids && hrms_scope() AND (l.code = :code OR ({words}))
ORDER BY j.sort_key, a.sort_key, l.id LIMIT :most
"""
_NAMES = text("""
SELECT l.id, j.name || ', ' || a.name AS words FROM establishment_lines l JOIN agencies a ON a.id = l.agency_id
JOIN job_positions j ON j.id = l.position_id WHERE l.id = ANY (:lines) AND a.scope_ids && hrms_scope()
""")


def _match(words: str, most: int) -> list[Line]:
    """Return lines in scope that have every word in position, agency or code; two statements."""
    parts = fold(words).split()[:8]
    given: dict[str, Any] = {"most": most, "code": words.strip()}
    clauses = []
    for number, part in enumerate(parts):
        given[f"w{number}"] = f"% {part}%"
        clauses.append(f"j.search_key || a.search_key LIKE :w{number}")
    rows = db.session.scalars(text(_FOUND.format(words=" AND ".join(clauses) or "true")), given).all()
    found = lines_of(rows)
    return [found[one] for one in rows]


def list_choices(words: str, on: date | None = None, limit: int = MOST) -> dict[str, Any]:
    """Return lines for a search box, each with its seats and how many are free on a day; `more` when there are more."""
    found = _match(words, limit + 1)
    free = free_seats(found[:limit], on or clock.today())
    items = [
        {"value": str(line.id), "label": f"{line.position}, {line.agency}", "free": free[line.id][0],
         "seats": free[line.id][1]}
        for line in found[:limit]
    ]  # fmt: skip
    return {"items": items, "more": len(found) > limit}


def find_lines(words: str) -> Sequence[tuple[str, str]]:
    """Return `(id, words)` of lines by words typed without script."""
    return [(str(line.id), f"{line.position}, {line.agency}") for line in _match(words, MOST)]


def line_names(ids: Collection[int]) -> Mapping[int, str]:
    """Return the words of lines in scope by id."""
    if not ids:
        return {}
    return {row.id: row.words for row in db.session.execute(_NAMES, {"lines": sorted(ids)})}


_BASES = text("""
SELECT id, name FROM job_positions
WHERE id = ANY (:ids) AND quota_kind = 'public' AND position_group <> 'leadership'
""")


def find_bases(words: str) -> Sequence[tuple[str, str]]:
    """Return `(id, name)` of positions in force by words, for the position a viên chức manager is attached to."""
    return [(str(one.id), one.name) for one in list_positions(words, clock.today())]


def base_names(ids: Collection[int]) -> Mapping[int, str]:
    """Return the professional and support positions of viên chức by id."""
    if not ids:
        return {}
    return {row.id: row.name for row in db.session.execute(_BASES, {"ids": sorted(ids)})}


def free_seats(lines: Collection[Line], on: date) -> dict[int, tuple[int, int]]:
    """Return by line how many seats nobody has or is promised from a day on, and how many there are that day."""
    if not lines:
        return {}
    counting = choices().counting
    taken = occupations([line.id for line in lines], on, None, counting)
    return {
        line.id: (
            max(0, line.seats_on(on) - peak(taken[line.id], on, None, counting).seats),
            line.seats_on(on),
        )
        for line in lines
    }  # fmt: skip


_CANDIDATES = text("""
SELECT c.person_id, c.full_name, c.staff_code, c.rank_code, c.job_position, a.name AS agency, c.line_id IS NULL AS free,
  c.rank_code = ANY (:ranks) AS ranked
FROM people_current c JOIN agencies a ON a.id = c.agency_id
WHERE (CAST(:agency AS bigint) = ANY (a.scope_ids) OR a.id = ANY (:above))
  AND c.kind = ANY (:kinds) AND c.status NOT IN ('left', 'retired', 'deceased') AND c.scope_ids && hrms_scope()
  AND c.line_id IS DISTINCT FROM :line AND (c.line_id IS NULL OR c.rank_code = ANY (:ranks) OR :any_rank)
ORDER BY c.line_id IS NULL DESC, (c.rank_code = ANY (:ranks)) DESC, (c.agency_id = :agency) DESC, c.sort_key,
  c.person_id
LIMIT :most
""")


def candidates(line: Line, kinds: Collection[str], most: int = 8) -> Sequence[Mapping[str, Any]]:
    """Return people of the line's agency for whom it may be: those without a seat first, then by rank."""
    given = {
        "agency": line.agency_id, "above": list(line.scope_ids[2:]), "kinds": sorted(kinds), "line": line.id,
        "ranks": list(line.ranks), "any_rank": not line.ranks, "most": most,
    }  # fmt: skip
    known = law.ranks()
    return [
        {**row, "rank": known[row["rank_code"]].name if row["rank_code"] in known else row["rank_code"]}
        for row in db.session.execute(_CANDIDATES, given).mappings()
    ]
