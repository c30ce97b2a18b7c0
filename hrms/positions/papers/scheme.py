"""A job-position scheme as a paper: chapters I–V and its nine annexes, frames among them.

The annexes are those of the schemes made since TT 14/2012/TT-BNV and TT 05/2013/TT-BNV: inventories, groups, staff,
list of positions, descriptions, competencies, and the summary of seats and structure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import force_locale

from hrms.core import catalogues, clock, hooks
from hrms.core.documents import Annex, Column, Paper, Signing, Table
from hrms.core.formats import format_number
from hrms.core.i18n import render
from hrms.core.rules import N_
from hrms.decisions.papers import offices
from hrms.people.queries import law
from hrms.positions.models import PositionFrame
from hrms.positions.papers.frame import frame_paper
from hrms.positions.queries import catalogue, frame_told, scheme_lines
from hrms.positions.queries.frames import Found, requirements_of
from hrms.positions.queries.scheme_lines import LineRow
from hrms.positions.queries.scheme_look import Look, shares_of
from hrms.positions.queries.scheme_staff import Staff
from hrms.positions.queries.schemes import WorkRow
from hrms.positions.rules.frames import from_json
from hrms.positions.rules.kinds import FIT_LABELS, GROUP_LABELS, FitOutcome, PositionGroup, QuotaKind
from hrms.positions.rules.schemes import State
from hrms.positions.rules.works import guess_group
from hrms.positions.services.schemes import CHAPTERS

KEY = "positions.scheme"
"""Key of the template: an administrator may replace it."""
_NONE = "Không có."
_SMALL = 10
_SEX = {"male": "Nam", "female": "Nữ"}


def register() -> None:
    """Let an administrator replace the template of schemes."""
    hooks.paper_kinds[KEY] = hooks.PaperKind(N_("Đề án vị trí việc làm"), lambda: [_sample()])


def scheme_paper(look: Look, staff: Sequence[Staff]) -> Paper:
    """Return a scheme as a paper with its nine annexes; `staff` are the people annexes 4 and 5 list."""
    office = offices.offices([look.agency.id])[look.agency.id]
    with force_locale("vi"):
        return _paper(look, office, [*_annexes(look, staff)])


def _paper(look: Look, office: offices.Office, annexes: Sequence[Annex]) -> Paper:
    scheme = look.scheme
    title = scheme.title.strip()
    summary = title[len("đề án ") :] if title.lower().startswith("đề án ") else title
    chapters = scheme.content.get("chapters") or {}
    paragraphs = []
    for number, name in CHAPTERS.items():
        paragraphs.append(f"{number}. {render(name).upper()}")
        written = [line for line in str(chapters.get(number, "")).splitlines() if line.strip()]
        paragraphs += written + _said(number, look)
    return Paper(
        kind_name="Đề án",
        summary=f"{summary[:1].upper()}{summary[1:]}",
        issuing_agency=office.name,
        superior_agency=office.superior,
        symbol=f"ĐA-{office.symbol}",
        place=office.place or "…",
        year=clock.today().year,
        paragraphs=paragraphs,
        signing=Signing(office.head),
        recipients=["Sở Nội vụ (để thẩm định)"],
        kept="VT",
        annexes=annexes,
        issuer_in_words=office.name,
        mark="Dự thảo" if scheme.state == State.DRAFT.value else "",
    )


def _said(number: str, look: Look) -> list[str]:
    """Return what the scheme's own figures say in a chapter, after what the agency wrote."""
    if number == "II":
        by: dict[str, int] = {}
        for row in look.lines:
            by[row.position.position_group] = by.get(row.position.position_group, 0) + 1
        parts = [f"{render(words).lower()}: {by[group.value]}" for group, words in GROUP_LABELS.items() if group in by]
        told = f" ({'; '.join(parts)})" if parts else ""
        return [f"Đề án xác định {len(look.lines)} vị trí việc làm{told}. Danh mục tại Phụ lục VI."]
    if number == "III":
        kept = [one for one in look.present if one.quota_kind == look.scheme.quota_kind and one.seats > 0]
        said = f"Số chỗ đề nghị: {look.seats}; đang áp dụng: {sum(one.seats for one in kept)}"
        given = f"; biên chế được giao: {look.quota}" if look.quota is not None else ""
        return [f"{said}{given}. Chi tiết tại Phụ lục IX."]
    if number == "IV":
        return ["Ngạch, bậc được sử dụng và tỷ lệ của từng vị trí tại Phụ lục IX."]
    return [] if number == "I" else (["Kính đề nghị cấp có thẩm quyền xem xét, phê duyệt."])


