"""The ledger of quotas: given, adjusted, kept back, taken back, and allotted to the seats of lines. Written once.

Whoever may give quotas over the agency above gives an agency its own; an agency's own officers give it on to their
lines. Entries of one paper are judged together, under a lock on every agency they touch and all above it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from sqlalchemy import select, text

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, hooks, scope
from hrms.core.actor import Actor, missing
from hrms.core.dated import OLD_DATA_LABEL
from hrms.core.db import db
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.positions.models import EstablishmentLine, QuotaMovement
from hrms.positions.queries import establishment as reading
from hrms.positions.queries.seats import lines_of
from hrms.positions.rules.establishment import Accepted, check_acceptance
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.ledger import (
    Account,
    Ground,
    Line,
    Movement,
    MovementKind,
    Unit,
    check_movements,
    excesses,
    reversal_of,
)
from hrms.positions.rules.limits import Rule
from hrms.positions.services import overages
from hrms.positions.services.seats import lock_lines

P = Permission
DAYS = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Why a cut below the people present is made all the same, and by when the excess is solved."""

    reason: str
    solve_by: date | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What entries would do: what is wrong with each by its place, and the excess each account would have."""

    problems: Mapping[int, Sequence[Problem]]
    over: Mapping[Account, tuple[date, int]]

    @property
    def blocking(self) -> list[Problem]:
        """Return every problem that keeps the entries from being written, each once."""
        found = chain.from_iterable(self.problems.values())
        return list({(one.code, repr(sorted(one.params.items(), key=str))): one for one in found}.values())


def judge(actor: Actor, entries: Sequence[Movement], *, acceptance: Acceptance | None = None) -> Judged:
    """Return what is wrong with entries of one paper, as the transaction sees the ledger; nothing is written.

    Raises `Forbidden` and `NotFound` for an agency or a line that the actor may not give quotas to.
    """
    units = units_of(entries)
    _require(actor, entries, units)
    return _judge(entries, units, acceptance)


def write(
    actor: Actor,
    entries: Sequence[Movement],
    *,
    decision_id: int | None,
    note: str = "",
    acceptance: Acceptance | None = None,
    seen: int | None = None,
    opened: int | None = None,
    batch_id: int | None = None,
) -> list[int]:
    """Write entries of one paper (None: old data whose paper is unknown); returns their ids, in the order given.

    A cut below the people present needs `acceptance`, and writes the excess down (`services.overages`). `seen` is the
    newest entry the actor saw of the one agency the entries are about; `opened` the newest of the whole ledger when the
    form was opened: a form sent twice is written once. Raises `Forbidden`, `NotFound`, `Stale`,
    `Refused` with everything that is wrong with all of them.
    """
    _require(actor, entries, units_of(entries))
    if not entries:
        raise Refused(Problem("amount", "required", N_("Chưa có số nào để ghi. Hãy nhập ít nhất một số khác 0.")))
    _lock(entries)
    units = units_of(entries)
    _require(actor, entries, units)
    if seen is not None and seen != newest({one.agency_id for one in entries}):
        raise Stale
    if opened is not None and newest({one.agency_id for one in entries}) > opened:
        raise Stale
    judged = _judge(entries, units, acceptance)
    refuse_if(judged.blocking, overridden=acceptance is not None)
    paper = cite(actor, decision_id, sorted({i for one in entries for i in units.closures[one.agency_id]}))
    ids = insert(actor, entries, decision_id, note, batch_id)
    if acceptance is not None:
        for account, (day, most) in judged.over.items():
            overages.lay(
                actor, Rule.LINE if account.line_id else Rule.QUOTA, account.agency_id, account.line_id,
                "" if account.line_id else account.kind.value, Accepted(
                    Rule.LINE if account.line_id else Rule.QUOTA, most, nfc(acceptance.reason), acceptance.solve_by
                ), day, decision_id=decision_id, batch_id=batch_id,
            )  # fmt: skip
    _touch_lines([one.line_id for one in entries if one.line_id is not None])
    tell(actor, "quota.moved", list(zip(ids, entries, strict=True)), units.closures, paper, note)
    return ids


def reverse(actor: Actor, movement_id: int, *, reason: str, decision_id: int | None = None) -> int:
    """Take back an entry that was wrong by one of the opposite amount from the same day on; returns its id.

    Raises `NotFound`, `Forbidden`, `Refused`: for a reversal, for what is reversed already or would no longer be
    covered, and without a reason.
    """
    found = db.session.get(QuotaMovement, movement_id)
    if found is None:
        raise missing("movement")
    entry = reversal_of(movement_of(found))
    units = units_of([entry])
    _require(actor, [entry], units)
    _lock([entry])
    problems = []
    if not nfc(reason):
        problems.append(Problem("reason", "required", N_("Chưa ghi lý do hủy bút toán. Hãy ghi ghi sai ở đâu.")))
    judged = _judge([entry], units, Acceptance("x"))
    problems += judged.blocking
    refuse_if(problems, overridden=True)
    paper = cite(actor, decision_id, units.closures[entry.agency_id])
    ids = insert(actor, [entry], decision_id, nfc(reason), None)
    _touch_lines([entry.line_id] if entry.line_id is not None else [])
    tell(actor, "quota.reversed", [(ids[0], entry)], units.closures, paper, reason)
    return ids[0]


def newest(agency_ids: Collection[int] | None = None) -> int:
    """Return the id of the newest entry of some agencies' ledgers (None: of all), 0 for none: a form's age."""
    asked = select(db.func.max(QuotaMovement.id))
    if agency_ids is not None:
        asked = asked.where(QuotaMovement.agency_id.in_(agency_ids))
    return int(db.session.scalar(asked) or 0)


@dataclass(frozen=True, slots=True)
class Units:
    """The agencies of some entries with their closures, and those their quotas are covered by or cover."""

    closures: Mapping[int, list[int]]
    parents: Mapping[int, int | None]
    by_id: Mapping[int, Unit]
    closed: Mapping[int, date]
    """The first day on which each of them no longer exists, of those that end."""


def units_of(entries: Sequence[Movement]) -> Units:
    """Return the agencies that entries concern. Raises `NotFound` for one that does not exist."""
    ids = sorted({one.agency_id for one in entries})
    found = db.session.execute(_UNITS, {"ids": ids}).all()
    closures = {row.id: list(row.scope_ids) for row in found if row.id in ids}
    if len(closures) < len(ids):
        raise missing("agency")
    by_id = {row.id: Unit(row.id, row.name, row.parent_id) for row in found}
    closed = {row.id: row.closed_on for row in found if row.closed_on is not None}
    return Units(closures, {row.id: row.parent_id for row in found}, by_id, closed)


# The agencies, all above them, and whatever is under the topmost of those.
_UNITS = text("""
SELECT DISTINCT a.id, a.name, a.parent_id, a.scope_ids, a.closed_on FROM agencies a
JOIN agencies t ON t.id = ANY (:ids) AND a.scope_ids[2] = t.scope_ids[2]
""")


def _require(actor: Actor, entries: Sequence[Movement], units: Units) -> None:
    """Refuse whom the ledger is not open to: 404 outside the part they see, 403 inside without the right."""
    for one in {(one.agency_id, one.line_id is None): one for one in entries}.values():
        at = units.closures[one.agency_id]
        if not actor.may(P.POSITIONS_VIEW, at=at):
            raise missing("agency")
        if one.line_id is not None:
            actor.require(P.POSITIONS_MANAGE, at=at)
        else:
            actor.require(P.POSITIONS_QUOTA, at=at if units.parents[one.agency_id] is None else at[:-1])


def _lock(entries: Sequence[Movement]) -> None:
    """Lock the agencies and all above them, then the lines, each in the order of their ids."""
    above = select(db.func.unnest(Agency.scope_ids)).where(Agency.id.in_({one.agency_id for one in entries}))
    ids = sorted(set(db.session.scalars(above)) - {0})
    db.session.execute(select(Agency.id).where(Agency.id.in_(ids)).order_by(Agency.id).with_for_update(key_share=True))
    if lines := {one.line_id for one in entries if one.line_id is not None}:
        lock_lines(lines)


def _judge(entries: Sequence[Movement], units: Units, acceptance: Acceptance | None) -> Judged:
    found: dict[int, list[Problem]] = defaultdict(list)
    for place, one in enumerate(entries):
        if not DAYS[0] <= one.effective_on < DAYS[1]:
            words = N_("Ngày hiệu lực %(day)s ngoài khoảng ghi được. Hãy kiểm tra lại năm.")
            found[place].append(Problem("effective_on", "day_out_of_range", words, {"day": one.effective_on}))
        if abs(one.amount) > 1_000_000:
            words = N_("Số lượng %(amount)s quá lớn. Hãy nhập số không quá 1.000.000.")
            found[place].append(Problem("amount", "too_many", words, {"amount": one.amount}))
    if found:
        return Judged(found, {})
    for place, one in enumerate(entries):
        if (closed_on := units.closed.get(one.agency_id)) is not None and one.kind is not MovementKind.REVERSAL:
            words = N_("%(where)s chấm dứt hoạt động từ %(day)s. Hãy ghi cho cơ quan tiếp nhận.")
            params = {"where": units.by_id[one.agency_id].name, "day": closed_on}
            found[place].append(Problem("agency", "agency_closed", words, params))
    ground = ground_of(entries, units)
    present, passed_on = present_on(entries)
    told = {account: people for account, people in present.items() if not passed_on.get(account)}
    for place, problems in check_movements(entries, ground, present=told, acknowledged=acceptance is not None).items():
        found[place] += problems
    # What an agency gave on is no longer there to use, so it counts beside its people.
    over = excesses(entries, ground, {one: people + passed_on.get(one, 0) for one, people in present.items()})
    for place, one in enumerate(entries):
        if acceptance is None and passed_on.get(one.account) and one.account in over:
            words = N_(
                "%(where)s đã phân %(passed)s cho đơn vị trực thuộc, phần còn lại ít hơn %(present)s người đang có,"
                " vượt %(over)s từ %(day)s. Hãy ghi lý do và hạn giải quyết để ghi nhận số vượt."
            )
            day, most = over[one.account]
            params = {
                "where": ground.name_of(one.account), "passed": passed_on[one.account],
                "present": present[one.account], "over": most, "day": day,
            }  # fmt: skip
            found[place].append(Problem("amount", "below_present", words, params, severity="override"))
    if acceptance is not None and over:
        day = min(day for day, _most in over.values())
        accepted = Accepted(Rule.QUOTA, 1, acceptance.reason, acceptance.solve_by)
        found[0] += check_acceptance(accepted, day)
    return Judged({place: problems for place, problems in found.items() if problems}, over)


def ground_of(entries: Sequence[Movement], units: Units) -> Ground:
    """Return what entries fall on: the ledger of the agencies concerned, each day's entries of the others added up."""
    ids = sorted({one.agency_id for one in entries})
    kinds = sorted({one.quota_kind.value for one in entries})
    wanted = {one.line_id for one in entries if one.line_id is not None}
    named = lines_of(wanted)
    if len(named) < len(wanted):
        raise missing("line")
    own = select(QuotaMovement).where(QuotaMovement.agency_id.in_(ids)).order_by(QuotaMovement.id)
    movements = [movement_of(row) for row in db.session.scalars(own)]
    movements += [
        Movement(
            row.agency_id, QuotaKind(row.quota_kind), MovementKind.ADJUSTED, row.amount, row.effective_on,
            -1 if row.on_line else None, row.reserve,
        )
        for row in db.session.execute(_SUMS, {"ids": ids, "kinds": kinds, "units": list(units.by_id)})
    ]  # fmt: skip
    lines = {
        line.id: Line(line.id, line.agency_id, line.position, QuotaKind(line.quota_kind)) for line in named.values()
    }
    return Ground(units.by_id, lines, movements)


