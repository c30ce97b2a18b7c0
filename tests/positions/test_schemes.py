"""A scheme from an empty inventory to what it brings about: written by two, appraised and approved by others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.decisions.models import Decision
from hrms.positions.models import (
    EstablishmentLine,
    PositionScheme,
    QuotaMovement,
    SchemeLine,
    SchemeStep,
    SchemeWork,
)
from hrms.positions.queries import scheme_lines, schemes
from hrms.positions.queries.scheme_look import look
from hrms.positions.rules.frames import (
    STANDARD_TASKS,
    Asked,
    Content,
    Duty,
    Inside,
    Need,
    Outside,
    Requirements,
    Right,
    Section,
)
from hrms.positions.rules.kinds import PositionGroup, QuotaKind
from hrms.positions.rules.schemes import REVIEW, Adjusting, Change
from hrms.positions.services import schemes as services
from hrms.positions.services.quotas import Acceptance
from tests.counting import statements
from tests.positions.test_frames import position, put_frame, put_line
from tests.province import TODAY, Province, signed_in_scope

P = Permission
ALL_FIT = {code: {"fit": True, "remark": ""} for code in REVIEW}
DAY = date(2026, 12, 1)
DAY_AFTER = datetime(2027, 1, 4, 3, tzinfo=UTC)


@pytest.fixture
def office(province: Province) -> Iterator[Province]:
    """Sở Xây dựng with twenty seats to give, and model frames of two positions."""
    with clock.frozen(TODAY):
        with signed_in_scope():
            for key in specialised(2):
                put_frame(position(key), None)
            give(province, "root", 100)
            give(province, "B", 20)
            db.session.commit()
        yield province


def specialised(count: int) -> list[str]:
    """Return keys of specialised positions of công chức, by their place in the catalogue."""
    rows = db.session.scalars(
        text(
            "SELECT key FROM job_positions WHERE catalogue = 'civil_specialised' AND active"
            " AND position_group = 'professional' ORDER BY place, id LIMIT :count"
        ),
        {"count": count},
    )
    return list(rows)


def give(province: Province, place: str, amount: int, kind: str = "civil", line: int | None = None) -> None:
    """Write an entry of the ledger."""
    db.session.execute(
        insert(QuotaMovement).values(
            agency_id=province.agencies[place], quota_kind=kind, kind="assigned", amount=amount, line_id=line,
            effective_on=date(2026, 1, 1), basis="old_data",
        )
    )  # fmt: skip


def begin(province: Province, username: str = "tochuc", place: str = "B", **more: Any) -> PositionScheme:
    """Make a draft."""
    with transaction():
        made = services.create(
            province.enter(username, P.POSITIONS_MANAGE), province.agencies[place], QuotaKind.CIVIL,
            "Đề án vị trí việc làm của Sở Xây dựng", **more,
        )  # fmt: skip
    # A refusal rolls back and would expire it; out of its scope it could not be read again.
    db.session.expunge(made)
    return made


def again(scheme: PositionScheme) -> PositionScheme:
    """Return a scheme as it stands."""
    return db.session.get_one(PositionScheme, scheme.id, populate_existing=True)


def add(province: Province, scheme: PositionScheme, place: str, key: str, seats: int = 2) -> SchemeLine:
    """Propose a position."""
    with transaction():
        made = services.add_line(
            province.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, province.agencies[place], position(key), seats
        )
    db.session.expunge(made)
    return made


def say(province: Province, scheme: PositionScheme, **more: Any) -> None:
    """Write the head, so that the dossier is whole."""
    given = {"request": "125/TTr-SXD ngày 02/11/2026", **more}
    with transaction():
        services.edit_head(
            province.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, services.Head(scheme.title, DAY, **given),
            version=again(scheme).version,
        )  # fmt: skip


def submit(province: Province, scheme: PositionScheme, username: str = "tochuc") -> None:
    """Hand a scheme in."""
    with transaction():
        services.submit(province.enter(username, P.POSITIONS_MANAGE), scheme.id, version=again(scheme).version)


def appraise(province: Province, scheme: PositionScheme) -> None:
    """Confirm the dossier and report on it."""
    who = province.enter("sonoivu", P.POSITIONS_APPRAISE)
    with transaction():
        services.accept(who, scheme.id, version=again(scheme).version)
    with transaction():
        services.appraise(who, scheme.id, ALL_FIT, version=again(scheme).version)


def paper(province: Province) -> int:
    """Write a decision of the register."""
    path = province.paths["root"]
    made = insert(Decision).values(
        number="77", symbol="QĐ-UBND", signed_on=date(2026, 11, 20), issuer_name="UBND",
        issuer_key=f"agency:{path[-1]}", issuer_agency_id=path[-1], kind="other", subject="Phê duyệt", scope_ids=path,
        search_key="77",
    )  # fmt: skip
    return int(db.session.execute(made.returning(Decision.id)).scalar_one())


def approve(province: Province, scheme: PositionScheme, day: date = DAY, **more: Any) -> Any:
    """Approve a scheme by a decision."""
    with transaction():
        who = province.enter("sonoivu", P.POSITIONS_APPRAISE)
        return services.approve(who, scheme.id, paper(province), day, version=again(scheme).version, **more)


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    """Return what a refusal names."""
    return {problem.code for problem in refused.value.problems}


def test_the_whole_way_brings_lines_and_seats_into_force_by_one_decision(office: Province) -> None:
    one, two = specialised(2)
    with signed_in_scope():
        old = put_line(office.agencies["B1"], position(one))
        give(office, "B1", 3, line=old)
        db.session.commit()
    scheme = begin(office)
    (copied,) = scheme_lines.list_lines(scheme.id)
    assert (copied.line.seats, copied.line.unit_id) == (3, office.agencies["B1"])
    add(office, scheme, "B", two, 4)
    with transaction():
        written, stale = services.set_seats(
            office.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, {copied.line.id: (5, copied.line.version)}
        )
    assert (written, stale) == (1, [])
    say(office, scheme, reason=Adjusting.GROUNDS.value)
    looked = look(again(scheme))
    assert [change.kind for change in looked.changes] == [Change.ADDED, Change.CHANGED]
    assert looked.errors == []
    submit(office, scheme)
    appraise(office, scheme)
    done = approve(office, scheme)
    assert done == {"lines": 2, "entries": 2, "frames": 0}
    stands = again(scheme)
    assert (stands.state, stands.effective_on, stands.decided_on) == ("approved", DAY, clock.today())
    with signed_in_scope():
        present = scheme_lines.present_lines([office.agencies["B"], office.agencies["B1"]], "civil", DAY)
        before = scheme_lines.present_lines([office.agencies["B1"]], "civil", date(2026, 11, 30))
        papers = set(db.session.scalars(select(QuotaMovement.decision_id).where(QuotaMovement.effective_on == DAY)))
    assert {(row.position.key, row.seats) for row in present} == {(one, 5), (two, 4)}
    assert [row.seats for row in before] == [3]
    assert papers == {stands.decision_id}
    with clock.frozen(DAY_AFTER), signed_in_scope():
        assert [change.kind for change in look(stands).changes] == [Change.ADDED, Change.CHANGED]
    steps = [step.step for step in schemes.list_steps(scheme.id) if step.step != "edit"]
    assert steps == ["submit", "accept", "appraise", "approve"]


def test_two_people_write_at_once_and_only_the_same_row_collides(office: Province) -> None:
    one, two = specialised(2)
    scheme = begin(office)
    first, second = add(office, scheme, "B", one), add(office, scheme, "B", two)
    with transaction():
        services.edit_line(
            office.enter("thamdinh", P.POSITIONS_MANAGE), scheme.id, first.id, services.Given(7), version=1
        )
    with pytest.raises(Stale), transaction():
        services.edit_line(
            office.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, first.id, services.Given(9), version=1
        )
    with transaction():
        services.edit_line(
            office.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, second.id, services.Given(8), version=1
        )
    with transaction():
        written, stale = services.set_seats(
            office.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, {first.id: (1, 1), second.id: (3, 2)}
        )
    assert (written, stale) == (1, [first.id])
    rows = {row.line.id: row.line for row in scheme_lines.list_lines(scheme.id)}
    assert (rows[first.id].seats, rows[second.id].seats) == (7, 3)
    assert rows[first.id].recorded_by == office.accounts["thamdinh"]
    hands = schemes.last_hands(schemes.list_steps(scheme.id))
    assert hands[office.accounts["thamdinh"]] == "thamdinh"


def test_nobody_appraises_their_own_and_other_agencies_see_nothing(office: Province) -> None:
    (one,) = specialised(1)
    scheme = begin(office)
    add(office, scheme, "B", one)
    say(office, scheme)
    submit(office, scheme, "sonoivu")
    who = office.enter("sonoivu", P.POSITIONS_APPRAISE)
    with pytest.raises(Forbidden), transaction():
        services.accept(who, scheme.id, version=again(scheme).version)
    with pytest.raises(Forbidden), transaction():
        services.accept(office.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, version=again(scheme).version)
    office.enter("thanhtra", P.POSITIONS_VIEW)
    with pytest.raises(NotFound):
        schemes.get_scheme(office.actor("thanhtra"), scheme.id)
    assert schemes.list_schemes(office.actor("thanhtra"), schemes.Filters()).items == ()


def test_returned_schemes_are_open_again_and_withdrawn_ones_never(office: Province) -> None:
    (one,) = specialised(1)
    scheme = begin(office)
    add(office, scheme, "B", one)
    say(office, scheme)
    submit(office, scheme)
    manager = office.enter("tochuc", P.POSITIONS_MANAGE)
    with pytest.raises(Refused) as refused, transaction():
        services.add_line(manager, scheme.id, office.agencies["B1"], position(one))
    assert codes(refused) == {"not_open"}
    appraiser = office.enter("sonoivu", P.POSITIONS_APPRAISE)
    with pytest.raises(Refused) as refused, transaction():
        services.note_incomplete(appraiser, scheme.id, " ", version=again(scheme).version)
    assert codes(refused) == {"required"}
    with transaction():
        services.note_incomplete(appraiser, scheme.id, "Thiếu bản mô tả", version=again(scheme).version)
    assert again(scheme).state == "incomplete"
    submit(office, scheme)
    unfit = ALL_FIT | {"shares": {"fit": False, "remark": "Giảm tỷ lệ"}}
    office.enter("sonoivu", P.POSITIONS_APPRAISE)
    with transaction():
        services.accept(appraiser, scheme.id, version=again(scheme).version)
    with pytest.raises(Refused) as refused, transaction():
        services.appraise(appraiser, scheme.id, unfit, version=again(scheme).version)
    assert codes(refused) == {"still_unfit"}
    with transaction():
        services.send_back(appraiser, scheme.id, "", version=again(scheme).version, review=unfit)
    last = schemes.list_steps(scheme.id)[-1]
    assert (again(scheme).state, last.remark) == ("returned", "Giảm tỷ lệ")
    office.enter("tochuc", P.POSITIONS_MANAGE)
    with transaction():
        services.withdraw(manager, scheme.id, "", version=again(scheme).version)
    with pytest.raises(Refused), transaction():
        services.submit(manager, scheme.id, version=again(scheme).version)
    assert begin(office).id != scheme.id


def test_the_clocks_begin_with_each_step_and_skip_days_off(office: Province) -> None:
    (one,) = specialised(1)
    scheme = begin(office)
    add(office, scheme, "B", one)
    say(office, scheme)
    submit(office, scheme)
    found = schemes.clocks_of(again(scheme), schemes.list_steps(scheme.id))
    # Saturday 21/11/2026 + 3 working days.
    assert [(clock_.code, clock_.due) for clock_ in found] == [("notice", date(2026, 11, 25))]
    appraise(office, scheme)
    found = schemes.clocks_of(again(scheme), [s for s in schemes.list_steps(scheme.id) if s.step != "edit"])
    assert [(one.code, one.due, one.done) for one in found] == [
        ("notice", date(2026, 11, 25), date(2026, 11, 21)),
        ("review", date(2026, 12, 21), date(2026, 11, 21)),
        ("decision", date(2026, 12, 4), None),
    ]
    (listed,) = schemes.list_schemes(office.actor("sonoivu"), schemes.Filters(waiting=True)).items
    now = schemes.running(listed.clocks)
    assert now is not None
    assert now.code == "decision"


def test_the_inventory_is_typed_pasted_grouped_and_suggests_seats(office: Province) -> None:
    (one,) = specialised(1)
    scheme = begin(office)
    unit = office.agencies["B"]
    line = add(office, scheme, "B", one)
    read = services.read_pasted(
        "Tên công việc\tSản phẩm\tSố lượng\tGiờ\n"
        "1\tSoạn thảo văn bản\tVăn bản\t476\t8\n2\tTrực lễ tân\t\t12\t3,5\tkhông\tđột xuất\n",
        unit, office.people["Võ Minh Đức"],
    )  # fmt: skip
    assert read.problems == []
    assert [(w.name, w.times_a_year, w.hours_each, w.regular) for w in read.works] == [
        ("Soạn thảo văn bản", Decimal(476), Decimal(8), True), ("Trực lễ tân", Decimal(12), Decimal("3.5"), False),
    ]  # fmt: skip
    who = office.enter("tochuc", P.POSITIONS_MANAGE)
    with transaction():
        rows = services.add_works(who, scheme.id, read.works)
    with transaction():
        assert services.group_works(who, scheme.id, [row.id for row in rows], None) == 2
    with transaction():
        assert services.link_works(who, scheme.id, [row.id for row in rows], line.id) == 2
    groups = {row.work.name: row.work.work_group for row in schemes.list_works(scheme.id)}
    assert groups == {
        "Soạn thảo văn bản": PositionGroup.PROFESSIONAL.value, "Trực lễ tân": PositionGroup.SUPPORT.value,
    }  # fmt: skip
    assert look(again(scheme)).suggested[line.id].seats == 2
    with pytest.raises(Refused) as refused, transaction():
        services.link_works(who, scheme.id, [rows[0].id], add(office, scheme, "B1", one).id)
    assert codes(refused) == {"other_unit"}
    with pytest.raises(Stale), transaction():
        services.edit_work(who, scheme.id, rows[0].id, services.NewWork(unit, "Khác"), version=1)
    with transaction():
        services.remove_work(who, scheme.id, rows[1].id, version=rows[1].version)
    assert len(schemes.list_works(scheme.id)) == 1


def test_bad_cells_are_named_by_line_and_nothing_is_half_done(office: Province) -> None:
    scheme = begin(office)
    read = services.read_pasted("Việc một\t\tmười\t2\n\tSản phẩm\t1\t1\nViệc ba;;-4;1", office.agencies["B"])
    assert [(p.field, p.code) for p in read.problems] == [
        ("lines[0]", "not_a_number"), ("lines[1]", "required"), ("lines[2]", "not_a_number"),
    ]  # fmt: skip
    who = office.enter("tochuc", P.POSITIONS_MANAGE)
    good = services.NewWork(office.agencies["B"], "Việc đúng")
    wrong = services.NewWork(office.agencies["A"], "Việc của sở khác", person_id=office.people["Nguyễn Hòa Bình"])
    with pytest.raises(Refused) as refused, transaction():
        services.add_works(who, scheme.id, [good, wrong])
    assert codes(refused) == {"other_unit", "unknown"}
    assert db.session.scalars(select(SchemeWork.id)).all() == []


def test_positions_come_from_the_right_catalogue_alone(office: Province) -> None:
    scheme = begin(office)
    for key in ("cc.commune.II.17", "vc.pl2.081"):
        with pytest.raises(Refused) as refused:
            add(office, scheme, "B", key)
        assert codes(refused) == {"not_in_catalogue"}
    (one,) = specialised(1)
    add(office, scheme, "B", one)
    with pytest.raises(Refused) as refused:
        add(office, scheme, "B", one)
    assert codes(refused) == {"line_twice"}
    with pytest.raises(Refused) as refused:
        add(office, scheme, "A", one)
    assert codes(refused) == {"other_unit"}
    assert scheme_lines.catalogues_for("commune", "civil")[0] == "civil_commune"


def test_what_is_not_whole_is_not_submitted(office: Province) -> None:
    one, _two = specialised(2)
    scheme = begin(office)
    with pytest.raises(Refused) as refused:
        submit(office, scheme)
    assert {"no_lines", "required"} <= codes(refused)
    add(office, scheme, "B", one, 21)
    unframed = specialised(3)[2]
    add(office, scheme, "B", unframed)
    say(office, scheme)
    with pytest.raises(Refused) as refused:
        submit(office, scheme)
    assert {"over_quota", "frame_missing"} <= codes(refused)
    items = {item.code: item.done for item in look(again(scheme)).items}
    assert items["request"]
    assert not items["frames"]


def test_a_cut_below_the_people_there_needs_its_reason_and_is_written_down(office: Province) -> None:
    one, two = specialised(2)
    person = office.people["Võ Minh Đức"]
    with signed_in_scope():
        line = put_line(office.agencies["B"], position(one))
        give(office, "B", 2, line=line)
        db.session.execute(
            text(
                "INSERT INTO assignments (person_id, slot, line_id, role, valid_from, basis)"
                " VALUES (:person, 0, :line, 'main', '2026-01-01', 'old_data')"
            ),
            {"person": person, "line": line},
        )
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        db.session.commit()
    scheme = begin(office)
    (kept,) = scheme_lines.list_lines(scheme.id)
    with transaction():
        services.remove_line(office.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, kept.line.id, version=1)
    add(office, scheme, "B", two)
    say(office, scheme, reason=Adjusting.RESTRUCTURED.value)
    submit(office, scheme)
    appraise(office, scheme)
    with pytest.raises(Refused) as refused:
        approve(office, scheme)
    assert codes(refused) == {"below_present"}
    with signed_in_scope():
        assert db.session.scalars(select(EstablishmentLine.id)).all() == [line]
    approve(office, scheme, acceptance=Acceptance("Sắp xếp theo đề án", date(2027, 7, 1)))
    with signed_in_scope():
        excess = db.session.execute(text("SELECT rule, excess, solve_by FROM overages")).all()
    assert [tuple(row) for row in excess] == [("line", 1, date(2027, 7, 1))]


def test_a_proposed_text_comes_into_force_as_the_agencys_own(office: Province) -> None:
    (one,) = specialised(1)
    scheme = begin(office)
    line = add(office, scheme, "B1", one)
    content = Content(objective="Tham mưu thực hiện quản lý quy hoạch xây dựng nhằm bảo đảm đúng hạn, đúng quy định.")
    with transaction():
        services.propose_frame(
            office.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, line.id, Requirements(), content, version=1
        )
    found = [one for one in services.problems_of(look(again(scheme))) if one.field.endswith(".frame")]
    assert found
    with transaction():
        services.drop_frame(office.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, line.id, version=2)
    assert scheme_lines.get_line(scheme.id, line.id).frame == {}


def test_one_open_scheme_for_each_quota_of_an_agency(office: Province) -> None:
    begin(office)
    with pytest.raises(Refused) as refused:
        begin(office)
    assert codes(refused) == {"scheme_open"}


def test_looking_at_a_scheme_takes_the_same_statements_however_long(office: Province) -> None:
    scheme = begin(office)
    keys = specialised(12)
    add(office, scheme, "B", keys[0])
    office.enter("tochuc", P.POSITIONS_VIEW)
    with statements() as few:
        look(again(scheme))
    for key in keys[1:]:
        add(office, scheme, "B", key)
    office.enter("tochuc", P.POSITIONS_VIEW)
    with statements() as many:
        look(again(scheme))
    assert len(many) == len(few)
    assert db.session.scalar(select(db.func.count()).select_from(SchemeStep)) == 13


def test_a_school_chooses_grades_shares_and_what_its_head_is_attached_to(office: Province) -> None:
    head, teacher = "vc.pl1.001", "vc.pl2.067"
    with signed_in_scope():
        give(office, "root", 50, "public")
        give(office, "C1", 12, "public")
        db.session.commit()
    who = office.enter("sonoivu", P.POSITIONS_MANAGE)
    with transaction():
        made = services.create(who, office.agencies["C1"], QuotaKind.PUBLIC, "Đề án của trường")
    db.session.expunge(made)
    rows = {}
    for key, seats in ((head, 1), (teacher, 10)):
        with transaction():
            rows[key] = services.add_line(who, made.id, office.agencies["C1"], position(key), seats)
    found = {(one.field, one.code) for one in look(again(made)).errors}
    assert ("lines[0].base_position_id", "base_missing") in found
    shares = {"grade:4": Decimal(60)}
    with pytest.raises(Refused) as refused, transaction():
        services.edit_line(
            who, made.id, rows[teacher].id, services.Given(10, shares, grade_from=2, grade_to=4), version=1
        )
    assert codes(refused) == {"grades_outside_catalogue"}
    with transaction():
        services.edit_line(
            who, made.id, rows[teacher].id, services.Given(10, shares, grade_from=3, grade_to=4), version=1
        )
    with transaction():
        services.edit_line(
            who, made.id, rows[head].id, services.Given(1, base_position_id=position(teacher)), version=1
        )
    looked = look(again(made))
    assert {(one.field, one.code) for one in looked.errors if one.field != "request"} == {
        ("lines[1].shares", "share_above_law")
    }
    (top, _below) = looked.levels[rows[teacher].id]
    # Đ10 k2c of the eleven posts, the head's among them (Đ10 k1).
    assert (top.level, top.basis, top.limit) == ("grade:4", 11, 5)


def test_the_text_and_the_grades_approved_are_the_frame_of_that_day(office: Province) -> None:
    (one,) = specialised(1)
    scheme = begin(office)
    line = add(office, scheme, "B1", one)
    content = Content(
        objective="Tham mưu quản lý nhà nước về quy hoạch xây dựng nhằm bảo đảm đúng hạn, đúng quy định.",
        duties=tuple(
            Duty(Section.WORK, task, f"Chủ trì thực hiện {task.lower()} theo phân công, chịu trách nhiệm về kết quả",
                 criteria="Đúng hạn, đúng quy định")
            for task in STANDARD_TASKS
        ),
        competencies=tuple(Need(f"G{number}", 2, 3) for number in range(1, 8)),
        inside=Inside("Trưởng phòng", "Chuyên viên trong phòng", "Các phòng của sở"),
        outside=(Outside("Sở Tài chính", "Phối hợp lấy ý kiến"),),
        authority=(Right("Được chủ động về phương pháp thực hiện công việc được giao"),),
        requirements_text=Asked("Đại học trở lên", "Bồi dưỡng quản lý nhà nước", "", "Trung thực", ""),
    )  # fmt: skip
    with transaction():
        services.propose_frame(
            office.enter("tochuc", P.POSITIONS_MANAGE), scheme.id, line.id, Requirements(least_degree="bachelor"),
            content, version=1,
        )  # fmt: skip
    wrong = [one for one in services.problems_of(look(again(scheme))) if one.severity == "error"]
    assert [problem for problem in wrong if problem.field != "request"] == []
    say(office, scheme)
    submit(office, scheme)
    appraise(office, scheme)
    assert approve(office, scheme) == {"lines": 1, "entries": 1, "frames": 1}
    pair = (office.agencies["B1"], position(one))
    before, after = (scheme_lines.frames_of([pair], day)[pair] for day in (date(2026, 11, 30), DAY))
    assert before.agency_id is None
    assert after.agency_id == office.agencies["B"]
    stands = db.session.execute(
        text("SELECT decision_id, least_degree FROM frame_versions WHERE id = :id"), {"id": after.version_id}
    ).one()
    assert tuple(stands) == (again(scheme).decision_id, "bachelor")


ROUNDS = 15


def _try(app: Flask, actor: Actor, start: Barrier, act: Callable[[], Any]) -> str:
    with app.app_context():
        scope.enter_for(actor, P.POSITIONS_MANAGE)
        start.wait(30)
        try:
            with transaction():
                act()
        except Stale:
            return "stale"
        finally:
            db.session.remove()
    return "done"


@pytest.mark.committed
@pytest.mark.timeout(180)
def test_at_the_same_moment_two_rows_are_written_and_of_one_row_one(office: Province, app: Flask) -> None:
    one, two = specialised(2)
    scheme = begin(office)
    lines = [add(office, scheme, "B", one).id, add(office, scheme, "B", two).id]
    actors = [office.actor("tochuc"), office.actor("thamdinh")]
    start = Barrier(2)

    def edit(place: int, line: int, version: int, seats: int) -> Callable[[], Any]:
        given = services.Given(seats)
        return lambda: services.edit_line(actors[place], scheme.id, line, given, version=version)

    def both(*acts: Callable[[], Any]) -> list[str]:
        with ThreadPoolExecutor(2) as threads:
            asked = [threads.submit(_try, app, actors[n], start, act) for n, act in enumerate(acts)]
            return sorted(answer.result(60) for answer in asked)

    version = 1
    for number in range(1, ROUNDS + 1):
        assert both(edit(0, lines[0], version, number), edit(1, lines[1], version, number)) == ["done", "done"]
        version += 1
        # Whose write came first decides; the other's version is one too old for this row alone.
        assert both(edit(0, lines[0], version, 50), edit(1, lines[0], version, 60)) == ["done", "stale"]
        assert both(edit(0, lines[1], version, 50), edit(1, lines[1], version, 60)) == ["done", "stale"]
        version += 1
        office.enter("tochuc", P.POSITIONS_MANAGE)
        db.session.rollback()
        seen = again(scheme).version
        db.session.rollback()
        heads = [
            lambda n=n, seen=seen: services.edit_head(
                actors[n], scheme.id, services.Head(f"Đề án {n}"), version=seen
            )
            for n in (0, 1)
        ]  # fmt: skip
        assert both(*heads) == ["done", "stale"]
    edits = db.session.scalar(select(db.func.count()).select_from(SchemeStep).where(SchemeStep.step == "edit"))
    assert edits == 3 + ROUNDS * 5
