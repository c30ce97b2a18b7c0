"""Examples Y1, Y3–Y5 of the law, from the months to the page that says why."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import insert

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.people.models import Discipline
from tests.performance.calibration.classifying import (
    COLLEAGUES,
    Y1,
    add_colleagues,
    open_round,
    rating_of,
    score_year,
)
from tests.province import TODAY, Province
from tests.training.payback.promising import CAM, DUC, HUNG

BOUNDARIES = {
    "90": "Hoàn thành xuất sắc nhiệm vụ", "89.99": "Hoàn thành tốt nhiệm vụ", "70": "Hoàn thành tốt nhiệm vụ",
    "69.99": "Hoàn thành nhiệm vụ", "50": "Hoàn thành nhiệm vụ", "49.99": "Không hoàn thành nhiệm vụ",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _today(province: Province) -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


def told(province: Province, name: str, round_id: int) -> str:
    found = rating_of(province, name, round_id)
    answer = province.client("tochuc").get(f"/performance/ratings/{found.id}")
    assert answer.status_code == 200
    main = BeautifulSoup(answer.text, "html.parser").main
    assert main is not None
    return " ".join(main.get_text(" ").split())


def discipline(province: Province, name: str) -> None:
    with scope.everything():
        db.session.execute(
            insert(Discipline).values(
                person_id=province.people[name], side="administration", form="reprimand", from_on="2026-05-04",
                act="Vi phạm quy trình tiếp nhận hồ sơ", decision_no="15/QĐ-SXD",
            )
        )  # fmt: skip
        db.session.commit()


def test_years_of_the_law(province: Province) -> None:
    score_year(province, CAM, Y1)
    score_year(province, HUNG, ("90",) * 5 + (None,) * 7)
    score_year(province, DUC, ("95",) * 12)
    discipline(province, DUC)
    round_id = open_round(province)
    words = told(province, CAM, round_id)
    assert "91,63" in words
    assert "91,633" in words
    assert "Hoàn thành xuất sắc nhiệm vụ" in words
    assert "Đ20" in words
    words = told(province, HUNG, round_id)
    assert "Không xếp loại" in words
    assert "Làm việc 5 tháng, dưới 6 tháng: không xếp loại." in words
    words = told(province, DUC, round_id)
    assert "Không hoàn thành nhiệm vụ" in words
    assert "Vi phạm quy trình tiếp nhận hồ sơ" in words
    assert "tính vào năm này" in words


def test_means_at_the_thresholds(province: Province) -> None:
    add_colleagues(province)
    for name, points in zip(COLLEAGUES, BOUNDARIES, strict=True):
        score_year(province, name, (points,) * 12)
    round_id = open_round(province)
    for name, (points, said) in zip(COLLEAGUES, BOUNDARIES.items(), strict=True):
        words = told(province, name, round_id)
        assert f"Mức trước khi xét tỷ lệ {said}" in words, points


def test_what_rounds_to_a_threshold_is_not_shown_as_reaching_it(province: Province) -> None:
    score_year(province, CAM, ("89.996",) * 12)
    round_id = open_round(province)
    words = told(province, CAM, round_id)
    assert "chưa tới 90: chính xác 89,996" in words
    assert "Mức trước khi xét tỷ lệ Hoàn thành tốt nhiệm vụ" in words
