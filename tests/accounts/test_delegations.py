from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from hrms.accounts import queries, services
from hrms.accounts.models import Account, RoleGrant
from hrms.accounts.services import NewDelegation, NewGrant
from hrms.audit.models import AuditEvent
from hrms.core import clock, dated, scope
from hrms.core.actor import Grant
from hrms.core.db import db
from hrms.core.errors import Forbidden, HrmsError, NotFound, Refused
from hrms.core.permissions import Permission, Role
from hrms.core.text import fold
from hrms.core.unit import transaction
from tests.counting import statements
from tests.province import TODAY, Province

DAY = TODAY.date()
SIGN = Permission.DECISIONS_SIGN


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def deputy(province: Province) -> int:
    """An account of the agency without any right: the head's deputy."""
    return add_account(province, "phogiamdoc", "Phạm Phó Giám Đốc", "B")


def add_account(province: Province, username: str, name: str, place: str) -> int:
    with scope.everything():
        made = db.session.execute(
            insert(Account)
            .values(
                username=username, display_name=name, search_key=fold(f"{username} {name}"),
                agency_id=province.agencies[place], scope_ids=province.paths[place],
                must_change_password=False, password_changed_at=TODAY,
            )
            .returning(Account.id)
        ).scalar_one()  # fmt: skip
        db.session.commit()
    province.accounts[username] = made
    return int(made)


def wanted(province: Province, account_id: int, **more: Any) -> NewDelegation:
    asked = NewDelegation(
        agency_id=province.agencies["B"], account_id=account_id, capacity="KT.", valid_from=DAY,
        valid_to=DAY + timedelta(days=10), note="Đi công tác, thông báo 12/TB-SXD",
    )  # fmt: skip
    return replace(asked, **more)


def give(province: Province, account_id: int, username: str = "thutruong", **more: Any) -> None:
    actor = province.enter(username, SIGN, Permission.ACCOUNTS_GRANT)
    with transaction():
        services.delegate(actor, wanted(province, account_id, **more))


def held(account_id: int, on: date = DAY) -> list[RoleGrant]:
    with scope.everything():
        return list(
            db.session.scalars(select(RoleGrant).where(RoleGrant.account_id == account_id, dated.at(RoleGrant, on)))
        )


def codes(error: pytest.ExceptionInfo[HrmsError]) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in error.value.problems}


def test_a_head_lets_a_deputy_sign_for_a_while(province: Province, deputy: int) -> None:
    give(province, deputy)
    (grant,) = held(deputy)
    assert (grant.role, grant.capacity, grant.actions) == ("delegate", "KT.", None)
    assert grant.delegator_id == province.accounts["thutruong"]
    assert held(deputy, DAY + timedelta(days=9)) != []
    assert held(deputy, DAY + timedelta(days=10)) == []
    actor = queries.actor_of(deputy, "web")
    assert actor.grants == (Grant(Role.DELEGATE, province.agencies["B"], "KT.", None),)
    with scope.everything():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "account.delegated")).one()
    assert event.after is not None
    assert event.after["last_day"] == (DAY + timedelta(days=9)).isoformat()
    assert event.entity_id == deputy


def test_a_delegate_sees_what_the_role_says_and_no_longer_than_it_lasts(province: Province, deputy: int) -> None:
    give(province, deputy)
    client = province.client("phogiamdoc")
    person = province.people["Lý Thị Cẩm"]
    assert client.get(f"/people/{person}").status_code == 200
    assert client.get(f"/people/{province.people['Thạch Sa Rây']}").status_code == 404
    assert client.get(f"/people/{person}/edit/identity").status_code == 403
    seen = province.client("sonoivu").get(f"/people/{person}/access").text
    assert "phogiamdoc" in seen
    assert "Người được giao ký thay" in seen
    actor = province.enter("thutruong", SIGN)
    (grant,) = queries.list_delegations(actor, services.headed(actor))
    with transaction():
        services.end_delegation(actor, grant.id)
    assert client.get(f"/people/{person}").status_code == 403


def test_the_database_tells_the_kinds_and_the_capacity_to_a_session_and_a_token(
    province: Province, deputy: int
) -> None:
    with scope.everything():
        db.session.execute(
            insert(RoleGrant).values(
                account_id=deputy, role="delegate", agency_id=province.agencies["B"], valid_from=DAY,
                valid_to=DAY + timedelta(days=3), basis="old_data", capacity="TUQ.", actions=["leaving", "retirement"],
            )
        )  # fmt: skip
        db.session.commit()
    (grant,) = queries.actor_of(deputy, "job").grants
    assert grant == Grant(Role.DELEGATE, province.agencies["B"], "TUQ.", ("leaving", "retirement"))
    assert province.client("phogiamdoc").get("/decisions").status_code == 200


