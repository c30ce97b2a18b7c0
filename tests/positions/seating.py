"""Lines with seats for tests: an agency's position, and what the ledger gives it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from hrms.core import scope
from hrms.core.db import db
from hrms.positions.models import Assignment, EstablishmentLine, JobPosition, QuotaMovement
from tests.province import Province

OFFICER = "cc.commune.II.17"
OTHER = "cc.commune.II.06"
TEACHER = "vc.pl2.067"
SINCE = date(2026, 1, 1)


def add_line(
    province: Province,
    place: str,
    seats: int = 1,
    *,
    key: str = OFFICER,
    since: date = SINCE,
    later: Mapping[date, int] | None = None,
    **more: Any,
) -> int:
    """Add a line with seats from a day on; `later` are further movements, by day. Returns its id."""
    with scope.everything():
        position, kind = db.session.execute(
            select(JobPosition.id, JobPosition.quota_kind).where(JobPosition.key == key)
        ).one()
        made: int = db.session.execute(
            insert(EstablishmentLine)
            .values(
                agency_id=province.agencies[place], position_id=position, quota_kind=kind,
                **{"shares": {}, **more},
            )
            .returning(EstablishmentLine.id)
        ).scalar_one()  # fmt: skip
        for day, amount in {since: seats, **(later or {})}.items():
            if amount:
                db.session.execute(
                    insert(QuotaMovement).values(
                        agency_id=province.agencies[place], line_id=made, quota_kind=kind, kind="assigned",
                        amount=amount, effective_on=day, basis="old_data",
                    )
                )  # fmt: skip
        db.session.commit()
    return made


def sit(
    province: Province, name: str, line: int, since: date = SINCE, until: date | None = None, role: str = "main",
    **more: Any,
) -> None:  # fmt: skip
    """Put somebody into a seat as old data; `until` is the first day they no longer have it."""
    with scope.everything():
        db.session.execute(
            insert(Assignment).values(
                person_id=province.people[name], slot=0 if role == "main" else line, line_id=line, role=role,
                valid_from=since, valid_to=until, basis="old_data", **more,
            )
        )  # fmt: skip
        db.session.commit()


def seats_of(name: str, province: Province) -> list[tuple[int, str, date, date | None]]:
    """Return the seats somebody has as known now, in order."""
    with scope.everything():
        rows = db.session.execute(
            select(Assignment.line_id, Assignment.role, Assignment.valid_from, Assignment.valid_to)
            .where(Assignment.person_id == province.people[name], Assignment.superseded_at.is_(None))
            .order_by(Assignment.valid_from, Assignment.slot)
        )
        return [(row.line_id, row.role, row.valid_from, row.valid_to) for row in rows]
