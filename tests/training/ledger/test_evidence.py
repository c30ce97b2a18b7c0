"""Something learnt elsewhere: reported by whom it is about, decided by others, written once, taken back whole."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfWriter
from sqlalchemy import insert, select, text

from hrms.core import clock, scope, settings
from hrms.core.db import db
from hrms.core.errors import Forbidden, HrmsError, NotFound, Refused, Stale
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.people.models import PersonPost
from hrms.training.models import CreditEntry, TrainingEvidence
from hrms.training.queries import evidence as reading
from hrms.training.queries.ledger_checks import check_reversals, check_sources, check_sums
from hrms.training.rules.kinds import CourseKind, LearningForm
from hrms.training.services import evidence
from hrms.training.services.evidence import Proof, Report
from tests.counting import statements
from tests.province import Province
from tests.training.making import add_course, add_hours

P = Permission
HUNG = "Nguyễn Văn Hùng"


def _pdf() -> bytes:
    writer, made = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.write(made)
    return made.getvalue()


PDF = _pdf()


def _report(**more: Any) -> Report:
    values: dict[str, Any] = {
        "kind": CourseKind.POSITION, "form": LearningForm.ONLINE, "hours": Decimal(16),
        "started_on": date(2026, 3, 2), "ended_on": date(2026, 3, 4), "title": "An toàn thông tin",
        "certificate_number": "88/GCN",
    }  # fmt: skip
    return Report(**(values | more))


def _proof() -> Proof:
    return Proof(io.BytesIO(PDF), "giay-chung-nhan.pdf")


def _submitted(province: Province, **more: Any) -> TrainingEvidence:
    actor = province.enter("canbo", P.SELF_VIEW)
    with transaction():
        return evidence.submit(actor, province.people[HUNG], _report(**more), _proof())


def _code(error: pytest.ExceptionInfo[HrmsError]) -> str:
    return error.value.problems[0].code


def _hours(province: Province, name: str = HUNG) -> Decimal:
    with scope.everything():
        found = db.session.scalars(select(CreditEntry.hours).where(CreditEntry.person_id == province.people[name]))
        return sum(found, Decimal(0))


def _checks() -> list[str]:
    with scope.everything():
        return [*check_reversals(), *check_sources(), *check_sums()]


def test_reported_and_recognised(province: Province) -> None:
    made = _submitted(province)
    hr = province.enter("tochuc", P.TRAINING_MANAGE)
    with transaction():
        evidence.accept(hr, made.id, Decimal(16), version=made.version)
    entry = db.session.scalars(select(CreditEntry).where(CreditEntry.evidence_id == made.id)).one()
    assert (entry.hours, entry.form, entry.proof, entry.title) == (
        Decimal(16), "online", "88/GCN", "An toàn thông tin",
    )  # fmt: skip
    assert _checks() == []


def test_only_the_holder_and_their_hr_report(province: Province) -> None:
    for who, permission, refusal in (
        ("thutruong", P.TRAINING_VIEW, Forbidden), ("giangvien", P.TRAINING_TEACH, NotFound),
        ("thanhtra", P.TRAINING_VIEW, NotFound),
    ):  # fmt: skip
        actor = province.enter(who, permission)
        with pytest.raises(refusal), transaction():
            evidence.submit(actor, province.people[HUNG], _report())
    actor = province.enter("canbo", P.SELF_VIEW)
    with pytest.raises(NotFound), transaction():
        evidence.submit(actor, province.people["Lý Thị Cẩm"], _report())
    hr = province.enter("tochuc", P.TRAINING_MANAGE)
    with transaction():
        assert evidence.submit(hr, province.people["Lý Thị Cẩm"], _report()).state == "submitted"


def test_nobody_recognises_their_own_hours(province: Province) -> None:
    made = _submitted(province)
    hr = replace(province.actor("tochuc"), person_id=province.people[HUNG])
    scope.enter_for(hr, P.TRAINING_MANAGE)
    with pytest.raises(Refused) as error, transaction():
        evidence.accept(hr, made.id, Decimal(16))
    assert _code(error) == "own_evidence"
    actor = province.enter("canbo", P.SELF_VIEW)
    with pytest.raises(Forbidden), transaction():
        evidence.accept(actor, made.id, Decimal(16))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"hours": Decimal(0)}, "hours"),
        ({"hours": Decimal(5001)}, "hours"),
        ({"started_on": date(2026, 3, 5)}, "started_on"),
        ({"ended_on": date(2031, 1, 1)}, "ended_on"),
        ({"kind": CourseKind.TEACHING}, "form"),
        ({"form": LearningForm.TEACHING}, "form"),
        ({"course_id": 999_999_999}, "course_id"),
    ],
)
def test_a_report_that_cannot_be(province: Province, change: dict[str, Any], field: str) -> None:
    actor = province.enter("canbo", P.SELF_VIEW)
    with pytest.raises(Refused) as error, transaction():
        evidence.submit(actor, province.people[HUNG], _report(**change))
    assert field in {one.field for one in error.value.problems}


def test_a_course_of_the_catalogue_gives_its_name_and_its_content(province: Province) -> None:
    course = add_course("Kỹ năng số cơ bản", kind="digital")
    actor = province.enter("canbo", P.SELF_VIEW)
    with pytest.raises(Refused) as error, transaction():
        evidence.submit(actor, province.people[HUNG], _report(course_id=course))
    assert _code(error) == "not_as_course"
    with transaction():
        made = evidence.submit(
            actor, province.people[HUNG], _report(course_id=course, kind=CourseKind.DIGITAL, title="")
        )
    assert made.title == "Kỹ năng số cơ bản"


def test_returned_completed_and_withdrawn(province: Province) -> None:
    made = _submitted(province)
    hr = province.enter("tochuc", P.TRAINING_MANAGE)
    with pytest.raises(Refused), transaction():
        evidence.send_back(hr, made.id, " ")
    with transaction():
        evidence.send_back(hr, made.id, "Tệp mờ, hãy quét lại")
    with pytest.raises(Refused) as error, transaction():
        evidence.accept(hr, made.id, Decimal(16))
    assert _code(error) == "not_waiting"
    actor = province.enter("canbo", P.SELF_VIEW)
    with pytest.raises(Stale), transaction():
        evidence.edit(actor, made.id, _report(), version=1)
    with transaction():
        evidence.edit(actor, made.id, _report(hours=Decimal(12)), _proof(), version=made.version)
    assert (made.state, made.hours) == ("submitted", Decimal(12))
    with transaction():
        evidence.withdraw(actor, made.id)
    with pytest.raises(Refused) as error, transaction():
        evidence.edit(actor, made.id, _report())
    assert _code(error) == "decided"
    assert _hours(province) == 0


def test_refused_then_looked_at_again(province: Province) -> None:
    made = _submitted(province)
    hr = province.enter("tochuc", P.TRAINING_MANAGE)
    with transaction():
        evidence.refuse(hr, made.id, "Không phải bồi dưỡng")
    with pytest.raises(Refused) as error, transaction():
        evidence.reopen(hr, made.id, "")
    assert _code(error) == "required"
    with transaction():
        evidence.reopen(hr, made.id, "Xem nhầm tệp")
        evidence.accept(hr, made.id, Decimal(16))
    assert _hours(province) == 16
    assert _checks() == []


def test_fewer_hours_need_a_reason_and_more_are_refused(province: Province) -> None:
    made = _submitted(province, form=LearningForm.SELF_STUDY)
    hr = province.enter("tochuc", P.TRAINING_MANAGE)
    for hours, code in ((Decimal("8.01"), "more_than_rule"), (Decimal(0), "more_than_rule"), (Decimal(4), "required")):
        with pytest.raises(Refused) as error, transaction():
            evidence.accept(hr, made.id, hours)
        assert _code(error) == code
    with transaction():
        evidence.accept(hr, made.id, Decimal(4), "Chỉ học nửa chương trình")
    assert _hours(province) == 4


def test_without_proof_nothing_is_recognised(province: Province) -> None:
    actor = province.enter("canbo", P.SELF_VIEW)
    with transaction():
        made = evidence.submit(actor, province.people[HUNG], _report())
    hr = province.enter("tochuc", P.TRAINING_MANAGE)
    with pytest.raises(Refused) as error, transaction():
        evidence.accept(hr, made.id, Decimal(16))
    assert _code(error) == "no_proof"


def test_undoing_an_acceptance_reverses_its_entry(province: Province) -> None:
    made = _submitted(province)
    hr = province.enter("tochuc", P.TRAINING_MANAGE)
    for _again in range(2):
        with transaction():
            evidence.accept(hr, made.id, Decimal(16))
        assert _hours(province) == 16
        with pytest.raises(Refused), transaction():
            evidence.accept(hr, made.id, Decimal(16))
        with transaction():
            evidence.reopen(hr, made.id, "Chứng nhận giả")
        assert _hours(province) == 0
        assert made.state == "submitted"
        assert _checks() == []


def test_the_preview_knows_what_the_year_has_used(province: Province) -> None:
    add_hours(province, HUNG, 20, date(2026, 1, 15), form="online")
    add_hours(province, HUNG, 20, date(2025, 12, 31), form="online")
    add_hours(province, HUNG, 20, date(2026, 1, 15), form="online", kind="defence")
    made = _submitted(province)
    hr = province.enter("tochuc", P.TRAINING_MANAGE)
    found = reading.previews([made])[made.id]
    assert (found.used, found.result.hours, found.result.counts) == (20, 16, 4)  # 24 a year online
    with transaction():
        evidence.accept(hr, made.id, Decimal(16))
    assert reading.previews([made])[made.id].used == 20


def _lead(province: Province) -> None:
    with scope.everything(), transaction():
        db.session.execute(
            insert(PersonPost).values(
                person_id=province.people[HUNG], slot=0, post_name="Trưởng phòng", valid_from=date(2026, 1, 1),
                basis="old_data",
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    ("prepare", "setting", "counts"),
    [(lambda _p: None, "leaders", 0), (lambda _p: None, "all", 16), (_lead, "leaders", 16)],
)
def test_hours_taught_count_for_those_who_lead_or_by_setting(
    province: Province,
    monkeypatch: pytest.MonkeyPatch,
    prepare: Callable[[Province], None],
    setting: str,
    counts: int,
) -> None:
    prepare(province)
    whole = settings.get
    monkeypatch.setattr(settings, "get", lambda name: setting if name == "training.teaching_for" else whole(name))
    made = _submitted(province, kind=CourseKind.TEACHING, form=LearningForm.TEACHING)
    province.enter("tochuc", P.TRAINING_MANAGE)
    assert reading.previews([made])[made.id].result.counts == counts


def test_the_inbox_shows_only_whom_one_manages(province: Province) -> None:
    _submitted(province)
    hr = province.enter("tochuc", P.TRAINING_MANAGE)
    page = reading.list_inbox(hr.scope(P.TRAINING_MANAGE), reading.EvidenceState.SUBMITTED)
    assert [row.person for row in page.items] == [HUNG]
    assert reading.count_states(hr.scope(P.TRAINING_MANAGE)) == {"submitted": 1}
    province.enter("giangvien", P.TRAINING_TEACH)
    assert db.session.execute(text("SELECT count(*) FROM training_evidence")).scalar_one() == 0


def test_many_previews_cost_what_one_costs(province: Province) -> None:
    found, counts = [_submitted(province)], []
    found += [_submitted(province, ended_on=date(2026, 3, 4) + timedelta(days=day)) for day in range(3)]
    province.enter("tochuc", P.TRAINING_MANAGE)
    reading.previews(found[:1])
    for some in (found[:1], found):
        with statements() as seen:
            reading.previews(some)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_pages_of_the_inbox(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LIMIT", 2)
    made = [_submitted(province, title=f"Khóa {number}").id for number in range(5)]
    hr = province.enter("tochuc", P.TRAINING_MANAGE)
    roots, seen, after = hr.scope(P.TRAINING_MANAGE), [], None
    for _page in range(3):
        page = reading.list_inbox(roots, reading.EvidenceState.SUBMITTED, after=after)
        seen += [row.id for row in page.items]
        after = page.next
    assert seen == made
    assert after is None
    with pytest.raises(Refused):
        reading.list_inbox(roots, reading.EvidenceState.SUBMITTED, after="WzEsMl0")


def test_today_is_the_last_day_to_report(province: Province) -> None:
    assert _submitted(province, ended_on=clock.today(), started_on=clock.today()).state == "submitted"
