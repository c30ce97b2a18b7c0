"""A trainer who knows nothing of the system: a class of forty in five minutes, narrow, by keyboard, without script."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta

from playwright.sync_api import Page

from hrms.core import clock
from tests.browser.conftest import Site, Visit
from tests.browser.visitor import NARROW, Visitor

MOST_SECONDS, MOST_STEPS = 300, 25
LEARNERS = 40
COURSE = "Nghiệp vụ tiếp dân buổi sáng"


def _today() -> date:
    return clock.today()


def _class(site: Site, code: str, *, sessions: int = 2, learners: int = LEARNERS) -> int:
    """A class of the trainer's that ends today, with learners who have a seat."""
    first = _today() - timedelta(days=sessions - 1)
    # Whatever another test has left on the desk goes from it.
    site.sql("DELETE FROM class_trainers t USING accounts a WHERE a.id = t.account_id AND a.username = 'giangvien'")
    site.sql(
        "INSERT INTO courses (code, name, kind, sort_key, search_key, source, mark) VALUES (%s, %s, 'position', 'x',"
        " 'x', 'Thử', 'U') ON CONFLICT DO NOTHING",
        f"CT-{code}", "Kỹ năng soạn thảo văn bản hành chính",
    )  # fmt: skip
    ((made,),) = site.sql(
        "INSERT INTO training_classes (code, name, course_id, provider_id, agency_id, state, form, hours, starts_on,"
        " ends_on, place, abroad, seats, accepts, least_attendance, central_budget, local_budget, other_budget)"
        " SELECT %s, 'Lớp soạn thảo văn bản hành chính', c.id, (SELECT min(id) FROM training_providers), %s, 'open',"
        " 'class', %s, %s, %s, 'Hội trường A', false, 40, 'auto', 80, 0, 0, 0 FROM courses c WHERE c.code = %s"
        " RETURNING id",
        code, site.world.agencies["A"], 4 * sessions, first, _today(), f"CT-{code}",
    )  # fmt: skip
    site.sql(
        "INSERT INTO class_sessions (class_id, number, held_on, hours) SELECT %s, n, %s::date + n - 1, 4"
        " FROM generate_series(1, %s) n",
        made, first, sessions,
    )  # fmt: skip
    site.sql(
        "INSERT INTO class_trainers (class_id, account_id) SELECT %s, id FROM accounts WHERE username = 'giangvien'",
        made,
    )
    _enrol(site, made, learners)
    return int(made)


def _enrol(site: Site, class_id: int, learners: int) -> None:
    site.sql(
        "INSERT INTO enrolments (class_id, person_id, state, nominated_at) SELECT %s, id, 'accepted', now() FROM people"
        " ORDER BY id LIMIT %s",
        class_id, learners,
    )  # fmt: skip


def _count(site: Site, class_id: int) -> tuple[int, int, int]:
    """Presences, completed learners, and hours in the ledger."""
    ((presences,),) = site.sql(
        "SELECT count(*) FROM attendances a JOIN enrolments e ON e.id = a.enrolment_id WHERE e.class_id = %s", class_id
    )
    ((completed,),) = site.sql("SELECT count(*) FROM enrolments WHERE class_id = %s AND state = 'completed'", class_id)
    ((hours,),) = site.sql("SELECT coalesce(sum(hours), 0) FROM credit_entries WHERE class_id = %s", class_id)
    return presences, completed, int(hours)


