"""The record's tab about performance: points and means over the years, classes, what would have changed the class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from hrms.core.charts import Column
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.web import actor
from hrms.people.routes.page import page, read
from hrms.performance.queries import points as queries
from hrms.performance.queries.points import Means, Points, Reckoned, Rule
from hrms.performance.routes import sheet_view as view
from hrms.performance.routes.base import blueprint
from hrms.performance.rules import missed as rules
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass
from hrms.performance.rules.missed import Missed
from hrms.performance.rules.numbers import half_up
from hrms.performance.rules.yearly import YEAR_LIMIT_LABELS, YearLimit

P = Permission
SEES = (P.PERFORMANCE_VIEW, P.SELF_VIEW)
DRAWN_MOST = 24
"""So many months or quarters fit into the picture; all of them stand in the table."""
LOST_MOST = 10
TONES = {
    RatingClass.EXCELLENT: "ok", RatingClass.GOOD: "info", RatingClass.SATISFACTORY: "warn",
    RatingClass.UNSATISFACTORY: "bad", RatingClass.NONE: "none",
}  # fmt: skip
QUARTERS = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True)
class YearLine:
    """A year as the table shows it; points by period (1–12, or 1–4 for quarters)."""

    year: int
    kind: str
    sheets: dict[int, Any]
    means: Means
    rating: Any | None
    rating_class: RatingClass | None
    decided: bool
    recorded: Any | None
    superseded: Sequence[Any]


@dataclass(frozen=True, slots=True)
class LostLine:
    """A product that cost points, in the words of the table."""

    sheet: Any
    item_id: int
    title: str
    found: rules.Lost
    why: Sequence[str]


@dataclass(frozen=True, slots=True)
class Perfect:
    """The mean had every product been done, sound and in time, and its class."""

    mean: Fraction
    rating: RatingClass


@dataclass(frozen=True, slots=True)
class Change:
    """What would have changed the class of the chosen year. `known` of `count` periods could be reckoned again."""

    found: Missed
    rule: Rule
    count: int
    known: int
    lost: Sequence[LostLine]
    perfect: Perfect | None
    limits: Sequence[str]
    """What decided besides the points: marked words."""


@blueprint.route("/people/<int:person_id>/performance", access=SEES)
def person(person_id: int) -> ResponseReturnValue:
    """Show one person's points of every month or quarter, their means, the classes, and how far the next one was."""
    record = read(person_id)
    if not record.own:
        actor().require(P.PERFORMANCE_VIEW, at=record.person.scope_ids)
    found = queries.points_of(person_id, own=record.own)
    lines = [_line(found, year) for year in found.years]
    year = _year(found)
    return page(
        "performance/seeing/person.html",
        record,
        lines=lines,
        drawn=_drawn(found),
        year=year,
        years=[line.year for line in lines if line.sheets],
        change=_change(found, year) if year else None,
        versions=[one for one in found.sheets if one.superseded_at is not None],
        corrected={one.supersedes_id: one for one in found.sheets if one.supersedes_id},
        words=_Words(),
        tones=TONES,
    )  # fmt: skip


class _Words:
    """Points, periods and classes in the reader's words, for the template."""

    def points(self, value: Decimal | Fraction | None) -> str:
        """Return points with two decimals, half up; a dash for none."""
        return "—" if value is None else view.number(half_up(value, 2))

    def six(self, value: Decimal | Fraction) -> str:
        """Return points with six decimals."""
        return view.number(half_up(value, 6), 6)

    def period(self, sheet: Any) -> str:
        """Return the month or the quarter of a sheet."""
        return view.period_words(sheet.kind, sheet.number, sheet.year)

    def rating(self, value: str | RatingClass | None) -> str:
        """Return a class; a dash for none."""
        known = value in set(RatingClass)
        return render(CLASS_LABELS[RatingClass(value)]) if value and known else str(value or "—")

    def tone(self, value: str | RatingClass | None) -> str:
        """Return the tone of a class."""
        return TONES[RatingClass(value)] if value in set(RatingClass) and value else "none"


