"""Rounds of classification: their states, who takes each step, and the days they are due. Pure.

Use `RoundState`, `RoundStep`, `TRANSITIONS`, `may_step`, `due`, `settle_by`, `report_by`. NĐ 335/2025/NĐ-CP Đ19, Đ21,
Đ26; NĐ 233/2026/NĐ-CP Đ15, Đ18.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hrms.core.rules import N_, Problem, Reason
from hrms.performance.rules.formula import Decree


class RoundState(StrEnum):
    """How far a round has come."""

    COLLECTING = "collecting"
    PROPOSED = "proposed"
    MEETING = "meeting"
    DECIDED = "decided"
    PUBLISHED = "published"
    SETTLED = "settled"
    CANCELLED = "cancelled"


ROUND_LABELS: dict[RoundState, str] = {
    RoundState.COLLECTING: N_("Đang thu thập"),
    RoundState.PROPOSED: N_("Đã đề xuất"),
    RoundState.MEETING: N_("Đã họp"),
    RoundState.DECIDED: N_("Đã quyết định"),
    RoundState.PUBLISHED: N_("Đã công khai"),
    RoundState.SETTLED: N_("Đã chốt"),
    RoundState.CANCELLED: N_("Đã hủy"),
}


class RoundStep(StrEnum):
    """What is done with a round."""

    PROPOSE = "propose"
    BACK_TO_COLLECTING = "back_to_collecting"
    MEET = "meet"
    BACK_TO_PROPOSAL = "back_to_proposal"
    DECIDE = "decide"
    PUBLISH = "publish"
    SETTLE = "settle"
    CANCEL = "cancel"


STEP_LABELS: dict[RoundStep, str] = {
    RoundStep.PROPOSE: N_("Đề xuất xếp loại"),
    RoundStep.BACK_TO_COLLECTING: N_("Thu thập lại"),
    RoundStep.MEET: N_("Ghi biên bản họp"),
    RoundStep.BACK_TO_PROPOSAL: N_("Đưa về bước đề xuất"),
    RoundStep.DECIDE: N_("Quyết định xếp loại"),
    RoundStep.PUBLISH: N_("Công khai"),
    RoundStep.SETTLE: N_("Chốt sau tháng 12"),
    RoundStep.CANCEL: N_("Hủy đợt"),
}


class RoundParty(StrEnum):
    """Who takes a step: the advising body (bộ phận tham mưu), or the authority that decides."""

    ADVISER = "adviser"
    DECIDER = "decider"


@dataclass(frozen=True, slots=True)
class RoundTransition:
    """One step: who, from which states, to which; whether a reason must be given; the article."""

    step: RoundStep
    by: frozenset[RoundParty]
    starts: frozenset[RoundState]
    end: RoundState
    needs_reason: bool = False
    source: str = "NĐ 335/2025/NĐ-CP Đ21"


_R = RoundState
_ADVISER, _DECIDER = frozenset({RoundParty.ADVISER}), frozenset({RoundParty.DECIDER})
_EITHER = _ADVISER | _DECIDER
TRANSITIONS: tuple[RoundTransition, ...] = (
    RoundTransition(RoundStep.PROPOSE, _EITHER, frozenset({_R.COLLECTING, _R.PROPOSED}), _R.PROPOSED),
    RoundTransition(RoundStep.BACK_TO_COLLECTING, _ADVISER, frozenset({_R.PROPOSED}), _R.COLLECTING, True),
    RoundTransition(RoundStep.MEET, _EITHER, frozenset({_R.PROPOSED, _R.MEETING}), _R.MEETING),
    RoundTransition(RoundStep.BACK_TO_PROPOSAL, _EITHER, frozenset({_R.MEETING}), _R.PROPOSED, True),
    RoundTransition(RoundStep.DECIDE, _DECIDER, frozenset({_R.MEETING}), _R.DECIDED),
    RoundTransition(RoundStep.PUBLISH, _EITHER, frozenset({_R.DECIDED}), _R.PUBLISHED),
    RoundTransition(
        # Where no class changes nothing is decided; a change asks for a decision of the decider besides.
        RoundStep.SETTLE,
        _EITHER,
        frozenset({_R.PUBLISHED}),
        _R.SETTLED,
        source="NĐ 335/2025/NĐ-CP Đ17 k3, Đ21 k3",
    ),
    RoundTransition(RoundStep.CANCEL, _EITHER, frozenset({_R.COLLECTING, _R.PROPOSED, _R.MEETING}), _R.CANCELLED, True),
)
BEFORE_DECISION = frozenset({_R.COLLECTING, _R.PROPOSED, _R.MEETING})
"""States in which classes still change without superseding anything."""


def round_transition(step: RoundStep) -> RoundTransition:
    """Return the transition of a step."""
    return next(one for one in TRANSITIONS if one.step is step)


def may_step(
    step: RoundStep, state: RoundState, standing: Collection[RoundParty], *, reason: str = ""
) -> Problem | None:
    """Return why a step is not open, None when it is."""
    found = round_transition(step)
    if found.by.isdisjoint(standing):
        text = N_("“%(step)s” không thuộc thẩm quyền của ông/bà trong đợt xếp loại này.")
        return Problem("", "not_yours", text, {"step": STEP_LABELS[step]})
    if state not in found.starts:
        text = N_("Đợt “%(state)s” không “%(step)s” được. Hãy tải lại trang để xem đợt đang ở bước nào.")
        return Problem("state", "wrong_state", text, {"state": ROUND_LABELS[state], "step": STEP_LABELS[step]})
    if found.needs_reason and not reason.strip():
        return Problem("reason", "reason_missing", N_("Chưa ghi lý do. Hãy ghi lý do của bước này."))
    return None


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of something: what the law says is `before` the day after it."""

    last_day: date
    reason: Reason


