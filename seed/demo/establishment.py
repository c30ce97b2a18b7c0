"""The establishment of the made-up province: lines per unit and position, and the ledger of quotas that covers them.

Quotas go the way they go in life: the city gives to its agencies of the first level, those to their service units and
chi cục, and each allots its own to positions. What was there before the two tiers is carried over from old data.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from hrms.core.dated import BASIS_DECISION, BASIS_OLD_DATA
from hrms.decisions.rules import DecisionKind
from seed.demo.papers import Register
from seed.demo.seat_spells import NEW_YEAR, OLD_DAY, Position
from seed.demo.tree import CONSTRUCTION_CODE, HOME_AFFAIRS_CODE, TWO_TIERS, Tree, Unit

EPOCHS = (OLD_DAY, TWO_TIERS, NEW_YEAR)
"""Days from which the ledger says something new, but for single corrections."""
_SIGNED = {TWO_TIERS: TWO_TIERS, NEW_YEAR: date(2025, 12, 26)}
_RELEASED_ON = date(2026, 4, 1)
_MISTAKEN_ON = date(2026, 2, 2)
_RESERVES = (("civil", 0.008), ("public", 0.006))
_GROUPS = {"leadership": "I", "professional": "II", "support": "III"}
_WHAT = {"civil": "biên chế công chức", "public": "số lượng người làm việc", "contract": "số lao động hợp đồng"}


@dataclass(slots=True, eq=False)
class Line:
    """A position of a unit: who sat in it when, and how many seats it gets from each of `EPOCHS` on."""

    id: int
    unit: Unit
    position: Position
    base: Position | None = None
    number: int = 0
    taken: list[tuple[date, date | None]] = field(default_factory=list)
    seats: list[int] = field(default_factory=lambda: [0, 0, 0])

    def present(self, day: date) -> int:
        """Return how many sit in it on a day."""
        return sum(since <= day and (until is None or day < until) for since, until in self.taken)

    def peak(self, start: date, end: date | None) -> int:
        """Return the most who sat in it at once from `start` to before `end`."""
        changes: dict[date, int] = defaultdict(int)
        for since, until in self.taken:
            if (end is None or since < end) and (until is None or until > start):
                changes[max(since, start)] += 1
                if until is not None:
                    changes[until] -= 1
        most = now = 0
        for _day, change in sorted(changes.items()):
            now += change
            most = max(most, now)
        return most

    @property
    def code(self) -> str:
        """The code as agencies write it: the agency, the division, the group and a number within the division."""
        top = self.unit
        while len(top.scope) > 3 and top.parent is not None:
            top = top.parent
        names = [initials(top)] if top is self.unit else [initials(top), initials(self.unit)]
        return f"{'-'.join(names)}-{_GROUPS[self.position.group]}.{self.number:02d}"


@cache
def initials(unit: Unit) -> str:
    """Return the short form of a unit's name: SNV, CCVC, THPTCVL."""
    if unit.short_name and unit.short_name.isascii() and unit.short_name.isupper() and " " not in unit.short_name:
        return unit.short_name
    plain = unicodedata.normalize("NFD", unit.short_name or unit.name.replace("thành phố Cần Thơ", ""))
    plain = plain.replace("Đ", "D").replace("đ", "d")
    words = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c)).split()
    if words[0] == "Phong" and len(words) > 1:
        words = words[1:]
    return "".join(word if word.isupper() or word.isdigit() else word[0].upper() for word in words)[:8]


