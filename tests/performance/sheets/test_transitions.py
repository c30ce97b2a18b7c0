"""Every step of a sheet by every role: who may, from which state; nobody raises their own or changes what is out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, HrmsError, NotFound, Refused, Stale
from hrms.core.permissions import Role
from hrms.core.unit import transaction
from hrms.people.models import FamilyMember
from hrms.performance.models import ScoreSheet, WorkItem
from hrms.performance.queries.sheets import authorities_of, to_score
from hrms.performance.rules.formula import Leader
from hrms.performance.rules.work import FindingKind
from hrms.performance.services import findings, sheets
from hrms.performance.services.sheets import Judgement
from tests.performance.after.published import make_relatives
from tests.performance.making import (
    add_done,
    add_holder,
    add_item,
    add_period,
    add_post,
    add_row,
    add_sheet,
    points,
    refresh,
)
from tests.performance.sheets.standing import GENERAL, HEAD, OTHER, WHO, enters, roles
from tests.province import Province

D = Decimal
CHIEF = "Võ Minh Đức"
ALL_ONE = Leader(D(1), D(1), D(1))
STATES = ("open", "self_scored", "returned", "scored", "published")

pytestmark = pytest.mark.usefixtures("context")


def act(action: str, actor: Actor, sheet: int, period: int) -> Any:
    version = points(sheet)["version"]
    enters(actor)
    items = {one: Judgement(done=True) for one in _items(sheet)}
    steps: dict[str, Callable[[], Any]] = {
        "self_score": lambda: sheets.self_score(actor, sheet, GENERAL, None, "", version=version),
        "take_back": lambda: sheets.take_back(actor, sheet, version=version),
        "send_back": lambda: sheets.send_back(actor, sheet, "Thiếu minh chứng", version=version),
        "score": lambda: sheets.score(actor, sheet, GENERAL, None, "", items, version=version),
        "publish": lambda: sheets.publish(actor, period, [sheet]),
        "correct": lambda: sheets.correct(actor, sheet, "Ghi nhầm"),
        "reroute": lambda: sheets.reroute(actor, sheet, _above(sheet), "Họ hàng"),
    }  # fmt: skip
    return steps[action]()


def _items(sheet: int) -> list[int]:
    with scope.everything():
        return [one.id for one in db.session.query(WorkItem).filter_by(sheet_id=sheet)]


def _above(sheet: int) -> int:
    with scope.everything():
        return int(db.session.execute(
            text("SELECT a.parent_id FROM agencies a JOIN score_sheets s ON s.authority_id = a.id WHERE s.id = :id"),
            {"id": sheet},
        ).scalar_one())  # fmt: skip


SCORERS = {"head of the division", "delegate for all", "delegate for scoring"}
MANAGERS = {"HR of the agency", "HR of the province"}
MAY: dict[str, tuple[set[str], set[str]]] = {
    # the period's day to score oneself has passed
    "self_score": ({"self"}, {"open", "returned"}),
    "take_back": ({"self"}, {"self_scored"}),
    "send_back": (SCORERS, {"self_scored", "scored"}),
    "score": (SCORERS, {"open", "returned", "self_scored", "scored"}),
    "publish": (SCORERS | MANAGERS, {"scored"}),
    "correct": (SCORERS, {"published"}),
    "reroute": (MANAGERS, {"open", "returned", "self_scored", "scored"}),
}
ENDS = {
    "self_score": "self_scored", "take_back": "open", "send_back": "returned", "score": "scored",
    "publish": "published", "correct": "published",
}  # fmt: skip


@pytest.mark.parametrize("action", MAY)
def test_each_step_is_open_to_its_roles_from_its_states_and_to_nobody_else(province: Province, action: str) -> None:
    number = 0
    who, states = MAY[action]
    for name, actor in roles(province).items():
        for state in STATES:
            number += 1
            year, month = 2026 + number // 12, number % 12 + 1
            period = add_period(province, year=year, number=month, self_due_on=date(2026, 11, 5))
            sheet = add_sheet(province, WHO, period, state=state)
            add_done(sheet, "10")
            before = points(sheet)
            allowed = name in who and state in states
            try:
                with db.session.begin_nested():
                    act(action, actor, sheet, period)
                done = True
            except (Forbidden, Refused, NotFound):
                done = False
            assert done == allowed, f"{action} by {name} from {state}"
            after = points(sheet)
            if not allowed:
                assert after == before, f"{action} by {name} from {state}"
            elif action in ENDS:
                assert after["state"] == ENDS[action], f"{action} by {name} from {state}"
            with scope.everything():  # the next one of the same month
                db.session.execute(
                    update(ScoreSheet)
                    .where(ScoreSheet.person_id == province.people[WHO], ScoreSheet.superseded_at.is_(None))
                    .values(superseded_at=text("clock_timestamp()"))
                )
                db.session.commit()


def test_the_authority_waits_while_the_owner_still_has_time(province: Province) -> None:
    period = add_period(province, self_due_on=date(2026, 12, 5))
    sheet = add_sheet(province, WHO, period)
    add_done(sheet, "10")
    head = roles(province)["head of the division"]
    with pytest.raises(Refused) as caught:
        act("score", head, sheet, period)
    assert caught.value.problems[0].code == "wait_for_self"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"I.1": "6"}, "out_of_range"), ({"I.1": "-1"}, "out_of_range"), ({"I.1": "4.1"}, "not_a_step"),
        ({"X": "1"}, "unknown_item"), ({"I.1": None}, "missing"),
    ],
)  # fmt: skip
def test_general_points_keep_their_bounds_and_their_step(
    province: Province, given: dict[str, str | None], code: str
) -> None:
    sheet = add_sheet(province, WHO)
    add_done(sheet, "10")
    general = GENERAL | {key: None if value is None else D(value) for key, value in given.items()}
    for actor, step in (
        (province.actor("canbo"), sheets.self_score),
        (roles(province)["head of the division"], sheets.score),
    ):
        enters(actor)
        more: tuple[Any, ...] = ({},) if step is sheets.score else ()
        with pytest.raises(Refused) as caught:
            step(actor, sheet, general, None, "", *more, version=points(sheet)["version"])
        assert code in {one.code for one in caught.value.problems}


def test_every_product_is_judged_before_there_are_points(province: Province) -> None:
    sheet = add_sheet(province, WHO)
    one, two = add_item(sheet), add_item(sheet)
    head = enters(roles(province)["head of the division"])
    with pytest.raises(Refused) as caught:
        sheets.score(head, sheet, GENERAL, None, "", {one: Judgement(done=True)}, version=1)
    assert [problem.code for problem in caught.value.problems] == ["unjudged"]
    made = sheets.score(
        head, sheet, GENERAL, None, "", {one: Judgement(done=True), two: Judgement(done=False)}, version=1
    )  # fmt: skip
    assert made == D("62.500000")  # 27.5 + 70 × 0.5


def test_without_anything_assigned_there_is_no_score(province: Province) -> None:
    sheet = add_sheet(province, WHO)
    add_done(sheet, "5", kind="ad_hoc")
    head = enters(roles(province)["head of the division"])
    with pytest.raises(Refused) as caught:
        sheets.score(head, sheet, GENERAL, None, "", {}, version=1)
    assert caught.value.problems[0].code == "nothing_assigned"


def test_a_stale_version_is_refused(province: Province) -> None:
    sheet = add_sheet(province, WHO)
    add_done(sheet, "10")
    head = enters(roles(province)["head of the division"])
    sheets.score(head, sheet, GENERAL, None, "", {}, version=1)
    with pytest.raises(Stale):
        sheets.score(head, sheet, GENERAL, None, "", {}, version=1)
    with pytest.raises(Stale):
        sheets.send_back(head, sheet, "Xem lại", version=1)


# --- who scores whom --------------------------------------------------------------------------------------------------


def test_where_nobody_heads_the_unit_the_next_above_scores(province: Province) -> None:
    sheet = add_sheet(province, WHO)
    chief, chair = province.actor("thutruong"), province.actor("chutich")
    found = db.session.get(ScoreSheet, sheet) if enters(chief) else None
    assert found is not None
    assert sheets.may_score(chief, found) is None
    assert sheets.may_score(chair, found) is not None
    add_holder(province, "truongphong", Role.HEAD, "B1")
    problem = sheets.may_score(chief, found)
    assert problem is not None
    assert problem.params == {"place": "Phòng Quy hoạch"}


def test_who_heads_the_unit_themself_is_scored_from_above(province: Province) -> None:
    sheet = add_sheet(province, HEAD, role="deputy")
    own = add_holder(province, "truongphong", Role.HEAD, "B1", HEAD)
    enters(province.actor("thutruong"))
    found = db.session.get_one(ScoreSheet, sheet)
    assert sheets.may_score(province.actor("thutruong"), found) is None
    problem = sheets.may_score(own, found)
    assert problem is not None
    assert problem.code == "self"


@pytest.mark.parametrize(("relation", "code"), [("husband", "spouse"), ("older_brother", "kin"), ("other", None)])
@pytest.mark.parametrize("side", ["the head's record", "the other's record"])
def test_neither_spouse_nor_kin_scores(province: Province, relation: str, code: str | None, side: str) -> None:
    head = add_holder(province, "truongphong", Role.HEAD, "B1", HEAD)
    sheet = add_sheet(province, WHO)
    add_done(sheet, "10")
    owner, named = (HEAD, WHO) if side.startswith("the head") else (WHO, HEAD)
    with scope.everything():
        add_row(
            FamilyMember, person_id=province.people[owner], side="own", relation=relation, full_name=named
        )  # fmt: skip
        db.session.commit()
    enters(head)
    if code is None:
        sheets.score(head, sheet, GENERAL, None, "", {}, version=1)
        return
    with pytest.raises(Forbidden) as caught:
        sheets.score(head, sheet, GENERAL, None, "", {}, version=1)
    assert caught.value.problems[0].code == code
    assert WHO not in str(caught.value.problems)


def test_what_waits_for_whom(province: Province) -> None:
    period = add_period(province)
    mine = add_sheet(province, WHO, period, state="self_scored")
    late = add_sheet(province, OTHER, period)
    head_sheet = add_sheet(province, HEAD, period, role="head", authority="B", state="self_scored")
    elsewhere = add_sheet(province, "Đặng Thị Ngọc Ánh", state="self_scored")
    add_sheet(province, "Võ Minh Đức", period, state="scored")
    head = add_holder(province, "truongphong", Role.HEAD, "B1", HEAD)
    waits = {}
    for name, actor in {"head": head, "chief": province.actor("thutruong"), "chair": province.actor("chutich"),
                        "self": province.actor("canbo"), "HR": province.actor("tochuc")}.items():  # fmt: skip
        enters(actor)
        waits[name] = set(to_score(actor))
    enters(province.actor("chutich"))
    unheaded = {province.agencies[one] for one in ("root", "A", "A1", "C", "C1")}
    assert set(authorities_of(province.actor("chutich"))) == unheaded
    assert waits == {"head": {mine, late}, "chief": {head_sheet}, "chair": {elsewhere}, "self": set(), "HR": set()}


# --- the database, as the application's role --------------------------------------------------------------------------


OWN_TRICKS = (
    'UPDATE score_sheets SET general = \'{"I.1": "5"}\' WHERE id = :id',
    "UPDATE score_sheets SET score = 100 WHERE id = :id",
    "UPDATE score_sheets SET leader = '{}' WHERE id = :id",
    "UPDATE score_sheets SET state = 'scored', score = 100 WHERE id = :id",
    "UPDATE score_sheets SET state = 'published', score = 100, published_on = '2026-11-01' WHERE id = :id",
    "UPDATE score_sheets SET authority_id = agency_id + 1 WHERE id = :id",
    "UPDATE score_sheets SET role = 'head' WHERE id = :id",
    "UPDATE score_sheets SET superseded_at = now() WHERE id = :id",
    "UPDATE work_items SET done = true WHERE sheet_id = :id",
    "UPDATE work_items SET units = 100 WHERE sheet_id = :id",
    "UPDATE work_items SET failed_checks = 0 WHERE sheet_id = :id AND failed_checks > 0",
    "UPDATE work_items SET state = 'dropped' WHERE sheet_id = :id",
    "DELETE FROM work_items WHERE sheet_id = :id",
    (
        "INSERT INTO work_items (sheet_id, person_id, title, kind, state, quantity, units, reported, progress,"
        " failed_checks, late_count, done) SELECT id, person_id, 'x', 'ad_hoc', 'given', 1, 50, 'done', 100, 0, 0, true"
        " FROM score_sheets WHERE id = :id"
    ),
    (
        "INSERT INTO score_sheets (person_id, year, kind, number, agency_id, set_id, role, state, source, score)"
        " SELECT person_id, 2026, 'month', 1, agency_id, set_id, 'staff', 'published', 'imported', 100"
        " FROM score_sheets WHERE id = :id"
    ),
)


@pytest.mark.parametrize("who", ["official", "head", "HR"])
def test_nobody_raises_their_own_points_not_even_by_sql(province: Province, who: str) -> None:
    """With every right over the agency one's own row stays as the authority left it."""
    sheet = add_sheet(province, WHO, authority="B1")
    add_item(sheet, "10", done=False, failed_checks=2)
    refresh(sheet)
    before = points(sheet)
    people = {"official": (), "head": (province.agencies["B"],), "HR": (0,)}[who]
    for trick in OWN_TRICKS:
        scope.enter(scope.Scope(people=people, person_id=province.people[WHO]))
        nested = db.session.begin_nested()
        try:
            changed = db.session.execute(text(trick), {"id": sheet}).rowcount
        except DBAPIError:
            changed = 0
        nested.rollback()
        assert changed == 0, trick
    scope.leave()
    assert points(sheet) == before


