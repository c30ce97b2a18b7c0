"""What one person's row says, field by field, as values; and how offices write such values into cells."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from hrms.core import catalogues
from hrms.people.rules.kinds import KIND_LABELS, SEX_LABELS, STATUS_LABELS, EmploymentStatus, PersonKind, Sex
from seed.demo.drafts import Draft
from seed.demo.law import law

DATES = frozenset(
    (
        "birth_date",
        "id_issued_on",
        "recruited_on",
        "joined_agency_on",
        "party_joined_on",
        "party_official_on",
        "organisation_joined_on",
        "enlisted_on",
        "discharged_on",
        "post_appointed_on",
        "rank_since",
        "step_since",
    )
)
_CATALOGUE_OF = {
    "ethnic_group": "ethnic_groups",
    "religion": "religions",
    "family_origin": "family_origins",
    "degree": "degrees",
    "theory_level": "theory_levels",
    "state_management_level": "state_management_levels",
    "it_level": "it_levels",
    "language": "languages",
    "language_level": "language_levels",
    "ethnic_language": "ethnic_languages",
    "military_rank": "military_ranks",
    "policy_beneficiary": "policy_beneficiaries",
    "leadership_post": "leadership_posts",
    "party_post": "party_posts",
    "blood_group": "blood_groups",
    "state_honour": "state_honours",
}


@cache
def names(catalogue: str) -> dict[str, str]:
    """Return code → Vietnamese name of a catalogue."""
    return {row["code"]: row["name_vi"] for row in catalogues.read_csv(catalogues.FOLDER / f"{catalogue}.csv")}


def facts_of(draft: Draft, today: date) -> dict[str, Any]:
    """Return what the row means, by field key: codes, ISO dates, decimals; only what is filled."""
    record, seat = draft.record, draft.seat
    found: dict[str, Any] = {
        key: record.get(key)
        for key in (
            "staff_code",
            "full_name",
            "sex",
            "birth_date",
            "birth_place",
            "home_town",
            "ethnic_group",
            "religion",
            "national_id",
            "id_issued_by",
            "phone",
            "email",
            "social_insurance_no",
            "health_insurance_no",
            "current_address",
            "permanent_address",
            "family_origin",
            "unit_name",
            "job_before",
            "recruited_on",
            "recruited_by",
            "recruited_position",
            "joined_agency_on",
            "party_joined_on",
            "party_official_on",
            "party_card_no",
            "organisation_joined_on",
            "enlisted_on",
            "discharged_on",
            "military_rank",
            "policy_beneficiary",
            "general_education",
            "degree",
            "major",
            "theory_level",
            "state_management_level",
            "defence_training",
            "it_level",
            "language",
            "language_level",
            "ethnic_language",
            "party_post",
            "main_duty",
            "job_position",
            "health_state",
            "blood_group",
            "note",
        )
    }
    found["id_issued_on"] = record["id_issued_on"].isoformat() if record.get("id_issued_on") else None
    found |= {
        "kind": draft.role.kind,
        "status": "serving",
        "managing_agency": seat.managing.code,
        "using_agency": seat.using.code,
    }
    standing = draft.standing(today)
    if standing is not None:
        found |= {
            "rank": standing.rank.code,
            "rank_since": standing.rank_since.isoformat(),
            "step": standing.step,
            "coefficient": standing.coefficient,
            "step_since": standing.step_since.isoformat(),
            "beyond_scale_percent": standing.beyond or None,
            "pay_percent": standing.percent,
        }
    if draft.post is not None:
        found |= {
            "leadership_post": draft.post.code,
            "post_appointed_on": draft.post.appointed_on.isoformat(),
            "position_allowance": draft.post.coefficient,
        }
    return {key: value for key, value in found.items() if value is not None}


def shown(key: str, value: Any) -> Any:
    """Return a value as offices write it where nothing is mixed: names for codes, dd/mm/yyyy, numbers as they are."""
    if key == "sex":
        return SEX_LABELS[Sex(value)]
    if key == "kind":
        return KIND_LABELS[PersonKind(value)]
    if key == "status":
        return STATUS_LABELS[EmploymentStatus(value)]
    if key == "rank":
        return law().ranks[value].code
    if key in _CATALOGUE_OF:
        return names(_CATALOGUE_OF[key])[value]
    if key in DATES:
        return "/".join(reversed(value.split("-")))
    return value


class Hand:
    """Writes cells as many hands do: real dates and texts, points and commas, composed and decomposed letters."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def cell(self, key: str, value: Any) -> Any:
        """Return what is put into the cell: text, number or date."""
        draw = self.rng.random()
        if key in DATES:
            return self._date(key, value, draw)
        if isinstance(value, Decimal):
            return float(value) if draw < 0.6 else f"{value:.2f}".replace(".", ",") if draw < 0.9 else f"{value:.2f}"
        if isinstance(value, int):
            return value if draw < 0.8 else f"{value}/{_STEPS.get(value, 12)}" if key == "step" else str(value)
        text = shown(key, value)
        if key == "ethnic_group" and value == "05":
            return ("Khmer", "Khơ-me", "Khơ me")[int(draw * 3)]
        if draw < 0.05:
            return unicodedata.normalize("NFD", text)
        if draw > 0.985 and key in {"full_name", "home_town", "birth_place"}:
            return f" {text.replace(' ', '  ', 1)} "
        return text

    def _date(self, key: str, value: str, draw: float) -> Any:
        parts = value.split("-")
        if len(parts) < 3:
            return "/".join(reversed(parts))
        year, month, day = (int(part) for part in parts)
        if draw < 0.5:
            return f"{day:02d}/{month:02d}/{year}"
        if draw < 0.85:
            return date(year, month, day)
        if draw < 0.9:
            return f"{day}/{month}/{year}"
        if draw < 0.93:
            return f"{day}-{month}-{year}"
        if draw < 0.95 and key != "birth_date":
            return f"{day:02d}.{month:02d}.{year}"
        if draw < 0.97:
            return (date(year, month, day) - date(1899, 12, 30)).days
        # Two digits of the year: a reader shows which century it took.
        return f"{day}/{month}/{year % 100:02d}" if year > 1945 else f"{day:02d}/{month:02d}/{year}"


_STEPS = {1: 9, 2: 9, 3: 9, 4: 9, 5: 9, 6: 9, 7: 9, 8: 9, 9: 9}
