"""Months, rounds and papers for tests of rounds."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, text

from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import Base, db
from hrms.decisions.models import Decision
from hrms.performance.models import Rating, RatingRound, ScoreSheet
from hrms.performance.services import deciding, rounds, solving
from tests.performance.making import CIVIL, add_row, set_id
from tests.province import Province, add_person

YEAR = 2026
DECEMBER = datetime(2026, 12, 5, 3, tzinfo=UTC)
JANUARY = datetime(2027, 1, 10, 3, tzinfo=UTC)
Y1 = ["95.2", "93.1", "88.0", "91.5", "96.0", "90.4", "87.3", "89.9", "92.0", "94.6", "91.1", "90.5"]
"""Pay-evaluation-retirement §6.1, example Y1: the mean is 91.633."""
MINUTES = {"place": "Hội trường", "chair": "Giám đốc", "secretary": "Chánh Văn phòng", "conclusion": "Nhất trí"}
_numbers = itertools.count(500)


def add_months(
    province: Province, name: str, points: Sequence[str | None] | Mapping[int, str], *, year: int = YEAR, **more: Any
) -> None:
    """Give somebody published sheets: the points of months 1, 2 …, None for no sheet, or by number."""
    known = points if isinstance(points, Mapping) else dict(enumerate(points, start=1))
    person = province.people[name]
    place = more.pop("agency_id", None) or works_at(person)
    rows = [
        {
            "person_id": person, "year": year, "kind": "month", "number": number, "role": "staff",
            "state": "published", "source": "imported", "set_id": set_id(CIVIL), "score": Decimal(score),
            "result_points": Decimal(score) - Decimal(25), "general_points": Decimal(25), "general": {},
            "published_on": date(year, 12, 1), "agency_id": place, **more,
        }
        for number, score in known.items()
        if score is not None
    ]  # fmt: skip
    with scope.everything():
        if rows:
            db.session.execute(insert(Base.metadata.tables[ScoreSheet.__tablename__]), rows)
        db.session.commit()


def works_at(person: int) -> int:
    """Return the agency that uses a person."""
    with scope.everything():
        return int(
            db.session.execute(
                text("SELECT agency_id FROM people_current WHERE person_id = :id"), {"id": person}
            ).scalar_one()
        )


def add_people(province: Province, count: int, place: str = "B", **more: Any) -> list[str]:
    """Add people to an agency; returns their names."""
    names = []
    with scope.everything():
        for _one in range(count):
            number = next(_numbers)
            # A number not divisible by five: the province's maker gives those a post.
            name = f"Người Thử {number}"
            province.people[name] = add_person(
                province, number * 5 + 1, name=name, place=place, **more
            )  # fmt: skip
            names.append(name)
        db.session.execute(
            text("SELECT refresh_people(:ids, :today)"),
            {"ids": [province.people[name] for name in names], "today": clock.today()},
        )
        db.session.commit()
    return names


def add_decision(province: Province, place: str = "B", *, signed_on: date = date(2026, 12, 4)) -> int:
    """Register a decision of an agency; its id."""
    number = next(_numbers)
    with scope.everything():
        made = add_row(
            Decision, number=str(number), symbol="QĐ-SXD", signed_on=signed_on, kind="other", subject="Xếp loại",
            issuer_agency_id=province.agencies[place], issuer_name=place, scope_ids=province.paths[place],
            issuer_key=f"agency:{province.agencies[place]}", search_key=f"{number}",
        )  # fmt: skip
        db.session.commit()
    return made


def open_round(
    province: Province, place: str = "B", *, year: int = YEAR, code: str = CIVIL, who: str = "sonoivu"
) -> int:
    """Open the rounds of an agency and return the one of a set."""
    actor = province.enter(who, "performance.manage")
    made = rounds.open_round(actor, province.agencies[place], year)
    db.session.commit()
    with scope.everything():
        query = select(RatingRound.id).where(RatingRound.id.in_(made), RatingRound.set_id == set_id(code))
        return int(db.session.scalars(query).one())


def ratings(round_id: int) -> dict[int, Rating]:
    """Return the current ratings of a round by person, detached."""
    db.session.expire_all()
    with scope.everything():
        query = select(Rating).where(Rating.round_id == round_id, Rating.superseded_at.is_(None))
        found = {one.person_id: one for one in db.session.scalars(query)}
        for one in found.values():
            db.session.refresh(one)
            db.session.expunge(one)
        return found


def of(province: Province, round_id: int, name: str) -> Rating:
    """Return somebody's current rating in a round."""
    return ratings(round_id)[province.people[name]]


def state(round_id: int) -> str:
    """Return how far a round is."""
    with scope.everything():
        return str(db.session.execute(select(RatingRound.state).where(RatingRound.id == round_id)).scalar_one())


@contextmanager
def acting(province: Province, who: str | Actor):
    """Enter the scope of an account and commit what is done within."""
    actor = province.actor(who) if isinstance(who, str) else who
    scope.enter_for(actor, "performance.manage", "performance.rate", "performance.view")
    yield actor
    db.session.commit()


def solve(province: Province, round_id: int, who: str = "sonoivu") -> Any:
    """Solve the quota of a round."""
    with acting(province, who) as actor:
        return solving.solve(actor, round_id)


def meet(province: Province, round_id: int, who: str = "sonoivu", *, on: date = date(2026, 12, 3)) -> None:
    """Hold the meeting of a round."""
    with acting(province, who) as actor:
        deciding.to_meeting(actor, round_id, {"met_on": on, **MINUTES})


def decide(province: Province, round_id: int, who: str = "thutruong", *, place: str = "B") -> int:
    """Solve, meet and decide a round as its head; the decision's id."""
    solve(province, round_id)
    meet(province, round_id)
    decision = add_decision(province, place)
    with acting(province, who) as actor:
        deciding.decide(actor, round_id, decision, date(2026, 12, 4))
    return decision


def publish(province: Province, round_id: int, who: str = "thutruong", *, place: str = "B") -> list[int]:
    """Take a round to its publication."""
    decide(province, round_id, who, place=place)
    with acting(province, "sonoivu") as actor:
        return deciding.publish(actor, round_id, date(2026, 12, 5))


def write(model: type[Any], **values: Any) -> None:
    """Write a row about somebody as old data and make their current row again; the id is `person_id`."""
    with scope.everything():
        known = Base.metadata.tables[model.__tablename__].c
        extra = {"basis": "old_data"} if "basis" in known else {}
        db.session.execute(insert(Base.metadata.tables[model.__tablename__]).values(**extra, **values))
        db.session.execute(
            text("SELECT refresh_people(:ids, :today)"), {"ids": [values["person_id"]], "today": clock.today()}
        )
        db.session.commit()


def end(model: type[Any], person_id: int, on: date) -> None:
    """End the open facts of a kind about somebody on a day: they are superseded by ones that end."""
    with scope.everything():
        table = Base.metadata.tables[model.__tablename__]
        rows = db.session.execute(
            select(table).where(
                table.c.person_id == person_id, table.c.valid_to.is_(None), table.c.superseded_at.is_(None)
            )
        ).all()
        db.session.execute(
            table.update().where(table.c.id.in_([row.id for row in rows])).values(superseded_at=clock.now())
        )
        for row in rows:
            kept = {name: value for name, value in row._mapping.items() if name not in {"id", "recorded_at"}}
            db.session.execute(insert(table).values(**(kept | {"valid_to": on})))
        db.session.commit()
