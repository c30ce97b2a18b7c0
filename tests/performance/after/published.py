"""Published classes for tests of what follows them: plain rows, so that what is tested here does not build itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select

from hrms.core import scope
from hrms.core.db import Base, db
from hrms.decisions.models import Decision
from hrms.people.models import FamilyMember
from hrms.performance.models import Rating, RatingRound
from tests.performance.making import CIVIL, add_row, set_id
from tests.province import Province

HUNG, CAM, DUC, DUNG, MY, DAO = (
    "Nguyễn Văn Hùng", "Lý Thị Cẩm", "Võ Minh Đức", "Nguyễn Hoà Dũng", "Huỳnh Thị Mỹ", "Danh Thị Đào",
)  # fmt: skip
ON = date(2026, 11, 20)
"""The day the classes of these tests were published."""


def add_round(
    province: Province, place: str = "B", *, year: int = 2025, state: str = "published", code: str = CIVIL, **more: Any
) -> int:
    """Add a round of a deciding agency; its id."""
    with scope.everything():
        values: dict[str, Any] = {
            "due_on": date(year, 12, 14), "outstanding": False, "quota_base": "final_good",
            "quota_percent": Decimal(20), "rounding": "unrounded",
            "tie_order": ["mean", "result", "general", "months", "code"],
        }  # fmt: skip
        if state == "published":
            values |= {"decided_on": ON, "published_on": ON}
        made = add_row(
            RatingRound, agency_id=province.agencies[place], year=year, set_id=set_id(code), state=state,
            **(values | more),
        )  # fmt: skip
        db.session.commit()
    return made


def add_rating(
    province: Province, round_id: int, name: str = HUNG, *, place: str = "B1", final: str | None = "good",
    mean: str = "91.500000", state: str = "published", **more: Any,
) -> int:  # fmt: skip
    """Add somebody's class to a round, published unless told; its id."""
    with scope.everything():
        year = db.session.scalars(select(RatingRound.year).where(RatingRound.id == round_id)).one()
        points = Decimal(mean)
        by_points = "excellent" if points >= 90 else "good" if points >= 70 else "satisfactory"
        values: dict[str, Any] = {
            "months": {"kind": "month", **{str(number): mean for number in range(1, 13)}}, "mean": points,
            "by_points": by_points, "proposed": final, "final": final, "provisional": False, "role": "staff",
            "facts": {"method": "equal", "worked": 12, "result": mean, "general": "28"},
            "published_on": ON if state == "published" else None,
        }  # fmt: skip
        made = add_row(
            Rating, round_id=round_id, person_id=province.people[name], year=year,
            agency_id=province.agencies[place], state=state, **(values | more),
        )  # fmt: skip
        db.session.commit()
    return made


def add_paper(province: Province, place: str = "B", number: str = "501", signed: date = date(2026, 11, 21)) -> int:
    """Put a decision of an agency into the register; its id."""
    with scope.everything():
        made = add_row(
            Decision, number=number, symbol="QĐ-SXD", signed_on=signed, effective_on=signed,
            issuer_agency_id=province.agencies[place], issuer_name="Sở Xây dựng",
            issuer_key=f"agency:{province.agencies[place]}", kind="rating", subject="Thay kết quả xếp loại",
            scope_ids=province.paths[place], search_key=f"{number} qd-sxd thay ket qua",
        )  # fmt: skip
        db.session.commit()
    return made


def make_relatives(province: Province, name: str, relative: str, relation: str = "wife") -> None:
    """Write into somebody's record that another of the province is a close relative."""
    with scope.everything():
        table = Base.metadata.tables[FamilyMember.__tablename__]
        db.session.execute(
            insert(table).values(person_id=province.people[name], side="own", relation=relation, full_name=relative)
        )
        db.session.commit()


def rows_of(model: type[Any], *conditions: Any) -> Sequence[Any]:
    """Return rows of a table as the database has them, in the order of their ids."""
    with scope.everything():
        return db.session.scalars(
            select(model).where(*conditions).order_by(model.id).execution_options(populate_existing=True)
        ).all()
