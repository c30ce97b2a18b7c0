from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import select, text

from hrms.accounts import queries, services
from hrms.accounts.hooks import SENTENCES
from hrms.accounts.models import Account, ApiToken, RoleGrant
from hrms.accounts.services import NewAccount, NewGrant
from hrms.core import clock, dated, hooks, scope
from hrms.core.actor import Actor, Grant
from hrms.core.db import db
from hrms.core.errors import Forbidden, HrmsError, NotFound, Refused, Stale
from hrms.core.permissions import Permission, Role
from hrms.core.unit import transaction
from tests.accounts.conftest import Door, words
from tests.counting import statements


def codes(error: pytest.ExceptionInfo[HrmsError]) -> set[str]:
    return {problem.code for problem in error.value.problems}


def admin_of(door: Door, place: str) -> Actor:
    """Return an administrator of a part of the tree, with an account of their own."""
    with scope.everything():
        account_id = db.session.scalar(select(Account.id).where(Account.username == f"qt-{place.lower()}"))
        if account_id is None:
            agency_id = door.province.agencies[place]
            account, _password = services.create_account(
                Actor.system(), NewAccount(f"qt-{place.lower()}", "Quản trị", agency_id)
            )
            services.grant_role(Actor.system(), account.id, NewGrant(Role.ADMIN, agency_id, clock.today()))
            account_id = account.id
            db.session.commit()
    actor = Actor(account_id, "Quản trị", (Grant(Role.ADMIN, door.province.agencies[place]),))
    scope.enter_for(actor)
    return actor


def admin(door: Door) -> Actor:
    return door.province.enter("admin")


def grants_of(door: Door, username: str) -> list[tuple[str, date, date | None]]:
    with scope.everything():
        account_id = db.session.scalar(select(Account.id).where(Account.username == username))
        found = db.session.scalars(
            select(RoleGrant).where(RoleGrant.account_id == account_id, dated.at(RoleGrant)).order_by(RoleGrant.id)
        ).all()
        return [(g.role, g.valid_from, g.valid_to) for g in found]


def test_an_account_is_opened_with_a_first_password_that_must_be_changed(door: Door) -> None:
    browser = door.enter("admin")
    answer = browser.submit(
        "/accounts/new",
        {"username": "Le.Van-An", "display_name": "  Lê   Văn An ", "agency_id": str(door.province.agencies["B"]),
         "role": "hr_agency"},
    )  # fmt: skip
    assert answer.status_code == 200, words(answer)
    found = re.search(r'<code class="key">([^<]+)</code>', answer.text)
    assert found is not None
    account = door.account("le.van-an")
    assert (account.display_name, account.must_change_password) == ("Lê Văn An", True)
    assert grants_of(door, "le.van-an") == [("hr_agency", clock.today(), None)]
    newcomer = door.enter("le.van-an", found[1])
    assert newcomer.get("/people").headers["Location"].startswith("/account/password")
    assert found[1] not in browser.get(f"/accounts/{account.id}").text


def test_a_holder_is_found_by_the_staff_code_and_gives_name_and_agency(door: Door) -> None:
    who = admin(door)
    with transaction():
        account, _password = services.create_account(who, NewAccount("rayts", staff_code="CT-000009"))
    assert (account.display_name, account.agency_id) == ("Thạch Sa Rây", door.province.agencies["C"])
    assert account.person_id == door.province.people["Thạch Sa Rây"]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (NewAccount("tochuc", "Tên", 0), {"username_taken"}),
        (NewAccount("Tên có dấu", "Tên", 0), {"username"}),
        (NewAccount("moi1", "", 0), {"display_name"}),
        (NewAccount("moi2", "x" * 200, 0), {"display_name"}),
        (NewAccount("moi3", "Tên", None), {"missing"}),
        (NewAccount("moi4", "Tên", 0, staff_code="KHONG-CO"), {"no_such_person"}),
        (NewAccount("moi5", "Tên", 0, staff_code="CT-000007"), {"has_account"}),
    ],
)
def test_what_is_wrong_with_a_new_account_is_said_at_once(door: Door, new: NewAccount, expected: set[str]) -> None:
    who = admin(door)
    given = NewAccount(
        new.username, new.display_name, door.province.agencies["B"] if new.agency_id == 0 else None,
        staff_code=new.staff_code,
    )  # fmt: skip
    with pytest.raises(Refused) as refused, transaction():
        services.create_account(who, given)
    assert codes(refused) == expected


