"""Products of a draft from a workbook: judged row by row, written whole or not at all.

Reading a file is the business of imports; here a row is its texts. A code the catalogue has already is put right, any
other is added; factor and group follow from the points, and what the file says of them must agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, insert, update

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core import formats
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.performance.models import ProductCatalogue, WorkProduct
from hrms.performance.queries import products as queries
from hrms.performance.rules.products import (
    CatalogueState,
    ProductState,
    factor_of,
    groups_of,
    plain,
    product_problems,
)
from hrms.performance.services.products import row_of

NUMBER, CODE, UNIT, TASK, DETAIL = (
    "STT", "Mã CV", "Phòng, ban chuyên môn", "Nhiệm vụ", "Công việc chi tiết",
)  # fmt: skip
OUTPUT, GROUP, RANGE, POINTS, FACTOR, NOTE = (
    "Sản phẩm đầu ra", "Nhóm", "Khung điểm", "Điểm chấm", "Hệ số quy đổi", "Ghi chú",
)  # fmt: skip
HEADERS = (NUMBER, CODE, UNIT, TASK, DETAIL, OUTPUT, GROUP, RANGE, POINTS, FACTOR, NOTE)
"""Columns in the order of the published catalogues; the same in every language: files travel."""
_LONGEST = {"code": 40, "unit": 200, "task": 500, "detail": 2000, "output": 500, "note": 500}
_SHOWN = 60
_NOT_DRAFT = N_("Chỉ nhập được vào danh mục đang soạn. Hãy sao chép danh mục này thành bản mới rồi nhập.")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file: its number, and the text of each column by its key."""

    number: int
    code: str
    task: str
    points: str
    unit: str = ""
    detail: str = ""
    output: str = ""
    group: str = ""
    factor: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a row: the column's key, the value, the sentence."""

    row: int
    column: str
    value: str
    problem: Problem


@dataclass(slots=True)
class Judged:
    """What a file means for a draft: products to add and to put right, and everything that is wrong."""

    catalogue: ProductCatalogue
    agency: Agency
    lines: int = 0
    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    same: int = 0
    faults: list[Fault] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """What stands in the way of the whole file."""

    @property
    def faulty_rows(self) -> int:
        """Return how many rows have something wrong."""
        return len({one.row for one in self.faults})

    @property
    def is_ready(self) -> bool:
        """Say whether the file can be written: nothing wrong, and something new."""
        return not self.faults and not self.problems and bool(self.added or self.changed)


def judge(
    actor: Actor, catalogue: ProductCatalogue, agency: Agency, lines: Sequence[Line], *, lock: bool = False
) -> Judged:
    """Return what a file means for a draft; writes nothing. Raises `Forbidden`."""
    actor.require(Permission.PERFORMANCE_MANAGE, at=agency.scope_ids)
    if lock:
        db.session.refresh(catalogue, with_for_update=True)
    judged = Judged(catalogue, agency, len(lines))
    if catalogue.state != CatalogueState.DRAFT:
        judged.problems.append(Problem("file", "not_draft", _NOT_DRAFT))
        return judged
    if not lines:
        judged.problems.append(Problem("file", "empty", N_("Tệp không có dòng nào. Hãy kiểm tra lại tệp.")))
    kept = queries.codes_of(catalogue.id)
    place = queries.last_place(catalogue.id)
    seen: dict[str, int] = {}
    for line in lines:
        row = _read(judged, line, seen)
        if row is None:
            continue
        old = kept.get(row["code"])
        if old is None:
            place += 1
            judged.added.append({**row, "place": place})
        elif any(getattr(old, name) != value for name, value in row.items()):
            judged.changed.append({**row, "product_id": old.id})
        else:
            judged.same += 1
    return judged


