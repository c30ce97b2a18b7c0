"""A repayment from the promise to the last đồng: who may, what is refused, how each step is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from hrms.audit.models import AuditEvent
from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.training.models import TrainingCommitment, TrainingRepayment
from hrms.training.queries import payback as reading
from hrms.training.queries import payback_checks
from hrms.training.rules.commitments import CommitmentState, Terms
from hrms.training.rules.council import CouncilRole, Member
from hrms.training.rules.repayment import Case, Exemption
from hrms.training.services import commitments as writing
from hrms.training.services import repayments
from hrms.training.services.repayments import Asked
from tests.province import TODAY, Province
from tests.training.payback.promising import ANH, CAM, HUNG, paper, promise, set_record

LEFT = Asked(Case.LEFT_EARLY, date(2026, 11, 1))
COUNCIL = [
    Member(name, role, present=True, agrees=True)
    for name, role in zip(
        ("Trần A", "Lê B", "Phạm C", "Đỗ D", "Hồ E"),
        (CouncilRole.CHAIR, CouncilRole.SECRETARY, CouncilRole.PARTY, CouncilRole.UNIT, CouncilRole.FINANCE),
        strict=True,
    )
]


@pytest.fixture(autouse=True)
def _today(province: Province) -> Iterator[None]:
    with clock.frozen(TODAY):
        set_record(province, HUNG, recruited_on="2015-09-01", ethnic_group="01")
        yield


def officer(province: Province, username: str = "tochuc") -> Actor:
    return province.enter(username, Permission.TRAINING_MANAGE, Permission.DECISIONS_VIEW, Permission.DECISIONS_RECORD)


def found(commitment_id: int) -> TrainingCommitment:
    with scope.everything():
        return db.session.execute(
            select(TrainingCommitment)
            .where(TrainingCommitment.id == commitment_id)
            .execution_options(populate_existing=True)
        ).scalar_one()


def opened(province: Province, name: str = HUNG, asked: Asked = LEFT, **more: Any) -> tuple[Actor, int]:
    made, actor = promise(province, name, **more), officer(province)
    with transaction():
        repayments.open_case(actor, made, asked, None)
    return officer(province), made


def recommended(province: Province) -> tuple[Actor, int]:
    actor, made = opened(province)
    with transaction():
        repayments.note_council(
            actor, made, COUNCIL, None, met_on=date(2026, 11, 18), recommended_on=date(2026, 11, 20)
        )
    return officer(province), made


def decided(province: Province) -> tuple[Actor, int]:
    _actor, made = recommended(province)
    number = paper(province)
    with transaction():
        repayments.decide(officer(province), made, number, None)
    return officer(province), made


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.problems]


def test_a_man_of_eight_years_who_leaves_after_a_year_owes_eight_percent_less(province: Province) -> None:
    _actor, made = opened(province)
    case = reading.repayment_of(made)
    assert case is not None
    assert (case.served_months, case.years_before, case.reduced_rate) == (12, 8, False)
    assert (case.amount, case.cost) == (36_800_000, 60_000_000)


def test_a_woman_and_a_minority_owe_less(province: Province) -> None:
    set_record(province, CAM, recruited_on="2015-09-01")
    _actor, made = opened(province, CAM)
    case = reading.repayment_of(made)
    assert case is not None
    assert case.amount == 35_200_000
    set_record(province, HUNG, ethnic_group="02")
    other = promise(province, HUNG, programme="Khác")
    actor = officer(province)
    row, person = reading.get_commitment(actor, other, Permission.TRAINING_MANAGE)
    assert repayments.preview(row, person, LEFT).answer.amount == 35_200_000


def test_all_the_way_and_the_money_in_two_parts(province: Province) -> None:
    actor, made = decided(province)
    case = reading.repayment_of(made)
    assert case is not None
    assert (case.state, case.decided_on, case.due_on) == ("decided", date(2026, 11, 20), date(2027, 3, 20))
    with transaction():
        repayments.pay(actor, made, date(2026, 11, 20), 30_000_000, "BL 01", None)
    actor = officer(province)
    with pytest.raises(Refused) as refused:
        repayments.pay(actor, made, date(2026, 11, 21), 6_800_001, "", None)
    assert codes(refused) == ["out_of_range"]
    with transaction():
        repayments.pay(officer(province), made, date(2026, 11, 21), 6_800_000, "BL 02", None)
    assert found(made).state == "repaid"
    assert payback_checks.run() == []
    actor = officer(province)
    last = reading.payments_of(reading.repayment_of(made).id)[-1]  # type: ignore[union-attr] # it is there
    with transaction():
        repayments.reverse_payment(actor, made, last.id, "Ghi nhầm biên lai", None)
    officer(province)
    again = reading.repayment_of(made)
    assert again is not None
    assert again.state == "decided"
    assert reading.paid_sum(reading.payments_of(again.id)) == 30_000_000
    assert (found(made).state, found(made).closed_on) == ("serving", None)
    with pytest.raises(Refused) as refused:
        repayments.reverse_payment(officer(province), made, last.id, "Lần nữa", None)
    assert codes(refused) == ["reversed_already"]
    assert payback_checks.run() == []


def test_a_decision_waits_for_the_council(province: Province) -> None:
    actor, made = opened(province)
    number = paper(province)
    with pytest.raises(Refused) as refused:
        repayments.decide(officer(province), made, number, None)
    assert codes(refused) == ["not_recommended"]
    away = [*COUNCIL[:4], Member("Hồ E", CouncilRole.FINANCE)]
    with pytest.raises(Refused) as refused:
        repayments.note_council(actor, made, away, None, met_on=date(2026, 11, 18))
    assert codes(refused) == ["council_absent"]
    against = [Member(one.name, one.role, present=True, agrees=place < 2) for place, one in enumerate(COUNCIL)]
    with pytest.raises(Refused) as refused:
        repayments.note_council(
            officer(province), made, against, None, met_on=date(2026, 11, 18), recommended_on=date(2026, 11, 19)
        )
    assert codes(refused) == ["not_passed"]
    with pytest.raises(Refused) as refused:
        repayments.note_council(officer(province), made, COUNCIL, None, recommended_on=date(2026, 11, 19))
    assert codes(refused) == ["required"]


def test_exempt_needs_proof_and_no_council(province: Province) -> None:
    actor, made = opened(province)
    number = paper(province)
    with pytest.raises(Refused) as refused:
        repayments.decide(officer(province), made, number, None, exemption=Exemption.SICKNESS)
    assert codes(refused) == ["required"]
    with transaction():
        repayments.decide(
            officer(province), made, number, None, exemption=Exemption.SICKNESS, note="Giấy của bệnh viện"
        )
    assert found(made).state == "released"
    actor = officer(province)
    case = reading.repayment_of(made)
    assert case is not None
    assert (case.state, case.amount, case.due_on) == ("exempt", 0, None)
    with transaction():
        repayments.undo_decision(actor, made, "Ghi nhầm người", None)
    officer(province)
    again = reading.repayment_of(made)
    assert again is not None
    assert (again.state, again.amount, found(made).state) == ("open", 36_800_000, "serving")
    assert payback_checks.run() == []


def test_a_decision_with_money_against_it_stands(province: Province) -> None:
    actor, made = decided(province)
    with transaction():
        repayments.pay(actor, made, date(2026, 11, 20), 1, "", None)
    with pytest.raises(Refused) as refused:
        repayments.undo_decision(officer(province), made, "Nhầm", None)
    assert codes(refused) == ["paid_already"]


def test_a_case_can_be_cancelled_and_opened_anew(province: Province) -> None:
    actor, made = recommended(province)
    with pytest.raises(Refused):
        repayments.cancel(actor, made, " ", None)
    with transaction():
        repayments.cancel(officer(province), made, "Người đó không thôi việc", None)
    with transaction():
        repayments.open_case(officer(province), made, LEFT, None)
    with pytest.raises(Refused) as refused:
        repayments.open_case(officer(province), made, LEFT, None)
    assert codes(refused) == ["has_repayment"]
    with pytest.raises(NotFound):
        repayments.cancel(officer(province), made + 999, "x", None)


def test_nothing_is_opened_for_who_has_not_returned_but_left_early(province: Province) -> None:
    made = promise(province, state="studying", returned_on=None)
    with pytest.raises(Refused) as refused:
        repayments.open_case(officer(province), made, LEFT, None)
    assert codes(refused) == ["not_returned"]
    with transaction():
        case = repayments.open_case(officer(province), made, Asked(Case.QUIT_DURING, date(2026, 3, 1)), None)
    assert case.amount == 55_200_000


def test_only_hr_of_the_agency_writes(province: Province) -> None:
    made = promise(province)
    for username in ("thutruong", "thanhtra", "canbo", "giangvien"):
        with pytest.raises((Forbidden, NotFound)):
            repayments.open_case(officer(province, username), made, LEFT, None)
    other = promise(province, ANH)
    with pytest.raises(NotFound):
        repayments.open_case(officer(province), other, LEFT, None)
    with transaction():
        repayments.open_case(officer(province, "sonoivu"), other, LEFT, None)


def test_a_stale_form_changes_nothing(province: Province) -> None:
    actor, made = decided(province)
    case = reading.repayment_of(made)
    assert case is not None
    with transaction():
        repayments.pay(actor, made, date(2026, 11, 20), 5, "", case.version)
    with pytest.raises(Stale):
        repayments.pay(officer(province), made, date(2026, 11, 20), 5, "", case.version - 1)


TERMS = Terms(
    "Tiến sĩ Luật", date(2021, 9, 1), date(2024, 8, 31), 108, date(2024, 9, 3), local_cost=90_000_000,
    institution="Đại học Luật",
)  # fmt: skip


def test_a_promise_is_written_put_right_closed_and_opened(province: Province) -> None:
    with transaction():
        made = writing.create(officer(province), province.people[HUNG], TERMS)
    assert (made.state, made.committed_months) == ("serving", 108)
    with pytest.raises(Refused) as refused:
        writing.create(officer(province), province.people[HUNG], TERMS)
    assert codes(refused) == ["commitment_twice"]
    with transaction():
        writing.edit(
            officer(province), made.id,
            Terms("Tiến sĩ Luật", date(2021, 9, 1), date(2024, 8, 31), 100, None, local_cost=90_000_000), None, 1,
        )  # fmt: skip
    assert found(made.id).state == "studying"
    with pytest.raises(Stale):
        writing.edit(officer(province), made.id, TERMS, None, 1)
    with pytest.raises(Refused) as refused:
        writing.close(officer(province), made.id, CommitmentState.FULFILLED, date(2026, 11, 1), "Đủ", None)
    assert codes(refused) == ["not_fulfilled"]
    with transaction():
        writing.close(officer(province), made.id, CommitmentState.RELEASED, date(2026, 11, 1), "Ghi nhầm", None)
    with pytest.raises(Refused):
        writing.edit(officer(province), made.id, TERMS, None, None)
    with transaction():
        writing.reopen(officer(province), made.id, "Mở lại", None)
    assert (found(made.id).state, found(made.id).closed_on) == ("studying", None)
    with scope.everything():
        told = db.session.scalars(
            select(AuditEvent.action).where(AuditEvent.entity == writing.ENTITY).order_by(AuditEvent.id)
        ).all()
    assert told == ["commitment.created", "commitment.edited", "commitment.closed", "commitment.reopened"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"programme": ""}, "programme"), ({"ends_on": date(2020, 1, 1)}, "ends_on"),
        ({"returned_on": date(2021, 1, 1)}, "returned_on"), ({"returned_on": date(2027, 1, 1)}, "returned_on"),
        ({"committed_months": 0}, "committed_months"), ({"local_cost": -1}, "local_cost"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named(province: Province, more: dict[str, Any], field: str) -> None:
    import dataclasses

    with pytest.raises(Refused) as refused:
        writing.create(officer(province), province.people[HUNG], dataclasses.replace(TERMS, **more))
    assert [one.field for one in refused.value.problems] == [field]


def test_a_case_under_way_keeps_the_promise_as_it_is(province: Province) -> None:
    _actor, made = opened(province)
    with pytest.raises(Refused) as refused:
        writing.edit(officer(province), made, TERMS, None, None)
    assert codes(refused) == ["has_repayment"]
    with scope.everything():
        assert db.session.scalars(select(TrainingRepayment.state)).all() == ["open"]
