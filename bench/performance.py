"""A whole round of a province: twelve months of sheets with ten products each, scored, calibrated, decided, published.

Every step goes through the program's own services; only what thousands of heads would click is written in one
statement. Each size has a database of its own; what is asked is whether four times the people take four times as long.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import exists, select, text

from bench.data import Place
from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.unit import transaction
from hrms.decisions.services.register import find_or_register
from hrms.performance.models import RatingRound, ScoreSheet, ScoringPeriod
from hrms.performance.services import assigning, deciding, province, publishing, reckoning
from hrms.performance.services.assigning import Line
from hrms.training.queries.learners import post_groups

Owner = psycopg.Connection[dict[str, Any]]
MONTHS, PRODUCTS = 12, 10
AT_ONCE = 5_000
"""Sheets given their products, or reckoned, in one transaction."""

_EMPTY = (
    "TRUNCATE score_sheets, sheet_events, work_items, work_findings, scoring_periods, rating_rounds, rating_minutes,"
    " rating_groups, ratings, rating_changes, self_ratings, petitions, result_reports, rating_consequences"
)
_PERIODS = """
INSERT INTO scoring_periods (agency_id, year, kind, number, starts_on, ends_on, self_due_on, score_due_on, state)
SELECT d.id, %(year)s, 'month', n, make_date(%(year)s, n, 1), (make_date(%(year)s, n, 1) + interval '1 month')::date,
       (make_date(%(year)s, n, 6) + interval '1 month')::date, (make_date(%(year)s, n, 11) + interval '1 month')::date,
       'open'
FROM (SELECT DISTINCT deciding_agency(agency_id) AS id FROM people_current WHERE agency_id IS NOT NULL) d
CROSS JOIN generate_series(1, %(months)s) n
"""
_OPEN = (
    "SELECT sum(open_sheets(id, %s::jsonb, 'bench', NULL)) AS n FROM scoring_periods WHERE year = %s AND number = %s"
)
_CONFIRM = """
UPDATE work_items i SET reported = 'done', reported_on = current_date, done = true, done_on = current_date,
       late_count = (i.id %% 37 = 0)::integer, failed_checks = (i.id %% 41 = 0)::integer
FROM score_sheets s WHERE s.id = i.sheet_id AND s.number = %(number)s AND i.id %% 53 <> 0
"""
_GENERAL = """
UPDATE score_sheets s SET general = g.points, self_general = g.points, state = 'self_scored', self_at = now(),
       scored_at = now(), leader = CASE WHEN role <> 'staff' THEN %(leader)s::jsonb END
FROM (SELECT v.set_id, n AS luck, jsonb_object_agg(i ->> 'code',
             round((i ->> 'max')::numeric * (1 - n * 0.04), 2)::text) AS points
      FROM criteria_versions v CROSS JOIN jsonb_array_elements(v.items) i CROSS JOIN generate_series(0, 4) n
      WHERE v.superseded_at IS NULL AND v.valid_to IS NULL GROUP BY v.set_id, n) g
