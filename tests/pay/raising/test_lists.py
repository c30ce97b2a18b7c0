"""Lists of raises of a quarter: who stands on them, who waits, what an officer chooses, what a second making keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from hrms.agencies.models import Agency
from hrms.core import dated, hooks, scope
from hrms.core.actor import Actor
from hrms.core.db import Base, db
from hrms.core.errors import Forbidden, NotFound, Refused, Stale
from hrms.core.permissions import Permission, Role
from hrms.core.unit import transaction
from hrms.pay.models import RaiseItem, RaiseList
from hrms.pay.queries import raise_checks, raise_home, raising
from hrms.pay.rules.raising import WAITING
from hrms.pay.services import clocks
from hrms.pay.services import raising as lists
from hrms.people.models import Discipline, PersonRank, Rating
from tests.counting import statements
from tests.pay.making import add_absence, add_post, set_rank, set_status
from tests.performance.making import add_holder
from tests.province import Province

pytestmark = pytest.mark.usefixtures("context")
DUC, CAM, HUNG, VAN = "Võ Minh Đức", "Lý Thị Cẩm", "Nguyễn Văn Hùng", "Nguyen Van Hung"
DUE = date(2027, 3, 1)
"""A step of 36 months held since 01/03/2024, as everybody of the tests' province."""
Q1 = (2027, 1)


def rated(province: Province, *names: str, years: tuple[int, ...] = (2024, 2025)) -> None:
    """Write good classes, without which a raise is doubtful."""
    with scope.everything():
        rows = [{"person_id": province.people[name], "year": year, "rating": "good"} for name in names
                for year in years]  # fmt: skip
        db.session.execute(insert(Base.metadata.tables[Rating.__tablename__]), rows)
        db.session.commit()


def propose(province: Province, who: str | Actor = "tochuc", place: str = "B", quarter: tuple[int, int] = Q1) -> int:
    actor = province.actor(who) if isinstance(who, str) else who
    scope.enter_for(actor, Permission.PAY_MANAGE)
    with transaction():
        return lists.propose(actor, province.agencies[place], *quarter)


def items(list_id: int) -> dict[int, RaiseItem]:
    """Return the items of a list by person, detached."""
    db.session.expire_all()
    with scope.everything():
        found = db.session.scalars(select(RaiseItem).where(RaiseItem.list_id == list_id)).all()
        for one in found:
            db.session.refresh(one)
            db.session.expunge(one)
    return {one.person_id: one for one in found}


def of(province: Province, list_id: int, name: str) -> RaiseItem:
    return items(list_id)[province.people[name]]


def act(province: Province, who: str | Actor, change: Callable[[Actor], None]) -> None:
    actor = province.actor(who) if isinstance(who, str) else who
    scope.enter_for(actor, Permission.PAY_MANAGE)
    with transaction():
        change(actor)


def test_clear_raises_are_proposed_and_doubtful_ones_wait(province: Province) -> None:
    rated(province, DUC, CAM, HUNG)
    add_absence(province, HUNG, "unpaid_leave", date(2026, 10, 1))
    made = propose(province)
    found = items(made)
    assert set(found) == {province.people[name] for name in (DUC, CAM, VAN)}
    clear, waits = of(province, made, CAM), of(province, made, VAN)
    assert (clear.state, clear.left_out_reason, clear.doubts) == ("proposed", None, [])
    assert (clear.from_step, clear.to_step, str(clear.to_coefficient)) == (2, 3, "3.000")
    assert (clear.due_on, clear.effective_on, clear.step_since) == (DUE, DUE, date(2024, 3, 1))
    assert clear.agency_id == province.agencies["B1"]
    assert clear.reasons[0]["source"].startswith("TT 08/2013/TT-BNV")
    assert (waits.state, waits.left_out_reason) == ("left_out", WAITING)
    assert waits.doubts == [{"code": "ratings_missing", "params": {"years": "2024, 2025"}}]
    # A leave that goes on pushes the raise beyond the quarter.
    assert province.people[HUNG] not in found
    with scope.everything():
        assert db.session.get_one(RaiseList, made).state == "proposed"
        clocks.refresh(None)
        assert raise_checks.run() == []


