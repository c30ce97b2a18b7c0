"""Making a record and changing what has no dated history, group by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, select, text

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import name_sort_key, search_text
from hrms.core.unit import explain_constraint
from hrms.decisions import services as decisions
from hrms.people.models import Person, PersonCurrent
from hrms.people.rules.sheet import GROUP_OF, ITEMS
from hrms.people.services import current
from hrms.people.services.fact_checks import Checked, FactChecker
from hrms.people.services.facts import Fact, Outcome, Paper, paper_problems, write_first
from hrms.people.services.locking import check_version, lock_person, touch
from hrms.people.services.record_checks import person_problems
from hrms.people.services.values import clean

TAKEN_ID = Problem("national_id", "taken", N_("Số định danh cá nhân này đã có ở một hồ sơ khác; kiểm tra lại số."))
TAKEN_CODE = Problem("staff_code", "taken", N_("Số hiệu CBCCVC này đã có ở một hồ sơ khác; kiểm tra lại số hiệu."))
explain_constraint("uq_people_national_id", TAKEN_ID)
explain_constraint("uq_people_staff_code", TAKEN_CODE)

_TAKEN = text("SELECT field FROM people_taken(CAST(:codes AS text[]), CAST(:ids AS text[]))")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What a record begins with: undated values by column name, the first facts, and the day they begin."""

    values: Mapping[str, Any]
    kind: str
    using_agency_id: int
    managing_agency_id: int
    since: date
    status: str = "serving"
    rank: Mapping[str, Any] | None = None
    post: Mapping[str, Any] | None = None
    not_duplicate: bool = False
    """The officer has seen that somebody of the same name and birth date exists, and says this is another person."""


def create_person(actor: Actor, new: NewPerson, paper: Paper) -> int:
    """Make a record with its first facts; returns its id.

    The managing agency keeps the file from today on even when service begins later. Raises `Refused` with every
    problem: personal ID number (NĐ 137/2015 Đ13; a mismatch passes with `id_override_reason`), numbers taken here or
    elsewhere, somebody of the same name and birth date, agencies outside the actor's part of the tree, a coefficient
    not in the scale, names, dates.
    """
    actor.require(Permission.PEOPLE_CREATE)
    given = {"full_name": None, **new.values}
    values, problems = clean([item for name, item in ITEMS.items() if name in given], given)
    problems += _unknown(given)
    if "full_name" not in values and not any(p.field == "full_name" for p in problems):
        problems.append(
            Problem("full_name", "required", N_("Chưa nhập %(field)s."), {"field": ITEMS["full_name"].label})
        )
    if not values.get("national_id") and not values.get("staff_code") and not problems:
        words = N_("Chưa nhập số định danh cá nhân; nếu chưa có thì nhập số hiệu CBCCVC.")
        problems.append(Problem("national_id", "identity_required", words))
    place = _reach(new.using_agency_id)
    problems += person_problems({}, values, set(values))
    if not new.not_duplicate:
        problems += _namesakes(values)
    problems += _taken(values, None)
    person = Person(**values, scope_ids=[], sort_key="", search_text="")
    person.id = 0
    first, found = _first_facts(actor, person, new, place)
    refuse_if([*paper_problems(paper), *problems, *found], overridden=False)
    _require_groups(actor, values, place)
    scope_ids = sorted({*place, *_reach(new.managing_agency_id)})
    if paper.decision_id is not None:
        decisions.cite(actor, paper.decision_id, scope_ids)
    person_id = _insert(values, scope_ids)
    person = db.session.get_one(Person, person_id)
    told: dict[str, Any] = {}
    for fact, checked in first:
        owned = Checked({**checked.key, "person_id": person_id}, checked.values)
        told |= write_first(actor, fact, owned, paper)
    current.refresh([person_id], actor)
    audit.record(
        actor,
        "person.created",
        "person",
        person_id,
        scope_ids=scope_ids,
        person_id=person_id,
        agency_id=new.using_agency_id,
        after={**{name: value for name, value in values.items() if value is not None}, **told},
    )
    return person_id


def edit_person(
    actor: Actor, person_id: int, values: Mapping[str, Any], *, version: int | None = None, reason: str | None = None
) -> Outcome:
    """Change undated values. Each guarded group needs its own permission over the person.

    A value that is already so changes nothing. Only mistakes that this change brings or touches are refused, so that
    an old mistake elsewhere in the record does not stop a correction. Raises `Refused`, `Stale`, `Forbidden`.
    """
    actor.require(Permission.PEOPLE_EDIT)
    person = lock_person(actor, Permission.PEOPLE_EDIT, person_id)
    _require_groups(actor, values, person.scope_ids)
    cleaned, problems = clean([item for name, item in ITEMS.items() if name in values], values)
    problems += _unknown(values)
    before = {name: getattr(person, name) for name in cleaned}
    changes = {name: value for name, value in cleaned.items() if before[name] != value}
    if not changes and not problems:
        return Outcome(0, len(cleaned), person.version)
    check_version(person, version)
    whole = {name: getattr(person, name) for name in ITEMS}
    problems += person_problems(whole, {**whole, **cleaned}, set(changes))
    problems += _taken(changes, person_id)
    refuse_if(problems)
    for name, value in changes.items():
        setattr(person, name, value)
    if "full_name" in changes:
        person.sort_key, person.search_text = name_sort_key(person.full_name), search_text(person.full_name)
    touch(person)
    scope_ids = list(person.scope_ids)
    current.refresh([person_id], actor)
    old, new = audit.changed(before, changes)
    audit.record(
        actor, "person.edited", "person", person_id, scope_ids=scope_ids, person_id=person_id, before=old, after=new,
        reason=reason, agency_id=agency_of(person_id),
    )  # fmt: skip
    return Outcome(len(changes), 0, person.version)


