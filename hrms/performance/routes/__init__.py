"""Pages of performance: criteria, products, plans of work, score sheets, rating rounds, petitions, pictures."""

from __future__ import annotations

from flask import Flask

from hrms.performance.routes import (
    assigning,
    calibration,
    consequences,
    criteria,
    desk,
    items,
    national,
    objectives,
    own,
    periods,
    petitions,
    products,
    regulations,
    seeing,
    sheet_papers,
    sheets,
)
from hrms.performance.routes.base import blueprint

__all__ = [
    "assigning",
    "calibration",
    "consequences",
    "criteria",
    "desk",
    "init_app",
    "items",
    "national",
    "objectives",
    "own",
    "periods",
    "petitions",
    "products",
    "regulations",
    "seeing",
    "sheet_papers",
    "sheets",
]


def init_app(app: Flask) -> None:
    """Register the pages; each module adds its own to the one blueprint."""
    app.register_blueprint(blueprint)
