"""What of the made-up province is over: quotas, seats, grades, ranks, deputies, divisions too small; each written down.

The rules are those of the program (`hrms.positions.rules`); here they are asked about what was drawn, with the choices
of a province that has changed no setting.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hrms.core import catalogues
from hrms.core.settings import KNOWN
from hrms.positions.rules import ratios, structure
from hrms.positions.rules.limits import Limits, Place, Rule, limits_on, solve_by
from seed.demo.establishment import Ledger, Line
from seed.demo.seat_spells import CONVERTED, NEW_YEAR
from seed.demo.tree import TWO_TIERS, Tree, Unit

_REORGANISED = date.fromisoformat(str(KNOWN["positions.reorganised_on"].default))
_PROVINCE = structure.Province(
    Place(str(KNOWN["positions.province_class"].default)),
    int(str(KNOWN["positions.formed_from"].default)),
    _REORGANISED,
)
_FROM = {Rule.QUOTA: NEW_YEAR, Rule.LINE: NEW_YEAR, Rule.GRADE_RATIO: CONVERTED, Rule.RANK_RATIO: NEW_YEAR}
_REASONS = {
    Rule.QUOTA: "Biên chế năm 2026 giảm theo lộ trình tinh giản, chưa sắp xếp xong người dôi dư",
    Rule.LINE: "Biên chế năm 2026 của vị trí giảm, chưa bố trí lại được người đang giữ vị trí",
    Rule.RANK_RATIO: "Có từ trước khi quy định tỷ lệ ngạch có hiệu lực",
    Rule.GRADE_RATIO: "Vượt tỷ lệ khi chuyển từ hạng chức danh nghề nghiệp sang bậc",
    Rule.DEPUTIES: "Dôi dư cấp phó sau sắp xếp tổ chức bộ máy",
    Rule.DIVISION_SIZE: "Thành lập trước khi có quy định về biên chế tối thiểu, chờ sắp xếp",
}
_HEADS_OF_SO = {"department_deputy_director", "province_office_deputy", "province_inspector_deputy"}
_DEPUTIES_OF_COMMUNES = {"commune_division_deputy", "commune_office_deputy", "commune_service_deputy"}
_STAYS = "Chưa có trình độ được nâng chuẩn nên giữ bậc 1 (NĐ 232/2026/NĐ-CP Đ18 k2a)"


@dataclass(frozen=True, slots=True)
class Excess:
    """One row of `overages`."""

    rule: Rule
    agency_id: int
    line_id: int
    level: str
    count: int
    reason: str
    since: date
    solve_by: date | None


@dataclass(frozen=True, slots=True)
class Held:
    """Who sits where today: how many have which career grade and which level of rank by line, or count by unit.

    `levels` are those of công chức and elected officials by unit; `present` is by unit and kind of quota.
    """

    grades: Mapping[int, Mapping[int, int]]
    ranks: Mapping[int, Mapping[str, int]]
    levels: Mapping[int, Mapping[str, int]]
    present: Mapping[tuple[int, str], int]


@dataclass(slots=True)
class Judge:
    """Finds the excesses of a day."""

    tree: Tree
    lines: Sequence[Line]
    ledger: Ledger
    held: Held
    today: date

    def find(self) -> Iterator[Excess]:
        """Yield every excess that stands today."""
        limits = limits_on(catalogues.read_csv(catalogues.FOLDER / "position_limits.csv"), self.today)
        by_unit: dict[int, list[Line]] = defaultdict(list)
        for line in self.lines:
            by_unit[line.unit.id].append(line)
            over = line.present(self.today) - line.seats[2]
            if over > 0:
                yield self._excess(Rule.LINE, line.unit, line, "", over, limits)
        own = self._own()
        yield from self._quotas(own, limits)
        yield from self._ranks(own, limits)
        yield from self._grades(by_unit, limits)
        yield from self._deputies(by_unit, limits)
        yield from self._province(limits)

    def _excess(
        self, rule: Rule, unit: Unit, line: Line | None, level: str, count: int, limits: Limits, reason: str = ""
    ) -> Excess:
        law = solve_by(rule, limits, _REORGANISED)
        return Excess(
            rule, unit.id, line.id if line else 0, level, count, reason or _REASONS[rule], _FROM.get(rule, TWO_TIERS),
            law.day if law else None,
        )  # fmt: skip

    def _own(self) -> dict[tuple[int, str], int]:
        """Return what every agency with a quota has for itself: its quota less those it gave on."""
        whole = {place: amounts[2] + self.ledger.later.get(place, 0) for place, amounts in self.ledger.quotas.items()}
        own = dict(whole)
        for (unit_id, kind), amount in whole.items():
            above = self.ledger.holder_above(self.tree.units[unit_id - 1], kind)
            if above is not None:
                own[above.id, kind] -= amount
        return own

    def _quotas(self, own: Mapping[tuple[int, str], int], limits: Limits) -> Iterator[Excess]:
        present: dict[tuple[int, str], int] = defaultdict(int)
        for (unit_id, kind), count in self.held.present.items():
            holder = self.ledger.holder(self.tree.units[unit_id - 1], kind)
            if holder is not None:
                present[holder.id, kind] += count
        for (unit_id, kind), count in sorted(present.items()):
            if count > own[unit_id, kind]:
                unit = self.tree.units[unit_id - 1]
                yield self._excess(Rule.QUOTA, unit, None, kind, count - own[unit_id, kind], limits)

    def _ranks(self, own: Mapping[tuple[int, str], int], limits: Limits) -> Iterator[Excess]:
        """Chuyên viên chính and equals of a provincial agency, against its biên chế."""
        principals: dict[int, int] = defaultdict(int)
        for unit_id, levels in self.held.levels.items():
            holder = self.ledger.holder(self.tree.units[unit_id - 1], "civil")
            if holder is not None:
                principals[holder.id] += levels.get(ratios.PRINCIPAL, 0)
        for unit in self.tree.units:
            posts = own.get((unit.id, "civil"), 0)
            if unit.kind in {"department", "assembly_office"} and posts:
                facts = ratios.RankFacts(ratios.RankRule.AGENCY, posts, principals[unit.id])
                yield from self._ranked(facts, unit, limits)

    def _ranked(self, facts: ratios.RankFacts, unit: Unit, limits: Limits) -> Iterator[Excess]:
        level = ratios.rank_ratio(facts, limits)
        if level.over:
            yield self._excess(Rule.RANK_RATIO, unit, None, level.level, level.over, limits)

    def _province(self, limits: Limits) -> Iterator[Excess]:
        """What is counted over the whole city: deputies of sở, and ranks of deputies."""
        root = self.tree.root
        deputies = [
            line
            for line in self.lines
            if line.unit.kind == "department" and _is_deputy(line) and line.present(self.today)
        ]
        heads = [line for line in deputies if line.position.leadership_post in _HEADS_OF_SO]
        if heads:
            held = sum(line.present(self.today) for line in heads)
            found = structure.department_deputies(len({line.unit.id for line in heads}), held, _PROVINCE, limits)
            if found.over:
                yield self._excess(Rule.DEPUTIES, root, None, "", found.over, limits)
            yield from self._together(ratios.RankRule.PROVINCE_DEPUTIES, deputies, limits)
        commune = [line for line in self.lines if line.position.leadership_post in _DEPUTIES_OF_COMMUNES]
        if commune:
            yield from self._together(ratios.RankRule.COMMUNE_DEPUTIES, commune, limits)

    def _together(self, rule: ratios.RankRule, lines: Sequence[Line], limits: Limits) -> Iterator[Excess]:
        held = sum(self.held.ranks.get(line.id, {}).get(rule.level, 0) for line in lines)
        basis = sum(line.present(self.today) for line in lines)
        yield from self._ranked(ratios.RankFacts(rule, basis, held), self.tree.root, limits)

    def _grades(self, by_unit: Mapping[int, list[Line]], limits: Limits) -> Iterator[Excess]:
        for line in self.lines:
            if not line.position.grades:
                continue
            used = line.position.used or line.position.grades
            attached = [one for one in by_unit[line.unit.id] if one.base is line.position]
            managers: dict[int, int] = defaultdict(int)
            for one in attached:
                for grade, count in self.held.grades.get(one.id, {}).items():
                    managers[grade] += count
            posts = sum(one.seats[2] for one in attached)
            held = self.held.grades.get(line.id, {})
            facts = ratios.GradeFacts(frozenset(used), line.seats[2], held, posts, managers)
            for level in ratios.grade_ratio(facts, limits).levels:
                if level.over:
                    stays = level.level == ratios.grade_level(1) and 1 not in used
                    yield self._excess(
                        Rule.GRADE_RATIO, line.unit, line, level.level, level.over, limits, _STAYS if stays else ""
                    )

    def _deputies(self, by_unit: Mapping[int, list[Line]], limits: Limits) -> Iterator[Excess]:
        for unit in self.tree.units:
            lines = by_unit.get(unit.id, [])
            deputies = sum(line.present(self.today) for line in lines if _is_deputy(line))
            if unit.kind == "sub_department" and lines:
                divisions = sum(one.parent is unit and one.kind == "division" for one in self.tree.units)
                found = structure.sub_department_deputies(divisions, deputies, _PROVINCE, limits)
                if found.over:
                    yield self._excess(Rule.DEPUTIES, unit, None, "", found.over, limits)
            if unit.kind == "division" and lines and unit.parent is not None and unit.parent.kind == "department":
                posts = sum(line.seats[2] for line in lines if line.position.quota_kind == "civil")
                found = structure.division_deputies(posts, deputies, _PROVINCE, limits)
                if found.over:
                    yield self._excess(Rule.DEPUTIES, unit, None, "", found.over, limits)
                size = structure.division_size(posts, _PROVINCE, limits)
                if size.over:
                    yield self._excess(Rule.DIVISION_SIZE, unit, None, "", size.over, limits)


def _is_deputy(line: Line) -> bool:
    return (line.position.leadership_post or "").endswith("_deputy")
