"""What the law and the ledger say of an establishment as at a day: quotas, seats, ratios, deputies, small divisions.

One reading serves the page of an agency, which shows every limit with its reasons, and `hrms check`, which wants every
excess to be written down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import select, text

from hrms.core import dated
from hrms.core.db import db
from hrms.core.rules import N_, Reason
from hrms.people.queries import law
from hrms.positions.models import Overage
from hrms.positions.queries.establishment import Choices, limits
from hrms.positions.queries.frames import frames_for
from hrms.positions.rules import ratios, structure
from hrms.positions.rules.establishment import Accepted
from hrms.positions.rules.kinds import QUOTA_LABELS, QuotaKind
from hrms.positions.rules.limits import Limits, Rule
from hrms.positions.rules.ratios import RANK_RULE_LABELS, GradeFacts, RankFacts, RankRule
from hrms.positions.rules.tree import Establishment, LineFigures, Node


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one limit says of an agency or a line: `over` people too many (or posts too few), 0 where it is kept.

    `level` is the quota kind, rank or grade it is about; `words` and `params` name the limit for a reader.
    """

    rule: Rule
    agency_id: int
    line_id: int | None
    level: str
    limit: int | None
    held: int
    over: int
    words: str
    params: Mapping[str, object]
    reasons: tuple[Reason, ...] = ()
    solve_by: date | None = None

    @property
    def title(self) -> Reason:
        """Return the name of the limit, to be worded for a reader."""
        return Reason(self.words, "", "", self.params)

    @property
    def key(self) -> tuple[str, int, int, str]:
        """Return the key of the accepted excess that would cover it."""
        return self.rule.value, self.agency_id, self.line_id or 0, self.level


@dataclass(frozen=True, slots=True)
class AcceptedRow:
    """An accepted excess in force on a day."""

    id: int
    accepted: Accepted
    agency_id: int
    line_id: int | None
    level: str
    valid_from: date

    @property
    def key(self) -> tuple[str, int, int, str]:
        """Return the key by which a verdict finds it."""
        return self.accepted.rule.value, self.agency_id, self.line_id or 0, self.level


def list_accepted(day: date, agency_ids: Collection[int] | None = None) -> dict[tuple[str, int, int, str], AcceptedRow]:
    """Return the accepted excesses in force on a day by key, of some agencies or of all; one statement."""
    query = select(Overage).where(dated.at(Overage, day))
    if agency_ids is not None:
        query = query.where(Overage.agency_id.in_(agency_ids))
    found = [_accepted(row) for row in db.session.scalars(query.order_by(Overage.id))]
    return {row.key: row for row in found}


def get_accepted(overage_id: int) -> AcceptedRow | None:
    """Return an accepted excess as known now, None for none."""
    row = db.session.scalar(select(Overage).where(Overage.id == overage_id, dated.at(Overage)))
    return None if row is None else _accepted(row)


def _accepted(row: Overage) -> AcceptedRow:
    accepted = Accepted(Rule(row.rule), row.excess, row.reason, row.solve_by)
    return AcceptedRow(row.id, accepted, row.agency_id, row.line_key or None, row.level, row.valid_from)


_DETAIL = text("""
SELECT s.agency_id, s.line_id, s.quota_kind, s.career_grade, s.rank_code, count(*)::integer AS people
FROM staff_at(:day) s GROUP BY 1, 2, 3, 4, 5
""")


@dataclass(slots=True)
class _Held:
    """Who has which grade or level of rank: by line, and levels of rank by agency for công chức."""

    grades: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    ranks: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    levels: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    line_levels: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))


def judge(found: Establishment, choices: Choices, *, only: Collection[int] | None = None) -> list[Verdict]:
    """Return what every limit says of the agencies looked at (`only` some of them): two statements more.

    Limits over the whole province are said only where its top is looked at.
    """
    law_of_day = limits(found.day)
    held = _held(found.day)
    lines = [one.line.id for one in found.lines.values() if only is None or one.line.agency_id in only]
    frames = frames_for(lines, found.day) if lines else None
    verdicts: list[Verdict] = []
    for node in found.nodes.values():
        if only is not None and node.id not in only:
            continue
        verdicts += _quotas(found, node)
        own = found.lines_of.get(node.id, ())
        for one in own:
            verdicts += _line(one)
            judging = frames.of(one.line.id) if frames else None
            used = judging.requirements.grades if judging else range(0)
            verdicts += _grades(one, own, held, used, law_of_day, choices)
            verdicts += _shares(one, held, choices)
        verdicts += _agency_ranks(found, node, held, law_of_day, choices)
        verdicts += _structure(found, node, law_of_day, choices)
        if node.kind == "province" and node.parent_id is None:
            verdicts += _province(found, node, held, law_of_day, choices)
    return verdicts


