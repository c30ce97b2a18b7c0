"""The usual ways around a sign-in and into a page: tokens, half sessions, forged forms, markup, files, odd input."""

from __future__ import annotations

import base64
import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template_string
from jinja2 import nodes
from sqlalchemy import insert, select, text, update

from hrms.accounts.models import Account, AccountSession, RoleGrant
from hrms.accounts.services import end_grant, grant_role, paging, reset_password
from hrms.accounts.services.grants import NewGrant
from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.audit.models import ReadMark
from hrms.core import clock, scope, tasks
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.models import Setting, Task
from hrms.core.permissions import Permission, Role
from hrms.core.web import EXCEPTIONS, access_of
from hrms.decisions.models import Decision
from hrms.people.models import FamilyMember, Person
from tests.client import Browser
from tests.inspection import mistakes
from tests.province import Province
from tests.system.tampering import (
    ABROAD,
    ABROAD_NUMBER,
    MINE,
    MINE_NUMBER,
    SCRIPT,
    SECRETS,
    add_secrets,
    bearer,
    cells,
    grant,
    refresh,
    write,
)

P = Permission

# Tokens, grants, accounts


def test_a_token_without_the_right_to_oneself_opens_no_own_record(province: Province) -> None:
    add_secrets(province, MINE)
    mine, nobody = province.people[MINE], province.client(None)
    few = bearer(province, "thutruong", P.PEOPLE_VIEW, person=MINE)
    answer = nobody.get(f"/api/v1/people/{mine}", headers=few)
    assert answer.status_code == 200
    assert answer.json["national_id"] == "********0006"
    assert not any(secret in answer.text for secret in SECRETS.values())
    assert nobody.get(f"/api/v1/people/{mine}/tables/family", headers=few).status_code == 403
    write(update(Account).where(Account.username == "thutruong").values(person_id=province.people[ABROAD]))
    abroad = province.people[ABROAD]
    assert nobody.get(f"/api/v1/people/{abroad}", headers=few).status_code == 404
    whole = nobody.get(f"/api/v1/people/{abroad}", headers=bearer(province, "thutruong"))
    assert whole.json["national_id"] == ABROAD_NUMBER, "without limits the token sees what its holder sees"


def test_a_limited_token_is_masked_and_refused(province: Province) -> None:
    person, nobody = add_secrets(province, MINE), province.client(None)
    few = bearer(province, "tochuc", P.PEOPLE_VIEW, P.PEOPLE_EDIT)
    answer = nobody.get(f"/api/v1/people/{person}", headers=few)
    assert not any(secret in answer.text for secret in (*SECRETS.values(), MINE_NUMBER))
    match = {**few, "If-Match": answer.headers["ETag"]}
    for values in ({"health_state": "Yếu"}, {"religion": "KHONG"}, {"phone": "1", "party_card_no": "2"}):
        refused = nobody.patch(f"/api/v1/people/{person}", json={"values": values}, headers=match)
        assert refused.status_code == 403, values
    for path in ("/api/v1/events", "/api/v1/decisions", "/api/v1/people?party=yes", "/api/v1/people?ethnic_group=05"):
        assert nobody.get(path, headers=few).status_code == 403, path
    assert nobody.get("/api/v1/people?q=" + MINE_NUMBER, headers=few).json["items"] == []


def test_a_token_opens_no_page_and_no_cookie_counts_beside_it(province: Province) -> None:
    token = bearer(province, "sonoivu")
    assert province.client(None).get("/people", headers=token).status_code == 302
    browser = province.client("sonoivu")
    for header in ("Basic c29ub2l2dTp4", "Bearer x", "", "Bearer"):
        assert browser.get("/api/v1/people", headers={"Authorization": header}).status_code == 401, header
        assert browser.get("/people", headers={"Authorization": header}).status_code == 302, header
        refused = browser.post("/logout", headers={"Authorization": header})
        assert refused.status_code == 302, "another header must not stand in for the form's token"
    assert browser.get("/people").status_code == 200


