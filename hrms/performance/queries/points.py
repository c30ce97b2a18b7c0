"""One person's points and classes over the years, superseded ones too, and the products that cost them points.

Under the reader's own scope; what is only for those who classify is left out for the person by the row policies, and
for heads, who see their own part, here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.performance.queries.criteria import SCORED, terms_for
from hrms.performance.queries.sheets import last_day
from hrms.performance.rules import yearly
from hrms.performance.rules.classes import RatingClass, Rounding, Thresholds
from hrms.performance.rules.formula import LEADER_CRITERIA, Formula, Item, Leader, Role, check
from hrms.performance.rules.scoring import Scored, score

MOST = 600
_SHEETS = text("""
SELECT s.id, s.year, s.kind, s.number, s.state, s.source, s.role, s.self_score,
  -- What one's authority has written is one's own to see once it is published.
  CASE WHEN NOT :own OR s.state = 'published' THEN s.score END AS score,
  CASE WHEN NOT :own OR s.state = 'published' THEN s.general_points END AS general_points,
  CASE WHEN NOT :own OR s.state = 'published' THEN s.result_points END AS result_points,
  CASE WHEN NOT :own OR s.state = 'published' THEN s.leader END AS leader,
  s.published_on, s.superseded_at, s.supersedes_id, s.correction, s.agency_id, s.set_id,
  a.name AS agency, k.code AS set_code
FROM score_sheets s JOIN agencies a ON a.id = s.agency_id JOIN criteria_sets k ON k.id = s.set_id
WHERE s.person_id = :person
ORDER BY s.year DESC, CASE s.kind WHEN 'month' THEN s.number ELSE s.number * 3 END, s.kind,
  s.superseded_at NULLS FIRST, s.id DESC LIMIT :most
""")
_RATINGS = text("""
SELECT t.id, t.year, t.mean, t.by_points, t.proposed, t.final, t.state, t.provisional, t.published_on, t.superseded_at,
  t.supersedes_id, t.reasons, t.decision_id, a.name AS agency, r.rounding, r.state AS round_state, k.name AS set_name
FROM ratings t JOIN rating_rounds r ON r.id = t.round_id JOIN agencies a ON a.id = r.agency_id
JOIN criteria_sets k ON k.id = r.set_id
WHERE t.person_id = :person AND (NOT :own OR t.state = 'published')
ORDER BY t.year DESC, t.superseded_at NULLS FIRST, t.id DESC
""")
_RECORDED = text("SELECT year, rating, rated_by, score FROM person_rating WHERE person_id = :person ORDER BY year DESC")
_ITEMS = text("""
SELECT i.id, i.sheet_id, i.title, i.units, i.kind, i.done, i.failed_checks, i.late_count, i.reported
FROM work_items i WHERE i.sheet_id = ANY (:sheets) AND i.state = 'given' ORDER BY i.sheet_id, i.id
""")


@dataclass(frozen=True, slots=True)
class Points:
    """What there is: sheets (rows of `_SHEETS`), ratings, and the classes written on the record."""

    sheets: Sequence[Any]
    ratings: Sequence[Any]
    recorded: Sequence[Any]

    def of_year(self, year: int) -> list[Any]:
        """Return the current sheets of a year that have points of the authority, in order."""
        return [
            one
            for one in self.sheets
            if one.year == year and one.superseded_at is None and one.score is not None
            and one.state in {"scored", "published"}
        ]  # fmt: skip

    @property
    def years(self) -> list[int]:
        """Return the years there is anything of, newest first."""
        every = {one.year for one in (*self.sheets, *self.ratings)} | {one.year for one in self.recorded}
        return sorted(every, reverse=True)


def points_of(person_id: int, *, own: bool) -> Points:
    """Return everything about one person's points and classes; three statements."""
    given = {"person": person_id}
    return Points(
        db.session.execute(_SHEETS, given | {"most": MOST, "own": own}).all(),
        db.session.execute(_RATINGS, given | {"own": own}).all(),
        db.session.execute(_RECORDED, given).all(),
    )


@dataclass(frozen=True, slots=True)
class Means:
    """Means of a year, exact: by quarter (1–4), by half-year (1, 2), of the year. None where nothing has points."""

    quarters: tuple[Fraction | None, ...]
    halves: tuple[Fraction | None, ...]
    year: Fraction | None


