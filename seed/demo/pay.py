"""Pay in the made-up province: months approved, one under way, raises proposed, a bonus shared, a what-if begun.

Computed, approved and proposed by the program's own services, for the shown offices and the city as a whole.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg
from sqlalchemy import select

from hrms.agencies.models import Agency
from hrms.core import dated
from hrms.core.actor import Actor
from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.decisions.services.register import find_or_register
from hrms.pay.models import PayRun
from hrms.pay.queries import schemes as models
from hrms.pay.rules.schemes import Purpose, Step
from hrms.pay.rules.supposed import BaseSalary
from hrms.pay.services import computing, early, insurance, raising, runs, scenarios, schemes, severance, sharing
from seed.demo.tree import CONSTRUCTION_CODE, HOME_AFFAIRS_CODE, ROOT_CODE

MONTHS = 3
"""Months whose sheets are approved; the present one is computed."""
TABLES = ("pay_runs", "pay_slips", "pay_lines", "raise_lists", "raise_items", "early_quotas", "incentive_shares")
_LATE = """
INSERT INTO person_allowance (person_id, allowance_kind, coefficient, form, valid_from, recorded_at, basis)
SELECT s.person_id, 'responsibility', 0.2, 'coefficient', %(since)s, clock_timestamp(), 'old_data'
FROM pay_slips s
WHERE s.run_id = %(run)s AND NOT EXISTS (
  SELECT 1 FROM person_allowance a
  WHERE a.person_id = s.person_id AND a.allowance_kind = 'responsibility' AND a.superseded_at IS NULL)
ORDER BY s.person_id LIMIT 3
"""
"""Allowances that came to light after the months were paid: the month under way pays the difference."""


def write(connection: psycopg.Connection[Any], today: date) -> None:
    """Write all of it in the caller's transaction, which sees everything."""
    actor = Actor.system("tỉnh mẫu", via="cli")
    wanted = select(Agency).where(Agency.code.in_([ROOT_CODE, CONSTRUCTION_CODE, HOME_AFFAIRS_CODE]))
    found = {one.code: one for one in db.session.scalars(wanted)}
    offices = [found[code] for code in (CONSTRUCTION_CODE, HOME_AFFAIRS_CODE) if code in found]
    if not offices:
        return
    _sheets(connection, actor, offices, today)
    raising.propose_many(actor, offices, today.year, (today.month + 2) // 3)
    root = found[ROOT_CODE]
    # A small province has no headcount of ten, or nobody to raise early, and is told so.
    with suppress(Refused):
        early.assign_quota(actor, root.id, today.year)
        for office in offices:
            early.propose(actor, office.id, today.year)
    _bonus(actor, root, offices, today)
    for office in offices:
        severance.compute(actor, office.id)
        insurance.compute(actor, office.id, add_months(today.replace(day=1), -1))
    _what_if(actor, root, today)


def _sheets(connection: psycopg.Connection[Any], actor: Actor, offices: list[Agency], today: date) -> None:
    this, ids, last = today.replace(day=1), [office.id for office in offices], 0
    for back in range(MONTHS, 0, -1):
        for run_id in computing.compute_many(actor, ids, add_months(this, -back)).values():
            run = db.session.get_one(PayRun, run_id)
            runs.approve(actor, run.id, version=run.version)
            last = run.id
    connection.execute(_LATE, {"since": add_months(this, -2), "run": last})
    connection.execute("ANALYZE " + ", ".join(TABLES))
    dated.forget_moment()
    computing.compute_many(actor, ids, this)


def _bonus(actor: Actor, root: Agency, offices: list[Agency], today: date) -> None:
    """Keep the city's rules on bonuses and share last year's fund of the first office by its published classes."""
    model = next(one for one in models.models() if one.terms.purpose is Purpose.BONUS)
    paper = find_or_register(
        actor, number="4127", symbol="QĐ-UBND", signed_on=date(today.year - 1, 1, 6), kind="other",
        issuer_agency_id=root.id, subject="Quy chế thực hiện chế độ tiền thưởng", scope_ids=root.scope_ids,
    )  # fmt: skip
    given = schemes.Given("Quy chế tiền thưởng của thành phố", date(today.year - 1, 1, 1), model.terms)
    scheme = schemes.make(actor, root, given)
    schemes.issue(actor, scheme, paper.id, version=1)
    for office in offices[:1]:
        made = sharing.open_round(actor, scheme, office.id, today.year - 1, Step.SETTLEMENT)
        sharing.share(actor, made)


def _what_if(actor: Actor, root: Agency, today: date) -> None:
    starts = date(today.year + 1, 7, 1)
    made = scenarios.create(actor, root.id, "Nếu mức lương cơ sở là 2.730.000 đồng", starts - timedelta(days=181), 2)
    scenarios.add_change(actor, made, BaseSalary(start=starts, amount=Decimal(2_730_000)), version=1)
