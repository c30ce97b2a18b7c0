"""What a process asks of the live database before it serves: a harmless role, and a schema of its own version."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, ProgrammingError

from hrms.core import migrate
from hrms.core.i18n import _

LEAST_VERSION = 15

_ROLE = sa.text(
    """
    select current_user as name,
           current_setting('server_version_num')::int / 10000 as version,
           me.rolsuper as superuser,
           me.rolbypassrls as bypass,
           exists (select 1 from pg_roles r where r.oid <> me.oid and (r.rolsuper or r.rolbypassrls)
                   and pg_has_role(me.oid, r.oid, 'member')) as inherits,
           pg_has_role(me.oid, (select datdba from pg_database where datname = current_database()), 'member')
           or exists (select 1 from pg_namespace n where n.nspname = current_schema()
                      and pg_has_role(me.oid, n.nspowner, 'member'))
           or exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
                      where n.nspname = current_schema() and c.relkind in ('r', 'p', 'v', 'm')
                      and pg_has_role(me.oid, c.relowner, 'member')) as owner
      from pg_roles me
     where me.rolname = current_user
    """
)


class NotReady(RuntimeError):
    """The database must not be served from; `problems` holds one sentence for each reason."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def require(database_url: str) -> None:
    """Raise `NotReady` unless web and worker processes may use `database_url` as it is."""
    problems = check(database_url)
    if problems:
        raise NotReady(*problems)


def check(database_url: str) -> list[str]:
    """Return what forbids serving from `database_url`: unreachable, too old, a powerful role, another schema."""
    engine = sa.create_engine(database_url, poolclass=sa.NullPool, connect_args={"connect_timeout": 10})
    try:
        with engine.connect() as connection:
            return role_problems(connection) + migration_problems(connection)
    except OperationalError:
        url = sa.make_url(database_url)
        where = f"{url.host or url.query.get('host', '')}/{url.database}"
        return [_("Không kết nối được cơ sở dữ liệu %(where)s. Hãy kiểm tra máy chủ, tên và mật khẩu.", where=where)]
    finally:
        engine.dispose()


def role_problems(connection: sa.Connection) -> list[str]:
    """Return why the connection's role must not serve: row-level security would not bind it."""
    row = connection.execute(_ROLE).one()
    problems = []
    remedy = _("Trang web phải dùng vai trò hrms_app; xem docs/operations.md.")
    if row.version < LEAST_VERSION:
        problems.append(
            _("PostgreSQL %(version)s quá cũ; cần phiên bản %(least)s trở lên.",
              version=row.version, least=LEAST_VERSION)
        )  # fmt: skip
    if row.superuser:
        problems.append(_("Vai trò “%(role)s” là siêu người dùng, đọc được mọi hồ sơ.", role=row.name) + " " + remedy)
        return problems
    if row.bypass or row.inherits:
        problems.append(_("Vai trò “%(role)s” vượt được phân quyền theo dòng.", role=row.name) + " " + remedy)
    if row.owner:
        problems.append(_("Vai trò “%(role)s” sở hữu dữ liệu, tự gỡ được khóa.", role=row.name) + " " + remedy)
    return problems


def migration_problems(connection: sa.Connection) -> list[str]:
    """Return how the schema differs from the one this version of the program was written for."""
    wanted = migrate.head()
    try:
        with connection.begin_nested():
            found = connection.execute(sa.text("select version_num from alembic_version")).scalars().all()
    except ProgrammingError:
        found = []
    if list(found) == ([wanted] if wanted else []):
        return []
    return [
        _("Cơ sở dữ liệu ở bản “%(found)s”, chương trình cần bản “%(wanted)s”. Hãy chạy: hrms db upgrade",
          found=", ".join(found) or "0", wanted=wanted)
    ]  # fmt: skip