def test_an_administrator_of_a_part_keeps_that_part_only(door: Door) -> None:
    who = admin_of(door, "B")
    with pytest.raises(Forbidden), transaction():
        services.create_account(who, NewAccount("xa", "Ở xa", door.province.agencies["A"]))
    with pytest.raises(Refused) as refused, transaction():
        services.create_account(who, NewAccount("xa", "Ở xa", door.province.agencies["B"], staff_code="CT-000009"))
    assert codes(refused) == {"no_such_person"}
    with pytest.raises(NotFound), transaction():
        services.reset_password(who, door.province.accounts["thanhtra"])
    with pytest.raises(Forbidden), transaction():
        services.grant_role(
            who, door.province.accounts["tochuc"], NewGrant(Role.HR_AGENCY, door.province.agencies["A"], clock.today())
        )


def test_keeping_a_small_agency_opens_no_larger_one(door: Door) -> None:
    """Somebody of agency B who holds the whole province is out of reach of B's own administrator."""
    with scope.everything(), transaction():
        services.grant_role(
            Actor.system(), door.province.accounts["tochuc"],
            NewGrant(Role.HR_PROVINCE, door.province.agencies["root"], clock.today() + timedelta(days=1)),
        )  # fmt: skip
    who = admin_of(door, "B")
    account_id = door.province.accounts["tochuc"]
    for act in (
        lambda: services.reset_password(who, account_id),
        lambda: services.reset_second_factor(who, account_id),
        lambda: services.unlock_account(who, account_id),
        lambda: services.close_account(who, account_id, "x"),
        lambda: services.edit_account(who, account_id, 1, NewAccount("tochuc", "Tên khác")),
    ):
        with pytest.raises(Forbidden), transaction():
            act()


def test_nobody_grants_or_resets_for_themself(door: Door) -> None:
    who = admin(door)
    own = who.account_id or 0
    for act in (
        lambda: services.grant_role(
            who, own, NewGrant(Role.HR_PROVINCE, door.province.agencies["root"], clock.today())
        ),
        lambda: services.reset_password(who, own),
        lambda: services.reset_second_factor(who, own),
        lambda: services.close_account(who, own, "nghỉ"),
        lambda: services.unlock_account(who, own),
    ):
        with pytest.raises(Refused) as refused, transaction():
            act()
        assert codes(refused) == {"own_account"}


def test_the_last_administrator_stays(door: Door) -> None:
    with scope.everything():
        grant_id = db.session.scalars(
            select(RoleGrant.id).where(RoleGrant.account_id == door.province.accounts["admin"])
        ).one()
        db.session.commit()
    with pytest.raises(Refused) as refused, scope.everything(), transaction():
        services.end_grant(Actor.system(), grant_id, None)
    assert codes(refused) == {"last_admin"}
    with pytest.raises(Refused) as refused, scope.everything(), transaction():
        services.close_account(Actor.system(), door.province.accounts["admin"], "x")
    assert codes(refused) == {"last_admin"}
    admin_of(door, "root")
    with pytest.raises(Refused) as refused, transaction():
        services.end_grant(admin(door), grant_id, None)
    assert codes(refused) == {"own_account"}
    with transaction():
        services.end_grant(admin_of(door, "root"), grant_id, None)
    assert grants_of(door, "admin") == [("admin", date(2025, 7, 1), clock.today())]


