"""The work inventory of a scheme: pieces of work added, pasted, copied from frames, grouped, given to positions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import refuse_if
from hrms.core.formats import BadNumber, parse_decimal
from hrms.core.rules import N_, Problem
from hrms.core.text import fold, nfc
from hrms.people.models import Person, PersonCurrent
from hrms.positions.models import JobPosition, PositionScheme, SchemeLine, SchemeWork
from hrms.positions.queries import scheme_lines, schemes
from hrms.positions.rules.frames import from_json
from hrms.positions.rules.kinds import GROUP_LABELS, PositionGroup
from hrms.positions.rules.works import guess_group
from hrms.positions.services.schemes.hands import note_edit, row_of, take, touched

MOST_WORKS = 5000
MOST_AT_ONCE = 500
LONGEST = {"name": 500, "product": 300, "note": 500}
MOST_AMOUNT = Decimal(1_000_000)
_NO = frozenset({"khong", "k", "no", "0"})


@dataclass(frozen=True, slots=True)
class NewWork:
    """A piece of work as it is written: times a year, hours each time; without a person it is the unit's own."""

    unit_id: int
    name: str
    times_a_year: Decimal = Decimal(0)
    hours_each: Decimal = Decimal(0)
    person_id: int | None = None
    product: str = ""
    regular: bool = True
    group: str | None = None
    line_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pasted:
    """What cells pasted from a sheet come to, and what is wrong with them by line (`lines[n]`, from 0)."""

    works: Sequence[NewWork]
    problems: Sequence[Problem]


def read_pasted(text: str, unit_id: int, person_id: int | None = None) -> Pasted:
    """Return the work of cells copied from a sheet: name, product, times a year, hours each, regular or not, note.

    Cells are parted by tabs (Excel, LibreOffice) or by semicolons; a first line of headings and a first column of
    numbers are left aside.
    """
    works: list[NewWork] = []
    problems: list[Problem] = []
    for place, line in enumerate(text.splitlines()):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split("\t" if "\t" in line else ";")]
        if cells and cells[0].rstrip(".").isdigit() and len(cells) > 1:
            cells = cells[1:]
        if not works and not problems and fold(cells[0]).startswith(("ten cong viec", "cong viec", "tt")):
            continue
        cells += [""] * (6 - len(cells))
        name, product, times, hours, regular, note = cells[:6]
        amounts: list[Decimal] = []
        for cell, words in ((times, N_("số lần một năm")), (hours, N_("số giờ mỗi lần"))):
            number = _number(cell)
            if number is None:
                sentence = N_("Dòng %(line)s: “%(value)s” không phải là %(what)s. Hãy ghi số từ 0, ví dụ 12 hoặc 3,5.")
                params = {"line": place + 1, "value": cell[:40], "what": words}
                problems.append(Problem(f"lines[{place}]", "not_a_number", sentence, params))
            else:
                amounts.append(number)
        if not name:
            sentence = N_("Dòng %(line)s: chưa ghi tên công việc ở ô đầu. Hãy ghi tên, hoặc xóa dòng.")
            problems.append(Problem(f"lines[{place}]", "required", sentence, {"line": place + 1}))
        for key, value in (("name", name), ("product", product), ("note", note)):
            if len(value) > LONGEST[key]:
                sentence = N_("Dòng %(line)s: một ô dài %(length)s ký tự, nhiều nhất %(most)s. Hãy rút gọn.")
                params = {"line": place + 1, "length": len(value), "most": LONGEST[key]}
                problems.append(Problem(f"lines[{place}]", "too_long", sentence, params))
        if len(amounts) == 2:
            works.append(
                NewWork(unit_id, name, amounts[0], amounts[1], person_id, product, fold(regular) not in _NO, note=note)
            )
    if not works and not problems:
        problems.append(Problem("lines", "required", N_("Chưa dán dòng nào. Hãy chép các ô trong Excel rồi dán vào.")))
    if len(works) > MOST_AT_ONCE:
        sentence = N_("Dán %(count)s dòng, mỗi lần nhiều nhất %(most)s. Hãy chia ra nhiều lần.")
        problems.append(Problem("lines", "too_many", sentence, {"count": len(works), "most": MOST_AT_ONCE}))
    return Pasted(works, problems)


def _number(cell: str) -> Decimal | None:
    if not cell:
        return Decimal(0)
    try:
        number = parse_decimal(cell)
    except BadNumber:
        return None
    return number if 0 <= number <= MOST_AMOUNT and number == round(number, 2) else None


