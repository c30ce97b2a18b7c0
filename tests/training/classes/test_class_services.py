"""Opening a class: by the organiser, by a trainer, from a pattern; changing it; opening and calling it off."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.training.models import (
    ClassSession,
    ClassTrainer,
    Nomination,
    TrainingClass,
    TrainingPlan,
    TrainingPlanLine,
)
from hrms.training.queries import class_checks
from hrms.training.queries import classes as queries
from hrms.training.queries.enrolled import classes_of_person, offered_to
from hrms.training.rules.classes import Part, Pattern
from hrms.training.services import classes
from tests.province import Province
from tests.training.making import add_class, add_course, add_provider, add_row, add_trainer, enrol, session_ids

P = Permission
RUNS = (P.TRAINING_MANAGE, P.TRAINING_TEACH)
START = date(2026, 8, 31)


def _values(province: Province, place: str = "B", **more: Any) -> dict[str, Any]:
    return {
        "course_id": more.pop("course_id", None) or add_course(), "agency_id": province.agencies[place],
        "name": "Lớp mới", "provider_id": add_provider(province), "starts_on": START, "ends_on": None, "seats": 40,
        "accepts": "auto",
        "least_attendance": Decimal(80), "central_budget": 0, "local_budget": 5_000_000, "other_budget": 0,
        "abroad": False,
    } | more  # fmt: skip


PATTERN = Pattern(START, frozenset(range(5)), Part.BOTH, Decimal(4))


def _create(province: Province, username: str, values: dict[str, Any], **more: Any) -> TrainingClass:
    who = province.enter(username, *RUNS)
    with transaction():
        return classes.create(who, values, **more)


def test_the_days_come_from_the_pattern_past_holidays_and_the_code_by_itself(province: Province) -> None:
    values = _values(province, course_id=add_course(code="VT.TEST"))
    made = _create(province, "tochuc", values, pattern=PATTERN)
    assert (made.state, made.code, made.hours, made.form) == ("draft", "VT.TEST/2026.01", Decimal("40.00"), "class")
    with scope.everything():
        days = db.session.scalars(select(ClassSession.held_on).where(ClassSession.class_id == made.id)).all()
    # Quốc khánh 2026 is taken off on Tuesday and Wednesday, so the class runs into the next week.
    assert len(days) == 10
    assert date(2026, 9, 2) not in days
    assert made.ends_on == max(days) > date(2026, 9, 4)
    again = _create(province, "tochuc", values, pattern=PATTERN)
    assert again.code == "VT.TEST/2026.02"


def test_a_trainer_opens_classes_of_the_own_agency_and_teaches_them(province: Province) -> None:
    made = _create(province, "giangvien", _values(province, "A"), pattern=PATTERN)
    with scope.everything():
        taught = db.session.scalars(select(ClassTrainer.account_id).where(ClassTrainer.class_id == made.id)).all()
    assert taught == [province.accounts["giangvien"]]
    who = province.enter("giangvien", *RUNS)
    with transaction():
        classes.publish(who, made.id, version=made.version)
    with pytest.raises(Forbidden):
        _create(province, "giangvien", _values(province, "B"), pattern=PATTERN)
    with pytest.raises(Forbidden):
        _create(province, "giangvien", _values(province, "A1"), pattern=PATTERN)


def test_hours_and_form_are_those_of_the_course_on_the_first_day(province: Province) -> None:
    values = _values(province, course_id=add_course(since=date(2026, 9, 15)))
    with pytest.raises(Refused) as refused:
        _create(province, "tochuc", values, pattern=PATTERN)
    assert refused.value.problems[0].code == "not_in_force"


def test_only_who_may_teach_there_is_named_as_a_trainer(province: Province) -> None:
    there = add_trainer(province, "giangvienb", "B")
    made = _create(province, "tochuc", _values(province), trainers=[there], pattern=PATTERN)
    assert queries.trainers_in([made.id])[made.id] == {there: "Giảng viên giangvienb"}
    with pytest.raises(Refused) as refused:
        _create(province, "tochuc", _values(province, code="X"), trainers=[province.accounts["giangvien"]])
    assert refused.value.problems[0].code == "not_trainer"


def test_a_provider_the_course_does_not_name_is_refused(province: Province) -> None:
    only = add_provider(province)
    values = _values(province, course_id=add_course(provider_ids=[only]))
    with pytest.raises(Refused) as refused:
        _create(province, "tochuc", values, pattern=PATTERN)
    assert refused.value.problems[0].code == "not_allowed"
    assert _create(province, "tochuc", {**values, "provider_id": only}, pattern=PATTERN).id


def test_a_plan_line_must_be_approved_and_of_the_course(province: Province) -> None:
    values = _values(province)

    def line(state: str, course: int) -> int:
        with scope.everything():
            plan = add_row(
                TrainingPlan, agency_id=province.agencies["B"], year=2026, state=state, title="Kế hoạch",
                changed_at=clock.now(),
            )  # fmt: skip
            made = add_row(
                TrainingPlanLine, plan_id=plan, course_id=course, classes=1, learners=40, central_budget=0,
                local_budget=0, other_budget=0, needs=0,
            )  # fmt: skip
            db.session.commit()
        return made

    for state, course, code in (("draft", values["course_id"], "not_approved"), ("approved", add_course(), "course")):
        with pytest.raises(Refused) as refused:
            _create(province, "tochuc", {**values, "plan_line_id": line(state, course)}, pattern=PATTERN)
        assert refused.value.problems[0].code == code
    good = line("approved", values["course_id"])
    assert _create(province, "tochuc", {**values, "plan_line_id": good}, pattern=PATTERN).plan_line_id == good


def test_a_class_opens_only_with_days_for_all_its_hours(province: Province) -> None:
    made = _create(province, "tochuc", _values(province, ends_on=START + timedelta(days=5)))
    who = province.enter("tochuc", *RUNS)
    with pytest.raises(Refused) as refused, transaction():
        classes.publish(who, made.id, version=made.version)
    assert refused.value.problems[0].code == "no_sessions"
    with transaction():
        classes.save_session(who, made.id, None, {"held_on": START, "hours": Decimal(8)})
    version = _version(made.id)
    with pytest.raises(Refused) as refused, transaction():
        classes.publish(province.enter("tochuc", *RUNS), made.id, version=version)
    assert refused.value.problems[0].code == "hours"
    with transaction():
        assert classes.lay_sessions(province.enter("tochuc", *RUNS), made.id, PATTERN, version=version) == 10
    with transaction():
        classes.publish(province.enter("tochuc", *RUNS), made.id, version=_version(made.id))
    with pytest.raises(Stale), transaction():
        classes.publish(province.enter("tochuc", *RUNS), made.id, version=1)


def _version(class_id: int) -> int:
    with scope.everything():
        return int(db.session.execute(
            select(TrainingClass.version).where(TrainingClass.id == class_id)
        ).scalar_one())  # fmt: skip


def test_sessions_keep_their_numbers_in_the_order_of_days(province: Province) -> None:
    made = add_class(province, place="B", starts_on=START, days=5)
    first, *_rest = session_ids(made)
    who = province.enter("tochuc", *RUNS)
    with transaction():
        classes.save_session(who, made, first, {"held_on": START + timedelta(days=4), "hours": Decimal(8)})
    with scope.everything():
        rows = db.session.execute(
            select(ClassSession.id, ClassSession.number, ClassSession.held_on)
            .where(ClassSession.class_id == made)
            .order_by(ClassSession.number)
        ).all()
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert rows[-1].id == first
    with transaction():
        classes.remove_session(province.enter("tochuc", *RUNS), made, first)
    with pytest.raises(Refused) as refused, transaction():
        classes.save_session(
            province.enter("tochuc", *RUNS), made, None, {"held_on": START - timedelta(days=1), "hours": Decimal(8)}
        )
    assert refused.value.problems[0].code == "outside"


def test_days_with_attendance_are_not_laid_again(province: Province) -> None:
    made = add_class(province, place="B", starts_on=START)
    (learner,) = enrol(province, made, "Lý Thị Cẩm")
    with scope.everything():
        db.session.execute(
            text(
                "INSERT INTO attendances (enrolment_id, session_id, presence, how) VALUES (:e, :s, 'present', 'list')"
            ),
            {"e": learner, "s": session_ids(made)[0]},
        )
        db.session.commit()
    who = province.enter("tochuc", *RUNS)
    with pytest.raises(Refused) as refused, transaction():
        classes.lay_sessions(who, made, PATTERN, version=_version(made))
    assert refused.value.problems[0].code == "attended"


def test_a_cancelled_class_keeps_everybody_and_takes_nothing_more(province: Province) -> None:
    made = add_class(province, place="B")
    enrol(province, made, "Lý Thị Cẩm")
    who = province.enter("tochuc", *RUNS)
    with transaction():
        classes.cancel(who, made, "Giảng viên ốm", version=_version(made))
    with scope.everything():
        found = db.session.get_one(TrainingClass, made)
        assert (found.state, found.close_reason, found.closed_on) == ("cancelled", "Giảng viên ốm", clock.today())
        assert (
            db.session.execute(text("SELECT count(*) FROM enrolments WHERE class_id = :c"), {"c": made}).scalar() == 1
        )
    with pytest.raises(Refused), transaction():
        classes.cancel(province.enter("tochuc", *RUNS), made, "Lần nữa", version=_version(made))


def test_another_agency_neither_changes_nor_calls_off_a_class(province: Province) -> None:
    made = add_class(province, place="A")
    for act in (
        lambda who: classes.cancel(who, made, "x", version=1),
        lambda who: classes.lay_sessions(who, made, PATTERN, version=1),
        lambda who: classes.save_session(who, made, None, {"held_on": START, "hours": Decimal(1)}),
    ):
        with pytest.raises(Forbidden), transaction():
            act(province.enter("tochuc", *RUNS))


def test_a_person_sees_their_classes_and_those_that_serve_what_they_miss(province: Province) -> None:
    mine, other = add_class(province), add_class(province, course=add_course(kind="language"))
    offered = add_class(province, starts_on=clock.today() + timedelta(days=60))
    enrol(province, mine, "Nguyễn Văn Hùng")
    person = province.people["Nguyễn Văn Hùng"]
    province.enter("canbo", P.SELF_VIEW)
    assert [(row.class_id, row.state) for row in classes_of_person(person)] == [(mine, "accepted")]
    assert classes_of_person(province.people["Võ Minh Đức"]) == []
    assert {one.found.id for one in offered_to(person, needed_only=False)} == {other, offered}
    assert offered_to(province.people["Võ Minh Đức"], needed_only=False) == []


def test_everybody_knows_the_seats_and_nobody_else_who_has_them(province: Province) -> None:
    made = add_class(province, seats=3)
    enrol(province, made, "Thạch Sa Rây", "Lý Thị Cẩm")
    enrol(province, made, "Võ Minh Đức", state="waiting")
    who = province.enter("tochuc", P.TRAINING_VIEW)
    found = queries.get_class(who, made)
    counted = queries.counts([found])[made]
    assert (counted.seated, counted.waiting, counted.free) == (2, 1, 1)
    visible = db.session.execute(select(func.count()).select_from(text("enrolments"))).scalar_one()
    assert visible == 2


def test_the_checks_of_the_database_find_a_class_that_contradicts_itself(province: Province) -> None:
    made = add_class(province, seats=1)
    with scope.everything():
        assert class_checks.run() == []
    enrol(province, made, "Lý Thị Cẩm", "Võ Minh Đức")
    with scope.everything():
        db.session.execute(
            update(TrainingClass).where(TrainingClass.id == made).values(ends_on=TrainingClass.starts_on)
        )
        db.session.execute(
            update(Nomination)
            .where(Nomination.person_id == province.people["Lý Thị Cẩm"])
            .values(person_id=province.people["Thạch Sa Rây"])
        )
        assert len(class_checks.run()) == 3
        db.session.rollback()
