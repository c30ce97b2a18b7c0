"""Work from a workbook: out with the people, in with reasons by row, and nothing half done."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from hrms.core import clock
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.unit import transaction
from hrms.imports.reading.refusals import UnreadableFile
from hrms.imports.work.reading import read_work
from hrms.performance.services import bringing
from hrms.performance.services.bringing import CODE, DUE, FACTOR, KIND, NAME, PRODUCT, QUANTITY, TITLE, UNIT
from tests.imports.workbooks import xlsx
from tests.inspection import mistakes
from tests.performance import making
from tests.performance.work.test_work_services import CAM, HUNG, RIGHTS, catalogue, items_on
from tests.province import PEOPLE, TODAY, Province

HEAD = [CODE, NAME, UNIT, PRODUCT, TITLE, QUANTITY, FACTOR, DUE, KIND]
NAMES = [one[0] for one in PEOPLE]
Row = Sequence[Any]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def sheets(province: Province) -> dict[str, int]:
    """A month of B with two people and a catalogue; `month` is the period."""
    month = making.add_period(province, "B", number=11)
    catalogue(province)
    return {"month": month} | {name: making.add_sheet(province, name, month) for name in (CAM, HUNG)}


def row(name: str, product: Any = "SP1", title: Any = "", quantity: Any = 1, *rest: Any) -> Row:
    """A row of the file: then factor, due day, kind."""
    return [f"CT-{NAMES.index(name) + 1:06d}", name, "Phòng", product, title, quantity, *rest]


def judge(province: Province, period: int, tmp_path: Path, rows: Sequence[Row]) -> bringing.Judged:
    listing = read_work(xlsx(tmp_path / "viec.xlsx", [HEAD, *rows]), "viec.xlsx")
    return bringing.judge(province.enter("tochuc", *RIGHTS), period, listing.rows)


def apply(province: Province, period: int, tmp_path: Path, rows: Sequence[Row]) -> bringing.Judged:
    listing = read_work(xlsx(tmp_path / "viec.xlsx", [HEAD, *rows]), "viec.xlsx")
    actor = province.enter("tochuc", *RIGHTS)
    with transaction():
        return bringing.apply(actor, period, listing.rows)


def test_a_good_file_is_given_whole(province: Province, sheets: dict[str, int], tmp_path: Path) -> None:
    rows = [
        row(CAM, "SP1", "", 3), row(CAM, "sp2", "", "1,5", "", date(2026, 11, 20), "Đột xuất"),
        row(HUNG, "", "Việc ngoài danh mục", 2, "0,25", "30/11/2026"), row(HUNG, "", "", ""),
    ]  # fmt: skip
    judged = apply(province, sheets["month"], tmp_path, rows)
    assert (len(judged.items), len(judged.people), judged.faults) == (3, 2, [])
    assert [(one.code, one.units, one.kind, one.due_on) for one in items_on(sheets[CAM])] == [
        ("SP1", Decimal(3), "assigned", None), ("SP2", Decimal("3.75"), "ad_hoc", date(2026, 11, 20)),
    ]  # fmt: skip
    assert [(one.title, one.units) for one in items_on(sheets[HUNG])] == [("Việc ngoài danh mục", Decimal("0.5"))]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (["", "", "", "SP1"], "code_missing"), (["CT-999999", "", "", "SP1"], "unknown_code"),
        (["CT-000001", "", "", "SP1"], "unknown_code"), (["CT-000006", "Người khác", "", "SP1"], "other_name"),
        (row(CAM, "SP9"), "unknown_product"), (row(CAM, "SP1", "", "nhiều"), "number"),
        (row(CAM, "SP1", "", "-1"), "quantity"), (row(CAM, "SP1", "", "0"), "quantity"),
        (row(CAM, "", "Việc", 1), "factor_missing"), (row(CAM, "", "Việc", 1, "x"), "number"),
        (row(CAM, "SP1", "", 1, "", "mai"), "day_unreadable"), (row(CAM, "SP1", "", 1, "", "1/12/2026"), "due_outside"),
        (row(CAM, "SP1", "", 1, "", "", "Nhận thay"), "kind_unreadable"), (row(CAM, "", "", 5), "required"),
        (row(CAM, "SP2"), "twice"),
    ],
)  # fmt: skip
def test_one_bad_row_and_nothing_is_given(
    province: Province, sheets: dict[str, int], tmp_path: Path, bad: Row, code: str
) -> None:
    rows = [row(CAM, "SP2"), bad, row(HUNG, "SP1")]
    judged = judge(province, sheets["month"], tmp_path, rows)
    assert [(one.row, one.problem.code) for one in judged.faults] == [(3, code)]
    with pytest.raises(Refused):
        apply(province, sheets["month"], tmp_path, rows)
    assert items_on(sheets[CAM]) == items_on(sheets[HUNG]) == []


def test_what_was_given_or_is_scored_is_said(province: Province, sheets: dict[str, int], tmp_path: Path) -> None:
    apply(province, sheets["month"], tmp_path, [row(CAM, "SP1")])
    judged = judge(province, sheets["month"], tmp_path, [row(CAM, "SP1")])
    assert [one.problem.code for one in judged.faults] == ["given_already"]
    with making.scope.everything():
        table = making.Base.metadata.tables["score_sheets"]
        db.session.execute(table.update().where(table.c.id == sheets[CAM]).values(state="scored", score=1))
        db.session.commit()
    judged = judge(province, sheets["month"], tmp_path, [row(CAM, "SP3")])
    assert [one.problem.code for one in judged.faults] == ["scored"]


cells = st.one_of(
    st.sampled_from(
        ["", "SP1", "SP2", "SP3", "SP9", "1", "0", "-1", "2,5", "Đột xuất", "30/11/2026", "31/11/2026", "=1+1"]
    ),
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12),
    st.integers(-5, 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.dates(date(2026, 10, 1), date(2026, 12, 31)),
    st.none(),
    st.booleans(),
)
people = st.sampled_from(["CT-000006", "CT-000007", "CT-000005", "ct-000006", "", "CT-999999"])


@settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(st.tuples(people, st.just(""), st.just(""), cells, cells, cells, cells, cells, cells), max_size=6))
def test_any_file_is_given_whole_or_not_at_all(
    province: Province, sheets: dict[str, int], tmp_path: Path, rows: list[Row]
) -> None:
    both = (sheets[CAM], sheets[HUNG])
    with making.scope.everything():
        table = making.Base.metadata.tables["work_items"]
        db.session.execute(table.delete())
        db.session.commit()
    try:
        judged = judge(province, sheets["month"], tmp_path, rows)
    except UnreadableFile:
        return
    if judged.is_ready:
        apply(province, sheets["month"], tmp_path, rows)
        given_now = [one for sheet in both for one in items_on(sheet)]
        assert len(given_now) == len(judged.items)
        assert sum((one.units for one in given_now), Decimal(0)) == sum(
            (_units_of(one) for one in judged.items), Decimal(0)
        )
        # The same file again: everything of it that was given from the start is refused.
        again = judge(province, sheets["month"], tmp_path, rows)
        assert not [one for one in again.items if one.kind == "assigned"]
    else:
        with pytest.raises(Refused):
            apply(province, sheets["month"], tmp_path, rows)
        assert [one for sheet in both for one in items_on(sheet)] == []
    numbers = {one.row for one in judged.faults}
    assert numbers <= set(range(2, len(rows) + 2))


def _units_of(item: Any) -> Decimal:
    return Decimal(item.quantity * item.factor).quantize(Decimal("0.0001"), rounding="ROUND_HALF_UP")


def test_the_file_through_the_pages(province: Province, sheets: dict[str, int], tmp_path: Path) -> None:
    client = province.client("tochuc")
    address = f"/performance/periods/{sheets['month']}/assign/import"
    assert mistakes(client.get(address).text) == []

    def send(rows: Sequence[Row]) -> Any:
        content = xlsx(tmp_path / "gui.xlsx", [HEAD, *rows]).read_bytes()
        return client.submit(address, data={"file": (io.BytesIO(content), "gui.xlsx")})

    wrong = send([row(CAM, "SP9"), row(HUNG, "SP1")])
    assert mistakes(wrong.text) == []
    assert "SP9" in wrong.text
    seal = BeautifulSoup(wrong.text, "html.parser").find("input", {"name": "seal"})["value"]  # type: ignore[index]
    book = client.submit(f"{address}/mistakes.xlsx", data={"seal": seal})
    cells_of = list(load_workbook(io.BytesIO(book.data)).active.iter_rows(values_only=True))
    assert "không có trong danh mục" in str(cells_of[1][-1])
    assert client.submit(f"{address}/apply", data={"seal": seal}).status_code == 422
    good = send([row(CAM, "SP2"), row(HUNG, "SP1")])
    assert mistakes(good.text) == []
    seal = re.search(r'name="seal" value="([^"]+)"', good.text).group(1)  # type: ignore[union-attr]
    assert province.client("thutruong").submit(f"{address}/apply", data={"seal": seal}).status_code == 422
    assert items_on(sheets[CAM]) == []
    assert client.submit(f"{address}/apply", data={"seal": seal}).status_code == 303
    assert len(items_on(sheets[CAM])) == len(items_on(sheets[HUNG])) == 1
