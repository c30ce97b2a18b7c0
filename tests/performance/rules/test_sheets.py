"""Who scores whom, what each may do with a sheet, and that no path lets anybody raise their own points."""

from __future__ import annotations

import itertools

import pytest

from hrms.performance.rules.formula import Decree, Role
from hrms.performance.rules.sheets import (
    ACTION_LABELS,
    STATE_LABELS,
    TRANSITIONS,
    Action,
    Part,
    Party,
    Scorer,
    Unit,
    authority_of,
    conflict,
    deciding_place,
    may,
    parties,
    scoring_place,
    transition,
)
from hrms.performance.rules.work import SheetState

S = SheetState
SELF = frozenset({Party.SELF})


@pytest.mark.parametrize(
    ("role", "unit", "scores", "decides"),
    [
        (Role.HEAD, Unit.USING, Scorer.MANAGING_HEAD, Scorer.MANAGING_HEAD),
        (Role.DEPUTY, Unit.USING, Scorer.USING_HEAD, Scorer.USING_HEAD),
        (Role.STAFF, Unit.USING, Scorer.USING_HEAD, Scorer.USING_HEAD),
        (Role.HEAD, Unit.COMPONENT, Scorer.USING_HEAD, Scorer.USING_HEAD),
        (Role.DEPUTY, Unit.COMPONENT, Scorer.COMPONENT_HEAD, Scorer.USING_HEAD),
        (Role.STAFF, Unit.COMPONENT, Scorer.COMPONENT_HEAD, Scorer.USING_HEAD),
    ],
)
def test_who_scores_whom(role: Role, unit: Unit, scores: Scorer, decides: Scorer) -> None:
    found = authority_of(role, unit)
    assert (found.scores, found.decides, found.reason.source) == (scores, decides, "NĐ 335/2025/NĐ-CP Đ10")
    assert authority_of(role, unit, Decree.PUBLIC).reason.source == "NĐ 233/2026/NĐ-CP Đ13"


def test_the_places_of_scoring_and_deciding() -> None:
    division, department, province = 30, 20, 10
    chain = [division, department, province]
    assert [scoring_place(role, chain) for role in (Role.STAFF, Role.DEPUTY, Role.HEAD)] == [30, 30, 20]
    assert scoring_place(Role.HEAD, [province]) is None
    kinds = [(division, Unit.COMPONENT), (department, Unit.USING), (province, Unit.USING)]
    assert [deciding_place(role, kinds) for role in Role] == [20, 20, 20]
    assert deciding_place(Role.HEAD, kinds[1:]) == province
    assert deciding_place(Role.STAFF, kinds[1:]) == department
    assert deciding_place(Role.HEAD, kinds[2:]) is None
    assert deciding_place(Role.STAFF, [(division, Unit.COMPONENT)]) is None


def test_every_action_and_state_has_words_and_a_step() -> None:
    assert {one.action for one in TRANSITIONS} == set(Action) == set(ACTION_LABELS)
    assert set(STATE_LABELS) == set(SheetState)
    assert len(TRANSITIONS) == len(Action)


def test_nothing_the_person_does_writes_points() -> None:
    for one in TRANSITIONS:
        if Party.SELF in one.by:
            assert one.by == SELF
            assert one.writes is not Part.POINTS
            assert one.end in {S.SELF_SCORED, S.OPEN}
        if one.writes is Part.POINTS:
            assert one.by == {Party.AUTHORITY}


def test_no_path_of_actions_by_one_person_writes_points_on_their_own_sheet() -> None:
    """Walk everything one can do with one's own sheet, whatever else one is: no step reached writes points."""
    for scores, manages in itertools.product((False, True), repeat=2):
        mine = parties(7, 7, scores=scores, manages=manages)
        reached, front = set(SheetState), list(SheetState)
        while front:
            state = front.pop()
            for action in Action:
                if may(action, state, mine, overdue=True, reason="x") is None:
                    step = transition(action)
                    assert step.writes is not Part.POINTS
                    assert step.end not in {S.SCORED, S.PUBLISHED}
                    if step.end not in reached:
                        reached.add(step.end)
                        front.append(step.end)


def test_a_published_sheet_is_left_only_by_a_correction_of_the_authority() -> None:
    leaving = [one for one in TRANSITIONS if S.PUBLISHED in one.starts | one.overdue_from]
    assert [(one.action, one.by, one.needs_reason) for one in leaving] == [
        (Action.SUPERSEDE, frozenset({Party.AUTHORITY}), True)
    ]


@pytest.mark.parametrize(
    ("action", "state", "party", "more", "code"),
    [
        (Action.SELF_SCORE, S.OPEN, Party.SELF, {}, None),
        (Action.SELF_SCORE, S.RETURNED, Party.SELF, {}, None),
        (Action.SELF_SCORE, S.SCORED, Party.SELF, {}, "wrong_state"),
        (Action.SELF_SCORE, S.OPEN, Party.AUTHORITY, {}, "not_yours"),
        (Action.TAKE_BACK, S.SELF_SCORED, Party.SELF, {}, None),
        (Action.TAKE_BACK, S.SCORED, Party.SELF, {}, "wrong_state"),
        (Action.SCORE, S.SELF_SCORED, Party.AUTHORITY, {}, None),
        (Action.SCORE, S.SELF_SCORED, Party.SELF, {}, "not_yours"),
        (Action.SCORE, S.SELF_SCORED, Party.MANAGER, {}, "not_yours"),
        (Action.SCORE, S.OPEN, Party.AUTHORITY, {}, "wait_for_self"),
        (Action.SCORE, S.OPEN, Party.AUTHORITY, {"overdue": True}, None),
        (Action.SCORE, S.PUBLISHED, Party.AUTHORITY, {"overdue": True}, "wrong_state"),
        (Action.RETURN, S.SELF_SCORED, Party.AUTHORITY, {}, "reason_missing"),
        (Action.RETURN, S.SELF_SCORED, Party.AUTHORITY, {"reason": "Thiếu minh chứng"}, None),
        (Action.RESCORE, S.SCORED, Party.AUTHORITY, {}, None),
        (Action.RESCORE, S.PUBLISHED, Party.AUTHORITY, {}, "wrong_state"),
        (Action.PUBLISH, S.SCORED, Party.MANAGER, {}, None),
        (Action.PUBLISH, S.SELF_SCORED, Party.MANAGER, {}, "wrong_state"),
        (Action.SUPERSEDE, S.PUBLISHED, Party.MANAGER, {"reason": "x"}, "not_yours"),
        (Action.SUPERSEDE, S.PUBLISHED, Party.AUTHORITY, {"reason": " "}, "reason_missing"),
    ],
)
def test_what_may_be_done(
    action: Action, state: SheetState, party: Party, more: dict[str, object], code: str | None
) -> None:
    found = may(action, state, {party}, **more)  # type: ignore[arg-type] # overdue and reason
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("actor", "relation", "code"),
    [(7, None, "self"), (8, "wife", "spouse"), (8, "husband", "spouse"), (8, "child", "kin"), (8, "uncle", "kin"),
     (8, "spouse_mother", "kin"), (8, "other", None), (8, "guardian", None), (8, None, None), (None, None, None)],
)  # fmt: skip
def test_conflicts_of_interest(actor: int | None, relation: str | None, code: str | None) -> None:
    kin = {8: relation} if relation else {}
    found = conflict(actor, 7, kin)
    assert (found.code if found else None) == code
    standing = parties(actor, 7, scores=True, manages=True, kin=kin)
    assert standing == ({"self": SELF, None: {Party.AUTHORITY, Party.MANAGER}}.get(code, frozenset()))
