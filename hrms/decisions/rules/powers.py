"""Who proposes, appraises and signs: the row of the decentralisation table that fits a person, and what it names.

Sources of the seeded rows: NĐ 170/2025/NĐ-CP, NĐ 300/2026/NĐ-CP Đ31, Đ34 (pay, leaving and retirement sit with the
using agency from 01/8/2026); the province edits the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hrms.core.rules import N_, Problem


class Party(StrEnum):
    """An agency as it stands to the person: where the row looks for the one who acts."""

    USING = "using"
    MANAGING = "managing"
    ABOVE_USING = "above_using"
    ABOVE_MANAGING = "above_managing"
    PROVINCE = "province"
    HOME_AFFAIRS = "home_affairs"


ACTION_LABELS: dict[str, str] = {
    "recruitment": N_("Tuyển dụng"),
    "work_contract": N_("Hợp đồng làm việc"),
    "reception": N_("Tiếp nhận"),
    "appointment": N_("Bổ nhiệm"),
    "appointment_elsewhere": N_("Bổ nhiệm từ nguồn nhân sự nơi khác"),
    "acting": N_("Giao quyền, giao phụ trách"),
    "reappointment": N_("Bổ nhiệm lại"),
    "prolonging": N_("Kéo dài thời gian giữ chức vụ"),
    "concurrent": N_("Giao kiêm nhiệm"),
    "relief": N_("Từ chức, miễn nhiệm, thôi giữ chức vụ"),
    "transfer": N_("Điều động"),
    "rotation": N_("Luân chuyển"),
    "secondment": N_("Biệt phái"),
    "secondment_end": N_("Thôi biệt phái"),
    "leaving": N_("Thôi việc"),
    "retirement_notice": N_("Thông báo nghỉ hưu"),
    "retirement": N_("Nghỉ hưu"),
    "step_raise": N_("Nâng bậc lương"),
    "beyond_scale": N_("Phụ cấp thâm niên vượt khung"),
    "correction": N_("Đính chính quyết định"),
    "cancellation": N_("Hủy bỏ quyết định"),
}
"""The actions the table can tell apart; a registered kind of decision (`decisions.kinds`) adds its own words."""

PERSON_KIND_LABELS: dict[str, str] = {
    "cadre": N_("Cán bộ"),
    "civil_servant": N_("Công chức"),
    "public_employee": N_("Viên chức"),
    "contract": N_("Hợp đồng lao động"),
    "part_time": N_("Người hoạt động không chuyên trách"),
}
"""The kinds of person as the records keep them."""

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
    using_agency_id: int | None = None


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


CONDITIONS = tuple(_WEIGHT)
"""What a row may ask of a case, in the order it counts."""
SOURCE_LENGTH, NOTE_LENGTH = 300, 500


def check_rule(values: Mapping[str, Any], *, actions: Collection[str], agency_kinds: Collection[str]) -> list[Problem]:
    """Return what is wrong with a row as typed: `values` by column; the lists are those of the program."""
    found = [
        Problem(name, "unknown_code", N_("“%(value)s” không có trong danh sách. Hãy chọn lại."), {"value": value})
        for name, known in (
            ("action", actions), ("person_kind", PERSON_KIND_LABELS), ("post_group", set(PostGroup)),
            ("managing_kind", agency_kinds), ("using_kind", agency_kinds), ("proposes", set(Party)),
            ("appraises", set(Party)), ("signs", set(Party)),
        )
        if (value := values.get(name)) and value not in known
    ]  # fmt: skip
    for name, text in (
        ("proposes", N_("Chưa chọn cơ quan trình.")),
        ("signs", N_("Chưa chọn cơ quan ký.")),
        ("source", N_("Chưa nhập căn cứ. Ví dụ: Quyết định 15/2026/QĐ-UBND của UBND tỉnh về phân cấp.")),
        ("valid_from", N_("Chưa nhập ngày bắt đầu.")),
    ):
        if not values.get(name):
            found.append(Problem(name, "required", text))
    for name, most in (("source", SOURCE_LENGTH), ("note", NOTE_LENGTH)):
        if len(values.get(name) or "") > most:
            text = N_("Nội dung dài quá %(most)s ký tự. Hãy rút gọn.")
            found.append(Problem(name, "too_long", text, {"most": str(most)}))
    return found


def same_conditions(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Say whether two rows are for the very same cases, whatever they name."""
    return all(one.get(name) == other.get(name) for name in CONDITIONS)
