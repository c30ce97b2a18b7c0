"""One scheme looked at as a whole: what it changes, what keeps it from being submitted, what the hours suggest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from hrms.agencies.models import Agency
from hrms.agencies.rules import AgencyKind
from hrms.core import clock
from hrms.core.rules import N_, Problem
from hrms.people.queries import law
from hrms.positions.models import PositionScheme
from hrms.positions.queries import scheme_lines as reading
from hrms.positions.queries import schemes
from hrms.positions.queries.scheme_lines import LineRow, PresentLine
from hrms.positions.queries.schemes import Unit, WorkRow
from hrms.positions.queries.seats import Choices, choices, limits
from hrms.positions.rules import ratios, works
from hrms.positions.rules import schemes as rules
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.limits import Limits
from hrms.positions.rules.limits import find as find_limit
from hrms.positions.rules.ratios import GradeFacts, Level, RankFacts, RankRule
from hrms.positions.rules.schemes import Adjusting, Item, LineChange, State
from hrms.positions.rules.works import Suggested

_GRADE = "grade:"


@dataclass(frozen=True, slots=True)
class Look:
    """A scheme with everything that is said of it; lines and present ones in the order pages show them."""

    scheme: PositionScheme
    agency: Agency
    on: date
    units: Sequence[Unit]
    lines: Sequence[LineRow]
    present: Sequence[PresentLine]
    works: Sequence[WorkRow]
    changes: Sequence[LineChange]
    problems: Sequence[Problem]
    items: Sequence[Item]
    quota: int | None
    suggested: Mapping[int, Suggested] = field(default_factory=dict)
    """By line, from the hours of the inventory given to it."""
    levels: Mapping[int, Sequence[Level]] = field(default_factory=dict)
    """By line: how many may have each grade or rank of those the scheme sets a share for."""
    whole: Level | None = None
    """Công chức: the ratio of chuyên viên chính over the whole agency."""

    @property
    def errors(self) -> list[Problem]:
        """Return what keeps the scheme from being submitted."""
        return [one for one in self.problems if one.severity != "warning"]

    @property
    def seats(self) -> int:
        """Return the seats proposed of the scheme's own quota."""
        return rules.seats_by_quota(row.rule for row in self.lines)[QuotaKind(self.scheme.quota_kind)]

    def present_of(self, line: LineRow) -> PresentLine | None:
        """Return the line in force that a proposed one stands for."""
        key = (line.line.unit_id, line.line.position_id)
        return next((one for one in self.present if (one.unit_id, one.position_id) == key), None)


def look(scheme: PositionScheme, on: date | None = None) -> Look:
    """Return a scheme as it stands, compared with what is in force on a day; a fixed number of statements.

    Without a day: today, and for an approved scheme the day before it took effect, so that it goes on telling what it
    changed.
    """
    day = on or clock.today()
    if on is None and scheme.state == State.APPROVED.value and scheme.effective_on is not None:
        day = scheme.effective_on - timedelta(days=1)
    agency = reading.agency_of(scheme)
    units = schemes.units_of(scheme)
    lines = reading.list_lines(scheme.id, day)
    present = reading.present_lines([unit.id for unit in units], scheme.quota_kind, day)
    inventory = schemes.list_works(scheme.id)
    quota = reading.quota_of(scheme.agency_id, scheme.quota_kind, day)
    law_on, chosen = limits(day), choices()
    asked = [_with_grades(row) for row in lines]
    changes = rules.compare(
        [_compared(row.rule) for row in lines], [_compared(one.rule) for one in present if one.seats > 0]
    )
    kind = QuotaKind(scheme.quota_kind)
    given = [row.rule for row in lines]
    levels, whole, ratio_problems = _ratios(scheme, agency, asked, present, law_on, chosen)
    problems = rules.check_scheme(given, kind, lambda _lines: ratio_problems, quota=quota)
    reason = Adjusting(scheme.reason) if scheme.reason in set(Adjusting) else None
    problems += rules.check_reason(reason, changes)
    if not str(scheme.checklist.get("request") or "").strip():
        text = N_("Chưa ghi số, ngày văn bản đề nghị phê duyệt vị trí việc làm. Hãy ghi ở bước thuyết minh.")
        problems.append(Problem("request", "required", text))
    figures = law.parameters(day)
    problems += works.check_works([schemes.as_work(row.work) for row in inventory], figures)
    hours = works.hours_by_line(schemes.as_work(row.work) for row in inventory)
    suggested = {
        row.line.id: works.suggest_seats(hours[row.line.id], figures, keeps_post=row.rule.leads)
        for row in lines
        if row.line.id in hours
    }
    request = bool(str(scheme.checklist.get("request") or "").strip())
    items = rules.dossier(given, request=request)
    return Look(
        scheme, agency, day, units, lines, present, inventory, changes, problems, items, quota, suggested, levels, whole
    )


def _compared(line: rules.Line) -> rules.Line:
    """Return a line with its shares as numbers, so that 30 and "30.0" are the same."""
    return replace(line, shares={level: share.normalize() for level, share in shares_of(line.shares).items()})


