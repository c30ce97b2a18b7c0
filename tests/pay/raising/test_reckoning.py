"""From the record of one person to their next raise: vectors of the fact sheets, one act counted once, doubts named."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.core.dates import PartialDate
from hrms.core.holidays import current as working_days
from hrms.pay.rules.raises import RaiseTerms
from hrms.pay.rules.raising import (
    DOUBTS,
    Away,
    Classed,
    Held,
    Known,
    Measure,
    Reckoned,
    before_retirement,
    reckon,
)
from hrms.people.queries import law
from hrms.people.rules.absences import AbsenceKind
from hrms.people.rules.kinds import EmploymentStatus, PersonKind
from hrms.performance.rules.classes import RatingClass

TODAY = date(2026, 11, 22)
SINCE = date(2024, 3, 1)
GOOD = tuple(Classed(year, RatingClass.GOOD) for year in range(2018, 2026))
BAD = RatingClass.UNSATISFACTORY


def ask(
    group: str = "A1",
    step: int | None = 4,
    coefficient: str | None = "3.33",
    since: date | None = SINCE,
    *,
    percent: int = 0,
    percent_since: date | None = None,
    kind: PersonKind = PersonKind.CIVIL_SERVANT,
    table: int = 2,
    today: date = TODAY,
    **facts: Any,
) -> Reckoned:
    held = Held(
        "01.003", table, group, step, None if coefficient is None else Decimal(coefficient), since, Decimal(percent),
        percent_since,
    )  # fmt: skip
    known = Known(1, kind, EmploymentStatus.SERVING, held, 1)
    known.ratings = list(GOOD)
    for name, value in facts.items():
        setattr(known, name, value)
    terms = RaiseTerms.of(law.rows("parameters"), today, working_days().between)
    return reckon(known, law.pay_scales().get((table, group)), terms, today)


def said(form: str, on: str, side: str = "administration", act: str = "") -> Measure:
    return Measure(side, form, PartialDate.parse(on), act)


def rated(**years: RatingClass) -> list[Classed]:
    named = {int(year[1:]): value for year, value in years.items()}
    return [Classed(one.year, named.get(one.year, one.rating)) for one in GOOD] + [
        Classed(year, value) for year, value in named.items() if year > 2025
    ]


def due(found: Reckoned) -> date:
    assert found.coming is not None
    return found.coming.due_on


def codes(found: Reckoned) -> set[str]:
    assert {one.code for one in found.doubts} <= set(DOUBTS)
    return {one.code for one in found.doubts}


@pytest.mark.parametrize(
    ("facts", "day"),
    [
        ({}, date(2027, 3, 1)),
        ({"measures": [said("reprimand", "2025-06-01")]}, date(2027, 6, 1)),
        ({"measures": [said("reprimand", "2026-05-10")]}, date(2027, 6, 1)),
        ({"ratings": rated(y2025=BAD)}, date(2027, 9, 1)),
        ({"ratings": rated(y2024=BAD, y2026=BAD)}, date(2028, 3, 1)),
        ({"measures": [said("warning", "2026-05-10")], "ratings": rated(y2026=BAD)}, date(2028, 3, 1)),
        ({"measures": [said("removal", "2025-05-10")]}, date(2028, 3, 1)),
        ({"absences": [Away(AbsenceKind.UNPAID_LEAVE, date(2025, 1, 1), date(2025, 5, 1))]}, date(2027, 7, 1)),
        ({"absences": [Away(AbsenceKind.MATERNITY_LEAVE, date(2025, 1, 1), date(2025, 7, 1))]}, date(2027, 3, 1)),
        ({"absences": [Away(AbsenceKind.UNPAID_LEAVE, date(2025, 1, 6), date(2025, 1, 18), None, 10)]},
         date(2027, 3, 1)),
        ({"absences": [Away(AbsenceKind.UNPAID_LEAVE, date(2025, 1, 6), date(2025, 1, 21), None, 11)]},
         date(2027, 4, 1)),
        ({"spells": [(date(2024, 3, 1), date(2025, 3, 1))]}, date(2028, 3, 1)),
    ],
)  # fmt: skip
def test_vectors_of_the_fact_sheets(facts: dict[str, Any], day: date) -> None:
    assert due(ask(**facts)) == day


def test_groups_and_old_texts() -> None:
    assert due(ask("B", 5, "2.66", date(2025, 5, 1))) == date(2027, 5, 1)
    old = {"measures": [said("reprimand", "2020-05-10")], "today": date(2021, 1, 1)}
    assert due(ask(since=date(2019, 3, 1), **old)) == date(2022, 9, 1)
    assert due(ask(since=date(2019, 3, 1), kind=PersonKind.PUBLIC_EMPLOYEE, table=3, **old)) == date(2022, 6, 1)


def test_one_act_counts_once_and_two_acts_twice() -> None:
    only_party = ask(measures=[said("party_reprimand", "2025-05-10", "party")])
    assert due(only_party) == date(2027, 6, 1)
    party = said("party_warning", "2025-05-10", "party", "Thiếu trách nhiệm")
    same = ask(measures=[party, said("reprimand", "2025-09-01", act="thiếu  trách nhiệm")])
    assert (due(same), codes(same)) == (date(2027, 6, 1), set())
    near = ask(measures=[said("party_warning", "2025-05-10", "party"), said("reprimand", "2025-06-09")])
    assert (due(near), codes(near)) == (date(2027, 6, 1), {"discipline_both"})
    far = ask(measures=[said("party_warning", "2025-05-10", "party"), said("reprimand", "2025-06-10")])
    assert due(far) == date(2027, 12, 1)
    other = ask(measures=[party, said("reprimand", "2025-05-20", act="Vi phạm giờ làm việc")])
    assert due(other) == date(2027, 12, 1)
    twice = ask(measures=[said("reprimand", "2025-05-10"), said("reprimand", "2025-05-10", act="Ghi lại")])
    assert (due(twice), codes(twice)) == (date(2027, 6, 1), {"discipline_twice"})


def test_a_class_made_by_a_discipline_adds_nothing_to_it() -> None:
    measure = said("reprimand", "2025-05-10")
    ratings = [one for one in GOOD if one.year != 2025]
    by_discipline = ask(measures=[measure], ratings=[*ratings, Classed(2025, BAD, by_discipline=True)])
    assert (due(by_discipline), codes(by_discipline)) == (date(2027, 6, 1), set())
    by_points = ask(measures=[measure], ratings=[*ratings, Classed(2025, BAD, by_discipline=False)])
    assert (due(by_points), codes(by_points)) == (date(2027, 12, 1), set())
    unclear = ask(measures=[measure], ratings=[*ratings, Classed(2025, BAD)])
    assert (due(unclear), codes(unclear)) == (date(2027, 12, 1), {"same_cause"})


def test_what_is_half_known_is_doubtful() -> None:
    assert codes(ask(measures=[said("reprimand", "2025-05")])) == {"discipline_day"}
    assert codes(ask(measures=[said("pay_reduction", "2025-05-10")])) == {"discipline_form"}
    assert codes(ask(measures=[Measure("administration", "reprimand", None)])) == {"discipline_undated"}
    assert codes(ask(measures=[said("reprimand", "2023-05")])) == set(), "before the step it does not matter"
    assert codes(ask(ratings=[one for one in GOOD if one.year != 2024])) == {"ratings_missing"}
    assert codes(ask(ratings=rated(y2025=RatingClass.NONE))) == {"not_rated"}
    assert codes(ask(coefficient="3.34")) == {"coefficient"}
    assert codes(ask(absent=True, flagged=[2023, 2025])) == {"on_leave", "consequence"}
    assert codes(ask(retires_on=date(2027, 2, 28))) == {"past_retirement"}
    assert codes(ask(since=date(2020, 3, 1))) == {"several_due"}
    assert codes(ask(status=EmploymentStatus.SUSPENDED)) == {"suspended"}


def test_an_open_absence_lasts_until_today_or_the_day_foreseen() -> None:
    since = date(2026, 9, 1)
    open_ended = ask(absences=[Away(AbsenceKind.UNPAID_LEAVE, since)])
    assert (due(open_ended), codes(open_ended)) == (date(2027, 6, 1), {"absence_open"})
    foreseen = ask(absences=[Away(AbsenceKind.UNPAID_LEAVE, since, None, date(2027, 1, 31))])
    assert due(foreseen) == date(2027, 8, 1)
    overdue = ask(absences=[Away(AbsenceKind.UNPAID_LEAVE, since, None, date(2026, 9, 30))])
    assert due(overdue) == due(open_ended)


def test_beyond_the_scale_it_goes_on_from_what_is_recorded() -> None:
    last = {"group": "A1", "step": 9, "coefficient": "4.98"}
    first = ask(**last, since=date(2023, 12, 1))
    assert first.coming is not None
    assert (first.coming.percent, due(first)) == (5, date(2026, 12, 1))
    further = ask(**last, since=date(2018, 5, 1), percent=9, percent_since=date(2025, 5, 1))
    assert further.coming is not None
    assert (further.coming.percent, due(further), codes(further)) == (10, date(2026, 5, 1), set())
    late = ask(**last, since=date(2018, 5, 1), percent=7, percent_since=date(2023, 5, 1))
    assert codes(late) == {"several_due"}
    blamed = ask(**last, since=date(2018, 5, 1), percent=9, percent_since=date(2025, 5, 1),
                 measures=[said("warning", "2020-05-10"), said("reprimand", "2025-06-10")])  # fmt: skip
    assert due(blamed) == date(2026, 8, 1), "what came before the percentage is settled"
    assert ask(**last, percent=5).unknown == "no_percent_since"


def test_what_the_record_lacks_is_named() -> None:
    assert ask("X9").unknown == "no_scale"
    assert ask(since=None).unknown == "no_step_since"
    assert ask(step=None, coefficient="9.99").unknown == "no_step"
    by_coefficient = ask(step=None)
    assert (by_coefficient.step, due(by_coefficient)) == (4, date(2027, 3, 1))


def test_a_notice_of_retirement() -> None:
    figures = law.parameters(TODAY)
    noticed = date(2026, 8, 20)
    day, why = before_retirement(ask(notice=(noticed, date(2026, 12, 31))), figures)
    assert day == noticed
    assert why[0].source == figures["raise.retirement_most_months"].source
    early = before_retirement(ask(notice=(date(2026, 1, 5), date(2026, 12, 31))), figures)[0]
    assert early == date(2026, 3, 1), "at most twelve months"
    assert before_retirement(ask(notice=(noticed, date(2026, 2, 1))), figures)[0] is None
    blamed = ask(notice=(noticed, date(2026, 12, 31)), measures=[said("reprimand", "2025-05-10")])
    assert before_retirement(blamed, figures)[0] is None
    assert before_retirement(ask(), figures) == (None, ())


away = st.builds(
    lambda kind, start, length: Away(
        kind, date(2024, 1, 1) + timedelta(days=start), date(2024, 1, 1) + timedelta(days=start + length)
    ),
    st.sampled_from([AbsenceKind.UNPAID_LEAVE, AbsenceKind.SICK_LEAVE, AbsenceKind.STUDY]),
    st.integers(0, 900),
    st.integers(1, 200),
)
measures = st.builds(
    lambda form, day: said(form, (date(2024, 1, 1) + timedelta(days=day)).isoformat()),
    st.sampled_from(["reprimand", "warning", "removal"]), st.integers(0, 1000),
)  # fmt: skip


@given(st.lists(away, max_size=3), st.lists(measures, max_size=3), st.lists(st.sampled_from([2024, 2025]), unique=True))
def test_the_order_of_the_record_changes_nothing_and_more_never_brings_it_forward(
    absences: list[Away], disciplines: list[Measure], bad: list[int]
) -> None:
    ratings = [Classed(one.year, BAD if one.year in bad else one.rating) for one in GOOD]
    whole = ask(absences=absences, measures=disciplines, ratings=ratings)
    turned = ask(absences=absences[::-1], measures=disciplines[::-1], ratings=ratings[::-1])
    assert due(whole) == due(turned)
    assert {str(one) for one in whole.doubts} == {str(one) for one in turned.doubts}
    assert due(ask()) <= due(ask(absences=absences)) <= due(whole)
