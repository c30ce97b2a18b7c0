"""A year of somebody's points and people to classify, as plain rows; then rounds opened by the services."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, text, update

from hrms.core import clock, scope
from hrms.core.db import Base, db
from hrms.core.unit import transaction
from hrms.performance.models import Rating, RatingRound, ScoreSheet
from hrms.performance.services import rounds as services
from tests.performance.making import CIVIL, YEAR, set_id
from tests.province import TODAY, Province, add_person
from tests.training.payback.promising import CAM, DUC, HUNG

Y1 = ("95.2", "93.1", "88.0", "91.5", "96.0", "90.4", "87.3", "89.9", "92.0", "94.6", "91.1", "90.5")
"""Example Y1 of the law sheet: the mean is 91.633."""
GOOD = ("80",) * 12
TOP = ("95",) * 12
COLLEAGUES = tuple(f"Trần Văn Đồng Nghiệp {number}" for number in range(1, 7))
MEETING = {
    "met_on": "20/11/2026", "place": "Phòng họp Sở Xây dựng", "chair": "Ông Võ Minh Đức, Giám đốc",
    "secretary": "Bà Lý Thị Cẩm, Chuyên viên", "present": "Ban Giám đốc\nTrưởng các phòng", "absent": "",
    "course": "Từng người trình bày, tập thể góp ý.", "opinions": "Thống nhất.", "votes": "12/12 đồng ý",
    "conclusion": "Trình Giám đốc quyết định theo danh sách.",
}  # fmt: skip


def score_year(province: Province, name: str, points: Sequence[str | None], *, code: str = CIVIL) -> None:
    """Publish somebody's months from January on; None leaves a month without points."""
    person = province.people[name]
    with scope.everything():
        place = db.session.execute(
            text("SELECT agency_id FROM people_current WHERE person_id = :id"), {"id": person}
        ).scalar_one()
        set_ = set_id(code)
        rows = [
            {
                "person_id": person, "year": YEAR, "kind": "month", "number": number, "agency_id": place,
                "authority_id": place, "set_id": set_, "role": "staff", "state": "published", "source": "imported",
                "score": Decimal(one), "general_points": Decimal(28), "result_points": Decimal(one) - 28,
                "general": {}, "scored_at": TODAY, "published_on": TODAY.date(),
            }
            for number, one in enumerate(points, start=1)
            if one is not None
        ]  # fmt: skip
        db.session.execute(insert(Base.metadata.tables[ScoreSheet.__tablename__]), rows)
        db.session.commit()


def add_colleagues(province: Province, place: str = "B1") -> None:
    """Add six people to a unit, so that its agency has a place at the top."""
    with scope.everything():
        for number, name in enumerate(COLLEAGUES, start=40):
            province.people[name] = add_person(province, number, name=name, place=place)
        db.session.execute(text("SELECT refresh_people(NULL, :today)"), {"today": clock.today()})
        db.session.commit()


def whole_year(province: Province) -> None:
    """Give Sở Xây dựng ten people with a year: Cẩm as in Y1, two more at the top, the others good."""
    add_colleagues(province)
    score_year(province, CAM, Y1)
    score_year(province, HUNG, TOP)
    score_year(province, DUC, GOOD)
    score_year(province, "Nguyen Van Hung", GOOD)
    for place, name in enumerate(COLLEAGUES):
        score_year(province, name, ("92",) * 12 if place == 0 else GOOD)


def open_round(province: Province, place: str = "B", year: int = YEAR) -> int:
    """Open the rounds of an agency as its HR would; the id of that of civil servants."""
    with scope.everything():
        pass
    actor = province.enter("tochuc" if place == "B" else "sonoivu", *_RIGHTS)
    with transaction():
        made = services.open_round(actor, province.agencies[place], year)
    with scope.everything():
        civil = set_id(CIVIL)
        found = db.session.scalars(
            select(RatingRound.id).where(RatingRound.id.in_(made), RatingRound.set_id == civil)
        ).one()
    return int(found)


def _rights() -> tuple[Any, ...]:
    from hrms.core.permissions import Permission

    return (Permission.PERFORMANCE_MANAGE, Permission.PERFORMANCE_VIEW)


_RIGHTS = _rights()


def rating_of(province: Province, name: str, round_id: int) -> Rating:
    """Return somebody's current rating of a round."""
    with scope.everything():
        query = select(Rating).where(
            Rating.person_id == province.people[name], Rating.round_id == round_id, Rating.superseded_at.is_(None)
        )
        found = db.session.scalars(query.execution_options(populate_existing=True)).one()
        db.session.expunge(found)
    return found


def set_round(round_id: int, **values: Any) -> None:
    """Write columns of a round, past its services."""
    with scope.everything():
        db.session.execute(update(RatingRound).where(RatingRound.id == round_id).values(**values))
        db.session.commit()
