"""What is recorded late: approved months never change, the next sheet brings the difference, to the đồng."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from hrms.core import revision, scope
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.pay.queries import past_months, raising
from hrms.pay.queries.past_months import Outdated
from hrms.people.models import Discipline
from tests.pay.making import OFFICER, TEACHER, add_absence, add_usual, move, set_rank, set_status
from tests.pay.sheets.running import amounts, approve, at, close, compute, doubts, due, paid, run, slip
from tests.performance.making import add_row
from tests.province import Province

YOUNG = "Lý Thị Cẩm"
A1 = {"rank": "01.003", "group": "A1"}


@pytest.fixture(autouse=True)
def _no_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes are found by their instant alone, not because everything here is recent."""
    monkeypatch.setattr(past_months, "MARGIN", timedelta(0))


def frozen() -> str:
    """Return a fingerprint of everything that is approved."""
    with scope.everything():
        return str(
            db.session.execute(
                text("""
SELECT md5(string_agg(row::text, '|' ORDER BY row::text)) FROM (
  SELECT l.id::text || l.amount || l.code || l.for_month AS row FROM pay_lines l JOIN pay_runs r ON r.id = l.run_id
  WHERE r.state = 'approved'
  UNION ALL SELECT s.id::text || s.net || s.gross || s.facts::text FROM pay_slips s WHERE s.state = 'approved'
  UNION ALL SELECT r.id::text || r.net || r.people FROM pay_runs r WHERE r.state = 'approved') all_rows""")
            ).scalar_one()
        )


def test_a_late_rank_decision_brings_arrears_and_frozen_months_stay(province: Province) -> None:
    """Step 3 from 01/7/2026, known in October: 0.33 × 2,530,000 a month, less 9.5 %."""
    add_usual(province, YOUNG)
    person = province.people[YOUNG]
    close(province, at(7), at(8), at(9))
    before = frozen()
    set_rank(province, YOUNG, "3.00", since=at(7), step=3, **A1)
    made = compute(province, at(10))
    assert frozen() == before
    for month in (at(7), at(8), at(9)):
        assert amounts(made, person, month) == {"salary": Decimal(834900), "public_duty": Decimal(208725)}
        assert amounts(made, person, month, "deduction") == {
            "social_insurance": Decimal(66792), "health_insurance": Decimal(12523)
        }  # fmt: skip
    found = slip(made, person)
    assert found.arrears == 3 * (834900 + 208725 - 66792 - 12523)
    assert [one["month"] for one in found.past] == ["2026-07-01", "2026-08-01", "2026-09-01"]
    assert found.past[0]["before"]["gross"] == str(round(Decimal("2.67") * 2530000 * 5 / 4))
    assert run(made).arrears == found.arrears
    approve(province, made)
    # Nothing is paid twice: the next sheet has no arrears any more.
    november = compute(province, at(11))
    assert slip(november, person).arrears == 0
    approve(province, november)
    assert paid(person, province.agencies["B"]) == due(person, province.agencies["B"], *map(at, (7, 8, 9, 10, 11)))


def test_a_late_raise_across_the_change_of_the_base_salary(province: Province) -> None:
    """Months before 01/7/2026 at 2,340,000, later ones at 2,530,000: each by the law of its month."""
    person = province.people[YOUNG]
    close(province, at(5), at(6), at(7))
    set_rank(province, YOUNG, "3.00", since=date(2026, 5, 16), step=3, **A1)
    made = compute(province, at(8))
    half = Decimal("0.33") * 2340000 * 16 / 31
    assert amounts(made, person, at(5))["salary"] == pytest.approx(half, abs=1)
    assert amounts(made, person, at(6))["salary"] == Decimal(772200)
    assert amounts(made, person, at(7))["salary"] == Decimal(834900)


def test_a_corrected_degree_corrects_the_first_placement(province: Province) -> None:
    """A master's degree proved late: step 2 of A1 instead of step 1, from the day of the placement."""
    person = province.people[YOUNG]
    set_rank(province, YOUNG, "2.34", since=date(2026, 3, 1), step=1, **A1)
    close(province, *map(at, range(3, 10)))
    before = frozen()
    set_rank(province, YOUNG, "2.67", since=date(2026, 3, 1), step=2, **A1)
    made = compute(province, at(10))
    assert amounts(made, person, at(3)) == {"salary": Decimal(772200)}
    assert amounts(made, person, at(9)) == {"salary": Decimal(834900)}
    assert len(slip(made, person).past) == 7
    assert frozen() == before
    approve(province, made)
    agency = province.agencies["B"]
    assert paid(person, agency) == due(person, agency, *map(at, range(3, 11)))


