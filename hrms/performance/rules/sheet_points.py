"""Points of a sheet while it is filled in: the same rule for what is stored and for what one types. Pure.

Use `Given` (a product as the sheet has it), `Filled` (what was filled in), `reckon` → `Reckoned`.
NĐ 335/2025/NĐ-CP Đ12–Đ18; NĐ 233/2026/NĐ-CP Đ12.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from hrms.core.rules import Problem, Reason
from hrms.performance.rules.formula import Formula, Item, Leader, Role, check
from hrms.performance.rules.general import GeneralItem, general_total
from hrms.performance.rules.scoring import Scored, Unscored, score


@dataclass(frozen=True, slots=True)
class Given:
    """A product that counts: converted units, what its owner reported, what was found and nothing excuses."""

    key: int
    units: Decimal
    added: bool
    reported: str
    failed_checks: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled in: points by criterion, the leader criteria, done or not by product."""

    general: Mapping[str, Decimal | None] = field(default_factory=dict)
    leader: Leader | None = None
    done: Mapping[int, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The points, or why there are none yet; `missing` are codes of general criteria without points."""

    scored: Scored | None
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    problems: tuple[Problem, ...]
    general: Decimal


def items_of(given: Sequence[Given], done: Mapping[int, bool]) -> list[Item]:
    """Return products as the rule takes them; one nobody judged is not done."""
    return [
        Item(
            one.units, done.get(one.key, False), one.failed_checks, one.late, one.added,
            one.reported == "impossible" and not done.get(one.key, False), str(one.key),
        )
        for one in given
    ]  # fmt: skip


def reckon(
    given: Sequence[Given],
    filled: Filled,
    items: Sequence[GeneralItem],
    formula: Formula,
    role: Role,
    step: Decimal | None,
) -> Reckoned:
    """Return the points of a sheet as filled in; a criterion without points counts nothing and is named."""
    sums = general_total(filled.general, items, step=step)
    products = items_of(given, filled.done)
    problems = list(sums.problems)
    leader = filled.leader if role is not Role.STAFF else None
    if not problems:
        problems += check(products, sums.total, role, leader, formula)
    if problems:
        return Reckoned(None, (), sums.missing, tuple(problems), sums.total)
    found = score(products, sums.total, role, leader, formula)
    if isinstance(found, Unscored):
        return Reckoned(None, found.reasons, sums.missing, (), sums.total)
    return Reckoned(found, found.reasons, sums.missing, (), sums.total)
