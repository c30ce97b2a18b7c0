"""The domain as JSON: courses, classes, credits, requirements."""

from __future__ import annotations

from flask import Flask

from hrms.core.api import register
from hrms.training.api import classes, courses, ledger, requirements

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Add the resources of the domain."""
    register(app, courses.blueprint)
    register(app, requirements.blueprint)
    register(app, classes.blueprint)
    register(app, ledger.blueprint)
