"""Petitions: who makes, withdraws, answers them, by when, and what follows; services, then pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text, update

from hrms.core import clock, scope
from hrms.core.actor import Grant
from hrms.core.db import db
from hrms.core.errors import Forbidden, HrmsError, NotFound, Refused, Stale
from hrms.core.permissions import Permission, Role
from hrms.core.unit import transaction
from hrms.performance.models import Petition, Rating
from hrms.performance.services import petitions
from tests.counting import statements
from tests.inspection import mistakes
from tests.layout import pdf_problems
from tests.performance.after.published import (
    CAM,
    DUC,
    HUNG,
    MY,
    ON,
    add_paper,
    add_rating,
    add_round,
    make_relatives,
    rows_of,
)
from tests.performance.making import PUBLIC, add_holder
from tests.province import TODAY, Province

P = Permission
WHY = "Sản phẩm tháng 8 đã nghiệm thu nhưng chưa được tính."
SEES = (P.PERFORMANCE_VIEW, P.SELF_VIEW)


@pytest.fixture(autouse=True)
def _today(province: Province) -> Iterator[None]:
    del province
    with clock.frozen(TODAY):
        yield


def submitted(province: Province, rating: int, wanted: str | None = "excellent") -> int:
    who = province.enter("canbo", P.SELF_VIEW)
    with transaction():
        return petitions.submit(who, rating, wanted, WHY)


def asked(province: Province, **more: Any) -> int:
    """Let Hùng petition against his class; the petition's id."""
    return submitted(province, add_rating(province, add_round(province), **more))


def one(petition_id: int) -> Petition:
    found: Petition = rows_of(Petition, Petition.id == petition_id)[0]
    return found


def reject(province: Province, username: str, petition_id: int, version: int | None = 1) -> None:
    who = province.enter(username, P.PERFORMANCE_RATE)
    with transaction():
        petitions.reject(who, petition_id, "Sản phẩm nghiệm thu sau kỳ.", version)


def test_a_petition_goes_to_who_classified_and_is_due_in_seven_working_days(province: Province) -> None:
    made = one(asked(province))
    assert (made.state, made.agency_id, made.wanted) == ("open", province.agencies["B"], "excellent")
    # Saturday 21/11: Monday is the first of the seven working days.
    assert made.due_on == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (datetime(2026, 2, 12, 3, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 4, 24, 3, tzinfo=UTC), date(2026, 5, 8)),
        (datetime(2026, 11, 27, 3, tzinfo=UTC), date(2026, 12, 8)),
        (datetime(2026, 12, 30, 3, tzinfo=UTC), date(2027, 1, 11)),
    ],
)
def test_the_clock_steps_over_tet_weekends_and_new_year(province: Province, day: datetime, due: date) -> None:
    del province
    with clock.frozen(day):
        last, why = petitions.due_on(clock.today())
    assert last == due
    assert "Đ22" in why.source


@pytest.mark.parametrize("problem", ["not_published", "superseded", "too_late", "open_already", "same", "no_text"])
def test_what_keeps_a_petition_back(province: Province, problem: str) -> None:
    rating = add_rating(province, add_round(province), state="decided" if problem == "not_published" else "published")
    wanted, words = "excellent", WHY
    if problem == "superseded":
        with scope.everything():
            db.session.execute(update(Rating).where(Rating.id == rating).values(superseded_at=TODAY))
            db.session.commit()
    if problem == "open_already":
        submitted(province, rating)
    if problem == "same":
        wanted = "good"
    if problem == "no_text":
        words = "   "
    day = datetime(2026, 12, 21, 3, tzinfo=UTC) if problem == "too_late" else TODAY
    with clock.frozen(day):
        who = province.enter("canbo", P.SELF_VIEW)
        with pytest.raises(HrmsError) as refused, transaction():
            petitions.submit(who, rating, wanted, words)
    # A class that is not published is not there for the one it is about.
    expected = {"not_published": "not_found", "no_text": "required"}.get(problem, problem)
    assert expected in {found.code for found in refused.value.problems} | {
        "not_found" if isinstance(refused.value, NotFound) else ""
    }


