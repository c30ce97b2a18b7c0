"""The pages of the accounts, and who is asking."""

from __future__ import annotations

from flask import Flask

from hrms.accounts.routes import delegations, keeping, login, own, reach, sign_in
from hrms.accounts.routes.base import blueprint

PAGES = (sign_in, own, keeping, delegations, reach)
"""Each declares its routes on the one blueprint when it is imported."""


def init_app(app: Flask) -> None:
    """Attach the loaders to the application and register the pages."""
    login.init_app(app)
    app.register_blueprint(blueprint)
