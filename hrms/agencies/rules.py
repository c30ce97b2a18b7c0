"""What an agency may be called, where it may stand, and when it may be closed. Pure functions; all problems at once.

Kinds follow the two-tier government in force since 01/7/2025 (Luật Tổ chức chính quyền địa phương 72/2025/QH15): no
district. Codes follow QĐ 20/2020/QĐ-TTg (H13.05.01) and its older form (000.00.05.H13).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum

from hrms.core.rules import N_, Problem

NAME_LENGTH = (2, 300)
FIRST_DAY = date(1945, 9, 2)
"""No agency of the State is older."""


class AgencyKind(StrEnum):
    """What an agency is in the system of government."""

    CENTRAL = "central"
    PROVINCE = "province"
    ASSEMBLY_OFFICE = "assembly_office"
    DEPARTMENT = "department"
    SUB_DEPARTMENT = "sub_department"
    DIVISION = "division"
    SERVICE_UNIT = "service_unit"
    COMMUNE = "commune"
    PARTY = "party"
    MASS_ORGANISATION = "mass_organisation"


K = AgencyKind

KIND_LABELS: dict[AgencyKind, str] = {
    K.CENTRAL: N_("Cơ quan trung ương"),
    K.PROVINCE: N_("UBND tỉnh, thành phố"),
    K.ASSEMBLY_OFFICE: N_("Văn phòng Đoàn ĐBQH và HĐND"),
    K.DEPARTMENT: N_("Sở, cơ quan ngang sở"),
    K.SUB_DEPARTMENT: N_("Chi cục và tương đương"),
    K.DIVISION: N_("Phòng, ban"),
    K.SERVICE_UNIT: N_("Đơn vị sự nghiệp công lập"),
    K.COMMUNE: N_("UBND xã, phường, đặc khu"),
    K.PARTY: N_("Cơ quan Đảng"),
    K.MASS_ORGANISATION: N_("Mặt trận, tổ chức chính trị - xã hội"),
}

STANDS_UNDER: Mapping[AgencyKind, frozenset[AgencyKind | None]] = {
    K.CENTRAL: frozenset({None}),
    K.PROVINCE: frozenset({None, K.CENTRAL}),
    K.ASSEMBLY_OFFICE: frozenset({K.PROVINCE}),
    K.DEPARTMENT: frozenset({K.PROVINCE, K.CENTRAL}),
    K.SUB_DEPARTMENT: frozenset({K.DEPARTMENT}),
    K.DIVISION: frozenset(
        {K.ASSEMBLY_OFFICE, K.DEPARTMENT, K.SUB_DEPARTMENT, K.SERVICE_UNIT, K.COMMUNE, K.PARTY, K.MASS_ORGANISATION}
    ),
    K.SERVICE_UNIT: frozenset(
        {
            K.CENTRAL, K.PROVINCE, K.ASSEMBLY_OFFICE, K.DEPARTMENT, K.SUB_DEPARTMENT, K.SERVICE_UNIT, K.COMMUNE,
            K.PARTY, K.MASS_ORGANISATION,
        }
    ),
    K.COMMUNE: frozenset({K.PROVINCE}),
    K.PARTY: frozenset({K.PROVINCE, K.COMMUNE, K.PARTY}),
    K.MASS_ORGANISATION: frozenset({K.PROVINCE, K.COMMUNE, K.PARTY, K.MASS_ORGANISATION}),
}  # fmt: skip
"""Under which kinds each kind may stand; None is the top of the tree."""


class Sector(StrEnum):
    """What a service unit does; the sector's own ranks and quotas follow from it."""

    EDUCATION = "education"
    HEALTH = "health"
    CULTURE = "culture"
    AGRICULTURE = "agriculture"
    SCIENCE = "science"
    LABOUR = "labour"
    TRANSPORT = "transport"
    OTHER = "other"


