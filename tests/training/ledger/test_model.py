"""The ledger against a simple model, by any sequence of acts; and with a thousand completions at once."""

from __future__ import annotations

import itertools
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from flask import Flask
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import insert, select, text, update

from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import HrmsError
from hrms.core.unit import transaction
from hrms.training.models import CreditEntry, Enrolment, TrainingClass
from hrms.training.queries.ledger_checks import check_reversals, check_sources, check_sums
from hrms.training.services import ledger
from hrms.training.services.ledger import NewEntry
from tests.province import PEOPLE, Province, add_person
from tests.training.making import add_class, enrol

SYSTEM = Actor.system()
NAMES = [name for name, *_ in PEOPLE[:4]]


def _sums() -> dict[int, Decimal]:
    with scope.everything():
        rows = db.session.execute(select(CreditEntry.person_id, db.func.sum(CreditEntry.hours)).group_by("person_id"))
        return {person: hours for person, hours in rows if hours}


def _checks() -> list[str]:
    with scope.everything():
        return [*check_reversals(), *check_sources(), *check_sums()]


def _complete(enrolments: list[int], state: str) -> None:
    closed = clock.today() if state == "completed" else None
    db.session.execute(update(Enrolment).where(Enrolment.id.in_(enrolments)).values(state=state, closed_on=closed))


class LedgerMachine(RuleBasedStateMachine):
    """Completing, reopening, old results and reversals in any order, double submits among them."""

    entries = Bundle("entries")

    def __init__(self, province: Province) -> None:
        super().__init__()
        self.province = province
        starts = clock.today() - timedelta(days=30)
        self.earned = starts + timedelta(days=4)
        self.class_id = add_class(province, starts_on=starts, state="running")
        self.enrolments = dict(zip(NAMES, enrol(province, self.class_id, *NAMES), strict=True))
        with scope.everything():
            course = db.session.execute(select(TrainingClass.course_id).where(TrainingClass.id == self.class_id))
            self.course = course.scalar_one()
        self.before = _sums()
        self.live: dict[int, tuple[int, Decimal]] = {}
        """Entries that stand: id → person, hours."""
        self.posted: dict[str, int] = {}
        """Who has completed → the entry that stands for it."""
        self.titles = itertools.count(1)

    def _entry(self, name: str) -> NewEntry:
        return NewEntry(
            self.province.people[name], "position", "class", Decimal(40), self.earned, "class", course_id=self.course,
            class_id=self.class_id, enrolment_id=self.enrolments[name],
        )  # fmt: skip

    @rule(target=entries, names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=4))
    def complete(self, names: list[str]) -> int:
        """Complete some at once; whoever has done so already, or is named twice, lets all of it fail."""
        wrong = len(set(names)) < len(names) or any(name in self.posted for name in names)
        try:
            with scope.everything(), transaction():
                _complete([self.enrolments[name] for name in names], "completed")
                ids = ledger.post(SYSTEM, [self._entry(name) for name in names])
        except HrmsError:
            if not wrong:
                raise
            return -1
        assert not wrong
        for name, made in zip(names, ids, strict=True):
            self.posted[name] = made
            self.live[made] = (self.province.people[name], Decimal(40))
        return ids[0]

    @rule(name=st.sampled_from(NAMES))
    def reopen(self, name: str) -> None:
        """Take a completion back with its entry."""
        if name not in self.posted:
            return
        with scope.everything(), transaction():
            _complete([self.enrolments[name]], "accepted")
            ledger.reverse(SYSTEM, [self.posted[name]], "Chấm nhầm")
        del self.live[self.posted.pop(name)]

    @rule(name=st.sampled_from(NAMES))
    def post_without_completion(self, name: str) -> None:
        """Nothing comes from nothing."""
        if name in self.posted:
            return
        with pytest.raises(HrmsError), scope.everything(), transaction():
            ledger.post(SYSTEM, [self._entry(name)])

    @rule(
        target=entries, name=st.sampled_from(NAMES), again=st.booleans(),
        hours=st.decimals("0.01", "500", places=2),
    )  # fmt: skip
    def old(self, name: str, again: bool, hours: Decimal) -> int:
        """Write an old result; sent twice it stands once."""
        person = self.province.people[name]
        entry = NewEntry(
            person, "digital", "online", hours, date(2025, 5, 5), "old_data", title=f"Khóa {next(self.titles)}"
        )
        with scope.everything(), transaction():
            (made,) = ledger.post(SYSTEM, [entry])
        self.live[made] = (person, hours)
        if again:
            with pytest.raises(HrmsError), scope.everything(), transaction():
                ledger.post(SYSTEM, [entry])
        return made

    @rule(entry=entries)
    def reverse(self, entry: int) -> None:
        """Take an entry back that came from no class; a second time is refused."""
        if entry == -1 or entry in self.posted.values():
            return
        if entry in self.live:
            with scope.everything(), transaction():
                ledger.reverse(SYSTEM, [entry], "Nhầm")
            del self.live[entry]
        else:
            with pytest.raises(HrmsError), scope.everything(), transaction():
                ledger.reverse(SYSTEM, [entry], "Nhầm")

    @invariant()
    def sums_are_the_models(self) -> None:
        """Hold the ledger to the model."""
        expected = dict(self.before)
        for person, hours in self.live.values():
            expected[person] = expected.get(person, Decimal(0)) + hours
        assert _sums() == expected
        assert _checks() == []


