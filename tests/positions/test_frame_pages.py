"""Writing frames on the web: rows by buttons, checks while one types, who is affected, versions compared."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from hrms.core import clock
from hrms.core.db import db
from hrms.positions.models import Assignment, FrameVersion, PositionFrame
from hrms.positions.queries.frame_effect import effect
from hrms.positions.rules.frames import Need, Requirements
from hrms.positions.rules.kinds import FitOutcome
from tests.counting import statements
from tests.inspection import mistakes
from tests.positions.test_frames import position, put_frame, put_line
from tests.province import TODAY, Province, signed_in_scope

CIVIL, PUBLIC = "cc.specialised.01", "vc.pl2.002"
TEXT = {
    "act": "save", "valid_from": "01/12/2026", "objective": "Tham mưu tổ chức bộ máy để hoạt động tinh gọn, hiệu quả",
    "duties-0-section": "work", "duties-0-task": "Xây dựng văn bản",
    "duties-0-work": "Chủ trì soạn thảo văn bản về tổ chức bộ máy", "duties-0-criteria": "Đúng hạn",
    "competencies-0-code": "G1", "competencies-0-level_min": "2", "competencies-0-level_max": "3",
    "inside-directed_by": "Trưởng phòng", "authority-0-part": "", "authority-0-words": "Chủ động về phương pháp",
    "requirements_text-degree": "Đại học", "least_degree": "university", "decision_basis": "old_data",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.frozen(TODAY):
        yield


def new_address(key: str = CIVIL) -> str:
    with signed_in_scope():
        return f"/positions/catalogue/{position(key)}/frames/new"


def write(province: Province, username: str = "tochuc", *, agency: str | None = "B", **more: Any) -> Any:
    data = {**TEXT, **more}
    if agency:
        data |= {"agency": str(province.agencies[agency]), "agency-text": _name(province, agency)}
    return province.client(username).submit(new_address(), data)


def _name(province: Province, agency: str) -> str:
    with signed_in_scope():
        found = text("SELECT name FROM agencies WHERE id = :id")
        return str(db.session.execute(found, {"id": province.agencies[agency]}).scalar_one())


def versions() -> list[FrameVersion]:
    """The versions of frames of the position, also superseded ones."""
    with signed_in_scope():
        query = select(FrameVersion).join(PositionFrame, PositionFrame.id == FrameVersion.frame_id)
        return list(
            db.session.scalars(
                query.where(PositionFrame.position_id == position(CIVIL)).order_by(FrameVersion.id),
                execution_options={"populate_existing": True},
            )
        )


def seat(province: Province, person: str, line_id: int, since: date = date(2026, 1, 1)) -> None:
    db.session.execute(
        insert(Assignment).values(
            person_id=province.people[person], slot=0, line_id=line_id, role="main", valid_from=since, basis="old_data"
        )
    )


def test_an_agency_writes_its_own_frame(province: Province) -> None:
    page = province.client("tochuc").get(new_address())
    assert page.status_code == 200
    assert mistakes(page.text) == []
    # The standard rows of a specialised công chức are there to be filled in.
    assert "Hướng dẫn triển khai thực hiện văn bản" in page.text
    assert "Được tham dự các cuộc họp liên quan" in page.text
    answer = write(province)
    assert answer.status_code == 303, answer.text
    (made,) = versions()
    assert (made.least_degree, made.valid_from, made.valid_to) == ("university", date(2026, 12, 1), None)
    assert made.content["competencies"] == [{"code": "G1", "grade": None, "level_min": 2, "level_max": 3}]
    shown = province.client("tochuc").get(answer.headers["Location"])
    assert "Sở Xây dựng" in shown.text
    assert "Chủ trì soạn thảo văn bản về tổ chức bộ máy" in shown.text
    assert mistakes(shown.text) == []
    again = write(province)
    assert again.status_code == 422
    assert "Cơ quan đã có bản mô tả của vị trí này" in again.text


def test_the_model_is_the_provinces(province: Province) -> None:
    refused = write(province, agency=None)
    assert refused.status_code == 422
    assert "Chưa chọn cơ quan, đơn vị" in refused.text
    assert write(province, "sonoivu", agency=None).status_code == 303
    # An agency's frame begins as a copy of what judges its seats now.
    assert "Bản này chép từ bản đang dùng" not in province.client("tochuc").get(new_address()).text
    with signed_in_scope():
        put_frame(position("cc.specialised.02"), None, content={"objective": "Mục tiêu của mẫu chung"})
    copied = province.client("tochuc").get(new_address("cc.specialised.02"))
    assert "Mục tiêu của mẫu chung" in copied.text
    assert "Bản này chép từ bản đang dùng" in copied.text


def test_a_frame_of_another_agency_is_out_of_reach(province: Province) -> None:
    assert write(province, agency="A").status_code == 422
    assert write(province, "thutruong").status_code == 403
    assert versions() == []


def test_rows_are_added_and_taken_without_script(province: Province) -> None:
    client, address = province.client("tochuc"), new_address()
    more = client.submit(address, {**TEXT, "act": "add:duties:work"})
    assert more.status_code == 200
    assert 'name="duties-1-work"' in more.text
    assert "Chủ trì soạn thảo văn bản về tổ chức bộ máy" in more.text
    less = client.submit(address, {**TEXT, "act": "remove:duties:0"})
    assert 'name="duties-0-work"' not in less.text
    assert 'name="competencies-0-code"' in less.text
    need = client.submit(address, {**TEXT, "act": "add:competencies:"})
    assert 'name="competencies-1-code"' in need.text
    odd = client.submit(address, {**TEXT, "act": "add:duties:999999"})
    assert odd.status_code == 200
    assert versions() == []


def test_errors_block_and_stand_at_their_row_advice_does_not(province: Province) -> None:
    bad = {
        "duties-3-section": "work", "duties-3-task": "Phối hợp", "duties-3-work": "",
        "competencies-0-level_min": "5", "competencies-0-level_max": "2",
    }  # fmt: skip
    answer = write(province, **bad)
    assert answer.status_code == 422
    # Rows are numbered anew on the page that comes back.
    assert 'href="#duties-1-work"' in answer.text
    assert "Cấp độ thấp nhất 5 cao hơn cấp độ cao nhất 2" in answer.text
    assert versions() == []
    advised = write(province, **{"inside-directed_by": ""}, act="check")
    assert "Chưa ghi người lãnh đạo, quản lý trực tiếp" in advised.text
    assert write(province, **{"inside-directed_by": ""}).status_code == 303


def test_the_checks_answer_while_one_types(province: Province) -> None:
    with signed_in_scope():
        address = f"/positions/catalogue/{position(CIVIL)}/frames/check"
    found = province.client("tochuc").submit(address, {**TEXT, "duties-0-work": "", "experience_years": "ba"})
    items = {item["id"]: item for item in found.get_json()["items"]}
    assert items["duties-0-work"]["severity"] == "error"
    assert "ba" in items["experience_years"]["message"]
    assert "2 chỗ cần sửa" in found.get_json()["summary"]
    good = province.client("tochuc").submit(address, TEXT).get_json()
    assert not [item for item in good["items"] if item["severity"] == "error"]
    with signed_in_scope():
        address = f"/positions/catalogue/{position(PUBLIC)}/frames/check"
    public = province.client("tochuc").submit(address, {"grade_from": "3", "grade_to": "4", "objective": "x"})
    assert any("Bậc 3 chưa có công việc" in item["message"] for item in public.get_json()["items"])


def test_a_new_version_a_correction_a_comparison(province: Province) -> None:
    write(province, valid_from="01/01/2026")
    frame = versions()[0].frame_id
    client, address = province.client("tochuc"), f"/positions/frames/{frame}"
    page = client.get(f"{address}/edit")
    assert page.status_code == 200
    version = {"version": "2"}
    newer = {**TEXT, **version, "valid_from": "01/10/2026", "least_degree": "master", "duties-0-criteria": "Không trễ"}
    assert client.submit(f"{address}/edit", newer).status_code == 303
    stale = client.submit(f"{address}/edit", newer)
    assert stale.status_code == 412
    current = [one for one in versions() if one.superseded_at is None]
    assert [(one.valid_from, one.valid_to, one.least_degree) for one in current] == [
        (date(2026, 1, 1), date(2026, 10, 1), "university"), (date(2026, 10, 1), None, "master"),
    ]  # fmt: skip
    compared = client.get(f"{address}/compare").text
    assert "Không trễ" in compared
    assert "Thạc sĩ" in compared
    assert "từ Đại học" in client.get(f"{address}?as_at=30/09/2026").text
    old = current[0].id
    filled = client.get(f"{address}/edit?version={old}").text
    assert 'value="01/01/2026"' in filled
    assert 'value="30/09/2026"' in filled
    fixed = {**TEXT, "version": "3", "valid_from": "01/01/2026", "last_day": "30/09/2026", "least_degree": "college"}
    assert client.submit(f"{address}/edit?version={old}", fixed).status_code == 303
    current = sorted((one for one in versions() if one.superseded_at is None), key=lambda one: one.valid_from)
    assert [one.least_degree for one in current] == ["college", "master"]
    assert client.get(f"{address}?version={old}").status_code == 404


def test_who_sits_there_is_shown_before_anything_is_written(province: Province) -> None:
    with signed_in_scope():
        line = put_line(province.agencies["B1"], position(CIVIL))
        seat(province, "Lý Thị Cẩm", line)
        seat(province, "Nguyễn Văn Hùng", line)
        db.session.execute(
            text("UPDATE people SET degree = 'university' WHERE id = ANY (:ids)"),
            {"ids": [province.people["Lý Thị Cẩm"], province.people["Nguyễn Văn Hùng"]]},
        )
        db.session.execute(text("SELECT refresh_people(NULL, :day)"), {"day": clock.today()})
    asked = write(province, valid_from="01/11/2026", least_degree="master")
    assert asked.status_code == 422
    assert "2 người ở 1 nơi" in asked.text
    assert "2 người đổi kết quả" in asked.text
    assert "Lý Thị Cẩm" in asked.text
    assert versions() == []
    sure = write(province, valid_from="01/11/2026", least_degree="master", confirmed="1")
    assert sure.status_code == 303
    assert len(versions()) == 1


def test_a_withdrawn_frame_leaves_the_seats_to_the_one_above(province: Province) -> None:
    write(province, valid_from="01/01/2026")
    frame = versions()[0].frame_id
    client, address = province.client("tochuc"), f"/positions/frames/{frame}/withdraw"
    assert client.get(address).status_code == 200
    data = {"version": "2", "valid_from": "01/11/2026", "reason": "", "decision_basis": "old_data"}
    assert client.submit(address, data).status_code == 422
    assert client.submit(address, {**data, "reason": "Dùng mẫu chung"}).status_code == 303
    (current,) = [one for one in versions() if one.superseded_at is None]
    assert current.valid_to == date(2026, 11, 1)
    late = client.submit(address, {**data, "version": "3", "valid_from": "01/12/2026", "reason": "Nữa"})
    assert late.status_code == 422
    assert "không còn bản nào có hiệu lực" in late.text


def test_the_effect_takes_a_fixed_number_of_statements(province: Province) -> None:
    with signed_in_scope():
        one = position(CIVIL)
        line = put_line(province.agencies["B1"], one)
        seat(province, "Lý Thị Cẩm", line)
        candidate = (Requirements(least_degree="master"), (Need("G1", 2),))
        today = clock.today()

        def count() -> tuple[int, Any]:
            with statements() as sent:
                found = effect(one, None, None, candidate, today, None)
            return len(sent), found

        count()  # what is kept of the catalogues is read once
        first, found = count()
        assert (found.people, found.changed) == (1, 1)
        other = put_line(province.agencies["A1"], one)
        for person in ("Đặng Thị Ngọc Ánh", "Nguyễn Hoà Dũng"):
            seat(province, person, other)
        second, found = count()
        assert found.people == 3
        assert second == first <= 12
        # A nearer frame keeps judging its own.
        put_frame(one, province.agencies["A"])
        assert effect(one, None, None, candidate, today, None).people == 1
        gone = effect(one, None, None, candidate, today + timedelta(days=30), None)
        assert gone.on == today + timedelta(days=30)
        assert set(found.counts) <= {(FitOutcome.MET, FitOutcome.UNMET), (FitOutcome.TRAIN, FitOutcome.UNMET)}
