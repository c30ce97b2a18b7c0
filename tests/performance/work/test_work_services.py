"""Giving work, reporting on it, findings: every step by whoever may and may not; two people on one product."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from hrms.accounts.models import RoleGrant
from hrms.audit.models import AuditEvent
from hrms.core import clock, scope
from hrms.core.actor import Actor, Grant
from hrms.core.db import db
from hrms.core.errors import Forbidden, HrmsError, NotFound, Refused, Stale
from hrms.core.permissions import Permission, Role
from hrms.core.unit import transaction
from hrms.performance.models import ProductCatalogue, WorkFinding, WorkItem, WorkProduct
from hrms.performance.queries import work_checks
from hrms.performance.rules.work import FindingKind, ItemKind, Reported
from hrms.performance.services import assigning, findings, reporting
from hrms.performance.services.assigning import Line, NewItem
from tests.counting import statements
from tests.performance import making
from tests.province import TODAY, Province

P = Permission
RIGHTS = (P.PERFORMANCE_VIEW, P.PERFORMANCE_ASSIGN, P.PERFORMANCE_SCORE, P.SELF_VIEW)
CAM, HUNG, DUC, BINH = "Lý Thị Cẩm", "Nguyễn Văn Hùng", "Võ Minh Đức", "Nguyễn Hòa Bình"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def month(province: Province) -> int:
    """November 2026 of B, under way."""
    return making.add_period(province, "B", number=11)


def catalogue(province: Province, place: str = "B", state: str = "approved") -> list[int]:
    """Give an agency a catalogue of three products with factors 1, 2.5 and 4; their ids."""
    with scope.everything():
        made = making.add_row(
            ProductCatalogue, code=f"DM-{place}-{state}", name="Danh mục thử", state=state,
            agency_id=province.agencies[place], standard_product="Công văn", standard_points=Decimal(10), groups=[],
        )  # fmt: skip
        ids = [
            making.add_row(
                WorkProduct, catalogue_id=made, code=f"SP{number}", place=number, task=f"Việc {number}", points=10,
                complexity="1", factor=Decimal(factor), state="active", search_key=f" viec {number} sp{number}",
            )
            for number, factor in enumerate(("1", "2.5", "4"), start=1)
        ]  # fmt: skip
        db.session.commit()
    return ids


def act(province: Province, who: str | Actor, do: Callable[[Actor], Any]) -> Any:
    """Do something as somebody, in a transaction of its own."""
    actor = province.actor(who) if isinstance(who, str) else who
    scope.enter_for(actor, *RIGHTS)
    with transaction():
        return do(actor)


def item_row(item_id: int) -> WorkItem:
    with scope.everything():
        found = db.session.get(WorkItem, item_id, populate_existing=True)
        assert found is not None
        return found


def items_on(sheet_id: int) -> list[WorkItem]:
    query = select(WorkItem).where(WorkItem.sheet_id == sheet_id).order_by(WorkItem.id)
    with scope.everything():
        return list(db.session.scalars(query.execution_options(populate_existing=True)))


def refusal(do: Callable[[], Any]) -> str:
    with pytest.raises(HrmsError) as caught:
        do()
    return caught.value.problems[0].code


def test_many_products_for_many_people_in_one_statement(province: Province, month: int) -> None:
    products = catalogue(province)
    sheets = [making.add_sheet(province, name, month) for name in (CAM, HUNG, DUC, "Nguyen Van Hung")]
    lines = [
        Line(product_id=products[0], quantity=Decimal(3)),
        Line(product_id=products[1], quantity=Decimal(2), due_on=date(2026, 11, 20)),
        Line(title="Việc riêng", factor=Decimal("0.5"), kind=ItemKind.AD_HOC),
    ]
    with statements() as ran:
        made = act(province, "tochuc", lambda who: assigning.give_many(who, sheets, lines))
    assert len([one for one in ran if "INSERT INTO work_items" in one]) == 1
    assert len(made) == 12
    found = items_on(sheets[0])
    assert [(one.code, one.units, one.kind) for one in found] == [
        ("SP1", Decimal(3), "assigned"), ("SP2", Decimal(5), "assigned"), (None, Decimal("0.5"), "ad_hoc"),
    ]  # fmt: skip
    assert found[1].due_on == date(2026, 11, 20)
    assert found[0].title == "Việc 1"
    # Doing it again gives nothing twice.
    assert act(province, "tochuc", lambda who: assigning.give_many(who, sheets, lines)) == []
    with scope.everything():
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "work_item.given")).all()
    assert {one.entity_id for one in events} == set(sheets)
    assert {str(one.after["units"]) for one in events if one.after} == {"8.5000"}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (Line(title="", factor=Decimal(1)), "required"),
        (Line(title="Việc", factor=None), "factor"),
        (Line(title="Việc", factor=Decimal(1), quantity=Decimal(0)), "quantity"),
        (Line(title="Việc", factor=Decimal(1), quantity=Decimal("0.001")), "quantity"),
        (Line(title="Việc", factor=Decimal(100_000), quantity=Decimal(100)), "units"),
        (Line(title="Việc", factor=Decimal("0.0001"), quantity=Decimal("0.01")), "units"),
        (Line(title="Việc", factor=Decimal(1), due_on=date(2026, 12, 1)), "due_outside"),
        (Line(title="Việc", factor=Decimal(1), kind=ItemKind.TAKEN_OVER), "taken_over"),
        (Line(title="Việc", factor=Decimal("NaN")), "factor"),
        (Line(product_id=999_999_999), "unknown_product"),
        (Line(title="Việc", factor=Decimal(1), objective_id=999_999_999), "unknown_objective"),
    ],
)
def test_what_cannot_be_given(province: Province, month: int, line: Line, code: str) -> None:
    sheet = making.add_sheet(province, CAM, month)
    assert refusal(lambda: act(province, "tochuc", lambda who: assigning.give_many(who, [sheet], [line]))) == code
    assert items_on(sheet) == []


def test_products_of_another_agency_or_not_approved_cannot_be_given(province: Province, month: int) -> None:
    sheet = making.add_sheet(province, CAM, month)
    for product in (catalogue(province, "A")[0], catalogue(province, "B", "draft")[0]):
        one = NewItem(sheet_id=sheet, product_id=product)
        assert refusal(lambda one=one: act(province, "tochuc", lambda who: assigning.give(who, [one]))) == (
            "unknown_product"
        )


def steps(province: Province, month: int) -> dict[str, tuple[int, Callable[[Actor], Any]]]:
    """Every step somebody other than the owner takes, each on a fresh sheet of the official's: sheet, step."""
    sheet = making.add_sheet(province, HUNG, month)
    taker = making.add_sheet(province, CAM, month)
    given, proposed = making.add_item(sheet), making.add_item(sheet, state="proposed", kind="ad_hoc")
    dropped = making.add_item(sheet, kind="ad_hoc")
    with scope.everything():
        finding = making.add_row(
            WorkFinding, item_id=given, person_id=province.people[HUNG], kind="late", found_on=date(2026, 11, 10),
            cause="Chậm", excused=False,
        )  # fmt: skip
        db.session.commit()
    new = NewItem(sheet_id=sheet, title="Việc mới", factor=Decimal(1))
    late, day = FindingKind.LATE, date(2026, 11, 12)
    return {
        "give": (sheet, lambda who: assigning.give(who, [new])),
        "give_many": (sheet, lambda who: assigning.give_many(who, [sheet], [Line(title="X", factor=Decimal(1))])),
        "copy": (sheet, lambda who: assigning.copy_last(who, [sheet])),
        "take_over": (sheet, lambda who: assigning.take_over(who, given, taker, reason="Nghỉ ốm")),
        "drop": (sheet, lambda who: assigning.drop(who, dropped, "Không cần nữa")),
        "accept": (sheet, lambda who: assigning.accept(who, proposed)),
        "refuse": (sheet, lambda who: assigning.refuse(who, proposed, "Không thuộc nhiệm vụ")),
        "find": (sheet, lambda who: findings.find(who, given, late, day, "Chậm 2 ngày", False)),
        "withdraw": (sheet, lambda who: findings.withdraw_finding(who, finding, "Ghi nhầm")),
    }


