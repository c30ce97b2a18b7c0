"""Pages of training: courses, requirements, plans, classes, the trainer's desk, credits, what is owed and paid back."""

from __future__ import annotations

from flask import Flask

from hrms.training.routes import (
    certificates,
    class_days,
    classes,
    commitments,
    courses,
    desk,
    desk_completing,
    desk_scanning,
    evidence,
    impact,
    landing,
    needs,
    nominating,
    person,
    plans,
    providers,
    ratings,
    repayments,
    requirements,
    seeing,
    verify,
)
from hrms.training.routes.base import blueprint

__all__ = [
    "certificates",
    "class_days",
    "classes",
    "commitments",
    "courses",
    "desk",
    "desk_completing",
    "desk_scanning",
    "evidence",
    "impact",
    "init_app",
    "landing",
    "needs",
    "nominating",
    "person",
    "plans",
    "providers",
    "ratings",
    "repayments",
    "requirements",
    "seeing",
    "verify",
]


def init_app(app: Flask) -> None:
    """Register the pages; each module adds its own to the one blueprint."""
    app.register_blueprint(blueprint)
