"""One sheet and its slips, what changed since the month before, one slip with its lines, the slips of a person.

The row policies of `pay_runs`, `pay_slips`, `pay_lines` decide who sees an amount: where `hrms.pay` reaches the paying
agency, and of oneself what is approved. Who has left the reader's part since is still on the sheet that paid them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import column, text
from sqlalchemy.types import BigInteger, Text

from hrms.core import scope
from hrms.core.actor import missing
from hrms.core.db import db
from hrms.core.paging import LIMIT, Page, cut, decode, typed_values
from hrms.core.text import search_query

GONE = "~"
"""Sorts after every name: people who are not in the reader's part any more."""
_ORDER = ((column("sort_key", Text()), False), (column("id", BigInteger()), False))
_NAME = f"coalesce(c.sort_key, '{GONE}')"
_SLIP = f"""s.id, s.run_id, s.person_id, s.month, s.state, s.kind, s.gross, s.deductions, s.employer, s.net, s.arrears,
  s.insurance_base, s.doubts, c.full_name, c.staff_code, {_NAME} AS sort_key, a.name AS unit, s.agency_id"""
_SLIPS = """FROM pay_slips s LEFT JOIN people_current c ON c.person_id = s.person_id
JOIN agencies a ON a.id = s.agency_id"""
# What a slip pays for its own month; a difference to the month before is of this, not of arrears.
_OWN = "(s.net - s.arrears)"


@dataclass(frozen=True, slots=True)
class SlipFilters:
    """What the slips of a sheet are narrowed to."""

    only: str = ""
    """"", doubtful, arrears, changed."""
    words: str = ""
    unit: int | None = None


ONLY = ("doubtful", "arrears", "changed")


@dataclass(frozen=True, slots=True)
class Slips:
    """A page of slips, and the sums of all that were asked for."""

    page: Page[Any]
    sums: Any


_RUN = text("""
SELECT r.*, a.name AS agency, a.code AS agency_code, a.scope_ids AS agency_scope_ids,
  b.id AS before_id, b.state AS before_state, b.people AS before_people, b.gross AS before_gross,
  b.deductions AS before_deductions, b.employer AS before_employer, b.net AS before_net, b.arrears AS before_arrears
FROM pay_runs r JOIN agencies a ON a.id = r.agency_id
LEFT JOIN pay_runs b ON b.agency_id = r.agency_id AND b.state <> 'cancelled'
  AND b.month = (r.month - interval '1 month')::date
WHERE r.id = :id""")


def get_run(run_id: int) -> Any:
    """Return a sheet with its agency and the one before (`before_…`); one statement. Raises `NotFound`."""
    found = db.session.execute(_RUN, {"id": run_id}).one_or_none()
    if found is None:
        raise missing("pay_run")
    return found


def _narrowed(run: Any, asked: SlipFilters) -> tuple[str, str, dict[str, Any]]:
    """Return joins, conditions and values of a list of slips."""
    joins, conditions = "", ["s.run_id = :run"]
    values: dict[str, Any] = {"run": run.id, "before": run.before_id or 0}
    if asked.only == "doubtful":
        conditions.append("s.doubts <> '[]'")
    elif asked.only == "arrears":
        conditions.append("EXISTS (SELECT 1 FROM pay_lines l WHERE l.slip_id = s.id AND l.for_month < s.month)")
    elif asked.only == "changed":
        conditions.append("(o.id IS NULL OR (o.net - o.arrears) <> (s.net - s.arrears))")
    if asked.unit is not None:
        conditions.append("a.scope_ids && ARRAY[CAST(:unit AS bigint)]")
        values["unit"] = asked.unit
    if asked.words:
        exact, folded = search_query(asked.words)
        named = []
        for name, value in (("folded", folded), ("exact", exact)):
            if value:
                named.append(f"c.search_words @@ to_tsquery('simple', :{name})")
                values[name] = value
        conditions.append(f"(({' AND '.join(named) or 'false'}) OR c.staff_code = :code)")
        values["code"] = asked.words.strip().upper()
    joins = "LEFT JOIN pay_slips o ON o.run_id = :before AND o.person_id = s.person_id"
    return joins, " AND ".join(conditions), values