def test_rights_end_with_their_grant_for_pages_and_tokens(province: Province) -> None:
    browser, token = province.client("tochuc"), bearer(province, "tochuc")
    assert browser.get("/people").status_code == 200
    with scope.everything():
        held = select(RoleGrant.id).where(RoleGrant.account_id == province.accounts["tochuc"])
        end_grant(Actor.system(), db.session.scalars(held).one(), None)
        db.session.commit()
    assert browser.get("/people").status_code == 403
    assert browser.get("/api/v1/people", headers=token).status_code == 403


@pytest.mark.parametrize("how", ["closed_at", "locked_at"])
def test_a_closed_or_locked_account_opens_nothing(province: Province, how: str) -> None:
    browser, token = province.client("tochuc"), bearer(province, "tochuc")
    write(update(Account).where(Account.username == "tochuc").values({how: clock.now(), "lock_reason": "idle"}))
    assert browser.get("/people").status_code == 302
    assert province.client("tochuc").get("/").status_code == 302
    assert browser.get("/api/v1/people", headers=token).status_code == 401


def test_tokens_end_with_a_new_first_password_and_with_a_role_that_asks_for_more(province: Province) -> None:
    nobody = province.client(None)
    for username, role in (("tochuc", None), ("thutruong", Role.ADMIN), ("thanhtra", Role.HEAD)):
        token, account = bearer(province, username), province.accounts[username]
        write(update(Account).where(Account.id == account).values(second_factor_waived=False))
        with scope.everything():
            if role is None:
                reset_password(Actor.system(), account)
            else:
                grant_role(Actor.system(), account, NewGrant(role, province.agencies["B"], clock.today()))
            db.session.commit()
        expected = 200 if role is Role.HEAD else 401
        assert nobody.get("/api/v1/account", headers=token).status_code == expected, username


@pytest.fixture(params=["change_password", "second_factor", "second_factor_setup"])
def restricted(request: pytest.FixtureRequest, province: Province) -> Browser:
    """Somebody who has shown a password only, and owes something more."""
    values: dict[str, dict[str, Any]] = {
        "change_password": {"must_change_password": True},
        "second_factor": {"totp_confirmed_at": clock.now(), "totp_secret": b"x"},
        "second_factor_setup": {"second_factor_waived": False},
    }
    browser = province.client("sonoivu")
    write(update(Account).where(Account.username == "sonoivu").values(**values[request.param]))
    write(update(AccountSession).values(second_factor_at=None))
    return browser


def test_an_incomplete_sign_in_reaches_nothing(app: Flask, province: Province, restricted: Browser) -> None:
    person = province.people[MINE]
    open_while = {"accounts.second_factor", "accounts.change_password", "accounts.second_factor_setup"}
    open_while |= {"accounts.logout", "accounts.keepalive"}
    in_words: dict[str, str | int] = {"kind": "agency", "form": "pdf"}
    tried = 0
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint, "GET")
        if (
            "GET" not in (rule.methods or ())
            or access is None
            or access.kind == "public"
            or rule.endpoint in EXCEPTIONS
        ):
            continue
        if access.while_restricted:
            assert rule.endpoint in open_while, f"{rule.rule} is open to an incomplete sign-in"
            continue
        with app.test_request_context():
            values = {name: in_words.get(name, person) for name in rule.arguments}
            address = str(app.url_map.bind("localhost").build(rule.endpoint, values))
        answer = restricted.get(address)
        assert answer.status_code == (403 if address.startswith("/api/") else 302), address
        assert MINE not in answer.text
        tried += 1
    assert tried > 40


# The browser's old tricks