def _annexes(look: Look, staff: Sequence[Staff]) -> Iterable[Annex]:
    units = {unit.id: unit.name for unit in look.units}
    own = [row for row in look.works if row.work.person_id is not None]
    of_units = [row for row in look.works if row.work.person_id is None]
    yield _annex("Thống kê công việc cá nhân", [*_personal(own)])
    yield _annex("Thống kê công việc của đơn vị", [*_of_units(of_units)])
    yield _annex("Phân nhóm công việc", _groups(look.works))
    leaders = [one for one in staff if one.leads]
    yield _annex("Thực trạng đội ngũ lãnh đạo, quản lý", _staff(leaders, units), landscape=True)
    yield _annex(
        "Thực trạng đội ngũ chuyên môn, hỗ trợ", _staff([one for one in staff if not one.leads], units), landscape=True
    )
    yield _annex("Danh mục vị trí việc làm", [*_positions(look)])
    described = [*_described(look)]
    yield _annex("Bản mô tả công việc", [table for one in described for table in one.duties])
    yield _annex("Khung năng lực", [table for one in described for table in one.competencies])
    yield _annex("Tổng hợp vị trí việc làm, biên chế, cơ cấu ngạch, bậc", _summary(look), landscape=True)


def _annex(title: str, tables: Sequence[Table], *, landscape: bool = False) -> Annex:
    return Annex(title, tables, [] if tables else [_NONE], landscape=landscape)