def test_at_the_last_step_the_percentage_rises(province: Province) -> None:
    rated(province, DUC)
    set_rank(province, DUC, "4.98", step=9, since=date(2020, 2, 1), beyond_scale_percent=6,
             beyond_scale_since=date(2026, 2, 1))  # fmt: skip
    found = of(province, propose(province), DUC)
    assert (found.kind, found.from_step, found.to_step) == ("beyond_scale", 9, 9)
    assert (found.from_percent, found.to_percent, found.due_on) == (6, 7, date(2027, 2, 1))


def test_a_second_making_keeps_what_an_officer_chose(province: Province) -> None:
    rated(province, DUC, CAM, HUNG)
    made = propose(province)
    left, waits = of(province, made, CAM), of(province, made, VAN)
    act(province, "tochuc", lambda a: lists.leave_out(a, left.id, "Chờ kết luận kiểm tra", version=left.version))
    act(province, "tochuc", lambda a: lists.include(a, waits.id, version=waits.version))
    assert of(province, made, VAN).state == "proposed"
    assert propose(province) == made
    kept, included = of(province, made, CAM), of(province, made, VAN)
    assert (kept.id, kept.state, kept.left_out_reason) == (left.id, "left_out", "Chờ kết luận kiểm tra")
    assert (included.id, included.state) == (waits.id, "proposed")
    # Another doubt lets it wait again; when nothing is doubtful any more, what waited is proposed by itself.
    add_absence(province, VAN, "maternity_leave", date(2026, 11, 1))
    propose(province)
    assert (of(province, made, VAN).state, of(province, made, VAN).left_out_reason) == ("left_out", WAITING)
    with scope.everything():
        db.session.execute(text("UPDATE person_absence SET superseded_at = now()"))
        db.session.execute(text("SELECT refresh_people(NULL, '2026-11-22')"))
        db.session.commit()
    rated(province, VAN)
    propose(province)
    assert of(province, made, VAN).state == "proposed"
    # Left out here, it comes back in the next quarter with what was said.
    following = propose(province, quarter=(2027, 2))
    again = of(province, following, CAM)
    assert again.doubts == [{"code": "left_out_before", "params": {"reason": "Chờ kết luận kiểm tra"}}]
    assert set(items(following)) == {province.people[CAM]}, "what stands on an earlier list is not proposed twice"


def test_what_is_sent_stays_and_a_later_list_gives_way(province: Province) -> None:
    rated(province, DUC, CAM, HUNG, VAN)
    later = propose(province, quarter=(2027, 2))
    assert len(items(later)) == 4
    made = propose(province)
    assert (len(items(made)), len(items(later))) == (4, 0)
    with scope.everything():
        sent = of(province, made, DUC).id
        db.session.execute(text("UPDATE raise_items SET state = 'sent' WHERE id = :id"), {"id": sent})
        db.session.commit()
    set_status(province, CAM, "left", since=date(2026, 11, 1))
    assert propose(province) == made
    assert of(province, made, DUC).state == "sent"
    assert province.people[CAM] not in items(made)
    with pytest.raises(Refused, match="wrong_state"):
        act(province, "tochuc", lambda a: lists.leave_out(a, sent, "không", version=of(province, made, DUC).version))


