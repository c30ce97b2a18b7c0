"""Pages of the domain: the register, the drafts on their way to it, who may sign."""

from __future__ import annotations

from flask import Flask

from hrms.decisions.routes import books, deciding, papers, powers, register, submissions

__all__ = ["books", "deciding", "init_app", "papers", "powers"]


def init_app(app: Flask) -> None:
    """Register the pages of every part."""
    register.init_app(app)
    submissions.init_app(app)
