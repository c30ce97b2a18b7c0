"""Search where names are many: common ones are found along the names, others by their words, in one order."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask import Flask

from hrms.core import clock
from hrms.core import text as words
from hrms.core.db import bigints, db
from hrms.core.jobs import conninfo
from hrms.core.permissions import Permission
from hrms.people.queries import columns, finding
from hrms.people.queries.filters import Filters, Reach, reach
from tests.conftest import Database
from tests.province import Province, build

pytestmark = pytest.mark.committed
GIVEN = (
    "An", "Ánh", "Bình", "Châu", "Dũng", "Đạt", "Giang", "Hà", "Khoa", "Lan", "Mai", "Nga", "Phúc", "Sơn", "Tú",
    "Yến",
)  # fmt: skip
MIDDLE = (
    "Văn", "Thị", "Hữu", "Minh", "Thanh", "Quốc", "Công", "Ngọc", "Tấn", "Thành", "Chí", "Đức", "Trung", "Phước",
    "Hồng", "Việt", "Kim", "Xuân", "Bá", "Đình", "Trọng", "Thiện", "Duy", "Nhật", "Gia", "Khánh", "Bảo", "Trường",
    "Mỹ", "Bích", "Tuyết", "Cẩm", "Lệ", "Diễm", "Trúc", "Như", "Thúy",
)  # fmt: skip
MANY = 3200
"""Enough that the planner knows more than a hundred words, and takes the commonest for common."""
COLUMNS = [columns.COLUMNS["birth_date"]]


@pytest.fixture
def crowd(context: Flask, database: Database) -> Province:
    """The province with some thousand people more, most of them Nguyễn, and statistics that know it."""
    made = build(context)
    place = made.paths["B1"]
    people = []
    for number in range(MANY):
        family = "Nguyên" if number % 40 == 0 else "Nguyễn" if number % 5 else "Trần"
        name = f"{family} {MIDDLE[number % len(MIDDLE)]} {GIVEN[number % len(GIVEN)]}"
        people.append((name, words.name_sort_key(name), words.search_text(name), place))
    with psycopg.connect(conninfo(database.owner_url), autocommit=True) as owner:
        with owner.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO people (full_name, sort_key, search_text, scope_ids) VALUES (%s, %s, %s, %s)", people
            )
        owner.execute(
            "INSERT INTO person_agency (person_id, membership, slot, agency_id, valid_from, basis)"
            " SELECT id, 'using', 0, %s, '2024-01-01', 'old_data' FROM people WHERE staff_code IS NULL",
            [place[-1]],
        )
        owner.execute("SELECT refresh_people(NULL, %s)", [clock.today()])
        owner.execute("VACUUM ANALYZE people_current")
    return made


def walk(province: Province, filters: Filters, where: Reach) -> list[tuple[int, str, int]]:
    """Return tier, sort key and id of every page one after the other."""
    actor = province.actor("sonoivu")
    found: list[tuple[int, str, int]] = []
    after = None
    while True:
        page = finding.list_people(actor, filters, where, COLUMNS, after=after, limit=200)
        found += [(row.tier, row.sort_key, row.person_id) for row in page.items]
        if page.next is None:
            return found
        after = page.next


def hits(q: str, where: Reach, most: int) -> list[Any]:
    accented, folded = words.search_query(q)
    statement = db.select(db.text("found")).select_from(
        db.func.search_people(accented, folded, bigints(where.roots), most)
    )
    return list(db.session.scalars(statement))


@pytest.mark.parametrize(
    ("q", "common", "expected"),
    [("nguyen", True, 2644), ("Nguyễn", True, 2644), ("yen", False, 200), ("tran", False, 561)],
)
def test_pages_of_any_name_join_without_gap_or_repeat(crowd: Province, q: str, common: bool, expected: int) -> None:
    actor = crowd.enter("sonoivu", Permission.PEOPLE_VIEW)
    filters = Filters(q=q)
    where = reach(actor, filters)
    assert (hits(q, where, 51)[0] is None) is common, "the walk knows no count, the search by words does"
    found = walk(crowd, filters, where)
    assert len(found) == len(set(found)) == expected
    assert found == sorted(found)
    assert {tier for tier, _key, _id in found} == ({0, 1} if q == "Nguyễn" else {1})


def test_counts_agree_with_pages(crowd: Province) -> None:
    actor = crowd.enter("tochuc", Permission.PEOPLE_VIEW)
    for q, expected, capped in (("yen", 200, False), ("nguyen", 1000, True), ("tran thi mai", 2, False)):
        filters = Filters(q=q)
        where = reach(actor, filters)
        page = finding.list_people(actor, filters, where, COLUMNS)
        count = finding.count_people(actor, filters, where, page)
        assert (count.value, count.capped) == (expected, capped), q
        assert finding.count_people(actor, filters, where).value == expected


def test_a_list_in_the_order_of_names_walks_to_its_end_and_back(crowd: Province) -> None:
    actor = crowd.enter("tochuc", Permission.PEOPLE_VIEW)
    filters = Filters(agency="H13.09.01")
    where = reach(actor, filters)
    assert where.members == MANY + 3
    seen: list[int] = []
    page = finding.list_people(actor, filters, where, COLUMNS, limit=200)
    while True:
        seen += [row.person_id for row in page.items]
        if page.next is None:
            break
        page = finding.list_people(actor, filters, where, COLUMNS, after=page.next, limit=200)
    assert len(seen) == len(set(seen)) == MANY + 3
    back = [row.person_id for row in page.items]
    while page.previous:
        page = finding.list_people(actor, filters, where, COLUMNS, before=page.previous, limit=200)
        back = [row.person_id for row in page.items] + back
    assert back == seen
