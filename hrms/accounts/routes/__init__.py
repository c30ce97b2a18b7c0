"""The pages of the accounts, and who is asking."""

from __future__ import annotations

from flask import Flask

from hrms.accounts.routes import login, sign_in
from hrms.accounts.routes.base import blueprint


def init_app(app: Flask) -> None:
    """Attach the loaders and register the pages; each module adds its own to the one blueprint."""
    assert sign_in  # noqa: S101 - imported for the routes it declares
    login.init_app(app)
    app.register_blueprint(blueprint)
