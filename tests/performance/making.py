"""Periods, sheets and products for tests: plain rows, so that what is tested here does not build itself."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, insert, select, text, update

from hrms.accounts.models import Account, RoleGrant
from hrms.core import scope
from hrms.core.actor import Actor, Grant
from hrms.core.db import Base, db
from hrms.core.permissions import Role
from hrms.people.models import PersonAgency, PersonPost
from hrms.performance.models import AgencyRegulation, CriteriaSet, ScoreSheet, ScoringPeriod, WorkItem
from tests.province import TODAY, Province

CIVIL, PUBLIC = "335/2025", "233/2026"
YEAR, MONTH = 2026, 10
"""The month most tests are about: over on the tests' day."""
PERFECT = {
    "I.1": "5", "I.2": "5", "II.1": "2.5", "II.2": "2.5", "II.3": "2.5", "II.4": "2.5", "III.1": "2.5", "III.2": "2.5",
    "III.3": "2.5", "III.4": "2.5",
}  # fmt: skip
"""The general criteria of NĐ 335/2025/NĐ-CP at their most: 30 points."""
GENERAL_27_5 = PERFECT | {"III.4": "0"}
LEADING = {"subordinates": "1", "unit": "1", "cohesion": "1"}
_numbers = itertools.count(1)


def add_row(model: type[Any], **values: Any) -> int:
    """Write a row of a table with an `id`; the caller has opened the scope. Returns the id."""
    table: Table = Base.metadata.tables[model.__tablename__]
    return int(db.session.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())


def set_id(code: str = CIVIL) -> int:
    """Return the id of a seeded set of criteria."""
    return int(db.session.scalars(select(CriteriaSet.id).where(CriteriaSet.code == code)).one())


def add_regulation(province: Province, place: str = "C1", *, code: str = PUBLIC, **more: Any) -> int:
    """Give an agency a regulation in force from July 2026, monthly unless told; without weights of its own."""
    with scope.everything():
        values: dict[str, Any] = {
            "number": "12/QĐ-QC", "issued_on": date(2026, 6, 30), "title": "Quy chế đánh giá", "period_kind": "month",
            "valid_from": date(2026, 7, 1), "basis": "old_data",
        }  # fmt: skip
        made = add_row(
            AgencyRegulation, agency_id=province.agencies[place], set_id=set_id(code), **(values | more)
        )  # fmt: skip
        db.session.commit()
    return made


