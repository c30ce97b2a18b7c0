"""Ways around what somebody may see or do with seats, quotas, frames and schemes: every second path, by hand."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from threading import Barrier, Thread
from typing import Any

import openpyxl
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import insert, select, text
from sqlalchemy.exc import ProgrammingError

from hrms.core import clock, scope
from hrms.core.actor import Grant
from hrms.core.db import db
from hrms.core.errors import Busy, Forbidden, Refused
from hrms.core.permissions import Permission, Role
from hrms.core.unit import transaction
from hrms.decisions.services import submissions
from hrms.people.models import FamilyMember
from hrms.positions.models import (
    CompetencyAssessment,
    EstablishmentLine,
    PositionGap,
    PositionScheme,
    QuotaMovement,
    SchemeLine,
    SchemeWork,
    SeatReservation,
)
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.ledger import MovementKind
from hrms.positions.rules.limits import Rule
from hrms.positions.services import overages, quotas
from tests.people.carrying_out import carry_out
from tests.positions.seating import SINCE, add_line, sit
from tests.province import TODAY, Province
from tests.system.tampering import ABROAD, ABROAD_CODE, SCRIPT, bearer, words, write

P = Permission
CAM, HUNG, DUC, BINH = "Lý Thị Cẩm", "Nguyễn Văn Hùng", "Võ Minh Đức", "Nguyễn Hòa Bình"
NOTE = "Ghi chú riêng của Sở Nội vụ"
"""What stands in every free text of agency A, which nobody at B or C may read."""
BLIND = ("tochuc", "thutruong", "thanhtra", "canbo", "giangvien", "vanthu")


@pytest.fixture
def seated(province: Province) -> Iterator[Province]:
    """Seats, quotas, kept seats, gaps, levels and a scheme at A and B, on 21/11/2026."""
    with clock.frozen(TODAY):
        for place in ("A", "B", "C"):
            quota(province, place, 20, note=NOTE if place == "A" else "x")
        furnish(province, "A1", ABROAD, NOTE)
        furnish(province, "B1", CAM, "Ghi chú của Sở Xây dựng")
        yield province


def quota(province: Province, place: str, amount: int, *, note: str = "") -> None:
    write(
        insert(QuotaMovement).values(
            agency_id=province.agencies[place], quota_kind="civil", kind="assigned", amount=amount, effective_on=SINCE,
            basis="old_data", note=note,
        )
    )  # fmt: skip


def furnish(province: Province, place: str, name: str, note: str) -> None:
    line = add_line(province, place, 3, note=note, code=f"VT-{place}")
    sit(province, name, line, fit="train", fit_by=note, fit_note=note)
    person = province.people[name]
    with scope.everything():
        scheme = db.session.execute(
            insert(PositionScheme).values(
                agency_id=province.agencies[place], scope_ids=province.paths[place], quota_kind="civil", title=note,
                state="draft", content={"basis": note}, checklist={}, changed_at=TODAY, reason=note,
            ).returning(PositionScheme.id)
        ).scalar_one()  # fmt: skip
        position = db.session.scalar(select(EstablishmentLine.position_id).where(EstablishmentLine.id == line))
        db.session.execute(
            insert(SchemeLine).values(
                scheme_id=scheme, unit_id=province.agencies[place], position_id=position, seats=2, shares={}, frame={},
                reason=note,
            )
        )  # fmt: skip
        db.session.execute(
            insert(SchemeWork).values(
                scheme_id=scheme, unit_id=province.agencies[place], person_id=person, name=note, times_a_year=1,
                hours_each=1,
            )
        )  # fmt: skip
        db.session.execute(
            insert(PositionGap).values(
                person_id=person, line_id=line, requirement="theory_level", params={"required": note}, found_on=SINCE
            )
        )
        db.session.execute(
            insert(CompetencyAssessment).values(
                person_id=person, competency_code="G1", level=3, assessed_on=SINCE, note=note, assessed_by=note
            )
        )
        db.session.execute(
            insert(SeatReservation).values(line_id=line, kind="recruitment", seats=1, valid_from=SINCE, note=note)
        )
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        db.session.commit()


def pages(app: Flask) -> list[str]:
    """Return the addresses of all pages and lists of the domain that take no object."""
    return sorted({
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
        and rule.endpoint.startswith(("positions.", "positions_api.", "establishment_api.", "assignments_api.",
                                      "vacancies_api."))
    })  # fmt: skip


def told(answer: Any) -> str:
    return words(answer.data) if "spreadsheet" in (answer.mimetype or "") else answer.text


@pytest.mark.parametrize("username", BLIND)
def test_no_list_page_or_workbook_names_who_and_what_lies_abroad(app: Flask, seated: Province, username: str) -> None:
    client, token = seated.client(username), bearer(seated, username)
    queries = ("", "?as_at=01/07/2026", f"?q={ABROAD_CODE}")
    for address in [*pages(app), "/"]:
        for query in queries:
            headers = token if address.startswith("/api") else {}
            answer = client.get(address + query, headers=headers, follow_redirects=True)
            assert answer.status_code in {200, 400, 403, 404, 422}, address + query
            body = told(answer)
            for hidden in (ABROAD, BINH, NOTE):
                assert hidden not in body, f"{username}: {address}{query}"


def test_an_agency_abroad_is_on_no_page(app: Flask, seated: Province) -> None:
    client, token = seated.client("tochuc"), bearer(seated, "tochuc")
    for address in pages(app):
        for asked in ("H13.05", "H13", "H99", str(seated.agencies["A"])):
            answer = client.get(f"{address}?agency={asked}", headers=token if address.startswith("/api") else {})
            body = told(answer)
            assert answer.status_code in {200, 403, 404, 422}, f"{address} {asked}"
            assert NOTE not in body, address
            assert ABROAD not in body, address


ODD = (
    "as_at=0001-01-01&after=x", "as_at=01/01/1940&limit=1000000000000", "as_at=31/12/9999&known_on=31/12/9999",
    "agency=1000000000000000000000000", "agency=%00&q=%00", "after=WzFd&line=1000000000000000000000000",
    "q=%25_%5C%27%22&kind=%00&quota=x", "year=99999999999999999999&grade=99999999999&page=99999999999999999999",
    "position=99999999999999999999&rank=%00&unit=x&level=x", "from=31/12/9999&until=01/01/0001&verdict=x&fit=x",
)  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_odd_conditions_are_answered_in_words(app: Flask, seated: Province, odd: str) -> None:
    client, token = seated.client("sonoivu"), bearer(seated, "sonoivu")
    for address in pages(app):
        answer = client.get(f"{address}?{odd}", headers=token if address.startswith("/api") else {})
        assert answer.status_code < 500, f"{address}?{odd}"


# By hand: what one may not do, with a form or a body made up


def line_of(province: Province, place: str) -> int:
    with scope.everything():
        return int(
            db.session.scalar(
                select(EstablishmentLine.id).where(EstablishmentLine.agency_id == province.agencies[place])
            )
            or 0
        )


def counted(model: Any) -> int:
    with scope.everything():
        return int(db.session.scalar(select(db.func.count()).select_from(model)) or 0)


def test_a_seat_beyond_ones_reach_tells_nothing_of_itself(seated: Province) -> None:
    """Whether the line of another agency is full, and since when, is that agency's business."""
    full = add_line(seated, "A", 1, key="cc.commune.II.06")
    sit(seated, BINH, full)
    client, person = seated.client("tochuc"), seated.people[HUNG]
    for line in (line_of(seated, "A1"), full, 10**12):
        form = {
            "line_id": str(line), "line_id-text": "", "role": "main", "valid_from": "01/12/2026", "version": "1",
            "decision_basis": "old_data",
        }  # fmt: skip
        answer = client.submit(f"/people/{person}/positions/new", form)
        assert answer.status_code == 422
        for hidden in ("– Sở Nội vụ", "Phòng Công chức", BINH, ABROAD, "chỗ cuối", NOTE):
            assert hidden not in answer.text, line


