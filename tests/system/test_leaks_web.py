"""Over the web with a real session or token: no second path shows what the first one hides."""

from __future__ import annotations

from datetime import date

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import insert, text

from hrms.audit import services as audit
from hrms.core import scope
from hrms.core.db import db
from hrms.core.permissions import Permission, Role
from hrms.decisions.models import Decision
from hrms.people.models import PersonStatus
from hrms.people.queries.columns import COLUMNS
from hrms.people.rules.sheet import GROUP_OF
from tests.province import Province
from tests.system.tampering import (
    ABROAD,
    ABROAD_CODE,
    ABROAD_NUMBER,
    ILLNESS,
    MINE,
    MINE_NUMBER,
    RELATIVE,
    SECRETS,
    add_secrets,
    bearer,
    grant,
    move,
    words,
)

P = Permission

# Guarded groups on every path


def test_a_column_is_guarded_like_the_item_of_the_form() -> None:
    for key, column in COLUMNS.items():
        if key in GROUP_OF:
            assert (column.needs or "") == GROUP_OF[key].guard, key
    assert COLUMNS["party_member"].needs == P.PEOPLE_PARTY
    assert COLUMNS["national_id"].kind == "masked"


def test_what_is_guarded_stands_on_no_path_without_its_permission(province: Province) -> None:
    person, head = add_secrets(province, MINE), province.client("thutruong")
    columns = "&".join(f"col={key}" for key in COLUMNS)
    seen = [
        head.get(f"/people/{person}{tab}")
        for tab in ("", "/career", "/absences", "/education", "/salary", "/merits", "/print")
    ]
    seen += [
        head.get(f"/people?{columns}"),
        head.get("/"),
        head.get("/people/choices?q=cam"),
        head.get("/people/absences"),
    ]
    token = bearer(province, "thutruong")
    seen += [
        head.get(address, headers=token)
        for address in (
            f"/api/v1/people/{person}",
            "/api/v1/people",
            f"/api/v1/people/{person}/facts/absence",
        )
    ]
    for answer in seen:
        assert answer.status_code == 200, answer.request.path
        for secret in (*SECRETS.values(), RELATIVE, ILLNESS, MINE_NUMBER, "Khmer"):
            assert secret not in answer.text, answer.request.path
    book = words(head.get(f"/people/export.xlsx?{columns}").data)
    assert MINE in book
    assert ILLNESS not in book + words(head.get("/people/absences/export.xlsx").data)
    assert not any(secret in book for secret in (*SECRETS.values(), MINE_NUMBER, "Khmer"))


@pytest.mark.parametrize(
    "path",
    [
        "/people?ethnic_group=05", "/people/export.xlsx?ethnic_group=05", "/api/v1/people?ethnic_group=05",
        "/people?ethnic_group=05&as_at=01/07/2026", "/people/{person}/family", "/people/{person}/background",
        "/people/{person}/assets", "/people/{person}/edit/health", "/people/{person}/tables/family/new",
        "/people/{person}/history", "/people/{person}/access", "/api/v1/people/{person}/tables/family",
        "/api/v1/people/{person}/tables/foreign_tie",
    ],
)  # fmt: skip
def test_guarded_conditions_and_parts_are_refused(province: Province, path: str) -> None:
    person = add_secrets(province, MINE)
    headers = bearer(province, "thutruong") if path.startswith("/api") else {}
    answer = province.client("thutruong").get(path.format(person=person), headers=headers)
    assert answer.status_code == 403
    assert not any(secret in answer.text for secret in (*SECRETS.values(), RELATIVE))


@pytest.mark.parametrize("sort", ["religion", "health_state", "national_id", "ethnic_group", "-party_member"])
def test_no_list_is_sorted_by_what_it_hides(province: Province, sort: str) -> None:
    assert province.client("sonoivu").get(f"/people?sort={sort}").status_code == 422


def test_an_id_number_finds_only_who_may_reveal_it(province: Province) -> None:
    """The mask leaves two unknown digits of twelve: a search by number would be a hundred guesses."""
    for address in ("/people?q={0}", "/people/choices?q={0}", "/people?q={0}&as_at=01/07/2026"):
        assert MINE in province.client("tochuc").get(address.format(MINE_NUMBER)).text
        assert MINE not in province.client("thutruong").get(address.format(MINE_NUMBER)).text
    book = words(province.client("thutruong").get(f"/people/export.xlsx?q={MINE_NUMBER}").data)
    assert MINE not in book
    answer = province.client(None).get(f"/api/v1/people?q={MINE_NUMBER}", headers=bearer(province, "thutruong"))
    assert answer.json == {"items": [], "next": None}


