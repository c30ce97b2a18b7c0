"""How many may have a rank or a grade: NĐ 361/2025/NĐ-CP for công chức, NĐ 232/2026/NĐ-CP Đ10, Đ18 for viên chức.

Percentages come from the catalogue `position_limits` and from shares an agency was approved, which may only be lower.
How a fraction of a person is rounded, and which case of Đ10 k2 goes first, are settings of the province.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum

from hrms.core.rules import N_, Problem, Reason
from hrms.positions.rules.limits import Limit, Limits, find

DECREE = "NĐ 232/2026/NĐ-CP"
SENIOR, PRINCIPAL, SPECIALIST = "01.001", "01.002", "01.003"
"""The ranks that name a level of công chức: chuyên viên cao cấp, chuyên viên chính, chuyên viên and their equals."""


class Rounding(StrEnum):
    """What becomes of a fraction of a person."""

    DOWN = "down"
    NEAREST = "nearest"
    UP = "up"


class Reading(StrEnum):
    """Which case of NĐ 232/2026/NĐ-CP Đ10 k2 goes first when a position uses exactly two grades."""

    TWO_GRADES_FIRST = "two_grades_first"
    TOP_GRADE_FIRST = "top_grade_first"


ROUNDING_LABELS: dict[Rounding, str] = {
    Rounding.DOWN: N_("Bỏ phần lẻ"),
    Rounding.NEAREST: N_("Làm tròn đến số gần nhất"),
    Rounding.UP: N_("Làm tròn lên"),
}
READING_LABELS: dict[Reading, str] = {
    Reading.TWO_GRADES_FIRST: N_("Chỉ dùng hai bậc thì theo điểm c, dù bậc cao nhất là 4 hay 5"),
    Reading.TOP_GRADE_FIRST: N_("Bậc cao nhất là 4, 5 thì theo điểm a, b, dù chỉ dùng hai bậc"),
}
_MODES = {Rounding.DOWN: ROUND_FLOOR, Rounding.NEAREST: ROUND_HALF_UP, Rounding.UP: ROUND_CEILING}


@dataclass(frozen=True, slots=True)
class Level:
    """One rank (its code) or grade ("grade:5"): how many may have it, have it, and are too many.

    `percent` and `limit` are None where there is no ratio.
    """

    level: str
    basis: int
    percent: Decimal | None
    limit: int | None
    held: int
    over: int
    reasons: tuple[Reason, ...] = ()

    @property
    def free(self) -> int | None:
        """Return how many more may get it, None without a ratio."""
        return None if self.limit is None else max(0, self.limit - self.held)


def grade_level(grade: int) -> str:
    """Return the name of a career grade among levels, as shares and accepted excesses hold it."""
    return f"grade:{grade}"


def rank_level(pay_group: str) -> str | None:
    """Return the level of a rank of công chức by its pay group, A3.1 and A3.2 alike; None below chuyên viên."""
    return {"A3": SENIOR, "A2": PRINCIPAL, "A1": SPECIALIST}.get(pay_group[:2])


def rounded(basis: int, percent: Decimal, rounding: Rounding) -> int:
    """Return `percent` of `basis` people as a whole number."""
    return int((basis * percent / 100).quantize(Decimal(1), _MODES[rounding]))


def _level(level: str, basis: int, held: int, law: Limit | None, share: Decimal | None, rounding: Rounding) -> Level:
    reasons = []
    percent = None
    if law is not None:
        percent = law.percent
        limit = rounded(basis, percent, rounding)
        text = N_("Không quá %(percent)s%% của %(basis)s: nhiều nhất %(limit)s.")
        params = {"percent": percent, "basis": basis, "limit": limit}
        reasons.append(Reason(text, str(limit), law.source, params))
    if share is not None and (percent is None or share < percent):
        percent = share
        limit = rounded(basis, share, rounding)
        text = N_("Tỷ lệ được phê duyệt là %(percent)s%% của %(basis)s: nhiều nhất %(limit)s.")
        reasons.append(Reason(text, str(limit), "", {"percent": share, "basis": basis, "limit": limit}))
    if percent is None:
        return Level(level, basis, None, None, held, 0)
    limit = rounded(basis, percent, rounding)
    exact = basis * percent / 100
    if exact != limit:
        text = N_("%(exact)s được làm tròn thành %(limit)s theo tham số của tỉnh.")
        reasons.append(Reason(text, str(limit), "", {"exact": exact.normalize(), "limit": limit}))
    over = max(0, held - limit)
    if over:
        text = N_("Hiện có %(held)s, vượt %(over)s.")
        reasons.append(Reason(text, str(over), "", {"held": held, "over": over}))
    return Level(level, basis, percent, limit, held, over, tuple(reasons))


class RankRule(StrEnum):
    """The ratios of NĐ 361/2025/NĐ-CP: whom they count and which level they bound."""

    PROVINCE_HEADS = "province_heads"
    PROVINCE_DEPUTIES = "province_deputies"
    AGENCY = "agency"
    COMMUNE_HEADS = "commune_heads"
    COMMUNE_DEPUTIES = "commune_deputies"

    @property
    def level(self) -> str:
        """Return the code of the rank that the rule bounds."""
        return SENIOR if self in {RankRule.PROVINCE_HEADS, RankRule.PROVINCE_DEPUTIES} else PRINCIPAL


RANK_RULE_LABELS: dict[RankRule, str] = {
    RankRule.PROVINCE_HEADS: N_("Chuyên viên cao cấp: người đứng đầu cơ quan chuyên môn cấp tỉnh"),
    RankRule.PROVINCE_DEPUTIES: N_("Chuyên viên cao cấp: cấp phó của các cơ quan chuyên môn cấp tỉnh, tính chung"),
    RankRule.AGENCY: N_("Chuyên viên chính: biên chế của cơ quan"),
    RankRule.COMMUNE_HEADS: N_("Chuyên viên chính: người đứng đầu phòng chuyên môn cấp xã"),
    RankRule.COMMUNE_DEPUTIES: N_("Chuyên viên chính: cấp phó của các phòng chuyên môn cấp xã, tính chung"),
}


@dataclass(frozen=True, slots=True)
class RankFacts:
    """Whom a ratio of ranks counts: `basis` heads, deputies or posts of biên chế, `held` of them with the rank.

    `basis` is the deputies of all agencies together where the rule says so; `share` a percentage approved lower.
    """

    rule: RankRule
    basis: int
    held: int
    share: Decimal | None = None


def rank_ratio(facts: RankFacts, limits: Limits, rounding: Rounding = Rounding.DOWN) -> Level:
    """Return how many may have the rank and how many are too many; no limit where the law of the day has none."""
    law = find(limits, f"rank_ratio.{facts.rule.value}")
    return _level(facts.rule.level, facts.basis, facts.held, law, facts.share, rounding)


def share_ratio(
    basis: int, held: Mapping[str, int], shares: Mapping[str, Decimal], rounding: Rounding = Rounding.DOWN
) -> tuple[Level, ...]:
    """Return the levels an agency was approved for one of its lines: `shares` in percent by rank code.

    `basis` is the line's seats, `held` its people by rank code.
    """
    return tuple(
        _level(level, basis, held.get(level, 0), None, share, rounding) for level, share in sorted(shares.items())
    )


@dataclass(frozen=True, slots=True)
class GradeFacts:
    """One position of viên chức in one unit.

    `used` are the grades the unit uses; `posts` its số người làm việc and `held` its people by grade; `manager_posts`
    and `managers` the same of the management positions attached to it, which count in (Đ10 k1). `shares` are approved
    percentages by grade; a `self_financing` unit sets its own (Đ10 k3).
    """

    used: frozenset[int]
    posts: int
    held: Mapping[int, int]
    manager_posts: int = 0
    managers: Mapping[int, int] = field(default_factory=dict)
    shares: Mapping[int, Decimal] = field(default_factory=dict)
    self_financing: bool = False

    @property
    def basis(self) -> int:
        """Return what the percentages are of."""
        return self.posts + self.manager_posts

    def having(self, grade: int) -> int:
        """Return how many have a grade, managers included."""
        return self.held.get(grade, 0) + self.managers.get(grade, 0)


@dataclass(frozen=True, slots=True)
class Ratio:
    """The answer for a position: levels from the highest grade down, by the reading chosen.

    Where the other reading of Đ10 k2 gives other limits, `other` are its levels, else (); `reasons` are for all levels.
    """

    levels: tuple[Level, ...]
    reading: Reading
    other: tuple[Level, ...] = ()
    reasons: tuple[Reason, ...] = ()

    def of(self, grade: int) -> Level | None:
        """Return the level of a grade under the reading chosen."""
        return next((one for one in self.levels if one.level == grade_level(grade)), None)

    @property
    def over(self) -> int:
        """Return how many are too many over all grades."""
        return sum(one.over for one in self.levels)


def law_of_grades(used: Iterable[int], limits: Limits, reading: Reading) -> Mapping[int, Limit]:
    """Return the limits in percent by grade for the grades used: NĐ 232/2026/NĐ-CP Đ10 k2, none for under two (k4)."""
    grades = sorted(set(used), reverse=True)
    if len(grades) < 2:
        return {}
    top, below = grades[0], grades[1]
    two = len(grades) == 2
    if two and (reading is Reading.TWO_GRADES_FIRST or top < 4):
        keys = {top: "grade_ratio.two_grades"}
    elif top == 5:
        keys = {top: "grade_ratio.top_5", below: "grade_ratio.below_5"}
    elif top == 4:
        keys = {top: "grade_ratio.top_4"}
    else:
        keys = {}
    return {grade: law for grade, key in keys.items() if (law := find(limits, key)) is not None}


def grade_ratio(
    facts: GradeFacts,
    limits: Limits,
    rounding: Rounding = Rounding.DOWN,
    reading: Reading = Reading.TWO_GRADES_FIRST,
) -> Ratio:
    """Return how many of a position may have each grade and how many are too many (NĐ 232/2026/NĐ-CP Đ10).

    Every limit is of the whole position: what one grade leaves unused goes to no other (k5). Whoever has a grade that
    the position does not use is too many at it (Đ7 k2).
    """
    levels = _grade_levels(facts, limits, rounding, reading)
    against = Reading.TOP_GRADE_FIRST if reading is Reading.TWO_GRADES_FIRST else Reading.TWO_GRADES_FIRST
    other = _grade_levels(facts, limits, rounding, against)
    if [one.limit for one in other] == [one.limit for one in levels]:
        other = ()
    return Ratio(levels, reading, other, tuple(_general(facts, limits, reading, differs=bool(other))))


def _grade_levels(facts: GradeFacts, limits: Limits, rounding: Rounding, reading: Reading) -> tuple[Level, ...]:
    law = {} if facts.self_financing else law_of_grades(facts.used, limits, reading)
    found = []
    present = {grade for grade in (*facts.held, *facts.managers) if facts.having(grade)}
    for grade in sorted(facts.used | present, reverse=True):
        held = facts.having(grade)
        if facts.used and grade not in facts.used:
            text = N_("Bậc %(grade)s không được sử dụng ở vị trí này, hiện có %(held)s.")
            reason = Reason(text, "0", f"{DECREE} Đ7 k2", {"grade": grade, "held": held})
            found.append(Level(grade_level(grade), facts.basis, Decimal(0), 0, held, held, (reason,)))
            continue
        share = facts.shares.get(grade)
        found.append(_level(grade_level(grade), facts.basis, held, law.get(grade), share, rounding))
    return tuple(found)


def _general(facts: GradeFacts, limits: Limits, reading: Reading, *, differs: bool) -> Iterable[Reason]:
    if facts.manager_posts or any(facts.managers.values()):
        text = N_("Tính cả viên chức quản lý: %(posts)s + %(managers)s = %(basis)s.")
        params = {"posts": facts.posts, "managers": facts.manager_posts, "basis": facts.basis}
        yield Reason(text, str(facts.basis), f"{DECREE} Đ10 k1", params)
    if facts.self_financing:
        yield Reason(N_("Đơn vị tự chủ tài chính tự quy định tỷ lệ bậc."), "", f"{DECREE} Đ10 k3")
        return
    if len(facts.used) < 2:
        yield Reason(N_("Vị trí không có bậc hoặc chỉ dùng một bậc: không xác định tỷ lệ."), "", f"{DECREE} Đ10 k4")
        return
    if law_of_grades(facts.used, limits, reading):
        yield Reason(N_("Số còn thiếu ở một bậc không cộng vào bậc thấp hơn."), "", f"{DECREE} Đ10 k5")
    if differs:
        text = N_("Điểm a, b và điểm c đều nói đến trường hợp này; tỉnh chọn cách hiểu: %(reading)s.")
        yield Reason(text, "", f"{DECREE} Đ10 k2", {"reading": READING_LABELS[reading]})


def check_shares(facts: GradeFacts, limits: Limits, reading: Reading = Reading.TWO_GRADES_FIRST) -> list[Problem]:
    """Return what is wrong with the percentages approved for the grades of a position."""
    law = {} if facts.self_financing else law_of_grades(facts.used, limits, reading)
    found = []
    for grade, share in sorted(facts.shares.items(), reverse=True):
        if grade not in facts.used:
            text = N_("Tỷ lệ ghi cho bậc %(grade)s, vị trí không sử dụng bậc này. Hãy bỏ tỷ lệ hoặc thêm bậc.")
            found.append(Problem("shares", "grade_not_used", text, {"grade": grade}))
        elif grade in law and share > law[grade].percent:
            text = N_(
                "Tỷ lệ bậc %(grade)s là %(share)s%%, luật cho không quá %(most)s%% (%(source)s). Hãy ghi thấp hơn."
            )
            params = {"grade": grade, "share": share, "most": law[grade].percent, "source": law[grade].source}
            found.append(Problem("shares", "share_above_law", text, params))
        found += _whole_share(grade_level(grade), share)
    return found


def check_rank_shares(shares: Mapping[str, Decimal], law: Mapping[str, Limit]) -> list[Problem]:
    """Return what is wrong with the percentages approved for a line by rank code; `law` is the law's."""
    found = []
    for rank, share in sorted(shares.items()):
        if rank in law and share > law[rank].percent:
            text = N_(
                "Tỷ lệ ngạch %(rank)s là %(share)s%%, luật cho không quá %(most)s%% (%(source)s). Hãy ghi thấp hơn."
            )
            params = {"rank": rank, "share": share, "most": law[rank].percent, "source": law[rank].source}
            found.append(Problem("shares", "share_above_law", text, params))
        found += _whole_share(rank, share)
    return found