def test_quotas_are_not_taken_by_hand(seated: Province) -> None:
    client, token = seated.client("tochuc"), bearer(seated, "tochuc")
    before = counted(QuotaMovement)
    own, other = seated.agencies["B"], seated.agencies["A"]
    body = {
        "agency_id": own, "quota_kind": "civil", "kind": "assigned", "amount": 5, "effective_on": "2026-12-01",
        "old_data": True,
    }  # fmt: skip
    odd: tuple[dict[str, Any], ...] = (
        {}, {"agency_id": other}, {"agency_id": seated.agencies["B1"]}, {"line_id": line_of(seated, "A1")},
        {"agency_id": other, "line_id": line_of(seated, "B1")}, {"line_id": 10**30, "agency_id": 10**30},
        {"agency_id": -1}, {"kind": "reversal"}, {"kind": "merged"}, {"amount": 10**30}, {"amount": 0},
        {"reserve": True}, {"kind": "reserve"}, {"effective_on": "0001-01-01"}, {"quota_kind": "public"},
        {"note": "a\x00b"}, {"decision_id": 10**30, "old_data": False},
    )  # fmt: skip
    newest = client.get(f"/api/v1/establishment/agencies/{own}", headers=token).headers["ETag"]
    for change in odd:
        answer = client.post(
            "/api/v1/establishment/movements", json=body | change, headers={**token, "If-Match": newest}
        )
        assert answer.status_code in {403, 404, 412, 422, 201}, (change, answer.text)
        if change != {"agency_id": seated.agencies["B1"]}:
            assert answer.status_code != 201, change
        assert "Sở Nội vụ" not in answer.text, change
    line = {"agency_id": seated.agencies["B1"], "line_id": line_of(seated, "B1")}
    newest = client.get(f"/api/v1/establishment/agencies/{line['agency_id']}", headers=token).headers["ETag"]
    for change in (
        {"amount": 100}, {"amount": 10**30}, {"amount": -100}, {"effective_on": "1944-01-01"},
        {"effective_on": "9999-12-31"}, {"quota_kind": "public"}, {"note": "a\x00b"}, {"kind": "reserve"},
    ):  # fmt: skip
        answer = client.post(
            "/api/v1/establishment/movements", json=body | line | change, headers={**token, "If-Match": newest}
        )
        assert answer.status_code in {403, 404, 422}, (change, answer.status_code, answer.text)
    assert counted(QuotaMovement) == before


