"""Kinds of decision about seats, and the seat beside other decisions; registered from `positions/hooks.py`."""

from __future__ import annotations

from hrms.decisions import kinds as path
from hrms.positions.kinds import assigning, changing, extending


def register() -> None:
    """Add the kinds of this domain to the path of decisions, and the optional line to those of people."""
    for module in (assigning, changing):
        for kind in module.KINDS:
            path.register(kind)
    extending.register()
