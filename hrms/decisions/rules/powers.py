"""Who proposes, appraises and signs: the row of the decentralisation table that fits a person, and what it names.

Sources of the seeded rows: NĐ 170/2025/NĐ-CP, NĐ 300/2026/NĐ-CP Đ31, Đ34 (pay, leaving and retirement sit with the
using agency from 01/8/2026); the province edits the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hrms.core.rules import N_


class Party(StrEnum):
    """An agency as it stands to the person: where the row looks for the one who acts."""

    USING = "using"
    MANAGING = "managing"
    ABOVE_USING = "above_using"
    ABOVE_MANAGING = "above_managing"
    PROVINCE = "province"
    HOME_AFFAIRS = "home_affairs"


PARTY_LABELS: dict[Party, str] = {
    Party.USING: N_("Cơ quan sử dụng"),
    Party.MANAGING: N_("Cơ quan quản lý"),
    Party.ABOVE_USING: N_("Cấp trên trực tiếp của cơ quan sử dụng"),
    Party.ABOVE_MANAGING: N_("Cấp trên trực tiếp của cơ quan quản lý"),
    Party.PROVINCE: N_("UBND tỉnh, thành phố"),
    Party.HOME_AFFAIRS: N_("Sở Nội vụ"),
}


class PostGroup(StrEnum):
    """The kind of post held, or to be given: what decentralisation goes by."""

    AGENCY_HEAD = "agency_head"
    AGENCY_DEPUTY = "agency_deputy"
    DIVISION_HEAD = "division_head"
    DIVISION_DEPUTY = "division_deputy"
    NONE = "none"


POST_GROUP_LABELS: dict[PostGroup, str] = {
    PostGroup.AGENCY_HEAD: N_("Người đứng đầu cơ quan"),
    PostGroup.AGENCY_DEPUTY: N_("Cấp phó người đứng đầu cơ quan"),
    PostGroup.DIVISION_HEAD: N_("Cấp trưởng phòng và tương đương"),
    PostGroup.DIVISION_DEPUTY: N_("Cấp phó phòng và tương đương"),
    PostGroup.NONE: N_("Không giữ chức vụ"),
}


class Capacity(StrEnum):
    """In whose name one signs (NĐ 30/2020/NĐ-CP, annex I, II.7); empty: the head of the agency."""

    HEAD = ""
    COLLECTIVE = "TM."
    DEPUTY = "KT."
    BY_ORDER = "TL."
    AUTHORISED = "TUQ."
    ACTING = "Q."


CAPACITY_LABELS: dict[Capacity, str] = {
    Capacity.HEAD: N_("người đứng đầu"),
    Capacity.COLLECTIVE: N_("thay mặt (TM.)"),
    Capacity.DEPUTY: N_("ký thay (KT.)"),
    Capacity.BY_ORDER: N_("thừa lệnh (TL.)"),
    Capacity.AUTHORISED: N_("thừa ủy quyền (TUQ.)"),
    Capacity.ACTING: N_("quyền (Q.)"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """What decentralisation asks of one person: which action, on which day, who they are, where they belong."""

    action: str
    on: date
    person_kind: str | None
    post_group: str
    rank_code: str | None
    managing_kind: str | None
    using_kind: str | None
    managing_agency_id: int | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table as the rule reads it; None in a condition is any."""

    id: int
    action: str | None
    person_kind: str | None
    post_group: str | None
    rank_code: str | None
    managing_kind: str | None
    using_kind: str | None
    managing_agency_id: int | None
    proposes: Party
    appraises: Party | None
    signs: Party
    valid_from: date
    valid_to: date | None
    source: str


_WEIGHT = {
    "managing_agency_id": 64, "action": 32, "post_group": 16, "person_kind": 8, "rank_code": 4, "using_kind": 2,
    "managing_kind": 1,
}  # fmt: skip
"""An agency's own row goes first, then one for the very action, the post, and so on down."""


def fits(rule: Rule, case: Case) -> bool:
    """Say whether a row holds for the case on its day."""
    if not (rule.valid_from <= case.on and (rule.valid_to is None or case.on < rule.valid_to)):
        return False
    return all(getattr(rule, name) in {None, getattr(case, name)} for name in _WEIGHT)


def weight(rule: Rule) -> int:
    """Return how closely a row is drawn: the sum of its conditions' weights."""
    return sum(points for name, points in _WEIGHT.items() if getattr(rule, name) is not None)


def rule_for(case: Case, rules: Iterable[Rule]) -> Rule | None:
    """Return the row that holds: the most closely drawn one that fits, of two alike the younger; None without any."""
    return max(
        (rule for rule in rules if fits(rule, case)), key=lambda r: (weight(r), r.valid_from, r.id), default=None
    )
