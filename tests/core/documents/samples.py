"""Papers to print in tests: nobody in them exists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hrms.core.documents import Annex, Article, Capacity, Column, Paper, Signing, Table

LONG_GROUND = (
    "Căn cứ Nghị định số 170/2025/NĐ-CP ngày 30 tháng 6 năm 2025 của Chính phủ quy định về tuyển dụng, sử "
    "dụng và quản lý công chức"
)
COLUMNS = [
    Column("STT", 0.5, "center"), Column("Họ và tên", 2.4), Column("Ngày sinh", 1.2, "center"),
    Column("Chức vụ, đơn vị", 3), Column("Hệ số", 0.8, "right"),
]  # fmt: skip


def decision(number: int | None = 5, on: date | None = date(2027, 1, 5)) -> Paper:
    """An appointment, signed for the head."""
    return Paper(
        kind_name="Quyết định", summary="Về việc bổ nhiệm công chức lãnh đạo, quản lý",
        superior_agency="Ủy ban nhân dân tỉnh Bình Sơn", issuing_agency="Sở Nội vụ", symbol="QĐ-SNV", number=number,
        place="Bình Sơn", issued_on=on, year=2027, authority="Giám đốc Sở Nội vụ",
        issuer_in_words="Giám đốc Sở Nội vụ",
        grounds=[
            "Căn cứ Luật Cán bộ, công chức ngày 24 tháng 6 năm 2025;",
            LONG_GROUND,
            "Theo đề nghị của Chánh Văn phòng Sở",
        ],
        enacting="Quyết định:",
        articles=[
            Article(
                [
                    "Bổ nhiệm bà Nguyễn Thị Bích Hường, sinh ngày 08/3/1985, giữ chức vụ Trưởng phòng, Sở Nội vụ.",
                    "Thời hạn giữ chức vụ là 05 năm, kể từ ngày 15 tháng 01 năm 2027.",
                ]
            ),
            Article(["Chánh Văn phòng Sở và bà Nguyễn Thị Bích Hường chịu trách nhiệm thi hành Quyết định này."]),
        ],
        signing=Signing("Phó Giám đốc", "Trần Văn Đức", Capacity.FOR_HEAD, "Giám đốc"),
        recipients=["Như Điều 2", "Ủy ban nhân dân tỉnh (để báo cáo)"], kept="VT, VP, 02 bản",
    )  # fmt: skip


def submission() -> Paper:
    """A submission to two agencies, without number and day."""
    return Paper(
        kind_name="Tờ trình", summary="Về việc bổ nhiệm Trưởng phòng Phòng Cải cách hành chính",
        superior_agency="Văn phòng Ủy ban nhân dân tỉnh", issuing_agency="Trung tâm Phục vụ hành chính công tỉnh",
        symbol="TTr-TTPVHCC", place="Bình Sơn", year=2027, addressees=["Ủy ban nhân dân tỉnh", "Sở Nội vụ"],
        paragraphs=["Chức vụ còn khuyết từ ngày 01/10/2026.", "Kính đề nghị xem xét, quyết định"],
        signing=Signing("Giám đốc", "Lê Thị Kim Oanh"), recipients=["Như trên"], kept="VT",
    )  # fmt: skip


def notice() -> Paper:
    """A notice in the name of a committee, from a place with a long name."""
    return Paper(
        kind_name="Thông báo", summary="Về thời điểm nghỉ hưu", issuing_agency="Ủy ban nhân dân phường Y",
        symbol="TB-UBND", number="123", place="Thành phố Hồ Chí Minh", issued_on=date(2026, 12, 25),
        paragraphs=["Ông Nguyễn Văn A nghỉ hưu từ ngày 01/6/2027."],
        signing=Signing("Chủ tịch", "Phạm Văn Bình", Capacity.ON_BEHALF, "Ủy ban nhân dân"),
        recipients=["Ông Nguyễn Văn A"], kept="VT",
    )  # fmt: skip


def letter() -> Paper:
    """A letter (công văn): no kind, the summary under the number."""
    return Paper(
        summary="cử công chức tham gia đoàn kiểm tra", superior_agency="Ủy ban nhân dân tỉnh Bình Sơn",
        issuing_agency="Sở Nội vụ", symbol="SNV-TCBC", number=7, place="Bình Sơn", issued_on=date(2027, 2, 9),
        addressees=["Sở Tài chính"], paragraphs=["Sở Nội vụ đề nghị Sở Tài chính cử 01 công chức."],
        signing=Signing("Giám đốc", "Lê Thị Kim Oanh", Capacity.ACTING), recipients=["Như trên"], kept="VT",
    )  # fmt: skip


def checking_sheet(rows: int = 40) -> Paper:
    """A landscape sheet with two signatures."""
    columns = [
        Column("STT", 0.5, "center"), Column("Họ và tên", 1.6), Column("Điều kiện", 3), Column("Kết quả", 1, "center"),
        Column("Căn cứ", 2),
    ]  # fmt: skip
    lines = [
        [str(n), "Nguyễn Thị Bích Hường", "Còn đủ tuổi trọn nhiệm kỳ", "Đạt", "Điều 1"] for n in range(1, rows + 1)
    ]
    return Paper(
        kind_name="Phiếu kiểm tra", summary="Điều kiện bổ nhiệm", superior_agency="Ủy ban nhân dân tỉnh Bình Sơn",
        issuing_agency="Sở Nội vụ", wide=True, tables=[Table(columns, lines)],
        signing=Signing("Người thẩm định", "Trần Văn Đức"), beside=Signing("Người lập", "Lê Thị Hoa"),
    )  # fmt: skip


def with_list(rows: int = 300, *, wide: bool = False) -> Paper:
    """A decision with a long list and a second, short one."""
    lines = [
        [str(n), "Nguyễn Hoàng Thị Ngọc Ánh", "08/3/1985", "Chuyên viên, Phòng Tổ chức biên chế", "3,33"]
        for n in range(1, rows + 1)
    ]
    return replace(
        decision(None, None),
        annexes=[
            Annex("Danh sách nâng bậc lương thường xuyên", [Table(COLUMNS, lines)], landscape=wide),
            Annex("Danh sách nâng bậc lương trước thời hạn", [Table(COLUMNS, lines[:3])]),
        ],
    )


ALL = (decision, submission, notice, letter, checking_sheet, with_list)