def add_works(actor: Actor, scheme_id: int, works: Sequence[NewWork]) -> list[SchemeWork]:
    """Add pieces of work, all or none. Raises `NotFound`, `Forbidden`, `Refused` naming the line."""
    scheme = take(actor, scheme_id)
    counted = db.session.scalar(select(func.count()).where(SchemeWork.scheme_id == scheme.id)) or 0
    problems = _problems(scheme, works)
    if counted + len(works) > MOST_WORKS:
        sentence = N_("Bảng thống kê sẽ có %(count)s dòng, nhiều nhất %(most)s. Hãy gộp các việc nhỏ.")
        problems.append(Problem("lines", "too_many", sentence, {"count": counted + len(works), "most": MOST_WORKS}))
    refuse_if(problems)
    rows = [SchemeWork(scheme_id=scheme.id, recorded_by=actor.account_id, **_values(work)) for work in works]
    db.session.add_all(rows)
    db.session.flush()
    if rows:
        what = rows[0].name if len(rows) == 1 else str(len(rows))
        note_edit(actor, scheme, "works_added", what, after={"works": len(rows)})
    return rows


def copy_duties(actor: Actor, scheme_id: int, line_id: int) -> int:
    """Add the duties of the frame of a proposed line as work of its unit; returns how many were new.

    The frame proposed with the line, else the one in force. Raises `NotFound`, `Forbidden`, `Refused` without a frame.
    """
    scheme = take(actor, scheme_id)
    row = next((one for one in scheme_lines.list_lines(scheme.id) if one.line.id == line_id), None)
    if row is None:
        raise missing("line")
    content = row.line.frame.get("content") if row.line.frame else None
    if content is None and row.frame is not None:
        content = scheme_lines.version_values(row.frame.version_id)["content"]
    duties = from_json(content).duties if content else ()
    if not duties:
        sentence = N_("Vị trí “%(name)s” chưa có công việc trong bản mô tả. Hãy ghi bằng tay hoặc dán từ Excel.")
        refuse_if([Problem("line", "no_duties", sentence, {"name": row.position.name})])
    have = {
        fold(name)
        for name in db.session.scalars(
            select(SchemeWork.name).where(
                SchemeWork.scheme_id == scheme.id, SchemeWork.unit_id == row.line.unit_id,
                SchemeWork.person_id.is_(None),
            )
        )
    }  # fmt: skip
    new: dict[str, NewWork] = {}
    for duty in duties:
        name = nfc(duty.work or duty.task)[: LONGEST["name"]]
        if name and fold(name) not in have:
            new.setdefault(
                fold(name),
                NewWork(
                    row.line.unit_id, name, product=nfc(duty.output)[: LONGEST["product"]], line_id=line_id,
                    group=row.position.position_group,
                ),
            )  # fmt: skip
    add_works(actor, scheme_id, list(new.values()))
    return len(new)


def edit_work(actor: Actor, scheme_id: int, work_id: int, work: NewWork, *, version: int) -> SchemeWork:
    """Change a piece of work. Raises `NotFound`, `Forbidden`, `Stale`, `Refused`."""
    scheme = take(actor, scheme_id)
    row = row_of(SchemeWork, scheme, work_id, version)
    refuse_if(_problems(scheme, [work], alone=True))
    before = {name: getattr(row, name) for name in _values(work)}
    for name, value in _values(work).items():
        setattr(row, name, value)
    touched(actor, row)
    note_edit(actor, scheme, "work_edited", row.name, before=before, after=_values(work))
    return row


def remove_work(actor: Actor, scheme_id: int, work_id: int, *, version: int) -> None:
    """Remove a piece of work. Raises `NotFound`, `Forbidden`, `Stale`, `Refused`."""
    scheme = take(actor, scheme_id)
    row = row_of(SchemeWork, scheme, work_id, version)
    name = row.name
    db.session.delete(row)
    db.session.flush()
    note_edit(actor, scheme, "work_removed", name)


def group_works(actor: Actor, scheme_id: int, work_ids: Collection[int], group: PositionGroup | None) -> int:
    """Put pieces of work into a group; None: each where its words point (`guess_group`). Returns how many changed."""
    scheme = take(actor, scheme_id)
    changed = 0
    for row in _rows(scheme, work_ids):
        wanted = (group or guess_group(row.name)).value
        if row.work_group != wanted:
            row.work_group = wanted
            touched(actor, row)
            changed += 1
    if changed:
        told = {"group": group.value if group else "", "works": changed}
        note_edit(actor, scheme, "grouped", str(changed), after=told)
    return changed


