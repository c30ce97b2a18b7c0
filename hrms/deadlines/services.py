"""Making the lines of the calendar again, and the secret address that a calendar program reads them by."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import text, update

from hrms.accounts import queries as accounts
from hrms.accounts.services import hashing
from hrms.audit import services as audit
from hrms.core import clock, hooks, scope
from hrms.core.actor import Actor, Grant
from hrms.core.dates import add_months
from hrms.core.db import db
from hrms.core.due import DueKind, DueOf
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.deadlines.models import CalendarFeed

MONTHS_AHEAD = 13
"""How far lines are made ahead: a year, and what the clock moves on before the next midnight."""
BATCH = 5_000
PREFIX = "lich_"

_CLEAR = text("DELETE FROM due_lines WHERE CAST(:ids AS bigint[]) IS NULL OR person_id = ANY (:ids)")
_LAY = text("""
INSERT INTO due_lines (person_id, code, key, scope_ids, agency_id, responsible_id, due_on, remind, ends_on, what,
                       params, reasons, settled_by)
SELECT n.person_id, n.code, n.key, c.scope_ids, c.agency_id,
       CASE n.by WHEN 'managing' THEN coalesce(c.managing_agency_id, c.agency_id) ELSE c.agency_id END,
       n.due_on, n.remind, n.ends_on, n.what, n.params, n.reasons, n.settled_by
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS n(
  person_id bigint, code text, key text, by text, due_on date, remind date[], ends_on date, what text, params jsonb,
  reasons jsonb, settled_by text[])
JOIN people_current c ON c.person_id = n.person_id
ON CONFLICT DO NOTHING
""")


def kinds() -> Mapping[str, DueKind]:
    """Return every kind of line by code, in the order they are offered."""
    return _kinds(tuple(id(source) for source in hooks.due_sources))


@lru_cache(maxsize=2)
def _kinds(_sources: tuple[int, ...]) -> Mapping[str, DueKind]:
    found = [kind for source in hooks.due_sources for kind in source.kinds]
    return {kind.code: kind for kind in sorted(found, key=lambda kind: (kind.order, kind.code))}


def refresh(person_ids: Collection[int] | None) -> int:
    """Make the lines of some people, or of all (None), again from the facts; in the caller's transaction.

    Call it after `refresh_people`. Returns how many lines they have. Two statements and those of the sources.
    """
    if person_ids is not None and not person_ids:
        return 0
    ids = None if person_ids is None else sorted(set(person_ids))
    known = kinds()
    with scope.everything():
        found = wanted(ids)
        db.session.execute(_CLEAR, {"ids": ids})
        for some in batched(found, BATCH):
            rows = [_row(one, known[one.due.code]) for one in some]
            db.session.execute(_LAY, {"rows": json.dumps(rows, default=str)})
    return len(found)


def batched(lines: list[DueOf], size: int) -> Iterator[list[DueOf]]:
    """Yield the lines in parts: those of a whole country are too many for one parameter."""
    for start in range(0, len(lines), size):
        yield lines[start : start + size]


def wanted(person_ids: Collection[int] | None) -> list[DueOf]:
    """Return the lines as facts and rules have them today; the caller has opened the scope."""
    today = clock.today()
    until = add_months(today, MONTHS_AHEAD)
    return [line for source in hooks.due_sources for line in source.lines(person_ids, today, until)]


def _row(line: DueOf, kind: DueKind) -> dict[str, Any]:
    return {**asdict(line.due), "person_id": line.person_id, "by": kind.by, "settled_by": list(kind.settled_by)}


def refresh_all() -> None:
    """Make all lines again: every midnight, at start-up, before a day's first request; one unit of its own."""
    with scope.everything(), transaction():
        refresh(None)


def make_feed(actor: Actor) -> str:
    """Make the secret address of one's own calendar and return its token, this once; an earlier one ends with it."""
    actor.require(Permission.PEOPLE_VIEW)
    revoke_feed(actor, told=False)
    token = PREFIX + hashing.new_token()
    db.session.add(
        CalendarFeed(account_id=actor.account_id, token_hash=hashing.token_hash(token), created_at=clock.now())
    )
    db.session.flush()
    _tell(actor, "calendar.feed_made")
    return token


def revoke_feed(actor: Actor, *, told: bool = True) -> bool:
    """End the secret address of one's own calendar; False when there was none."""
    actor.require(Permission.PEOPLE_VIEW)
    ended = db.session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.account_id == actor.account_id, CalendarFeed.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
    done = bool(ended.rowcount)  # type: ignore[attr-defined] # what an UPDATE returns has it
    if done and told:
        _tell(actor, "calendar.feed_revoked")
    return done


def _tell(actor: Actor, action: str) -> None:
    account = accounts.get_account(actor.account_id or 0)
    audit.record(
        actor, action, "account", account.id, scope_ids=account.scope_ids, agency_id=account.agency_id,
        after={"username": account.username},
    )  # fmt: skip


_FEED = text("SELECT feed_actor(:token, :at, :today) AS state")


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a calendar's address speaks, and in which language."""

    actor: Actor
    locale: str


def reader_of(token: str) -> Reader | None:
    """Return for whom a calendar's address speaks, with the grants of today; None when it opens nothing any more.

    Closed and locked accounts have no calendar, nor has one that must first change its password.
    """
    given = {"token": hashing.token_hash(token), "at": clock.now(), "today": clock.today()}
    state = db.session.execute(_FEED, given).scalar_one()
    if state is None or state["closed"] or state["locked"] or state["must_change_password"]:
        return None
    grants = tuple(Grant.of(grant) for grant in state["grants"])
    who = Actor(int(state["account_id"]), str(state["name"]), grants, state["person_id"], via="calendar")
    return Reader(who, str(state["locale"]))