STEPS = ("give", "give_many", "copy", "take_over", "drop", "accept", "refuse", "find", "withdraw")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("who", ["tochuc", "thutruong", "sonoivu", "chutich"])
def test_hr_and_heads_over_the_agency_take_every_step(province: Province, month: int, who: str, step: str) -> None:
    _sheet, do = steps(province, month)[step]
    act(province, who, do)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("who", ["admin", "thanhtra", "vanthu", "giangvien"])
def test_nobody_else_takes_any_step(province: Province, month: int, who: str, step: str) -> None:
    _sheet, do = steps(province, month)[step]
    with pytest.raises((Forbidden, NotFound)):
        act(province, who, do)


@pytest.mark.parametrize("step", STEPS)
def test_nobody_takes_a_step_on_their_own_sheet(province: Province, month: int, step: str) -> None:
    _sheet, do = steps(province, month)[step]
    # The owner as nothing more, and as HR and head of the very agency.
    with pytest.raises((Forbidden, Refused, NotFound)):
        act(province, "canbo", do)
    for role in (Role.HR_AGENCY, Role.HEAD):
        actor = Actor(
            account_id=province.accounts["canbo"], name="canbo", grants=(Grant(role, province.agencies["B"]),),
            person_id=province.people[HUNG],
        )  # fmt: skip
        with pytest.raises(Refused) as caught:
            act(province, actor, do)
        assert "own_sheet" in {one.code for one in caught.value.problems}


