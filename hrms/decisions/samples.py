"""Made-up papers that the templates of decisions are tried on; nobody in them lives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from hrms.core import hooks
from hrms.core.documents import Annex, Article, Capacity, Column, Paper, Signing, Table
from hrms.core.rules import N_

SUBMISSION_KEY = "decisions.submission"
SHEET_KEY = "decisions.checking_sheet"
_AGENCY, _ABOVE, _PLACE = "Sở Mẫu", "UBND tỉnh Bình Sơn", "Bình Sơn"
_WHO = "Nguyễn Thị Ngọc Phượng"


def register(code: str, label: str, symbol: str) -> None:
    """Let the template of a kind of decision be replaced."""
    hooks.paper_kinds[f"decisions.{code}"] = hooks.PaperKind(label, partial(sample_decision, label, symbol))


def register_common() -> None:
    """Let the templates of tờ trình and checking sheet be replaced."""
    hooks.paper_kinds[SUBMISSION_KEY] = hooks.PaperKind(N_("Tờ trình"), sample_submission)
    hooks.paper_kinds[SHEET_KEY] = hooks.PaperKind(N_("Bảng rà soát điều kiện"), sample_sheet)


def sample_decision(label: str, symbol: str) -> Sequence[Paper]:
    """Return one decision, or one notice, about a made-up person."""
    summary = f"Về việc {label[:1].lower()}{label[1:]} đối với bà {_WHO}"
    grounds = ["Căn cứ Luật Cán bộ, công chức số 80/2025/QH15", "Theo đề nghị của Chánh Văn phòng Sở Mẫu"]
    if symbol == "TB":
        return [
            Paper(
                kind_name="Thông báo", summary="Về thời điểm nghỉ hưu", symbol="TB-SM", number=7,
                issued_on=date(2027, 2, 1), grounds=grounds,
                issuing_agency=_AGENCY, superior_agency=_ABOVE, place=_PLACE,
                paragraphs=["Sở Mẫu thông báo:", f"Ông (bà): {_WHO}.", "Được nghỉ hưu kể từ ngày 01/8/2027."],
                signing=Signing("Giám đốc", "Trần Văn Đức"), recipients=[f"Bà {_WHO}"], kept="VT",
            )
        ]  # fmt: skip
    rows = [[str(n), _WHO, f"SM-{n:06}", "Văn phòng Sở", "Chuyên viên → Phó Trưởng phòng"] for n in range(1, 6)]
    columns = [
        Column("STT", 0.5, "center"), Column("Họ và tên", 2), Column("Số hiệu", 1, "center"), Column("Đơn vị", 2),
        Column("Thay đổi", 3),
    ]  # fmt: skip
    return [
        Paper(
            kind_name="Quyết định", summary=summary, symbol="QĐ-SM", number=5, issued_on=date(2027, 1, 5),
            authority="Giám đốc Sở Mẫu", issuer_in_words="Giám đốc Sở Mẫu", grounds=grounds, enacting="Quyết định:",
            articles=[
                Article([f"{label} đối với bà {_WHO}, Văn phòng Sở Mẫu, từ ngày 15/01/2027 đến hết ngày 14/01/2032."]),
                Article([f"Chánh Văn phòng Sở Mẫu và bà {_WHO} chịu trách nhiệm thi hành Quyết định này."]),
            ],
            signing=Signing("Phó Giám đốc", "Trần Văn Đức", Capacity.FOR_HEAD, "Giám đốc"),
            recipients=["Như Điều 2", "Sở Nội vụ"], kept="VT, VP",
            issuing_agency=_AGENCY, superior_agency=_ABOVE, place=_PLACE,
            annexes=[Annex(label, [Table(columns, rows)], heading="Danh sách", landscape=True)],
        )
    ]  # fmt: skip


def sample_submission() -> Sequence[Paper]:
    """Return a tờ trình that has no number yet."""
    return [
        Paper(
            kind_name="Tờ trình", summary="Về việc bổ nhiệm Phó Trưởng phòng", symbol="TTr-SM", year=2027,
            mark="Dự thảo",
            addressees=["Chủ tịch Ủy ban nhân dân tỉnh Bình Sơn"],
            issuing_agency=_AGENCY, superior_agency=_ABOVE, place=_PLACE,
            paragraphs=["1. Người được đề nghị", f"Bà {_WHO}, số hiệu SM-000001, Văn phòng Sở Mẫu."],
            closing=["Sở Mẫu kính trình xem xét, quyết định."],
            signing=Signing("Giám đốc"), recipients=["Như trên"], kept="VT",
        )
    ]  # fmt: skip


def sample_sheet() -> Sequence[Paper]:
    """Return a checking sheet of one person."""
    columns = [
        Column("STT", 0.4, "center"), Column("Điều kiện", 3), Column("Kết quả", 0.9, "center"),
        Column("Hồ sơ cho biết", 2.4), Column("Căn cứ", 1.8), Column("Ai bổ sung", 1.2),
    ]  # fmt: skip
    rows = [
        ["1", "Còn đủ tuổi công tác trọn một nhiệm kỳ", "Đạt", "Nghỉ hưu ngày 31/7/2040", "NĐ 170/2025/NĐ-CP Đ29", ""],
        ["2", "Có bản kê khai tài sản", "Chưa rõ", "", "Luật PCTN Đ36", "Người được đề nghị"],
    ]
    return [
        Paper(
            kind_name="Bảng rà soát điều kiện", summary="Bổ nhiệm", wide=True,
            issuing_agency=_AGENCY, superior_agency=_ABOVE,
            tables=[Table(columns, rows, f"1. {_WHO}, SM-000001")],
            signing=Signing("Người thẩm định"), beside=Signing("Người lập", "Lê Thị Hoa"),
        )
    ]  # fmt: skip
