"""Pages of schemes and rounds: who opens what, a scheme from a model to its end, a round to its decision."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from hrms.core import scope
from hrms.core.db import db
from hrms.pay.rules.schemes import Step
from tests.pay import making as facts
from tests.pay.incentives.making import (
    CAM,
    DUC,
    HUNG,
    HUNG2,
    add_decision,
    add_points,
    add_scheme,
    decide,
    model,
    open_round,
    rate,
    row,
    share,
    shares,
)
from tests.province import Province

ALL_GOOD = {DUC: "excellent", CAM: "good", HUNG: "good", HUNG2: "satisfactory"}


def token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def fields(page: str) -> dict[str, Any]:
    """Return what a form of the page would send as it stands."""
    form = next(part for part in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'class="form"' in part)
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if not name:
            continue
        if 'type="checkbox"' in tag or 'type="radio"' in tag:
            if " checked" in tag:
                sent.setdefault(name[1], []).append(value[1] if value else "y")
        else:
            sent[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        options = re.findall(r"<option[^>]*>", body)
        chosen = next((one for one in options if " selected" in one), options[0] if options else "")
        value = re.search(r'value="([^"]*)"', chosen)
        sent[name] = value[1] if value else ""
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        sent[name] = body.strip()
    return sent


@pytest.fixture
def first(province: Province) -> int:
    rate(province, ALL_GOOD)
    made = open_round(province, add_scheme(province, model("bonus_points")))
    share(province, made)
    return made


def test_a_scheme_from_its_model_to_its_end(province: Province) -> None:
    browser = province.client("tochuc")
    listed = browser.get("/pay/schemes").text
    assert "Đà Nẵng" in listed
    assert "mức sàn" in browser.get("/pay/schemes/model?model=da_nang").text
    page = browser.get("/pay/schemes/new?model=hai_phong").text
    assert "Viên chức | 0,6 | 0,6 | 0,4 | 0" in page
    sent = fields(page)
    bad = browser.post("/pay/schemes/new", data=sent | {"name": "", "kind_weights": "Ai đó | 1"})
    assert bad.status_code == 422
    made = browser.post("/pay/schemes/new", data=sent | {"name": "Quy chế của Sở"})
    assert made.status_code == 303, re.findall(r'class="form-error".*?</p>', made.text, re.DOTALL)
    address = made.headers["Location"]
    page = browser.get(address).text
    assert "0,6 lần mức lương" in page
    assert "Dự thảo" in page
    edit = browser.get(f"{address}/edit").text
    assert browser.post(f"{address}/edit", data=fields(edit) | {"cap": "0,8"}).status_code == 303
    issue = browser.get(f"{address}/issue").text
    assert browser.post(f"{address}/issue", data=fields(issue) | {"decision_basis": "none"}).status_code == 303
    assert "0,8 lần quỹ lương" in browser.get(address).text
    assert browser.get(f"{address}/edit").status_code == 200
    again = browser.post(f"{address}/edit", data=fields(edit))
    assert again.status_code in {412, 422}
    # It is public inside the agency, and there alone.
    assert province.client("canbo").get(address).status_code == 200
    assert province.client("thanhtra").get(address).status_code == 404
    end = browser.get(f"{address}/end").text
    assert browser.post(f"{address}/end", data=fields(end) | {"last_day": "31/10/2026"}).status_code == 303
    assert "Hết áp dụng" in browser.get(address).text


def test_a_round_to_its_decision(province: Province) -> None:
    rate(province, ALL_GOOD)
    scheme = add_scheme(province, model("bonus_points"))
    browser = province.client("tochuc")
    page = browser.get(f"/pay/incentives/new?scheme={scheme}").text
    made = browser.post("/pay/incentives/new", data=fields(page) | {"scheme": str(scheme), "year": "2026"})
    assert made.status_code == 303, re.findall(r'class="form-error".*?</p>', made.text, re.DOTALL)
    address = made.headers["Location"]
    round_id = int(address.rsplit("/", 1)[1])
    page = browser.get(address).text
    for name in ALL_GOOD:
        assert name in page
    assert "Vì sao?" in page
    assert "tổng hệ số lương" in page
    assert f"{int(shares(province, round_id)[DUC].amount):,}".replace(",", ".") in page
    assert DUC not in browser.get(f"{address}?rating=good").text
    assert CAM in browser.get(f"{address}?q=ly thi").text
    one = browser.get(f"/pay/incentives/shares/{shares(province, round_id)[CAM].id}").text
    assert "12 tháng" in one or "6 tháng" in one
    fund = browser.get(f"{address}/fund").text
    over = browser.post(f"{address}/fund", data=fields(fund) | {"fund": "999999999999"})
    assert over.status_code == 422
    assert "vượt mức tối đa" in over.text
    assert browser.post(f"{address}/fund", data=fields(fund) | {"fund": "30000000"}).status_code == 303
    assert row(round_id).fund == 30_000_000
    out = f"/pay/incentives/shares/{shares(province, round_id)[HUNG2].id}/leave-out"
    sent = fields(browser.get(out).text) | {"reason": "Đã được thưởng"}
    assert browser.post(out, data=sent).status_code == 303
    assert "Đưa lại" in browser.get(f"{address}?left=hand").text
    back = browser.post(
        f"/pay/incentives/shares/{shares(province, round_id)[HUNG2].id}/take-back",
        data={"csrf_token": token(browser.get(address).text), "version": row(round_id).version},
    )
    assert back.status_code == 303
    assert shares(province, round_id)[HUNG2].left_out is None
    decision = add_decision(province)
    page = browser.get(f"{address}/decide").text
    choices = browser.get("/decisions/choices?q=").json
    label = next(one["label"] for one in choices["items"] if str(one["value"]) == str(decision))
    sent = fields(page) | {"decision_basis": "existing", "decision_id": str(decision), "decision_id-text": label}
    sent["decided_on"] = "20/11/2026"
    done = browser.post(f"{address}/decide", data=sent)
    assert done.status_code == 303, re.findall(r'class="form-error".*?</p>', done.text, re.DOTALL)
    assert row(round_id).state == "decided"
    assert "Ghi quyết định" not in browser.get(address).text
    own = province.client("canbo").get(f"/pay/incentives/shares/{shares(province, round_id)[HUNG].id}")
    assert own.status_code == 200
    assert "Quỹ và cách chia" not in own.text
    other = province.client("canbo").get(f"/pay/incentives/shares/{shares(province, round_id)[CAM].id}")
    assert other.status_code == 404


def test_awards_by_name(province: Province) -> None:
    round_id = open_round(province, add_scheme(province, model("bonus_points")), Step.AD_HOC)
    browser = province.client("tochuc")
    address = f"/pay/incentives/{round_id}/award"
    sent = fields(browser.get(address).text)
    given = {"person": str(province.people[CAM]), "person-text": CAM, "amount": "3.000.000", "reason": "Sáng kiến"}
    assert browser.post(address, data=sent | given | {"amount": "0"}).status_code == 422
    made = browser.post(address, data=sent | given)
    assert made.status_code == 303, re.findall(r'class="form-error".*?</p>', made.text, re.DOTALL)
    page = browser.get(f"/pay/incentives/{round_id}").text
    assert "Sáng kiến" in page
    assert "3.000.000" in page


def test_only_the_pay_permission_opens_rounds(province: Province, first: int) -> None:
    for who, status in (("tochuc", 200), ("sonoivu", 200), ("thutruong", 403), ("canbo", 403), ("admin", 403),
                        ("thanhtra", 404)):  # fmt: skip
        assert province.client(who).get(f"/pay/incentives/{first}").status_code == status, who
    undecided = f"/pay/incentives/shares/{shares(province, first)[HUNG].id}"
    assert province.client("canbo").get(undecided).status_code == 404


def test_who_moved_on_is_still_named(province: Province) -> None:
    rate(province, ALL_GOOD)
    facts.move(province, CAM, "A", since=facts.SINCE.replace(month=9))
    round_id = open_round(province, add_scheme(province, model("bonus_points")))
    share(province, round_id)
    page = province.client("tochuc").get(f"/pay/incentives/{round_id}").text
    assert CAM in page


def test_side_by_side_without_writing(province: Province, first: int) -> None:
    other = add_scheme(province, model("bonus_points", by_coefficient=True), "root")
    before = _everything()
    browser = province.client("tochuc")
    page = browser.get(f"/pay/incentives/{first}/simulate?with=s{other}&with=m.hcm&excellent=2&good=abc").text
    assert "Mức thử của bạn" in page
    assert "Được hơn" in page
    assert "“abc”" in page
    assert _everything() == before


def _everything() -> list[tuple[str, int, str]]:
    with scope.everything():
        names = db.session.scalars(text(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            " AND table_type = 'BASE TABLE'"
            " AND table_name NOT IN ('audit_events', 'account_sessions') ORDER BY 1"
        )).all()  # fmt: skip
        return [
            (name, *db.session.execute(text(
                f"SELECT count(*), md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) FROM {name} t"
            )).one())
            for name in names
            if name.startswith(("incentive", "person_", "people", "pay_", "score_", "rating"))
        ]  # fmt: skip


def test_the_list_as_workbook_and_paper(province: Province, first: int) -> None:
    browser = province.client("tochuc")
    answer = browser.get(f"/pay/incentives/{first}/list.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][2] == "Họ và tên"
    assert rows[-1][9] == sum(row[9] for row in rows[1:-1]) == row(first).shared
    listed = browser.get("/pay/incentives/rounds.xlsx?year=2026")
    lines = list(openpyxl.load_workbook(BytesIO(listed.data)).worksheets[0].iter_rows(values_only=True))
    assert [line[10] for line in lines[1:]] == [row(first).shared]
    paper = browser.get(f"/pay/incentives/{first}/list.pdf")
    assert paper.data.startswith(b"%PDF")
    assert province.client("thanhtra").get(f"/pay/incentives/{first}/list.pdf").status_code == 404


def test_a_class_replaced_later_is_flagged(province: Province, first: int) -> None:
    decide(province, first)
    rate(province, ALL_GOOD | {CAM: "satisfactory"})
    page = province.client("tochuc").get(f"/pay/incentives/{first}").text
    assert "1 người đã đổi kết quả xếp loại" in page
    assert "nay: Hoàn thành nhiệm vụ" in page
    only = province.client("tochuc").get(f"/pay/incentives/{first}?changed=1").text
    assert CAM in only
    assert DUC not in only


def test_quarters_by_points_on_the_page(province: Province) -> None:
    for name in ALL_GOOD:
        add_points(province, name, {3: "92"}, kind="quarter")
    browser = province.client("sonoivu")
    scheme = add_scheme(province, model("da_nang"), "root")
    sent = fields(browser.get("/pay/incentives/new").text)
    chosen = {
        "agency": str(province.agencies["B"]), "agency-text": "Sở Xây dựng", "scheme": str(scheme), "quarter": "3",
    }  # fmt: skip
    missing = browser.post("/pay/incentives/new", data=sent | chosen | {"quarter": ""})
    assert missing.status_code == 422
    assert "chi theo quý" in missing.text
    made = browser.post("/pay/incentives/new", data=sent | chosen)
    assert made.status_code == 303
    assert "Quý 3/2026" in browser.get("/pay/incentives?year=2026").text
