"""From nothing to a class with learners: opened with one form, people nominated after a look at their conditions."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect

from hrms.core import clock
from tests.browser.conftest import Site, Visit
from tests.browser.visitor import Visitor

MOST_SECONDS = 180
COURSE = "Kỹ năng soạn thảo văn bản thử"
HUNG = "Nguyễn Văn Hùng"


def _looked_through(visitor: Visitor, name: str) -> None:
    folder = os.environ.get("HRMS_TEST_PICTURES")
    assert visitor.axe() == [], name
    assert visitor.overflow() == [], name
    assert visitor.covered() == [], name
    if folder:
        visitor.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    visitor.narrow()
    assert visitor.overflow() == [], f"{name}, narrow"
    if folder:
        visitor.page.screenshot(path=Path(folder) / f"{name}-narrow.png", full_page=True)
    visitor.wide()


def _course(site: Site) -> int:
    ((made,),) = site.sql(
        "INSERT INTO courses (code, name, kind, sort_key, search_key, source, mark) VALUES ('VT.THU', %s, 'position',"
        " 'ky nang soan thao van ban thu', ' ky nang soan thao van ban thu vt.thu', 'Thử', 'U') RETURNING id",
        COURSE,
    )
    site.sql(
        "INSERT INTO course_versions (course_id, hours, form, certificate, provider_ids, competencies, positions,"
        " ranks, post_groups, person_kinds, valid_from, basis) VALUES (%s, 40, 'class', 'attestation', '{}', '[]',"
        " '{}', '{}', '{}', '{}', '2025-01-01', 'old_data')",
        made,
    )
    return int(made)


def test_a_class_is_opened_and_filled_in_three_minutes(site: Site, visit: Visit) -> None:
    course = _course(site)
    officer = visit("tochuc")
    begun = time.monotonic()
    officer.open(f"/training/classes/new?course={course}")
    _looked_through(officer, "new")
    page = officer.page
    first = clock.today() + timedelta(days=21)
    page.locator("[name=starts_on]").fill(f"{first:%d/%m/%Y}")
    page.locator("[name=seats]").fill("1")
    ((provider,),) = site.sql("SELECT id FROM training_providers WHERE active ORDER BY id LIMIT 1")
    page.locator("select[name=provider]").select_option(str(provider), force=True)
    officer.press("Lập lớp")
    assert "10" in officer.text("main")
    _looked_through(officer, "draft")
    officer.press("Lịch học")
    _looked_through(officer, "sessions")
    page.go_back()
    officer.settle()
    officer.press("Mở lớp để nhận học viên")
    officer.press("Cử người đi học")
    page.get_by_role("combobox", name="Tìm người").fill("nguyen van hung")
    page.get_by_role("option", name=HUNG).first.click()
    officer.press("Thêm vào danh sách và xét điều kiện")
    assert HUNG in officer.text("main")
    _looked_through(officer, "nominate")
    officer.press("Cử 1 người")
    expect(page.get_by_text("1 người được nhận vào lớp.")).to_be_visible()
    assert time.monotonic() - begun < MOST_SECONDS
    _looked_through(officer, "class")
    officer.open("/training/classes")
    _looked_through(officer, "list")
    ((code,),) = site.sql("SELECT code FROM training_classes WHERE course_id = %s", course)
    assert code == f"VT.THU/{first.year}.01"
