"""Classes by decision: a round's list and a class replaced, on the path from draft to register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.decisions import kinds
from hrms.decisions.kinds import Proposed
from hrms.decisions.models import Submission, SubmissionLine
from hrms.decisions.rules.conditions import Outcome
from hrms.decisions.services import path, submissions
from hrms.performance.models import Petition, Rating, RatingConsequence, RatingMinutes, RatingRound, ResultReport
from hrms.performance.queries import decided
from hrms.performance.services import petitions
from tests.counting import statements
from tests.inspection import mistakes
from tests.performance.after.published import CAM, HUNG, add_rating, add_round, rows_of
from tests.performance.making import add_sheet
from tests.province import Province, add_person

P = Permission
NAMESAKE = "Nguyen Van Hung"
EVERYBODY = (HUNG, CAM, NAMESAKE)
NOW = datetime(2026, 12, 21, 3, tzinfo=UTC)
ON = date(2026, 12, 21)


@pytest.fixture(autouse=True)
def _today(province: Province) -> Iterator[None]:
    del province
    with clock.frozen(NOW):
        yield


def met_round(province: Province, *, percent: int = 50, state: str = "meeting", minutes: bool = True) -> int:
    """Lay a round of three that has met: one excellent, two good; its id."""
    made = add_round(
        province, year=2026, state=state, quota_base="good_and_excellent", quota_percent=Decimal(percent)
    )  # fmt: skip
    for name, score, final in ((HUNG, "91.5", "excellent"), (CAM, "80", "good"), (NAMESAKE, "75", "good")):
        for number in range(1, 12):
            add_sheet(province, name, state="published", number=number, score=Decimal(score))
        add_rating(province, made, name, mean=score, final=None, proposed=final, state="open", provisional=True)
    if minutes:
        with scope.everything():
            db.session.add(
                RatingMinutes(
                    round_id=made, agency_id=province.agencies["B"], met_on=date(2026, 12, 10), content={"place": "B"}
                )
            )
            db.session.commit()
    return made


def proposals(province: Province, kind: str, values: dict[str, Any], *names: str) -> list[Proposed]:
    """Return the proposals of people as the path would judge them."""
    found = kinds.get(kind)
    assert found is not None
    subjects = found.subjects([province.people[name] for name in names], ON, values)
    return list(found.prepare([Proposed(subjects[province.people[name]], values, ON) for name in names]))


def outcomes(kind: str, one: Proposed) -> dict[str, Outcome]:
    found = kinds.get(kind)
    assert found is not None
    return {condition.code: condition.outcome for condition in found.conditions(one)}


def test_a_round_that_may_be_decided(province: Province) -> None:
    values = {"round": str(met_round(province))}
    with scope.everything():
        found = proposals(province, "rating", values, *EVERYBODY)
        kind = kinds.get("rating")
        assert kind is not None
        assert set(outcomes("rating", found[0]).values()) == {Outcome.MET, Outcome.NOT_MET}
        # December is still to come: shown, and no obstacle.
        assert outcomes("rating", found[0])["rating_months"] is Outcome.NOT_MET
        assert [one.blocking for one in kind.conditions(found[0]) if one.outcome is Outcome.NOT_MET] == [False]
        assert kind.changes(found[0])[0].new == "Năm 2026: Hoàn thành xuất sắc nhiệm vụ (91,50 điểm)"
        assert "Hoàn thành tốt nhiệm vụ" in kind.wording(found[1]).articles[0]
        assert kind.signer(found[0].subject) == province.agencies["B"]
        assert [one.figure or one.source for one in kind.grounds(found[0])][-1] == "335/2025/NĐ-CP"


@pytest.mark.parametrize(
    ("case", "code"),
    [("quota", "rating_quota"), ("minutes", "rating_meeting"), ("missing", "rating_everybody")],
)
def test_what_keeps_a_round_from_being_decided(province: Province, case: str, code: str) -> None:
    made = met_round(province, percent=20 if case == "quota" else 50, minutes=case != "minutes")
    names = EVERYBODY[:2] if case == "missing" else EVERYBODY
    with scope.everything():
        found = proposals(province, "rating", {"round": str(made)}, *names)
        assert outcomes("rating", found[0])[code] is Outcome.NOT_MET


def test_somebody_of_another_round_and_a_decided_round_are_problems(province: Province) -> None:
    made = met_round(province)
    kind = kinds.get("rating")
    assert kind is not None
    with scope.everything():
        (stranger,) = proposals(province, "rating", {"round": str(made)}, "Võ Minh Đức")
        assert [one.code for one in kind.problems(stranger)] == ["not_in_round"]
        (nothing,) = proposals(province, "rating", {}, HUNG)
        assert [one.code for one in kind.problems(nothing)] == ["required"]
        db.session.execute(update(RatingRound).values(state="decided"))
        (late,) = proposals(province, "rating", {"round": str(made)}, HUNG)
        assert [one.code for one in kind.problems(late)] == ["decided_already"]


def test_a_list_of_250_people_takes_the_statements_of_one(province: Province) -> None:
    made = met_round(province)
    names = []
    with scope.everything():
        for number in range(100, 350):
            name = f"Người thứ {number}"
            province.people[name] = add_person(province, number, name=name, place="B1")
            names.append(name)
        db.session.commit()
    for name in names:
        add_rating(province, made, name, mean="80", final=None, proposed="good", state="open")
    everybody = [*EVERYBODY, *names]
    counts = []
    for some in (everybody[:3], everybody):
        with scope.everything(), statements() as ran:
            found = proposals(province, "rating", {"round": str(made)}, *some)
            kind = kinds.get("rating")
            assert kind is not None
            for one in found:
                assert not kind.problems(one)
                assert kind.conditions(one)
                kind.wording(one)
        counts.append(len(ran))
    assert counts[1] <= counts[0] <= 12


def walk(province: Province, kind: str, values: dict[str, Any], own: dict[int, Any], *names: str) -> Submission:
    """Bring a proposal from draft to văn thư."""
    who = province.enter("tochuc", P.DECISIONS_PROPOSE)
    with transaction():
        (made,) = submissions.propose(
            who, kind, [province.people[name] for name in names], values, ON, own=own, one_paper=len(names) > 1
        )  # fmt: skip
    with transaction():
        submissions.submit(province.enter("tochuc", P.DECISIONS_PROPOSE), made.id)
    with transaction():
        path.sign(province.enter("thutruong", P.DECISIONS_SIGN), made.id, signer_title="Giám đốc")
    return made


def enter(province: Province, made: Submission, number: str | dict[int, str] = "15") -> None:
    with transaction():
        path.register(
            province.enter("vanthu", P.DECISIONS_NUMBER), made.id, path.Numbers("QĐ-SXD", ON, number)
        )  # fmt: skip


def test_a_round_is_decided_and_published_by_its_paper(province: Province) -> None:
    round_id = met_round(province)
    made = walk(province, "rating", {"round": str(round_id)}, {}, *EVERYBODY)
    enter(province, made)
    ratings = rows_of(Rating, Rating.round_id == round_id)
    assert {(row.state, row.published_on) for row in ratings} == {("published", ON)}
    assert [row.final for row in ratings] == ["excellent", "good", "good"]
    assert len({row.decision_id for row in ratings}) == 1
    assert rows_of(RatingRound)[0].state == "published"
    assert len(rows_of(ResultReport, ResultReport.kind == "year")) == 3


def test_each_their_own_paper_is_no_classification_of_a_round(province: Province) -> None:
    round_id = met_round(province)
    who = province.enter("tochuc", P.DECISIONS_PROPOSE)
    with transaction():
        (made,) = submissions.propose(
            who, "rating", [province.people[name] for name in EVERYBODY], {"round": str(round_id)}, ON, one_paper=False
        )  # fmt: skip
    with transaction():
        submissions.submit(province.enter("tochuc", P.DECISIONS_PROPOSE), made.id)
    with transaction():
        path.sign(province.enter("thutruong", P.DECISIONS_SIGN), made.id, signer_title="Giám đốc")
    with pytest.raises(Refused, match="not_everybody"):
        enter(province, made, {row.id: str(90 + row.id) for row in rows_of(SubmissionLine)})
    assert rows_of(RatingRound)[0].state == "meeting"


def test_a_class_replaced_on_the_path_answers_the_petition(province: Province) -> None:
    round_id = met_round(province, state="published")
    with scope.everything():
        db.session.execute(update(RatingRound).values(published_on=ON, decided_on=ON))
        db.session.execute(
            update(Rating).where(Rating.round_id == round_id).values(final="good", state="published", published_on=ON)
        )
        db.session.commit()
    rating = rows_of(Rating, Rating.person_id == province.people[HUNG])[0].id
    with transaction():
        petitions.submit(province.enter("canbo", P.SELF_VIEW), rating, "excellent", "Tính thiếu sản phẩm.")
    own = {province.people[HUNG]: {"new_class": "excellent", "reason": "Tính thiếu sản phẩm tháng 8"}}
    made = walk(province, "rating_correction", {"year": "2026"}, own, HUNG)
    enter(province, made)
    petition = rows_of(Petition)[0]
    assert (petition.state, petition.answer) == ("accepted", "Tính thiếu sản phẩm tháng 8")
    new = rows_of(Rating, Rating.id == petition.new_rating_id)[0]
    assert (new.final, new.supersedes_id) == ("excellent", rating)
    assert len(rows_of(RatingConsequence)) == 3


def test_a_replaced_class_over_the_quota_is_an_obstacle(province: Province) -> None:
    round_id = met_round(province, percent=20, state="published")
    with scope.everything():
        db.session.execute(
            update(Rating).where(Rating.round_id == round_id).values(final="good", state="published", published_on=ON)
        )
        db.session.commit()
        found = proposals(province, "rating_correction", {"year": "2026", "new_class": "excellent"}, HUNG)
        kind = kinds.get("rating_correction")
        assert kind is not None
        assert outcomes("rating_correction", found[0])["rating_quota"] is Outcome.NOT_MET
        (same,) = proposals(province, "rating_correction", {"year": "2026", "new_class": "good"}, HUNG)
        assert [one.code for one in kind.problems(same)] == ["same"]
        (other,) = proposals(province, "rating_correction", {"year": "2024", "new_class": "good"}, HUNG)
        assert [one.code for one in kind.problems(other)] == ["nothing_published"]
        assert "“Hoàn thành tốt nhiệm vụ” thành “Hoàn thành xuất sắc nhiệm vụ”" in kind.wording(found[0]).articles[0]


def test_rounds_are_found_by_words(province: Province) -> None:
    made = met_round(province)
    client = province.client("tochuc")
    answer = client.get("/performance/rounds/choices?q=xay dung 2026").json
    assert [one["value"] for one in answer["items"]] == [str(made)]
    assert client.get("/performance/rounds/choices?q=khong co").json["items"] == []
    with scope.everything():
        assert "Sở Xây dựng" in decided.round_names([made])[made]
    assert province.client("thanhtra").get("/performance/rounds/choices").status_code == 403


def test_the_forms_of_both_kinds(province: Province) -> None:
    met_round(province)
    client = province.client("tochuc")
    for kind in ("rating", "rating_correction"):
        answer = client.get(f"/decisions/submissions/new?kind={kind}&people={province.people[HUNG]}")
        assert answer.status_code == 200
        assert mistakes(answer.text) == []
