"""Migrations: bring the schema to the version of the program, as the owner, one transaction each.

Alembic is loaded only where there is something to apply: each process and each command asks whether there is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from hrms.core import roles

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).resolve().parents[2] / "migrations"
LOCK = 7_240_051  # any number of our own: two starts at once migrate one after the other
LOCK_TIMEOUT = "15s"
ROOT_SCOPE = "{0}"


@cache
def head() -> str:
    """Return the newest revision's name, "" when there is none: revisions bear the names of their numbered files."""
    return max((path.stem for path in FOLDER.glob("versions/[0-9]*.py")), default="")


def current(connection: sa.Connection) -> str:
    """Return the revision the schema is at, "" when it is at none."""
    if connection.execute(sa.text("select to_regclass('alembic_version')")).scalar_one() is None:
        return ""
    return ", ".join(connection.execute(sa.text("select version_num from alembic_version")).scalars())


def upgrade(owner_url: str, *, revision: str = "head", report: Callable[[str], object] = str) -> list[str]:
    """Apply what is missing up to `revision`; return the names applied, and `report` each as it is done.

    `owner_url` is the owner's: the application role owns nothing. Raises what the database raises; a failed migration
    leaves the ones before it applied and nothing of itself.
    """
    applied: list[str] = []

    def note(name: str) -> None:
        applied.append(name)
        report(name)

    engine = sa.create_engine(owner_url, poolclass=sa.NullPool)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as gate:
            gate.execute(sa.text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
            with engine.connect() as connection:
                if current(connection) == (head() if revision == "head" else revision):
                    return applied
                from alembic import command

                connection.rollback()
                prepare(connection)
                command.upgrade(_config(connection, note), revision)
                connection.execute(sa.text(f"grant select on alembic_version to {roles.APP}"))
                connection.commit()
    finally:
        engine.dispose()
    return applied


def downgrade(owner_url: str, revision: str) -> None:
    """Step back to `revision` ("base" for nothing); for tests of the migrations."""
    from alembic import command

    engine = sa.create_engine(owner_url, poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            prepare(connection)
            command.downgrade(_config(connection), revision)
    finally:
        engine.dispose()


def prepare(connection: sa.Connection) -> None:
    """Give an owner's connection, for its whole life, a lock timeout and the scope that reaches every row.

    Without a scope an owner's UPDATE in a migration would change no row and raise nothing.
    """
    for name, value in (
        ("lock_timeout", LOCK_TIMEOUT),
        ("hrms.scope", ROOT_SCOPE),
        ("hrms.accounts", ROOT_SCOPE),
        ("statement_timeout", "0"),
    ):
        connection.execute(sa.text("select set_config(:name, :value, false)"), {"name": name, "value": value})
    connection.commit()


def _config(connection: sa.Connection | None = None, note: Callable[[str], None] | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, note=note)
    return config
