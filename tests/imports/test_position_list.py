"""An agency's approved list of positions: reasons by row, nothing half done, the same file changes nothing, undone."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import func, select

from hrms.agencies import queries as agencies
from hrms.core import clock, scope
from hrms.core.console import Result
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.decisions.models import Decision
from hrms.imports.models import ImportBatch
from hrms.imports.positions import cli, reading, services
from hrms.imports.reading.refusals import UnreadableFile
from hrms.positions.models import EstablishmentLine, JobPosition, Overage, QuotaMovement
from hrms.positions.queries.seats import lines_of
from hrms.positions.rules import listing
from tests.counting import statements
from tests.imports.allotting import name_of, paper, quota
from tests.imports.workbooks import xlsx
from tests.inspection import mistakes
from tests.positions.seating import OFFICER, OTHER, sit
from tests.province import TODAY, Province

HEAD = [
    "TT", "Đơn vị", "Vị trí việc làm", "Ngạch công chức", "Mã vị trí việc làm", "Phân bổ biên chế năm 2026",
    "Tỷ lệ công chức bố trí theo từng vị trí việc làm (%)", "Lĩnh vực", "Bậc từ", "Bậc đến", "Vị trí gốc",
]  # fmt: skip
ON = date(2026, 7, 1)
WHO = Permission.POSITIONS_MANAGE


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def ward(province: Province) -> Province:
    """The ward has 10 of the city's 20 seats."""
    quota(province, "root", 20)
    quota(province, "C", 10)
    return province


def good() -> list[list[Any]]:
    return [
        ["I", "", "Nhóm vị trí lãnh đạo, quản lý", "", "", 3, "", "", "", "", ""],
        [1, "", name_of(OFFICER), "Chuyên viên", "NK-II.17", 2, "", "Tôn giáo", "", "", ""],
        [2, "", name_of(OTHER).upper(), "CVC, CV", "NK-II.06", 3, "CVC 40%; CV 60%", "", "", "", ""],
        ["", "", "Tổng cộng", "", "", 5, "", "", "", "", ""],
    ]


def book(tmp_path: Path, rows: list[list[Any]], head: list[str] | None = None, **more: Any) -> Path:
    return xlsx(tmp_path / "danh-sach.xlsx", [["DANH SÁCH VỊ TRÍ VIỆC LÀM"], head or HEAD, *rows], **more)


def brought(province: Province, path: Path, place: str = "C", decision: int | None = None, **more: Any) -> Any:
    with scope.everything():
        agency = agencies.find_agency(province.agencies[place])
        known = decision or db.session.scalar(select(Decision.id).where(Decision.symbol == "QĐ-UBND"))
    assert agency is not None
    return services.Brought(agency, path, "danh-sach.xlsx", known or paper(province, place), ON, **more)


def preview(province: Province, path: Path, place: str = "C", **more: Any) -> services.Outcome:
    one = brought(province, path, place, **more)
    return services.preview(province.enter("sonoivu", WHO), one)


def apply(province: Province, path: Path, place: str = "C", **more: Any) -> ImportBatch:
    one = brought(province, path, place, **more)
    with transaction():
        return services.apply(province.enter("sonoivu", WHO), one, "0" * 64, 10)


def codes(found: services.Outcome) -> set[tuple[int, str, str]]:
    return {(one.row, one.cell[:1], one.problem.code) for one in found.refused}


def standing() -> tuple[list[Any], list[Any], int]:
    """Return everything an import writes: lines, the ledger, batches."""
    with scope.everything():
        of: Any = EstablishmentLine.__table__.c
        lines = [tuple(row) for row in db.session.execute(select(of.id, of.code, of.field, of.note, of.version))]
        ledger = db.session.execute(select(QuotaMovement.id, QuotaMovement.line_id, QuotaMovement.amount)).all()
        batches = db.session.scalar(
            select(func.count()).select_from(ImportBatch).where(ImportBatch.importer != "people")
        )
        return sorted(lines), sorted(tuple(row) for row in ledger), int(batches or 0)


def seats(province: Province, place: str = "C") -> dict[str, int]:
    with scope.everything():
        ids = db.session.scalars(
            select(EstablishmentLine.id).where(EstablishmentLine.agency_id == province.agencies[place])
        )
        return {one.position: one.seats_on(ON) for one in lines_of(ids.all()).values()}


