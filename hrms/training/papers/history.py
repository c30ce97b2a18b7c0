"""One person's history of training as a sheet: what was learnt, what it counted, certificates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from flask_babel import force_locale

from hrms.core.documents import Column, Paper, Table
from hrms.core.formats import format_date, format_number
from hrms.core.i18n import render
from hrms.decisions.papers import offices
from hrms.people.queries.record import Record
from hrms.training.queries.certificates import Line as CertificateLine
from hrms.training.queries.history import Line
from hrms.training.rules.kinds import COURSE_KIND_LABELS, FORM_LABELS, CourseKind, LearningForm
from hrms.training.rules.owed import credits_shown

NAME = "Lịch sử đào tạo, bồi dưỡng"
_COLUMNS = (
    Column("TT", 0.4, "center"), Column("Ngày", 0.9), Column("Khóa học", 3), Column("Nội dung", 1.6),
    Column("Hình thức", 1.2), Column("Số tiết", 0.7, "right"), Column("Cộng dồn", 0.8, "right"),
    Column("Số văn bằng, chứng chỉ", 1.4),
)  # fmt: skip


def history_paper(
    record: Record,
    lines: Sequence[Line],
    certificates: Sequence[CertificateLine],
    today: date,
    per_credit: Decimal | int,
) -> Paper:
    """Return the sheet in Vietnamese, as it is printed; what was reversed and its reversal are both left out."""
    agency_id = record.using.values.get("agency_id") if record.using else None
    office = offices.offices([agency_id]).get(agency_id or 0)
    person, total, rows = record.person, Decimal(0), []
    for number, one in enumerate((line.entry for line in lines if line.entry.stands), 1):
        total += one.hours
        rows.append(
            [
                str(number), format_date(one.earned_on), one.name,
                *_said(one.kind, one.form),
                format_number(one.hours.normalize(), "vi"), format_number(total.normalize(), "vi"), one.proof or "",
            ]
        )  # fmt: skip
    whole = format_number(total.normalize(), "vi")
    size = format_number(Decimal(per_credit), "vi")
    credit = credits_shown(total, per_credit).replace(".", ",")
    tables = [Table(_COLUMNS, rows, "Kết quả đã ghi vào sổ", 10)]
    valid = [one for one in certificates if one.found.revoked_on is None]
    if valid:
        tables.append(
            Table(
                (Column("Số", 1.2), Column("Chương trình", 3), Column("Ngày cấp", 1), Column("Có giá trị đến hết", 1)),
                [
                    [
                        one.found.number, one.found.programme, format_date(one.found.issued_on),
                        format_date(one.found.valid_until) or "không thời hạn",
                    ]
                    for one in valid
                ],
                "Chứng chỉ, giấy chứng nhận đã cấp", 10,
            )
        )  # fmt: skip
    return Paper(
        kind_name=NAME,
        summary=person.full_name,
        issuing_agency=office.name if office else "",
        superior_agency=office.superior if office else "",
        place=(office.place if office else "") or "…",
        issued_on=today,
        paragraphs=[
            f"Mã hồ sơ: {person.staff_code or '…'}.",
            f"Tổng số: {whole} tiết, quy đổi {credit} tín chỉ ({size} tiết một tín chỉ).",
        ],
        tables=tables,
        wide=True,
    )


def _said(kind: str, form: str) -> tuple[str, str]:
    with force_locale("vi"):
        return render(COURSE_KIND_LABELS[CourseKind(kind)]), render(FORM_LABELS[LearningForm(form)])
