"""One round's shares from who was there, their classes and the scheme: nothing is written here.

`reckon` is what a round computes and what a simulation shows; both go by `rules.incentives.share`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hrms.core.errors import Refused
from hrms.core.rules import N_, Problem, Reason
from hrms.pay.queries import members as queries
from hrms.pay.queries.members import Gathered
from hrms.pay.rules import incentives
from hrms.pay.rules.incentives import SchemeKind, Sharer
from hrms.pay.rules.schemes import FundLimits, LeftOut, Step, Terms, fund_limits, law_key, scheme_of
from hrms.pay.rules.serving import Member, judge, salary_fund
from hrms.people.queries import law
from hrms.performance.rules.classes import RatingClass
from hrms.performance.rules.numbers import half_up

NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a round is about; `fund` in đồng, None: what the scheme makes it."""

    terms: Terms
    step: Step
    year: int
    quarter: int | None
    fund: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One person: the share in đồng, or why there is none; `advanced` was paid before."""

    member: Member
    sharer: Sharer | None
    left_out: LeftOut | None
    amount: int = 0
    points: Fraction = NOTHING
    advanced: int = 0
    note: str | None = None

    @property
    def rating(self) -> RatingClass | None:
        """Return the class that decided, of the last part where it changed."""
        return self.sharer.rating if self.sharer else None


@dataclass(frozen=True, slots=True)
class Reckoned:
    """`reserved` + shares + `remainder` = `fund`, in whole đồng; `salary_fund` rounded down."""

    lines: tuple[Line, ...]
    fund: int
    salary_fund: int
    reserved: int
    shared: int
    remainder: int
    per_point: Fraction | None
    limits: FundLimits
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Before:
    """What stands of earlier rounds and of hands: đồng advanced by person, and words by person left out by hand."""

    advanced: Mapping[int, int] = field(default_factory=dict)
    by_hand: Mapping[int, str] = field(default_factory=dict)
    gone: Mapping[int, Member] = field(default_factory=dict)
    """Who had an advance and no longer counts here."""


def law_percent(asked: Asked) -> tuple[Decimal | None, str]:
    """Return the law's per cent of the salary fund for a round's fund, with its source; None where there is none."""
    key = law_key(asked.terms.purpose, asked.step)
    if key is None:
        return None, ""
    last = queries.months(asked.year, asked.quarter)[-1].start
    found = law.parameters(last).get(key)
    return (Decimal(found.value), found.source) if found else (None, "")


def reckon(asked: Asked, gathered: Gathered, agency_id: int, before: Before | None = None) -> Reckoned:
    """Return the shares of an agency's people. Raises `Refused` for a fund above its limit, or for none at all."""
    stood = before or Before()
    people = gathered.members.get(agency_id, ())
    base = Fraction(salary_fund(people, asked.terms.eligible.kinds))
    percent, source = law_percent(asked)
    scheme = scheme_of(asked.terms, asked.step, asked.quarter, _advance_percent(asked, percent))
    salaried = scheme.kind in {SchemeKind.PERCENT_OF_MAX, SchemeKind.COEFFICIENT} or scheme.by_coefficient
    judged: list[tuple[Member, Sharer | LeftOut]] = [
        (
            one,
            LeftOut.HAND
            if one.person_id in stood.by_hand
            else judge(one, gathered.ratings.get(one.person_id), scheme, asked.terms.eligible, salaried=salaried),
        )
        for one in people
    ]
    sharers = [found for _one, found in judged if isinstance(found, Sharer)]
    limits = fund_limits(asked.terms, asked.step, base, percent, source, incentives.needed(scheme, sharers))
    fund = _fund(asked, limits)
    salaries = math.floor(base)
    problems = incentives.check(scheme, fund, sharers, salaries)
    if problems:
        raise Refused(*problems)
    shared = incentives.share(scheme, fund, sharers, salaries)
    by_id = {one.id: one for one in shared.shares}
    lines = []
    for member, found in judged:
        advanced = stood.advanced.get(member.person_id, 0)
        if isinstance(found, Sharer):
            own = by_id[found.id]
            lines.append(Line(member, found, None, own.amount, own.points, advanced))
        else:
            lines.append(Line(member, None, found, advanced=advanced, note=stood.by_hand.get(member.person_id)))
    known = {member.person_id for member, _found in judged}
    lines += [
        Line(stood.gone[person_id], None, LeftOut.GONE, advanced=advanced)
        for person_id, advanced in sorted(stood.advanced.items())
        if person_id not in known and advanced and person_id in stood.gone
    ]  # fmt: skip
    paid = sum(one.amount for one in shared.shares)
    reasons = (*_fund_reasons(asked, limits, people, base, fund), *shared.reasons)
    return Reckoned(
        tuple(lines), fund, salaries, shared.reserved, paid, shared.remainder, shared.per_point, limits, reasons
    )  # fmt: skip


