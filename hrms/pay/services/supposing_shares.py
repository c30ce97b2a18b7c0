"""What another scheme of bonuses or extra income would give to the people and classes of a year; reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from hrms.core import scope, settings
from hrms.core.actor import EVERYTHING
from hrms.core.errors import Refused
from hrms.core.scope import Scope
from hrms.pay.queries import members
from hrms.pay.queries.members import Gathered
from hrms.pay.rules.schemes import Period, Step, Terms, read_terms
from hrms.pay.rules.share_costs import Amounts, ShareCost, share_cost
from hrms.pay.rules.supposed import Incentive
from hrms.pay.services.reckoning import Asked, reckon

QUARTERS = (1, 2, 3, 4)


def cost_of_scheme(change: Incentive, agency_ids: Collection[int] | None) -> ShareCost:
    """Return what the supposed scheme costs in the change's year, beside the one it replaces or beside none.

    `agency_ids` are paying agencies, None for all. Each has its own fund, as in a settlement of the whole year. Needs
    no scope of its own: who has moved on since is read too, and only sums are returned.
    """
    known: dict[Any, Gathered] = {}
    after, refused = _amounts(read_terms(change.terms, change.eligible), change.year, agency_ids, known)
    before: Amounts = {}
    if change.before_terms is not None and change.before_eligible is not None:
        old = read_terms(change.before_terms, change.before_eligible)
        before, without = _amounts(old, change.year, agency_ids, known)
        refused |= without
    names = change.before_name, change.name
    least = int(settings.get("pay.hidden_below"))
    counted = [{one: found for one, found in amounts.items() if one not in refused} for amounts in (before, after)]
    return share_cost(change.year, names, counted[0], counted[1], len(refused), least)


def _amounts(
    terms: Terms, year: int, agency_ids: Collection[int] | None, known: dict[Any, Gathered]
) -> tuple[Mapping[int, Mapping[int, int]], set[int]]:
    """Return đồng of the year by agency and person, and the agencies whose fund cannot be reckoned."""
    found: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    refused: set[int] = set()
    for quarter in QUARTERS if terms.period is Period.QUARTER else (None,):
        gathered = _gathered(terms, year, quarter, agency_ids, known)
        for agency_id in sorted(gathered.members):
            try:
                done = reckon(Asked(terms, Step.SETTLEMENT, year, quarter), gathered, agency_id)
            except Refused:
                refused.add(agency_id)
                continue
            for line in done.lines:
                found[agency_id][line.member.person_id] += line.amount
    return found, refused


def _gathered(
    terms: Terms, year: int, quarter: int | None, agency_ids: Collection[int] | None, known: dict[Any, Gathered]
) -> Gathered:
    # Who was there and their classes are the same for two schemes that ask alike.
    key = quarter, terms.rating_of, terms.eligible.uncounted
    if key not in known:
        with scope.entered(Scope(people=(EVERYTHING,), pay=(EVERYTHING,))):
            known[key] = members.gather(agency_ids, year, quarter, terms)
    return known[key]
