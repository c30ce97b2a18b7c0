"""How a decision stands, what later papers do to it, and its scan."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfWriter

from hrms.core import scope
from hrms.core.db import db
from hrms.core.errors import HrmsError, Refused
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.decisions.models import Decision
from hrms.decisions.rules.force import Force, Relation, force_of
from hrms.decisions.services import relations, scans
from tests.decisions.deciding import registered
from tests.province import Province

P = Permission
CAM, HUNG = "Lý Thị Cẩm", "Nguyễn Văn Hùng"
TODAY_ = date(2026, 11, 21)
EARLIER, LATER = date(2026, 11, 1), date(2026, 12, 1)


@pytest.mark.parametrize(
    ("effective_on", "later", "expected"),
    [
        (EARLIER, [], Force.IN_FORCE),
        (TODAY_, [], Force.IN_FORCE),
        (LATER, [], Force.AHEAD),
        (EARLIER, [("corrects", TODAY_)], Force.CORRECTED),
        (EARLIER, [("replaces", LATER)], Force.IN_FORCE),
        (EARLIER, [("replaces", TODAY_)], Force.REPLACED),
        (EARLIER, [("corrects", EARLIER), ("cancels", TODAY_), ("replaces", TODAY_)], Force.CANCELLED),
        (LATER, [("cancels", TODAY_)], Force.CANCELLED),
        (LATER, [("corrects", TODAY_)], Force.CORRECTED),
    ],
)
def test_a_decision_stands_as_its_days_and_later_papers_say(
    effective_on: date, later: list[tuple[str, date]], expected: Force
) -> None:
    assert force_of(effective_on, later, TODAY_) is expected
    assert force_of(effective_on, later, TODAY_, withdrawn=True) is Force.WITHDRAWN


@pytest.fixture
def papers(province: Province, telephone: object) -> Iterator[tuple[Decision, Decision]]:
    """Two decisions in the register, one after the other."""
    del telephone
    (first,) = registered(province, CAM, number="15")
    (second,) = registered(province, HUNG, number="16")
    with scope.everything():
        first.effective_on = second.effective_on = EARLIER
        db.session.commit()
        yield first, second


def code(error: pytest.ExceptionInfo[HrmsError]) -> str:
    return error.value.problems[0].code


def test_a_later_paper_cancels_an_earlier_one_once(province: Province, papers: tuple[Decision, Decision]) -> None:
    first, second = papers
    clerk = province.actor("vanthu")
    with pytest.raises(Refused) as refused:
        relations.relate(clerk, first, first.id, Relation.CORRECTS)
    assert code(refused) == "itself"
    with transaction():
        relations.relate(clerk, second, first.id, Relation.CANCELS)
    assert relations.forces([first, second]) == {first.id: Force.CANCELLED, second.id: Force.IN_FORCE}
    (mine,) = relations.related([first.id])[first.id]
    assert (mine.decision.id, mine.relation, mine.is_later) == (second.id, Relation.CANCELS, True)
    assert [p.code for p in relations.problems(TODAY_, first)] == ["already_ended"]
    assert [p.code for p in relations.problems(date(2026, 1, 1), second)] == ["not_earlier"]
    shown = province.client("vanthu").get(f"/decisions/{first.id}").text
    assert "Đã hủy bỏ" in shown
    assert "Bị hủy bỏ bởi quyết định" in shown
    assert "16/QĐ-SXD" in shown
    assert "Hủy bỏ quyết định" in province.client("vanthu").get(f"/decisions/{second.id}").text


@pytest.fixture
def home_of_test(context: Flask, tmp_path: Path) -> Iterator[Path]:
    before = context.config["HRMS_HOME"]
    context.config["HRMS_HOME"] = tmp_path
    yield tmp_path
    context.config["HRMS_HOME"] = before


def pdf(pages: int = 1) -> bytes:
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(200, 300)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.usefixtures("home_of_test")
def test_the_signed_scan_is_a_pdf_replaced_but_never_lost(
    province: Province, papers: tuple[Decision, Decision]
) -> None:
    address = f"/decisions/{papers[0].id}"
    clerk = province.client("vanthu")
    none = clerk.submit(f"{address}/scan")
    assert none.status_code == 422
    for content, name in ((b"GIF89a" + b"0" * 100, "quet.gif"), (b"MZ" + b"0" * 100, "quet.pdf"), (b"", "quet.pdf")):
        refused = clerk.submit(f"{address}/scan", {"file": (io.BytesIO(content), name)})
        assert refused.status_code == 422, name
    for pages in (1, 2, 2):
        sent = clerk.submit(f"{address}/scan", {"file": (io.BytesIO(pdf(pages)), f"Quyết định {pages}.pdf")})
        assert sent.status_code == 303, sent.text
    page = clerk.get(address).text
    assert "Quyết định 1.pdf" in page
    assert "đã thay" in page
    newest, oldest = scans.list_scans(papers[0].id)
    assert (newest.replaced_at, oldest.replaced_at is None) == (None, False)
    answer = clerk.get(f"{address}/scan/{newest.id}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.data == pdf(2)
    assert province.client("tochuc").get(f"{address}/scan/{oldest.id}").data == pdf(1)
    for username, status in (("thanhtra", 404), ("canbo", 403), ("admin", 403)):
        assert province.client(username).get(f"{address}/scan/{newest.id}").status_code == status, username
    assert clerk.get(f"/decisions/{papers[1].id}/scan/{newest.id}").status_code == 404
    assert province.client("thutruong").submit(f"{address}/scan").status_code == 403


def test_the_decision_leads_to_its_submission_for_who_takes_part(
    province: Province, papers: tuple[Decision, Decision]
) -> None:
    address = f"/decisions/{papers[0].id}"
    assert "/decisions/submissions/" in province.client("tochuc").get(address).text
    page = province.client("sonoivu").get(address).text
    assert "15/QĐ-SXD" in page
    assert "Hồ sơ trình:" not in page
