"""Uploaded files: kept by their digest under `HRMS_HOME/uploads`, readable by the program only, removed after use."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from pathlib import Path
from typing import IO

from flask import current_app
from sqlalchemy import select

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.imports.models import ImportBatch
from hrms.imports.reading import refusals

KEEP_DAYS = 30
"""A file outlives the last change of its batch by so many days; then only what was read from it remains."""
_CHUNK = 1 << 20


def folder() -> Path:
    """Return the folder of uploads, made private."""
    path = Path(current_app.config["HRMS_HOME"]) / "uploads"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(digest: str) -> Path:
    """Return where the file of that digest lies."""
    if not digest.isalnum():
        raise ValueError(digest)
    return folder() / digest


def keep(stream: IO[bytes]) -> tuple[str, int]:
    """Keep a file and return its digest (SHA-256) and its size in bytes.

    Raises `UnreadableFile` when it is empty or larger than `refusals.MAX_FILE_BYTES`; nothing is left behind then.
    """
    digest = hashlib.sha256()
    size = 0
    waiting = folder() / f"part-{secrets.token_hex(8)}"
    try:
        with waiting.open("xb") as out:
            waiting.chmod(0o600)
            while block := stream.read(_CHUNK):
                size += len(block)
                if size > refusals.MAX_FILE_BYTES:
                    raise refusals.too_large(size)
                digest.update(block)
                out.write(block)
        if size == 0:
            raise refusals.empty_file()
        waiting.replace(path_of(digest.hexdigest()))
    finally:
        waiting.unlink(missing_ok=True)
    return digest.hexdigest(), size


def sweep() -> None:
    """Remove files whose batches ended more than `KEEP_DAYS` ago, and uploads that were never finished; daily."""
    place = folder()
    oldest = clock.now() - timedelta(days=KEEP_DAYS)
    with scope.everything():
        held = set(db.session.scalars(select(ImportBatch.file_hash).where(ImportBatch.created_at > oldest)))
    db.session.rollback()
    for path in place.iterdir():
        if path.name not in held and path.stat().st_mtime < oldest.timestamp():
            path.unlink(missing_ok=True)
