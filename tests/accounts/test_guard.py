from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, update

from hrms.accounts import queries, services
from hrms.accounts.hooks import _bulk_card
from hrms.accounts.rules import LockReason
from hrms.accounts.services import DEMO_ROLES, DemoPlace
from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused
from hrms.core.models import Setting
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from tests.accounts.conftest import Door, words


def test_an_unusual_download_locks_and_alerts(door: Door) -> None:
    with scope.everything():
        db.session.execute(insert(Setting).values(name="accounts.bulk_rows_per_hour", value=100, note="x"))
        db.session.commit()
    browser = door.enter("tochuc")
    who = door.province.enter("tochuc")
    with transaction():
        audit.mark_read(who, "export", 60)
        assert not services.check_bulk(who)
        audit.mark_read(who, "export", 40)
        assert not services.check_bulk(who)
    with transaction():
        audit.mark_read(who, "reveal", 1)
        assert services.check_bulk(who)
    assert door.account("tochuc").lock_reason == LockReason.BULK_DOWNLOAD
    assert browser.get("/account").status_code == 302
    event = door.events("tochuc")[-1]
    assert (event.action, event.reason) == ("account.locked", "bulk_download")
    assert event.after == {"rows": 101, "most": 100, "username": "tochuc"}
    assert _bulk_card(door.province.enter("admin")) == {"count": 1}
    assert _bulk_card(door.province.enter("sonoivu")) is None
    assert "số lượng hồ sơ bất thường" in words(door.enter("admin").get("/"))


def test_downloads_of_others_do_not_count(door: Door) -> None:
    with scope.everything():
        db.session.execute(insert(Setting).values(name="accounts.bulk_rows_per_hour", value=100, note="x"))
        db.session.commit()
    with transaction():
        audit.mark_read(door.province.enter("sonoivu"), "export", 1000)
    assert not services.check_bulk(door.province.enter("tochuc"))
    assert not services.check_bulk(Actor.system())


def test_the_account_of_one_who_leaves_closes_with_the_fact(door: Door) -> None:
    browser = door.enter("canbo")
    officer = door.province.enter("tochuc", Permission.PEOPLE_FACT)
    person_id = door.province.people["Nguyễn Văn Hùng"]
    with transaction():
        assert services.close_for_people(officer, [person_id, 999_999], "Chuyển công tác") == 1
        assert services.close_for_people(officer, [person_id], "Chuyển công tác") == 0
        assert services.close_for_people(officer, [], "Chuyển công tác") == 0
    account = door.account("canbo")
    assert account.closed_reason == "Chuyển công tác"
    assert account.closed_at is not None
    assert browser.get("/account").status_code == 302
    assert door.events("canbo")[-1].account_id == officer.account_id


def test_the_closing_is_undone_with_the_fact_that_caused_it(door: Door) -> None:
    officer = door.province.enter("tochuc", Permission.PEOPLE_FACT)

    def leave_half_way() -> None:
        with transaction():
            services.close_for_people(officer, [door.province.people["Nguyễn Văn Hùng"]], "Nghỉ hưu")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        leave_half_way()
    assert door.account("canbo").closed_at is None


@pytest.mark.parametrize("username", ["admin", "thutruong", "giangvien", "thanhtra", "canbo"])
def test_who_may_not_record_facts_closes_no_account_by_them(door: Door, username: str) -> None:
    with pytest.raises(Forbidden):
        services.close_for_people(door.province.enter(username), [1], "x")


def test_forty_five_idle_days_lock(door: Door) -> None:
    door.change("tochuc", second_factor_waived=False)
    door.change("thanhtra", second_factor_waived=False)
    start = clock.now()
    with clock.frozen(start + timedelta(days=30)):
        door.knock("thanhtra")
    for days, expected in ((44, 0), (46, 1), (47, 0)):
        with clock.frozen(start + timedelta(days=days)), scope.everything(), transaction():
            assert services.watch_accounts(Actor.system()) == expected, days
    assert door.account("tochuc").lock_reason == LockReason.IDLE
    assert door.account("thanhtra").locked_at is None
    assert door.account("canbo").locked_at is None, "accounts of the demo province stay open"
    with clock.frozen(start + timedelta(days=47)):
        assert door.knock("tochuc").status_code == 422
        with transaction():
            services.unlock_account(door.province.enter("admin"), door.province.accounts["tochuc"])
        with scope.everything(), transaction():
            assert services.watch_accounts(Actor.system()) == 0
        assert door.knock("tochuc").status_code == 303


