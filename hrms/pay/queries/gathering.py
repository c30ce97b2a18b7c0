"""What decides people's pay between two days, from the dated facts and the law of each day, for many at once.

`gather` reads each kind of fact once for 5,000 people, cuts the days where a fact or the law changes, and joins again
what stayed equal. `Reckoner` turns a person's stretches into months and keeps what equal facts gave.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import any_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from hrms.core import dated
from hrms.core.db import bigints, db
from hrms.figures.changes import kept_by_law
from hrms.pay.queries import law_days
from hrms.pay.queries.assembling import Assembler, Known
from hrms.pay.queries.paying import Payers
from hrms.pay.rules import month as monthly_rules
from hrms.pay.rules.month import MonthPay
from hrms.pay.rules.monthly import PayFacts
from hrms.pay.rules.stretches import Away, PersonPay, Span, Stretch
from hrms.people.models import PersonAbsence, PersonAgency, PersonAllowance, PersonPost, PersonRank, PersonStatus
from hrms.people.queries import law
from hrms.people.rules.kinds import MembershipKind, PersonKind

__all__ = ["Away", "PersonPay", "Reckoner", "Stretch", "gather", "month_of", "used"]

AT_ONCE = 5000
KEPT = 16_384
"""Answers kept for equal facts and the same law."""
_COLUMNS: dict[type[Any], tuple[str, ...]] = {
    PersonStatus: ("status", "kind"),
    PersonAgency: ("agency_id",),
    PersonRank: ("coefficient", "pay_percent", "beyond_scale_percent", "pay_table", "pay_group", "step"),
    PersonPost: ("coefficient", "post_code", "post_name"),
    PersonAllowance: ("allowance_kind", "coefficient", "percent", "amount"),
    PersonAbsence: ("absence_kind", "prosecuted", "expected_until"),
}


def gather(
    first: date,
    until: date,
    *,
    agency_ids: Collection[int] | None = None,
    person_ids: Collection[int] | None = None,
    known_on: datetime | None = None,
    payers: Payers | None = None,
) -> Iterator[PersonPay]:
    """Yield what decides the pay of people on the days `[first, until)`, by id, as known now or on an instant.

    `agency_ids` are paying agencies: people they pay on any of the days, with the stretches these agencies pay
    (`Payers.under` lists those under a root). `person_ids`: these people, whoever pays. Both: these people, as far as
    those agencies pay. Neither: everybody. Nine statements, and six more for every further 5,000 people. Who the
    transaction may not see is not there. The law is that of the transaction, or as supposed (`law.supposing`).
    `payers`: the tree where it was read already.
    """
    tree = payers or Payers.read()
    asked = None if agency_ids is None else frozenset(agency_ids)
    ids = sorted(set(person_ids)) if person_ids is not None else used(first, until, tree, asked, known_on)
    assembler = Assembler(first, until, tree)
    for start in range(0, len(ids), AT_ONCE):
        batch = ids[start : start + AT_ONCE]
        read = {model: _rows(model, batch, first, until, known_on) for model in _COLUMNS}
        for person_id in batch:
            known = Known(*(read[model].get(person_id, ()) for model in _COLUMNS))
            made = assembler.person(person_id, known)
            found = _asked(made, asked)
            if found is not None:
                yield found


def _asked(made: PersonPay, asked: frozenset[int] | None) -> PersonPay | None:
    """Return a person as far as the agencies asked for pay; None whom they do not."""
    if asked is None:
        return made if made.stretches or made.away or made.doubts else None
    mine = tuple(one for one in made.stretches if one.paying_id in asked)
    away = tuple(one for one in made.away if one.paying_id in asked)
    if not mine and not away:
        return None
    others = tuple((one.start, one.end) for one in made.stretches if one.paying_id not in asked)
    return PersonPay(made.person_id, mine, made.doubts, away, others)


def used(
    first: date,
    until: date,
    payers: Payers,
    agency_ids: Collection[int] | None = None,
    known_on: datetime | None = None,
) -> list[int]:
    """Return whom units of these paying agencies use on any day of `[first, until)`, whatever their status."""
    a = PersonAgency
    query = select(a.person_id).where(a.membership == MembershipKind.USING.value, *_touching(a, first, until, known_on))
    if agency_ids is not None:
        query = query.where(a.agency_id == any_(bigints(payers.units_paid_by(agency_ids, first, until))))
    return list(db.session.scalars(query.distinct().order_by(a.person_id)))


def _touching(model: type[Any], first: date, until: date, known_on: datetime | None) -> tuple[Any, ...]:
    ends: InstrumentedAttribute[date | None] = model.valid_to
    return dated.at(model, None, known_on), model.valid_from < until, or_(ends.is_(None), ends > first)


def _rows(
    model: type[Any], ids: Sequence[int], first: date, until: date, known_on: datetime | None
) -> dict[int, list[Any]]:
    columns = [model.valid_from, model.valid_to, *(getattr(model, name) for name in _COLUMNS[model])]
    query = (
        select(model.person_id, *columns)
        .where(model.person_id == any_(bigints(ids)), *_touching(model, first, until, known_on))
        .order_by(model.person_id, model.valid_from, model.id)
    )
    if model is PersonAgency:
        query = query.where(PersonAgency.membership == MembershipKind.USING.value)
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(query):
        found.setdefault(row[0], []).append(row[1:])
    return found


@kept_by_law(most=KEPT)
def month_of(first: date, contributes: bool, parts: tuple[tuple[date, date, PersonKind, PayFacts], ...]) -> MonthPay:
    """Return a month by what decides it, wherever it was worked; many people have the same."""
    mine = [Stretch(start, end, 0, 0, kind, facts) for start, end, kind, facts in parts]
    return monthly_rules.month_pay(first, mine, law_days.figures_of, contributes=contributes)


@dataclass(slots=True)
class Reckoner:
    """Months of people, by the law of the transaction; make one for many people."""

    _days: dict[tuple[date, date], int] = field(default_factory=dict)

    def month(self, person: PersonPay, first: date, paying_id: int | None = None) -> MonthPay:
        """Return a month of a person, as far as one agency pays it when that is given. `first` is its first day."""
        mine = self.part(person, first, paying_id)
        if not mine:
            return monthly_rules.nothing(first)
        limit = law_days.unpaid_limit(first)
        contributes = limit is None or self.unpaid(person, first) < limit.number
        return month_of(first, contributes, tuple((one.start, one.end, one.kind, one.facts) for one in mine))

    def part(self, person: PersonPay, first: date, paying_id: int | None = None) -> tuple[Stretch, ...]:
        """Return the stretches of a month, cut to it, as far as one agency pays them when that is given."""
        own = (one for one in person.stretches if paying_id is None or one.paying_id == paying_id)
        return monthly_rules.cut(own, first)

    def unpaid(self, person: PersonPay, first: date) -> int:
        """Return the working days of a month on which nobody paid the person."""
        paid = [span for one in person.stretches if (span := self._paid(one, first)) is not None]
        if any(start <= first and end >= monthly_rules.after(first) for start, end in paid):
            return 0
        return monthly_rules.unpaid_working_days([*paid, *person.elsewhere], first, self._between)

    def explain(self, person: PersonPay, first: date, paying_id: int | None = None) -> tuple[Any, ...]:
        """Return why a month is what it is, as reasons."""
        mine = self.part(person, first, paying_id)
        return monthly_rules.explain(
            first, mine, law_days.figures_of, unpaid=self.unpaid(person, first), least=law_days.unpaid_limit(first)
        )

    def _paid(self, one: Stretch, first: date) -> Span | None:
        """Return the days of a stretch, None where it gives nothing: suspended and prosecuted, say."""
        if one.end <= first or one.start >= monthly_rules.after(first):
            return None
        if one.facts.suspended is not None:
            figures = law_days.figures_of(max(one.start, first), one.kind)
            if not monthly_rules.pays_anything(one.facts, figures):
                return None
        return one.start, one.end

    def _between(self, start: date, end: date) -> int:
        key = (start, end)
        if key not in self._days:
            self._days[key] = law.holidays().between(start, end)
        return self._days[key]