def test_where_the_reader_holds_two_roles_each_person_is_shown_by_the_one_that_reaches_them(
    province: Province,
) -> None:
    """HR officer of B and head at C: somebody who moved from B to C is read as a head reads them, on any day."""
    grant(province, "tochuc", Role.HEAD, "C")
    add_secrets(province, MINE)
    move(province, MINE, "B1", "C")
    officer, token = province.client("tochuc"), bearer(province, "tochuc")
    query = "col=religion&col=health_state&col=ethnic_group"
    for when in ("", "&as_at=01/07/2026", "&known_on=01/01/2027"):
        page = officer.get(f"/people?{query}{when}")
        assert MINE in page.text, when
        assert SECRETS["health_state"] not in page.text, when
        assert "Khmer" not in page.text, when
        assert MINE not in officer.get(f"/people?ethnic_group=05{when}").text, when
        found = officer.get(f"/api/v1/people?q=cam{when}", headers=token).json
        assert [item["national_id"] for item in found["items"]] == ["********0006"], when
        book = words(officer.get(f"/people/export.xlsx?{query}{when}").data)
        assert MINE in book, when
        assert SECRETS["health_state"] not in book, when


# Beyond the scope


@pytest.mark.parametrize(
    "path",
    [
        "/people?q=anh", "/people?q=" + ABROAD_CODE, "/people?q=" + ABROAD_NUMBER, "/people?as_at=01/07/2026",
        "/people?known_on=01/01/2027", "/people?sort=birth_date", "/people/choices?q=anh", "/", "/decisions", "/audit",
        "/people/choices?q=" + ABROAD_CODE, "/people/absences", "/decisions/choices?q=", "/agencies", "/agencies/chart",
    ],
)  # fmt: skip
@pytest.mark.parametrize("username", ["tochuc", "thutruong", "thanhtra"])
def test_nobody_abroad_is_named(province: Province, username: str, path: str) -> None:
    answer = province.client(username).get(path)
    assert answer.status_code in {200, 403}
    assert ABROAD not in answer.text
    if ABROAD_CODE not in path:
        assert ABROAD_CODE not in answer.text


@pytest.mark.parametrize("path", ["/people?agency=H13.05", "/people/export.xlsx?agency=H13.05", "/people?agency=H13"])
def test_an_agency_abroad_is_not_there(province: Province, path: str) -> None:
    assert province.client("tochuc").get(path).status_code == 404
    assert province.client("tochuc").get(path.replace("H13.05", "H99")).status_code == 404


def test_figures_count_the_readers_own_people(province: Province) -> None:
    page = province.client("tochuc").get("/people")
    assert "4 người" in page.text
    for username in ("giangvien", "canbo", "admin"):
        answer = province.client(username).get("/agencies")
        assert answer.status_code == 200
        assert "12" not in BeautifulSoup(answer.text, "html.parser").get_text(" ").split(), username


def test_whoever_left_is_counted_and_not_named(province: Province) -> None:
    person, officer = move(province, MINE, "B1", "C1"), province.client("tochuc")
    page = officer.get("/people?as_at=01/07/2026")
    assert MINE not in page.text
    assert "còn 1 người" in page.text
    assert officer.get(f"/people/{person}?as_at=01/07/2026").status_code == 404
    assert MINE not in words(officer.get("/people/export.xlsx?as_at=01/07/2026").data)


def test_the_export_of_another_day_is_the_list_of_that_day(province: Province) -> None:
    move(province, MINE, "B1", "C1")
    province_wide = province.client("sonoivu")
    address = "?agency=H13.09&as_at=01/07/2026"
    assert MINE in province_wide.get(f"/people{address}").text
    assert MINE in words(province_wide.get(f"/people/export.xlsx{address}").data)
    assert MINE not in words(province_wide.get("/people/export.xlsx?agency=H13.40&as_at=01/07/2026").data)


