"""Only those with the pay permission see amounts; a manager does not; the person sees their own: over every path."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import text

from hrms.core.db import db
from hrms.core.permissions import Permission, Role
from tests.client import Browser
from tests.pay.making import move
from tests.pay.pages import making
from tests.pay.pages.making import BEFORE, CAM, DUC, HUNG, MONTH, NET, Paid
from tests.performance.making import add_holder
from tests.province import Province

SECRET = f"{NET:,f}".replace(",", ".")
"""What Hùng receives: 10.695.069 as pages write it."""
PLAIN = str(NET)
SALARY = "9259800"
Read = Callable[[Browser, str], str]


@pytest.fixture
def sheets(province: Province) -> dict[str, int]:
    """An approved sheet of September and one of October that waits, at B; Hùng and Cẩm are on both."""
    people = {HUNG: Paid(), CAM: Paid(lines=(("line", "salary", "6755100"),), coefficient="2.67")}
    old = making.add_run(province, "B", people, month=BEFORE, state="approved")
    new = making.add_run(province, "B", people, month=MONTH)
    return {
        "run": new[""], "old run": old[""], "slip": new[HUNG], "own slip": old[HUNG], "other slip": old[CAM],
        "person": province.people[HUNG], "other": province.people[CAM],
    }  # fmt: skip


def page(client: Browser, address: str) -> str:
    """What a page says, "" when it is closed to the reader."""
    answer = client.get(address)
    assert answer.status_code in {200, 403, 404}, (address, answer.status_code)
    return answer.text if answer.status_code == 200 else ""


def book(client: Browser, address: str) -> str:
    """Every cell of a workbook."""
    answer = client.get(address)
    if answer.status_code != 200:
        return ""
    found = openpyxl.load_workbook(io.BytesIO(answer.data), data_only=True)
    return "\n".join(str(cell.value) for sheet in found for row in sheet.iter_rows() for cell in row)


def pdf(client: Browser, address: str) -> str:
    """The words of a PDF."""
    answer = client.get(address)
    if answer.status_code != 200:
        return ""
    return "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(answer.data)).pages)


PATHS: tuple[tuple[str, Read], ...] = (
    ("/pay/runs?month=2026-09", page), ("/pay/runs/sums?month=2026-09", page), ("/pay/runs/{old run}", page),
    ("/pay/runs/{run}/changes", page), ("/pay/runs/{old run}/print", page), ("/pay/slips/{own slip}", page),
    ("/people/{person}/pay", page), ("/pay/own", page), ("/pay", page),
    ("/pay/runs/export.xlsx?month=2026-09", book), ("/pay/runs/{old run}/book.xlsx", book),
    ("/pay/runs/{old run}/lines.csv", page), ("/pay/runs/{old run}/slips.pdf", pdf),
    ("/pay/slips/{own slip}/slip.pdf", pdf), ("/api/v1/pay-lines?month=2026-09", page),
)  # fmt: skip
OWN = {
    "/pay/slips/{own slip}", "/people/{person}/pay", "/pay/own", "/pay", "/pay/slips/{own slip}/slip.pdf",
    "/api/v1/pay-lines?month=2026-09",
}  # fmt: skip
"""Where the person reads their own approved amounts."""
NOT_THEIRS = {"/pay/own", "/pay", "/pay/runs/sums?month=2026-09", "/pay/runs?month=2026-09",
              "/pay/runs/export.xlsx?month=2026-09", "/pay/runs/{run}/changes"}  # fmt: skip
"""Pages that hold no amount of one person, or none of Hùng's, for somebody else."""


def says(words: str) -> bool:
    return any(one in words for one in (SECRET, PLAIN, SALARY, "9.259.800"))


@pytest.mark.parametrize(("address", "read"), PATHS, ids=[address for address, _read in PATHS])
def test_only_the_pay_permission_shows_amounts(
    province: Province, sheets: dict[str, int], address: str, read: Read
) -> None:
    asked = address.format(**sheets)
    for username in ("sonoivu", "tochuc"):
        assert says(read(province.client(username), asked)) == (address not in NOT_THEIRS), username
    # The manager of the very agency, the administrator, the clerk, the trainer, an inspector of another part.
    for username in ("thutruong", "chutich", "admin", "vanthu", "giangvien", "thanhtra"):
        said = read(province.client(username), asked)
        assert not says(said), f"{username} reads an amount at {asked}"
        assert "6755100" not in said.replace(".", ""), username
    own = read(province.client("canbo"), asked)
    assert says(own) == (address in OWN), f"the person: {asked}"
    assert "6755100" not in own.replace(".", ""), "nobody else's"


