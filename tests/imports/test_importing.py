"""Lists brought in from the command line: what is made, changed, left alone, refused, and taken back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.errors import HrmsError, Refused
from hrms.core.unit import transaction
from tests.imports import workbooks
from tests.imports.bringing import HEADER, ROWS, book, bring, changed, every, one, take_back, take_out
from tests.province import TODAY, Province

pytestmark = [pytest.mark.committed, pytest.mark.usefixtures("province", "that_day")]


@pytest.fixture
def that_day() -> Any:
    with clock.frozen(TODAY):
        yield


def codes(answer: dict[str, Any]) -> list[tuple[int, str, Any, str]]:
    return [(e["row"], e["column"], e["value"], e["code"]) for e in answer["errors"]]


def test_new_people_get_their_record_and_their_facts(tmp_path: Path) -> None:
    answer = bring(book(tmp_path / "a.xlsx"))
    assert {k: answer[k] for k in ("rows", "accepted", "refused", "created", "updated", "unchanged")} == {
        "rows": 3, "accepted": 3, "refused": 0, "created": 3, "updated": 0, "unchanged": 0
    }  # fmt: skip
    person = one("SELECT * FROM people WHERE staff_code = 'NV-1'")
    assert (person.full_name, person.sex, person.birth_date, person.ethnic_group, person.version) == (
        "Lê Thị Bưởi", "female", "1988-04-12", "01", 1
    )  # fmt: skip
    assert person.created_batch_id == answer["batch"]
    status = one("SELECT * FROM person_status WHERE person_id = :p", p=person.id)
    assert (status.status, status.kind, status.valid_from, status.basis) == (
        "serving", "civil_servant", date(2012, 9, 1), "old_data"
    )  # fmt: skip
    rank = one("SELECT * FROM person_rank WHERE person_id = :p", p=person.id)
    assert (rank.rank_code, rank.pay_table, rank.pay_group, rank.step, str(rank.coefficient), rank.step_since) == (
        "01.003", 2, "A1", 4, "3.330", date(2024, 3, 1)
    )  # fmt: skip
    post = one("SELECT * FROM person_post WHERE person_id = :p", p=person.id)
    assert (post.post_name, post.valid_from, str(post.coefficient)) == ("Trưởng phòng", date(2023, 2, 1), "0.500")
    current = one("SELECT * FROM people_current WHERE person_id = :p", p=person.id)
    assert (current.kind, current.rank_code, current.retires_on is not None) == ("civil_servant", "01.003", True)
    assert one("SELECT count(*) FROM audit_events WHERE action = 'person.import_created'")[0] == 3
    assert one("SELECT count(*) FROM audit_events WHERE action = 'import.applied'")[0] == 1


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx")
    bring(path)
    again = bring(path)
    assert (again["created"], again["updated"], again["unchanged"], again["refused"]) == (0, 0, 3, 0)
    # Written anew, the cells differ as bytes and say the same.
    rows = changed(1, Bậc_lương=6, Hệ_số_lương=3.99, Ngày_sinh="3/1980", Họ_và_tên="  phan VĂN cam ".title().strip())
    told = bring(book(tmp_path / "b.xlsx", rows))
    assert (told["created"], told["updated"], told["unchanged"]) == (0, 0, 3)
    assert one("SELECT max(version) FROM people WHERE staff_code LIKE 'NV-%'")[0] == 1


def test_a_change_keeps_what_the_file_leaves_empty(tmp_path: Path) -> None:
    bring(book(tmp_path / "a.xlsx"))
    rows = changed(0, Số_điện_thoại="0912000222", Ngày_sinh="", Bậc_lương=5, Hệ_số_lương=3.66,
                   Ngày_hưởng_bậc_lương="01/10/2026")  # fmt: skip
    answer = bring(book(tmp_path / "b.xlsx", rows))
    assert (answer["created"], answer["updated"], answer["unchanged"]) == (0, 1, 2)
    person = one("SELECT * FROM people WHERE staff_code = 'NV-1'")
    assert (person.phone, person.birth_date, person.version) == ("0912000222", "1988-04-12", 2)
    ranks = every(
        "SELECT step, valid_from, valid_to FROM person_rank WHERE person_id = :p AND superseded_at IS NULL"
        " ORDER BY valid_from", p=person.id
    )  # fmt: skip
    assert [tuple(r) for r in ranks] == [(4, date(2024, 3, 1), date(2026, 10, 1)), (5, date(2026, 10, 1), None)]
    event = one("SELECT before, after FROM audit_events WHERE action = 'person.import_changed'")
    assert event.before["phone"] == "0912000111"
    assert event.after["coefficient"] == "3.66"


def test_every_problem_of_a_row_is_told_with_row_column_value_and_reason(tmp_path: Path) -> None:
    rows = [
        ("NV-1", "Lê Thị Bưởi", "Nữ", "30/02/1988", "9218800001", "Công chức", "Cục Không Có", "", "99.999", 4,
         3.33, "",
         "Kinh", "", "", "", ""),
        ("NV-2", "Phan Văn Cam", "Nam", "03/1980", "092080770002", "Công chức", "Sở Nội vụ", "", "01.003", 4, 3.3, "",
         "Người sao Hỏa", "", "", "", ""),
        ("NV-3", "@cmd|' /C calc'!A0", "Nam", "1975", "09207500000A", "Công chức", "Sở Nội vụ", "", "", "", "", "",
         "", "",
         "", "", ""),
        ("NV-4", "Bùi Văn Lá", "Nữ", "1980", "092080770004", "Công chức", "Sở Nội vụ", "01/01/2030", "", "", "", "",
         "", "",
         "", "", ""),
        ("NV-5", "A" * 5000, "Nam", "1980", "", "Công chức", "Sở Nội vụ", "", "", "", "", "", "", "", "", "", ""),
    ]  # fmt: skip
    before = one("SELECT count(*) FROM people")[0]
    answer = bring(book(tmp_path / "a.xlsx", rows))
    found = {(row, column, code) for row, column, _value, code in codes(answer)}
    assert found >= {
        (2, "Ngày sinh", "no_such_day"), (2, "Số định danh cá nhân", "id_lost_zero"),
        (2, "Cơ quan sử dụng", "unknown_value"), (2, "Mã ngạch", "unknown_value"),
        (3, "Hệ số lương", "coefficient_not_in_scale"), (4, "Họ và tên", "formula"),
        (4, "Số định danh cá nhân", "id_not_digits"), (5, "Ngày tuyển dụng", "in_future"),
        (5, "Số định danh cá nhân", "id_sex_mismatch"), (6, "Họ và tên", "too_long"),
    }  # fmt: skip
    assert (answer["refused"], answer["created"]) == (5, 0)
    assert all(e["message"] and e["value"] != "" for e in answer["errors"] if e["code"] != "missing")
    assert one("SELECT count(*) FROM people")[0] == before


def test_a_reason_lets_numbers_pass_that_disagree_with_the_sex(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", changed(0, Giới_tính="Nam"))
    assert bring(path)["refused"] == 1
    answer = bring(path, override_reason="Cải chính hộ tịch")
    assert (answer["refused"], answer["created"]) == (0, 1)
    assert one("SELECT id_override_reason FROM people WHERE staff_code = 'NV-1'")[0] == "Cải chính hộ tịch"


def test_a_number_met_twice_refuses_both_rows_and_names_them(tmp_path: Path) -> None:
    rows = [*ROWS, ("NV-9", "Hồ Thị Na", "Nữ", "1988", "092188770001", "Công chức", "Sở Nội vụ", *[""] * 10)]
    answer = bring(book(tmp_path / "a.xlsx", rows))
    assert (answer["created"], answer["refused"]) == (2, 2)
    assert {(row, code) for row, _c, _v, code in codes(answer)} == {(2, "twice_in_file"), (5, "twice_in_file")}
    assert {row.staff_code for row in every("SELECT staff_code FROM people WHERE staff_code LIKE 'NV-%'")} == {
        "NV-2", "NV-3"
    }  # fmt: skip
    assert one("SELECT count(*) FROM import_effects")[0] == 2


def test_somebody_elses_number_or_code_is_refused_by_name(tmp_path: Path, province: Province) -> None:
    rows = [
        ("NV-1", "Lê Thị Bưởi", "Nữ", "12/04/1988", "092188770001", "Công chức", "Sở Nội vụ", *[""] * 10),
        ("CT-000001", "Ai Đó Khác", "Nam", "01/01/1999", "", "Công chức", "Sở Nội vụ", *[""] * 10),
    ]
    rows[0] = (*rows[0][:4], one("SELECT national_id FROM people WHERE staff_code = 'CT-000003'")[0], *rows[0][5:])
    answer = bring(book(tmp_path / "a.xlsx", rows))
    told = {(e["row"], e["code"]): e["message"] for e in answer["errors"]}
    assert "Nguyễn Hòa Bình" in told[2, "of_another"]
    assert "Đặng Thị Ngọc Ánh" in told[3, "of_another"]


def test_an_officer_brings_in_their_own_part_of_the_tree_only(tmp_path: Path, province: Province) -> None:
    hidden = one("SELECT national_id FROM people WHERE staff_code = 'CT-000001'")[0]
    rows = [
        ROWS[0],
        ROWS[2],
        ("NV-8", "Hồ Thị Na", "Nữ", "12/04/1988", hidden, "Công chức", "Phòng Quy hoạch", *[""] * 10),
    ]
    answer = bring(book(tmp_path / "a.xlsx", rows), as_name="tochuc")
    assert (answer["created"], answer["refused"]) == (1, 2)
    told = {e["code"]: e["message"] for e in answer["errors"]}
    assert "Sở Nội vụ" in told["agency_out_of_scope"]
    assert "Đặng" not in told["taken_elsewhere"]
    with pytest.raises(HrmsError):
        bring(book(tmp_path / "b.xlsx"), as_name="thanhtra")
    with pytest.raises(HrmsError):
        bring(book(tmp_path / "b.xlsx"), as_name="tochuc", agency="H13.05")


def test_a_trial_writes_nothing_and_tells_the_same(tmp_path: Path) -> None:
    before = one("SELECT count(*) FROM people")[0]
    answer = bring(book(tmp_path / "a.xlsx"), dry_run=True)
    assert (answer["batch"], answer["created"]) == (None, 3)
    assert one("SELECT count(*) FROM people")[0] == before
    assert one("SELECT count(*) FROM import_batches")[0] == 0


def test_all_or_nothing_writes_nothing_when_a_row_is_refused(tmp_path: Path) -> None:
    errors = tmp_path / "errors.xlsx"
    answer = bring(book(tmp_path / "a.xlsx", changed(1, Mã_ngạch="99.999")), all_or_nothing=True, errors=errors)
    assert (answer["refused"], one("SELECT count(*) FROM people WHERE staff_code LIKE 'NV-%'")[0]) == (1, 0)
    assert one("SELECT state FROM import_batches WHERE id = :b", b=answer["batch"])[0] == "cancelled"
    # The workbook of refused rows is put right and brought in as it is.
    fixed = workbooks_cells(errors)
    assert fixed[0][-1] == "Lý do từ chối"
    assert "Mã ngạch" in fixed[1][-1]
    fixed[1][fixed[0].index("Mã ngạch")] = "V.07.03.29"
    told = bring(workbooks.xlsx(tmp_path / "fixed.xlsx", fixed))
    assert (told["created"], told["refused"]) == (1, 0)


def workbooks_cells(path: Path) -> list[list[Any]]:
    import python_calamine as calamine

    return calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def test_undo_puts_everything_back_cell_by_cell(tmp_path: Path) -> None:
    bring(book(tmp_path / "a.xlsx"))
    before = take_out(tmp_path / "before.xlsx")
    facts = every("SELECT count(*) FROM person_rank WHERE superseded_at IS NULL")[0][0]
    rows = [
        *changed(0, Số_điện_thoại="0999888777", Bậc_lương=5, Hệ_số_lương=3.66, Họ_và_tên="Lê Thị Bưởi Hồng",
         Chức_vụ="Phó Trưởng phòng",
                 Cơ_quan_sử_dụng="Sở Xây dựng", Ngày_bổ_nhiệm_chức_vụ="01/03/2025", Phụ_cấp_chức_vụ="0,3"),
        ("NV-7", "Hồ Thị Na", "Nữ", "1990", "092190000077", "Công chức", "Sở Nội vụ", *[""] * 10),
    ]  # fmt: skip
    answer = bring(book(tmp_path / "b.xlsx", rows))
    assert (answer["created"], answer["updated"], answer["unchanged"]) == (1, 1, 2)
    assert take_out(tmp_path / "during.xlsx") != before
    told = take_back(answer["batch"])
    assert (told["reverted"], told["deleted"], told["restored"], told["kept"]) == (2, 1, 1, 0)
    assert take_out(tmp_path / "after.xlsx") == before
    assert every("SELECT count(*) FROM person_rank WHERE superseded_at IS NULL")[0][0] == facts
    with pytest.raises(Refused):
        take_back(answer["batch"])
    # What was true while the batch stood can still be asked, and the file can come in again.
    assert bring(book(tmp_path / "c.xlsx", rows))["updated"] == 1


def test_undo_keeps_and_names_whoever_was_edited_since(tmp_path: Path) -> None:
    answer = bring(book(tmp_path / "a.xlsx"))
    with scope.everything(), transaction():
        db.session.execute(text("UPDATE people SET phone = '1', version = version + 1 WHERE staff_code = 'NV-2'"))
    told = take_back(answer["batch"])
    assert (told["reverted"], told["kept"], told["kept_names"]) == (2, 1, ["Phan Văn Cam"])
    left = every("SELECT staff_code, phone FROM people WHERE staff_code LIKE 'NV-%'")
    assert [tuple(row) for row in left] == [("NV-2", "1")]
    assert one("SELECT counts FROM import_batches WHERE id = :b", b=answer["batch"])[0]["undone"]["kept"] == 1


def test_batches_are_undone_one_after_the_other(tmp_path: Path) -> None:
    before = take_out(tmp_path / "before.xlsx")
    first = bring(book(tmp_path / "a.xlsx"))
    second = bring(book(tmp_path / "b.xlsx", changed(0, Bậc_lương=5, Hệ_số_lương=3.66)))
    third = bring(book(tmp_path / "c.xlsx", changed(0, Bậc_lương=6, Hệ_số_lương=3.99)))
    for answer in (third, second, first):
        assert take_back(answer["batch"])["kept"] == 0
    assert take_out(tmp_path / "after.xlsx") == before


def test_our_own_export_comes_back_without_a_change(tmp_path: Path) -> None:
    bring(book(tmp_path / "a.xlsx"))
    cells = take_out(tmp_path / "out.xlsx")
    assert len(cells[0]) > 60
    assert len(cells) == 1 + one("SELECT count(*) FROM people")[0]
    answer = bring(tmp_path / "out.xlsx")
    assert (answer["created"], answer["updated"], answer["refused"]) == (0, 0, 0)
    assert answer["unchanged"] == len(cells) - 1


def test_what_the_reader_may_not_see_is_not_in_the_file(tmp_path: Path) -> None:
    all_cells = take_out(tmp_path / "all.xlsx", as_name="sonoivu")
    assert "Dân tộc" in all_cells[0]
    mine = take_out(tmp_path / "mine.xlsx", as_name="thutruong")
    assert "Dân tộc" not in mine[0]
    place = mine[0].index("Số định danh cá nhân")
    assert all(row[place].startswith("********") for row in mine[1:])
    assert {row[mine[0].index("Mã cơ quan sử dụng")] for row in mine[1:]} <= {"H13.09", "H13.09.01"}
    # A masked number says nothing: the file still comes back without a change.
    answer = bring(tmp_path / "mine.xlsx")
    assert (answer["updated"], answer["refused"], answer["unchanged"]) == (0, 0, len(mine) - 1)


def test_an_export_as_at_a_day_and_as_known_then(tmp_path: Path) -> None:
    bring(book(tmp_path / "a.xlsx", changed(0, Bậc_lương=5, Hệ_số_lương=3.66, Ngày_hưởng_bậc_lương="01/10/2026")))
    now = take_out(tmp_path / "now.xlsx")
    then = take_out(tmp_path / "then.xlsx", as_at="2025-01-01")
    column = now[0].index("Bậc lương")
    mine = now[0].index("Số hiệu CBCCVC")
    assert {row[mine]: row[column] for row in now[1:]}["NV-1"] == 5
    assert {row[mine]: row[column] for row in then[1:]}["NV-1"] == ""
    assert take_out(tmp_path / "known.xlsx", known_on="2000-01-01")[1:] == []


def test_eight_sheets_go_in_together_and_again_change_nothing(tmp_path: Path) -> None:
    people = ("SoHieuCBCCVC_BNDP", "HoVaTen", "GioiTinh", "NgaySinh", "SoDinhDanhCaNhan", "PhanLoaiHoSo",
     "MaDonviSuDung",
              "TenDonViSuDung", "NgayTuyenDungLanDau", "MaNgachChucDanh", "BacLuong", "HeSoLuong",
               "TuNgayHuongBac")  # fmt: skip
    sheets: dict[str, Any] = {
        "Hồ sơ": [people, ("NV-1", "Lê Thị Bưởi", "Nữ", "12/04/1988", "092188770001", "Công chức", "H13.09",
         "Sở Xây dựng",
                           "01/09/2012", "01.003", "4", "3,33", "01/03/2024")],
        "Quá trình công tác": [("SoHieuCBCCVC_BNDP", "TuNgay", "DenNgay", "MaCoQuan", "TenCoQuan", "ViTriViecLam"),
                               ("NV-1", "09/2012", "", "H13.09", "Sở Xây dựng", "Chuyên viên"),
                               ("NV-404", "09/2012", "", "H13.09", "Sở Xây dựng", "Chuyên viên")],
        "Quá trình lương": [("SoHieuCBCCVC_BNDP", "TuNgay", "DenNgay", "Ngach", "BacLuong", "HeSoLuong",
         "PhanTramHuong"),
                            ("NV-1", "01/03/2018", "01/03/2021", "01.003", 2, 2.67, 100),
                            ("NV-1", "01/03/2021", "01/03/2024", "01.003", 3, 3.0, 100),
                            ("NV-1", "01/03/2024", "", "01.003", 4, 3.33, 100)],
        "Quá trình phụ cấp": [("SoHieuCBCCVC_BNDP", "TuNgay", "DenNgay", "LoaiPhuCap", "HeSo", "PhanTramHuongPhuCap",
                               "GiaTri", "HinhThucHuong"),
                              ("NV-1", "01/01/2020", "31/12/2021", "Phụ cấp trách nhiệm công việc", 0.2, "", "",
                               "Hệ số")],
        "Ngoại ngữ": [("SoHieuCBCCVC_BNDP", "MaNgoaiNgu", "TrinhDo"), ("NV-1", "Tiếng Anh", "B1")],
        "Tin học": [("SoHieuCBCCVC_BNDP", "TrinhDo"), ("NV-1", "Ứng dụng CNTT cơ bản")],
        "Đào tạo, bồi dưỡng": [("SoHieuCBCCVC_BNDP", "TuNgay", "DenNgay", "ChuyenNganhDaoTao", "TrinhDoDaoTao",
                                "CoSoDaoTao", "XepLoaiTotNghiep", "NuocDaoTao"),
                               ("NV-1", "2006", "2010", "Luật", "Đại học", "Trường Đại học Cần Thơ", "Khá",
                                "Việt Nam")],
        "Đánh giá, phân loại": [("SoHieuCBCCVC_BNDP", "KetQuaDanhGia", "Nam", "ThamQuyenDanhGia"),
                                ("NV-1", "Hoàn thành tốt nhiệm vụ", 2024, "Sở Xây dựng")],
    }  # fmt: skip
    path = workbooks.xlsx(tmp_path / "t1.xlsx", sheets)
    before = take_out(tmp_path / "before.xlsx")
    answer = bring(path)
    told = {name: (s["created"], s["unchanged"], s["refused"]) for name, s in answer["sheets"].items()}
    assert told == {
        "work_history": (1, 0, 1), "pay_history": (2, 1, 0), "allowance_history": (1, 0, 0), "languages": (1, 0, 0),
        "it_skills": (1, 0, 0), "education": (1, 0, 0), "ratings": (1, 0, 0),
    }  # fmt: skip
    assert {e["code"] for e in answer["errors"]} == {"unknown_person"}
    ranks = every("SELECT step, valid_from, valid_to FROM person_rank r JOIN people p ON p.id = r.person_id"
                  " WHERE staff_code = 'NV-1' AND superseded_at IS NULL ORDER BY valid_from")  # fmt: skip
    assert [tuple(r) for r in ranks] == [
        (2, date(2018, 3, 1), date(2021, 3, 1)), (3, date(2021, 3, 1), date(2024, 3, 1)), (4, date(2024, 3, 1), None)
    ]  # fmt: skip
    again = bring(path)
    assert (again["created"], again["updated"]) == (0, 0)
    assert all(s["created"] == s["updated"] == 0 for s in again["sheets"].values())
    sheets["Ngoại ngữ"][1] = ("NV-1", "Tiếng Anh", "B2")
    sheets["Đánh giá, phân loại"].append(("NV-1", "Hoàn thành xuất sắc nhiệm vụ", 2025, "Sở Xây dựng"))
    third = bring(workbooks.xlsx(tmp_path / "t1b.xlsx", sheets))
    assert (third["updated"], third["sheets"]["languages"]["updated"], third["sheets"]["ratings"]["created"]) == (
        1,
        1,
        1,
    )
    take_back(third["batch"])
    assert one("SELECT level FROM person_education WHERE section = 'language'")[0] != "B2"
    assert one("SELECT count(*) FROM person_rating")[0] == 1
    take_back(answer["batch"])
    assert take_out(tmp_path / "after.xlsx") == before
    assert one("SELECT count(*) FROM person_work WHERE agency_name = 'Sở Xây dựng'")[0] == 0


ABSENCES = ("SoHieuCBCCVC", "Từ ngày", "Đến ngày", "Loại nghỉ", "Số ngày", "Lý do")


def test_absences_go_in_once_and_never_over_one_another(tmp_path: Path) -> None:
    bring(book(tmp_path / "a.xlsx"))
    rows = [
        ABSENCES,
        ("NV-1", "01/03/2024", "31/08/2024", "Thai sản", "", "Sinh con"),
        ("NV-1", "05/01/2026", "09/01/2026", "Nghỉ ốm", 5, ""),
        ("NV-1", "01/10/2026", "", "Đi học nước ngoài", "", ""),
        ("NV-2", "01/02/2026", "28/02/2026", "Không lương", "", ""),
        ("NV-2", "15/02/2026", "15/03/2026", "Nghỉ ốm", "", ""),
        ("NV-2", "01/05/2026", "31/05/2026", "Nghỉ mát", "", ""),
        ("NV-2", "01/06/2026", "31/05/2026", "Khác", "", ""),
    ]
    path = workbooks.xlsx(tmp_path / "b.xlsx", {"Thời gian nghỉ": rows})
    answer = bring(path)
    told = answer["sheets"]["absence_history"]
    assert (told["created"], told["unchanged"], told["refused"]) == (3, 0, 4)
    assert {code for _row, _column, _value, code in codes(answer)} == {
        "absent_already", "unknown_value", "dates_out_of_order",
    }  # fmt: skip
    found = every(
        "SELECT absence_kind, valid_from, valid_to, working_days, children, abroad, absence_reason, basis"
        " FROM person_absence WHERE superseded_at IS NULL ORDER BY valid_from"
    )
    assert [tuple(row) for row in found] == [
        ("maternity_leave", date(2024, 3, 1), date(2024, 9, 1), None, 1, None, "Sinh con", "old_data"),
        ("sick_leave", date(2026, 1, 5), date(2026, 1, 10), 5, None, None, None, "old_data"),
        ("study", date(2026, 10, 1), None, None, None, False, None, "old_data"),
    ]
    assert one("SELECT absent_as FROM people_current WHERE staff_code = 'NV-1'")[0] == "study"
    again = bring(path)["sheets"]["absence_history"]
    assert (again["created"], again["unchanged"], again["refused"]) == (0, 3, 4)
    rows = [ABSENCES, ("NV-1", "01/11/2026", "15/11/2026", "Nghỉ ốm", "", "")]
    over = bring(workbooks.xlsx(tmp_path / "c.xlsx", {"Thời gian nghỉ": rows}))
    assert over["sheets"]["absence_history"]["refused"] == 1
    take_back(answer["batch"])
    assert one("SELECT count(*) FROM person_absence WHERE superseded_at IS NULL")[0] == 0
    assert one("SELECT absent_as FROM people_current WHERE staff_code = 'NV-1'")[0] is None


def test_rows_without_numbers_meet_people_by_name_birth_date_and_agency(tmp_path: Path) -> None:
    bring(book(tmp_path / "a.xlsx"))
    header = ("Họ và tên", "Ngày sinh", "Cơ quan sử dụng", "Số điện thoại")
    rows = [
        ("Lê Thị Bưởi", "12/04/1988", "Phòng Quy hoạch", "0911222333"),
        ("Lê Thị Bưởi", "13/04/1988", "Phòng Quy hoạch", "0922333444"),
    ]
    answer = bring(book(tmp_path / "b.xlsx", rows, header))
    assert (answer["updated"], answer["created"], answer["refused"]) == (1, 1, 0)
    assert one("SELECT phone FROM people WHERE staff_code = 'NV-1'")[0] == "0911222333"


@pytest.mark.parametrize(
    ("header", "code"),
    [(HEADER[2:], "missing_column"), ((*HEADER[:16], "Số hiệu cán bộ"), "mapped_twice")],
)
def test_a_mapping_that_cannot_work_is_refused_before_a_row_is_read(
    tmp_path: Path, header: tuple[str, ...], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        bring(book(tmp_path / "a.xlsx", [row[-len(header) :] for row in ROWS], header))
    assert code in {problem.code for problem in refused.value.problems}