@pytest.mark.parametrize(
    ("role", "place"), [(Role.HR_AGENCY, "B"), (Role.HR_PROVINCE, "root"), (Role.HEAD, "B1"), (Role.HEAD, "root")]
)
def test_hr_and_heads_do_nothing_with_their_own_sheet_but_score_themselves(
    province: Province, role: Role, place: str
) -> None:
    sheet = add_sheet(province, OTHER)
    item = add_item(sheet)
    actor = enters(add_holder(province, "chinhminh", role, place, OTHER))
    tries: tuple[Callable[[], Any], ...] = (
        lambda: sheets.score(actor, sheet, GENERAL, None, "", {item: Judgement(done=True)}, version=1),
        lambda: sheets.send_back(actor, sheet, "x", version=1),
        lambda: sheets.reroute(actor, sheet, province.agencies["B"], "x"),
        lambda: sheets.correct(actor, sheet, "x"),
    )
    for one in tries:
        with pytest.raises((Forbidden, Refused)):
            one()
    sheets.self_score(actor, sheet, GENERAL, None, "", version=1)
    assert points(sheet)["score"] is None


def test_a_colleague_sees_nothing_of_a_sheet(province: Province) -> None:
    sheet = add_sheet(province, WHO)
    add_item(sheet)
    enters(add_holder(province, "dongnghiep", Role.OFFICIAL, "B", OTHER))
    for table in ("score_sheets", "work_items", "sheet_events"):
        assert db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0
    with pytest.raises(NotFound):
        sheets.score(province.actor("canbo"), sheet + 1000, GENERAL, None, "", {}, version=1)


