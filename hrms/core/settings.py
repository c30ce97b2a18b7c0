"""Figures the province sets where the law is silent or unsure. Each has a default and a note that its page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from hrms.core.db import db
from hrms.core.models import Setting
from hrms.core.rules import N_

_SAFETY = "QCVN 12:2026/BCA"


@dataclass(frozen=True, slots=True)
class Known:
    """A setting the program knows: its default, what it means, where it comes from, within which bounds it stays.

    `mark` says how sure the source is: C seen in the text, K known, U unsure (the province decides). `least` and
    `most` are the bounds that the source or the program sets, both included; a whole number when either is given.
    """

    default: Any
    note: str
    unit: str = ""
    source: str = N_("Do tỉnh đặt")
    mark: str = "U"
    least: int | None = None
    most: int | None = None
    choices: tuple[tuple[str, str], ...] = ()
    """The codes it is one of, each with its marked words, where no catalogue has them."""


_COUNTED = (("1", N_("Có")), ("0", N_("Không")))
_PROVINCE = N_("NĐ 150/2025/NĐ-CP, NĐ 370/2025/NĐ-CP; do tỉnh xác nhận")
KNOWN: dict[str, Known] = {
    "accounts.idle_minutes": Known(
        15, N_("Tự đăng xuất khi không thao tác quá"), N_("phút"), _SAFETY, "C", least=1, most=15
    ),
    "accounts.lock_after": Known(
        5, N_("Khóa tài khoản sau số lần sai mật khẩu liên tiếp"), N_("lần"), _SAFETY, "C", least=1, most=5
    ),
    "accounts.unlock_hours": Known(
        12, N_("Tài khoản bị khóa vì sai mật khẩu tự mở sau"), N_("giờ"), _SAFETY, "C", least=12, most=720
    ),
    "accounts.address_failures": Known(
        30, N_("Tạm không nhận đăng nhập từ một địa chỉ mạng sau số lần sai"), N_("lần"), least=5, most=1000
    ),
    "accounts.address_minutes": Known(
        15, N_("Các lần sai từ một địa chỉ mạng được cộng trong"), N_("phút"), least=1, most=1440
    ),
    "accounts.bulk_rows_per_hour": Known(
        60000, N_("Khóa tài khoản khi lấy ra trong một giờ quá"), N_("hồ sơ"), N_("TT 19/2026/TT-BNV; mức do tỉnh đặt"),
        "U", least=100, most=10_000_000,
    ),
    "accounts.admin_password_days": Known(
        60, N_("Quản trị viên phải đổi mật khẩu sau"), N_("ngày"), _SAFETY, "C", least=1, most=60
    ),
    "accounts.idle_days": Known(
        45, N_("Khóa tài khoản không đăng nhập quá"), N_("ngày"), _SAFETY, "C", least=1, most=45
    ),
    "accounts.password_length": Known(
        8, N_("Mật khẩu có ít nhất"), N_("ký tự"), _SAFETY, "C", least=8, most=64
    ),
    "accounts.password_memory": Known(
        10, N_("Không dùng lại số mật khẩu gần nhất"), N_("mật khẩu"), _SAFETY, "C", least=10, most=100
    ),
    "agencies.province_code": Known(
        "92", N_("Mã tỉnh; danh sách xã, phường để chọn lấy theo mã này"), source="QĐ 19/2025/QĐ-TTg", mark="K"
    ),
    "people.export_job_rows": Known(
        5000, N_("Xuất ở chế độ nền khi danh sách dài hơn"), N_("dòng"), least=100, most=50_000
    ),
    "people.retirement_notice_months": Known(
        12, N_("Trang đầu liệt kê người nghỉ hưu trong"), N_("tháng tới"), least=1, most=60
    ),
    "decisions.home_affairs_code": Known(
        "", N_("Cơ quan thẩm định cho tỉnh (Sở Nội vụ); không đặt thì là chính cấp tỉnh")
    ),
    "positions.seconded_at_sender": Known(
        "1", N_("Người biệt phái tính vào biên chế của nơi cử đi"), mark="U", choices=_COUNTED
    ),
    "positions.leave_counts": Known(
        "1", N_("Người nghỉ không hưởng lương dài ngày vẫn tính là có mặt"), mark="U", choices=_COUNTED
    ),
    "positions.concurrent_once": Known("1", N_("Người kiêm nhiệm chỉ tính một lần, ở vị trí chính"), choices=_COUNTED),
    "positions.acting_takes_seat": Known("0", N_("Giao quyền, phụ trách chiếm một chỗ của vị trí"), choices=_COUNTED),
    "positions.ratio_rounding": Known(
        "down", N_("Làm tròn khi tính tỷ lệ ngạch, bậc"),
        source=N_("NĐ 361/2025/NĐ-CP, NĐ 232/2026/NĐ-CP không nói cách làm tròn"),
        choices=(
            ("down", N_("Bỏ phần lẻ")), ("nearest", N_("Làm tròn đến số gần nhất")), ("up", N_("Làm tròn lên")),
        ),
    ),
    "positions.grade_reading": Known(
        "two_grades_first", N_("Cách hiểu Điều 10 khoản 2 NĐ 232/2026/NĐ-CP khi vị trí chỉ dùng hai bậc"),
        source="NĐ 232/2026/NĐ-CP Đ10 k2",
        choices=(
            ("two_grades_first", N_("Chỉ dùng hai bậc thì theo điểm c, dù bậc cao nhất là 4 hay 5")),
            ("top_grade_first", N_("Bậc cao nhất là 4, 5 thì theo điểm a, b, dù chỉ dùng hai bậc")),
        ),
    ),
    "positions.province_class": Known(
        "class_1", N_("Loại đơn vị hành chính của tỉnh, để tính số cấp phó và số biên chế tối thiểu của phòng"),
        source=_PROVINCE,
        choices=(
            ("special", N_("Hà Nội, TP. Hồ Chí Minh")), ("class_1", N_("Tỉnh, thành phố loại I")),
            ("class_2", N_("Tỉnh, thành phố loại II")), ("class_3", N_("Tỉnh, thành phố loại III")),
        ),
    ),
    "positions.formed_from": Known(
        3, N_("Tỉnh được lập từ số tỉnh, thành phố"), N_("tỉnh, thành phố"), _PROVINCE, least=1, most=3
    ),
    "positions.reorganised_on": Known(
        "2025-07-01", N_("Ngày sắp xếp, từ đó tính thời hạn giải quyết số cấp phó dôi dư"), source=_PROVINCE,
        choices=(
            ("2025-07-01", N_("01/07/2025, ngày tỉnh mới hoạt động")),
            ("2025-03-01", N_("01/03/2025, ngày sắp xếp sở")),
        ),
    ),
    "training.hours_per_credit": Known(
        15, N_("Một tín chỉ bằng"), N_("tiết"), N_("NĐ 171/2025/NĐ-CP không quy định tín chỉ; do tỉnh đặt"),
        least=1, most=60,
    ),
    "training.teaching_for": Known(
        "leaders", N_("Số tiết giảng dạy được cộng vào số tiết hằng năm của"),
        source="NĐ 171/2025/NĐ-CP Đ3 k4", mark="C",
        choices=(("leaders", N_("Người lãnh đạo, quản lý")), ("all", N_("Mọi người"))),
    ),
    "training.impact_months": Known(
        6, N_("Hỏi người quản lý về tác động của lớp sau khi kết thúc"), N_("tháng"), least=1, most=24
    ),
    "training.impact_least_hours": Known(
        16, N_("Chỉ hỏi tác động của lớp học tập trung từ"), N_("tiết"), least=1, most=5000
    ),
    "training.verify_tries": Known(
        20, N_("Số lần tra cứu chứng chỉ từ một địa chỉ mạng trong 15 phút"), N_("lần"), least=3, most=1000
    ),
    "training.months_rounding": Known(
        "down", N_("Ngày lẻ khi tính số tháng đã phục vụ sau đào tạo"),
        source=N_("NĐ 171/2025/NĐ-CP Đ7 tính theo tháng, không nói cách làm tròn"),
        choices=(
            ("down", N_("Chỉ tính tháng tròn")), ("nearest", N_("Từ nửa tháng trở lên tính tròn một tháng")),
            ("up", N_("Có ngày lẻ thì tính tròn một tháng")),
        ),
    ),
    "training.age_on": Known(
        "starts", N_("Ngày tính tuổi khi cử đi đào tạo sau đại học lần đầu"),
        source=N_("NĐ 171/2025/NĐ-CP Đ4 không nói tính tuổi vào ngày nào"),
        choices=(("starts", N_("Ngày bắt đầu khóa học")), ("decided", N_("Ngày quyết định cử đi học"))),
    ),
    "performance.step": Known(
        "0.25", N_("Điểm tiêu chí chung được chấm theo bước"), N_("điểm"),
        N_("NĐ 335/2025/NĐ-CP Mẫu 01 không nói bước điểm; quy chế của cơ quan đặt khác được"),
        choices=(("0.25", "0,25"), ("0.5", "0,5"), ("1", "1")),
    ),
    "performance.cap_result": Known(
        "1", N_("Điểm kết quả vượt 70 thì tính 70"),
        source=N_("NĐ 335/2025/NĐ-CP Đ12 k3 (tối đa 70), Đ18 (việc nhận thêm được cộng); cách hiểu của tỉnh"),
        choices=_COUNTED,
    ),
    "performance.rounding": Known(
        "unrounded", N_("So với mức 90, 70, 50 bằng điểm bình quân"),
        source=N_("NĐ 335/2025/NĐ-CP không nói làm tròn"),
        choices=(("unrounded", N_("Chưa làm tròn")), ("two_decimals", N_("Làm tròn hai chữ số"))),
    ),
    "performance.quota_base": Known(
        "final_good", N_("Tỷ lệ hoàn thành xuất sắc tính trên"),
        source=N_("NĐ 335/2025/NĐ-CP Đ20 k5; NĐ 233/2026/NĐ-CP Đ12 k6; không giải thích mẫu số"),
        choices=(
            ("final_good", N_("Số người được xếp loại hoàn thành tốt sau khi quyết định")),
            ("initial_good", N_("Số người đạt mức hoàn thành tốt theo điểm")),
            ("good_and_excellent", N_("Số người đạt mức hoàn thành tốt trở lên")),
        ),
    ),
    "performance.tie_order": Known(
        "mean,result,general,months,code", N_("Thứ tự xét khi số người đủ điểm nhiều hơn chỉ tiêu xuất sắc"),
        source=N_("Luật không quy định; quy chế của cơ quan đặt khác được"),
        choices=(
            (
                "mean,result,general,months,code",
                N_("Điểm năm, điểm kết quả, điểm tiêu chí chung, số tháng được chấm, số hiệu"),
            ),
            (
                "result,mean,general,months,code",
                N_("Điểm kết quả, điểm năm, điểm tiêu chí chung, số tháng được chấm, số hiệu"),
            ),
        ),
    ),
    "performance.self_days": Known(5, N_("Tự chấm xong trong số ngày sau khi hết kỳ"), N_("ngày"), least=1, most=60),
    "performance.score_days": Known(
        10, N_("Người có thẩm quyền chấm xong trong số ngày sau khi hết kỳ"), N_("ngày"), least=1, most=60
    ),
    "performance.remind_days": Known(2, N_("Nhắc chấm điểm trước hạn"), N_("ngày"), least=0, most=30),
    "performance.public_employee_due": Known(
        "12-15", N_("Xếp loại viên chức hằng năm xong trước ngày"),
        source=N_("NĐ 233/2026/NĐ-CP Đ15: bản đọc được ghi 05/12, đơn vị ghi 15/12"),
        choices=(("12-15", "15/12"), ("12-05", "05/12")),
    ),
    "performance.lenient_points": Known(
        3, N_("Đánh dấu đơn vị chấm lệch khi điểm bình quân khác toàn tỉnh từ"), N_("điểm"), least=1, most=20
    ),
    "performance.hidden_below": Known(
        5, N_("Biểu đồ không hiện số đếm dưới"), N_("người"), N_("Do tỉnh đặt, để không nhận ra từng người"),
        least=3, most=50,
    ),
    "performance.petition_window": Known(
        30, N_("Nhận kiến nghị kết quả xếp loại trong số ngày sau khi công khai"), N_("ngày"),
        N_("NĐ 335/2025/NĐ-CP Đ22 chỉ nói thời hạn trả lời"), least=5, most=365,
    ),
    "pay.place": Known(
        "other", N_("Nơi áp dụng hệ số phụ cấp chức vụ"), source="NĐ 204/2004/NĐ-CP; NĐ 07/2026/NĐ-CP", mark="K",
        choices=(("special", N_("Hà Nội, TP. Hồ Chí Minh")), ("other", N_("Tỉnh, thành phố khác"))),
    ),
    "pay.two_hands": Known("0", N_("Người duyệt bảng lương phải khác người lập"), choices=_COUNTED),
    "pay.raise_remind_days": Known(
        15, N_("Nhắc lập danh sách nâng bậc lương trước ngày đầu quý"), N_("ngày"), least=0, most=60
    ),
    "pay.hidden_below": Known(
        5, N_("Số liệu tiền lương tổng hợp không hiện nhóm dưới"), N_("người"),
        N_("Do tỉnh đặt, để không suy ra lương từng người"), least=3, most=50,
    ),
    "files.scan_megabytes": Known(20, N_("Bản quét, giấy tờ đính kèm nặng nhất"), N_("MB"), least=1, most=60),
    "files.photo_megabytes": Known(2, N_("Ảnh tải lên nặng nhất"), N_("MB"), least=1, most=20),
}  # fmt: skip


def get(name: str) -> Any:
    """Return the value set by the province, or the default. Raises `KeyError` for a name nobody declared."""
    known = KNOWN[name]
    stored = db.session.execute(select(Setting.value).where(Setting.name == name)).scalar_one_or_none()
    return known.default if stored is None else stored


def get_all(prefix: str) -> dict[str, Any]:
    """Return every setting whose name begins with `prefix`, by name, in one statement."""
    stored = db.session.execute(select(Setting.name, Setting.value).where(Setting.name.startswith(prefix))).all()
    return {name: known.default for name, known in KNOWN.items() if name.startswith(prefix)} | {
        row.name: row.value for row in stored if row.name in KNOWN
    }
