"""Backup to one file and back, with PostgreSQL's own pg_dump and psql, through the owner's connection.

The file is a ZIP archive: `database.dump` in PostgreSQL's own format, and `files/<sha256>` for each kept file; backups
from before there were kept files are the dump alone, and are taken too. A restore is one transaction: the database
holds either what it held before, or exactly what the file holds. Kept files only ever come on top: they lie under the
hash of their content, so those brought back by a restore that fails disturb nothing, and the daily work removes them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from hrms.core import roles
from hrms.core.embedded.programs import client_programs
from hrms.core.i18n import _

MAGIC = b"PGDMP"
DUMP = "database.dump"
FILES = "files/"

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
-- A dump carries no statistics; without them the first lists after a restore are planned blindly.
analyze (skip_locked);
"""


class BackupError(RuntimeError):
    """The backup or the restore was refused or failed; nothing changed. The text is a sentence with the reason."""


class NotABackup(BackupError):
    """The file is not a backup."""


@dataclass(frozen=True, slots=True)
class Done:
    """Size of the file in bytes, how long it took, how many kept files came along and which were not on the disk."""

    size: int
    seconds: float
    files: int = 0
    missing: Sequence[str] = ()


def backup(owner_url: str, target: Path, kept: Path) -> Done:
    """Write the whole database and the files in `kept` to `target`, readable by this user only; whole or not at all.

    A kept file the disk has lost is named in the answer and does not stop the rest. Raises `BackupError`.
    """
    from hrms.core.files.keeping import path_of

    began = time.monotonic()
    partial, dump = target.with_name(target.name + ".part"), target.with_name(target.name + ".dump.part")
    try:
        for path in (partial, dump):
            path.unlink(missing_ok=True)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        programs = client_programs(_server_version(owner_url))
        with _nothing_swept(owner_url) as connection:
            _run([programs / "pg_dump", "--format=custom", "--no-password", f"--file={dump}"], owner_url)
            wanted = _kept_files(connection)
            missing = [sha256 for sha256 in wanted if not path_of(sha256, kept).is_file()]
            # Nothing is deflated: the dump is already, and so are scans and photographs.
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
                archive.write(dump, DUMP)
                dump.unlink()
                for sha256 in sorted(set(wanted) - set(missing)):
                    archive.write(path_of(sha256, kept), FILES + sha256)
        partial.replace(target)
    except OSError as error:
        raise BackupError(_("Không ghi được %(path)s: %(why)s.", path=target, why=error.strerror)) from error
    finally:
        partial.unlink(missing_ok=True)
        dump.unlink(missing_ok=True)
    return Done(target.stat().st_size, time.monotonic() - began, len(wanted) - len(missing), missing)


@contextmanager
def _nothing_swept(owner_url: str) -> Iterator[sa.Connection]:
    """Keep the daily removal of files off until the block is over: what the dump points to stays to be copied."""
    from hrms.core.files.keeping import LOCK

    engine = sa.create_engine(owner_url, poolclass=sa.NullPool)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.select(sa.func.pg_advisory_lock_shared(LOCK)))
            yield connection
    finally:
        engine.dispose()


def _kept_files(connection: sa.Connection) -> list[str]:
    if connection.execute(sa.text("select to_regclass('stored_files')")).scalar() is None:
        return []
    return list(connection.execute(sa.text("select sha256 from stored_files")).scalars())


def restore(owner_url: str, source: Path, kept: Path) -> Done:
    """Put the database back to what `source` holds, and its files into `kept`.

    Raises `NotABackup` or `BackupError`; then the database is as it was.
    """
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hrms-restore-")))
        dump, files = _opened(source, folder, kept)
        programs = client_programs(_server_version(owner_url))
        before, wanted, script, after = (folder / name for name in ("before.sql", "list", "script.sql", "after.sql"))
        before.write_text(_BEFORE)
        after.write_text(_AFTER)
        listed = _run([programs / "pg_restore", "--list", dump], None)
        # Extensions belong to the superuser who made them, and the schema to the database: both stay as they are.
        wanted.write_text("\n".join(line for line in listed.splitlines() if not _is_ground(line)))
        _run([programs / "pg_restore", f"--use-list={wanted}", f"--file={script}", dump], None)
        _run(
            [programs / "psql", "--no-psqlrc", "--quiet", "--no-password", "--single-transaction",
             "--set=ON_ERROR_STOP=1", f"--file={before}", f"--file={script}", f"--file={after}"],
            owner_url,
        )  # fmt: skip
    return Done(source.stat().st_size, time.monotonic() - began, files)


def _opened(source: Path, folder: Path, kept: Path) -> tuple[Path, int]:
    """Return where the dump of a backup lies, and how many files of it now lie in `kept`. Raises `NotABackup`."""
    from hrms.core.files.keeping import HASH

    not_ours = NotABackup(_("Tệp %(path)s không phải bản sao lưu của chương trình này.", path=source))
    try:
        with source.open("rb") as handle:
            if handle.read(len(MAGIC)) == MAGIC:
                return source, 0
        with zipfile.ZipFile(source) as archive:
            if DUMP not in archive.namelist():
                raise not_ours
            hashes = [name.removeprefix(FILES) for name in archive.namelist() if name.startswith(FILES)]
            if not all(HASH.fullmatch(sha256) for sha256 in hashes):
                raise not_ours
            dump = Path(archive.extract(DUMP, folder))
            for sha256 in hashes:
                _bring_back(archive, sha256, kept)
            return dump, len(hashes)
    except zipfile.BadZipFile as error:
        raise not_ours from error
    except OSError as error:
        raise NotABackup(_("Không đọc được %(path)s: %(why)s.", path=source, why=error.strerror)) from error


def _bring_back(archive: zipfile.ZipFile, sha256: str, kept: Path) -> None:
    """Put one file of a backup in its place unless it is there and whole."""
    from hrms.core.files.keeping import PART, path_of
    from hrms.core.files.tending import digest

    target = path_of(sha256, kept)
    if target.is_file() and digest(target) == sha256:
        return
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = kept / f"{PART}{sha256}"
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            with archive.open(FILES + sha256) as content:
                shutil.copyfileobj(content, out)
            out.flush()
            os.fsync(out.fileno())
        if digest(part) != sha256:
            raise BackupError(_("Bản sao lưu bị hỏng: tệp %(hash)s khác mã băm của nó.", hash=sha256))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


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
