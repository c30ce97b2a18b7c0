"""The database computes where people stand as the rule says of each: small worlds of every kind, row by row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from hrms.core import scope
from hrms.core.db import db
from hrms.people.models import PersonAbsence, PersonPost, PersonRank, PersonStatus
from hrms.positions.models import Assignment
from hrms.training.models import (
    Certificate,
    CreditEntry,
    Enrolment,
    RecognitionRule,
    RequirementVersion,
    TrainingRequirement,
)
from hrms.training.queries import learners
from hrms.training.rules.owed import standing
from tests.positions.seating import OFFICER, OTHER, add_line
from tests.province import TODAY, Province, add_person
from tests.training.making import add_class, add_course, add_row

D = Decimal
_numbers = count(70_000)
DAYS = [
    date.fromisoformat(one)
    for one in (
        "2022-01-01", "2023-05-10", "2024-02-29", "2024-12-31", "2025-01-01", "2025-03-15", "2025-06-30", "2025-07-01",
        "2025-11-21", "2025-12-31", "2026-01-01", "2026-01-31", "2026-02-28", "2026-05-31", "2026-07-01", "2026-11-21",
        "2026-11-22", "2026-12-30", "2026-12-31", "2027-01-01", "2027-03-01",
    )
]  # fmt: skip
ON_DAY = st.sampled_from(DAYS)
NOW = date(2026, 11, 22)
POSTS = {"division_head": "division_head", "division_deputy": "division_deputy", "department_director": "agency_head"}
ABSENT = ("maternity_leave", "sick_leave", "unpaid_leave")
COURSES = ("one", "two", "three")
OLD = {"basis": "old_data"}


def some_of(values: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=len(values))


def timeline(values: st.SearchStrategy[Any], most: int = 4) -> st.SearchStrategy[list[tuple[date, date | None, Any]]]:
    """Rows that do not overlap, with gaps here and there, the last perhaps open."""

    def build(made: tuple[list[date], list[Any], bool]) -> list[tuple[date, date | None, Any]]:
        cuts, worth, is_open = sorted(made[0]), made[1], made[2]
        ends: list[date | None] = [*cuts[1:], None if is_open else date(2028, 1, 1)]
        return [(a, b, v) for a, b, v in zip(cuts, ends, worth, strict=False) if v is not None]

    return st.tuples(
        st.lists(ON_DAY, unique=True, min_size=1, max_size=most),
        st.lists(st.one_of(values, values, st.none()), min_size=most, max_size=most), st.booleans(),
    ).map(build)  # fmt: skip


VERSION = st.fixed_dictionaries(
    {
        "target": st.sampled_from(["all", "person_kind", "position", "position_group", "rank", "post", "post_group"]),
        "what": st.sampled_from(["hours", "hours", "course"]),
        "hours": st.sampled_from(["40", "120", "7.25", "12"]).map(D),
        "counts": st.sampled_from([["position", "teaching"], ["position", "teaching", "digital"], ["position"], []]),
        "period_years": st.sampled_from([1, 1, 1, 1, 2, 5]),
        "carry_hours": st.sampled_from(["0", "8", "100"]).map(D),
        "pro_rata": st.sampled_from([True, True, False]),
        "exempt_absences": some_of(ABSENT),
        "exempt_days": st.sampled_from([0, 30, 90]),
        "grace_months": st.sampled_from([0, 0, 1, 6, 12]),
        "courses": some_of(COURSES),
        "level_section": st.sampled_from([None, "theory"]),
        "level_least": st.sampled_from(["intermediate", "none", "nothing"]),
        "due_months": st.sampled_from([None, 1, 12, 36]),
        "exempt_before": st.one_of(st.none(), ON_DAY),
        "keep_valid": st.booleans(),
    }
)
CODES = {
    "all": [], "person_kind": ["civil_servant"], "rank": ["01.003", "V.07.05.15"], "position": [OFFICER],
    "position_group": ["professional", "leadership"], "post": ["division_head", "department_director"],
    "post_group": ["division_head", "division_deputy"],
}  # fmt: skip
HOURS = st.sampled_from(["0.01", "8", "16.5", "24", "40", "39.99"]).map(D)
FORMS = st.sampled_from(["class", "online", "teaching"])
PERSON = st.fixed_dictionaries(
    {
        "status": st.one_of(
            st.just([(DAYS[0], None, ("serving", "civil_servant"))]),
            timeline(st.sampled_from([("serving", "civil_servant"), ("suspended", "cadre"), ("left", "cadre")])),
        ),
        "rank": timeline(st.sampled_from(["01.003", "V.07.05.15", "01.004"])),
        "post": timeline(st.tuples(st.sampled_from([*POSTS, None]), st.one_of(st.none(), ON_DAY)), 3),
        "seat": timeline(st.sampled_from([OFFICER, OTHER]), 3),
        "away": timeline(st.tuples(st.sampled_from(ABSENT), st.one_of(st.none(), ON_DAY)), 4),
        "theory": st.sampled_from([None, "none", "elementary", "intermediate", "advanced", "unknown"]),
        "entries": st.lists(
            st.tuples(st.sampled_from(["position", "teaching", "digital", "defence"]), FORMS, HOURS, ON_DAY,
                      st.sampled_from([None, *COURSES]), st.sampled_from([False, False, True])),
            min_size=3, max_size=10,
        ),
        "certificate": st.one_of(st.none(), st.tuples(ON_DAY, st.one_of(st.none(), ON_DAY), st.booleans())),
        "enrolled": st.lists(st.integers(0, 2), unique=True, max_size=2),
    }
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """Requirements by their versions, people, classes ahead, caps of online learning, and whose teaching counts."""

    requirements: list[list[tuple[date, date | None, Mapping[str, Any]]]]
    people: list[Mapping[str, Any]]
    classes: list[tuple[str, str, Decimal, date, str]]
    caps: list[tuple[date, date | None, tuple[Decimal | None, Decimal]]]
    taught: str


WORLDS = st.builds(
    World,
    st.lists(timeline(VERSION, 3), min_size=1, max_size=3),
    st.lists(PERSON, min_size=1, max_size=2),
    st.lists(
        st.tuples(st.sampled_from(["position", "digital"]), st.sampled_from(["class", "online"]), HOURS,
                  st.sampled_from(DAYS[8:]), st.sampled_from(["open", "open", "cancelled"])),
        min_size=3, max_size=3,
    ),
    timeline(st.tuples(st.sampled_from([None, D(20)]), st.sampled_from([D(1), D("0.5")])), 2),
    st.sampled_from(["leaders", "all"]),
)  # fmt: skip

_HOURS = {
    "target": "person_kind", "what": "hours", "hours": D(12), "counts": ["position", "teaching"], "period_years": 1,
    "carry_hours": D(20), "pro_rata": True, "exempt_absences": ["sick_leave"], "exempt_days": 30, "grace_months": 1,
    "courses": [], "level_section": None, "level_least": "none", "due_months": None, "exempt_before": None,
    "keep_valid": False,
}  # fmt: skip
_COURSE = _HOURS | {
    "target": "post_group", "what": "course", "hours": D(0), "carry_hours": D(0), "courses": ["one", "three"],
    "due_months": 12, "exempt_before": date(2025, 6, 30), "keep_valid": True,
}  # fmt: skip
CARRIED = World(
    [[(DAYS[0], None, _HOURS)], [(DAYS[0], DAYS[14], _HOURS), (DAYS[14], None, _HOURS | {"hours": D(40)})],
     [(DAYS[7], None, _COURSE)]],
    [
        {
            "status": [(DAYS[1], None, ("serving", "civil_servant"))], "rank": [], "seat": [], "theory": None,
            "post": [(DAYS[8], None, ("division_head", None))],
            "away": [(DAYS[4], DAYS[5], ("sick_leave", None)), (DAYS[12], None, ("sick_leave", DAYS[13]))],
            "entries": [
                ("position", "class", D(24), DAYS[6], None, False),
                ("teaching", "teaching", D(8), DAYS[9], None, False),
                ("position", "online", D(24), DAYS[11], "three", False),
                ("position", "class", D(8), DAYS[12], None, True),
            ],
            "certificate": (DAYS[9], DAYS[15], False), "enrolled": enrolled,
        }
        for enrolled in ([0, 1], [])
    ],
    [("position", "class", D(8), DAYS[17], "open"), ("position", "online", D(16), DAYS[18], "open"),
     ("digital", "class", D(8), DAYS[18], "open")],
    [(DAYS[0], None, (D(20), D("0.5")))], "leaders",
)  # fmt: skip


def lay(province: Province, world: World) -> list[int]:
    """Write a world; what was there of requirements and caps no longer holds. Returns its people."""
    tag = next(_numbers)
    with scope.everything():
        for table in ("requirement_versions", "recognition_rules"):
            db.session.execute(text(f"UPDATE {table} SET superseded_at = now() WHERE superseded_at IS NULL"))
        db.session.execute(
            text(
                "INSERT INTO settings (name, value, note)"
                " VALUES ('training.teaching_for', to_jsonb(CAST(:who AS text)), '')"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
            ),
            {"who": world.taught},
        )
    codes = {one: f"{one}-{tag}" for one in COURSES}
    months = {"one": None, "two": 6, "three": 12}
    courses = {one: add_course(code=codes[one], since=date(2020, 1, 1), valid_months=months[one]) for one in COURSES}
    lines = _lines(province)
    classes = [
        add_class(
            province, "A", course=add_course(kind=kind) if n else courses["one"], starts_on=last, days=1, hours=hours,
            sessions=0,
            form=form, state=state, closed_on=last if state == "cancelled" else None,
        )
        for n, (kind, form, hours, last, state) in enumerate(world.classes)
    ]  # fmt: skip
    with scope.everything():
        for since, until, (cap, factor) in world.caps:
            add_row(RecognitionRule, form="online", factor=factor, cap_hours=cap, needs_proof=True, valid_from=since,
                    valid_to=until, source="", mark="U", **OLD)  # fmt: skip
        for place, versions in enumerate(world.requirements):
            made = add_row(TrainingRequirement, code=f"Y-{tag}-{place}", name=f"Yêu cầu {place}", place=place)
            for since, until, given_values in versions:
                values = dict(given_values)
                if values["what"] == "course":
                    values["hours"] = None
                if values["period_years"] > 1:
                    values["carry_hours"] = D(0)
                add_row(
                    RequirementVersion, requirement_id=made, valid_from=since, valid_to=until,
                    target_codes=CODES[values["target"]], gate="off", source="", mark="U", **OLD,
                    **values | {"courses": [codes[one] for one in values["courses"]]},
                )  # fmt: skip
        found = [_person(province, one, courses, lines, classes) for one in world.people]
        db.session.commit()
    return found


def _lines(province: Province) -> dict[str, int]:
    known = text(
        "SELECT j.key, l.id FROM establishment_lines l JOIN job_positions j ON j.id = l.position_id"
        " WHERE l.agency_id = :agency"
    )
    with scope.everything():
        found = {row.key: row.id for row in db.session.execute(known, {"agency": province.agencies["A1"]})}
    return found or {key: add_line(province, "A1", 9, key=key, since=date(2020, 1, 1)) for key in (OFFICER, OTHER)}


def _person(
    province: Province, given_person: Mapping[str, Any], courses: Mapping[str, int], lines: Mapping[str, int],
    classes: list[int],
) -> int:  # fmt: skip
    number = next(_numbers)
    person = add_person(province, number, name="Lê Thử")
    for table in ("person_status", "person_rank", "person_post"):
        db.session.execute(text(f"UPDATE {table} SET superseded_at = now() WHERE person_id = :id"), {"id": person})
    db.session.execute(
        text("UPDATE people SET theory_level = :level WHERE id = :id"), {"id": person, "level": given_person["theory"]}
    )

    def write(model: Any, since: date, until: date | None, **values: Any) -> None:
        db.session.execute(
            insert(model).values(person_id=person, valid_from=since, valid_to=until, **OLD, **values)
        )  # fmt: skip

    for since, until, (status, kind) in given_person["status"]:
        write(PersonStatus, since, until, status=status, kind=kind)
    for since, until, rank in given_person["rank"]:
        write(PersonRank, since, until, rank_code=rank)
    for since, until, (post, appointed) in given_person["post"]:
        write(PersonPost, since, until, slot=0, post_code=post, post_name="Chức vụ", appointed_on=appointed)
    for since, until, key in given_person["seat"]:
        write(Assignment, since, until, slot=0, line_id=lines[key], role="main")
    for since, until, (kind, expected) in given_person["away"]:
        foreseen = expected if until is None and expected is not None and expected >= since else None
        write(PersonAbsence, since, until, absence_kind=kind, expected_until=foreseen)
    for kind, form, hours, day, course, taken_back in given_person["entries"]:
        values = {
            "person_id": person, "kind": kind, "form": form, "earned_on": day,
            "course_id": courses[course] if course else None, "title": "Thử",
        }  # fmt: skip
        entry = add_row(CreditEntry, hours=hours, source="old_data", **values)
        if taken_back:
            add_row(CreditEntry, hours=-hours, source="reversal", reverses_id=entry, reason="Nhầm", **values)
    for n in given_person["enrolled"]:
        add_row(Enrolment, class_id=classes[n], person_id=person, state="accepted", nominated_at=TODAY)
    if given_person["certificate"]:
        issued, until, revoked = given_person["certificate"]
        learnt_in = add_row(
            Enrolment, class_id=add_class(province, "A", course=courses["three"], starts_on=issued, days=1, sessions=0),
            person_id=person, state="completed", nominated_at=TODAY, closed_on=issued,
        )  # fmt: skip
        add_row(
            Certificate, number=f"SO-{number}", check_code="x", person_id=person, enrolment_id=learnt_in,
            class_id=db.session.scalar(text("SELECT class_id FROM enrolments WHERE id = :id"), {"id": learnt_in}),
            course_id=courses["three"], kind="certificate", issued_on=issued,
            valid_until=until if until and until >= issued else None, holder={}, programme="Thử", issuer={},
            revoked_on=NOW if revoked else None, revoke_reason="Nhầm" if revoked else None,
        )  # fmt: skip
    return person


FIELDS = (
    "what",
    "days_owed",
    "required",
    "counted",
    "carried",
    "planned",
    "missing",
    "state",
    "at_risk",
    "since",
    "due_on",
)
_REFRESH = text("SELECT refresh_training(CAST(:ids AS bigint[]), :year, :today, CAST(:groups AS jsonb))")
_DIFFERS = text("SELECT * FROM training_differs(:year, :today, CAST(:groups AS jsonb))")
_ROWS = text("SELECT * FROM training_standing WHERE person_id = ANY (:ids) AND year = :year")


@settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[*HealthCheck],
    phases=(Phase.explicit, Phase.generate),
)  # fmt: skip
@given(WORLDS)
@example(CARRIED)
def test_the_database_says_what_the_rule_says(province: Province, world: World) -> None:
    people = lay(province, world)
    with scope.everything():
        requirements = learners.requirements()
        known = learners.learners(people)
        for year in (2025, 2026):
            params = {"ids": people, "year": year, "today": NOW, "groups": json.dumps(learners.post_groups())}
            db.session.execute(_REFRESH, params)
            kept = {
                (row["person_id"], row["requirement_id"]): tuple(row[name] for name in FIELDS)
                for row in db.session.execute(_ROWS, params).mappings()
            }
            ground = learners.ground(NOW, range(2015, 2030))
            wanted = {
                (person, requirement): tuple(getattr(one, name) for name in FIELDS)
                for person, who in known.items()
                for requirement, versions in requirements.items()
                if (one := standing(versions, who, year, ground)) is not None
            }
            assert kept == wanted
            db.session.execute(_REFRESH, {**params, "ids": None})
            assert db.session.scalar(_REFRESH, params) == 0
            assert not db.session.execute(_DIFFERS, params).all()
