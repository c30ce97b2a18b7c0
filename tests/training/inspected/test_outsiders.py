"""What whoever runs a class is told of learners they do not manage, and what whoever sent them may do alone."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.training.queries import enrolled
from hrms.training.services import enrolling
from tests.province import Province
from tests.training.making import add_class, certify, enrol, state_of

P = Permission
OURS, THEIRS = "Nguyễn Văn Hùng", "Huỳnh Thị Mỹ"
CHECKS = """[
  {"code": "age", "words": "Không quá tuổi khi được cử lần đầu", "result": "met", "text": "Sinh %(born)s",
   "params": {"born": "1979-09-09"}, "source": ""},
  {"code": "rank", "words": "Đúng ngạch, hạng của chương trình", "result": "unknown",
   "text": "Hồ sơ chưa ghi ngạch, hạng.", "params": {}, "source": ""}]"""
PRIORITIES = """[
  {"code": "overdue", "guard": null, "text": "Quá hạn: %(what)s.", "params": {"what": "Quốc phòng"}, "source": ""}]"""


def _keep(checks: str, priorities: str = "[]") -> None:
    with scope.everything():
        db.session.execute(
            text("UPDATE nominations SET checks = CAST(:c AS jsonb), priorities = CAST(:p AS jsonb)"),
            {"c": checks, "p": priorities},
        )
        db.session.commit()


def _told(learner: Any) -> str:
    return repr([(one.reason.text, one.reason.params) for one in learner.checks]) + repr(
        [(one.text, one.params) for one in learner.reasons]
    )


def test_the_organiser_is_told_results_of_outsiders_and_not_what_they_rest_on(province: Province) -> None:
    made = add_class(province, "B", accepts="reviewed", trainers=())
    enrol(province, made, OURS, THEIRS, state="nominated")
    _keep(CHECKS, PRIORITIES)
    actor = province.enter("tochuc", P.TRAINING_MANAGE)
    mine, theirs = sorted(enrolled.roster(actor, made), key=lambda one: one.name != OURS)
    assert (mine.seen, theirs.seen) == (True, False)
    assert "09/09/1979" in _told(mine)
    assert "Quốc phòng" in _told(mine)
    assert "1979" not in _told(theirs)
    assert "Quốc phòng" not in _told(theirs)
    assert [one.result for one in theirs.checks] == [one.result for one in mine.checks]
    assert "Hồ sơ chưa ghi ngạch, hạng." in _told(theirs), "what is missing is what the organiser has to ask for"
    assert theirs.comes_first
    page = province.client("tochuc").get(f"/training/classes/{made}").text
    assert THEIRS in page
    assert page.count("09/09/1979") == 1


def test_bringing_somebody_back_does_not_get_past_the_review(province: Province) -> None:
    made = add_class(province, "A", accepts="auto", seats=5)
    (seat,) = enrol(province, made, OURS, state="nominated")
    _keep(CHECKS)
    actor = province.enter("tochuc", P.TRAINING_NOMINATE, P.TRAINING_MANAGE)
    enrolling.withdraw(actor, made, [seat], "Bận việc")
    enrolling.restore(actor, made, [seat])
    db.session.commit()
    assert state_of(seat) == "nominated"


def test_nobody_is_brought_back_after_the_day_to_nominate_but_by_the_organiser(province: Province) -> None:
    made = add_class(province, "A", nominate_by=clock.today() - timedelta(days=1))
    (seat,) = enrol(province, made, OURS, state="withdrawn")
    actor = province.enter("tochuc", P.TRAINING_NOMINATE, P.TRAINING_MANAGE)
    with pytest.raises(Refused) as refused:
        enrolling.restore(actor, made, [seat])
    assert refused.value.problems[0].code == "late"
    organiser = province.enter("sonoivu", P.TRAINING_NOMINATE, P.TRAINING_MANAGE)
    enrolling.restore(organiser, made, [seat])
    db.session.commit()
    assert state_of(seat) == "accepted"


def test_birth_dates_on_certificates_of_outsiders_are_for_whoever_issues_them(province: Province) -> None:
    made = add_class(province, "B", trainers=())
    ours, theirs = enrol(province, made, OURS, THEIRS, state="completed", closed_on=clock.today())
    with scope.everything():
        mine = certify(province.people[OURS], made, ours)
        strange = certify(province.people[THEIRS], made, theirs)
        db.session.commit()
    for username, status, shown in (("thutruong", 404, 1), ("tochuc", 200, 2), ("sonoivu", 200, 2)):
        client = province.client(username)
        assert client.get(f"/training/certificates/{mine}").status_code == 200
        for part in ("", "/pdf"):
            assert client.get(f"/training/certificates/{strange}{part}").status_code == status, username
        page = client.get("/training/certificates").text
        assert sum(f"/training/certificates/{one}" in page for one in (mine, strange)) == shown, username
        sheet = openpyxl.load_workbook(io.BytesIO(client.get("/training/certificates.xlsx").data)).active
        assert sheet is not None
        births = [value for row in sheet.iter_rows(values_only=True) for value in row if value == "01/02/1990"]
        assert len(births) == shown, username
    assert province.client("canbo").get(f"/training/certificates/{mine}").status_code == 200
    assert province.client("canbo").get(f"/training/certificates/{strange}").status_code == 404
