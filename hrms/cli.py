"""The `hrms` command: running the program and its database here, the rest from the domains."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import procrastinate
import psycopg
from flask import Flask
from sqlalchemy.engine import make_url

import config as configuration
from hrms.core import backup as backups
from hrms.core import console, embedded, migrate, roles, startup
from hrms.core.console import say
from hrms.core.errors import HrmsError
from hrms.core.i18n import _, render
from hrms.core.server import AlreadyRunning, Place, ServerError, Supervisor, start_bound
from seed import load_catalogues

DOMAIN_COMMANDS: tuple[str, ...] = (
    "hrms.audit.cli",
    "hrms.accounts.cli",
    "hrms.people.cli",
    "hrms.positions.cli",
    "hrms.training.cli",
    "hrms.performance.cli",
    "hrms.pay.cli",
    "hrms.pay.cli_raises",
    "hrms.imports.cli",
    "seed.demo.cli",
)
"""Modules with a tuple `COMMANDS` of click commands; groups of one name are merged."""

SAID_ERRORS = (
    embedded.EmbeddedError, configuration.Misconfigured, startup.NotReady, ServerError, backups.BackupError,
)  # fmt: skip


class Session:
    """What a command may use: the settings, the database, the application; made when first asked for."""

    def __init__(self) -> None:
        self.as_json = False
        self._settings: configuration.Config | None = None
        self._homes: set[Path] = set()

    def settings(self) -> configuration.Config:
        """Return the settings of the environment. Raises `config.Misconfigured`."""
        if self._settings is None:
            self._settings = configuration.load()
        return self._settings

    def database(self) -> configuration.Config:
        """Return the settings with both database addresses known, the embedded server running if it is the one."""
        found = self.settings()
        if found.embedded:
            endpoints = embedded.ensure_running(found.HRMS_HOME)
            self._homes.add(found.HRMS_HOME)
            found.use_database(endpoints.database_url)
            found.owner_url = endpoints.owner_url
        return found

    @property
    def uses_embedded(self) -> bool:
        """Say whether this process holds an embedded server."""
        return bool(self._homes)

    def owner_url(self) -> str:
        """Return the owner's address. Raises `config.Misconfigured` where this process was not given it."""
        found = self.database()
        if not found.owner_url:
            raise configuration.Misconfigured(
                _("Lệnh này cần HRMS_OWNER_DATABASE_URL, địa chỉ của vai trò chủ sở hữu dữ liệu.")
            )
        return found.owner_url

    def upgrade(self, report: Callable[[str], None]) -> list[str]:
        """Bring the schema and the catalogues of the law to this version; return the migrations applied."""
        applied = migrate.upgrade(self.owner_url(), report=report)
        load_catalogues(self.owner_url())
        return applied

    def app(self, *, owner: bool = False) -> Flask:
        """Return the application over a migrated database: as `hrms_app`, or as the owner for demo data and bulk loads.

        An embedded database is migrated on the way; another one must have been. Raises `startup.NotReady`.
        """
        from hrms.app import create_app

        found = self.database()
        if self._homes or owner:
            self.upgrade(lambda _name: None)
        startup.require(found.database_url)
        if owner:
            found.SQLALCHEMY_DATABASE_URI = self.owner_url()
        return create_app(found)

    def close(self) -> None:
        """Let go of the embedded server; it stops when nobody else uses it."""
        for home in self._homes:
            embedded.release(home)


