"""A head scores twelve people in under ten minutes on the keyboard, wide and narrow, and by the form without script."""

from __future__ import annotations

import json
import re
import time

from playwright.sync_api import expect

from tests.browser.conftest import Site, Visit
from tests.browser.visitor import NARROW, Visitor

MOST_SECONDS = 600
PEOPLE, PRODUCTS = 12, 5
GENERAL = {
    "I.1": "5", "I.2": "4.5", "II.1": "2.5", "II.2": "2.5", "II.3": "2.5", "II.4": "2", "III.1": "2", "III.2": "2.5",
    "III.3": "2.5", "III.4": "2.5",
}  # fmt: skip
"""28.5 points a person gives themself."""


def _month(site: Site, number: int, *, people: int = PEOPLE, state: str = "closed") -> int:
    """A month of the head's agency with sheets that wait for the head: 4 of 5 products reported done.

    Closed, so that nobody who is not among them is given a sheet meanwhile.
    """
    agency = site.world.agencies["B"]
    ((period,),) = site.sql(
        "INSERT INTO scoring_periods (agency_id, year, kind, number, starts_on, ends_on, self_due_on, score_due_on,"
        " state) VALUES (%s, 2026, 'month', %s, make_date(2026, %s, 1), make_date(2026, %s + 1, 1),"
        " make_date(2026, %s + 1, 5), make_date(2026, %s + 1, 10), %s) RETURNING id",
        agency, number, number, number, number, number, state,
    )  # fmt: skip
    site.sql(
        "INSERT INTO score_sheets (person_id, period_id, year, kind, number, agency_id, authority_id, set_id, role,"
        " state, source, self_general, self_at)"
        " SELECT c.person_id, %s, 2026, 'month', %s, c.agency_id, %s, s.id, 'staff', 'self_scored', 'scored', %s, now()"
        " FROM people_current c, criteria_sets s WHERE s.code = '335/2025' AND c.agency_id = %s"
        " ORDER BY c.sort_key LIMIT %s",
        period, number, agency, json.dumps(GENERAL), site.world.agencies["B1"], people,
    )  # fmt: skip
    site.sql(
        "INSERT INTO work_items (sheet_id, person_id, code, title, kind, state, quantity, units, reported, reported_on,"
        " progress, evidence, failed_checks, late_count)"
        " SELECT s.id, s.person_id, 'SP-' || n, 'Thẩm định đồ án quy hoạch khu dân cư số ' || n, 'assigned', 'given',"
        " 1, 10, CASE WHEN n < 5 THEN 'done' ELSE 'open' END, make_date(2026, %s, 20), 100, 'Văn bản 12/SXD', 0, 0"
        " FROM score_sheets s, generate_series(1, %s) n WHERE s.period_id = %s",
        number, PRODUCTS, period,
    )  # fmt: skip
    return int(period)


def _scores(site: Site, period: int) -> list[str]:
    found = site.sql(
        "SELECT round(score, 2) FROM score_sheets WHERE period_id = %s AND state = 'scored' ORDER BY scored_at", period
    )
    return [str(score) for (score,) in found]


def _looked_through(visitor: Visitor) -> None:
    assert visitor.axe() == []
    assert visitor.overflow() == []


def _clear(site: Site) -> None:
    """Take what another test has left from the desk."""
    site.sql("UPDATE scoring_periods SET state = 'closed'")
    site.sql("UPDATE score_sheets SET superseded_at = now() WHERE state <> 'published' AND superseded_at IS NULL")


