"""What the other tests of training build on."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.permissions import Permission
from tests.province import Province
from tests.training.making import add_class, add_hours, add_trainer, enrol, session_ids, state_of


def test_the_roster_shows_a_trainer_own_learners_by_name_code_and_agency(province: Province) -> None:
    mine = add_class(province)
    other = add_class(province, trainers=())
    learners = enrol(province, mine, "Lý Thị Cẩm", "Thạch Sa Rây")
    enrol(province, other, "Võ Minh Đức")
    assert len(session_ids(mine)) == 5
    assert {state_of(one) for one in learners} == {"accepted"}
    province.enter("giangvien", Permission.TRAINING_TEACH)
    rows = db.session.execute(text("SELECT * FROM class_roster ORDER BY sort_key")).mappings().all()
    assert [row["full_name"] for row in rows] == ["Lý Thị Cẩm", "Thạch Sa Rây"]
    assert set(rows[0]) == {
        "enrolment_id", "class_id", "person_id", "full_name", "staff_code", "sort_key", "agency",
    }  # fmt: skip
    assert db.session.execute(text("SELECT count(*) FROM people")).scalar_one() == 0


def test_a_second_trainer_is_another_account(province: Province) -> None:
    account = add_trainer(province, "giangvien2", "B")
    assert province.accounts["giangvien2"] == account
    assert add_hours(province, "Lý Thị Cẩm", "16", date(2026, 3, 1)) > 0
