"""Migrations: one line of them, up and down, ending where the models are; an owner's UPDATE reaches its rows."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.dialects.postgresql.base import ischema_names

from hrms.core import migrate
from hrms.core.db import Ltree, db
from hrms.core.jobs import conninfo
from tests.conftest import Database

OBJECTS = """
    select 'table ' || c.oid::regclass::text from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'S', 'm', 'p')
       and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')
    union all
    select 'function ' || p.oid::regprocedure::text from pg_proc p
     where p.pronamespace = 'public'::regnamespace
       and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    union all
    select 'type ' || t.typname from pg_type t
     where t.typnamespace = 'public'::regnamespace and t.typtype in ('e', 'd')
"""


def _objects(database: Database) -> set[str]:
    with psycopg.connect(conninfo(database.owner_url)) as owner:
        return {name for (name,) in owner.execute(OBJECTS)}


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(migrate.FOLDER))


def test_they_form_one_numbered_line() -> None:
    names = [script.revision for script in reversed(list(_scripts().walk_revisions()))]
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]{3,27}", name) for name in names)
    assert names[-1] == migrate.head()


def test_the_database_is_what_the_models_say(app: Flask, shared: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ischema_names, "ltree", Ltree)
    ours = set(db.metadata.tables)
    engine = sa.create_engine(shared.owner_url, poolclass=sa.NullPool)

    def known(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return kind != "table" or name in ours or not str(name).startswith(("procrastinate_", "alembic_"))

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": known, "compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_down_to_nothing_and_up_again(clone: Database) -> None:
    before = _objects(clone)
    migrate.downgrade(clone.owner_url, "base")
    assert _objects(clone) == {"table alembic_version"}
    assert migrate.upgrade(clone.owner_url) == [
        script.revision for script in reversed(list(_scripts().walk_revisions()))
    ]
    assert _objects(clone) == before
    assert migrate.upgrade(clone.owner_url) == []


def test_a_failing_migration_leaves_nothing_of_itself(clone: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    last = next(iter(_scripts().walk_revisions()))
    migrate.downgrade(clone.owner_url, str(last.down_revision))
    before = _objects(clone)
    with psycopg.connect(conninfo(clone.owner_url)) as owner:
        owner.execute("create table blocker (id int)")
        owner.execute("create function refuse() returns event_trigger language plpgsql as $$ begin raise 'no'; end $$")
    with psycopg.connect(conninfo(clone.superuser_url)) as superuser:
        superuser.execute("create event trigger refuse_all on ddl_command_end execute function refuse()")
        superuser.execute("alter role hrms_owner set lock_timeout to default")
    with pytest.raises(sa.exc.DBAPIError):
        migrate.upgrade(clone.owner_url)
    with psycopg.connect(conninfo(clone.superuser_url)) as superuser:
        superuser.execute("drop event trigger refuse_all")
        superuser.execute("drop function refuse()")
        superuser.execute("drop table blocker")
    assert _objects(clone) == before
    assert migrate.upgrade(clone.owner_url) == [last.revision]


def test_an_owners_update_reaches_every_row(clone: Database) -> None:
    engine = sa.create_engine(clone.owner_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        migrate.prepare(connection)
        scope = connection.execute(sa.text("select current_setting('hrms.scope'), current_setting('lock_timeout')"))
        assert tuple(scope.one()) == ("{0}", "15s")
        bypasses = connection.execute(sa.text("select rolbypassrls from pg_roles where rolname = current_user"))
        assert bypasses.scalar_one() is True


@pytest.mark.parametrize("path", sorted(migrate.FOLDER.glob("versions/*.py")), ids=lambda path: Path(path).stem)
def test_each_says_what_it_does_and_can_step_back(path: Path) -> None:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.__doc__
    assert module.revision == path.stem
    assert callable(module.upgrade)
    assert callable(module.downgrade)
