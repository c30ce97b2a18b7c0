"""What leaving and trying register: menu, words."""

from __future__ import annotations

from hrms.core import hooks
from hrms.core.i18n import N_
from hrms.core.permissions import Permission

P = Permission
GROUP = N_("Tiền lương")


def register() -> None:
    """Leave the part of leaving, of the list for social insurance and of trying in the core's registries."""
    hooks.menu.append(
        hooks.MenuItem(GROUP, N_("Tính thử theo luật"), "pay.try_index", (P.PAY_VIEW, P.PAY_LAW, P.SELF_VIEW), 690)
    )
