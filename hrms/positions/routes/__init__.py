"""Pages of job positions: catalogue, frames, establishment, assignments, schemes."""

from __future__ import annotations

from flask import Flask

from hrms.positions.routes import (
    assigning,
    catalogue,
    establishment,
    frame_writing,
    frames,
    person,
    placing,
    quotas,
    schemes,
    seeing,
)
from hrms.positions.routes.base import blueprint

__all__ = [
    "assigning",
    "catalogue",
    "establishment",
    "frame_writing",
    "frames",
    "init_app",
    "person",
    "placing",
    "quotas",
    "schemes",
    "seeing",
]


def init_app(app: Flask) -> None:
    """Register the pages; each module adds its own to the one blueprint."""
    app.register_blueprint(blueprint)
