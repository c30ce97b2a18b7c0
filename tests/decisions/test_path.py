"""From a proposal to a decision in the register: each step by whom it belongs to, once, in order."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text, update

from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, HrmsError, NotFound, Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.decisions import queries
from hrms.decisions.models import Decision, Submission, SubmissionLine, SubmissionStep
from hrms.decisions.rules.path import LineState, State
from hrms.decisions.services import path, submissions
from hrms.decisions.services.path import Numbers
from hrms.people.models import Person
from tests.counting import statements
from tests.decisions.deciding import (
    DAY,
    Telephone,
    appraised,
    consent,
    phone,
    propose,
    registered,
    rule,
    signed,
    submitted,
)
from tests.province import MORE_ACCOUNTS, Province, add_person

P = Permission
CAM, HUNG, DUC = "Lý Thị Cẩm", "Nguyễn Văn Hùng", "Võ Minh Đức"
NUMBERS = Numbers("QĐ-SXD", date(2026, 11, 20), "15")
pytestmark = pytest.mark.usefixtures("telephone")


def codes(error: pytest.ExceptionInfo[HrmsError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def of(submission: Submission) -> Submission:
    with scope.everything():
        return db.session.scalars(
            select(Submission).where(Submission.id == submission.id).execution_options(populate_existing=True)
        ).one()


def lines(submission: Submission) -> list[SubmissionLine]:
    with scope.everything():
        return list(
            db.session.scalars(
                select(SubmissionLine)
                .where(SubmissionLine.submission_id == submission.id)
                .order_by(SubmissionLine.place)
                .execution_options(populate_existing=True)
            )
        )


def test_from_draft_to_force_by_four_people(province: Province) -> None:
    made = signed(province, CAM, HUNG)
    with transaction():
        decisions = path.register(
            province.enter("vanthu", P.DECISIONS_NUMBER), made.id,
            Numbers("QĐ-SXD", date(2026, 11, 20), {line.id: str(14 + line.place) for line in lines(made)}),
        )  # fmt: skip
    assert [d.reference for d in decisions] == ["15/QĐ-SXD", "16/QĐ-SXD"]
    assert of(made).state == State.CLOSED
    assert {line.state for line in lines(made)} == {LineState.REGISTERED}
    assert phone(province.people[CAM]) == "0292 3"
    first = decisions[0]
    assert first.subject == f"Về việc cấp số điện thoại cho {CAM}"
    assert (first.effective_on, first.signer_title, first.legal_ground) == (DAY, "Giám đốc", "Căn cứ Quy chế thử số 1;")
    assert set(province.paths["B1"]) <= set(first.scope_ids)
    with scope.everything():
        steps = db.session.execute(select(SubmissionStep.step, SubmissionStep.name).order_by(SubmissionStep.id)).all()
        told = db.session.scalars(text("SELECT action FROM audit_events WHERE entity = 'submission' ORDER BY id")).all()
    assert steps == [
        ("create", "tochuc"), ("edit", "tochuc"), ("submit", "tochuc"), ("appraise", "thamdinh"),
        ("sign", "thutruong"), ("register", "vanthu"),
    ]  # fmt: skip
    assert told == [
        "submission.created", "submission.answered", "submission.submitted", "submission.appraised",
        "submission.signed", "submission.registered",
    ]  # fmt: skip


def test_one_paper_for_a_list_is_signed_whole_and_has_one_number(province: Province) -> None:
    made = appraised(province, CAM, HUNG, one_paper=True, title="Cấp số cho hai người")
    first = lines(made)[0]
    signer = province.enter("thutruong", P.DECISIONS_SIGN)
    with pytest.raises(Refused) as refused, transaction():
        path.sign(signer, made.id, [first.id])
    assert codes(refused) == ["one_paper"]
    with transaction():
        path.sign(signer, made.id)
    with transaction():
        (decision,) = path.register(province.enter("vanthu", P.DECISIONS_NUMBER), made.id, NUMBERS)
    assert decision.subject == "Cấp số cho hai người"
    assert {line.decision_id for line in lines(made)} == {decision.id}


STEPS: dict[str, Any] = {
    "appraise": lambda who, one: path.appraise(who, one.id),
    "return": lambda who, one: path.return_with_remark(who, one.id, "thiếu"),
    "sign": lambda who, one: path.sign(who, one.id),
    "refuse": lambda who, one: path.refuse(who, one.id, [line.id for line in lines(one)], "không"),
    "register": lambda who, one: path.register(who, one.id, NUMBERS),
    "submit": lambda who, one: submissions.submit(who, one.id),
    "edit": lambda who, one: submissions.edit(who, one.id, title="x"),
    "take_back": lambda who, one: submissions.take_back(who, one.id),
    "drop": lambda who, one: submissions.drop(who, one.id),
}
HOLDERS = {
    "appraise": {"tochuc", "thamdinh"},
    "return": {"tochuc", "thamdinh", "thutruong"},
    "sign": {"thutruong"},
    "refuse": {"thutruong"},
    "register": {"vanthu"},
    "submit": {"tochuc", "thamdinh", "thutruong"},
    "edit": {"tochuc", "thamdinh", "thutruong"},
    "take_back": {"tochuc", "thamdinh", "thutruong"},
    "drop": {"tochuc", "thamdinh", "thutruong"},
}
ALLOWED = {
    "draft": {"submit", "edit", "drop"},
    "submitted": {"appraise", "return", "take_back", "drop"},
    "appraised": {"sign", "refuse", "return", "drop"},
    "signed": {"register", "refuse"},
}


@pytest.mark.parametrize("stage", list(ALLOWED))
def test_nobody_skips_repeats_or_does_anothers_step(province: Province, stage: str) -> None:
    making: dict[str, Any] = {"submitted": submitted, "appraised": appraised, "signed": signed}
    made = making[stage](province, CAM) if stage != "draft" else propose(province, CAM)[0]
    before = of(made).state
    for name, take in STEPS.items():
        for username in ("admin", "sonoivu", "tochuc", "thamdinh", "thutruong", "chutich", "vanthu", "thanhtra"):
            right = name in ALLOWED[stage] and username in HOLDERS[name]
            # Whoever proposed, appraised or signed has had their hand in it; the head may return what waits for him.
            right = right and not (name == "appraise" and username == "tochuc")
            right = right and not (name == "return" and username in {"tochuc", "thamdinh"} and stage == "appraised")
            right = right and not (name == "return" and username == "thutruong" and stage == "submitted")
            if right:
                continue
            who = province.enter(username, *queries.TAKING_PART)
            with pytest.raises((Forbidden, NotFound, Refused)), transaction():
                take(who, made)
            assert of(made).state == before, (name, username)
    assert phone(province.people[CAM]) is None


def test_one_account_with_every_right_still_cannot_walk_the_path_alone(province: Province) -> None:
    from hrms.core.actor import Grant
    from hrms.core.permissions import Role

    place = province.agencies["B"]
    grants = tuple(Grant(role, place) for role in (Role.HR_AGENCY, Role.HEAD, Role.CLERK))
    alone = Actor(province.accounts["tochuc"], "tochuc", grants)
    made = submitted(province, CAM)
    scope.enter_for(alone, *queries.TAKING_PART)
    with pytest.raises(Refused) as refused, transaction():
        path.appraise(alone, made.id)
    assert codes(refused) == ["own_proposal"]
    with transaction():
        path.appraise(province.enter("thamdinh", P.DECISIONS_APPRAISE), made.id)
    other = Actor(province.accounts["thamdinh"], "thamdinh", grants)
    for who in (alone, other):
        scope.enter_for(who, *queries.TAKING_PART)
        with pytest.raises(Refused) as refused, transaction():
            path.sign(who, made.id)
        assert codes(refused) == ["own_hand"]
    signer = Actor(province.accounts["thutruong"], "thutruong", grants)
    scope.enter_for(signer, *queries.TAKING_PART)
    with transaction():
        path.sign(signer, made.id)
    with pytest.raises(Refused) as refused, transaction():
        path.register(signer, made.id, NUMBERS)
    assert codes(refused) == ["own_signature"]


def test_what_is_unknown_or_unmet_keeps_it_down(province: Province) -> None:
    (made,) = propose(province, CAM, HUNG)
    db.session.execute(update(Person).where(Person.id == province.people[CAM]).values(job_position=None))
    db.session.commit()
    proposer = province.enter("tochuc", P.DECISIONS_PROPOSE)
    with pytest.raises(Refused) as refused, transaction():
        submissions.submit(proposer, made.id)
    assert codes(refused) == ["position", "consent"]
    said = [problem.text % problem.params for problem in refused.value.problems]
    assert said[0].startswith("Chưa đạt điều kiện “Có vị trí việc làm” (Điều 1): Lý Thị Cẩm.")
    assert said[1].startswith(
        "Chưa rõ điều kiện “Người được cấp số đồng ý” (Điều 2 Quy chế): Lý Thị Cẩm, Nguyễn Văn Hùng."
    )
    assert of(made).state == State.DRAFT


def test_an_answer_needs_a_ground_and_settles_nothing_the_record_knows(province: Province) -> None:
    (made,) = propose(province, CAM)
    proposer = province.enter("tochuc", P.DECISIONS_PROPOSE)
    for code, note, expected in (("consent", " ", ["required"]), ("position", "có", ["not_answerable"]),
                                 ("position", "", ["not_answerable"])):  # fmt: skip
        with pytest.raises(Refused) as refused, transaction():
            submissions.answer(proposer, made.id, code, met=True, note=note)
        assert codes(refused) == expected
    with transaction():
        submissions.answer(proposer, made.id, "consent", met=False, note="Đơn không đồng ý")
    with pytest.raises(Refused) as refused, transaction():
        submissions.submit(proposer, made.id)
    assert codes(refused) == ["consent"]
    consent(province, made)
    (line,) = lines(made)
    assert [(c["code"], c["outcome"], c["answered"]) for c in line.conditions] == [
        ("position", "met", False), ("consent", "met", True), ("email", "not_met", False),
    ]  # fmt: skip


def test_a_record_that_changed_since_is_not_signed_over(province: Province) -> None:
    made = appraised(province, CAM, HUNG)
    with scope.everything():
        db.session.execute(update(Person).where(Person.id == province.people[HUNG]).values(phone="0909"))
        db.session.commit()
    signer = province.enter("thutruong", P.DECISIONS_SIGN)
    with pytest.raises(Refused) as refused, transaction():
        path.sign(signer, made.id)
    (problem,) = refused.value.problems
    assert problem.text % problem.params == (
        "Nguyễn Văn Hùng: hồ sơ đã thay đổi sau khi trình (Số điện thoại: lúc trình “— → 0292 3”,"
        " nay “0909 → 0292 3”). Hãy trả lại để trình lại."
    )
    cam, hung = lines(made)
    with transaction():
        path.sign(signer, made.id, [cam.id])
    assert of(made).state == State.APPRAISED
    with transaction():
        path.refuse(signer, made.id, [hung.id], "Số đã có")
    assert of(made).state == State.SIGNED
    assert [line.state for line in lines(made)] == [LineState.SIGNED, LineState.REFUSED]


def test_a_record_that_changed_after_the_signature_gets_no_number(province: Province) -> None:
    made = signed(province, CAM)
    with scope.everything():
        db.session.execute(update(Person).where(Person.id == province.people[CAM]).values(phone="0909"))
        db.session.commit()
    with pytest.raises(Refused) as refused, transaction():
        path.register(province.enter("vanthu", P.DECISIONS_NUMBER), made.id, NUMBERS)
    assert codes(refused) == ["record_changed"]
    with transaction():
        path.refuse(province.enter("thutruong", P.DECISIONS_SIGN), made.id, [lines(made)[0].id], "Ký lại sau")
    assert of(made).state == State.DROPPED
    with transaction():
        submissions.propose(
            province.enter("tochuc", P.DECISIONS_PROPOSE), "telephone", [province.people[CAM]], {"number": "1"}, DAY
        )


def test_returned_with_a_remark_mended_and_sent_again(province: Province) -> None:
    made = submitted(province, CAM)
    appraiser = province.enter("thamdinh", P.DECISIONS_APPRAISE)
    with pytest.raises(Refused) as refused, transaction():
        path.return_with_remark(appraiser, made.id, "  ")
    assert codes(refused) == ["required"]
    with transaction():
        path.return_with_remark(appraiser, made.id, "Thiếu đơn")
    found = of(made)
    assert (found.state, found.returned, found.appraised_by) == (State.DRAFT, True, None)
    assert queries.list_steps(made.id)[0].remark == "Thiếu đơn"
    proposer = province.enter("tochuc", P.DECISIONS_PROPOSE)
    with transaction():
        submissions.edit(proposer, made.id, values={"number": "0292 9"}, effective_on=date(2026, 12, 15))
    with transaction():
        submissions.submit(proposer, made.id)
    assert lines(made)[0].changes == [{"label": "Số điện thoại", "old": None, "new": "0292 9"}]
    assert of(made).state == State.SUBMITTED


def test_taken_back_before_anybody_looked(province: Province) -> None:
    made = submitted(province, CAM)
    with transaction():
        submissions.take_back(province.enter("tochuc", P.DECISIONS_PROPOSE), made.id)
    assert of(made).state == State.DRAFT
    late = appraised(province, HUNG)
    with pytest.raises(Refused) as refused, transaction():
        submissions.take_back(province.enter("tochuc", P.DECISIONS_PROPOSE), late.id)
    assert codes(refused) == ["too_late"]


def test_a_dropped_list_frees_its_people(province: Province) -> None:
    (made,) = propose(province, CAM)
    with pytest.raises(Refused) as refused:
        propose(province, CAM, HUNG)
    assert codes(refused) == ["already_proposed"]
    assert CAM in str(refused.value.problems[0].params["names"])
    with transaction():
        submissions.drop(province.enter("tochuc", P.DECISIONS_PROPOSE), made.id)
    assert propose(province, CAM)


def test_the_database_itself_keeps_one_open_proposal(province: Province) -> None:
    (made,) = propose(province, CAM)
    with scope.everything():
        (line,) = lines(made)
        values = {c.name: getattr(line, c.name) for c in SubmissionLine.__table__.columns if c.name != "id"}
        other = Submission(**{c.name: getattr(made, c.name) for c in Submission.__table__.columns if c.name != "id"})
        db.session.add(other)
        db.session.flush()
        db.session.add(SubmissionLine(**{**values, "submission_id": other.id}))
        with pytest.raises(Refused) as refused, transaction():
            db.session.flush()
    assert codes(refused) == ["already_proposed"]


def test_what_is_wrong_with_a_proposal_is_said_all_at_once(province: Province) -> None:
    actor = province.enter("tochuc", P.DECISIONS_PROPOSE)
    ids = [province.people[CAM], province.people["Nguyễn Hòa Bình"], 999]
    with pytest.raises(Refused) as refused:
        submissions.propose(actor, "telephone", ids, {"until": "31/02/2026", "colour": "x"}, date(1900, 1, 1))
    found = sorted((problem.field, problem.code) for problem in refused.value.problems)
    assert found == [
        ("effective_on", "too_early"), ("people", "no_rule"), ("people", "not_found"),
        ("values.colour", "unknown_field"), ("values.number", "required"), ("values.until", "not_a_date"),
    ]  # fmt: skip
    with pytest.raises(Refused) as refused:
        submissions.propose(actor, "telephone", [], {"number": "1"}, None)
    assert sorted(codes(refused)) == ["required"]
    with pytest.raises(Refused) as refused:
        submissions.propose(actor, "nothing", ids, {}, DAY)
    assert codes(refused) == ["unknown_kind"]
    with pytest.raises(Refused) as refused:
        propose(province, CAM, on=DAY, number="1", own={province.people[CAM]: {"room": "x" * 600}})
    assert codes(refused) == ["too_long"]


def test_an_end_before_the_start_is_refused(province: Province) -> None:
    actor = province.enter("tochuc", P.DECISIONS_PROPOSE)
    values = {"number": "1", "until": "2026-11-30"}
    with pytest.raises(Refused) as refused:
        submissions.propose(actor, "telephone", [province.people[CAM]], values, DAY)
    assert [(p.field, p.code) for p in refused.value.problems] == [("values.until", "ends_first")]


def test_without_a_row_of_the_table_nobody_can_sign(province: Province) -> None:
    with scope.everything():
        db.session.execute(text("UPDATE decentralisation_rules SET valid_to = '2026-11-30'"))
        db.session.commit()
    with pytest.raises(Refused) as refused:
        propose(province, CAM)
    assert codes(refused) == ["no_rule"]


def test_who_has_another_signer_is_not_added(province: Province) -> None:
    rule(signs="province", person_kind=None, post_group=None, rank_code=None, using_kind="service_unit")
    (made,) = propose(province, CAM)
    actor = province.enter("tochuc", P.DECISIONS_PROPOSE)
    with transaction():
        submissions.add_people(actor, made.id, [province.people[HUNG]])
    assert [line.person_name for line in lines(made)] == [CAM, HUNG]
    with pytest.raises(Refused) as refused, transaction():
        submissions.add_people(actor, made.id, [province.people[HUNG]])
    assert codes(refused) == ["already_in_list"]
    first, second = lines(made)
    with transaction():
        submissions.remove_lines(actor, made.id, [second.id])
    with pytest.raises(Refused) as refused, transaction():
        submissions.remove_lines(actor, made.id, [first.id])
    assert codes(refused) == ["nobody_left"]
    with transaction():
        submissions.add_people(actor, made.id, [province.people[HUNG]])
    assert [line.state for line in lines(made)] == ["pending", "pending"]


def test_where_nobody_appraises_it_goes_to_the_signer_at_once(province: Province) -> None:
    rule(appraises=None, person_kind="civil_servant")
    made = submitted(province, CAM)
    assert of(made).state == State.APPRAISED
    with transaction():
        path.sign(province.enter("thutruong", P.DECISIONS_SIGN), made.id)


def test_a_stale_page_changes_nothing(province: Province) -> None:
    made = submitted(province, CAM)
    with pytest.raises(Stale), transaction():
        path.appraise(province.enter("thamdinh", P.DECISIONS_APPRAISE), made.id, version=1)
    with transaction():
        path.appraise(province.enter("thamdinh", P.DECISIONS_APPRAISE), made.id, version=of(made).version)


def test_a_number_is_given_once(province: Province) -> None:
    registered(province, CAM, number="15")
    made = signed(province, HUNG)
    clerk = province.enter("vanthu", P.DECISIONS_NUMBER)
    for numbers, code in (
        (Numbers("QĐ-SXD", date(2026, 11, 21), "15"), "number_taken"),
        (Numbers("QĐ-SXD", date(2026, 11, 22), "16"), "in_future"),
        (Numbers("QĐ-SXD", None, "16"), "required"),
        (Numbers("", date(2026, 11, 21), "16"), "required"),
        (Numbers("QĐ-SXD", date(2026, 11, 21), "mười"), "bad_number"),
        (Numbers("QĐ-SXD", date(2026, 11, 21), ""), "required"),
        (Numbers("QĐ-SXD", date(2026, 11, 21)), "no_book"),
    ):
        with pytest.raises(Refused) as refused, transaction():
            path.register(clerk, made.id, numbers)
        assert codes(refused) == [code]
    assert phone(province.people[HUNG]) is None
    with transaction():
        (decision,) = path.register(clerk, made.id, Numbers("", date(2026, 11, 21), "16/qđ-sxd"))
    assert decision.reference == "16/QĐ-SXD"


def test_what_cannot_be_applied_leaves_nothing_behind(province: Province) -> None:
    made = signed(province, CAM, number="bad")
    with pytest.raises(ValueError, match="15/QĐ-SXD"), transaction():
        path.register(province.enter("vanthu", P.DECISIONS_NUMBER), made.id, NUMBERS)
    with scope.everything():
        assert db.session.scalar(select(Decision).where(Decision.number == "15")) is None
    assert of(made).state == State.SIGNED


def statements_of(province: Province, size: int) -> dict[str, int]:
    with scope.everything():
        names = [f"Người {size} thứ {n}" for n in range(size)]
        for n, name in enumerate(names):
            province.people[name] = add_person(province, 1000 * size + n, name=name, place="B1")
        db.session.execute(text("SELECT refresh_people(NULL, current_date)"))
        db.session.commit()
    found = {}
    with statements() as seen:
        (made,) = propose(province, *names)
    found["propose"] = len(seen)
    consent(province, made)
    taken: tuple[tuple[str, Any], ...] = (
        ("tochuc", submissions.submit), ("thamdinh", path.appraise), ("thutruong", path.sign),
    )  # fmt: skip
    for username, step in taken:
        who = province.enter(username, *queries.TAKING_PART)
        with statements() as seen, transaction():
            step(who, made.id)
        found[step.__name__] = len(seen)
    return found


def test_statements_do_not_grow_with_the_list(province: Province) -> None:
    few = statements_of(province, 2)
    assert statements_of(province, 40) == few
    assert max(few.values()) <= 25, few


def test_the_second_of_a_role_is_in_no_walk() -> None:
    assert set(MORE_ACCOUNTS) == {"thamdinh", "chutich"}


def test_a_kind_without_lists_takes_one(province: Province, telephone: Telephone) -> None:
    telephone.lists = False  # type: ignore[misc] # a test's own kind
    with pytest.raises(Refused) as refused:
        propose(province, CAM, HUNG)
    assert codes(refused) == ["one_at_a_time"]
