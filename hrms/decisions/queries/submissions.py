"""Reads of what is on its way to signature: lists, one submission with its people and steps, what waits for whom.

The row policy shows a submission to its parties; `visible()` narrows that to what each party has to do with it: the
proposing agency from the draft on, the appraiser from the submission on, the signer once it was appraised, văn thư once
something was signed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, exists, func, select

from hrms.agencies import queries as agencies
from hrms.core.actor import EVERYTHING, Actor, missing
from hrms.core.db import db
from hrms.core.paging import LIMIT, Order, Page, cut, decode, order_by, seek, typed_values
from hrms.core.permissions import Permission, Role
from hrms.decisions.models import Decision, Submission, SubmissionLine, SubmissionStep
from hrms.decisions.rules.path import DRAFTING, Hands, LineState, State

P = Permission
TAKING_PART = (P.DECISIONS_PROPOSE, P.DECISIONS_APPRAISE, P.DECISIONS_SIGN, P.DECISIONS_NUMBER)
"""Whoever holds one of these has a desk; every page of submissions asks for one of them."""
LINES_PAGE = 50
OPEN = (State.DRAFT, State.SUBMITTED, State.APPRAISED, State.SIGNED)


@dataclass(frozen=True, slots=True)
class SubmissionFilters:
    """What the list may be narrowed by; `mine` keeps what the reader proposed."""

    state: str | None = None
    kind: str | None = None
    agency_id: int | None = None
    mine: bool = False


def at_own(actor: Actor, column: Any, permission: Permission) -> ColumnElement[bool]:
    """Return the condition "the agency is the very one where the actor holds the permission"."""
    roots = actor.scope(permission)
    if EVERYTHING in roots:
        return sa.true()
    own: ColumnElement[bool] = column.in_(roots)
    return own


def at_signing(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "the actor signs at the very agency": a delegate only the kinds that were delegated."""
    roots = actor.scope(P.DECISIONS_SIGN)
    if EVERYTHING in roots:
        return sa.true()
    agency = Submission.signing_agency_id
    seen: list[ColumnElement[bool]] = []
    for grant in actor.grants:
        if grant.agency_id not in roots or not grant.gives(P.DECISIONS_SIGN):
            continue
        here = agency == grant.agency_id
        limited = grant.role is Role.DELEGATE and grant.actions is not None
        seen.append(sa.and_(here, Submission.kind.in_(grant.actions or ())) if limited else here)
    return sa.or_(sa.false(), *seen)


def _has_line(state: LineState) -> ColumnElement[bool]:
    return exists().where(SubmissionLine.submission_id == Submission.id, SubmissionLine.state == state.value)


def visible(actor: Actor, *permissions: Permission) -> ColumnElement[bool]:
    """Return the condition "the actor takes part in it", by any of `permissions` (all four unless given)."""
    wanted = permissions or TAKING_PART
    seen: list[ColumnElement[bool]] = []
    if P.DECISIONS_PROPOSE in wanted:
        seen.append(at_own(actor, Submission.proposing_agency_id, P.DECISIONS_PROPOSE))
    if P.DECISIONS_APPRAISE in wanted:
        was_sent = sa.or_(Submission.state != State.DRAFT.value, Submission.returned)
        seen.append(sa.and_(at_own(actor, Submission.appraising_agency_id, P.DECISIONS_APPRAISE), was_sent))
    if P.DECISIONS_SIGN in wanted:
        ready = Submission.state.in_([State.APPRAISED.value, State.SIGNED.value, State.CLOSED.value])
        seen.append(sa.and_(at_signing(actor), ready))
    if P.DECISIONS_NUMBER in wanted:
        signed = sa.or_(
            Submission.state.in_([State.SIGNED.value, State.CLOSED.value]),
            sa.and_(Submission.state == State.APPRAISED.value, _has_line(LineState.SIGNED)),
        )
        seen.append(sa.and_(at_own(actor, Submission.signing_agency_id, P.DECISIONS_NUMBER), signed))
    return sa.or_(sa.false(), *seen)


def get_submission(actor: Actor, submission_id: int, *permissions: Permission) -> Submission:
    """Return a submission the actor takes part in. Raises `NotFound`."""
    found = db.session.scalar(select(Submission).where(Submission.id == submission_id, visible(actor, *permissions)))
    if found is None:
        raise missing("submission")
    return found


def find_submission(submission_id: int) -> Submission:
    """Return a submission that the row policy shows, for the answer to who has just taken a step. Raises `NotFound`."""
    found = db.session.scalar(select(Submission).where(Submission.id == submission_id))
    if found is None:
        raise missing("submission")
    return found


