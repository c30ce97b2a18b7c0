"""The pages of the record: the list and its exports, the person and its tabs, changes on paper of record."""

from __future__ import annotations

from flask import Flask

from hrms.people.routes import finding as finding
from hrms.people.routes import record as record
from hrms.people.routes.base import blueprint


def init_app(app: Flask) -> None:
    """Register the pages; each module adds its own to the one blueprint."""
    app.register_blueprint(blueprint)