def _advance_percent(asked: Asked, law_has: Decimal | None) -> Decimal | None:
    if asked.step is not Step.ADVANCE:
        return None
    own = asked.terms.advance_percent
    return min(one for one in (own, law_has) if one is not None) if own is not None or law_has is not None else None


def _fund(asked: Asked, limits: FundLimits) -> int:
    if asked.fund is None:
        if limits.usual is None:
            text = N_("Quy chế không nêu cách tính quỹ của đợt này. Hãy nhập quỹ (đồng).")
            raise Refused(Problem("fund", "required", text))
        return limits.usual
    if limits.most is not None and asked.fund > limits.most:
        text = N_("Quỹ %(fund)s đồng vượt mức tối đa %(most)s đồng (%(percent)s%% quỹ lương của kỳ; %(source)s). "
                  "Hãy nhập không quá mức này.")  # fmt: skip
        params: dict[str, Any] = {
            "fund": Decimal(asked.fund), "most": Decimal(limits.most), "percent": limits.percent,
            "source": limits.source,
        }  # fmt: skip
        raise Refused(Problem("fund", "above_limit", text, params))
    return asked.fund


def _fund_reasons(
    asked: Asked, limits: FundLimits, people: Any, base: Fraction, fund: int
) -> list[Reason]:  # fmt: skip
    kinds = asked.terms.eligible.kinds
    found = []
    for month in queries.months(asked.year, asked.quarter):
        total = sum(
            (served.coefficient or Decimal(0) for one in people if one.kind in kinds for served in one.months
             if served.number == month.number), Decimal(0),
        )  # fmt: skip
        text = N_("Tháng %(month)s: tổng hệ số lương %(coefficients)s, lương cơ sở %(base)s đồng.")
        total = total.normalize() if total else Decimal(0)
        params = {"month": f"{month.number:02d}/{asked.year}", "coefficients": total, "base": month.base}
        found.append(Reason(text, f"{total:f}", "", params))
    found = _joined(found)
    text = N_("Quỹ lương theo ngạch, bậc của kỳ, không tính phụ cấp: %(fund)s đồng.")
    found.append(Reason(text, str(math.floor(base)), "", {"fund": half_up(base, 0)}))
    if limits.most is not None:
        text = N_("Quỹ của đợt không quá %(percent)s%% quỹ lương: %(most)s đồng.")
        params = {"percent": limits.percent, "most": limits.most}
        found.append(Reason(text, str(limits.most), limits.source, params))
    text = N_("Quỹ của đợt: %(fund)s đồng.") if asked.fund is None else N_("Quỹ nhập cho đợt: %(fund)s đồng.")
    found.append(Reason(text, str(fund), "", {"fund": fund}))
    return found


def _joined(months: list[Reason]) -> list[Reason]:
    """Say months with the same sum and base once, from the first to the last of them."""
    found: list[Reason] = []
    for one in months:
        last = found[-1] if found else None
        same = last is not None and all(last.params[name] == one.params[name] for name in ("coefficients", "base"))
        if last is None or not same:
            found.append(one)
            continue
        text = N_(
            "Tháng %(month)s đến %(until)s: tổng hệ số lương %(coefficients)s mỗi tháng, lương cơ sở %(base)s đồng."
        )
        found[-1] = Reason(text, one.figure, "", {**last.params, "until": one.params["month"]})
    return found
