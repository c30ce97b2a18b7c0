"""After the class: who may rate it until when, what a manager sees of its effect, and which counts may be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from hrms.core.rules import N_, Problem
from hrms.training.rules.states import ON_ROSTER, EnrolmentState

FEWEST = 5
"""Sums of fewer people are not shown: who is meant could be guessed."""
RATED_DAYS = 30
"""How many days after the class its rating may be given and changed."""
COMMENT_MOST = 2000
NOTE_MOST = 1000


class Aspect(StrEnum):
    """The six contents by which the quality of training is judged (NĐ 171/2025/NĐ-CP)."""

    PROGRAMME = "programme"
    LEARNER = "learner"
    TEACHER = "teacher"
    FACILITY = "facility"
    COURSE = "course"
    EFFECT = "effect"


ASPECT_LABELS: dict[Aspect, str] = {
    Aspect.PROGRAMME: N_("Chương trình, tài liệu"),
    Aspect.LEARNER: N_("Học viên: tham gia, học tập"),
    Aspect.TEACHER: N_("Giảng viên, báo cáo viên"),
    Aspect.FACILITY: N_("Cơ sở vật chất, phương tiện"),
    Aspect.COURSE: N_("Tổ chức khóa học"),
    Aspect.EFFECT: N_("Hiệu quả: dùng được vào công việc"),
}


class Applied(StrEnum):
    """Whether what was learnt is used at work."""

    OFTEN = "often"
    SOMETIMES = "sometimes"
    NEVER = "never"


APPLIED_LABELS: dict[Applied, str] = {
    Applied.OFTEN: N_("Dùng thường xuyên"),
    Applied.SOMETIMES: N_("Dùng thỉnh thoảng"),
    Applied.NEVER: N_("Chưa dùng vào việc"),
}


class Change(StrEnum):
    """What became of a competency after the class."""

    ROSE = "rose"
    STAYED = "stayed"
    FELL = "fell"


CHANGE_LABELS: dict[Change, str] = {
    Change.ROSE: N_("Tăng cấp"),
    Change.STAYED: N_("Giữ nguyên"),
    Change.FELL: N_("Giảm cấp"),
}


def last_rating_day(ended_on: date) -> date:
    """Return the last day on which a class that ended on a day may be rated."""
    return ended_on + timedelta(days=RATED_DAYS)


def rating_problems(
    state: str, last_class_day: date, ended_on: date, today: date, scores: Mapping[str, int | None], comment: str
) -> list[Problem]:
    """Return what forbids a rating: not a learner, too early, too late, a content without a score of 1 to 5."""
    found: list[Problem] = []
    until = last_rating_day(ended_on)
    if state not in ON_ROSTER:
        found.append(Problem("", "not_a_learner", N_("Chỉ học viên của lớp được đánh giá lớp.")))
    elif today < last_class_day:
        words = N_("Lớp học đến hết ngày %(day)s. Hãy đánh giá khi lớp đã học xong.")
        found.append(Problem("", "too_early", words, {"day": last_class_day}))
    elif today > until:
        words = N_("Hết hạn đánh giá lớp từ ngày %(day)s.")
        found.append(Problem("", "too_late", words, {"day": until}))
    words = N_("Hãy cho điểm từ 1 đến 5.")
    found += [Problem(one.value, "score", words) for one in Aspect if scores.get(one) not in range(1, 6)]
    if len(comment) > COMMENT_MOST:
        words = N_("Ý kiến dài %(length)s ký tự. Hãy rút còn %(most)s ký tự.")
        params = {"length": str(len(comment)), "most": str(COMMENT_MOST)}
        found.append(Problem("comment", "too_long", words, params))
    return found


@dataclass(frozen=True, slots=True)
class Mean:
    """What several classes scored: how many ratings, and their mean to two decimals."""

    given: int
    mean: Decimal


def joined(parts: Sequence[Mean]) -> Mean | None:
    """Return the mean over several classes, each weighing as many ratings as it has; None without any."""
    given = sum(one.given for one in parts)
    if not given:
        return None
    whole = sum((one.mean * one.given for one in parts), Decimal(0))
    return Mean(given, (whole / given).quantize(Decimal("0.01"), ROUND_HALF_UP))


def change_of(before: int | None, after: int | None) -> Change | None:
    """Return what became of a level; None where one of the two is unknown."""
    if before is None or after is None:
        return None
    if before == after:
        return Change.STAYED
    return Change.ROSE if after > before else Change.FELL


def shown(counts: Sequence[int]) -> list[int | None]:
    """Return counts that may be shown beside each other, None for those that may not.

    One of fewer than five is hidden; where that would leave it to be worked out from the others, the smallest of
    those goes too. None has nothing to hide.
    """
    kept: list[int | None] = [None if 0 < one < FEWEST else one for one in counts]
    hidden = [place for place, one in enumerate(kept) if one is None]
    others = [place for place, one in enumerate(kept) if one]
    if len(hidden) == 1 and others:
        kept[min(others, key=lambda place: counts[place])] = None
    return kept


def answer_problems(level: int | None, applied: str | None, note: str, state: str) -> list[Problem]:
    """Return what forbids an answer: no level of 1 to 5, no word on the use at work, a completion that was undone."""
    found = []
    if state != EnrolmentState.COMPLETED:
        words = N_("Kết quả hoàn thành lớp đã hủy nên không đánh giá tác động nữa.")
        found.append(Problem("", "not_completed", words))
    if level not in range(1, 6):
        found.append(Problem("level_after", "level_range", N_("Hãy chọn cấp độ hiện nay, từ 1 đến 5.")))
    if applied not in set(Applied):
        found.append(Problem("applied", "applied", N_("Hãy chọn mức áp dụng vào công việc.")))
    if len(note) > NOTE_MOST:
        words = N_("Ghi chú dài %(length)s ký tự. Hãy rút còn %(most)s ký tự.")
        found.append(Problem("note", "too_long", words, {"length": str(len(note)), "most": str(NOTE_MOST)}))
    return found