def accepted() -> list[tuple[str, int]]:
    """Return the excesses that are accepted as known now."""
    with scope.everything():
        found = db.session.scalars(select(Overage).where(Overage.superseded_at.is_(None)))
        return [(one.rule, one.excess) for one in found]


# Reading


def test_the_columns_of_a_communes_decision_are_read_and_headings_left_out(ward: Province, tmp_path: Path) -> None:
    found = reading.read_list(book(tmp_path, good()), "danh-sach.xlsx")
    assert [one.code for one in found.rows] == ["NK-II.17", "NK-II.06"]
    assert found.rows[1].seats == "3"
    assert {one.why for one in found.skipped} >= {"group"}
    assert found.places["seats"] == 5
    other = reading.read_list(
        book(tmp_path, [[1, "Chuyên viên văn phòng", 2]], ["STT", "Tên VTVL", "Số lượng người làm việc năm 2027"]), "x"
    )
    assert other.rows == [listing.Row(3, position="Chuyên viên văn phòng", seats="2")]


def test_what_is_no_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as refused:
        reading.read_list(book(tmp_path, [["A", 1]], ["Họ và tên", "Năm sinh"]), "x.xlsx")
    assert refused.value.code == "no_list"


def test_one_number_for_several_positions_is_refused(ward: Province, tmp_path: Path) -> None:
    rows = good()[1:3]
    rows[1][5] = None
    found = preview(ward, book(tmp_path, rows, merged=["F3:F4"]))
    assert {(row, code) for row, _cell, code in codes(found)} == {
        (3, "merged_seats"), (4, "merged_seats"), (4, "required"),
    }  # fmt: skip
    assert not found.is_ready


# Rows that cannot be


@pytest.mark.parametrize(
    ("change", "cell", "code"),
    [
        ({2: "Chuyên viên nông nghiệp vũ trụ"}, "C", "unknown_position"),
        ({2: ""}, "E", "unknown_code"),
        ({2: "", 4: ""}, "C", "required"),
        ({3: "Đại tướng"}, "D", "unknown_rank"),
        ({3: "Cán sự"}, "D", "wrong_rank"),
        ({5: -1}, "F", "negative_seats"),
        ({5: 1.5}, "F", "not_whole"),
        ({5: "hai"}, "F", "not_whole"),
        ({5: ""}, "F", "required"),
        ({5: 11}, "F", "not_covered"),
        ({6: "nhiều"}, "G", "share_not_percent"),
        ({6: 120}, "G", "share_not_percent"),
        ({3: "CVC; CV", 6: 50}, "G", "share_of_whom"),
        ({8: 3}, "I", "no_grades"),
        ({8: "9"}, "I", "bad_grade"),
        ({10: "Điều dưỡng"}, "K", "base_not_used"),
        ({1: "Phòng không có"}, "B", "unknown_unit"),
        ({2: "Giám đốc sở", 3: ""}, "C", "wrong_catalogue"),
        ({2: "Điều dưỡng", 3: ""}, "C", "wrong_catalogue"),
        ({4: "x" * 61}, "E", "too_long"),
    ],
)
def test_a_bad_row_says_where_and_why_and_nothing_is_done(
    ward: Province, tmp_path: Path, change: dict[int, Any], cell: str, code: str
) -> None:
    paper(ward)
    rows = good()[1:3]
    rows[0] = [change.get(place, value) for place, value in enumerate(rows[0])]
    path, before = book(tmp_path, rows), standing()
    found = preview(ward, path)
    assert (3, cell, code) in codes(found)
    assert {row for row, _cell, _code in codes(found)} <= {3, 4}
    assert not found.is_ready
    assert standing() == before
    with pytest.raises(Refused) as refused:
        apply(ward, path)
    assert code in {one.code for one in refused.value.problems}
    assert standing() == before


def test_a_duplicate_line_and_a_code_used_twice(ward: Province, tmp_path: Path) -> None:
    rows = good()[1:3]
    again, twice = [*rows[0]], [*rows[1]]
    again[4], twice[4] = "khác", "NK-II.17"
    found = preview(ward, book(tmp_path, [rows[0], again, twice]))
    assert codes(found) == {(4, "C", "twice_in_file"), (5, "E", "code_twice")}