def test_a_colleague_sees_their_own_and_nobody_elses(province: Province, sheets: dict[str, int]) -> None:
    add_holder(province, "truongphong", Role.HEAD, "B", DUC)
    add_holder(province, "vuala", Role.OFFICIAL, "B", CAM)
    client = province.client("truongphong")
    assert client.get(f"/pay/slips/{sheets['own slip']}").status_code == 403
    other = province.client("vuala")
    assert other.get(f"/pay/slips/{sheets['other slip']}").status_code == 200
    assert other.get(f"/pay/slips/{sheets['own slip']}").status_code == 404
    assert other.get(f"/people/{sheets['person']}/pay").status_code == 404


def test_a_draft_is_not_the_persons_to_see(province: Province, sheets: dict[str, int]) -> None:
    client = province.client("canbo")
    for address in (f"/pay/slips/{sheets['slip']}", f"/pay/slips/{sheets['slip']}/slip.pdf"):
        assert client.get(address).status_code == 404
    assert client.get("/api/v1/pay-lines?month=2026-10").get_json()["items"] == []
    assert "Tháng 10/2026" not in client.get("/pay/own").text
    assert "Tháng 10/2026" not in client.get(f"/people/{sheets['person']}/pay").text.split("<main")[1]
    making.approve(sheets["run"])
    assert client.get(f"/pay/slips/{sheets['slip']}").status_code == 200
    assert "Tháng 10/2026" in client.get("/pay/own").text


def test_whose_pay_one_sees_is_by_the_agency_that_pays(province: Province, sheets: dict[str, int]) -> None:
    """Somebody who has moved on stays on the sheet that paid them; who has them now does not see it."""
    for membership in ("using", "managing"):
        move(province, HUNG, "A", since=date(2026, 11, 1), membership=membership)
    add_holder(province, "tochuc-a", Role.HR_AGENCY, "A")
    payer, newer = province.client("tochuc"), province.client("tochuc-a")
    shown = payer.get(f"/pay/runs/{sheets['old run']}").text
    assert HUNG in shown
    assert SECRET in shown
    assert payer.get(f"/pay/slips/{sheets['own slip']}").status_code == 200
    assert payer.get(f"/people/{sheets['person']}/pay").status_code == 404, "the record has gone with the person"
    assert book(payer, f"/pay/runs/{sheets['old run']}/book.xlsx").count(HUNG) == 1 + len(making.SALARY)
    assert page(payer, f"/pay/runs/{sheets['old run']}/lines.csv").count(HUNG) == len(making.SALARY)
    assert newer.get(f"/pay/slips/{sheets['own slip']}").status_code == 404
    assert not says(newer.get(f"/people/{sheets['person']}/pay").text)
    assert newer.get("/api/v1/pay-lines").get_json()["items"] == []


def test_a_token_without_the_permission_reads_no_amount(province: Province, sheets: dict[str, int]) -> None:
    for username, expected in (("thutruong", 403), ("admin", 403), ("thanhtra", 200)):
        answer = province.client(username).get("/api/v1/pay-lines")
        assert answer.status_code == expected
        assert not says(answer.text)
    assert province.client(None).get("/api/v1/pay-lines").status_code == 401
    del sheets


@pytest.mark.parametrize("table", ["pay_runs", "pay_slips", "pay_lines"])
def test_a_manager_reads_no_amount_even_by_sql(province: Province, sheets: dict[str, int], table: str) -> None:
    """Whatever a page asks for, the row policies answer: seeing people is not seeing their pay."""
    count = text(f"SELECT count(*) FROM {table}")
    for username, permission, sees in (
        ("thutruong", Permission.PEOPLE_VIEW, False), ("chutich", Permission.PEOPLE_VIEW, False),
        ("admin", Permission.PAY_LAW, False), ("tochuc", Permission.PEOPLE_VIEW, True),
        ("canbo", Permission.SELF_VIEW, table != "pay_runs"),
    ):  # fmt: skip
        province.enter(username, permission)
        assert bool(db.session.execute(count).scalar_one()) == sees, username
        db.session.rollback()
    del sheets
