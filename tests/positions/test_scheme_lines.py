"""What a scheme proposes: work typed, pasted, grouped; positions of the right catalogue; grades, shares, frames."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from hrms.core.db import db
from hrms.core.errors import Refused, Stale
from hrms.core.unit import transaction
from hrms.positions.models import (
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
from hrms.positions.services import schemes as services
from tests.positions.scheming import (
    DAY,
    P,
    add,
    again,
    appraise,
    approve,
    begin,
    codes,
    give,
    say,
    seats_to_give,  # the fixture is used by its name
    specialised,
    submit,
)
from tests.positions.test_frames import position
from tests.province import Province, signed_in_scope


@pytest.fixture
def office(province: Province) -> Iterator[Province]:
    """Sở Xây dựng with twenty seats to give, and model frames of two positions."""
    with seats_to_give(province) as given:
        yield given


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
