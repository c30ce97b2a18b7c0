"""The ledger of quotas: entries with a day and an amount, the quota they give, and which entries may be written.

An agency's quota covers the seats of its own lines and the quotas of the agencies under it. An entry is refused when it
makes anything less covered than it was, or a quota negative, on any day from its own on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import accumulate

from hrms.core.rules import N_, Problem
from hrms.positions.rules.kinds import QUOTA_LABELS, QuotaKind


class MovementKind(StrEnum):
    """Why a quota moves."""

    ASSIGNED = "assigned"
    ADJUSTED = "adjusted"
    RESERVE = "reserve"
    MERGED = "merged"
    CLOSED = "closed"
    REVERSAL = "reversal"


MOVEMENT_LABELS: dict[MovementKind, str] = {
    MovementKind.ASSIGNED: N_("Giao"),
    MovementKind.ADJUSTED: N_("Điều chỉnh"),
    MovementKind.RESERVE: N_("Dự phòng"),
    MovementKind.MERGED: N_("Sáp nhập, chia tách"),
    MovementKind.CLOSED: N_("Giải thể"),
    MovementKind.REVERSAL: N_("Hủy bút toán ghi sai"),
}


@dataclass(frozen=True, slots=True)
class Account:
    """What an entry moves: an agency's own quota or its reserve, or the seats of one of its lines."""

    agency_id: int
    line_id: int | None
    kind: QuotaKind
    reserve: bool = False


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry: `amount` people, signed, from `effective_on` on; `id` None before it is written."""

    agency_id: int
    quota_kind: QuotaKind
    kind: MovementKind
    amount: int
    effective_on: date
    line_id: int | None = None
    reserve: bool = False
    id: int | None = None
    reverses_id: int | None = None

    @property
    def account(self) -> Account:
        """Return what the entry moves."""
        return Account(self.agency_id, self.line_id, self.quota_kind, self.reserve)


@dataclass(frozen=True, slots=True)
class Quota:
    """What an agency or a line is given on a day: to use, and kept back."""

    assigned: int = 0
    reserve: int = 0


def quota_on(movements: Iterable[Movement], day: date) -> Quota:
    """Return the quota of one agency (entries without a line) or of one line, of one kind, as of `day`."""
    assigned = reserve = 0
    for one in movements:
        if one.effective_on <= day:
            if one.reserve:
                reserve += one.amount
            else:
                assigned += one.amount
    return Quota(assigned, reserve)


def balances(movements: Iterable[Movement], day: date) -> dict[Account, int]:
    """Return what stands on every account as of `day`; accounts back at nothing stay with 0."""
    found: dict[Account, int] = defaultdict(int)
    for one in movements:
        found[one.account] += one.amount if one.effective_on <= day else 0
    return dict(found)


def in_year(movements: Sequence[Movement], day: date) -> tuple[int, int]:
    """Return (given for the year of `day`, adjusted within it until `day`) of one quota, its reserve left out.

    Given is what was carried over and what was assigned in the year; both together are the quota of the day. A reversal
    stands with what it reverses.
    """
    start = day.replace(month=1, day=1)
    kinds = {one.id: one.kind for one in movements if one.id is not None}
    given = adjusted = 0
    for one in movements:
        if one.reserve or one.effective_on > day:
            continue
        kind = kinds.get(one.reverses_id, one.kind) if one.reverses_id is not None else one.kind
        if one.effective_on < start or kind is MovementKind.ASSIGNED:
            given += one.amount
        else:
            adjusted += one.amount
    return given, adjusted


def seats_of(movements: Iterable[Movement]) -> tuple[tuple[date, int], ...]:
    """Return the seats of one line as steps (from this day, so many), in order; none before the first."""
    return tuple(_steps((one.effective_on, one.amount) for one in movements if not one.reserve))


def _steps(changes: Iterable[tuple[date, int]]) -> list[tuple[date, int]]:
    by_day: dict[date, int] = defaultdict(int)
    for day, amount in changes:
        by_day[day] += amount
    days = sorted(by_day)
    return list(zip(days, accumulate(by_day[day] for day in days), strict=True))


def value_on(steps: Sequence[tuple[date, int]], day: date) -> int:
    """Return what steps (from this day, so much) say of a day."""
    at = bisect_right(steps, day, key=lambda step: step[0])
    return steps[at - 1][1] if at else 0


@dataclass(frozen=True, slots=True)
class Unit:
    """An agency as the checks name it; `parent_id` None at the top."""

    id: int
    name: str
    parent_id: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A position of an agency as the checks name it."""

    id: int
    agency_id: int
    name: str
    quota_kind: QuotaKind


