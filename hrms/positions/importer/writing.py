"""Writing an approved list and taking it back: all of it in the caller's transaction, or nothing.

Seats move by entries of the ledger that cite the list's decision: a first allotment is “assigned”, a smaller or larger
number “adjusted”, the same number nothing. Undoing writes the opposite entries; the ledger forgets nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select, text, update

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.people.services import current
from hrms.positions.importer.judging import WRITTEN, Entry, Plan, judge
from hrms.positions.models import EstablishmentLine, QuotaMovement
from hrms.positions.queries.seats import lines_of
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.ledger import Movement, MovementKind, reversal_of
from hrms.positions.rules.listing import Row
from hrms.positions.services import overages, quotas
from hrms.positions.services.quotas import Acceptance

P = Permission
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
_SITTING = text("SELECT DISTINCT person_id FROM seats_taken(CAST(:lines AS bigint[]), :on, :on + 1)")


@dataclass(slots=True)
class Told:
    """What was written, and what undoing needs: the lines changed as they were and as they became."""

    plan: Plan
    line_ids: list[int] = field(default_factory=list)
    """Of the lines opened, in the order of `plan.created`."""
    before: list[dict[str, Any]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Return the figures of the batch."""
        moved = [one.amount for one in self.plan.entries if one.amount]
        return {
            "rows": len(self.plan.entries), "created": len(self.plan.created), "updated": len(self.plan.changing),
            "unchanged": self.plan.same, "moved": len(moved), "seats": sum(moved), "refused": 0,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing came to: entries reversed, lines put back as they were, lines kept because somebody edited them."""

    reversed: int
    restored: int
    kept: Sequence[str]


def preview(actor: Actor, agency: Agency, rows: Sequence[Row], on: date, acceptance: Acceptance | None = None) -> Plan:
    """Return what a list would do, with everything that keeps it from being written; nothing stays written.

    Raises `Forbidden` for whoever does not manage the positions of the agency.
    """
    actor.require(P.POSITIONS_MANAGE, at=agency.scope_ids)
    plan = judge(agency, rows, on)
    nested = db.session.begin_nested()
    try:
        # The ledger judges lines that exist: those of the list do for a moment.
        entries, rows_of = _movements(plan, _open(actor, plan))
        if entries:
            judged = quotas.judge(actor, entries, acceptance=acceptance)
            for place, problems in judged.problems.items():
                blocking = [one for one in problems if one.severity == "error" or acceptance is None]
                if blocking:
                    plan.refuse(rows_of[place], blocking)
    finally:
        nested.rollback()
    return plan


def apply_list(
    actor: Actor,
    agency: Agency,
    rows: Sequence[Row],
    on: date,
    *,
    decision_id: int,
    batch_id: int,
    acceptance: Acceptance | None = None,
) -> Told:
    """Write a list that has nothing wrong, in the caller's transaction. Raises `Refused` with the reasons of all rows.

    Two lists of one agency wait for each other; what is so already is left alone, and a list without news is refused.
    """
    actor.require(P.POSITIONS_MANAGE, at=agency.scope_ids)
    db.session.execute(_LOCK, {"key": f"positions of {agency.scope_ids[1:3]}"})
    plan = judge(agency, rows, on)
    if plan.problems:
        raise Refused(*[problem for problems in plan.problems.values() for problem in problems])
    if not any(one.is_news for one in plan.entries):
        said = N_("Không có gì để ghi: mọi dòng đã đúng như đang có.")
        raise Refused(Problem("", "nothing_new", said))
    told = Told(plan)
    told.line_ids = _open(actor, plan)
    told.before = _edit(plan)
    entries, _rows = _movements(plan, told.line_ids)
    if entries:
        quotas.write(actor, entries, decision_id=decision_id, acceptance=acceptance, batch_id=batch_id)
    else:
        quotas.cite(actor, decision_id, agency.scope_ids)
    _tell(actor, told, batch_id)
    _refresh([one.line_id for one in plan.changing if one.line_id is not None and "code" in one.changed])
    return told


def _open(actor: Actor, plan: Plan) -> list[int]:
    rows = [
        {
            "agency_id": one.agency_id, "position_id": one.position_id, "quota_kind": one.quota_kind.value,
            "recorded_by": actor.account_id, **{name: one.values[name] for name in WRITTEN},
        }
        for one in plan.created
    ]  # fmt: skip
    if not rows:
        return []
    table: Any = EstablishmentLine.__table__
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return [int(one) for one in db.session.scalars(statement, rows)]


def _edit(plan: Plan) -> list[dict[str, Any]]:
    """Write what the agency wrote to its lines; returns them as they were and as they became."""
    changing = {one.line_id: one for one in plan.changing if one.changed}
    if not changing:
        return []
    of: Any = EstablishmentLine.__table__.c
    query = select(of.id, *(of[name] for name in WRITTEN)).where(of.id.in_(changing)).order_by(of.id)
    standing = db.session.execute(query.with_for_update()).mappings().all()
    _put({one.line_id: one.values for one in changing.values() if one.line_id is not None})
    return [
        {
            "id": row["id"], "before": {name: row[name] for name in WRITTEN},
            "after": {name: changing[row["id"]].values[name] for name in WRITTEN},
        }
        for row in standing
    ]  # fmt: skip


def _put(values: Mapping[int, Mapping[str, Any]]) -> None:
    table: Any = EstablishmentLine.__table__
    statement = (
        update(table)
        .where(table.c.id == bindparam("of"))
        .values({**{table.c[name]: bindparam(f"new_{name}") for name in WRITTEN}, table.c.version: table.c.version + 1})
    )
    rows = [{"of": line, **{f"new_{name}": given[name] for name in WRITTEN}} for line, given in sorted(values.items())]
    if rows:
        db.session.connection().execute(statement, rows)
        db.session.expire_all()


def _movements(plan: Plan, line_ids: Sequence[int]) -> tuple[list[Movement], list[int]]:
    """Return the entries of a list and the row of each."""
    opened = dict(zip([one.row for one in plan.created], line_ids, strict=True))
    entries, rows = [], []
    for one in plan.entries:
        if not one.amount:
            continue
        kind = MovementKind.ASSIGNED if one.line_id is None else MovementKind.ADJUSTED
        line = one.line_id if one.line_id is not None else opened[one.row]
        entries.append(quotas.entry(one.agency_id, one.quota_kind, kind, one.amount, plan.on, line))
        rows.append(one.row)
    return entries, rows


def _tell(actor: Actor, told: Told, batch_id: int) -> None:
    opened = dict(zip([one.row for one in told.plan.created], told.line_ids, strict=True))
    news = [one for one in told.plan.entries if one.line_id is None or one.changed]
    closures = _closures({one.agency_id for one in news})
    for action, chosen in (
        ("establishment_line.opened", [one for one in news if one.line_id is None]),
        ("establishment_line.edited", [one for one in news if one.line_id is not None]),
    ):
        if chosen:
            audit.record_many(
                actor, action, "establishment_line",
                [
                    {
                        "entity_id": one.line_id or opened[one.row], "scope_ids": closures[one.agency_id],
                        "agency_id": one.agency_id, "after": audit.plain(_said(one, batch_id)),
                    }
                    for one in chosen
                ],
            )  # fmt: skip


def _said(one: Entry, batch_id: int) -> dict[str, Any]:
    said: dict[str, Any] = {"position": one.position, "batch": batch_id}
    for name in ("code", "field", "note"):
        if one.values[name] and (one.line_id is None or name in one.changed):
            said[name] = one.values[name]
    if one.values["shares"] and (one.line_id is None or "shares" in one.changed):
        said["shares"] = ", ".join(f"{level}: {share:g}%" for level, share in one.values["shares"].items())
    return said


def _closures(ids: set[int]) -> dict[int, list[int]]:
    found = db.session.execute(select(Agency.id, Agency.scope_ids).where(Agency.id.in_(ids)))
    return {row.id: list(row.scope_ids) for row in found}


def _refresh(lines: Sequence[int]) -> None:
    """Whoever sits there carries the code in their current row, also those the actor does not see."""
    if lines:
        with scope.everything():
            today = clock.today()
            current.refresh(sorted(db.session.scalars(_SITTING, {"lines": sorted(lines), "on": today})))


def undo_list(
    actor: Actor, agency: Agency, batch_id: int, before: Sequence[Mapping[str, Any]], decision_id: int | None, note: str
) -> Undone:
    """Take a written list back by entries of the opposite amounts, and put the lines back that nobody edited since.

    The lines it opened stay, without seats. Raises `Forbidden`, `Refused`: when somebody sits in a seat that would go,
    or the seats taken away have been given elsewhere meanwhile. Nothing is taken back then.
    """
    actor.require(P.POSITIONS_MANAGE, at=agency.scope_ids)
    db.session.execute(_LOCK, {"key": f"positions of {agency.scope_ids[1:3]}"})
    entries = [reversal_of(one) for one in _written(batch_id)]
    if entries:
        quotas.write(actor, entries, decision_id=decision_id, note=note)
        overages.take_back(actor, batch_id, note)
    of: Any = EstablishmentLine.__table__.c
    wanted = {int(one["id"]): one for one in before}
    query = select(of.id, *(of[name] for name in WRITTEN)).where(of.id.in_(wanted)).order_by(of.id).with_for_update()
    back, kept = {}, []
    for row in db.session.execute(query).mappings().all():
        if _alike({name: row[name] for name in WRITTEN}, wanted[row["id"]]["after"]):
            back[int(row["id"])] = wanted[row["id"]]["before"]
        else:
            kept.append(int(row["id"]))
    _put(back)
    _refresh([line for line in back if wanted[line]["before"]["code"] != wanted[line]["after"]["code"]])
    names = _names(kept)
    return Undone(len(entries), len(back), names)


def _written(batch_id: int) -> list[Movement]:
    """Return the entries of a batch that nobody has reversed."""
    of = QuotaMovement
    reversed_ids = select(of.reverses_id).where(of.reverses_id.is_not(None))
    mine = (of.batch_id == batch_id, of.kind != MovementKind.REVERSAL.value, of.id.not_in(reversed_ids))
    query = select(of).where(*mine)
    return [
        Movement(
            row.agency_id, QuotaKind(row.quota_kind), MovementKind(row.kind), row.amount, row.effective_on, row.line_id,
            row.reserve, row.id, row.reverses_id,
        )
        for row in db.session.scalars(query.order_by(of.id))
    ]  # fmt: skip


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return json.dumps(dict(one), sort_keys=True) == json.dumps(dict(other), sort_keys=True)


def _names(ids: Sequence[int]) -> list[str]:
    found = lines_of(ids)
    places = agencies.names({one.agency_id for one in found.values()})
    return [f"{found[one].position}, {places.get(found[one].agency_id, '')}" for one in ids if one in found]