def test_the_window_is_open_on_its_last_day(province: Province) -> None:
    rating = add_rating(province, add_round(province))
    with clock.frozen(datetime(2026, 12, 20, 3, tzinfo=UTC)):
        assert petitions.last_day(ON) == clock.today()
        assert submitted(province, rating)


@pytest.mark.parametrize("username", ["tochuc", "thutruong", "sonoivu", "thanhtra"])
def test_nobody_petitions_for_another(province: Province, username: str) -> None:
    rating = add_rating(province, add_round(province))
    who = province.enter(username, *SEES)
    with pytest.raises((Forbidden, NotFound)), transaction():
        petitions.submit(who, rating, None, WHY)


def test_one_withdraws_ones_own_and_nobody_elses(province: Province) -> None:
    petition = asked(province)
    for username in ("tochuc", "thutruong"):
        with pytest.raises(Forbidden), transaction():
            petitions.withdraw(province.enter(username, *SEES), petition, 1)
    with pytest.raises(Stale), transaction():
        petitions.withdraw(province.enter("canbo", P.SELF_VIEW), petition, 7)
    with transaction():
        petitions.withdraw(province.enter("canbo", P.SELF_VIEW), petition, 1)
    assert one(petition).state == "withdrawn"
    with pytest.raises(Refused, match="closed"), transaction():
        petitions.withdraw(province.enter("canbo", P.SELF_VIEW), petition, None)
    with pytest.raises(Refused, match="closed"):
        reject(province, "thutruong", petition, None)


def test_after_a_withdrawal_one_may_petition_again(province: Province) -> None:
    rating = add_rating(province, add_round(province))
    petition = submitted(province, rating)
    with transaction():
        petitions.withdraw(province.enter("canbo", P.SELF_VIEW), petition, 1)
    assert submitted(province, rating) != petition


def test_the_head_who_classified_answers_with_reasons(province: Province) -> None:
    petition = asked(province)
    who = province.enter("thutruong", P.PERFORMANCE_RATE)
    with pytest.raises(Refused, match="required"), transaction():
        petitions.reject(who, petition, " ", 1)
    with pytest.raises(Stale):
        reject(province, "thutruong", petition, 9)
    reject(province, "thutruong", petition)
    found = one(petition)
    assert (found.state, found.answered_on) == ("rejected", clock.today())
    assert found.answered_by == province.accounts["thutruong"]
    with pytest.raises(Refused, match="closed"):
        reject(province, "thutruong", petition, None)


@pytest.mark.parametrize(
    "username", ["tochuc", "sonoivu", "thanhtra", "canbo", "admin", "vanthu", "giangvien", "chutich"]
)
def test_nobody_else_answers(province: Province, username: str) -> None:
    petition = asked(province)
    with pytest.raises((Forbidden, NotFound)):
        reject(province, username, petition, None)
    assert one(petition).state == "open"


def test_a_head_does_not_answer_their_own_petition_the_one_above_does(province: Province) -> None:
    rating = add_rating(province, add_round(province), DUC, place="B")
    duc = add_holder(province, "giamdoc", Role.HEAD, "B", DUC)
    with scope.everything():
        db.session.execute(
            text("UPDATE role_grants SET superseded_at = clock_timestamp() WHERE account_id = :id"),
            {"id": province.accounts["thutruong"]},
        )
        db.session.commit()
    also = replace(duc, grants=(*duc.grants, Grant(Role.OFFICIAL, province.agencies["B"])))
    scope.enter_for(also, P.SELF_VIEW)
    with transaction():
        petition = petitions.submit(also, rating, None, WHY)
    scope.enter_for(duc, P.PERFORMANCE_RATE)
    with pytest.raises(Forbidden, match="own"), transaction():
        petitions.reject(duc, petition, "Giữ nguyên.", None)
    reject(province, "chutich", petition, None)
    assert one(petition).state == "rejected"


