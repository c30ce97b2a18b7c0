"""What a round reads for its own work, for many rounds at once: who belongs to it, what their year rests on, its quota.

The pages read by `queries.calibration`. Every statement here is about whole rounds; the caller has opened the scope.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text

from hrms.core import clock, dated, scope
from hrms.core.dates import PartialDate
from hrms.core.db import db
from hrms.decisions.rules.powers import PostGroup
from hrms.people.queries import law
from hrms.people.rules.kinds import IN_SERVICE, PersonKind
from hrms.performance.models import CriteriaSet, CriteriaVersion, OrganisationRating, Rating, RatingRound
from hrms.performance.queries.criteria import nearest_regulations
from hrms.performance.rules.gathered import Measure, Sheet

NO_REGULATION_UNTIL = 2026
"""NĐ 233/2026/NĐ-CP Đ20 k1: a unit without a regulation classifies this year by NĐ 90/2020/NĐ-CP; later no more."""
HEADS = (PostGroup.AGENCY_HEAD,)

_BELONGING = text("""
WITH RECURSIVE unit AS (
  SELECT a.id FROM agencies a WHERE a.id = ANY (:agencies)
  UNION SELECT a.id FROM unit u JOIN agencies a ON a.parent_id = u.id AND a.kind = 'division'
), candidate AS (
  SELECT f.person_id FROM unit u JOIN person_agency f ON f.agency_id = u.id
  WHERE f.membership IN ('using', 'seconded_in') AND f.superseded_at IS NULL AND f.valid_from <= :day
    AND (f.valid_to IS NULL OR f.valid_to > :day)
  UNION
  -- The head of an agency belongs to the round of the one above (Đ10).
  SELECT f.person_id FROM unit u JOIN agencies below ON below.parent_id = u.id AND below.kind <> 'division'
  JOIN person_agency f ON f.agency_id = below.id
  JOIN person_post t ON t.person_id = f.person_id AND t.slot = 0 AND t.post_code = ANY (:heads)
    AND t.superseded_at IS NULL AND t.valid_from <= :day AND (t.valid_to IS NULL OR t.valid_to > :day)
  WHERE f.membership IN ('using', 'seconded_in') AND f.superseded_at IS NULL AND f.valid_from <= :day
    AND (f.valid_to IS NULL OR f.valid_to > :day)
), placed AS MATERIALIZED (
  SELECT p.*, deciding_agency(p.authority_id) AS round_agency_id
  FROM sheet_places(ARRAY(SELECT person_id FROM candidate), :day, CAST(:groups AS jsonb)) p
)
SELECT p.person_id, p.agency_id, p.deciding_id, p.role, p.round_agency_id, s.kind,
  CAST(:groups AS jsonb) ->> o.post_code AS post_group, j.key AS position, j.position_group
FROM placed p
JOIN person_status s ON s.person_id = p.person_id AND s.superseded_at IS NULL AND s.valid_from <= :day
  AND (s.valid_to IS NULL OR s.valid_to > :day)
LEFT JOIN person_post o ON o.person_id = p.person_id AND o.slot = 0 AND o.superseded_at IS NULL
  AND o.valid_from <= :day AND (o.valid_to IS NULL OR o.valid_to > :day)
LEFT JOIN assignments a ON a.person_id = p.person_id AND a.role = 'main' AND a.superseded_at IS NULL
  AND a.valid_from <= :day AND (a.valid_to IS NULL OR a.valid_to > :day)
LEFT JOIN establishment_lines l ON l.id = a.line_id
LEFT JOIN job_positions j ON j.id = l.position_id
WHERE p.round_agency_id = ANY (:agencies)
ORDER BY p.person_id
""")
_SHEETS = text("""
SELECT s.person_id, s.kind, s.number, s.score, s.result_points, s.general_points, s.state,
  coalesce(p.agency_id, deciding_agency(s.agency_id)) AS deciding_id
FROM score_sheets s LEFT JOIN scoring_periods p ON p.id = s.period_id
WHERE s.person_id = ANY (:ids) AND s.year = :year AND s.superseded_at IS NULL AND s.state IN ('scored', 'published')
ORDER BY s.person_id, s.number
""")
_SERVICE = text("""
SELECT person_id, valid_from, valid_to FROM person_status
WHERE person_id = ANY (:ids) AND superseded_at IS NULL AND status = ANY (:in_service)
ORDER BY person_id, valid_from
""")
_MEASURES = text("""
SELECT person_id, side, form, from_on, act, decision_no FROM person_discipline
WHERE person_id = ANY (:ids) AND from_on IS NOT NULL ORDER BY person_id, from_on, id
""")
_COUNTED = text("""
SELECT r.person_id, act, min(r.year) AS year
FROM ratings r CROSS JOIN LATERAL jsonb_array_elements_text(r.facts -> 'counts') act
WHERE r.person_id = ANY (:ids) AND r.year < :year AND r.superseded_at IS NULL AND r.state = 'published'
  AND r.final = 'unsatisfactory'
