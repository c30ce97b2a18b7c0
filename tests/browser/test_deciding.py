"""Appointing a division head, from the proposal to its being in force: four people, each at their own desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from hrms.core import clock
from tests.browser.conftest import Site, Visit
from tests.browser.visitor import Visitor
from tests.browser.world import SUBJECTS

NAME = SUBJECTS[5]
TITLE = f"Bổ nhiệm Trưởng phòng {NAME}"


def _choose(visitor: Visitor, box_id: str, words: str, name: str) -> None:
    """Choose from a search box with the keyboard alone."""
    box = visitor.page.locator(f"#{box_id}")
    box.fill(words)
    expect(visitor.page.get_by_role("option", name=name).first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    assert name in box.input_value()


def _looked_through(visitor: Visitor) -> None:
    assert visitor.axe() == []
    assert visitor.overflow() == []
    visitor.narrow()
    assert visitor.overflow() == []
    visitor.wide()


def _answer_all(visitor: Visitor) -> None:
    """Vouch for whatever the system cannot know."""
    boxes = visitor.page.locator("select[form=vouch]")
    for index in range(boxes.count()):
        if not boxes.nth(index).input_value():
            boxes.nth(index).select_option("yes")
            visitor.page.locator("input[form=vouch][type=text]").nth(index).fill("Biên bản họp ngày 12/11/2026")
    visitor.press("Ghi xác nhận")


def _deputy_since(site: Site, person: int, since: str) -> None:
    site.sql(
        "INSERT INTO person_post (person_id, slot, post_code, post_name, valid_from, basis)"
        " VALUES (%s, 0, 'division_deputy', 'Phó Trưởng phòng', %s, 'old_data')",
        person,
        since,
    )


def _rated(site: Site, person: int) -> None:
    for year in (2023, 2024, 2025):
        site.sql("INSERT INTO person_rating (person_id, year, rating) VALUES (%s, %s, 'good')", person, year)


def test_a_division_head_is_appointed_by_four_people(site: Site, visit: Visit) -> None:
    person = site.world.people[NAME]
    _deputy_since(site, person, "2022-01-01")
    since = clock.today() + timedelta(days=14)

    proposer = visit("tochuc")
    proposer.open(f"/people/{person}")
    proposer.press("Lập hồ sơ trình")
    proposer.press("Bổ nhiệm", "main ul")
    page = proposer.page
    _choose(proposer, "v_post-combo", "truong phong thuoc so", "Trưởng phòng thuộc sở")
    page.get_by_label("Nguồn nhân sự").select_option(index=1)
    page.get_by_label("Ngày có hiệu lực").fill(f"{since:%d%m%Y}")
    page.get_by_label("Tiêu đề tờ trình").fill(TITLE)
    _choose(proposer, f"p{person}_agency", "phong quy hoach", "Phòng Quy hoạch")
    _looked_through(proposer)
    proposer.press("Xem ai ký")
    assert "1 người, Sở Xây dựng ký" in proposer.text("main")
    proposer.press("Lập 1 dự thảo")
    assert proposer.text("h1") == TITLE
    address = proposer.path
    _looked_through(proposer)

    # What is not met is named, with its article, and keeps the paper where it is.
    with proposer.expecting(422):
        proposer.press("Trình", ".page-actions")
    refused = proposer.text("#error-summary")
    assert "Chưa đạt điều kiện" in refused or "Chưa rõ điều kiện" in refused
    assert NAME in refused
    assert "NĐ 170/2025/NĐ-CP" in refused
    _looked_through(proposer)
    _rated(site, person)
    proposer.open(address)
    _answer_all(proposer)
    proposer.press("Trình", ".page-actions")
    assert "Chờ Sở Xây dựng thẩm định." in proposer.text("main")
    assert proposer.page.get_by_role("button", name="Thẩm định đạt").count() == 0

    # Nobody does another's step: neither is the button there, nor does the address take it.
    for username in ("thutruong", "vanthu"):
        other = visit(username)
        with other.expecting(404):
            answer = other.open(address)
        assert answer.status in ({200} if username == "thutruong" else {404})
        assert other.page.get_by_role("button", name="Thẩm định đạt").count() == 0
        assert other.page.get_by_role("button", name="Ký", exact=True).count() == 0

    appraiser = visit("thamdinh")
    appraiser.open("/")
    appraiser.press("Việc của tôi")
    appraiser.press(TITLE)
    appraiser.press("Thẩm định đạt", ".page-actions")
    assert "Chờ người có thẩm quyền của Sở Xây dựng ký." in appraiser.text("main")
    assert appraiser.page.get_by_role("button", name="Ký", exact=True).count() == 0

    signer = visit("thutruong")
    signer.open("/decisions/submissions/desk")
    signer.press(TITLE)
    _looked_through(signer)
    signer.page.get_by_label("Chức vụ ghi trên quyết định").fill("Giám đốc")
    signer.press("Ký")
    assert "Chờ văn thư Sở Xây dựng vào số." in signer.text("main")

    clerk = visit("vanthu")
    clerk.open("/decisions/submissions/desk")
    clerk.press(TITLE)
    _looked_through(clerk)
    clerk.page.get_by_label(f"Số của quyết định về {NAME}").fill("905")
    clerk.page.get_by_label("Ký hiệu").fill("QĐ-SXD")
    clerk.press("Vào số đã nhập")
    assert "905/QĐ-SXD" in clerk.text("main")
    clerk.press("905/QĐ-SXD")
    assert "Chưa có hiệu lực" in clerk.text("main")
    _looked_through(clerk)

    # The fact waits for its day, and is there on that day by itself.
    proposer.open(f"/people/{person}/career")
    expect(proposer.page.get_by_text("905/QĐ-SXD").first).to_be_visible()
    rows: list[tuple[Any, ...]] = site.sql(
        "SELECT post_code, valid_from FROM person_post WHERE person_id = %s AND decision_id IS NOT NULL"
        " AND superseded_at IS NULL",
        person,
    )
    assert rows == [("division_head", since)]
    proposer.open(f"/people/{person}/career?as_at={since:%Y-%m-%d}")
    assert "Trưởng phòng" in proposer.text("main")
