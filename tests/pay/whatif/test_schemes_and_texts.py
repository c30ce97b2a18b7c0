"""A scenario takes over a scheme of extra income or a text being drafted: as its own services would give it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hrms.core import scope
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.pay.queries import scenarios as queries
from hrms.pay.rules.schemes import write_terms
from hrms.pay.rules.share_costs import ShareCost, share_cost
from hrms.pay.rules.supposed import BaseSalary, Incentive
from hrms.pay.rules.supposed_all import read, write
from hrms.pay.services import changes, simulating, supposing
from hrms.pay.services.supposing_shares import cost_of_scheme
from tests.pay.incentives.making import CAM, DUC, HUNG, HUNG2, YEAR, add_scheme, model, rate
from tests.pay.whatif.test_scenario_pages import FIRST, compute, make, paid
from tests.province import PEOPLE, Province

__all__ = ["paid"]
P = Permission
D = Decimal
CLASSES = {DUC: "excellent", CAM: "good", HUNG: "satisfactory", HUNG2: "good"}


def rated(province: Province) -> None:
    rate(province, {name: CLASSES.get(name, "good") for name, *_rest in PEOPLE})


def incentive(after: str, before: str | None = None) -> Incentive:
    terms, eligible = write_terms(model(after))
    old = write_terms(model(before)) if before else (None, None)
    return Incentive(
        start=FIRST, year=YEAR, name=after, terms=terms, eligible=eligible, before_name=before or "",
        before_terms=old[0], before_eligible=old[1],
    )  # fmt: skip


def test_a_scheme_costs_what_its_simulation_gives(paid: Province) -> None:
    rated(paid)
    change = incentive("extra_by_class", "bonus_points")
    assert read(write(change)) == change
    agencies = [paid.agencies[key] for key in ("A", "B", "C", "C1")]
    with scope.everything():
        found = cost_of_scheme(change, None)
        some = cost_of_scheme(change, agencies[:2])
        new = simulating.of_agencies(agencies, YEAR, None, "", model("extra_by_class"))
        old = simulating.of_agencies(agencies, YEAR, None, "", model("bonus_points"))
    assert (found.before, found.after) == (old.paid, new.paid)
    assert found.after > 0
    compared = simulating.compare(old, new)
    assert (found.gains, found.losses) == (compared.more, compared.less)
    assert sum(found.sizes) == found.people
    assert sum(one.after for one in found.agencies) == found.after
    assert some.after < found.after
    assert ShareCost.from_json(found.as_json()) == found
    alone = cost_of_scheme(incentive("bonus_points"), None)
    assert (alone.before, alone.after, alone.losses) == (0, old.paid, 0)


def test_few_people_are_sums_alone() -> None:
    found = share_cost(YEAR, ("", "x"), {}, {1: {7: 1_200_000, 8: 0}}, 0, 5)
    assert (found.after, found.gains, found.sizes, found.agencies) == (1_200_000, None, (), ())
    shown = share_cost(YEAR, ("", "x"), {1: dict.fromkeys(range(9), 100)}, {1: {0: 100}, 2: {1: 5}}, 1, 2)
    assert shown.more == 105 - 900
    assert (shown.gains, shown.losses) == (1, 8)
    assert [one.agency_ids for one in shown.agencies] == [(2, 1)]


def test_through_the_pages(paid: Province) -> None:
    rated(paid)
    scheme = add_scheme(paid, model("extra_by_class"), "B")
    made = make(paid)
    browser = paid.client("sonoivu")
    address = f"/pay/what-if/{made}"
    form = browser.get(f"{address}/changes/new?kind=incentive").text
    assert f'value="scheme:{scheme}"' in form
    assert 'value="model:da_nang"' in form
    sent = browser.submit(
        f"{address}/changes/new?kind=incentive",
        {"version": "1", "scheme": f"scheme:{scheme}", "instead": "model:bonus_points", "year": str(YEAR)},
    )
    assert sent.status_code == 303, sent.text
    compute(paid, made)
    shown = browser.get(address).text
    assert "Quy chế chi: “Quy chế thử”, năm 2026" in shown
    assert "người tăng" in shown
    assert "Quy chế chi: tăng một năm" in browser.get(f"/pay/what-if/compare?ids={made}").text
    assert browser.get(f"{address}.xlsx").status_code == 200
    with scope.everything():
        look = queries.list_chosen([made])[0]
    assert look.shares[0].more != 0
    assert look.cost is not None
    assert look.cost.more.cost == 0


def test_the_figures_of_a_draft_are_taken_over(paid: Province) -> None:
    with transaction():
        drafted = changes.draft(
            paid.enter("sonoivu", P.PAY_LAW),
            {"number": "999/2027/NĐ-CP", "title": "Mức lương cơ sở", "signed_on": date(2026, 11, 1),
             "valid_from": date(2027, 7, 1), "source": "NĐ 999/2027/NĐ-CP", "mark": "K", "note": None},
            [{"catalogue": "base_salaries", "amount": "2800000"}],
        )  # fmt: skip
    made = make(paid)
    browser = paid.client("sonoivu")
    address = f"/pay/what-if/{made}"
    sent = browser.submit(f"{address}/changes/new?kind=text", {"version": "1", "text": str(drafted)})
    assert sent.status_code == 303, sent.text
    compute(paid, made)
    shown = browser.get(address).text
    assert "Các mức của văn bản 999/2027/NĐ-CP, từ 01/07/2027" in shown
    with scope.everything():
        look = queries.list_chosen([made])[0]
        same = supposing.cost([BaseSalary(start=date(2027, 7, 1), amount=D(2_800_000))], first=FIRST, months=24)
    assert look.cost is not None
    assert look.cost.more == same.more
    assert "Các mức của một văn bản đang soạn" not in paid.client("tochuc").get("/pay/what-if").text