def test_a_grant_is_a_dated_fact(door: Door) -> None:
    who = admin(door)
    today = clock.today()
    root, account_id = door.province.agencies["root"], door.province.accounts["thutruong"]
    with transaction():
        services.grant_role(who, account_id, NewGrant(Role.INSPECTOR, root, today, today + timedelta(days=30)))
    (before, made) = grants_of(door, "thutruong")
    assert made == ("inspector", today, today + timedelta(days=30))
    scope.enter_for(who)
    grant_id = db.session.scalars(
        select(RoleGrant.id).where(RoleGrant.role == "inspector", RoleGrant.account_id == account_id)
    ).one()
    with transaction():
        services.end_grant(who, grant_id, today + timedelta(days=5))
    assert grants_of(door, "thutruong") == [before, ("inspector", today, today + timedelta(days=6))]
    scope.enter_for(who)
    current = db.session.scalars(
        select(RoleGrant.id).where(
            RoleGrant.account_id == account_id, RoleGrant.role == "inspector", dated.at(RoleGrant)
        )
    ).one()
    with pytest.raises(Refused) as refused, transaction():
        services.end_grant(who, current, today + timedelta(days=60))
    assert codes(refused) == {"ends_already"}
    with pytest.raises(Refused) as refused, transaction():
        services.end_grant(who, current, today - timedelta(days=1))
    assert codes(refused) == {"end_in_the_past"}
    with transaction():
        services.end_grant(who, current, None)
    assert grants_of(door, "thutruong") == [before]
    assert door.verbs("thutruong") == ["role_granted", "role_ended", "role_withdrawn"]


def test_a_grant_counts_from_its_first_day_to_its_last_without_a_restart(door: Door) -> None:
    who = admin(door)
    today = clock.today()
    with transaction():
        services.grant_role(
            who, door.province.accounts["canbo"],
            NewGrant(Role.ADMIN, door.province.agencies["B"], today + timedelta(days=2), today + timedelta(days=4)),
        )  # fmt: skip
    door.change("canbo", second_factor_waived=True)
    for days, status in ((0, 403), (1, 403), (2, 200), (3, 200), (4, 403)):
        with clock.frozen(clock.now() + timedelta(days=days)):
            assert door.enter("canbo").get("/accounts").status_code == status, days


@pytest.mark.parametrize("username", ["sonoivu", "tochuc", "thutruong", "giangvien", "thanhtra", "canbo"])
def test_who_may_not_keep_accounts_changes_none(door: Door, username: str) -> None:
    who = door.province.enter(username)
    other = door.province.accounts["tochuc" if username != "tochuc" else "thutruong"]
    agency_id = door.province.agencies["B"]
    for act in (
        lambda: services.create_account(who, NewAccount("moi", "Mới", agency_id)),
        lambda: services.edit_account(who, other, 1, NewAccount("x", "Mới")),
        lambda: services.close_account(who, other, "x"),
        lambda: services.reopen_account(who, other),
        lambda: services.unlock_account(who, other),
        lambda: services.reset_password(who, other),
        lambda: services.reset_second_factor(who, other),
        lambda: services.end_sessions_of(who, other),
        lambda: services.grant_role(who, other, NewGrant(Role.OFFICIAL, agency_id, clock.today())),
        lambda: services.end_grant(who, 1, None),
        lambda: services.watch_accounts(who),
        lambda: services.create_demo_accounts(who, {}, "x"),
    ):
        with pytest.raises(Forbidden):
            act()
        db.session.rollback()


def test_a_stale_form_is_refused(door: Door) -> None:
    who = admin(door)
    account_id = door.province.accounts["tochuc"]
    with transaction():
        services.edit_account(who, account_id, 1, NewAccount("tochuc", "Tên mới", door.province.agencies["A"]))
    with pytest.raises(Stale), transaction():
        services.edit_account(who, account_id, 1, NewAccount("tochuc", "Tên khác"))
    account = door.account("tochuc")
    assert (account.display_name, account.scope_ids) == ("Tên mới", door.province.paths["A"])
    event = door.events("tochuc")[-1]
    assert event.before == {"display_name": "Tài khoản tochuc", "agency_id": door.province.agencies["B"]}


