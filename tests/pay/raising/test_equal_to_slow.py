"""The list of raises against a second, plainly written implementation: equal to the last person."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.pay.queries import raise_checks, raising
from hrms.pay.services import clocks
from tests.counting import statements
from tests.pay.raising.slow import Slow
from tests.pay.raising.world import differing, make
from tests.province import Province

PEOPLE = 2_500
UNTIL = (date(2026, 12, 31), date(2027, 3, 31))


@pytest.fixture
def made(province: Province) -> list[int]:
    """A generated province."""
    found = make(province, PEOPLE)
    clocks.refresh(None)
    db.session.commit()
    return found


def test_lists_and_days_of_2500_people_equal_the_slow_answer(made: list[int]) -> None:
    with scope.everything():
        slow = Slow(clock.today())
        for until in UNTIL:
            expected = slow.raises(until)
            with statements() as sent:
                found = raising.due(None, until)
            said = {
                (one.person_id, one.kind.value, one.from_step, one.to_step, one.to_percent, one.due_on,
                 one.effective_on)
                for one in found
            }  # fmt: skip
            assert differing(said, expected) == []
            assert len(found) == len(expected)
            assert {one.kind.value for one in found} == {"step", "beyond_scale", "retirement"}
            assert len(sent) <= 6
        assert len(expected) > PEOPLE / 3
        days = slow.next_days()
        kept = {
            row.person_id: row.next_step_on
            for row in db.session.execute(
                text("SELECT person_id, next_step_on FROM people_current WHERE next_step_on IS NOT NULL")
            )
        }
        assert differing(list(kept.items()), list(days.items())) == []
        assert raise_checks.run() == []
        moved = db.session.execute(
            text("""
            SELECT count(*) FROM people_current c JOIN pay_scale_steps s USING (pay_table, pay_group, step)
            WHERE c.step < c.steps AND c.next_step_on <> (c.step_since + make_interval(months => s.months_per_step))
            """)
        ).scalar_one()
        # The world would prove nothing if nobody's step were prolonged.
        assert moved > PEOPLE / 5