SECTOR_LABELS: dict[Sector, str] = {
    Sector.EDUCATION: N_("Giáo dục và đào tạo"),
    Sector.HEALTH: N_("Y tế"),
    Sector.CULTURE: N_("Văn hóa, thể thao, du lịch, truyền thông"),
    Sector.AGRICULTURE: N_("Nông nghiệp và môi trường"),
    Sector.SCIENCE: N_("Khoa học và công nghệ"),
    Sector.LABOUR: N_("Việc làm, xã hội"),
    Sector.TRANSPORT: N_("Xây dựng, giao thông"),
    Sector.OTHER: N_("Lĩnh vực khác"),
}

_CODE = re.compile(r"[A-Z][0-9]{2}(\.[0-9A-Z]{2,3}){0,4}|[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def normal_code(code: str | None) -> str | None:
    """Return a code as it is kept: capitals, no blanks; None for nothing."""
    return "".join((code or "").split()).upper() or None


def check_code(code: str | None) -> list[Problem]:
    """Return what is wrong with an electronic identification code (QĐ 20/2020/QĐ-TTg); None is allowed."""
    if code is None or _CODE.fullmatch(code):
        return []
    text = N_("Mã định danh “%(code)s” không đúng dạng. Hãy nhập như H13, H13.05, H13.05.01 hoặc 000.00.05.H13.")
    return [Problem("code", "bad_code", text, {"code": code[:60]})]


def check_name(name: str) -> list[Problem]:
    """Return what is wrong with an agency's name (already in normal form)."""
    if not name:
        return [Problem("name", "required", N_("Chưa nhập tên cơ quan, đơn vị."))]
    shortest, longest = NAME_LENGTH
    if not shortest <= len(name) <= longest:
        text = N_("Tên “%(name)s…” dài %(length)s ký tự. Hãy nhập từ %(least)s đến %(most)s ký tự.")
        params = {"name": name[:30], "length": str(len(name)), "least": str(shortest), "most": str(longest)}
        return [Problem("name", "name_length", text, params)]
    if not any(letter.isalpha() for letter in name):
        text = N_("Tên “%(name)s” không có chữ cái nào. Hãy nhập tên đầy đủ của cơ quan.")
        return [Problem("name", "name_without_letters", text, {"name": name})]
    return []


def check_email(email: str | None) -> list[Problem]:
    """Return what is wrong with a contact address; None is allowed."""
    if not email or _EMAIL.fullmatch(email):
        return []
    text = N_("Thư điện tử “%(email)s” không đúng dạng. Hãy nhập như vanthu@cantho.gov.vn.")
    return [Problem("email", "bad_email", text, {"email": email[:80]})]


def check_kind(kind: str) -> list[Problem]:
    """Return the problem of a kind that is not in the list."""
    if kind in set(AgencyKind):
        return []
    return [
        Problem("kind", "unknown_kind", N_("Loại cơ quan “%(kind)s” không có trong danh sách."), {"kind": kind[:40]})
    ]


def check_sector(sector: str | None) -> list[Problem]:
    """Return the problem of a sector that is not in the list; None is allowed."""
    if not sector or sector in set(Sector):
        return []
    text = N_("Lĩnh vực “%(sector)s” không có trong danh sách.")
    return [Problem("sector", "unknown_sector", text, {"sector": sector[:40]})]


def check_day(field: str, day: date, *, opened_on: date | None = None) -> list[Problem]:
    """Return what is wrong with the day of a reorganisation: before the State, or before the agency itself."""
    if day < FIRST_DAY:
        text = N_("Ngày %(day)s sớm hơn ngày 02/09/1945. Hãy kiểm tra lại năm.")
        return [Problem(field, "too_early", text, {"day": _shown(day)})]
    if opened_on is not None and day < opened_on:
        text = N_("Ngày %(day)s sớm hơn ngày thành lập %(opened)s của cơ quan. Hãy sửa một trong hai ngày.")
        return [Problem(field, "before_opening", text, {"day": _shown(day), "opened": _shown(opened_on)})]
    return []


def check_placement(kind: str, parent_kind: str | None, parent_name: str = "") -> list[Problem]:
    """Return the problem of a kind that may not stand under its parent's kind (None: the top of the tree)."""
    if check_kind(kind):
        return []
    parent = AgencyKind(parent_kind) if parent_kind else None
    if parent in STANDS_UNDER[AgencyKind(kind)]:
        return []
    if parent is None:
        text = N_("Loại “%(kind)s” phải có cơ quan cấp trên. Hãy chọn cơ quan cấp trên.")
        return [Problem("parent", "needs_parent", text, {"kind": KIND_LABELS[AgencyKind(kind)]})]
    text = N_(
        "Loại “%(kind)s” không đứng dưới “%(parent)s” (%(parent_kind)s). Hãy chọn loại hoặc cơ quan cấp trên khác."
    )
    params = {"kind": KIND_LABELS[AgencyKind(kind)], "parent": parent_name, "parent_kind": KIND_LABELS[parent]}
    return [Problem("parent", "wrong_parent", text, params)]


def check_parent_open(name: str, opened_on: date | None, closed_on: date | None, day: date) -> list[Problem]:
    """Return the problem of a parent that does not exist yet, or ends, while something is to stand under it from `day`.

    `closed_on` is the first day on which the parent no longer exists.
    """
    if opened_on is not None and day < opened_on:
        text = N_("“%(name)s” chỉ được thành lập từ %(opened)s, sau ngày %(day)s. Hãy chọn ngày muộn hơn.")
        return [
            Problem("parent", "parent_not_open", text, {"name": name, "opened": _shown(opened_on), "day": _shown(day)})
        ]
    if closed_on is not None:
        text = N_("“%(name)s” chấm dứt hoạt động từ %(closed)s. Hãy chọn cơ quan cấp trên khác.")
        return [Problem("parent", "parent_closed", text, {"name": name, "closed": _shown(closed_on)})]
    return []


def check_move(
    agency_id: int, parent_id: int | None, name: str, parent_name: str, own_descendants: Collection[int]
) -> list[Problem]:
    """Return the problem of a move under oneself or one's own child.

    `own_descendants` are the ids under the agency at any time from the day of the move on.
    """
    if parent_id is None:
        return []
    if parent_id == agency_id:
        text = N_("“%(name)s” không thể trực thuộc chính mình. Hãy chọn cơ quan cấp trên khác.")
        return [Problem("parent", "own_parent", text, {"name": name})]
    if parent_id in own_descendants:
        text = N_("“%(parent)s” đang hoặc sẽ trực thuộc “%(name)s”, nên không thể làm cấp trên của “%(name)s”.")
        return [Problem("parent", "own_child", text, {"parent": parent_name, "name": name})]
    return []


def check_close(name: str, children: int, people: int, *, merged_into_closed: bool = False) -> list[Problem]:
    """Return what keeps an agency from closing: `children` still open under it and `people` still there that day."""
    problems = []
    if children:
        text = N_(
            "“%(name)s” còn %(count)s đơn vị trực thuộc chưa chuyển đi hoặc chấm dứt. Hãy sắp xếp các đơn vị đó trước."
        )
        problems.append(Problem("closed_on", "open_children", text, {"name": name, "count": str(children)}))
    if people:
        text = N_("“%(name)s” còn %(count)s người. Hãy ghi quyết định chuyển những người này trước.")
        problems.append(Problem("closed_on", "people_there", text, {"name": name, "count": str(people)}))
    if merged_into_closed:
        text = N_("Đơn vị nhận sáp nhập không còn hoạt động vào ngày đó. Hãy chọn đơn vị khác.")
        problems.append(Problem("merged_into", "merged_into_closed", text))
    return problems


def _shown(day: date) -> str:
    return f"{day:%d/%m/%Y}"
