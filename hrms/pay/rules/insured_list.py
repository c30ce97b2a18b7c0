"""The monthly list for social insurance: who comes, goes, or whose insured pay changes, and why. Pure.

Two months of one agency beside each other (Luật BHXH 41/2024/QH15 Đ28, Đ33; form D02-LT). The insured pay of a month is
that of a whole month by the last facts of it, as the form asks; 0 in a month without contributions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from hrms.core.rules import N_
from hrms.pay.rules.figures import AllowanceCode
from hrms.pay.rules.monthly import PayFacts
from hrms.people.rules.absences import ABSENCE_LABELS

SOURCE = "Luật BHXH 41/2024/QH15 Đ28, Đ33"


class What(StrEnum):
    """What a line of the list says."""

    INCREASE = "increase"
    DECREASE = "decrease"
    PAY_UP = "pay_up"
    PAY_DOWN = "pay_down"
    ARREARS = "arrears"


WHAT_LABELS: dict[What, str] = {
    What.INCREASE: N_("Tăng người"), What.DECREASE: N_("Giảm người"), What.PAY_UP: N_("Tăng mức đóng"),
    What.PAY_DOWN: N_("Giảm mức đóng"), What.ARREARS: N_("Truy đóng, giảm đóng các tháng trước"),
}  # fmt: skip


class ReportState(StrEnum):
    """How far a list has come."""

    COMPUTED = "computed"
    SENT = "sent"


REPORT_STATE_LABELS: dict[ReportState, str] = {
    ReportState.COMPUTED: N_("đã lập"), ReportState.SENT: N_("đã gửi"),
}  # fmt: skip
REASON_LABELS: dict[str, str] = {
    "joined": N_("Tuyển dụng, tiếp nhận"),
    "moved_in": N_("Chuyển đến"),
    "returned": N_("Đi làm lại"),
    "completed": N_("Bổ sung hồ sơ lương"),
    "left": N_("Thôi việc"),
    "retired": N_("Nghỉ hưu"),
    "deceased": N_("Từ trần"),
    "moved_out": N_("Chuyển đi"),
    "short": N_("Nghỉ không hưởng lương từ 14 ngày làm việc trong tháng"),
    "suspended": N_("Tạm đình chỉ, không hưởng lương"),
    "unknown": N_("Hồ sơ lương chưa đủ"),
    "base_salary": N_("Thay đổi mức lương cơ sở"),
    "coefficient": N_("Thay đổi hệ số lương"),
    "pay_percent": N_("Thay đổi tỷ lệ được hưởng"),
    "leadership": N_("Thay đổi phụ cấp chức vụ"),
    "beyond_scale": N_("Thay đổi thâm niên vượt khung"),
    "seniority": N_("Thay đổi thâm niên nghề"),
    "reserved": N_("Thay đổi chênh lệch bảo lưu"),
    "other": N_("Thay đổi khác"),
    "arrears": N_("Hồ sơ sửa lùi ngày"),
    **{kind.value: words for kind, words in ABSENCE_LABELS.items()},
}  # fmt: skip
"""Why, by code; kinds of absence say themselves."""


@dataclass(frozen=True, slots=True)
class Insured:
    """Somebody in one month at one agency: the insured pay in đồng, the facts it is of, why there is none.

    `why` of a month without contributions: a kind of absence, "moved" (another agency pays), a status, or "".
    """

    base: Decimal
    facts: PayFacts | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """What the sheet of a month paid in for earlier months, both sides together: đồng, first and last month."""

    amount: Decimal
    since: date
    through: date


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list. Bases in đồng; `since` and `through` are first days of months."""

    person_id: int
    what: What
    reason: str
    before: Decimal
    after: Decimal
    since: date
    through: date | None = None
    difference: Decimal = Decimal(0)


NOTHING = Insured(Decimal(0))


def compare(
    month: date,
    before: Mapping[int, Insured],
    after: Mapping[int, Insured],
    past: Mapping[int, Past],
) -> list[Line]:
    """Return the lines of the list of `month`, by person; nobody whose insured pay stayed is on it."""
    found: list[Line] = []
    for person_id in sorted({*before, *after}):
        old, new = before.get(person_id, NOTHING), after.get(person_id, NOTHING)
        if old.base == new.base:
            continue
        if not old.base:
            what, reason = What.INCREASE, _came(old)
        elif not new.base:
            what, reason = What.DECREASE, _went(new)
        else:
            what, reason = (What.PAY_UP if new.base > old.base else What.PAY_DOWN), _changed(old, new)
        found.append(Line(person_id, what, reason, old.base, new.base, month))
    found += [
        Line(
            person_id, What.ARREARS, "arrears", Decimal(0), Decimal(0), one.since, one.through, one.amount
        )
        for person_id, one in sorted(past.items()) if one.amount
    ]  # fmt: skip
    return found


def _came(old: Insured) -> str:
    if old.why == "moved":
        return "moved_in"
    if old.why == "unknown":
        return "completed"
    return "returned" if old.why in REASON_LABELS and old.why not in {"left", "retired", "deceased"} else "joined"


def _went(new: Insured) -> str:
    if new.why == "moved":
        return "moved_out"
    return new.why if new.why in REASON_LABELS else "unknown"


def _changed(old: Insured, new: Insured) -> str:
    """Return the first thing in which the facts differ; where they do not, the law changed."""
    if old.facts is None or new.facts is None:
        return "other"
    one, other = old.facts, new.facts
    for name, code in (
        ("coefficient", "coefficient"), ("pay_percent", "pay_percent"), ("leadership_coefficient", "leadership"),
        ("reserved_leadership", "leadership"), ("beyond_scale_percent", "beyond_scale"), ("reserved", "reserved"),
        ("suspended", "suspended"),
    ):  # fmt: skip
        if getattr(one, name) != getattr(other, name):
            return code
    if _of(one, AllowanceCode.SENIORITY) != _of(other, AllowanceCode.SENIORITY):
        return "seniority"
    return "base_salary"


def _of(facts: PayFacts, code: AllowanceCode) -> tuple[object, ...]:
    return tuple(
        (one.coefficient, one.percent, one.amount, one.days) for one in facts.allowances if one.code is code
    )  # fmt: skip


def sums(lines: Iterable[Line]) -> dict[What, int]:
    """Return how many lines there are of each kind."""
    found = dict.fromkeys(What, 0)
    for one in lines:
        found[one.what] += 1
    return found
