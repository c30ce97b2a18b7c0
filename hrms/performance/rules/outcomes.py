"""Words for what follows a class: petitions, results for the national database, money. Pure."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from hrms.core.rules import N_
from hrms.performance.rules.numbers import half_up

TEXT_LENGTH = 5_000
NOTE_LENGTH = 1_000
MESSAGE_LENGTH = 500


THRESHOLDS = (Decimal(90), Decimal(70), Decimal(50))
SHOWN_PLACES, ALL_PLACES = 2, 6


def shown_points(score: Decimal) -> Decimal:
    """Return points with two decimals, half up; with more where two would show a threshold that is not reached.

    89.996 stays 89.996: as 90.00 it would seem to reach the class it does not reach.
    """
    for places in range(SHOWN_PLACES, ALL_PLACES + 1):
        shown = half_up(score, places)
        if not any(score < line <= shown for line in THRESHOLDS):
            return shown
    return score


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
