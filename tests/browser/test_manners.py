"""What a page does for those who are interrupted: forms kept, left, sent twice, sent late; pages without script."""

from __future__ import annotations

from playwright.sync_api import Dialog, expect

from tests.browser.conftest import Site, Visit
from tests.browser.world import PASSWORD, SUBJECTS

PHONE = "Số điện thoại"


def _edit(site: Site) -> str:
    return f"/people/{site.world.people[SUBJECTS[3]]}/edit/identity"


def _edits(site: Site) -> int:
    statement = "SELECT count(*) FROM audit_events WHERE entity_id = %s AND action = 'person.edited'"
    return int(site.sql(statement, site.world.people[SUBJECTS[3]])[0][0])


def test_leaving_a_changed_form_asks_first(site: Site, visit: Visit) -> None:
    visitor = visit("sonoivu")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    visitor.page.on("dialog", answer)
    visitor.open(_edit(site))
    visitor.press("Quyết định", "nav.menu")
    assert asked == []
    visitor.open(_edit(site))
    visitor.page.get_by_label(PHONE).fill("0900 111 222")
    visitor.page.locator("nav.menu").get_by_role("link", name="Quyết định").click(no_wait_after=True)
    visitor.page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert visitor.path == _edit(site)
    expect(visitor.page.get_by_label(PHONE)).to_have_value("0900 111 222")
    visitor.page.remove_listener("dialog", answer)
    visitor.page.on("dialog", lambda dialog: dialog.accept())
    visitor.press("Quyết định", "nav.menu")
    assert visitor.path == "/decisions"


def test_a_double_click_saves_once(site: Site, visit: Visit) -> None:
    before = _edits(site)
    visitor = visit("sonoivu")
    visitor.open(_edit(site))
    visitor.page.get_by_label(PHONE).fill("0900 000 001")
    sent: list[str] = []
    visitor.context.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    with visitor.moving():
        visitor.page.get_by_role("button", name="Lưu").dblclick()
    assert len(sent) == 1
    assert _edits(site) == before + 1


def test_a_form_that_somebody_else_overtook_is_not_saved_over_theirs(site: Site, visit: Visit) -> None:
    mine, theirs = visit("sonoivu"), visit("tochuc")
    mine.open(_edit(site))
    theirs.open(_edit(site))
    theirs.page.get_by_label(PHONE).fill("0900 000 002")
    theirs.press("Lưu")
    mine.page.get_by_label(PHONE).fill("0900 000 003")
    with mine.expecting(412):
        mine.press("Lưu")
    assert mine.page.locator("#error-summary").count() == 1
    assert mine.axe() == []
    expect(mine.page.get_by_label(PHONE)).to_have_value("0900 000 003")
    mine.press("Lưu")
    assert "/edit/" not in mine.path


def test_an_idle_session_ends_and_what_was_typed_comes_back(site: Site, visit: Visit) -> None:
    visitor = visit("ranh", fresh=True)
    visitor.page.clock.install()
    visitor.open(_edit(site))
    visitor.page.get_by_label(PHONE).fill("0900 777 777")
    visitor.page.clock.run_for(13 * 60_000 + 10_000)
    expect(visitor.page.locator("#idle-warning")).to_be_visible()
    assert visitor.axe() == []
    site.sql(
        "UPDATE account_sessions SET seen_at = seen_at - interval '16 minutes' WHERE account_id = %s",
        site.world.accounts["ranh"],
    )
    visitor.page.clock.run_for(3 * 60_000)
    expect(visitor.page.locator("#idle-warning")).to_be_hidden()
    expect(visitor.page.locator("#idle-note")).to_be_visible()
    visitor.press("Đăng nhập", "#idle-note")
    assert visitor.path == "/login"
    visitor.sign_in("ranh", PASSWORD)
    assert visitor.path == _edit(site)
    expect(visitor.page.get_by_label(PHONE)).to_have_value("0900 777 777")
    expect(visitor.page.locator("#idle-note")).to_be_visible()
    visitor.press("Lưu")
    assert "0900 777 777" in visitor.text("main")


def test_a_form_sent_after_the_session_ended_is_kept_too(site: Site, visit: Visit) -> None:
    visitor = visit("ranh", fresh=True)
    visitor.open(_edit(site))
    visitor.page.get_by_label(PHONE).fill("0900 888 888")
    site.sql("UPDATE account_sessions SET ended_at = now() WHERE account_id = %s", site.world.accounts["ranh"])
    visitor.press("Lưu")
    assert visitor.path == "/login"
    visitor.sign_in("ranh", PASSWORD)
    assert visitor.path == _edit(site)
    expect(visitor.page.get_by_label(PHONE)).to_have_value("0900 888 888")


def test_what_was_typed_is_not_shown_to_another_who_signs_in(site: Site, visit: Visit) -> None:
    visitor = visit("ranh", fresh=True)
    visitor.open(_edit(site))
    visitor.page.get_by_label(PHONE).fill("0900 999 999")
    site.sql("UPDATE account_sessions SET ended_at = now() WHERE account_id = %s", site.world.accounts["ranh"])
    visitor.press("Lưu")
    visitor.sign_in("sonoivu", PASSWORD)
    visitor.open(_edit(site))
    assert visitor.page.get_by_label(PHONE).input_value() != "0900 999 999"


def test_everything_works_without_script(site: Site, visit: Visit) -> None:
    visitor = visit("tochuc", java_script_enabled=False)
    visitor.open("/people?q=mai+xuan+nhi")
    visitor.press(SUBJECTS[3])
    visitor.open(_edit(site))
    visitor.page.get_by_label(PHONE).fill("0900 123 123")
    visitor.press("Lưu")
    assert "0900 123 123" in visitor.text("main")


def test_a_list_is_used_from_the_keyboard_alone(visit: Visit) -> None:
    visitor = visit("sonoivu")
    visitor.open("/people")
    page = visitor.page
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.textContent.trim()")
    assert focused == "Đến nội dung chính"
    with visitor.moving():
        page.locator("main tbody th a").first.focus()
        page.keyboard.press("Enter")
    assert visitor.path.startswith("/people/")


def test_the_chosen_background_stays(visit: Visit) -> None:
    visitor = visit("giangvien", fresh=True)
    visitor.page.locator("header summary", has_text="Tài khoản giangvien").click()
    visitor.press("Tối", "header")
    assert visitor.page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    visitor.open("/agencies")
    assert visitor.page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_a_missing_page_says_so_in_a_page_of_ours(visit: Visit) -> None:
    visitor = visit("giangvien")
    with visitor.expecting(403, 404):
        visitor.open("/khong-co-trang-nay")
        assert visitor.axe() == []
        visitor.open("/people")
        assert "không có quyền" in visitor.text("main")
        assert visitor.axe() == []
