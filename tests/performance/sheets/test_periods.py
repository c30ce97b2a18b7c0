"""Periods: opened for an agency or for all, closed when all is out; sheets follow the record and the settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update

from hrms.core import clock, hooks, scope
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused
from hrms.core.models import Setting, Task
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.people.models import PersonAgency, PersonStatus
from hrms.people.services.current import refresh as refresh_people
from hrms.performance.models import ScoreSheet, ScoringPeriod, SheetEvent
from hrms.performance.queries import sheet_checks, sheet_due
from hrms.performance.services import periods, reckoning
from tests.performance.making import (
    GENERAL_27_5,
    PUBLIC,
    add_done,
    add_period,
    add_regulation,
    add_sheet,
    points,
    refresh,
)
from tests.province import Province

WHO = "Nguyễn Văn Hùng"
P = Permission
OLD = {"basis": "old_data"}


def officer(province: Province, name: str = "tochuc") -> Any:
    actor = province.actor(name)
    scope.enter_for(actor, P.PERFORMANCE_MANAGE)
    return actor


@pytest.mark.usefixtures("context")
def test_a_month_opens_with_its_days(province: Province) -> None:
    actor = officer(province)
    found = db.session.get_one(ScoringPeriod, periods.open_period(actor, province.agencies["B"], 2026, "month", 10))
    assert (found.starts_on, found.ends_on) == (date(2026, 10, 1), date(2026, 11, 1))
    # five and ten days after the last one
    assert (found.self_due_on, found.score_due_on) == (date(2026, 11, 5), date(2026, 11, 10))
    with scope.everything():
        assert db.session.query(ScoreSheet).filter_by(period_id=found.id).count() == 4


@pytest.mark.usefixtures("context")
def test_a_regulation_sets_the_kind_of_period_and_its_days(province: Province) -> None:
    add_regulation(province, "B", code="335/2025", period_kind="quarter", self_days=7, score_days=15)
    actor = officer(province)
    with pytest.raises(Refused) as caught:
        periods.open_period(actor, province.agencies["B"], 2026, "month", 10)
    assert caught.value.problems[0].code == "other_kind"
    found = db.session.get_one(ScoringPeriod, periods.open_period(actor, province.agencies["B"], 2026, "quarter", 3))
    assert (found.starts_on, found.ends_on) == (date(2026, 7, 1), date(2026, 10, 1))
    assert (found.self_due_on, found.score_due_on) == (date(2026, 10, 7), date(2026, 10, 15))


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("place", "when", "code"),
    [
        ("B1", (2026, "month", 10), "division"), ("B", (2026, "month", 13), "number"),
        ("B", (2026, "week", 1), "unknown"),
        ("B", (2025, "month", 10), "no_criteria"), ("B", (2027, "month", 2), "ahead"),
        ("B", (9999, "month", 1), "year"),
        ("B", (2026, "quarter", 4), "overlap"),
    ],
)  # fmt: skip
def test_what_cannot_be_opened_is_refused_with_the_reason(
    province: Province, place: str, when: tuple[int, str, int], code: str
) -> None:
    add_period(province, number=11)
    with pytest.raises(Refused) as caught:
        periods.open_period(officer(province), province.agencies[place], *when)
    assert caught.value.problems[0].code == code


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("name", ["thutruong", "canbo", "thanhtra", "vanthu", "admin"])
def test_only_hr_opens_and_closes(province: Province, name: str) -> None:
    period = add_period(province)
    actor = officer(province, name)
    for step in (
        lambda: periods.open_period(actor, province.agencies["B"], 2026, "month", 9),
        lambda: periods.open_for_all(actor, province.agencies["B"], 2026, "month", 9),
        lambda: periods.close(actor, period),
    ):
        with pytest.raises(Forbidden):
            step()


@pytest.mark.usefixtures("context")
def test_a_period_closes_when_everything_is_published(province: Province) -> None:
    period = add_period(province)
    add_sheet(province, WHO, period, state="scored")
    actor = officer(province)
    with pytest.raises(Refused) as caught:
        periods.close(actor, period)
    assert caught.value.problems[0].params == {"count": 1}
    scope.enter_for(actor, P.PERFORMANCE_MANAGE)
    with scope.everything():
        db.session.execute(
            update(ScoreSheet)
            .where(ScoreSheet.period_id == period)
            .values(state="published", published_on=clock.today())
        )
    periods.close(actor, period)
    assert db.session.get_one(ScoringPeriod, period).state == "closed"
    with pytest.raises(Refused):
        periods.open_period(actor, province.agencies["B"], 2026, "month", 10)


@pytest.mark.committed
@pytest.mark.usefixtures("context")
def test_periods_of_all_open_as_a_job_that_goes_on_after_a_kill(
    province: Province, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_regulation(province, "C1", code=PUBLIC)
    actor = officer(province, "sonoivu")
    killed = {"after": 2}

    def report(done: int, total: int) -> None:
        if done >= killed["after"]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        periods.open_each(actor, province.agencies["root"], 2026, "month", 10, report)
    with scope.everything():
        begun = set(db.session.scalars(select(ScoreSheet.id)))
        db.session.rollback()
    assert 0 < len(begun) < 9
    with transaction():
        task_id = periods.open_for_all(actor, province.agencies["root"], 2026, "month", 10)
    run_jobs()
    db.session.rollback()
    task = db.session.scalars(select(Task).where(Task.id == task_id)).one()
    assert (task.state, task.done, task.total) == ("done", 5, 5)
    assert task.result == {"agencies": 4, "refused": []}  # nobody is scored in the committee's own office
    with scope.everything():
        made = set(db.session.scalars(select(ScoreSheet.id)))
        assert begun < made
        # four of each department, one civil servant of the ward, two teachers
        assert len(made) == 11
        assert db.session.query(ScoringPeriod).count() == 4


@pytest.mark.usefixtures("context")
def test_the_sheet_follows_whoever_moves_while_it_is_open(province: Province) -> None:
    here, there = add_period(province, number=11), add_period(province, "A", number=11)
    sheet = add_sheet(province, WHO, here)
    add_done(sheet, "10")
    person = province.people[WHO]
    with scope.everything():
        old = update(PersonAgency).where(PersonAgency.person_id == person)
        db.session.execute(old.values(superseded_at=clock.now()))
        for membership in ("using", "managing"):
            for place, since, until in (
                ("B1", date(2024, 3, 1), date(2026, 11, 16)), ("A1", date(2026, 11, 16), None),
            ):  # fmt: skip
                db.session.execute(
                    insert(PersonAgency).values(
                        person_id=person, membership=membership, slot=0, agency_id=province.agencies[place],
                        valid_from=since, valid_to=until, **OLD,
                    )
                )  # fmt: skip
        refresh_people([person])
    row = points(sheet)
    assert (row["period_id"], row["agency_id"], row["authority_id"]) == (
        there, province.agencies["A1"], province.agencies["A1"],
    )  # fmt: skip
    with scope.everything():
        assert [one.what for one in db.session.query(SheetEvent).filter_by(sheet_id=sheet)] == ["moved"]


@pytest.mark.usefixtures("context")
def test_who_comes_while_a_period_runs_gets_a_sheet(province: Province) -> None:
    add_period(province, number=11)
    person = province.people["Danh Thị Đào"]
    with scope.everything():
        db.session.execute(
            update(PersonAgency).where(PersonAgency.person_id == person).values(superseded_at=clock.now())
        )
        db.session.execute(
            update(PersonStatus).where(PersonStatus.person_id == person).values(superseded_at=clock.now())
        )
        common = {"person_id": person, "valid_from": date(2026, 11, 10), **OLD}
        db.session.execute(insert(PersonStatus).values(**common, status="serving", kind="civil_servant"))
        for membership in ("using", "managing"):
            db.session.execute(
                insert(PersonAgency).values(**common, membership=membership, slot=0, agency_id=province.agencies["B"])
            )
        refresh_people([person])
        refresh_people([person])
        found = db.session.query(ScoreSheet).filter_by(person_id=person).one()
    assert (found.state, found.agency_id, found.number) == ("open", province.agencies["B"], 11)


@pytest.mark.usefixtures("context")
def test_a_changed_setting_reckons_what_is_not_published(province: Province) -> None:
    waits = add_sheet(province, WHO, state="open", general=GENERAL_27_5)
    published = add_sheet(province, "Nguyen Van Hung", state="published", general=GENERAL_27_5)
    for sheet in (waits, published):
        with scope.everything():
            if sheet == waits:
                add_done(sheet, "10")
                add_done(sheet, "10", kind="ad_hoc")
    refresh(waits)
    assert points(waits)["score"] == Decimal("97.5")
    before = points(published)
    asked: list[str] = []
    with scope.everything():
        db.session.execute(insert(Setting).values(name=reckoning.SETTING, value="0", note="thử"))
        db.session.commit()
    assert list(reckoning_differences()) == [waits]
    for follow in hooks.setting_changed:
        follow(reckoning.SETTING)
    with scope.everything():
        asked += db.session.scalars(text("SELECT task_name FROM procrastinate_jobs"))
    assert "performance.refresh_sheets" in asked
    assert reckoning.refresh_waiting() == 1
    assert points(waits)["score"] == Decimal("167.5")
    assert points(published) == before


def reckoning_differences() -> list[int]:
    with scope.everything():
        assert len(sheet_checks.points()) == len(list(reckoning.differences()))
        return [sheet for sheet, _person in reckoning.differences()]


@pytest.mark.usefixtures("context")
def test_the_check_names_sheets_that_contradict_themselves(province: Province) -> None:
    period = add_period(province)
    sheet = add_sheet(province, WHO, period, state="published")
    with scope.everything():
        assert sheet_checks.points() == []
        assert sheet_checks.records() == []
        add_sheet(province, WHO, add_period(province, kind="quarter", number=4))
        assert len(sheet_checks.records()) == 1
    assert points(sheet)["state"] == "published"


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("state", "self_due", "codes"),
    [
        ("open", date(2026, 11, 30), ["self_score"]), ("open", date(2026, 11, 5), ["self_score", "score_sheet"]),
        ("returned", date(2026, 11, 30), ["self_score"]), ("self_scored", date(2026, 11, 30), ["score_sheet"]),
        ("scored", date(2026, 11, 5), []), ("published", date(2026, 11, 5), []),
    ],
)  # fmt: skip
def test_the_calendar_says_which_sheets_wait_for_whom(
    province: Province, state: str, self_due: date, codes: list[str]
) -> None:
    period = add_period(province, self_due_on=self_due, score_due_on=date(2026, 12, 1))
    add_sheet(province, WHO, period, state=state)
    add_sheet(province, "Nguyen Van Hung", add_period(province, number=12))  # not over yet
    with scope.everything():
        found = sheet_due.lines(None, clock.today(), date(2027, 12, 31))
        assert [one.due.code for one in found] == codes
        assert {one.person_id for one in found} <= {province.people[WHO]}
        assert sheet_due.lines([province.people["Võ Minh Đức"]], clock.today(), date(2027, 12, 31)) == []
