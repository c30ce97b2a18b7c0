"""A list of 300 people for three signers is split rightly, and no signer sees another's part on any route."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import insert, select, text

from hrms.accounts.models import Account, RoleGrant
from hrms.core import scope
from hrms.core.db import db
from hrms.core.errors import NotFound
from hrms.core.permissions import Permission, Role
from hrms.core.unit import transaction
from hrms.decisions import queries
from hrms.decisions.models import Submission, SubmissionLine
from hrms.decisions.rules.path import State
from hrms.decisions.services import path, submissions
from tests.counting import statements
from tests.decisions.deciding import DAY, Telephone, rule
from tests.decisions.test_path import of
from tests.province import MORE_ACCOUNTS, Province, add_person
from tests.system.tampering import bearer, words

P = Permission
BASE = "/decisions/submissions"
PEOPLE = 300
SIGNERS = {"B": "thutruong", "C": "kyphuong", "A": "kysonoivu"}


@pytest.fixture
def parts(province: Province, telephone: Telephone, monkeypatch: pytest.MonkeyPatch) -> dict[str, Submission]:
    """One list of people of three agencies; each agency signs for its own. Proposed by the province, for signature."""
    del telephone
    rule(appraises=None, using_kind="department")
    rule(appraises=None, using_kind="commune")
    with scope.everything():
        for place, username in SIGNERS.items():
            if username in province.accounts:
                continue
            monkeypatch.setitem(MORE_ACCOUNTS, username, (Role.HEAD, place, None))
            account = db.session.execute(
                insert(Account).values(
                    username=username, display_name=username, agency_id=province.agencies[place],
                    scope_ids=province.paths[place], must_change_password=False, second_factor_waived=True,
                ).returning(Account.id)
            ).scalar_one()  # fmt: skip
            db.session.execute(
                insert(RoleGrant).values(
                    account_id=account, role=Role.HEAD.value, agency_id=province.agencies[place],
                    valid_from=DAY.replace(year=2025), basis="old_data",
                )
            )  # fmt: skip
            province.accounts[username] = account
        ids = []
        for n in range(PEOPLE):
            place = ("B1", "C", "A1")[n % 3]
            name = f"{('Quy hoạch', 'Phường', 'Công chức')[n % 3]} {n:03}"
            province.people[name] = add_person(province, 4000 + n, name=name, place=place)
            ids.append(province.people[name])
        db.session.execute(text("SELECT refresh_people(NULL, current_date)"))
        db.session.commit()
    officer = province.enter("sonoivu", P.DECISIONS_PROPOSE)
    with statements() as seen, transaction():
        made = submissions.propose(officer, "telephone", ids, {"number": "0292 3"}, DAY, title="Cấp số điện thoại")
    assert len(seen) <= 30, seen
    by_agency = {agency_id: place for place, agency_id in province.agencies.items()}
    found = {by_agency[one.signing_agency_id]: one for one in made}
    for one in made:
        with transaction():
            submissions.answer(officer, one.id, "consent", met=True, note="Biên bản họp")
        with transaction():
            submissions.submit(officer, one.id)
        db.session.expunge(one)
    return found


def names_of(submission: Submission) -> list[str]:
    with scope.everything():
        query = select(SubmissionLine.person_name).where(SubmissionLine.submission_id == submission.id)
        return list(db.session.scalars(query.order_by(SubmissionLine.place)))


def test_three_hundred_people_go_to_three_signers(province: Province, parts: dict[str, Submission]) -> None:
    assert set(parts) == {"B", "C", "A"}
    assert {place: len(names_of(one)) for place, one in parts.items()} == {"B": 100, "C": 100, "A": 100}
    for place, first in (("B", "Quy hoạch"), ("C", "Phường"), ("A", "Công chức")):
        names = names_of(parts[place])
        assert all(name.startswith(first) for name in names)
        assert names == sorted(names)
    assert len({one.split_key for one in parts.values()}) == 1
    assert Counter(of(one).state for one in parts.values()) == {State.APPRAISED: 3}
    assert {place: sorted(of(one).party_ids) for place, one in parts.items()} == {
        place: sorted({0, province.agencies["root"], province.agencies[place]}) for place in parts
    }


def test_no_signer_sees_anothers_draft_by_any_route(province: Province, parts: dict[str, Submission]) -> None:
    marks = {"B": "Quy hoạch 0", "C": "Phường 0", "A": "Công chức 0"}
    for place, username in SIGNERS.items():
        client, token = province.client(username), bearer(province, username)
        for other, one in parts.items():
            shown = other == place
            paths = (f"{BASE}/{one.id}", f"{BASE}/{one.id}/sheet.xlsx", f"/api/v1/submissions/{one.id}")
            for address in paths:
                answer = client.get(address, headers=token if address.startswith("/api") else {})
                assert answer.status_code == (200 if shown else 404), (username, address)
            for step in ("sign", "refuse", "return"):
                answer = client.submit(f"{BASE}/{one.id}/{step}", {"version": "0", "remark": "x"})
                assert answer.status_code == ((422 if step == "sign" else 412) if shown else 404), (username, step)
                answer = client.post(f"/api/v1/submissions/{one.id}/{step}", json={"remark": "x"}, headers=token)
                assert answer.status_code == (428 if shown else 404), (username, step)
        seen = [
            client.get(address).text for address in (BASE, f"{BASE}/desk", "/", f"{BASE}?kind=telephone", "/decisions")
        ]
        seen.append(client.get("/api/v1/submissions", headers=token).text)
        seen.append(client.get("/decisions/choices?q=0292").text)
        seen.append(words(client.get("/decisions/export.xlsx").data))
        for other, mark in marks.items():
            assert any(mark in text_ for text_ in seen) == (other == place), (username, other)
            if other != place:
                assert all(f"{BASE}/{parts[other].id}" not in text_ for text_ in seen), (username, other)


def test_each_signs_only_their_own_part(province: Province, parts: dict[str, Submission]) -> None:
    for place, username in SIGNERS.items():
        who = province.enter(username, *queries.TAKING_PART)
        for other, one in parts.items():
            if other != place:
                with pytest.raises(NotFound), transaction():
                    path.sign(who, one.id)
        with statements() as seen, transaction():
            path.sign(who, parts[place].id)
        assert len(seen) <= 20, seen
        assert of(parts[place]).state == State.SIGNED


def test_a_draft_is_seen_by_who_made_it_alone(province: Province, telephone: Telephone) -> None:
    del telephone
    rule(appraises="province", signs="province", using_kind="department")
    actor = province.enter("tochuc", P.DECISIONS_PROPOSE)
    with transaction():
        (made,) = submissions.propose(actor, "telephone", [province.people["Lý Thị Cẩm"]], {"number": "1"}, DAY)
    for username, status in (("tochuc", 200), ("thamdinh", 200), ("thutruong", 200), ("vanthu", 404),
                             ("sonoivu", 404), ("chutich", 404)):  # fmt: skip
        assert province.client(username).get(f"{BASE}/{made.id}").status_code == status, username
    with transaction():
        submissions.answer(actor, made.id, "consent", met=True, note="Đơn")
    with transaction():
        submissions.submit(actor, made.id)
    assert province.client("sonoivu").get(f"{BASE}/{made.id}").status_code == 200
    assert province.client("chutich").get(f"{BASE}/{made.id}").status_code == 404