def test_nobody_chooses_about_themself_and_the_right_is_asked(province: Province) -> None:
    rated(province, DUC, CAM, VAN)
    hung = add_holder(province, "hung-hr", Role.HR_AGENCY, "B", VAN)
    # Making the list chooses nothing for anybody: whoever stands on it may start it.
    made = propose(province, hung)
    own = of(province, made, VAN)
    assert own.state == "proposed"
    with pytest.raises(Forbidden, match="own"):
        act(province, hung, lambda a: lists.leave_out(a, own.id, "tôi", version=own.version))
    other = of(province, made, CAM)
    with pytest.raises(Stale):
        act(province, hung, lambda a: lists.leave_out(a, other.id, "lý do", version=other.version - 1))
    with pytest.raises(Refused, match="reason"):
        act(province, hung, lambda a: lists.leave_out(a, other.id, "  ", version=other.version))
    with pytest.raises(Forbidden):
        act(province, "thutruong", lambda a: lists.leave_out(a, other.id, "lý do", version=other.version))
    elsewhere = add_holder(province, "c-hr", Role.HR_AGENCY, "C")
    with pytest.raises(NotFound):
        act(province, elsewhere, lambda a: lists.include(a, other.id, version=other.version))
    for who, place in (("thutruong", "B"), ("thanhtra", "C"), ("admin", "B"), ("canbo", "B"), (elsewhere, "B")):
        with pytest.raises(Forbidden):
            propose(province, who, place)
    for place, quarter in (("B1", Q1), ("B", (2027, 5)), ("B", (2030, 1)), ("B", (2012, 1))):
        with pytest.raises(Refused):
            propose(province, "sonoivu", place, quarter)


def test_an_officer_reads_own_raise_only_when_decided(province: Province) -> None:
    rated(province, HUNG)
    made = propose(province)
    own = of(province, made, HUNG)
    canbo = province.enter("canbo", Permission.SELF_VIEW)
    assert canbo.person_id == province.people[HUNG]
    count = text("SELECT count(*) FROM raise_items")
    assert db.session.execute(count).scalar_one() == 0
    with scope.everything():
        db.session.execute(text("UPDATE raise_items SET state = 'decided' WHERE id = :id"), {"id": own.id})
        db.session.commit()
    province.enter("canbo", Permission.SELF_VIEW)
    assert db.session.execute(count).scalar_one() == 1


def test_a_notice_of_retirement_brings_one_step_forward(province: Province) -> None:
    rated(province, DUC, CAM)
    table, root = Base.metadata.tables["decisions"], province.agencies["root"]
    with scope.everything():
        decision = db.session.execute(
            insert(table)
            .values(
                number="7", symbol="TB", signed_on=date(2026, 10, 20), effective_on=date(2026, 10, 20), kind="other",
                subject="Thông báo nghỉ hưu", issuer_agency_id=root, issuer_name="UBND",
                scope_ids=province.paths["B1"],
                issuer_key=f"agency:{root}", search_key="tb7",
            )
            .returning(table.c.id)
        ).scalar_one()  # fmt: skip
        for name in (DUC, CAM):
            db.session.execute(
                insert(Base.metadata.tables["person_papers"]).values(
                    person_id=province.people[name], decision_id=decision, kind="retirement_notice",
                    happens_on=date(2027, 2, 15) if name == DUC else date(2026, 12, 31), values={}, effects=[],
                    moment=text("now()"),
                )
            )  # fmt: skip
        db.session.execute(
            insert(Base.metadata.tables[Discipline.__tablename__]).values(
                person_id=province.people[CAM], from_on="2025-05-10", side="administration", form="reprimand"
            )
        )
        db.session.commit()
    made = propose(province, quarter=(2026, 4))
    found = of(province, made, DUC)
    assert (found.kind, found.due_on, found.effective_on, found.early_months) == (
        "retirement", DUE, date(2026, 10, 20), 4,
    )  # fmt: skip
    assert any("Đ3 k2" in one["source"] for one in found.reasons)
    assert province.people[CAM] not in items(made), "disciplined: no raise on a notice"


