"""Where the embedded server's files are: the data, the passwords, the socket, and who owns them."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pwd
import re
import stat
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hrms.core.i18n import _

START_SECONDS = 120
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107  # bytes of sun_path on Linux, less the closing NUL


class EmbeddedError(RuntimeError):
    """The embedded database cannot be made, started or reached; the text is a sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The user the server runs as; `drop` is true when root must step down to it."""

    name: str
    uid: int
    gid: int
    drop: bool


@dataclass(frozen=True, slots=True)
class Place:
    """The paths under one HRMS_HOME."""

    home: Path

    @property
    def base(self) -> Path:
        """Everything the server's user owns."""
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.base / "data"

    @property
    def passwords(self) -> Path:
        """The passwords of the roles; only the program's user reads it."""
        return self.home / "database.json"

    @property
    def run_file(self) -> Path:
        """Where the socket is now."""
        return self.home / "database.run"


def prepare_home(place: Place) -> None:
    """Make HRMS_HOME, private to its user, or say why not."""
    try:
        place.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(
            _("Không tạo được thư mục %(home)s (%(why)s). Hãy đặt HRMS_HOME ở nơi ghi được.",
              home=place.home, why=error.strerror)
        ) from error  # fmt: skip
    for path in (place.data, place.base, place.home):
        owner = _uid_of(path)
        if owner is not None and os.geteuid() not in {0, owner}:
            raise EmbeddedError(
                _("Dữ liệu trong %(home)s thuộc người dùng %(owner)s. Hãy chạy bằng người dùng đó, hoặc đặt HRMS_HOME "
                  "ở một thư mục khác.", home=place.home, owner=_user_name(owner))
            )  # fmt: skip


def _uid_of(path: Path) -> int | None:
    """Return the owner of `path`, None when there is nothing there or it cannot be looked at."""
    try:
        return path.stat().st_uid
    except OSError:
        return None


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def server_user(place: Place) -> ServerUser:
    """Return who runs the server: oneself, or, for root, the owner of the data, else an unprivileged user."""
    if os.geteuid() != 0:
        return ServerUser(_user_name(os.geteuid()), os.geteuid(), os.getegid(), drop=False)
    owner = _uid_of(place.data)
    if owner:
        entry = pwd.getpwuid(owner)
        return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid, drop=True)
    for name in ("hrms", "postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return ServerUser(name, entry.pw_uid, entry.pw_gid, drop=True)
    raise EmbeddedError(_("PostgreSQL không chạy bằng root, mà máy này không có người dùng postgres hay nobody."))


@contextlib.contextmanager
def start_lock(place: Place) -> Iterator[None]:
    """Hold the lock under which the server is started and stopped; wait as long as another start may take."""
    descriptor = os.open(place.home / "database.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + 2 * START_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise EmbeddedError(
                        _("Một tiến trình khác đang giữ cơ sở dữ liệu ở %(home)s quá lâu; hãy dừng nó rồi thử lại.",
                          home=place.home)
                    ) from None  # fmt: skip
                time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def users_file(place: Place) -> Iterator[int]:
    """Open the file whose shared lock every user of the server holds."""
    descriptor = os.open(place.home / "database.users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def recorded_pid(place: Place) -> int:
    """Return the process number the server wrote, 0 without one; it may be long dead."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int((place.data / "postmaster.pid").read_text().split("\n", 1)[0])
    return 0


def socket_folder(place: Place, user: ServerUser) -> Path:
    """Return a folder only the server's user can enter, short enough for a socket, and record it."""
    inside = place.base / "run"
    if _fits(inside):
        inside.mkdir(mode=0o700, exist_ok=True)
        folder = inside
    else:
        folder = Path(recorded_socket(place) or "/nonexistent")
        if not _is_private(folder, user):
            runtime = os.environ.get("XDG_RUNTIME_DIR", "")
            # Root's own runtime folder would have to be opened to the server's user; a fresh private one need not.
            parent = runtime if runtime and not user.drop and _is_private(Path(runtime), user) else None
            folder = Path(tempfile.mkdtemp(prefix="hrms-", dir=parent if parent and _fits(Path(parent)) else None))
    if user.drop:
        os.chown(folder, user.uid, user.gid)
    write_private(place.run_file, json.dumps({"socket": str(folder)}))
    return folder


def _fits(folder: Path) -> bool:
    """Tell whether a socket in `folder` has a path the system and a connection string can carry."""
    plain = re.fullmatch(r"[\w./@:+-]+", str(folder), re.ASCII) is not None
    return plain and len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_PATH_LIMIT


def _is_private(folder: Path, user: ServerUser) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == user.uid and not found.st_mode & 0o077


def recorded_socket(place: Place) -> str:
    """Return the folder of the socket at the last start, "" before the first."""
    return str(read_json(place.run_file).get("socket", "")) if place.run_file.exists() else ""


def read_json(path: Path) -> dict[str, str]:
    """Read a file of ours. Raises `EmbeddedError` when it is gone."""
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError as error:
        raise EmbeddedError(
            _("Thiếu tệp %(path)s, nơi giữ mật khẩu của cơ sở dữ liệu. Hãy phục hồi tệp này từ bản sao lưu.", path=path)
        ) from error


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user reads, whole or not at all."""
    partial = path.with_name(path.name + ".new")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    partial.replace(path)
