"""What an agency or a line is given and who counts in it, as of a day; what excess is accepted.

Biên chế công chức and biên chế viên chức are never added; contract labour stands apart. Over a tree, what is unused and
what is over stand side by side and are never netted.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from hrms.core.dates import add_months
from hrms.core.rules import N_, Problem
from hrms.positions.rules.kinds import QuotaKind, SeatRole
from hrms.positions.rules.limits import RULE_LABELS, Rule

RETIRING_MONTHS = 12
"""The report counts who retires within a year."""


@dataclass(frozen=True, slots=True)
class Counting:
    """Who counts, where the law leaves it open; settings of the province."""

    seconded_at_sender: bool = True
    """Somebody seconded counts where they come from, else where they are."""
    leave_counts: bool = True
    """Somebody on long unpaid leave still counts."""
    concurrent_once: bool = True
    """Whoever holds a concurrent post besides their own counts only in their own."""
    acting_takes_seat: bool = False
    """Whoever acts for a post, or is put in charge of it, takes its seat."""

    @classmethod
    def from_settings(cls, values: Mapping[str, Any]) -> Counting:
        """Read the settings `positions.<name of the choice>`, "1" or "0"; one that is missing keeps its default."""
        known = {one.name for one in dataclasses.fields(cls)}
        return cls(**{name: bool(int(values[f"positions.{name}"])) for name in known if f"positions.{name}" in values})


@lru_cache(maxsize=256)
def counts(role: SeatRole, counting: Counting, *, seconded_out: bool = False, on_leave: bool = False) -> bool:
    """Say whether a role counts among those present: a person once unless the province counts otherwise."""
    if role == SeatRole.CONCURRENT and counting.concurrent_once:
        return False
    return takes_seat(role, counting, seconded_out=seconded_out, on_leave=on_leave)


@lru_cache(maxsize=256)
def takes_seat(role: SeatRole, counting: Counting, *, seconded_out: bool = False, on_leave: bool = False) -> bool:
    """Say whether a role takes a seat of its line, so that nobody else gets it.

    A concurrent post is filled, although whoever holds it counts among the present only once.
    """
    here = {
        SeatRole.MAIN: counting.seconded_at_sender or not seconded_out,
        SeatRole.SECONDED: not counting.seconded_at_sender,
        SeatRole.CONCURRENT: True,
        SeatRole.ACTING: counting.acting_takes_seat,
        SeatRole.IN_CHARGE: counting.acting_takes_seat,
    }[role]
    return here and (counting.leave_counts or not on_leave)


@dataclass(frozen=True, slots=True)
class Holders:
    """`people` who sit alike in a line or agency on a day: one person, or a row of a count."""

    role: SeatRole
    people: int = 1
    seconded_out: bool = False
    on_leave: bool = False
    retiring: bool = False


def is_retiring(retires_on: date | None, day: date, months: int = RETIRING_MONTHS) -> bool:
    """Say whether the last day at work, `retires_on`, falls within some months from `day`, both days included."""
    return retires_on is not None and day <= retires_on <= add_months(day, months)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a line, an agency or a tree as of a day, of one quota kind.

    `present` counts by the choices of the province; `seconded_out`, `seconded_in` and `on_leave` are told beside it,
    whether they count or not. `recruiting` are seats kept for an approved recruitment, `retiring_12m` those of
    `present` who retire within twelve months; `vacant` are seats that nobody holds, concurrently neither, and nobody is
    being recruited for. Over a tree `unused`, `over` and `vacant` are sums of their own.
    """

    kind: QuotaKind
    assigned: int = 0
    reserve: int = 0
    present: int = 0
    seconded_out: int = 0
    seconded_in: int = 0
    on_leave: int = 0
    recruiting: int = 0
    retiring_12m: int = 0
    unused: int = 0
    over: int = 0
    vacant: int = 0