def _score_all(site: Site, head: Visitor, period: int) -> None:
    begun = time.monotonic()
    head.open("/performance/desk")
    _looked_through(head)
    page = head.page
    page.get_by_role("link", name="Chấm lần lượt").focus()
    with head.moving():
        page.keyboard.press("Enter")
    seen: list[str] = []
    for number in range(PEOPLE):
        assert head.path.startswith("/performance/desk/"), number
        assert head.path not in seen, head.text("main")
        seen.append(head.path)
        out = page.locator(".score-bar [data-out=score]")
        expect(out).to_have_text("84,50")
        if number == 0:
            _looked_through(head)
        if number % 4 == 1:
            # The fifth product was done after all, and the first criterion is worth a step less.
            for _box in range(PRODUCTS - 1):
                page.keyboard.press("ArrowDown")
            page.keyboard.press("Space")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("-")
            expect(out).to_have_text("98,25")
        if number % 4 == 2:
            page.keyboard.press("Space")
            expect(out).not_to_have_text("84,50")
            page.keyboard.press("F2")
            expect(out).to_have_text("84,50")
        if number % 4 == 3:
            for _box in range(PRODUCTS):
                page.keyboard.press("Tab")
                while not page.evaluate("() => 'move' in document.activeElement.dataset"):
                    page.keyboard.press("Tab")
            page.keyboard.type("2,5")
            expect(out).to_have_text("82,00")
        with head.moving():
            page.keyboard.press("Enter")
    assert head.path == "/performance/desk"
    seconds = time.monotonic() - begun
    assert seconds < MOST_SECONDS, f"{seconds:.0f} seconds"
    assert _scores(site, period) == [("84.50", "98.25", "84.50", "82.00")[number % 4] for number in range(PEOPLE)]
    _looked_through(head)


def test_a_head_scores_twelve_people_on_the_keyboard(site: Site, visit: Visit) -> None:
    _clear(site)
    period = _month(site, 1)
    _score_all(site, visit("thutruong"), period)


def test_the_same_on_a_narrow_screen(site: Site, visit: Visit) -> None:
    _clear(site)
    period = _month(site, 2)
    _score_all(site, visit("thutruong", viewport=NARROW), period)


def test_the_same_form_without_script(site: Site, visit: Visit) -> None:
    _clear(site)
    period = _month(site, 3)
    head = visit("thutruong", java_script_enabled=False)
    head.open("/performance/desk")
    head.press("Chấm lần lượt")
    page = head.page
    for number in range(PEOPLE):
        if number == 1:
            page.get_by_label(re.compile("Thẩm định đồ án .* số 5")).check()
            head.press("Tính thử")
            assert "98,50" in head.text(".score-bar")
        if number == 2:
            page.locator("[name=g-0]").fill("7")
            with head.expecting(422):
                head.press("Lưu")
            assert "Hãy nhập số từ 0 đến 5" in head.text("main")
            page.locator("[name=g-0]").fill("5")
        head.press("Lưu")
    assert head.path == "/performance/desk"
    assert _scores(site, period) == ["84.50", "98.50", *["84.50"] * (PEOPLE - 2)]


def test_an_official_scores_themself_and_sees_why(site: Site, visit: Visit) -> None:
    _clear(site)
    period = _month(site, 4, people=100)
    site.sql(
        "UPDATE score_sheets s SET state = 'open', self_general = '{}', self_at = NULL FROM accounts a"
        " WHERE a.username = 'canbo' AND a.person_id = s.person_id AND s.period_id = %s",
        period,
    )
    official = visit("canbo")
    official.open("/performance")
    _looked_through(official)
    official.press("Tự chấm")
    _looked_through(official)
    official.narrow()
    assert official.overflow() == []
    official.wide()
    page = official.page
    for place, points in enumerate(GENERAL.values()):
        page.locator(f"[name=g-{place}]").fill(points.replace(".", ","))
    expect(page.locator(".score-bar [data-out=score]")).to_have_text("84,50")
    official.press("Gửi phiếu tự chấm")
    assert "Điểm tự chấm: 84,50" in official.text("main")
    _looked_through(official)
    ((sheet,),) = site.sql(
        "SELECT s.id FROM score_sheets s JOIN accounts a ON a.person_id = s.person_id"
        " WHERE a.username = 'canbo' AND s.period_id = %s",
        period,
    )
    head = visit("thutruong")
    head.open(f"/performance/desk/{sheet}")
    head.press("Lưu")
    head.open(f"/performance/sheets/{sheet}")
    assert "84,50" in head.text("main")
    assert "NĐ 335/2025/NĐ-CP Đ14" in head.text("main")
    _looked_through(head)
    head.narrow()
    assert head.overflow() == []


def test_hr_looks_after_a_month(site: Site, visit: Visit) -> None:
    _clear(site)
    period = _month(site, 5, state="open")
    staff = visit("tochuc")
    for address in ("/performance", "/performance/sheets", "/performance/periods", f"/performance/periods/{period}",
                    "/performance/periods/open"):  # fmt: skip
        staff.open(address)
        _looked_through(staff)
        staff.narrow()
        assert staff.overflow() == [], address
        staff.wide()
