"""The ledger follows the tree: what a closed agency had goes to nothing that day, with a merger to who took over.

Everything one closing wrote bears one recording moment, so that standing again takes back exactly that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import insert, select, text, update

from hrms.agencies.models import Agency
from hrms.core import clock, dated, hooks
from hrms.core import scope as scopes
from hrms.core.actor import Actor
from hrms.core.dated import OLD_DATA_LABEL
from hrms.core.db import db
from hrms.core.errors import Refused, refuse_if
from hrms.core.rules import N_, Problem
from hrms.positions.models import EstablishmentLine, Overage, QuotaMovement, SeatReservation
from hrms.positions.rules.kinds import QuotaKind
from hrms.positions.rules.ledger import Movement, MovementKind, check_movements, reversal_of
from hrms.positions.services import quotas
from hrms.positions.services.seats import lock_lines

ENDINGS = (MovementKind.MERGED.value, MovementKind.CLOSED.value)


def closed(actor: Actor, agency_id: int, closed_on: date, heir_id: int | None, decision_id: int | None) -> None:
    """Take quota, reserve and seats of a closed agency back from its last day on; `heir_id` gets them with a merger.

    Seats go to the heir's line of the same position, which is opened where it has none. What the agency's seats were
    covered by above it follows them up to what both have above them. Raises `Refused` while somebody still sits there.
    """
    with scopes.everything():
        agency = db.session.get_one(Agency, agency_id)
        heir = db.session.get_one(Agency, heir_id) if heir_id is not None else None
        _lock([agency, *([heir] if heir else [])])
        lines = {
            line.id: line
            for line in db.session.scalars(
                select(EstablishmentLine).where(EstablishmentLine.agency_id == agency_id).order_by(EstablishmentLine.id)
            )
        }
        lock_lines(lines)
        _refuse_sitting(agency, lines, closed_on)
        back = _back(agency_id, closed_on, MovementKind.MERGED if heir else MovementKind.CLOSED)
        entries = list(back)
        if heir is not None:
            entries += _passed(actor, agency, heir, back, lines)
        _write(actor, entries, decision_id)
        _end_the_rest(agency_id, lines, closed_on)


def reopened(actor: Actor, agency_id: int, valid_from: date, decision_id: int | None) -> None:
    """Take back what the closing of an agency wrote, from the day on which it stands again.

    Raises `Refused` when who took over has since given on what would have to come back.
    """
    with scopes.everything():
        db.session.execute(text("SELECT id FROM agencies WHERE id = :id FOR NO KEY UPDATE"), {"id": agency_id})
        reversed_ = select(QuotaMovement.reverses_id).where(QuotaMovement.reverses_id.is_not(None))
        open_ = (QuotaMovement.kind.in_(ENDINGS), QuotaMovement.id.not_in(reversed_))
        moment = db.session.scalar(
            select(db.func.max(QuotaMovement.recorded_at)).where(QuotaMovement.agency_id == agency_id, *open_)
        )
        if moment is None:
            return
        rows = db.session.scalars(
            select(QuotaMovement).where(QuotaMovement.recorded_at == moment, *open_).order_by(QuotaMovement.id)
        ).all()
        entries = [reversal_of(one, max(valid_from, one.effective_on)) for one in map(quotas.movement_of, rows)]
        _lock(db.session.scalars(select(Agency).where(Agency.id.in_({one.agency_id for one in entries}))).all())
        lock_lines({one.line_id for one in entries if one.line_id is not None})
        ground = quotas.ground_of(entries, quotas.units_of(entries))
        found = check_movements(entries, ground, acknowledged=True)
        # What the agency itself gets back was covered before; only what others would lose can stand in the way.
        refuse_if([problem for problems in found.values() for problem in problems if problem.severity == "error"])
        _write(actor, entries, decision_id)


def _lock(agencies: Sequence[Agency]) -> None:
    ids = sorted({i for agency in agencies for i in agency.scope_ids if i})
    db.session.execute(select(Agency.id).where(Agency.id.in_(ids)).order_by(Agency.id).with_for_update(key_share=True))


def _refuse_sitting(agency: Agency, lines: Iterable[int], day: date) -> None:
    found = db.session.execute(
        text("SELECT count(DISTINCT person_id) FROM seats_taken(CAST(:lines AS bigint[]), :day, NULL)"),
        {"lines": list(lines), "day": day},
    ).scalar_one()
    if found:
        words = N_(
            "“%(name)s” còn %(count)s người giữ vị trí việc làm từ ngày %(day)s. Hãy bố trí họ sang vị trí khác trước."
        )
        raise Refused(Problem("closed_on", "seats_taken", words, {"name": agency.name, "count": found, "day": day}))


def _back(agency_id: int, day: date, kind: MovementKind) -> list[Movement]:
    """Return the entries that bring every account of an agency to nothing from a day on, later entries included."""
    rows = db.session.scalars(select(QuotaMovement).where(QuotaMovement.agency_id == agency_id))
    sums: dict[tuple[int | None, QuotaKind, bool, date], int] = defaultdict(int)
    for one in rows:
        sums[one.line_id, QuotaKind(one.quota_kind), one.reserve, max(one.effective_on, day)] += one.amount
    return [
        Movement(agency_id, quota_kind, kind, -amount, on, line_id, reserve)
        for (line_id, quota_kind, reserve, on), amount in sums.items()
        if amount
    ]


def _passed(
    actor: Actor, agency: Agency, heir: Agency, back: Sequence[Movement], lines: dict[int, EstablishmentLine]
) -> list[Movement]:
    """Return what the heir gets, and what follows it above: away from one side, to the other."""
    entries: list[Movement] = []
    had = _with_quota([agency.id, *agency.scope_ids, *heir.scope_ids])
    for one in back:
        kind = one.quota_kind
        own = (agency.id, kind) in had
        if one.line_id is not None:
            line_id = _line_of(actor, heir, lines[one.line_id])
            entries.append(replace(one, agency_id=heir.id, line_id=line_id, amount=-one.amount))
            if own:
                continue  # its quota brings the cover along
        elif _answering(heir.scope_ids, kind, had) not in agency.scope_ids:
            # Where the heir has no quota of its own, the one above that answers for it gets it.
            target = _answering(heir.scope_ids, kind, had) or heir.id
            entries.append(replace(one, agency_id=target, amount=-one.amount))
        gone = [i for i in agency.scope_ids if (i, kind) in had and i not in heir.scope_ids and i != agency.id]
        come = [i for i in heir.scope_ids if (i, kind) in had and i not in agency.scope_ids]
        if one.line_id is None:
            come = [i for i in come if i != (_answering(heir.scope_ids, kind, had) or heir.id)]
        entries += [replace(one, agency_id=i, line_id=None, reserve=False) for i in gone]
        entries += [replace(one, agency_id=i, line_id=None, reserve=False, amount=-one.amount) for i in come]
    return _summed(entries)


def _summed(entries: Sequence[Movement]) -> list[Movement]:
    sums: dict[Movement, int] = defaultdict(int)
    for one in entries:
        sums[replace(one, amount=0)] += one.amount
    return [replace(one, amount=amount) for one, amount in sums.items() if amount]


def _answering(scope_ids: Sequence[int], kind: QuotaKind, had: set[tuple[int, QuotaKind]]) -> int | None:
    return next((i for i in reversed(scope_ids) if (i, kind) in had), None)


def _with_quota(ids: Sequence[int]) -> set[tuple[int, QuotaKind]]:
    asked = (
        select(QuotaMovement.agency_id, QuotaMovement.quota_kind)
        .where(QuotaMovement.agency_id.in_(ids), QuotaMovement.line_id.is_(None))
        .distinct()
    )
    return {(row.agency_id, QuotaKind(row.quota_kind)) for row in db.session.execute(asked)}


def _line_of(actor: Actor, heir: Agency, line: EstablishmentLine) -> int:
    """Return the heir's line of the same position; opened like the one it takes over, where there is none."""
    same = (EstablishmentLine.agency_id == heir.id, EstablishmentLine.position_id == line.position_id)
    found = db.session.scalar(select(EstablishmentLine.id).where(*same))
    if found is not None:
        lock_lines([found])
        return int(found)
    made = db.session.execute(
        insert(EstablishmentLine)
        .values(
            agency_id=heir.id, position_id=line.position_id, quota_kind=line.quota_kind, code=line.code,
            field=line.field, base_position_id=line.base_position_id, shares=line.shares, recorded_by=actor.account_id,
        )
        .returning(EstablishmentLine.id)
    )  # fmt: skip
    return int(made.scalar_one())


