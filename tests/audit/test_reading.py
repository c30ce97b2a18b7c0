"""Guarded values are hidden in one place, for pages, histories, exports and the API alike."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any

import pytest
from openpyxl import load_workbook

from hrms.audit import queries, services
from hrms.audit.queries.reading import HIDDEN, label_of, value_of
from hrms.core import hooks
from hrms.core.permissions import Permission
from tests.counting import statements
from tests.province import Province

P = Permission
SECRET = "bí mật"


@pytest.fixture
def guarded(province: Province) -> Iterator[Province]:
    """Two people's records edited: one at A, one at B; some of what changed is guarded."""
    before = dict(hooks.guarded_fields)
    hooks.guarded_fields.clear()
    hooks.guarded_fields.update(
        {
            "religion": P.PEOPLE_ORIGIN, "health_state": P.PEOPLE_HEALTH, "national_id": P.PEOPLE_REVEAL_ID,
            "person_family.*": P.PEOPLE_FAMILY, "person.party_card_no": P.PEOPLE_PARTY,
        }
    )  # fmt: skip
    for place, name in (("A", "Nguyễn Hòa Bình"), ("B", "Lý Thị Cẩm")):
        common = {"scope_ids": province.paths[place], "person_id": province.people[name]}
        services.record(
            province.actor("sonoivu"), "person.edited", "person", province.people[name],
            before={"religion": SECRET, "phone": "1", "national_id": "092088000123", "facts": [{"religion": SECRET}]},
            after={"religion": SECRET + "2", "phone": "2", "national_id": "092088000999", "party_card_no": SECRET},
            **common,
        )  # fmt: skip
        services.record(
            province.actor("sonoivu"), "person.part_added", "person_family", 5,
            after={"full_name": SECRET, "born": "1960"}, **common,
        )  # fmt: skip
    yield province
    hooks.guarded_fields.clear()
    hooks.guarded_fields.update(before)


def limited(province: Province, username: str, *kept: Permission) -> Any:
    """An actor that keeps only some of its permissions, as an API token does."""
    from dataclasses import replace

    actor = replace(province.actor(username), limited_to=frozenset({P.AUDIT_VIEW, *kept}))
    from hrms.core import scope

    scope.enter_for(actor, P.AUDIT_VIEW)
    return actor


def test_without_the_permission_the_value_is_hidden_the_change_is_not(guarded: Province) -> None:
    actor = limited(guarded, "sonoivu")
    family, edited, *_rest = queries.list_for_person(actor, guarded.people["Nguyễn Hòa Bình"])
    assert family.after == {"full_name": HIDDEN, "born": HIDDEN}
    assert edited.before is not None
    assert edited.after is not None
    assert edited.before["religion"] == edited.after["religion"] == HIDDEN
    assert edited.before["facts"] == [{"religion": HIDDEN}]
    assert edited.after["party_card_no"] == HIDDEN
    assert edited.after["phone"] == "2"
    assert (label_of("religion"), HIDDEN, HIDDEN) in edited.changes
    assert SECRET not in repr([family, edited])


def test_with_the_permission_over_that_agency_it_is_shown(guarded: Province) -> None:
    actor = limited(guarded, "sonoivu", P.PEOPLE_ORIGIN, P.PEOPLE_FAMILY)
    family, edited, *_rest = queries.list_for_person(actor, guarded.people["Nguyễn Hòa Bình"])
    assert family.after == {"full_name": SECRET, "born": "1960"}
    assert edited.before is not None
    assert edited.after is not None
    assert edited.before["religion"] == SECRET
    assert edited.after["party_card_no"] == HIDDEN


def test_the_permission_elsewhere_does_not_help(guarded: Province) -> None:
    values = {"religion": SECRET}
    actor = guarded.actor("tochuc")
    assert queries.masked(actor, "person", values, guarded.paths["B1"]) == values
    assert queries.masked(actor, "person", values, guarded.paths["A"]) == {"religion": HIDDEN}


def test_an_identity_number_is_never_whole(guarded: Province) -> None:
    edited = queries.list_for_person(limited(guarded, "sonoivu", *P), guarded.people["Nguyễn Hòa Bình"])[1]
    assert edited.before is not None
    assert edited.before["national_id"] == "********0123"
    assert "092088000123" not in repr(edited)


