"""Backup and restore: a round trip, a refusal that changes nothing, a restore that is all or nothing."""

from __future__ import annotations

import stat
from pathlib import Path

import psycopg
import pytest

from hrms.core import backup, startup
from hrms.core.jobs import conninfo
from tests.conftest import Database

STRUCTURE = """
    select 'table', c.relname, r.rolname, c.relrowsecurity::text || c.relforcerowsecurity::text, c.relacl::text
      from pg_class c join pg_roles r on r.oid = c.relowner
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'S', 'm', 'p')
    union all
    select 'function', p.oid::regprocedure::text, r.rolname, p.prosecdef::text, p.proacl::text
      from pg_proc p join pg_roles r on r.oid = p.proowner
     where p.pronamespace = 'public'::regnamespace
    union all
    select 'policy', polname, polrelid::regclass::text || polcmd::text, pg_get_expr(polqual, polrelid),
           pg_get_expr(polwithcheck, polrelid)
      from pg_policy
    union all
    select 'constraint', conname, conrelid::regclass::text, pg_get_constraintdef(oid), ''
      from pg_constraint where connamespace = 'public'::regnamespace
    union all
    select 'index', indexname, tablename, indexdef, '' from pg_indexes where schemaname = 'public'
    union all
    select 'trigger', tgname, tgrelid::regclass::text, pg_get_triggerdef(oid), '' from pg_trigger where not tgisinternal
    union all
    select 'schema', nspname, nspowner::regrole::text, nspacl::text, '' from pg_namespace where nspname = 'public'
    order by 1, 2, 3, 4
"""
ADD = "insert into settings (name, value, note) values (%s, '1', '')"
NAMES = "select name from settings where name like 'backup.%' order by name"


def _structure(database: Database) -> list[tuple[str, ...]]:
    with psycopg.connect(conninfo(database.superuser_url)) as connection:
        return connection.execute(STRUCTURE).fetchall()


def _add(database: Database, name: str) -> None:
    with psycopg.connect(conninfo(database.owner_url)) as owner:
        owner.execute(ADD, [name])


def _names(database: Database) -> list[str]:
    with psycopg.connect(conninfo(database.owner_url)) as owner:
        return [name for (name,) in owner.execute(NAMES)]


@pytest.fixture
def saved(clone: Database, tmp_path: Path) -> Path:
    _add(clone, "backup.before")
    backup.backup(clone.owner_url, tmp_path / "file.hrms")
    return tmp_path / "file.hrms"


def test_a_round_trip_brings_everything_back(clone: Database, saved: Path) -> None:
    before = _structure(clone)
    assert len(before) > 100
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    _add(clone, "backup.after")
    with psycopg.connect(conninfo(clone.owner_url)) as owner:
        owner.execute("create table left_over (id int)")
    done = backup.restore(clone.owner_url, saved)
    assert done.size == saved.stat().st_size
    assert _names(clone) == ["backup.before"]
    assert _structure(clone) == before
    assert startup.check(clone.url) == []


def test_a_restore_into_an_empty_database(clone: Database, saved: Path) -> None:
    before = _structure(clone)
    with psycopg.connect(conninfo(clone.owner_url)) as owner:
        owner.execute("drop owned by hrms_owner, hrms_search cascade")
    backup.restore(clone.owner_url, saved)
    assert _structure(clone) == before


def test_a_damaged_file_changes_nothing(clone: Database, saved: Path) -> None:
    whole = saved.read_bytes()
    saved.write_bytes(whole[: len(whole) * 2 // 3])
    _add(clone, "backup.after")
    with pytest.raises(backup.BackupError):
        backup.restore(clone.owner_url, saved)
    assert _names(clone) == ["backup.after", "backup.before"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a workbook", b"-- SQL"])
def test_another_file_is_named(clone: Database, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(backup.NotABackup, match="other"):
        backup.restore(clone.owner_url, tmp_path / "other")


def test_a_folder_that_cannot_be_written_is_named(clone: Database, tmp_path: Path) -> None:
    with pytest.raises(backup.BackupError, match="missing"):
        backup.backup(clone.owner_url, tmp_path / "missing" / "file")


def test_nobody_is_there_at_first(clone: Database) -> None:
    assert not backup.holds_people(clone.owner_url)
