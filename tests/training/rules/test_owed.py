"""What is owed in training: hours of a period by days, courses by a day, and the classes that close a gap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrms.training.rules.kinds import CourseKind, LearningForm, RequirementTarget, RequirementWhat, StandingState
from hrms.training.rules.learner import Away, Fact, Ground, Holding, Learner, Learnt, Requirement, Standing
from hrms.training.rules.owed import compliance, course_standing, credits_shown, hours_standing, share, standing
from hrms.training.rules.proposing import Gap, Offer, propose
from hrms.training.rules.spans import common, days, holds, merged, without

D = Decimal
CLASS, ONLINE = LearningForm.CLASS, LearningForm.ONLINE
POSITION, TEACHING = CourseKind.POSITION, CourseKind.TEACHING
KIND = RequirementTarget.PERSON_KIND
TODAY = date(2026, 11, 21)
GROUND = Ground(TODAY, {}, teaching_for_all=True)
YEARLY = Requirement(
    1, "Công chức", RequirementWhat.HOURS, KIND, frozenset({"civil_servant"}), date(2025, 7, 1), None, D(40),
    frozenset({POSITION, TEACHING}), exempt_absences=frozenset({"maternity_leave", "sick_leave"}), exempt_days=30,
    source="NĐ 171/2025/NĐ-CP Đ16 k3",
)  # fmt: skip
LEADERSHIP = Requirement(
    2, "Lãnh đạo phòng", RequirementWhat.COURSE, RequirementTarget.POST, frozenset({"division_head"}),
    date(2025, 7, 1), courses=frozenset({"LD.PHONG", "LD.CU"}), due_months=12, exempt_before=date(2025, 6, 30),
    first_on=date(2025, 7, 1),
)  # fmt: skip


def civil(*entries: Learnt, since: date = date(2015, 1, 1), until: date | None = None,
          facts: Iterable[Fact] = (), **more: Any) -> Learner:  # fmt: skip
    known = (Fact(KIND, "civil_servant", since, until), *facts)
    return Learner(((since, until or date.max),), known, entries=entries, **more)


def hours(amount: str, kind: CourseKind = POSITION, form: LearningForm = CLASS, on: str = "2026-05-01") -> Learnt:
    return Learnt(kind, form, D(amount), date.fromisoformat(on))


def owes(versions: Iterable[Requirement], who: Learner, year: int = 2026, ground: Ground = GROUND) -> Standing:
    """Return a standing in hours that is there."""
    found = hours_standing(list(versions), who, year, ground)
    assert found is not None
    return found


def course(versions: Iterable[Requirement], who: Learner, year: int = 2026, ground: Ground = GROUND) -> Standing:
    """Return a standing to a course that is there."""
    found = course_standing(list(versions), who, year, ground)
    assert found is not None
    return found


def test_course_and_teaching_hours_make_the_week() -> None:
    found = owes([YEARLY], civil(hours("24"), hours("16", TEACHING)))
    assert (found.state, found.counted, found.required, found.missing) == (
        StandingState.MET, D("40.00"), D("40.00"), D("0.00"),
    )  # fmt: skip
    assert credits_shown(found.counted or D(0), 15) == "2.67"
    assert found.reasons[0].source == "NĐ 171/2025/NĐ-CP Đ16 k3"


def test_hours_are_compared_not_credits() -> None:
    found = owes([YEARLY], civil(hours("39.99")))
    assert (found.state, found.missing, credits_shown(D("39.99"), 15)) == (StandingState.SHORT, D("0.01"), "2.67")


@pytest.mark.parametrize(
    "kind",
    [CourseKind.POLITICAL_THEORY, CourseKind.DEFENCE, CourseKind.LEADERSHIP, CourseKind.STATE_MANAGEMENT,
     CourseKind.DEGREE],
)  # fmt: skip
def test_other_contents_do_not_count(kind: CourseKind) -> None:
    found = owes([YEARLY], civil(hours("200", kind), hours("8")))
    assert (found.counted, found.missing) == (D(8), D(32))
    assert any("không tính" in one.text and one.figure == "200" for one in found.reasons)


def test_teaching_counts_for_those_who_lead_on_the_day() -> None:
    ground = replace(GROUND, teaching_for_all=False)
    who = civil(hours("10", TEACHING, on="2026-03-01"), hours("6", TEACHING, on="2026-09-01"))
    assert owes([YEARLY], who, 2026, ground).counted == D(0)
    leading = (*who.facts, Fact(RequirementTarget.POST, "division_head", date(2026, 6, 1)))
    assert owes([YEARLY], replace(who, facts=leading), 2026, ground).counted == D(6)


@pytest.mark.parametrize(
    ("year", "since", "owed", "whole", "required"),
    [
        (2026, date(2026, 7, 1), 184, 365, "20.16"),
        (2028, date(2028, 7, 1), 184, 366, "20.11"),
        (2028, date(2028, 2, 29), 307, 366, "33.55"),
        (2026, date(2026, 12, 31), 1, 365, "0.11"),
        (2027, date(2020, 1, 1), 365, 365, "40.00"),
    ],
)
def test_part_of_a_year_by_days(year: int, since: date, owed: int, whole: int, required: str) -> None:
    found = owes([YEARLY], civil(since=since), year, GROUND)
    assert (found.days_owed, found.required) == (owed, D(required))
    assert share(D(40), owed, whole) == D(required)


def test_without_pro_rata_a_day_owes_all() -> None:
    found = owes([replace(YEARLY, pro_rata=False)], civil(since=date(2026, 12, 31)))
    assert found.required == D(40)


def test_a_year_before_or_after_service_is_no_standing() -> None:
    assert hours_standing([YEARLY], civil(since=date(2027, 1, 1)), 2026, GROUND) is None
    assert hours_standing([YEARLY], civil(until=date(2026, 1, 1)), 2026, GROUND) is None
    assert hours_standing([YEARLY], civil(), 2024, GROUND) is None


def test_maternity_is_taken_off_and_what_was_learnt_then_counts() -> None:
    away = (Away("maternity_leave", date(2026, 3, 1), date(2026, 9, 1)),)
    found = owes([YEARLY], civil(hours("5", on="2026-04-01"), away=away))
    assert (found.days_owed, found.required, found.counted) == (181, D("19.84"), D(5))
    all_year = (Away("maternity_leave", date(2025, 12, 1), date(2027, 1, 1)),)
    exempt = owes([YEARLY], civil(away=all_year), 2026)
    assert (exempt.state, exempt.required, exempt.missing, exempt.at_risk) == (
        StandingState.EXEMPT, D(0), D(0), False,
    )  # fmt: skip


def test_short_sickness_is_not_taken_off_but_stretches_that_adjoin_are_one() -> None:
    short = (Away("sick_leave", date(2026, 3, 1), date(2026, 3, 30)),)
    assert owes([YEARLY], civil(away=short)).days_owed == 365
    pair = (*short, Away("sick_leave", date(2026, 3, 30), date(2026, 4, 10)))
    assert owes([YEARLY], civil(away=pair)).days_owed == 325
    other = (Away("unpaid_leave", date(2026, 3, 1), date(2026, 9, 1)),)
    assert owes([YEARLY], civil(away=other)).days_owed == 365


def test_an_open_absence_runs_to_the_day_foreseen_and_never_ends_before_today() -> None:
    foreseen = (Away("maternity_leave", date(2026, 10, 1), None, date(2026, 11, 30)),)
    assert owes([YEARLY], civil(away=foreseen)).days_owed == 273 + 31
    late = (Away("maternity_leave", date(2026, 10, 1), None, date(2026, 11, 10)),)
    assert owes([YEARLY], civil(away=late)).days_owed == 273 + 40
    unknown = (Away("maternity_leave", date(2026, 10, 1)),)
    assert owes([YEARLY], civil(away=unknown)).days_owed == 273


def test_grace_after_coming_into_the_target_is_not_owed() -> None:
    graced = replace(YEARLY, grace_months=6)
    found = owes([graced], civil(hours("3", on="2026-05-01"), since=date(2026, 4, 1)))
    assert (found.days_owed, found.required, found.counted) == (92, D("10.08"), D(3))
    assert owes([graced], civil()).days_owed == 365


def test_a_post_written_again_does_not_begin_grace_again() -> None:
    graced = replace(YEARLY, target=RequirementTarget.POST, codes=frozenset({"division_head"}), grace_months=6)
    post = RequirementTarget.POST
    again = (
        Fact(post, "division_head", date(2025, 1, 1), date(2026, 6, 1)),
        Fact(post, "division_head", date(2026, 6, 1)),
    )
    assert owes([graced], civil(facts=again)).days_owed == 365
    known = (Fact(post, "division_head", date(2026, 6, 1), None, date(2026, 3, 1)),)
    assert owes([graced], civil(facts=known)).days_owed == 122


def test_who_changes_position_owes_each_by_the_days_held() -> None:
    first = replace(YEARLY, id=7, target=RequirementTarget.POSITION, codes=frozenset({"a"}), hours=D(40))
    second = replace(YEARLY, id=8, target=RequirementTarget.POSITION, codes=frozenset({"b"}), hours=D(60))
    facts = (
        Fact(RequirementTarget.POSITION, "a", date(2020, 1, 1), date(2026, 7, 1)),
        Fact(RequirementTarget.POSITION, "b", date(2026, 7, 1)),
    )
    who = civil(hours("21", on="2026-06-30"), hours("30", on="2026-07-01"), facts=facts)
    found = compliance({1: [YEARLY], 7: [first], 8: [second]}, who, 2026, GROUND)
    assert [(one.requirement_id, one.required, one.counted, one.state) for one in found.standings] == [
        (1, D("40.00"), D(51), StandingState.MET),
        (7, D("19.84"), D(21), StandingState.MET),
        (8, D("30.25"), D(30), StandingState.SHORT),
    ]
    assert not found.compliant
    assert [one.requirement_id for one in found.open] == [8]


def test_a_requirement_that_changes_in_mid_year_is_owed_by_its_days() -> None:
    old = replace(YEARLY, valid_to=date(2026, 7, 1))
    new = replace(YEARLY, valid_from=date(2026, 7, 1), hours=D(60), counts=frozenset({POSITION}))
    who = civil(hours("10", TEACHING, on="2026-06-30"), hours("10", TEACHING, on="2026-07-01"), hours("3"))
    found = owes([old, new], who)
    assert (found.required, found.counted) == (D("50.08"), D(13))


def test_caps_by_form_and_calendar_year() -> None:
    ground = replace(GROUND, caps={(ONLINE, 2026): D(24)})
    who = civil(hours("20", form=ONLINE), hours("20", form=ONLINE, on="2026-06-01"), hours("10"))
    found = owes([YEARLY], who, 2026, ground)
    assert (found.counted, found.missing) == (D(34), D(6))
    reversed_one = replace(who, entries=(*who.entries, hours("-20", form=ONLINE, on="2026-06-01")))
    assert owes([YEARLY], reversed_one, 2026, ground).counted == D(30)


def test_five_years_cap_each_year_for_itself() -> None:
    medical = replace(YEARLY, period_years=5, hours=D(120), valid_from=date(2020, 1, 1))
    ground = replace(GROUND, caps={(ONLINE, year): D(24) for year in range(2020, 2030)})
    who = civil(
        *(hours("30", form=ONLINE, on=f"{year}-03-01") for year in (2022, 2023, 2024)),
        hours("40", on="2021-12-31"), hours("40", on="2022-01-01"),
    )  # fmt: skip
    found = owes([medical], who, 2026, ground)
    assert (found.days_owed, found.required, found.counted, found.missing) == (1826, D(120), D(112), D(8))


def test_a_period_longer_than_the_requirement_is_old_is_owed_in_part() -> None:
    medical = replace(YEARLY, period_years=5, hours=D(120), valid_from=date(2025, 1, 1))
    found = owes([medical], civil())
    assert found.required == share(D(120), 730, 1826) == D("47.97")


def test_surplus_is_carried_once_and_as_far_as_allowed() -> None:
    carrying = replace(YEARLY, carry_hours=D(16), valid_from=date(2020, 1, 1))
    who = civil(hours("70", on="2024-05-01"), hours("50", on="2025-05-01"), hours("28"))
    found = owes([carrying], who)
    assert (found.carried, found.state, found.missing) == (D(10), StandingState.SHORT, D(2))
    before = owes([carrying], who, 2025)
    assert (before.carried, before.state) == (D(16), StandingState.MET)
    none = owes([replace(carrying, carry_hours=D(0))], who, 2026)
    assert none.carried == D(0)


def test_classes_ahead_are_a_forecast() -> None:
    who = civil(hours("24"), planned=(hours("16", on="2026-12-10"),))
    found = owes([YEARLY], who)
    assert (found.state, found.missing, found.planned, found.at_risk) == (StandingState.SHORT, D(16), D(16), False)
    late = replace(who, planned=(hours("16", on="2027-01-05"),))
    assert owes([YEARLY], late).at_risk
    full = replace(GROUND, caps={(CLASS, 2026): D(30)})
    assert owes([YEARLY], who, 2026, full).planned == D(6)


def leader(since: str, **more: Any) -> Learner:
    return civil(facts=(Fact(RequirementTarget.POST, "division_head", date.fromisoformat(since)),), **more)


@pytest.mark.parametrize(
    ("since", "state", "due"),
    [
        ("2025-06-29", StandingState.EXEMPT, None),
        ("2025-06-30", StandingState.OVERDUE, "2026-07-01"),
        ("2025-11-20", StandingState.OVERDUE, "2026-11-20"),
        ("2025-11-21", StandingState.DUE, "2026-11-21"),
        ("2026-02-28", StandingState.DUE, "2027-02-28"),
    ],
)
def test_the_leadership_course_within_twelve_months(since: str, state: StandingState, due: str | None) -> None:
    found = course([LEADERSHIP], leader(since))
    assert (found.state, found.due_on and found.due_on.isoformat(), found.since) == (
        state, due, date.fromisoformat(since),
    )  # fmt: skip


def test_a_leap_day_is_due_on_the_last_of_february() -> None:
    ground = replace(GROUND, today=date(2028, 6, 1))
    assert course([LEADERSHIP], leader("2028-02-29"), 2028, ground).due_on == date(2029, 2, 28)


def test_an_old_certificate_of_the_level_is_held() -> None:
    held = leader("2026-01-01", holdings=(Holding("LD.CU", date(2019, 3, 1)),))
    assert course([LEADERSHIP], held).state is StandingState.HELD
    other = leader("2026-01-01", holdings=(Holding("QLNN.CV", date(2019, 3, 1)),))
    assert course([LEADERSHIP], other).state is StandingState.DUE


def test_an_expired_certificate_holds_unless_it_must_be_valid() -> None:
    expired = leader("2026-01-01", holdings=(Holding("LD.CU", date(2019, 3, 1), date(2026, 11, 20)),))
    assert course([LEADERSHIP], expired).state is StandingState.HELD
    strict = replace(LEADERSHIP, keep_valid=True)
    assert course([strict], expired).state is StandingState.DUE
    last_day = leader("2026-01-01", holdings=(Holding("LD.CU", date(2019, 3, 1), TODAY),))
    assert course([strict], last_day).state is StandingState.HELD


def test_a_recorded_level_satisfies() -> None:
    level = replace(LEADERSHIP, level_section="theory", level_least=2)
    for rank, state in ((1, StandingState.DUE), (2, StandingState.HELD), (3, StandingState.HELD)):
        found = course([level], leader("2026-01-01", levels={"theory": rank}))
        assert found.state is state


def test_who_no_longer_holds_the_post_owes_no_course() -> None:
    gone = civil(facts=(Fact(RequirementTarget.POST, "division_head", date(2025, 8, 1), date(2026, 8, 1)),))
    assert course_standing([LEADERSHIP], gone, 2026, GROUND) is None
    before = standing([LEADERSHIP], gone, 2025, GROUND)
    assert before is not None
    assert before.state is StandingState.DUE


def test_a_class_ahead_keeps_a_course_from_being_at_risk() -> None:
    ahead = Learnt(CourseKind.LEADERSHIP, CLASS, D(160), date(2026, 12, 20), "LD.PHONG")
    assert course([LEADERSHIP], leader("2025-12-25")).at_risk
    assert not course([LEADERSHIP], leader("2025-12-25", planned=(ahead,))).at_risk
    assert course([LEADERSHIP], leader("2025-12-15", planned=(ahead,))).at_risk


STRETCH = st.tuples(st.integers(0, 40), st.integers(0, 15)).map(
    lambda one: (date(2026, 1, 1) + timedelta(one[0]), date(2026, 1, 1) + timedelta(one[0] + one[1]))
)
STRETCHES = st.lists(STRETCH, max_size=5).map(merged)


def _set(spans: Iterable[tuple[date, date]]) -> set[date]:
    return {start + timedelta(n) for start, end in spans for n in range((end - start).days)}


@given(STRETCHES, STRETCHES)
def test_stretches_are_sets_of_days(one: tuple[tuple[date, date], ...], other: tuple[tuple[date, date], ...]) -> None:
    assert _set(common(one, other)) == _set(one) & _set(other)
    assert _set(without(one, other)) == _set(one) - _set(other)
    assert days(one) == len(_set(one))
    assert all(holds(one, day) for day in _set(one))
    assert all(a[1] < b[0] for a, b in pairwise(one))


def offer(number: int, counted: str, ends: str = "2026-12-10", *, took: str = "", course: str = "", start: str = "",
          form: LearningForm = CLASS, fixed: bool = False) -> Offer:  # fmt: skip
    end = date.fromisoformat(ends)
    return Offer(number, f"Lớp {number}", course or f"C{number}", form, D(took or counted), D(counted),
                 date.fromisoformat(start) if start else end, end, fixed)  # fmt: skip


def chosen(gap: Gap, *offers: Offer) -> list[int]:
    return sorted(one.id for one in propose(gap, offers).offers)


def test_least_hours_then_fewest_classes_then_the_earliest_end() -> None:
    gap = Gap(D(24))
    assert chosen(gap, offer(1, "40"), offer(2, "16"), offer(3, "8"), offer(4, "12"), offer(5, "12")) == [2, 3]
    assert chosen(gap, offer(1, "24"), offer(2, "16"), offer(3, "8")) == [1]
    assert chosen(gap, offer(1, "24"), offer(2, "24", "2026-12-01")) == [2]
    assert chosen(gap, offer(1, "30"), offer(2, "16"), offer(3, "16")) == [1]


def test_what_counts_is_weighed_and_caps_leave_less_room() -> None:
    assert chosen(Gap(D(8)), offer(1, "8", took="16"), offer(2, "10")) == [2]
    gap = Gap(D(16), room={ONLINE: D(8)})
    assert chosen(gap, offer(1, "16", form=ONLINE), offer(2, "24"), offer(3, "8", form=ONLINE), offer(4, "8")) == [3, 4]


def test_classes_at_set_times_do_not_overlap() -> None:
    one = offer(1, "8", "2026-12-10", start="2026-12-09", fixed=True)
    two = offer(2, "8", "2026-12-11", start="2026-12-10", fixed=True)
    assert chosen(Gap(D(16)), one, two, offer(3, "10", "2026-12-20", fixed=True)) == [1, 3]


def test_a_missing_course_is_covered_too() -> None:
    gap = Gap(D(8), (frozenset({"LD.PHONG", "LD.SO"}),))
    found = propose(
        gap, [offer(1, "8"), offer(2, "0", took="160", course="LD.SO"), offer(3, "0", took="200", course="LD.PHONG")]
    )
    assert [one.id for one in found.offers] == [1, 2]
    assert found.closes


def test_what_is_not_on_offer_is_said() -> None:
    found = propose(Gap(D(40), (frozenset({"LD.SO"}),)), [offer(1, "8"), offer(2, "16")])
    assert (found.closes, found.left_hours, found.left_courses) == (False, D(16), (frozenset({"LD.SO"}),))
    assert found.reasons[-1].params["left"] == D(16)


OFFERS = st.lists(
    st.tuples(st.sampled_from(["4", "8", "12", "16", "40"]), st.integers(1, 28), st.sampled_from([CLASS, ONLINE]),
              st.booleans(), st.sampled_from("ABCDEFG")),
    max_size=7,
)  # fmt: skip


@settings(max_examples=60)
@given(OFFERS, st.integers(1, 60), st.booleans())
def test_no_other_set_of_offers_is_better(
    rows: list[tuple[str, int, LearningForm, bool, str]], need: int, capped: bool
) -> None:
    offers = [
        offer(n, hours, f"2026-12-{day:02}", form=form, fixed=fixed, course=code)
        for n, (hours, day, form, fixed, code) in enumerate(rows)
    ]
    room = {ONLINE: D(10)} if capped else {}
    found = propose(Gap(D(need), room=room), offers)

    def price(some: tuple[Offer, ...]) -> tuple[D, D, int, date]:
        online = sum((one.counted for one in some if one.form is ONLINE), D(0))
        total = sum((one.hours for one in some), D(0))
        got = total - online + (min(online, D(10)) if capped else online)
        return max(D(need) - got, D(0)), total, len(some), max((one.ends_on for one in some), default=date.min)

    def possible(some: tuple[Offer, ...]) -> bool:
        return all(
            a.course != b.course and not (a.fixed_times and b.fixed_times and a.ends_on == b.ends_on)
            for a, b in combinations(some, 2)
        )

    sets = (some for size in range(len(offers) + 1) for some in combinations(offers, size))
    assert price(found.offers) == min(price(some) for some in sets if possible(some))
