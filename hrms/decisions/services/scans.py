"""The signed paper as scanned: attached to its decision, replaced by a better one, never removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

from sqlalchemy import select

from hrms.agencies import queries as agencies
from hrms.audit import services as audit
from hrms.core import clock, files
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.decisions import queries
from hrms.decisions.models import Decision, DecisionScan
from hrms.decisions.services.register import came_by_path

P = Permission.DECISIONS_RECORD
NAME_LENGTH = 200


def attach(actor: Actor, decision: Decision, stream: IO[bytes], name: str) -> DecisionScan:
    """Keep a PDF as the scan of a decision; an earlier one stays, marked as replaced. Returns the new row.

    Raises `Forbidden`, and `Refused` at `file` for what is no PDF, too large, damaged, encrypted or active.
    """
    actor.require(P, at=decision.scope_ids)
    if decision.issuer_agency_id is not None and came_by_path(decision.id):
        # What another agency signed is scanned where it was signed.
        actor.require(P, at=agencies.scope_ids_of([decision.issuer_agency_id]))
    locked = db.session.scalar(select(Decision).where(Decision.id == decision.id).with_for_update())
    if locked is None:
        raise missing("decision")
    stored = files.keep(actor, stream, name=name, allowed=files.SCANS)
    now = clock.now()
    for one in list_scans(decision.id):
        if one.replaced_at is None:
            if one.sha256 == stored.sha256:
                return one
            one.replaced_at = now
    scan = DecisionScan(
        decision_id=decision.id, sha256=stored.sha256, file_name=name[:NAME_LENGTH], size=stored.size,
        recorded_by=actor.account_id,
    )  # fmt: skip
    db.session.add(scan)
    db.session.flush()
    audit.record(
        actor, "decision.scanned", "decision", decision.id, scope_ids=decision.scope_ids,
        agency_id=decision.issuer_agency_id,
        after={"number": decision.number, "symbol": decision.symbol, "filename": scan.file_name},
    )  # fmt: skip
    return scan


def list_scans(decision_id: int) -> Sequence[DecisionScan]:
    """Return the scans of a decision, the newest first; of a decision out of sight none."""
    return db.session.scalars(
        select(DecisionScan).where(DecisionScan.decision_id == decision_id).order_by(DecisionScan.id.desc())
    ).all()


def get_scan(decision_id: int, scan_id: int) -> DecisionScan:
    """Return one scan of a decision the reader may see. Raises `NotFound`."""
    queries.get_decision(decision_id)
    found = db.session.scalar(
        select(DecisionScan).where(DecisionScan.id == scan_id, DecisionScan.decision_id == decision_id)
    )
    if found is None:
        raise missing("scan")
    return found
