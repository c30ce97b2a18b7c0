from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from hrms.audit.models import AuditEvent
from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, HrmsError, NotFound, Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.decisions import queries, services
from hrms.decisions.models import Decision
from tests.province import Province

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
RECORD = Permission.DECISIONS_RECORD


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.frozen(NOW):
        yield


def values(**more: Any) -> dict[str, Any]:
    return {
        "number": "905", "symbol": "QĐ-SNV", "signed_on": date(2026, 5, 4), "kind": "step_raise",
        "subject": "Nâng bậc lương", "issuer_name": "Sở Nội vụ", **more,
    }  # fmt: skip


def codes(error: pytest.ExceptionInfo[HrmsError]) -> list[tuple[str, str]]:
    return [(p.field, p.code) for p in error.value.problems]


def test_an_entry_belongs_to_its_issuer_and_those_it_is_about(province: Province) -> None:
    actor = province.enter("tochuc", RECORD)
    made = services.register(actor, **values(scope_ids=province.paths["B1"]))
    assert made.reference == "905/QĐ-SNV"
    assert made.issuer_agency_id == province.agencies["A"], "a name of the tree is recognised"
    assert made.scope_ids == sorted({*province.paths["B1"], *province.paths["A"]})
    event = db.session.query(AuditEvent).filter_by(action="decision.registered", entity_id=made.id).one()
    assert event.agency_name == "Sở Nội vụ"


def test_a_number_stands_once_per_issuer_and_year(province: Province) -> None:
    actor = province.enter("sonoivu", RECORD)
    services.register(actor, **values())
    with pytest.raises(Refused) as refused:
        services.register(actor, **values(number="0905", symbol="qđ-snv", issuer_name="SỞ NỘI VỤ"))
    assert codes(refused) == [("number", "number_taken")]
    assert refused.value.problems[0].params["subject"] == "Nâng bậc lương"
    services.register(actor, **values(signed_on=date(2025, 5, 4)))
    services.register(actor, **values(symbol="QĐ-VP"))
    services.register(actor, **values(issuer_name="Bộ Nội vụ"))


def test_a_hidden_entry_is_not_described(province: Province) -> None:
    services.register(province.enter("sonoivu", RECORD), **values(issuer_name="Bộ Y tế", scope_ids=province.paths["A"]))
    db.session.commit()
    actor = province.enter("tochuc", RECORD)
    with pytest.raises(Refused) as refused, transaction():
        services.register(
            actor,
            **values(issuer_name="Bộ Y tế", subject="khác", signed_on=date(2026, 6, 6), scope_ids=province.paths["B"]),
        )
    assert codes(refused) == [("number", "number_taken")]
    assert "Nâng bậc" not in str(refused.value.problems[0].params)


def test_whoever_holds_the_paper_joins_the_entry_of_another_agency(province: Province) -> None:
    made = services.register(
        province.enter("sonoivu", RECORD), **values(issuer_name="Bộ Y tế", scope_ids=province.paths["A"])
    )
    db.session.commit()
    actor = province.enter("tochuc", RECORD)
    with pytest.raises(NotFound):
        queries.get_decision(made.id)
    joined = services.find_or_register(actor, **values(issuer_name="bộ y tế", scope_ids=province.paths["B1"]))
    assert joined.id == made.id
    assert province.agencies["B1"] in joined.scope_ids
    assert queries.get_decision(made.id).subject == "Nâng bậc lương"
    assert db.session.query(AuditEvent).filter_by(action="decision.joined", entity_id=made.id).count() == 1


