"""The desk's writes: attendance twice is once, completion posts once, reopening takes it back, nobody else may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from hrms.audit.models import AuditEvent
from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Busy, Forbidden, HrmsError, NotFound, Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.training.models import Attendance, CreditEntry, Enrolment, TrainingClass
from hrms.training.queries import desk
from hrms.training.rules.states import Presence
from hrms.training.services import attending, completing, marking
from hrms.training.services.completing import Outcome
from tests.counting import statements
from tests.province import PEOPLE, TODAY, Province
from tests.training.making import add_class, add_row, add_trainer, enrol

TEACH = Permission.TRAINING_TEACH
NAMES = [one[0] for one in PEOPLE]
PRESENT, ABSENT, EXCUSED = Presence.PRESENT, Presence.ABSENT, Presence.EXCUSED


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def ended(province: Province) -> tuple[int, list[int]]:
    """A class of two sessions that ends today, with everybody of the province in it."""
    made = add_class(province, starts_on=clock.today() - timedelta(days=1), days=2, hours="16")
    return made, enrol(province, made, *NAMES)


def _trainer(province: Province) -> Actor:
    return province.enter("giangvien", TEACH)


def _take(province: Province, class_id: int, number: int, marks: Mapping[int, Presence], **more: Any) -> Any:
    with transaction():
        return attending.take(_trainer(province), class_id, number, marks, **more)


def _everybody_came(province: Province, class_id: int, *numbers: int) -> None:
    for number in numbers or (1, 2):
        _take(province, class_id, number, {}, rest=PRESENT)


def _outcomes(province: Province, class_id: int) -> dict[int, Outcome]:
    seen = completing.outlook(_trainer(province), class_id)
    return {one.learner.enrolment_id: Outcome(one.proposal.completes) for one in seen.open}


def _complete(province: Province, class_id: int, outcomes: Mapping[int, Outcome], **more: Any) -> Any:
    with transaction():
        return completing.complete(_trainer(province), class_id, outcomes, **more)


def _events(action: str) -> list[AuditEvent]:
    with scope.everything():
        return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


def _entries(class_id: int) -> list[CreditEntry]:
    with scope.everything():
        query = select(CreditEntry).where(CreditEntry.class_id == class_id).order_by(CreditEntry.id)
        return list(db.session.scalars(query))


def test_the_roster_is_read_by_name_and_holds_three_fields_of_anybody(
    province: Province, ended: tuple[int, list[int]]
) -> None:
    actor = _trainer(province)
    with statements() as asked:
        found = desk.taught(actor, clock.today())
    assert len(asked) <= 5
    assert [one.training_class.id for one in found] == [ended[0]]
    learners = desk.roster(ended[0])
    assert len(learners) == len(NAMES)
    assert {one.full_name for one in learners} == set(NAMES)
    assert learners[0].full_name == "Đặng Thị Ngọc Ánh"
    assert {one.agency for one in learners} <= {
        "Sở Nội vụ", "Phòng Công chức, viên chức", "Sở Xây dựng", "Phòng Quy hoạch", "UBND phường Ninh Kiều",
        "Trường Tiểu học Ngô Quyền",
    }  # fmt: skip
    assert db.session.execute(text("select count(*) from people")).scalar_one() == 0


def test_all_present_then_whoever_is_absent_in_one_statement(province: Province, ended: tuple[int, list[int]]) -> None:
    class_id, ids = ended
    taken = _take(province, class_id, 1, {}, rest=PRESENT)
    assert (taken.written, taken.present, taken.of) == (12, 12, 12)
    actor = _trainer(province)
    with transaction(), statements() as asked:
        taken = attending.take(actor, class_id, 1, {**dict.fromkeys(ids, PRESENT), ids[0]: ABSENT, ids[1]: EXCUSED})
    assert (taken.written, taken.present) == (2, 10)
    assert len([one for one in asked if "INSERT INTO attendances" in one]) == 1
    assert len(asked) <= 12
    with scope.everything():
        kept = dict(db.session.execute(select(Attendance.enrolment_id, Attendance.presence)).all())
        assert kept == {**dict.fromkeys(ids, "present"), ids[0]: "absent", ids[1]: "excused"}
        assert db.session.get_one(TrainingClass, class_id).state == "running"


def test_the_same_sent_twice_writes_nothing_and_a_change_is_told(
    province: Province, ended: tuple[int, list[int]]
) -> None:
    class_id, ids = ended
    marks = dict.fromkeys(ids, PRESENT)
    assert _take(province, class_id, 1, marks).written == 12
    assert _take(province, class_id, 1, marks).written == 0
    assert _take(province, class_id, 1, {ids[0]: ABSENT}).written == 1
    first, second = _events("training_class.attendance_taken")
    assert first.before is None
    assert first.after is not None
    assert (first.after["session"], first.after["count_present"]) == (1, 12)
    assert second.before is not None
    assert second.after is not None
    assert list(second.before["presences"].values()) == ["present"]
    assert list(second.after["presences"].values()) == ["absent"]
    assert second.scope_ids == province.paths["A"]
    assert second.person_id is None


def test_a_session_to_come_a_strange_enrolment_and_a_closed_class_are_refused(province: Province) -> None:
    ahead = add_class(province, starts_on=clock.today() + timedelta(days=1), days=2)
    (one,) = enrol(province, ahead, NAMES[0])
    other = add_class(province, starts_on=clock.today(), days=1, hours="8", trainers=())
    (strange,) = enrol(province, other, NAMES[1])
    with pytest.raises(Refused) as refused:
        _take(province, ahead, 1, {one: PRESENT})
    assert refused.value.problems[0].code == "session_ahead"
    mine = add_class(province, starts_on=clock.today(), days=1, hours="8")
    assert _take(province, mine, 1, {strange: PRESENT}).written == 0
    closed = add_class(province, starts_on=clock.today(), days=1, hours="8", state="cancelled")
    with pytest.raises(Refused) as refused:
        _take(province, closed, 1, {}, rest=PRESENT)
    assert refused.value.problems[0].code == "class_cancelled"
    for wrong in (other, 999_999):
        with pytest.raises(NotFound):
            _take(province, wrong, 1, {}, rest=PRESENT)
    with pytest.raises(NotFound):
        _take(province, mine, 9, {}, rest=PRESENT)


@pytest.mark.parametrize("username", ["sonoivu", "tochuc", "thutruong", "thanhtra", "canbo", "vanthu", "admin"])
def test_who_does_not_teach_writes_nothing(province: Province, ended: tuple[int, list[int]], username: str) -> None:
    class_id, ids = ended
    actor = province.enter(username, Permission.PEOPLE_VIEW)
    for act in (
        lambda: attending.take(actor, class_id, 1, {ids[0]: PRESENT}),
        lambda: marking.set_marks(actor, class_id, {ids[0]: Decimal(9)}),
        lambda: completing.complete(actor, class_id, {ids[0]: Outcome(True)}),
        lambda: completing.reopen(actor, class_id, "Ghi nhầm"),
    ):
        with pytest.raises((Forbidden, NotFound)):
            act()


def test_marks_are_written_once_and_told(province: Province, ended: tuple[int, list[int]]) -> None:
    class_id, ids = ended
    sent = {ids[0]: Decimal("8.5"), ids[1]: Decimal(10), ids[2]: None}
    for expected in (2, 0):
        with transaction():
            assert marking.set_marks(_trainer(province), class_id, sent) == expected
    with transaction():
        assert marking.set_marks(_trainer(province), class_id, {ids[0]: None}) == 1
    first, second = _events("training_class.marks_set")
    assert first.after is not None
    assert first.after["marks"] == {"CT-000001": "8.5", "CT-000002": "10"}
    assert second.before is not None
    assert second.before["marks"] == {"CT-000001": "8.50"}


def test_completion_posts_the_hours_of_the_class_once(province: Province, ended: tuple[int, list[int]]) -> None:
    class_id, ids = ended
    _everybody_came(province, class_id)
    _take(province, class_id, 2, {ids[0]: ABSENT})
    outcomes = _outcomes(province, class_id)
    assert [one for one, outcome in outcomes.items() if not outcome.completes] == [ids[0]]
    done = _complete(province, class_id, outcomes)
    assert (done.completed, done.failed, done.hours, done.left) == (11, 1, Decimal(16), 0)
    again = _complete(province, class_id, outcomes)
    assert (again.completed, again.failed) == (0, 0)
    entries = _entries(class_id)
    assert len(entries) == 11
    assert {(one.hours, one.kind, one.form, one.earned_on, one.source) for one in entries} == {
        (Decimal(16), "position", "class", clock.today(), "class")
    }
    with scope.everything():
        found = db.session.get_one(TrainingClass, class_id)
        assert (found.state, found.closed_on) == ("completed", clock.today())
        failed = db.session.get_one(Enrolment, ids[0])
        assert (failed.state, failed.reason) == ("failed", "Dự 8/16 tiết, chưa đến mức 80%")
    (event,) = _events("training_class.completed")
    assert event.after is not None
    assert (event.after["completed"], event.after["failed"], event.after["hours"]) == (11, 1, "16.00")


def test_an_exception_needs_a_reason_and_keeps_it(province: Province, ended: tuple[int, list[int]]) -> None:
    class_id, ids = ended
    _everybody_came(province, class_id, 1)
    _take(province, class_id, 2, {ids[1]: PRESENT})
    outcomes = _outcomes(province, class_id)
    assert [one for one, outcome in outcomes.items() if outcome.completes] == [ids[1]]
    for reason in ("", "  ", "ok"):
        with pytest.raises(Refused) as refused:
            _complete(province, class_id, outcomes | {ids[0]: Outcome(True, reason)})
        assert [one.field for one in refused.value.problems] == [f"reason-{ids[0]}"]
    with pytest.raises(Refused):
        _complete(province, class_id, outcomes | {ids[1]: Outcome(False)})
    assert _entries(class_id) == []
    done = _complete(province, class_id, outcomes | {ids[0]: Outcome(True, "Học bù buổi 2")})
    assert done.completed == 2
    with scope.everything():
        assert db.session.get_one(Enrolment, ids[0]).reason == "Học bù buổi 2"


@pytest.mark.parametrize("why", ["class_runs", "not_marked", "no_learners"])
def test_what_must_come_first(province: Province, why: str) -> None:
    class_id = add_class(province, starts_on=clock.today(), days=2 if why == "class_runs" else 1, hours="16")
    ids = enrol(province, class_id, *NAMES[:2]) if why != "no_learners" else []
    if why == "class_runs":
        _take(province, class_id, 1, {}, rest=PRESENT)
    with pytest.raises(Refused) as refused:
        _complete(province, class_id, dict.fromkeys(ids, Outcome(True, "Đã học đủ")))
    assert [one.code for one in refused.value.problems] == [why]
    assert _entries(class_id) == []


def test_a_class_without_sessions_proposes_nobody(province: Province) -> None:
    class_id = add_class(province, starts_on=clock.today(), days=1, sessions=0)
    (one,) = enrol(province, class_id, NAMES[0])
    assert _outcomes(province, class_id) == {one: Outcome(False)}
    with pytest.raises(Refused):
        _complete(province, class_id, {one: Outcome(True)})
    assert _complete(province, class_id, {one: Outcome(True, "Học trực tuyến có bài thu hoạch")}).completed == 1


def test_what_was_shown_and_is_no_more_so_is_stale(province: Province, ended: tuple[int, list[int]]) -> None:
    class_id, ids = ended
    _everybody_came(province, class_id)
    shown = completing.outlook(_trainer(province), class_id).fingerprint
    outcomes = _outcomes(province, class_id)
    _take(province, class_id, 2, {ids[3]: ABSENT})
    with pytest.raises(Stale):
        _complete(province, class_id, outcomes, fingerprint=shown)
    assert _entries(class_id) == []
    shown = completing.outlook(_trainer(province), class_id).fingerprint
    assert _complete(province, class_id, _outcomes(province, class_id), fingerprint=shown).completed == 11


def test_only_those_named_are_settled_and_the_class_stays_open(
    province: Province, ended: tuple[int, list[int]]
) -> None:
    class_id, ids = ended
    _everybody_came(province, class_id)
    done = _complete(province, class_id, {ids[0]: Outcome(True)})
    assert (done.completed, done.left) == (1, 11)
    with scope.everything():
        assert db.session.get_one(TrainingClass, class_id).state == "running"
    assert _complete(province, class_id, dict.fromkeys(ids, Outcome(True))).completed == 11
    assert len(_entries(class_id)) == 12


def _reopen(province: Province, class_id: int, reason: str = "Điểm danh nhầm buổi 2") -> int:
    with transaction():
        return completing.reopen(_trainer(province), class_id, reason)


def test_reopening_takes_everything_back_and_completing_again_posts_again(
    province: Province, ended: tuple[int, list[int]]
) -> None:
    class_id, ids = ended
    _everybody_came(province, class_id)
    _complete(province, class_id, _outcomes(province, class_id))
    with pytest.raises(Refused):
        _reopen(province, class_id, " ")
    assert _reopen(province, class_id) == 12
    with pytest.raises(Refused) as refused:
        _reopen(province, class_id)
    assert refused.value.problems[0].code == "not_completed"
    assert sum(one.hours for one in _entries(class_id)) == 0
    with scope.everything():
        assert set(db.session.scalars(select(Enrolment.state).where(Enrolment.class_id == class_id))) == {"accepted"}
        assert db.session.get_one(TrainingClass, class_id).state == "running"
    _take(province, class_id, 2, {ids[0]: ABSENT})
    _complete(province, class_id, _outcomes(province, class_id))
    assert sum(one.hours for one in _entries(class_id)) == 11 * 16
    assert len(_entries(class_id)) == 12 + 12 + 11
    assert len(_events("training_class.reopened")) == 1


def test_the_next_day_only_the_organiser_reopens(province: Province, ended: tuple[int, list[int]]) -> None:
    class_id, _ids = ended
    _everybody_came(province, class_id)
    _complete(province, class_id, _outcomes(province, class_id))
    manage = Permission.TRAINING_MANAGE
    with clock.frozen(TODAY + timedelta(days=1)):
        with pytest.raises(Refused) as refused:
            _reopen(province, class_id)
        assert refused.value.problems[0].code == "reopen_late"
        with pytest.raises(NotFound), transaction():
            completing.reopen_run_here(province.enter("tochuc", manage), class_id, "Sai kết quả")
        with transaction():
            assert completing.reopen_run_here(province.enter("sonoivu", manage), class_id, "Sai kết quả") == 12


def test_with_a_certificate_issued_the_class_stays_closed(province: Province, ended: tuple[int, list[int]]) -> None:
    from hrms.training.models import Certificate

    class_id, ids = ended
    _everybody_came(province, class_id)
    _complete(province, class_id, _outcomes(province, class_id))
    with scope.everything():
        course = db.session.get_one(TrainingClass, class_id).course_id
        certificate = add_row(
            Certificate, number="GCN-1", check_code="ABCDEFGH", person_id=province.people[NAMES[0]], class_id=class_id,
            enrolment_id=ids[0], course_id=course, kind="attestation", issued_on=clock.today(), holder={},
            programme="Thử", issuer={},
        )  # fmt: skip
        db.session.commit()
    with pytest.raises(Refused) as refused:
        _reopen(province, class_id)
    assert refused.value.problems[0].code == "certificates_issued"
    with scope.everything():
        db.session.execute(
            text("update certificates set revoked_on = :day, revoke_reason = 'Sai' where id = :id"),
            {"day": clock.today(), "id": certificate},
        )
        db.session.commit()
    assert _reopen(province, class_id) == 12


def test_another_trainer_of_the_same_school_has_no_part_in_it(province: Province, ended: tuple[int, list[int]]) -> None:
    add_trainer(province, "giangvienkhac", "A")
    client = province.client("giangvienkhac")
    assert client.get("/training/desk").status_code == 200
    for address in ("", "/sessions/1", "/marks", "/complete", "/roster.xlsx", "/roster", "/sessions/1/scanned"):
        assert client.get(f"/training/desk/{ended[0]}{address}").status_code == 404, address


@pytest.mark.committed
def test_completed_by_many_at_once_it_is_posted_once(app: Flask, province: Province) -> None:
    class_id = add_class(province, starts_on=clock.today() - timedelta(days=1), days=2, hours="16")
    enrol(province, class_id, *NAMES)
    _everybody_came(province, class_id)
    outcomes = _outcomes(province, class_id)
    db.session.remove()
    barrier, problems = Barrier(6), []

    def run() -> None:
        with app.app_context(), clock.frozen(TODAY):
            barrier.wait()
            try:
                with transaction():
                    completing.complete(province.enter("giangvien", TEACH), class_id, outcomes)
            except Busy:
                pass
            except HrmsError as error:
                problems.append(error)
            finally:
                db.session.remove()

    threads = [Thread(target=run) for _one in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert problems == []
    assert len(_entries(class_id)) == 12
    assert len(_events("training_class.completed")) == 1


def test_a_trainer_who_learns_in_the_class_writes_nothing_in_it(
    province: Province, ended: tuple[int, list[int]]
) -> None:
    """Whoever has a seat would mark themself present and give themself hours."""
    class_id, learners = ended
    themself = replace(_trainer(province), person_id=province.people[NAMES[0]])
    for write in (
        lambda: attending.take(themself, class_id, 1, {learners[0]: PRESENT}),
        lambda: marking.set_marks(themself, class_id, {learners[0]: Decimal(9)}),
        lambda: completing.complete(themself, class_id, {learners[0]: Outcome(completes=True)}),
    ):
        with pytest.raises(Forbidden) as refused, transaction():
            write()
        assert refused.value.problems[0].code == "own_learner"
    with scope.everything():
        assert db.session.scalar(select(Attendance.session_id)) is None
        assert _entries(class_id) == []
