"""Secondment, transfer, notice, retirement, correction and cancellation from draft to force, by four different people.

What the path makes of the kinds with its own forms, tables, row policies and numbers; what each does to a record is
tested beside it (`test_kinds_moving.py`, `test_kinds_undoing.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.decisions.models import Decision, Submission
from hrms.decisions.services import path, relations, submissions
from hrms.people.models import Person, PersonAgency
from hrms.people.services.facts import rows_of
from tests.decisions.deciding import rule
from tests.province import TODAY, Province

P = Permission
NAME = "Nguyễn Văn Hùng"
KINDS = ("transfer", "secondment", "secondment_end", "leaving", "retirement_notice", "retirement")


@pytest.fixture
def office(province: Province) -> Iterator[Province]:
    """A department that proposes, appraises and signs for the people it uses, on 21/11/2026."""
    with clock.frozen(TODAY):
        for action in (*KINDS, "correction", "cancellation"):
            rule(action=action, person_kind="civil_servant", since=date(2026, 11, 1))
        yield province


def propose(province: Province, kind: str, values: dict[str, Any], on: date, **more: Any) -> Submission:
    with transaction():
        (made,) = submissions.propose(
            province.enter("tochuc", P.DECISIONS_PROPOSE), kind, [province.people[NAME]], values, on, **more
        )
    return made


def answer(province: Province, made: Submission, *codes: str) -> None:
    for code in codes:
        with transaction():
            submissions.answer(
                province.enter("tochuc", P.DECISIONS_PROPOSE),
                made.id,
                code,
                met=True,
                note="Công văn 15 ngày 12/11/2026",
            )


def walk(
    province: Province, kind: str, values: dict[str, Any], on: date, *codes: str, number: str, **more: Any
) -> Decision:
    """Bring a proposal into the register; `codes` are what the proposer vouches for."""
    made = propose(province, kind, values, on, **more)
    answer(province, made, *codes)
    with transaction():
        submissions.submit(province.enter("tochuc", P.DECISIONS_PROPOSE), made.id)
    with transaction():
        path.appraise(province.enter("thamdinh", P.DECISIONS_APPRAISE), made.id)
    with transaction():
        path.sign(province.enter("thutruong", P.DECISIONS_SIGN), made.id, signer_title="Giám đốc")
    symbol = "TB-SXD" if kind == "retirement_notice" else "QĐ-SXD"
    with transaction():
        (decision,) = path.register(
            province.enter("vanthu", P.DECISIONS_NUMBER), made.id, path.Numbers(symbol, date(2026, 11, 20), number)
        )
    return decision


def stays(province: Province, membership: str) -> list[tuple[int, str, str]]:
    with scope.everything():
        rows: list[PersonAgency] = rows_of(province.people[NAME], ["agency"])["agency"]
        return [
            (row.agency_id, str(row.valid_from), str(row.valid_to or ""))
            for row in reversed(rows)
            if row.membership == membership
        ]


def test_a_secondment_waits_for_the_receiver_and_comes_into_force(office: Province) -> None:
    values = {"agency": office.agencies["A"], "last_day": "2027-11-30", "task": "Đề án sắp xếp tổ chức bộ máy"}
    made = propose(office, "secondment", values, date(2026, 12, 1))
    with pytest.raises(Refused) as refused, transaction():
        submissions.submit(office.enter("tochuc", P.DECISIONS_PROPOSE), made.id)
    assert {problem.code for problem in refused.value.problems} == {"receiver_agrees"}
    with transaction():
        submissions.drop(office.enter("tochuc", P.DECISIONS_PROPOSE), made.id)
    decision = walk(office, "secondment", values, date(2026, 12, 1), "receiver_agrees", number="7")
    assert decision.reference == "7/QĐ-SXD"
    assert stays(office, "seconded_in") == [(office.agencies["A"], "2026-12-01", "2027-12-01")]


def test_a_transfer_is_cancelled_and_corrected_by_later_papers(office: Province) -> None:
    home = office.agencies["B1"]
    values = {"agency": office.agencies["B"]}
    first = walk(office, "transfer", values, date(2026, 11, 10), "receiver_agrees", "fits_position", number="1")
    assert stays(office, "using")[-1] == (office.agencies["B"], "2026-11-10", "")
    right = walk(
        office, "correction", {"decision": first.id, "content": "Ngày đúng là 16/11/2026", "starts_on": "2026-11-16"},
        date(2026, 11, 20), "issuer_decides", number="2",
    )  # fmt: skip
    assert [stay[:2] for stay in stays(office, "using")] == [(home, "2024-03-01"), (office.agencies["B"], "2026-11-16")]
    back = walk(
        office, "cancellation", {"decision": right.id, "reason": "Đính chính nhầm"}, date(2026, 11, 20),
        "issuer_decides", number="3",
    )  # fmt: skip
    assert stays(office, "using")[-1][1] == "2026-11-10"
    last = walk(
        office, "cancellation", {"decision": first.id, "reason": "Không còn nhu cầu"}, date(2026, 11, 20),
        "issuer_decides", number="4",
    )  # fmt: skip
    assert stays(office, "using") == [(home, "2024-03-01", "")]
    with scope.everything():
        known = relations.related([first.id, right.id])
        assert {(one.decision.id, one.relation.value) for one in known[first.id]} == {
            (right.id, "corrects"), (last.id, "cancels"),
        }  # fmt: skip
        assert (back.id, "cancels") in {(one.decision.id, one.relation.value) for one in known[right.id]}


def test_a_paper_that_others_rest_on_is_refused_as_a_draft(office: Province) -> None:
    place = {"agency": office.agencies["B"]}
    first = walk(office, "transfer", place, date(2026, 11, 10), "receiver_agrees", "fits_position", number="1")
    back = {"agency": office.agencies["B1"]}
    walk(office, "transfer", back, date(2026, 11, 15), "receiver_agrees", "fits_position", number="2")
    with pytest.raises(Refused) as refused:
        propose(office, "cancellation", {"decision": first.id, "reason": "x"}, date(2026, 11, 20))
    (problem,) = refused.value.problems
    assert (problem.code, problem.params["later"], problem.params["reference"]) == ("rested_on", "2/QĐ-SXD", "1/QĐ-SXD")


def test_notice_and_retirement(office: Province) -> None:
    with scope.everything(), transaction():
        person = db.session.get_one(Person, office.people[NAME])
        person.birth_date, person.social_insurance_no = "1965-08-10", "9212345678"
    notice = walk(office, "retirement_notice", {}, date(2026, 11, 25), number="9")
    assert notice.reference == "9/TB-SXD"
    decision = walk(office, "retirement", {}, date(2027, 6, 1), number="10")
    assert decision.effective_on == date(2027, 6, 1)
    with scope.everything():
        found = rows_of(office.people[NAME], ["status"])["status"]
    assert [(row.status, str(row.valid_from)) for row in found] == [
        ("retired", "2027-06-01"),
        ("serving", "2024-03-01"),
    ]
    with pytest.raises(Refused) as refused:
        propose(office, "leaving", {}, date(2027, 1, 1), own={office.people[NAME]: {"case": "unfit"}})
    assert {problem.code for problem in refused.value.problems} == {"later_status"}
