"""Mẫu 02: what a person says of the year, the months' points, and room for the remarks of those who classify.

NĐ 335/2025/NĐ-CP Đ21 (Phụ lục, Mẫu số 02); the same sheet serves NĐ 233/2026/NĐ-CP and, without points, NĐ 90/2020.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from hrms.core import hooks
from hrms.core.documents import Column, Paper, Signing, Table
from hrms.core.rules import N_
from hrms.decisions.papers.offices import Office
from hrms.performance.papers.rounds import class_words, points_words
from hrms.performance.rules.classes import RatingClass
from hrms.performance.rules.yearly import MONTHS

KEY = "performance.self_rating"
"""Key of the template: an administrator may replace it."""
_ROOM = 28
"""So many dots fill a line of the sheet."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What Mẫu 02 says: the person, the year, points of each month (or quarter), the class the person sees."""

    office: Office
    year: int
    name: str
    birth_date: str
    position: str
    unit: str
    points: Mapping[int, Decimal]
    kind: str
    """month or quarter."""
    causes: Mapping[int, str]
    mean: Decimal | None
    wanted: RatingClass | None
    strengths: str
    weaknesses: str
    remarks: str = ""
    final: RatingClass | None = None
    leader: bool = False
    scored: bool = True
    """Whether the year has points at all."""


def register() -> None:
    """Let an administrator replace the template."""
    hooks.paper_kinds[KEY] = hooks.PaperKind(N_("Phiếu đánh giá, xếp loại năm (Mẫu 02)"), lambda: [paper(_sample())])


def paper(said: Sheet) -> Paper:
    """Return the sheet; what is not filled in yet is left as dotted lines for the pen."""
    tables = [_months(said)] if said.scored else []
    part = "II" if said.scored else "I"
    after = [
        f"{part}. Tự nhận xét, xếp loại",
        *_text("1. Ưu điểm", said.strengths),
        *_text("2. Hạn chế, khuyết điểm", said.weaknesses),
        _class("3. Tự xếp loại: ", said.wanted),
        "Ý kiến nhận xét của cấp có thẩm quyền"
        + (" (người giữ chức vụ lãnh đạo, quản lý: có ý kiến của cấp ủy)" if said.leader else ""),
        *_text("Nhận xét", said.remarks),
        _class("Mức xếp loại: ", said.final),
    ]
    return Paper(
        kind_name="Phiếu",
        summary=f"Đánh giá, xếp loại chất lượng năm {said.year}",
        issuing_agency=said.office.name,
        superior_agency=said.office.superior,
        place=said.office.place or "…",
        year=said.year,
        paragraphs=[
            "Mẫu số 02",
            f"Họ và tên: {said.name}" + (f"; sinh ngày: {said.birth_date}" if said.birth_date else ""),
            f"Chức vụ, vị trí việc làm: {said.position or '…'}",
            f"Đơn vị công tác: {said.unit}",
            *(["I. Kết quả theo dõi, đánh giá trong năm"] if said.scored else []),
        ],
        tables=tables,
        closing=after,
        beside=Signing("Người tự đánh giá", said.name),
        signing=Signing(said.office.head),
    )


def _text(heading: str, words: str) -> list[str]:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return [f"{heading}:", *lines] if lines else [f"{heading}: {_dots(heading)}", _dots()]


def _class(heading: str, found: RatingClass | None) -> str:
    return heading + (class_words(found) if found else _dots(heading))


def _dots(after: str = "") -> str:
    """Return dotted room for the pen to the end of a line that begins with some words."""
    return "…" * max(_ROOM - len(after) // 2, 6)


def _months(said: Sheet) -> Table:
    count, name = (MONTHS, "Tháng") if said.kind == "month" else (4, "Quý")
    rows = [
        [f"{name} {number}", points_words(said.points.get(number)), said.causes.get(number, "")]
        for number in range(1, count + 1)
    ]
    rows.append([f"Bình quân năm {said.year}", points_words(said.mean), ""])
    return Table([Column("Kỳ", 1.4), Column("Điểm", 1, "right"), Column("Ghi chú", 2.6)], rows, size=11)


def _sample() -> Sheet:
    office = Office("Sở Mẫu văn bản", "UBND tỉnh Mẫu", "Mẫu", "SMVB", "Giám đốc", committee=False)
    points = {month: Decimal(80 + month) for month in range(1, 12)}
    return Sheet(
        office, 2026, "Nguyễn Văn Mẫu", "02/09/1990", "Chuyên viên", "Phòng Mẫu, Sở Mẫu văn bản", points, "month",
        {12: "chưa có điểm"}, Decimal("86.0"), RatingClass.GOOD, "Hoàn thành các sản phẩm được giao.",
        "Còn chậm ở một số việc đột xuất.",
    )  # fmt: skip
