"""The seeded criteria sets and the commune's products: whole, sourced, factors as points say."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update

from hrms.core import scope
from hrms.core.catalogues import FOLDER, read_csv
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.figures.rules import CATALOGUE_LABELS, COLUMN_LABELS, MARK_LABELS
from hrms.performance.models import CriteriaSet, CriteriaVersion, ProductCatalogue, WorkProduct
from hrms.performance.queries import criteria
from hrms.performance.rules.formula import Decree, Role
from hrms.performance.rules.products import factor_of, group_of, groups_of
from hrms.performance.services import catalogue
from tests.province import Province

FILES = ("criteria_sets", "criteria_items", "product_catalogues", "work_products")
PREFIXES = {
    "QL": 18, "DC": 62, "VP": 42, "KTTC": 21, "KTXD": 17, "KTNN": 20, "KTMT": 16, "KTDC": 40, "GPMB": 22, "NV": 18,
    "VHTT": 14, "ASXH": 16, "GD": 8, "YTE": 9, "VHXHKT": 6, "HCC": 42,
}  # fmt: skip


def rows(name: str) -> list[dict[str, Any]]:
    return list(read_csv(FOLDER / f"{name}.csv"))


@pytest.mark.parametrize("name", FILES)
def test_every_row_has_a_source_and_a_mark_and_every_column_a_name(name: str) -> None:
    assert name in CATALOGUE_LABELS
    for row in rows(name):
        assert row["source"], row
        assert row["mark"] in MARK_LABELS, row
        assert set(row) - {"valid_from", "valid_to", "source", "mark", "name"} <= set(COLUMN_LABELS)


def test_the_commune_has_371_products_by_their_prefixes() -> None:
    found = rows("work_products")
    assert len(found) == len({row["code"] for row in found}) == 371
    assert Counter(row["code"].split(".")[0] for row in found) == PREFIXES


def test_every_factor_is_points_by_five_and_every_product_lies_in_its_group() -> None:
    (model,) = rows("product_catalogues")
    groups = groups_of(
        dict(zip(("code", "from", "to"), one.split(":"), strict=True)) for one in model["groups"].split("|")
    )
    assert [one.code for one in groups] == ["N1", "N2", "N3", "N4"]
    for row in rows("work_products"):
        assert Decimal(row["factor"]) == Decimal(row["points"]) / 5 == factor_of(Decimal(row["points"]), Decimal(5))
        held = group_of(Decimal(row["points"]), groups)
        assert held is not None
        assert held.code == row["complexity"]


def test_the_form_of_civil_servants_has_ten_lines_of_thirty_points() -> None:
    own = [row for row in rows("criteria_items") if row["set"] == Decree.CIVIL]
    assert [row["max"] for row in own] == ["5", "5", *["2.5"] * 8]
    assert sum(Decimal(row["max"]) for row in own) == 30
    units = [row for row in rows("criteria_items") if row["set"] == Decree.PUBLIC]
    assert Counter(row["group"] for row in units) == {"1": 10, "2": 4, "3": 3}
    assert not any(row["max"] for row in units)


def test_the_loaded_sets_hold_on_their_days(province: Province) -> None:
    province.enter("sonoivu")
    civil = criteria.criteria_at("335/2025", date(2026, 3, 1))
    assert civil is not None
    assert (civil.method, civil.person_kinds) == ("equal", ["civil_servant"])
    assert civil.thresholds == {"excellent": "90", "good": "70", "satisfactory": "50"}
    assert (civil.penalty, civil.quota_percent, civil.quota_outstanding) == (Decimal("0.25"), 20, 25)
    assert criteria.criteria_at("335/2025", date(2025, 12, 31)) is None
    assert criteria.criteria_at("233/2026", date(2026, 6, 30)) is None
    old = criteria.criteria_at("90/2020", date(2025, 12, 31))
    assert old is not None
    assert "civil_servant" in old.person_kinds
    live = criteria.criteria_at("90/2020", date(2026, 12, 31))
    assert live is not None
    assert (live.method, live.person_kinds) == ("none", ["public_employee"])
    assert criteria.criteria_at("56/2015", date(2019, 12, 31)) is not None
    party = criteria.criteria_at("party", date(2026, 12, 31))
    assert party is not None
    assert party.method == "recorded"


def test_the_formula_of_a_set_without_regulation_is_in_equal_parts(province: Province) -> None:
    province.enter("sonoivu")
    place = province.agencies["C1"]
    formula, regulation, whose = criteria.formula_for(place, "233/2026", date(2026, 11, 1))
    assert (regulation, whose, formula.weights, formula.leader_values) == (None, None, None, None)
    civil, _regulation, _whose = criteria.formula_for(place, "335/2025", date(2026, 11, 1), role=Role.HEAD)
    assert (civil.general_max, civil.result_max, civil.cap) == (30, 70, True)
    terms = criteria.terms_for(place, "335/2025", date(2026, 11, 1))
    assert (terms.step, terms.rounding, terms.quota_base) == (Decimal("0.25"), "unrounded", "final_good")
    assert terms.tie_order[-1] == "code"
    with pytest.raises(Refused):
        criteria.formula_for(place, "90/2020", date(2026, 11, 1))
    with pytest.raises(Refused):
        criteria.terms_for(place, "233/2026", date(2026, 6, 1))


def test_loading_again_writes_nothing_and_leaves_what_the_province_wrote(province: Province) -> None:
    del province
    with scope.everything():
        before = db.session.scalar(select(func.count()).select_from(CriteriaVersion))
        named = db.session.scalars(select(WorkProduct).where(WorkProduct.code == "QL.01")).one()
        assert named.search_key.startswith(" ql 01")
        db.session.execute(
            update(CriteriaSet).where(CriteriaSet.code == "party").values(name="Của tỉnh", recorded_by=1)
        )
        catalogue.load()
        assert db.session.scalar(select(func.count()).select_from(CriteriaVersion)) == before
        assert db.session.scalar(select(CriteriaSet.name).where(CriteriaSet.code == "party")) == "Của tỉnh"
        model = db.session.scalars(select(ProductCatalogue).where(ProductCatalogue.state == "model")).one()
        count = select(func.count()).where(WorkProduct.catalogue_id == model.id, WorkProduct.state == "active")
        assert db.session.scalar(count) == 371