def test_a_back_dated_discipline_moves_the_raise_and_takes_back_what_was_paid(province: Province) -> None:
    """Reprimanded on 10/5/2026, known in October: the raise of 01/8 was three months early (TT 08/2013 Đ2)."""
    person = province.people[YOUNG]
    set_rank(province, YOUNG, "2.67", since=date(2023, 8, 1), step=2, **A1)
    with scope.everything():
        expected = raising.clock_of([person])[person].coming
    assert expected is not None
    assert expected.due_on == date(2026, 8, 1)
    set_rank(province, YOUNG, "3.00", since=date(2026, 8, 1), step=3, **A1)
    close(province, *map(at, (7, 8, 9)))
    before = frozen()
    with scope.everything():
        add_row(Discipline, person_id=person, side="administration", form="reprimand", from_on="2026-05-10")
        db.session.commit()
    set_rank(province, YOUNG, "2.67", since=date(2023, 8, 1), step=2, **A1)
    with scope.everything():
        later = raising.clock_of([person])[person].coming
    assert later is not None
    assert later.due_on == date(2026, 11, 1)
    set_rank(province, YOUNG, "3.00", since=later.due_on, step=3, **A1)
    made = compute(province, at(10))
    assert {month: amounts(made, person, month) for month in (at(7), at(8), at(9))} == {
        at(7): {}, at(8): {"salary": Decimal(-834900)}, at(9): {"salary": Decimal(-834900)}
    }  # fmt: skip
    assert amounts(made, person, at(8), "deduction")["social_insurance"] == Decimal(-66792)
    assert slip(made, person).arrears == -2 * (834900 - 66792 - 12523)
    assert frozen() == before
    assert amounts(made, person) == {"salary": Decimal(6755100)}
    assert amounts(compute(province, at(11)), person) == {"salary": Decimal(7590000)}