def test_only_the_head_of_that_very_agency_gives_it(province: Province, deputy: int) -> None:
    other = add_account(province, "phophuong", "Phó Chủ tịch phường", "C")
    for username in ("chutich", "tochuc", "sonoivu", "canbo"):
        with pytest.raises(Forbidden):
            give(province, deputy, username)
    with pytest.raises(Refused) as refused:
        give(province, other)  # an account of another agency
    assert codes(refused) == {("account_id", "not_of_agency")}
    with pytest.raises(Forbidden):
        give(province, deputy, agency_id=province.agencies["B1"])
    with pytest.raises(Forbidden):
        give(province, deputy, agency_id=province.agencies["C"])


def test_whoever_gives_rights_does_so_in_the_heads_name(province: Province, deputy: int) -> None:
    give(province, deputy, "admin")
    (grant,) = held(deputy)
    assert (grant.delegator_id, grant.recorded_by) == (province.accounts["thutruong"], province.accounts["admin"])


def test_without_a_head_there_is_nobody_to_sign_for(province: Province) -> None:
    other = add_account(province, "phophuong", "Phó Chủ tịch phường", "C")
    with pytest.raises(Refused) as refused:
        give(province, other, "admin", agency_id=province.agencies["C"])
    assert codes(refused) == {("agency_id", "no_head")}


def test_a_delegate_gives_it_to_nobody(province: Province, deputy: int) -> None:
    give(province, deputy)
    other = add_account(province, "truongphong", "Trưởng phòng", "B1")
    actor = queries.actor_of(deputy, "web")
    scope.enter_for(actor, SIGN)
    with pytest.raises(Refused) as refused, transaction():
        services.delegate(actor, wanted(province, other))
    assert codes(refused) == {("agency_id", "only_delegate")}
    assert held(other) == []
    page = province.client("phogiamdoc").get("/accounts/delegations/new")
    assert page.status_code == 200
    assert "không giao lại" in page.text


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"valid_from": DAY - timedelta(days=1)}, ("valid_from", "grant_in_the_past")),
        ({"valid_to": None}, ("last_day", "required")),
        ({"valid_to": DAY}, ("last_day", "ends_before_it_begins")),
        ({"valid_to": DAY + timedelta(days=400)}, ("last_day", "too_long")),
        ({"note": "   "}, ("note", "required")),
        ({"note": "x" * 301}, ("note", "note_long")),
        ({"capacity": "TM."}, ("capacity", "unknown_capacity")),
        ({"capacity": ""}, ("capacity", "unknown_capacity")),
        ({"actions": ("dance",)}, ("actions", "unknown_action")),
    ],
)
def test_bad_input_gets_a_sentence(
    province: Province, deputy: int, more: dict[str, Any], problem: tuple[str, str]
) -> None:
    with pytest.raises(Refused) as refused:
        give(province, deputy, **more)
    assert codes(refused) == {problem}
    assert held(deputy) == []


def test_nobody_signs_for_themself_nor_with_a_closed_account(province: Province, deputy: int) -> None:
    with pytest.raises(Refused) as refused:
        give(province, province.accounts["thutruong"])
    assert codes(refused) == {("account_id", "to_oneself")}
    with pytest.raises(Refused) as refused:
        give(province, province.accounts["thutruong"], "admin")
    assert codes(refused) == {("account_id", "to_oneself")}
    with transaction():
        services.close_account(province.enter("admin"), deputy, "thôi việc")
    with pytest.raises(Refused) as refused:
        give(province, deputy)
    assert codes(refused) == {("account_id", "account_closed")}


def test_two_at_once_of_one_delegate_are_refused_one_after_the_other_is_not(province: Province, deputy: int) -> None:
    give(province, deputy)
    with pytest.raises(Refused) as refused:
        give(province, deputy, valid_from=DAY + timedelta(days=9), valid_to=DAY + timedelta(days=20))
    assert codes(refused) == {("valid_from", "overlapping")}
    give(province, deputy, valid_from=DAY + timedelta(days=10), valid_to=DAY + timedelta(days=20), capacity="Q.")
    assert [grant.capacity for grant in held(deputy, DAY + timedelta(days=10))] == ["Q."]


