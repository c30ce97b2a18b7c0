"""Who decides: the seeded table on real days, the agencies it means, who may take which step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, update

from hrms.agencies.models import Agency
from hrms.agencies.rules import AgencyKind
from hrms.core import clock, scope
from hrms.core.actor import Actor, Grant
from hrms.core.catalogues import FOLDER, read_csv
from hrms.core.db import db
from hrms.core.models import Setting
from hrms.core.permissions import Permission, Role
from hrms.decisions.models import DecentralisationRule
from hrms.decisions.queries import powers
from hrms.decisions.rules.powers import (
    PERSON_KIND_LABELS,
    Capacity,
    Case,
    Party,
    PostGroup,
    Rule,
    rule_for,
    weight,
)
from hrms.decisions.services import powers as services
from hrms.people.rules.kinds import PersonKind
from tests.counting import statements
from tests.province import TODAY, Province

DAY = TODAY.date()
BEFORE, AFTER = date(2026, 7, 31), date(2026, 8, 1)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.frozen(TODAY):
        yield


def case(province: Province, place: str = "B1", action: str = "appointment", **more: Any) -> Case:
    agency = province.agencies[place]
    made = Case(
        action=action, on=DAY, person_kind="civil_servant", post_group="none", rank_code="01.003", managing_kind=None,
        using_kind=None, managing_agency_id=agency, using_agency_id=agency,
    )  # fmt: skip
    return replace(made, **more)


def decide(province: Province, one: Case) -> tuple[str | None, str | None, str | None]:
    """Return who proposes, appraises and signs, by the keys of the province's places."""
    found = powers.parties_for({1: one})[1]
    assert found.problem is None, found.problem
    keys = {agency_id: key for key, agency_id in province.agencies.items()}
    ids = (found.proposing_id, found.appraising_id, found.signing_id)
    first, second, third = (keys[i] if i else None for i in ids)
    return first, second, third


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        # NĐ 300/2026/NĐ-CP Đ31, Đ34: from 01/8/2026 the using agency, before that the managing one
        ({"action": "leaving", "on": BEFORE, "managing": "A"}, ("B", None, "A")),
        ({"action": "leaving", "on": AFTER, "managing": "A"}, ("B", None, "B")),
        ({"action": "retirement", "on": BEFORE, "managing": "A"}, ("B", None, "A")),
        ({"action": "retirement", "on": AFTER, "managing": "A"}, ("B", None, "B")),
        ({"action": "retirement_notice", "on": AFTER, "managing": "A"}, ("B", None, "B")),
        ({"action": "step_raise", "on": BEFORE, "managing": "A"}, ("B", None, "A")),
        ({"action": "step_raise", "on": AFTER, "managing": "A"}, ("B", None, "B")),
        # heads of agencies and their deputies: the province; of a unit, who stands directly above
        ({"post_group": "agency_head"}, ("B", "root", "root")),
        ({"post_group": "agency_deputy"}, ("B", "root", "root")),
        ({"post_group": "agency_head", "place": "C1"}, ("C1", "C", "C")),
        ({"post_group": "agency_deputy", "place": "C1"}, ("C1", "C", "C")),
        ({"post_group": "agency_head", "action": "retirement"}, ("B", "root", "root")),
        # heads of divisions and their deputies: the head of the agency
        ({"post_group": "division_head"}, ("B", "B", "B")),
        ({"post_group": "division_deputy", "place": "C"}, ("C", "C", "C")),
        # between agencies: the managing level
        ({"action": "transfer", "managing": "A"}, ("B", "root", "A")),
        ({"action": "transfer", "post_group": "agency_head", "managing": "A"}, ("B", "root", "root")),
        ({"action": "rotation"}, ("B", "root", "root")),
        # what has no row of its own
        ({"action": "something_new", "managing": "A"}, ("B", None, "A")),
    ],
)
def test_the_seeded_table_on_real_cases(
    province: Province, everywhere: Any, more: dict[str, Any], expected: tuple[str, str | None, str]
) -> None:
    place, managing = more.pop("place", "B1"), more.pop("managing", None)
    one = case(province, place, **more)
    if managing:
        one = replace(one, managing_agency_id=province.agencies[managing])
    assert decide(province, one) == expected


def test_a_division_stands_for_its_agency_and_one_agency_for_both(province: Province, everywhere: Any) -> None:
    only = case(province, "B1", "leaving", managing_agency_id=None)
    assert decide(province, only) == ("B", None, "B")
    only = case(province, "B1", "transfer", using_agency_id=None)
    assert decide(province, only) == ("B", "root", "B")


def test_the_agency_that_appraises_for_the_province_is_a_setting(province: Province, everywhere: Any) -> None:
    db.session.execute(
        insert(Setting).values(name=powers.HOME_AFFAIRS, value="H13.05", note="x", changed_at=TODAY, changed_by=None)
    )
    assert decide(province, case(province, "B1", "transfer")) == ("B", "A", "B")
    db.session.execute(update(Setting).where(Setting.name == powers.HOME_AFFAIRS).values(value="H99.99"))
    assert decide(province, case(province, "B1", "transfer")) == ("B", "root", "B")


