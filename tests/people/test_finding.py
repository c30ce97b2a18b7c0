"""The list: scope, search, filters, pages, guarded columns, as at another day, export."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from sqlalchemy import text

from hrms.audit import services as audit
from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused
from hrms.core.permissions import Permission
from hrms.people.queries import columns, finding
from hrms.people.queries.filters import Filters, parse, reach
from tests.counting import statements
from tests.province import TODAY, Province, add_person

ALL = [columns.COLUMNS[key] for key in columns.DEFAULT]


def names(
    province: Province, username: str, shown: list[columns.Column] | None = None, **conditions: object
) -> list[str]:
    actor = province.enter(username, Permission.PEOPLE_VIEW)
    filters = Filters(**conditions)  # type: ignore[arg-type] # conditions by name
    page = finding.list_people(actor, filters, reach(actor, filters), shown or ALL)
    return [row.full_name for row in page.items]


def test_the_list_is_in_the_order_of_given_names(province: Province) -> None:
    found = names(province, "sonoivu")
    assert found[0] == "Đặng Thị Ngọc Ánh"
    assert len(found) == 12
    assert found.index("Nguyễn Hòa Bình") < found.index("Lý Thị Cẩm") < found.index("Nguyễn Hoà Dũng")
    assert found.index("Nguyễn Hoà Dũng") < found.index("Phạm Quốc Đạt"), "d comes before đ"


def test_an_agency_sees_itself_and_what_is_under_it(province: Province) -> None:
    assert set(names(province, "tochuc")) == {"Võ Minh Đức", "Lý Thị Cẩm", "Nguyễn Văn Hùng", "Nguyen Van Hung"}
    assert set(names(province, "thanhtra")) == {"Thạch Sa Rây", "Phạm Quốc Đạt", "Huỳnh Thị Mỹ", "Danh Thị Đào"}


def test_people_seconded_in_are_seen_by_both_agencies(province: Province) -> None:
    with scope.everything():
        db.session.execute(
            text(
                "INSERT INTO person_agency (person_id, membership, slot, agency_id, valid_from, basis)"
                " VALUES (:person, 'seconded_in', 0, :agency, '2026-01-01', 'old_data')"
            ),
            {"person": province.people["Huỳnh Thị Mỹ"], "agency": province.agencies["B1"]},
        )
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        db.session.commit()
    assert "Huỳnh Thị Mỹ" in names(province, "tochuc")
    assert "Huỳnh Thị Mỹ" in names(province, "thanhtra")


@pytest.mark.parametrize("q", ["hung", "HÙNG", "nguyen hung", "hu", "Hùng"])
def test_search_finds_without_accents_and_ranks_exact_ones_first(province: Province, q: str) -> None:
    found = names(province, "sonoivu", q=q)
    assert {"Nguyễn Văn Hùng", "Nguyen Van Hung"} <= set(found)
    if q == "Hùng":
        assert found[0] == "Nguyễn Văn Hùng"


@pytest.mark.parametrize("q", ["hoà", "hòa", "hoa", "HÒA", "ho\u0061\u0300"])
def test_both_spellings_of_hoa_are_one_word(province: Province, q: str) -> None:
    assert set(names(province, "sonoivu", q=q)) == {"Nguyễn Hoà Dũng", "Nguyễn Hòa Bình"}


def test_d_finds_d_with_a_bar(province: Province) -> None:
    assert "Đặng Thị Ngọc Ánh" in names(province, "sonoivu", q="dang")
    assert names(province, "sonoivu", q="đặng") == ["Đặng Thị Ngọc Ánh"]


def test_search_by_code_and_number_keeps_to_the_scope(province: Province) -> None:
    assert names(province, "sonoivu", q="ct-000001") == ["Đặng Thị Ngọc Ánh"]
    assert names(province, "tochuc", q="CT-000001") == []
    assert names(province, "sonoivu", q="092185000001") == []
    assert names(province, "sonoivu", q="092188000001") == ["Đặng Thị Ngọc Ánh"]
    assert names(province, "tochuc", q="092188000001") == []
    assert names(province, "tochuc", q="anh") == []


@pytest.mark.parametrize("q", ["'; drop table people; --", "a:*|b", "!!!", "\\", "%", "((", "a & b <-> c", "\u200b"])
def test_search_takes_any_text(province: Province, q: str) -> None:
    names(province, "sonoivu", q=q)
    assert len(names(province, "sonoivu")) == 12


def test_filters_combine(province: Province) -> None:
    with clock.frozen(TODAY):
        assert set(names(province, "sonoivu", kind="public_employee")) == {"Huỳnh Thị Mỹ", "Danh Thị Đào"}
        assert names(province, "sonoivu", kind="public_employee", age_to=35) == ["Danh Thị Đào"]
        assert set(names(province, "sonoivu", agency="H13.05", sex="male")) == {"Nguyễn Hòa Bình", "Nguyễn Hoà Dũng"}
        assert set(names(province, "sonoivu", ethnic_group="05")) == {"Danh Thị Đào", "Thạch Sa Rây"}
        assert len(names(province, "sonoivu", party="yes")) == 6
        assert names(province, "sonoivu", retires_in=2033) == ["Nguyễn Hoà Dũng"]


def test_a_guarded_filter_needs_its_permission(province: Province) -> None:
    with pytest.raises(Forbidden):
        names(province, "thutruong", ethnic_group="05")
    assert len(names(province, "thutruong", party="yes")) == 2


def test_a_guarded_column_is_not_offered_without_its_permission(province: Province) -> None:
    head = province.actor("thutruong")
    assert "ethnic_group" not in [column.key for column in columns.visible(head)]
    assert [column.key for column in columns.chosen(head, ["ethnic_group"])] == list(columns.DEFAULT)


def test_an_agency_outside_is_not_there(province: Province) -> None:
    actor = province.enter("tochuc", Permission.PEOPLE_VIEW)
    for code in ("H13.05", "H13", "H99", str(province.agencies["C"])):
        with pytest.raises(NotFound):
            reach(actor, Filters(agency=code))


@pytest.mark.parametrize(
    "sort",
    ["name", "-name", "birth_date", "-birth_date", "coefficient", "-coefficient", "next_step_on", "retires_on"],
)  # fmt: skip
def test_pages_walk_there_and_back_over_ties_and_nulls(province: Province, sort: str) -> None:
    actor = province.enter("sonoivu", Permission.PEOPLE_VIEW)
    filters = Filters(sort=sort)
    where = reach(actor, filters)
    forward: list[int] = []
    after = None
    before = None
    while True:
        page = finding.list_people(actor, filters, where, ALL, after=after, limit=5)
        forward += [row.person_id for row in page.items]
        if page.next is None:
            break
        after, before = page.next, page.previous
    assert len(forward) == len(set(forward)) == 12
    back = [row.person_id for row in page.items]
    before = page.previous
    while before:
        page = finding.list_people(actor, filters, where, ALL, before=before, limit=5)
        back = [row.person_id for row in page.items] + back
        before = page.previous
    assert back == forward


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIl0", "WzEsMiwzLDRd", "bnVsbA", "%00"])
def test_a_made_up_cursor_is_refused(province: Province, cursor: str) -> None:
    actor = province.enter("sonoivu", Permission.PEOPLE_VIEW)
    with pytest.raises(Refused):
        finding.list_people(actor, Filters(sort="coefficient"), reach(actor, Filters()), ALL, after=cursor)


@pytest.mark.parametrize(
    ("name", "value"),
    [("age_from", "abc"), ("age_to", "7"), ("retires_in", "2x6"), ("kind", "king"), ("sort", "age"), ("degree", "Z9")],
)  # fmt: skip
def test_a_bad_condition_names_field_and_value(context: object, name: str, value: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse({name: value})
    (problem,) = refusal.value.problems
    assert problem.field == name
    assert problem.params["value"] == value


def test_the_list_as_at_an_earlier_day(province: Province) -> None:
    moved = province.people["Lý Thị Cẩm"]
    with scope.everything():
        db.session.execute(
            text("UPDATE person_agency SET superseded_at = clock_timestamp() WHERE person_id = :p"), {"p": moved}
        )
        for first, last, place in (("2024-03-01", "2026-01-01", "A1"), ("2026-01-01", None, "B1")):
            db.session.execute(
                text(
                    "INSERT INTO person_agency (person_id, membership, slot, agency_id, valid_from, valid_to, basis)"
                    " VALUES (:p, 'using', 0, :a, :f, :t, 'old_data')"
                ),
                {"p": moved, "a": province.agencies[place], "f": first, "t": last},
            )
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        db.session.commit()
    day = date(2025, 6, 1)
    assert "Lý Thị Cẩm" in names(province, "sonoivu", as_at=day, agency="H13.05")
    assert "Lý Thị Cẩm" not in names(province, "sonoivu", agency="H13.05")
    assert "Lý Thị Cẩm" not in names(province, "tochuc", as_at=day)
    actor = province.enter("sonoivu", Permission.PEOPLE_VIEW)
    asked = Filters(as_at=day, agency="H13.05")
    count = finding.count_people(actor, asked, reach(actor, asked))
    assert (count.value, count.hidden) == (5, 0)


def test_nobody_is_counted_whom_the_reader_may_not_name(province: Province) -> None:
    moved = province.people["Võ Minh Đức"]
    with scope.everything():
        db.session.execute(
            text("UPDATE person_agency SET superseded_at = clock_timestamp() WHERE person_id = :p"), {"p": moved}
        )
        for membership, first, last, place in (
            ("using", "2024-03-01", "2026-01-01", "B"), ("using", "2026-01-01", None, "A"),
        ):  # fmt: skip
            db.session.execute(
                text(
                    "INSERT INTO person_agency (person_id, membership, slot, agency_id, valid_from, valid_to, basis)"
                    " VALUES (:p, :m, 0, :a, :f, :t, 'old_data')"
                ),
                {"p": moved, "m": membership, "a": province.agencies[place], "f": first, "t": last},
            )
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        db.session.commit()
    asked = Filters(as_at=date(2025, 6, 1))
    assert "Võ Minh Đức" not in names(province, "tochuc", as_at=date(2025, 6, 1))
    actor = province.enter("tochuc", Permission.PEOPLE_VIEW)
    count = finding.count_people(actor, asked, reach(actor, asked))
    assert (count.value, count.hidden) == (3, 1)


def test_who_belongs_nowhere_is_neither_listed_nor_counted_by_whoever_sees_the_whole_tree(province: Province) -> None:
    gone = province.people["Võ Minh Đức"]
    listed = names(province, "sonoivu")
    with scope.everything():
        db.session.execute(
            text("UPDATE person_agency SET superseded_at = clock_timestamp() WHERE person_id = :p"), {"p": gone}
        )
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        db.session.commit()
    assert sorted([*names(province, "sonoivu"), "Võ Minh Đức"]) == sorted(listed)
    actor = province.enter("sonoivu", Permission.PEOPLE_VIEW)
    for asked in (Filters(), Filters(status="present")):
        where = reach(actor, asked)
        assert finding.count_people(actor, asked, where).value == len(listed) - 1
        assert len(finding.list_people(actor, asked, where, []).items) == len(listed) - 1


def test_a_page_asks_as_much_of_the_database_for_five_people_as_for_fifty(province: Province) -> None:
    client = province.client("sonoivu")
    client.get("/people")
    with statements() as few:
        client.get("/people")
    with scope.everything():
        for number in range(100, 150):
            add_person(province, number, name=f"Trần Văn Số {chr(65 + number % 20)}")
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        db.session.commit()
    with statements() as many:
        client.get("/people")
    assert many == few
    assert len(many) <= 8, "a new statement on the list needs a reason; the issue allows eight"


def test_the_page_shows_and_exports_the_same(province: Province) -> None:
    client = province.client("sonoivu")
    page = client.get("/people?kind=public_employee&col=name&col=sex&col=ethnic_group")
    assert page.status_code == 200
    assert "Huỳnh Thị Mỹ" in page.text
    assert "Khơ-me" in page.text
    answer = client.get("/people/export.xlsx?kind=public_employee&col=name&col=sex&col=ethnic_group")
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("Họ và tên", "Giới tính", "Dân tộc")
    assert rows[1:] == [("Danh Thị Đào", "Nữ", "Khơ-me"), ("Huỳnh Thị Mỹ", "Nữ", "Kinh")]


def test_an_export_is_written_into_the_trail(province: Province) -> None:
    province.client("tochuc").get("/people/export.xlsx")
    with scope.everything():
        event_row = db.session.execute(
            text("SELECT after, actor_name FROM audit_events WHERE action = 'people.exported'")
        ).one()
    assert event_row.after["rows"] == 4
    assert event_row.actor_name == "Tài khoản tochuc"


def test_taking_out_unusually_much_locks_the_account_and_gives_no_file(province: Province) -> None:
    with scope.everything():
        db.session.execute(
            text("INSERT INTO settings (name, value, note) VALUES ('accounts.bulk_rows_per_hour', '7', '')")
        )
        db.session.commit()
    client = province.client("tochuc")
    assert client.get("/people/export.xlsx").status_code == 200
    refused = client.get("/people/export.xlsx")
    assert refused.status_code == 403
    assert "đã bị khóa" in refused.text or "vừa bị khóa" in refused.text
    assert client.get("/people").status_code == 302, "its sessions have ended"
    with scope.everything():
        reason = db.session.execute(text("SELECT lock_reason FROM accounts WHERE username = 'tochuc'")).scalar_one()
    assert reason == "bulk_download"


def test_a_formula_leaves_as_text(province: Province) -> None:
    with scope.everything():
        db.session.execute(
            text("UPDATE people SET job_position = '=cmd()|A1' WHERE id = :p"), {"p": province.people["Lý Thị Cẩm"]}
        )
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        db.session.commit()
    answer = province.client("tochuc").get("/people/export.xlsx?col=job_position&q=cam")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    cell = sheet["B2"]
    assert (cell.value, cell.data_type) == ("=cmd()|A1", "s")


@pytest.mark.parametrize("username", ["admin", "giangvien", "canbo"])
def test_those_without_the_permission_get_403_on_every_form_of_the_list(province: Province, username: str) -> None:
    client = province.client(username)
    for address in ("/people", "/people/choices?q=hung", "/people/export.xlsx", "/api/v1/people"):
        assert client.get(address).status_code == 403, address


def test_choices_keep_to_the_scope(province: Province) -> None:
    found = province.client("tochuc").get("/people/choices?q=nguyen").get_json()["items"]
    assert {item["label"] for item in found} == {"Nguyễn Văn Hùng", "Nguyen Van Hung"}


@pytest.mark.parametrize(
    ("typed", "code"), [("so xay dung", "H13.09"), ("H13.09.01", "H13.09.01"), ("phòng quy hoạch", "H13.09.01")]
)
def test_an_agency_typed_without_script_is_found(province: Province, typed: str, code: str) -> None:
    client = province.client("tochuc")
    answer = client.get("/people", query_string={"agency": "", "agency-text": typed, "sex": "male"})
    assert answer.headers["Location"] == f"/people?sex=male&agency={code}"


def test_an_agency_outside_is_not_found_by_typing(province: Province) -> None:
    answer = province.client("tochuc").get("/people?agency=&agency-text=noi+vu")
    assert answer.status_code == 422
    assert "noi vu" in answer.text


def test_saved_filters_are_ones_own(province: Province) -> None:
    client = province.client("tochuc")
    client.submit("/people/filters", {"name": "Nữ", "query": "sex=female&evil=1"})
    assert "Nữ</a>" in client.get("/people").text
    with scope.everything():
        kept = db.session.execute(text("SELECT query FROM saved_filters")).scalars().all()
    assert not kept, "even the whole scope does not open another account's filters"


def test_the_first_page_counts_the_readers_own_people(province: Province) -> None:
    with clock.frozen(TODAY):
        page = province.client("sonoivu").get("/")
    assert page.status_code == 200
    assert ">12<" in page.text.replace(" ", "").replace("\n", "") or "12</a>" in page.text


def test_the_api_lists_the_same_people(province: Province) -> None:
    answer = province.client("thutruong").get("/api/v1/people?limit=3")
    assert answer.status_code == 200, answer.text
    data = answer.get_json()
    assert len(data["items"]) == 3
    assert data["next"]
    item = data["items"][0]
    assert item["national_id"].startswith("********")
    assert set(item) == {
        "id", "staff_code", "full_name", "sex", "birth_date", "national_id", "kind", "status", "absent_as",
            "agency", "position",
        "post", "rank", "step", "coefficient", "version",
    }  # fmt: skip
    rest = province.client("thutruong").get(f"/api/v1/people?limit=3&after={data['next']}").get_json()
    assert len(rest["items"]) == 1
    assert rest["next"] is None


def test_a_reveal_through_the_api_is_logged(province: Province) -> None:
    item = province.client("tochuc").get("/api/v1/people?q=Võ").get_json()["items"][0]
    assert item["national_id"] == "092083000005"
    with scope.everything():
        revealed = db.session.execute(
            text("SELECT person_id FROM audit_events WHERE action = 'person.revealed_id' AND entity = 'person'")
        ).scalars()
        assert list(revealed) == [province.people["Võ Minh Đức"]]


def test_a_reveal_written_under_its_older_name_still_reads_well(province: Province) -> None:
    who = province.enter("sonoivu", Permission.AUDIT_VIEW)
    person = province.people["Võ Minh Đức"]
    audit.record(who, "people.id_revealed", "people", person, scope_ids=province.paths["B"], person_id=person)
    db.session.commit()
    page = province.client("sonoivu").get(f"/audit?person={person}").text
    assert "xem đủ số định danh cá nhân" in page
    assert "people.id_revealed" not in page.replace('value="people.id_revealed"', "")
