"""The pages of schemes: the path in six steps, what is typed is kept, the way, the first page, the files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select, text

from hrms.core.db import db
from hrms.positions.models import PositionScheme, SchemeLine, SchemeWork
from hrms.positions.rules.schemes import REVIEW
from tests.client import Browser
from tests.inspection import mistakes
from tests.positions.scheming import seats_to_give, specialised
from tests.positions.test_frames import position
from tests.province import Province, signed_in_scope

BASE = "/positions/schemes"
FIT = {f"fit_{code}": "yes" for code in REVIEW}


@pytest.fixture
def office(province: Province) -> Iterator[Province]:
    """Sở Xây dựng with twenty seats to give, and model frames of two positions."""
    with seats_to_give(province) as given:
        yield given


def begin(office: Province, client: Browser) -> str:
    """Make a scheme by the form and return the address of its page."""
    answer = client.submit(
        f"{BASE}/new",
        {"agency": office.agencies["B"], "agency-text": "Sở Xây dựng", "quota_kind": "civil", "title": "Đề án A",
         "from_force": "y"},
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].removesuffix("/works")


def one_of(model: type[Any]) -> Any:
    """Return the one row of a table."""
    with signed_in_scope():
        return db.session.scalars(select(model).execution_options(populate_existing=True)).one()


def page(client: Browser, address: str) -> str:
    """Return a page that has nothing wrong with it."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert mistakes(answer.text) == [], address
    return answer.text


def filled(office: Province, client: Browser) -> str:
    """Return a scheme that may be submitted."""
    address = begin(office, client)
    with signed_in_scope():
        chosen = position(specialised(1)[0])
    data = {"position": chosen, "position-text": named(chosen), "unit": office.agencies["B"], "seats": "3"}
    assert client.submit(f"{address}/positions", data).status_code == 303
    head = {"title": "Đề án A", "request": "125/TTr-SXD", "version": "1", "effective_on": "01/12/2026"}
    assert client.submit(f"{address}/text", head).status_code == 303
    return address


def named(position_id: int) -> str:
    """Return the name of a position."""
    with signed_in_scope():
        return str(db.session.scalar(text("SELECT name FROM job_positions WHERE id = :id"), {"id": position_id}))


def version() -> int:
    """Return the version of the one scheme."""
    return int(one_of(PositionScheme).version)


def test_every_step_of_the_path_has_its_page(office: Province) -> None:
    client = office.client("tochuc")
    assert "Chưa có đề án nào" in page(client, BASE)
    page(client, f"{BASE}/new")
    address = begin(office, client)
    for step in ("", "/works", "/works/new", "/works/paste", "/groups", "/positions", "/frames", "/seats", "/text",
                 "/compare"):  # fmt: skip
        page(client, f"{address}{step}")
    assert "Đề án A" in page(client, BASE)


def test_work_is_pasted_grouped_and_given_to_a_position(office: Province) -> None:
    client = office.client("tochuc")
    address = filled(office, client)
    bad = client.submit(
        f"{address}/works/paste", {"unit": office.agencies["B"], "cells": "Soạn văn bản\tVăn bản\tmười\t2"}
    )
    assert bad.status_code == 422
    assert "Dòng 1: “mười” không phải là số lần một năm" in bad.text
    assert "Soạn văn bản\tVăn bản\tmười\t2" in bad.text
    good = client.submit(
        f"{address}/works/paste",
        {"unit": office.agencies["B"], "cells": "Soạn văn bản\tVăn bản\t1904\t2\nTrực lễ tân\t\t5\t1"},
    )
    assert good.status_code == 303
    assert client.submit(f"{address}/groups", {"do": "guess"}).status_code == 303
    with signed_in_scope():
        works = db.session.scalars(select(SchemeWork).order_by(SchemeWork.id)).all()
        line = db.session.scalars(select(SchemeLine)).one()
    assert [work.work_group for work in works] == ["professional", "support"]
    data = {"do": "line", "line": line.id, "work": works[0].id}
    assert client.submit(f"{address}/groups", data).status_code == 303
    assert '2 <span class="s">(2' in page(client, f"{address}/seats")
    assert "3.818" not in page(client, f"{address}/works")
    page(client, f"{address}/works/{works[0].id}")


def test_who_saves_second_is_told_and_keeps_what_was_typed(office: Province) -> None:
    mine, theirs = office.client("tochuc"), office.client("thamdinh")
    address = filled(office, mine)
    line = one_of(SchemeLine)
    page(mine, f"{address}/lines/{line.id}")
    first = theirs.submit(f"{address}/lines/{line.id}", {"version": line.version, "seats": "5"})
    assert first.status_code == 303
    second = mine.submit(f"{address}/lines/{line.id}", {"version": line.version, "seats": "9", "field": "Quy hoạch"})
    assert second.status_code == 412
    assert "thamdinh đã sửa dòng này sau khi bạn mở" in second.text
    assert 'value="Quy hoạch"' in second.text
    again = mine.submit(f"{address}/seats", {f"seats-{line.id}": "7", f"version-{line.id}": line.version})
    assert again.status_code == 412
    assert 'value="7"' in again.text
    assert one_of(SchemeLine).seats == 5