def test_closing_ends_sessions_tokens_and_grants_and_reopening_brings_back_none(door: Door) -> None:
    browser = door.enter("tochuc")
    mine = door.province.enter("tochuc")
    with transaction():
        token = services.create_token(mine, mine.account_id or 0, "máy", clock.today())
    who = admin(door)
    with transaction():
        services.close_account(who, door.province.accounts["tochuc"], "Nghỉ hưu")
    assert browser.get("/account").status_code == 302
    assert door.knock("tochuc").status_code == 422
    assert door.browser().get("/api/v1/people", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert grants_of(door, "tochuc") == [("hr_agency", date(2025, 7, 1), clock.today())]
    scope.enter_for(who)
    with transaction():
        password = services.reopen_account(who, door.province.accounts["tochuc"])
    assert door.enter("tochuc", password).get("/people").headers["Location"].startswith("/account/password")
    assert grants_of(door, "tochuc") == [("hr_agency", date(2025, 7, 1), clock.today())]
    assert [v for v in door.verbs("tochuc") if v in {"closed", "reopened"}] == ["closed", "reopened"]


def test_an_administrator_unlocks_before_the_time(door: Door) -> None:
    for _attempt in range(5):
        door.knock("tochuc", "sai")
    admin_browser = door.enter("admin")
    account_id = door.province.accounts["tochuc"]
    assert "Bị khóa" in words(admin_browser.get(f"/accounts/{account_id}"))
    assert admin_browser.submit(f"/accounts/{account_id}/unlock").status_code == 303
    assert door.knock("tochuc").status_code == 303
    assert "không bị khóa" in words(admin_browser.submit(f"/accounts/{account_id}/unlock", follow_redirects=True))


def test_a_reset_second_factor_is_set_up_again(door: Door) -> None:
    door.change("sonoivu", second_factor_waived=False)
    door.second_factor("sonoivu")
    with transaction():
        services.reset_second_factor(admin(door), door.province.accounts["sonoivu"])
    assert door.enter("sonoivu").get("/account").headers["Location"].startswith("/account/second-factor/setup")
    with pytest.raises(Refused) as refused, transaction():
        services.reset_second_factor(admin(door), door.province.accounts["sonoivu"])
    assert codes(refused) == {"second_factor_not_set"}


# Tokens


def test_a_token_is_shown_once_and_kept_as_a_hash(door: Door) -> None:
    browser = door.enter("tochuc")
    address = f"/accounts/{door.province.accounts['tochuc']}/tokens"
    last = (clock.today() + timedelta(days=30)).strftime("%d/%m/%Y")
    answer = browser.submit(address, {"name": "Trục liên thông", "expires_on": last})
    found = re.search(r"hrms_[\w-]{43}", answer.text)
    assert found is not None
    assert found[0] not in browser.get(address).text
    with scope.everything():
        row = db.session.scalars(select(ApiToken)).one()
        assert found[0] not in row.token_hash
        assert row.permissions is None
        db.session.commit()
    program = door.browser()
    bearer = {"Authorization": f"Bearer {found[0]}"}
    assert program.get("/api/v1/people", headers=bearer).status_code == 200
    assert program.get("/people", headers=bearer).status_code == 302, "a token opens the API only"
    assert browser.submit(f"{address}/{row.id}/revoke").status_code == 303
    assert program.get("/api/v1/people", headers=bearer).status_code == 401


def test_a_token_ends_with_its_last_day(door: Door) -> None:
    mine = door.province.enter("tochuc")
    with transaction():
        token = services.create_token(mine, mine.account_id or 0, "máy", clock.today())
    with scope.everything():
        expires_at = db.session.scalars(select(ApiToken.expires_at)).one()
        db.session.commit()
    bearer = {"Authorization": f"bearer {token}"}
    with clock.frozen(expires_at - timedelta(seconds=1)):
        assert door.browser().get("/api/v1/people", headers=bearer).status_code == 200
    with clock.frozen(expires_at):
        assert door.browser().get("/api/v1/people", headers=bearer).status_code == 401


def test_a_token_may_do_less_and_never_more_than_its_account(door: Door) -> None:
    mine = door.province.enter("tochuc")
    with transaction():
        token = services.create_token(mine, mine.account_id or 0, "ít", clock.today(), [Permission.AGENCIES_VIEW])
    bearer = {"Authorization": f"Bearer {token}"}
    assert door.browser().get("/api/v1/people", headers=bearer).status_code == 403
    for permissions in ([Permission.ACCOUNTS_GRANT], []):
        with pytest.raises(Refused) as refused, transaction():
            services.create_token(mine, mine.account_id or 0, "nhiều", clock.today(), permissions)
        assert codes(refused) == {"permissions"}


def test_nobody_makes_a_token_for_another(door: Door) -> None:
    with pytest.raises(Forbidden), transaction():
        services.create_token(admin(door), door.province.accounts["sonoivu"], "máy", clock.today())
    browser = door.enter("admin")
    address = f"/accounts/{door.province.accounts['sonoivu']}/tokens"
    assert browser.get(address).status_code == 200
    last = clock.today().strftime("%d/%m/%Y")
    assert browser.submit(address, {"name": "máy", "expires_on": last}).status_code == 403


# The list, and statements


def test_the_list_is_narrowed_and_paged(door: Door) -> None:
    who = admin(door)
    for number in range(7):
        with transaction():
            services.create_account(
                who, NewAccount(f"moi{number}", f"Đỗ Thị Hạnh {number}", door.province.agencies["C1"])
            )
    scope.enter_for(who)
    wanted = queries.AccountFilter(q="do thi HANH")
    assert queries.count_accounts(wanted) == 7
    first = queries.list_accounts(wanted, limit=3)
    second = queries.list_accounts(wanted, after=first.next, limit=3)
    last = queries.list_accounts(wanted, after=second.next, limit=3)
    assert [row.username for page in (first, second, last) for row in page.items] == [f"moi{n}" for n in range(7)]
    assert (first.previous, last.next) == (None, None)
    back = queries.list_accounts(wanted, before=last.previous, limit=3)
    assert [row.username for row in back.items] == ["moi3", "moi4", "moi5"]
    assert queries.count_accounts(queries.AccountFilter(agency_id=door.province.agencies["C"])) == 8
    assert queries.count_accounts(queries.AccountFilter(role="hr_agency")) == 2
    assert queries.count_accounts(queries.AccountFilter(state="locked")) == 0
    with clock.frozen(clock.now() + timedelta(days=46)):
        assert queries.count_accounts(queries.AccountFilter(state="idle")) == queries.count_accounts(
            queries.AccountFilter()
        )


def test_a_page_sends_few_statements_whatever_the_rows(door: Door) -> None:
    browser = door.enter("admin")
    account_id = door.province.accounts["tochuc"]
    for address in (
        "/accounts",
        f"/accounts/{account_id}",
        f"/accounts/{account_id}/access",
        "/account",
        "/accounts/roles",
    ):
        with statements() as seen:
            assert browser.get(address).status_code == 200
        assert len(seen) <= 8, (address, seen)


def test_every_event_is_a_sentence_in_both_languages(door: Door) -> None:
    event = {
        "entity_id": 1, "before": None, "reason": "x",
        "after": {"username": "tochuc", "role": "hr_agency", "agency": "Sở", "valid_from": "2026-01-02",
                  "last_day": "2026-02-03", "address": "::1", "name": "máy", "sessions": 2,
                  "capacity": "KT."},
    }  # fmt: skip
    assert {f"account.{verb}" for verb in SENTENCES} <= set(hooks.sentences)
    for verb, sentence in SENTENCES.items():
        said = {}
        for locale in ("vi", "en"):
            with door.province.app.test_request_context(), force_locale(locale):
                said[locale] = sentence(event)
        assert said["vi"] != said["en"], verb
        assert "%(" not in said["vi"] + said["en"], verb


def test_the_application_role_cannot_delete_an_account(door: Door) -> None:
    with pytest.raises(Forbidden), transaction():
        db.session.execute(text("DELETE FROM accounts"))


def test_the_search_boxes_have_somewhere_to_ask(door: Door) -> None:
    browser = door.enter("admin")
    for address in ("/accounts", "/accounts/new", f"/accounts/{door.province.accounts['canbo']}/grants/new"):
        assert 'data-source="/accounts/agencies"' in browser.get(address).text, address
    found = browser.get("/accounts/agencies?q=xay dung").json
    assert [item["label"] for item in found["items"]] == ["Sở Xây dựng"]