class Steps:
    """Counts what a hand does, and how long it all takes."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.count, self.begun = visitor, 0, time.monotonic()

    def press(self, name: str) -> None:
        """Follow a link or press a button."""
        self.count += 1
        self.visitor.press(name)

    def choose(self, place: int, words: str) -> None:
        """Mark the learner at a place of the list."""
        self.count += 1
        self.visitor.page.locator(".learner").nth(place).get_by_label(words, exact=True).check()

    def done(self) -> None:
        """Fail when it took too long or too many steps."""
        seconds = time.monotonic() - self.begun
        assert seconds < MOST_SECONDS, f"{seconds:.0f} seconds"
        assert self.count <= MOST_STEPS, f"{self.count} steps"


def _looked_through(visitor: Visitor, *, narrow: bool = False) -> None:
    assert visitor.axe() == []
    assert visitor.overflow() == []
    if not narrow:
        visitor.narrow()
        assert visitor.overflow() == []
        visitor.wide()


def _take_and_complete(visitor: Visitor, *, narrow: bool = False, sessions: int = 2) -> Steps:
    """From the first page on, only by what the pages say is next."""
    steps = Steps(visitor)
    visitor.open("/")
    visitor.page.get_by_role("link", name="Tất cả các lớp").click()
    visitor.settle()
    steps.count += 1
    _looked_through(visitor, narrow=narrow)
    for number in range(sessions):
        steps.press("Điểm danh")
        if not number:
            _looked_through(visitor, narrow=narrow)
        steps.press("Tất cả có mặt")
        if not number:
            steps.choose(3, "Vắng")
            steps.choose(7, "Vắng có phép")
        steps.press("Lưu điểm danh")
        _looked_through(visitor, narrow=narrow)
    steps.press("Kết thúc lớp")
    _looked_through(visitor, narrow=narrow)
    steps.press("Xem trước khi ghi")
    _looked_through(visitor, narrow=narrow)
    steps.press("Kết thúc lớp")
    steps.done()
    _looked_through(visitor, narrow=narrow)
    return steps


def test_a_class_of_forty_is_taken_and_completed_in_under_five_minutes(site: Site, visit: Visit) -> None:
    class_id = _class(site, "LOP-40")
    trainer = visit("giangvien")
    steps = _take_and_complete(trainer)
    assert f"{LEARNERS - 2} người hoàn thành, 2 người không hoàn thành" in trainer.text("body")
    assert _count(site, class_id) == (80, LEARNERS - 2, (LEARNERS - 2) * 8), steps.count


def test_the_same_on_a_telephone(site: Site, visit: Visit) -> None:
    class_id = _class(site, "LOP-360")
    trainer = visit("giangvien", viewport=NARROW)
    _take_and_complete(trainer, narrow=True)
    assert _count(site, class_id) == (80, LEARNERS - 2, (LEARNERS - 2) * 8)


def test_the_same_without_script(site: Site, visit: Visit) -> None:
    class_id = _class(site, "LOP-JS", sessions=1)
    trainer = visit("giangvien", java_script_enabled=False)
    trainer.open(f"/training/desk/{class_id}")
    page = trainer.page
    for name in ("Điểm danh", "Tất cả có mặt"):
        trainer.press(name)
    page.locator(".learner").nth(0).get_by_label("Vắng", exact=True).check()
    for name in ("Lưu điểm danh", "Kết thúc lớp", "Xem trước khi ghi", "Kết thúc lớp"):
        trainer.press(name)
    assert _count(site, class_id) == (40, LEARNERS - 1, (LEARNERS - 1) * 4)


def _tab_to(page: Page, name: str, most: int = 160) -> None:
    """Press Tab until the control of this name has the focus."""
    said = """() => {
      const e = document.activeElement;
      const labels = e.labels ? [...e.labels].map((l) => l.textContent.trim()) : [];
      const own = e.matches("button, a") ? e.textContent.trim() : "";
      return [e.getAttribute("aria-label") || "", ...labels, own];
    }"""
    for _step in range(most):
        page.keyboard.press("Tab")
        if any(one.startswith(name) for one in page.evaluate(said)):
            return
    raise AssertionError(f"{name} is not reached by the keyboard")


def test_the_same_by_the_keyboard_alone(site: Site, visit: Visit) -> None:
    class_id = _class(site, "LOP-PHIM", sessions=1)
    trainer = visit("giangvien")
    begun = time.monotonic()
    trainer.open(f"/training/desk/{class_id}")
    page = trainer.page
    for name in ("Điểm danh buổi 1", "Tất cả có mặt"):
        _tab_to(page, name)
        with trainer.moving():
            page.keyboard.press("Enter")
    _tab_to(page, "Có mặt")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    _tab_to(page, "Lưu điểm danh")
    with trainer.moving():
        page.keyboard.press("Enter")
    for name in ("Kết thúc lớp", "Xem trước khi ghi", "Kết thúc lớp"):
        _tab_to(page, name)
        with trainer.moving():
            page.keyboard.press("Enter")
    assert time.monotonic() - begun < MOST_SECONDS
    assert _count(site, class_id) == (40, LEARNERS - 1, (LEARNERS - 1) * 4)


def test_a_code_held_before_a_camera_marks_its_holder_present(site: Site, visit: Visit) -> None:
    class_id = _class(site, "LOP-QR", sessions=1)
    ((person_id, name),) = site.sql(
        "SELECT p.id, p.full_name FROM people p JOIN accounts a ON a.person_id = p.id WHERE a.username = 'canbo'"
    )
    holder = visit("canbo")
    holder.open(f"/people/{person_id}/training/code")
    assert holder.axe() == []
    assert holder.page.locator(".code-box svg").is_visible()
    ((token,),) = [(_own_token(person_id),)]
    trainer = visit("giangvien", viewport=NARROW)
    with trainer.moving():
        trainer.page.goto(f"{site.url}/training/desk/scan/{token}", wait_until="commit")
    trainer.page.wait_for_url(re.compile("/scanned$"))
    assert f"Đã ghi {name}" in trainer.text("body")
    _looked_through(trainer, narrow=True)
    assert _count(site, class_id)[0] == 1
    trainer.press("Xem danh sách")
    trainer.page.get_by_label("Mã vừa quét").fill(f"{site.url}/training/desk/scan/{token}")
    trainer.press("Ghi có mặt")
    assert "từ trước" in trainer.text("body")


def _own_token(person_id: int) -> str:
    from itsdangerous import URLSafeTimedSerializer

    from tests.browser.conftest import SECRET

    return str(URLSafeTimedSerializer(SECRET, salt="training-code").dumps(person_id))


def test_a_trainer_opens_a_class_by_the_form_and_teaches_it(site: Site, visit: Visit) -> None:
    """From nothing: the form, the opening, learners as agencies send them, attendance, completion."""
    site.sql(
        "INSERT INTO courses (code, name, kind, sort_key, search_key, source, mark) VALUES ('CT-MO', %s, 'position',"
        " 'x', 'nghiep vu tiep dan buoi sang', 'Thử', 'U')", COURSE,
    )  # fmt: skip
    site.sql(
        "INSERT INTO course_versions (course_id, hours, form, certificate, provider_ids, competencies, positions,"
        " ranks, post_groups, person_kinds, valid_from, basis) SELECT id, 4, 'class', 'attestation', '{}', '[]', '{}',"
        " '{}', '{}', '{}', '2025-01-01', 'old_data' FROM courses WHERE code = 'CT-MO'"
    )
    trainer = visit("giangvien")
    steps = Steps(trainer)
    trainer.open("/training/desk")
    steps.press("Mở lớp mới")
    _looked_through(trainer)
    ((provider,),) = site.sql("SELECT name FROM training_providers WHERE active ORDER BY name LIMIT 1")
    _fill_in(trainer, steps, provider)
    steps.press("Lập lớp")
    ((class_id, state),) = site.sql("SELECT id, state FROM training_classes ORDER BY id DESC LIMIT 1")
    assert state == "draft", trainer.text("main")
    _looked_through(trainer)
    steps.press("Mở lớp để nhận học viên")
    ((state,),) = site.sql("SELECT state FROM training_classes WHERE id = %s", class_id)
    assert state == "open", trainer.text("main")
    _enrol(site, class_id, LEARNERS)
    trainer.open(f"/training/desk/{class_id}")
    steps.press("Điểm danh buổi 1")
    steps.press("Tất cả có mặt")
    steps.press("Lưu điểm danh")
    steps.press("Kết thúc lớp")
    steps.press("Xem trước khi ghi")
    steps.press("Kết thúc lớp")
    steps.done()
    presences, completed, hours = _count(site, class_id)
    assert (presences, completed) == (LEARNERS, LEARNERS), trainer.text("main")
    assert hours > 0


def _fill_in(trainer: Visitor, steps: Steps, provider: str) -> None:
    page = trainer.page
    _pick(page, "Chương trình", COURSE)
    _pick(page, "Cơ sở đào tạo", provider)
    page.get_by_label("Ngày khai giảng").fill(_today().strftime("%d/%m/%Y"))
    page.get_by_label("Số chỗ").fill(str(LEARNERS))
    weekday = page.get_by_role("group", name="Học các ngày").get_by_role("checkbox").nth(_today().weekday())
    weekday.check()
    steps.count += 5


def _pick(page: Page, label: str, words: str) -> None:
    """Choose from a list by its words."""
    box = page.get_by_role("combobox", name=label, exact=False).first
    if box.evaluate("(e) => e.tagName") == "SELECT":
        box.select_option(label=words)
        return
    box.click()
    box.fill(words)
    page.get_by_role("option", name=words).first.click()