def _held(day: date) -> _Held:
    held = _Held()
    ranks = law.ranks()
    for row in db.session.execute(_DETAIL, {"day": day}):
        rank = ranks.get(row.rank_code or "")
        level = ratios.rank_level(rank.group) if rank else None
        if row.quota_kind == QuotaKind.CIVIL and level:
            held.levels[row.agency_id][level] += row.people
        if row.line_id is None:
            continue
        if row.career_grade is not None:
            held.grades[row.line_id][row.career_grade] += row.people
        if row.rank_code:
            held.ranks[row.line_id][row.rank_code] += row.people
        if level:
            held.line_levels[row.line_id][level] += row.people
    return held


def _quotas(found: Establishment, node: Node) -> Iterator[Verdict]:
    for kind, one in found.figures.get(node.id, {}).items():
        if not one.given:
            continue
        reasons = [Reason(N_("Được giao %(quota)s."), str(one.quota.assigned), "", {"quota": one.quota.assigned})]
        if one.passed_on:
            words = N_("Đã phân cho đơn vị trực thuộc %(passed)s, còn lại %(own)s.")
            params = {"passed": one.passed_on, "own": one.own.assigned}
            reasons.append(Reason(words, str(one.own.assigned), "", params))
        words = N_("Có mặt %(present)s: còn %(unused)s, vượt %(over)s.")
        params = {"present": one.own.present, "unused": one.own.unused, "over": one.own.over}
        reasons.append(Reason(words, str(one.own.over), "", params))
        yield Verdict(
            Rule.QUOTA, node.id, None, kind.value, one.own.assigned, one.own.present, one.own.over,
            N_("%(kind)s so với số được giao"), {"kind": QUOTA_LABELS[kind]}, tuple(reasons),
        )  # fmt: skip


def _line(one: LineFigures) -> Iterator[Verdict]:
    figures = one.figures
    if figures.assigned or figures.present:
        words = N_("Vị trí được giao %(seats)s chỗ, có %(present)s người.")
        params = {"seats": figures.assigned, "present": figures.present}
        yield Verdict(
            Rule.LINE, one.line.agency_id, one.line.id, "", figures.assigned, figures.present, figures.over,
            N_("Số chỗ của vị trí “%(position)s”"), {"position": one.line.name},
            (Reason(words, str(figures.over), "", params),),
        )  # fmt: skip


def _grades(
    one: LineFigures, own: Sequence[LineFigures], held: _Held, used: range, law_of_day: Limits, choices: Choices
) -> Iterator[Verdict]:
    line = one.line
    # A management position has no grades of its own: its people count in the position it is attached to (Đ10 k1).
    grades = (used or range(line.grade_min, line.grade_max + 1)) if line.grade_min and line.grade_max else range(0)
    if not grades or "grade_ratio.two_grades" not in law_of_day:
        return
    attached = [other for other in own if other.line.base_position_id == line.position_id]
    managers: dict[int, int] = defaultdict(int)
    for other in attached:
        for grade, people in held.grades.get(other.line.id, {}).items():
            managers[grade] += people
    shares = {
        int(level.removeprefix("grade:")): Decimal(str(share))
        for level, share in line.shares.items()
        if level.startswith("grade:")
    }
    facts = GradeFacts(
        frozenset(grades), one.figures.assigned, held.grades.get(line.id, {}),
        sum(other.figures.assigned for other in attached), managers, shares,
    )  # fmt: skip
    answer = ratios.grade_ratio(facts, law_of_day, choices.rounding, choices.reading)
    for level in answer.levels:
        if level.limit is None:
            continue
        params = {"position": line.name, "grade": level.level.removeprefix("grade:")}
        yield Verdict(
            Rule.GRADE_RATIO, line.agency_id, line.id, level.level, level.limit, level.held, level.over,
            N_("Bậc %(grade)s của vị trí “%(position)s”"), params, (*level.reasons, *answer.reasons),
        )  # fmt: skip


def _shares(one: LineFigures, held: _Held, choices: Choices) -> Iterator[Verdict]:
    shares = {level: Decimal(str(share)) for level, share in one.line.shares.items() if not level.startswith("grade:")}
    if not shares:
        return
    for level in ratios.share_ratio(one.figures.assigned, held.ranks.get(one.line.id, {}), shares, choices.rounding):
        known = law.ranks().get(level.level)
        params = {"rank": known.name if known else level.level, "position": one.line.name}
        yield Verdict(
            Rule.RANK_RATIO, one.line.agency_id, one.line.id, level.level, level.limit, level.held, level.over,
            N_("Ngạch %(rank)s của vị trí “%(position)s”"), params, level.reasons,
        )  # fmt: skip


_SPECIALISED = frozenset({"department", "assembly_office"})
"""Provincial agencies whose posts bound the rank of chuyên viên chính."""


