from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from hrms.agencies import hooks as agency_hooks
from hrms.agencies import queries, services
from hrms.agencies.models import Agency, AgencyFact
from hrms.agencies.services import NewAgency
from hrms.audit.models import AuditEvent
from hrms.core import clock, dated, scope
from hrms.core.actor import Actor
from hrms.core.dated import at
from hrms.core.db import db
from hrms.core.errors import Forbidden, HrmsError, NotFound, Refused, Stale
from hrms.decisions import services as decisions
from hrms.people.models import PersonStatus
from tests.counting import statements
from tests.province import Province

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
OPEN = date(2025, 7, 1)


@pytest.fixture(autouse=True)
def _today(context: Any) -> Any:
    with clock.frozen(NOW), scope.everything():
        yield


@pytest.fixture
def actor(province: Province) -> Actor:
    return province.actor("sonoivu")


def agency(province: Province, key: str) -> Agency:
    found = queries.find_agency(province.agencies[key])
    assert found is not None
    return found


def codes(error: pytest.ExceptionInfo[HrmsError]) -> list[str]:
    return [p.code for p in error.value.problems]


def paper(actor: Actor, province: Province, number: str = "12") -> int:
    return decisions.register(
        actor, number=number, symbol="QĐ-UBND", signed_on=date(2025, 6, 30), kind="organisation",
        issuer_name="UBND thành phố Cần Thơ", subject="Tổ chức lại", scope_ids=province.paths["root"],
    ).id  # fmt: skip


def test_a_new_agency_stands_under_its_parent(province: Province, actor: Actor) -> None:
    made = services.create_agency(
        actor, name="  Chi cục   Văn thư ", kind="sub_department", parent_id=province.agencies["A"], valid_from=OPEN,
        code=" h13.05.07", decision_id=paper(actor, province),
    )  # fmt: skip
    assert (made.name, made.code) == ("Chi cục Văn thư", "H13.05.07")
    assert made.scope_ids == [*province.paths["A"], made.id]
    assert made.path == ".".join(map(str, made.scope_ids[1:]))
    assert made.depth == 2
    event = db.session.query(AuditEvent).filter_by(action="agency.created", entity_id=made.id).one()
    assert event.after is not None
    assert event.after["decision"] == "12/QĐ-UBND"
    assert event.scope_ids == made.scope_ids
    assert agency_hooks.check_tree() == []


def test_all_that_is_wrong_is_said_at_once(province: Province, actor: Actor) -> None:
    with pytest.raises(Refused) as refused:
        services.create_agency(
            actor, name="", kind="commune", parent_id=province.agencies["A"], valid_from=date(1900, 1, 1), code="H1",
            email="không phải", ward_code="00000",
        )  # fmt: skip
    assert {p.field for p in refused.value.problems} == {"name", "parent", "valid_from", "code", "email", "ward_code"}


def test_a_code_belongs_to_one_agency(province: Province, actor: Actor) -> None:
    with pytest.raises(Refused) as refused:
        services.edit_contacts(actor, agency(province, "B"), {"code": "h13.05"})
    assert codes(refused) == ["code_taken"]


def test_who_may_not_reorganise_is_refused(province: Province) -> None:
    for name in ("tochuc", "thutruong", "admin", "thanhtra", "canbo", "giangvien"):
        with pytest.raises(Forbidden):
            services.rename_agency(province.actor(name), agency(province, "B"), name="Sở khác", valid_from=OPEN)


def test_a_rename_keeps_the_old_name_findable_and_leaves_a_later_move_alone(province: Province, actor: Actor) -> None:
    unit = agency(province, "B1")
    services.move_agency(actor, unit, parent_id=province.agencies["A"], valid_from=date(2027, 5, 1))
    services.rename_agency(actor, unit, name="Phòng Kiến trúc", valid_from=date(2026, 2, 1))
    assert unit.name == "Phòng Kiến trúc"
    assert unit.former_names == ["Phòng Quy hoạch"]
    assert [a.id for a in queries.list_choices(actor, "quy hoach")] == [unit.id]
    facts = [(f.name, f.parent_id, f.valid_from, f.valid_to) for f in reversed(queries.list_history(unit))]
    assert facts == [
        ("Phòng Quy hoạch", province.agencies["B"], OPEN, date(2026, 2, 1)),
        ("Phòng Kiến trúc", province.agencies["B"], date(2026, 2, 1), date(2027, 5, 1)),
        ("Phòng Kiến trúc", province.agencies["A"], date(2027, 5, 1), None),
    ]
    assert unit.next_change_on == date(2027, 5, 1)
    assert queries.names_at([unit.id], date(2025, 12, 1)) == {unit.id: "Phòng Quy hoạch"}


