"""`create_app()`: the one place that knows every domain and ties what lower ones need from higher ones."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask import Flask
from flask_bootstrap import Bootstrap5
from werkzeug.middleware.proxy_fix import ProxyFix

from hrms.core import api, hooks, i18n, jinja, jobs, logs, web
from hrms.core.db import db

DOMAINS = (
    "audit", "figures", "documents", "agencies", "decisions", "accounts", "people", "positions", "training",
    "performance", "pay", "deadlines", "imports",
)  # fmt: skip
"""In the order of the arrows, lowest first."""


def create_app(config: Any = None) -> Flask:
    """Return the application for `config` (the settings of the environment unless given).

    Raises `config.Misconfigured` when the settings are unusable.
    """
    if config is None:
        import config as settings

        config = settings.load()
    app = Flask("hrms", template_folder="../templates", static_folder="static")
    app.jinja_environment = jinja.SharedEnvironment
    app.config.from_object(config)
    app.json.sort_keys = False  # type: ignore[attr-defined] # the default provider has it
    app.json.ensure_ascii = False  # type: ignore[attr-defined] # the default provider has it
    if getattr(config, "proxies", 0):
        hops = config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign] # as Flask documents it
    Bootstrap5(app)
    db.init_app(app)
    i18n.init_app(app)
    logs.init_app(app)
    web.init_app(app)
    jinja.init_app(app)
    jobs.init_app(app)
    api.init_app(app)
    hooks.clear()
    for name in ("core", *DOMAINS):
        _attach(app, f"hrms.{name}")
    return app


def _attach(app: Flask, package: str) -> None:
    """Register what a domain has of the rooms that face the outside: hooks, pages, JSON."""
    if find_spec(f"{package}.models"):
        import_module(f"{package}.models")
    for room, attribute in (("hooks", "register"), ("routes", "init_app"), ("api", "init_app")):
        if package == "hrms.core" and room != "routes":
            continue  # the core's own hooks and API are what the others attach to
        if find_spec(f"{package}.{room}"):
            register = getattr(import_module(f"{package}.{room}"), attribute, None)
            if register is not None:
                register(app)
