"""The closed lists of the record: sex, kind of person, employment status, kind of membership.

The values are what the database, the API and workbooks hold; the labels are Vietnamese message ids. Catalogues that
the law or the province may lengthen are data (`seed/catalogues`), not enums.
"""

from __future__ import annotations

from enum import StrEnum

from hrms.core.rules import N_


class Sex(StrEnum):
    """Giới tính as written in the record."""

    MALE = "male"
    FEMALE = "female"

    @property
    def letter(self) -> str:
        """Return "M" or "F", as `hrms explain retirement --sex` and the catalogues write it."""
        return "M" if self is Sex.MALE else "F"


class PersonKind(StrEnum):
    """Loại: which law the person serves under (Luật 80/2025, Luật 129/2025; contracts NĐ 173/2025, NĐ 235/2026)."""

    CADRE = "cadre"
    CIVIL_SERVANT = "civil_servant"
    PUBLIC_EMPLOYEE = "public_employee"
    CONTRACT = "contract"
    PART_TIME = "part_time"


class EmploymentStatus(StrEnum):
    """Tình trạng công tác. Absences and secondments are registers of their own; probation stays for older data."""

    SERVING = "serving"
    PROBATION = "probation"
    SUSPENDED = "suspended"
    LEFT = "left"
    RETIRED = "retired"
    DECEASED = "deceased"


class MembershipKind(StrEnum):
    """How a person belongs to an agency for a while; every kind lets that agency see the person."""

    MANAGING = "managing"
    USING = "using"
    SECONDED_IN = "seconded_in"
    CONCURRENT = "concurrent"


SEX_LABELS: dict[Sex, str] = {Sex.MALE: N_("Nam"), Sex.FEMALE: N_("Nữ")}

KIND_LABELS: dict[PersonKind, str] = {
    PersonKind.CADRE: N_("Cán bộ"),
    PersonKind.CIVIL_SERVANT: N_("Công chức"),
    PersonKind.PUBLIC_EMPLOYEE: N_("Viên chức"),
    PersonKind.CONTRACT: N_("Hợp đồng lao động"),
    PersonKind.PART_TIME: N_("Người hoạt động không chuyên trách"),
}

STATUS_LABELS: dict[EmploymentStatus, str] = {
    EmploymentStatus.SERVING: N_("Đang công tác"),
    EmploymentStatus.PROBATION: N_("Tập sự"),
    EmploymentStatus.SUSPENDED: N_("Tạm đình chỉ công tác"),
    EmploymentStatus.LEFT: N_("Thôi việc, chuyển đi"),
    EmploymentStatus.RETIRED: N_("Nghỉ hưu"),
    EmploymentStatus.DECEASED: N_("Đã mất"),
}

MEMBERSHIP_LABELS: dict[MembershipKind, str] = {
    MembershipKind.MANAGING: N_("Cơ quan quản lý"),
    MembershipKind.USING: N_("Cơ quan sử dụng"),
    MembershipKind.SECONDED_IN: N_("Biệt phái đến"),
    MembershipKind.CONCURRENT: N_("Kiêm nhiệm"),
}

IN_SERVICE: frozenset[EmploymentStatus] = frozenset(
    {EmploymentStatus.SERVING, EmploymentStatus.PROBATION, EmploymentStatus.SUSPENDED}
)
"""The statuses in which a person is on the rolls: counted in lists, due for raises and retirement."""
