"""An officer of personnel does not write the coefficient, the post or the allowances they themself are paid by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from hrms.core import scope
from hrms.core.db import db
from hrms.core.errors import Forbidden
from hrms.core.permissions import Permission, Role
from hrms.people.models import PersonRank
from hrms.people.services import facts
from tests.performance.making import add_holder
from tests.province import Province

OWN, OTHER = "Lý Thị Cẩm", "Nguyễn Văn Hùng"
RANK = {
    "rank_code": "01.003", "pay_table": 2, "pay_group": "A1", "step": 9, "coefficient": Decimal("4.98"),
    "step_since": date(2026, 11, 1), "rank_since": date(2026, 1, 1),
}  # fmt: skip


def test_nobody_writes_what_they_are_paid_by(province: Province) -> None:
    actor = add_holder(province, "canbotochuc", Role.HR_AGENCY, "B", OWN)
    mine, other, paper = province.people[OWN], province.people[OTHER], facts.Paper(old_data=True)
    scope.enter_for(actor, Permission.PEOPLE_FACT)
    row = db.session.scalars(
        select(PersonRank).where(PersonRank.person_id == mine, PersonRank.superseded_at.is_(None))
    ).one()
    given = facts.Fact("rank", RANK, date(2026, 11, 1))
    attempts: tuple[Callable[[], object], ...] = (
        lambda: facts.record_facts(actor, mine, [given], paper),
        lambda: facts.record_facts(actor, mine, [facts.Fact("allowance", {}, date(2026, 11, 1))], paper),
        lambda: facts.record_facts(actor, mine, [facts.Fact("post", {}, date(2026, 11, 1))], paper),
        lambda: facts.correct_fact(actor, mine, "rank", row.id, given, paper, "sửa"),
        lambda: facts.end_fact(actor, mine, "rank", row.id, date(2026, 11, 1), paper),
        lambda: facts.withdraw_fact(actor, mine, "rank", row.id, "bỏ"),
    )
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()
    assert facts.record_facts(actor, other, [given], paper).written == 1
