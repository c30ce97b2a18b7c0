"""Taking the trail out: who did so stands in the trail too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from sqlalchemy import text

from hrms.audit import queries
from hrms.audit.queries import Filters, Shown
from hrms.audit.services.recording import mark_read, plain, record
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem

XLSX_ROWS = 100_000
_CLOSURE = text("SELECT DISTINCT unnest(scope_ids) FROM agencies WHERE id = ANY (:roots)")


def export(actor: Actor, filters: Filters, *, form: str) -> Iterator[Shown]:
    """Return the events the filters leave, newest first, and note that they were taken out. `form`: xlsx or csv.

    Raises `Refused` for a workbook of more than `XLSX_ROWS` rows.
    """
    actor.require(Permission.AUDIT_VIEW)
    found = list(queries.stream_events(actor, filters, most=XLSX_ROWS + 1))
    if len(found) > XLSX_ROWS:
        sentence = N_(
            "Nhật ký theo điều kiện này dài hơn %(most)s dòng. Hãy chọn khoảng ngày ngắn hơn rồi xuất từng phần."
        )
        raise Refused(Problem("day_from", "too_many_rows", sentence, {"most": f"{XLSX_ROWS:,}".replace(",", ".")}))
    asked = {name: value for name, value in asdict(filters).items() if value not in {None, ""}}
    # Whoever is above the reader's part of the tree sees that it was taken out.
    closures = db.session.scalars(_CLOSURE, {"roots": list(actor.scope(Permission.AUDIT_VIEW))})
    scope_ids = sorted({0, *closures})
    record(
        actor, "audit.exported", "audit", None, scope_ids=scope_ids,
        after={"rows": len(found), "format": form, "filters": plain(asked)},
    )  # fmt: skip
    mark_read(actor, "audit.list", len(found))
    return iter(found)
