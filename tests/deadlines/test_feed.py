"""The feed: an address of one's own that shows what one sees at this moment, no more, and ends when told to."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import text, update

from hrms.accounts.models import Account, RoleGrant
from hrms.core import scope
from hrms.core.db import db
from hrms.deadlines.rules import Event, calendar_file, folded
from tests.deadlines.test_calendar import due  # noqa: F401 - the fixture
from tests.province import Province


def _make(due: Province, username: str = "tochuc") -> str:  # noqa: F811 - the fixture's value
    page = due.client(username).submit("/calendar/feed").text
    start = page.index("/calendar/lich_")
    return page[start : page.index(".ics", start) + 4]


def _unfolded(answer_text: str) -> str:
    return answer_text.replace("\r\n ", "")


def test_a_calendar_program_reads_what_its_account_sees(due: Province) -> None:  # noqa: F811
    answer = due.client(None).get(_make(due))
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Cache-Control"] == "no-store"
    told = _unfolded(answer.text)
    assert "SUMMARY:Thông báo nghỉ hưu: Lê Văn Tám" in told
    assert "DTSTART;VALUE=DATE:20261230" in told
    assert told.count("BEGIN:VEVENT") == told.count("END:VEVENT") > 3


def test_it_carries_name_matter_day_and_link_and_nothing_else(due: Province) -> None:  # noqa: F811
    told = _unfolded(due.client(None).get(_make(due)).text)
    with scope.everything():
        person = db.session.execute(
            text("SELECT national_id, staff_code FROM people WHERE id = :id"), {"id": due.people["soon"]}
        ).one()
    for guarded in (person.national_id, person.staff_code, "1965", "Phòng Quy hoạch"):
        assert guarded not in told, guarded
    names = {line.partition(":")[0].partition(";")[0] for line in told.splitlines() if line}
    assert names <= {
        "BEGIN", "VERSION", "PRODID", "CALSCALE", "METHOD", "X-WR-CALNAME", "REFRESH-INTERVAL", "UID", "DTSTAMP",
        "DTSTART", "DTEND", "SUMMARY", "URL", "CLASS", "TRANSP", "END",
    }  # fmt: skip


def test_it_is_a_calendar_by_the_standard(due: Province) -> None:  # noqa: F811
    answer = due.client(None).get(_make(due))
    lines = answer.data.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in b"".join(lines)
    told = _unfolded(answer.text).split("\r\n")
    assert told[0] == "BEGIN:VCALENDAR"
    assert told[-2:] == ["END:VCALENDAR", ""]
    uids = [line for line in told if line.startswith("UID:")]
    assert len(uids) == len(set(uids))


def test_another_account_sees_its_own_reach(due: Province) -> None:  # noqa: F811
    told = due.client(None).get(_make(due, "thanhtra")).text
    assert "BEGIN:VCALENDAR" in told
    assert "Lê Văn Tám" not in _unfolded(told)


def test_the_reach_is_that_of_the_moment_it_is_read(due: Province) -> None:  # noqa: F811
    address = _make(due)
    with scope.everything():
        db.session.execute(
            update(RoleGrant)
            .where(RoleGrant.account_id == due.accounts["tochuc"])
            .values(superseded_at=datetime(2026, 1, 1, tzinfo=None).astimezone())
        )
        db.session.commit()
    assert due.client(None).get(address).status_code == 404


@pytest.mark.parametrize(
    "values",
    [{"closed_at": text("now()")}, {"locked_at": text("now()"), "lock_reason": "x"}, {"must_change_password": True}],
    ids=["closed", "locked", "must change the password"],
)
def test_an_account_that_may_not_come_in_has_no_calendar(due: Province, values: dict[str, object]) -> None:  # noqa: F811
    address = _make(due)
    assert due.client(None).get(address).status_code == 200
    with scope.everything():
        db.session.execute(update(Account).where(Account.id == due.accounts["tochuc"]).values(**values))
        db.session.commit()
    assert due.client(None).get(address).status_code == 404


def test_a_new_address_and_taking_it_back_end_the_old_one(due: Province) -> None:  # noqa: F811
    client = due.client("tochuc")
    first, second = _make(due), _make(due)
    assert due.client(None).get(first).status_code == 404
    assert due.client(None).get(second).status_code == 200
    assert client.submit("/calendar/feed/revoke").status_code == 303
    assert due.client(None).get(second).status_code == 404
    assert "Không có địa chỉ lịch nào đang dùng" in client.submit("/calendar/feed/revoke", follow_redirects=True).text


@pytest.mark.parametrize("guess", ["lich_", "x", "lich_" + "A" * 43, "feed", "%27%20OR%201=1"])
def test_a_guess_opens_nothing(due: Province, guess: str) -> None:  # noqa: F811
    _make(due)
    assert due.client(None).get(f"/calendar/{guess}.ics").status_code == 404


def test_the_token_itself_is_kept_nowhere(due: Province) -> None:  # noqa: F811
    token = _make(due).removeprefix("/calendar/").removesuffix(".ics")
    with scope.entered(scope.Scope(account_id=due.accounts["tochuc"])):
        rows = db.session.execute(text("SELECT token_hash FROM calendar_feeds")).scalars().all()
    assert rows
    assert token not in rows
    assert token not in due.client("tochuc").get("/calendar/feed").text


def test_nobody_reads_the_feeds_of_others(due: Province) -> None:  # noqa: F811
    _make(due)
    with scope.entered(scope.Scope(people=(0,), accounts=(0,), account_id=due.accounts["sonoivu"])):
        assert db.session.execute(text("SELECT count(*) FROM calendar_feeds")).scalar_one() == 0


def test_long_vietnamese_lines_are_folded_between_characters() -> None:
    line = "SUMMARY:" + "Bổ nhiệm lại: Nguyễn Thị Hoàng Ánh; " * 6
    parts = folded(line).split("\r\n")
    assert all(len(part.encode()) <= 75 for part in parts)
    assert "".join([parts[0], *(part.removeprefix(" ") for part in parts[1:])]) == line


def test_commas_and_line_ends_are_marked() -> None:
    made = calendar_file(
        "a", [Event("u", date(2026, 1, 31), "Một, hai; ba\nbốn\\", "http://x/")], datetime(2026, 1, 1).astimezone()
    )
    assert "SUMMARY:Một\\, hai\\; ba\\nbốn\\\\" in made
    assert "DTEND;VALUE=DATE:20260201" in made
