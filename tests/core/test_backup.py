"""Backup and restore: a round trip, a refusal that changes nothing, a restore that is all or nothing."""

from __future__ import annotations

import hashlib
import stat
import zipfile
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
    backup.backup(clone.owner_url, tmp_path / "file.hrms", tmp_path / "files")
    return tmp_path / "file.hrms"


def test_a_round_trip_brings_everything_back(clone: Database, saved: Path) -> None:
    before = _structure(clone)
    assert len(before) > 100
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    _add(clone, "backup.after")
    with psycopg.connect(conninfo(clone.owner_url)) as owner:
        owner.execute("create table left_over (id int)")
    done = backup.restore(clone.owner_url, saved, saved.parent / "restored")
    assert done.size == saved.stat().st_size
    assert _names(clone) == ["backup.before"]
    assert _structure(clone) == before
    assert startup.check(clone.url) == []


def test_a_restore_into_an_empty_database(clone: Database, saved: Path) -> None:
    before = _structure(clone)
    with psycopg.connect(conninfo(clone.owner_url)) as owner:
        owner.execute("drop owned by hrms_owner, hrms_search cascade")
    backup.restore(clone.owner_url, saved, saved.parent / "restored")
    assert _structure(clone) == before


def test_a_damaged_file_changes_nothing(clone: Database, saved: Path) -> None:
    whole = saved.read_bytes()
    saved.write_bytes(whole[: len(whole) * 2 // 3])
    _add(clone, "backup.after")
    with pytest.raises(backup.BackupError):
        backup.restore(clone.owner_url, saved, saved.parent / "restored")
    assert _names(clone) == ["backup.after", "backup.before"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a workbook", b"-- SQL"])
def test_another_file_is_named(clone: Database, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(backup.NotABackup, match="other"):
        backup.restore(clone.owner_url, tmp_path / "other", tmp_path / "files")


def _put(database: Database, kept: Path, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    (kept / sha256[:2]).mkdir(parents=True, exist_ok=True)
    (kept / sha256[:2] / sha256).write_bytes(content)
    with psycopg.connect(conninfo(database.owner_url)) as owner:
        owner.execute(
            "insert into stored_files (sha256, bytes, media_type) values (%s, %s, 'application/pdf')",
            [sha256, len(content)],
        )
    return sha256


def test_kept_files_come_back_with_the_rows(clone: Database, tmp_path: Path) -> None:
    first, second = (_put(clone, tmp_path / "files", content) for content in (b"%PDF-1", b"%PDF-2"))
    done = backup.backup(clone.owner_url, tmp_path / "file.hrms", tmp_path / "files")
    assert (done.files, list(done.missing)) == (2, [])
    (tmp_path / "files" / first[:2] / first).write_bytes(b"overwritten")
    (tmp_path / "files" / second[:2] / second).unlink()
    assert backup.restore(clone.owner_url, tmp_path / "file.hrms", tmp_path / "files").files == 2
    for sha256, content in ((first, b"%PDF-1"), (second, b"%PDF-2")):
        path = tmp_path / "files" / sha256[:2] / sha256
        assert path.read_bytes() == content
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_the_disk_has_lost_is_named_and_stops_nothing(clone: Database, tmp_path: Path) -> None:
    here, lost = (_put(clone, tmp_path / "files", content) for content in (b"%PDF-1", b"%PDF-2"))
    (tmp_path / "files" / lost[:2] / lost).unlink()
    done = backup.backup(clone.owner_url, tmp_path / "file.hrms", tmp_path / "files")
    assert (done.files, list(done.missing)) == (1, [lost])
    backup.restore(clone.owner_url, tmp_path / "file.hrms", tmp_path / "restored")
    assert [path.name for path in (tmp_path / "restored").rglob("*") if path.is_file()] == [here]


def test_a_backup_from_before_there_were_files_is_taken(clone: Database, saved: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(saved) as archive:
        old = tmp_path / "old.hrms"
        old.write_bytes(archive.read(backup.DUMP))
    assert old.read_bytes().startswith(backup.MAGIC)
    _add(clone, "backup.after")
    assert backup.restore(clone.owner_url, old, tmp_path / "files").files == 0
    assert _names(clone) == ["backup.before"]


def test_a_backup_whose_file_is_not_what_its_name_says_is_refused(clone: Database, saved: Path, tmp_path: Path) -> None:
    _add(clone, "backup.after")
    with zipfile.ZipFile(saved, "a") as archive:
        archive.writestr(backup.FILES + "0" * 64, b"other")
    with pytest.raises(backup.BackupError, match="0" * 64):
        backup.restore(clone.owner_url, saved, tmp_path / "files")
    assert _names(clone) == ["backup.after", "backup.before"]
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["files/../../out", "files/short"])
def test_a_backup_with_other_names_is_refused(clone: Database, saved: Path, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(saved, "a") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(backup.NotABackup):
        backup.restore(clone.owner_url, saved, tmp_path / "files")


def test_a_folder_that_cannot_be_written_is_named(clone: Database, tmp_path: Path) -> None:
    with pytest.raises(backup.BackupError, match="missing"):
        backup.backup(clone.owner_url, tmp_path / "missing" / "file", tmp_path / "files")


def test_nobody_is_there_at_first(clone: Database) -> None:
    assert not backup.holds_people(clone.owner_url)
