"""Work given from a workbook: the template with the period's people, and what a filled one means, row by row.

Reading a file is the business of imports; here a row is its texts. It is written whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hrms.agencies.models import Agency
from hrms.audit import services as audit
from hrms.core.actor import Actor
from hrms.core.dates import BadDate, parse_date
from hrms.core.errors import Refused
from hrms.core.formats import BadNumber, parse_decimal
from hrms.core.rules import N_, Problem
from hrms.core.text import fold, nfc
from hrms.core.workbook import Widths
from hrms.performance.models import ScoringPeriod
from hrms.performance.queries import work
from hrms.performance.queries.products import products_for
from hrms.performance.queries.work import Worker
from hrms.performance.rules.work import (
    TITLE_LENGTH,
    ItemKind,
    amount_problems,
    due_problems,
)
from hrms.performance.services.assigning import NewItem, give, title_of
from hrms.performance.services.holding import hold, judge_each

CODE, NAME, UNIT = N_("Mã cán bộ"), N_("Họ và tên"), N_("Đơn vị")
PRODUCT, TITLE = N_("Mã sản phẩm"), N_("Tên sản phẩm, công việc")
QUANTITY, FACTOR, DUE, KIND = N_("Số lượng"), N_("Hệ số quy đổi"), N_("Hạn"), N_("Loại giao")
KINDS: Mapping[str, ItemKind] = {
    "": ItemKind.ASSIGNED, "giao tu dau ky": ItemKind.ASSIGNED, "dau ky": ItemKind.ASSIGNED,
    "tu dau ky": ItemKind.ASSIGNED, "dot xuat": ItemKind.AD_HOC, "assigned": ItemKind.ASSIGNED,
    "ad hoc": ItemKind.AD_HOC,
}  # fmt: skip
"""Folded words of the column that says how a product is given."""
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a filled workbook: its number in the file, and what stands in each column, as read."""

    number: int
    code: str
    name: str = ""
    product: str = ""
    title: str = ""
    quantity: str = ""
    factor: str = ""
    due: Any = ""
    kind: str = ""

    @property
    def is_blank(self) -> bool:
        """Say whether nothing is given by the row: a name of the template left as it was."""
        return not (self.product or self.title or self.quantity or self.factor)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a row: the column's key, the value, the sentence."""

    row: int
    column: str
    value: str
    problem: Problem


@dataclass(slots=True)
class Judged:
    """What a filled workbook means for a period: what would be given, and everything that is wrong."""

    period: ScoringPeriod
    agency: Agency
    lines: int = 0
    items: list[NewItem] = field(default_factory=list)
    people: set[int] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def faulty_rows(self) -> int:
        """Return how many rows have something wrong."""
        return len({one.row for one in self.faults})

    @property
    def is_ready(self) -> bool:
        """Say whether the file can be written: nothing wrong, and something to give."""
        return not self.faults and not self.problems and bool(self.items)


def sheet_of(actor: Actor, period_id: int) -> tuple[list[str], list[list[Any]], Widths]:
    """Return the template of a period: headers, a row for each of its people but the actor, widths."""
    work.get_period(actor, period_id)
    people = work.list_people(period_id, mine=actor.person_id).shown
    headers = [CODE, NAME, UNIT, PRODUCT, TITLE, QUANTITY, FACTOR, DUE, KIND]
    rows = [[one.staff_code, one.name, one.unit, None, None, None, None, None, None] for one in people]
    return headers, rows, (16, 28, 34, 16, 48, 12, 14, 14, 18)


def judge(actor: Actor, period_id: int, rows: Sequence[Row]) -> Judged:
    """Return what a filled workbook means; writes nothing. Raises `NotFound`, `Forbidden` for a period not one's own.

    Eight statements for a file of one unit; one more for each further unit that has a catalogue of its own.
    """
    period, agency = work.get_period(actor, period_id)
    judged = Judged(period, agency, len(rows))
    filled = [row for row in rows if not row.is_blank]
    people = work.codes_of(period_id)
    named = {fold(nfc(row.code)) for row in filled}
    sheets = hold([one.sheet_id for key, one in people.items() if key in named], lock=False) if people else {}
    products = {
        unit: {fold(one.code): one for one in products_for(unit)}
        for unit in {one.unit_id for key, one in people.items() if key in named}
    }
    have, barred = work.given_on(sheets), judge_each(actor, list(sheets.values()))
    seen: dict[tuple[int, int | None, str, str], int] = {}
    for row in filled:
        worker = _whose(row, people, barred, judged)
        if worker is None:
            continue
        item = _item(row, worker, products[worker.unit_id], judged)
        if item is None:
            continue
        key = (worker.sheet_id, item.product_id, item.title, item.kind.value)
        if key in seen:
            words = N_("Sản phẩm này của %(name)s đã có ở dòng %(row)s. Hãy gộp số lượng vào một dòng.")
            problem = Problem("product", "twice", words, {"name": worker.name, "row": seen[key]})
            _fault(judged, row, "product", row.product or row.title, problem)
        elif item.kind is ItemKind.ASSIGNED and key[:3] in have:
            words = N_("%(name)s đã được giao sản phẩm này từ đầu kỳ. Hãy bỏ dòng này.")
            problem = Problem("product", "given_already", words, {"name": worker.name})
            _fault(judged, row, "product", row.product or row.title, problem)
        else:
            seen[key] = row.number
            judged.items.append(item)
            judged.people.add(worker.sheet_id)
    return judged


