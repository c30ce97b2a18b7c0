"""What would follow from other quotas: a change said per agency, spread over what it answers for, and ten years on.

Nothing here is written anywhere. What agencies above give on rises and falls with what is changed below them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from hrms.core.rules import N_, Problem
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.ledger import Account
from hrms.positions.rules.tree import Establishment

MOST = 100_000
_WRITTEN = re.compile(r"[+−-]?\d{1,6}([.,]\d{1,2})?\s*%?")


@dataclass(frozen=True, slots=True)
class Change:
    """A quota moved by an amount of people, or by a share in percent; either may be below nothing."""

    amount: Decimal
    percent: bool = False

    def of(self, quota: int) -> int:
        """Return the people by which a quota moves; a fraction of a person is left out."""
        return int(quota * self.amount / 100) if self.percent else int(self.amount)


def read_change(written: str, field: str) -> Change | Problem | None:
    """Return the change somebody typed: “-5”, “+3”, “-2,5%”; None for nothing, a Problem for anything else."""
    plain = written.strip()
    if not plain:
        return None
    text = N_("“%(value)s” không phải là số người hoặc tỷ lệ. Hãy ghi như -5, +3 hoặc -2,5%%.")
    wrong = Problem(field, "bad_change", text, {"value": plain[:20]})
    if not _WRITTEN.fullmatch(plain):
        return wrong
    percent = plain.endswith("%")
    try:
        amount = Decimal(plain.rstrip("% ").replace(",", ".").replace("−", "-"))
    except InvalidOperation:
        return wrong
    if not percent and amount != amount.to_integral_value():
        return wrong
    if abs(amount) > MOST or (percent and amount < -100):
        return wrong
    return Change(amount, percent) if amount else None


def spread(found: Establishment, changes: Mapping[tuple[int, QuotaKind], Change]) -> dict[Account, int]:
    """Return by how much each quota of the tree moves.

    An amount is the agency's own part; a share is of the part of the agency and of every one under it that has a quota
    of its own. An agency without a quota takes no change. Quotas above move by the same.
    """
    below: dict[int, list[int]] = {}
    for node in found.nodes.values():
        if node.parent_id is not None:
            below.setdefault(node.parent_id, []).append(node.id)
    own: dict[tuple[int, QuotaKind], int] = {}
    for (agency_id, kind), change in changes.items():
        pending = [agency_id]
        while pending:
            one = pending.pop()
            counted = found.of(one, kind)
            if counted is not None and counted.given:
                own[one, kind] = own.get((one, kind), 0) + change.of(counted.own.assigned)
            if change.percent:
                pending += below.get(one, ())
    moved: dict[Account, int] = {}
    for (agency_id, kind), amount in own.items():
        at: int | None = agency_id
        while at is not None:
            counted = found.of(at, kind)
            if counted is not None and counted.given and amount:
                account = Account(at, None, kind)
                moved[account] = moved.get(account, 0) + amount
            at = found.nodes[at].parent_id
    return moved


def check_spread(found: Establishment, moved: Mapping[Account, int]) -> list[Problem]:
    """Return which quotas would fall below nothing."""
    problems = []
    for account, amount in moved.items():
        counted = found.of(account.agency_id, account.kind)
        quota = counted.quota.assigned if counted else 0
        if quota + amount < 0:
            text = N_("%(agency)s được giao %(quota)s, không thể giảm %(less)s. Hãy ghi số nhỏ hơn.")
            params = {"agency": found.nodes[account.agency_id].name, "quota": quota, "less": -amount}
            problems.append(Problem("", "quota_negative", text, params))
    return problems


@dataclass(frozen=True, slots=True)
class Year:
    """A year's end if nobody came: who is still there, what is unused, what is over."""

    year: int
    present: int
    unused: int
    over: int


def project(
    found: Establishment,
    kind: QuotaKind,
    leaving: Mapping[tuple[int, QuotaKind], Mapping[int, int]],
    years: Sequence[int],
) -> list[Year]:
    """Return the ends of the years under the quotas of `found`; `leaving` are people by agency, kind and year.

    Who is beyond the age already leaves in the first year. Unused and over are those of each quota, added.
    """
    gone: dict[int, dict[int, int]] = {}
    loose: dict[int, int] = {}
    first = years[0] if years else 0
    for (agency_id, of), by_year in leaving.items():
        counted = found.of(agency_id, kind) if of is kind else None
        if counted is None:
            continue
        into = loose if counted.answers_id is None else gone.setdefault(counted.answers_id, {})
        for year, people in by_year.items():
            at = max(year, first)
            into[at] = into.get(at, 0) + people
    quotas = [
        (one.own.assigned, one.own.present, gone.get(agency_id, {}))
        for agency_id, kinds in found.figures.items()
        if (one := kinds.get(kind)) is not None and one.given
    ]
    free = found.total(kind).present - sum(present for _assigned, present, _gone in quotas)
    told = []
    for year in years:
        left = [
            (assigned, max(0, present - sum(n for at, n in going.items() if at <= year)))
            for assigned, present, going in quotas
        ]
        rest = max(0, free - sum(n for at, n in loose.items() if at <= year))
        told.append(
            Year(
                year,
                sum(present for _assigned, present in left) + rest,
                sum(max(0, assigned - present) for assigned, present in left),
                sum(max(0, present - assigned) for assigned, present in left),
            )
        )
    return told


def horizon(day: date, years: int = 10) -> range:
    """Return the years a projection tells: the one of `day` and ten more."""
    return range(day.year, day.year + years + 1)
