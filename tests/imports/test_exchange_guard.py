"""The exchange workbook holds a guarded column only where its permission reaches everybody in it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from hrms.core import scope
from hrms.core.actor import Actor, Grant
from hrms.core.permissions import Permission, Role
from hrms.core.unit import transaction
from hrms.imports.services.exchange import agency_by_code, export_people
from tests.province import Province


def _headers(path: Path) -> set[str]:
    return {str(cell.value) for cell in openpyxl.load_workbook(path).worksheets[0][1]}


@pytest.mark.parametrize(("code", "guarded"), [(None, False), ("H13.09", True), ("H13.40", False)])
def test_two_roles_do_not_lend_each_other_their_rights(
    province: Province, tmp_path: Path, code: str | None, guarded: bool
) -> None:
    actor = Actor(
        account_id=province.accounts["tochuc"],
        name="tochuc",
        grants=(Grant(Role.HR_AGENCY, province.agencies["B"]), Grant(Role.HEAD, province.agencies["C"])),
    )
    scope.enter_for(actor, Permission.PEOPLE_EXPORT)
    path = tmp_path / "out.xlsx"
    with transaction():
        rows = export_people(actor, path, agency=agency_by_code(code) if code else None)
    assert rows == {None: 8, "H13.09": 4, "H13.40": 4}[code]
    assert ("Dân tộc" in _headers(path)) is guarded
    sheet = openpyxl.load_workbook(path).worksheets[0]
    at = [str(cell.value) for cell in sheet[1]].index("Số định danh cá nhân")
    numbers = [str(row[at]) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert any(number.isdigit() and len(number) == 12 for number in numbers) is guarded
