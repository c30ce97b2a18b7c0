"""A small province for tests: a tree of seven agencies, a dozen people, one account for every role.

    root UBND ─┬─ A Sở Nội vụ ── A1 Phòng
               ├─ B Sở Xây dựng ── B1 Phòng
               └─ C UBND phường ── C1 Trường

Rows are written with plain statements, so that what is tested here does not build itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask
from sqlalchemy import insert, text

from hrms.accounts.models import Account, RoleGrant
from hrms.accounts.services.sessions import open_session
from hrms.agencies.models import Agency, AgencyFact
from hrms.core import clock, scope
from hrms.core import text as words
from hrms.core.actor import Actor, Grant
from hrms.core.db import db
from hrms.core.permissions import Role
from hrms.people.models import Person, PersonAgency, PersonPost, PersonRank, PersonStatus
from tests.client import Browser

PLACES = (
    # key, parent, code, name, kind
    ("root", None, "H13", "UBND thành phố Cần Thơ", "province"),
    ("A", "root", "H13.05", "Sở Nội vụ", "department"),
    ("A1", "A", "H13.05.01", "Phòng Công chức, viên chức", "division"),
    ("B", "root", "H13.09", "Sở Xây dựng", "department"),
    ("B1", "B", "H13.09.01", "Phòng Quy hoạch", "division"),
    ("C", "root", "H13.40", "UBND phường Ninh Kiều", "commune"),
    ("C1", "C", "H13.40.01", "Trường Tiểu học Ngô Quyền", "service_unit"),
)
PEOPLE = (
    # name, sex, born, agency, kind, rank, group, step, coefficient
    ("Đặng Thị Ngọc Ánh", "female", "1988-04-12", "A1", "civil_servant", "01.003", "A1", 4, "3.33"),
    ("Nguyễn Hoà Dũng", "male", "1971-01-15", "A1", "civil_servant", "01.003", "A1", 9, "4.98"),
    ("Nguyễn Hòa Bình", "male", "1980-02-29", "A", "civil_servant", "01.002", "A2.1", 2, "4.74"),
    ("Trần Thị Hương", "female", "1990", "A", "civil_servant", "01.003", "A1", 3, "3.00"),
    ("Võ Minh Đức", "male", "1983-10-22", "B", "civil_servant", "01.002", "A2.1", 2, "4.74"),
    ("Lý Thị Cẩm", "female", "1994-11-27", "B1", "civil_servant", "01.003", "A1", 2, "2.67"),
    ("Nguyễn Văn Hùng", "male", "1985-05-05", "B1", "civil_servant", "01.003", "A1", 5, "3.66"),
    ("Nguyen Van Hung", "male", "1986-06-06", "B1", "civil_servant", "01.003", "A1", 5, "3.66"),
    ("Thạch Sa Rây", "male", "1985-02-19", "C", "cadre", "01.003", "A1", 5, "3.66"),
    ("Phạm Quốc Đạt", "male", "1997-06", "C", "civil_servant", "01.003", "A1", 1, "2.34"),
    ("Huỳnh Thị Mỹ", "female", "1979-09-09", "C1", "public_employee", "V.07.03.29", "A1", 6, "3.99"),
    ("Danh Thị Đào", "female", "1992-12-01", "C1", "public_employee", "V.07.03.29", "A1", 2, "2.67"),
)
TODAY = datetime(2026, 11, 21, 3, tzinfo=UTC)


@dataclass
class Province:
    """Ids by key, name and user name."""

    app: Flask
    agencies: dict[str, int] = field(default_factory=dict)
    paths: dict[str, list[int]] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)

    def actor(self, username: str) -> Actor:
        """Return an account as an actor, by what this module granted it."""
        role, place, person = (ACCOUNTS | MORE_ACCOUNTS)[username]
        return Actor(
            account_id=self.accounts[username],
            name=username,
            grants=(Grant(role, self.agencies[place]),),
            person_id=self.people[person] if person else None,
            via="web",
            request_id="test",
        )

    def enter(self, username: str, *permissions: Any) -> Actor:
        """Return the actor and let the session see what they may."""
        found = self.actor(username)
        scope.enter_for(found, *permissions)
        return found

    def client(self, username: str | None) -> Browser:
        """Return a browser signed in as `username`, or as nobody."""
        made = self.app.test_client()
        assert isinstance(made, Browser)
        if username is not None:
            with signed_in_scope():
                token = open_session(self.accounts[username], "127.0.0.1", "test", second_factor=True)
                db.session.commit()
            with made.session_transaction() as cookie:
                cookie["_user_id"] = token
                cookie["_fresh"] = True
        return made


ACCOUNTS: dict[str, tuple[Role, str, str | None]] = {
    "admin": (Role.ADMIN, "root", None),
    "sonoivu": (Role.HR_PROVINCE, "root", None),
    "tochuc": (Role.HR_AGENCY, "B", None),
    "thutruong": (Role.HEAD, "B", None),
    "giangvien": (Role.TRAINER, "A", None),
    "thanhtra": (Role.INSPECTOR, "C", None),
    "canbo": (Role.OFFICIAL, "B", "Nguyễn Văn Hùng"),
    "vanthu": (Role.CLERK, "B", None),
}
MORE_ACCOUNTS: dict[str, tuple[Role, str, str | None]] = {
    "thamdinh": (Role.HR_AGENCY, "B", None),
    "chutich": (Role.HEAD, "root", None),
}
"""Second holders of a role, for what takes several people; the walks over all roles leave them out."""


@contextmanager
def signed_in_scope() -> Iterator[None]:
    """See everything within the block: for building."""
    with scope.everything():
        yield


def build(app: Flask) -> Province:
    """Write the province into the test's database and return its ids."""
    made = Province(app)
    with scope.everything():
        _agencies(made)
        _people(made)
        _accounts(made)
        db.session.commit()
    return made