def days_of(year: int, kind: str, number: int) -> tuple[date, date]:
    """Return the first day of a month or a quarter and the day after its last."""
    months = 1 if kind == "month" else 3
    first = (number - 1) * months
    after = first + months
    return date(year, first + 1, 1), date(year + after // 12, after % 12 + 1, 1)


def add_period(
    province: Province, place: str = "B", *, year: int = YEAR, kind: str = "month", number: int = MONTH, **more: Any
) -> int:
    """Open a period of an agency that uses its own people, without sheets; its id."""
    starts_on, ends_on = days_of(year, kind, number)
    with scope.everything():
        values: dict[str, Any] = {
            "starts_on": starts_on, "ends_on": ends_on, "self_due_on": ends_on + timedelta(days=4),
            "score_due_on": ends_on + timedelta(days=9), "state": "open",
        }  # fmt: skip
        made = add_row(
            ScoringPeriod, agency_id=province.agencies[place], year=year, kind=kind, number=number, **(values | more)
        )  # fmt: skip
        db.session.commit()
    return made


def add_sheet(
    province: Province,
    name: str,
    period_id: int | None = None,
    *,
    place: str | None = None,
    authority: str | None = None,
    code: str = CIVIL,
    role: str = "staff",
    state: str = "open",
    **more: Any,
) -> int:
    """Give somebody of the province a sheet in a period (none: October 2026, taken over from elsewhere); its id.

    `place` is the unit they work in, as the record has it unless given; `authority` whose head scores, the same unit
    unless given. A published or scored one gets 90 points unless told.
    """
    person = province.people[name]
    with scope.everything():
        period = db.session.get(ScoringPeriod, period_id) if period_id else None
        place_id = province.agencies[place] if place else _works_at(person)
        values: dict[str, Any] = {
            "year": period.year if period else YEAR, "kind": period.kind if period else "month",
            "number": period.number if period else MONTH, "source": "scored",
        }  # fmt: skip
        if state in {"scored", "published"}:
            values |= {
                "score": Decimal(90), "general_points": Decimal(30), "result_points": Decimal(60),
                "general": PERFECT, "scored_at": TODAY,
            }  # fmt: skip
        if state == "published":
            values["published_on"] = TODAY.date()
        made = add_row(
            ScoreSheet, person_id=person, period_id=period_id, agency_id=place_id,
            authority_id=province.agencies[authority] if authority else place_id, set_id=set_id(code), role=role,
            state=state, **(values | more),
        )  # fmt: skip
        db.session.commit()
    return made


def _works_at(person: int) -> int:
    query = select(PersonAgency.agency_id).where(
        PersonAgency.person_id == person, PersonAgency.membership == "using", PersonAgency.superseded_at.is_(None),
        PersonAgency.valid_to.is_(None),
    )  # fmt: skip
    return int(db.session.scalars(query).one())


def add_item(sheet_id: int, units: str | Decimal = "10", *, kind: str = "assigned", **more: Any) -> int:
    """Put a product on a sheet: given, not confirmed yet unless told; its id."""
    with scope.everything():
        person = db.session.scalars(select(ScoreSheet.person_id).where(ScoreSheet.id == sheet_id)).one()
        number = next(_numbers)
        values: dict[str, Any] = {
            "code": f"SP-{number:03d}", "title": f"Sản phẩm thứ {number}", "state": "given", "quantity": Decimal(1),
            "reported": "open", "progress": 0, "failed_checks": 0, "late_count": 0,
            "from_person_id": person if kind == "taken_over" else None,
        }  # fmt: skip
        made = add_row(
            WorkItem, sheet_id=sheet_id, person_id=person, units=Decimal(units), kind=kind, **(values | more)
        )  # fmt: skip
        db.session.commit()
    return made


def add_done(sheet_id: int, *units: str, **more: Any) -> list[int]:
    """Put products on a sheet that the authority has found done; their ids."""
    return [add_item(sheet_id, one, done=True, reported="done", **more) for one in units]


def refresh(*sheet_ids: int) -> int:
    """Reckon the points of these sheets in the database; returns how many changed."""
    with scope.everything():
        changed = db.session.execute(text("SELECT refresh_sheets(:ids)"), {"ids": list(sheet_ids)}).scalar_one()
        db.session.commit()
    return int(changed)


def points(sheet_id: int) -> Mapping[str, Any]:
    """Return every column of a sheet as the database has it."""
    with scope.everything():
        table = Base.metadata.tables["score_sheets"]
        return dict(db.session.execute(select(table).where(table.c.id == sheet_id)).one()._mapping)


def add_post(province: Province, name: str, code: str, place: str, *, since: date = date(2024, 3, 1)) -> None:
    """Give somebody a leadership post of the catalogue at an agency, in place of the main post they have."""
    with scope.everything():
        table = Base.metadata.tables[PersonPost.__tablename__]
        person = province.people[name]
        db.session.execute(
            update(table).where(table.c.person_id == person, table.c.slot == 0).values(superseded_at=TODAY)
        )
        db.session.execute(
            insert(table).values(
                person_id=person, slot=0, post_code=code, post_name=code, agency_id=province.agencies[place],
                appointed_on=since, valid_from=since, basis="old_data",
            )
        )  # fmt: skip
        db.session.execute(text("SELECT refresh_people(:ids, :today)"), {"ids": [person], "today": TODAY.date()})
        db.session.commit()


def add_holder(
    province: Province, username: str, role: Role, place: str, person: str | None = None, **grant: Any
) -> Actor:
    """Add an account that holds a role over an agency, perhaps somebody of the province's; returns it as an actor.

    `grant` are columns of the grant: `actions` and `capacity` of a delegate.
    """
    with scope.everything():
        account = add_row(
            Account, username=username, display_name=f"Tài khoản {username}", agency_id=province.agencies[place],
            person_id=province.people[person] if person else None, scope_ids=province.paths[place],
            must_change_password=False, password_changed_at=TODAY, second_factor_waived=True,
        )  # fmt: skip
        add_row(
            RoleGrant, account_id=account, role=role.value, agency_id=province.agencies[place],
            valid_from=date(2025, 7, 1), basis="old_data", **grant,
        )  # fmt: skip
        db.session.commit()
    province.accounts[username] = account
    actions = grant.get("actions")
    return Actor(
        account_id=account, name=username,
        grants=(Grant(role, province.agencies[place], grant.get("capacity"), tuple(actions) if actions else None),),
        person_id=province.people[person] if person else None, via="web", request_id="test",
    )  # fmt: skip
