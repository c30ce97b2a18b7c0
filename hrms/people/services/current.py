"""What is true now, made again from the facts: after every change, after a move in the tree, and every midnight."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import text

from hrms.accounts import services as accounts
from hrms.audit import services as audit
from hrms.core import clock, hooks, scope
from hrms.core.actor import EVERYTHING, Actor
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.core.rules import N_
from hrms.core.unit import transaction
from hrms.people.models import Person
from hrms.people.rules.kinds import IN_SERVICE

LEFT = N_("Người giữ tài khoản đã thôi công tác.")
MOVED = N_("Người giữ tài khoản đã chuyển sang cơ quan khác.")

_REFRESH = text("SELECT refresh_people(CAST(:ids AS bigint[]), :today)")
_STATE = text("SELECT person_id, status, agency_id FROM people_current WHERE person_id = ANY (:ids)")
_DUE = text("SELECT person_id FROM people_current WHERE next_change_on <= :today ORDER BY person_id")
_AT = text(
    "SELECT DISTINCT person_id FROM person_agency WHERE superseded_at IS NULL AND agency_id = ANY (:ids) ORDER BY 1"
)


def refresh(ids: Collection[int], actor: Actor | None = None) -> int:
    """Make the current rows and the reach (`scope_ids`) of these people again from their facts; returns rows changed.

    Call it in the transaction of every change, after the facts. Whoever has left service or works for another agency
    than before loses their account in the same transaction. `actor` is who caused it; the system unless given.
    """
    wanted = sorted(ids)
    if not wanted:
        return 0
    db.session.flush()
    with scope.everything():
        before = _states(wanted)
        changed = int(db.session.execute(_REFRESH, {"ids": wanted, "today": clock.today()}).scalar_one())
        gone = _gone(before, _states(wanted))
        if gone:
            _close_accounts(actor or Actor.system(), gone)
    for person in [one for one in db.session.identity_map.values() if isinstance(one, Person)]:
        db.session.expire(person, ["scope_ids"])
    tell_changed(wanted)
    return changed


def tell_changed(ids: Collection[int]) -> None:
    """Let other domains make again what they derive from these people's records; `refresh` does it by itself."""
    if not ids:
        return
    for follow in hooks.people_changed:
        follow(ids)


def _states(ids: Sequence[int]) -> dict[int, tuple[str | None, int | None]]:
    return {row.person_id: (row.status, row.agency_id) for row in db.session.execute(_STATE, {"ids": ids})}


def _gone(
    before: dict[int, tuple[str | None, int | None]], after: dict[int, tuple[str | None, int | None]]
) -> dict[str, list[int]]:
    """Return the people whose account ends, by why: they left service, or another agency uses them now."""
    gone: dict[str, list[int]] = {}
    for person_id, (status, agency_id) in after.items():
        old_status, old_agency = before.get(person_id, (None, None))
        if old_status in IN_SERVICE and status is not None and status not in IN_SERVICE:
            gone.setdefault(LEFT, []).append(person_id)
        elif old_agency is not None and agency_id != old_agency:
            gone.setdefault(MOVED, []).append(person_id)
    return gone


def _close_accounts(actor: Actor, gone: dict[str, list[int]]) -> None:
    # An officer who may edit but not record facts never causes this; imports and the clock do, as the system.
    who = actor if actor.may(Permission.PEOPLE_FACT) else Actor.system()
    for reason, ids in gone.items():
        accounts.close_for_people(who, ids, reason)


def refresh_due() -> None:
    """Let facts that begin or end by today take effect: for midnight, start-up and a day's first request; one unit."""
    with scope.everything(), transaction():
        ids = list(db.session.scalars(_DUE, {"today": clock.today()}))
        if ids:
            refresh(ids)
            audit.record(
                Actor.system(), "people.refreshed", "people", None, scope_ids=[EVERYTHING], after={"people": len(ids)}
            )


def refresh_agencies(agency_ids: Sequence[int]) -> None:
    """Let the people of these agencies belong under the agencies' new paths; in the caller's transaction."""
    with scope.everything():
        refresh(list(db.session.scalars(_AT, {"ids": list(agency_ids)})))
