"""Scenarios read: one, several to compare, a page of them; under the transaction's own scope of amounts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import defer

from hrms.agencies.models import Agency
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.models import Task
from hrms.core.paging import LIMIT, Order, Page, cut, decode_ids, order_by, seek
from hrms.core.permissions import Permission
from hrms.figures.models import FigureChange
from hrms.pay.models import PayScenario
from hrms.pay.rules.cost_tables import Cost
from hrms.pay.rules.share_costs import ShareCost
from hrms.pay.rules.supposed import Change
from hrms.pay.rules.supposed_all import read

JOB = "pay.compute_scenario"
MOST_COMPARED = 6


@dataclass(frozen=True, slots=True)
class Look:
    """A scenario with its agency, its changes and what they cost; `cost` None before it was computed."""

    found: PayScenario
    agency: Agency
    changes: Sequence[Change]
    cost: Cost | None
    shares: Sequence[ShareCost] = ()
    """What other schemes of bonuses and extra income would cost, one for each that is supposed."""


def _look(found: PayScenario, agency: Agency) -> Look:
    cost = Cost.from_json(found.result) if found.result else None
    shares = [ShareCost.from_json(one) for one in (found.result or {}).get("shares", ())]
    return Look(found, agency, [read(one) for one in found.changes], cost, shares)


def get(actor: Actor, scenario_id: int, *, lock: bool = False) -> Look:
    """Return a scenario of an agency whose amounts the actor sees. Raises `NotFound`."""
    query = select(PayScenario, Agency).join(Agency, Agency.id == PayScenario.agency_id)
    query = query.where(PayScenario.id == scenario_id).execution_options(populate_existing=True)
    row = db.session.execute(query.with_for_update(of=PayScenario) if lock else query).one_or_none()
    if row is None or not actor.may(Permission.PAY_VIEW, at=row[1].scope_ids):
        raise missing("scenario")
    return _look(row[0], row[1])


def list_chosen(ids: Collection[int]) -> Sequence[Look]:
    """Return the scenarios of these ids that the reader may see, in the order given; one statement."""
    query = select(PayScenario, Agency).join(Agency, Agency.id == PayScenario.agency_id).where(PayScenario.id.in_(ids))
    found = {scenario.id: _look(scenario, agency) for scenario, agency in db.session.execute(query)}
    return [found[one] for one in dict.fromkeys(ids) if one in found]


def list_page(roots: Collection[int] | None, *, after: str | None = None, before: str | None = None) -> Page[Any]:
    """Return a page of scenarios, the newest first, of the agencies under `roots` (None: all the reader may see)."""
    query = select(PayScenario, Agency.name.label("agency"), PayScenario.id)
    query = query.join(Agency, Agency.id == PayScenario.agency_id)
    if roots is not None and 0 not in roots:
        query = query.where(Agency.scope_ids.overlap(list(roots)))
    back = bool(before and not after)
    order: Order = ((PayScenario.__table__.c.id, True),)
    if after or before:
        query = query.where(seek(order, decode_ids(after or before or "", 1), back=back))
    query = query.order_by(*order_by(order, back=back)).limit(LIMIT + 1)
    rows = db.session.execute(query.options(defer(PayScenario.result))).all()
    return cut(rows, LIMIT, ("id",), after=after, before=before)


def newest_task(actor: Actor, scenario_id: int) -> Task | None:
    """Return the newest computation of a scenario that this account asked for; one statement."""
    query = select(Task).where(
        Task.account_id == actor.account_id, Task.kind == JOB, Task.arguments["scenario_id"].as_integer() == scenario_id
    )
    return db.session.scalars(query.order_by(Task.id.desc()).limit(1)).one_or_none()


def list_drafts() -> Sequence[FigureChange]:
    """Return the texts that are entered and not applied, the newest first; one statement."""
    query = select(FigureChange).where(FigureChange.state == "draft").order_by(FigureChange.id.desc()).limit(100)
    return db.session.scalars(query).all()