@dataclass(slots=True)
class Ledger:
    """Writes the quotas of agencies and the seats of lines as rows of `quota_movements`."""

    tree: Tree
    register: Register
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    quotas: dict[tuple[int, str], list[int]] = field(default_factory=dict)
    """What each holder has from each of `EPOCHS` on, by unit and kind, before the single corrections."""
    later: dict[tuple[int, str], int] = field(default_factory=dict)
    """What single corrections of 2026 changed, by unit and kind."""

    def draw(
        self, lines: Sequence[Line], lineless: dict[tuple[int, str], int], cuts: dict[tuple[int, str], int]
    ) -> None:
        """Write everything. `lineless` are people who count without a line, `cuts` what some get too little in 2026.

        Both are by unit and kind of quota.
        """
        self._sum_up(lines, lineless, cuts)
        for (unit_id, kind), amounts in sorted(self.quotas.items()):
            unit = self.tree.units[unit_id - 1]
            giver = self.holder_above(unit, kind) or unit
            self._steps(unit, None, kind, amounts, giver, _SUBJECT_QUOTA)
        root = self.tree.root
        for kind, share in _RESERVES:
            kept = round(self.quotas.get((root.id, kind), (0, 0, 0))[1] * share)
            if kept:
                self._add(
                    root,
                    None,
                    kind,
                    "reserve",
                    kept,
                    TWO_TIERS,
                    self._paper(root, TWO_TIERS, root, _SUBJECT_QUOTA, kind),
                )
        for line in lines:
            holder = self.holder(line.unit, line.position.quota_kind) or line.unit
            self._steps(line.unit, line, line.position.quota_kind, line.seats, holder, _SUBJECT_LINES)
        self._correct()

    def holds(self, unit: Unit, kind: str) -> bool:
        """Say whether an agency has a quota of its own: all but divisions, which live on that of their agency."""
        return (unit.id, kind) in self.quotas

    def _sum_up(
        self, lines: Iterable[Line], lineless: dict[tuple[int, str], int], cuts: dict[tuple[int, str], int]
    ) -> None:
        for line in lines:
            for holder in self._holders(line.unit):
                amounts = self.quotas.setdefault((holder.id, line.position.quota_kind), [0, 0, 0])
                for n, seats in enumerate(line.seats):
                    amounts[n] += seats
        for given, sign in ((lineless, 1), (cuts, -1)):
            for (unit_id, kind), count in given.items():
                for holder in self._holders(self.tree.units[unit_id - 1]):
                    amounts = self.quotas.setdefault((holder.id, kind), [0, 0, 0])
                    for n in (1, 2) if sign > 0 else (2,):
                        amounts[n] += sign * count

    def _holders(self, unit: Unit) -> list[Unit]:
        """Return the agencies in whose quotas a unit's people count, from the nearest up to the city."""
        found: list[Unit] = []
        at: Unit | None = unit
        while at is not None:
            if at.kind != "division":
                found.append(at)
            at = at.parent
        return found

    def holder(self, unit: Unit, kind: str) -> Unit | None:
        """Return the agency in whose quota a unit's people count: itself, or the nearest above that has one."""
        return next((one for one in self._holders(unit) if (one.id, kind) in self.quotas), None)

    def holder_above(self, unit: Unit, kind: str) -> Unit | None:
        """Return the agency that gives an agency its quota."""
        return self.holder(unit.parent, kind) if unit.parent is not None else None

    def _steps(
        self, unit: Unit, line: Line | None, kind: str, amounts: Sequence[int], giver: Unit, subject: str
    ) -> None:
        before = 0
        for day, amount in zip(EPOCHS, amounts, strict=True):
            change = amount - before
            before = amount
            if not change:
                continue
            if day == OLD_DAY:
                self._add(unit, line, kind, "assigned", change, day, None)
                continue
            what = "assigned" if change > 0 and day == TWO_TIERS else "adjusted"
            self._add(unit, line, kind, what, change, day, self._paper(giver, day, unit, subject, kind))

    def _paper(self, issuer: Unit, day: date, unit: Unit, subject: str, kind: str) -> int:
        words = subject.format(what=_WHAT[kind], year=day.year)
        return self.register.cite(DecisionKind.OTHER, issuer, _SIGNED[day], unit.scope, effective_on=day, subject=words)

    def _add(
        self, unit: Unit, line: Line | None, kind: str, what: str, amount: int, day: date, paper: int | None,
        *, note: str | None = None, reverses: int | None = None,
    ) -> int:  # fmt: skip
        number = len(self.rows) + 1
        basis = BASIS_OLD_DATA if paper is None else BASIS_DECISION
        self.rows.append(
            (
                number, unit.id, line.id if line else None, kind, what, what == "reserve", amount, day, paper, basis,
                note, reverses,
            )
        )  # fmt: skip
        return number

    def _correct(self) -> None:
        """Release a seat of the reserve to Sở Nội vụ, and take back an entry that was wrong."""
        root, home_affairs = self.tree.root, self.tree.unit(HOME_AFFAIRS_CODE)
        if self.holds(home_affairs, "civil") and any(row[4] == "reserve" and row[3] == "civil" for row in self.rows):
            paper = self.register.cite(
                DecisionKind.OTHER, root, date(2026, 3, 25), home_affairs.scope, effective_on=_RELEASED_ON,
                subject="Về việc giao bổ sung biên chế công chức từ nguồn dự phòng năm 2026",
            )  # fmt: skip
            self._add(root, None, "civil", "reserve", -1, _RELEASED_ON, paper)
            for unit in (root, home_affairs):
                self._add(unit, None, "civil", "adjusted", 1, _RELEASED_ON, paper)
                self.later[unit.id, "civil"] = 1
        construction = self.tree.unit(CONSTRUCTION_CODE)
        if self.holds(construction, "civil"):
            paper = self.register.cite(
                DecisionKind.OTHER, root, date(2026, 1, 28), construction.scope, effective_on=_MISTAKEN_ON,
                subject="Về việc điều chỉnh biên chế công chức năm 2026 của một số cơ quan",
            )  # fmt: skip
            wrong = self._add(construction, None, "civil", "adjusted", 5, _MISTAKEN_ON, paper)
            self._add(
                construction, None, "civil", "reversal", -5, _MISTAKEN_ON, paper,
                note="Ghi nhầm cơ quan", reverses=wrong,
            )  # fmt: skip


_SUBJECT_QUOTA = "Về việc giao {what} năm {year}"
_SUBJECT_LINES = "Về việc phân bổ {what} năm {year} theo vị trí việc làm"