def _line(found: Points, year: int) -> YearLine:
    sheets = found.of_year(year)
    months = [one for one in sheets if one.kind == "month"]
    used = months or sheets
    rating = queries.current_rating(found.ratings, year)
    recorded = next((one for one in found.recorded if one.year == year), None)
    return YearLine(
        year, "month" if months or not sheets else "quarter", {one.number: one for one in used},
        queries.means_of(sheets), rating, queries.standing_class(rating) if rating else None,
        rating is not None and rating.state == "published", recorded,
        [one for one in found.ratings if one.year == year and one.superseded_at is not None],
    )  # fmt: skip


def _drawn(found: Points) -> list[Column]:
    current = [one for year in sorted(found.years) for one in _in_order(found.of_year(year))]
    return [
        Column(
            str(one.number) if one.kind == "month" else QUARTERS[one.number - 1], one.score,
            view.number(one.score), "", str(one.year),
        )
        for one in current[-DRAWN_MOST:]
    ]  # fmt: skip


def _in_order(sheets: Sequence[Any]) -> list[Any]:
    """Return the months of a year, or its quarters where there are no months."""
    months = [one for one in sheets if one.kind == "month"]
    return months or list(sheets)


def _year(found: Points) -> int | None:
    """Return the year asked for, else the newest with points. Raises `Refused` for a year without any."""
    scored = [year for year in found.years if found.of_year(year)]
    given = request.args.get("year", "").strip()
    if not given:
        return scored[0] if scored else None
    if not (given.isascii() and given.isdigit() and int(given[:5]) in scored):
        words = N_("Năm “%(value)s” không có điểm. Hãy chọn lại.")
        raise Refused(Problem("year", "no_points", words, {"value": given[:10]}))
    return int(given)


def _change(found: Points, year: int) -> Change:
    sheets = _in_order(found.of_year(year))
    rating = queries.current_rating(found.ratings, year)
    latest = next((one for one in reversed(sheets) if one.source == "scored"), sheets[-1])
    rule = queries.rule_of(latest, rating.rounding if rating else None)
    most = rule.formula.general_max + rule.formula.result_max if rule.formula else Decimal(100)
    gap = rules.missed([one.score for one in sheets], rule.thresholds, rule.rounding, most)
    again = queries.reckoned_again(sheets, latest, rule.formula) if rule.formula else []
    perfect: Perfect | None = None
    if again and gap.above is not None:
        mean = rules.all_perfect([one.scored for one in again], gap.mean, len(sheets))
        perfect = Perfect(mean, rule.thresholds.class_of(mean, rule.rounding))
    return Change(
        gap, rule, len(sheets), len(again), _lost(again, len(sheets), gap, rule), perfect,
        [YEAR_LIMIT_LABELS[YearLimit(one)] for one in (rating.reasons if rating else ()) if one in set(YearLimit)],
    )  # fmt: skip


def _lost(again: Sequence[Reckoned], count: int, gap: Missed, rule: Rule) -> list[LostLine]:
    made = rules.lost([one.scored for one in again], count, rules.lacking(gap, rule.rounding))
    return [_lost_line(again[one.period], one) for one in made[:LOST_MOST]]


def _lost_line(of: Reckoned, found: rules.Lost) -> LostLine:
    item = of.scored.items[found.place]
    item_id, title = of.titles[found.place]
    why = []
    if item.impossible:
        why.append(_("báo không thực hiện được"))
    elif not item.done:
        why.append(_("chưa hoàn thành"))
    if item.failed_checks:
        why.append(_("%(count)s lần kiểm tra không đạt", count=item.failed_checks))
    if item.late:
        why.append(_("%(count)s lần chậm", count=item.late))
    return LostLine(of.sheet, item_id, title, found, why)
