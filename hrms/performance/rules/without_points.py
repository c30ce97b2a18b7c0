"""Classes without points: NĐ 90/2020/NĐ-CP with NĐ 48/2023/NĐ-CP, and what only the Party decides. Pure.

Use `Statements`, `check_statements`, `class_without_points` → `WithoutPoints`; `recorded_only` for cadres and leaders
the Party manages. Years to 2025, public employees to 30/6/2026, and 2026 for a unit without a regulation by 30/11/2026
(NĐ 233/2026/NĐ-CP Đ20 k1). The shares are known, not read in the text [K]: they are data, and the authority decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from hrms.core.rules import N_, Problem, Reason
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass
from hrms.performance.rules.numbers import half_up

SOURCE = "NĐ 90/2020/NĐ-CP; NĐ 48/2023/NĐ-CP"
TRANSITION = "NĐ 233/2026/NĐ-CP Đ20 k1"
PARTY = "Quy định 366-QĐ/TW; HD 43-HD/BTCTW; HD 02-HD/BTCTW; KL 198-KL/TW"


@dataclass(frozen=True, slots=True)
class Shares:
    """The shares of the decree, in per cent of criteria or tasks."""

    exceeding_least: Decimal = Decimal(50)
    below_most: Decimal = Decimal(20)
    failing_above: Decimal = Decimal(50)


@dataclass(frozen=True, slots=True)
class Statements:
    """What is said of a year: criteria or tasks in all, below quality or deadline, exceeding.

    `leader_unit_failed`: the unit a leader answers for is "không hoàn thành"; `live` says it is a round of 2026 held by
    the old decree for want of a regulation.
    """

    criteria: int
    below: int = 0
    exceeding: int = 0
    discipline_for_duty: bool = False
    degenerated: bool = False
    leader_unit_failed: bool = False
    live: bool = False
    shares: Shares = field(default_factory=Shares)


@dataclass(frozen=True, slots=True)
class WithoutPoints:
    """The class the statements lead to; `sure` False: the authority decides between `candidates`, highest first."""

    rating: RatingClass
    candidates: tuple[RatingClass, ...]
    sure: bool
    reasons: tuple[Reason, ...]


def check_statements(said: Statements) -> list[Problem]:
    """Return which numbers contradict themselves."""
    if said.criteria < 1:
        text = N_("Chưa có tiêu chí, nhiệm vụ nào. Hãy nhập số tiêu chí, nhiệm vụ của năm.")
        return [Problem("criteria", "none", text)]
    found = []
    for name, value in (("below", said.below), ("exceeding", said.exceeding)):
        if not 0 <= value <= said.criteria:
            text = N_("Có %(value)s tiêu chí trong %(all)s. Hãy nhập số từ 0 đến %(all)s.")
            found.append(Problem(name, "out_of_range", text, {"value": value, "all": said.criteria}))
    if not found and said.below + said.exceeding > said.criteria:
        text = N_("Số tiêu chí chưa đạt và vượt mức cộng lại nhiều hơn %(all)s. Hãy sửa một trong hai.")
        found.append(Problem("exceeding", "more_than_all", text, {"all": said.criteria}))
    return found


def class_without_points(said: Statements) -> WithoutPoints:
    """Return the class that statements lead to; they must have passed `check_statements`."""
    reasons: list[Reason] = []
    if said.live:
        text = N_("Đơn vị chưa ban hành Quy chế đánh giá đến 30/11/2026: năm 2026 xếp loại theo quy định cũ.")
        reasons.append(Reason(text, "", TRANSITION))
    below = Decimal(100 * said.below) / said.criteria
    exceeding = Decimal(100 * said.exceeding) / said.criteria
    text = N_("%(below)s / %(all)s tiêu chí chưa bảo đảm chất lượng, tiến độ.")
    reasons.append(Reason(text, f"{half_up(below, 2)}%", SOURCE, {"below": said.below, "all": said.criteria}))
    failing = list(_failing(said, below))
    if failing:
        failed = RatingClass.UNSATISFACTORY
        return WithoutPoints(failed, (failed,), True, (*reasons, *failing))
    if said.below == 0 and exceeding >= said.shares.exceeding_least:
        rating = RatingClass.EXCELLENT
    elif said.below == 0:
        rating = RatingClass.GOOD
    else:
        rating = RatingClass.SATISFACTORY
    candidates: tuple[RatingClass, ...] = (rating,)
    sure = below <= said.shares.below_most
    if not sure:
        candidates = (RatingClass.SATISFACTORY, RatingClass.UNSATISFACTORY)
        text = N_("Chưa đạt trên %(most)s%% nhưng không quá %(above)s%%: cấp có thẩm quyền quyết định (cách hiểu).")
        params = {"most": said.shares.below_most, "above": said.shares.failing_above}
        reasons.append(Reason(text, "", SOURCE, params))
    text = N_("Không chấm điểm; các nội dung trên dẫn đến mức “%(rating)s”.")
    reasons.append(Reason(text, "", SOURCE, {"rating": CLASS_LABELS[rating]}))
    return WithoutPoints(rating, candidates, sure, tuple(reasons))


def _failing(said: Statements, below: Decimal) -> Iterable[Reason]:
    if below > said.shares.failing_above:
        text = N_("Trên %(above)s%% tiêu chí chưa đạt: không hoàn thành nhiệm vụ.")
        yield Reason(text, f"{half_up(below, 2)}%", SOURCE, {"above": said.shares.failing_above})
    if said.discipline_for_duty:
        text = N_("Bị kỷ luật vì vi phạm trong thực hiện nhiệm vụ: không hoàn thành nhiệm vụ.")
        yield Reason(text, "", SOURCE)
    if said.degenerated:
        text = N_("Có kết luận suy thoái, tự diễn biến, tự chuyển hóa: không hoàn thành nhiệm vụ.")
        yield Reason(text, "", SOURCE)
    if said.leader_unit_failed:
        text = N_("Đơn vị phụ trách không hoàn thành nhiệm vụ: người đứng đầu không hoàn thành nhiệm vụ.")
        yield Reason(text, "", SOURCE)


def recorded_only() -> Reason:
    """Return why the class of a cadre or a leader the Party manages is only recorded: its own procedure decides it."""
    text = N_("Cán bộ, lãnh đạo diện cấp ủy quản lý: cấp ủy xếp loại theo quy định của Đảng; ở đây chỉ ghi kết quả.")
    return Reason(text, "", PARTY)