GROUP BY r.person_id, act
""")
_WEIGHED = text("""
SELECT person_id, facts -> 'weighed' AS weighed FROM ratings
WHERE person_id = ANY (:ids) AND year = :year AND superseded_at IS NULL AND facts ? 'weighed'
""")


def last_day(year: int) -> date:
    """Return the day on which a round looks at who belongs where: the year's last, today while the year runs."""
    return min(date(year, 12, 31), clock.today())


@dataclass(frozen=True, slots=True)
class Belonging:
    """Somebody a deciding agency classifies: where they work, their role, and what groups of similar tasks go by."""

    person_id: int
    agency_id: int
    deciding_id: int
    role: str
    round_agency_id: int
    kind: str
    chief: bool
    position: str | None
    position_group: str | None


def belonging(agency_ids: Collection[int], day: date) -> list[Belonging]:
    """Return everybody whom these deciding agencies classify on a day; one statement."""
    codes = law.posts()
    groups = {code: str(post.group.value) for code, post in codes.items()}
    given = {
        "agencies": sorted(agency_ids), "day": day, "groups": json.dumps(groups),
        "heads": [code for code, group in groups.items() if group in HEADS],
    }  # fmt: skip
    found: dict[int, Belonging] = {}
    for row in db.session.execute(_BELONGING, given):
        # A head acts as one only in their own agency; who is lent does other work there.
        chief = row.post_group in HEADS and row.role == "head"
        found.setdefault(
            row.person_id,
            Belonging(
                row.person_id, row.agency_id, row.deciding_id, row.role, row.round_agency_id, row.kind, chief,
                row.position, row.position_group,
            ),
        )  # fmt: skip
    return list(found.values())


@dataclass(frozen=True, slots=True)
class SetInForce:
    """A set of criteria as it stands on the day of a round."""

    criteria: CriteriaSet
    version: CriteriaVersion


def sets_in_force(day: date) -> dict[int, SetInForce]:
    """Return the sets in force on a day by id, in their order."""
    query = (
        select(CriteriaSet, CriteriaVersion)
        .join(CriteriaVersion, CriteriaVersion.set_id == CriteriaSet.id)
        .where(dated.at(CriteriaVersion, day))
        .order_by(CriteriaSet.place, CriteriaSet.id)
    )
    rows: Any = db.session.execute(query)
    return {criteria.id: SetInForce(criteria, version) for criteria, version in rows}


def sets_of(wanted: Iterable[tuple[int, str]], day: date, year: int) -> dict[tuple[int, str], int]:
    """Return by which set people of a kind are classified in an agency; pairs without one are left out.

    Points by the law's formula first, then by the unit's weights where it has a regulation; a unit without one uses
    classes without points for 2026 (NĐ 233/2026/NĐ-CP Đ20 k1), even parts later. Contracts only where it says so.
    """
    pairs = sorted(set(wanted))
    agencies = sorted({agency for agency, _kind in pairs})
    known = sets_in_force(day)
    scored = [one for one in known.values() if one.version.method in {"equal", "weights"}]
    regulations = {one.criteria.id: nearest_regulations(agencies, one.criteria.id, day) for one in scored}
    found: dict[tuple[int, str], int] = {}
    for agency, kind in pairs:
        chosen = [
            (rank, one.criteria.place, one.criteria.id)
            for one in known.values()
            if (rank := _rank(one, kind, regulations.get(one.criteria.id, {}).get(agency), year)) is not None
        ]
        if chosen:
            found[agency, kind] = min(chosen)[2]
    return found


def _rank(one: SetInForce, kind: str, held: Any, year: int) -> int | None:
    """Return how near a set is for a kind of person, None where it is not for them."""
    method = one.version.method
    if kind == PersonKind.CONTRACT:
        return 0 if held is not None and held[0].contract else None
    if kind not in one.version.person_kinds:
        return None
    if method == "weights" and held is None:
        return 3 if year <= NO_REGULATION_UNTIL else 1
    return {"equal": 0, "weights": 0, "none": 2, "recorded": 2}[method]


def organisation_classes(agency_ids: Collection[int], year: int) -> dict[int, tuple[str | None, bool]]:
    """Return the class of organisations decided for a year, and whether one was involved in corruption or waste."""
    query = select(OrganisationRating).where(
        OrganisationRating.agency_id.in_(agency_ids), OrganisationRating.year == year
    )
    return {
        one.agency_id: (one.final if one.state in {"decided", "published"} else None, one.involved)
        for one in db.session.scalars(query)
    }