def test_events_elsewhere_are_not_there(guarded: Province) -> None:
    actor = limited(guarded, "tochuc")
    assert queries.list_for_person(actor, guarded.people["Nguyễn Hòa Bình"]) == []
    assert len(queries.list_for_person(actor, guarded.people["Lý Thị Cẩm"])) == 2
    page = guarded.client("tochuc").get("/audit").text
    assert page.count("<details><summary>") >= 2
    assert str(guarded.agencies["A"]) not in [item.get("agency") for item in ()]
    assert (
        guarded.client("tochuc")
        .get(f"/audit?person={guarded.people['Nguyễn Hòa Bình']}")
        .text.count("<details><summary>")
        == 0
    )


def test_page_csv_workbook_and_api_hide_the_same(guarded: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    import hrms.core.actor as actors

    whole = actors.ROLE_PERMISSIONS
    from hrms.core.permissions import Role

    less = {**whole, Role.HR_PROVINCE: whole[Role.HR_PROVINCE] - {P.PEOPLE_ORIGIN, P.PEOPLE_FAMILY, P.PEOPLE_PARTY}}
    monkeypatch.setattr(actors, "ROLE_PERMISSIONS", less)
    client = guarded.client("sonoivu")
    sheet = load_workbook(BytesIO(client.get("/audit/export.xlsx").data)).active
    cells = " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    rows = list(csv.reader(StringIO(client.get("/audit/export.csv").data.decode("utf-8-sig"))))
    for text in (client.get("/audit").text, cells, repr(rows)):
        assert HIDDEN in text
        assert SECRET not in text
        assert "092088000123" not in text
        assert "********0123" in text


def test_filters_of_the_page(guarded: Province) -> None:
    client = guarded.client("sonoivu")
    for query, seen in (
        ("action=person.edited", True), ("entity=person&day_from=1/1/2026&day_to=31/12/2099", True),
        ("actor=SONOI", True), ("actor=nguoi-khac", False), ("day_to=1/1/2020", False), ("agency=H13.05", True),
        ("agency=H13.40", False), ("request_id=test", True), ("request_id=none", False),
        (f"person={guarded.people['Lý Thị Cẩm']}", True), ("entity_id=99999999", False),
    ):  # fmt: skip
        answer = client.get(f"/audit?{query}")
        assert answer.status_code == 200, query
        assert ("<details><summary>" in answer.text) is seen, query
    for query in ("day_from=30/02/2026", "person=abc", "person=9999999999999999999", "after=x", "action=no.such"):
        assert client.get(f"/audit?{query}").status_code == 422, query
    assert guarded.client("tochuc").get("/audit?agency=H13.05").status_code == 404


def test_pages_join_up_both_ways(guarded: Province) -> None:
    actor = limited(guarded, "sonoivu")
    whole = [e.id for e in queries.list_events(actor, queries.Filters()).items]
    first = queries.list_events(actor, queries.Filters(), limit=2)
    second = queries.list_events(actor, queries.Filters(), after=first.next, limit=2)
    assert [e.id for e in (*first.items, *second.items)] == whole[:4]
    back = queries.list_events(actor, queries.Filters(), before=second.previous, limit=2)
    assert [e.id for e in back.items] == whole[:2]


def test_the_page_sends_few_statements(guarded: Province) -> None:
    client = guarded.client("sonoivu")
    client.get("/audit")
    with statements() as seen:
        client.get("/audit?action=person.edited")
    assert len(seen) <= 8, "\n".join(seen)


def test_taking_the_trail_out_stands_in_the_trail(guarded: Province) -> None:
    client = guarded.client("sonoivu")
    client.get("/audit/export.xlsx?entity=person")
    assert "xuất nhật ký, 2 dòng" in client.get("/audit").text


def test_values_in_words() -> None:
    assert value_of("x", None) is None
    assert value_of("x", "2026-05-04") == "04/05/2026"
    assert value_of("x", "2026-99-99") == "2026-99-99"
    assert value_of("x", HIDDEN) == HIDDEN
    assert value_of("x", [{"a": "1"}, {"a": None}]) == "a: 1"


def test_csv_cells_are_no_formulas(province: Province) -> None:
    services.record(
        province.actor("sonoivu"), "agency.edited", "agency", 1, scope_ids=province.paths["A"], reason="=1+1"
    )
    data = province.client("sonoivu").get("/audit/export.csv").data.decode("utf-8-sig")
    assert "'=1+1" in [cell for row in csv.reader(StringIO(data)) for cell in row]
