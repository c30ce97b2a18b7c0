"""Lists for social insurance, read: of a part of the tree, one with its lines, the columns of the form D02-LT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hrms.core.actor import Actor, missing
from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, cut, decode
from hrms.core.permissions import Permission
from hrms.pay.queries.gathering import gather
from hrms.pay.rules.figures import AllowanceCode
from hrms.pay.rules.insured_list import What
from hrms.pay.rules.monthly import PayFacts
from hrms.positions.queries.part import Part

_REPORTS = """
SELECT r.id, r.agency_id, r.month, r.state, r.sent_on, r.note, r.version, a.name AS agency, a.sort_key,
  a.scope_ids AS agency_scope_ids, coalesce(c.lines, 0) AS lines, coalesce(c.increases, 0) AS increases,
  coalesce(c.decreases, 0) AS decreases, coalesce(c.changes, 0) AS changes, coalesce(c.arrears, 0) AS arrears
FROM insurance_reports r JOIN agencies a ON a.id = r.agency_id
LEFT JOIN LATERAL (
  SELECT count(*) AS lines, count(*) FILTER (WHERE i.what = 'increase') AS increases,
    count(*) FILTER (WHERE i.what = 'decrease') AS decreases,
    count(*) FILTER (WHERE i.what IN ('pay_up', 'pay_down')) AS changes,
    coalesce(sum(i.difference), 0) AS arrears
  FROM insurance_changes i WHERE i.report_id = r.id
) c ON true
"""
_WITHIN = "(a.scope_ids && CAST(:roots AS bigint[]))"
_ONE = text(f"{_REPORTS} WHERE r.id = :id")
_ORDER = {what.value: place for place, what in enumerate(What)}
_LINES = """
SELECT i.id, i.person_id, i.what, i.reason, i.base_before, i.base_after, i.since, i.through, i.difference,
  array_position(CAST(:order AS text[]), i.what) AS place, h.full_name, h.staff_code, h.sort_key, h.sex, h.birth_date,
  h.social_insurance_no, c.agency_id AS unit_id, u.name AS unit, c.post_name, c.rank_code
FROM insurance_changes i JOIN people h ON h.id = i.person_id
LEFT JOIN people_current c ON c.person_id = i.person_id LEFT JOIN agencies u ON u.id = c.agency_id
WHERE i.report_id = :report
"""


def list_reports(part: Part, month: date | None, *, after: str | None = None, limit: int = LIMIT) -> Page[Any]:
    """Return a page of the lists of a part, newest month first, by agency; one statement."""
    values: dict[str, Any] = {"roots": list(part.roots), "limit": limit + 1}
    where = f"WHERE {_WITHIN}"
    if month is not None:
        where += " AND r.month = :month"
        values["month"] = month
    if after:
        last_month, sort_key, last = decode(after, 3)
        values |= {"last_month": str(last_month), "sort_key": str(sort_key), "last": int(last)}
        where += (
            " AND (r.month < CAST(:last_month AS date)"
            " OR r.month = CAST(:last_month AS date) AND (a.sort_key, r.id) > (:sort_key, :last))"
        )
    order = "ORDER BY r.month DESC, a.sort_key, r.id LIMIT :limit"
    rows = db.session.execute(text(f"{_REPORTS} {where} {order}"), values).all()
    return cut(rows, limit, ("month", "sort_key", "id"), after=after, before=None)


def get(actor: Actor, report_id: int) -> Any:
    """Return a list. Raises `NotFound` outside the reader's scope, `Forbidden` inside it."""
    found = db.session.execute(_ONE, {"id": report_id}).one_or_none()
    if found is None:
        raise missing("report")
    actor.require(Permission.PAY_VIEW, at=found.agency_scope_ids)
    return found


def list_lines(
    report_id: int, what: str | None = None, *, after: str | None = None, limit: int = LIMIT
) -> Page[Any]:  # fmt: skip
    """Return a page of the lines of a list, in the order of the form, by name; one statement."""
    values: dict[str, Any] = {"report": report_id, "order": list(_ORDER), "limit": limit + 1}
    where = ""
    if what:
        where = " AND i.what = :what"
        values["what"] = what
    if after:
        place, sort_key, last = decode(after, 3)
        values |= {"place": int(place), "sort_key": str(sort_key), "last": int(last)}
        where += " AND (array_position(CAST(:order AS text[]), i.what), h.sort_key, i.id) > (:place, :sort_key, :last)"
    order = "ORDER BY place, h.sort_key, i.id LIMIT :limit"
    rows = db.session.execute(text(f"{_LINES}{where} {order}"), values).all()
    return cut(rows, limit, ("place", "sort_key", "id"), after=after, before=None)


def count_lines(report_id: int) -> Mapping[str, int]:
    """Return how many lines a list has of each kind; one statement."""
    rows = db.session.execute(
        text("SELECT what, count(*) AS lines FROM insurance_changes WHERE report_id = :report GROUP BY what"),
        {"report": report_id},
    )
    return {row.what: row.lines for row in rows}


@dataclass(frozen=True, slots=True)
class Parts:
    """What the form asks of the pay: coefficients, per cents; None where the record has none."""

    coefficient: Decimal | None = None
    leadership: Decimal | None = None
    beyond_scale: Decimal | None = None
    seniority: Decimal | None = None
    reserved: Decimal | None = None


def parts_of(month: date, person_ids: Sequence[int]) -> dict[int, tuple[Parts, Parts]]:
    """Return the pay of people in the month before and in a month, part by part; of the last facts of each."""
    previous, until = add_months(month, -1), add_months(month, 1)
    found = {}
    for one in gather(previous, until, person_ids=person_ids):
        old = [stretch.facts for stretch in one.stretches if stretch.start < month]
        new = [stretch.facts for stretch in one.stretches if stretch.end > month]
        found[one.person_id] = (_parts(old[-1] if old else None), _parts(new[-1] if new else None))
    return found


def _parts(facts: PayFacts | None) -> Parts:
    if facts is None:
        return Parts()
    seniority = next((one.percent for one in facts.allowances if one.code is AllowanceCode.SENIORITY), None)
    return Parts(
        facts.coefficient, facts.leadership_coefficient or None, facts.beyond_scale_percent or None, seniority,
        facts.reserved or None,
    )  # fmt: skip