@dataclass(frozen=True, slots=True)
class Ground:
    """What entries fall on: agencies, lines and the entries already written, of the agencies concerned.

    Concerned are the agency, all above it, and everything under the nearest one above that has a quota.
    """

    units: Mapping[int, Unit]
    lines: Mapping[int, Line]
    movements: Sequence[Movement] = ()
    _below: Mapping[int, Sequence[int]] = field(init=False, repr=False, compare=False)
    _written: Mapping[Account, Sequence[Movement]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        below: dict[int, list[int]] = defaultdict(list)
        for unit in self.units.values():
            if unit.parent_id is not None:
                below[unit.parent_id].append(unit.id)
        written: dict[Account, list[Movement]] = defaultdict(list)
        for one in self.movements:
            written[one.account].append(one)
        object.__setattr__(self, "_below", dict(below))
        object.__setattr__(self, "_written", dict(written))

    def under(self, agency_id: int) -> Sequence[int]:
        """Return the agencies directly under one."""
        return self._below.get(agency_id, ())

    def of(self, account: Account) -> Sequence[Movement]:
        """Return the entries written on an account."""
        return self._written.get(account, ())

    def name_of(self, account: Account) -> str:
        """Return the name of an agency, or of a position in one."""
        unit = self.units[account.agency_id].name
        return unit if account.line_id is None else f"{self.lines[account.line_id].name} – {unit}"


def check_movement(
    new: Movement, ground: Ground, *, present: int | None = None, acknowledged: bool = False
) -> list[Problem]:
    """Return why an entry may not be written, by `check_movements`; `present` are the people counted on its account."""
    known = {} if present is None else {new.account: present}
    return check_movements([new], ground, present=known, acknowledged=acknowledged).get(0, [])


def check_movements(
    new: Sequence[Movement],
    ground: Ground,
    *,
    present: Mapping[Account, int] | None = None,
    acknowledged: bool = False,
) -> dict[int, list[Problem]]:
    """Return what is wrong with entries of one decision, by their place in `new`; they count together, in any order.

    `present` are the people counted on each account. A cut below them is "override" until it is `acknowledged`, when
    the excess is written down with its reason and the day it is solved by (`excesses`).
    """
    found: dict[int, list[Problem]] = defaultdict(list)
    sound: list[int] = []
    for place, one in enumerate(new):
        own = _check_alone(one, ground)
        if one.kind is MovementKind.REVERSAL:
            own += _check_reversal(one, [*ground.movements, *new[:place]])
        if own:
            found[place] += own
        else:
            sound.append(place)
    for account in dict.fromkeys(new[place].account for place in sound):
        places = [place for place in sound if new[place].account == account]
        problem = _below_zero(account, [new[place] for place in places], ground)
        if problem is None and not acknowledged and present is not None and account in present:
            problem = _below_present(account, [new[place] for place in places], ground, present[account])
        if problem is not None:
            for place in places:
                found[place].append(problem)
    counted = [place for place in sound if all(problem.code != "negative" for problem in found.get(place, ()))]
    for kind in dict.fromkeys(new[place].quota_kind for place in counted):
        _check_cover(kind, {place: new[place] for place in counted if new[place].quota_kind is kind}, ground, found)
    return dict(found)


def _check_alone(new: Movement, ground: Ground) -> list[Problem]:
    where = {"where": ground.units[new.agency_id].name, "amount": new.amount}
    if new.amount == 0:
        text = N_("%(where)s: số lượng phải khác 0. Hãy nhập số tăng hoặc số giảm.")
        return [Problem("amount", "zero", text, where)]
    if new.kind is MovementKind.ASSIGNED and new.amount < 0:
        text = N_("%(where)s: giao biên chế phải là số dương, đang ghi %(amount)s. Cắt giảm thì chọn “Điều chỉnh”.")
        return [Problem("amount", "not_positive", text, where)]
    if new.kind is MovementKind.CLOSED and new.amount > 0:
        text = N_("%(where)s: giải thể chỉ thu hồi biên chế, đang ghi %(amount)s. Hãy nhập số âm.")
        return [Problem("amount", "not_negative", text, where)]
    if new.reserve != (new.kind is MovementKind.RESERVE) and new.kind is not MovementKind.REVERSAL:
        text = N_("%(where)s: phần dự phòng chỉ tăng, giảm bằng bút toán “Dự phòng”. Hãy chọn lại loại.")
        return [Problem("kind", "wrong_bucket", text, where)]
    if new.line_id is None:
        return []
    line = ground.lines[new.line_id]
    params = {**where, "line": line.name, "kind": QUOTA_LABELS[line.quota_kind]}
    if new.reserve:
        text = N_("%(line)s (%(where)s): dự phòng giữ ở cơ quan, không giữ ở vị trí. Hãy bỏ chọn vị trí.")
        return [Problem("line_id", "reserve_on_line", text, params)]
    if line.quota_kind is not new.quota_kind:
        text = N_("%(line)s (%(where)s) thuộc %(kind)s. Hãy ghi đúng loại biên chế.")
        return [Problem("quota_kind", "wrong_kind", text, params)]
    if line.agency_id != new.agency_id:
        text = N_("%(line)s không phải là vị trí của %(where)s. Hãy chọn lại vị trí.")
        return [Problem("line_id", "wrong_agency", text, params)]
    return []


def reversal_of(original: Movement, day: date | None = None) -> Movement:
    """Return the entry that takes back one that was wrong, from its own day on unless `day` is given."""
    return Movement(
        original.agency_id, original.quota_kind, MovementKind.REVERSAL, -original.amount,
        day or original.effective_on, original.line_id, original.reserve, None, original.id,
    )  # fmt: skip


def _check_reversal(new: Movement, written: Sequence[Movement]) -> list[Problem]:
    """Return why an entry may not take back another: once, the same amount and account, never a reversal."""
    original = next((one for one in written if one.id is not None and one.id == new.reverses_id), None)
    if original is None:
        return [Problem("reverses_id", "no_original", N_("Không tìm thấy bút toán cần hủy. Hãy chọn lại."))]
    params = {"amount": original.amount, "day": original.effective_on, "other": new.amount}
    if original.kind is MovementKind.REVERSAL:
        text = N_("Bút toán ngày %(day)s (%(amount)s) là bút toán hủy, không hủy lại. Hãy ghi bút toán mới.")
        return [Problem("reverses_id", "reversal_of_reversal", text, params)]
    if any(one.reverses_id == original.id for one in written):
        text = N_("Bút toán ngày %(day)s (%(amount)s) đã được hủy. Mỗi bút toán chỉ hủy một lần.")
        return [Problem("reverses_id", "reversed_already", text, params)]
    if new.amount != -original.amount or new.account != original.account:
        text = N_(
            "Hủy bút toán %(amount)s ngày %(day)s phải ghi đúng số ngược lại, cùng cơ quan, cùng vị trí;"
            " đang ghi %(other)s. Hãy sửa số lượng."
        )
        return [Problem("amount", "other_amount", text, params)]
    if new.effective_on < original.effective_on:
        text = N_("Ngày hủy %(on)s trước ngày của bút toán, %(day)s. Hãy sửa ngày hủy.")
        return [Problem("effective_on", "before_original", text, {**params, "on": new.effective_on})]
    return []


def _worse(
    before: Sequence[tuple[date, int]], after: Sequence[tuple[date, int]], floor: int = 0
) -> tuple[date, int] | None:
    """Return the first (day, value) on which `after` is under `floor` and under what `before` was on that day."""
    for day in sorted({day for day, _ in (*before, *after)}):
        value = value_on(after, day)
        if value < floor and value < value_on(before, day):
            return day, value
    return None


def _pair(
    account: Account, new: Iterable[Movement], ground: Ground
) -> tuple[list[tuple[date, int]], list[tuple[date, int]]]:
    old = [(one.effective_on, one.amount) for one in ground.of(account)]
    return _steps(old), _steps([*old, *((one.effective_on, one.amount) for one in new)])


def _below_zero(account: Account, new: Sequence[Movement], ground: Ground) -> Problem | None:
    before, after = _pair(account, new, ground)
    low = _worse(before, after)
    if low is None:
        return None
    day, value = low
    text = N_("%(kind)s của %(where)s ngày %(day)s là %(old)s, không giảm được %(cut)s. Hãy giảm nhiều nhất %(old)s.")
    if account.reserve:
        text = N_(
            "Dự phòng của %(where)s ngày %(day)s là %(old)s, không giảm được %(cut)s. Hãy giảm nhiều nhất %(old)s."
        )
    old = value_on(before, day)
    params = {
        "kind": QUOTA_LABELS[account.kind], "where": ground.name_of(account), "day": day, "old": old,
        "cut": old - value,
    }  # fmt: skip
    return Problem("amount", "negative", text, params)


def _below_present(account: Account, new: Sequence[Movement], ground: Ground, present: int) -> Problem | None:
    before, after = _pair(account, new, ground)
    low = _worse(before, after, present)
    if low is None or account.reserve:
        return None
    day, value = low
    text = N_(
        "%(kind)s của %(where)s còn %(quota)s từ %(day)s, đang có %(present)s người, vượt %(over)s."
        " Hãy ghi lý do và hạn giải quyết để ghi nhận số vượt."
    )
    params = {
        "kind": QUOTA_LABELS[account.kind], "where": ground.name_of(account), "quota": value, "day": day,
        "present": present, "over": present - value,
    }  # fmt: skip
    return Problem("amount", "below_present", text, params, severity="override")


def excesses(
    new: Iterable[Movement], ground: Ground, present: Mapping[Account, int]
) -> dict[Account, tuple[date, int]]:
    """Return what entries leave over, by account: the first day and the most people over on any day from it on.

    To be written down as accepted excess (`Rule.QUOTA` without a line, `Rule.LINE` with one).
    """
    by_account: dict[Account, list[Movement]] = defaultdict(list)
    for one in new:
        if not one.reserve and one.account in present:
            by_account[one.account].append(one)
    found = {}
    for account, own in by_account.items():
        before, after = _pair(account, own, ground)
        low = _worse(before, after, present[account])
        if low is not None:
            least = min(value for day, value in after if day >= low[0])
            found[account] = low[0], present[account] - least
    return found


def _check_cover(kind: QuotaKind, new: Mapping[int, Movement], ground: Ground, found: dict[int, list[Problem]]) -> None:
    after = [*ground.movements, *new.values()]
    had_quota = _with_quota(kind, ground.movements)
    has_quota = had_quota | _with_quota(kind, new.values())
    for agency_id in dict.fromkeys(
        above for one in new.values() for above in _concerned(one, ground, has_quota) if above is not None
    ):
        # An agency that had no quota was seen through: it covered nothing, so nothing of it was uncovered.
        before = _free(agency_id, kind, ground.movements, ground, had_quota) if agency_id in had_quota else []
        low = _worse(before, _free(agency_id, kind, after, ground, has_quota))
        if low is None:
            continue
        day, short = low
        quota = quota_on(_own(agency_id, kind, after), day).assigned
        params = {
            "kind": QUOTA_LABELS[kind], "where": ground.units[agency_id].name, "day": day, "quota": quota,
            "covered": quota - short, "over": -short,
        }  # fmt: skip
        touching = {place: one for place, one in new.items() if agency_id in _concerned(one, ground, has_quota)}
        # An entry that makes it worse is to blame; where none does, a first quota that is too small.
        blamed = [
            place
            for place, one in touching.items()
            if (one.amount < 0 and not one.reserve if _moves(one, agency_id) else one.amount > 0)
        ]
        for place in blamed or touching:
            text = (
                N_(
                    "%(kind)s của %(where)s ngày %(day)s là %(quota)s, đã phân %(covered)s cho vị trí và đơn vị"
                    " trực thuộc, thiếu %(over)s. Hãy giảm số đã phân trước hoặc giao nhiều hơn."
                )
                if _moves(new[place], agency_id)
                else N_(
                    "%(kind)s của %(where)s ngày %(day)s là %(quota)s, phân cho vị trí và đơn vị trực thuộc"
                    " %(covered)s, vượt %(over)s. Hãy giao thêm cho %(where)s hoặc phân ít hơn."
                )
            )
            found[place].append(Problem("amount", "not_covered", text, params))
    for place, one in new.items():
        if one.line_id is not None and one.amount > 0 and _concerned(one, ground, has_quota) == (None,):
            text = N_("%(where)s chưa được giao %(kind)s. Hãy giao cho cơ quan trước, rồi phân cho vị trí.")
            params = {"where": ground.units[one.agency_id].name, "kind": QUOTA_LABELS[kind]}
            found[place].append(Problem("amount", "no_quota", text, params))


def _moves(one: Movement, agency_id: int) -> bool:
    return one.agency_id == agency_id and one.line_id is None


def _concerned(one: Movement, ground: Ground, has_quota: set[int]) -> tuple[int | None, ...]:
    """Return the agencies whose cover an entry touches: its own, and the nearest with a quota that covers it.

    None stands for a cover that is missing.
    """
    if one.line_id is None:
        above = _covering(ground.units[one.agency_id].parent_id, ground, has_quota)
        return (one.agency_id, above) if above is not None else (one.agency_id,)
    return (_covering(one.agency_id, ground, has_quota),)


def _covering(agency_id: int | None, ground: Ground, has_quota: set[int]) -> int | None:
    while agency_id is not None and agency_id not in has_quota:
        unit = ground.units.get(agency_id)
        agency_id = unit.parent_id if unit else None
    return agency_id


def _with_quota(kind: QuotaKind, movements: Iterable[Movement]) -> set[int]:
    return {one.agency_id for one in movements if one.line_id is None and one.quota_kind is kind}


def _own(agency_id: int, kind: QuotaKind, movements: Iterable[Movement]) -> list[Movement]:
    return [one for one in movements if one.agency_id == agency_id and one.line_id is None and one.quota_kind is kind]


def _free(
    agency_id: int, kind: QuotaKind, movements: Sequence[Movement], ground: Ground, has_quota: set[int]
) -> list[tuple[date, int]]:
    """Return what of an agency's quota is not yet given on, as steps.

    An agency under it without a quota of its own is seen through: its lines and what is under it count.
    """
    lines, quotas, pending = {agency_id}, set(), list(ground.under(agency_id))
    while pending:
        below = pending.pop()
        if below in has_quota:
            quotas.add(below)
        else:
            lines.add(below)
            pending += ground.under(below)
    changes = []
    for one in movements:
        if one.quota_kind is not kind:
            continue
        if one.line_id is None and one.agency_id == agency_id:
            if not one.reserve:
                changes.append((one.effective_on, one.amount))
        elif one.agency_id in (quotas if one.line_id is None else lines):
            changes.append((one.effective_on, -one.amount))
    return _steps(changes)