@pytest.mark.parametrize(
    "change", ["score = 100", "state = 'scored'", "general = '{}'", "published_on = '2026-01-01'", "period_id = NULL"]
)
def test_what_is_published_never_changes(province: Province, change: str) -> None:
    sheet = add_sheet(province, WHO, add_period(province), state="published")
    with scope.everything():
        nested = db.session.begin_nested()
        with pytest.raises(DBAPIError):
            db.session.execute(text(f"UPDATE score_sheets SET {change} WHERE id = :id"), {"id": sheet})
        nested.rollback()


def test_a_correction_takes_the_place_of_the_published_sheet_which_stays(province: Province) -> None:
    period = add_period(province)
    sheet = add_sheet(province, WHO, period, state="self_scored")
    items = {add_item(sheet): Judgement(done=True), add_item(sheet): Judgement(done=False)}
    head = enters(roles(province)["head of the division"])
    sheets.score(head, sheet, GENERAL, None, "", items, version=1)
    sheets.publish(enters(province.actor("tochuc")), period)
    old = points(sheet)
    enters(head)
    new = sheets.correct(head, sheet, "Sản phẩm thứ hai đã hoàn thành")
    row = points(new)
    assert (row["state"], row["score"], row["supersedes_id"]) == ("scored", old["score"], sheet)
    enters(head)
    judged = {one: Judgement(done=True) for one in _items(new)}
    assert sheets.score(head, new, GENERAL, None, "", judged, version=row["version"]) == D("97.5")
    enters(province.actor("tochuc"))
    assert sheets.publish(province.actor("tochuc"), period) == 1
    kept = points(sheet)
    assert kept["score"] == old["score"] == D("62.5")
    assert kept["superseded_at"] is not None
    assert points(new)["state"] == "published"