def figures(
    kind: QuotaKind,
    assigned: int,
    holders: Iterable[Holders],
    counting: Counting,
    *,
    reserve: int = 0,
    recruiting: int = 0,
) -> Figures:
    """Return the figures of one line or agency: unused = assigned less present, over = present less assigned."""
    present = taken = out = away = leave = retiring = 0
    for one in holders:
        here = counts(one.role, counting, seconded_out=one.seconded_out, on_leave=one.on_leave)
        present += one.people * here
        retiring += one.people * (here and one.retiring)
        taken += one.people * takes_seat(one.role, counting, seconded_out=one.seconded_out, on_leave=one.on_leave)
        out += one.people * (one.role == SeatRole.MAIN and one.seconded_out)
        away += one.people * (one.role == SeatRole.SECONDED)
        leave += one.people * (one.on_leave and one.role == SeatRole.MAIN)
    return Figures(
        kind, assigned, reserve, present, out, away, leave, recruiting, retiring, max(0, assigned - present),
        max(0, present - assigned), max(0, assigned - taken - recruiting),
    )  # fmt: skip


def add_up(found: Iterable[Figures], kind: QuotaKind) -> Figures:
    """Return the figures of several agencies or lines of one kind; `unused` and `over` are added, never netted.

    Raises ValueError when a figure is of another kind: quotas of two kinds are never added.
    """
    names = [one.name for one in dataclasses.fields(Figures) if one.name != "kind"]
    total = dict.fromkeys(names, 0)
    for one in found:
        if one.kind is not kind:
            raise ValueError(f"{one.kind.value} is never added to {kind.value}")
        for name in names:
            total[name] += getattr(one, name)
    return Figures(kind, **total)


@dataclass(frozen=True, slots=True)
class Accepted:
    """An excess that was written down: how much, why, and by when it must be solved (None: no day by law)."""

    rule: Rule
    excess: int
    reason: str
    solve_by: date | None = None


def check_accepted(over: int, accepted: Accepted | None, where: str, rule: Rule, today: date) -> list[Problem]:
    """Return what is wrong with an excess of `over` against what was accepted for it; [] when just that stands.

    More than accepted, or accepted and past its day, is an error; what is solved but still written down, a warning.
    """
    most = accepted.excess if accepted else 0
    params: dict[str, Any] = {"where": where, "rule": RULE_LABELS[rule], "over": over, "accepted": most}
    if over > most:
        text = N_(
            "%(where)s: %(rule)s lệch %(over)s, mới ghi nhận %(accepted)s. Hãy giải quyết hoặc ghi lý do và thời hạn."
        )
        return [Problem("excess", "over_not_accepted", text, params)]
    if accepted is None:
        return []
    if not over:
        text = N_("%(where)s: %(rule)s không còn lệch, vẫn ghi nhận %(accepted)s. Hãy kết thúc ghi nhận.")
        return [Problem("excess", "over_solved", text, params, severity="warning")]
    if accepted.solve_by is not None and accepted.solve_by < today:
        text = N_("%(where)s: %(rule)s lệch %(over)s, phải giải quyết chậm nhất %(day)s. Đã quá hạn.")
        return [Problem("solve_by", "over_too_late", text, {**params, "day": accepted.solve_by})]
    return []


def check_acceptance(accepted: Accepted, from_on: date, law_day: date | None = None) -> list[Problem]:
    """Return what is missing in an acceptance from `from_on` on; `law_day` is the last day the law gives."""
    found = []
    if not accepted.reason.strip():
        found.append(
            Problem("reason", "required", N_("Chưa ghi lý do của số lệch. Hãy ghi số, ngày văn bản hoặc nguyên nhân."))
        )
    if accepted.solve_by is None:
        if law_day is not None:
            text = N_("Chưa ghi hạn giải quyết. Luật cho chậm nhất %(day)s.")
            found.append(Problem("solve_by", "required", text, {"day": law_day}))
        return found
    if accepted.solve_by < from_on:
        text = N_("Hạn giải quyết %(day)s trước ngày bắt đầu %(from)s. Hãy sửa một trong hai ngày.")
        found.append(Problem("solve_by", "dates_out_of_order", text, {"day": accepted.solve_by, "from": from_on}))
    elif law_day is not None and accepted.solve_by > law_day:
        text = N_("Hạn giải quyết %(day)s sau hạn của luật, %(last)s. Hãy ghi ngày sớm hơn.")
        found.append(Problem("solve_by", "after_law_day", text, {"day": accepted.solve_by, "last": law_day}))
    return found