def test_a_form_without_its_token_changes_nothing(province: Province) -> None:
    browser = province.client("tochuc")
    person = province.people[MINE]
    for path in ("/logout", "/locale", "/theme", "/account", f"/people/{person}/reveal", "/people/filters",
                 "/people/export.xlsx", f"/people/{person}/edit/identity", "/account/sessions/end-others"):  # fmt: skip
        answer = browser.post(path, data={"csrf_token": "x", "locale": "en"})
        assert answer.status_code == 400, path
    for method in ("POST", "PATCH"):
        path = "/api/v1/people" + (f"/{person}" if method == "PATCH" else "")
        answer = browser.open(path, method=method, json={"values": {"phone": "1"}}, headers={"If-Match": '"1"'})
        assert answer.status_code == 400, "a cookie alone must not write through the API"
    assert browser.get("/people").status_code == 200
    assert province.client(None).post("/login", data={"username": "x", "password": "y"}).status_code == 400


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
     "javascript:alert(1)", "http:evil.example", "///evil.example", "/%09/evil.example", " //evil.example"],
)  # fmt: skip
def test_nobody_is_sent_to_another_host(province: Province, target: str) -> None:
    browser = province.client("tochuc")
    for path in ("/locale", "/theme"):
        answer = browser.submit(path, {"locale": "en", "theme": "dark", "next": target})
        assert answer.status_code == 303
        assert _leads_home(answer.headers["Location"]), path
    answer = browser.get("/login", query_string={"next": target})
    assert answer.status_code == 302
    assert _leads_home(answer.headers["Location"])
    page = province.client(None).get("/people", query_string={"q": target})
    assert page.headers["Location"].startswith("/login?next=")


def _leads_home(location: str) -> bool:
    return location.startswith("/") and not location.startswith(("//", "/\\")) and "\t" not in location


def test_the_host_header_is_never_believed(province: Province) -> None:
    nobody, browser = province.client(None), province.client("sonoivu")
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    for client, path in ((nobody, "/people"), (nobody, "/login"), (browser, "/people"), (browser, "/"),
                         (nobody, "/api/v1/openapi.json"), (browser, "/people/")):  # fmt: skip
        answer = client.get(path, headers=evil)
        assert "evil.example" not in answer.text, path
        assert "evil.example" not in answer.headers.get("Location", ""), path


def test_every_answer_carries_the_headers_that_hold_a_browser_back(province: Province) -> None:
    person = province.people[MINE]
    browser = province.client("sonoivu")
    for path in ("/login", "/", f"/people/{person}", "/people/export.xlsx", "/people/choices?q=a", "/nowhere"):
        answer = browser.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store", path
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert not any(header.lower() == "access-control-allow-origin" for header, _value in answer.headers)


# Text that would be markup or a formula


@pytest.fixture
def scripted(province: Province) -> Province:
    """A province in which names, agencies, papers, accounts and filters try to be markup."""
    person = province.people[MINE]
    values = {"full_name": SCRIPT, "unit_name": SCRIPT, "job_position": SCRIPT, "phone": SCRIPT, "note": SCRIPT}
    write(update(Person).where(Person.id == person).values(**values, home_town=SCRIPT, health_state=SCRIPT))
    write(insert(FamilyMember).values(person_id=person, side="own", relation="BO", full_name=SCRIPT, details=SCRIPT))
    write(
        update(Agency).where(Agency.code == "H13.09").values(name=SCRIPT, address=SCRIPT, website=SCRIPT, email=SCRIPT)
    )
    write(update(Account).values(display_name=SCRIPT))
    refresh(person)
    with scope.everything():
        audit.record(
            Actor.system(SCRIPT), "person.edited", "person", person, scope_ids=province.paths["B1"], person_id=person,
            before={"phone": "1"}, after={"phone": SCRIPT}, reason=SCRIPT,
        )  # fmt: skip
        audit.record(Actor.system(SCRIPT), SCRIPT, "x", None, scope_ids=province.paths["B1"], after={SCRIPT: SCRIPT})
        db.session.add(
            Decision(
                number="77", symbol=SCRIPT[:60], signed_on=date(2026, 1, 2), issuer_name=SCRIPT, issuer_key="x",
                kind="other", subject=SCRIPT, legal_ground=SCRIPT, note=SCRIPT, signer_name=SCRIPT,
                scope_ids=province.paths["B"], search_key="x",
            )
        )  # fmt: skip
        db.session.commit()
    return province


