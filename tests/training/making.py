"""Courses, classes and learners for tests: plain rows, so that what is tested here does not build itself."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, func, insert, select

from hrms.accounts.models import Account, RoleGrant
from hrms.core import clock, scope
from hrms.core import text as words
from hrms.core.db import Base, db
from hrms.training.models import (
    Certificate,
    ClassSession,
    ClassTrainer,
    Course,
    CourseVersion,
    CreditEntry,
    Enrolment,
    Nomination,
    TrainingClass,
    TrainingProvider,
)
from tests.province import TODAY, Province

SINCE = date(2025, 1, 1)
COMPETENCY = "G1"
"""A competency of the dictionary, for what a class raises."""
_numbers = itertools.count(1)


def add_row(model: type[Any], **values: Any) -> int:
    """Write a row of a table with an `id`; the caller has opened the scope. Returns the id."""
    table: Table = Base.metadata.tables[model.__tablename__]
    return int(db.session.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())


def add_provider(
    province: Province, place: str | None = None, *, name: str = "Trường Chính trị", may_certify: bool = False
) -> int:
    """Add a provider: one of the tree's agencies (`place`), or one outside it."""
    with scope.everything():
        made = add_row(
            TrainingProvider, code=f"CSDT-{next(_numbers)}", name=name, may_certify=may_certify, active=True,
            agency_id=province.agencies[place] if place else None, source="Thử", mark="U",
        )  # fmt: skip
        db.session.commit()
    return made


def add_course(
    name: str = "Kỹ năng soạn thảo văn bản",
    *,
    code: str | None = None,
    kind: str = "position",
    level: str | None = None,
    hours: str | Decimal = "40",
    since: date = SINCE,
    **version: Any,
) -> int:
    """Add a course with one version from a day on; `version` are further columns of it (form, certificate, ranks…)."""
    with scope.everything():
        code = code or f"CT-THU-{next(_numbers)}"
        made = add_row(
            Course, code=code, name=name, kind=kind, level=level, sort_key=words.fold(name),
            search_key=f"{words.fold(name)} {code.lower()}", source="Thử", mark="U",
        )  # fmt: skip
        values: dict[str, Any] = {
            "form": "class", "certificate": "attestation", "valid_months": None, "provider_ids": [],
            "competencies": [], "positions": [], "ranks": [], "post_groups": [], "person_kinds": [],
        }  # fmt: skip
        add_row(
            CourseVersion, course_id=made, hours=Decimal(hours), valid_from=since, basis="old_data",
            **(values | version),
        )  # fmt: skip
        db.session.commit()
    return made


def add_class(
    province: Province,
    place: str = "A",
    *,
    course: int | None = None,
    provider: int | None = None,
    starts_on: date | None = None,
    days: int = 5,
    hours: str | Decimal = "40",
    sessions: int | None = None,
    trainers: Sequence[str] = ("giangvien",),
    **more: Any,
) -> int:
    """Add a class run by the agency at `place`, open, with a session of eight hours on each of its days; its id.

    `sessions` fewer or more than `days` spreads the hours evenly over them; `trainers` are user names; `more` are
    columns of the class (state, seats, accepts, pass_mark, least_attendance, nominate_by…). It starts in two weeks.
    """
    starts_on = starts_on or clock.today() + timedelta(days=14)
    count = days if sessions is None else sessions
    with scope.everything():
        values: dict[str, Any] = {
            "code": f"LOP-THU-{next(_numbers)}", "name": "Lớp soạn thảo văn bản", "state": "open", "form": "class",
            "place": "Hội trường A", "abroad": False, "seats": 40, "accepts": "auto",
            "least_attendance": Decimal(80), "pass_mark": None, "central_budget": 0, "local_budget": 0,
            "other_budget": 0,
        }  # fmt: skip
        made = add_row(
            TrainingClass,
            course_id=course or add_course(hours=hours),
            provider_id=provider or add_provider(province),
            agency_id=province.agencies[place],
            hours=Decimal(hours),
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=days - 1),
            **(values | more),
        )
        for number in range(1, count + 1):
            add_row(
                ClassSession, class_id=made, number=number,
                held_on=starts_on + timedelta(days=min(number, days) - 1), starts_at=time(7, 30),
                ends_at=time(11, 30), hours=(Decimal(hours) / count).quantize(Decimal("0.01")),
            )  # fmt: skip
        for username in trainers:
            db.session.execute(insert(ClassTrainer).values(class_id=made, account_id=province.accounts[username]))
        db.session.commit()
    return made