class Root(click.Group):
    """The top of the command line: every command below it takes `--json`, wherever it comes from."""

    _loaded = False

    def load(self) -> None:
        """Attach the domains' commands; only when asked for, since they import nearly everything."""
        if not self._loaded:
            self._loaded = True
            for name in DOMAIN_COMMANDS:
                for command in import_module(name).COMMANDS:
                    console.merge(self, command)
            _add_json(self)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Give the commands here their common option, then parse as usual."""
        _add_json(self)
        return super().make_context(*args, **kwargs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command of this module at once, one of a domain after loading them."""
        if cmd_name not in self.commands:
            self.load()
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, for `--help`."""
        self.load()
        return super().list_commands(ctx)


def _add_json(command: click.Command) -> None:
    if not any(parameter.name == "as_json" for parameter in command.params):
        command.params.append(
            click.Option(
                ["--json", "as_json"], is_flag=True, expose_value=False, callback=_want_json,
                help=_("In một đối tượng JSON ra đầu ra chuẩn."),
            )
        )  # fmt: skip
    if isinstance(command, click.Group):
        for part in command.commands.values():
            _add_json(part)


def _want_json(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        context.obj.as_json = True


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Hồ sơ cán bộ, công chức, viên chức: chạy chương trình, nhập, xuất, kiểm tra."""


@cli.command()
@click.option("--host", help=_("Địa chỉ mạng; mặc định HRMS_HOST hoặc 127.0.0.1."))
@click.option("--port", type=click.IntRange(0, 65535), help=_("Cổng; mặc định HRMS_PORT hoặc 8000."))
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help=_("Số tiến trình trang web."))
@click.pass_obj
def serve(session: Session, host: str | None, port: int | None, workers: int) -> dict[str, Any]:
    """Chạy trang web và tiến trình công việc nền, cho đến khi được dừng."""
    return _serve(session, host, port, workers, people=None)


@cli.command()
@click.option("--host", help=_("Địa chỉ mạng; mặc định HRMS_HOST hoặc 127.0.0.1."))
@click.option("--port", type=click.IntRange(0, 65535), help=_("Cổng; mặc định HRMS_PORT hoặc 8000."))
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help=_("Số tiến trình trang web."))
@click.option("--people", type=click.IntRange(0), default=25583, show_default=True, help=_("Số người của tỉnh mẫu."))
@click.pass_obj
def run(session: Session, host: str | None, port: int | None, workers: int, people: int) -> dict[str, Any]:
    """Chuẩn bị mọi thứ ở lần đầu (dữ liệu mẫu), rồi chạy như `serve`."""
    return _serve(session, host, port, workers, people=people)


def _serve(session: Session, host: str | None, port: int | None, workers: int, people: int | None) -> dict[str, Any]:
    found = session.settings()
    port = found.port if port is None else port
    place = Place(configuration.ROOT, found.HRMS_HOME, host or found.host, port, workers)
    logs = None if found.HRMS_ENV == "production" else found.HRMS_HOME / "log"
    supervisor = Supervisor(place, say, logs)
    try:
        with supervisor.claim():
            address = supervisor.url
            say(_("Cơ sở dữ liệu…"))
            session.database()
            if found.owner_url:
                say(_("Cấu trúc dữ liệu, danh mục…"))
                session.upgrade(lambda name: say(f"  {name}"))
            startup.require(found.database_url)
            if people and found.DEMO_ALLOWED and found.owner_url:
                _first_demo(found, people)

            def ready() -> None:
                say(_("Đang chạy ở %(url)s", url=supervisor.url))
                _say_sign_ins(found, supervisor.url)
                if logs:
                    say(_("Nhật ký: %(folder)s. Dừng: Ctrl+C.", folder=logs))

            home = found.HRMS_HOME if session.uses_embedded else None
            if home is not None:
                embedded.watch(home)
            supervisor.run(database_url=found.database_url, ready=ready, embedded_home=home)
    except AlreadyRunning as running:
        say(_("Chương trình đang chạy ở %(url)s", url=running.url))
        return {"url": running.url, "already_running": True}
    return {"url": address, "already_running": False}


def _first_demo(found: configuration.Config, people: int) -> None:
    """Make the demo province once; a start cut short begins it again.

    In a process of its own: what it needs of memory must not stay with the supervisor.
    """
    done = found.HRMS_HOME / "demo-ready"
    if done.exists() or backups.holds_people(found.owner_url):
        return
    say(_("Tạo tỉnh mẫu với %(people)s người (chỉ ở lần đầu)…", people=people))
    command = [sys.executable, "-m", "hrms.cli", "demo", "--people", str(people)]
    environment = {**os.environ, "HRMS_HOME": str(found.HRMS_HOME)}
    if start_bound(command, configuration.ROOT, environment).wait():
        raise ServerError(_("Không tạo được tỉnh mẫu; lý do ở các dòng trên."))
    done.touch()


