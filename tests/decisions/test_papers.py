"""Printed decisions, tờ trình and checking sheets: what they say, how they are laid out, who may print them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader
from sqlalchemy import select, text, update

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.documents import render_docx_batch, render_pdf
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.decisions import kinds, papers
from hrms.decisions.models import Decision, Submission
from hrms.decisions.papers import offices
from hrms.decisions.services import path, submissions
from hrms.people.models import Person
from tests.counting import statements
from tests.decisions.deciding import rule
from tests.inspection import mistakes
from tests.layout import docx_problems, pdf_problems
from tests.province import TODAY, Province, add_person

P = Permission
CAM, HUNG, DUC = "Lý Thị Cẩm", "Nguyễn Văn Hùng", "Võ Minh Đức"
DAY = date(2026, 12, 1)
BASE = "/decisions/submissions"
GIVEN = {"post": "division_head", "source": "on_site", "term_months": 60}


@pytest.fixture
def office(province: Province, monkeypatch: pytest.MonkeyPatch) -> Iterator[Province]:
    """A department that proposes, appraises and signs for itself; conditions are looked at elsewhere."""
    with clock.frozen(TODAY):
        for action in (None, "transfer", "appointment"):
            rule(action=action, since=date(2026, 11, 1))
        for kind in kinds.all_kinds():
            monkeypatch.setattr(kind, "conditions", lambda _proposed: [], raising=False)
        yield province


def propose(
    province: Province, kind: str, *names: str, values: dict[str, Any] | None = None, on: date = DAY, **more: Any
) -> Submission:
    actor = province.enter("tochuc", P.DECISIONS_PROPOSE)
    with transaction():
        (made,) = submissions.propose(actor, kind, [province.people[name] for name in names], values or {}, on, **more)
    return made


def sign(province: Province, made: Submission, title: str = "Giám đốc") -> None:
    with transaction():
        submissions.submit(province.enter("tochuc", P.DECISIONS_PROPOSE), made.id)
    with transaction():
        path.appraise(province.enter("thamdinh", P.DECISIONS_APPRAISE), made.id)
    with transaction():
        path.sign(province.enter("thutruong", P.DECISIONS_SIGN), made.id, signer_title=title)


def register(province: Province, made: Submission, number: str = "5") -> list[Decision]:
    lines = [line.id for line in made_lines(province, made)]
    typed = number if made.one_paper else {line: str(int(number) + n) for n, line in enumerate(lines)}
    with transaction():
        return path.register(
            province.enter("vanthu", P.DECISIONS_NUMBER), made.id, path.Numbers("QĐ-SXD", date(2026, 11, 20), typed)
        )


def made_lines(province: Province, made: Submission) -> Any:
    from hrms.decisions import queries

    province.enter("vanthu", P.DECISIONS_NUMBER, P.DECISIONS_PROPOSE)
    with scope.everything():
        return queries.list_lines(made.id)


def appointment(
    province: Province, *names: str, title: str = "Trưởng phòng Phòng Quy hoạch", **more: Any
) -> Submission:
    own = {province.people[name]: {"title": title} for name in names}
    return propose(province, "appointment", *names, values=GIVEN, own=own, **more)


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def word_text(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [c.text for table in document.tables for row in table.rows for c in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def keep_to_look_at(name: str, content: bytes) -> None:
    import os

    if folder := os.environ.get("HRMS_LOOK"):
        Path(folder, name).write_bytes(content)


def fetch(province: Province, username: str, address: str) -> bytes:
    answer = province.client(username).get(address)
    assert answer.status_code == 200, answer.text
    return answer.data


def test_a_draft_and_its_decision_keep_to_the_layout(office: Province) -> None:
    made = appointment(office, CAM)
    draft = fetch(office, "tochuc", f"{BASE}/{made.id}/papers.pdf")
    keep_to_look_at("draft.pdf", draft)
    assert pdf_problems(draft) == []
    said = words(draft)
    assert "DỰ THẢO" in said
    assert "GIÁM ĐỐC SỞ XÂY DỰNG" in said
    assert "UBND THÀNH PHỐ CẦN THƠ" in said
    assert "Cần Thơ, ngày … tháng … năm 2026" in said.replace("\xa0", " ")
    assert "giữ chức vụ Trưởng phòng Phòng Quy hoạch" in said
    assert "đến hết ngày 30/11/2031" in said
    sign(office, made)
    signed = words(fetch(office, "vanthu", f"{BASE}/{made.id}/papers.pdf"))
    assert "DỰ THẢO" not in signed
    (decision,) = register(office, made)
    for address in (f"/decisions/{decision.id}/paper", f"{BASE}/{made.id}/papers"):
        printed = fetch(office, "vanthu", f"{address}.pdf")
        assert pdf_problems(printed) == []
        assert docx_problems(fetch(office, "vanthu", f"{address}.docx")) == []
    keep_to_look_at("appointment.pdf", printed)
    keep_to_look_at("appointment.docx", fetch(office, "vanthu", f"{address}.docx"))
    said = words(printed)
    assert "Số: 05/QĐ-SXD" in said
    assert "ngày 20 tháng 11 năm 2026" in said.replace("\xa0", " ")
    assert "thutruong" in said
    assert "Như Điều 3;" in said


def test_a_decision_says_what_was_signed_when_the_record_has_moved_on(office: Province) -> None:
    made = appointment(office, CAM)
    sign(office, made)
    (decision,) = register(office, made)
    before = words(fetch(office, "vanthu", f"/decisions/{decision.id}/paper.pdf"))
    with scope.everything():
        db.session.execute(update(Person).where(Person.id == office.people[CAM]).values(full_name="Tên Khác"))
        db.session.execute(text("UPDATE agencies SET name = 'Sở Khác' WHERE id = :i"), {"i": office.agencies["B"]})
        db.session.commit()
    assert words(fetch(office, "vanthu", f"/decisions/{decision.id}/paper.pdf")) == before
    assert CAM in before


def test_a_list_is_one_decision_with_its_people_in_an_annex(office: Province) -> None:
    names = [f"Trần Văn {chr(65 + n % 26)}{n}" for n in range(30)]
    with scope.everything():
        for number, name in enumerate(names, 500):
            office.people[name] = add_person(office, number, name=name, place="B1")
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        db.session.commit()
    made = propose(
        office, "transfer", *names, values={"agency": office.agencies["A"]}, one_paper=True, title="Điều động 30 người"
    )
    printed = fetch(office, "tochuc", f"{BASE}/{made.id}/papers.pdf")
    keep_to_look_at("list.pdf", printed)
    assert pdf_problems(printed) == []
    said = words(printed)
    assert "Điều động các ông (bà) có tên trong Danh sách kèm theo Quyết định này, kể từ ngày 01/12/2026" in said
    assert all(name in said for name in names)
    assert "Phòng Quy hoạch → Sở Nội vụ" in said
    assert docx_problems(fetch(office, "tochuc", f"{BASE}/{made.id}/papers.docx")) == []
    sign(office, made)
    (decision,) = register(office, made, "12")
    final = fetch(office, "vanthu", f"/decisions/{decision.id}/paper.pdf")
    assert pdf_problems(final) == []
    assert "(Kèm theo Quyết định số 12/QĐ-SXD ngày 20 tháng 11 năm 2026 của Giám đốc Sở Xây dựng)" in words(
        final
    ).replace("\xa0", " ")


def test_one_for_each_prints_as_one_file_and_one_by_one(office: Province) -> None:
    made = propose(office, "transfer", CAM, HUNG, values={"agency": office.agencies["A"]})
    page = office.client("tochuc").get(f"{BASE}/{made.id}").text
    assert mistakes(page) == []
    assert page.count("/paper.docx") == 2
    assert f"{BASE}/{made.id}/checking-sheet.pdf" in page
    whole = words(fetch(office, "tochuc", f"{BASE}/{made.id}/papers.pdf"))
    assert whole.count("QUYẾT ĐỊNH:") == 2
    word = fetch(office, "tochuc", f"{BASE}/{made.id}/papers.docx")
    assert docx_problems(word) == []
    assert word_text(word).count("QUYẾT ĐỊNH:") == 2
    line = made_lines(office, made)[1]
    one = fetch(office, "tochuc", f"{BASE}/{made.id}/lines/{line.id}/paper.pdf")
    keep_to_look_at("transfer.pdf", one)
    assert pdf_problems(one) == []
    assert HUNG in words(one)
    assert CAM not in words(one)
    assert HUNG in word_text(fetch(office, "tochuc", f"{BASE}/{made.id}/lines/{line.id}/paper.docx"))
    assert office.client("tochuc").get(f"{BASE}/{made.id}/lines/{line.id + 100}/paper.pdf").status_code == 404


def test_to_trinh_says_who_is_proposed_and_what_is_enclosed(office: Province) -> None:
    made = appointment(office, CAM, note="Chức vụ khuyết từ 01/10/2026.\nCần kiện toàn.")
    printed = fetch(office, "tochuc", f"{BASE}/{made.id}/to-trinh.pdf")
    keep_to_look_at("to-trinh.pdf", printed)
    assert pdf_problems(printed) == []
    said = words(printed)
    assert "Kính gửi: Giám đốc Sở Xây dựng" in said
    assert "Về việc bổ nhiệm ông (bà) Lý Thị Cẩm" in said
    assert "Chức vụ khuyết từ 01/10/2026." in said
    assert "bảng rà soát điều kiện; dự thảo Quyết định" in said
    assert "/TTr-SXD" in said
    assert docx_problems(fetch(office, "tochuc", f"{BASE}/{made.id}/to-trinh.docx")) == []


def test_the_checking_sheet_is_landscape_and_vietnamese_in_any_language(province: Province) -> None:
    with clock.frozen(TODAY):
        rule(action=None)
        made = appointment(province, CAM, HUNG)
        client = province.client("tochuc")
        with client.session_transaction() as kept:
            kept["locale"] = "en"
        printed = client.get(f"{BASE}/{made.id}/checking-sheet.pdf").data
    keep_to_look_at("checking-sheet.pdf", printed)
    assert pdf_problems(printed) == []
    page = PdfReader(io.BytesIO(printed)).pages[0]
    assert page.mediabox.width > page.mediabox.height or page.rotation
    said = words(printed)
    for part in ("BẢNG RÀ SOÁT ĐIỀU KIỆN", "Chưa rõ", "NĐ 170/2025/NĐ-CP", "Tổng hợp theo điều kiện", CAM, HUNG):
        assert part in said
    assert "Unknown" not in said


def test_a_retirement_notice_says_what_form_2_asks_for(office: Province) -> None:
    made = propose(office, "retirement_notice", DUC, own={office.people[DUC]: {"retires_on": "2027-05-31"}})
    printed = fetch(office, "tochuc", f"{BASE}/{made.id}/papers.pdf")
    keep_to_look_at("notice.pdf", printed)
    assert pdf_problems(printed) == []
    said = words(printed)
    for part in ("THÔNG BÁO", "Về thời điểm nghỉ hưu", "/TB-SXD", "22/10/1983", "kể từ ngày 01/06/2027"):
        assert part in said
    decision = propose(office, "retirement", DUC)
    printed = fetch(office, "tochuc", f"{BASE}/{decision.id}/papers.pdf")
    keep_to_look_at("retirement.pdf", printed)
    assert pdf_problems(printed) == []
    assert "số sổ bảo hiểm xã hội" in words(printed)


def test_values_stay_text(office: Province) -> None:
    nasty = "Trưởng phòng <b>&amp; {{ 7*7 }} {% raw %} #let x = 1 $\\alpha$ " + "dài " * 100
    made = appointment(office, CAM, title=nasty[:490].strip(), note="{{ paper.secret }} <w:p/> #panic()")
    for address in ("papers", "to-trinh"):
        assert pdf_problems(fetch(office, "tochuc", f"{BASE}/{made.id}/{address}.pdf")) == []
        said = word_text(fetch(office, "tochuc", f"{BASE}/{made.id}/{address}.docx"))
        assert "{{ 7*7 }}" in said if address == "papers" else "{{ paper.secret }}" in said
    assert "<b>&amp; {{ 7*7 }}" in words(fetch(office, "tochuc", f"{BASE}/{made.id}/papers.pdf"))


def test_printing_is_for_the_parties_and_written_in_the_trail(office: Province) -> None:
    made = appointment(office, CAM)
    addresses = [
        f"{BASE}/{made.id}/{name}" for name in ("papers.pdf", "papers.docx", "to-trinh.pdf", "checking-sheet.pdf")
    ]
    for address in addresses:
        for outsider in ("chutich", "thutruong", "vanthu"):
            # The signer and văn thư come later; the province is no party.
            expected = 200 if outsider == "thutruong" else 404
            assert office.client(outsider).get(address).status_code == expected, (outsider, address)
        assert office.client("canbo").get(address).status_code == 403
        assert office.client("tochuc").get(address).status_code == 200
    with scope.everything():
        events = db.session.execute(
            text("SELECT action, after FROM audit_events WHERE action = 'submission.printed'")
        ).all()
    assert len(events) >= len(addresses)
    office.enter("tochuc", P.DECISIONS_PROPOSE)
    marks = db.session.execute(text("SELECT sum(rows) FROM read_marks WHERE kind = 'submissions.papers'")).scalar()
    assert marks >= len(addresses)


def test_a_decision_that_did_not_come_by_the_path_is_not_printed(office: Province) -> None:
    made = appointment(office, CAM)
    sign(office, made)
    (decision,) = register(office, made)
    assert papers.is_printable(decision.id)
    page = office.client("vanthu").get(f"/decisions/{decision.id}").text
    assert f"/decisions/{decision.id}/paper.pdf" in page
    assert not papers.is_printable(decision.id + 100)
    assert office.client("vanthu").get(f"/decisions/{decision.id + 100}/paper.pdf").status_code == 404


@pytest.mark.parametrize(
    ("name", "short", "symbol", "head", "authority"),
    [
        ("Sở Nội vụ", None, "SNV", "Giám đốc", "Giám đốc Sở Nội vụ"),
        ("Sở Xây dựng", "SXD", "SXD", "Giám đốc", "Giám đốc Sở Xây dựng"),
        ("Văn phòng Ủy ban nhân dân tỉnh An Giang", "VP UBND", "VPUBND", "Chánh Văn phòng",
         "Chánh Văn phòng Ủy ban nhân dân tỉnh An Giang"),
        ("Thanh tra tỉnh", None, "TTT", "Chánh Thanh tra", "Chánh Thanh tra tỉnh"),
        ("Trường Tiểu học Ngô Quyền", None, "TTHNQ", "Hiệu trưởng", "Hiệu trưởng Trường Tiểu học Ngô Quyền"),
        ("Bệnh viện Đa khoa", None, "BVĐK", "Giám đốc", "Giám đốc Bệnh viện Đa khoa"),
        ("Phòng Quy hoạch", None, "PQH", "Trưởng phòng", "Trưởng phòng Quy hoạch"),
        ("Cơ quan lạ", None, "CQL", "Thủ trưởng", "Thủ trưởng Cơ quan lạ"),
    ],
)  # fmt: skip
def test_how_an_agency_stands_on_its_papers(
    name: str, short: str | None, symbol: str, head: str, authority: str
) -> None:
    found = offices.office(name, "department", short, [("UBND tỉnh An Giang", "province"), (name, "department")])
    assert (found.symbol, found.head, found.authority) == (symbol, head, authority)
    assert (found.superior, found.place) == ("UBND tỉnh An Giang", "An Giang")


def test_a_peoples_committee_stands_alone() -> None:
    path_ = [("UBND Thành phố Hồ Chí Minh", "province"), ("UBND phường Ninh Kiều", "commune")]
    found = offices.office("UBND phường Ninh Kiều", "commune", None, path_)
    assert (found.name, found.superior, found.place) == ("Ủy ban nhân dân phường Ninh Kiều", "", "Ninh Kiều")
    assert (found.symbol, found.authority) == ("UBND", "Chủ tịch Ủy ban nhân dân phường Ninh Kiều")
    assert offices.place_of("UBND Thành phố Hồ Chí Minh") == "Thành phố Hồ Chí Minh"
    assert offices.place_of("Ủy ban nhân dân phường 4") == "Phường 4"


@pytest.mark.parametrize("key", ["decisions.submission", "decisions.checking_sheet", "decisions.appointment"])
def test_samples_keep_to_the_layout(province: Province, key: str) -> None:
    from hrms.core import hooks

    made = list(hooks.paper_kinds[key].sample())
    assert pdf_problems(render_pdf(made, key)) == []
    assert docx_problems(render_docx_batch(made, key)) == []


def test_every_kind_has_a_template_of_its_own(province: Province) -> None:
    from hrms.core import hooks

    assert {f"decisions.{one.code}" for one in kinds.all_kinds()} <= set(hooks.paper_kinds)
    with scope.everything():
        assert db.session.scalar(select(Decision.id).limit(1)) is None


def test_the_common_template_prints_every_kind_within_its_trial(province: Province) -> None:
    from hrms.core.documents.press import TRIAL, Form, run
    from hrms.core.documents.printing import OFFICIAL, built_in
    from hrms.documents.services import sample_papers

    for form in Form:
        with scope.everything():
            made = sample_papers(OFFICIAL, form)
        assert len(made) > len(kinds.all_kinds())
        assert run(form, built_in(form), made, TRIAL)


@pytest.mark.parametrize(
    ("capacity", "title", "heads"),
    [
        ("", "Giám đốc", ["GIÁM ĐỐC"]),
        ("KT.", "Phó Giám đốc", ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]),
        ("KT.", "KT. Phó Giám đốc", ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]),
        ("TL.", "Chánh Văn phòng", ["TL. GIÁM ĐỐC", "CHÁNH VĂN PHÒNG"]),
        ("TUQ.", "Trưởng phòng", ["TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG"]),
        ("Q.", "Quyền Giám đốc", ["Q. GIÁM ĐỐC"]),
        ("TM.", "Chủ tịch", ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]),
    ],
)
def test_in_whose_name_one_signs(capacity: str, title: str, heads: list[str]) -> None:
    from hrms.decisions.models import SubmissionLine
    from hrms.decisions.papers.making import signing

    line = SubmissionLine(state="signed", signer_capacity=capacity, signer_title=title, signer_name="Trần Thị B")
    issuer = "Ủy ban nhân dân xã Mỹ Khánh" if capacity == "TM." else "Sở Xây dựng"
    assert signing("Giám đốc", issuer, line).lines() == {"heads": heads, "name": "Trần Thị B"}
    line.state = "pending"
    assert signing("Giám đốc", issuer, line).lines() == {"heads": ["GIÁM ĐỐC"], "name": ""}


def test_a_batch_costs_the_same_statements_whatever_its_length(office: Province) -> None:
    names = [f"Trần Văn {n}" for n in range(14)]
    with scope.everything():
        for number, name in enumerate(names, 700):
            office.people[name] = add_person(office, number, name=name, place="B1")
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        db.session.commit()
    client = office.client("tochuc")
    counted = []
    for some in (names[:2], names[2:]):
        made = propose(office, "transfer", *some, values={"agency": office.agencies["A"]})
        with statements() as seen:
            printed = client.get(f"{BASE}/{made.id}/papers.pdf")
        assert len(PdfReader(io.BytesIO(printed.data)).pages) == len(some)
        counted.append(len(seen))
    assert counted[0] == counted[1]
