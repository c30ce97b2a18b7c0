from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from hrms.accounts import rules
from hrms.accounts.rules import LockReason, Restriction, Standing

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
TODAY = date(2026, 11, 21)


def standing(**given: object) -> Standing:
    values: dict[str, object] = {
        "must_change_password": False, "has_second_factor": False, "gave_second_factor": False,
        "needs_second_factor": False, "waived": False, "password_changed_at": NOW, "password_days": None,
    }  # fmt: skip
    return Standing(**{**values, **given})  # type: ignore[arg-type] # the names are those of the fields


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, None),
        ({"must_change_password": True}, Restriction.CHANGE_PASSWORD),
        ({"needs_second_factor": True}, Restriction.SECOND_FACTOR_SETUP),
        ({"needs_second_factor": True, "waived": True}, None),
        ({"has_second_factor": True}, Restriction.SECOND_FACTOR),
        ({"has_second_factor": True, "waived": True}, Restriction.SECOND_FACTOR),
        ({"has_second_factor": True, "must_change_password": True}, Restriction.SECOND_FACTOR),
        ({"has_second_factor": True, "gave_second_factor": True, "needs_second_factor": True}, None),
        ({"needs_second_factor": True, "must_change_password": True}, Restriction.CHANGE_PASSWORD),
        ({"password_days": 60, "password_changed_at": NOW - timedelta(days=59, hours=23)}, None),
        ({"password_days": 60, "password_changed_at": NOW - timedelta(days=60)}, Restriction.CHANGE_PASSWORD),
        ({"password_days": 60, "password_changed_at": None}, Restriction.CHANGE_PASSWORD),
        ({"password_days": None, "password_changed_at": NOW - timedelta(days=900)}, None),
    ],
)
def test_what_must_be_done_first(given: dict[str, object], expected: Restriction | None) -> None:
    assert rules.restriction_of(standing(**given), NOW) == expected


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("Abc-1234", set()),
        ("Ắc-quy12", set()),
        ("Abc-123", {"password_short"}),
        ("abc-1234", {"password_simple"}),
        ("ABC-1234", {"password_simple"}),
        ("Abcd-efg", {"password_simple"}),
        ("Abcd1234", {"password_simple"}),
        ("Abcd 1234", {"password_simple"}),
        ("SoNoiVu-2026", {"password_has_name"}),
        ("Sở.nộivụ.SONOIVU1", {"password_has_name"}),
        ("", {"password_short", "password_simple"}),
        ("Aa1-" * 60, {"password_long"}),
    ],
)
def test_passwords(password: str, codes: set[str]) -> None:
    assert {p.code for p in rules.password_problems(password, "sonoivu", 8)} == codes


def test_a_name_written_with_accents_counts_as_the_name() -> None:
    assert [p.code for p in rules.password_problems("Đặngvăn-99", "dangvan", 8)] == ["password_has_name"]


@pytest.mark.parametrize("name", ["ab", "a.b-c_1", "0x", "a" * 60])
def test_sign_in_names_that_do(name: str) -> None:
    assert rules.username_problems(name) == []


@pytest.mark.parametrize("name", ["a", "A1", ".a", "á1", "a b", "a" * 61, "", "a\n"])
def test_sign_in_names_that_do_not(name: str) -> None:
    assert [p.code for p in rules.username_problems(name)] == ["username"]


def test_only_wrong_passwords_unlock_by_themselves() -> None:
    assert rules.unlocks_at(LockReason.WRONG_PASSWORD, NOW, 12) == NOW + timedelta(hours=12)
    assert rules.unlocks_at(LockReason.BULK_DOWNLOAD, NOW, 12) is None
    assert rules.unlocks_at(LockReason.IDLE, NOW, 12) is None
    assert rules.unlocks_at(LockReason.WRONG_PASSWORD, None, 12) is None


def test_a_code_is_good_once_and_never_goes_back() -> None:
    expected = [(9, "000009"), (10, "000010"), (11, "000011")]
    assert rules.matched_step("000010", expected, None) == 10
    assert rules.matched_step("000010", expected, 9) == 10
    assert rules.matched_step("000010", expected, 10) is None
    assert rules.matched_step("000009", expected, 10) is None
    assert rules.matched_step("000099", expected, None) is None
    assert rules.matched_step("", expected, None) is None
    assert rules.matched_step("một hai", expected, None) is None


def test_the_same_code_in_two_steps_uses_up_the_later() -> None:
    assert rules.matched_step("7", [(1, "7"), (2, "7")], None) == 2


def test_grants_begin_today_at_the_earliest() -> None:
    assert rules.grant_problems(TODAY, None, TODAY) == []
    assert [p.code for p in rules.grant_problems(TODAY - timedelta(days=1), None, TODAY)] == ["grant_in_the_past"]
    assert [p.code for p in rules.grant_problems(TODAY, TODAY, TODAY)] == ["ends_before_it_begins"]


def test_tokens_live_a_year_at_most() -> None:
    assert rules.token_problems("x", TODAY, TODAY) == []
    assert rules.token_problems("x", TODAY + timedelta(days=365), TODAY) == []
    assert [p.code for p in rules.token_problems("x", TODAY + timedelta(days=366), TODAY)] == ["token_expiry"]
    assert [p.code for p in rules.token_problems("", TODAY - timedelta(days=1), TODAY)] == [
        "token_name",
        "token_expiry",
    ]


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari, iPhone"),
        ("curl/8.5", "curl/8.5"),
        ("", ""),
    ],
)  # fmt: skip
def test_browsers_by_the_names_people_use(agent: str, name: str) -> None:
    assert rules.browser_name(agent) == name