def enrol(
    province: Province,
    class_id: int,
    *names: str,
    state: str = "accepted",
    priority: int = 9,
    at: datetime = TODAY,
    **more: Any,
) -> list[int]:
    """Put people of the province into a class, each with a nomination a second after the one before; ids in order."""
    made: list[int] = []
    with scope.everything():
        before = db.session.execute(
            select(func.count()).select_from(Enrolment).where(Enrolment.class_id == class_id)
        ).scalar_one()
        for place, name in enumerate(names, start=before):
            person = province.people[name]
            found = add_row(
                Enrolment, class_id=class_id, person_id=person, state=state,
                nominated_at=at + timedelta(seconds=place), **more,
            )  # fmt: skip
            db.session.execute(
                insert(Nomination).values(
                    enrolment_id=found, class_id=class_id, person_id=person, priority=priority, checks=[],
                    priorities=[],
                )
            )  # fmt: skip
            made.append(found)
        db.session.commit()
    return made


def add_hours(
    province: Province,
    name: str,
    hours: str | Decimal,
    earned_on: date,
    *,
    kind: str = "position",
    form: str = "class",
    **more: Any,
) -> int:
    """Write an entry of the ledger as old data; returns its id."""
    with scope.everything():
        made = add_row(
            CreditEntry, person_id=province.people[name], kind=kind, form=form, hours=Decimal(hours),
            earned_on=earned_on, **({"source": "old_data", "title": "Thử"} | more),
        )  # fmt: skip
        db.session.commit()
    return made


def certify(person_id: int, class_id: int, enrolment_id: int, **more: Any) -> int:
    """Write a certificate as if it had been issued; the caller has opened the scope. Returns its id."""
    number = next(_numbers)
    course = select(TrainingClass.course_id).where(TrainingClass.id == class_id).scalar_subquery()
    values: dict[str, Any] = {
        "number": f"{number:04}/2026/GCN-THU",
        "check_code": f"ABCDEFGH{number:04}".translate(str.maketrans("01", "WX")),
        "kind": "attestation", "issued_on": date(2026, 11, 1), "programme": "Kỹ năng soạn thảo văn bản",
        "holder": {"full_name": "Nguyễn Văn Thử", "birth_date": "01/02/1990", "birth_place": "Cần Thơ"},
        "issuer": {
            "agency": "Sở Nội vụ", "title": "Giám đốc", "name": "Trần Thử", "place": "Cần Thơ", "capacity": "",
            "instead_of": "", "class": "Lớp thử", "class_code": "LOP", "hours": "40", "from": "2026-10-05",
            "to": "2026-10-09", "grade": None,
        },
    }  # fmt: skip
    return add_row(
        Certificate, person_id=person_id, class_id=class_id, enrolment_id=enrolment_id, course_id=course,
        **(values | more),
    )  # fmt: skip


def add_trainer(province: Province, username: str, place: str) -> int:
    """Add an account with the trainer's role at a place; `province.client(username)` then signs it in."""
    with scope.everything():
        account = add_row(
            Account, username=username, display_name=f"Giảng viên {username}", agency_id=province.agencies[place],
            scope_ids=province.paths[place], must_change_password=False, password_changed_at=TODAY,
            second_factor_waived=True,
        )  # fmt: skip
        add_row(
            RoleGrant, account_id=account, role="trainer", agency_id=province.agencies[place],
            valid_from=date(2025, 7, 1), basis="old_data",
        )  # fmt: skip
        db.session.commit()
    province.accounts[username] = account
    return account


def state_of(enrolment_id: int) -> str:
    """Return the state of an enrolment as the database has it now."""
    with scope.everything():
        return str(db.session.execute(select(Enrolment.state).where(Enrolment.id == enrolment_id)).scalar_one())


def session_ids(class_id: int) -> list[int]:
    """Return the ids of a class's sessions in order."""
    with scope.everything():
        found = select(ClassSession.id).where(ClassSession.class_id == class_id).order_by(ClassSession.number)
        return list(db.session.scalars(found))
