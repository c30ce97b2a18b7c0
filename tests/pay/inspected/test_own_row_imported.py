"""A list brought in by an officer does not change what the officer is paid by; the rest of it is taken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from hrms.core import clock, scope
from hrms.core.db import db
from tests.imports.bringing import book, bring, changed, one
from tests.province import TODAY, Province

pytestmark = pytest.mark.committed


@pytest.fixture(autouse=True)
def that_day() -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


def test_ones_own_row_is_refused_where_it_changes_pay(province: Province, tmp_path: Path) -> None:
    bring(book(tmp_path / "a.xlsx"))
    mine = one("SELECT id FROM people WHERE staff_code = 'NV-1'").id
    with scope.everything():
        db.session.execute(text("UPDATE accounts SET person_id = :p WHERE username = 'sonoivu'"), {"p": mine})
        db.session.commit()
    raised = changed(0, Bậc_lương=9, Hệ_số_lương=4.98, Ngày_hưởng_bậc_lương="01/10/2026")
    raised[2] = changed(2, Số_điện_thoại="0912000333")[2]
    answer = bring(book(tmp_path / "b.xlsx", raised), as_name="sonoivu")
    assert (answer["refused"], answer["updated"]) == (1, 1)
    assert [error["code"] for error in answer["errors"]] == ["own"]
    rank = one("SELECT count(*) AS rows, max(coefficient) AS most FROM person_rank WHERE person_id = :p", p=mine)
    assert (rank.rows, str(rank.most)) == (1, "3.330")
    told = bring(book(tmp_path / "c.xlsx", changed(0, Số_điện_thoại="0912000444")), as_name="sonoivu")
    assert (told["refused"], told["updated"]) == (0, 1), "what is not pay may be one's own"
    del province
