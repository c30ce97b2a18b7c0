"""An appointment walked from draft to force by four people, over the seeded table of decentralisation."""

from __future__ import annotations

from datetime import date

import pytest

from hrms.core import clock, dated, scope
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.decisions.models import SubmissionLine
from hrms.decisions.rules.conditions import Outcome
from hrms.decisions.services import path, submissions
from hrms.people.models import PersonPost, Rating
from tests.province import TODAY, Province

P = Permission
NAME = "Lý Thị Cẩm"
VALUES = {"post": "division_deputy", "source": "on_site"}


@pytest.fixture
def person(province: Province):
    with clock.frozen(TODAY):
        person = province.people[NAME]
        with scope.everything(), transaction():
            db.session.add_all([Rating(person_id=person, year=year, rating="good") for year in (2023, 2024, 2025)])
        yield person


def lines_of(submission) -> list[SubmissionLine]:
    with scope.everything():
        return list(db.session.scalars(db.select(SubmissionLine).where(SubmissionLine.submission_id == submission.id)))


def test_from_draft_to_force(province, person):
    own = {person: {"agency": province.agencies["B1"], "health_on": "2026-10-01"}}
    with transaction():
        (draft,) = submissions.propose(
            province.enter("tochuc", P.DECISIONS_PROPOSE), "appointment", [person], VALUES, date(2026, 12, 1), own=own
        )
    assert draft.signing_agency_id == province.agencies["B"]
    with pytest.raises(Refused) as refused, transaction():
        submissions.submit(province.enter("tochuc", P.DECISIONS_PROPOSE), draft.id)
    assert {problem.code for problem in refused.value.problems} >= {"in_planning", "votes", "assets"}
    (line,) = lines_of(draft)
    for condition in line.conditions:
        if condition["outcome"] == Outcome.UNKNOWN and condition["answerable"]:
            with transaction():
                submissions.answer(
                    province.enter("tochuc", P.DECISIONS_PROPOSE), draft.id, condition["code"], met=True, note="BB 12"
                )
    with transaction():
        submissions.submit(province.enter("tochuc", P.DECISIONS_PROPOSE), draft.id)
    with transaction():
        path.appraise(province.enter("thamdinh", P.DECISIONS_APPRAISE), draft.id)
    with transaction():
        path.sign(province.enter("thutruong", P.DECISIONS_SIGN), draft.id, signer_title="Giám đốc")
    with transaction():
        (decision,) = path.register(
            province.enter("vanthu", P.DECISIONS_NUMBER), draft.id, path.Numbers("QĐ-SXD", date(2026, 11, 20), "15")
        )
        decision_id = decision.id
    with scope.everything():
        (post,) = dated.history(PersonPost, {"person_id": person})
        assert (post.post_code, post.valid_from, post.decision_id) == (
            "division_deputy",
            date(2026, 12, 1),
            decision_id,
        )
        assert post.term_until == date(2031, 11, 30)
        assert post.recorded_by == province.accounts["vanthu"]


def test_a_post_beyond_the_agency_goes_up(province, person):
    with transaction():
        preview = submissions.preview(
            province.enter("tochuc", P.DECISIONS_PROPOSE), "appointment", [person],
            {"post": "department_deputy_director", "source": "on_site"}, date(2026, 12, 1),
            own={person: {"agency": province.agencies["B"]}},
        )  # fmt: skip
    (part,) = preview.parts
    assert part.parties.signing == province.agencies["root"]
