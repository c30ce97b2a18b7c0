"""The effect of a class: asked of the manager some months after, judged once, summed without small figures."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update

from hrms.core import clock, hooks, scope
from hrms.core.actor import Actor, Grant
from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused, Stale
from hrms.core.permissions import Permission, Role
from hrms.deadlines.models import DueLine
from hrms.positions.models import CompetencyAssessment
from hrms.training.models import Enrolment, ImpactCheck, TrainingClass
from hrms.training.queries import impact as queries
from hrms.training.services import impact as services
from tests.province import Province
from tests.training.making import add_class, add_course, enrol

P = Permission
RAISES = [{"code": "G1", "level": 3}, {"code": "G2", "level": None}]


def over(province: Province, *names: str, months_ago: int = 7, place: str = "A") -> tuple[int, list[int]]:
    """A class that raises two competencies and that people completed so many months ago."""
    closed = add_months(clock.today(), -months_ago)
    made = add_class(
        province, place, starts_on=closed - timedelta(days=4), course=add_course(competencies=RAISES),
        state="completed", closed_on=closed,
    )  # fmt: skip
    return made, enrol(province, made, *names, state="completed", closed_on=closed)


def judged(province: Province, name: str, level: int, day: date, code: str = "G1") -> None:
    with scope.everything():
        db.session.execute(
            insert(CompetencyAssessment).values(
                person_id=province.people[name], competency_code=code, level=level, assessed_on=day, assessed_by="Thử"
            )
        )
        db.session.commit()


def checks() -> list[ImpactCheck]:
    with scope.everything():
        query = select(ImpactCheck).order_by(ImpactCheck.person_id, ImpactCheck.competency_code)
        return list(db.session.scalars(query.execution_options(populate_existing=True)))


def test_each_competency_is_asked_about_once_with_the_level_before(province: Province) -> None:
    made, _enrolments = over(province, "Lý Thị Cẩm", "Thạch Sa Rây")
    judged(province, "Lý Thị Cẩm", 2, date(2025, 1, 1))
    judged(province, "Lý Thị Cẩm", 1, date(2024, 1, 1))
    judged(province, "Lý Thị Cẩm", 5, clock.today())  # after the class: not the level before
    services.raise_all()
    services.raise_all()
    found = checks()
    assert len(found) == 4
    own = [one for one in found if one.person_id == province.people["Lý Thị Cẩm"]]
    assert [(one.competency_code, one.level_before) for one in own] == [("G1", 2), ("G2", None)]
    assert {one.due_on for one in found} == {add_months(add_months(clock.today(), -7), 6)}
    with scope.everything():
        lines = db.session.scalars(select(DueLine).where(DueLine.code == "impact_check")).all()
    assert {line.person_id for line in lines} == {one.person_id for one in found}
    assert len(lines) == 2, "one line a class, however many competencies it raises"
    assert made


def test_what_is_long_gone_or_not_completed_is_not_asked(province: Province) -> None:
    over(province, "Lý Thị Cẩm", months_ago=18)
    made, enrolments = over(province, "Thạch Sa Rây")
    with scope.everything():
        db.session.execute(update(Enrolment).where(Enrolment.id == enrolments[0]).values(state="failed", reason="Vắng"))
        db.session.commit()
    services.raise_all()
    assert checks() == []
    assert made


@pytest.mark.parametrize("more", [{"form": "online"}, {"hours": "15.5"}])
def test_of_short_classes_and_those_not_in_a_room_nobody_is_asked(province: Province, more: dict[str, str]) -> None:
    made, _enrolments = over(province, "Lý Thị Cẩm")
    with scope.everything():
        db.session.execute(update(TrainingClass).where(TrainingClass.id == made).values(**more))
        db.session.commit()
    services.raise_all()
    assert checks() == []


def test_the_calendar_says_what_facts_say(province: Province) -> None:
    over(province, "Lý Thị Cẩm")
    services.raise_all()
    with scope.everything():
        [check] = [one for one in hooks.checks if one.name == "deadlines.lines"]
        assert [one for one in check.run() if "impact" in one] == []


def test_the_manager_judges_and_the_competency_follows(province: Province) -> None:
    over(province, "Lý Thị Cẩm")
    judged(province, "Lý Thị Cẩm", 2, date(2025, 1, 1))
    services.raise_all()
    one = checks()[0]
    client = province.client("thutruong")
    page = client.get("/training/impact").text
    assert "Lý Thị Cẩm" in page
    assert f"/training/impact/{one.id}" in page
    data = {"version": str(one.version), "level_after": "3", "applied": "often", "note": "Soạn văn bản đúng"}
    assert client.submit(f"/training/impact/{one.id}", data | {"level_after": "9"}).status_code == 422
    assert client.submit(f"/training/impact/{one.id}", data).status_code == 303
    [answered] = [each for each in checks() if each.answered_on]
    assert (answered.level_before, answered.level_after, answered.applied) == (2, 3, "often")
    with scope.everything():
        last = db.session.scalars(
            select(CompetencyAssessment)
            .where(CompetencyAssessment.person_id == one.person_id, CompetencyAssessment.competency_code == "G1")
            .order_by(CompetencyAssessment.assessed_on.desc())
        ).first()
        assert last is not None
        assert (last.level, last.assessed_on, last.assessed_by) == (3, clock.today(), "Tài khoản thutruong")
        [line] = db.session.scalars(select(DueLine).where(DueLine.code == "impact_check")).all()
        assert line.params["competencies"] == "Tổ chức thực hiện công việc", "what is still to be judged"
    assert client.submit(f"/training/impact/{one.id}", data).status_code == 422
    assert "Đã đánh giá" in client.get(f"/training/impact/{one.id}").text
    history = province.client("tochuc").get("/training/impact?state=answered").text
    assert "2 → 3" in history
    assert "Tăng cấp" in history


def test_nobody_judges_themself_or_beyond_their_reach(province: Province) -> None:
    over(province, "Nguyễn Văn Hùng", "Nguyễn Hòa Bình")
    services.raise_all()
    own = next(one for one in checks() if one.person_id == province.people["Nguyễn Văn Hùng"])
    other = next(one for one in checks() if one.person_id == province.people["Nguyễn Hòa Bình"])
    both = Actor(
        province.accounts["canbo"], "canbo",
        (Grant(Role.HEAD, province.agencies["B"]), Grant(Role.OFFICIAL, province.agencies["B"])), own.person_id,
        request_id="test",
    )  # fmt: skip
    scope.enter_for(both, P.TRAINING_NOMINATE)
    with pytest.raises(Forbidden):
        services.answer(both, own.id, 3, "often", "")
    with pytest.raises(NotFound):
        services.answer(both, other.id, 3, "often", "")
    actor = province.enter("thanhtra", P.TRAINING_VIEW)
    with pytest.raises(Forbidden):
        services.answer(actor, own.id, 3, "often", "")


def test_stale_and_undone_are_refused(province: Province) -> None:
    _made, enrolments = over(province, "Lý Thị Cẩm")
    services.raise_all()
    one = checks()[0]
    actor = province.enter("thutruong", P.TRAINING_NOMINATE)
    with pytest.raises(Stale):
        services.answer(actor, one.id, 3, "often", "", version=one.version + 1)
    with scope.everything():
        db.session.execute(
            update(Enrolment).where(Enrolment.id == enrolments[0]).values(state="accepted", closed_on=None)
        )
        db.session.commit()
    actor = province.enter("thutruong", P.TRAINING_NOMINATE)
    with pytest.raises(Refused) as refused:
        services.answer(actor, one.id, 3, "often", "")
    assert [problem.code for problem in refused.value.problems] == ["not_completed"]
    assert "Lý Thị Cẩm" not in province.client("thutruong").get("/training/impact").text


def test_effects_hide_small_figures(province: Province) -> None:
    names = ("Lý Thị Cẩm", "Nguyễn Văn Hùng", "Nguyen Van Hung", "Võ Minh Đức", "Thạch Sa Rây", "Phạm Quốc Đạt")
    over(province, *names)
    services.raise_all()
    with scope.everything():
        for place, one in enumerate(one for one in checks() if one.competency_code == "G1"):
            db.session.execute(
                update(ImpactCheck)
                .where(ImpactCheck.id == one.id)
                .values(level_before=2, level_after=3 if place else 1, applied="often", answered_on=clock.today())
            )
        db.session.commit()
        [found] = queries.effects()
    assert (found.asked, found.rose, found.stayed, found.fell, found.unknown) == (None, None, 0, None, 0)
    page = province.client("sonoivu").get("/training/impact/courses").text
    assert page.count("ẩn</span>") == 3
    actor = province.enter("tochuc", P.TRAINING_VIEW)
    assert actor
    [inside] = queries.effects()  # of the agency's own people alone
    assert inside.rose is None


def test_a_completion_asks_at_once_though_the_trainer_sees_no_record(province: Province) -> None:
    made, _enrolments = over(province, "Lý Thị Cẩm", months_ago=0)
    province.enter("giangvien", P.TRAINING_TEACH)
    assert services.raise_for(made) == 2
    assert services.raise_for(made) == 0
    assert {one.due_on for one in checks()} == {add_months(clock.today(), 6)}
    province.enter("giangvien", P.TRAINING_TEACH)
    assert db.session.scalars(select(ImpactCheck)).all() == []
