"""Writes of the table of decentralisation: a row is added, ended, or replaced by another from a day on.

What was once used is never edited, so it can always be said by which row somebody signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from hrms.agencies.rules import KIND_LABELS as AGENCY_KINDS
from hrms.agencies.rules import AgencyKind
from hrms.audit import services as audit
from hrms.core import catalogues, clock
from hrms.core.actor import Actor
from hrms.core.dates import last_day
from hrms.core.db import db
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.decisions.models import DecentralisationRule
from hrms.decisions.queries import powers as queries
from hrms.decisions.rules import powers as rules
from hrms.figures.services import province_closure

P = Permission.DECISIONS_POWERS
COLUMNS = (*rules.CONDITIONS, "proposes", "appraises", "signs", "source", "note")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('decentralisation', 0))")
# Ranks stand in a table of a domain above this one.
_RANK = text("SELECT 1 FROM ranks WHERE code = :code")


def load() -> int:
    """Bring the seeded rows in, as the owner of the database; returns the rows seen.

    A row the province ended or changed stays as the province left it; of an untouched one the source, the mark, the
    note and the end follow the file. Whom a row names is never rewritten: the file gives a new row a new code.
    """
    rows = [dict(row) for row in catalogues.read_csv(catalogues.FOLDER / "decentralisation.csv")]
    statement = insert(DecentralisationRule).values([{**row, "source": row["source"] or ""} for row in rows])
    fresh = {name: statement.excluded[name] for name in ("source", "mark", "note", "valid_to")}
    differs = or_(*(getattr(DecentralisationRule, name).is_distinct_from(value) for name, value in fresh.items()))
    untouched = and_(DecentralisationRule.version == 1, differs)
    db.session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=fresh, where=untouched))
    return len(rows)


def add_power(actor: Actor, values: Mapping[str, Any]) -> DecentralisationRule:
    """Add a row: `values` by column, with `valid_from` and perhaps `last_day`. Raises `Forbidden`, `Refused`."""
    reach = _enter(actor)
    row = _row(values)
    day, last = values.get("valid_from"), values.get("last_day")
    problems = _problems({**row, "valid_from": day})
    if day is not None and last is not None and last < day:
        problems.append(_ends_early("last_day", day))
    ends = last + timedelta(days=1) if last is not None else None
    if day is not None and not problems:
        problems += _twice(row, day, ends, None)
    refuse_if(problems)
    made = DecentralisationRule(**row, valid_from=day, valid_to=ends, mark="P", recorded_by=actor.account_id)
    db.session.add(made)
    db.session.flush()
    _note(actor, reach, "added", made.id, after=_told(made))
    return made


def change_power(
    actor: Actor, rule: DecentralisationRule, values: Mapping[str, Any], *, start: date | None, version: int
) -> DecentralisationRule:
    """Have a row end and another stand in its place from `start` on; returns the new one.

    One that has neither begun nor been used is put right itself. Raises `Forbidden`, `Stale`, `Refused`.
    """
    reach = _enter(actor)
    rule = _take(rule, version)
    row = _row(values)
    problems = _problems({**row, "valid_from": start})
    before = _told(rule)
    waiting = _waits(rule, start)
    if start is not None and not waiting:
        problems += _start_problems(rule, start)
    if start is not None and rule.valid_to is not None and start >= rule.valid_to:
        problems.append(_over(rule))
    if all(before.get(name) == row.get(name) for name in COLUMNS) and (not waiting or start == rule.valid_from):
        problems.append(Problem("", "unchanged", N_("Chưa đổi nội dung nào của dòng này. Hãy sửa rồi lưu lại.")))
    if start is not None and not problems:
        problems += _twice(row, start, rule.valid_to, rule.id)
    if problems or start is None:
        raise Refused(*problems)
    if waiting:
        for name, value in {**row, "valid_from": start, "mark": "P"}.items():
            setattr(rule, name, value)
        made = rule
    else:
        made = DecentralisationRule(
            **row, valid_from=start, valid_to=rule.valid_to, mark="P", recorded_by=actor.account_id
        )
        rule.valid_to = start
        db.session.add(made)
    rule.version += 1
    db.session.flush()
    was, now = audit.changed(before, _told(made))
    _note(actor, reach, "changed", made.id, before=was, after=now)
    return made


def end_power(actor: Actor, rule: DecentralisationRule, *, last: date | None, version: int) -> None:
    """Have a row hold for the last time on a day, today or later. Raises `Forbidden`, `Stale`, `Refused`."""
    reach = _enter(actor)
    rule = _take(rule, version)
    if last is None:
        raise Refused(Problem("last_day", "required", N_("Chưa nhập ngày cuối dòng này còn hiệu lực.")))
    problems = []
    if last < rule.valid_from:
        problems.append(_ends_early("last_day", rule.valid_from))
    elif last < clock.today() - timedelta(days=1):
        problems.append(_past("last_day", last))
    if rule.valid_to is not None and last >= rule.valid_to:
        problems.append(_over(rule, "last_day"))
    refuse_if(problems)
    before = _told(rule)
    rule.valid_to = last + timedelta(days=1)
    rule.version += 1
    db.session.flush()
    was, now = audit.changed(before, _told(rule))
    _note(actor, reach, "ended", rule.id, before=was, after=now)


def _enter(actor: Actor) -> list[int]:
    """Return the closure the table belongs to: the whole province's; two at once wait for each other."""
    reach = province_closure()
    actor.require(P, at=reach)
    db.session.execute(_LOCK)
    return reach


