"""The tables of the form whose rows carry dates of their own: added, changed, removed, brought back; each audited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from hrms.audit import services as audit
from hrms.audit.models import AuditEvent
from hrms.core import clock, hooks
from hrms.core.actor import Actor, missing
from hrms.core.dates import PartialDate
from hrms.core.db import db
from hrms.core.errors import Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.unit import explain_constraint
from hrms.people.models import (
    Discipline,
    Education,
    FamilyMember,
    ForeignTie,
    OldRegimeService,
    Person,
    Rating,
    Reward,
    WorkPeriod,
)
from hrms.people.queries import codes, law
from hrms.people.rules.family import Relative, check_family
from hrms.people.rules.kinds import Sex
from hrms.people.rules.sheet import TABLES_BY_KEY, Table
from hrms.people.services import current
from hrms.people.services.facts import Outcome
from hrms.people.services.locking import lock_person
from hrms.people.services.people import agency_of
from hrms.people.services.values import clean

MODELS: dict[str, type[Any]] = {
    "education": Education,
    "work": WorkPeriod,
    "old_regime": OldRegimeService,
    "foreign_tie": ForeignTie,
    "reward": Reward,
    "discipline": Discipline,
    "rating": Rating,
    "family": FamilyMember,
}
RATED_TWICE = Problem("year", "year_taken", N_("Năm này đã có kết quả xếp loại; sửa dòng đã có thay vì thêm dòng mới."))
explain_constraint("uq_person_rating_person_year", RATED_TWICE)


def add_part(actor: Actor, person_id: int, table: str, given: Mapping[str, Any]) -> Outcome:
    """Add a row; one that says exactly the same as a row already there changes nothing. Raises `Refused`."""
    actor.require(Permission.PEOPLE_EDIT)
    person, spec = _open(actor, person_id, table)
    values = _checked(person, spec, given, None)
    same = select(MODELS[table].id).where(
        MODELS[table].person_id == person_id,
        *[getattr(MODELS[table], name).is_not_distinct_from(value) for name, value in values.items()],
    )
    known = db.session.scalars(same).first()
    if known is not None:
        return Outcome(0, 1, person.version, known)
    row = MODELS[table](person_id=person_id, **values)
    db.session.add(row)
    db.session.flush()
    _audit(actor, person, spec, row.id, "added", None, values)
    return Outcome(1, 0, person.version, row.id)


def edit_part(
    actor: Actor, person_id: int, table: str, row_id: int, given: Mapping[str, Any], *, version: int | None = None
) -> Outcome:
    """Change a row. Raises `NotFound`, `Stale`, `Refused`."""
    actor.require(Permission.PEOPLE_EDIT)
    person, spec = _open(actor, person_id, table)
    row = _row(person_id, table, row_id)
    values = _checked(person, spec, given, row)
    changes = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changes:
        return Outcome(0, 1, row.version, row.id)
    if version is not None and version != row.version:
        raise Stale
    _check_locks(person_id, table, row)
    before = {name: getattr(row, name) for name in changes}
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    db.session.flush()
    _audit(actor, person, spec, row.id, "edited", before, changes)
    return Outcome(len(changes), 0, row.version, row.id)


def remove_part(actor: Actor, person_id: int, table: str, row_id: int, *, version: int | None = None) -> Outcome:
    """Remove a row; `restore_part` brings it back. One already removed changes nothing. Raises `NotFound`, `Stale`."""
    actor.require(Permission.PEOPLE_EDIT)
    person, spec = _open(actor, person_id, table)
    row = _find(person_id, table, row_id)
    if row is None:
        _removal(person, spec, row_id)
        return Outcome(0, 1, person.version)
    if version is not None and version != row.version:
        raise Stale
    _check_locks(person_id, table, row)
    before = {item.name: getattr(row, item.name) for item in spec.items}
    db.session.delete(row)
    db.session.flush()
    _audit(actor, person, spec, row_id, "removed", before, None)
    return Outcome(1, 0, person.version)


def restore_part(actor: Actor, person_id: int, table: str, row_id: int) -> Outcome:
    """Bring back a removed row as it was, from the trail. One that stands again already changes nothing."""
    actor.require(Permission.PEOPLE_EDIT)
    person, spec = _open(actor, person_id, table)
    if _find(person_id, table, row_id) is not None:
        return Outcome(0, 1, person.version, row_id)
    before = _removal(person, spec, row_id)
    prefix = f"{spec.key}."
    return add_part(
        actor,
        person_id,
        table,
        {name.removeprefix(prefix): value for name, value in before.items() if name.startswith(prefix)},
    )


def _open(actor: Actor, person_id: int, table: str) -> tuple[Person, Table]:
    """Return the locked person and the table's description; a guarded table needs its own permission."""
    spec = TABLES_BY_KEY.get(table)
    if spec is None:
        raise missing("table")
    person = lock_person(actor, Permission.PEOPLE_EDIT, person_id)
    if spec.guard:
        actor.require(Permission(spec.guard), at=person.scope_ids)
    return person, spec


def _find(person_id: int, table: str, row_id: int) -> Any | None:
    model = MODELS[table]
    return db.session.scalars(select(model).where(model.id == row_id, model.person_id == person_id)).one_or_none()


