"""The pages of commitments and repayments, without script: lists, one commitment, every step, the sheet, who may."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from hrms.accounts.models import Account
from hrms.core import clock, scope
from hrms.core.db import db
from hrms.training.models import RepaymentPayment, TrainingCommitment
from tests.client import Browser
from tests.counting import statements
from tests.inspection import mistakes
from tests.layout import pdf_problems
from tests.province import TODAY, Province
from tests.training.payback.promising import ANH, CAM, HUNG, paper, promise, set_record

PAPER = {
    "decision_basis": "new", "decision_number": "88/QĐ-SXD", "decision_signed_on": "20/11/2026",
    "decision_issuer": "Sở Xây dựng", "decision_kind": "training", "decision_subject": "Đền bù chi phí đào tạo",
    "decision_signer_name": "Võ Minh Đức", "decision_signer_title": "Giám đốc",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _today(province: Province) -> Iterator[None]:
    with clock.frozen(TODAY):
        set_record(province, HUNG, recruited_on="2015-09-01", ethnic_group="01")
        yield


def page(client: Browser, address: str, code: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == code, address
    if code == 200:
        assert mistakes(answer.text) == []
    return answer.text


def send(client: Browser, address: str, data: dict[str, Any], code: int = 303) -> str:
    answer = client.submit(address, data)
    assert answer.status_code == code, answer.text[:4000]
    if code != 303:
        assert mistakes(answer.text) == []
    return answer.text


def state(commitment_id: int) -> str:
    with scope.everything():
        return db.session.execute(
            select(TrainingCommitment.state).where(TrainingCommitment.id == commitment_id)
        ).scalar_one()


def council(**more: str) -> dict[str, str]:
    data = {}
    for place, role in enumerate(("chair", "secretary", "party", "unit", "finance")):
        data |= {
            f"role_{place}": role, f"name_{place}": f"Thành viên {place}", f"present_{place}": "y",
            f"vote_{place}": "agree",
        }  # fmt: skip
    return data | more


def test_from_the_promise_to_the_money(province: Province) -> None:
    client = province.client("tochuc")
    assert "Chưa có cam kết nào" in page(client, "/training/commitments")
    page(client, f"/training/commitments/new?person={province.people[HUNG]}")
    data = {
        "person": str(province.people[HUNG]), "person-text": HUNG, "programme": "Thạc sĩ Quản lý công",
        "starts_on": "04/09/2023", "ends_on": "31/10/2025", "returned_on": "", "committed_months": "36",
        "local_cost": "60.000.000", **PAPER, "decision_number": "12/QĐ-SXD", "decision_signed_on": "01/08/2023",
    }  # fmt: skip
    send(client, "/training/commitments/new", data | {"committed_months": ""}, 422)
    send(client, "/training/commitments/new", data)
    with scope.everything():
        made = db.session.execute(select(TrainingCommitment.id)).scalar_one()
    base = f"/training/commitments/{made}"
    shown = page(client, base)
    assert "12/QĐ-SXD" in shown
    assert "Nếu thôi việc hôm nay phải đền bù 55.200.000 đồng" in shown
    page(client, f"{base}/edit")
    change = {key: value for key, value in data.items() if not key.startswith(("person", "decision"))}
    with scope.everything():
        cited = db.session.execute(select(TrainingCommitment.decision_id)).scalar_one()
    send(client, f"{base}/edit", change | {
        "returned_on": "01/11/2025", "decision_basis": "existing", "decision_id": str(cited), "version": "1",
    })  # fmt: skip
    assert state(made) == "serving"
    case = {"repay_case": "left_early", "happened_on": "01/11/2026", "version": "2"}
    page(client, f"{base}/repayment/new")
    tried = send(client, f"{base}/repayment/new", case | {"do": "preview"}, 200)
    assert "36.800.000 đồng" in tried
    assert "Lập hồ sơ xét đền bù" in tried
    assert reading_state(made) is None
    send(client, f"{base}/repayment/new", case | {"do": "open"})
    page(client, f"{base}/repayment/council")
    wrong = council(met_on="18/11/2026", version="1") | {"present_4": ""}
    assert "Vắng: Thành viên 4" in send(client, f"{base}/repayment/council", {k: v for k, v in wrong.items() if v}, 422)
    send(client, f"{base}/repayment/council", council(met_on="18/11/2026", version="1"))
    assert "chậm nhất 23/11/2026" in page(client, base)
    page(client, f"{base}/repayment/decide")
    both = council(met_on="18/11/2026", recommended_on="20/11/2026", version="2")
    send(client, f"{base}/repayment/council", both)
    page(client, f"{base}/repayment/decide")
    send(client, f"{base}/repayment/decide", PAPER | {"version": "3", "amount": ""})
    assert "20/03/2027" in page(client, base)
    page(client, f"{base}/repayment/pay")
    send(client, f"{base}/repayment/pay", {"paid_on": "21/11/2026", "amount": "36.800.000", "version": "4"})
    assert state(made) == "repaid"
    with scope.everything():
        payment = db.session.execute(select(RepaymentPayment.id)).scalar_one()
    page(client, f"{base}/repayment/payments/{payment}/reverse")
    assert client.get(f"{base}/repayment/payments/{payment + 99}/reverse").status_code == 404
    send(client, f"{base}/repayment/payments/{payment}/reverse", {"reason": "Nhầm", "version": "5"})
    assert state(made) == "serving"
    page(client, f"{base}/repayment/undo")
    send(client, f"{base}/repayment/undo", {"reason": "Quyết định thu hồi", "version": "6"})
    page(client, f"{base}/repayment/cancel")
    send(client, f"{base}/repayment/cancel", {"reason": "Không thôi việc", "version": "7"})
    page(client, f"{base}/close")
    send(client, f"{base}/close", {
        "state": "released", "closed_on": "20/11/2026", "reason": "Được thôi thực hiện", "version": "3",
    }, 412)  # fmt: skip
    with scope.everything():
        version = db.session.execute(select(TrainingCommitment.version)).scalar_one()
    send(client, f"{base}/close", {
        "state": "released", "closed_on": "20/11/2026", "reason": "Được thôi thực hiện", "version": str(version),
    })  # fmt: skip
    page(client, f"{base}/reopen")
    send(client, f"{base}/reopen", {"reason": "Ghi nhầm", "version": str(version + 1)})
    history = page(client, base)
    for words in (
        "ghi cam kết phục vụ sau khóa", "lập hồ sơ xét đền bù", "ghi nộp tiền đền bù: 36.800.000", "hủy khoản nộp",
        "mở lại cam kết",
    ):  # fmt: skip
        assert words in history


def reading_state(commitment_id: int) -> str | None:
    from hrms.training.models import TrainingRepayment

    with scope.everything():
        return db.session.scalar(
            select(TrainingRepayment.state).where(TrainingRepayment.commitment_id == commitment_id)
        )


def test_the_list_is_narrowed_and_stays_in_scope(province: Province) -> None:
    promise(province)
    promise(province, CAM, returned_on=date(2023, 12, 1), programme="Sắp hết", starts_on=date(2021, 1, 1),
            ends_on=date(2023, 11, 1))  # fmt: skip
    promise(province, CAM, returned_on=date(2020, 1, 1), programme="Đã đủ", starts_on=date(2018, 1, 1),
            ends_on=date(2019, 12, 1))  # fmt: skip
    promise(province, ANH, programme="Ở sở khác")
    client = province.client("tochuc")
    shown = page(client, "/training/commitments")
    assert "Tất cả 3 cam kết: 2 còn thời hạn, 1 sắp hết" in shown
    assert "Ở sở khác" not in shown
    soon = page(client, "/training/commitments?state=soon")
    assert "Sắp hết" in soon
    assert "Thạc sĩ Quản lý công" not in soon
    assert "Đã đủ" in page(client, "/training/commitments?state=over")
    for narrowed in ("bound", "studying", "closed", "left", "repaying", "overdue"):
        page(client, f"/training/commitments?state={narrowed}")
    assert client.get("/training/commitments?state=x").status_code == 422
    assert "Ở sở khác" in page(province.client("sonoivu"), "/training/commitments")


def test_a_page_takes_few_statements_however_many_rows(province: Province) -> None:
    promise(province)
    client = province.client("tochuc")
    page(client, "/training/commitments")
    with statements() as few:
        client.get("/training/commitments")
    for number in range(20):
        promise(province, CAM, programme=f"Khóa {number}")
    with statements() as many:
        client.get("/training/commitments")
    assert len(many) == len(few)
    assert len(few) <= 8, few


def test_pages_go_on_by_keyset(province: Province) -> None:
    for number in range(55):
        promise(province, HUNG, programme=f"Khóa {number:02}")
    client = province.client("tochuc")
    first = page(client, "/training/commitments")
    assert first.count("data-row") == 50
    following = first.split("after=")[1].split('"')[0].split("&")[0]
    assert page(client, f"/training/commitments?after={following}").count("data-row") == 5


@pytest.mark.parametrize(
    ("username", "reads", "writes"),
    [
        ("tochuc", 200, 200), ("sonoivu", 200, 200), ("thutruong", 200, 403), ("thanhtra", 404, 403),
        ("canbo", 200, 403), ("giangvien", 403, 403),
    ],
)  # fmt: skip
def test_who_reads_and_who_writes(province: Province, username: str, reads: int, writes: int) -> None:
    made = promise(province)
    client = province.client(username)
    assert client.get(f"/training/commitments/{made}").status_code == reads
    assert client.get(f"/training/commitments/{made}/edit").status_code == writes
    assert client.get(f"/training/commitments/{made}/repayment/new").status_code == writes


def test_ones_own_promise_and_nobody_elses(province: Province) -> None:
    made, other = promise(province), promise(province, CAM)
    client = province.client("canbo")
    shown = page(client, f"/training/commitments/{made}")
    assert "Thạc sĩ Quản lý công" in shown
    assert "Lập hồ sơ" not in shown
    assert client.get(f"/training/commitments/{other}").status_code == 404
    assert "Thạc sĩ" in page(client, f"/people/{province.people[HUNG]}/training/commitments")
    assert client.get(f"/people/{province.people[CAM]}/training/commitments").status_code == 404
    assert "Ghi cam kết" in page(province.client("tochuc"), f"/people/{province.people[HUNG]}/training/commitments")


def test_the_sheet_is_a_paper(province: Province) -> None:
    made = promise(province)
    client = province.client("tochuc")
    assert client.get(f"/training/commitments/{made}/repayment/sheet.pdf").status_code == 404
    case = {"repay_case": "left_early", "happened_on": "01/11/2026", "do": "open", "version": "1"}
    send(client, f"/training/commitments/{made}/repayment/new", case)
    send(client, f"/training/commitments/{made}/repayment/council",
         council(met_on="18/11/2026", recommended_on="20/11/2026", version="1"))  # fmt: skip
    answer = client.get(f"/training/commitments/{made}/repayment/sheet.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert pdf_problems(answer.data) == []
    assert "in bảng tính đền bù" in page(client, f"/training/commitments/{made}")


def test_an_exemption_over_the_page(province: Province) -> None:
    made = promise(province)
    number = paper(province)
    client = province.client("tochuc")
    base = f"/training/commitments/{made}"
    case = {"repay_case": "left_early", "happened_on": "01/11/2026", "do": "open", "version": "1",
            "exempt_ground": "transfer"}  # fmt: skip
    send(client, f"{base}/repayment/new", case)
    decision = {"decision_basis": "existing", "decision_id": str(number), "exempt_ground": "transfer", "version": "1"}
    send(client, f"{base}/repayment/decide", decision, 422)
    send(client, f"{base}/repayment/decide", decision | {"note": "Quyết định điều động 15/QĐ-UBND"})
    assert state(made) == "released"
    assert "Không phải đền bù" in page(client, base)


def test_the_list_as_a_workbook(province: Province) -> None:
    promise(province)
    promise(province, ANH, programme="Ở sở khác")
    answer = province.client("tochuc").get("/training/commitments/export.xlsx?state=bound")
    assert answer.status_code == 200
    sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    rows = [row for row in sheet.iter_rows(values_only=True) if HUNG in row]
    assert len(rows) == 1
    assert 60_000_000 in rows[0]
    assert not any("Ở sở khác" in row for row in sheet.iter_rows(values_only=True))
    assert province.client("giangvien").get("/training/commitments/export.xlsx").status_code == 403


def test_the_pages_in_english(province: Province) -> None:
    made = promise(province)
    with scope.everything():
        db.session.execute(update(Account).where(Account.username == "tochuc").values(locale="en"))
        db.session.commit()
    client = province.client("tochuc")
    for address, words in (
        ("/training/commitments", "1 commitments in all"),
        (f"/training/commitments/{made}", "Leaving today would mean paying back"),
        (f"/training/commitments/{made}/repayment/new", "Open a case of repayment"),
        ("/training/commitments/new", "Months of service promised"),
    ):
        answer = client.get(address)
        assert mistakes(answer.text, "en") == []
        assert words in answer.text
