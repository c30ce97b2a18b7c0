"""The demo sign-ins: who they are, where they stand, and the one password they share."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from hrms.accounts.services.demo import DemoPlace, create_demo_accounts
from hrms.core import scope
from hrms.core.actor import Actor
from seed.demo.drafts import SERVING, Draft
from seed.demo.roles import CIVIL
from seed.demo.tree import CONSTRUCTION_CODE, HOME_AFFAIRS_CODE, POLITICAL_SCHOOL_CODE, Tree, Unit

PASSWORD_FILE = "demo-password"  # noqa: S105 - the name of a file


def create(tree: Tree, people: Sequence[Draft], password: str, home: Path) -> None:
    """Open the sign-ins in the caller's transaction and keep the password in `home`, readable by its owner only.

    Each belongs to a person of the right agency where the province is large enough to have one.
    """
    taken: set[int] = set()

    def place(name: str, unit: Unit, granted_at: Unit | None = None, *, leads: bool = False) -> DemoPlace:
        person = _somebody(people, unit, taken, leads=leads)
        if person is not None:
            taken.add(person.number)
            name = person.record["full_name"]
        return DemoPlace(name, unit.id, granted_at.id if granted_at else None, person.number if person else None)

    root = tree.root
    home_affairs, construction = tree.unit(HOME_AFFAIRS_CODE), tree.unit(CONSTRUCTION_CODE)
    school, inspectorate = tree.unit(POLITICAL_SCHOOL_CODE), tree.unit("H13.04")
    places = {
        "admin": DemoPlace("Quản trị hệ thống (mẫu)", home_affairs.id, root.id),
        "sonoivu": place("Cán bộ tổ chức Sở Nội vụ (mẫu)", home_affairs, root),
        "tochuc": place("Cán bộ tổ chức Sở Xây dựng (mẫu)", construction),
        "thutruong": place("Giám đốc Sở Xây dựng (mẫu)", construction, leads=True),
        "giangvien": place("Giảng viên Trường Chính trị (mẫu)", school),
        "thanhtra": place("Thanh tra viên (mẫu)", inspectorate, root),
        "canbo": place("Công chức (mẫu)", construction),
        "vanthu": place("Văn thư Sở Xây dựng (mẫu)", construction),
        "thamdinh": place("Cán bộ thẩm định Sở Xây dựng (mẫu)", construction),
        "chutich": DemoPlace("Chủ tịch UBND thành phố (mẫu)", root.id),
    }
    if places["canbo"].person_id is None:
        places["canbo"] = place("Công chức (mẫu)", root)
    if places["canbo"].person_id is None:
        # An official without a file would have nothing to look at.
        del places["canbo"]
    with scope.everything():
        create_demo_accounts(Actor.system("tỉnh mẫu", via="cli"), places, password)
    keep_password(home, password)


def _somebody(people: Sequence[Draft], unit: Unit, taken: set[int], *, leads: bool) -> Draft | None:
    """Return a serving person under the unit: its head, or an ordinary one (an official first)."""
    able = [
        d
        for d in people
        if unit.id in d.seat.using.scope
        and d.fate == SERVING
        and d.number not in taken
        and "note" not in d.record
        and not d.away
    ]
    if leads:
        able = [d for d in able if d.role.leads]
        able.sort(key=lambda d: (d.seat.using is not unit, "deputy" in d.role.key, d.number))
    else:
        able = [d for d in able if not d.role.leads]
        able.sort(key=lambda d: (d.role.kind != CIVIL, d.number))
    return able[0] if able else None


def new_password() -> str:
    """Return a random password that has all the kinds of signs the rules ask for."""
    return f"Ct{secrets.token_hex(5)}-{secrets.randbelow(90) + 10}"


def keep_password(home: Path, password: str) -> None:
    """Write the password into a file of mode 600, in place of an older one."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = home / PASSWORD_FILE
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(password + "\n")
