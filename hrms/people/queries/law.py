"""The law's figures as the record uses them: scales, ranks, ages and limits, read from the dated catalogues once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from hrms.core import catalogues, clock
from hrms.core.holidays import Holidays
from hrms.core.holidays import current as current_holidays
from hrms.core.i18n import select_locale
from hrms.decisions.rules.powers import PostGroup
from hrms.figures import changes
from hrms.figures.changes import kept_by_law
from hrms.people.rules.family import MarriageAges
from hrms.people.rules.parameters import Parameter, parameters_on
from hrms.people.rules.record import RecordLimits
from hrms.people.rules.retirement import RetirementAges, RetirementTerms
from hrms.people.rules.steps import PayGroup, SeniorityTerms, read_pay_scales


@dataclass(frozen=True, slots=True)
class RankInfo:
    """A rank of the catalogue and the pay group it stands in."""

    code: str
    name_vi: str
    name_en: str
    person_kind: str
    table: int
    group: str

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return self.name_en if select_locale() == "en" else self.name_vi


@dataclass(frozen=True, slots=True)
class PostInfo:
    """What the law makes of a leadership post of the catalogue.

    `group` is a `decisions.rules.powers.PostGroup`; `below` the adjacent lower posts, none for a first leadership post;
    `agency_kinds` the kinds of agency that have it; `term_months` how long one appointment lasts.
    """

    code: str
    group: PostGroup
    below: tuple[str, ...]
    agency_kinds: tuple[str, ...]
    elected: bool
    term_months: int
    source: str

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return catalogues.name_of("leadership_posts", self.code)


@dataclass(frozen=True, slots=True)
class PostCoefficient:
    """The leadership allowance of a post at one place (`special`, `other`, `class_1`…, `any`)."""

    place: str
    coefficient: Decimal
    source: str


def rows(name: str) -> tuple[Mapping[str, Any], ...]:
    """Return the rows of a catalogue of the law: of the seed file and of the texts applied to it, read once a state.

    Whatever is computed from them is kept with `figures.changes.kept_by_law`, never for the life of a process.
    """
    return changes.rows(name)


def supposing(given: Iterable[Mapping[str, Any]]) -> AbstractContextManager[None]:
    """Within the block every figure is as if these rows of a text had been applied too: `figures.changes.supposing`."""
    return changes.supposing(given)


def in_force(name: str, day: date) -> list[Mapping[str, Any]]:
    """Return the rows of a dated catalogue that hold on a day."""
    shown = day.isoformat()
    return [row for row in rows(name) if (row["valid_from"] or "") <= shown < (row["valid_to"] or "9999")]


@kept_by_law()
def _days(name: str) -> tuple[date, ...]:
    """Return the days on which a row of a dated catalogue begins or ends, in order."""
    found = {row[column] for row in rows(name) for column in ("valid_from", "valid_to") if row[column]}
    return tuple(sorted(date.fromisoformat(day) for day in found))


def _since(name: str, day: date | None) -> date:
    """Return the first of the days on which a catalogue was as it is on `day`: what is computed is kept once."""
    days = _days(name)
    at = bisect_right(days, day or clock.today())
    return days[at - 1] if at else date.min


def parameters(day: date | None = None) -> Mapping[str, Parameter]:
    """Return the stand-alone figures in force on a day, today unless given."""
    return _parameters(_since("parameters", day))


@kept_by_law()
def _parameters(day: date) -> Mapping[str, Parameter]:
    return parameters_on(rows("parameters"), day)


def limits() -> RecordLimits:
    """Return the ages and periods the checks of a record use."""
    return RecordLimits.from_parameters(parameters())


def marriage_ages() -> MarriageAges:
    """Return the youngest ages to marry."""
    return MarriageAges.from_parameters(parameters())


def seniority_terms() -> SeniorityTerms:
    """Return the terms of seniority beyond the scale."""
    return SeniorityTerms.from_parameters(parameters())


def retirement_terms() -> RetirementTerms:
    """Return how early the notice and the decision of retirement come."""
    return RetirementTerms.from_parameters(parameters())


@lru_cache
def retirement_ages() -> RetirementAges:
    """Return the dated table of retirement ages."""
    return RetirementAges.from_rows(rows("retirement_ages"))


def pay_scales(on: date | None = None) -> Mapping[tuple[int, str], PayGroup]:
    """Return every pay group in force on a day, today unless given, by (table, group)."""
    return _pay_scales(_since("pay_scales", on))


@kept_by_law()
def _pay_scales(day: date) -> Mapping[tuple[int, str], PayGroup]:
    return read_pay_scales(in_force("pay_scales", day))


def ranks(on: date | None = None) -> Mapping[str, RankInfo]:
    """Return every rank by code as it is on a day, today unless given.

    One that is no more, or not yet, is there as it was last, or will be first: records name it.
    """
    return _ranks(_since("ranks", on))


@kept_by_law()
def _ranks(day: date) -> Mapping[str, RankInfo]:
    return {
        code: RankInfo(
            code, row["name_vi"], row["name_en"] or row["name_vi"], row["person_kind"], int(row["table"]), row["group"]
        )
        for code, row in rank_rows(day).items()
    }


def rank_rows(day: date) -> Mapping[str, Mapping[str, Any]]:
    """Return the row of every rank by code: as it is on the day, was last, or will be first."""
    found: dict[str, Mapping[str, Any]] = {}
    shown = day.isoformat()
    for row in rows("ranks"):
        found.setdefault(row["code"], row)
        if (row["valid_from"] or "") <= shown:
            found[row["code"]] = row
    return found


@lru_cache
def posts() -> Mapping[str, PostInfo]:
    """Return every leadership post of the catalogue by code."""
    return {
        row["post"]: PostInfo(
            row["post"],
            PostGroup(row["post_group"]),
            tuple((row["below"] or "").split("|")) if row["below"] else (),
            tuple((row["agency_kinds"] or "").split("|")),
            row["filled"] == "elected",
            int(row["term_months"]),
            row["source"],
        )
        for row in rows("leadership_post_groups")
    }


def post_group(code: str | None) -> PostGroup:
    """Return the group of a post, NONE for no post or one that the catalogue does not know."""
    found = posts().get(code or "")
    return found.group if found else PostGroup.NONE


def post_coefficients(code: str, day: date) -> Mapping[str, PostCoefficient]:
    """Return the leadership allowances of a post in force on a day by place; empty when the law names none."""
    return _post_coefficients(code, _since("leadership_coefficients", day))


@kept_by_law(most=4096)
def _post_coefficients(code: str, day: date) -> Mapping[str, PostCoefficient]:
    return {
        row["place"]: PostCoefficient(row["place"], Decimal(row["coefficient"]), row["source"])
        for row in in_force("leadership_coefficients", day)
        if row["post"] == code
    }


def holidays() -> Holidays:
    """Return the working calendar as the province keeps it."""
    return current_holidays()


@lru_cache
def province_codes() -> Collection[str]:
    """Return the three-digit codes a personal ID number may begin with."""
    return frozenset(row["code"] for row in rows("province_codes"))