_SUMS = text("""
SELECT agency_id, quota_kind, line_id IS NOT NULL AS on_line, reserve, effective_on, sum(amount)::integer AS amount
FROM quota_movements
WHERE quota_kind = ANY (:kinds) AND agency_id = ANY (:units) AND NOT agency_id = ANY (:ids)
GROUP BY 1, 2, 3, 4, 5
""")


def present_on(entries: Sequence[Movement]) -> tuple[dict[Account, int], dict[Account, int]]:
    """Return the people counted on each account that entries lower, and what of it agencies under it were given.

    Counted is on the day the entries take effect, today at the latest.
    """
    lowered = [one for one in entries if one.amount < 0 and not one.reserve]
    present: dict[Account, int] = {}
    passed_on: dict[Account, int] = {}
    for day in sorted({max(one.effective_on, clock.today()) for one in lowered}):
        with scope.everything():
            # Only figures come out of it; whoever sits there from an agency the actor does not see counts as well.
            standing = reading.read(Actor.system(), day)
        for one in lowered:
            if max(one.effective_on, clock.today()) != day:
                continue
            if one.line_id is not None:
                line = standing.lines.get(one.line_id)
                present[one.account] = line.figures.present if line else 0
            elif (agency := standing.of(one.agency_id, one.quota_kind)) is not None:
                present[one.account] = agency.own.present
                passed_on[one.account] = agency.passed_on
    return present, passed_on