def test_a_near_name_is_suggested(ward: Province, tmp_path: Path) -> None:
    rows = good()[1:2]
    rows[0][2] = name_of(OFFICER).replace("Chuyên viên", "Chuyen vien") + " x"
    (one,) = preview(ward, book(tmp_path, rows)).refused
    assert one.problem.params["near"] == name_of(OFFICER)


def test_grades_and_the_base_position_of_a_school(province: Province, tmp_path: Path) -> None:
    quota(province, "root", 50, "public")
    quota(province, "C1", 30, "public")
    teacher, head = name_of("vc.pl2.067"), name_of("vc.pl1.001")
    with scope.everything():
        least, most = db.session.execute(
            select(JobPosition.grade_min, JobPosition.grade_max).where(JobPosition.key == "vc.pl2.067")
        ).one()
    out = least - 1 if least > 1 else most + 1
    row = [1, "", teacher, "", "GV", 5, "", "", least, most, ""]
    boss = [2, "", head, "", "HT", 1, "", "", "", "", teacher]
    assert preview(province, book(tmp_path, [row, boss]), "C1").is_ready
    row[8] = out
    assert (3, "I", "grade_out_of_range") in codes(preview(province, book(tmp_path, [row, boss]), "C1"))
    boss[10] = ""
    assert (4, "K", "base_required") in codes(preview(province, book(tmp_path, [row, boss]), "C1"))


def test_without_a_quota_above_nothing_is_allotted(province: Province, tmp_path: Path) -> None:
    found = preview(province, book(tmp_path, good()))
    assert {code for _row, _cell, code in codes(found)} == {"no_quota"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.lists(st.sampled_from(["0", "1", "4", "9", "-2", "1,5", "x", ""]), min_size=2, max_size=2),
    ranks=st.lists(st.sampled_from(["Chuyên viên", "CVC", "Cán sự", "gì đó", ""]), min_size=2, max_size=2),
    shares=st.lists(st.sampled_from(["", "50", "140", "CV 30%"]), min_size=2, max_size=2),
)
def test_whatever_a_list_holds_it_is_written_whole_or_not_at_all(
    ward: Province, tmp_path: Path, numbers: list[str], ranks: list[str], shares: list[str]
) -> None:
    paper(ward) if not standing()[2] else None
    rows = good()[1:3]
    for row, number, rank, share in zip(rows, numbers, ranks, shares, strict=True):
        row[3], row[5], row[6] = rank, number, share
    path, before = book(tmp_path, rows), standing()
    found = preview(ward, path)
    assert standing() == before
    if found.is_ready:
        apply(ward, path)
        assert seats(ward)[name_of(OFFICER)] == int(numbers[0] or seats(ward)[name_of(OFFICER)])
        assert sum(seats(ward).values()) <= 10
        assert preview(ward, path).plan.same == 2
    else:
        with pytest.raises(Refused):
            apply(ward, path)
        assert standing() == before


# Writing, again, less, undoing


def test_a_list_is_written_and_the_same_again_changes_nothing(ward: Province, tmp_path: Path) -> None:
    decision = paper(ward)
    path = book(tmp_path, good())
    batch = apply(ward, path)
    assert services.counts_of(batch) == {
        "rows": 2, "created": 2, "updated": 0, "unchanged": 0, "moved": 2, "seats": 5, "refused": 0,
    }  # fmt: skip
    assert seats(ward) == {name_of(OFFICER): 2, name_of(OTHER): 3}
    with scope.everything():
        rows = db.session.scalars(select(QuotaMovement).where(QuotaMovement.batch_id == batch.id)).all()
        assert {(one.kind, one.decision_id, one.effective_on) for one in rows} == {("assigned", decision, ON)}
        made = db.session.scalars(select(EstablishmentLine).order_by(EstablishmentLine.code)).all()
        assert [(one.code, one.field, one.shares) for one in made] == [
            ("NK-II.06", None, {"01.002": 40.0, "01.003": 60.0}), ("NK-II.17", "Tôn giáo", {}),
        ]  # fmt: skip
    before = standing()
    assert preview(ward, path).plan.same == 2
    with pytest.raises(Refused) as refused:
        apply(ward, path)
    assert [one.code for one in refused.value.problems] == ["nothing_new"]
    assert standing() == before


