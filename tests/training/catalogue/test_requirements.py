"""What is owed, as pages and JSON: of whom, what, how many it reaches, from a day on; how learning is recognised."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from hrms.core import scope
from hrms.core.db import db
from hrms.training.models import RecognitionRule, RequirementVersion, TrainingRequirement
from hrms.training.queries import requirements as queries
from hrms.training.rules.kinds import LearningForm
from hrms.training.rules.requirements import recognition_problems, version_problems
from tests.inspection import mistakes
from tests.province import Province
from tests.system.tampering import bearer

HOURS = {
    "code": "TINH.VT", "name": "Bồi dưỡng theo yêu cầu của tỉnh", "target": "person_kind",
    "person_kinds": ["civil_servant", "cadre"], "what": "hours", "hours": "24", "period_years": "1", "carry_hours": "8",
    "counts": ["position", "digital"], "pro_rata": "y", "exempt_absences": ["maternity_leave"], "exempt_days": "30",
    "grace_months": "0", "gate": "warning", "source": "NQ 9/NQ-HĐND", "valid_from": "01/01/2027",
    "decision_basis": "old_data",
}  # fmt: skip


def requirement(code: str) -> TrainingRequirement:
    return db.session.scalars(select(TrainingRequirement).where(TrainingRequirement.code == code)).one()


def confirmed(client: Any, address: str, sent: dict[str, Any]) -> Any:
    """Send the form, read the preview's stamp, and send it again as the page would."""
    preview = client.submit(address, sent)
    assert preview.status_code == 200, preview.text
    stamp = preview.text.split('name="confirmed"')[1].split('value="')[1].split('"')[0]
    return preview, client.submit(address, {**sent, "confirmed": stamp})


def jobs_waiting() -> int:
    query = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'training.refresh' AND status = 'todo'")
    return int(db.session.execute(query).scalar_one())


def test_everybody_reads_what_is_owed_on_a_day(province: Province) -> None:
    client = province.client("canbo")
    page = client.get("/training/requirements")
    assert mistakes(page.text) == []
    assert "Công chức: kiến thức, kỹ năng theo vị trí việc làm hằng năm" in page.text
    assert "40 tiết một năm" in page.text
    assert "120 tiết trong 5 năm" in page.text
    assert "chương trình, trong 12 tháng" in page.text
    assert "Thêm yêu cầu" not in page.text
    before = client.get("/training/requirements?as_at=01/01/2016").text
    assert "40 tiết một năm" not in before
    assert "40 tiết một năm" in client.get("/training/requirements?as_at=01/01/2016&ended=1").text


@pytest.mark.parametrize("code", ["NAM.CONGCHUC", "NAM.GIAOVIEN", "LD.PHONG.SO", "QPAN.3"])
def test_a_requirement_says_of_whom_and_how(province: Province, code: str) -> None:
    found = requirement(code)
    page = province.client("tochuc").get(f"/training/requirements/{found.id}")
    assert page.status_code == 200
    assert mistakes(page.text) == []
    assert "Số người đang công tác, trong phạm vi của bạn" in page.text


def test_how_many_a_target_reaches_is_counted_in_scope(province: Province) -> None:
    day = date(2026, 11, 21)
    counts = {}
    for name in ("sonoivu", "tochuc"):
        with province.app.app_context():
            province.enter(name, "people.view")
            counts[name] = [
                queries.effect(None, target, codes, day).after
                for target, codes in (
                    ("all", []), ("person_kind", ["civil_servant"]), ("rank", ["01.002"]),
                    ("person_kind", ["public_employee"]), ("post_group", ["division_head"]),
                )
            ]  # fmt: skip
            db.session.rollback()
    assert counts["sonoivu"][:4] == [12, 9, 2, 2]
    assert counts["tochuc"][:4] == [4, 4, 1, 0]