@pytest.mark.parametrize(
    "wrong", [{"signed_on": date(2026, 5, 5)}, {"number": "906"}, {"symbol": "QĐ-X"}, {"issuer_name": "Bộ Công an"}]
)
def test_knowing_less_joins_nothing(province: Province, wrong: dict[str, Any]) -> None:
    made = services.register(
        province.enter("sonoivu", RECORD), **values(issuer_name="Bộ Y tế", scope_ids=province.paths["A"])
    )
    db.session.commit()
    hidden = made.id
    actor = province.enter("tochuc", RECORD)
    given = values(issuer_name="Bộ Y tế", scope_ids=province.paths["B1"]) | wrong
    try:
        with transaction():
            other = services.find_or_register(actor, **given).id
    except Refused:
        other = None
    assert other != hidden
    province.enter("tochuc", RECORD)
    with pytest.raises(NotFound):
        queries.get_decision(hidden)


def test_nobody_opens_an_entry_to_agencies_of_others(province: Province) -> None:
    services.register(province.enter("sonoivu", RECORD), **values(issuer_name="Bộ Y tế", scope_ids=province.paths["A"]))
    db.session.commit()
    actor = province.enter("tochuc", RECORD)
    with pytest.raises(Forbidden):
        services.find_or_register(actor, **values(issuer_name="Bộ Y tế", scope_ids=province.paths["C"]))
    province.enter("tochuc", RECORD)
    joined = db.session.execute(
        text("SELECT join_decision('bo y te', '2026-05-04', '905', 'QĐ-SNV', CAST(:about AS bigint[]))"),
        {"about": province.paths["C"]},
    ).scalar_one()
    assert joined is None, "not even past the service"


def test_citing_widens_and_asks_first(province: Province) -> None:
    actor = province.enter("sonoivu", RECORD)
    made = services.register(actor, **values(issuer_name="Bộ Y tế", scope_ids=province.paths["A"]))
    services.cite(actor, made.id, province.paths["C1"])
    assert province.agencies["C1"] in made.scope_ids
    for name in ("thutruong", "thanhtra", "canbo", "admin"):
        with pytest.raises(Forbidden):
            services.cite(province.actor(name), made, province.paths["B"])
    services.cite_many(actor, {made.id: province.paths["B1"]})
    db.session.refresh(made)
    assert province.agencies["B1"] in made.scope_ids
    db.session.commit()
    province.enter("tochuc", RECORD)
    assert [d.id for d in queries.list_choices("nang bac")] == [made.id]


def test_find_or_register_enters_once(province: Province) -> None:
    actor = province.enter("sonoivu", RECORD)
    first = services.find_or_register(actor, **values(scope_ids=province.paths["A1"]))
    second = services.find_or_register(actor, **values(subject="chữ khác", scope_ids=province.paths["B1"]))
    assert first.id == second.id
    assert {province.agencies["A1"], province.agencies["B1"]} <= set(second.scope_ids)
    with pytest.raises(Refused):
        services.find_or_register(actor, **values(signed_on=date(2026, 5, 9), scope_ids=province.paths["A1"]))


def test_correct_keeps_the_old_in_the_trail_and_refuses_a_stale_one(province: Province) -> None:
    actor = province.enter("sonoivu", RECORD)
    made = services.register(actor, **values())
    services.correct(actor, made, {"subject": "Nâng bậc lương thường xuyên"}, version=1)
    assert made.version == 2
    event = db.session.query(AuditEvent).filter_by(action="decision.corrected", entity_id=made.id).one()
    assert (event.before, event.after) == ({"subject": "Nâng bậc lương"}, {"subject": "Nâng bậc lương thường xuyên"})
    with pytest.raises(Stale):
        services.correct(actor, made, {"subject": "x"}, version=1)
    assert [d.id for d in queries.list_choices("thuong xuyen")] == [made.id]
    services.register(actor, **values(number="906"))
    with pytest.raises(Refused) as refused:
        services.correct(actor, made, {"number": "906"}, version=2)
    assert codes(refused) == [("number", "number_taken")]


