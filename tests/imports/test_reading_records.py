"""Reading rows: what only the row as a whole can tell, and whole files down to their records."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hrms.core.dates import PartialDate
from hrms.imports.reading.fields import PEOPLE, SHEETS, Kind, Unknown
from hrms.imports.reading.files import open_workbook
from hrms.imports.reading.headers import Column, DataRow, TableReader
from hrms.imports.reading.layouts import GROUP_COLUMN, columns_of, recognise
from hrms.imports.reading.records import Record, RecordReader
from hrms.people.rules.kinds import Sex
from tests.imports import workbooks as make
from tests.imports.readings import CONTEXT, TODAY

COLUMNS = (
    Column(0, "Họ và tên"),
    Column(1, "Ngày sinh / Nam"),
    Column(2, "Ngày sinh / Nữ"),
    Column(3, "Mã ngạch"),
    Column(4, "Tên ngạch"),
    Column(5, "Mã đơn vị"),
    Column(6, "Tên đơn vị"),
    Column(GROUP_COLUMN, "nhóm"),
)
MAPPING = {
    0: "full_name",
    1: "birth_date_male",
    2: "birth_date_female",
    3: "rank_code",
    4: "rank_name",
    5: "using_agency_code",
    6: "using_agency",
    GROUP_COLUMN: "unit_name",
}


def record(*cells: Any, group: str = "", defaults: dict[str, Any] | None = None) -> Record:
    return RecordReader(PEOPLE, COLUMNS, MAPPING, CONTEXT, defaults).read(DataRow(7, list(cells), group))


def test_the_birth_date_in_the_column_of_the_sex() -> None:
    found = record("Nguyễn Văn A", "03/05/1980", "")
    assert (found.number, found.values) == (
        7,
        {"full_name": "Nguyễn Văn A", "sex": Sex.MALE, "birth_date": PartialDate(1980, 5, 3)},
    )
    assert record("A", "", 1985).values["birth_date"] == PartialDate(1985)
    assert record("A", "", 1985).values["sex"] is Sex.FEMALE
    assert [p.code for p in record("A", 1980, 1985).problems] == ["both_sexes"]
    assert [p.code for p in record("A", "30/02/1980", "").problems] == ["no_such_day"]


def test_a_cross_in_the_column_of_the_sex_gives_the_sex_only() -> None:
    found = RecordReader(PEOPLE, (*COLUMNS, Column(8, "Số hiệu")), {**MAPPING, 8: "staff_code"}, CONTEXT).read(
        DataRow(1, ["A", "", "x", "", "", "", "", "", "CT1"])
    )
    assert (found.values, found.problems) == ({"full_name": "A", "sex": Sex.FEMALE, "staff_code": "CT1"}, [])


def test_code_and_name_become_one_value() -> None:
    base = ("A", 1980, "")
    assert record(*base, "01.003", "Chuyên viên").values["rank"] == "01.003"
    assert record(*base, "", "Chuyên viên").values["rank"] == "01.003"
    known_code = record(*base, "", "", "H13.05", "Tên cũ của sở")
    assert (known_code.values["using_agency"], known_code.problems) == ("H13.05", [])
    assert record(*base, "", "", "H99", "Sở Nội vụ").refused
    differ = record(*base, "01.003", "Chuyên viên chính")
    assert [p.code for p in differ.problems] == ["code_and_name_differ"]
    assert "rank" not in differ.values


def test_short_rows_groups_and_defaults() -> None:
    found = record("A", 1980, group="Phòng Tổ chức", defaults={"status": "serving", "full_name": "B"})
    assert found.values == {
        "full_name": "A",
        "sex": Sex.MALE,
        "birth_date": PartialDate(1980),
        "unit_name": "Phòng Tổ chức",
        "status": "serving",
    }


def test_what_a_row_must_have() -> None:
    assert [p.code for p in record("", 1980, "").problems] == ["missing"]
    assert [p.code for p in record("A").problems] == ["missing_key"]
    assert [p.code for p in record("=A1", 1980).problems] == ["formula"]


def test_every_sheet_reads_its_own_rows() -> None:
    pay = SHEETS["pay_history"]
    columns = tuple(Column(n, field.label_vi) for n, field in enumerate(pay.fields))
    mapping = {n: field.key for n, field in enumerate(pay.fields)}
    reader = RecordReader(pay, columns, mapping, CONTEXT)
    found = reader.read(DataRow(2, ["CT1", "", "04/2020", "", "01.003", "3/9", "3,00", "100"]))
    assert found.values == {
        "staff_code": "CT1",
        "valid_from": PartialDate(2020, 4),
        "rank": "01.003",
        "step": 3,
        "coefficient": Decimal("3.00"),
        "pay_percent": Decimal("100.00"),
    }
    assert [p.field for p in reader.read(DataRow(3, ["", "", ""])).problems] == ["staff_code", "valid_from"]


def test_catalogue_fields_name_a_catalogue_and_needed_ones_are_refused() -> None:
    for sheet in SHEETS.values():
        for field in sheet.fields:
            assert (field.kind is Kind.CATALOGUE) == bool(field.catalogue), field.key
            if field.kind in (Kind.AGENCY, Kind.RANK) and field.key != "unit_code":
                assert field.unknown is Unknown.REFUSE, field.key


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "csv"])
def test_the_same_list_in_every_kind_of_file_gives_the_same_records(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    make.delimited(path, make.PEOPLE_ROWS, "utf-16", "\t") if kind == "csv" else getattr(make, kind)(
        path, make.PEOPLE_ROWS
    )
    with open_workbook(path, path.name) as workbook:
        (plan,) = recognise(workbook, TODAY).sheets
        reader = RecordReader(plan.kind, columns_of(plan), plan.mapping, CONTEXT)
        records = [reader.read(row) for row in TableReader(plan.sheet, plan.header).rows()]
    assert [(found.number, found.values, found.problems) for found in records] == [
        (
            2,
            {
                "full_name": "Nguyễn Văn Hoà",
                "birth_date": PartialDate(1980, 5, 3),
                "sex": Sex.MALE,
                "national_id": "092080001234",
                "coefficient": Decimal("3.33"),
            },
            [],
        ),
        (
            3,
            {
                "full_name": "Đặng Thị Thúy",
                "birth_date": PartialDate(1985, 3),
                "sex": Sex.FEMALE,
                "national_id": "092185004567",
                "coefficient": Decimal("2.34"),
            },
            [],
        ),
    ]
