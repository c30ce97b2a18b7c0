"""Pages of pay: sheets and slips, raises, incentives, what-if, leaving, new texts of the law."""

from __future__ import annotations

from flask import Flask

from hrms.pay.routes import sheets, trying
from hrms.pay.routes.base import blueprint

__all__ = ["init_app", "sheets", "trying"]


def init_app(app: Flask) -> None:
    """Register the pages; each module adds its own to the one blueprint."""
    app.register_blueprint(blueprint)