def _row(person_id: int, table: str, row_id: int) -> Any:
    row = _find(person_id, table, row_id)
    if row is None:
        raise missing("part")
    return row


def _check_locks(person_id: int, table: str, row: Any) -> None:
    """Raise `Refused` for a row that another domain wrote and answers for."""
    refuse_if([problem for asked in hooks.part_locks if (problem := asked(person_id, table, row)) is not None])


def _removal(person: Person, spec: Table, row_id: int) -> Mapping[str, Any]:
    """Return a removed row as the trail keeps it. Raises `NotFound` for one that never was this person's."""
    event = db.session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.entity == spec.entity,
            AuditEvent.entity_id == row_id,
            AuditEvent.person_id == person.id,
            AuditEvent.action == f"{spec.entity}.removed",
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    ).one_or_none()
    if event is None or event.before is None:
        raise missing("part")
    return event.before


def _checked(person: Person, spec: Table, given: Mapping[str, Any], row: Any | None) -> dict[str, Any]:
    """Return clean values of every column; a column not given keeps what it had."""
    whole = {item.name: given.get(item.name, getattr(row, item.name, None)) for item in spec.items}
    values, problems = clean(spec.items, whole)
    words = N_("Không có mục “%(value)s” trong bảng này; bỏ mục này.")
    problems += [Problem(n, "unknown_field", words, {"value": n[:40]}) for n in given if n not in whole]
    if not problems:
        problems += _order(values)
        problems += _year(values)
        if spec.key == "family":
            problems += _family(person, values, row)
        if spec.key == "rating":
            problems += _rated_twice(person, values, row)
    refuse_if(problems)
    return values


def _order(values: Mapping[str, Any]) -> list[Problem]:
    start, end = codes.partial(values.get("from_on")), codes.partial(values.get("to_on"))
    if start and end and end.latest() < start.earliest():
        words = N_("Đến %(end)s trước từ %(start)s; sửa một trong hai.")
        return [Problem("to_on", "dates_out_of_order", words, {"start": start, "end": end})]
    return []


def _year(values: Mapping[str, Any]) -> list[Problem]:
    this_year = clock.today().year
    if (values.get("year") or 0) > this_year:
        words = N_("Năm %(value)s ở sau năm nay; sửa lại.")
        return [Problem("year", "year_in_future", words, {"value": str(values["year"])})]
    return []


def _rated_twice(person: Person, values: Mapping[str, Any], row: Any | None) -> list[Problem]:
    found = db.session.scalars(
        select(Rating.id).where(
            Rating.person_id == person.id,
            Rating.year == values["year"],
            Rating.id != (row.id if row is not None else 0),
        )
    ).one_or_none()
    if found is None:
        return []
    same = db.session.get_one(Rating, found)
    # The very same row sent twice is not a mistake; `add_part` leaves it alone.
    if row is None and all(getattr(same, name) == value for name, value in values.items()):
        return []
    return [RATED_TWICE]


def _family(person: Person, values: Mapping[str, Any], row: Any | None) -> list[Problem]:
    """Check the row among the person's other relatives; only its own problems are told."""
    rows = db.session.scalars(
        select(FamilyMember).where(
            FamilyMember.person_id == person.id, FamilyMember.id != (row.id if row is not None else 0)
        )
    ).all()
    if row is None and any(all(getattr(one, name) == value for name, value in values.items()) for one in rows):
        return []
    others = [_relative({item: getattr(one, item) for item in ("relation", "full_name", "birth_year")}) for one in rows]
    sex = Sex(person.sex) if person.sex else None
    found = check_family(codes.partial(person.birth_date), sex, [*others, _relative(values)], law.marriage_ages())
    mine = f"family.{len(others)}."
    names = {"born": "birth_year", "sex": "relation", "married_on": "relation"}
    problems = []
    for problem in found:
        if problem.field.startswith(mine):
            field = problem.field.removeprefix(mine)
            problems.append(
                Problem(names.get(field, field), problem.code, problem.text, problem.params, problem.severity)
            )
    return problems


def _relative(values: Mapping[str, Any]) -> Relative:
    year = values.get("birth_year")
    return Relative(
        relation=values["relation"], full_name=values["full_name"], born=PartialDate(year) if year else None
    )


def _audit(
    actor: Actor,
    person: Person,
    spec: Table,
    row_id: int,
    verb: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """Write the event; its keys are `<table>.<column>`, so that each table's own permission can guard them."""
    audit.record(
        actor, f"{spec.entity}.{verb}", spec.entity, row_id, scope_ids=person.scope_ids, person_id=person.id,
        agency_id=agency_of(person.id), before=_named(spec, before, verb), after=_named(spec, after, verb),
    )  # fmt: skip
    if spec.key in {"discipline", "rating"}:
        current.tell_changed([person.id])


def _named(spec: Table, values: Mapping[str, Any] | None, verb: str) -> dict[str, Any] | None:
    if values is None:
        return None
    # Of a change an emptied column matters; of a whole row it is only noise.
    return {f"{spec.key}.{name}": value for name, value in values.items() if value is not None or verb == "edited"}
