"""What is found out late about a step moves the day of its raise everywhere: current rows, record, filters, lists."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert, text

from hrms.core import clock, scope
from hrms.core.db import Base, db
from hrms.core.permissions import Permission, Role
from hrms.core.unit import transaction
from hrms.figures import services as figures
from hrms.pay.queries import raise_checks, raising
from hrms.pay.services import changes, clocks
from hrms.people.models import Rating
from hrms.people.services import current
from hrms.people.services.parts import add_part, edit_part, remove_part
from tests.pay.making import add_absence, add_post, set_rank
from tests.performance.making import add_holder
from tests.performance.rounds.making import DECEMBER, add_months, open_round, publish
from tests.province import Province

pytestmark = pytest.mark.usefixtures("context")
CAM, DUC, HUNG = "Lý Thị Cẩm", "Võ Minh Đức", "Nguyễn Văn Hùng"
DUE = date(2027, 3, 1)
REPRIMAND = {"side": "administration", "form": "reprimand", "from_on": "2025-05-10"}


def next_on(province: Province, name: str) -> date | None:
    """Return the day of the current row, which must be the clock's."""
    person = province.people[name]
    with scope.everything():
        kept = db.session.scalar(
            text("SELECT next_step_on FROM people_current WHERE person_id = :id"), {"id": person}
        )  # fmt: skip
        coming = raising.clock_of([person])[person].coming
        assert kept == (None if coming is None else coming.due_on)
        assert raise_checks.run() == []
    return kept


def officer(province: Province) -> Any:
    made = add_holder(province, "ho-so", Role.HR_AGENCY, "B")
    scope.enter_for(made, Permission.PEOPLE_EDIT)
    return made


def test_a_back_dated_discipline_moves_the_day_and_its_removal_moves_it_back(province: Province) -> None:
    actor, person = officer(province), province.people[CAM]
    assert next_on(province, CAM) == DUE
    scope.enter_for(actor, Permission.PEOPLE_EDIT)
    with transaction():
        made = add_part(actor, person, "discipline", REPRIMAND).row_id
    assert next_on(province, CAM) == date(2027, 6, 1)
    for path in (f"/people/{person}", f"/people/{person}/salary"):
        page = province.client("sonoivu").get(path).text
        assert "01/06/2027" in page
        assert "Kỷ luật khiển trách ngày 10/05/2025: kéo dài 3 tháng" in page
    listed = province.client("sonoivu").get("/people?q=Lý Thị Cẩm").text
    assert "01/06/2027" in listed
    scope.enter_for(actor, Permission.PEOPLE_EDIT)
    with transaction():
        edit_part(actor, person, "discipline", made, {"form": "warning"})
    assert next_on(province, CAM) == date(2027, 9, 1)
    with scope.everything():
        current.refresh([person])
        db.session.commit()
    assert next_on(province, CAM) == date(2027, 9, 1), "a further refresh keeps it"
    scope.enter_for(actor, Permission.PEOPLE_EDIT)
    with transaction():
        remove_part(actor, person, "discipline", made)
    assert next_on(province, CAM) == DUE


def test_an_unsatisfactory_year_and_its_correction_move_the_day(province: Province) -> None:
    actor, person = officer(province), province.people[CAM]
    with transaction():
        made = add_part(actor, person, "rating", {"year": "2025", "rating": "unsatisfactory"}).row_id
    assert next_on(province, CAM) == date(2027, 9, 1)
    scope.enter_for(actor, Permission.PEOPLE_EDIT)
    with transaction():
        edit_part(actor, person, "rating", made, {"rating": "good"})
    assert next_on(province, CAM) == DUE


def test_a_late_decision_of_a_step_begins_a_new_clock(province: Province) -> None:
    set_rank(province, CAM, "3.00", step=3, since=date(2026, 9, 1))
    with scope.everything():
        current.refresh([province.people[CAM]])
        db.session.commit()
    assert next_on(province, CAM) == date(2029, 9, 1)


