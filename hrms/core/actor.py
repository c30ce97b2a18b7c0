"""Who is acting: an account with its grants, or the system itself. Passed as the first argument of every service."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from hrms.core.errors import Forbidden, NotFound
from hrms.core.permissions import ROLE_PERMISSIONS, Permission, Role
from hrms.core.rules import N_, Problem

EVERYTHING = 0
"""Every closure of agency ids begins with 0, so the scope `{0}` reaches everything; no agency has this id."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role over one agency and all that is under it, in force today."""

    role: Role
    agency_id: int
    capacity: str | None = None
    """In whose name a delegate signs (KT., TL., TUQ., Q.); None for everybody else."""
    actions: tuple[str, ...] | None = None
    """The kinds of decision a delegate may sign, None for all."""

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Grant:
        """Return a grant as the database tells it. Raises `ValueError` for a role that this version does not know."""
        actions = state.get("actions")
        return cls(
            Role(state["role"]),
            int(state["agency_id"]),
            state.get("capacity"),
            None if actions is None else tuple(actions),
        )

    def gives(self, permission: Permission) -> bool:
        """Say whether the role holds the permission."""
        return permission in ROLE_PERMISSIONS[self.role]


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts. `via` is web, api, cli, job or system and goes into the audit trail with `request_id`."""

    account_id: int | None
    name: str
    grants: tuple[Grant, ...] = ()
    person_id: int | None = None
    via: str = "web"
    request_id: str = ""
    is_system: bool = False
    limited_to: frozenset[Permission] | None = field(default=None)
    """An API token may hold less than its account: the permissions it keeps, or None for all."""

    @classmethod
    def system(cls, name: str = "hệ thống", via: str = "system") -> Actor:
        """Return the program acting by itself (midnight refresh, migrations, demo): everything is allowed and named."""
        return cls(account_id=None, name=name, via=via, is_system=True)

    @property
    def is_anonymous(self) -> bool:
        """Say whether nobody is signed in."""
        return self.account_id is None and not self.is_system

    def is_holder(self, person_id: int) -> bool:
        """Say whether the record of that person is the actor's own; not for a token that does not keep `self.view`."""
        return self.person_id == person_id and self._keeps(Permission.SELF_VIEW)

    def _keeps(self, permission: Permission) -> bool:
        return self.limited_to is None or permission in self.limited_to

    def scope(self, *permissions: Permission) -> tuple[int, ...]:
        """Return the root agency ids under which the actor holds any of the permissions; () means nowhere."""
        if self.is_system:
            return (EVERYTHING,)
        return tuple(
            sorted(
                {
                    grant.agency_id
                    for grant in self.grants
                    if any(self._keeps(permission) and grant.gives(permission) for permission in permissions)
                }
            )
        )

    def may(self, permission: Permission, at: Collection[int] | None = None) -> bool:
        """Say whether the actor holds the permission: anywhere, or over something whose closure of agency ids is `at`.

        `at` is the `scope_ids` of a person or the path of an agency: the agency itself and all above it.
        """
        if self.is_system:
            return True
        roots = self.scope(permission)
        return bool(roots) if at is None else any(root in at for root in roots)

    def require(self, permission: Permission, at: Collection[int] | None = None) -> None:
        """Raise `Forbidden` unless `may()`; the first line of every service."""
        if not self.may(permission, at):
            raise Forbidden(Problem("", "forbidden", N_("Tài khoản của bạn không có quyền làm việc này.")))

    def roles(self) -> frozenset[Role]:
        """Return the roles held anywhere."""
        return frozenset(grant.role for grant in self.grants)


ANONYMOUS = Actor(account_id=None, name="")


def missing(what: str = "") -> NotFound:
    """Return the refusal for something that is not there, or not for this actor."""
    return NotFound(Problem(what, "not_found", N_("Không tìm thấy, hoặc nằm ngoài phạm vi của bạn.")))
