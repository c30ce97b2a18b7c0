"""Background work: procrastinate rows in the same database, deferred on the session's own connection.

A job exists if and only if the change that asked for it was committed. A job's arguments are ids, never personal data.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, TypeVar

from flask import Flask
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.periodic import PeriodicTask
from sqlalchemy import text
from sqlalchemy.engine import make_url

from hrms.core.db import db

Work = TypeVar("Work", bound=Callable[..., Any])

queue = App(connector=SyncPsycopgConnector())
"""Where domains register their jobs: `@queue.task(name="people.export")`."""

_flask: list[Flask] = []


def defer(name: str, **arguments: Any) -> int:
    """Ask for a job in the current transaction and return its id; it runs only if the transaction commits."""
    connection: Any = db.session.connection().connection.driver_connection
    return int(queue.configure_task(name, connection=connection).defer(**arguments))


def conninfo(url: str) -> str:
    """Return a SQLAlchemy URL as the plain URL psycopg takes."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def open_worker(url: str) -> App:
    """Return the queue on a pool of its own, for the worker process."""
    worker = queue.with_connector(PsycopgConnector(conninfo=conninfo(url), min_size=1, max_size=4))
    worker.tasks.update(queue.tasks)
    # A task defers itself through the queue it was registered with; the periodic ones must go through the worker's.
    worker.periodic_registry = copy(queue.periodic_registry)
    worker.periodic_registry.periodic_tasks = {}
    for key, periodic in queue.periodic_registry.periodic_tasks.items():
        task = copy(periodic.task)
        task.blueprint = worker
        worker.periodic_registry.periodic_tasks[key] = PeriodicTask(
            task, periodic.cron, periodic.periodic_id, periodic.configure_kwargs
        )
    return worker


def init_app(app: Flask) -> None:
    """Let jobs run inside this application's context."""
    _flask[:] = [app]


def in_app(work: Work) -> Work:
    """Decorate a job's function: it runs in the application's context, and its session is given back at the end."""

    def run(*arguments: Any, **named: Any) -> Any:
        with _flask[0].app_context():
            try:
                return work(*arguments, **named)
            finally:
                db.session.remove()

    run.__name__, run.__doc__, run.__module__ = work.__name__, work.__doc__, work.__module__
    return run  # type: ignore[return-value] # the same signature, wrapped


def waiting() -> int:
    """Return how many jobs wait or run."""
    statement = text("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
    return int(db.session.execute(statement).scalar_one())