def list_slips(
    run: Any, asked: SlipFilters, *, after: str | None = None, before: str | None = None, limit: int = LIMIT
) -> Slips:
    """Return the slips of a sheet by name with what they were a month before, and the sums; two statements.

    `sums.everybody` counts all that were asked for. A third statement where somebody has left the reader's part.
    """
    joins, conditions, values = _narrowed(run, asked)
    found = f"{_SLIPS} {joins} WHERE {conditions}"
    sums = db.session.execute(
        text(
            "SELECT count(*) AS everybody, count(*) FILTER (WHERE s.doubts <> '[]') AS doubtful,"
            " coalesce(sum(s.gross), 0) AS gross, coalesce(sum(s.deductions), 0) AS deductions,"
            " coalesce(sum(s.employer), 0) AS employer, coalesce(sum(s.net), 0) AS net,"
            f" coalesce(sum(s.arrears), 0) AS arrears {found}"
        ),
        values,
    ).one()
    seek, order = "", f"{_NAME}, s.id"
    if given := before or after:
        last = typed_values(_ORDER, decode(given, 2))
        values |= {"last_key": last[0], "last_id": last[1]}
        seek = f"AND ({_NAME}, s.id) {'<' if before else '>'} (:last_key, :last_id)"
        order = f"{_NAME} DESC, s.id DESC" if before else order
    rows = db.session.execute(
        text(
            f"SELECT {_SLIP}, o.id AS old_id, (o.net - o.arrears) AS old_own, {_OWN} AS own {found} {seek}"
            f" ORDER BY {order} LIMIT :most"
        ),
        {**values, "most": limit + 1},
    ).all()
    page: Page[Any] = cut(rows, limit, ("sort_key", "id"), after=after, before=before)
    return Slips(page, sums)


def list_units(run_id: int) -> Sequence[Any]:
    """Return the sums of a sheet by the unit people work in; one statement."""
    return db.session.execute(
        text("""
SELECT a.id, a.name, count(*) AS people, sum(s.gross) AS gross, sum(s.deductions) AS deductions,
  sum(s.employer) AS employer, sum(s.net) AS net, sum(s.arrears) AS arrears
FROM pay_slips s JOIN agencies a ON a.id = s.agency_id WHERE s.run_id = :run
GROUP BY a.id ORDER BY a.depth, a.sort_key, a.id"""),
        {"run": run_id},
    ).all()


def names_of(person_ids: Collection[int]) -> Mapping[int, Any]:
    """Return name and staff code of people on a sheet the reader may see who have left the reader's part since.

    One statement beyond the scope, of two columns; the caller has read the slips of these people under the policies.
    """
    ids = sorted(set(person_ids))
    if not ids:
        return {}
    with scope.entered(scope.Scope(people=(0,))):
        rows = db.session.execute(
            text("SELECT person_id, full_name, staff_code FROM people_current WHERE person_id = ANY (:ids)"),
            {"ids": ids},
        ).all()
    return {row.person_id: row for row in rows}


_CHANGED = f"""
SELECT coalesce(s.person_id, o.person_id) AS person_id, c.full_name, c.staff_code,
  coalesce(c.sort_key, '{GONE}') AS sort_key, s.id AS slip_id, s.net - s.arrears AS own, s.facts, s.kind,
  o.id AS old_id, o.net - o.arrears AS old_own, o.facts AS old_facts, o.kind AS old_kind
FROM (SELECT * FROM pay_slips WHERE run_id = :run) s
FULL JOIN (SELECT * FROM pay_slips WHERE run_id = :before) o ON o.person_id = s.person_id
LEFT JOIN people_current c ON c.person_id = coalesce(s.person_id, o.person_id)
WHERE (s.id IS NULL OR o.id IS NULL OR s.net - s.arrears <> o.net - o.arrears)"""  # noqa: S608 - parts of this program


def list_changes(
    run: Any, *, after: str | None = None, before: str | None = None, limit: int = LIMIT
) -> tuple[Page[Any], Mapping[int, Sequence[Any]]]:
    """Return whose pay changed since the month before, by name, with the lines of both slips; two statements."""
    values: dict[str, Any] = {"run": run.id, "before": run.before_id or 0, "most": limit + 1}
    names = ("coalesce(c.sort_key, '~')", "coalesce(s.person_id, o.person_id)")
    seek, order = "", ", ".join(names)
    if given := before or after:
        last = typed_values(_ORDER, decode(given, 2))
        values |= {"last_key": last[0], "last_id": last[1]}
        seek = f" AND ({order}) {'<' if before else '>'} (:last_key, :last_id)"
        order = ", ".join(f"{name} DESC" for name in names) if before else order
    rows = db.session.execute(text(f"{_CHANGED}{seek} ORDER BY {order} LIMIT :most"), values).all()
    page: Page[Any] = cut(rows, limit, ("sort_key", "person_id"), after=after, before=before)
    return page, lines_of([one for row in page.items for one in (row.slip_id, row.old_id) if one])


