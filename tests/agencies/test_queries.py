from __future__ import annotations

from datetime import date

import pytest

from hrms.agencies import queries, services
from hrms.core import scope
from hrms.core.errors import NotFound
from hrms.core.permissions import Permission
from tests.counting import statements
from tests.province import Province

TODAY = date(2026, 11, 21)


def test_the_communes_and_provinces_of_the_decision() -> None:
    assert len(queries.list_provinces()) == 34
    assert sum(len(queries.list_wards(p.code)) for p in queries.list_provinces()) == 3321
    assert len(queries.list_wards("92")) == 103
    ward = queries.find_ward("31135")
    assert ward is not None
    assert ward.name == "Phường Ninh Kiều"
    province = queries.find_province_of("31135")
    assert province is not None
    assert province.name == "Thành phố Cần Thơ"
    assert queries.find_ward("99999") is None
    assert queries.find_ward("abc") is None
    assert queries.list_wards("00") == ()


@pytest.mark.parametrize("q", ["noi vu", "Nội vụ", "NỘI", "vu so", "H13.05", "h13.05"])
def test_search_with_and_without_accents_and_by_code(province: Province, q: str) -> None:
    actor = province.enter("sonoivu", Permission.AGENCIES_VIEW)
    assert province.agencies["A"] in [a.id for a in queries.list_choices(actor, q)]


@pytest.mark.parametrize("q", ["khong co", "oi vu", "%", "_", "' OR 1=1 --", "\\"])
def test_what_fits_no_name_finds_nothing(province: Province, q: str) -> None:
    actor = province.enter("sonoivu", Permission.AGENCIES_VIEW)
    assert queries.list_choices(actor, q) == []


def test_choices_and_trees_end_at_the_scope(province: Province) -> None:
    actor = province.enter("tochuc", Permission.AGENCIES_VIEW)
    own = {province.agencies["B"], province.agencies["B1"]}
    assert {a.id for a in queries.list_choices(actor, "")} == own
    assert queries.list_choices(actor, "Nội vụ") == []
    assert {r.agency.id for r in queries.list_under(actor, None, with_closed=True, today=TODAY)} == own
    assert {p.id for p in queries.tree_at(actor, TODAY)} == own
    assert {a.id for a in queries.list_page(actor).items} == own
    for key in ("root", "A", "A1", "C"):
        with pytest.raises(NotFound):
            queries.get_agency(actor, province.agencies[key])
        with pytest.raises(NotFound):
            queries.find_visible(actor, str(province.agencies[key]))
    crumbs = queries.breadcrumb(actor, queries.get_agency(actor, province.agencies["B1"]))
    assert [(c.name, c.inside) for c in crumbs] == [("UBND thành phố Cần Thơ", False), ("Sở Xây dựng", True)]


def test_counts_are_those_the_reader_may_see(province: Province) -> None:
    actor = province.enter("sonoivu", Permission.AGENCIES_VIEW)
    counts = queries.count_people(list(province.agencies.values()))
    assert counts[province.agencies["root"]] == (0, 12)
    assert counts[province.agencies["A"]] == (2, 4)
    assert counts[province.agencies["C1"]] == (2, 2)
    rows = queries.list_tree(actor, [province.agencies["root"]], today=TODAY)
    assert next((r.agency.id, r.level, r.children) for r in rows) == (province.agencies["root"], 0, 3)
    province.enter("tochuc", Permission.AGENCIES_VIEW)
    assert queries.count_people([province.agencies["root"]]) == {province.agencies["root"]: (0, 4)}


def test_the_tree_costs_the_same_for_ten_lines_and_a_hundred(province: Province) -> None:
    actor = province.enter("sonoivu", Permission.AGENCIES_VIEW)
    root = province.agencies["root"]

    def cost() -> int:
        with statements() as seen:
            queries.list_tree(actor, [root], today=TODAY)
        return len(seen)

    cost()  # the first also tells the new transaction its scope
    before = cost()
    with scope.everything():
        services.create_many(
            actor,
            [services.NewAgency(f"x{n}", f"UBND xã {n}", "commune", root, date(2025, 7, 1)) for n in range(100)],
        )
    assert cost() == before <= 3


def test_subtrees_and_names(province: Province) -> None:
    ids = province.agencies
    assert set(queries.subtree_ids([ids["A"], ids["C1"]])) == {ids["A"], ids["A1"], ids["C1"]}
    assert set(queries.subtree_ids([0])) >= set(ids.values())
    assert queries.names([ids["A"], 0]) == {ids["A"]: "Sở Nội vụ"}
    assert queries.scope_ids_of([ids["A1"], ids["B"]]) == sorted({0, ids["root"], ids["A"], ids["A1"], ids["B"]})
    assert [a.id for a in queries.find_by_name("Ủy ban nhân dân thành phố Cần Thơ")] == [ids["root"]]
    assert queries.find_by_name("so noi vu")[0].id == ids["A"]
    found = queries.find_by_code(" h13.05 ")
    assert found is not None
    assert found.id == ids["A"]


def test_pages_of_the_list_join_up(province: Province) -> None:
    actor = province.enter("sonoivu", Permission.AGENCIES_VIEW)
    seen: list[int] = []
    after = None
    while True:
        page = queries.list_page(actor, after=after, limit=2)
        seen += [a.id for a in page.items]
        after = page.next
        if after is None:
            break
    assert seen == sorted(province.agencies.values())
