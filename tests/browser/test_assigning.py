"""From a vacancy to a submitted proposal in under a minute: with the mouse, and by the keyboard alone."""

from __future__ import annotations

import time

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, Visit
from tests.browser.visitor import Visitor

MOST_SECONDS = 60
HUNG = "Nguyễn Văn Hùng"


def _vacancy(site: Site, key: str, seats: int = 2) -> int:
    """Give the agency B a line with free seats, and let the person have the degree asked for."""
    ((line,),) = site.sql(
        "INSERT INTO establishment_lines (agency_id, position_id, quota_kind, shares)"
        " SELECT %s, id, quota_kind, '{}' FROM job_positions WHERE key = %s RETURNING id",
        site.world.agencies["B"],
        key,
    )
    site.sql(
        "INSERT INTO quota_movements (agency_id, line_id, quota_kind, kind, amount, effective_on, basis)"
        " VALUES (%s, %s, 'civil', 'assigned', %s, '2026-01-01', 'old_data')",
        site.world.agencies["B"],
        line,
        seats,
    )
    return int(line)


def _looked_through(visitor: Visitor) -> None:
    assert visitor.axe() == []
    assert visitor.overflow() == []
    visitor.narrow()
    assert visitor.overflow() == []
    visitor.wide()


def _state(site: Site, line: int) -> list[tuple[str, str]]:
    return site.sql(
        "SELECT s.kind, s.state FROM submissions s JOIN submission_lines l ON l.submission_id = s.id"
        " WHERE (l.values ->> 'line')::bigint = %s ORDER BY s.id",
        line,
    )


def test_a_head_fills_a_vacancy_in_under_a_minute(site: Site, visit: Visit) -> None:
    line = _vacancy(site, "cc.commune.II.17")
    head = visit("thutruong")
    begun = time.monotonic()
    head.open(f"/positions/lines/{line}/assign")
    _looked_through(head)
    page = head.page
    page.get_by_role("combobox", name="Người được bố trí").fill("nguyen van hung")
    page.get_by_role("option", name=HUNG).first.click()
    head.press("Xem mức độ đáp ứng")
    assert f"{HUNG} so với yêu cầu của vị trí" in head.text("main")
    _looked_through(head)
    page.get_by_label("Kết quả so với khung năng lực").select_option("met")
    page.get_by_label("Căn cứ của kết quả").fill("Bằng cấp, chứng chỉ đã đối chiếu bản gốc")
    head.press("Trình")
    assert time.monotonic() - begun < MOST_SECONDS
    assert f"Đã trình bố trí {HUNG}" in head.text()
    assert _state(site, line) == [("assignment", "appraised")], head.text()
    _looked_through(head)


def _tab_to(page: Page, name: str, most: int = 60) -> None:
    """Press Tab until the control of this name has the focus, as somebody without a mouse does."""
    said = """() => {
      const e = document.activeElement;
      const labels = e.labels ? [...e.labels].map((l) => l.textContent.trim()) : [];
      const own = e.matches("button, a") ? e.textContent.trim() : "";
      return [e.getAttribute("aria-label") || "", ...labels, own];
    }"""
    for _step in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('a.skip')"):
            page.keyboard.press("Enter")  # past the menu, as whoever works so does
        if any(one.startswith(name) for one in page.evaluate(said)):
            return
    raise AssertionError(f"{name} is not reached by the keyboard")


def test_the_same_by_the_keyboard_alone(site: Site, visit: Visit) -> None:
    line = _vacancy(site, "cc.commune.II.06")
    head = visit("tochuc")
    head.open(f"/positions/lines/{line}/assign")
    page, begun = head.page, time.monotonic()
    _tab_to(page, "Người được bố trí")
    page.keyboard.type("ly thi cam")
    expect(page.get_by_role("option", name="Lý Thị Cẩm").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    _tab_to(page, "Xem mức độ đáp ứng")
    with head.moving():
        page.keyboard.press("Enter")
    _tab_to(page, "Kết quả so với khung năng lực")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Kết quả so với khung năng lực")).to_have_value("met")
    _tab_to(page, "Căn cứ của kết quả")
    page.keyboard.type("Hồ sơ gốc")
    _tab_to(page, "Trình")
    with head.moving():
        page.keyboard.press("Enter")
    assert time.monotonic() - begun < MOST_SECONDS
    assert _state(site, line) == [("assignment", "appraised")], head.text()


def test_without_script_the_same_page_does_it(site: Site, visit: Visit) -> None:
    line = _vacancy(site, "cc.commune.II.09")
    head = visit("tochuc", java_script_enabled=False)
    head.open(f"/positions/lines/{line}/assign")
    page = head.page
    page.get_by_label("Người được bố trí").fill("Võ Minh Đức")
    head.press("Xem mức độ đáp ứng")
    page.get_by_label("Kết quả so với khung năng lực").select_option("met")
    page.get_by_label("Căn cứ của kết quả").fill("Hồ sơ gốc")
    head.press("Trình")
    assert _state(site, line) == [("assignment", "appraised")], head.text()
