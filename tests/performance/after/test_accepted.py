"""A petition accepted changes the class, the quota is checked again, and the money that hangs on it is flagged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused, Stale
from hrms.core.permissions import Permission, Role
from hrms.core.unit import transaction
from hrms.people.models import Rating as RecordRating
from hrms.performance.models import Petition, Rating, RatingConsequence, ResultReport
from hrms.performance.services import consequences, national, petitions
from tests.inspection import mistakes
from tests.performance.after.published import CAM, HUNG, add_paper, add_rating, add_round, make_relatives, rows_of
from tests.performance.making import add_holder, add_sheet
from tests.province import Province

P = Permission
NAMESAKE = "Nguyen Van Hung"
NOW = datetime(2026, 12, 21, 3, tzinfo=UTC)
WHY = "Sản phẩm tháng 8 đã nghiệm thu nhưng chưa được tính."


@pytest.fixture(autouse=True)
def _today(province: Province) -> Iterator[None]:
    del province
    with clock.frozen(NOW):
        yield


def year_of(province: Province, name: str, score: str) -> None:
    """Publish somebody's eleven months of 2026; December is still to come."""
    for number in range(1, 12):
        add_sheet(province, name, state="published", number=number, score=Decimal(score), result_points=Decimal(62))


def prepared(province: Province, *, percent: int = 50) -> tuple[int, int]:
    """Publish a round of three, one place open at 50 per cent, none at 20; Hùng petitions: rating and petition."""
    round_id = add_round(
        province, year=2026, quota_base="good_and_excellent", quota_percent=Decimal(percent),
        published_on=date(2026, 12, 18), decided_on=date(2026, 12, 17),
    )  # fmt: skip
    made = {}
    for name, score in ((HUNG, "91.5"), (CAM, "80"), (NAMESAKE, "75")):
        year_of(province, name, score)
        made[name] = add_rating(province, round_id, name, mean=score, provisional=True, published_on=date(2026, 12, 18))
    national.note_ratings(made.values())
    who = province.enter("canbo", P.SELF_VIEW)
    with transaction():
        return made[HUNG], petitions.submit(who, made[HUNG], "excellent", WHY)


def accept(province: Province, petition: int, paper: int, new: str = "excellent", username: str = "tochuc") -> int:
    who = province.enter(username, P.PERFORMANCE_MANAGE, P.DECISIONS_VIEW)
    with transaction():
        return petitions.accept(who, petition, new, paper, "Kiến nghị có cơ sở.", None)


def test_accepted_the_class_changes_and_the_money_is_flagged(province: Province) -> None:
    rating, petition = prepared(province)
    paper = add_paper(province, signed=date(2026, 12, 21))
    new = accept(province, petition, paper)
    old, now = rows_of(Rating, Rating.id == rating)[0], rows_of(Rating, Rating.id == new)[0]
    assert old.superseded_at is not None
    assert (now.final, now.supersedes_id, now.decision_id, now.state) == ("excellent", rating, paper, "published")
    found = rows_of(Petition)[0]
    assert (found.state, found.new_rating_id, found.decision_id) == ("accepted", new, paper)
    flags = rows_of(RatingConsequence)
    assert {flag.what for flag in flags} == {"bonus", "extra_income", "step_raise"}
    assert {(flag.old, flag.new, flag.state, flag.year, flag.rating_id) for flag in flags} == {
        ("good", "excellent", "open", 2026, new)
    }
    years = [row for row in rows_of(ResultReport, ResultReport.kind == "year") if row.person_id == now.person_id]
    assert [row.result["class"] for row in years] == ["good", "excellent"]
    assert years[1].supersedes_id == years[0].id
    with scope.everything():
        record = db.session.scalars(
            select(RecordRating.rating).where(RecordRating.person_id == now.person_id, RecordRating.year == 2026)
        ).one()
    assert record == "excellent"


