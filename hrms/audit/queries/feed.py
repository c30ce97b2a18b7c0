"""Changes since a cursor, for other systems to follow: none is lost, however late its transaction ended.

Ids are drawn when an event is written, not when it is committed, so a follower by id would pass over an event whose
transaction is still open. Events are therefore given in the order of their transactions, and only of transactions older
than every one still running.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import literal_column, select, text, tuple_

from hrms.audit.models import AuditEvent
from hrms.audit.queries.reading import Shown, gone_from, shown
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.paging import decode_ids, encode
from hrms.core.rules import N_, Problem

FINISHED = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
"""The oldest transaction still running: all before it have ended, and what they wrote is there to be seen."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Some changes in order; `next` is null when there are no more just now, `cursor` is where to go on later."""

    items: Sequence[Shown]
    next: str | None
    cursor: str | None


def list_changes(actor: Actor, *, after: str | None, limit: int, entity: str | None = None) -> Feed:
    """Return the changes after a cursor (None: from the beginning) within the reader's scope, masked.

    Raises `Refused` for a cursor this program did not make, or made before a backup was restored into another server.
    """
    query = select(AuditEvent).where(AuditEvent.transaction_id < literal_column(FINISHED))
    if after:
        transaction, last = decode_ids(after, 2)
        if transaction >= int(db.session.scalar(text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")) or 0):
            sentence = N_("Dấu trang này thuộc dữ liệu trước khi phục hồi bản sao lưu. Hãy theo dõi lại từ đầu.")
            raise Refused(Problem("after", "cursor_from_elsewhere", sentence))
        query = query.where(
            tuple_(AuditEvent.transaction_id, AuditEvent.id) > tuple_(text(":after_transaction"), text(":after_event"))
        ).params(after_transaction=transaction, after_event=last)
    if entity:
        query = query.where(AuditEvent.entity == entity)
    rows = list(db.session.scalars(query.order_by(AuditEvent.transaction_id, AuditEvent.id).limit(limit + 1)))
    more, rows = len(rows) > limit, rows[:limit]
    cursor = encode([rows[-1].transaction_id, rows[-1].id]) if rows else after
    gone = gone_from(actor, rows)
    return Feed([shown(actor, event, gone) for event in rows], cursor if more else None, cursor)