@pytest.mark.parametrize("step", STEPS)
def test_a_delegate_who_may_score_takes_every_step(province: Province, month: int, step: str) -> None:
    actor = making.add_holder(province, "thay", Role.DELEGATE, "B1", capacity="KT.", actions=["score"])
    other = making.add_holder(province, "ky", Role.DELEGATE, "B1", capacity="KT.", actions=["appointment"])
    _sheet, do = steps(province, month)[step]
    with pytest.raises(Forbidden):
        act(province, other, do)
    with scope.everything():
        db.session.execute(_head_of(province, "B1"))
        db.session.commit()
    act(province, actor, do)


def _head_of(province: Province, place: str) -> Any:
    """A head of the unit, so that its own place scores."""
    return insert(RoleGrant).values(
        account_id=province.accounts["giangvien"], role="head", agency_id=province.agencies[place],
        valid_from=date(2026, 1, 1), basis="old_data",
    )  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_once_scored_only_who_scores_writes(province: Province, month: int, step: str) -> None:
    sheet, do = steps(province, month)[step]
    with scope.everything():
        table = making.Base.metadata.tables["score_sheets"]
        db.session.execute(table.update().where(table.c.id == sheet).values(state="scored", score=Decimal(80)))
        db.session.commit()
    with pytest.raises(Refused) as caught:
        act(province, "tochuc", do)
    assert "scored" in {one.code for one in caught.value.problems}
    act(province, "thutruong", do)


@pytest.mark.parametrize("step", STEPS)
def test_nothing_changes_once_published(province: Province, month: int, step: str) -> None:
    sheet, do = steps(province, month)[step]
    with scope.everything():
        table = making.Base.metadata.tables["score_sheets"]
        values = {"state": "published", "score": Decimal(80), "published_on": TODAY.date()}
        db.session.execute(table.update().where(table.c.id == sheet).values(values))
        db.session.commit()
    before = [(one.id, one.state, one.version) for one in items_on(sheet)]
    for who in ("tochuc", "thutruong", "chutich"):
        with pytest.raises(Refused) as caught:
            act(province, who, do)
        assert "published" in {one.code for one in caught.value.problems}
    assert [(one.id, one.state, one.version) for one in items_on(sheet)] == before


