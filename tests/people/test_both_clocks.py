"""Decisions ahead, back-dated, corrected and cancelled, in any order, against a simple model in both clocks.

The model keeps for each key what is true in each month, and on which paper, after every decision. The record must say
the same for every month as known after every decision; a refused one must have changed nothing; and a correction or a
cancellation is refused exactly when a later paper rests on the one it touches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from hrms.core import dated, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.unit import transaction
from hrms.people import services
from hrms.people.models import Person, PersonAgency, PersonPost, PersonStatus
from hrms.people.services import Fact
from tests.people.carrying_out import carry_out
from tests.people.conftest import OLD, TODAY, World

MONTHS = 20
"""Months from January 2026; the last stands for all that comes after."""
NOW = 10
KEYS = ("status", "using", "managing", "seconded_in", "post")
PLACES = ("home", "finance", "school")

Cell = tuple[Any, int | None] | None
"""What is true and on which paper (its place in the sequence, None for old data); nothing is None."""


def month(number: int) -> date:
    return date(2026 + number // 12, number % 12 + 1, 1)


@dataclass(frozen=True)
class Do:
    """One decision: its kind, the month, where to, until which month, and which earlier one it touches."""

    kind: str
    at: int = 0
    place: str = "finance"
    until: int = 0
    target: int = 0


@dataclass
class Made:
    """A decision that was carried out: its id, the stretches it touched (key, start, end), taken back by which."""

    decision_id: int
    kind: str
    effects: list[tuple[str, int, int]]
    undone_by: int | None = None


@dataclass
class Model:
    """What is true in each month of each key after each decision."""

    states: list[dict[str, list[Cell]]] = field(default_factory=list)
    made: dict[int, Made] = field(default_factory=dict)

    @property
    def now(self) -> dict[str, list[Cell]]:
        return self.states[-1]

    def row_end(self, cells: list[Cell], at: int) -> int:
        """Return where the row in force ends."""
        end = at
        while end < MONTHS and cells[end] == cells[at]:
            end += 1
        return end

    def next_row(self, cells: list[Cell], at: int) -> int:
        """Return where the next row begins: what is laid without an end lasts until then."""
        for number in range(at + 1, MONTHS):
            if cells[number] is not None and cells[number] != cells[number - 1]:
                return number
        return MONTHS

    def carry(self, do: Do, number: int, world: World) -> list[tuple[str, int, int]]:
        """Add the state after a decision; returns the stretches it touches."""
        before, after = self.now, {key: list(cells) for key, cells in self.now.items()}
        touched: list[tuple[str, int, int]] = []

        def lay(key: str, start: int, end: int, value: Any) -> None:
            for one in range(start, end):
                after[key][one] = None if value is None else (value, number)
            touched.append((key, start, end))

        if do.kind == "transfer":
            place = getattr(world, do.place)
            if before["post"][do.at] is not None:
                lay("post", do.at, self.row_end(before["post"], do.at), None)
            lay("using", do.at, self.next_row(before["using"], do.at), place)
            manager = before["managing"][do.at]
            if manager is None or not (manager[0] == place or (manager[0], do.place) == (world.home, "school")):
                lay("managing", do.at, self.next_row(before["managing"], do.at), place)
        elif do.kind == "secondment":
            lay("seconded_in", do.at, do.until, getattr(world, do.place))
        elif do.kind == "secondment_end":
            lay("seconded_in", do.at, self.row_end(before["seconded_in"], do.at), None)
        elif do.kind == "leaving":
            lay("status", do.at, self.next_row(before["status"], do.at), "left")
            for key in ("post", "seconded_in"):
                for start, end in rows(before[key]):
                    if end > do.at:
                        lay(key, max(start, do.at), end, None)
        self.states.append(after)
        return touched

    def blocked(self, target: int) -> bool:
        """Say whether a later paper rests on a decision: its months changed since, or one of the key came after."""
        left = self.states[self.place_of(target)]
        for key, start, end in self.made[target].effects:
            if left[key][start:end] != self.now[key][start:end]:
                return True
            for first, _last in rows(self.now[key]):
                paper = self.now[key][first]
                later = paper is not None and paper[1] is not None and paper[1] > target
                if end < MONTHS and first >= end and later:
                    return True
        return False

    def place_of(self, number: int) -> int:
        """Return which state a decision left: the first stands for none, refused ones leave none."""
        return 1 + [one for one in self.made if one <= number].index(number)

    def undo(self, target: int) -> dict[str, list[Cell]]:
        """Return the state with what stood before in the months a decision touched."""
        before = self.states[self.place_of(target) - 1]
        after = {key: list(cells) for key, cells in self.now.items()}
        for key, start, end in self.made[target].effects:
            after[key][start:end] = before[key][start:end]
        return after


def rows(cells: list[Cell]) -> Iterator[tuple[int, int]]:
    """Yield the rows of a key: runs of the same fact on the same paper."""
    start = 0
    while start < MONTHS:
        end = start + 1
        while end < MONTHS and cells[end] == cells[start]:
            end += 1
        if cells[start] is not None:
            yield start, end
        start = end


@st.composite
def steps(draw: st.DrawFn) -> Do:
    moving = ["transfer"] * 4 + ["secondment"] * 2 + ["secondment_end", "leaving"]
    kind = draw(st.sampled_from([*moving, *["cancellation"] * 4, *["correction"] * 3]))
    at = draw(st.integers(1, MONTHS - 4))
    return Do(kind, at, draw(st.sampled_from(PLACES)), draw(st.integers(at + 1, MONTHS - 2)), draw(st.integers(0, 7)))


class Record:
    """The program under test: one person, decisions carried out one after the other."""

    def __init__(self, world: World) -> None:
        self.world = world
        with scope.everything(), transaction():
            self.person = world.person(Actor.system())
            values = {"post_name": "Trưởng phòng", "coefficient": "0,5"}
            services.record_facts(Actor.system(), self.person, [Fact("post", values, date(2022, 1, 1))], OLD)
        self.moments: list[datetime] = [self._moment()]

    def _moment(self) -> datetime:
        found: datetime = db.session.execute(text("SELECT clock_timestamp()")).scalar_one()
        db.session.commit()
        return found

    def carry_out(self, do: Do, decision_id: int | None) -> int | None:
        """Carry a decision out; None when it is refused."""
        values: dict[str, Any] = {}
        if do.kind in {"transfer", "secondment"}:
            values["agency"] = getattr(self.world, do.place)
        if do.kind == "secondment":
            values["last_day"] = date.fromordinal(month(do.until).toordinal() - 1).isoformat()
        if do.kind == "leaving":
            values |= {"case": "unfit"}
        if do.kind in {"cancellation", "correction"}:
            values |= {"decision": decision_id, "reason": "ghi nhầm", "content": "ghi nhầm"}
            values.pop("content" if do.kind == "cancellation" else "reason")
        if do.kind == "correction":
            values["starts_on"] = month(do.at).isoformat()
        on = TODAY if do.kind in {"cancellation", "correction"} else month(do.at)
        try:
            made = carry_out(do.kind, self.person, on, issuer_id=self.world.city, **values)
        except Refused:
            db.session.rollback()
            return None
        self.moments.append(self._moment())
        return made

    def says(self, known_on: datetime | None, papers: dict[int | None, int | None]) -> dict[str, list[Cell]]:
        """Return what the record says of each month as known on an instant."""
        found: dict[str, list[Cell]] = {key: [None] * MONTHS for key in KEYS}
        for model in (PersonStatus, PersonAgency, PersonPost):
            query = db.select(model).where(model.person_id == self.person, dated.at(model, None, known_on))
            for row in db.session.scalars(query.execution_options(populate_existing=True)):
                key = {PersonStatus: "status", PersonPost: "post"}.get(model) or row.membership
                value = {"status": "status", "post": "post_name"}.get(key, "agency_id")
                for number in range(MONTHS):
                    if row.valid_from <= month(number) and (row.valid_to is None or month(number) < row.valid_to):
                        assert found[key][number] is None, f"two facts of {key} in month {number}"
                        found[key][number] = (getattr(row, value), papers[row.decision_id])
        return found


def follow(world: World, sequence: list[Do]) -> None:
    record, model = Record(world), Model()
    first: dict[str, list[Cell]] = {
        "status": [("serving", None)] * MONTHS,
        "using": [(world.home, None)] * MONTHS,
        "managing": [(world.home, None)] * MONTHS,
        "seconded_in": [None] * MONTHS,
        "post": [("Trưởng phòng", None)] * MONTHS,
    }
    model.states.append(first)
    for number, do in enumerate(sequence):
        if do.kind in {"cancellation", "correction"}:
            change(record, model, number, do)
        else:
            decision_id = record.carry_out(do, None)
            if decision_id is not None:
                effects = model.carry(do, number, world)
                model.made[number] = Made(decision_id, do.kind, effects)
    compare(record, model, sequence)


def change(record: Record, model: Model, number: int, do: Do) -> None:
    """Correct or cancel an earlier decision, and see it refused exactly when it must be."""
    chosen = [one for one in model.made if one == do.target]
    if not chosen:
        return
    target = model.made[chosen[0]]
    barred = target.undone_by is not None or target.kind == "cancellation" or model.blocked(chosen[0])
    barred = barred or target.kind == do.kind == "correction"
    laid: list[tuple[str, int, int, Any]] = []
    if do.kind == "correction" and not barred:
        starts = {start for _key, start, _end in target.effects}
        first = min(starts)
        ends = [end for _key, start, end in target.effects if start == first and end < MONTHS]
        same = first == do.at or not any(start == first for _key, start, _end in target.effects)
        barred = len(starts) > 1 or same or (bool(ends) and min(ends) <= do.at)
        left = model.states[model.place_of(chosen[0])]
        for key, _start, end in target.effects:
            cell = left[key][_start]
            laid.append((key, do.at, end, cell[0] if cell is not None and cell[1] == chosen[0] else None))
    decision_id = record.carry_out(do, target.decision_id)
    assert (decision_id is None) is barred, f"{do} of {target}: barred {barred}"
    if decision_id is None:
        return
    after = model.undo(chosen[0])
    effects = list(target.effects)
    model.states.append(after)
    for key, start, end, value in laid:
        stop = model.next_row(after[key], start) if value is not None and end == MONTHS else end
        for one in range(start, stop):
            after[key][one] = None if value is None else (value, number)
        effects.append((key, start, stop))
    for one in model.made.values():
        if one.undone_by == chosen[0]:
            one.undone_by = None
    target.undone_by = number
    model.made[number] = Made(decision_id, do.kind, join(effects))


def join(effects: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Return stretches without overlaps."""
    found: list[tuple[str, int, int]] = []
    for key, start, end in sorted(effects):
        if found and found[-1][0] == key and start <= found[-1][2]:
            found[-1] = (key, found[-1][1], max(end, found[-1][2]))
        else:
            found.append((key, start, end))
    return found