def test_publishing_takes_the_publishers_own_sheet_along(province: Province) -> None:
    period = add_period(province)
    own = add_sheet(province, OTHER, period, state="scored")
    waits = add_sheet(province, WHO, period, state="self_scored")
    officer = enters(add_holder(province, "tochucb", Role.HR_AGENCY, "B", OTHER))
    assert sheets.publish(officer, period) == 1
    assert (points(own)["state"], points(waits)["state"]) == ("published", "self_scored")
    enters(officer)
    with pytest.raises(Refused):
        sheets.publish(officer, period)
    with pytest.raises(HrmsError), transaction():
        sheets.publish(officer, period, [waits])


def test_hr_reroutes_with_a_reason_to_an_agency_above(province: Province) -> None:
    sheet = add_sheet(province, WHO)
    officer = enters(province.actor("tochuc"))
    with pytest.raises(Refused):
        sheets.reroute(officer, sheet, province.agencies["B"], " ")
    with pytest.raises(Refused):
        sheets.reroute(officer, sheet, province.agencies["A"], "Họ hàng")
    sheets.reroute(officer, sheet, province.agencies["B"], "Họ hàng với trưởng phòng")
    assert points(sheet)["authority_id"] == province.agencies["B"]


def test_the_sheet_of_a_head_never_goes_to_those_they_lead(province: Province) -> None:
    add_post(province, CHIEF, "department_director", "B")
    sheet = add_sheet(province, CHIEF, place="B", authority="root", role="head")
    delegate = add_holder(province, "phogiamdoc", Role.DELEGATE, "B", capacity="Q.", actions=["score"])
    officer = enters(province.actor("tochuc"))
    with pytest.raises(Refused, match="own_unit"):
        sheets.reroute(officer, sheet, province.agencies["B"], "Chủ tịch bận")
    db.session.rollback()
    enters(delegate)
    assert sheets.may_score(delegate, db.session.get_one(ScoreSheet, sheet)) is not None