def test_the_days_watch_opens_locks_that_are_due(door: Door) -> None:
    start = clock.now()
    door.change("tochuc", locked_at=start, lock_reason=LockReason.WRONG_PASSWORD, failed_count=5)
    for hours, locked in ((11, True), (13, False)):
        with clock.frozen(start + timedelta(hours=hours)), scope.everything(), transaction():
            services.watch_accounts(Actor.system())
        assert (door.account("tochuc").locked_at is not None) is locked


def test_accounts_follow_their_agency_in_the_tree(door: Door) -> None:
    moved = [*door.province.paths["A"], door.province.agencies["B"]]
    with transaction():
        db.session.execute(update(Agency).where(Agency.id == door.province.agencies["B"]).values(scope_ids=moved))
        services.follow_tree([door.province.agencies["B"]])
    assert door.account("tochuc").scope_ids == moved
    assert door.account("sonoivu").scope_ids == door.province.paths["root"]


def test_the_demo_accounts_are_ready_to_use(door: Door) -> None:
    places = {name: DemoPlace(f"Mẫu {name}", door.province.agencies["C"]) for name in DEMO_ROLES}
    with scope.everything(), transaction():
        services.create_demo_accounts(Actor.system(), places, "Tinh-Mau-2026")
    for name in DEMO_ROLES:
        browser = door.enter(name, "Tinh-Mau-2026")
        page = browser.get("/account")
        assert page.status_code == 200, name
        assert "Tỉnh mẫu" in page.text


def test_no_demo_account_where_real_people_are(door: Door, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "DEMO_ALLOWED", False)
    with pytest.raises(Refused), scope.everything(), transaction():
        services.create_demo_accounts(
            Actor.system(), {"admin": DemoPlace("x", door.province.agencies["A"])}, "Tinh-Mau-2026"
        )


# Who sees whom


def test_who_sees_a_person_and_through_which_grant(door: Door) -> None:
    door.province.enter("sonoivu", Permission.PEOPLE_ACCESS_VIEW)
    seen = queries.list_who_sees(door.province.people["Nguyễn Văn Hùng"])
    assert {(s.username, s.role.value, s.agency_name) for s in seen} == {
        ("sonoivu", "hr_province", "UBND thành phố Cần Thơ"),
        ("tochuc", "hr_agency", "Sở Xây dựng"),
        ("thamdinh", "hr_agency", "Sở Xây dựng"),
        ("thutruong", "head", "Sở Xây dựng"),
        ("chutich", "head", "UBND thành phố Cần Thơ"),
        ("canbo", "official", "Sở Xây dựng"),
    }
    assert [s.username for s in seen if s.is_self] == ["canbo"]
    assert all(Permission.PEOPLE_VIEW in s.permissions for s in seen if not s.is_self)


def test_outside_the_readers_reach_nobody_is_named(door: Door) -> None:
    door.province.enter("tochuc", Permission.PEOPLE_ACCESS_VIEW)
    assert queries.list_who_sees(door.province.people["Thạch Sa Rây"]) == []
    browser = door.enter("tochuc")
    assert browser.get(f"/people/{door.province.people['Thạch Sa Rây']}/access").status_code == 404
    page = browser.get(f"/people/{door.province.people['Nguyễn Văn Hùng']}/access")
    assert page.status_code == 200
    assert "Sở Xây dựng" in page.text


def test_what_an_account_can_see_is_counted_only_for_who_may_see_it(door: Door) -> None:
    account_id = door.province.accounts["thutruong"]
    (reach,) = queries.list_reach(door.province.enter("sonoivu"), account_id)
    assert (reach.agencies, reach.people, reach.agency_name) == (2, 4, "Sở Xây dựng")
    (reach,) = queries.list_reach(door.province.enter("admin"), account_id)
    assert (reach.agencies, reach.people) == (2, None)
    (reach,) = queries.list_reach(door.province.enter("sonoivu"), door.province.accounts["admin"])
    assert (reach.about_people, reach.people) == (False, None)