def test_a_requirement_is_previewed_and_then_added(province: Province) -> None:
    client = province.client("sonoivu")
    form = client.get("/training/requirements/new")
    assert mistakes(form.text) == []
    before = jobs_waiting()
    preview, answer = confirmed(client, "/training/requirements/new", HOURS)
    assert "áp dụng với 10 người đang công tác" in preview.text
    assert mistakes(preview.text) == []
    assert answer.status_code == 303
    made = requirement("TINH.VT")
    (version,) = queries.list_versions(made.id)
    assert (version.target_codes, version.hours, version.mark) == (["civil_servant", "cadre"], Decimal(24), "P")
    assert (version.carry_hours, version.exempt_absences) == (Decimal(8), ["maternity_leave"])
    assert jobs_waiting() == before + 1
    assert "thêm yêu cầu đào tạo “Bồi dưỡng theo yêu cầu của tỉnh”" in client.get("/audit").text
    assert "24 tiết một năm" in client.get("/training/requirements?as_at=01/01/2027").text


def test_another_version_after_the_preview_asks_again(province: Province) -> None:
    client = province.client("sonoivu")
    preview = client.submit("/training/requirements/new", HOURS)
    stamp = preview.text.split('name="confirmed"')[1].split('value="')[1].split('"')[0]
    other = client.submit("/training/requirements/new", {**HOURS, "confirmed": stamp, "person_kinds": ["cadre"]})
    assert other.status_code == 200
    assert "áp dụng với 1 người" in other.text
    assert db.session.scalar(select(TrainingRequirement.id).where(TrainingRequirement.code == "TINH.VT")) is None


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"person_kinds": []}, "Chưa ghi đối tượng nào"),
        ({"target": "rank", "ranks": "99.*"}, "99.*"),
        ({"target": "post", "posts": "Trưởng tàu vũ trụ"}, "Trưởng tàu vũ trụ"),
        ({"target": "position", "positions": "Người bay"}, "Người bay"),
        ({"hours": ""}, "Số tiết phải lớn hơn 0"),
        ({"carry_hours": "25"}, "không quá số tiết"),
        ({"period_years": "5"}, "Chỉ kỳ một năm"),
        ({"counts": []}, "chọn nội dung được tính"),
        ({"what": "course"}, "Chưa ghi chương trình hay trình độ"),
        ({"what": "course", "courses": "KHONG.CO"}, "KHONG.CO"),
        ({"what": "course", "courses": "LD.SO", "level_section": "theory"}, "Ghi cả mục trình độ"),
        ({"what": "course", "level_section": "theory", "level_least": "group_3"}, "group_3"),
        ({"last_day": "01/01/2026", "confirmed": "x"}, "Chưa ghi"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_named(province: Province, more: dict[str, Any], said: str) -> None:
    answer = province.client("sonoivu").submit("/training/requirements/new", {**HOURS, **more})
    assert answer.status_code in {200, 422}
    assert said in answer.text
    assert mistakes(answer.text) == []


def test_a_course_requirement_by_names(province: Province) -> None:
    client = province.client("sonoivu")
    sent = {
        **HOURS, "code": "TINH.LD", "what": "course", "target": "post", "posts": "Giám đốc sở\ndivision_head",
        "courses": "LD.SO · Bồi dưỡng lãnh đạo\nLD.VU", "due_months": "12", "exempt_before": "30/06/2025",
        "keep_valid": "y", "hours": "",
    }  # fmt: skip
    assert confirmed(client, "/training/requirements/new", sent)[1].status_code == 303
    (version,) = queries.list_versions(requirement("TINH.LD").id)
    assert version.courses == ["LD.SO", "LD.VU"]
    assert version.target_codes == ["department_director", "division_head"]
    assert (version.hours, version.counts, version.pro_rata, version.due_months) == (None, [], False, 12)
    assert version.exempt_before == date(2025, 6, 30)


def test_a_change_from_a_day_on_leaves_the_days_before_it(province: Province) -> None:
    client = province.client("sonoivu")
    found = requirement("NAM.CONGCHUC")
    address = f"/training/requirements/{found.id}/edit"
    form = client.get(address).text
    assert 'value="40"' in form
    assert mistakes(form) == []
    sent = {**HOURS, "version": str(found.version), "hours": "48", "person_kinds": ["civil_servant", "cadre"]}
    preview, answer = confirmed(client, address, sent)
    assert "10 người đang công tác thuộc đối tượng (trước đây 9): thêm 1, thôi 0" in preview.text
    assert answer.status_code == 303
    db.session.expire_all()
    versions = queries.list_versions(found.id)
    days = (date(2024, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    held = [queries.version_on(versions, day) for day in days]
    assert [one and one.hours for one in held] == [Decimal(40), Decimal(40), Decimal(48)]
    stale = confirmed(client, address, sent)[1]
    assert stale.status_code == 412
    one = next(version for version in versions if version.valid_from == date(2025, 7, 1))
    assert 'value="01/07/2025"' in client.get(f"{address}?version={one.id}").text


def test_a_requirement_is_withdrawn_and_named_anew(province: Province) -> None:
    client = province.client("sonoivu")
    found = requirement("QPAN.4")
    sent = {"version": str(found.version), "name": "Quốc phòng và an ninh đối tượng 4"}
    assert client.submit(f"/training/requirements/{found.id}/name", sent).status_code == 303
    db.session.expire_all()
    end = {
        "version": str(requirement("QPAN.4").version), "valid_from": "01/01/2027", "reason": "Chưa có quy định",
        "decision_basis": "old_data",
    }  # fmt: skip
    address = f"/training/requirements/{found.id}/withdraw"
    assert mistakes(client.get(address).text) == []
    assert client.submit(address, {**end, "reason": ""}).status_code == 422
    assert client.submit(address, end).status_code == 303
    client.get("/training/requirements")
    assert "Quốc phòng và an ninh đối tượng 4" not in client.get("/training/requirements?as_at=02/01/2027").text
    assert "Quốc phòng và an ninh đối tượng 4" in client.get("/training/requirements").text


def test_only_the_keeper_writes(province: Province) -> None:
    found = requirement("NAM.CONGCHUC")
    for name in ("tochuc", "thutruong", "giangvien", "thanhtra", "canbo"):
        client = province.client(name)
        assert client.submit("/training/requirements/new", HOURS).status_code == 403
        assert client.submit(f"/training/requirements/{found.id}/withdraw", {}).status_code == 403
        assert client.submit("/training/recognition/class", {}).status_code == 403


def test_recognition_changes_from_a_day_on(province: Province) -> None:
    client = province.client("sonoivu")
    page = client.get("/training/recognition")
    assert mistakes(page.text) == []
    assert "không giới hạn" in page.text
    form = client.get("/training/recognition/online")
    assert mistakes(form.text) == []
    seen = form.text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    sent = {
        "seen": seen, "factor": "0,8", "cap_hours": "20", "source": "QĐ 3/QĐ-UBND", "valid_from": "01/01/2027",
        "needs_proof": "y", "decision_basis": "old_data",
    }  # fmt: skip
    assert client.submit("/training/recognition/online", {**sent, "factor": "0"}).status_code == 422
    assert client.submit("/training/recognition/online", sent).status_code == 303
    assert client.submit("/training/recognition/online", sent).status_code == 412
    rules = {day: queries.list_recognition(day)[LearningForm.ONLINE] for day in (date(2026, 12, 31), date(2027, 1, 1))}
    assert [rule and rule.factor for rule in rules.values()] == [Decimal("1.00"), Decimal("0.80")]
    assert "Sẽ áp dụng" in client.get("/training/recognition").text
    assert client.get("/training/recognition/singing").status_code == 404
    with scope.everything():
        assert db.session.scalar(select(RecognitionRule.mark).where(RecognitionRule.factor == Decimal("0.80"))) == "P"


def test_requirements_answer_to_programs(province: Province) -> None:
    read = province.app.test_client()
    read.environ_base["HTTP_AUTHORIZATION"] = bearer(province, "tochuc")["Authorization"]
    items = read.get("/api/v1/requirements").get_json()["items"]
    yearly = next(item for item in items if item["code"] == "NAM.CONGCHUC")
    assert yearly["current"]["hours"] == "40.00"
    first = {
        "target": "post_group", "target_codes": ["division_head"], "what": "hours", "hours": "8", "counts": ["digital"],
        "gate": "off", "source": "QĐ 1", "valid_from": "2027-01-01",
    }  # fmt: skip
    body = {"code": "API.SO", "name": "Kỹ năng số", "first": first}
    assert read.post("/api/v1/requirements", json=body).status_code == 403
    keep = province.app.test_client()
    keep.environ_base["HTTP_AUTHORIZATION"] = bearer(province, "sonoivu")["Authorization"]
    made = keep.post("/api/v1/requirements", json=body)
    assert made.status_code == 201, made.text
    address = f"/api/v1/requirements/{made.get_json()['id']}"
    assert made.get_json()["current"] is None
    assert keep.get(f"{address}?as_at=2027-02-01").get_json()["current"]["hours"] == "8.00"
    later = {**first, "hours": "16", "valid_from": "2028-01-01"}
    assert keep.post(f"{address}/versions", json=later).status_code == 428
    answer = keep.post(f"{address}/versions", json=later, headers={"If-Match": made.headers["ETag"]})
    assert answer.status_code == 201
    assert len(keep.get(f"{address}/versions").get_json()) == 2
    again = keep.post(f"{address}/versions", json=later, headers={"If-Match": made.headers["ETag"]})
    assert again.status_code == 412
    wrong = keep.post(
        f"{address}/versions", json={**later, "counts": ["defence"]}, headers={"If-Match": answer.headers["ETag"]}
    )
    assert [problem["field"] for problem in wrong.get_json()["problems"]] == ["counts"]


GOOD_HOURS: dict[str, Any] = {
    "target": "all", "target_codes": [], "what": "hours", "hours": Decimal(40), "counts": ["position"],
    "period_years": 1, "carry_hours": Decimal(0), "gate": "off", "source": "x", "courses": [],
}  # fmt: skip
GOOD_COURSE: dict[str, Any] = {**GOOD_HOURS, "what": "course", "hours": None, "counts": [], "courses": ["LD.SO"]}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({**GOOD_HOURS, "target_codes": ["x"]}, "target"), ({**GOOD_HOURS, "target": "planet"}, "target"),
        ({**GOOD_HOURS, "gate": "wall"}, "gate"), ({**GOOD_HOURS, "source": " "}, "source"),
        ({**GOOD_HOURS, "what": "song"}, "what"), ({**GOOD_HOURS, "carry_hours": Decimal(-1)}, "carry_hours"),
        ({**GOOD_HOURS, "period_years": 11}, "period_years"), ({**GOOD_HOURS, "counts": ["leadership"]}, "counts"),
        ({**GOOD_HOURS, "courses": ["LD.SO"]}, "courses"), ({**GOOD_COURSE, "hours": Decimal(1)}, "hours"),
        ({**GOOD_COURSE, "due_months": 0}, "due_months"), ({**GOOD_COURSE, "courses": []}, "courses"),
        ({**GOOD_COURSE, "level_section": "cooking", "level_least": "x"}, "level_section"),
    ],
)  # fmt: skip
def test_the_rules_name_the_field(values: dict[str, Any], field: str) -> None:
    assert [one.field for one in version_problems(values)] == [field]


def test_the_rules_let_good_ones_pass() -> None:
    assert version_problems(GOOD_HOURS) == version_problems(GOOD_COURSE) == []
    assert recognition_problems({"factor": Decimal(1), "cap_hours": None, "source": "x"}) == []
    bad = {"factor": Decimal(0), "cap_hours": Decimal(0), "source": ""}
    assert [one.field for one in recognition_problems(bad)] == ["factor", "cap_hours", "source"]
    assert RequirementVersion.__dated_key__ == ("requirement_id",)