def apply(
    actor: Actor, catalogue: ProductCatalogue, agency: Agency, lines: Sequence[Line], *, filename: str = ""
) -> Judged:
    """Write a file in the caller's transaction, all of it or, with `Refused` and every reason, nothing."""
    judged = judge(actor, catalogue, agency, lines, lock=True)
    if judged.faults or judged.problems:
        raise Refused(*judged.problems, *(one.problem for one in judged.faults))
    common = {"catalogue_id": catalogue.id, "state": ProductState.ACTIVE.value, "recorded_by": actor.account_id}
    if judged.added:
        db.session.execute(insert(WorkProduct), [{**row, **common} for row in judged.added])
    if judged.changed:
        table: Any = WorkProduct.__table__
        names = [name for name in judged.changed[0] if name != "product_id"]
        done = update(table).where(table.c.id == bindparam("product_id"))
        db.session.connection().execute(
            done.values({name: bindparam(f"new_{name}") for name in names} | {"version": table.c.version + 1}),
            [
                {"product_id": row["product_id"], **{f"new_{name}": row[name] for name in names}}
                for row in judged.changed
            ],
        )
        db.session.expire_all()
    catalogue.version += 1
    catalogue.recorded_by = actor.account_id
    db.session.flush()
    audit.record(
        actor, "product.imported", "product", catalogue.id, scope_ids=list(agency.scope_ids), agency_id=agency.id,
        after={
            "name": catalogue.name, "filename": filename, "rows": judged.lines, "added": len(judged.added),
            "changed": len(judged.changed),
        },
    )  # fmt: skip
    return judged


def _fault(judged: Judged, line: Line, column: str, problem: Problem) -> None:
    judged.faults.append(Fault(line.number, column, str(getattr(line, column, ""))[:_SHOWN], problem))


def _read(judged: Judged, line: Line, seen: dict[str, int]) -> dict[str, Any] | None:
    """Return the columns of a row, None when something is wrong with it."""
    before = len(judged.faults)
    values: dict[str, Any] = {name: nfc(getattr(line, name)) for name in _LONGEST}
    for name, longest in _LONGEST.items():
        if len(values[name]) > longest:
            words = N_("Nội dung dài quá %(longest)s ký tự. Hãy viết ngắn lại.")
            _fault(judged, line, name, Problem(name, "too_long", words, {"longest": longest}))
    values["points"] = _number(judged, line, "points")
    values["complexity"] = nfc(line.group)
    groups = groups_of(judged.catalogue.groups)
    if line.points and values["points"] is None:
        return None
    for problem in product_problems(values, groups):
        _fault(judged, line, "group" if problem.field == "complexity" else problem.field, problem)
    if values["code"] in seen:
        words = N_("Mã “%(code)s” đã có ở dòng %(row)s. Hãy giữ một dòng cho mỗi mã.")
        params = {"code": values["code"], "row": seen[values["code"]]}
        _fault(judged, line, "code", Problem("code", "duplicate_row", words, params))
    elif values["code"]:
        seen[values["code"]] = line.number
    if values["points"] is not None:
        _check_factor(judged, line, values["points"])
    return row_of(values, judged.catalogue) if len(judged.faults) == before else None


def _number(judged: Judged, line: Line, column: str) -> Decimal | None:
    written = nfc(getattr(line, column))
    if not written:
        return None
    try:
        value = formats.parse_decimal(written, whole=False)
    except formats.BadNumber:
        words = N_("“%(value)s” không phải là số. Hãy ghi như 12,5.")
        _fault(judged, line, column, Problem(column, "not_a_number", words, {"value": written[:_SHOWN]}))
        return None
    if column == "points" and not (0 < value <= 10_000 and round(value, 2) == value):
        words = N_("Điểm “%(value)s” phải lớn hơn 0, nhiều nhất hai số lẻ. Hãy sửa điểm.")
        _fault(judged, line, column, Problem(column, "bad_points", words, {"value": written[:_SHOWN]}))
        return None
    return value


def _check_factor(judged: Judged, line: Line, points: Decimal) -> None:
    given = _number(judged, line, "factor")
    expected = factor_of(points, judged.catalogue.standard_points)
    if given is not None and given != expected:
        words = N_("Hệ số %(given)s khác điểm %(points)s chia điểm chuẩn %(standard)s (%(expected)s). Hãy sửa lại.")
        params = {
            "given": given, "points": plain(points), "standard": plain(judged.catalogue.standard_points),
            "expected": plain(expected),
        }  # fmt: skip
        _fault(judged, line, "factor", Problem("factor", "factor_differs", words, params))