def _write(actor: Actor, entries: Sequence[Movement], decision_id: int | None) -> None:
    if not entries:
        return
    units = quotas.units_of(entries)
    paper = OLD_DATA_LABEL
    if decision_id is not None:
        reach = sorted({i for one in entries for i in units.closures[one.agency_id]})
        paper = " ".join(register.cite(Actor.system(), decision_id, reach) for register in hooks.papers)
    ids = quotas.insert(actor, entries, decision_id, "", None, moment=dated.recording_moment())
    quotas.tell(actor, "quota.followed", list(zip(ids, entries, strict=True)), units.closures, paper)


def _end_the_rest(agency_id: int, lines: Iterable[int], day: date) -> None:
    """Give back what was kept for recruitment, and end what was accepted as over: there is nothing left to be over."""
    db.session.execute(
        update(SeatReservation)
        .where(
            SeatReservation.line_id.in_(list(lines)),
            SeatReservation.kind == "recruitment",
            SeatReservation.released_at.is_(None),
            (SeatReservation.valid_to.is_(None)) | (SeatReservation.valid_to > day),
        )
        .values(released_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    for one in db.session.scalars(
        select(Overage).where(
            Overage.agency_id == agency_id, dated.at(Overage), (Overage.valid_to.is_(None)) | (Overage.valid_to > day)
        )
    ).all():
        key = {name: getattr(one, name) for name in Overage.__dated_key__}
        dated.erase(Overage, key, valid_from=max(day, one.valid_from))
