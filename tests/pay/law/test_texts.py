"""A new text: written, looked at, applied, taken back; the figures follow in every process, old days never change."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import ProgrammingError

from hrms.audit.models import AuditEvent
from hrms.core import clock, hooks, revision, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, HrmsError, Refused, Stale
from hrms.core.unit import transaction
from hrms.figures.models import FigureChange
from hrms.pay.queries import text_checks
from hrms.pay.queries.figures import pay_figures
from hrms.pay.services import changes
from hrms.people.queries import law
from hrms.people.rules.kinds import PersonKind
from hrms.people.services import law as tables
from tests.province import Province

KIND = PersonKind.CIVIL_SERVANT
NEW_YEAR = date(2027, 1, 1)
HEAD: dict[str, Any] = {
    "number": "01/2027/NĐ-CP", "title": "Quy định mức lương cơ sở", "signed_on": date(2026, 11, 1),
    "valid_from": NEW_YEAR, "source": "NĐ 01/2027/NĐ-CP Đ3", "mark": "C", "note": None,
}  # fmt: skip
SALARY = {"catalogue": "base_salaries", "amount": "2800000"}


@pytest.fixture
def actor(province: Province) -> Actor:
    """An administrator of the whole province, who holds no record in it."""
    return province.actor("admin")


def base_salary(day: date) -> Decimal:
    return pay_figures(day, KIND).base_salary.number


def get(change_id: int) -> FigureChange:
    found = db.session.get(FigureChange, change_id, populate_existing=True)
    assert found is not None
    return found


def applied(actor: Actor, *rows: dict[str, Any], **head: Any) -> int:
    with transaction():
        made = changes.draft(actor, {**HEAD, **head}, rows or [SALARY])
        changes.preview(actor, made)
    with transaction():
        changes.apply(actor, made, version=get(made).version)
    return made


def codes(error: pytest.ExceptionInfo[HrmsError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_a_text_is_the_law_from_its_day_once_applied_and_is_not_once_undone(actor: Actor) -> None:
    before = revision.current()
    with transaction():
        made = changes.draft(actor, HEAD, [SALARY])
    assert base_salary(NEW_YEAR) == 2530000
    with transaction():
        cost = changes.preview(actor, made)
    assert base_salary(NEW_YEAR) == 2530000
    assert get(made).preview is not None
    assert cost.first <= NEW_YEAR
    with transaction():
        changes.apply(actor, made, version=1)
    assert revision.current() > before
    assert (base_salary(NEW_YEAR), base_salary(NEW_YEAR - timedelta(days=1))) == (2800000, 2530000)
    assert law.rows("base_salaries")[-1]["source"] == HEAD["source"]
    with transaction():
        changes.undo(actor, made, "Văn bản chưa được ký", version=get(made).version)
    assert base_salary(NEW_YEAR) == 2530000
    assert [(row.action, row.reason) for row in events(made)] == [
        ("figure_change.written", None), ("figure_change.applied", None),
        ("figure_change.undone", "Văn bản chưa được ký"),
    ]  # fmt: skip


def events(change_id: int) -> list[Any]:
    with scope.everything():
        asked = select(AuditEvent).where(AuditEvent.entity == "figure_change", AuditEvent.entity_id == change_id)
        return list(db.session.scalars(asked.order_by(AuditEvent.id)))


def test_what_was_rolled_back_is_nobodys_law(actor: Actor) -> None:
    with transaction():
        made = changes.draft(actor, HEAD, [SALARY])
        changes.preview(actor, made)

    def broken() -> None:
        with transaction():
            changes.apply(actor, made, version=1)
            assert base_salary(NEW_YEAR) == 2800000
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert base_salary(NEW_YEAR) == 2530000
    applied(actor, {**SALARY, "amount": "2900000"}, number="02/2027/NĐ-CP")
    assert base_salary(NEW_YEAR) == 2900000


def test_it_is_applied_only_as_it_was_looked_at(actor: Actor) -> None:
    with transaction():
        made = changes.draft(actor, HEAD, [SALARY])
    with pytest.raises(Refused) as refused, transaction():
        changes.apply(actor, made, version=1)
    assert codes(refused) == ["no_preview"]
    with transaction():
        changes.preview(actor, made)
        changes.put_rows(actor, made, [{**SALARY, "amount": "2700000"}], at=0, version=1)
    with pytest.raises(Refused) as refused, transaction():
        changes.apply(actor, made, version=2)
    assert codes(refused) == ["no_preview"]
    with transaction():
        changes.preview(actor, made)
    applied(actor, number="03/2027/NĐ-CP", valid_from=date(2027, 2, 1))
    with pytest.raises(Refused) as refused, transaction():
        changes.apply(actor, made, version=2)
    assert codes(refused) == ["no_preview"], "the law changed since it was looked at"


def test_two_who_write_at_once_and_two_who_apply(actor: Actor) -> None:
    with transaction():
        made = changes.draft(actor, HEAD, [SALARY])
        changes.edit(actor, made, {**HEAD, "title": "Khác"}, version=1)
    with pytest.raises(Stale), transaction():
        changes.edit(actor, made, HEAD, version=1)
    with transaction():
        changes.preview(actor, made)
        changes.apply(actor, made, version=2)
    with pytest.raises(Refused) as refused, transaction():
        changes.apply(actor, made, version=3)
    assert codes(refused) == ["not_draft"]
    for again in (
        lambda: changes.edit(actor, made, HEAD, version=3),
        lambda: changes.put_rows(actor, made, [SALARY], version=3),
        lambda: changes.drop_row(actor, made, 0, version=3),
        lambda: changes.remove(actor, made, version=3),
    ):
        with pytest.raises(Refused) as refused, transaction():
            again()
        assert codes(refused) == ["not_draft"]


def test_the_database_keeps_what_a_text_said(actor: Actor) -> None:
    made = applied(actor)
    for statement in (
        "UPDATE figure_changes SET rows = '[]' WHERE id = :id", "DELETE FROM figure_changes WHERE id = :id",
        "UPDATE figure_changes SET state = 'draft' WHERE id = :id",
    ):  # fmt: skip
        with pytest.raises(ProgrammingError, match="applied"), db.session.begin_nested():
            db.session.execute(text(statement), {"id": made})


def test_a_draft_can_be_thrown_away(actor: Actor) -> None:
    with transaction():
        made = changes.draft(actor, HEAD)
        changes.remove(actor, made, version=1)
    assert db.session.get(FigureChange, made) is None


def test_rows_are_judged_one_by_one_and_together(actor: Actor) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({**SALARY, "amount": "2,8"}, "amount"), ({**SALARY, "amount": "5"}, "amount"),
        ({**SALARY, "rate": "1"}, "rate"), ({"catalogue": "holidays"}, "catalogue"),
        ({**SALARY, "valid_from": "2026-12-31"}, "valid_from"), ({**SALARY, "valid_to": "2027-01-01"}, "valid_to"),
        ({**SALARY, "valid_from": "31/12/2027"}, "valid_from"),
        ({"catalogue": "parameters", "key": "no.such", "value": "1", "unit": "days"}, "key"),
        ({"catalogue": "parameters", "key": "insurance.cap_times", "value": "20", "unit": "days"}, "unit"),
        ({"catalogue": "parameters", "key": "insurance.cap_times", "value": "many", "unit": "times"}, "value"),
        ({"catalogue": "parameters", "key": "pay.rounding", "value": "sideways", "unit": "rounding"}, "value"),
        ({"catalogue": "leadership_coefficients", "post": "king", "place": "other", "coefficient": "1"}, "post"),
        ({"catalogue": "leadership_coefficients", "post": "division_head", "place": "x", "coefficient": "1"}, "place"),
        ({"catalogue": "insurance_rates", "insurance": "social_insurance", "side": "employee", "percent": "9",
          "person_kinds": "cadre|king"}, "person_kinds"),
        ({"catalogue": "allowance_rules", "code": "hazard", "person_kinds": "cadre", "forms": "percent",
          "insured": "0"}, "base"),
    ]  # fmt: skip
    for row, field in wrong:
        with pytest.raises(Refused) as refused, transaction():
            changes.draft(actor, HEAD, [row])
        assert [problem.field for problem in refused.value.problems] == [field], row
    with pytest.raises(Refused) as refused, transaction():
        changes.draft(actor, HEAD, [SALARY, SALARY])
    assert codes(refused) == ["twice"]


def test_a_law_that_does_not_fit_together_is_not_applied(actor: Actor) -> None:
    gap = {"catalogue": "pay_scales", "table": "2", "group": "A1", "step": "4", "ends": True}
    lost = {"catalogue": "ranks", "code": "01.003", "name_vi": "Chuyên viên", "person_kind": "civil_servant",
            "table": "2", "group": "A9"}  # fmt: skip
    ends = [
        {"catalogue": "insurance_rates", "insurance": "social_insurance", "side": "employee",
         "person_kinds": "civil_servant", "ends": True},
    ]  # fmt: skip
    for rows, code in (([gap], "scale_gap"), ([lost], "rank_without_group"), (ends, "no_figure")):
        with transaction():
            made = changes.draft(actor, HEAD, rows)
        with pytest.raises(Refused) as refused, transaction():
            changes.preview(actor, made)
        assert codes(refused) == [code]
        assert law.pay_scales()[2, "A1"].steps == 9


def test_a_text_others_stand_on_is_not_undone(actor: Actor) -> None:
    group = [
        {
            "catalogue": "pay_scales",
            "table": "2",
            "group": "A9",
            "months_per_step": "36",
            "step": "1",
            "coefficient": "9",
        }
    ]
    first = applied(actor, *group)
    rank = {"catalogue": "ranks", "code": "01.003", "name_vi": "Chuyên viên", "person_kind": "civil_servant",
            "table": "2", "group": "A9"}  # fmt: skip
    second = applied(actor, rank, number="04/2027/NĐ-CP")
    with pytest.raises(Refused) as refused, transaction():
        changes.undo(actor, first, "Nhầm", version=get(first).version)
    assert codes(refused) == ["rank_without_group"]
    assert law.pay_scales(NEW_YEAR)[2, "A9"].steps == 1
    with transaction():
        changes.undo(actor, second, "Nhầm", version=get(second).version)
        changes.undo(actor, first, "Nhầm", version=get(first).version)
    assert (2, "A9") not in law.pay_scales(NEW_YEAR)


def test_tables_that_lists_join_follow_today_and_the_next_midnights(actor: Actor, monkeypatch: Any) -> None:
    def steps() -> Any:
        asked = text(
            "SELECT count(*), max(coefficient), max(months_per_step) FROM pay_scale_steps WHERE pay_group = 'A1'"
        )
        return tuple(db.session.execute(asked).one())

    told: list[str] = []
    monkeypatch.setattr(hooks, "law_changed", [lambda: told.append("law")])
    before, today = steps(), clock.today()
    rows = changes.texts.scale_rows("2", "A1", "24", ["3", "4"], 9)
    made = applied(actor, *rows, valid_from=today + timedelta(days=1))
    assert (steps(), told) == (before, ["law"])
    with transaction():
        assert tables.follow(today + timedelta(days=1)) == 9
    assert steps()[0] == before[0] - 7
    with transaction():
        assert tables.follow(today + timedelta(days=1)) == 0
    with transaction():
        changes.undo(actor, made, "Nhầm", version=get(made).version)
    assert (steps(), told) == (before, ["law", "law"])


def test_only_who_writes_the_law_of_the_whole_province_does(province: Province) -> None:
    for username in ("tochuc", "thanhtra", "thutruong"):
        with pytest.raises(Forbidden), transaction():
            changes.draft(province.actor(username), HEAD, [SALARY])


def test_a_head_is_whole_and_within_reason(actor: Actor) -> None:
    for changed, field in (
        ({"number": " "}, "number"), ({"title": None}, "title"), ({"source": ""}, "source"), ({"mark": "X"}, "mark"),
        ({"valid_from": date(2004, 9, 30)}, "valid_from"), ({"valid_from": date(2060, 1, 1)}, "valid_from"),
        ({"number": "1" * 101}, "number"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused, transaction():
            changes.draft(actor, {**HEAD, **changed})
        assert [problem.field for problem in refused.value.problems] == [field]


def test_a_page_asks_nothing_more_while_the_law_changed(actor: Actor, province: Province) -> None:
    """The state of the law rides on the statement that sets the scope: no statement of its own on any page."""
    counted: list[str] = []

    def count(*given: Any) -> None:
        counted.append(given[2])

    applied(actor)
    law.rows("base_salaries")
    db.session.rollback()
    with scope.everything():
        event.listen(db.engine, "before_cursor_execute", count)
        try:
            assert base_salary(NEW_YEAR) == 2800000
            db.session.execute(text("SELECT 1"))
            assert base_salary(NEW_YEAR) == 2800000
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
    assert not [one for one in counted if one.startswith("SELECT (SELECT revision") or "figure_changes" in one]
    assert sum("law_revision" in one for one in counted) == 1


def test_the_check_finds_a_table_that_differs_from_the_law(actor: Actor) -> None:
    assert text_checks.check() == []
    rows = changes.texts.scale_rows("2", "A1", "24", ["3", "4"], 9)
    applied(actor, *rows, valid_from=clock.today())
    assert text_checks.check() == []
    db.session.execute(text("UPDATE pay_scale_steps SET coefficient = 9 WHERE pay_group = 'A1' AND step = 2"))
    db.session.execute(text("DELETE FROM ranks WHERE code = '01.003'"))
    found = text_checks.check()
    assert len([one for one in found if one.startswith("pay_scale_steps (2, 'A1', 2)")]) == 1
    assert len([one for one in found if one.startswith("ranks 01.003")]) == 1
