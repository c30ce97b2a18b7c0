"""What bulk placing registers: its entry of the menu."""

from __future__ import annotations

from hrms.core import hooks
from hrms.core.i18n import N_
from hrms.core.permissions import Permission


def register() -> None:
    """Leave the entry of the menu."""
    words = N_("Bố trí theo hạn 01/7/2027")
    hooks.menu.append(
        hooks.MenuItem(N_("Vị trí việc làm"), words, "positions.placing", (Permission.POSITIONS_VIEW,), 74)
    )
