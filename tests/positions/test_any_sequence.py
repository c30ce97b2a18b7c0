"""Quotas cut, seats moved, people assigned back-dated, units merged and standing again, frames changed: in any order.

The model keeps, for every day, what each agency and line is given, where everybody works and sits. The figures must say
the same on every day; what was refused must have changed nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb
from sqlalchemy import insert, select, text

from hrms.agencies import services as agencies
from hrms.agencies.models import Agency
from hrms.core import clock, dated, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.unit import transaction
from hrms.people import services as people
from hrms.people.services import Fact, Paper
from hrms.positions.models import EstablishmentLine, FrameVersion, JobPosition, PositionFrame
from hrms.positions.queries import checks, establishment
from hrms.positions.queries.frames import frames_for
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.ledger import MovementKind
from hrms.positions.services import quotas
from tests.positions.seating import add_line
from tests.province import Province, add_person

SYSTEM, OLD, CIVIL = Actor.system(), Paper(old_data=True), QuotaKind.CIVIL
DAYS = 16
FIRST = date(2026, 1, 1)
UNITS = ("office", "one", "two")
LINES = ("one.officer", "one.other", "two.officer")
KEYS = {"officer": "cc.specialised.04", "other": "cc.support.02"}
PEOPLE = 4
_numbers = count(500)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


@dataclass(frozen=True)
class Do:
    """One change: what, where, from which day, how many or whom, until which day."""

    kind: str
    place: str = "office"
    at: int = 0
    amount: int = 1
    who: int = 0
    until: int = DAYS


@dataclass
class Model:
    """What is true on each day; a unit that is closed has no days from its end on."""

    quota: dict[str, list[int]] = field(default_factory=lambda: {unit: [0] * DAYS for unit in UNITS})
    given: dict[str, int | None] = field(default_factory=lambda: dict.fromkeys(UNITS))
    seats: dict[str, list[int]] = field(default_factory=lambda: {line: [0] * DAYS for line in LINES})
    where: list[list[str]] = field(default_factory=lambda: [["one"] * DAYS for _ in range(PEOPLE)])
    sits: list[list[str | None]] = field(default_factory=lambda: [[None] * DAYS for _ in range(PEOPLE)])
    since: dict[str, int] = field(default_factory=dict)
    closed: dict[str, set[int]] = field(default_factory=lambda: {unit: set() for unit in UNITS})
    moved: dict[str, tuple[dict[str, list[int]], dict[str, list[int]]]] = field(default_factory=dict)
    frame: list[int] = field(default_factory=lambda: [0] * DAYS)

    def add(self, table: dict[str, list[int]], name: str, change: Sequence[int]) -> None:
        row = table.setdefault(name, [0] * DAYS)
        first = next((n for n in range(DAYS) if change[n] != (change[n - 1] if n else 0)), None)
        if table is self.quota and first is not None:
            known = self.given[name]
            self.given[name] = first if known is None else min(known, first)
        table[name] = [have + more for have, more in zip(row, change, strict=True)]

    def merge(self, gone: str, heir: str, at: int) -> None:
        quotas_moved: dict[str, list[int]] = {}
        seats_moved: dict[str, list[int]] = {}

        def move(table: dict[str, list[int]], name: str, change: list[int]) -> None:
            kept = quotas_moved if table is self.quota else seats_moved
            self.add(table, name, change)
            kept[name] = [a + b for a, b in zip(kept.get(name, [0] * DAYS), change, strict=True)]

        had = {unit: self.given[unit] is not None for unit in UNITS}
        own = [have if n >= at else 0 for n, have in enumerate(self.quota[gone])]
        move(self.quota, gone, [-have for have in own])
        if had[gone] and had[heir]:
            move(self.quota, heir, own)
        for line in [line for line in self.seats if line.startswith(f"{gone}.")]:
            away = [have if n >= at else 0 for n, have in enumerate(self.seats[line])]
            if not any(away):
                continue
            move(self.seats, line, [-have for have in away])
            move(self.seats, f"{heir}.{line.partition('.')[2]}", away)
            if had[heir] and not had[gone]:
                move(self.quota, heir, away)
        self.moved[gone] = (quotas_moved, seats_moved)
        self.since[gone] = at
        self.closed[gone] |= set(range(at, DAYS))

    def reopen(self, unit: str, at: int) -> None:
        for table, moved in zip((self.quota, self.seats), self.moved.pop(unit, ({}, {})), strict=True):
            for name, change in moved.items():
                self.add(table, name, [-more if n >= at else 0 for n, more in enumerate(change)])
        self.since.pop(unit, None)
        self.closed[unit] -= set(range(at, DAYS))

    def answering(self, unit: str, n: int) -> str | None:
        for one in (unit, "office"):
            first = self.given[one]
            if first is not None and first <= n:
                return one
        return None


class Ground:
    """A department with two divisions of its own for each sequence, and the model beside it."""

    def __init__(self, province: Province) -> None:
        self.model = Model()
        self.province = province
        number = next(_numbers)
        with scope.everything(), transaction():
            parent = province.agencies["root"]
            self.units = {}
            for unit, kind, name in (("office", "department", "Sở"), ("one", "division", "Phòng A"),
                                     ("two", "division", "Phòng B")):  # fmt: skip
                made = agencies.create_agency(
                    SYSTEM, name=f"{name} {number}", kind=kind, parent_id=self.units.get("office", parent),
                    valid_from=date(2025, 7, 1),
                )  # fmt: skip
                self.units[unit] = made.id
        for unit, agency_id in self.units.items():
            province.agencies[unit] = agency_id
            province.paths[unit] = list(db.session.get_one(Agency, agency_id).scope_ids)
        self.lines = {
            line: add_line(province, line.partition(".")[0], 0, key=KEYS[line.partition(".")[2]]) for line in LINES
        }
        with scope.everything(), transaction():
            self.people = [
                add_person(province, next(_numbers), name=f"Người {n}", place="one", since=date(2025, 8, 1))
                for n in range(PEOPLE)
            ]
            db.session.execute(
                text("SELECT refresh_people(:ids, :today)"), {"ids": self.people, "today": clock.today()}
            )
            position = db.session.scalars(select(JobPosition.id).where(JobPosition.key == KEYS["officer"])).one()
            self.frame_id = db.session.execute(
                insert(PositionFrame)
                .values(position_id=position, agency_id=self.units["office"])
                .returning(PositionFrame.id)
            ).scalar_one()

    def do(self, one: Do) -> None:
        try:
            with scope.everything(), transaction():
                self._write(one)
        except Refused:
            db.session.rollback()
            return
        self._follow(one)

    def _write(self, one: Do) -> None:
        on = day(one.at)
        accepted = quotas.Acceptance("Tinh giản", date(2030, 1, 1))
        if one.kind == "quota":
            entry = quotas.entry(self.units[one.place], CIVIL, MovementKind.ADJUSTED, one.amount, on)
            quotas.write(SYSTEM, [entry], decision_id=None, acceptance=accepted)
        elif one.kind == "seats":
            unit = one.place.partition(".")[0]
            entry = quotas.entry(self.units[unit], CIVIL, MovementKind.ADJUSTED, one.amount, on, self.lines[one.place])
            quotas.write(SYSTEM, [entry], decision_id=None, acceptance=accepted)
        elif one.kind == "assign":
            fact = Fact("assignment", {"line_id": self.lines[one.place], "role": "main"}, on, self._until(one))
            people.record_facts(SYSTEM, self.people[one.who], [fact], OLD)
        elif one.kind == "move":
            self._move(self.people[one.who], one.place, on, self._until(one))
        elif one.kind == "merge":
            heir = self._heir(one.place)
            for person in self.people:
                self._move(person, heir, on, None)
            gone = db.session.get_one(Agency, self.units[one.place])
            agencies.close_agency(SYSTEM, gone, closed_on=on, merged_into_id=self.units[heir])
        elif one.kind == "reopen":
            agencies.reopen_agency(SYSTEM, db.session.get_one(Agency, self.units[one.place]), valid_from=on)
        else:
            values = {
                "majors": [], "other_majors_with_certificate": False, "certificates": [], "may_complete_later": [],
                "special_law": False, "content": Jsonb({}), "grade_from": 1, "grade_to": one.amount % 5 + 1,
            }  # fmt: skip
            dated.replace(FrameVersion, {"frame_id": self.frame_id}, values, valid_from=on, valid_to=self._until(one))

    def _until(self, one: Do) -> date | None:
        return day(one.until) if one.until < DAYS else None

    @staticmethod
    def _heir(unit: str) -> str:
        return "two" if unit == "one" else "one"

    def _move(self, person: int, unit: str, on: date, until: date | None) -> None:
        facts = [
            Fact("agency", {"membership": membership, "agency_id": self.units[unit]}, on, until)
            for membership in ("using", "managing")
        ]
        people.record_facts(SYSTEM, person, facts, OLD)

    def _follow(self, one: Do) -> None:
        model, span = self.model, range(one.at, max(one.until, one.at))
        change = [one.amount if n >= one.at else 0 for n in range(DAYS)]
        if one.kind == "quota":
            model.add(model.quota, one.place, change)
        elif one.kind == "seats":
            model.add(model.seats, one.place, change)
        elif one.kind == "assign":
            for n in span:
                model.sits[one.who][n] = one.place
        elif one.kind == "move":
            for n in span:
                model.where[one.who][n] = one.place
        elif one.kind == "merge":
            for who in range(PEOPLE):
                for n in range(one.at, DAYS):
                    model.where[who][n] = self._heir(one.place)
            model.merge(one.place, self._heir(one.place), one.at)
        elif one.kind == "reopen":
            model.reopen(one.place, one.at)
        else:
            for n in span:
                model.frame[n] = one.amount % 5 + 1
        for who in range(PEOPLE):
            for n in range(DAYS):
                seat = model.sits[who][n]
                if seat is not None and model.where[who][n] not in {"office", seat.partition(".")[0]}:
                    model.sits[who][n] = None

    def agrees(self) -> None:
        """Compare every day; a line the merger opened is looked up by its position."""
        with scope.everything():
            found = db.session.execute(
                select(EstablishmentLine.id, EstablishmentLine.agency_id, JobPosition.key)
                .join(JobPosition, JobPosition.id == EstablishmentLine.position_id)
                .where(EstablishmentLine.agency_id.in_(self.units.values()))
            ).all()
            units = {agency_id: unit for unit, agency_id in self.units.items()}
            names = {key: name for name, key in KEYS.items()}
            self.lines = {f"{units[row.agency_id]}.{names[row.key]}": row.id for row in found}
            assert checks.check_ledger() == []
            assert checks.check_borne() == []
            for n in range(DAYS):
                self._agrees_on(n)

    def _agrees_on(self, n: int) -> None:
        model = self.model
        standing = establishment.read(SYSTEM, day(n), under=self.units["office"])
        for unit in UNITS:
            if self.units[unit] not in standing.nodes:
                assert n in model.closed[unit]
                continue
            assert n not in model.closed[unit]
            one = standing.of(self.units[unit], CIVIL)
            given = model.answering(unit, n) == unit
            people_there = [who for who in range(PEOPLE) if model.answering(model.where[who][n], n) == unit]
            passed = sum(model.quota[u][n] for u in ("one", "two") if unit == "office" and self._has(u, n))
            own = max(0, model.quota[unit][n] - passed)
            if given:
                assert one is not None, (unit, n)
                told = (one.quota.assigned, one.own.present, one.own.unused, one.own.over)
                here = len(people_there)
                assert one.given
                assert told == (model.quota[unit][n], here, max(0, own - here), max(0, here - own)), (unit, n)
            elif one is not None:
                there = sum(model.where[who][n] == unit for who in range(PEOPLE))
                assert (one.given, one.own.present, one.own.over) == (False, there, 0), (unit, n)
        for line, line_id in self.lines.items():
            if line_id not in standing.lines:
                assert n in model.closed[line.partition(".")[0]]
                continue
            figures = standing.lines[line_id].figures
            sitting = sum(model.sits[who][n] == line for who in range(PEOPLE))
            seats = model.seats.get(line, [0] * DAYS)[n]
            told = (figures.assigned, figures.present, figures.vacant, figures.over)
            assert told == (seats, sitting, max(0, seats - sitting), max(0, sitting - seats)), (line, n)
        if n not in model.closed["one"]:
            judging = frames_for([self.lines["one.officer"]], day(n)).of(self.lines["one.officer"])
            mine = judging is not None and judging.frame_id == self.frame_id
            assert (judging.requirements.grade_to if judging and mine else 0) == model.frame[n], n

    def _has(self, unit: str, n: int) -> bool:
        first = self.model.given[unit]
        return first is not None and first <= n and n not in self.model.closed[unit]


def run(province: Province, sequence: Sequence[Do]) -> None:
    ground = Ground(province)
    for one in sequence:
        ground.do(one)
    ground.agrees()


_AT = st.integers(0, DAYS - 2)


@st.composite
def changes(draw: st.DrawFn) -> Do:
    at = draw(_AT)
    until = draw(st.one_of(st.just(DAYS), st.integers(at + 1, DAYS)))
    kind = draw(st.sampled_from(("quota", "seats", "assign", "assign", "move", "merge", "reopen", "frame")))
    places = {"quota": UNITS, "seats": LINES, "assign": LINES}.get(kind, ("one", "two"))
    place, amount = draw(st.sampled_from(places)), draw(st.integers(-3, 4).filter(bool))
    return Do(kind, place, at, amount, draw(st.integers(0, PEOPLE - 1)), until)


START = [Do("quota", "office", 0, 8), Do("seats", "one.officer", 0, 3), Do("seats", "two.officer", 0, 2)]
CUT = [
    *START, Do("assign", "one.officer", 3, who=0), Do("assign", "one.officer", 3, who=1),
    Do("seats", "one.officer", 8, -2), Do("quota", "office", 9, -6),
]  # fmt: skip
BACK_DATED = [
    *START, Do("assign", "one.officer", 10, who=0), Do("assign", "two.officer", 10, who=1),
    Do("assign", "one.officer", 4, who=0, until=7), Do("assign", "one.officer", 2, who=2, until=12),
]  # fmt: skip
MERGED = [*CUT, Do("quota", "one", 4, 3), Do("merge", "one", 12), Do("assign", "two.officer", 14, who=0)]
UNDONE = [*START, Do("seats", "one.other", 2, 1), Do("merge", "one", 6), Do("reopen", "one", 6), Do("reopen", "one", 9)]
FRAMED = [*START, Do("assign", "one.officer", 2, who=0), Do("frame", "one", 1, 3), Do("frame", "one", 6, 1, until=9)]


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=(Phase.explicit, Phase.generate),
)
@given(st.lists(changes(), min_size=3, max_size=9).map(lambda more: [*START, *more]))
@example(CUT)
@example(BACK_DATED)
@example(MERGED)
@example(UNDONE)
@example(FRAMED)
def test_any_sequence_gives_the_figures_of_the_model(province: Province, sequence: list[Do]) -> None:
    run(province, sequence)