def link_works(actor: Actor, scheme_id: int, work_ids: Collection[int], line_id: int | None) -> int:
    """Give pieces of work to a proposed line of their unit (None: to none). Returns how many changed.

    Raises `Refused` for work of a unit other than the line's.
    """
    scheme = take(actor, scheme_id)
    line = scheme_lines.get_line(scheme.id, line_id) if line_id is not None else None
    position = db.session.get(JobPosition, line.position_id) if line else None
    rows = _rows(scheme, work_ids)
    strange = [row.name for row in rows if line is not None and row.unit_id != line.unit_id]
    if strange:
        sentence = N_("“%(name)s” là việc của đơn vị khác với vị trí đã chọn. Hãy chọn vị trí của cùng đơn vị.")
        refuse_if([Problem("line", "other_unit", sentence, {"name": strange[0]})])
    changed = 0
    for row in rows:
        if row.scheme_line_id != line_id:
            row.scheme_line_id = line_id
            if position is not None and row.work_group is None:
                row.work_group = position.position_group
            touched(actor, row)
            changed += 1
    if changed:
        note_edit(actor, scheme, "linked", position.name if position else "—", after={"works": changed})
    return changed


def _rows(scheme: PositionScheme, work_ids: Collection[int]) -> Sequence[SchemeWork]:
    query = select(SchemeWork).where(SchemeWork.scheme_id == scheme.id, SchemeWork.id.in_(sorted(set(work_ids))))
    return db.session.scalars(
        query.order_by(SchemeWork.id).with_for_update().execution_options(populate_existing=True)
    ).all()


def _values(work: NewWork) -> dict[str, Any]:
    return {
        "unit_id": work.unit_id, "person_id": work.person_id, "name": nfc(work.name),
        "product": nfc(work.product) or None,
        "times_a_year": work.times_a_year, "hours_each": work.hours_each, "regular": work.regular,
        "work_group": work.group, "scheme_line_id": work.line_id, "note": nfc(work.note) or None,
    }  # fmt: skip


def _problems(scheme: PositionScheme, works: Sequence[NewWork], *, alone: bool = False) -> list[Problem]:
    """Return what is wrong with pieces of work; fields are `lines[n]`, or the column of the one that is alone."""
    units = {unit.id for unit in schemes.units_of(scheme)}
    lines = {
        row.id: row.unit_id for row in db.session.scalars(select(SchemeLine).where(SchemeLine.scheme_id == scheme.id))
    }
    people = _places({work.person_id for work in works if work.person_id is not None})
    found = []
    for place, work in enumerate(works):

        def say(column: str, code: str, text: str, place: int = place, **params: object) -> None:
            found.append(Problem(column if alone or len(works) == 1 else f"lines[{place}]", code, text, params))

        if not nfc(work.name):
            say("name", "required", N_("Chưa ghi tên công việc. Hãy ghi tên, hoặc xóa dòng."))
        for column, most in LONGEST.items():
            length = len(str(getattr(work, column)))
            if length > most:
                text = N_("Nội dung dài %(length)s ký tự, nhiều nhất %(most)s. Hãy rút gọn.")
                say(column, "too_long", text, length=length, most=most)
        for column in ("times_a_year", "hours_each"):
            if not 0 <= getattr(work, column) <= MOST_AMOUNT:
                say(column, "out_of_range", N_("Số phải từ 0 đến 1.000.000. Hãy xem lại."))
        if work.unit_id not in units:
            say("unit", "other_unit", N_("Đơn vị không thuộc đề án này. Hãy chọn đơn vị trong danh sách."))
        if work.person_id is not None and work.person_id not in people:
            say("person", "unknown", N_("Không thấy người này trong phạm vi của bạn. Hãy chọn lại."))
        if work.group is not None and work.group not in GROUP_LABELS:
            say("group", "unknown", N_("Nhóm công việc không có trong danh sách. Hãy chọn lại."))
        if work.line_id is not None and lines.get(work.line_id) != work.unit_id:
            say("line", "other_unit", N_("Vị trí đã chọn không thuộc đơn vị này trong đề án. Hãy chọn lại."))
    return found


def _places(people: Collection[int]) -> set[int]:
    """Return which of some people the transaction sees."""
    if not people:
        return set()
    query = select(Person.id).join(PersonCurrent, PersonCurrent.person_id == Person.id).where(Person.id.in_(people))
    return set(db.session.scalars(query))
