"""Answering with a kept file: as what it is, never as a page of ours, kept by nobody on the way."""

from __future__ import annotations

import logging

from flask import send_file
from werkzeug.wrappers import Response

from hrms.core.actor import missing
from hrms.core.files.accepting import MediaType
from hrms.core.files.keeping import Stored, path_of
from hrms.core.files.refusals import shown_name

POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
log = logging.getLogger(__name__)


def send(stored: Stored, name: str, *, inline: bool = False) -> Response:
    """Return a kept file as an answer; the caller has checked that the reader may have it.

    `name` is what the reader's computer calls it, letters of any kind; its ending is put right. `inline` shows it in
    the browser, without scripts and away from our pages, instead of saving it.
    Raises `NotFound` when the disk has lost it.
    """
    path = path_of(stored.sha256)
    if not path.is_file():
        log.error("kept file is missing", extra={"sha256": stored.sha256})
        raise missing("file")
    answer = send_file(
        path, mimetype=stored.media_type, as_attachment=not inline, download_name=_named(name, stored.media_type),
        conditional=False, etag=False, max_age=None,
    )  # fmt: skip
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _named(name: str, media_type: str) -> str:
    suffixes = MediaType(media_type).suffixes
    shown = shown_name(name.replace("/", "-"))  # a number such as 12/QĐ-SNV is one name
    return shown if shown.lower().endswith(suffixes) else shown + suffixes[0]
