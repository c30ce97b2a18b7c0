"""Which leadership allowance is paid: one only, the highest; a reserved one until its end (NĐ 204/2004/NĐ-CP Đ6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hrms.core.rules import N_, Reason

SOURCE = "NĐ 204/2004/NĐ-CP Đ6; NĐ 07/2026/NĐ-CP Đ3"


@dataclass(frozen=True, slots=True)
class Reserved:
    """A leadership coefficient kept after the post has gone, up to but without the day `until`; None: no end known."""

    coefficient: Decimal = Decimal(0)
    until: date | None = None

    def on(self, day: date) -> Decimal:
        """Return the coefficient kept on a day."""
        return self.coefficient if self.until is None or day < self.until else Decimal(0)


def leadership(held: Decimal, reserved: Reserved, day: date) -> tuple[Decimal, Reason | None]:
    """Return the coefficient paid on `day`, and the step where a reserved one decided or has ended."""
    kept = reserved.on(day)
    if kept > held:
        text = N_(
            "Phụ cấp chức vụ bảo lưu hệ số %(kept)s cao hơn hệ số %(held)s của chức vụ đang giữ: hưởng mức cao hơn."
        )
        return kept, Reason(text, str(kept), SOURCE, {"kept": kept, "held": held})
    if reserved.coefficient > held and reserved.until is not None:
        text = N_("Phụ cấp chức vụ bảo lưu hệ số %(kept)s đã hết từ %(until)s.")
        return held, Reason(text, str(held), SOURCE, {"kept": reserved.coefficient, "until": reserved.until})
    return held, None
