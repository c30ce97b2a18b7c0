"""The work inventory of a scheme (thống kê, phân nhóm công việc): what counts, to which group it goes, how many seats.

Only regular, continuous, stable, repeated work counts; it is parted into leadership, professional and support work (the
method of the job-position scheme since TT 14/2012/TT-BNV and TT 05/2013/TT-BNV). Seats from hours are a suggestion: no
text says how many hours a person works in a year, so the figure (`scheme.hours_a_year`) is the province's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from hrms.core.rules import N_, Problem, Reason
from hrms.core.text import accent_key, fold
from hrms.people.rules.parameters import Parameter
from hrms.positions.rules.kinds import PositionGroup

OVERFULL = Decimal("1.5")
"""More than this many working years of one person are looked at again: a check of typing, not of law."""
_LEADS = (
    "lãnh đạo",
    "chỉ đạo",
    "điều hành",
    "phân công",
    "phê duyệt",
    "quyết định",
    "ký ban hành",
    "đánh giá xếp loại",
)
_SUPPORTS = (
    "văn thư", "lưu trữ", "kế toán", "thủ quỹ", "thủ kho", "lễ tân", "lái xe", "bảo vệ", "tạp vụ", "phục vụ",
    "hành chính tổng hợp", "hành chính văn phòng", "quản trị mạng", "tổ chức cán bộ", "thi đua",
    "công nghệ thông tin", "nấu ăn", "vệ sinh", "trông xe", "in ấn", "photo", "mua sắm",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work: whose (None for the unit's own list), how often a year, hours each time."""

    unit_id: int
    name: str
    times_a_year: Decimal
    hours_each: Decimal
    person_id: int | None = None
    product: str = ""
    regular: bool = True
    group: PositionGroup | None = None
    line_id: int | None = None

    @property
    def hours(self) -> Decimal:
        """Return the hours of a year, 0 for work that does not count."""
        return self.times_a_year * self.hours_each if self.regular else Decimal(0)


def guess_group(name: str) -> PositionGroup:
    """Return the group a piece of work seems to belong to, to be looked at by whoever parts the work."""
    words = " ".join(["", *re.findall(r"\w+", accent_key(name)), ""])
    if any(words.startswith(f" {sign} ") for sign in _LEADS):
        return PositionGroup.LEADERSHIP
    if any(f" {sign} " in words for sign in _SUPPORTS):
        return PositionGroup.SUPPORT
    return PositionGroup.PROFESSIONAL


def hours_by_group(works: Iterable[Work]) -> dict[PositionGroup, Decimal]:
    """Return the yearly hours of each group; work not parted yet goes where `guess_group` says."""
    found = dict.fromkeys(PositionGroup, Decimal(0))
    for work in works:
        found[work.group or guess_group(work.name)] += work.hours
    return found


def hours_by_line(works: Iterable[Work]) -> dict[int, Decimal]:
    """Return the yearly hours given to each proposed line; work without a line is left aside."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for work in works:
        if work.line_id is not None:
            found[work.line_id] += work.hours
    return dict(found)


def hours_a_year(figures: Mapping[str, Parameter]) -> Decimal:
    """Return the working hours of one person in a year."""
    return Decimal(figures["scheme.hours_a_year"].value)


@dataclass(frozen=True, slots=True)
class Suggested:
    """Seats suggested: the exact share of working years to two places, rounded half up, with the reasons."""

    seats: int
    exact: Decimal
    reasons: tuple[Reason, ...]


def suggest_seats(hours: Decimal, figures: Mapping[str, Parameter], *, keeps_post: bool = False) -> Suggested:
    """Return the seats that yearly hours come to; `keeps_post` asks for one at least (a post the law names)."""
    figure = figures["scheme.hours_a_year"]
    share = hours / Decimal(figure.value)
    exact, seats = share.quantize(Decimal("0.01"), ROUND_HALF_UP), int(share.quantize(Decimal(1), ROUND_HALF_UP))
    reasons = [
        Reason(N_("Số giờ làm việc thường xuyên một năm"), f"{hours.normalize():f}"),
        Reason(N_("Số giờ một người làm việc một năm"), figure.value, figure.source),
        Reason(N_("Số người tính được, làm tròn đến người gần nhất"), f"{exact:f}"),
    ]
    if keeps_post and seats == 0:
        seats = 1
        reasons.append(Reason(N_("Vị trí bắt buộc có người đảm nhiệm"), "1"))
    return Suggested(seats, exact, tuple(reasons))


def check_works(works: Sequence[Work], figures: Mapping[str, Parameter]) -> list[Problem]:
    """Return what to look at again in an inventory: empty names, no amount, twice the same, more than a person can do.

    Fields are `works[n].<column>`.
    """
    problems = []
    first: dict[tuple[int, int | None, str], int] = {}
    person_hours: dict[int, Decimal] = defaultdict(Decimal)
    for place, work in enumerate(works):
        path = f"works[{place}]"
        if not work.name.strip():
            problems.append(
                Problem(f"{path}.name", "required", N_("Chưa ghi tên công việc. Hãy ghi tên, hoặc xóa dòng."))
            )
            continue
        if not work.regular:
            text = N_("“%(name)s” không thường xuyên, ổn định, lặp lại nên không tính vào số chỗ.")
            problems.append(Problem(f"{path}.regular", "not_counted", text, {"name": work.name}, "warning"))
        elif not work.hours:
            text = N_("“%(name)s” chưa có số lần hoặc số giờ. Hãy ghi số lần một năm và số giờ mỗi lần.")
            problems.append(Problem(f"{path}.hours_each", "no_hours", text, {"name": work.name}))
        if work.regular and not work.product.strip():
            text = N_("“%(name)s” chưa ghi sản phẩm đầu ra. Hãy ghi sản phẩm để tính được số lượng.")
            problems.append(Problem(f"{path}.product", "no_product", text, {"name": work.name}, "warning"))
        key = (work.unit_id, work.person_id, fold(work.name))
        if first.setdefault(key, place) != place:
            text = N_("“%(name)s” đã ghi ở dòng %(line)s. Hãy gộp hai dòng.")
            problems.append(Problem(f"{path}.name", "work_twice", text, {"name": work.name, "line": first[key] + 1}))
        if work.person_id is not None:
            person_hours[work.person_id] += work.hours
    return [*problems, *_overfull(person_hours, figures)]


def _overfull(person_hours: Mapping[int, Decimal], figures: Mapping[str, Parameter]) -> list[Problem]:
    year = hours_a_year(figures)
    text = N_("Một người kê khai %(hours)s giờ một năm, nhiều hơn %(year)s giờ. Hãy xem lại số lần và số giờ mỗi lần.")
    return [
        Problem("works", "too_many_hours", text, {"person": person, "hours": hours, "year": year}, "warning")
        for person, hours in sorted(person_hours.items())
        if hours > year * OVERFULL
    ]
