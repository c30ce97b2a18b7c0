"""Backup to one file and back, with PostgreSQL's own pg_dump and psql, through the owner's connection.

A restore is one transaction: the database holds either what it held before, or exactly what the file holds.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from hrms.core import roles
from hrms.core.embedded.programs import client_programs
from hrms.core.i18n import _

MAGIC = b"PGDMP"

# What the file brings back is first taken away whole; owning functions as a role that cannot log in needs, for as long
# as they are made, that role's right to create in the schema.
_BEFORE = f"""
set lock_timeout = '60s';
drop owned by {roles.OWNER}, {roles.SEARCH} cascade;
grant usage, create on schema public to {roles.SEARCH};
"""
_AFTER = f"""
reset all;
revoke create on schema public from {roles.SEARCH};
grant usage on schema public to {roles.APP}, {roles.SEARCH};
"""


class BackupError(RuntimeError):
    """The backup or the restore was refused or failed; nothing changed. The text is a sentence with the reason."""


class NotABackup(BackupError):
    """The file is not a backup."""


@dataclass(frozen=True, slots=True)
class Done:
    """Size of the file in bytes, and how long it took."""

    size: int
    seconds: float


def backup(owner_url: str, target: Path) -> Done:
    """Write the whole database to `target`, readable by this user only; whole or not at all.

    Raises `BackupError`.
    """
    began = time.monotonic()
    partial = target.with_name(target.name + ".part")
    try:
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        programs = client_programs(_server_version(owner_url))
        _run([programs / "pg_dump", "--format=custom", "--no-password", f"--file={partial}"], owner_url)
        partial.replace(target)
    except OSError as error:
        raise BackupError(_("Không ghi được %(path)s: %(why)s.", path=target, why=error.strerror)) from error
    finally:
        partial.unlink(missing_ok=True)
    return Done(target.stat().st_size, time.monotonic() - began)


def restore(owner_url: str, source: Path) -> Done:
    """Put the database back to what `source` holds. Raises `NotABackup` or `BackupError`; then nothing changed."""
    began = time.monotonic()
    try:
        with source.open("rb") as handle:
            if handle.read(len(MAGIC)) != MAGIC:
                raise NotABackup(_("Tệp %(path)s không phải bản sao lưu của chương trình này.", path=source))
    except OSError as error:
        raise NotABackup(_("Không đọc được %(path)s: %(why)s.", path=source, why=error.strerror)) from error
    programs = client_programs(_server_version(owner_url))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hrms-restore-")))
        before, wanted, script, after = (folder / name for name in ("before.sql", "list", "script.sql", "after.sql"))
        before.write_text(_BEFORE)
        after.write_text(_AFTER)
        listed = _run([programs / "pg_restore", "--list", source], None)
        # Extensions belong to the superuser who made them, and the schema to the database: both stay as they are.
        wanted.write_text("\n".join(line for line in listed.splitlines() if not _is_ground(line)))
        _run([programs / "pg_restore", f"--use-list={wanted}", f"--file={script}", source], None)
        _run(
            [programs / "psql", "--no-psqlrc", "--quiet", "--no-password", "--single-transaction",
             "--set=ON_ERROR_STOP=1", f"--file={before}", f"--file={script}", f"--file={after}"],
            owner_url,
        )  # fmt: skip
    return Done(source.stat().st_size, time.monotonic() - began)


def holds_people(owner_url: str) -> bool:
    """Say whether the database has anybody's record in it."""
    engine = sa.create_engine(owner_url, poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            if connection.execute(sa.text("select to_regclass('people')")).scalar() is None:
                return False
            return bool(connection.execute(sa.text("select exists (select 1 from people)")).scalar())
    finally:
        engine.dispose()


def _is_ground(line: str) -> bool:
    """Tell whether a line of pg_restore's list is about an extension or a schema's existence."""
    words = line.split(";", 1)[-1].split()[2:5]
    return words[:1] in (["EXTENSION"], ["SCHEMA"]) or words[:3] == ["COMMENT", "-", "EXTENSION"]


def _server_version(owner_url: str) -> int:
    engine = sa.create_engine(owner_url, poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            return int(connection.execute(sa.text("show server_version_num")).scalar_one()) // 10000
    except sa.exc.OperationalError as error:
        raise BackupError(_("Không kết nối được cơ sở dữ liệu bằng vai trò chủ sở hữu.")) from error
    finally:
        engine.dispose()


def _environment(url: URL) -> dict[str, str]:
    """Return libpq's settings for a URL: in the environment, since an argument would show the password to everyone."""
    query = {name: value if isinstance(value, str) else value[0] for name, value in url.query.items()}
    found = {
        "PGHOST": url.host or query.get("host", ""),
        "PGPORT": str(url.port or query.get("port", "5432")),
        "PGUSER": url.username or "",
        "PGPASSWORD": str(url.password or ""),
        "PGDATABASE": url.database or "",
        "PGSSLMODE": query.get("sslmode", ""),
        "PGCLIENTENCODING": "UTF8",
    }
    return {name: value for name, value in found.items() if value}


def _run(command: list[str | Path], owner_url: str | None) -> str:
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
    if owner_url:
        environment |= _environment(make_url(owner_url))
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        name = Path(command[0]).name
        raise BackupError(_("%(name)s không làm được: %(why)s", name=name, why=done.stderr.strip()[:600]))
    return done.stdout
