"""The pictures are well-formed, carry no style, say their figures in words, and keep their proportions."""

from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from flask import Flask

from hrms.core import charts, i18n

BANDS = [charts.AgeBand("20–24", 10, 30), charts.AgeBand("25–29", 0, 60)]


@pytest.fixture(autouse=True)
def request_context():
    app = Flask("pictures")
    i18n.init_app(app)
    with app.test_request_context("/"):
        yield


def drawn(svg):
    root = ET.fromstring(str(svg))  # noqa: S314 - made here, read to see that it is well-formed
    for element in root.iter():
        assert "style" not in element.attrib
        assert not [name for name in element.attrib if name.startswith("on")]
    return root


def rects(root, kind):
    return [r for r in root.iter("rect") if r.get("class") == kind]


PICTURES = {
    "pyramid": lambda: charts.age_pyramid(BANDS),
    "bars": lambda: charts.bars([charts.Bar("Sở Nội vụ", 118, url="/agencies/1"), charts.Bar("Khác", 0)], "Có mặt"),
    "stacked": lambda: charts.stacked_bars([charts.StackedBar("Sở", (1, 2))], ["Lãnh đạo", "Khác"], "Cơ cấu"),
    "quota": lambda: charts.quota_bar(5, 4),
    "tree": lambda: charts.tree(charts.Node("UBND", "9 người", "/a", (charts.Node("Sở"),)), "Cây cơ quan"),
    "columns": lambda: charts.columns([charts.Column("1", 90, group="2026"), charts.Column("2", None)], [50], "Điểm"),
    "no rows": lambda: charts.age_pyramid([]),
    "no bars": lambda: charts.bars([], "Trống"),
    "no stack": lambda: charts.stacked_bars([], ["A"], "Trống"),
}


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_every_picture_is_well_formed_and_named(name):
    root = drawn(PICTURES[name]())
    assert root.tag == "svg"
    assert root.find("title").text
    assert root.get("viewBox").split()[2:] == [root.get("width"), root.get("height")]


def test_a_picture_with_links_is_not_one_image_to_a_screen_reader():
    assert drawn(PICTURES["tree"]()).get("role") == "group"
    assert drawn(PICTURES["stacked"]()).get("role") == "img"


def test_pyramid_is_in_proportion_with_the_oldest_on_top():
    root = drawn(charts.age_pyramid(BANDS))
    women = [float(r.get("width")) for r in rects(root, "c-women")]
    men = [float(r.get("width")) for r in rects(root, "c-men")]
    assert women[0] == 2 * women[1]
    assert men == [0, pytest.approx(women[0] / 6, abs=0.1)]
    words = [t.text for t in root.iter("text")]
    assert words.index("25–29") < words.index("20–24")
    assert {"Nam 10%", "Nữ 90%"} <= set(words)
    assert root.find("desc").text == "20–24: nam 10, nữ 30; 25–29: nam 0, nữ 60"


def test_quota_mark_stays_where_it_is_and_over_is_red():
    under, over = drawn(charts.quota_bar(100, 200)), drawn(charts.quota_bar(210, 200))
    assert under.find("line").get("x1") == over.find("line").get("x1") == "150"
    assert [r.get("width") for r in rects(under, "c-bar")] == ["75"]
    assert not rects(over, "c-bar")
    assert float(rects(over, "c-bad")[0].get("width")) > 150
    assert under.find("title").text == "Có mặt 100, được giao 200"


@pytest.mark.parametrize(("present", "quota"), [(0, 0), (5, 0), (0, 5), (1000, 1)])
def test_quota_bar_never_leaves_its_box(present, quota):
    for rect in drawn(charts.quota_bar(present, quota)).iter("rect"):
        assert 0 <= float(rect.get("width")) <= 180


def test_stack_refuses_a_bar_with_missing_parts():
    with pytest.raises(ValueError, match="one part per series"):
        charts.stacked_bars([charts.StackedBar("Sở", (1,))], ["A", "B"], "Cơ cấu")


def test_stack_parts_follow_each_other():
    root = drawn(charts.stacked_bars([charts.StackedBar("Sở", (Decimal("1.5"), 3))], ["A", "B"], "Cơ cấu"))
    first, second = rects(root, "c-s1")[-1], rects(root, "c-s2")[-1]
    assert float(second.get("x")) == pytest.approx(float(first.get("x")) + float(first.get("width")), abs=0.1)
    assert "4,5" in [t.text for t in root.iter("text")]


def test_words_of_people_are_escaped_and_long_ones_keep_their_whole_in_a_title():
    long_name = "Trung tâm <b>Kiểm soát</b> bệnh tật thành phố Cần Thơ"
    svg = charts.bars([charts.Bar(long_name, 3, url='/x"onload="alert(1)')], "Có mặt")
    assert "<b>" not in str(svg)
    root = drawn(svg)
    label = next(t for t in root.iter("text") if (t.text or "").startswith("Trung tâm"))
    assert label.text.endswith("…")
    assert label.find("title").text == long_name
    assert next(root.iter("a")).get("href") == '/x"onload="alert(1)'


def test_tree_sets_each_level_in():
    tree = charts.Node("A", "", "", (charts.Node("B", "", "", (charts.Node("C"),)), charts.Node("D")))
    places = [(float(r.get("x")), float(r.get("y"))) for r in rects(drawn(charts.tree(tree, "Cây")), "c-box")]
    assert [x for x, _y in places] == [4, 38, 72, 38]
    assert [y for _x, y in places] == sorted(y for _x, y in places)


def test_an_upright_bar_is_as_tall_as_its_value_and_empty_places_stay() -> None:
    rows = [charts.Column("1", 50, group="2025"), charts.Column("1", None, group="2026"), charts.Column("2", 100)]
    root = drawn(charts.columns(rows, [90], "Điểm"))
    assert [float(one.get("height")) for one in rects(root, "c-bar")] == [charts.PLOT / 2, charts.PLOT]
    words = [one.text for one in root.iter("text")]
    assert words.count("2025") == words.count("2026") == 1
    assert root.find("desc").text == "2025 1: 50; 2: 100"