def sheets_of(person_ids: Sequence[int], year: int, deciding: Mapping[int, int]) -> dict[int, list[Sheet]]:
    """Return the points the authorities gave in a year; `deciding` is each person's own agency now."""
    found: dict[int, list[Sheet]] = defaultdict(list)
    for row in db.session.execute(_SHEETS, {"ids": person_ids, "year": year}):
        found[row.person_id].append(
            Sheet(
                row.kind, row.number, row.score, row.result_points, row.general_points,
                elsewhere=row.deciding_id != deciding[row.person_id], published=row.state == "published",
            )
        )  # fmt: skip
    return found


def service_of(person_ids: Sequence[int]) -> dict[int, list[tuple[date, date | None]]]:
    """Return the stretches in which people were in service."""
    found: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    given = {"ids": person_ids, "in_service": [one.value for one in IN_SERVICE]}
    for row in db.session.execute(_SERVICE, given):
        found[row.person_id].append((row.valid_from, row.valid_to))
    return found


def measures_of(person_ids: Sequence[int]) -> dict[int, list[Measure]]:
    """Return the disciplinary measures of people's records; of a half-known day the first it can be."""
    found: dict[int, list[Measure]] = defaultdict(list)
    for row in db.session.execute(_MEASURES, {"ids": person_ids}):
        day = PartialDate.parse(row.from_on).earliest()
        found[row.person_id].append(Measure(row.side, row.form, day, row.act or "", row.decision_no or ""))
    return found


def counted_before(person_ids: Sequence[int], year: int) -> dict[int, dict[str, int]]:
    """Return the acts for which an earlier year was already "không hoàn thành", by person and act."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for row in db.session.execute(_COUNTED, {"ids": person_ids, "year": year}):
        found[row.person_id][row.act] = row.year
    return found


def weighed_of(person_ids: Sequence[int], year: int) -> dict[int, dict[str, Any]]:
    """Return what deciding bodies found of people in a year; it outlives reading the year anew."""
    rows = db.session.execute(_WEIGHED, {"ids": person_ids, "year": year})
    return {row.person_id: row.weighed for row in rows}


def list_open(agency_ids: Collection[int], year: int) -> list[RatingRound]:
    """Return the rounds of agencies for a year that were not cancelled."""
    query = select(RatingRound).where(
        RatingRound.agency_id.in_(agency_ids), RatingRound.year == year, RatingRound.state != "cancelled"
    )
    return list(db.session.scalars(query.order_by(RatingRound.id)))


@dataclass(frozen=True, slots=True)
class Standing:
    """A current rating as the quota sees it: class by points and as it stands, and what the order compares."""

    id: int
    person_id: int
    group: str | None
    by_points: str | None
    proposed: str | None
    final: str | None
    mean: Decimal | None
    result: Decimal | None
    general: Decimal | None
    months: int
    staff_code: str | None
    recruited_on: date | None
    facts: Mapping[str, Any]
    version: int
    state: str


_STANDING = text("""
SELECT r.id, r.person_id, g.name AS group_name, r.by_points, r.proposed, r.final, r.mean, r.facts, r.version, r.state,
  CAST(r.facts ->> 'result' AS numeric) AS result, CAST(r.facts ->> 'general' AS numeric) AS general,
  CAST(coalesce(r.facts ->> 'worked', '0') AS integer) AS months, p.staff_code, p.recruited_on
FROM ratings r JOIN people p ON p.id = r.person_id LEFT JOIN rating_groups g ON g.id = r.group_id
WHERE r.round_id = :round AND r.superseded_at IS NULL ORDER BY r.id
""")


def standing(round_id: int) -> list[Standing]:
    """Return everybody of a round as the quota sees them; one statement."""
    return [
        Standing(
            row.id, row.person_id, row.group_name, row.by_points, row.proposed, row.final, row.mean, row.result,
            row.general, row.months, row.staff_code,
            PartialDate.parse(row.recruited_on).earliest() if row.recruited_on else None, row.facts, row.version,
            row.state,
        )
        for row in db.session.execute(_STANDING, {"round": round_id})
    ]  # fmt: skip


def is_published(person_id: int, year: int) -> bool:
    """Say whether a round has published somebody's class of a year, whoever asks; one statement."""
    query = select(Rating.id).where(
        Rating.person_id == person_id, Rating.year == year, Rating.superseded_at.is_(None), Rating.state == "published"
    )
    with scope.everything():
        return db.session.scalar(select(query.exists())) or False
