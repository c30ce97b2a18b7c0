"""Writing slips and lines of sheets that are not approved, many at once: what stood there before is replaced."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hrms.core.db import db
from hrms.pay.rules import stretches
from hrms.pay.rules.doubts import Doubt
from hrms.pay.rules.month import MonthPay, Stretch
from hrms.pay.services.settling import Owed

_CLEAR = (
    text("DELETE FROM pay_lines WHERE run_id = ANY (CAST(:runs AS bigint[]))"),
    text("DELETE FROM pay_slips WHERE run_id = ANY (CAST(:runs AS bigint[]))"),
)
_SLIPS = text("""
INSERT INTO pay_slips (run_id, person_id, agency_id, month, state, kind, gross, deductions, employer, net, arrears,
  insurance_base, facts, past, doubts)
SELECT run_id, person_id, agency_id, :month, 'computed', kind, gross, deductions, employer, net, arrears,
  insurance_base, CAST(facts AS jsonb), CAST(past AS jsonb), CAST(doubts AS jsonb)
FROM unnest(
  CAST(:run_id AS bigint[]), CAST(:person_id AS bigint[]), CAST(:agency_id AS bigint[]), CAST(:kind AS text[]),
  CAST(:gross AS numeric[]), CAST(:deductions AS numeric[]), CAST(:employer AS numeric[]), CAST(:net AS numeric[]),
  CAST(:arrears AS numeric[]), CAST(:insurance_base AS numeric[]), CAST(:facts AS text[]), CAST(:past AS text[]),
  CAST(:doubts AS text[])
) AS s(run_id, person_id, agency_id, kind, gross, deductions, employer, net, arrears, insurance_base, facts, past,
  doubts)
RETURNING id, run_id, person_id
""")
_LINES = text("""
INSERT INTO pay_lines (slip_id, run_id, person_id, month, for_month, side, code, amount)
SELECT slip_id, run_id, person_id, :month, for_month, side, code, amount
FROM unnest(
  CAST(:slip_id AS bigint[]), CAST(:run_id AS bigint[]), CAST(:person_id AS bigint[]), CAST(:for_month AS date[]),
  CAST(:side AS text[]), CAST(:code AS text[]), CAST(:amount AS numeric[])
) AS l(slip_id, run_id, person_id, for_month, side, code, amount)
""")
_SLIP_COLUMNS = (
    "person_id", "agency_id", "kind", "gross", "deductions", "employer", "net", "arrears", "insurance_base", "facts",
    "past", "doubts",
)  # fmt: skip
AT_ONCE = 5000
"""Slips a statement writes."""


@dataclass(slots=True)
class Slip:
    """One person on a sheet before it is written; amounts in đồng."""

    person_id: int
    agency_id: int
    kind: str
    pay: MonthPay
    late: tuple[MonthPay, ...]
    facts: list[dict[str, Any]]
    past: list[dict[str, Any]]
    doubts: list[Doubt]

    @property
    def months(self) -> tuple[MonthPay, ...]:
        """Return the month and what earlier ones lacked."""
        return (self.pay, *self.late)

    @property
    def gross(self) -> Decimal:
        """Return the sum of all lines."""
        return sum((one.gross for one in self.months), Decimal(0))

    @property
    def deductions(self) -> Decimal:
        """Return the sum of all deductions."""
        return sum((one.deducted for one in self.months), Decimal(0))

    @property
    def employer(self) -> Decimal:
        """Return the employer's contributions."""
        return sum((one.charged for one in self.months), Decimal(0))

    @property
    def net(self) -> Decimal:
        """Return what is paid out, before income tax and union fee."""
        return self.gross - self.deductions

    @property
    def arrears(self) -> Decimal:
        """Return what of `net` belongs to earlier months."""
        return sum((one.net for one in self.late), Decimal(0))

    def row(self) -> tuple[Any, ...]:
        """Return the values of `_SLIP_COLUMNS`."""
        return (
            self.person_id, self.agency_id, self.kind, self.gross, self.deductions, self.employer, self.net,
            self.arrears, self.pay.insurance_base, _json(self.facts), _json(self.past),
            _json([one.kept() for one in self.doubts]),
        )  # fmt: skip


@dataclass(slots=True)
class Sheet:
    """The slips of one agency's month."""

    slips: list[Slip] = field(default_factory=list)

    def sums(self) -> dict[str, Any]:
        """Return what the run says of its slips."""
        names = ("gross", "deductions", "employer", "net", "arrears")
        return {
            "people": len(self.slips), "doubtful": sum(1 for slip in self.slips if slip.doubts),
            **{name: sum((getattr(slip, name) for slip in self.slips), Decimal(0)) for name in names},
        }  # fmt: skip


def slip(
    person_id: int,
    agency_id: int,
    kind: str,
    pay: MonthPay,
    mine: Sequence[Stretch],
    late: Owed | None,
    doubts: Sequence[Doubt],
    unpaid: int,
) -> Slip:
    """Return a slip. `unpaid` are the working days of the month nobody paid; kept where there are any."""
    facts = stretches.kept(mine)
    if unpaid and facts:
        facts[0]["unpaid"] = unpaid
    return Slip(
        person_id, agency_id, kind, pay, tuple(late.differences) if late else (), facts, late.past if late else [],
        list(doubts),
    )  # fmt: skip


def replace(month: date, sheets: Sequence[tuple[int, Sheet]]) -> None:
    """Write the slips and lines of runs in place of those they had; the caller has the runs' locks.

    Four statements for 5,000 slips. The scope has no person: everybody is on a sheet, whoever computes it too.
    """
    clear([run_id for run_id, _sheet in sheets])
    waiting = [(run_id, slip) for run_id, sheet in sheets for slip in sheet.slips]
    for start in range(0, len(waiting), AT_ONCE):
        _insert(month, waiting[start : start + AT_ONCE])


def clear(run_ids: Sequence[int]) -> None:
    """Take the slips and lines of runs away. Raises the database's refusal for an approved one."""
    for statement in _CLEAR:
        db.session.execute(statement, {"runs": list(run_ids)})


def _insert(month: date, slips: Sequence[tuple[int, Slip]]) -> None:
    rows = [(run_id, *slip.row()) for run_id, slip in slips]
    columns = dict(zip(("run_id", *_SLIP_COLUMNS), map(list, zip(*rows, strict=True)), strict=True))
    made = {(row.run_id, row.person_id): row.id for row in db.session.execute(_SLIPS, {**columns, "month": month})}
    lines = [
        (made[run_id, slip.person_id], run_id, slip.person_id, one.first, side, line.code, line.amount)
        for run_id, slip in slips
        for one in slip.months
        for side, several in one.sides
        for line in several
    ]
    if lines:
        names = ("slip_id", "run_id", "person_id", "for_month", "side", "code", "amount")
        found = dict(zip(names, map(list, zip(*lines, strict=True)), strict=True))
        db.session.execute(_LINES, {**found, "month": month})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