def cite(actor: Actor, decision_id: int | None, scope_ids: Sequence[int]) -> str:
    """Let the register check a decision and open it to the agencies; returns its reference, or that it is old data."""
    if decision_id is None:
        return OLD_DATA_LABEL
    return " ".join(register.cite(actor, decision_id, scope_ids) for register in hooks.papers)


def insert(
    actor: Actor,
    entries: Sequence[Movement],
    decision_id: int | None,
    note: str,
    batch_id: int | None,
    *,
    moment: datetime | None = None,
) -> list[int]:
    """Write entries that were judged, under the locks; returns their ids. `moment` marks those that belong together."""
    rows = [
        QuotaMovement(
            agency_id=one.agency_id, line_id=one.line_id, quota_kind=one.quota_kind.value, kind=one.kind.value,
            reserve=one.reserve, amount=one.amount, effective_on=one.effective_on, decision_id=decision_id,
            basis="decision" if decision_id is not None else "old_data", note=nfc(note)[:500] or None,
            reverses_id=one.reverses_id, batch_id=batch_id, recorded_by=actor.account_id,
            **({"recorded_at": moment} if moment is not None else {}),
        )
        for one in entries
    ]  # fmt: skip
    db.session.add_all(rows)
    db.session.flush()
    return [row.id for row in rows]