def compare(record: Record, model: Model, sequence: list[Do]) -> None:
    """Ask the record about every month as known after every decision."""
    papers: dict[int | None, int | None] = {made.decision_id: number for number, made in model.made.items()}
    papers[None] = None
    with scope.everything():
        for moment, state in zip(record.moments, model.states, strict=True):
            assert record.says(moment, papers) == state, f"as known at {moment} of {sequence}"
        assert record.says(None, papers) == model.now, f"as known now of {sequence}"
        person = db.session.get_one(Person, record.person, populate_existing=True)
        world, now = record.world, model.now
        above = {world.home: [world.home], world.finance: [world.finance], world.school: [world.home, world.school]}
        belongs = {now[key][NOW] for key in ("using", "managing", "seconded_in")} - {None}
        places = {one for cell in belongs if cell is not None for one in above[cell[0]]}
        assert set(person.scope_ids) == {0, world.city} | places, f"who sees the person after {sequence}"


SHAPES = [
    [Do("transfer", 10), Do("cancellation", target=0)],
    [Do("transfer", 14), Do("cancellation", target=0)],
    [Do("transfer", 8), Do("transfer", 4, "school"), Do("cancellation", target=1), Do("cancellation", target=0)],
    [Do("transfer", 4), Do("transfer", 8, "home"), Do("cancellation", target=0), Do("cancellation", target=1)],
    [Do("transfer", 4), Do("correction", 6, target=0), Do("cancellation", target=1), Do("correction", 2, target=0)],
    [
        Do("secondment", 4, until=12),
        Do("secondment_end", 8),
        Do("cancellation", target=0),
        Do("cancellation", target=1),
    ],
    [Do("secondment", 4, until=12), Do("leaving", 9), Do("correction", 11, target=1), Do("cancellation", target=2)],
    [Do("transfer", 4), Do("correction", 6, target=0), Do("correction", 8, target=1), Do("cancellation", target=2)],
    [Do("secondment", 2, until=4), Do("secondment", 6, until=8), Do("cancellation", target=0)],
    [Do("leaving", 12), Do("transfer", 6), Do("cancellation", target=0), Do("cancellation", target=1)],
]


@pytest.mark.parametrize("sequence", SHAPES)
def test_each_shape_by_hand(world: World, sequence: list[Do]) -> None:
    follow(world, sequence)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps(), min_size=3, max_size=8))
@example([Do("transfer", 6), Do("leaving", 9), Do("cancellation", target=1), Do("correction", 12, target=0)])
def test_any_sequence_says_what_the_model_says(world: World, sequence: list[Do]) -> None:
    follow(world, sequence)
