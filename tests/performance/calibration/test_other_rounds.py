"""Rounds without points (NĐ 90/2020/NĐ-CP), classes decided elsewhere, groups, opening a whole tree, who is barred."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import insert, select, update

from hrms.accounts.models import Account
from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.models import Task
from hrms.people.models import FamilyMember
from hrms.performance.models import CriteriaSet, Rating, RatingGroup, RatingRound
from tests.inspection import mistakes
from tests.performance.calibration.classifying import COLLEAGUES, open_round, rating_of, whole_year
from tests.performance.calibration.test_round_pages import page, send
from tests.province import TODAY, Province
from tests.training.payback.promising import CAM, DUC, HUNG

MY, DAO, RAY = "Huỳnh Thị Mỹ", "Danh Thị Đào", "Thạch Sa Rây"


@pytest.fixture(autouse=True)
def _today(province: Province) -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


def opened(province: Province, place: str, code: str) -> int:
    client = province.client("sonoivu")
    name = {"C1": "Trường Tiểu học Ngô Quyền", "C": "UBND phường Ninh Kiều"}[place]
    data = {"agency": str(province.agencies[place]), "agency-text": name, "year": "2026"}
    send(client, "/performance/rounds/new", data)
    with scope.everything():
        query = select(RatingRound.id).join(CriteriaSet, CriteriaSet.id == RatingRound.set_id)
        query = query.where(RatingRound.agency_id == province.agencies[place], CriteriaSet.code == code)
        return db.session.scalars(query).one()


def test_a_round_without_points_takes_proposals(province: Province) -> None:
    round_id = opened(province, "C1", "90/2020")
    client, base = province.client("sonoivu"), f"/performance/rounds/{round_id}"
    shown = page(client, base)
    assert MY in shown
    assert "Điểm năm" not in shown
    assert "2 người chưa có mức xếp loại." in shown
    send(client, f"{base}/solve")
    assert "2 người chưa có mức xếp loại." in page(client, base)
    for name in (MY, DAO):
        found = rating_of(province, name, round_id)
        page(client, f"/performance/ratings/{found.id}")
        data = {"rating": "good", "reason": "Hoàn thành các việc được giao", "version": str(found.version)}
        send(client, f"/performance/ratings/{found.id}/change", data)
    send(client, f"{base}/solve")
    assert "Đã đề xuất" in page(client, base)


def test_a_class_decided_elsewhere_is_recorded_with_its_paper(province: Province) -> None:
    round_id = opened(province, "C", "party")
    client = province.client("sonoivu")
    found = rating_of(province, RAY, round_id)
    page(client, f"/performance/rounds/{round_id}")
    assert "Cấp có thẩm quyền xếp loại" in page(client, f"/performance/ratings/{found.id}")
    data = {
        "rating": "good", "body": "Ban Thường vụ Thành ủy", "number": "12-TB/TU", "on": "15/11/2026",
        "version": str(found.version),
    }  # fmt: skip
    send(client, f"/performance/ratings/{found.id}/change", data | {"number": ""}, 422)
    send(client, f"/performance/ratings/{found.id}/change", data)
    shown = page(client, f"/performance/ratings/{found.id}")
    assert "Ban Thường vụ Thành ủy: văn bản 12-TB/TU ngày 15/11/2026" in shown
    with scope.everything():
        assert db.session.scalars(select(Rating.proposed).where(Rating.id == found.id)).one() == "good"


def test_groups_are_made_filled_and_approved(province: Province) -> None:
    whole_year(province)
    round_id = open_round(province)
    hr, head, base = province.client("tochuc"), province.client("thutruong"), f"/performance/rounds/{round_id}"
    send(hr, f"{base}/groups/whole")
    page(hr, f"{base}/groups/new")
    send(hr, f"{base}/groups/new", {"code": "N1", "name": ""}, 422)
    send(hr, f"{base}/groups/new", {
        "code": "N1", "name": "Phòng Quy hoạch", "agencies": str(province.agencies["B1"]),
    })  # fmt: skip
    send(hr, f"{base}/groups/new", {"code": "N2", "name": "Lãnh đạo Sở"})
    with scope.everything():
        first, second = db.session.scalars(
            select(RatingGroup.id).where(RatingGroup.round_id == round_id).order_by(RatingGroup.code)
        )
    shown = page(hr, f"{base}/groups")
    assert "Phòng Quy hoạch" in shown
    page(hr, f"{base}/groups?group={first}")
    page(hr, f"{base}/groups/{second}")
    moved = rating_of(province, COLLEAGUES[0], round_id)
    other = rating_of(province, DUC, round_id)  # a group without conditions takes nobody by itself
    send(hr, f"{base}/groups/place", {"rating": [str(moved.id), str(other.id)], "group": str(second)})
    assert rating_of(province, COLLEAGUES[0], round_id).group_id == second
    assert "nhóm quá nhỏ, không có chỉ tiêu nào" in page(hr, f"{base}/groups")
    send(head, f"{base}/groups/approve")
    send(hr, f"{base}/solve")
    assert "hết chỉ tiêu" in page(hr, base)
    assert "Phòng Quy hoạch" in page(hr, f"{base}?group={first}")
    assert rating_of(province, COLLEAGUES[0], round_id).proposed == "good"
    assert hr.submit(f"{base}/groups/{first + 999}/remove").status_code == 404


def test_a_whole_tree_is_opened_in_the_background(province: Province) -> None:
    client = province.client("sonoivu")
    data = {
        "agency": str(province.agencies["root"]), "agency-text": "UBND thành phố Cần Thơ", "year": "2026",
        "everybody": "y",
    }  # fmt: skip
    answer = client.submit("/performance/rounds/new", data)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/tasks/")
    page(client, answer.headers["Location"])
    with scope.everything():
        assert db.session.scalars(select(Task.state)).all() == ["waiting"]


def test_nobody_touches_their_own_class_nor_their_kin(province: Province) -> None:
    from hrms.core.permissions import Role
    from tests.performance.making import add_holder

    whole_year(province)
    round_id = open_round(province)
    hr = province.client("tochuc")
    send(hr, f"/performance/rounds/{round_id}/groups/whole")
    send(hr, f"/performance/rounds/{round_id}/solve")
    with scope.everything():
        db.session.execute(
            insert(FamilyMember).values(
                person_id=province.people[HUNG], side="own", relation="wife", full_name=CAM, birth_year=1994
            )
        )
        db.session.commit()
    with scope.everything():
        db.session.execute(update(Account).where(Account.username == "canbo").values(person_id=None))
        db.session.commit()
    actor = add_holder(province, "tochuc2", Role.HR_AGENCY, "B", HUNG)
    province.accounts["tochuc2"] = actor.account_id or 0
    client = province.client("tochuc2")
    for name in (HUNG, CAM):
        found = rating_of(province, name, round_id)
        shown = page(client, f"/performance/ratings/{found.id}")
        assert "Đổi mức xếp loại" not in shown
        data = {"rating": "good", "reason": "Thử", "version": str(found.version)}
        assert client.submit(f"/performance/ratings/{found.id}/change", data).status_code == 403
        assert rating_of(province, name, round_id).version == found.version


def test_the_pages_stand_in_english(province: Province) -> None:
    whole_year(province)
    round_id = open_round(province)
    client = province.client("tochuc")
    client.submit("/locale", {"locale": "en"})
    found = rating_of(province, CAM, round_id)
    for address in (
        "/performance/rounds", f"/performance/rounds/{round_id}", f"/performance/rounds/{round_id}/groups",
        f"/performance/rounds/{round_id}/list", f"/performance/ratings/{found.id}", "/performance/organisations",
        f"/performance/organisations/{province.agencies['B']}", "/performance/rounds/new",
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert mistakes(answer.text, "en") == [], address
