"""Recognises what a workbook is and proposes, for every column, the field it holds and how sure that is.

Known: the eight-sheet exchange workbook, the list with pay (BM03, birth date in the column of the sex), the rank grid,
the promotion list, our own export, and any plain list. A person's corrections and saved profiles are plain dicts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as default
from datetime import date
from enum import StrEnum
from typing import Any

from hrms.core.rules import N_, Problem
from hrms.core.text import fold
from hrms.imports.reading.delimited import legacy_font
from hrms.imports.reading.field import Field, Kind, SheetKind
from hrms.imports.reading.fields import PEOPLE, SHEETS, SPLIT_FIELDS
from hrms.imports.reading.files import Sheet, Workbook
from hrms.imports.reading.headers import Column, Header, TableReader, find_header
from hrms.imports.reading.lexicon import SEPARATOR, lexicon, sheet_names
from hrms.imports.reading.parsed import Context, shown
from hrms.imports.reading.refusals import UnreadableFile
from hrms.imports.reading.refusals import legacy_font as refuse_legacy_font
from hrms.imports.reading.values import compile_parser

GROUP_COLUMN = -1
"""The column number that stands for the group titles between the rows (“I. Phòng Tổ chức”)."""
GROUP_PATH = "(tiêu đề nhóm)"
KEY_FIELDS = ("staff_code", "national_id", "birth_date")
"""A person is found by one of these beside the name."""

_SAMPLES = 20
_CHECKED_KINDS = (Kind.DATE, Kind.PARTIAL_DATE, Kind.DECIMAL, Kind.INTEGER, Kind.MONEY, Kind.PERCENT, Kind.STEP,
                  Kind.SEX, Kind.PERSONAL_ID, Kind.YEAR)  # fmt: skip


class Layout(StrEnum):
    """The forms that are known by name."""

    EXCHANGE = "exchange"
    PAY_LIST = "pay_list"
    RANK_GRID = "rank_grid"
    PROMOTION_LIST = "promotion_list"
    OWN_EXPORT = "own_export"
    PLAIN_LIST = "plain_list"


LAYOUT_LABELS: dict[Layout, str] = {
    Layout.EXCHANGE: N_("Tệp trao đổi tám trang"),
    Layout.PAY_LIST: N_("Báo cáo danh sách và tiền lương"),
    Layout.RANK_GRID: N_("Danh sách ngạch, bậc"),
    Layout.PROMOTION_LIST: N_("Danh sách đề nghị thăng hạng"),
    Layout.OWN_EXPORT: N_("Tệp do hệ thống này xuất ra"),
    Layout.PLAIN_LIST: N_("Danh sách thường"),
}
_PAY_LIST = (
    "birth_date_male birth_date_female full_name coefficient position_allowance beyond_scale_percent rank_held_for"
)
_RANK_GRID = "full_name staff_code rank_name rank_code step rank_since step_since"
_PROMOTION_LIST = "full_name professional_certificate rank_since rank_name recruited_on step_since"
_MARKS: dict[Layout, tuple[frozenset[str], int]] = {
    Layout.PROMOTION_LIST: (frozenset(_PROMOTION_LIST.split()), 5),
    Layout.RANK_GRID: (frozenset(_RANK_GRID.split()), 6),
    Layout.PAY_LIST: (frozenset(_PAY_LIST.split()), 5),
}
_SHARE = 3
"""A layout's own columns are at least one in this many of those understood."""