def test_whom_no_row_fits_is_named_with_the_remedy(province: Province, everywhere: Any) -> None:
    early = powers.parties_for({7: case(province, on=date(2020, 1, 1))}, {7: "Lý Thị Cẩm"})[7]
    assert early.signing_id is None
    assert early.problem is not None
    assert early.problem.code == "no_rule"
    assert early.problem.params["person"] == "Lý Thị Cẩm"
    assert early.problem.params["action"] == "Bổ nhiệm"
    nowhere = case(province, managing_agency_id=None, using_agency_id=None, action="leaving")
    lost = powers.parties_for({7: nowhere}, {7: "Lý Thị Cẩm"})[7]
    assert lost.problem is not None
    assert lost.problem.code == "no_party"
    top = case(province, "root", "retirement", post_group="agency_head")
    assert powers.parties_for({7: top})[7].problem is not None, "nobody stands above the province"


def test_it_says_why(province: Province, everywhere: Any) -> None:
    found = powers.parties_for({1: case(province, "B1", "leaving")})[1]
    assert any("NĐ 300/2026" in reason.source for reason in found.reasons)
    assert found.rule is not None
    assert found.rule.signs is Party.USING


def test_three_hundred_people_cost_as_many_statements_as_one(province: Province, everywhere: Any) -> None:
    places = ("A1", "B1", "C1")
    powers.parties_for({1: case(province)})
    with statements() as few:
        powers.parties_for({1: case(province)})
    with statements() as many:
        found = powers.parties_for({
            n: case(province, places[n % 3], post_group="division_head") for n in range(300)
        })  # fmt: skip
    assert len(many) == len(few) <= 3
    assert {one.signing_id for one in found.values()} == {province.agencies[key] for key in ("A", "B", "C1")}


# Rules


RULE = Rule(
    1, None, None, None, None, None, None, None, Party.USING, None, Party.USING, date(2025, 7, 1), None, "x"
)  # fmt: skip
CASE = Case("leaving", DAY, "civil_servant", "none", "01.003", "department", "department", 5)


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ({"managing_agency_id": 5}, {"action": "leaving", "post_group": "none", "person_kind": "civil_servant"}),
        ({"action": "leaving"}, {"post_group": "none", "person_kind": "civil_servant", "rank_code": "01.003"}),
        ({"post_group": "none"}, {"person_kind": "civil_servant", "rank_code": "01.003", "using_kind": "department"}),
        ({"person_kind": "civil_servant"}, {"rank_code": "01.003", "using_kind": "department"}),
        ({"using_kind": "department"}, {"managing_kind": "department"}),
        ({"managing_kind": "department"}, {}),
    ],
)
def test_the_closest_row_holds(more: dict[str, Any], less: dict[str, Any]) -> None:
    close, far = replace(RULE, id=2, **more), replace(RULE, id=3, **less)
    assert weight(close) > weight(far)
    assert rule_for(CASE, [far, close]) == close
    assert rule_for(CASE, [close, far]) == close


def test_of_two_alike_the_younger_holds_and_only_in_its_days() -> None:
    younger = replace(RULE, id=2, valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 1))
    assert rule_for(replace(CASE, on=date(2026, 5, 31)), [RULE, younger]) == younger
    assert rule_for(replace(CASE, on=date(2026, 6, 1)), [RULE, younger]) == RULE
    assert rule_for(replace(CASE, on=date(2025, 6, 30)), [RULE, younger]) is None


def test_the_seeded_rows_name_what_the_program_knows(app: Flask) -> None:
    del app  # made, so that every kind of decision is registered
    rows = list(read_csv(FOLDER / "decentralisation.csv"))
    assert len({row["code"] for row in rows}) == len(rows)
    kinds, agencies = set(PersonKind), set(AgencyKind)
    for row in rows:
        said = row["code"]
        assert row["source"], said
        assert row["mark"] in {"C", "K", "U"}, said
        assert row["mark"] == "C" or row["note"], f"{said}: what is not sure says why"
        assert row["action"] is None or row["action"] in powers.action_codes(), said
        assert row["person_kind"] is None or row["person_kind"] in kinds, said
        assert row["post_group"] is None or row["post_group"] in set(PostGroup), said
        assert {row["managing_kind"], row["using_kind"]} - {None} <= agencies, said
        assert {row["proposes"], row["appraises"], row["signs"]} - {None} <= set(Party), said
    sure = [row for row in rows if row["mark"] == "C"]
    assert {row["valid_from"] for row in sure} == {"2026-08-01"}
    assert set(PERSON_KIND_LABELS) == kinds


# Who may take which step


