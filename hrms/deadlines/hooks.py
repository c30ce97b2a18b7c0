"""What the calendar registers: the menu, a card of the first page, when its lines are made again, its sentences."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import Flask

from hrms.core import hooks
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.i18n import N_, _
from hrms.core.permissions import Permission
from hrms.deadlines import queries, services
from hrms.deadlines.models import DueLine

SOON = 30


def register(app: Flask) -> None:
    """Leave the calendar's part in the core's registries."""
    del app
    hooks.entity_labels["calendar"] = N_("Lịch việc đến hạn")
    view = (Permission.PEOPLE_VIEW,)
    hooks.menu.append(hooks.MenuItem(N_("Hằng ngày"), N_("Lịch việc đến hạn"), "deadlines.index", view, 14))
    hooks.cards.append(hooks.Card("deadlines/_card.html", _card, 15))
    hooks.people_changed.append(_follow)
    hooks.working_days_changed.append(_make_all)
    hooks.law_changed.append(_make_all)
    hooks.daily.append(services.refresh_all)
    hooks.checks.append(hooks.Check("deadlines.lines", _check))
    hooks.sentences["calendar.feed_made"] = lambda _event: _("tạo địa chỉ lịch riêng")
    hooks.sentences["calendar.feed_revoked"] = lambda _event: _("thu hồi địa chỉ lịch riêng")


def _follow(person_ids: Collection[int]) -> None:
    services.refresh(person_ids)


def _make_all() -> None:
    services.refresh(None)


def _card(actor: Actor) -> Mapping[str, Any] | None:
    """Return how much is overdue and how much falls due in 30 days; None for who sees no list. One statement."""
    if not actor.may(Permission.PEOPLE_VIEW):
        return None
    overdue, soon = queries.count_soon(actor, queries.reach(actor), SOON)
    return {"overdue": overdue, "soon": soon, "days": SOON}


def _check() -> Sequence[str]:
    """Prove that the lines are those that facts and rules give today."""
    known = services.kinds()
    wanted = {(one.person_id, one.due.code, one.due.key): one.due.due_on for one in services.wanted(None)}
    rows = db.session.execute(db.select(DueLine.person_id, DueLine.code, DueLine.key, DueLine.due_on))
    kept = {(row.person_id, row.code, row.key): row.due_on for row in rows if row.code in known}
    different = sorted(one for one in kept.keys() | wanted.keys() if kept.get(one) != wanted.get(one))
    return [f"people.id={one[0]}: {one[1]} {one[2]}: {kept.get(one)} ≠ {wanted.get(one)}" for one in different]
