"""Reads of the batches: the list, one batch, its rows page by page, kept mappings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select

from hrms.accounts.models import Account
from hrms.core import paging, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.paging import Page
from hrms.core.permissions import Permission
from hrms.imports.models import ImportBatch, ImportEffect, ImportRow, MappingProfile
from hrms.people.models import Person

RUNNING = ("uploaded", "reading", "checking", "applying", "undoing")
"""States in which a job works or waits for a worker."""
OPEN = (*RUNNING, "mapped", "ready")
"""States in which somebody has still to do something, or to wait."""
MAIN = "people"
"""The importer whose batches the wizard shows; others have pages of their own."""
LISTS = ("create", "change", "same", "refused", "flagged")


def get_batch(actor: Actor, batch_id: int) -> ImportBatch:
    """Return a batch within the actor's scope. Raises `NotFound` for any other."""
    found = db.session.scalars(
        select(ImportBatch).where(ImportBatch.id == batch_id).execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or found.importer != MAIN or not actor.may(Permission.IMPORTS_RUN, at=found.scope_ids):
        raise missing("batch")
    return found


def list_batches(actor: Actor, *, after: str | None = None, before: str | None = None) -> Page[Any]:
    """Return a page of batches, newest first, with the name of the account that made each."""
    actor.require(Permission.IMPORTS_RUN)
    order: paging.Order = [(ImportBatch.__table__.c.id, True)]
    query = select(ImportBatch).where(ImportBatch.importer == MAIN)
    cursor = after or before
    if cursor:
        values = paging.typed_values(order, paging.decode(cursor, 1))
        query = query.where(paging.seek(order, values, back=bool(before)))
    rows = db.session.scalars(query.order_by(*paging.order_by(order, back=bool(before))).limit(paging.LIMIT + 1)).all()
    return paging.cut(rows, paging.LIMIT, ["id"], after=after, before=before)


def list_open(actor: Actor, limit: int = 5) -> Sequence[ImportBatch]:
    """Return the newest batches that wait for somebody or are being worked on."""
    actor.require(Permission.IMPORTS_RUN)
    return db.session.scalars(
        select(ImportBatch)
        .where(ImportBatch.importer == MAIN, ImportBatch.state.in_(OPEN))
        .order_by(ImportBatch.id.desc())
        .limit(limit)
    ).all()


def list_rows(
    batch: ImportBatch, which: str, *, after: str | None = None, before: str | None = None, limit: int = paging.LIMIT
) -> Page[Any]:
    """Return a page of a batch's rows by outcome (one of `LISTS`), in the order of the file."""
    table = ImportRow.__table__.c
    order: paging.Order = [(table.sheet, False), (table.row_no, False)]
    query = select(ImportRow).where(ImportRow.batch_id == batch.id)
    if which == "flagged":
        query = query.where(ImportRow.outcome != "refused", ImportRow.problems.is_not(None))
    else:
        query = query.where(ImportRow.outcome == which)
    cursor = after or before
    if cursor:
        values = paging.typed_values(order, paging.decode(cursor, 2))
        query = query.where(paging.seek(order, values, back=bool(before)))
    rows = db.session.scalars(query.order_by(*paging.order_by(order, back=bool(before))).limit(limit + 1)).all()
    return paging.cut(rows, limit, ["sheet", "row_no"], after=after, before=before)


def stream_refused(batch_id: int) -> Iterator[ImportRow]:
    """Yield the refused rows of a batch by sheet and number."""
    query = (
        select(ImportRow)
        .where(ImportRow.batch_id == batch_id, ImportRow.outcome == "refused")
        .order_by(ImportRow.sheet, ImportRow.row_no)
        .execution_options(yield_per=1000)
    )
    yield from db.session.scalars(query)


def count_effects(batch_id: int) -> tuple[int, int, int]:
    """Return how many people a batch made, how many it changed, and how many of all were edited since."""
    row = db.session.execute(
        select(
            func.count().filter(ImportEffect.created),
            func.count().filter(~ImportEffect.created),
            func.count().filter(Person.version.is_distinct_from(ImportEffect.version_after)),
        )
        .select_from(ImportEffect)
        .join(Person, Person.id == ImportEffect.person_id, isouter=True)
        .where(ImportEffect.batch_id == batch_id)
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def list_edited_since(batch_id: int, limit: int = 20) -> Sequence[Any]:
    """Return (id, name) of people of a batch who were edited after it, the first by name."""
    return db.session.execute(
        select(Person.id, Person.full_name)
        .join(ImportEffect, ImportEffect.person_id == Person.id)
        .where(ImportEffect.batch_id == batch_id, Person.version != ImportEffect.version_after)
        .order_by(Person.sort_key, Person.id)
        .limit(limit)
    ).all()


def list_kept(batch_id: int, limit: int = 200) -> Sequence[Any]:
    """Return (id, name) of people whom undoing left as they were, the first by name."""
    return db.session.execute(
        select(Person.id, Person.full_name)
        .join(ImportEffect, ImportEffect.person_id == Person.id)
        .where(ImportEffect.batch_id == batch_id, ImportEffect.kept_at_undo)
        .order_by(Person.sort_key, Person.id)
        .limit(limit)
    ).all()


def list_profiles(actor: Actor) -> Sequence[MappingProfile]:
    """Return the kept mappings the actor may use, by name."""
    actor.require(Permission.IMPORTS_RUN)
    return db.session.scalars(select(MappingProfile).order_by(MappingProfile.name, MappingProfile.id)).all()


def account_names(ids: Sequence[int]) -> dict[int, str]:
    """Return the names of accounts, whoever made a batch within the actor's scope."""
    if not ids:
        return {}
    with scope.everything():
        rows = db.session.execute(select(Account.id, Account.display_name).where(Account.id.in_(set(ids))))
        return {row.id: row.display_name for row in rows}
