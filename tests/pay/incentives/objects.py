"""A scheme, a round and a share at a place, a decided share of one's own, for the matrix of all routes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import update

from hrms.core.db import db
from hrms.pay.models import IncentiveRound, IncentiveScheme, IncentiveShare
from hrms.pay.rules.schemes import write_terms
from tests.pay.incentives.making import model, table
from tests.performance.making import add_row
from tests.province import Province


def _scheme(agency: int) -> tuple[int, dict[str, object]]:
    terms, eligible = write_terms(model("bonus_points"))
    made = add_row(
        IncentiveScheme, agency_id=agency, name="Quy chế thử", purpose="bonus", valid_from=date(2026, 1, 1),
        state="in_force", terms=terms, eligible=eligible, source="Thử", mark="K",
    )  # fmt: skip
    return made, {"name": "Quy chế thử", "terms": terms, "eligible": eligible}


def _round(scheme: int, kept: dict[str, object], agency: int, person: int) -> tuple[int, int]:
    amount = Decimal(1_000_000)
    made = add_row(
        IncentiveRound, scheme_id=scheme, agency_id=agency, year=2026, step="settlement", state="shared", fund=amount,
        salary_fund=amount * 10, reserved=Decimal(0), shared=amount, remainder=Decimal(0), terms=kept,
    )  # fmt: skip
    share = add_row(
        IncentiveShare, round_id=made, person_id=person, agency_id=agency, kind="civil_servant", rating="good",
        months=12, coefficient=Decimal("2.34"), salary=amount * 10, points=Decimal(1), amount=amount,
        advanced=Decimal(0), due=amount, parts=[],
    )  # fmt: skip
    return made, share


def incentive_objects(province: Province, place: str, name: str) -> dict[tuple[str, str], int]:
    """Write a scheme in force and a round that waits for its decision at a place."""
    agency = province.agencies[place]
    scheme, kept = _scheme(agency)
    made, share = _round(scheme, kept, agency, province.people[name])
    return {("pay scheme", place): scheme, ("payout", place): made, ("share", place): share}


def own_incentive_objects(province: Province, name: str) -> dict[tuple[str, str], int]:
    """Write a decided round with the official's own share."""
    agency = province.agencies["B"]
    scheme, kept = _scheme(agency)
    made, share = _round(scheme, kept, agency, province.people[name])
    rounds = table("incentive_rounds")
    db.session.execute(update(rounds).where(rounds.c.id == made).values(state="decided"))
    return {("own share", "canbo"): share}
