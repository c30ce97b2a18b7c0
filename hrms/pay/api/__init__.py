"""The domain as JSON: lines of pay, raises of a step, incentives."""

from __future__ import annotations

from flask import Flask

from hrms.core.api import register
from hrms.pay.api import incentives, pay_lines, step_raises

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Add the resources of the domain."""
    register(app, pay_lines.blueprint)
    register(app, incentives.blueprint)
    register(app, step_raises.blueprint)