def test_what_was_given_from_the_start_is_dropped_only_before_the_period(province: Province, month: int) -> None:
    december = making.add_period(province, "B", number=12)
    late = making.add_item(making.add_sheet(province, CAM, month))
    early = making.add_item(making.add_sheet(province, CAM, december))
    assert refusal(lambda: act(province, "tochuc", lambda who: assigning.drop(who, late, "Nhầm"))) == "period_began"
    assert refusal(lambda: act(province, "tochuc", lambda who: assigning.drop(who, early, " "))) == "required"
    act(province, "tochuc", lambda who: assigning.drop(who, early, "Chuyển sang quý sau"))
    assert (item_row(early).state, item_row(early).note) == ("dropped", "Chuyển sang quý sau")
    done = making.add_item(making.add_sheet(province, HUNG, month), kind="ad_hoc", done=True)
    assert refusal(lambda: act(province, "tochuc", lambda who: assigning.drop(who, done, "Nhầm"))) == "confirmed"


def test_work_taken_over_stays_with_the_first_and_adds_to_the_second(province: Province, month: int) -> None:
    first, second = making.add_sheet(province, HUNG, month), making.add_sheet(province, CAM, month)
    other = making.add_sheet(province, CAM, making.add_period(province, "B", number=12))
    given = making.add_item(first, "30", quantity=Decimal(3))

    def take(quantity: str | None, to: int = second, reason: str = "Nghỉ ốm") -> Any:
        amount = Decimal(quantity) if quantity else None
        return act(province, "tochuc", lambda who: assigning.take_over(who, given, to, quantity=amount, reason=reason))

    made = item_row(take("2"))
    assert (made.units, made.kind, made.from_person_id) == (Decimal(20), "taken_over", province.people[HUNG])
    assert item_row(given).state == "given"
    assert refusal(lambda: take("2")) == "more_than_left"
    assert refusal(lambda: take("1", to=first)) == "same_person"
    assert refusal(lambda: take("1", to=other)) == "other_period"
    assert refusal(lambda: take("1", reason="")) == "required"
    take("1")
    assert refusal(lambda: take("0.5")) == "more_than_left"


def test_the_period_before_is_copied_once(province: Province, month: int) -> None:
    october = making.add_period(province, "B", number=10)
    products = catalogue(province)
    old, new = making.add_sheet(province, CAM, october), making.add_sheet(province, CAM, month)
    with scope.everything():
        retired = products[2]
        db.session.execute(making.text("UPDATE work_products SET state = 'retired' WHERE id = :id"), {"id": retired})
        db.session.commit()
    making.add_item(old, "6", product_id=products[0], title="Việc 1", due_on=date(2026, 10, 31), quantity=Decimal(6))
    making.add_item(old, "4", product_id=retired, title="Việc 3")
    making.add_item(old, "9", kind="ad_hoc", title="Đột xuất")
    making.add_item(old, "9", title="Không đồng ý", state="refused")
    making.add_item(old, "5", title="Ngoài danh mục")
    made = act(province, "tochuc", lambda who: assigning.copy_last(who, [new]))
    assert len(made) == 2
    found = {one.title: one for one in items_on(new)}
    assert set(found) == {"Việc 1", "Ngoài danh mục"}
    assert found["Việc 1"].due_on == date(2026, 11, 30)
    assert (found["Việc 1"].quantity, found["Việc 1"].done, found["Việc 1"].reported) == (Decimal(6), None, "open")
    assert act(province, "tochuc", lambda who: assigning.copy_last(who, [new])) == []


