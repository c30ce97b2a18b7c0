"""Known faults for the rows of a list: what is written wrong, in which column, and what a reader must say of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

Cells = dict[str, Any]


class FaultKind(NamedTuple):
    """A kind of fault: the problem's code, the column it must be found in, what it needs, how it is made."""

    code: str
    key: str
    needs: tuple[str, ...]
    spoil: Callable[[Cells, dict[str, Any]], None]


def _set(key: str, value: Any) -> Callable[[Cells, dict[str, Any]], None]:
    def spoil(cells: Cells, _facts: dict[str, Any]) -> None:
        cells[key] = value

    return spoil


def _short_id(cells: Cells, facts: dict[str, Any]) -> None:
    cells["national_id"] = facts["national_id"][1:]


def _letters_in_id(cells: Cells, facts: dict[str, Any]) -> None:
    cells["national_id"] = facts["national_id"][:8] + "O" + facts["national_id"][9:]


def _other_sex(cells: Cells, facts: dict[str, Any]) -> None:
    number = facts["national_id"]
    cells["national_id"] = number[:3] + str(int(number[3]) ^ 1) + number[4:]


def _other_year(cells: Cells, facts: dict[str, Any]) -> None:
    number = facts["national_id"]
    cells["national_id"] = f"{number[:4]}{(int(number[4:6]) + 1) % 100:02d}{number[6:]}"


def _no_such_day(cells: Cells, facts: dict[str, Any]) -> None:
    cells["birth_date"] = f"30/02/{facts['birth_date'][:4]}"


def _off_scale(cells: Cells, facts: dict[str, Any]) -> None:
    cells["coefficient"] = f"{facts['coefficient'] + Decimal('0.01'):.2f}".replace(".", ",")


def _recruited_before_birth(cells: Cells, facts: dict[str, Any]) -> None:
    cells["recruited_on"] = f"15/09/{int(facts['birth_date'][:4]) - 3}"


def _too_soon_official(cells: Cells, facts: dict[str, Any]) -> None:
    year, month, day = facts["party_joined_on"].split("-")
    cells["party_official_on"] = f"{day}/{month}/{year}"


FAULTS: tuple[FaultKind, ...] = (
    FaultKind("id_lost_zero", "national_id", ("national_id",), _short_id),
    FaultKind("id_not_digits", "national_id", ("national_id",), _letters_in_id),
    FaultKind("id_sex_mismatch", "national_id", ("national_id",), _other_sex),
    FaultKind("id_year_mismatch", "national_id", ("national_id",), _other_year),
    FaultKind("no_such_day", "birth_date", ("birth_date",), _no_such_day),
    FaultKind("missing", "full_name", (), _set("full_name", None)),
    FaultKind("too_long", "full_name", (), _set("full_name", "Nguyễn " + "Văn " * 1_250)),
    FaultKind("formula", "full_name", (), _set("full_name", "=cmd|' /C calc'!A0")),
    FaultKind("not_a_sex", "sex", (), _set("sex", "Không rõ")),
    FaultKind("unknown_value", "kind", (), _set("kind", "Cộng tác viên")),
    FaultKind("unknown_value", "using_agency", (), _set("using_agency", "H13.999")),
    FaultKind("unknown_value", "rank", ("rank",), _set("rank", "99.999")),
    FaultKind("out_of_bounds", "step", ("step",), _set("step", 17)),
    FaultKind("not_a_number", "coefficient", ("coefficient",), _set("coefficient", "hai phẩy ba")),
    FaultKind("coefficient_not_in_scale", "coefficient", ("coefficient",), _off_scale),
    FaultKind("dates_out_of_order", "recruited_on", ("recruited_on", "birth_date"), _recruited_before_birth),
    FaultKind(
        "party_official_too_soon", "party_official_on", ("party_joined_on", "party_official_on"), _too_soon_official
    ),
)
"""The faults, dealt out in turn."""
