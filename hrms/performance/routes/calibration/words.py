"""Words and colours of rounds, classes and what limited them, for pages and files."""

from __future__ import annotations

from collections.abc import Sequence

from hrms.core.i18n import render
from hrms.core.rules import N_
from hrms.performance.models import CriteriaSet
from hrms.performance.rules.classes import RatingClass
from hrms.performance.rules.gathered import REASON_LABELS
from hrms.performance.rules.rounds import ROUND_LABELS, RoundState

__all__ = [
    "CLASS_TONES", "REASON_LABELS", "ROLE_LABELS", "ROUND_LABELS", "ROUND_TONES", "STAGE_LABELS", "reason_words",
    "set_words",
]  # fmt: skip

ROUND_TONES = {
    RoundState.COLLECTING: "info", RoundState.PROPOSED: "warn", RoundState.MEETING: "warn", RoundState.DECIDED: "ok",
    RoundState.PUBLISHED: "ok", RoundState.SETTLED: "ok", RoundState.CANCELLED: "none",
}  # fmt: skip
CLASS_TONES = {
    RatingClass.EXCELLENT: "ok", RatingClass.GOOD: "info", RatingClass.SATISFACTORY: "warn",
    RatingClass.UNSATISFACTORY: "bad", RatingClass.NONE: "none",
}  # fmt: skip
ROLE_LABELS = {
    "staff": N_("Không giữ chức vụ lãnh đạo"), "head": N_("Người đứng đầu"), "deputy": N_("Cấp phó"),
}  # fmt: skip
STAGE_LABELS = {
    "computed": N_("Tính theo điểm"),
    "quota": N_("Xét tỷ lệ xuất sắc"),
    "proposed": N_("Bộ phận tham mưu đề xuất"),
    "meeting": N_("Tập thể họp"),
    "decided": N_("Cấp có thẩm quyền quyết định"),
    "settled": N_("Chốt sau tháng 12"),
    "petition": N_("Giải quyết kiến nghị"),
}


def reason_words(codes: Sequence[str]) -> list[str]:
    """Return what limited a class in words; a code of a later version stands as it is."""
    return list(dict.fromkeys(render(REASON_LABELS[one]) if one in REASON_LABELS else one for one in codes))


def set_words(found: CriteriaSet) -> str:
    """Return the name of a set of criteria in lists."""
    return found.name
