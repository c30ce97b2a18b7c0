"""The next raise as a person's record shows it: by the clock, as of the day the reader looks at."""

from __future__ import annotations

from decimal import Decimal

from flask import g

from hrms.pay.queries import raising
from hrms.pay.rules.raising import Held
from hrms.people.queries.record import NextStep, Record
from hrms.people.rules.kinds import EmploymentStatus, PersonKind

_KEPT = "pay_next_step"


def next_step(record: Record) -> NextStep | None:
    """Return the next raise of who serves on the scale, None when the record lacks what it follows from.

    One statement, once for a page that asks several times.
    """
    kept: tuple[Record, NextStep | None] | None = g.get(_KEPT)
    if kept is not None and kept[0] is record:
        return kept[1]
    found = _next_step(record)
    g.pay_next_step = record, found
    return found


def _next_step(record: Record) -> NextStep | None:
    fact, status = record.rank, record.status
    if fact is None or status is None or status.values["status"] != EmploymentStatus.SERVING:
        return None
    values = fact.values
    if values["step_since"] is None:
        return None
    held = Held(
        values["rank_code"], values["pay_table"], values["pay_group"], values["step"], values.get("coefficient"),
        values["step_since"], Decimal(values["beyond_scale_percent"] or 0), values["beyond_scale_since"],
    )  # fmt: skip
    kind = PersonKind(status.values["kind"])
    found = raising.clock_by(held, record.person.id, kind, EmploymentStatus.SERVING, record.as_at).coming
    return None if found is None else NextStep(found.due_on, found.reasons, beyond_scale=found.percent is not None)
