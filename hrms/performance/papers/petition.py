"""The answer to a petition on paper: a notice of the agency that classified, what was asked, what came of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import force_locale

from hrms.core import clock, hooks
from hrms.core.db import db
from hrms.core.documents import Paper, Signing
from hrms.core.formats import format_date, format_number
from hrms.core.i18n import render
from hrms.core.rules import N_
from hrms.decisions.models import Decision
from hrms.decisions.papers import offices
from hrms.decisions.papers.offices import Office
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass
from hrms.performance.rules.outcomes import shown_points

KEY = "performance.petition"
"""Key of the template: an administrator may replace it."""


def register() -> None:
    """Let an administrator replace the template of the answer."""
    hooks.paper_kinds[KEY] = hooks.PaperKind(N_("Trả lời kiến nghị kết quả xếp loại"), lambda: [_sample()])


def class_words(code: str | None) -> str:
    """Return a class in words of the reader's language, "" for none."""
    return render(CLASS_LABELS[RatingClass(code)]) if code else ""


def answer_paper(row: Any) -> Paper:
    """Return the answer to a petition as `queries.petitions.get` reads it; the number is the office's to give."""
    found = offices.offices([row.agency_id])
    office = found.get(row.agency_id) or offices.office("…", "department", None, [])
    decision = db.session.get(Decision, row.decision_id) if row.decision_id else None
    return _paper(row, office, decision.reference if decision else "")


def _paper(row: Any, office: Office, reference: str) -> Paper:
    with force_locale("vi"):
        accepted = row.state == "accepted"
        who = f"ông (bà) {row.full_name}" + (f", số hiệu {row.staff_code}" if row.staff_code else "")
        first = (
            f"Ngày {_day(row.submitted_on)}, {office.name} nhận kiến nghị của {who}, {row.agency}, về kết quả xếp"
            f" loại chất lượng năm {row.year}: {class_words(row.old_class)}{_points(row.mean)}."
        )
        words = [first, f"Nội dung kiến nghị: {row.text}"]
        if row.wanted:
            words.append(f"Mức đề nghị: {class_words(row.wanted)}.")
        words.append(f"Sau khi xem xét, {office.name} trả lời như sau: {row.answer}")
        if accepted:
            by = f" theo Quyết định số {reference}" if reference else ""
            words.append(
                f"Kết quả xếp loại chất lượng năm {row.year} được thay bằng: {class_words(row.new_class)}"
                f"{_points(row.new_mean)}{by}. Các khoản đã chi trả theo kết quả cũ được rà soát lại."
            )
        else:
            words.append(f"Kết quả xếp loại chất lượng năm {row.year} được giữ nguyên.")
        return Paper(
            kind_name="Thông báo",
            summary=f"Trả lời kiến nghị kết quả xếp loại chất lượng năm {row.year}",
            issuing_agency=office.name,
            superior_agency=office.superior,
            place=office.place or "…",
            issued_on=row.answered_on,
            year=(row.answered_on or clock.today()).year,
            paragraphs=words,
            recipients=[f"Ông (bà) {row.full_name}", "Hồ sơ đánh giá, xếp loại"],
            kept="VT",
            signing=Signing(office.head),
        )


def _points(mean: Decimal | None) -> str:
    return f" ({format_number(shown_points(mean), 'vi')} điểm)" if mean is not None else ""


def _day(day: date | None) -> str:
    return format_date(day, "vi") if day else "…"


class _Row:
    """A made-up petition to try a template on."""

    full_name, staff_code, agency, year = "Nguyễn Văn Mẫu", "MAU-0001", "Sở Mẫu văn bản", 2026
    old_class, wanted, new_class, state = "good", "excellent", "excellent", "accepted"
    mean, new_mean = Decimal("91.633333"), Decimal("91.633333")
    text = "Tháng 8 đã hoàn thành sản phẩm được giao thêm nhưng chưa được tính."
    answer = "Kiến nghị có cơ sở: sản phẩm đã nghiệm thu ngày 28/8/2026."
    submitted_on, answered_on = date(2026, 12, 21), date(2026, 12, 28)


def _sample() -> Paper:
    office = offices.office(
        "Sở Mẫu văn bản", "department", None, [("UBND tỉnh Mẫu", "province"), ("Sở Mẫu văn bản", "department")]
    )
    return _paper(_Row(), office, "12/QĐ-SMVB")
