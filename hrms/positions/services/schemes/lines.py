"""The positions a scheme proposes: chosen from the catalogue alone, with seats, shares, grades, and a frame."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, refuse_if
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.people.queries import law
from hrms.positions.models import JobPosition, PositionScheme, SchemeLine
from hrms.positions.queries import scheme_lines, schemes
from hrms.positions.rules.frames import Content, Requirements, to_json
from hrms.positions.rules.kinds import PositionGroup, QuotaKind
from hrms.positions.services.schemes.hands import note_edit, row_of, take, touched

MOST_LINES = 1000
MOST_SEATS = 100_000
LONGEST = {"code": 50, "field": 300, "reason": 1000}
_GRADE = "grade:"


@dataclass(frozen=True, slots=True)
class Given:
    """What a proposed line says; `shares` in percent by rank code or `grade:<n>`."""

    seats: int
    shares: Mapping[str, Decimal] = dataclasses.field(default_factory=dict)
    grade_from: int | None = None
    grade_to: int | None = None
    base_position_id: int | None = None
    code: str = ""
    field: str = ""
    reason: str = ""


def add_line(actor: Actor, scheme_id: int, unit_id: int, position_id: int, seats: int = 1) -> SchemeLine:
    """Propose a position of the catalogue for a unit. Raises `NotFound`, `Forbidden`, `Refused`."""
    scheme = take(actor, scheme_id)
    agency = scheme_lines.agency_of(scheme)
    offered = scheme_lines.catalogues_for(agency.kind, scheme.quota_kind)
    position = scheme_lines.position_for(offered, str(position_id), clock.today())
    problems = []
    if position is None:
        text = N_("Vị trí không có trong danh mục dùng cho cơ quan này. Hãy gõ tên rồi chọn trong danh sách.")
        problems.append(Problem("position", "not_in_catalogue", text))
    if unit_id not in {unit.id for unit in schemes.units_of(scheme)}:
        text = N_("Đơn vị không thuộc đề án này. Hãy chọn đơn vị trong danh sách.")
        problems.append(Problem("unit", "other_unit", text))
    problems += _seats_problems(seats)
    refuse_if(problems)
    if position is None:
        raise missing("position")
    there = select(SchemeLine.id).where(
        SchemeLine.scheme_id == scheme.id, SchemeLine.unit_id == unit_id, SchemeLine.position_id == position.id
    )
    if db.session.scalar(there) is not None:
        text = N_("Vị trí “%(name)s” đã có ở đơn vị này trong đề án. Hãy sửa số chỗ của dòng đó.")
        raise Refused(Problem("position", "line_twice", text, {"name": position.name}))
    frame = scheme_lines.frames_of([(unit_id, position.id)], clock.today()).get((unit_id, position.id))
    row = SchemeLine(
        scheme_id=scheme.id, unit_id=unit_id, position_id=position.id, seats=seats, shares={}, frame={},
        grade_from=frame.grade_from if frame else None, grade_to=frame.grade_to if frame else None,
        recorded_by=actor.account_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    note_edit(actor, scheme, "line_added", position.name, after={"unit_id": unit_id, "seats": seats})
    return row


def remove_line(actor: Actor, scheme_id: int, line_id: int, *, version: int) -> None:
    """Take a position out of the proposal; its work stays without one. Raises `NotFound`, `Forbidden`, `Stale`."""
    scheme = take(actor, scheme_id)
    row = row_of(SchemeLine, scheme, line_id, version)
    name, before = _name(row.position_id), {"unit_id": row.unit_id, "seats": row.seats}
    db.session.delete(row)
    db.session.flush()
    note_edit(actor, scheme, "line_removed", name, before=before)


def set_seats(actor: Actor, scheme_id: int, asked: Mapping[int, tuple[int, int]]) -> tuple[int, list[int]]:
    """Write the seats of many lines, each `(seats, version seen)`; rows that did not change are left alone.

    Returns how many were written and the ids of those that somebody else wrote meanwhile, which are left as they are.
    Raises `NotFound`, `Forbidden`, `Refused` with `seats-<id>` for what is no number of seats.
    """
    scheme = take(actor, scheme_id)
    problems = [
        Problem(f"seats-{line_id}", one.code, one.text, one.params)
        for line_id, (seats, _version) in asked.items()
        for one in _seats_problems(seats)
    ]
    refuse_if(problems)
    query = select(SchemeLine).where(SchemeLine.scheme_id == scheme.id, SchemeLine.id.in_(sorted(asked)))
    rows = db.session.scalars(
        query.order_by(SchemeLine.id).with_for_update().execution_options(populate_existing=True)
    ).all()
    written, stale, told = 0, [], []
    for row in rows:
        seats, version = asked[row.id]
        if seats == row.seats:
            continue
        if row.version != version:
            stale.append(row.id)
            continue
        before, row.seats = row.seats, seats
        touched(actor, row)
        written += 1
        told.append(f"{_name(row.position_id)} {before} → {seats}")
    if written:
        note_edit(actor, scheme, "seats", "; ".join(told))
    return written, stale


def edit_line(actor: Actor, scheme_id: int, line_id: int, given: Given, *, version: int) -> SchemeLine:
    """Change a proposed line. Raises `NotFound`, `Forbidden`, `Stale`, `Refused` with every problem at its field."""
    scheme = take(actor, scheme_id)
    row = row_of(SchemeLine, scheme, line_id, version)
    position = db.session.get_one(JobPosition, row.position_id)
    refuse_if(_problems(scheme, row, position, given))
    values: dict[str, Any] = {
        "seats": given.seats, "grade_from": given.grade_from, "grade_to": given.grade_to,
        "shares": {level: float(share) for level, share in given.shares.items()},
        "base_position_id": given.base_position_id, "code": nfc(given.code) or None, "field": nfc(given.field) or None,
        "reason": nfc(given.reason) or None,
    }  # fmt: skip
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    touched(actor, row)
    differs = [name for name in values if values[name] != before[name]]
    note_edit(
        actor, scheme, "line_edited", position.name, before={n: before[n] for n in differs},
        after={n: values[n] for n in differs},
    )  # fmt: skip
    return row


def propose_frame(
    actor: Actor, scheme_id: int, line_id: int, requirements: Requirements, content: Content, *, version: int
) -> SchemeLine:
    """Keep a new text of the frame with a line; the line's grades become those of the text.

    It comes into force when the scheme is approved. Raises `NotFound`, `Forbidden`, `Stale`.
    """
    scheme = take(actor, scheme_id)
    row = row_of(SchemeLine, scheme, line_id, version)
    columns = dataclasses.asdict(requirements)
    row.frame = {
        **{name: list(value) if isinstance(value, tuple) else value for name, value in columns.items()},
        "content": to_json(content),
    }
    row.grade_from, row.grade_to = requirements.grade_from, requirements.grade_to
    touched(actor, row)
    note_edit(actor, scheme, "frame", _name(row.position_id))
    return row


def drop_frame(actor: Actor, scheme_id: int, line_id: int, *, version: int) -> None:
    """Take a proposed text back: the frame in force stays. Raises `NotFound`, `Forbidden`, `Stale`."""
    scheme = take(actor, scheme_id)
    row = row_of(SchemeLine, scheme, line_id, version)
    row.frame = {}
    touched(actor, row)
    note_edit(actor, scheme, "frame_dropped", _name(row.position_id))


def _name(position_id: int) -> str:
    return db.session.get_one(JobPosition, position_id).name


def _seats_problems(seats: int) -> list[Problem]:
    if 0 <= seats <= MOST_SEATS:
        return []
    text = N_("Số chỗ %(seats)s không hợp lệ. Hãy nhập từ 0 đến %(most)s.")
    return [Problem("seats", "out_of_range", text, {"seats": seats, "most": MOST_SEATS})]


def _problems(scheme: PositionScheme, row: SchemeLine, position: JobPosition, given: Given) -> list[Problem]:
    found = _seats_problems(given.seats)
    for name, most in LONGEST.items():
        length = len(str(getattr(given, name)))
        if length > most:
            text = N_("Nội dung dài %(length)s ký tự, nhiều nhất %(most)s. Hãy rút gọn.")
            found.append(Problem(name, "too_long", text, {"length": length, "most": most}))
    found += _grade_problems(position, given)
    for level, share in given.shares.items():
        if not 0 <= share <= 100:
            text = N_("Tỷ lệ %(share)s%% không hợp lệ. Hãy nhập từ 0 đến 100.")
            found.append(Problem("shares", "bad_share", text, {"share": share}))
        known = level.startswith(_GRADE) if position.quota_kind == QuotaKind.PUBLIC.value else level in law.ranks()
        if not known:
            text = N_("“%(level)s” không phải là ngạch hoặc bậc. Hãy chọn trong danh sách.")
            found.append(Problem("shares", "unknown_level", text, {"level": level}))
    if sum(given.shares.values()) > 100:
        text = N_("Tổng tỷ lệ là %(sum)s%%, nhiều hơn 100%%. Hãy giảm bớt.")
        found.append(Problem("shares", "over_hundred", text, {"sum": sum(given.shares.values())}))
    if given.base_position_id is not None:
        found += _base_problems(scheme, row, given.base_position_id)
    return found


def _grade_problems(position: JobPosition, given: Given) -> list[Problem]:
    first, last = given.grade_from, given.grade_to
    if first is None and last is None:
        return []
    if first is None or last is None or first > last:
        text = N_("Khoảng bậc chưa đúng. Hãy chọn cả bậc thấp nhất và bậc cao nhất, từ thấp đến cao.")
        return [Problem("grade_to", "grades_out_of_order", text)]
    low, high = position.grade_min, position.grade_max
    if low is None or high is None:
        text = N_("Vị trí “%(name)s” không có bậc nghề nghiệp. Hãy bỏ trống bậc.")
        return [Problem("grade_from", "no_grades", text, {"name": position.name})]
    if first < low or last > high:
        text = N_("Danh mục cho vị trí “%(name)s” dùng bậc %(low)s đến %(high)s. Hãy chọn trong khoảng đó.")
        params = {"name": position.name, "low": low, "high": high}
        return [Problem("grade_from", "grades_outside_catalogue", text, params)]
    return []


def _base_problems(scheme: PositionScheme, row: SchemeLine, base_id: int) -> list[Problem]:
    """The base is a professional or support position proposed for the same unit (NĐ 232/2026/NĐ-CP Đ5 k5c)."""
    query = (
        select(JobPosition.position_group)
        .join(SchemeLine, SchemeLine.position_id == JobPosition.id)
        .where(SchemeLine.scheme_id == scheme.id, SchemeLine.unit_id == row.unit_id, JobPosition.id == base_id)
    )
    group = db.session.scalar(query)
    if group is None:
        text = N_("Vị trí gốc chưa có ở cùng đơn vị trong đề án. Hãy thêm vị trí đó trước.")
        return [Problem("base_position", "base_elsewhere", text)]
    if group == PositionGroup.LEADERSHIP.value:
        text = N_("Vị trí gốc phải là vị trí chuyên môn hoặc hỗ trợ. Hãy chọn lại.")
        return [Problem("base_position", "base_leads", text)]
    return []