@pytest.mark.parametrize("side", ["theirs", "ours"])
def test_a_head_does_not_answer_for_a_relative(province: Province, side: str) -> None:
    petition = asked(province)
    duc = add_holder(province, "giamdoc", Role.HEAD, "B", DUC)
    pair = (HUNG, DUC) if side == "theirs" else (DUC, HUNG)
    make_relatives(province, *pair, relation="older_brother")
    scope.enter_for(duc, P.PERFORMANCE_RATE)
    with pytest.raises(Forbidden, match="kin"), transaction():
        petitions.reject(duc, petition, "Giữ nguyên.", None)
    reject(province, "thutruong", petition)


def test_of_vien_chuc_who_classified_answers_and_replaces(province: Province) -> None:
    round_id = add_round(province, "C1", code=PUBLIC)
    add_rating(province, round_id, MY, place="C1")
    my = add_holder(province, "giaovien", Role.OFFICIAL, "C1", MY)
    rating = rows_of(Rating, Rating.round_id == round_id)[0].id
    scope.enter_for(my, P.SELF_VIEW)
    with transaction():
        petition = petitions.submit(my, rating, None, WHY)
    assert one(petition).agency_id == province.agencies["C1"]
    with scope.everything():
        assert petitions.superseder_of(petitions.about(rating)) == province.agencies["C1"]
    # Nobody heads the school today: the nearest agency above where somebody does answers.
    reject(province, "chutich", petition, None)


def test_the_database_lets_nobody_write_more_of_their_own_petition(province: Province) -> None:
    petition = asked(province)
    province.enter("canbo", P.SELF_VIEW)
    for column, value in (("answer", "'x'"), ("due_on", "'2030-01-01'"), ("state", "'accepted'")):
        with pytest.raises(Exception, match=r"own_row|row-level security|constraint"), db.session.begin_nested():
            db.session.execute(text(f"UPDATE petitions SET {column} = {value} WHERE id = {petition}"))


# Pages


