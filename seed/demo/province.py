"""Make the whole province: agencies, decisions, people, facts, sign-ins; one transaction, as the owner of the data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import psycopg
from sqlalchemy import text

from hrms.agencies.services.tree import keys_of
from hrms.core import clock, holidays, scope
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.i18n import _
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.deadlines import services as deadlines
from hrms.decisions.rules import DecisionKind
from hrms.pay.services import clocks
from hrms.training.services import standing
from seed.demo import bulk, position_papers, quirks, sign_ins
from seed.demo.drafts import DECEASED, LEFT, RETIRED, SERVING, SUSPENDED, Draft, Drafter
from seed.demo.establishment import Line
from seed.demo.facts import FIRST, LATER, FactWriter
from seed.demo.law import law
from seed.demo.names import FEMALE, MALE
from seed.demo.papers import Register
from seed.demo.pay import write as write_pay
from seed.demo.performance import TABLES as PERFORMANCE
from seed.demo.performance import write as write_performance
from seed.demo.places import new_address
from seed.demo.roles import CIVIL, CONTRACT, WOMEN
from seed.demo.seat_spells import Position, positions_of_files, read_positions
from seed.demo.seating import fit
from seed.demo.seats_and_quotas import TABLES as SEATS
from seed.demo.seats_and_quotas import SeatWriter
from seed.demo.training import TABLES as TRAINING
from seed.demo.training import TrainingWriter, shown
from seed.demo.training import after as training
from seed.demo.training.catalogue import Learning, learning_of_files, read_learning
from seed.demo.tree import HOME_AFFAIRS_CODE, TWO_TIERS, Seat, Tree, Unit, build_tree
from seed.demo.writing import Table, empty, reset_sequences

_FATES: tuple[tuple[str, float], ...] = ((RETIRED, 0.008), (LEFT, 0.003), (DECEASED, 0.0002), (SUSPENDED, 0.0002))
_SECONDED = 0.0035
_NUMBERED = (
    "agencies", "decisions", "people", "establishment_lines", "quota_movements", "training_classes", "class_sessions",
    "enrolments", "credit_entries",
)  # fmt: skip
"""Tables whose ids are written by hand."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Made:
    """What was made."""

    people: int
    agencies: int
    seat_seconds: float = 0.0
    """What the lines, quotas and assignments took of the whole."""


def make_province(people: int, seed: int, home: Path, say: Say = lambda _text: None) -> Made:
    """Fill the empty database with a province of `people` people and the demo sign-ins; all of it or nothing.

    Runs in an application context that is connected as the owner. The password goes to `home`/demo-password (mode 600).
    Raises `Refused` when there are people or agencies already.
    """
    today, moment = clock.today(), clock.now()
    with transaction():
        connection: psycopg.Connection[Any] = db.session.connection().connection.driver_connection  # type: ignore[assignment] # psycopg is the driver
        refuse_unless_empty(connection)
        province = Province(people, seed, today, moment, read_positions(connection), read_learning(connection))
        units = len(province.tree.units)
        say("  " + _("%(agencies)s cơ quan, đơn vị; %(people)s người…", agencies=units, people=people))
        province.draw_people(say)
        # The database takes in the people while their facts are being drawn: two cores, one connection.
        with ThreadPoolExecutor(1) as pool:
            loading = pool.submit(province.write, connection, FIRST, say)
            province.draw_facts()
            loading.result()
        # Nothing is in these tables yet, so their indexes are made once, after the rows.
        with bulk.without_indexes(connection, tuple(LATER)):
            province.write(connection, LATER, say)
        began = monotonic()
        with bulk.without_indexes(connection, tuple(SEATS)):
            province.write(connection, SEATS, say)
        spent = province.seat_seconds + monotonic() - began
        with bulk.without_indexes(connection, tuple(TRAINING)):
            province.write(connection, TRAINING, say)
        reset_sequences(connection, _NUMBERED)
        # What follows reads the rows of this transaction, which the planner has not seen yet.
        connection.execute("ANALYZE agencies, person_agency, establishment_lines, quota_movements, assignments")
        say("  " + _("tính số liệu hiện tại…"))
        connection.execute("SELECT refresh_people(NULL, %s)", [today])
        began = monotonic()
        position_papers.write(province.tree, province.lines, province.position_papers, today, moment)
        seconds = round(spent + monotonic() - began, 2)
        say("  " + _("vị trí việc làm, biên chế, bố trí: %(seconds)s giây", seconds=seconds))
        sign_ins.create(province.tree, province.people, sign_ins.new_password(), home)
        training.write(connection, province.training, province.people, today, moment)
        with scope.everything():
            shown.write(connection, province.training, today, moment)
        connection.execute("ANALYZE " + ", ".join(TRAINING))
        standing.refresh(None)
        began = monotonic()
        connection.execute("ANALYZE " + ", ".join((*FIRST, *LATER, "people_current")))
        with scope.everything():
            write_performance(connection, today, moment)
        say("  " + _("đánh giá, xếp loại: %(seconds)s giây", seconds=round(monotonic() - began, 2)))
        clocks.refresh(None)
        began = monotonic()
        with scope.everything():
            write_pay(connection, today)
        say("  " + _("lương, nâng bậc: %(seconds)s giây", seconds=round(monotonic() - began, 2)))
        deadlines.refresh(None)
    analyze()
    return Made(people, len(province.tree.units), seconds)


