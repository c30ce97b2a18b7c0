"""Dated facts against a simple model in memory, in both clocks.

The model keeps, for each moment of recording, a list of days with what was true on each; the table must answer the
same for every day and every earlier moment, whatever was laid over what.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from hrms.core import dated, scope
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.people.models import Person, PersonAllowance, PersonStatus

START = date(2020, 1, 1)
DAYS = 14
KEYS = ("leadership", "responsibility")


def day(number: int) -> date:
    return START + timedelta(days=number)


@dataclass(frozen=True)
class Lay:
    """One operation: make `value` true from day `start` to before day `end` (None: for ever), or erase (value None)."""

    start: int
    end: int | None
    value: int | None
    key: str = KEYS[0]

    def covers(self, number: int) -> bool:
        return self.start <= number and (self.end is None or number < self.end)


@dataclass
class Model:
    """What was true on each day of each key, after each operation."""

    states: list[dict[str, list[int | None]]] = field(
        default_factory=lambda: [{key: [None] * (DAYS + 2) for key in KEYS}]
    )

    def apply(self, lay: Lay) -> None:
        state = {key: list(days) for key, days in self.states[-1].items()}
        state[lay.key] = [lay.value if lay.covers(n) else old for n, old in enumerate(state[lay.key])]
        self.states.append(state)


@st.composite
def lays(draw: st.DrawFn) -> Lay:
    start = draw(st.integers(0, DAYS - 1))
    end = draw(st.one_of(st.none(), st.integers(start + 1, DAYS)))
    return Lay(start, end, draw(st.one_of(st.none(), st.integers(1, 9))), draw(st.sampled_from(KEYS)))


def write(person_id: int, lay: Lay) -> None:
    key = {"person_id": person_id, "allowance_kind": lay.key}
    valid_to = None if lay.end is None else day(lay.end)
    if lay.value is None:
        dated.erase(PersonAllowance, key, valid_from=day(lay.start), valid_to=valid_to)
    else:
        values = {"coefficient": None, "percent": None, "amount": lay.value, "form": "amount"}
        dated.replace(PersonAllowance, key, values, valid_from=day(lay.start), valid_to=valid_to)


def person() -> int:
    return int(
        db.session.execute(
            insert(Person).values(full_name="A B", sort_key="a", search_text="a", scope_ids=[0]).returning(Person.id)
        ).scalar_one()
    )


def answers(person_id: int, on: date, known_on: object = None) -> dict[str, int]:
    """Return what the table says is true of each key, as one asks it."""
    rows = db.session.scalars(
        db.select(PersonAllowance).where(
            PersonAllowance.person_id == person_id,
            dated.at(PersonAllowance, on, known_on),  # type: ignore[arg-type] # an instant or None
        )
    )
    return {row.allowance_kind: int(row.amount or 0) for row in rows}


SHAPES = [
    [Lay(4, 8, 1), Lay(8, 10, 2)],  # after, adjoining
    [Lay(4, 8, 1), Lay(1, 4, 2)],  # before, adjoining
    [Lay(1, 3, 1), Lay(6, 9, 2), Lay(3, 6, 3)],  # between
    [Lay(1, None, 1), Lay(4, 6, 2)],  # inside, both ends stick out
    [Lay(1, 4, 1), Lay(4, 7, 2), Lay(7, None, 3), Lay(2, 9, 4)],  # over several
    [Lay(3, 6, 1), Lay(3, 6, 2)],  # the same days
    [Lay(3, 4, 1), Lay(3, 4, 2)],  # one day
    [Lay(0, None, 1), Lay(5, None, 2), Lay(2, None, 3)],  # open ends
    [Lay(2, 8, 1), Lay(4, 6, None)],  # a hole
    [Lay(2, 8, 1), Lay(0, None, None)],  # nothing left
    [Lay(2, 8, 1), Lay(2, 8, 2, KEYS[1])],  # keys do not touch each other
]


@pytest.fixture
def table(everywhere: Flask) -> Flask:
    return everywhere


def check(operations: list[Lay]) -> None:
    model = Model()
    person_id = person()
    moments = []
    for operation in operations:
        model.apply(operation)
        write(person_id, operation)
        moments.append(dated.recording_moment())
        db.session.commit()
    for on in range(DAYS + 2):
        now = {key: days[on] for key, days in model.states[-1].items() if days[on] is not None}
        assert answers(person_id, day(on)) == now, f"day {on} after {operations}"
        for number, moment in enumerate(moments, start=1):
            known = {key: days[on] for key, days in model.states[number].items() if days[on] is not None}
            assert answers(person_id, day(on), moment) == known, f"day {on}, known after {number} of {operations}"
        assert answers(person_id, day(on), moments[0] - timedelta(microseconds=1)) == {}
    overlapping = db.session.execute(
        text(
            "SELECT count(*) FROM person_allowance a JOIN person_allowance b USING (person_id, allowance_kind)"
            " WHERE a.id < b.id AND a.superseded_at IS NULL AND b.superseded_at IS NULL AND person_id = :person"
            " AND daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to)"
        ),
        {"person": person_id},
    ).scalar_one()
    assert overlapping == 0


@pytest.mark.parametrize("operations", SHAPES)
def test_each_shape_by_hand(table: Flask, operations: list[Lay]) -> None:
    check(operations)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(lays(), min_size=1, max_size=6))
@example([Lay(0, None, 1), Lay(3, 5, None), Lay(4, 9, 2), Lay(0, 4, 3), Lay(2, None, 4)])
def test_any_sequence_says_what_the_model_says(table: Flask, operations: list[Lay]) -> None:
    with scope.everything():
        check(operations)


def test_an_interval_that_ends_before_it_begins_is_refused_with_its_day(table: Flask) -> None:
    person_id = person()
    for operation in (Lay(5, 5, 1), Lay(5, 3, 1), Lay(5, 3, None)):
        with pytest.raises(Refused) as refused:
            write(person_id, operation)
        assert refused.value.problems[0].params == {"start": "06/01/2020"}


def test_one_transaction_records_at_one_instant(table: Flask) -> None:
    person_id = person()
    write(person_id, Lay(0, 5, 1))
    write(person_id, Lay(5, None, 2))
    moments = set(
        db.session.scalars(db.select(PersonAllowance.recorded_at).where(PersonAllowance.person_id == person_id))
    )
    assert moments == {dated.recording_moment()}
    db.session.commit()
    write(person_id, Lay(9, None, 3))
    assert dated.recording_moment() not in moments


def test_history_is_newest_first_and_forgets_what_was_corrected(table: Flask) -> None:
    person_id = person()
    for operation in (Lay(0, None, 1), Lay(4, None, 2), Lay(2, 4, 3)):
        write(person_id, operation)
        db.session.commit()
    found = dated.history(PersonAllowance, {"person_id": person_id, "allowance_kind": KEYS[0]})
    assert [(row.amount, row.valid_from) for row in found] == [(2, day(4)), (3, day(2)), (1, day(0))]


def test_many_rows_are_laid_in_their_rounds(table: Flask) -> None:
    first, second = person(), person()
    db.session.execute(
        text(
            "CREATE TEMPORARY TABLE laid ON COMMIT DROP AS SELECT * FROM (VALUES"
            " (:first, 'serving', 'civil_servant', NULL::text, date '2020-01-01', NULL::date, 1),"
            " (:first, 'retired', 'civil_servant', NULL, date '2024-01-01', NULL, 2),"
            " (:second, 'serving', 'contract', NULL, date '2021-01-01', date '2022-01-01', 1)"
            ") AS v(person_id, status, kind, reason, valid_from, valid_to, round)"
            " CROSS JOIN (VALUES (NULL::bigint, 'old_data', NULL::bigint, NULL::bigint))"
            " AS p(decision_id, basis, recorded_by, batch_id)"
        ),
        {"first": first, "second": second},
    )
    assert dated.replace_many(PersonStatus, "laid", rounds=(1, 2)) == 4
    rows = dated.history(PersonStatus, {"person_id": first})
    assert [(row.status, row.valid_to) for row in rows] == [("retired", None), ("serving", date(2024, 1, 1))]
    assert [row.valid_to for row in dated.history(PersonStatus, {"person_id": second})] == [date(2022, 1, 1)]
