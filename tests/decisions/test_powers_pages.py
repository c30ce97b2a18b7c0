"""The table as the province edits it: added, changed from a day on, ended; what was used stays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from hrms.audit.models import AuditEvent
from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.errors import Forbidden, HrmsError, Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.decisions.models import DecentralisationRule, Submission
from hrms.decisions.queries import powers
from hrms.decisions.services import powers as services
from tests.counting import statements
from tests.inspection import mistakes
from tests.province import TODAY, Province

DAY = TODAY.date()
POWERS = Permission.DECISIONS_POWERS
VALUES: dict[str, Any] = {
    "action": "leaving", "post_group": "division_head", "person_kind": "civil_servant", "proposes": "using",
    "appraises": "home_affairs", "signs": "managing", "source": "QĐ 15/2026/QĐ-UBND",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.frozen(TODAY):
        yield


def add(province: Province, **more: Any) -> DecentralisationRule:
    with transaction():
        return services.add_power(province.enter("sonoivu", POWERS), {**VALUES, "valid_from": date(2026, 1, 1), **more})


def use(province: Province, rule_id: int) -> None:
    agency = province.agencies["B"]
    with scope.everything():
        db.session.execute(
            insert(Submission).values(
                kind="leaving", title="x", effective_on=DAY, values={}, one_paper=False, proposing_agency_id=agency,
                signing_agency_id=agency, party_ids=[0, agency], rule_ids=[rule_id], split_key="x", state="draft",
                grounds=[], changed_at=TODAY,
            )
        )  # fmt: skip
        db.session.commit()


def codes(error: pytest.ExceptionInfo[HrmsError]) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in error.value.problems}


def test_a_change_ends_the_row_and_begins_another(province: Province) -> None:
    row = add(province)
    use(province, row.id)
    with transaction():
        made = services.change_power(
            province.enter("sonoivu", POWERS), row, {**VALUES, "signs": "province"}, start=DAY, version=row.version
        )
    assert made.id != row.id
    assert (row.signs, row.valid_to) == ("managing", DAY)
    assert (made.signs, made.valid_from, made.valid_to, made.mark) == ("province", DAY, None, "P")
    with scope.everything():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "power.changed")).one()
    assert event.before is not None
    assert event.after is not None
    assert (event.before["signs"], event.after["signs"]) == ("managing", "province")
    shown = province.client("sonoivu").get("/audit").text
    assert "thay đổi bảng phân cấp" in shown


def test_what_was_used_is_never_edited_what_only_waits_is_put_right(province: Province) -> None:
    row = add(province, valid_from=DAY + timedelta(days=10))
    actor = province.enter("sonoivu", POWERS)
    with transaction():
        same = services.change_power(
            actor, row, {**VALUES, "signs": "province"}, start=DAY + timedelta(days=5), version=row.version
        )
    assert (same.id, same.signs, same.valid_from) == (row.id, "province", DAY + timedelta(days=5))
    use(province, row.id)
    actor = province.enter("sonoivu", POWERS)
    with pytest.raises(Refused) as refused, transaction():
        services.change_power(actor, row, VALUES, start=DAY + timedelta(days=5), version=row.version)
    assert codes(refused) == {("start", "before_it_began")}
    assert powers.get_power(row.id).signs == "province"


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"action": "dance"}, ("action", "unknown_code")),
        ({"person_kind": "robot"}, ("person_kind", "unknown_code")),
        ({"post_group": "king"}, ("post_group", "unknown_code")),
        ({"using_kind": "district"}, ("using_kind", "unknown_code")),
        ({"signs": "nobody"}, ("signs", "unknown_code")),
        ({"signs": ""}, ("signs", "required")),
        ({"proposes": None}, ("proposes", "required")),
        ({"source": "  "}, ("source", "required")),
        ({"source": "x" * 301}, ("source", "too_long")),
        ({"valid_from": None}, ("valid_from", "required")),
        ({"rank_code": "99.999"}, ("rank_code", "unknown_rank")),
        ({"last_day": date(2025, 12, 31)}, ("last_day", "ends_before_it_begins")),
    ],
)
def test_bad_input_gets_a_sentence(province: Province, more: dict[str, Any], problem: tuple[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        add(province, **more)
    assert codes(refused) == {problem}


def test_a_second_row_for_the_same_case_is_refused(province: Province) -> None:
    add(province, last_day=date(2026, 6, 30))
    with pytest.raises(Refused) as refused:
        add(province, valid_from=date(2026, 6, 30))
    assert codes(refused) == {("", "same_case")}
    add(province, valid_from=date(2026, 7, 1))
    add(province, rank_code="01.003")


def test_change_and_end_refuse_the_past_the_stale_and_the_unchanged(province: Province) -> None:
    row = add(province)
    actor = province.enter("sonoivu", POWERS)
    new = {**VALUES, "signs": "province"}
    for start, code in (
        (DAY - timedelta(days=1), "in_the_past"), (date(2026, 1, 1), "before_it_began"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused, transaction():
            services.change_power(actor, row, new, start=start, version=row.version)
        assert codes(refused) == {("start", code)}
    with pytest.raises(Refused) as refused, transaction():
        services.change_power(actor, row, VALUES, start=DAY, version=row.version)
    assert codes(refused) == {("", "unchanged")}
    with pytest.raises(Stale), transaction():
        services.change_power(actor, row, new, start=DAY, version=99)
    with pytest.raises(Refused) as refused, transaction():
        services.end_power(actor, row, last=DAY - timedelta(days=5), version=row.version)
    assert codes(refused) == {("last_day", "in_the_past")}
    with transaction():
        services.end_power(actor, row, last=DAY, version=row.version)
    assert row.valid_to == DAY + timedelta(days=1)
    with pytest.raises(Refused) as refused, transaction():
        services.end_power(actor, row, last=DAY + timedelta(days=3), version=row.version)
    assert codes(refused) == {("last_day", "ends_already")}


def test_only_the_whole_provinces_officer_edits_it(province: Province) -> None:
    for username in ("tochuc", "thutruong", "vanthu", "admin"):
        with pytest.raises(Forbidden), transaction():
            services.add_power(province.enter(username), {**VALUES, "valid_from": DAY})
    client = province.client("thutruong")
    assert client.get("/decisions/powers").status_code == 200
    assert "Thêm dòng" not in client.get("/decisions/powers").text
    assert client.get("/decisions/powers/new").status_code == 403


def test_the_pages(province: Province) -> None:
    client = province.client("sonoivu")
    page = client.get("/decisions/powers").text
    assert "chưa chắc chắn" in page
    assert "NĐ 300/2026" in page
    assert mistakes(page) == []
    old = client.get("/decisions/powers?action=leaving&all=1").text
    assert "31/07/2026" in old
    assert "31/07/2026" not in client.get("/decisions/powers?action=leaving").text
    assert client.get("/decisions/powers/print?action=leaving").status_code == 200
    form = {
        "action": "transfer", "post_group": "division_head", "proposes": "using", "signs": "province",
        "start": "21/11/2026", "source": "QĐ 15/2026/QĐ-UBND",
    }  # fmt: skip
    assert client.submit("/decisions/powers/new", {**form, "signs": ""}).status_code == 422
    assert client.submit("/decisions/powers/new", form).status_code == 303
    with scope.everything():
        row = db.session.scalars(select(DecentralisationRule).where(DecentralisationRule.mark == "P")).one()
        address, version = f"/decisions/powers/{row.id}", row.version
    assert "Kết thúc" in client.get("/decisions/powers").text
    changed = {**form, "signs": "using", "start": "01/12/2026", "version": str(version)}
    assert client.get(f"{address}/edit").status_code == 200
    assert client.submit(f"{address}/edit", {**changed, "version": "9"}).status_code == 412
    assert client.submit(f"{address}/edit", changed).status_code == 303
    assert client.submit(f"{address}/end", {"last_day": "30/12/2026", "version": str(version + 1)}).status_code == 422
    assert client.submit(f"{address}/end", {"last_day": "25/11/2026", "version": str(version + 1)}).status_code == 303
    english = client.get("/decisions/powers?all=1", headers={"Accept-Language": "en"})
    assert english.status_code == 200


def test_who_decides_for_a_person(province: Province) -> None:
    client = province.client("tochuc")
    person = province.people["Lý Thị Cẩm"]
    assert client.get("/decisions/powers/who").status_code == 200
    page = client.get(f"/decisions/powers/who?person={person}&action=leaving").text
    assert "Sở Xây dựng" in page
    assert "NĐ 300/2026" in page
    assert mistakes(page) == []
    higher = client.get(f"/decisions/powers/who?person={person}&action=appointment&post_group=agency_head").text
    assert "UBND thành phố Cần Thơ" in higher
    outside = province.people["Thạch Sa Rây"]
    assert client.get(f"/decisions/powers/who?person={outside}&action=leaving").status_code == 422
    early = client.get(f"/decisions/powers/who?person={person}&action=leaving&on=01/07/2024").text
    assert "Bảng phân cấp chưa có dòng nào cho Lý Thị Cẩm" in early
    typed = client.get("/decisions/powers/who?person=&person-text=Lý Thị Cẩm&action=leaving")
    assert "NĐ 300/2026" in typed.text


def test_the_table_asks_a_fixed_number_of_times(province: Province) -> None:
    client = province.client("sonoivu")
    client.get("/decisions/powers")
    with statements() as seen:
        client.get("/decisions/powers")
    assert len(seen) <= 8


def test_the_api_lists_the_rows_in_force(province: Province) -> None:
    client = province.client("thutruong")
    answer = client.get("/api/v1/decisions/powers?action=leaving&on=2026-07-31")
    assert answer.status_code == 200
    rows = answer.json["items"]
    (before,) = [row for row in rows if row["last_day"] == "2026-07-31"]
    assert (before["action"], before["signs"]) == ("leaving", "managing")
    after = client.get("/api/v1/decisions/powers?action=leaving&on=2026-08-01").json["items"]
    assert not [row for row in after if row["last_day"]]
    assert province.client("canbo").get("/api/v1/decisions/powers").status_code == 403
