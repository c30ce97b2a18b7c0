"""The database roles, the database and its extensions: made once, by a superuser, before the first migration.

The same statements serve the embedded server and a production server (`hrms db bootstrap`); `docs/operations.md`
explains them. Three roles, none of them a superuser:

- `hrms_owner` owns the database and the schema, passes row-level security, and is used by migrations and backups only;
- `hrms_app` is what web and worker processes connect as; it owns nothing;
- `hrms_search` cannot log in; it owns the few functions that look beyond an actor's scope and return ids only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import psycopg
from psycopg import sql

__all__ = ["APP", "DATABASE", "EXTENSIONS", "OWNER", "SEARCH", "bootstrap", "database_grants", "script"]

OWNER = "hrms_owner"
APP = "hrms_app"
SEARCH = "hrms_search"
DATABASE = "hrms"
EXTENSIONS = ("ltree", "pg_trgm", "btree_gist")

ATTRIBUTES: Mapping[str, str] = {
    OWNER: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS",
    APP: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
    SEARCH: "NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
}


def bootstrap(
    superuser: psycopg.Connection, passwords: Mapping[str, str], *, database: str = DATABASE
) -> psycopg.Connection:
    """Make what is missing of roles, database and extensions; return a superuser's connection to `database`.

    `superuser` must be in autocommit mode (a database cannot be made inside a transaction). `passwords` holds one for
    `hrms_owner` and one for `hrms_app`; they are sent as SCRAM verifiers, so that no server log can keep them. Safe to
    run again: existing roles get the attributes and the passwords given. Raises `psycopg.Error` when refused.
    """
    for role, attributes in ATTRIBUTES.items():
        known = superuser.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
        verb = "alter" if known else "create"
        statement = sql.SQL("{} role {} {}").format(sql.SQL(verb), sql.Identifier(role), sql.SQL(attributes))
        if role in passwords:
            statement += sql.SQL(" password {}").format(sql.Literal(_verifier(superuser, role, passwords[role])))
        superuser.execute(statement)
    if not superuser.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
        superuser.execute(
            sql.SQL("create database {} owner {} template template0 encoding 'UTF8' locale 'C.UTF-8'").format(
                sql.Identifier(database), sql.Identifier(OWNER)
            )
        )
    inside = psycopg.connect(superuser.info.dsn, password=superuser.info.password, dbname=database, autocommit=True)
    for grant in _grants(database):
        inside.execute(grant)
    return inside


def script(*, database: str = DATABASE) -> str:
    """Return the same as a psql script, for an administrator who runs SQL by hand who then sets the two passwords."""
    name = f'"{database}"'
    lines = ["-- psql -U postgres -f this-file.sql; then: \\password hrms_owner, \\password hrms_app"]
    lines += [f"create role {role} {attributes};" for role, attributes in ATTRIBUTES.items()]
    lines.append(f"create database {name} owner {OWNER} template template0 encoding 'UTF8' locale 'C.UTF-8';")
    lines.append(f"\\connect {name}")
    lines += [f"{grant.as_string(None)};" for grant in _grants(database)]
    return "\n".join(lines) + "\n"


def database_grants(database: str) -> Iterator[sql.Composed]:
    """Yield who may connect to a database; these grants do not come along when it is cloned."""
    yield sql.SQL("revoke all on database {} from public").format(sql.Identifier(database))
    # Temporary tables carry bulk imports: COPY is refused on tables with row-level security.
    yield sql.SQL("grant connect, temporary on database {} to {}").format(sql.Identifier(database), sql.Identifier(APP))


def _grants(database: str) -> Iterator[sql.SQL | sql.Composed]:
    """Yield what is done inside the database: extensions, and who may connect."""
    for extension in EXTENSIONS:
        yield sql.SQL("create extension if not exists {}").format(sql.Identifier(extension))
    # Owning objects as a role that cannot log in needs membership for whoever creates them.
    yield sql.SQL("grant {} to {}").format(sql.Identifier(SEARCH), sql.Identifier(OWNER))
    yield from database_grants(database)
    yield sql.SQL("revoke create on schema public from public")
    yield sql.SQL("grant usage on schema public to {}, {}").format(sql.Identifier(APP), sql.Identifier(SEARCH))


def _verifier(connection: psycopg.Connection, role: str, password: str) -> str:
    """Return the SCRAM verifier of a password, computed on this side."""
    return connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
