"""The desk's pages: what leads where, what is refused and how, codes, and what a page costs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import text

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.training.services import codes
from tests.counting import statements
from tests.inspection import mistakes
from tests.province import PEOPLE, TODAY, Province
from tests.training.making import add_class, add_trainer, enrol

NAMES = [one[0] for one in PEOPLE]
HUNG = "Nguyễn Văn Hùng"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def ended(province: Province) -> tuple[int, list[int]]:
    """A class of two sessions that ends today, with everybody of the province in it."""
    made = add_class(province, starts_on=clock.today() - timedelta(days=1), days=2, hours="16", pass_mark=5)
    return made, enrol(province, made, *NAMES)


def _words(page: Any) -> str:
    return " ".join(BeautifulSoup(page.text, "html.parser").get_text(" ").split())


def _token(app: Flask, province: Province, name: str) -> str:
    with app.test_request_context():
        return codes.own_code(_holder(province, name), province.people[name])


def _holder(province: Province, name: str) -> Any:
    from dataclasses import replace

    return replace(province.actor("canbo"), person_id=province.people[name])


def _presences(class_id: int) -> dict[str, int]:
    db.session.commit()
    with scope.everything():
        rows = db.session.execute(
            text(
                "select a.presence, count(*) from attendances a join enrolments e on e.id = a.enrolment_id"
                " where e.class_id = :id group by 1"
            ),
            {"id": class_id},
        )
        return {row[0]: row[1] for row in rows}


def test_the_desk_leads_through_a_class(province: Province, ended: tuple[int, list[int]]) -> None:
    class_id, ids = ended
    client = province.client("giangvien")

    def leads_to(words: str, address: str) -> None:
        for page in (client.get("/training/desk"), client.get(f"/training/desk/{class_id}"), client.get("/")):
            assert page.status_code == 200
            assert mistakes(page.text) == []
            assert words in _words(page)
        assert f'href="/training/desk/{class_id}{address}"' in client.get("/training/desk").text

    leads_to("Điểm danh buổi 2 sáng nay", "/sessions/2")
    for number in (2, 1):
        page = client.get(f"/training/desk/{class_id}/sessions/{number}")
        assert mistakes(page.text) == []
        assert "Tất cả có mặt" in page.text
        for _twice in range(2):
            sent = client.submit(f"/training/desk/{class_id}/sessions/{number}", {"rest": "present"})
            assert sent.status_code == 303
        if number == 2:
            leads_to("Điểm danh bù buổi 1 ngày 20/11/2026", "/sessions/1")
    sent = client.submit(f"/training/desk/{class_id}/sessions/2", {f"p-{ids[0]}": "absent", f"p-{ids[1]}": "excused"})
    assert sent.status_code == 303
    assert _presences(class_id) == {"present": 22, "absent": 1, "excused": 1}
    leads_to("Ghi điểm cho 12 học viên", "/marks")
    wrong = client.submit(f"/training/desk/{class_id}/marks", {f"m-{ids[0]}": "11", f"m-{ids[1]}": "7,5"})
    assert wrong.status_code == 422
    assert mistakes(wrong.text) == []
    assert "Điểm “11” ngoài khoảng 0 đến 10" in wrong.text
    assert 'value="7,5"' in wrong.text
    assert client.submit(f"/training/desk/{class_id}/marks", {f"m-{one}": "7,5" for one in ids}).status_code == 303
    leads_to("Kết thúc lớp", "/complete")
    _complete(client, class_id, ids)
    for page in (client.get("/training/desk"), client.get(f"/training/desk/{class_id}")):
        assert mistakes(page.text) == []
        assert "Đã kết thúc" in _words(page)


def _complete(client: Any, class_id: int, ids: list[int]) -> None:
    address = f"/training/desk/{class_id}/complete"
    page = client.get(address)
    assert mistakes(page.text) == []
    soup = BeautifulSoup(page.text, "html.parser")
    chosen = {one["name"]: "1" for one in soup.select("input[type=checkbox][checked]")}
    assert len(chosen) == 10
    fingerprint = soup.select_one("input[name=fingerprint]")
    assert fingerprint is not None
    data = {**chosen, f"c-{ids[0]}": "1", "fingerprint": fingerprint["value"], "step": "preview"}
    shown = client.submit(address, data)
    assert shown.status_code == 200
    assert mistakes(shown.text) == []
    assert "16 tiết" in _words(shown)
    assert "11 người" in _words(shown)
    assert _states(class_id) == {"accepted": 12}, "nothing is written by looking"
    refused = client.submit(address, data | {"step": "write"})
    assert refused.status_code == 422
    assert "Hãy ghi lý do" in refused.text
    old = client.submit(address, data | {"step": "write", "fingerprint": "x"})
    assert old.status_code == 422
    assert "vừa thay đổi" in old.text
    for _twice in range(2):
        done = client.submit(address, data | {"step": "write", f"reason-{ids[0]}": "Học bù buổi 2"})
        assert done.status_code == 303
    assert _states(class_id) == {"completed": 11, "failed": 1}
    with scope.everything():
        assert db.session.execute(text("select count(*), sum(hours) from credit_entries")).one() == (11, 176)
    assert client.get(address).status_code == 302
    late = client.submit(f"/training/desk/{class_id}/marks", {f"m-{ids[0]}": "9"})
    assert late.status_code == 422
    assert "Lớp đã kết thúc" in late.text
    without = client.submit(f"/training/desk/{class_id}/reopen", {"reason": ""})
    assert without.status_code == 422
    assert mistakes(without.text) == []


def _states(class_id: int) -> dict[str, int]:
    db.session.commit()
    with scope.everything():
        rows = db.session.execute(
            text("select state, count(*) from enrolments where class_id = :id group by 1"), {"id": class_id}
        )
        return {row[0]: row[1] for row in rows}


def test_reopened_by_its_trainer_and_later_by_the_organiser(province: Province, ended: tuple[int, list[int]]) -> None:
    class_id, _ids = ended
    trainer, officer = province.client("giangvien"), province.client("sonoivu")
    for number in (1, 2):
        trainer.submit(f"/training/desk/{class_id}/sessions/{number}", {"rest": "present"})
    address = f"/training/desk/{class_id}/complete"

    def complete() -> None:
        found = re.search(r'name="fingerprint" value="(\w+)"', trainer.get(address).text)
        assert found is not None
        assert trainer.submit(address, {"step": "write", "fingerprint": found[1]}).status_code == 303

    complete()
    assert "Mở lại lớp" in trainer.get(f"/training/desk/{class_id}").text
    assert trainer.submit(f"/training/desk/{class_id}/reopen", {"reason": "Ghi nhầm"}).status_code == 303
    assert _states(class_id) == {"accepted": 12}
    assert "Lớp chưa kết thúc" in officer.get(f"/training/classes/{class_id}/reopen").text
    complete()
    again = f"/training/classes/{class_id}/reopen"
    page = officer.get(again)
    assert mistakes(page.text) == []
    assert "0 bút toán" in _words(page), "nobody has the mark this class asks for"
    without = officer.submit(again, {"reason": ""})
    assert without.status_code == 422
    assert mistakes(without.text) == []
    assert officer.submit(again, {"reason": "Ghi nhầm"}).status_code == 303
    assert _states(class_id) == {"accepted": 12}
    assert province.client("tochuc").submit(f"/training/classes/{class_id}/reopen", {"reason": "x"}).status_code == 404


def test_an_empty_desk_and_a_class_without_learners_say_what_to_do(province: Province) -> None:
    add_trainer(province, "giangvienmoi", "A")
    page = province.client("giangvienmoi").get("/training/desk")
    assert mistakes(page.text) == []
    assert "Bạn chưa có lớp nào" in page.text
    assert 'href="/training/classes/new"' in page.text
    class_id = add_class(province, starts_on=clock.today(), days=1, hours="8")
    client = province.client("giangvien")
    for part in ("", "/sessions/1", "/marks", "/complete"):
        page = client.get(f"/training/desk/{class_id}{part}")
        assert page.status_code == 200, part
        assert mistakes(page.text) == [], part
    assert "Lớp chưa có học viên nào" in page.text


def test_in_english_every_page_is_english(province: Province, ended: tuple[int, list[int]]) -> None:
    class_id, _ids = ended
    client = province.client("giangvien")
    client.submit("/locale", {"locale": "en"})
    for part in ("", "/sessions/2", "/marks", "/complete", "/roster"):
        page = client.get(f"/training/desk/{class_id}{part}")
        assert mistakes(page.text, "en") == [], part
    assert mistakes(client.get("/training/desk").text, "en") == []


def test_a_page_of_the_desk_costs_the_same_for_one_learner_and_for_many(province: Province) -> None:
    small = add_class(province, starts_on=clock.today(), days=1, hours="8")
    enrol(province, small, NAMES[0])
    large = add_class(province, starts_on=clock.today(), days=1, hours="8")
    enrol(province, large, *NAMES)
    client = province.client("giangvien")
    client.get("/training/desk")
    for part in ("", "/sessions/1", "/marks", "/complete"):
        costs = []
        for class_id in (small, large):
            with statements() as asked:
                assert client.get(f"/training/desk/{class_id}{part}").status_code == 200
            costs.append(len(asked))
        assert costs[0] == costs[1] <= 14, part


# Codes


def test_ones_own_code_is_a_picture_without_a_name(province: Province) -> None:
    me = province.people[HUNG]
    client = province.client("canbo")
    page = client.get(f"/people/{me}/training/code")
    assert page.status_code == 200
    assert mistakes(page.text) == []
    picture = BeautifulSoup(page.text, "html.parser").select_one("svg")
    assert picture is not None
    assert "style" not in str(picture)
    assert HUNG not in str(picture)
    assert client.get(f"/people/{province.people['Võ Minh Đức']}/training/code").status_code == 404
    assert province.client("sonoivu").get(f"/people/{me}/training/code").status_code == 403


def test_a_scanned_code_is_confirmed_then_written_once(
    app: Flask, province: Province, ended: tuple[int, list[int]]
) -> None:
    class_id, _ids = ended
    client, token = province.client("giangvien"), _token(app, province, HUNG)
    page = client.get(f"/training/desk/scan/{token}")
    assert page.status_code == 200
    assert mistakes(page.text) == []
    assert HUNG in page.text
    assert "data-send" in page.text
    assert _presences(class_id) == {}, "an address that is read writes nothing"
    for words in ("Đã ghi Nguyễn Văn Hùng", "từ trước"):
        sent = client.submit(f"/training/desk/{class_id}/sessions/2/scan", {"token": token, "from": "code"})
        assert sent.status_code == 303
        shown = client.get(sent.headers["Location"])
        assert mistakes(shown.text) == []
        assert words in _words(shown)
    assert _presences(class_id) == {"present": 1}
    assert "data-send" not in client.get(f"/training/desk/scan/{token}").text
    # A hand-held scanner types the whole address.
    whole = f"https://example.test/training/desk/scan/{_token(app, province, NAMES[0])}"
    sent = client.submit(f"/training/desk/{class_id}/sessions/2/scan", {"token": whole})
    assert sent.status_code == 303
    assert _presences(class_id) == {"present": 2}


def test_with_two_classes_today_the_trainer_chooses(
    app: Flask, province: Province, ended: tuple[int, list[int]]
) -> None:
    other = add_class(province, starts_on=clock.today(), days=1, hours="8", name="Lớp thứ hai")
    enrol(province, other, HUNG)
    page = province.client("giangvien").get(f"/training/desk/scan/{_token(app, province, HUNG)}")
    assert "data-send" not in page.text
    assert len(BeautifulSoup(page.text, "html.parser").select("main form")) == 2


def test_a_code_of_nobody_of_somebody_else_forged_or_old_tells_nothing(app: Flask, province: Province) -> None:
    class_id = add_class(province, starts_on=clock.today(), days=1, hours="8")
    enrol(province, class_id, NAMES[0])
    enrol(province, class_id, NAMES[1], state="withdrawn")
    client = province.client("giangvien")
    with app.test_request_context():
        nobody = str(codes._signer().dumps(999_999))
        strange = str(codes._signer().dumps({"id": 1}))
    with clock.frozen(TODAY):
        strangers = [nobody, _token(app, province, HUNG), _token(app, province, NAMES[1])]
    said = set()
    for token in strangers:
        page = client.get(f"/training/desk/scan/{token}")
        sent = client.submit(f"/training/desk/{class_id}/sessions/1/scan", {"token": token})
        assert (page.status_code, sent.status_code) == (422, 422)
        assert mistakes(page.text) == []
        said.add(_words(page).replace(token, ""))
        assert "Mã này không phải của học viên lớp này" in _words(page)
        assert "Mã này không phải của học viên lớp này" in _words(sent)
    assert len(said) == 1, "whether there is such a person makes no difference"
    forged = [strangers[0][:-2] + "AA", "x", "a.b.c", strange, "%00", "../../people", "1" * 5000]
    for token in forged:
        sent = client.submit(f"/training/desk/{class_id}/sessions/1/scan", {"token": token})
        assert sent.status_code == 422, token
        assert HUNG not in sent.text
    assert _presences(class_id) == {}


def test_an_old_code_says_so(app: Flask, province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    class_id = add_class(province, starts_on=clock.today(), days=1, hours="8")
    enrol(province, class_id, HUNG)
    token = _token(app, province, HUNG)
    monkeypatch.setattr(codes, "DAYS", -1)
    page = province.client("giangvien").submit(f"/training/desk/{class_id}/sessions/1/scan", {"token": token})
    assert page.status_code == 422
    assert "Mã này đã hết hạn" in page.text
    assert HUNG in page.text, "the learner of this class is on its list; the code itself says no name"


def test_a_code_opens_nothing_to_anybody_else(app: Flask, province: Province, ended: tuple[int, list[int]]) -> None:
    token = _token(app, province, HUNG)
    for username in ("canbo", "sonoivu", "tochuc"):
        assert province.client(username).get(f"/training/desk/scan/{token}").status_code == 403
    assert province.client(None).get(f"/training/desk/scan/{token}").status_code == 302
    add_trainer(province, "giangvienkhac", "C")
    page = province.client("giangvienkhac").get(f"/training/desk/scan/{token}")
    assert page.status_code == 422
    assert HUNG not in page.text


def test_the_trail_tells_it_in_sentences(province: Province, ended: tuple[int, list[int]]) -> None:
    class_id, ids = ended
    client = province.client("giangvien")
    client.submit(f"/training/desk/{class_id}/sessions/2", {"rest": "present"})
    client.submit(f"/training/desk/{class_id}/sessions/2", {f"p-{ids[0]}": "absent"})
    client.submit(f"/training/desk/{class_id}/marks", {f"m-{ids[0]}": "7,5"})
    page = _words(province.client("sonoivu").get("/audit"))
    for words in ("điểm danh buổi 2 lớp LOP-THU", "sửa điểm danh buổi 2", "ghi điểm cho 1 học viên"):
        assert words in page
