"""Secondment and transfer over every path: the sender, the receiver, a third agency, and the person.

A seconded person is seen by both agencies while it lasts; after a transfer the new agency sees the file with what was
before it came, the old one only the decisions it was shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import insert, select

from hrms.accounts.models import Account, RoleGrant
from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.permissions import Role
from hrms.decisions.models import Decision
from hrms.people.services.current import refresh_due
from tests.people.carrying_out import carry_out
from tests.province import TODAY, Province
from tests.system.tampering import words, write

NAME, CODE = "Nguyễn Văn Hùng", "CT-000007"
SENDER, RECEIVER, THIRD, SELF = "tochuc", "noinhan", "noikhac", "canbo"
FILE = ("page", "career", "print", "list", "search", "export", "json", "json list")


@pytest.fixture
def moving(province: Province) -> Iterator[Province]:
    """The province with an officer at the receiving and at a third agency, on 21/11/2026."""
    add_account(province, RECEIVER, "A")
    add_account(province, THIRD, "C")
    with clock.frozen(TODAY):
        yield province


def add_account(province: Province, username: str, place: str, role: Role = Role.HR_AGENCY, **more: object) -> None:
    with scope.everything():
        account_id = db.session.execute(
            insert(Account)
            .values(
                username=username, display_name=username, agency_id=province.agencies[place],
                scope_ids=province.paths[place], must_change_password=False, password_changed_at=TODAY,
                second_factor_waived=True, **more,
            )
            .returning(Account.id)
        ).scalar_one()  # fmt: skip
        db.session.execute(
            insert(RoleGrant).values(
                account_id=account_id, role=role.value, agency_id=province.agencies[place],
                valid_from=date(2025, 7, 1), basis="old_data",
            )
        )  # fmt: skip
        db.session.commit()
    province.accounts[username] = account_id


def sees(province: Province, username: str, decision: int | None = None) -> dict[str, bool]:
    """Say by which paths an account reaches the person, and the decision."""
    client, person = province.client(username), province.people[NAME]
    found = {
        "page": client.get(f"/people/{person}").status_code == 200,
        "career": client.get(f"/people/{person}/career").status_code == 200,
        "print": client.get(f"/people/{person}/print").status_code == 200,
        "list": NAME in client.get(f"/people?q={CODE}&col=name").text,
        "search": any(NAME in item["label"] for item in (
            client.get(f"/people/choices?q={CODE}").get_json(silent=True) or {"items": []}
        )["items"]),
        "json": client.get(f"/api/v1/people/{person}").status_code == 200,
        "json list": NAME in client.get(f"/api/v1/people?q={CODE}").text,
    }  # fmt: skip
    book = client.get(f"/people/export.xlsx?q={CODE}&col=staff_code&col=name")
    found["export"] = book.status_code == 200 and NAME in words(book.data)
    if decision is not None:
        with scope.everything():
            reference = db.session.get_one(Decision, decision).reference
        found["decision"] = client.get(f"/decisions/{decision}").status_code == 200
        found["register"] = reference in client.get("/decisions").text
    return found


def everywhere(found: dict[str, bool]) -> bool:
    return all(found[path] for path in FILE)


def nowhere(found: dict[str, bool]) -> bool:
    return not any(found[path] for path in FILE)


def secondment(province: Province, start: date, last_day: str) -> int:
    return carry_out(
        "secondment", province.people[NAME], start, issuer_id=province.agencies["B"],
        agency=province.agencies["A"], last_day=last_day,
    )  # fmt: skip


def transfer(province: Province, on: date) -> int:
    return carry_out(
        "transfer", province.people[NAME], on, issuer_id=province.agencies["root"], agency=province.agencies["A"]
    )


def test_before_anything_only_the_own_agency_sees_the_person(moving: Province) -> None:
    assert everywhere(sees(moving, SENDER))
    assert nowhere(sees(moving, RECEIVER))
    assert nowhere(sees(moving, THIRD))


def test_a_seconded_person_is_seen_by_sender_and_receiver_and_nobody_else(moving: Province) -> None:
    decision = secondment(moving, date(2026, 11, 1), "2027-10-31")
    for username in (SENDER, RECEIVER):
        found = sees(moving, username, decision)
        assert everywhere(found), username
        assert found["decision"], username
        assert found["register"], username
    third = sees(moving, THIRD, decision)
    assert nowhere(third)
    assert not third["decision"]
    assert not third["register"]
    page = moving.client(SELF).get(f"/people/{moving.people[NAME]}/career")
    assert page.status_code == 200
    assert "Biệt phái đến" in page.text
    # An account at the sender stays: it is still the agency that uses and pays the person.
    assert moving.client(SELF).get(f"/people/{moving.people[NAME]}").status_code == 200


def test_the_receiver_sees_the_person_from_the_first_day_to_the_last(moving: Province) -> None:
    secondment(moving, date(2026, 12, 1), "2027-01-31")
    for day, seen in (
        (date(2026, 11, 30), False),
        (date(2026, 12, 1), True),
        (date(2027, 1, 31), True),
        (date(2027, 2, 1), False),
    ):
        with clock.frozen(TODAY.replace(year=day.year, month=day.month, day=day.day)):
            refresh_due()
            found = sees(moving, RECEIVER)
            assert everywhere(found) if seen else nowhere(found), day
            assert everywhere(sees(moving, SENDER)), day


def test_the_return_takes_the_file_from_the_receiver_and_leaves_its_decisions(moving: Province) -> None:
    begun = secondment(moving, date(2026, 10, 1), "2027-10-31")
    ended = carry_out("secondment_end", moving.people[NAME], date(2026, 11, 21), issuer_id=moving.agencies["B"])
    for decision in (begun, ended):
        found = sees(moving, RECEIVER, decision)
        assert nowhere(found)
        assert found["decision"]
        assert everywhere(sees(moving, SENDER, decision))
    assert NAME not in moving.client(RECEIVER).get(f"/decisions/{begun}").text


def test_after_a_transfer_the_new_agency_sees_the_file_with_what_was_before(moving: Province) -> None:
    before = paper_from_before(moving)
    decision = transfer(moving, date(2026, 11, 10))
    found = sees(moving, RECEIVER, decision)
    assert everywhere(found)
    assert found["decision"]
    career = moving.client(RECEIVER).get(f"/people/{moving.people[NAME]}/career").text
    assert "Phòng Quy hoạch" in career
    assert moving.client(RECEIVER).get(f"/decisions/{before}").status_code == 200
    third = sees(moving, THIRD, decision)
    assert nowhere(third)
    assert not third["decision"]


def test_after_a_transfer_the_old_agency_sees_its_own_decisions_alone(moving: Province) -> None:
    before = paper_from_before(moving)
    decision = transfer(moving, date(2026, 11, 10))
    later = carry_out(
        "leaving", moving.people[NAME], date(2026, 12, 1), issuer_id=moving.agencies["A"],
        own={moving.people[NAME]: {"case": "unfit"}},
    )  # fmt: skip
    found = sees(moving, SENDER, decision)
    assert nowhere(found)
    assert found["decision"]
    assert moving.client(SENDER).get(f"/decisions/{before}").status_code == 200
    assert moving.client(SENDER).get(f"/decisions/{later}").status_code == 404
    # What they show of a person who has gone: nothing.
    assert NAME not in moving.client(SENDER).get(f"/decisions/{decision}").text


def test_a_transfer_ahead_shows_the_file_on_its_day(moving: Province) -> None:
    decision = transfer(moving, date(2026, 12, 1))
    assert nowhere(sees(moving, RECEIVER, decision))
    assert everywhere(sees(moving, SENDER, decision))
    with clock.frozen(TODAY.replace(month=12, day=1)):
        refresh_due()
        assert everywhere(sees(moving, RECEIVER))
        assert nowhere(sees(moving, SENDER))


def test_a_cancelled_transfer_gives_the_file_back(moving: Province) -> None:
    decision = transfer(moving, date(2026, 11, 10))
    back = carry_out(
        "cancellation", moving.people[NAME], date(2026, 11, 21), issuer_id=moving.agencies["root"],
        decision=decision, reason="Ban hành không đúng thẩm quyền",
    )  # fmt: skip
    assert everywhere(sees(moving, SENDER, back))
    found = sees(moving, RECEIVER, back)
    assert nowhere(found)
    # It was shown the transfer, and is shown why it is no more.
    assert found["decision"]


def test_the_person_sees_their_own_file_and_papers_wherever_they_are(moving: Province) -> None:
    person = moving.people[NAME]
    decision = transfer(moving, date(2026, 11, 10))
    # The account given by the former agency ends with the move; the new one gives another.
    assert moving.client(SELF).get(f"/people/{person}").status_code == 302
    write(Account.__table__.update().where(Account.id == moving.accounts[SELF]).values(person_id=None))
    add_account(moving, "canhan", "A", Role.OFFICIAL, person_id=person)
    client = moving.client("canhan")
    for address in (f"/people/{person}", f"/people/{person}/career", f"/people/{person}/print"):
        assert client.get(address).status_code == 200, address
    assert client.get(f"/api/v1/people/{person}").status_code == 200
    assert client.get(f"/people?q={CODE}").status_code == 403
    assert decision in visible_decisions(moving, "canhan")


def visible_decisions(province: Province, username: str) -> set[int]:
    """Return what the row policies show of the register to an account about its own person."""
    person = province.people[NAME]
    scope.enter(scope.Scope(person_id=person, account_id=province.accounts[username]))
    found = set(db.session.scalars(select(Decision.id)))
    db.session.rollback()
    return found


def paper_from_before(province: Province) -> int:
    """Give the person a paper from before: a secondment that is over."""
    return carry_out(
        "secondment", province.people[NAME], date(2025, 8, 1), issuer_id=province.agencies["B"],
        agency=province.agencies["C"], last_day="2025-12-31",
    )  # fmt: skip


def test_papers_that_leave_no_fact_stand_on_the_page_of_the_person_and_of_the_decision(moving: Province) -> None:
    person = moving.people["Nguyễn Hoà Dũng"]  # born 01/1971, retires after 31/01/2033
    notice = carry_out("retirement_notice", person, date(2026, 11, 1), issuer_id=moving.agencies["A"])
    page = moving.client(RECEIVER).get(f"/people/{person}/career").text
    assert "Thông báo nghỉ hưu" in page
    assert "nghỉ hưu sau ngày 31/01/2033" in page
    assert "Nguyễn Hoà Dũng" in moving.client(RECEIVER).get(f"/decisions/{notice}").text
    back = carry_out(
        "cancellation", person, date(2026, 11, 21), issuer_id=moving.agencies["A"], decision=notice, reason="ghi nhầm"
    )
    with scope.everything():
        reference = db.session.get_one(Decision, back).reference
    after = moving.client(RECEIVER).get(f"/people/{person}/career").text
    assert f"đã sửa hoặc hủy bởi Quyết định {reference}" in after