def lines_of(slip_ids: Collection[int]) -> dict[int, list[Any]]:
    """Return the lines of slips by slip; one statement."""
    found: dict[int, list[Any]] = {one: [] for one in slip_ids}
    if not found:
        return found
    for row in db.session.execute(
        text(
            "SELECT slip_id, month, for_month, side, code, amount FROM pay_lines WHERE slip_id = ANY (:ids)"
            " ORDER BY slip_id, id"
        ),
        {"ids": sorted(found)},
    ):
        found[row.slip_id].append(row)
    return found


_SLIP_OF = """
SELECT s.*, coalesce(r.agency_id, deciding_agency(s.agency_id)) AS paying_id, r.rounding,
  r.part_month, r.law_revision, r.computed_at, r.approved_at,
  r.state AS run_state, p.name AS paying, p.scope_ids AS paying_scope_ids, a.name AS unit, c.full_name, c.staff_code,
  coalesce(c.post_name, c.job_position) AS post, c.scope_ids AS person_scope_ids,
  (SELECT o.id FROM pay_slips o WHERE o.person_id = s.person_id AND o.month < s.month AND o.state = 'approved'
   ORDER BY o.month DESC, o.id DESC LIMIT 1) AS older_id,
  (SELECT o.id FROM pay_slips o WHERE o.person_id = s.person_id AND o.month > s.month AND o.state = 'approved'
   ORDER BY o.month, o.id LIMIT 1) AS newer_id
FROM pay_slips s LEFT JOIN pay_runs r ON r.id = s.run_id
JOIN agencies p ON p.id = coalesce(r.agency_id, deciding_agency(s.agency_id))
JOIN agencies a ON a.id = s.agency_id LEFT JOIN people_current c ON c.person_id = s.person_id"""


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip with its lines and whose it is; `run` is closed to its owner, who sees no sheet of others."""

    row: Any
    lines: Sequence[Any]
    name: str
    staff_code: str


def get_slip(slip_id: int) -> Slip:
    """Return a slip with its lines; two statements, three for somebody who has left. Raises `NotFound`."""
    row = db.session.execute(text(f"{_SLIP_OF} WHERE s.id = :id"), {"id": slip_id}).one_or_none()
    if row is None:
        raise missing("pay_slip")
    name, code = row.full_name, row.staff_code
    if name is None:
        gone = names_of([row.person_id]).get(row.person_id)
        name, code = (gone.full_name, gone.staff_code) if gone else ("", None)
    return Slip(row, lines_of([slip_id])[slip_id], name, code or "")


def slips_of(run_id: int) -> list[Slip]:
    """Return all slips of a sheet by unit and name with their lines; two statements, three with people who left."""
    rows = db.session.execute(
        text(f"{_SLIP_OF} WHERE s.run_id = :run ORDER BY a.depth, a.sort_key, a.id, {_NAME}, s.id"), {"run": run_id}
    ).all()
    lines, gone = lines_of([row.id for row in rows]), names_of([row.person_id for row in rows if row.full_name is None])
    return [
        Slip(
            row, lines[row.id], row.full_name or (gone[row.person_id].full_name if row.person_id in gone else ""),
            row.staff_code or (gone[row.person_id].staff_code if row.person_id in gone else None) or "",
        )
        for row in rows
    ]  # fmt: skip


def list_of_person(person_id: int, *, most: int = 120) -> Sequence[Any]:
    """Return somebody's slips, newest first; drafts only for whom the row policies show them. One statement."""
    return db.session.execute(
        text("""
SELECT s.id, s.month, s.state, s.gross, s.deductions, s.employer, s.net, s.arrears, s.insurance_base, s.doubts,
  a.name AS unit
FROM pay_slips s JOIN agencies a ON a.id = s.agency_id WHERE s.person_id = :person
ORDER BY s.month DESC, s.id DESC LIMIT :most"""),
        {"person": person_id, "most": most},
    ).all()


def latest_own(person_id: int) -> Any | None:
    """Return the newest approved slip of the reader; one statement."""
    return db.session.execute(
        text(
            "SELECT id, month, gross, net, arrears FROM pay_slips WHERE person_id = :person AND state = 'approved'"
            " ORDER BY month DESC, id DESC LIMIT 1"
        ),
        {"person": person_id},
    ).one_or_none()
