"""A month of pay, the lists of raises and the sharing of a fund, for everybody, beside reading their facts once.

Every step goes through the program's own services, agency after agency as its jobs do. Each size has a database of its
own; what is asked is how many times the floor a step takes, and whether four times the people take four times as long.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import psycopg
from flask import Flask
from sqlalchemy import select, text

from bench.data import Place
from hrms.agencies.models import Agency
from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.unit import transaction
from hrms.pay.models import PayRun
from hrms.pay.queries import raising as raise_queries
from hrms.pay.queries import schemes as scheme_queries
from hrms.pay.queries.gathering import Reckoner, gather
from hrms.pay.rules.schemes import Purpose, Step
from hrms.pay.services import computing, raising, runs, schemes, sharing_all, supposing

FACTS = (
    "person_status", "person_agency", "person_rank", "person_post", "person_allowance", "person_absence",
)  # fmt: skip
_EMPTY = (
    "TRUNCATE pay_runs, pay_slips, pay_lines, raise_lists, raise_items, incentive_schemes, incentive_rounds,"
    " incentive_shares CASCADE"
)
_LATE = """
UPDATE person_allowance SET recorded_at = clock_timestamp()
WHERE superseded_at IS NULL AND person_id % 50 = 0
"""
"""One in fifty is looked at again, as after a correction: the differences are nothing, the work is the same."""

Given = TypeVar("Given")
Owner = psycopg.Connection[dict[str, Any]]


@dataclass(slots=True)
class Measured:
    """Seconds of each step at one size, and what there was."""

    steps: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def take(self, name: str, work: Callable[[], Given]) -> Given:
        """Do the work, note its seconds, return what it gave."""
        began = time.perf_counter()
        given = work()
        self.steps[name] = round(time.perf_counter() - began, 2)
        return given


def reading(place: Place, app: Flask) -> dict[str, Any]:
    """Return what it takes to compute a month and to find whose raise is due, writing nothing."""
    found = Measured()
    with place.owner() as owner, app.app_context(), scope.everything():
        found.counts["people"] = _count(owner, "people")
        found.counts["facts"] = sum(_count(owner, f"{table} WHERE superseded_at IS NULL") for table in FACTS)
        found.take("reading the facts once", _read)
        db.session.rollback()
        month = clock.today().replace(day=1)
        found.counts["paid"] = found.take("a month computed", lambda: _month(month))
        db.session.rollback()
        until = raising.last_day(clock.today().year, 4)
        found.counts["raises due"] = found.take("raises of the quarter found", lambda: _due(until))
        db.session.rollback()
    return {"counts": found.counts, "steps": found.steps}


def province(place: Place, app: Flask) -> dict[str, Any]:
    """Return the seconds of every step for all people of the database, written through the services."""
    found = reading(place, app)
    measured = Measured(found["steps"], found["counts"])
    with place.owner() as owner, app.app_context():
        owner.execute(_EMPTY)
        actor = Actor.system("bench", via="job")
        with scope.everything():
            root = db.session.execute(text("SELECT id FROM agencies WHERE parent_id IS NULL")).scalar_one()
            db.session.rollback()
        this = clock.today().replace(day=1)
        last = date(this.year - (this.month == 1), (this.month - 2) % 12 + 1, 1)
        measured.take("sheets of a month written", lambda: computing.run_all(actor, root, last))
        measured.take("sheets approved", lambda: _approve(actor))
        owner.execute(_LATE)
        measured.take("the next month, one in fifty looked at again", lambda: computing.run_all(actor, root, this))
        measured.take("lists of a quarter written", lambda: raising.run(actor, root, this.year, 4))
        run = _scheme(actor, root, this.year - 1)
        measured.take("a year's bonus fund shared", lambda: sharing_all.perform(actor, run))
        measured.take("a new base salary over 12 months", lambda: _supposed(this))
        measured.counts |= {
            "sheets": _count(owner, "pay_runs"), "slips": _count(owner, "pay_slips"),
            "lines": _count(owner, "pay_lines"), "raises listed": _count(owner, "raise_items"),
            "shares": _count(owner, "incentive_shares"),
        }  # fmt: skip
    return {"counts": measured.counts, "steps": measured.steps}


def _read() -> None:
    for table in FACTS:
        db.session.execute(text(f"SELECT * FROM {table} WHERE superseded_at IS NULL")).all()


def _month(month: date) -> int:
    reckoner, paid = Reckoner(), 0
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    for person in gather(month, after):
        paid += bool(reckoner.month(person, month).lines)
    return paid


def _due(until: date) -> int:
    return len(raise_queries.due(None, until))


def _approve(actor: Actor) -> None:
    with scope.everything():
        ids = db.session.execute(select(PayRun.id, PayRun.version).order_by(PayRun.id)).all()
        db.session.rollback()
    for run_id, version in ids:
        with scope.everything(), transaction():
            runs.approve(actor, run_id, version=version)
        db.session.expunge_all()


def _scheme(actor: Actor, root: int, year: int) -> sharing_all.Run:
    model = next(one for one in scheme_queries.models() if one.terms.purpose is Purpose.BONUS)
    with scope.everything(), transaction():
        agency = db.session.get_one(Agency, root)
        given = schemes.Given("Tiền thưởng", date(year, 1, 1), model.terms)
        made = schemes.make(actor, agency, given)
        schemes.issue(actor, made, None, version=1)
    return sharing_all.Run(root, year, Purpose.BONUS, Step.SETTLEMENT)


def _supposed(first: date) -> None:
    rows = [
        {"catalogue": "base_salaries", "amount": str(Decimal(2_730_000)), "valid_from": first.isoformat(),
         "source": "bench", "mark": "U"}
    ]  # fmt: skip
    with scope.everything():
        supposing.preview(rows, first)
        db.session.rollback()


def _count(owner: Owner, table: str) -> int:
    row = owner.execute(f"SELECT count(*) AS n FROM {table}").fetchone()
    return int(row["n"]) if row else 0