def test_a_move_takes_the_subtree_and_its_people_along(province: Province, actor: Actor) -> None:
    school = services.create_agency(
        actor, name="Tổ chuyên môn", kind="service_unit", parent_id=province.agencies["C1"], valid_from=OPEN
    )
    services.move_agency(actor, agency(province, "C1"), parent_id=province.agencies["A"], valid_from=date(2026, 9, 1))
    db.session.refresh(school)
    assert school.scope_ids == [*province.paths["A"], province.agencies["C1"], school.id]
    teacher = province.people["Huỳnh Thị Mỹ"]
    reach = db.session.execute(text("SELECT scope_ids FROM people WHERE id = :id"), {"id": teacher}).scalar_one()
    assert province.agencies["A"] in reach
    assert province.agencies["C"] not in reach
    assert agency_hooks.check_tree() == []


def test_a_day_to_come_takes_effect_by_itself(province: Province, actor: Actor) -> None:
    unit = agency(province, "A1")
    services.move_agency(actor, unit, parent_id=province.agencies["B"], valid_from=date(2026, 11, 25))
    services.close_agency(actor, services.create_agency(
        actor, name="Ban Sắp xếp", kind="division", parent_id=province.agencies["A"], valid_from=OPEN
    ), closed_on=date(2026, 11, 25))  # fmt: skip
    assert unit.parent_id == province.agencies["A"]
    with clock.frozen(datetime(2026, 11, 24, 17, 1, tzinfo=UTC)):
        services.refresh_due()
        db.session.refresh(unit)
        assert unit.parent_id == province.agencies["B"]
        assert unit.scope_ids == [*province.paths["B"], unit.id]
        assert unit.next_change_on is None
        assert queries.list_choices(actor, "ban sap xep") == []
        assert agency_hooks.check_tree() == []
        person = province.people["Đặng Thị Ngọc Ánh"]
        reach = db.session.execute(text("SELECT scope_ids FROM people WHERE id = :id"), {"id": person}).scalar_one()
        assert province.agencies["B"] in reach


def test_never_under_its_own_child_not_even_later(province: Province, actor: Actor) -> None:
    top = services.create_agency(
        actor, name="Bệnh viện Một", kind="service_unit", parent_id=province.agencies["A"], valid_from=OPEN
    )
    low = services.create_agency(
        actor, name="Bệnh viện Hai", kind="service_unit", parent_id=province.agencies["A"], valid_from=OPEN
    )
    services.move_agency(actor, low, parent_id=top.id, valid_from=date(2027, 1, 1))
    with pytest.raises(Refused) as refused:
        services.move_agency(actor, top, parent_id=low.id, valid_from=date(2026, 12, 1))
    assert "own_child" in codes(refused)
    with pytest.raises(Refused) as refused:
        services.move_agency(actor, top, parent_id=top.id, valid_from=date(2026, 12, 1))
    assert "own_parent" in codes(refused)


def test_closing_waits_for_people_and_units(province: Province, actor: Actor) -> None:
    with pytest.raises(Refused) as refused:
        services.close_agency(actor, agency(province, "C"), closed_on=date(2026, 12, 1))
    assert codes(refused) == ["open_children", "people_there"]
    assert [p.params["count"] for p in refused.value.problems] == ["1", "2"]


def test_the_retired_do_not_keep_an_agency_open(province: Province, actor: Actor) -> None:
    for person in ("Huỳnh Thị Mỹ", "Danh Thị Đào"):
        dated.replace(
            PersonStatus, {"person_id": province.people[person]}, {"status": "retired", "kind": "public_employee"},
            valid_from=date(2026, 10, 1),
        )  # fmt: skip
    closed = services.close_agency(actor, agency(province, "C1"), closed_on=date(2026, 12, 1))
    assert closed.closed_on == date(2026, 12, 1)


def test_close_and_reopen(province: Province, actor: Actor) -> None:
    unit = services.create_agency(
        actor, name="Trung tâm Lưu trữ", kind="service_unit", parent_id=province.agencies["A"], valid_from=OPEN
    )
    services.close_agency(
        actor, unit, closed_on=date(2026, 3, 1), merged_into_id=province.agencies["B"],
        decision_id=paper(actor, province),
    )  # fmt: skip
    assert (unit.closed_on, unit.merged_into_id) == (date(2026, 3, 1), province.agencies["B"])
    with pytest.raises(Refused) as refused:
        services.rename_agency(actor, unit, name="Trung tâm Khác", valid_from=date(2026, 4, 1))
    assert codes(refused) == ["not_open"]
    with pytest.raises(Refused) as refused:
        services.create_agency(actor, name="Tổ Một", kind="division", parent_id=unit.id, valid_from=date(2026, 4, 1))
    assert codes(refused) == ["parent_closed"]
    services.reopen_agency(actor, unit, valid_from=date(2026, 3, 1))
    assert (unit.closed_on, unit.merged_into_id) == (None, None)
    # What was known before the correction is still known.
    closing = db.session.query(AgencyFact).filter_by(agency_id=unit.id, closed=True).one()
    assert closing.superseded_at is not None
    with pytest.raises(Refused) as refused:
        services.reopen_agency(actor, unit, valid_from=date(2026, 5, 1))
    assert codes(refused) == ["not_closed"]


