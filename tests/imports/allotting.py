"""What a list of positions needs to stand on: a quota, the paper that approved it, the names of the catalogue."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert, select

from hrms.core import scope
from hrms.core.db import db
from hrms.decisions.models import Decision
from hrms.positions.models import JobPosition, QuotaMovement
from tests.province import Province


def name_of(key: str) -> str:
    with scope.everything():
        return str(db.session.scalar(select(JobPosition.name).where(JobPosition.key == key)))


def quota(province: Province, place: str, amount: int, kind: str = "civil") -> None:
    with scope.everything():
        db.session.execute(
            insert(QuotaMovement).values(
                agency_id=province.agencies[place], quota_kind=kind, kind="assigned", amount=amount,
                effective_on=date(2026, 1, 1), basis="old_data",
            )
        )  # fmt: skip
        db.session.commit()


def paper(province: Province, place: str = "C") -> int:
    with scope.everything():
        path = province.paths[place]
        made = db.session.execute(
            insert(Decision)
            .values(
                number="12", symbol="QĐ-UBND", signed_on=date(2026, 6, 20), issuer_name="UBND phường Ninh Kiều",
                issuer_key=f"agency:{path[-1]}", issuer_agency_id=path[-1], kind="other", subject="Phê duyệt vị trí",
                scope_ids=path, search_key="phe duyet vi tri",
            )
            .returning(Decision.id)
        ).scalar_one()  # fmt: skip
        db.session.commit()
    return int(made)
