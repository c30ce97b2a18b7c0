"""Accepted excess: what it must say, and that the check of the data accepts just that."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from hrms.core import scope
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused
from hrms.core.permissions import Permission
from hrms.positions.models import Overage
from hrms.positions.queries import checks
from hrms.positions.rules.limits import Rule
from hrms.positions.services import overages
from tests.positions.seating import add_line, sit
from tests.positions.test_quotas import DAY, codes, give
from tests.province import Province

OFFICER = "cc.specialised.04"


@pytest.fixture
def over(province: Province) -> tuple[Province, int]:
    """One seat, two people in it, the quota wide enough."""
    give(province, "sonoivu", ("root", 30), ("B", 10))
    line = add_line(province, "B1", 1, key=OFFICER)
    for name in ("Lý Thị Cẩm", "Nguyễn Văn Hùng"):
        sit(province, name, line, DAY)
    return province, line


def found() -> list[str]:
    with scope.everything():
        return [*checks.check_excesses(), *checks.check_seats()]


def test_an_excess_nobody_wrote_down_is_found(over: tuple[Province, int]) -> None:
    _province, line = over
    said = found()
    assert any("line" in one and f"vị trí số {line}" in one for one in said)
    assert any(f"vị trí số {line} có ngày vượt 1 chỗ" in one for one in said)


def test_just_what_is_written_down_is_accepted(over: tuple[Province, int]) -> None:
    province, line = over
    actor = province.enter("sonoivu", Permission.POSITIONS_VIEW)
    overages.record(
        actor, Rule.LINE, province.agencies["B1"], excess=1, reason="Có từ trước", from_on=DAY, line_id=line,
        solve_by=date(2027, 7, 1),
    )  # fmt: skip
    assert not any(f"vị trí số {line}" in one for one in found())
    sit(province, "Nguyen Van Hung", line, DAY)
    assert any(f"vị trí số {line}" in one for one in found())


def test_past_its_day_it_is_accepted_no_longer(over: tuple[Province, int]) -> None:
    province, line = over
    actor = province.enter("sonoivu", Permission.POSITIONS_VIEW)
    overages.record(
        actor, Rule.LINE, province.agencies["B1"], excess=1, reason="Có từ trước", from_on=DAY, line_id=line,
        solve_by=date(2026, 6, 30),
    )  # fmt: skip
    assert any("quá hạn" in one for one in found())


def test_an_ended_excess_is_accepted_no_longer(over: tuple[Province, int]) -> None:
    province, line = over
    actor = province.enter("sonoivu", Permission.POSITIONS_VIEW)
    overages.record(actor, Rule.LINE, province.agencies["B1"], excess=1, reason="x", from_on=DAY, line_id=line)
    row = db.session.scalars(select(Overage).where(Overage.superseded_at.is_(None))).one()
    with pytest.raises(Refused):
        overages.end(actor, row.id, on=date(2027, 1, 1), reason="x")
    overages.end(actor, row.id, on=date(2026, 11, 1), reason="Đã chuyển")
    assert any(f"vị trí số {line}" in one for one in found())


def test_the_law_gives_the_day_and_bounds_it(province: Province) -> None:
    actor = province.enter("sonoivu", Permission.POSITIONS_VIEW)
    agency = province.agencies["B1"]
    overages.record(actor, Rule.DEPUTIES, agency, excess=1, reason="Sau sắp xếp", from_on=DAY)
    assert db.session.scalars(select(Overage)).one().solve_by == date(2030, 7, 1)
    with pytest.raises(Refused) as refused:
        overages.record(actor, Rule.DEPUTIES, agency, excess=0, reason=" ", from_on=DAY, solve_by=date(2031, 1, 1))
    assert codes(refused.value) == {"bad_number", "required", "after_law_day"}
    with pytest.raises(Refused) as refused:
        overages.record(actor, Rule.GRADE_RATIO, agency, excess=1, reason="x", from_on=date(2026, 8, 1))
    assert codes(refused.value) == {"required"}


def test_an_agency_does_not_accept_its_own_excess(over: tuple[Province, int]) -> None:
    province, line = over
    actor = province.enter("tochuc", Permission.POSITIONS_VIEW)
    with pytest.raises(Forbidden):
        overages.record(actor, Rule.LINE, province.agencies["B1"], excess=1, reason="x", from_on=DAY, line_id=line)
