"""Job positions of the made-up province: who sits in which seat, what is vacant, over, acting, reserved or assessed.

Drawn after everybody's facts, from random numbers of its own: nothing that was there before changes by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from hrms.core.dated import BASIS_DECISION, BASIS_OLD_DATA
from hrms.core.dates import add_months
from hrms.decisions.rules import DecisionKind
from hrms.positions.rules.ratios import rank_level
from seed.demo.drafts import SERVING, Draft
from seed.demo.establishment import Ledger, Line
from seed.demo.excesses import Held, Judge
from seed.demo.facts import weekday
from seed.demo.papers import Register
from seed.demo.position_of import BASE_OF, position_of
from seed.demo.roles import CADRE, CIVIL
from seed.demo.seat_spells import NEW_YEAR, OLD_DAY, Position, Spell, spells
from seed.demo.tree import CONSTRUCTION_CODE, HOME_AFFAIRS_CODE, TWO_TIERS, Tree, Unit
from seed.demo.writing import Table

D = DecisionKind
TABLES: dict[str, tuple[str, ...]] = {
    "establishment_lines": (
        "id", "agency_id", "position_id", "quota_kind", "code", "base_position_id", "shares", "recorded_at",
    ),
    "quota_movements": (
        "id", "agency_id", "line_id", "quota_kind", "kind", "reserve", "amount", "effective_on", "decision_id", "basis",
        "note", "reverses_id", "recorded_at",
    ),
    "assignments": (
        "person_id", "slot", "line_id", "role", "career_grade", "base_position_id", "fit", "fit_by", "over_reason",
        "valid_from", "valid_to", "recorded_at", "basis", "decision_id",
    ),
    "seat_reservations": (
        "line_id", "kind", "seats", "valid_from", "valid_to", "decision_id", "note", "recorded_at",
    ),
    "overages": (
        "rule", "agency_id", "line_key", "level", "excess", "reason", "solve_by", "valid_from", "recorded_at", "basis",
    ),
    "competency_assessments": ("person_id", "competency_code", "level", "assessed_on", "assessed_by", "recorded_at"),
}  # fmt: skip
"""What is written after the decisions and the facts, in this order: table and the columns that are filled."""

_VACANT = 0.034
"""Share of seats left vacant by plan, beside those that somebody left this year."""
_ASSESSED = 0.06
_CHIEF_ACCOUNTANT = "cc.support.17"
_ONE_STOP_HEAD = "cc.commune.I.05"
_PLACED = "Về việc bố trí công chức vào vị trí việc làm"
_PLACED_PUBLIC = "Về việc bố trí viên chức vào vị trí việc làm và bậc nghề nghiệp"
_BY = "Thủ trưởng cơ quan"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Agencies that are special, so that there is something to do and to see."""

    unplaced: frozenset[int]
    """Numbers of people whose agency has not placed them yet: one commune, one service unit."""
    cut: Unit | None
    """A commune whose quota of 2026 is two less than its people."""
    short: Line | None
    """A line whose seats of 2026 are one less than its people."""


