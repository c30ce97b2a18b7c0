"""A new base salary: entered by an administrator, looked at, applied, undone; each process follows at once."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Site, Visit
from tests.browser.visitor import Visitor

MOST_SECONDS = 180
NUMBER = "01/2027/NĐ-CP"
NEW = "2.730.000"
CATALOGUES = ("pay_scales", "ranks", "leadership_coefficients", "allowance_rules", "insurance_rates", "parameters")


def _looked_through(visitor: Visitor, name: str) -> None:
    folder = os.environ.get("HRMS_TEST_PICTURES")
    assert visitor.axe() == [], name
    assert visitor.overflow() == [], name
    assert visitor.covered() == [], name
    visitor.narrow()
    assert visitor.overflow() == [], f"{name}, narrow"
    visitor.wide()
    if folder:
        visitor.page.screenshot(path=Path(folder) / f"law-{name}.png", full_page=True)


def test_a_new_base_salary_is_entered_previewed_applied_and_undone(site: Site, visit: Visit) -> None:
    administrator = visit("admin")
    page = administrator.page
    begun = time.monotonic()
    administrator.open("/pay/law")
    expect(page.get_by_text("2.530.000")).to_be_visible()
    _looked_through(administrator, "list")
    page.get_by_role("link", name="Nhập văn bản mới").first.click()
    administrator.settle()
    page.locator("[name=number]").fill(NUMBER)
    page.locator("[name=title]").fill("Quy định mức lương cơ sở")
    page.locator("[name=valid_from]").fill("01/01/2027")
    page.locator("[name=source]").fill("NĐ 01/2027/NĐ-CP Đ3")
    _looked_through(administrator, "head")
    administrator.press("Ghi và thêm mức mới")
    _looked_through(administrator, "empty draft")
    page.get_by_role("link", name="Mức lương cơ sở", exact=True).click()
    administrator.settle()
    _looked_through(administrator, "row")
    page.locator("[name=amount]").fill(NEW)
    administrator.press("Ghi mức mới")
    text = administrator.path
    expect(page.get_by_role("cell", name=NEW)).to_be_visible()
    _looked_through(administrator, "draft")
    administrator.press("Xem trước thay đổi")
    expect(page.get_by_role("button", name="Áp dụng văn bản")).to_be_visible(timeout=60_000)
    _looked_through(administrator, "preview")
    month = page.get_by_role("row", name=re.compile("^Ngân sách chi"))
    before, after = (_dong(month.get_by_role("cell").nth(place).inner_text()) for place in (0, 1))
    assert 0 < before < after
    expect(page.locator(".tile", has_text="Một tháng (đồng)")).to_contain_text(f"{after - before:,}".replace(",", "."))
    administrator.press("Áp dụng văn bản")
    expect(page.get_by_text(f"Đã áp dụng “{NUMBER}” từ 01/01/2027.")).to_be_visible()
    _looked_through(administrator, "applied")
    for _each in range(4):  # whichever process answers knows it
        administrator.open("/pay/law")
        expect(page.locator(".tile", has_text="sắp tới")).to_contain_text(NEW)
    administrator.open("/pay/law/figures?of=base_salaries&as_at=2027-01-01")
    expect(page.get_by_role("row", name=re.compile(re.escape(NEW)))).to_be_visible()
    _looked_through(administrator, "figures")
    administrator.open(text)
    page.get_by_role("link", name="Bỏ áp dụng").click()
    administrator.settle()
    _looked_through(administrator, "undo")
    page.locator("[name=reason]").fill("Văn bản chưa được ký")
    administrator.press("Bỏ áp dụng")
    expect(page.get_by_text("Các mức trở lại như trước.")).to_be_visible()
    _looked_through(administrator, "undone")
    for _each in range(4):
        administrator.open("/pay/law/figures?of=base_salaries&as_at=2027-01-01")
        expect(page.get_by_role("row", name=re.compile("2.530.000"))).to_be_visible()
    assert time.monotonic() - begun < MOST_SECONDS
    assert site.sql("SELECT state, undone_reason FROM figure_changes WHERE number = %s", NUMBER) == [
        ("undone", "Văn bản chưa được ký")
    ]
    said = site.sql(
        "SELECT e.action FROM audit_events e JOIN figure_changes c ON c.id = e.entity_id AND c.number = %s"
        " WHERE e.entity = 'figure_change' ORDER BY e.id",
        NUMBER,
    )
    assert [action for (action,) in said] == [
        "figure_change.written", "figure_change.rows_written", "figure_change.applied", "figure_change.undone",
    ]  # fmt: skip


def test_every_form_of_a_text_is_in_order(visit: Visit) -> None:
    administrator = visit("admin")
    administrator.open("/pay/law/new")
    for name, value in {
        "number": "02/2027/TT-BNV",
        "title": "Thử",
        "valid_from": "01/07/2027",
        "source": "Thử",
    }.items():
        administrator.page.locator(f"[name={name}]").fill(value)
    administrator.press("Ghi và thêm mức mới")
    text = administrator.path
    for catalogue in CATALOGUES:
        administrator.open(f"{text}/rows?of={catalogue}")
        _looked_through(administrator, f"form {catalogue}")
        administrator.open(f"/pay/law/figures?of={catalogue}&text={text.rsplit('/', 1)[-1]}")
        _looked_through(administrator, f"figures {catalogue}")
    administrator.open(f"{text}/file")
    _looked_through(administrator, "file")
    administrator.open(f"{text}/rows?of=pay_scales&table=2&group=A1")
    administrator.press("Ghi mức mới")
    _looked_through(administrator, "scale")
    administrator.press("Xóa bản thảo")
    expect(administrator.page.get_by_text("Đã xóa bản thảo “02/2027/TT-BNV”.")).to_be_visible()


def _dong(words: str) -> int:
    return int(re.sub(r"\D", "", words))
