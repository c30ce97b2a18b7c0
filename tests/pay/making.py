"""Facts of pay for tests: plain rows laid over the tests' province, so that what is tested does not build itself.

Each maker opens the whole tree, lays a dated fact as the record does (the rows it covers are superseded, never
edited) and commits. `known_at` gives the fact another recording instant, for what was known when.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hrms.core import dated, scope
from hrms.core.db import db
from hrms.people.models import (
    PersonAbsence,
    PersonAgency,
    PersonAllowance,
    PersonPost,
    PersonRank,
    PersonStatus,
)
from tests.province import TODAY, Province, add_person

SINCE = date(2026, 1, 1)
"""The day facts begin unless a test says another."""
OFFICER, TEACHER = "Võ Minh Đức", "Huỳnh Thị Mỹ"
"""A civil servant of the department B and a public employee of the school C1, at work since March 2024."""


def add_official(province: Province, name: str, place: str = "B", **more: Any) -> int:
    """Add a civil servant (a public employee by `kind`, `rank`) with the usual facts since 2024; their id."""
    with scope.everything():
        made = add_person(province, 500 + len(province.people), name=name, place=place, **more)
        province.people[name] = made
        _refresh([made])
    return made


def set_rank(
    province: Province,
    name: str,
    coefficient: str | None,
    *,
    since: date = SINCE,
    until: date | None = None,
    rank: str = "01.003",
    group: str = "A1",
    table: int = 2,
    step: int | None = None,
    step_since: date | None = None,
    known_at: datetime | None = None,
    **more: Any,
) -> None:
    """Give somebody a coefficient from a day on; `more` are further columns: pay_percent, beyond_scale_percent."""
    values = {
        "rank_code": rank, "pay_table": table, "pay_group": group, "step": step,
        "coefficient": None if coefficient is None else Decimal(coefficient), "step_since": step_since or since,
        "rank_since": since, **more,
    }  # fmt: skip
    _lay(PersonRank, {"person_id": province.people[name]}, values, since, until, known_at)


def add_post(
    province: Province,
    name: str,
    coefficient: str | None,
    *,
    place: str = "B",
    code: str | None = None,
    title: str = "Trưởng phòng",
    slot: int = 0,
    since: date = SINCE,
    until: date | None = None,
    known_at: datetime | None = None,
) -> None:
    """Give somebody a leadership post with its coefficient; another `slot` for a post held beside the main one."""
    values = {
        "post_code": code, "post_name": title, "agency_id": province.agencies[place], "appointed_on": since,
        "coefficient": None if coefficient is None else Decimal(coefficient),
    }  # fmt: skip
    _lay(PersonPost, {"person_id": province.people[name], "slot": slot}, values, since, until, known_at)


def add_allowance(
    province: Province,
    name: str,
    code: str,
    *,
    coefficient: str | None = None,
    percent: str | None = None,
    amount: str | None = None,
    since: date = SINCE,
    until: date | None = None,
    known_at: datetime | None = None,
) -> None:
    """Give somebody an allowance of the catalogue `allowance_kinds` in one of its three forms."""
    given = {"coefficient": coefficient, "percent": percent, "amount": amount}
    values: dict[str, Any] = {key: None if value is None else Decimal(value) for key, value in given.items()}
    values["form"] = next((key for key, value in given.items() if value is not None), None)
    _lay(
        PersonAllowance, {"person_id": province.people[name], "allowance_kind": code}, values, since, until, known_at
    )  # fmt: skip


def add_absence(
    province: Province,
    name: str,
    kind: str,
    since: date,
    until: date | None = None,
    *,
    known_at: datetime | None = None,
    **more: Any,
) -> None:
    """Let somebody be away from a day to before a day; `more` are further columns: prosecuted, expected_until."""
    _lay(PersonAbsence, {"person_id": province.people[name]}, {"absence_kind": kind, **more}, since, until, known_at)


def set_status(
    province: Province,
    name: str,
    status: str,
    *,
    kind: str = "civil_servant",
    since: date = SINCE,
    until: date | None = None,
    known_at: datetime | None = None,
) -> None:
    """Say that somebody serves, is on probation, suspended, or has left, from a day on."""
    values = {"status": status, "kind": kind, "reason": None}
    _lay(PersonStatus, {"person_id": province.people[name]}, values, since, until, known_at)


def move(
    province: Province,
    name: str,
    place: str,
    *,
    since: date = SINCE,
    until: date | None = None,
    membership: str = "using",
    known_at: datetime | None = None,
) -> None:
    """Let another agency use somebody, or lend them to it (`seconded_in`), from a day on."""
    key = {"person_id": province.people[name], "membership": membership, "slot": 0}
    _lay(PersonAgency, key, {"agency_id": province.agencies[place]}, since, until, known_at)


def add_usual(province: Province, *names: str, since: date = date(2024, 3, 1)) -> None:
    """Give civil servants the public-duty allowance the law gives them, without which their sheets are doubtful."""
    for name in names:
        add_allowance(province, name, "public_duty", percent="25", since=since)


def _lay(
    model: type[Any],
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    since: date,
    until: date | None,
    known_at: datetime | None,
) -> None:
    with scope.everything():
        before = _newest(model)
        dated.replace(model, key, values, valid_from=since, valid_to=until)
        if known_at is not None:
            _record_at(model, key, before, known_at)
        _refresh([key["person_id"]])


def _newest(model: type[Any]) -> int:
    return int(db.session.execute(text(f"SELECT coalesce(max(id), 0) FROM {model.__tablename__}")).scalar_one())


def _record_at(model: type[Any], key: Mapping[str, Any], before: int, moment: datetime) -> None:
    """Set the clock of what was just recorded; the facts it superseded keep the same instant as their end."""
    table, values = model.__tablename__, {"before": before, "moment": moment, "person": key["person_id"]}
    written = f"SELECT min(recorded_at) FROM {table} WHERE id > :before"
    db.session.execute(
        text(f"UPDATE {table} SET superseded_at = :moment WHERE person_id = :person AND superseded_at = ({written})"),
        values,
    )
    db.session.execute(text(f"UPDATE {table} SET recorded_at = :moment WHERE id > :before"), values)


def _refresh(ids: list[int]) -> None:
    db.session.execute(text("SELECT refresh_people(:ids, :today)"), {"ids": ids, "today": TODAY.date()})
    db.session.commit()