def test_withdrawn_only_without_facts_and_then_of_no_use(province: Province) -> None:
    actor = province.enter("sonoivu", RECORD)
    made = services.register(actor, **values())
    with pytest.raises(Refused):
        services.withdraw(actor, made, reason="  ")
    db.session.execute(
        text("INSERT INTO agency_facts (agency_id, name, kind, valid_from, valid_to, basis, decision_id)"
             " VALUES (:id, 'Phòng', 'division', '2020-01-01', '2020-02-01', 'decision', :decision)"),
        {"id": province.agencies["A1"], "decision": made.id},
    )  # fmt: skip
    with scope.entered(scope.ALL), db.session.begin_nested() as nested:
        with pytest.raises(Refused) as refused:
            _with_request(province, lambda: services.withdraw(actor, made, reason="nhập nhầm"))
        assert codes(refused) == [("", "still_cited")]
        nested.rollback()
    other = services.register(actor, **values(number="907"))
    services.withdraw(actor, other, reason="nhập nhầm")
    for act in (lambda: services.cite(actor, other, province.paths["A"]), lambda: services.correct(actor, other, {})):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.problems[0].code == "withdrawn"
    assert other.id not in [d.id for d in queries.list_choices("")]


def _with_request(province: Province, act: Any) -> Any:
    """Citations name pages, so they are asked for inside a request."""
    with province.app.test_request_context():
        return act()


@pytest.mark.parametrize("username", ["thutruong", "thanhtra", "canbo", "giangvien", "admin"])
def test_who_may_not_record_is_refused(province: Province, username: str) -> None:
    actor: Actor = province.enter(username, RECORD)
    with pytest.raises(Forbidden):
        services.register(actor, **values(scope_ids=province.paths["B"]))


def test_the_form_s_three_ways(province: Province) -> None:
    actor = province.enter("sonoivu", RECORD)
    about = province.paths["A1"]
    new = {
        "decision_basis": "new", "decision_number": "33/QĐ-SNV", "decision_signed_on": date(2026, 1, 5),
        "decision_issuer": "Sở Nội vụ", "decision_kind": "transfer", "decision_subject": "Điều động",
    }  # fmt: skip
    made = services.from_form(actor, new, about)
    assert services.from_form(actor, new, about) == made
    assert services.from_form(actor, {"decision_basis": "existing", "decision_id": str(made)}, about) == made
    assert services.from_form(actor, {"decision_basis": "old_data"}, about) is None
    for data, fields in (
        ({"decision_basis": "existing", "decision_id": None}, ["decision_id"]),
        ({**new, "decision_number": "abc"}, ["decision_number"]),
        ({**new, "decision_signed_on": None, "decision_issuer": None}, ["decision_signed_on", "decision_issuer"]),
        ({**new, "decision_signed_on": date(2026, 1, 6)}, ["decision_number"]),
    ):
        with pytest.raises(Refused) as refused:
            services.from_form(actor, data, about)
        assert [p.field for p in refused.value.problems] == fields


def test_pages_of_the_register_join_up_both_ways(province: Province) -> None:
    actor = province.enter("sonoivu", RECORD)
    for number in range(1, 8):
        services.register(actor, **values(number=str(number), signed_on=date(2026, 1, 1 + number // 3)))
    whole = [d.id for d in queries.list_decisions(queries.Filters()).items]
    seen: list[int] = []
    after, last = None, None
    while True:
        page = queries.list_decisions(queries.Filters(), after=after, limit=2)
        seen += [d.id for d in page.items]
        if page.next is None:
            last = page
            break
        after = page.next
    assert seen == whole
    assert last.previous is not None
    back = queries.list_decisions(queries.Filters(), before=last.previous, limit=2)
    assert [d.id for d in back.items] == whole[-3:-1]
    assert queries.count_decisions(queries.Filters(q="nang bac", year=2026, kind="step_raise", issuer="noi vu")) == 7
    assert queries.count_decisions(queries.Filters(year=2025)) == 0
    assert isinstance(db.session.get(Decision, whole[0]), Decision)