@pytest.mark.committed
def test_the_trail_tells_an_agency_left_behind_nothing_of_the_file(province: Province) -> None:
    person = province.people[MINE]
    with scope.everything():
        audit.record(
            province.actor("sonoivu"), "person.edited", "person", person, scope_ids=province.paths["B1"],
            person_id=person, before={"phone": "0911 ngõ cũ"}, after={"phone": "0922 ngõ mới"}, reason="vì lý do riêng",
        )  # fmt: skip
        db.session.commit()
    officer, token = province.client("tochuc"), bearer(province, "tochuc", P.AUDIT_VIEW)
    paths = (f"/audit?person={person}", f"/audit/export.csv?person={person}", "/api/v1/events")
    for path in paths:
        assert "0922 ngõ mới" in officer.get(path, headers=token if "api" in path else {}).text, path
    assert "0922 ngõ mới" in words(officer.get(f"/audit/export.xlsx?person={person}").data)
    move(province, MINE, "B1", "C1")
    for path in paths:
        answer = officer.get(path, headers=token if "api" in path else {})
        assert answer.status_code == 200
        assert not any(told in answer.text for told in ("0911 ngõ cũ", "0922 ngõ mới", "lý do riêng")), path
    assert "0922 ngõ mới" not in words(officer.get(f"/audit/export.xlsx?person={person}").data)
    assert "0922 ngõ mới" in province.client("sonoivu").get(f"/audit?person={person}").text
    with scope.everything():
        for table in ("person_status", "person_agency", "person_rank", "people_current"):
            if table != "people_current":
                db.session.execute(text(f"DELETE FROM {table} WHERE person_id = :id"), {"id": person})
        db.session.execute(text("DELETE FROM people WHERE id = :id"), {"id": person})
        db.session.commit()
    assert "0922 ngõ mới" in province.client("sonoivu").get(f"/audit?person={person}").text, "a record taken away again"


def test_a_number_taken_abroad_is_said_to_be_taken_and_no_more(province: Province) -> None:
    values = {"full_name": "Người Mới", "sex": "female", "birth_date": "1988-04-12", "staff_code": ABROAD_CODE}
    body = {"values": {**values, "national_id": ABROAD_NUMBER}, "kind": "civil_servant", "agency": "H13.09"}
    made = {**body, "since": "2026-01-01", "old_data": True}
    headers = bearer(province, "tochuc")
    answer = province.client(None).post("/api/v1/people", json=made, headers=headers)
    assert answer.status_code == 422
    assert {p["field"] for p in answer.json["problems"]} == {"national_id", "staff_code"}
    assert ABROAD not in answer.text
    assert str(province.people[ABROAD]) not in answer.json["detail"]
    elsewhere = {**made, "agency": "H13.05", "values": {**values, "staff_code": "CT-9"}}
    assert province.client(None).post("/api/v1/people", json=elsewhere, headers=headers).status_code in {403, 422}
    person = province.people[ABROAD]
    for version in ('"1"', '"2"'):
        answer = province.client(None).patch(
            f"/api/v1/people/{person}", json={"values": {}}, headers={**headers, "If-Match": version}
        )
        assert answer.status_code == 404, "a version must not tell whether the record is there"


def test_facts_beyond_the_scope_still_hold_a_decision(province: Province) -> None:
    """The officer of B does not see them, and must not take their paper away."""
    closure = sorted({*province.paths["A1"], *province.paths["B"]})
    with scope.everything():
        decision = Decision(
            number="9", symbol="QĐ-X", signed_on=date(2026, 1, 2), issuer_name="Cơ quan", issuer_key="x", kind="other",
            subject="Chung", scope_ids=closure, search_key="x",
        )  # fmt: skip
        db.session.add(decision)
        db.session.flush()
        number = decision.id
        db.session.execute(
            insert(PersonStatus).values(
                person_id=province.people[ABROAD], status="suspended", kind="civil_servant", basis="decision",
                valid_from=date(2020, 1, 1), valid_to=date(2020, 2, 1), decision_id=number,
            )
        )  # fmt: skip
        db.session.commit()
    officer = province.client("tochuc")
    page = officer.get(f"/decisions/{number}")
    assert page.status_code == 200
    assert ABROAD not in page.text
    answer = officer.submit(f"/decisions/{number}/withdraw", {"reason": "nhầm", "version": "1"})
    assert answer.status_code == 422
    assert ABROAD not in answer.text