def _take(rule: DecentralisationRule, version: int) -> DecentralisationRule:
    found = queries.get_power(rule.id)
    if found.version != version:
        raise Stale
    return found


def _row(values: Mapping[str, Any]) -> dict[str, Any]:
    row = {name: values.get(name) or None for name in COLUMNS}
    for name in ("source", "note", "rank_code"):
        row[name] = nfc(str(row[name])) or None if row[name] else None
    return row


def _problems(values: Mapping[str, Any]) -> list[Problem]:
    found = rules.check_rule(
        values, actions=queries.action_codes(), agency_kinds={kind.value for kind in AgencyKind if kind in AGENCY_KINDS}
    )
    code = values.get("rank_code")
    if code and db.session.scalar(_RANK, {"code": code}) is None:
        text_ = N_("Không có ngạch, chức danh mang mã “%(value)s”. Hãy kiểm tra lại mã, ví dụ 01.003.")
        found.append(Problem("rank_code", "unknown_rank", text_, {"value": str(code)[:20]}))
    return found


def _waits(rule: DecentralisationRule, start: date | None) -> bool:
    """Say whether a row can be put right itself: nobody has gone by it, and nothing between is left without a row."""
    today = clock.today()
    if start is None or not today <= start <= rule.valid_from:
        return False
    return not queries.count_uses(rule.id)


def _start_problems(rule: DecentralisationRule, start: date) -> list[Problem]:
    if start <= rule.valid_from:
        text_ = N_("Dòng này có hiệu lực từ %(start)s. Ngày thay đổi phải sau ngày đó.")
        return [Problem("start", "before_it_began", text_, {"start": rule.valid_from})]
    return [_past("start", start)] if start < clock.today() else []


def _past(field: str, day: date) -> Problem:
    text_ = N_("Ngày %(day)s đã qua; việc đã trình theo dòng này giữ nguyên. Hãy chọn từ hôm nay %(today)s trở đi.")
    return Problem(field, "in_the_past", text_, {"day": day, "today": clock.today()})


def _over(rule: DecentralisationRule, field: str = "start") -> Problem:
    text_ = N_("Dòng này đã có ngày cuối %(day)s. Hãy chọn ngày sớm hơn, hoặc thêm dòng mới.")
    return Problem(field, "ends_already", text_, {"day": last_day(rule.valid_to)})


def _ends_early(field: str, start: date) -> Problem:
    text_ = N_("Ngày cuối phải từ ngày bắt đầu %(start)s trở đi. Hãy sửa một trong hai ngày.")
    return Problem(field, "ends_before_it_begins", text_, {"start": start})


def _twice(row: Mapping[str, Any], start: date, ends: date | None, but: int | None) -> list[Problem]:
    """Return the problem of a second row for the very same cases in the same days: one of them would never hold."""
    table = DecentralisationRule
    query = select(table).where(
        *[getattr(table, name).is_not_distinct_from(row[name]) for name in rules.CONDITIONS],
        or_(table.valid_to.is_(None), table.valid_to > start),
    )
    if ends is not None:
        query = query.where(table.valid_from < ends)
    if but is not None:
        query = query.where(table.id != but)
    other = db.session.scalar(query.order_by(table.valid_from).limit(1))
    if other is None:
        return []
    text_ = N_("Đã có dòng cho đúng trường hợp này, hiệu lực từ %(start)s (%(source)s). Hãy thay đổi dòng đó.")
    return [Problem("", "same_case", text_, {"start": other.valid_from, "source": other.source})]


def _told(rule: DecentralisationRule) -> dict[str, Any]:
    return {**{name: getattr(rule, name) for name in COLUMNS}, "valid_from": rule.valid_from,
            "last_day": last_day(rule.valid_to)}  # fmt: skip


def _note(actor: Actor, reach: list[int], verb: str, rule_id: int, **values: Any) -> None:
    audit.record(
        actor, f"power.{verb}", "power", rule_id, scope_ids=reach, agency_id=reach[1] if len(reach) > 1 else None,
        **values,
    )  # fmt: skip
