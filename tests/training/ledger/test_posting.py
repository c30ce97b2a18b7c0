"""Writing to the ledger of credits: what it rests on, who may, and that nothing counts twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from hrms.audit.models import AuditEvent
from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, HrmsError, NotFound, Refused
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.training.models import CreditEntry, TrainingClass
from hrms.training.services import ledger
from hrms.training.services.ledger import NewEntry, post, reverse
from tests.counting import statements
from tests.province import Province
from tests.training.making import add_class, add_course, add_hours, add_row, add_trainer, enrol

P = Permission
SYSTEM = Actor.system()
HUNG, CAM, DAT = "Nguyễn Văn Hùng", "Lý Thị Cẩm", "Phạm Quốc Đạt"


def _completed(province: Province, *names: str, place: str = "A", **more: Any) -> tuple[int, list[NewEntry]]:
    """Return a class that these people completed, and the entries that follow."""
    starts = clock.today() - timedelta(days=20)
    made = add_class(province, place, starts_on=starts, state="running", **more)
    ids = enrol(province, made, *names, state="completed", closed_on=clock.today())
    with scope.everything():
        course = db.session.execute(select(TrainingClass.course_id).where(TrainingClass.id == made)).scalar_one()
    return made, [
        NewEntry(
            province.people[name], "position", "class", Decimal(40), starts + timedelta(days=4), "class",
            course_id=course, class_id=made, enrolment_id=enrolment,
        )
        for name, enrolment in zip(names, ids, strict=True)
    ]  # fmt: skip


def _old(province: Province, name: str = HUNG, **more: Any) -> NewEntry:
    values: dict[str, Any] = {
        "person_id": province.people[name], "kind": "position", "form": "class", "hours": Decimal(16),
        "earned_on": date(2025, 5, 9), "source": "old_data", "title": "Bồi dưỡng văn thư", "proof": "12/CN",
    }  # fmt: skip
    return NewEntry(**(values | more))


def _sum(province: Province, name: str) -> Decimal:
    with scope.everything():
        found = db.session.execute(
            select(db.func.sum(CreditEntry.hours)).where(CreditEntry.person_id == province.people[name])
        )
        return Decimal(found.scalar_one() or 0)


def _code(error: pytest.ExceptionInfo[HrmsError]) -> str:
    return error.value.problems[0].code


def test_a_trainer_posts_for_learners_whose_records_they_do_not_see(province: Province) -> None:
    _class, entries = _completed(province, HUNG, DAT)
    trainer = province.enter("giangvien", P.TRAINING_TEACH)
    assert db.session.execute(text("SELECT count(*) FROM people")).scalar_one() == 0
    with transaction():
        ids = post(trainer, entries)
    rows = {row.id: row for row in db.session.scalars(select(CreditEntry))}
    assert [rows[i].person_id for i in ids] == [one.person_id for one in entries]
    assert {row.recorded_by for row in rows.values()} == {trainer.account_id}
    assert db.session.execute(text("SELECT count(*) FROM people")).scalar_one() == 0


def test_the_event_lies_with_the_learners_agency(province: Province) -> None:
    _class, entries = _completed(province, HUNG)
    with transaction():
        post(province.enter("giangvien", P.TRAINING_TEACH), entries)
    hr = province.enter("tochuc", P.AUDIT_VIEW)
    assert hr.scope(P.AUDIT_VIEW) == (province.agencies["B"],)
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "credit.posted")).one()
    assert event.person_id == province.people[HUNG]
    assert event.scope_ids == province.paths["B1"]
    assert event.after is not None
    assert event.after["hours"] == "40"


def test_another_trainers_class_is_not_theirs_to_close(province: Province) -> None:
    _class, entries = _completed(province, HUNG)
    add_trainer(province, "khac", "B")
    stranger = replace(province.actor("giangvien"), account_id=province.accounts["khac"])
    scope.enter_for(stranger, P.TRAINING_TEACH)
    with pytest.raises(NotFound), transaction():
        post(stranger, entries)


@pytest.mark.parametrize(
    ("who", "permission", "refusal"),
    [
        ("thutruong", P.TRAINING_VIEW, Forbidden),
        ("thanhtra", P.TRAINING_VIEW, Forbidden),
        ("canbo", P.SELF_VIEW, Forbidden),
        ("admin", P.SETTINGS_VIEW, Forbidden),
    ],
)
def test_whoever_only_looks_writes_nothing(province: Province, who: str, permission: P, refusal: Any) -> None:
    actor = province.enter(who, permission)
    with pytest.raises(refusal), transaction():
        post(actor, [_old(province)])


def test_hr_writes_for_its_own_people_only(province: Province) -> None:
    actor = province.enter("tochuc", P.TRAINING_MANAGE)
    with transaction():
        post(actor, [_old(province)])
    with pytest.raises(NotFound), transaction():
        post(actor, [_old(province, DAT)])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"enrolment_id": None}, "not_enrolled"),
        ({"class_id": None}, "not_enrolled"),
        ({"hours": Decimal("40.01")}, "more_than_class"),
        ({"kind": "other"}, "not_as_class"),
        ({"form": "online"}, "not_as_class"),
        ({"earned_on": date(2020, 1, 1)}, "before_class"),
        ({"earned_on": date(2031, 1, 1)}, "day_out_of_range"),
        ({"hours": Decimal(-1)}, "hours_out_of_range"),
        ({"hours": Decimal("1.005")}, "hours_out_of_range"),
        ({"source": "reversal"}, "not_by_hand"),
        ({"source": "old_data"}, "other_source"),
    ],
)
def test_no_credit_from_nothing(province: Province, change: dict[str, Any], code: str) -> None:
    _class, (entry,) = _completed(province, HUNG)
    actor = province.enter("sonoivu", P.TRAINING_MANAGE)
    with pytest.raises(Refused) as error, transaction():
        post(actor, [replace(entry, **change)])
    assert code in {one.code for one in error.value.problems}
    assert _sum(province, HUNG) == 0


def test_somebody_elses_completion_gives_nothing(province: Province) -> None:
    _class, (entry,) = _completed(province, HUNG)
    actor = province.enter("sonoivu", P.TRAINING_MANAGE)
    with pytest.raises(Refused) as error, transaction():
        post(actor, [replace(entry, person_id=province.people[CAM])])
    assert _code(error) == "not_enrolled"


@pytest.mark.parametrize("state", ["nominated", "waiting", "accepted", "declined", "withdrawn"])
def test_only_a_completed_enrolment_gives_hours(province: Province, state: str) -> None:
    _class, (entry,) = _completed(province, HUNG)
    with scope.everything(), transaction():
        db.session.execute(text("UPDATE enrolments SET state = :state, closed_on = NULL"), {"state": state})
    actor = province.enter("giangvien", P.TRAINING_TEACH)
    with pytest.raises(Refused) as error, transaction():
        post(actor, [entry])
    assert _code(error) == "not_completed"


def test_a_second_posting_of_the_same_completion_is_refused_in_words(province: Province) -> None:
    _class, entries = _completed(province, HUNG, CAM)
    actor = province.enter("giangvien", P.TRAINING_TEACH)
    with transaction():
        post(actor, entries)
    with pytest.raises(Refused) as error, transaction():
        post(actor, entries[:1])
    assert _code(error) == "posted_already"
    with pytest.raises(Refused), transaction():
        post(actor, [entries[1], entries[1]])
    assert _sum(province, HUNG) == 40


def test_reversed_and_posted_again(province: Province) -> None:
    _class, (entry,) = _completed(province, HUNG)
    actor = province.enter("giangvien", P.TRAINING_TEACH)
    for attempt in (1, 2, 3):
        with transaction():
            ids = post(actor, [entry])
        assert db.session.get_one(CreditEntry, ids[0]).attempt == attempt
        with transaction():
            (undone,) = reverse(actor, ids, "Chấm nhầm người")
        made = db.session.get_one(CreditEntry, undone)
        assert (made.hours, made.reverses_id, made.earned_on) == (Decimal(-40), ids[0], entry.earned_on)
        assert _sum(province, HUNG) == 0
        with pytest.raises(Refused) as error, transaction():
            reverse(actor, ids, "Lần nữa")
        assert _code(error) == "reversed_already"
        with pytest.raises(Refused) as error, transaction():
            reverse(actor, [undone], "Hủy của hủy")
        assert _code(error) == "is_reversal"


def test_a_reversal_says_why(province: Province) -> None:
    made = add_hours(province, HUNG, 8, date(2026, 2, 3))
    actor = province.enter("tochuc", P.TRAINING_MANAGE)
    with pytest.raises(Refused) as error, transaction():
        reverse(actor, [made], "  ")
    assert _code(error) == "required"
    with pytest.raises(NotFound), transaction():
        reverse(actor, [add_hours(province, DAT, 8, date(2026, 2, 3))], "Của nơi khác")


def test_old_results_are_written_once(province: Province) -> None:
    actor = province.enter("tochuc", P.TRAINING_MANAGE)
    with transaction():
        ids = post(actor, [_old(province)])
    with pytest.raises(Refused) as error, transaction():
        post(actor, [_old(province)])
    assert _code(error) == "known_already"
    with pytest.raises(Refused) as error, transaction():
        post(actor, [_old(province, title="Khác"), _old(province, title="Khác")])
    assert [one.field for one in error.value.problems] == ["entries.1.title"]
    with transaction():
        reverse(actor, ids, "Nhập nhầm")
        post(actor, [_old(province)])
    assert _sum(province, HUNG) == 16


def test_an_imported_entry_names_its_batch_and_what_it_was(province: Province) -> None:
    actor = province.enter("tochuc", P.IMPORTS_RUN)
    with pytest.raises(Refused) as error, transaction():
        post(actor, [_old(province, source="import"), _old(province, title=None)])
    assert [(one.field, one.code) for one in error.value.problems] == [
        ("entries.0.batch_id", "required"), ("entries.1.title", "required"),
    ]  # fmt: skip


def test_a_big_class_costs_no_more_statements_than_a_small_one(province: Province) -> None:
    names = list(province.people)
    counts = []
    for some in (names[:2], names):
        _class, entries = _completed(province, *some)
        actor = province.enter("sonoivu", P.TRAINING_MANAGE)
        with statements() as seen, transaction():
            post(actor, entries)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_database_itself_lets_nobody_edit_or_delete(province: Province) -> None:
    add_hours(province, HUNG, 8, date(2026, 2, 3))
    for statement in ("UPDATE credit_entries SET hours = 1", "DELETE FROM credit_entries"):
        with pytest.raises(Forbidden), scope.everything(), transaction():
            db.session.execute(text(statement))


def test_whoever_registers_hears_whose_entries_changed(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[list[int]] = []
    monkeypatch.setattr(ledger, "after_posting", [lambda ids: heard.append(sorted(ids))])
    actor = province.enter("sonoivu", P.TRAINING_MANAGE)
    with transaction():
        ids = post(actor, [_old(province), _old(province, CAM), _old(province, CAM, title="Khác")])
        reverse(actor, ids[:1], "Nhầm")
    both = sorted({province.people[HUNG], province.people[CAM]})
    assert heard == [both, [province.people[HUNG]]]


def test_a_course_is_filled_in_from_the_class(province: Province) -> None:
    course = add_course()
    _class, (entry,) = _completed(province, HUNG, course=course)
    actor = province.enter("giangvien", P.TRAINING_TEACH)
    with transaction():
        (made,) = post(actor, [replace(entry, course_id=None)])
    assert db.session.get_one(CreditEntry, made).course_id == course


def test_an_organiser_posts_for_guests_of_its_class(province: Province) -> None:
    _class, entries = _completed(province, DAT, place="B")
    actor = province.enter("tochuc", P.TRAINING_MANAGE)
    with transaction():
        post(actor, entries)
    assert _sum(province, DAT) == 40
    with scope.everything():
        assert add_row(CreditEntry, person_id=province.people[DAT], kind="other", form="class", hours=1,
                       earned_on=date(2026, 1, 1), source="old_data", title="x")  # fmt: skip
