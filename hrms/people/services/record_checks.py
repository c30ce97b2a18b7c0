"""The rules of a whole record, told only for what a change brings or touches."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from hrms.core import clock
from hrms.core.dates import PartialDate
from hrms.core.rules import Problem
from hrms.people.queries import codes, law
from hrms.people.rules.kinds import Sex
from hrms.people.rules.personal_id import check_personal_id
from hrms.people.rules.record import RecordFacts, check_record
from hrms.people.rules.sheet import ITEMS, Shape

_COLUMN = {
    "national_id_issued_on": "id_issued_on",
    "agency_joined_on": "joined_agency_on",
    "union_joined_on": "organisation_joined_on",
}
"""The rules' names of columns that the record calls otherwise."""

_OF_NUMBER = frozenset({"national_id", "sex", "birth_date", "id_override_reason"})


def person_problems(before: Mapping[str, Any], after: Mapping[str, Any], changed: Collection[str]) -> list[Problem]:
    """Return the blocking problems of `after` that were not there in `before`, or that name a changed column."""
    old = {(p.field, p.code) for p in _problems(before)}
    return [
        problem
        for problem in _problems(after)
        if problem.severity != "warning"
        and (
            problem.field in changed
            or (problem.field, problem.code) not in old
            or (problem.field == "national_id" and not _OF_NUMBER.isdisjoint(changed))
        )
    ]


def warnings(values: Mapping[str, Any]) -> list[Problem]:
    """Return everything doubtful or wrong in a record, for its quality line."""
    return _problems(values)


def _problems(values: Mapping[str, Any]) -> list[Problem]:
    found = [
        Problem(_COLUMN.get(p.field, p.field), p.code, p.text, p.params, p.severity)
        for p in check_record(_facts(values), clock.today(), law.limits())
    ]
    return [*found, *_number_problems(values)]


def _facts(values: Mapping[str, Any]) -> RecordFacts:
    read: dict[str, Any] = {}
    for name in RecordFacts.__dataclass_fields__:
        column = _COLUMN.get(name, name)
        value = values.get(column)
        if value is None:
            continue
        shape = ITEMS[column].shape
        if shape is Shape.PARTIAL:
            value = codes.partial(value)
        elif shape is Shape.DATE:
            value = PartialDate.of(value)
        read[name] = value
    return RecordFacts(**read)


def _number_problems(values: Mapping[str, Any]) -> list[Problem]:
    number = values.get("national_id")
    if not number:
        return []
    born = codes.partial(values.get("birth_date"))
    sex = Sex(values["sex"]) if values.get("sex") in set(Sex) else None
    found = check_personal_id(number, sex, born.year if born else None, law.province_codes())
    if values.get("id_override_reason"):
        return [p for p in found if p.severity != "override"]
    # The mistake is met at the number; the reason that lets it pass has a field of its own beside it.
    return found
