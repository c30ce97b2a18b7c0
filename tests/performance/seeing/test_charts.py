"""How points and classes are spread: equal to plain SQL, small counts nowhere, not even by taking pages apart."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from hrms.core import scope
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.performance.queries import spreading as queries
from hrms.performance.queries.sheet_lists import When
from hrms.performance.queries.spread_asked import words
from hrms.performance.queries.spreading import Of, Spread
from hrms.positions.queries.part import part_of
from tests.counting import statements
from tests.performance.after.published import add_rating, add_round
from tests.performance.making import MONTH, YEAR, add_period, add_sheet
from tests.performance.rounds.making import add_people
from tests.province import Province

P = Permission
D = Decimal
WHEN = When(YEAR, "month", MONTH)
ADDRESS = "/performance/charts"


def give(province: Province, place: str, period: int, points: list[str], **more: Any) -> None:
    for name, score in zip(add_people(province, len(points), place, **more), points, strict=True):
        add_sheet(
            province, name, period, place=place, authority=place, state="published", score=D(score),
            general_points=D(20), result_points=D(score) - 20,
        )  # fmt: skip


@pytest.fixture
def many(province: Province) -> Province:
    """B: 2 women in the lowest band; B1 many; A one small; C a few more than small."""
    b, c, a = (add_period(province, place) for place in ("B", "C", "A"))
    give(province, "B", b, ["45", "46"], sex="female")
    give(province, "B", b, ["85"] * 8 + ["92"] * 6 + ["45"] * 5)
    give(province, "B1", b, ["85"] * 7 + ["89.996"] * 2 + ["72"], sex="female", born="1995-03-03")
    give(province, "C", c, ["85"] * 6 + ["92"] * 1 + ["45"] * 6)
    give(province, "C1", c, ["75"] * 9 + ["92"] * 5, born="1970-01-01")
    give(province, "A", a, ["92"] * 3)
    return province


def spread(province: Province, username: str = "sonoivu", agency: str | None = None, of: Of | None = None) -> Spread:
    who = province.enter(username, P.PERFORMANCE_VIEW)
    top = part_of(who, None, P.PERFORMANCE_VIEW)
    part = part_of(who, str(province.agencies[agency]) if agency else None, P.PERFORMANCE_VIEW)
    with province.app.test_request_context():
        return queries.spread(top, part, of or Of(YEAR, WHEN), words())


def plain(where: str = "true", **values: Any) -> tuple[int, Decimal]:
    with scope.everything():
        row = db.session.execute(
            text(f"""SELECT count(*) AS people, avg(s.score) AS mean FROM score_sheets s
            JOIN people_current c ON c.person_id = s.person_id JOIN agencies a ON a.id = s.agency_id
            WHERE s.state IN ('scored', 'published') AND s.superseded_at IS NULL AND {where}"""), values,
        ).one()  # fmt: skip
    return row.people, row.mean


def test_totals_equal_plain_sql(many: Province) -> None:
    found = spread(many)
    people, mean = plain()
    assert found.people == people == 61
    assert found.mean == mean.quantize(D("0.01"))
    assert sum(found.totals) == people
    bands = ("s.score < 50", "s.score >= 50 AND s.score < 70", "s.score >= 70 AND s.score < 80",
             "s.score >= 80 AND s.score < 90", "s.score >= 90")  # fmt: skip
    for together, total in zip(found.columns, found.totals, strict=True):
        assert total == plain(" OR ".join(f"({bands[one]})" for one in together).join("()"))[0]


def test_every_section_counts_everybody_and_equals_sql(many: Province) -> None:
    found = spread(many)
    assert [section.key for section in found.sections] == ["place", "sex", "age", "role", "position"]
    for section in found.sections:
        assert sum(line.row.people for line in section.lines) == found.people
    women = next(line for line in found.sections[1].lines if line.names == ("Nữ",))
    assert (women.row.people, women.mean) == (
        plain("c.sex = 'female'")[0], plain("c.sex = 'female'")[1].quantize(D("0.01")),
    )  # fmt: skip


def test_89_996_is_not_90(many: Province) -> None:
    found = spread(many, agency="B")
    top = next(place for place, one in enumerate(found.columns) if 4 in one)
    assert (
        found.totals[top]
        == plain("s.score >= 90 AND a.scope_ids && ARRAY[CAST(:b AS bigint)]", b=many.agencies["B"])[0]
    )


def small(found: Spread) -> list[int]:
    cells = [one for section in found.sections for line in section.lines for one in line.row.counts if one]
    people = [line.row.people for section in found.sections for line in section.lines]
    return [one for one in (*cells, *people, *found.totals) if 0 < one < found.least]


@pytest.mark.parametrize("agency", [None, "A", "B", "B1", "C", "C1", "root"])
def test_no_small_count_anywhere(many: Province, agency: str | None) -> None:
    found = spread(many, agency=agency)
    assert small(found) == []
    for section in found.sections:
        for place, total in enumerate(found.totals):
            column = [line.row.counts[place] for line in section.lines]
            assert column.count(None) != 1, "a single hidden one is the total less the others"
            if None not in column:
                assert sum(one or 0 for one in column) == total
        for line in section.lines:
            assert list(line.row.counts).count(None) != 1


def test_a_small_agency_is_counted_together_and_not_shown_alone(many: Province) -> None:
    found = spread(many)
    together = [line for line in found.sections[0].lines if len(line.row.keys) > 1]
    assert len(together) == 1
    assert str(many.agencies["A"]) in together[0].row.keys
    for key in together[0].row.keys:
        name = next(place for place, number in many.agencies.items() if str(number) == key)
        assert spread(many, agency=name).people == 0
        assert spread(many, agency=name).kept_back in {"few", "beside"}


def test_from_above_to_below_no_difference_betrays(many: Province) -> None:
    """What a unit's own page tells of its totals is no more than its row in the table above does."""
    above = spread(many)
    for line in above.sections[0].lines:
        if len(line.row.keys) > 1:
            continue
        name = next(place for place, number in many.agencies.items() if str(number) == line.row.keys[0])
        below = spread(many, agency=name)
        hidden = {
            one for group, count in zip(above.columns, line.row.counts, strict=True) if count is None for one in group
        }
        for group in below.columns:
            assert not set(group) & hidden or hidden <= set(group), "hidden columns stay together below"


