"""Names as Vietnamese people write, sort and look for them."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.core.text import accent_key, fold, name_sort_key, nfc, search_query, search_text

VIETNAMESE = "aăâbcdđeêfghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
words = st.text(alphabet=VIETNAMESE + VIETNAMESE.upper(), min_size=1, max_size=8)
names = st.lists(words, min_size=1, max_size=5).map(" ".join)


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def matches(query: str, text: str) -> bool:
    """Answer a query of the forms this module writes against a list of tokens, as PostgreSQL would."""
    tokens = text.split()

    def holds(term: str) -> bool:
        term = term.strip("() ")
        if "|" in term:
            return any(holds(part) for part in term.split("|"))
        if term.endswith(":*"):
            return any(token.startswith(term[:-2]) for token in tokens)
        return term in tokens

    return all(holds(part) for part in query.split("&"))


def found(query: str, name: str) -> tuple[bool | None, bool]:
    exact, folded = search_query(query)
    return (None if exact is None else matches(exact, search_text(name))), matches(folded, search_text(name))


def test_nfc_cleans_blanks_and_invisible_characters():
    assert nfc(nfd("  Nguyễn\u00a0 Văn\t\u200bAn \ufeff")) == "Nguyễn Văn An"


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Nguyễn Thị Ánh", "nguyen thi anh"), ("ĐẶNG Đức", "dang duc"), ("H'Hen Niê", "h hen nie"),
     ("Y-Blô  Êban", "y blo eban"), ("  ", ""), ("Phạm 2", "pham 2"), ("李 An", "an"), ("Straße", "strasse")],
)  # fmt: skip
def test_fold(text, folded):
    assert fold(text) == folded == fold(nfd(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [("hoà", "hòa"), ("Thuý", "thúy"), ("khoẻ", "khỏe"), ("HOÀNG", "hoàng"), ("Quý", "quý"), ("giầy", "Giầy"),
     ("Nguyễn Văn Hoà", "nguyễn văn hòa"), ("loã", "lõa"), ("Huỵ", "hụy"), ("Thúy Hoà", "Thuý Hòa")],
)  # fmt: skip
def test_one_spelling_for_both_ways_of_placing_the_tone(one, other):
    assert accent_key(one) == accent_key(other) == accent_key(nfd(one)) == accent_key(nfd(other))


@pytest.mark.parametrize("word", ["hòa", "thúy", "nguyễn", "quý", "già", "gì", "giữa", "khuỷu", "hoàn", "mía", "rượu"])
def test_a_word_keeps_its_letters_and_its_tone(word):
    key = accent_key(word)
    assert fold(key) == fold(word)
    assert sorted(nfd(key)) == sorted(nfd(word))


@pytest.mark.parametrize(("one", "other"), [("hoa", "hòa"), ("lan", "lân"), ("dung", "đung"), ("thư", "thu")])
def test_different_words_stay_different(one, other):
    assert accent_key(one) != accent_key(other)


@given(st.text(max_size=40))
def test_folding_any_text_gives_ascii_words_and_is_stable(text):
    folded = fold(text)
    assert re.fullmatch(r"([a-z0-9]+( [a-z0-9]+)*)?", folded)
    assert fold(folded) == folded
    assert fold(nfd(text)) == fold(unicodedata.normalize("NFC", text))


@given(names)
def test_nfd_input_gives_the_same_keys(name):
    assert accent_key(nfd(name)) == accent_key(name) == accent_key(accent_key(name))
    assert name_sort_key(nfd(name)) == name_sort_key(name)
    assert search_text(nfd(name)) == search_text(name)
    assert search_query(nfd(name)) == search_query(name)


@given(st.text(max_size=60))
def test_any_text_gives_safe_ascii_keys(text):
    assert name_sort_key(text).isascii()
    assert re.fullmatch(r"[a-z0-9 ]*", search_text(text))
    for query in search_query(text):
        assert query is None or re.fullmatch(r"[a-z0-9 |&:*()]*", query)
        assert query is None or re.fullmatch(r"(\(?[a-z0-9]+(:\*)?\)?( [|&] \(?[a-z0-9]+(:\*)?\)?)*)?", query)


def test_names_sort_by_given_name_then_middle_then_family_in_the_vietnamese_alphabet():
    ordered = [
        "Phạm Thị Ái", "Bùi Văn An", "Lê Văn An", "Trần Văn An", "Lê Anh", "Lê Văn Ân", "Trần Bình", "Lê Dung",
        "Lê Đan", "Lê Văn Em", "Lê Hoa", "Trần Văn Hoa", "Lê Hòa", "Lê Thị Hoà", "Lê Hoan", "Lê Lan", "Lê Lân",
        "Lê Oanh", "Lê Ơn", "Lê Thị Thu", "Lê Thị Thủ", "Lê Thị Thư", "Lê Uyên", "Lê Ước", "Lê Ý", "Lê Yên",
    ]  # fmt: skip
    shuffled = [*ordered[10:], *ordered[:10]]
    shuffled.reverse()
    assert sorted(shuffled, key=name_sort_key) == ordered
    tones_shuffled = ["Lê Mạ", "Lê Mã", "Lê Ma", "Lê Má", "Lê Mả", "Lê Mà"]
    tones = ["Lê Ma", "Lê Mà", "Lê Mả", "Lê Mã", "Lê Má", "Lê Mạ"]
    assert sorted(tones_shuffled, key=name_sort_key) == tones


def test_a_shorter_name_comes_before_a_longer_one():
    assert name_sort_key("An") < name_sort_key("Lê An") < name_sort_key("Lê Văn An") < name_sort_key("Lê Anh")


@given(names, names)
def test_sort_keys_compare_by_given_name_first(one, other):
    first, second = name_sort_key(one).split("!")[0], name_sort_key(other).split("!")[0]
    if first != second:
        assert (first < second) == (name_sort_key(one) < name_sort_key(other))


@pytest.mark.parametrize("typed", ["nguyen van hoa", "NGUYEN", "hoa nguyen", "nguyen v", "ngu"])
def test_search_without_accents_finds_all(typed):
    assert found(typed, "Nguyễn Văn Hòa") == (None, True)


@pytest.mark.parametrize("typed", ["Nguyễn", "nguyễ", "hoà", "hòa", "Nguyễn V", "nguyễn văn hoà", "văn hòa"])
def test_search_with_accents_finds_exactly(typed):
    assert found(typed, "Nguyễn Văn Hòa") == (True, True)
    assert found(nfd(typed), nfd("Nguyễn Văn Hoà")) == (True, True)


@pytest.mark.parametrize(("typed", "name"), [("hoá", "Lê Hòa"), ("nguyễn hoa", "Nguyễn Hòa"), ("thư", "Lê Thu")])
def test_another_accent_is_found_only_by_folding(typed, name):
    assert found(typed, name) == (False, True)


def test_dd_and_x():
    assert found("đ", "Đặng An") == (True, True)
    assert found("x", "Lê An")[1] is False
    assert found("x", "Lê Xuân")[1] is True
    assert found("hhen", "H'Hen Niê")[1] is True


def test_a_query_without_a_word_asks_for_nothing():
    assert search_query(" !& | :* ") == (None, "")
    assert search_query("") == (None, "")


def test_a_very_long_query_is_cut():
    exact, folded = search_query("ạ" * 5000 + " b" * 5000)
    assert exact is not None
    assert len(folded) < 600


@given(names, st.data())
def test_every_prefix_of_every_word_is_found(name, data):
    word = data.draw(st.sampled_from(name.split()))
    typed = word[: data.draw(st.integers(1, len(word)))]
    assert found(typed, name)[1]
    assert found(name, name) in ((None, True), (True, True))
