"""The settings of one process, read from the environment; production refuses to start with unsafe ones.

`load()` gives the class for `HRMS_ENV`. Uppercase attributes go to Flask as they are; the others are for the
command line. Checks that need the live database are in `hrms/core/startup.py`.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from hrms.core.i18n import _

ROOT = Path(__file__).resolve().parent
SECRET_LENGTH = 32
KNOWN_SECRETS = frozenset({"secret", "secret-key", "dev", "development", "password", "hrms", "test", "default"})


class Misconfigured(RuntimeError):
    """The settings are unusable; `problems` holds one sentence for each."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Config:
    """What all kinds of process share.

    `environ` (the process's own unless given) is read once, here. Raises `Misconfigured` with every problem found.
    """

    name: ClassVar[str] = ""

    DEBUG = False
    TESTING = False
    HSTS = False
    DEMO_ALLOWED = True
    SESSION_COOKIE_NAME = "hrms_session"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = False
    REMEMBER_COOKIE_HTTPONLY = True
    REMEMBER_COOKIE_SAMESITE = "Lax"
    REMEMBER_COOKIE_SECURE = False
    PERMANENT_SESSION_LIFETIME = timedelta(hours=12)
    MAX_CONTENT_LENGTH = 64 * 1024 * 1024
    BOOTSTRAP_SERVE_LOCAL = True
    SEND_FILE_MAX_AGE_DEFAULT = timedelta(days=7)

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self.environ = dict(os.environ if environ is None else environ)
        self.problems: list[str] = []
        self.HRMS_HOME = Path(self.environ.get("HRMS_HOME") or ROOT / "instance").absolute()
        self.HRMS_ENV = self.name
        self.host = self.environ.get("HRMS_HOST") or "127.0.0.1"
        self.port = self._port()
        self.proxies = self._count("HRMS_PROXIES", most=5)
        """How many proxies of our own stand before the program and may be believed about the reader's address."""
        self.database_url = self._database_url("HRMS_DATABASE_URL")
        self.owner_url = self._database_url("HRMS_OWNER_DATABASE_URL")
        self.SECRET_KEY = self.environ.get("HRMS_SECRET_KEY", "")
        self.SQLALCHEMY_DATABASE_URI = self.database_url
        self.SQLALCHEMY_ENGINE_OPTIONS: dict[str, Any] = {
            "pool_size": 5,
            "max_overflow": 5,
            "pool_timeout": 10,
            "pool_pre_ping": True,
            "connect_args": {
                "connect_timeout": 10,
                "application_name": "hrms",
                # Only what asks for it is prepared (hrms.core.db.PLANNED_ONCE), not whatever has come a few times.
                "prepare_threshold": sys.maxsize,
            },
        }
        self._check()
        if self.problems:
            raise Misconfigured(*self.problems)

    @property
    def embedded(self) -> bool:
        """Say whether the program runs its own PostgreSQL under `HRMS_HOME`."""
        return not self.database_url

    def use_database(self, database_url: str) -> None:
        """Take the address of the application role's database, found after the environment was read."""
        self.database_url = self.SQLALCHEMY_DATABASE_URI = database_url

    def _check(self) -> None:
        """Add what this kind of process refuses."""

    def _port(self) -> int:
        given = self.environ.get("HRMS_PORT") or "8000"
        if not given.isascii() or not given.isdigit() or not 0 < int(given) < 65536:
            self.problems.append(_("HRMS_PORT là “%(given)s”; cần một số từ 1 đến 65535.", given=given))
            return 0
        return int(given)

    def _count(self, name: str, *, most: int) -> int:
        given = self.environ.get(name) or "0"
        if not given.isascii() or not given.isdigit() or int(given) > most:
            self.problems.append(
                _("%(name)s là “%(given)s”; cần một số từ 0 đến %(most)s.", name=name, given=given, most=most)
            )
            return 0
        return int(given)

    def _database_url(self, name: str) -> str:
        """Return the URL in `name` with the driver the program uses; "" when unset or not PostgreSQL's."""
        given = self.environ.get(name, "").strip()
        if not given:
            return ""
        try:
            url = make_url(given)
        except (ArgumentError, ValueError):
            self.problems.append(
                _("%(name)s không phải là địa chỉ cơ sở dữ liệu; mẫu: postgresql://người-dùng:mật-khẩu@máy/hrms",
                  name=name)
            )  # fmt: skip
            return ""
        if url.drivername not in {"postgres", "postgresql", "postgresql+psycopg"}:
            self.problems.append(
                _("%(name)s dùng “%(driver)s”; chương trình chỉ chạy trên PostgreSQL 15 trở lên.",
                  name=name, driver=url.drivername)
            )  # fmt: skip
            return ""
        return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


