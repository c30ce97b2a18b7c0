"""Ways around the path of decisions: other people's numbers, papers, scans and drafts; steps by whoever may not."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, text, update

from hrms.agencies.models import Agency
from hrms.core import clock, scope
from hrms.core.actor import Actor, Grant
from hrms.core.db import db
from hrms.core.errors import Forbidden, HrmsError, NotFound, Refused
from hrms.core.permissions import Permission, Role
from hrms.core.unit import transaction
from hrms.decisions import kinds, queries, services
from hrms.decisions.kinds import Subject
from hrms.decisions.models import Decision, DecisionRelation
from hrms.decisions.services import numbering, path, scans, submissions
from hrms.decisions.services.path import Numbers
from hrms.people.kinds.undoing import Earlier
from tests.decisions.deciding import (
    Telephone,
    appraised,
    consent,
    propose,
    registered,
    rule,
    signed,
    telephones,
)
from tests.province import TODAY, Province
from tests.system.tampering import bearer, move, write

P = Permission
CAM, HUNG = "Lý Thị Cẩm", "Nguyễn Văn Hùng"
DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def telephone(province: Province) -> Iterator[Telephone]:
    del province
    with clock.frozen(TODAY), telephones() as kind:
        rule()
        yield kind


def codes(error: pytest.ExceptionInfo[HrmsError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_the_book_passes_over_a_number_that_stands_in_the_register(province: Province) -> None:
    clerk = province.enter("vanthu", P.DECISIONS_NUMBER)
    with transaction():
        numbering.open_book(clerk, province.agencies["B"], 2026, "QĐ-SXD", first=7)
    stranger = province.enter("sonoivu", P.DECISIONS_RECORD)
    with transaction():
        services.register(
            stranger,
            number="7",
            symbol="QĐ-SXD",
            signed_on=DAY,
            kind="other",
            subject="x",
            issuer_agency_id=province.agencies["B"],
        )
    made = signed(province, CAM)
    with transaction():
        (decision,) = path.register(province.enter("vanthu", P.DECISIONS_NUMBER), made.id, Numbers("QĐ-SXD", DAY))
    assert decision.number == "8"


def test_what_the_path_registered_is_put_right_by_the_issuers_clerk_alone(province: Province) -> None:
    (decision,) = registered(province, CAM)
    officer = province.enter("tochuc", P.DECISIONS_RECORD)
    with pytest.raises(Forbidden), transaction():
        services.correct(officer, queries.get_decision(decision.id), {"signer_name": "Ai đó"})
    with pytest.raises(Forbidden), transaction():
        services.withdraw(officer, queries.get_decision(decision.id), reason="x")
    clerk = province.enter("vanthu", P.DECISIONS_RECORD)
    with transaction():
        services.correct(clerk, queries.get_decision(decision.id), {"note": "Bổ sung"})


def test_a_cancelled_decision_carries_no_new_fact(province: Province) -> None:
    (target,) = registered(province, CAM)
    (later,) = registered(province, HUNG, number="16")
    with scope.everything():
        cancels = {"decision_id": later.id, "target_id": target.id, "relation": "cancels"}
        db.session.execute(insert(DecisionRelation).values(cancels))
        db.session.commit()
    officer = province.enter("tochuc", P.DECISIONS_RECORD)
    with pytest.raises(Refused) as refused, transaction():
        services.cite(officer, target.id, province.paths["B1"])
    assert codes(refused) == ["cancelled"]


def test_who_wrote_a_draft_does_not_appraise_or_sign_it_when_another_sends_it_up(province: Province) -> None:
    (made,) = propose(province, CAM)
    consent(province, made)
    other = province.enter("thamdinh", P.DECISIONS_PROPOSE)
    with transaction():
        submissions.submit(other, made.id)
    with pytest.raises(Refused) as refused, transaction():
        path.appraise(province.enter("tochuc", P.DECISIONS_APPRAISE), made.id)
    assert codes(refused) == ["own_proposal"]


def test_one_paper_gets_one_number(province: Province) -> None:
    made = signed(province, CAM, HUNG, one_paper=True)
    lines = queries.list_lines(made.id)
    clerk = province.enter("vanthu", P.DECISIONS_NUMBER)
    with transaction():
        made_of = path.register(clerk, made.id, Numbers("QĐ-SXD", DAY, "15"), [lines[0].id])
    assert [one.number for one in made_of] == ["15"]
    assert {line.decision_id for line in queries.list_lines(made.id)} == {made_of[0].id}


def delegate(province: Province, username: str, *actions: str) -> Actor:
    found = replace(
        province.actor(username), grants=(Grant(Role.DELEGATE, province.agencies["B"], "KT.", actions or None),)
    )
    scope.enter_for(found, P.DECISIONS_SIGN)
    return found


def test_a_delegate_for_other_kinds_neither_sees_nor_returns(province: Province) -> None:
    made = appraised(province, CAM)
    who = delegate(province, "canbo", "transfer")
    with pytest.raises(NotFound), transaction():
        path.sign(who, made.id, signer_title="x")
    with pytest.raises(NotFound), transaction():
        path.return_with_remark(who, made.id, "x")
    with pytest.raises(NotFound):
        queries.get_submission(who, made.id)
    assert queries.waiting(who) == {}
    may = delegate(province, "canbo", "telephone")
    assert queries.get_submission(may, made.id).id == made.id


def test_nobody_signs_a_paper_about_themselves(province: Province) -> None:
    made = appraised(province, HUNG)
    head = replace(province.actor("thutruong"), person_id=province.people[HUNG])
    scope.enter_for(head, P.DECISIONS_SIGN)
    with pytest.raises(Refused) as refused, transaction():
        path.sign(head, made.id, signer_title="x")
    assert codes(refused) == ["about_oneself"]


def test_a_draft_tells_nothing_new_of_who_has_left(province: Province) -> None:
    (made,) = propose(province, CAM)
    consent(province, made)
    person = move(province, CAM, "B1", "A1")
    with scope.everything():
        db.session.execute(text("UPDATE people SET phone = '0999 888' WHERE id = :i"), {"i": person})
        db.session.commit()
    client = province.client("tochuc")
    assert "0999 888" not in client.get(f"/decisions/submissions/{made.id}").text
    assert client.get(f"/decisions/submissions/{made.id}/papers.docx").status_code == 404


ODD: Any = (
    {"people": [10**30]},
    {"people": [-1]},
    {"own": {str(10**30): {}}},
    {"title": "a\x00b"},
    {"note": "a\x00b"},
    {"values": {"number": "a\x00b"}},
    {"values": {"number": {"a": [1]}}},
    {"kind": "\x00"},
    {"values": {"\x00": 1}},
    {"effective_on": "0001-01-01"},
    {"proposed_by": 1},
    {"state": "signed"},
    {"signing_agency_id": 1},
)


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_odd_proposals_are_refused_in_words(province: Province, odd: dict[str, Any]) -> None:
    person = province.people[CAM]
    usual = {"kind": "telephone", "people": [person], "effective_on": "2026-12-01", "values": {"number": "1"}}
    token = bearer(province, "tochuc")
    answer = province.client(None).post("/api/v1/submissions", json={**usual, **odd}, headers=token)
    assert answer.status_code in {201, 422, 404}, answer.text


STEPS: Any = (
    ("sign", {"lines": [10**30]}), ("sign", {"lines": [1]}), ("sign", {"lines": []}),
    ("sign", {"signer_title": "a\x00"}), ("refuse", {"lines": [10**30], "remark": "x"}),
    ("return", {"remark": "a\x00"}), ("register", {"signed_on": "2026-11-20", "numbers": {"1": "5"}}),
    ("register", {"signed_on": "2026-11-20", "symbol": "a\x00", "number": "1"}),
)  # fmt: skip


@pytest.mark.parametrize(("step", "body"), STEPS, ids=str)
def test_odd_steps_are_refused_in_words(province: Province, step: str, body: dict[str, Any]) -> None:
    made = appraised(province, CAM)
    client = province.client(None)
    match = client.get(f"/api/v1/submissions/{made.id}", headers=bearer(province, "tochuc")).headers["ETag"]
    for who in ("thutruong", "vanthu", "tochuc", "canbo", "chutich"):
        token = bearer(province, who)
        answer = client.post(f"/api/v1/submissions/{made.id}/{step}", json=body, headers={**token, "If-Match": match})
        assert answer.status_code < 500


def test_who_issued_a_decision_signs_what_undoes_it(
    province: Province, telephone: Telephone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telephone, "signer", lambda _subject: province.agencies["root"], raising=False)
    (made,) = propose(province, CAM)
    assert made.signing_agency_id == province.agencies["root"]
    target = Decision(issuer_agency_id=province.agencies["A"])
    record: Any = None
    subject = Subject(0, "", None, 0, (), None, "none", None, None, None, Earlier(record, {}, target))
    for code in ("correction", "cancellation"):
        kind = kinds.get(code)
        assert kind is not None
        assert kind.signer(subject) == province.agencies["A"]
    write(update(Agency).where(Agency.id == province.agencies["root"]).values(closed_on=DAY))
    (other,) = propose(province, HUNG)
    assert other.signing_agency_id == province.agencies["B"], "nobody signs for an agency that is no more"


def test_a_scan_of_another_agencys_decision_stays(province: Province) -> None:
    (decision,) = registered(province, CAM)
    reach = [*decision.scope_ids, province.agencies["C"]]
    write(update(Decision).where(Decision.id == decision.id).values(scope_ids=reach))
    stranger = replace(province.actor("tochuc"), grants=(Grant(Role.HR_AGENCY, province.agencies["C"]),))
    scope.enter_for(stranger, P.DECISIONS_RECORD)
    with pytest.raises(Forbidden), transaction():
        scans.attach(stranger, queries.get_decision(decision.id), io.BytesIO(b"%PDF-1.4"), "x.pdf")
