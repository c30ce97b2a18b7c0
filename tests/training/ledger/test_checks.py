"""Every check of the ledger bites: what it proves is broken past the program, and it says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.exc import ProgrammingError

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.training.models import CreditEntry, TrainingEvidence
from hrms.training.queries import ledger_checks
from tests.province import TODAY, Province
from tests.training.making import add_class, add_hours, add_row, enrol

HUNG, CAM = "Nguyễn Văn Hùng", "Lý Thị Cẩm"
STARTS = clock.today() - timedelta(days=20)


def _class(province: Province, state: str) -> tuple[int, int]:
    made = add_class(province, "B", starts_on=STARTS, state="running")
    closed = {"closed_on": clock.today()} if state == "completed" else {}
    return made, enrol(province, made, HUNG, state=state, **closed)[0]


def _completed_without_entry(province: Province) -> None:
    _class(province, "completed")


def _entry_without_completion(province: Province) -> None:
    made, enrolment = _class(province, "accepted")
    add_hours(province, HUNG, 40, STARTS, source="class", class_id=made, enrolment_id=enrolment)


def _completed_twice(province: Province) -> None:
    made, enrolment = _class(province, "completed")
    for attempt in (1, 2):
        add_hours(province, HUNG, 40, STARTS, source="class", class_id=made, enrolment_id=enrolment, attempt=attempt)


def _accepted_without_entry(province: Province) -> None:
    with scope.everything():
        add_row(
            TrainingEvidence, person_id=province.people[HUNG], state="accepted", title="Thử", kind="position",
            form="online", hours=8, recognised_hours=8, started_on=STARTS, ended_on=STARTS, submitted_at=TODAY,
        )  # fmt: skip
        db.session.commit()


def _crooked_reversal(province: Province) -> None:
    made = add_hours(province, HUNG, 16, date(2026, 2, 1))
    with scope.everything():
        add_row(
            CreditEntry, person_id=province.people[HUNG], kind="position", form="class", hours=Decimal(-8),
            earned_on=date(2026, 2, 1), source="reversal", title="Thử", reverses_id=made, reason="x",
        )  # fmt: skip
        db.session.commit()


@pytest.mark.parametrize(
    ("breaks", "checks"),
    [
        (_completed_without_entry, {"check_sources"}),
        (_entry_without_completion, {"check_sources"}),
        (_completed_twice, {"check_sources"}),
        (_accepted_without_entry, {"check_sources"}),
        (_crooked_reversal, {"check_reversals", "check_sums"}),
    ],
)
def test_what_is_broken_is_found(province: Province, breaks: Callable[[Province], None], checks: set[str]) -> None:
    every = ("check_reversals", "check_sources", "check_sums")
    with scope.everything():
        assert {name for name in every if getattr(ledger_checks, name)()} == set()
    breaks(province)
    with scope.everything():
        assert {name for name in every if getattr(ledger_checks, name)()} == checks


def test_the_database_takes_no_hours_of_a_class_for_somebody_else(province: Province) -> None:
    made, enrolment = _class(province, "completed")
    with pytest.raises(ProgrammingError, match="row-level security"):
        add_hours(province, CAM, 40, STARTS, source="class", class_id=made, enrolment_id=enrolment)
    db.session.rollback()