def test_accepted_after_january_the_class_that_holds_is_replaced(province: Province) -> None:
    rating, petition = prepared(province)
    with scope.everything():
        db.session.execute(update(Rating).where(Rating.id == rating).values(superseded_at=NOW))
        db.session.commit()
    settled = add_rating(
        province, rows_of(Rating, Rating.id == rating)[0].round_id, HUNG, mean="91.5", supersedes_id=rating
    )  # fmt: skip
    new = accept(province, petition, add_paper(province, signed=date(2026, 12, 21)))
    assert rows_of(Rating, Rating.id == new)[0].supersedes_id == settled
    assert rows_of(Rating, Rating.id == settled)[0].superseded_at is not None
    found = rows_of(Petition)[0]
    assert (found.state, found.rating_id, found.new_rating_id) == ("accepted", rating, new)


def test_over_the_quota_nothing_changes(province: Province) -> None:
    rating, petition = prepared(province, percent=20)
    paper = add_paper(province, signed=date(2026, 12, 21))
    with pytest.raises(Refused):
        accept(province, petition, paper)
    assert rows_of(Rating, Rating.id == rating)[0].superseded_at is None
    assert rows_of(Petition)[0].state == "open"
    assert rows_of(RatingConsequence) == []


def test_what_the_points_do_not_allow_is_refused(province: Province) -> None:
    _rating, petition = prepared(province)
    paper = add_paper(province, signed=date(2026, 12, 21))
    with pytest.raises(Refused, match="same"):
        accept(province, petition, paper, "good")
    with pytest.raises(Refused, match="unknown"):
        accept(province, petition, paper, "best")


def test_a_relative_enters_no_decision_about_it(province: Province) -> None:
    _rating, petition = prepared(province)
    paper = add_paper(province, signed=date(2026, 12, 21))
    make_relatives(province, HUNG, CAM)
    hr = add_holder(province, "tochuc2", Role.HR_AGENCY, "B", CAM)
    scope.enter_for(hr, P.PERFORMANCE_MANAGE, P.DECISIONS_VIEW)
    with pytest.raises(Forbidden, match="kin"), transaction():
        petitions.accept(hr, petition, "excellent", paper, "Đúng.", None)


@pytest.mark.parametrize("username", ["thanhtra", "canbo", "vanthu", "admin", "giangvien"])
def test_nobody_else_enters_it(province: Province, username: str) -> None:
    _rating, petition = prepared(province)
    paper = add_paper(province, signed=date(2026, 12, 21))
    with pytest.raises((Forbidden, NotFound)):
        accept(province, petition, paper, username=username)


def test_through_the_pages(province: Province) -> None:
    rating, petition = prepared(province)
    hr, own = province.client("tochuc"), province.client("canbo")
    address = f"/performance/petitions/{petition}"
    text = hr.get(f"{address}/accept").text
    assert mistakes(text) == []
    data = {
        "new_class": "excellent", "answer": "Kiến nghị có cơ sở.", "version": "1", "decision_basis": "new",
        "decision_number": "905/QĐ-SXD", "decision_signed_on": "21/12/2026", "decision_issuer": "Sở Xây dựng",
        "decision_issuer-text": "Sở Xây dựng", "decision_kind": "rating", "decision_subject": "Thay kết quả xếp loại",
        "decision_signer_name": "Võ Minh Đức", "decision_signer_title": "Giám đốc",
    }  # fmt: skip
    missing = hr.submit(f"{address}/accept", data | {"new_class": ""})
    assert missing.status_code == 422
    made = hr.submit(f"{address}/accept", data)
    assert made.status_code == 303, made.text[:3000]
    shown = own.get(address).text
    assert "Hoàn thành xuất sắc nhiệm vụ" in shown
    assert "Đã chấp nhận" in shown or "Chấp nhận" in shown
    listed = hr.get("/performance/consequences").text
    assert mistakes(listed) == []
    assert listed.count(HUNG) >= 3
    assert "3 khoản chưa rà soát của 1 lượt người" in listed
    assert "Khoản chi" not in own.get(address).text
    flag = rows_of(RatingConsequence)[0]
    page = f"/performance/consequences/{flag.id}/settle"
    assert mistakes(hr.get(page).text) == []
    assert hr.submit(page, {"note": "", "version": "1"}).status_code == 422
    assert hr.submit(page, {"note": "Truy lĩnh 3.510.000 đồng", "version": "1"}).status_code == 303
    assert "Truy lĩnh 3.510.000 đồng" in hr.get("/performance/consequences?state=settled").text
    assert hr.get("/performance/consequences/export.xlsx").data[:2] == b"PK"
    assert own.get("/performance/consequences").status_code == 403
    assert hr.get(f"{address}/answer.docx").data[:2] == b"PK"
    assert rows_of(Rating, Rating.id == rating)[0].superseded_at is not None


