"""Where people stand follows the ledger, the record and the calendar; it is checked and held against papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, text

from hrms.core import clock, hooks, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.due import DueOf
from hrms.core.unit import transaction
from hrms.decisions import kinds as path
from hrms.decisions.kinds import Proposed, Subject
from hrms.figures import queries, services
from hrms.people.models import PersonAbsence, PersonPost
from hrms.people.services.current import refresh as refresh_people
from hrms.training.kinds.owing import WithTraining
from hrms.training.models import CreditEntry, RequirementVersion, TrainingRequirement
from hrms.training.queries import owed_due
from hrms.training.rules.ledger import NewEntry
from hrms.training.services import classes, ledger, standing
from tests.province import Province
from tests.training.making import add_class, add_course, add_hours, add_row, enrol

YEAR = date(2026, 12, 31)
WHO = "Nguyễn Văn Hùng"


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 22/11/2026 in every test here, unless it says otherwise."""
    _today(monkeypatch, date(2026, 11, 22))


def _today(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    monkeypatch.setattr(clock, "today", lambda: day)


def row(province: Province, code: str, year: int = 2026, who: str = WHO) -> Any:
    """Return the standing of somebody to a requirement, None when there is none."""
    wanted = text(
        "SELECT s.* FROM training_standing s JOIN training_requirements r ON r.id = s.requirement_id"
        " WHERE s.person_id = :person AND r.code = :code AND s.year = :year"
    )
    with scope.everything():
        values = {"person": province.people[who], "code": code, "year": year}
        return db.session.execute(wanted, values).one_or_none()


def follow(province: Province, who: str = WHO) -> None:
    with scope.everything():
        refresh_people([province.people[who]])


def lead(province: Province, since: date, who: str = WHO) -> None:
    """Give somebody the post of head of a division of the commune from a day on."""
    with scope.everything():
        person = province.people[who]
        db.session.execute(
            text("UPDATE person_post SET superseded_at = now() WHERE person_id = :person"), {"person": person}
        )
        db.session.execute(
            insert(PersonPost).values(
                person_id=person, slot=0, post_code="commune_division_head", post_name="Trưởng phòng",
                appointed_on=since, valid_from=since, basis="old_data",
            )
        )  # fmt: skip
        refresh_people([person])


def test_an_entry_posted_counts_at_once_and_a_reversal_takes_it_back(province: Province) -> None:
    follow(province)
    assert row(province, "NAM.CONGCHUC").missing == Decimal(40)
    entry = NewEntry(province.people[WHO], "position", "class", Decimal(24), date(2026, 5, 4), "old_data", title="Cũ")
    with scope.everything():
        [made] = ledger.post(Actor.system(), [entry])
    found = row(province, "NAM.CONGCHUC")
    assert (found.counted, found.missing, found.state, found.at_risk) == (Decimal(24), Decimal(16), "short", True)
    with scope.everything():
        ledger.reverse(Actor.system(), [made], "Nhầm người")
    assert row(province, "NAM.CONGCHUC").missing == Decimal(40)


def test_a_class_ahead_is_a_forecast_until_it_is_cancelled(province: Province) -> None:
    made = add_class(province, "A", starts_on=date(2026, 12, 1), days=5, hours="40")
    enrol(province, made, WHO)
    follow(province)
    found = row(province, "NAM.CONGCHUC")
    assert (found.planned, found.at_risk, found.state) == (Decimal(40), False, "short")
    with scope.everything():
        db.session.execute(text("UPDATE training_classes SET state = 'cancelled' WHERE id = :id"), {"id": made})
        classes.follow([province.people[WHO]])
    assert row(province, "NAM.CONGCHUC").at_risk


def test_an_absence_written_down_lessens_what_is_owed(province: Province) -> None:
    with scope.everything():
        away = {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 7, 1), "absence_kind": "maternity_leave"}
        db.session.execute(insert(PersonAbsence).values(person_id=province.people[WHO], basis="old_data", **away))
    follow(province)
    found = row(province, "NAM.CONGCHUC")
    assert (found.days_owed, found.required) == (184, Decimal("20.16"))
    assert row(province, "NAM.CONGCHUC", 2025).required == Decimal(40)


