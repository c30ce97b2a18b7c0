"""The register of absences through the services: both clocks, who is away today, bad input, who sees why."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from hrms.audit.models import AuditEvent
from hrms.audit.queries.reading import masked
from hrms.core import clock, hooks, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused
from hrms.core.permissions import Permission, Role
from hrms.people import services
from hrms.people.models import PersonAbsence, PersonCurrent
from hrms.people.queries import absences as away
from hrms.people.queries import checks, showing
from hrms.people.queries.filters import Filters, reach
from hrms.people.queries.finding import list_people, load_figures
from hrms.people.queries.record import get_record, timeline
from hrms.people.rules.absences import AbsenceKind, Stretch
from hrms.people.services import Fact, Paper
from hrms.people.services.current import refresh_due
from hrms.people.services.facts import rows_of
from tests.counting import statements
from tests.people.conftest import OLD, World

K = AbsenceKind


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.fixture
def province(world: World) -> Actor:
    found = world.province
    scope.enter_for(found, Permission.PEOPLE_FACT)
    return found


@pytest.fixture
def person(world: World, province: Actor) -> int:
    return world.person(province)


def put(who: Actor, person_id: int, kind: AbsenceKind, start: str, end: str | None = None, **values: Any) -> Any:
    given = {"absence_kind": kind.value, **values}
    return services.put_absence(who, person_id, given, d(start), OLD, valid_to=d(end) if end else None)


def told(person_id: int) -> list[tuple[str, str, str | None]]:
    """Return (kind, from, to) of the absences in force, oldest first."""
    rows = reversed(rows_of(person_id, ["absence"])["absence"])
    return [(r.absence_kind, r.valid_from.isoformat(), r.valid_to.isoformat() if r.valid_to else None) for r in rows]


def current(person_id: int) -> PersonCurrent:
    return db.session.get_one(PersonCurrent, person_id, populate_existing=True)


def test_maternity_leave_gets_the_end_the_law_foresees_and_shows_in_the_current_row(
    province: Actor, person: int
) -> None:
    assert put(province, person, K.MATERNITY_LEAVE, "2026-09-01", children="2").written == 1
    row = rows_of(person, ["absence"])["absence"][0]
    assert (row.children, row.expected_until, row.abroad, row.prosecuted) == (2, d("2027-03-31"), None, None)
    now = current(person)
    assert (now.absent_as, now.back_on, now.status) == ("maternity_leave", d("2027-04-01"), "serving")
    assert put(province, person, K.MATERNITY_LEAVE, "2026-09-01", children=2).unchanged == 1


def test_a_suspension_says_who_is_prosecuted_and_ends_after_thirty_working_days(province: Actor, person: int) -> None:
    put(province, person, K.SUSPENSION, "2026-11-16")
    row = rows_of(person, ["absence"])["absence"][0]
    assert (row.prosecuted, row.expected_until) == (False, d("2026-12-25"))
    services.correct_fact(
        province, person, "absence", row.id,
        Fact("absence", {"absence_kind": "suspension", "prosecuted": True}, d("2026-11-16")), OLD, "Đã khởi tố",
    )  # fmt: skip
    row = rows_of(person, ["absence"])["absence"][0]
    assert (row.prosecuted, row.expected_until, current(person).back_on) == (True, None, None)


def test_an_absence_begins_and_ends_by_itself(province: Actor, person: int) -> None:
    put(province, person, K.STUDY, "2026-12-01", "2027-02-01", abroad=True)
    assert (current(person).absent_as, current(person).next_change_on) == (None, d("2026-12-01"))
    for day, kind, back in (("2026-12-01", "study", d("2027-02-01")), ("2027-02-01", None, None)):
        with clock.frozen(datetime.combine(d(day), datetime.min.time(), UTC)):
            refresh_due()
            scope.enter_for(province, Permission.PEOPLE_FACT)
            assert (current(person).absent_as, current(person).back_on) == (kind, back), day


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-02-01", "2026-03-01"), ("2025-12-01", "2026-02-01"), ("2026-03-31", None), ("2025-01-01", None),
        ("2026-01-01", "2026-03-31"), ("2026-01-01", None),
    ],
)  # fmt: skip
def test_nobody_is_away_twice_at_once(province: Actor, person: int, start: str, end: str | None) -> None:
    put(province, person, K.UNPAID_LEAVE, "2026-01-01", "2026-04-01")
    with pytest.raises(Refused) as refused:
        put(province, person, K.SICK_LEAVE, start, end)
    assert [(p.field, p.code) for p in refused.value.problems] == [("valid_from", "absent_already")]
    assert refused.value.problems[0].params["end"] == d("2026-03-31")
    assert told(person) == [("unpaid_leave", "2026-01-01", "2026-04-01")]


def test_two_absences_of_one_decision_may_adjoin_and_not_overlap(world: World, province: Actor, person: int) -> None:
    paper = Paper(world.decision(province))
    first = Fact("absence", {"absence_kind": "sick_leave"}, d("2026-01-01"), d("2026-02-01"))
    beside = Fact("absence", {"absence_kind": "unpaid_leave"}, d("2026-02-01"), d("2026-03-01"))
    across = Fact("absence", {"absence_kind": "unpaid_leave"}, d("2026-01-20"), d("2026-03-01"))
    with pytest.raises(Refused) as refused:
        services.record_facts(province, person, [first, across], paper)
    assert [p.field for p in refused.value.problems] == ["facts.1.valid_from"]
    assert services.record_facts(province, person, [first, beside], paper).written == 2


def test_a_paper_found_later_takes_the_place_of_old_data(world: World, province: Actor, person: int) -> None:
    put(province, person, K.UNPAID_LEAVE, "2026-01-01", "2026-04-01")
    paper = Paper(world.decision(province))
    given = {"absence_kind": "unpaid_leave"}
    services.put_absence(province, person, given, d("2026-01-01"), paper, valid_to=d("2026-04-01"))
    rows = rows_of(person, ["absence"])["absence"]
    assert [(row.basis, row.decision_id) for row in rows] == [("decision", paper.decision_id)]


@pytest.mark.parametrize(
    ("values", "start", "end", "field", "code"),
    [
        ({}, "2026-01-01", None, "absence_kind", "required"),
        ({"absence_kind": "holiday"}, "2026-01-01", None, "absence_kind", "unknown_code"),
        ({"absence_kind": "study"}, "2026-02-01", "2026-01-01", "valid_to", "ends_before_it_begins"),
        ({"absence_kind": "study"}, "1980-01-01", None, "valid_from", "before_birth"),
        ({"absence_kind": "study", "children": 2}, "2026-01-01", None, "children", "of_another_kind"),
        ({"absence_kind": "study", "prosecuted": True}, "2026-01-01", None, "prosecuted", "of_another_kind"),
        ({"absence_kind": "sick_leave", "abroad": "có"}, "2026-01-01", None, "abroad", "of_another_kind"),
        ({"absence_kind": "study", "abroad": "xa"}, "2026-01-01", None, "abroad", "not_yes_or_no"),
        ({"absence_kind": "maternity_leave", "children": 12}, "2026-01-01", None, "children", "out_of_bounds"),
        ({"absence_kind": "study", "expected_until": "2025-12-31"}, "2026-01-01", None, "expected_until",
         "dates_out_of_order"),
        ({"absence_kind": "sick_leave", "working_days": 3}, "2026-01-01", None, "working_days", "needs_last_day"),
        ({"absence_kind": "sick_leave", "working_days": 9}, "2026-01-01", "2026-01-08", "working_days", "too_many"),
        ({"absence_kind": "sick_leave", "working_days": 0}, "2026-01-01", "2026-01-08", "working_days",
         "out_of_bounds"),
        ({"absence_kind": "study", "absence_reason": "x" * 1001}, "2026-01-01", None, "absence_reason", "too_long"),
        ({"absence_kind": "study", "reason": "x"}, "2026-01-01", None, "reason", "unknown_field"),
    ],
)  # fmt: skip
def test_bad_input_is_a_sentence_and_nothing_is_written(
    province: Actor, person: int, values: dict[str, Any], start: str, end: str | None, field: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        services.put_absence(province, person, values, d(start), OLD, valid_to=d(end) if end else None)
    assert [(p.field, p.code) for p in refused.value.problems] == [(field, code)]
    assert told(person) == []


def test_who_has_left_is_not_away_and_a_paper_is_needed(province: Actor, person: int) -> None:
    with pytest.raises(Refused) as refused:
        services.put_absence(province, person, {"absence_kind": "study"}, d("2026-01-01"), Paper())
    assert [p.code for p in refused.value.problems] == ["decision_required"]
    services.put_status(province, person, {"status": "left", "kind": "civil_servant"}, d("2026-06-01"), OLD)
    with pytest.raises(Refused) as refused:
        put(province, person, K.STUDY, "2026-06-01")
    assert [p.code for p in refused.value.problems] == ["not_in_service"]
    assert put(province, person, K.STUDY, "2026-01-01", "2026-06-01").written == 1


def test_correcting_and_withdrawing_prolong_nothing(province: Actor, person: int) -> None:
    put(province, person, K.UNPAID_LEAVE, "2026-01-01", "2026-02-01")
    put(province, person, K.SICK_LEAVE, "2026-02-01", "2026-03-01")
    sick = rows_of(person, ["absence"])["absence"][0]
    later = Fact("absence", {"absence_kind": "sick_leave"}, d("2026-02-10"), d("2026-03-01"))
    services.correct_fact(province, person, "absence", sick.id, later, OLD, "Ghi nhầm ngày")
    assert told(person) == [
        ("unpaid_leave", "2026-01-01", "2026-02-01"), ("sick_leave", "2026-02-10", "2026-03-01"),
    ]  # fmt: skip
    sick = rows_of(person, ["absence"])["absence"][0]
    across = Fact("absence", {"absence_kind": "sick_leave"}, d("2026-01-20"), d("2026-03-01"))
    with pytest.raises(Refused):
        services.correct_fact(province, person, "absence", sick.id, across, OLD, "Ghi nhầm ngày")
    services.withdraw_fact(province, person, "absence", sick.id, "Ghi nhầm người")
    assert told(person) == [("unpaid_leave", "2026-01-01", "2026-02-01")]


def test_both_clocks_tell_what_was_true_and_what_was_known(province: Actor, person: int) -> None:
    put(province, person, K.UNPAID_LEAVE, "2026-10-01")
    db.session.commit()  # the next write is of another instant
    scope.enter_for(province, Permission.PEOPLE_FACT)
    row = rows_of(person, ["absence"])["absence"][0]
    known = db.session.execute(db.text("SELECT clock_timestamp()")).scalar_one()
    services.end_fact(province, person, "absence", row.id, d("2026-11-10"), OLD)
    record = get_record(province, person)
    assert record.absence is None
    assert get_record(province, person, d("2026-11-10")).absence is not None
    then = get_record(province, person, d("2026-11-20"), known)
    assert then.absence is not None
    assert then.absence.valid_to is None
    assert [e.fact.valid_to for e in timeline(record) if e.fact.kind == "absence"] == [d("2026-11-11")]
    window = d("2026-11-15"), d("2026-12-01")
    assert away.absences_between([person], *window) == {}
    assert away.absences_between([person], *window, known_on=known) == {
        person: [Stretch(K.UNPAID_LEAVE, d("2026-10-01"), None)]
    }
    where = reach(province, Filters(as_at=d("2026-11-10")))
    assert [r.person_id for r in away.list_away(province, away.AwayFilters(as_at=d("2026-11-10")), where).items] == [
        person
    ]
    assert away.list_away(province, away.AwayFilters(), reach(province, Filters())).items == ()
    asked = away.AwayFilters(as_at=d("2026-11-20"), known_on=known)
    assert [r.person_id for r in away.list_away(province, asked, reach(province, asked.people)).items] == [person]


def test_absences_between_are_whole_and_of_many_people_in_one_statement(world: World, province: Actor) -> None:
    people = [world.person(province) for _ in range(3)]
    put(province, people[0], K.SICK_LEAVE, "2026-01-05", "2026-01-15", working_days=8)
    put(province, people[0], K.MATERNITY_LEAVE, "2026-03-01", "2026-09-01")
    put(province, people[1], K.STUDY, "2026-08-31")
    with statements() as sent:
        found = away.absences_between(people, d("2026-01-10"), d("2026-09-01"))
    assert len(sent) == 1
    assert found == {
        people[0]: [
            Stretch(K.SICK_LEAVE, d("2026-01-05"), d("2026-01-15"), 8),
            Stretch(K.MATERNITY_LEAVE, d("2026-03-01"), d("2026-09-01")),
        ],
        people[1]: [Stretch(K.STUDY, d("2026-08-31"), None)],
    }
    assert away.absences_between(people, d("2026-01-15"), d("2026-03-01")) == {}
    assert away.absences_between([], d("2026-01-15"), d("2026-03-01")) == {}


def test_the_list_the_filter_and_the_first_page_agree(world: World, province: Actor) -> None:
    soon, overdue, unknown, past = (world.person(province) for _ in range(4))
    put(province, soon, K.MATERNITY_LEAVE, "2026-06-01", "2026-12-01")
    put(province, overdue, K.UNPAID_LEAVE, "2026-06-01", expected_until="2026-11-19")
    put(province, unknown, K.DETENTION, "2026-11-01")
    put(province, past, K.SICK_LEAVE, "2026-01-01", "2026-02-01")
    where = reach(province, Filters())

    def ids(**asked: Any) -> list[int]:
        filters = away.AwayFilters(**asked)
        return [row.person_id for row in away.list_away(province, filters, reach(province, filters.people)).items]

    assert ids() == [overdue, soon, unknown]
    assert (ids(returns="soon"), ids(returns="overdue"), ids(returns="unknown")) == ([soon], [overdue], [unknown])
    assert ids(kind=K.DETENTION) == [unknown]
    assert ids(as_at=d("2026-01-31")) == [past]
    assert away.count_away(province, away.AwayFilters(), where) == (
        3, {"maternity_leave": 1, "unpaid_leave": 1, "detention": 1},
    )  # fmt: skip
    first = away.list_away(province, away.AwayFilters(), where, limit=2)
    rest = away.list_away(province, away.AwayFilters(), where, after=first.next, limit=2)
    back = away.list_away(province, away.AwayFilters(), where, before=rest.previous, limit=2)
    assert ([r.person_id for r in rest.items], [r.person_id for r in back.items]) == ([unknown], [overdue, soon])
    for absent, expected in (("any", {soon, overdue, unknown}), ("detention", {unknown}), ("study", set())):
        found = list_people(province, Filters(absent=absent), reach(province, Filters(absent=absent)), [])
        assert {row.person_id for row in found.items} == expected, absent
    then = Filters(absent="any", as_at=d("2026-01-31"))
    assert [row.person_id for row in list_people(province, then, reach(province, then), []).items] == [past]
    figures = load_figures(where, d("2026-11-20"), d("2027-11-20"), range(20, 65, 5))
    assert (figures.absent, figures.back_soon, figures.back_overdue) == (3, 1, 1)
    assert checks.current_rows() == checks.overlaps() == []


def test_an_agency_records_and_reads_only_its_own(world: World, province: Actor, person: int) -> None:
    put(province, person, K.UNPAID_LEAVE, "2026-10-01", absence_reason="Việc gia đình")
    finance = world.actor(Role.HR_AGENCY, world.finance)
    scope.enter_for(finance, Permission.PEOPLE_FACT)
    assert away.list_away(finance, away.AwayFilters(), reach(finance, Filters())).items == ()
    assert away.absences_between([person], d("2026-01-01"), d("2027-01-01")) == {}
    with pytest.raises(NotFound):
        put(finance, person, K.STUDY, "2027-10-01")
    head = world.actor(Role.HEAD, world.home)
    scope.enter_for(head, Permission.PEOPLE_VIEW)
    assert [row.person_id for row in away.list_away(head, away.AwayFilters(), reach(head, Filters())).items] == [person]
    with pytest.raises(Forbidden):
        put(head, person, K.STUDY, "2027-10-01")
    clerk = world.actor(Role.CLERK, world.home)
    with pytest.raises(Forbidden):
        away.list_away(clerk, away.AwayFilters(), reach(head, Filters()))


SECRET = "Điều trị bệnh khó nói"


@pytest.mark.parametrize(
    ("kind", "role", "shown"),
    [
        (K.SICK_LEAVE, Role.HR_AGENCY, True), (K.SICK_LEAVE, Role.INSPECTOR, True), (K.SICK_LEAVE, Role.HEAD, False),
        (K.MATERNITY_LEAVE, Role.HEAD, False), (K.DETENTION, Role.HEAD, False), (K.UNPAID_LEAVE, Role.HEAD, True),
    ],
)  # fmt: skip
def test_why_is_told_only_with_the_permission_and_the_kind_always(
    world: World, province: Actor, person: int, kind: AbsenceKind, role: Role, shown: bool
) -> None:
    put(province, person, kind, "2026-10-01", absence_reason=SECRET)
    reader = world.actor(role, world.home)
    scope.enter_for(reader, Permission.PEOPLE_VIEW)
    record = get_record(reader, person)
    assert record.absence is not None
    assert record.absence.values["absence_kind"] == kind
    assert (record.absence.values["absence_reason"] == SECRET) is shown
    assert SECRET not in " ".join(showing.words(record.absence))
    own = get_record(Actor(account_id=None, name="Chính mình", grants=(), person_id=person), person)
    assert own.absence is not None
    assert own.absence.values["absence_reason"] == SECRET


def test_the_trail_hides_why_from_who_may_not_see_it(world: World, province: Actor, person: int) -> None:
    put(province, person, K.SICK_LEAVE, "2026-10-01", absence_reason=SECRET)
    event = db.session.scalars(
        db.select(AuditEvent).where(AuditEvent.action == "person.fact_recorded").order_by(AuditEvent.id.desc())
    ).first()
    assert event is not None
    assert event.after["absence_reason"] == SECRET
    head = world.actor(Role.HEAD, world.home)
    hidden = masked(head, "person", event.after, event.scope_ids)
    assert hidden is not None
    assert SECRET not in hidden.values()
    assert SECRET in (masked(province, "person", event.after, event.scope_ids) or {}).values()
    assert SECRET not in hooks.sentences["person.fact_recorded"]({"after": event.after})


def test_a_correction_by_who_may_not_see_why_keeps_it(world: World, province: Actor, person: int) -> None:
    put(province, person, K.SICK_LEAVE, "2026-10-01", absence_reason=SECRET)
    row = rows_of(person, ["absence"])["absence"][0]
    blind = Actor(
        account_id=None, name="Mã truy cập", grants=province.grants, limited_to=frozenset({Permission.PEOPLE_FACT})
    )
    fact = Fact("absence", {"absence_kind": "sick_leave", "absence_reason": ""}, d("2026-10-02"))
    services.correct_fact(blind, person, "absence", row.id, fact, OLD, "Sai ngày")
    row = rows_of(person, ["absence"])["absence"][0]
    assert (row.valid_from, row.absence_reason) == (d("2026-10-02"), SECRET)
    services.correct_fact(
        province, person, "absence", row.id,
        Fact("absence", {"absence_kind": "sick_leave"}, d("2026-10-02")), OLD, "Bỏ lý do",
    )  # fmt: skip
    assert rows_of(person, ["absence"])["absence"][0].absence_reason is None


def test_damage_is_named(province: Actor, person: int) -> None:
    put(province, person, K.STUDY, "2026-10-01")
    assert checks.current_rows() == []
    db.session.execute(
        db.update(PersonAbsence).where(PersonAbsence.person_id == person).values(superseded_at=clock.now())
    )
    assert len(checks.current_rows()) == 1
