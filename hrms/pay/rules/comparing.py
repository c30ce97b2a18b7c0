"""Why a month's pay is not what the month before was: the facts of both beside each other. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from hrms.core.rules import N_, Reason
from hrms.pay.rules.allowances import LABELS, Allowance
from hrms.pay.rules.stretches import Stretch
from hrms.people.rules.kinds import KIND_LABELS

_NAMES: dict[str, str] = {
    "kind": N_("Loại nhân sự"),
    "coefficient": N_("Hệ số lương"),
    "pay_percent": N_("Phần trăm lương được hưởng"),
    "beyond_scale_percent": N_("Phần trăm thâm niên vượt khung"),
    "leadership_coefficient": N_("Hệ số phụ cấp chức vụ"),
    "reserved_leadership": N_("Hệ số phụ cấp chức vụ bảo lưu"),
    "reserved": N_("Hệ số chênh lệch bảo lưu"),
    "suspended": N_("Tình trạng"),
    **{code.value: words for code, words in LABELS.items()},
}
_CHANGED = N_("%(name)s: %(old)s → %(new)s.")
_NONE = N_("không")
_SUSPENDED = {False: N_("tạm đình chỉ công tác"), True: N_("tạm đình chỉ công tác, bị khởi tố")}
Values = Mapping[str, Sequence[Any]]


def why(
    before: Sequence[Stretch] | None, after: Sequence[Stretch] | None, bases: tuple[Decimal, Decimal] | None = None
) -> list[Reason]:
    """Return what changed between two months, in the order of a sheet; None for a month without a slip.

    `bases` are the base salaries of the two months in đồng, where both are known.
    """
    if before is None:
        return [Reason(N_("Tháng trước không có trong bảng lương của cơ quan."))]
    if after is None:
        return [Reason(N_("Tháng này không còn trong bảng lương của cơ quan."))]
    found = []
    if bases and bases[0] != bases[1]:
        found.append(Reason(_CHANGED, "", "", {"name": N_("Mức lương cơ sở"), "old": bases[0], "new": bases[1]}))
    found += list(_different(_values(before), _values(after)))
    if not (_whole(before) and _whole(after)):
        days = [sum((one.end - one.start).days for one in side) for side in (before, after)]
        text = N_("Số ngày được tính lương: %(old)s → %(new)s.")
        found.append(Reason(text, "", "", {"old": days[0], "new": days[1]}))
    return found


def _different(old: Values, new: Values) -> Iterator[Reason]:
    for key, name in _NAMES.items():
        was, now = (_shown(side.get(key, ())) for side in (old, new))
        if was != now:
            yield Reason(_CHANGED, "", "", {"name": name, "old": was, "new": now})


def _values(stretches: Sequence[Stretch]) -> dict[str, list[Any]]:
    """Return what each fact was through a month by key, in the order of its days, repeats left out."""
    found: dict[str, list[Any]] = {key: [] for key in _NAMES}
    for one in stretches:
        here = _of(one)
        for key, values in found.items():
            value = here.get(key)
            if not values or values[-1] != value:
                values.append(value)
    return found


def _of(one: Stretch) -> dict[str, Any]:
    facts = one.facts
    here: dict[str, Any] = {
        "kind": KIND_LABELS[one.kind], "coefficient": _number(facts.coefficient),
        "pay_percent": _number(facts.pay_percent), "beyond_scale_percent": _number(facts.beyond_scale_percent),
        "leadership_coefficient": _number(facts.leadership_coefficient), "reserved": _number(facts.reserved),
        "reserved_leadership": _number(facts.reserved_leadership.on(one.start)),
        "suspended": None if facts.suspended is None else _SUSPENDED[facts.suspended],
    }  # fmt: skip
    return here | {allowance.code.value: _given(allowance) for allowance in facts.allowances}


def _number(value: Decimal) -> Decimal | None:
    """Return a number without the zeros its column adds, None for nothing."""
    return value.quantize(Decimal(1)) if value and value == value.to_integral_value() else value.normalize() or None


def _given(one: Allowance) -> Any:
    """Return what an allowance is given by: a coefficient, a percentage, đồng a month."""
    if one.percent is not None:
        return f"{_plain(one.percent)}%"
    return _number(one.coefficient if one.coefficient is not None else one.amount or Decimal(0)) or N_("theo luật")


def _plain(value: Decimal) -> str:
    return f"{_number(value) or 0:f}".replace(".", ",")


def _shown(values: Sequence[Any]) -> Any:
    if not any(value is not None for value in values):
        return _NONE
    if len(values) == 1:
        return values[0]
    return " / ".join(_plain(one) if isinstance(one, Decimal) else str(one or "–") for one in values)


def _whole(stretches: Sequence[Stretch]) -> bool:
    """Say whether the stretches fill their month."""
    if not stretches:
        return False
    first = stretches[0].start
    return sum((one.end - one.start).days for one in stretches) == calendar.monthrange(first.year, first.month)[1]