USUAL = (12, 15)
SPECIAL = (1, 15)


def due(year: int, decree: Decree, *, special: bool = False, public_before: tuple[int, int] = USUAL) -> Due:
    """Return the last day to classify a year: before 15/12, special sectors before 15/01 of the next year (Đ19).

    `public_before` (month, day) is the setting for public employees, whose text is read as 5/12 or 15/12 [U].
    """
    if special:
        before = date(year + 1, *SPECIAL)
        text = N_("Ngành đặc thù xếp loại trước ngày %(before)s.")
        source = "NĐ 335/2025/NĐ-CP Đ19" if decree is Decree.CIVIL else "NĐ 233/2026/NĐ-CP Đ15"
    elif decree is Decree.CIVIL:
        before, source = date(year, *USUAL), "NĐ 335/2025/NĐ-CP Đ19"
        text = N_("Xếp loại trước ngày %(before)s.")
    else:
        before, source = date(year, *public_before), "NĐ 233/2026/NĐ-CP Đ9, Đ15"
        text = N_("Xếp loại viên chức trước ngày %(before)s (bản đọc được ghi cả 05/12 và 15/12, theo thiết lập).")
    last = before - timedelta(days=1)
    return Due(last, Reason(text, last.isoformat(), source, {"before": before}))


def settle_by(year: int) -> date:
    """Return the last day to settle what December left provisional: 31 January of the next year."""
    return date(year + 1, 1, 31)


REPORT_DAYS = 5


def report_by(published_on: date, days: int = REPORT_DAYS) -> Due:
    """Return the last day to give a result to the national database: five days after it (NĐ 335 Đ26; NĐ 233 Đ18)."""
    last = published_on + timedelta(days=days)
    text = N_("Cập nhật cơ sở dữ liệu quốc gia trong %(days)s ngày kể từ ngày %(start)s.")
    source = "NĐ 335/2025/NĐ-CP Đ26 k1d; NĐ 233/2026/NĐ-CP Đ18 k1b"
    return Due(last, Reason(text, last.isoformat(), source, {"days": days, "start": published_on}))