@dataclass(frozen=True, slots=True)
class ColumnProposal:
    """A column and what it is taken for: `field` None means nothing, `confidence` from 0 to 1, samples as shown."""

    column: Column
    field: Field | None
    confidence: float
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """How one sheet is to be read."""

    sheet: Sheet
    kind: SheetKind
    header: Header
    columns: tuple[ColumnProposal, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def mapping(self) -> dict[int, str]:
        """The proposed mapping: column number → key of the field; only columns that are taken for something."""
        return {proposal.column.index: proposal.field.key for proposal in self.columns if proposal.field}


@dataclass(frozen=True, slots=True)
class Plan:
    """How a workbook is to be read: the sheets in the order to read them, and the names of those left out with why.

    Why is "empty", "hidden" or "no_header".
    """

    layout: Layout
    sheets: tuple[SheetPlan, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    warnings: tuple[Problem, ...] = default(default=())


def recognise(workbook: Workbook, today: date) -> Plan:
    """Return how to read the workbook. Raises UnreadableFile when no sheet has a header that is known."""
    plans: list[SheetPlan] = []
    left_out: list[tuple[str, str]] = []
    several = len(workbook.sheets) > 1
    for sheet in workbook.sheets:
        if sheet.hidden and several:
            left_out.append((sheet.name, "hidden"))
            continue
        if not sheet.head(1):
            left_out.append((sheet.name, "empty"))
            continue
        if font := legacy_font(_texts(sheet)):
            raise refuse_legacy_font(font)
        plan = _recognise_sheet(sheet, today)
        if plan is None:
            left_out.append((sheet.name, "no_header"))
        else:
            plans.append(plan)
    if not plans:
        raise _no_header()
    order = list(SHEETS)
    plans.sort(key=lambda plan: order.index(plan.kind.key))
    return Plan(_layout(plans), tuple(plans), tuple(left_out), _error_cells(plans))


def propose(sheet: Sheet, kind: SheetKind, header: Header, today: date) -> SheetPlan:
    """Return the proposed mapping of one sheet read as `kind`, with samples and what is wrong with it."""
    reader = TableReader(sheet, header)
    samples: dict[int, list[Any]] = {}
    groups: list[str] = []
    for count, row in enumerate(reader.rows()):
        for index, cell in enumerate(row.cells):
            if cell != "" and len(kept := samples.setdefault(index, [])) < _SAMPLES:
                kept.append(cell)
        if row.group and row.group not in groups:
            groups.append(row.group)
        if count >= 200:
            break
    proposals = [_propose_column(column, kind, samples.get(column.index, []), today) for column in header.columns]
    if kind is PEOPLE:
        proposals = _settle_people(proposals, samples, today)
        if groups:
            taken = {proposal.field.key for proposal in proposals if proposal.field}
            key = "unit_name" if {"using_agency", "using_agency_code"} & taken else "using_agency"
            meant = None if key in taken else kind.field(key)
            proposals.append(ColumnProposal(Column(GROUP_COLUMN, GROUP_PATH), meant, 0.6, tuple(groups[:3])))
    proposals = _drop_weaker_twins(proposals)
    plan = SheetPlan(sheet, kind, header, tuple(proposals))
    return replace(plan, problems=tuple(check_mapping(kind, columns_of(plan), plan.mapping)))


def columns_of(plan: SheetPlan) -> tuple[Column, ...]:
    """Return every column that can be mapped, the group titles among them when the sheet has any."""
    return tuple(proposal.column for proposal in plan.columns)


def check_mapping(kind: SheetKind, columns: tuple[Column, ...], mapping: Mapping[int, str]) -> list[Problem]:
    """Return everything wrong with a mapping: an unknown field, two columns for one, a needed one missing."""
    problems: list[Problem] = []
    known = fields_by_key(kind)
    paths = {
        column.index: f"{column.path} ({column.letter})" if column.index >= 0 else column.path for column in columns
    }
    users: dict[str, list[int]] = {}
    for index, key in mapping.items():
        if key not in known or index not in paths:
            text = N_("Không có trường “%(key)s” hoặc cột “%(column)s”. Hãy chọn lại trường cho cột này.")
            problems.append(Problem(key, "unknown_field", text, {"key": key, "column": paths.get(index, str(index))}))
            continue
        users.setdefault(key, []).append(index)
    for key, indexes in users.items():
        if len(indexes) > 1:
            text = N_(
                "Các cột %(columns)s cùng ghép vào trường “%(field)s”. Hãy để lại một cột, các cột kia chọn bỏ qua."
            )
            shown_columns = ", ".join(f"“{paths[index]}”" for index in sorted(indexes))
            problems.append(
                Problem(key, "mapped_twice", text, {"columns": shown_columns, "field": known[key].label_vi})
            )
    for field in kind.fields:
        if field.needed and field.key not in users:
            text = N_("Thiếu cột bắt buộc “%(field)s”. Hãy chọn cột chứa dữ liệu này hoặc bổ sung vào tệp.")
            problems.append(Problem(field.key, "missing_column", text, {"field": field.label_vi}))
    given = set(users) | ({"birth_date"} if any(key.startswith("birth_date_") for key in users) else set())
    if kind is PEOPLE and not given & set(KEY_FIELDS):
        text = N_(
            "Thiếu cột để nhận ra từng người: cần ít nhất một trong “Số hiệu CBCCVC”, “Số định danh "
            "cá nhân”, “Ngày sinh”."
        )
        problems.append(Problem("staff_code", "missing_key", text))
    if "birth_date" in users and given & {"birth_date_male", "birth_date_female"}:
        text = N_("Ngày sinh được ghép hai lần: một cột chung và cột theo giới tính. Hãy chỉ giữ một cách.")
        problems.append(Problem("birth_date", "mapped_twice", text))
    return problems


def fields_by_key(kind: SheetKind) -> dict[str, Field]:
    """Return the fields a column of such a sheet may be mapped to, by key, split columns of a person included."""
    fields = kind.fields + (SPLIT_FIELDS if kind is PEOPLE else ())
    return {field.key: field for field in fields}


def profile_of(columns: tuple[Column, ...], mapping: Mapping[int, str]) -> dict[str, str]:
    """Return the mapping as a profile to keep: header path → key; "" for a column the officer left out on purpose."""
    return {column.path: mapping.get(column.index, "") for column in columns}


def apply_profile(plan: SheetPlan, profile: Mapping[str, str]) -> dict[int, str]:
    """Return the mapping a saved profile gives this sheet; columns it does not know keep the proposal."""
    by_path = {fold(path): key for path, key in profile.items()}
    mapping = plan.mapping
    for column in columns_of(plan):
        key = by_path.get(fold(column.path))
        if key:
            mapping[column.index] = key
        elif key == "":
            mapping.pop(column.index, None)
    return mapping


def _recognise_sheet(sheet: Sheet, today: date) -> SheetPlan | None:
    named = sheet_names().get(fold(sheet.name).replace(" ", ""))
    keys = [named] if named else []
    keys += [key for key in SHEETS if key not in keys]
    best: tuple[float, SheetKind, Header] | None = None
    for key in keys:
        words = lexicon(key)
        header = find_header(sheet, words.knows)
        if header is None:
            continue
        hits = [found for column in header.columns if (found := words.match(column.path)) and found.field]
        score = sum(found.confidence for found in hits)
        needed = {field.key for field in SHEETS[key].fields if field.needed}
        complete = needed <= {found.field.key for found in hits if found.field}
        score = score * (1.0 if complete else 0.4) + (0.5 if key == "people" else 0.0)
        if key == named and complete:
            best = (score, SHEETS[key], header)
            break
        if len(hits) >= 2 and (best is None or score > best[0]):
            best = (score, SHEETS[key], header)
    return None if best is None else propose(sheet, best[1], best[2], today)


def _propose_column(column: Column, kind: SheetKind, samples: list[Any], today: date) -> ColumnProposal:
    seen = tuple(shown(sample) for sample in samples[:3])
    field, confidence = _split_field(column) if kind is PEOPLE else None, 0.95
    if field is None:
        match = lexicon(kind.key).match(column.path)
        if match is None or match.field is None:
            return ColumnProposal(column, None, match.confidence if match else 0.0, seen)
        field, confidence = match.field, match.confidence
    if samples and field.kind in _CHECKED_KINDS and field not in SPLIT_FIELDS:
        fit = _fit(field, samples, today)
        if fit < 0.3:
            confidence = round(confidence - 0.4, 2)
    return ColumnProposal(column, field, max(confidence, 0.1), seen)


def _fit(field: Field, samples: list[Any], today: date) -> float:
    """Return which part of the samples reads as a value of the field."""
    parse = compile_parser(field, Context(today))
    return sum(not parse(sample).refused for sample in samples) / len(samples)


def _split_field(column: Column) -> Field | None:
    last = fold(column.path.split(SEPARATOR)[-1])
    if last in ("nam", "nu"):
        return SPLIT_FIELDS[0 if last == "nam" else 1]
    return None


def _settle_people(proposals: list[ColumnProposal], samples: dict[int, list[Any]], today: date) -> list[ColumnProposal]:
    """Use what stands in the other columns where a header alone leaves doubt."""
    taken = {proposal.field.key for proposal in proposals if proposal.field}
    return [_settled(proposal, taken, samples.get(proposal.column.index, []), today) for proposal in proposals]


def _settled(proposal: ColumnProposal, taken: set[str], samples: list[Any], today: date) -> ColumnProposal:
    key = proposal.field.key if proposal.field else ""
    split = {"birth_date_male", "birth_date_female"}
    # One column “Nam” alone is no pair; where there is a pair, it is the birth date.
    if (key in split and not split <= taken) or (key == "birth_date" and split <= taken):
        return replace(proposal, field=None, confidence=0.0)
    if key == "unit_name" and not {"using_agency", "using_agency_code"} & taken:
        if fold(proposal.column.path) in ("don vi", "ten don vi", "tendonvi"):
            return replace(proposal, field=PEOPLE.field("using_agency"), confidence=0.7)
    elif key == "rank_held_for" and "rank_since" not in taken and samples:
        since = PEOPLE.field("rank_since")
        if _fit(since, samples, today) >= 0.7:
            return replace(proposal, field=since, confidence=0.7)
    return proposal


def _drop_weaker_twins(proposals: list[ColumnProposal]) -> list[ColumnProposal]:
    """Keep the surest column of a field; equally sure ones stay, to be reported as mapped twice."""
    surest: dict[str, float] = {}
    for proposal in proposals:
        if proposal.field:
            key = proposal.field.key
            surest[key] = max(surest.get(key, 0.0), proposal.confidence)
    return [
        replace(proposal, field=None, confidence=0.0)
        if proposal.field and proposal.confidence < surest[proposal.field.key]
        else proposal
        for proposal in proposals
    ]


def _layout(plans: list[SheetPlan]) -> Layout:
    if len({plan.kind.key for plan in plans}) >= 2:
        return Layout.EXCHANGE
    plan = plans[0]
    if plan.kind is not PEOPLE:
        return Layout.PLAIN_LIST
    labels = {fold(label) for field in PEOPLE.fields for label in (field.label_vi, field.label_en)}
    own = sum(fold(column.path) in labels for column in plan.header.columns)
    mapped = set(plan.mapping.values())
    codes = {"SoHieuCBCCVC_BNDP", "PhanLoaiHoSo", "MaDonViQuanLy"}
    if codes <= {column.path for column in plan.header.columns}:
        return Layout.EXCHANGE
    for layout, (marks, enough) in _MARKS.items():
        met = len(marks & mapped)
        # A long list of everything has these columns too; the form is one whose columns they mostly are.
        if met >= enough and met * _SHARE >= len(mapped) and own < len(plan.header.columns):
            return layout
    return Layout.OWN_EXPORT if own >= len(plan.header.columns) * 0.95 else Layout.PLAIN_LIST


def _error_cells(plans: list[SheetPlan]) -> tuple[Problem, ...]:
    text = N_(
        "Trang “%(sheet)s” có %(count)s ô lỗi của bảng tính (#N/A, #REF!…), được coi là ô trống. "
        "Hãy kiểm tra trước khi "
        "áp dụng."
    )
    return tuple(
        Problem("file", "error_cells", text, {"sheet": plan.sheet.name, "count": plan.sheet.error_cells}, "warning")
        for plan in plans
        if plan.sheet.error_cells
    )


def _texts(sheet: Sheet) -> str:
    return " ".join(cell for row in sheet.head(40) for cell in row.cells if isinstance(cell, str))


def _no_header() -> UnreadableFile:
    return UnreadableFile(
        "no_header",
        N_(
            "Không tìm thấy dòng tiêu đề cột. Hãy đặt một dòng tiêu đề ngay trên dữ liệu, có cột "
            "“Họ và tên” và “Số hiệu "
            "CBCCVC” hoặc “Số định danh cá nhân”."
        ),
    )
