"""Placement, change and end of a seat along the path, and the seat beside other decisions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.rules import Problem
from hrms.core.unit import transaction
from hrms.decisions.models import Submission
from hrms.decisions.rules.conditions import Outcome
from hrms.decisions.services import hands, path, sheet, submissions
from hrms.people.models import FamilyMember
from hrms.positions.models import (
    Assignment,
    EstablishmentLine,
    FrameVersion,
    JobPosition,
    PositionFrame,
    PositionGap,
    SeatReservation,
)
from hrms.positions.services import seats
from tests.counting import statements
from tests.people.carrying_out import carry_out, conditions, kind_of, looked_at, problems
from tests.positions.seating import OFFICER, OTHER, SINCE, TEACHER, add_line, seats_of, sit
from tests.province import TODAY, Province, add_person

P = Permission
DAY = date(2026, 12, 1)
HUNG, CAM, DUC = "Nguyễn Văn Hùng", "Lý Thị Cẩm", "Võ Minh Đức"
FITS = {"fit": "met", "fit_note": "Bằng cấp đã xem"}


@pytest.fixture(autouse=True)
def _today(province: Province) -> Iterator[None]:
    del province
    with clock.frozen(TODAY):
        yield


def codes(found: list[Problem]) -> set[str]:
    return {one.code for one in found}


def propose(province: Province, name: str, line: int, kind: str = "assignment", **values: Any) -> Submission:
    """Make a draft as the officer of agency B."""
    officer = province.enter("tochuc", P.DECISIONS_PROPOSE)
    own = {province.people[name]: {"line": line, **FITS, **values.pop("own", {})}}
    given = {"role": "main", **values} if kind == "assignment" else values
    with transaction():
        (made,) = submissions.propose(officer, kind, [province.people[name]], given, DAY, own=own)
    return made


def submit(province: Province, made: Submission) -> Submission:
    with transaction():
        return submissions.submit(province.enter("tochuc", P.DECISIONS_PROPOSE), made.id)


def kept(line: int) -> list[SeatReservation]:
    with scope.everything():
        query = select(SeatReservation).where(SeatReservation.line_id == line, SeatReservation.released_at.is_(None))
        return list(db.session.scalars(query.execution_options(populate_existing=True)))


def test_a_placement_walks_the_path_and_is_an_assignment(province: Province) -> None:
    line = add_line(province, "B", 1)
    made = submit(province, propose(province, HUNG, line))
    assert made.state == "appraised"
    assert [(one.person_id, one.valid_from, one.valid_to) for one in kept(line)] == [(province.people[HUNG], DAY, None)]
    with transaction():
        path.sign(province.enter("thutruong", P.DECISIONS_SIGN), made.id, signer_title="Giám đốc")
    with transaction():
        numbers = path.Numbers("QĐ-SXD", date(2026, 11, 20), "15")
        (decision,) = path.register(province.enter("vanthu", P.DECISIONS_NUMBER), made.id, numbers)
    assert seats_of(HUNG, province) == [(line, "main", DAY, None)]
    assert kept(line) == []
    with scope.everything():
        row = db.session.scalars(select(Assignment).where(Assignment.decision_id == decision.id)).one()
        assert (row.fit, row.fit_by, row.fit_note) == ("met", "tochuc", "Bằng cấp đã xem")


def test_whoever_is_late_is_told_who_has_the_last_seat(province: Province) -> None:
    line = add_line(province, "B", 1)
    late, early = propose(province, CAM, line), propose(province, HUNG, line)
    submit(province, early)
    with pytest.raises(Refused) as refused:
        submit(province, late)
    (problem,) = refused.value.problems
    assert problem.code == "seat_taken"
    assert problem.params["holder"] == f"{HUNG} (hồ sơ trình số {early.id})"


def test_a_seat_kept_for_a_proposal_is_given_back_with_it(province: Province) -> None:
    line = add_line(province, "B", 1)
    made = submit(province, propose(province, HUNG, line))
    with transaction():
        submissions.take_back(province.enter("tochuc", P.DECISIONS_PROPOSE), made.id)
    assert kept(line) == []
    submit(province, propose(province, CAM, line))
    assert len(kept(line)) == 1
    with pytest.raises(Refused) as refused:
        submit(province, made)
    assert codes(list(refused.value.problems)) == {"seat_taken"}


def test_a_refused_or_returned_proposal_gives_the_seat_back(province: Province) -> None:
    line = add_line(province, "B", 1)
    for act in ("return", "refuse", "drop"):
        made = submit(province, propose(province, HUNG, line))
        assert len(kept(line)) == 1
        signer = province.enter("thutruong", P.DECISIONS_SIGN)
        with transaction():
            if act == "refuse":
                lines = [one.id for one in hands.lines_of(made, states=submissions.OPEN)]
                path.refuse(signer, made.id, lines, "Chưa đủ căn cứ")
            else:
                path.return_with_remark(signer, made.id, "Bổ sung căn cứ")
        if act != "refuse":
            with transaction():
                submissions.drop(province.enter("tochuc", P.DECISIONS_PROPOSE), made.id)
        assert kept(line) == []


def test_who_may_not_be_seen_is_not_named(province: Province) -> None:
    line = add_line(province, "B", 1)
    sit(province, "Thạch Sa Rây", line, role="concurrent")
    with pytest.raises(Refused) as refused:
        propose(province, HUNG, line)
    (problem,) = refused.value.problems
    assert problem.params["holder"] == "người ngoài phạm vi của bạn"


def test_a_leavers_seat_is_free_from_the_right_day(province: Province) -> None:
    line = add_line(province, "B", 1)
    sit(province, CAM, line, until=date(2026, 12, 15))
    (problem,) = problems("assignment", province.people[HUNG], DAY, line=line, role="main", **FITS)
    assert (problem.code, problem.params["free"]) == ("seat_taken", date(2026, 12, 15))
    assert problems("assignment", province.people[HUNG], date(2026, 12, 15), line=line, role="main", **FITS) == []


def test_what_contradicts_itself_is_named(province: Province) -> None:
    line, elsewhere = add_line(province, "B", 2), add_line(province, "A", 2)
    school = add_line(province, "C1", 2, key=TEACHER)
    hung, my = province.people[HUNG], province.people["Huỳnh Thị Mỹ"]

    def said(person: int, **values: Any) -> set[str]:
        return codes(problems("assignment", person, DAY, **{"role": "main", **FITS, **values}))

    assert said(hung, line=elsewhere) == {"other_agency"}
    assert "other_kind" in said(hung, line=school)
    assert said(my, line=school) == {"required"}
    assert said(my, line=school, career_grade="5") == {"grade_not_used"}
    assert said(my, line=school, career_grade="3") == set()
    assert said(hung, line=line, career_grade="3") == {"no_grades"}
    assert said(hung, line=line, until="2027-01-01") == {"no_end"}
    assert said(hung, line=line, role="in_charge") == {"required"}
    assert said(hung, line=line, role="seconded", until="2027-01-01") == {"not_seconded"}
    sit(province, HUNG, line)
    assert said(hung, line=line) == {"holds_it"}


def test_a_grade_over_its_ratio_takes_nobody_in(province: Province) -> None:
    school = add_line(province, "C1", 2, key=TEACHER)
    sit(province, "Huỳnh Thị Mỹ", school, career_grade=4)
    dao = province.people["Danh Thị Đào"]
    values = {"line": school, "role": "main", **FITS}
    assert codes(problems("assignment", dao, DAY, **values, career_grade="4")) == {"ratio_full"}
    assert problems("assignment", dao, DAY, **values, career_grade="3") == []


def test_the_fit_is_confirmed_by_a_person_and_what_lacks_becomes_a_need(province: Province) -> None:
    line = add_line(province, "B", 1)
    person = province.people[HUNG]
    known = conditions("assignment", person, DAY, line=line, role="main")
    assert known["fit"].outcome is Outcome.UNKNOWN
    known = conditions("assignment", person, DAY, line=line, role="main", **FITS)
    assert known["fit"].outcome is Outcome.MET
    assert known["approved"].outcome is Outcome.MET
    carry_out("assignment", person, DAY, issuer_id=province.agencies["B"], own={person: {"line": line, **FITS}},
              role="main")  # fmt: skip
    assert seats_of(HUNG, province) == [(line, "main", DAY, None)]


def test_a_leadership_seat_goes_by_the_decision_on_the_post(province: Province) -> None:
    head = add_line(province, "C", 1, key="cc.commune.I.03")
    person = province.people["Phạm Quốc Đạt"]
    found = conditions("assignment", person, DAY, line=head, role="main", **FITS)
    assert found["post_held"].outcome is Outcome.NOT_MET


def test_a_change_of_position_moves_the_main_seat(province: Province) -> None:
    old, new = add_line(province, "B", 1), add_line(province, "B", 1, key=OTHER)
    sit(province, HUNG, old)
    person = province.people[HUNG]
    assert codes(problems("assignment", person, DAY, line=new, role="main", **FITS)) == {"has_seat"}
    assert problems("position_change", person, DAY, line=new, **FITS) == []
    row = looked_at("position_change", person, DAY, line=new, **FITS)
    assert (row.changes[0].label, row.changes[0].old) == ("Vị trí việc làm", "Chuyên viên nội vụ, Sở Xây dựng")
    carry_out("position_change", person, DAY, issuer_id=province.agencies["B"], own={person: {"line": new, **FITS}})
    assert seats_of(HUNG, province) == [(old, "main", SINCE, DAY), (new, "main", DAY, None)]


def test_two_people_of_one_paper_may_change_places(province: Province) -> None:
    first, second = add_line(province, "B", 1), add_line(province, "B", 1, key=OTHER)
    sit(province, HUNG, first)
    sit(province, CAM, second)
    hung, cam = province.people[HUNG], province.people[CAM]
    own = {hung: {"line": second, **FITS}, cam: {"line": first, **FITS}}
    with pytest.raises(Refused):
        carry_out("position_change", [hung], DAY, issuer_id=province.agencies["B"], own={hung: own[hung]})
    carry_out("position_change", [hung, cam], DAY, issuer_id=province.agencies["B"], own=own)
    assert seats_of(HUNG, province)[-1] == (second, "main", DAY, None)
    assert seats_of(CAM, province)[-1] == (first, "main", DAY, None)


def test_a_higher_position_wants_a_plan(province: Province) -> None:
    low = add_line(province, "C", 1, key=OFFICER)
    high = add_line(province, "C", 1, key="cc.leadership.28")
    sit(province, "Phạm Quốc Đạt", low)
    found = conditions("position_change", province.people["Phạm Quốc Đạt"], DAY, line=high, **FITS)
    assert {"fit", "rated_before", "no_discipline", "equal_work", "plan", "order", "approved"} <= set(found)


def test_a_seat_ends_by_its_own_decision(province: Province) -> None:
    line, beside = add_line(province, "B", 1), add_line(province, "B", 1, key=OTHER)
    sit(province, HUNG, line)
    sit(province, HUNG, beside, role="concurrent")
    person, issuer = province.people[HUNG], province.agencies["B"]
    carry_out("assignment_end", person, DAY, issuer_id=issuer, own={person: {"line": beside}}, reason="Sắp xếp lại")
    assert seats_of(HUNG, province) == [(line, "main", SINCE, None), (beside, "concurrent", SINCE, DAY)]
    carry_out("assignment_end", person, DAY, issuer_id=issuer, reason="Sắp xếp lại")
    assert seats_of(HUNG, province)[0] == (line, "main", SINCE, DAY)
    later = date(2026, 12, 5)
    assert codes(problems("assignment_end", person, later, reason="x")) == {"not_held"}


def test_a_transfer_ends_the_old_seat_and_may_give_the_new(province: Province) -> None:
    old, new = add_line(province, "B", 1), add_line(province, "A", 1)
    for name in (HUNG, CAM):
        sit(province, name, old)
    hung, cam = province.people[HUNG], province.people[CAM]
    given: dict[str, Any] = {"agency": province.agencies["A"]}
    carry_out("transfer", cam, DAY, issuer_id=province.agencies["root"], **given)
    assert seats_of(CAM, province) == [(old, "main", SINCE, DAY)]
    carry_out("transfer", hung, DAY, issuer_id=province.agencies["root"], own={hung: {"line": new, **FITS}}, **given)
    assert seats_of(HUNG, province) == [(old, "main", SINCE, DAY), (new, "main", DAY, None)]
    wrong = problems("transfer", province.people[DUC], DAY, line=old, **FITS, **given)
    assert codes(wrong) == {"other_agency"}
    assert codes(problems("transfer", province.people[DUC], DAY, line=new, **FITS, **given)) == {"seat_taken"}
    row = looked_at("transfer", cam, DAY, line=new, **FITS, **given)
    with scope.everything():
        assert any("được bố trí vào vị trí việc làm" in one for one in _articles("transfer", row))
        assert not db.session.scalars(select(PositionGap).where(PositionGap.person_id == cam)).all()


def _articles(code: str, row: Any) -> list[str]:
    from hrms.decisions import kinds

    kind = kinds.get(code)
    assert kind is not None
    return list(kind.wording(row.proposed).articles)


def test_an_appointment_may_give_the_seat_of_the_post(province: Province) -> None:
    head, officer = add_line(province, "B1", 1, key="cc.leadership.05"), add_line(province, "B1", 1)
    person = province.people[HUNG]
    sit(province, HUNG, officer)
    given: dict[str, Any] = {"post": "division_head", "source": "on_site"}
    own = {"agency": province.agencies["B1"], **FITS}
    other = problems(
        "appointment", person, DAY, **given, **own, line=add_line(province, "B1", 1, key="cc.leadership.06")
    )
    assert codes(other) == {"other_post"}
    assert problems("appointment", person, DAY, **given, **own, line=head) == []
    found = conditions("appointment", person, DAY, **given, **own, line=head)
    assert {"approved", "fit"} <= set(found)
    assert "post_held" not in found
    carry_out(
        "appointment", person, DAY, issuer_id=province.agencies["B"], own={person: {**own, "line": head}}, **given
    )
    assert seats_of(HUNG, province) == [(officer, "main", SINCE, DAY), (head, "main", DAY, None)]


def test_who_acts_for_a_while_leaves_the_seat_of_the_post_free(province: Province) -> None:
    head, officer = add_line(province, "B1", 1, key="cc.leadership.05"), add_line(province, "B1", 1)
    sit(province, HUNG, officer)
    person, place = province.people[HUNG], province.agencies["B1"]
    given: dict[str, Any] = {
        "post": "division_head", "form": "in_charge", "until": "2027-05-31",
    }  # fmt: skip
    own = {person: {"agency": place, "line": head, **FITS}}
    carry_out("acting", person, DAY, issuer_id=province.agencies["B"], own=own, **given)
    assert seats_of(HUNG, province) == [
        (officer, "main", SINCE, None), (head, "in_charge", DAY, date(2027, 6, 1)),
    ]  # fmt: skip
    post = {"post": "division_head", "source": "on_site", "agency": place}
    assert problems("appointment", province.people[CAM], DAY, **post, line=head, **FITS) == []


def test_a_seconded_person_has_a_place_where_they_are(province: Province) -> None:
    line = add_line(province, "A", 1)
    sit(province, HUNG, add_line(province, "B1", 1))
    person = province.people[HUNG]
    given: dict[str, Any] = {"agency": province.agencies["A"], "last_day": "2027-11-30"}
    carry_out(
        "secondment", person, DAY, issuer_id=province.agencies["root"], own={person: {"line": line, **FITS}}, **given
    )
    assert seats_of(HUNG, province)[-1] == (line, "seconded", DAY, date(2027, 12, 1))


def test_recruits_take_the_seats_kept_for_them(province: Province) -> None:
    line = add_line(province, "B", 2)
    officer = province.enter("tochuc", P.POSITIONS_MANAGE)
    with transaction():
        seats.reserve_for_recruitment(officer, line, 2, DAY, None, None, "Kế hoạch 12/KH-SXD")
    with scope.everything():
        newcomers = [add_person(province, 900 + n, name=f"Người mới {n}", place="B", kind="contract") for n in range(3)]
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        db.session.commit()
    given: dict[str, Any] = {"person_kind": "civil_servant", "agency": province.agencies["B"], "result": "QĐ 12"}
    assert codes(problems("assignment", province.people[HUNG], DAY, role="main", line=line, **FITS)) == {"seat_taken"}
    for number, person in enumerate(newcomers[:2], start=1):
        own = {person: {"rank_code": "01.003", "line": line, **FITS}}
        carry_out("recruitment", person, DAY, issuer_id=province.agencies["B"], own=own, **given)
        assert [one.seats for one in kept(line)] == [1] * (number == 1)
    third = problems("recruitment", newcomers[2], DAY, rank_code="01.003", line=line, **FITS, **given)
    assert codes(third) == {"seat_taken"}


def test_what_a_frame_asks_and_the_record_lacks_is_a_need_of_training(province: Province) -> None:
    line = add_line(province, "B", 1)
    with scope.everything():
        position = db.session.execute(
            select(EstablishmentLine.position_id).where(EstablishmentLine.id == line)
        ).scalar_one()
        frame = PositionFrame(position_id=position, agency_id=province.agencies["B"])
        db.session.add(frame)
        db.session.flush()
        db.session.add(
            FrameVersion(
                frame_id=frame.id, valid_from=SINCE, basis="old_data", least_degree="bachelor", majors=[],
                other_majors_with_certificate=False, state_management_level="specialist", certificates=[],
                may_complete_later=[], special_law=False, content={},
            )
        )  # fmt: skip
        db.session.commit()
    person = province.people[HUNG]
    found = conditions("assignment", person, DAY, line=line, role="main")
    assert found["described"].outcome is Outcome.MET
    assert found["fit.least_degree"].outcome is Outcome.NOT_MET
    better = problems("assignment", person, DAY, line=line, role="main", fit="met")
    assert (better[0].field, better[0].code) == ("fit_note", "required")
    own = {person: {"line": line, "fit": "train", "fit_note": "Bằng chưa nộp"}}
    made = carry_out("assignment", person, DAY, issuer_id=province.agencies["B"], own=own, role="main")
    with scope.everything():
        rows = db.session.scalars(select(PositionGap).where(PositionGap.person_id == person)).all()
    assert {one.requirement for one in rows} == {"least_degree", "state_management_level"}
    assert {(one.line_id, one.found_on, one.decision_id) for one in rows} == {(line, DAY, made)}
    issuer = province.agencies["B"]
    carry_out("cancellation", person, clock.today(), issuer_id=issuer, decision=made, reason="Nhầm người")
    with scope.everything():
        assert not db.session.scalars(select(PositionGap).where(PositionGap.person_id == person)).all()


def test_relatives_in_one_unit_are_warned_of(province: Province) -> None:
    line = add_line(province, "B1", 1)
    with scope.everything():
        db.session.execute(
            insert(FamilyMember).values(
                person_id=province.people[HUNG], side="own", relation="wife", full_name=CAM, birth_year=1994
            )
        )
        db.session.commit()
    found = conditions("assignment", province.people[HUNG], DAY, line=line, role="main", **FITS)
    warned = found[f"kinship.{province.people[CAM]}"]
    assert (warned.outcome is Outcome.MET, warned.blocking) == (False, False)
    assert warned.params["name"] == CAM


def test_a_list_is_looked_at_in_a_fixed_number_of_statements(province: Province) -> None:
    line = add_line(province, "B", 9)
    people = [province.people[one] for one in (HUNG, CAM, DUC)]
    counts = []
    for ids in (people[:1], people[:1], people):
        with scope.everything(), statements() as seen:
            sheet.gather(kind_of("assignment"), ids, DAY, {"role": "main"}, {one: {"line": line} for one in ids})
        counts.append(len(seen))
    assert counts[1] == counts[2]


def test_a_manager_keeps_the_grade_of_the_position_they_come_from(province: Province) -> None:
    manager = add_line(province, "C1", 1, key="vc.pl1.003")
    with scope.everything():
        base = db.session.scalars(select(JobPosition.id).where(JobPosition.key == TEACHER)).one()
    person = province.people["Huỳnh Thị Mỹ"]
    values: dict[str, Any] = {"role": "main", "line": manager, "career_grade": "4", **FITS}
    assert codes(problems("assignment", person, DAY, **values)) == {"required"}
    assert problems("assignment", person, DAY, **values, base_position=base) == []
    officer = add_line(province, "B", 1)
    (problem,) = problems(
        "assignment", province.people[HUNG], DAY, role="main", line=officer, base_position=base, **FITS
    )  # fmt: skip
    assert problem.code == "no_base"
    own = {person: {"line": manager, "career_grade": "4", "base_position": base, **FITS}}
    carry_out("assignment", person, DAY, issuer_id=province.agencies["C1"], own=own, role="main")
    with scope.everything():
        row = db.session.scalars(select(Assignment).where(Assignment.person_id == person)).one()
    assert (row.base_position_id, row.career_grade) == (base, 4)


def test_who_leaves_frees_the_seat_that_day_and_cannot_get_it_back_from_another(province: Province) -> None:
    line = add_line(province, "B", 1)
    sit(province, CAM, line)
    cam, hung, issuer = province.people[CAM], province.people[HUNG], province.agencies["B"]
    own = {cam: {"case": "own_wish", "asked_on": "2026-10-01"}}
    left = carry_out("leaving", cam, DAY, issuer_id=issuer, own=own)
    assert seats_of(CAM, province) == [(line, "main", SINCE, DAY)]
    early = problems("assignment", hung, date(2026, 11, 30), role="main", line=line, **FITS)
    assert [(one.code, one.params["free"]) for one in early] == [("seat_taken", DAY)]
    taken = carry_out("assignment", hung, DAY, issuer_id=issuer, own={hung: {"line": line, **FITS}}, role="main")
    back: dict[str, Any] = {"decision": left, "reason": "Rút đơn"}
    with pytest.raises(Refused) as refused:
        carry_out("cancellation", cam, clock.today(), issuer_id=issuer, **back)
    assert [one.code for one in refused.value.problems] == ["seat_taken"]
    carry_out("cancellation", hung, clock.today(), issuer_id=issuer, decision=taken, reason="Nhầm")
    assert seats_of(HUNG, province) == []
    carry_out("cancellation", cam, clock.today(), issuer_id=issuer, **back)
    assert seats_of(CAM, province) == [(line, "main", SINCE, None)]