WHERE g.set_id = s.set_id AND g.luck = s.person_id %% 5 AND s.number = %(number)s
"""
_SCORED = "UPDATE score_sheets SET state = 'scored' WHERE number = %s AND score IS NOT NULL"
_ORGANISATIONS = """
INSERT INTO organisation_ratings (agency_id, year, points, wrongdoing, involved, by_points, final, state, decided_on)
SELECT id, %s, 92, false, false, 'excellent', 'excellent', 'published', current_date FROM agencies
WHERE kind <> 'division' ON CONFLICT DO NOTHING
"""
_MINUTES = {"place": "Phòng họp", "conclusion": "Thống nhất danh sách đề nghị"}


@dataclass(slots=True)
class Measured:
    """Seconds of each step at one size, and what there was."""

    steps: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def take(self, name: str, work: Callable[[], Any]) -> None:
        """Do the work, add its seconds to the step."""
        began = time.perf_counter()
        work()
        self.steps[name] = round(self.steps.get(name, 0) + time.perf_counter() - began, 2)


def whole_round(place: Place, app: Flask) -> dict[str, Any]:
    """Return the seconds of every step for all people of the database."""
    found, year = Measured(), clock.today().year
    with place.owner() as owner, app.app_context():
        owner.execute(_EMPTY)
        found.counts["people"] = _count(owner, "people")
        actor = Actor.system("bench", via="job")
        found.take("periods", lambda: owner.execute(_PERIODS, {"year": year, "months": MONTHS}))
        for number in range(1, MONTHS + 1):
            _month(found, owner, actor, year, number)
        owner.execute(_ORGANISATIONS, [year])
        owner.execute("VACUUM ANALYZE score_sheets, work_items, result_reports, scoring_periods")
        _rounds(found, actor, year)
        found.counts |= {
            "sheets": _count(owner, "score_sheets"), "items": _count(owner, "work_items"),
            "rounds": _count(owner, "rating_rounds"),
            "published": _count(owner, "ratings WHERE state = 'published'"),
            "excellent": _count(owner, "ratings WHERE state = 'published' AND final = 'excellent'"),
            "results": _count(owner, "result_reports"),
        }  # fmt: skip
    return {"counts": found.counts, "steps": found.steps}


def _month(found: Measured, owner: Owner, actor: Actor, year: int, number: int) -> None:
    groups = json.dumps(post_groups())
    found.take("sheets opened", lambda: owner.execute(_OPEN, (groups, year, number)))
    owner.execute("ANALYZE score_sheets")
    found.take("products given", lambda: _each(number, lambda ids: assigning.give_many(actor, ids, _lines())))
    owner.execute("ANALYZE work_items")
    owner.execute(_CONFIRM, {"number": number})
    owner.execute(_GENERAL, {"number": number, "leader": '{"subordinates": "1", "unit": "1", "cohesion": "1"}'})
    found.take("points reckoned", lambda: _each(number, reckoning.refresh))
    owner.execute(_SCORED, [number])
    found.take("months published", lambda: _publish(actor, year, number))


def _each(number: int, work: Callable[[Sequence[int]], Any]) -> None:
    with scope.everything():
        ids = list(db.session.scalars(select(ScoreSheet.id).where(ScoreSheet.number == number).order_by(ScoreSheet.id)))
        db.session.rollback()
    for first in range(0, len(ids), AT_ONCE):
        with scope.everything(), transaction():
            work(ids[first : first + AT_ONCE])
        db.session.expunge_all()


def _lines() -> list[Line]:
    codes = db.session.execute(
        text(
            "SELECT w.id FROM work_products w JOIN product_catalogues c ON c.id = w.catalogue_id"
            " WHERE c.state = 'approved' AND w.state = 'active' AND w.code LIKE 'DC.%' ORDER BY w.place LIMIT :most"
        ),
        {"most": PRODUCTS},
    ).scalars()
    return [Line(product_id=number) for number in codes]


def _publish(actor: Actor, year: int, number: int) -> None:
    with scope.everything():
        wanted = select(ScoringPeriod.id).where(
            ScoringPeriod.year == year, ScoringPeriod.number == number,
            exists().where(ScoreSheet.period_id == ScoringPeriod.id, ScoreSheet.state == "scored"),
        )  # fmt: skip
        ids = list(db.session.scalars(wanted.order_by(ScoringPeriod.id)))
        db.session.rollback()
    for period in ids:
        with scope.everything(), transaction():
            publishing.publish(actor, period)
        db.session.expunge_all()


def _rounds(found: Measured, actor: Actor, year: int) -> None:
    with scope.everything():
        root = db.session.execute(text("SELECT id FROM agencies WHERE parent_id IS NULL")).scalar_one()
        db.session.rollback()
    for step, name in (("open", "rounds opened, years judged"), ("solve", "quota solved")):
        found.take(name, lambda step=step: _step(actor, root, year, step))  # type: ignore[misc] # the step of now
    found.take("minutes and decision", lambda: _decide(actor, year))
    found.take("classes published", lambda: _step(actor, root, year, "publish"))


def _step(actor: Actor, root: int, year: int, step: str) -> None:
    with scope.everything():
        done = province.run(actor, root, year, step)
    if done.refused:
        print(f"{step}: refused by {len(done.refused)}, first {done.refused[0]}", flush=True)


def _decide(actor: Actor, year: int) -> None:
    today = clock.today()
    with scope.everything(), transaction():
        paper = _paper(actor, today)
        ids = list(db.session.scalars(select(RatingRound.id).where(RatingRound.state == "proposed").order_by("id")))
    for number in ids:
        with scope.everything(), transaction():
            deciding.to_meeting(actor, number, {**_MINUTES, "met_on": today})
            deciding.decide(actor, number, paper, today)
        db.session.expunge_all()
    del year


def _paper(actor: Actor, today: date) -> int:
    found = find_or_register(
        actor, number="9999", symbol="QĐ-BENCH", signed_on=today, kind="rating", subject="Xếp loại chất lượng",
        issuer_name="UBND thành phố",
    )  # fmt: skip
    return found.id


def _count(owner: Owner, table: str) -> int:
    row = owner.execute(f"SELECT count(*) AS n FROM {table}").fetchone()
    return int(row["n"]) if row else 0
