"""Who counts at which agency in which months, their pay by rank and step, their classes: for sharing funds.

For many agencies at once, five statements whatever their size. The caller has opened the scope to everybody: whoever
has moved on since is read with the months here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.rules import N_, Problem
from hrms.pay.rules.schemes import RatingOf, Terms, months_of
from hrms.pay.rules.serving import Away, Member, Month, MonthServed, RankHeld, Stay, months_at
from hrms.people.queries import law
from hrms.people.rules.kinds import IN_SERVICE, PersonKind
from hrms.performance.queries import rounds as ratings
from hrms.performance.rules.classes import RatingClass, Thresholds

_QUARTER = 3
_STAYS = text("""
WITH unit AS MATERIALIZED (
  SELECT a.id, deciding_agency(a.id) AS paying_id FROM agencies a
  WHERE CAST(:agencies AS bigint[]) IS NULL OR a.scope_ids && CAST(:agencies AS bigint[])
)
SELECT f.person_id, u.paying_id, f.agency_id, s.kind,
  greatest(f.valid_from, s.valid_from) AS start, least(f.valid_to, s.valid_to) AS stop
FROM unit u
JOIN person_agency f ON f.agency_id = u.id AND f.membership = 'using' AND f.superseded_at IS NULL
  AND f.valid_from < :until AND (f.valid_to IS NULL OR f.valid_to > :first)
JOIN person_status s ON s.person_id = f.person_id AND s.superseded_at IS NULL AND s.status = ANY (:in_service)
  AND s.valid_from < :until AND (s.valid_to IS NULL OR s.valid_to > :first)
  AND s.valid_from < coalesce(f.valid_to, 'infinity') AND coalesce(s.valid_to, 'infinity') > f.valid_from
WHERE CAST(:agencies AS bigint[]) IS NULL OR u.paying_id = ANY (CAST(:agencies AS bigint[]))
ORDER BY f.person_id, start
""")
_RANKS = text("""
SELECT r.person_id, r.valid_from, r.valid_to, r.coefficient, r.pay_percent FROM person_rank r
WHERE r.person_id = ANY (CAST(:ids AS bigint[])) AND r.superseded_at IS NULL
  AND r.valid_from < :until AND (r.valid_to IS NULL OR r.valid_to > :first)
ORDER BY r.person_id, r.valid_from
""")
_AWAY = text("""
SELECT a.person_id, a.valid_from, a.valid_to FROM person_absence a
WHERE a.superseded_at IS NULL AND a.absence_kind = ANY (:kinds)
  AND a.valid_from < :until AND (a.valid_to IS NULL OR a.valid_to > :first)
  AND a.person_id = ANY (CAST(:ids AS bigint[]))
""")
_YEAR = text("""
SELECT person_id, rating FROM person_rating WHERE year = :year AND person_id = ANY (CAST(:ids AS bigint[]))
""")
_SCORES = text("""
SELECT person_id, set_id, kind, number, score FROM score_sheets
WHERE person_id = ANY (CAST(:ids AS bigint[])) AND year = :year AND superseded_at IS NULL AND state = 'published'
  AND score IS NOT NULL
  AND ((kind = 'month' AND number = ANY (:months)) OR (kind = 'quarter' AND number = ANY (:quarters)))
ORDER BY person_id, set_id
""")

Ratings = Mapping[int, RatingClass | Mapping[int, RatingClass]]
"""Person → one class for the whole period, or a class by month."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The people of paying agencies in a period, and their classes."""

    members: Mapping[int, Sequence[Member]]
    ratings: Ratings


def base_salary(day: date) -> int:
    """Return the base salary of a day in đồng. Raises `Refused` for a day without one."""
    shown = day.isoformat()
    for row in law.rows("base_salaries"):
        if row["valid_from"] <= shown < (row["valid_to"] or "9999"):
            return int(row["amount"])
    raise Refused(Problem("year", "no_figure", N_("Chưa có mức lương cơ sở của ngày %(day)s."), {"day": day}))