def test_a_stale_version_changes_nothing(province: Province, actor: Actor) -> None:
    unit = agency(province, "A1")
    services.edit_contacts(actor, unit, {"phone": "0292 1"}, version=1)
    assert unit.version == 2
    with pytest.raises(Stale):
        services.rename_agency(actor, unit, name="Phòng Mới", valid_from=OPEN, version=1)
    assert services.edit_contacts(actor, unit, {"phone": "0292 1"}, version=2).version == 2


def test_a_decision_out_of_sight_cannot_be_cited(province: Province, actor: Actor) -> None:
    hidden = paper(actor, province)
    db.session.execute(text("UPDATE decisions SET scope_ids = '{0}' WHERE id = :id"), {"id": hidden})
    with scope.entered(scope.Scope.of(actor)), pytest.raises(NotFound):
        services.rename_agency(actor, agency(province, "A1"), name="Phòng Mới", valid_from=OPEN, decision_id=hidden)


def test_many_at_once_cost_a_fixed_number_of_statements(province: Province, actor: Actor) -> None:
    def school(number: int) -> NewAgency:
        return NewAgency(f"s{number}", f"Trường số {number}", "service_unit", "x", OPEN, sector="education")

    def make(count: int, start: int) -> int:
        head = NewAgency("x", f"UBND xã {start}", "commune", province.agencies["root"], OPEN)
        with statements() as seen:
            ids = services.create_many(actor, [*(school(n) for n in range(start, start + count)), head])
        assert len(ids) == count + 1
        found = queries.find_agency(ids[f"s{start}"])
        assert found is not None
        assert found.name == f"Trường số {start}"
        assert found.parent_id == ids["x"]
        return len(seen)

    make(1, 1)  # the first in a transaction also reads its recording moment
    few, many = make(3, 10), make(60, 100)
    assert few == many
    assert agency_hooks.check_tree() == []
    with pytest.raises(Refused) as refused:
        services.create_many(actor, [NewAgency("a", "", "commune", province.agencies["A"], OPEN)])
    assert {p.field for p in refused.value.problems} == {"name", "parent"}


class Model:
    """Names and parents day by day, the plainest way."""

    def __init__(self, days: int, start: tuple[str, int]) -> None:
        self.days: list[tuple[str, int] | None] = [start] * days

    def change(self, day: int, place: int, value: Any) -> None:
        held = self.days[day]
        assert held is not None
        for n in range(day, len(self.days)):
            now = self.days[n]
            if now is None or now[place] != held[place]:
                break
            self.days[n] = (value, now[1]) if place == 0 else (now[0], value)

    def close(self, day: int) -> None:
        self.days[day:] = [None] * (len(self.days) - day)


CHANGES = st.lists(
    st.tuples(st.sampled_from(["rename", "move", "close"]), st.integers(0, 29), st.integers(0, 3)), max_size=8
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_reorganisations_agree_with_a_simple_model(province: Province, actor: Actor, changes: list[Any]) -> None:
    first = date(2026, 11, 1)
    places = [province.agencies[key] for key in ("A", "B", "C", "A")]
    nested = db.session.begin_nested()
    unit = services.create_agency(actor, name="Phòng 0", kind="division", parent_id=places[0], valid_from=first)
    model = Model(30, ("Phòng 0", places[0]))
    unexpected: list[str] = []
    for verb, day, value in changes:
        on = date(2026, 11, 1 + day)
        try:
            if verb == "rename":
                services.rename_agency(actor, unit, name=f"Phòng {value}", valid_from=on)
                model.change(day, 0, f"Phòng {value}")
            elif verb == "move":
                services.move_agency(actor, unit, parent_id=places[value], valid_from=on)
                model.change(day, 1, places[value])
            else:
                services.close_agency(actor, unit, closed_on=on)
                model.close(day)
        except Refused as refused:
            unexpected += [p.code for p in refused.problems if p.code not in {"nothing_changes", "not_open"}]
    assert unexpected == []
    for day, expected in enumerate(model.days):
        fact = db.session.query(AgencyFact).filter(
            AgencyFact.agency_id == unit.id, at(AgencyFact, date(2026, 11, 1 + day))
        ).one()  # fmt: skip
        assert (None if fact.closed else (fact.name, fact.parent_id)) == expected, day
    assert agency_hooks.check_tree() == []
    nested.rollback()
    db.session.expire_all()
