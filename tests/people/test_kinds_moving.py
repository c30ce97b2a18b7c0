"""Entering, moving, leaving by decision: what each makes true, from which day, and what it refuses in a sentence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.i18n import render
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.decisions.models import Decision
from hrms.people import services
from hrms.people.models import Person, PersonAgency, PersonPaper
from hrms.people.services import Fact, papers
from hrms.people.services.facts import rows_of
from tests.people.carrying_out import carry_out, conditions, kind_of, looked_at, problems
from tests.people.conftest import OLD, World

DECREE = (
    "Căn cứ Nghị định số 170/2025/NĐ-CP ngày 30 tháng 6 năm 2025 của Chính phủ quy định về tuyển dụng, sử dụng và quản"
    " lý công chức"
)
AMENDING = (
    "Căn cứ Nghị định số 300/2026/NĐ-CP ngày 29 tháng 7 năm 2026 của Chính phủ sửa đổi, bổ sung Nghị định số"
    " 170/2025/NĐ-CP"
)


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.fixture
def province(world: World) -> Actor:
    found = world.province
    scope.enter_for(found, Permission.PEOPLE_FACT)
    return found


@pytest.fixture
def person(world: World, province: Actor) -> int:
    return world.person(province)


def facts(person_id: int, kind: str, *names: str) -> list[tuple[Any, ...]]:
    """Return the facts in force on any day, oldest first: named values, first day, day after the last."""
    with scope.everything():
        return [
            (*(getattr(row, name) for name in names), str(row.valid_from), str(row.valid_to or ""))
            for row in reversed(rows_of(person_id, [kind])[kind])
        ]


def agencies(person_id: int, membership: str) -> list[tuple[Any, ...]]:
    return [row[1:] for row in facts(person_id, "agency", "membership", "agency_id") if row[0] == membership]


def add_post(person_id: int, name: str, coefficient: str, start: str, **more: Any) -> None:
    with scope.everything(), transaction():
        values = {"post_name": name, "coefficient": coefficient, **more}
        services.record_facts(Actor.system(), person_id, [Fact("post", values, d(start))], OLD)


def paper(person_id: int, decision_id: int) -> PersonPaper:
    with scope.everything():
        return next(one for one in papers.of_people([person_id])[person_id] if one.decision_id == decision_id)


def said(code: str, person_id: int, on: str, **values: Any) -> dict[str, str]:
    """Return the problems of a proposal, each as its sentence, by code."""
    return {one.code: render(one) for one in problems(code, person_id, d(on), **values)}


def test_a_transfer_changes_using_and_managing_agency_and_ends_the_post_there(world: World, person: int) -> None:
    add_post(person, "Trưởng phòng", "0,5", "2022-01-01")
    changes = {
        one.label: (one.old, one.new)
        for one in looked_at("transfer", person, d("2026-11-10"), agency=world.finance).changes
    }
    assert changes == {
        "Cơ quan sử dụng": ("Sở Nội vụ", "Sở Tài chính"),
        "Cơ quan quản lý": ("Sở Nội vụ", "Sở Tài chính"),
        "Chức vụ": ("Trưởng phòng", None),
    }
    decision = carry_out("transfer", person, d("2026-11-10"), issuer_id=world.city, agency=world.finance)
    assert agencies(person, "using") == [
        (world.home, "2020-01-01", "2026-11-10"), (world.finance, "2026-11-10", ""),
    ]  # fmt: skip
    assert agencies(person, "managing") == agencies(person, "using")
    assert facts(person, "post", "post_name") == [("Trưởng phòng", "2022-01-01", "2026-11-10")]
    with scope.everything():
        assert db.session.get_one(Person, person).scope_ids == [0, world.city, world.finance]
        found = db.session.scalars(
            db.select(PersonAgency).where(PersonAgency.person_id == person, PersonAgency.decision_id == decision)
        ).first()
        assert found is not None
        assert found.basis == "decision"
        # Who sees the person sees the paper, before and after.
        assert {world.home, world.finance, world.city} <= set(db.session.get_one(Decision, decision).scope_ids)


def test_a_transfer_ahead_takes_effect_by_itself(world: World, person: int) -> None:
    carry_out("transfer", person, d("2027-01-01"), issuer_id=world.city, agency=world.finance)
    with scope.everything():
        assert db.session.get_one(Person, person).scope_ids == [0, world.city, world.home]
    assert agencies(person, "using")[-1] == (world.finance, "2027-01-01", "")


def test_the_managing_agency_stays_where_it_stands_above_the_receiver(world: World, person: int) -> None:
    carry_out("transfer", person, d("2026-11-10"), issuer_id=world.city, agency=world.school)
    assert agencies(person, "managing") == [(world.home, "2020-01-01", "")]
    assert agencies(person, "using")[-1] == (world.school, "2026-11-10", "")
    again = carry_out(
        "transfer", person, d("2026-11-15"), issuer_id=world.city, agency=world.finance, managing=world.city
    )
    assert agencies(person, "managing")[-1] == (world.city, "2026-11-15", "")
    assert paper(person, again).kind == "transfer"


def test_a_lower_post_keeps_the_former_allowance_for_6_months(world: World, person: int) -> None:
    add_post(person, "Phó Giám đốc sở", "0,7", "2022-01-01", post_code="department_deputy_director")
    post = {"post": "department_office_chief", "post_coefficient": "0,5"}
    carry_out("transfer", person, d("2026-11-10"), issuer_id=world.city, agency=world.finance, **post)
    assert facts(person, "post", "post_name", "coefficient", "agency_id")[1:] == [
        ("Chánh Văn phòng sở", Decimal("0.7"), world.finance, "2026-11-10", "2027-05-10"),
        ("Chánh Văn phòng sở", Decimal("0.5"), world.finance, "2027-05-10", ""),
    ]
    row = looked_at("transfer", person, d("2026-12-01"), agency=world.home, **post)
    assert [one.new for one in row.changes if one.label == "Hệ số phụ cấp chức vụ"] == [
        "0,70 đến hết 31/05/2027; 0,50 từ 01/06/2027"
    ]


def test_what_a_transfer_refuses(world: World, person: int) -> None:
    assert said("transfer", person, "2026-11-10", agency=world.home) == {
        "there_already": "Đặng Thị Ngọc Ánh đang công tác tại Sở Nội vụ. Hãy chọn nơi khác."
    }
    assert set(said("transfer", person, "2026-11-10")) == {"required"}
    assert set(said("transfer", person, "2003-01-01", agency=world.finance)) == {"not_in_service", "agency_closed"}
    higher = said("transfer", person, "2026-11-10", agency=world.finance, post="department_director")
    assert set(higher) == {"higher_post"}
    wrong = {"post": "department_director", "post_coefficient": "cao"}
    assert set(said("transfer", person, "2026-11-10", agency=world.finance, **wrong)) == {"not_a_number"}
    carry_out("secondment", person, d("2026-11-01"), issuer_id=world.city, agency=world.finance, last_day="2027-10-31")
    assert set(said("transfer", person, "2026-11-10", agency=world.finance)) == {"seconded"}


def test_a_transfer_waits_for_the_receiving_agency(world: World, person: int) -> None:
    found = conditions("transfer", person, d("2026-11-10"), agency=world.finance)
    assert {code: str(one.outcome) for code, one in found.items()} == {
        "in_service": "met", "receiver_agrees": "unknown", "fits_position": "unknown",
    }  # fmt: skip
    assert found["receiver_agrees"].params == {"agency": "Sở Tài chính"}


def test_a_rotation_has_a_term_and_says_so_to_the_calendar(world: World, person: int) -> None:
    short = said("rotation", person, "2026-11-10", agency=world.finance, last_day="2026-11-09")
    assert short["ends_before_it_begins"].startswith("Ngày cuối 09/11/2026 trước ngày có hiệu lực 10/11/2026")
    found = conditions("rotation", person, d("2026-11-10"), agency=world.finance, last_day="2029-11-08")
    assert (str(found["long_enough"].outcome), str(found["planned"].outcome)) == ("not_met", "unknown")
    decision = carry_out(
        "rotation", person, d("2026-11-10"), issuer_id=world.city, agency=world.finance, last_day="2029-11-09"
    )
    assert agencies(person, "using")[-1] == (world.finance, "2026-11-10", "")
    assert (paper(person, decision).kind, paper(person, decision).happens_on) == ("rotation", d("2029-11-09"))


def test_a_secondment_adds_the_receiver_and_leaves_the_sender(world: World, person: int) -> None:
    carry_out("secondment", person, d("2026-11-01"), issuer_id=world.city, agency=world.finance, last_day="2027-10-31")
    assert agencies(person, "seconded_in") == [(world.finance, "2026-11-01", "2027-11-01")]
    assert agencies(person, "using") == agencies(person, "managing") == [(world.home, "2020-01-01", "")]
    with scope.everything():
        assert db.session.get_one(Person, person).scope_ids == [0, world.city, world.home, world.finance]


def test_what_a_secondment_refuses(world: World, person: int) -> None:
    assert set(said("secondment", person, "2026-11-10", agency=world.finance, last_day="2026-11-09")) == {
        "ends_before_it_begins"
    }
    assert set(said("secondment", person, "2026-11-10", agency=world.finance)) == {"required"}
    assert set(said("secondment", person, "2026-11-10", agency=world.home, last_day="2027-11-09")) == {"own_agency"}
    carry_out("secondment", person, d("2026-11-01"), issuer_id=world.city, agency=world.finance, last_day="2027-10-31")
    twice = said("secondment", person, "2027-10-31", agency=world.school, last_day="2028-10-31")
    assert twice["seconded_already"].startswith("Đã biệt phái từ 01/11/2026 đến hết 31/10/2027.")
    with pytest.raises(Refused):
        carry_out(
            "secondment", person, d("2027-01-01"), issuer_id=world.city, agency=world.finance, last_day="2027-10-31"
        )
    # Longer than three years counts what went before.
    longer = conditions("secondment", person, d("2027-11-01"), agency=world.finance, last_day="2029-11-01")
    assert str(longer["short_enough"].outcome) == "not_met"


def test_the_return_from_secondment_ends_it_the_day_before(world: World, person: int) -> None:
    carry_out("secondment", person, d("2026-11-01"), issuer_id=world.city, agency=world.finance, last_day="2027-10-31")
    (change,) = looked_at("secondment_end", person, d("2027-03-01")).changes
    assert (change.old, change.new) == ("Sở Tài chính, đến hết 31/10/2027", "Sở Tài chính, đến hết 28/02/2027")
    carry_out("secondment_end", person, d("2027-03-01"), issuer_id=world.city)
    assert agencies(person, "seconded_in") == [(world.finance, "2026-11-01", "2027-03-01")]
    assert set(said("secondment_end", person, "2027-03-01")) == {"not_seconded"}
    assert set(said("secondment_end", person, "2026-11-01")) == {"not_begun"}


def test_leaving_ends_what_is_held_and_shows_the_last_working_day(world: World, person: int) -> None:
    add_post(person, "Trưởng phòng", "0,5", "2022-01-01")
    add_post(person, "Phó Trưởng ban", "0,2", "2023-01-01", slot=1)
    with scope.everything(), transaction():
        services.record_facts(
            Actor.system(), person,
            [
                Fact("agency", {"membership": "concurrent", "agency_id": world.school}, d("2023-01-01")),
                Fact("allowance", {"allowance_kind": "responsibility", "coefficient": "0.1"}, d("2024-01-01")),
            ], OLD,
        )  # fmt: skip
    carry_out("secondment", person, d("2026-11-01"), issuer_id=world.city, agency=world.finance, last_day="2028-10-31")
    values = {"case": "own_wish", "asked_on": "2026-11-02"}
    changes = looked_at("leaving", person, d("2027-01-01"), **values).changes
    assert (changes[0].old, changes[0].new) == (
        "Đang công tác, đến hết 31/12/2026",
        "Thôi việc, chuyển đi, từ 01/01/2027",
    )
    assert (
        "ngày làm việc cuối cùng là 31/12/2026"
        in kind_of("leaving").wording(looked_at("leaving", person, d("2027-01-01"), **values).proposed).articles[0]
    )
    carry_out("leaving", person, d("2027-01-01"), issuer_id=world.city, own={person: values})
    assert facts(person, "status", "status", "reason") == [
        ("serving", None, "2020-01-01", "2027-01-01"), ("left", "Theo nguyện vọng", "2027-01-01", ""),
    ]  # fmt: skip
    assert {row[-1] for row in facts(person, "post")} == {"2027-01-01"}
    assert {row[-1] for row in facts(person, "allowance")} == {"2027-01-01"}
    assert agencies(person, "seconded_in")[-1][-1] == agencies(person, "concurrent")[-1][-1] == "2027-01-01"
    # The file stays with the agency that keeps it.
    assert agencies(person, "managing") == [(world.home, "2020-01-01", "")]
    assert set(said("leaving", person, "2027-01-01", **values)) == {"not_in_service"}
    assert set(said("retirement", person, "2026-12-01")) == {"later_status"}


def test_a_retirement_notice_makes_no_fact_and_stands_in_the_record(world: World, province: Actor) -> None:
    person = world.person(province, values={"sex": "male", "birth_date": "1965-04-15", "national_id": "092065000123"})
    before = {kind: facts(person, kind) for kind in ("status", "agency", "post", "rank", "allowance")}
    assert kind_of("retirement_notice").symbol == "TB"
    decision = carry_out("retirement_notice", person, d("2026-04-20"), issuer_id=world.home)
    assert {kind: facts(person, kind) for kind in before} == before
    found = paper(person, decision)
    assert (found.kind, found.happens_on, found.effects) == ("retirement_notice", d("2026-10-31"), [])
    with scope.everything():
        assert world.home in db.session.get_one(Decision, decision).scope_ids
    assert set(said("retirement_notice", person, "2026-04-25")) == {"notice_given"}
    noticed = conditions("retirement", person, d("2026-11-01"))["noticed"]
    assert (str(noticed.outcome), noticed.params) == ("met", {"day": d("2026-04-20")})


def test_a_retirement_decision_takes_effect_the_day_after_the_last_one(world: World, province: Actor) -> None:
    person = world.person(province, values={"sex": "male", "birth_date": "1965-04-15", "national_id": "092065000124"})
    add_post(person, "Trưởng phòng", "0,5", "2022-01-01")
    decision = carry_out("retirement", person, d("2026-11-01"), issuer_id=world.home)
    assert facts(person, "status", "status")[-1] == ("retired", "2026-11-01", "")
    assert facts(person, "post")[-1][-1] == "2026-11-01"
    assert paper(person, decision).happens_on == d("2026-10-31")
    assert set(said("retirement", person, "2026-11-01")) == {"not_in_service"}


def test_recruitment_sets_kind_agencies_and_rank_from_the_first_day(world: World, province: Actor) -> None:
    person = world.person(province, kind="contract", values={"recruited_on": None})
    values = {
        "person_kind": "civil_servant", "agency": world.finance, "result": "QĐ 12/QĐ-SNV", "published_on": "2026-10-01",
    }  # fmt: skip
    found = conditions("recruitment", person, d("2026-12-01"), **values)
    assert {code: str(one.outcome) for code, one in found.items()} == {
        "result_approved": "met", "file_complete": "unknown", "old_enough": "met", "takes_post": "met",
    }  # fmt: skip
    own = {person: {"rank_code": "01.003"}}
    carry_out("recruitment", person, d("2026-12-01"), issuer_id=world.city, own=own, **values)
    assert facts(person, "status", "status", "kind") == [
        ("serving", "contract", "2020-01-01", "2026-12-01"), ("serving", "civil_servant", "2026-12-01", ""),
    ]  # fmt: skip
    assert agencies(person, "using")[-1] == agencies(person, "managing")[-1] == (world.finance, "2026-12-01", "")
    assert facts(person, "rank", "rank_code", "step", "coefficient")[-1] == (
        "01.003", 1, Decimal("2.34"), "2026-12-01", "",
    )  # fmt: skip
    again = said("recruitment", person, "2026-12-05", **values)
    assert again["serving_already"] == "Đặng Thị Ngọc Ánh đã là Công chức từ ngày 01/12/2026."


def test_what_recruitment_refuses(world: World, province: Actor) -> None:
    person = world.person(province, kind="contract")
    public = {"person_kind": "public_employee", "agency": world.school}
    assert set(said("recruitment", person, "2026-12-01", **public)) == {"contract_replaces_decision"}
    assert said("work_contract", person, "2026-12-01", agency=world.school) == {}
    assert set(said("work_contract", person, "2026-06-30", agency=world.school)) == {"decision_still_needed"}
    civil = {"person_kind": "civil_servant", "agency": world.finance}
    assert set(said("recruitment", person, "2026-12-01", **civil, probation_months=12)) == {"no_probation"}
    assert set(said("recruitment", person, "2026-12-01", **civil, rank_code="V.07.03.29")) == {"other_kind"}
    assert set(said("recruitment", person, "2026-12-01", **civil, step="17")) == {"no_such_step"}


def test_a_work_contract_takes_a_public_employee_in(world: World, province: Actor) -> None:
    person = world.person(province, kind="contract")
    own = {person: {"rank_code": "V.07.03.29"}}
    made = carry_out("work_contract", person, d("2026-12-01"), issuer_id=world.school, own=own, agency=world.school)
    assert facts(person, "status", "status", "kind")[-1] == ("serving", "public_employee", "2026-12-01", "")
    with scope.everything():
        assert db.session.get_one(Decision, made).symbol == "HĐLV-THU"


def test_probation_before_july_2026_is_a_status(world: World, province: Actor) -> None:
    person = world.person(province, kind="contract")
    own = {person: {"rank_code": "V.07.03.29", "probation_months": 12}}
    values = {"person_kind": "public_employee", "agency": world.school}
    carry_out("recruitment", person, d("2026-06-01"), issuer_id=world.school, own=own, **values)
    assert facts(person, "status", "status", "kind")[-1] == ("probation", "public_employee", "2026-06-01", "")


def test_reception_goes_by_the_text_of_its_day(world: World, province: Actor) -> None:
    person = world.person(province, kind="public_employee")
    own = {"group": "public_employee", "service_months": 70, "rank_code": "01.003", "agency": world.finance}
    old = conditions("reception", person, d("2026-07-31"), **own)
    new = conditions("reception", person, d("2026-08-01"), **own)
    assert ("council" in old, "council" in new) == (True, False)
    assert said("reception", person, "2026-08-01", **{**own, "group": "part_time"}).keys() == {"group_not_in_law"}
    own.pop("agency")
    carry_out("reception", person, d("2026-12-01"), issuer_id=world.city, own={person: own}, agency=world.finance)
    assert facts(person, "status", "kind")[-1] == ("civil_servant", "2026-12-01", "")
    assert agencies(person, "using")[-1] == (world.finance, "2026-12-01", "")


def test_whom_the_proposer_does_not_see_is_not_on_the_sheet(world: World, person: int) -> None:
    outsider = world.actor(next(iter(world.province.roles())), world.finance)
    scope.enter_for(outsider, Permission.DECISIONS_PROPOSE)
    found = kind_of("transfer").subjects([person], d("2026-11-10"), {"agency": world.finance})
    assert found == {}


def test_a_list_is_one_decision_and_all_or_nothing(world: World, province: Actor) -> None:
    first, second, third = (world.person(province) for _ in range(3))
    carry_out("transfer", third, d("2026-11-01"), issuer_id=world.city, agency=world.finance)
    with pytest.raises(Refused):
        carry_out("transfer", [first, second, third], d("2026-11-10"), issuer_id=world.city, agency=world.finance)
    assert agencies(first, "using") == [(world.home, "2020-01-01", "")]
    made = carry_out("transfer", [first, second], d("2026-11-10"), issuer_id=world.city, agency=world.finance)
    assert [agencies(one, "using")[-1] for one in (first, second)] == [(world.finance, "2026-11-10", "")] * 2
    assert {paper(one, made).decision_id for one in (first, second)} == {made}


def test_each_kind_says_its_grounds_and_its_paper(world: World, person: int) -> None:
    for code, on, values in (
        ("transfer", "2026-11-10", {"agency": world.finance}),
        ("rotation", "2026-11-10", {"agency": world.finance, "last_day": "2029-11-30"}),
        ("secondment", "2026-11-10", {"agency": world.finance, "last_day": "2027-11-30"}),
        ("leaving", "2026-12-10", {"case": "own_wish", "asked_on": "2026-11-10"}),
        ("retirement", "2036-12-01", {}),
        ("retirement_notice", "2026-11-10", {}),
    ):
        proposal = looked_at(code, person, d(on), **values).proposed
        grounds = [one.text % dict(one.params) for one in kind_of(code).grounds(proposal)]
        assert grounds[:3] == [
            "Căn cứ Luật Cán bộ, công chức ngày 24 tháng 6 năm 2025",
            DECREE,
            AMENDING,
        ]
        wording = kind_of(code).wording(proposal)
        assert "Đặng Thị Ngọc Ánh" in wording.articles[0]
        assert all("None" not in line and "%(" not in line for line in (wording.summary, *wording.articles))