def test_a_proposal_counts_once_accepted(province: Province, month: int) -> None:
    sheet = making.add_sheet(province, HUNG, month)
    making.add_item(sheet, "10", done=True)
    line = Line(title="Sáng kiến", factor=Decimal(2), quantity=Decimal(3), kind=ItemKind.AD_HOC)
    made = act(province, "canbo", lambda who: reporting.propose(who, sheet, line))
    assert item_row(made).state == "proposed"
    version = item_row(made).version
    act(province, "tochuc", lambda who: assigning.accept(who, made, version, quantity=Decimal(2)))
    assert (item_row(made).state, item_row(made).units) == ("given", Decimal(4))
    assert refusal(lambda: act(province, "tochuc", lambda who: assigning.accept(who, made))) == "not_proposed"
    again = act(province, "canbo", lambda who: reporting.propose(who, sheet, line))
    act(province, "tochuc", lambda who: assigning.refuse(who, again, "Đã có người làm"))
    assert (item_row(again).state, item_row(again).note) == ("refused", "Đã có người làm")
    third = act(province, "canbo", lambda who: reporting.propose(who, sheet, line))
    act(province, "canbo", lambda who: reporting.withdraw_proposal(who, third))
    assert third not in {one.id for one in items_on(sheet)}
    code = refusal(lambda: act(province, "canbo", lambda who: reporting.withdraw_proposal(who, again)))
    assert code == "not_proposed"


@pytest.mark.parametrize("state", ["open", "returned", "self_scored", "scored", "published"])
def test_one_reports_only_while_the_sheet_is_ones_own(province: Province, month: int, state: str) -> None:
    sheet = making.add_sheet(province, HUNG, month)
    given = making.add_item(sheet)
    with scope.everything():
        table = making.Base.metadata.tables["score_sheets"]
        db.session.execute(table.update().where(table.c.id == sheet).values(state=state, score=Decimal(1)))
        db.session.commit()

    def say(reported: Reported = Reported.DONE, progress: int = 40, evidence: str = "Công văn 12") -> Any:
        return act(province, "canbo", lambda who: reporting.report(who, given, reported, progress, evidence))

    if state not in {"open", "returned"}:
        assert refusal(say) == "not_with_owner"
        line = Line(title="X", factor=Decimal(1))
        assert refusal(lambda: act(province, "canbo", lambda who: reporting.propose(who, sheet, line))) == (
            "not_with_owner"
        )
        return
    say()
    found = item_row(given)
    assert (found.reported, found.progress, found.reported_on, found.done) == ("done", 100, TODAY.date(), None)
    assert refusal(lambda: say(Reported.IMPOSSIBLE, 0, "")) == "reason_missing"
    assert refusal(lambda: say(Reported.OPEN, 101, "")) == "progress"
    say(Reported.IMPOSSIBLE, 10, "Thiếu số liệu của Sở")
    assert item_row(given).state == "given"  # stays in U


@pytest.mark.parametrize("who", ["tochuc", "thutruong", "sonoivu"])
def test_nobody_reports_or_proposes_for_another(province: Province, month: int, who: str) -> None:
    sheet = making.add_sheet(province, HUNG, month)
    given = making.add_item(sheet)
    with pytest.raises(Forbidden):
        act(province, who, lambda actor: reporting.report(actor, given, Reported.DONE, 100, "x"))
    with pytest.raises(Forbidden):
        act(province, who, lambda actor: reporting.propose(actor, sheet, Line(title="X", factor=Decimal(1))))


