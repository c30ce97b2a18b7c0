"""The pages of the record: the list and its exports, the person and its tabs, changes on paper of record."""

from __future__ import annotations

from flask import Flask

from hrms.core import hooks
from hrms.people.routes import absences, editing, finding, page, paper, photo, record, who_decides
from hrms.people.routes.base import blueprint

__all__ = ["absences", "editing", "finding", "init_app", "paper", "photo", "record", "who_decides"]


def init_app(app: Flask) -> None:
    """Register the pages; each module adds its own to the one blueprint."""
    app.register_blueprint(blueprint)
    hooks.record_frames.append(hooks.RecordFrame("people/_record.html", page.frame))
