"""All kinds of supposed changes: kept as JSON, read back, applied to somebody's days. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from hrms.pay.rules.figures import AllowanceCode, Form, Insurance, Side
from hrms.pay.rules.month import Stretch
from hrms.pay.rules.supposed import (
    AllowanceChange,
    BaseSalary,
    Change,
    ChangeKind,
    Give,
    Incentive,
    Leadership,
    Person,
    Placement,
    Rate,
    Scale,
    Scales,
    Text,
    Unplaced,
    Who,
)
from hrms.pay.rules.supposed_raises import Raises

CHANGES: Mapping[ChangeKind, type[Change]] = {
    one.kind: one for one in (BaseSalary, AllowanceChange, Scale, Leadership, Rate, Placement, Raises, Incentive, Text)
}
_ENUMS: Mapping[str, type[StrEnum]] = {
    "code": AllowanceCode, "give": Give, "form": Form, "insurance": Insurance, "side": Side,
}  # fmt: skip
_NUMBERS = frozenset({"amount", "percent", "value", "coefficient"})


def write(change: Change) -> dict[str, Any]:
    """Return a change as JSON keeps it: numbers as text, days as ISO dates."""
    kept: dict[str, Any] = {"kind": change.kind.value}
    for one in fields(change):
        value = getattr(change, one.name)
        if isinstance(value, date):
            value = value.isoformat()
        elif isinstance(value, Decimal):
            value = f"{value:f}"
        elif isinstance(value, Who):
            value = value.as_json()
        elif one.name == "coefficients":
            value = [f"{each:f}" for each in value]
        elif one.name == "given":
            value = [dict(each) for each in value]
        kept[one.name] = value
    return kept


def read(kept: Mapping[str, Any]) -> Change:
    """Return the change that `write` kept. Raises `KeyError`, `ValueError` for anything else."""
    values: dict[str, Any] = {}
    for name, value in kept.items():
        if name == "kind" or value is None:
            continue
        if name == "start":
            values[name] = date.fromisoformat(value)
        elif name in _ENUMS:
            values[name] = _ENUMS[name](value)
        elif name in _NUMBERS:
            values[name] = Decimal(value)
        elif name == "who":
            values[name] = Who.from_json(value)
        elif name == "coefficients":
            values[name] = tuple(Decimal(each) for each in value)
        elif name == "given":
            values[name] = tuple(value)
        else:
            values[name] = value
    return CHANGES[ChangeKind(kept["kind"])](**values)


def suppose(
    stretches: Sequence[Stretch], person: Person, changes: Sequence[Change], scales: Scales
) -> tuple[tuple[Stretch, ...], bool]:
    """Return somebody's days as they would be, and whether a placement was impossible (the old one then stays)."""
    found, unplaced = list(stretches), False
    # A step is raised in the group somebody is in; who is placed elsewhere is placed with the step held then.
    for change in sorted(changes, key=lambda one: (one.kind is not ChangeKind.RAISES, one.start)):
        made: list[Stretch] = []
        for one in found:
            if one.end <= change.start:
                made.append(one)
                continue
            if one.start < change.start:
                made.append(replace(one, end=change.start))
            later = replace(one, start=max(one.start, change.start))
            try:
                made += change.over(later, person, scales)
            except Unplaced:
                unplaced = True
                made.append(later)
        found = made
    return tuple(found), unplaced