def _say_sign_ins(found: configuration.Config, url: str) -> None:
    """Show how to sign in to the demo province, where there is one."""
    path = found.HRMS_HOME / "demo-password"
    if found.DEMO_ALLOWED and path.exists():
        say(_("Đăng nhập thử tại %(url)s/login:", url=url))
        say("  admin · sonoivu · tochuc · thutruong · giangvien · thanhtra · canbo · vanthu · thamdinh · chutich")
        say(_("  mật khẩu: %(password)s", password=path.read_text().strip()))


@cli.group()
def db() -> None:
    """Cơ sở dữ liệu: nâng cấp, tạo vai trò."""


@db.command("upgrade")
@click.pass_obj
def db_upgrade(session: Session) -> dict[str, Any]:
    """Nâng cấu trúc dữ liệu lên bản của chương trình."""
    applied = session.upgrade(lambda name: say(f"  {name}"))
    say(_("Đã ở bản %(head)s.", head=migrate.head() or "0"))
    return {"applied": applied, "head": migrate.head()}


@db.command("bootstrap")
@click.option("--superuser-url", help=_("Địa chỉ của siêu người dùng PostgreSQL; bỏ trống để chỉ in ra câu lệnh SQL."))
@click.option("--database", default=roles.DATABASE, show_default=True, help=_("Tên cơ sở dữ liệu."))
@click.pass_obj
def db_bootstrap(session: Session, superuser_url: str | None, database: str) -> dict[str, Any]:
    """Tạo vai trò, cơ sở dữ liệu và phần mở rộng trên máy chủ PostgreSQL riêng."""
    if superuser_url is None:
        script = roles.script(database=database)
        if not session.as_json:
            click.echo(script, nl=False)  # on stdout, to be kept in a file
        return {"sql": script}
    import secrets

    url = make_url(superuser_url).set(drivername="postgresql")
    passwords = {role: secrets.token_urlsafe(32) for role in (roles.OWNER, roles.APP)}
    try:
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as superuser:
            roles.bootstrap(superuser, passwords, database=database).close()
    except psycopg.Error as error:
        raise configuration.Misconfigured(_("PostgreSQL từ chối: %(why)s", why=str(error).strip())) from error
    said = {
        name: url.set(username=role, password=passwords[role], database=database).render_as_string(hide_password=False)
        for name, role in (("HRMS_DATABASE_URL", roles.APP), ("HRMS_OWNER_DATABASE_URL", roles.OWNER))
    }
    say(_("Đã tạo. Hãy giữ kín hai dòng sau; mật khẩu không được lưu ở nơi nào khác."))
    for name, value in said.items():
        say(f"{name}={value}")
    return said


@cli.command()
@click.pass_obj
def worker(session: Session) -> None:
    """Làm các công việc nền; `serve` tự chạy lệnh này."""
    from hrms.core import jobs, logs, upkeep

    logs.configure()
    app = session.app()
    jobs.init_app(app)
    with app.app_context():
        upkeep.ensure(app)
    asyncio.run(_work(jobs.open_worker(session.database().database_url)))


async def _work(queue: procrastinate.App) -> None:
    async with queue.open_async():
        await queue.run_worker_async(name="hrms", concurrency=2, shutdown_graceful_timeout=10)


