"""Reads of Mẫu 02: the rounds somebody is classified in, what they said, their months; and what is published inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select, text

from hrms.agencies.models import Agency
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.people.models import PersonCurrent
from hrms.performance.models import CriteriaSet, Rating, ScoreSheet, SelfRating
from hrms.performance.rules.classes import RatingClass
from hrms.performance.rules.numbers import stored
from hrms.performance.rules.yearly import mean

_MINE = text("SELECT * FROM my_rating_rounds()")
_PUBLISHED = text("SELECT * FROM published_classes(:round)")
SAID_IN = ("collecting", "proposed", "meeting")
"""States of a round in which one may still speak for oneself."""


@dataclass(frozen=True, slots=True)
class Mine:
    """A round the reader is classified in; `published`: the reader's own class is."""

    id: int
    agency_id: int
    agency: str
    year: int
    set_id: int
    set_code: str
    state: str
    due_on: date
    published: bool

    @property
    def may_say(self) -> bool:
        """Whether Mẫu 02 may still be written."""
        return self.state in SAID_IN


def list_mine() -> list[Mine]:
    """Return the rounds the person of the transaction is classified in, newest first; three statements."""
    rows = db.session.execute(_MINE).all()
    if not rows:
        return []
    names = {row[0]: row[1] for row in db.session.execute(
        select(Agency.id, Agency.name).where(Agency.id.in_({row.agency_id for row in rows}))
    )}  # fmt: skip
    codes = {row[0]: row[1] for row in db.session.execute(select(CriteriaSet.id, CriteriaSet.code))}
    return [
        Mine(
            row.round_id, row.agency_id, names[row.agency_id], row.year, row.set_id, codes[row.set_id], row.state,
            row.due_on, row.published,
        )
        for row in rows
    ]  # fmt: skip


def get_mine(round_id: int | None) -> Mine | None:
    """Return one of the reader's rounds; without an id the newest, None when there is none. Raises `NotFound`."""
    mine = list_mine()
    if round_id is None:
        return mine[0] if mine else None
    found = next((one for one in mine if one.id == round_id), None)
    if found is None:
        raise missing("round")
    return found


def find_said(round_id: int, person_id: int) -> SelfRating | None:
    """Return what somebody said of their year, None before they did."""
    query = select(SelfRating).where(SelfRating.round_id == round_id, SelfRating.person_id == person_id)
    return db.session.scalars(query).one_or_none()


@dataclass(frozen=True, slots=True)
class Months:
    """Published points of a year by number of the month or quarter (`kind`), and their mean."""

    kind: str
    points: Mapping[int, Decimal]

    @property
    def mean(self) -> Decimal | None:
        """Return the mean of what there is, with six places."""
        found: Fraction | None = mean(self.points.values())
        return None if found is None else stored(found)


def months_of(person_id: int, year: int) -> Months:
    """Return the published months of a person's year, else the quarters; one statement."""
    query = select(ScoreSheet.kind, ScoreSheet.number, ScoreSheet.score).where(
        ScoreSheet.person_id == person_id, ScoreSheet.year == year, ScoreSheet.state == "published",
        ScoreSheet.superseded_at.is_(None),
    )  # fmt: skip
    found: dict[str, dict[int, Decimal]] = {"month": {}, "quarter": {}}
    for kind, number, score in db.session.execute(query):
        if score is not None:
            found[kind][number] = score
    kind = "quarter" if found["quarter"] and not found["month"] else "month"
    return Months(kind, dict(sorted(found[kind].items())))


def get_person(actor: Actor) -> PersonCurrent:
    """Return the reader's own record as it is today. Raises `NotFound` for an account of nobody."""
    found = db.session.get(PersonCurrent, actor.person_id) if actor.person_id else None
    if found is None or not actor.is_holder(found.person_id):
        raise missing("person")
    return found


def find_rating(round_id: int, person_id: int) -> Rating | None:
    """Return the reader's own published rating of a round, None before publication."""
    query = select(Rating).where(
        Rating.round_id == round_id, Rating.person_id == person_id, Rating.superseded_at.is_(None),
        Rating.state == "published",
    )  # fmt: skip
    return db.session.scalars(query).one_or_none()


@dataclass(frozen=True, slots=True)
class Colleague:
    """A published class as people of the same round read it: no points."""

    name: str
    place: str | None
    unit: str
    final: RatingClass


def list_published(round_id: int) -> Sequence[Colleague]:
    """Return the published classes of a round the reader is in, nothing before their own is published."""
    rows: Any = db.session.execute(_PUBLISHED, {"round": round_id})
    return [Colleague(row.full_name, row.place, row.unit, RatingClass(row.final)) for row in rows]


def unit_of(person: PersonCurrent) -> str:
    """Return the name of the unit somebody works in."""
    return db.session.scalar(select(Agency.name).where(Agency.id == person.agency_id)) or ""