def test_programs_odd_numbers_are_refused_in_words(seated: Province) -> None:
    client, token = seated.client("sonoivu"), bearer(seated, "sonoivu")
    own = seated.agencies["B"]
    newest = client.get(f"/api/v1/establishment/agencies/{own}", headers=token).headers["ETag"]
    body = {
        "agency_id": own, "quota_kind": "civil", "kind": "assigned", "amount": 5, "effective_on": "2026-12-01",
        "old_data": True,
    }  # fmt: skip
    for change in (
        {"amount": 10**30}, {"amount": 0}, {"amount": 2**31}, {"effective_on": "1944-12-31"}, {"agency_id": 10**30},
        {"effective_on": "9999-12-31"}, {"line_id": 10**30}, {"decision_id": 10**30}, {"note": "a\x00b"},
        {"amount": -1000}, {"amount": -19},
    ):  # fmt: skip
        answer = client.post(
            "/api/v1/establishment/movements", json=body | change, headers={**token, "If-Match": newest}
        )
        assert answer.status_code in {400, 404, 422}, (change, answer.status_code, answer.text)


FORMS: dict[str, dict[str, Any]] = {
    "/positions/agencies/{B}/lines/new": {"position": "1", "on": "01/12/2026", "seats": "1", "code": "VT"},
    "/positions/lines/{line}/edit": {"code": "VT", "version": "1"},
    "/positions/lines/{line}/seats": {"kind": "assigned", "amount": "1", "effective_on": "01/12/2026", "note": "x"},
    "/positions/lines/{line}/reserve": {"seats": "1", "valid_from": "01/12/2026", "note": "x"},
    "/positions/quotas/new": {
        "agency": "{B}", "quota_kind": "civil", "kind": "assigned", "amount": "1", "effective_on": "01/12/2026",
    },
    "/positions/quotas/table": {"quota_kind": "civil", "effective_on": "01/12/2026", "quota-{B}": "9"},
    "/positions/agencies/{B}/overages/new": {
        "rule": "quota", "excess": "1", "reason": "x", "from_on": "01/12/2026", "level": "civil",
    },
    "/people/{person}/positions/new": {"line_id": "{line}", "role": "main", "valid_from": "01/12/2026", "version": "1"},
    "/people/{person}/positions/assess": {"competency": "G1", "level": "3", "assessed_on": "01/11/2026"},
    "/positions/lines/{line}/assign": {"person": "{person}", "role": "main", "effective_on": "01/12/2026"},
    "/positions/placing/{B}": {"line-{person}": "{line}", "step": "preview"},
    "/positions/schemes/new": {"agency": "{B}", "quota_kind": "civil", "title": "x"},
    "/positions/catalogue/new": {"name": "Thử", "catalogue": "public_professional"},
}  # fmt: skip
VALUES = ("", "\x00", "-1", "1" * 40, "01/01/1900", "31/12/9999", SCRIPT, "\u0663", "1e9")