def _whole_share(level: str, share: Decimal) -> Sequence[Problem]:
    if 0 <= share <= 100:
        return ()
    text = N_("Tỷ lệ %(share)s%% không hợp lệ. Hãy nhập từ 0 đến 100.")
    return (Problem("shares", "bad_share", text, {"level": level, "share": share}),)


def check_entry(
    level: Level, label: str, limits: Limits, *, entering: int = 1, recruiting: bool = False, field: str = "line"
) -> list[Problem]:
    """Return why `entering` more people may not get a rank or a grade (`label` in words) by placement or recruitment.

    Over the ratio it is frozen until that is solved (NĐ 232/2026/NĐ-CP Đ18); within it, it is full at its limit.
    """
    if level.limit is None or entering <= 0 or level.held + entering <= level.limit:
        return []
    source = next((one.source for one in level.reasons if one.source), "")
    params = {"label": label, "held": level.held, "limit": level.limit, "over": level.over, "source": source}
    freeze = find(limits, "grade_ratio.freeze") if level.level.startswith("grade:") else None
    if level.over and freeze is not None and freeze.value == "1":
        text = (
            N_(
                "%(label)s có %(held)s người, vượt tỷ lệ %(over)s: chưa được tuyển dụng vào cho đến khi hết vượt"
                " (%(source)s). Hãy chọn bậc khác."
            )
            if recruiting
            else N_(
                "%(label)s có %(held)s người, vượt tỷ lệ %(over)s: chưa được chuyển vào cho đến khi hết vượt"
                " (%(source)s). Hãy chọn bậc khác."
            )
        )
        return [Problem(field, "ratio_frozen", text, {**params, "source": freeze.source})]
    text = N_(
        "%(label)s đã có %(held)s người, tỷ lệ cho nhiều nhất %(limit)s (%(source)s). Hãy chọn ngạch, bậc thấp hơn."
    )
    if not source:
        text = N_(
            "%(label)s đã có %(held)s người, tỷ lệ được duyệt cho nhiều nhất %(limit)s. Hãy chọn ngạch, bậc thấp hơn."
        )
    return [Problem(field, "ratio_full", text, params)]


