"""Rounds, classes and what follows them, for the walks over all routes; the caller has opened the scope."""

from __future__ import annotations

from datetime import date
from typing import Any

from hrms.core import scope
from hrms.core.actor import EVERYTHING
from hrms.core.scope import Scope
from hrms.performance.models import Petition, Rating, RatingConsequence, RatingGroup, RatingRound
from tests.performance.making import add_row, set_id
from tests.province import Province

ON = date(2026, 11, 20)


def round_objects(province: Province, place: str, name: str) -> dict[tuple[str, str], int]:
    """A published round of a place with a group, the class of its person, their petition and a flag on their bonus."""
    found = add_row(
        RatingRound, agency_id=province.agencies[place], year=2026, set_id=set_id(), state="published",
        due_on=date(2026, 12, 14), outstanding=False, quota_base="final_good", quota_percent=20,
        rounding="unrounded", tie_order=["mean"], published_on=ON,
    )  # fmt: skip
    group = add_row(RatingGroup, round_id=found, code="N1", name="Chuyên viên", state="approved")
    rating = _rating(province, name, place, found)
    flag = add_row(
        RatingConsequence, rating_id=rating, person_id=province.people[name], year=2026, what="bonus",
        old="excellent", new="good", state="open",
    )  # fmt: skip
    return {
        ("rating round", place): found, ("rating group", place): group, ("rating", place): rating,
        ("petition", place): _petition(province, name, place, rating), ("consequence", place): flag,
    }  # fmt: skip


def own_round_objects(province: Province, name: str, round_id: int) -> dict[tuple[str, str], int]:
    """The official's own class in a round of B, and their petition."""
    rating = _rating(province, name, "B", round_id)
    return {("own rating", "canbo"): rating, ("own petition", "canbo"): _petition(province, name, "B", rating)}


def _rating(province: Province, name: str, place: str, round_id: int, **more: Any) -> int:
    return add_row(
        Rating, round_id=round_id, person_id=province.people[name], year=2026, agency_id=province.agencies[place],
        role="staff", provisional=False, by_points="good", proposed="good", final="good", state="published",
        published_on=ON, **more,
    )  # fmt: skip


def _petition(province: Province, name: str, place: str, rating: int) -> int:
    person = province.people[name]
    # Nobody but the person petitions, not even the program.
    with scope.entered(Scope(people=(EVERYTHING,), person_id=person)):
        return add_row(
            Petition, rating_id=rating, person_id=person, agency_id=province.agencies[place], submitted_on=ON,
            due_on=date(2026, 12, 1), text="Thử", state="open",
        )  # fmt: skip
