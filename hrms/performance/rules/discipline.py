"""For which year and agency a discipline makes the class "không hoàn thành": NĐ 335/2025/NĐ-CP Đ11; NĐ 233 Đ14. Pure.

Use `Discipline`, `count` → `Counted`, `counts_in`. One act counts for one year only: party and administrative
discipline of one act that take effect in different years count in the first; a year already rated so for the act is
not followed by another; an act done in a former agency counts for the result of that agency.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hrms.core.rules import N_, Reason
from hrms.performance.rules.formula import Decree

SOURCES: dict[Decree, str] = {Decree.CIVIL: "NĐ 335/2025/NĐ-CP Đ11", Decree.PUBLIC: "NĐ 233/2026/NĐ-CP Đ14"}


class DisciplineKind(StrEnum):
    """Who disciplines."""

    PARTY = "party"
    ADMINISTRATIVE = "administrative"


DISCIPLINE_LABELS: dict[DisciplineKind, str] = {
    DisciplineKind.PARTY: N_("Kỷ luật đảng"),
    DisciplineKind.ADMINISTRATIVE: N_("Kỷ luật hành chính"),
}


@dataclass(frozen=True, slots=True)
class Discipline:
    """One decision: `act` is the same for decisions about one act; agencies are codes, "" where not known.

    `for_duty` says it was for a violation in duty or for degeneration; others do not make the class.
    `counted_year` is a year that was already rated "không hoàn thành" for this act.
    """

    act: str
    kind: DisciplineKind
    effective_on: date
    violation_year: int | None = None
    violated_in: str = ""
    decided_in: str = ""
    for_duty: bool = True
    counted_year: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """The one year for which an act counts, the agency whose result it is ("" not known), and why."""

    act: str
    year: int
    agency: str
    already: bool
    reasons: tuple[Reason, ...]


def count(facts: Iterable[Discipline], decree: Decree = Decree.CIVIL) -> list[Counted]:
    """Return each act with the year and agency it counts for; acts that have to do with no duty are left out."""
    acts: dict[str, list[Discipline]] = {}
    for one in facts:
        if one.for_duty:
            acts.setdefault(one.act, []).append(one)
    return [
        _counted(act, sorted(decisions, key=lambda one: one.effective_on), SOURCES[decree])
        for act, decisions in acts.items()
    ]


def _counted(act: str, decisions: list[Discipline], source: str) -> Counted:
    first = decisions[0]
    agency = next((one.violated_in for one in decisions if one.violated_in), first.decided_in)
    before = [one.counted_year for one in decisions if one.counted_year is not None]
    if before:
        text = N_("Năm %(year)s đã xếp loại không hoàn thành nhiệm vụ vì hành vi này: không tính thêm vào năm khác.")
        return Counted(act, min(before), agency, True, (_tell(text, min(before), source),))
    year = first.effective_on.year
    text = N_("%(kind)s có hiệu lực ngày %(day)s vì vi phạm công vụ hoặc suy thoái: tính vào năm %(year)s.")
    reasons = [_tell(text, year, source, {"kind": DISCIPLINE_LABELS[first.kind], "day": first.effective_on})]
    moved = bool(first.violated_in and first.decided_in and first.violated_in != first.decided_in)
    if moved:
        year = first.violation_year or year
        text = N_("Vi phạm ở cơ quan cũ, cơ quan mới xử lý: tính vào kết quả năm %(year)s của cơ quan cũ %(agency)s.")
        reasons.append(_tell(text, year, source, {"agency": first.violated_in}))
    if len({one.effective_on.year for one in decisions}) > 1:
        text = N_("Một hành vi bị kỷ luật đảng và kỷ luật hành chính ở các năm khác nhau: chỉ tính năm %(year)s "
                  "(quyết định có hiệu lực trước).")  # fmt: skip
        reasons.append(_tell(text, year, source))
    return Counted(act, year, agency, False, tuple(reasons))


def _tell(text: str, year: int, source: str, params: dict[str, object] | None = None) -> Reason:
    return Reason(text, str(year), source, {**(params or {}), "year": str(year)})


def counts_in(facts: Iterable[Discipline], year: int, decree: Decree = Decree.CIVIL) -> tuple[Reason, ...]:
    """Return why the class of `year` is "không hoàn thành", () when no act counts for it."""
    return tuple(reason for one in count(facts, decree) if one.year == year for reason in one.reasons)
