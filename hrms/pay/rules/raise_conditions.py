"""The checking sheet of a raise: time at the step, classes of its years, discipline, the last step, merit and quota.

TT 08/2013/TT-BNV Đ2, Đ3 as amended by TT 03/2021/TT-BNV; TT 04/2005/TT-BNV. What prolongs a step is in the clock
(`rules.raises`): a discipline or an unsatisfactory year puts the day off, it bars only a raise before the day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from hrms.core.rules import N_
from hrms.decisions.rules.conditions import Condition, Outcome, Supplier
from hrms.performance.rules.classes import RatingClass

RAISE = "TT 08/2013/TT-BNV Đ2; TT 03/2021/TT-BNV"
EARLY = "TT 08/2013/TT-BNV Đ3; TT 03/2021/TT-BNV"
BEYOND = "TT 04/2005/TT-BNV Mục II"
MET, NOT_MET, UNKNOWN = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN


def time_held(due_on: date | None, effective_on: date, since: date, source: str = RAISE) -> Condition:
    """Return whether the time at the step, with all that prolongs it, is full on the day of the raise."""
    found = N_("Giữ bậc từ %(since)s, đủ thời gian từ %(due)s; hưởng từ %(day)s.")
    if due_on is None:
        found = N_("Giữ bậc từ %(since)s; hồ sơ chưa đủ để tính ngày đến hạn.")
    outcome = UNKNOWN if due_on is None else MET if due_on <= effective_on else NOT_MET
    params = {"since": since, "due": due_on or "", "day": effective_on}
    supplier = None if outcome is MET else Supplier.USING_AGENCY
    return Condition("raise_time", N_("Đủ thời gian giữ bậc"), outcome, source, found, params, supplier)


def rated(since: date, until: date, ratings: Mapping[int, str], *, bars: bool, source: str = RAISE) -> Condition:
    """Return whether every year of the step was "satisfactory" or better.

    A year counts when its last day lies in `[since, until)`. One without a class is unknown; an unsatisfactory one
    bars a raise before the day (`bars`), else it has put the day off.
    """
    years = [year for year in range(since.year, until.year + 1) if since <= date(year, 12, 31) < until]
    missing = [year for year in years if ratings.get(year) in {None, RatingClass.NONE}]
    poor = [year for year in years if ratings.get(year) == RatingClass.UNSATISFACTORY]
    params = {"years": _listed(years), "missing": _listed(missing), "poor": _listed(poor)}
    outcome, found = MET, N_("Năm %(years)s: hoàn thành nhiệm vụ trở lên.") if years else ""
    if poor:
        outcome, found = NOT_MET if bars else MET, N_("Không hoàn thành nhiệm vụ năm %(poor)s: đã kéo dài thời gian.")
    if missing and outcome is MET:
        outcome, found = UNKNOWN, N_("Chưa có xếp loại năm %(missing)s.")
    return Condition(
        "raise_ratings", N_("Hoàn thành nhiệm vụ trở lên trong thời gian giữ bậc"), outcome, source, found, params,
        None if outcome is MET else Supplier.USING_AGENCY, answerable=outcome is UNKNOWN,
    )  # fmt: skip


def disciplined(days: Sequence[date], *, bars: bool, source: str = RAISE) -> Condition:
    """Return whether there was no discipline at the step; `days` are those of its decisions."""
    found = N_("Kỷ luật ngày %(days)s: đã kéo dài thời gian.") if days else ""
    params = {"days": ", ".join(f"{one:%d/%m/%Y}" for one in sorted(days))}
    outcome = NOT_MET if days and bars else MET
    return Condition("raise_discipline", N_("Không bị kỷ luật trong thời gian giữ bậc"), outcome, source, found, params)


def place(step: int | None, steps: int, *, last: bool) -> Condition:
    """Return whether somebody stands below the last step, or for seniority beyond the scale (`last`) at it."""
    at_last = step == steps
    text = N_("Đã ở bậc cuối của loại") if last else N_("Chưa ở bậc cuối của loại")
    params = {"step": step or "–", "steps": steps}
    outcome = MET if step is not None and at_last == last else NOT_MET
    return Condition("raise_step", text, outcome, BEYOND if last else RAISE, N_("Bậc %(step)s/%(steps)s"), params)


def doubtful(code: str, words: str, source: str = RAISE) -> Condition:
    """Return what the record leaves open, to be vouched for by the proposer; `words` is the sentence in Vietnamese."""
    return Condition(
        f"raise_{code}", N_("Trường hợp cần xem xét: %(words)s"), UNKNOWN, source, "", {"words": words},
        Supplier.USING_AGENCY, answerable=True,
    )  # fmt: skip


def early_allowed(eligible: bool, words: str) -> Condition:
    """Return whether the law of early raises lets this person have one; `words` says why or why not."""
    return Condition(
        "early_allowed", N_("Đủ điều kiện nâng bậc lương trước thời hạn"), MET if eligible else NOT_MET, EARLY,
        "%(words)s", {"words": words},
    )  # fmt: skip


def within_quota(taken: int, most: int) -> Condition:
    """Return whether the early raises of the year stay within the agency's quota and what was pooled to it."""
    return Condition(
        "early_quota", N_("Trong chỉ tiêu nâng bậc lương trước thời hạn của năm"), MET if taken <= most else NOT_MET,
        EARLY, N_("%(taken)s người trên chỉ tiêu %(most)s."), {"taken": taken, "most": most},
    )  # fmt: skip


def merit(words: str) -> Condition:
    """Return the written achievement an early raise rests on; `words` "" where the item names none."""
    return Condition(
        "early_merit", N_("Lập thành tích xuất sắc được công nhận bằng văn bản"), MET if words else UNKNOWN, EARLY,
        "%(words)s", {"words": words}, None if words else Supplier.PERSON, answerable=not words,
    )  # fmt: skip


def noticed(on: date | None, last_day: date | None) -> Condition:
    """Return whether a notice of retirement was given (Đ3 k2): its day and the last day at work, None without one."""
    return Condition(
        "early_notice", N_("Đã có thông báo nghỉ hưu"), MET if on else UNKNOWN, "TT 08/2013/TT-BNV Đ3 k2",
        N_("Thông báo ngày %(on)s, làm việc đến hết ngày %(last)s.") if on else "",
        {"on": on or "", "last": last_day or ""}, None if on else Supplier.USING_AGENCY, answerable=on is None,
    )  # fmt: skip


def _listed(years: Sequence[int]) -> str:
    return ", ".join(str(year) for year in years)
