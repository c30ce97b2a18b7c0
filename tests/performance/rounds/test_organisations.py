"""The class of organisations: by figures, chosen where they leave it open, decided above with its own quota."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.errors import Forbidden, Refused, Stale
from hrms.performance.models import OrganisationRating
from hrms.performance.services import organisations
from tests.performance.making import add_post
from tests.performance.rounds.making import DECEMBER, acting, add_decision, add_months, of, open_round
from tests.province import Province

GOOD = {"points": Decimal(85), "done_percent": Decimal(100), "late_percent": Decimal(0)}
TOP = GOOD | {"points": Decimal(95), "exceeding_percent": Decimal(40), "shortcomings_fixed": True}


@pytest.fixture(autouse=True)
def december() -> Iterator[None]:
    with clock.frozen(DECEMBER):
        yield


def save(province: Province, place: str, values: dict[str, Any]) -> OrganisationRating:
    """Write the figures of an organisation and return its row."""
    with acting(province, "sonoivu") as actor:
        made = organisations.save(actor, province.agencies[place], 2026, values)
    return row(made)


def row(ident: int) -> OrganisationRating:
    """Return an organisation's row, detached."""
    with scope.everything():
        found = db.session.get_one(OrganisationRating, ident)
        db.session.refresh(found)
        db.session.expunge(found)
    return found


def test_figures_make_the_class(province: Province) -> None:
    assert save(province, "A", TOP).final == "excellent"
    assert save(province, "B", GOOD).final == "good"
    assert save(province, "C", GOOD | {"done_percent": Decimal(60)}).final == "unsatisfactory"
    with acting(province, "sonoivu") as actor, pytest.raises(Refused):
        organisations.save(actor, province.agencies["A"], 2026, {"points": Decimal(101)})
    with acting(province, "sonoivu") as actor, pytest.raises(Stale):
        organisations.save(actor, province.agencies["A"], 2026, GOOD, version=9)


def test_points_without_the_conditions_are_for_the_authority(province: Province) -> None:
    one = save(province, "A", TOP | {"exceeding_percent": Decimal(10)})
    assert (one.by_points, one.final) == ("excellent", None)
    with acting(province, "tochuc") as actor, pytest.raises(Forbidden):
        organisations.choose(actor, one.id, "good", "Theo thực tế", version=one.version)
    db.session.rollback()
    with acting(province, "sonoivu") as actor:
        with pytest.raises(Refused):
            organisations.choose(actor, one.id, "unsatisfactory", "Theo thực tế", version=one.version)
        organisations.choose(actor, one.id, "good", "Theo thực tế", version=one.version)
    assert (row(one.id).final, row(one.id).reason) == ("good", "Theo thực tế")


def test_the_authority_decides_within_its_quota_and_heads_follow(province: Province) -> None:
    add_post(province, "Võ Minh Đức", "department_director", "B")
    add_months(province, "Võ Minh Đức", ["95"] * 12)
    above = open_round(province, "root")
    assert of(province, above, "Võ Minh Đức").provisional
    top, good = save(province, "A", TOP), save(province, "B", GOOD)
    save(province, "C", GOOD)
    decision = add_decision(province, "root")
    with acting(province, "thutruong") as actor, pytest.raises(Forbidden):
        organisations.decide(actor, province.agencies["root"], 2026, decision, date(2026, 12, 4))
    db.session.rollback()
    with acting(province, "chutich") as actor:
        with pytest.raises(Refused) as full:
            organisations.decide(actor, province.agencies["root"], 2026, decision, date(2026, 12, 4))
        assert full.value.problems[0].code == "quota"
        organisations.choose(actor, top.id, "good", "Hết tỷ lệ", version=top.version)
        assert len(organisations.decide(actor, province.agencies["root"], 2026, decision, date(2026, 12, 4))) == 3
        assert good.id in organisations.publish(actor, province.agencies["root"], 2026)
    found = of(province, above, "Võ Minh Đức")
    assert (found.by_points, found.provisional, found.reasons) == ("good", False, ["head_above_organisation"])
    with acting(province, "sonoivu") as actor, pytest.raises(Refused):
        organisations.save(actor, province.agencies["B"], 2026, GOOD)
