"""What `hrms check` proves of frames: every version reads as the form, with competencies of the dictionary."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from hrms.core.db import db
from hrms.core.i18n import N_
from hrms.core.i18n import _ as gettext
from hrms.positions.rules.frames import BadContent, from_json

_VERSIONS = text("SELECT id, frame_id, content FROM frame_versions WHERE superseded_at IS NULL ORDER BY id")
_CODES = text("SELECT code FROM competencies")


def run() -> Sequence[str]:
    """Return a sentence per version that cannot be read or names an unknown competency; two statements."""
    known = set(db.session.scalars(_CODES))
    unread = N_("Bản %(id)s của khung %(frame)s không đọc được: %(place)s")
    unknown = N_("Bản %(id)s của khung %(frame)s ghi năng lực không có trong từ điển: %(codes)s")
    found = []
    for row in db.session.execute(_VERSIONS):
        named = {"id": row.id, "frame": row.frame_id}
        try:
            codes = {need.code for need in from_json(row.content).competencies} - known
        except BadContent as error:
            found.append(gettext(unread, **named, place=str(error).partition(":")[0]))
            continue
        if codes:
            found.append(gettext(unknown, **named, codes=", ".join(sorted(codes))))
    return found
