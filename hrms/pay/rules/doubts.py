"""What an officer should look at on a sheet before it is approved: a code, its sentence, and what fills it.

A doubt never stops a sheet. What cannot be computed without a guess is left out and said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hrms.core.rules import N_, Problem

TEXTS: dict[str, str] = {
    "no_coefficient": N_("Chưa có hệ số lương từ %(day)s: chưa tính. Hãy bổ sung ngạch, bậc, hệ số vào hồ sơ."),
    "part_time": N_("Người hoạt động không chuyên trách hưởng phụ cấp theo nghị quyết của HĐND: chưa tính ở đây."),
    "no_figure": N_("Danh mục chưa có “%(name)s” của ngày %(day)s: chưa tính. Hãy bổ sung danh mục."),
    "no_agency": N_("Chưa rõ cơ quan sử dụng từ %(day)s: chưa tính. Hãy bổ sung vào hồ sơ."),
    "no_public_duty": N_("Chưa ghi phụ cấp công vụ từ %(day)s. Hãy bổ sung vào hồ sơ nếu được hưởng."),
    "probation_percent": N_("Đang tập sự nhưng chưa ghi phần trăm hưởng lương: tính đủ lương. Hãy kiểm tra."),
    "not_of_scale": N_("Hệ số %(coefficient)s không đúng bậc của bảng lương: tính theo hồ sơ. Hãy kiểm tra."),
    "no_scale": N_("Hệ số %(coefficient)s không kèm bảng lương, nhóm lương: tính theo hồ sơ. Hãy kiểm tra."),
    "places_part": N_(
        "Hệ số chức vụ %(coefficient)s ứng với nhiều nơi mà nay mức khác nhau: tính theo hồ sơ. Hãy kiểm tra."
    ),
    "post_coefficient": N_("Chức vụ %(name)s chưa ghi hệ số phụ cấp: chưa tính phụ cấp chức vụ. Hãy kiểm tra."),
    "post_not_of_law": N_(
        "Hệ số phụ cấp %(coefficient)s của chức vụ %(name)s khác mức trong danh mục: tính theo hồ sơ. Hãy kiểm tra."
    ),
    "reserved_form": N_("%(name)s phải ghi bằng hệ số: chưa tính. Hãy sửa hồ sơ."),
    "beyond_scale_form": N_("Phụ cấp thâm niên vượt khung phải ghi bằng phần trăm: chưa tính. Hãy sửa hồ sơ."),
    "beyond_scale_twice": N_("Thâm niên vượt khung ghi ở ngạch, bậc và ở phụ cấp khác nhau: tính theo ngạch, bậc."),
    "allowance_unknown": N_("Chưa biết cách tính phụ cấp %(name)s: chưa tính. Hãy chọn lại loại phụ cấp."),
    "allowance_twice": N_("%(name)s ghi hai lần: chưa tính. Hãy bỏ một dòng."),
    "allowance_not_of_kind": N_("%(name)s không áp dụng với loại nhân sự này: chưa tính. Hãy kiểm tra hồ sơ."),
    "allowance_form": N_("%(name)s ghi không đúng cách tính: chưa tính. Hãy ghi hệ số, phần trăm hoặc số tiền."),
    "allowance_not_the_law": N_("%(name)s ghi khác mức luật định: chưa tính. Hãy sửa hồ sơ."),
    "absence_overdue": N_("Nghỉ đã quá ngày dự kiến %(until)s mà chưa ghi trở lại. Hãy cập nhật hồ sơ."),
    "absence_other": N_("Thời gian không làm việc loại khác từ %(day)s: chưa tính lương. Hãy kiểm tra."),
    "detention": N_("Tạm giữ, tạm giam từ %(day)s: hưởng như bị tạm đình chỉ và khởi tố. Hãy kiểm tra."),
    "suspended_without_paper": N_(
        "Tình trạng tạm đình chỉ từ %(day)s nhưng chưa có thời gian tạm đình chỉ: coi là chưa bị khởi tố."
    ),
    "class_changed": N_("Xếp loại năm %(year)s đã đổi, khoản liên quan chưa xem lại."),
    "not_recomputed": N_("Tháng %(month)s đã duyệt chưa tính lại được theo hồ sơ hiện nay. Hãy xem các điểm khác."),
    "negative": N_("Truy thu nhiều hơn tháng này được hưởng: số còn nhận âm. Hãy thu lại bằng cách khác."),
    "unsettled": N_("Hồ sơ đã đổi từ tháng %(month)s, trước tháng đầu có bảng lương đã duyệt: kiểm tra truy lĩnh."),
}  # fmt: skip
"""The sentence of each code."""
_DATES = frozenset({"day", "until"})
_NUMBERS = frozenset({"coefficient"})
"""Kept as text, shown as the reader's language writes numbers."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to look at; `params` fill the sentence of its code, dates as dates."""

    code: str
    params: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, code: str, **params: Any) -> Doubt:
        """Return a doubt with what fills its sentence. Raises KeyError for a code without a sentence."""
        if code not in TEXTS:
            raise KeyError(code)
        return cls(code, tuple(sorted(params.items())))

    @property
    def problem(self) -> Problem:
        """Return the doubt as a sentence that can be shown in the reader's language."""
        shown = {name: Decimal(value) if name in _NUMBERS else value for name, value in self.params}
        return Problem("", self.code, TEXTS[self.code], shown, "warning")

    def kept(self) -> dict[str, Any]:
        """Return the doubt as it is kept with a slip: dates in ISO form."""
        shown = {name: value.isoformat() if isinstance(value, date) else value for name, value in self.params}
        return {"code": self.code, "params": shown}


def read(kept: Iterable[Mapping[str, Any]]) -> list[Doubt]:
    """Return doubts as they were kept; codes that are no longer known are left out."""
    return [
        Doubt.of(
            one["code"],
            **{
                name: date.fromisoformat(value) if name in _DATES else value
                for name, value in one.get("params", {}).items()
            },
        )
        for one in kept
        if one.get("code") in TEXTS
    ]
