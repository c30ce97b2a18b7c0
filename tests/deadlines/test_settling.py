"""What settles a line takes it away at once; what changes a day moves it; a proposal under way is named."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import insert

from hrms.core import catalogues, clock, scope
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.unit import transaction
from hrms.deadlines import services
from hrms.deadlines.models import DueLine
from hrms.decisions.models import Submission, SubmissionLine
from hrms.people.services import parts
from tests.deadlines.test_calendar import due  # noqa: F401 - the fixture
from tests.people.carrying_out import carry_out
from tests.province import Province

HERE = date(2026, 11, 21)


def lines(due: Province, person: str) -> dict[str, date]:  # noqa: F811 - the fixture's value
    with scope.everything():
        rows = db.session.execute(
            db.select(DueLine.code, DueLine.due_on).where(DueLine.person_id == due.people[person])
        ).all()
    return {row.code: row.due_on for row in rows}


def test_a_notice_takes_its_line_away_and_a_decision_the_other(due: Province) -> None:  # noqa: F811
    assert set(lines(due, "soon")) == {"retirement_notice", "retirement_decision"}
    carry_out("retirement_notice", due.people["soon"], HERE, issuer_id=due.agencies["B"], retires_on=None)
    assert set(lines(due, "soon")) == {"retirement_decision"}
    carry_out("retirement", due.people["soon"], date(2027, 7, 1), issuer_id=due.agencies["B"])
    assert lines(due, "soon") == {}


def test_the_end_of_a_secondment_settles_it(due: Province) -> None:  # noqa: F811
    assert lines(due, "away") == {"secondment_end": date(2026, 12, 31)}
    carry_out("secondment_end", due.people["away"], date(2026, 12, 1), issuer_id=due.agencies["A"])
    assert lines(due, "away") == {"secondment_end": date(2026, 11, 30)}


def test_a_rotation_is_followed_and_a_transfer_ends_it(due: Province) -> None:  # noqa: F811
    person, there = due.people["Võ Minh Đức"], due.agencies["A"]
    carry_out(
        "rotation", person, date(2025, 8, 1), issuer_id=due.agencies["root"], agency=there,
        last_day=date(2028, 7, 31).isoformat(),
    )  # fmt: skip
    with clock.frozen(datetime(2028, 6, 1, 3, tzinfo=UTC)):
        services.refresh_all()
        assert lines(due, "Võ Minh Đức") == {"rotation_end": date(2028, 7, 31)}
        carry_out("transfer", person, date(2028, 6, 1), issuer_id=due.agencies["root"], agency=due.agencies["B"])
        assert lines(due, "Võ Minh Đức") == {}


def test_discipline_written_into_the_record_stands_in_the_calendar(due: Province) -> None:  # noqa: F811
    given = {
        "side": "administration",
        "from_on": "2026-06-15",
        "form": next(iter(catalogues.items("discipline_forms"))),
    }
    with scope.everything(), transaction():
        made = parts.add_part(Actor.system(), due.people["head"], "discipline", given)
    assert lines(due, "head")["discipline_end"] == date(2027, 6, 14)
    with scope.everything(), transaction():
        parts.remove_part(Actor.system(), due.people["head"], "discipline", made.row_id or 0)
    assert "discipline_end" not in lines(due, "head")


def test_a_holiday_the_province_adds_moves_days_at_once(due: Province) -> None:  # noqa: F811
    before = lines(due, "head")["reappointing_start"]
    given = {
        "day": "24/11/2026", "kind": "holiday", "name_vi": "Ngày Văn hóa Việt Nam", "source": "NQ 01", "mark": "C",
        "reason": "Đã sửa luật",
    }  # fmt: skip
    assert due.client("admin").submit("/settings/holidays/edit", given).status_code == 303
    db.session.rollback()
    assert lines(due, "head")["reappointing_start"] < before


def test_a_proposal_under_way_is_named_and_led_to(due: Province) -> None:  # noqa: F811
    person, b = due.people["soon"], due.agencies["B"]
    with scope.everything():
        submission = db.session.execute(
            insert(Submission)
            .values(
                kind="retirement_notice", title="Thông báo", effective_on=HERE, values={}, one_paper=False,
                proposing_agency_id=b, signing_agency_id=b, party_ids=[0, b], rule_ids=[], split_key="x",
                state="draft", grounds=[], changed_at=db.func.now(),
            )
            .returning(Submission.id)
        ).scalar_one()  # fmt: skip
        db.session.execute(
            insert(SubmissionLine).values(
                submission_id=submission, kind="retirement_notice", place=1, person_id=person, person_name="Lê Văn Tám",
                person_version=1, values={}, changes=[], conditions=[], answers={}, state="pending",
            )
        )  # fmt: skip
        db.session.commit()
    client = due.client("tochuc")
    page = client.get("/calendar?window=12&kind=retirement_notice").text
    assert "Đang trình" in page
    assert f"/decisions/submissions/{submission}" in page
    assert "Lê Văn Tám" not in client.get("/calendar?window=12&kind=retirement_notice&open=1").text


def test_a_clock_of_a_proposal_runs_while_it_is_under_way(due: Province) -> None:  # noqa: F811
    person, b = due.people["head"], due.agencies["B"]
    with scope.everything():
        submission = db.session.execute(
            insert(Submission)
            .values(
                kind="leaving", title="Thôi việc", effective_on=HERE, values={}, one_paper=False,
                proposing_agency_id=b, signing_agency_id=b, party_ids=[0, b], rule_ids=[], split_key="y",
                state="draft", grounds=[], changed_at=db.func.now(),
            )
            .returning(Submission.id)
        ).scalar_one()  # fmt: skip
        line = db.session.execute(
            insert(SubmissionLine)
            .values(
                submission_id=submission, kind="leaving", place=1, person_id=person, person_name="Trần Trưởng",
                person_version=1, values={"asked_on": "2026-11-02"}, changes=[], conditions=[], answers={},
                state="pending",
            )
            .returning(SubmissionLine.id)
        ).scalar_one()  # fmt: skip
        services.refresh([person])
        db.session.commit()
    client = due.client("tochuc")
    assert "02/12/2026" in client.get("/calendar?kind=leaving_answer").text
    with scope.everything():
        db.session.execute(db.update(SubmissionLine).where(SubmissionLine.id == line).values(state="dropped"))
        db.session.commit()
    assert "02/12/2026" not in client.get("/calendar?kind=leaving_answer").text


def test_a_record_that_moves_takes_its_lines_along(due: Province) -> None:  # noqa: F811
    assert "Lê Văn Tám" in due.client("tochuc").get("/calendar?window=12").text
    carry_out("transfer", due.people["soon"], HERE, issuer_id=due.agencies["root"], agency=due.agencies["C"])
    assert "Lê Văn Tám" not in due.client("tochuc").get("/calendar?window=12").text
    assert "Lê Văn Tám" in due.client("thanhtra").get("/calendar?window=12").text
