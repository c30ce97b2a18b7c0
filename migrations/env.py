"""What Alembic runs: the connection comes from `hrms.core.migrate`, or from the environment when run by hand."""

from __future__ import annotations

import importlib
import importlib.util
import os
import pkgutil
from typing import Any, cast

import sqlalchemy as sa
from alembic import context

import hrms
from hrms.core import migrate
from hrms.core.db import db


def metadata() -> sa.MetaData:
    """Return the tables of every domain."""
    for package in pkgutil.iter_modules(hrms.__path__, "hrms."):
        if package.ispkg and importlib.util.find_spec(f"{package.name}.models"):
            importlib.import_module(f"{package.name}.models")
    return db.metadata


def run(connection: sa.Connection) -> None:
    """Run the command over an owner's connection, one transaction per migration."""
    note = context.config.attributes.get("note")

    def applied(**given: Any) -> None:
        if note:
            note(str(given["step"].up_revision_id))

    context.configure(
        connection=connection,
        target_metadata=metadata(),
        transaction_per_migration=True,
        compare_type=True,
        on_version_apply=cast("Any", applied),
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with sa.create_engine(os.environ["HRMS_OWNER_DATABASE_URL"]).connect() as own:
        migrate.prepare(own)
        run(own)
