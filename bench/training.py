"""Where a whole province stands in training, computed set-based, beside reading the same rows once; and at size.

The floor reads every row the answer is made of and adds it up. At size the people are plain: a status, a rank and
twenty entries in five years each; what is asked is whether four times the rows take four times as long.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

import psycopg

from bench.data import Place
from hrms.core import clock
from hrms.training.queries.learners import post_groups

Owner = psycopg.Connection[dict[str, Any]]
RUNS = 3
ENTRIES_EACH = 20
SIZES = (25_000, 100_000)
"""People; twenty entries each: half a million rows, and two million."""

_READ = (
    ("people", "count(theory_level), count(defence_training)"),
    ("person_status", "count(kind), max(valid_to)"),
    ("person_rank", "count(rank_code), max(valid_to)"),
    ("person_post", "count(post_code), max(appointed_on)"),
    ("person_absence", "count(absence_kind), max(expected_until)"),
    ("assignments", "count(line_id), max(valid_to)"),
    ("establishment_lines", "count(position_id)"),
    ("enrolments", "count(class_id), max(state)"),
    ("training_classes", "sum(hours), max(ends_on)"),
    ("certificates", "count(course_id), max(valid_until)"),
    ("credit_entries", "sum(hours), max(earned_on), max(kind), max(form), count(course_id), count(reverses_id)"),
)
_FLOOR = " UNION ALL ".join(f"SELECT row({what})::text AS read FROM {table}" for table, what in _READ)
_REFRESH = "SELECT refresh_training(NULL, %s, %s, %s::jsonb) AS n"
_PEOPLE = """
WITH made AS (
  INSERT INTO people (full_name, sort_key, search_text, defence_training)
  SELECT 'Nguyễn Văn ' || n, 'nguyen van ' || n, 'nguyen van ' || n, 'group_4'
  FROM generate_series(1, %(people)s) n RETURNING id
), served AS (
  INSERT INTO person_status (person_id, status, kind, valid_from, basis)
  SELECT id, 'serving', CASE id %% 3 WHEN 0 THEN 'civil_servant' ELSE 'public_employee' END, '2015-01-01', 'old_data'
  FROM made
), ranked AS (
  INSERT INTO person_rank (person_id, rank_code, valid_from, basis)
  SELECT id, CASE id %% 3 WHEN 0 THEN '01.003' WHEN 1 THEN 'V.07.03.29' ELSE 'V.08.01.03' END, '2015-01-01', 'old_data'
  FROM made
)
INSERT INTO credit_entries (person_id, kind, form, hours, earned_on, source, title)
SELECT id, CASE n %% 10 WHEN 0 THEN 'political_theory' ELSE 'position' END,
  CASE n %% 4 WHEN 0 THEN 'online' ELSE 'class' END,
  8 + n %% 3, make_date(%(year)s - n %% 5, 1 + (id + n)::integer %% 12, 15), 'old_data', 'Thử'
FROM made CROSS JOIN generate_series(1, %(each)s) n
"""


def province(place: Place) -> dict[str, Any]:
    """Return the seconds that the standing of everybody of the made province takes, in its running year."""
    with place.owner() as owner:
        return _measured(owner)


def at_size(place: Place) -> Sequence[dict[str, Any]]:
    """Return the same for more and more plain people, each size beside the one before."""
    found = []
    with place.owner() as owner:
        for people in SIZES:
            have = _count(owner, "people")
            if have < people:
                given = {"people": people - have, "each": ENTRIES_EACH, "year": clock.today().year}
                owner.execute(_PEOPLE, given)
                owner.execute("VACUUM ANALYZE people, person_status, person_rank, credit_entries")
            found.append(_measured(owner))
    return found


def _measured(owner: Owner) -> dict[str, Any]:
    today = clock.today()
    given = (today.year, today, json.dumps(post_groups()))
    # A year nobody keeps: every row is written, then taken back.
    with owner.transaction(force_rollback=True):
        written = _seconds(owner, _REFRESH, (today.year - 2, *given[1:]))
    owner.execute(_REFRESH, given)
    owner.execute("VACUUM ANALYZE training_standing")
    return {
        "people": _count(owner, "people"), "entries": _count(owner, "credit_entries"),
        "standings": _count(owner, f"training_standing WHERE year = {today.year}"),
        "floor": min(_seconds(owner, _FLOOR) for _ in range(RUNS)),
        "computed": min(_seconds(owner, _REFRESH, given) for _ in range(RUNS)),
        "written": written,
    }  # fmt: skip


def _seconds(owner: Owner, statement: str, given: Sequence[Any] = ()) -> float:
    began = time.perf_counter()
    owner.execute(statement, given).fetchall()
    return round(time.perf_counter() - began, 3)


def _count(owner: Owner, table: str) -> int:
    row = owner.execute(f"SELECT count(*) AS n FROM {table}").fetchone()
    return int(row["n"]) if row else 0
