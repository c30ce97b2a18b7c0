"""What the record registers in the core: tabs, sentences of the trail, checks, citations, the daily refresh."""

from __future__ import annotations

from flask import Flask

from hrms.core import hooks
from hrms.people.services import current, law


def register(app: Flask) -> None:
    """Leave the record's part in the core's registries."""
    del app
    hooks.loaders.append(law.load)
    hooks.daily.append(current.refresh_due)
    hooks.tree_changed.append(current.refresh_agencies)
