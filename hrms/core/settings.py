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
    "files.scan_megabytes": Known(20, N_("Bản quét, giấy tờ đính kèm nặng nhất"), N_("MB"), least=1, most=60),
    "files.photo_megabytes": Known(2, N_("Ảnh tải lên nặng nhất"), N_("MB"), least=1, most=20),
}  # fmt: skip


def get(name: str) -> Any:
    """Return the value set by the province, or the default. Raises `KeyError` for a name nobody declared."""
    known = KNOWN[name]
    stored = db.session.execute(select(Setting.value).where(Setting.name == name)).scalar_one_or_none()
    return known.default if stored is None else stored
