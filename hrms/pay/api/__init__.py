"""The domain as JSON: lines of pay, raises of a step, incentives."""

from __future__ import annotations

from flask import Flask

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Add the resources of the domain."""
    del app
