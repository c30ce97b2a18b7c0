"""What a line of an establishment may be: a position in force that fits the kind of agency, with what it needs beside.

The catalogues are those of NĐ 361/2025/NĐ-CP for công chức (commune level has its own) and NĐ 232/2026/NĐ-CP for
viên chức of service units; a viên chức manager keeps the grade of the position theirs is attached to (Đ5 k5c, Đ7 k4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hrms.core.rules import N_, Problem
from hrms.positions.rules.kinds import CATALOGUE_LABELS, Catalogue

C = Catalogue
_CIVIL = frozenset(
    {"central", "province", "assembly_office", "department", "sub_department", "party", "mass_organisation"}
)
_PUBLIC = frozenset({"service_unit", "party", "mass_organisation"})
FITS: Mapping[Catalogue, frozenset[str] | None] = {
    C.CIVIL_LEADERSHIP: _CIVIL,
    C.CIVIL_SPECIALISED: _CIVIL,
    C.CIVIL_SUPPORT: _CIVIL,
    C.CIVIL_ASSEMBLY: frozenset({"assembly_office"}),
    C.CIVIL_COMMUNE: frozenset({"commune"}),
    C.PUBLIC_MANAGEMENT: _PUBLIC,
    C.PUBLIC_PROFESSIONAL: _PUBLIC,
    C.PUBLIC_SUPPORT: _PUBLIC,
    C.CONTRACT_SUPPORT: None,
}
"""In which kinds of agency each catalogue is used; a division is what it belongs to; None: everywhere."""


@dataclass(frozen=True, slots=True)
class Position:
    """A position as the checks need it."""

    id: int
    name: str
    catalogue: Catalogue
    active: bool
    keeps_base_grade: bool
    valid_from: date | None = None
    valid_to: date | None = None

    def stands(self, day: date) -> bool:
        """Say whether the catalogue has it on a day."""
        begun = self.valid_from is None or self.valid_from <= day
        return self.active and begun and (self.valid_to is None or day < self.valid_to)


def check_line(position: Position, agency: str, office_kind: str, day: date) -> list[Problem]:
    """Return why an agency may not open a line of a position; `office_kind` is its kind, a division's that above it."""
    params = {
        "position": position.name,
        "agency": agency,
        "day": day,
        "catalogue": CATALOGUE_LABELS[position.catalogue],
    }
    found = []
    if not position.stands(day):
        text = N_("“%(position)s” không có trong danh mục vào ngày %(day)s. Hãy chọn vị trí khác hoặc ngày khác.")
        found.append(Problem("position_id", "position_not_in_force", text, params))
    fits = FITS[position.catalogue]
    if fits is not None and office_kind not in fits:
        text = N_(
            "“%(position)s” thuộc danh mục “%(catalogue)s”, không dùng cho %(agency)s."
            " Hãy chọn vị trí của danh mục khác."
        )
        found.append(Problem("position_id", "wrong_catalogue", text, params))
    return found


def check_base(position: Position, base: Position | None, day: date) -> list[Problem]:
    """Return what is wrong with the position that a manager's is attached to."""
    if not position.keeps_base_grade:
        if base is None:
            return []
        text = N_("“%(position)s” không gắn với vị trí chuyên môn nào. Hãy bỏ chọn vị trí gắn kèm.")
        return [Problem("base_position_id", "base_not_used", text, {"position": position.name})]
    if base is None:
        text = N_("“%(position)s” phải gắn với một vị trí chuyên môn hoặc hỗ trợ. Hãy chọn vị trí đó.")
        return [Problem("base_position_id", "base_required", text, {"position": position.name})]
    if base.catalogue not in {C.PUBLIC_PROFESSIONAL, C.PUBLIC_SUPPORT} or base.keeps_base_grade or not base.stands(day):
        text = N_("“%(base)s” không phải vị trí chuyên môn, hỗ trợ đang áp dụng của viên chức. Hãy chọn vị trí khác.")
        return [Problem("base_position_id", "base_unfit", text, {"base": base.name})]
    return []
