"""A handful of deliberate faults, so that the lists of what needs a look have something to show.

Each stands in the person's note; `docs/demo.md` lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from hrms.core.dates import add_months
from seed.demo.drafts import SERVING, Draft

MARK = "Lỗi có chủ ý của dữ liệu mẫu: "
_SPARSE = 60
_FULL = 10_000


def _year_only(draft: Draft, _today: date) -> str:
    # January counts for retirement, so only who is far from it may lose the month.
    draft.record["birth_date"] = f"{draft.born.year}"
    return "chỉ biết năm sinh"


def _no_day(draft: Draft, _today: date) -> str:
    draft.record["birth_date"] = f"{draft.born:%Y-%m}"
    return "thiếu ngày sinh"


def _wrong_step(draft: Draft, _today: date) -> str:
    last = draft.standings[-1]
    other = last.step if last.step < last.rank.scale.steps else last.step - 2
    last.written = last.rank.scale.coefficients[other]
    return "hệ số không khớp bậc lương"


def _overdue(draft: Draft, _today: date) -> str:
    months = draft.standings[-1].rank.scale.months_per_step
    del draft.standings[-1]
    return f"đã quá {months} tháng mà chưa nâng bậc"


def _wrong_year(draft: Draft, _today: date) -> str:
    number = str(draft.record["national_id"])
    draft.record["national_id"] = f"{number[:4]}{(draft.born.year + 1) % 100:02d}{number[6:]}"
    return "số định danh khác năm sinh, chưa nêu lý do"


def _corrected_year(draft: Draft, today: date) -> str:
    _wrong_year(draft, today)
    draft.record["id_override_reason"] = "Năm sinh đã được cải chính theo quyết định hộ tịch."
    return "số định danh khác năm sinh, có nêu lý do"


def _no_number(draft: Draft, _today: date) -> str:
    draft.record["national_id"] = draft.record["id_issued_on"] = draft.record["id_issued_by"] = None
    return "thiếu số định danh cá nhân"


def _capitals(draft: Draft, _today: date) -> str:
    draft.record["full_name"] = draft.record["full_name"].upper()
    return "họ tên viết hoa toàn bộ"


def _no_people(draft: Draft, _today: date) -> str:
    draft.record["ethnic_group"] = draft.record["religion"] = None
    return "thiếu dân tộc, tôn giáo"


def _early_party(draft: Draft, _today: date) -> str:
    joined = date.fromisoformat(draft.record["party_joined_on"])
    draft.record["party_official_on"] = add_months(joined, 6).isoformat()
    return "ngày vào Đảng chính thức chỉ sau ngày kết nạp 6 tháng"


def _same_again(first: Draft, second: Draft) -> None:
    """Make two people alike in name and birth date, as a file entered twice is."""
    second.record["full_name"] = first.record["full_name"]
    second.record["birth_date"] = first.record["birth_date"]
    for one, other in ((first, second), (second, first)):
        _note(one, f"trùng họ tên, ngày sinh với {other.record['staff_code']}")


QUIRKS: tuple[tuple[Callable[[Draft, date], str], int], ...] = (
    (_year_only, 6),
    (_no_day, 6),
    (_wrong_step, 4),
    (_overdue, 5),
    (_wrong_year, 3),
    (_corrected_year, 2),
    (_no_number, 5),
    (_capitals, 3),
    (_no_people, 3),
    (_early_party, 2),
)
"""Each fault and how many people have it in the full-size province."""


def apply(people: list[Draft], today: date) -> None:
    """Put the faults into ordinary serving people all over the province; a small one gets one of each, or none."""
    able = [d for d in people if _fits(d, today)]
    if len(able) < _SPARSE:
        return
    full = len(people) >= _FULL
    wanted = [(quirk, count if full else 1) for quirk, count in QUIRKS]
    stride = max(1, len(able) // (sum(count for _, count in wanted) + 8))
    place = 0
    for quirk, count in wanted:
        for _ in range(count):
            while quirk is _early_party and "party_official_on" not in able[place].record:
                place += 1
            draft = able[place]
            _note(draft, quirk(draft, today))
            place = min(place + stride, len(able) - 1)
    _twins(able[place + 1 :] + able[1:stride])


def _fits(draft: Draft, today: date) -> bool:
    """Say whether a fault stays what it is meant to be: one regular raise behind, none ahead, far from retirement."""
    last = draft.standings[-1] if draft.standings else None
    return (
        draft.fate == SERVING
        and not draft.role.leads
        and draft.post is None
        and "note" not in draft.record
        and draft.on_leave_since is None
        and today.year - draft.born.year < 48
        and last is not None
        and last.since <= today
        and last.why == "raise"
        and last.step_since == last.since
        and len(draft.standings) > 1
        and last.rank.scale.steps > last.step
    )


def _twins(able: list[Draft]) -> None:
    seen: dict[tuple[str, int], Draft] = {}
    for draft in able:
        if "note" in draft.record or draft.on_leave_since is not None:
            continue
        other = seen.setdefault((draft.sex, draft.born.year), draft)
        if other is not draft:
            _same_again(other, draft)
            return


def _note(draft: Draft, what: str) -> None:
    draft.record["note"] = f"{MARK}{what}."
