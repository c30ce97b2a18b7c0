"""Made-up papers that templates are tried on: long names, every part of the layout, an annex over several pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hrms.core.documents import Annex, Article, Capacity, Column, Paper, Signing, Table

ROWS = 40


def official_papers() -> Sequence[Paper]:
    """Return a decision with an annex, a submission still without number and date, a landscape sheet."""
    return [_decision(), _submission(), _sheet()]


def _decision() -> Paper:
    columns = [
        Column("STT", 0.5, "center"), Column("Họ và tên", 2.2), Column("Ngày sinh", 1.2, "center"),
        Column("Chức vụ, đơn vị", 3), Column("Hệ số", 0.8, "right"),
    ]  # fmt: skip
    rows = [
        [str(n), "Nguyễn Thị Ngọc Phượng", "08/3/1985", "Chuyên viên, Phòng Tổ chức biên chế", "3,33"]
        for n in range(1, ROWS + 1)
    ]
    return Paper(
        kind_name="Quyết định", summary="Về việc bổ nhiệm công chức lãnh đạo, quản lý",
        superior_agency="Ủy ban nhân dân tỉnh", issuing_agency="Sở Mẫu", symbol="QĐ-SM", number=5, place="Bình Sơn",
        issued_on=date(2027, 1, 5), authority="Giám đốc Sở Mẫu", issuer_in_words="Giám đốc Sở Mẫu",
        grounds=["Căn cứ Luật Cán bộ, công chức ngày 24 tháng 6 năm 2025", "Theo đề nghị của Chánh Văn phòng Sở"],
        enacting="Quyết định:",
        articles=[
            Article(
                [
                    "Bổ nhiệm bà Nguyễn Thị Ngọc Phượng giữ chức vụ Trưởng phòng Phòng Cải cách hành chính, Sở Mẫu.",
                    "Thời hạn giữ chức vụ là 05 năm, kể từ ngày 15 tháng 01 năm 2027.",
                ]
            ),
            Article(["Quyết định này có hiệu lực kể từ ngày ký."]),
            Article(["Chánh Văn phòng Sở và các ông, bà có tên tại Điều 1 chịu trách nhiệm thi hành Quyết định này."]),
        ],
        signing=Signing("Phó Giám đốc", "Trần Văn Đức", Capacity.FOR_HEAD, "Giám đốc"),
        recipients=["Như Điều 3", "Ủy ban nhân dân tỉnh (để báo cáo)"], kept="VT, VP, 02 bản",
        annexes=[Annex("Danh sách công chức được bổ nhiệm", [Table(columns, rows)])],
    )  # fmt: skip


def _submission() -> Paper:
    return Paper(
        kind_name="Tờ trình", summary="Về việc bổ nhiệm Trưởng phòng Phòng Cải cách hành chính",
        superior_agency="Văn phòng Ủy ban nhân dân tỉnh", issuing_agency="Trung tâm Phục vụ hành chính công tỉnh",
        symbol="TTr-TTPVHCC", place="Bình Sơn", year=2027, addressees=["Ủy ban nhân dân tỉnh", "Sở Mẫu"],
        paragraphs=[
            "Trung tâm kính trình xem xét việc bổ nhiệm với các nội dung sau:",
            "1. Chức vụ còn khuyết từ ngày 01/10/2026.",
            "2. Người được đề nghị đủ điều kiện theo phiếu kiểm tra kèm theo.",
        ],
        signing=Signing("Giám đốc", "Lê Thị Kim Oanh"), recipients=["Như trên"], kept="VT",
    )  # fmt: skip


def _sheet() -> Paper:
    columns = [
        Column("STT", 0.5, "center"), Column("Họ và tên", 1.6), Column("Điều kiện", 3), Column("Kết quả", 1, "center"),
        Column("Căn cứ", 2), Column("Ai bổ sung", 1.4),
    ]  # fmt: skip
    rows = [
        ["1", "Nguyễn Thị Ngọc Phượng", "Còn đủ tuổi công tác trọn một nhiệm kỳ", "Đạt", "Điều của nghị định", ""],
        ["2", "Nguyễn Thị Ngọc Phượng", "Có bản kê khai tài sản", "Chưa rõ", "Điều của nghị định", "Văn phòng Sở"],
    ]
    return Paper(
        kind_name="Phiếu kiểm tra", summary="Điều kiện bổ nhiệm", superior_agency="Ủy ban nhân dân tỉnh",
        issuing_agency="Sở Mẫu", wide=True, tables=[Table(columns, rows)],
        signing=Signing("Người thẩm định", "Trần Văn Đức"), beside=Signing("Người lập", "Lê Thị Hoa"),
    )  # fmt: skip