def shares_of(shares: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return shares in percent by rank code or `grade:<n>`, as kept in the database; what is no number is left out."""
    found = {}
    for level, share in shares.items():
        try:
            found[level] = Decimal(str(share))
        except InvalidOperation:
            continue
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    row: LineRow
    grades: frozenset[int]
    shares: Mapping[str, Decimal]

    @property
    def by_grade(self) -> dict[int, Decimal]:
        return {int(key[len(_GRADE) :]): one for key, one in self.shares.items() if key.startswith(_GRADE)}

    @property
    def by_rank(self) -> dict[str, Decimal]:
        return {key: one for key, one in self.shares.items() if not key.startswith(_GRADE)}


def _with_grades(row: LineRow) -> _Asked:
    first, last = row.line.grade_from, row.line.grade_to
    used = frozenset(range(first, last + 1)) if first is not None and last is not None else frozenset()
    return _Asked(row, used, shares_of(row.line.shares))


Answer = tuple[dict[int, Sequence[Level]], Level | None, list[Problem]]


def _ratios(
    scheme: PositionScheme,
    agency: Agency,
    asked: Sequence[_Asked],
    present: Sequence[PresentLine],
    law_on: Limits,
    chosen: Choices,
) -> Answer:
    if scheme.quota_kind == QuotaKind.PUBLIC.value:
        return _grade_ratios(scheme, asked, present, law_on, chosen)
    return _rank_ratios(agency, asked, law_on, chosen)


def _placed(problem: Problem, place: int) -> Problem:
    return Problem(f"lines[{place}].shares", problem.code, problem.text, problem.params, problem.severity)


def _grade_ratios(
    scheme: PositionScheme, asked: Sequence[_Asked], present: Sequence[PresentLine], law_on: Limits, chosen: Choices
) -> Answer:
    """Return what Đ10 of NĐ 232/2026/NĐ-CP makes of each position in each unit; the managers attached count in."""
    held = {(one.unit_id, one.position_id): one.grades for one in present}
    own = bool(scheme.content.get("self_financing"))
    levels: dict[int, Sequence[Level]] = {}
    problems: list[Problem] = []
    for place, one in enumerate(asked):
        line = one.row.line
        if not one.grades and not one.shares:
            continue
        attached = [
            other.row
            for other in asked
            if other.row.line.unit_id == line.unit_id and other.row.line.base_position_id == line.position_id
        ]
        managers: dict[int, int] = {}
        for row in attached:
            for grade, people in held.get((row.line.unit_id, row.line.position_id), {}).items():
                managers[grade] = managers.get(grade, 0) + people
        facts = GradeFacts(
            used=one.grades, posts=line.seats, held=held.get((line.unit_id, line.position_id), {}),
            manager_posts=sum(row.line.seats for row in attached), managers=managers, shares=one.by_grade,
            self_financing=own,
        )  # fmt: skip
        problems += [_placed(found, place) for found in ratios.check_shares(facts, law_on, chosen.reading)]
        answer = ratios.grade_ratio(facts, law_on, chosen.rounding, chosen.reading)
        levels[line.id] = answer.levels
        for level in answer.levels:
            if level.over:
                text = N_(
                    "Vị trí “%(name)s”, bậc %(grade)s: hiện có %(held)s người, tỷ lệ cho nhiều nhất %(limit)s"
                    " (%(source)s)."
                )
                params = {
                    "name": one.row.position.name, "grade": level.level.removeprefix(_GRADE), "held": level.held,
                    "limit": level.limit, "source": next((r.source for r in level.reasons if r.source), ""),
                }  # fmt: skip
                problems.append(Problem(f"lines[{place}].shares", "present_over_ratio", text, params, "warning"))
    return levels, None, problems


def _rank_ratios(agency: Agency, asked: Sequence[_Asked], law_on: Limits, chosen: Choices) -> Answer:
    """Return the levels of the shares by rank, and chuyên viên chính over the agency's whole biên chế."""
    known = law.ranks()
    levels: dict[int, Sequence[Level]] = {}
    problems: list[Problem] = []
    posts = principals = 0
    for place, one in enumerate(asked):
        problems += [_placed(found, place) for found in ratios.check_rank_shares(one.by_rank, {})]
        if one.row.position.quota_kind == QuotaKind.CIVIL.value:
            posts += one.row.line.seats
            for code, share in one.by_rank.items():
                rank = known.get(code)
                if rank is not None and ratios.rank_level(rank.group) == ratios.PRINCIPAL:
                    principals += ratios.rounded(one.row.line.seats, share, chosen.rounding)
        if one.by_rank:
            levels[one.row.line.id] = ratios.share_ratio(one.row.line.seats, {}, one.by_rank, chosen.rounding)
    if agency.kind == AgencyKind.COMMUNE.value or not posts:
        return levels, None, problems
    whole = ratios.rank_ratio(RankFacts(RankRule.AGENCY, posts, principals), law_on, chosen.rounding)
    if whole.over:
        law_found = find_limit(law_on, f"rank_ratio.{RankRule.AGENCY.value}")
        text = N_(
            "Ngạch chuyên viên chính và tương đương: đề án dành %(held)s chỗ trên %(basis)s biên chế, luật cho nhiều"
            " nhất %(limit)s (%(source)s). Hãy giảm tỷ lệ ở các vị trí."
        )
        params = {
            "held": whole.held, "basis": whole.basis, "limit": whole.limit,
            "source": law_found.source if law_found else "",
        }  # fmt: skip
        problems.append(Problem("lines", "rank_ratio_over", text, params))
    return levels, whole, problems
