"""Writing a file down so that it is there whole or not at all, and finding it again.

`HRMS_HOME/files/<first two hex>/<sha256>`: the folder is 0700, files are 0600. A file is written before the row that
needs it commits; one that no row came to need is removed by `tending.sweep` after a day.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flask import current_app
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.files.accepting import Accepted, MediaType
from hrms.core.files.pictures import check_picture, portrait
from hrms.core.files.portable import check_pdf
from hrms.core.files.refusals import Refusing
from hrms.core.files.sniffing import NAMES, sniff
from hrms.core.models import StoredFile

LOCK = 7_240_053
"""Any number of our own. Whoever writes a file, or copies them all, shares it; the removal of orphans has it alone."""
PART = "part-"
HASH = re.compile(r"[0-9a-f]{64}")
_BLOCK = 1 << 20
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stored:
    """A kept file: the SHA-256 of its content in hex, its size in bytes, its kind."""

    sha256: str
    size: int
    media_type: str


def folder(home: Path | None = None) -> Path:
    """Return the folder of kept files under `home` (the application's own unless given)."""
    return Path(home or current_app.config["HRMS_HOME"]) / "files"


def path_of(sha256: str, root: Path | None = None) -> Path:
    """Return where the file of that hash lies. Raises `ValueError` for what is no hash."""
    if not HASH.fullmatch(sha256):
        raise ValueError(sha256[:80])
    return (root or folder()) / sha256[:2] / sha256


def keep(
    actor: Actor, stream: IO[bytes], *, name: str, allowed: Accepted, limit: int | None = None, field: str = "file"
) -> Stored:
    """Keep what a stream holds; the same content twice is one file.

    Comes inside the unit of work of the row that will need it. `name` is the file's as the sender has it, for sentences
    only; `limit` in bytes, by the setting of `allowed` unless given. The kind is read from the content. Raises
    `Refused` at `field` for what is empty, too large, of another kind, damaged, encrypted or active; then nothing is
    kept.
    """
    refusing = Refusing(name, field)
    with _received(stream, refusing, allowed.limit() if limit is None else limit) as (part, size, sha256):
        media_type = _examined(part, refusing, allowed)
        return _place(actor, part, Stored(sha256, size, media_type), refusing)


def keep_portrait(
    actor: Actor, stream: IO[bytes], *, name: str, allowed: Accepted, limit: int | None = None, field: str = "file"
) -> Stored:
    """Keep a person's photograph, made anew as a JPEG of 4:6 (`pictures.portrait`); all else as `keep`."""
    refusing = Refusing(name, field)
    with _received(stream, refusing, allowed.limit() if limit is None else limit) as (given, _size, _sha256):
        _examined(given, refusing, allowed)
        made = portrait(given, refusing)
        with _written(refusing, lambda: iter((made,))) as (part, size, sha256):
            return _place(actor, part, Stored(sha256, size, MediaType.JPEG), refusing)


def get(sha256: str | None) -> Stored:
    """Return what is known of a kept file. Raises `NotFound`."""
    row = db.session.get(StoredFile, sha256) if sha256 else None
    if row is None:
        raise missing("file")
    return Stored(row.sha256, row.bytes, row.media_type)


def _examined(part: Path, refusing: Refusing, allowed: Accepted) -> MediaType:
    """Return the kind of a received file after looking through all of it. Raises `Refused`."""
    found = sniff(part)
    if not isinstance(found, MediaType) or found not in allowed.media_types:
        raise refusing.other_kind(NAMES[found] if isinstance(found, MediaType) else found, allowed.words())
    check = check_pdf if found is MediaType.PDF else check_picture
    check(part, refusing)
    return found


@contextmanager
def _received(stream: IO[bytes], refusing: Refusing, limit: int) -> Iterator[tuple[Path, int, str]]:
    """Write a stream of at most `limit` bytes to a file of its own, gone after the block unless it was moved."""

    def blocks() -> Iterator[bytes]:
        size = 0
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > limit:
                while block := stream.read(_BLOCK):
                    size += len(block)  # the sentence says how large it is
                raise refusing.too_large(size, limit)
            yield block

    with _written(refusing, blocks) as (part, size, sha256):
        if not size:
            raise refusing.empty()
        yield part, size, sha256


@contextmanager
def _written(refusing: Refusing, blocks: Callable[[], Iterator[bytes]]) -> Iterator[tuple[Path, int, str]]:
    """Write blocks to the disk beside the kept files, so that moving the file there is one step."""
    part: Path | None = None
    try:
        with _disk(refusing):
            root = folder()
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = root / f"{PART}{secrets.token_hex(8)}"
            digest, size = hashlib.sha256(), 0
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                for block in blocks():
                    digest.update(block)
                    size += len(block)
                    out.write(block)
                out.flush()
                os.fsync(out.fileno())
        yield part, size, digest.hexdigest()
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _place(actor: Actor, part: Path, stored: Stored, refusing: Refusing) -> Stored:
    """Note a file in the database, then move it to its place; the lock, held to the commit, keeps sweepers off."""
    db.session.execute(select(func.pg_advisory_xact_lock_shared(LOCK)))
    row = {
        "sha256": stored.sha256, "bytes": stored.size, "media_type": str(stored.media_type),
        "recorded_by": actor.account_id,
    }  # fmt: skip
    again = {"recorded_at": text("clock_timestamp()")}
    db.session.execute(insert(StoredFile).values(row).on_conflict_do_update(index_elements=["sha256"], set_=again))
    target = path_of(stored.sha256)
    with _disk(refusing):
        target.parent.mkdir(mode=0o700, exist_ok=True)
        part.replace(target)
        for changed in (target.parent, target.parent.parent):
            _sync(changed)
    return stored


def _sync(place: Path) -> None:
    """Bring a folder's entries to the disk."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _disk(refusing: Refusing) -> Iterator[None]:
    """Turn what the disk refuses into a sentence; the log has the reason, without the file's name."""
    try:
        yield
    except OSError as error:
        log.error("file not written", extra={"errno": error.errno})
        raise refusing.no_room() from error