@cli.command()
@click.option("--files", "whole_files", is_flag=True, help=_("Đọc lại toàn bộ tệp đã lưu để so mã băm (lâu)."))
@console.in_app
def check(whole_files: bool) -> dict[str, Any]:
    """Kiểm tra mọi ràng buộc của dữ liệu; thoát với mã 1 khi có điều sai."""
    from hrms.core import files, hooks, scope

    problems = []
    with scope.everything():
        for item in hooks.checks:
            problems += [f"{item.name}: {found}" for found in item.run()]
            say(f"  {item.name}")
        if whole_files:
            name = _("nội dung của mọi tệp đã lưu")
            problems += [f"{name}: {found}" for found in files.check(whole=True)]
            say(f"  {name}")
    for problem in problems:
        say(problem)
    if problems:
        return console.refused({"problems": problems})
    say(_("Không có điều gì sai."))
    return {"problems": []}


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(session: Session, file: Path) -> dict[str, Any]:
    """Sao lưu toàn bộ dữ liệu và tệp đã lưu vào một tệp."""
    done = backups.backup(session.owner_url(), file, _kept_files(session))
    for sha256 in done.missing:
        say(_("tệp %(hash)s: không còn trên đĩa", hash=sha256))
    say(_("Đã sao lưu %(size)s MB vào %(path)s.", size=round(done.size / 1e6, 1), path=file))
    return {
        "bytes": done.size, "seconds": round(done.seconds, 2), "files": done.files, "missing_files": list(done.missing),
    }  # fmt: skip


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help=_("Thay dữ liệu đang có."))
@click.pass_obj
def restore(session: Session, file: Path, replace: bool) -> dict[str, Any]:
    """Phục hồi dữ liệu từ một tệp sao lưu, trong một giao dịch."""
    owner_url = session.owner_url()
    if not replace and backups.holds_people(owner_url):
        raise backups.BackupError(
            _("Cơ sở dữ liệu đang có hồ sơ. Nếu thật sự muốn thay bằng bản sao lưu, hãy thêm --replace.")
        )
    done = backups.restore(owner_url, file, _kept_files(session))
    session.upgrade(lambda name: say(f"  {name}"))
    _renumber_trail(session)
    say(_("Đã phục hồi từ %(path)s.", path=file))
    return {"bytes": done.size, "seconds": round(done.seconds, 2), "files": done.files}


def _kept_files(session: Session) -> Path:
    from hrms.core.files import folder

    return folder(session.settings().HRMS_HOME)


def _renumber_trail(session: Session) -> None:
    """Let the audit trail go on: in another server transactions count from elsewhere."""
    from hrms.audit import services as audit
    from hrms.core import scope
    from hrms.core.actor import Actor
    from hrms.core.unit import transaction

    with session.app(owner=True).app_context(), scope.everything(), transaction():
        audit.renumber(Actor.system())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its status; refusals are written, never a traceback."""
    session = Session()
    given = list(sys.argv[1:] if arguments is None else arguments)
    session.as_json = "--json" in given  # so that even an unusable command line answers as asked
    result: Any = None
    try:
        result = cli.main(given, prog_name="hrms", standalone_mode=False, obj=session)
        status = result if isinstance(result, int) else getattr(result, "exit_code", 0)
    except click.ClickException as error:
        error.show(sys.stderr)
        result, status = _problems([("", "unusable", error.format_message())]), 2
    except (click.Abort, KeyboardInterrupt):
        say(_("Đã dừng."))
        result, status = _problems([("", "stopped", _("Đã dừng."))]), 1
    except HrmsError as error:
        problems = [(problem.field, problem.code, render(problem)) for problem in error.problems]
        for _field, _code, text in problems:
            say(text)
        result, status = _problems(problems), 1
    except SAID_ERRORS as error:
        say(str(error))
        texts = getattr(error, "problems", (str(error),))
        result, status = _problems([("", "refused", text) for text in texts]), 1
        if isinstance(error, backups.NotABackup):
            status = 2
    finally:
        session.close()
    if session.as_json and isinstance(result, dict):
        click.echo(json.dumps(result, ensure_ascii=False, default=str))
    sys.stdout.flush()
    sys.exit(status)


def _problems(found: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    return {"problems": [{"field": name, "code": code, "message": text} for name, code, text in found]}


if __name__ == "__main__":
    main()