def test_gaps_of_the_record_are_named_apart(province: Province) -> None:
    set_rank(province, HUNG, "9.99", since=date(2024, 3, 1))
    with scope.everything():
        values = {"rank_code": "01.003", "pay_table": 2, "pay_group": "A1", "step": 2, "coefficient": Decimal("2.67")}
        dated.replace(PersonRank, {"person_id": province.people[CAM]}, values, valid_from=date(2024, 3, 1))
        db.session.execute(text("SELECT refresh_people(NULL, '2026-11-22')"))
        db.session.commit()
        found = {one.person_id: one for one in raising.unknown([province.agencies["B"]])}
    assert {one.code for one in found.values()} == {"no_step_since", "no_step"}
    assert found[province.people[CAM]].words == "Chưa có ngày giữ bậc"
    assert set(items(propose(province))) == {province.people[DUC], province.people[VAN]}


def test_making_takes_a_fixed_number_of_statements(province: Province) -> None:
    rated(province, DUC, CAM, HUNG, VAN)
    actor = province.enter("sonoivu", Permission.PAY_MANAGE)
    agencies = {place: db.session.get_one(Agency, province.agencies[place]) for place in ("A", "B", "C", "C1")}
    counts = []
    for places in (("B",), ("A", "B", "C", "C1")):
        propose(province, "sonoivu", "B")
        with statements() as sent, transaction():
            lists.propose_many(actor, [agencies[place] for place in places], *Q1)
        counts.append(len([one for one in sent if "pg_advisory" not in one]))
    assert counts[1] <= counts[0] + 8, counts
    assert counts[0] <= 30


def test_the_job_makes_the_lists_of_every_agency(province: Province) -> None:
    actor = province.enter("sonoivu", Permission.PAY_MANAGE)
    with transaction():
        assert lists.propose_all(actor, province.agencies["root"], *Q1)
    seen: list[tuple[int, int]] = []
    done = lists.run(actor, province.agencies["root"], *Q1, lambda count, total: seen.append((count, total)))
    assert (done.lists, done.refused) == (5, [])
    assert seen == [(0, 5), (5, 5)]
    with scope.everything():
        places = db.session.scalars(select(RaiseList.agency_id)).all()
        assert sorted(places) == sorted(province.agencies[place] for place in ("root", "A", "B", "C", "C1"))
        assert db.session.scalar(text("SELECT count(*) FROM raise_items")) == 12
        assert raise_checks.run() == []
    with pytest.raises(Forbidden):
        lists.propose_all(province.enter("tochuc", Permission.PAY_MANAGE), province.agencies["root"], *Q1)


def test_the_first_page_says_what_is_overdue_in_red(province: Province) -> None:
    set_rank(province, CAM, "2.67", step=2, since=date(2023, 10, 1))
    browser = province.client("tochuc")
    page = browser.get("/").text
    assert "Nâng bậc lương quá hạn" in page
    assert "step_due=overdue" in page
    assert '<b class="tile-alert">sớm nhất từ 01/10/2026</b>' in page
    assert "Nâng bậc lương quá hạn" not in province.client("thutruong").get("/").text
    found = browser.get("/people?step_due=overdue&sort=next_step_on").text
    assert CAM in found
    assert HUNG not in found
    actor = province.enter("tochuc", Permission.PEOPLE_VIEW)
    with statements() as sent:
        assert raise_home.load_card(actor)
    assert len([one for one in sent if "set_config" not in one]) == 2


def lines_of(person: int) -> list[Any]:
    with scope.everything():
        query = text("SELECT key, due_on FROM due_lines WHERE person_id = :id AND code = 'raise_list' ORDER BY due_on")
        return [tuple(row) for row in db.session.execute(query, {"id": person})]


def test_the_calendar_asks_for_the_list_until_it_is_made(province: Province) -> None:
    add_post(province, DUC, "0.9", code="department_director", title="Giám đốc")
    with scope.everything():
        for follow in hooks.people_changed:
            follow([province.people[DUC]])
        db.session.commit()
    before = lines_of(province.people[DUC])
    assert before[0] == ("2027Q1", date(2026, 12, 17))
    propose(province)
    after = lines_of(province.people[DUC])
    # Who makes lists is also told that the one of the running quarter is missing.
    assert [key for key, _day in after] == ["2026Q4", "2027Q2", "2027Q3", "2027Q4", "2028Q1"]
