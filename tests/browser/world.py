"""The province the browser looks at: that of `tests/province.py`, and enough more that no page is empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

import pyotp
from sqlalchemy import insert, text, update

from hrms.accounts.models import Account, RoleGrant
from hrms.accounts.services import hashing
from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.permissions import Role
from hrms.core.unit import transaction
from hrms.decisions import services as decisions
from hrms.decisions.services import submissions
from hrms.people import services
from hrms.people.services import Fact, NewPerson, Paper
from hrms.people.services.parts import add_part
from tests.province import Province, add_person

PASSWORD = "Dung-Mat-Khau-7"
FIRST_PASSWORD = "Mat-Khau-Cap-8"
FAMILY = ("Lê", "Phan", "Trương", "Đỗ", "Huỳnh", "Bùi", "Đinh")
MIDDLE = ("Thị", "Văn", "Minh", "Ngọc", "Hoàng")
GIVEN = ("Lan", "Phúc", "Thảo", "Tuấn", "Yến", "Khoa", "Diễm", "Sơn")
MANY = 70
"""More than one page of the list."""
SUBJECTS = ("Lâm Bích Thủy", "Ngô Thanh Trúc", "Tạ Quỳnh Hoa", "Mai Xuân Nhi", "Kiều Bảo Châu", "Vương Thục Đoan")
"""People made through the services, one for each test that changes a record."""
RICH = (SUBJECTS[0], "Nguyễn Văn Hùng", "Thạch Sa Rây")
"""Whose tables are filled: one within the reach of every role that reads records."""
LIFE: dict[str, tuple[dict[str, Any], ...]] = {
    "education": (
        {"section": "professional", "from_on": "9/1996", "to_on": "6/2000", "country": "VN",
         "institution": "Trường Đại học Y Dược Cần Thơ", "major": "Quản lý đô thị và công trình", "degree": "bachelor",
         "certificate": "Bằng tốt nghiệp đại học"},
        {"section": "theory", "from_on": "9/2013", "to_on": "8/2014", "institution": "Học viện Chính trị khu vực IV",
         "certificate": "Bằng cao cấp lý luận chính trị"},
    ),
    "work": (
        {"from_on": "12/2008", "to_on": "3/2011", "agency_name": "Trung tâm Quy hoạch thành phố", "position": "Kỹ sư"},
        {"from_on": "4/2011", "agency_name": "Sở Xây dựng", "agency_code": "H13.09", "position": "Chuyên viên"},
    ),
    "reward": ({"year": "2024", "emulation_title": "emulation_unit", "decision_no": "182/QĐ-UBND",
                "decided_by": "Sở Xây dựng"},),
    "rating": ({"year": "2025", "rating": "good", "rated_by": "Giám đốc Sở Xây dựng"},),
    "family": (
        {"side": "own", "relation": "father", "full_name": "Trần Minh Tuấn", "birth_year": "1945",
         "details": "Nghề nghiệp: làm ruộng; nơi ở: xã Gia Hòa, thành phố Cần Thơ"},
    ),
}  # fmt: skip
_numbers = count(501)


@dataclass(frozen=True, slots=True)
class World:
    """Ids by name, and the seed of the account with a second factor."""

    agencies: dict[str, int]
    people: dict[str, int]
    accounts: dict[str, int]
    seed: str


def fill(made: Province, secret: str) -> World:
    """Add people, papers, facts and accounts to a province; `secret` is the server's SECRET_KEY."""
    made.app.config["SECRET_KEY"] = secret
    with scope.everything():
        for number in range(MANY):
            names = FAMILY[number % 7], MIDDLE[number % 5], GIVEN[number % 8]
            place = ("A1", "B1", "C1")[number % 3]
            add_person(
                made, 100 + number, name=" ".join(names), sex="female" if number % 5 == 0 else "male",
                born=f"{1965 + number % 34}-0{number % 9 + 1}-15", place=place, step=number % 9 + 1,
                coefficient=f"{2.34 + 0.33 * (number % 9):.2f}",
            )  # fmt: skip
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        seed = _accounts(made)
        db.session.commit()
    db.session.remove()
    _careers(made)
    _proposal(made)
    return World(made.agencies, made.people, made.accounts, seed)