def agency_of(person_id: int) -> int | None:
    """Return the using agency of today, which the trail names."""
    return db.session.scalars(select(PersonCurrent.agency_id).where(PersonCurrent.person_id == person_id)).one_or_none()


def _require_groups(actor: Actor, values: Mapping[str, Any], at: Sequence[int]) -> None:
    for group in {GROUP_OF[name].key: GROUP_OF[name] for name in values if name in GROUP_OF}.values():
        if group.guard:
            actor.require(Permission(group.guard), at=at)


def _unknown(values: Mapping[str, Any]) -> list[Problem]:
    words = N_("Không có mục “%(value)s” trong sơ yếu lý lịch; bỏ mục này.")
    return [Problem(name, "unknown_field", words, {"value": name[:40]}) for name in values if name not in ITEMS]


def _reach(agency_id: int) -> list[int]:
    found = db.session.scalars(select(Agency.scope_ids).where(Agency.id == agency_id)).one_or_none()
    return list(found or [])


def _first_facts(
    actor: Actor, person: Person, new: NewPerson, place: Sequence[int]
) -> tuple[list[tuple[Fact, Checked]], list[Problem]]:
    kept_from = min(new.since, clock.today())
    wanted = [
        Fact("status", {"status": new.status, "kind": new.kind}, new.since),
        Fact("agency", {"membership": "using", "agency_id": new.using_agency_id}, new.since),
        Fact("agency", {"membership": "managing", "agency_id": new.managing_agency_id}, kept_from),
    ]
    if new.rank and any(value not in {None, ""} for value in new.rank.values()):
        wanted.append(Fact("rank", new.rank, new.since))
    if new.post and any(value not in {None, ""} for value in new.post.values()):
        wanted.append(Fact("post", new.post, new.since))
    checker = FactChecker(actor, person, {}, permission=Permission.PEOPLE_CREATE, reach=place)
    names = {"using": "using_agency_id", "managing": "managing_agency_id"}
    first: list[tuple[Fact, Checked]] = []
    problems: list[Problem] = []
    for fact in wanted:
        checked = checker.check(fact.kind, fact.values, fact.valid_from, fact.valid_to)
        for problem in checked.problems:
            field = "since" if problem.field == "valid_from" else problem.field
            if fact.kind == "agency" and field == "agency_id":
                field = names[str(fact.values["membership"])]
            moved = Problem(field, problem.code, problem.text, problem.params, problem.severity)
            if moved not in problems:
                problems.append(moved)
        first.append((fact, checked))
    return first, problems


def _insert(values: Mapping[str, Any], scope_ids: Sequence[int]) -> int:
    row = {
        **values,
        "scope_ids": list(scope_ids),
        "sort_key": name_sort_key(values["full_name"]),
        "search_text": search_text(values["full_name"]),
    }
    return int(db.session.execute(insert(Person).values(row).returning(Person.id)).scalar_one())


def _taken(values: Mapping[str, Any], person_id: int | None) -> list[Problem]:
    """Return the numbers another record has: named when the actor may see it, else only said to be taken."""
    numbers = {name: values[name] for name in ("national_id", "staff_code") if values.get(name)}
    if not numbers:
        return []
    problems = []
    seen = db.session.execute(
        select(Person.id, Person.full_name, Person.national_id, Person.staff_code).where(
            db.or_(*[getattr(Person, name) == value for name, value in numbers.items()]),
            Person.id != (person_id or 0),
        )
    ).all()
    for row in seen:
        for name, value in numbers.items():
            if getattr(row, name) == value:
                words = N_("%(field)s này là của %(name)s (hồ sơ số %(id)s); mở hồ sơ đó hoặc kiểm tra lại số.")
                params = {"field": ITEMS[name].label, "name": row.full_name, "id": str(row.id)}
                problems.append(Problem(name, "taken", words, params))
    arguments = {
        "codes": [numbers["staff_code"]] if "staff_code" in numbers else [],
        "ids": [numbers["national_id"]] if "national_id" in numbers else [],
    }
    hidden = set(db.session.scalars(_TAKEN, arguments))
    return problems + [p for p in (TAKEN_ID, TAKEN_CODE) if p.field in hidden]


def _namesakes(values: Mapping[str, Any]) -> list[Problem]:
    """Return a question when somebody of the same name and birth date is on file where the actor may see."""
    if not values.get("full_name") or not values.get("birth_date"):
        return []
    row = db.session.execute(
        select(Person.id, Person.full_name)
        .where(
            Person.search_text == search_text(values["full_name"]),
            Person.sort_key == name_sort_key(values["full_name"]),
            Person.birth_date == values["birth_date"],
        )
        .order_by(Person.id)
        .limit(1)
    ).one_or_none()
    if row is None:
        return []
    words = N_(
        "Đã có hồ sơ cùng họ tên và ngày sinh: %(name)s (hồ sơ số %(id)s). Nếu là người khác, đánh dấu xác nhận."
    )
    params = {"name": row.full_name, "id": str(row.id)}
    return [Problem("not_duplicate", "same_name_and_birth", words, params, "override")]


__all__ = ["TAKEN_CODE", "TAKEN_ID", "NewPerson", "agency_of", "create_person", "edit_person"]
