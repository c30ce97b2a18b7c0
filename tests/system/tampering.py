"""What the tests of leaks and of breaking in share: secrets in records, people who move, tokens, opened workbooks."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
from sqlalchemy import insert, text, update

from hrms.accounts.models import Account, RoleGrant
from hrms.accounts.services import create_token
from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.permissions import Permission, Role
from hrms.people.models import FamilyMember, Person, PersonAbsence, PersonAgency
from tests.province import Province

P = Permission
ABROAD, ABROAD_CODE, ABROAD_NUMBER = "Đặng Thị Ngọc Ánh", "CT-000001", "092188000001"
"""Somebody at A1, whom nobody at B may know of."""
MINE, MINE_NUMBER = "Lý Thị Cẩm", "092194000006"
SECRETS = {
    "religion": "Tôn giáo bí mật", "health_state": "Bệnh tim mạch", "history_arrest": "Từng bị tạm giữ",
    "housing_owned_type": "Biệt thự ven sông",
}  # fmt: skip
RELATIVE = "Trần Văn Thân Nhân"
ILLNESS = "Phẫu thuật khối u"
"""Why somebody is away; of their absence only the kind is open."""
SCRIPT = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>"
SINCE = date(2024, 3, 1)


def write(statement: Any, values: dict[str, Any] | None = None) -> None:
    """Change rows as the program itself, and for good as far as the test goes."""
    with scope.everything():
        db.session.execute(statement, values or {})
        db.session.commit()


def refresh(person_id: int) -> None:
    write(text("SELECT refresh_people(ARRAY[:id], :today)"), {"id": person_id, "today": clock.today()})


def move(province: Province, name: str, old: str, new: str) -> int:
    """Let somebody belong to `new` from today on; until yesterday they belonged to `old`."""
    person, today = province.people[name], clock.today()
    write(update(PersonAgency).where(PersonAgency.person_id == person).values(superseded_at=clock.now()))
    for membership in ("using", "managing"):
        common = {"person_id": person, "membership": membership, "slot": 0, "basis": "old_data"}
        before = {"agency_id": province.agencies[old], "valid_from": SINCE, "valid_to": today}
        after = {"agency_id": province.agencies[new], "valid_from": today, "valid_to": None}
        write(insert(PersonAgency).values([{**common, **before}, {**common, **after}]))
    refresh(person)
    return person


def add_secrets(province: Province, name: str) -> int:
    person = province.people[name]
    write(update(Person).where(Person.id == person).values(**SECRETS, ethnic_group="05"))
    write(insert(FamilyMember).values(person_id=person, side="own", relation="BO", full_name=RELATIVE))
    write(
        insert(PersonAbsence).values(
            person_id=person, absence_kind="sick_leave", valid_from=date(2026, 6, 1), basis="old_data",
            absence_reason=ILLNESS,
        )
    )  # fmt: skip
    refresh(person)
    return person


def grant(province: Province, username: str, role: Role, place: str) -> None:
    values = {"account_id": province.accounts[username], "role": role.value, "agency_id": province.agencies[place]}
    write(insert(RoleGrant).values(**values, valid_from=SINCE, basis="old_data"))


def bearer(province: Province, username: str, *permissions: P, person: str | None = None) -> dict[str, str]:
    """The header of a fresh API token of an account, limited to `permissions` if there are any."""
    account = province.accounts[username]
    if person is not None:
        write(update(Account).where(Account.id == account).values(person_id=province.people[person]))
    with scope.everything():
        made = create_token(province.actor(username), account, "test", clock.today(), permissions or None)
        db.session.commit()
    return {"Authorization": f"Bearer {made}"}


def cells(content: bytes) -> list[Any]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def words(content: bytes) -> str:
    return " | ".join(str(cell.value) for cell in cells(content))