def tell(
    actor: Actor,
    action: str,
    entries: Sequence[tuple[int, Movement]],
    closures: Mapping[int, Sequence[int]],
    paper: str,
    note: str = "",
) -> None:
    """Append an event for each entry to the trail of its agency."""
    named = lines_of({one.line_id for _id, one in entries if one.line_id is not None})
    audit.record_many(
        actor,
        action,
        "agency",
        [
            {
                "entity_id": one.agency_id, "scope_ids": list(closures[one.agency_id]), "agency_id": one.agency_id,
                "before": None, "reason": nfc(note) or None,
                "after": audit.plain(
                    {
                        "quota_kind": one.quota_kind.value, "movement": one.kind.value, "amount": one.amount,
                        "effective_on": one.effective_on, "decision": paper, "movement_id": number,
                        **({"position": named[one.line_id].position} if one.line_id in named else {}),
                        **({"reserve": True} if one.reserve else {}),
                    }
                ),
            }
            for number, one in entries
        ],
    )  # fmt: skip


def movement_of(row: QuotaMovement) -> Movement:
    """Return an entry of the ledger as the rules take it."""
    return Movement(
        row.agency_id, QuotaKind(row.quota_kind), MovementKind(row.kind), row.amount, row.effective_on, row.line_id,
        row.reserve, row.id, row.reverses_id,
    )  # fmt: skip


def _touch_lines(ids: Collection[int]) -> None:
    """A line whose seats moved is another one than was seen."""
    for line in db.session.scalars(select(EstablishmentLine).where(EstablishmentLine.id.in_(ids))):
        line.version += 1
    db.session.flush()


def entry(
    agency_id: int,
    kind: QuotaKind,
    movement: MovementKind,
    amount: int,
    effective_on: date,
    line_id: int | None = None,
) -> Movement:
    """Return an entry to judge and write; what is kept back lies in the reserve."""
    return Movement(agency_id, kind, movement, amount, effective_on, line_id, movement is MovementKind.RESERVE)