def check_grade_entry(
    ratio: Ratio, grade: int, label: str, limits: Limits, *, entering: int = 1, recruiting: bool = False,
    field: str = "career_grade",
) -> list[Problem]:  # fmt: skip
    """Return why people may not get a grade of a position, by `check_entry`.

    What only the reading not chosen refuses is a warning.
    """
    level = ratio.of(grade)
    if level is not None and (
        found := check_entry(level, label, limits, entering=entering, recruiting=recruiting, field=field)
    ):
        return found
    doubted = next((one for one in ratio.other if one.level == grade_level(grade)), None)
    if doubted is None or not check_entry(doubted, label, limits, entering=entering):
        return []
    text = N_("%(label)s: theo cách hiểu kia của Đ10 k2 chỉ được nhiều nhất %(limit)s, hiện có %(held)s.")
    params = {"label": label, "limit": doubted.limit, "held": doubted.held}
    return [Problem(field, "ratio_other_reading", text, params, severity="warning")]


def explain_ratio(ratio: Ratio) -> tuple[Reason, ...]:
    """Return the steps of an answer in the order they are read: for all grades, each grade, the other reading.

    For the command line and for the page that shows both readings side by side.
    """
    return (
        *ratio.reasons,
        *_named(ratio.levels, N_("Bậc %(grade)s: nhiều nhất %(limit)s."), N_("Bậc %(grade)s: không có tỷ lệ.")),
        *_named(
            ratio.other,
            N_("Theo cách hiểu kia, bậc %(grade)s: nhiều nhất %(limit)s."),
            N_("Theo cách hiểu kia, bậc %(grade)s: không có tỷ lệ."),
        ),
    )


def _named(levels: Iterable[Level], limited: str, unlimited: str) -> Iterable[Reason]:
    for one in levels:
        grade = one.level.removeprefix("grade:")
        if one.limit is None:
            yield Reason(unlimited, "", "", {"grade": grade})
            continue
        yield Reason(limited, str(one.limit), "", {"grade": grade, "limit": one.limit})
        yield from one.reasons