def test_too_few_people_show_nothing(province: Province) -> None:
    give(province, "A", add_period(province, "A"), ["85"] * 4)
    found = spread(province)
    assert (found.people, found.kept_back, found.sections) == (0, "few", ())
    page = province.client("sonoivu").get(f"{ADDRESS}?of={WHEN.key}")
    assert "Quá ít người để hiện số liệu" in page.text


@pytest.mark.parametrize(
    ("username", "status"),
    [("sonoivu", 200), ("tochuc", 200), ("thutruong", 200), ("thanhtra", 200), ("canbo", 403), ("giangvien", 403),
     ("vanthu", 403), ("admin", 403)],
)  # fmt: skip
@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}.xlsx", "/api/v1/score-spread"])
def test_who_opens_them(province: Province, username: str, status: int, address: str) -> None:
    assert province.client(username).get(address).status_code == status


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}.xlsx", "/api/v1/score-spread"])
def test_an_agency_outside_is_not_there(many: Province, address: str) -> None:
    client = many.client("thutruong")
    assert client.get(f"{address}?agency={many.agencies['C']}").status_code == 404
    assert client.get(f"{address}?of=1999-m1").status_code == 422


def test_page_file_and_json_tell_the_same(many: Province) -> None:
    client = many.client("sonoivu")
    found = spread(many)
    shown = client.get("/api/v1/score-spread?of=2026-m10").get_json()
    assert shown["people"] == found.people
    assert shown["totals"] == list(found.totals)
    assert [[row["counts"] for row in section["rows"]] for section in shown["sections"]] == [
        [list(line.row.counts) for line in section.lines] for section in found.sections
    ]
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{ADDRESS}.xlsx?of=2026-m10").data))
    numbers = [
        cell for row in book.active.iter_rows(min_row=2, min_col=3, max_col=3 + len(found.totals), values_only=True)
        for cell in row if isinstance(cell, int)
    ]  # fmt: skip
    assert not [one for one in numbers if 0 < one < found.least]
    page = client.get(f"{ADDRESS}?of=2026-m10").text
    assert "Số dưới 5 người không hiện" in page
    cells = re.findall(r'<td class="n">(\d+)</td>', page)
    assert not [one for one in cells if 0 < int(one) < found.least]
    titles = re.findall(r"<title>[^<]*: (\d+)</title>", page)
    assert not [one for one in titles if 0 < int(one) < found.least], "nor in the picture"


def test_classes_of_a_year(province: Province) -> None:
    of = add_round(province, "B", year=2025)
    names = add_people(province, 12, "B")
    for place, name in enumerate(names):
        add_rating(province, of, name, place="B", final="good" if place < 7 else "excellent")
    found = spread(province, of=Of(2025))
    assert found.people == 12
    assert found.totals[:2] == (5, 7)
    page = province.client("thutruong").get(f"{ADDRESS}?of=2025").text
    assert "Xếp loại năm 2025" in page
    assert "Hoàn thành xuất sắc nhiệm vụ" in page


def test_statements_are_few(many: Province) -> None:
    client = many.client("sonoivu")
    client.get(ADDRESS)
    with statements() as sent:
        assert client.get(f"{ADDRESS}?agency={many.agencies['B']}").status_code == 200
    assert len(sent) <= 12, sent


def test_taking_the_tables_out_is_noted(many: Province) -> None:
    many.client("tochuc").get(f"{ADDRESS}.xlsx")
    with scope.everything():
        noted = db.session.execute(
            text("SELECT after ->> 'kind' FROM audit_events WHERE action = 'performance.exported'")
        ).scalars()
        assert list(noted) == ["charts"]
