"""Pages of pay: sheets and slips, raises, incentives, what-if, leaving, new texts of the law."""

from __future__ import annotations

from flask import Flask

from hrms.pay.routes import incentives, insurance, law, raises, severance, sheets, trying, whatif
from hrms.pay.routes.base import blueprint

__all__ = ["incentives", "init_app", "insurance", "law", "raises", "severance", "sheets", "trying", "whatif"]


def init_app(app: Flask) -> None:
    """Register the pages; each module adds its own to the one blueprint."""
    app.register_blueprint(blueprint)
