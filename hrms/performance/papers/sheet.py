"""Mẫu 01: the sheet on which a month or a quarter is tracked and scored (NĐ 335/2025/NĐ-CP Phụ lục, Mẫu số 01).

The same sheet serves NĐ 233/2026/NĐ-CP, whose criteria the unit's regulation sets. In Vietnamese whoever prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hrms.core import hooks
from hrms.core.documents import Column, Paper, Signing, Table
from hrms.core.formats import format_date, format_number
from hrms.core.rules import N_
from hrms.decisions.papers.offices import Office
from hrms.performance.rules.numbers import half_up

KEY = "performance.sheet"
"""Key of the template: an administrator may replace it."""
_DOTS = "…" * 40
_SIZE = 10.5


@dataclass(frozen=True, slots=True)
class Product:
    """A product as the paper lists it; `done` None while nobody has confirmed."""

    title: str
    units: Decimal
    kind: str
    reported: str
    done: bool | None
    failed_checks: int
    late: int


@dataclass(frozen=True, slots=True)
class Row:
    """A criterion with its points; `group` where a group begins."""

    text: str
    most: Decimal
    own: Decimal | None
    found: Decimal | None
    group: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What Mẫu 01 says; points are None until the authority has scored."""

    office: Office
    period: str
    name: str
    code: str
    post: str
    unit: str
    products: Sequence[Product]
    criteria: Sequence[Row]
    leading: Sequence[Row]
    quantity: Decimal | None
    quality: Decimal | None
    progress: Decimal | None
    ratio: Decimal | None
    general: Decimal | None
    result: Decimal | None
    score: Decimal | None
    own_score: Decimal | None
    own_note: str
    note: str
    year: int
    issued_on: date | None = None


def register() -> None:
    """Let an administrator replace the template."""
    hooks.paper_kinds[KEY] = hooks.PaperKind(N_("Phiếu theo dõi, đánh giá tháng, quý (Mẫu 01)"), lambda: [_sample()])


def paper(said: Sheet) -> Paper:
    """Return the sheet; what is not filled in yet is left as dotted lines for the pen."""
    tables = [_criteria(said.criteria)] if said.criteria else []
    if said.products:
        tables.append(_products(said.products))
    tables.append(_result(said))
    return Paper(
        kind_name="Phiếu",
        summary=f"Theo dõi, đánh giá {said.period[:1].lower()}{said.period[1:]}",
        issuing_agency=said.office.name,
        superior_agency=said.office.superior,
        place=said.office.place or "…",
        issued_on=said.issued_on,
        year=said.year,
        paragraphs=[
            "Mẫu số 01",
            f"Họ và tên: {said.name}" + (f"; số hiệu: {said.code}" if said.code else ""),
            f"Chức vụ, vị trí việc làm: {said.post or '…'}",
            f"Đơn vị công tác: {said.unit}",
        ],
        tables=tables,
        closing=[
            *_text("Ý kiến của người được đánh giá", said.own_note),
            *_text("Nhận xét của người có thẩm quyền", said.note),
        ],
        beside=Signing("Người tự đánh giá", said.name),
        signing=Signing(said.office.head),
    )


def _text(heading: str, words: str) -> list[str]:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return [f"{heading}:", *lines] if lines else [f"{heading}: {_DOTS}"]


def _number(value: Decimal | None, places: int = 2) -> str:
    return "" if value is None else format_number(half_up(value, places), "vi")


def _short(value: Decimal | None) -> str:
    if value is None:
        return ""
    return format_number(value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize(), "vi")


def _criteria(rows: Sequence[Row]) -> Table:
    lines: list[list[str]] = []
    for number, one in enumerate(rows, start=1):
        if one.group:
            lines.append(["", one.group, "", "", ""])
        lines.append([str(number), one.text, _short(one.most), _short(one.own), _short(one.found)])
    columns = [
        Column("TT", 0.5, "center"), Column("Tiêu chí chung", 6), Column("Tối đa", 0.9, "right"),
        Column("Tự chấm", 0.9, "right"), Column("Được chấm", 0.9, "right"),
    ]  # fmt: skip
    return Table(columns, lines, "I. Nhóm tiêu chí chung", _SIZE)


def _products(rows: Sequence[Product]) -> Table:
    columns = [
        Column("TT", 0.5, "center"), Column("Sản phẩm, công việc", 4.2), Column("Đơn vị quy đổi", 0.9, "right"),
        Column("Giao, phát sinh", 1.3), Column("Người thực hiện báo", 1.4), Column("Xác nhận", 1.3),
        Column("Không đạt", 0.8, "right"), Column("Chậm", 0.7, "right"),
    ]  # fmt: skip
    words = {True: "Hoàn thành", False: "Chưa hoàn thành", None: ""}
    lines = [
        [
            str(number), one.title, _short(one.units), one.kind, one.reported, words[one.done],
            str(one.failed_checks or ""), str(one.late or ""),
        ]
        for number, one in enumerate(rows, start=1)
    ]  # fmt: skip
    return Table(columns, lines, "II. Kết quả thực hiện nhiệm vụ", _SIZE)


def _result(said: Sheet) -> Table:
    rows = [
        ["Số lượng (a)", _number(said.quantity, 4)], ["Chất lượng (b)", _number(said.quality, 4)],
        ["Tiến độ (c)", _number(said.progress, 4)],
        *([one.text, _short(one.found)] for one in said.leading),
        ["Tỷ lệ kết quả", _number(said.ratio, 4)], ["Điểm tiêu chí chung", _number(said.general)],
        ["Điểm kết quả thực hiện nhiệm vụ", _number(said.result)], ["Tổng điểm", _number(said.score)],
        ["Điểm tự chấm (tham khảo)", _number(said.own_score)],
    ]  # fmt: skip
    return Table([Column("Nội dung", 5), Column("Kết quả", 1, "right")], rows, "III. Điểm theo dõi, đánh giá", _SIZE)


def _sample() -> Paper:
    office = Office("Sở Mẫu văn bản", "UBND tỉnh Mẫu", "Mẫu", "SMVB", "Giám đốc", committee=False)
    product = Product("Tờ trình mẫu", Decimal(10), "Giao từ đầu kỳ", "Báo đã hoàn thành", True, 0, 1)
    row = Row("Ý thức kỷ luật, kỷ cương", Decimal(5), Decimal(5), Decimal("4.5"), "Phẩm chất chính trị, đạo đức")
    return paper(
        Sheet(
            office, "Tháng 10/2026", "Nguyễn Văn Mẫu", "CC000001", "Chuyên viên", "Phòng Mẫu", [product], [row], [],
            Decimal(1), Decimal(1), Decimal("0.75"), Decimal("0.916667"), Decimal("4.5"), Decimal("64.166667"),
            Decimal("68.666667"), Decimal(70), "", f"Chấm ngày {format_date(date(2026, 11, 5))}.", 2026,
        )
    )  # fmt: skip
