"""Steps on a computed sheet: approved and frozen, or called off.

Approving chooses nothing for anybody, so it runs without a person; the approver's own slip is approved with the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, text

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import dated, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.pay.models import PayRun
from hrms.pay.services import sheet_writing
from hrms.pay.services.computing import lock, program_scope

P = Permission
STATE_LABELS: Mapping[str, str] = {
    "computed": N_("Đã tính"), "approved": N_("Đã duyệt"), "cancelled": N_("Đã hủy"),
}  # fmt: skip
_APPROVE_SLIPS = text("UPDATE pay_slips SET state = 'approved' WHERE run_id = :run AND state = 'computed'")


def approve(actor: Actor, run_id: int, *, version: int) -> None:
    """Approve a computed sheet: from then on nothing of it changes, and each person sees their own slip.

    Needs `pay.approve` at the agency. Raises `NotFound`, `Forbidden`, `Stale`, `Refused`: it is approved already, or
    another sheet of the agency was approved after this one was computed, so that its arrears may be paid twice.
    """
    run, agency = _locked(actor, run_id, P.PAY_APPROVE, version)
    with scope.entered(program_scope([run.agency_id])):
        newer = db.session.scalar(
            select(func.max(PayRun.month)).where(
                PayRun.agency_id == run.agency_id, PayRun.state == "approved", PayRun.approved_at > run.computed_at
            )
        )
        if newer is not None:
            sentence = N_(
                "Bảng lương tháng %(month)s của cơ quan được duyệt sau khi tính bảng này, nên truy lĩnh có thể trùng. "
                "Hãy tính lại rồi duyệt."
            )
            raise Refused(Problem("", "outdated", sentence, {"month": f"{newer:%m/%Y}"}))
        db.session.execute(_APPROVE_SLIPS, {"run": run.id})
        run.state, run.approved_at, run.approved_by = "approved", dated.recording_moment(), actor.account_id
        db.session.flush()
    _tell(actor, "pay_run.approved", run, agency)


def cancel(actor: Actor, run_id: int, *, version: int) -> None:
    """Call off a sheet that is not approved; its slips go. Needs `pay.manage` at the agency.

    Raises `NotFound`, `Forbidden`, `Stale`, `Refused` (it is approved).
    """
    run, agency = _locked(actor, run_id, P.PAY_MANAGE, version)
    with scope.entered(program_scope([run.agency_id])):
        sheet_writing.clear([run.id])
        run.state, run.people, run.doubtful = "cancelled", 0, 0
        for name in ("gross", "deductions", "employer", "net", "arrears"):
            setattr(run, name, 0)
        db.session.flush()
    _tell(actor, "pay_run.cancelled", run, agency)


def _locked(actor: Actor, run_id: int, permission: Permission, version: int) -> tuple[PayRun, Agency]:
    """Return a computed run under its lock with its agency, after the permission was asked."""
    agency_id = db.session.scalar(select(PayRun.agency_id).where(PayRun.id == run_id))
    if agency_id is None:
        raise missing("pay_run")
    agency = db.session.get_one(Agency, agency_id)
    actor.require(permission, at=agency.scope_ids)
    lock([agency_id])
    run = db.session.scalars(
        select(PayRun).where(PayRun.id == run_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if run.state != "computed":
        sentence = N_("Bảng lương tháng %(month)s đang ở tình trạng “%(state)s”, không làm được việc này.")
        params = {"month": f"{run.month:%m/%Y}", "state": STATE_LABELS[run.state]}
        raise Refused(Problem("", "wrong_state", sentence, params))
    if run.version != version:
        raise Stale
    return run, agency


def _tell(actor: Actor, action: str, run: PayRun, agency: Agency) -> None:
    after: dict[str, Any] = {"month": f"{run.month:%m/%Y}", "people": run.people, "doubtful": run.doubtful}
    audit.record(actor, action, "pay_run", run.id, scope_ids=agency.scope_ids, after=after)
