"""Results for the national database: what is noted and when, files, sending, answers; by whom."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from hrms.core import clock, jobs, scope, tasks
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused
from hrms.core.models import Task
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.performance.models import Rating, ResultReport, ScoreSheet
from hrms.performance.papers.national import read_answers
from hrms.performance.queries.national import Choice
from hrms.performance.services import national, national_file
from hrms.performance.services.national import Answer
from tests.counting import statements
from tests.inspection import mistakes
from tests.performance.after.published import CAM, DUNG, HUNG, add_rating, add_round, rows_of
from tests.performance.making import add_sheet
from tests.province import TODAY, Province

P = Permission
SENT = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _today(province: Province) -> Iterator[None]:
    del province
    with clock.frozen(TODAY):
        yield


def month(province: Province, number: int, score: str, name: str = HUNG, **more: Any) -> int:
    values = {"number": number, "score": Decimal(score), **more}
    return add_sheet(province, name, state="published", **values)


def noted(*kinds: str) -> list[tuple[str, int, str]]:
    return [
        (row.kind, row.number, row.result["score"])
        for row in rows_of(ResultReport)
        if not kinds or row.kind in kinds
    ]  # fmt: skip


def supersede(sheet_id: int) -> None:
    with scope.everything():
        db.session.execute(update(ScoreSheet).where(ScoreSheet.id == sheet_id).values(superseded_at=TODAY))
        db.session.commit()


def test_a_month_is_due_in_five_days_and_noted_once(province: Province) -> None:
    sheet = month(province, 1, "95.200000")
    assert national.note_sheets([sheet]) == 1
    assert national.note_sheets([sheet]) == 0
    row = rows_of(ResultReport)[0]
    assert (row.kind, row.number, row.state) == ("month", 1, "waiting")
    assert row.due_on == row.made_on + timedelta(days=5) == date(2026, 11, 26)
    assert row.result == {"score": "95.200000", "sheet_id": sheet}


def test_what_is_not_published_is_not_noted(province: Province) -> None:
    assert national.note_sheets([add_sheet(province, HUNG, state="scored")]) == 0
    assert national.note_sheets([]) == 0


def test_the_worked_year_of_the_decree_gives_quarters_and_half_years(province: Province) -> None:
    """Y1: quarters 92.10, 92.633, 89.733, 92.067; half-year 92.367."""
    points = ["95.2", "93.1", "88.0", "91.5", "96.0", "90.4", "87.3", "89.9", "92.0", "94.6", "91.1", "90.5"]
    for number, score in enumerate(points[:5], 1):
        national.note_sheets([month(province, number, score)])
    assert noted("quarter", "half_year") == [("quarter", 1, "92.100000")]
    national.note_sheets([month(province, number, score) for number, score in enumerate(points[5:], 6)])
    assert noted("quarter") == [
        ("quarter", 1, "92.100000"), ("quarter", 2, "92.633333"), ("quarter", 3, "89.733333"),
        ("quarter", 4, "92.066667"),
    ]  # fmt: skip
    assert noted("half_year") == [("half_year", 1, "92.366667"), ("half_year", 2, "90.900000")]
    assert len(noted("month")) == 12


def test_quarters_scored_as_such_make_a_half_year_with_months(province: Province) -> None:
    quarter = month(province, 1, "90", kind="quarter")
    months = [month(province, number, "84") for number in (4, 5, 6)]
    national.note_sheets([quarter, *months])
    assert ("half_year", 1, "87.000000") in noted()
    assert noted("quarter") == [("quarter", 1, "90.000000"), ("quarter", 2, "84.000000")]


def test_a_missing_month_leaves_the_quarter_open(province: Province) -> None:
    national.note_sheets([month(province, 1, "90"), month(province, 3, "90")])
    assert noted("quarter", "half_year") == []


def test_a_corrected_month_supersedes_it_and_its_quarter(province: Province) -> None:
    sheets = [month(province, number, "90") for number in (1, 2, 3)]
    national.note_sheets(sheets)
    supersede(sheets[1])
    again = month(province, 2, "81", supersedes_id=sheets[1], correction="Tính thiếu sản phẩm")
    assert national.note_sheets([again]) == 2
    old = {row.id: row for row in rows_of(ResultReport)}
    new = [row for row in old.values() if row.supersedes_id]
    assert [(row.kind, row.result["score"]) for row in new] == [("month", "81.000000"), ("quarter", "87.000000")]
    assert [old[row.supersedes_id].number for row in new] == [2, 1]


def test_a_year_carries_class_and_points(province: Province) -> None:
    round_id = add_round(province)
    rating = add_rating(province, round_id, final="good", mean="91.633333")
    waiting = add_rating(province, round_id, CAM, state="decided")
    assert national.note_ratings([rating, waiting]) == 1
    row = rows_of(ResultReport)[0]
    assert (row.kind, row.number, row.year) == ("year", 0, 2025)
    assert row.result == {"score": "91.633333", "class": "good", "rating_id": rating, "decision_id": None}


def test_whoever_publishes_is_noted_too(province: Province) -> None:
    sheet = month(province, 1, "90")
    scope.enter_for(province.actor("canbo"), P.SELF_VIEW)
    assert national.note_sheets([sheet]) == 1


def ready(province: Province) -> list[int]:
    """Note January of Hùng (agency B1) and of Dũng (agency A1)."""
    national.note_sheets([month(province, 1, "95.166667"), month(province, 1, "89.996000", DUNG)])
    ids = {row.person_id: row.id for row in rows_of(ResultReport)}
    return [ids[province.people[name]] for name in (HUNG, DUNG)]


def built(province: Province, username: str = "sonoivu", choice: Choice | None = None) -> tuple[int, dict[str, Any]]:
    who = province.enter(username, P.PERFORMANCE_MANAGE)
    with transaction():
        task_id = national_file.start(who, None, choice or Choice())
    national_file.build(task_id)
    with scope.everything():
        task = db.session.get_one(Task, task_id)
        db.session.refresh(task)
    assert task.state == "done", task.result
    return task_id, dict(task.result or {})


@pytest.mark.committed
def test_the_file_says_what_is_documented_and_its_checksum(province: Province) -> None:
    jobs.init_app(province.app)
    first, _second = ready(province)
    task_id, result = built(province)
    assert result["rows"] == 2
    with ZipFile(tasks.result_path(result["file"])) as archive:
        raw = archive.read("ket-qua.json")
        book = load_workbook(BytesIO(archive.read("ket-qua.xlsx")))
        assert result["checksum"] in archive.read("sha256.txt").decode()
    assert hashlib.sha256(raw).hexdigest() == result["checksum"]
    said = json.loads(raw)
    assert (said["format"], said["count"]) == ("hrms-results/1", 2)
    own = next(one for one in said["results"] if one["id"] == first)
    assert own == {
        "id": first, "national_id": own["national_id"], "staff_code": "CT-000007", "full_name": HUNG,
        "agency_code": "H13.09.01", "agency": "Phòng Quy hoạch", "period": "month", "year": 2026, "number": 1,
        "score": "95.166667", "class": None, "published_on": "2026-11-21", "replaces": None,
    }  # fmt: skip
    assert len(own["national_id"]) == 12
    assert book.worksheets[0].max_row == 3
    who = province.enter("sonoivu", P.PERFORMANCE_MANAGE)
    with transaction():
        assert national_file.mark_sent(who, task_id) == 2
    row = rows_of(ResultReport)[0]
    assert row.state == "sent"
    assert row.sending.endswith(f"sha256:{result['checksum']}")
    with pytest.raises(Refused, match="nothing_to_send"), transaction():
        national_file.mark_sent(province.enter("sonoivu", P.PERFORMANCE_MANAGE), task_id)
    with pytest.raises(NotFound), transaction():
        national_file.mark_sent(province.enter("tochuc", P.PERFORMANCE_MANAGE), task_id)


@pytest.mark.committed
def test_an_agency_sends_its_own_only(province: Province) -> None:
    jobs.init_app(province.app)
    first, _second = ready(province)
    _task, result = built(province, "tochuc")
    assert result["ids"] == [first]


def test_a_corrected_result_is_sent_in_place_of_the_old(province: Province) -> None:
    sheet = month(province, 1, "90")
    national.note_sheets([sheet])
    supersede(sheet)
    national.note_sheets([month(province, 1, "81", supersedes_id=sheet)])
    old, new = rows_of(ResultReport)
    with transaction():
        assert (
            national.mark_sent(province.enter("tochuc", P.PERFORMANCE_MANAGE), [old.id, new.id], "a.zip", "f" * 64) == 1
        )
    assert [row.state for row in rows_of(ResultReport)] == ["waiting", "sent"]


def sent_rows(province: Province) -> list[int]:
    ids = ready(province)
    with transaction():
        national.mark_sent(province.enter("sonoivu", P.PERFORMANCE_MANAGE), ids, "a.zip", "0" * 64)
    return ids


def test_answers_are_taken_by_row_all_or_none(province: Province) -> None:
    first, second = sent_rows(province)
    who = province.enter("sonoivu", P.PERFORMANCE_MANAGE)
    wrong = [
        Answer(1, first, "confirmed"), Answer(2, second, "refused"), Answer(3, 10**9, "confirmed"),
        Answer(4, first, "sent"), Answer(5, first, "confirmed"),
    ]  # fmt: skip
    with pytest.raises(Refused) as refused, transaction():
        national.take_answers(who, wrong)
    assert [one.code for one in refused.value.problems] == ["no_reason", "unknown", "bad_answer", "twice", "twice"]
    assert {row.state for row in rows_of(ResultReport)} == {"sent"}
    with transaction():
        who = province.enter("sonoivu", P.PERFORMANCE_MANAGE)
        answers = [Answer(1, first, "confirmed"), Answer(2, second, "refused", "Sai số định danh")]
        assert national.take_answers(who, answers) == 2
    assert {row.id: (row.state, row.answer) for row in rows_of(ResultReport)} == {
        first: ("confirmed", None), second: ("refused", "Sai số định danh"),
    }  # fmt: skip


def test_what_was_not_sent_cannot_be_answered(province: Province) -> None:
    first, _second = ready(province)
    with pytest.raises(Refused, match="not_sent"), transaction():
        national.take_answers(province.enter("sonoivu", P.PERFORMANCE_MANAGE), [Answer(1, first, "confirmed")])


def test_an_answer_about_another_agency_is_unknown(province: Province) -> None:
    _first, second = sent_rows(province)
    with pytest.raises(Refused, match="unknown"), transaction():
        national.take_answers(province.enter("tochuc", P.PERFORMANCE_MANAGE), [Answer(1, second, "confirmed")])


@pytest.mark.parametrize("username", ["thutruong", "thanhtra", "canbo", "admin", "vanthu", "giangvien"])
def test_only_who_keeps_the_classes_sends(province: Province, username: str) -> None:
    ids = ready(province)
    who = province.enter(username, P.PERFORMANCE_MANAGE)
    with pytest.raises(Forbidden), transaction():
        national.mark_sent(who, ids, "a.zip", "0" * 64)
    with pytest.raises(Forbidden), transaction():
        national.take_answers(province.enter(username), [Answer(1, ids[0], "confirmed")])
    with pytest.raises((Forbidden, NotFound)), transaction():
        national_file.start(province.enter(username, P.PERFORMANCE_MANAGE), None, Choice())


@pytest.mark.parametrize(
    ("name", "raw", "expected"),
    [
        ("a.json", b'{"answers": [{"id": 3, "state": "confirmed"}]}', [Answer(1, 3, "confirmed")]),
        ("a.json", b'[{"id": "4", "state": "REFUSED", "message": "x"}]', [Answer(1, 4, "refused", "x")]),
        ("a.csv", "id,state,message\n3,confirmed,\n4,refused,Sai mã\n".encode(),
         [Answer(2, 3, "confirmed"), Answer(3, 4, "refused", "Sai mã")]),
        ("a.csv", "\ufeff3;confirmed\r\n".encode(), [Answer(1, 3, "confirmed")]),
    ],
)  # fmt: skip
def test_answers_are_read_from_json_and_csv(name: str, raw: bytes, expected: list[Answer]) -> None:
    assert read_answers(BytesIO(raw), name) == expected


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("a.txt", b"", "bad_type"), ("a.json", b"{", "bad_shape"), ("a.json", b'{"x": 1}', "bad_shape"),
        ("a.json", b'["x"]', "bad_shape"), ("a.json", b'[{"id": -1, "state": "confirmed"}]', "bad_id"),
        ("a.csv", b"\xff\xfe", "not_utf8"), ("a.csv", b"id,state\nx,confirmed\n", "bad_id"),
    ],
)  # fmt: skip
def test_files_that_are_no_answer_are_refused(name: str, raw: bytes, code: str) -> None:
    with pytest.raises(Refused, match=code):
        read_answers(BytesIO(raw), name)


def test_the_page_shows_what_waits_by_agency_overdue_in_red(province: Province) -> None:
    client = province.client("sonoivu")
    text = client.get("/performance/national").text
    assert "Không có kết quả nào" in text
    assert mistakes(text) == []
    ready(province)
    with scope.everything():
        db.session.execute(update(ResultReport).values(due_on=date(2026, 11, 20)))
        db.session.commit()
    with statements() as made:
        text = client.get("/performance/national").text
    assert len(made) <= 10, made
    assert mistakes(text) == []
    assert "2 kết quả quá hạn gửi" in text
    assert "95,17" in text
    assert "Sở Xây dựng" in text
    own = province.client("tochuc").get("/performance/national?state=overdue").text
    assert HUNG in own
    assert DUNG not in own


@pytest.mark.parametrize("query", ["state=x", "kind=day", "year=abc", "number=99"])
def test_odd_conditions_are_refused(province: Province, query: str) -> None:
    assert province.client("sonoivu").get(f"/performance/national?{query}").status_code == 422


def test_an_answer_is_uploaded(province: Province) -> None:
    first, second = sent_rows(province)
    client = province.client("sonoivu")
    assert mistakes(client.get("/performance/national/answers").text) == []
    wrong = client.submit("/performance/national/answers", {"file": (BytesIO(b"x"), "a.txt")})
    assert wrong.status_code == 422
    raw = json.dumps(
        {"answers": [{"id": first, "state": "confirmed"}, {"id": second, "state": "refused", "message": "Sai"}]}
    )
    made = client.submit("/performance/national/answers", {"file": (BytesIO(raw.encode()), "a.json")})
    assert made.status_code == 303
    assert "Sai" in client.get(made.location).text


def test_the_checks_hold(province: Province) -> None:
    from hrms.performance.after_hooks import _check

    rating = add_rating(province, add_round(province))
    with scope.everything():
        assert _check() == [f"ratings id={rating}"]
    national.note_ratings([rating])
    with scope.everything():
        assert _check() == []
        assert db.session.get_one(Rating, rating).final == "good"
