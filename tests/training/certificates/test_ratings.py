"""Ratings of classes: own and changeable for a while; others see sums of five and more, words later, no names."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, text

from hrms.core import clock, scope
from hrms.core.db import db
from hrms.core.errors import NotFound, Refused
from hrms.core.permissions import Permission
from hrms.training.models import ClassRating
from hrms.training.queries import ratings as queries
from hrms.training.rules.after import Aspect
from hrms.training.services import rating as services
from tests.province import Province
from tests.training.making import add_class, add_course, enrol

P = Permission
ME = "Nguyễn Văn Hùng"
FIVES: dict[str, int | None] = {one.value: 5 for one in Aspect}
OTHERS = ("Lý Thị Cẩm", "Võ Minh Đức", "Thạch Sa Rây", "Huỳnh Thị Mỹ", "Danh Thị Đào")


def past_class(province: Province, place: str = "A", days_ago: int = 10, state: str = "completed") -> tuple[int, int]:
    """A class that ended some days ago and that the official of the tests learnt in."""
    ended = clock.today() - timedelta(days=days_ago)
    made = add_class(
        province, place, starts_on=ended - timedelta(days=4), state="completed", closed_on=ended, course=add_course()
    )
    return made, enrol(province, made, ME, state=state, closed_on=ended if state == "completed" else None)[0]


def rate_all(province: Province, class_id: int, names: tuple[str, ...], *, comments: bool = True) -> None:
    """Have people rate a class, each 1, 2, 3 … for everything."""
    found = enrol(province, class_id, *names, state="completed", closed_on=date(2026, 1, 1))
    with scope.everything():
        for place, (name, enrolment) in enumerate(zip(names, found, strict=True), 1):
            scope.enter(scope.Scope(person_id=province.people[name]))
            score = min(place, 5)
            db.session.execute(
                insert(ClassRating).values(
                    enrolment_id=enrolment, class_id=class_id, person_id=province.people[name],
                    scores={one.value: score for one in Aspect}, comment=f"Ý kiến {place}" if comments else None,
                )
            )  # fmt: skip
        scope.enter(scope.ALL)
        db.session.commit()


def test_a_learner_rates_once_and_may_change_it(province: Province) -> None:
    made, _enrolment = past_class(province)
    client = province.client("canbo")
    assert client.get(f"/training/classes/{made}/rate").status_code == 200
    data = {one.value: "4" for one in Aspect} | {"comment": "Bổ ích"}
    assert client.submit(f"/training/classes/{made}/rate", data).status_code == 303
    assert client.submit(f"/training/classes/{made}/rate", data | {"teacher": "2"}).status_code == 303
    province.enter("canbo", P.SELF_VIEW)
    rows = db.session.scalars(select(ClassRating)).all()
    assert [row.scores for row in rows] == [{one.value: 2 if one == "teacher" else 4 for one in Aspect}]
    page = client.get(f"/training/classes/{made}/rate").text
    assert "Bạn đã đánh giá lớp này" in page
    assert client.submit(f"/training/classes/{made}/rate", data | {"teacher": "6"}).status_code == 422
    assert client.submit(f"/training/classes/{made}/rate", {}).status_code == 422


@pytest.mark.parametrize(
    ("days_ago", "state", "code"),
    [(-3, "accepted", "too_early"), (31, "completed", "too_late"), (5, "waiting", "not_a_learner")],
)
def test_when_and_by_whom_it_may_not_be_rated(province: Province, days_ago: int, state: str, code: str) -> None:
    made, _enrolment = past_class(province, days_ago=days_ago, state=state)
    actor = province.enter("canbo", P.SELF_VIEW)
    with pytest.raises(Refused) as refused:
        services.rate(actor, made, FIVES, "")
    assert [one.code for one in refused.value.problems] == [code]


def test_nobody_rates_a_class_of_others(province: Province) -> None:
    made = add_class(province)
    actor = province.enter("canbo", P.SELF_VIEW)
    with pytest.raises(NotFound):
        services.rate(actor, made, FIVES, "")
    assert province.client("tochuc").get(f"/training/classes/{made}/rate").status_code == 403


def test_a_rating_is_nobody_elses_and_leaves_no_trail(province: Province) -> None:
    made, _enrolment = past_class(province)
    actor = province.enter("canbo", P.SELF_VIEW)
    services.rate(actor, made, FIVES, "Riêng")
    db.session.commit()
    for username, permission in (
        ("sonoivu", P.TRAINING_VIEW),
        ("giangvien", P.TRAINING_TEACH),
        ("tochuc", P.PEOPLE_VIEW),
    ):
        province.enter(username, permission)
        assert db.session.execute(text("SELECT count(*) FROM class_ratings")).scalar_one() == 0
    with scope.everything():
        found = db.session.execute(text("SELECT action FROM audit_events WHERE action LIKE '%rat%'")).all()
        assert not [row for row in found if "rated" in row.action]


def test_four_ratings_tell_nothing_five_tell_their_mean(province: Province) -> None:
    made, _enrolment = past_class(province, days_ago=40)
    rate_all(province, made, OTHERS[:4])
    for username in ("giangvien", "sonoivu"):
        page = province.client(username).get(f"/training/classes/{made}/ratings").text
        assert "Chưa đủ 5 phiếu" in page
        assert "Ý kiến 1" not in page
    made, _enrolment = past_class(province, days_ago=40)
    rate_all(province, made, OTHERS)
    for username in ("giangvien", "sonoivu"):
        page = province.client(username).get(f"/training/classes/{made}/ratings").text
        assert "3,00" in page
        assert all(f"Ý kiến {place}" in page for place in range(1, 6))
        assert not any(name in page for name in OTHERS)
    summary = province.client("giangvien").get("/training/ratings?by=course&year=").text
    assert "3,00" in summary


def test_words_come_when_nobody_rates_any_more(province: Province) -> None:
    made, _enrolment = past_class(province, days_ago=29)
    rate_all(province, made, OTHERS)
    province.enter("giangvien", P.TRAINING_TEACH)
    assert queries.comments_of(made) == []
    made, _enrolment = past_class(province, days_ago=31)
    rate_all(province, made, OTHERS)
    province.enter("giangvien", P.TRAINING_TEACH)
    assert len(queries.comments_of(made)) == 5


def test_other_trainers_and_other_agencies_read_no_words(province: Province) -> None:
    made, _enrolment = past_class(province, "A", days_ago=40)
    rate_all(province, made, OTHERS)
    province.enter("tochuc", P.TRAINING_VIEW)
    assert queries.comments_of(made) == []
    assert province.client("tochuc").get(f"/training/classes/{made}/ratings").status_code == 404
    assert "Lớp soạn thảo" not in province.client("tochuc").get("/training/ratings?by=class&year=").text


def test_a_summary_leaves_small_classes_out(province: Province) -> None:
    course = add_course("Chương trình chung")
    ended = clock.today() - timedelta(days=40)
    for names in (OTHERS, OTHERS[:3]):
        made = add_class(
            province, starts_on=ended - timedelta(days=4), state="completed", closed_on=ended, course=course
        )
        rate_all(province, made, names)
    actor = province.enter("giangvien", P.TRAINING_TEACH)
    [found] = queries.sums(queries.rated_classes(actor), "course")
    assert (found.classes, found.rated, found.given) == (2, 1, 5)
    assert found.whole is not None
    assert str(found.whole.mean) == "3.00"
