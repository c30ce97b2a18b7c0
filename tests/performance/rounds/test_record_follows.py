"""The class of a year that a round published stands on the record as it is: nobody changes or removes it by hand."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from hrms.core import scope
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission, Role
from hrms.core.unit import transaction
from hrms.people.models import Rating
from hrms.people.services.parts import edit_part, remove_part
from tests.performance.after.published import HUNG, add_rating, add_round
from tests.performance.making import add_holder, add_row
from tests.province import Province

pytestmark = pytest.mark.usefixtures("context")


def of_year(province: Province, year: int) -> Rating:
    with scope.everything():
        query = select(Rating).where(Rating.person_id == province.people[HUNG], Rating.year == year)
        return db.session.scalars(query.execution_options(populate_existing=True)).one()


def test_officers_change_only_what_no_round_has_published(province: Province) -> None:
    add_rating(province, add_round(province, year=2025), HUNG)
    with scope.everything():
        for year in (2023, 2025):
            add_row(Rating, person_id=province.people[HUNG], year=year, rating="good")
        db.session.commit()
    person = province.people[HUNG]
    officer = add_holder(province, "tochuc-b", Role.HR_AGENCY, "B")
    scope.enter_for(officer, Permission.PEOPLE_EDIT)
    kept = of_year(province, 2025).id
    for act in (
        lambda: edit_part(officer, person, "rating", kept, {"rating": "excellent"}),
        lambda: edit_part(officer, person, "rating", kept, {"year": "2022"}),
        lambda: remove_part(officer, person, "rating", kept),
    ):
        with pytest.raises(Refused, match="of_round"), transaction():
            act()
    assert of_year(province, 2025).rating == "good"
    with transaction():
        edit_part(officer, person, "rating", of_year(province, 2023).id, {"rating": "satisfactory"})
    assert of_year(province, 2023).rating == "satisfactory"
