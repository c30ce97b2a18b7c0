"""One person's facts made into stretches: the days cut where anything changes, each read by the law of its first day.

No statement is asked here; what equal facts gave is kept, since many people have the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from hrms.core.rules import N_
from hrms.figures.changes import kept_by_law
from hrms.pay.queries import law_days
from hrms.pay.queries.paying import Payers
from hrms.pay.rules import allowances as allowing
from hrms.pay.rules import following
from hrms.pay.rules.allowances import Allowance
from hrms.pay.rules.doubts import Doubt
from hrms.pay.rules.figures import AllowanceCode, NoFigure, PayFigures
from hrms.pay.rules.monthly import ALL, PayFacts
from hrms.pay.rules.reserved import Reserved
from hrms.pay.rules.stretches import Away, PersonPay, Stretch
from hrms.people.queries import law
from hrms.people.rules.absences import AbsenceKind
from hrms.people.rules.kinds import IN_SERVICE, EmploymentStatus, PersonKind

LEADERSHIP, BEYOND_SCALE, RESERVED = "leadership", "beyond_scale", "reserved"
"""Kinds of allowance of the record that are no allowance of `AllowanceCode`."""
NOTHING = Decimal(0)
_CODES = frozenset(code.value for code in AllowanceCode)
_SERVING = frozenset(status.value for status in IN_SERVICE)
_PUBLIC_DUTY_KINDS = frozenset({PersonKind.CADRE, PersonKind.CIVIL_SERVANT})


class Known(NamedTuple):
    """The rows of each kind of fact that touch the days asked for: from, to, then the columns read of it."""

    status: Sequence[Any]
    using: Sequence[Any]
    rank: Sequence[Any]
    posts: Sequence[Any]
    allowances: Sequence[Any]
    absences: Sequence[Any]


class _Day(NamedTuple):
    """What holds on a day, without the days it holds for: equal ones make the same pay."""

    kind: str
    status: str
    rank: tuple[Any, ...] | None
    posts: tuple[tuple[Any, ...], ...]
    allowances: tuple[tuple[Any, ...], ...]
    absence: tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class _Read:
    """What a day's facts come to: facts, or why nothing is paid; and doubts, `day` of them still open."""

    facts: PayFacts | None
    why: str
    doubts: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]


@dataclass(slots=True)
class Assembler:
    """Makes stretches of `[first, until)`."""

    first: date
    until: date
    payers: Payers
    _cuts: tuple[date, ...] = ()
    _days: tuple[date, ...] = ()
    _law: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        self._days = law_days.law_days()
        self._law = frozenset(day for day in self._days if self.first < day < self.until)
        trees = {day for day in self.payers.days if self.first < day < self.until}
        self._cuts = tuple(sorted(self._law | trees))

    def person(self, person_id: int, known: Known) -> PersonPay:
        """Return what a person's facts come to."""
        pieces: list[Stretch | Away] = []
        doubts: dict[Doubt, None] = {}
        for start, end in self._spans(known):
            status = _at(known.status, start)
            if status is None or status[2] not in _SERVING:
                continue
            using = _at(known.using, start)
            if using is None:
                doubts.setdefault(Doubt.of("no_agency", day=start))
                continue
            on = _Day(
                status[3], status[2], self._rank(known.rank, start),
                tuple((self._epoch(row[0]), *row[2:]) for row in known.posts if _holds(row, start)),
                tuple(_allowance(row, start) for row in known.allowances if _holds(row, start)),
                _absence(known.absences, start),
            )  # fmt: skip
            read = _read(on, self._epoch(start))
            for code, params in read.doubts:
                said = dict(params)
                if said.get("day", "") is None:
                    said["day"] = start
                if code == "absence_overdue" and said["until"] >= end:
                    continue
                if not any(one.code == code for one in doubts) or "day" not in said:
                    doubts.setdefault(Doubt.of(code, **said))
            agency, kind = using[2], PersonKind(status[3])
            payer = self.payers.pays(agency, start)
            if read.facts is None:
                self._add(pieces, Away(start, end, agency, payer, kind, read.why))
            else:
                self._add(pieces, Stretch(start, end, agency, payer, kind, read.facts))
        return PersonPay(
            person_id, tuple(one for one in pieces if isinstance(one, Stretch)), tuple(doubts),
            tuple(one for one in pieces if isinstance(one, Away)),
        )  # fmt: skip

    def _epoch(self, day: date) -> date:
        return law_days.before(self._days, day)

    def _rank(self, rows: Sequence[Any], day: date) -> tuple[Any, ...] | None:
        row = _at(rows, day)
        return None if row is None else (self._epoch(row[0]), *row[2:])

    def _spans(self, known: Known) -> Iterable[tuple[date, date]]:
        days = set(self._cuts)
        for rows in known:
            for row in rows:
                for day in (row[0], row[1]):
                    if day is not None and self.first < day < self.until:
                        days.add(day)
        if not days:
            return ((self.first, self.until),)
        bounds = [self.first, *sorted(days), self.until]
        return pairwise(bounds)

    def _add(self, pieces: list[Stretch | Away], new: Stretch | Away) -> None:
        """Put a piece behind the others, joined with the last where nothing changed and the law did not either."""
        last = pieces[-1] if pieces else None
        if last is not None and last.end == new.start and new.start not in self._law and _same(last, new):
            pieces[-1] = _longer(last, new.end)
        else:
            pieces.append(new)


