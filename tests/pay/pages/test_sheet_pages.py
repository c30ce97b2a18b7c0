"""Pages of sheets: months by agency, one sheet, its people, who changed and why, the steps on it."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import select, text

from hrms.core import scope
from hrms.core.db import db
from hrms.core.permissions import Role
from hrms.pay.models import PayRun
from tests.counting import statements
from tests.pay.making import OFFICER, add_usual, set_rank
from tests.pay.pages import making
from tests.pay.pages.making import BEFORE, CAM, DOUBT, DUC, DUNG, HUNG, Lines, Paid
from tests.performance.making import add_holder
from tests.province import Province

PAST: dict[date, Lines] = {BEFORE: (("line", "salary", "834900"), ("deduction", "social_insurance", "66792"))}
MORE: Lines = (("line", "salary", "10094700"), ("deduction", "social_insurance", "807576"))


def main(text: str) -> str:
    return text.split("<main")[1]


def test_the_months_list_says_who_has_a_sheet_and_who_has_not(province: Province) -> None:
    making.add_run(province, "B", {HUNG: Paid(doubts=[DOUBT]), CAM: Paid()})
    making.add_run(province, "A", {DUNG: Paid()}, state="approved")
    client = province.client("sonoivu")
    shown = main(client.get("/pay/runs?month=2026-10").text)
    for words in ("Sở Xây dựng", "Sở Nội vụ", "UBND phường Ninh Kiều", "chờ duyệt", "đã duyệt", "chưa lập"):
        assert words in shown, words
    assert "Phòng Quy hoạch" not in shown, "a division pays nobody"
    assert "1 / 4" in shown
    assert "21.390.138" in shown, "what two people receive"
    for query, name, other in (
        ("state=missing", "UBND phường Ninh Kiều", "Sở Xây dựng"), ("state=approved", "Sở Nội vụ", "Sở Xây dựng"),
        ("state=doubtful", "Sở Xây dựng", "Sở Nội vụ"),
        (f"agency={province.agencies['B']}", "Sở Xây dựng", "Ninh Kiều"),
    ):  # fmt: skip
        shown = main(client.get(f"/pay/runs?month=2026-10&{query}").text).split("<tbody")[1]
        assert name in shown, query
        assert other not in shown, query
    assert main(client.get("/pay/runs?month=2026-09").text).count(">chưa lập</span>") == 4
    assert client.get("/pay/runs?state=nothing").status_code == 422
    assert client.get("/pay/runs?agency=999999").status_code == 404


def test_the_list_of_months_goes_to_excel(province: Province) -> None:
    making.add_run(province, "B", {HUNG: Paid()})
    answer = province.client("sonoivu").get("/pay/runs/export.xlsx?month=2026-10")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    rows = {row[1]: row for row in sheet.iter_rows(values_only=True)}
    assert rows["Sở Xây dựng"][4:9] == (1, 0, 11_574_750, 879_681, 10_695_069)
    assert rows["UBND phường Ninh Kiều"][3] == "chưa lập"


def test_pages_of_agencies_go_on_where_the_last_ended(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    from hrms.pay.queries import sheet_lists

    monkeypatch.setattr(sheet_lists.list_runs, "__kwdefaults__", {"after": None, "before": None, "limit": 2})
    client = province.client("sonoivu")
    seen: list[str] = []
    address = "/pay/runs?month=2026-10"
    for _page in range(3):
        shown = main(client.get(address).text)
        table = shown.split("<tbody")[1]
        seen += [name for name in ("Sở Nội vụ", "Sở Xây dựng", "Ninh Kiều", "Ngô Quyền") if name in table]
        if 'rel="next"' not in shown:
            break
        address = shown.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 4
    back = shown.split('rel="prev" href="')[1].split('"')[0].replace("&amp;", "&")
    assert seen[0] in main(client.get(back).text)


def test_one_sheet_is_narrowed_and_compared(province: Province) -> None:
    old = making.add_run(province, "B", {HUNG: Paid(), CAM: Paid(), OFFICER: Paid()}, month=BEFORE, state="approved")
    made = making.add_run(
        province, "B",
        {HUNG: Paid(), CAM: Paid(lines=MORE, coefficient="3.99", past=PAST), "Nguyen Van Hung": Paid(doubts=[DOUBT])},
    )  # fmt: skip
    client = province.client("tochuc")
    page = f"/pay/runs/{made['']}"
    shown = main(client.get(page).text)
    assert "So với tháng trước" in shown
    assert f"/pay/runs/{old['']}" in shown
    assert "cần xem: 1" in shown
    assert "Chưa ghi phụ cấp công vụ từ 01/10/2026" in shown
    assert "Mức của luật đã đổi" not in shown
    with scope.everything():
        db.session.execute(text("UPDATE law_revision SET revision = revision + 1"))
        db.session.commit()
    assert "Mức của luật đã đổi sau khi tính bảng này" in client.get(page).text
    assert "Mức của luật đã đổi" not in client.get(f"/pay/runs/{old['']}").text, "an approved one stays"
    for query, names in (
        ("show=doubtful", {"Nguyen Van Hung"}), ("show=arrears", {CAM}), ("show=changed", {CAM, "Nguyen Van Hung"}),
        ("q=cam", {CAM}), (f"unit={province.agencies['B1']}", {HUNG, CAM, "Nguyen Van Hung"}),
    ):  # fmt: skip
        table = main(client.get(f"{page}?{query}").text).split("<h2>Từng người")[1].split("<h2>Theo đơn vị")[0]
        found = {name for name in (HUNG, CAM, "Nguyen Van Hung", DUC) if f">{name}<" in table}
        assert found == names, query
    assert client.get(f"{page}?show=rich").status_code == 422
    assert "Không có người nào" in client.get(f"{page}?q=khongcoai").text


def test_who_changed_and_why(province: Province) -> None:
    making.add_run(province, "B", {HUNG: Paid(), CAM: Paid(), DUC: Paid()}, month=BEFORE, state="approved")
    made = making.add_run(
        province, "B", {HUNG: Paid(past=PAST), CAM: Paid(lines=MORE, coefficient="3.99"), "Nguyen Van Hung": Paid()}
    )  # fmt: skip
    shown = main(province.client("tochuc").get(f"/pay/runs/{made['']}/changes").text)
    assert f">{HUNG}<" not in shown, "arrears alone are no change of the month"
    assert "Hệ số lương: 3,66 → 3,99." in shown
    assert "+834.900" in shown
    assert "Tháng trước không có trong bảng lương của cơ quan." in shown
    assert "Tháng này không còn trong bảng lương của cơ quan." in shown
    alone = making.add_run(province, "A", {DUNG: Paid()})
    assert "Không có bảng lương tháng trước" in province.client("sonoivu").get(f"/pay/runs/{alone['']}/changes").text


def test_sums_by_line(province: Province) -> None:
    making.add_run(province, "B", {HUNG: Paid(past=PAST), CAM: Paid()})
    shown = main(province.client("tochuc").get("/pay/runs/sums?month=2026-10").text)
    row = shown.split("Lương theo ngạch, bậc</th>")[1].split("</tr>")[0]
    assert "18.519.600" in row
    assert "+834.900" in row
    assert "19.354.500" in row
    assert "Chưa có bảng lương" in province.client("tochuc").get("/pay/runs/sums?month=2026-08").text


def test_computing_approving_and_the_slip_that_follows(province: Province) -> None:
    add_usual(province, HUNG, CAM, DUC)
    client = province.client("tochuc")
    sent = {"month": "2026-10", "agency_id": str(province.agencies["B"]), "reach": "one"}
    answer = client.submit("/pay/runs/compute", data=sent)
    assert answer.status_code == 303, answer.text
    place = answer.headers["Location"]
    assert "chờ duyệt" in client.get(place).text
    again = client.submit(f"{place}/compute")
    assert again.headers["Location"] == place
    assert "không sửa được nữa" in client.get(f"{place}/approve").text
    run = int(place.rsplit("/", 1)[1])
    assert client.submit(f"{place}/approve", data={"version": "77"}).status_code in {412, 422}
    assert client.submit(f"{place}/approve", data={"version": version_of(run)}).headers["Location"] == place
    assert "đã duyệt" in client.get(place).text
    assert client.submit(f"{place}/compute").status_code == 422
    assert client.submit(f"{place}/cancel", data={"version": version_of(run)}).status_code == 422
    owner = province.client("canbo")
    slip = owner.get("/pay/own").text.split("/pay/slips/")[1].split('"')[0]
    shown = main(owner.get(f"/pay/slips/{slip}").text)
    assert "9.259.800" in shown
    assert "Lương = mức lương cơ sở 2.530.000 × hệ số 3,66" in shown


def test_a_late_raise_comes_with_the_next_sheet(province: Province) -> None:
    add_usual(province, HUNG, CAM, DUC)
    client = province.client("tochuc")
    sent = {"month": "2026-09", "agency_id": str(province.agencies["B"]), "reach": "one"}
    place = client.submit("/pay/runs/compute", data=sent).headers["Location"]
    client.submit(f"{place}/approve", data={"version": version_of(int(place.rsplit("/", 1)[1]))})
    set_rank(province, HUNG, "3.99", since=date(2026, 9, 1), step=6)
    place = client.submit("/pay/runs/compute", data=sent | {"month": "2026-10"}).headers["Location"]
    shown = main(client.get(f"{place}?show=arrears").text)
    assert f">{HUNG}<" in shown
    slip = shown.split("<h2>Từng người")[1].split("/pay/slips/")[1].split('"')[0]
    shown = main(client.get(f"/pay/slips/{slip}").text)
    assert "Truy lĩnh, truy thu tháng 9/2026" in shown
    assert "+834.900" in shown, "0,33 × 2.530.000"
    assert "Đúng ra 11.659.378 đồng, đã duyệt 10.695.069 đồng" in shown


def test_cancelling_and_what_is_refused(province: Province) -> None:
    made = making.add_run(province, "B", {HUNG: Paid()})
    client = province.client("tochuc")
    page = f"/pay/runs/{made['']}"
    answer = client.submit(f"{page}/cancel", data={"version": version_of(made[""])})
    assert answer.status_code == 303
    assert "Bảng lương này đã hủy" in client.get(page).text
    sent = {"month": "2026-10", "agency_id": str(province.agencies["B1"]), "reach": "one"}
    refused = client.submit("/pay/runs/compute", data=sent)
    assert refused.status_code == 422
    assert "là bộ phận" in refused.text
    assert client.submit("/pay/runs/compute", data={"reach": "one", "month": "", "agency_id": ""}).status_code == 422
    add_holder(province, "tochuc-a", Role.HR_AGENCY, "A")
    other = province.client("tochuc-a")
    for step in ("", "/compute", "/approve", "/cancel"):
        assert (other.submit(page + step) if step else other.get(page)).status_code == 404
    inspector = province.client("thanhtra")
    for step in ("/compute", "/approve", "/cancel"):
        assert inspector.submit(page + step).status_code == 403


def test_computing_for_all_is_a_job(province: Province) -> None:
    sent = {"month": "2026-10", "agency_id": str(province.agencies["root"]), "reach": "all"}
    answer = province.client("sonoivu").submit("/pay/runs/compute", data=sent)
    assert answer.status_code == 303, answer.text
    assert "/tasks/" in answer.headers["Location"]


@pytest.mark.parametrize(
    ("address", "most"),
    [("/pay", 8), ("/pay/runs?month=2026-10", 8), ("/pay/runs/sums?month=2026-10", 8), ("/pay/runs/{run}", 8),
     ("/pay/runs/{run}/changes", 8), ("/pay/slips/{slip}", 8), ("/people/{person}/pay", 10)],
)  # fmt: skip
def test_a_page_asks_the_same_however_many_there_are(province: Province, address: str, most: int) -> None:
    made = making.add_run(province, "B", {HUNG: Paid()})
    client = province.client("sonoivu")
    asked = address.format(run=made[""], slip=made[HUNG], person=province.people[HUNG])
    client.get(asked)
    with statements() as few:
        assert client.get(asked).status_code == 200
    making.add_run(province, "B", {HUNG: Paid(), CAM: Paid(), DUC: Paid()}, month=BEFORE, state="approved")
    making.add_run(province, "A", {DUNG: Paid()})
    with scope.everything():
        db.session.commit()
    client.get(asked)
    with statements() as many:
        client.get(asked)
    assert len(many) <= len(few) + (2 if "changes" in address else 0), many
    assert len(few) <= most, few


@pytest.mark.parametrize("username", ["canbo", "tochuc", "sonoivu", "thanhtra", "admin"])
def test_the_landing_is_for_everybody_who_has_part_in_it(province: Province, username: str) -> None:
    making.add_run(province, "B", {HUNG: Paid()}, month=BEFORE, state="approved")
    shown = main(province.client(username).get("/pay").text)
    assert ("Lương của tôi" in shown) == (username == "canbo")
    assert ("Bảng lương đã duyệt" in shown) == (username in {"tochuc", "sonoivu", "thanhtra"})


def test_the_first_page_says_what_waits_for_approval(province: Province) -> None:
    making.add_run(province, "B", {HUNG: Paid(doubts=[DOUBT])}, month=date(2026, 11, 1))
    assert "Bảng lương chờ duyệt" in province.client("tochuc").get("/").text
    for username in ("thutruong", "canbo", "admin", "thanhtra"):
        assert "Bảng lương chờ duyệt" not in province.client(username).get("/").text


def version_of(run_id: int) -> str:
    with scope.everything():
        found = str(db.session.scalars(select(PayRun.version).where(PayRun.id == run_id)).one())
        db.session.rollback()
    return found


def test_the_amounts_of_the_makers_add_up() -> None:
    signs = {"line": 1, "deduction": -1, "employer": 0}
    assert sum(Decimal(amount) * signs[side] for side, _code, amount in making.SALARY) == making.NET
