"""Which frame judges a seat on a day; how frames are made, changed, corrected and withdrawn."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import insert, text

from hrms.agencies.models import AgencyFact
from hrms.core import clock, dated
from hrms.core.db import db
from hrms.positions.models import EstablishmentLine, FrameVersion, PositionFrame
from hrms.positions.queries.frames import REQUIREMENTS, frames_for
from tests.counting import statements
from tests.province import Province, signed_in_scope

EMPTY: dict[str, Any] = dict.fromkeys(REQUIREMENTS) | {
    "majors": [], "certificates": [], "may_complete_later": [], "other_majors_with_certificate": False,
    "special_law": False, "content": {},
}  # fmt: skip


def position(key: str) -> int:
    """Return the id of a seeded position."""
    return int(db.session.execute(text("SELECT id FROM job_positions WHERE key = :key"), {"key": key}).scalar_one())


def put_line(agency_id: int, position_id: int, **more: Any) -> int:
    """Write a line of the establishment and return its id."""
    values = {"agency_id": agency_id, "position_id": position_id, "quota_kind": "civil", "shares": {}, **more}
    return int(
        db.session.execute(insert(EstablishmentLine).values(**values).returning(EstablishmentLine.id)).scalar_one()
    )


def put_frame(
    position_id: int, agency_id: int | None, since: date = date(2026, 1, 1), till: date | None = None, **more: Any
) -> int:
    """Write a frame with one version, or another version to a frame that stands; returns the version's id."""
    frame_id = db.session.execute(
        text("SELECT id FROM position_frames WHERE position_id = :p AND agency_id IS NOT DISTINCT FROM :a"),
        {"p": position_id, "a": agency_id},
    ).scalar()
    if frame_id is None:
        made = insert(PositionFrame).values(position_id=position_id, agency_id=agency_id).returning(PositionFrame.id)
        frame_id = db.session.execute(made).scalar_one()
    values = EMPTY | {"frame_id": frame_id, "valid_from": since, "valid_to": till, "basis": "old_data", **more}
    return int(db.session.execute(insert(FrameVersion).values(**values).returning(FrameVersion.id)).scalar_one())


def test_the_nearest_frame_judges_else_the_model(province: Province) -> None:
    with signed_in_scope():
        one = position("cc.specialised.01")
        lines = {key: put_line(province.agencies[key], one) for key in ("root", "A", "A1", "B", "B1", "C")}
        model = put_frame(one, None)
        at_a = put_frame(one, province.agencies["A"])
        at_b1 = put_frame(one, province.agencies["B1"])
        found = frames_for(lines.values(), clock.today())
        assert {key: found.by_line[line] for key, line in lines.items()} == {
            "root": model, "A": at_a, "A1": at_a, "B": model, "B1": at_b1, "C": model,
        }  # fmt: skip


def test_the_version_of_the_day_judges_and_a_frame_out_of_force_steps_back(province: Province) -> None:
    with signed_in_scope():
        one = position("cc.specialised.01")
        line = put_line(province.agencies["A1"], one)
        old = put_frame(one, province.agencies["A"], date(2026, 1, 1), date(2026, 6, 1), least_degree="college")
        put_frame(one, province.agencies["A"], date(2026, 6, 1), date(2026, 9, 1), least_degree="university")
        model = put_frame(one, None, date(2025, 1, 1))
        assert frames_for([line], date(2025, 12, 31)).by_line == {line: model}
        assert frames_for([line], date(2026, 5, 31)).by_line == {line: old}
        judging = frames_for([line], date(2026, 6, 1)).of(line)
        assert judging is not None
        assert judging.requirements.least_degree == "university"
        assert frames_for([line], date(2026, 9, 1)).by_line == {line: model}
        assert frames_for([line], date(2024, 1, 1)).of(line) is None


def test_the_tree_of_the_day_says_what_stands_above(province: Province) -> None:
    with signed_in_scope():
        one = position("cc.specialised.01")
        line = put_line(province.agencies["B1"], one)
        at_a = put_frame(one, province.agencies["A"], date(2000, 1, 1))
        at_b = put_frame(one, province.agencies["B"], date(2000, 1, 1))
        moved = date(2026, 3, 1)
        dated.replace(
            AgencyFact,
            {"agency_id": province.agencies["B1"]},
            {"name": "Phòng Quy hoạch", "kind": "division", "parent_id": province.agencies["A"], "closed": False},
            valid_from=moved,
        )
        assert frames_for([line], date(2026, 2, 28)).by_line == {line: at_b}
        assert frames_for([line], moved).by_line == {line: at_a}


def test_one_statement_for_every_line(province: Province) -> None:
    with signed_in_scope():
        one, other = position("cc.specialised.01"), position("cc.specialised.02")
        needs = {"competencies": [{"code": "G1", "grade": None, "level_min": 2, "level_max": 3}]}
        put_frame(one, None, content=needs)
        lines = [put_line(province.agencies[key], one) for key in ("A", "B", "C")]
        bare = put_line(province.agencies["A"], other)
        with statements() as sent:
            found = frames_for(None, clock.today())
        assert len(sent) == 1
        assert set(found.by_line) == set(lines)
        assert found.of(bare) is None
        assert [need.level_min for need in next(iter(found.versions.values())).needs] == [2]