@pytest.mark.parametrize("address", FORMS)
def test_odd_values_of_a_form_are_refused_in_words(seated: Province, address: str) -> None:
    """Each field in turn, with what nobody types: the page comes back, never an error, and nothing runs."""
    client = seated.client("sonoivu")
    given = {"B": seated.agencies["B"], "line": line_of(seated, "B1"), "person": seated.people[HUNG]}
    usual = {name.format(**given): value.format(**given) for name, value in FORMS[address].items()}
    for name in [*usual, "decision_basis", "version"]:
        for value in VALUES:
            answer = client.submit(
                address.format(**given), {"decision_basis": "old_data", **usual, name: value}, follow_redirects=True
            )
            assert answer.status_code < 500, (name, value[:20], answer.text[-500:])
            assert "<script>alert(1)" not in answer.text, name


def test_family_ties_are_told_to_who_may_see_them_alone(seated: Province) -> None:
    """The warning reaches whoever reads the proposal; whose relative it is, only who may see the family table."""
    line = add_line(seated, "B1", 2, key="cc.commune.II.06")
    with scope.everything():
        db.session.execute(
            insert(FamilyMember).values(
                person_id=seated.people[HUNG], side="own", relation="wife", full_name=CAM, birth_year=1994
            )
        )
        db.session.commit()
    person = seated.people[HUNG]
    asked = f"/positions/lines/{line}/assign?person={person}&role=main&effective_on=01/12/2026"
    tie, warning = f"quan hệ gia đình gần với {CAM}", "Có người thân trong cùng cơ quan, đơn vị"
    for username, may in (("tochuc", True), ("thutruong", False)):
        page = seated.client(username).get(asked)
        assert page.status_code == 200
        assert warning in page.text, username
        assert (tie in page.text) is may, username
    with transaction():
        (made,) = submissions.propose(
            seated.enter("tochuc", P.DECISIONS_PROPOSE), "assignment", [person], {"role": "main"}, date(2026, 12, 1),
            own={person: {"line": line, "fit": "met", "fit_note": "Đã xem hồ sơ"}},
        )  # fmt: skip
        number = made.id
    for username, may in (("tochuc", True), ("thutruong", False), ("vanthu", False)):
        client, token = seated.client(username), bearer(seated, username)
        for address in (
            f"/decisions/submissions/{number}", f"/decisions/submissions/{number}/export.xlsx",
            f"/api/v1/submissions/{number}",
        ):  # fmt: skip
            answer = client.get(address, headers=token if "api" in address else {})
            if answer.status_code == 200:
                assert (tie in told(answer)) is may, (username, address)
                assert (f"kinship.{seated.people[CAM]}" in told(answer)) is (may and "api" in address), username