def page(client: Any, address: str, code: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == code, (address, answer.text[:2000])
    if code == 200:
        assert mistakes(answer.text) == []
    return str(answer.text)


def test_from_ones_class_to_the_refusal_through_the_pages(province: Province) -> None:
    rating = add_rating(province, add_round(province))
    own, head, hr = (province.client(name) for name in ("canbo", "thutruong", "tochuc"))
    assert "Chưa có kiến nghị nào" in page(own, "/performance/petitions")
    assert "01/12/2026" in page(own, f"/performance/ratings/{rating}/petition")
    bad = own.submit(f"/performance/ratings/{rating}/petition", {"wanted": "excellent", "text": ""})
    assert bad.status_code == 422
    made = own.submit(f"/performance/ratings/{rating}/petition", {"wanted": "excellent", "text": WHY})
    assert made.status_code == 303
    address = made.location
    shown = page(own, address)
    assert "Rút kiến nghị" in shown
    assert "Không chấp nhận" not in shown
    assert "đang chờ trả lời" in page(own, f"/performance/ratings/{rating}/petition")
    listed = page(hr, "/performance/petitions")
    assert HUNG in listed
    assert "Chấp nhận: ghi quyết định đã ký" in page(hr, address)
    assert "1 kiến nghị chờ bạn trả lời" in page(head, "/performance/petitions")
    assert "Không chấp nhận" in page(head, address)
    page(head, f"{address}/reject")
    assert own.get(f"{address}/reject").status_code == 403
    assert hr.get(f"{address}/reject").status_code == 403
    done = head.submit(f"{address}/reject", {"answer": "Sản phẩm nghiệm thu sau kỳ.", "version": "1"})
    assert done.status_code == 303
    assert "Sản phẩm nghiệm thu sau kỳ." in page(own, address)
    assert pdf_problems(own.get(f"{address}/answer.pdf").data) == []
    assert own.get(f"{address}/answer.docx").data[:2] == b"PK"
    assert hr.get("/performance/petitions/export.xlsx").data[:2] == b"PK"


def test_an_overdue_petition_is_red(province: Province) -> None:
    petition = asked(province)
    with clock.frozen(datetime(2026, 12, 2, 3, tzinfo=UTC)):
        client = province.client("tochuc")
        with statements() as made:
            shown = page(client, "/performance/petitions?state=overdue")
        assert len(made) <= 9, made
        assert "Quá hạn trả lời" in shown
        assert "1 kiến nghị quá hạn trả lời" in shown
        assert "Quá hạn trả lời từ ngày 01/12/2026" in page(client, f"/performance/petitions/{petition}")


def test_the_person_withdraws_on_the_page(province: Province) -> None:
    petition = asked(province)
    client = province.client("canbo")
    assert client.submit(f"/performance/petitions/{petition}/withdraw", {"version": "1"}).status_code == 303
    assert "Đã rút" in page(client, f"/performance/petitions/{petition}")
    again = client.submit(f"/performance/petitions/{petition}/withdraw", {"version": "2"})
    assert again.status_code == 303
    assert "đã kết thúc" in page(client, again.location)


def test_another_agency_sees_no_petition(province: Province) -> None:
    petition = asked(province)
    for username in ("thanhtra", "giangvien", "admin", "vanthu"):
        assert province.client(username).get(f"/performance/petitions/{petition}").status_code in {403, 404}
    assert HUNG not in page(province.client("thanhtra"), "/performance/petitions")


def test_a_colleague_sees_no_petition(province: Province) -> None:
    petition = asked(province)
    add_holder(province, "dongnghiep", Role.OFFICIAL, "B", CAM)
    client = province.client("dongnghiep")
    assert client.get(f"/performance/petitions/{petition}").status_code == 404
    assert HUNG not in page(client, "/performance/petitions")
    rating = rows_of(Rating)[0].id
    assert client.get(f"/performance/ratings/{rating}/petition").status_code == 404


def test_an_unanswered_petition_has_no_paper(province: Province) -> None:
    petition = asked(province)
    assert province.client("canbo").get(f"/performance/petitions/{petition}/answer.pdf").status_code == 422


def test_the_calendar_asks_for_the_answer_until_it_is_given(province: Province) -> None:
    client, words = province.client("tochuc"), "Kiến nghị về kết quả xếp loại năm 2025"
    assert words not in page(client, "/calendar")
    petition = asked(province)
    assert words in page(client, "/calendar")
    assert client.get(f"/people/{province.people[HUNG]}/performance/petitions").status_code == 200
    reject(province, "thutruong", petition)
    assert words not in page(client, "/calendar")


def test_accepting_needs_a_paper_of_the_right_agency_signed_after(province: Province) -> None:
    petition = asked(province)
    other, early = add_paper(province, "A", "77"), add_paper(province, "B", "78", date(2026, 11, 1))
    for paper, code in ((other, "wrong_issuer"), (early, "too_early")):
        who = province.enter("tochuc", P.PERFORMANCE_MANAGE, P.DECISIONS_VIEW)
        with pytest.raises(HrmsError) as refused, transaction():
            petitions.accept(who, petition, "excellent", paper, "Đúng.", 1)
        assert code in {found.code for found in refused.value.problems} or isinstance(refused.value, NotFound)
    for username in ("thanhtra", "canbo", "vanthu"):
        who = province.enter(username, *SEES)
        with pytest.raises((Forbidden, NotFound)), transaction():
            petitions.accept(who, petition, "excellent", early, "Đúng.", 1)
    assert one(petition).state == "open"