def test_it_ends_with_the_delegates_account_and_with_the_heads(province: Province, deputy: int) -> None:
    give(province, deputy)
    with transaction():
        services.close_account(province.enter("admin"), deputy, "thôi việc")
    assert held(deputy) == []
    other = add_account(province, "truongphong", "Trưởng phòng", "B1")
    give(province, other, valid_from=DAY + timedelta(days=2))
    give(province, other, valid_from=DAY, valid_to=DAY + timedelta(days=2))
    with transaction():
        services.close_account(province.enter("admin"), province.accounts["thutruong"], "nghỉ hưu")
    assert held(other) == []
    assert held(other, DAY + timedelta(days=5)) == []


def test_it_ends_with_the_heads_power(province: Province, deputy: int) -> None:
    give(province, deputy)
    (head,) = held(province.accounts["thutruong"])
    with transaction():
        services.end_grant(province.enter("admin"), head.id, DAY + timedelta(days=3))
    assert held(deputy, DAY + timedelta(days=3)) != []
    assert held(deputy, DAY + timedelta(days=4)) == []


def test_the_delegate_gives_it_back_others_cannot(province: Province, deputy: int) -> None:
    give(province, deputy)
    (grant,) = held(deputy)
    with pytest.raises(NotFound), transaction():
        services.end_delegation(province.enter("chutich", SIGN), grant.id)
    actor = queries.actor_of(deputy, "web")
    scope.enter_for(actor, SIGN)
    with transaction():
        services.end_delegation(actor, grant.id)
    assert held(deputy) == []
    with pytest.raises(Refused) as refused, transaction():
        services.end_delegation(province.enter("thutruong", SIGN), grant.id)
    assert codes(refused) == {("", "over")}


def test_the_role_is_not_granted_as_others_are(province: Province, deputy: int) -> None:
    with pytest.raises(Refused) as refused, transaction():
        services.grant_role(
            province.enter("admin"), deputy, NewGrant(Role.DELEGATE, province.agencies["B"], clock.today())
        )
    assert codes(refused) == {("role", "delegate_elsewhere")}
    assert 'value="delegate"' not in province.client("admin").get(f"/accounts/{deputy}/grants/new").text


def test_the_pages(province: Province, deputy: int) -> None:
    client = province.client("thutruong")
    assert "Chưa có lần giao ký thay nào" in client.get("/accounts/delegations").text
    form = client.get("/accounts/delegations/new").text
    assert f'value="{province.agencies["B"]}"' in form
    found = client.get("/accounts/delegations/accounts?q=pho").json["items"]
    assert [item["value"] for item in found] == [str(deputy)]
    values = {
        "agency_id": str(province.agencies["B"]), "account_id": str(deputy), "capacity": "KT.",
        "valid_from": "21/11/2026", "last_day": "30/11/2026", "note": "Đi công tác",
    }  # fmt: skip
    empty = client.submit("/accounts/delegations/new", {})
    assert empty.status_code == 422
    wrong = client.submit("/accounts/delegations/new", {**values, "last_day": "20/11/2026"})
    assert wrong.status_code == 422
    assert "Ngày kết thúc phải từ ngày bắt đầu 21/11/2026" in wrong.text
    assert client.submit("/accounts/delegations/new", values).status_code == 303
    page = client.get("/accounts/delegations").text
    assert "21/11/2026" in page
    assert "30/11/2026" in page
    assert "ký thay (KT.)" in page or "KT." in page
    (grant,) = held(deputy)
    assert province.client("phogiamdoc").get("/accounts/delegations").status_code == 200
    assert client.submit(f"/accounts/delegations/{grant.id}/end").status_code == 303
    assert "Đã kết thúc" in client.get("/accounts/delegations").text
    assert province.client("admin").get(f"/accounts/{deputy}").status_code == 200


def test_the_list_asks_a_fixed_number_of_times(province: Province, deputy: int) -> None:
    give(province, deputy)
    client = province.client("thutruong")
    client.get("/accounts/delegations")
    with statements() as few:
        client.get("/accounts/delegations")
    for number in range(5):
        give(province, add_account(province, f"pho{number}", f"Phó {number}", "B1"))
    with statements() as many:
        client.get("/accounts/delegations")
    assert len(many) == len(few)
    assert len(few) <= 8