def test_any_sequence_agrees_with_the_model(province: Province) -> None:
    run_state_machine_as_test(
        lambda: LedgerMachine(province),
        settings=settings(max_examples=8, stateful_step_count=20, deadline=None, database=None),
    )


@pytest.mark.slow
@pytest.mark.committed
def test_a_thousand_completions_at_once_with_double_submits_and_reversals(province: Province, app: Flask) -> None:
    """200 learners in five classes: each completion is sent twice, a third of them is taken back by two at once."""
    with scope.everything():
        names = []
        for number in range(200):
            name = f"Học viên {number}"
            province.people[name] = add_person(province, 5000 + number, name=name)
            names.append(name)
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        db.session.commit()
    starts = clock.today() - timedelta(days=30)
    wanted: list[NewEntry] = []
    for _class in range(5):
        made = add_class(province, starts_on=starts, state="running")
        with scope.everything():
            course = db.session.execute(select(TrainingClass.course_id).where(TrainingClass.id == made)).scalar_one()
            ids = db.session.scalars(
                insert(Enrolment).returning(Enrolment.id, sort_by_parameter_order=True),
                [
                    {
                        "class_id": made,
                        "person_id": province.people[name],
                        "state": "accepted",
                        "nominated_at": clock.now(),
                    }
                    for name in names
                ],
            ).all()
            db.session.commit()
        wanted += [
            NewEntry(
                province.people[name], "position", "class", Decimal(40), starts + timedelta(days=4), "class",
                course_id=course, class_id=made, enrolment_id=enrolment,
            )
            for name, enrolment in zip(names, ids, strict=True)
        ]  # fmt: skip
    assert len(wanted) == 1000
    workers = 8
    gate = Barrier(workers)
    shuffled = random.Random(7).sample(wanted * 2, 2000)

    def complete(entry: NewEntry) -> str:
        assert entry.enrolment_id is not None
        _complete([entry.enrolment_id], "completed")
        ledger.post(SYSTEM, [entry])
        return "posted"

    def work(part: list[NewEntry]) -> list[str]:
        said = []
        with app.app_context(), scope.everything():
            gate.wait()
            for entry in part:
                try:
                    with transaction():
                        said.append(complete(entry))
                except HrmsError as error:
                    said.append(error.problems[0].code)
            db.session.remove()
        return said

    with ThreadPoolExecutor(workers) as pool:
        outcomes = [one for said in pool.map(work, [shuffled[n::workers] for n in range(workers)]) for one in said]
    assert outcomes.count("posted") == 1000
    assert set(outcomes) <= {"posted", "posted_already"}
    assert _sums() == {province.people[name]: Decimal(200) for name in names}

    with scope.everything():
        live = db.session.execute(select(CreditEntry.id, CreditEntry.enrolment_id).order_by(CreditEntry.id)).all()
        db.session.commit()
    taken = [(row.id, row.enrolment_id) for row in live[::3]]
    gate.reset()

    def undo(part: list[tuple[int, int]]) -> list[str]:
        said = []
        with app.app_context(), scope.everything():
            gate.wait()
            for entry, enrolment in part:
                try:
                    with transaction():
                        _complete([enrolment], "accepted")
                        ledger.reverse(SYSTEM, [entry], "Chấm nhầm")
                    said.append("reversed")
                except HrmsError as error:
                    said.append(error.problems[0].code)
            db.session.remove()
        return said

    twice = random.Random(8).sample(taken * 2, 2 * len(taken))
    with ThreadPoolExecutor(workers) as pool:
        outcomes = [one for said in pool.map(undo, [twice[n::workers] for n in range(workers)]) for one in said]
    assert outcomes.count("reversed") == len(taken)
    assert set(outcomes) == {"reversed", "reversed_already"}
    assert sum(_sums().values()) == Decimal(40) * (1000 - len(taken))
    assert _checks() == []
    with scope.everything():
        counted = db.session.execute(
            text("SELECT person_id, max(counted) AS hours FROM training_standing WHERE year = :year GROUP BY 1"),
            {"year": starts.year},
        )
        kept = {row.person_id: row.hours for row in counted if row.person_id in set(province.people.values())}
    assert {person: hours for person, hours in kept.items() if hours} == _sums()
