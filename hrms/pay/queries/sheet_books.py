"""What leaves as a file or as JSON: every slip of a sheet with its lines, lines one by one for payroll software."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import column, text
from sqlalchemy.types import BigInteger

from hrms.core.db import db
from hrms.core.paging import Page, cut, decode, typed_values
from hrms.pay.queries.sheet_pages import GONE, names_of
from hrms.positions.queries.part import INSIDE, Part

_ORDER = ((column("id", BigInteger()), False),)
BATCH = 5_000


@dataclass(slots=True)
class BookRow:
    """One person of a sheet: who, where, sums, and đồng by (side, code) of the month and of earlier ones."""

    slip: Any
    name: str
    staff_code: str
    own: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    past: dict[tuple[str, str], Decimal] = field(default_factory=dict)


def book_of(run_id: int) -> Sequence[BookRow]:
    """Return everybody of a sheet by unit and name with their lines; two statements, three with people who left."""
    slips = db.session.execute(
        text(f"""
SELECT s.id, s.person_id, s.kind, s.gross, s.deductions, s.employer, s.net, s.arrears, s.insurance_base, s.doubts,
  c.full_name, c.staff_code, coalesce(c.post_name, c.job_position) AS post, a.name AS unit, s.facts
FROM pay_slips s JOIN agencies a ON a.id = s.agency_id LEFT JOIN people_current c ON c.person_id = s.person_id
WHERE s.run_id = :run ORDER BY a.depth, a.sort_key, a.id, coalesce(c.sort_key, '{GONE}'), s.id"""),  # noqa: S608 - parts of this program
        {"run": run_id},
    ).all()
    gone = names_of([row.person_id for row in slips if row.full_name is None])
    found = {
        row.id: BookRow(
            row, row.full_name or (gone[row.person_id].full_name if row.person_id in gone else ""),
            row.staff_code or (gone[row.person_id].staff_code if row.person_id in gone else None) or "",
        )
        for row in slips
    }  # fmt: skip
    for line in db.session.execute(
        text("SELECT slip_id, month, for_month, side, code, amount FROM pay_lines WHERE run_id = :run ORDER BY id"),
        {"run": run_id},
    ):
        row = found[line.slip_id]
        sums = row.own if line.for_month == line.month else row.past
        sums[line.side, line.code] = sums.get((line.side, line.code), Decimal(0)) + line.amount
    return list(found.values())


@dataclass(frozen=True, slots=True)
class LineConditions:
    """What lines are narrowed to; None for any."""

    person: int | None = None
    agency: int | None = None
    month: date | None = None
    for_month: date | None = None
    run: int | None = None
    side: str | None = None
    state: str | None = None


_LINE = """
SELECT l.id, l.slip_id, l.run_id, l.person_id, l.month, l.for_month, l.side, l.code, l.amount, s.state, s.kind,
  s.agency_id, a.name AS agency, c.full_name, c.staff_code, r.agency_id AS paying_id
FROM pay_lines l JOIN pay_slips s ON s.id = l.slip_id JOIN agencies a ON a.id = s.agency_id
LEFT JOIN pay_runs r ON r.id = l.run_id
LEFT JOIN people_current c ON c.person_id = l.person_id"""


def _narrowed(asked: LineConditions) -> tuple[list[str], dict[str, Any]]:
    conditions: list[str] = []
    values: dict[str, Any] = {}
    for name, clause in (
        ("person", "l.person_id = :person"), ("month", "l.month = :month"), ("for_month", "l.for_month = :for_month"),
        ("run", "l.run_id = :run"), ("side", "l.side = :side"), ("state", "s.state = :state"),
        ("agency", "a.scope_ids && ARRAY[CAST(:agency AS bigint)]"),
    ):  # fmt: skip
        if (value := getattr(asked, name)) is not None:
            conditions.append(clause)
            values[name] = value
    return conditions, values


def list_lines(asked: LineConditions, after: str | None, limit: int) -> Page[Any]:
    """Return a page of the lines the reader may see, oldest first; one statement."""
    conditions, values = _narrowed(asked)
    values["most"] = limit + 1
    if after:
        conditions.append("l.id > :after")
        values["after"] = typed_values(_ORDER, decode(after, 1))[0]
    where = " AND ".join(conditions) or "true"
    rows = db.session.execute(text(f"{_LINE} WHERE {where} ORDER BY l.id LIMIT :most"), values).all()
    found: Page[Any] = cut(rows, limit, ("id",), after=after, before=None)
    return found


def every_line(asked: LineConditions) -> Iterator[Any]:
    """Yield all lines that were asked for, a statement each `BATCH`; amounts are whole đồng."""
    after: str | None = None
    while True:
        page = list_lines(asked, after, BATCH)
        yield from page.items
        after = page.next
        if after is None:
            return


def sums_by_code(part: Part, month: date) -> Sequence[Any]:
    """Return the sums of a month of a part by side and code, own month and arrears apart; one statement."""
    return db.session.execute(
        text(f"""
SELECT l.side, l.code, sum(l.amount) FILTER (WHERE l.for_month = l.month) AS own,
  sum(l.amount) FILTER (WHERE l.for_month < l.month) AS past, count(DISTINCT l.slip_id) AS people
FROM pay_runs r JOIN agencies a ON a.id = r.agency_id AND {INSIDE} JOIN pay_lines l ON l.run_id = r.id
WHERE r.month = :month AND r.state <> 'cancelled' GROUP BY l.side, l.code"""),  # noqa: S608 - parts of this program
        {**part.params, "month": month},
    ).all()