def test_findings_make_the_counts_and_the_points(province: Province, month: int) -> None:
    sheet = making.add_sheet(province, HUNG, month, general=making.PERFECT)
    given = making.add_item(sheet, "10", done=True)
    making.add_item(sheet, "30", done=True)

    def find(kind: FindingKind, *, excused: bool = False, on: date | None = date(2026, 11, 10)) -> int:
        made: int = act(province, "tochuc", lambda who: findings.find(who, given, kind, on, "Sai mẫu", excused))
        return made

    first = find(FindingKind.FAILED_CHECK)
    find(FindingKind.LATE)
    find(FindingKind.LATE)
    find(FindingKind.LATE, excused=True)
    found = item_row(given)
    assert (found.failed_checks, found.late_count) == (1, 2)
    points = making.points(sheet)
    assert (points["quality"], points["progress"]) == (Decimal("0.9375"), Decimal("0.875"))
    act(province, "tochuc", lambda who: findings.withdraw_finding(who, first, "Ghi nhầm sản phẩm"))
    assert item_row(given).failed_checks == 0
    assert making.points(sheet)["quality"] == 1
    code = refusal(lambda: act(province, "tochuc", lambda who: findings.withdraw_finding(who, first, "Lần nữa")))
    assert code == "withdrawn"
    assert refusal(lambda: find(FindingKind.LATE, on=date(2026, 11, 25))) == "ahead"
    assert refusal(lambda: find(FindingKind.LATE, on=date(2026, 10, 25))) == "before"
    assert refusal(lambda: find(FindingKind.LATE, on=None)) == "required"


def test_a_stale_form_changes_nothing(province: Province, month: int) -> None:
    sheet = making.add_sheet(province, HUNG, month)
    given, proposed = making.add_item(sheet), making.add_item(sheet, state="proposed", kind="ad_hoc")
    for who, do in (
        ("tochuc", lambda a: findings.find(a, given, FindingKind.LATE, date(2026, 11, 2), "x", False, 7)),
        ("tochuc", lambda a: assigning.accept(a, proposed, 7)),
        ("tochuc", lambda a: assigning.refuse(a, proposed, "x", 7)),
        ("tochuc", lambda a: assigning.drop(a, given, "x", 7)),
        ("canbo", lambda a: reporting.report(a, given, Reported.DONE, 100, "x", 7)),
        ("canbo", lambda a: reporting.withdraw_proposal(a, proposed, 7)),
    ):
        with pytest.raises(Stale):
            act(province, who, do)
    assert [one.version for one in items_on(sheet)] == [1, 1]


@pytest.mark.committed
def test_two_people_on_one_product_lose_nothing(app: Flask, province: Province, month: int) -> None:
    sheet = making.add_sheet(province, HUNG, month, general=making.PERFECT)
    given = making.add_item(sheet, "10", done=True)
    rounds, start = 6, Barrier(2)
    errors: list[BaseException] = []

    def work(who: str, kind: FindingKind) -> None:
        with app.app_context(), clock.frozen(TODAY):
            try:
                for number in range(rounds):
                    if number == 0:
                        start.wait(10)
                    act(province, who, lambda a: findings.find(a, given, kind, date(2026, 11, 5), "x", False))
            except BaseException as error:  # noqa: BLE001 - told to the test's own thread
                errors.append(error)
            finally:
                db.session.remove()

    threads = [
        Thread(target=work, args=("tochuc", FindingKind.LATE)),
        Thread(target=work, args=("thutruong", FindingKind.FAILED_CHECK)),
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert errors == []
    found = item_row(given)
    assert (found.late_count, found.failed_checks, found.version) == (rounds, rounds, 1 + 2 * rounds)
    assert making.points(sheet)["quality"] == 0


def test_the_check_finds_counts_that_no_finding_explains(province: Province, month: int) -> None:
    sheet = making.add_sheet(province, HUNG, month)
    given = making.add_item(sheet)
    late = FindingKind.LATE
    act(province, "tochuc", lambda who: findings.find(who, given, late, date(2026, 11, 3), "Chậm", False))
    with scope.everything():
        assert work_checks.run() == []
        wrong = making.add_item(sheet, late_count=2)
        assert work_checks.run() == [f"sản phẩm số {wrong}: số lần không đạt, chậm khác với các lần đã ghi"]