def test_a_smaller_number_adjusts_and_an_empty_one_leaves_alone(ward: Province, tmp_path: Path) -> None:
    paper(ward)
    apply(ward, book(tmp_path, good()))
    rows = good()[1:3]
    rows[0][5], rows[1][5], rows[1][7] = 1, "", "Y tế"
    batch = apply(ward, book(tmp_path, rows))
    assert seats(ward) == {name_of(OFFICER): 1, name_of(OTHER): 3}
    with scope.everything():
        moved = db.session.scalars(select(QuotaMovement).where(QuotaMovement.batch_id == batch.id)).all()
    assert [(one.kind, one.amount) for one in moved] == [("adjusted", -1)]
    with transaction():
        undone = services.undo(ward.enter("sonoivu", WHO), batch.id, reason="Nhầm tệp")
    assert (undone.reversed, undone.restored, list(undone.kept)) == (1, 1, [])
    assert seats(ward) == {name_of(OFFICER): 2, name_of(OTHER): 3}


def test_undoing_reverses_and_happens_once(ward: Province, tmp_path: Path) -> None:
    paper(ward)
    batch = apply(ward, book(tmp_path, good()))
    actor = ward.enter("sonoivu", WHO)
    with pytest.raises(Refused), transaction():
        services.undo(actor, batch.id, reason=" ")
    with transaction():
        assert services.undo(ward.enter("sonoivu", WHO), batch.id, reason="Nhầm").reversed == 2
    assert set(seats(ward).values()) == {0}
    with pytest.raises(Refused) as refused, transaction():
        services.undo(ward.enter("sonoivu", WHO), batch.id, reason="Nhầm")
    assert refused.value.problems[0].code == "already_undone"


def test_seats_somebody_sits_in_are_not_undone_nor_cut_without_a_reason(ward: Province, tmp_path: Path) -> None:
    paper(ward)
    batch = apply(ward, book(tmp_path, good()))
    with scope.everything():
        line = db.session.scalar(select(EstablishmentLine.id).where(EstablishmentLine.code == "NK-II.17"))
    assert line is not None
    sit(ward, "Phạm Quốc Đạt", line)
    before = standing()
    with pytest.raises(Refused) as refused, transaction():
        services.undo(ward.enter("sonoivu", WHO), batch.id, reason="Nhầm")
    assert {one.code for one in refused.value.problems} == {"below_present"}
    assert standing() == before
    rows = good()[1:2]
    rows[0][5] = 0
    path = book(tmp_path, rows)
    assert codes(preview(ward, path)) == {(3, "F", "below_present")}
    told = {"reason": "Chưa bố trí lại được", "solve_by": date(2027, 6, 30)}
    assert preview(ward, path, **told).is_ready
    batch = apply(ward, path, **told)
    assert seats(ward)[name_of(OFFICER)] == 0
    assert accepted() == [("line", 1)]
    with transaction():
        services.undo(ward.enter("sonoivu", WHO), batch.id, reason="Nhầm")
    assert seats(ward)[name_of(OFFICER)] == 2
    assert accepted() == []


def test_a_line_edited_since_keeps_what_was_written_to_it(ward: Province, tmp_path: Path) -> None:
    paper(ward)
    apply(ward, book(tmp_path, good()))
    rows = good()[1:2]
    rows[0][7] = "Dân tộc"
    batch = apply(ward, book(tmp_path, rows))
    with scope.everything():
        line = db.session.scalars(select(EstablishmentLine).where(EstablishmentLine.code == "NK-II.17")).one()
        line.field = "Khác"
        db.session.commit()
    with transaction():
        undone = services.undo(ward.enter("sonoivu", WHO), batch.id, reason="Nhầm")
    assert (undone.restored, len(undone.kept)) == (0, 1)


def test_whoever_does_not_manage_positions_there_is_refused(ward: Province, tmp_path: Path) -> None:
    paper(ward)
    one = brought(ward, book(tmp_path, good()))
    with pytest.raises(Forbidden):
        services.preview(ward.enter("tochuc", WHO), one)
    with pytest.raises(Forbidden):
        services.preview(ward.enter("thutruong", Permission.POSITIONS_VIEW), one)
    batch = apply(ward, one.path)
    with pytest.raises(NotFound):
        services.get_list(ward.enter("tochuc", WHO), batch.id)


