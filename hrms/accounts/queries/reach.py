"""Who sees whom: what an account's grants reach, and which accounts reach one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import aliased

from hrms.accounts.models import RoleGrant
from hrms.agencies.models import Agency
from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.dated import at
from hrms.core.db import db
from hrms.core.permissions import NOT_ABOUT_PEOPLE, ROLE_PERMISSIONS, Permission, Role

MOST = 10_000
"""Counting further would cost more than the answer is worth; the page says “hơn 10.000”."""

# The record's tables belong to a domain above this one. What is asked of them is one figure and one name, by columns
# that row-level security itself relies on; the reader's own scope decides, so nothing is told that lists would not.
_PEOPLE = text(
    "SELECT root, (SELECT count(*) FROM (SELECT 1 FROM people_current p WHERE p.scope_ids && ARRAY[root]"
    " LIMIT :most) c) AS people FROM unnest(CAST(:roots AS bigint[])) AS root"
)
_PERSON = text("SELECT id, full_name, staff_code, scope_ids FROM people WHERE id = :id")
_WHO_SEES = text("SELECT * FROM who_sees(:person, :today)")


@dataclass(frozen=True, slots=True)
class Reach:
    """One grant and how far it goes. `people` is None when the reader may not see those people (or it shows none)."""

    role: Role
    agency_id: int
    agency_name: str
    valid_from: date
    valid_to: date | None
    agencies: int
    people: int | None
    about_people: bool
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class Seer:
    """One account that sees a person, through one grant."""

    username: str
    display_name: str
    role: Role
    agency_name: str
    valid_from: date
    valid_to: date | None
    is_self: bool
    permissions: tuple[Permission, ...]


def permissions_of(role: Role) -> tuple[Permission, ...]:
    """Return a role's permissions in the order they are declared."""
    return tuple(permission for permission in Permission if permission in ROLE_PERMISSIONS[role])


def about_people(permissions: Sequence[Permission]) -> tuple[Permission, ...]:
    """Return those of the permissions that open people's records."""
    return tuple(p for p in permissions if p not in NOT_ABOUT_PEOPLE)


def list_reach(reader: Actor, account_id: int) -> list[Reach]:
    """Return what each grant in force today reaches: agencies counted, people too where the reader may see them."""
    below = aliased(Agency)
    under = select(func.count(below.id)).where(below.path.op("<@")(Agency.path)).correlate(Agency).scalar_subquery()
    rows = db.session.execute(
        select(
            RoleGrant.role, RoleGrant.agency_id, RoleGrant.valid_from, RoleGrant.valid_to, Agency.name,
            Agency.scope_ids, under.label("agencies"),
        )
        .join(Agency, Agency.id == RoleGrant.agency_id)
        .where(RoleGrant.account_id == account_id, at(RoleGrant, clock.today()))
        .order_by(RoleGrant.role, Agency.path)
    ).all()  # fmt: skip
    visible = {row.agency_id for row in rows if reader.may(Permission.PEOPLE_VIEW, at=row.scope_ids)}
    people = count_people(sorted(visible)) if visible else {}
    found = []
    for row in rows:
        if row.role not in {role.value for role in Role}:
            continue
        permissions = permissions_of(Role(row.role))
        shows_people = Permission.PEOPLE_VIEW in permissions
        found.append(
            Reach(
                Role(row.role), row.agency_id, row.name, row.valid_from, row.valid_to, row.agencies,
                people.get(row.agency_id) if shows_people else None, shows_people, permissions,
            )
        )  # fmt: skip
    return found


def count_people(roots: Sequence[int]) -> dict[int, int]:
    """Return for each agency how many people under it the reader sees; `MOST` + 1 stands for more."""
    counted = db.session.execute(_PEOPLE, {"roots": list(roots), "most": MOST + 1})
    return {row.root: row.people for row in counted}


def get_person_line(person_id: int) -> Row[Any]:
    """Return id, full_name, staff_code and scope_ids of a person. Raises `NotFound` for one the reader may not see."""
    found = db.session.execute(_PERSON, {"id": person_id}).one_or_none()
    if found is None:
        raise missing("person")
    return found


def list_who_sees(person_id: int) -> list[Seer]:
    """Return every account that sees a person's record today, and through which grant; [] outside the reader's scope.

    Grants that reach the person's agency without opening records (administrators, trainers, văn thư) are left out.
    """
    found = []
    for row in db.session.execute(_WHO_SEES, {"person": person_id, "today": clock.today()}):
        if row.role not in {role.value for role in Role}:
            continue
        permissions = permissions_of(Role(row.role))
        opened = about_people(permissions) if Permission.PEOPLE_VIEW in permissions else ()
        if row.is_self and Permission.SELF_VIEW in permissions:
            opened = (Permission.SELF_VIEW, *opened)
        if opened:
            found.append(
                Seer(
                    row.username, row.display_name, Role(row.role), row.agency_name, row.valid_from, row.valid_to,
                    row.is_self, opened,
                )
            )  # fmt: skip
    return found
