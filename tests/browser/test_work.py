"""Work given in a browser: to many at once by keyboard, one product by its owner, objectives; wide and narrow."""

from __future__ import annotations

from decimal import Decimal

from hrms.core import clock
from tests.browser.conftest import Site, Visit
from tests.browser.visitor import Visitor

TITLES = ("Tham mưu kế hoạch chỉnh trang đô thị", "Thẩm định hồ sơ cấp phép xây dựng", "Báo cáo tuần")


def month(site: Site) -> int:
    """The present month of B with a sheet for everybody of its unit, and an approved catalogue; the period's id."""
    today, place = clock.today(), site.world.agencies["B"]
    held = site.sql("SELECT id FROM scoring_periods WHERE agency_id = %s", place)
    if held:
        return int(held[0][0])
    ((period,),) = site.sql(
        "INSERT INTO scoring_periods (agency_id, year, kind, number, starts_on, ends_on, self_due_on, score_due_on,"
        " state) SELECT %s, %s, 'month', %s, d, d + interval '1 month', d + 34, d + 39, 'open'"
        " FROM (SELECT date_trunc('month', %s::date)::date AS d) m RETURNING id",
        place, today.year, today.month, today,
    )  # fmt: skip
    site.sql(
        "INSERT INTO score_sheets (person_id, period_id, year, kind, number, agency_id, authority_id, set_id, role,"
        " state, source) SELECT c.person_id, %s, %s, 'month', %s, c.agency_id, c.agency_id,"
        " (SELECT id FROM criteria_sets WHERE code = '335/2025'), 'staff', 'open', 'scored' FROM people_current c"
        " WHERE c.agency_id = ANY (%s)",
        period, today.year, today.month, [place, site.world.agencies["B1"]],
    )  # fmt: skip
    ((catalogue,),) = site.sql(
        "INSERT INTO product_catalogues (code, name, agency_id, state, standard_product, standard_points, groups)"
        " VALUES ('DM-XEM', 'Danh mục của Sở', %s, 'approved', 'Công văn', 10, '[]') RETURNING id",
        place,
    )
    for number, title in enumerate(TITLES, start=1):
        site.sql(
            "INSERT INTO work_products (catalogue_id, code, place, task, output, complexity, points, factor, state,"
            " search_key) VALUES (%s, %s, %s, %s, 'Kế hoạch được phê duyệt', '1', 10, %s, 'active', %s)",
            catalogue, f"SP{number:02d}", number, title, number, f" sp{number:02d} {title}",
        )  # fmt: skip
    return int(period)


def objective(site: Site) -> int:
    """An approved objective of B under way; its id."""
    ((made,),) = site.sql(
        "INSERT INTO work_objectives (agency_id, year, code, objective, indicator, measure, direction, baseline,"
        " target, actual, evidence, weight, state) VALUES (%s, %s, %s, 'Giải quyết hồ sơ cấp phép xây dựng đúng hạn',"
        " 'Tỷ lệ hồ sơ giải quyết đúng hạn', 'phần trăm', 'more', 80, 98, 91, 'Báo cáo 12/BC-SXD', 2, 'approved')"
        " ON CONFLICT (agency_id, year, code) DO UPDATE SET weight = 2 RETURNING id",
        site.world.agencies["B"], clock.today().year, "MT1",
    )  # fmt: skip
    return int(made)


def look_through(visitor: Visitor) -> None:
    """Nothing against the rules of access, nothing standing out, wide and narrow."""
    assert visitor.axe() == []
    assert visitor.overflow() == []
    assert visitor.covered() == []
    visitor.narrow()
    assert visitor.overflow() == []
    assert visitor.axe() == []
    visitor.wide()


def test_two_products_for_three_people_by_keyboard(site: Site, visit: Visit) -> None:
    period = month(site)
    visitor = visit("tochuc")
    visitor.open(f"/performance/periods/{period}/assign")
    look_through(visitor)
    page = visitor.page
    for name in ("Lý Thị Cẩm", "Nguyễn Văn Hùng", "Nguyen Van Hung"):
        page.get_by_label(name, exact=True).focus()
        page.keyboard.press("Space")
    page.get_by_label(f"Số lượng: {TITLES[0]}").focus()
    page.keyboard.type("3")
    page.get_by_label(f"Số lượng: {TITLES[2]}").focus()
    page.keyboard.type("1,5")
    with visitor.moving():
        page.keyboard.press("Tab")
        page.get_by_role("button", name="Giao cho người được chọn").press("Enter")
    assert "Đã giao 6 sản phẩm cho 3 người" in visitor.text()
    ((units,),) = site.sql("SELECT sum(units) FROM work_items w JOIN score_sheets s ON s.id = w.sheet_id"
                           " WHERE s.period_id = %s AND w.product_id IS NOT NULL", period)  # fmt: skip
    assert units == 3 * (3 * 1 + Decimal("1.5") * 3)
    visitor.clean()


def test_the_owner_reports_and_hr_writes_a_finding(site: Site, visit: Visit) -> None:
    period = month(site)
    ((item,),) = site.sql(
        "INSERT INTO work_items (sheet_id, person_id, code, title, kind, state, quantity, units, reported, progress,"
        " failed_checks, late_count) SELECT s.id, s.person_id, 'SP09', 'Rà soát quy hoạch phân khu', 'assigned',"
        " 'given', 2, 5, 'open', 0, 0, 0 FROM score_sheets s WHERE s.period_id = %s AND s.person_id = %s RETURNING id",
        period, site.world.people["Nguyễn Văn Hùng"],
    )  # fmt: skip
    owner = visit("canbo")
    owner.open(f"/performance/items/{item}")
    look_through(owner)
    owner.press("Báo cáo kết quả")
    look_through(owner)
    owner.page.get_by_label("Kết quả", exact=False).first.select_option("done")
    owner.page.get_by_label("Kết quả, minh chứng").fill("Tờ trình 15/TTr-SXD")
    owner.press("Ghi báo cáo")
    assert "Báo đã hoàn thành" in owner.text()
    owner.clean()
    hr = visit("tochuc")
    hr.open(f"/performance/items/{item}")
    hr.press("Ghi không đạt, chậm")
    look_through(hr)
    hr.page.get_by_label("Nội dung, nguyên nhân").fill("Nộp chậm hai ngày")
    hr.press("Ghi")
    assert "Trừ một phần tư" in hr.text()
    look_through(hr)
    hr.clean()


def test_objectives_wide_and_narrow(site: Site, visit: Visit) -> None:
    found = objective(site)
    visitor = visit("thutruong")
    visitor.open("/performance/objectives")
    look_through(visitor)
    visitor.open(f"/performance/objectives/{found}")
    assert "61,11%" in visitor.text()
    look_through(visitor)
    visitor.open(f"/performance/objectives/new?agency={site.world.agencies['B']}&year={clock.today().year}")
    look_through(visitor)
    visitor.clean()
