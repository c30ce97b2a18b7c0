"""The summons to a class: “Giấy triệu tập” with the learners as annex, or for one learner by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from flask_babel import force_locale

from hrms.core import clock, hooks
from hrms.core.documents import Annex, Column, Paper, Signing, Table
from hrms.core.formats import format_date, format_number
from hrms.core.rules import N_
from hrms.decisions.papers import offices
from hrms.training.queries.classes import Look

KEY = "training.invitation"
"""Key of the template: an administrator may replace it."""


@dataclass(frozen=True, slots=True)
class Invited:
    """A learner as the list names them."""

    name: str
    staff_code: str
    agency: str


@dataclass(frozen=True, slots=True)
class Said:
    """What the paper says of a class."""

    name: str
    course: str
    provider: str
    hours: Decimal
    starts_on: date
    ends_on: date
    place: str
    sessions: int
    first_hour: str = ""


def register() -> None:
    """Let an administrator replace the template."""
    hooks.paper_kinds[KEY] = hooks.PaperKind(N_("Giấy triệu tập học viên"), lambda: [_sample(), _sample(alone=True)])


def invitation(look: Look, learners: Sequence[Invited], *, alone: bool = False) -> Paper:
    """Return the paper of the agency that runs the class; `alone`: addressed to the one learner, without a list."""
    first = look.sessions[0] if look.sessions else None
    said = Said(
        look.found.name, look.course.name, look.provider.name, look.found.hours, look.found.starts_on,
        look.found.ends_on, look.found.place or "", len(look.sessions),
        first.starts_at.strftime("%H giờ %M") if first is not None and first.starts_at else "",
    )  # fmt: skip
    return _paper(said, learners, offices.offices([look.agency.id])[look.agency.id], alone=alone)


def _paper(said: Said, learners: Sequence[Invited], office: offices.Office, *, alone: bool) -> Paper:
    with force_locale("vi"):
        days = f"từ ngày {format_date(said.starts_on)} đến hết ngày {format_date(said.ends_on)}"
        hours = format_number(said.hours.normalize() if said.hours % 1 else said.hours.to_integral_value(), "vi")
        length = f"{hours} tiết" + (f", {said.sessions} buổi" if said.sessions else "")
        opening = f"{said.first_hour}, ngày {format_date(said.starts_on)}" if said.first_hour else ""
        paragraphs = [
            f"{office.name} triệu tập "
            + ("ông (bà) tham gia" if alone else "học viên có tên trong danh sách kèm theo tham gia")
            + f" lớp “{said.name}”, cụ thể như sau:",
            f"1. Chương trình: {said.course}.",
            f"2. Thời gian: {days} ({length})." + (f" Khai giảng lúc {opening}." if opening else ""),
            f"3. Địa điểm: {said.place or 'thông báo sau'}.",
            f"4. Cơ sở đào tạo, bồi dưỡng: {said.provider}.",
        ]
        closing = (
            ["Đề nghị ông (bà) sắp xếp công việc, tham gia lớp đầy đủ, đúng giờ."]
            if alone
            else ["Đề nghị các cơ quan, đơn vị thông báo, tạo điều kiện để học viên tham gia lớp đầy đủ, đúng giờ."]
        )
    places = list(dict.fromkeys(one.agency for one in learners if one.agency))
    addressees = (
        [f"Ông (bà) {learners[0].name}" + (f", {learners[0].agency}" if learners[0].agency else "")]
        if alone
        else places
        if 0 < len(places) <= 5
        else ["Các cơ quan, đơn vị có học viên"]
    )
    columns = [
        Column("TT", 0.4, "center"), Column("Họ và tên", 2), Column("Số hiệu", 1), Column("Cơ quan, đơn vị", 2.4),
    ]  # fmt: skip
    rows = [[str(place), one.name, one.staff_code, one.agency] for place, one in enumerate(learners, 1)]
    return Paper(
        kind_name="Giấy triệu tập",
        summary=f"Tham gia lớp “{said.name}”",
        issuing_agency=office.name,
        superior_agency=office.superior,
        symbol=f"GTT-{office.symbol}",
        place=office.place or "…",
        year=clock.today().year,
        addressees=addressees,
        paragraphs=paragraphs,
        closing=closing,
        signing=Signing(office.head),
        recipients=["Như trên", said.provider],
        kept="VT",
        issuer_in_words=office.name,
        annexes=[] if alone else [Annex("Học viên tham gia lớp", [Table(columns, rows)], heading="Danh sách")],
    )


def _sample(*, alone: bool = False) -> Paper:
    """Return a made-up summons to try a template on."""
    first = date(2026, 7, 6)
    said = Said(
        "Bồi dưỡng kỹ năng soạn thảo văn bản khóa mẫu", "Kỹ năng soạn thảo văn bản hành chính", "Trường Mẫu",
        Decimal(40), first, first + timedelta(days=4), "Hội trường A, Trường Mẫu", 10, "07 giờ 30",
    )  # fmt: skip
    office = offices.office(
        "Sở Mẫu văn bản", "department", None, [("UBND tỉnh Mẫu", "province"), ("Sở Mẫu văn bản", "department")]
    )
    learners = [
        Invited(f"Nguyễn Văn Mẫu {number}", f"MAU-{number:04d}", "Phòng Mẫu, Sở Mẫu văn bản") for number in range(1, 41)
    ]
    return _paper(said, learners[:1] if alone else learners, office, alone=alone)
