"""Steps of rounds and petitions, who takes them, and the days they are due."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hrms.core.dates import add_working_days
from hrms.performance.rules import petition, rounds
from hrms.performance.rules.formula import Decree
from hrms.performance.rules.petition import PetitionParty, PetitionState, PetitionStep, Supersedes
from hrms.performance.rules.rounds import RoundParty, RoundState, RoundStep

R, A, D = RoundState, RoundParty.ADVISER, RoundParty.DECIDER


@pytest.mark.parametrize(
    ("step", "state", "party", "code"),
    [
        (RoundStep.PROPOSE, R.COLLECTING, A, None),
        (RoundStep.PROPOSE, R.PROPOSED, A, None),
        (RoundStep.PROPOSE, R.DECIDED, A, "wrong_state"),
        (RoundStep.MEET, R.PROPOSED, D, None),
        (RoundStep.MEET, R.COLLECTING, D, "wrong_state"),
        (RoundStep.BACK_TO_PROPOSAL, R.MEETING, A, "reason_missing"),
        (RoundStep.DECIDE, R.MEETING, D, None),
        (RoundStep.DECIDE, R.MEETING, A, "not_yours"),
        (RoundStep.DECIDE, R.PROPOSED, D, "wrong_state"),
        (RoundStep.PUBLISH, R.DECIDED, A, None),
        (RoundStep.PUBLISH, R.MEETING, D, "wrong_state"),
        (RoundStep.SETTLE, R.PUBLISHED, D, None),
        (RoundStep.SETTLE, R.DECIDED, D, "wrong_state"),
        (RoundStep.CANCEL, R.DECIDED, D, "wrong_state"),
        (RoundStep.CANCEL, R.COLLECTING, D, "reason_missing"),
    ],
)
def test_steps_of_a_round(step: RoundStep, state: RoundState, party: RoundParty, code: str | None) -> None:
    found = rounds.may_step(step, state, {party})
    assert (found.code if found else None) == code


def test_a_decision_comes_only_after_a_meeting_and_nothing_leads_back_from_it() -> None:
    after = {R.DECIDED, R.PUBLISHED, R.SETTLED}
    for one in rounds.TRANSITIONS:
        if one.end in after:
            assert one.starts <= {R.MEETING} | after
        if one.starts & after:
            assert one.end in after
    assert {one.step for one in rounds.TRANSITIONS} == set(RoundStep) == set(rounds.STEP_LABELS)
    assert set(rounds.ROUND_LABELS) == set(RoundState)


def test_every_state_is_reached_from_the_first() -> None:
    reached = {R.COLLECTING}
    for _ in RoundState:
        reached |= {one.end for one in rounds.TRANSITIONS if one.starts & reached}
    assert reached == set(RoundState)


def test_days_of_a_round() -> None:
    assert rounds.due(2026, Decree.CIVIL).last_day == date(2026, 12, 14)
    assert rounds.due(2026, Decree.CIVIL, special=True).last_day == date(2027, 1, 14)
    assert rounds.due(2026, Decree.PUBLIC).last_day == date(2026, 12, 14)
    early = rounds.due(2026, Decree.PUBLIC, public_before=(12, 5))
    assert (early.last_day, early.reason.figure) == (date(2026, 12, 4), "2026-12-04")
    assert rounds.settle_by(2026) == date(2027, 1, 31)
    assert rounds.report_by(date(2026, 12, 10)).last_day == date(2026, 12, 15)


def working(day: date, count: int) -> date:
    return add_working_days(day, count, {date(2027, 1, 1)}, set())


def test_an_answer_is_due_after_seven_working_days() -> None:
    last, reason = petition.answer_by(date(2026, 12, 24), working)
    assert last == date(2027, 1, 5)  # weekends and 1 January do not count
    assert (reason.figure, reason.source) == ("2027-01-05", "NĐ 335/2025/NĐ-CP Đ22")


P = PetitionParty


@pytest.mark.parametrize(
    ("step", "standing", "answer", "code"),
    [
        (PetitionStep.ACCEPT, {P.SUPERSEDER}, "Đúng", None),
        (PetitionStep.ACCEPT, {P.ANSWERER}, "Đúng", "not_yours"),
        (PetitionStep.ACCEPT, {P.SUPERSEDER}, "", "answer_missing"),
        (PetitionStep.ACCEPT, {P.SUPERSEDER, P.PETITIONER}, "Đúng", "not_yours"),
        (PetitionStep.REJECT, {P.ANSWERER}, "Không có căn cứ", None),
        (PetitionStep.REJECT, {P.PETITIONER}, "x", "not_yours"),
        (PetitionStep.WITHDRAW, {P.PETITIONER}, "", None),
        (PetitionStep.WITHDRAW, {P.ANSWERER}, "", "not_yours"),
    ],
)
def test_steps_of_a_petition(step: PetitionStep, standing: set[P], answer: str, code: str | None) -> None:
    found = petition.may_step(step, PetitionState.OPEN, standing, answer=answer)
    assert (found.code if found else None) == code


def test_a_closed_petition_stays_closed() -> None:
    for state in set(PetitionState) - {PetitionState.OPEN}:
        for step, party in ((PetitionStep.REJECT, P.ANSWERER), (PetitionStep.WITHDRAW, P.PETITIONER)):
            found = petition.may_step(step, state, {party}, answer="x")
            assert found is not None
            assert found.code == "wrong_state"


def test_who_supersedes() -> None:
    assert petition.superseding(Decree.CIVIL)[0] is Supersedes.MANAGING_HEAD
    assert petition.superseding(Decree.PUBLIC)[0] is Supersedes.CLASSIFIER


def test_the_window_of_petitions() -> None:
    day = date(2026, 12, 20)
    codes = [petition.window(day, day + timedelta(days=n), 30) for n in (-1, 0, 30, 31)]
    assert [one.code if one else None for one in codes] == ["too_early", None, None, "too_late"]