def _at(rows: Sequence[Any], day: date) -> Any:
    return next((row for row in rows if _holds(row, day)), None)


def _holds(row: Any, day: date) -> bool:
    return bool(row[0] <= day and (row[1] is None or day < row[1]))


def _absence(rows: Sequence[Any], day: date) -> tuple[Any, ...] | None:
    row = _at(rows, day)
    return None if row is None else (row[1], *row[2:])


def _same(one: Stretch | Away, other: Stretch | Away) -> bool:
    if isinstance(one, Stretch) and isinstance(other, Stretch):
        return (one.agency_id, one.paying_id, one.kind, one.facts) == (
            other.agency_id, other.paying_id, other.kind, other.facts,
        )  # fmt: skip
    if isinstance(one, Away) and isinstance(other, Away):
        return (one.agency_id, one.paying_id, one.kind, one.why) == (
            other.agency_id, other.paying_id, other.kind, other.why,
        )  # fmt: skip
    return False


def _longer(one: Stretch | Away, end: date) -> Stretch | Away:
    if isinstance(one, Stretch):
        return Stretch(one.start, end, one.agency_id, one.paying_id, one.kind, one.facts)
    return Away(one.start, end, one.agency_id, one.paying_id, one.kind, one.why)


class _Doubts:
    """Gathers doubts; `day=None` is filled with the day they begin."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, tuple[tuple[str, Any], ...]], None] = {}

    def add(self, code: str, **params: Any) -> None:
        self.found.setdefault((code, tuple(sorted(params.items(), key=lambda item: item[0]))))


@kept_by_law(most=16_384)
def _read(on: _Day, epoch: date) -> _Read:
    """Return what the facts of a day come to, by the law that begins on `epoch`."""
    doubts = _Doubts()

    def made(facts: PayFacts | None, why: str = "") -> _Read:
        return _Read(facts, why, tuple(doubts.found))

    kind = PersonKind(on.kind)
    if kind is PersonKind.PART_TIME:
        doubts.add("part_time")
        return made(None, "part_time")
    if on.rank is None or on.rank[1] is None:
        doubts.add("no_coefficient", day=None)
        return made(None, "no_coefficient")
    paid, suspended = _away(on, epoch, doubts)
    if not paid:
        return made(None, str(on.absence[1]) if on.absence else "")
    try:
        figures = law_days.figures_of(epoch, kind)
    except NoFigure as error:
        doubts.add("no_figure", name=str(error), day=None)
        return made(None, "no_figure")
    if suspended is not None and figures.suspension is None:
        doubts.add("no_figure", name=N_("Mức hưởng khi tạm đình chỉ"), day=None)
        return made(None, "no_figure")
    return made(_facts(on, on.rank, epoch, paid, suspended, figures, doubts))


def _away(on: _Day, epoch: date, doubts: _Doubts) -> tuple[Decimal, bool | None]:
    """Return the part of pay an absence leaves, and of somebody suspended whether they are prosecuted."""
    suspended = on.status == EmploymentStatus.SUSPENDED.value
    if on.absence is None:
        if suspended:
            doubts.add("suspended_without_paper", day=None)
        return ALL, False if suspended else None
    valid_to, kind, prosecuted, expected = on.absence
    if valid_to is None and expected is not None:
        doubts.add("absence_overdue", until=expected)
    if kind == AbsenceKind.SUSPENSION.value:
        return ALL, bool(prosecuted)
    if kind == AbsenceKind.DETENTION.value:
        doubts.add("detention", day=None)
        return ALL, True
    if kind == AbsenceKind.OTHER.value:
        doubts.add("absence_other", day=None)
    figure = law_days.absence_percent(kind, epoch)
    return figure.number if figure else NOTHING, False if suspended else None


def _facts(
    on: _Day,
    rank: tuple[Any, ...],
    epoch: date,
    paid: Decimal,
    suspended: bool | None,
    figures: PayFigures,
    doubts: _Doubts,
) -> PayFacts:
    since, recorded, percent, beyond, table, group, number = rank
    step = following.step(recorded, table, group, number, since, epoch, law.pay_scales)
    if step.doubt:
        doubts.add(step.doubt, coefficient=f"{recorded.normalize():f}")
    if on.status == EmploymentStatus.PROBATION.value and percent is None:
        doubts.add("probation_percent")
    given: dict[str, list[Mapping[str, Any]]] = {}
    for until, kind, coefficient, of_pay, amount in on.allowances:
        given.setdefault(kind, []).append(
            {"until": until, "coefficient": coefficient, "percent": of_pay, "amount": amount}
        )
    kept, until = NOTHING, None
    for one in given.pop(LEADERSHIP, ()):
        if one["coefficient"] is None:
            doubts.add("reserved_form", name=N_("Phụ cấp chức vụ lãnh đạo"))
        elif one["coefficient"] > kept:
            kept, until = one["coefficient"], one["until"]
    reserved = NOTHING
    for one in given.pop(RESERVED, ()):
        if one["coefficient"] is None:
            doubts.add("reserved_form", name=N_("Chênh lệch bảo lưu"))
        else:
            reserved += one["coefficient"]
    return PayFacts(
        step.coefficient, _beyond(beyond, given.pop(BEYOND_SCALE, ()), doubts), reserved, _leading(on, epoch, doubts),
        Reserved(kept, until), _allowances(given, on, figures, doubts), suspended, None,
        (ALL if percent is None else percent) * paid / ALL,
    )  # fmt: skip


def _beyond(recorded: Decimal | None, given: Iterable[Mapping[str, Any]], doubts: _Doubts) -> Decimal:
    found = recorded or NOTHING
    for one in given:
        if one["percent"] is None:
            doubts.add("beyond_scale_form")
        elif not found:
            found = one["percent"]
        elif one["percent"] != found:
            doubts.add("beyond_scale_twice")
    return found


def _leading(on: _Day, epoch: date, doubts: _Doubts) -> Decimal:
    """Return the highest coefficient of the posts held: one leadership allowance only (NĐ 204/2004/NĐ-CP Đ6)."""
    highest = NOTHING
    for since, recorded, code, name in on.posts:
        if recorded is None:
            if code and law_days.places_at(code, epoch):
                doubts.add("post_coefficient", name=name)
            continue
        found = following.leadership(recorded, code, since, epoch, law_days.places_at)
        if found.doubt:
            doubts.add(found.doubt, coefficient=f"{recorded.normalize():f}")
        known = law_days.places_at(code, epoch).values() if code else ()
        if known and found.coefficient not in known and not found.doubt:
            doubts.add("post_not_of_law", coefficient=f"{found.coefficient.normalize():f}", name=name)
        highest = max(highest, found.coefficient)
    return highest


def _allowance(row: Any, start: date) -> tuple[Any, ...]:
    """Return an allowance without its first day: the law's own percentage is left to the law, which may change it."""
    since, until, kind, coefficient, percent, amount = row
    if percent is not None and percent in law_days.own_percents(kind, law_days.epoch(since), law_days.epoch(start)):
        percent = None
    return until, kind, coefficient, percent, amount


def _allowances(
    given: Mapping[str, Sequence[Mapping[str, Any]]], on: _Day, figures: PayFigures, doubts: _Doubts
) -> tuple[Allowance, ...]:
    found: list[Allowance] = []
    for kind, several in given.items():
        if kind not in _CODES:
            doubts.add("allowance_unknown", name=kind)
            continue
        found += [
            Allowance(AllowanceCode(kind), one["coefficient"], one["percent"], one["amount"]) for one in several
        ]  # fmt: skip
    kept: list[Allowance] = []
    for one in allowing.ordered(found):
        problems = allowing.check([*kept, one], figures)
        for problem in problems:
            doubts.add(f"allowance_{problem.code}", name=allowing.LABELS[one.code])
        if not problems:
            kept.append(one)
    duty = figures.allowances.get(AllowanceCode.PUBLIC_DUTY)
    if (
        duty is not None and PersonKind(on.kind) in _PUBLIC_DUTY_KINDS
        and all(one.code is not AllowanceCode.PUBLIC_DUTY for one in found)
    ):  # fmt: skip
        doubts.add("no_public_duty", day=None)
    return tuple(kept)
