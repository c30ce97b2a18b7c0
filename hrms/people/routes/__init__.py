"""The pages of the record: the list and its exports, the person and its tabs, changes on paper of record."""

from __future__ import annotations

from flask import Flask

from hrms.core import hooks
from hrms.people.routes import editing, finding, page, paper, photo, record
from hrms.people.routes.base import blueprint

__all__ = ["editing", "finding", "init_app", "paper", "photo", "record"]


def init_app(app: Flask) -> None:
    """Register the pages; each module adds its own to the one blueprint."""
    app.register_blueprint(blueprint)
    hooks.record_frames.append(hooks.RecordFrame("people/_record.html", page.frame))