def test_days_pass_and_a_course_falls_overdue(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    lead(province, date(2025, 11, 22))
    assert (row(province, "LD.PHONG.XA").state, row(province, "LD.PHONG.XA").due_on) == ("due", date(2026, 11, 22))
    _today(monkeypatch, date(2026, 11, 23))
    standing.pass_day()
    assert row(province, "LD.PHONG.XA").state == "overdue"


def test_an_earlier_year_is_kept_once_it_was_asked_for(province: Province) -> None:
    follow(province)
    assert row(province, "NAM.CONGCHUC", 2024) is None
    with scope.everything():
        standing.keep_year(2024)
    assert row(province, "NAM.CONGCHUC", 2024).missing > 0
    add_hours(province, WHO, "40", date(2024, 9, 1))
    follow(province)
    assert row(province, "NAM.CONGCHUC", 2024).state == "met"


def test_the_check_finds_what_was_written_behind_its_back(province: Province) -> None:
    check = next(one for one in hooks.checks if "yêu cầu đào tạo đúng với hồ sơ" in one.name)
    with scope.everything():
        standing.refresh(None)
        assert not check.run()
        add_row(
            CreditEntry, person_id=province.people[WHO], kind="position", form="class", hours=8, source="old_data",
            earned_on=date(2026, 3, 1), title="Ngoài sổ",
        )  # fmt: skip
        db.session.commit()
    with scope.everything():
        assert [one.split()[1] for one in check.run()] == [f"person_id={province.people[WHO]}"]


def lines(province: Province, day: date) -> Sequence[DueOf]:
    with scope.everything():
        return owed_due.lines([province.people[WHO]], day, date(2027, 12, 31))


def test_the_calendar_asks_for_the_course_with_two_reminders(province: Province) -> None:
    lead(province, date(2026, 3, 1))
    [line] = lines(province, clock.today())
    assert (line.due.code, line.due.due_on, line.due.remind) == (
        "training_course", date(2027, 3, 1), (date(2026, 12, 1), date(2027, 2, 1)),
    )  # fmt: skip
    assert line.due.reasons[-1].source.startswith("NĐ 171/2025/NĐ-CP")


def test_hours_are_asked_for_from_the_end_of_november(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    follow(province)
    assert not lines(province, date(2026, 11, 29))
    [line] = lines(province, date(2026, 11, 30))
    assert (line.due.code, line.due.due_on) == ("training_hours", YEAR)
    add_hours(province, WHO, "40", date(2026, 2, 2))
    follow(province)
    assert not lines(province, date(2026, 12, 1))


def asked(province: Province) -> Sequence[Any]:
    """Return the conditions of an appointment of somebody, of training only."""
    person = Subject(province.people[WHO], WHO, None, 1, [0], "civil_servant", "none", None, None, None)
    beside = WithTraining()
    with scope.everything():
        [one] = beside.prepare([Proposed(person, {}, date(2026, 12, 1))])
    return beside.conditions(one)


def test_what_is_owed_stands_beside_an_appointment_as_its_gate_says(province: Province) -> None:
    add_hours(province, WHO, "40", date(2025, 2, 2))
    follow(province)
    assert not asked(province)  # the hours of the running year may still be learnt
    lead(province, date(2025, 8, 1))
    [warned] = asked(province)
    assert (warned.outcome, warned.blocking, warned.found) == ("not_met", False, "%(name)s: quá hạn từ %(day)s.")
    with scope.everything():
        made = add_row(TrainingRequirement, code="THU.CHAN", name="Chương trình phải có", place=99)
        add_row(
            RequirementVersion, requirement_id=made, target="post", target_codes=["commune_division_head"],
            what="course", counts=[], period_years=1, carry_hours=0, pro_rata=False, exempt_absences=[], exempt_days=0,
            grace_months=0, courses=["THU"], due_months=1, keep_valid=False, gate="gate", source="Quy chế", mark="P",
            valid_from=date(2025, 1, 1), basis="old_data",
        )  # fmt: skip
    follow(province)
    assert [(one.blocking, one.source) for one in asked(province) if one.params["name"] == "Chương trình phải có"] == [
        (True, "Quy chế")
    ]


def test_the_kinds_of_appointment_carry_it(province: Province) -> None:
    del province
    for code in ("appointment", "appointment_elsewhere", "reappointment", "position_change"):
        kind: Any = path.get(code)
        found = []
        while isinstance(kind, path.Extended):
            found.append(type(kind.extension))
            kind = kind.kind
        assert found.count(WithTraining) == 1


def test_a_course_of_the_ledger_is_held_without_a_paper(province: Province) -> None:
    lead(province, date(2026, 3, 1))
    assert row(province, "LD.PHONG.XA").state == "due"
    course = text("SELECT id FROM courses WHERE code = 'LD.PHONG.CU'")
    with scope.everything():
        known = db.session.scalar(course) or add_course(code="LD.PHONG.CU", kind="leadership")
    add_hours(province, WHO, "80", date(2019, 5, 4) + timedelta(days=1), kind="leadership", course_id=known)
    follow(province)
    assert row(province, "LD.PHONG.XA").state == "held"


@pytest.mark.committed
def test_whose_teaching_counts_is_the_provinces_to_say(province: Province, run_jobs: Callable[[], None]) -> None:
    add_hours(province, WHO, "8", date(2026, 3, 1), kind="teaching", form="teaching")
    follow(province)
    db.session.commit()
    assert row(province, "NAM.CONGCHUC").counted == 0
    name = "training.teaching_for"
    with scope.everything(), transaction():
        seen = queries.get_setting(name).version
        services.change(Actor.system(), name, "all", reason="Quy chế của tỉnh", version=seen)
    run_jobs()
    db.session.rollback()
    assert row(province, "NAM.CONGCHUC").counted == Decimal(8)


@pytest.mark.committed
def test_what_is_posted_and_written_at_once_is_all_in_the_standing(province: Province, app: Flask) -> None:
    """Hours come in while the record changes: neither may compute from before the other."""
    follow(province)
    db.session.commit()
    person, workers, rounds = province.people[WHO], 4, 6
    gate = Barrier(workers)

    def work(number: int) -> None:
        with app.app_context():
            gate.wait()
            for turn in range(rounds):
                with scope.everything(), transaction():
                    if number % 2:
                        day = date(2026, 1 + turn, 1 + number)
                        entry = NewEntry(person, "position", "class", Decimal(1), day, "old_data", title="Cũ")
                        ledger.post(Actor.system(), [entry])
                    else:
                        refresh_people([person])

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))
    assert row(province, "NAM.CONGCHUC").counted == Decimal(rounds * workers // 2)
    with scope.everything():
        assert (person, row(province, "NAM.CONGCHUC").requirement_id) not in standing.differences(2026)
