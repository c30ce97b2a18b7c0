"""Fit the seats of the full-size province to the number of people asked for, kinds in their proportion."""

from __future__ import annotations

from random import Random

from seed.demo import FULL_SIZE
from seed.demo.roles import CADRE, CIVIL, CONTRACT, PUBLIC
from seed.demo.tree import (
    CONSTRUCTION_CODE,
    FULL_CIVIL,
    FULL_CONTRACT,
    HOME_AFFAIRS_CODE,
    POLITICAL_SCHOOL_CODE,
    Seat,
    Tree,
)


def fit(tree: Tree, people: int, rng: Random) -> list[Seat]:
    """Return `people` seats out of the full-size province, kinds in proportion, leaders first where there is room.

    Seats are repeated evenly when more are asked for. The agencies of the demo sign-ins are never left empty.
    """
    if people <= 0:
        return []
    civil = [s for s in tree.seats if s.role.kind in {CADRE, CIVIL}]
    public = [s for s in tree.seats if s.role.kind == PUBLIC]
    contract = [s for s in tree.seats if s.role.kind == CONTRACT]
    wanted_civil = round(people * FULL_CIVIL / FULL_SIZE)
    wanted_contract = round(people * FULL_CONTRACT / FULL_SIZE)
    wanted_public = people - wanted_civil - wanted_contract
    shown = {tree.unit(code).id for code in (HOME_AFFAIRS_CODE, CONSTRUCTION_CODE, POLITICAL_SCHOOL_CODE)}
    chosen = (
        _pick(civil, wanted_civil, shown)
        + _pick(public, wanted_public, shown)
        + _pick(contract, wanted_contract, shown)
    )
    rng.shuffle(chosen)
    return chosen


def _pick(seats: list[Seat], count: int, shown: set[int]) -> list[Seat]:
    first = [s for s in seats if s.using.top in shown]
    must = (first[:: max(1, len(first) // 12)] if len(first) > 12 else first)[: max(count // 4, 1 if count else 0)]
    leaders = [s for s in seats if s.role.leads]
    taken = {id(s) for s in must}
    if count >= 3 * len(leaders):
        kept = must + [s for s in leaders if id(s) not in taken]
        rest = [s for s in seats if not s.role.leads and id(s) not in taken]
    else:
        kept, rest = list(must), [s for s in seats if id(s) not in taken]
    missing = count - len(kept)
    whole, part = divmod(missing, len(rest))
    return kept + rest * whole + [rest[n * len(rest) // part] for n in range(part)]