def test_nobody_reroutes_the_sheet_of_a_relative(province: Province) -> None:
    sheet = add_sheet(province, WHO)
    make_relatives(province, WHO, "Lý Thị Cẩm")
    officer = enters(add_holder(province, "vo", Role.HR_AGENCY, "B", person="Lý Thị Cẩm"))
    with pytest.raises(Forbidden, match="kin"):
        sheets.reroute(officer, sheet, province.agencies["B"], "Trưởng phòng đi vắng")


def test_nobody_writes_or_withdraws_findings_about_a_relative(province: Province) -> None:
    sheet = add_sheet(province, WHO, add_period(province))
    item = add_item(sheet)
    officer = enters(province.actor("tochuc"))
    made = findings.find(officer, item, FindingKind.LATE, date(2026, 11, 1), "Chậm 2 ngày", excused=False)
    make_relatives(province, WHO, "Lý Thị Cẩm")
    kin = enters(add_holder(province, "vo", Role.HR_AGENCY, "B", person="Lý Thị Cẩm"))
    with pytest.raises(Forbidden, match="kin"):
        findings.withdraw_finding(kin, made, "Ghi nhầm")
    with pytest.raises(Forbidden, match="kin"):
        findings.find(kin, item, FindingKind.LATE, date(2026, 11, 2), "Chậm", excused=True)
