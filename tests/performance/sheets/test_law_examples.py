"""The worked examples of the decree, through the services: S1 to S3, L1, and criterion d of a head."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hrms.core.errors import Refused
from hrms.performance.rules.formula import Leader
from hrms.performance.services import sheets
from hrms.performance.services.sheets import Judgement
from tests.performance.making import LEADING, PERFECT, add_done, add_item, add_sheet, points
from tests.performance.sheets.standing import GENERAL, HEAD, OTHER, WHO, enters, roles
from tests.province import Province

D = Decimal

pytestmark = pytest.mark.usefixtures("context")


def test_s1_a_failed_check_and_two_latenesses(province: Province) -> None:
    sheet = add_sheet(province, WHO)
    items = [
        add_item(sheet, "10"), add_item(sheet, "4", failed_checks=1), add_item(sheet, "6", late_count=2),
        add_item(sheet, "20"),
    ]  # fmt: skip
    head = enters(roles(province)["head of the division"])
    judged = {one: Judgement(done=True) for one in items}
    assert sheets.score(head, sheet, GENERAL, None, "", judged, version=1) == D("95.166667")
    row = points(sheet)
    assert (row["quantity"], row["quality"], row["progress"]) == (D(1), D("0.975"), D("0.925"))


def test_s2_a_quarter_of_the_work_given_up(province: Province) -> None:
    sheet = add_sheet(province, WHO)
    done, given_up = add_item(sheet, "30"), add_item(sheet, "10", reported="impossible")
    general = GENERAL | {"III.4": D("1"), "III.3": D(0)}  # 26
    head = enters(roles(province)["head of the division"])
    judged = {done: Judgement(done=True), given_up: Judgement(done=False)}
    assert sheets.score(head, sheet, general, None, "", judged, version=1) == D("78.5")


def test_s3_work_added_counts_up_to_the_most(province: Province) -> None:
    sheet = add_sheet(province, WHO)
    judged = {add_item(sheet, "40"): Judgement(done=True), add_item(sheet, "8", kind="ad_hoc"): Judgement(done=True)}
    general = {code: D(value) for code, value in PERFECT.items()} | {"III.4": D("0.5")}  # 28
    head = enters(roles(province)["head of the division"])
    assert sheets.score(head, sheet, general, None, "", judged, version=1) == D(98)
    assert (points(sheet)["ratio"], points(sheet)["result_points"]) == (D("1.2"), D(70))


def test_l1_a_head_of_a_division(province: Province) -> None:
    """a .96, b .95, c .92, d 1, đ .5, e 1; general 28: 90.18."""
    sheet = add_sheet(province, HEAD, authority="B", role="head")
    for name in (WHO, OTHER):
        add_sheet(province, name, state="scored", score=D("50"))
    items = [
        add_item(sheet, "4", failed_checks=1), add_item(sheet, "16", late_count=1), add_item(sheet, "4"),
        add_item(sheet, "72"), add_item(sheet, "4"),
    ]  # fmt: skip
    judged = {one: Judgement(done=place < 4) for place, one in enumerate(items)}
    general = {code: D(value) for code, value in PERFECT.items()} | {"III.4": D("0.5")}  # 28
    chief = enters(province.actor("thutruong"))
    leader = Leader(D(1), D("0.5"), D(1))
    made = sheets.score(chief, sheet, general, leader, "", judged, version=1)
    row = points(sheet)
    assert (row["quantity"], row["quality"], row["progress"]) == (D("0.96"), D("0.95"), D("0.92"))
    assert made == D("90.183333")
    assert row["leader"] == LEADING | {"unit": "0.5"}


@pytest.mark.parametrize(
    ("lowest", "given", "fits"), [("49.99", "1", False), ("49.99", "0.5", True), ("50", "0.5", False)]
)
def test_criterion_d_agrees_with_the_points_of_those_led(
    province: Province, lowest: str, given: str, *, fits: bool
) -> None:
    sheet = add_sheet(province, HEAD, authority="B", role="head")
    add_sheet(province, WHO, state="scored", score=D(lowest))
    add_done(sheet, "10")
    chief = enters(province.actor("thutruong"))
    leader = Leader(D(given), D(1), D(1))
    if fits:
        sheets.score(chief, sheet, GENERAL, leader, "", {}, version=1)
        return
    with pytest.raises(Refused) as caught:
        sheets.score(chief, sheet, GENERAL, leader, "", {}, version=1)
    assert [one.code for one in caught.value.problems] == ["not_as_led"]
