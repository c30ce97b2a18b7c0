"""The lines of a paper as NĐ 30/2020/NĐ-CP annex I writes them, whatever text is put in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.core.documents import Annex, Article, Capacity, Paper, Signing, Table, date_in_words
from hrms.core.documents.paper import clean
from hrms.core.documents.widths import RULE, even_lines, rule, width
from tests.core.documents import samples


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2020, 1, 5), "ngày 05 tháng 01 năm 2020"),
        (date(2019, 6, 29), "ngày 29 tháng 6 năm 2019"),
        (date(2027, 2, 10), "ngày 10 tháng 02 năm 2027"),
        (date(2026, 12, 9), "ngày 09 tháng 12 năm 2026"),
        (None, "ngày … tháng … năm …"),
    ],
)
def test_days_below_ten_and_the_first_two_months_have_a_zero(day: date | None, written: str) -> None:
    """NĐ 30/2020 phụ lục I phần I mục II khoản 4b."""
    assert date_in_words(day) == written


@pytest.mark.parametrize(
    ("number", "line"),
    [(5, "Số: 05/QĐ-SNV"), (15, "Số: 15/QĐ-SNV"), ("7", "Số: 07/QĐ-SNV"), ("123", "Số: 123/QĐ-SNV"),
     ("12a", "Số: 12a/QĐ-SNV"), (None, "Số: \xa0\xa0\xa0\xa0\xa0/QĐ-SNV")],
)  # fmt: skip
def test_numbers_below_ten_have_a_zero_and_a_draft_has_room(number: int | str | None, line: str) -> None:
    """NĐ 30/2020 phụ lục I phần I mục II khoản 3c."""
    assert replace(samples.decision(), number=number).number_line() == line


def test_the_date_is_never_broken() -> None:
    line = samples.decision().date_line()
    assert line == "Bình Sơn, ngày\xa005\xa0tháng\xa001\xa0năm\xa02027"
    assert replace(samples.decision(), issued_on=None).date_line().endswith("ngày\xa0…\xa0tháng\xa0…\xa0năm\xa02027")


def test_grounds_recipients_and_the_last_line_have_their_marks() -> None:
    lines = samples.decision().lines()
    assert [ground[-1] for ground in lines["grounds"]] == [";", ";", "."]
    assert lines["recipients"] == [
        "- Như Điều 2;", "- Ủy ban nhân dân tỉnh (để báo cáo);", "- Lưu: VT, VP, 02 bản.",
    ]  # fmt: skip
    assert lines["articles"][-1]["first"].endswith("Quyết định này./.")
    assert "./." not in lines["articles"][0]["first"] + "".join(lines["articles"][0]["rest"])
    assert samples.submission().lines()["paragraphs"][-1] == "Kính đề nghị xem xét, quyết định./."
    assert samples.submission().lines()["addressees"] == ["Ủy ban nhân dân tỉnh;", "Sở Nội vụ."]


def test_articles_are_numbered_and_a_line_break_begins_a_paragraph() -> None:
    paper = Paper("x", "Sở X", articles=[Article(["một\nhai", "ba"], "Phạm vi"), Article(["bốn"])])
    first, second = paper.lines()["articles"]
    assert first == {"label": "Điều 1.", "title": "Phạm vi", "first": "một", "rest": ["hai", "ba"]}
    assert second["label"] == "Điều 2."


@pytest.mark.parametrize(
    ("signing", "heads"),
    [
        (Signing("Giám đốc", "A"), ["GIÁM ĐỐC"]),
        (Signing("Giám đốc", "A", Capacity.ACTING), ["Q. GIÁM ĐỐC"]),
        (Signing("Phó Giám đốc", "A", Capacity.FOR_HEAD, "Giám đốc"), ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]),
        (Signing("Chủ tịch", "A", Capacity.ON_BEHALF, "Ủy ban nhân dân"), ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]),
        (Signing("Trưởng phòng", "A", Capacity.BY_ORDER, "Giám đốc"), ["TL. GIÁM ĐỐC", "TRƯỞNG PHÒNG"]),
        (Signing("Trưởng phòng", "A", Capacity.BY_AUTHORITY, "Giám đốc"), ["TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG"]),
    ],
)
def test_whoever_signs_says_in_whose_name(signing: Signing, heads: list[str]) -> None:
    """NĐ 30/2020 phụ lục I phần I mục II khoản 7b."""
    assert signing.lines() == {"heads": heads, "name": "A"}


def test_several_annexes_have_roman_numbers_and_name_the_paper() -> None:
    """NĐ 30/2020 phụ lục I phần I mục III khoản 1."""
    paper = replace(samples.decision(), annexes=[Annex("một"), Annex("hai"), Annex("ba", heading="Danh sách")])
    told = paper.lines()["annexes"]
    assert [annex["heading"] for annex in told] == ["Phụ lục I", "Phụ lục II", "Danh sách"]
    reference = "(Kèm theo Quyết định số 05/QĐ-SNV ngày 05 tháng 01 năm 2027 của Giám đốc Sở Nội vụ)"
    assert {annex["reference"] for annex in told} == {reference}
    assert replace(paper, annexes=[Annex("một")]).lines()["annexes"][0]["heading"] == "Phụ lục"


def test_a_letter_says_what_it_is_about_under_its_number() -> None:
    """NĐ 30/2020 phụ lục I phần I mục II khoản 5b."""
    assert samples.letter().lines()["summary"].replace("\n", " ") == "V/v cử công chức tham gia đoàn kiểm tra"
    assert samples.letter().lines()["kind"] == ""


def test_a_row_is_as_long_as_its_header() -> None:
    told = Table(samples.COLUMNS[:2], [["1"], ["2", "b", "c"]]).lines()
    assert told["rows"] == [["1", ""], ["2", "b"]]


@given(st.text(max_size=80))
def test_any_text_becomes_text_that_both_printers_can_set(text: str) -> None:
    paper = replace(
        samples.decision(), summary=text, issuing_agency=text, grounds=[text], place=text, symbol=text, number=text,
        articles=[Article([text], text)], tables=[Table(samples.COLUMNS, [[text]])], recipients=[text], kept=text,
        signing=Signing(text, text), annexes=[Annex(text, paragraphs=[text])],
    )  # fmt: skip
    said = json.dumps(paper.lines(), ensure_ascii=False)
    said.encode("utf-8")
    bare = said.replace("\\n", "")
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or ord(c) in {0xFFFE, 0xFFFF, 0x2028, 0x2029} for c in bare)
    assert clean(clean(text)) == clean(text)
    assert "\n" not in clean(text)


@given(st.text(alphabet="ABCĐỦƯ ỘNĂ", max_size=120), st.integers(60, 400))
def test_long_names_break_into_lines_that_lose_no_word(text: str, room: int) -> None:
    broken = even_lines(clean(text), 12, room)
    assert broken.replace("\n", " ") == clean(text)
    assert all(width(line, 12) <= room or " " not in line for line in broken.split("\n"))


def test_the_rule_is_a_third_to_a_half_of_the_name() -> None:
    for name in ("SỞ Y TẾ", "SỞ NỘI VỤ", "TRUNG TÂM PHỤC VỤ\nHÀNH CHÍNH CÔNG TỈNH"):
        longest = max(width(line, 12, bold=True) for line in name.split("\n"))
        assert longest / 3 <= width(rule(name, 12, part=0.42, room=190), RULE) <= longest / 2
