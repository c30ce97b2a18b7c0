"""Setting a figure of the province: checked, under a lock, with its reason, in the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from hrms.audit import services as audit
from hrms.core import clock, holidays, hooks
from hrms.core.actor import EVERYTHING, Actor
from hrms.core.db import db
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.i18n import render
from hrms.core.models import Holiday, Setting
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.figures import queries, rules

_ROOTS = text("SELECT id FROM agencies WHERE parent_id IS NULL ORDER BY id")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('settings', 0))")


def province_closure() -> list[int]:
    """Return the closure of what belongs to the whole province: a grant over a part of the tree does not reach it."""
    return [EVERYTHING, *db.session.scalars(_ROOTS)]


def change(actor: Actor, name: str, value: Any, *, reason: str, version: str) -> bool:
    """Set a figure and say why; returns False when it is what it was. In force from the next request on.

    `version` is `SettingRow.version` as the actor saw it. Raises `NotFound`, `Stale`, or `Refused` for a value outside
    the bounds or a missing reason.
    """
    reach = province_closure()
    actor.require(Permission.SETTINGS_MANAGE, at=reach)
    db.session.execute(_LOCK)  # a setting nobody changed yet has no row to lock
    seen = queries.get_setting(name)
    if seen.version != version:
        raise Stale
    if not reason.strip():
        raise Refused(Problem("reason", "required", N_("Hãy ghi lý do đổi, ví dụ số văn bản của tỉnh.")))
    known = seen.known
    codes = {code for code, _words in queries.codes_for(name)}
    source = render(known.source)
    refuse_if(rules.setting_problems(value, least=known.least, most=known.most, choices=codes, source=source))
    kept = int(value) if isinstance(value, Decimal) else value
    if kept == seen.value:
        return False
    values = {"value": kept, "note": reason.strip(), "changed_at": clock.now(), "changed_by": actor.account_id}
    statement = insert(Setting).values(name=name, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
    db.session.expire_all()
    audit.record(
        actor, "setting.changed", "setting", None, scope_ids=reach, agency_id=reach[1] if len(reach) > 1 else None,
        before={"setting": name, "value": seen.value}, after={"setting": name, "value": kept}, reason=reason.strip(),
    )  # fmt: skip
    for follow in hooks.setting_changed:
        follow(name)
    return True


def change_holidays(
    actor: Actor, first: date, last: date, given: Mapping[str, str], *, reason: str, version: str | None = None
) -> int:
    """Write the days from `first` to `last` (both included) into the table of holidays; returns how many changed.

    `given` has kind, name_vi, name_en, source and mark; `version` is `version_of` the first day as the actor saw it,
    None for days not looked at. What counts working days counts by the new table at once. Raises `Stale`, `Refused`.
    """
    reach = province_closure()
    actor.require(Permission.SETTINGS_MANAGE, at=reach)
    db.session.execute(_LOCK)
    refuse_if(rules.holiday_problems(first, last, given["kind"]))
    days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    kept = {row.day: row for row in db.session.scalars(select(Holiday).where(Holiday.day.in_(days)))}
    if version is not None and queries.version_of(kept.get(first)) != version:
        raise Stale
    changed = 0
    for day in days:
        row = kept.get(day)
        before = {name: getattr(row, name) for name in given} if row is not None else None
        if before == dict(given):
            continue
        values = {**given, "changed_at": clock.now(), "changed_by": actor.account_id}
        statement = insert(Holiday).values(day=day, **values)
        db.session.execute(statement.on_conflict_do_update(index_elements=["day"], set_=values))
        audit.record(
            actor, "holiday.changed", "setting", None, scope_ids=reach, agency_id=reach[1] if len(reach) > 1 else None,
            before={"holiday": day, **before} if before else None, after={"holiday": day, **given}, reason=reason,
        )  # fmt: skip
        changed += 1
    if changed:
        db.session.expire_all()
        holidays.forget()
        for follow in hooks.working_days_changed:
            follow()
    return changed
