"""The words of somebody's standing: columns of a list, cells of a workbook."""

from __future__ import annotations

from typing import Any

from hrms.core.i18n import _, render
from hrms.training.queries.overview import STATES, Duty
from hrms.training.rules.kinds import STATE_LABELS, StandingState


def state_words() -> list[tuple[str, str]]:
    """Return the keys of `STATES` with their words in the reader's language."""
    return [(key, render(words)) for key, words in STATES.items()]


def duty_headers() -> list[str]:
    """Return the heads of `duty_cells`."""
    return [
        _("Yêu cầu"), _("Tình trạng"), _("Số tiết phải có"), _("Số tiết được tính"), _("Chuyển từ năm trước"),
        _("Lớp sắp tới"), _("Còn thiếu"), _("Hạn"), _("Nguy cơ thiếu đến 31/12"),
    ]  # fmt: skip


def duty_cells(duty: Duty) -> list[Any]:
    """Return a row of somebody's standing for a workbook."""
    return [
        duty.name, render(STATE_LABELS[StandingState(duty.state)]), duty.required, duty.counted, duty.carried,
        duty.planned, duty.missing, duty.due_on, _("có") if duty.at_risk else None,
    ]  # fmt: skip