def means_of(sheets: Sequence[Any]) -> Means:
    """Return the means of the points of one year; months where there are any, else quarters (Đ11 k2, Đ17 k3)."""
    months: list[Decimal | None] = [None] * 12
    quarters: list[Decimal | None] = [None] * 4
    for one in sheets:
        (months if one.kind == "month" else quarters)[one.number - 1] = one.score
    if any(one is not None for one in months):
        by_quarter = tuple(yearly.quarter(months, number) for number in range(1, 5))
        return Means(by_quarter, (yearly.half_year(months, 1), yearly.half_year(months, 2)), yearly.mean(months))
    exact = tuple(None if one is None else Fraction(one) for one in quarters)
    halves = (yearly.mean(quarters[:2]), yearly.mean(quarters[2:]))
    return Means(exact, halves, yearly.mean(quarters))


@dataclass(frozen=True, slots=True)
class Rule:
    """What a year's points are compared with, and the formula of its latest sheet; None where no points are given."""

    thresholds: Thresholds
    rounding: Rounding
    formula: Formula | None


def rule_of(latest: Any, rounding: str | None) -> Rule:
    """Return what holds of a sheet; at most five statements. `rounding` is that of the year's round, None without."""
    try:
        terms = terms_for(latest.agency_id, latest.set_code, last_day(latest.year, latest.kind, latest.number))
    except Refused:
        return Rule(Thresholds(), Rounding(rounding or Rounding.UNROUNDED), None)
    if terms.version.method not in SCORED:
        return Rule(Thresholds(), Rounding(rounding or terms.rounding), None)
    formula = terms.formula(Role(latest.role))
    return Rule(formula.thresholds, Rounding(rounding or terms.rounding), formula)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A sheet with its points reckoned again from its products, and the products in the same order."""

    sheet: Any
    scored: Scored
    titles: Sequence[tuple[int, str]]


def reckoned_again(sheets: Sequence[Any], latest: Any, formula: Formula) -> list[Reckoned]:
    """Return the sheets whose products are known and which follow the formula of the latest one; one statement.

    What was taken over from elsewhere has no products; another unit or role may have another formula: left out.
    """
    alike = [
        one
        for one in sheets
        if one.source == "scored" and (one.agency_id, one.set_id, one.role)
        == (latest.agency_id, latest.set_id, latest.role)
    ]  # fmt: skip
    items: dict[int, list[Any]] = {}
    for row in db.session.execute(_ITEMS, {"sheets": [one.id for one in alike]}) if alike else ():
        items.setdefault(row.sheet_id, []).append(row)
    found = []
    for one in alike:
        rows = items.get(one.id, [])
        products = [
            Item(
                row.units, bool(row.done), row.failed_checks, row.late_count, row.kind != "assigned",
                row.reported == "impossible" and not row.done, str(row.id),
            )
            for row in rows
        ]  # fmt: skip
        role, leader = Role(one.role), _leader(one.leader, Role(one.role))
        general = one.general_points or Decimal(0)
        if check(products, general, role, leader, formula):
            continue
        made = score(products, general, role, leader, formula)
        # Only where the reckoning is the one that was published: else something else was in force.
        if isinstance(made, Scored) and made.score == one.score:
            found.append(Reckoned(one, made, [(row.id, row.title) for row in rows]))
    return found


def _leader(kept: Mapping[str, Any] | None, role: Role) -> Leader | None:
    if role is Role.STAFF or not kept or any(kept.get(one.value) in {None, ""} for one in LEADER_CRITERIA):
        return None
    subordinates, unit, cohesion = (Decimal(str(kept[one.value])) for one in LEADER_CRITERIA)
    return Leader(subordinates, unit, cohesion)


def current_rating(ratings: Sequence[Any], year: int) -> Any | None:
    """Return the rating of a year that is in force, None without one."""
    return next((one for one in ratings if one.year == year and one.superseded_at is None), None)


def standing_class(rating: Any) -> RatingClass | None:
    """Return the class of a rating as it stands: decided, else proposed, else by points."""
    kept = rating.final or rating.proposed or rating.by_points
    return RatingClass(kept) if kept else None
