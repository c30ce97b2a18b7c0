"""Random worlds: gathering a whole round says what the rule says of each; no sequence of steps exceeds the quota."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from hrms.core import clock, holidays, scope
from hrms.core.db import Base, db
from hrms.core.errors import HrmsError
from hrms.people.models import Discipline, PersonAbsence
from hrms.performance.models import ScoreSheet
from hrms.performance.queries import round_checks
from hrms.performance.rules import discipline as acts
from hrms.performance.rules.discipline import DisciplineKind
from hrms.performance.rules.yearly import CAUSE_OF, AbsenceKind, MonthCause, YearFacts, year
from hrms.performance.services import deciding
from tests.performance.making import CIVIL, set_id
from tests.performance.rounds.making import (
    DECEMBER,
    JANUARY,
    MINUTES,
    acting,
    add_decision,
    add_people,
    open_round,
    ratings,
    solve,
)
from tests.province import Province

QUIET = settings(
    max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
POINT = st.sampled_from(["100", "96.5", "90", "89.999999", "89.995", "75", "70", "69.99", "55.123456", "50", "12"])
DAY = st.integers(0, 364).map(lambda days: date(2026, 1, 1) + timedelta(days=days))
AWAY = st.tuples(
    st.sampled_from(["maternity_leave", "sick_leave", "unpaid_leave", "study", "suspension"]), DAY, st.integers(1, 250)
)
MEASURE = st.tuples(
    st.sampled_from(["party", "administration"]), st.sampled_from(["2025-03", "2025", "2026-02-01", "2026-11-30"]),
    st.sampled_from(["Việc một", "việc  một", "Việc hai"]),
)  # fmt: skip
PERSON = st.fixed_dictionaries(
    {
        "since": st.sampled_from([date(2024, 3, 1), date(2026, 1, 16), date(2026, 6, 10), date(2026, 9, 1)]),
        "months": st.lists(st.one_of(st.none(), POINT, POINT, POINT), min_size=12, max_size=12),
        "away": st.lists(AWAY, max_size=2),
        "measures": st.lists(MEASURE, max_size=2),
    }
)


@pytest.fixture(autouse=True)
def december() -> Iterator[None]:
    with clock.frozen(DECEMBER):
        yield


def lay(province: Province, people: list[dict[str, Any]]) -> list[int]:
    """Write a world: people with their sheets, absences that do not overlap, and discipline."""
    made = []
    for person in people:
        (name,) = add_people(province, 1, since=person["since"])
        ident = province.people[name]
        made.append(ident)
        with scope.everything():
            rows = [
                {
                    "person_id": ident, "year": 2026, "kind": "month", "number": number, "role": "staff",
                    "state": "published", "source": "imported", "set_id": set_id(CIVIL), "score": Decimal(score),
                    "general": {}, "agency_id": province.agencies["B"],
                }
                for number, score in enumerate(person["months"], start=1)
                if score is not None
            ]  # fmt: skip
            if rows:
                db.session.execute(insert(Base.metadata.tables[ScoreSheet.__tablename__]), rows)
            person["stretches"] = list(apart(person["away"]))
            for kind, since, until in person["stretches"]:
                db.session.execute(
                    insert(PersonAbsence).values(
                        person_id=ident, absence_kind=kind, valid_from=since, valid_to=until, basis="old_data"
                    )
                )
            for side, day, act in person["measures"]:
                db.session.execute(
                    insert(Discipline).values(person_id=ident, side=side, form="reprimand", from_on=day, act=act)
                )
            db.session.commit()
    return made


def apart(away: list[tuple[str, date, int]]) -> Iterator[tuple[str, date, date]]:
    """Return absences in order, none beginning before the one before has ended."""
    free = date.min
    for kind, since, days in sorted(away, key=lambda one: one[1]):
        if since >= free:
            free = since + timedelta(days=days)
            yield kind, since, free


def say(person: dict[str, Any]) -> YearFacts:
    """Return the facts of a person as a reader of the decree would put them down, month by month."""
    between = holidays.current().between
    causes: dict[int, MonthCause] = {}
    for month in range(1, 13):
        first, after = date(2026, month, 1), date(2026 + month // 12, month % 12 + 1, 1)
        if person["since"] > date(2026, month, 15):
            causes[month] = MonthCause.NOT_YET_RECRUITED
            continue
        days: Counter[str] = Counter()
        working = 0
        whole = False
        merged: list[list[date]] = []
        for kind, since, until in person["stretches"]:
            start, stop = max(since, first), min(until, after)
            if start < stop:
                days[kind] += (stop - start).days
                if merged and merged[-1][1] == start:
                    merged[-1][1] = stop
                else:
                    merged.append([start, stop])
        for start, stop in merged:
            if (start, stop) == (first, after):
                whole = True
            else:
                working += between(start, stop)
        if days and (whole or working >= 11):
            longest = max(days.values())
            causes[month] = CAUSE_OF[AbsenceKind(next(kind for kind in days if days[kind] == longest))]
    told = [
        acts.Discipline(
            " ".join(act.casefold().split()),
            DisciplineKind.PARTY if side == "party" else DisciplineKind.ADMINISTRATIVE,
            date.fromisoformat((day + "-01-01")[:10] if len(day) == 4 else (day + "-01")[:10]),
        )
        for side, day, act in person["measures"]
    ]
    counted = acts.counts_in(sorted(told, key=lambda one: one.effective_on), 2026)
    months = [Decimal(one) if one is not None else None for one in person["months"]]
    missing = {month: cause for month, cause in causes.items() if months[month - 1] is None}
    return YearFacts(months=months, causes=missing, discipline_for_duty=bool(counted), discipline=counted)


@QUIET
@given(people=st.lists(PERSON, min_size=1, max_size=8))
def test_gathering_says_what_the_rule_says_of_each(province: Province, people: list[dict[str, Any]]) -> None:
    _forget(province)
    made = lay(province, people)
    round_id = open_round(province)
    found = ratings(round_id)
    for ident, person in zip(made, people, strict=True):
        facts = say(person)
        wanted = year(facts)
        got = found[ident]
        assert (got.by_points, got.mean, got.provisional) == (wanted.rating, wanted.mean, wanted.provisional), person
        assert got.causes == {str(month): cause.value for month, cause in (facts.causes or {}).items()}, person
        if wanted.exact_mean is not None:
            assert abs(Fraction(got.mean or 0) - wanted.exact_mean) <= Fraction(1, 1_000_000)
    with scope.everything():
        assert round_checks.run() == []


def _forget(province: Province) -> None:
    """Let a world begin without the people and the round of the one before."""
    people = [ident for name, ident in province.people.items() if name.startswith("Người Thử")]
    with scope.everything():
        db.session.execute(text("UPDATE rating_rounds SET state = 'cancelled'"))
        db.session.execute(text("UPDATE ratings SET superseded_at = now() WHERE superseded_at IS NULL"))
        for table in ("person_status", "person_agency"):
            db.session.execute(
                text(f"UPDATE {table} SET superseded_at = now() WHERE person_id = ANY (:ids)"), {"ids": people}
            )
        db.session.commit()


STEP = st.tuples(st.sampled_from(["change", "solve", "meet", "supersede", "swap", "settle"]), st.integers(0, 500),
                 st.sampled_from(["excellent", "good", "satisfactory", "unsatisfactory"]))  # fmt: skip


@QUIET
@given(
    points=st.lists(st.sampled_from(["95", "93", "90", "89.99", "80", "60", "40"]), min_size=3, max_size=16),
    decembers=st.lists(st.sampled_from(["100", "85", "55", "10"]), min_size=16, max_size=16),
    base=st.sampled_from(["final_good", "initial_good", "good_and_excellent"]),
    steps=st.lists(STEP, min_size=4, max_size=14),
)
def test_no_sequence_of_steps_exceeds_the_quota(
    province: Province, points: list[str], decembers: list[str], base: str, steps: list[tuple[str, int, str]]
) -> None:
    _forget(province)
    names = add_people(province, len(points))
    people = [province.people[name] for name in names]
    for place, ident in enumerate(people):
        _score(province, ident, range(1, 12), points[place])
    made = open_round(province)
    with scope.everything():
        db.session.execute(text("UPDATE rating_rounds SET quota_base = :base WHERE id = :id"),
                           {"base": base, "id": made})  # fmt: skip
        db.session.commit()
    solve(province, made)
    decision = add_decision(province)
    scored = False
    for what, number, wanted in steps:
        known = sorted(ratings(made).values(), key=lambda one: one.id)
        one, other = known[number % len(known)], known[(number * 7 + 3) % len(known)]
        try:
            with acting(province, "thutruong") as actor:
                if what == "change":
                    deciding.change(actor, one.id, wanted, "Lý do", version=one.version)
                elif what == "solve":
                    _publish(province, made, decision)
                elif what == "meet":
                    deciding.to_meeting(actor, made, {"met_on": date(2026, 12, 3), **MINUTES})
                elif what == "supersede":
                    deciding.supersede(actor, one.id, wanted, decision, "Kết quả sai")
                elif what == "swap":
                    pairs = {one.id: wanted, other.id: "good"}
                    deciding.supersede_many(actor, list(pairs.items()), decision, "Kết quả sai")
                else:
                    if not scored:
                        for place, ident in enumerate(people):
                            _score(province, ident, range(12, 13), decembers[place])
                        scored = True
                    with clock.frozen(JANUARY):
                        deciding.settle(actor, made, decision)
        except HrmsError:
            db.session.rollback()
        with scope.everything():
            assert round_checks.overfull() == [], (what, number, wanted)
            assert list(round_checks.wrong()) == []


def _score(province: Province, person_id: int, months: range, points: str) -> None:
    with scope.everything():
        db.session.execute(
            insert(Base.metadata.tables[ScoreSheet.__tablename__]),
            [
                {
                    "person_id": person_id, "year": 2026, "kind": "month", "number": number, "role": "staff",
                    "state": "published", "source": "imported", "set_id": set_id(CIVIL), "score": Decimal(points),
                    "general": {}, "agency_id": province.agencies["B"],
                }
                for number in months
            ],
        )  # fmt: skip
        db.session.commit()


def _publish(province: Province, round_id: int, decision: int) -> None:
    """Take a round as far as it goes."""
    with acting(province, "thutruong") as actor:
        deciding.to_meeting(actor, round_id, {"met_on": date(2026, 12, 3), **MINUTES})
        deciding.decide(actor, round_id, decision, date(2026, 12, 4))
        deciding.publish(actor, round_id, date(2026, 12, 5))
