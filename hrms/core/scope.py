"""The third lock's key: which part of the agency tree the present transaction may see.

The row policies of the database read five settings, all local to a transaction; unset means no rows:
`hrms.scope` (an `int[]` literal of agency ids) and `hrms.person_id` for tables about people, `hrms.accounts` (the same
form) and `hrms.account_id` for accounts, their sessions and grants; `hrms.pay` (the same form) for amounts of money,
which not everybody who sees a person may see. The statement that sets them also reads which state of the law's figures
holds (`core.revision`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.exc import InternalError
from sqlalchemy.orm import Session

from hrms.core import revision
from hrms.core.actor import EVERYTHING, Actor
from hrms.core.db import PLANNED_ONCE, db
from hrms.core.permissions import NOT_ABOUT_PEOPLE, Permission

_SET = text(
    "SELECT set_config('hrms.scope', :scope, true), set_config('hrms.person_id', :person, true), "
    "set_config('hrms.accounts', :accounts, true), set_config('hrms.account_id', :account, true), "
    f"set_config('hrms.pay', :pay, true), {revision.COLUMN}"
).execution_options(**PLANNED_ONCE)
_KEY = "hrms.scope"


def literal(agency_ids: Iterable[int]) -> str:
    """Return agency ids as the text of a PostgreSQL array, the form the policies read."""
    return "{" + ",".join(str(int(agency_id)) for agency_id in agency_ids) + "}"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a transaction may see. Empty by default: nothing."""

    people: tuple[int, ...] = ()
    person_id: int | None = None
    accounts: tuple[int, ...] = ()
    account_id: int | None = None
    pay: tuple[int, ...] = ()
    """Where amounts may be read: of the people under these agencies, as far as the people themselves are visible."""

    @classmethod
    def of(cls, actor: Actor, *permissions: Permission) -> Scope:
        """Return what the actor may see for a task that needs any of `permissions`.

        People are visible where the task's own permission is held; a task that is not about people (the tree, the
        accounts) shows them no further than `people.view` reaches.
        """
        about_people = [p for p in permissions if p not in NOT_ABOUT_PEOPLE] or [Permission.PEOPLE_VIEW]
        return cls(
            people=actor.scope(*about_people),
            person_id=actor.person_id if actor.person_id and actor.is_holder(actor.person_id) else None,
            accounts=actor.scope(Permission.ACCOUNTS_VIEW, Permission.ACCOUNTS_MANAGE),
            account_id=actor.account_id,
            pay=actor.scope(Permission.PAY_VIEW),
        )

    def settings(self) -> dict[str, str]:
        """Return the five settings as the database takes them."""
        return {
            "scope": literal(self.people),
            "person": str(self.person_id or ""),
            "accounts": literal(self.accounts),
            "account": str(self.account_id or ""),
            "pay": literal(self.pay),
        }


ALL = Scope(people=(EVERYTHING,), accounts=(EVERYTHING,), pay=(EVERYTHING,))
NOTHING = Scope()


def enter(scope: Scope) -> None:
    """From here on the session sees `scope`; holds for its later transactions too."""
    session = db.session()
    session.info[_KEY] = scope
    if session.in_transaction():
        revision.note(session, session.execute(_SET, scope.settings()).one()[-1])


def sees_just(agency_ids: Iterable[int]) -> bool:
    """Say whether the row policies show the people under these agencies and nobody else, one's own record included."""
    scope: Scope = db.session().info.get(_KEY, NOTHING)
    return scope.person_id is None and scope.people == tuple(agency_ids)


def enter_for(actor: Actor, *permissions: Permission) -> None:
    """Enter what the actor may see for a task that needs any of `permissions`."""
    enter(ALL if actor.is_system else Scope.of(actor, *permissions))


def leave() -> None:
    """Forget the scope: the session sees nothing about people any more."""
    enter(NOTHING)


@contextmanager
def entered(scope: Scope) -> Iterator[None]:
    """See `scope` within the block and what was visible before after it."""
    session = db.session()
    before: Scope = session.info.get(_KEY, NOTHING)
    enter(scope)
    try:
        yield
    finally:
        session.info[_KEY] = before
        if session.in_transaction() and session.is_active:
            # A failed transaction reads nothing any more; what failed is worth more than this second error.
            with suppress(InternalError):
                revision.note(session, session.execute(_SET, before.settings()).one()[-1])


@contextmanager
def everything() -> Iterator[None]:
    """Within the block the whole tree is visible: for the program's own work, never for a request's answer."""
    with entered(ALL):
        yield


@event.listens_for(Session, "after_begin")
def _apply(session: Session, transaction: Any, connection: Connection) -> None:
    """Give a new transaction the scope of its session: settings made by `set_config(…, true)` end with each one."""
    if transaction.nested:
        return
    scope = session.info.get(_KEY)
    if scope:
        revision.note(session, connection.execute(_SET, scope.settings()).one()[-1])