class Development(Config):
    """A person's own machine, and the demo province: a secret is made at first run and kept in `HRMS_HOME`."""

    name = "development"

    def _check(self) -> None:
        if not self.SECRET_KEY:
            self.SECRET_KEY = kept_secret(self.HRMS_HOME / "secret-key")


class Test(Config):
    """The test suite: quick, with a secret of its own, never with a real database by accident."""

    name = "test"

    TESTING = True
    UPKEEP_ON_REQUEST = False
    """Tests stand on days of their own; the one about midnight asks for it."""

    def _check(self) -> None:
        self.SECRET_KEY = self.SECRET_KEY or "only-for-tests-" + "0" * SECRET_LENGTH


class Production(Config):
    """Real people's records: every unsafe setting is refused, all of them in one message."""

    name = "production"

    HSTS = True
    DEMO_ALLOWED = False
    SESSION_COOKIE_NAME = "__Host-hrms"
    SESSION_COOKIE_SECURE = True
    REMEMBER_COOKIE_SECURE = True

    def _check(self) -> None:
        self.problems += secret_problems(self.SECRET_KEY)
        for name in ("HRMS_DEBUG", "FLASK_DEBUG"):
            if self.environ.get(name, "").lower() not in {"", "0", "false", "no"}:
                self.problems.append(
                    _("%(name)s đang bật. Chế độ gỡ lỗi cho người lạ xem mã và dữ liệu; hãy bỏ biến này.", name=name)
                )
        if not self.environ.get("HRMS_DATABASE_URL"):
            self.problems.append(
                _("Thiếu HRMS_DATABASE_URL: ở chế độ vận hành, hãy trỏ tới PostgreSQL bằng vai trò hrms_app.")
            )
        if self.database_url and self.owner_url:
            app, owner = make_url(self.database_url), make_url(self.owner_url)
            if app.username == owner.username and _same_place(app, owner):
                self.problems.append(
                    _("HRMS_DATABASE_URL và HRMS_OWNER_DATABASE_URL cùng dùng vai trò “%(role)s”. Trang web phải dùng "
                      "một vai trò không sở hữu gì (hrms_app).", role=app.username or "")
                )  # fmt: skip


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Return the settings for `HRMS_ENV` (development unless said). Raises `Misconfigured`."""
    found = dict(os.environ if environ is None else environ)
    kinds: dict[str, type[Config]] = {kind.name: kind for kind in (Development, Test, Production)}
    given = found.get("HRMS_ENV") or Development.name
    if given not in kinds:
        raise Misconfigured(
            _("HRMS_ENV là “%(given)s”; chỉ nhận: %(known)s.", given=given, known=", ".join(sorted(kinds)))
        )
    return kinds[given](found)


def secret_problems(secret: str) -> list[str]:
    """Say what is wrong with a secret for production: missing, a well-known one, short, or too even."""
    how = _("Tạo khóa mới: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'")
    if not secret:
        return [_("Thiếu HRMS_SECRET_KEY, khóa ký phiên đăng nhập.") + " " + how]
    plain = secret.lower().strip()
    if plain in KNOWN_SECRETS or plain.startswith(("only-for-tests", "change")):
        return [_("HRMS_SECRET_KEY là khóa mẫu, ai cũng biết.") + " " + how]
    if len(secret) < SECRET_LENGTH:
        short = _("HRMS_SECRET_KEY chỉ dài %(length)s ký tự; cần ít nhất %(least)s.",
                  length=len(secret), least=SECRET_LENGTH)  # fmt: skip
        return [short + " " + how]
    if len(set(secret)) < 10:
        return [_("HRMS_SECRET_KEY lặp lại quá ít ký tự khác nhau, dễ đoán.") + " " + how]
    return []


def kept_secret(path: Path) -> str:
    """Return the secret kept in `path`, made at the first call; only the file's owner can read it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        descriptor, fresh = tempfile.mkstemp(prefix=path.name, dir=path.parent)  # mode 600 from its first moment
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # of two first starts one wins, and both read what it wrote
            os.link(fresh, path)
        Path(fresh).unlink()
    return path.read_text().strip()


def _same_place(one: URL, other: URL) -> bool:
    return (one.host, one.port, one.database) == (other.host, other.port, other.database)
