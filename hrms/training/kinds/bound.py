"""The promise to serve beside decisions of leaving and moving: what is left of it, and what leaving would cost.

NĐ 171/2025/NĐ-CP Đ6–8. Until 31/7/2026 an unserved commitment was a ground to refuse a wish to leave; from 01/8/2026 it
is none, but severance waits (NĐ 300/2026/NĐ-CP Đ27–28). A move by decision inside the political system owes nothing,
and the promise goes along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from hrms.core.actor import Actor
from hrms.core.formats import format_number
from hrms.core.rules import N_
from hrms.decisions import kinds as path
from hrms.decisions.kinds import Extension, Proposed
from hrms.decisions.models import Decision, SubmissionLine
from hrms.decisions.rules.conditions import Condition, Outcome
from hrms.people.queries import law
from hrms.people.rules.leaving import Case
from hrms.people.rules.parameters import is_on
from hrms.training.queries import payback
from hrms.training.queries.payback import Bound
from hrms.training.rules.repayment import CASES, RELIEF

LEAVING = ("leaving",)
MOVING = ("transfer", "rotation", "secondment")
KEY = "training_commitments"


class WithCommitment(Extension):
    """The open commitments of whoever leaves or moves, as conditions of the paper."""

    def __init__(self, *, leaves: bool) -> None:
        self.leaves = leaves

    def prepare(self, proposed: Sequence[Proposed]) -> Sequence[Proposed]:
        """Return the proposals with the commitments that run on their day; at most two statements a day of effect."""
        found: dict[tuple[int, str], Sequence[Bound]] = {}
        for day in {one.effective_on for one in proposed}:
            ids = [one.subject.person_id for one in proposed if one.effective_on == day]
            for person_id, bound in payback.bound_people(ids, day).items():
                found[person_id, day.isoformat()] = bound
        return [
            replace(one, more={**one.more, KEY: found.get((one.subject.person_id, one.effective_on.isoformat()), ())})
            for one in proposed
        ]

    def conditions(self, proposed: Proposed) -> Sequence[Condition]:
        """Return a condition for each commitment that still runs; nothing of whoever is not bound."""
        bound: Sequence[Bound] = proposed.more.get(KEY, ())
        return [self._condition(proposed, one, place) for place, one in enumerate(bound, 1)]

    def _condition(self, proposed: Proposed, one: Bound, place: int) -> Condition:
        params = {
            "programme": one.commitment.programme, "left": one.months_left, "all": one.commitment.committed_months,
            "amount": format_number(Decimal(one.owed.answer.amount), "vi"),
        }  # fmt: skip
        code = f"training_commitment_{place}"
        if not self.leaves:
            return Condition(
                code, N_("Cam kết phục vụ sau đào tạo: chuyển công tác theo quyết định, không phải đền bù"),
                Outcome.MET, RELIEF,
                N_("Còn %(left)s/%(all)s tháng sau khóa “%(programme)s”; nơi nhận theo dõi tiếp."), params,
                blocking=False,
            )  # fmt: skip
        wish = proposed.values.get("case") == Case.OWN_WISH.value
        refuses = wish and is_on(law.parameters(proposed.effective_on), "leaving.commitment_refuses")
        return Condition(
            code, N_("Đã phục vụ đủ thời gian cam kết sau đào tạo (chưa đủ thì phải đền bù)"), Outcome.NOT_MET, CASES,
            N_("Còn %(left)s/%(all)s tháng sau khóa “%(programme)s”: thôi việc ngày này phải đền bù %(amount)s đồng."),
            params, blocking=refuses,
        )  # fmt: skip

    def apply(self, actor: Actor, decision: Decision, lines: Sequence[tuple[SubmissionLine, Proposed]]) -> None:
        """Write nothing: the calendar asks for the case once somebody has left."""
        del actor, decision, lines


def register() -> None:
    """Lay the commitments beside the kinds of leaving and moving."""
    for code in (*LEAVING, *MOVING):
        if path.get(code) is not None:
            path.extend(code, WithCommitment(leaves=code in LEAVING))
