"""Writing a frame in the browser: the checks answer while one types, rows come and go, nothing is lost on the way."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Site, Visit


def test_a_frame_is_checked_while_it_is_written(site: Site, visit: Visit) -> None:
    visitor = visit("tochuc")
    ((position,),) = site.sql("SELECT id FROM job_positions WHERE key = 'cc.specialised.05'")
    visitor.open(f"/positions/catalogue/{position}/frames/new")
    page = visitor.page
    page.fill("#duties-0-work", "Chủ trì soạn thảo kế hoạch đào tạo, bồi dưỡng")
    live = page.locator("[data-frame-live]")
    expect(live).to_contain_text("chỗ cần sửa")
    missing = page.locator('[data-for="duties-1-work"] .form-error')
    expect(missing).to_contain_text("Chưa ghi công việc cụ thể")
    page.fill("#duties-1-work", "Hướng dẫn các đơn vị lập kế hoạch")
    expect(missing).to_have_count(0)
    rows = page.locator('[name^="duties-"][name$="-work"]')
    before = rows.count()
    page.get_by_role("button", name="Thêm công việc").click()
    expect(rows).to_have_count(before + 1)
    assert page.url.endswith(f"#duties-{before}-work")
    assert page.locator("#duties-0-work").input_value() == "Chủ trì soạn thảo kế hoạch đào tạo, bồi dưỡng"
    page.get_by_role("button", name="Bỏ dòng này").nth(before).click()
    expect(rows).to_have_count(before)
    assert visitor.axe() == []
    assert visitor.overflow() == []
    visitor.narrow()
    assert visitor.overflow() == []
