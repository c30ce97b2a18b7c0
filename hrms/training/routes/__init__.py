"""Pages of training: courses, requirements, plans, classes, the trainer's desk, credits, what is owed and paid back."""

from __future__ import annotations

from flask import Flask

from hrms.training.routes import (
    commitments,
    courses,
    desk,
    desk_completing,
    desk_scanning,
    landing,
    providers,
    repayments,
    requirements,
)
from hrms.training.routes.base import blueprint

__all__ = [
    "commitments",
    "courses",
    "desk",
    "desk_completing",
    "desk_scanning",
    "init_app",
    "landing",
    "providers",
    "repayments",
    "requirements",
]


def init_app(app: Flask) -> None:
    """Register the pages; each module adds its own to the one blueprint."""
    app.register_blueprint(blueprint)
