"""The lines of an agency: which positions it has, with its own codes and fields. A line is never renamed or deleted.

A line closes when its seats go to nothing; its people, its ledger and its past stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, Stale, refuse_if
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.core.unit import explain_constraint
from hrms.people.services import current
from hrms.positions.models import EstablishmentLine, JobPosition
from hrms.positions.queries import establishment as reading
from hrms.positions.queries.seats import lines_of
from hrms.positions.rules import ratios
from hrms.positions.rules.kinds import Catalogue, QuotaKind
from hrms.positions.rules.ledger import MovementKind
from hrms.positions.rules.lines import Position, check_base, check_line
from hrms.positions.services import quotas
from hrms.positions.services.seats import lock_lines, sitting

P = Permission
LONGEST = {"code": 60, "field": 300, "note": 500}
EDITED = ("code", "field", "note", "base_position_id", "shares")
explain_constraint(
    "uq_establishment_lines_position",
    Problem("position_id", "line_taken", N_("Cơ quan đã có vị trí này. Hãy mở vị trí đó để giao thêm chỗ.")),
)


def open_line(
    actor: Actor,
    agency_id: int,
    position_id: int,
    *,
    on: date,
    seats: int = 0,
    decision_id: int | None = None,
    values: Mapping[str, Any] | None = None,
) -> EstablishmentLine:
    """Give an agency a line of a position of the catalogue from a day on, with seats if any; returns it.

    `values` may hold `EDITED`. Raises `NotFound`, `Forbidden`, `Refused` with everything that is wrong.
    """
    agency = _agency(actor, agency_id)
    given = _given(values or {})
    position = db.session.get(JobPosition, position_id)
    if position is None:
        words = N_("Chưa chọn vị trí việc làm trong danh mục. Hãy chọn một vị trí.")
        raise Refused(Problem("position_id", "required", words))
    db.session.execute(text("SELECT id FROM agencies WHERE id = :id FOR NO KEY UPDATE"), {"id": agency_id})
    plain = _plain(position)
    problems = [*_lengths(given), *check_line(plain, agency.name, _office_kind(agency), on)]
    problems += _base_problems(plain, given["base_position_id"], on)
    problems += _share_problems(position, given["shares"], on)
    if agency.closed_on is not None and agency.closed_on <= on:
        words = N_("%(agency)s không còn hoạt động vào ngày %(day)s. Hãy chọn ngày khác.")
        problems.append(Problem("on", "agency_closed", words, {"agency": agency.name, "day": on}))
    if seats < 0:
        words = N_("Số chỗ không được âm, đang ghi %(seats)s.")
        problems.append(Problem("seats", "negative", words, {"seats": seats}))
    taken = db.session.scalar(
        select(EstablishmentLine.id).where(
            EstablishmentLine.agency_id == agency_id, EstablishmentLine.position_id == position_id
        )
    )
    if taken is not None:
        words = N_("%(agency)s đã có vị trí “%(position)s”. Hãy mở vị trí đó để giao thêm chỗ.")
        params = {"agency": agency.name, "position": position.name}
        problems.append(Problem("position_id", "line_taken", words, params))
    refuse_if(problems)
    line = EstablishmentLine(
        agency_id=agency_id, position_id=position_id, quota_kind=position.quota_kind, recorded_by=actor.account_id,
        **given,
    )  # fmt: skip
    db.session.add(line)
    db.session.flush()
    _tell(actor, "establishment_line.opened", line, agency, {}, {"position": position.name, **_told(given)})
    if seats:
        allotted = quotas.entry(
            agency_id, QuotaKind(line.quota_kind), MovementKind.ASSIGNED, seats, on, line.id
        )  # fmt: skip
        quotas.write(actor, [allotted], decision_id=decision_id)
    return line


def edit_line(actor: Actor, line_id: int, values: Mapping[str, Any], *, version: int | None = None) -> bool:
    """Change what an agency wrote to a line (`EDITED`); the position and its name stay. Returns False for no change.

    Raises `NotFound`, `Forbidden`, `Stale`, `Refused`.
    """
    line, agency = _line(actor, line_id)
    lock_lines([line_id])
    db.session.refresh(line)
    if version is not None and line.version != version:
        raise Stale
    given = _given({name: getattr(line, name) for name in EDITED} | dict(values))
    position = db.session.get_one(JobPosition, line.position_id)
    today = clock.today()
    problems = [*_lengths(given), *_share_problems(position, given["shares"], today)]
    if given["base_position_id"] != line.base_position_id:
        problems += _base_problems(_plain(position), given["base_position_id"], today)
    refuse_if(problems)
    before, after = audit.changed({name: getattr(line, name) for name in EDITED}, given)
    if not after:
        return False
    for name in EDITED:
        setattr(line, name, given[name])
    line.version += 1
    db.session.flush()
    _tell(actor, "establishment_line.edited", line, agency, _told(before), {"position": position.name, **_told(after)})
    with scope.everything():
        # Whoever sits there carries the code in their current row, also those the actor does not see.
        current.refresh(sorted(sitting(line_id, today)))
    return True


def close_line(
    actor: Actor,
    line_id: int,
    *,
    on: date,
    decision_id: int | None,
    note: str = "",
    acceptance: quotas.Acceptance | None = None,
    version: int | None = None,
) -> None:
    """Take all seats of a line back from a day on. Raises as `quotas.write`; refused when it has none that day."""
    line, _office = _line(actor, line_id)
    if version is not None and line.version != version:
        raise Stale
    seats = lines_of([line_id])[line_id].seats_on(on)
    if not seats:
        words = N_("Vị trí không có chỗ nào vào ngày %(day)s, không có gì để thu hồi.")
        raise Refused(Problem("on", "no_seats", words, {"day": on}))
    back = quotas.entry(line.agency_id, QuotaKind(line.quota_kind), MovementKind.ADJUSTED, -seats, on, line_id)
    quotas.write(actor, [back], decision_id=decision_id, note=note, acceptance=acceptance)


def get_line(actor: Actor, line_id: int) -> tuple[EstablishmentLine, Agency]:
    """Return a line the actor may see, with its agency. Raises `NotFound`."""
    line = db.session.get(EstablishmentLine, line_id)
    agency = db.session.get(Agency, line.agency_id) if line else None
    if line is None or agency is None or not actor.may(P.POSITIONS_VIEW, at=agency.scope_ids):
        raise missing("line")
    return line, agency


def _line(actor: Actor, line_id: int) -> tuple[EstablishmentLine, Agency]:
    line, agency = get_line(actor, line_id)
    actor.require(P.POSITIONS_MANAGE, at=agency.scope_ids)
    return line, agency


def _agency(actor: Actor, agency_id: int) -> Agency:
    found = db.session.get(Agency, agency_id)
    if found is None or not actor.may(P.POSITIONS_VIEW, at=found.scope_ids):
        raise missing("agency")
    actor.require(P.POSITIONS_MANAGE, at=found.scope_ids)
    return found


_OFFICE = text("SELECT kind FROM agencies WHERE id = ANY (:ids) AND kind <> 'division' ORDER BY depth DESC LIMIT 1")


def _office_kind(agency: Agency) -> str:
    return str(db.session.scalar(_OFFICE, {"ids": agency.scope_ids}) or agency.kind)


def _plain(found: JobPosition) -> Position:
    return Position(
        found.id, found.name, Catalogue(found.catalogue), found.active, found.keeps_base_grade, found.valid_from,
        found.valid_to,
    )  # fmt: skip


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {name: nfc(str(values.get(name) or "")) or None for name in LONGEST}
    given["base_position_id"] = values.get("base_position_id")
    given["shares"] = {name: float(share) for name, share in sorted((values.get("shares") or {}).items())}
    return given


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in values.items() if value not in (None, {})}
    if "shares" in told:
        told["shares"] = ", ".join(f"{level}: {share:g}%" for level, share in told["shares"].items())
    if "base_position_id" in told:
        told["base_position"] = db.session.scalar(
            select(JobPosition.name).where(JobPosition.id == told.pop("base_position_id"))
        )
    return told


def _lengths(given: Mapping[str, Any]) -> list[Problem]:
    words = N_("Nội dung dài %(length)s ký tự, quá %(most)s. Hãy rút gọn.")
    return [
        Problem(name, "too_long", words, {"length": len(given[name]), "most": most})
        for name, most in LONGEST.items()
        if given[name] and len(given[name]) > most
    ]


def _base_problems(position: Position, base_id: int | None, day: date) -> list[Problem]:
    base = db.session.get(JobPosition, base_id) if base_id is not None else None
    return check_base(position, _plain(base) if base else None, day)


def _share_problems(position: JobPosition, shares: Mapping[str, float], day: date) -> list[Problem]:
    limits = reading.limits(day)
    by_grade = {
        int(level.removeprefix("grade:")): Decimal(str(share))
        for level, share in shares.items()
        if level.startswith("grade:") and level.removeprefix("grade:") in set("12345")
    }
    least, most = position.grade_min, position.grade_max
    used = frozenset(range(least, most + 1)) if least is not None and most is not None else frozenset[int]()
    facts = ratios.GradeFacts(used, 0, {}, shares=by_grade)
    by_rank = {level: Decimal(str(share)) for level, share in shares.items() if not level.startswith("grade:")}
    found = ratios.check_shares(facts, limits, reading.choices().reading) + ratios.check_rank_shares(by_rank, {})
    unknown = [level for level in by_rank if position.ranks and level not in position.ranks]
    words = N_("Ngạch %(rank)s không được dùng ở vị trí này. Hãy bỏ tỷ lệ của ngạch đó.")
    return found + [Problem("shares", "rank_not_used", words, {"rank": level}) for level in unknown]


def _tell(
    actor: Actor,
    action: str,
    line: EstablishmentLine,
    agency: Agency,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    audit.record(
        actor, action, "establishment_line", line.id, scope_ids=agency.scope_ids, agency_id=agency.id,
        before=audit.plain(before) or None, after=audit.plain(after),
    )  # fmt: skip
