"""Conditions of holding a post: met, not met, not known, each with its article; every clock with its due date."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hrms.core.dates import PartialDate, add_working_days
from hrms.decisions.rules.conditions import Outcome, Supplier, obstacles
from hrms.people.rules import appointing, reappointing, relieving
from hrms.people.rules.appointing import ACTING, DisciplineFact, PostFact, Source, Step
from hrms.people.rules.parameters import parameters_on
from hrms.people.rules.relieving import Form, Ground
from tests.people.catalogue_rows import rows

ON = date(2027, 1, 1)
FIGURES = parameters_on(rows("parameters"), ON)
HEIGHTS = {row["code"]: int(row["rank"]) for row in rows("rating_classes")}
BELOW = {row["post"]: tuple(filter(None, row["below"].split("|"))) for row in rows("leadership_post_groups")}
OFF = {date.fromisoformat(row["date"]) for row in rows("holidays") if row["kind"] == "holiday"}
MET, NOT_MET, UNKNOWN = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN


def working(day: date, count: int) -> date:
    return add_working_days(day, count, OFF)


def post(code="division_deputy", since=date(2020, 1, 1), until=None, **more) -> PostFact:
    values = {
        "slot": 0, "code": code, "name": code or "Phó ban", "group": "division_deputy", "agency_id": 1,
        "agency_name": "Phòng A", "appointed_on": since, "reappointed_on": None, "term_until": None,
        "coefficient": Decimal("0.30"), "valid_from": since, "valid_to": until,
    }  # fmt: skip
    return PostFact(**{**values, **more})


def whole(iso: str | None) -> PartialDate | None:
    return PartialDate(*map(int, iso.split("-"))) if iso else None


@pytest.mark.parametrize(
    ("source", "article"),
    [
        (Source.ON_SITE, "NĐ 170/2025/NĐ-CP Đ29 k2"),
        (Source.ELSEWHERE, "NĐ 170/2025/NĐ-CP Đ29 k2"),
        (Source.REORGANISED, "NĐ 170/2025/NĐ-CP Đ34 k1"),
    ],
)
def test_planning_is_the_party_committees_to_answer(source, article):
    found = appointing.in_planning(source, "Trưởng phòng nhiệm kỳ 2025-2030")
    assert (found.outcome, found.source, found.supplier) == (UNKNOWN, article, Supplier.PARTY_COMMITTEE)
    assert found.answerable
    assert found.blocking


@pytest.mark.parametrize(
    ("given", "held", "step"),
    [
        ("division_head", None, Step.FIRST),
        ("division_head", "division_deputy", Step.HIGHER),
        ("department_director", "division_head", Step.HIGHER),
        ("division_deputy", "division_head", Step.LOWER),
        ("division_head", "division_head", Step.EQUAL),
        ("division_head", "department_office_chief", Step.EQUAL),
        ("division_deputy", "commune_division_deputy", Step.EQUAL),
        ("kindergarten_principal", "division_head", Step.FIRST),
    ],
)
def test_the_post_given_stands_to_the_one_held(given, held, step):
    assert appointing.step_between(given, held, BELOW) is step


@pytest.mark.parametrize(
    ("posts", "step", "special", "outcome"),
    [
        ([post(since=date(2026, 1, 1))], Step.HIGHER, False, MET),
        ([post(since=date(2026, 1, 2))], Step.HIGHER, False, NOT_MET),
        ([post(since=date(2026, 1, 2))], Step.HIGHER, True, UNKNOWN),
        ([post(since=date(2025, 1, 1), until=date(2025, 8, 1)), post(since=date(2026, 8, 1))], Step.HIGHER, False, MET),
        ([post(since=date(2025, 1, 1), until=date(2025, 8, 1)), post(since=date(2025, 3, 1), until=date(2025, 9, 1))],
         Step.HIGHER, False, NOT_MET),
        ([post(since=date(2020, 1, 1), term_note=ACTING)], Step.HIGHER, False, NOT_MET),
        ([post(code=None)], Step.HIGHER, False, UNKNOWN),
        ([post(code="team_head")], Step.FIRST, False, NOT_MET),
        ([], Step.FIRST, False, NOT_MET),
        ([], Step.EQUAL, False, MET),
        ([], Step.LOWER, False, MET),
    ],
)  # fmt: skip
def test_twelve_months_in_the_adjacent_lower_post(posts, step, special, outcome):
    found = appointing.lower_post_held(posts, BELOW["division_head"], step, ON, FIGURES, special=special)
    assert found.outcome is outcome
    assert found.source == "NĐ 170/2025/NĐ-CP Đ29 k3; HD 45-HD/BTCTW mục III.1.1"


def test_a_first_leadership_post_has_no_lower_one():
    found = appointing.lower_post_held([], BELOW["division_deputy"], Step.FIRST, ON, FIGURES)
    assert (found.outcome, found.found) == (MET, "Chức vụ lãnh đạo đầu tiên, không xét")


@pytest.mark.parametrize(
    ("ratings", "outcome", "params"),
    [
        ({2024: "good", 2025: "excellent", 2026: "good"}, MET, ("", "")),
        ({2024: "satisfactory", 2025: "good", 2026: "good"}, NOT_MET, ("2024", "")),
        ({2023: "unsatisfactory", 2024: "good", 2025: "good", 2026: "good"}, MET, ("", "")),
        ({2025: "good", 2026: "good"}, UNKNOWN, ("", "2024")),
        ({2025: "none", 2026: "good"}, NOT_MET, ("2025", "2024")),
        ({}, UNKNOWN, ("", "2024, 2025, 2026")),
        ({2025: "good", 2026: "good", 2027: "good"}, MET, ("", "")),
    ],
)
def test_rated_good_in_the_three_latest_years(ratings, outcome, params):
    found = appointing.rated_well(ratings, HEIGHTS, ON, FIGURES)
    assert found.outcome is outcome
    assert (found.params["low"], found.params["unrated"]) == params
    assert found.source == "NĐ 170/2025/NĐ-CP Đ29 k1; HD 45-HD/BTCTW mục III.1.3"


@pytest.mark.parametrize(
    ("retires", "step", "special", "outcome", "source"),
    [
        (date(2031, 12, 31), Step.HIGHER, False, MET, "NĐ 170/2025/NĐ-CP Đ29 k5"),
        (date(2031, 11, 30), Step.HIGHER, False, NOT_MET, "NĐ 170/2025/NĐ-CP Đ29 k5"),
        (date(2031, 11, 30), Step.FIRST, True, UNKNOWN, "NĐ 170/2025/NĐ-CP Đ29 k5; HD 45-HD/BTCTW mục III.1.2"),
        (date(2030, 12, 31), Step.FIRST, True, UNKNOWN, "NĐ 170/2025/NĐ-CP Đ29 k5; HD 45-HD/BTCTW mục III.1.2"),
        (date(2030, 11, 30), Step.FIRST, True, NOT_MET, "NĐ 170/2025/NĐ-CP Đ29 k5"),
        (date(2027, 6, 30), Step.EQUAL, False, MET, "NĐ 170/2025/NĐ-CP Đ29 k5 điểm b"),
        (date(2027, 6, 30), Step.LOWER, False, MET, "NĐ 170/2025/NĐ-CP Đ29 k5 điểm b"),
        (None, Step.HIGHER, False, UNKNOWN, "NĐ 170/2025/NĐ-CP Đ29 k5"),
    ],
)
def test_old_enough_for_a_whole_term(retires, step, special, outcome, source):
    found = appointing.old_enough_for_term(retires, 60, step, ON, FIGURES, special=special)
    assert (found.outcome, found.source) == (outcome, source)


@pytest.mark.parametrize(
    ("since", "until", "outcome"),
    [
        ("2026-01-01", None, MET),
        ("2026-01-02", None, NOT_MET),
        ("2026-01", None, NOT_MET),
        ("2025", None, MET),
        ("2020-01-01", "2027-01-02", NOT_MET),
        ("2020-01-01", "2026-12-31", MET),
        ("2027-02-01", None, MET),
        (None, None, UNKNOWN),
    ],
)
def test_discipline_in_force(since, until, outcome):
    measure = DisciplineFact("reprimand", "administration", whole(since), whole(until))
    first, second = appointing.not_disciplined([measure], ON, FIGURES, {"reprimand": "Khiển trách"})
    assert (first.outcome, first.source) == (outcome, "NĐ 170/2025/NĐ-CP Đ29 k7")
    assert second.outcome is UNKNOWN
    assert second.answerable
    if outcome is NOT_MET:
        assert first.params["forms"] == "Khiển trách"


@pytest.mark.parametrize(
    ("paper", "outcome"),
    [(date(2026, 7, 1), MET), (date(2026, 6, 30), NOT_MET), (date(2027, 1, 2), NOT_MET), (None, UNKNOWN)],
)
def test_papers_are_not_older_than_six_months(paper, outcome):
    health, profile = appointing.papers_fresh(paper, paper, ON, FIGURES)
    assert (health.outcome, health.source) == (outcome, "NĐ 170/2025/NĐ-CP Đ35 k10")
    assert (profile.outcome, profile.source) == (outcome, "NĐ 170/2025/NĐ-CP Đ35 k3")


@pytest.mark.parametrize(
    ("declared", "outcome"), [(date(2026, 12, 22), MET), (date(2026, 12, 23), NOT_MET), (None, UNKNOWN)]
)
def test_assets_are_declared_ten_days_before(declared, outcome):
    found = appointing.assets_declared(declared, ON, FIGURES)
    assert (found.outcome, found.source) == (outcome, "Luật Phòng, chống tham nhũng 36/2018/QH14 Đ36 k4")


@pytest.mark.parametrize(
    ("source", "day", "steps", "article"),
    [
        (Source.ON_SITE, date(2026, 7, 31), 5, "NĐ 170/2025/NĐ-CP Đ33 k2"),
        (Source.ON_SITE, date(2026, 8, 1), 4, "NĐ 170/2025/NĐ-CP Đ33 k2, sửa đổi tại NĐ 300/2026/NĐ-CP"),
        (Source.ELSEWHERE, date(2026, 8, 1), 3, "NĐ 170/2025/NĐ-CP Đ33 k3"),
    ],
)
def test_the_process_has_its_steps_of_the_day(source, day, steps, article):
    process, votes = appointing.process_done(source, parameters_on(rows("parameters"), day))
    assert (process.params["steps"], process.source, process.outcome) == (steps, article, UNKNOWN)
    assert (votes.params["percent"], votes.answerable) == (50, True)


def test_reorganising_needs_no_process():
    (found,) = appointing.process_done(Source.REORGANISED, FIGURES)
    assert (found.source, found.answerable) == ("NĐ 170/2025/NĐ-CP Đ34 k1", True)


def test_policy_within_15_and_process_within_30_working_days():
    asked = date(2026, 4, 20)
    first, second = appointing.policy_clocks(asked, date(2026, 5, 14), date(2026, 6, 25), FIGURES, working)
    # 27/4, 30/4 and 01/5 are days off
    assert (first.params["due"], first.outcome) == (date(2026, 5, 14), MET)
    assert (second.params["due"], second.outcome) == (date(2026, 6, 25), MET)
    late, later = appointing.policy_clocks(asked, date(2026, 5, 15), date(2026, 6, 30), FIGURES, working)
    assert (late.outcome, later.outcome) == (NOT_MET, NOT_MET)
    assert late.source == "NĐ 170/2025/NĐ-CP Đ33 k1"
    assert obstacles([late, later]) == []
    (open_one,) = appointing.policy_clocks(asked, None, None, FIGURES, working)
    assert (open_one.outcome, open_one.params["due"]) == (UNKNOWN, date(2026, 5, 14))
    assert appointing.policy_clocks(None, None, None, FIGURES, working) == []


@pytest.mark.parametrize(
    ("until", "earlier", "outcomes"),
    [
        (date(2027, 12, 31), [], [MET, MET]),
        (date(2028, 1, 1), [], [NOT_MET, MET]),
        (None, [], [NOT_MET, MET]),
        (date(2027, 12, 31), [post(name="Quyền Chi cục trưởng", term_note=ACTING)], [MET, NOT_MET]),
        (date(2027, 12, 31), [post(name="Quyền Trạm trưởng", term_note=ACTING)], [MET, MET]),
    ],
)
def test_acting_lasts_twelve_months_and_is_not_renewed(until, earlier, outcomes):
    found = appointing.acting_allowed(until, ON, earlier, "Quyền Chi cục trưởng", FIGURES)
    assert [one.outcome for one in found] == outcomes
    assert {one.source for one in found} == {"NĐ 170/2025/NĐ-CP Đ34 k3, sửa đổi tại NĐ 300/2026/NĐ-CP"}


def test_the_days_of_a_term():
    days = reappointing.term_days(date(2026, 12, 31), date(2026, 8, 20), FIGURES, working)
    # 01/9 and 02/9/2026 are days off; the last day itself is not counted.
    assert days.start_by == date(2026, 8, 25)
    assert days.decide_by == date(2026, 12, 30)
    assert days.report_by == date(2026, 9, 4)
    assert days.meet_by == date(2026, 10, 4)


def test_the_clocks_of_reappointment():
    held = post(term_until=date(2026, 12, 31))
    found = reappointing.term_clocks(
        held, date(2026, 12, 30), date(2026, 8, 25), date(2026, 9, 10), date(2026, 10, 1), FIGURES, working
    )
    assert {one.code: one.outcome for one in found} == {"started": MET, "reported": NOT_MET, "met": MET, "decided": MET}
    assert {one.code: one.source for one in found} == {
        "started": "NĐ 170/2025/NĐ-CP Đ39 k1; HD 45-HD/BTCTW", "reported": "NĐ 170/2025/NĐ-CP Đ39 k2; HD 45-HD/BTCTW",
        "met": "NĐ 170/2025/NĐ-CP Đ39 k3; HD 45-HD/BTCTW", "decided": "NĐ 170/2025/NĐ-CP Đ36 k3",
    }  # fmt: skip
    late = reappointing.term_clocks(held, date(2026, 12, 31), date(2026, 8, 26), None, None, FIGURES, working)
    assert {one.code: one.outcome for one in late} == {
        "started": NOT_MET, "reported": UNKNOWN, "met": UNKNOWN, "decided": NOT_MET,
    }  # fmt: skip
    assert obstacles(late) == []
    (first, *_rest) = reappointing.term_clocks(held, ON, None, None, None, FIGURES, working)
    assert (first.code, first.outcome) == ("started", UNKNOWN)


@pytest.mark.parametrize(
    ("retires", "term", "prolongs"),
    [
        (date(2028, 12, 31), 60, False),
        (date(2028, 11, 30), 60, True),
        (date(2028, 6, 30), 36, False),
        (date(2028, 5, 31), 36, True),
    ],
)
def test_prolonging_under_24_months_or_18_of_a_short_term(retires, term, prolongs):
    until = date(2026, 12, 31)
    assert reappointing.prolongs(until, retires, term, FIGURES) is prolongs
    renew = reappointing.renew_or_prolong(until, retires, term, FIGURES, prolonging=False)
    longer = reappointing.renew_or_prolong(until, retires, term, FIGURES, prolonging=True)
    assert (renew.outcome, longer.outcome) == ((NOT_MET, MET) if prolongs else (MET, NOT_MET))
    assert renew.source == ("NĐ 170/2025/NĐ-CP Đ36 k2" if term == 60 else "HD 45-HD/BTCTW")


def test_without_birth_date_nobody_can_tell_which():
    found = reappointing.renew_or_prolong(date(2026, 12, 31), None, 60, FIGURES, prolonging=True)
    assert (found.outcome, found.supplier) == (NOT_MET, Supplier.PERSON)


@pytest.mark.parametrize(
    ("retires", "until"),
    [(date(2040, 1, 31), date(2031, 12, 31)), (date(2030, 5, 31), date(2030, 5, 31)), (None, date(2031, 12, 31))],
)
def test_the_next_term_ends_at_retirement_at_the_latest(retires, until):
    assert reappointing.new_term(date(2026, 12, 31), 60, retires) == until


@pytest.mark.parametrize(
    ("held", "outcome"),
    [(post(term_until=date(2026, 12, 31)), MET), (post(), NOT_MET), (None, NOT_MET)],
)
def test_a_term_must_be_known(held, outcome):
    found = reappointing.term_known(held)
    assert (found.outcome, found.source) == (outcome, "NĐ 170/2025/NĐ-CP Đ36 k1")


@pytest.mark.parametrize(
    ("ratings", "outcome"),
    [
        (dict.fromkeys(range(2022, 2027), "satisfactory"), MET),
        ({**dict.fromkeys(range(2022, 2027), "good"), 2024: "unsatisfactory"}, NOT_MET),
        (dict.fromkeys(range(2023, 2027), "good"), UNKNOWN),
    ],
)
def test_tasks_done_through_the_term(ratings, outcome):
    held = post(since=date(2022, 1, 1))
    found = reappointing.tasks_done(held, ratings, HEIGHTS, ON, FIGURES)
    assert (found.outcome, found.source) == (outcome, "NĐ 170/2025/NĐ-CP Đ37 k1")


def test_discipline_at_the_end_of_a_term_is_weighed():
    measure = DisciplineFact("reprimand", "administration", whole("2026-06-01"), None)
    sources = [one.source for one in reappointing.reappointable([], ON, FIGURES, {})]
    assert sources == ["NĐ 170/2025/NĐ-CP Đ36 k5; Đ37 k5", "NĐ 170/2025/NĐ-CP Đ37 k2", "NĐ 170/2025/NĐ-CP Đ37 k3"]
    *_rest, weighed = reappointing.reappointable([measure], ON, FIGURES, {})
    assert (weighed.source, weighed.outcome, weighed.answerable) == ("NĐ 170/2025/NĐ-CP Đ36 k6", UNKNOWN, True)


def test_votes_of_key_staff_and_of_leaders():
    staff, leaders = reappointing.votes(FIGURES, prolonging=False)
    assert {staff.source, leaders.source} == {"NĐ 170/2025/NĐ-CP Đ39 k5"}
    (alone,) = reappointing.votes(FIGURES, prolonging=True)
    assert (alone.source, alone.params) == ("NĐ 170/2025/NĐ-CP Đ40 k3", {"percent": "50"})


@pytest.mark.parametrize("ground", list(Ground))
def test_every_ground_has_its_article_and_form(ground):
    source = relieving.source_of(ground)
    form = relieving.FORM_OF[ground]
    expected = {
        Form.RESIGNATION: "NĐ 170/2025/NĐ-CP Đ52 k1",
        Form.DISMISSAL: "NĐ 170/2025/NĐ-CP Đ53 k1",
        Form.RELEASE: "Quy định 377-QĐ/TW Đ48",
    }
    assert source.startswith(expected[form])
    assert relieving.GROUND_LABELS[ground]


def test_grounds_that_the_record_knows():
    measure = DisciplineFact("warning", "administration", whole("2026-06"), None)
    fits = relieving.ground_fits
    assert fits(Ground.DISCIPLINED, [measure], {}, ON).outcome is MET
    assert fits(Ground.DISCIPLINED, [], {}, ON).outcome is NOT_MET
    assert fits(Ground.UNSATISFACTORY, [], {2026: "unsatisfactory"}, ON).outcome is MET
    assert fits(Ground.UNSATISFACTORY, [], {2026: "good"}, ON).outcome is NOT_MET
    answered = fits(Ground.OWN_WISH, [], {}, ON)
    assert (answered.outcome, answered.answerable, answered.source) == (
        UNKNOWN, True, "NĐ 170/2025/NĐ-CP Đ52 k1 điểm a",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("form", "sources"),
    [
        (Form.RESIGNATION, ["NĐ 170/2025/NĐ-CP Đ52 k3 điểm a", "NĐ 170/2025/NĐ-CP Đ52 k2"]),
        (Form.DISMISSAL, ["NĐ 170/2025/NĐ-CP Đ53 k2"]),
        (Form.RELEASE, ["Quy định 377-QĐ/TW Đ48"]),
    ],
)
def test_what_each_form_asks(form, sources):
    found = relieving.form_conditions(form, FIGURES)
    assert [one.source for one in found] == sources
    assert all(one.outcome is UNKNOWN and one.answerable for one in found)


def test_proposed_within_10_decided_within_10_at_the_most_15_working_days():
    begun, sent = date(2026, 8, 24), date(2026, 9, 9)
    for decided, due, outcome in (
        (date(2026, 9, 23), date(2026, 9, 23), MET),
        (date(2026, 9, 24), date(2026, 9, 30), MET),
        (date(2026, 10, 1), date(2026, 9, 23), NOT_MET),
        (None, date(2026, 9, 23), UNKNOWN),
    ):
        proposed, settled = relieving.relief_clocks(begun, sent, decided, FIGURES, working)
        assert (proposed.params["due"], proposed.outcome) == (date(2026, 9, 9), MET)
        assert (settled.params["due"], settled.outcome) == (due, outcome)
        assert settled.source == "NĐ 170/2025/NĐ-CP Đ52 k3; Đ53 k2"
        assert settled.params["longest"] == 15
    assert relieving.relief_clocks(None, None, None, FIGURES, working) == []


@pytest.mark.parametrize(
    ("form", "ground", "until", "kept", "source"),
    [
        (Form.RESIGNATION, Ground.OWN_WISH, date(2028, 12, 31), date(2028, 12, 31), "k2 điểm a"),
        (Form.RESIGNATION, Ground.ABILITY, date(2028, 12, 31), date(2028, 12, 31), "k2 điểm a"),
        (Form.RESIGNATION, Ground.WRONGDOING_BELOW, date(2028, 12, 31), date(2027, 6, 30), "k2 điểm b"),
        (Form.RESIGNATION, Ground.LOW_CONFIDENCE, date(2027, 3, 31), date(2027, 3, 31), "k2 điểm b"),
        (Form.RESIGNATION, Ground.OWN_WISH, None, None, "k2"),
        (Form.DISMISSAL, Ground.DISCIPLINED, date(2028, 12, 31), None, "k3"),
        (Form.RELEASE, Ground.NEW_TASK, date(2028, 12, 31), None, ""),
    ],
)
def test_the_leadership_allowance_after_the_post(form, ground, until, kept, source):
    found = relieving.allowance_kept(form, ground, post(term_until=until), ON, FIGURES)
    assert found.until == kept
    assert found.source == f"NĐ 170/2025/NĐ-CP Đ55 {source}".strip()


@pytest.mark.parametrize(
    ("form", "again"),
    [
        (Form.RELEASE, date(2028, 1, 1)),
        (Form.RESIGNATION, date(2029, 1, 1)),
        (Form.DISMISSAL, date(2030, 1, 1)),
    ],
)
def test_planning_again_after_12_24_36_months(form, again):
    assert relieving.planning_again(form, ON, FIGURES) == (again, "HD 45-HD/BTCTW; Quy định 377-QĐ/TW")


def test_there_must_be_a_post_to_leave():
    assert relieving.still_held(post()).outcome is MET
    assert relieving.still_held(None).outcome is NOT_MET