def holder(role: Role, agency_id: int, **more: Any) -> Actor:
    return Actor(account_id=1, name="x", grants=(Grant(role, agency_id, **more),))


def test_a_head_signs_at_that_very_agency_and_nobody_above_for_it(province: Province, everywhere: Any) -> None:
    here, above = province.agencies["B"], province.agencies["root"]
    assert powers.may_sign(holder(Role.HEAD, here), here, "leaving") is Capacity.HEAD
    assert powers.may_sign(holder(Role.HEAD, above), here, "leaving") is None
    assert powers.may_sign(holder(Role.HEAD, here), province.agencies["B1"], "leaving") is None
    assert powers.may_sign(holder(Role.HR_AGENCY, here), here, "leaving") is None
    assert powers.may_sign(holder(Role.HEAD, here), here, "leaving", DAY - timedelta(days=1)) is None
    assert powers.may_sign(Actor.system(), here, "leaving") is None
    limited = replace(holder(Role.HEAD, here), limited_to=frozenset({Permission.PEOPLE_VIEW}))
    assert powers.may_sign(limited, here, "leaving") is None


def test_a_delegate_signs_the_kinds_given_in_the_capacity_given(province: Province, everywhere: Any) -> None:
    here = province.agencies["B"]
    some = holder(Role.DELEGATE, here, capacity="TUQ.", actions=("leaving",))
    assert powers.may_sign(some, here, "leaving") is Capacity.AUTHORISED
    assert powers.may_sign(some, here, "transfer") is None
    every = holder(Role.DELEGATE, here, capacity="KT.")
    assert powers.may_sign(every, here, "transfer") is Capacity.DEPUTY
    assert powers.may_sign(holder(Role.DELEGATE, here), here, "transfer") is None, "no capacity, no signature"
    both = replace(every, grants=(*every.grants, Grant(Role.HEAD, here)))
    assert powers.may_sign(both, here, "transfer") is Capacity.HEAD


def test_appraising_and_numbering_are_of_that_very_agency(province: Province, everywhere: Any) -> None:
    here, above = province.agencies["B"], province.agencies["root"]
    assert powers.may_appraise(holder(Role.HR_AGENCY, here), here)
    assert not powers.may_appraise(holder(Role.HR_PROVINCE, above), here)
    assert not powers.may_appraise(holder(Role.HEAD, here), here)
    assert not powers.may_appraise(holder(Role.HR_AGENCY, here), None)
    assert powers.may_number(holder(Role.CLERK, here), here)
    assert not powers.may_number(holder(Role.CLERK, above), here)
    assert not powers.may_number(holder(Role.HEAD, here), here)


def test_one_proposes_through_the_innermost_grant_that_reaches_the_person(province: Province, everywhere: Any) -> None:
    person = sorted(province.paths["B1"])
    here, above = province.agencies["B"], province.agencies["root"]
    assert powers.may_propose(holder(Role.HR_AGENCY, here), person) == here
    assert powers.may_propose(holder(Role.HR_AGENCY, province.agencies["A"]), person) is None
    both = replace(holder(Role.HR_PROVINCE, above), grants=(Grant(Role.HR_PROVINCE, above), Grant(Role.HEAD, here)))
    assert powers.may_propose(both, person) == here


# Loading


def rows_by_code() -> Mapping[str | None, DecentralisationRule]:
    db.session.expire_all()
    return {row.code: row for row in db.session.query(DecentralisationRule)}


def test_loading_again_changes_nothing_the_province_changed(province: Province) -> None:
    with scope.everything():
        before = rows_by_code()
        assert len([code for code in before if code]) == services.load()
        leaving = before["leaving-civil-servant"]
        actor = province.enter("sonoivu", Permission.DECISIONS_POWERS)
        values = {name: getattr(leaving, name) for name in services.COLUMNS}
        services.change_power(
            actor, leaving, {**values, "signs": "managing", "source": "QĐ 15/2026/QĐ-UBND"}, start=DAY,
            version=leaving.version,
        )  # fmt: skip
        db.session.execute(
            update(DecentralisationRule).where(DecentralisationRule.code == "any").values(note="sửa tay ở tệp cũ")
        )
        services.load()
        after = rows_by_code()
        assert after["leaving-civil-servant"].valid_to == DAY
        assert after["any"].note != "sửa tay ở tệp cũ"
    assert decide(province, case(province, "B1", "leaving", managing_agency_id=province.agencies["A"])) == (
        "B", None, "A"
    )  # fmt: skip


def test_it_needs_the_agencies_kinds(province: Province, everywhere: Any) -> None:
    db.session.execute(update(Agency).where(Agency.id == province.agencies["B"]).values(kind="sub_department"))
    assert decide(province, case(province, post_group="agency_head")) == ("B", "root", "root")
    found = powers.parties_for({1: case(province, post_group="agency_head")})[1]
    assert found.rule is not None
    assert found.rule.using_kind == "sub_department"