def person(made: Province, name: str, place: str = "B1") -> int:
    """Make a record with rank and pay through the services, as the officer of the province; returns its id."""
    number = next(_numbers)
    officer = made.enter("sonoivu", "people.create")
    with transaction():
        return services.create_person(
            officer,
            NewPerson(
                values={
                    "full_name": name, "sex": "female", "birth_date": "1988-04-12",
                    "national_id": f"092188{number:06d}", "staff_code": f"CT-{number:06d}",
                    "recruited_on": "2014-08-15", "birth_place": "Cần Thơ", "ethnic_group": "01", "religion": "KHONG",
                },
                kind="civil_servant", using_agency_id=made.agencies[place], managing_agency_id=made.agencies[place],
                since=date(2020, 1, 1), not_duplicate=True,
                rank={"rank_code": "01.003", "step": 3, "coefficient": "3.00"},
            ),
            Paper(old_data=True),
        )  # fmt: skip


def _careers(made: Province) -> None:
    """A life with papers, so that timeline, salary, history and register have something to show."""
    officer = made.enter("sonoivu", "decisions.record", "people.fact", "people.create")
    with transaction():
        papers = [
            decisions.register(
                officer, number=str(10 + year), symbol="QĐ-SXD", signed_on=date(2020 + year, 6, 10), kind="step_raise",
                subject="Về việc nâng bậc lương thường xuyên", issuer_agency_id=made.agencies["B"],
                scope_ids=made.paths["B1"], signer_name="Võ Minh Đức", signer_title="Giám đốc",
            ).id
            for year in range(1, 6)
        ]  # fmt: skip
    for name in SUBJECTS:
        made.people[name] = person(made, name)
    whose = made.people[SUBJECTS[0]]
    for step, (paper, coefficient) in enumerate(zip(papers, ("3.33", "3.66"), strict=False), start=4):
        officer = made.enter("sonoivu", "people.fact")
        values = {"rank_code": "01.003", "step": step, "coefficient": coefficient}
        with transaction():
            services.record_facts(
                officer, whose, [Fact("rank", values, date(2017 + step, 7, 1))], Paper(decision_id=paper)
            )
    for name in RICH:
        _life(made, made.people[name])
    db.session.remove()


def _proposal(made: Province) -> None:
    """A draft on its way, so that the pages of the path have something to show."""
    officer, name = made.enter("tochuc", "decisions.propose"), "Lý Thị Cẩm"
    own = {made.people[name]: {"agency": made.agencies["B1"]}}
    with transaction():
        submissions.propose(
            officer, "appointment", [made.people[name]], {"post": "division_deputy", "source": "on_site"},
            clock.today() + timedelta(days=30), title="Bổ nhiệm cấp phó phòng", own=own,
        )  # fmt: skip
    db.session.remove()


def _life(made: Province, whose: int) -> None:
    """Fill the tables of the form, so that their pages are as wide as they get."""
    for table, rows in LIFE.items():
        for row in rows:
            officer = made.enter("sonoivu", "people.edit", "people.sensitive.family", "people.sensitive.history")
            with transaction():
                add_part(officer, whose, table, row)


def _accounts(made: Province) -> str:
    known = hashing.hash_password(PASSWORD)
    db.session.execute(update(Account).values(password_hash=known))
    seed = pyotp.random_base32()
    for username, values in {
        "landau": {"password_hash": hashing.hash_password(FIRST_PASSWORD), "must_change_password": True},
        "haibuoc": {"totp_secret": hashing.encrypt(seed), "totp_confirmed_at": clock.now()},
        "ranh": {},
        "quenmatkhau": {},
        "caidat": {},
        "nhieuphien": {},
        "bikhoa": {},
        "quyenmoi": {},
    }.items():
        made.accounts[username] = account_id = db.session.execute(
            insert(Account)
            .values(**{
                "username": username, "display_name": f"Tài khoản {username}", "agency_id": made.agencies["B"],
                "scope_ids": made.paths["B"], "password_hash": known, "must_change_password": False,
                "password_changed_at": clock.now(), **values,
            })
            .returning(Account.id)
        ).scalar_one()  # fmt: skip
        role = Role.OFFICIAL if username == "quyenmoi" else Role.HR_AGENCY
        db.session.execute(
            insert(RoleGrant).values(
                account_id=account_id, role=role.value, agency_id=made.agencies["B"], valid_from=date(2025, 7, 1),
                basis="old_data",
            )
        )  # fmt: skip
    return seed
