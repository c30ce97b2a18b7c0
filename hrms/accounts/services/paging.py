"""Pages of people count as taking them out: whoever turns every page has the list as surely as with one file.

A mark a page would make every reader a writer, and somebody who opens one page a hundred times has one page. So each
process keeps whom it has shown to an account within the hour, and notes those that are new a few hundred at a time;
what a process forgets when it ends is less than `MARK_ROWS` an account.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from hrms.accounts.services.guard import check_bulk
from hrms.audit import services as audit
from hrms.core.actor import Actor

MARK_ROWS = 500
HOUR = 3600.0
_ACCOUNTS_MOST = 5_000


@dataclass(slots=True)
class _Seen:
    since: float
    people: set[int] = field(default_factory=set)
    noted: int = 0


_seen: dict[int, _Seen] = {}
_alone = Lock()


def add_shown(actor: Actor, person_ids: Iterable[int]) -> int:
    """Add people that a page, a search box or the API shows; return how many to note now, 0 until there are many."""
    if actor.account_id is None:
        return 0
    now = monotonic()
    with _alone:
        mine = _seen.get(actor.account_id)
        if mine is None or now - mine.since > HOUR:
            if len(_seen) >= _ACCOUNTS_MOST:
                _seen.clear()
            mine = _seen[actor.account_id] = _Seen(now)
        mine.people.update(person_ids)
        due = len(mine.people) - mine.noted
        if due < MARK_ROWS:
            return 0
        mine.noted = len(mine.people)
        return due


def note_shown(actor: Actor, people: int) -> bool:
    """Note what `add_shown` gave; True when that has just locked the account: commit, and show nothing."""
    audit.mark_read(actor, "people.pages", people)
    return check_bulk(actor)
