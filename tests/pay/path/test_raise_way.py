"""A raise list from its proposal to the facts in the record: sent, split by signer, signed, numbered, decided."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import insert, text

from hrms.core import clock, scope
from hrms.core.db import Base, db
from hrms.core.errors import Forbidden, Refused
from hrms.core.unit import transaction
from hrms.decisions.papers import making
from hrms.decisions.services import path, submissions
from hrms.pay.services import raising, sending
from tests.pay.making import add_post, set_rank
from tests.pay.path.making import (
    CAM,
    DUC,
    HUNG2,
    P,
    acting,
    answer_all,
    decide,
    due_since,
    item,
    list_of,
    list_state,
    ranks,
    rate,
    send,
    submission,
)
from tests.people.carrying_out import carry_out, problems
from tests.province import TODAY, Province

DUE = date(2026, 10, 1)
SINCE = date(2023, 10, 1)


@pytest.fixture(autouse=True)
def today():
    with clock.frozen(TODAY):
        yield


def test_a_list_is_proposed_sent_signed_numbered_and_becomes_facts(province: Province) -> None:
    due_since(province, CAM, SINCE)
    due_since(province, HUNG2, date(2023, 11, 1), step=5, coefficient="3.66")
    list_id = list_of(province)
    assert (list_state(list_id), item(province, CAM).state, item(province, CAM).effective_on) == (
        "proposed", "proposed", DUE,
    )  # fmt: skip
    (sent,) = send(province, list_id)
    one = submission(sent)
    with scope.everything():
        paper = making.decisions_of(one)[0]
    # Nobody's raise begins on the day of the paper.
    assert "kể từ ngày" not in str(paper.articles[0])
    assert "01/10/2026" in str(paper.annexes)
    # Since 01/8/2026 the using agency decides, and nobody appraises (NĐ 300/2026/NĐ-CP Đ31).
    assert (one.state, one.one_paper, one.kind) == ("appraised", True, "step_raise")
    assert (list_state(list_id), item(province, CAM).state, item(province, CAM).submission_id) == (
        "sent", "sent", sent,
    )  # fmt: skip
    with acting(province, "tochuc") as actor, pytest.raises(Refused) as refused:
        raising.leave_out(actor, item(province, CAM).id, "Chưa xét", version=item(province, CAM).version)
    assert refused.value.problems[0].code == "wrong_state"
    (decision,) = decide(province, sent)
    assert list_state(list_id) == "decided"
    assert (item(province, HUNG2).state, item(province, HUNG2).decision_id) == ("decided", decision.id)
    before, after = ranks(province, CAM)[-2:]
    assert (before.valid_to, after.valid_from, after.decision_id) == (DUE, DUE, decision.id)
    assert (after.step, after.coefficient, after.step_since, after.rank_code) == (3, Decimal("3.00"), DUE, "01.003")
    # Each from their own day, whatever the day of the paper.
    assert ranks(province, HUNG2)[-1].valid_from == date(2026, 11, 1)
    with scope.everything():
        told = db.session.execute(
            text("SELECT next_step_on FROM people_current WHERE person_id = :id"), {"id": province.people[CAM]}
        ).scalar_one()
    assert told == date(2029, 10, 1)
    assert list_of(province) == list_id
    assert list_state(list_id) == "decided"


def test_a_list_is_split_by_who_signs(province: Province) -> None:
    due_since(province, CAM, SINCE)
    set_rank(province, DUC, "4.74", step=2, rank="01.002", group="A2.1", step_since=SINCE, since=date(2024, 3, 1))
    rate(province, DUC, [2023, 2024, 2025])
    add_post(province, DUC, "0.90", code="department_director", title="Giám đốc Sở", since=date(2024, 3, 1))
    list_id = list_of(province)
    sent = [submission(one) for one in send(province, list_id)]
    parties = {(one.signing_agency_id, one.appraising_agency_id, one.state) for one in sent}
    assert parties == {
        (province.agencies["B"], None, "appraised"),
        (province.agencies["root"], province.agencies["root"], "submitted"),
    }
    own = next(one.id for one in sent if one.signing_agency_id == province.agencies["B"])
    decide(province, own)
    assert (list_state(list_id), item(province, CAM).state, item(province, DUC).state) == ("sent", "decided", "sent")


def test_a_list_given_back_is_open_again(province: Province) -> None:
    due_since(province, CAM, SINCE)
    list_id = list_of(province)
    (sent,) = send(province, list_id)
    with transaction():
        path.return_with_remark(province.enter("thutruong", P.DECISIONS_SIGN), sent, "Bổ sung")
    assert (list_state(list_id), item(province, CAM).state, item(province, CAM).submission_id) == (
        "proposed", "proposed", None,
    )  # fmt: skip
    # The draft is still there: who is in it is not sent twice.
    with acting(province, "tochuc") as actor, pytest.raises(Refused) as refused:
        sending.send(actor, list_id)
    assert refused.value.problems[0].code == "nobody"
    with acting(province, "tochuc") as actor:
        submissions.drop(actor, sent)
    (again,) = send(province, list_id)
    assert again != sent
    assert item(province, CAM).state == "sent"


def test_what_the_record_leaves_open_waits_for_the_proposer(province: Province) -> None:
    set_rank(province, CAM, "2.67", step=2, since=date(2024, 3, 1), step_since=SINCE)
    list_id = list_of(province)
    found = item(province, CAM)
    assert (found.state, [one["code"] for one in found.doubts]) == ("left_out", ["ratings_missing"])
    with acting(province, "tochuc") as actor, pytest.raises(Refused):
        sending.send(actor, list_id)
    with acting(province, "tochuc") as actor:
        raising.include(actor, found.id, version=found.version)
    (sent,) = send(province, list_id)
    assert submission(sent).state == "draft"
    assert (list_state(list_id), item(province, CAM).state) == ("proposed", "proposed")
    answer_all(province, sent)
    assert (submission(sent).state, item(province, CAM).state, list_state(list_id)) == ("appraised", "sent", "sent")


def test_a_discipline_that_comes_late_stops_the_signature(province: Province) -> None:
    due_since(province, CAM, SINCE)
    (sent,) = send(province, list_of(province))
    with scope.everything():
        row = {
            "person_id": province.people[CAM], "side": "administration", "form": "reprimand", "from_on": "2026-09-10",
            "act": "Đi muộn",
        }  # fmt: skip
        db.session.execute(insert(Base.metadata.tables["person_discipline"]).values(**row))
        db.session.commit()
    with pytest.raises(Refused) as refused, transaction():
        path.sign(province.enter("thutruong", P.DECISIONS_SIGN), sent, signer_title="Giám đốc")
    codes = {one.code for one in refused.value.problems}
    assert {"record_changed", "raise_time"} <= codes


def test_seniority_beyond_the_scale_is_a_decision_of_its_own(province: Province) -> None:
    name = HUNG2
    due_since(province, name, SINCE, step=9, coefficient="4.98")
    list_id = list_of(province)
    assert (item(province, name).kind, item(province, name).to_percent) == ("beyond_scale", Decimal(5))
    (sent,) = send(province, list_id)
    assert submission(sent).kind == "beyond_scale"
    with scope.everything():
        (changes,) = db.session.execute(
            text("SELECT changes FROM submission_lines WHERE submission_id = :id"), {"id": sent}
        ).scalars()
    told = changes[0]
    assert (told["label"], told["old"], told["new"]) == ("Phụ cấp thâm niên vượt khung", None, "5%")
    decide(province, sent)
    after = ranks(province, name)[-1]
    assert (after.step, after.step_since, after.beyond_scale_percent, after.beyond_scale_since, after.valid_from) == (
        9, SINCE, Decimal(5), DUE, DUE,
    )  # fmt: skip


def test_who_is_not_of_the_list_is_not_raised(province: Province) -> None:
    due_since(province, CAM, SINCE)
    list_id = list_of(province)
    found = problems("step_raise", province.people[DUC], TODAY.date(), list=list_id)
    assert [one.code for one in found] == ["not_in_list"]
    set_rank(province, CAM, "3.00", step=3, since=date(2026, 9, 1))
    found = problems("step_raise", province.people[CAM], TODAY.date(), list=list_id)
    assert [one.code for one in found] == ["record_moved_on"]


def test_a_manager_sends_nothing(province: Province) -> None:
    due_since(province, CAM, SINCE)
    list_id = list_of(province)
    with pytest.raises(Forbidden):
        send(province, list_id, "thutruong")


def test_a_raise_whose_decision_is_cancelled_is_due_again(province: Province) -> None:
    due_since(province, CAM, SINCE)
    list_id = list_of(province)
    (sent,) = send(province, list_id)
    (decision,) = decide(province, sent)
    carry_out(
        "cancellation", province.people[CAM], TODAY.date(), issuer_id=province.agencies["B"],
        decision=decision.id, reason="Ban hành nhầm",
    )  # fmt: skip
    assert item(province, CAM).state == "cancelled"
    assert [(one.step, one.valid_to) for one in ranks(province, CAM)] == [(2, None)]
    list_of(province)
    assert (item(province, CAM).state, list_state(list_id)) == ("proposed", "proposed")
    (again,) = send(province, list_id)
    decide(province, again)
    assert ranks(province, CAM)[-1].step == 3
