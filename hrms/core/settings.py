"""Figures the province sets where the law is silent or unsure. Each has a default and a note that its page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from hrms.core.db import db
from hrms.core.models import Setting
from hrms.core.rules import N_


@dataclass(frozen=True, slots=True)
class Known:
    """A setting the program knows: its default and why it is a setting."""

    default: Any
    note: str


KNOWN: dict[str, Known] = {
    "accounts.idle_minutes": Known(15, N_("Tự đăng xuất sau số phút không thao tác (QCVN 12:2026/BCA: không quá 15).")),
    "accounts.lock_after": Known(5, N_("Khóa sau số lần sai mật khẩu liên tiếp (QCVN 12:2026/BCA: không quá 5).")),
    "accounts.unlock_hours": Known(12, N_("Tự mở khóa sau số giờ (QCVN 12:2026/BCA: không sớm hơn 12 giờ).")),
    "accounts.bulk_rows_per_hour": Known(
        60000, N_("Khóa tài khoản khi lấy ra quá số hồ sơ trong một giờ (TT 19/2026/TT-BNV; mức do tỉnh đặt).")
    ),
    "accounts.admin_password_days": Known(
        60, N_("Quản trị viên đổi mật khẩu sau số ngày (QCVN 12:2026/BCA: 2 tháng).")
    ),
    "accounts.idle_days": Known(45, N_("Khóa tài khoản không đăng nhập quá số ngày (QCVN 12:2026/BCA: 45 ngày).")),
    "accounts.password_length": Known(8, N_("Số ký tự ít nhất của mật khẩu (QCVN 12:2026/BCA: 8).")),
    "accounts.password_memory": Known(10, N_("Không dùng lại số mật khẩu gần nhất (QCVN 12:2026/BCA: 10).")),
    "agencies.province_code": Known(
        "92", N_("Mã tỉnh theo QĐ 19/2025/QĐ-TTg; danh sách xã, phường để chọn lấy theo mã này.")
    ),
    "people.export_job_rows": Known(5000, N_("Danh sách dài hơn số dòng này được xuất ở chế độ nền.")),
    "people.retirement_notice_months": Known(12, N_("Trang đầu liệt kê người nghỉ hưu trong số tháng tới.")),
}


def get(name: str) -> Any:
    """Return the value set by the province, or the default. Raises `KeyError` for a name nobody declared."""
    known = KNOWN[name]
    stored = db.session.execute(select(Setting.value).where(Setting.name == name)).scalar_one_or_none()
    return known.default if stored is None else stored
