"""Papers of a round: minutes of the meeting, list of results, notice inside the agency (NĐ 335/2025/NĐ-CP Đ21, Đ24).

The list names points and is for the file; the notice names classes only, for it is read by everybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import force_locale

from hrms.core import hooks
from hrms.core.documents import Annex, Column, Paper, Signing, Table
from hrms.core.formats import format_date, format_number
from hrms.core.i18n import render
from hrms.core.rules import N_
from hrms.decisions.papers.offices import Office
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass
from hrms.performance.rules.numbers import half_up

MINUTES, RESULTS, NOTICE = "performance.minutes", "performance.results", "performance.notice"
"""Keys of the templates: an administrator may replace them."""
SHOWN_BY = {"equal": "NĐ 335/2025/NĐ-CP", "weights": "NĐ 233/2026/NĐ-CP", "none": "NĐ 90/2020/NĐ-CP"}


@dataclass(frozen=True, slots=True)
class Named:
    """A person of a list: class as it stands, mean of the year, what limited it, in words."""

    name: str
    staff_code: str
    position: str
    unit: str
    months: int
    mean: Decimal | None
    by_points: RatingClass | None
    rating: RatingClass | None
    group: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What papers of a round say: the round, its people in order, the decision on it when there is one."""

    office: Office
    year: int
    law: str
    people: Sequence[Named]
    decision: str = ""
    decided_on: date | None = None
    points: bool = True
    """Whether the round has points at all (NĐ 90/2020/NĐ-CP has none)."""
    quota: str = ""
    groups: Sequence[str] = ()
    changes: Sequence[tuple[str, str, str, str]] = field(default_factory=tuple)
    """Changes of the body: name, class before, class after, reason."""


def register() -> None:
    """Let an administrator replace the templates."""
    hooks.paper_kinds[MINUTES] = hooks.PaperKind(N_("Biên bản họp xếp loại chất lượng"), lambda: [_sample_minutes()])
    hooks.paper_kinds[RESULTS] = hooks.PaperKind(N_("Danh sách kết quả xếp loại"), lambda: [results(_sample())])
    hooks.paper_kinds[NOTICE] = hooks.PaperKind(N_("Thông báo kết quả xếp loại"), lambda: [notice(_sample())])


def class_words(found: RatingClass | None) -> str:
    """Return the class in Vietnamese, a dash without one."""
    with force_locale("vi"):
        return render(CLASS_LABELS[found]) if found else "—"


def points_words(found: Decimal | None) -> str:
    """Return points with two places, half up, a dash for none."""
    return "—" if found is None else format_number(half_up(found, 2), "vi", 2)


def class_counts(people: Sequence[Named]) -> str:
    """Return how many people have each class, in words."""
    counted = Counter(one.rating for one in people)
    parts = [f"{class_words(one)}: {counted[one]} người" for one in RatingClass if counted[one]]
    if counted[None]:
        parts.append(f"chưa xếp loại: {counted[None]} người")
    return "; ".join(parts)


