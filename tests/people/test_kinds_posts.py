"""The kinds about leadership posts: who signs, what is refused, what changes, the paper, what becomes true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hrms.agencies.services.bulk import NewAgency, create_many
from hrms.core import dated, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.i18n import render
from hrms.core.unit import transaction
from hrms.decisions import kinds
from hrms.decisions.kinds import Kind, Proposed
from hrms.decisions.models import Decision
from hrms.decisions.rules.conditions import Outcome
from hrms.people import services
from hrms.people.kinds import appointing, relieving, terms
from hrms.people.kinds.posts import post_given
from hrms.people.kinds.subjects import Gathered
from hrms.people.models import PersonAgency, PersonAllowance, PersonPost, Rating
from hrms.people.services import Fact, Paper
from tests.counting import statements

CLERK = Actor.system("Lê Văn Thư")
ON = date(2026, 12, 1)


@dataclass
class Office:
    """The small province with a division, and somebody who has been its deputy head for long."""

    world: Any
    division: int
    other: int

    def deputy(self, **more: Any) -> int:
        values = {"post_code": "division_deputy", "slot": "0", "agency_id": self.division, "coefficient": "0.30"}
        with scope.everything(), transaction():
            person = self.world.person()
            facts = [Fact("post", {**values, **more}, date(2022, 1, 1))]
            services.record_facts(self.world.province, person, facts, Paper(old_data=True))
        return person


@pytest.fixture
def office(world):
    with scope.everything(), transaction():
        ids = create_many(
            Actor.system(),
            [
                NewAgency("division", "Phòng Công chức", "division", world.home, date(2010, 1, 1)),
                NewAgency("other", "Phòng Ngân sách", "division", world.finance, date(2010, 1, 1)),
            ],
        )
    db.session.remove()
    with scope.everything():
        yield Office(world, ids["division"], ids["other"])


def propose(kind: Kind, person: int, on: date = ON, **values: Any) -> Proposed:
    return propose_many(kind, [person], on, values)[person]


def propose_many(kind: Kind, people: list[int], on: date, values: Mapping[str, Any]) -> dict[int, Proposed]:
    listed = {name: values[name] for field in kind.fields if (name := field.name) in values and not field.per_person}
    found = kind.subjects(people, on, listed)
    return {key: Proposed(subject, dict(values), on) for key, subject in found.items()}


def in_force(office: Office, kind: Kind, proposed: Proposed) -> Decision:
    with scope.everything(), transaction():
        decision = db.session.get(Decision, office.world.decision())
        kind.apply(CLERK, decision, [(None, proposed)])
        return decision


def posts_of(person: int) -> list[PersonPost]:
    return list(dated.history(PersonPost, {"person_id": person}))


def outcomes(kind: Kind, proposed: Proposed) -> dict[str, Outcome]:
    return {one.code: one.outcome for one in kind.conditions(proposed)}


def sentences(kind: Kind, proposed: Proposed) -> list[str]:
    return [render(problem) for problem in kind.problems(proposed)]


def kind(code: str) -> Kind:
    found = kinds.get(code)
    assert found is not None
    return found


GIVEN = {"post": "division_head", "source": "on_site"}
NOT_OURS = "Phòng Ngân sách không thuộc Sở Nội vụ, nơi Đặng Thị Ngọc Ánh công tác."
HOLDS_IT = (
    "Đặng Thị Ngọc Ánh đang giữ chức vụ Phó Trưởng phòng thuộc sở từ ngày 01/01/2022."
    " Nếu hết thời hạn, hãy làm bổ nhiệm lại."
)


def test_the_post_given_decides_who_signs(office):
    person = office.deputy()
    assert propose(kind("appointment"), person, **GIVEN).subject.post_group == "division_head"
    given = propose(kind("appointment"), person, post="department_director", source="on_site")
    assert given.subject.post_group == "agency_head"
    assert post_given(given).code == "department_director"
    assert propose(kind("relief"), person, form="release").subject.post_group == "division_deputy"


def test_the_sheet_of_an_appointment_names_what_is_missing(office):
    person = office.deputy()
    db.session.add_all([Rating(person_id=person, year=year, rating="good") for year in (2023, 2024, 2025)])
    db.session.flush()
    proposed = propose(
        kind("appointment"), person, **GIVEN, agency=office.division, health_on="2026-10-01", profile_on="2026-01-01"
    )
    found = outcomes(kind("appointment"), proposed)
    assert found == {
        "in_planning": Outcome.UNKNOWN, "lower_post": Outcome.MET, "rated_well": Outcome.MET, "age": Outcome.MET,
        "no_discipline": Outcome.MET, "no_proceedings": Outcome.UNKNOWN, "standards": Outcome.UNKNOWN,
        "verified_file": Outcome.UNKNOWN, "process": Outcome.UNKNOWN, "votes": Outcome.UNKNOWN,
        "health_paper": Outcome.MET, "profile_paper": Outcome.NOT_MET, "assets": Outcome.UNKNOWN,
    }  # fmt: skip
    assert all(one.source and one.text for one in kind("appointment").conditions(proposed))


def test_articles_of_the_decree_for_public_employees(office):
    with scope.everything(), transaction():
        person = office.world.person(kind="public_employee")
    proposed = propose(kind("appointment"), person, post="unit_deputy_director", source="on_site")
    sources = {one.code: one.source for one in kind("appointment").conditions(proposed)}
    assert sources["in_planning"] == "NĐ 259/2026/NĐ-CP; áp dụng tương tự NĐ 170/2025/NĐ-CP Đ29 k2"
    assert sources["assets"].startswith("Luật Phòng, chống tham nhũng")


def test_fifty_people_take_the_statements_of_one(office):
    people = [office.deputy() for _ in range(50)]
    counted = []
    for ids in (people[:1], people):
        with statements() as seen:
            found = propose_many(kind("appointment"), ids, ON, {**GIVEN, "agency": office.division})
            for proposed in found.values():
                kind("appointment").problems(proposed)
                kind("appointment").conditions(proposed)
                kind("appointment").changes(proposed)
                kind("appointment").wording(proposed)
            assert len(found) == len(ids)
        counted.append(len(seen))
    assert counted[1] <= counted[0] <= 8


def test_an_appointment_in_force(office):
    person = office.deputy()
    one = propose(kind("appointment"), person, **GIVEN, agency=office.division, title="Trưởng phòng Công chức")
    assert [(c.label, c.old, c.new) for c in kind("appointment").changes(one)] == [
        ("Chức vụ", "Phó Trưởng phòng thuộc sở, Phòng Công chức", "Trưởng phòng Công chức, Phòng Công chức"),
        ("Thời hạn giữ chức vụ đến hết ngày", None, "30/11/2031"),
        ("Hệ số phụ cấp chức vụ", "0,30", "0,50 (NĐ 204/2004/NĐ-CP, Mục I khoản 7)"),
    ]
    before = db.session.execute(db.text("SELECT clock_timestamp()")).scalar_one()
    decision = in_force(office, kind("appointment"), one)
    new, old = posts_of(person)
    assert (new.post_code, new.post_name, new.agency_id) == ("division_head", "Trưởng phòng Công chức", office.division)
    assert (new.valid_from, new.valid_to, new.appointed_on, new.term_until) == (ON, None, ON, date(2031, 11, 30))
    assert (new.coefficient, new.decision_id) == (Decimal("0.5"), decision.id)
    assert (old.post_code, old.valid_from, old.valid_to) == ("division_deputy", date(2022, 1, 1), ON)
    known_before = dated.history(PersonPost, {"person_id": person}, before)
    assert [(row.post_code, row.valid_to) for row in known_before] == [("division_deputy", None)]
    # The department used the person already, so nobody moves and no account ends.
    assert len(dated.history(PersonAgency, {"person_id": person, "membership": "using"})) == 1


def test_an_appointment_elsewhere_moves_the_person(office):
    person = office.deputy()
    here = propose(kind("appointment"), person, **GIVEN, agency=office.other)
    assert sentences(kind("appointment"), here) == [f"{NOT_OURS} Hãy làm “Bổ nhiệm từ nguồn nhân sự nơi khác”."]
    elsewhere = kind("appointment_elsewhere")
    one = propose(elsewhere, person, post="division_head", agency=office.other)
    assert elsewhere.problems(one) == []
    # The receiving side proposes and signs: decentralisation is asked as if it used the person.
    assert (one.subject.using_agency_id, one.subject.post_group) == (office.other, "division_head")
    found = {condition.code: condition for condition in elsewhere.conditions(one)}
    assert found["process"].source == "NĐ 170/2025/NĐ-CP Đ33 k3"
    labels = [(c.label, c.old, c.new) for c in elsewhere.changes(one)]
    assert ("Cơ quan sử dụng", "Sở Nội vụ", "Phòng Ngân sách") in labels
    assert ("Cơ quan quản lý", "Sở Nội vụ", "Sở Tài chính") in labels
    assert elsewhere.wording(one).summary.startswith("Về việc điều động, bổ nhiệm")
    own = propose(elsewhere, person, post="division_head", agency=office.division)
    assert sentences(elsewhere, own) == [
        "Đặng Thị Ngọc Ánh đang công tác tại Sở Nội vụ. Hãy làm “Bổ nhiệm”, nguồn nhân sự tại chỗ."
    ]
    in_force(office, elsewhere, one)
    for membership, agency in (("using", office.other), ("managing", office.world.finance)):
        new, old = dated.history(PersonAgency, {"person_id": person, "membership": membership})
        assert (new.agency_id, new.valid_from) == (agency, ON)
        assert (old.agency_id, old.valid_to) == (office.world.home, ON)


def test_the_paper_says_it_as_offices_write(office):
    one = propose(
        kind("appointment"), office.deputy(), **GIVEN, agency=office.division, own_rules="Căn cứ Quy chế A;\n\n"
    )
    words = kind("appointment").wording(one)
    assert words.summary == "Về việc bổ nhiệm công chức, viên chức lãnh đạo, quản lý"
    assert words.articles[0] == (
        "Bổ nhiệm bà Đặng Thị Ngọc Ánh, sinh ngày 12/04/1988, Phó Trưởng phòng thuộc sở, Sở Nội vụ giữ chức vụ Trưởng"
        " phòng thuộc sở, Phòng Công chức. Thời hạn giữ chức vụ kể từ ngày 01/12/2026 đến hết ngày 30/11/2031."
    )
    assert "hệ số 0,50 kể từ ngày 01/12/2026 theo NĐ 204/2004/NĐ-CP" in words.articles[1]
    assert words.articles[2].startswith("Quyết định này có hiệu lực kể từ ngày 01/12/2026.")
    grounds = [reason.text % dict(reason.params) for reason in kind("appointment").grounds(one)]
    assert grounds[0] == "Căn cứ Luật Cán bộ, công chức ngày 24 tháng 6 năm 2025"
    assert grounds[-1] == "Căn cứ Quy chế A;"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"post": "province_chair"},
         "Chủ tịch UBND tỉnh, thành phố là chức vụ do bầu cử, không bổ nhiệm. Hãy chọn chức vụ khác."),
        ({"post": "emperor"}, "Chức vụ “emperor” không có trong danh mục. Hãy chọn lại."),
        ({"post": "hospital_director"},
         "Phòng Công chức là Phòng, ban, không có chức vụ Giám đốc bệnh viện. Hãy chọn lại cơ quan hoặc chức vụ."),
        ({"post": "division_deputy"}, HOLDS_IT),
        ({"post": "division_head", "coefficient": "nhiều"}, "Hệ số “nhiều” không phải là số. Hãy ghi như 0,35."),
    ],
)  # fmt: skip
def test_what_an_appointment_refuses(office, values, sentence):
    one = propose(kind("appointment"), office.deputy(), source="on_site", agency=office.division, **values)
    assert sentence in sentences(kind("appointment"), one)


def test_who_does_not_serve_or_serves_on_contract_is_not_appointed(office):
    with scope.everything(), transaction():
        gone = office.world.person()
        services.put_status(
            office.world.province, gone, {"status": "retired", "kind": "civil_servant"}, date(2026, 1, 1),
            Paper(old_data=True),
        )  # fmt: skip
        hired = office.world.person(kind="contract")
    found = sentences(kind("appointment"), propose(kind("appointment"), gone, **GIVEN, agency=office.division))
    assert found == ["Đặng Thị Ngọc Ánh không còn trong danh sách đang công tác (Nghỉ hưu)."]
    found = sentences(kind("appointment"), propose(kind("appointment"), hired, **GIVEN, agency=office.division))
    assert found == ["Đặng Thị Ngọc Ánh không phải cán bộ, công chức, viên chức nên không bổ nhiệm được."]


def test_acting_stands_beside_the_post_and_ends_by_itself_or_by_appointment(office):
    person = office.deputy()
    given = {"post": "division_head", "form": "acting", "agency": office.division, "until": "2027-11-30"}
    one = propose(kind("acting"), person, **given)
    assert one.subject.post_group == "division_head"
    assert kind("acting").problems(one) == []
    assert outcomes(kind("acting"), one)["acting_term"] is Outcome.MET
    in_force(office, kind("acting"), one)
    acting = next(row for row in posts_of(person) if row.slot == 1)
    assert (acting.post_code, acting.post_name, acting.term_note) == (None, "Quyền Trưởng phòng thuộc sở", "Giao quyền")
    assert (acting.valid_from, acting.valid_to) == (ON, date(2027, 12, 1))
    assert acting.coefficient is None
    again = propose(kind("acting"), person, date(2028, 1, 1), **{**given, "until": "2028-06-30"})
    assert outcomes(kind("acting"), again)["acting_once"] is Outcome.NOT_MET
    appointed = propose(kind("appointment"), person, date(2027, 6, 1), **GIVEN, agency=office.division)
    in_force(office, kind("appointment"), appointed)
    acting = next(row for row in posts_of(person) if row.slot == 1)
    assert acting.valid_to == date(2027, 6, 1)


def test_an_end_before_its_start_is_a_sentence(office):
    for code, more in (("acting", {"form": "acting"}), ("concurrent", {})):
        one = propose(
            kind(code), office.deputy(), post="division_head", agency=office.other, until="2026-11-30", **more
        )
        assert "Ngày cuối 30/11/2026 trước ngày hiệu lực 01/12/2026. Hãy sửa một trong hai ngày." in sentences(
            kind(code), one
        )


def test_acting_and_concurrent_duties_stay_within_reach(office):
    given = {"post": "division_head", "agency": office.other, "until": "2027-06-30"}
    acting = propose(kind("acting"), office.deputy(), **given, form="acting")
    assert sentences(kind("acting"), acting) == [f"{NOT_OURS} Chỉ giao cho người của chính cơ quan đó."]
    assert sentences(kind("concurrent"), propose(kind("concurrent"), office.deputy(), **given)) == [
        "Phòng Ngân sách không thuộc Sở Nội vụ, nơi quản lý Đặng Thị Ngọc Ánh. Cấp quản lý cả hai quyết định."
    ]


def test_concurrent_duties_let_the_other_agency_see_and_end_with_the_relief(office):
    person = office.deputy()
    given = {"post": "unit_director", "agency": office.world.school, "allowance": True}
    one = propose(kind("concurrent"), person, **given)
    assert kind("concurrent").problems(one) == []
    assert [(c.label, c.new) for c in kind("concurrent").changes(one)] == [
        ("Chức vụ", "Giám đốc đơn vị sự nghiệp, Trường Chính trị"),
        ("Phụ cấp kiêm nhiệm", "10% (TT 78/2005/TT-BNV)"),
    ]
    in_force(office, kind("concurrent"), one)
    assert [(row.slot, row.post_code) for row in posts_of(person)] == [(1, "unit_director"), (0, "division_deputy")]
    (allowance,) = dated.history(PersonAllowance, {"person_id": person})
    assert (allowance.allowance_kind, allowance.percent) == ("concurrent", Decimal(10))
    relieved = propose(kind("relief"), person, date(2027, 3, 1), form="release", ground="new_task", slot="1")
    in_force(office, kind("relief"), relieved)
    found = {row.slot: row.valid_to for row in posts_of(person)}
    assert found == {1: date(2027, 3, 1), 0: None}


def term_holder(office, **more):
    return office.deputy(**{"appointed_on": "2022-01-01", "term_until": "2026-12-31", **more})


def test_reappointment_counts_on_from_the_old_term(office):
    person = term_holder(office)
    one = propose(kind("reappointment"), person, date(2027, 1, 1))
    assert kind("reappointment").problems(one) == []
    assert [(c.label, c.old, c.new) for c in kind("reappointment").changes(one)] == [
        ("Chức vụ", "Phó Trưởng phòng thuộc sở", "Phó Trưởng phòng thuộc sở"),
        ("Thời hạn giữ chức vụ đến hết ngày", "31/12/2026", "31/12/2031"),
    ]
    found = outcomes(kind("reappointment"), one)
    assert (found["term"], found["left"]) == (Outcome.MET, Outcome.MET)
    in_force(office, kind("reappointment"), one)
    new, old = posts_of(person)
    assert (new.valid_from, new.reappointed_on, new.term_until) == (
        date(2027, 1, 1), date(2027, 1, 1), date(2031, 12, 31),
    )  # fmt: skip
    assert (new.appointed_on, new.coefficient, new.agency_id) == (date(2022, 1, 1), Decimal("0.3"), office.division)
    assert (old.valid_to, old.reappointed_on) == (date(2027, 1, 1), None)


def test_reappointment_refuses_a_gap_no_post_and_an_acting_one(office):
    late = propose(kind("reappointment"), term_holder(office), date(2027, 2, 1))
    assert sentences(kind("reappointment"), late) == [
        "Ngày hiệu lực 01/02/2027 sau ngày hết thời hạn 31/12/2026; thời hạn mới tính liền từ 01/01/2027."
    ]
    with scope.everything(), transaction():
        nobody = office.world.person()
    assert sentences(kind("reappointment"), propose(kind("reappointment"), nobody)) == [
        "Đặng Thị Ngọc Ánh không giữ chức vụ nào như đã chọn. Hãy kiểm tra diễn biến chức vụ trong hồ sơ."
    ]
    acting = propose(kind("reappointment"), term_holder(office, term_note="Giao quyền"), date(2027, 1, 1))
    assert any("không bổ nhiệm lại" in sentence for sentence in sentences(kind("reappointment"), acting))


def test_prolonging_lasts_to_retirement(office):
    with scope.everything(), transaction():
        person = office.world.person(values={"birth_date": "1970-06-15", "national_id": "092170000001"})
        post = {
            "post_code": "division_head", "slot": "0", "agency_id": office.division, "coefficient": "0.50",
            "appointed_on": "2022-01-01", "term_until": "2026-12-31",
        }  # fmt: skip
        services.record_facts(
            office.world.province, person, [Fact("post", post, date(2022, 1, 1))], Paper(old_data=True)
        )
    one = propose(kind("prolonging"), person, date(2027, 1, 1))
    assert isinstance(one.subject.facts.record, Gathered)
    assert [(c.old, c.new) for c in kind("prolonging").changes(one)][1] == ("31/12/2026", "31/10/2027")
    assert outcomes(kind("prolonging"), one)["left"] is Outcome.MET
    again = propose(kind("reappointment"), person, date(2027, 1, 1))
    assert outcomes(kind("reappointment"), again)["left"] is Outcome.NOT_MET
    in_force(office, kind("prolonging"), one)
    new, _old = posts_of(person)
    assert (new.term_until, new.valid_from, new.valid_to) == (date(2027, 10, 31), date(2027, 1, 1), None)


def test_a_resignation_keeps_the_allowance_to_the_end_of_the_term(office):
    person = term_holder(office, term_until="2027-12-31")
    one = propose(kind("relief"), person, date(2027, 3, 1), form="resignation", ground="own_wish")
    changes = {c.label: c.new for c in kind("relief").changes(one)}
    assert changes["Hệ số phụ cấp chức vụ"] == "0,30, bảo lưu đến hết ngày 31/12/2027 (NĐ 170/2025/NĐ-CP Đ55 k2 điểm a)"
    assert changes["Được xem xét quy hoạch lại từ ngày"].startswith("01/03/2029")
    assert kind("relief").wording(one).articles[0] == (
        "Cho bà Đặng Thị Ngọc Ánh, sinh ngày 12/04/1988, Phó Trưởng phòng thuộc sở, Sở Nội vụ từ chức, thôi giữ chức vụ"
        " Phó Trưởng phòng thuộc sở, Phòng Công chức, kể từ ngày 01/03/2027. Lý do: tự nguyện thôi giữ chức vụ."
    )
    in_force(office, kind("relief"), one)
    (post,) = posts_of(person)
    assert post.valid_to == date(2027, 3, 1)
    (kept,) = dated.history(PersonAllowance, {"person_id": person})
    assert (kept.allowance_kind, kept.coefficient) == ("leadership", Decimal("0.3"))
    assert (kept.valid_from, kept.valid_to) == (date(2027, 3, 1), date(2028, 1, 1))
    appointed = propose(kind("appointment"), person, date(2027, 9, 1), **GIVEN, agency=office.division)
    in_force(office, kind("appointment"), appointed)
    (kept,) = dated.history(PersonAllowance, {"person_id": person})
    assert kept.valid_to == date(2027, 9, 1)


def test_a_dismissal_keeps_nothing(office):
    person = term_holder(office)
    one = propose(kind("relief"), person, form="dismissal", ground="unsatisfactory")
    assert outcomes(kind("relief"), one)["ground"] is Outcome.NOT_MET
    in_force(office, kind("relief"), one)
    assert posts_of(person)[0].valid_to == ON
    assert dated.history(PersonAllowance, {"person_id": person}) == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"form": "dismissal", "ground": "own_wish"},
         "Căn cứ “Tự nguyện thôi giữ chức vụ” không phải của hình thức “Miễn nhiệm”. Hãy chọn lại một trong hai."),
        ({"form": "resignation", "ground": "own_wish", "begun_on": "2026-11-10", "proposed_on": "2026-11-09"},
         "Ngày đề xuất 09/11/2026 trước ngày có đơn hoặc đủ căn cứ 10/11/2026. Hãy sửa một trong hai ngày."),
        ({"form": "release", "ground": "new_task", "slot": "2"},
         "Đặng Thị Ngọc Ánh không giữ chức vụ nào như đã chọn. Hãy kiểm tra diễn biến chức vụ trong hồ sơ."),
    ],
)  # fmt: skip
def test_what_a_relief_refuses(office, values, sentence):
    assert sentences(kind("relief"), propose(kind("relief"), office.deputy(), **values)) == [sentence]


def test_fields_have_words_of_their_own():
    mine = [*appointing.KINDS, *terms.KINDS, *relieving.KINDS]
    assert len({found.code for found in mine}) == len(mine) == 7
    for found in mine:
        assert found.label
        names = [field.name for field in found.fields]
        assert len(names) == len(set(names))
        assert all(field.label for field in found.fields)