def test_only_what_changed_is_looked_at_again(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    close(province, at(7), at(8))
    set_rank(province, YOUNG, "3.00", since=at(8), step=3, **A1)
    asked: list[frozenset[int]] = []
    real = past_months.paid

    def spy(agencies: object, ids: frozenset[int], *more: date) -> object:
        asked.append(frozenset(ids))
        return real(agencies, ids, *more)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(past_months, "paid", spy)
    compute(province, at(9))
    assert asked == [frozenset({province.people[YOUNG]})]


def test_who_moved_earlier_than_known_is_claimed_back_here_and_paid_there(province: Province) -> None:
    person = province.people[YOUNG]
    for place in ("B", "C"):
        close(province, at(7), at(8), place=place)
    move(province, YOUNG, "C", since=at(8))
    here, there = compute(province, at(9), "B"), compute(province, at(9), "C")
    assert amounts(here, person, at(8)) == {"salary": Decimal(-6755100)}
    assert amounts(there, person, at(8)) == {"salary": Decimal(6755100)}
    assert amounts(here, person) == {}
    assert doubts(here, person) == {"negative"}
    for made in (here, there):
        approve(province, made)
    assert paid(person, province.agencies["B"]) == due(person, province.agencies["B"], at(7), at(8), at(9))
    assert paid(person, province.agencies["C"]) == due(person, province.agencies["C"], at(7), at(8), at(9))


def test_who_had_left_before_it_was_known_pays_back(province: Province) -> None:
    person = province.people[YOUNG]
    close(province, at(7), at(8))
    set_status(province, YOUNG, "left", since=date(2026, 8, 1))
    made = compute(province, at(9))
    assert slip(made, person).net < 0
    assert amounts(made, person, at(8)) == {"salary": Decimal(-6755100)}


def test_who_joined_before_it_was_known_gets_the_months_missed(province: Province) -> None:
    person = province.people[TEACHER]
    close(province, at(7), at(8))
    move(province, TEACHER, "B", since=at(8))
    made = compute(province, at(9))
    assert amounts(made, person, at(8)) == {"salary": Decimal(10094700)}


def test_an_absence_known_late(province: Province) -> None:
    person = province.people[YOUNG]
    close(province, at(8))
    add_absence(province, YOUNG, "unpaid_leave", date(2026, 8, 3), date(2026, 8, 13))
    made = compute(province, at(9))
    assert amounts(made, person, at(8)) == {"salary": -round(Decimal(6755100) * 10 / 31)}


def test_a_month_that_can_no_longer_be_computed_is_left_and_said(province: Province) -> None:
    person = province.people[YOUNG]
    close(province, at(7), at(8))
    set_rank(province, YOUNG, None, since=at(8), **A1)
    made = compute(province, at(9))
    assert amounts(made, person, at(8)) == {}
    assert doubts(made, person) == {"no_coefficient", "not_recomputed"}


def test_a_base_salary_raised_afterwards_is_owed_to_everybody_and_undone_claimed_back(province: Province) -> None:
    close(province, at(7), at(8))
    change = _text("2600000", date(2026, 8, 1))
    made = compute(province, at(9))
    person = province.people[YOUNG]
    assert amounts(made, person, at(7)) == {}
    assert amounts(made, person, at(8)) == {"salary": Decimal("2.67") * 70000}
    assert run(made).people == 4
    assert all(slip(made, one).arrears > 0 for one in _paid_at(made))
    approve(province, made)
    _undo(change)
    october = compute(province, at(10))
    assert amounts(october, person, at(8)) == {"salary": Decimal("2.67") * -70000}
    assert amounts(october, person, at(9)) == {"salary": Decimal("2.67") * -70000}
    approve(province, october)
    agency = province.agencies["B"]
    assert paid(person, agency) == due(person, agency, *map(at, (7, 8, 9, 10)))


def _paid_at(run_id: int) -> list[int]:
    with scope.everything():
        found = db.session.execute(text("SELECT person_id FROM pay_slips WHERE run_id = :run"), {"run": run_id})
        return list(found.scalars())


def _text(amount: str, since: date) -> int:
    """Apply a text of the law with another base salary; its id."""
    with scope.everything():
        found: int = db.session.execute(
            text("""
INSERT INTO figure_changes (number, title, valid_from, source, mark, rows, state, applied_at)
VALUES ('1/2026/NĐ-CP', 'Mức lương cơ sở', :since, '1/2026/NĐ-CP Đ3', 'C',
  CAST(:rows AS jsonb), 'applied', clock_timestamp()) RETURNING id"""),
            {"since": since, "rows": f'[{{"catalogue": "base_salaries", "amount": "{amount}"}}]'},
        ).scalar_one()
        revision.advance()
        db.session.commit()
    return found


def _undo(change_id: int) -> None:
    with scope.everything():
        db.session.execute(
            text(
                "UPDATE figure_changes SET state = 'undone', undone_at = clock_timestamp(), undone_reason = 'Thu hồi'"
                " WHERE id = :id"
            ),
            {"id": change_id},
        )
        revision.advance()
        db.session.commit()


def test_what_changed_before_the_first_sheet_is_said_and_not_computed(province: Province) -> None:
    """Nobody knows what was paid before sheets were kept here."""
    person = province.people[YOUNG]
    close(province, at(8))
    set_rank(province, YOUNG, "3.00", since=date(2026, 5, 1), until=date(2026, 7, 1), step=3, **A1)
    made = compute(province, at(9))
    assert "unsettled" in doubts(made, person)
    (said,) = [one for one in slip(made, person).doubts if one["code"] == "unsettled"]
    assert said["params"] == {"month": "05/2026"}
    assert amounts(made, person, at(8)) == {}
    # A change of today writes the days before anew, unchanged: nothing to say of them.
    set_rank(province, "Nguyễn Văn Hùng", "3.99", since=at(9), step=6, **A1)
    compute(province, at(9))
    assert "unsettled" not in doubts(made, province.people["Nguyễn Văn Hùng"])


def test_a_sheet_says_what_changed_after_it_was_computed(province: Province) -> None:
    made = compute(province, at(10))
    province.enter("tochuc", Permission.PAY_VIEW)
    assert past_months.outdated(run(made)) == Outdated(0, False)
    set_rank(province, YOUNG, "3.00", since=at(12), step=3, **A1)
    set_rank(province, OFFICER, "5.08", since=at(7), rank="01.002", group="A2.1", step=3)
    _text("2600000", date(2026, 10, 20))
    province.enter("tochuc", Permission.PAY_VIEW)
    assert past_months.outdated(run(made)) == Outdated(1, True)
    page = province.client("tochuc").get(f"/pay/runs/{made}").text
    assert "Hồ sơ của 1 người đã đổi sau khi tính" in page
    compute(province, at(10))
    province.enter("tochuc", Permission.PAY_VIEW)
    assert past_months.outdated(run(made)) == Outdated(0, False)
