"""Looking after kept files: removing those no row needs, proving that the others are there and what they were."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, exists, func, select
from sqlalchemy.exc import IntegrityError

from hrms.core import clock, hooks, scope
from hrms.core.db import db
from hrms.core.files.keeping import HASH, LOCK, PART, folder, path_of
from hrms.core.i18n import _
from hrms.core.models import StoredFile
from hrms.core.unit import transaction

KEPT_WITHOUT_ROW = timedelta(days=1)
MOST_TOLD = 100


def sweep() -> None:
    """Remove files older than a day that no row points to, and what broken uploads left; part of the daily work.

    Does nothing while somebody writes a file or a backup copies them: the next day will do.
    """
    oldest = clock.now() - KEPT_WITHOUT_ROW
    with scope.everything(), transaction():
        if db.session.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
            for sha256 in _forget_orphans(oldest):
                path_of(sha256).unlink(missing_ok=True)
            _remove_strays(oldest)


def _forget_orphans(oldest: datetime) -> list[str]:
    unneeded = [~exists().where(column == StoredFile.sha256) for column in hooks.file_columns]
    gone: list[str] = []
    for sha256 in db.session.scalars(select(StoredFile.sha256).where(StoredFile.recorded_at < oldest, *unneeded)).all():
        try:
            with db.session.begin_nested():
                db.session.execute(delete(StoredFile).where(StoredFile.sha256 == sha256))
        except IntegrityError:
            continue  # needed by a row that nobody's scope reaches, such as somebody who belongs nowhere any more
        gone.append(sha256)
    return gone


def _remove_strays(oldest: datetime) -> None:
    """Remove files without a row: of a unit that was rolled back, or of an upload that was cut off."""
    known = set(db.session.scalars(select(StoredFile.sha256)))
    for path in _files(folder()):
        if path.name not in known and path.stat().st_mtime < oldest.timestamp():
            path.unlink(missing_ok=True)


def _files(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    kept = [path for place in root.iterdir() if len(place.name) == 2 and place.is_dir() for path in place.iterdir()]
    return [path for path in kept if HASH.fullmatch(path.name)] + list(root.glob(f"{PART}*"))


def check(*, whole: bool = False) -> Sequence[str]:
    """Say which kept files are missing or of another size than noted; with `whole`, also which hold something else.

    Whatever a row points to is noted in `stored_files`, so nothing needed is left out.
    """
    said: list[str] = []
    for sha256, size in db.session.execute(select(StoredFile.sha256, StoredFile.bytes).order_by(StoredFile.sha256)):
        path = path_of(sha256)
        if not path.is_file():
            said.append(_("tệp %(hash)s: không còn trên đĩa", hash=sha256))
        elif path.stat().st_size != size or (whole and digest(path) != sha256):
            said.append(_("tệp %(hash)s: nội dung trên đĩa đã khác lúc lưu", hash=sha256))
        if len(said) == MOST_TOLD:
            break
    return said


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
