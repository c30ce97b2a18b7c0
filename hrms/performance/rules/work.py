"""Work of a period: kinds and states of what is given, what may happen to it and when. Pure.

NĐ 335/2025/NĐ-CP Đ13–Đ18. What was given before the period began is the denominator U and stays there; what is reported
as not to be done stays in U too (Đ18 k1d); what is taken over or ad hoc adds to the numerator only.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from hrms.core.rules import N_, Problem

QUANTITY_MOST = Decimal(100_000)
FACTOR_MOST = Decimal(100_000)
UNITS_MOST = Decimal(1_000_000)
"""More units in one product is a slip of typing (`rules.formula.MOST_UNITS`)."""
TITLE_LENGTH = 500
TEXT_LENGTH = 4_000


class ItemKind(StrEnum):
    """How a product came on a sheet; only the first is in the denominator."""

    ASSIGNED = "assigned"
    TAKEN_OVER = "taken_over"
    AD_HOC = "ad_hoc"


class ItemState(StrEnum):
    """Where a product stands between the person and the authority."""

    PROPOSED = "proposed"
    GIVEN = "given"
    REFUSED = "refused"
    DROPPED = "dropped"


class Reported(StrEnum):
    """What the owner of a product says of it; gives no points."""

    OPEN = "open"
    DONE = "done"
    IMPOSSIBLE = "impossible"


class FindingKind(StrEnum):
    """What was found about a product: each takes a quarter of its quality or of its progress (Đ14)."""

    FAILED_CHECK = "failed_check"
    LATE = "late"


class SheetState(StrEnum):
    """States of a sheet, as work needs them."""

    OPEN = "open"
    SELF_SCORED = "self_scored"
    RETURNED = "returned"
    SCORED = "scored"
    PUBLISHED = "published"


WITH_ITS_OWNER = frozenset({SheetState.OPEN, SheetState.RETURNED})
"""The owner reports and proposes only while the sheet is with them; a sheet sent in is taken back first."""

ITEM_KIND_LABELS: dict[ItemKind, str] = {
    ItemKind.ASSIGNED: N_("Giao từ đầu kỳ"),
    ItemKind.TAKEN_OVER: N_("Nhận thay người khác"),
    ItemKind.AD_HOC: N_("Đột xuất"),
}
ITEM_STATE_LABELS: dict[ItemState, str] = {
    ItemState.PROPOSED: N_("Đề xuất, chờ duyệt"),
    ItemState.GIVEN: N_("Đã giao"),
    ItemState.REFUSED: N_("Không đồng ý"),
    ItemState.DROPPED: N_("Đã rút"),
}
ITEM_TONES: dict[ItemState, str] = {
    ItemState.PROPOSED: "warn", ItemState.GIVEN: "info", ItemState.REFUSED: "bad", ItemState.DROPPED: "none",
}  # fmt: skip
REPORTED_LABELS: dict[Reported, str] = {
    Reported.OPEN: N_("Đang làm"),
    Reported.DONE: N_("Báo đã hoàn thành"),
    Reported.IMPOSSIBLE: N_("Báo không thực hiện được"),
}
REPORTED_TONES: dict[Reported, str] = {Reported.OPEN: "none", Reported.DONE: "ok", Reported.IMPOSSIBLE: "bad"}
FINDING_LABELS: dict[FindingKind, str] = {
    FindingKind.FAILED_CHECK: N_("Kiểm tra không đạt"),
    FindingKind.LATE: N_("Chậm tiến độ"),
}


def amount_problems(quantity: Decimal | None, factor: Decimal | None) -> list[Problem]:
    """Return what is wrong with a quantity and the units one piece of the product converts to."""
    found: list[Problem] = []
    for name, value, most, text in (
        ("quantity", quantity, QUANTITY_MOST, N_("Số lượng là “%(value)s”. Hãy nhập số lớn hơn 0, nhiều nhất %(most)s, "
         "không quá hai số lẻ.")),
        ("factor", factor, FACTOR_MOST, N_("Hệ số quy đổi là “%(value)s”. Hãy nhập số lớn hơn 0, nhiều nhất %(most)s, "
         "không quá bốn số lẻ.")),
    ):  # fmt: skip
        places = 2 if name == "quantity" else 4
        if value is None or not value.is_finite() or not 0 < value <= most or round(value, places) != value:
            shown = "" if value is None else f"{value:f}" if value.is_finite() else str(value)
            found.append(Problem(name, name, text, {"value": shown[:20], "most": most}))
    if not found and quantity is not None and factor is not None and units_of(quantity, factor) > UNITS_MOST:
        text = N_("Số lượng nhân hệ số là %(units)s đơn vị quy đổi, quá lớn. Hãy kiểm tra lại số lượng và hệ số.")
        found.append(Problem("quantity", "units", text, {"units": units_of(quantity, factor)}))
    elif not found and quantity is not None and factor is not None and units_of(quantity, factor) <= 0:
        text = N_("Số lượng nhân hệ số chưa được một phần vạn đơn vị. Hãy kiểm tra lại số lượng và hệ số.")
        found.append(Problem("quantity", "units", text))
    return found


def units_of(quantity: Decimal, factor: Decimal) -> Decimal:
    """Return converted units: factor times quantity, to four decimals."""
    return (quantity * factor).quantize(Decimal("0.0001"), rounding="ROUND_HALF_UP")


def due_problems(due_on: date | None, starts_on: date | None, ends_on: date | None) -> list[Problem]:
    """Return what is wrong with the day a product is due: it lies inside the period (`ends_on` is the day after)."""
    if due_on is None or starts_on is None or ends_on is None or starts_on <= due_on < ends_on:
        return []
    text = N_("Hạn %(value)s nằm ngoài kỳ (%(first)s đến %(last)s). Hãy chọn ngày trong kỳ.")
    shown = {"value": due_on, "first": starts_on, "last": ends_on - timedelta(days=1)}
    return [Problem("due_on", "due_outside", text, shown)]


def drop_problems(
    kind: ItemKind, state: ItemState, starts_on: date | None, today: date, reason: str, *, done: bool | None
) -> list[Problem]:
    """Return why a product cannot be taken out: what was given from the start stays once the period began (Đ18 k1d)."""
    found: list[Problem] = []
    if state is not ItemState.GIVEN:
        text = N_("Sản phẩm này không ở tình trạng đã giao nên không rút được. Hãy tải lại trang.")
        found.append(Problem("", "not_given", text))
    elif kind is ItemKind.ASSIGNED and (starts_on is None or today >= starts_on):
        text = N_(
            "Kỳ đã bắt đầu: sản phẩm giao từ đầu kỳ giữ trong mẫu số. Không làm được thì người được giao báo không "
            "thực hiện được; người khác làm thì ghi nhận thay."
        )
        found.append(Problem("", "period_began", text))
    elif done:
        text = N_("Sản phẩm đã được xác nhận hoàn thành nên không rút được.")
        found.append(Problem("", "confirmed", text))
    if not reason:
        found.append(Problem("reason", "required", N_("Chưa ghi lý do rút. Hãy ghi vì sao không giao việc này nữa.")))
    return found


def report_problems(reported: Reported, progress: int, evidence: str) -> list[Problem]:
    """Return what is wrong with what the owner says: what cannot be done needs its reason, done is 100 per cent."""
    found: list[Problem] = []
    if not 0 <= progress <= 100:
        text = N_("Tiến độ là %(value)s. Hãy nhập số nguyên từ 0 đến 100.")
        found.append(Problem("progress", "progress", text, {"value": progress}))
    if reported is Reported.IMPOSSIBLE and not evidence:
        text = N_("Báo không thực hiện được thì cần nêu lý do. Hãy ghi vào ô kết quả, minh chứng.")
        found.append(Problem("evidence", "reason_missing", text))
    if reported is Reported.DONE and not evidence:
        text = N_("Báo đã hoàn thành thì cần nêu kết quả, minh chứng: số văn bản, đường dẫn, nơi lưu.")
        found.append(Problem("evidence", "evidence_missing", text))
    return found


def finding_problems(on: date | None, cause: str, starts_on: date | None, today: date) -> list[Problem]:
    """Return what is wrong with a finding: a day since the period began and not ahead, a cause in words."""
    found: list[Problem] = []
    if on is None:
        found.append(Problem("found_on", "required", N_("Chưa ghi ngày phát hiện. Hãy nhập dạng 21/11/2026.")))
    elif on > today:
        text = N_("Ngày phát hiện %(value)s chưa đến. Hãy nhập ngày đến hôm nay.")
        found.append(Problem("found_on", "ahead", text, {"value": on}))
    elif starts_on is not None and on < starts_on:
        text = N_("Ngày phát hiện %(value)s trước khi kỳ bắt đầu (%(start)s). Hãy xem lại ngày.")
        found.append(Problem("found_on", "before", text, {"value": on, "start": starts_on}))
    if not cause:
        text = N_("Chưa ghi nội dung, nguyên nhân. Hãy ghi sai ở đâu hoặc chậm vì sao.")
        found.append(Problem("cause", "required", text))
    return found
