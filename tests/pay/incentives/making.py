"""Schemes, classes and rounds for tests of bonuses and extra income."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, text

from hrms.agencies.models import Agency
from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.decisions.models import Decision
from hrms.pay.models import IncentiveRound, IncentiveShare
from hrms.pay.queries.schemes import find_model
from hrms.pay.rules.schemes import Step, Terms
from hrms.pay.services import schemes, sharing
from hrms.people.models import Rating
from tests.performance.making import CIVIL, add_row, set_id
from tests.province import Province

DUC, CAM, HUNG, HUNG2 = "Võ Minh Đức", "Lý Thị Cẩm", "Nguyễn Văn Hùng", "Nguyen Van Hung"
YEAR = 2026
PERMISSIONS = ("pay.view", "pay.schemes", "pay.approve")
_numbers = itertools.count(900)


def model(code: str, **changes: Any) -> Terms:
    """Return the terms of a model, some of the scheme's or the terms' own fields changed."""
    found = find_model(code)
    assert found is not None
    names = {one.name for one in dataclasses.fields(Terms)}
    own = {name: value for name, value in changes.items() if name in names}
    scheme = {name: value for name, value in changes.items() if name not in names}
    return dataclasses.replace(found.terms, scheme=dataclasses.replace(found.terms.scheme, **scheme), **own)


@contextmanager
def acting(province: Province, who: str | Actor = "sonoivu") -> Iterator[Actor]:
    """Enter the scope of an account and commit what is done within."""
    actor = province.actor(who) if isinstance(who, str) else who
    scope.enter_for(actor, *PERMISSIONS)
    yield actor
    db.session.commit()


def add_scheme(province: Province, terms: Terms, place: str = "B", *, since: date = date(2026, 1, 1)) -> int:
    """Put a scheme of an agency in force; its id."""
    with acting(province) as actor:
        agency = db.session.get_one(Agency, province.agencies[place])
        made = schemes.make(actor, agency, schemes.Given("Quy chế thử", since, terms))
        schemes.issue(actor, made, None, version=1)
    return made


def rate(province: Province, ratings: Mapping[str, str], year: int = YEAR) -> None:
    """Write the classes of a year into the records."""
    with scope.everything():
        for name, rating in ratings.items():
            values = {"person_id": province.people[name], "year": year}
            db.session.execute(text("DELETE FROM person_rating WHERE person_id = :person_id AND year = :year"), values)
            db.session.execute(insert(Rating).values(**values, rating=rating))
        db.session.commit()


def add_points(province: Province, name: str, points: Mapping[int, str], *, kind: str = "month") -> None:
    """Give somebody published sheets by month or quarter."""
    with scope.everything():
        for number, score in points.items():
            db.session.execute(
                insert(table("score_sheets")).values(
                    person_id=province.people[name], year=YEAR, kind=kind, number=number, role="staff",
                    state="published", source="imported", set_id=set_id(CIVIL), score=Decimal(score),
                    result_points=Decimal(score) - 25, general_points=Decimal(25), general={},
                    published_on=date(2026, 11, 1), agency_id=province.agencies["B"],
                )
            )  # fmt: skip
        db.session.commit()


def table(name: str) -> Any:
    """Return a table by its name."""
    return db.metadata.tables[name]


def add_decision(province: Province, place: str = "B") -> int:
    """Register a decision of an agency; its id."""
    number = next(_numbers)
    with scope.everything():
        made = add_row(
            Decision, number=str(number), symbol="QĐ-SXD", signed_on=date(2026, 11, 20), kind="other",
            subject="Chi thưởng", issuer_agency_id=province.agencies[place], issuer_name=place,
            scope_ids=province.paths[place],
            issuer_key=f"agency:{province.agencies[place]}", search_key=f"{number}",
        )  # fmt: skip
        db.session.commit()
    return made


def open_round(province: Province, scheme_id: int, step: Step = Step.SETTLEMENT, place: str = "B", **more: Any) -> int:
    """Open a round of 2026; its id."""
    with acting(province) as actor:
        return sharing.open_round(actor, scheme_id, province.agencies[place], more.pop("year", YEAR), step, **more)


def share(province: Province, round_id: int) -> Any:
    """Share a round's fund."""
    with acting(province) as actor:
        return sharing.share(actor, round_id)


def decide(province: Province, round_id: int, who: str = "sonoivu") -> int:
    """Decide a round; the decision's id."""
    decision = add_decision(province)
    with acting(province, who) as actor:
        sharing.decide(actor, round_id, decision, date(2026, 11, 20), version=row(round_id).version)
    return decision


def row(round_id: int) -> IncentiveRound:
    """Return a round as the database has it, detached."""
    db.session.expire_all()
    with scope.everything():
        found = db.session.get_one(IncentiveRound, round_id)
        db.session.refresh(found)
        db.session.expunge(found)
        return found


def shares(province: Province, round_id: int) -> dict[str, IncentiveShare]:
    """Return the shares of a round by the person's name, detached."""
    names = {ident: name for name, ident in province.people.items()}
    db.session.expire_all()
    with scope.everything():
        rows = db.session.scalars(select(IncentiveShare).where(IncentiveShare.round_id == round_id)).all()
        for one in rows:
            db.session.refresh(one)
            db.session.expunge(one)
        return {names[one.person_id]: one for one in rows}
