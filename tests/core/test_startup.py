"""The live database is asked before serving: harmless role, schema of this version."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa

from hrms.core import migrate, startup
from hrms.core.jobs import conninfo
from tests.conftest import Database


def test_the_application_role_may_serve(shared: Database) -> None:
    assert startup.check(shared.url) == []
    startup.require(shared.url)


@pytest.mark.parametrize(("url", "word"), [("superuser_url", "siêu người dùng"), ("owner_url", "sở hữu")])
def test_a_powerful_role_is_refused(shared: Database, url: str, word: str) -> None:
    with pytest.raises(startup.NotReady, match=word):
        startup.require(getattr(shared, url))


def test_a_role_that_can_become_a_powerful_one_is_refused(clone: Database) -> None:
    with psycopg.connect(conninfo(clone.superuser_url)) as superuser:
        superuser.execute("grant hrms_owner to hrms_app")
        superuser.commit()
        try:
            assert len(startup.check(clone.url)) == 2
        finally:
            superuser.execute("revoke hrms_owner from hrms_app")
            superuser.commit()  # also when the assertion fails: the role is shared by every test


def test_an_unmigrated_database_is_refused(clone: Database) -> None:
    with psycopg.connect(conninfo(clone.owner_url)) as owner:
        owner.execute("update alembic_version set version_num = '0001_foundation'")
    (problem,) = startup.check(clone.url)
    assert "0001_foundation" in problem
    assert migrate.head() in problem
    with psycopg.connect(conninfo(clone.owner_url)) as owner:
        owner.execute("drop table alembic_version")
    (problem,) = startup.check(clone.url)
    assert "hrms db upgrade" in problem


def test_an_unreachable_database_is_named_without_its_password(shared: Database) -> None:
    url = sa.make_url(shared.url).set(password="wrong-password").render_as_string(hide_password=False)
    (problem,) = startup.check(url)
    assert "Không kết nối được" in problem
    assert "wrong-password" not in problem
