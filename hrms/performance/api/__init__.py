"""The domain as JSON: score sheets, rating rounds, how points and classes are spread."""

from __future__ import annotations

from flask import Flask

from hrms.core.api import register
from hrms.performance.api import rating_rounds, score_sheets, score_spread

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Add the resources of the domain."""
    register(app, score_sheets.blueprint)
    register(app, rating_rounds.blueprint)
    register(app, score_spread.blueprint)