def refuse_unless_empty(connection: psycopg.Connection[Any]) -> None:
    """Raise `Refused` when there are people or agencies; a demo never mixes with anything."""
    if not empty(connection, ("people",)):
        raise Refused(
            Problem(
                "", "people_exist", N_("Đã có hồ sơ trong cơ sở dữ liệu. Tỉnh mẫu chỉ tạo được khi chưa có hồ sơ nào.")
            )
        )
    if not empty(connection, ("agencies", "accounts")):
        raise Refused(
            Problem(
                "",
                "agencies_exist",
                N_("Đã có cơ quan hoặc tài khoản trong cơ sở dữ liệu. Tỉnh mẫu chỉ tạo được ở cơ sở dữ liệu trống."),
            )
        )


def analyze() -> None:
    """Let the planner know the new sizes; cannot run inside the transaction that loads."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(
            text("VACUUM (ANALYZE) people_current, " + ", ".join((*FIRST, *LATER, *SEATS, *TRAINING, *PERFORMANCE)))
        )


class Province:
    """Draws the province into tables of rows. The same size, seed and day give the same rows."""

    def __init__(
        self,
        people: int,
        seed: int,
        today: date,
        moment: datetime,
        positions: Mapping[str, Position] | None = None,
        learning: Learning | None = None,
    ) -> None:
        self.rng = Random(seed)
        self.size, self.seed, self.today, self.moment = people, seed, today, moment
        self.tree: Tree = build_tree()
        self.tables = {name: Table(name, columns) for name, columns in {**FIRST, **LATER}.items()}
        self.register = Register(Random(seed + 1))
        self.people: list[Draft] = []
        self.writer = FactWriter(self.rng, self.register, self.tables, today, moment)
        self.positions = positions if positions is not None else positions_of_files()
        self.seconded: list[tuple[Draft, Unit, date, date, int | None]] = []
        self.lines: list[Line] = []
        self.seat_seconds = 0.0
        known = learning or learning_of_files()
        self.training = TrainingWriter(
            self.tree, known.courses, known.providers, holidays.current(), today, moment, Random(f"{seed} training")
        )

    def draw_people(self, say: Say = lambda _text: None) -> None:
        """Draw the agencies and everybody; `people` keeps the drafts for those who come after."""
        self._agencies()
        seats = fit(self.tree, self.size, self.rng)
        fates = self._fates(seats)
        sexes = self._sexes(seats)
        drafter = Drafter(self.rng, law(), self.today)
        # The drawing order gives the codes, so that a small province is not one agency after the other.
        for number, seat in enumerate(seats, start=1):
            self.people.append(drafter.draft(number, seat, sexes[number - 1], fates.get(number - 1, SERVING)))
            if number % 10_000 == 0:
                say("  " + _("%(people)s người…", people=number))
        quirks.apply(self.people, self.today)
        for draft in self.people:
            self.writer.write(draft)

    def draw_facts(self) -> None:
        """Draw the dated facts and the decisions they rest on."""
        for draft in self.people:
            self.writer.write_facts(draft)
        self._secondments(self.writer)
        rng = Random(f"{self.seed} absences")
        for draft in self.people:
            self.writer.write_absences(draft, rng)
        self._seats()
        self.training.draw(self.people)
        shown.cite(self.training, self.register, self.today)
        self.tables.update(self.training.tables)
        table = self.tables["decisions"]
        wide, table.columns = table.columns, table.columns[:-1]
        self.register.write(table)
        table.columns = wide
        table.lines = [f"{line}\t{self.moment}" for line in table.lines]

    def _seats(self) -> None:
        began = monotonic()
        seats = SeatWriter(
            self.tree, self.people, self.positions, self.register, self.today, self.moment,
            Random(f"{self.seed} seats"), self.seconded,
        )  # fmt: skip
        seats.draw()
        self.lines = list(seats.lines.values())
        self.position_papers = position_papers.cite(self.tree, self.lines, self.register)
        self.tables.update(seats.tables)
        self.seat_seconds = monotonic() - began

    def write(self, connection: psycopg.Connection[Any], names: Iterable[str], say: Say = lambda _text: None) -> None:
        """Copy these tables into the database, in their order."""
        for name in names:
            rows = self.tables[name].write(connection)
            say(f"  {name}: {rows}")

    def _agencies(self) -> None:
        founding = {
            unit.id: self.register.cite(
                DecisionKind.ORGANISATION,
                self.tree.root,
                unit.opened_on if unit.opened_on == TWO_TIERS else TWO_TIERS,
                unit.scope,
                effective_on=TWO_TIERS,
            )
            for unit in self.tree.units
        }
        for unit in self.tree.units:
            sort_key, search_key = keys_of(unit.name, unit.code, unit.short_name, [])
            place = unit.place
            self.tables["agencies"].add(
                unit.id,
                unit.parent.id if unit.parent else None,
                ".".join(map(str, unit.scope[1:])),
                unit.scope,
                len(unit.scope) - 2,
                unit.code,
                unit.name,
                unit.short_name,
                unit.kind,
                unit.sector,
                place.code
                if unit.kind == "commune" or (len(unit.scope) > 3 and _kind_above(unit) == "commune")
                else None,
                new_address(place)[0].upper() + new_address(place)[1:],
                unit.opened_on,
                unit.order_no,
                sort_key,
                search_key,
                self.moment,
            )
            self.tables["agency_facts"].add(
                unit.id,
                unit.name,
                unit.kind,
                unit.parent.id if unit.parent else None,
                TWO_TIERS,
                None,
                self.moment,
                "decision",
                founding[unit.id],
            )

    def _fates(self, seats: list[Seat]) -> dict[int, str]:
        """Deal out who has left, retired, died, is suspended or on probation; leaders and the demo agencies stay."""
        ordinary = [n for n, s in enumerate(seats) if not s.role.leads and s.role.kind != CONTRACT]
        self.rng.shuffle(ordinary)
        fates: dict[int, str] = {}
        for fate, share in _FATES:
            for _again in range(round(len(seats) * share)):
                fates[ordinary.pop()] = fate
        return fates

    def _sexes(self, seats: list[Seat]) -> list[str]:
        """Deal out the sexes so that each group has its share of women exactly, more of them where the role leans."""
        sexes = [MALE] * len(seats)
        for group, share in WOMEN.items():
            members = [n for n, s in enumerate(seats) if s.role.group == group]
            members.sort(key=lambda n: self.rng.random() + seats[n].role.female, reverse=True)
            for n in members[: round(len(members) * share)]:
                sexes[n] = FEMALE
        return sexes

    def _secondments(self, writer: FactWriter) -> None:
        offices = [u for u in self.tree.units if u.kind == "department"]
        home_affairs = self.tree.unit(HOME_AFFAIRS_CODE)
        able = [
            d
            for d in self.people
            if d.fate == SERVING and not d.role.leads and d.role.kind == CIVIL and d.placed_on.year < 2022
        ]
        self.rng.shuffle(able)
        for n, draft in enumerate(able[: round(len(self.people) * _SECONDED)]):
            to: Unit = home_affairs if n % 5 == 0 else self.rng.choice(offices)
            if to.top != draft.seat.using.top:
                self.seconded.append((draft, to, *writer.second(draft, to)))


def _kind_above(unit: Unit) -> str:
    return unit.parent.kind if unit.parent else ""
