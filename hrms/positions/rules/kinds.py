"""The closed lists of the domain: groups, quotas, roles of a seat, outcomes of fitness."""

from __future__ import annotations

from enum import StrEnum

from hrms.core.rules import N_


class PositionGroup(StrEnum):
    """Nhóm vị trí việc làm."""

    LEADERSHIP = "leadership"
    PROFESSIONAL = "professional"
    SUPPORT = "support"


GROUP_LABELS: dict[PositionGroup, str] = {
    PositionGroup.LEADERSHIP: N_("Lãnh đạo, quản lý"),
    PositionGroup.PROFESSIONAL: N_("Nghiệp vụ chuyên môn"),
    PositionGroup.SUPPORT: N_("Hỗ trợ, phục vụ"),
}


class QuotaKind(StrEnum):
    """Which quota a seat counts against; the two quotas are never added, contract labour stands outside both."""

    CIVIL = "civil"
    PUBLIC = "public"
    CONTRACT = "contract"


QUOTA_LABELS: dict[QuotaKind, str] = {
    QuotaKind.CIVIL: N_("Biên chế công chức"),
    QuotaKind.PUBLIC: N_("Biên chế viên chức"),
    QuotaKind.CONTRACT: N_("Lao động hợp đồng"),
}


class Catalogue(StrEnum):
    """The catalogues a position comes from."""

    CIVIL_LEADERSHIP = "civil_leadership"
    CIVIL_SPECIALISED = "civil_specialised"
    CIVIL_SUPPORT = "civil_support"
    CIVIL_ASSEMBLY = "civil_assembly"
    CIVIL_COMMUNE = "civil_commune"
    PUBLIC_MANAGEMENT = "public_management"
    PUBLIC_PROFESSIONAL = "public_professional"
    PUBLIC_SUPPORT = "public_support"
    CONTRACT_SUPPORT = "contract_support"


CATALOGUE_LABELS: dict[Catalogue, str] = {
    Catalogue.CIVIL_LEADERSHIP: N_("Công chức: lãnh đạo, quản lý"),
    Catalogue.CIVIL_SPECIALISED: N_("Công chức: nghiệp vụ chuyên ngành"),
    Catalogue.CIVIL_SUPPORT: N_("Công chức: hỗ trợ, phục vụ"),
    Catalogue.CIVIL_ASSEMBLY: N_("Công chức: Văn phòng Đoàn ĐBQH và HĐND"),
    Catalogue.CIVIL_COMMUNE: N_("Công chức: cấp xã"),
    Catalogue.PUBLIC_MANAGEMENT: N_("Viên chức: quản lý"),
    Catalogue.PUBLIC_PROFESSIONAL: N_("Viên chức: chuyên môn, nghiệp vụ"),
    Catalogue.PUBLIC_SUPPORT: N_("Viên chức: hỗ trợ"),
    Catalogue.CONTRACT_SUPPORT: N_("Hợp đồng: hỗ trợ, phục vụ"),
}

KIND_OF: dict[Catalogue, QuotaKind] = {
    one: QuotaKind.CIVIL if one.startswith("civil_") else QuotaKind.PUBLIC if one.startswith("public_")
    else QuotaKind.CONTRACT
    for one in Catalogue
}  # fmt: skip
"""Which quota the positions of a catalogue count against."""
GROUPS_OF: dict[Catalogue, frozenset[PositionGroup]] = {
    Catalogue.CIVIL_LEADERSHIP: frozenset({PositionGroup.LEADERSHIP}),
    Catalogue.CIVIL_SPECIALISED: frozenset({PositionGroup.PROFESSIONAL}),
    Catalogue.CIVIL_SUPPORT: frozenset({PositionGroup.SUPPORT}),
    Catalogue.CIVIL_ASSEMBLY: frozenset(PositionGroup),
    Catalogue.CIVIL_COMMUNE: frozenset(PositionGroup),
    Catalogue.PUBLIC_MANAGEMENT: frozenset({PositionGroup.LEADERSHIP}),
    Catalogue.PUBLIC_PROFESSIONAL: frozenset({PositionGroup.PROFESSIONAL}),
    Catalogue.PUBLIC_SUPPORT: frozenset({PositionGroup.SUPPORT}),
    Catalogue.CONTRACT_SUPPORT: frozenset({PositionGroup.SUPPORT}),
}
"""The groups a position of a catalogue may be of."""


class SeatRole(StrEnum):
    """How somebody holds a seat."""

    MAIN = "main"
    CONCURRENT = "concurrent"
    ACTING = "acting"
    IN_CHARGE = "in_charge"
    SECONDED = "seconded"


ROLE_LABELS: dict[SeatRole, str] = {
    SeatRole.MAIN: N_("Chính"),
    SeatRole.CONCURRENT: N_("Kiêm nhiệm"),
    SeatRole.ACTING: N_("Giao quyền"),
    SeatRole.IN_CHARGE: N_("Phụ trách"),
    SeatRole.SECONDED: N_("Biệt phái đến"),
}

TAKES_SEAT: frozenset[SeatRole] = frozenset({SeatRole.MAIN, SeatRole.CONCURRENT})
"""Who does another's work for a while leaves the seat free: giao quyền, phụ trách, biệt phái."""


class FitOutcome(StrEnum):
    """What was confirmed of a person against the frame of a seat."""

    MET = "met"
    TRAIN = "train"
    UNMET = "unmet"


FIT_LABELS: dict[FitOutcome, str] = {
    FitOutcome.MET: N_("Đủ"),
    FitOutcome.TRAIN: N_("Thiếu, cần bồi dưỡng"),
    FitOutcome.UNMET: N_("Không đủ"),
}