@dataclass(slots=True)
class SeatWriter:
    """Draws lines, quotas and seats into tables of rows."""

    tree: Tree
    people: Sequence[Draft]
    positions: Mapping[str, Position]
    register: Register
    today: date
    moment: datetime
    rng: Random
    seconded: Sequence[tuple[Draft, Unit, date, date, int | None]] = ()
    tables: dict[str, Table] = field(
        default_factory=lambda: {name: Table(name, columns) for name, columns in TABLES.items()}
    )
    lines: dict[tuple[int, str], Line] = field(default_factory=dict)
    sitting: dict[int, tuple[int, int | None]] = field(default_factory=dict)
    """The line of whoever sits in one today and their career grade, by number."""

    def draw(self) -> None:
        """Draw everything; the decisions it rests on go into the register."""
        known: dict[int, set[str]] = defaultdict(set)
        for draft in self.people:
            key = position_of(draft.seat)
            if key is not None:
                known[draft.seat.using.id].add(key)
        unplaced = self._unplaced()
        stays = [
            (draft, [] if draft.number in unplaced else spells(draft, known, self.positions, self.today))
            for draft in self.people
        ]
        self._lines(stays)
        heads = self._one_stop_heads()
        self._number()
        chosen = self._seats(unplaced)
        self._main(stays, chosen)
        self._concurrent(heads)
        self._in_charge(unplaced)
        self._seconded()
        self._excesses(self._quotas(chosen))
        self._recruitment()
        self._assess()
        for line in self.lines.values():
            self.tables["establishment_lines"].add(
                line.id, line.unit.id, line.position.id, line.position.quota_kind, line.code,
                line.base.id if line.base else None, "{}", self.moment,
            )  # fmt: skip

    def line(self, unit: Unit, key: str, base: str | None = None) -> Line:
        """Return the line of a position in a unit, made when there is none."""
        found = self.lines.get((unit.id, key))
        if found is None:
            found = Line(len(self.lines) + 1, unit, self.positions[key], self.positions[base] if base else None)
            self.lines[unit.id, key] = found
        return found

    def _unplaced(self) -> set[int]:
        """Choose the people of one commune's offices and of one service unit who are not placed yet."""
        offices: dict[int, list[Draft]] = defaultdict(list)
        units: dict[int, list[Draft]] = defaultdict(list)
        for draft in self.people:
            using = draft.seat.using
            if draft.fate != SERVING or draft.role.leads or position_of(draft.seat) is None:
                continue
            if (
                draft.role.kind == CIVIL
                and using.kind == "division"
                and using.parent
                and using.parent.kind == "commune"
            ):
                offices[using.top].append(draft)
            elif using.kind == "service_unit" and using.parent and using.parent.code == HOME_AFFAIRS_CODE:
                units[using.id].append(draft)
        found: set[int] = set()
        for groups, share in ((offices, 2), (units, 3)):
            if groups:
                most = max(groups.items(), key=lambda item: (len(item[1]), -item[0]))[1]
                found |= {draft.number for draft in most[1::share]}
        return found

    def _lines(self, stays: Iterable[tuple[Draft, list[Spell]]]) -> None:
        # In the order of units and catalogue, so that ids and codes do not hang on the order people were drawn in.
        wanted: dict[tuple[int, str], str | None] = {}
        for draft, found in stays:
            key = position_of(draft.seat)
            if key is not None:
                base = BASE_OF.get(draft.role.key) if self.positions[key].grade_min is None else None
                wanted.setdefault((draft.seat.using.id, key), base)
            for spell in found:
                wanted.setdefault((draft.seat.using.id, spell.key), spell.base)
        order = {key: number for number, key in enumerate(self.positions)}
        for (unit_id, key), base in sorted(wanted.items(), key=lambda item: (item[0][0], order[item[0][1]])):
            self.line(self.tree.units[unit_id - 1], key, base)
        for draft, found in stays:
            for spell in found:
                self.lines[draft.seat.using.id, spell.key].taken.append((spell.since, spell.until))

    def _one_stop_heads(self) -> list[tuple[Draft, Line, date]]:
        """Return who heads a commune's one-stop centre beside an elected post, each with the line and since when."""
        found = []
        for draft in self.people:
            at = draft.seat.concurrent_at
            if at is None or draft.post is None or draft.ended_on is not None:
                continue
            line = self.line(at, _ONE_STOP_HEAD)
            line.taken.append((draft.post.appointed_on, None))
            found.append((draft, line, draft.post.appointed_on))
        return found

    def _number(self) -> None:
        counters: dict[tuple[int, str], int] = defaultdict(int)
        for line in self.lines.values():
            counters[line.unit.id, line.position.group] += 1
            line.number = counters[line.unit.id, line.position.group]

    def _seats(self, unplaced: set[int]) -> Chosen:
        """Give every line the seats it took and some that are vacant; choose where there are too few."""
        waiting: dict[tuple[int, str], int] = defaultdict(int)
        for draft in self.people:
            key = position_of(draft.seat)
            if draft.number in unplaced and key is not None:
                waiting[draft.seat.using.id, key] += 1
        cut = self._cut()
        construction, owed, shown = self.tree.unit(CONSTRUCTION_CODE), 0.0, 2
        for place, line in self.lines.items():
            line.seats = [line.peak(OLD_DAY, TWO_TIERS), line.peak(TWO_TIERS, NEW_YEAR), line.peak(NEW_YEAR, None)]
            for n in (1, 2):
                line.seats[n] += waiting[place]
            more = 0
            if line.position.group != "leadership" and line.unit.top != (cut.id if cut else 0):
                owed += _VACANT * line.seats[2]
                if construction.id == line.unit.top and line.position.quota_kind == "civil" and shown:
                    more, shown = 1, shown - 1
                elif owed >= 1:
                    more = 1
                owed -= more
            line.seats[1] += more if line.seats[1] else 0
            line.seats[2] += more
        short = self._short(cut)
        if short is not None:
            short.seats[2] = short.present(self.today) - 1
        return Chosen(frozenset(unplaced), cut, short)

    def _cut(self) -> Unit | None:
        """Choose the commune whose quota will be too small: elected officials take the room its seats leave."""
        count: dict[int, int] = defaultdict(int)
        for draft in self.people:
            if draft.role.kind == CADRE and draft.ended_on is None:
                count[draft.seat.using.id] += 1
        for unit_id, cadres in sorted(count.items(), reverse=True):
            lines = [
                line for line in self.lines.values() if unit_id == line.unit.top and line.position.quota_kind == "civil"
            ]
            seats = sum(line.peak(NEW_YEAR, None) for line in lines)
            held = sum(line.present(self.today) for line in lines if line.position.key != _ONE_STOP_HEAD)
            # What is given must still cover the seats of the lines.
            if cadres >= 3 and len(lines) > 8 and held + cadres - 2 >= seats:
                return self.tree.units[unit_id - 1]
        return None

    def _civil_lines(self, top: int) -> list[Line]:
        return [line for line in self.lines.values() if line.unit.top == top and line.position.quota_kind == "civil"]

    def _short(self, cut: Unit | None) -> Line | None:
        for line in self.lines.values():
            if (
                line.unit.kind == "service_unit"
                and line.position.key == "vc.pl2.067"
                and line.unit.top != (cut.id if cut else 0)
                and line.present(self.today) >= 6
                and line.present(self.today) == line.present(NEW_YEAR) == line.peak(NEW_YEAR, None)
            ):
                return line
        return None

    def _main(self, stays: Iterable[tuple[Draft, list[Spell]]], chosen: Chosen) -> None:
        add = self.tables["assignments"].add
        over = 0
        for draft, found in stays:
            unit = draft.seat.using
            for spell in found:
                line = self.lines[unit.id, spell.key]
                basis, paper, fit, reason = BASIS_OLD_DATA, None, None, None
                if spell.decided:
                    basis, paper, fit = BASIS_DECISION, self._paper(draft, spell), "met"
                if line is chosen.short and spell.until is None and not over:
                    over, reason = 1, "Biên chế năm 2026 của vị trí giảm, chưa bố trí lại được người đang giữ vị trí"
                base = self.positions[spell.base].id if spell.base else None
                if spell.until is None:
                    self.sitting[draft.number] = line.id, spell.grade
                add(
                    draft.number, 0, line.id, "main", spell.grade, base, fit, _BY if fit else None, reason,
                    spell.since, spell.until, self.moment, basis, paper,
                )  # fmt: skip

    def _paper(self, draft: Draft, spell: Spell) -> int:
        managing, using = draft.seat.managing, draft.seat.using
        if spell.appointed:
            return self._cite(D.APPOINTMENT, managing, spell.since, using)
        if draft.role.kind == CIVIL:
            subject = _PLACED
        elif draft.role.kind == "contract":
            subject = "Về việc bố trí người lao động hợp đồng vào vị trí việc làm"
        else:
            subject = _PLACED_PUBLIC
        return self._cite(D.TRANSFER, managing, spell.since, using, subject)

    def _cite(
        self, kind: DecisionKind, issuer: Unit, since: date, unit: Unit, subject: str = "", scope: tuple[int, ...] = ()
    ) -> int:
        signed = (
            since
            if since == TWO_TIERS and subject
            else weekday(min(since - timedelta(days=10), self.today - timedelta(days=3)))
        )
        return self.register.cite(kind, issuer, signed, unit.scope + scope, effective_on=since, subject=subject)

    def _other(self, draft: Draft, line: Line, role: str, since: date, until: date | None, paper: int) -> None:
        self.tables["assignments"].add(
            draft.number, line.id, line.id, role, None, None, "met", _BY, None, since, until, self.moment,
            BASIS_DECISION, paper,
        )  # fmt: skip

    def _concurrent(self, heads: Iterable[tuple[Draft, Line, date]]) -> None:
        for draft, line, since in heads:
            paper = self._cite(
                D.APPOINTMENT,
                draft.seat.managing,
                since,
                draft.seat.using,
                "Về việc phân công kiêm nhiệm",
                line.unit.scope,
            )
            self._other(draft, line, "concurrent", since, None, paper)

    def _in_charge(self, unplaced: set[int]) -> None:
        """Put an accountant in charge of the accounts where a department's chief accountant is wanting."""
        since = add_months(self.today.replace(day=1), -5)
        done: set[int] = set()
        able = [
            draft
            for draft in self.people
            if draft.role.kind == CIVIL and draft.fate == SERVING and not draft.role.leads
            and draft.number not in unplaced and draft.joined_on < since
            and draft.seat.using.parent is not None and draft.seat.using.parent.kind == "department"
        ]  # fmt: skip
        able.sort(key=lambda d: (d.role.key != "accountant", "Văn phòng" not in d.seat.using.name, d.number))
        for draft in able:
            top = draft.seat.using.top
            construction = top == self.tree.unit(CONSTRUCTION_CODE).id
            if top in done or not (construction or (draft.role.key == "accountant" and len(done) < 6)):
                continue
            done.add(top)
            line = self.line(draft.seat.using, _CHIEF_ACCOUNTANT)
            group = [one for one in self.lines.values() if one.unit is line.unit and one.position.group == "support"]
            line.number, line.seats = len(group), [0, 0, 1]
            managing = draft.seat.managing
            paper = self._cite(D.OTHER, managing, since, draft.seat.using, "Về việc giao phụ trách kế toán")
            self._other(draft, line, "in_charge", since, add_months(since, 12), paper)

    def _seconded(self) -> None:
        by_top: dict[int, list[Line]] = defaultdict(list)
        for line in self.lines.values():
            if line.position.quota_kind == "civil" and line.position.group != "leadership":
                by_top[line.unit.top].append(line)
        for draft, to, since, until, paper in self.seconded:
            lines = by_top.get(to.id)
            if lines and paper is not None:
                key = position_of(draft.seat)
                line = next((one for one in lines if one.position.key == key), lines[0])
                self._other(draft, line, "seconded", since, until, paper)

    def _quotas(self, chosen: Chosen) -> Ledger:
        lineless: dict[tuple[int, str], int] = defaultdict(int)
        for draft in self.people:
            if draft.role.kind == CADRE and draft.ended_on is None:
                lineless[draft.seat.using.id, "civil"] += 1
        ledger = Ledger(self.tree, self.register)
        cuts: dict[tuple[int, str], int] = {}
        if chosen.cut is not None:
            lines = [
                one
                for one in self.lines.values()
                if one.unit.top == chosen.cut.id and one.position.quota_kind == "civil"
            ]
            held = sum(one.present(self.today) for one in lines if one.position.key != _ONE_STOP_HEAD)
            cuts[chosen.cut.id, "civil"] = sum(one.seats[2] for one in lines) - held + 2
        ledger.draw(list(self.lines.values()), lineless, cuts)
        for row in ledger.rows:
            self.tables["quota_movements"].add(*row, self.moment)
        return ledger

    def _excesses(self, ledger: Ledger) -> None:
        """Write down whatever is over today, each with its reason and the day it must be solved by."""
        grades: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        ranks: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        levels: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        present: dict[tuple[int, str], int] = defaultdict(int)
        for draft in self.people:
            if draft.ended_on is not None:
                continue
            key, unit = position_of(draft.seat), draft.seat.using
            kind = self.positions[key].quota_kind if key else "civil"
            present[unit.id, kind] += 1
            standing = draft.standing(self.today)
            level = rank_level(standing.rank.scale.group) if standing else None
            if level and kind == "civil":
                levels[unit.id][level] += 1
            line_id, grade = self.sitting.get(draft.number, (0, None))
            if line_id and level:
                ranks[line_id][level] += 1
            if grade is not None:
                grades[line_id][grade] += 1
        held = Held(grades, ranks, levels, present)
        judge = Judge(self.tree, list(self.lines.values()), ledger, held, self.today)
        for one in judge.find():
            self.tables["overages"].add(
                one.rule.value, one.agency_id, one.line_id, one.level, one.count, one.reason, one.solve_by, one.since,
                self.moment, BASIS_OLD_DATA,
            )  # fmt: skip

    def _recruitment(self) -> None:
        """Hold a vacant seat of Sở Xây dựng back for a recruitment that was approved."""
        construction = self.tree.unit(CONSTRUCTION_CODE)
        for line in self.lines.values():
            if (
                line.unit.top == construction.id
                and line.position.quota_kind == "civil"
                and line.position.group != "leadership"
                and line.position.key != _CHIEF_ACCOUNTANT
                and line.seats[2] > line.present(self.today)
            ):
                since = self.today - timedelta(days=30)
                paper = self._cite(
                    D.OTHER,
                    self.tree.root,
                    since,
                    construction,
                    "Về việc phê duyệt kế hoạch tuyển dụng công chức năm 2026",
                )
                note = "Kế hoạch tuyển dụng công chức năm 2026"
                until = add_months(since, 9)
                self.tables["seat_reservations"].add(line.id, "recruitment", 1, since, until, paper, note, self.moment)
                return

    def _assess(self) -> None:
        """Assess some people's competencies, most of them as their position asks, a few below."""
        civil = [*(f"G{n}" for n in range(1, 8)), "P1"]
        public = ["V1", "V2", "V3", "V4", "VP"]
        day = min(date(2026, 10, 30), self.today)
        for draft in self.people:
            if draft.ended_on is not None or draft.role.kind in {CADRE, "contract"} or self.rng.random() >= _ASSESSED:
                continue
            level = {"A3": 5, "A2": 4, "A1": 3, "A0": 2}.get(draft.standings[-1].rank.scale.group[:2], 2)
            for code in civil if draft.role.kind == CIVIL else public:
                change = self.rng.choices((-1, 0, 1), (0.15, 0.7, 0.15))[0]
                self.tables["competency_assessments"].add(
                    draft.number, code, min(5, max(1, level + change)), day, _BY, self.moment
                )
