"""What every step of the path begins with: the submission locked, its version, the right at the very agency."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm.attributes import set_committed_value

from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Forbidden, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.decisions import kinds, queries
from hrms.decisions.kinds import Kind
from hrms.decisions.models import Submission, SubmissionLine, SubmissionStep
from hrms.decisions.rules.path import LineState, State, Step, check_step

P = Permission


def require_at(actor: Actor, permission: Permission, agency_id: int | None) -> None:
    """Raise `Forbidden` unless the actor holds the permission by a grant at this very agency, none above it."""
    actor.require(permission)
    if not actor.is_system and agency_id not in actor.scope(permission):
        raise Forbidden(Problem("", "forbidden", N_("Bước này thuộc cơ quan khác; tài khoản của bạn không làm thay.")))


def lock(actor: Actor, submission_id: int, version: int | None, *permissions: Permission) -> Submission:
    """Return a submission the actor takes part in, locked and read again. Raises `NotFound`, `Stale`."""
    found = db.session.scalar(
        select(Submission)
        .where(Submission.id == submission_id, queries.visible(actor, *permissions))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise missing("submission")
    if version is not None and version != found.version:
        raise Stale
    return found


def kind_of(submission: Submission) -> Kind:
    """Return the kind of a submission. Raises `NotFound` for one this program no longer knows."""
    found = kinds.get(submission.kind)
    if found is None:
        raise missing("kind")
    return found


def check(actor: Actor, submission: Submission, step: Step) -> None:
    """Raise `Refused` unless the step can be taken now, by this account."""
    refuse_if(check_step(step, State(submission.state), actor.account_id, queries.hands(submission)))


def lines_of(
    submission: Submission, ids: Collection[int] | None = None, *, states: Collection[LineState]
) -> Sequence[SubmissionLine]:
    """Return the lines in some states, all or those of `ids`, read again under the lock. Raises `NotFound`."""
    query = select(SubmissionLine).where(
        SubmissionLine.submission_id == submission.id, SubmissionLine.state.in_([state.value for state in states])
    )
    if ids is not None:
        query = query.where(SubmissionLine.id.in_(ids))
    found = db.session.scalars(
        query.order_by(SubmissionLine.place, SubmissionLine.id).execution_options(populate_existing=True)
    ).all()
    if ids is not None and len(found) != len(set(ids)):
        raise missing("line")
    return found


def widen(submission: Submission, agency_id: int | None) -> None:
    """Let one more agency see the submission: each party sees it from the step on that brings it to them."""
    if agency_id is not None and agency_id not in submission.party_ids:
        submission.party_ids = [*submission.party_ids, agency_id]


def step(
    actor: Actor,
    submission: Submission,
    what: Step,
    action: str,
    *,
    lines: Sequence[SubmissionLine] = (),
    remark: str | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Count a change, write the step down and tell the trail; `lines` when it is about some people only."""
    submission.version += 1
    submission.changed_at = clock.now()
    db.session.flush()
    common = {"submission_id": submission.id, "step": what.value, "account_id": actor.account_id, "name": actor.name}
    rows = [{**common, "line_id": line.id, "remark": remark} for line in lines] or [
        {**common, "line_id": None, "remark": remark}
    ]
    db.session.execute(insert(SubmissionStep).inline(), rows)
    event = {
        "entity_id": submission.id, "scope_ids": submission.party_ids, "agency_id": submission.proposing_agency_id,
        "reason": remark, "after": audit.plain({"title": submission.title, "kind": submission.kind, **(after or {})}),
    }  # fmt: skip
    events = [{**event, "person_id": line.person_id} for line in lines] or [event]
    audit.record_many(actor, action, "submission", events)


def put(lines: Sequence[SubmissionLine], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the same columns of many lines at once; `rows` holds their new values in the order of `lines`."""
    if not lines:
        return
    pairs = list(zip(lines, rows, strict=True))
    db.session.execute(update(SubmissionLine), [{"id": line.id, **row} for line, row in pairs])
    for line, row in pairs:
        for name, value in row.items():
            set_committed_value(line, name, value)


def let_go(kind: Kind, submission: Submission, lines: Sequence[SubmissionLine]) -> None:
    """Free what the kind held for these people while they were on their way."""
    with scope.everything():
        kind.let_go(submission.id, [line.person_id for line in lines])


def on_behalf(actor: Actor) -> Actor:
    """Return the program acting in the actor's name: what a decision makes true is written under the paper's right."""
    return replace(actor, is_system=True)
