"""A small province for the record's tests: a city, two departments, a school; actors of several kinds; people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
from flask import Flask

from hrms.agencies.services.bulk import NewAgency, create_many
from hrms.core import clock, scope
from hrms.core.actor import Actor, Grant
from hrms.core.db import db
from hrms.core.permissions import Role
from hrms.core.unit import transaction
from hrms.decisions import services as decisions
from hrms.people import services
from hrms.people.services import NewPerson, Paper

TODAY = date(2026, 11, 20)
OLD = Paper(old_data=True)
_numbers = count(1)


@dataclass
class World:
    """Ids of the agencies and the actors; `person()` makes a record through the service."""

    city: int = 0
    home: int = 0
    finance: int = 0
    school: int = 0
    accounts: dict[str, Actor] = field(default_factory=dict)

    def actor(self, role: Role, agency_id: int, **more: Any) -> Actor:
        """Return somebody with a role over an agency."""
        number = next(_numbers)
        return Actor(account_id=None, name=f"{role} {number}", grants=(Grant(role, agency_id),), **more)

    @property
    def province(self) -> Actor:
        """The HR officer of the province."""
        return self.actor(Role.HR_PROVINCE, self.city)

    @property
    def officer(self) -> Actor:
        """The HR officer of the department of home affairs alone."""
        return self.actor(Role.HR_AGENCY, self.home)

    def person(self, actor: Actor | None = None, **given: Any) -> int:
        """Make a record at the home department, serving since 2020, and return its id."""
        number = next(_numbers)
        paper = given.pop("paper", OLD)
        values = {
            "full_name": "Đặng Thị Ngọc Ánh", "sex": "female", "birth_date": "1988-04-12",
            "national_id": f"0921880{number:05d}", "recruited_on": "2014-08-15", **given.pop("values", {}),
        }  # fmt: skip
        start = {
            "kind": "civil_servant", "using_agency_id": self.home, "managing_agency_id": self.home,
            "since": date(2020, 1, 1), "not_duplicate": True, **given,
        }  # fmt: skip
        return services.create_person(actor or self.province, NewPerson(values=values, **start), paper)

    def decision(self, actor: Actor | None = None, number: str | None = None) -> int:
        """Enter a decision and return its id."""
        made = decisions.register(
            actor or self.province, number=number or str(next(_numbers)), symbol="QĐ-SNV",
            signed_on=date(2026, 10, 1), kind="other", subject="Về việc thử", issuer_agency_id=self.city,
        )  # fmt: skip
        return made.id


@pytest.fixture
def today() -> Iterator[date]:
    """Stand on 20/11/2026, nine in the morning in Việt Nam."""
    with clock.frozen(datetime(2026, 11, 20, 2, 0, tzinfo=UTC)):
        yield TODAY


@pytest.fixture
def world(context: Flask, today: date) -> World:
    """The province, with nobody in it yet."""
    made = World()
    with scope.everything(), transaction():
        ids = create_many(
            Actor.system(),
            [
                NewAgency("city", "UBND thành phố Cần Thơ", "province", None, date(2004, 1, 1), code="H13"),
                NewAgency("home", "Sở Nội vụ", "department", "city", date(2004, 1, 1), code="H13.05"),
                NewAgency("finance", "Sở Tài chính", "department", "city", date(2004, 1, 1), code="H13.06"),
                NewAgency("school", "Trường Chính trị", "service_unit", "home", date(2004, 1, 1), code="H13.05.01"),
            ],
        )
    made.city, made.home, made.finance, made.school = (ids[key] for key in ("city", "home", "finance", "school"))
    db.session.remove()
    return made
