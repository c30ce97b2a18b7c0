"""The page anybody checks a certificate by: what it tells, nothing else, and not too often."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text, update

from hrms.core import clock, jobs, scope
from hrms.core.db import db
from hrms.core.models import Setting
from hrms.core.unit import transaction
from hrms.training.models import Certificate
from hrms.training.services import verifying
from tests.client import Browser
from tests.conftest import Database
from tests.province import Province
from tests.training.making import add_class, certify, enrol

NUMBER, CODE = "0007/2026/GCN-THU", "ABCDEFGHJKLM"
NAME, PROGRAMME = "Nguyễn Thị Thử Nghiệm", "Chương trình thử"
REFUSED = "Không có bản nào mang số và mã tra cứu này"
SECRETS = ("01/02/1990", "Cần Thơ", "Trần Thử", "Thu hồi vì sai", "LOP-THU", "05/10/2026", "8,5")


@pytest.fixture
def issued(province: Province) -> int:
    made = add_class(province, "B")
    enrolments = enrol(province, made, "Lý Thị Cẩm", state="completed", closed_on=date(2026, 10, 9))
    with scope.everything():
        found = certify(
            province.people["Lý Thị Cẩm"], made, enrolments[0], number=NUMBER, check_code=CODE, programme=PROGRAMME,
            holder={"full_name": NAME, "birth_date": "01/02/1990", "birth_place": "Cần Thơ"},
        )  # fmt: skip
        db.session.commit()
    return found


def change(found: int, **values: Any) -> None:
    with scope.everything(), db.session.begin_nested():
        db.session.execute(update(Certificate).where(Certificate.id == found).values(**values))
    db.session.commit()


def ask(client: Browser, number: str = NUMBER, code: str = CODE, **more: Any) -> Any:
    return client.get("/training/verify", query_string={"number": number, "code": code}, **more)


def without_what_was_typed(page: str) -> str:
    """Return a page without what the reader put into it, the way back of its buttons, and the tokens of the moment."""
    return re.sub(r'(name="(?:number|code|next|csrf_token)" value)="[^"]*"', r"\1", page)


def test_a_stranger_is_told_name_programme_day_and_validity_alone(client: Browser, issued: int) -> None:
    answer = ask(client)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    for told in (NAME, PROGRAMME, "01/11/2026", "Còn hiệu lực"):
        assert told in answer.text
    for kept in SECRETS:
        assert kept not in answer.text
    assert str(issued) not in re.findall(r"/training/\w+/(\d+)", answer.text)
    assert ask(client, NUMBER.lower(), "abcd-efgh-jklm").text.count(NAME) == 1


def test_validity_is_a_word_without_day_or_reason(client: Browser, issued: int) -> None:
    with scope.everything():
        db.session.execute(
            update(Certificate)
            .where(Certificate.id == issued)
            .values(revoked_on=date(2026, 11, 11), revoke_reason="Thu hồi vì sai")
        )
        db.session.commit()
    page = ask(client).text
    assert "Đã thu hồi" in page
    assert "11/11/2026" not in page
    assert "Thu hồi vì sai" not in page


def test_expired_is_said(client: Browser, province: Province) -> None:
    made = add_class(province, "B")
    enrolments = enrol(province, made, "Lý Thị Cẩm", state="completed", closed_on=date(2024, 10, 9))
    with scope.everything():
        certify(
            province.people["Lý Thị Cẩm"], made, enrolments[0], number=NUMBER, check_code=CODE,
            issued_on=date(2024, 1, 1), valid_until=date(2025, 12, 31),
        )  # fmt: skip
        db.session.commit()
    page = ask(client).text
    assert "Hết hiệu lực" in page
    assert "31/12/2025" not in page


FORGED = [
    ("0008/2026/GCN-THU", CODE),
    ("0007/2025/GCN-THU", CODE),
    ("0007/2026/CC-THU", CODE),
    (NUMBER, "ABCDEFGHJKLN"),
    (NUMBER, "ABCDEFGHJKL"),
    (NUMBER, CODE[::-1]),
    (NUMBER, ""),
    ("", CODE),
    (CODE, NUMBER),
    (NUMBER + "\0", CODE),
    (NUMBER, CODE + "\0"),
    ("0007/2026/GCN‐THU", CODE),
    ("٠٠٠٧/2026/GCN-THU", CODE),
    ("0007/2026/GCN-THỬ", CODE),
    ("%", "%"),
    ("' OR '1'='1", "' OR '1'='1"),
    ("9" * 100_000, "A" * 100_000),
    ("\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "\u202e"),
]


@pytest.mark.parametrize(("number", "code"), FORGED, ids=range(len(FORGED)))
def test_what_is_forged_or_altered_has_one_and_the_same_answer(
    client: Browser, issued: int, number: str, code: str
) -> None:
    expected = ask(client, "0001/1999/GCN-KHONG", "ZZZZZZZZZZZZ")
    answer = ask(client, number, code)
    assert answer.status_code == expected.status_code == 200
    assert REFUSED in answer.text
    for kept in (NAME, PROGRAMME, *SECRETS):
        assert kept not in answer.text
    assert without_what_was_typed(answer.text) == without_what_was_typed(expected.text)
    own = {"X-Request-ID", "Content-Length", "Date", "Set-Cookie"}  # the last with a first visit alone
    assert {k: v for k, v in answer.headers if k not in own} == {k: v for k, v in expected.headers if k not in own}


def test_every_single_sign_counts(client: Browser, issued: int, province: Province) -> None:
    with scope.everything():
        db.session.add(Setting(name="training.verify_tries", value=1000, note="Thử"))
        db.session.commit()
    for place in range(len(NUMBER)):
        other = "1" if NUMBER[place] != "1" else "2"
        assert REFUSED in ask(client, NUMBER[:place] + other + NUMBER[place + 1 :]).text
    for place in range(len(CODE)):
        other = "X" if CODE[place] != "X" else "Y"
        assert REFUSED in ask(client, code=CODE[:place] + other + CODE[place + 1 :]).text


@pytest.mark.parametrize("accept", ["application/json", "*/*", "text/plain"])
def test_other_ways_of_asking_tell_no_more(client: Browser, issued: int, accept: str) -> None:
    answer = ask(client, code="ABCDEFGHJKLN", headers={"Accept": accept})
    assert answer.mimetype == "text/html"
    assert REFUSED in answer.text
    right = ask(client, headers={"Accept": accept})
    assert not any(kept in right.text for kept in SECRETS)
    assert client.head("/training/verify", query_string={"number": NUMBER, "code": CODE}).data == b""
    for method in ("post", "put", "delete", "patch"):
        found = getattr(client, method)("/training/verify", data={"number": NUMBER, "code": CODE})
        assert found.status_code in {400, 405}
        assert NAME not in found.text


def test_many_values_and_english_work(client: Browser, issued: int) -> None:
    answer = client.get(f"/training/verify?number={NUMBER}&number=x&code={CODE}&code=y&id={issued}&lang=en")
    assert NAME in answer.text
    assert client.get("/training/verify").status_code == 200


def test_an_address_asks_so_often_and_no_more(client: Browser, issued: int) -> None:
    with scope.everything():
        db.session.add(Setting(name="training.verify_tries", value=3, note="Thử"))
        db.session.commit()
    begin = datetime(2026, 11, 21, 3, 0, 30, tzinfo=UTC)
    with clock.frozen(begin):
        client.get("/training/verify")  # the form alone is no lookup
        for _time in range(3):
            assert ask(client).status_code == 200
        for number, code in ((NUMBER, CODE), ("0001/1999/X-Y", "ZZZZZZZZZZZZ")):
            limited = ask(client, number, code)
            assert limited.status_code == 429
            assert limited.headers["Retry-After"] == "900"
            assert "quá nhiều lần" in limited.text
            assert NAME not in limited.text
        other = ask(client, environ_overrides={"REMOTE_ADDR": "10.0.0.9"})
        assert other.status_code == 200
    with clock.frozen(begin + timedelta(minutes=16)):
        assert ask(client).status_code == 200


def test_addresses_of_one_line_count_together(context: Flask, issued: int) -> None:
    with scope.everything():
        db.session.add(Setting(name="training.verify_tries", value=3, note="Thử"))
        db.session.commit()
    for last in range(3):
        assert not verifying.look_up(f"2001:db8::{last}", NUMBER, CODE).limited
    assert verifying.look_up("2001:db8::99", NUMBER, CODE).limited
    assert not verifying.look_up("2001:db8:1::99", NUMBER, CODE).limited


@pytest.mark.committed
def test_lookups_at_once_are_counted_like_those_in_a_row(province: Province, app: Flask) -> None:
    def look(_time: int) -> bool:
        with app.app_context():
            try:
                with transaction():
                    return verifying.look_up("192.0.2.1", NUMBER, CODE).limited
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(look, range(40)))
    assert found.count(False) == 20


@pytest.mark.committed
def test_lookups_that_count_no_more_are_forgotten(context: Flask, database: Database) -> None:
    moment = datetime(2026, 11, 21, 3, tzinfo=UTC)
    for step, last in enumerate((0, 20)):
        with clock.frozen(moment + timedelta(minutes=last)):
            with transaction():
                verifying.look_up(f"192.0.2.{step}", NUMBER, CODE)
            if last:
                verifying.forget()
    with psycopg.connect(jobs.conninfo(database.superuser_url)) as connection:
        kept = connection.execute("SELECT place FROM certificate_lookups").fetchall()
    assert kept == [("192.0.2.1",)]


def test_the_application_reads_no_lookup(province: Province) -> None:
    with scope.everything():
        verifying.look_up("192.0.2.1", NUMBER, CODE)
        for statement in ("SELECT * FROM certificate_lookups", "DELETE FROM certificate_lookups"):
            with pytest.raises(Exception, match="permission denied"), db.session.begin_nested():
                db.session.execute(text(statement))