def apply(actor: Actor, period_id: int, rows: Sequence[Row], *, filename: str = "") -> Judged:
    """Give what a filled workbook says in the caller's transaction, all of it or, with `Refused`, nothing."""
    judged = judge(actor, period_id, rows)
    if judged.faults or judged.problems:
        raise Refused(*judged.problems, *(one.problem for one in judged.faults))
    if not judged.items:
        text = N_("Tệp không có dòng nào giao sản phẩm. Hãy điền mã sản phẩm và số lượng.")
        raise Refused(Problem("file", "nothing", text))
    give(actor, judged.items)
    audit.record(
        actor, "work_item.imported", "period", period_id, scope_ids=list(judged.agency.scope_ids),
        agency_id=judged.agency.id,
        after={"filename": filename, "rows": len(judged.items), "people": len(judged.people)},
    )  # fmt: skip
    return judged


def _fault(judged: Judged, row: Row, column: str, value: Any, problem: Problem) -> None:
    judged.faults.append(Fault(row.number, column, str(value)[:_SHOWN], problem))


def _whose(
    row: Row, people: Mapping[str, Worker], barred: Mapping[int, Problem | None], judged: Judged
) -> Worker | None:
    code = nfc(row.code)
    worker = people.get(fold(code)) if code else None
    if not code:
        text = N_("Ô mã cán bộ trống. Hãy ghi mã như trong mẫu tải từ trang giao việc.")
        _fault(judged, row, "code", "", Problem("code", "code_missing", text))
    elif worker is None:
        text = N_(
            "Mã “%(value)s” không có phiếu đang mở trong kỳ này. Hãy ghi mã như trong mẫu tải từ trang giao việc, hoặc "
            "bỏ dòng."
        )
        _fault(judged, row, "code", code, Problem("code", "unknown_code", text, {"value": code[:_SHOWN]}))
    elif row.name and fold(row.name) != fold(worker.name):
        text = N_("Họ tên “%(value)s” khác với người mang mã %(code)s của kỳ. Hãy kiểm tra mã có nhầm dòng không.")
        params = {"value": row.name[:_SHOWN], "code": worker.staff_code}
        _fault(judged, row, "name", row.name, Problem("name", "other_name", text, params))
    elif (problem := barred[worker.sheet_id]) is not None:
        _fault(judged, row, "code", code, problem)
    else:
        return worker
    return None


def _item(row: Row, worker: Worker, products: Mapping[str, Any], judged: Judged) -> NewItem | None:
    before = len(judged.faults)
    product = None
    title = nfc(row.title)[:TITLE_LENGTH]
    if row.product:
        product = products.get(fold(nfc(row.product)))
        if product is None:
            text = N_("Mã sản phẩm “%(value)s” không có trong danh mục được duyệt của cơ quan. Hãy xem lại danh mục.")
            problem = Problem("product", "unknown_product", text, {"value": row.product[:_SHOWN]})
            _fault(judged, row, "product", row.product, problem)
    elif not title:
        text = N_("Chưa có mã hoặc tên sản phẩm. Hãy ghi mã trong danh mục, hoặc ghi tên và hệ số.")
        _fault(judged, row, "product", "", Problem("product", "required", text))
    if len(judged.faults) > before:
        return None
    quantity = _number(judged, row, "quantity", row.quantity) if row.quantity else Decimal(1)
    factor = product.factor if product is not None else _number(judged, row, "factor", row.factor)
    due = _day(judged, row)
    kind = KINDS.get(fold(nfc(row.kind))) if len(row.kind) <= _SHOWN else None
    if kind is None:
        text = N_("Loại giao “%(value)s” không đọc được. Hãy ghi “Giao từ đầu kỳ” hoặc “Đột xuất”, hoặc để trống.")
        _fault(judged, row, "kind", row.kind, Problem("kind", "kind_unreadable", text, {"value": row.kind[:_SHOWN]}))
    if len(judged.faults) > before:
        return None
    problems = [*amount_problems(quantity, factor), *due_problems(due, judged.period.starts_on, judged.period.ends_on)]
    for problem in problems:
        column = "due" if problem.field == "due_on" else problem.field
        _fault(judged, row, column, getattr(row, column, ""), problem)
    if problems or quantity is None or kind is None:
        return None
    return NewItem(
        sheet_id=worker.sheet_id, product_id=product.id if product is not None else None,
        title=title_of(product) if product is not None else title, quantity=quantity, factor=factor, due_on=due,
        kind=kind,
    )  # fmt: skip


def _number(judged: Judged, row: Row, column: str, written: str) -> Decimal | None:
    if not written:
        text = N_("Sản phẩm ngoài danh mục cần hệ số quy đổi. Hãy ghi hệ số, hoặc ghi mã sản phẩm trong danh mục.")
        _fault(judged, row, column, "", Problem(column, "factor_missing", text))
        return None
    try:
        return parse_decimal(nfc(written)[:_SHOWN])
    except BadNumber:
        text = N_("“%(value)s” không phải là số. Hãy ghi như 3 hoặc 3,5.")
        _fault(judged, row, column, written, Problem(column, "number", text, {"value": written[:_SHOWN]}))
        return None


def _day(judged: Judged, row: Row) -> date | None:
    given = row.due
    if given is None or given == "":
        return None
    if isinstance(given, datetime):
        given = given.date()
    if isinstance(given, date):
        return given
    try:
        return parse_date(nfc(str(given))[:_SHOWN]).value.earliest()
    except BadDate:
        value = str(given)[:_SHOWN]
        text = N_("Hạn “%(value)s” không phải là ngày. Hãy ghi dạng 21/11/2026.")
        _fault(judged, row, "due", value, Problem("due", "day_unreadable", text, {"value": value}))
        return None
