"""The pages of the law: a text from its first line to the day it is undone, by form and by file; who may read what."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from hrms.core.db import db
from hrms.core.unit import transaction
from hrms.figures.models import FigureChange
from hrms.pay.services import changes
from tests.client import Browser
from tests.counting import statements
from tests.inspection import mistakes
from tests.pay.making import add_official, set_rank
from tests.province import Province

HEAD = {
    "number": "01/2027/NĐ-CP", "title": "Quy định mức lương cơ sở", "signed_on": "01/11/2026",
    "valid_from": "01/01/2027", "source": "NĐ 01/2027/NĐ-CP Đ3", "mark": "C",
}  # fmt: skip


def text_now(change_id: int) -> FigureChange:
    db.session.commit()  # a request of this test wrote inside the same outer transaction
    found = db.session.get(FigureChange, change_id, populate_existing=True)
    assert found is not None
    return found


def made(browser: Browser, **head: str) -> int:
    answer = browser.submit("/pay/law/new", {**HEAD, **head})
    assert answer.status_code == 303, answer.text
    return int(answer.headers["Location"].rsplit("/", 1)[-1])


def put(browser: Browser, change_id: int, query: str, **fields: Any) -> Any:
    data = {**fields, "version": str(text_now(change_id).version)}
    return browser.submit(f"/pay/law/{change_id}/rows?{query}", data)


def looked_at(province: Province, change_id: int) -> None:
    """Do what the job does."""
    db.session.commit()
    with transaction():
        changes.preview(province.actor("admin"), change_id)


ROWS: list[tuple[str, dict[str, Any], int]] = [
    ("of=base_salaries", {"amount": "2.800.000"}, 1),
    ("of=pay_scales", {"table": "2", "group": "A1", "months_per_step": "24", "coefficients": "2,5; 3\n3,5"}, 9),
    ("of=ranks", {"code": "01.003", "name_vi": "Chuyên viên", "person_kind": "civil_servant", "table": "2",
                  "group": "A2.1"}, 1),
    ("of=leadership_coefficients", {"post": "division_head", "place": "other", "coefficient": "0,6"}, 1),
    ("of=allowance_rules", {"code": "hazard", "person_kinds": ["civil_servant", "cadre"], "forms": ["percent"],
                            "base": "pay", "insured": "0", "full_days": ""}, 1),
    ("of=insurance_rates", {"insurance": "health_insurance", "side": "employer", "percent": "3,5",
                            "person_kinds": ["civil_servant"]}, 1),
    ("of=parameters", {"key": "insurance.cap_times", "value": "25"}, 1),
]  # fmt: skip


@pytest.mark.parametrize(("query", "fields", "count"), ROWS, ids=[row[0] for row in ROWS])
def test_every_catalogue_is_changed_by_its_form(
    province: Province, query: str, fields: dict[str, Any], count: int
) -> None:
    browser = province.client("admin")
    change_id = made(browser)
    page = browser.get(f"/pay/law/{change_id}/rows?{query}")
    assert (page.status_code, mistakes(page.text)) == (200, [])
    answer = put(browser, change_id, query, **fields)
    assert answer.status_code == 303, re.sub(r"(?s)^.*error-summary", "", answer.text)[:800]
    found = text_now(change_id)
    assert len(found.rows) == count
    shown = browser.get(f"/pay/law/{change_id}")
    assert (shown.status_code, mistakes(shown.text)) == (200, [])
    again = browser.get(f"/pay/law/{change_id}/rows?at=0")
    assert (again.status_code, mistakes(again.text)) == (200, [])
    looked_at(province, change_id)
    answer = browser.submit(f"/pay/law/{change_id}/apply", {"version": str(text_now(change_id).version)})
    assert answer.headers["Location"].endswith(f"/pay/law/{change_id}"), browser.get(answer.headers["Location"]).text
    assert text_now(change_id).state == "applied"
    for address in (f"/pay/law/{change_id}", f"/pay/law/{change_id}/undo", f"/pay/law/{change_id}/preview"):
        page = browser.get(address)
        assert (page.status_code, mistakes(page.text)) == (200, []), address


def test_a_row_is_put_right_ended_and_taken_out(province: Province) -> None:
    browser = province.client("admin")
    change_id = made(browser)
    assert put(browser, change_id, "of=base_salaries", amount="2,8").status_code == 422
    assert put(browser, change_id, "of=base_salaries", amount="5").status_code == 422
    assert put(browser, change_id, "of=base_salaries", amount="2800000", last_day="31/12/2027").status_code == 303
    assert text_now(change_id).rows == [
        {"catalogue": "base_salaries", "amount": "2800000", "valid_to": "2028-01-01"},
    ]
    page = browser.get(f"/pay/law/{change_id}/rows?at=0").text
    assert 'value="31/12/2027"' in page
    assert put(browser, change_id, "at=0", amount="2900000", last_day="").status_code == 303
    assert text_now(change_id).rows == [{"catalogue": "base_salaries", "amount": "2900000"}]
    ended = put(browser, change_id, "of=allowance_rules", code="hazard", person_kinds=["cadre"], ends="y")
    assert ended.status_code == 303
    assert text_now(change_id).rows[1] == {
        "catalogue": "allowance_rules", "code": "hazard", "person_kinds": "cadre", "ends": True,
    }  # fmt: skip
    assert "bãi bỏ" in browser.get(f"/pay/law/{change_id}").text
    version = str(text_now(change_id).version)
    browser.submit(f"/pay/law/{change_id}/rows/drop", {"at": "0", "version": version})
    assert len(text_now(change_id).rows) == 1
    browser.submit(f"/pay/law/{change_id}/rows/drop", {"at": "0", "version": version})
    assert len(text_now(change_id).rows) == 1, "an old version drops nothing"
    assert put(browser, change_id, "of=pay_scales", table="2", group="A1", months_per_step="36").status_code == 422
    for query in ("at=5", "at=x", "of=holidays", ""):
        assert browser.get(f"/pay/law/{change_id}/rows?{query}").status_code == 404, query


def test_the_form_begins_with_the_figure_in_force(province: Province) -> None:
    browser = province.client("admin")
    change_id = made(browser)
    figures = browser.get(f"/pay/law/figures?of=insurance_rates&text={change_id}")
    assert (figures.status_code, mistakes(figures.text)) == (200, [])
    links = re.findall(rf'href="(/pay/law/{change_id}/rows[^"]+)"', figures.text)
    assert len(links) >= 7
    page = browser.get(links[0].replace("&amp;", "&")).text
    assert 'value="8"' in page
    scale = browser.get(f"/pay/law/{change_id}/rows?of=pay_scales&table=2&group=A1").text
    assert "2,34; 2,67; 3,00" in scale


def test_rows_come_from_a_file_all_or_none(province: Province) -> None:
    browser = province.client("admin")
    change_id = made(browser)

    def send(words: str | bytes, catalogue: str = "leadership_coefficients") -> Any:
        raw = words.encode() if isinstance(words, str) else words
        data = {"catalogue": catalogue, "file": (BytesIO(raw), "rows.csv"), "version": str(text_now(change_id).version)}
        return browser.submit(f"/pay/law/{change_id}/file", data)

    sample = browser.get("/pay/law/sample.csv?of=leadership_coefficients").get_data(as_text=True)
    assert sample.startswith("\ufeffpost,place,coefficient,valid_from,source,mark")
    assert len(sample.splitlines()) > 40
    good = "post;place;coefficient\ndivision_head;other;0,65\ndivision_deputy;other;0.45\n"
    assert send(good.replace("0.45", "many")).status_code == 422
    assert send("post,place\ndivision_head,other\n").status_code == 422
    assert send("no,such\n1,2\n").status_code == 422
    assert send("").status_code == 422
    assert send(b"\xff\xfe\x00").status_code == 422
    assert text_now(change_id).rows == []
    assert send(good).status_code == 303
    assert [row["coefficient"] for row in text_now(change_id).rows] == ["0.65", "0.45"]
    page = browser.get(f"/pay/law/{change_id}/file")
    assert (page.status_code, mistakes(page.text)) == (200, [])
    assert send(sample).status_code == 422, "the same figures again would be twice in one text"


def test_a_preview_says_how_many_how_much_and_where(province: Province) -> None:
    for number in range(8):
        name = f"Người thử {number}"
        add_official(province, name, place="B")
        set_rank(province, name, "3.33")
    browser = province.client("admin")
    change_id = made(browser)
    put(browser, change_id, "of=base_salaries", amount="2630000")
    empty = browser.get(f"/pay/law/{change_id}/preview")
    assert (empty.status_code, mistakes(empty.text)) == (200, [])
    refused = browser.submit(f"/pay/law/{change_id}/apply", {"version": "2"})
    assert refused.headers["Location"].endswith("/preview")
    looked_at(province, change_id)
    page = browser.get(f"/pay/law/{change_id}/preview")
    assert (page.status_code, mistakes(page.text)) == (200, [])
    cost = text_now(change_id).preview["cost"]  # type: ignore[index] # looked at just now
    gross = sum(int(one["month"][0]) for one in cost["agencies"])
    assert gross > 0
    assert "Áp dụng văn bản" in page.text
    book = load_workbook(BytesIO(browser.get(f"/pay/law/{change_id}/preview.xlsx").data))
    rows = list(book.active.iter_rows(min_row=2, values_only=True))
    assert sum(row[3] for row in rows) == gross
    put(browser, change_id, "at=0", amount="2700000")
    stale = browser.get(f"/pay/law/{change_id}/preview").text
    assert "Áp dụng văn bản" not in stale
    assert "Hãy tính lại" in stale


def test_the_preview_runs_as_a_job(province: Province, app: Any) -> None:
    browser = province.client("admin")
    change_id = made(browser)
    put(browser, change_id, "of=base_salaries", amount="2630000")
    asked = browser.submit(f"/pay/law/{change_id}/preview")
    assert asked.status_code == 303
    waiting = browser.get(asked.headers["Location"])
    assert (waiting.status_code, mistakes(waiting.text)) == (200, [])
    assert "Đang chờ đến lượt" in waiting.text


@pytest.mark.committed
def test_the_job_of_a_preview_and_what_another_process_sees(province: Province, run_jobs: Callable[[], None]) -> None:
    browser = province.client("admin")
    change_id = made(browser)
    put(browser, change_id, "of=base_salaries", amount="2630000")
    asked = browser.submit(f"/pay/law/{change_id}/preview")
    run_jobs()
    page = browser.get(asked.headers["Location"])
    assert "Áp dụng văn bản" in page.text, page.text
    browser.submit(f"/pay/law/{change_id}/apply", {"version": str(text_now(change_id).version)})
    assert "2.630.000" in browser.get("/pay/law").text
    browser.submit(f"/pay/law/{change_id}/undo", {"reason": "Chưa ký", "version": str(text_now(change_id).version)})
    assert "2.630.000" not in browser.get("/pay/law").text


def test_who_reads_amounts_reads_the_law_but_no_draft_and_no_preview(province: Province) -> None:
    admin = province.client("admin")
    change_id = made(admin)
    put(admin, change_id, "of=base_salaries", amount="2630000")
    reader = province.client("tochuc")
    assert reader.get("/pay/law").status_code == 200
    assert HEAD["number"] not in reader.get("/pay/law").text
    assert reader.get(f"/pay/law/{change_id}").status_code == 404
    assert reader.get(f"/pay/law/figures?of=base_salaries&text={change_id}").status_code == 200
    looked_at(province, change_id)
    admin.submit(f"/pay/law/{change_id}/apply", {"version": str(text_now(change_id).version)})
    assert HEAD["number"] in reader.get("/pay/law").text
    assert reader.get(f"/pay/law/{change_id}").status_code == 200
    assert reader.get(f"/pay/law/{change_id}/preview").status_code == 403
    for username in ("thutruong", "canbo", "vanthu", "giangvien"):
        assert province.client(username).get("/pay/law").status_code == 403, username


def test_a_draft_is_put_right_and_thrown_away(province: Province) -> None:
    browser = province.client("admin")
    change_id = made(browser)
    assert browser.get(f"/pay/law/{change_id}/edit").status_code == 200
    assert browser.submit(f"/pay/law/{change_id}/edit", {**HEAD, "title": "Khác", "version": "1"}).status_code == 303
    assert browser.submit(f"/pay/law/{change_id}/edit", {**HEAD, "version": "1"}).status_code == 412
    assert browser.submit("/pay/law/new", {**HEAD, "valid_from": "01/01/2004"}).status_code == 422
    assert text_now(change_id).title == "Khác"
    browser.submit(f"/pay/law/{change_id}/remove", {"version": "2"})
    assert db.session.scalar(select(FigureChange.id).where(FigureChange.id == change_id)) is None


def test_pages_ask_the_same_of_the_database_however_many_rows(province: Province) -> None:
    browser = province.client("admin")
    change_id = made(browser)
    counts = []
    for query, fields, _count in ROWS[:2]:
        put(browser, change_id, query, **fields)
        counts.append(_statements(browser, f"/pay/law/{change_id}"))
    assert counts[0] == counts[1] <= 8
    looked_at(province, change_id)
    for address in ("/pay/law", "/pay/law/figures?of=parameters", f"/pay/law/{change_id}/preview"):
        assert _statements(browser, address) <= 8, address


def _statements(browser: Browser, address: str) -> int:
    with statements() as found:
        browser.get(address)
    return len(found)