def _parted(rows: Sequence[WorkRow], key: Callable[[WorkRow], str]) -> Mapping[str, list[WorkRow]]:
    found: dict[str, list[WorkRow]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def _amount(value: Decimal) -> str:
    return format_number(value.normalize() if value else Decimal(0), "vi")


def _personal(rows: Sequence[WorkRow]) -> Iterable[Table]:
    columns = [
        Column("TT", 0.4, "center"), Column("Tên công việc", 3), Column("Sản phẩm đầu ra", 1.8),
        Column("Số lượng/năm", 0.9, "right"), Column("Thời gian thực hiện (giờ)", 1, "right"), Column("Ghi chú", 1.2),
    ]  # fmt: skip
    for caption, own in _parted(rows, lambda row: f"{row.person or '…'} – {row.unit}").items():
        yield Table(
            columns,
            [
                [str(place), one.work.name, one.work.product or "", _amount(one.work.times_a_year),
                 _amount(one.work.hours_each), _remark(one)]
                for place, one in enumerate(own, 1)
            ],
            caption,
        )  # fmt: skip


def _remark(row: WorkRow) -> str:
    return "; ".join(part for part in (row.work.note or "", "" if row.work.regular else "không thường xuyên") if part)


def _group_of(row: WorkRow) -> PositionGroup:
    return PositionGroup(row.work.work_group) if row.work.work_group else guess_group(row.work.name)


def _of_units(rows: Sequence[WorkRow]) -> Iterable[Table]:
    columns = [
        Column("TT", 0.4, "center"), Column("Tên nhiệm vụ", 1.6), Column("Công việc", 3),
        Column("Sản phẩm", 1.8), Column("Kết quả trung bình/năm", 1, "right"),
    ]  # fmt: skip
    for caption, own in _parted(rows, lambda row: row.unit).items():
        yield Table(
            columns,
            [
                [str(place), one.position or render(GROUP_LABELS[_group_of(one)]), one.work.name,
                 one.work.product or "", _amount(one.work.times_a_year)]
                for place, one in enumerate(own, 1)
            ],
            caption,
        )  # fmt: skip


def _groups(rows: Sequence[WorkRow]) -> list[Table]:
    if not rows:
        return []
    by: dict[PositionGroup, list[str]] = {group: [] for group in PositionGroup}
    for row in rows:
        if row.work.name not in by[_group_of(row)]:
            by[_group_of(row)].append(row.work.name)
    longest = max(len(names) for names in by.values())
    columns = [
        Column("TT", 0.4, "center"), Column("Nhóm lãnh đạo, quản lý", 2), Column("Nhóm chuyên môn, thừa hành", 2),
        Column("Nhóm hỗ trợ, phục vụ", 2),
    ]  # fmt: skip
    cells = [
        [str(place + 1), *(names[place] if place < len(names) else "" for names in by.values())]
        for place in range(longest)
    ]
    return [Table(columns, cells)]


def _staff(people: Sequence[Staff], units: Mapping[int, str]) -> list[Table]:
    if not people:
        return []
    columns = [
        Column("TT", 0.45, "center"), Column("Họ và tên", 1.6), Column("Năm sinh", 0.7, "center"),
        Column("Giới", 0.55, "center"), Column("Trình độ, chuyên ngành", 1.8), Column("LLCT", 0.9),
        Column("QLNN", 0.9), Column("Ngoại ngữ", 0.9), Column("Tin học", 0.9), Column("Ngạch", 1.1),
        Column("Vị trí đang đảm nhận", 1.7), Column("Phù hợp", 0.8),
    ]  # fmt: skip
    known = law.ranks()
    rows = []
    for place, one in enumerate(people, 1):
        studied = ", ".join(part for part in (catalogues.name_of("degrees", one.degree), one.major or "") if part)
        spoken = " ".join(
            part for part in (catalogues.name_of("languages", one.language), one.language_level or "") if part
        )
        rank = known.get(one.rank_code or "")
        rows.append(
            [
                str(place), one.full_name, (one.birth_date or "")[:4], _SEX.get(one.sex or "", ""),
                studied, catalogues.name_of("theory_levels", one.theory_level),
                catalogues.name_of("state_management_levels", one.state_management_level), spoken,
                catalogues.name_of("it_levels", one.it_level), rank.name if rank else one.rank_code or "",
                one.job_position or "", render(FIT_LABELS[FitOutcome(one.fit)]) if one.fit else "",
            ]
        )  # fmt: skip
    by: dict[int, list[list[str]]] = {}
    for one, row in zip(people, rows, strict=True):
        by.setdefault(one.unit_id, []).append(row)
    return [Table(columns, own, units.get(unit_id, ""), _SMALL) for unit_id, own in by.items()]


def _positions(look: Look) -> Iterable[Table]:
    columns = [
        Column("TT", 0.4, "center"), Column("Mã", 0.8), Column("Tên vị trí việc làm", 3),
        Column("Ngạch, bậc tối thiểu", 1.4), Column("Số người cần", 0.7, "center"), Column("Ghi chú", 1.4),
    ]  # fmt: skip
    by: dict[str, list[LineRow]] = {}
    for row in look.lines:
        by.setdefault(row.unit, []).append(row)
    for unit, rows in by.items():
        yield Table(
            columns,
            [
                [str(place), one.line.code or "", one.position.name, _least(one), str(one.line.seats),
                 one.line.field or ""]
                for place, one in enumerate(rows, 1)
            ],
            unit,
        )  # fmt: skip


def _least(row: LineRow) -> str:
    if row.line.grade_from is not None:
        return f"Bậc {row.line.grade_from}"
    rank = law.ranks().get(row.position.least_rank or "")
    return rank.name if rank else ""


@dataclass(frozen=True, slots=True)
class _Described:
    duties: Sequence[Table]
    competencies: Sequence[Table]


def _described(look: Look) -> Iterable[_Described]:
    """Yield the description of each position once, as proposed or in force: the work, the competencies apart."""
    dictionary = {one.competency.code: one for one in catalogue.dictionary()}
    seen: set[tuple[int, int | None, str]] = set()
    for row in look.lines:
        kept = row.line.frame or (scheme_lines.version_values(row.frame.version_id) if row.frame else None)
        if kept is None:
            continue
        key = (row.position.id, None if row.line.frame else row.frame.version_id if row.frame else None,
               repr(row.line.frame))  # fmt: skip
        if key in seen:
            continue
        seen.add(key)
        columns = {name: kept.get(name) for name in scheme_lines.FRAME_COLUMNS}
        for name in ("majors", "certificates", "may_complete_later"):
            columns[name] = columns[name] or []
        columns |= {"grade_from": row.line.grade_from, "grade_to": row.line.grade_to}
        found = Found(PositionFrame(), row.position, None)
        office = offices.office(look.agency.name, look.agency.kind, None, [])
        requirements, content = requirements_of(columns), from_json(kept.get("content") or {})
        tables = frame_paper(found, requirements, content, dictionary, office=office, code=row.line.code or "").tables
        told = frame_told.parts(found, requirements, content, dictionary, row.line.code or "")
        labels = {one.label for one in told if one.part.key == "competencies"}
        yield _Described(
            [_named(table, row) for table in tables if table.caption not in labels],
            [_named(table, row) for table in tables if table.caption in labels],
        )


def _named(table: Table, row: LineRow) -> Table:
    return Table(table.columns, table.rows, f"{row.position.name} – {table.caption}", table.size)


def _summary(look: Look) -> list[Table]:
    rows = summary_rows(look)
    if not rows:
        return []
    columns = [
        Column("TT", 0.4, "center"), Column("Vị trí việc làm", 3), Column("Đơn vị", 2),
        Column("Biên chế hiện có", 0.9, "center"), Column("Biên chế đề nghị", 0.9, "center"),
        Column("Ngạch, bậc", 1.6), Column("Tỷ lệ", 1.8),
    ]  # fmt: skip
    cells = [[str(place), *map(str, row)] for place, row in enumerate(rows, 1)]
    total = {True: 0, False: 0}
    for row in rows:
        total[True] += int(row[2])
        total[False] += int(row[3])
    kind = QuotaKind(look.scheme.quota_kind)
    if all(one.position.quota_kind == kind.value for one in look.lines):
        cells.append(["", "Cộng", "", str(total[True]), str(total[False]), "", ""])
    return [Table(columns, cells)]


SUMMARY_HEADERS = (
    N_("Vị trí việc làm"), N_("Đơn vị"), N_("Biên chế hiện có"), N_("Biên chế đề nghị"), N_("Ngạch, bậc"), N_("Tỷ lệ"),
)  # fmt: skip
"""The columns of annex 9."""


def summary_rows(look: Look) -> list[tuple[str, str, int, int, str, str]]:
    """Return annex 9: position, unit, seats in force, seats proposed, grades or ranks, shares; dropped ones last."""
    units = {unit.id: unit.name for unit in look.units}
    found = []
    for row in look.lines:
        old = look.present_of(row)
        found.append(
            (
                row.position.name,
                row.unit,
                old.seats if old else 0,
                row.line.seats,
                _levels(row),
                _shares(row.line.shares),
            )
        )
    kept = {(row.line.unit_id, row.line.position_id) for row in look.lines}
    found += [
        (one.position.name, units.get(one.unit_id, one.unit), one.seats, 0, "", "")
        for one in look.present
        if one.seats > 0 and (one.unit_id, one.position_id) not in kept
    ]
    return found


def _levels(row: LineRow) -> str:
    low, high = row.line.grade_from, row.line.grade_to
    if low is not None:
        return f"Bậc {low}" if low == high else f"Bậc {low} đến {high}"
    known = law.ranks()
    return ", ".join(known[code].name for code in row.position.ranks if code in known)


def _shares(shares: Mapping[str, object]) -> str:
    known = law.ranks()
    parts = []
    for level, share in shares_of(shares).items():
        name = f"bậc {level.removeprefix('grade:')}" if level.startswith("grade:") else ""
        if not name:
            name = known[level].name if level in known else level
        parts.append(f"{name}: {format_number(share, 'vi')}%")
    return "; ".join(parts)


def _sample() -> Paper:
    """Return a made-up scheme to try a template on."""
    table = Table(
        [Column("TT", 0.4, "center"), Column("Vị trí việc làm", 3), Column("Số chỗ", 1, "center")],
        [["1", "Chuyên viên quản lý thử nghiệm", "3"], ["2", "Văn thư viên", "1"]],
    )
    return Paper(
        kind_name="Đề án",
        summary="Vị trí việc làm của Sở Mẫu văn bản",
        issuing_agency="Sở Mẫu văn bản",
        superior_agency="UBND tỉnh Mẫu",
        symbol="ĐA-SMVB",
        place="Mẫu",
        year=2026,
        paragraphs=[f"{number}. {name.upper()}\nNội dung thử." for number, name in CHAPTERS.items()],
        signing=Signing("Giám đốc"),
        recipients=["Sở Nội vụ (để thẩm định)"],
        kept="VT",
        annexes=[Annex("Danh mục vị trí việc làm", [table]), Annex("Tổng hợp", [table], landscape=True)],
        issuer_in_words="Sở Mẫu văn bản",
    )
