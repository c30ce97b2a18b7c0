"""What a register would add, and adding it: all good rows in one transaction, those the register has left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import extract, insert, select, text

from hrms.agencies import queries as agencies
from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.decisions import queries as decisions
from hrms.decisions.models import Decision
from hrms.imports.register.reading import Book, Entry, RefusedRow, read_book

WHO = (Permission.DECISIONS_NUMBER, Permission.DECISIONS_RECORD)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a file comes to for one agency: entries to add, rows the register has, rows refused."""

    book: Book
    new: Sequence[Entry]
    known: int
    refused: Sequence[RefusedRow]


def require_over(actor: Actor, agency: Agency) -> None:
    """Raise `Forbidden` unless the actor numbers or records the decisions of the agency."""
    if not any(actor.may(right, at=agency.scope_ids) for right in WHO):
        actor.require(Permission.DECISIONS_NUMBER, at=agency.scope_ids)


def preview(actor: Actor, agency: Agency, path: Path, filename: str) -> Outcome:
    """Return what the file would add to the agency's register; writes nothing. Raises `Forbidden`, `UnreadableFile`."""
    require_over(actor, agency)
    book = read_book(path, filename, clock.today())
    known = _in_register(agency, book.entries)
    issuers = {name: _is_issuer(name, agency) for name in {entry.issuer for entry in book.entries}}
    new, same, refused = [], 0, list(book.refused)
    for entry in book.entries:
        standing = known.get((entry.reference.number, entry.reference.symbol, entry.signed_on.year))
        if not issuers[entry.issuer]:
            refused.append(_other_issuer(entry, agency))
        elif standing is None:
            new.append(entry)
        elif standing.signed_on == entry.signed_on:
            same += 1
        else:
            refused.append(_taken(entry, standing))
    return Outcome(book, new, same, sorted(refused, key=lambda one: (one.row, one.cell)))


def apply(actor: Actor, agency: Agency, path: Path, filename: str) -> Outcome:
    """Enter the new rows; a file brought twice adds nothing the second time. Raises as `preview`, and `Refused`.

    Two of the same agency at once wait for each other. The caller's transaction holds it all.
    """
    require_over(actor, agency)
    db.session.execute(_LOCK, {"key": f"register of {agency.id}"})
    found = preview(actor, agency, path, filename)
    if not found.new:
        said = N_("Không có dòng nào để nhập: mọi dòng đạt đã có trong sổ.")
        raise Refused(Problem("", "nothing_new", said))
    rows = [_row(actor, agency, entry) for entry in found.new]
    statement = insert(Decision).returning(Decision.id, sort_by_parameter_order=True)
    ids = db.session.scalars(statement, rows).all()
    audit.record_many(
        actor, "decision.registered", "decision",
        [
            {"entity_id": made, "scope_ids": list(agency.scope_ids), "agency_id": agency.id,
             "after": audit.plain({name: row[name] for name in _TOLD if row[name] is not None})}
            for made, row in zip(ids, rows, strict=True)
        ],
    )  # fmt: skip
    audit.record(
        actor, "decision.register_imported", "decision", None, scope_ids=agency.scope_ids, agency_id=agency.id,
        after={"filename": filename, "rows": found.book.rows, "created": len(ids), "unchanged": found.known,
               "refused": len({one.row for one in found.refused})},
    )  # fmt: skip
    return found


_TOLD = (
    "number", "symbol", "signed_on", "effective_on", "issuer_agency_id", "issuer_name", "signer_name", "signer_title",
    "kind", "subject", "note",
)  # fmt: skip


def _row(actor: Actor, agency: Agency, entry: Entry) -> dict[str, object]:
    reference = entry.reference
    written = f"{reference.number}/{reference.symbol}" if reference.symbol else reference.number
    return {
        "number": reference.number, "symbol": reference.symbol, "signed_on": entry.signed_on,
        "effective_on": entry.effective_on, "issuer_agency_id": agency.id, "issuer_name": agency.name,
        "issuer_key": decisions.issuer_key(agency.id, agency.name), "signer_name": entry.signer_name,
        "signer_title": entry.signer_title, "kind": entry.kind.value, "subject": entry.subject, "note": entry.note,
        "scope_ids": list(agency.scope_ids), "recorded_by": actor.account_id,
        "search_key": decisions.search_key(written, entry.subject, agency.name, entry.signer_name),
    }  # fmt: skip


def _in_register(agency: Agency, entries: Sequence[Entry]) -> dict[tuple[str, str, int], Decision]:
    years = sorted({entry.signed_on.year for entry in entries})
    if not years:
        return {}
    rows = db.session.scalars(
        select(Decision).where(
            Decision.issuer_key == decisions.issuer_key(agency.id, agency.name),
            extract("year", Decision.signed_on).in_(years),
        )
    )
    return {(one.number, one.symbol, one.signed_on.year): one for one in rows}


def _is_issuer(name: str, agency: Agency) -> bool:
    return not name or agency.id in {one.id for one in agencies.find_by_name(name)}


def _other_issuer(entry: Entry, agency: Agency) -> RefusedRow:
    said = N_("Cơ quan ban hành “%(value)s” không phải %(agency)s. Sổ này chỉ nhập quyết định của cơ quan đã chọn.")
    params = {"value": entry.issuer[:60], "agency": agency.name}
    return _refused(entry, "issuer", entry.issuer, Problem("issuer", "other_issuer", said, params))


def _taken(entry: Entry, standing: Decision) -> RefusedRow:
    said = N_("Số %(reference)s năm đó đã có trong sổ, ký ngày %(signed)s: “%(subject)s”. Hãy kiểm tra lại.")
    params = {"reference": standing.reference, "signed": standing.signed_on, "subject": standing.subject}
    return _refused(entry, "number", standing.reference, Problem("number", "number_taken", said, params))


def _refused(entry: Entry, name: str, value: str, problem: Problem) -> RefusedRow:
    column = {"issuer": N_("Cơ quan ban hành"), "number": N_("Số")}[name]
    return RefusedRow(entry.row, entry.cells.get(name, ""), column, value, problem)