def _agencies(made: Province) -> None:
    for key, parent, code, name, kind in PLACES:
        above = made.paths[parent] if parent else [0]
        agency_id = db.session.execute(text("SELECT nextval(pg_get_serial_sequence('agencies', 'id'))")).scalar_one()
        path = [*above, agency_id]
        db.session.execute(
            insert(Agency).values(
                id=agency_id,
                parent_id=made.agencies[parent] if parent else None,
                path=".".join(str(i) for i in path[1:]),
                scope_ids=path,
                depth=len(path) - 2,
                code=code,
                name=name,
                kind=kind,
                opened_on=date(2025, 7, 1),
                sort_key=words.fold(name),
                search_key=f" {words.fold(name)} {code.lower()}",
            )
        )
        db.session.execute(
            insert(AgencyFact).values(
                agency_id=agency_id,
                name=name,
                kind=kind,
                parent_id=made.agencies[parent] if parent else None,
                valid_from=date(2025, 7, 1),
                basis="old_data",
            )
        )
        made.agencies[key], made.paths[key] = agency_id, path


def _people(made: Province) -> None:
    for number, (name, sex, born, place, kind, rank, group, step, coefficient) in enumerate(PEOPLE, start=1):
        made.people[name] = add_person(
            made, number, name=name, sex=sex, born=born, place=place, kind=kind, rank=rank, group=group, step=step,
            coefficient=coefficient,
        )  # fmt: skip
    db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})


def add_person(
    made: Province,
    number: int,
    *,
    name: str,
    sex: str = "male",
    born: str = "1985-01-01",
    place: str = "A1",
    kind: str = "civil_servant",
    rank: str = "01.003",
    group: str = "A1",
    step: int = 1,
    coefficient: str = "2.34",
    since: date = date(2024, 3, 1),
) -> int:
    """Add a person with the four facts everybody has; the caller refreshes."""
    century = {"male": "0", "female": "1"}[sex]
    person_id: int = db.session.execute(
        insert(Person)
        .values(
            scope_ids=made.paths[place],
            staff_code=f"CT-{number:06d}",
            full_name=name,
            sex=sex,
            birth_date=born,
            national_id=f"092{century}{born[2:4]}{number:06d}",
            ethnic_group="05" if name.startswith(("Thạch", "Danh")) else "01",
            religion="KHONG",
            job_position="Chuyên viên",
            recruited_on="2010-01-01",
            party_joined_on="2012-02-03" if number % 2 else None,
            health_state="Tốt" if number % 2 else None,
            sort_key=words.name_sort_key(name),
            search_text=words.search_text(name),
        )
        .returning(Person.id)
    ).scalar_one()
    common = {"person_id": person_id, "valid_from": since, "basis": "old_data"}
    db.session.execute(insert(PersonStatus).values(**common, status="serving", kind=kind))
    for membership in ("using", "managing"):
        db.session.execute(
            insert(PersonAgency).values(**common, membership=membership, slot=0, agency_id=made.agencies[place])
        )
    db.session.execute(
        insert(PersonRank).values(
            **common, rank_code=rank, pay_table=3 if rank.startswith("V.") else 2, pay_group=group, step=step,
            coefficient=coefficient, step_since=since,
        )
    )  # fmt: skip
    if number % 5 == 0:
        db.session.execute(
            insert(PersonPost).values(**common, slot=0, post_name="Trưởng phòng", appointed_on=since, coefficient="0.5")
        )
    return person_id


def _accounts(made: Province) -> None:
    for username, (role, place, person) in (ACCOUNTS | MORE_ACCOUNTS).items():
        account_id = db.session.execute(
            insert(Account)
            .values(
                username=username,
                display_name=f"Tài khoản {username}",
                person_id=made.people[person] if person else None,
                agency_id=made.agencies[place],
                scope_ids=made.paths[place],
                must_change_password=False,
                password_changed_at=TODAY,
                second_factor_waived=True,
            )
            .returning(Account.id)
        ).scalar_one()
        db.session.execute(
            insert(RoleGrant).values(
                account_id=account_id, role=role.value, agency_id=made.agencies[place], valid_from=date(2025, 7, 1),
                basis="old_data",
            )
        )  # fmt: skip
        made.accounts[username] = account_id