def test_what_people_type_is_never_run(app: Flask, seated: Province) -> None:
    """Markup stays words on a page, and a cell that begins with = stays words in a workbook."""
    formula = "=HYPERLINK(0)"
    for place, value in (("B1", SCRIPT), ("B", formula)):
        if place == "B":
            furnish(seated, place, HUNG, value)
        with scope.everything():
            db.session.execute(
                text("UPDATE establishment_lines SET code = :v, field = :v, note = :v WHERE agency_id = :a"),
                {"v": value, "a": seated.agencies[place]},
            )
            db.session.commit()
    quota(seated, "B", 1, note=SCRIPT)
    quota(seated, "B", 1, note=formula)
    line, other = line_of(seated, "B1"), line_of(seated, "B")
    with scope.everything():
        schemes = db.session.scalars(
            select(PositionScheme.id).where(PositionScheme.agency_id.in_([seated.agencies["B"], seated.agencies["B1"]]))
        ).all()
        db.session.execute(text("UPDATE scheme_works SET name = :v"), {"v": SCRIPT})
        db.session.commit()
    client, token = seated.client("sonoivu"), bearer(seated, "sonoivu")
    more = [f"/positions/lines/{line}", f"/positions/lines/{other}"]
    for place in ("B", "B1"):
        more += [
            f"/positions/agencies/{seated.agencies[place]}",
            f"/positions/agencies/{seated.agencies[place]}/export.xlsx",
        ]
    for one in schemes:
        more += [
            f"/positions/schemes/{one}{tab}"
            for tab in ("", "/works", "/positions", "/seats", "/groups", "/tong-hop.xlsx")
        ]
    books = 0
    for address in [*pages(app), *more]:
        answer = client.get(address, headers=token if address.startswith("/api") else {}, follow_redirects=True)
        if "spreadsheet" not in (answer.mimetype or ""):
            assert "json" in (answer.mimetype or "") or "<script>alert(1)" not in answer.text, address
            continue
        books += 1
        for sheet in openpyxl.load_workbook(io.BytesIO(answer.data)):
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f" or "HYPER" not in str(cell.value), (address, cell.coordinate)
    assert books > 6


