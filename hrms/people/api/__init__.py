"""The record as JSON."""

from __future__ import annotations

from flask import Flask

from hrms.core.api import register
from hrms.people.api import finding, record, rows
from hrms.people.api.base import blueprint

__all__ = ["finding", "init_app", "record", "rows"]


def init_app(app: Flask) -> None:
    """Add the resource `people`."""
    register(app, blueprint)
