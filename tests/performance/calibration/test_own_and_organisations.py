"""Mẫu 02, what is published inside, and the class of organisations, through their pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.performance.models import OrganisationRating, SelfRating
from tests.performance.calibration.classifying import open_round, rating_of, score_year, set_round, whole_year
from tests.performance.calibration.test_round_pages import page, send, words
from tests.province import TODAY, Province
from tests.training.payback.promising import CAM, HUNG, paper

MINE: dict[str, Any] = {
    "strengths": "Hoàn thành các sản phẩm được giao.", "weaknesses": "Còn chậm hai việc đột xuất.", "wanted": "good",
    "version": "0",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _today(province: Province) -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


def test_what_one_says_of_oneself(province: Province) -> None:
    client = province.client("canbo")
    assert "Chưa có đợt xếp loại nào của bạn" in page(client, "/performance/own/rating")
    score_year(province, HUNG, ("81.5",) * 11)
    round_id = open_round(province)
    shown = page(client, "/performance/own/rating")
    assert "81,50" in shown
    send(client, f"/performance/own/rating?round={round_id}", MINE | {"wanted": ""}, 422)
    send(client, f"/performance/own/rating?round={round_id}", MINE)
    send(client, f"/performance/own/rating?round={round_id}", MINE, 412)
    text = words(client.get(f"/performance/own/rating/{round_id}.pdf").data)
    for said in ("Mẫu số 02", HUNG, "81,50", "Còn chậm hai việc đột xuất.", "Hoàn thành tốt nhiệm vụ"):
        assert said in text
    assert client.get(f"/performance/own/rating/{round_id}.docx").data[:2] == b"PK"
    with scope.everything():
        assert db.session.scalars(select(SelfRating.wanted)).all() == ["good"]
    found = rating_of(province, HUNG, round_id)
    assert "Còn chậm hai việc đột xuất." in page(province.client("tochuc"), f"/performance/ratings/{found.id}")
    # One's own class is nobody's to see before it is published, nor the colleagues'.
    own = rating_of(province, HUNG, round_id)
    assert client.get(f"/performance/ratings/{own.id}").status_code == 404
    assert CAM not in page(client, f"/performance/own/published/{round_id}")
    assert client.get(f"/performance/rounds/{round_id}").status_code == 403
    set_round(round_id, state="decided")
    send(client, f"/performance/own/rating?round={round_id}", MINE | {"version": "1"})
    assert "không sửa được nữa" in page(client, "/performance/own/rating")
    with scope.everything():
        assert db.session.scalars(select(SelfRating.version)).all() == [1]


def test_colleagues_read_classes_without_points_once_published(province: Province) -> None:
    from tests.performance.calibration.test_round_pages import MEETING

    whole_year(province)
    round_id = open_round(province)
    hr, head, own = province.client("tochuc"), province.client("thutruong"), province.client("canbo")
    base = f"/performance/rounds/{round_id}"
    send(hr, f"{base}/groups/whole")
    send(hr, f"{base}/solve")
    send(hr, f"{base}/minutes", MEETING)
    chosen = {"decision_basis": "existing", "decision_id": str(paper(province)), "decided_on": "20/11/2026"}
    send(head, f"{base}/decide", chosen)
    assert CAM not in page(own, f"/performance/own/published/{round_id}")
    send(hr, f"{base}/publish", {"published_on": "21/11/2026"})
    shown = page(own, f"/performance/own/published/{round_id}")
    assert CAM in shown
    assert "91,63" not in shown
    mine = rating_of(province, HUNG, round_id)
    assert "Gửi kiến nghị" in page(own, f"/performance/ratings/{mine.id}")
    other = rating_of(province, CAM, round_id)
    assert own.get(f"/performance/ratings/{other.id}").status_code == 404
    # Somebody of another round sees none of it.
    assert province.client("giangvien").get(f"/performance/own/published/{round_id}").status_code == 403


def test_organisations_are_classified_by_the_authority_above(province: Province) -> None:
    sonoivu, chair = province.client("sonoivu"), province.client("chutich")
    root = f"/performance/organisations?agency={province.agencies['root']}&year=2026"
    assert "Sở Xây dựng" in page(sonoivu, root)
    one = f"/performance/organisations/{province.agencies['B']}"
    page(sonoivu, f"{one}?year=2026")
    figures = {
        "points": "92", "done_percent": "100", "late_percent": "0", "exceeding_percent": "20",
        "shortcomings_fixed": "yes", "version": "0",
    }  # fmt: skip
    tried = send(sonoivu, f"{one}?year=2026", figures | {"do": "preview"}, 200)
    assert "Phải có ít nhất 30% nhiệm vụ vượt mức; thực tế: 20%." in tried
    assert "Cấp có thẩm quyền chọn giữa:" in tried
    with scope.everything():
        assert db.session.scalars(select(OrganisationRating.id)).all() == []
    send(sonoivu, f"{one}?year=2026", figures | {"late_percent": "120"}, 422)
    send(sonoivu, f"{one}?year=2026", figures | {"exceeding_percent": "20"})
    page(sonoivu, f"{one}/choose?year=2026")
    with scope.everything():
        version = db.session.scalars(select(OrganisationRating.version)).one()
    choice = {"rating": "good", "reason": "Chưa đủ nhiệm vụ vượt mức", "version": str(version)}
    send(sonoivu, f"{one}/choose?year=2026", choice | {"reason": ""}, 422)
    send(sonoivu, f"{one}/choose?year=2026", choice)
    assert "Chưa đủ nhiệm vụ vượt mức" in page(sonoivu, root)
    sheet = load_workbook(BytesIO(sonoivu.get(f"/performance/organisations.xlsx?{root.partition('?')[2]}").data)).active
    assert sheet is not None
    assert "Sở Xây dựng" in {cell for row in sheet.iter_rows(values_only=True) for cell in row}
    page(chair, f"/performance/organisations/{province.agencies['root']}/decide?year=2026")
    assert date(2026, 11, 21) == TODAY.date()
