"""The domain as JSON: the register, and what is on its way to it."""

from __future__ import annotations

from flask import Flask

from hrms.decisions.api import powers, register, submissions

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Add the resources `decisions`, `submissions` and the table of decentralisation."""
    register.init_app(app)
    submissions.init_app(app)
    powers.init_app(app)
