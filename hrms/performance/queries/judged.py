"""Reads of one rating: its person, round and agency, its changes and versions; and the changes of a whole round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from hrms.agencies.models import Agency
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.people.models import PersonCurrent
from hrms.performance.models import CriteriaSet, Rating, RatingChange, RatingGroup, RatingRound

P = Permission
_C = PersonCurrent.__table__.c
_CHANGES_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Judged:
    """A rating with its person, round and agency, for its own page."""

    rating: Rating
    name: str
    staff_code: str | None
    position: str | None
    unit: str
    round: RatingRound
    agency: Agency
    set: CriteriaSet
    group: str | None


def get_rating(actor: Actor, rating_id: int) -> Judged:
    """Return a rating the row policies show: of those the reader classifies or sees, or one's own when published.

    Raises `NotFound`.
    """
    query = (
        select(Rating, _C.full_name, _C.staff_code, func.coalesce(_C.post_name, _C.job_position), RatingRound,
               CriteriaSet, RatingGroup.name, _C.scope_ids)
        .join(RatingRound, RatingRound.id == Rating.round_id)
        .join(CriteriaSet, CriteriaSet.id == RatingRound.set_id)
        .join(PersonCurrent, PersonCurrent.person_id == Rating.person_id)
        .outerjoin(RatingGroup, RatingGroup.id == Rating.group_id)
        .where(Rating.id == rating_id)
    )  # fmt: skip
    row: Any = db.session.execute(query).one_or_none()
    if row is None:
        raise missing("rating")
    rating: Rating = row[0]
    own = actor.person_id is not None and actor.person_id == rating.person_id
    known = {one.id: one for one in db.session.scalars(
        select(Agency).where(Agency.id.in_({rating.agency_id, row[4].agency_id}))
    )}  # fmt: skip
    agency = known[row[4].agency_id]
    # A class travels with its person: who sees the record sees where it was given, too. Whoever heads a unit does not
    # see their own yet: that is for those who classify until it is published.
    of_person = actor.may(P.PERFORMANCE_VIEW, at=row[7]) and not own
    if not (actor.is_holder(rating.person_id) and rating.state == "published") and not (
        of_person or actor.may(P.PERFORMANCE_VIEW, at=agency.scope_ids)
    ):
        raise missing("rating")
    return Judged(rating, row[1], row[2], row[3], known[rating.agency_id].name, row[4], agency, row[5], row[6])


def list_changes(rating_id: int) -> list[RatingChange]:
    """Return the changes of a rating, oldest first."""
    query = select(RatingChange).where(RatingChange.rating_id == rating_id)
    return list(db.session.scalars(query.order_by(RatingChange.recorded_at, RatingChange.id)))


def list_versions(rating: Rating) -> list[Rating]:
    """Return all versions of a person's class of a year, newest first."""
    query = select(Rating).where(Rating.person_id == rating.person_id, Rating.year == rating.year)
    return list(db.session.scalars(query.order_by(Rating.id.desc())))


def list_round_changes(round_id: int) -> list[tuple[RatingChange, str]]:
    """Return the changes the body made in a round with the person's name, for its minutes; oldest first."""
    query = (
        select(RatingChange, _C.full_name)
        .join(Rating, Rating.id == RatingChange.rating_id)
        .join(PersonCurrent, PersonCurrent.person_id == RatingChange.person_id)
        .where(Rating.round_id == round_id, RatingChange.stage.in_(("proposed", "meeting", "decided", "settled")))
        .order_by(RatingChange.recorded_at, RatingChange.id)
        .limit(_CHANGES_MOST)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]