def minutes(said: Said, met_on: date, content: Mapping[str, Any]) -> Paper:
    """Return the minutes of the meeting: who, how it went, opinions, votes, everybody's class, changes, conclusion.

    `content` holds the texts of `RatingMinutes.content`; the people as the table stands that day.
    """
    one = {key: str(content.get(key) or "").strip() for key in _PARTS}
    paragraphs = [
        f"Hôm nay, ngày {format_date(met_on, 'vi')}" + (f", tại {one['place']}" if one["place"] else "")
        + f", {said.office.name} họp đánh giá, xếp loại chất lượng năm {said.year}.",
        f"1. Chủ trì: {one['chair']}.",
        f"2. Thư ký: {one['secretary']}.",
        *_several("3. Thành phần dự họp", one["present"]),
        *_several("4. Vắng mặt", one["absent"] or "không"),
        *_several("5. Diễn biến cuộc họp", one["course"]),
        *_several("6. Ý kiến", one["opinions"]),
        *_several("7. Kết quả biểu quyết", one["votes"]),
        *_several("8. Kết quả đề nghị xếp loại", "\n".join([*class_counts(said.people).split("; "), said.quota])),
    ]  # fmt: skip
    tables = [_list(said, caption="Kết quả từng người")]
    if said.changes:
        rows = [[str(place), *change] for place, change in enumerate(said.changes, 1)]
        heads = [
            Column("TT", 0.4, "center"), Column("Họ và tên", 1.8), Column("Từ", 1.5), Column("Thành", 1.5),
            Column("Lý do", 3),
        ]  # fmt: skip
        tables.append(Table(heads, rows, "Thay đổi so với mức theo điểm và tỷ lệ", 11))
    closing = _several("Kết luận", one["conclusion"])
    closing.append("Biên bản được thông qua tại cuộc họp, những người có tên dưới đây ký tên")
    return Paper(
        kind_name="Biên bản",
        summary=f"Họp đánh giá, xếp loại chất lượng năm {said.year}",
        issuing_agency=said.office.name,
        superior_agency=said.office.superior,
        symbol=f"BB-{said.office.symbol}",
        place=said.office.place or "…",
        issued_on=met_on,
        paragraphs=[line for line in paragraphs if line],
        tables=tables,
        closing=closing,
        beside=Signing("Thư ký", _person_of(one["secretary"])),
        signing=Signing("Chủ trì", _person_of(one["chair"])),
        kept="VT",
    )


_PARTS = ("place", "chair", "secretary", "present", "absent", "course", "opinions", "votes", "conclusion")