def _agency_ranks(
    found: Establishment, node: Node, held: _Held, law_of_day: Limits, choices: Choices
) -> Iterator[Verdict]:
    one = found.of(node.id, QuotaKind.CIVIL)
    if node.kind not in _SPECIALISED or one is None or not one.given or not one.own.assigned:
        return
    principals = sum(held.levels.get(i, {}).get(ratios.PRINCIPAL, 0) for i in answered(found, node.id))
    yield _ranked(RankRule.AGENCY, node.id, one.own.assigned, principals, law_of_day, choices)


def answered(found: Establishment, agency_id: int, kind: QuotaKind = QuotaKind.CIVIL) -> Sequence[int]:
    """Return the agencies a quota answers for: its own, and those under it without one."""
    return [
        node_id
        for node_id, kinds in found.figures.items()
        if (one := kinds.get(kind)) is not None and one.answers_id == agency_id
    ]


def _ranked(rule: RankRule, agency_id: int, basis: int, held: int, law_of_day: Limits, choices: Choices) -> Verdict:
    level = ratios.rank_ratio(RankFacts(rule, basis, held), law_of_day, choices.rounding)
    return Verdict(
        Rule.RANK_RATIO, agency_id, None, level.level, level.limit, level.held, level.over, RANK_RULE_LABELS[rule], {},
        level.reasons,
    )  # fmt: skip


def deputy_lines(found: Establishment, node_id: int) -> list[LineFigures]:
    """Return the lines of an agency that are posts of deputies."""
    return [one for one in found.lines_of.get(node_id, ()) if (one.line.leadership_post or "").endswith("_deputy")]


def _structure(found: Establishment, node: Node, law_of_day: Limits, choices: Choices) -> Iterator[Verdict]:
    """Judge deputies and size of a division of a sở, deputies of a chi cục."""
    own = found.lines_of.get(node.id, ())
    above = found.nodes.get(node.parent_id) if node.parent_id is not None else None
    if not own:
        return
    deputies = sum(one.figures.present for one in deputy_lines(found, node.id))
    province = choices.province
    if node.kind == "sub_department":
        divisions = sum(one.parent_id == node.id and one.kind == "division" for one in found.nodes.values())
        answer = structure.sub_department_deputies(divisions, deputies, province, law_of_day)
        yield _structured(answer, node, N_("Số cấp phó của chi cục"))
    if node.kind == "division" and above is not None and above.kind == "department":
        posts = sum(one.figures.assigned for one in own if one.line.kind is QuotaKind.CIVIL)
        answer = structure.division_deputies(posts, deputies, province, law_of_day)
        yield _structured(answer, node, N_("Số phó trưởng phòng"))
        yield _structured(
            structure.division_size(posts, province, law_of_day), node, N_("Số biên chế tối thiểu của phòng")
        )


def _structured(answer: structure.Structure, node: Node, words: str) -> Verdict:
    return Verdict(
        answer.rule, node.id, None, "", answer.limit, answer.held, answer.over, words, {}, answer.reasons,
        answer.solve_by,
    )  # fmt: skip


def _province(found: Establishment, root: Node, held: _Held, law_of_day: Limits, choices: Choices) -> Iterator[Verdict]:
    """Judge what is counted over the whole province: deputies of sở, and ranks of deputies of sở and of communes."""
    offices = [node for node in found.nodes.values() if node.kind == "department"]
    deputies = [line for node in offices for line in deputy_lines(found, node.id)]
    heads = [line for line in deputies if line.line.leadership_post in HEADS_OF_SO]
    if heads:
        present = sum(one.figures.present for one in heads)
        departments = len({one.line.agency_id for one in heads})
        answer = structure.department_deputies(departments, present, choices.province, law_of_day)
        yield _structured(answer, root, N_("Số phó giám đốc sở, tính chung"))
        seniors = sum(held.line_levels.get(one.line.id, {}).get(ratios.SENIOR, 0) for one in deputies)
        basis = sum(one.figures.present for one in deputies)
        yield _ranked(RankRule.PROVINCE_DEPUTIES, root.id, basis, seniors, law_of_day, choices)
    commune = [one for one in found.lines.values() if one.line.leadership_post in DEPUTIES_OF_COMMUNE_OFFICES]
    if commune:
        basis = sum(one.figures.present for one in commune)
        principals = sum(held.line_levels.get(one.line.id, {}).get(ratios.PRINCIPAL, 0) for one in commune)
        yield _ranked(RankRule.COMMUNE_DEPUTIES, root.id, basis, principals, law_of_day, choices)


HEADS_OF_SO = frozenset({"department_deputy_director", "province_office_deputy", "province_inspector_deputy"})
"""Posts of deputy heads of sở, counted together over the province."""
DEPUTIES_OF_COMMUNE_OFFICES = frozenset({"commune_division_deputy", "commune_office_deputy", "commune_service_deputy"})
"""Posts of deputy heads of the offices of communes, counted together over the province."""