def months(year: int, quarter: int | None) -> tuple[Month, ...]:
    """Return the months of a year, or of a quarter of it, with their base salary."""
    found = []
    for number in months_of(quarter):
        start = date(year, number, 1)
        end = date(year + number // 12, number % 12 + 1, 1)
        found.append(Month(number, start, end, base_salary(start)))
    return tuple(found)


def gather(agency_ids: Collection[int] | None, year: int, quarter: int | None, terms: Terms) -> Gathered:
    """Return everybody whom these agencies (None: all) pay in a period, with the class that decides by these terms."""
    period = months(year, quarter)
    window = {"first": period[0].start, "until": period[-1].end}
    chosen = None if agency_ids is None else sorted(agency_ids)
    given = {**window, "agencies": chosen, "in_service": [one.value for one in IN_SERVICE]}
    stays: dict[tuple[int, int], list[Stay]] = defaultdict(list)
    for row in db.session.execute(_STAYS, given):
        stays[row.paying_id, row.person_id].append(Stay(row.start, row.stop, row.agency_id, PersonKind(row.kind)))
    ids = sorted({person_id for _paying, person_id in stays})
    ranks = _grouped(
        (row.person_id, RankHeld(row.valid_from, row.valid_to, row.coefficient, row.pay_percent))
        for row in db.session.execute(_RANKS, {**window, "ids": ids})
    )  # fmt: skip
    kinds = [one.value for one in terms.eligible.uncounted]
    away: dict[int, list[Away]] = _grouped(
        (row.person_id, (row.valid_from, row.valid_to))
        for row in (db.session.execute(_AWAY, {**window, "ids": ids, "kinds": kinds}) if kinds else ())
    )  # fmt: skip
    members: dict[int, list[Member]] = defaultdict(list)
    served: dict[Any, tuple[MonthServed, ...]] = {}
    for (paying, person_id), own in stays.items():
        held, gone = ranks.get(person_id, ()), away.get(person_id, ())
        # Most people were there all the time with one coefficient: what comes of the same dates is the same.
        key = (tuple((one.start, one.end) for one in own), tuple(held), tuple(gone))
        counted = served.get(key)
        if counted is None:
            counted = served[key] = months_at(period, own, held, gone)
        if counted:
            members[paying].append(Member(person_id, own[-1].agency_id, own[-1].kind, counted))
    return Gathered(members, _ratings(ids, year, quarter, terms))


def _grouped(rows: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for person_id, value in rows:
        found[person_id].append(value)
    return found


def _ratings(ids: Sequence[int], year: int, quarter: int | None, terms: Terms) -> Ratings:
    if terms.rating_of is RatingOf.YEAR and quarter is None:
        rows = db.session.execute(_YEAR, {"ids": ids, "year": year})
        return {row.person_id: RatingClass(row.rating) for row in rows if row.rating in set(RatingClass)}
    numbers = list(months_of(quarter))
    thresholds = _thresholds(year)
    given = {
        "ids": ids, "year": year, "months": numbers,
        "quarters": sorted({(number + 2) // _QUARTER for number in numbers}),
    }  # fmt: skip
    points: dict[int, dict[int, tuple[Decimal, int]]] = defaultdict(dict)
    for row in db.session.execute(_SCORES, given):
        own = points[row.person_id]
        if row.kind == "month":
            own[row.number] = row.score, row.set_id
            continue
        for number in range(row.number * _QUARTER - 2, row.number * _QUARTER + 1):
            own.setdefault(number, (row.score, row.set_id))
    if terms.rating_of is RatingOf.MONTH:
        return {
            person_id: {number: thresholds.get(of, _USUAL).class_of(score) for number, (score, of) in own.items()}
            for person_id, own in points.items()
        }
    return {person_id: _of_quarter(own, thresholds) for person_id, own in points.items()}


_USUAL = Thresholds()


def _of_quarter(own: Mapping[int, tuple[Decimal, int]], thresholds: Mapping[int, Thresholds]) -> RatingClass:
    """Return the class of the mean of the months there are, by the thresholds of the last one's criteria."""
    mean = sum((Fraction(score) for score, _of in own.values()), Fraction(0)) / len(own)
    return thresholds.get(own[max(own)][1], _USUAL).class_of(mean)


def _thresholds(year: int) -> dict[int, Thresholds]:
    known = ratings.sets_in_force(ratings.last_day(year))
    return {
        set_id: Thresholds(**{name: Decimal(least) for name, least in held.version.thresholds.items()})
        for set_id, held in known.items()
        if held.version.thresholds
    }