def test_an_absence_that_goes_on_moves_the_day_every_night(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    add_absence(province, HUNG, "unpaid_leave", date(2026, 9, 1))
    with scope.everything():
        clocks.refresh(None)
        db.session.commit()
    # 01/9 to 22/11: two months and the working days of three weeks, which are a third.
    assert next_on(province, HUNG) == date(2027, 6, 1)
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 1, 20, 3, tzinfo=UTC))
    monkeypatch.setattr(clock, "today", lambda: date(2027, 1, 20))
    clocks.refresh_all()
    assert next_on(province, HUNG) == date(2027, 8, 1)


def test_who_sees_no_pay_sees_the_day_without_amounts(province: Province) -> None:
    with scope.everything():
        table = Base.metadata.tables[Rating.__tablename__]
        db.session.execute(
            insert(table).values(person_id=province.people[CAM], year=2024, rating="unsatisfactory")
        )  # fmt: skip
        clocks.refresh([province.people[CAM]])
        db.session.commit()
    page = province.client("thutruong").get(f"/people/{province.people[CAM]}").text
    assert "01/09/2027" in page


def test_the_quarter_filter_goes_by_the_clock(province: Province) -> None:
    set_rank(province, CAM, "2.67", step=2, since=date(2023, 12, 1))
    set_rank(province, HUNG, "3.66", step=5, since=date(2023, 12, 1))
    actor = officer(province)
    with transaction():
        add_part(actor, province.people[CAM], "discipline", REPRIMAND)
    clocks.refresh(None)
    db.session.commit()
    found = province.client("sonoivu").get("/people?step_due=quarter&sort=next_step_on").text
    assert HUNG in found
    assert CAM not in found


def test_a_new_text_moves_the_days_and_its_undoing_moves_them_back(province: Province) -> None:
    hr, person = officer(province), province.people[CAM]
    with transaction():
        add_part(hr, person, "discipline", {**REPRIMAND, "form": "warning", "from_on": "2026-10-15"})
    assert next_on(province, CAM) == date(2027, 9, 1)
    admin = province.actor("admin")
    head = {
        "number": "02/2026/TT-BNV", "title": "Thời gian kéo dài nâng bậc lương", "signed_on": date(2026, 9, 1),
        "valid_from": date(2026, 10, 1), "source": "TT 02/2026/TT-BNV Đ2", "mark": "C", "note": None,
    }  # fmt: skip
    with transaction():
        row = {"catalogue": "parameters", "key": "raise.delay.warning", "value": "9", "unit": "months"}
        made = changes.draft(admin, head, [row])
        changes.preview(admin, made)
    assert next_on(province, CAM) == date(2027, 9, 1)
    with transaction():
        changes.apply(admin, made, version=None)
    assert next_on(province, CAM) == date(2027, 12, 1)
    with transaction():
        changes.undo(admin, made, "Ban hành nhầm", version=None)
    assert next_on(province, CAM) == date(2027, 9, 1)


def test_the_day_before_a_quarter_is_a_setting(province: Province) -> None:
    add_post(province, DUC, "0.9", code="department_director", title="Giám đốc")
    with scope.everything():
        current.refresh([province.people[DUC]])
        db.session.commit()
    days = text("SELECT min(due_on) FROM due_lines WHERE code = 'raise_list'")
    with scope.everything():
        assert db.session.scalar(days) == date(2026, 12, 17)
    admin = province.enter("admin", Permission.SETTINGS_MANAGE)
    with transaction():
        figures.change(admin, "pay.raise_remind_days", 30, reason="Cần chuẩn bị sớm hơn", version="")
    with scope.everything():
        assert db.session.scalar(days) == date(2026, 12, 2)


def test_a_published_class_moves_the_day_as_the_record_does(province: Province) -> None:
    with clock.frozen(DECEMBER):
        for name, points in ((CAM, "40"), (HUNG, "80"), (DUC, "80")):
            add_months(province, name, [points] * 12)
        made = open_round(province)
        clocks.refresh(None)
        assert next_on(province, CAM) == DUE
        publish(province, made)
        assert next_on(province, CAM) == date(2027, 9, 1)
        assert next_on(province, HUNG) == DUE
