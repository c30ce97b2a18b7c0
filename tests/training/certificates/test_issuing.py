"""Issuing for a class: who may, numbers without gaps or doubles, taking back, issuing anew, the register, the PDF."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import delete, select, text, update

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.errors import Forbidden, NotFound, Refused
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.people.models import Person
from hrms.training.models import Certificate, Enrolment
from hrms.training.queries import certificate_checks
from hrms.training.queries import certificates as queries
from hrms.training.services import certificates as services
from hrms.training.services.certificates import Signature
from tests.province import Province
from tests.training.making import add_class, add_course, add_provider, enrol

P = Permission
SIGNED = Signature("Phó Giám đốc", "Trần Thị Bình", "Cần Thơ", "KT.", "Giám đốc")
FORM = {
    "place": "Cần Thơ", "capacity": "KT.", "instead_of": "Giám đốc", "title": "Phó Giám đốc", "name": "Trần Thị Bình",
}  # fmt: skip
NAMES = ("Lý Thị Cẩm", "Nguyễn Văn Hùng", "Thạch Sa Rây")


def over(days: int = 30) -> date:
    return clock.today() - timedelta(days=days)


def completed_class(
    province: Province, place: str = "B", *, names: tuple[str, ...] = NAMES, school: str | None = None,
    may_certify: bool = False, **version: Any,
) -> tuple[int, list[int]]:  # fmt: skip
    """A class that is over, run at a place, that people completed; with its enrolments."""
    course = add_course(**version)
    provider = add_provider(province, school, may_certify=may_certify)
    made = add_class(
        province, place, course=course, provider=provider, starts_on=over(40), state="completed", closed_on=over()
    )
    return made, enrol(province, made, *names, state="completed", closed_on=over())


def all_of(class_id: int) -> list[Certificate]:
    with scope.everything():
        query = select(Certificate).where(Certificate.class_id == class_id).order_by(Certificate.number)
        return list(db.session.scalars(query))


def test_hr_issues_in_the_order_of_names_and_prints_what_the_record_says(province: Province) -> None:
    made, enrolments = completed_class(province, certificate="certificate", valid_months=24)
    client = province.client("tochuc")
    shown = client.get(f"/training/classes/{made}/certificates")
    assert shown.status_code == 200
    assert "không được cấp chứng chỉ nên cấp giấy chứng nhận" in shown.text
    assert "27/11/1994" in shown.text  # the record's birth date, seen by who issues alone
    day = clock.today().strftime("%d/%m/%Y")
    data = FORM | {"enrolments": [str(one) for one in enrolments], "issued_on": day, "first": "17"}
    answer = client.submit(f"/training/classes/{made}/certificates", data=data)
    assert answer.status_code == 303, answer.text
    found = all_of(made)
    year = clock.today().year
    assert [one.number for one in found] == [f"{n:04}/{year}/GCN-SXD" for n in (17, 18, 19)]
    assert [one.holder["full_name"] for one in found] == ["Lý Thị Cẩm", "Nguyễn Văn Hùng", "Thạch Sa Rây"]
    assert found[0].kind == "attestation"
    assert found[0].issuer["agency"] == "Sở Xây dựng"
    assert found[0].valid_until is not None
    assert len({one.check_code for one in found}) == 3
    again = client.submit(f"/training/classes/{made}/certificates", data=data)
    assert again.status_code == 422
    assert "đã có số" in again.text
    assert len(all_of(made)) == 3


def test_a_school_allowed_to_certify_issues_in_its_own_name_and_book(province: Province) -> None:
    made, enrolments = completed_class(province, school="A", may_certify=True, certificate="certificate")
    actor = province.enter("tochuc", P.TRAINING_CERTIFY)
    services.issue(actor, made, enrolments, SIGNED, clock.today())
    found = all_of(made)
    assert {one.kind for one in found} == {"certificate"}
    assert found[0].issuer["agency"] == "Trường Chính trị"
    assert found[0].number == f"0001/{clock.today().year}/CC-SNV"
    assert found[0].valid_until is None


def test_two_agencies_of_one_symbol_never_share_a_number(province: Province) -> None:
    with scope.everything():
        db.session.execute(
            text("UPDATE agencies SET short_name = 'SXD' WHERE id = :id"), {"id": province.agencies["C"]}
        )
        db.session.execute(
            text("UPDATE agencies SET kind = 'department' WHERE id = :id"), {"id": province.agencies["C"]}
        )
        db.session.commit()
    numbers = []
    for place in ("B", "C"):
        made, enrolments = completed_class(province, place)
        actor = province.enter("sonoivu", P.TRAINING_CERTIFY)
        services.issue(actor, made, enrolments, SIGNED, clock.today())
        db.session.commit()
        numbers += [one.number for one in all_of(made)]
    assert len(set(numbers)) == 6


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"issued_on": date(2099, 1, 1)}, "in_future"),
        ({"issued_on": date(2020, 1, 1)}, "too_early"),
        ({"enrolments": []}, "nobody"),
        ({"enrolments": [999_999_999]}, "not_completed"),
        ({"signature": Signature("", "", "")}, "required"),
        ({"signature": Signature("Phó Giám đốc", "Trần A", "Cần Thơ", "KT.")}, "required"),
        ({"signature": Signature("Giám đốc", "Trần A", "Cần Thơ", "XX")}, "unknown"),
        ({"first": 0}, "bad_number"),
    ],
)
def test_what_may_not_be_issued_is_said(province: Province, change: dict[str, Any], code: str) -> None:
    made, enrolments = completed_class(province)
    actor = province.enter("tochuc", P.TRAINING_CERTIFY)
    given: dict[str, Any] = {"enrolments": enrolments, "signature": SIGNED, "issued_on": clock.today(), "first": 1}
    given |= change
    with pytest.raises(Refused) as refused:
        services.issue(actor, made, given["enrolments"], given["signature"], given["issued_on"], first=given["first"])
    assert code in {one.code for one in refused.value.problems}
    assert all_of(made) == []


@pytest.mark.parametrize("ends_with", ["none", "degree"])
def test_nothing_is_issued_for_a_programme_that_ends_with_nothing_here(province: Province, ends_with: str) -> None:
    made, enrolments = completed_class(province, certificate=ends_with)
    actor = province.enter("tochuc", P.TRAINING_CERTIFY)
    with pytest.raises(Refused) as refused:
        services.issue(actor, made, enrolments, SIGNED, clock.today())
    assert [one.code for one in refused.value.problems] == ["no_certificate"]
    assert "không có gì để làm" in province.client("tochuc").get(f"/training/classes/{made}/certificates").text


def test_only_who_runs_the_class_issues(province: Province) -> None:
    made, enrolments = completed_class(province, "A")
    actor = province.enter("tochuc", P.TRAINING_CERTIFY)
    with pytest.raises(NotFound):
        services.issue(actor, made, enrolments, SIGNED, clock.today())
    actor = province.enter("giangvien", P.TRAINING_TEACH)
    with pytest.raises(Forbidden):
        services.issue(actor, made, enrolments, SIGNED, clock.today())
    assert all_of(made) == []


def test_the_trainer_reads_no_certificate_and_no_birth_date(province: Province) -> None:
    made, enrolments = completed_class(province, "A")
    actor = province.enter("sonoivu", P.TRAINING_CERTIFY)
    services.issue(actor, made, enrolments, SIGNED, clock.today())
    db.session.commit()
    province.enter("giangvien", P.TRAINING_TEACH)
    assert db.session.execute(text("SELECT count(*) FROM certificates")).scalar_one() == 0
    assert db.session.execute(text("SELECT count(*) FROM certificate_holders(:id)"), {"id": made}).scalar_one() == 0
    client = province.client("giangvien")
    found = all_of(made)[0]
    for address in ("", f"/{found.id}", f"/{found.id}/pdf", ".xlsx"):
        assert client.get(f"/training/certificates{address}").status_code == 403


@pytest.mark.committed
def test_numbers_have_no_gap_and_no_double_when_many_issue_at_once(province: Province, app: Flask) -> None:
    classes = [completed_class(province, names=NAMES) for _class in range(6)]
    broken, kept = classes[0], classes[1:]

    def issue(made: tuple[int, list[int]]) -> None:
        class_id, enrolments = made
        with app.app_context():
            actor = province.enter("tochuc", P.TRAINING_CERTIFY)
            with transaction():
                services.issue(actor, class_id, enrolments, SIGNED, clock.today())
                if made is broken:
                    raise RuntimeError("the unit ends here")
            db.session.remove()

    def attempt(made: tuple[int, list[int]]) -> bool:
        try:
            issue(made)
        except (RuntimeError, Refused):
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(attempt, [*classes, *kept]))  # each twice at once: a second click
    assert sum(done) == len(kept)
    numbers = sorted(one.number for class_id, _enrolments in classes for one in all_of(class_id))
    assert [int(one[:4]) for one in numbers] == list(range(1, 16))
    assert len(set(numbers)) == 15
    with scope.everything():
        assert list(certificate_checks.numbers()) == []
        db.session.execute(text("UPDATE number_books SET next_number = 40 WHERE purpose = 'certificates'"))
        assert len(certificate_checks.numbers()) == 1


def test_a_revoked_certificate_stays_and_another_gets_a_new_number(province: Province) -> None:
    made, enrolments = completed_class(province)
    actor = province.enter("tochuc", P.TRAINING_CERTIFY)
    services.issue(actor, made, enrolments, SIGNED, clock.today())
    db.session.commit()
    one = all_of(made)[0]
    client = province.client("tochuc")
    assert client.submit(f"/training/certificates/{one.id}/revoke", data={"reason": ""}).status_code == 422
    with scope.everything():
        db.session.execute(update(Person).where(Person.id == one.person_id).values(full_name="Lý Thị Cẩm Nhung"))
        db.session.commit()
    day = clock.today().strftime("%d/%m/%Y")
    answer = client.submit(
        f"/training/certificates/{one.id}/reissue", data=FORM | {"why": "Sai họ tên", "issued_on": day}
    )
    assert answer.status_code == 303, answer.text
    with scope.everything():
        before = db.session.get(Certificate, one.id, populate_existing=True)
        assert before is not None
        assert (before.revoked_on, before.revoke_reason) == (clock.today(), "Sai họ tên")
    fresh = [each for each in all_of(made) if each.person_id == one.person_id and each.revoked_on is None]
    assert [each.holder["full_name"] for each in fresh] == ["Lý Thị Cẩm Nhung"]
    assert fresh[0].number.startswith("0004/")
    assert fresh[0].check_code != one.check_code
    assert client.get(f"/training/certificates/{one.id}/pdf").status_code == 422
    assert client.submit(f"/training/certificates/{one.id}/revoke", data={"reason": "Lần nữa"}).status_code == 422


def test_the_application_may_not_change_what_was_issued(province: Province) -> None:
    made, enrolments = completed_class(province)
    actor = province.enter("tochuc", P.TRAINING_CERTIFY)
    services.issue(actor, made, enrolments, SIGNED, clock.today())
    for statement in (
        update(Certificate).values(programme="Khác"), update(Certificate).values(number="1"), delete(Certificate),
    ):  # fmt: skip
        with pytest.raises(Exception, match="permission denied"), db.session.begin_nested():
            db.session.execute(statement)


def test_a_completion_undone_suggests_taking_back(province: Province) -> None:
    made, enrolments = completed_class(province)
    actor = province.enter("tochuc", P.TRAINING_CERTIFY)
    services.issue(actor, made, enrolments, SIGNED, clock.today())
    with scope.everything():
        db.session.execute(
            update(Enrolment).where(Enrolment.id == enrolments[0]).values(state="accepted", closed_on=None)
        )
        db.session.commit()
    page = province.client("tochuc").get("/training/certificates?state=doubtful").text
    assert "Kết quả lớp đã hủy" in page
    assert page.count("data-row") == 1


def test_the_register_shows_own_people_and_own_classes_alone(province: Province) -> None:
    here, enrolments = completed_class(province, "B", names=("Thạch Sa Rây",))
    away, others = completed_class(province, "A", names=("Lý Thị Cẩm", "Trần Thị Hương"))
    actor = province.enter("sonoivu", P.TRAINING_CERTIFY)
    services.issue(actor, here, enrolments, SIGNED, clock.today())
    services.issue(actor, away, others, SIGNED, clock.today())
    db.session.commit()
    page = province.client("tochuc").get("/training/certificates").text
    assert "Thạch Sa Rây" in page  # of another agency, but the class is run here
    assert "Lý Thị Cẩm" in page  # one's own, in a class run elsewhere
    assert "Trần Thị Hương" not in page
    book = load_workbook(BytesIO(province.client("tochuc").get("/training/certificates.xlsx").data))
    names = {row[2].value for row in book.worksheets[0].iter_rows(min_row=2)}
    assert names == {"Thạch Sa Rây", "Lý Thị Cẩm"}
    own = next(one for one in all_of(away) if one.holder["full_name"] == "Lý Thị Cẩm")
    assert (
        province.client("tochuc").submit(f"/training/certificates/{own.id}/revoke", data={"reason": "Sai"}).status_code
        == 403
    )


def test_the_register_takes_the_same_statements_for_many_rows(province: Province) -> None:
    from tests.counting import statements

    made, enrolments = completed_class(province, names=NAMES)
    actor = province.enter("tochuc", P.TRAINING_CERTIFY)
    services.issue(actor, made, enrolments[:1], SIGNED, clock.today())
    db.session.commit()
    client = province.client("tochuc")
    client.get("/training/certificates?kind=attestation")
    with statements() as few:
        client.get("/training/certificates?kind=attestation")
    actor = province.enter("tochuc", P.TRAINING_CERTIFY)
    services.issue(actor, made, enrolments[1:], SIGNED, clock.today())
    db.session.commit()
    with statements() as many:
        client.get("/training/certificates?kind=attestation")
    assert len(many) == len(few) <= 9


def test_a_learner_downloads_the_own_one_and_a_class_prints_at_once(province: Province) -> None:
    made, enrolments = completed_class(province)
    actor = province.enter("tochuc", P.TRAINING_CERTIFY)
    services.issue(actor, made, enrolments, SIGNED, clock.today())
    db.session.commit()
    by_name = {one.holder["full_name"]: one for one in all_of(made)}
    client = province.client("canbo")
    own = client.get(f"/training/certificates/{by_name['Nguyễn Văn Hùng'].id}/pdf")
    assert own.mimetype == "application/pdf"
    words = re.sub(r"\s+", " ", PdfReader(BytesIO(own.data)).pages[0].extract_text())
    one = by_name["Nguyễn Văn Hùng"]
    for expected in (
        "GIẤY CHỨNG NHẬN", "NGUYỄN VĂN HÙNG", "05/05/1985", "Kỹ năng soạn thảo văn bản", "40 tiết", one.number,
        "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Trần Thị Bình", "localhost/training/verify",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    ):  # fmt: skip
        assert expected in words, (expected, words)
    assert client.get(f"/training/certificates/{by_name['Lý Thị Cẩm'].id}/pdf").status_code == 404
    every = province.client("tochuc").get(f"/training/classes/{made}/certificates.pdf")
    pages = PdfReader(BytesIO(every.data)).pages
    assert len(pages) == 3
    assert all(page.mediabox.width > page.mediabox.height for page in pages)


def test_a_number_is_found_as_typed(province: Province) -> None:
    made, enrolments = completed_class(province)
    actor = province.enter("tochuc", P.TRAINING_CERTIFY)
    services.issue(actor, made, enrolments, SIGNED, clock.today())
    number = all_of(made)[1].number.lower()
    assert [one.name for one in queries.list_certificates(actor, queries.parse({"number": f" {number} "})).items] == [
        "Nguyễn Văn Hùng"
    ]
    assert not queries.list_certificates(actor, queries.parse({"number": "nothing"})).items