PAGES = """
    / /people /people?q={x} /people?agency={agency} /people?kind={x} /people?agency-text={x} /people?sort={x}
    /people/{x}
    /people/{person} /people/{person}/career /people/{person}/family /people/{person}/history /people/{person}/access
    /people/{person}/print /people/{person}/edit/identity /people/{person}/facts/new /people/{person}/tables/work/new
    /agencies /agencies/chart /agencies/{agency} /agencies/{agency}/rename /login?next=/{x}
    /decisions /decisions?q={x} /decisions/new /decisions/{decision} /decisions/{decision}/edit
    /decisions/{decision}/withdraw /audit /audit?actor={x} /audit?agency={x}
    /account /account/sessions /accounts /accounts/{account} /accounts/{account}/access
"""


def test_no_text_becomes_markup(scripted: Province) -> None:
    browser = scripted.client("sonoivu")
    browser.submit("/people/filters", {"name": SCRIPT[:80], "query": "q=" + SCRIPT})
    with scope.everything():
        decision = db.session.scalars(select(Decision.id).where(Decision.number == "77")).one()
    known = {
        "person": scripted.people[MINE], "agency": scripted.agencies["B"], "decision": decision,
        "account": scripted.accounts["tochuc"], "x": SCRIPT,
    }  # fmt: skip
    shown = 0
    for pattern in PAGES.split():
        path = pattern.format(**known)
        answer = browser.get(path)
        assert answer.status_code < 500, path
        if answer.mimetype != "text/html" or answer.status_code in {302, 303}:
            continue
        page = BeautifulSoup(answer.text, "html.parser")
        assert not [tag for tag in page.find_all("script") if not tag.get("src")], path
        assert not page.find_all(onerror=True), path
        assert not page.find_all("img", src="x"), path
        assert [found for found in mistakes(answer.text) if "inline" in found or "handler" in found] == [], path
        shown += SCRIPT in page.get_text()
    assert shown > 15, "the text must really stand on these pages, or the test proves nothing"


def test_variables_of_a_template_are_escaped(app: Flask) -> None:
    with app.test_request_context():
        for source in ("{{ _('Bỏ bộ lọc %(name)s', name=x) }}", "{{ x }}", '<a title="{{ x }}">', "{{ _('a') ~ x }}",
                       "{% set t = _('%(n)s', n=x) %}{{ t }}", "{{ x | label }}", "{{ here(q=x) }}"):  # fmt: skip
            made = render_template_string(source, x=SCRIPT)
            assert "<script" not in made, source
            assert "<img" not in made, source


def test_messages_of_templates_are_written_there(app: Flask) -> None:
    """A message becomes markup as it stands, so it must never be a value; `safe` is for two constants only."""
    folder = Path(app.root_path).parent / "templates"
    safe = []
    for path in sorted(folder.rglob("*.html")):
        tree = app.jinja_env.parse(path.read_text())
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in {"_", "gettext"}:
                assert isinstance(call.args[0], nodes.Const), f"{path.name}: _() of a value, line {call.lineno}"
        found = (used for used in tree.find_all(nodes.Filter) if used.name == "safe")
        safe += [(path.name, isinstance(used.node, nodes.Const)) for used in found]
        assert not list(tree.find_all(nodes.ScopedEvalContextModifier)), f"{path.name} switches escaping off"
    assert safe == [("_record.html", True)] * 2


