"""What tests of schemes share: an office with seats to give, a scheme made, filled, handed in, approved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert, text

from hrms.core import clock
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.decisions.models import Decision
from hrms.positions.models import (
    PositionScheme,
    QuotaMovement,
    SchemeLine,
)
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.schemes import REVIEW
from hrms.positions.services import schemes as services
from tests.positions.test_frames import position, put_frame
from tests.province import TODAY, Province, signed_in_scope

P = Permission
ALL_FIT = {code: {"fit": True, "remark": ""} for code in REVIEW}
DAY = date(2026, 12, 1)
DAY_AFTER = datetime(2027, 1, 4, 3, tzinfo=UTC)


@contextmanager
def seats_to_give(province: Province) -> Iterator[Province]:
    """Sở Xây dựng with twenty seats to give, and model frames of two positions."""
    with clock.frozen(TODAY):
        with signed_in_scope():
            for key in specialised(2):
                put_frame(position(key), None)
            give(province, "root", 100)
            give(province, "B", 20)
            db.session.commit()
        yield province


def specialised(count: int) -> list[str]:
    """Return keys of specialised positions of công chức, by their place in the catalogue."""
    rows = db.session.scalars(
        text(
            "SELECT key FROM job_positions WHERE catalogue = 'civil_specialised' AND active"
            " AND position_group = 'professional' ORDER BY place, id LIMIT :count"
        ),
        {"count": count},
    )
    return list(rows)


def give(province: Province, place: str, amount: int, kind: str = "civil", line: int | None = None) -> None:
    """Write an entry of the ledger."""
    db.session.execute(
        insert(QuotaMovement).values(
            agency_id=province.agencies[place], quota_kind=kind, kind="assigned", amount=amount, line_id=line,
            effective_on=date(2026, 1, 1), basis="old_data",
        )
    )  # fmt: skip


def begin(province: Province, username: str = "tochuc", place: str = "B", **more: Any) -> PositionScheme:
    """Make a draft."""
    with transaction():
        made = services.create(
            province.enter(username, P.POSITIONS_MANAGE), province.agencies[place], QuotaKind.CIVIL,
            "Đề án vị trí việc làm của Sở Xây dựng", **more,
        )  # fmt: skip
    # A refusal rolls back and would expire it; out of its scope it could not be read again.
    db.session.expunge(made)
    return made


def again(scheme: PositionScheme) -> PositionScheme:
    """Return a scheme as it stands."""
    return db.session.get_one(PositionScheme, scheme.id, populate_existing=True)


def add(province: Province, scheme: PositionScheme, place: str, key: str, seats: int = 2) -> SchemeLine:
    """Propose a position."""
    with transaction():
        made = services.add_line(
            province.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, province.agencies[place], position(key), seats
        )
    db.session.expunge(made)
    return made


def say(province: Province, scheme: PositionScheme, **more: Any) -> None:
    """Write the head, so that the dossier is whole."""
    given = {"request": "125/TTr-SXD ngày 02/11/2026", **more}
    with transaction():
        services.edit_head(
            province.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, services.Head(scheme.title, DAY, **given),
            version=again(scheme).version,
        )  # fmt: skip


def submit(province: Province, scheme: PositionScheme, username: str = "tochuc") -> None:
    """Hand a scheme in."""
    with transaction():
        services.submit(province.enter(username, P.POSITIONS_MANAGE), scheme.id, version=again(scheme).version)


def appraise(province: Province, scheme: PositionScheme) -> None:
    """Confirm the dossier and report on it."""
    who = province.enter("sonoivu", P.POSITIONS_APPRAISE)
    with transaction():
        services.accept(who, scheme.id, version=again(scheme).version)
    with transaction():
        services.appraise(who, scheme.id, ALL_FIT, version=again(scheme).version)


def paper(province: Province) -> int:
    """Write a decision of the register."""
    path = province.paths["root"]
    made = insert(Decision).values(
        number="77", symbol="QĐ-UBND", signed_on=date(2026, 11, 20), issuer_name="UBND",
        issuer_key=f"agency:{path[-1]}", issuer_agency_id=path[-1], kind="other", subject="Phê duyệt", scope_ids=path,
        search_key="77",
    )  # fmt: skip
    return int(db.session.execute(made.returning(Decision.id)).scalar_one())


def approve(province: Province, scheme: PositionScheme, day: date = DAY, **more: Any) -> Any:
    """Approve a scheme by a decision."""
    with transaction():
        who = province.enter("sonoivu", P.POSITIONS_APPRAISE)
        return services.approve(who, scheme.id, paper(province), day, version=again(scheme).version, **more)


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    """Return what a refusal names."""
    return {problem.code for problem in refused.value.problems}
