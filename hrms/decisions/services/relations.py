"""What a later decision does to an earlier one: replaces, corrects or cancels it; and how a decision stands now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from hrms.audit import services as audit
from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.decisions import queries
from hrms.decisions.models import Decision, DecisionRelation
from hrms.decisions.rules.force import RELATION_LABELS, Force, Relation, force_of

RELATION_ACTIONS = {
    Relation.REPLACES: "decision.replaced",
    Relation.CORRECTS: "decision.amended",
    Relation.CANCELS: "decision.cancelled",
}


@dataclass(frozen=True, slots=True)
class Related:
    """Another decision that stands in a relation to this one; `is_later` when it is the one that changes this."""

    decision: Decision
    relation: Relation
    is_later: bool


def relate(actor: Actor, decision: Decision, target_id: int, relation: Relation) -> DecisionRelation:
    """Write down what a new decision does to an earlier one.

    A kind's `apply()` calls it within the registration. Raises `NotFound` for a paper out of sight, and `Refused` for
    one that is not earlier, was withdrawn, or is cancelled or replaced already.
    """
    actor.require(Permission.DECISIONS_NUMBER)
    target = queries.get_decision(target_id)
    refuse_if(problems(decision.signed_on, target, but=decision.id))
    row = DecisionRelation(decision_id=decision.id, target_id=target.id, relation=relation.value)
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor, RELATION_ACTIONS[relation], "decision", target.id, scope_ids=target.scope_ids,
        agency_id=target.issuer_agency_id,
        after={"number": target.number, "symbol": target.symbol, "by": decision.reference},
    )  # fmt: skip
    return row


def problems(signed_on: date, target: Decision, *, but: int | None = None) -> list[Problem]:
    """Return why a decision signed on a day can do nothing to `target`; for `Kind.problems()` too."""
    params = {"reference": target.reference, "day": f"{target.signed_on:%d/%m/%Y}"}
    if but == target.id:
        return [Problem("decision", "itself", N_("Quyết định không tự thay đổi chính nó."))]
    if target.withdrawn_at is not None:
        text = N_("Quyết định %(reference)s đã bị thu hồi khỏi sổ, không còn gì để thay đổi.")
        return [Problem("decision", "withdrawn", text, params)]
    if target.signed_on > signed_on:
        text = N_(
            "Quyết định %(reference)s ký ngày %(day)s, sau quyết định này."
            " Chỉ quyết định sau thay đổi quyết định trước."
        )
        return [Problem("decision", "not_earlier", text, params)]
    ended = [
        one
        for one in related([target.id]).get(target.id, ())
        if one.is_later and one.decision.id != but and one.relation in {Relation.REPLACES, Relation.CANCELS}
    ]
    if ended:
        text = N_("Quyết định %(reference)s đã bị %(relation)s bởi quyết định %(by)s.")
        more = {"relation": RELATION_LABELS[ended[0].relation], "by": ended[0].decision.reference}
        return [Problem("decision", "already_ended", text, {**params, **more})]
    return []


def related(ids: Collection[int]) -> dict[int, list[Related]]:
    """Return by decision the papers that stand in relation to it and that the reader may see, oldest first."""
    wanted = set(ids)
    rows: Sequence[DecisionRelation] = db.session.scalars(
        select(DecisionRelation).where(
            or_(DecisionRelation.decision_id.in_(wanted), DecisionRelation.target_id.in_(wanted))
        )
    ).all()
    others = queries.references({row.decision_id for row in rows} | {row.target_id for row in rows})
    found: dict[int, list[Related]] = {}
    for row in rows:
        relation = Relation(row.relation)
        for own, other, later in ((row.target_id, row.decision_id, True), (row.decision_id, row.target_id, False)):
            if own in wanted and other in others:
                found.setdefault(own, []).append(Related(others[other], relation, later))
    for papers in found.values():
        papers.sort(key=lambda one: (one.decision.signed_on, one.decision.id))
    return found


def forces(decisions: Collection[Decision], on: date | None = None) -> Mapping[int, Force]:
    """Return how each decision stands on a day (today), by id; two statements for any number."""
    today = on or clock.today()
    known = related([one.id for one in decisions])
    return {
        one.id: force_of(
            one.effective_on or one.signed_on,
            [
                (other.relation.value, other.decision.effective_on or other.decision.signed_on)
                for other in known.get(one.id, ())
                if other.is_later and other.decision.withdrawn_at is None
            ],
            today,
            withdrawn=one.withdrawn_at is not None,
        )
        for one in decisions
    }
