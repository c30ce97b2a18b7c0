"""Every special case of NĐ 335/2025/NĐ-CP Đ11, read from the record by the gathering of a round."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import insert

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.people.models import Discipline, PersonAbsence, PersonAgency
from hrms.performance.models import OrganisationRating, RatingRound
from hrms.performance.services import deciding, gathering, rounds, solving
from tests.performance.making import CIVIL, PUBLIC, add_post, add_regulation, set_id
from tests.performance.rounds.making import (
    DECEMBER,
    acting,
    add_months,
    add_people,
    decide,
    end,
    of,
    open_round,
    ratings,
    solve,
    state,
    write,
)
from tests.province import Province

DUC, CAM, HUNG, HUNG2 = "Võ Minh Đức", "Lý Thị Cẩm", "Nguyễn Văn Hùng", "Nguyen Van Hung"
MY, DAO, RAY = "Huỳnh Thị Mỹ", "Danh Thị Đào", "Thạch Sa Rây"


@pytest.fixture(autouse=True)
def december() -> Iterator[None]:
    with clock.frozen(DECEMBER):
        yield


def test_y3_five_months_are_not_classified(province: Province) -> None:
    (name,) = add_people(province, 1, since=date(2026, 8, 1))
    add_months(province, name, dict.fromkeys(range(8, 13), "95"))
    found = of(province, open_round(province), name)
    assert (found.by_points, found.reasons, found.mean) == ("none", ["under_six_months"], Decimal(95))
    assert found.causes == {str(month): "not_yet_recruited" for month in range(1, 8)}


@pytest.mark.parametrize(
    ("kind", "rating", "cause"),
    [("maternity_leave", "excellent", "maternity"), ("sick_leave", "excellent", "sick"),
     ("unpaid_leave", "none", "unpaid"), ("study", "none", "study")],
)  # fmt: skip
def test_leave_under_social_insurance_is_classified_all_the_same(
    province: Province, kind: str, rating: str, cause: str
) -> None:
    write(
        PersonAbsence, person_id=province.people[CAM], absence_kind=kind, valid_from=date(2026, 2, 1),
        valid_to=date(2026, 9, 1),
    )  # fmt: skip
    add_months(province, CAM, {1: "95", 9: "93", 10: "92", 11: "95", 12: "95"})
    found = of(province, open_round(province), CAM)
    assert (found.by_points, set(found.causes.values()), found.provisional) == (rating, {cause}, False)
    assert sorted(map(int, found.causes)) == list(range(2, 9))
    assert found.facts["worked"] == 5


def test_a_short_absence_is_no_month_away(province: Province) -> None:
    write(
        PersonAbsence, person_id=province.people[CAM], absence_kind="sick_leave", valid_from=date(2026, 3, 2),
        valid_to=date(2026, 3, 12),
    )  # fmt: skip
    add_months(province, CAM, {month: "95" for month in range(1, 13) if month != 3})
    found = of(province, open_round(province), CAM)
    # Eight working days do not make a month (under 11): March is missing and nobody knows why.
    assert (found.causes, found.provisional, found.reasons) == ({}, True, ["missing_months"])


def test_unpaid_leave_with_six_months_of_work_is_classified_by_them(province: Province) -> None:
    write(
        PersonAbsence, person_id=province.people[CAM], absence_kind="unpaid_leave", valid_from=date(2026, 1, 1),
        valid_to=date(2026, 7, 1),
    )  # fmt: skip
    add_months(province, CAM, dict.fromkeys(range(7, 13), "72"))
    found = of(province, open_round(province), CAM)
    assert (found.by_points, found.mean, len(found.causes)) == ("good", Decimal(72), 6)


def test_y4_a_reprimand_makes_the_year(province: Province) -> None:
    add_months(province, CAM, ["95"] * 12)
    write(
        Discipline, person_id=province.people[CAM], from_on="2026-05", side="administration", form="reprimand",
        act="Chậm xử lý hồ sơ", decision_no="12/QĐ",
    )  # fmt: skip
    found = of(province, open_round(province), CAM)
    assert (found.by_points, found.reasons) == ("unsatisfactory", ["discipline"])
    assert (found.facts["points_class"], found.facts["counts"]) == ("excellent", ["chậm xử lý hồ sơ"])


def test_one_act_counts_for_one_year(province: Province) -> None:
    add_months(province, CAM, ["95"] * 12)
    person = province.people[CAM]
    write(Discipline, person_id=person, from_on="2025-11-03", side="party", form="party_reprimand", act="Vi phạm A")
    write(Discipline, person_id=person, from_on="2026-02-03", side="administration", form="reprimand", act="Vi phạm a")
    found = of(province, open_round(province), CAM)
    assert (found.by_points, found.facts["counts"], len(found.facts["discipline"])) == ("excellent", [], 2)


def test_a_year_already_rated_for_the_act_is_not_followed_by_another(province: Province) -> None:
    add_months(province, CAM, ["95"] * 12, year=2026)
    person = province.people[CAM]
    with scope.everything():
        db.session.execute(
            insert(RatingRound).values(
                id=90001, agency_id=province.agencies["B"], year=2025, set_id=set_id(CIVIL), state="settled",
                due_on=date(2025, 12, 14), outstanding=False, quota_base="final_good", quota_percent=20,
                rounding="unrounded", tie_order=["mean"],
            )
        )  # fmt: skip
        db.session.execute(
            RatingRound.__table__.metadata.tables["ratings"].insert().values(
                round_id=90001, person_id=person, year=2025, agency_id=province.agencies["B"], role="staff",
                months={}, causes={}, facts={"counts": ["vi phạm b"]}, provisional=False, state="published",
                final="unsatisfactory",
            )
        )  # fmt: skip
        db.session.commit()
    write(Discipline, person_id=person, from_on="2026-02-03", side="administration", form="warning", act="Vi phạm B")
    assert of(province, open_round(province), CAM).by_points == "excellent"


def test_who_decides_finds_that_a_discipline_was_for_no_duty(province: Province) -> None:
    add_months(province, CAM, ["95"] * 12)
    write(
        Discipline, person_id=province.people[CAM], from_on="2026-05-01", side="party", form="party_reprimand",
        act="Sinh con thứ ba",
    )  # fmt: skip
    round_id = open_round(province)
    found = of(province, round_id, CAM)
    assert found.by_points == "unsatisfactory"
    with acting(province, "thutruong") as actor:
        deciding.weigh_discipline(
            actor, found.id, "sinh con thứ ba", "Không phải vi phạm công vụ", counts=False, version=found.version
        )
    found = of(province, round_id, CAM)
    assert (found.by_points, found.reasons) == ("excellent", [])
    with acting(province, "sonoivu") as actor:
        gathering.regather(actor, round_id)
    assert of(province, round_id, CAM).by_points == "excellent"
    found = of(province, round_id, CAM)
    with acting(province, "thutruong") as actor:
        deciding.conclude(actor, found.id, "degenerated", "Kết luận số 5-KL/ĐU", holds=True, version=found.version)
    assert of(province, round_id, CAM).by_points == "unsatisfactory"


def test_scores_of_the_former_agency_travel(province: Province) -> None:
    person = province.people[CAM]
    add_months(province, CAM, ["80"] * 6, agency_id=province.agencies["A1"])
    end(PersonAgency, person, date(2026, 7, 1))
    for membership in ("using", "managing"):
        write(
            PersonAgency, person_id=person, membership=membership, slot=0, agency_id=province.agencies["B1"],
            valid_from=date(2026, 7, 1),
        )  # fmt: skip
    add_months(province, CAM, dict.fromkeys(range(7, 13), "90"))
    found = of(province, open_round(province), CAM)
    assert (found.mean, found.by_points, found.facts["months_elsewhere"]) == (Decimal(85), "good", 6)


def test_who_is_lent_is_classified_by_the_receiver(province: Province) -> None:
    add_months(province, CAM, ["90"] * 12)
    write(
        PersonAgency, person_id=province.people[CAM], membership="seconded_in", slot=0,
        agency_id=province.agencies["A1"], valid_from=date(2026, 10, 1),
    )  # fmt: skip
    here, there = open_round(province, "B"), open_round(province, "A")
    assert province.people[CAM] not in ratings(here)
    found = of(province, there, CAM)
    assert (found.agency_id, found.by_points) == (province.agencies["A1"], "excellent")


def test_a_head_belongs_above_and_never_stands_higher_than_the_agency(province: Province) -> None:
    add_post(province, DUC, "department_director", "B")
    add_months(province, DUC, ["95"] * 12)
    own, above = open_round(province, "B"), open_round(province, "root")
    assert province.people[DUC] not in ratings(own)
    found = of(province, above, DUC)
    assert (found.role, found.by_points, found.provisional, found.reasons) == (
        "head", "excellent", True, ["organisation_waiting"],
    )  # fmt: skip
    with scope.everything():
        db.session.execute(
            insert(OrganisationRating).values(
                agency_id=province.agencies["B"],
                year=2026,
                wrongdoing=False,
                involved=False,
                final="satisfactory",
                by_points="satisfactory",
                state="decided",
            )
        )
        db.session.commit()
    with acting(province, "sonoivu") as actor:
        gathering.regather(actor, above)
    found = of(province, above, DUC)
    assert (found.by_points, found.provisional, found.reasons) == (
        "satisfactory", False, ["head_above_organisation"],
    )  # fmt: skip
    assert deciding.classes_open(found) == ("satisfactory",)


def test_corruption_of_the_unit_brings_its_leaders_down(province: Province) -> None:
    add_post(province, DUC, "department_deputy_director", "B")
    for name in (DUC, CAM):
        add_months(province, name, ["95"] * 12)
    with scope.everything():
        db.session.execute(
            insert(OrganisationRating).values(
                agency_id=province.agencies["B"],
                year=2026,
                wrongdoing=False,
                involved=True,
                state="draft",
            )
        )
        db.session.commit()
    round_id = open_round(province)
    assert [of(province, round_id, name).by_points for name in (DUC, CAM)] == ["unsatisfactory", "excellent"]


def test_quarters_and_months_together(province: Province) -> None:
    add_months(province, CAM, {1: "90", 2: "80", 3: "70", 4: "88"}, kind="quarter")
    add_months(province, HUNG, {1: "90"}, kind="quarter")
    add_months(province, HUNG, dict.fromkeys(range(4, 13), "70"))
    round_id = open_round(province)
    found = of(province, round_id, CAM)
    assert (found.mean, found.months["kind"], found.facts["worked"]) == (Decimal(82), "quarter", 12)
    assert (of(province, round_id, HUNG).mean, of(province, round_id, HUNG).months["2"]) == (
        Decimal(75), "90.000000",
    )  # fmt: skip


def test_a_unit_without_a_regulation_classifies_without_points(province: Province) -> None:
    round_id = open_round(province, "C1", code="90/2020")
    found = ratings(round_id)
    assert {one.by_points for one in found.values()} == {None}
    with acting(province, "sonoivu") as actor:
        with pytest.raises(Refused) as waiting:
            solving.solve(actor, round_id)
        assert waiting.value.problems[0].code == "without_class"
        for one, rating in zip(found.values(), ("good", "satisfactory"), strict=True):
            deciding.change(actor, one.id, rating, "Theo đề xuất của tổ chuyên môn", version=one.version)
    solve(province, round_id)
    assert state(round_id) == "proposed"


def test_a_unit_with_a_regulation_has_points(province: Province) -> None:
    add_regulation(province, "C1")
    add_months(province, MY, ["92"] * 12)
    round_id = open_round(province, "C1", code=PUBLIC)
    found = of(province, round_id, MY)
    assert (found.by_points, found.facts["decree"]) == ("excellent", PUBLIC)


def test_a_cadre_is_only_recorded(province: Province) -> None:
    round_id = open_round(province, "C", code="party")
    found = of(province, round_id, RAY)
    assert (found.by_points, deciding.classes_open(found)) == (
        None, ("excellent", "good", "satisfactory", "unsatisfactory", "none"),
    )  # fmt: skip
    with acting(province, "sonoivu") as actor:
        deciding.change(actor, found.id, "excellent", "Thông báo số 3-TB/ĐU", version=found.version)
    decide(province, round_id, "chutich", place="C")
    assert of(province, round_id, RAY).final == "excellent"


def test_everybody_is_in_one_round_only(province: Province) -> None:
    add_post(province, DUC, "department_director", "B")
    known: list[int] = []
    for place in ("root", "A", "B", "C", "C1"):
        with acting(province, "sonoivu") as actor:
            try:
                made = rounds.open_round(actor, province.agencies[place], 2026)
            except Refused:
                continue
        for round_id in made:
            known += ratings(round_id)
    assert sorted(known) == sorted(set(known))
    assert set(known) == set(province.people.values())