@pytest.mark.committed
def test_of_two_who_give_the_last_of_a_quota_one_succeeds(app: Flask, province: Province) -> None:
    with clock.frozen(TODAY):
        quota(province, "B", 3)
        lines = [add_line(province, "B", 0, key=key) for key in ("cc.commune.II.17", "cc.commune.II.06")]
        who = province.actor("tochuc")
        gate, outcomes = Barrier(2), []

        def give(line: int) -> None:
            with app.app_context(), clock.frozen(TODAY):
                scope.enter_for(who, P.POSITIONS_MANAGE)
                gate.wait(10)
                try:
                    with transaction():
                        entry = quotas.entry(
                            province.agencies["B"], QuotaKind.CIVIL, MovementKind.ASSIGNED, 2, clock.today(), line
                        )
                        quotas.write(who, [entry], decision_id=None)
                    outcomes.append("given")
                except (Refused, Busy) as refused:
                    outcomes.append(type(refused).__name__)

        threads = [Thread(target=give, args=(line,)) for line in lines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert sorted(outcomes) in (["Busy", "given"], ["Refused", "given"])


SENT_TWICE: dict[str, tuple[str, dict[str, str], Any]] = {
    "quota": (
        "/positions/quotas/new",
        {"agency": "{B}", "quota_kind": "civil", "kind": "assigned", "amount": "2", "effective_on": "01/12/2026"},
        QuotaMovement,
    ),
    "seats": (
        "/positions/lines/{line}/seats",
        {"kind": "assigned", "amount": "1", "effective_on": "01/12/2026", "note": "x"},
        QuotaMovement,
    ),
    "recruitment": (
        "/positions/lines/{line}/reserve",
        {"seats": "1", "valid_from": "01/12/2026", "note": "Kế hoạch 12/KH-UBND"},
        SeatReservation,
    ),
}


@pytest.mark.parametrize("form", SENT_TWICE)
def test_a_form_sent_twice_is_written_once(seated: Province, form: str) -> None:
    address, values, model = SENT_TWICE[form]
    quota(seated, "root", 200)
    given = {"B": seated.agencies["B"], "line": line_of(seated, "B1")}
    client, address = seated.client("sonoivu"), address.format(**given)
    page = BeautifulSoup(client.get(address).text, "html.parser")
    hidden = {str(one["name"]): str(one.get("value", "")) for one in page.select("main input[type=hidden][name]")}
    filled = hidden | {name: value.format(**given) for name, value in values.items()} | {"decision_basis": "old_data"}
    before = counted(model)
    answers = [client.submit(address, filled).status_code for _ in range(2)]
    assert answers[0] == 303
    assert counted(model) == before + 1, answers


def test_counts_of_a_narrow_reach_are_of_that_reach(seated: Province) -> None:
    """With the application's own password: the functions that look at everybody answer for the caller's part."""
    reach = (seated.agencies["B"],)
    people = {seated.people[name] for name in (CAM, HUNG, DUC, "Nguyen Van Hung")}
    scope.enter(scope.Scope(people=reach))
    today = clock.today()
    found = db.session.execute(text("SELECT person_id FROM staff_at(:day)"), {"day": today}).scalars().all()
    assert set(found) == people
    other = db.session.execute(text("SELECT person_id FROM other_seats_at(:day)"), {"day": today}).scalars().all()
    assert set(other) <= people
    given = {"person": seated.people[ABROAD], "line": line_of(seated, "B1")}
    for statement in (
        (
            "INSERT INTO assignments (person_id, slot, line_id, role, valid_from, basis)"
            " VALUES (:person, :line, :line, 'concurrent', '2026-01-01', 'old_data')"
        ),
        (
            "INSERT INTO position_gaps (person_id, line_id, requirement, params, found_on)"
            " VALUES (:person, :line, 'rank', '{}', '2026-01-01')"
        ),
    ):
        with pytest.raises(ProgrammingError, match="row-level security"), db.session.begin_nested():
            db.session.execute(text(statement), given)
    changing = "UPDATE assignments SET superseded_at = now() WHERE person_id = :person RETURNING id"
    assert db.session.execute(text(changing), given).all() == []
    for statement in ("UPDATE quota_movements SET amount = 9", "DELETE FROM quota_movements", "DELETE FROM overages"):
        with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
            db.session.execute(text(statement))
    db.session.rollback()


def test_an_agency_accepts_no_excess_of_its_own(seated: Province) -> None:
    """Whoever gives quotas stands above: an officer of the agency alone, whatever their role, gives themselves none."""
    who = replace(seated.actor("sonoivu"), grants=(Grant(Role.HR_PROVINCE, seated.agencies["B"]),))
    scope.enter_for(who, P.POSITIONS_QUOTA)
    entry = quotas.entry(seated.agencies["B"], QuotaKind.CIVIL, MovementKind.ASSIGNED, 1, clock.today())
    with pytest.raises(Forbidden), transaction():
        quotas.write(who, [entry], decision_id=None)
    scope.enter_for(who, P.POSITIONS_QUOTA)
    with pytest.raises(Forbidden), transaction():
        overages.record(
            who, Rule.QUOTA, seated.agencies["B"], excess=1, reason="x", from_on=clock.today(), level="civil"
        )


def test_what_a_leaver_had_is_free_from_the_day_itself(seated: Province) -> None:
    line, person = line_of(seated, "B1"), seated.people[CAM]
    carry_out("leaving", person, date(2026, 12, 1), issuer_id=seated.agencies["B"], case="unfit")
    client = seated.client("tochuc")
    for day, there in (("30/11/2026", True), ("01/12/2026", False)):
        page = client.get(f"/positions/agencies/{seated.agencies['B1']}?as_at={day}")
        assert page.status_code == 200
        seats = BeautifulSoup(page.text, "html.parser").select_one("main")
        assert seats is not None
        assert (CAM in seats.get_text(" ")) is there, day
    listed = client.get(f"/api/v1/assignments?line={line}&as_at=2026-12-01", headers=bearer(seated, "tochuc"))
    assert listed.get_json()["items"] == []
