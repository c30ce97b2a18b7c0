"""Reads of organisations' own class: those under an authority in a year with their figures, one with its facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import aliased

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.performance.models import OrganisationRating
from hrms.performance.rules.classes import RatingClass
from hrms.performance.rules.formula import Decree
from hrms.performance.rules.organisations import OrganisationFacts

P = Permission
SHOWN = 1000
SERVICE_KINDS = ("service_unit",)
"""Kinds of agency classified by NĐ 233/2026/NĐ-CP; the others by NĐ 335/2025/NĐ-CP."""


@dataclass(frozen=True, slots=True)
class Row:
    """An organisation with its rating of a year, None before anything was written."""

    agency: Agency
    found: OrganisationRating | None
    below: int
    """How many organisations it classifies itself."""

    @property
    def standing(self) -> RatingClass | None:
        """Return the class as it stands: decided or chosen, else that of its points."""
        value = (self.found.final or self.found.by_points) if self.found else None
        return RatingClass(value) if value else None


def list_under(actor: Actor, authority_id: int, year: int) -> list[Row]:
    """Return the organisations right under an authority that stand, in tree order; one statement."""
    child = aliased(Agency)
    count = (
        select(func.count())
        .select_from(child)
        .where(child.parent_id == Agency.id, child.closed_on.is_(None) | (child.closed_on > clock.today()))
        .scalar_subquery()
    )
    query = (
        select(Agency, OrganisationRating, count)
        .outerjoin(
            OrganisationRating, and_(OrganisationRating.agency_id == Agency.id, OrganisationRating.year == year)
        )
        .where(
            Agency.parent_id == authority_id, agencies.visible(actor, P.PERFORMANCE_VIEW),
            Agency.closed_on.is_(None) | (Agency.closed_on > clock.today()),
        )
        .order_by(Agency.order_no, Agency.sort_key)
        .limit(SHOWN)
    )  # fmt: skip
    return [Row(row[0], row[1], row[2]) for row in db.session.execute(query)]


def find(agency_id: int, year: int) -> OrganisationRating | None:
    """Return an organisation's rating of a year, None before anything was written."""
    query = select(OrganisationRating).where(OrganisationRating.agency_id == agency_id, OrganisationRating.year == year)
    return db.session.scalars(query).one_or_none()


def subordinate_failed(agency_id: int, year: int) -> bool:
    """Say whether a unit right under an organisation is "không hoàn thành" that year."""
    query = select(
        exists()
        .where(OrganisationRating.agency_id == Agency.id, Agency.parent_id == agency_id)
        .where(OrganisationRating.year == year)
        .where(func.coalesce(OrganisationRating.final, OrganisationRating.by_points) == RatingClass.UNSATISFACTORY)
    )
    return bool(db.session.scalar(query))


def decree_of(agency: Agency) -> Decree:
    """Return by which decree an organisation is classified."""
    return Decree.PUBLIC if agency.kind in SERVICE_KINDS else Decree.CIVIL


def facts_of(agency: Agency, values: Any, *, failed: bool | None) -> OrganisationFacts:
    """Return the facts of the rule from a rating's columns or a form's values (a mapping)."""
    known = values if isinstance(values, dict) else {name: getattr(values, name) for name in _FIGURES}
    return OrganisationFacts(
        points=known["points"], done=known["done_percent"], late=known["late_percent"],
        exceeding=known["exceeding_percent"], shortcomings_fixed=known["shortcomings_fixed"],
        subordinate_failed=failed, wrongdoing=bool(known["wrongdoing"]), decree=decree_of(agency),
    )  # fmt: skip


_FIGURES = ("points", "done_percent", "late_percent", "exceeding_percent", "shortcomings_fixed", "wrongdoing")


def years() -> list[int]:
    """Return the years there are classes of, and this one; newest first."""
    found = set(db.session.scalars(select(OrganisationRating.year).distinct()))
    return sorted(found | {clock.today().year}, reverse=True)