def test_a_formula_in_a_cell_is_text(province: Province) -> None:
    person = province.people[MINE]
    write(
        update(Person)
        .where(Person.id == person)
        .values(full_name="=cmd|' /C calc'!A0", phone="+1", home_town="@SUM(A1)")
    )
    refresh(person)
    write(update(Agency).where(Agency.code == "H13.09").values(name='=HYPERLINK("http://evil")'))
    browser = province.client("sonoivu")
    for path in ("/people/export.xlsx?col=phone&col=home_town&col=agency", "/agencies/export.xlsx"):
        found = cells(browser.get(path).data)
        assert any(str(cell.value).startswith("=") for cell in found)
        assert all(cell.data_type != "f" and cell.hyperlink is None for cell in found), path
    with scope.everything():
        audit.record(
            Actor.system("=1+1"), "person.edited", "person", person, scope_ids=[0], after={"phone": "=2"}, reason="-3"
        )
        db.session.commit()
    rows = list(csv.reader(io.StringIO(browser.get("/audit/export.csv").text)))
    assert not any(cell[:1] in {"=", "+", "-", "@", "\t", "\r"} for row in rows for cell in row)
    assert all(cell.data_type != "f" for cell in cells(browser.get("/audit/export.xlsx").data))


# Files, jobs, scraping


def _task(province: Province, username: str, result: dict[str, Any]) -> int:
    with scope.everything():
        made = Task(
            account_id=province.accounts[username], kind="people.export_list", arguments={}, state="done", result=result
        )
        db.session.add(made)
        db.session.commit()
        return int(made.id)


@pytest.mark.parametrize(
    "name", ["../secret-key", "../../etc/passwd", "/etc/passwd", "..", ".", "", "%2e%2e/secret-key"]
)
def test_a_result_file_is_looked_for_in_one_folder(app: Flask, province: Province, name: str) -> None:
    (Path(app.config["HRMS_HOME"]) / "secret-key").write_text("geheim")
    number = _task(province, "tochuc", {"file": name, "name": "x.xlsx"})
    assert province.client("tochuc").get(f"/tasks/{number}/file").status_code == 404
    for path in ("/static/../../config.py", "/static/..%2f..%2fconfig.py", "/static//etc/passwd"):
        assert province.client(None).get(path).status_code in {308, 404}


def test_a_result_file_is_given_only_while_its_rows_may_be_seen(app: Flask, province: Province) -> None:
    with app.app_context():
        name, path = tasks.new_result(".xlsx")
    path.write_bytes(b"made")
    needs = [[P.PEOPLE_EXPORT.value, province.paths["B"]], [P.PEOPLE_HEALTH.value, province.paths["B"]]]
    number = _task(province, "tochuc", {"file": name, "name": "x.xlsx", "needs": needs})
    with province.client("tochuc").get(f"/tasks/{number}/file") as answer:
        assert answer.data == b"made"
    for username in ("sonoivu", "thutruong"):
        assert province.client(username).get(f"/tasks/{number}/file").status_code == 404, "somebody else's"
    grant(province, "tochuc", Role.HR_AGENCY, "C")
    grant(province, "tochuc", Role.HEAD, "B")
    write(
        update(RoleGrant)
        .where(RoleGrant.account_id == province.accounts["tochuc"], RoleGrant.role == "hr_agency",
               RoleGrant.agency_id == province.agencies["B"])
        .values(superseded_at=clock.now())
    )  # fmt: skip
    assert province.client("tochuc").get(f"/tasks/{number}/file").status_code == 403, "health is no longer theirs at B"


def test_a_job_carries_ids_only_and_a_stranger_sees_no_task(province: Province) -> None:
    write(insert(Setting).values(name="people.export_job_rows", value=0, note=""))
    answer = province.client("sonoivu").submit(f"/people/export.xlsx?q={ABROAD_NUMBER}&col=health_state")
    assert answer.status_code == 303
    with scope.everything():
        kept = db.session.execute(text("SELECT args FROM procrastinate_jobs")).scalars().all()
        assert kept
        assert all(set(args) <= {"task_id", "batch_id", "timestamp"} for args in kept)
    assert province.client("tochuc").get(answer.headers["Location"]).status_code == 404