# The flags themselves


def replaced(province: Province, *finals: str) -> list[int]:
    """Lay a chain of classes of one year, each superseding the one before; their ids."""
    round_id = add_round(province)
    made: list[int] = []
    for place, final in enumerate(finals):
        more: dict[str, Any] = {"supersedes_id": made[-1]} if made else {}
        if place < len(finals) - 1:
            more["superseded_at"] = NOW
        made.append(add_rating(province, round_id, final=final, **more))
    return made


def test_nothing_is_flagged_when_the_class_stayed(province: Province) -> None:
    assert consequences.flag(replaced(province, "good")[0], "good", "good") == 0


def test_twice_replaced_there_is_one_flag_from_the_first_to_the_last(province: Province) -> None:
    _first, second, third = replaced(province, "good", "excellent", "satisfactory")
    assert consequences.flag(second, "good", "excellent") == 3
    assert consequences.flag(third, "excellent", "satisfactory") == 3
    flags = rows_of(RatingConsequence)
    assert [(flag.old, flag.new, flag.rating_id, flag.state) for flag in flags] == [
        ("good", "satisfactory", third, "open")
    ] * 3


def test_back_to_what_it_was_the_flag_ends(province: Province) -> None:
    _first, second, third = replaced(province, "good", "excellent", "good")
    consequences.flag(second, "good", "excellent")
    consequences.flag(third, "excellent", "good")
    flags = rows_of(RatingConsequence)
    assert {flag.state for flag in flags} == {"settled"}
    assert all(flag.note and flag.settled_on for flag in flags)


def test_settling_by_role(province: Province) -> None:
    _first, second = replaced(province, "good", "excellent")
    with transaction():
        consequences.flag(second, "good", "excellent")
    flag = rows_of(RatingConsequence)[0].id
    for username in ("thutruong", "thanhtra", "canbo", "vanthu", "admin"):
        with pytest.raises((Forbidden, NotFound)), transaction():
            consequences.settle(province.enter(username, P.PERFORMANCE_MANAGE), flag, "Xong", None)
    make_relatives(province, HUNG, CAM)
    own = add_holder(province, "tochuc2", Role.HR_AGENCY, "B", CAM)
    scope.enter_for(own, P.PERFORMANCE_MANAGE)
    with pytest.raises(Forbidden, match="kin"), transaction():
        consequences.settle(own, flag, "Xong", None)
    with pytest.raises(Refused, match="required"), transaction():
        consequences.settle(province.enter("tochuc", P.PERFORMANCE_MANAGE), flag, "  ", 1)
    with pytest.raises(Stale), transaction():
        consequences.settle(province.enter("tochuc", P.PERFORMANCE_MANAGE), flag, "Xong", 4)
    with transaction():
        consequences.settle(province.enter("tochuc", P.PERFORMANCE_MANAGE), flag, "Truy lĩnh đủ", 1)
    with pytest.raises(Refused, match="settled_already"), transaction():
        consequences.settle(province.enter("tochuc", P.PERFORMANCE_MANAGE), flag, "Xong", None)
    assert rows_of(RatingConsequence, RatingConsequence.id == flag)[0].note == "Truy lĩnh đủ"