def _conditions(actor: Actor, filters: SubmissionFilters) -> list[ColumnElement[bool]]:
    found = [visible(actor)]
    if filters.state:
        found.append(Submission.state == filters.state)
    if filters.kind:
        found.append(Submission.kind == filters.kind)
    if filters.agency_id is not None:
        parties = (Submission.proposing_agency_id, Submission.appraising_agency_id, Submission.signing_agency_id)
        found.append(sa.or_(*(party == filters.agency_id for party in parties)))
    if filters.mine:
        found.append(Submission.proposed_by == actor.account_id)
    return found


_ORDER: Order = [(cast("ColumnElement[Any]", Submission.id), True)]


def list_submissions(
    actor: Actor, filters: SubmissionFilters, *, after: str | None = None, before: str | None = None, limit: int = LIMIT
) -> Page[Submission]:
    """Return a page of the submissions the actor takes part in, newest first."""
    query: Select[Any] = select(Submission).where(*_conditions(actor, filters))
    if cursor := before or after:
        query = query.where(seek(_ORDER, typed_values(_ORDER, decode(cursor, 1)), back=bool(before)))
    rows = db.session.scalars(query.order_by(*order_by(_ORDER, back=bool(before))).limit(limit + 1)).all()
    return cut(rows, limit, ("id",), after=after, before=before)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people a submission has, by the state of their lines, and the first few names."""

    states: Mapping[LineState, int]
    names: Sequence[str]

    @property
    def people(self) -> int:
        """Return how many are still in the list."""
        return sum(n for state, n in self.states.items() if state is not LineState.DROPPED)


def tallies(ids: Collection[int], most: int = 3) -> dict[int, Tally]:
    """Return how many people each submission has and the first names, in two statements."""
    line = SubmissionLine
    counted = db.session.execute(
        select(line.submission_id, line.state, func.count())
        .where(line.submission_id.in_(ids))
        .group_by(line.submission_id, line.state)
    )
    states: dict[int, dict[LineState, int]] = {i: {} for i in ids}
    for submission_id, state, number in counted:
        states[submission_id][LineState(state)] = number
    place = func.row_number().over(partition_by=line.submission_id, order_by=line.place).label("nth")
    first = (
        select(line.submission_id, line.person_name, place)
        .where(line.submission_id.in_(ids), line.state != LineState.DROPPED.value)
        .subquery()
    )
    names: dict[int, list[str]] = {i: [] for i in ids}
    for row in db.session.execute(select(first).where(first.c.nth <= most).order_by(first.c.nth)):
        names[row.submission_id].append(row.person_name)
    return {i: Tally(states[i], names[i]) for i in ids}


def list_lines(
    submission_id: int, *, ids: Collection[int] | None = None, states: Collection[LineState] | None = None
) -> Sequence[SubmissionLine]:
    """Return the people of a submission in their order: all, some by line id, or those in some states."""
    query = select(SubmissionLine).where(SubmissionLine.submission_id == submission_id)
    if ids is not None:
        query = query.where(SubmissionLine.id.in_(ids))
    if states is not None:
        query = query.where(SubmissionLine.state.in_([state.value for state in states]))
    return db.session.scalars(query.order_by(SubmissionLine.place, SubmissionLine.id)).all()


def list_steps(submission_id: int) -> Sequence[SubmissionStep]:
    """Return the steps taken so far, newest first."""
    query = select(SubmissionStep).where(SubmissionStep.submission_id == submission_id)
    return db.session.scalars(query.order_by(SubmissionStep.id.desc())).all()


def list_parts(submission: Submission) -> Sequence[Submission]:
    """Return the other parts of the same list that the reader may see: it was split by signer."""
    query = select(Submission).where(Submission.split_key == submission.split_key, Submission.id != submission.id)
    return db.session.scalars(query.order_by(Submission.id)).all()


def hands(submission: Submission) -> Hands:
    """Return who has had a hand in it so far; one statement."""
    line, taken = SubmissionLine, SubmissionStep
    rows = db.session.execute(
        select(sa.literal("sign"), line.signed_by)
        .where(line.submission_id == submission.id, line.signed_by.is_not(None))
        .union(
            select(sa.literal("draft"), taken.account_id).where(
                taken.submission_id == submission.id, taken.account_id.is_not(None), _is_drafting()
            )
        )
    ).all()
    signed, drafted = (frozenset(i for what, i in rows if i and what == wanted) for wanted in ("sign", "draft"))
    return Hands(submission.proposed_by, submission.appraised_by, signed, drafted)


def _is_drafting() -> ColumnElement[bool]:
    return SubmissionStep.step.in_([step.value for step in DRAFTING])


def party_names(submissions: Collection[Submission]) -> dict[int, str]:
    """Return the names of the agencies that take part, by id."""
    ids = {
        i
        for one in submissions
        for i in (one.proposing_agency_id, one.appraising_agency_id, one.signing_agency_id)
        if i is not None
    }
    return agencies.names(ids)


def open_elsewhere(kind: str, person_ids: Collection[int], but: int | None = None) -> set[int]:
    """Return which of these people stand in an open submission of the kind, whoever made it.

    The caller has opened the scope: nothing but the fact itself may be told of a submission the reader does not see.
    """
    line = SubmissionLine
    query = select(line.person_id).where(
        line.person_id.in_(person_ids),
        line.kind == kind,
        line.state.in_([LineState.PENDING.value, LineState.SIGNED.value]),
    )
    if but is not None:
        query = query.where(line.submission_id != but)
    return set(db.session.scalars(query))


def submission_of(actor: Actor, decision_id: int) -> Submission | None:
    """Return the submission a decision came from, if the actor takes part in it."""
    return db.session.scalar(
        select(Submission)
        .where(
            Submission.id.in_(select(SubmissionLine.submission_id).where(SubmissionLine.decision_id == decision_id)),
            visible(actor),
        )
        .limit(1)
    )


def waiting(actor: Actor, most: int = 20) -> dict[str, tuple[int, Sequence[Submission]]]:
    """Return what waits for the actor by task (complete, appraise, sign, number): how many, and the oldest few.

    Work that the actor may not do because of an earlier hand in it is not counted. One statement.
    """
    me = actor.account_id
    pending, signed = _has_line(LineState.PENDING), _has_line(LineState.SIGNED)
    mine_signed = exists().where(SubmissionLine.submission_id == Submission.id, SubmissionLine.signed_by == me)
    mine_drafted = exists().where(
        SubmissionStep.submission_id == Submission.id, SubmissionStep.account_id == me, _is_drafting()
    )
    conditions: dict[str, ColumnElement[bool]] = {
        "complete": sa.and_(
            Submission.state == State.DRAFT.value,
            at_own(actor, Submission.proposing_agency_id, P.DECISIONS_PROPOSE),
            Submission.proposed_by == me,
        ),
        "appraise": sa.and_(
            Submission.state == State.SUBMITTED.value,
            at_own(actor, Submission.appraising_agency_id, P.DECISIONS_APPRAISE),
            Submission.proposed_by.is_distinct_from(me),
            ~mine_drafted,
        ),
        "sign": sa.and_(
            Submission.state == State.APPRAISED.value,
            at_signing(actor),
            ~mine_drafted,
            Submission.proposed_by.is_distinct_from(me),
            Submission.appraised_by.is_distinct_from(me),
            pending,
        ),
        "number": sa.and_(
            Submission.state.in_([State.APPRAISED.value, State.SIGNED.value]),
            at_own(actor, Submission.signing_agency_id, P.DECISIONS_NUMBER),
            signed,
            ~mine_signed,
        ),
    }
    parts = []
    for name, condition in conditions.items():
        counted = func.count().over().label("total")
        nth = func.row_number().over(order_by=(Submission.changed_at, Submission.id)).label("nth")
        part = select(sa.literal(name).label("task"), Submission.id.label("id"), counted, nth).where(condition)
        parts.append(part)
    union = sa.union_all(*parts).subquery()
    query = (
        select(union.c.task, union.c.total, Submission)
        .join(Submission, Submission.id == union.c.id)
        .where(union.c.nth <= most)
        .order_by(union.c.task, union.c.nth)
    )
    found: dict[str, tuple[int, list[Submission]]] = {}
    for task, total, submission in db.session.execute(query):
        found.setdefault(task, (total, []))[1].append(submission)
    return {name: found[name] for name in conditions if name in found}


def last_symbol(agency_id: int, begin: str) -> str | None:
    """Return the symbol of the agency's latest paper that begins so (`QĐ`, `TB`), or None."""
    query = (
        select(Decision.symbol)
        .where(Decision.issuer_agency_id == agency_id, Decision.symbol.startswith(f"{begin}-", autoescape=True))
        .order_by(Decision.signed_on.desc(), Decision.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def last_title(account_id: int | None) -> str | None:
    """Return the title under which the account signed last, or None."""
    query = (
        select(SubmissionLine.signer_title)
        .where(SubmissionLine.signed_by == account_id, SubmissionLine.signer_title.is_not(None))
        .order_by(SubmissionLine.signed_at.desc())
        .limit(1)
    )
    return db.session.scalar(query)