def test_turning_every_page_counts_like_taking_a_file(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MARK_ROWS", 4)
    paging._seen.clear()
    write(insert(Setting).values(name="accounts.bulk_rows_per_hour", value=8, note=""))
    browser = province.client("sonoivu")
    with scope.entered(scope.Scope(account_id=province.accounts["sonoivu"])):
        for _again in range(5):
            assert browser.get("/people?agency=H13.09").status_code == 200
        marks = db.session.execute(select(ReadMark.kind, ReadMark.rows)).all()
        assert marks == [("people.pages", 4)], "the same people again are nothing new"
        answers = (browser.get(f"/people?agency={code}") for code in ("H13.40", "H13.05", "H13"))
        answer = next(answer for answer in answers if answer.status_code != 200)
        assert answer.status_code == 403
        assert MINE not in answer.text
        assert browser.get("/people").status_code == 302, "locked, and signed out everywhere"


@pytest.mark.parametrize("path", ["/people/{0}", "/api/v1/people/{0}"])
def test_trying_ids_one_by_one_counts_too(province: Province, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(paging, "MARK_ROWS", 3)
    paging._seen.clear()
    write(insert(Setting).values(name="accounts.bulk_rows_per_hour", value=2, note=""))
    browser, headers = province.client("thutruong"), bearer(province, "thutruong") if "api" in path else {}
    ids = [province.people[name] for name in (MINE, "Võ Minh Đức", "Nguyễn Văn Hùng", "Nguyen Van Hung")]
    answers = [browser.get(path.format(number), headers=headers).status_code for number in ids]
    assert answers[:3] == [200, 200, 403]
    assert answers[3] == (401 if headers else 302)


# Odd input tells nothing and breaks nothing


ADDRESSES = """
    /people?q={0} /people?agency={0} /people?rank={0} /people?position={0} /people?age_from={0} /people?after={0}
    /people?q=anh&after={0} /people?as_at={0} /people?known_on={0} /people/choices?q={0} /agencies?q={0}
    /agencies?open={0} /agencies/choices?q={0} /decisions?q={0} /decisions?agency={0} /decisions?after={0}
    /decisions/choices?q={0} /audit?actor={0} /audit?entity_id={0} /audit?agency={0} /audit?after={0}
    /people/{1}/history?before={0} /accounts?q={0} /accounts?agency={0} /people/{0} /api/v1/people?q={0}&limit=1
    /api/v1/people?after={0} /api/v1/people?limit={0} /api/v1/events?after={0} /api/v1/agencies?q={0}
"""


@pytest.mark.parametrize(
    "odd", ["²", "٣", "%00", "%ff", "9" * 30, "-1", "1e9", "%F0%9F%98%80", "' OR 1=1 --", "{}", "a" * 5000]
)
def test_odd_addresses_are_refused_not_failed(province: Province, odd: str) -> None:
    browser, person = province.client("sonoivu"), province.people[MINE]
    for path in ADDRESSES.split():
        answer = browser.get(path.format(odd, person))
        assert answer.status_code < 500, path
        assert "psycopg" not in answer.text
        assert "Traceback" not in answer.text


@pytest.mark.parametrize("values", ['["x","y","z"]', "[null,null,null]", "[0,1,2]", "[1,null,[]]", '[{},"a",1]'])
def test_a_cursor_of_ones_own_making_is_refused(province: Province, values: str) -> None:
    cursor = base64.urlsafe_b64encode(values.encode()).decode().rstrip("=")
    browser = province.client("sonoivu")
    for path in ("/people?q=anh&after=", "/people?q=anh&status=serving&after=", "/people?sort=coefficient&after=",
                 "/api/v1/people?q=n&after="):  # fmt: skip
        assert browser.get(path + cursor).status_code in {200, 422}, path
