"""Words for what follows a class: petitions, results for the national database, money. Pure."""

from __future__ import annotations

from enum import StrEnum

from hrms.core.rules import N_

TEXT_LENGTH = 5_000
NOTE_LENGTH = 1_000
MESSAGE_LENGTH = 500


class ResultState(StrEnum):
    """How far a result for the national database has come."""

    WAITING = "waiting"
    SENT = "sent"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


ANSWERS: frozenset[str] = frozenset({ResultState.CONFIRMED, ResultState.REFUSED})
RESULT_LABELS: dict[ResultState, str] = {
    ResultState.WAITING: N_("Chờ gửi"),
    ResultState.SENT: N_("Đã gửi"),
    ResultState.CONFIRMED: N_("Đã được nhận"),
    ResultState.REFUSED: N_("Bị từ chối"),
}
PERIOD_LABELS: dict[str, str] = {
    "month": N_("Tháng"), "quarter": N_("Quý"), "half_year": N_("Nửa năm"), "year": N_("Năm"),
}  # fmt: skip


class What(StrEnum):
    """What money or step rests on a class."""

    BONUS = "bonus"
    EXTRA_INCOME = "extra_income"
    STEP_RAISE = "step_raise"


WHAT_LABELS: dict[What, str] = {
    What.BONUS: N_("Tiền thưởng"),
    What.EXTRA_INCOME: N_("Thu nhập tăng thêm"),
    What.STEP_RAISE: N_("Nâng bậc lương"),
}
CONSEQUENCE_LABELS: dict[str, str] = {"open": N_("Chưa rà soát"), "settled": N_("Đã rà soát")}
