"""Scoring for a head who is away: the page of delegations offers it, and who was given that scores."""

from __future__ import annotations

import re
from datetime import timedelta

from hrms.core import clock
from hrms.core.permissions import Role
from tests.performance import making
from tests.performance.scoring.test_scoring_pages import filled, judged, sent_in
from tests.province import Province


def test_a_head_lets_somebody_score_and_nothing_else(province: Province) -> None:
    making.add_holder(province, "truongphong", Role.HEAD, "B1")
    deputy = making.add_holder(province, "phophong", Role.OFFICIAL, "B1")
    head = province.client("truongphong")
    assert "Chấm điểm phiếu đánh giá" in head.get("/accounts/delegations/new").text
    last = clock.today() + timedelta(days=5)
    answer = head.submit(
        "/accounts/delegations/new",
        data={
            "agency_id": str(province.agencies["B1"]), "account_id": str(deputy.account_id), "capacity": "KT.",
            "valid_from": clock.today().strftime("%d/%m/%Y"), "last_day": last.strftime("%d/%m/%Y"),
            "note": "Trưởng phòng đi công tác", "actions": ["score"],
        },
    )  # fmt: skip
    assert answer.status_code == 303, re.findall(r"form-error[^<]*<[^>]*>([^<]*)", answer.text)
    assert "Chấm điểm phiếu đánh giá" in head.get("/accounts/delegations").text
    _period, sheet = sent_in(province)
    item = making.add_item(sheet, "10", reported="done")
    client = province.client("phophong")
    answer = client.submit(f"/performance/desk/{sheet}", data=filled(making.PERFECT, 1) | judged({item: True}))
    assert answer.status_code == 303, answer.text


def test_who_may_only_sign_does_not_score(province: Province) -> None:
    making.add_holder(province, "truongphong", Role.HEAD, "B1")
    making.add_holder(province, "phophong", Role.DELEGATE, "B1", capacity="KT.", actions=["transfer"])
    _period, sheet = sent_in(province)
    item = making.add_item(sheet, "10", reported="done")
    client = province.client("phophong")
    answer = client.submit(f"/performance/desk/{sheet}", data=filled(making.PERFECT, 1) | judged({item: True}))
    assert answer.status_code == 403
