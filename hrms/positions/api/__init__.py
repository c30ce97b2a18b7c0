"""The domain as JSON: catalogue, frames, establishment, assignments, vacancies."""

from __future__ import annotations

from flask import Flask

from hrms.core.api import register
from hrms.positions.api import assignments, catalogue, establishment, vacancies

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Add the resources of the domain."""
    register(app, catalogue.blueprint)
    register(app, assignments.blueprint)
    register(app, vacancies.blueprint)
    register(app, establishment.blueprint)