def test_the_whole_way_over_the_pages(office: Province) -> None:
    agency, province = office.client("tochuc"), office.client("sonoivu")
    address = filled(office, agency)
    submitted = agency.submit(f"{address}/submit", {"version": version()})
    assert submitted.status_code == 303, submitted.text
    assert "Đề án A" in page(province, "/")
    assert agency.submit(f"{address}/accept", {"version": version()}).status_code == 403
    assert province.submit(f"{address}/accept", {"version": version()}).status_code == 303
    page(province, f"{address}/appraise")
    half = province.submit(f"{address}/appraise", FIT | {"version": version(), "fit_shares": "no", "do": "report"})
    assert half.status_code == 422
    assert "Chưa phù hợp nhưng chưa ghi nhận xét" in half.text
    assert province.submit(f"{address}/appraise", FIT | {"version": version(), "do": "report"}).status_code == 303
    page(province, f"{address}/approve")
    given = {
        "version": version(), "effective_on": "01/12/2026", "decision_basis": "new", "decision_number": "77/QĐ-UBND",
        "decision_signed_on": "20/11/2026", "decision_issuer": "UBND thành phố Cần Thơ", "decision_kind": "other",
        "decision_subject": "Phê duyệt đề án",
    }  # fmt: skip
    done = province.submit(f"{address}/approve", given)
    assert done.status_code == 303, done.text
    shown = page(agency, address)
    assert "77/QĐ-UBND" in shown
    assert "Đã phê duyệt" in shown
    assert "ghi phê duyệt đề án" in page(province, "/audit")


def test_what_is_missing_stands_on_the_page_when_submitted(office: Province) -> None:
    client = office.client("tochuc")
    address = begin(office, client)
    answer = client.submit(f"{address}/submit", {"version": version()})
    assert answer.status_code == 422
    assert "Đề án chưa có vị trí việc làm nào" in answer.text
    assert mistakes(answer.text) == []


def test_a_returned_scheme_comes_back_to_the_first_page_of_its_agency(office: Province) -> None:
    agency, province = office.client("tochuc"), office.client("sonoivu")
    address = filled(office, agency)
    assert agency.submit(f"{address}/submit", {"version": version()}).status_code == 303
    page(province, f"{address}/return")
    answer = province.submit(f"{address}/return", {"version": version(), "remark": "Bổ sung thuyết minh"})
    assert answer.status_code == 303
    assert "Đề án A" in page(agency, "/")
    assert "Bổ sung thuyết minh" in page(agency, address)
    page(agency, f"{address}/withdraw")
    assert agency.submit(f"{address}/withdraw", {"version": version(), "remark": ""}).status_code == 303
    assert "Đã rút" in page(agency, address)


def test_a_frame_is_proposed_with_rows_added_without_script(office: Province) -> None:
    client = office.client("tochuc")
    address = filled(office, client)
    line = one_of(SchemeLine)
    shown = page(client, f"{address}/lines/{line.id}/frame")
    assert "Lưu bản đề xuất" in shown
    more = client.submit(f"{address}/lines/{line.id}/frame", {"version": line.version, "act": "add:duties:work"})
    assert more.status_code == 200
    assert "duties-0-work" in more.text
    saved = client.submit(
        f"{address}/lines/{line.id}/frame",
        {"version": line.version, "objective": "Tham mưu quản lý quy hoạch", "duties-0-section": "work",
         "duties-0-work": "Soạn thảo văn bản"},
    )  # fmt: skip
    assert saved.status_code == 303, saved.text
    assert one_of(SchemeLine).frame["content"]["duties"][0]["work"] == "Soạn thảo văn bản"
    listed = page(client, f"{address}/frames")
    assert "bản mới" in listed
    copied = client.submit(f"{address}/works/copy", {"line": line.id})
    assert copied.status_code == 303
    assert one_of(SchemeWork).name == "Soạn thảo văn bản"
    dropped = client.submit(f"{address}/lines/{line.id}/frame/drop", {"version": one_of(SchemeLine).version})
    assert dropped.status_code == 303
    assert one_of(SchemeLine).frame == {}


def test_annex_nine_as_a_workbook(office: Province) -> None:
    client = office.client("tochuc")
    address = filled(office, client)
    answer = client.get(f"{address}/tong-hop.xlsx")
    assert answer.status_code == 200
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert rows[0][:4] == ("Vị trí việc làm", "Đơn vị", "Biên chế hiện có", "Biên chế đề nghị")
    assert rows[1][1:4] == ("Sở Xây dựng", 0, 3)