def _several(heading: str, text: str) -> list[str]:
    """Return a heading with its text: on its line when it is one, below it when there are several."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return []
    if len(lines) == 1:
        return [f"{heading}: {_ended(lines[0])}"]
    return [f"{heading}:", *(_ended(line) for line in lines)]


def _ended(line: str) -> str:
    return line if line[-1] in ".;:!?" else f"{line}."


def _person_of(words: str) -> str:
    """Return the name in “Ông Nguyễn Văn A, Giám đốc”."""
    name = words.split(",", maxsplit=1)[0].strip()
    for title in ("Ông ", "Bà ", "Đồng chí ", "ông ", "bà ", "đồng chí "):
        name = name.removeprefix(title)
    return name


def _list(said: Said, caption: str = "", *, full: bool = False) -> Table:
    columns = [Column("TT", 0.45, "center"), Column("Họ và tên", 2), Column("Chức vụ, vị trí", 1.9)]
    if full:
        columns += [Column("Số hiệu", 1.1), Column("Đơn vị", 2)]
    if said.points:
        columns += [Column("Số tháng", 0.7, "right"), Column("Điểm năm", 0.9, "right")]
    columns.append(Column("Mức xếp loại", 2.6))
    if full:
        columns.append(Column("Ghi chú", 1.8))
    rows = []
    for place, one in enumerate(said.people, 1):
        row = [str(place), one.name, one.position]
        row += [one.staff_code, one.unit] if full else []
        row += [str(one.months or "–"), points_words(one.mean)] if said.points else []
        row.append(class_words(one.rating))
        rows.append([*row, one.note] if full else row)
    return Table(columns, rows, caption, 10 if full else 11)


def results(said: Said) -> Paper:
    """Return the list of results with points and what limited them, to be kept with the decision."""
    grounds = f"Kèm theo {said.decision}" if said.decision else "Chưa có quyết định"
    day = f" ngày {format_date(said.decided_on, 'vi')}" if said.decided_on and said.decision else ""
    closing = [f"Tổng số: {len(said.people)} người. {class_counts(said.people)}"]
    if said.quota:
        closing.append(said.quota.rstrip("."))
    return Paper(
        kind_name="Danh sách",
        summary=f"Kết quả xếp loại chất lượng năm {said.year}",
        issuing_agency=said.office.name,
        superior_agency=said.office.superior,
        place=said.office.place or "…",
        issued_on=said.decided_on,
        year=None if said.decided_on else said.year,
        paragraphs=[f"({grounds}{day}; xếp loại theo {said.law})"],
        tables=[_list(said, full=True)],
        closing=closing,
        beside=Signing("Người lập danh sách"),
        signing=Signing(said.office.head),
        wide=True,
        mark="" if said.decision else "Dự thảo",
        kept="VT",
    )


_PETITION = (
    "3. Người không đồng ý với kết quả của mình gửi kiến nghị đến cấp có thẩm quyền đã xếp loại; kiến nghị được trả lời"
    " trong 07 ngày làm việc."
)


def notice(said: Said) -> Paper:
    """Return the notice inside the agency: names and classes, no points (Đ21); petitions within the days of Đ22."""
    paper = f"Căn cứ {said.decision}" if said.decision else ""
    columns = [
        Column("TT", 0.4, "center"), Column("Họ và tên", 2.2), Column("Chức vụ, vị trí", 2.2), Column("Đơn vị", 2.2),
        Column("Mức xếp loại", 2.6),
    ]  # fmt: skip
    rows = [
        [str(place), one.name, one.position, one.unit, class_words(one.rating)]
        for place, one in enumerate(said.people, 1)
    ]
    grounds = f"{paper}, " if paper else ""
    return Paper(
        kind_name="Thông báo",
        summary=f"Kết quả xếp loại chất lượng năm {said.year}",
        issuing_agency=said.office.name,
        superior_agency=said.office.superior,
        symbol=f"TB-{said.office.symbol}",
        place=said.office.place or "…",
        year=said.decided_on.year if said.decided_on else said.year,
        mark="" if said.decision else "Dự thảo",
        paragraphs=[
            f"{grounds}{said.office.name} thông báo kết quả xếp loại chất lượng năm {said.year} theo {said.law}:",
            f"1. Tổng số: {len(said.people)} người. {class_counts(said.people)}.",
            "2. Kết quả từng người theo danh sách kèm theo.",
            _PETITION,
        ],
        signing=Signing(said.office.head),
        recipients=["Các đơn vị thuộc, trực thuộc", "Người có tên trong danh sách"],
        kept="VT",
        annexes=[
            Annex(f"Kết quả xếp loại chất lượng năm {said.year}", [Table(columns, rows, size=11)], heading="Danh sách")
        ],
    )


def _sample() -> Said:
    """Return a made-up round to try a template on."""
    office = Office("Sở Mẫu văn bản", "UBND tỉnh Mẫu", "Mẫu", "SMVB", "Giám đốc", committee=False)
    classes = (RatingClass.EXCELLENT, *[RatingClass.GOOD] * 6, RatingClass.SATISFACTORY, RatingClass.NONE)
    means = ("95.25", "93.1", "88", "85.5", "84.125", "80", "71.5", "62.75", None)
    people = [
        Named(
            f"Nguyễn Văn Mẫu {place}", f"MAU-{place:04d}", "Chuyên viên", "Phòng Mẫu", 12 if mean else 4,
            Decimal(mean) if mean else None, rating, rating, note="" if mean else "Làm việc dưới 06 tháng",
        )
        for place, (rating, mean) in enumerate(zip(classes, means, strict=True), 1)
    ]  # fmt: skip
    return Said(
        office, 2026, "NĐ 335/2025/NĐ-CP", people, "Quyết định số 905/QĐ-SMVB", date(2026, 12, 10),
        quota="Tỷ lệ xuất sắc: tối đa 01 người, đã xếp 01 người.",
        changes=[("Nguyễn Văn Mẫu 2", "Hoàn thành xuất sắc nhiệm vụ", "Hoàn thành tốt nhiệm vụ", "Vượt tỷ lệ")],
    )  # fmt: skip


def _sample_minutes() -> Paper:
    content = {
        "place": "phòng họp Sở Mẫu văn bản", "chair": "Ông Trần Văn Mẫu, Giám đốc",
        "secretary": "Bà Lê Thị Mẫu, Trưởng phòng Tổ chức cán bộ", "present": "Ban Giám đốc\nTrưởng các phòng",
        "absent": "", "course": "Từng người trình bày bản tự đánh giá; tập thể góp ý.",
        "opinions": "Thống nhất với đề nghị của bộ phận tham mưu.", "votes": "12/12 đồng ý",
        "conclusion": "Trình Giám đốc quyết định theo danh sách.",
    }  # fmt: skip
    return minutes(_sample(), date(2026, 12, 8), content)