def test_the_number_of_statements_does_not_grow_with_the_rows(ward: Province, tmp_path: Path) -> None:
    keys = ["cc.commune.II.01", "cc.commune.II.02", "cc.commune.II.03", "cc.commune.II.04", "cc.commune.II.05"]
    rows = [[n, "", name_of(key), "", f"M{n}", 1, "", "", "", "", ""] for n, key in enumerate(keys)]
    paper(ward)
    counts = []
    for number in (1, 5):
        path = book(tmp_path, rows[:number])
        with statements() as made:
            preview(ward, path)
        counts.append(len(made))
    assert counts[0] == counts[1]


# Pages


def test_the_pages_show_refuse_write_and_undo(ward: Province, tmp_path: Path) -> None:
    decision = paper(ward)
    client = ward.client("sonoivu")
    page = client.get("/positions/import")
    assert page.status_code == 200
    assert mistakes(page.text) == []
    bad = good()[1:3]
    bad[0][5] = -4
    shown = _bring(client, ward, book(tmp_path, bad), decision)
    assert shown.status_code == 200
    assert "Số lượng -4 là số âm" in shown.text
    assert mistakes(shown.text) == []
    seal = re.search(r'name="seal" value="([^"]+)"', shown.text)
    assert seal is not None
    answer = client.post("/positions/import/mistakes.xlsx", data={"seal": seal[1], "csrf_token": client.token()})
    made = load_workbook(io.BytesIO(answer.data)).active
    assert made is not None
    assert made.cell(1, 12).value == reading.REASON
    assert "số âm" in str(made.cell(2, 12).value)
    assert made.cell(3, 12).value is None
    shown = _bring(client, ward, book(tmp_path, good()), decision)
    seal = re.search(r'name="seal" value="([^"]+)"', shown.text)
    assert seal is not None
    done = client.post("/positions/import/apply", data={"seal": seal[1], "csrf_token": client.token()})
    assert done.status_code == 303
    page = client.get(done.headers["Location"])
    assert mistakes(page.text) == []
    assert "12/QĐ-UBND" in page.text
    back = client.post(f"{done.headers['Location']}/undo", data={"reason": "Nhầm", "csrf_token": client.token()})
    assert back.status_code == 303
    assert set(seats(ward).values()) == {0}
    assert "danh-sach.xlsx" in client.get("/positions/import").text
    other = client.post("/positions/import/apply", data={"seal": "x", "csrf_token": client.token()})
    assert other.status_code == 422


def test_the_command_tries_refuses_and_writes(ward: Province, tmp_path: Path) -> None:
    paper(ward)
    bad = good()[1:3]
    bad[0][5] = -4
    kept = tmp_path / "sua.xlsx"
    told = command(book(tmp_path, bad), errors=kept)
    assert (told["refused"], told["errors"][0]["row"], told["errors"][0]["code"]) == (1, 3, "negative_seats")
    assert isinstance(told, Result)
    assert told.exit_code == 1
    assert kept.exists()
    before = standing()
    path = book(tmp_path, good())
    assert command(path, dry_run=True)["created"] == 2
    assert standing() == before
    assert command(path)["batch"]
    assert seats(ward) == {name_of(OFFICER): 2, name_of(OTHER): 3}
    assert command(path)["unchanged"] == 2
    with pytest.raises(Refused):
        command(path, decision="99/QĐ-KHAC")
    with pytest.raises(NotFound):
        command(path, agency="H99")


def command(path: Path, **options: Any) -> Any:
    """Call `hrms import positions` inside the application's context."""
    given = {
        "agency": "H13.40", "decision": "12/QĐ-UBND", "on_text": "2026-07-01", "dry_run": False, "as_name": None,
        "errors": None, **options,
    }  # fmt: skip
    try:
        return cli.import_positions.callback.__wrapped__(file=path, **given)  # type: ignore[union-attr]
    finally:
        scope.leave()
        db.session.remove()


def _bring(client: Any, province: Province, path: Path, decision: int) -> Any:
    return client.post(
        "/positions/import",
        data={
            "file": (path.open("rb"), "danh-sach.xlsx"), "agency": str(province.agencies["C"]),
            "decision": str(decision), "csrf_token": client.token(), "effective_on": "01/07/2026",
        },
        content_type="multipart/form-data",
    )  # fmt: skip
